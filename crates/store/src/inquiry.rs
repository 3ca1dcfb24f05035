//! Questions from outside, as rows, and how a caller is found.

use billing::patient::Patient;
use billing::work::inquiry::{Channel, Inquiry, InquiryReason};
use billing::{InquiryId, PatientId, WorkItemId};
use jiff::civil::Date;

use crate::value::{Col, Json, Val};
use crate::{StoreError, Tx, params, record, statements};

/// Most people that one search shows; more means: ask for another identifier.
pub const MOST_FOUND: i64 = 20;

record! {
    /// A question as stored.
    pub struct InquiryRow in "inquiry" {
        /// Key.
        pub id: InquiryId,
        /// Whose account, once found.
        pub patient_id: Option<PatientId>,
        /// How it came in.
        pub channel: Channel,
        /// What it is about.
        pub reason: InquiryReason,
        /// When it came in.
        pub received_on: Date,
        /// 'open', 'answered', 'escalated'.
        pub state: String,
        /// How many identifiers matched.
        pub verified_identifiers: i64,
        /// The whole question and answer.
        pub body: Json<Inquiry>,
    }

    /// The whole patient.
    pub struct PatientBody {
        /// As registered.
        pub body: Json<Patient>,
    }

    /// A person that a search found: enough to tell two people apart, no more.
    pub struct FoundPatient {
        /// Key.
        pub id: PatientId,
        /// Account number.
        pub account_number: String,
        /// Family name as searched.
        pub last_name: String,
        /// Given name as searched.
        pub first_name: String,
        /// Birth date.
        pub birth_date: Date,
    }
}

statements! {
    /// One question.
    pub const INQUIRY: InquiryRow = "SELECT id, patient_id, channel, reason, received_on, state, verified_identifiers, body \
        FROM inquiry WHERE practice_id = $1 AND id = $2";
    /// Saves a question.
    pub const SAVE_INQUIRY: () = "UPDATE inquiry SET patient_id = $3, state = $4, verified_identifiers = $5, body = $6 \
        WHERE practice_id = $1 AND id = $2";
    /// What a caller's words are compared with.
    pub const PATIENT_FOR_IDENTITY: PatientBody = "SELECT body FROM patient WHERE practice_id = $1 AND id = $2";
    /// Member ids of a patient's coverages.
    pub const MEMBER_IDS: (String,) = "SELECT member_id FROM coverage WHERE practice_id = $1 AND patient_id = $2 AND is_latest";
    /// Links a question's open item to the account that was found.
    pub const LINK_ITEM_TO_PATIENT: (WorkItemId,) = "UPDATE work_item SET patient_id = $3 \
        WHERE practice_id = $1 AND subject_key = $2 AND state <> 'resolved' RETURNING id";
    /// By family name's beginning; `$3` is its end in the alphabet.
    pub const PATIENTS_BY_NAME: FoundPatient = "SELECT id, account_number, last_name_key AS last_name, \
        first_name_key AS first_name, birth_date FROM patient WHERE practice_id = $1 AND last_name_key >= $2 \
        AND last_name_key < $3 ORDER BY last_name_key, first_name_key LIMIT $4";
    /// By family name's beginning and given name's beginning; `$3` and `$5` are their ends in the alphabet.
    pub const PATIENTS_BY_BOTH_NAMES: FoundPatient = "SELECT id, account_number, last_name_key AS last_name, \
        first_name_key AS first_name, birth_date FROM patient WHERE practice_id = $1 AND last_name_key >= $2 \
        AND last_name_key < $3 AND first_name_key >= $4 AND first_name_key < $5 \
        ORDER BY last_name_key, first_name_key LIMIT $6";
    /// By the whole family name and the given name's beginning; `$4` is its end in the alphabet.
    pub const PATIENTS_BY_WHOLE_NAME: FoundPatient = "SELECT id, account_number, last_name_key AS last_name, \
        first_name_key AS first_name, birth_date FROM patient WHERE practice_id = $1 AND last_name_key = $2 \
        AND first_name_key >= $3 AND first_name_key < $4 ORDER BY last_name_key, first_name_key LIMIT $5";
    /// By birth date.
    pub const PATIENTS_BY_BIRTH_DATE: FoundPatient = "SELECT id, account_number, last_name_key AS last_name, \
        first_name_key AS first_name, birth_date FROM patient WHERE practice_id = $1 AND birth_date = $2 \
        ORDER BY last_name_key, first_name_key LIMIT $3";
    /// By account number.
    pub const PATIENTS_BY_ACCOUNT: FoundPatient = "SELECT id, account_number, last_name_key AS last_name, \
        first_name_key AS first_name, birth_date FROM patient WHERE practice_id = $1 AND account_number = $2";
    /// By telephone.
    pub const PATIENTS_BY_PHONE: FoundPatient = "SELECT id, account_number, last_name_key AS last_name, \
        first_name_key AS first_name, birth_date FROM patient WHERE practice_id = $1 AND phone = $2 LIMIT $3";
    /// By our number of a claim.
    pub const PATIENTS_BY_CLAIM: FoundPatient = "SELECT p.id, p.account_number, p.last_name_key AS last_name, \
        p.first_name_key AS first_name, p.birth_date FROM claim c JOIN patient p ON p.practice_id = c.practice_id \
        AND p.id = c.patient_id WHERE c.practice_id = $1 AND c.control_number = $2";
    /// By the number on a statement.
    pub const PATIENTS_BY_STATEMENT: FoundPatient = "SELECT p.id, p.account_number, p.last_name_key AS last_name, \
        p.first_name_key AS first_name, p.birth_date FROM statement s JOIN patient p ON p.practice_id = s.practice_id \
        AND p.id = s.patient_id WHERE s.practice_id = $1 AND s.statement_number = $2";
}

/// Stores a new question.
pub fn insert(tx: &mut Tx, inquiry: &Inquiry, state: &str) -> Result<(), StoreError> {
    tx.insert(&InquiryRow {
        id: inquiry.id,
        patient_id: inquiry.patient_id,
        channel: inquiry.channel,
        reason: inquiry.reason,
        received_on: inquiry.received_on,
        state: state.to_owned(),
        verified_identifiers: count(inquiry),
        body: Json(inquiry.clone()),
    })
}

/// Saves a question after a step.
pub fn save(tx: &mut Tx, inquiry: &Inquiry, state: &str) -> Result<(), StoreError> {
    tx.execute(&SAVE_INQUIRY, params![inquiry.id, inquiry.patient_id, state, count(inquiry), Json(inquiry.clone())])?;
    Ok(())
}

/// Links a question's open item to the account that was found, or to none.
pub fn link_item(tx: &mut Tx, subject_key: String, patient: Option<PatientId>) -> Result<(), StoreError> {
    let linked = tx.query(&LINK_ITEM_TO_PATIENT, params![subject_key, patient])?;
    let keys: Vec<Val> = linked.iter().map(|(item,)| item.to_val()).collect();
    tx.reseal("work_item", &keys);
    Ok(())
}

/// A name as it is searched: lower case, accents dropped, one space between words.
pub fn name_key(name: &str) -> String {
    let folded: String = name.chars().flat_map(char::to_lowercase).map(plain_letter).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Drops the accents of the Latin letters that occur in names of the Americas and western Europe.
fn plain_letter(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        '’' => '\'',
        other => other,
    }
}

fn count(inquiry: &Inquiry) -> i64 {
    i64::try_from(inquiry.verified.len()).unwrap_or(i64::MAX)
}
