-- How patients reach the card processor's page, the links by which they do, and what the processor told. No card number: the
-- processor's token, brand and last four digits alone.

-- How a practice's patients reach its card processor: rows are only ever added, the latest stands.
CREATE TABLE payment_page (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    -- Under which address patients reach this desk.
    link_address TEXT NOT NULL,
    -- The processor's hosted page, with places for our reference and the amount; empty where links are off.
    page_url TEXT NOT NULL,
    -- From it and a link's id comes what stands in the link's address.
    link_key BYTEA NOT NULL,
    -- With it the processor signs its notices.
    notice_secret BYTEA NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_by_login TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    PRIMARY KEY (practice_id, id)
);

-- A link by which a patient pays.
CREATE TABLE pay_link (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    payment_page_id UUID NOT NULL,
    -- Of what stands in its address.
    token_sha256 BYTEA NOT NULL,
    made_on DATE NOT NULL,
    made_by_login TEXT NOT NULL,
    expires_on DATE NOT NULL,
    revoked_on DATE,
    revoked_by_login TEXT,
    failed_checks BIGINT NOT NULL CHECK (failed_checks >= 0),
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, token_sha256),
    CHECK ((revoked_on IS NULL) = (revoked_by_login IS NULL)),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id),
    FOREIGN KEY (practice_id, payment_page_id) REFERENCES payment_page (practice_id, id)
);
CREATE INDEX pay_link_by_patient ON pay_link (practice_id, patient_id, made_on);

-- Once that a patient was handed over to the processor; never changed.
CREATE TABLE pay_checkout (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    pay_link_id UUID NOT NULL,
    patient_id UUID NOT NULL,
    -- Random: what the processor is given of ours.
    reference TEXT NOT NULL CHECK (reference <> ''),
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    begun_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, reference),
    FOREIGN KEY (practice_id, pay_link_id) REFERENCES pay_link (practice_id, id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);

-- What the processor told of a payment.
CREATE TABLE pay_notice (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('succeeded', 'failed')),
    -- The processor's own reference of the payment.
    processor_reference TEXT NOT NULL CHECK (processor_reference <> ''),
    -- Ours, as it came back.
    reference TEXT NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    state TEXT NOT NULL CHECK (state IN ('posted', 'unplaced', 'failed')),
    brand TEXT NOT NULL,
    last_four TEXT NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    patient_payment_id UUID,
    placed_by_login TEXT,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, processor_reference, event),
    CHECK ((state = 'posted') = (patient_payment_id IS NOT NULL)),
    CHECK ((state = 'failed') = (event = 'failed')),
    FOREIGN KEY (practice_id, patient_payment_id) REFERENCES patient_payment (practice_id, id)
);
CREATE INDEX pay_notice_by_state ON pay_notice (practice_id, state, received_at);
