//! Money outside any claim (PLB): each amount finds the item of its payer that it opens or closes, and what goes the wrong
//! way, is kept by the payer or says not what it is for is somebody's work. Never hides that more was taken than was open.

use std::collections::BTreeSet;

use billing::remittance::outside::reason_words;
use billing::remittance::provider_level::reference::{KnownItems, NamedClaim, Place, bare, nameless, numbers_in};
use billing::remittance::provider_level::{account, behaviour_of, is_item};
use billing::remittance::{ProviderAdjustment, Remittance, virtual_card};
use billing::work::{WorkLinks, WorkReason};
use billing::{PayerId, RemittanceId};
use ledger::Account;
use store::provider_level::{
    AdjustmentPlaceRow, CLAIMS_OF_OUR_NUMBERS, CLAIMS_OF_PAYERS_NUMBERS, ITEMS_OF_REFERENCES, OPEN_ITEMS_OF_PAYER,
};
use store::remittance::ProviderAdjustmentRow;
use store::{Tx, params};

use super::distinct;
use super::known::Known;
use crate::worklist::{self, NewWork};
use crate::{Error, provider_ledger};

/// An amount outside any claim with its place.
pub(super) struct Placed<'a> {
    adjustment: &'a ProviderAdjustment,
    place: Place,
    account: Account,
}

impl<'a> Placed<'a> {
    /// What the entry of the payment needs of it.
    pub(super) fn posting(&self) -> (&'a ProviderAdjustment, Account) {
        (self.adjustment, self.account.clone())
    }
}

/// Finds the item of every amount. The next of one payment knows of those before it.
pub(super) fn place<'a>(
    tx: &mut Tx,
    payer: Option<PayerId>,
    remittance: &'a Remittance,
    known: &Known,
) -> Result<Vec<Placed<'a>>, Error> {
    let all = &remittance.provider_adjustments;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let mut items = match payer {
        Some(payer) => known_items(tx, payer, remittance, known)?,
        None => KnownItems::default(),
    };
    Ok(all
        .iter()
        .map(|adjustment| {
            let place = items.place(adjustment);
            Placed { adjustment, account: account(adjustment, payer, &place.item), place }
        })
        .collect())
}

fn known_items(tx: &mut Tx, payer: PayerId, remittance: &Remittance, known: &Known) -> Result<KnownItems, Error> {
    let all = &remittance.provider_adjustments;
    let mut items = KnownItems {
        open: tx.query(&OPEN_ITEMS_OF_PAYER, params![payer])?.into_iter().collect(),
        ..KnownItems::default()
    };
    let written = distinct(all.iter().map(|one| bare(&one.reference)).filter(|written| !written.is_empty()));
    for (written, item, claim) in tx.query_in(&ITEMS_OF_REFERENCES, params![payer], &written)? {
        items.written.insert(written, (item, claim));
    }
    // The claims of this very payment, under whatever number it gives them.
    for payment in &remittance.claims {
        let Some(facts) = known.index.find(payment) else { continue };
        let claim = NamedClaim { id: facts.id, control_number: facts.control_number.clone() };
        items.names(&payment.payer_claim_control_number, &claim);
        items.names(&facts.control_number, &claim);
    }
    let numbers = distinct(all.iter().flat_map(|one| numbers_in(&one.reference)));
    let mut claims = tx.query_in(&CLAIMS_OF_OUR_NUMBERS, params![], &numbers)?;
    claims.extend(tx.query_in(&CLAIMS_OF_PAYERS_NUMBERS, params![], &numbers)?);
    // A number is a payer's own: the same one of another payer is another claim.
    for row in claims.into_iter().filter(|row| row.payer_id == payer) {
        items.names(&row.number, &NamedClaim { id: row.id, control_number: row.control_number });
    }
    Ok(items)
}

