//! What a person typed about a patient, a coverage or who pays, judged field by field as the office's own forms are: every
//! problem at once. Decides no right and writes nothing; what only the database knows the use case says.

use billing::coverage::{Coverage, CoverageRank, MedicareSecondaryType, Relationship, Subscriber};
use billing::identifier::MemberId;
use billing::patient::{Guarantor, Patient};
use billing::person::{Address, Contact, Gender, PersonName};
use billing::{PayerId, Phi};
use jiff::civil::Date;
use serde::Deserialize;

use super::{FieldProblem, Judge};
use crate::registration::{CoverageData, GuarantorData, NewGuarantor, PatientData};

/// Digits of a telephone number in the United States.
const PHONE_DIGITS: usize = 10;

/// A patient as typed, with who pays where the patient is new.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PatientEntry {
    /// Given name.
    pub first: String,
    /// Middle name or initial.
    pub middle: String,
    /// Family name.
    pub last: String,
    /// A date as people write it.
    pub birth_date: String,
    /// F, M or U.
    pub gender: String,
    /// Street.
    pub line1: String,
    /// Second line.
    pub line2: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Five or nine digits.
    pub zip: String,
    /// Ten digits or empty.
    pub phone: String,
    /// Or empty.
    pub email: String,
    /// "en" or "es".
    pub language: String,
    /// "patient" or "other".
    pub guarantor: String,
    /// Given name of who pays.
    pub guarantor_first: String,
    /// Family name of who pays.
    pub guarantor_last: String,
    /// Ticked where the accounts that resemble this one were looked at and are other people's.
    pub another: String,
}

/// A coverage as typed from the card.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CoverageEntry {
    /// Who adjudicates: the id of a payer on file.
    pub payer_id: String,
    /// Plan name.
    pub plan_name: String,
    /// Group number.
    pub group_number: String,
    /// P, S or T.
    pub rank: String,
    /// What the patient is to the member.
    pub relationship: String,
    /// Number on the card.
    pub member_id: String,
    /// First covered day.
    pub effective_on: String,
    /// Last covered day; empty while it runs.
    pub ends_on: String,
    /// Why Medicare pays after another (SBR05); empty where it does not.
    pub medicare_secondary: String,
    /// The member's given name, where it is not the patient.
    pub subscriber_first: String,
    /// The member's family name.
    pub subscriber_last: String,
    /// The member's birth date.
    pub subscriber_birth_date: String,
    /// The member's gender.
    pub subscriber_gender: String,
}

/// Who pays a patient's share, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GuarantorEntry {
    /// "patient", "same" or "other".
    pub who: String,
    /// Given name.
    pub first: String,
    /// Family name.
    pub last: String,
    /// Street.
    pub line1: String,
    /// Second line.
    pub line2: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Five or nine digits.
    pub zip: String,
    /// Ten digits or empty.
    pub phone: String,
    /// Or empty.
    pub email: String,
}

/// A date as people write it: 1971-05-03 or 5/3/1971.
pub fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(date) = text.parse() {
        return Some(date);
    }
    let parts: Vec<i16> = text.split('/').filter_map(|part| part.parse().ok()).collect();
    let [month, day, year] = parts[..] else { return None };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// What is wrong with a date that cannot be read.
pub const UNREADABLE_DATE: &str = "Write the date as year-month-day, for example 1971-05-03.";

impl Judge {
    fn date(&mut self, field: &str, text: &str) -> Option<Date> {
        let date = date(text);
        if date.is_none() {
            self.bad(field, UNREADABLE_DATE);
        }
        date
    }

    fn born(&mut self, field: &str, text: &str, today: Date) -> Option<Date> {
        let born = self.date(field, text);
        if born.is_some_and(|born| born > today) {
            self.bad(field, "A birth date cannot lie in the future.");
        }
        born
    }

    fn gender(&mut self, field: &str, code: &str) -> Option<Gender> {
        let gender = Gender::from_code(code.trim());
        if gender.is_none() {
            self.bad(field, "Choose female, male or unknown, as the payer has it.");
        }
        gender
    }

    fn contact(&mut self, phone: &str, email: &str) -> Contact {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let national = digits.strip_prefix('1').filter(|rest| rest.len() == PHONE_DIGITS).unwrap_or(&digits);
        if !phone.trim().is_empty() && national.len() != PHONE_DIGITS {
            self.bad("phone", "Write ten digits, or leave it empty.");
        }
        let email = email.trim();
        if !email.is_empty() && email.split_once('@').is_none_or(|(name, host)| name.is_empty() || host.is_empty()) {
            self.bad("email", "Write a name, @ and a domain, or leave it empty.");
        }
        Contact { phone: national.to_owned(), email: email.to_owned() }
    }

