//! The desk: the queue, the item, its context. Take, put back, escalate with a handover, return, resolve, note.

mod pane;
mod queue;

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::IntoResponse;
use axum::response::Redirect;
use billing::WorkItemId;
use billing::access::{Action, Limits, ResourceState};
use billing::work::{Desk as WorkDesk, Handover, ROOT_CAUSES, Resolution};
use jiff::civil::Date;
use ledger::Money;
use serde::Deserialize;
use store::worklist::QueueCursor;

use self::pane::{Pane, Reader};
use self::queue::{Group, Tab, groups, own_desks, tabs};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::{Desk, filters};
use app::unapplied_cash::{self, Application};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    desk: Option<String>,
    done: Option<String>,
}

/// What the forms of an item hold; each form sends its own fields.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    pub(super) problem: String,
    pub(super) tried: String,
    pub(super) evidence: String,
    pub(super) promised: String,
    pub(super) to_decide: String,
    why: String,
    outcome: String,
    root_cause: String,
    note: String,
    claim: String,
    line: String,
    amount: String,
    reason: String,
    revision: i32,
}

#[derive(Template)]
#[template(path = "work/index.html")]
struct WorkPage {
    shell: Shell,
    tabs: Vec<Tab>,
    title: &'static str,
    items: usize,
    groups: Vec<Group>,
    stake: Money,
    today: Date,
    open: Option<WorkItemId>,
    pane: Option<Pane>,
    stages: &'static [&'static str],
}

impl WorkPage {
    fn is_open(&self, id: &WorkItemId) -> bool {
        self.open.as_ref() == Some(id)
    }
}

/// A queue without an item.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, asked.desk.as_deref(), asked.done.as_deref(), None, (Typed::default(), None)).await
}

/// An item in its queue.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, asked.desk.as_deref(), asked.done.as_deref(), Some(id), (Typed::default(), None)).await
}

/// Takes an item.
pub async fn take(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::worklist::take(db, &actor, practice, id)).await?;
    go(&format!("/work/{id}"), "taken")
}

/// Takes the most urgent open item of a desk.
pub async fn take_next(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let from = asked.desk.as_deref().and_then(WorkDesk::parse).ok_or(Refusal::Absent)?;
    let actor = who.actor.clone();
    let next = desk.blocking(move |db, practice| app::worklist::take_next(db, &actor, practice, from)).await?;
    match next {
        Some(id) => go(&format!("/work/{id}"), "taken"),
        None => Ok(Redirect::to(&format!("/work?desk={}", from.as_str())).into_response()),
    }
}

/// Puts an item back.
pub async fn put_back(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::worklist::put_back(db, &actor, practice, id)).await?;
    go(&format!("/work/{id}"), "put-back")
}

/// Escalates an item with a handover.
pub async fn escalate(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    Form(typed): Form<Typed>,
) -> Page {
    let (actor, handover) = (who.actor.clone(), handover(&typed));
    let done = desk.blocking(move |db, practice| app::worklist::escalate(db, &actor, practice, id, handover)).await;
    after(&desk, &who, id, typed, done, ("/work", "escalated")).await
}

/// Returns an escalated item.
pub async fn give_back(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    Form(typed): Form<Typed>,
) -> Page {
    let (actor, why) = (who.actor.clone(), typed.why.clone());
    let done = desk.blocking(move |db, practice| app::worklist::return_item(db, &actor, practice, id, &why)).await;
    after(&desk, &who, id, typed, done, ("/work", "returned")).await
}

/// Resolves an item.
pub async fn resolve(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    Form(typed): Form<Typed>,
) -> Page {
    let actor = who.actor.clone();
    let resolution = Resolution { outcome: typed.outcome.clone(), root_cause: typed.root_cause.clone() };
    let done = desk.blocking(move |db, practice| app::worklist::resolve(db, &actor, practice, id, resolution)).await;
    after(&desk, &who, id, typed, done, ("/work", "resolved")).await
}

/// Applies waiting cash of an item to a line of a claim.
pub async fn apply(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(typed): Form<Typed>) -> Page {
    let back = format!("/work/{id}");
    let limits = desk.read(&who.actor, |read| app::limits::in_force(read)).await?;
    let done = match application(&who, &typed, limits) {
        Ok(application) => {
            let actor = who.actor.clone();
            let applied = move |db: &store::Db, practice| unapplied_cash::apply(db, &actor, practice, id, &application);
            desk.blocking(applied).await.map(|_| ())
        }
        Err(refusal) => Err(refusal),
    };
    after(&desk, &who, id, typed, done, (&back, "applied")).await
}

