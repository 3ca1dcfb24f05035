//! What will run out if nothing changes: reads the queues, their clocks and the pace of the practice, and asks the domain.
//! Decides nothing.

use std::collections::BTreeMap;

use billing::access::{Action, Actor, ResourceState, Role};
use billing::clock::forecast::{ARRIVAL_DAYS, Arrival, Forecast, OpenWork, Pace, forecast as told};
use billing::work::{Desk, WorkReason};
use billing::{PracticeId, WorkPaceId};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use store::clock_ahead::{ARRIVED, OPEN_WORK_WITH_CLOCKS, WORK_PACE, WorkPaceRow};
use store::{Conn, Db, params};

use crate::access::allow;
use crate::{Error, reason, teams};

/// Most items that a forecast reads: more than any practice has open; what lies beyond is later than it looks.
const MOST_ITEMS: i64 = 200_000;
/// Most minutes of a desk on a day: a hundred people.
const MOST_MINUTES: i64 = 36_000;

/// What the forecast counts with, each with whether the practice said so.
///
/// # Errors
/// `Denied`.
pub fn pace(db: &Db, actor: &Actor, practice: PracticeId) -> Result<(Pace, Vec<WorkPaceRow>), Error> {
    allow(actor, Action::ViewSettings, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut rows = read.query(&WORK_PACE, params![])?;
        let pace = pace_of(read, &rows)?;
        rows.reverse();
        Ok((pace, rows))
    })
}

/// The practice's own figures; of a desk without one, the minutes of the people whose roles work it, less who is away.
fn pace_of(conn: &Conn, rows: &[WorkPaceRow]) -> Result<Pace, Error> {
    let staffing = teams::staffing(conn, conn.today())?;
    let mut pace = Pace { staff: Desk::ALL.into_iter().map(|desk| (desk, 0)).collect(), ..Pace::default() };
    for person in teams::colleagues(conn, &staffing)? {
        let desks: Vec<Desk> = Desk::ALL.into_iter().filter(|desk| person.roles.contains(&role_of(*desk))).collect();
        // Who works several desks has one day for all of them.
        let minutes = staffing.minutes_a_day(person.user) / u32::try_from(desks.len().max(1)).unwrap_or(1);
        let absences = staffing.absences.iter().filter(|one| one.user == person.user && !one.is_called_off);
        let away: Vec<(Date, Date)> = absences.map(|one| (one.from_on, one.to_on)).collect();
        for desk in desks {
            *pace.staff.entry(desk).or_default() += minutes;
            pace.away.extend(away.iter().map(|(from, to)| (desk, *from, *to, minutes)));
        }
    }
    for row in rows {
        let minutes = u32::try_from(row.minutes).unwrap_or(u32::MAX);
        match row.subject.split_once(':') {
            Some(("desk", word)) => {
                if let Some(desk) = Desk::parse(word) {
                    pace.staff.insert(desk, minutes);
                    pace.away.retain(|(of, ..)| *of != desk);
                }
            }
            Some(("reason", word)) => {
                WorkReason::parse(word).map(|reason| pace.items.insert(reason, minutes));
            }
            Some(_) | None => {}
        };
    }
    Ok(pace)
}

fn role_of(desk: Desk) -> Role {
    match desk {
        Desk::Tier1 => Role::Tier1,
        Desk::Tier2 => Role::Tier2,
        Desk::Tier3 => Role::Tier3,
        Desk::Coder => Role::Coder,
        Desk::Poster => Role::Poster,
    }
}

/// What a figure of the pace is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaceOf {
    /// Minutes that a desk's people have on a day.
    Desk(Desk),
    /// Minutes that an item of a reason takes.
    Reason(WorkReason),
}

/// Sets a figure of the pace.
///
/// # Errors
/// `Denied`; `Invalid` for minutes out of all measure, or without a reason.
pub fn set_pace(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (of, minutes): (PaceOf, i64),
    why: &str,
) -> Result<(), Error> {
    allow(actor, Action::ChangePractice, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence why; whoever reads the forecast asks.")?;
    if !(0..=MOST_MINUTES).contains(&minutes) {
        return Err(Error::invalid("minutes", format!("Give whole minutes from 0 to {MOST_MINUTES}.")));
    }
    let subject = match of {
        PaceOf::Desk(desk) => format!("desk:{}", desk.as_str()),
        PaceOf::Reason(reason) => format!("reason:{}", reason.as_str()),
    };
    db.write(actor, practice, |tx| {
        let row = WorkPaceRow {
            id: WorkPaceId(tx.new_id()),
            subject: subject.clone(),
            minutes,
            recorded_at: tx.now(),
            recorded_by: tx.actor().user,
            recorded_by_login: tx.actor().login.clone(),
            why: why.to_owned(),
        };
        tx.insert(&row)?;
        tx.audit("work_pace.set", "work_pace", row.id, json!({ "of": row.subject, "minutes": minutes }));
        Ok(())
    })
}

/// What will run out, and when, if nothing changes. `share` is how much of each desk's minutes there is, in percent: 50
/// asks what half the people would let run out.
///
/// # Errors
/// `Denied`.
pub fn forecast(db: &Db, actor: &Actor, practice: PracticeId, share: &BTreeMap<Desk, u32>) -> Result<Forecast, Error> {
    allow(actor, Action::ViewAllWork, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let rows = read.query(&WORK_PACE, params![])?;
        let mut pace = pace_of(read, &rows)?;
        for (desk, percent) in share {
            let minutes = pace.staff.get(desk).copied().unwrap_or(0);
            pace.staff.insert(*desk, minutes.saturating_mul(*percent) / 100);
            for (_, _, _, gone) in pace.away.iter_mut().filter(|(of, ..)| of == desk) {
                *gone = gone.saturating_mul(*percent) / 100;
            }
        }
        let items = read.query(&OPEN_WORK_WITH_CLOCKS, params![MOST_ITEMS])?;
        let work: Vec<OpenWork> = items
            .into_iter()
            .map(|item| OpenWork {
                desk: item.desk,
                reason: item.reason,
                due_on: item.due_on,
                deadline_on: item.deadline_on,
                is_raised: item.is_raised,
                waits_until: item.waiting_until,
                clock: item.clock_id.zip(item.kind).zip(item.last_on).map(|((id, kind), on)| (id, kind, on)),
                stake: item.stake_cents,
            })
            .collect();
        let (today, calendar) = (read.today(), store::clock::calendar(read)?);
        let since = today.saturating_sub(ARRIVAL_DAYS.days());
        let came = read.query(&ARRIVED, params![since, today, MOST_ITEMS])?;
        let came: Vec<Arrival> = came
            .into_iter()
            .map(|row| Arrival {
                opened_on: row.opened_on,
                reason: row.reason,
                deadline_on: row.deadline_on,
                stake: row.stake_cents,
            })
            .collect();
        Ok(told(&work, &came, &pace, today, &calendar))
    })
}
