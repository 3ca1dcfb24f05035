//! Clocks: what runs out, by day, kind and payer; one clock with what was said of it, and what a person decides. The words
//! that colleagues typed are left out for roles to whom patients are masked.

use app::clocks::{self, ClockView, NewClock, NewDecision};
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use billing::access::Action;
use billing::clock::{ClockDecision, ClockKind, ClockState, left_words};
use billing::work::Calendar;
use billing::{ClaimId, ClockId, Money, PatientId, PayerId};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use store::clock::{ClockCount, ClockFilter, ClockLine};
use store::reports::Cell;

use super::masking::TYPED_NOT_SHOWN;
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// Clocks on one page: what fits two screens.
const PAGE: i64 = 100;
/// Clocks in a file: more than any practice looks at in one go.
const FILE: i64 = 100_000;
/// Days ahead that "all" looks: every clock that law or contract knows ends within ten years.
const ALL_DAYS: i64 = 3_660;

/// What stands in the address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    when: Option<String>,
    kind: Option<String>,
    payer: Option<PayerId>,
    /// Where the page before ended: the day and the key.
    after: Option<String>,
    done: Option<String>,
}

/// When clocks end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Overdue,
    Week,
    Month,
    All,
    Ended,
}

impl When {
    const ALL: [(When, &'static str, &'static str); 5] = [
        (When::Overdue, "overdue", "Overdue, undecided"),
        (When::Week, "week", "Within a week"),
        (When::Month, "month", "Within a month"),
        (When::All, "all", "All that run"),
        (When::Ended, "missed", "Missed"),
    ];

    fn parse(word: Option<&str>) -> When {
        Self::ALL.into_iter().find(|(_, key, _)| Some(*key) == word).map_or(When::Month, |(when, ..)| when)
    }

    fn until(self, today: Date) -> Date {
        let days: i64 = match self {
            When::Overdue => -1,
            When::Week => 7,
            When::Month => 31,
            When::All | When::Ended => ALL_DAYS,
        };
        today.saturating_add(days.days())
    }

    fn state(self) -> ClockState {
        match self {
            When::Overdue | When::Week | When::Month | When::All => ClockState::Running,
            When::Ended => ClockState::Expired,
        }
    }
}

struct Line {
    row: ClockLine,
    words: String,
    tone: &'static str,
    whose: String,
}

#[derive(Template)]
#[template(path = "clocks/index.html")]
struct ClocksPage {
    shell: Shell,
    tabs: Vec<(&'static str, &'static str, bool)>,
    when: &'static str,
    kind: Option<ClockKind>,
    payer: Option<PayerId>,
    lines: Vec<Line>,
    counts: Vec<ClockCount>,
    next: Option<String>,
    overdue: i64,
    week: i64,
    stake: Money,
    may_keep: bool,
    may_see_settings: bool,
}

impl ClocksPage {
    fn kinds() -> &'static [ClockKind] {
        ClockKind::ALL
    }

    fn filters(&self) -> String {
        let mut filters = format!("?when={}&", self.when);
        if let Some(kind) = self.kind {
            filters.push_str(&format!("kind={}&", kind.as_str()));
        }
        if let Some(payer) = self.payer {
            filters.push_str(&format!("payer={payer}&"));
        }
        filters
    }
}

/// What runs out.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let when = When::parse(asked.when.as_deref());
    let kind = asked.kind.as_deref().and_then(ClockKind::parse);
    let after = asked.after.as_deref().and_then(|text| {
        let (day, id) = text.split_once('_')?;
        Some((day.parse().ok()?, id.parse().ok()?))
    });
    let (actor, payer) = (who.actor.clone(), asked.payer);
    let limit = if wanted.is_some() { FILE } else { PAGE + 1 };
    let (lines, counts, calendar, today) = desk
        .blocking(move |db, practice| {
            let today = db.today(practice)?;
            let filter = ClockFilter { state: when.state(), kind, payer, until: when.until(today), after, limit };
            let (counts, calendar) = clocks::counts(db, &actor, practice)?;
            Ok((clocks::list(db, &actor, practice, &filter)?, counts, calendar, today))
        })
        .await?;
    let masked = who.is_masked(Action::ViewPatient);
    let mut lines: Vec<Line> = lines.into_iter().map(|row| line(row, today, &calendar, masked)).collect();
    if let Some(format) = wanted {
        return tables::file("clocks", &[sheet(&lines)], format);
    }
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = lines.len() > page;
    lines.truncate(page);
    let next = lines.last().filter(|_| more).map(|last| format!("{}_{}", last.row.due_on, last.row.id));
    render(&ClocksPage {
        shell: Shell::new(&desk, &who, "/clocks").after(asked.done.as_deref()),
        tabs: When::ALL.iter().map(|(one, key, label)| (*key, *label, *one == when)).collect(),
        when: When::ALL.iter().find(|(one, ..)| *one == when).map_or("month", |(_, key, _)| key),
        kind,
        payer,
        overdue: counts.iter().map(|count| count.overdue).sum(),
        week: counts.iter().map(|count| count.within_week).sum(),
        stake: lines.iter().map(|line| line.row.stake_cents).sum(),
        lines,
        counts,
        next,
        may_keep: who.may(Action::KeepClocks),
        may_see_settings: who.may(Action::ViewSettings),
    })
}

