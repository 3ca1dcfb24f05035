//! Corrected claims: a replacement or a void of what a payer decided, as the next version of the same claim, with the
//! payer's number of it. Tier 2 begins it, changes the visit where it was wrong, and sends it or drops it; until then no
//! round sends it. Moves no money: the payer's reversal and its new decision do, when they come.

use std::collections::HashSet;

use billing::access::{Action, Actor, ResourceState};
use billing::claim::correct::{correct_by, may_correct};
use billing::claim::{Claim, ClaimEvent, ClaimFrequency, ClaimStatus};
use billing::remittance::ClaimPayment;
use billing::work::{WorkLinks, WorkReason};
use billing::{ClaimId, EncounterId, Money, PayerId, PracticeId};
use jiff::civil::Date;
use ledger::AccountKind;
use store::claim::{self as rows, BODIES_OF_CLAIMS, CLAIM_ROW, CLAIMS_OF_ENCOUNTERS, Evidence};
use store::clock::business_days_after;
use store::follow_up::SET_FOLLOW_UP;
use store::worklist::OPEN_ITEMS_OF_CLAIM;
use store::{Conn, Db, Tx, params, registration};

use crate::access::allow;
use crate::claim_creation::{happen, refreeze_from_sources};
use crate::claim_scrub::{Scrubbed, scrub_in};
use crate::clocks::terms::InForce;
use crate::worklist::{self, NewWork};
use crate::{Error, next_payer, reason, remittance_posting};

/// Business days until somebody looks again at a claim whose correction was dropped.
const LOOK_AGAIN_BUSINESS_DAYS: u32 = 15;

/// Work that a correction answers.
const ANSWERED: [WorkReason; 4] =
    [WorkReason::Denied, WorkReason::RemittanceMissing, WorkReason::Reversed, WorkReason::PriorDecisionChanged];

/// What is to be sent, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Replacement or void.
    pub frequency: ClaimFrequency,
    /// Why, in a sentence.
    pub reason: String,
}

/// Begins a correction of a decided claim: its next version, held until Tier 2 sends or drops it.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for a reason that says nothing; `Refused` where the payer has not decided it, or takes no
/// such claims, with what to do instead.
pub fn begin(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimId, correction: &Correction) -> Result<(), Error> {
    allow(actor, Action::SendCorrectedClaim, &ResourceState::claim(true))?;
    let why = reason::given(&correction.reason, "Say in a sentence what was wrong; an auditor reads it.")?;
    db.write(actor, practice, |tx| {
        let mut claim = rows::load(tx, id)?.ok_or(Error::NotFound("claim"))?;
        let payer = registration::payer(tx, claim.payer_id)?.ok_or(Error::NotFound("payer"))?;
        let payer = InForce::load(tx)?.payer(payer, tx.today());
        let decision = next_payer::standing_decision(tx, id)?;
        let number = number_of(tx, id, decision.as_ref())?;
        may_correct(&claim, &payer, correction.frequency, number.as_deref())
            .map_err(|refusal| Error::refused(refusal.to_string()))?;
        let decided_on = decision.map_or_else(|| tx.today(), |(day, _)| day);
        claim.filing_limit_on = correct_by(&claim, &payer, decided_on);
        (claim.body.frequency, claim.body.payer_claim_control_number) = (correction.frequency, number);
        let event = ClaimEvent::Corrected { from_version: claim.version };
        claim.version += 1;
        rows::save_version(tx, &claim)?;
        let what = in_words(correction.frequency);
        happen(tx, &mut claim, &event, Evidence::words(format!("{what} begun: {why}")))?;
        worklist::resolve_for_claim(tx, id, &ANSWERED, "A corrected claim is being made.", "claim build")?;
        let item = worklist::open(tx, work(&claim, what))?;
        worklist::take_at_once(tx, item)?;
        tx.audit("begin correction", "claim", id, serde_json::json!({ "frequency": correction.frequency.code() }));
        Ok(())
    })
}

