//! The provider-level ledger: what money outside any claim (PLB) does. A reason either opens and closes an *item* of its
//! payer, which walks to zero over several remittances, or is settled at once. How each behaves is data
//! (`data/provider_adjustments.tsv`). Folds postings; saves nothing, and opens no work.

pub mod reference;

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use ledger::Account;

use super::ProviderAdjustment;
use crate::{Money, PayerId};

/// Code, behaviour, days and words, one line a reason.
const RULES: &str = include_str!("../../data/provider_adjustments.tsv");

/// What the postings of a provider adjustment begin their reason with.
pub const POSTED_AS: &str = "PLB-";

/// Days after which an item of a reason that nobody has put into words is somebody's work.
const DAYS_OF_UNKNOWN: i32 = 30;

/// What a reason does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Behaviour {
    /// A payment that would fall below zero carries the rest to a later one.
    Carried,
    /// An overpayment: shown now where it is taken later, taken then.
    Recovery,
    /// Our refund, acknowledged.
    Return,
    /// Paid ahead, taken back later.
    Advance,
    /// Withheld, and perhaps paid later.
    Withheld,
    /// Taken for the debt of another provider.
    Offset,
    /// The code alone says nothing: somebody must ask.
    Unexplained,
    /// Interest.
    Interest,
    /// Paid to us for something else than a claim.
    Income,
    /// Kept by the payer.
    Kept,
    /// A fee.
    Fee,
    /// Withheld for the tax office on our account.
    Tax,
    /// Paid to somebody we owe.
    Levy,
}

/// On which side an item of a reason stands while everything goes as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The payer takes it later.
    OwedToPayer,
    /// The payer pays it later.
    OwedByPayer,
    /// On neither: an item that stays open is a question.
    Neither,
}

impl Behaviour {
    /// Every behaviour.
    pub const ALL: [Behaviour; 13] = [
        Behaviour::Carried,
        Behaviour::Recovery,
        Behaviour::Return,
        Behaviour::Advance,
        Behaviour::Withheld,
        Behaviour::Offset,
        Behaviour::Unexplained,
        Behaviour::Interest,
        Behaviour::Income,
        Behaviour::Kept,
        Behaviour::Fee,
        Behaviour::Tax,
        Behaviour::Levy,
    ];

    /// The word in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Behaviour::Carried => "carried",
            Behaviour::Recovery => "recovery",
            Behaviour::Return => "return",
            Behaviour::Advance => "advance",
            Behaviour::Withheld => "withheld",
            Behaviour::Offset => "offset",
            Behaviour::Unexplained => "unexplained",
            Behaviour::Interest => "interest",
            Behaviour::Income => "income",
            Behaviour::Kept => "kept",
            Behaviour::Fee => "fee",
            Behaviour::Tax => "tax",
            Behaviour::Levy => "levy",
        }
    }

    /// Where an item of it stands; none where it is settled at once.
    pub const fn expected(self) -> Option<Expected> {
        match self {
            Behaviour::Carried | Behaviour::Recovery | Behaviour::Advance => Some(Expected::OwedToPayer),
            Behaviour::Withheld => Some(Expected::OwedByPayer),
            Behaviour::Return | Behaviour::Offset | Behaviour::Unexplained => Some(Expected::Neither),
            Behaviour::Interest
            | Behaviour::Income
            | Behaviour::Kept
            | Behaviour::Fee
            | Behaviour::Tax
            | Behaviour::Levy => None,
        }
    }

    /// Whether it is settled at once and yet a person must look where it lowers a payment: money that is ours and did
    /// not come. Interest that is taken back follows the claim it was paid for.
    pub const fn asks_where_taken(self) -> bool {
        match self {
            Behaviour::Income | Behaviour::Kept | Behaviour::Fee | Behaviour::Tax | Behaviour::Levy => true,
            Behaviour::Carried
            | Behaviour::Recovery
            | Behaviour::Return
            | Behaviour::Advance
            | Behaviour::Withheld
            | Behaviour::Offset
            | Behaviour::Unexplained
            | Behaviour::Interest => false,
        }
    }
}

