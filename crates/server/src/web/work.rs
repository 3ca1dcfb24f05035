//! One item of the desk in its queue: take, put back, escalate with a handover, return, resolve, note, undo. What a person
//! typed is never lost: a refusal shows it again, a colleague's step stands beside it, a draft brings it back.

pub mod bulk;
pub mod list;
mod pane;
mod queue;
pub mod views;

use std::collections::BTreeMap;

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect};
use billing::WorkItemId;
use billing::access::{Action, Limits, ResourceState};
use billing::work::{Desk as WorkDesk, Handover, Resolution, ResolutionCode, ReturnCode};
use ledger::Money;
use serde::Deserialize;

pub(super) use self::list::Asked;
use self::list::page;
use super::page::{Page, go};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::{Desk, filters};
use app::drafts::{self, ItemForm};
use app::unapplied_cash::{self, Application};

/// What the forms of an item hold; each form sends its own fields.
#[derive(Deserialize, Default, Clone, PartialEq)]
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
    code: String,
    return_code: String,
    note: String,
    claim: String,
    line: String,
    amount: String,
    reason: String,
    revision: i32,
    /// The last step of the item's history that the form's page showed.
    seen: Option<i64>,
}

impl Typed {
    /// Takes words that were kept of the item's forms.
    fn fill(&mut self, mut words: BTreeMap<String, String>) {
        let mut take = |field: &str| words.remove(field).unwrap_or_default();
        self.problem = take("problem");
        self.tried = take("tried");
        self.evidence = take("evidence");
        self.promised = take("promised");
        self.to_decide = take("to_decide");
        self.why = take("why");
        self.outcome = take("outcome");
        self.root_cause = take("root_cause");
        self.note = take("note");
    }
}

/// A queue without an item.
pub async fn index(State(desk): State<Desk>, who: SignedIn, asked: Asked) -> Page {
    page(&desk, &who, &asked, None, (Typed::default(), None)).await
}

/// An item in its queue.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, asked: Asked) -> Page {
    let actor = who.actor.clone();
    let shown = page(&desk, &who, &asked, Some(id), (Typed::default(), None)).await?;
    desk.blocking(move |db, practice| app::notices::looked_at(db, &actor, practice, id)).await?;
    Ok(shown)
}

/// Takes an item.
pub async fn take(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, asked: Asked) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::worklist::take(db, &actor, practice, id)).await?;
    go(&asked.item(id), "taken")
}

/// Takes the most urgent open item of a desk.
pub async fn take_next(State(desk): State<Desk>, who: SignedIn, asked: Asked) -> Page {
    let from = asked.filter.only_desk().ok_or(Refusal::Absent)?;
    let actor = who.actor.clone();
    let next = desk.blocking(move |db, practice| app::worklist::take_next(db, &actor, practice, from)).await?;
    match next {
        Some(id) => go(&asked.item(id), "taken"),
        None => Ok(Redirect::to(&format!("/work?desk={}", WorkDesk::as_str(from))).into_response()),
    }
}

/// Puts an item back.
pub async fn put_back(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, asked: Asked) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::worklist::put_back(db, &actor, practice, id)).await?;
    go(&asked.item(id), "put-back")
}

/// Takes one's own last step on an item back.
pub async fn undo(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, asked: Asked) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| app::worklist::undo::undo(db, &actor, practice, id)).await;
    let here = asked.item(id);
    after(&desk, &who, (id, None), &asked, Typed::default(), done, (&here, "undone")).await
}

/// Escalates an item with a handover.
pub async fn escalate(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    asked: Asked,
    Form(typed): Form<Typed>,
) -> Page {
    if let Some(page) = changed_meanwhile(&desk, &who, id, &asked, &typed).await? {
        return Ok(page);
    }
    let (actor, handover) = (who.actor.clone(), handover(&typed));
    let done = desk.blocking(move |db, practice| app::worklist::escalate(db, &actor, practice, id, handover)).await;
    after(&desk, &who, (id, Some(ItemForm::Escalations)), &asked, typed, done, (&asked.list(), "escalated")).await
}

/// Returns an escalated item.
pub async fn give_back(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    asked: Asked,
    Form(typed): Form<Typed>,
) -> Page {
    if let Some(page) = changed_meanwhile(&desk, &who, id, &asked, &typed).await? {
        return Ok(page);
    }
    let (actor, why) = (who.actor.clone(), typed.why.clone());
    let Some(code) = ReturnCode::parse(&typed.return_code) else {
        let problem = Refusal::Invalid { field: "return_code".into(), problem: "Choose why it goes back.".into() };
        let form = (id, Some(ItemForm::Returns));
        return after(&desk, &who, form, &asked, typed, Err(problem), (&asked.list(), "returned")).await;
    };
    let done =
        desk.blocking(move |db, practice| app::worklist::return_item(db, &actor, practice, id, (code, &why))).await;
    after(&desk, &who, (id, Some(ItemForm::Returns)), &asked, typed, done, (&asked.list(), "returned")).await
}

