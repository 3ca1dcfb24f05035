-- What people keep at the desk for themselves: views of the worklist, words not sent yet, notices, how they are told. And
-- what lists of open work walk along, whatever they are asked by: each index holds every column that a list is narrowed
-- by, so that only the rows of one page are looked up.

CREATE TABLE saved_view (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    owner_id UUID NOT NULL,
    name TEXT NOT NULL,
    -- The desk whose people have the view too; none: only its owner.
    shared_desk TEXT,
    -- As an address carries it: words of our own and ids, nothing that anybody typed.
    filter TEXT NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX saved_view_by_owner ON saved_view (practice_id, owner_id);

-- Words that a person typed into a form and did not send. They go when the form is sent, or after some weeks.
CREATE TABLE form_draft (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    user_id UUID NOT NULL,
    form TEXT NOT NULL,
    kept_at TIMESTAMPTZ NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, user_id, form)
);

CREATE TABLE notice (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind TEXT NOT NULL,
    work_item_id UUID NOT NULL,
    told_at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id)
);
CREATE INDEX notice_by_user ON notice (practice_id, user_id, id);
CREATE INDEX notice_unread ON notice (practice_id, user_id, id) WHERE read_at IS NULL;
CREATE INDEX notice_by_item ON notice (practice_id, work_item_id, kind);

CREATE TABLE notice_setting (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    user_id UUID NOT NULL,
    -- Where the daily letter of counts goes; none: no letter.
    address TEXT,
    last_sent_on DATE,
    PRIMARY KEY (practice_id, user_id)
);

DROP INDEX work_item_queue;
DROP INDEX work_item_open_queue;
CREATE INDEX work_item_of_desk ON work_item
    (practice_id, desk, due_on, id, reason, payer_id, owner_id, state, opened_on, stake_cents) WHERE state <> 'resolved';
CREATE INDEX work_item_of_reason ON work_item
    (practice_id, reason, due_on, id, desk, payer_id, owner_id, state, opened_on, stake_cents) WHERE state <> 'resolved';
CREATE INDEX work_item_of_payer ON work_item
    (practice_id, payer_id, due_on, id, desk, reason, owner_id, state, opened_on, stake_cents) WHERE state <> 'resolved';
CREATE INDEX work_item_by_deadline ON work_item (practice_id, deadline_on, id) WHERE state <> 'resolved';
CREATE INDEX work_item_ended ON work_item (practice_id, resolved_on, owner_id) WHERE state = 'resolved';
