//! Reports: the list with the question each answers, and any one of them as a table or as a file. Rows and sums come from
//! `store::reports`; nothing is added up here.

use app::access::{allow, allow_plain};
use askama::Template;
use axum::extract::{Path, State};
use billing::access::ResourceState;
use store::reports::{self, Cell, REPORTS, Report};

use super::page::{Page, Shell, show as render};
use super::refusal::Refusal;
use super::session::SignedIn;
use super::tables::{self, Wanted};
use super::{Desk, filters};
use crate::table_file::{Format, Sheet};

/// Rows a page shows: what a person reads and a browser draws at once. The files have all.
const ROWS: usize = 500;

#[derive(Template)]
#[template(path = "reports/index.html")]
struct ReportsPage {
    shell: Shell,
    reports: Vec<&'static Report>,
}

#[derive(Template)]
#[template(path = "reports/show.html")]
struct ReportPage {
    shell: Shell,
    report: &'static Report,
    rows: Vec<Vec<Cell>>,
    /// How many rows there are, shown or not.
    all: usize,
}

/// The reports that the person may read.
pub async fn index(State(desk): State<Desk>, who: SignedIn) -> Page {
    let may = |report: &&Report| allow(&who.actor, report.action, &ResourceState::default()).is_ok();
    let reports = REPORTS.iter().copied().filter(may).collect();
    render(&ReportsPage { shell: Shell::new(&desk, &who, "/reports"), reports })
}

/// One report as of today.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Path(key): Path<String>, Wanted(wanted): Wanted) -> Page {
    page(&desk, &who, reports::find(&key).ok_or(Refusal::Absent)?, wanted).await
}

/// The owner's daily report: a route of its own, because who may read it need not be one who reads the others.
pub async fn conflicts(State(desk): State<Desk>, who: SignedIn, Wanted(wanted): Wanted) -> Page {
    page(&desk, &who, &reports::conflicts::CONFLICTS, wanted).await
}

async fn page(desk: &Desk, who: &SignedIn, report: &'static Report, wanted: Option<Format>) -> Page {
    let mut rows = desk
        .read(&who.actor, move |read| {
            allow_plain(read, report.action)?;
            Ok((report.run)(read)?)
        })
        .await?;
    if let Some(format) = wanted {
        return tables::file(report.key, &[Sheet { name: report.key, columns: report.columns, rows }], format);
    }
    let all = rows.len();
    rows.truncate(ROWS);
    render(&ReportPage { shell: Shell::new(desk, who, "/reports"), report, rows, all })
}

impl ReportPage {
    /// Whether a column holds numbers, which stand to the right.
    fn is_number(&self, column: &usize) -> bool {
        matches!(self.rows.first().and_then(|row| row.get(*column)), Some(Cell::Money(_) | Cell::Count(_)))
    }
}