    fn name(&mut self, prefix: &str, first: &str, middle: &str, last: &str) -> PersonName {
        PersonName {
            first: self.says(&format!("{prefix}first"), first),
            middle: middle.trim().to_owned(),
            last: self.says(&format!("{prefix}last"), last),
            suffix: String::new(),
        }
    }
}

impl PatientEntry {
    /// A patient on file.
    pub fn of(patient: &Patient) -> PatientEntry {
        let address = &patient.address;
        PatientEntry {
            first: patient.name.first.clone(),
            middle: patient.name.middle.clone(),
            last: patient.name.last.clone(),
            birth_date: patient.birth_date.reveal().to_string(),
            gender: patient.gender.code().to_owned(),
            line1: address.line1.clone(),
            line2: address.line2.clone(),
            city: address.city.clone(),
            state: address.state.clone(),
            zip: address.zip.clone(),
            phone: patient.contact.phone.clone(),
            email: patient.contact.email.clone(),
            language: patient.language.clone(),
            ..PatientEntry::default()
        }
    }

    /// The patient and who pays, or everything that is wrong.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn checked(&self, today: Date) -> Result<(PatientData, NewGuarantor), Vec<FieldProblem>> {
        let mut judge = Judge::default();
        let name = judge.name("", &self.first, &self.middle, &self.last);
        let birth_date = judge.born("birth_date", &self.birth_date, today);
        let gender = judge.gender("gender", &self.gender);
        let address = judge.address("", [&self.line1, &self.line2, &self.city, &self.state, &self.zip], false);
        let contact = judge.contact(&self.phone, &self.email);
        let guarantor = match self.guarantor.as_str() {
            "other" => NewGuarantor::Other {
                name: judge.name("guarantor_", &self.guarantor_first, "", &self.guarantor_last),
                address: address.clone(),
                contact: contact.clone(),
            },
            _ => NewGuarantor::Patient,
        };
        let data = birth_date.zip(gender).map(|(birth_date, gender)| PatientData {
            name,
            birth_date: Phi::new(birth_date),
            gender,
            address,
            contact,
            language: self.language.clone(),
            invented: false,
            source_key: None,
        });
        judge.done(data.map(|data| (data, guarantor)))
    }
}

impl CoverageEntry {
    /// A coverage on file. The member's own fields are empty where the patient is the member.
    pub fn of(coverage: &Coverage) -> CoverageEntry {
        let other = coverage.relationship != Relationship::SelfSubscriber;
        let of_member = |text: &str| if other { text.to_owned() } else { String::new() };
        let member = &coverage.subscriber;
        CoverageEntry {
            payer_id: coverage.payer_id.to_string(),
            plan_name: coverage.plan_name.clone(),
            group_number: coverage.group_number.clone(),
            rank: coverage.rank.code().to_owned(),
            relationship: coverage.relationship.code().to_owned(),
            member_id: member.member_id.reveal().to_owned(),
            effective_on: coverage.effective_on.to_string(),
            ends_on: coverage.ends_on.map(|end| end.to_string()).unwrap_or_default(),
            medicare_secondary: coverage.medicare_secondary.map_or("", |kind| kind.code()).to_owned(),
            subscriber_first: of_member(&member.name.first),
            subscriber_last: of_member(&member.name.last),
            subscriber_birth_date: of_member(&member.birth_date.reveal().to_string()),
            subscriber_gender: member.gender.code().to_owned(),
        }
    }

    /// The coverage, or everything that is wrong. A member who is not the patient lives at `address`.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn checked(&self, address: &Address, today: Date) -> Result<CoverageData, Vec<FieldProblem>> {
        let mut judge = Judge::default();
        let payer_id = self.payer_id.trim().parse::<PayerId>().ok();
        if payer_id.is_none() {
            judge.bad("payer_id", "Choose the payer on the card.");
        }
        let rank = CoverageRank::from_code(&self.rank);
        if rank.is_none() {
            judge.bad("rank", "Choose whether it pays first, second or third.");
        }
        let member_id = judge.take("member_id", MemberId::parse(&self.member_id));
        let effective_on = judge.date("effective_on", &self.effective_on);
        let ends_on = match self.ends_on.trim() {
            "" => None,
            text => judge.date("ends_on", text),
        };
        if effective_on.zip(ends_on).is_some_and(|(first, last)| last < first) {
            judge.bad("ends_on", "The coverage ends before it begins; correct one of the dates.");
        }
        let relationship = Relationship::from_code(&self.relationship);
        let member = match relationship {
            Relationship::SelfSubscriber => None,
            Relationship::Spouse | Relationship::Child | Relationship::Other => {
                let name = judge.name("subscriber_", &self.subscriber_first, "", &self.subscriber_last);
                let born = judge.born("subscriber_birth_date", &self.subscriber_birth_date, today);
                let gender = judge.gender("subscriber_gender", &self.subscriber_gender);
                born.zip(gender).zip(member_id.clone()).map(|((born, gender), member_id)| Subscriber {
                    name,
                    member_id,
                    birth_date: Phi::new(born),
                    gender,
                    address: address.clone(),
                })
            }
        };
        let known = payer_id.zip(rank).zip(member_id).zip(effective_on);
        judge.done(known.map(|(((payer_id, rank), member_id), effective_on)| CoverageData {
            payer_id,
            plan_name: self.plan_name.trim().to_owned(),
            group_number: self.group_number.trim().to_owned(),
            rank,
            relationship,
            member_id,
            subscriber: member,
            effective_on,
            ends_on,
            invented: false,
            medicare_secondary: MedicareSecondaryType::from_code(self.medicare_secondary.trim()),
            source_key: None,
        }))
    }
}

