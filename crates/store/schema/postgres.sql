-- Protection that only this engine words this way: the books and the audit are append-only and sealed, and rows of
-- another practice are out of reach. (Row-level security for every table with a practice is added by the migration.)
--
-- The checks over what a statement added look each row up by a whole key, and stand in EXECUTE, which plans them each
-- time for tables as large as they are then. A kept plan is one for nearly empty tables, and EXISTS over all added rows
-- is planned in the hope of a quick find; both read every entry of the practice for each new one, so that posting gets
-- slower with the square of what was posted.

-- A posting and its entry carry the transaction that wrote them; the foreign key between them includes it, so nothing
-- can be added to an entry by a later or a concurrent transaction, and the stamp cannot be forged.
CREATE FUNCTION stamp_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.xid := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_posting_stamp BEFORE INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION stamp_transaction();
CREATE TRIGGER ledger_entry_stamp BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION stamp_transaction();

-- Within one transaction too: no posting for an entry that is sealed already. Once a statement, over all its rows.
CREATE FUNCTION refuse_late_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE late boolean;
BEGIN
    EXECUTE 'SELECT bool_or(
            (SELECT e.sequence FROM ledger_entry e WHERE e.practice_id = a.practice_id AND e.id = a.entry_id) IS NOT NULL)
        FROM (SELECT DISTINCT practice_id, entry_id FROM added) a' INTO late;
    IF late THEN
        RAISE EXCEPTION 'the entry is sealed: post a further entry';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_late AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_late_postings();

CREATE FUNCTION seal_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken boolean;
BEGIN
    EXECUTE 'SELECT bool_or(s.postings <> a.posting_count OR s.difference <> 0)
        FROM added a
        CROSS JOIN LATERAL (
            SELECT count(*) AS postings, COALESCE(sum(p.cents), 0) AS difference FROM ledger_posting p
            WHERE p.practice_id = a.practice_id AND p.entry_id = a.id
        ) s' INTO broken;
    IF broken THEN
        RAISE EXCEPTION 'the entry does not balance or does not name the number of its postings';
    END IF;
    EXECUTE 'SELECT bool_or(a.prev_hash IS DISTINCT FROM
            (SELECT e.hash FROM ledger_entry e WHERE e.practice_id = a.practice_id AND e.sequence = a.sequence - 1))
        FROM added a WHERE a.sequence > 1' INTO broken;
    IF broken THEN
        RAISE EXCEPTION 'the entry does not follow the last one of its practice';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_seal AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seal_entries();

CREATE FUNCTION audit_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken boolean;
BEGIN
    EXECUTE 'SELECT bool_or(a.prev_hash IS DISTINCT FROM
            (SELECT r.hash FROM audit_record r WHERE r.practice_id = a.practice_id AND r.sequence = a.sequence - 1))
        FROM added a WHERE a.sequence > 1' INTO broken;
    IF broken THEN
        RAISE EXCEPTION 'the audit record does not follow the last one';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_record_follows AFTER INSERT ON audit_record
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_follows();

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME;
END $$;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER ledger_balance_append_only BEFORE DELETE OR TRUNCATE ON ledger_balance
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_read_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_read
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
