//! Lines of a bank's statement and what each of them is: a payer's transfer that a remittance announced, what patients paid
//! at the desk, or money that is none of the practice's claims. Pure: facts come in, a match and an entry go out.

use jiff::civil::Date;
use ledger::{Account, BalancedEntry, DraftEntry, EntrySource, Unbalanced};
use serde::{Deserialize, Serialize};

use crate::{BankLineId, Money, RemittanceId};

/// The kind of source that entries made from a bank line have.
pub const SOURCE: &str = "bank_line";
/// Business days between a payer's transfer and its remittance, by which the two must have met (45 CFR 162.1602(d)(2), the
/// CAQH CORE rule on reassociation).
pub const DAYS_APART: u32 = 3;

/// A line of a bank's statement: money that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// The day the bank booked it.
    pub booked_on: Date,
    /// What came in; above zero.
    pub amount: Money,
    /// The number of the transfer as the bank gives it: a reference of its own, or the payer's TRN02; may be empty.
    pub trace: String,
    /// The bank's words.
    pub words: String,
}

impl Deposit {
    /// The payer's number of the transfer: what stands in a TRN segment among the words (the addenda of a CCD+ entry), else
    /// the reference. Empty where there is none.
    pub fn payer_trace(&self) -> &str {
        trace_in(&self.words).unwrap_or(self.trace.trim())
    }
}

/// TRN02 of a TRN segment inside a bank's words: "TRN*1*12345*1512345678\".
fn trace_in(words: &str) -> Option<&str> {
    words.match_indices("TRN").find_map(|(place, found)| trace_after(&words[place + found.len()..]))
}

/// The trace behind the id of a segment; none where the letters belong to a word.
fn trace_after(rest: &str) -> Option<&str> {
    let separator = rest.chars().next().filter(|first| !first.is_alphanumeric() && !first.is_whitespace())?;
    let mut elements = rest.split(separator).skip(1);
    let is_current = elements.next()? == "1";
    let end = |one: char| !one.is_alphanumeric() && !matches!(one, '-' | '.' | '/');
    let trace = elements.next()?.split(end).next()?;
    (is_current && !trace.is_empty()).then_some(trace)
}

/// What a line turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BankLineState {
    /// Nobody knows yet.
    Waiting,
    /// A payer's transfer that a posted remittance announced.
    Payer,
    /// What we brought: a deposit slip, or what patients paid at the desk.
    Patients,
    /// Money that belongs to no claim, by a person's word: rent, a refund of a supplier.
    Other,
}

impl BankLineState {
    /// Every state, in the order of the page.
    pub const ALL: [BankLineState; 4] =
        [BankLineState::Waiting, BankLineState::Payer, BankLineState::Patients, BankLineState::Other];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            BankLineState::Waiting => "waiting",
            BankLineState::Payer => "payer",
            BankLineState::Patients => "patients",
            BankLineState::Other => "other",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            BankLineState::Waiting => "Waits",
            BankLineState::Payer => "A payer’s transfer",
            BankLineState::Patients => "Our own deposit",
            BankLineState::Other => "Not from claims",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<BankLineState> {
        BankLineState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Where a line's money stood until the bank had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Announced by a remittance.
    Remittance(RemittanceId),
    /// Taken at the desk.
    Desk,
    /// Brought with a deposit slip.
    Slip {
        /// Its number.
        number: String,
        /// What it was counted at; what the bank has more or less was approved by a second person.
        counted: Money,
    },
}

/// The entry by which money that was on its way is in the bank.
///
/// # Errors
/// An entry that moves nothing.
pub fn entry(line: BankLineId, deposit: &Deposit, from: Origin) -> Result<BalancedEntry, Unbalanced> {
    let (account, left, word) = match from {
        Origin::Remittance(remittance) => (Account::InTransit { remittance: remittance.0 }, deposit.amount, "transfer"),
        Origin::Desk => (Account::Undeposited, deposit.amount, "deposit"),
        Origin::Slip { number, counted } => (Account::DepositInTransit { slip: number }, counted, "deposit"),
    };
    DraftEntry::new(deposit.booked_on, "In the bank", EntrySource { kind: SOURCE.into(), id: line.0 })
        .debit(Account::Bank, deposit.amount, word)
        .debit(Account::CashOverShort, left - deposit.amount, "difference")
        .credit(account, left, word)
        .balance()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_payers_number_is_found_in_the_words_of_a_bank() {
        for (trace, words, found) in [
            ("0042", "HARBORLIGHT HCCLAIMPMT TRN*1*HBL0126*1512345678\\", "HBL0126"),
            ("0042", "TRN*1*HBL-01/26~", "HBL-01/26"),
            ("0042", "TRN|1|991|1512345678", "991"),
            ("0042", "TRANSFER 17", "0042"),
            ("0042", "TRN*2*991*1512345678", "0042"),
            ("0042", "TRNSFR", "0042"),
            ("0042", "EASTRN HEALTH TRN*1*HBL0126*1512345678", "HBL0126"),
            ("", "CHECK DEPOSIT", ""),
        ] {
            let deposit = Deposit {
                booked_on: date(2026, 11, 2),
                amount: Money::from_cents(1),
                trace: trace.into(),
                words: words.into(),
            };
            assert_eq!(deposit.payer_trace(), found, "{words}");
        }
    }
}
