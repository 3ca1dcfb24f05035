-- What the practice stops asking for: asked for, approved by a second person. The money is in the ledger; these rows are
-- its source.

CREATE TABLE write_off (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    write_off_number TEXT NOT NULL,
    patient_id UUID NOT NULL,
    encounter_id UUID NOT NULL,
    -- None where the patient owed it.
    payer_id UUID,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    reason TEXT NOT NULL CHECK (reason <> ''),
    note TEXT NOT NULL CHECK (note <> ''),
    state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn', 'undone')),
    asked_on DATE NOT NULL,
    asked_by UUID NOT NULL,
    asked_by_login TEXT NOT NULL,
    decided_on DATE,
    decided_by UUID,
    decided_by_login TEXT,
    -- Why it was refused, withdrawn or undone; empty for an approval.
    decision TEXT NOT NULL,
    -- The same key a second time is the same write-off.
    idempotency_key TEXT NOT NULL,
    -- Charge and cents of each part; empty until it was approved.
    parts JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, write_off_number),
    UNIQUE (practice_id, idempotency_key),
    -- Nobody checks their own.
    CHECK (decided_by IS NULL OR state = 'withdrawn' OR decided_by <> asked_by),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, encounter_id) REFERENCES encounter (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
);
CREATE INDEX write_off_by_state ON write_off (practice_id, state, asked_on);
CREATE INDEX write_off_by_patient ON write_off (practice_id, patient_id, asked_on);
CREATE INDEX write_off_by_decision ON write_off (practice_id, decided_by, decided_on);
