-- Sampled reviews of people's work, what measures of work walk along, cases to train with, and skills given one by one.

-- A sample of what a person resolved in a month. Drawn once; the number draws the same again.
CREATE TABLE quality_draw (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    login TEXT NOT NULL,
    -- The month's first day.
    month DATE NOT NULL,
    -- 64 bits of chance, in hexadecimal.
    number TEXT NOT NULL CHECK (number <> ''),
    body JSONB NOT NULL,
    drawn_at TIMESTAMPTZ NOT NULL,
    drawn_by UUID NOT NULL,
    drawn_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE UNIQUE INDEX quality_draw_once ON quality_draw (practice_id, user_id, month);

CREATE TABLE quality_review (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    draw_id UUID NOT NULL,
    work_item_id UUID NOT NULL,
    -- Whose work it is.
    user_id UUID NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('drawn', 'reviewed', 'answered')),
    -- Percent of what applied.
    score BIGINT CHECK (score BETWEEN 0 AND 100),
    is_failed BOOLEAN,
    comment TEXT,
    given JSONB,
    reviewed_at TIMESTAMPTZ,
    reviewed_by UUID,
    reviewed_by_login TEXT,
    answer TEXT,
    answered_at TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, draw_id) REFERENCES quality_draw (practice_id, id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id),
    -- Nobody reviews their own work, whatever asks for it.
    CHECK (reviewed_by IS NULL OR reviewed_by <> user_id),
    CHECK ((state = 'drawn') = (score IS NULL)),
    CHECK ((state = 'answered') = (answer IS NOT NULL))
);
CREATE INDEX quality_review_by_draw ON quality_review (practice_id, draw_id, id);
CREATE INDEX quality_review_by_user ON quality_review (practice_id, user_id, id);
CREATE INDEX quality_review_by_item ON quality_review (practice_id, work_item_id);

-- What measures of a time walk along.
CREATE INDEX work_event_by_time ON work_event (practice_id, occurred_at, work_item_id, actor, kind) WHERE kind <> 'opened';
CREATE INDEX work_return_by_time ON work_return (practice_id, returned_at);
CREATE INDEX interaction_by_time ON interaction (practice_id, started_at, work_item_id) WHERE work_item_id IS NOT NULL;
CREATE INDEX promise_by_interaction ON promise (practice_id, interaction_id);

ALTER TABLE practice ADD COLUMN is_training BOOLEAN NOT NULL DEFAULT FALSE;

-- A real practice and the one in which its people train, each with its own row. No message of a training practice leaves, and
-- no report of the real one reads it.
CREATE TABLE training_link (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    kind TEXT NOT NULL CHECK (kind IN ('trains_in', 'trains_for')),
    other_id UUID NOT NULL REFERENCES practice (practice_id),
    linked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id),
    CHECK (other_id <> practice_id)
);

-- A case with its known right answer, in a training practice.
CREATE TABLE training_case (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    scenario TEXT NOT NULL CHECK (scenario <> ''),
    skill TEXT NOT NULL,
    work_item_id UUID NOT NULL,
    body JSONB NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id)
);
CREATE INDEX training_case_by_skill ON training_case (practice_id, skill, id);

-- What a person of the real practice answered; the case stands in the training practice.
CREATE TABLE training_attempt (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    case_id UUID NOT NULL,
    scenario TEXT NOT NULL,
    skill TEXT NOT NULL,
    score BIGINT NOT NULL CHECK (score BETWEEN 0 AND 100),
    body JSONB NOT NULL,
    answered_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE UNIQUE INDEX training_attempt_once ON training_attempt (practice_id, user_id, case_id);
CREATE INDEX training_attempt_by_skill ON training_attempt (practice_id, user_id, skill, id);

-- A Tier 2 skill was given to a person or taken back: rows are only added.
CREATE TABLE skill_event (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('limited', 'promoted', 'demoted')),
    -- Empty where all skills of Tier 2 were limited at once.
    skill TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    evidence JSONB NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    CHECK (recorded_by <> user_id)
);
CREATE INDEX skill_event_by_user ON skill_event (practice_id, user_id, id);