/// Sends a correction that was begun: it is frozen from what is on file now, scrubbed, and leaves with the next file.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where no correction was begun.
pub fn send(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimId) -> Result<Scrubbed, Error> {
    allow(actor, Action::SendCorrectedClaim, &ResourceState::claim(true))?;
    db.write(actor, practice, |tx| {
        let claim = being_made(tx, id)?;
        worklist::resolve_for_claim(tx, id, &[WorkReason::CorrectedClaim], "The correction was sent.", "claim build")?;
        scrub_in(tx, claim)
    })
}

/// Drops a correction that was begun: what the payer decided stands. Decisions that came meanwhile are posted.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where none was begun, or the visit says other services now than the payer decided.
pub fn drop_it(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimId) -> Result<(), Error> {
    allow(actor, Action::SendCorrectedClaim, &ResourceState::claim(true))?;
    db.write(actor, practice, |tx| {
        let claim = being_made(tx, id)?;
        let decided = decided_version(tx, id)?;
        let (sent,) = tx.query_one(&rows::CLAIM_BODY, params![id, decided])?;
        let mut before = Claim { body: sent.0, version: claim.version + 1, ..claim.clone() };
        let now = refreeze_from_sources(tx, &claim)?.unwrap_or(claim);
        if now.body.lines != before.body.lines {
            return Err(Error::refused(
                "The visit says other services now than the payer decided. Change it back first, or send the correction.",
            ));
        }
        rows::save_version(tx, &before)?;
        let words = Evidence::words("Correction dropped: what the payer decided stands");
        happen(tx, &mut before, &ClaimEvent::CorrectionDropped, words)?;
        let outcome = "The correction was dropped.";
        let ends = [WorkReason::CorrectedClaim, WorkReason::EarlierVersionAccepted];
        worklist::resolve_for_claim(tx, id, &ends, outcome, "claim build")?;
        if owed_by_payer(tx, &before)?.is_positive() {
            let day = business_days_after(tx, tx.today(), LOOK_AGAIN_BUSINESS_DAYS)?;
            tx.execute(&SET_FOLLOW_UP, params![id, day])?;
        } else {
            let words = Evidence::words("Nothing is left to ask of this payer");
            happen(tx, &mut before, &ClaimEvent::Closed, words)?;
        }
        remittance_posting::take_up(tx, id)
    })
}

/// Whether a correction of a held claim waits for its maker.
pub(crate) fn is_being_made(tx: &mut Tx, claim: ClaimId, status: ClaimStatus) -> Result<bool, Error> {
    if status != ClaimStatus::Held {
        return Ok(false);
    }
    let items = tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim])?;
    Ok(items.iter().any(|item| item.reason == WorkReason::CorrectedClaim))
}

/// Whether the correction that waits for its maker is a void.
pub(crate) fn is_void_being_made(tx: &mut Tx, claim: ClaimId, status: ClaimStatus) -> Result<bool, Error> {
    Ok(is_being_made(tx, claim, status)? && void_among(tx, &[claim])?.contains(&claim))
}

/// The visit of a claim was changed while a correction of it is being made: the correction says what stands now, and waits
/// for its maker as before.
pub(crate) fn follow_visit(tx: &mut Tx, claim: &Claim) -> Result<(), Error> {
    let Some(mut fresh) = refreeze_from_sources(tx, claim)? else { return Ok(()) };
    rows::save_version(tx, &fresh)?;
    let sentence = "The visit was changed for the correction";
    happen(tx, &mut fresh, &ClaimEvent::Noted { what: sentence.to_owned() }, Evidence::words(sentence))
}

