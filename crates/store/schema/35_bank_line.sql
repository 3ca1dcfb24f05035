-- Lines of the bank's statements: money that came in, and what each turned out to be. The money is in the ledger.

CREATE TABLE bank_line (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    -- What makes a line itself, so that the same line of two exports that overlap is one.
    line_key TEXT NOT NULL,
    booked_on DATE NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    trace TEXT NOT NULL,
    words TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'payer', 'patients', 'other')),
    remittance_id UUID,
    decided_on DATE,
    decided_by_login TEXT,
    -- Why, where a person decided without a remittance; empty otherwise.
    decision TEXT NOT NULL,
    recorded_on DATE NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, line_key),
    CHECK ((state = 'payer') = (remittance_id IS NOT NULL)),
    FOREIGN KEY (practice_id, remittance_id) REFERENCES remittance (practice_id, id)
);
CREATE INDEX bank_line_by_state ON bank_line (practice_id, state, booked_on);
CREATE INDEX bank_line_by_trace ON bank_line (practice_id, trace);
CREATE INDEX bank_line_by_remittance ON bank_line (practice_id, remittance_id);
