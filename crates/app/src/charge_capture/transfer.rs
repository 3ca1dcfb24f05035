//! Moves what a charge owes into another hand. A charge goes to a payer whole: what the patient paid on it is taken off and
//! kept for the patient, so that the payer's share and the patient's never mix, and what another was forgiven of it lapses.
//! Posts only; asks nobody and decides nothing.

use billing::charge::{Charge, TRANSFER};
use billing::encounter::Encounter;
use billing::patient_payment::{PAYMENT, PAYMENT_KEPT, PAYMENT_RETURNED, PaymentOnCharge, kept_entry};
use billing::write_off::Debtor;
use billing::{ChargeId, Money, PatientId, PayerId};
use ledger::{Account, AccountKind, DraftEntry, EntrySource};
use store::Tx;
use store::ledger::{ChargeBalance, ChargePosting, charge_balances, postings_of_charge};

use super::{post, receivable, source};
use crate::{Error, write_off};

/// Makes what is still open of a visit's charges owed by another: a payer, or the patient where there is none.
pub(crate) fn owed_by(
    tx: &mut Tx,
    encounter: &Encounter,
    charges: &[Charge],
    payer: Option<PayerId>,
    why: &str,
) -> Result<(), Error> {
    if let Some(payer) = payer {
        let of: Vec<ChargeId> = charges.iter().map(|charge| charge.id).collect();
        write_off::lapse_debts(tx, &of, |debtor| debtor != Debtor::Payer(payer))?;
        keep_payments(tx, charges.iter().map(|charge| (charge.id, charge.patient_id)))?;
    }
    let ids: Vec<uuid::Uuid> = charges.iter().map(|charge| charge.id.0).collect();
    let mut balances = charge_balances(tx, &ids)?;
    balances.sort_by_key(|balance| (balance.charge_id, balance.account, balance.payer_id, balance.patient_id));
    let mut entry = DraftEntry::new(tx.today(), "Another owes these charges now", source(encounter.id));
    for charge in charges {
        let target = receivable(charge, payer);
        for balance in balances.iter().filter(|balance| balance.charge_id == charge.id.0) {
            let Some(from) = owing(charge, balance) else { continue };
            if from != target && balance.cents > Money::ZERO {
                entry = entry.debit(target.clone(), balance.cents, TRANSFER).credit(from, balance.cents, TRANSFER);
            }
        }
    }
    let stamp = tx.new_id();
    post(tx, entry, &format!("transfer:{}:{why}:{stamp}", encounter.id))
}

/// The receivable that a balance of a charge stands on; none where nobody owes it.
fn owing(charge: &Charge, balance: &ChargeBalance) -> Option<Account> {
    let charge = charge.id.0;
    match balance.account {
        AccountKind::PayerReceivable => balance.payer_id.map(|payer| Account::PayerReceivable { charge, payer }),
        AccountKind::PatientReceivable => {
            balance.patient_id.map(|patient| Account::PatientReceivable { charge, patient })
        }
        AccountKind::Revenue
        | AccountKind::Contractual
        | AccountKind::WriteOff
        | AccountKind::BadDebt
        | AccountKind::EraClearing
        | AccountKind::InTransit
        | AccountKind::DepositInTransit
        | AccountKind::CashOverShort
        | AccountKind::Disputed
        | AccountKind::Undeposited
        | AccountKind::Bank
        | AccountKind::UnappliedPayer
        | AccountKind::UnappliedPatient
        | AccountKind::LegacyReceipts
        | AccountKind::PayerPayable
        | AccountKind::CreditBalance
        | AccountKind::RefundPayable
        | AccountKind::Recoupment
        | AccountKind::ProviderAdjustment
        | AccountKind::Interest
        | AccountKind::Suspense => None,
    }
}

/// Takes the patient's payments off these charges and keeps them for the patient, each by an entry that names the one
/// that put it there. They pay again when it is known what the patient owes.
pub(crate) fn keep_payments(
    tx: &mut Tx,
    charges: impl IntoIterator<Item = (ChargeId, PatientId)>,
) -> Result<(), Error> {
    for (charge, patient) in charges {
        for payment in payments_on(&postings_of_charge(tx, charge.0)?) {
            let entry = kept_entry(charge, patient, tx.today(), &payment)
                .map_err(|unbalanced| Error::refused(format!("{unbalanced}.")))?;
            let key = format!("payment_kept:{charge}:{}", tx.new_id());
            tx.post(&entry, &key)?;
        }
    }
    Ok(())
}

/// The patient's payments that stand on a charge, the latest first. Payments are taken off all at once, so what stands are
/// always the latest ones.
pub(crate) fn payments_on(postings: &[ChargePosting]) -> Vec<PaymentOnCharge> {
    let of_patient = |one: &&ChargePosting| one.account == AccountKind::PatientReceivable;
    let paid_or_kept = |one: &&ChargePosting| [PAYMENT, PAYMENT_KEPT, PAYMENT_RETURNED].contains(&one.reason.as_str());
    let mut left: Money = -postings.iter().filter(of_patient).filter(paid_or_kept).map(|one| one.cents).sum::<Money>();
    let mut standing = Vec::new();
    for one in postings.iter().rev().filter(of_patient).filter(|one| one.reason == PAYMENT) {
        let amount = left.min(-one.cents);
        if amount.is_positive() {
            let source = EntrySource { kind: one.source_kind.clone().into(), id: one.source_id };
            standing.push(PaymentOnCharge { entry: one.entry_id, source, amount });
            left -= amount;
        }
    }
    standing
}
