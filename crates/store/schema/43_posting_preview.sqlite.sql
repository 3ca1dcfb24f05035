-- A payment that balances may wait for a person to post it; of one payment at most one row is posted or waits. A CHECK
-- changes nothing on disk, and a table that others name cannot be made anew in a transaction: its words are changed where
-- they stand, as SQLite's own manual says for this (lang_altertable, "other kinds of table schema changes").
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
    'CHECK (state IN (''posted'', ''quarantined'', ''duplicate''))',
    'CHECK (state IN (''posted'', ''quarantined'', ''duplicate'', ''waiting''))')
    WHERE type = 'table' AND name = 'remittance';
PRAGMA writable_schema = RESET;
CREATE UNIQUE INDEX remittance_known_once ON remittance (practice_id, payment_key) WHERE state IN ('posted', 'waiting');
DROP INDEX remittance_posted_once;
CREATE INDEX remittance_by_state ON remittance (practice_id, state, imported_at);
CREATE INDEX work_item_by_remittance ON work_item (practice_id, remittance_id) WHERE remittance_id IS NOT NULL;