/// The version that the payer decided before the correction was begun.
fn decided_version(tx: &mut Tx, id: ClaimId) -> Result<i32, Error> {
    let events = tx.query(&rows::CLAIM_EVENTS, params![id])?;
    let begun = events.into_iter().rev().find_map(|row| match row.body.0 {
        ClaimEvent::Corrected { from_version } => Some(from_version),
        ClaimEvent::Created
        | ClaimEvent::Held
        | ClaimEvent::Released
        | ClaimEvent::Submitted { .. }
        | ClaimEvent::Noted { .. }
        | ClaimEvent::Accepted { .. }
        | ClaimEvent::Rejected { .. }
        | ClaimEvent::FileRefused { .. }
        | ClaimEvent::RefusalVoided { .. }
        | ClaimEvent::Mended
        | ClaimEvent::Adjudicated
        | ClaimEvent::Reversed { .. }
        | ClaimEvent::Closed
        | ClaimEvent::CrossedOver { .. }
        | ClaimEvent::CrossoverEnded
        | ClaimEvent::CorrectionDropped => None,
    });
    begun.ok_or_else(|| Error::refused("The claim's history does not say what was decided; run `tierline verify`."))
}

fn being_made(tx: &mut Tx, id: ClaimId) -> Result<Claim, Error> {
    let claim = rows::load(tx, id)?.ok_or(Error::NotFound("claim"))?;
    if is_being_made(tx, id, claim.status)? {
        return Ok(claim);
    }
    Err(Error::refused("No correction of this claim was begun; nothing was changed."))
}

/// The payer's number of the decision that stands, else the last one that it gave.
fn number_of(tx: &mut Tx, id: ClaimId, decision: Option<&(Date, ClaimPayment)>) -> Result<Option<String>, Error> {
    let said = decision.map(|(_, payment)| payment.payer_claim_control_number.clone());
    if let Some(number) = said.filter(|number| !number.is_empty()) {
        return Ok(Some(number));
    }
    Ok(tx.query_one(&CLAIM_ROW, params![id])?.payer_claim_control_number)
}

fn in_words(frequency: ClaimFrequency) -> &'static str {
    match frequency {
        ClaimFrequency::Void => "Void",
        ClaimFrequency::Original | ClaimFrequency::Replacement => "Replacement",
    }
}

fn work(claim: &Claim, what: &str) -> NewWork {
    let summary = format!("{what} of claim {} to finish and send", claim.control_number);
    let links = WorkLinks {
        patient_id: Some(claim.patient_id),
        encounter_id: Some(claim.encounter_id),
        payer_id: Some(claim.payer_id),
        ..WorkLinks::default()
    };
    NewWork::on_claim(WorkReason::CorrectedClaim, claim.id, summary, links, claim.body.asked())
        .with_deadline(Some(claim.filing_limit_on))
}

fn owed_by_payer(conn: &Conn, claim: &Claim) -> Result<Money, Error> {
    let charges: Vec<uuid::Uuid> = claim.body.lines.iter().map(|line| line.charge_id.0).collect();
    let balances = store::ledger::charge_balances(conn, &charges)?;
    let own = |one: &&store::ledger::ChargeBalance| {
        one.account == AccountKind::PayerReceivable && one.payer_id == Some(claim.payer_id.0)
    };
    Ok(balances.iter().filter(own).map(|one| one.cents).sum())
}

/// Whether everything that a payer decided of a visit was voided since, so that nothing of it stands.
pub(crate) fn is_voided(conn: &Conn, visit: EncounterId, payer: PayerId) -> Result<bool, Error> {
    let claims = conn.query_in(&CLAIMS_OF_ENCOUNTERS, params![], &[visit])?;
    let own: Vec<ClaimId> = claims.into_iter().filter(|(_, _, _, of, _)| *of == payer).map(|(_, id, ..)| id).collect();
    let bodies = conn.query_in(&BODIES_OF_CLAIMS, params![], &own)?;
    for (id, body) in bodies {
        let row = conn.query_one(&CLAIM_ROW, params![id])?;
        let is_void = body.0.frequency == ClaimFrequency::Void && row.status == ClaimStatus::Closed;
        if row.adjudicated_on.is_some() && !is_void {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Of claims from which every decision was taken back: those whose payer did so because they were voided.
pub(crate) fn void_among(conn: &Conn, claims: &[ClaimId]) -> Result<HashSet<ClaimId>, Error> {
    let bodies = conn.query_in(&BODIES_OF_CLAIMS, params![], claims)?;
    Ok(bodies.into_iter().filter(|(_, body)| body.0.frequency == ClaimFrequency::Void).map(|(id, _)| id).collect())
}
