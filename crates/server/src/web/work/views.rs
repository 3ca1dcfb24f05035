//! Views of the queue that people keep under a name: kept, shared with a desk, removed.

use axum::extract::{Form, State};
use billing::id::SavedViewId;
use billing::work::Desk as WorkDesk;
use serde::Deserialize;

use super::list::Asked;
use crate::web::Desk;
use crate::web::page::{Page, go};
use crate::web::session::{Id, SignedIn};

/// What the form holds; the filter stands in the address.
#[derive(Deserialize)]
pub struct Typed {
    name: String,
    #[serde(default)]
    shared: String,
}

/// Keeps the queue of the address.
pub async fn save(State(desk): State<Desk>, who: SignedIn, asked: Asked, Form(typed): Form<Typed>) -> Page {
    let (actor, filter) = (who.actor.clone(), asked.filter.clone());
    desk.blocking(move |db, practice| {
        let shared = WorkDesk::parse(&typed.shared);
        app::saved_views::save(db, &actor, practice, &typed.name, shared, &filter)
    })
    .await?;
    go(&asked.list(), "view-kept")
}

/// Removes a view.
pub async fn remove(State(desk): State<Desk>, who: SignedIn, Id(id): Id<SavedViewId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::saved_views::remove(db, &actor, practice, id)).await?;
    go("/work", "view-removed")
}
