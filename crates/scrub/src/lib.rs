//! Is this claim fit to send? One rule a file, all of them in one slice, each pure: a claim in, findings out.
//!
//! An error keeps the claim back until it is mended, a warning until somebody gives a reason. A finding names the field
//! to mend and the hand that mends it, and never a patient, a diagnosis or a member number. Nothing here loads, saves,
//! or looks at a clock: today comes in with the claim.

pub mod input;
pub mod own;
pub mod rule;
pub mod rules;

#[cfg(test)]
mod sample;

pub use billing::claim::{Finding, Hand, Severity};
pub use input::{BilledService, ScrubInput};
pub use rule::Rule;

/// Every finding of every rule, the practice's own among them, errors first, else in the order of the rules.
pub fn scrub(input: &ScrubInput<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = rules::ALL.iter().flat_map(|rule| (rule.check)(input)).collect();
    findings.extend(input.own_rules.iter().flat_map(|rule| rule.check(input)));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// The reference page of all rules, as Markdown: made from the registry so that it cannot fall behind.
pub fn reference() -> String {
    let mut page = String::from(
        "# Scrub rules\n\nEvery claim passes these before it may leave. An **error** keeps it back until the field is mended; a \
         **warning** until somebody gives a reason. This page is made from `crates/scrub/src/rules.rs`.\n\n\
         | rule | what it says | severity | whose hand | why | source |\n|---|---|---|---|---|---|\n",
    );
    for rule in rules::ALL {
        page.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {} |\n",
            rule.id,
            rule.title,
            rule.severity_word(),
            rule.hand_word(),
            rule.why,
            rule.source
        ));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_clean_claim_passes_every_rule() {
        let claim = sample::clean();
        assert_eq!(scrub(&sample::input(&claim)), Vec::new());
    }

    #[test]
    fn ids_and_titles_are_unique_and_there_are_enough() {
        let ids: BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
        let titles: BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.title).collect();
        assert_eq!((ids.len(), titles.len()), (rules::ALL.len(), rules::ALL.len()));
        assert!(rules::ALL.len() >= 25);
    }

    #[test]
    fn every_rule_file_is_in_the_registry() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".rs", "").replace('_', "-"))
            .collect();
        let ids: BTreeSet<String> = rules::ALL.iter().map(|rule| rule.id.to_owned()).collect();
        assert_eq!(files, ids);
    }

    #[test]
    fn errors_come_before_warnings_and_the_page_names_every_rule() {
        let mut claim = sample::clean();
        claim.body.subscriber.gender = billing::person::Gender::Unknown;
        claim.body.diagnoses.clear();
        let findings = scrub(&sample::input(&claim));
        assert_eq!(findings.first().map(|finding| finding.severity), Some(Severity::Error));
        assert_eq!(findings.last().map(|finding| finding.severity), Some(Severity::Warning));
        assert!(rules::ALL.iter().all(|rule| reference().contains(rule.id)));
    }
}
