//! What will run out if nothing changes: day by day each desk's people take the open work in the order in which the desk gives
//! it out, while new work comes as it came in the last four weeks. Pure arithmetic over the queue; promises nothing and moves
//! nothing.

use std::collections::{BTreeMap, BinaryHeap};

use jiff::ToSpan;
use jiff::civil::Date;

use super::ClockKind;
use crate::work::calendar::Calendar;
use crate::work::priority::{Priority, Rankable};
use crate::work::team::USUAL_MINUTES_A_DAY;
use crate::work::{Desk, WorkReason};
use crate::{ClockId, Money};

/// Minutes of work that one person has on a day where nobody said otherwise.
pub const PERSON_MINUTES: u32 = USUAL_MINUTES_A_DAY;
/// Business days that a forecast looks ahead: two months, more than any warning of a clock.
pub const BUSINESS_DAYS_AHEAD: u32 = 42;
/// Days of which the new work is taken to come again: four weeks, so that every weekday is in it as often.
pub const ARRIVAL_DAYS: i32 = 28;

/// An open item, as far as the forecast goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWork {
    /// Whose queue.
    pub desk: Desk,
    /// Why; says its minutes and how likely its money is.
    pub reason: WorkReason,
    /// By when it should be done.
    pub due_on: Date,
    /// Its own day of law or contract, if it has one.
    pub deadline_on: Option<Date>,
    /// Whether a rule put it first.
    pub is_raised: bool,
    /// Until when it waits for somebody and nobody takes it.
    pub waits_until: Option<Date>,
    /// The first clock that ends unless it is done.
    pub clock: Option<(ClockId, ClockKind, Date)>,
    /// Cents that depend on it.
    pub stake: Money,
}

/// Work that came within the last [`ARRIVAL_DAYS`]: its like is taken to come again four weeks later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When it came.
    pub opened_on: Date,
    /// Why.
    pub reason: WorkReason,
    /// Its day of law or contract, if it had one.
    pub deadline_on: Option<Date>,
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
    /// Who of a desk is away, from when to when, with the minutes that are missing.
    pub away: Vec<(Desk, Date, Date, u32)>,
}

impl Pace {
    /// Minutes that an item takes at a desk.
    pub fn minutes(&self, reason: WorkReason, desk: Desk) -> u32 {
        self.items.get(&reason).copied().unwrap_or_else(|| reason.minutes_at(desk))
    }

    /// Minutes that a desk's people have on a day.
    fn staff_on(&self, desk: Desk, day: Date) -> u32 {
        let all = self.staff.get(&desk).copied().unwrap_or(0);
        let gone = self.away.iter().filter(|(of, from, to, _)| *of == desk && (*from..=*to).contains(&day));
        gone.fold(all, |left, (_, _, _, minutes)| left.saturating_sub(*minutes))
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
    /// Minutes of new work that a business day brings, if it comes as in the last four weeks.
    pub new_minutes: u64,
    /// Clocks of it that will run out.
    pub expiries: usize,
    /// The first day on which nothing of what is open now is left; none within the days that were looked at.
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

/// What runs out of one kind at one desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Of which kind.
    pub kind: ClockKind,
    /// Whose queue.
    pub desk: Desk,
    /// How many clocks.
    pub count: usize,
    /// Cents that depend on them.
    pub stake: Money,
    /// The first last day …
    pub first_on: Date,
    /// … and the last one.
    pub last_on: Date,
}

impl Forecast {
    /// What runs out by kind and desk, the nearest first day first.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for one in &self.expiries {
            match groups.iter_mut().find(|group| group.kind == one.kind && group.desk == one.desk) {
                Some(group) => {
                    group.count += 1;
                    group.stake += one.stake;
                    group.last_on = group.last_on.max(one.due_on);
                }
                None => groups.push(Group {
                    kind: one.kind,
                    desk: one.desk,
                    count: 1,
                    stake: one.stake,
                    first_on: one.due_on,
                    last_on: one.due_on,
                }),
            }
        }
        groups
    }

    /// Cents that depend on everything that runs out.
    pub fn stake(&self) -> Money {
        self.expiries.iter().map(|one| one.stake).sum()
    }
}

