//! Rules of a practice about patients' money, dated: how payments are spread, and the fee for a check that came back. The
//! most that a state lets a practice ask for such a check is data with its source ([`fee_limits`]). Charges nothing itself.

use std::sync::LazyLock;

use jiff::civil::Date;

use crate::Money;
use crate::allocation::AllocationOrder;
use crate::explain::Language;

/// State, cents, source and day, one line a state.
const FEE_LIMITS: &str = include_str!("../data/returned_check_fee.tsv");

/// The code under which a fee for a returned check stands among charges. No payer is ever sent it.
pub const CHECK_FEE_CODE: &str = "RETCK";

/// What such a charge is called on papers and pages; none for any other code.
pub fn fee_words(code: &str, language: Language) -> Option<&'static str> {
    (code == CHECK_FEE_CODE).then_some(match language {
        Language::English => "Fee for a returned check",
        Language::Spanish => "Cargo por cheque devuelto",
    })
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MoneyRuleKind {
    /// How a patient's payment is spread; the value is an order's word.
    AllocationOrder,
    /// What a check that came back costs who gave it; the value is cents, zero for nothing.
    ReturnedCheckFee,
}

impl MoneyRuleKind {
    /// Every kind, in the order of the page.
    pub const ALL: [MoneyRuleKind; 2] = [MoneyRuleKind::AllocationOrder, MoneyRuleKind::ReturnedCheckFee];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            MoneyRuleKind::AllocationOrder => "allocation_order",
            MoneyRuleKind::ReturnedCheckFee => "returned_check_fee",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            MoneyRuleKind::AllocationOrder => "How a payment is spread",
            MoneyRuleKind::ReturnedCheckFee => "Fee for a returned check",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<MoneyRuleKind> {
        MoneyRuleKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A rule with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyRule {
    /// How a patient's payment is spread.
    Order(AllocationOrder),
    /// What a returned check costs; zero for nothing.
    CheckFee(Money),
}

impl MoneyRule {
    /// What it is about.
    pub fn kind(self) -> MoneyRuleKind {
        match self {
            MoneyRule::Order(_) => MoneyRuleKind::AllocationOrder,
            MoneyRule::CheckFee(_) => MoneyRuleKind::ReturnedCheckFee,
        }
    }

    /// The stored value.
    pub fn value(self) -> String {
        match self {
            MoneyRule::Order(order) => order.as_str().to_owned(),
            MoneyRule::CheckFee(fee) => fee.cents().to_string(),
        }
    }

    /// Reads a stored value.
    pub fn read(kind: MoneyRuleKind, value: &str) -> Option<MoneyRule> {
        match kind {
            MoneyRuleKind::AllocationOrder => AllocationOrder::parse(value).map(MoneyRule::Order),
            MoneyRuleKind::ReturnedCheckFee => {
                value.parse().ok().map(|cents| MoneyRule::CheckFee(Money::from_cents(cents)))
            }
        }
    }

    /// What a page says of the value.
    pub fn words(self) -> String {
        match self {
            MoneyRule::Order(order) => order.label().to_owned(),
            MoneyRule::CheckFee(fee) if fee.is_zero() => "None".to_owned(),
            MoneyRule::CheckFee(fee) => fee.to_string(),
        }
    }
}

/// What stands on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MoneyRules {
    /// How payments are spread.
    pub order: AllocationOrder,
    /// Since when; none for the program's own.
    pub order_since: Option<Date>,
    /// What a returned check costs; zero, the program's own, for nothing.
    pub check_fee: Money,
}

/// What stands on a day, of rules in the order in which they were set, each with its first day: the later word wins.
pub fn in_force(rules: impl Iterator<Item = (MoneyRule, Date)>, today: Date) -> MoneyRules {
    let mut stand = MoneyRules::default();
    let mut since: [Option<Date>; 2] = [None, None];
    for (rule, from) in rules.filter(|(_, from)| *from <= today) {
        let slot = match rule {
            MoneyRule::Order(_) => &mut since[0],
            MoneyRule::CheckFee(_) => &mut since[1],
        };
        if slot.is_some_and(|known| known > from) {
            continue;
        }
        *slot = Some(from);
        match rule {
            MoneyRule::Order(order) => (stand.order, stand.order_since) = (order, Some(from)),
            MoneyRule::CheckFee(fee) => stand.check_fee = fee,
        }
    }
    stand
}

/// What a state lets a practice ask for a returned check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeLimit {
    /// The state's two letters.
    pub state: &'static str,
    /// The most; none where we are not sure.
    pub most: Option<Money>,
    /// Where the rule stands.
    pub source: &'static str,
    /// When it was read.
    pub read_on: &'static str,
}

