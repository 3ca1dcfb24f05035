-- What payers said coverage is, on a day: asked by 270, answered by 271.

CREATE TABLE eligibility (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    coverage_id UUID NOT NULL,
    coverage_version BIGINT NOT NULL,
    asked_for DATE NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    trace TEXT NOT NULL,
    answered_at TIMESTAMPTZ,
    -- 'asked', 'active', 'inactive', 'unknown'.
    status TEXT NOT NULL,
    body JSONB,
    raw TEXT,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, trace),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, coverage_id, coverage_version) REFERENCES coverage (practice_id, id, version)
);
CREATE INDEX eligibility_by_patient ON eligibility (practice_id, patient_id, asked_at);
