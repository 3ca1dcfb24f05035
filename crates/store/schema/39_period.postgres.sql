-- Accounting months: what is closed takes no further entry. An entry of a day in a closed month is dated the first open day
-- and keeps its own day beside. What was said of a month is only ever added to.

ALTER TABLE practice_head ADD COLUMN open_from DATE;
ALTER TABLE ledger_entry ADD COLUMN concerns_on DATE;

CREATE TABLE period_event (
    practice_id UUID NOT NULL,
    id UUID NOT NULL,
    -- The first day of the month.
    month_from DATE NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('closed', 'reopening_asked', 'reopened', 'reopening_refused')),
    happened_on DATE NOT NULL,
    by_user UUID NOT NULL,
    by_login TEXT NOT NULL,
    why TEXT NOT NULL,
    -- The balance of each account at the end of the month, as it was closed.
    totals JSONB NOT NULL,
    PRIMARY KEY (practice_id, id)
);

-- Once a statement, over all its rows.
CREATE FUNCTION refuse_closed_months() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed boolean;
BEGIN
    EXECUTE 'SELECT bool_or(a.occurred_on < h.open_from) FROM added a
        JOIN practice_head h ON h.practice_id = a.practice_id' INTO closed;
    IF closed THEN
        RAISE EXCEPTION 'the month of the entry is closed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_period AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_months();
CREATE TRIGGER period_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON period_event
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER adjustment_rule_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON adjustment_rule
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
