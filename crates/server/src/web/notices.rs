//! What a person was told at the desk: a list with what is unread, and whether a daily letter of counts goes out.

use askama::Template;
use axum::extract::{Form, Query, State};
use billing::id::NoticeId;
use serde::Deserialize;
use store::notice::NoticeView;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::SignedIn;
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// What the forms hold.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    last: String,
    address: String,
}

#[derive(Template)]
#[template(path = "notices/index.html")]
struct NoticesPage {
    shell: Shell,
    rows: Vec<NoticeView>,
    unread: usize,
    address: String,
    problem: Option<String>,
}

/// The list.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, asked.done.as_deref(), None).await
}

/// Everything until the last that was shown is read.
pub async fn read(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let last: NoticeId = typed.last.parse().map_err(|_| Refusal::Absent)?;
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::notices::read_until(db, &actor, practice, last)).await?;
    go("/notices", "notices-read")
}

/// A daily letter, or none.
pub async fn set_letter(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let (actor, address) = (who.actor.clone(), typed.address.clone());
    let done = desk.blocking(move |db, practice| app::notices::set_address(db, &actor, practice, &address)).await;
    match done.map_err(Refusal::for_form) {
        Ok(()) => go("/notices", "letter-set"),
        Err(problem) => page(&desk, &who, None, Some((typed.address, problem?.1))).await,
    }
}

async fn page(desk: &Desk, who: &SignedIn, done: Option<&str>, wrong: Option<(String, String)>) -> Page {
    let actor = who.actor.clone();
    let (rows, kept) = desk
        .blocking(move |db, practice| {
            let rows = app::notices::list(db, &actor, practice)?;
            let kept = db.read(&actor, practice, |read| app::notices::address(read, actor.user))?;
            Ok((rows, kept.unwrap_or_default()))
        })
        .await?;
    let (address, problem) = wrong.map_or((kept, None), |(typed, problem)| (typed, Some(problem)));
    render(&NoticesPage {
        shell: Shell::new(desk, who, "/notices").after(done),
        unread: rows.iter().filter(|row| row.read_at.is_none()).count(),
        rows,
        address,
        problem,
    })
}
