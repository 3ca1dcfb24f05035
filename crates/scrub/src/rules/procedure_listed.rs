//! Rule: procedure-listed. Each HCPCS code is on the list.
//!
//! Why: The list of this program may be older than the code, so it is only a warning.
//! Source: CMS HCPCS Level II file.
//! Example: G9999 typed for G0439.

use billing::claim::{Finding, Hand, Severity};
use codes::procedure::{CodeSystem, system};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Each HCPCS code is on the list.
pub const RULE: Rule = Rule {
    id: "procedure-listed",
    title: "Each HCPCS code is on the list.",
    severity: Severity::Warning,
    hand: Hand::Coder,
    why: "The list of this program may be older than the code, so it is only a warning.",
    source: "CMS HCPCS Level II file",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| {
            system(&line.procedure.code) == Some(CodeSystem::HcpcsLevelTwo)
                && codes::hcpcs::find(&line.procedure.code).is_none()
        })
        .map(|line| {
            let problem = format!("The procedure of line {} is not on the HCPCS list of this program.", line.number);
            RULE.finding(
                line_field(line, "procedure.code"),
                problem,
                "Correct it, or pass with where the new code was published.",
            )
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
    fn procedure_listed_is_found() {
        let mut claim = clean();
        claim.body.lines[0].procedure.code = "A0002".into();
        finds(&RULE, &claim, &["lines[1].procedure.code"]);
    }
}
