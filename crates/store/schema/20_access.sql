-- People who sign in, their roles, sessions and tokens. Who saw and did what stands in the audit. Passwords, session ids, tokens and
-- recovery codes are stored as hashes only.

CREATE TABLE app_user (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    login TEXT NOT NULL,
    display_name TEXT NOT NULL,
    -- Argon2id as a PHC string; until the person chose a password, words that nothing matches.
    password_hash TEXT NOT NULL,
    -- Shared secret of the time-based code; none until the person enrolled a device.
    totp_secret BYTEA,
    -- The last step whose code was used: a code works once.
    totp_last_step BIGINT NOT NULL DEFAULT 0,
    -- 'waiting' for a second person's approval, 'active', 'disabled'.
    state TEXT NOT NULL CHECK (state IN ('waiting', 'active', 'disabled')),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    approved_by UUID,
    disabled_at TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, login)
);

CREATE TABLE user_role (
    practice_id UUID NOT NULL,
    user_id UUID NOT NULL,
    role TEXT NOT NULL,
    given_at TIMESTAMPTZ NOT NULL,
    given_by UUID NOT NULL,
    PRIMARY KEY (practice_id, user_id, role),
    FOREIGN KEY (practice_id, user_id) REFERENCES app_user (practice_id, id)
);

CREATE TABLE recovery_code (
    practice_id UUID NOT NULL,
    user_id UUID NOT NULL,
    code_sha256 BYTEA NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (practice_id, user_id, code_sha256),
    FOREIGN KEY (practice_id, user_id) REFERENCES app_user (practice_id, id)
);

CREATE TABLE session (
    practice_id UUID NOT NULL,
    -- SHA-256 of the random id in the cookie: a copy of the database opens no session.
    id_sha256 BYTEA NOT NULL,
    user_id UUID NOT NULL,
    -- 'enrolling': may only change the password and enrol a device; 'full'.
    standing TEXT NOT NULL CHECK (standing IN ('enrolling', 'full')),
    begun_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    device TEXT NOT NULL,
    PRIMARY KEY (practice_id, id_sha256),
    FOREIGN KEY (practice_id, user_id) REFERENCES app_user (practice_id, id)
);
CREATE INDEX session_by_user ON session (practice_id, user_id, ended_at);

CREATE TABLE api_token (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    token_sha256 BYTEA NOT NULL,
    user_id UUID NOT NULL,
    label TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, token_sha256),
    FOREIGN KEY (practice_id, user_id) REFERENCES app_user (practice_id, id)
);
CREATE INDEX api_token_by_user ON api_token (practice_id, user_id);

-- Attempts to sign in: a bucket that refills with time, one a login and one a network, so that guessing is slow and
-- nobody can lock another person out for good.
CREATE TABLE login_bucket (
    practice_id UUID NOT NULL,
    bucket TEXT NOT NULL,
    attempts_left BIGINT NOT NULL,
    refilled_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, bucket)
);

-- Log-ins of a demonstration database, shown on its log-in page. Written by the demo only; a real practice has none.
CREATE TABLE demo_login (
    practice_id UUID NOT NULL,
    user_id UUID NOT NULL,
    password TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    PRIMARY KEY (practice_id, user_id),
    FOREIGN KEY (practice_id, user_id) REFERENCES app_user (practice_id, id)
);
