//! Who on file may be the person that is being registered: a second account for one person splits the history and the
//! bills. It only points; whether it is the same person is decided by whoever registers.

use billing::access::{Action, Actor, ResourceState};
use billing::{PatientId, PracticeId};
use jiff::civil::Date;
use store::inquiry::{FoundPatient, MOST_FOUND, PATIENTS_BY_BIRTH_DATE, PATIENTS_BY_NAME, PATIENTS_BY_PHONE};
use store::{Db, name_key, params, registration as rows};

use super::PatientData;
use super::patient::{tidy, tidy_contact};
use crate::Error;
use crate::access::allow;

/// Somebody on file who resembles a new patient, and in what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookalike {
    /// The account.
    pub id: PatientId,
    /// Its number.
    pub account_number: String,
    /// The name on file.
    pub name: String,
    /// The birth date on file.
    pub birth_date: Date,
    /// In what they resemble each other, in words.
    pub why: &'static str,
}

/// Everybody on file who resembles the new patient: born the same day with a similar name, or of the same name at the
/// same address or telephone.
///
/// # Errors
/// `Denied` without the right to register patients.
pub fn lookalikes(db: &Db, actor: &Actor, practice: PracticeId, data: &PatientData) -> Result<Vec<Lookalike>, Error> {
    allow(actor, Action::RegisterPatient, &ResourceState::default())?;
    let (last, first) = (name_key(&data.name.last), name_key(&data.name.first));
    let (home, phone) = (tidy(&data.address), tidy_contact(&data.contact).phone);
    db.read(actor, practice, |read| {
        let born = *data.birth_date.reveal();
        let mut found = Vec::new();
        for other in read.query(&PATIENTS_BY_BIRTH_DATE, params![born, MOST_FOUND])? {
            if similar(&other.last_name, &last) && similar(&other.first_name, &first) {
                push(&mut found, other, "born the same day, with a similar name");
            }
        }
        for other in read.query(&PATIENTS_BY_NAME, params![last, format!("{last}\u{10ffff}"), MOST_FOUND])? {
            let lives_there =
                other.last_name == last && rows::patient(read, other.id)?.is_some_and(|known| known.address == home);
            if similar(&other.first_name, &first) && lives_there {
                push(&mut found, other, "the same name at the same address");
            }
        }
        let by_phone =
            if phone.is_empty() { Vec::new() } else { read.query(&PATIENTS_BY_PHONE, params![phone, MOST_FOUND])? };
        for other in by_phone {
            if other.last_name == last && similar(&other.first_name, &first) {
                push(&mut found, other, "the same name with the same telephone");
            }
        }
        for one in &found {
            read.saw("registration candidate", one.id);
        }
        Ok(found)
    })
}

fn push(found: &mut Vec<Lookalike>, other: FoundPatient, why: &'static str) {
    if found.iter().any(|known| known.id == other.id) {
        return;
    }
    let name = format!("{}, {}", other.last_name, other.first_name);
    let FoundPatient { id, account_number, birth_date, .. } = other;
    found.push(Lookalike { id, account_number, name, birth_date, why });
}

/// Whether two names as searched may be one name: the same, one the beginning of the other, or one letter apart, as
/// when somebody mistypes.
fn similar(one: &str, other: &str) -> bool {
    if one.is_empty() || other.is_empty() {
        return false;
    }
    one.starts_with(other) || other.starts_with(one) || one_letter_apart(one, other)
}

/// One letter changed, missing, or too many.
fn one_letter_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    match (one, other) {
        ([], []) => true,
        ([], [_]) | ([_], []) => true,
        ([], _) | (_, []) => false,
        ([_, rest @ ..], [_, other_rest @ ..]) => rest == other_rest || rest == other || one == other_rest,
    }
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn names_that_may_be_one_name() {
        for (one, other, expected) in [
            ("quintero", "quintero", true),
            ("quintero", "quintera", true),
            ("quintero", "quinteros", true),
            ("jon", "john", true),
            ("ada", "adelaide", false),
            ("rob", "robert", true),
            ("smith", "smythe", false),
            ("", "lin", false),
        ] {
            assert_eq!(similar(one, other), expected, "{one} {other}");
        }
    }
}
