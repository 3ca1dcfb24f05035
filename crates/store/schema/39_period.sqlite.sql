-- Accounting months: what is closed takes no further entry. An entry of a day in a closed month is dated the first open day
-- and keeps its own day beside. What was said of a month is only ever added to.

ALTER TABLE practice_head ADD COLUMN open_from TEXT;
ALTER TABLE ledger_entry ADD COLUMN concerns_on TEXT;

CREATE TABLE period_event (
    practice_id BLOB NOT NULL,
    id BLOB NOT NULL,
    -- The first day of the month.
    month_from TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('closed', 'reopening_asked', 'reopened', 'reopening_refused')),
    happened_on TEXT NOT NULL,
    by_user BLOB NOT NULL,
    by_login TEXT NOT NULL,
    why TEXT NOT NULL,
    -- The balance of each account at the end of the month, as it was closed.
    totals TEXT NOT NULL,
    PRIMARY KEY (practice_id, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_entry_period BEFORE INSERT ON ledger_entry
WHEN NEW.occurred_on < (SELECT open_from FROM practice_head WHERE practice_id = NEW.practice_id)
BEGIN SELECT RAISE(ABORT, 'the month of the entry is closed'); END;
CREATE TRIGGER period_event_no_update BEFORE UPDATE ON period_event
BEGIN SELECT RAISE(ABORT, 'rows of period_event are never changed'); END;
CREATE TRIGGER period_event_no_delete BEFORE DELETE ON period_event
BEGIN SELECT RAISE(ABORT, 'rows of period_event are never deleted'); END;
CREATE TRIGGER adjustment_rule_no_update BEFORE UPDATE ON adjustment_rule
BEGIN SELECT RAISE(ABORT, 'rows of adjustment_rule are never changed'); END;
CREATE TRIGGER adjustment_rule_no_delete BEFORE DELETE ON adjustment_rule
BEGIN SELECT RAISE(ABORT, 'rows of adjustment_rule are never deleted'); END;
