//! Names, addresses, birth dates and numbers of people as FHIR writes them, read into the domain's types. What is wrong
//! is told by field, never by value.

use billing::person::{Address, Contact, Gender, PersonName};
use jiff::civil::Date;

use super::identities::source_key;
use super::profile::Profile;
use super::resources::{HumanName, Organization, Patient, PostalAddress};
use super::visits::{PlannedFacility, PlannedPatient};

/// Where an address without a ZIP code is put under a profile that may invent one: the first of Boston.
const INVENTED_ZIP: &str = "02108";

/// Reads a patient without key and coverages. The error names the field and what it must be.
pub fn patient(patient: &Patient, profile: Profile) -> Result<PlannedPatient, (&'static str, String)> {
    let name = person_name(&patient.name).ok_or(("name", "must have a family and a given name".to_owned()))?;
    let birth_date = patient
        .birth_date
        .as_deref()
        .and_then(civil_date)
        .ok_or(("birthDate", "must be a date such as 1980-03-02".to_owned()))?;
    let sent = patient.address.first().cloned().unwrap_or_default();
    Ok(PlannedPatient {
        source_key: String::new(),
        name,
        birth_date,
        gender: match patient.gender.as_deref() {
            Some("female") => Gender::Female,
            Some("male") => Gender::Male,
            _ => Gender::Unknown,
        },
        address: address(&sent, profile)?,
        contact: Contact { phone: telecom(patient, "phone"), email: telecom(patient, "email") },
        language: language(patient),
        coverages: Vec::new(),
        invented: profile == Profile::Synthea,
    })
}

/// What follows an invented nine-digit ZIP's first five digits; 0000 would be no such ZIP.
const INVENTED_ZIP_END: &str = "0001";

/// Reads an organization as the place of a visit. Payers want a nine-digit ZIP there, which the profile completes.
pub fn facility(organization: &Organization, key: &str, profile: Profile) -> Option<PlannedFacility> {
    let source_key = source_key("Organization", &organization.identifier, key);
    let mut address = address(organization.address.first()?, profile).ok()?;
    if profile == Profile::Synthea && address.zip.len() == 5 {
        address.zip.push_str(INVENTED_ZIP_END);
    }
    let npi = profile.npi(None, &source_key);
    Some(PlannedFacility { name: organization.name.clone()?, npi, address, source_key })
}

/// The official name, else the first.
pub fn person_name(names: &[HumanName]) -> Option<PersonName> {
    let official = names.iter().find(|name| name.name_use.as_deref() == Some("official"));
    let name = official.or_else(|| names.first())?;
    let mut given = name.given.iter();
    Some(PersonName {
        last: name.family.clone().filter(|family| !family.is_empty())?,
        first: given.next().cloned()?,
        middle: given.next().cloned().unwrap_or_default(),
        suffix: name.suffix.first().cloned().unwrap_or_default(),
    })
}

/// The day of a date or of an instant, as its own clock showed it: a visit at 23:00 in Honolulu stays on its day.
pub fn civil_date(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn address(sent: &PostalAddress, profile: Profile) -> Result<Address, (&'static str, String)> {
    let state = sent.state.as_deref().and_then(state_code);
    let zip: String = sent.postal_code.iter().flat_map(|text| text.chars()).filter(char::is_ascii_digit).collect();
    let zip = match (zip.len(), profile) {
        (5 | 9, _) => zip,
        (_, Profile::Synthea) => INVENTED_ZIP.to_owned(),
        (_, Profile::AsSent) => return Err(("address.postalCode", "must be a ZIP code of 5 or 9 digits".to_owned())),
    };
    Ok(Address {
        line1: sent.line.first().cloned().unwrap_or_default(),
        line2: sent.line.get(1).cloned().unwrap_or_default(),
        city: sent.city.clone().unwrap_or_default(),
        state: state.ok_or(("address.state", "must be a state of the United States".to_owned()))?,
        zip,
    })
}

fn telecom(patient: &Patient, system: &str) -> String {
    let found = patient.telecom.iter().find(|point| point.system.as_deref() == Some(system));
    let value = found.and_then(|point| point.value.clone()).unwrap_or_default();
    if system == "phone" {
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        return if digits.len() == 10 { digits } else { String::new() };
    }
    value
}

fn language(patient: &Patient) -> String {
    let spanish = patient
        .communication
        .iter()
        .filter_map(|one| one.language.first_code())
        .any(|code| code == "es" || code.starts_with("es-"));
    if spanish { "es" } else { "en" }.to_owned()
}

/// Two letters of a state that may be spelled out.
fn state_code(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Some(text.to_ascii_uppercase());
    }
    STATES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, code)| (*code).to_owned())
}

const STATES: [(&str, &str); 52] = [
    ("Alabama", "AL"),
    ("Alaska", "AK"),
    ("Arizona", "AZ"),
    ("Arkansas", "AR"),
    ("California", "CA"),
    ("Colorado", "CO"),
    ("Connecticut", "CT"),
    ("Delaware", "DE"),
    ("District of Columbia", "DC"),
    ("Florida", "FL"),
    ("Georgia", "GA"),
    ("Hawaii", "HI"),
    ("Idaho", "ID"),
    ("Illinois", "IL"),
    ("Indiana", "IN"),
    ("Iowa", "IA"),
    ("Kansas", "KS"),
    ("Kentucky", "KY"),
    ("Louisiana", "LA"),
    ("Maine", "ME"),
    ("Maryland", "MD"),
    ("Massachusetts", "MA"),
    ("Michigan", "MI"),
    ("Minnesota", "MN"),
    ("Mississippi", "MS"),
    ("Missouri", "MO"),
    ("Montana", "MT"),
    ("Nebraska", "NE"),
    ("Nevada", "NV"),
    ("New Hampshire", "NH"),
    ("New Jersey", "NJ"),
    ("New Mexico", "NM"),
    ("New York", "NY"),
    ("North Carolina", "NC"),
    ("North Dakota", "ND"),
    ("Ohio", "OH"),
    ("Oklahoma", "OK"),
    ("Oregon", "OR"),
    ("Pennsylvania", "PA"),
    ("Puerto Rico", "PR"),
    ("Rhode Island", "RI"),
    ("South Carolina", "SC"),
    ("South Dakota", "SD"),
    ("Tennessee", "TN"),
    ("Texas", "TX"),
    ("Utah", "UT"),
    ("Vermont", "VT"),
    ("Virginia", "VA"),
    ("Washington", "WA"),
    ("West Virginia", "WV"),
    ("Wisconsin", "WI"),
    ("Wyoming", "WY"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_by_name_and_by_letters() {
        assert_eq!(state_code("Massachusetts").as_deref(), Some("MA"));
        assert_eq!(state_code("ma").as_deref(), Some("MA"));
        assert_eq!(state_code("Atlantis"), None);
    }

    #[test]
    fn a_late_visit_stays_on_its_day() {
        assert_eq!(civil_date("2026-03-02T23:30:00-10:00"), Some(jiff::civil::date(2026, 3, 2)));
        assert_eq!(civil_date("2026-3-2"), None);
        assert_eq!(civil_date("2026-02-30"), None);
    }
}
