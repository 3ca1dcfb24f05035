//! Accounting months: a month is closed when it is over and nothing that must not is open; what concerns it later is dated
//! in the first open one. And what a month's books say: what was owed, what came to it, what went, what is owed. Pure.

use jiff::ToSpan;
use jiff::civil::Date;
use ledger::AccountKind;

use crate::Money;

macro_rules! steps {
    ($($(#[$doc:meta])* $variant:ident $word:literal $label:literal;)*) => {
        /// What is said of a month.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PeriodStep { $($(#[$doc])* $variant),* }

        impl PeriodStep {
            /// Every step.
            pub const ALL: &'static [PeriodStep] = &[$(PeriodStep::$variant),*];

            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $(PeriodStep::$variant => $word),* } }

            /// What a page says.
            pub fn label(self) -> &'static str { match self { $(PeriodStep::$variant => $label),* } }

            /// Reads the stored word.
            pub fn parse(word: &str) -> Option<PeriodStep> {
                PeriodStep::ALL.iter().copied().find(|step| step.as_str() == word)
            }
        }
    };
}

steps! {
    /// It takes no further entry.
    Closed "closed" "Closed";
    /// Somebody asks for it to be opened again.
    ReopeningAsked "reopening_asked" "Reopening asked for";
    /// A second person opened it again.
    Reopened "reopened" "Reopened";
    /// A second person did not.
    ReopeningRefused "reopening_refused" "Reopening refused";
}

/// A month of the books, by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Month {
        Month(day.first_of_month())
    }

    /// Reads "2026-10".
    pub fn parse(text: &str) -> Option<Month> {
        let text = text.trim();
        let day: Date = (text.len() == "2026-10".len()).then(|| format!("{text}-01").parse().ok()).flatten()?;
        Some(Month(day))
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.0
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.0.last_of_month()
    }

    /// The one after it.
    pub fn next(self) -> Month {
        Month(self.0.saturating_add(1.month()))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m"))
    }
}

/// What a month's books say of what is owed: opening and everything that moved it, closing. The amounts add up to the cent,
/// because every entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Roll {
    /// What was owed before the month.
    pub opening: Money,
    /// Charged, less what was taken out of the charges again.
    pub charges: Money,
    /// Written down by contract or law.
    pub contractual: Money,
    /// Written off, bad debt among it.
    pub write_offs: Money,
    /// Paid by payers and patients and applied to what was owed, what was taken back taken off, with interest.
    pub payments: Money,
    /// What is owed after it.
    pub closing: Money,
}

impl Roll {
    /// From the balances of every account: before the month, and what moved in it.
    pub fn of(sums: &[(AccountKind, Money, Money)]) -> Roll {
        let mut roll = Roll::default();
        for (account, before, moved) in sums {
            match account {
                AccountKind::PayerReceivable | AccountKind::PatientReceivable => {
                    roll.opening += *before;
                    roll.closing += *before + *moved;
                }
                AccountKind::Revenue => roll.charges -= *moved,
                AccountKind::Contractual => roll.contractual += *moved,
                AccountKind::WriteOff | AccountKind::BadDebt => roll.write_offs += *moved,
                AccountKind::EraClearing
                | AccountKind::InTransit
                | AccountKind::Undeposited
                | AccountKind::Bank
                | AccountKind::UnappliedPayer
                | AccountKind::UnappliedPatient
                | AccountKind::CreditBalance
                | AccountKind::RefundPayable
                | AccountKind::Recoupment
                | AccountKind::ProviderAdjustment
                | AccountKind::Interest
                | AccountKind::DepositInTransit
                | AccountKind::CashOverShort
                | AccountKind::Disputed
                | AccountKind::LegacyReceipts
                | AccountKind::PayerPayable
                | AccountKind::Suspense => roll.payments += *moved,
            }
        }
        roll
    }

    /// By how much opening, charges, payments and adjustments miss the closing; zero in true books.
    pub fn difference(&self) -> Money {
        self.opening + self.charges - self.contractual - self.write_offs - self.payments - self.closing
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_is_read_and_told_and_followed_by_the_next() {
        let month = Month::parse("2026-12").unwrap();
        assert_eq!((month.first(), month.last()), (date(2026, 12, 1), date(2026, 12, 31)));
        assert_eq!(
            (month.next().to_string(), Month::of(date(2026, 2, 28)).to_string()),
            ("2027-01".into(), "2026-02".into())
        );
        for text in ["", "2026", "2026-13", "2026-1", "2026-10-05", "x026-10"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
        for step in PeriodStep::ALL {
            assert_eq!(PeriodStep::parse(step.as_str()), Some(*step));
        }
    }

    #[test]
    fn what_was_owed_and_what_moved_it_add_up_to_what_is_owed() {
        let cents = Money::from_cents;
        let sums = [
            (AccountKind::PayerReceivable, cents(10_000), cents(2_000)),
            (AccountKind::PatientReceivable, cents(500), cents(-100)),
            (AccountKind::Revenue, cents(-10_500), cents(-9_000)),
            (AccountKind::Contractual, Money::ZERO, cents(3_000)),
            (AccountKind::WriteOff, Money::ZERO, cents(100)),
            (AccountKind::InTransit, Money::ZERO, cents(4_500)),
            (AccountKind::UnappliedPatient, Money::ZERO, cents(-500)),
        ];
        let roll = Roll::of(&sums);
        assert_eq!((roll.opening, roll.closing, roll.charges), (cents(10_500), cents(12_400), cents(9_000)));
        assert_eq!((roll.payments, roll.difference()), (cents(4_000), Money::ZERO));
    }
}
