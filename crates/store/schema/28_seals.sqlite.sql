-- What was sent, what came in, what happened to a claim and what a patient was told are sealed as the books are: only
-- where a file is on its way, and what became of one, changes.

ALTER TABLE eligibility ADD COLUMN submission_id BLOB;

CREATE TRIGGER submission_sealed BEFORE UPDATE OF practice_id, id, kind, route, file_name, interchange_number,
    group_number, set_number, sealed_at, claim_count, total_cents, sha256, bytes ON submission
BEGIN SELECT RAISE(ABORT, 'a sealed file is never changed'); END;
CREATE TRIGGER submission_no_delete BEFORE DELETE ON submission
BEGIN SELECT RAISE(ABORT, 'a sealed file is never deleted'); END;
CREATE TRIGGER submission_claim_no_update BEFORE UPDATE ON submission_claim
BEGIN SELECT RAISE(ABORT, 'what a file holds is never changed'); END;
CREATE TRIGGER submission_claim_no_delete BEFORE DELETE ON submission_claim
BEGIN SELECT RAISE(ABORT, 'what a file holds is never deleted'); END;
CREATE TRIGGER inbound_file_sealed BEFORE UPDATE OF practice_id, id, file_name, kind, received_at, sha256,
    canonical_sha256, bytes ON inbound_file
BEGIN SELECT RAISE(ABORT, 'a file that came in is never changed'); END;
CREATE TRIGGER inbound_file_no_delete BEFORE DELETE ON inbound_file
BEGIN SELECT RAISE(ABORT, 'a file that came in is never deleted'); END;
CREATE TRIGGER claim_event_no_update BEFORE UPDATE ON claim_event
BEGIN SELECT RAISE(ABORT, 'what happened to a claim is never changed'); END;
CREATE TRIGGER claim_event_no_delete BEFORE DELETE ON claim_event
BEGIN SELECT RAISE(ABORT, 'what happened to a claim is never deleted'); END;
CREATE TRIGGER statement_no_update BEFORE UPDATE ON statement
BEGIN SELECT RAISE(ABORT, 'a statement is never changed'); END;
CREATE TRIGGER statement_no_delete BEFORE DELETE ON statement
BEGIN SELECT RAISE(ABORT, 'a statement is never deleted'); END;
