//! Refunds: asking on the account, and the list where they are approved, refused, withdrawn and sent. Every right depends on
//! who asked and how much, so each button is offered only where the use case would let it through.

use app::refund::origin::{self, Origin, PaidBy};
use app::refund::uncashed::Uncashed;
use app::refund::{self, RefundRequest};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::{Action, Limits};
use billing::refund::{Payee, RefundMethod, RefundState};
use billing::{Money, PatientId, PayerId, RefundId};
use serde::Deserialize;
use store::refund::RefundLine;
use store::reports::Cell;

use super::approvals::{self, Asked, May, Stage, Steps, Why};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// Who acts on refunds, and so reads why.
const ACTS: [Action; 3] = [Action::RequestRefund, Action::ApproveRefund, Action::SendRefund];

/// A refund with what this person may do about it.
struct Line {
    row: RefundLine,
    number: String,
    may: May,
    /// Which payments it gives back, with the page of each that this person may open.
    paid_by: Vec<(Option<String>, Origin)>,
}

#[derive(Template)]
#[template(path = "refunds/index.html")]
struct RefundsPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    lines: Vec<Line>,
    total: Money,
}

impl RefundsPage {
    fn methods() -> [(&'static str, &'static str); 3] {
        RefundMethod::ALL.map(|method| (method.as_str(), method.label()))
    }

    fn how(row: &RefundLine) -> &'static str {
        row.method.as_deref().and_then(RefundMethod::parse).map_or("", RefundMethod::label)
    }
}

/// The refunds of one state.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let state = asked.state.as_deref().and_then(RefundState::parse).unwrap_or(RefundState::Asked);
    let actor = who.actor.clone();
    let (mut rows, mut origins, limits) = desk
        .blocking(move |db, practice| {
            let rows = refund::list(db, &actor, practice, state)?;
            let limits = db.read(&actor, practice, |read| app::limits::in_force(read))?;
            Ok((rows, origin::of_state(db, &actor, practice, state)?, limits))
        })
        .await?;
    let typed = rows.iter_mut().flat_map(|row| [&mut row.reason, &mut row.decision].map(|it| (row.patient_id, it)));
    approvals::mask(&desk, &who, &ACTS, typed).await?;
    if who.is_masked(Action::ViewPatient) {
        let names_people = |payee: &String| payee.starts_with("Estate");
        let named = rows.iter_mut().filter(|row| row.estate_payee.as_ref().is_some_and(names_people));
        named.for_each(|row| row.estate_payee = Some("The estate".to_owned()));
    }
    if let Some(format) = wanted {
        return tables::file("refunds", &[sheet(&rows)], format);
    }
    let shell = Shell::new(&desk, &who, "/refunds").after(asked.done.as_deref());
    let page_of = |row: &RefundLine, paid: &Origin| match paid.paid_by {
        PaidBy::Receipt(id) => shell.opens.receipts.then(|| format!("/patients/{}/payments/{id}", row.patient_id)),
        PaidBy::Remittance(id) => shell.opens.remittances.then(|| format!("/remittances/{id}")),
    };
    let lines = rows
        .into_iter()
        .map(|row| {
            let paid = origins.remove(&row.id).unwrap_or_default();
            let paid_by = paid.into_iter().map(|paid| (page_of(&row, &paid), paid)).collect();
            line(&who, row, paid_by, limits)
        })
        .collect::<Vec<_>>();
    render(&RefundsPage {
        state: state.as_str(),
        tabs: RefundState::ALL.iter().map(|of| (of.as_str(), of.label(), *of == state)).collect(),
        total: lines.iter().map(|line| line.row.amount_cents).sum(),
        lines,
        shell,
    })
}

fn sheet(rows: &[RefundLine]) -> Sheet {
    let row = |row: &RefundLine| {
        vec![
            text(&row.refund_number),
            text(&row.account_number),
            text(row.payer_name.as_deref().unwrap_or("The patient")),
            Cell::Money(row.amount_cents),
            text(&row.reason),
            text(row.state.as_str()),
            text(row.asked_on),
            text(&row.asked_by_login),
            maybe(row.decided_by_login.as_ref()),
            text(&row.decision),
            maybe(row.sent_on),
            maybe(row.method.as_ref()),
            text(&row.reference),
            text(row.id),
        ]
    };
    Sheet {
        name: "Refunds",
        columns: &[
            "Refund",
            "Account",
            "To",
            "Amount",
            "Why",
            "State",
            "Asked",
            "Asked by",
            "Decided by",
            "Decision",
            "Sent",
            "Method",
            "Reference",
            "Id",
        ],
        rows: rows.iter().map(row).collect(),
    }
}

