//! Payments of patients that came back: recorded by the receipt's number, disputes decided with what was answered. Decides nothing
//! itself; the account tells what it did.

use app::returned_payment::{self, ReturnNotice};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::Action;
use billing::returned_payment::ReturnState;
use billing::{Money, PaymentReturnId};
use jiff::civil::Date;
use serde::Deserialize;
use store::payment_return::ReturnLine;
use store::reports::Cell;

use super::approvals::{self, Asked};
use super::masking::TYPED_NOT_SHOWN;
use super::page::{Page, Shell, show as render};
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

#[derive(Template)]
#[template(path = "payments/returned.html")]
struct ReturnedPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    rows: Vec<ReturnLine>,
    total: Money,
    today: Date,
    may_record: bool,
}

/// The returns of one state.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let state = asked.state.as_deref().and_then(ReturnState::parse).unwrap_or(ReturnState::Disputed);
    let actor = who.actor.clone();
    let (mut rows, today) = desk
        .blocking(move |db, practice| Ok((returned_payment::list(db, &actor, practice, state)?, db.today(practice)?)))
        .await?;
    let may_record = who.may(Action::ReturnPayment);
    if who.is_masked(Action::ViewPatient) && !may_record {
        for row in &mut rows {
            (row.reason, row.decision) = (TYPED_NOT_SHOWN.to_owned(), String::new());
        }
    }
    if let Some(format) = wanted {
        return tables::file("returned-payments", &[sheet(&rows)], format);
    }
    render(&ReturnedPage {
        shell: Shell::new(&desk, &who, "/returned-payments").after(asked.done.as_deref()),
        state: state.as_str(),
        tabs: ReturnState::ALL.iter().map(|of| (of.as_str(), of.label(), *of == state)).collect(),
        total: rows.iter().map(|row| row.amount_cents).sum(),
        rows,
        today,
        may_record,
    })
}

fn sheet(rows: &[ReturnLine]) -> Sheet {
    let row = |row: &ReturnLine| {
        vec![
            text(&row.return_number),
            text(&row.receipt_number),
            text(&row.account_number),
            text(&row.kind),
            text(row.returned_on),
            maybe(row.respond_by),
            Cell::Money(row.amount_cents),
            text(&row.reason),
            text(&row.decision),
            text(row.id),
        ]
    };
    let columns =
        &["Return", "Receipt", "Account", "How", "Came back", "Answer by", "Amount", "Why", "How it ended", "Id"];
    Sheet { name: "Returned payments", columns, rows: rows.iter().map(row).collect() }
}

/// What the bank or the processor says.
#[derive(Deserialize)]
pub struct Typed {
    receipt: String,
    on: Date,
    #[serde(default)]
    respond_by: String,
    reason: String,
}

/// Records that a payment came back.
pub async fn record(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let record = move |db: &store::Db, actor: &_, practice| {
        let payment = returned_payment::payment_of_receipt(db, actor, practice, typed.receipt.trim())?;
        let respond_by = match typed.respond_by.trim() {
            "" => None,
            day => Some(day.parse().map_err(|_| app::Error::invalid("respond_by", "Write the day as 2026-11-22."))?),
        };
        let notice = ReturnNotice { payment, on: typed.on, reason: typed.reason.trim().to_owned(), respond_by };
        returned_payment::record(db, actor, practice, &notice).map(|_| ())
    };
    approvals::decide(&desk, &who, record, ("/returned-payments", "payment-returned")).await
}

/// How a dispute ended.
#[derive(Deserialize)]
pub struct Ended {
    outcome: String,
    why: String,
}

/// Says how a dispute ended.
pub async fn decide(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PaymentReturnId>,
    Form(typed): Form<Ended>,
) -> Page {
    let decide = move |db: &store::Db, actor: &_, practice| {
        let is_won = match typed.outcome.as_str() {
            "won" => true,
            "lost" => false,
            _ => return Err(app::Error::invalid("outcome", "Say whether it was won or lost.")),
        };
        returned_payment::decide(db, actor, practice, id, is_won, &typed.why)
    };
    approvals::decide(&desk, &who, decide, ("/returned-payments", "dispute-decided")).await
}
