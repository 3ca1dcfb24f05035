-- Money that we hold and that is another's, as the daily look found it. The money is in the ledger; a row says since when we
-- know, and by when it must be back.

CREATE TABLE credit (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    -- Of which visit; none for money of the patient's that pays for nothing.
    encounter_id UUID,
    -- Whose it is; none where it is the patient's.
    payer_id UUID,
    -- What it is about: one open row of one thing.
    subject TEXT NOT NULL CHECK (subject <> ''),
    -- What stands there, with what a refund that was asked for and not sent has of it.
    amount_cents BIGINT NOT NULL CHECK (amount_cents >= 0),
    in_refund_cents BIGINT NOT NULL CHECK (in_refund_cents >= 0),
    -- The last day on which it moved before it was found.
    since_on DATE NOT NULL,
    -- The day on which we knew: the clock runs from here.
    found_on DATE NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'investigating', 'ended')),
    investigation_begun_on DATE,
    investigation_ended_on DATE,
    -- Why it was investigated, and what that led to.
    investigated_because TEXT NOT NULL,
    finding TEXT NOT NULL,
    -- By when it must be back; none where it is the patient's.
    return_by DATE,
    ended_on DATE,
    PRIMARY KEY (practice_id, id),
    CHECK ((state = 'ended') = (ended_on IS NOT NULL)),
    CHECK ((payer_id IS NULL) = (return_by IS NULL)),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, encounter_id) REFERENCES encounter (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
);
CREATE UNIQUE INDEX credit_open ON credit (practice_id, subject) WHERE state <> 'ended';
CREATE INDEX credit_by_state ON credit (practice_id, state, return_by);
CREATE INDEX credit_by_patient ON credit (practice_id, patient_id, state);
