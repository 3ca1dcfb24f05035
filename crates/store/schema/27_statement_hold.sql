-- A person holds an account's statements, with a reason, until a day: from that day on they go out again by themselves.
-- The hold for want of a coverage stands on the patient and ends with the coverage.

CREATE TABLE statement_hold (
    practice_id UUID NOT NULL,
    patient_id UUID NOT NULL,
    reason TEXT NOT NULL,
    held_on DATE NOT NULL,
    until_on DATE NOT NULL,
    held_by UUID NOT NULL,
    -- The log-in name of who holds it: the file's owner has no other.
    held_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, patient_id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);
