//! Who owes what for a charge, a visit, a patient: folds over ledger postings, never stored as truth.
//!
//! Takes postings as plain facts and sums them; never decides what to post.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ledger::AccountKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::remittance::posting::DIFFERENCE;
use crate::{ChargeId, Money, PayerId};

/// What made a movement: the kind in the ledger's stored word, and the record's id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// "charge", "claim_payment", "patient_payment" …
    pub kind: String,
    /// The record of that kind.
    pub id: Uuid,
}

/// One posting on an account that names a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The charge.
    pub charge_id: ChargeId,
    /// The day the money fact belongs to.
    pub on: Date,
    /// Which account.
    pub account: AccountKind,
    /// The payer, on a payer's receivable.
    pub payer_id: Option<PayerId>,
    /// Debit positive, credit negative.
    pub amount: Money,
    /// The posting's stored reason: "charge", "paid", "CO-45", "PR-3" …
    pub reason: String,
    /// What it was posted from.
    pub source: Source,
}

/// Where the cents of a charge, or of several charges, stand.
/// `charged = adjusted + written_off + paid_by_payers + paid_by_patient + in_suspense + with_payers + patient_owes`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// What was charged.
    pub charged: Money,
    /// Above the payers' price: owed by nobody.
    pub adjusted: Money,
    /// We stopped asking for it, bad debt included.
    pub written_off: Money,
    /// Cash from payers, less what they took back.
    pub paid_by_payers: Money,
    /// Cash from the patient's side, less what was returned.
    pub paid_by_patient: Money,
    /// No amount of a payer tells it, and two people posted the payer's decision all the same; below zero where amounts of
    /// it tell something twice. Nobody paid it and nobody is asked for it but the payer.
    #[serde(default)]
    pub in_suspense: Money,
    /// Payers still owe it, or have it to decide.
    pub with_payers: Money,
    /// The patient owes it.
    pub patient_owes: Money,
}

impl Standing {
    /// The sum of two standings.
    pub fn plus(self, other: Standing) -> Standing {
        Standing {
            charged: self.charged + other.charged,
            adjusted: self.adjusted + other.adjusted,
            written_off: self.written_off + other.written_off,
            paid_by_payers: self.paid_by_payers + other.paid_by_payers,
            paid_by_patient: self.paid_by_patient + other.paid_by_patient,
            in_suspense: self.in_suspense + other.in_suspense,
            with_payers: self.with_payers + other.with_payers,
            patient_owes: self.patient_owes + other.patient_owes,
        }
    }

    /// What the parts fail to add up to; zero by construction, asserted by tests and by the pages that draw it.
    pub fn unexplained(&self) -> Money {
        self.charged
            - self.adjusted
            - self.written_off
            - self.paid_by_payers
            - self.paid_by_patient
            - self.in_suspense
            - self.with_payers
            - self.patient_owes
    }
}

/// What one group of postings with the same cause did to a charge, account by account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Effect {
    pub charged: Money,
    pub payers: BTreeMap<PayerId, Money>,
    pub patient: Money,
    pub adjusted: Money,
    pub written_off: Money,
}

impl Effect {
    pub(crate) fn add(&mut self, movement: &Movement) {
        let amount = movement.amount;
        match movement.account {
            AccountKind::Revenue => self.charged -= amount,
            AccountKind::PayerReceivable => {
                let payer = movement.payer_id.unwrap_or(PayerId(Uuid::nil()));
                *self.payers.entry(payer).or_default() += amount;
            }
            AccountKind::PatientReceivable => self.patient += amount,
            AccountKind::Contractual => self.adjusted += amount,
            AccountKind::WriteOff | AccountKind::BadDebt => self.written_off += amount,
            // These accounts name no charge, so no posting on them belongs to one.
            AccountKind::EraClearing
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
            | AccountKind::Suspense => {}
        }
    }

    pub(crate) fn payers_total(&self) -> Money {
        self.payers.values().sum()
    }

    /// Money from outside: what the accounts of the charge gave up without another of them taking it.
    pub(crate) fn cash(&self) -> Money {
        self.charged - self.payers_total() - self.patient - self.adjusted - self.written_off
    }

    /// What left the accounts of the charge for suspense, or came back; for the cause with this stored reason.
    pub(crate) fn in_suspense(&self, reason: &str) -> Money {
        if reason == DIFFERENCE { self.cash() } else { Money::ZERO }
    }

    /// Cash belongs to the side whose receivable it lowered. One cause lowers one side only; where a cause raised
    /// both or neither, the patient's own payments are known by their source.
    pub(crate) fn cash_is_patients(&self, source: &Source) -> bool {
        if source.kind.starts_with("patient") || source.kind.starts_with("unapplied_patient") {
            return true;
        }
        let cash = self.cash();
        let moves =
            |side: Money| (cash.is_positive() && side.is_negative()) || (cash.is_negative() && side.is_positive());
        moves(self.patient) && !moves(self.payers_total())
    }
}

/// Where the cents of the charges in `movements` stand.
pub fn standing<'a>(movements: impl IntoIterator<Item = &'a Movement>) -> Standing {
    let mut causes: BTreeMap<(ChargeId, Source, String), Effect> = BTreeMap::new();
    for movement in movements {
        let cause = (movement.charge_id, movement.source.clone(), movement.reason.clone());
        causes.entry(cause).or_default().add(movement);
    }
    let mut all = Standing::default();
    for ((_, source, reason), effect) in &causes {
        let in_suspense = effect.in_suspense(reason);
        let cash = effect.cash() - in_suspense;
        let patients = effect.cash_is_patients(source);
        all = all.plus(Standing {
            charged: effect.charged,
            adjusted: effect.adjusted,
            written_off: effect.written_off,
            paid_by_payers: if patients { Money::ZERO } else { cash },
            paid_by_patient: if patients { cash } else { Money::ZERO },
            in_suspense,
            with_payers: effect.payers_total(),
            patient_owes: effect.patient,
        });
    }
    all
}
