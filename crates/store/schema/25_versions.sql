-- What stood in the practice's own data, its providers and its payers before each change, and who entered it. Claims hold
-- frozen copies of what they were made from; this is where a person looks up what stood when. `subject_id` is the
-- practice's own key for its own data.

CREATE TABLE registration_version (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('practice', 'provider', 'payer')),
    subject_id UUID NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    body JSONB NOT NULL,
    PRIMARY KEY (practice_id, subject_kind, subject_id, version)
);
