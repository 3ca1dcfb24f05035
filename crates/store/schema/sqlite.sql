-- Protection that only this engine words this way: the books and the audit are append-only and sealed.

CREATE TRIGGER ledger_posting_late BEFORE INSERT ON ledger_posting
WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE practice_id = NEW.practice_id AND id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'the entry is sealed: post a further entry'); END;

CREATE TRIGGER ledger_entry_seal BEFORE INSERT ON ledger_entry
BEGIN
    SELECT CASE
        WHEN (SELECT count(*) FROM ledger_posting WHERE practice_id = NEW.practice_id AND entry_id = NEW.id)
            <> NEW.posting_count THEN RAISE(ABORT, 'the entry does not name the number of its postings')
        WHEN (SELECT sum(cents) FROM ledger_posting WHERE practice_id = NEW.practice_id AND entry_id = NEW.id)
            <> 0 THEN RAISE(ABORT, 'the entry does not balance')
        WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE practice_id = NEW.practice_id AND (id = NEW.id OR sequence = NEW.sequence))
            THEN RAISE(ABORT, 'the entry exists')
        WHEN NEW.sequence > 1 AND NOT EXISTS (
            SELECT 1 FROM ledger_entry
            WHERE practice_id = NEW.practice_id AND sequence = NEW.sequence - 1 AND hash = NEW.prev_hash)
            THEN RAISE(ABORT, 'the entry does not follow the last one of its practice')
    END;
END;

CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER ledger_posting_no_update BEFORE UPDATE ON ledger_posting
BEGIN SELECT RAISE(ABORT, 'postings are never changed'); END;
CREATE TRIGGER ledger_posting_no_delete BEFORE DELETE ON ledger_posting
BEGIN SELECT RAISE(ABORT, 'postings are never deleted'); END;
CREATE TRIGGER ledger_balance_no_delete BEFORE DELETE ON ledger_balance
BEGIN SELECT RAISE(ABORT, 'balances are never deleted'); END;

CREATE TRIGGER audit_record_follows BEFORE INSERT ON audit_record
WHEN EXISTS (SELECT 1 FROM audit_record WHERE practice_id = NEW.practice_id AND sequence = NEW.sequence)
    OR (NEW.sequence > 1 AND NOT EXISTS (
        SELECT 1 FROM audit_record
        WHERE practice_id = NEW.practice_id AND sequence = NEW.sequence - 1 AND hash = NEW.prev_hash))
BEGIN SELECT RAISE(ABORT, 'the audit record does not follow the last one'); END;
CREATE TRIGGER audit_record_no_update BEFORE UPDATE ON audit_record
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_record_no_delete BEFORE DELETE ON audit_record
BEGIN SELECT RAISE(ABORT, 'audit records are never deleted'); END;
CREATE TRIGGER audit_read_no_update BEFORE UPDATE ON audit_read
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_read_no_delete BEFORE DELETE ON audit_read
BEGIN SELECT RAISE(ABORT, 'audit records are never deleted'); END;
