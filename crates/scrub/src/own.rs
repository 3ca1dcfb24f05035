//! Rules of a practice's own: data of one small kind, checked beside the program's rules. A payer and a procedure say which
//! claims; what is needed or forbidden says what must hold. Never code, and never a name of a person.

use billing::PayerId;
use billing::claim::{Finding, Hand, ServiceLine, Severity};
use serde::{Deserialize, Serialize};

use crate::ScrubInput;
use crate::input::line_field;

/// Longest name, and longest remedy, in characters: a line of a list.
const LONGEST_WORDS: usize = 120;
/// Longest pattern or value, in characters: ten codes.
const LONGEST_PATTERN: usize = 80;
/// What stands before the number of a practice's own rule where a finding names it.
pub const PREFIX: &str = "own-";

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $word:literal $label:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl $name {
            /// Every choice, in the order of the form.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $($name::$variant => $word),* } }
            /// What a page says.
            pub fn label(self) -> &'static str { match self { $($name::$variant => $label),* } }
            /// Reads the stored word.
            pub fn parse(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.as_str() == word) }
        }
    };
}

choices! {
    /// What must hold.
    Demand {
        /// It must be there.
        Needs "needs" "needs",
        /// It must not be there.
        Forbids "forbids" "must not have",
    }
}

choices! {
    /// What is needed or forbidden.
    Subject {
        /// A modifier of the line.
        Modifier "modifier" "modifier",
        /// A diagnosis that the line points to.
        Diagnosis "diagnosis" "diagnosis",
        /// An authorization number on the claim.
        Authorization "authorization" "authorization number",
        /// A field of the claim.
        Field "field" "field",
    }
}

choices! {
    /// Fields of a claim that a rule may ask for.
    ClaimField {
        /// Who sent the patient.
        Referring "referring" "referring provider",
        /// Who ordered.
        Ordering "ordering" "ordering provider",
        /// Who supervised.
        Supervising "supervising" "supervising provider",
        /// Who did it.
        Rendering "rendering" "rendering provider",
        /// Where it was done.
        Facility "facility" "service facility",
        /// The referral number.
        ReferralNumber "referral_number" "referral number",
        /// The laboratory certificate.
        LaboratoryCertificate "clia_number" "laboratory certificate",
        /// The first day of the illness.
        Onset "onset_on" "first day of the illness",
        /// The group number of the plan.
        GroupNumber "group_number" "group number",
        /// Words for the payer.
        Note "note" "note to the payer",
    }
}

/// A practice's own rule, as it is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRule {
    /// What people read.
    pub name: String,
    /// Of which payer's claims; of every payer's where none.
    pub payer: Option<PayerId>,
    /// Codes of procedures, separated by commas, `*` at the end for all that begin so; empty for every claim.
    pub procedure: String,
    /// Whether it must be there or must not.
    pub demand: Demand,
    /// What.
    pub subject: Subject,
    /// Which modifier, which diagnoses (as procedures are said), which field; empty for an authorization.
    pub value: String,
    /// Whether a finding stops the claim.
    pub severity: Severity,
    /// What to do, in one sentence.
    pub remedy: String,
}

/// A rule of the practice's own that scrubs: with its number and the problem that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRule {
    /// Its number, such as "OR-00003".
    pub number: String,
    /// The number of the problem it was made for; empty where none.
    pub problem: String,
    /// What it says.
    pub rule: OwnRule,
}

impl OwnRule {
    /// What is wrong with it: the field of the form and a sentence; none where it can stand.
    pub fn problem(&self) -> Option<(&'static str, &'static str)> {
        let long = |text: &str, most: usize| text.chars().count() > most;
        if self.name.trim().is_empty() || long(&self.name, LONGEST_WORDS) {
            return Some(("name", "Say in at most 120 characters what the rule asks."));
        }
        if self.remedy.trim().is_empty() || long(&self.remedy, LONGEST_WORDS) {
            return Some(("remedy", "Say in at most 120 characters what whoever mends the claim shall do."));
        }
        if long(&self.procedure, LONGEST_PATTERN) || !self.procedure.split(',').all(is_pattern_or_empty) {
            return Some(("procedure", "Write codes such as 99213 or 9921*, separated by commas."));
        }
        if self.payer.is_none() && patterns(&self.procedure).next().is_none() {
            return Some((
                "procedure",
                "Name a payer, a procedure, or both: a rule for every claim stops every claim.",
            ));
        }
        match self.subject {
            Subject::Modifier if self.value.len() != 2 || !is_pattern(&self.value) => {
                Some(("value", "Write the modifier as two characters, such as 25."))
            }
            Subject::Diagnosis if long(&self.value, LONGEST_PATTERN) || patterns(&self.value).next().is_none() => {
                Some(("value", "Write diagnoses such as M54.5 or M54*, separated by commas."))
            }
            Subject::Diagnosis if !self.value.split(',').all(is_pattern_or_empty) => {
                Some(("value", "Write diagnoses such as M54.5 or M54*, separated by commas."))
            }
            Subject::Field if ClaimField::parse(&self.value).is_none() => Some(("value", "Choose the field.")),
            Subject::Modifier | Subject::Diagnosis | Subject::Authorization | Subject::Field => None,
        }
    }

