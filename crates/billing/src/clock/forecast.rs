//! What will run out if nothing changes: the open work of each desk in the order of its days, the minutes that an item
//! takes, and the minutes that people have. Pure arithmetic over the queue; promises nothing and moves nothing.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::ClockKind;
use crate::work::calendar::Calendar;
use crate::work::{Desk, WorkReason};
use crate::{ClockId, Money};

/// Minutes that an item takes where a practice said nothing: experts of third-party follow-up finish 50 to 60 accounts a
/// day, of clinical denials 25 to 30 (HFMA panel); most of our reasons are the first kind.
pub const USUAL_MINUTES: u32 = 9;
/// The same of what the second kind is.
pub const LONG_MINUTES: u32 = 18;
/// Minutes of work that one person has on a day, without breaks, meetings and the telephone.
pub const PERSON_MINUTES: u32 = 360;
/// Business days that a forecast looks ahead: two months, more than any warning of a clock.
pub const BUSINESS_DAYS_AHEAD: u32 = 42;

/// Minutes that an item of a reason takes where a practice said nothing.
pub fn usual_minutes(reason: WorkReason) -> u32 {
    match reason.desk() {
        Desk::Tier1 => USUAL_MINUTES,
        Desk::Tier2 | Desk::Tier3 | Desk::Coder | Desk::Poster => LONG_MINUTES,
    }
}

/// An open item, as far as the forecast goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWork {
    /// Whose queue.
    pub desk: Desk,
    /// Why; says its minutes.
    pub reason: WorkReason,
    /// By when it should be done.
    pub due_on: Date,
    /// The first clock that ends unless it is done.
    pub clock: Option<(ClockId, ClockKind, Date)>,
    /// Cents that depend on it.
    pub stake: Money,
}

/// What the desks can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    /// Minutes that a desk's people have on a day of work.
    pub staff: BTreeMap<Desk, u32>,
    /// Minutes that an item of a reason takes, where a practice said so.
    pub items: BTreeMap<WorkReason, u32>,
}

impl Pace {
    /// Minutes that an item takes.
    pub fn minutes(&self, reason: WorkReason) -> u32 {
        self.items.get(&reason).copied().unwrap_or_else(|| usual_minutes(reason))
    }
}

/// A clock that will run out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry {
    /// Which clock.
    pub clock: ClockId,
    /// Of which kind.
    pub kind: ClockKind,
    /// Whose queue its work stands in.
    pub desk: Desk,
    /// Its last day.
    pub due_on: Date,
    /// The day on which its work would be done; none within the days that were looked at.
    pub done_on: Option<Date>,
    /// Cents that depend on it.
    pub stake: Money,
}

/// How a desk stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskLoad {
    /// Whose queue.
    pub desk: Desk,
    /// Open items.
    pub items: usize,
    /// Minutes that they take.
    pub minutes: u64,
    /// Minutes that its people have on a day.
    pub staff: u32,
    /// Clocks of it that will run out.
    pub expiries: usize,
    /// The first day on which nothing of it is left; none within the days that were looked at.
    pub empty_on: Option<Date>,
}

/// What will run out, the nearest last day first, and how each desk stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forecast {
    /// Clocks that end before their work is done.
    pub expiries: Vec<Expiry>,
    /// Every desk with work.
    pub desks: Vec<DeskLoad>,
}

/// Works through the queues day by day, today first: what has a clock by its last day, the rest by its due day.
pub fn forecast(work: &[OpenWork], pace: &Pace, today: Date, calendar: &Calendar) -> Forecast {
    let mut told = Forecast::default();
    for desk in Desk::ALL {
        let mut queue: Vec<&OpenWork> = work.iter().filter(|item| item.desk == desk).collect();
        if queue.is_empty() {
            continue;
        }
        queue.sort_by_key(|item| (item.clock.map_or(item.due_on, |(_, _, last)| last.min(item.due_on)), item.due_on));
        let staff = pace.staff.get(&desk).copied().unwrap_or(0);
        let done = days_of(&queue, pace, staff, today, calendar);
        let before = told.expiries.len();
        for (item, done_on) in queue.iter().zip(&done) {
            let Some((clock, kind, due_on)) = item.clock else { continue };
            if done_on.is_none_or(|day| day > due_on) {
                told.expiries.push(Expiry { clock, kind, desk, due_on, done_on: *done_on, stake: item.stake });
            }
        }
        told.desks.push(DeskLoad {
            desk,
            items: queue.len(),
            minutes: queue.iter().map(|item| u64::from(pace.minutes(item.reason))).sum(),
            staff,
            expiries: told.expiries.len() - before,
            empty_on: done.last().copied().flatten(),
        });
    }
    told.expiries.sort_by_key(|expiry| (expiry.due_on, expiry.desk, expiry.clock));
    told
}

