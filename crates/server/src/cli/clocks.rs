//! Commands about clocks: what runs out, what a person decides, the practice's days and lengths, and what will run out if
//! nothing changes. Lists name no patient.

use std::collections::BTreeMap;

use app::clocks::ahead::{self, PaceOf};
use app::clocks::terms::{self, Hours, NewTerm};
use app::clocks::{self, NewClock, NewDecision};
use billing::clock::{ClockDecision, ClockKind, ClockState, Length, left_words};
use billing::counting::counted;
use billing::work::{Desk, WorkReason};
use billing::{ClockId, PayerId};
use clap::{Args, Subcommand};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use store::clock::ClockFilter;

use super::approval::said;
use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// Commands about clocks.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List what runs out, the nearest last day first; exits with 1 where one is overdue and undecided
    List(List),
    /// Show one clock with what was said of it
    Show(Show),
    /// Decide about a clock by name: done, extended, let_go or expired
    Decide(Decide),
    /// Start a clock by hand: a letter came, a court wrote, an estimate was asked for
    Start(Start),
    /// Say that the practice is closed on a day, open on a holiday, or as usual
    Day(Day),
    /// Set the length of a kind of clock at a payer, or the practice's own, from a day on
    Term(Term),
    /// Set what the forecast counts with: a desk's minutes on a day, or an item's
    Pace(Pace),
    /// What will run out, and when, if nothing changes; exits with 1 where something will
    Forecast(Forecast),
}

