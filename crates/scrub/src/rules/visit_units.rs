//! Rule: visit-units. A visit has one unit.
//!
//! Why: A visit cannot happen twice on one line.
//! Source: Medically unlikely edits: policy for visits.
//! Example: 99213 with 2 units.

use billing::charge::Units;
use billing::claim::{Finding, Hand, Severity};
use codes::procedure::is_visit;

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// A visit has one unit.
pub const RULE: Rule = Rule {
    id: "visit-units",
    title: "A visit has one unit.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "A visit cannot happen twice on one line.",
    source: "Medically unlikely edits: policy for visits",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| is_visit(&line.procedure.code) && line.units > Units::ONE)
        .map(|line| {
            let problem = format!("Line {} is a visit with more than one unit.", line.number);
            RULE.finding(line_field(line, "units"), problem, "Set one unit, or use a line for each day.")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn visit_units_is_found() {
        let mut claim = clean();
        claim.body.lines[0].units = Units::whole(2);
        finds(&RULE, &claim, &["lines[1].units"]);
    }
}
