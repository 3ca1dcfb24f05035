//! Accounting months: listed, closed by one person when they are over, opened again by two, and reported. What concerns a
//! closed month is dated in the first open one by the books themselves; nothing here moves money.

use std::collections::BTreeMap;

use billing::access::{Action, Actor, ResourceState};
use billing::id::PeriodEventId;
use billing::period::{Month, PeriodStep, Roll};
use billing::{Money, PracticeId};
use jiff::civil::Date;
use ledger::AccountKind;
use serde_json::json;
use store::period::{
    FIRST_ENTRY_DAY, LATE_ENTRIES, LateEntryRow, OPEN_FROM, OpenCount, PERIOD_EVENTS, PeriodEventRow, QUARANTINED_BY,
    SUMS_OF_PERIOD, WITHOUT_PLACE_BY,
};
use store::{Conn, Db, Json, Tx, params};

use crate::access::allow;
use crate::{Error, reason};

/// Most late entries that a report shows one by one.
const MOST_LATE_SHOWN: i64 = 500;
/// What a closing or a reopening must say.
const SAY_WHY: &str = "Say in a sentence why; the auditor reads it.";

/// A month with what was said of it.
#[derive(Debug, Clone)]
pub struct MonthLine {
    /// The month.
    pub month: Month,
    /// It takes no further entry.
    pub is_closed: bool,
    /// It is the next to close, and over.
    pub may_close: bool,
    /// It is the last closed one: the only one that may be opened again.
    pub may_reopen: bool,
    /// The request for a second person, where one waits.
    pub asked: Option<PeriodEventRow>,
    /// Everything that was said, in its order.
    pub events: Vec<PeriodEventRow>,
}

/// The months of the books, the latest first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<MonthLine>, Error> {
    allow(actor, Action::ViewReports, &ResourceState::default())?;
    let today = db.today(practice)?;
    db.read(actor, practice, |read| months(read, today))
}

fn months(conn: &Conn, today: Date) -> Result<Vec<MonthLine>, Error> {
    let first_entry = conn.query_one(&FIRST_ENTRY_DAY, params![])?.0;
    let open_from = open_from(conn)?;
    let first = first_entry.into_iter().chain(open_from).min();
    let Some(first) = first.map(Month::of) else { return Ok(Vec::new()) };
    let mut events: BTreeMap<Month, Vec<PeriodEventRow>> = BTreeMap::new();
    for row in conn.query(&PERIOD_EVENTS, params![])? {
        events.entry(Month::of(row.month_from)).or_default().push(row);
    }
    let next_to_close = open_from.map_or(first, Month::of);
    let mut lines = Vec::new();
    let mut month = first;
    while month <= Month::of(today) {
        let events = events.remove(&month).unwrap_or_default();
        let is_closed = open_from.is_some_and(|open| month.last() < open);
        let asked = events.last().filter(|row| row.step == PeriodStep::ReopeningAsked).cloned();
        lines.push(MonthLine {
            month,
            is_closed,
            may_close: month == next_to_close && month.last() < today,
            may_reopen: is_closed && asked.is_none() && month.next() == next_to_close,
            asked,
            events,
        });
        month = month.next();
    }
    lines.reverse();
    Ok(lines)
}

fn open_from(conn: &Conn) -> Result<Option<Date>, Error> {
    Ok(conn.query_opt(&OPEN_FROM, params![])?.and_then(|(day,)| day))
}

/// Something that is open at the end of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What, in words.
    pub what: String,
    /// Where it is looked at.
    pub at: &'static str,
    /// While it is, the month cannot be closed at all; else who closes says why it may stay open.
    pub forbids: bool,
}

/// What is open at the end of a month.
///
/// # Errors
/// `Denied`.
pub fn open_at_the_end(db: &Db, actor: &Actor, practice: PracticeId, month: Month) -> Result<Vec<Open>, Error> {
    allow(actor, Action::ViewReports, &ResourceState::default())?;
    db.read(actor, practice, |read| still_open(read, month))
}

