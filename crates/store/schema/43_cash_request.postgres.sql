-- What two people decide about cash of a payer that no claim took: to post a claim payment that does not add up with its
-- difference in suspense, to give cash back, to hand it over. And a claim payment that a person matched names its claim: what
-- the payer said is sealed as before, and so is the claim once it is posted.

CREATE TABLE cash_request (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    request_number TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('suspense', 'return', 'hand_over')),
    claim_payment_id UUID NOT NULL,
    -- The payer whose cash it is; none for a payer that we do not know.
    payer_id UUID,
    -- What was paid with it, or what goes back.
    amount_cents BIGINT NOT NULL,
    -- What its equation is off by; zero for cash that goes back.
    difference_cents BIGINT NOT NULL,
    -- Who gets it where it is handed over; empty otherwise.
    payee TEXT NOT NULL,
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
    FOREIGN KEY (practice_id, claim_payment_id) REFERENCES claim_payment (practice_id, id) DEFERRABLE INITIALLY IMMEDIATE,
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX cash_request_by_state ON cash_request (practice_id, state, asked_on);
-- One open request about one claim payment.
CREATE UNIQUE INDEX cash_request_open_once ON cash_request (practice_id, claim_payment_id) WHERE state = 'asked';

-- Claims of a day and an amount, and everything in suspense: found without reading every other.
CREATE INDEX claim_by_day_and_total ON claim (practice_id, date_of_service, total_cents);
CREATE INDEX ledger_posting_in_suspense ON ledger_posting (practice_id, reference) WHERE account = 'suspense';

-- Two further accounts: receipts for claims of another system, and money of a payer that is to leave.
ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_account_check;
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_account_check CHECK (account IN (
        'revenue', 'payer_receivable', 'patient_receivable', 'contractual', 'write_off', 'bad_debt', 'era_clearing',
        'in_transit', 'undeposited', 'deposit_in_transit', 'bank', 'cash_over_short', 'disputed', 'unapplied_payer',
        'unapplied_patient', 'legacy_receipts', 'payer_payable', 'credit_balance', 'refund_payable', 'recoupment',
        'provider_adjustment', 'interest', 'suspense'));


DROP TRIGGER claim_payment_sealed ON claim_payment;
CREATE TRIGGER claim_payment_sealed BEFORE UPDATE OF practice_id, id, remittance_id, ordinal, control_number, status_code, charge_cents,
    paid_cents, patient_responsibility_cents, payer_claim_control_number, body ON claim_payment
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER claim_payment_claim_sealed BEFORE UPDATE OF claim_id ON claim_payment
    FOR EACH ROW WHEN (OLD.state = 'posted' AND OLD.claim_id IS DISTINCT FROM NEW.claim_id)
    EXECUTE FUNCTION append_only();
