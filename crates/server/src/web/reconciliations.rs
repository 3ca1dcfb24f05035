//! The bank against the books: lines by which money left, a period compared before it is signed, and the periods that were.

use app::reconciliation::{self, Compared, Listed, Period};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::Action;
use billing::deposit::WithdrawalState;
use billing::{BankWithdrawalId, Money, ReconciliationId};
use jiff::civil::Date;
use serde::Deserialize;
use store::reconciliation::{Outstanding, ReconciliationBody, ReconciliationRow};
use store::reports::Cell;

use super::approvals::{self, Asked, Why, dollars};
use super::page::{Page, Shell, go, show as render};
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

#[derive(Template)]
#[template(path = "bank/withdrawals.html")]
struct WithdrawalsPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    lines: Vec<Listed>,
    may_work: bool,
    may_reconcile: bool,
}

#[derive(Template)]
#[template(path = "bank/reconciliations.html")]
struct ReconciliationsPage {
    shell: Shell,
    signed: Vec<ReconciliationRow>,
    /// First day and opening balance of the period that follows; none before the first.
    next: Option<(Date, Money)>,
    today: Date,
    compared: Option<Compared>,
    may_sign: bool,
}

#[derive(Template)]
#[template(path = "bank/reconciliation.html")]
struct ReconciliationPage {
    shell: Shell,
    row: ReconciliationRow,
}

/// Lines by which money left.
pub async fn withdrawals(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let state = asked.state.as_deref().and_then(WithdrawalState::parse).unwrap_or(WithdrawalState::Waiting);
    let actor = who.actor.clone();
    let lines = desk.blocking(move |db, practice| reconciliation::list(db, &actor, practice, state)).await?;
    if let Some(format) = wanted {
        let row = |one: &Listed| {
            let line = &one.line;
            let (amount, state) = (Cell::Money(line.amount_cents), text(line.state.as_str()));
            vec![
                text(line.booked_on),
                text(&line.trace),
                text(&line.words),
                amount,
                state,
                text(&line.decision),
                text(line.id),
            ]
        };
        let columns = &["Booked", "Number", "Words", "Amount", "State", "Decision", "Id"];
        let sheet = Sheet { name: "Withdrawals", columns, rows: lines.iter().map(row).collect() };
        return tables::file("bank-withdrawals", &[sheet], format);
    }
    render(&WithdrawalsPage {
        shell: Shell::new(&desk, &who, "/bank").after(asked.done.as_deref()),
        state: state.as_str(),
        tabs: WithdrawalState::ALL.iter().map(|of| (of.as_str(), of.label(), *of == state)).collect(),
        lines,
        may_work: who.may(Action::WorkDeposits),
        may_reconcile: who.may(Action::ReconcileBank),
    })
}

/// What left by a line.
#[derive(Deserialize)]
pub struct Match {
    sent: uuid::Uuid,
}

/// Says what of ours left by a line.
pub async fn is_sent(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<BankWithdrawalId>,
    Form(typed): Form<Match>,
) -> Page {
    let decide =
        move |db: &store::Db, actor: &_, practice| reconciliation::is_sent(db, actor, practice, id, typed.sent);
    approvals::decide(&desk, &who, decide, ("/bank/withdrawals", "bank-placed")).await
}

/// Says that a line is nothing of claims.
pub async fn is_other(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<BankWithdrawalId>,
    Form(typed): Form<Why>,
) -> Page {
    let decide =
        move |db: &store::Db, actor: &_, practice| reconciliation::is_other(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, decide, ("/bank/withdrawals", "bank-placed")).await
}

/// Takes back what was said of a line.
pub async fn take_back(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<BankWithdrawalId>,
    Form(typed): Form<Why>,
) -> Page {
    let decide =
        move |db: &store::Db, actor: &_, practice| reconciliation::take_back(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, decide, ("/bank/withdrawals", "bank-taken-back")).await
}

/// What the bank's paper says, as typed.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    from: Option<Date>,
    until: Option<Date>,
    opening: String,
    closing: String,
    done: Option<String>,
}

impl Typed {
    /// The period, where all of it was typed.
    fn period(&self) -> Result<Option<Period>, super::refusal::Refusal> {
        let (Some(from), Some(until)) = (self.from, self.until) else { return Ok(None) };
        Ok(Some(Period { from, until, opening: dollars(&self.opening)?, closing: dollars(&self.closing)? }))
    }
}

/// The signed periods, and one that is compared before it is signed.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(typed): Query<Typed>,
) -> Page {
    let (actor, period) = (who.actor.clone(), typed.period()?);
    let (signed, next, today, compared) = desk
        .blocking(move |db, practice| {
            let compared = period.map(|period| reconciliation::compare(db, &actor, practice, &period)).transpose()?;
            let next = reconciliation::next(db, &actor, practice)?;
            Ok((reconciliation::signed(db, &actor, practice)?, next, db.today(practice)?, compared))
        })
        .await?;
    if let Some(format) = wanted {
        let mut sheets = vec![signed_sheet(&signed)];
        sheets.extend(compared.iter().map(|one| outstanding_sheet(&one.body)));
        return tables::file("reconciliations", &sheets, format);
    }
    let shell = Shell::new(&desk, &who, "/bank").after(typed.done.as_deref());
    let may_sign = who.may(Action::ReconcileBank);
    render(&ReconciliationsPage { shell, signed, next, today, compared, may_sign })
}

fn signed_sheet(signed: &[ReconciliationRow]) -> Sheet {
    let row = |row: &ReconciliationRow| {
        vec![
            text(row.period_from),
            text(row.period_until),
            Cell::Money(row.opening_cents),
            Cell::Money(row.closing_cents),
            Cell::Money(row.books_cents),
            text(row.signed_on),
            text(&row.signed_by_login),
            text(row.id),
        ]
    };
    Sheet {
        name: "Signed",
        columns: &["From", "Until", "Opening", "Closing", "In the books", "Signed", "By", "Id"],
        rows: signed.iter().map(row).collect(),
    }
}

fn outstanding_sheet(body: &ReconciliationBody) -> Sheet {
    let row =
        |side: &str, item: &Outstanding| vec![text(side), text(item.on), text(&item.what), Cell::Money(item.cents)];
    let bank = body.not_in_books.iter().map(|item| row("Bank", item));
    let books = body.not_in_bank.iter().map(|item| row("Books", item));
    Sheet { name: "Outstanding", columns: &["Only in", "Day", "What", "Amount"], rows: bank.chain(books).collect() }
}

/// Signs a period.
pub async fn sign(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let period = typed.period()?.ok_or(super::refusal::Refusal::Absent)?;
    let actor = who.actor.clone();
    let id = desk.blocking(move |db, practice| reconciliation::sign(db, &actor, practice, &period)).await?;
    go(&format!("/reconciliations/{id}"), "reconciled")
}

/// One signed period as it was signed.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ReconciliationId>,
    Query(asked): Query<Asked>,
) -> Page {
    let actor = who.actor.clone();
    let row = desk.blocking(move |db, practice| reconciliation::show(db, &actor, practice, id)).await?;
    render(&ReconciliationPage { shell: Shell::new(&desk, &who, "/bank").after(asked.done.as_deref()), row })
}
