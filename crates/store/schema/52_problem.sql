-- Problems of Tier 3: what each case shows, the problems that cases gathered into, what was done about them, the practice's
-- own scrub rules, who read which training note, and how many cases make a problem.

CREATE TABLE problem (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    -- What people call it: "PB-00001".
    problem_number TEXT NOT NULL,
    pattern TEXT NOT NULL,
    body JSONB NOT NULL,
    title TEXT NOT NULL,
    payer_id UUID,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    formed_on DATE NOT NULL,
    -- Of the latest forming: a problem that opened again is planned anew.
    opened_on DATE NOT NULL,
    plan_due_on DATE NOT NULL,
    plan TEXT NOT NULL,
    planned_on DATE,
    -- The first action since it opened: what the rate is measured from.
    acted_on DATE,
    owner_id UUID,
    owner_login TEXT NOT NULL,
    closed_on DATE,
    stage TEXT NOT NULL,
    cause TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reopened BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
);
-- One problem a pattern, for ever: a closed one opens again.
CREATE UNIQUE INDEX problem_by_pattern ON problem (practice_id, pattern);
CREATE INDEX problem_by_state ON problem (practice_id, state, opened_on, id);

-- What a case shows. Follows the work items; a row is added once.
CREATE TABLE problem_sign (
    practice_id UUID NOT NULL,
    pattern TEXT NOT NULL,
    work_item_id UUID NOT NULL,
    claim_id UUID,
    seen_on DATE NOT NULL,
    -- The problem that the case belongs to; none until one gathers it.
    problem_id UUID,
    PRIMARY KEY (practice_id, pattern, work_item_id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id)
);
-- How many lately: the question of every denial that is posted.
CREATE INDEX problem_sign_loose ON problem_sign (practice_id, pattern, seen_on) WHERE problem_id IS NULL;
CREATE INDEX problem_sign_by_item ON problem_sign (practice_id, work_item_id);
CREATE INDEX problem_sign_by_problem ON problem_sign (practice_id, problem_id, seen_on);
CREATE INDEX problem_sign_by_day ON problem_sign (practice_id, seen_on, pattern) WHERE problem_id IS NULL;

CREATE TABLE problem_event (
    practice_id UUID NOT NULL,
    problem_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (practice_id, problem_id, sequence),
    FOREIGN KEY (practice_id, problem_id) REFERENCES problem (practice_id, id)
);

CREATE TABLE problem_action (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    problem_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('rule', 'payer_setting', 'training', 'dispute', 'note')),
    words TEXT NOT NULL CHECK (words <> ''),
    -- What a letter said, as figures; nothing where none.
    body JSONB NOT NULL,
    taken_on DATE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, problem_id) REFERENCES problem (practice_id, id)
);
CREATE INDEX problem_action_by_problem ON problem_action (practice_id, problem_id, id);

CREATE TABLE own_scrub_rule (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    -- What people call it: "OR-00001".
    rule_number TEXT NOT NULL,
    problem_id UUID NOT NULL,
    body JSONB NOT NULL,
    -- What it would have done, as it was asked for.
    dry_run JSONB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'on', 'refused', 'off')),
    asked_on DATE NOT NULL,
    asked_by UUID NOT NULL,
    asked_by_login TEXT NOT NULL,
    decided_on DATE,
    decided_by UUID,
    decided_by_login TEXT NOT NULL,
    decision TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, problem_id) REFERENCES problem (practice_id, id),
    -- Nobody switches on what they asked for.
    CHECK (state <> 'on' OR (decided_by IS NOT NULL AND decided_by <> asked_by))
);
CREATE INDEX own_scrub_rule_by_state ON own_scrub_rule (practice_id, state, id);
CREATE INDEX own_scrub_rule_by_problem ON own_scrub_rule (practice_id, problem_id, id);

CREATE TABLE training_receipt (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    problem_action_id UUID NOT NULL,
    user_id UUID NOT NULL,
    told_at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, problem_action_id) REFERENCES problem_action (practice_id, id)
);
CREATE INDEX training_receipt_by_action ON training_receipt (practice_id, problem_action_id, id);
CREATE INDEX training_receipt_by_user ON training_receipt (practice_id, user_id, id);

-- Rows are only added; of those whose day has come the one set last counts.
CREATE TABLE gathering_setting (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    cases BIGINT NOT NULL CHECK (cases >= 0),
    from_on DATE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    PRIMARY KEY (practice_id, id)
);

-- What was decided in a time, what was made in a time, what ended in a time: rates, dry runs, causes.
CREATE INDEX remittance_by_paid_day ON remittance (practice_id, paid_on);
-- Partial, so that only who asks by the day of making uses it.
CREATE INDEX claim_by_making ON claim (practice_id, created_on, id) WHERE created_on >= '1900-01-01';
CREATE INDEX work_item_by_end ON work_item (practice_id, resolved_on, id) WHERE state = 'resolved';