fn still_open(conn: &Conn, month: Month) -> Result<Vec<Open>, Error> {
    let mut open = Vec::new();
    let sums = conn.query(&SUMS_OF_PERIOD, params![month.first(), month.last()])?;
    let balance = |kind: AccountKind| -> Money {
        sums.iter().filter(|(account, ..)| *account == kind).map(|(_, before, moved)| *before + *moved).sum()
    };
    let trial: Money = sums.iter().map(|(_, before, moved)| *before + *moved).sum();
    if !trial.is_zero() {
        let what = format!("The books of the month do not balance: {trial} too much");
        open.push(Open { what, at: "tierline verify", forbids: true });
    }
    let clearing = balance(AccountKind::EraClearing);
    if !clearing.is_zero() {
        let what = format!("{clearing} stands in the clearing of remittances");
        open.push(Open { what, at: "tierline verify", forbids: true });
    }
    let OpenCount { count, cents } = conn.query_one(&QUARANTINED_BY, params![month.last()])?;
    if count > 0 {
        let what = format!("{} in quarantine, {cents} in all", billing::counting::counted(count, "remittance"));
        open.push(Open { what, at: "/remittances", forbids: true });
    }
    let OpenCount { count, cents } = conn.query_one(&WITHOUT_PLACE_BY, params![month.last()])?;
    if count > 0 {
        let what =
            format!("{} of remittances without a place, {cents} in all", billing::counting::counted(count, "claim"));
        open.push(Open { what, at: "/work?desk=posting", forbids: false });
    }
    for (kind, words, at) in [
        (AccountKind::Suspense, "stands in suspense", "/work?desk=posting"),
        (AccountKind::Undeposited, "was taken at the desk and is in no deposit", "/bank"),
        (AccountKind::InTransit, "was announced by payers and is not in the bank", "/bank"),
    ] {
        let amount = balance(kind);
        if !amount.is_zero() {
            open.push(Open { what: format!("{amount} {words} at the end of the month"), at, forbids: false });
        }
    }
    Ok(open)
}

/// Closes a month: it takes no further entry. `why` says what may stay open; it may be empty where nothing is.
///
/// # Errors
/// `Denied`; `Refused` for a month that is not over, is not the next to close, or has something open that must not be;
/// `Invalid` where something else is open and nobody says why.
pub fn close(db: &Db, actor: &Actor, practice: PracticeId, month: Month, why: &str) -> Result<(), Error> {
    allow(actor, Action::ClosePeriod, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let line = line_of(tx, month)?;
        if line.is_closed {
            return Err(Error::refused(format!("{month} is closed already. Nothing was changed.")));
        }
        if month.last() >= tx.today() {
            return Err(Error::refused(format!("{month} is not over. Close it from {} on.", month.next().first())));
        }
        if !line.may_close {
            return Err(Error::refused(format!("An earlier month than {month} is open. Close that one first.")));
        }
        let open = still_open(tx, month)?;
        let told = |forbids: bool| -> String {
            let all: Vec<&str> =
                open.iter().filter(|one| one.forbids == forbids).map(|one| one.what.as_str()).collect();
            all.join("; ")
        };
        let (forbidden, warned) = (told(true), told(false));
        if !forbidden.is_empty() {
            return Err(Error::refused(format!("{month} cannot be closed: {forbidden}. Nothing was changed.")));
        }
        let why = match warned.is_empty() {
            true => why.trim(),
            false => reason::given(
                why,
                &format!("Open at the end of the month: {warned}. Say in a sentence why it may be."),
            )?,
        };
        let sums = tx.query(&SUMS_OF_PERIOD, params![month.first(), month.last()])?;
        let totals = totals(&sums);
        tx.set_open_from(month.next().first())?;
        say(tx, month, PeriodStep::Closed, why, totals)
    })
}

fn totals(sums: &[(AccountKind, Money, Money)]) -> Vec<(String, i64)> {
    sums.iter().map(|(account, before, moved)| (account.name().to_owned(), (*before + *moved).cents())).collect()
}

fn line_of(tx: &Tx, month: Month) -> Result<MonthLine, Error> {
    let found = months(tx, tx.today())?.into_iter().find(|line| line.month == month);
    found.ok_or(Error::NotFound("month in the books"))
}

fn say(tx: &mut Tx, month: Month, step: PeriodStep, why: &str, totals: Vec<(String, i64)>) -> Result<(), Error> {
    let row = PeriodEventRow {
        id: PeriodEventId(tx.new_id()),
        month_from: month.first(),
        step,
        happened_on: tx.today(),
        by_user: tx.actor().user,
        by_login: tx.actor().login.clone(),
        why: why.to_owned(),
        totals: Json(totals),
    };
    tx.insert(&row)?;
    tx.audit("period.say", "period_event", row.id, json!({ "month": month.to_string(), "step": step.as_str() }));
    Ok(())
}

/// Asks a second person to open the last closed month again.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without a reason; `Refused` where it is not the last closed one, or is asked for already.
pub fn ask_to_reopen(db: &Db, actor: &Actor, practice: PracticeId, month: Month, why: &str) -> Result<(), Error> {
    allow(actor, Action::ClosePeriod, &ResourceState::default())?;
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let line = line_of(tx, month)?;
        if line.asked.is_some() {
            return Err(Error::refused(format!(
                "Somebody asked already to open {month} again; a second person decides."
            )));
        }
        if !line.may_reopen {
            return Err(Error::refused(format!(
                "Only the last closed month may be opened again, and {month} is not that one. Nothing was changed."
            )));
        }
        say(tx, month, PeriodStep::ReopeningAsked, why, Vec::new())
    })
}

