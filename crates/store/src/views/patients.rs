//! Finding a patient, and the head of a patient's pages.

use billing::coverage::Coverage;
use billing::eligibility::EligibilityAnswer;
use billing::id::{EncounterId, InquiryId, PatientId, PatientPaymentId, StatementId, WorkItemId};
use billing::patient::{Guarantor, Patient};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;

use crate::{Conn, Json, Read, StoreError, params, record, statements};

/// Patients a search shows: more are not read, the person types more letters.
pub const FOUND_MOST: usize = 30;

record! {
    /// A patient in a list.
    pub struct PatientListRow {
        /// Its id.
        pub id: PatientId,
        /// The patient.
        pub patient: Json<Patient>,
    }

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

    /// A visit.
    pub struct VisitRow {
        /// Its id.
        pub id: EncounterId,
        /// When.
        pub date_of_service: Date,
        /// Open, billed or not billable.
        pub status: String,
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

    /// A payment of the patient.
    pub struct PaymentRow {
        /// Its id.
        pub id: PatientPaymentId,
        /// The receipt.
        pub receipt_number: String,
        /// Cash, check or card.
        pub method: String,
        /// How much.
        pub amount: Money,
        /// When.
        pub received_on: Date,
        /// By whom.
        pub taken_by: String,
    }

    /// A statement that was made.
    pub struct StatementRow {
        /// Its id.
        pub id: StatementId,
        /// Its number.
        pub statement_number: String,
        /// When.
        pub issued_on: Date,
        /// By when it is to be paid.
        pub due_on: Date,
        /// What it asked for.
        pub amount_due: Money,
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
    /// Patients by the beginning of the last name, and of the first.
    pub const PATIENTS_BY_NAME: PatientListRow = "SELECT id, body AS patient FROM patient WHERE practice_id = $1 AND last_name_key LIKE $2 AND first_name_key LIKE $3 ORDER BY last_name_key, first_name_key LIMIT 31";
    /// A patient by account number or telephone.
    pub const PATIENTS_BY_NUMBER: PatientListRow = "SELECT id, body AS patient FROM patient WHERE practice_id = $1 AND (account_number = $2 OR phone = $2) ORDER BY last_name_key, first_name_key LIMIT 31";
    /// Patients born on a day.
    pub const PATIENTS_BY_BIRTH_DATE: PatientListRow = "SELECT id, body AS patient FROM patient WHERE practice_id = $1 AND birth_date = $2 ORDER BY last_name_key, first_name_key LIMIT 31";
    /// A patient with the guarantor.
    pub const PATIENT_HEAD: PatientHeadRow = "SELECT p.id AS id, p.body AS patient, g.body AS guarantor, p.statement_hold AS statement_hold FROM patient p JOIN guarantor g ON g.practice_id = p.practice_id AND g.id = p.guarantor_id WHERE p.practice_id = $1 AND p.id = $2";
    /// The coverages in their latest version.
    pub const COVERAGES_VIEW: CoverageViewRow = "SELECT c.body AS coverage, p.name AS payer FROM coverage c JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id WHERE c.practice_id = $1 AND c.patient_id = $2 AND c.is_latest = TRUE ORDER BY c.rank, c.effective_on DESC";
    /// What payers said about coverage, the latest first.
    pub const ELIGIBILITY_VIEW: EligibilityViewRow = "SELECT asked_for, asked_at, answered_at, status, body FROM eligibility WHERE practice_id = $1 AND patient_id = $2 ORDER BY asked_at DESC LIMIT 5";
    /// The visits, the latest first.
    pub const VISITS: VisitRow = "SELECT id, date_of_service, status FROM encounter WHERE practice_id = $1 AND patient_id = $2 ORDER BY date_of_service DESC";
    /// The inquiries, the latest first.
    pub const CONTACTS: ContactRow = "SELECT id, received_on, channel, reason, state FROM inquiry WHERE practice_id = $1 AND patient_id = $2 ORDER BY received_on DESC, id DESC LIMIT 20";
    /// The payments, the latest first.
    pub const PAYMENTS: PaymentRow = "SELECT id, receipt_number, method, amount_cents AS amount, received_on, taken_by FROM patient_payment WHERE practice_id = $1 AND patient_id = $2 ORDER BY received_on DESC, id DESC LIMIT 50";
    /// The statements, the latest first.
    pub const STATEMENTS_OF_PATIENT: StatementRow = "SELECT id, statement_number, issued_on, due_on, amount_due_cents AS amount_due FROM statement WHERE practice_id = $1 AND patient_id = $2 ORDER BY issued_on DESC, id DESC LIMIT 50";
    /// Open work about the patient.
    pub const PATIENT_WORK: PatientWorkRow = "SELECT id, reason, desk, due_on FROM work_item WHERE practice_id = $1 AND patient_id = $2 AND state <> 'resolved' ORDER BY due_on";
}

/// Patients whose name, account number, telephone or date of birth fits what was typed: "quin ada", "quintero, ada",
/// "A-10277", "1971-05-03". One more than the most says that there are more.
pub fn search(conn: &Conn, typed: &str) -> Result<Vec<PatientListRow>, StoreError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    if let Ok(day) = typed.parse::<Date>() {
        return conn.query(&PATIENTS_BY_BIRTH_DATE, params![day]);
    }
    if typed.chars().any(|c| c.is_ascii_digit()) {
        return conn.query(&PATIENTS_BY_NUMBER, params![typed.to_uppercase()]);
    }
    let plain = typed.to_lowercase().replace(['%', '_'], "");
    let words: Vec<&str> = plain.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let begins = |word: Option<&&str>| format!("{}%", word.copied().unwrap_or_default());
    let (one, two) = (begins(words.first()), begins(words.get(1)));
    let mut found = conn.query(&PATIENTS_BY_NAME, params![one, two])?;
    // People also type the first name first, or only.
    let other_way = conn.query(&PATIENTS_BY_NAME, params![two, one])?;
    for row in other_way {
        if !found.iter().any(|known| known.id == row.id) {
            found.push(row);
        }
    }
    Ok(found)
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
    /// The visits.
    pub visits: Vec<VisitRow>,
    /// The inquiries.
    pub contacts: Vec<ContactRow>,
    /// The payments.
    pub payments: Vec<PaymentRow>,
    /// The statements.
    pub statements: Vec<StatementRow>,
    /// Open work.
    pub work: Vec<PatientWorkRow>,
    /// Today.
    pub today: Date,
}

/// A patient, and a note in the audit that the record was seen.
pub fn get(read: &mut Read, id: PatientId) -> Result<Option<PatientView>, StoreError> {
    let Some(head) = read.query_opt(&PATIENT_HEAD, params![id])? else { return Ok(None) };
    read.saw("account", id);
    Ok(Some(PatientView {
        head,
        coverages: read.query(&COVERAGES_VIEW, params![id])?,
        eligibility: read.query(&ELIGIBILITY_VIEW, params![id])?,
        visits: read.query(&VISITS, params![id])?,
        contacts: read.query(&CONTACTS, params![id])?,
        payments: read.query(&PAYMENTS, params![id])?,
        statements: read.query(&STATEMENTS_OF_PATIENT, params![id])?,
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
