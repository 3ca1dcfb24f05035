//! Scrubbing a claim: it is frozen anew from what is on file, checked by every rule, and either released or held with
//! work for whose hands the mending is.
//!
//! One hand at a time: data first, then codes, so that no two desks wait for each other over one claim. A warning passes
//! with a reason. When nothing is left, the claim is Ready and the work resolves by itself.

use std::collections::BTreeSet;

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::claim::finding::Waiver;
use billing::claim::{Claim, ClaimEvent, ClaimStatus, Finding, Hand, Severity};
use billing::work::{WorkLinks, WorkReason};
use billing::{ClaimId, EncounterId, PatientId};
use scrub::{BilledService, ScrubInput, scrub};
use store::claim::{self as rows, Evidence};
use store::worklist::OPEN_ITEMS_OF_CLAIM;
use store::{Db, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::claim_creation::{
    MOST_A_RUN, RUN_CHUNK, create_in, create_open_claims, happen, may_make_claims, refreeze_from_sources,
};
use crate::worklist::{self, NewWork};
use crate::{corrected_claim, problems, reason};

/// The reasons whose work ends when a claim is mended or released.
const MENDING: [WorkReason; 4] =
    [WorkReason::HeldForData, WorkReason::HeldForCoding, WorkReason::RejectedForData, WorkReason::Rejected];

/// Where the field of a finding is mended: what a page links to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MendPlace {
    /// The patient's registration.
    Patient,
    /// The patient's coverage.
    Coverage,
    /// The visit's data.
    Visit,
    /// The visit's codes.
    Codes,
    /// The practice's settings.
    Practice,
    /// The payer.
    Payer,
}

/// Where a finding's field is mended. A member who is the patient has one address and birth date: the patient's.
pub fn mend_place(field: &str, patient_is_member: bool) -> MendPlace {
    let root = field.split(['.', '[']).next().unwrap_or("");
    let leaf = field.rsplit('.').next().unwrap_or("");
    match root {
        "patient" => MendPlace::Patient,
        "subscriber" if leaf == "member_id" || !patient_is_member => MendPlace::Coverage,
        "subscriber" => MendPlace::Patient,
        "coverage" => MendPlace::Coverage,
        "billing" => MendPlace::Practice,
        "payer" => MendPlace::Payer,
        "diagnoses" => MendPlace::Codes,
        "lines" if matches!(leaf, "code" | "modifiers" | "diagnosis_pointers") => MendPlace::Codes,
        _ => MendPlace::Visit,
    }
}

/// What a scrub came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrubbed {
    /// The claim.
    pub claim_id: ClaimId,
    /// Where it is now.
    pub status: ClaimStatus,
    /// The version that was scrubbed.
    pub version: i32,
    /// Everything that was found, errors first; warnings that passed are among them.
    pub findings: Vec<Finding>,
    /// What still stands in the way.
    pub open: Vec<Finding>,
}

/// What the last scrub of a claim found, with the reasons that let warnings pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScrubResult {
    /// Everything that was found, errors first.
    pub findings: Vec<Finding>,
    /// The warnings that somebody let pass.
    pub waivers: Vec<Waiver>,
}

/// Scrubs one claim; a rejected one is taken up again by it.
///
/// # Errors
/// `Denied` where the person may not mend it; `NotFound`; `Refused` where the payer has it.
pub fn scrub_claim(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimId) -> Result<Scrubbed, Error> {
    may_make_claims(actor)?;
    db.write(actor, practice, |tx| {
        let claim = rows::load(tx, id)?.ok_or(Error::NotFound("claim"))?;
        may_mend(tx, actor, &claim)?;
        scrub_in(tx, claim)
    })
}

/// Makes the claim of a visit and scrubs it at once: what the charge form does when it is saved.
///
/// # Errors
/// As for making and scrubbing a claim.
pub fn claim_visit(db: &Db, actor: &Actor, practice: PracticeId, visit: EncounterId) -> Result<Scrubbed, Error> {
    may_make_claims(actor)?;
    db.write(actor, practice, |tx| {
        let created = create_in(tx, visit)?;
        let claim = rows::load(tx, created.id)?.ok_or(Error::NotFound("claim"))?;
        scrub_in(tx, claim)
    })
}

