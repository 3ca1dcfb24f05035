//! Rule: procedure-form. Each procedure has the form of a medical procedure code.
//!
//! Why: Five characters of CPT or HCPCS; dental codes go on a dental claim.
//! Source: 005010X222A1, SV101-1 and -2.
//! Example: 9921 or D0120.

use billing::claim::{Finding, Hand, Severity};
use codes::procedure::{CodeSystem, system};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Each procedure has the form of a medical procedure code.
pub const RULE: Rule = Rule {
    id: "procedure-form",
    title: "Each procedure has the form of a medical procedure code.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "Five characters of CPT or HCPCS; dental codes go on a dental claim.",
    source: "005010X222A1, SV101-1 and -2",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in input.lines() {
        let problem = match system(&line.procedure.code) {
            None => format!("Line {} does not carry the form of a procedure code.", line.number),
            Some(CodeSystem::Cdt) => {
                format!("Line {} carries a dental code, which this kind of claim does not take.", line.number)
            }
            Some(
                CodeSystem::CptCategoryOne
                | CodeSystem::CptCategoryTwo
                | CodeSystem::CptCategoryThree
                | CodeSystem::CptOther
                | CodeSystem::HcpcsLevelTwo,
            ) => continue,
        };
        findings.push(RULE.finding(line_field(line, "procedure.code"), problem, "Look the procedure up again."));
    }
    findings
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
    fn procedure_form_is_found() {
        let mut claim = clean();
        claim.body.lines[0].procedure.code = "9921".into();
        claim.body.lines[1].procedure.code = "D0120".into();
        finds(&RULE, &claim, &["lines[1].procedure.code", "lines[2].procedure.code"]);
    }
}
