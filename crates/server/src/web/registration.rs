//! Registration: a patient with a guarantor, and coverages as they stand on the card. A form that is wrong comes back with
//! what was typed and every problem beside its field.

use app::registration::entry::{self, CoverageEntry, PatientEntry};
use app::registration::{self, Lookalike};
use askama::Template;
use axum::extract::{Form, State};
use billing::coverage::{Coverage, MedicareSecondaryType};
use billing::payer::Payer;
use billing::{CoverageId, PatientId, PayerId};
use jiff::civil::Date;

use super::page::{Page, Shell, go, show_told};
use super::refusal::{Refusal, Told};
use super::session::{Id, SignedIn};
use super::settings::{Problems, field};
use super::{Desk, filters};

#[derive(Template)]
#[template(path = "registration/patient.html")]
struct PatientPage {
    shell: Shell,
    /// The patient that is changed; none for a new one.
    known: Option<PatientId>,
    typed: PatientEntry,
    problems: Problems,
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
    typed: CoverageEntry,
    problems: Problems,
}

/// Lets a coverage pay first; the others follow.
pub async fn pay_first(State(desk): State<Desk>, who: SignedIn, Id(id): Id<CoverageId>) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| registration::pay_first(db, &actor, practice, id)).await;
    match done.map_err(Refusal::for_form) {
        Ok(patient) => go(&format!("/patients/{patient}"), "reordered"),
        Err(problem) => Err(Refusal::Conflict(problem?.1)),
    }
}

/// The form of a new patient.
pub async fn new_patient(State(desk): State<Desk>, who: SignedIn) -> Page {
    let typed = PatientEntry { language: "en".into(), guarantor: "patient".into(), ..PatientEntry::default() };
    patient_page(&desk, &who, None, typed, Problems::default(), Vec::new())
}

/// What a program is told where patients on file may be the very person: nothing was registered.
fn alike_told(alike: &[Lookalike]) -> Option<Told> {
    let numbers: Vec<&str> = alike.iter().map(|one| one.account_number.as_str()).collect();
    (!numbers.is_empty()).then(|| Told {
        field: Some("another".to_owned()),
        sentence: format!(
            "Nothing was registered: the person may be on file already, under {}. Compare, and where it is none of them \
             send the field another with yes.",
            numbers.join(", ")
        ),
    })
}

/// Registers a patient.
pub async fn create_patient(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<PatientEntry>) -> Page {
    let (data, guarantor) = match typed.checked(today(&desk).await?) {
        Ok(checked) => checked,
        Err(problems) => return patient_page(&desk, &who, None, typed, Problems(problems), Vec::new()),
    };
    let actor = who.actor.clone();
    if typed.another.is_empty() {
        let (actor, data) = (actor.clone(), data.clone());
        let alike =
            desk.blocking(move |db, practice| app::registration::lookalikes(db, &actor, practice, &data)).await?;
        if !alike.is_empty() {
            return patient_page(&desk, &who, None, typed, Problems::default(), alike);
        }
    }
    let done = desk
        .blocking(move |db, practice| app::registration::register_patient(db, &actor, practice, &data, &guarantor))
        .await;
    match done.map_err(problems) {
        Ok(registered) => go(&format!("/patients/{}", registered.id), "registered"),
        Err(problems) => patient_page(&desk, &who, None, typed, problems?, Vec::new()),
    }
}

fn patient_page(
    desk: &Desk,
    who: &SignedIn,
    known: Option<PatientId>,
    typed: PatientEntry,
    problems: Problems,
    alike: Vec<Lookalike>,
) -> Page {
    let told = problems.told().or_else(|| alike_told(&alike));
    show_told(told, &PatientPage { shell: Shell::new(desk, who, "/patients"), known, typed, problems, alike })
}

/// The form of a coverage.
pub async fn new_coverage(State(desk): State<Desk>, who: SignedIn, Id(patient): Id<PatientId>) -> Page {
    let typed = CoverageEntry { rank: "P".into(), relationship: "18".into(), ..CoverageEntry::default() };
    coverage_page(&desk, &who, (patient, None), typed, Problems::default()).await
}

/// Adds a coverage.
pub async fn create_coverage(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Form(typed): Form<CoverageEntry>,
) -> Page {
    let actor = who.actor.clone();
    let head = desk
        .read(&actor, move |read| Ok(store::views::patients::head(read, patient)?))
        .await?
        .ok_or(Refusal::Absent)?;
    let data = match typed.checked(&head.patient.0.address, today(&desk).await?) {
        Ok(data) => data,
        Err(problems) => return coverage_page(&desk, &who, (patient, None), typed, Problems(problems)).await,
    };
    let done =
        desk.blocking(move |db, practice| app::registration::add_coverage(db, &actor, practice, patient, &data)).await;
    match done.map_err(problems) {
        Ok(_) => go(&format!("/patients/{patient}"), "covered"),
        Err(problems) => coverage_page(&desk, &who, (patient, None), typed, problems?).await,
    }
}

