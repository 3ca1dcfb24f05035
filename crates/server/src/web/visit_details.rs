//! More about a visit, shared by the form that enters it and the form that mends it: who supervised and ordered, where,
//! an accident, the first day of the illness, and the drug of a line. Most visits have none of it.

use std::collections::BTreeMap;
use std::str::FromStr;

use billing::charge::{Drug, Units};
use billing::encounter::{Accident, AccidentCause, Encounter};
use billing::provider::{Facility, Provider};
use billing::{FacilityId, ProviderId};
use jiff::civil::Date;

use super::registration::date;

/// What a form sent, by field name.
pub type Fields = BTreeMap<String, String>;
/// A field's name, and what would be right.
pub type Problem = (String, String);

/// Digits of a National Drug Code as claims carry it: five, four and two.
const NDC_PARTS: [usize; 3] = [5, 4, 2];

/// The units a drug is measured in (CTP05), with their words.
const DRUG_UNITS: &[(&str, &str)] =
    &[("UN", "units"), ("ML", "milliliters"), ("ME", "milligrams"), ("GR", "grams"), ("F2", "international units")];

/// What caused an accident: the word in the form, and what people read.
const CAUSES: &[(&str, &str, AccidentCause)] = &[
    ("auto", "Auto", AccidentCause::Auto),
    ("employment", "Employment", AccidentCause::Employment),
    ("other", "Other", AccidentCause::Other),
];

/// What a visit may have besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Who supervised.
    pub supervising_id: Option<ProviderId>,
    /// Who ordered.
    pub ordering_id: Option<ProviderId>,
    /// Where, when not at the billing address.
    pub facility_id: Option<FacilityId>,
    /// An accident that caused it.
    pub accident: Option<Accident>,
    /// First day of the illness.
    pub onset_on: Option<Date>,
}

impl From<&Encounter> for Details {
    fn from(visit: &Encounter) -> Details {
        Details {
            supervising_id: visit.supervising_id,
            ordering_id: visit.ordering_id,
            facility_id: visit.facility_id,
            accident: visit.accident.clone(),
            onset_on: visit.onset_on,
        }
    }
}

impl Details {
    /// Reads the form's fields.
    pub fn read(fields: &Fields) -> Result<Details, Problem> {
        Ok(Details {
            supervising_id: chosen(fields, "supervising_id", "Choose the person from the list, or nobody.")?,
            ordering_id: chosen(fields, "ordering_id", "Choose the person from the list, or nobody.")?,
            facility_id: chosen(fields, "facility_id", "Choose the place from the list, or the practice itself.")?,
            accident: accident(fields)?,
            onset_on: match of(fields, "onset_on") {
                "" => None,
                text => Some(date("onset_on", text)?),
            },
        })
    }

    /// As the form shows them.
    pub fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        let mut put = |key: &str, value: Option<String>| {
            fields.insert(key.to_owned(), value.unwrap_or_default());
        };
        put("supervising_id", self.supervising_id.map(|id| id.to_string()));
        put("ordering_id", self.ordering_id.map(|id| id.to_string()));
        put("facility_id", self.facility_id.map(|id| id.to_string()));
        put("onset_on", self.onset_on.map(|date| date.to_string()));
        let accident = self.accident.as_ref();
        put("accident_cause", accident.map(|accident| word(accident.cause).to_owned()));
        put("accident_date", accident.map(|accident| accident.occurred_on.to_string()));
        put("accident_state", accident.and_then(|accident| accident.state.clone()));
        fields
    }
}

/// What people read of a cause.
pub fn cause_in_words(cause: AccidentCause) -> &'static str {
    CAUSES.iter().find(|(_, _, known)| *known == cause).map_or("", |(_, words, _)| words)
}

fn word(cause: AccidentCause) -> &'static str {
    CAUSES.iter().find(|(_, _, known)| *known == cause).map_or("", |(word, _, _)| word)
}

fn of<'f>(fields: &'f Fields, key: &str) -> &'f str {
    fields.get(key).map_or("", |text| text.trim())
}

fn wrong(field: impl Into<String>, remedy: &str) -> Problem {
    (field.into(), remedy.to_owned())
}

