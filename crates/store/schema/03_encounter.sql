-- Visits and their charges. A charge is the durable unit of what is owed; the ledger keeps receivables by charge.

CREATE TABLE encounter (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    patient_id UUID NOT NULL,
    date_of_service DATE NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'billed', 'not_billable')),
    source_key TEXT,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, source_key),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);
CREATE INDEX encounter_by_patient ON encounter (practice_id, patient_id, date_of_service);
CREATE INDEX encounter_by_status ON encounter (practice_id, status, date_of_service);

CREATE TABLE charge (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    encounter_id UUID NOT NULL,
    patient_id UUID NOT NULL,
    line_number BIGINT NOT NULL,
    date_of_service DATE NOT NULL,
    procedure_code TEXT NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents >= 0),
    -- Entered by mistake and taken back: its amount is zero, its postings cancel out, no claim names it again.
    is_void BOOLEAN NOT NULL DEFAULT FALSE,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, encounter_id, line_number),
    FOREIGN KEY (practice_id, encounter_id) REFERENCES encounter (practice_id, id),
    FOREIGN KEY (practice_id, patient_id) REFERENCES patient (practice_id, id)
);
CREATE INDEX charge_by_patient ON charge (practice_id, patient_id, date_of_service);
