//! How the desks of the story fared: what must be none, the queues week by week, the people, and what the forecast of clocks
//! said beside what came of it. One shape for people and for `--json`. It reads and counts; it changes nothing.

use std::collections::BTreeMap;

use app::clocks::{self, ahead};
use app::verify::verify;
use billing::access::Actor;
use billing::clock::Nature;
use billing::clock::forecast::BUSINESS_DAYS_AHEAD;
use billing::counting::counted;
use billing::work::{Calendar, Desk};
use jiff::Span;
use jiff::civil::Date;
use serde::Serialize;
use store::views::wall::{self, WallRow};

use super::stage::{Stage, in_scene};
use super::tally::{Compared, Foretold, PersonDays, Week};

/// Working days between two forecasts of the story.
const FORECAST_EVERY: usize = 20;
/// Deadlines of the wall play no part here.
const NO_DEADLINES: i64 = 0;

/// The report. All money in cents.
#[derive(Debug, Clone, Serialize)]
pub struct DeskReport {
    /// Claims, debts and files that nobody has: what verification of the books finds; none.
    pub without_a_hand: Vec<String>,
    /// Clocks that are ours to keep, past their last day, of which nobody decided; none.
    pub clocks_undecided: i64,
    /// Open items that are past their day.
    pub late: i64,
    /// Open items that wait for somebody until a day.
    pub waiting: i64,
    /// Open items whose team nobody works who is there.
    pub unmanned: i64,
    /// Clocks that ran out for want of people, by a named person's word …
    pub clocks_lost: usize,
    /// … and what depended on them.
    pub clocks_lost_cents: i64,
    /// Claims that were looked at once, twice, three times, more often.
    pub touches_of_claims: [usize; 4],
    /// Everybody's days, by log-in name.
    pub people: BTreeMap<String, PersonDays>,
    /// Queues at the ends of weeks.
    pub weeks: Vec<Week>,
    /// What the forecasts said, and what came.
    pub forecasts: Vec<Compared>,
}

/// The evening's look: on the last working day of a week at the queues, now and then at what will run out.
pub fn look(stage: &mut Stage, days: &[Date], today: Date) -> anyhow::Result<()> {
    let place = days.iter().position(|day| *day == today).unwrap_or(0);
    let is_week_end = days.get(place + 1).is_none_or(|next| next.weekday() as i8 <= today.weekday() as i8);
    if is_week_end {
        for (desk, figures) in queues(stage)? {
            stage.tally.week(today, desk, figures);
        }
    }
    if place > 0 && place.is_multiple_of(FORECAST_EVERY) {
        let lead = stage.staff.manager.clone();
        let told = ahead::forecast(&stage.db, &lead, stage.practice, &BTreeMap::new());
        let told = in_scene("what will run out is looked at", told)?;
        let until = Calendar::default().add_business_days(today, BUSINESS_DAYS_AHEAD - 1);
        let clocks = told.expiries.iter().map(|one| (one.clock, one.due_on, one.stake)).collect();
        stage.tally.foretold(Foretold { on: today, until, clocks });
    }
    Ok(())
}

fn work(stage: &Stage) -> anyhow::Result<Vec<WallRow>> {
    let actor = Actor::system(stage.practice);
    let wall = stage.db.read(&actor, stage.practice, |read| {
        let today = read.today();
        Ok::<_, app::Error>(wall::get(read, [today; 3], today.saturating_add(Span::new().days(NO_DEADLINES)))?)
    });
    Ok(in_scene("the queues are looked at", wall)?.work)
}

/// Items, those that wait, late ones and the age of the oldest, by desk.
fn queues(stage: &Stage) -> anyhow::Result<Vec<(Desk, (i64, i64, i64, i32))>> {
    let today = stage.db.env().today();
    let mut queues = Vec::new();
    let rows = work(stage)?;
    for desk in Desk::ALL {
        let of: Vec<&WallRow> = rows.iter().filter(|row| row.desk == desk).collect();
        let sum = |figure: fn(&WallRow) -> i64| of.iter().map(|row| figure(row)).sum();
        let oldest = of.iter().map(|row| row.oldest).min().map_or(0, |on| (today - on).get_days());
        queues.push((desk, (sum(|row| row.items), sum(|row| row.waiting), sum(|row| row.late), oldest)));
    }
    Ok(queues)
}

/// What there is to say at the end of the story.
pub fn of(stage: &Stage, end: Date) -> anyhow::Result<DeskReport> {
    let system = Actor::system(stage.practice);
    let verified = in_scene("the books are verified", verify(&stage.db, &system, stage.practice))?;
    let is_of_hands = |name: &str| name.contains("hand") || name.contains("queue");
    let failing = verified.checks.iter().filter(|check| !check.holds && is_of_hands(check.name));
    let (counts, _) = in_scene("clocks are counted", clocks::counts(&stage.db, &system, stage.practice))?;
    let ours = counts.iter().filter(|count| count.kind.facts().nature != Nature::Watch);
    let arrangement = app::teams::arrangement(&stage.db, &stage.staff.manager, stage.practice);
    let rows = work(stage)?;
    let (lost, stake) = stage.tally.lost_in_all();
    Ok(DeskReport {
        without_a_hand: failing.map(|check| format!("{}: {}", check.name, check.detail)).collect(),
        clocks_undecided: ours.map(|count| count.overdue).sum(),
        late: rows.iter().map(|row| row.late).sum(),
        waiting: rows.iter().map(|row| row.waiting).sum(),
        unmanned: in_scene("the teams are looked at", arrangement)?.unmanned.iter().map(|one| one.items).sum(),
        clocks_lost: lost,
        clocks_lost_cents: stake.cents(),
        touches_of_claims: stage.tally.touches(),
        people: stage.tally.people(),
        weeks: stage.tally.weeks(),
        forecasts: stage.tally.compared(end),
    })
}

impl DeskReport {
    /// The report for people, some lines.
    pub fn in_words(&self) -> String {
        let mut text = format!(
            "Desks: {} without a hand, {} undecided past its last day, {} past its day, {} waiting for somebody.\n",
            counted(self.without_a_hand.len(), "thing"),
            counted(self.clocks_undecided, "clock"),
            counted(self.late, "item"),
            counted(self.waiting, "item"),
        );
        for (login, one) in &self.people {
            text += &format!(
                "  {login}: {} ({} away), {} spent and {} idle; {}: {} ended, {} waiting, {} handed up, {} returned, {} \
                 asked, {} merged\n",
                counted(one.days, "day"),
                one.away,
                counted(one.minutes, "minute"),
                one.idle,
                counted(one.touches, "look"),
                one.ended,
                one.waits,
                one.handed_up,
                one.returned,
                one.asked,
                one.merged
            );
        }
        if self.clocks_lost > 0 {
            let stake = ledger::Money::from_cents(self.clocks_lost_cents);
            text += &format!(
                "  {} ran out by a named person's word, ${stake} at stake\n",
                counted(self.clocks_lost, "clock")
            );
        }
        for said in &self.forecasts {
            text += &format!(
                "  forecast of {}: {} to run out, {} did; {} more did\n",
                said.on, said.foretold, said.came, said.missed
            );
        }
        text
    }
}
