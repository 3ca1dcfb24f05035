//! What a role may decide alone, and the practice's policy of discounts: figures with the program's own as the default, which
//! a practice may set otherwise. Sums per patient, user and day are counted by the use cases, not here.

use ledger::Money;

/// How a figure is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitUnit {
    /// Cents.
    Money,
    /// Whole percent, at most a hundred.
    Percent,
    /// A plain number: calls, days, an hour of the day.
    Count,
}

macro_rules! limits {
    ($($(#[$doc:meta])* $variant:ident $word:literal $unit:ident $least:literal $default:literal $most:literal $label:literal;)*) => {
        /// A figure that a practice may set.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LimitKind { $($(#[$doc])* $variant),* }

        impl LimitKind {
            /// Every figure, in the order of the page.
            pub const ALL: &'static [LimitKind] = &[$(LimitKind::$variant),*];

            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $(LimitKind::$variant => $word),* } }

            /// What a page says.
            pub fn label(self) -> &'static str { match self { $(LimitKind::$variant => $label),* } }

            /// How it is counted.
            pub fn unit(self) -> LimitUnit { match self { $(LimitKind::$variant => LimitUnit::$unit),* } }

            /// The program's own figure. Source: the trust model's default limits.
            pub fn default_amount(self) -> i64 { match self { $(LimitKind::$variant => $default),* } }

            /// From and to which figure a practice may set it: beyond is a mistake of typing, or against the law.
            pub fn bounds(self) -> (i64, i64) { match self { $(LimitKind::$variant => ($least, $most)),* } }

            /// Reads the stored word.
            pub fn parse(word: &str) -> Option<LimitKind> {
                LimitKind::ALL.iter().copied().find(|kind| kind.as_str() == word)
            }
        }
    };
}

limits! {
    /// Most a poster may move out of unapplied cash alone.
    PosterCash "poster_cash" Money 0 25_000 100_000_000 "A poster applies unapplied cash";
    /// Most a manager may write off for an account and day alone; above it the owner decides.
    ManagerWriteOff "manager_write_off" Money 0 100_000 100_000_000 "A manager approves write-offs of an account, a day";
    /// Most a manager may write off in a day alone, all accounts together.
    ManagerWriteOffDay "manager_write_off_day" Money 0 500_000 100_000_000 "A manager approves write-offs of all accounts, a day";
    /// Most a manager may refund for an account and day alone.
    ManagerRefund "manager_refund" Money 0 100_000 100_000_000 "A manager approves refunds of an account, a day";
    /// Most of what the patient owes for a visit that goes for paying at once.
    PromptPayPercent "prompt_pay_percent" Percent 0 100 100 "Discount for paying at once, of what is owed";
    /// Most of what a patient without coverage owes for a visit that is taken off.
    SelfPayPercent "self_pay_percent" Percent 0 100 100 "Discount for who pays without a plan, of what is owed";
    /// Most of what the patient owes for a visit that the policy of help takes off.
    AssistancePercent "assistance_percent" Percent 0 100 100 "Financial assistance, of what is owed";
    /// Calls to one person in seven days, the practice's own policy.
    CallsInSevenDays "calls_in_seven_days" Count 1 3 7 "Calls to one person in seven days";
    /// Calls about a debt in collections in seven days: seven at most (12 CFR 1006.14(b)(2)).
    CollectionCalls "collection_calls" Count 1 7 7 "Calls about a debt in collections in seven days";
    /// The first hour of a person's day at which we call: eight at the earliest (12 CFR 1006.6(b)(1)).
    ContactFromHour "contact_from_hour" Count 8 8 12 "Nobody is called before this hour of their day";
    /// The hour of a person's day from which we call no more: nine in the evening at the latest (12 CFR 1006.6(b)(1)).
    ContactUntilHour "contact_until_hour" Count 13 21 21 "Nobody is called from this hour of their day on";
    /// Days without a touch after which a claim surfaces by itself: billing offices status everything in 30 to 45 days.
    UntouchedDays "untouched_days" Count 7 30 45 "A claim that nobody touched surfaces after these days";
    /// What a claim is worth to be called about first.
    HighDollar "high_dollar" Money 0 100_000 100_000_000 "A claim is of high value from";
    /// Days since it was sent after which a claim of high value is called about first.
    HighDollarDays "high_dollar_days" Count 15 45 120 "A claim of high value is called about after these days";
}

/// The figures that stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits([i64; LimitKind::ALL.len()]);

impl Default for Limits {
    fn default() -> Self {
        let mut limits = Limits([0; LimitKind::ALL.len()]);
        for (slot, kind) in limits.0.iter_mut().zip(LimitKind::ALL) {
            *slot = kind.default_amount();
        }
        limits
    }
}

impl Limits {
    /// Sets a figure.
    pub fn set(&mut self, kind: LimitKind, amount: i64) {
        if let Some((_, slot)) = LimitKind::ALL.iter().zip(&mut self.0).find(|(of, _)| **of == kind) {
            *slot = amount;
        }
    }

    /// A figure: cents, percent, or a plain number.
    pub fn get(&self, kind: LimitKind) -> i64 {
        let found = LimitKind::ALL.iter().zip(&self.0).find(|(of, _)| **of == kind);
        found.map_or_else(|| kind.default_amount(), |(_, amount)| *amount)
    }

    /// A figure of money.
    pub fn money(&self, kind: LimitKind) -> Money {
        Money::from_cents(self.get(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_its_default_until_it_is_set() {
        let mut limits = Limits::default();
        for kind in LimitKind::ALL {
            assert_eq!(limits.get(*kind), kind.default_amount());
            assert_eq!(LimitKind::parse(kind.as_str()), Some(*kind));
            let (least, most) = kind.bounds();
            assert!((least..=most).contains(&kind.default_amount()), "{}", kind.as_str());
        }
        limits.set(LimitKind::ManagerRefund, 7);
        assert_eq!(limits.money(LimitKind::ManagerRefund), Money::from_cents(7));
        assert_eq!(limits.money(LimitKind::ManagerWriteOff), Money::from_cents(100_000));
    }
}
