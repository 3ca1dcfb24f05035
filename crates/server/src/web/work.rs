//! The desk: the queue, the item, its context. Take, put back, escalate with a handover, return, resolve, note.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::IntoResponse;
use axum::response::Redirect;
use billing::access::{Action, Limits, ResourceState, authorize};
use billing::work::{Desk as WorkDesk, Handover, ROOT_CAUSES, Resolution, WorkItem, WorkReason, WorkState};
use billing::{ClaimPaymentId, WorkItemId};
use jiff::civil::Date;
use ledger::Money;
use serde::Deserialize;
use store::views::claim::ClaimView;
use store::views::work::WorkContext;
use store::worklist::{QueueCursor, QueueRow};

use super::chips::{self, Chip};
use super::masking::{self, Identity};
use super::mending::{self, MayMend};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::visit_hands::Hand;
use super::{Desk, filters};
use app::inbound::ReadableFile;
use app::unapplied_cash::{self, Application};
use app::worklist::WorkItemView;

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

/// A queue one may look at.
struct Tab {
    href: String,
    label: &'static str,
    current: bool,
}

/// Something to mend: what is wrong, what to do, the field in words and the page where it is mended.
struct Mend {
    problem: String,
    remedy: String,
    field: String,
    href: Option<String>,
}

/// The item in the middle.
struct Pane {
    mends: Vec<Mend>,
    denials: Vec<(String, &'static str)>,
    view: WorkItemView,
    context: WorkContext,
    /// Names and numbers of people are not shown to this role.
    masked: bool,
    /// Cash that the item owns and that has no place yet; below zero where a payer took it back.
    waiting: Money,
    /// The payment that the item is about, where this person may open its page.
    payment: Option<ClaimPaymentId>,
    may_apply: bool,
    state: Chip,
    reason: Chip,
    mine: bool,
    may_work: bool,
    /// A colleague has it.
    is_colleagues: bool,
    /// A colleague has it and this person may free it.
    may_free: bool,
    why_not: Option<String>,
    above: Option<&'static str>,
    may_return: bool,
    typed: Typed,
    problem: Option<(String, String)>,
    hand: Option<Hand>,
    /// The item's file was refused, and this person may take its claims up again.
    may_reopen: bool,
    /// The stored file that the item is about, where this person may have it read again.
    readable: Option<ReadableFile>,
}

#[derive(Template)]
#[template(path = "work/index.html")]
struct WorkPage {
    shell: Shell,
    tabs: Vec<Tab>,
    title: &'static str,
    queue: Vec<QueueRow>,
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
    let (actor, masked) = (who.actor.clone(), who.is_masked(Action::ViewPatient));
    let found = match open {
        Some(id) => Some(
            desk.blocking(move |db, practice| {
                let mut view = app::worklist::show(db, &actor, practice, id)?;
                let beside = db.read(&actor, practice, |read| {
                    let context = store::views::work::context(read, &view.item)?;
                    let waiting = (unapplied_cash::waiting(read, id)?, unapplied_cash::payment_of(read, id)?);
                    let claim = match view.item.links.claim_id.filter(|_| tells_of_its_claim(view.item.reason)) {
                        Some(claim) => store::views::claim::get(read, claim)?,
                        None => None,
                    };
                    if masked {
                        let identity = match &context.patient {
                            Some(head) => Identity::of_patient(read, head.id)?,
                            None => Identity::default(),
                        };
                        let works_desk =
                            authorize(&actor, app::worklist::action_for(view.item.desk), &ResourceState::default())
                                .is_ok();
                        mask(&mut view, &identity, works_desk);
                    }
                    Ok::<_, app::Error>((context, claim, waiting, app::inbound::of_item(read, &view.item)?))
                })?;
                Ok((view, beside))
            })
            .await?,
        ),
        None => None,
    };
    let wanted = asked.and_then(WorkDesk::parse).or(found.as_ref().map(|(view, _)| view.item.desk));
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
        queue,
        today,
        open,
        pane: found.map(|(view, beside)| pane(who, view, beside, typed, problem)),
        stages: &ROOT_CAUSES,
    })
}

/// Leaves the patient's names and numbers out of the item's words. What colleagues typed may name anybody: it is shown,
/// without the patient, to who works the desk and has to act on it, and to nobody else of a masked role.
fn mask(view: &mut WorkItemView, identity: &Identity, works_desk: bool) {
    let WorkItem { summary, handover, resolution, .. } = &mut view.item;
    *summary = identity.leave_out(summary);
    let handed = handover.iter_mut().flat_map(|Handover { problem, tried, evidence, promised, to_decide }| {
        [problem, tried, evidence, promised, to_decide]
    });
    let ended = resolution.iter_mut().map(|resolution| &mut resolution.outcome);
    let is_typed = |kind: &str| !matches!(kind, "opened" | "taken" | "put_back");
    let told = view.events.iter_mut().filter(|event| is_typed(&event.kind)).map(|event| &mut event.sentence);
    for words in handed.chain(ended).chain(told).filter(|words| !words.is_empty()) {
        *words = if works_desk { identity.leave_out(words) } else { masking::TYPED_NOT_SHOWN.to_owned() };
    }
}

