-- Work items, their history, and the questions from outside that some of them stand for.

CREATE TABLE inquiry (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    patient_id UUID,
    channel TEXT NOT NULL,
    reason TEXT NOT NULL,
    received_on DATE NOT NULL,
    -- 'open', 'answered', 'escalated'.
    state TEXT NOT NULL,
    verified_identifiers BIGINT NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);
CREATE INDEX inquiry_by_patient ON inquiry (practice_id, patient_id, received_on);

CREATE TABLE work_item (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    id UUID NOT NULL,
    reason TEXT NOT NULL,
    desk TEXT NOT NULL CHECK (desk IN ('tier1', 'tier2', 'tier3', 'coder', 'poster')),
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'resolved')),
    owner_id UUID,
    summary TEXT NOT NULL,
    patient_id UUID,
    encounter_id UUID,
    claim_id UUID,
    charge_id UUID,
    payer_id UUID,
    remittance_id UUID,
    submission_id UUID,
    inquiry_id UUID,
    stake_cents BIGINT NOT NULL,
    opened_on DATE NOT NULL,
    due_on DATE NOT NULL,
    deadline_on DATE,
    escalations BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    handover JSONB,
    resolution JSONB,
    resolved_on DATE,
    -- One open item of a reason for one thing: a repeated message opens nothing twice.
    subject_key TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id),
    FOREIGN KEY (practice_id, inquiry_id) REFERENCES inquiry (practice_id, id)
);
CREATE UNIQUE INDEX work_item_open_once ON work_item (practice_id, subject_key) WHERE state <> 'resolved';
CREATE INDEX work_item_queue ON work_item (practice_id, desk, state, due_on, stake_cents);
CREATE INDEX work_item_by_owner ON work_item (practice_id, owner_id, state);
CREATE INDEX work_item_by_claim ON work_item (practice_id, claim_id);
CREATE INDEX work_item_by_patient ON work_item (practice_id, patient_id);

CREATE TABLE work_event (
    practice_id UUID NOT NULL,
    work_item_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    -- 'opened', 'taken', 'put_back', 'escalated', 'returned', 'resolved', 'noted'.
    kind TEXT NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (practice_id, work_item_id, sequence),
    FOREIGN KEY (practice_id, work_item_id) REFERENCES work_item (practice_id, id)
);
