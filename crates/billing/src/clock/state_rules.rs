//! What states say of clocks, as data with a source a line: prompt pay, claims against an estate, unclaimed property.
//! A state of which we are not sure says so, and no figure is guessed.

use std::sync::LazyLock;

use super::{ClockKind, Length};
use crate::unclaimed;

/// State, length and source, one line a state.
const PROMPT_PAY: &str = include_str!("../../data/prompt_pay.tsv");
/// The same of claims against the estate of somebody who died.
const ESTATE_CLAIM: &str = include_str!("../../data/estate_claim.tsv");

/// What a state's law says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRule {
    /// The state's two letters.
    pub state: &'static str,
    /// How long.
    pub length: Length,
    /// Where the rule stands.
    pub source: &'static str,
}

/// The rule of a state for a kind; none where no state's law sets it, or we are not sure of it.
pub fn rule_of(kind: ClockKind, state: &str) -> Option<StateRule> {
    if kind == ClockKind::UnclaimedProperty {
        let rule = unclaimed::rule_of(state)?;
        let months = i32::from(rule.years?).checked_mul(12)?;
        return Some(StateRule { state: rule.state, length: Length::Months(months), source: rule.source });
    }
    table(kind)?.iter().find(|rule| rule.state == state).cloned()
}

/// Every rule of a kind that a table holds.
pub fn rules_of(kind: ClockKind) -> Vec<StateRule> {
    if kind == ClockKind::UnclaimedProperty {
        return unclaimed::rules().iter().filter_map(|rule| rule_of(kind, rule.state)).collect();
    }
    table(kind).map(<[StateRule]>::to_vec).unwrap_or_default()
}

fn table(kind: ClockKind) -> Option<&'static [StateRule]> {
    static PAY: LazyLock<Vec<StateRule>> = LazyLock::new(|| parse(PROMPT_PAY));
    static ESTATE: LazyLock<Vec<StateRule>> = LazyLock::new(|| parse(ESTATE_CLAIM));
    if kind == ClockKind::PromptPay {
        return Some(&PAY);
    }
    (kind == ClockKind::EstateClaim).then_some(ESTATE.as_slice())
}

fn parse(text: &'static str) -> Vec<StateRule> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (state, length, source) = (cells.next()?, cells.next()?, cells.next()?);
            Some(StateRule { state, length: Length::parse(length)?, source })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_table_is_read_and_names_its_source_or_says_unknown() {
        for (text, name) in [(PROMPT_PAY, "prompt pay"), (ESTATE_CLAIM, "estate")] {
            let lines: Vec<&str> =
                text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("state\t")).collect();
            for pair in lines.windows(2) {
                assert!(pair[0] < pair[1], "{name}: {} before {}", pair[0], pair[1]);
            }
            let known = lines.iter().filter(|line| line.split('\t').nth(1) != Some("unknown")).count();
            assert_eq!(parse(text).len(), known, "{name}: a line that is not unknown has a length");
            for rule in parse(text) {
                assert!(rule.state.len() == 2 && rule.source.contains(char::is_numeric), "{name}: {rule:?}");
            }
        }
        assert_eq!(PROMPT_PAY.lines().filter(|line| line.len() > 2 && line.as_bytes()[2] == b'\t').count(), 51);
    }

    #[test]
    fn a_kind_that_no_state_sets_has_no_rule() {
        assert_eq!(rule_of(ClockKind::PromptPay, "TX").unwrap().length, Length::Days(30));
        assert_eq!(rule_of(ClockKind::UnclaimedProperty, "TX").unwrap().length, Length::Months(36));
        assert_eq!(rule_of(ClockKind::TimelyFiling, "TX"), None);
        assert_eq!(rule_of(ClockKind::PromptPay, "XX"), None);
    }
}
