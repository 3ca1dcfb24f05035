//! What the story counts of its desks: minutes and touches of each person, queues week by week, what the forecast said and
//! what came of it. It only counts; nobody is ranked by it.

use std::collections::BTreeMap;

use billing::work::{Desk, WorkItem};
use billing::{ClaimId, ClockId, Money};
use jiff::civil::Date;
use serde::Serialize;

use super::hands::Deed;

/// A person's days.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PersonDays {
    /// Days at the desk.
    pub days: u32,
    /// Days away.
    pub away: u32,
    /// Minutes spent on items.
    pub minutes: i64,
    /// Minutes in which nothing was to be done.
    pub idle: i64,
    /// Items that were looked at.
    pub touches: u32,
    /// Of these, those that ended …
    pub ended: u32,
    /// … wait for somebody …
    pub waits: u32,
    /// … went to the desk above …
    pub handed_up: u32,
    /// … went back …
    pub returned: u32,
    /// … were asked of a colleague …
    pub asked: u32,
    /// … or joined another item.
    pub merged: u32,
    /// Minutes of tomorrow that are spent already.
    #[serde(skip)]
    debt: i64,
}

/// A desk's queue at the end of a week.
#[derive(Debug, Clone, Serialize)]
pub struct Week {
    /// The last working day of it.
    pub on: String,
    /// Whose queue.
    pub desk: &'static str,
    /// Open items.
    pub items: i64,
    /// Of these, those that wait for somebody until a day.
    pub waiting: i64,
    /// Past their day.
    pub late: i64,
    /// Calendar days that the oldest is open.
    pub oldest_days: i32,
}

/// A clock that ran out for want of people, by a named person's word.
#[derive(Debug, Clone, Copy)]
pub struct Lost {
    /// When it began.
    pub started_on: Date,
    /// Its last day.
    pub due_on: Date,
    /// Cents that depended on it.
    pub stake: Money,
}

/// What the forecast said on a day.
#[derive(Debug, Clone)]
pub struct Foretold {
    /// When.
    pub on: Date,
    /// The last day that it looked at.
    pub until: Date,
    /// Clocks with their last days.
    pub clocks: Vec<(ClockId, Date, Money)>,
}

/// A forecast beside what came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    /// When it was made.
    pub on: String,
    /// Clocks that it said would run out before the end of the story.
    pub foretold: usize,
    /// Cents of them.
    pub foretold_cents: i64,
    /// The first of their last days.
    pub first_on: Option<String>,
    /// Of these, those that did.
    pub came: usize,
    /// Clocks that ran at that moment and ran out within the days looked at, though it did not say so.
    pub missed: usize,
}

/// Everything that is counted.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    people: BTreeMap<String, PersonDays>,
    claims: BTreeMap<ClaimId, u32>,
    weeks: Vec<Week>,
    lost: BTreeMap<ClockId, Lost>,
    foretold: Vec<Foretold>,
}

impl Tally {
    fn of(&mut self, login: &str) -> &mut PersonDays {
        self.people.entry(login.to_owned()).or_default()
    }

    /// A person is away.
    pub fn was_away(&mut self, login: &str) {
        self.of(login).away += 1;
    }

    /// A day begins; gives the minutes of it that were spent already.
    pub fn begin_day(&mut self, login: &str) -> i64 {
        let person = self.of(login);
        person.days += 1;
        std::mem::take(&mut person.debt)
    }

    /// A day ends with so many minutes left of it; below zero they are tomorrow's.
    pub fn end_day(&mut self, login: &str, left: i64) {
        let person = self.of(login);
        person.idle += left.max(0);
        person.debt += (-left).max(0);
    }

    /// Minutes that somebody spent before their shift, on the telephone.
    pub fn owes(&mut self, login: &str, minutes: i64) {
        self.of(login).debt += minutes;
    }

    /// An item was looked at.
    pub fn touched(&mut self, login: &str, item: &WorkItem, minutes: i64, deed: Deed) {
        let person = self.of(login);
        person.minutes += minutes;
        person.touches += 1;
        *match deed {
            Deed::Ended => &mut person.ended,
            Deed::Waits => &mut person.waits,
            Deed::HandedUp => &mut person.handed_up,
            Deed::Returned => &mut person.returned,
            Deed::Asked => &mut person.asked,
            Deed::Merged => &mut person.merged,
        } += 1;
        if let Some(claim) = item.links.claim_id {
            *self.claims.entry(claim).or_default() += 1;
        }
    }

    /// A desk's queue at the end of a week.
    pub fn week(&mut self, on: Date, desk: Desk, (items, waiting, late, oldest_days): (i64, i64, i64, i32)) {
        self.weeks.push(Week { on: on.to_string(), desk: desk.as_str(), items, waiting, late, oldest_days });
    }

    /// A clock ran out.
    pub fn lost(&mut self, clock: ClockId, lost: Lost) {
        self.lost.insert(clock, lost);
    }

    /// What the forecast said.
    pub fn foretold(&mut self, said: Foretold) {
        self.foretold.push(said);
    }

    /// People by log-in name.
    pub fn people(&self) -> BTreeMap<String, PersonDays> {
        self.people.clone()
    }

    /// The queues, week by week.
    pub fn weeks(&self) -> Vec<Week> {
        self.weeks.clone()
    }

    /// How many clocks ran out, and what depended on them.
    pub fn lost_in_all(&self) -> (usize, Money) {
        (self.lost.len(), self.lost.values().map(|lost| lost.stake).sum())
    }

    /// How many claims were touched how often: once, twice, three times, four times and more.
    pub fn touches(&self) -> [usize; 4] {
        let with = |wanted: fn(u32) -> bool| self.claims.values().filter(|count| wanted(**count)).count();
        [with(|n| n == 1), with(|n| n == 2), with(|n| n == 3), with(|n| n > 3)]
    }

    /// Each forecast beside what came of it until the last day of the story.
    pub fn compared(&self, end: Date) -> Vec<Compared> {
        self.foretold.iter().map(|said| self.compare(said, end)).collect()
    }

    fn compare(&self, said: &Foretold, end: Date) -> Compared {
        let told: Vec<_> = said.clocks.iter().filter(|(_, due_on, _)| *due_on < end).collect();
        let is_told = |id: &ClockId| said.clocks.iter().any(|(told, ..)| told == id);
        let ran_then = |lost: &Lost| lost.started_on <= said.on && lost.due_on > said.on && lost.due_on <= said.until;
        Compared {
            on: said.on.to_string(),
            foretold: told.len(),
            foretold_cents: told.iter().map(|(_, _, stake)| stake.cents()).sum(),
            first_on: told.iter().map(|(_, due_on, _)| *due_on).min().map(|day| day.to_string()),
            came: told.iter().filter(|(id, ..)| self.lost.contains_key(id)).count(),
            missed: self.lost.iter().filter(|(id, lost)| ran_then(lost) && !is_told(id)).count(),
        }
    }
}
