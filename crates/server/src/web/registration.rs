//! Registration: a patient with a guarantor, and coverages as they stand on the card.

use askama::Template;
use axum::extract::{Form, State};
use billing::coverage::{Coverage, CoverageRank, Relationship, Subscriber};
use billing::identifier::MemberId;
use billing::payer::Payer;
use billing::person::{Address, Contact, Gender, PersonName};
use billing::{CoverageId, PatientId, PayerId, Phi};
use jiff::civil::Date;
use serde::Deserialize;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::{Desk, filters};
use app::registration::{CoverageData, Lookalike, NewGuarantor, PatientData};

/// What the patient form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Person {
    first: String,
    middle: String,
    last: String,
    birth_date: String,
    gender: String,
    line1: String,
    line2: String,
    city: String,
    state: String,
    zip: String,
    phone: String,
    email: String,
    language: String,
    guarantor: String,
    guarantor_first: String,
    guarantor_last: String,
    /// Ticked where the accounts that resemble this one were looked at and are other people's.
    another: String,
}

/// What the coverage form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Card {
    payer_id: Option<PayerId>,
    plan_name: String,
    group_number: String,
    rank: String,
    relationship: String,
    member_id: String,
    effective_on: String,
    ends_on: String,
    subscriber_first: String,
    subscriber_last: String,
    subscriber_birth_date: String,
    subscriber_gender: String,
}

#[derive(Template)]
#[template(path = "registration/patient.html")]
struct PatientPage {
    shell: Shell,
    /// The patient that is changed; none for a new one.
    known: Option<PatientId>,
    typed: Person,
    problem: Option<(String, String)>,
    /// Accounts on file that may be this person's.
    alike: Vec<Lookalike>,
}

#[derive(Template)]
#[template(path = "registration/coverage.html")]
struct CoveragePage {
    shell: Shell,
    patient: PatientId,
    /// The coverage that is changed; none for a new one.
    known: Option<CoverageId>,
    name: String,
    payers: Vec<Payer>,
    typed: Card,
    problem: Option<(String, String)>,
}

/// The form of a new patient.
pub async fn new_patient(State(desk): State<Desk>, who: SignedIn) -> Page {
    let typed = Person { language: "en".into(), guarantor: "patient".into(), ..Person::default() };
    render(&PatientPage {
        shell: Shell::new(&desk, &who, "/patients"),
        known: None,
        typed,
        problem: None,
        alike: Vec::new(),
    })
}

/// Registers a patient.
pub async fn create_patient(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Person>) -> Page {
    let done = match person(&typed) {
        Ok((data, guarantor)) => {
            let actor = who.actor.clone();
            if typed.another.is_empty() {
                let (actor, data) = (actor.clone(), data.clone());
                let alike = desk
                    .blocking(move |db, practice| app::registration::lookalikes(db, &actor, practice, &data))
                    .await?;
                if !alike.is_empty() {
                    let shell = Shell::new(&desk, &who, "/patients");
                    return render(&PatientPage { shell, known: None, typed, problem: None, alike });
                }
            }
            desk.blocking(move |db, practice| {
                app::registration::register_patient(db, &actor, practice, &data, &guarantor)
            })
            .await
            .map_err(Refusal::for_form)
        }
        Err(problem) => Err(Ok(problem)),
    };
    match done {
        Ok(registered) => go(&format!("/patients/{}", registered.id), "registered"),
        Err(problem) => render(&PatientPage {
            shell: Shell::new(&desk, &who, "/patients"),
            known: None,
            typed,
            problem: Some(problem?),
            alike: Vec::new(),
        }),
    }
}

/// The form of a coverage.
pub async fn new_coverage(State(desk): State<Desk>, who: SignedIn, Id(patient): Id<PatientId>) -> Page {
    let typed = Card { rank: "P".into(), relationship: "18".into(), ..Card::default() };
    coverage_page(&desk, &who, (patient, None), typed, None).await
}

/// Adds a coverage.
pub async fn create_coverage(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Form(typed): Form<Card>,
) -> Page {
    let actor = who.actor.clone();
    let head = desk
        .read(&actor, move |read| Ok(store::views::patients::head(read, patient)?))
        .await?
        .ok_or(Refusal::Absent)?;
    let done = match card(&typed, &head.patient.0.address) {
        Ok(data) => desk
            .blocking(move |db, practice| app::registration::add_coverage(db, &actor, practice, patient, &data))
            .await
            .map_err(Refusal::for_form),
        Err(problem) => Err(Ok(problem)),
    };
    match done {
        Ok(_) => go(&format!("/patients/{patient}"), "covered"),
        Err(problem) => coverage_page(&desk, &who, (patient, None), typed, Some(problem?)).await,
    }
}