fn chosen<T: FromStr>(fields: &Fields, key: &str, remedy: &str) -> Result<Option<T>, Problem> {
    match of(fields, key) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wrong(key, remedy)),
    }
}

fn accident(fields: &Fields) -> Result<Option<Accident>, Problem> {
    let (cause, day, state) =
        (of(fields, "accident_cause"), of(fields, "accident_date"), of(fields, "accident_state").to_uppercase());
    if cause.is_empty() && day.is_empty() && state.is_empty() {
        return Ok(None);
    }
    let Some((_, _, cause)) = CAUSES.iter().find(|(word, _, _)| *word == cause) else {
        return Err(wrong("accident_cause", "Choose what caused the accident, or empty its date and state."));
    };
    if day.is_empty() {
        return Err(wrong("accident_date", "Enter the day of the accident."));
    }
    if state.is_empty() && *cause == AccidentCause::Auto {
        return Err(wrong("accident_state", "An auto accident needs the state in which it happened, for example TX."));
    }
    if !state.is_empty() && codes::postal::state_name(&state).is_none() {
        return Err(wrong("accident_state", "Write the state's two letters, for example TX."));
    }
    let state = Some(state).filter(|state| !state.is_empty());
    Ok(Some(Accident { cause: *cause, occurred_on: date("accident_date", day)?, state }))
}

/// The drug of a line, whose fields end with `key`.
pub fn drug(fields: &Fields, key: &str) -> Result<Option<Drug>, Problem> {
    let field = |name: &str| format!("{name}{key}");
    let (ndc, quantity) = (of(fields, &field("ndc")), of(fields, &field("quantity")));
    if ndc.is_empty() && quantity.is_empty() {
        return Ok(None);
    }
    let ndc = eleven_digits(ndc).ok_or_else(|| {
        wrong(
            field("ndc"),
            "Write the drug's eleven digits (5-4-2) as on the package; with dashes, missing zeros are filled in.",
        )
    })?;
    let problem = || wrong(field("quantity"), "Write how much was given as a number above zero, such as 2 or 0.5.");
    let quantity = quantity.parse::<Units>().map_err(|_| problem())?;
    if quantity.thousandths() <= 0 {
        return Err(problem());
    }
    let unit = of(fields, &field("drug_unit"));
    let Some((unit, _)) = DRUG_UNITS.iter().find(|(code, _)| *code == unit) else {
        return Err(wrong(field("drug_unit"), "Choose what the quantity is measured in."));
    };
    Ok(Some(Drug { ndc, quantity, unit: (*unit).to_owned() }))
}

/// Eleven digits from eleven digits, or from three parts with dashes of which one may lack zeros in front.
fn eleven_digits(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('-').map(str::trim).collect();
    let digits: String = match parts[..] {
        [labeler, product, package] => [labeler, product, package]
            .iter()
            .zip(NDC_PARTS)
            .map(|(part, width)| if part.is_empty() { String::new() } else { format!("{part:0>width$}") })
            .collect(),
        _ => text.to_owned(),
    };
    (digits.len() == NDC_PARTS.iter().sum::<usize>() && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(digits)
}

/// "12345-6789-01".
pub fn ndc_in_words(ndc: &str) -> String {
    match (ndc.get(..5), ndc.get(5..9), ndc.get(9..)) {
        (Some(labeler), Some(product), Some(package)) => format!("{labeler}-{product}-{package}"),
        _ => ndc.to_owned(),
    }
}

/// The fields as a template shows them, with the lists to choose from.
pub struct Shown {
    fields: Fields,
    /// Who may have supervised or ordered.
    pub providers: Vec<Provider>,
    /// Where a visit may have been.
    pub facilities: Vec<Facility>,
}

impl Shown {
    /// What was typed, over what is known.
    pub fn new(known: Fields, typed: &Fields, providers: Vec<Provider>, facilities: Vec<Facility>) -> Shown {
        let mut fields = known;
        fields.extend(typed.iter().map(|(key, value)| (key.clone(), value.clone())));
        Shown { fields, providers, facilities }
    }

    /// What a field holds.
    pub fn of(&self, key: &str) -> &str {
        of(&self.fields, key)
    }

    /// What a line's field holds.
    pub fn at(&self, key: &str, line: &str) -> &str {
        of(&self.fields, &format!("{key}{line}"))
    }

    /// Whether a field holds this choice.
    pub fn is(&self, key: &str, choice: &impl ToString) -> bool {
        self.of(key) == choice.to_string()
    }

    /// Whether something is filled in, so that the part of the form stands open.
    pub fn is_open(&self) -> bool {
        [
            "supervising_id",
            "ordering_id",
            "facility_id",
            "accident_cause",
            "accident_date",
            "accident_state",
            "onset_on",
        ]
        .iter()
        .any(|key| !self.of(key).is_empty())
    }

    /// Whether a line's drug is filled in.
    pub fn has_drug(&self, line: &str) -> bool {
        !self.at("ndc", line).is_empty() || !self.at("quantity", line).is_empty()
    }

    /// What may have caused an accident.
    pub fn causes() -> impl Iterator<Item = (&'static str, &'static str)> {
        CAUSES.iter().map(|(word, words, _)| (*word, *words))
    }

    /// What a drug is measured in.
    pub fn drug_units() -> &'static [(&'static str, &'static str)] {
        DRUG_UNITS
    }
}

