//! Where a finding is mended, as a link for who may mend it, and the words for its field. Decides no right: the page it
//! leads to asks again.

use app::claim_scrub::{MendPlace, mend_place};
use billing::access::Action;
use billing::coverage::Relationship;
use billing::explain::{Language, carc_of, denial_words};
use store::views::claim::{ClaimHeadRow, ClaimView};

use super::session::SignedIn;

/// What a person may mend.
#[derive(Debug, Clone, Copy)]
pub struct MayMend {
    /// Data of patients, coverages and visits.
    pub data: bool,
    /// Codes of visits.
    pub codes: bool,
    /// The practice's own data.
    pub practice: bool,
    /// Payers.
    pub payer: bool,
}

impl MayMend {
    /// What this person may mend.
    pub fn of(who: &SignedIn) -> MayMend {
        MayMend {
            data: who.may(Action::EditDemographics),
            codes: who.may(Action::ChangeCodes),
            practice: who.may(Action::ChangePractice),
            payer: who.may(Action::EditPayer),
        }
    }

    /// The page where a field of the claim is mended; none where this person may not, or it is no page of the desk.
    pub fn href(self, head: &ClaimHeadRow, field: &str) -> Option<String> {
        let is_member = head.body.0.relationship == Relationship::SelfSubscriber;
        match mend_place(field, is_member) {
            MendPlace::Patient if self.data => Some(format!("/patients/{}/edit", head.patient_id)),
            MendPlace::Coverage if self.data => Some(format!("/coverages/{}/edit", head.coverage_id)),
            MendPlace::Visit if self.data => Some(format!("/encounters/{}/edit", head.encounter_id)),
            MendPlace::Codes if self.codes => Some(format!("/encounters/{}/codes", head.encounter_id)),
            MendPlace::Practice if self.practice => Some("/settings/practice".to_owned()),
            MendPlace::Payer if self.payer => Some("/settings".to_owned()),
            MendPlace::Patient
            | MendPlace::Coverage
            | MendPlace::Visit
            | MendPlace::Codes
            | MendPlace::Practice
            | MendPlace::Payer => None,
        }
    }
}

/// The field of a claim that a place in a claim file speaks of: "2010BA NM103" is the member's. None where the text
/// names no place.
pub fn field_of_place(text: &str) -> Option<&'static str> {
    const PLACES: [(&str, &str); 10] = [
        ("2010AA", "billing"),
        ("2010AB", "billing"),
        ("2000B", "coverage"),
        ("2010BA", "subscriber"),
        ("2010BB", "payer"),
        ("2000C", "patient"),
        ("2010CA", "patient"),
        ("2310", "visit"),
        ("2300", "visit"),
        ("24", "lines"),
    ];
    let is_loop = |word: &&str| {
        word.starts_with('2') && (4..=6).contains(&word.len()) && word[1..4].bytes().all(|byte| byte.is_ascii_digit())
    };
    let place = text.split(|letter: char| !letter.is_ascii_alphanumeric()).find(is_loop)?;
    PLACES.iter().find(|(start, _)| place.starts_with(start)).map(|(_, field)| *field)
}

/// A field of a claim in words: `lines[2].procedure.code` is "Line 3, procedure".
pub fn field_words(field: &str) -> String {
    let mut words: Vec<String> = field.split('.').map(part_words).collect();
    if words.len() > 1 && words.last().is_some_and(|last| last == "code") {
        words.pop();
    }
    let all = words.join(", ");
    let mut letters = all.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn part_words(part: &str) -> String {
    let (name, index) = match part.split_once('[') {
        Some((name, index)) => (name, index.trim_end_matches(']').parse::<u32>().ok()),
        None => (part, None),
    };
    let words = match (name, index) {
        ("lines", Some(_)) => "line".to_owned(),
        ("diagnoses", Some(_)) => "diagnosis".to_owned(),
        ("subscriber", _) => "member".to_owned(),
        ("billing", _) => "billing provider".to_owned(),
        ("zip", _) => "ZIP".to_owned(),
        ("npi", _) => "NPI".to_owned(),
        ("member_id", _) => "member number".to_owned(),
        (name, _) => name.replace('_', " "),
    };
    match index {
        // People count from one.
        Some(index) => format!("{words} {}", u64::from(index) + 1),
        None => words,
    }
}

/// Why a payer did not pay, by code: "CO-197" with the words that complete "the payer did not pay because …".
pub fn denials(codes: &str) -> Vec<(String, &'static str)> {
    let words = |code: &str| denial_words(carc_of(code), Language::English);
    codes.split(", ").filter_map(|code| Some((code.to_owned(), words(code)?))).collect()
}

/// The denials of all lines of a claim, each once.
pub fn denials_of(view: &ClaimView) -> Vec<(String, &'static str)> {
    let mut all = Vec::new();
    for told in view.lines.values().flat_map(|line| denials(&line.denial_codes)) {
        if !all.contains(&told) {
            all.push(told);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{denials, field_of_place, field_words};

    #[test]
    fn a_place_in_a_claim_file_leads_to_a_field() {
        for (text, field) in [
            ("Claim AR000001: our own check of the file refuses it. 2010BA NM103 is too long.", Some("subscriber")),
            ("Our own check: loop 2420A, NM109", Some("lines")),
            ("2010AA N403", Some("billing")),
            ("No coverage was in force on 2026-03-02.", None),
        ] {
            assert_eq!(field_of_place(text), field, "{text}");
        }
    }

    #[test]
    fn a_field_is_told_in_words() {
        for (field, words) in [
            ("lines[2].procedure.code", "Line 3, procedure"),
            ("lines[0].units", "Line 1, units"),
            ("diagnoses[1]", "Diagnosis 2"),
            ("subscriber.member_id", "Member, member number"),
            ("billing.address.zip", "Billing provider, address, ZIP"),
            ("", ""),
        ] {
            assert_eq!(field_words(field), words);
        }
    }

    #[test]
    fn a_denial_is_told_in_words_beside_its_code() {
        assert_eq!(denials("CO-197"), vec![("CO-197".to_owned(), "it found no approval in advance")]);
        assert!(denials("").is_empty());
    }
}
