//! Write-offs: asking on the account, and the list where they are approved, refused, withdrawn and undone. Each button is
//! offered only where the use case would let it through.

use app::write_off::{self, WriteOffRequest};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::{Action, Limits};
use billing::write_off::{Debtor, WriteOffReason, WriteOffState};
use billing::{EncounterId, Money, PatientId, PayerId, WriteOffId};
use serde::Deserialize;
use store::reports::Cell;
use store::write_off::WriteOffLine;

use super::approvals::{self, Asked, May, Stage, Steps, Why};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// Who acts on write-offs, and so reads why.
const ACTS: [Action; 2] = [Action::RequestWriteOff, Action::ApproveWriteOff];

/// A write-off with what this person may do about it.
struct Line {
    row: WriteOffLine,
    number: String,
    may: May,
}

#[derive(Template)]
#[template(path = "write_offs/index.html")]
struct WriteOffsPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    lines: Vec<Line>,
    total: Money,
    may_sweep: bool,
    /// Small balances that this person may approve together: their ids, how many, how much.
    together: Option<(String, usize, Money)>,
}

/// The write-offs of one state.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let state = asked.state.as_deref().and_then(WriteOffState::parse).unwrap_or(WriteOffState::Asked);
    let actor = who.actor.clone();
    let mut rows = desk.blocking(move |db, practice| write_off::list(db, &actor, practice, state)).await?;
    let typed = rows.iter_mut().flat_map(|row| [&mut row.note, &mut row.decision].map(|it| (row.patient_id, it)));
    approvals::mask(&desk, &who, &ACTS, typed).await?;
    if let Some(format) = wanted {
        return tables::file("write-offs", &[sheet(&rows)], format);
    }
    let limits = desk.read(&who.actor, |read| app::limits::in_force(read)).await?;
    let lines: Vec<Line> = rows.into_iter().map(|row| line(&who, row, limits)).collect();
    render(&WriteOffsPage {
        shell: Shell::new(&desk, &who, "/write-offs").after(asked.done.as_deref()),
        state: state.as_str(),
        tabs: WriteOffState::ALL.iter().map(|of| (of.as_str(), of.label(), *of == state)).collect(),
        total: lines.iter().map(|line| line.row.stands()).sum(),
        may_sweep: who.may(Action::RequestWriteOff),
        together: together(&lines),
        lines,
    })
}

fn sheet(rows: &[WriteOffLine]) -> Sheet {
    let row = |row: &WriteOffLine| {
        vec![
            text(&row.write_off_number),
            text(&row.account_number),
            text(row.date_of_service),
            text(row.payer_name.as_deref().unwrap_or("The patient")),
            Cell::Money(row.amount_cents),
            Cell::Money(row.stands()),
            text(row.reason.label()),
            text(&row.note),
            text(row.state.as_str()),
            text(row.asked_on),
            text(&row.asked_by_login),
            maybe(row.decided_by_login.as_ref()),
            text(&row.decision),
            text(row.id),
        ]
    };
    Sheet {
        name: "Write-offs",
        columns: &[
            "Write-off",
            "Account",
            "Visit",
            "Owed by",
            "Amount",
            "Stands",
            "Reason",
            "Note",
            "State",
            "Asked",
            "Asked by",
            "Decided by",
            "Decision",
            "Id",
        ],
        rows: rows.iter().map(row).collect(),
    }
}

/// Small balances are approved together where there are several.
fn together(lines: &[Line]) -> Option<(String, usize, Money)> {
    let small = |line: &&Line| line.may.decide && line.row.reason == WriteOffReason::SmallBalance;
    let small: Vec<&Line> = lines.iter().filter(small).collect();
    let ids: Vec<String> = small.iter().map(|line| line.row.id.to_string()).collect();
    (ids.len() > 1).then(|| (ids.join(" "), ids.len(), small.iter().map(|line| line.row.amount_cents).sum()))
}

fn line(who: &SignedIn, row: WriteOffLine, limits: Limits) -> Line {
    let stage = match row.state {
        WriteOffState::Asked => Stage::Waits,
        // Of one that lapsed whole nothing is left to undo.
        WriteOffState::Approved if row.stands().is_zero() => Stage::Ended,
        WriteOffState::Approved => Stage::Approved,
        WriteOffState::Refused | WriteOffState::Withdrawn | WriteOffState::Undone => Stage::Ended,
    };
    let steps = Steps {
        ask: Action::RequestWriteOff,
        approve: (Action::ApproveWriteOff, row.amount_cents),
        further: (Action::ApproveWriteOff, Money::ZERO),
        limits,
    };
    let mut may = May::of(who, row.asked_by, stage, &steps);
    // That it cannot be undone by everybody is no news on a list of what is done.
    may.why_not = may.why_not.filter(|_| stage == Stage::Waits);
    Line { may, number: row.write_off_number.clone(), row }
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
    let amount = approvals::dollars(&typed.amount)?;
    let encounter_id: EncounterId = typed.visit.trim().parse().map_err(|_| Refusal::Absent)?;
    let debtor = match typed.payer.trim() {
        "" => Debtor::Patient,
        payer => Debtor::Payer(payer.parse::<PayerId>().map_err(|_| Refusal::Absent)?),
    };
    let reason = WriteOffReason::parse(&typed.reason).ok_or_else(|| wrong("reason", "Choose a reason."))?;
    let note = typed.note.trim().to_owned();
    let request = WriteOffRequest { encounter_id, debtor, amount, reason, note, idempotency_key: typed.key };
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| write_off::ask(db, &actor, practice, &request)).await?;
    go(&format!("/patients/{patient}?visit={encounter_id}"), "write-off-asked")
}

/// Approves a write-off.
pub async fn approve(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WriteOffId>) -> Page {
    let on = ("/write-offs", "write-off-approved");
    approvals::decide(&desk, &who, move |db, actor, practice| write_off::approve(db, actor, practice, id), on).await
}

/// Refuses a write-off.
pub async fn refuse(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WriteOffId>, Form(typed): Form<Why>) -> Page {
    let on = ("/write-offs", "write-off-given-up");
    let refuse = move |db: &store::Db, actor: &_, practice| write_off::refuse(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, refuse, on).await
}

/// Withdraws one's own request.
pub async fn withdraw(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WriteOffId>, Form(typed): Form<Why>) -> Page {
    let on = ("/write-offs", "write-off-given-up");
    let withdraw = move |db: &store::Db, actor: &_, practice| write_off::withdraw(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, withdraw, on).await
}

/// Undoes a write-off: what it took away is owed again.
pub async fn undo(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WriteOffId>, Form(typed): Form<Why>) -> Page {
    let on = ("/write-offs?state=undone", "write-off-undone");
    let undo = move |db: &store::Db, actor: &_, practice| write_off::undo(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, undo, on).await
}
