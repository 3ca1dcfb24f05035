//! The search field: a claim's number or a trace goes straight to its page, anything else to the people it fits. What
//! is typed is often a name, so it travels in the body of a POST and never stands in an address, a log or a history.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect};
use billing::access::Action;
use serde::Deserialize;
use store::inquiry::FoundPatient;

use super::page::{Page, Shell, show as render};
use super::refusal::Refusal;
use super::session::SignedIn;
use super::{Desk, filters};

/// What was typed.
#[derive(Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
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
pub async fn show(State(desk): State<Desk>, who: SignedIn, Form(search): Form<Search>) -> Page {
    let typed = search.q.clone();
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
        None => people(&desk, &who, &search.q).await,
    }
}

/// The empty search for people.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let shell = Shell::new(&desk, &who, "/patients").after(asked.done.as_deref());
    found_page(&who, shell, String::new(), Ok(Vec::new()))
}

/// The people a search fits.
async fn people(desk: &Desk, who: &SignedIn, typed: &str) -> Page {
    let typed = typed.trim().to_owned();
    let (actor, search) = (who.actor.clone(), typed.clone());
    let found = if typed.is_empty() {
        Ok(Vec::new())
    } else {
        desk.blocking(move |db, practice| app::inquiry::find(db, &actor, practice, &search)).await
    };
    let mut shell = Shell::new(desk, who, "/patients");
    shell.find.clone_from(&typed);
    found_page(who, shell, typed, found)
}

fn found_page(who: &SignedIn, shell: Shell, typed: String, found: Result<Vec<FoundPatient>, Refusal>) -> Page {
    let (found, problem) = match found {
        Ok(found) => (found, None),
        Err(refusal) => (Vec::new(), Some(refusal.for_form()?.1)),
    };
    let masked = who.is_masked(Action::FindPatient);
    render(&FoundPage { shell, typed, problem, found, masked, may_register: who.may(Action::RegisterPatient) })
}