/// What is known of a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// PLB03-1.
    pub code: &'static str,
    /// What it does.
    pub behaviour: Behaviour,
    /// After so many days an item that is still open is somebody's work.
    pub days: i32,
    /// Our words for it.
    pub words: &'static str,
    /// The same in Spanish.
    pub words_es: &'static str,
}

/// Every reason of the table, by code.
pub fn rules() -> &'static [Rule] {
    static PARSED: LazyLock<Vec<Rule>> = LazyLock::new(|| RULES.lines().filter_map(parse).collect());
    &PARSED
}

fn parse(line: &'static str) -> Option<Rule> {
    let mut cells = line.split('\t');
    let (code, behaviour, days) = (cells.next()?, cells.next()?, cells.next()?);
    let behaviour = Behaviour::ALL.into_iter().find(|one| one.as_str() == behaviour)?;
    Some(Rule { code, behaviour, days: days.parse().ok()?, words: cells.next()?, words_es: cells.next()? })
}

/// What is known of a code; none for one that nobody has put into words.
pub fn rule_of(code: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.code == code)
}

/// What a code does. One that nobody knows is never settled in silence: it opens an item, and somebody asks.
pub fn behaviour_of(code: &str) -> Behaviour {
    rule_of(code).map_or(Behaviour::Unexplained, |rule| rule.behaviour)
}

/// Whether a code opens and closes items.
pub fn is_item(code: &str) -> bool {
    behaviour_of(code).expected().is_some()
}

/// Where an adjustment stands in the books. An item is its payer's and has a reference; of a payer that we do not know
/// it stands under its code.
pub fn account(adjustment: &ProviderAdjustment, payer: Option<PayerId>, item: &str) -> Account {
    let behaviour = behaviour_of(&adjustment.reason);
    match (behaviour.expected(), payer) {
        (Some(_), Some(payer)) => Account::Recoupment { payer: payer.0, reference: item.to_owned() },
        (None, _) if behaviour == Behaviour::Interest => Account::Interest,
        (Some(_) | None, _) => Account::ProviderAdjustment { code: adjustment.reason.clone() },
    }
}

/// One change of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The day of the payment, or of the person's entry.
    pub on: Date,
    /// The stored reason: "PLB-WO", or "applied" where a person gave it a line of a claim.
    pub reason: String,
    /// Positive lowered a payment.
    pub amount: Money,
}

impl Movement {
    /// The PLB code; none for a person's entry.
    pub fn code(&self) -> Option<&str> {
        self.reason.strip_prefix(POSTED_AS)
    }
}

/// What makes an open item somebody's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// The payer took more than it had announced.
    TakenBeyond,
    /// The payer gave back more than it had withheld.
    GivenBeyond,
    /// It acknowledges our refund, and no line has it yet.
    Acknowledged,
    /// The debt of another provider.
    ForAnother,
    /// The code does not say what it is for.
    Unexplained,
    /// It is open for so many days.
    TooLong(i32),
}

impl Concern {
    /// In a few words.
    pub const fn label(self) -> &'static str {
        match self {
            Concern::TakenBeyond => "Taken and not announced",
            Concern::GivenBeyond => "Paid back beyond what was withheld",
            Concern::Acknowledged => "Our refund, without its line",
            Concern::ForAnother => "For another provider",
            Concern::Unexplained => "Not explained",
            Concern::TooLong(_) => "Open for long",
        }
    }
}

/// An item as its movements leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Positive: the payer took it and has not given a reason. Negative: it is owed to the payer.
    pub balance: Money,
    /// The code that opened it last.
    pub code: String,
    /// Since when it is open; the day of its last movement where it is closed.
    pub since: Date,
    /// What was posted since it was opened last.
    codes: Vec<String>,
}