/// Works through the queues day by day, today first, in the order of the desk; new work comes as it came before.
pub fn forecast(work: &[OpenWork], before: &[Arrival], pace: &Pace, today: Date, calendar: &Calendar) -> Forecast {
    let days = days_ahead(today, calendar);
    let horizon = days.last().copied().unwrap_or(today);
    let mut told = Forecast::default();
    for desk in Desk::ALL {
        let queue: Vec<&OpenWork> = work.iter().filter(|item| item.desk == desk).collect();
        if queue.is_empty() {
            continue;
        }
        let came: Vec<&Arrival> = before.iter().filter(|one| one.reason.desk() == desk).collect();
        let done = days_of(&queue, &came, pace, (desk, &days), calendar);
        let first = told.expiries.len();
        for (item, done_on) in queue.iter().zip(&done) {
            let Some((clock, kind, due_on)) = item.clock.filter(|(_, _, last)| *last <= horizon) else { continue };
            if done_on.is_none_or(|day| day > due_on) {
                told.expiries.push(Expiry { clock, kind, desk, due_on, done_on: *done_on, stake: item.stake });
            }
        }
        let minutes = |reason| u64::from(pace.minutes(reason, desk));
        let is_done = done.iter().all(Option::is_some);
        told.desks.push(DeskLoad {
            desk,
            items: queue.len(),
            minutes: queue.iter().map(|item| minutes(item.reason)).sum(),
            staff: pace.staff.get(&desk).copied().unwrap_or(0),
            new_minutes: came.iter().map(|one| minutes(one.reason)).sum::<u64>() / BUSINESS_DAYS_OF_ARRIVALS,
            expiries: told.expiries.len() - first,
            empty_on: done.iter().copied().flatten().max().filter(|_| is_done),
        });
    }
    told.expiries.sort_by_key(|expiry| (expiry.due_on, expiry.desk, expiry.clock));
    told
}

/// Calendar days that are looked at for them: a practice that is closed for longer has other cares.
const MOST_DAYS_AHEAD: i64 = 366;
/// Business days of four weeks.
const BUSINESS_DAYS_OF_ARRIVALS: u64 = 20;

fn days_ahead(today: Date, calendar: &Calendar) -> Vec<Date> {
    let days = (0..MOST_DAYS_AHEAD).map(|ahead| today.saturating_add(ahead.days()));
    days.filter(|day| calendar.is_open(*day)).take(BUSINESS_DAYS_AHEAD as usize).collect()
}

/// What stands in a queue on some day: an item that is open now, by its place, or one that came since.
struct Standing {
    place: Option<usize>,
    minutes: u64,
    from: Date,
    rank: Rankable,
}

/// The day on which each item of a queue is done; none for those that are not within the days looked at.
fn days_of(
    queue: &[&OpenWork],
    came: &[&Arrival],
    pace: &Pace,
    (desk, days): (Desk, &[Date]),
    calendar: &Calendar,
) -> Vec<Option<Date>> {
    let mut done = vec![None; queue.len()];
    let mut standing: Vec<Standing> = queue
        .iter()
        .enumerate()
        .map(|(place, item)| Standing {
            place: Some(place),
            minutes: u64::from(pace.minutes(item.reason, desk)),
            from: item.waits_until.unwrap_or(Date::MIN),
            rank: Rankable::usual((item.reason, desk), item.stake, (item.due_on, item.deadline_on), item.is_raised),
        })
        .collect();
    standing.extend(again(came, pace, (desk, days), calendar));
    let (mut have, mut left) = (0_u64, queue.len());
    for day in days {
        if left == 0 {
            break;
        }
        let staff = u64::from(pace.staff_on(desk, *day));
        // What is left of a day goes on into an item that the next one ends.
        have += staff;
        let mut order: BinaryHeap<(Priority, std::cmp::Reverse<usize>)> = standing
            .iter()
            .enumerate()
            .filter(|(_, one)| one.from <= *day)
            .map(|(index, one)| (Priority::of(&one.rank, *day), std::cmp::Reverse(index)))
            .collect();
        let mut ended = Vec::new();
        while let Some((_, std::cmp::Reverse(index))) = order.pop() {
            let Some(one) = standing.get(index).filter(|one| staff > 0 && one.minutes <= have) else { break };
            have -= one.minutes;
            ended.push(index);
            if let Some(slot) = one.place.and_then(|place| done.get_mut(place)) {
                *slot = Some(*day);
                left -= 1;
            }
        }
        if order.is_empty() {
            // Nothing is left to do: minutes of today are not saved for tomorrow.
            have = 0;
        }
        ended.sort_unstable_by(|a, b| b.cmp(a));
        for index in ended {
            standing.swap_remove(index);
        }
    }
    done
}

