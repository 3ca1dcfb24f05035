//! What stands for a claim after a posting: a fold over every decision that was posted for it and every reversal, so that
//! the order in which they came makes no difference. Where the claim is, who owes, and what is to be done follow from it.
//! Posts nothing but the patient's own money, which a decision that was taken back had used.

use std::collections::HashMap;

use billing::remittance::classification::Classes;
use billing::remittance::matching::ClaimFacts;
use billing::remittance::{ClaimPayment, reversal};
use billing::{ChargeId, ClaimId, Money, PatientId, PayerId, RemittanceId};
use jiff::civil::Date;
use ledger::{Account, AccountKind};
use store::Tx;
use uuid::Uuid;

use super::history::Original;
use super::known::Known;
use super::{Decided, distinct};
use crate::Error;
use crate::charge_capture::keep_payments;

/// What stands for a claim.
pub(super) struct Standing<'a> {
    pub(super) facts: &'a ClaimFacts,
    /// The latest decision that no reversal took back; none where all were taken back.
    pub(super) latest: Option<Latest<'a>>,
    /// Payers to whom the decisions that stand left a share.
    pub(super) left_to: Vec<PayerId>,
    pub(super) owed: Owed,
    /// Something was posted for it before.
    pub(super) is_known: bool,
    /// The remittance that spoke of it last.
    pub(super) told_by: RemittanceId,
}

impl Standing<'_> {
    /// Something that the payer decided is still owed by it: it was denied, or not decided.
    pub(super) fn is_open(&self) -> bool {
        self.latest.is_some() && self.owed.by_payer.is_positive()
    }
}

/// The latest decision that stands.
pub(super) struct Latest<'a> {
    pub(super) payment: &'a ClaimPayment,
    pub(super) paid_on: Date,
    pub(super) remittance: RemittanceId,
    /// What its adjustments meant when it was posted.
    pub(super) classes: Classes,
}

/// What is owed after the posting: by the claim's own payer, and what was received beyond what was owed, line by line.
#[derive(Default, Clone, Copy)]
pub(super) struct Owed {
    pub(super) by_payer: Money,
    pub(super) overpaid: Money,
}

/// Folds the claims that something was posted to.
pub(super) fn of_claims<'a>(
    tx: &mut Tx,
    known: &'a Known,
    decided: &'a [Decided<'_>],
    claims: &[ClaimId],
) -> Result<HashMap<ClaimId, Standing<'a>>, Error> {
    let mut places: HashMap<ClaimId, Vec<usize>> = HashMap::with_capacity(claims.len());
    for (place, one) in decided.iter().enumerate() {
        if let Some(claim) = one.posted_claim() {
            places.entry(claim).or_default().push(place);
        }
    }
    let all = known.index.claims().iter().filter(|claim| places.contains_key(&claim.id));
    let all: Vec<&ClaimFacts> = all.collect();
    let owed = owed(tx, &all)?;
    let mut found = HashMap::with_capacity(claims.len());
    for facts in all {
        let own = places.remove(&facts.id).unwrap_or_default();
        let Some(told_by) = own.last().and_then(|place| decided.get(*place)).map(|one| one.remittance) else {
            continue;
        };
        let history = known.earlier.history(facts.id, decided, own.into_iter());
        let standing = reversal::standing(&history);
        let standing = Standing {
            facts,
            latest: latest(known, decided, &standing, facts),
            left_to: left_to(known, decided, &standing, facts.payer_id),
            owed: owed.get(&facts.id).copied().unwrap_or_default(),
            is_known: known.earlier.knows(facts.id),
            told_by,
        };
        found.insert(facts.id, standing);
    }
    Ok(found)
}

/// The latest by the day of its payment, and among those of one day the one that came last.
fn latest<'a>(
    known: &'a Known,
    decided: &'a [Decided<'_>],
    standing: &[Original],
    facts: &ClaimFacts,
) -> Option<Latest<'a>> {
    let all = standing.iter().filter_map(|original| {
        let (paid_on, remittance) = known.earlier.origin(*original, decided)?;
        let payment = known.earlier.payment(*original, decided)?;
        Some((paid_on, remittance, payment, *original))
    });
    let (paid_on, remittance, payment, original) = all.max_by_key(|(paid_on, ..)| *paid_on)?;
    let classes = known.earlier.classes(original, decided, facts, &known.rules);
    Some(Latest { payment, paid_on, remittance, classes })
}

fn left_to(known: &Known, decided: &[Decided<'_>], standing: &[Original], own: PayerId) -> Vec<PayerId> {
    let postings = standing.iter().flat_map(|original| known.earlier.postings(*original, decided));
    distinct(postings.filter_map(|posting| {
        let Account::PayerReceivable { payer, .. } = &posting.account else { return None };
        (*payer != own.0 && posting.amount.is_positive()).then_some(PayerId(*payer))
    }))
}

/// What the books say is owed. Where a patient has paid more of a charge than is the patient's now, the payments are kept
/// for the patient first: they pay again as soon as it is known what the patient owes.
fn owed(tx: &mut Tx, claims: &[&ClaimFacts]) -> Result<HashMap<ClaimId, Owed>, Error> {
    let mut claim_of: HashMap<Uuid, &ClaimFacts> = HashMap::new();
    for claim in claims {
        claim_of.extend(claim.lines.iter().map(|line| (line.charge_id.0, *claim)));
    }
    let charges = distinct(claim_of.keys().copied());
    let mut balances = store::ledger::charge_balances(tx, &charges)?;
    let overpaid =
        balances.iter().filter(|one| one.account == AccountKind::PatientReceivable && one.cents.is_negative());
    let overpaid = overpaid.filter_map(|one| Some((ChargeId(one.charge_id), claim_of.get(&one.charge_id)?.patient_id)));
    let overpaid: Vec<(ChargeId, PatientId)> = distinct(overpaid);
    if !overpaid.is_empty() {
        keep_payments(tx, overpaid)?;
        balances = store::ledger::charge_balances(tx, &charges)?;
    }
    let mut owed: HashMap<ClaimId, Owed> = HashMap::new();
    for balance in balances {
        let Some(claim) = claim_of.get(&balance.charge_id) else { continue };
        let entry = owed.entry(claim.id).or_default();
        let is_payers = balance.account == AccountKind::PayerReceivable;
        if is_payers && balance.payer_id == Some(claim.payer_id.0) {
            entry.by_payer += balance.cents;
        }
        if is_payers || balance.account == AccountKind::PatientReceivable {
            entry.overpaid += (-balance.cents).max(Money::ZERO);
        }
    }
    Ok(owed)
}