/// A line's drug as the form shows it.
pub fn drug_fields(drug: &Drug, key: &str) -> Fields {
    [("ndc", ndc_in_words(&drug.ndc)), ("quantity", drug.quantity.to_string()), ("drug_unit", drug.unit.clone())]
        .into_iter()
        .map(|(name, value)| (format!("{name}{key}"), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_drug_number_is_eleven_digits_however_it_is_written() {
        for (text, digits) in [
            ("00409118530", Some("00409118530")),
            ("0409-1185-30", Some("00409118530")),
            ("00409-1185-30", Some("00409118530")),
            ("12345-678-9", Some("12345067809")),
            ("0409118530", None),
            ("123456-7890-1", None),
            ("12345--01", None),
            ("0040911853x", None),
        ] {
            assert_eq!(eleven_digits(text).as_deref(), digits, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_names_its_field_and_what_is_known_reads_back_the_same() {
        for (pairs, field) in [
            (&[("accident_date", "2026-11-01")][..], "accident_cause"),
            (&[("accident_cause", "auto"), ("accident_state", "TX")], "accident_date"),
            (&[("accident_cause", "auto"), ("accident_date", "2026-11-01")], "accident_state"),
            (
                &[("accident_cause", "other"), ("accident_date", "2026-11-01"), ("accident_state", "ZZ")],
                "accident_state",
            ),
            (&[("supervising_id", "somebody")], "supervising_id"),
            (&[("onset_on", "last week")], "onset_on"),
        ] {
            assert_eq!(Details::read(&fields(pairs)).unwrap_err().0, field);
        }
        for (pairs, field) in [
            (&[("quantity1", "2")][..], "ndc1"),
            (&[("ndc1", "00409118530")], "quantity1"),
            (&[("ndc1", "00409118530"), ("quantity1", "0"), ("drug_unit1", "ML")], "quantity1"),
            (&[("ndc1", "00409118530"), ("quantity1", "1"), ("drug_unit1", "QT")], "drug_unit1"),
        ] {
            assert_eq!(drug(&fields(pairs), "1").unwrap_err().0, field);
        }
        let whole = fields(&[
            ("accident_cause", "auto"),
            ("accident_date", "2026-11-01"),
            ("accident_state", "tx"),
            ("onset_on", "2026-11-02"),
        ]);
        let details = Details::read(&whole).unwrap();
        assert_eq!(Details::read(&details.fields()).unwrap(), details);
        let given =
            drug(&fields(&[("ndc1", "0409-1185-30"), ("quantity1", "0.5"), ("drug_unit1", "ML")]), "1").unwrap();
        let shown = drug_fields(given.as_ref().unwrap(), "1");
        assert_eq!(drug(&shown, "1").unwrap(), given);
    }
}
