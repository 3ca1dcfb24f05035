//! What one may do with the case around an item: let it wait, bring it back, open it again, merge it, tick its steps,
//! write down its data, ask a colleague, offer or give it to a person. Decides nothing; the use cases refuse.

use axum::extract::{Form, State};
use billing::WorkItemId;
use billing::id::WorkConsultId;
use billing::work::{Desk as WorkDesk, RequiredData, WaitingOn};
use jiff::civil::Date;
use serde::Deserialize;

use super::Desk;
use super::page::{Page, go};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::work::{Asked, Typed, after};
use app::cases::{self, asking, oversight};

/// What the forms of a case hold; each form sends its own fields.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Said {
    on: String,
    until: String,
    words: String,
    into: String,
    step: String,
    done: String,
    data: String,
    desk: String,
    person: String,
    accept: String,
}

fn invalid(field: &str, problem: &str) -> Refusal {
    Refusal::Invalid { field: field.into(), problem: problem.into() }
}

async fn ends(desk: &Desk, who: &SignedIn, id: WorkItemId, done: Result<(), Refusal>, word: &str) -> Page {
    let back = format!("/work/{id}");
    after(desk, who, (id, None), &Asked::read(""), Typed::default(), done, (&back, word)).await
}

/// Lets the item wait.
pub async fn wait(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    let done = match (WaitingOn::parse(&said.on), said.until.trim().parse::<Date>()) {
        (None, _) => Err(invalid("on", "Choose whom it waits for.")),
        (_, Err(_)) => Err(invalid("until", "Choose the day on which it comes back.")),
        (Some(on), Ok(until)) => {
            let (actor, words) = (who.actor.clone(), said.words.clone());
            desk.blocking(move |db, practice| cases::wait(db, &actor, practice, id, (on, &words, until))).await
        }
    };
    ends(&desk, &who, id, done, "waits").await
}

/// Ends the wait.
pub async fn resume(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| cases::resume(db, &actor, practice, id, &said.words)).await;
    ends(&desk, &who, id, done, "resumed").await
}

/// Opens a resolved item again, or parts it from the one in which it went on.
pub async fn reopen(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| cases::reopen(db, &actor, practice, id, &said.words)).await;
    ends(&desk, &who, id, done, "reopened").await
}

/// Merges the item into another.
pub async fn merge(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    // The address of the other item may be pasted whole.
    let other = said.into.trim().rsplit('/').next().unwrap_or_default().parse::<WorkItemId>();
    let Ok(into) = other else {
        return ends(&desk, &who, id, Err(invalid("into", "Paste the address of the item in which it goes on.")), "")
            .await;
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| cases::merge(db, &actor, practice, id, into)).await;
    match done {
        Ok(()) => go(&format!("/work/{into}"), "merged"),
        Err(_) => ends(&desk, &who, id, done, "merged").await,
    }
}

/// Takes a merge back.
pub async fn part(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| cases::part(db, &actor, practice, id, &said.words)).await;
    ends(&desk, &who, id, done, "parted").await
}

/// Writes down that a complaint was acknowledged.
pub async fn acknowledge(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    Form(said): Form<Said>,
) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| cases::acknowledge(db, &actor, practice, id, &said.words)).await;
    ends(&desk, &who, id, done, "noted").await
}

/// Ticks a step, or takes the tick back.
pub async fn tick(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    let actor = who.actor.clone();
    let is_done = said.done == "1";
    let done = desk.blocking(move |db, practice| cases::tick(db, &actor, practice, id, (&said.step, is_done))).await;
    ends(&desk, &who, id, done, "noted").await
}

/// Writes down a piece of data.
pub async fn write_down(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    Form(said): Form<Said>,
) -> Page {
    let Some(what) = RequiredData::parse(&said.data) else {
        return ends(&desk, &who, id, Err(invalid("data", "Choose what you write down.")), "").await;
    };
    let actor = who.actor.clone();
    let done =
        desk.blocking(move |db, practice| cases::write_down(db, &actor, practice, id, (what, &said.words))).await;
    ends(&desk, &who, id, done, "noted").await
}

/// Asks a desk or a colleague.
pub async fn ask(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    let Some(to) = WorkDesk::parse(&said.desk) else {
        return ends(&desk, &who, id, Err(invalid("desk", "Choose whom you ask.")), "").await;
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| asking::ask(db, &actor, practice, id, (to, None, &said.words))).await;
    ends(&desk, &who, id, done.map(|_| ()), "asked").await
}

/// Answers a question about an item of another desk.
pub async fn answer(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkConsultId>,
    Form(said): Form<Said>,
) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| asking::answer(db, &actor, practice, id, &said.words)).await?;
    go("/questions", "noted")
}

/// Offers the item to a named person.
pub async fn offer(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    let Ok(to) = said.person.parse() else {
        return ends(&desk, &who, id, Err(invalid("person", "Choose a colleague.")), "").await;
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| asking::offer(db, &actor, practice, id, (to, &said.words))).await;
    ends(&desk, &who, id, done, "offered").await
}

/// Accepts, declines or takes back an offer.
pub async fn decide(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    let actor = who.actor.clone();
    let accept = said.accept == "1";
    let done = desk.blocking(move |db, practice| asking::decide(db, &actor, practice, id, accept)).await;
    ends(&desk, &who, id, done, if accept { "taken" } else { "noted" }).await
}

/// Gives the item to a person.
pub async fn assign(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(said): Form<Said>) -> Page {
    let Ok(to) = said.person.parse() else {
        return ends(&desk, &who, id, Err(invalid("person", "Choose a person.")), "").await;
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| oversight::assign(db, &actor, practice, id, to)).await;
    ends(&desk, &who, id, done, "given").await
}

/// Sends an escalated item back to its first desk.
pub async fn de_escalate(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    Form(said): Form<Said>,
) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| oversight::de_escalate(db, &actor, practice, id, &said.words)).await;
    ends(&desk, &who, id, done, "returned").await
}