/// A second person opens the month again: entries of its days are dated in it from here on.
///
/// # Errors
/// `Denied` for who asked; `NotFound`; `Refused` where nobody asked, or a later month was closed since.
pub fn approve_reopening(db: &Db, actor: &Actor, practice: PracticeId, month: Month) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let asked = asked_by_another(tx, actor, month)?;
        if open_from(tx)? != Some(month.next().first()) {
            return Err(Error::refused(format!("A later month than {month} was closed since. Open that one first.")));
        }
        tx.set_open_from(month.first())?;
        say(tx, month, PeriodStep::Reopened, &asked.why, Vec::new())
    })
}

/// A second person leaves it closed.
///
/// # Errors
/// As [`approve_reopening`]; `Invalid` without a reason.
pub fn refuse_reopening(db: &Db, actor: &Actor, practice: PracticeId, month: Month, why: &str) -> Result<(), Error> {
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        asked_by_another(tx, actor, month)?;
        say(tx, month, PeriodStep::ReopeningRefused, why, Vec::new())
    })
}

fn asked_by_another(tx: &Tx, actor: &Actor, month: Month) -> Result<PeriodEventRow, Error> {
    let line = line_of(tx, month)?;
    let asked = line.asked.ok_or_else(|| Error::refused(format!("Nobody asked to open {month} again.")))?;
    allow(actor, Action::ApprovePeriod, &ResourceState::made_by(asked.by_user, Money::ZERO))?;
    if actor.user == asked.by_user {
        return Err(Error::refused("Nobody decides what they asked for themselves. Ask a second person."));
    }
    Ok(asked)
}

/// The books of a month.
#[derive(Debug, Clone)]
pub struct Report {
    /// The month.
    pub month: Month,
    /// It takes no further entry.
    pub is_closed: bool,
    /// What was owed, what moved it, what is owed.
    pub roll: Roll,
    /// Each account: what stood before, what moved, what stands.
    pub accounts: Vec<(AccountKind, Money, Money, Money)>,
    /// Entries of the month that concern an earlier, closed one; late charges among them.
    pub late: Vec<LateEntryRow>,
}

/// Reports the books of a month.
///
/// # Errors
/// `Denied`; `NotFound` for a month without books.
pub fn report(db: &Db, actor: &Actor, practice: PracticeId, month: Month) -> Result<Report, Error> {
    allow(actor, Action::ViewReports, &ResourceState::default())?;
    let today = db.today(practice)?;
    db.read(actor, practice, |read| {
        let known = months(read, today)?.into_iter().find(|line| line.month == month);
        let line = known.ok_or(Error::NotFound("month in the books"))?;
        let sums = read.query(&SUMS_OF_PERIOD, params![month.first(), month.last()])?;
        Ok(Report {
            month,
            is_closed: line.is_closed,
            roll: Roll::of(&sums),
            accounts: sums.iter().map(|(kind, before, moved)| (*kind, *before, *moved, *before + *moved)).collect(),
            late: read.query(&LATE_ENTRIES, params![month.first(), month.last(), MOST_LATE_SHOWN])?,
        })
    })
}

/// Closed months whose books are not what they were when they were closed, in words; what `verify` asks.
pub(crate) fn changed_since(conn: &Conn) -> Result<Vec<String>, Error> {
    let said = conn.query(&PERIOD_EVENTS, params![])?;
    // What was said of months is sealed; the boundary that the books keep to is no more than its last word.
    let (stored, told) = (open_from(conn)?, opened_by(&said));
    let day = |day: Option<Date>| day.map_or("no day".to_owned(), |day| day.to_string());
    let mut changed = Vec::new();
    if stored != told {
        let (stored, told) = (day(stored), day(told));
        changed
            .push(format!("the books are open from {stored} on, and what was said of months opens them from {told}"));
    }
    let Some(open_from) = told else { return Ok(changed) };
    // The balances at the end of the last closed month hold every entry before it.
    let last = said.iter().rfind(|row| row.step == PeriodStep::Closed && row.month_from < open_from);
    let Some(last) = last else { return Ok(changed) };
    let month = Month::of(last.month_from);
    let sums = conn.query(&SUMS_OF_PERIOD, params![month.first(), month.last()])?;
    if totals(&sums) != last.totals.0 {
        changed.push(format!("the books of {month} are not what they were when it was closed"));
    }
    Ok(changed)
}

/// The first open day as the closings and reopenings leave it; none before the first closing.
fn opened_by(said: &[PeriodEventRow]) -> Option<Date> {
    said.iter().rev().find_map(|row| match row.step {
        PeriodStep::Closed => Some(Month::of(row.month_from).next().first()),
        PeriodStep::Reopened => Some(row.month_from),
        PeriodStep::ReopeningAsked | PeriodStep::ReopeningRefused => None,
    })
}
