//! Rule: duplicate-line. No line says the same as another.
//!
//! Why: The payer pays it once and refuses the other.
//! Source: CARC 18; NCCI policy manual ch. 1.
//! Example: the same injection twice without a modifier.

use billing::claim::{Finding, Hand, ServiceLine, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// No line says the same as another.
pub const RULE: Rule = Rule {
    id: "duplicate-line",
    title: "No line says the same as another.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "The payer pays it once and refuses the other.",
    source: "CARC 18; NCCI policy manual ch. 1",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let lines: Vec<_> = input.lines().collect();
    let same = |one: &ServiceLine, other: &ServiceLine| {
        one.procedure == other.procedure
            && one.date_of_service == other.date_of_service
            && input.place(one) == input.place(other)
    };
    lines
        .iter()
        .enumerate()
        .filter(|(at, line)| lines.iter().take(*at).any(|earlier| same(earlier, line)))
        .filter(|(_, line)| !line.procedure.modifiers.iter().any(|one| codes::modifier::marks_distinct_service(one)))
        .map(|(_, line)| {
            let problem = format!("Line {} says the same as an earlier line.", line.number);
            let remedy = "Remove it, raise the units of the first, or add the modifier that tells them apart.";
            RULE.finding(line_field(line, "procedure.code"), problem, remedy)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::line;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut repeated = clean();
        repeated.body.lines.push(line(3, "36415", 1_500));
        repeated.body.lines[2].procedure.modifiers = vec!["91".into()];
        passes(&RULE, &repeated);
    }

    #[test]
    fn duplicate_line_is_found() {
        let mut claim = clean();
        claim.body.lines.push(line(3, "36415", 1_500));
        finds(&RULE, &claim, &["lines[3].procedure.code"]);
    }
}