/// What came in the last four weeks, on the same weekdays of the weeks ahead.
fn again(came: &[&Arrival], pace: &Pace, (desk, days): (Desk, &[Date]), calendar: &Calendar) -> Vec<Standing> {
    let (Some(today), Some(last)) = (days.first(), days.last()) else { return Vec::new() };
    let mut all = Vec::new();
    for one in came {
        let mut from = one.opened_on;
        loop {
            from = from.saturating_add(ARRIVAL_DAYS.days());
            if from > *last {
                break;
            }
            if from < *today {
                continue;
            }
            let due_on = calendar.add_business_days(from, one.reason.due_in_business_days());
            let deadline_on = one.deadline_on.map(|day| day.saturating_add((from - one.opened_on).get_days().days()));
            all.push(Standing {
                place: None,
                minutes: u64::from(pace.minutes(one.reason, desk)),
                from,
                rank: Rankable::usual((one.reason, desk), one.stake, (due_on, deadline_on), false),
            });
        }
    }
    all
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
            deadline_on: Some(last),
            is_raised: false,
            waits_until: None,
            clock: Some((ClockId(Uuid::from_u128(number)), ClockKind::AppealFirst, last)),
            stake: Money::from_cents(10_000),
        }
    }

    /// A denial takes eighteen minutes here, and Tier 2 has so many of a day.
    fn pace(minutes: u32) -> Pace {
        Pace {
            staff: BTreeMap::from([(Desk::Tier2, minutes)]),
            items: BTreeMap::from([(WorkReason::Denied, 18)]),
            ..Pace::default()
        }
    }

    /// A Monday.
    const TODAY: Date = date(2026, 3, 2);

    #[test]
    fn half_the_people_let_run_out_what_all_of_them_would_have_done() {
        // Sixty denials of eighteen minutes are 1080: three days of one person, six of half a one.
        let calendar = Calendar::default();
        let work: Vec<OpenWork> = (0..60).map(|number| denial(number, date(2026, 3, 4))).collect();
        let with = |minutes| forecast(&work, &[], &pace(minutes), TODAY, &calendar);
        let all = with(360);
        assert_eq!((all.expiries.len(), all.desks[0].empty_on), (0, Some(date(2026, 3, 4))));
        let half = with(180);
        assert_eq!((half.expiries.len(), half.desks[0].expiries), (30, 30));
        assert_eq!(half.desks[0].empty_on, Some(date(2026, 3, 9)), "a weekend lies between");
        assert!(half.expiries.iter().all(|expiry| expiry.done_on.is_some_and(|day| day > expiry.due_on)));
        let [group] = half.groups().try_into().unwrap();
        assert_eq!((group.count, group.stake, group.first_on), (30, Money::from_cents(300_000), date(2026, 3, 4)));
        let nobody = with(0);
        assert_eq!((nobody.expiries.len(), nobody.desks[0].empty_on), (60, None));
        assert_eq!(nobody.stake(), Money::from_cents(600_000));
    }

    #[test]
    fn what_has_the_nearest_last_day_is_done_first_and_what_has_none_waits() {
        let plain = OpenWork { clock: None, deadline_on: None, due_on: date(2026, 3, 3), ..denial(9, TODAY) };
        let work = [denial(1, date(2026, 5, 1)), plain, denial(2, TODAY)];
        let told = forecast(&work, &[], &pace(18), TODAY, &Calendar::default());
        assert_eq!(told.expiries, [], "one item a day: today's clock today, then what is due, then May's");
        assert_eq!(told.desks[0].empty_on, Some(date(2026, 3, 4)));
        let slow = Pace { items: BTreeMap::from([(WorkReason::Denied, 36)]), ..pace(18) };
        let told = forecast(&work, &[], &slow, TODAY, &Calendar::default());
        assert_eq!(told.expiries.iter().map(|one| one.due_on).collect::<Vec<_>>(), [TODAY]);
        assert_eq!(told.expiries[0].done_on, Some(date(2026, 3, 3)), "it takes two days of one person");
    }

    #[test]
    fn a_clock_beyond_the_days_looked_at_is_not_told_of() {
        let work = [denial(1, date(2026, 12, 31))];
        assert_eq!(forecast(&work, &[], &pace(0), TODAY, &Calendar::default()).expiries, []);
    }

    #[test]
    fn work_that_comes_every_day_takes_the_time_of_what_is_open() {
        // One denial of $1,000 came on each weekday; it brings more than an open one of $100 whose clock is far away.
        let came: Vec<Arrival> = (1..=28)
            .map(|ago| TODAY.saturating_sub(i64::from(ago).days()))
            .filter(|day| Calendar::default().is_open(*day))
            .map(|opened_on| Arrival {
                opened_on,
                reason: WorkReason::Denied,
                deadline_on: Some(opened_on.saturating_add(120.days())),
                stake: Money::from_cents(100_000),
            })
            .collect();
        let last = date(2026, 4, 24);
        let work: Vec<OpenWork> = (0..24).map(|number| denial(number, last)).collect();
        let alone = forecast(&work, &[], &pace(18), TODAY, &Calendar::default());
        assert_eq!(alone.expiries.len(), 0, "a day each");
        let told = forecast(&work, &came, &pace(18), TODAY, &Calendar::default());
        // The richer ones take the first weeks; from twenty business days before their last day on the open ones go first.
        assert!((1..24).contains(&told.expiries.len()), "{}", told.expiries.len());
        assert_eq!(told.desks[0].new_minutes, 18 * u64::try_from(came.len()).unwrap() / 20);
    }

    #[test]
    fn who_is_away_does_nothing_and_what_waits_is_taken_on_its_day() {
        let away = Pace { away: vec![(Desk::Tier2, TODAY, date(2026, 3, 3), 18)], ..pace(18) };
        let told = forecast(&[denial(1, date(2026, 3, 3))], &[], &away, TODAY, &Calendar::default());
        assert_eq!(told.expiries[0].done_on, Some(date(2026, 3, 4)));
        let waits = OpenWork { waits_until: Some(date(2026, 3, 9)), ..denial(1, date(2026, 3, 20)) };
        let told = forecast(&[waits], &[], &pace(18), TODAY, &Calendar::default());
        assert_eq!(told.desks[0].empty_on, Some(date(2026, 3, 9)));
    }
}