/// Scrubs every claim that was made and not scrubbed yet.
///
/// # Errors
/// `Denied`; of the store.
pub fn scrub_drafts(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Scrubbed>, Error> {
    scrub_all(db, actor, practice, ClaimStatus::Draft)
}

/// Scrubs every claim that is held, after something that many wait for was mended (the practice's own data, a rule).
///
/// # Errors
/// `Denied`; of the store.
pub fn scrub_held(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Scrubbed>, Error> {
    scrub_all(db, actor, practice, ClaimStatus::Held)
}

/// Scrubs every claim that waits for the next batch, after a rule was switched on.
pub(crate) fn scrub_ready(db: &Db, practice: PracticeId) -> Result<Vec<Scrubbed>, Error> {
    scrub_all(db, &Actor::system(practice), practice, ClaimStatus::Ready)
}

/// Makes and scrubs the claims of every visit that has a coverage and no claim yet, and scrubs held ones again, for a
/// table or a rule may have changed; says how many were scrubbed.
///
/// # Errors
/// As for making and scrubbing claims.
pub fn prepare_open_visits(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    create_open_claims(db, actor, practice)?;
    Ok(scrub_drafts(db, actor, practice)?.len() + scrub_held(db, actor, practice)?.len())
}

fn scrub_all(db: &Db, actor: &Actor, practice: PracticeId, status: ClaimStatus) -> Result<Vec<Scrubbed>, Error> {
    may_make_claims(actor)?;
    let ids = db.read(actor, practice, |read| {
        Ok::<_, Error>(read.query(&rows::CLAIMS_IN_STATUS, params![status, MOST_A_RUN])?)
    })?;
    let ids: Vec<ClaimId> = ids.into_iter().map(|row| row.0).collect();
    let mut results = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(RUN_CHUNK) {
        results.extend(db.write(actor, practice, |tx| {
            let claims = rows::load_many(tx, chunk)?;
            // Somebody may have scrubbed one meanwhile.
            let mut scrubbed = Vec::with_capacity(claims.len());
            for claim in claims.into_iter().filter(|claim| claim.status == status) {
                if !is_kept(tx, claim.id, claim.status)? {
                    scrubbed.push(scrub_in(tx, claim)?);
                }
            }
            Ok::<_, Error>(scrubbed)
        })?);
    }
    Ok(results)
}

/// Lets a warning pass with a reason, and scrubs the claim again.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for a reason that says nothing; `Refused` for an error, or where the scrub did not
/// find this warning.
pub fn pass_warning(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ClaimId,
    waiver: &Waiver,
) -> Result<Scrubbed, Error> {
    allow(actor, Action::PassScrubWarning, &ResourceState::default())?;
    reason::given(&waiver.reason, "Say in a sentence why it may pass; an auditor reads it.")?;
    db.write(actor, practice, |tx| {
        let claim = rows::load(tx, id)?.ok_or(Error::NotFound("claim"))?;
        may_mend(tx, actor, &claim)?;
        let found = rows::findings(tx, id, claim.version)?;
        match found.iter().find(|finding| finding.rule == waiver.rule && finding.field == waiver.field) {
            None => return Err(Error::refused("The last scrub did not find this; look at the claim again.")),
            Some(finding) if finding.severity == Severity::Error => {
                return Err(Error::refused("An error does not pass with a reason: mend the field that it names."));
            }
            Some(_) => {}
        }
        rows::insert_waiver(tx, id, waiver)?;
        tx.audit("pass warning", "claim", id, serde_json::json!({ "rule": waiver.rule, "field": waiver.field }));
        scrub_in(tx, claim)
    })
}

/// What the last scrub found in a claim.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn findings(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimId) -> Result<ScrubResult, Error> {
    allow(actor, Action::ViewClaim, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let claim = read.query_opt(&rows::CLAIM_ROW, params![id])?.ok_or(Error::NotFound("claim"))?;
        read.saw("claim", claim.patient_id);
        Ok(ScrubResult { findings: rows::findings(read, id, claim.version)?, waivers: rows::waivers(read, id)? })
    })
}

/// Scrubs the held claims of a patient again, after data that they wait for may have been mended.
pub(crate) fn rescrub_held(tx: &mut Tx, patient: PatientId) -> Result<(), Error> {
    for status in [ClaimStatus::Held, ClaimStatus::Ready] {
        for (id,) in tx.query(&rows::CLAIMS_OF_PATIENT_IN_STATUS, params![patient, status])? {
            let claim = rows::load(tx, id)?.ok_or(Error::NotFound("claim"))?;
            if corrected_claim::is_being_made(tx, claim.id, claim.status)? {
                corrected_claim::follow_visit(tx, &claim)?;
            } else if !payer_has_it(tx, claim.id, claim.status)? {
                scrub_in(tx, claim)?;
            }
        }
    }
    Ok(())
}

