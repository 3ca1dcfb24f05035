//! Refunds: asking on the account, and the list where they are approved, refused, withdrawn and sent. Every right depends on
//! who asked and how much, so each button is offered only where the use case would let it through.

use app::refund::RefundRequest;
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::{Action, ResourceState};
use billing::refund::{Payee, RefundMethod, RefundState};
use billing::{Money, PatientId, PayerId, RefundId};
use serde::Deserialize;
use store::refund::RefundLine;

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

/// A refund with what this person may do about it.
struct Line {
    row: RefundLine,
    may_decide: bool,
    may_withdraw: bool,
    may_send: bool,
    why_not: Option<String>,
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
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let state = asked.state.as_deref().and_then(RefundState::parse).unwrap_or(RefundState::Asked);
    let actor = who.actor.clone();
    let rows = desk.blocking(move |db, practice| app::refund::list(db, &actor, practice, state)).await?;
    render(&RefundsPage {
        shell: Shell::new(&desk, &who, "/refunds").after(asked.done.as_deref()),
        state: state.as_str(),
        tabs: RefundState::ALL.iter().map(|of| (of.as_str(), of.label(), *of == state)).collect(),
        total: rows.iter().map(|row| row.amount_cents).sum(),
        lines: rows.into_iter().map(|row| line(&who, row)).collect(),
    })
}

fn line(who: &SignedIn, row: RefundLine) -> Line {
    let is_own = row.asked_by == who.actor.user;
    let of = ResourceState::made_by(row.asked_by, row.amount_cents);
    let (asked, approved) = (row.state == RefundState::Asked, row.state == RefundState::Approved);
    let no_approval = who.why_not(Action::ApproveRefund, &of);
    let no_sending = who.why_not(Action::SendRefund, &of);
    Line {
        may_decide: asked && !is_own && no_approval.is_none(),
        may_withdraw: asked && is_own && who.may(Action::RequestRefund),
        may_send: approved && !is_own && no_sending.is_none(),
        why_not: match row.state {
            RefundState::Asked if !is_own => no_approval,
            RefundState::Approved => no_sending,
            RefundState::Asked | RefundState::Refused | RefundState::Withdrawn | RefundState::Sent => None,
        },
        row,
    }
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
    let amount = Money::parse(&typed.amount).map_err(|_| Refusal::Invalid {
        field: "amount".into(),
        problem: "Write dollars and cents, for example 92.66.".into(),
    })?;
    let payee = match typed.payer.trim() {
        "" => Payee::Patient,
        payer => Payee::Payer(payer.parse::<PayerId>().map_err(|_| Refusal::Absent)?),
    };
    let reason = typed.reason.trim().to_owned();
    let request = RefundRequest { patient_id: patient, payee, amount, reason, idempotency_key: typed.key };
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::refund::ask(db, &actor, practice, &request)).await?;
    go(&format!("/patients/{patient}"), "refund-asked")
}

/// Approves a refund.
pub async fn approve(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RefundId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::refund::approve(db, &actor, practice, id)).await?;
    go("/refunds?state=approved", "refund-approved")
}

/// Why a refund is refused or withdrawn.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Why {
    why: String,
}

/// Refuses a refund.
pub async fn refuse(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RefundId>, Form(typed): Form<Why>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::refund::refuse(db, &actor, practice, id, &typed.why)).await?;
    go("/refunds", "refund-given-up")
}

/// Withdraws one's own request.
pub async fn withdraw(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RefundId>, Form(typed): Form<Why>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::refund::withdraw(db, &actor, practice, id, &typed.why)).await?;
    go("/refunds", "refund-given-up")
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
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::refund::send(db, &actor, practice, id, method, &typed.reference)).await?;
    go("/refunds?state=sent", "refund-sent")
}
