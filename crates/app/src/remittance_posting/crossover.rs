//! A claim that a payer passed on: the next payer answers with the numbers of the claim that it was passed, which was sent
//! to another. Finds the claim of the same visit that stands for it and lets the answer speak of that one. And makes that
//! claim when the earlier payer says that it passed it on. Judges no amount.

use std::collections::HashMap;

use billing::claim::ClaimStatus;
use billing::coverage::in_force;
use billing::remittance::crossover::{CROSSOVER_DAYS, is_after_another, is_passed_on};
use billing::remittance::matching::ClaimFacts;
use billing::{ChargeId, ClaimId, EncounterId, PayerId};
use edi::remittance_835::ReadRemittance;
use store::claim::CLAIMS_OF_ENCOUNTERS;
use store::remittance::LINE_FACTS;
use store::{Tx, params, registration};

use super::by_hand::{self, Placing};
use super::history::{Waiting, WaitsFor};
use super::known::Known;
use super::settlement::days_after;
use super::standing::Standing;
use super::{Sender, distinct};
use crate::{Error, next_payer};

/// A claim of a visit beside the one that an answer names.
struct Beside {
    id: ClaimId,
    control_number: String,
    payer: PayerId,
    status: ClaimStatus,
}

/// The payment with each answer of a next payer under the numbers of the claim that asks it; none where every answer is
/// of the payer that its claim was sent to.
pub(super) fn as_asked(
    tx: &mut Tx,
    sender: Sender<'_>,
    set: &ReadRemittance,
    known: &Known,
) -> Result<Option<ReadRemittance>, Error> {
    let named: Vec<(usize, &ClaimFacts)> = set
        .remittance
        .claims
        .iter()
        .enumerate()
        .filter_map(|(place, payment)| {
            let claim = known.index.find(payment)?;
            let is_anothers = match sender.payer {
                Some(_) => sender.objection(claim, known).is_some(),
                None => is_after_another(payment),
            };
            is_anothers.then_some((place, claim))
        })
        .collect();
    if named.is_empty() {
        return Ok(None);
    }
    let beside = claims_beside(tx, &named)?;
    let mut asked = set.clone();
    let mut is_changed = false;
    for (place, claim) in named {
        let Some(to) = beside.get(&claim.encounter_id).and_then(|all| stands_for(all, claim, sender.payer)) else {
            continue;
        };
        let numbers: HashMap<ChargeId, String> = tx
            .query_in(&LINE_FACTS, params![], &[to.id])?
            .into_iter()
            .map(|line| (line.charge_id, line.line_control_number))
            .collect();
        let Some(payment) = asked.remittance.claims.get_mut(place) else { continue };
        payment.control_number.clone_from(&to.control_number);
        for line in &mut payment.lines {
            let ours = claim.lines.iter().find(|ours| ours.control_number == line.line_control_number);
            if let Some(number) = ours.and_then(|ours| numbers.get(&ours.charge_id)) {
                line.line_control_number.clone_from(number);
            }
        }
        is_changed = true;
    }
    Ok(is_changed.then_some(asked))
}

fn claims_beside(tx: &mut Tx, named: &[(usize, &ClaimFacts)]) -> Result<HashMap<EncounterId, Vec<Beside>>, Error> {
    let visits = distinct(named.iter().map(|(_, claim)| claim.encounter_id));
    let mut beside: HashMap<EncounterId, Vec<Beside>> = HashMap::new();
    for (visit, id, control_number, payer, status) in tx.query_in(&CLAIMS_OF_ENCOUNTERS, params![], &visits)? {
        beside.entry(visit).or_default().push(Beside { id, control_number, payer, status });
    }
    Ok(beside)
}

/// The one claim of the visit to the sender; of a sender that we do not know, the one other claim that a payer has.
fn stands_for<'b>(all: &'b [Beside], named: &ClaimFacts, sender: Option<PayerId>) -> Option<&'b Beside> {
    let is_meant = |one: &&Beside| {
        one.id != named.id
            && match sender {
                Some(payer) => one.payer == payer,
                None => matches!(one.status, ClaimStatus::Submitted | ClaimStatus::Accepted),
            }
    };
    let mut meant: Vec<&Beside> = all.iter().filter(is_meant).collect();
    if meant.len() > 1 {
        meant.retain(|one| one.status != ClaimStatus::Closed);
    }
    match meant[..] {
        [only] => Some(only),
        [] | [_, ..] => None,
    }
}

/// An answer of the next payer to a claim, which came before its turn: it says that the claim was passed on.
fn waits_after(claim: &ClaimFacts) -> impl Fn(&Waiting) -> bool {
    |waiting| {
        waiting.waits_for == WaitsFor::Crossover
            && waiting.payer.is_some()
            && waiting.payer == claim.next_payer
            && waiting.payment.control_number == claim.control_number
    }
}

/// Answers that came before their turn find the claims that stand for their payers now. What the import would not post
/// stays set aside, with its own work.
pub(super) fn take_up_early(tx: &mut Tx, known: &Known) -> Result<(), Error> {
    for claim in known.index.claims() {
        let early: Vec<&Waiting> = known.earlier.waiting.iter().filter(|one| waits_after(claim)(one)).collect();
        if early.is_empty() {
            continue;
        }
        let beside = claims_beside(tx, &[(0, claim)])?;
        let Some(all) = beside.get(&claim.encounter_id) else { continue };
        for waiting in early {
            let Some(to) = stands_for(all, claim, waiting.payer) else { continue };
            let why = format!("It came before the decision of the payer before it (claim {})", claim.control_number);
            match by_hand::place(tx, waiting.id, to.id, Placing::AsItStands, &why) {
                Ok(()) | Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// A payer said that it passed the claim on: the claim to the next payer stands as one that this payer has, until its day.
/// Gives the visits whose next payer has it so.
pub(super) fn pass_on(tx: &mut Tx, known: &Known, claims: &[&Standing<'_>]) -> Result<Vec<EncounterId>, Error> {
    let mut passed = Vec::new();
    for standing in claims {
        let Some(latest) = &standing.latest else { continue };
        let facts = standing.facts;
        let by_habit = known.payers.get(&facts.payer_id).is_some_and(|payer| payer.settings.crosses_over);
        let is_said = is_passed_on(latest.payment, by_habit);
        if standing.is_open() || !(is_said || known.earlier.waiting.iter().any(waits_after(facts))) {
            continue;
        }
        let encounter = store::charge::encounter(tx, facts.encounter_id)?.ok_or(Error::NotFound("visit"))?;
        let coverages = registration::coverages(tx, facts.patient_id)?;
        let next = in_force(&coverages, encounter.date_of_service)
            .into_iter()
            .find(|coverage| coverage.rank > facts.rank && standing.left_to.contains(&coverage.payer_id));
        let Some(next) = next else { continue };
        let until = days_after(latest.paid_on, CROSSOVER_DAYS);
        if next_payer::cross_over(tx, facts, next, (latest.remittance, until))? {
            passed.push(facts.encounter_id);
        }
    }
    Ok(passed)
}
