-- A lost password or device, or a log-in that begins: asked for by one person, approved by another, redeemed by the
-- person it is for, who chooses the password. The code has
-- two halves, one shown to each of the two, so that neither of them can redeem it alone. Only their hashes are stored.

CREATE TABLE login_reset (
    practice_id UUID NOT NULL,
    user_id UUID NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID NOT NULL,
    first_sha256 BYTEA NOT NULL,
    approved_at TIMESTAMPTZ,
    approved_by UUID,
    -- None until it was approved.
    second_sha256 BYTEA,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, user_id),
    FOREIGN KEY (practice_id, user_id) REFERENCES app_user (practice_id, id)
);
