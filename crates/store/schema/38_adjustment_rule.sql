-- What a practice says that adjustments mean, over the base that ships with the program. Rows are only ever added: the
-- latest one for the same adjustments stands from its day on, and one without a class takes the practice's word back.

CREATE TABLE adjustment_rule (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    -- What is none is any.
    payer_id UUID,
    adjustment_group TEXT CHECK (adjustment_group IN ('CO', 'PR', 'OA', 'PI', 'CR')),
    reason TEXT CHECK (reason <> ''),
    remark TEXT CHECK (remark <> ''),
    -- None: from this day on the base decides again.
    class TEXT CHECK (class <> ''),
    -- First day on which it decides what is posted.
    effective_on DATE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    PRIMARY KEY (practice_id, id),
    CHECK (reason IS NOT NULL OR remark IS NOT NULL),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
);
