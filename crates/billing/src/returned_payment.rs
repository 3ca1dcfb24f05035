//! A patient's payment that comes back: a check that the bank returned, or a card payment in dispute. The entries turn what the
//! payment did and never touch it; while a dispute runs the patient owes nothing anew.

use jiff::civil::Date;
use ledger::{Account, BalancedEntry, DraftEntry, EntrySource, Unbalanced};
use serde::{Deserialize, Serialize};

use crate::patient_payment::{PAYMENT_RETURNED, PaymentOnCharge};
use crate::{ChargeId, Money, PatientId, PaymentReturnId};

/// The kind of source that entries about a return have.
pub const SOURCE: &str = "payment_return";
/// The stored reason of the money itself.
const RETURNED: &str = "returned";

/// Where a return is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnState {
    /// A check that was not paid: what it paid is owed again.
    Returned,
    /// A card payment whose bank took the money back; nobody decided yet.
    Disputed,
    /// The money came back to us.
    Won,
    /// The money is gone: what it paid is owed again.
    Lost,
}

impl ReturnState {
    /// Every state, in the order of the page.
    pub const ALL: [ReturnState; 4] =
        [ReturnState::Disputed, ReturnState::Returned, ReturnState::Won, ReturnState::Lost];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            ReturnState::Returned => "returned",
            ReturnState::Disputed => "disputed",
            ReturnState::Won => "won",
            ReturnState::Lost => "lost",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            ReturnState::Returned => "Returned checks",
            ReturnState::Disputed => "Disputed",
            ReturnState::Won => "Won",
            ReturnState::Lost => "Lost",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<ReturnState> {
        ReturnState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Takes a payment off a charge: it is owed again, and the money waits for the entry that takes it away.
///
/// # Errors
/// [`Unbalanced`] for a payment of nothing.
pub fn off_charge(
    charge: ChargeId,
    patient: PatientId,
    on: Date,
    payment: &PaymentOnCharge,
) -> Result<BalancedEntry, Unbalanced> {
    DraftEntry::new(on, "the patient's payment came back", payment.source.clone())
        .correcting(payment.entry)
        .debit(Account::PatientReceivable { charge: charge.0, patient: patient.0 }, payment.amount, PAYMENT_RETURNED)
        .credit(Account::UnappliedPatient { patient: patient.0 }, payment.amount, PAYMENT_RETURNED)
        .balance()
}

/// Where the money of a check stands in the books when it turns out that nobody pays it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckPlace {
    /// It went to the bank, which takes its money back.
    Bank,
    /// It is in no deposit: it still lies at the desk, and the bank never saw it.
    Desk,
}

/// The facts of a return that its own entries name.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The return.
    pub id: PaymentReturnId,
    /// Whose payment it was.
    pub patient: PatientId,
    /// How much; cents.
    pub amount: Money,
}

impl Facts {
    fn draft(&self, on: Date, why: &'static str) -> DraftEntry {
        DraftEntry::new(on, why, EntrySource { kind: SOURCE.into(), id: self.id.0 })
    }

    /// A check is not paid: its money leaves where it was. What of it no charge and no kept money gives stays in dispute.
    ///
    /// # Errors
    /// An entry that moves nothing.
    pub fn check_returned(&self, on: Date, not_found: Money, place: CheckPlace) -> Result<BalancedEntry, Unbalanced> {
        let patient = self.patient.0;
        let (why, from) = match place {
            CheckPlace::Bank => ("A check came back unpaid", Account::Bank),
            CheckPlace::Desk => ("A check that was never deposited is not good", Account::Undeposited),
        };
        self.draft(on, why)
            .debit(Account::UnappliedPatient { patient }, self.amount - not_found, RETURNED)
            .debit(Account::Disputed { patient }, not_found, RETURNED)
            .credit(from, self.amount, RETURNED)
            .balance()
    }

    /// The card's bank took the money back; the patient's account stays as it is.
    ///
    /// # Errors
    /// As [`Facts::check_returned`].
    pub fn disputed(&self, on: Date) -> Result<BalancedEntry, Unbalanced> {
        let patient = self.patient.0;
        self.draft(on, "A card payment is disputed")
            .debit(Account::Disputed { patient }, self.amount, RETURNED)
            .credit(Account::Bank, self.amount, RETURNED)
            .balance()
    }

    /// The dispute was won: the money comes back, and the bank's line will say when.
    ///
    /// # Errors
    /// As [`Facts::check_returned`].
    pub fn won(&self, on: Date) -> Result<BalancedEntry, Unbalanced> {
        let patient = self.patient.0;
        self.draft(on, "A dispute was won")
            .debit(Account::Undeposited, self.amount, RETURNED)
            .credit(Account::Disputed { patient }, self.amount, RETURNED)
            .balance()
    }

    /// The dispute was lost: what the payment paid is owed again.
    ///
    /// # Errors
    /// As [`Facts::check_returned`]; also where nothing of it is found.
    pub fn lost(&self, on: Date, not_found: Money) -> Result<BalancedEntry, Unbalanced> {
        let patient = self.patient.0;
        self.draft(on, "A dispute was lost")
            .debit(Account::UnappliedPatient { patient }, self.amount - not_found, RETURNED)
            .credit(Account::Disputed { patient }, self.amount - not_found, RETURNED)
            .balance()
    }
}
