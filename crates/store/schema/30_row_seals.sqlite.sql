-- Every record of fact is held: the audit keeps a digest of each row that a transaction wrote, chained with the rest, and
-- `verify` recomputes it. What is never changed after it was written refuses a change here already.

ALTER TABLE audit_record ADD COLUMN seals TEXT;

CREATE TRIGGER claim_version_no_update BEFORE UPDATE ON claim_version
BEGIN SELECT RAISE(ABORT, 'rows of claim_version are never changed'); END;
CREATE TRIGGER claim_version_no_delete BEFORE DELETE ON claim_version
BEGIN SELECT RAISE(ABORT, 'rows of claim_version are never deleted'); END;
CREATE TRIGGER remittance_no_delete BEFORE DELETE ON remittance
BEGIN SELECT RAISE(ABORT, 'rows of remittance are never deleted'); END;
CREATE TRIGGER claim_payment_no_delete BEFORE DELETE ON claim_payment
BEGIN SELECT RAISE(ABORT, 'rows of claim_payment are never deleted'); END;
CREATE TRIGGER line_payment_no_update BEFORE UPDATE ON line_payment
BEGIN SELECT RAISE(ABORT, 'rows of line_payment are never changed'); END;
CREATE TRIGGER line_payment_no_delete BEFORE DELETE ON line_payment
BEGIN SELECT RAISE(ABORT, 'rows of line_payment are never deleted'); END;
CREATE TRIGGER line_adjustment_no_update BEFORE UPDATE ON line_adjustment
BEGIN SELECT RAISE(ABORT, 'rows of line_adjustment are never changed'); END;
CREATE TRIGGER line_adjustment_no_delete BEFORE DELETE ON line_adjustment
BEGIN SELECT RAISE(ABORT, 'rows of line_adjustment are never deleted'); END;
CREATE TRIGGER provider_adjustment_no_update BEFORE UPDATE ON provider_adjustment
BEGIN SELECT RAISE(ABORT, 'rows of provider_adjustment are never changed'); END;
CREATE TRIGGER provider_adjustment_no_delete BEFORE DELETE ON provider_adjustment
BEGIN SELECT RAISE(ABORT, 'rows of provider_adjustment are never deleted'); END;
CREATE TRIGGER patient_payment_no_update BEFORE UPDATE ON patient_payment
BEGIN SELECT RAISE(ABORT, 'rows of patient_payment are never changed'); END;
CREATE TRIGGER patient_payment_no_delete BEFORE DELETE ON patient_payment
BEGIN SELECT RAISE(ABORT, 'rows of patient_payment are never deleted'); END;
CREATE TRIGGER patient_payment_allocation_no_update BEFORE UPDATE ON patient_payment_allocation
BEGIN SELECT RAISE(ABORT, 'rows of patient_payment_allocation are never changed'); END;
CREATE TRIGGER patient_payment_allocation_no_delete BEFORE DELETE ON patient_payment_allocation
BEGIN SELECT RAISE(ABORT, 'rows of patient_payment_allocation are never deleted'); END;
CREATE TRIGGER work_event_no_update BEFORE UPDATE ON work_event
BEGIN SELECT RAISE(ABORT, 'rows of work_event are never changed'); END;
CREATE TRIGGER work_event_no_delete BEFORE DELETE ON work_event
BEGIN SELECT RAISE(ABORT, 'rows of work_event are never deleted'); END;
CREATE TRIGGER claim_waiver_no_update BEFORE UPDATE ON claim_waiver
BEGIN SELECT RAISE(ABORT, 'rows of claim_waiver are never changed'); END;
CREATE TRIGGER claim_waiver_no_delete BEFORE DELETE ON claim_waiver
BEGIN SELECT RAISE(ABORT, 'rows of claim_waiver are never deleted'); END;
CREATE TRIGGER registration_version_no_update BEFORE UPDATE ON registration_version
BEGIN SELECT RAISE(ABORT, 'rows of registration_version are never changed'); END;
CREATE TRIGGER registration_version_no_delete BEFORE DELETE ON registration_version
BEGIN SELECT RAISE(ABORT, 'rows of registration_version are never deleted'); END;

-- These move on, and are never taken away.

CREATE TRIGGER claim_no_delete BEFORE DELETE ON claim
BEGIN SELECT RAISE(ABORT, 'rows of claim are never deleted'); END;
CREATE TRIGGER encounter_no_delete BEFORE DELETE ON encounter
BEGIN SELECT RAISE(ABORT, 'rows of encounter are never deleted'); END;
CREATE TRIGGER charge_no_delete BEFORE DELETE ON charge
BEGIN SELECT RAISE(ABORT, 'rows of charge are never deleted'); END;
CREATE TRIGGER eligibility_no_delete BEFORE DELETE ON eligibility
BEGIN SELECT RAISE(ABORT, 'rows of eligibility are never deleted'); END;
CREATE TRIGGER work_item_no_delete BEFORE DELETE ON work_item
BEGIN SELECT RAISE(ABORT, 'rows of work_item are never deleted'); END;
CREATE TRIGGER inquiry_no_delete BEFORE DELETE ON inquiry
BEGIN SELECT RAISE(ABORT, 'rows of inquiry are never deleted'); END;
CREATE TRIGGER patient_no_delete BEFORE DELETE ON patient
BEGIN SELECT RAISE(ABORT, 'rows of patient are never deleted'); END;
CREATE TRIGGER guarantor_no_delete BEFORE DELETE ON guarantor
BEGIN SELECT RAISE(ABORT, 'rows of guarantor are never deleted'); END;
CREATE TRIGGER coverage_no_delete BEFORE DELETE ON coverage
BEGIN SELECT RAISE(ABORT, 'rows of coverage are never deleted'); END;
CREATE TRIGGER app_user_no_delete BEFORE DELETE ON app_user
BEGIN SELECT RAISE(ABORT, 'rows of app_user are never deleted'); END;
CREATE TRIGGER coverage_sealed BEFORE UPDATE OF practice_id, id, version, patient_id, payer_id, rank, member_id,
    effective_on, ends_on, recorded_at, source_key, body ON coverage
BEGIN SELECT RAISE(ABORT, 'a version of a coverage is never changed'); END;
CREATE TRIGGER remittance_sealed BEFORE UPDATE OF practice_id, id, inbound_file_id, payer_name, payer_trace_id, payee_npi, trace, method, paid_on,
    amount_cents, payment_key, content_sha256, imported_at, claim_count, raw ON remittance
BEGIN SELECT RAISE(ABORT, 'what a payer said is never changed'); END;
CREATE TRIGGER claim_payment_sealed BEFORE UPDATE OF practice_id, id, remittance_id, ordinal, claim_id, control_number, status_code, charge_cents,
    paid_cents, patient_responsibility_cents, payer_claim_control_number, body ON claim_payment
BEGIN SELECT RAISE(ABORT, 'what a payer said is never changed'); END;
