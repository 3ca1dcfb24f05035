//! A person's own training notes, and that each was read.

use app::problems::training;
use askama::Template;
use axum::extract::{Query, State};
use billing::TrainingReceiptId;
use store::problem::TrainingRow;

use super::super::page::{Page, Shell, go, show as render};
use super::super::session::{Id, SignedIn};
use super::super::{Desk, filters};
use super::Asked;

#[derive(Template)]
#[template(path = "problems/training.html")]
struct TrainingPage {
    shell: Shell,
    notes: Vec<TrainingRow>,
}

/// The person's own notes.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let notes = desk.blocking(move |db, practice| training::own(db, &actor, practice)).await?;
    render(&TrainingPage { shell: Shell::new(&desk, &who, "/training").after(asked.done.as_deref()), notes })
}

/// A note was read.
pub async fn read(State(desk): State<Desk>, who: SignedIn, Id(id): Id<TrainingReceiptId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| training::read(db, &actor, practice, id)).await?;
    go("/training", "training-read")
}