/// Every state's limit, by its letters.
pub fn fee_limits() -> &'static [FeeLimit] {
    static PARSED: LazyLock<Vec<FeeLimit>> = LazyLock::new(|| FEE_LIMITS.lines().filter_map(parse).collect());
    &PARSED
}

fn parse(line: &'static str) -> Option<FeeLimit> {
    let mut cells = line.split('\t');
    let (state, most, source, read_on) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    if line.starts_with('#') || state.len() != 2 {
        return None;
    }
    Some(FeeLimit { state, most: most.parse().ok().map(Money::from_cents), source, read_on })
}

/// The limit of the practice's state.
pub fn fee_limit_of(state: &str) -> Option<&'static FeeLimit> {
    fee_limits().iter().find(|limit| limit.state == state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_later_day_wins_and_nothing_counts_before_its_day() {
        let order = MoneyRule::Order;
        let rules = [
            (order(AllocationOrder::Proportional), date(2026, 1, 1)),
            (order(AllocationOrder::TodayFirst), date(2026, 6, 1)),
            (MoneyRule::CheckFee(Money::from_cents(2_500)), date(2026, 3, 1)),
            // Set later for an earlier day: what begins later still wins from its day on.
            (order(AllocationOrder::StatementFirst), date(2026, 2, 1)),
        ];
        for (today, expected, fee) in [
            (date(2025, 12, 31), AllocationOrder::OldestFirst, 0),
            (date(2026, 1, 1), AllocationOrder::Proportional, 0),
            (date(2026, 3, 1), AllocationOrder::StatementFirst, 2_500),
            (date(2026, 6, 1), AllocationOrder::TodayFirst, 2_500),
        ] {
            let stand = in_force(rules.iter().copied(), today);
            assert_eq!((stand.order, stand.check_fee.cents()), (expected, fee), "{today}");
        }
    }

    #[test]
    fn every_state_says_its_limit_and_source_or_that_we_do_not_know() {
        assert_eq!(fee_limits().len(), 51);
        for pair in fee_limits().windows(2) {
            assert!(pair[0].state < pair[1].state, "{} after {}", pair[1].state, pair[0].state);
        }
        for limit in fee_limits() {
            let is_known = limit.most.is_some();
            assert_eq!(limit.read_on.parse::<Date>().is_ok(), is_known, "{}", limit.state);
            assert_eq!(limit.source.contains(char::is_numeric), is_known, "{}", limit.state);
        }
        assert_eq!(fee_limit_of("TX").and_then(|limit| limit.most), Some(Money::from_cents(3_000)));
        assert_eq!(fee_limit_of("OH").and_then(|limit| limit.most), None);
    }

    #[test]
    fn a_rule_reads_back() {
        for rule in [MoneyRule::Order(AllocationOrder::Proportional), MoneyRule::CheckFee(Money::from_cents(2_500))] {
            assert_eq!(MoneyRule::read(rule.kind(), &rule.value()), Some(rule));
            assert_eq!(MoneyRuleKind::parse(rule.kind().as_str()), Some(rule.kind()));
        }
        assert_eq!(MoneyRule::read(MoneyRuleKind::ReturnedCheckFee, "much"), None);
    }
}