fn line(mut row: ClockLine, today: Date, calendar: &Calendar, masked: bool) -> Line {
    let words = match row.state {
        ClockState::Running => left_words(row.kind, row.due_on, &row.term_source, today, calendar),
        ClockState::Met | ClockState::Moot | ClockState::LetGo | ClockState::Expired => {
            format!("{} {}", row.state.label(), row.ended_on.map(filters::in_words).unwrap_or_default())
        }
    };
    let left = calendar.business_days_between(today, row.due_on);
    let tone = match row.state {
        ClockState::Running if row.due_on < today || left <= 3 => "tone-bad",
        ClockState::Running if left <= 10 => "tone-warn",
        ClockState::Running | ClockState::Met | ClockState::Moot | ClockState::LetGo | ClockState::Expired => "",
    };
    let whose = match &row.patient {
        Some(patient) if masked => patient.0.account_number.clone(),
        Some(patient) => patient.0.name.sorted(),
        None => String::new(),
    };
    if masked {
        hide(&mut row.started_by);
        hide(&mut row.words);
    }
    Line { row, words, tone, whose }
}

fn hide(words: &mut String) {
    if !words.is_empty() {
        *words = TYPED_NOT_SHOWN.to_owned();
    }
}

fn sheet(lines: &[Line]) -> Sheet {
    let row = |line: &Line| {
        let row = &line.row;
        vec![
            text(row.kind.title()),
            text(row.due_on),
            text(&line.words),
            text(&row.term),
            text(&row.term_source),
            text(row.started_on),
            text(&row.started_by),
            maybe(row.control_number.as_deref()),
            maybe(row.payer_name.as_deref()),
            text(&line.whose),
            Cell::Money(row.stake_cents),
            text(row.state.label()),
            text(&row.words),
            text(row.id),
        ]
    };
    Sheet {
        name: "Clocks",
        columns: &[
            "Clock",
            "Last day",
            "Left",
            "Length",
            "Who says so",
            "From",
            "Started by",
            "Claim",
            "Payer",
            "Patient",
            "At stake",
            "State",
            "Why it ended",
            "Id",
        ],
        rows: lines.iter().map(row).collect(),
    }
}

#[derive(Template)]
#[template(path = "clocks/show.html")]
struct ClockPage {
    shell: Shell,
    view: ClockView,
}

/// One clock.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClockId>, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let mut view = desk.blocking(move |db, practice| clocks::show(db, &actor, practice, id)).await?;
    if who.is_masked(Action::ViewPatient) {
        hide(&mut view.clock.started_by);
        if view.clock.state != ClockState::Running {
            hide(&mut view.words);
        }
        view.events.iter_mut().for_each(|event| hide(&mut event.sentence));
    }
    render(&ClockPage { shell: Shell::new(&desk, &who, "/clocks").after(asked.done.as_deref()), view })
}

/// What a person says about a clock.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Said {
    decision: String,
    until: String,
    words: String,
}

fn day(field: &str, typed: &str) -> Result<Option<Date>, Refusal> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| Refusal::Invalid {
            field: field.to_owned(),
            problem: "Write the day as 2026-11-25.".to_owned(),
        }),
    }
}

/// Decides about a clock.
pub async fn decide(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClockId>, Form(said): Form<Said>) -> Page {
    let decision = ClockDecision::parse(&said.decision).ok_or_else(|| Refusal::Invalid {
        field: "decision".to_owned(),
        problem: "Say what became of it: done, extended, let go or missed.".to_owned(),
    })?;
    let new = NewDecision { decision, until: day("until", &said.until)?, words: said.words };
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| clocks::decide(db, &actor, practice, id, &new)).await?;
    go(&format!("/clocks/{id}"), "clock-decided")
}

/// What starts a clock by hand.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Started {
    kind: String,
    claim: Option<ClaimId>,
    patient: Option<PatientId>,
    number: String,
    started_on: String,
    due_on: String,
    words: String,
}

/// Starts a clock by hand.
pub async fn start(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Started>) -> Page {
    let invalid =
        |field: &str, problem: &str| Refusal::Invalid { field: field.to_owned(), problem: problem.to_owned() };
    let kind = ClockKind::parse(&typed.kind).ok_or_else(|| invalid("kind", "Choose which clock."))?;
    let started_on = day("started_on", &typed.started_on)?
        .ok_or_else(|| invalid("started_on", "Say on which day it started: of the letter, of the request."))?;
    let due_on = day("due_on", &typed.due_on)?;
    let (actor, number) = (who.actor.clone(), typed.number.trim().to_owned());
    let found = desk
        .blocking(move |db, practice| {
            let by_number = match number.as_str() {
                "" => None,
                number => Some(
                    db.read(&actor, practice, |read| store::views::claims::by_number(read, number))?
                        .ok_or(app::Error::NotFound("claim"))?,
                ),
            };
            let new = NewClock {
                kind,
                claim: typed.claim.or(by_number),
                patient: typed.patient,
                started_on,
                due_on,
                words: typed.words.clone(),
            };
            clocks::start(db, &actor, practice, &new)
        })
        .await?;
    go(&format!("/clocks/{found}"), "clock-started")
}

/// The proof of timely filing of a claim, as PDF.
pub async fn proof(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClaimId>) -> Page {
    if let Some(why) = who
        .is_masked(Action::ViewClaim)
        .then_some("Your role sees claims without the patient; the proof names the patient. Ask Tier 2 for it.")
    {
        return Err(Refusal::Conflict(why.to_owned()));
    }
    let actor = who.actor.clone();
    let bytes = desk.blocking(move |db, practice| clocks::proof::pdf(db, &actor, practice, id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}
