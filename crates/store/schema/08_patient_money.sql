-- What patients paid and what they were told they owe. A statement is a frozen snapshot; it is never recomputed.

CREATE TABLE patient_payment (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    receipt_number TEXT NOT NULL,
    -- 'cash', 'check', 'card'.
    method TEXT NOT NULL CHECK (method IN ('cash', 'check', 'card')),
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    received_on DATE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    taken_by TEXT NOT NULL,
    -- Check number, or the card processor's token with brand and last four; never a card number.
    reference TEXT NOT NULL,
    -- The same key a second time is the same payment.
    idempotency_key TEXT NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, receipt_number),
    UNIQUE (practice_id, idempotency_key),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);
CREATE INDEX patient_payment_by_patient ON patient_payment (practice_id, patient_id, received_on);

CREATE TABLE patient_payment_allocation (
    practice_id UUID NOT NULL,
    patient_payment_id UUID NOT NULL,
    charge_id UUID NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    PRIMARY KEY (practice_id, patient_payment_id, charge_id),
    FOREIGN KEY (practice_id, patient_payment_id) REFERENCES patient_payment (practice_id, id),
    FOREIGN KEY (practice_id, charge_id) REFERENCES charge (practice_id, id)
);
CREATE INDEX allocation_by_charge ON patient_payment_allocation (practice_id, charge_id);

CREATE TABLE statement (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    guarantor_id UUID NOT NULL,
    statement_number TEXT NOT NULL,
    issued_on DATE NOT NULL,
    due_on DATE NOT NULL,
    amount_due_cents BIGINT NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, statement_number),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, guarantor_id) REFERENCES guarantor (practice_id, id)
);
CREATE INDEX statement_by_patient ON statement (practice_id, patient_id, issued_on);
