//! Rule: procedure-in-force. Each HCPCS code was valid on the date of service.
//!
//! Why: Codes end; the payer refuses them from the next day.
//! Source: CMS HCPCS Level II file, added and termination dates.
//! Example: a code that ended last year.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Each HCPCS code was valid on the date of service.
pub const RULE: Rule = Rule {
    id: "procedure-in-force",
    title: "Each HCPCS code was valid on the date of service.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "Codes end; the payer refuses them from the next day.",
    source: "CMS HCPCS Level II file, added and termination dates",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| {
            codes::hcpcs::find(&line.procedure.code).is_some_and(|entry| !entry.in_force(line.date_of_service))
        })
        .map(|line| {
            let problem = format!("The procedure of line {} was not valid on its date.", line.number);
            RULE.finding(line_field(line, "procedure.code"), problem, "Choose the code that replaced it.")
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
    fn procedure_in_force_is_found() {
        let mut claim = clean();
        let entry = codes::hcpcs::find("G0439").unwrap();
        claim.body.lines[0].procedure.code = "G0439".into();
        claim.body.lines[0].date_of_service = entry.first.unwrap().yesterday().unwrap();
        finds(&RULE, &claim, &["lines[1].procedure.code"]);
    }
}
