//! Messages and colleagues' words, for a role to whom names and numbers of people are masked.
//!
//! Of a message only segments that carry no person are let through; what cannot be taken apart with certainty is not shown
//! at all. What colleagues typed about a patient is shown without that patient's names and numbers. Changes nothing stored.

use std::collections::BTreeSet;

use billing::PatientId;
use billing::person::PersonName;
use jiff::civil::Date;
use store::views::patients::{COVERAGES_VIEW, CoverageViewRow, PATIENT_HEAD, PatientHeadRow};
use store::{Conn, StoreError, params};

/// Segments that speak of money, status and counts, never of a person.
const WITHOUT_PEOPLE: [&str; 19] = [
    "AK1", "AK2", "AK9", "AMT", "CAS", "CLP", "DTM", "DTP", "HL", "IK3", "IK5", "LQ", "MIA", "MOA", "QTY", "STC",
    "SVC", "TA1", "TRN",
];
/// Elements of a status segment before its free text, which may say anything.
const STATUS_ELEMENTS: usize = 11;
/// What stands for all the rest.
pub const NOT_SHOWN: &str = "Not shown to your role: it names people.";
/// What stands for words that a person typed, where they may name anybody.
pub const TYPED_NOT_SHOWN: &str = "Not shown to your role: colleagues typed it, and it may name people.";
/// What stands for a name or number that was left out of typed words.
const LEFT_OUT: &str = "(not shown)";
/// A name's part of one letter says nothing and is in every sentence.
const SHORTEST_NAME: usize = 2;
/// The digits of a telephone without its area code, as people write it down.
const LOCAL_DIGITS: usize = 7;

/// What identifies a patient and those beside them: names, numbers, birth dates.
#[derive(Default)]
pub struct Identity {
    words: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Identity {
    /// Of a patient with who pays for them and the members of their coverages.
    fn of(head: &PatientHeadRow, coverages: &[CoverageViewRow]) -> Identity {
        let mut identity = Identity::default();
        let (patient, guarantor) = (&head.patient.0, &head.guarantor.0);
        identity.number(&patient.account_number);
        identity.born(*patient.birth_date.reveal());
        for (name, contact) in [(&patient.name, &patient.contact), (&guarantor.name, &guarantor.contact)] {
            identity.name(name);
            identity.word(&contact.email);
            identity.number(&contact.phone);
            if let Some(local) = contact.phone.len().checked_sub(LOCAL_DIGITS).filter(|from| *from > 0) {
                identity.number(&contact.phone[local..]);
            }
        }
        for member in coverages.iter().map(|row| &row.coverage.0.subscriber) {
            identity.name(&member.name);
            identity.born(*member.birth_date.reveal());
            identity.word(member.member_id.reveal());
            identity.number(member.member_id.reveal());
        }
        identity
    }

    /// Of a patient of the practice; of nobody where there is none. Shows nothing, so it notes no look at the record.
    pub fn of_patient(conn: &Conn, patient: PatientId) -> Result<Identity, StoreError> {
        let Some(head) = conn.query_opt(&PATIENT_HEAD, params![patient])? else { return Ok(Identity::default()) };
        Ok(Identity::of(&head, &conn.query(&COVERAGES_VIEW, params![patient])?))
    }

    /// The words without the names and numbers.
    pub fn leave_out(&self, text: &str) -> String {
        let belongs = |letter: char| letter.is_ascii_digit() || " -/.()+".contains(letter);
        let shown = replaced(text, belongs, |run| self.without_numbers(run));
        let belongs = |letter: char| letter.is_alphanumeric() || letter == '@' || letter == '_';
        replaced(&shown, belongs, |word| {
            if self.words.contains(&word.to_lowercase()) { LEFT_OUT.to_owned() } else { word.to_owned() }
        })
    }

    /// A run of digits and what stands between them: a number may be written with blanks, and several may follow another.
    fn without_numbers(&self, run: &str) -> String {
        let pieces: Vec<&str> = run.split(' ').collect();
        let mut shown = Vec::new();
        let mut at = 0;
        while at < pieces.len() {
            let longest = (at + 1..=pieces.len()).rev().find(|end| self.is_known(&pieces[at..*end]));
            shown.push(longest.map_or(pieces[at], |_| LEFT_OUT));
            at = longest.unwrap_or(at + 1);
        }
        shown.join(" ")
    }

    fn is_known(&self, pieces: &[&str]) -> bool {
        let says_something = |piece: Option<&&str>| piece.is_some_and(|piece| !digits(piece).is_empty());
        let digits = digits(&pieces.concat());
        says_something(pieces.first())
            && says_something(pieces.last())
            && (self.numbers.contains(&digits)
                || digits.strip_prefix('1').is_some_and(|rest| self.numbers.contains(rest)))
    }

    fn name(&mut self, name: &PersonName) {
        [&name.first, &name.middle, &name.last].into_iter().for_each(|part| self.word(part));
    }

    /// A name, an e-mail address or a member id, in the pieces in which it is looked for.
    fn word(&mut self, text: &str) {
        let pieces = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '@' || letter == '_'));
        self.words.extend(pieces.filter(|piece| piece.chars().count() >= SHORTEST_NAME).map(str::to_lowercase));
    }

    fn number(&mut self, text: &str) {
        self.numbers.extend(Some(digits(text)).filter(|digits| !digits.is_empty()));
    }

    /// A birth date as people write it: 1971-05-03, 05/03/1971, 5/3/71.
    fn born(&mut self, date: Date) {
        for form in ["%Y%m%d", "%m%d%Y", "%-m%-d%Y", "%m%d%y", "%-m%-d%y"] {
            self.numbers.insert(date.strftime(form).to_string());
        }
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The text with every run of certain letters as `say` words it.
fn replaced(text: &str, belongs: impl Fn(char) -> bool, say: impl Fn(&str) -> String) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside = belongs(first);
        let end = rest.find(|letter| belongs(letter) != inside).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if inside {
            shown.push_str(&say(run))
        } else {
            shown.push_str(run)
        }
        rest = after;
    }
    shown
}

