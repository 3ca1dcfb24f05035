//! Rule: accident-state. An auto accident names its state.
//!
//! Why: The law of the state decides who pays.
//! Source: 005010X222A1, CLM11-4.
//! Example: an auto accident without a state.

use billing::claim::{Finding, Hand, Severity};
use billing::encounter::AccidentCause;

use crate::{Rule, ScrubInput};

/// An auto accident names its state.
pub const RULE: Rule = Rule {
    id: "accident-state",
    title: "An auto accident names its state.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "The law of the state decides who pays.",
    source: "005010X222A1, CLM11-4",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let Some(accident) = &input.body().accident else { return Vec::new() };
    let listed = accident.state.as_deref().is_some_and(|state| codes::postal::state_name(state).is_some());
    let needed = match accident.cause {
        AccidentCause::Auto => true,
        AccidentCause::Employment | AccidentCause::Other => accident.state.is_some(),
    };
    if !needed || listed {
        return Vec::new();
    }
    vec![RULE.finding(
        "accident.state",
        "The state of the accident is missing or is not a state.",
        "Ask where the accident happened.",
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use billing::encounter::Accident;
    use jiff::civil::date;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut at_work = clean();
        at_work.body.accident =
            Some(Accident { cause: AccidentCause::Employment, occurred_on: date(2026, 3, 1), state: None });
        passes(&RULE, &at_work);
    }

    #[test]
    fn accident_state_is_found() {
        let mut claim = clean();
        claim.body.accident = Some(Accident { cause: AccidentCause::Auto, occurred_on: date(2026, 3, 1), state: None });
        finds(&RULE, &claim, &["accident.state"]);
    }
}
