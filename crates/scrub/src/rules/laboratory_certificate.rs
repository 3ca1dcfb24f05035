//! Rule: laboratory-certificate. Laboratory tests name the laboratory's certificate.
//!
//! Why: A test without a CLIA number is not paid.
//! Source: 42 CFR 493; 005010X222A1, REF X4.
//! Example: a blood panel, no certificate on file.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// Laboratory tests name the laboratory's certificate.
pub const RULE: Rule = Rule {
    id: "laboratory-certificate",
    title: "Laboratory tests name the laboratory's certificate.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A test without a CLIA number is not paid.",
    source: "42 CFR 493; 005010X222A1, REF X4",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let certified = body.clia_number.as_deref().is_some_and(codes::identifier::is_clia);
    // Modifier 90: an outside laboratory did it, and bills with its own certificate.
    let own_test = |line: &&billing::claim::ServiceLine| {
        codes::procedure::is_laboratory(&line.procedure.code) && !line.procedure.modifiers.iter().any(|one| one == "90")
    };
    if certified {
        return Vec::new();
    }
    input
        .lines()
        .filter(own_test)
        .take(1)
        .map(|line| {
            let problem = format!(
                "Line {} is a laboratory test, and the certificate (CLIA) number is missing or wrong.",
                line.number
            );
            RULE.finding("clia_number", problem, "Enter the laboratory's certificate number with the facility.")
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
        let mut certified = clean();
        certified.body.lines.push(line(3, "80053", 4_000));
        certified.body.clia_number = Some("22D1234567".into());
        passes(&RULE, &certified);
    }

    #[test]
    fn laboratory_certificate_is_found() {
        let mut claim = clean();
        claim.body.lines.push(line(3, "80053", 4_000));
        finds(&RULE, &claim, &["clia_number"]);
    }
}
