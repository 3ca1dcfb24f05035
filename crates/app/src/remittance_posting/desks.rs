//! Whose work follows from a posting: what stays owed by a payer is Tier 2's, the next payer's turn and credits are
//! somebody's, and so is each cent without a place. Work follows what stands, so it is opened, told anew and ended here.
//! Moves no claim and no money.

use std::collections::HashMap;

use billing::problem::{Pattern, patterns_of_denial};
use billing::remittance::classification::{Classes, Decider};
use billing::remittance::posting;
use billing::work::reason::denial_reason;
use billing::work::{WaitingOn, WorkLinks, WorkReason};
use billing::{ClaimId, EncounterId, Money, PayerId, RemittanceId};
use store::hands::{DUES_OF_VISITS, OVERPAID_BY_PAYERS};
use store::worklist::OPEN_REASONS_OF_CLAIMS;
use store::{Tx, params};
use uuid::Uuid;

use super::crossover;
use super::history::Original;
use super::known::Known;
use super::prior_told;
use super::settlement::days_after;
use super::standing::{Latest, Standing};
use super::{Arrival, Decided, Outcome, distinct};
use crate::cases;
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, charge_capture, problems, suspense, unapplied_cash};

/// Work on a claim that any decision of its payer ends.
const ENDED_BY_A_DECISION: [WorkReason; 5] = [
    WorkReason::RemittanceMissing,
    WorkReason::AcknowledgmentMissing,
    WorkReason::Rejected,
    WorkReason::RejectedForData,
    WorkReason::Reversed,
];

/// Work for each claim payment without a place; what was set aside and has its place now is nobody's work any more.
pub(super) fn of_payments(
    tx: &mut Tx,
    payer: Option<PayerId>,
    decided: &[Decided<'_>],
    known: &Known,
) -> Result<(), Error> {
    let mut work = Vec::new();
    for one in decided {
        let number = &one.payment.control_number;
        if let Outcome::Posted { takes_back: Some(Original::Earlier(place)), .. } = &one.outcome
            && let Some(original) = known.earlier.id(*place)
        {
            suspense::follow(tx, original, "The decision that it was the difference of was taken back.")?;
        }
        let (reason, summary) = match (&one.outcome, &one.arrival) {
            (Outcome::SetAside { problem, .. }, _) => {
                (WorkReason::ClaimSetAside, format!("Claim {number} is set aside: {problem}"))
            }
            (Outcome::Unmatched { problem }, _) => {
                (WorkReason::UnmatchedCash, format!("Payment for {number}: {problem}"))
            }
            (Outcome::Posted { .. }, Arrival::Before(_)) => {
                let outcome = one.by_hand.unwrap_or("What it waited for came; it is posted to its claim.");
                for key in unapplied_cash::owners_of(one.id) {
                    worklist::resolve_subject(tx, &key, outcome, "payer")?;
                }
                tx.audit(
                    "claim_payment.place",
                    "claim_payment",
                    one.id,
                    serde_json::json!({ "cents": one.payment.paid_amount }),
                );
                continue;
            }
            (Outcome::Posted { .. }, Arrival::Now(_)) | (Outcome::Estimate { .. }, _) => continue,
        };
        let new = money_work(reason, one.id.0, summary, one.payment.paid_amount.abs(), (one.remittance, payer));
        match one.arrival {
            Arrival::Now(_) => work.push(new),
            Arrival::Before(_) => worklist::open_or_restate(tx, vec![new])?,
        }
    }
    worklist::open_many(tx, work)
}

fn money_work(
    reason: WorkReason,
    thing: Uuid,
    summary: String,
    money_at_stake: Money,
    (remittance, payer_id): (RemittanceId, Option<PayerId>),
) -> NewWork {
    let links = WorkLinks { remittance_id: Some(remittance), payer_id, ..WorkLinks::default() };
    NewWork { reason, subject_key: subject_key(reason, thing), summary, links, money_at_stake, deadline_on: None }
}

/// The work of the claims that something was posted to, as what stands for each demands it.
pub(super) fn of_claims(
    tx: &mut Tx,
    known: &Known,
    claims: &[ClaimId],
    standing: &HashMap<ClaimId, Standing<'_>>,
) -> Result<(), Error> {
    end_what_is_decided(tx, claims, standing)?;
    cases::answer_about(tx, claims, WaitingOn::Payer, "The payer decided; see its remittance")?;
    let leaving: Vec<&Standing<'_>> =
        claims.iter().filter_map(|claim| standing.get(claim)).filter(|one| !one.left_to.is_empty()).collect();
    crossover::pass_on(tx, known, &leaving)?;
    let visits = leaving.iter().map(|one| one.facts.encounter_id);
    let dues = tx.query_in(&DUES_OF_VISITS, params![], &distinct(visits))?;
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for standing in claims.iter().filter_map(|claim| standing.get(claim)) {
        let due = due_from_others(standing, &dues);
        let work = [still_owed(known, standing), next_turn(standing, due), credit(standing)];
        if standing.is_known {
            end_what_is_void(tx, standing, due)?;
            changed.extend(work.into_iter().flatten());
        } else {
            new.extend(work.into_iter().flatten());
        }
    }
    worklist::open_many(tx, new)?;
    worklist::open_or_restate(tx, changed)?;
    prior_told::mind(tx, known, claims, standing)?;
    problems::gather::denied(tx, patterns(claims, standing))
}

/// What the decisions that stand show: the patterns by which denials gather.
fn patterns(claims: &[ClaimId], standing: &HashMap<ClaimId, Standing<'_>>) -> HashMap<ClaimId, Vec<Pattern>> {
    let of_claim = |standing: &Standing<'_>| {
        let latest = standing.latest.as_ref().filter(|_| standing.is_open())?;
        let denied = posting::denied_parts(latest.payment, &latest.classes);
        let shown = patterns_of_denial(standing.facts.payer_id, &denied);
        (!shown.is_empty()).then_some((standing.facts.id, shown))
    };
    claims.iter().filter_map(|claim| of_claim(standing.get(claim)?)).collect()
}