impl Standing {
    /// Folds movements in the order of the books; none of none. An item that passes zero is opened anew.
    pub fn of(movements: &[Movement]) -> Option<Standing> {
        let first = movements.first()?;
        let mut standing = Standing { balance: Money::ZERO, code: String::new(), since: first.on, codes: Vec::new() };
        for movement in movements {
            let before = standing.balance;
            // What is posted was added up before it was.
            standing.balance = before.checked_add(movement.amount).unwrap_or(before);
            if before.is_zero() || before.is_negative() != standing.balance.is_negative() {
                standing.since = movement.on;
                if before.is_zero() {
                    standing.codes.clear();
                    standing.code = movement.code().unwrap_or_default().to_owned();
                }
            }
            standing.codes.extend(movement.code().map(str::to_owned));
            if standing.balance.is_zero() {
                standing.since = movement.on;
            }
        }
        Some(standing)
    }

    /// Nothing of it is open.
    pub fn is_closed(&self) -> bool {
        self.balance.is_zero()
    }

    /// What the payer will still take; zero where it is the payer that owes.
    pub fn owed_to_payer(&self) -> Money {
        (-self.balance).max(Money::ZERO)
    }

    /// What the payer took or keeps, without the reason that would close it.
    pub fn owed_by_payer(&self) -> Money {
        self.balance.max(Money::ZERO)
    }

    /// What is somebody's work whatever day it is.
    pub fn concern(&self) -> Option<Concern> {
        if self.is_closed() {
            return None;
        }
        let has = |behaviour: Behaviour| self.codes.iter().any(|code| behaviour_of(code) == behaviour);
        if has(Behaviour::Return) && self.balance.is_negative() {
            return Some(Concern::Acknowledged);
        }
        if has(Behaviour::Unexplained) {
            return Some(Concern::Unexplained);
        }
        if has(Behaviour::Offset) {
            return Some(Concern::ForAnother);
        }
        match behaviour_of(&self.code).expected() {
            Some(Expected::OwedToPayer) if self.balance.is_positive() => Some(Concern::TakenBeyond),
            Some(Expected::OwedByPayer) if self.balance.is_negative() => Some(Concern::GivenBeyond),
            Some(Expected::Neither) if self.balance.is_positive() => Some(Concern::TakenBeyond),
            Some(_) | None => None,
        }
    }

