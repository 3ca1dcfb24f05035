//! The day of who calls payers: what to call about first, and one payer's page with the way through its telephone, the
//! questions of each outcome claim by claim, and a clock.

use std::collections::BTreeMap;

use app::calls::{self, Call, CallDay, ClaimCall, NewCard, PayerPage};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::Action;
use billing::call_list::LAST_BLOCK;
use billing::call_outcome::{self, CallOutcome, Kind, Question};
use billing::{ClaimId, PayerId};
use jiff::Timestamp;
use serde::Deserialize;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// A field a claim: which differ from call to call, so the form is read by names.
type Fields = BTreeMap<String, String>;

#[derive(Template)]
#[template(path = "calls/index.html")]
struct CallsPage {
    shell: Shell,
    day: CallDay,
    may_set: bool,
    outcomes: &'static [CallOutcome],
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "calls/payer.html")]
struct PayerCallsPage {
    shell: Shell,
    page: PayerPage,
    fields: Fields,
    started_at: Timestamp,
    problem: Option<(String, String)>,
}

impl CallsPage {
    fn last_block() -> &'static str {
        LAST_BLOCK
    }

    fn sets_days(outcome: &CallOutcome) -> bool {
        outcome.days > 0
    }
}

impl PayerCallsPage {
    fn typed(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    fn outcome_name(claim: &ClaimId) -> String {
        format!("outcome-{claim}")
    }

    fn is_chosen(&self, claim: &ClaimId, outcome: &CallOutcome) -> bool {
        self.typed(&Self::outcome_name(claim)) == outcome.key
    }

    /// The questions of the outcome that was chosen for a claim, each with the name of its field and what stands in it.
    fn questions(&self, claim: &ClaimId) -> Vec<(&'static Question, String, &str)> {
        let Some(outcome) = call_outcome::outcome(self.typed(&Self::outcome_name(claim))) else { return Vec::new() };
        let field = |question: &'static Question| {
            let name = answer_name(*claim, outcome.key, question.key);
            let typed = self.typed(&name);
            (question, name.clone(), typed)
        };
        outcome.questions().map(field).collect()
    }

    /// What is chosen, as the next step compares it.
    fn chosen(&self) -> String {
        chosen(&self.fields)
    }

    fn choices(question: &Question) -> &[&'static str] {
        match &question.kind {
            Kind::Choice(of) => of,
            Kind::Text | Kind::Day | Kind::Money => &[],
        }
    }

    fn is_typed(typed: &str, choice: &str) -> bool {
        typed == choice
    }

    fn input_type(question: &Question) -> &'static str {
        match question.kind {
            Kind::Day => "date",
            Kind::Text | Kind::Money | Kind::Choice(_) => "text",
        }
    }
}

fn answer_name(claim: ClaimId, outcome: &str, key: &str) -> String {
    format!("a-{claim}-{outcome}-{key}")
}

/// The claims with a chosen outcome.
fn outcomes_of(fields: &Fields) -> Vec<(ClaimId, &str)> {
    let of = |(name, outcome): (&String, &'static str)| {
        let claim = name.strip_prefix("outcome-")?.parse().ok()?;
        Some((claim, outcome))
    };
    let known = |outcome: &String| call_outcome::outcome(outcome).map(|outcome| outcome.key);
    fields.iter().filter_map(|(name, outcome)| of((name, known(outcome)?))).collect()
}

fn chosen(fields: &Fields) -> String {
    outcomes_of(fields).iter().map(|(claim, outcome)| format!("{claim}={outcome};")).collect()
}

/// The list of the day.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    list(&desk, &who, (asked.done, None)).await
}

async fn list(desk: &Desk, who: &SignedIn, (done, problem): (Option<String>, Option<String>)) -> Page {
    let actor = who.actor.clone();
    let day = desk.blocking(move |db, practice| calls::day(db, &actor, practice)).await?;
    let shell = Shell::new(desk, who, "/calls").after(done.as_deref());
    let may_set = who.may(Action::ChangeLimits);
    render(&CallsPage { shell, day, may_set, outcomes: call_outcome::outcomes(), problem })
}

/// Days after an outcome, as they are typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedDays {
    outcome: String,
    days: String,
    why: String,
}

