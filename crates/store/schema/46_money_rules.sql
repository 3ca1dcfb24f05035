-- The practice's rules about patients' money, and money kept for one visit.

-- How payments are spread, and the fee for a returned check: rows are only ever added, each from a day on.
CREATE TABLE money_rule (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind <> ''),
    -- A word or cents, as the kind says.
    value TEXT NOT NULL CHECK (value <> ''),
    from_on DATE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    PRIMARY KEY (practice_id, id)
);

-- What of a payment is kept for one visit: it pays no other while it is.
CREATE TABLE payment_earmark (
    practice_id UUID NOT NULL,
    patient_payment_id UUID NOT NULL,
    patient_id UUID NOT NULL,
    encounter_id UUID NOT NULL,
    kept_cents BIGINT NOT NULL CHECK (kept_cents >= 0),
    PRIMARY KEY (practice_id, patient_payment_id),
    FOREIGN KEY (practice_id, patient_payment_id) REFERENCES patient_payment (practice_id, id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, encounter_id) REFERENCES encounter (practice_id, id)
);
CREATE INDEX payment_earmark_by_patient ON payment_earmark (practice_id, patient_id);
