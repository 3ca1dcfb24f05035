//! The sweep of small balances: what it would write off is looked at first, then asked for as a whole; who approves takes
//! all that others asked for at once.

use app::write_off::sweep::{self, Sweep};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::{Money, WriteOffId};
use serde::Deserialize;

use super::approvals::{Asked, dollars};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::SignedIn;
use super::{Desk, filters};

#[derive(Template)]
#[template(path = "write_offs/small_balances.html")]
struct SweepPage {
    shell: Shell,
    sweep: Sweep,
    total: Money,
}

/// What a sweep would write off today.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let sweep = desk.blocking(move |db, practice| sweep::preview(db, &actor, practice)).await?;
    let shell = Shell::new(&desk, &who, "/write-offs").after(asked.done.as_deref());
    render(&SweepPage { shell, total: sweep.total(), sweep })
}

/// The sum that was looked at.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Seen {
    total: String,
}

/// Asks for all of it.
pub async fn ask(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Seen>) -> Page {
    let (actor, seen) = (who.actor.clone(), dollars(&typed.total)?);
    desk.blocking(move |db, practice| sweep::ask(db, &actor, practice, seen)).await?;
    go("/write-offs", "small-balances-asked")
}

/// The write-offs that were looked at, with spaces between.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Looked {
    ids: String,
}

/// Approves small balances that others asked for.
pub async fn approve(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Looked>) -> Page {
    let ids: Result<Vec<WriteOffId>, _> = typed.ids.split_whitespace().map(str::parse).collect();
    let (actor, ids) = (who.actor.clone(), ids.map_err(|_| Refusal::Absent)?);
    let done = desk.blocking(move |db, practice| sweep::approve_all(db, &actor, practice, &ids)).await?;
    if let Some(why) = done.stopped_by {
        let done = format!("{} approved, {} in all.", billing::counting::counted(done.count, "write-off"), done.amount);
        return Err(Refusal::Conflict(format!("{done} The others wait: {why}")));
    }
    go("/write-offs?state=approved", "small-balances-approved")
}