/// Sets the days after an outcome.
pub async fn set_days(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<TypedDays>) -> Page {
    let Ok(days) = typed.days.trim().parse::<i64>() else {
        return list(&desk, &who, (None, Some("Give whole days, such as 15.".to_owned()))).await;
    };
    let actor = who.actor.clone();
    let set = move |db: &store::Db, practice| calls::set_days(db, &actor, practice, (&typed.outcome, days), &typed.why);
    match desk.blocking(set).await.map_err(Refusal::for_form) {
        Ok(()) => go("/calls", "limit-set"),
        Err(problem) => list(&desk, &who, (None, Some(problem?.1))).await,
    }
}

/// One payer's page.
pub async fn payer(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PayerId>, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, id, (Fields::new(), None, asked.done)).await
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    id: PayerId,
    (fields, problem, done): (Fields, Option<(String, String)>, Option<String>),
) -> Page {
    let actor = who.actor.clone();
    let page = desk.blocking(move |db, practice| calls::payer(db, &actor, practice, id)).await?;
    // The call goes on while the form comes back with its questions.
    let started_at = fields.get("started_at").and_then(|at| at.parse().ok()).unwrap_or(page.now);
    let shell = Shell::new(desk, who, "/calls").after(done.as_deref());
    render(&PayerCallsPage { shell, page, fields, started_at, problem })
}

/// Takes a call step by step: outcomes first, then the questions of each; with all of them answered it is written down.
pub async fn log(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PayerId>, Form(fields): Form<Fields>) -> Page {
    let asked = fields.get("asked").cloned().unwrap_or_default();
    if asked.is_empty() || asked != chosen(&fields) {
        let problem = outcomes_of(&fields).is_empty().then(|| {
            (String::new(), "Choose what the payer says of at least one claim; its questions then appear.".to_owned())
        });
        return page(&desk, &who, id, (fields, problem, None)).await;
    }
    let promised = match call_promise(&fields) {
        Ok(promised) => promised,
        Err(problem) => return page(&desk, &who, id, (fields, Some(problem), None)).await,
    };
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let claims = outcomes_of(&fields).into_iter().map(|(claim_id, outcome)| {
        let answers = call_outcome::questions().iter().filter(|question| question.outcome == outcome);
        let answers = answers.filter_map(|question| {
            let said = fields.get(&answer_name(claim_id, outcome, question.key))?;
            Some((question.key.to_owned(), said.clone()))
        });
        ClaimCall { claim_id, outcome: outcome.to_owned(), answers: answers.collect() }
    });
    let call = Call {
        payer_id: id,
        started_at: text("started_at").parse().ok(),
        representative: text("representative"),
        reference_number: text("reference_number"),
        phone_path: text("phone_path"),
        claims: claims.collect(),
        promised,
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| calls::log(db, &actor, practice, &call)).await;
    match done.map_err(Refusal::for_form) {
        Ok(_) => go(&format!("/calls/{id}"), "call-logged"),
        Err(problem) => page(&desk, &who, id, (fields, Some(problem?), None)).await,
    }
}

fn call_promise(fields: &Fields) -> Result<Option<(String, jiff::civil::Date)>, (String, String)> {
    let what = fields.get("promise").map_or("", |what| what.trim());
    if what.is_empty() {
        return Ok(None);
    }
    let day = fields.get("promise_on").and_then(|day| day.parse().ok());
    let day = day.ok_or_else(|| ("promise_on".to_owned(), "Give the day by which they promised it.".to_owned()))?;
    Ok(Some((what.to_owned(), day)))
}

/// A payer's card as it is typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedCard {
    phone: String,
    path: String,
    hours: String,
    has_ready: String,
    script: String,
}

/// Keeps a payer's card.
pub async fn keep_card(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PayerId>,
    Form(typed): Form<TypedCard>,
) -> Page {
    let card = NewCard {
        phone: typed.phone,
        path: typed.path,
        hours: typed.hours,
        has_ready: typed.has_ready,
        script: typed.script,
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| calls::keep_card(db, &actor, practice, id, &card)).await;
    match done.map_err(Refusal::for_form) {
        Ok(()) => go(&format!("/calls/{id}"), "card-kept"),
        Err(problem) => page(&desk, &who, id, (Fields::new(), Some(problem?), None)).await,
    }
}
