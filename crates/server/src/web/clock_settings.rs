//! What a practice says of clocks: closed days, lengths, the pace that the forecast counts with; and the forecast itself.

use std::collections::BTreeMap;

use app::clocks::ahead;
use app::clocks::terms::{self, Hours, NewTerm, Said};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::PayerId;
use billing::access::Action;
use billing::clock::forecast::Forecast;
use billing::clock::{ClockKind, Length, Source};
use billing::work::Desk as WorkDesk;
use serde::Deserialize;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::SignedIn;
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    /// Percent of Tier 2's minutes that the forecast counts with.
    tier2: Option<u32>,
    done: Option<String>,
}

/// Most percent that a forecast asks about: ten times the people.
const MOST_PERCENT: u32 = 1_000;

#[derive(Template)]
#[template(path = "clocks/terms.html")]
struct TermsPage {
    shell: Shell,
    said: Said,
    forecast: Option<Forecast>,
    tier2: u32,
    staff: Vec<(WorkDesk, u32)>,
    may_days: bool,
    may_payers: bool,
}

impl TermsPage {
    fn kinds() -> &'static [ClockKind] {
        ClockKind::ALL
    }

    fn length(kind: &ClockKind) -> String {
        let facts = kind.facts();
        facts.length.map_or_else(String::new, |length| length.to_string())
    }

    fn medicare(kind: &ClockKind) -> String {
        kind.facts().medicare.map_or_else(String::new, |(length, source)| format!("{length} ({})", source.words()))
    }

    fn source(kind: &ClockKind) -> String {
        match kind.facts().source {
            Source::Law { citation, checked: Some(on) } => format!("{citation}, checked {on}"),
            Source::Law { citation, checked: None } => {
                format!("{citation}, not checked yet: ask before you rely on it")
            }
            other @ (Source::Contract | Source::Practice | Source::State | Source::Given) => other.words().to_owned(),
        }
    }

    fn payer(said: &Said, payer: &Option<PayerId>) -> String {
        match payer {
            Some(payer) => said.payers.get(payer).map_or_else(String::new, |payer| payer.name.clone()),
            None => "The practice".to_owned(),
        }
    }
}

/// What stands, and what will run out.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let tier2 = asked.tier2.unwrap_or(100).min(MOST_PERCENT);
    let (actor, may_see) = (who.actor.clone(), who.may(Action::ViewAllWork));
    let (said, pace, forecast) = desk
        .blocking(move |db, practice| {
            let said = terms::list(db, &actor, practice)?;
            let (pace, _) = ahead::pace(db, &actor, practice)?;
            let share = BTreeMap::from([(WorkDesk::Tier2, tier2)]);
            let forecast = may_see.then(|| ahead::forecast(db, &actor, practice, &share)).transpose()?;
            Ok((said, pace, forecast))
        })
        .await?;
    render(&TermsPage {
        shell: Shell::new(&desk, &who, "/settings").after(asked.done.as_deref()),
        said,
        forecast,
        tier2,
        staff: pace.staff.into_iter().collect(),
        may_days: who.may(Action::ChangePractice),
        may_payers: who.may(Action::EditPayer),
    })
}

fn invalid(field: &str, problem: &str) -> Refusal {
    Refusal::Invalid { field: field.to_owned(), problem: problem.to_owned() }
}

/// A day of the practice.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedDay {
    day: String,
    hours: String,
    name: String,
}

/// Says how the desks are on a day.
pub async fn set_day(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<TypedDay>) -> Page {
    let day = typed.day.parse().map_err(|_| invalid("day", "Write the day as 2026-11-27."))?;
    let hours = Hours::parse(&typed.hours).ok_or_else(|| invalid("hours", "Say closed, open or as usual."))?;
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| terms::set_day(db, &actor, practice, (day, hours), &typed.name)).await?;
    go("/settings/clocks", "clock-set")
}

/// A length.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedTerm {
    kind: String,
    payer: String,
    length: String,
    from_on: String,
    why: String,
}

async fn set_term(desk: &Desk, who: &SignedIn, typed: TypedTerm, payer: Option<PayerId>) -> Page {
    let new = NewTerm {
        kind: ClockKind::parse(&typed.kind).ok_or_else(|| invalid("kind", "Choose which clock."))?,
        payer,
        length: Length::parse(&typed.length).ok_or_else(|| {
            invalid("length", "Write it as 120 days, 30 business days, 12 months or end of year + 1.")
        })?,
        from_on: typed.from_on.parse().map_err(|_| invalid("from_on", "Write the day as 2026-11-27."))?,
        why: typed.why,
    };
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| terms::set_term(db, &actor, practice, &new)).await?;
    go("/settings/clocks", "clock-set")
}

/// Sets the practice's own length of a kind.
pub async fn set_own(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<TypedTerm>) -> Page {
    set_term(&desk, &who, typed, None).await
}

/// Sets the length of a kind in a payer's contract.
pub async fn set_payers(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<TypedTerm>) -> Page {
    let payer: PayerId = typed.payer.parse().map_err(|_| invalid("payer", "Choose the payer."))?;
    set_term(&desk, &who, typed, Some(payer)).await
}
