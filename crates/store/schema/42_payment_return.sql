-- Patients' payments that came back, and paper remittances that were keyed in. The money is in the ledger.

-- A check that the bank returned, or a card payment that the card's bank disputes.
CREATE TABLE payment_return (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    return_number TEXT NOT NULL,
    patient_payment_id UUID NOT NULL,
    patient_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('check', 'card')),
    state TEXT NOT NULL CHECK (state IN ('returned', 'disputed', 'won', 'lost')),
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    returned_on DATE NOT NULL,
    -- By when a dispute must be answered; none for a check.
    respond_by DATE,
    -- The bank's or processor's reason, in words without a name.
    reason TEXT NOT NULL CHECK (reason <> ''),
    recorded_by_login TEXT NOT NULL,
    decided_on DATE,
    decided_by_login TEXT,
    -- What was answered, and what came of it.
    decision TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, return_number),
    CHECK ((kind = 'check') = (state = 'returned')),
    CHECK ((kind = 'card') = (respond_by IS NOT NULL)),
    CHECK ((state IN ('won', 'lost')) = (decided_on IS NOT NULL)),
    FOREIGN KEY (practice_id, patient_payment_id) REFERENCES patient_payment (practice_id, id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);
-- A payment comes back once.
CREATE UNIQUE INDEX payment_return_once ON payment_return (practice_id, patient_payment_id);
CREATE INDEX payment_return_by_state ON payment_return (practice_id, state, returned_on);
CREATE INDEX payment_return_by_patient ON payment_return (practice_id, patient_id);

-- An explanation of benefits on paper as somebody keys it in: a draft until it balances, then a remittance like any other.
CREATE TABLE keyed_remittance (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'posted', 'dropped')),
    payer_id UUID NOT NULL,
    trace TEXT NOT NULL CHECK (trace <> ''),
    paid_on DATE NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents >= 0),
    revision BIGINT NOT NULL,
    -- The number of its file among those we keep.
    file_number BIGINT NOT NULL,
    keyed_at TIMESTAMPTZ NOT NULL,
    keyed_by UUID NOT NULL,
    keyed_by_login TEXT NOT NULL,
    -- Claims, lines and adjustments.
    body JSONB NOT NULL,
    remittance_id UUID,
    ended_on DATE,
    PRIMARY KEY (practice_id, id),
    CHECK ((state = 'posted') = (remittance_id IS NOT NULL)),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id),
    FOREIGN KEY (practice_id, remittance_id) REFERENCES remittance (practice_id, id)
);
CREATE INDEX keyed_remittance_by_state ON keyed_remittance (practice_id, state, keyed_at);
CREATE INDEX keyed_remittance_by_trace ON keyed_remittance (practice_id, trace);
CREATE UNIQUE INDEX keyed_remittance_of ON keyed_remittance (practice_id, remittance_id) WHERE remittance_id IS NOT NULL;

-- The paper itself, scanned.
CREATE TABLE keyed_scan (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    keyed_remittance_id UUID NOT NULL,
    -- 'pdf', 'png', 'jpeg': by its first bytes, never by its name.
    kind TEXT NOT NULL CHECK (kind IN ('pdf', 'png', 'jpeg')),
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    sha256 BYTEA NOT NULL,
    attached_at TIMESTAMPTZ NOT NULL,
    attached_by_login TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, keyed_remittance_id) REFERENCES keyed_remittance (practice_id, id)
);
CREATE INDEX keyed_scan_by_remittance ON keyed_scan (practice_id, keyed_remittance_id);
