//! Balances as folds over postings. Never stored as truth here: a fold can always be done again.

use std::collections::BTreeMap;

use crate::{Account, AccountKind, Money, Posting};

/// The balance of every account touched, debit positive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balances(BTreeMap<Account, Money>);

impl Balances {
    /// Adds postings to the fold.
    pub fn apply<'a>(&mut self, postings: impl IntoIterator<Item = &'a Posting>) {
        for posting in postings {
            match self.0.get_mut(&posting.account) {
                Some(balance) => *balance += posting.amount,
                None => {
                    self.0.insert(posting.account.clone(), posting.amount);
                }
            }
        }
    }

    /// The balance of one account, debit positive; zero where nothing was posted.
    pub fn of(&self, account: &Account) -> Money {
        self.0.get(account).copied().unwrap_or(Money::ZERO)
    }

    /// The sum over all accounts of a kind, debit positive.
    pub fn of_kind(&self, kind: AccountKind) -> Money {
        self.0.iter().filter(|(account, _)| account.kind() == kind).map(|(_, balance)| *balance).sum()
    }

    /// Every account with its balance, in the order of the chart.
    pub fn iter(&self) -> impl Iterator<Item = (&Account, Money)> {
        self.0.iter().map(|(account, balance)| (account, *balance))
    }

    /// The sum over every account: zero in true books.
    pub fn trial(&self) -> Money {
        self.0.values().sum()
    }
}