async fn coverage_page(
    desk: &Desk,
    who: &SignedIn,
    (patient, known): (PatientId, Option<CoverageId>),
    typed: Card,
    problem: Option<(String, String)>,
) -> Page {
    let actor = who.actor.clone();
    let (name, payers) = desk
        .blocking(move |db, practice| {
            let head = db.read(&actor, practice, |read| {
                store::views::patients::head(read, patient)?.ok_or(app::Error::NotFound("patient"))
            })?;
            Ok((head.patient.0.name.full(), app::registration::payers(db, &actor, practice)?))
        })
        .await?;
    render(&CoveragePage { shell: Shell::new(desk, who, "/patients"), patient, known, name, payers, typed, problem })
}

/// The form of a patient on file.
pub async fn edit_patient(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>) -> Page {
    let actor = who.actor.clone();
    let record = desk.blocking(move |db, practice| app::registration::show_patient(db, &actor, practice, id)).await?;
    let (patient, address) = (&record.patient, &record.patient.address);
    let typed = Person {
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
        ..Person::default()
    };
    render(&PatientPage {
        shell: Shell::new(&desk, &who, "/patients"),
        known: Some(id),
        typed,
        problem: None,
        alike: Vec::new(),
    })
}

/// Changes a patient on file; claims held for data are scrubbed again.
pub async fn change_patient(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PatientId>,
    Form(typed): Form<Person>,
) -> Page {
    let done = match person(&typed) {
        Ok((data, _)) => {
            let actor = who.actor.clone();
            desk.blocking(move |db, practice| app::registration::change_patient(db, &actor, practice, id, &data))
                .await
                .map_err(Refusal::for_form)
        }
        Err(problem) => Err(Ok(problem)),
    };
    match done {
        Ok(()) => go(&format!("/patients/{id}"), "mended"),
        Err(problem) => {
            let shell = Shell::new(&desk, &who, "/patients");
            render(&PatientPage { shell, known: Some(id), typed, problem: Some(problem?), alike: Vec::new() })
        }
    }
}

/// The form of a coverage on file.
pub async fn edit_coverage(State(desk): State<Desk>, who: SignedIn, Id(id): Id<CoverageId>) -> Page {
    let coverage = coverage_on_file(&desk, &who, id).await?;
    let other = coverage.relationship != Relationship::SelfSubscriber;
    let of_member = |text: &str| if other { text.to_owned() } else { String::new() };
    let member = &coverage.subscriber;
    let typed = Card {
        payer_id: Some(coverage.payer_id),
        plan_name: coverage.plan_name.clone(),
        group_number: coverage.group_number.clone(),
        rank: coverage.rank.code().to_owned(),
        relationship: coverage.relationship.code().to_owned(),
        member_id: member.member_id.reveal().to_owned(),
        effective_on: coverage.effective_on.to_string(),
        ends_on: coverage.ends_on.map(|end| end.to_string()).unwrap_or_default(),
        subscriber_first: of_member(&member.name.first),
        subscriber_last: of_member(&member.name.last),
        subscriber_birth_date: of_member(&member.birth_date.reveal().to_string()),
        subscriber_gender: member.gender.code().to_owned(),
    };
    coverage_page(&desk, &who, (coverage.patient_id, Some(id)), typed, None).await
}

/// Changes a coverage on file: a new version, and claims held for data are scrubbed again.
pub async fn change_coverage(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<CoverageId>,
    Form(typed): Form<Card>,
) -> Page {
    let coverage = coverage_on_file(&desk, &who, id).await?;
    let actor = who.actor.clone();
    let done = match card(&typed, &coverage.subscriber.address) {
        Ok(data) => desk
            .blocking(move |db, practice| app::registration::change_coverage(db, &actor, practice, id, &data))
            .await
            .map_err(Refusal::for_form),
        Err(problem) => Err(Ok(problem)),
    };
    match done {
        Ok(()) => go(&format!("/patients/{}", coverage.patient_id), "mended"),
        Err(problem) => coverage_page(&desk, &who, (coverage.patient_id, Some(id)), typed, Some(problem?)).await,
    }
}

async fn coverage_on_file(desk: &Desk, who: &SignedIn, id: CoverageId) -> Result<Coverage, Refusal> {
    desk.read(&who.actor, move |read| {
        let coverage = store::registration::coverage(read, id)?.ok_or(app::Error::NotFound("coverage"))?;
        read.saw("coverage", coverage.patient_id);
        Ok(coverage)
    })
    .await
}

