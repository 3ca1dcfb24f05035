-- A refund of a patient's money that nobody claimed and that goes to the state, with the state's rule and the day from which it
-- is the state's.
CREATE TABLE state_refund (
    practice_id UUID NOT NULL,
    refund_id UUID NOT NULL,
    -- The state's two letters: where the owner was last known to live.
    state TEXT NOT NULL CHECK (state <> ''),
    unclaimed_on DATE NOT NULL,
    -- Where the rule stands.
    rule TEXT NOT NULL CHECK (rule <> ''),
    PRIMARY KEY (practice_id, refund_id),
    FOREIGN KEY (practice_id, refund_id) REFERENCES refund (practice_id, id)
);