/// The segments of a message that name nobody, and how many were left out.
pub fn without_people(raw: &str) -> String {
    let Some((element, terminator)) = separators(raw) else { return NOT_SHOWN.to_owned() };
    let mut shown = String::new();
    let mut left_out = 0;
    for segment in raw.split(terminator).map(str::trim).filter(|segment| !segment.is_empty()) {
        match segment.split(element).next().unwrap_or_default() {
            "STC" => {
                let kept: Vec<&str> = segment.split(element).take(STATUS_ELEMENTS + 1).collect();
                shown.push_str(&format!("{}{terminator}\n", kept.join(&element.to_string())));
            }
            id if WITHOUT_PEOPLE.contains(&id) => shown.push_str(&format!("{segment}{terminator}\n")),
            _ => left_out += 1,
        }
    }
    if left_out > 0 {
        shown.push_str(&format!("({left_out} more. {NOT_SHOWN})"));
    }
    shown
}

/// The separators, found from the message itself: the one after the first segment's id, and the one that stands before
/// every other id. None where that is not certain.
pub(super) fn separators(raw: &str) -> Option<(char, char)> {
    let raw = raw.trim_start();
    let id = WITHOUT_PEOPLE.iter().chain(&["REF", "NM1"]).find(|id| raw.starts_with(**id))?;
    let element = raw[id.len()..].chars().next().filter(|found| !found.is_ascii_alphanumeric() && *found != ' ')?;
    let mut before: Vec<char> = Vec::new();
    for id in WITHOUT_PEOPLE.iter().chain(&["NM1", "REF", "PER", "N3", "N4", "DMG"]) {
        let begun = format!("{id}{element}");
        before.extend(raw.match_indices(&begun).filter(|(at, _)| *at > 0).filter_map(|(at, _)| {
            raw[..at].trim_end_matches(['\r', '\n']).chars().next_back().filter(|last| !last.is_alphanumeric())
        }));
    }
    // A lone segment ends with its terminator, or has none and cannot be told from a line of free text.
    let terminator = before.first().copied().or_else(|| raw.trim_end().chars().next_back())?;
    let is_certain = before.iter().all(|other| *other == terminator)
        && !terminator.is_alphanumeric()
        && terminator != element
        && terminator != ' ';
    is_certain.then_some((element, terminator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_words_stay_without_the_patients_names_and_numbers() {
        let mut identity = Identity::default();
        identity.name(&PersonName { first: "Anna-Lena".into(), last: "O'Quade".into(), ..PersonName::default() });
        ["5125550142", "5550142", "10013"].into_iter().for_each(|number| identity.number(number));
        identity.word("XQZ778");
        identity.born(jiff::civil::date(1971, 5, 3));
        for (typed, shown) in [
            ("Mrs O'Quade called.", "Mrs O'(not shown) called."),
            ("ANNA LENA says: wrong plan", "(not shown) (not shown) says: wrong plan"),
            ("Call (512) 555-0142 back", "Call (not shown) back"),
            ("Call 1-512-555-0142 or 555 0142.", "Call (not shown) or (not shown)"),
            ("born 5/3/1971, 1971-05-03", "born (not shown), (not shown)"),
            ("Account 10013, member xqz778!", "Account (not shown), member (not shown)!"),
            ("Call 512 555 0142 about 10013 5/3/71", "Call (not shown) about (not shown) (not shown)"),
            ("Denied 3 lines of 120.00 on 11/20/2026", "Denied 3 lines of 120.00 on 11/20/2026"),
        ] {
            assert_eq!(identity.leave_out(typed), shown, "{typed}");
        }
    }

    #[test]
    fn the_money_stays_and_the_person_goes_whatever_the_separators() {
        let shown = without_people("CLP*A1*1*100*80*20*MC~NM1*QC*1*MAY*ANNA****MI*XQ1~SVC*HC:99213*100*80~");
        assert!(shown.contains("CLP*A1*1*100*80*20*MC~\nSVC*HC:99213*100*80~"), "{shown}");
        assert!(!shown.contains("MAY") && !shown.contains("XQ1") && shown.contains("(1 more."), "{shown}");
        let shown = without_people("CLP|A1|1|100|80|20|MC'\r\nNM1|QC|1|MAY|ANNA'\r\nCAS|CO|45|20'\r\n");
        assert!(shown.contains("CAS|CO|45|20'") && !shown.contains("ANNA"), "{shown}");
    }

    #[test]
    fn free_text_in_a_status_goes() {
        let shown = without_people("STC*A3:21*20261101*U*100********ANNA MAY HAS NO COVERAGE~NM1*QC*1*MAY~");
        assert!(shown.starts_with("STC*A3:21*20261101*U*100") && !shown.contains("ANNA"), "{shown}");
    }

    #[test]
    fn what_cannot_be_taken_apart_is_not_shown() {
        for raw in ["", "Anna May called", "CLP*A1*1NM1*QC*1*MAY", "NM1*QC*1*MAY", "CLP*A1~NM1*QC|CAS*CO"] {
            assert_eq!(without_people(raw), NOT_SHOWN, "{raw}");
        }
    }
}