/// Whether a held claim waits for a person's word, so that no round scrubs it: its payer has an earlier version, or somebody
/// makes a correction of it.
fn is_kept(tx: &mut Tx, claim: ClaimId, status: ClaimStatus) -> Result<bool, Error> {
    Ok(payer_has_it(tx, claim, status)? || corrected_claim::is_being_made(tx, claim, status)?)
}

/// Whether the payer has an earlier version of a held claim, and nobody has said yet what is to become of it.
pub(crate) fn payer_has_it(tx: &mut Tx, claim: ClaimId, status: ClaimStatus) -> Result<bool, Error> {
    if status != ClaimStatus::Held {
        return Ok(false);
    }
    let items = tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim])?;
    Ok(items.iter().any(|item| item.reason == WorkReason::EarlierVersionAccepted))
}

/// A rejection is mended by whose work it is: Tier 1's is a first one of the claim itself, for front-desk data, that
/// nobody passed up. Every other is Tier 2's: another cause, a second one, a file refused as a whole.
fn may_mend(tx: &mut Tx, actor: &Actor, claim: &Claim) -> Result<(), Error> {
    if claim.status != ClaimStatus::Rejected {
        return Ok(());
    }
    let items = tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim.id])?;
    let is_first = tx.query_one(&rows::CLAIM_ROW, params![claim.id])?.rejections <= 1;
    let is_for_data = items.iter().any(|item| item.reason == WorkReason::RejectedForData);
    let is_passed_up = items.iter().any(|item| item.reason == WorkReason::Rejected || item.escalations > 0);
    let is_front_desks = is_first && is_for_data && !is_passed_up;
    let action = if is_front_desks { Action::MendFrontDeskRejection } else { Action::MendOtherRejection };
    allow(actor, action, &ResourceState::default())?;
    Ok(())
}

/// Freezes, checks, releases or holds. Claims that the payer has are refused; a Ready one stays if nothing changed.
pub(crate) fn scrub_in(tx: &mut Tx, claim: Claim) -> Result<Scrubbed, Error> {
    match claim.status {
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready | ClaimStatus::Rejected => {}
        ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => {
            return Err(Error::refused("The payer has this claim. Wait for its answer; then send a corrected claim."));
        }
    }
    if payer_has_it(tx, claim.id, claim.status)? {
        return Err(Error::refused(
            "The payer has an earlier version of this claim, so this one must not leave as a second original. Decide the \
             work item first.",
        ));
    }
    if corrected_claim::is_being_made(tx, claim.id, claim.status)? {
        return Err(Error::refused("A correction of this claim is being made. Tier 2 sends it, or drops it."));
    }
    let (mut claim, changed) = take_up(tx, claim)?;
    let findings = check(tx, &claim)?;
    rows::save_findings(tx, &claim, &findings)?;
    let waivers = rows::waivers(tx, claim.id)?;
    match claim.clone().release(&findings, &waivers) {
        Ok(_) => release(tx, &mut claim)?,
        Err((_, held)) => {
            hold(tx, &mut claim, &held.findings, changed)?;
            return Ok(outcome(&claim, findings, held.findings));
        }
    }
    Ok(outcome(&claim, findings, Vec::new()))
}

fn outcome(claim: &Claim, findings: Vec<Finding>, open: Vec<Finding>) -> Scrubbed {
    Scrubbed { claim_id: claim.id, status: claim.status, version: claim.version, findings, open }
}

/// The claim as it would be sent now, and whether it differs from what was stored. A rejected claim always becomes a new
/// version, because a version is sealed into a file at most once.
fn take_up(tx: &mut Tx, claim: Claim) -> Result<(Claim, bool), Error> {
    let rejected = claim.status == ClaimStatus::Rejected;
    let fresh = refreeze_from_sources(tx, &claim)?;
    let changed = fresh.is_some();
    let mut next = match fresh {
        Some(fresh) => fresh,
        None if rejected => Claim { version: claim.version + 1, ..claim },
        None => return Ok((claim, false)),
    };
    rows::save_version(tx, &next)?;
    let sentence = if changed { "Data was mended" } else { "Taken up again as it was" };
    happen(tx, &mut next, &ClaimEvent::Mended, Evidence::words(sentence))?;
    if rejected {
        let reasons = [WorkReason::RejectedForData, WorkReason::Rejected];
        worklist::resolve_for_claim(tx, next.id, &reasons, "The claim was taken up and scrubbed again.", "submission")?;
    }
    Ok((next, true))
}