/// Whether the item is about what stands in its claim: a finding, a rejection, a denial.
fn tells_of_its_claim(reason: WorkReason) -> bool {
    is_mending(reason) || reason == WorkReason::Denied
}

fn is_mending(reason: WorkReason) -> bool {
    matches!(
        reason,
        WorkReason::HeldForData | WorkReason::HeldForCoding | WorkReason::RejectedForData | WorkReason::Rejected
    )
}

/// What the scrub found in the claim of an item; a rejection for data leads to what the front desk asked for besides.
fn mends(who: &SignedIn, (reason, summary): (WorkReason, &str), claim: &ClaimView) -> Vec<Mend> {
    let may = MayMend::of(who);
    if !is_mending(reason) {
        return Vec::new();
    }
    let mut mends: Vec<Mend> = claim
        .findings
        .iter()
        .map(|finding| Mend {
            problem: finding.problem.clone(),
            remedy: finding.remedy.clone(),
            field: mending::field_words(&finding.field),
            href: may.href(&claim.head, &finding.field),
        })
        .collect();
    if let Some(field) = mends.is_empty().then(|| mending::field_of_place(summary)).flatten() {
        mends.push(Mend {
            problem: "Our own check of the finished file refuses what stands there.".to_owned(),
            remedy: "Mend it, then scrub the claim again; if nothing looks wrong, escalate it.".to_owned(),
            field: mending::field_words(field),
            href: may.href(&claim.head, field),
        });
    }
    if reason == WorkReason::RejectedForData {
        for (field, words) in [("patient", "The patient’s data"), ("coverage", "The coverage")] {
            mends.push(Mend {
                problem: "Rejected for its data.".to_owned(),
                remedy: "Compare with the card and the payer’s words, mend it, then scrub the claim again.".to_owned(),
                field: words.to_owned(),
                href: may.href(&claim.head, field),
            });
        }
    }
    mends
}

fn pane(
    who: &SignedIn,
    view: WorkItemView,
    (context, claim, (waiting, payment), readable): (
        WorkContext,
        Option<ClaimView>,
        (Money, Option<ClaimPaymentId>),
        Option<ReadableFile>,
    ),
    typed: Typed,
    problem: Option<(String, String)>,
) -> Pane {
    let action = app::worklist::action_for(view.item.desk);
    let why_not = who.why_not(action, &ResourceState::default());
    let above = view.item.desk.above().filter(|_| who.may(Action::EscalateWork)).map(WorkDesk::label);
    let is_taken = view.item.state == WorkState::Taken;
    let is_colleagues = is_taken && view.item.owner.is_some_and(|owner| owner != who.actor.user);
    let gives_work = app::worklist::gives_work(&who.actor);
    let is_open = why_not.is_none() && view.item.state != WorkState::Resolved;
    let readable = readable.filter(|file| is_open && file.needs.iter().all(|action| who.may(*action)));
    Pane {
        mends: claim
            .as_ref()
            .map(|claim| mends(who, (view.item.reason, &view.item.summary), claim))
            .unwrap_or_default(),
        denials: claim
            .as_ref()
            .filter(|_| view.item.reason == WorkReason::Denied)
            .map(mending::denials_of)
            .unwrap_or_default(),
        waiting,
        payment: payment.filter(|_| who.may(Action::ViewDeposits)),
        may_apply: who.may(Action::ApplyUnappliedCash),
        state: chips::work(view.item.state),
        reason: chips::reason(view.item.reason),
        mine: view.item.owner == Some(who.actor.user),
        may_work: is_open && (gives_work || !is_colleagues),
        is_colleagues,
        may_free: is_colleagues && gives_work,
        why_not,
        above,
        may_return: view.item.escalations > 0 && who.may(Action::ReturnWork),
        may_reopen: view.item.reason == WorkReason::FileRejected && who.may(Action::MendOtherRejection),
        readable,
        hand: Hand::of_item(who, &view.item),
        masked: who.is_masked(Action::ViewPatient),
        view,
        context,
        typed,
        problem,
    }
}

/// The desks the person works, then those the person oversees.
fn own_desks(who: &SignedIn) -> Vec<WorkDesk> {
    let (own, seen): (Vec<_>, Vec<_>) = WorkDesk::ALL
        .into_iter()
        .filter(|desk| app::worklist::may_see(&who.actor, *desk))
        .partition(|desk| who.may(app::worklist::action_for(*desk)));
    // Whoever works several desks begins at the highest: nobody else may.
    own.into_iter().rev().chain(seen).collect()
}

fn tabs(who: &SignedIn, current: Option<WorkDesk>) -> Vec<Tab> {
    let mut desks = own_desks(who);
    desks.sort();
    let mut tabs = vec![Tab { href: "/work?desk=mine".into(), label: "Mine", current: current.is_none() }];
    tabs.extend(desks.into_iter().map(|desk| Tab {
        href: format!("/work?desk={}", desk.as_str()),
        label: desk.label(),
        current: current == Some(desk),
    }));
    tabs
}
