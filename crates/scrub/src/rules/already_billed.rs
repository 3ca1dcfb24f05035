//! Rule: already-billed. No service stands on another claim to the same payer.
//!
//! Why: The payer refuses the second as a duplicate.
//! Source: CARC 18.
//! Example: a visit entered twice by two people.

use billing::claim::{ClaimFrequency, Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// No service stands on another claim to the same payer.
pub const RULE: Rule = Rule {
    id: "already-billed",
    title: "No service stands on another claim to the same payer.",
    severity: Severity::Warning,
    hand: Hand::FrontDesk,
    why: "The payer refuses the second as a duplicate.",
    source: "CARC 18",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    // A replacement or void repeats its services on purpose.
    if input.body().frequency != ClaimFrequency::Original {
        return Vec::new();
    }
    input
        .lines()
        .filter(|line| {
            input
                .already_billed
                .iter()
                .any(|billed| billed.procedure == line.procedure.code && billed.date_of_service == line.date_of_service)
                && !line.procedure.modifiers.iter().any(|one| codes::modifier::marks_distinct_service(one))
        })
        .map(|line| {
            let problem = format!("The service of line {} stands on another claim to this payer.", line.number);
            RULE.finding(
                line_field(line, "procedure.code"),
                problem,
                "Close the copy, or pass with why it happened twice.",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BilledService;
    use crate::sample::{clean, passes};
    use jiff::civil::date;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn already_billed_is_found() {
        let claim = clean();
        let billed = [BilledService { procedure: "99213".into(), date_of_service: date(2026, 3, 2) }];
        let input = ScrubInput { claim: &claim, today: crate::sample::TODAY, already_billed: &billed, own_rules: &[] };
        assert_eq!(
            check(&input).iter().map(|finding| finding.field.as_str()).collect::<Vec<_>>(),
            ["lines[1].procedure.code"]
        );
    }
}
