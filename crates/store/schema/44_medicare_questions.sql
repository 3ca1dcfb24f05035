-- What patients answered about who pays before Medicare. Rows are only ever added; the latest one counts.

CREATE TABLE medicare_questions (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    answered_on DATE NOT NULL,
    asked_by UUID NOT NULL,
    asked_by_login TEXT NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);
CREATE INDEX medicare_questions_by_patient ON medicare_questions (practice_id, patient_id, id);
