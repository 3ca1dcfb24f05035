//! How a patient's payment is spread over what is owed when nothing else is said: the orders that a practice may choose. What a
//! person names goes first whatever the order, and what is kept for one visit pays no other. Pure; always adds up to the cent
//! and never pays more than is owed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::patient_payment::{Allocation, OpenBalance};
use crate::{EncounterId, Money};

macro_rules! orders {
    ($($(#[$doc:meta])* $variant:ident $word:literal $label:literal $says:literal;)*) => {
        /// The order in which open balances are paid.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum AllocationOrder { $($(#[$doc])* $variant),* }

        impl AllocationOrder {
            /// Every order, in the order of the form.
            pub const ALL: &'static [AllocationOrder] = &[$(AllocationOrder::$variant),*];

            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $(AllocationOrder::$variant => $word),* } }

            /// What a form says.
            pub fn label(self) -> &'static str { match self { $(AllocationOrder::$variant => $label),* } }

            /// What a preview and a receipt say of it.
            pub fn says(self) -> &'static str { match self { $(AllocationOrder::$variant => $says),* } }
        }
    };
}

orders! {
    /// By the day of the service: the oldest is paid first and whole.
    #[default]
    OldestFirst "oldest_first" "Oldest visit first" "The oldest visit is paid first and whole, then the next.";
    /// What the last statement asked for, then the rest.
    StatementFirst "statement_first" "What the last statement asked for first"
        "What the last statement asked for is paid first, the oldest visit before the others; then the rest.";
    /// What is owed for today, then the oldest.
    TodayFirst "today_first" "Today's visit first, such as its copay"
        "What is owed for today's visit is paid first; then the oldest visit before the others.";
    /// Every balance gets its share.
    Proportional "proportional" "Every visit its share" "Every balance gets its share of the payment, to the cent.";
}

impl AllocationOrder {
    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<AllocationOrder> {
        AllocationOrder::ALL.iter().copied().find(|order| order.as_str() == word)
    }
}

/// What who pays said about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The visit it is for: paid before any other.
    pub visit: EncounterId,
    /// For that visit alone: what it does not owe yet is kept for it and pays no other.
    pub only: bool,
}

/// What decides how a payment is spread.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spread<'a> {
    /// The practice's order.
    pub order: AllocationOrder,
    /// What who pays said.
    pub named: Option<Named>,
    /// The day of the payment.
    pub today: Date,
    /// Days of the visits that the last statement asked for.
    pub stated: &'a [Date],
}

/// Spreads an amount over open balances, which come in the order of their days with those that wait for a payer last. What is
/// asked for is paid before what waits; in each the practice's order holds.
pub fn spread(amount: Money, open: &[OpenBalance], how: &Spread<'_>) -> Allocation {
    let mut left = amount;
    let mut charges: Vec<(OpenBalance, Money)> = Vec::new();
    let is_named = |balance: &OpenBalance| how.named.is_some_and(|named| named.visit == balance.encounter_id);
    pay(&mut left, &mut charges, open.iter().filter(|balance| is_named(balance)));
    if how.named.is_some_and(|named| named.only) {
        return Allocation { charges, unapplied: left };
    }
    let (asked, waiting): (Vec<&OpenBalance>, Vec<&OpenBalance>) =
        open.iter().filter(|balance| !is_named(balance)).partition(|balance| !balance.waits);
    let comes_first = |balance: &OpenBalance| match how.order {
        AllocationOrder::StatementFirst => how.stated.contains(&balance.date_of_service),
        AllocationOrder::TodayFirst => balance.date_of_service == how.today,
        AllocationOrder::OldestFirst | AllocationOrder::Proportional => false,
    };
    let (first, then): (Vec<&OpenBalance>, Vec<&OpenBalance>) =
        asked.into_iter().partition(|balance| comes_first(balance));
    let owed: Money = then.iter().map(|balance| balance.owes.max(Money::ZERO)).sum();
    pay(&mut left, &mut charges, first.into_iter());
    if how.order == AllocationOrder::Proportional && left.is_positive() && left < owed {
        share(&mut left, &mut charges, &then);
    }
    pay(&mut left, &mut charges, then.into_iter());
    pay(&mut left, &mut charges, waiting.into_iter());
    Allocation { charges, unapplied: left }
}

/// Pays balances whole, one after the other, while something is left.
fn pay<'b>(left: &mut Money, charges: &mut Vec<(OpenBalance, Money)>, balances: impl Iterator<Item = &'b OpenBalance>) {
    for balance in balances {
        let part = (*left).min(balance.owes);
        if part.is_positive() {
            charges.push((*balance, part));
            *left -= part;
        }
    }
}

