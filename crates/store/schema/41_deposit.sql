-- From the drawer to the bank: what each person counted, slips of cash and checks, what left the bank, and the months that
-- were reconciled. The money is in the ledger; these rows are its source.

-- What a person's drawer held when it was closed, against what the person had taken since the last close of the day.
CREATE TABLE drawer_close (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    closed_on DATE NOT NULL,
    -- The how-manieth close of the person on the day, from 1.
    round BIGINT NOT NULL CHECK (round > 0),
    closed_by UUID NOT NULL,
    closed_by_login TEXT NOT NULL,
    closed_at TIMESTAMPTZ NOT NULL,
    cash_expected_cents BIGINT NOT NULL CHECK (cash_expected_cents >= 0),
    cash_counted_cents BIGINT NOT NULL CHECK (cash_counted_cents >= 0),
    checks_expected_cents BIGINT NOT NULL CHECK (checks_expected_cents >= 0),
    checks_counted_cents BIGINT NOT NULL CHECK (checks_counted_cents >= 0),
    -- Why they differ; empty where they do not.
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('closed', 'differs', 'accepted')),
    accepted_on DATE,
    accepted_by UUID,
    accepted_by_login TEXT,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, closed_by, closed_on, round),
    CHECK (accepted_by IS NULL OR accepted_by <> closed_by),
    CHECK ((state = 'closed') = (cash_expected_cents = cash_counted_cents AND checks_expected_cents = checks_counted_cents)),
    CHECK (state = 'closed' OR reason <> ''),
    CHECK ((state = 'accepted') = (accepted_by IS NOT NULL))
);
CREATE INDEX drawer_close_by_day ON drawer_close (practice_id, closed_on);

CREATE TABLE deposit_slip (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    slip_number TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('differs', 'on_the_way', 'bank_differs', 'in_bank', 'taken_apart')),
    item_count BIGINT NOT NULL CHECK (item_count > 0),
    -- What its items say, and what was counted.
    expected_cents BIGINT NOT NULL CHECK (expected_cents > 0),
    counted_cents BIGINT NOT NULL CHECK (counted_cents > 0),
    counted_on DATE NOT NULL,
    counted_by UUID NOT NULL,
    counted_by_login TEXT NOT NULL,
    -- Why the count differs; empty where it does not.
    difference_reason TEXT NOT NULL,
    approved_on DATE,
    approved_by UUID,
    approved_by_login TEXT,
    -- The line of the bank, and why it differs from the count where it does.
    bank_line_id UUID,
    bank_reason TEXT NOT NULL,
    matched_by UUID,
    matched_by_login TEXT,
    bank_approved_by UUID,
    bank_approved_by_login TEXT,
    -- When it was in the bank, or taken apart, and why the latter.
    ended_on DATE,
    decision TEXT NOT NULL,
    -- The same key a second time is the same slip.
    idempotency_key TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, slip_number),
    UNIQUE (practice_id, idempotency_key),
    CHECK (expected_cents = counted_cents OR difference_reason <> ''),
    CHECK (approved_by IS NULL OR approved_by <> counted_by),
    CHECK (expected_cents = counted_cents OR approved_by IS NOT NULL OR state IN ('differs', 'taken_apart')),
    CHECK (bank_approved_by IS NULL OR bank_approved_by <> matched_by),
    CHECK (bank_line_id IS NOT NULL OR state NOT IN ('bank_differs', 'in_bank')),
    CHECK ((state IN ('in_bank', 'taken_apart')) = (ended_on IS NOT NULL)),
    FOREIGN KEY (practice_id, bank_line_id) REFERENCES bank_line (practice_id, id)
);
CREATE INDEX deposit_slip_by_state ON deposit_slip (practice_id, state, counted_on);
CREATE INDEX deposit_slip_by_line ON deposit_slip (practice_id, bank_line_id);

CREATE TABLE deposit_item (
    practice_id UUID NOT NULL,
    slip_id UUID NOT NULL,
    ordinal BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cash', 'check', 'payer_check')),
    -- A patient's payment, or a payer's check with its remittance.
    patient_payment_id UUID,
    remittance_id UUID,
    -- The how-manieth slip of this payment, from 1: an earlier one was taken apart.
    attempt BIGINT NOT NULL CHECK (attempt > 0),
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    -- The check's number; empty for cash.
    reference TEXT NOT NULL,
    PRIMARY KEY (practice_id, slip_id, ordinal),
    UNIQUE (practice_id, patient_payment_id, attempt),
    UNIQUE (practice_id, remittance_id, attempt),
    CHECK ((patient_payment_id IS NULL) <> (remittance_id IS NULL)),
    CHECK ((kind = 'payer_check') = (remittance_id IS NOT NULL)),
    FOREIGN KEY (practice_id, slip_id) REFERENCES deposit_slip (practice_id, id),
    FOREIGN KEY (practice_id, patient_payment_id) REFERENCES patient_payment (practice_id, id),
    FOREIGN KEY (practice_id, remittance_id) REFERENCES remittance (practice_id, id)
);

-- Lines of the bank's statements by which money left.
CREATE TABLE bank_withdrawal (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    line_key TEXT NOT NULL,
    booked_on DATE NOT NULL,
    -- What left; above zero.
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    trace TEXT NOT NULL,
    words TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'refund', 'payment_return', 'other')),
    -- The refund that was sent, or the payment that came back.
    source_id UUID,
    decided_on DATE,
    decided_by_login TEXT,
    decision TEXT NOT NULL,
    recorded_on DATE NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, line_key),
    CHECK ((state IN ('refund', 'payment_return')) = (source_id IS NOT NULL))
);
CREATE UNIQUE INDEX bank_withdrawal_once ON bank_withdrawal (practice_id, source_id) WHERE source_id IS NOT NULL;
CREATE INDEX bank_withdrawal_by_state ON bank_withdrawal (practice_id, state, booked_on);
CREATE INDEX bank_withdrawal_by_day ON bank_withdrawal (practice_id, booked_on);

-- A period of the bank's statements that was compared with the books, line by line, and signed.
CREATE TABLE bank_reconciliation (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    period_from DATE NOT NULL,
    period_until DATE NOT NULL,
    opening_cents BIGINT NOT NULL,
    closing_cents BIGINT NOT NULL,
    -- The account Bank in the books at the end of the period.
    books_cents BIGINT NOT NULL,
    -- What the bank account held before the books knew of it, less what the books then had.
    before_cents BIGINT NOT NULL,
    signed_on DATE NOT NULL,
    signed_by UUID NOT NULL,
    signed_by_login TEXT NOT NULL,
    -- Every figure and outstanding item as it was signed.
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, period_until),
    CHECK (period_from <= period_until)
);

CREATE INDEX bank_line_by_day ON bank_line (practice_id, booked_on);
CREATE INDEX ledger_entry_by_day ON ledger_entry (practice_id, occurred_on);
CREATE INDEX patient_payment_by_day ON patient_payment (practice_id, received_on);
-- The longer list of accounts moved the postings of one engine into a new table; this index of theirs comes back.
--sqlite: CREATE INDEX IF NOT EXISTS ledger_posting_by_item ON ledger_posting (practice_id, payer_id, reference) WHERE account = 'recoupment';