fn line(who: &SignedIn, row: RefundLine, paid_by: Vec<(Option<String>, Origin)>, limits: Limits) -> Line {
    let stage = match row.state {
        RefundState::Asked => Stage::Waits,
        RefundState::Approved => Stage::Approved,
        RefundState::Refused | RefundState::Withdrawn | RefundState::Sent => Stage::Ended,
    };
    let steps = Steps {
        ask: Action::RequestRefund,
        approve: (Action::ApproveRefund, row.amount_cents),
        further: (Action::SendRefund, row.amount_cents),
        limits,
    };
    Line { may: May::of(who, row.asked_by, stage, &steps), number: row.refund_number.clone(), row, paid_by }
}

/// What the form on the account holds.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Typed {
    payer: String,
    amount: String,
    reason: String,
    key: String,
}

/// Asks for a refund.
pub async fn ask(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Form(typed): Form<Typed>,
) -> Page {
    let amount = approvals::dollars(&typed.amount)?;
    let payee = match typed.payer.trim() {
        "" => Payee::Patient,
        payer => Payee::Payer(payer.parse::<PayerId>().map_err(|_| Refusal::Absent)?),
    };
    let reason = typed.reason.trim().to_owned();
    let request = RefundRequest { patient_id: patient, payee, amount, reason, idempotency_key: typed.key };
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| refund::ask(db, &actor, practice, &request)).await?;
    go(&format!("/patients/{patient}"), "refund-asked")
}

/// Approves a refund.
pub async fn approve(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RefundId>) -> Page {
    let on = ("/refunds?state=approved", "refund-approved");
    approvals::decide(&desk, &who, move |db, actor, practice| refund::approve(db, actor, practice, id), on).await
}

/// Cancels an approved refund that will not be sent.
pub async fn cancel(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RefundId>, Form(typed): Form<Why>) -> Page {
    let on = ("/refunds?state=approved", "refund-given-up");
    let cancel = move |db: &store::Db, actor: &_, practice| refund::cancel(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, cancel, on).await
}

/// Refuses a refund.
pub async fn refuse(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RefundId>, Form(typed): Form<Why>) -> Page {
    let on = ("/refunds", "refund-given-up");
    let refuse = move |db: &store::Db, actor: &_, practice| refund::refuse(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, refuse, on).await
}

/// Withdraws one's own request.
pub async fn withdraw(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RefundId>, Form(typed): Form<Why>) -> Page {
    let on = ("/refunds", "refund-given-up");
    let withdraw = move |db: &store::Db, actor: &_, practice| refund::withdraw(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, withdraw, on).await
}

/// How a refund was sent.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Sending {
    method: String,
    reference: String,
}

/// Says that a refund was sent.
pub async fn send(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RefundId>, Form(typed): Form<Sending>) -> Page {
    let method = RefundMethod::parse(&typed.method)
        .ok_or_else(|| Refusal::Invalid { field: "method".into(), problem: "Choose how it was sent.".into() })?;
    let send =
        move |db: &store::Db, actor: &_, practice| refund::send(db, actor, practice, id, method, &typed.reference);
    approvals::decide(&desk, &who, send, ("/refunds?state=sent", "refund-sent")).await
}

#[derive(Template)]
#[template(path = "refunds/uncashed.html")]
struct UncashedPage {
    shell: Shell,
    rows: Vec<Uncashed>,
    total: Money,
    may_stop: bool,
}

/// Refund checks that nobody cashed.
pub async fn uncashed(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let actor = who.actor.clone();
    let rows = desk.blocking(move |db, practice| refund::uncashed::list(db, &actor, practice)).await?;
    if let Some(format) = wanted {
        return tables::file("uncashed-checks", &[uncashed_sheet(&rows)], format);
    }
    render(&UncashedPage {
        shell: Shell::new(&desk, &who, "/refunds").after(asked.done.as_deref()),
        total: rows.iter().map(|one| one.row.amount_cents).sum(),
        rows,
        may_stop: who.may(Action::SendRefund),
    })
}

fn uncashed_sheet(rows: &[Uncashed]) -> Sheet {
    let row = |one: &Uncashed| {
        vec![
            text(&one.row.refund_number),
            text(&one.row.account_number),
            maybe(one.row.payer_name.as_ref()),
            text(&one.row.reference),
            text(one.row.sent_on),
            Cell::Count(i64::from(one.days)),
            maybe(one.unclaimed_on),
            Cell::Money(one.row.amount_cents),
            text(one.row.refund_id),
        ]
    };
    let columns = &["Refund", "Account", "Payer", "Check", "Sent", "Days", "Unclaimed property from", "Amount", "Id"];
    Sheet { name: "Uncashed checks", columns, rows: rows.iter().map(row).collect() }
}

/// Says that the bank stopped a check.
pub async fn stop(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RefundId>, Form(typed): Form<Why>) -> Page {
    let stop = move |db: &store::Db, actor: &_, practice| refund::uncashed::stop(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, stop, ("/refunds/uncashed", "refund-stopped")).await
}
