//! The list of claims: where each one is, a page at a time.

use std::collections::BTreeSet;

use billing::id::{ClaimId, PatientId};
use billing::patient::Patient;
use jiff::civil::Date;
use ledger::Money;

use crate::{Conn, Json, Read, StoreError, params, record, statements};

/// Claims on one page of the list: what fits two screens.
pub const PAGE: i64 = 50;

record! {
    /// A claim in the list.
    pub struct ClaimListRow {
        /// Its id.
        pub id: ClaimId,
        /// Our number, CLM01.
        pub control_number: String,
        /// Where it is.
        pub status: String,
        /// What was charged.
        pub total: Money,
        /// The first day of service.
        pub date_of_service: Date,
        /// The last day the payer accepts it.
        pub filing_limit_on: Date,
        /// When to look again.
        pub follow_up_on: Option<Date>,
        /// The payer.
        pub payer: String,
        /// Whose.
        pub patient_id: PatientId,
        /// The patient.
        pub patient: Json<Patient>,
    }

    /// A count.
    pub struct CountRow {
        /// How many.
        pub found: i64,
    }
}

statements! {
    /// A page of all claims, the latest first.
    pub const CLAIMS: ClaimListRow = "SELECT c.id AS id, c.control_number AS control_number, c.status AS status, c.total_cents AS total, c.date_of_service AS date_of_service, c.filing_limit_on AS filing_limit_on, c.follow_up_on AS follow_up_on, p.name AS payer, c.patient_id AS patient_id, t.body AS patient FROM claim c JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id WHERE c.practice_id = $1 ORDER BY c.date_of_service DESC, c.id DESC LIMIT $2 OFFSET $3";
    /// A page of the claims of a status, the latest first.
    pub const CLAIMS_OF_STATUS: ClaimListRow = "SELECT c.id AS id, c.control_number AS control_number, c.status AS status, c.total_cents AS total, c.date_of_service AS date_of_service, c.filing_limit_on AS filing_limit_on, c.follow_up_on AS follow_up_on, p.name AS payer, c.patient_id AS patient_id, t.body AS patient FROM claim c JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id WHERE c.practice_id = $1 AND c.status = $2 ORDER BY c.date_of_service DESC, c.id DESC LIMIT $3 OFFSET $4";
    /// The claims of a patient, the latest first.
    pub const CLAIMS_OF_PATIENT: ClaimListRow = "SELECT c.id AS id, c.control_number AS control_number, c.status AS status, c.total_cents AS total, c.date_of_service AS date_of_service, c.filing_limit_on AS filing_limit_on, c.follow_up_on AS follow_up_on, p.name AS payer, c.patient_id AS patient_id, t.body AS patient FROM claim c JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id WHERE c.practice_id = $1 AND c.patient_id = $2 ORDER BY c.date_of_service DESC, c.id DESC";
    /// The claims of a visit, the latest first.
    pub const CLAIMS_OF_VISIT: ClaimListRow = "SELECT c.id AS id, c.control_number AS control_number, c.status AS status, c.total_cents AS total, c.date_of_service AS date_of_service, c.filing_limit_on AS filing_limit_on, c.follow_up_on AS follow_up_on, p.name AS payer, c.patient_id AS patient_id, t.body AS patient FROM claim c JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id WHERE c.practice_id = $1 AND c.encounter_id = $2 ORDER BY c.id DESC";
    /// One claim as the list shows it.
    pub const CLAIM_IN_LIST: ClaimListRow = "SELECT c.id AS id, c.control_number AS control_number, c.status AS status, c.total_cents AS total, c.date_of_service AS date_of_service, c.filing_limit_on AS filing_limit_on, c.follow_up_on AS follow_up_on, p.name AS payer, c.patient_id AS patient_id, t.body AS patient FROM claim c JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id WHERE c.practice_id = $1 AND c.id = $2";
    /// The claims of a file.
    pub const CLAIMS_IN_FILE: ClaimListRow = "SELECT c.id AS id, c.control_number AS control_number, c.status AS status, c.total_cents AS total, c.date_of_service AS date_of_service, c.filing_limit_on AS filing_limit_on, c.follow_up_on AS follow_up_on, p.name AS payer, c.patient_id AS patient_id, t.body AS patient FROM submission_claim s JOIN claim c ON c.practice_id = s.practice_id AND c.id = s.claim_id JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id WHERE s.practice_id = $1 AND s.submission_id = $2 ORDER BY c.control_number LIMIT $3";
    /// The claim of one of our numbers, or of the payer's.
    pub const CLAIM_BY_NUMBER: (ClaimId,) = "SELECT id FROM claim WHERE practice_id = $1 AND (control_number = $2 OR payer_claim_control_number = $2)";
}

/// A page of claims, of one status or of all; one more row than a page says that there are more.
pub fn list(conn: &Conn, status: Option<&str>, page: i64) -> Result<Vec<ClaimListRow>, StoreError> {
    let (limit, offset) = (PAGE + 1, page.saturating_mul(PAGE));
    match status {
        Some(status) => conn.query(&CLAIMS_OF_STATUS, params![status, limit, offset]),
        None => conn.query(&CLAIMS, params![limit, offset]),
    }
}

/// Every claim of a status or of all, for a file, and a note in the audit for every patient in it.
pub fn every(read: &mut Read, status: Option<&str>) -> Result<Vec<ClaimListRow>, StoreError> {
    let rows = match status {
        Some(status) => read.query(&CLAIMS_OF_STATUS, params![status, i64::MAX, 0_i64])?,
        None => read.query(&CLAIMS, params![i64::MAX, 0_i64])?,
    };
    let patients: BTreeSet<PatientId> = rows.iter().map(|row| row.patient_id).collect();
    patients.into_iter().for_each(|patient| read.saw("list of claims", patient));
    Ok(rows)
}

/// The claims of one patient.
pub fn of_patient(conn: &Conn, patient: PatientId) -> Result<Vec<ClaimListRow>, StoreError> {
    conn.query(&CLAIMS_OF_PATIENT, params![patient])
}

/// The claim of a number typed into the search.
pub fn by_number(conn: &Conn, number: &str) -> Result<Option<ClaimId>, StoreError> {
    Ok(conn.query(&CLAIM_BY_NUMBER, params![number.trim().to_uppercase()])?.first().map(|row| row.0))
}
