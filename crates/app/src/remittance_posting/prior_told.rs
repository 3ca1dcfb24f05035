//! What a claim that was sent tells its payer of the decisions before it, and what stands of them now: where a payer before
//! it took its decision back or decided anew, somebody is told, with both figures. Sends nothing and moves no money.

use std::collections::{BTreeSet, HashMap};

use billing::ClaimId;
use billing::claim::{Claim, ClaimFrequency, ClaimStatus};
use billing::coordination_of_benefits::PriorPayer;
use billing::coverage::CoverageRank;
use billing::work::{WorkLinks, WorkReason};
use store::claim::{self as rows, CLAIMS_OF_ENCOUNTERS};
use store::worklist::OPEN_REASONS_OF_CLAIMS;
use store::{Tx, params};

use super::distinct;
use super::known::Known;
use super::standing::Standing;
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, claim_creation, claim_scrub, next_payer};

/// Looks at the sent claims to payers after those that decided anew, and at claims just decided of which this was told.
pub(super) fn mind(
    tx: &mut Tx,
    known: &Known,
    claims: &[ClaimId],
    standing: &HashMap<ClaimId, Standing<'_>>,
) -> Result<(), Error> {
    let changed: Vec<&Standing<'_>> = standing.values().filter(|one| one.is_known).collect();
    let later = claims.iter().filter(|claim| {
        let rank = standing.get(claim).map(|one| one.facts.rank);
        rank.is_some_and(|rank| rank != CoverageRank::Primary)
    });
    let later: Vec<ClaimId> = later.copied().collect();
    let mut looked_at: BTreeSet<ClaimId> = BTreeSet::new();
    if !later.is_empty() {
        let open: Vec<(ClaimId, WorkReason)> = tx.query_in(&OPEN_REASONS_OF_CLAIMS, params![], &later)?;
        let told = open.into_iter().filter(|(_, reason)| *reason == WorkReason::PriorDecisionChanged);
        looked_at.extend(told.map(|(claim, _)| claim));
    }
    if !changed.is_empty() {
        let visits = distinct(changed.iter().map(|one| one.facts.encounter_id));
        for (_, id, _, payer, _) in tx.query_in(&CLAIMS_OF_ENCOUNTERS, params![], &visits)? {
            if changed.iter().all(|one| one.facts.id != id && one.facts.payer_id != payer) {
                looked_at.insert(id);
            }
        }
    }
    let looked_at: Vec<ClaimId> = looked_at.into_iter().collect();
    for claim in rows::load_many(tx, &looked_at)? {
        look(tx, known, &claim)?;
    }
    Ok(())
}

