-- What runs every day by itself: who runs a job of a day says so here first, so that two processes on one database do
-- not both run it, and a person can look up how it ended.

CREATE TABLE job_run (
    practice_id UUID NOT NULL REFERENCES practice (practice_id),
    day DATE NOT NULL,
    job TEXT NOT NULL,
    begun_at TIMESTAMPTZ NOT NULL,
    -- None while it runs, or where its process was stopped.
    finished_at TIMESTAMPTZ,
    -- How many things it did; none where it failed.
    done BIGINT,
    -- Why it failed, in words without a patient's data.
    failure TEXT,
    PRIMARY KEY (practice_id, day, job)
);
