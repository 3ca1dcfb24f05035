//! Money that goes back to who paid it: asked for by one person, approved by another, then sent. Pure: what is overpaid comes
//! in, the parts of a refund and its entries go out. Never gives back more than stands there, and never to another payer.
//!
//! Each step moves the money on: asking takes it out of where it stood into the credit balance, so that it cannot be asked
//! for twice; the approval makes it payable; sending takes it from the bank. A refusal puts it back where it was.

use jiff::civil::Date;
use ledger::{Account, BalancedEntry, DraftEntry, EntrySource, Unbalanced};
use serde::{Deserialize, Serialize};

use crate::patient_payment::holds_card_number;
use crate::{ChargeId, Money, PatientId, PayerId, RefundId};

/// The stored kind of the source of a refund's entries.
pub const SOURCE: &str = "refund";
/// The stored reason of the postings.
const REFUND: &str = "refund";
/// Longest reference of a refund: a check number, or what the processor gave.
const LONGEST_REFERENCE: usize = 60;

/// Where a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// Asked for; waits for a second person.
    Asked,
    /// Approved; waits to be sent.
    Approved,
    /// The second person said no; the money is where it was.
    Refused,
    /// Who asked took it back; the money is where it was.
    Withdrawn,
    /// Sent.
    Sent,
}

impl RefundState {
    /// Every state, in the order of a refund's life.
    pub const ALL: [RefundState; 5] =
        [RefundState::Asked, RefundState::Approved, RefundState::Refused, RefundState::Withdrawn, RefundState::Sent];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            RefundState::Asked => "asked",
            RefundState::Approved => "approved",
            RefundState::Refused => "refused",
            RefundState::Withdrawn => "withdrawn",
            RefundState::Sent => "sent",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            RefundState::Asked => "Waits for approval",
            RefundState::Approved => "To be sent",
            RefundState::Refused => "Refused",
            RefundState::Withdrawn => "Withdrawn",
            RefundState::Sent => "Sent",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<RefundState> {
        RefundState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Who gets it: only who paid it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payee {
    /// The patient's side.
    Patient,
    /// A payer.
    Payer(PayerId),
}

/// How it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundMethod {
    /// A check of the practice; the reference is its number.
    Check,
    /// Back to the card, by the processor; the reference is what it gave.
    Card,
    /// A transfer; the reference is the bank's.
    Transfer,
}

impl RefundMethod {
    /// Every way, in the order of the form.
    pub const ALL: [RefundMethod; 3] = [RefundMethod::Check, RefundMethod::Card, RefundMethod::Transfer];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            RefundMethod::Check => "check",
            RefundMethod::Card => "card",
            RefundMethod::Transfer => "transfer",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            RefundMethod::Check => "Check",
            RefundMethod::Card => "Back to the card",
            RefundMethod::Transfer => "Transfer",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<RefundMethod> {
        RefundMethod::ALL.into_iter().find(|method| method.as_str() == word)
    }
}

/// What is wrong with the reference of a sent refund; none where it will do.
pub fn reference_problem(reference: &str) -> Option<&'static str> {
    let reference = reference.trim();
    if reference.is_empty() {
        return Some("Enter the number of the check, or what the processor or the bank gave for it.");
    }
    if holds_card_number(reference) {
        return Some(
            "This looks like a card number. Nothing was kept. Enter what the card processor gave for the refund.",
        );
    }
    (reference.chars().count() > LONGEST_REFERENCE || reference.chars().any(char::is_control))
        .then_some("At most 60 characters, on one line.")
}

/// A part of a refund: where the money stood before it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundPart {
    /// The overpaid charge; none for the patient's money that pays for nothing.
    pub charge_id: Option<ChargeId>,
    /// How much, above zero.
    pub amount: Money,
}

/// What may go back to one payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// Who paid it.
    pub payee: Payee,
    /// Where it stands: the patient's unapplied money first, then overpaid charges, the oldest first.
    pub parts: Vec<RefundPart>,
}

impl Credit {
    /// All of it.
    pub fn amount(&self) -> Money {
        self.parts.iter().map(|part| part.amount).sum()
    }

    /// The parts that make an amount; none for zero or less, or for more than stands there.
    pub fn take(&self, amount: Money) -> Option<Vec<RefundPart>> {
        if !amount.is_positive() || amount > self.amount() {
            return None;
        }
        let mut left = amount;
        let mut parts = Vec::new();
        for part in &self.parts {
            let taken = left.min(part.amount);
            if taken.is_positive() {
                parts.push(RefundPart { amount: taken, ..*part });
                left -= taken;
            }
        }
        Some(parts)
    }
}

/// The facts of a refund that its entries name.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The refund.
    pub id: RefundId,
    /// On whose account.
    pub patient_id: PatientId,
    /// Who gets it.
    pub payee: Payee,
    /// Its parts.
    pub parts: &'a [RefundPart],
}