fn look(tx: &mut Tx, known: &Known, claim: &Claim) -> Result<(), Error> {
    if !was_sent(tx, claim)? {
        return say_what_stands(tx, claim);
    }
    let key = subject_key(WorkReason::PriorDecisionChanged, claim.id);
    let stands = match next_payer::prior_payers(tx, claim.encounter_id, claim.body.rank) {
        Ok(stands) => stands,
        // A decision that cannot be passed on is told by its own remittance.
        Err(Error::Refused(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let is_told = |told: &&PriorPayer| stands.iter().any(|now| says_the_same(told, now));
    let Some(told) = claim.body.prior_payers.iter().find(|told| !is_told(told)) else {
        return worklist::resolve_subject(tx, &key, "What its payer was told stands.", "payer");
    };
    let now = stands.iter().find(|now| now.payer_id == told.payer_id);
    let links = WorkLinks {
        patient_id: Some(claim.patient_id),
        encounter_id: Some(claim.encounter_id),
        payer_id: Some(claim.payer_id),
        ..WorkLinks::default()
    };
    let (was_left, is_left) = (told.left_in_all(), now.map(PriorPayer::left_in_all).unwrap_or_default());
    let at_stake = if was_left == is_left { was_left } else { (was_left - is_left).abs() };
    let payer = known.payers.get(&claim.payer_id).map_or(claim.body.payer.name.as_str(), |payer| payer.name.as_str());
    let summary = sentence(claim, payer, told, now);
    let work = NewWork::on_claim(WorkReason::PriorDecisionChanged, claim.id, summary, links, at_stake);
    worklist::open_or_restate(tx, vec![work])
}

/// A claim that waits to be sent says what stands now, and is withdrawn where nothing is left to ask: the next decision
/// makes another.
fn say_what_stands(tx: &mut Tx, claim: &Claim) -> Result<(), Error> {
    const NOTHING_LEFT: &str = "what the payer before it decides now leaves nothing to this one";
    let is_waiting = match claim.status {
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready => true,
        // Refused before it was judged: mending it makes it say what stands.
        ClaimStatus::Rejected => false,
        ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => false,
    };
    let is_first = claim.body.prior_payers.is_empty() || claim.body.frequency != ClaimFrequency::Original;
    if !is_waiting || is_first || claim_scrub::payer_has_it(tx, claim.id, claim.status)? {
        return Ok(());
    }
    let stands = match next_payer::prior_payers(tx, claim.encounter_id, claim.body.rank) {
        Ok(stands) => stands,
        Err(Error::Refused(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    if stands.last().is_none_or(|last| last.left_in_all().is_zero()) {
        return claim_creation::withdraw(tx, claim.id, NOTHING_LEFT);
    }
    claim_scrub::scrub_in(tx, claim.clone()).map(|_| ())
}

/// Whether its payer has it, with figures of ours. What a payer passed on by itself it passes on anew.
fn was_sent(tx: &Tx, claim: &Claim) -> Result<bool, Error> {
    let body = &claim.body;
    if body.prior_payers.is_empty() || body.crossed_over || body.frequency == ClaimFrequency::Void {
        return Ok(false);
    }
    match claim.status {
        ClaimStatus::Submitted | ClaimStatus::Accepted => Ok(true),
        ClaimStatus::Adjudicated | ClaimStatus::Closed => Ok(next_payer::standing_decision(tx, claim.id)?.is_some()),
        // It says what stands when it is sent.
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready | ClaimStatus::Rejected => Ok(false),
    }
}

/// Whether two decisions tell the next payer the same figures; the day alone makes no claim wrong.
fn says_the_same(one: &PriorPayer, other: &PriorPayer) -> bool {
    let lines = |of: &PriorPayer| -> Vec<_> {
        of.lines.iter().map(|line| (line.charge_id, line.paid_amount, line.adjustments.clone())).collect()
    };
    one.payer_id == other.payer_id
        && one.paid_amount == other.paid_amount
        && one.adjustments == other.adjustments
        && one.left_in_all() == other.left_in_all()
        && lines(one) == lines(other)
}

fn sentence(claim: &Claim, payer: &str, told: &PriorPayer, now: Option<&PriorPayer>) -> String {
    let number = &claim.control_number;
    let first = &told.payer.name;
    let said = format!("paid {}, left {}", told.paid_amount, told.left_in_all());
    let stands = match now {
        Some(now) => format!("decided anew since: paid {}, left {}", now.paid_amount, now.left_in_all()),
        None => "took that back since, and no new decision came".to_owned(),
    };
    let next = match (claim.status, now) {
        (_, None) => "Wait for its new decision",
        (ClaimStatus::Adjudicated | ClaimStatus::Closed, Some(_)) => "Send a corrected claim: its page fills it in",
        (
            ClaimStatus::Submitted
            | ClaimStatus::Accepted
            | ClaimStatus::Draft
            | ClaimStatus::Held
            | ClaimStatus::Ready
            | ClaimStatus::Rejected,
            Some(_),
        ) => "When the decision on it comes, send a corrected claim; its page fills it in",
    };
    format!("Claim {number} told {payer} what {first} had decided ({said}); {first} {stands}. {next}")
}
