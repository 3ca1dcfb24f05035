-- What two people decide about cash of a payer that no claim took: to post a claim payment that does not add up with its
-- difference in suspense, to give cash back, to hand it over. And a claim payment that a person matched names its claim: what
-- the payer said is sealed as before, and so is the claim once it is posted.

CREATE TABLE cash_request (
    practice_id BLOB NOT NULL,
    id BLOB NOT NULL,
    request_number TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('suspense', 'return', 'hand_over')),
    claim_payment_id BLOB NOT NULL,
    -- The payer whose cash it is; none for a payer that we do not know.
    payer_id BLOB,
    -- What was paid with it, or what goes back.
    amount_cents INTEGER NOT NULL,
    -- What its equation is off by; zero for cash that goes back.
    difference_cents INTEGER NOT NULL,
    -- Who gets it where it is handed over; empty otherwise.
    payee TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn', 'sent')),
    asked_on TEXT NOT NULL,
    asked_by BLOB NOT NULL,
    asked_by_login TEXT NOT NULL,
    decided_on TEXT,
    decided_by BLOB,
    decided_by_login TEXT,
    -- Why it was refused or withdrawn; empty for an approval.
    decision TEXT NOT NULL,
    sent_on TEXT,
    sent_by_login TEXT,
    -- Number of the check or transfer that took it out; empty until then.
    reference TEXT NOT NULL,
    -- The same key a second time is the same request.
    idempotency_key TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, request_number),
    UNIQUE (practice_id, idempotency_key),
    -- Nobody checks their own.
    CHECK (decided_by IS NULL OR state = 'withdrawn' OR decided_by <> asked_by),
    CHECK ((state = 'sent') = (sent_on IS NOT NULL)),
    FOREIGN KEY (practice_id, claim_payment_id) REFERENCES claim_payment (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cash_request_by_state ON cash_request (practice_id, state, asked_on);
-- One open request about one claim payment.
CREATE UNIQUE INDEX cash_request_open_once ON cash_request (practice_id, claim_payment_id) WHERE state = 'asked';

-- Claims of a day and an amount, and everything in suspense: found without reading every other.
CREATE INDEX claim_by_day_and_total ON claim (practice_id, date_of_service, total_cents);

-- Two further accounts: receipts for claims of another system, and money of a payer that is to leave. This engine changes no CHECK in
-- place: the postings move into a table with the longer list, under the same guards.

CREATE TABLE ledger_posting_longer (
    practice_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    account TEXT NOT NULL CHECK (account IN (
        'revenue', 'payer_receivable', 'patient_receivable', 'contractual', 'write_off', 'bad_debt', 'era_clearing',
        'in_transit', 'undeposited', 'deposit_in_transit', 'bank', 'cash_over_short', 'disputed', 'unapplied_payer',
        'unapplied_patient', 'legacy_receipts', 'payer_payable', 'credit_balance', 'refund_payable', 'recoupment',
        'provider_adjustment', 'interest', 'suspense')),
    charge_id BLOB,
    payer_id BLOB,
    patient_id BLOB,
    remittance_id BLOB,
    reference TEXT,
    cents INTEGER NOT NULL CHECK (cents <> 0),
    reason TEXT NOT NULL,
    PRIMARY KEY (practice_id, entry_id, ordinal),
    FOREIGN KEY (practice_id, entry_id) REFERENCES ledger_entry (practice_id, id) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
INSERT INTO ledger_posting_longer (practice_id, entry_id, ordinal, account, charge_id, payer_id, patient_id, remittance_id,
        reference, cents, reason)
    SELECT practice_id, entry_id, ordinal, account, charge_id, payer_id, patient_id, remittance_id, reference, cents, reason
    FROM ledger_posting;
DROP TRIGGER ledger_entry_seal;
DROP TABLE ledger_posting;
ALTER TABLE ledger_posting_longer RENAME TO ledger_posting;
CREATE INDEX ledger_posting_by_charge ON ledger_posting (practice_id, charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX ledger_posting_by_patient ON ledger_posting (practice_id, patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX ledger_posting_by_remittance ON ledger_posting (practice_id, remittance_id) WHERE remittance_id IS NOT NULL;
CREATE INDEX ledger_posting_in_suspense ON ledger_posting (practice_id, reference) WHERE account = 'suspense';

CREATE TRIGGER ledger_posting_late BEFORE INSERT ON ledger_posting
WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE practice_id = NEW.practice_id AND id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'the entry is sealed: post a further entry'); END;

CREATE TRIGGER ledger_entry_seal BEFORE INSERT ON ledger_entry
BEGIN
    SELECT CASE
        WHEN (SELECT count(*) FROM ledger_posting WHERE practice_id = NEW.practice_id AND entry_id = NEW.id)
            <> NEW.posting_count THEN RAISE(ABORT, 'the entry does not name the number of its postings')
        WHEN (SELECT sum(cents) FROM ledger_posting WHERE practice_id = NEW.practice_id AND entry_id = NEW.id)
            <> 0 THEN RAISE(ABORT, 'the entry does not balance')
        WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE practice_id = NEW.practice_id AND (id = NEW.id OR sequence = NEW.sequence))
            THEN RAISE(ABORT, 'the entry exists')
        WHEN NEW.sequence > 1 AND NOT EXISTS (
            SELECT 1 FROM ledger_entry
            WHERE practice_id = NEW.practice_id AND sequence = NEW.sequence - 1 AND hash = NEW.prev_hash)
            THEN RAISE(ABORT, 'the entry does not follow the last one of its practice')
    END;
END;

CREATE TRIGGER ledger_posting_no_update BEFORE UPDATE ON ledger_posting
BEGIN SELECT RAISE(ABORT, 'postings are never changed'); END;
CREATE TRIGGER ledger_posting_no_delete BEFORE DELETE ON ledger_posting
BEGIN SELECT RAISE(ABORT, 'postings are never deleted'); END;


DROP TRIGGER claim_payment_sealed;
CREATE TRIGGER claim_payment_sealed BEFORE UPDATE OF practice_id, id, remittance_id, ordinal, control_number, status_code, charge_cents,
    paid_cents, patient_responsibility_cents, payer_claim_control_number, body ON claim_payment
BEGIN SELECT RAISE(ABORT, 'what a payer said is never changed'); END;
CREATE TRIGGER claim_payment_claim_sealed BEFORE UPDATE OF claim_id ON claim_payment
WHEN OLD.state = 'posted' AND OLD.claim_id IS NOT NEW.claim_id
BEGIN SELECT RAISE(ABORT, 'what was posted to a claim stays with it: take it off by a further entry'); END;
