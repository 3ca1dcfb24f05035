-- The practice and what it is made of. `body` is the domain value as JSON; the columns beside it are what is searched
-- and joined on. Every table begins with the practice.

CREATE TABLE practice (
    practice_id UUID NOT NULL,
    name TEXT NOT NULL,
    is_demo BOOLEAN NOT NULL DEFAULT FALSE,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id)
);

CREATE TABLE provider (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    npi TEXT NOT NULL,
    last_name TEXT NOT NULL,
    source_key TEXT,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, npi),
    UNIQUE (practice_id, source_key)
);

CREATE TABLE facility (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    source_key TEXT,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, source_key)
);

CREATE TABLE payer (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    payer_identifier TEXT NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, payer_identifier)
);

CREATE TABLE fee_schedule_item (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    procedure_code TEXT NOT NULL,
    modifier TEXT NOT NULL,
    effective_on DATE NOT NULL,
    unit_price_cents BIGINT NOT NULL CHECK (unit_price_cents >= 0),
    PRIMARY KEY (practice_id, procedure_code, modifier, effective_on)
);