fn check(tx: &mut Tx, claim: &Claim) -> Result<Vec<Finding>, Error> {
    let days: Vec<_> = claim.body.lines.iter().map(|line| line.date_of_service).collect();
    let billed = match (days.iter().min(), days.iter().max()) {
        (Some(first), Some(last)) => {
            tx.query(&rows::BILLED_LINES, params![claim.patient_id, claim.payer_id, claim.id, *first, *last])?
        }
        (_, _) => Vec::new(),
    };
    let already_billed: Vec<BilledService> = billed
        .into_iter()
        .map(|row| BilledService { procedure: row.procedure_code, date_of_service: row.date_of_service })
        .collect();
    let own_rules = problems::rules::standing(tx)?;
    Ok(scrub(&ScrubInput { claim, today: tx.today(), already_billed: &already_billed, own_rules: &own_rules }))
}

fn release(tx: &mut Tx, claim: &mut Claim) -> Result<(), Error> {
    if claim.status != ClaimStatus::Ready {
        happen(tx, claim, &ClaimEvent::Released, Evidence::words("Clean: waits for the next batch"))?;
    }
    worklist::resolve_for_claim(tx, claim.id, &MENDING, "Mended and scrubbed clean.", "claim build")
}

fn hold(tx: &mut Tx, claim: &mut Claim, open: &[Finding], changed: bool) -> Result<(), Error> {
    if changed || claim.status != ClaimStatus::Held {
        let rules: BTreeSet<&str> = open.iter().map(|finding| finding.rule.as_str()).collect();
        let rules: Vec<&str> = rules.into_iter().collect();
        let sentence = format!("Held by {}", rules.join(", "));
        happen(tx, claim, &ClaimEvent::Held, Evidence::words(sentence))?;
    }
    let hand = if open.iter().any(|finding| finding.hand == Hand::FrontDesk) { Hand::FrontDesk } else { Hand::Coder };
    let (reason, other) = match hand {
        Hand::FrontDesk => (WorkReason::HeldForData, WorkReason::HeldForCoding),
        Hand::Coder => (WorkReason::HeldForCoding, WorkReason::HeldForData),
    };
    worklist::resolve_for_claim(tx, claim.id, &[other], "What this desk had to mend is mended.", "claim build")?;
    let links = WorkLinks {
        patient_id: Some(claim.patient_id),
        encounter_id: Some(claim.encounter_id),
        payer_id: Some(claim.payer_id),
        ..WorkLinks::default()
    };
    let work = NewWork::on_claim(reason, claim.id, summary(open, hand), links, claim.body.total_charge());
    let item = worklist::open(tx, work.with_deadline(Some(claim.filing_limit_on)))?;
    problems::gather::held(tx, item, (claim.id, claim.body.dependent.is_none()), open)
}

/// The first finding of the hand, and how many more there are.
fn summary(open: &[Finding], hand: Hand) -> String {
    let own: Vec<&Finding> = open.iter().filter(|finding| finding.hand == hand).collect();
    match own.as_slice() {
        [] => "The claim is held.".to_owned(),
        [only] => only.problem.clone(),
        [first, rest @ ..] => format!("{} And {} more.", first.problem, rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_leads_to_the_page_where_it_is_mended() {
        for (field, own, place) in [
            ("subscriber.address.zip", true, MendPlace::Patient),
            ("subscriber.address.zip", false, MendPlace::Coverage),
            ("subscriber.member_id", true, MendPlace::Coverage),
            ("patient.address.city", false, MendPlace::Patient),
            ("billing.address.zip", true, MendPlace::Practice),
            ("payer.route", true, MendPlace::Payer),
            ("lines[2].procedure.modifiers", true, MendPlace::Codes),
            ("lines[2].units", true, MendPlace::Visit),
            ("diagnoses[1]", true, MendPlace::Codes),
            ("facility", true, MendPlace::Visit),
        ] {
            assert_eq!(mend_place(field, own), place, "{field}");
        }
    }
}
