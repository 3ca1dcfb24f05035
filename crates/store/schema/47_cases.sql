-- The case around a work item: whom it waits for, its steps, questions to colleagues, transfers, returns; and what a
-- practice says of a reason in place of the program.

CREATE TABLE work_case (
    practice_id UUID NOT NULL,
    work_item_id UUID NOT NULL,
    first_action_on DATE,
    first_action_by UUID,
    waiting_on TEXT,
    waiting_for TEXT,
    waiting_since DATE,
    waiting_until DATE,
    waiting_days_left BIGINT,
    acknowledged_on DATE,
    reopened BIGINT NOT NULL,
    merged_into UUID,
    problem_id UUID,
    PRIMARY KEY (practice_id, work_item_id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id),
    -- Nothing waits without a party, words and a day.
    CHECK (waiting_on IS NULL OR (waiting_for <> '' AND waiting_since IS NOT NULL AND waiting_until > waiting_since
        AND waiting_days_left >= 0))
);
CREATE INDEX work_case_waiting ON work_case (practice_id, waiting_until, work_item_id) WHERE waiting_on IS NOT NULL;
CREATE INDEX work_case_merged ON work_case (practice_id, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX work_case_problem ON work_case (practice_id, problem_id) WHERE problem_id IS NOT NULL;

-- Steps that were ticked or taken back, and data that was written down: rows are only added, the latest of a name counts.
CREATE TABLE work_step (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    work_item_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('step', 'data')),
    name TEXT NOT NULL CHECK (name <> ''),
    is_done BIGINT NOT NULL CHECK (is_done IN (0, 1)),
    words TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id)
);
CREATE INDEX work_step_by_item ON work_step (practice_id, work_item_id, id);

-- A colleague or a desk is asked; the item stays where it is.
CREATE TABLE work_consult (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    work_item_id UUID NOT NULL,
    desk TEXT NOT NULL,
    user_id UUID,
    question TEXT NOT NULL CHECK (question <> ''),
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID NOT NULL,
    asked_by_login TEXT NOT NULL,
    answer TEXT,
    answered_at TIMESTAMPTZ,
    answered_by UUID,
    answered_by_login TEXT,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id)
);
CREATE INDEX work_consult_by_item ON work_consult (practice_id, work_item_id, id);
CREATE INDEX work_consult_open ON work_consult (practice_id, desk, id) WHERE answered_at IS NULL;

-- An item is offered to a named person, who takes it or declines.
CREATE TABLE work_transfer (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    work_item_id UUID NOT NULL,
    to_user UUID NOT NULL,
    words TEXT NOT NULL CHECK (words <> ''),
    offered_at TIMESTAMPTZ NOT NULL,
    offered_by UUID NOT NULL,
    offered_by_login TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn')),
    decided_at TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id)
);
CREATE INDEX work_transfer_by_item ON work_transfer (practice_id, work_item_id, id);
CREATE INDEX work_transfer_offered ON work_transfer (practice_id, to_user, id) WHERE state = 'offered';

-- Items that a desk gave back to the one below, with the reason that quality counts.
CREATE TABLE work_return (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    work_item_id UUID NOT NULL,
    code TEXT NOT NULL,
    words TEXT NOT NULL CHECK (words <> ''),
    -- Who had handed it up.
    handed_by_login TEXT NOT NULL,
    returned_at TIMESTAMPTZ NOT NULL,
    returned_by UUID NOT NULL,
    returned_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id)
);
CREATE INDEX work_return_by_item ON work_return (practice_id, work_item_id, id);

-- Rows are only added; of those whose day has come the one set last counts.
CREATE TABLE own_reason (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    reason TEXT NOT NULL,
    valid_from DATE NOT NULL,
    body JSONB NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX own_reason_by_reason ON own_reason (practice_id, reason, id);