    /// What it asks, in a sentence.
    pub fn words(&self, payer_name: &str) -> String {
        let whose = match self.payer {
            Some(_) => format!("{payer_name}: "),
            None => String::new(),
        };
        let procedure = if self.procedure.is_empty() { "every claim" } else { &self.procedure };
        format!("{whose}{procedure} {} {}", self.demand.label(), self.what())
    }

    /// What is needed or forbidden, in words.
    fn what(&self) -> String {
        match self.subject {
            Subject::Modifier => format!("modifier {}", self.value.to_uppercase()),
            Subject::Diagnosis => format!("a diagnosis of {}", self.value.to_uppercase()),
            Subject::Authorization => "an authorization number".to_owned(),
            Subject::Field => {
                format!("a {}", ClaimField::parse(&self.value).map_or("field", ClaimField::label))
            }
        }
    }

    fn applies_to(&self, line: &ServiceLine) -> bool {
        self.procedure.is_empty() || fits(&self.procedure, &line.procedure.code)
    }
}

impl StandingRule {
    /// What it finds in a claim; an empty answer is a pass.
    pub fn check(&self, input: &ScrubInput<'_>) -> Vec<Finding> {
        let rule = &self.rule;
        if rule.payer.is_some_and(|payer| payer != input.claim.payer_id) {
            return Vec::new();
        }
        let lines = || input.lines().filter(|line| rule.applies_to(line));
        let is_wrong = |there: bool| there != (rule.demand == Demand::Needs);
        match rule.subject {
            Subject::Modifier => lines()
                .filter(|line| {
                    is_wrong(line.procedure.modifiers.iter().any(|one| one.eq_ignore_ascii_case(&rule.value)))
                })
                .map(|line| self.finding(line_field(line, "procedure.modifiers"), Some(line), Hand::Coder))
                .collect(),
            Subject::Diagnosis => lines()
                .filter(|line| is_wrong(points_to(input, line, &rule.value)))
                .map(|line| self.finding(line_field(line, "diagnosis_pointers"), Some(line), Hand::Coder))
                .collect(),
            Subject::Authorization => {
                let there = input.body().prior_authorization.as_ref().is_some_and(|number| !number.trim().is_empty());
                self.of_claim(lines().next().filter(|_| is_wrong(there)), "prior_authorization")
            }
            Subject::Field => {
                let there = ClaimField::parse(&rule.value).is_some_and(|field| has(input, field));
                self.of_claim(lines().next().filter(|_| is_wrong(there)), &rule.value)
            }
        }
    }

    fn of_claim(&self, line: Option<&ServiceLine>, field: &str) -> Vec<Finding> {
        line.map(|_| self.finding(field.to_owned(), None, Hand::FrontDesk)).into_iter().collect()
    }

    fn finding(&self, field: String, line: Option<&ServiceLine>, hand: Hand) -> Finding {
        let place = line.map(|line| format!("Line {}: ", line.number)).unwrap_or_default();
        let made = match self.problem.as_str() {
            "" => String::new(),
            problem => format!(", made for problem {problem}"),
        };
        Finding {
            rule: format!("{PREFIX}{}", self.number),
            severity: self.rule.severity,
            hand,
            field,
            problem: format!(
                "{place}{} (the practice’s rule {}{made}).",
                self.rule.name.trim_end_matches('.'),
                self.number
            ),
            remedy: self.rule.remedy.clone(),
        }
    }
}

fn points_to(input: &ScrubInput<'_>, line: &ServiceLine, wanted: &str) -> bool {
    let code = |pointer: &u8| input.body().diagnoses.get(usize::from(*pointer).checked_sub(1)?);
    line.diagnosis_pointers.iter().filter_map(code).any(|code| fits(wanted, code))
}

fn has(input: &ScrubInput<'_>, field: ClaimField) -> bool {
    let body = input.body();
    let says = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    match field {
        ClaimField::Referring => body.referring.is_some(),
        ClaimField::Ordering => body.ordering.is_some(),
        ClaimField::Supervising => body.supervising.is_some(),
        ClaimField::Rendering => body.rendering.is_some(),
        ClaimField::Facility => body.facility.is_some(),
        ClaimField::ReferralNumber => says(&body.referral_number),
        ClaimField::LaboratoryCertificate => says(&body.clia_number),
        ClaimField::Onset => body.onset_on.is_some(),
        ClaimField::GroupNumber => !body.group_number.trim().is_empty(),
        ClaimField::Note => !body.note.trim().is_empty(),
    }
}

