//! What a payment did outside any claim, in plain words: each amount with its item of the payers' ledger, the entry of the
//! books and the segment it stands on. Reads only.

use billing::access::{Action, Actor, ResourceState};
use billing::explain::Language;
use billing::remittance::outside::sentence;
use billing::remittance::provider_level::is_item;
use billing::{Money, PracticeId};
use serde::Serialize;
use store::ledger::ENTRY_IDS_OF_SOURCE;
use store::provider_level::PLACED_IN_PAYMENT;
use store::{Db, params};
use uuid::Uuid;

use crate::Error;
use crate::access::allow;
use crate::provider_ledger::{item_words, said};

/// One amount outside any claim, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outside {
    /// PLB03-1.
    pub code: String,
    /// In a sentence.
    pub words: String,
    /// Positive lowered the payment.
    pub amount_cents: Money,
    /// The item of the payers' ledger that it opened or moved; none where it was settled at once.
    pub item: Option<String>,
    /// Our number of the claim that its reference names.
    pub claim: Option<String>,
    /// The entry of the books.
    pub entry: Option<Uuid>,
    /// The segment of the file.
    pub segment: Option<String>,
}

/// Explains what a payment of a payer says outside its claims, by its trace number.
///
/// # Errors
/// `NotFound`; `Denied` without the right to see remittances. Who sees them masked is told no segment and no item of a
/// reference that may name a person.
pub fn of_payment(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    trace: &str,
    language: Language,
) -> Result<Vec<Outside>, Error> {
    let masked = allow(actor, Action::ViewRemittance, &ResourceState::default())?.masked();
    db.read(actor, practice, |read| {
        let id = store::views::remittances::by_trace(read, trace)?.ok_or(Error::NotFound("payment"))?;
        let entry = read.query(&ENTRY_IDS_OF_SOURCE, params![id])?.first().map(|(entry,)| *entry);
        let placed = read.query(&PLACED_IN_PAYMENT, params![id])?;
        let explained = placed.iter().map(|row| {
            let is_safe = !masked || row.control_number.is_some();
            let item = is_item(&row.reason) && !row.item.is_empty() && is_safe;
            Outside {
                words: sentence(&row.reason, row.amount_cents, language),
                code: row.reason.clone(),
                amount_cents: row.amount_cents,
                item: item.then(|| item_words(&row.item)),
                claim: row.control_number.clone(),
                entry,
                segment: said(row).segment.filter(|_| !masked),
            }
        });
        Ok(explained.collect())
    })
}
