//! Who saw and did what. Whoever may see only their own part sees only their own part.

use askama::Template;
use axum::extract::{Query, State};
use billing::PatientId;
use billing::access::{Action, Cell, Matrix};
use serde::Deserialize;
use store::views::access_log::{DeedRow, LookRow, Part};

use super::page::{Page, Shell, show as render};
use super::session::SignedIn;
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    patient: Option<PatientId>,
}

#[derive(Template)]
#[template(path = "access_log/index.html")]
struct AccessLogPage {
    shell: Shell,
    what: &'static str,
    looks: Vec<LookRow>,
    deeds: Vec<DeedRow>,
}

/// The log.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let (part, what) = part(&who, asked.patient);
    let actor = who.actor.clone();
    let (looks, deeds) = desk
        .blocking(move |db, practice| {
            db.flush_reads();
            db.read(&actor, practice, |read| Ok(store::views::access_log::get(db, read, part)?))
        })
        .await?;
    render(&AccessLogPage { shell: Shell::new(&desk, &who, "/access"), what, looks, deeds })
}

/// The part of the log that the person's roles open: all of it, log-ins only, or their own.
fn part(who: &SignedIn, patient: Option<PatientId>) -> (Part, &'static str) {
    let sees_all = who.actor.roles.iter().any(|role| Matrix::get().cell(Action::ViewAuditLog, *role) == Cell::Yes);
    match patient {
        Some(patient) if sees_all => (Part::Patient(patient), "Looks at one record"),
        Some(_) | None if sees_all => (Part::All, "Everybody"),
        Some(_) | None if who.may(Action::ViewAccessEvents) => (Part::LogIns, "Signing in and rights"),
        Some(_) | None => (Part::User(who.actor.user), "My own"),
    }
}
