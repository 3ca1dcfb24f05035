//! Who pays a patient's share, changed after registration: the patient, the one on file with data put right, or somebody
//! else.

use app::registration::GuarantorData;
use askama::Template;
use axum::extract::{Form, State};
use billing::PatientId;
use billing::person::{Address, Contact, PersonName};
use serde::Deserialize;

use super::Desk;
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};

/// What the form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    who: String,
    first: String,
    last: String,
    line1: String,
    line2: String,
    city: String,
    state: String,
    zip: String,
    phone: String,
    email: String,
}

#[derive(Template)]
#[template(path = "registration/guarantor.html")]
struct GuarantorPage {
    shell: Shell,
    patient: PatientId,
    name: String,
    typed: Typed,
    problem: Option<(String, String)>,
}

/// The form with who is on file.
pub async fn edit(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>) -> Page {
    let actor = who.actor.clone();
    let record = desk.blocking(move |db, practice| app::registration::show_patient(db, &actor, practice, id)).await?;
    let guarantor = &record.guarantor;
    let is_patient = guarantor.name == record.patient.name;
    let typed = Typed {
        who: if is_patient { "patient" } else { "same" }.to_owned(),
        first: guarantor.name.first.clone(),
        last: guarantor.name.last.clone(),
        line1: guarantor.address.line1.clone(),
        line2: guarantor.address.line2.clone(),
        city: guarantor.address.city.clone(),
        state: guarantor.address.state.clone(),
        zip: guarantor.address.zip.clone(),
        phone: guarantor.contact.phone.clone(),
        email: guarantor.contact.email.clone(),
    };
    page(&desk, &who, id, typed, None).await
}

/// Changes who pays.
pub async fn change(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>, Form(typed): Form<Typed>) -> Page {
    let data = match read(&typed) {
        Ok(data) => data,
        Err(problem) => return page(&desk, &who, id, typed, Some(problem)).await,
    };
    let actor = who.actor.clone();
    let done =
        desk.blocking(move |db, practice| app::registration::change_guarantor(db, &actor, practice, id, &data)).await;
    match done.map_err(Refusal::for_form) {
        Ok(()) => go(&format!("/patients/{id}"), "guarantor"),
        Err(problem) => page(&desk, &who, id, typed, Some(problem?)).await,
    }
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    patient: PatientId,
    typed: Typed,
    problem: Option<(String, String)>,
) -> Page {
    let head = desk
        .read(&who.actor, move |read| Ok(store::views::patients::head(read, patient)?))
        .await?
        .ok_or(Refusal::Absent)?;
    let name = head.patient.0.name.full();
    render(&GuarantorPage { shell: Shell::new(desk, who, "/patients"), patient, name, typed, problem })
}

fn read(typed: &Typed) -> Result<GuarantorData, (String, String)> {
    let wrong = |field: &str, problem: &str| Err((field.to_owned(), problem.to_owned()));
    if typed.who == "patient" {
        return Ok(GuarantorData::Patient);
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let state = typed.state.trim().to_uppercase();
    let zip = codes::postal::zip_digits(&typed.zip);
    let phone = digits(&typed.phone);
    if typed.line1.trim().is_empty() || typed.city.trim().is_empty() {
        return wrong("line1", "Write the street and the city: statements go there.");
    }
    if codes::postal::state_name(&state).is_none() {
        return wrong("state", "Write two letters of a state or territory, such as MA.");
    }
    if !codes::postal::is_zip5(&zip) && !codes::postal::is_zip9(&zip) {
        return wrong("zip", "Write five or nine digits.");
    }
    if !matches!(phone.len(), 0 | 10) {
        return wrong("phone", "Write ten digits, or leave it empty.");
    }
    let name = PersonName {
        last: typed.last.trim().to_owned(),
        first: typed.first.trim().to_owned(),
        middle: String::new(),
        suffix: String::new(),
    };
    let address = Address {
        line1: typed.line1.trim().to_owned(),
        line2: typed.line2.trim().to_owned(),
        city: typed.city.trim().to_owned(),
        state,
        zip,
    };
    let contact = Contact { phone, email: typed.email.trim().to_owned() };
    Ok(match typed.who.as_str() {
        "same" => GuarantorData::Same(name, address, contact),
        _ => GuarantorData::Other(name, address, contact),
    })
}

impl GuarantorPage {
    /// What is wrong with a field.
    fn of(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(name, _)| name == field).map(|(_, words)| words.as_str())
    }

    /// What is wrong with no field in particular.
    fn whole(&self) -> Option<&str> {
        self.of("")
    }
}
