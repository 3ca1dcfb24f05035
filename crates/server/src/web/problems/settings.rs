//! How many cases make a problem: what stands, what was set, and a form for it.

use app::problems::settings;
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::Action;
use billing::problem::gathering::{GatheringKind, GatheringRule};
use jiff::civil::Date;
use serde::Deserialize;
use store::problem::GatheringSettingRow;

use super::super::page::{Page, Shell, go, show as render};
use super::super::refusal::Refusal;
use super::super::session::SignedIn;
use super::super::{Desk, filters};
use super::Asked;

#[derive(Template)]
#[template(path = "problems/settings.html")]
struct GatheringPage {
    shell: Shell,
    rules: Vec<GatheringRule>,
    history: Vec<GatheringSettingRow>,
    may_change: bool,
}

/// What stands.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let (rules, history) = desk.blocking(move |db, practice| settings::list(db, &actor, practice)).await?;
    render(&GatheringPage {
        shell: Shell::new(&desk, &who, "/problems").after(asked.done.as_deref()),
        rules,
        history,
        may_change: who.may(Action::ArrangeWork),
    })
}

/// What the form holds.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    kind: String,
    cases: String,
    from: String,
    why: String,
}

/// Sets how many.
pub async fn change(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let invalid =
        |field: &str, problem: &str| Refusal::Invalid { field: field.to_owned(), problem: problem.to_owned() };
    let kind = GatheringKind::parse(&typed.kind).ok_or_else(|| invalid("kind", "Choose of what."))?;
    let cases = typed.cases.trim().parse().map_err(|_| invalid("cases", "Write a number of cases, such as 5."))?;
    let from: Option<Date> = match typed.from.trim() {
        "" => None,
        day => Some(day.parse().map_err(|_| invalid("from", "Write the day as 2026-11-25."))?),
    };
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| {
        let from = from.map_or_else(|| db.today(practice), Ok)?;
        settings::set(db, &actor, practice, (kind, cases, from), &typed.why)
    })
    .await?;
    go("/settings/problems", "gathering-set")
}
