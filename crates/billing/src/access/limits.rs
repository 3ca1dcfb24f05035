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
}

macro_rules! limits {
    ($($(#[$doc:meta])* $variant:ident $word:literal $unit:ident $default:literal $label:literal;)*) => {
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

            /// Reads the stored word.
            pub fn parse(word: &str) -> Option<LimitKind> {
                LimitKind::ALL.iter().copied().find(|kind| kind.as_str() == word)
            }
        }
    };
}

limits! {
    /// Most a poster may move out of unapplied cash alone.
    PosterCash "poster_cash" Money 25_000 "A poster applies unapplied cash";
    /// Most a manager may write off for an account and day alone; above it the owner decides.
    ManagerWriteOff "manager_write_off" Money 100_000 "A manager approves write-offs of an account, a day";
    /// Most a manager may write off in a day alone, all accounts together.
    ManagerWriteOffDay "manager_write_off_day" Money 500_000 "A manager approves write-offs of all accounts, a day";
    /// Most a manager may refund for an account and day alone.
    ManagerRefund "manager_refund" Money 100_000 "A manager approves refunds of an account, a day";
    /// Most of what the patient owes for a visit that goes for paying at once.
    PromptPayPercent "prompt_pay_percent" Percent 100 "Discount for paying at once, of what is owed";
    /// Most of what a patient without coverage owes for a visit that is taken off.
    SelfPayPercent "self_pay_percent" Percent 100 "Discount for who pays without a plan, of what is owed";
    /// Most of what the patient owes for a visit that the policy of help takes off.
    AssistancePercent "assistance_percent" Percent 100 "Financial assistance, of what is owed";
}

/// The figures that stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits([i64; 7]);

impl Default for Limits {
    fn default() -> Self {
        let mut limits = Limits([0; 7]);
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

    /// A figure: cents, or percent.
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
        }
        limits.set(LimitKind::ManagerRefund, 7);
        assert_eq!(limits.money(LimitKind::ManagerRefund), Money::from_cents(7));
        assert_eq!(limits.money(LimitKind::ManagerWriteOff), Money::from_cents(100_000));
    }
}
