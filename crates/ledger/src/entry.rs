//! Entries: signed postings that sum to zero, or no entry at all. Nothing here changes an entry.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Account, Money};

/// One signed amount on one account: debit positive, credit negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Where the amount stands.
    pub account: Account,
    /// Debit positive, credit negative; never zero in a balanced entry.
    pub amount: Money,
    /// Why this part, in a short stored code: "charge", "paid", "CO-45", "PR-3", "copay", "PLB-WO" …
    pub reason: Cow<'static, str>,
}

impl Posting {
    /// A debit of a positive amount (a negative one is a credit).
    pub fn debit(account: Account, amount: Money, reason: impl Into<Cow<'static, str>>) -> Posting {
        Posting { account, amount, reason: reason.into() }
    }

    /// A credit of a positive amount (a negative one is a debit).
    pub fn credit(account: Account, amount: Money, reason: impl Into<Cow<'static, str>>) -> Posting {
        Posting { account, amount: -amount, reason: reason.into() }
    }
}

/// What an entry was made from: the kind in a short stored word, and the record's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EntrySource {
    /// "charge", "remittance", "claim_payment", "patient_payment", "write_off" …
    pub kind: Cow<'static, str>,
    /// The record of that kind.
    pub id: Uuid,
}

/// An entry being put together. It proves nothing until [`DraftEntry::balance`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftEntry {
    /// The civil day the money fact belongs to (no zone: a day of service or of payment).
    pub occurred_on: Date,
    /// Why this entry exists, in plain words for the people who read the books. No names of patients.
    pub reason: Cow<'static, str>,
    /// What it was made from.
    pub source: EntrySource,
    /// The entry this one corrects or reverses.
    pub corrects: Option<Uuid>,
    /// The signed postings so far.
    pub postings: Vec<Posting>,
}

/// An entry that balances. The only constructor is [`DraftEntry::balance`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalancedEntry(DraftEntry);

/// Why a draft is no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbalanced {
    /// Debits and credits differ.
    #[error("the entry is off by {difference}: debits and credits must be equal; nothing was posted")]
    Difference {
        /// Sum of all postings; debit positive.
        difference: Money,
    },
    /// Fewer than two postings that move money.
    #[error("the entry moves no money: it needs at least two postings that are not zero; nothing was posted")]
    TooFew,
    /// The sum does not fit 64-bit cents.
    #[error("the entry's sum does not fit: check the amounts; nothing was posted")]
    TooLarge,
    /// No reason given.
    #[error("the entry has no reason: every entry must say why it exists; nothing was posted")]
    NoReason,
}

impl DraftEntry {
    /// Begins an entry.
    pub fn new(occurred_on: Date, reason: impl Into<Cow<'static, str>>, source: EntrySource) -> DraftEntry {
        DraftEntry { occurred_on, reason: reason.into(), source, corrects: None, postings: Vec::new() }
    }

    /// Says which entry this one corrects.
    pub fn correcting(mut self, entry: Uuid) -> DraftEntry {
        self.corrects = Some(entry);
        self
    }

    /// Adds a debit. Zero amounts are left out when the entry is balanced.
    pub fn debit(mut self, account: Account, amount: Money, reason: impl Into<Cow<'static, str>>) -> DraftEntry {
        self.postings.push(Posting::debit(account, amount, reason));
        self
    }

    /// Adds a credit. Zero amounts are left out when the entry is balanced.
    pub fn credit(mut self, account: Account, amount: Money, reason: impl Into<Cow<'static, str>>) -> DraftEntry {
        self.postings.push(Posting::credit(account, amount, reason));
        self
    }

    /// Proves the entry: a reason, at least two postings that are not zero, and Σ = 0.
    pub fn balance(mut self) -> Result<BalancedEntry, Unbalanced> {
        if self.reason.trim().is_empty() {
            return Err(Unbalanced::NoReason);
        }
        self.postings.retain(|posting| !posting.amount.is_zero());
        let sum = Money::checked_sum(self.postings.iter().map(|p| p.amount)).ok_or(Unbalanced::TooLarge)?;
        if !sum.is_zero() {
            return Err(Unbalanced::Difference { difference: sum });
        }
        if self.postings.len() < 2 {
            return Err(Unbalanced::TooFew);
        }
        Ok(BalancedEntry(self))
    }
}