/// Which clocks.
#[derive(Debug, Args)]
pub struct List {
    /// Ending within so many days; overdue ones are always among them
    #[arg(long, default_value_t = 31, value_name = "DAYS")]
    within: i32,
    /// Of one kind, such as timely_filing
    #[arg(long, value_parser = read_kind)]
    kind: Option<ClockKind>,
    /// At most so many
    #[arg(long, default_value_t = 200, value_name = "COUNT")]
    limit: i64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which clock.
#[derive(Debug, Args)]
pub struct Show {
    /// Its id, as the list shows it
    id: ClockId,
}

/// What is decided.
#[derive(Debug, Args)]
pub struct Decide {
    /// Its id, as the list shows it
    id: ClockId,
    /// done, extended, let_go or expired
    #[arg(value_parser = read_decision)]
    decision: ClockDecision,
    /// The new last day, where more time was granted
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// What starts.
#[derive(Debug, Args)]
pub struct Start {
    /// Which clock, such as records_request
    #[arg(value_parser = read_kind)]
    kind: ClockKind,
    /// Our control number of the claim, or the payer's
    #[arg(long)]
    claim: String,
    /// The day it starts on: of the letter, of the request
    #[arg(long, value_name = "DAY")]
    on: Date,
    /// Its last day, where a letter or a court gave one
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// What started it, in one sentence without a name
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// A day of the practice.
#[derive(Debug, Args)]
pub struct Day {
    /// Which day
    day: Date,
    /// closed, open or as_usual
    #[arg(value_parser = read_hours)]
    hours: Hours,
    /// What it is called
    #[arg(long)]
    name: String,
}

/// A length.
#[derive(Debug, Args)]
pub struct Term {
    /// Which clock
    #[arg(value_parser = read_kind)]
    kind: ClockKind,
    /// How long: "120 days", "30 business days", "12 months", "end of year + 1"
    #[arg(value_parser = read_length)]
    length: Length,
    /// In whose contract; the practice's own rule where it is left out
    #[arg(long)]
    payer: Option<PayerId>,
    /// For clocks that start on this day or later
    #[arg(long, value_name = "DAY")]
    from: Date,
    /// Where it stands, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// A figure of the pace.
#[derive(Debug, Args)]
pub struct Pace {
    /// A desk (tier2) or a reason (denied)
    #[arg(value_parser = read_pace_of)]
    of: PaceOf,
    /// Minutes: of a desk's people on a day, or of an item
    minutes: i64,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// What is asked.
#[derive(Debug, Args)]
pub struct Forecast {
    /// Percent of Tier 2's minutes that there are: 50 asks what half the people would let run out
    #[arg(long, default_value_t = 100, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=1000))]
    tier2: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn read_kind(word: &str) -> Result<ClockKind, String> {
    ClockKind::parse(word).ok_or_else(|| {
        let known: Vec<&str> = ClockKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("say one of {}", known.join(", "))
    })
}

fn read_decision(word: &str) -> Result<ClockDecision, String> {
    ClockDecision::parse(word).ok_or_else(|| "say done, extended, let_go or expired".to_owned())
}

fn read_hours(word: &str) -> Result<Hours, String> {
    Hours::parse(word).ok_or_else(|| "say closed, open or as_usual".to_owned())
}

fn read_length(text: &str) -> Result<Length, String> {
    Length::try_from(text.to_owned())
}

fn read_pace_of(word: &str) -> Result<PaceOf, String> {
    let desk = Desk::parse(word).map(PaceOf::Desk);
    desk.or_else(|| WorkReason::parse(word).map(PaceOf::Reason)).ok_or_else(|| {
        let desks: Vec<&str> = Desk::ALL.iter().map(|desk| desk.as_str()).collect();
        format!("say a desk ({}) or the word of a work reason", desks.join(", "))
    })
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => list(&session, arguments),
        Command::Show(Show { id }) => show(&session, *id),
        Command::Decide(Decide { id, decision, until, because }) => {
            let new = NewDecision { decision: *decision, until: *until, words: because.clone() };
            clocks::decide(db, actor, practice, *id, &new)?;
            said("Decided. It is kept with your name and your words.")
        }
        Command::Start(Start { kind, claim, on, until, because }) => {
            let claim = session
                .read(|read| store::views::claims::by_number(read, claim)?.ok_or(app::Error::NotFound("claim")))?;
            let new = NewClock {
                kind: *kind,
                claim: Some(claim),
                patient: None,
                started_on: *on,
                due_on: *until,
                words: because.clone(),
            };
            let id = clocks::start(db, actor, practice, &new)?;
            said(&format!("Started: {id}"))
        }
        Command::Day(Day { day, hours, name }) => {
            terms::set_day(db, actor, practice, (*day, *hours), name)?;
            said("Set. It counts for what starts from now on.")
        }
        Command::Term(Term { kind, length, payer, from, because }) => {
            let new = NewTerm { kind: *kind, payer: *payer, length: *length, from_on: *from, why: because.clone() };
            terms::set_term(db, actor, practice, &new)?;
            said("Set. What was counted before stays counted.")
        }
        Command::Pace(Pace { of, minutes, because }) => {
            ahead::set_pace(db, actor, practice, (*of, *minutes), because)?;
            said("Set. The next forecast counts with it.")
        }
        Command::Forecast(arguments) => forecast(&session, arguments),
    }
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let today = db.today(practice).map_err(app::Error::from)?;
    let filter = ClockFilter {
        state: ClockState::Running,
        kind: arguments.kind,
        payer: None,
        until: today.saturating_add(arguments.within.days()),
        after: None,
        limit: arguments.limit,
    };
    let rows = clocks::list(db, actor, practice, &filter)?;
    let (_, calendar) = clocks::counts(db, actor, practice)?;
    let overdue = rows.iter().any(|row| row.due_on < today);
    let words = |row: &store::clock::ClockLine| left_words(row.kind, row.due_on, &row.term_source, today, &calendar);
    if arguments.json {
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "id": row.id, "kind": row.kind.as_str(), "due_on": row.due_on.to_string(), "words": words(row),
                    "started_on": row.started_on.to_string(), "length": row.term, "source": row.term_source,
                    "claim": row.control_number, "payer": row.payer_name, "stake_cents": row.stake_cents.cents(),
                    "business_days_left": calendar.business_days_between(today, row.due_on),
                })
            })
            .collect();
        output::json(&told)?;
    } else {
        let head = [("LAST DAY", Align::Left), ("CLAIM", Align::Left), ("AT STAKE", Align::Right), ("ID", Align::Left)];
        let told: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let claim = row.control_number.clone().unwrap_or_default();
                vec![words(row), claim, row.stake_cents.to_string(), row.id.to_string()]
            })
            .collect();
        output::table(&head, &told, "No clock ends within these days.")?;
    }
    Ok(if overdue { Done::WithFindings } else { Done::Clean })
}

