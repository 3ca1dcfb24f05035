-- Remittances as the payer sent them. Nothing here is money: money is in the ledger, with these rows as its source.

CREATE TABLE remittance (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    inbound_file_id UUID NOT NULL,
    payer_id UUID,
    payer_name TEXT NOT NULL,
    payer_trace_id TEXT NOT NULL,
    payee_npi TEXT NOT NULL,
    trace TEXT NOT NULL,
    method TEXT NOT NULL,
    paid_on DATE NOT NULL,
    amount_cents BIGINT NOT NULL,
    -- 'posted', 'quarantined', 'duplicate'.
    state TEXT NOT NULL CHECK (state IN ('posted', 'quarantined', 'duplicate')),
    -- The failing equation with its difference, for what is quarantined.
    problem TEXT,
    difference_cents BIGINT NOT NULL DEFAULT 0,
    -- payer trace id + trace + payee + date + amount: at most one posted (invariant I11).
    payment_key TEXT NOT NULL,
    content_sha256 BYTEA NOT NULL,
    imported_at TIMESTAMPTZ NOT NULL,
    posted_at TIMESTAMPTZ,
    claim_count BIGINT NOT NULL,
    -- The transaction set as it stands in the file: the source of every segment shown.
    raw BYTEA NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, inbound_file_id) REFERENCES inbound_file (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
);
CREATE UNIQUE INDEX remittance_posted_once ON remittance (practice_id, payment_key) WHERE state = 'posted';
CREATE INDEX remittance_by_trace ON remittance (practice_id, trace);
CREATE INDEX remittance_by_day ON remittance (practice_id, imported_at);

CREATE TABLE claim_payment (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    remittance_id UUID NOT NULL,
    ordinal BIGINT NOT NULL,
    -- The claim of ours; none when it matches nothing.
    claim_id UUID,
    control_number TEXT NOT NULL,
    status_code TEXT NOT NULL,
    charge_cents BIGINT NOT NULL,
    paid_cents BIGINT NOT NULL,
    patient_responsibility_cents BIGINT NOT NULL,
    payer_claim_control_number TEXT NOT NULL,
    -- 'posted', 'set_aside', 'unmatched', 'duplicate'.
    state TEXT NOT NULL CHECK (state IN ('posted', 'set_aside', 'unmatched', 'duplicate')),
    -- The failing equation with its difference, for what is set aside.
    problem TEXT,
    difference_cents BIGINT NOT NULL DEFAULT 0,
    denied_cents BIGINT NOT NULL DEFAULT 0,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, remittance_id, ordinal),
    FOREIGN KEY (practice_id, remittance_id) REFERENCES remittance (practice_id, id),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id)
);
CREATE INDEX claim_payment_by_claim ON claim_payment (practice_id, claim_id);

-- What a remittance said of one charge: the basis of every explanation to a patient.
CREATE TABLE line_payment (
    practice_id UUID NOT NULL,
    claim_payment_id UUID NOT NULL,
    ordinal BIGINT NOT NULL,
    charge_id UUID,
    procedure_code TEXT NOT NULL,
    charge_cents BIGINT NOT NULL,
    paid_cents BIGINT NOT NULL,
    -- 'line control number', 'procedure', 'unmatched': how it found its charge.
    matched_by TEXT NOT NULL,
    PRIMARY KEY (practice_id, claim_payment_id, ordinal),
    FOREIGN KEY (practice_id, claim_payment_id) REFERENCES claim_payment (practice_id, id),
    FOREIGN KEY (practice_id, charge_id) REFERENCES charge (practice_id, id)
);
CREATE INDEX line_payment_by_charge ON line_payment (practice_id, charge_id);

CREATE TABLE line_adjustment (
    practice_id UUID NOT NULL,
    claim_payment_id UUID NOT NULL,
    -- 0 for an adjustment of the claim as a whole.
    line_ordinal BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    charge_id UUID,
    adjustment_group TEXT NOT NULL,
    reason TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    -- What the classification made of it: 'contractual', 'patient', 'denial', …
    class TEXT NOT NULL,
    PRIMARY KEY (practice_id, claim_payment_id, line_ordinal, ordinal),
    FOREIGN KEY (practice_id, claim_payment_id) REFERENCES claim_payment (practice_id, id),
    FOREIGN KEY (practice_id, charge_id) REFERENCES charge (practice_id, id)
);
CREATE INDEX line_adjustment_by_charge ON line_adjustment (practice_id, charge_id);

CREATE TABLE provider_adjustment (
    practice_id UUID NOT NULL,
    remittance_id UUID NOT NULL,
    ordinal BIGINT NOT NULL,
    reason TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    PRIMARY KEY (practice_id, remittance_id, ordinal),
    FOREIGN KEY (practice_id, remittance_id) REFERENCES remittance (practice_id, id)
);