/// What waited for a decision ends with one, and a denial that does not stand any more.
fn end_what_is_decided(
    tx: &mut Tx,
    claims: &[ClaimId],
    standing: &HashMap<ClaimId, Standing<'_>>,
) -> Result<(), Error> {
    let is_open = |claim: &ClaimId| standing.get(claim).is_some_and(Standing::is_open);
    let open: Vec<(ClaimId, WorkReason)> = tx.query_in(&OPEN_REASONS_OF_CLAIMS, params![], claims)?;
    let ends = |claim: &ClaimId, reason: &WorkReason| {
        ENDED_BY_A_DECISION.contains(reason) || (reason.is_denial() && !is_open(claim))
    };
    for claim in distinct(open.into_iter().filter(|(claim, reason)| ends(claim, reason)).map(|one| one.0)) {
        let mut reasons = ENDED_BY_A_DECISION.to_vec();
        if !is_open(&claim) {
            reasons.push(WorkReason::Denied);
        }
        let outcome = match standing.get(&claim).and_then(|one| one.latest.as_ref()) {
            Some(_) => "The payer decided the claim; see its remittance.",
            None => "The decision does not stand any more; see its remittance.",
        };
        worklist::resolve_for_claim(tx, claim, &reasons, outcome, "payer")?;
    }
    Ok(())
}

/// A voided claim's charges are owed by its payer in the books, and nobody asks it: somebody says who owes them.
pub(super) fn of_voided(tx: &mut Tx, standing: &Standing<'_>) -> Result<(), Error> {
    let facts = standing.facts;
    let sentence =
        format!("Claim {} was voided: say who owes the visit, or that it is not billed", facts.control_number);
    charge_capture::dues::follow(tx, links(standing, standing.told_by), facts.encounter_id, &sentence)
}

/// What earlier decisions left to others and is void by what stands now.
fn end_what_is_void(tx: &mut Tx, standing: &Standing<'_>, due: Money) -> Result<(), Error> {
    let claim = standing.facts.id;
    if due.is_zero() {
        let outcome = match &standing.latest {
            None => "The payer took its decision back, so nothing of it is the next payer's.",
            Some(_) => "The decision that stands leaves nothing to the next payer that nobody asks it for.",
        };
        worklist::resolve_subject(tx, &subject_key(WorkReason::BillNextPayer, claim), outcome, "payer")?;
    }
    if standing.owed.overpaid.is_zero() {
        end_credit(tx, standing.facts.encounter_id)?;
    }
    Ok(())
}

