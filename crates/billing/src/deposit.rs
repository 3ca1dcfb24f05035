//! Deposit slips: cash and checks that go to the bank together, counted by one person; and a person's drawer, counted when
//! it is closed. A difference is somebody's word and a second person's approval, never an adjusted item. Pure: facts come in,
//! entries go out.

use jiff::civil::Date;
use ledger::{Account, BalancedEntry, DraftEntry, EntrySource, Unbalanced};
use serde::{Deserialize, Serialize};

use crate::{DepositSlipId, Money, RemittanceId};

/// The kind of source that entries made from a slip have.
pub const SOURCE: &str = "deposit_slip";
/// Most items of a slip: what a teller takes in one go.
pub const MOST_ITEMS: usize = 500;
/// Days from the slip until the bank must have booked it: a night deposit before a long weekend, and room.
pub const DAYS_TO_BANK: i64 = 10;
/// Days back that the list of what can be deposited looks; older money is found on the reconciliation.
pub const DAYS_LOOKED_BACK: i64 = 120;
/// The stored reason of what was counted differently.
const DIFFERENCE: &str = "difference";

/// Where a slip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlipState {
    /// The count is not what the items say: a second person decides, nothing is posted.
    Differs,
    /// On its way to the bank.
    OnTheWay,
    /// The bank has another amount: a second person decides.
    BankDiffers,
    /// In the bank.
    InBank,
    /// Undone: its items wait for another slip.
    TakenApart,
}

impl SlipState {
    /// Every state, in the order of the page.
    pub const ALL: [SlipState; 5] =
        [SlipState::OnTheWay, SlipState::Differs, SlipState::BankDiffers, SlipState::InBank, SlipState::TakenApart];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            SlipState::Differs => "differs",
            SlipState::OnTheWay => "on_the_way",
            SlipState::BankDiffers => "bank_differs",
            SlipState::InBank => "in_bank",
            SlipState::TakenApart => "taken_apart",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            SlipState::Differs => "Counted differently",
            SlipState::OnTheWay => "On the way",
            SlipState::BankDiffers => "Bank differs",
            SlipState::InBank => "In the bank",
            SlipState::TakenApart => "Taken apart",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<SlipState> {
        SlipState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What an item of a slip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Notes and coins of one payment.
    Cash,
    /// A patient's check.
    Check,
    /// A payer's paper check.
    PayerCheck,
}

impl ItemKind {
    /// Every kind.
    pub const ALL: [ItemKind; 3] = [ItemKind::Cash, ItemKind::Check, ItemKind::PayerCheck];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            ItemKind::Cash => "cash",
            ItemKind::Check => "check",
            ItemKind::PayerCheck => "payer_check",
        }
    }

    /// What a page and the slip say.
    pub fn label(self) -> &'static str {
        match self {
            ItemKind::Cash => "Cash",
            ItemKind::Check => "Check",
            ItemKind::PayerCheck => "Payer’s check",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<ItemKind> {
        ItemKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The facts of a slip that its entry names.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The slip.
    pub id: DepositSlipId,
    /// Its number.
    pub number: &'a str,
    /// What patients paid, in all; cents.
    pub of_patients: Money,
    /// Payers' checks, each with the remittance that came with it.
    pub of_payers: &'a [(RemittanceId, Money)],
    /// What was counted.
    pub counted: Money,
}

impl Facts<'_> {
    /// What the items say.
    pub fn expected(&self) -> Money {
        self.of_patients + self.of_payers.iter().map(|(_, amount)| *amount).sum::<Money>()
    }

    /// The entry by which the money leaves the desk for the bank: what was counted is on its way, what is missing is short.
    ///
    /// # Errors
    /// An entry that moves nothing.
    pub fn entry(&self, on: Date) -> Result<BalancedEntry, Unbalanced> {
        let source = EntrySource { kind: SOURCE.into(), id: self.id.0 };
        let entry = DraftEntry::new(on, "To the bank with a deposit slip", source)
            .debit(Account::DepositInTransit { slip: self.number.to_owned() }, self.counted, "deposit")
            .debit(Account::CashOverShort, self.expected() - self.counted, DIFFERENCE)
            .credit(Account::Undeposited, self.of_patients, "deposit");
        self.of_payers
            .iter()
            .fold(entry, |entry, (remittance, amount)| {
                entry.credit(Account::InTransit { remittance: remittance.0 }, *amount, "deposit")
            })
            .balance()
    }
}

/// Where a closed drawer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawerState {
    /// What was counted is what was taken.
    Closed,
    /// It is not, and a second person has not looked.
    Differs,
    /// It is not, and a second person accepted the reason.
    Accepted,
}

impl DrawerState {
    /// Every state.
    pub const ALL: [DrawerState; 3] = [DrawerState::Closed, DrawerState::Differs, DrawerState::Accepted];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            DrawerState::Closed => "closed",
            DrawerState::Differs => "differs",
            DrawerState::Accepted => "accepted",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            DrawerState::Closed => "Agrees",
            DrawerState::Differs => "Differs",
            DrawerState::Accepted => "Difference accepted",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<DrawerState> {
        DrawerState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What a line by which money left the bank turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalState {
    /// Nobody said yet; the books know nothing of it.
    Waiting,
    /// A refund that was sent.
    Refund,
    /// A patient's payment that came back: a returned check, a disputed card.
    PaymentReturn,
    /// Nothing of claims: rent, the bank's fees. The books of claims do not hold it.
    Other,
}

impl WithdrawalState {
    /// Every state.
    pub const ALL: [WithdrawalState; 4] =
        [WithdrawalState::Waiting, WithdrawalState::Refund, WithdrawalState::PaymentReturn, WithdrawalState::Other];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            WithdrawalState::Waiting => "waiting",
            WithdrawalState::Refund => "refund",
            WithdrawalState::PaymentReturn => "payment_return",
            WithdrawalState::Other => "other",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            WithdrawalState::Waiting => "Waits",
            WithdrawalState::Refund => "A refund",
            WithdrawalState::PaymentReturn => "A returned payment",
            WithdrawalState::Other => "Not from claims",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<WithdrawalState> {
        WithdrawalState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use ledger::Balances;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_short_is_told_and_never_taken_from_an_item() {
        let remittance = RemittanceId(Uuid::from_u128(3));
        for (counted, short) in [(15_000, 0), (14_500, 500), (15_100, -100)] {
            let counted = Money::from_cents(counted);
            let payers = [(remittance, Money::from_cents(9_000))];
            let id = DepositSlipId(Uuid::from_u128(1));
            let facts =
                Facts { id, number: "DS-00001", of_patients: Money::from_cents(6_000), of_payers: &payers, counted };
            let mut books = Balances::default();
            books.apply(facts.entry(date(2026, 3, 2)).unwrap().postings());
            assert_eq!(books.of(&Account::DepositInTransit { slip: "DS-00001".into() }), counted);
            assert_eq!(books.of(&Account::CashOverShort), Money::from_cents(short));
            assert_eq!(books.of(&Account::Undeposited), Money::from_cents(-6_000));
            assert_eq!(books.of(&Account::InTransit { remittance: remittance.0 }), Money::from_cents(-9_000));
            assert_eq!(books.trial(), Money::ZERO);
        }
    }
}
