//! Money of patients that nobody claims: after how many years a state wants it reported. The years are data with their
//! source ([`RULES`]); a state of which we are not sure says so, and no year is guessed. Reports nothing to anybody.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;

/// State, years and source, one line a state.
const RULES: &str = include_str!("../data/unclaimed_property.tsv");

/// What a state's law says of a customer's credit that nobody claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The state's two letters.
    pub state: &'static str,
    /// Years without a sign of the owner; none where we are not sure.
    pub years: Option<i16>,
    /// Where the rule stands.
    pub source: &'static str,
}

/// Every state's rule, by its letters.
pub fn rules() -> &'static [Rule] {
    static PARSED: LazyLock<Vec<Rule>> = LazyLock::new(|| RULES.lines().filter_map(parse).collect());
    &PARSED
}

fn parse(line: &'static str) -> Option<Rule> {
    let mut cells = line.split('\t');
    let (state, years, source) = (cells.next()?, cells.next()?, cells.next()?);
    if line.starts_with('#') || state.len() != 2 {
        return None;
    }
    Some(Rule { state, years: years.parse().ok(), source })
}

/// The rule of the state in which the owner was last known to live; none for a place that is no state.
pub fn rule_of(state: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.state == state)
}

/// The day from which money that last moved on a day is unclaimed property.
pub fn dormant_on(since: Date, rule: &Rule) -> Option<Date> {
    rule.years.map(|years| since.saturating_add(years.years()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_state_has_a_line_that_says_its_years_and_their_source_or_that_we_do_not_know() {
        let lines = RULES.lines().filter(|line| !line.starts_with('#') && !line.starts_with("state\t")).count();
        assert_eq!((rules().len(), lines), (51, 51), "fifty states and the District of Columbia");
        for pair in rules().windows(2) {
            assert!(pair[0].state < pair[1].state, "{} after {}", pair[1].state, pair[0].state);
        }
        for line in RULES.lines().filter(|line| !line.starts_with('#') && !line.starts_with("state\t")) {
            let rule = parse(line).unwrap();
            let says_unknown = line.split('\t').nth(1) == Some("unknown");
            assert_eq!(rule.years.is_none(), says_unknown, "{line}");
            assert!(rule.years.is_none_or(|years| (1..=7).contains(&years)), "{line}");
            assert!(!rule.source.is_empty() && (says_unknown || rule.source.contains(char::is_numeric)), "{line}");
        }
    }

    #[test]
    fn the_years_run_from_the_last_movement() {
        let texas = rule_of("TX").unwrap();
        assert_eq!(dormant_on(date(2024, 2, 29), texas), Some(date(2027, 2, 28)));
        assert_eq!(rule_of("XX"), None);
        let unknown = rules().iter().find(|rule| rule.years.is_none()).unwrap();
        assert_eq!(dormant_on(date(2024, 2, 29), unknown), None);
    }
}
