//! Who asks: what a caller says is compared with an account, and wrong guesses are counted. What was said is never kept;
//! that it was asked, by whom, about which account and with what outcome is.

use billing::access::{Action, Actor, ResourceState};
use billing::patient::Patient;
use billing::work::inquiry::{Identifier, Inquiry, MOST_FAILED_CHECKS};
use billing::{InquiryId, PatientId, PracticeId};
use serde_json::json;
use store::inquiry::PATIENT_FOR_IDENTITY;
use store::{Db, Tx, params};

use super::{load, read_date, subject_key};
use crate::Error;
use crate::access::allow;

/// What a caller says to prove who they are; empty fields were not asked.
#[derive(Debug, Clone, Default)]
pub struct Claimed {
    /// Given and family name.
    pub name: String,
    /// Birth date, as typed.
    pub birth_date: String,
    /// Account number.
    pub account_number: String,
    /// Telephone.
    pub phone: String,
    /// ZIP.
    pub zip: String,
    /// Last four characters of the member id.
    pub member_id_ending: String,
}

/// What a check of identity found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityCheck {
    /// Which identifiers match the account; none where the check was the last that may fail.
    pub matched: Vec<Identifier>,
    /// Enough matched: the account may be spoken about.
    pub verified: bool,
    /// How many checks may still fail before a manager must allow more.
    pub left: u32,
}

/// Compares what the caller says with the account, and remembers what matched. Every check is audited, never what was
/// said. After too many in which something did not match, the inquiry takes no further one and lets go of the account.
///
/// # Errors
/// `Invalid` where nothing was said; `Refused` after too many wrong guesses, or where the question is answered;
/// `NotFound`; `Denied`.
pub fn verify_identity(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: InquiryId,
    patient_id: PatientId,
    claimed: &Claimed,
) -> Result<IdentityCheck, Error> {
    allow(actor, Action::AnswerInquiry, &ResourceState::default())?;
    if said(claimed).is_empty() {
        return Err(Error::invalid("identifiers", "Ask the caller for two of them, and type what they say."));
    }
    let check = db.write(actor, practice, |tx| check(tx, id, patient_id, claimed))?;
    // The refused attempt is kept in the audit, so the transaction ends well and the refusal comes after it.
    check.ok_or_else(|| Error::refused(blocked_words()))
}

/// What a blocked inquiry says.
fn blocked_words() -> String {
    format!(
        "{MOST_FAILED_CHECKS} checks of this inquiry did not match, so no further one is taken. Say nothing about any \
         account. A manager may allow more on the page Inquiries; or the person calls again with a statement or the card \
         in hand, which is a new inquiry."
    )
}

fn check(tx: &mut Tx, id: InquiryId, patient_id: PatientId, claimed: &Claimed) -> Result<Option<IdentityCheck>, Error> {
    let (mut inquiry, state) = load(tx, id)?;
    if state == "answered" {
        return Err(Error::refused("This inquiry is answered. Log a new one for a new question."));
    }
    let person = tx.query_opt(&PATIENT_FOR_IDENTITY, params![patient_id])?.ok_or(Error::NotFound("patient"))?;
    if inquiry.is_blocked() {
        audit(tx, &inquiry, patient_id, claimed, "refused");
        return Ok(None);
    }
    let member_ids = tx.query(&store::inquiry::MEMBER_IDS, params![patient_id])?;
    let member_ids: Vec<String> = member_ids.into_iter().map(|(member_id,)| member_id).collect();
    inquiry.patient_id = Some(patient_id);
    inquiry.verified = matches(&person.body.0, &member_ids, claimed);
    let is_wrong = !inquiry.is_verified() && inquiry.verified.len() < said(claimed).len();
    inquiry.failed_checks += u32::from(is_wrong);
    let outcome = match (inquiry.is_verified(), is_wrong) {
        (true, _) => "verified",
        (false, true) => "failed",
        (false, false) => "too few",
    };
    audit(tx, &inquiry, patient_id, claimed, outcome);
    if inquiry.is_blocked() {
        // Nobody proved to be this patient: the question is nobody's, and may be answered without an account.
        inquiry.patient_id = None;
        inquiry.verified.clear();
    }
    store::inquiry::save(tx, &inquiry, &state)?;
    store::inquiry::link_item(tx, subject_key(id), inquiry.patient_id)?;
    crate::contact::follow_inquiry(tx, &inquiry)?;
    let (verified, left) = (inquiry.is_verified(), inquiry.checks_left());
    Ok(Some(IdentityCheck { verified, left, matched: inquiry.verified }))
}

/// Which identifiers were said, and how the check ended; never what was said.
fn audit(tx: &Tx, inquiry: &Inquiry, patient: PatientId, claimed: &Claimed, outcome: &'static str) {
    let detail = json!({
        "patient": patient, "asked": said(claimed), "matched": inquiry.verified.len(), "outcome": outcome,
        "failed_checks": inquiry.failed_checks,
    });
    tx.audit("identity_checked", "inquiry", inquiry.id, detail);
}

/// Allows as many checks again: for a caller whom the manager takes for who they say. Never by who may only guess.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where nothing is blocked.
pub fn allow_checks(db: &Db, actor: &Actor, practice: PracticeId, id: InquiryId) -> Result<(), Error> {
    allow(actor, Action::AllowIdentityChecks, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let (mut inquiry, state) = load(tx, id)?;
        if !inquiry.is_blocked() || state == "answered" {
            return Err(Error::refused("This inquiry takes identity checks as it is; nothing was changed."));
        }
        inquiry.failed_checks = 0;
        store::inquiry::save(tx, &inquiry, &state)?;
        tx.audit("identity_checks_allowed", "inquiry", id, json!({}));
        Ok(())
    })
}

/// The identifiers that something was typed for.
fn said(claimed: &Claimed) -> Vec<Identifier> {
    [
        (Identifier::Name, &claimed.name),
        (Identifier::BirthDate, &claimed.birth_date),
        (Identifier::AccountNumber, &claimed.account_number),
        (Identifier::Phone, &claimed.phone),
        (Identifier::Zip, &claimed.zip),
        (Identifier::MemberIdEnding, &claimed.member_id_ending),
    ]
    .into_iter()
    .filter_map(|(identifier, text)| (!text.trim().is_empty()).then_some(identifier))
    .collect()
}

fn matches(patient: &Patient, member_ids: &[String], claimed: &Claimed) -> Vec<Identifier> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let key = |text: &str| store::name_key(text);
    let ending = claimed.member_id_ending.trim().to_ascii_uppercase();
    let zip: String = digits(&claimed.zip).chars().take(5).collect();
    let same_name = {
        let said = key(&claimed.name);
        let name = &patient.name;
        said == key(&format!("{} {}", name.first, name.last)) || said == key(&name.full())
    };
    [
        (Identifier::Name, !claimed.name.trim().is_empty() && same_name),
        (Identifier::BirthDate, read_date(claimed.birth_date.trim()) == Some(*patient.birth_date.reveal())),
        (Identifier::AccountNumber, claimed.account_number.trim().eq_ignore_ascii_case(&patient.account_number)),
        (Identifier::Phone, digits(&claimed.phone).len() == 10 && digits(&claimed.phone) == patient.contact.phone),
        (Identifier::Zip, zip.len() == 5 && patient.address.zip.starts_with(&zip)),
        (
            Identifier::MemberIdEnding,
            ending.len() == 4 && member_ids.iter().any(|id| id.to_ascii_uppercase().ends_with(&ending)),
        ),
    ]
    .into_iter()
    .filter_map(|(identifier, matched)| matched.then_some(identifier))
    .collect()
}
