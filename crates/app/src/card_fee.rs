//! What a virtual card costs: the processor keeps a fee of the card that a payer paid with, so less reaches the bank than the
//! payer announced. Posted once, by a person, from the payment: as cost, out of what is on its way to the bank. Opts out of
//! nothing and moves nothing of a claim.

use billing::access::{Action, Actor, ResourceState};
use billing::remittance::virtual_card::{FEE_CODE, MOST_FEE_BP, is_card};
use billing::{Money, PracticeId, RemittanceId};
use ledger::{Account, DraftEntry, EntrySource};
use serde_json::json;
use store::bank::{CARD_FEE_OF, IN_TRANSIT_OF};
use store::remittance::REMITTANCE;
use store::{Conn, Db, params};

use crate::access::allow;
use crate::{Error, bank};

/// The kind of source that the entry of a fee has.
const SOURCE: &str = "card_fee";

/// Posts the fee of a payment that came as a card. The same fee a second time is the same.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for a fee that is nothing, more than is on its way to the bank, or more than any processor
/// asks; `Refused` for a payment that is no card or not posted, or where another fee was posted.
pub fn post(db: &Db, actor: &Actor, practice: PracticeId, id: RemittanceId, fee: Money) -> Result<(), Error> {
    allow(actor, Action::WorkDeposits, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&REMITTANCE, params![id])?.ok_or(Error::NotFound("remittance"))?;
        if !is_card(&row.method) || row.state != "posted" {
            return Err(Error::refused(format!(
                "Payment {} is no virtual card, or is not posted, so no processor kept a fee of it.",
                row.trace
            )));
        }
        let known = of(tx, id)?;
        if known.is_positive() {
            return if known == fee {
                Ok(())
            } else {
                Err(Error::refused(format!("A fee of {known} was posted for payment {} already.", row.trace)))
            };
        }
        let most = row.amount_cents.share(MOST_FEE_BP).unwrap_or(Money::ZERO);
        let (on_the_way,) = tx.query_one(&IN_TRANSIT_OF, params![id])?;
        if !fee.is_positive() || fee > most || fee > on_the_way {
            let most = most.min(on_the_way).max(Money::ZERO);
            return Err(Error::invalid("fee", format!("Give the fee that was kept, above zero and at most {most}.")));
        }
        let source = EntrySource { kind: SOURCE.into(), id: id.0 };
        let entry = DraftEntry::new(tx.today(), "The processor kept its fee of a virtual card", source)
            .debit(Account::ProviderAdjustment { code: FEE_CODE.to_owned() }, fee, FEE_CODE)
            .credit(Account::InTransit { remittance: id.0 }, fee, FEE_CODE)
            .balance()
            .map_err(|why| Error::refused(format!("{why}.")))?;
        tx.post(&entry, &format!("card_fee:{id}"))?;
        tx.audit("remittance.card_fee", "remittance", id, json!({ "cents": fee }));
        bank::posted(tx, id)
    })
}

/// The fee that was posted for a payment; zero where none was.
///
/// # Errors
/// Of the store.
pub fn of(conn: &Conn, id: RemittanceId) -> Result<Money, Error> {
    Ok(conn.query_one(&CARD_FEE_OF, params![id])?.0)
}