    /// What is somebody's work today: as [`Standing::concern`], or open for longer than its reason's days.
    pub fn concern_on(&self, today: Date) -> Option<Concern> {
        self.concern().or_else(|| {
            let days = rule_of(&self.code).map_or(DAYS_OF_UNKNOWN, |rule| rule.days);
            let is_late = !self.is_closed() && today > self.since.saturating_add(days.days());
            is_late.then_some(Concern::TooLong(days))
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn walk(movements: &[(i8, &str, i64)]) -> Standing {
        let movement = |(day, code, cents): &(i8, &str, i64)| Movement {
            on: date(2026, 3, *day),
            reason: format!("PLB-{code}"),
            amount: Money::from_cents(*cents),
        };
        Standing::of(&movements.iter().map(movement).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn every_line_of_the_table_is_read_and_says_how_long_an_item_may_stay_open() {
        let lines = RULES.lines().filter(|line| !line.starts_with('#') && !line.starts_with("code\t")).count();
        assert_eq!(rules().len(), lines);
        for pair in rules().windows(2) {
            assert!(pair[0].code < pair[1].code, "{} after {}", pair[1].code, pair[0].code);
        }
        for rule in rules() {
            assert_eq!(rule.behaviour.expected().is_some(), rule.days > 0, "{}", rule.code);
            assert!(!rule.words.is_empty() && !rule.words_es.is_empty(), "{}", rule.code);
        }
        for behaviour in Behaviour::ALL {
            assert!(rules().iter().any(|rule| rule.behaviour == behaviour), "{behaviour:?}");
        }
        assert_eq!(behaviour_of("ZZ"), Behaviour::Unexplained);
    }

    #[test]
    fn an_item_walks_to_zero_and_what_goes_the_wrong_way_is_told() {
        let stories: &[(&[(i8, &str, i64)], i64, Option<Concern>)] = &[
            (&[(1, "WO", -9_000)], -9_000, None),
            (&[(1, "WO", -9_000), (8, "WO", 4_000)], -5_000, None),
            (&[(1, "WO", -9_000), (8, "WO", 4_000), (15, "WO", 5_000)], 0, None),
            (&[(1, "WO", -9_000), (8, "WO", 9_500)], 500, Some(Concern::TakenBeyond)),
            (&[(1, "WO", 9_000)], 9_000, Some(Concern::TakenBeyond)),
            (&[(1, "WO", 9_000), (8, "WO", -9_000)], 0, None),
            (&[(1, "FB", -100), (8, "FB", 100)], 0, None),
            (&[(1, "E3", 700)], 700, None),
            (&[(1, "E3", 700), (8, "E3", -900)], -200, Some(Concern::GivenBeyond)),
            (&[(1, "72", -700)], -700, Some(Concern::Acknowledged)),
            (&[(1, "WO", -700), (8, "WO", 700), (8, "72", -700)], -700, Some(Concern::Acknowledged)),
            (&[(1, "WO", -700), (8, "72", -700), (8, "WO", 1_400)], 0, None),
            (&[(1, "CS", -700)], -700, Some(Concern::Unexplained)),
            (&[(1, "OB", 700)], 700, Some(Concern::ForAnother)),
            (&[(1, "AP", -700), (8, "AP", 300)], -400, None),
            (&[(1, "ZZ", 700)], 700, Some(Concern::Unexplained)),
        ];
        for (movements, cents, concern) in stories {
            let standing = walk(movements);
            assert_eq!((standing.balance.cents(), standing.concern()), (*cents, *concern), "{movements:?}");
            let both = standing.owed_by_payer() - standing.owed_to_payer();
            assert_eq!(both, standing.balance, "{movements:?}");
        }
    }

    #[test]
    fn an_item_that_stays_open_longer_than_its_reasons_days_is_told() {
        let standing = walk(&[(1, "WO", -5), (2, "WO", 5), (3, "WO", -9_000), (20, "WO", 4_000)]);
        assert_eq!((standing.since, standing.code.as_str()), (date(2026, 3, 3), "WO"));
        assert_eq!(standing.concern_on(date(2026, 5, 2)), None);
        assert_eq!(standing.concern_on(date(2026, 5, 3)), Some(Concern::TooLong(60)));
        // Passing zero opens it anew.
        assert_eq!(walk(&[(1, "WO", -5), (9, "WO", 7)]).since, date(2026, 3, 9));
    }

    #[test]
    fn an_unknown_payers_item_stands_under_its_code_and_no_payers_ledger() {
        let of = |reason: &str| ProviderAdjustment {
            reason: reason.into(),
            reference: "R".into(),
            amount: Money::from_cents(5),
        };
        let payer = PayerId(uuid::Uuid::from_u128(1));
        let code = |code: &str| Account::ProviderAdjustment { code: code.into() };
        assert_eq!(account(&of("WO"), Some(payer), "X"), Account::Recoupment { payer: payer.0, reference: "X".into() });
        assert_eq!(account(&of("WO"), None, "X"), code("WO"));
        assert_eq!(account(&of("L6"), Some(payer), ""), Account::Interest);
        assert_eq!(account(&of("IR"), Some(payer), ""), code("IR"));
        assert_eq!(account(&of("ZZ"), Some(payer), "X"), Account::Recoupment { payer: payer.0, reference: "X".into() });
    }
}
