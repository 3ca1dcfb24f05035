//! Rule: member-number. The member number is a real one, not a placeholder.
//!
//! Why: A made-up number is refused as "member not found".
//! Source: 005010X222A1, loop 2010BA NM109.
//! Example: UNKNOWN, 000000000.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// The member number is a real one, not a placeholder.
pub const RULE: Rule = Rule {
    id: "member-number",
    title: "The member number is a real one, not a placeholder.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A made-up number is refused as \"member not found\".",
    source: "005010X222A1, loop 2010BA NM109",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let member_id = input.body().subscriber.member_id.reveal().to_ascii_uppercase();
    let words = ["UNKNOWN", "NONE", "PENDING", "NA", "N-A", "TBD", "SELFPAY", "XXX"];
    let mut letters = member_id.chars().filter(|letter| *letter != '-');
    let first = letters.next();
    let all_alike = letters.all(|letter| Some(letter) == first);
    if words.contains(&member_id.as_str()) || all_alike {
        let problem = "The member number is a placeholder.";
        return vec![RULE.finding("subscriber.member_id", problem, "Ask for the card and copy the number.")];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use billing::identifier::MemberId;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn member_number_is_found() {
        let mut claim = clean();
        for placeholder in ["UNKNOWN", "000000000", "111-11-1111"] {
            claim.body.subscriber.member_id = MemberId::parse(placeholder).unwrap();
            finds(&RULE, &claim, &["subscriber.member_id"]);
        }
    }
}
