-- Refunds: asked for, approved by a second person, sent. The money is in the ledger; these rows are its source.

CREATE TABLE refund (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    refund_number TEXT NOT NULL,
    patient_id UUID NOT NULL,
    -- None where it goes to the patient.
    payer_id UUID,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    reason TEXT NOT NULL CHECK (reason <> ''),
    state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn', 'sent')),
    asked_on DATE NOT NULL,
    asked_by UUID NOT NULL,
    asked_by_login TEXT NOT NULL,
    decided_on DATE,
    decided_by UUID,
    decided_by_login TEXT,
    -- Why it was refused or withdrawn; empty for an approval.
    decision TEXT NOT NULL,
    sent_on DATE,
    sent_by_login TEXT,
    method TEXT CHECK (method IN ('check', 'card', 'transfer')),
    -- Check number, or what the processor or the bank gave; never a card number.
    reference TEXT NOT NULL,
    -- The same key a second time is the same refund.
    idempotency_key TEXT NOT NULL,
    -- Where the money stood: charge (or none) and cents.
    parts JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, refund_number),
    UNIQUE (practice_id, idempotency_key),
    -- Nobody checks their own.
    CHECK (decided_by IS NULL OR state = 'withdrawn' OR decided_by <> asked_by),
    CHECK ((state = 'sent') = (sent_on IS NOT NULL)),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
);
CREATE INDEX refund_by_state ON refund (practice_id, state, asked_on);
CREATE INDEX refund_by_patient ON refund (practice_id, patient_id, asked_on);