/// Gives every balance its share of less than all of them: by largest remainder, so that no part is above what is owed.
fn share(left: &mut Money, charges: &mut Vec<(OpenBalance, Money)>, balances: &[&OpenBalance]) {
    let weights: Vec<u64> =
        balances.iter().map(|balance| u64::try_from(balance.owes.cents()).unwrap_or_default()).collect();
    for (balance, part) in balances.iter().zip(left.allocate(&weights)) {
        if part.is_positive() {
            charges.push((**balance, part));
        }
    }
    *left = Money::ZERO;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChargeId;
    use jiff::civil::date;
    use uuid::Uuid;

    const TODAY: Date = date(2026, 3, 9);

    fn balance(number: u128, on: Date, cents: i64, waits: bool) -> OpenBalance {
        OpenBalance {
            charge_id: ChargeId(Uuid::from_u128(number)),
            encounter_id: EncounterId(Uuid::from_u128(100 + number)),
            date_of_service: on,
            owes: Money::from_cents(cents),
            waits,
        }
    }

    fn open() -> Vec<OpenBalance> {
        vec![
            balance(1, date(2026, 1, 5), 3_000, false),
            balance(2, date(2026, 2, 2), 1_000, false),
            balance(3, TODAY, 2_000, false),
            balance(4, date(2026, 1, 2), 5_000, true),
        ]
    }

    fn parts(allocation: &Allocation) -> Vec<(u128, i64)> {
        allocation.charges.iter().map(|(one, part)| (one.charge_id.0.as_u128(), part.cents())).collect()
    }

    fn paid(cents: i64, how: &Spread) -> (Vec<(u128, i64)>, i64) {
        let allocation = spread(Money::from_cents(cents), &open(), how);
        (parts(&allocation), allocation.unapplied.cents())
    }

    #[test]
    fn every_order_pays_what_it_says_first() {
        let stated = [date(2026, 2, 2)];
        let how = |order| Spread { order, today: TODAY, stated: &stated, named: None };
        for (order, amount, expected, rest) in [
            (AllocationOrder::OldestFirst, 3_500, vec![(1, 3_000), (2, 500)], 0),
            (AllocationOrder::TodayFirst, 2_500, vec![(3, 2_000), (1, 500)], 0),
            (AllocationOrder::StatementFirst, 2_500, vec![(2, 1_000), (1, 1_500)], 0),
            (AllocationOrder::Proportional, 3_000, vec![(1, 1_500), (2, 500), (3, 1_000)], 0),
            (AllocationOrder::Proportional, 1, vec![(1, 1)], 0),
            (AllocationOrder::Proportional, 6_100, vec![(1, 3_000), (2, 1_000), (3, 2_000), (4, 100)], 0),
            (AllocationOrder::OldestFirst, 12_000, vec![(1, 3_000), (2, 1_000), (3, 2_000), (4, 5_000)], 1_000),
        ] {
            assert_eq!(paid(amount, &how(order)), (expected, rest), "{order:?} {amount}");
        }
    }

    #[test]
    fn what_is_named_goes_first_and_what_is_kept_for_a_visit_pays_no_other() {
        let named = |number: u128, only| Some(Named { visit: EncounterId(Uuid::from_u128(100 + number)), only });
        let how = |order, named| Spread { order, today: TODAY, stated: &[], named };
        for order in AllocationOrder::ALL {
            let (parts, rest) = paid(1_500, &how(*order, named(2, false)));
            assert_eq!((parts[0], rest), ((2, 1_000), 0), "{order:?}");
            assert_eq!(paid(1_500, &how(*order, named(2, true))), (vec![(2, 1_000)], 500), "{order:?}");
            // A visit that owes nothing yet: all of it is kept for it.
            assert_eq!(paid(1_500, &how(*order, named(9, true))), (vec![], 1_500), "{order:?}");
            assert_eq!(paid(1_500, &how(*order, named(4, true))), (vec![(4, 1_500)], 0), "{order:?}");
        }
    }

    /// A stream of numbers from a seed.
    fn stream(seed: u64) -> impl FnMut() -> u64 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        }
    }

    #[test]
    fn it_always_adds_up_and_never_pays_more_than_is_owed() {
        let mut next = stream(7);
        for round in 0..20_000_u64 {
            let count = next() % 9;
            let open: Vec<OpenBalance> = (0..count)
                .map(|place| {
                    let on = TODAY.saturating_sub(jiff::Span::new().days((next() % 5) as i64));
                    balance(u128::from(place), on, (next() % 50_000) as i64, next().is_multiple_of(4))
                })
                .collect();
            let visit = EncounterId(Uuid::from_u128(u128::from(100 + next() % 10)));
            let named = (next().is_multiple_of(3)).then(|| Named { visit, only: next().is_multiple_of(2) });
            let order = AllocationOrder::ALL[(next() % 4) as usize];
            let stated = [TODAY.saturating_sub(jiff::Span::new().days(1))];
            let amount = Money::from_cents((next() % 120_000) as i64 + 1);
            let how = Spread { order, named, today: TODAY, stated: &stated };
            let allocation = spread(amount, &open, &how);
            let applied: Money = allocation.charges.iter().map(|(_, part)| *part).sum();
            assert_eq!(applied + allocation.unapplied, amount, "round {round} {order:?}");
            let owed: Money = open.iter().map(|one| one.owes).sum();
            for one in &open {
                let of: Money = allocation
                    .charges
                    .iter()
                    .filter(|(charge, _)| charge.charge_id == one.charge_id)
                    .map(|(_, part)| *part)
                    .sum();
                assert!(of <= one.owes && !of.is_negative(), "round {round} {order:?}");
            }
            assert!(allocation.charges.iter().all(|(_, part)| part.is_positive()));
            let kept_apart = named.is_some_and(|named| named.only);
            assert!(
                kept_apart || allocation.unapplied.is_zero() || applied == owed,
                "nothing is left while it is owed"
            );
        }
    }

    #[test]
    fn every_order_reads_back_and_explains_itself() {
        for order in AllocationOrder::ALL {
            assert_eq!(AllocationOrder::parse(order.as_str()), Some(*order));
            assert!(order.says().ends_with('.'));
        }
        assert_eq!(AllocationOrder::default(), AllocationOrder::OldestFirst);
    }
}
