//! The day sheet: a day as the books have it, each figure with the entries behind it; printable, and as CSV.

use app::day_sheet::{self, DaySheet};
use askama::Template;
use axum::extract::{Path, Query, State};
use billing::Money;
use billing::access::Action;
use jiff::ToSpan;
use jiff::civil::Date;
use ledger::AccountKind;
use serde::Deserialize;
use store::reports::Cell;
use store::views::day_sheet::DayEntryRow;

use super::masking::TYPED_NOT_SHOWN;
use super::page::{Page, Shell, show as render};
use super::refusal::Refusal;
use super::session::SignedIn;
use super::tables::{self, Wanted, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    on: Option<Date>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "day_sheet/show.html")]
struct DayPage {
    shell: Shell,
    sheet: DaySheet,
    before: Date,
    after: Option<Date>,
    may_accept: bool,
    /// Who looks, so that nobody is offered their own drawer.
    own: String,
}

impl DayPage {
    fn balance(&self) -> Money {
        self.sheet.accounts.iter().map(|row| row.debit - row.credit).sum()
    }
}

#[derive(Template)]
#[template(path = "day_sheet/entries.html")]
struct EntriesPage {
    shell: Shell,
    on: Date,
    account: AccountKind,
    rows: Vec<DayEntryRow>,
    total: Money,
}

/// A day, today where none is asked for.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Wanted(wanted): Wanted, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let (mut sheet, today) = desk
        .blocking(move |db, practice| {
            let today = db.today(practice)?;
            Ok((day_sheet::show(db, &actor, practice, asked.on.unwrap_or(today))?, today))
        })
        .await?;
    if let Some(format) = wanted {
        return tables::file(&format!("day-{}", sheet.on), &sheets(&sheet), format);
    }
    let may_accept = who.may(Action::ApproveDepositDifference);
    if who.is_masked(Action::ViewPatient) && !may_accept && !who.may(Action::WorkDeposits) {
        let told = sheet.drawers.iter_mut().filter(|row| !row.reason.is_empty());
        told.for_each(|row| row.reason = TYPED_NOT_SHOWN.to_owned());
    }
    let after = Some(sheet.on.saturating_add(1.days())).filter(|after| *after <= today);
    render(&DayPage {
        shell: Shell::new(&desk, &who, "/day-sheet").after(asked.done.as_deref()),
        before: sheet.on.saturating_sub(1.days()),
        after,
        may_accept,
        own: who.actor.login.clone(),
        sheet,
    })
}

/// The entries behind an account's figure.
pub async fn entries(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Path(account): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let account: AccountKind = account.parse().map_err(|_| Refusal::Absent)?;
    let actor = who.actor.clone();
    let (rows, on) = desk
        .blocking(move |db, practice| {
            let on = match asked.on {
                Some(on) => on,
                None => db.today(practice)?,
            };
            Ok((day_sheet::entries(db, &actor, practice, on, account)?, on))
        })
        .await?;
    if let Some(format) = wanted {
        let cells = |row: &DayEntryRow| {
            let (place, cents) = (Cell::Count(row.sequence), Cell::Money(row.cents));
            vec![place, text(&row.reason), text(&row.source_kind), text(row.source_id), cents]
        };
        let rows = rows.iter().map(cells).collect();
        let sheet = Sheet { name: "Entries", columns: &["Place", "Why", "Made from", "Which", "Amount"], rows };
        return tables::file(&format!("day-{on}-{account}"), &[sheet], format);
    }
    let total = rows.iter().map(|row| row.cents).sum();
    render(&EntriesPage { shell: Shell::new(&desk, &who, "/day-sheet"), on, account, rows, total })
}

/// The day's tables, each a sheet.
fn sheets(sheet: &DaySheet) -> [Sheet; 5] {
    let receipts = sheet
        .receipts
        .iter()
        .map(|row| vec![text(&row.method), text(&row.taken_by), Cell::Count(row.payments), Cell::Money(row.amount)]);
    let remittances =
        sheet.remittances.iter().map(|row| vec![text(&row.method), Cell::Count(row.payments), Cell::Money(row.amount)]);
    let places = sheet.places.iter().map(|row| vec![text(&row.name), Cell::Money(row.charged), Cell::Money(row.paid)]);
    let accounts = sheet.accounts.iter().map(|row| {
        let net = Cell::Money(row.debit - row.credit);
        vec![text(row.account), Cell::Count(row.entries), Cell::Money(row.debit), Cell::Money(row.credit), net]
    });
    [
        Sheet { name: "From patients", columns: &["How", "Taken by", "Payments", "Amount"], rows: receipts.collect() },
        Sheet { name: "From payers", columns: &["How", "Remittances", "Amount"], rows: remittances.collect() },
        Sheet { name: "By place", columns: &["Place", "Charged", "Paid by patients"], rows: places.collect() },
        Sheet { name: "Books", columns: &["Account", "Entries", "Debit", "Credit", "Net"], rows: accounts.collect() },
        super::deposits::sheet(&sheet.slips),
    ]
}
