-- Whose an open item is, what it asks of who works it, and where it stands among the others; what a practice says of its
-- teams, people, absences and rules; and what people were given.

ALTER TABLE work_item ADD COLUMN team TEXT NOT NULL DEFAULT '';
ALTER TABLE work_item ADD COLUMN skill TEXT NOT NULL DEFAULT '';
ALTER TABLE work_item ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
ALTER TABLE work_item ADD COLUMN is_raised BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE work_item ADD COLUMN routed_by TEXT NOT NULL DEFAULT '';
-- What stood open before has its desk's own team; the daily job says the rest. The owner of the tables does it for all
-- practices at once.
--postgres: ALTER TABLE work_item NO FORCE ROW LEVEL SECURITY;
UPDATE work_item SET team = desk, skill = CASE desk WHEN 'tier1' THEN 'front_desk' WHEN 'tier2' THEN 'denials'
    WHEN 'tier3' THEN 'compliance' ELSE desk END;
--postgres: ALTER TABLE work_item FORCE ROW LEVEL SECURITY;
-- The best open item of a lane is the first row of its part of this index.
CREATE INDEX work_item_next ON work_item (practice_id, team, skill, priority DESC, id, payer_id) WHERE state = 'open';
CREATE INDEX work_item_by_team ON work_item (practice_id, team) WHERE state <> 'resolved';
-- What was opened in a time: the dry run of a rule.
CREATE INDEX work_item_by_opening ON work_item (practice_id, opened_on, id);

-- Rows are only ever added; a later one of the same subject ends an earlier one on its day.
CREATE TABLE desk_setting (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('team', 'worker', 'absence', 'rule', 'payer_share')),
    -- The key of the team or rule, the person, the absence; empty for what a practice has once.
    subject TEXT NOT NULL,
    from_on DATE NOT NULL,
    until_on DATE,
    body JSONB NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX desk_setting_by_subject ON desk_setting (practice_id, kind, subject, from_on);

CREATE TABLE work_pull (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    work_item_id UUID NOT NULL,
    payer_id UUID,
    minutes BIGINT NOT NULL CHECK (minutes >= 0),
    pulled_on DATE NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id)
);
CREATE INDEX work_pull_by_user ON work_pull (practice_id, user_id, id);