/// What the payment says outside its claims, as rows, each with its place.
pub(super) fn insert(
    tx: &mut Tx,
    remittance_id: RemittanceId,
    payer_id: Option<PayerId>,
    placed: &[Placed<'_>],
) -> Result<(), Error> {
    let rows: Vec<ProviderAdjustmentRow> = placed
        .iter()
        .zip(1..)
        .map(|(one, ordinal)| ProviderAdjustmentRow {
            remittance_id,
            ordinal,
            reason: one.adjustment.reason.clone(),
            reference: one.adjustment.reference.clone(),
            amount_cents: one.adjustment.amount,
        })
        .collect();
    let places: Vec<AdjustmentPlaceRow> = placed
        .iter()
        .zip(1..)
        .map(|(one, ordinal)| AdjustmentPlaceRow {
            remittance_id,
            ordinal,
            payer_id,
            bare_reference: bare(&one.adjustment.reference),
            item: one.place.item.clone(),
            claim_id: one.place.claim,
            found_by: one.place.found_by,
        })
        .collect();
    tx.insert_many(&rows)?;
    Ok(tx.insert_many(&places)?)
}

/// Work for what the payment left in its payer's ledger; work of items that are as they should be ends.
pub(super) fn work(
    tx: &mut Tx,
    id: RemittanceId,
    payer: Option<PayerId>,
    remittance: &Remittance,
    placed: &[Placed<'_>],
) -> Result<(), Error> {
    let mut work = Vec::new();
    for (one, ordinal) in placed.iter().zip(1..) {
        let links = WorkLinks { remittance_id: Some(id), payer_id: payer, ..WorkLinks::default() };
        work.extend(kept(one, links, remittance, payer));
        if payer.is_none() && is_item(&one.adjustment.reason) && !one.adjustment.amount.is_zero() {
            work.push(of_unknown_payer(one, links, remittance, ordinal));
        }
    }
    worklist::open_or_restate(tx, work)?;
    let Some(payer) = payer else { return Ok(()) };
    let items: BTreeSet<&str> =
        placed.iter().map(|one| one.place.item.as_str()).filter(|item| !item.is_empty()).collect();
    let items: Vec<String> = items.into_iter().map(str::to_owned).collect();
    provider_ledger::follow(tx, payer, &items, Some((id, &remittance.trace)))
}

/// Money that is ours and stays with the payer or goes to somebody else: one open item for a payer and reason.
fn kept(one: &Placed<'_>, links: WorkLinks, remittance: &Remittance, payer: Option<PayerId>) -> Option<NewWork> {
    let adjustment = one.adjustment;
    if !adjustment.amount.is_positive() || !behaviour_of(&adjustment.reason).asks_where_taken() {
        return None;
    }
    let reason = WorkReason::PayerKeeps;
    let words = reason_words(&adjustment.reason).unwrap_or("no word for it is known");
    let whose = payer.map_or_else(|| remittance.payer_trace_id.clone(), |payer| payer.to_string());
    Some(NewWork {
        reason,
        subject_key: format!("{}:{whose}:{}", reason.as_str(), adjustment.reason),
        summary: format!(
            "{} of payment {} kept outside any claim: {} ({})",
            adjustment.amount, remittance.trace, words, adjustment.reason
        ),
        links: WorkLinks { claim_id: one.place.claim, ..links },
        money_at_stake: adjustment.amount,
        deadline_on: None,
    })
}

/// A payment that came as a card costs a fee, and must be charged before it expires.
pub(super) fn card(
    tx: &mut Tx,
    id: RemittanceId,
    payer_id: Option<PayerId>,
    remittance: &Remittance,
) -> Result<(), Error> {
    let Some(fee) = virtual_card::fee(remittance) else { return Ok(()) };
    let reason = WorkReason::VirtualCard;
    let work = NewWork {
        reason,
        subject_key: worklist::subject_key(reason, id),
        summary: format!(
            "Payment {} of {} came as a virtual card, {fee}: charge it, then opt out",
            remittance.trace, remittance.amount
        ),
        links: WorkLinks { remittance_id: Some(id), payer_id, ..WorkLinks::default() },
        money_at_stake: fee.amount(),
        deadline_on: None,
    };
    worklist::open_many(tx, vec![work])
}

/// Of a payer that we do not know no ledger is kept: each amount is work of its own.
fn of_unknown_payer(one: &Placed<'_>, links: WorkLinks, remittance: &Remittance, ordinal: i64) -> NewWork {
    let (reason, adjustment) = (WorkReason::PayerRecoupment, one.adjustment);
    let done = if adjustment.amount.is_positive() { "taken from" } else { "added to" };
    NewWork {
        reason,
        subject_key: format!("{}:{}:{ordinal}", reason.as_str(), remittance.trace),
        summary: format!(
            "{} {done} payment {} of a payer that is not registered, by {}: register it, and ask what it is for",
            adjustment.amount.abs(),
            remittance.trace,
            adjustment.reason
        ),
        links,
        money_at_stake: adjustment.amount.abs(),
        deadline_on: None,
    }
}

/// The name of an item for people: the number it goes by, or that the payer gives none.
pub(crate) fn item_words(item: &str) -> String {
    match item.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(code) if nameless(code) == item => format!("{code} without a reference"),
        Some(_) | None => item.to_owned(),
    }
}