type Problem = (String, String);

fn wrong(field: &str, problem: &str) -> Problem {
    (field.to_owned(), problem.to_owned())
}

/// A date as people write it: 1971-05-03 or 5/3/1971.
pub fn date(field: &str, text: &str) -> Result<Date, Problem> {
    let problem = || wrong(field, "Write the date as year-month-day, for example 1971-05-03.");
    let text = text.trim();
    if let Ok(date) = text.parse() {
        return Ok(date);
    }
    let parts: Vec<i16> = text.split('/').filter_map(|part| part.parse().ok()).collect();
    let [month, day, year] = parts[..] else { return Err(problem()) };
    let small = |number: i16| i8::try_from(number).map_err(|_| problem());
    Date::new(year, small(month)?, small(day)?).map_err(|_| problem())
}

fn gender(field: &str, code: &str) -> Result<Gender, Problem> {
    Gender::from_code(code.trim()).ok_or_else(|| wrong(field, "Choose female, male or unknown, as the payer has it."))
}

fn person(typed: &Person) -> Result<(PatientData, NewGuarantor), Problem> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let address = Address {
        line1: typed.line1.trim().to_owned(),
        line2: typed.line2.trim().to_owned(),
        city: typed.city.trim().to_owned(),
        state: typed.state.trim().to_uppercase(),
        zip: digits(&typed.zip),
    };
    let contact = Contact { phone: digits(&typed.phone), email: typed.email.trim().to_owned() };
    let guarantor = match typed.guarantor.as_str() {
        "other" => NewGuarantor::Other {
            name: name(&typed.guarantor_first, "", &typed.guarantor_last),
            address: address.clone(),
            contact: contact.clone(),
        },
        _ => NewGuarantor::Patient,
    };
    let data = PatientData {
        name: name(&typed.first, &typed.middle, &typed.last),
        birth_date: Phi::new(date("birth_date", &typed.birth_date)?),
        gender: gender("gender", &typed.gender)?,
        address,
        contact,
        language: typed.language.clone(),
        invented: false,
        source_key: None,
    };
    Ok((data, guarantor))
}

fn name(first: &str, middle: &str, last: &str) -> PersonName {
    PersonName {
        last: last.trim().to_owned(),
        first: first.trim().to_owned(),
        middle: middle.trim().to_owned(),
        suffix: String::new(),
    }
}

fn card(typed: &Card, address: &Address) -> Result<CoverageData, Problem> {
    let payer_id = typed.payer_id.ok_or_else(|| wrong("payer_id", "Choose the payer on the card."))?;
    let member_id = MemberId::parse(&typed.member_id).map_err(|bad| wrong("member_id", &bad.to_string()))?;
    let relationship = Relationship::from_code(&typed.relationship);
    let subscriber = match relationship {
        Relationship::SelfSubscriber => None,
        Relationship::Spouse | Relationship::Child | Relationship::Other => Some(Subscriber {
            name: name(&typed.subscriber_first, "", &typed.subscriber_last),
            member_id: member_id.clone(),
            birth_date: Phi::new(date("subscriber_birth_date", &typed.subscriber_birth_date)?),
            gender: gender("subscriber_gender", &typed.subscriber_gender)?,
            address: address.clone(),
        }),
    };
    let ends_on = match typed.ends_on.trim() {
        "" => None,
        text => Some(date("ends_on", text)?),
    };
    Ok(CoverageData {
        payer_id,
        plan_name: typed.plan_name.trim().to_owned(),
        group_number: typed.group_number.trim().to_owned(),
        rank: CoverageRank::from_code(&typed.rank).unwrap_or(CoverageRank::Primary),
        relationship,
        member_id,
        subscriber,
        effective_on: date("effective_on", &typed.effective_on)?,
        ends_on,
        invented: false,
        source_key: None,
    })
}

impl CoveragePage {
    fn is(chosen: &Option<PayerId>, payer: &PayerId) -> bool {
        chosen.as_ref() == Some(payer)
    }
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn a_date_is_read_as_people_write_it() {
        for text in ["1971-05-03", "5/3/1971", " 05/03/1971 "] {
            assert_eq!(date("birth_date", text).unwrap(), jiff::civil::date(1971, 5, 3), "{text}");
        }
        for text in ["", "3.5.1971", "13/40/1971", "May 3"] {
            assert_eq!(date("birth_date", text).unwrap_err().0, "birth_date", "{text}");
        }
    }
}