fn show(session: &Session, id: ClockId) -> Result<Done, Failure> {
    let view = clocks::show(&session.db, &session.actor, session.practice, id)?;
    let clock = &view.clock;
    line(&view.words);
    line(&format!("{}: from {} ({}), {}", clock.kind.title(), clock.started_on, clock.started_by, clock.state.label()));
    for event in &view.events {
        line(&format!("{}  {}  {}", event.occurred_at, event.actor, event.sentence));
    }
    let may: Vec<&str> = view.decisions.iter().map(|decision| decision.as_str()).collect();
    if !may.is_empty() {
        line(&format!("You may say: {}", may.join(", ")));
    }
    Ok(Done::Clean)
}

fn forecast(session: &Session, arguments: &Forecast) -> Result<Done, Failure> {
    let share = BTreeMap::from([(Desk::Tier2, arguments.tier2)]);
    let told = ahead::forecast(&session.db, &session.actor, session.practice, &share)?;
    let clean = told.expiries.is_empty();
    if arguments.json {
        let desks: Vec<_> = told
            .desks
            .iter()
            .map(|desk| {
                json!({
                    "desk": desk.desk.as_str(), "items": desk.items, "minutes": desk.minutes, "staff": desk.staff,
                    "new_minutes": desk.new_minutes, "expiries": desk.expiries, "empty_on": desk.empty_on.map(|day| day.to_string()),
                })
            })
            .collect();
        let expiries: Vec<_> = told
            .expiries
            .iter()
            .map(|one| {
                json!({
                    "clock": one.clock, "kind": one.kind.as_str(), "desk": one.desk.as_str(),
                    "due_on": one.due_on.to_string(), "done_on": one.done_on.map(|day| day.to_string()),
                    "stake_cents": one.stake.cents(),
                })
            })
            .collect();
        let groups: Vec<_> = told
            .groups()
            .iter()
            .map(|group| {
                json!({
                    "kind": group.kind.as_str(), "desk": group.desk.as_str(), "count": group.count,
                    "stake_cents": group.stake.cents(), "first_on": group.first_on.to_string(),
                    "last_on": group.last_on.to_string(),
                })
            })
            .collect();
        output::json(&json!({ "desks": desks, "groups": groups, "expiries": expiries }))?;
    } else {
        let head = [
            ("DESK", Align::Left),
            ("ITEMS", Align::Right),
            ("MINUTES", Align::Right),
            ("A DAY", Align::Right),
            ("NEW A DAY", Align::Right),
            ("RUN OUT", Align::Right),
            ("EMPTY ON", Align::Left),
        ];
        let rows: Vec<Vec<String>> = told
            .desks
            .iter()
            .map(|desk| {
                vec![
                    desk.desk.label().to_owned(),
                    desk.items.to_string(),
                    desk.minutes.to_string(),
                    desk.staff.to_string(),
                    desk.new_minutes.to_string(),
                    desk.expiries.to_string(),
                    desk.empty_on.map_or("later".to_owned(), |day| day.to_string()),
                ]
            })
            .collect();
        output::table(&head, &rows, "Nothing is open.")?;
        for group in told.groups() {
            line(&format!(
                "{} at {}: {} will run out from {} to {}, {} at stake",
                group.kind.title(),
                group.desk.label(),
                counted(group.count, "clock"),
                group.first_on,
                group.last_on,
                group.stake
            ));
        }
        for one in &told.expiries {
            let done = one.done_on.map_or("not within two months".to_owned(), |day| format!("on {day}"));
            line(&format!(
                "{}  {}: its work would be done {done}, {} at stake",
                one.due_on,
                one.kind.title(),
                one.stake
            ));
        }
    }
    Ok(if clean { Done::Clean } else { Done::WithFindings })
}