impl GuarantorEntry {
    /// Who pays now.
    pub fn of(guarantor: &Guarantor, is_patient: bool) -> GuarantorEntry {
        let address = &guarantor.address;
        GuarantorEntry {
            who: if is_patient { "patient" } else { "same" }.to_owned(),
            first: guarantor.name.first.clone(),
            last: guarantor.name.last.clone(),
            line1: address.line1.clone(),
            line2: address.line2.clone(),
            city: address.city.clone(),
            state: address.state.clone(),
            zip: address.zip.clone(),
            phone: guarantor.contact.phone.clone(),
            email: guarantor.contact.email.clone(),
        }
    }

    /// Who pays from now on, or everything that is wrong.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn checked(&self) -> Result<GuarantorData, Vec<FieldProblem>> {
        if self.who == "patient" {
            return Ok(GuarantorData::Patient);
        }
        let mut judge = Judge::default();
        let name = judge.name("", &self.first, "", &self.last);
        let address = judge.address("", [&self.line1, &self.line2, &self.city, &self.state, &self.zip], false);
        let contact = judge.contact(&self.phone, &self.email);
        judge.done(Some(match self.who.as_str() {
            "same" => GuarantorData::Same(name, address, contact),
            _ => GuarantorData::Other(name, address, contact),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 21);

    fn fields(problems: Vec<FieldProblem>) -> Vec<String> {
        problems.into_iter().map(|one| one.field).collect()
    }

    #[test]
    fn a_date_is_read_as_people_write_it() {
        for text in ["1971-05-03", "5/3/1971", " 05/03/1971 "] {
            assert_eq!(date(text), Some(jiff::civil::date(1971, 5, 3)), "{text}");
        }
        for text in ["", "3.5.1971", "13/40/1971", "May 3"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn everything_wrong_with_a_patient_is_said_at_once() {
        let empty = PatientEntry { guarantor: "other".into(), ..PatientEntry::default() };
        let needed = [
            "first",
            "last",
            "birth_date",
            "gender",
            "state",
            "zip",
            "line1",
            "city",
            "guarantor_first",
            "guarantor_last",
        ];
        assert_eq!(fields(empty.checked(TODAY).unwrap_err()), needed);
        let right = PatientEntry {
            first: "Ada".into(),
            last: "Quint".into(),
            birth_date: "5/3/1971".into(),
            gender: "F".into(),
            line1: "1 Elm".into(),
            city: "Chatham".into(),
            state: "il".into(),
            zip: "62629-1234".into(),
            phone: "1 (217) 555-0142".into(),
            ..PatientEntry::default()
        };
        let (data, _) = right.checked(TODAY).unwrap();
        assert_eq!((data.contact.phone.as_str(), data.address.state.as_str()), ("2175550142", "IL"));
        for (wrong, field) in [
            (PatientEntry { birth_date: "2027-01-01".into(), ..right.clone() }, "birth_date"),
            (PatientEntry { phone: "555-0142".into(), ..right.clone() }, "phone"),
            (PatientEntry { email: "ada".into(), ..right.clone() }, "email"),
            (PatientEntry { state: "ZZ".into(), ..right.clone() }, "state"),
        ] {
            assert_eq!(fields(wrong.checked(TODAY).unwrap_err()), [field]);
        }
    }

    #[test]
    fn everything_wrong_with_a_card_is_said_at_once() {
        let typed = CoverageEntry {
            rank: "P".into(),
            relationship: "19".into(),
            member_id: "?".into(),
            effective_on: "2026-02-01".into(),
            ends_on: "2026-01-01".into(),
            ..CoverageEntry::default()
        };
        let wrong = [
            "payer_id",
            "member_id",
            "ends_on",
            "subscriber_first",
            "subscriber_last",
            "subscriber_birth_date",
            "subscriber_gender",
        ];
        assert_eq!(fields(typed.checked(&Address::default(), TODAY).unwrap_err()), wrong);
    }
}
