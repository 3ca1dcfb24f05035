//! The search field: a claim's number or a trace goes straight to its page, anything else to the people it fits.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use billing::access::{Action, ResourceState, authorize};
use serde::Deserialize;
use store::inquiry::FoundPatient;

use super::page::{Page, Shell, show as render};
use super::session::SignedIn;
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "patients/index.html")]
struct FoundPage {
    shell: Shell,
    typed: String,
    problem: Option<String>,
    found: Vec<FoundPatient>,
    masked: bool,
    may_register: bool,
}

/// Finds by number, else by person.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let typed = asked.q.clone();
    let may_remittance = who.may(Action::ViewRemittance);
    let target = desk
        .read(&who.actor, move |read| {
            if let Some(claim) = store::views::claims::by_number(read, &typed)? {
                return Ok(Some(format!("/claims/{claim}")));
            }
            let remittance = if may_remittance { store::views::remittances::by_trace(read, &typed)? } else { None };
            Ok(remittance.map(|remittance| format!("/remittances/{remittance}")))
        })
        .await?;
    match target {
        Some(path) => Ok(Redirect::to(&path).into_response()),
        None => people(State(desk), who, Query(asked)).await,
    }
}

/// The people a search fits.
pub async fn people(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let typed = asked.q.trim().to_owned();
    let (actor, search) = (who.actor.clone(), typed.clone());
    let found = if typed.is_empty() {
        Ok(Vec::new())
    } else {
        desk.blocking(move |db, practice| app::inquiry::find(db, &actor, practice, &search)).await
    };
    let (found, problem) = match found {
        Ok(found) => (found, None),
        Err(refusal) => (Vec::new(), Some(refusal.for_form()?.1)),
    };
    let mut shell = Shell::new(&desk, &who, "/patients").after(asked.done.as_deref());
    shell.find.clone_from(&typed);
    let masked = authorize(&who.actor, Action::FindPatient, &ResourceState::default()).is_ok_and(|ok| ok.masked());
    render(&FoundPage { shell, typed, problem, found, masked, may_register: who.may(Action::RegisterPatient) })
}
