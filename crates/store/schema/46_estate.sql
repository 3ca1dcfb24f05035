-- Patients who died, and refund checks that nobody cashed.

-- A patient who died: who acts for the estate, and the claim against it.
CREATE TABLE estate (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    died_on DATE NOT NULL,
    -- Where a case would be opened.
    state TEXT NOT NULL,
    county TEXT NOT NULL,
    -- Who acts for it; empty while nobody is known.
    representative TEXT NOT NULL,
    -- The paper that says so, as it was seen; empty while none was.
    document TEXT NOT NULL,
    -- When the court's letters were given, when the notice to creditors reached us, when our claim was filed.
    letters_on DATE,
    notice_on DATE,
    filed_on DATE,
    -- What came of the claim: 'open', 'allowed', 'rejected', 'closed'.
    outcome TEXT NOT NULL CHECK (outcome IN ('open', 'allowed', 'rejected', 'closed')),
    recorded_on DATE NOT NULL,
    recorded_by_login TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, patient_id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);
CREATE INDEX estate_by_outcome ON estate (practice_id, outcome, died_on);

-- A refund of the patient's money that goes to the estate, with who takes it and the paper that says so.
CREATE TABLE estate_refund (
    practice_id UUID NOT NULL,
    refund_id UUID NOT NULL,
    estate_id UUID NOT NULL,
    payee TEXT NOT NULL CHECK (payee <> ''),
    document TEXT NOT NULL CHECK (document <> ''),
    PRIMARY KEY (practice_id, refund_id),
    FOREIGN KEY (practice_id, refund_id) REFERENCES refund (practice_id, id),
    FOREIGN KEY (practice_id, estate_id) REFERENCES estate (practice_id, id)
);

-- A refund's check that nobody cashed and that was stopped: the money is owed to its owner again.
CREATE TABLE refund_stop (
    practice_id UUID NOT NULL,
    refund_id UUID NOT NULL,
    stopped_on DATE NOT NULL,
    stopped_by_login TEXT NOT NULL,
    -- What the bank gave for it, and why.
    why TEXT NOT NULL CHECK (why <> ''),
    PRIMARY KEY (practice_id, refund_id),
    FOREIGN KEY (practice_id, refund_id) REFERENCES refund (practice_id, id)
);
