-- A payment that balances may wait for a person to post it; of one payment at most one row is posted or waits.
ALTER TABLE remittance DROP CONSTRAINT remittance_state_check;
ALTER TABLE remittance ADD CONSTRAINT remittance_state_check
    CHECK (state IN ('posted', 'quarantined', 'duplicate', 'waiting'));
CREATE UNIQUE INDEX remittance_known_once ON remittance (practice_id, payment_key) WHERE state IN ('posted', 'waiting');
DROP INDEX remittance_posted_once;
CREATE INDEX remittance_by_state ON remittance (practice_id, state, imported_at);
CREATE INDEX work_item_by_remittance ON work_item (practice_id, remittance_id) WHERE remittance_id IS NOT NULL;
