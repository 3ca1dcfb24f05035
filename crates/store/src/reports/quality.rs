//! What work came to in the last 90 days, reason by reason, of everybody together. No column names a person, and the order is
//! the catalogue's.

use billing::access::Action;
use billing::quality::measures::{ReasonMeasures, Whose, measure};
use jiff::ToSpan;

use super::{Cell, Report};
use crate::quality_facts::facts;
use crate::{Read, StoreError};

/// Days that the report looks back on: a quarter, so that cash within 45 days of most touches has had its time.
pub const LOOKS_BACK_DAYS: i64 = 90;

/// Measures of work by reason.
pub static QUALITY: Report = Report {
    key: "quality",
    title: "Quality of work",
    answers: "What did work come to in the last 90 days, reason by reason?",
    action: Action::ViewQuality,
    when_empty: "Nobody touched work in the last 90 days.",
    columns: &COLUMNS,
    run,
};

/// Heads of the measures, in the order of [`cells`].
pub const COLUMNS: [&str; 16] = [
    "Reason",
    "First contact",
    "Ended",
    "Touches that changed something",
    "Touches",
    "Seconds a touch",
    "Touches timed",
    "Items ended",
    "Items touched",
    "Cash in 45 days",
    "Promises kept",
    "Promises due",
    "Returns caused",
    "Returns made",
    "Returns by code",
    "Days missed",
];

fn run(read: &mut Read) -> Result<Vec<Vec<Cell>>, StoreError> {
    let to = read.today();
    let facts = facts(read, to.saturating_sub(LOOKS_BACK_DAYS.days()), to)?;
    Ok(measure(&facts, &Whose::Team).iter().map(cells).collect())
}

/// One reason as a row.
pub fn cells(of: &ReasonMeasures) -> Vec<Cell> {
    let count = |number: usize| Cell::Count(i64::try_from(number).unwrap_or(i64::MAX));
    let caused: usize = of.returns_caused.values().map(Vec::len).sum();
    let made: usize = of.returns_made.values().map(Vec::len).sum();
    let codes: Vec<String> =
        of.returns_caused.iter().map(|(code, items)| format!("{}: {}", code.label(), items.len())).collect();
    vec![
        Cell::Text(of.reason.map_or("About no item", |reason| reason.title()).to_owned()),
        count(of.first_contact.part.len()),
        count(of.first_contact.whole.len()),
        count(of.touches.part.len()),
        count(of.touches.whole.len()),
        Cell::Count(of.seconds_a_touch().unwrap_or(0)),
        count(of.timed.len()),
        count(of.resolved.part.len()),
        count(of.resolved.whole.len()),
        Cell::Money(of.cash),
        Cell::Count(of.promises_kept),
        Cell::Count(of.promises_due),
        count(caused),
        count(made),
        Cell::Text(codes.join("; ")),
        count(of.missed.len()),
    ]
}