impl BalancedEntry {
    /// The civil day the money fact belongs to.
    pub fn occurred_on(&self) -> Date {
        self.0.occurred_on
    }

    /// Why this entry exists.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What it was made from.
    pub fn source(&self) -> &EntrySource {
        &self.0.source
    }

    /// The entry this one corrects.
    pub fn corrects(&self) -> Option<Uuid> {
        self.0.corrects
    }

    /// Its postings: at least two, none zero, sum zero.
    pub fn postings(&self) -> &[Posting] {
        &self.0.postings
    }

    /// The entry that undoes this one, on a day and with a reason; it names the original's id.
    pub fn reversed(&self, original: Uuid, on: Date, reason: impl Into<Cow<'static, str>>) -> BalancedEntry {
        let mut draft = self.0.clone();
        draft.occurred_on = on;
        draft.reason = reason.into();
        draft.corrects = Some(original);
        for posting in &mut draft.postings {
            posting.amount = -posting.amount;
        }
        BalancedEntry(draft)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Balances;

    const DAY: Date = jiff::civil::date(2026, 3, 2);

    fn draft() -> DraftEntry {
        DraftEntry::new(DAY, "a visit", EntrySource { kind: "charge".into(), id: Uuid::from_u128(9) })
    }

    fn cents(cents: i64) -> Money {
        Money::from_cents(cents)
    }

    #[test]
    fn a_balanced_entry_exists_and_keeps_its_facts() {
        let charge = Uuid::from_u128(1);
        let entry = draft()
            .debit(Account::PayerReceivable { charge, payer: Uuid::from_u128(2) }, cents(14_000), "charge")
            .credit(Account::Revenue { charge }, cents(14_000), "charge")
            .debit(Account::Bank, Money::ZERO, "nothing")
            .balance()
            .unwrap();
        assert_eq!(entry.postings().len(), 2);
        assert_eq!(entry.occurred_on(), DAY);
        let mut books = Balances::default();
        books.apply(entry.postings());
        books.apply(entry.reversed(Uuid::from_u128(7), DAY, "entered twice").postings());
        assert!(books.iter().all(|(_, balance)| balance.is_zero()));
    }

    #[test]
    fn what_does_not_balance_does_not_exist() {
        assert_eq!(
            draft()
                .debit(Account::Bank, cents(5), "x")
                .credit(Account::Suspense { item: Uuid::nil() }, cents(4), "x")
                .balance(),
            Err(Unbalanced::Difference { difference: cents(1) })
        );
        assert_eq!(draft().balance(), Err(Unbalanced::TooFew));
        assert_eq!(
            draft()
                .debit(Account::Bank, Money::ZERO, "x")
                .credit(Account::Suspense { item: Uuid::nil() }, Money::ZERO, "x")
                .balance(),
            Err(Unbalanced::TooFew)
        );
        let mut silent =
            draft().debit(Account::Bank, cents(5), "x").credit(Account::Suspense { item: Uuid::nil() }, cents(5), "x");
        silent.reason = "  ".into();
        assert_eq!(silent.balance(), Err(Unbalanced::NoReason));
    }

    #[test]
    fn any_mutation_of_a_cent_is_caught() {
        let mut seed = 5_u64;
        for _ in 0..5_000 {
            let mut next = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33) as i64
            };
            let mut entry = draft();
            let mut sum = Money::ZERO;
            for _ in 0..next() % 8 + 1 {
                let amount = cents(next() % 100_000 + 1);
                sum += amount;
                entry = entry.debit(Account::Bank, amount, "x");
            }
            entry = entry.credit(Account::Suspense { item: Uuid::nil() }, sum, "x");
            assert!(entry.clone().balance().is_ok());
            let at = next() as usize % entry.postings.len();
            entry.postings[at].amount += cents(1);
            assert_eq!(entry.balance(), Err(Unbalanced::Difference { difference: cents(1) }));
        }
    }
}
