-- The books. Entries and postings are only ever added; the engine itself refuses anything else (sqlite.sql, postgres.sql).
-- Postings are inserted first; inserting their entry seals them: it must name their count, and their sum must be zero.

CREATE TABLE ledger_entry (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    -- Gapless within the practice.
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    occurred_on DATE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    source_kind TEXT NOT NULL CHECK (source_kind <> ''),
    source_id UUID NOT NULL,
    -- The entry this one corrects or reverses.
    corrects UUID,
    -- One key, one effect (invariant I10).
    idempotency_key TEXT NOT NULL CHECK (idempotency_key <> ''),
    posting_count BIGINT NOT NULL CHECK (posting_count >= 2),
    -- SHA-256 of the facts and postings, without id and place in the chain.
    content_hash BYTEA NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    --postgres: xid xid8 NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, sequence),
    UNIQUE (practice_id, prev_hash),
    UNIQUE (practice_id, idempotency_key),
    --postgres: UNIQUE (practice_id, id, xid),
    FOREIGN KEY (practice_id, corrects) REFERENCES ledger_entry (practice_id, id)
);
CREATE INDEX ledger_entry_by_source ON ledger_entry (practice_id, source_id);

CREATE TABLE ledger_posting (
    practice_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    ordinal BIGINT NOT NULL CHECK (ordinal >= 0),
    account TEXT NOT NULL CHECK (account IN (
        'revenue', 'payer_receivable', 'patient_receivable', 'contractual', 'write_off', 'bad_debt', 'era_clearing',
        'in_transit', 'undeposited', 'bank', 'unapplied_payer', 'unapplied_patient', 'credit_balance',
        'refund_payable', 'recoupment', 'provider_adjustment', 'interest', 'suspense')),
    charge_id UUID,
    payer_id UUID,
    patient_id UUID,
    remittance_id UUID,
    reference TEXT,
    -- Debit positive, credit negative.
    cents BIGINT NOT NULL CHECK (cents <> 0),
    reason TEXT NOT NULL,
    --postgres: xid xid8 NOT NULL,
    PRIMARY KEY (practice_id, entry_id, ordinal),
    --postgres: FOREIGN KEY (practice_id, entry_id, xid) REFERENCES ledger_entry (practice_id, id, xid) DEFERRABLE INITIALLY DEFERRED
    --sqlite: FOREIGN KEY (practice_id, entry_id) REFERENCES ledger_entry (practice_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ledger_posting_by_charge ON ledger_posting (practice_id, charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX ledger_posting_by_patient ON ledger_posting (practice_id, patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX ledger_posting_by_remittance ON ledger_posting (practice_id, remittance_id) WHERE remittance_id IS NOT NULL;

-- What is held of others' money on accounts that may never fall below zero. Kept beside the postings, proved by verify.
CREATE TABLE ledger_balance (
    practice_id UUID NOT NULL,
    account TEXT NOT NULL CHECK (account IN ('unapplied_payer', 'unapplied_patient', 'credit_balance', 'refund_payable')),
    -- The payer or patient whose money it is.
    owner_id UUID NOT NULL,
    held_cents BIGINT NOT NULL,
    PRIMARY KEY (practice_id, account, owner_id),
    CONSTRAINT ledger_balance_floor CHECK (held_cents >= 0)
);
