-- Contacts with people and payers, what was promised, and what is so for a person. Rows are only ever added; a promise ends.

-- What began or ended for a person on a day: consent, an attorney, a wrong number. The latest of a kind counts.
CREATE TABLE contact_event (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    flag TEXT NOT NULL CHECK (flag <> ''),
    begins BOOLEAN NOT NULL,
    -- A channel, hours, or words, as the flag asks for.
    detail TEXT NOT NULL,
    from_on DATE NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);
CREATE INDEX contact_event_by_patient ON contact_event (practice_id, patient_id, id);

-- One contact: a call, a letter, a visit at the counter.
CREATE TABLE interaction (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    channel TEXT NOT NULL CHECK (channel <> ''),
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    party TEXT NOT NULL CHECK (party IN ('patient', 'payer', 'provider', 'agency', 'other')),
    patient_id UUID,
    payer_id UUID,
    inquiry_id UUID,
    work_item_id UUID,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    reached TEXT NOT NULL CHECK (reached IN ('yes', 'no')),
    -- Who spoke for a payer, and its number of the call.
    representative TEXT NOT NULL,
    reference_number TEXT NOT NULL,
    audience TEXT NOT NULL CHECK (audience IN ('internal', 'patient')),
    note TEXT NOT NULL CHECK (note <> ''),
    by_user UUID NOT NULL,
    by_login TEXT NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id),
    FOREIGN KEY (practice_id, inquiry_id) REFERENCES inquiry (practice_id, id)
);
CREATE INDEX interaction_by_patient ON interaction (practice_id, patient_id, started_at);
CREATE INDEX interaction_by_payer ON interaction (practice_id, payer_id, started_at);

-- The claims that one contact was about, each with what was said of it.
CREATE TABLE interaction_claim (
    practice_id UUID NOT NULL,
    interaction_id UUID NOT NULL,
    ordinal BIGINT NOT NULL,
    claim_id UUID NOT NULL,
    outcome TEXT NOT NULL,
    touched_on DATE NOT NULL,
    next_touch_on DATE,
    note TEXT NOT NULL CHECK (note <> ''),
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, interaction_id, ordinal),
    FOREIGN KEY (practice_id, interaction_id) REFERENCES interaction (practice_id, id),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id)
);
CREATE INDEX interaction_claim_by_claim ON interaction_claim (practice_id, claim_id, touched_on);

-- What was promised, and whether it was kept.
CREATE TABLE promise (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    interaction_id UUID NOT NULL,
    patient_id UUID,
    payer_id UUID,
    claim_id UUID,
    promised_by TEXT NOT NULL CHECK (promised_by IN ('us', 'them')),
    what TEXT NOT NULL CHECK (what <> ''),
    due_on DATE NOT NULL,
    owner_id UUID NOT NULL,
    owner_login TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'broken')),
    ended_on DATE,
    ended_by_login TEXT,
    PRIMARY KEY (practice_id, id),
    CHECK ((state = 'open') = (ended_on IS NULL)),
    FOREIGN KEY (practice_id, interaction_id) REFERENCES interaction (practice_id, id)
);
CREATE INDEX promise_by_state ON promise (practice_id, state, due_on);
CREATE INDEX promise_by_patient ON promise (practice_id, patient_id, due_on);

-- How a payer's telephone is walked through; the latest counts.
CREATE TABLE phone_card (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    payer_id UUID NOT NULL,
    phone TEXT NOT NULL,
    path TEXT NOT NULL,
    hours TEXT NOT NULL,
    has_ready TEXT NOT NULL,
    script TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id)
);
CREATE INDEX phone_card_by_payer ON phone_card (practice_id, payer_id, id);

-- A practice's own days after an outcome of a call; the latest of an outcome counts.
CREATE TABLE call_rule (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome <> ''),
    days BIGINT NOT NULL CHECK (days >= 0),
    why TEXT NOT NULL CHECK (why <> ''),
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by_login TEXT NOT NULL,
    PRIMARY KEY (practice_id, id)
);

-- The claims of a reason that wait for a call, the most urgent first.
CREATE INDEX work_item_to_call ON work_item (practice_id, reason, due_on, id) WHERE state <> 'resolved';