impl Facts<'_> {
    fn draft(&self, on: Date, why: &'static str) -> DraftEntry {
        DraftEntry::new(on, why, EntrySource { kind: SOURCE.into(), id: self.id.0 })
    }

    fn amount(&self) -> Money {
        self.parts.iter().map(|part| part.amount).sum()
    }

    fn from(&self, part: &RefundPart) -> Account {
        let patient = self.patient_id.0;
        match (part.charge_id, self.payee) {
            (None, _) => Account::UnappliedPatient { patient },
            (Some(charge), Payee::Patient) => Account::PatientReceivable { charge: charge.0, patient },
            (Some(charge), Payee::Payer(payer)) => Account::PayerReceivable { charge: charge.0, payer: payer.0 },
        }
    }

    /// Asking: out of where it stood, into the credit balance.
    ///
    /// # Errors
    /// An entry that moves nothing.
    pub fn asked(&self, on: Date) -> Result<BalancedEntry, Unbalanced> {
        let entry = self.parts.iter().fold(self.draft(on, "A refund was asked for"), |entry, part| {
            entry.debit(self.from(part), part.amount, REFUND)
        });
        entry.credit(Account::CreditBalance { patient: self.patient_id.0 }, self.amount(), REFUND).balance()
    }

    /// Refusing or withdrawing: back to where it stood.
    ///
    /// # Errors
    /// As [`Facts::asked`].
    pub fn given_up(&self, on: Date) -> Result<BalancedEntry, Unbalanced> {
        let credit = Account::CreditBalance { patient: self.patient_id.0 };
        let entry = self.draft(on, "A refund was not approved").debit(credit, self.amount(), REFUND);
        self.parts.iter().fold(entry, |entry, part| entry.credit(self.from(part), part.amount, REFUND)).balance()
    }

    /// Approving: out of the credit balance, payable.
    ///
    /// # Errors
    /// As [`Facts::asked`].
    pub fn approved(&self, on: Date) -> Result<BalancedEntry, Unbalanced> {
        let patient = self.patient_id.0;
        self.draft(on, "A refund was approved")
            .debit(Account::CreditBalance { patient }, self.amount(), REFUND)
            .credit(Account::RefundPayable { patient }, self.amount(), REFUND)
            .balance()
    }

    /// Cancelling what was approved and not sent: back to where it stood.
    ///
    /// # Errors
    /// As [`Facts::asked`].
    pub fn cancelled(&self, on: Date) -> Result<BalancedEntry, Unbalanced> {
        let payable = Account::RefundPayable { patient: self.patient_id.0 };
        let entry = self.draft(on, "An approved refund was cancelled").debit(payable, self.amount(), REFUND);
        self.parts.iter().fold(entry, |entry, part| entry.credit(self.from(part), part.amount, REFUND)).balance()
    }

    /// Stopping a check that nobody cashed: back into the bank, and owed where it stood before the refund; never earned.
    ///
    /// # Errors
    /// As [`Facts::asked`].
    pub fn stopped(&self, on: Date) -> Result<BalancedEntry, Unbalanced> {
        let entry = self.draft(on, "A refund's check was stopped").debit(Account::Bank, self.amount(), REFUND);
        self.parts.iter().fold(entry, |entry, part| entry.credit(self.from(part), part.amount, REFUND)).balance()
    }

    /// Sending: from the bank.
    ///
    /// # Errors
    /// As [`Facts::asked`].
    pub fn sent(&self, on: Date) -> Result<BalancedEntry, Unbalanced> {
        let patient = self.patient_id.0;
        self.draft(on, "A refund was sent")
            .debit(Account::RefundPayable { patient }, self.amount(), REFUND)
            .credit(Account::Bank, self.amount(), REFUND)
            .balance()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use ledger::Balances;
    use uuid::Uuid;

    use super::*;

    fn cents(cents: i64) -> Money {
        Money::from_cents(cents)
    }

    fn charge(n: u128) -> Option<ChargeId> {
        Some(ChargeId(Uuid::from_u128(n)))
    }

    fn credit() -> Credit {
        let parts = vec![
            RefundPart { charge_id: None, amount: cents(500) },
            RefundPart { charge_id: charge(1), amount: cents(2_000) },
            RefundPart { charge_id: charge(2), amount: cents(300) },
        ];
        Credit { payee: Payee::Patient, parts }
    }

    #[test]
    fn a_refund_takes_what_pays_for_nothing_first_and_never_more_than_stands_there() {
        let parts = credit().take(cents(700)).unwrap();
        assert_eq!(parts.iter().map(|part| part.amount).collect::<Vec<_>>(), [cents(500), cents(200)]);
        assert_eq!(credit().take(cents(2_800)).unwrap().len(), 3);
        for impossible in [2_801, 0, -1] {
            assert_eq!(credit().take(cents(impossible)), None);
        }
    }

    #[test]
    fn asked_approved_and_sent_ends_in_the_bank_and_given_up_ends_where_it_was() {
        let on = date(2026, 3, 2);
        let parts = credit().take(cents(2_600)).unwrap();
        let (id, patient_id) = (RefundId(Uuid::from_u128(7)), PatientId(Uuid::from_u128(8)));
        for payee in [Payee::Patient, Payee::Payer(PayerId(Uuid::from_u128(9)))] {
            let facts = Facts { id, patient_id, payee, parts: &parts };
            let mut books = Balances::default();
            books.apply(facts.asked(on).unwrap().postings());
            books.apply(facts.given_up(on).unwrap().postings());
            assert!(books.iter().all(|(_, balance)| balance.is_zero()));
            for entry in [facts.asked(on), facts.approved(on), facts.sent(on)] {
                books.apply(entry.unwrap().postings());
            }
            assert_eq!(books.of(&Account::Bank), cents(-2_600));
            let mut stopped = books.clone();
            stopped.apply(facts.stopped(on).unwrap().postings());
            assert!(stopped.iter().all(|(_, balance)| balance.is_zero()), "every cent is where it was");
            assert_eq!(books.of(&Account::CreditBalance { patient: patient_id.0 }), Money::ZERO);
            assert_eq!(books.of(&Account::RefundPayable { patient: patient_id.0 }), Money::ZERO);
            assert_eq!(books.trial(), Money::ZERO);
        }
    }

    #[test]
    fn a_reference_is_no_card_number() {
        assert_eq!(reference_problem("1042"), None);
        for wrong in ["", "  ", "4111 1111 1111 1111", "two\nlines"] {
            assert!(reference_problem(wrong).is_some(), "{wrong:?}");
        }
    }
}