/// The day on which each item of a queue is done; none for those that are not within the days looked at.
fn days_of(queue: &[&OpenWork], pace: &Pace, staff: u32, today: Date, calendar: &Calendar) -> Vec<Option<Date>> {
    let mut done = vec![None; queue.len()];
    let mut items = queue.iter().map(|item| u64::from(pace.minutes(item.reason))).enumerate();
    let mut next = items.next();
    let (mut day, mut have) = (today, 0_u64);
    for _ in 0..BUSINESS_DAYS_AHEAD {
        while !calendar.is_open(day) {
            day = day.saturating_add(1.day());
        }
        // What is left of a day goes on into an item that the next one ends.
        have += u64::from(staff);
        while let Some((place, minutes)) = next {
            if minutes > have || staff == 0 {
                break;
            }
            have -= minutes;
            done[place] = Some(day);
            next = items.next();
        }
        if next.is_none() {
            break;
        }
        day = day.saturating_add(1.day());
    }
    done
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn denial(number: u128, last: Date) -> OpenWork {
        OpenWork {
            desk: Desk::Tier2,
            reason: WorkReason::Denied,
            due_on: date(2026, 3, 31),
            clock: Some((ClockId(Uuid::from_u128(number)), ClockKind::AppealFirst, last)),
            stake: Money::from_cents(10_000),
        }
    }

    #[test]
    fn half_the_people_let_run_out_what_all_of_them_would_have_done() {
        // Sixty denials of eighteen minutes are 1080: three days of one person, six of half a one. Monday is the 2nd.
        let today = date(2026, 3, 2);
        let calendar = Calendar::default();
        let work: Vec<OpenWork> = (0..60).map(|number| denial(number, date(2026, 3, 4))).collect();
        let with = |minutes| {
            let pace = Pace { staff: BTreeMap::from([(Desk::Tier2, minutes)]), ..Pace::default() };
            forecast(&work, &pace, today, &calendar)
        };
        let all = with(360);
        assert_eq!((all.expiries.len(), all.desks[0].empty_on), (0, Some(date(2026, 3, 4))));
        let half = with(180);
        assert_eq!((half.expiries.len(), half.desks[0].expiries), (30, 30));
        assert_eq!(half.desks[0].empty_on, Some(date(2026, 3, 9)), "a weekend lies between");
        assert!(half.expiries.iter().all(|expiry| expiry.done_on.is_some_and(|day| day > expiry.due_on)));
        let nobody = with(0);
        assert_eq!((nobody.expiries.len(), nobody.desks[0].empty_on), (60, None));
    }

    #[test]
    fn what_has_the_nearest_last_day_is_done_first_and_what_has_none_waits() {
        let today = date(2026, 3, 2);
        let plain = OpenWork { clock: None, due_on: date(2026, 3, 3), ..denial(9, today) };
        let work = [denial(1, date(2026, 5, 1)), plain, denial(2, today)];
        let pace = Pace { staff: BTreeMap::from([(Desk::Tier2, 18)]), ..Pace::default() };
        let told = forecast(&work, &pace, today, &Calendar::default());
        assert_eq!(told.expiries, [], "one item a day: today's clock today, Tuesday's item, then May's");
        assert_eq!(told.desks[0].empty_on, Some(date(2026, 3, 4)));
        let slow = Pace { items: BTreeMap::from([(WorkReason::Denied, 36)]), ..pace };
        let told = forecast(&work, &slow, today, &Calendar::default());
        assert_eq!(told.expiries.iter().map(|one| one.due_on).collect::<Vec<_>>(), [today]);
        assert_eq!(told.expiries[0].done_on, Some(date(2026, 3, 3)), "it takes two days of one person");
    }
}
