//! What narrows a list of open work, and its words in an address. Several values a filter; nothing that anybody typed
//! stands in it, so an address with a filter tells nothing about a patient.

use billing::access::Actor;
use billing::work::Calendar;
use billing::work::{Desk, WorkReason, WorkState};
use billing::{Money, PayerId, PracticeId, UserId};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::Db;
use store::views::queue::{Along, MOST_CHOSEN, Narrowed, Owners, walk};
use store::worklist::{QueueCursor, QueueRow, WORKLIST_PAGE};

use super::may_see;
use crate::Error;
use crate::access::allow;
use billing::access::{Action, ResourceState};

/// Later than any due date.
const END: Date = date(9999, 12, 31);
/// Business days that are soon.
const SOON: u32 = 10;

/// Until when an item is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Before today.
    Late,
    /// Today or before.
    Today,
    /// Within ten business days.
    Soon,
}

impl Due {
    /// Every choice.
    pub const ALL: [Due; 3] = [Due::Late, Due::Today, Due::Soon];

    /// The word in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Due::Late => "late",
            Due::Today => "today",
            Due::Soon => "soon",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            Due::Late => "Late",
            Due::Today => "Today or late",
            Due::Soon => "Within ten business days",
        }
    }

    fn last_day(self, today: Date, calendar: &Calendar) -> Date {
        match self {
            Due::Late => today.saturating_sub(1.day()),
            Due::Today => today,
            Due::Soon => calendar.add_business_days(today, SOON),
        }
    }
}

/// Whose items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The reader's own.
    Me,
    /// Nobody's.
    Nobody,
    /// A person's.
    Person(UserId),
}

/// What narrows a list; an empty list of values narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Desks.
    pub desks: Vec<Desk>,
    /// Reasons.
    pub reasons: Vec<WorkReason>,
    /// States; resolved items stand in no queue.
    pub states: Vec<WorkState>,
    /// Whose items.
    pub owners: Vec<Owner>,
    /// Payers.
    pub payers: Vec<PayerId>,
    /// Until when they are due.
    pub due: Option<Due>,
    /// Opened at least so many days ago.
    pub days_old: Option<u16>,
    /// At least so much at stake.
    pub stake_from: Option<Money>,
}

impl Filter {
    /// One desk's queue.
    pub fn desk(desk: Desk) -> Filter {
        Filter { desks: vec![desk], ..Filter::default() }
    }

    /// What the reader has taken.
    pub fn mine() -> Filter {
        Filter { owners: vec![Owner::Me], ..Filter::default() }
    }

    /// Whether it is no more than that.
    pub fn is_mine(&self) -> bool {
        *self == Filter::mine()
    }

    /// The one desk that is asked for, where one is.
    pub fn only_desk(&self) -> Option<Desk> {
        <[Desk; 1]>::try_from(self.desks.clone()).ok().map(|[desk]| desk).filter(|_| !self.owners.contains(&Owner::Me))
    }

    /// How many values narrow beyond whose queue it is.
    pub fn narrowing(&self) -> usize {
        let lists = self.reasons.len() + self.states.len() + self.payers.len();
        let owners = self.owners.iter().filter(|owner| **owner != Owner::Me).count();
        let singles = [self.due.is_some(), self.days_old.is_some(), self.stake_from.is_some()];
        lists + owners + singles.into_iter().filter(|is_set| *is_set).count()
    }

    /// Reads the words of an address. What is no word of ours narrows nothing; more payers or people than a list takes
    /// are left out.
    pub fn read<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Filter {
        let mut filter = Filter::default();
        for (name, value) in pairs {
            match name {
                "desk" if value == "mine" => add(&mut filter.owners, Some(Owner::Me)),
                "desk" => add(&mut filter.desks, Desk::parse(value)),
                "reason" => add(&mut filter.reasons, WorkReason::parse(value)),
                "state" => add(&mut filter.states, WorkState::parse(value).filter(|s| *s != WorkState::Resolved)),
                "owner" if value == "me" => add(&mut filter.owners, Some(Owner::Me)),
                "owner" if value == "nobody" => add(&mut filter.owners, Some(Owner::Nobody)),
                "owner" => add(&mut filter.owners, value.parse().ok().map(Owner::Person)),
                "payer" => add(&mut filter.payers, value.parse().ok()),
                "due" => filter.due = Due::ALL.into_iter().find(|due| due.as_str() == value),
                "days" => filter.days_old = value.trim().parse().ok().filter(|days| *days > 0),
                "from" => filter.stake_from = Money::parse(value.trim()).ok().filter(|from| from.is_positive()),
                _ => {}
            }
        }
        filter.payers.truncate(MOST_CHOSEN);
        filter.owners.truncate(MOST_CHOSEN);
        filter
    }

