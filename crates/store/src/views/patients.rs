//! The head of a patient's pages: coverage, contacts and open work beside the account.

use billing::coverage::Coverage;
use billing::eligibility::EligibilityAnswer;
use billing::id::{InquiryId, PatientId, WorkItemId};
use billing::patient::{Guarantor, Patient};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Conn, Json, Read, StoreError, params, record, statements};

record! {
    /// A patient with the guarantor.
    pub struct PatientHeadRow {
        /// Its id.
        pub id: PatientId,
        /// The patient.
        pub patient: Json<Patient>,
        /// Who is responsible.
        pub guarantor: Json<Guarantor>,
        /// Why no statement is sent, if so.
        pub statement_hold: Option<String>,
    }

    /// A coverage in its latest version, with the payer's name.
    pub struct CoverageViewRow {
        /// The coverage.
        pub coverage: Json<Coverage>,
        /// The payer.
        pub payer: String,
    }

    /// An answer about coverage.
    pub struct EligibilityViewRow {
        /// The day asked about.
        pub asked_for: Date,
        /// When it was asked.
        pub asked_at: Timestamp,
        /// When it was answered.
        pub answered_at: Option<Timestamp>,
        /// Asked, active, inactive, unknown.
        pub status: String,
        /// What the payer said.
        pub body: Option<Json<EligibilityAnswer>>,
    }

    /// An inquiry about the patient.
    pub struct ContactRow {
        /// Its id.
        pub id: InquiryId,
        /// When.
        pub received_on: Date,
        /// By telephone, e-mail …
        pub channel: String,
        /// What about.
        pub reason: String,
        /// Open, answered, escalated.
        pub state: String,
    }

    /// Work about the patient that is not resolved.
    pub struct PatientWorkRow {
        /// Its id.
        pub id: WorkItemId,
        /// Why.
        pub reason: String,
        /// Whose.
        pub desk: String,
        /// By when.
        pub due_on: Date,
    }
}

statements! {
    /// A patient with the guarantor.
    pub const PATIENT_HEAD: PatientHeadRow = "SELECT p.id AS id, p.body AS patient, g.body AS guarantor, p.statement_hold AS statement_hold FROM patient p JOIN guarantor g ON g.practice_id = p.practice_id AND g.id = p.guarantor_id WHERE p.practice_id = $1 AND p.id = $2";
    /// The coverages in their latest version.
    pub const COVERAGES_VIEW: CoverageViewRow = "SELECT c.body AS coverage, p.name AS payer FROM coverage c JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id WHERE c.practice_id = $1 AND c.patient_id = $2 AND c.is_latest = TRUE ORDER BY c.rank, c.effective_on DESC";
    /// What payers said about coverage, the latest first.
    pub const ELIGIBILITY_VIEW: EligibilityViewRow = "SELECT asked_for, asked_at, answered_at, status, body FROM eligibility WHERE practice_id = $1 AND patient_id = $2 ORDER BY asked_at DESC LIMIT 5";
    /// The inquiries, the latest first.
    pub const CONTACTS: ContactRow = "SELECT id, received_on, channel, reason, state FROM inquiry WHERE practice_id = $1 AND patient_id = $2 ORDER BY received_on DESC, id DESC LIMIT 20";
    /// Open work about the patient.
    pub const PATIENT_WORK: PatientWorkRow = "SELECT id, reason, desk, due_on FROM work_item WHERE practice_id = $1 AND patient_id = $2 AND state <> 'resolved' ORDER BY due_on";
}

/// A patient as the head of the account page shows it.
#[derive(Debug, Clone)]
pub struct PatientView {
    /// The patient and the guarantor.
    pub head: PatientHeadRow,
    /// The coverages.
    pub coverages: Vec<CoverageViewRow>,
    /// What payers said about coverage.
    pub eligibility: Vec<EligibilityViewRow>,
    /// The inquiries.
    pub contacts: Vec<ContactRow>,
    /// Open work.
    pub work: Vec<PatientWorkRow>,
    /// Today.
    pub today: Date,
}

/// The latest inquiries about a patient.
pub fn contacts(conn: &Conn, id: PatientId) -> Result<Vec<ContactRow>, StoreError> {
    conn.query(&CONTACTS, params![id])
}

/// A patient, and a note in the audit that the record was seen.
pub fn get(read: &mut Read, id: PatientId) -> Result<Option<PatientView>, StoreError> {
    let Some(head) = read.query_opt(&PATIENT_HEAD, params![id])? else { return Ok(None) };
    read.saw("account", id);
    Ok(Some(PatientView {
        head,
        coverages: read.query(&COVERAGES_VIEW, params![id])?,
        eligibility: read.query(&ELIGIBILITY_VIEW, params![id])?,
        contacts: read.query(&CONTACTS, params![id])?,
        work: read.query(&PATIENT_WORK, params![id])?,
        today: read.today(),
    }))
}

/// The patient alone, for forms; noted in the audit.
pub fn head(read: &mut Read, id: PatientId) -> Result<Option<PatientHeadRow>, StoreError> {
    let found = read.query_opt(&PATIENT_HEAD, params![id])?;
    if found.is_some() {
        read.saw("patient", id);
    }
    Ok(found)
}
