//! Write-offs: asking on the account, and the list where they are approved, refused, withdrawn and undone. Each button is
//! offered only where the use case would let it through.

use app::write_off::WriteOffRequest;
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::{Action, ResourceState};
use billing::write_off::{Debtor, WriteOffReason, WriteOffState};
use billing::{EncounterId, Money, PatientId, PayerId, WriteOffId};
use serde::Deserialize;
use store::write_off::WriteOffLine;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    state: Option<String>,
    done: Option<String>,
}

/// A write-off with what this person may do about it.
struct Line {
    row: WriteOffLine,
    may_decide: bool,
    may_withdraw: bool,
    may_undo: bool,
    why_not: Option<String>,
}

#[derive(Template)]
#[template(path = "write_offs/index.html")]
struct WriteOffsPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    lines: Vec<Line>,
    total: Money,
}

/// The write-offs of one state.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let state = asked.state.as_deref().and_then(WriteOffState::parse).unwrap_or(WriteOffState::Asked);
    let actor = who.actor.clone();
    let rows = desk.blocking(move |db, practice| app::write_off::list(db, &actor, practice, state)).await?;
    render(&WriteOffsPage {
        shell: Shell::new(&desk, &who, "/write-offs").after(asked.done.as_deref()),
        state: state.as_str(),
        tabs: WriteOffState::ALL.iter().map(|of| (of.as_str(), of.label(), *of == state)).collect(),
        total: rows.iter().map(|row| row.amount_cents).sum(),
        lines: rows.into_iter().map(|row| line(&who, row)).collect(),
    })
}

fn line(who: &SignedIn, row: WriteOffLine) -> Line {
    let is_own = row.asked_by == who.actor.user;
    let (asked, approved) = (row.state == WriteOffState::Asked, row.state == WriteOffState::Approved);
    let no_approval = who.why_not(Action::ApproveWriteOff, &ResourceState::made_by(row.asked_by, row.amount_cents));
    let no_undoing = who.why_not(Action::ApproveWriteOff, &ResourceState::made_by(row.asked_by, Money::ZERO));
    Line {
        may_decide: asked && !is_own && no_approval.is_none(),
        may_withdraw: asked && is_own && who.may(Action::RequestWriteOff),
        may_undo: approved && !is_own && no_undoing.is_none(),
        why_not: no_approval.filter(|_| asked && !is_own),
        row,
    }
}

/// What the form on the account holds.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    visit: String,
    payer: String,
    amount: String,
    reason: String,
    note: String,
    key: String,
}

/// Asks for a write-off of a visit of the account.
pub async fn ask(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Form(typed): Form<Typed>,
) -> Page {
    let wrong = |field: &str, problem: &str| Refusal::Invalid { field: field.into(), problem: problem.into() };
    let amount =
        Money::parse(&typed.amount).map_err(|_| wrong("amount", "Write dollars and cents, for example 92.66."))?;
    let encounter_id: EncounterId = typed.visit.trim().parse().map_err(|_| Refusal::Absent)?;
    let debtor = match typed.payer.trim() {
        "" => Debtor::Patient,
        payer => Debtor::Payer(payer.parse::<PayerId>().map_err(|_| Refusal::Absent)?),
    };
    let reason = WriteOffReason::parse(&typed.reason).ok_or_else(|| wrong("reason", "Choose a reason."))?;
    let note = typed.note.trim().to_owned();
    let request = WriteOffRequest { encounter_id, debtor, amount, reason, note, idempotency_key: typed.key };
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::write_off::ask(db, &actor, practice, &request)).await?;
    go(&format!("/patients/{patient}?visit={encounter_id}"), "write-off-asked")
}

/// Approves a write-off.
pub async fn approve(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WriteOffId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::write_off::approve(db, &actor, practice, id)).await?;
    go("/write-offs", "write-off-approved")
}

/// Why a write-off is refused, withdrawn or undone.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Why {
    why: String,
}

/// Refuses a write-off.
pub async fn refuse(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WriteOffId>, Form(typed): Form<Why>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::write_off::refuse(db, &actor, practice, id, &typed.why)).await?;
    go("/write-offs", "write-off-given-up")
}

/// Withdraws one's own request.
pub async fn withdraw(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WriteOffId>, Form(typed): Form<Why>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::write_off::withdraw(db, &actor, practice, id, &typed.why)).await?;
    go("/write-offs", "write-off-given-up")
}

/// Undoes a write-off: what it took away is owed again.
pub async fn undo(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WriteOffId>, Form(typed): Form<Why>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::write_off::undo(db, &actor, practice, id, &typed.why)).await?;
    go("/write-offs?state=undone", "write-off-undone")
}
