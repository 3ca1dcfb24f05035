//! The manager's wall: open work by desk and reason with its ages, the days that law or contract sets, and people. Every
//! figure opens the list behind it. It reads; the figures are kept until something changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::clocks::ahead;
use askama::Template;
use axum::extract::State;
use billing::access::Actor;
use billing::clock::forecast::{self, Forecast};
use billing::work::Desk as WorkDesk;
use billing::{PracticeId, UserId};
use jiff::ToSpan;
use jiff::civil::Date;
use ledger::Money;
use store::Db;
use store::views::wall::{DeadlineRow, Wall, WallRow};

use super::page::{Page, Shell, show as render};
use super::session::SignedIn;
use super::{Desk, filters};

/// Business days of the three younger ages; what is older stands apart in red.
const AGES: [u32; 3] = [2, 5, 10];
/// Deadlines are looked for so far ahead.
const DEADLINE_DAYS: i64 = 60;
/// More items than this with one person are more than a week's work: a person ends some dozen hard ones a day.
const MOST_FOR_ONE: i64 = 60;
/// So many late items with one person are seen by whoever gives work.
const MOST_LATE: i64 = 5;
/// The forecast tells of days, so minutes do not change it; at the latest after these it is made anew.
const FORECAST_KEPT: Duration = Duration::from_secs(600);
/// Figures are counted anew at most for a tenth of the time, however often something changes.
const REST: u32 = 9;

/// The figures as they were counted last.
#[derive(Default)]
pub struct Kept {
    counted: Mutex<Option<Counted>>,
    ahead: Mutex<Option<(Date, Instant, Arc<Forecast>)>>,
}

impl Kept {
    /// What will run out, as it was worked out last: today, and some minutes ago at most.
    fn ahead(&self, db: &Db, actor: &Actor, practice: PracticeId, today: Date) -> Result<Arc<Forecast>, app::Error> {
        let mut kept = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, told)) = kept.as_ref().filter(|(on, at, _)| *on == today && at.elapsed() < FORECAST_KEPT) {
            return Ok(Arc::clone(told));
        }
        let told = Arc::new(ahead::forecast(db, actor, practice, &BTreeMap::new())?);
        *kept = Some((today, Instant::now(), Arc::clone(&told)));
        Ok(told)
    }
}

struct Counted {
    mark: i64,
    at: Instant,
    took: Duration,
    wall: Arc<Wall>,
    names: Arc<BTreeMap<UserId, String>>,
}

/// A reason's work at a desk.
struct Line {
    row: WallRow,
    href: String,
    ages: [i64; 4],
    bars: Vec<Bar>,
    days: i32,
}

/// A part of a bar, in thousandths of the longest.
struct Bar {
    tone: &'static str,
    x: i64,
    width: i64,
}

impl Line {
    /// Whether some of it is older than the oldest of the younger ages.
    fn is_old(&self) -> bool {
        self.ages[3] > 0
    }
}

/// A desk's work.
struct Group {
    desk: WorkDesk,
    icon: &'static str,
    items: i64,
    waiting: i64,
    stake: Money,
    lines: Vec<Line>,
}

/// A person's work.
struct Person {
    name: String,
    href: String,
    items: i64,
    late: i64,
    ended: i64,
    stake: Money,
    next_due: Option<Date>,
    is_overloaded: bool,
    is_away: bool,
}

#[derive(Template)]
#[template(path = "wall/index.html")]
struct WallPage {
    shell: Shell,
    today: Date,
    groups: Vec<Group>,
    people: Vec<Person>,
    deadlines: Vec<DeadlineRow>,
    items: i64,
    stake: Money,
    late: i64,
    due_today: i64,
    unowned: i64,
    waiting: i64,
    ahead: Vec<forecast::Group>,
    runs_out: usize,
    ahead_stake: Money,
}

