-- What a practice allows its roles to decide alone, and its policy of discounts: rows are only ever added, the latest of a
-- kind stands. Where there is none, the program's own figure does.

CREATE TABLE practice_limit (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind <> ''),
    -- Cents, or percent, as the kind says.
    amount BIGINT NOT NULL CHECK (amount >= 0),
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    PRIMARY KEY (practice_id, id)
);
