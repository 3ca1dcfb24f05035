-- Claims: where each one is, every version of what it said, every event of its life, and what the scrub found.

CREATE TABLE claim (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    encounter_id UUID NOT NULL,
    payer_id UUID NOT NULL,
    coverage_id UUID NOT NULL,
    coverage_version BIGINT NOT NULL,
    control_number TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('draft', 'held', 'ready', 'submitted', 'accepted', 'rejected', 'adjudicated', 'closed')),
    -- How often it was rejected: a second rejection is Tier 2's.
    rejections BIGINT NOT NULL DEFAULT 0,
    total_cents BIGINT NOT NULL,
    date_of_service DATE NOT NULL,
    filing_limit_on DATE NOT NULL,
    follow_up_on DATE,
    -- The day of the payer's acceptance: proof of timely filing.
    accepted_on DATE,
    -- The day of the first remittance that decided it; from then on it is out of Tier 1's hands.
    adjudicated_on DATE,
    payer_claim_control_number TEXT,
    route TEXT NOT NULL,
    created_on DATE NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, control_number),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, encounter_id) REFERENCES encounter (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES payer (practice_id, id),
    FOREIGN KEY (practice_id, coverage_id, coverage_version) REFERENCES coverage (practice_id, id, version)
);
CREATE INDEX claim_by_status ON claim (practice_id, status, follow_up_on);
CREATE INDEX claim_by_patient ON claim (practice_id, patient_id, date_of_service);
CREATE INDEX claim_by_encounter ON claim (practice_id, encounter_id);
CREATE INDEX claim_by_payer_number ON claim (practice_id, payer_claim_control_number);

CREATE TABLE claim_version (
    practice_id UUID NOT NULL,
    claim_id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, claim_id, version),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id)
);

CREATE TABLE claim_line (
    practice_id UUID NOT NULL,
    claim_id UUID NOT NULL,
    line_number BIGINT NOT NULL,
    charge_id UUID NOT NULL,
    line_control_number TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    PRIMARY KEY (practice_id, claim_id, line_number),
    UNIQUE (practice_id, line_control_number),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id),
    FOREIGN KEY (practice_id, charge_id) REFERENCES charge (practice_id, id)
);
CREATE INDEX claim_line_by_charge ON claim_line (practice_id, charge_id);

CREATE TABLE claim_event (
    practice_id UUID NOT NULL,
    claim_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    -- Who: a login, or the job.
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    status_after TEXT NOT NULL,
    -- One plain sentence for the timeline; names no patient.
    sentence TEXT NOT NULL,
    -- The message that caused it, as it stands in the file.
    raw TEXT,
    -- The file it came with or left in.
    submission_id UUID,
    inbound_file_id UUID,
    remittance_id UUID,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, claim_id, sequence),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id)
);

CREATE TABLE claim_finding (
    practice_id UUID NOT NULL,
    claim_id UUID NOT NULL,
    claim_version BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('warning', 'error')),
    hand TEXT NOT NULL CHECK (hand IN ('front_desk', 'coder')),
    field TEXT NOT NULL,
    problem TEXT NOT NULL,
    remedy TEXT NOT NULL,
    PRIMARY KEY (practice_id, claim_id, claim_version, ordinal),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id)
);

CREATE TABLE claim_waiver (
    practice_id UUID NOT NULL,
    claim_id UUID NOT NULL,
    rule TEXT NOT NULL,
    field TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, claim_id, rule, field),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id)
);