/// The wall.
pub async fn show(State(desk): State<Desk>, who: SignedIn) -> Page {
    let (kept, actor) = (desk.clone(), who.actor.clone());
    let (wall, names, began, told) = desk
        .blocking(move |db, practice| {
            let mark = db.read(&actor, practice, |read| Ok::<_, app::Error>(store::views::wall::mark(read)?))?;
            let mut counted = kept.wall().counted.lock().unwrap_or_else(PoisonError::into_inner);
            let is_fresh = counted.as_ref().is_some_and(|one| one.mark == mark || one.at.elapsed() < one.took * REST);
            if !is_fresh {
                let begun = Instant::now();
                let (wall, names) = db.read(&actor, practice, |read| {
                    let today = read.today();
                    let ages = AGES.map(|days| business_days_before(today, days));
                    let wall = store::views::wall::get(read, ages, today.saturating_add(DEADLINE_DAYS.days()))?;
                    let people = store::views::access_log::people(read)?;
                    let names = people.into_iter().map(|person| (person.id, person.display_name)).collect();
                    Ok::<_, app::Error>((Arc::new(wall), Arc::new(names)))
                })?;
                *counted = Some(Counted { mark, at: Instant::now(), took: begun.elapsed(), wall, names });
            }
            let began = db.read(&actor, practice, |read| Ok::<_, app::Error>(read.today_began()))?;
            match counted.as_ref() {
                Some(one) => {
                    let told = kept.wall().ahead(db, &actor, practice, one.wall.today)?;
                    Ok((Arc::clone(&one.wall), Arc::clone(&one.names), began, told))
                }
                None => Err(app::Error::NotFound("wall")),
            }
        })
        .await?;
    let groups = groups(&wall);
    let sum = |of: fn(&WallRow) -> i64| wall.work.iter().map(of).sum();
    render(&WallPage {
        shell: Shell::new(&desk, &who, "/wall"),
        today: wall.today,
        people: people(&wall, &names, began),
        deadlines: wall.deadlines.clone(),
        items: sum(|row| row.items),
        stake: wall.work.iter().map(|row| row.stake).sum(),
        late: sum(|row| row.late),
        due_today: sum(|row| row.due_today),
        unowned: sum(|row| row.unowned),
        waiting: sum(|row| row.waiting),
        ahead: told.groups(),
        runs_out: told.expiries.len(),
        ahead_stake: told.stake(),
        groups,
    })
}

/// The day so many business days before; weekends do not count.
fn business_days_before(today: Date, days: u32) -> Date {
    let mut day = today;
    let mut left = days;
    while left > 0 {
        day = day.saturating_sub(1.day());
        if !matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday) {
            left -= 1;
        }
    }
    day
}

fn groups(wall: &Wall) -> Vec<Group> {
    let most = wall.work.iter().map(|row| row.items).max().unwrap_or(1);
    WorkDesk::ALL
        .into_iter()
        .filter_map(|desk| {
            let mut lines: Vec<Line> =
                wall.work.iter().filter(|row| row.desk == desk).map(|row| line(row, wall.today, most)).collect();
            lines.sort_by_key(|line| std::cmp::Reverse(line.row.items));
            (!lines.is_empty()).then(|| Group {
                desk,
                icon: match desk.tier().number() {
                    1 => "tier1",
                    2 => "tier2",
                    _ => "tier3",
                },
                items: lines.iter().map(|line| line.row.items).sum(),
                waiting: lines.iter().map(|line| line.row.waiting).sum(),
                stake: lines.iter().map(|line| line.row.stake).sum(),
                lines,
            })
        })
        .collect()
}

fn line(row: &WallRow, today: Date, most: i64) -> Line {
    let ages = [row.young, row.middle, row.old, row.items - row.young - row.middle - row.old];
    let mut x = 0;
    let bars = ["age1", "age2", "age3", "age4"]
        .into_iter()
        .zip(ages)
        .map(|(tone, items)| {
            let bar = Bar { tone, x, width: items * 1000 / most.max(1) };
            x += bar.width;
            bar
        })
        .collect();
    Line {
        href: format!("/work?desk={}&reason={}", row.desk.as_str(), row.reason.as_str()),
        days: row.oldest.until(today).map_or(0, |span| span.get_days()),
        row: row.clone(),
        ages,
        bars,
    }
}

/// Everybody who has work or ended some today; who has most late stands first.
fn people(wall: &Wall, names: &BTreeMap<UserId, String>, began: jiff::Timestamp) -> Vec<Person> {
    let mut people: Vec<Person> = names
        .iter()
        .filter_map(|(id, name)| {
            let has = wall.people.iter().find(|row| row.user_id == *id);
            let ended = wall.ended.iter().find(|(user, _)| user == id).map_or(0, |(_, ended)| *ended);
            let seen = wall.seen.iter().find(|(user, _)| user == id).map(|(_, seen)| *seen);
            let (items, late) = has.map_or((0, 0), |row| (row.items, row.late));
            (items > 0 || ended > 0).then(|| Person {
                name: name.clone(),
                href: format!("/work?owner={id}"),
                items,
                late,
                ended,
                stake: has.map_or(Money::ZERO, |row| row.stake),
                next_due: has.map(|row| row.next_due),
                is_overloaded: items > MOST_FOR_ONE || late >= MOST_LATE,
                is_away: items > 0 && seen.is_none_or(|seen| seen < began),
            })
        })
        .collect();
    people.sort_by_key(|person| std::cmp::Reverse((person.late, person.items)));
    people
}
