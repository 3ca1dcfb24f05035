//! Rule: permission-numbers. Authorization and referral numbers have the form of one.
//!
//! Why: A word such as "pending" is sent as a number and refused.
//! Source: 005010X222A1, REF G1, REF 9F (at most 50 characters).
//! Example: authorization "PENDING".

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// Most characters of REF02.
const LONGEST: usize = 50;

/// Authorization and referral numbers have the form of one.
pub const RULE: Rule = Rule {
    id: "permission-numbers",
    title: "Authorization and referral numbers have the form of one.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A word such as \"pending\" is sent as a number and refused.",
    source: "005010X222A1, REF G1, REF 9F (at most 50 characters)",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let wrong = |number: &str| {
        number.is_empty()
            || number.len() > LONGEST
            || !number.bytes().any(|digit| digit.is_ascii_digit())
            || !number.bytes().all(|one| one.is_ascii_alphanumeric() || b"-./ ".contains(&one))
    };
    [("prior_authorization", &body.prior_authorization), ("referral_number", &body.referral_number)]
        .into_iter()
        .filter(|(_, number)| number.as_deref().is_some_and(|number| wrong(number.trim())))
        .map(|(field, _)| {
            let problem = "The permission number is a word, has odd characters, or is too long.";
            RULE.finding(field, problem, "Copy the number from the payer's letter, or leave the field empty.")
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
        let mut numbered = clean();
        numbered.body.prior_authorization = Some("A-20260301".into());
        passes(&RULE, &numbered);
    }

    #[test]
    fn permission_numbers_is_found() {
        let mut claim = clean();
        claim.body.prior_authorization = Some("PENDING".into());
        claim.body.referral_number = Some("R*1".into());
        finds(&RULE, &claim, &["prior_authorization", "referral_number"]);
    }
}