async fn coverage_page(
    desk: &Desk,
    who: &SignedIn,
    (patient, known): (PatientId, Option<CoverageId>),
    typed: CoverageEntry,
    problems: Problems,
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
    show_told(
        problems.told(),
        &CoveragePage { shell: Shell::new(desk, who, "/patients"), patient, known, name, payers, typed, problems },
    )
}

/// The form of a patient on file.
pub async fn edit_patient(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>) -> Page {
    let actor = who.actor.clone();
    let record = desk.blocking(move |db, practice| app::registration::show_patient(db, &actor, practice, id)).await?;
    let typed = PatientEntry::of(&record.patient);
    patient_page(&desk, &who, Some(id), typed, Problems::default(), Vec::new())
}

/// Changes a patient on file; claims held for data are scrubbed again.
pub async fn change_patient(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PatientId>,
    Form(typed): Form<PatientEntry>,
) -> Page {
    let data = match typed.checked(today(&desk).await?) {
        Ok((data, _)) => data,
        Err(problems) => return patient_page(&desk, &who, Some(id), typed, Problems(problems), Vec::new()),
    };
    let actor = who.actor.clone();
    let done =
        desk.blocking(move |db, practice| app::registration::change_patient(db, &actor, practice, id, &data)).await;
    match done.map_err(problems) {
        Ok(()) => go(&format!("/patients/{id}"), "mended"),
        Err(problems) => patient_page(&desk, &who, Some(id), typed, problems?, Vec::new()),
    }
}

/// The form of a coverage on file.
pub async fn edit_coverage(State(desk): State<Desk>, who: SignedIn, Id(id): Id<CoverageId>) -> Page {
    let coverage = coverage_on_file(&desk, &who, id).await?;
    let typed = CoverageEntry::of(&coverage);
    coverage_page(&desk, &who, (coverage.patient_id, Some(id)), typed, Problems::default()).await
}

/// Changes a coverage on file: a new version, and claims held for data are scrubbed again.
pub async fn change_coverage(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<CoverageId>,
    Form(typed): Form<CoverageEntry>,
) -> Page {
    let coverage = coverage_on_file(&desk, &who, id).await?;
    let page = (coverage.patient_id, Some(id));
    let data = match typed.checked(&coverage.subscriber.address, today(&desk).await?) {
        Ok(data) => data,
        Err(problems) => return coverage_page(&desk, &who, page, typed, Problems(problems)).await,
    };
    let actor = who.actor.clone();
    let done =
        desk.blocking(move |db, practice| app::registration::change_coverage(db, &actor, practice, id, &data)).await;
    match done.map_err(problems) {
        Ok(()) => go(&format!("/patients/{}", coverage.patient_id), "mended"),
        Err(problems) => coverage_page(&desk, &who, page, typed, problems?).await,
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

/// The civil day of the practice.
async fn today(desk: &Desk) -> Result<Date, Refusal> {
    desk.blocking(|db, practice| Ok(db.today(practice)?)).await
}

/// What a use case refused, beside the field of the form that it is about; what is no form's to mend stays a refusal.
fn problems(refusal: Refusal) -> Result<Problems, Refusal> {
    let (name, problem) = refusal.for_form()?;
    let beside = match name.as_str() {
        "birth date" => "birth_date",
        "first name" => "first",
        "last name" => "last",
        "guarantor's last name" => "guarantor_last",
        "last covered day" => "ends_on",
        "member" => "subscriber_last",
        other => other,
    };
    Ok(field(beside, &problem))
}

/// A date of a form: 1971-05-03 or 5/3/1971.
pub fn date(field: &str, text: &str) -> Result<Date, (String, String)> {
    entry::date(text).ok_or_else(|| (field.to_owned(), entry::UNREADABLE_DATE.to_owned()))
}

impl CoveragePage {
    fn is(chosen: &str, payer: &PayerId) -> bool {
        chosen == payer.to_string()
    }

    /// Why Medicare may pay after another: code and words.
    fn medicare_secondary() -> Vec<(&'static str, &'static str)> {
        MedicareSecondaryType::ALL.iter().map(|kind| (kind.code(), kind.words())).collect()
    }
}
