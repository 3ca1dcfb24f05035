//! Who pays a patient's share, changed after registration: the patient, the one on file with data put right, or somebody
//! else.

use app::registration::entry::GuarantorEntry;
use askama::Template;
use axum::extract::{Form, State};
use billing::PatientId;

use super::Desk;
use super::page::{Page, Shell, go, show_told};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::settings::{Problems, field};

#[derive(Template)]
#[template(path = "registration/guarantor.html")]
struct GuarantorPage {
    shell: Shell,
    patient: PatientId,
    name: String,
    typed: GuarantorEntry,
    problems: Problems,
}

/// The form with who is on file.
pub async fn edit(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>) -> Page {
    let actor = who.actor.clone();
    let record = desk.blocking(move |db, practice| app::registration::show_patient(db, &actor, practice, id)).await?;
    let typed = GuarantorEntry::of(&record.guarantor, record.guarantor.name == record.patient.name);
    page(&desk, &who, id, typed, Problems::default()).await
}

/// Changes who pays.
pub async fn change(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PatientId>,
    Form(typed): Form<GuarantorEntry>,
) -> Page {
    let data = match typed.checked() {
        Ok(data) => data,
        Err(problems) => return page(&desk, &who, id, typed, Problems(problems)).await,
    };
    let actor = who.actor.clone();
    let done =
        desk.blocking(move |db, practice| app::registration::change_guarantor(db, &actor, practice, id, &data)).await;
    match done.map_err(|refusal| refusal.for_form().map(|(name, problem)| field(&name, &problem))) {
        Ok(()) => go(&format!("/patients/{id}"), "guarantor"),
        Err(problems) => page(&desk, &who, id, typed, problems?).await,
    }
}

async fn page(desk: &Desk, who: &SignedIn, patient: PatientId, typed: GuarantorEntry, problems: Problems) -> Page {
    let head = desk
        .read(&who.actor, move |read| Ok(store::views::patients::head(read, patient)?))
        .await?
        .ok_or(Refusal::Absent)?;
    let name = head.patient.0.name.full();
    show_told(
        problems.told(),
        &GuarantorPage { shell: Shell::new(desk, who, "/patients"), patient, name, typed, problems },
    )
}
