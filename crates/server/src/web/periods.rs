//! Accounting months: the list with closing and opening again, and the books of one.

use app::period::{self, MonthLine, Open, Report};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use billing::access::Action;
use billing::period::Month;
use ledger::AccountKind;
use serde::Deserialize;
use store::reports::Cell;

use super::approvals::Why;
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::SignedIn;
use super::tables::{self, Wanted, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "periods/index.html")]
struct PeriodsPage {
    shell: Shell,
    lines: Vec<MonthLine>,
    /// What is open at the end of the month that may be closed next.
    open: Vec<Open>,
    may_close: bool,
    may_approve: bool,
    who: billing::UserId,
}

#[derive(Template)]
#[template(path = "periods/show.html")]
struct PeriodPage {
    shell: Shell,
    books: Report,
}

impl PeriodPage {
    /// An account's name as words.
    fn account(kind: &AccountKind) -> String {
        filters::title_case(&kind.name().replace('_', " "))
    }
}

/// The months.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let actor = who.actor.clone();
    let (lines, open) = desk
        .blocking(move |db, practice| {
            let lines = period::list(db, &actor, practice)?;
            let next = lines.iter().find(|line| line.may_close).map(|line| line.month);
            let open = next.map(|month| period::open_at_the_end(db, &actor, practice, month)).transpose()?;
            Ok((lines, open.unwrap_or_default()))
        })
        .await?;
    if let Some(format) = wanted {
        let row = |line: &MonthLine| {
            let last = line.events.last();
            vec![
                text(line.month),
                text(if line.is_closed { "yes" } else { "no" }),
                tables::maybe(last.map(|row| row.step.label())),
                tables::maybe(last.map(|row| row.by_login.as_str())),
                tables::maybe(last.map(|row| row.why.as_str())),
            ]
        };
        let sheet = Sheet {
            name: "Months",
            columns: &["Month", "Closed", "Last said", "By", "Why"],
            rows: lines.iter().map(row).collect(),
        };
        return tables::file("months", &[sheet], format);
    }
    render(&PeriodsPage {
        shell: Shell::new(&desk, &who, "/periods").after(asked.done.as_deref()),
        lines,
        open,
        may_close: who.may(Action::ClosePeriod),
        may_approve: who.may(Action::ApprovePeriod),
        who: who.actor.user,
    })
}

fn month_of(text: &str) -> Result<Month, Refusal> {
    Month::parse(text).ok_or(Refusal::Absent)
}

/// The books of a month.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Wanted(wanted): Wanted, Path(month): Path<String>) -> Page {
    let (actor, month) = (who.actor.clone(), month_of(&month)?);
    let books = desk.blocking(move |db, practice| period::report(db, &actor, practice, month)).await?;
    if let Some(format) = wanted {
        let rows = books.accounts.iter().map(|(kind, before, moved, after)| {
            vec![text(kind.name()), Cell::Money(*before), Cell::Money(*moved), Cell::Money(*after)]
        });
        let sheet = Sheet { name: "Accounts", columns: &["Account", "Before", "Moved", "After"], rows: rows.collect() };
        return tables::file(&format!("month-{month}"), &[sheet], format);
    }
    render(&PeriodPage { shell: Shell::new(&desk, &who, "/periods"), books })
}

/// Closes a month.
pub async fn close(State(desk): State<Desk>, who: SignedIn, Path(month): Path<String>, Form(typed): Form<Why>) -> Page {
    let (actor, month) = (who.actor.clone(), month_of(&month)?);
    desk.blocking(move |db, practice| period::close(db, &actor, practice, month, &typed.why)).await?;
    go("/periods", "period-closed")
}

/// Asks to open a month again.
pub async fn ask(State(desk): State<Desk>, who: SignedIn, Path(month): Path<String>, Form(typed): Form<Why>) -> Page {
    let (actor, month) = (who.actor.clone(), month_of(&month)?);
    desk.blocking(move |db, practice| period::ask_to_reopen(db, &actor, practice, month, &typed.why)).await?;
    go("/periods", "period-asked")
}

/// Opens a month again that another asked for.
pub async fn approve(State(desk): State<Desk>, who: SignedIn, Path(month): Path<String>) -> Page {
    let (actor, month) = (who.actor.clone(), month_of(&month)?);
    desk.blocking(move |db, practice| period::approve_reopening(db, &actor, practice, month)).await?;
    go("/periods", "period-reopened")
}

/// Leaves it closed.
pub async fn refuse(
    State(desk): State<Desk>,
    who: SignedIn,
    Path(month): Path<String>,
    Form(typed): Form<Why>,
) -> Page {
    let (actor, month) = (who.actor.clone(), month_of(&month)?);
    desk.blocking(move |db, practice| period::refuse_reopening(db, &actor, practice, month, &typed.why)).await?;
    go("/periods", "period-stays")
}
