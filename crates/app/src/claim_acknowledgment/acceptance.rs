//! The payer's acceptance as proof of timely filing, and what it means for a claim that was mended meanwhile: the payer
//! has it, so the mended version must not leave as a second original. Never sends and never decides what to correct.

use billing::claim::acknowledgment::ClaimAcknowledgment;
use billing::claim::{Claim, ClaimEvent, ClaimStatus};
use billing::work::WorkReason;
use billing::{ClaimId, RemittanceId, SubmissionId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::claim::{CLAIM_ROW, Evidence, PROVE_ACCEPTANCE};
use store::submission::{SUBMISSION_SEALED_AT, SUBMISSIONS_OF_CLAIM};
use store::{Tx, params};

use super::file_refusal;
use crate::claim_submission::{PayerHabits, links};
use crate::worklist::{self, NewWork};
use crate::{Error, remittance_posting};

/// A payer's clock may stand in a zone where the day of our sending has not begun.
const ZONE_DAYS: i64 = 1;

/// Keeps the payer's own day (STC02) as the day of acceptance; where it names none, or one that cannot be, the day on
/// which we heard of it. The earliest counts, in whatever order messages come.
pub(super) fn prove(
    tx: &mut Tx,
    claim: &Claim,
    submission: SubmissionId,
    said: &ClaimAcknowledgment,
) -> Result<(), Error> {
    let (sealed_at,) = tx.query_one(&SUBMISSION_SEALED_AT, params![submission])?;
    let sealed_on = sealed_at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let earliest = sealed_on.saturating_sub(ZONE_DAYS.days());
    let heard_on = tx.today();
    let can_be = |day: &Date| (earliest..=heard_on).contains(day);
    let day = said.status_on.filter(can_be).unwrap_or(heard_on);
    tx.execute(&PROVE_ACCEPTANCE, params![claim.id, day])?;
    Ok(())
}

/// Holds a claim that was mended while its payer has an earlier version: one that was not sent yet, and one that was
/// refused, so that nobody mends it into a second original. Work says so, and the claim stays until a person ended it.
pub(super) fn hold_unsent(tx: &mut Tx, claim: &mut Claim, sent: i32, heard: &Evidence) -> Result<(), Error> {
    let became = match claim.status {
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready => "mended and not sent",
        ClaimStatus::Rejected => "refused",
        ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => {
            return Ok(());
        }
    };
    let summary = format!(
        "Claim {}: the payer has version {sent}, and version {} was {became}. It is held, so that it does not leave as a \
         second original.",
        claim.control_number, claim.version
    );
    let others =
        [WorkReason::HeldForData, WorkReason::HeldForCoding, WorkReason::Rejected, WorkReason::RejectedForData];
    worklist::resolve_for_claim(tx, claim.id, &others, "The payer has the version before.", "payer")?;
    let work = NewWork::on_claim(
        WorkReason::EarlierVersionAccepted,
        claim.id,
        summary.clone(),
        links(claim),
        claim.body.total_charge(),
    );
    worklist::open(tx, work.with_deadline(Some(claim.filing_limit_on)))?;
    if claim.status == ClaimStatus::Held {
        return Ok(());
    }
    claim.apply(&ClaimEvent::Held)?;
    store::claim::save_event(tx, claim, &ClaimEvent::Held, Evidence { sentence: summary, ..heard.clone() })?;
    Ok(())
}

/// A payer decided a version of a claim that was mended since: it has that version, so its file was read, and the mended
/// one must not leave. `remittance` is the decision, which waits until a person left the claim with the payer.
pub(crate) fn decided_although_mended(tx: &mut Tx, claim: ClaimId, remittance: RemittanceId) -> Result<(), Error> {
    let Some((file, sent, _)) = tx.query(&SUBMISSIONS_OF_CLAIM, params![claim])?.into_iter().next() else {
        return Ok(());
    };
    let heard = Evidence { remittance_id: Some(remittance), ..Evidence::default() };
    file_refusal::void(tx, file, &heard, &mut PayerHabits::default())?;
    let Some(mut claim) = store::claim::load(tx, claim)? else { return Ok(()) };
    hold_unsent(tx, &mut claim, sent, &Evidence { submission_id: Some(file), ..heard })
}

/// Somebody decided that the payer goes on with the version it has: the claim is with the payer again, and what the
/// payer decided of it meanwhile is posted.
pub(crate) fn leave_with_payer(tx: &mut Tx, mut claim: Claim) -> Result<(), Error> {
    let mut payers = PayerHabits::default();
    let is_accepted = tx.query_one(&CLAIM_ROW, params![claim.id])?.accepted_on.is_some();
    let event = if is_accepted {
        let days = payers.of(tx, claim.payer_id)?.follow_up_days;
        let follow_up_on = tx.today().saturating_add(days.days());
        ClaimEvent::Accepted { follow_up_on, payer_claim_control_number: None }
    } else {
        ClaimEvent::RefusalVoided { acknowledgment_due_on: payers.file_due_on(tx, claim.payer_id)? }
    };
    claim.apply(&event)?;
    let words = "Left with the payer, which has the version before; the mended one was never sent";
    store::claim::save_event(tx, &claim, &event, Evidence::words(words))?;
    remittance_posting::take_up(tx, claim.id)
}