    /// The words of an address, in a fixed order: the same filter has the same address.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        pairs.extend(self.desks.iter().map(|desk| ("desk", desk.as_str().to_owned())));
        pairs.extend(self.reasons.iter().map(|reason| ("reason", reason.as_str().to_owned())));
        pairs.extend(self.states.iter().map(|state| ("state", state.as_str().to_owned())));
        pairs.extend(self.owners.iter().map(|owner| {
            let word = match owner {
                Owner::Me => "me".to_owned(),
                Owner::Nobody => "nobody".to_owned(),
                Owner::Person(person) => person.to_string(),
            };
            ("owner", word)
        }));
        pairs.extend(self.payers.iter().map(|payer| ("payer", payer.to_string())));
        pairs.extend(self.due.map(|due| ("due", due.as_str().to_owned())));
        pairs.extend(self.days_old.map(|days| ("days", days.to_string())));
        pairs.extend(self.stake_from.map(|from| ("from", from.to_string())));
        pairs
    }

    /// The address's query: "desk=tier2&reason=denied". Every word is of letters, digits, dots and hyphens.
    pub fn query(&self) -> String {
        self.pairs().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

fn add<T: PartialEq>(values: &mut Vec<T>, value: Option<T>) {
    values.extend(value.filter(|value| !values.contains(value)).into_iter().collect::<Vec<_>>());
}

/// One page of open work, most urgent first; one row more than a page says that there are more.
///
/// # Errors
/// `Denied` without the right to see a worklist; `NotFound` where a desk is asked for that the person may neither work
/// nor oversee.
pub fn list(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    filter: &Filter,
    after: QueueCursor,
) -> Result<Vec<QueueRow>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    if filter.desks.iter().any(|desk| !may_see(actor, *desk)) {
        return Err(Error::NotFound("worklist"));
    }
    db.read(actor, practice, |read| {
        let narrowed = narrowed(actor, filter, read.today(), &*store::clock::calendar(read)?);
        let mut rows: Vec<QueueRow> = Vec::new();
        for along in walks(actor, filter) {
            rows.extend(walk(read, along, &narrowed, after, WORKLIST_PAGE + 1)?);
        }
        rows.sort_by_key(|row| (row.due_on, row.id));
        rows.truncate(WORKLIST_PAGE + 1);
        Ok(rows)
    })
}

/// The desks that are asked for, or all that the person may see. One's own items are seen wherever they stand.
fn desks(actor: &Actor, filter: &Filter) -> Vec<Desk> {
    match filter.desks.is_empty() {
        true => Desk::ALL.into_iter().filter(|desk| may_see(actor, *desk)).collect(),
        false => filter.desks.clone(),
    }
}

fn narrowed(actor: &Actor, filter: &Filter, today: Date, calendar: &Calendar) -> Narrowed {
    let is_own_only = filter.owners == [Owner::Me] && filter.desks.is_empty();
    let people: Vec<UserId> = filter
        .owners
        .iter()
        .filter_map(|owner| match owner {
            Owner::Me => Some(actor.user),
            Owner::Person(person) => Some(*person),
            Owner::Nobody => None,
        })
        .collect();
    let owners = match filter.owners.is_empty() {
        true => Owners::Any,
        false => Owners::Of { people, or_nobody: filter.owners.contains(&Owner::Nobody) },
    };
    let seen = desks(actor, filter);
    Narrowed {
        desks: if is_own_only { String::new() } else { words(seen.iter().map(|desk| desk.as_str())) },
        reasons: words(filter.reasons.iter().map(|reason| reason.as_str())),
        states: words(filter.states.iter().map(|state| state.as_str())),
        owners,
        payers: filter.payers.clone(),
        stake_from: filter.stake_from.unwrap_or(Money::from_cents(i64::MIN)),
        opened_to: filter.days_old.map_or(END, |days| today.saturating_sub(i64::from(days).days())),
        due_to: filter.due.map_or(END, |due| due.last_day(today, calendar)),
    }
}

/// Words between commas, with one before the first and after the last; none where there is no word.
fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let joined = words.collect::<Vec<_>>().join(",");
    if joined.is_empty() { joined } else { format!(",{joined},") }
}

/// Along what the rows are found: the narrowest of people, payers, reasons and desks.
fn walks(actor: &Actor, filter: &Filter) -> Vec<Along> {
    let people: Vec<Along> = filter
        .owners
        .iter()
        .filter_map(|owner| match owner {
            Owner::Me => Some(Along::Owner(actor.user)),
            Owner::Person(person) => Some(Along::Owner(*person)),
            Owner::Nobody => None,
        })
        .collect();
    if !people.is_empty() && people.len() == filter.owners.len() {
        return people;
    }
    if !filter.payers.is_empty() {
        return filter.payers.iter().copied().map(Along::Payer).collect();
    }
    if !filter.reasons.is_empty() {
        return filter.reasons.iter().copied().map(Along::Reason).collect();
    }
    desks(actor, filter).into_iter().map(Along::Desk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Filter {
        Filter::read(query.split('&').filter_map(|pair| pair.split_once('=')))
    }

    #[test]
    fn an_address_says_the_same_after_it_was_read() {
        let query = "desk=tier1&desk=tier2&reason=denied&reason=held_for_data&state=open&owner=nobody&due=soon&days=30\
                     &from=100.00";
        let filter = read(query);
        assert_eq!(filter.query(), query);
        assert_eq!(filter.narrowing(), 7);
        assert_eq!(read("desk=mine").query(), "owner=me");
    }

    #[test]
    fn what_is_no_word_of_ours_narrows_nothing() {
        let filter = read("desk=tier9&reason=%27&state=resolved&owner=Quintero&payer=x&due=never&days=-1&from=a&q=Ada");
        assert_eq!(filter, Filter::default());
    }
}