fn patterns(list: &str) -> impl Iterator<Item = String> + '_ {
    list.split(',').map(|one| one.trim().replace('.', "").to_uppercase()).filter(|one| !one.is_empty())
}

/// Whether a code is one of a list of patterns, without regard to dots and capitals.
fn fits(list: &str, code: &str) -> bool {
    let code = code.replace('.', "").to_uppercase();
    patterns(list).any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => code.starts_with(start),
        None => code == pattern,
    })
}

fn is_pattern(text: &str) -> bool {
    let letters = text.trim().strip_suffix('*').unwrap_or(text.trim());
    !letters.is_empty() && letters.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '.')
}

fn is_pattern_or_empty(text: &str) -> bool {
    text.trim().is_empty() || is_pattern(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, input};

    fn rule(subject: Subject, demand: Demand, value: &str) -> OwnRule {
        OwnRule {
            name: "Harbor wants an authorization for office visits".into(),
            payer: Some(clean().payer_id),
            procedure: "9921*".into(),
            demand,
            subject,
            value: value.into(),
            severity: Severity::Error,
            remedy: "Ask the plan for a number.".into(),
        }
    }

    fn found(rule: OwnRule) -> Vec<String> {
        let standing = StandingRule { number: "OR-00001".into(), problem: "PB-00007".into(), rule };
        let claim = clean();
        standing.check(&input(&claim)).into_iter().map(|finding| finding.field).collect()
    }

    #[test]
    fn each_kind_finds_what_lacks_and_passes_what_has() {
        use {Demand::*, Subject::*};
        for (story, subject, demand, value, fields) in [
            ("no modifier", Modifier, Needs, "25", vec!["lines[1].procedure.modifiers"]),
            ("no such modifier is fine", Modifier, Forbids, "25", vec![]),
            ("the diagnosis is there", Diagnosis, Needs, "E11.*", vec![]),
            ("the diagnosis may not", Diagnosis, Forbids, "e11*", vec!["lines[1].diagnosis_pointers"]),
            ("another diagnosis is wanted", Diagnosis, Needs, "M54*,Z00", vec!["lines[1].diagnosis_pointers"]),
            ("no authorization", Authorization, Needs, "", vec!["prior_authorization"]),
            ("none is fine", Authorization, Forbids, "", vec![]),
            ("no referring provider", Field, Needs, "referring", vec!["referring"]),
            ("a rendering one", Field, Needs, "rendering", vec![]),
            ("a group number may not", Field, Forbids, "group_number", vec!["group_number"]),
        ] {
            assert_eq!(found(rule(subject, demand, value)), fields, "{story}");
        }
    }

    #[test]
    fn another_payer_and_another_procedure_are_let_alone() {
        let needs = rule(Subject::Authorization, Demand::Needs, "");
        assert!(found(OwnRule { payer: Some(PayerId(uuid::Uuid::from_u128(999))), ..needs.clone() }).is_empty());
        assert!(found(OwnRule { procedure: "9931*".into(), ..needs.clone() }).is_empty());
        assert_eq!(found(OwnRule { payer: None, procedure: "36415,99213".into(), ..needs }).len(), 1);
    }

    #[test]
    fn a_finding_names_the_problem_that_made_its_rule() {
        let rule = rule(Subject::Authorization, Demand::Needs, "");
        let standing = StandingRule { number: "OR-00001".into(), problem: "PB-00007".into(), rule };
        let claim = clean();
        let finding = standing.check(&input(&claim)).pop().unwrap();
        assert_eq!(finding.rule, "own-OR-00001");
        assert!(
            finding.problem.ends_with("(the practice’s rule OR-00001, made for problem PB-00007)."),
            "{}",
            finding.problem
        );
    }

    #[test]
    fn what_cannot_stand_is_named_by_its_field() {
        let good = rule(Subject::Modifier, Demand::Needs, "25");
        assert_eq!(good.problem(), None);
        for (field, bad) in [
            ("name", OwnRule { name: " ".into(), ..good.clone() }),
            ("remedy", OwnRule { remedy: String::new(), ..good.clone() }),
            ("procedure", OwnRule { procedure: "99 213".into(), ..good.clone() }),
            ("procedure", OwnRule { payer: None, procedure: " , ".into(), ..good.clone() }),
            ("value", OwnRule { value: "2".into(), ..good.clone() }),
            ("value", OwnRule { subject: Subject::Diagnosis, value: " ".into(), ..good.clone() }),
            ("value", OwnRule { subject: Subject::Field, value: "age".into(), ..good.clone() }),
        ] {
            assert_eq!(bad.problem().map(|(field, _)| field), Some(field));
        }
    }
}
