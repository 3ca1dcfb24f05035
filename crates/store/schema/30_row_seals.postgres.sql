-- Every record of fact is held: the audit keeps a digest of each row that a transaction wrote, chained with the rest, and
-- `verify` recomputes it. What is never changed after it was written refuses a change here already.

ALTER TABLE audit_record ADD COLUMN seals TEXT;

CREATE TRIGGER claim_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim_version
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER remittance_no_delete BEFORE DELETE OR TRUNCATE ON remittance
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER claim_payment_no_delete BEFORE DELETE OR TRUNCATE ON claim_payment
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER line_payment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON line_payment
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER line_adjustment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON line_adjustment
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER provider_adjustment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON provider_adjustment
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER patient_payment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON patient_payment
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER patient_payment_allocation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON patient_payment_allocation
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER work_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON work_event
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER claim_waiver_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim_waiver
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER registration_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registration_version
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- These move on, and are never taken away.

CREATE TRIGGER claim_no_delete BEFORE DELETE OR TRUNCATE ON claim
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER encounter_no_delete BEFORE DELETE OR TRUNCATE ON encounter
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER charge_no_delete BEFORE DELETE OR TRUNCATE ON charge
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER eligibility_no_delete BEFORE DELETE OR TRUNCATE ON eligibility
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER work_item_no_delete BEFORE DELETE OR TRUNCATE ON work_item
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER inquiry_no_delete BEFORE DELETE OR TRUNCATE ON inquiry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER patient_no_delete BEFORE DELETE OR TRUNCATE ON patient
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER guarantor_no_delete BEFORE DELETE OR TRUNCATE ON guarantor
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER coverage_no_delete BEFORE DELETE OR TRUNCATE ON coverage
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER app_user_no_delete BEFORE DELETE OR TRUNCATE ON app_user
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER coverage_sealed BEFORE UPDATE OF practice_id, id, version, patient_id, payer_id, rank, member_id,
    effective_on, ends_on, recorded_at, source_key, body ON coverage
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER remittance_sealed BEFORE UPDATE OF practice_id, id, inbound_file_id, payer_name, payer_trace_id, payee_npi, trace, method, paid_on,
    amount_cents, payment_key, content_sha256, imported_at, claim_count, raw ON remittance
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER claim_payment_sealed BEFORE UPDATE OF practice_id, id, remittance_id, ordinal, claim_id, control_number, status_code, charge_cents,
    paid_cents, patient_responsibility_cents, payer_claim_control_number, body ON claim_payment
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
