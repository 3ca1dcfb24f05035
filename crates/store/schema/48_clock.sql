-- Clocks: what runs, by when, and how it ended; what was said of each; what practices and contracts say of their length;
-- and the days on which a practice is closed.

CREATE TABLE clock (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind <> ''),
    -- What it is about: a claim, a credit, an inquiry, a payment that came back, a patient. One runs of a kind for one thing.
    subject_id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'met', 'moot', 'let_go', 'expired')),
    patient_id UUID,
    claim_id UUID,
    encounter_id UUID,
    payer_id UUID,
    inquiry_id UUID,
    -- Cents that depend on it.
    stake_cents BIGINT NOT NULL,
    started_on DATE NOT NULL,
    -- What started it, in a few words.
    started_by TEXT NOT NULL,
    due_on DATE NOT NULL,
    -- How long it runs, such as "90 days"; empty where the date was given.
    term TEXT NOT NULL,
    -- Who says so, such as "payer's contract".
    term_source TEXT NOT NULL,
    -- How many of its warnings were given.
    warned BIGINT NOT NULL,
    -- The last work item that was opened, or told, of it.
    work_item_id UUID,
    ended_on DATE,
    -- A person who decided that it ends so; none where it ended by what happened.
    decided_by UUID,
    ended_by_login TEXT,
    -- Why it ended, in a sentence.
    words TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    CHECK ((state = 'running') = (ended_on IS NULL)),
    -- Nothing is let go or missed without the name of who said so.
    CHECK (state NOT IN ('let_go', 'expired') OR (decided_by IS NOT NULL AND words <> '')),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id)
);
CREATE UNIQUE INDEX clock_running_once ON clock (practice_id, subject_id, kind) WHERE state = 'running';
CREATE INDEX clock_by_due ON clock (practice_id, state, due_on);
CREATE INDEX clock_by_subject ON clock (practice_id, subject_id, kind);
CREATE INDEX clock_by_item ON clock (practice_id, work_item_id);
CREATE INDEX clock_by_patient ON clock (practice_id, patient_id);

-- What people and warnings said of a clock.
CREATE TABLE clock_event (
    practice_id UUID NOT NULL,
    clock_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    -- 'started', 'warned', 'overdue', 'done', 'extended', 'let_go', 'expired'.
    kind TEXT NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (practice_id, clock_id, sequence),
    FOREIGN KEY (practice_id, clock_id) REFERENCES clock (practice_id, id)
);

-- What a payer's contract, or the practice itself, says of a kind of clock from a day on. Rows are only ever added; of those
-- that began, the latest one counts.
CREATE TABLE clock_term (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind <> ''),
    -- None for the practice's own rule.
    payer_id UUID,
    term TEXT NOT NULL CHECK (term <> ''),
    from_on DATE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
);

-- Days that are not as the week and the federal holidays say. Rows are only ever added; the latest of a day counts.
CREATE TABLE practice_day (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    day DATE NOT NULL,
    -- 'closed', 'open', or 'as_usual', which takes back what was said before.
    hours TEXT NOT NULL CHECK (hours IN ('closed', 'open', 'as_usual')),
    name TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id)
);

-- What the forecast counts with: minutes that a desk's people work on a day ('desk:tier2'), and minutes that an item of a
-- reason takes ('reason:denied'). Rows are only ever added; the latest of a subject counts.
CREATE TABLE work_pace (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    subject TEXT NOT NULL CHECK (subject <> ''),
    minutes BIGINT NOT NULL CHECK (minutes >= 0),
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    PRIMARY KEY (practice_id, id)
);
