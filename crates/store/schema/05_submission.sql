-- Outbound files, sealed before they leave, and inbound files, stored before they are read.

-- Control numbers come from a locked row, never from a sequence: gapless, and portable to every engine.
CREATE TABLE control_number (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    name TEXT NOT NULL,
    last_value BIGINT NOT NULL,
    PRIMARY KEY (practice_id, name)
);

CREATE TABLE submission (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    -- '837P', '270', '276'.
    kind TEXT NOT NULL,
    route TEXT NOT NULL,
    file_name TEXT NOT NULL,
    interchange_number BIGINT NOT NULL,
    group_number BIGINT NOT NULL,
    set_number BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('sealed', 'sent', 'ambiguous', 'acknowledged', 'rejected')),
    sealed_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    attempts BIGINT NOT NULL DEFAULT 0,
    acknowledgment_due_on DATE NOT NULL,
    claim_count BIGINT NOT NULL,
    total_cents BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, interchange_number),
    FOREIGN KEY (practice_id) REFERENCES practice (practice_id)
);
CREATE INDEX submission_by_status ON submission (practice_id, status, acknowledgment_due_on);
CREATE INDEX submission_by_group ON submission (practice_id, group_number);

CREATE TABLE submission_claim (
    practice_id UUID NOT NULL,
    submission_id UUID NOT NULL,
    claim_id UUID NOT NULL,
    claim_version BIGINT NOT NULL,
    PRIMARY KEY (practice_id, submission_id, claim_id),
    -- A version of a claim is sealed at most once (invariant I12).
    UNIQUE (practice_id, claim_id, claim_version),
    FOREIGN KEY (practice_id, submission_id) REFERENCES submission (practice_id, id),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id)
);

CREATE TABLE inbound_file (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    file_name TEXT NOT NULL,
    -- 'TA1', '999', '277CA', '835', '271', '277', 'mixed', 'unreadable'.
    kind TEXT NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    sha256 BYTEA NOT NULL,
    -- SHA-256 with delimiters and line breaks made uniform and the envelope left out.
    canonical_sha256 BYTEA NOT NULL,
    -- 'applied', 'duplicate', 'quarantined', 'unreadable'.
    outcome TEXT NOT NULL,
    -- What happened, in one sentence.
    note TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, sha256),
    FOREIGN KEY (practice_id) REFERENCES practice (practice_id)
);