/// The credit is the visit's: it ends when no claim of it is overpaid, whichever was.
fn end_credit(tx: &mut Tx, visit: EncounterId) -> Result<(), Error> {
    let key = subject_key(WorkReason::CreditBalance, visit);
    if !tx.query(&OVERPAID_BY_PAYERS, params![visit])?.is_empty() {
        return Ok(());
    }
    worklist::resolve_subject(tx, &key, "Nothing of this visit is overpaid any more.", "payer")
}

/// What the decisions that stand left to other payers and no claim asks them for.
fn due_from_others(standing: &Standing<'_>, dues: &[(EncounterId, PayerId, Money)]) -> Money {
    let own = |(visit, payer, _): &&(EncounterId, PayerId, Money)| {
        *visit == standing.facts.encounter_id && standing.left_to.contains(payer)
    };
    dues.iter().filter(own).map(|(_, _, amount)| *amount).sum()
}

/// What stays owed by the payer is Tier 2's, with the payer's limit for an appeal.
fn still_owed(known: &Known, standing: &Standing<'_>) -> Option<NewWork> {
    let latest = standing.latest.as_ref().filter(|_| standing.is_open())?;
    let facts = standing.facts;
    let reasons = reasons_of(latest, standing);
    let reason = denial_reason(posting::unpaid_parts(latest.payment, facts, &latest.classes));
    let number = &facts.control_number;
    let summary = if reasons.is_empty() {
        format!("Claim {number}: the payer did not decide all of it")
    } else if Classes::said(latest.payment, Decider::of(facts), &known.rules).allows_nothing(latest.payment) {
        format!(
            "Claim {number}: processed, yet all of it was taken off ({}) and nothing is the patient's. Nothing is written \
             down until somebody has looked",
            reasons.join(", ")
        )
    } else {
        format!("Claim {number} denied: {}", reasons.join(", "))
    };
    let settings = known.payers.get(&facts.payer_id).map(|payer| payer.settings.clone());
    let appeal_by = days_after(latest.paid_on, settings.unwrap_or_default().appeal_days);
    let links = WorkLinks { encounter_id: None, ..links(standing, latest.remittance) };
    let work = NewWork::on_claim(reason, facts.id, summary, links, standing.owed.by_payer);
    Some(work.with_deadline(Some(appeal_by)))
}

/// Why the decision left something unpaid, each reason once.
fn reasons_of(latest: &Latest<'_>, standing: &Standing<'_>) -> Vec<String> {
    distinct(posting::unpaid_reasons(latest.payment, standing.facts, &latest.classes).into_iter())
}

/// The next payer's turn.
fn next_turn(standing: &Standing<'_>, due: Money) -> Option<NewWork> {
    let summary = format!("Claim {}: the next payer's turn", standing.facts.control_number);
    due.is_positive().then(|| on_visit((WorkReason::BillNextPayer, standing.facts.id.0), standing, summary, due))
}

/// More was received than owed.
fn credit(standing: &Standing<'_>) -> Option<NewWork> {
    let over = standing.owed.overpaid;
    let summary = format!("Claim {}: more was received than owed", standing.facts.control_number);
    // A correction of the charges may overpay the same visit: one item for both.
    let thing = (WorkReason::CreditBalance, standing.facts.encounter_id.0);
    over.is_positive().then(|| on_visit(thing, standing, summary, over))
}

fn on_visit(
    (reason, thing): (WorkReason, Uuid),
    standing: &Standing<'_>,
    summary: String,
    money_at_stake: Money,
) -> NewWork {
    let links = links(standing, standing.told_by);
    let subject_key = subject_key(reason, thing);
    NewWork { reason, subject_key, summary, links, money_at_stake, deadline_on: None }
}

fn links(standing: &Standing<'_>, remittance: RemittanceId) -> WorkLinks {
    WorkLinks {
        patient_id: Some(standing.facts.patient_id),
        encounter_id: Some(standing.facts.encounter_id),
        payer_id: Some(standing.facts.payer_id),
        remittance_id: Some(remittance),
        ..WorkLinks::default()
    }
}
