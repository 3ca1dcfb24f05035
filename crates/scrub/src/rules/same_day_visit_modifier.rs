//! Rule: same-day-visit-modifier. A visit beside a procedure of the same day carries modifier 25.
//!
//! Why: Without it the visit is counted into the procedure.
//! Source: NCCI policy manual ch. 1, modifier 25.
//! Example: an office visit with a joint injection.

use billing::claim::{Finding, Hand, Severity};
use codes::procedure::{is_surgery, is_visit};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Stands among the surgery numbers and is never a reason for modifier 25.
const BLOOD_DRAW: &str = "36415";

/// A visit beside a procedure of the same day carries modifier 25.
pub const RULE: Rule = Rule {
    id: "same-day-visit-modifier",
    title: "A visit beside a procedure of the same day carries modifier 25.",
    severity: Severity::Warning,
    hand: Hand::Coder,
    why: "Without it the visit is counted into the procedure.",
    source: "NCCI policy manual ch. 1, modifier 25",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let procedures: Vec<_> = input
        .lines()
        .filter(|line| is_surgery(&line.procedure.code) && line.procedure.code != BLOOD_DRAW)
        .map(|line| line.date_of_service)
        .collect();
    input
        .lines()
        .filter(|line| is_visit(&line.procedure.code) && procedures.contains(&line.date_of_service))
        .filter(|line| !line.procedure.modifiers.iter().any(|one| matches!(one.as_str(), "25" | "57" | "24")))
        .map(|line| {
            let problem =
                format!("Line {} is a visit beside a procedure of the same day, without modifier 25.", line.number);
            let remedy = "Add 25 if the note shows a separate visit, else remove the visit; or pass with a reason.";
            RULE.finding(line_field(line, "procedure.modifiers"), problem, remedy)
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
        let mut separate = clean();
        separate.body.lines.push(line(3, "20610", 12_000));
        separate.body.lines[0].procedure.modifiers = vec!["25".into()];
        passes(&RULE, &separate);
    }

    #[test]
    fn same_day_visit_modifier_is_found() {
        let mut claim = clean();
        claim.body.lines.push(line(3, "20610", 12_000));
        finds(&RULE, &claim, &["lines[1].procedure.modifiers"]);
    }
}
