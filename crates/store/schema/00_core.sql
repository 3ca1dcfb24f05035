-- What every practice has from its first write: the heads of its hash chains, its audit, its outbox.

-- One row a practice, locked first by every write: writers of one practice go one after another on both engines.
CREATE TABLE practice_head (
    practice_id UUID NOT NULL,
    ledger_sequence BIGINT NOT NULL CHECK (ledger_sequence >= 0),
    ledger_hash BYTEA NOT NULL,
    audit_sequence BIGINT NOT NULL CHECK (audit_sequence >= 0),
    audit_hash BYTEA NOT NULL,
    PRIMARY KEY (practice_id)
);

-- Every change and every money fact, chained by hash in the transaction that made it.
CREATE TABLE audit_record (
    practice_id UUID NOT NULL,
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    recorded_at TIMESTAMPTZ NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_user_id UUID NOT NULL,
    actor_login TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action <> ''),
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    -- JSON text, kept byte for byte because it is hashed.
    detail TEXT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (practice_id, sequence),
    UNIQUE (practice_id, prev_hash)
);
CREATE INDEX audit_record_by_subject ON audit_record (practice_id, subject_id, sequence);
CREATE INDEX audit_record_by_actor ON audit_record (practice_id, actor_user_id, sequence);

-- Who looked at whose record; written in batches and chained beside the main chain, so that looking never waits.
CREATE TABLE audit_read_head (
    practice_id UUID NOT NULL,
    sequence BIGINT NOT NULL CHECK (sequence >= 0),
    hash BYTEA NOT NULL,
    PRIMARY KEY (practice_id)
);

CREATE TABLE audit_read (
    practice_id UUID NOT NULL,
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    recorded_at TIMESTAMPTZ NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_user_id UUID NOT NULL,
    actor_login TEXT NOT NULL,
    -- What was shown: "account", "claim", "statement" …
    what TEXT NOT NULL,
    patient_id UUID NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (practice_id, sequence),
    UNIQUE (practice_id, prev_hash)
);
CREATE INDEX audit_read_by_patient ON audit_read (practice_id, patient_id, sequence);
CREATE INDEX audit_read_by_actor ON audit_read (practice_id, actor_user_id, sequence);

-- Work for after the commit, recorded by the transaction that asks for it.
CREATE TABLE outbox (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    payload JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    done_at TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX outbox_pending ON outbox (practice_id, created_at) WHERE done_at IS NULL;
