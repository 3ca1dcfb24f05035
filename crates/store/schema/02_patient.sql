-- People: guarantors, patients and their coverages. A coverage is never changed: a change is a new version, and a
-- claim names the version it was made from.

CREATE TABLE guarantor (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id)
);

CREATE TABLE patient (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    account_number TEXT NOT NULL,
    -- Lower case without accents, for search by prefix.
    last_name_key TEXT NOT NULL,
    first_name_key TEXT NOT NULL,
    birth_date DATE NOT NULL,
    phone TEXT NOT NULL,
    guarantor_id UUID NOT NULL,
    -- No statements while a reason stands here: "dispute", "insurance pending" …
    statement_hold TEXT,
    -- Key in the system it was imported from; makes an import repeatable.
    source_key TEXT,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, account_number),
    UNIQUE (practice_id, source_key),
    FOREIGN KEY (practice_id, guarantor_id) REFERENCES guarantor (practice_id, id)
);
CREATE INDEX patient_by_name ON patient (practice_id, last_name_key, first_name_key);
CREATE INDEX patient_by_birth_date ON patient (practice_id, birth_date);
CREATE INDEX patient_by_phone ON patient (practice_id, phone);

CREATE TABLE coverage (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    patient_id UUID NOT NULL,
    payer_id UUID NOT NULL,
    rank TEXT NOT NULL CHECK (rank IN ('P', 'S', 'T')),
    member_id TEXT NOT NULL,
    effective_on DATE NOT NULL,
    ends_on DATE,
    -- The latest version is the one new claims are made from.
    is_latest BOOLEAN NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    source_key TEXT,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id, version),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
);
CREATE INDEX coverage_by_patient ON coverage (practice_id, patient_id, is_latest);
CREATE INDEX coverage_by_member ON coverage (practice_id, member_id);