/// What was typed of an application; an amount over the person's limit is told with who may.
fn application(who: &SignedIn, typed: &Typed, limits: Limits) -> Result<Application, Refusal> {
    let invalid = |field: &str, problem: &str| Refusal::Invalid { field: field.into(), problem: problem.into() };
    let amount =
        Money::parse(typed.amount.trim()).map_err(|_| invalid("amount", "Write dollars and cents such as 72.00."))?;
    let line =
        typed.line.trim().parse().map_err(|_| invalid("line", "Write the number of the claim’s line, from 1."))?;
    if let Some(why_not) = who.why_not(Action::ApplyUnappliedCash, &ResourceState::amount(amount).within(limits)) {
        return Err(Refusal::Conflict(why_not));
    }
    let (claim, reason) = (typed.claim.clone(), typed.reason.clone());
    Ok(Application { claim, line, amount, reason, revision: typed.revision })
}

/// Reads the stored file of an item again.
pub async fn read_again(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>) -> Page {
    let actor = who.actor.clone();
    let read = desk.blocking(move |db, practice| app::inbound::read_again(db, &actor, practice, id)).await;
    let back = format!("/work/{id}");
    after(&desk, &who, id, Typed::default(), read.map(|_| ()), (&back, "read-again")).await
}

/// Leaves a note.
pub async fn note(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, Form(typed): Form<Typed>) -> Page {
    let (actor, words) = (who.actor.clone(), typed.note.clone());
    let done = desk.blocking(move |db, practice| app::worklist::note(db, &actor, practice, id, &words)).await;
    let back = format!("/work/{id}");
    after(&desk, &who, id, typed, done, (&back, "noted")).await
}

/// The handover of a form.
pub fn handover(typed: &Typed) -> Handover {
    Handover {
        problem: typed.problem.clone(),
        tried: typed.tried.clone(),
        evidence: typed.evidence.clone(),
        promised: typed.promised.clone(),
        to_decide: typed.to_decide.clone(),
    }
}

/// On: where the action leads; back: the item with what was typed and what is wrong.
async fn after(
    desk: &Desk,
    who: &SignedIn,
    id: WorkItemId,
    typed: Typed,
    done: Result<(), Refusal>,
    on: (&str, &str),
) -> Page {
    match done.map_err(Refusal::for_form) {
        Ok(()) => go(on.0, on.1),
        Err(Ok(problem)) => page(desk, who, None, None, Some(id), (typed, Some(problem))).await,
        Err(Err(refusal)) => Err(refusal),
    }
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    asked: Option<&str>,
    done: Option<&str>,
    open: Option<WorkItemId>,
    (typed, problem): (Typed, Option<(String, String)>),
) -> Page {
    let masked = who.is_masked(Action::ViewPatient);
    let reader = Reader { actor: who.actor.clone(), masked, sees_claims: who.may(Action::ViewClaim) };
    let found = match open {
        Some(id) => Some(desk.blocking(move |db, practice| pane::find(db, practice, &reader, id)).await?),
        None => None,
    };
    let wanted = asked.and_then(WorkDesk::parse).or(found.as_ref().map(|found| found.view.item.desk));
    let chosen = wanted.or_else(|| own_desks(who).first().copied());
    let mine = asked == Some("mine") || chosen.is_none();
    let actor = who.actor.clone();
    let (mut queue, today) = desk
        .blocking(move |db, practice| {
            let queue = match chosen {
                Some(chosen) if !mine => app::worklist::queue(db, &actor, practice, chosen, QueueCursor::START)?,
                Some(_) | None => app::worklist::mine(db, &actor, practice)?,
            };
            Ok((queue, db.today(practice)?))
        })
        .await?;
    // A row without a name says what it is about instead.
    if masked {
        queue.iter_mut().for_each(|row| row.last_name = None);
    }
    render(&WorkPage {
        shell: Shell::new(desk, who, "/work").after(done),
        tabs: tabs(who, if mine { None } else { chosen }),
        title: chosen.filter(|_| !mine).map_or("My work", WorkDesk::label),
        stake: queue.iter().map(|row| row.stake_cents).sum(),
        items: queue.len(),
        groups: groups(queue, today),
        today,
        open,
        pane: found.map(|found| pane::pane(who, found, typed, problem)),
        stages: &ROOT_CAUSES,
    })
}
