//! Rule: names-fit. Names and addresses fit the letters and lengths of a claim file.
//!
//! Why: A name of other letters arrives empty, and a longer one makes the whole claim unreadable.
//! Source: 005010X222A1, NM103, NM104, NM105, N301, N302, N401; basic character set.
//! Example: a family name of seventy letters, or one written in Greek.

use billing::claim::{Finding, Hand, Severity};
use billing::letters::plain;
use billing::person::{Address, PersonName};

use crate::{Rule, ScrubInput};

/// Most letters of NM103.
const LONGEST_LAST: usize = 60;
/// Most letters of NM104.
const LONGEST_FIRST: usize = 35;
/// Most letters of NM105.
const LONGEST_MIDDLE: usize = 25;
/// Most letters of N301 and N302.
const LONGEST_STREET: usize = 55;
/// Most letters of N401.
const LONGEST_CITY: usize = 30;

/// Names and addresses fit the letters and lengths of a claim file.
pub const RULE: Rule = Rule {
    id: "names-fit",
    title: "Names and addresses fit the letters and lengths of a claim file.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A name of other letters arrives empty, and a longer one makes the whole claim unreadable.",
    source: "005010X222A1, NM103, NM104, NM105, N301, N302, N401",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let mut findings = of_person("subscriber", &body.subscriber.name, &body.subscriber.address);
    if let Some(dependent) = &body.dependent {
        findings.extend(of_person("patient", &dependent.name, &dependent.address));
    }
    findings
}

fn of_person(whose: &str, name: &PersonName, address: &Address) -> Vec<Finding> {
    [
        ("name.last", &name.last, LONGEST_LAST),
        ("name.first", &name.first, LONGEST_FIRST),
        ("name.middle", &name.middle, LONGEST_MIDDLE),
        ("address.line1", &address.line1, LONGEST_STREET),
        ("address.line2", &address.line2, LONGEST_STREET),
        ("address.city", &address.city, LONGEST_CITY),
    ]
    .into_iter()
    .filter_map(|(field, text, longest)| finding(&format!("{whose}.{field}"), text, longest))
    .collect()
}

/// An empty field is another rule's.
fn finding(field: &str, text: &str, longest: usize) -> Option<Finding> {
    let sent = plain(text);
    if sent.chars().count() > longest {
        let problem = format!("It has more than {longest} letters as it is sent.");
        return Some(RULE.finding(field, problem, "Shorten it as it stands on the card."));
    }
    let is_lost = !text.trim().is_empty() && !sent.chars().any(|letter| letter.is_ascii_alphanumeric());
    is_lost.then(|| {
        let remedy = "Write it in Latin letters, as it stands on the card.";
        RULE.finding(field, "No letter of it can be sent: a claim file takes Latin letters only.", remedy)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        let mut claim = clean();
        claim.body.subscriber.name.last = "Muñoz-Straße".into();
        passes(&RULE, &claim);
    }

    #[test]
    fn names_fit_is_found() {
        let mut claim = clean();
        claim.body.subscriber.name.last = "x".repeat(61);
        claim.body.subscriber.name.first = "Ελένη".into();
        claim.body.subscriber.address.line1 = "ß".repeat(28);
        finds(&RULE, &claim, &["subscriber.name.last", "subscriber.name.first", "subscriber.address.line1"]);
    }
}
