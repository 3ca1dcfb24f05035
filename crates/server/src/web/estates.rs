//! A patient who died: the form of the estate on the account, with the day of the claim. Decides nothing itself.

use app::estate::{self, EstateEntry, EstateView};
use askama::Template;
use axum::extract::{Form, State};
use billing::PatientId;
use billing::access::Action;
use billing::estate::{ClaimDay, EstateOutcome};
use jiff::civil::Date;
use serde::Deserialize;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::settings::{Problems, field};
use super::{Desk, filters};

/// What the form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    died_on: String,
    state: String,
    county: String,
    representative: String,
    document: String,
    letters_on: String,
    notice_on: String,
    filed_on: String,
    outcome: String,
    revision: String,
}

#[derive(Template)]
#[template(path = "patients/estate.html")]
struct EstatePage {
    shell: Shell,
    patient: PatientId,
    name: String,
    known: Option<EstateView>,
    typed: Typed,
    problems: Problems,
    may_record: bool,
}

impl EstatePage {
    fn outcomes() -> [EstateOutcome; 4] {
        EstateOutcome::ALL
    }

    /// By when the claim must be filed, in words.
    fn claim_day(view: &EstateView) -> String {
        match view.claim_day {
            ClaimDay::By(day, source) => format!("{} ({source})", super::filters::in_words(day)),
            ClaimDay::NotStarted(source) => format!("The clock starts with the letters or the notice ({source})"),
            ClaimDay::NotKnown => {
                format!("How long {} leaves is not known to the program: ask counsel today", view.row.state)
            }
        }
    }
}

/// The estate of a patient.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(patient): Id<PatientId>) -> Page {
    page(&desk, &who, patient, None, Problems::default()).await
}

async fn page(desk: &Desk, who: &SignedIn, patient: PatientId, typed: Option<Typed>, problems: Problems) -> Page {
    let actor = who.actor.clone();
    let (known, head) = desk
        .blocking(move |db, practice| {
            let known = estate::show(db, &actor, practice, patient)?;
            let head =
                db.read(&actor, practice, |read| Ok::<_, app::Error>(store::views::patients::head(read, patient)?))?;
            Ok((known, head))
        })
        .await?;
    let head = head.ok_or(Refusal::Absent)?;
    let stands = || {
        known.as_ref().map_or_else(
            || Typed { state: head.patient.0.address.state.clone(), outcome: "open".into(), ..Typed::default() },
            |view| Typed {
                died_on: view.row.died_on.to_string(),
                state: view.row.state.clone(),
                county: view.row.county.clone(),
                representative: view.row.representative.clone(),
                document: view.row.document.clone(),
                letters_on: shown(view.row.letters_on),
                notice_on: shown(view.row.notice_on),
                filed_on: shown(view.row.filed_on),
                outcome: view.row.outcome.as_str().to_owned(),
                revision: view.row.revision.to_string(),
            },
        )
    };
    render(&EstatePage {
        shell: Shell::new(desk, who, "/patients"),
        patient,
        name: head.patient.0.name.full(),
        typed: typed.unwrap_or_else(stands),
        known,
        problems,
        may_record: who.may(Action::EditDemographics),
    })
}

fn shown(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// Records it.
pub async fn record(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Form(typed): Form<Typed>,
) -> Page {
    let (entry, revision) = match read(&typed) {
        Ok(read) => read,
        Err((name, words)) => return page(&desk, &who, patient, Some(typed), field(name, words)).await,
    };
    let actor = who.actor.clone();
    let done =
        desk.blocking(move |db, practice| estate::record(db, &actor, practice, patient, (&entry, revision))).await;
    match done.map_err(|refusal| refusal.for_form().map(|(name, problem)| field(&name, &problem))) {
        Ok(()) => go(&format!("/patients/{patient}"), "estate-recorded"),
        Err(problems) => page(&desk, &who, patient, Some(typed), problems?).await,
    }
}

fn read(typed: &Typed) -> Result<(EstateEntry, Option<i64>), (&'static str, &'static str)> {
    let day = |name, text: &str| match text.trim() {
        "" => Ok(None),
        day => day.parse::<Date>().map(Some).map_err(|_| (name, "Choose the day.")),
    };
    let entry = EstateEntry {
        died_on: day("died_on", &typed.died_on)?.ok_or(("died_on", "Choose the day."))?,
        state: typed.state.clone(),
        county: typed.county.clone(),
        representative: typed.representative.clone(),
        document: typed.document.clone(),
        letters_on: day("letters_on", &typed.letters_on)?,
        notice_on: day("notice_on", &typed.notice_on)?,
        filed_on: day("filed_on", &typed.filed_on)?,
        outcome: EstateOutcome::parse(&typed.outcome).ok_or(("outcome", "Choose what came of it."))?,
    };
    Ok((entry, typed.revision.parse().ok()))
}
