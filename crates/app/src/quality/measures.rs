//! Measures of work for a time: of the team for who leads it, of one person for that person and for who leads. It never lists
//! people beside each other.

use billing::access::{Action, Actor, ResourceState};
use billing::quality::measures::{ReasonMeasures, Whose, measure};
use billing::work::WorkReason;
use billing::{PracticeId, UserId, WorkItemId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::quality_facts::facts;
use store::users::USER_BY_ID;
use store::worklist::{WORK_ITEMS, WorkItemRow};
use store::{Conn, Db, params};

use crate::Error;
use crate::access::allow;

/// Longest time that is measured at once, in days: a quarter and some days; a longer one reads everything.
const LONGEST_DAYS: i32 = 100;
/// Items of one number that a page shows.
const ITEMS_SHOWN: usize = 500;

/// Measures of a time.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Whose, in words for a person; none for everybody's.
    pub person: Option<String>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Reason by reason, in the catalogue's order.
    pub reasons: Vec<ReasonMeasures>,
}

/// A number of the page that opens to its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Ended at the first contact.
    FirstContact,
    /// Ended.
    Ended,
    /// Touches that changed something.
    Changed,
    /// Touches.
    Touches,
    /// Touched and over.
    Resolved,
    /// Touched.
    Touched,
    /// Brought cash.
    Cash,
    /// Promises that were not kept.
    PromisesBroken,
    /// Came back because of the handover.
    ReturnsCaused,
    /// Given back.
    ReturnsMade,
    /// Day of law or contract missed.
    Missed,
}

impl Number {
    /// Every number.
    pub const ALL: [Number; 11] = [
        Number::FirstContact,
        Number::Ended,
        Number::Changed,
        Number::Touches,
        Number::Resolved,
        Number::Touched,
        Number::Cash,
        Number::PromisesBroken,
        Number::ReturnsCaused,
        Number::ReturnsMade,
        Number::Missed,
    ];

    /// The word in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Number::FirstContact => "first-contact",
            Number::Ended => "ended",
            Number::Changed => "changed",
            Number::Touches => "touches",
            Number::Resolved => "resolved",
            Number::Touched => "touched",
            Number::Cash => "cash",
            Number::PromisesBroken => "promises-broken",
            Number::ReturnsCaused => "returns-caused",
            Number::ReturnsMade => "returns-made",
            Number::Missed => "missed",
        }
    }

    /// What a page says.
    pub fn title(self) -> &'static str {
        match self {
            Number::FirstContact => "Ended at the first contact",
            Number::Ended => "Ended",
            Number::Changed => "Touched, and something changed",
            Number::Touches => "Touched",
            Number::Resolved => "Touched, and over",
            Number::Touched => "Touched",
            Number::Cash => "Cash within 45 days of a touch",
            Number::PromisesBroken => "A promise was not kept",
            Number::ReturnsCaused => "Came back to who handed it up",
            Number::ReturnsMade => "Given back to who handed it up",
            Number::Missed => "Day of law or contract missed",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Number> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// Its items of a reason, each once.
    pub fn items(self, of: &ReasonMeasures) -> Vec<WorkItemId> {
        let mut items: Vec<WorkItemId> = match self {
            Number::FirstContact => of.first_contact.part.clone(),
            Number::Ended => of.first_contact.whole.clone(),
            Number::Changed => of.touches.part.clone(),
            Number::Touches => of.touches.whole.clone(),
            Number::Resolved => of.resolved.part.clone(),
            Number::Touched => of.resolved.whole.clone(),
            Number::Cash => of.cash_items.clone(),
            Number::PromisesBroken => of.promises_broken.clone(),
            Number::ReturnsCaused => of.returns_caused.values().flatten().copied().collect(),
            Number::ReturnsMade => of.returns_made.values().flatten().copied().collect(),
            Number::Missed => of.missed.clone(),
        };
        items.sort();
        items.dedup();
        items
    }
}

/// The measures of a time: of everybody (none) or of one person.
///
/// # Errors
/// `Denied` for the team's and for another's without the right to see the quality of the team; `Invalid` for days that are
/// the wrong way round or too many; `NotFound` for a person.
pub fn measures(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    person: Option<UserId>,
    (from, to): (Date, Date),
) -> Result<Measured, Error> {
    let is_own = person == Some(actor.user);
    let action = if is_own { Action::ViewOwnQuality } else { Action::ViewQuality };
    allow(actor, action, &ResourceState::default())?;
    if !(0..=LONGEST_DAYS).contains(&(to - from).get_days()) {
        return Err(Error::invalid("from", "Give a first and a last day, at most 100 days from each other."));
    }
    db.read(actor, practice, |read| {
        let (whose, person) = whose(read, person)?;
        let reasons = measure(&facts(read, from, to)?, &whose);
        Ok(Measured { person, from, to, reasons })
    })
}

fn whose(read: &Conn, person: Option<UserId>) -> Result<(Whose, Option<String>), Error> {
    let Some(user) = person else { return Ok((Whose::Team, None)) };
    let row = read.query_opt(&USER_BY_ID, params![user])?.ok_or(Error::NotFound("person"))?;
    Ok((Whose::Person(user, row.login), Some(row.display_name)))
}

/// The items behind one number of a reason.
///
/// # Errors
/// As [`measures`].
pub fn items(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (person, days): (Option<UserId>, (Date, Date)),
    (reason, number): (Option<WorkReason>, Number),
) -> Result<Vec<WorkItemRow>, Error> {
    let measured = measures(db, actor, practice, person, days)?;
    let of = measured.reasons.iter().find(|one| one.reason == reason);
    let mut ids = of.map(|of| number.items(of)).unwrap_or_default();
    ids.truncate(ITEMS_SHOWN);
    db.read(actor, practice, |read| {
        let mut rows = read.query_in(&WORK_ITEMS, params![], &ids)?;
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    })
}

/// The days of a month up to today, or of the month so far.
pub fn days_of_month(month: Date, today: Date) -> (Date, Date) {
    let from = month.first_of_month();
    (from, from.saturating_add(1.month()).saturating_sub(1.day()).min(today).max(from))
}
