-- What was sent, what came in, what happened to a claim and what a patient was told are sealed as the books are: only
-- where a file is on its way, and what became of one, changes.

ALTER TABLE eligibility ADD COLUMN submission_id UUID;

CREATE TRIGGER submission_sealed BEFORE UPDATE OF practice_id, id, kind, route, file_name, interchange_number,
    group_number, set_number, sealed_at, claim_count, total_cents, sha256, bytes ON submission
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER submission_no_delete BEFORE DELETE OR TRUNCATE ON submission
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER submission_claim_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON submission_claim
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER inbound_file_sealed BEFORE UPDATE OF practice_id, id, file_name, kind, received_at, sha256,
    canonical_sha256, bytes ON inbound_file
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER inbound_file_no_delete BEFORE DELETE OR TRUNCATE ON inbound_file
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER claim_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim_event
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER statement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statement
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