/// Resolves an item.
pub async fn resolve(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    asked: Asked,
    Form(typed): Form<Typed>,
) -> Page {
    if let Some(page) = changed_meanwhile(&desk, &who, id, &asked, &typed).await? {
        return Ok(page);
    }
    let actor = who.actor.clone();
    // Stage and cause stand in one field: "eligibility/not asked".
    let (stage, cause) = typed.root_cause.split_once('/').unwrap_or((&typed.root_cause, ""));
    let resolution = Resolution {
        outcome: typed.outcome.clone(),
        root_cause: stage.to_owned(),
        cause: cause.to_owned(),
        code: ResolutionCode::parse(&typed.code),
    };
    let done = desk.blocking(move |db, practice| app::worklist::resolve(db, &actor, practice, id, resolution)).await;
    after(&desk, &who, (id, Some(ItemForm::Resolutions)), &asked, typed, done, (&asked.list(), "resolved")).await
}

/// Applies waiting cash of an item to a line of a claim.
pub async fn apply(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    asked: Asked,
    Form(typed): Form<Typed>,
) -> Page {
    let back = asked.item(id);
    let limits = desk.read(&who.actor, |read| app::limits::in_force(read)).await?;
    let done = match application(&who, &typed, limits) {
        Ok(application) => {
            let actor = who.actor.clone();
            let applied = move |db: &store::Db, practice| unapplied_cash::apply(db, &actor, practice, id, &application);
            desk.blocking(applied).await.map(|_| ())
        }
        Err(refusal) => Err(refusal),
    };
    after(&desk, &who, (id, None), &asked, typed, done, (&back, "applied")).await
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
pub async fn read_again(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, asked: Asked) -> Page {
    let actor = who.actor.clone();
    let read = desk.blocking(move |db, practice| app::inbound::read_again(db, &actor, practice, id)).await;
    let back = asked.item(id);
    after(&desk, &who, (id, None), &asked, Typed::default(), read.map(|_| ()), (&back, "read-again")).await
}

/// Leaves a note.
pub async fn note(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    asked: Asked,
    Form(typed): Form<Typed>,
) -> Page {
    let (actor, words) = (who.actor.clone(), typed.note.clone());
    let done = desk.blocking(move |db, practice| app::worklist::note(db, &actor, practice, id, &words)).await;
    let back = asked.item(id);
    after(&desk, &who, (id, Some(ItemForm::Notes)), &asked, typed, done, (&back, "noted")).await
}

/// Keeps what is typed into a form of an item and not sent yet.
pub async fn keep_draft(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<WorkItemId>,
    Form(mut words): Form<BTreeMap<String, String>>,
) -> Page {
    let form = words.remove("form").as_deref().and_then(ItemForm::parse).ok_or(Refusal::Absent)?;
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| drafts::keep(db, &actor, practice, (id, form), &words)).await?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}

/// Throws the words away that were kept of an item's forms.
pub async fn drop_drafts(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>, asked: Asked) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| {
        ItemForm::ALL.into_iter().try_for_each(|form| drafts::forget(db, &actor, practice, id, form))
    })
    .await?;
    go(&asked.item(id), "draft-dropped")
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

/// Where a colleague changed the item since the form was opened: the page with what changed beside what was typed. The
/// person goes on by sending it again.
async fn changed_meanwhile(
    desk: &Desk,
    who: &SignedIn,
    id: WorkItemId,
    asked: &Asked,
    typed: &Typed,
) -> Result<Option<axum::response::Response>, Refusal> {
    let Some(seen) = typed.seen else { return Ok(None) };
    let actor = who.actor.clone();
    let view = desk.blocking(move |db, practice| app::worklist::show(db, &actor, practice, id)).await?;
    if pane::meanwhile(&view, &who.actor, seen).is_empty() {
        return Ok(None);
    }
    page(desk, who, asked, Some(id), (typed.clone(), None)).await.map(Some)
}

/// On: where the action leads, and the words that were kept are forgotten; back: the item with what was typed and what is
/// wrong.
pub(super) async fn after(
    desk: &Desk,
    who: &SignedIn,
    (id, form): (WorkItemId, Option<ItemForm>),
    asked: &Asked,
    typed: Typed,
    done: Result<(), Refusal>,
    on: (&str, &str),
) -> Page {
    match done.map_err(Refusal::for_form) {
        Ok(()) => {
            if let Some(form) = form {
                let actor = who.actor.clone();
                desk.blocking(move |db, practice| drafts::forget(db, &actor, practice, id, form)).await?;
            }
            go(on.0, on.1)
        }
        Err(Ok(problem)) => page(desk, who, asked, Some(id), (Typed { seen: None, ..typed }, Some(problem))).await,
        Err(Err(refusal)) => Err(refusal),
    }
}
