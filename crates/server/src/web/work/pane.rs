//! The item in the middle and what stands beside it: what to mend, what may be done, whose claim and money it is about.
//! It reads; nothing is changed here.

use std::collections::BTreeMap;

use billing::access::{Action, Actor, ResourceState, authorize};
use billing::work::{Channel, Desk as WorkDesk, Handover, InquiryReason, WorkItem, WorkReason, WorkState};
use billing::{ClaimPaymentId, PracticeId, UserId, WorkItemId};
use jiff::Timestamp;
use ledger::Money;
use store::Db;
use store::views::claim::{ClaimEventRow, ClaimView};
use store::views::patients::ContactRow;
use store::views::work::WorkContext;
use store::worklist::WorkEventRow;

use super::Typed;
use crate::web::chips::{self, Chip};
use crate::web::claims::{self, Step};
use crate::web::masking::{self, Identity};
use crate::web::mending::{self, MayMend};
use crate::web::session::SignedIn;
use crate::web::visit_hands::Hand;
use app::cases::people::{self, Colleague};
use app::cases::{CaseView, OnFile};
use app::inbound::ReadableFile;
use app::unapplied_cash;
use app::worklist::WorkItemView;

/// Steps of the claim's timeline beside the item; the claim's own page has all.
const STEPS_SHOWN: usize = 6;
/// Contacts beside the item; the account has all.
const CONTACTS_SHOWN: usize = 5;

/// Something to mend: what is wrong, what to do, the field in words and the page where it is mended.
pub(super) struct Mend {
    pub(super) problem: String,
    pub(super) remedy: String,
    pub(super) field: String,
    pub(super) href: Option<String>,
}

/// The item in the middle.
pub(super) struct Pane {
    /// The case around it.
    pub(super) case: CaseView,
    /// Cents that are likely to come in.
    pub(super) expected: Money,
    /// Who works its desk.
    pub(super) colleagues: Vec<Colleague>,
    /// Who looks.
    pub(super) user: UserId,
    /// This person gives work to people.
    pub(super) gives_work: bool,
    /// It has ended, and this person works its desk.
    pub(super) may_open_again: bool,
    pub(super) mends: Vec<Mend>,
    pub(super) denials: Vec<(String, &'static str)>,
    pub(super) view: WorkItemView,
    pub(super) context: WorkContext,
    /// Names and numbers of people are not shown to this role.
    pub(super) masked: bool,
    /// Cash that the item owns and that has no place yet; below zero where a payer took it back.
    pub(super) waiting: Money,
    /// The payment that the item is about, where this person may open its page.
    pub(super) payment: Option<ClaimPaymentId>,
    pub(super) may_apply: bool,
    pub(super) state: Chip,
    pub(super) reason: Chip,
    pub(super) mine: bool,
    pub(super) may_work: bool,
    /// This person may open the problem that the item belongs to.
    pub(super) sees_problems: bool,
    /// A colleague has it.
    pub(super) is_colleagues: bool,
    /// A colleague has it and this person may free it.
    pub(super) may_free: bool,
    pub(super) why_not: Option<String>,
    pub(super) above: Option<&'static str>,
    pub(super) may_return: bool,
    pub(super) typed: Typed,
    /// What a handover may begin with.
    pub(super) drafted: Handover,
    pub(super) problem: Option<(String, String)>,
    pub(super) hand: Option<Hand>,
    /// The item's file was refused, and this person may take its claims up again.
    pub(super) may_reopen: bool,
    /// The stored file that the item is about, where this person may have it read again.
    pub(super) readable: Option<ReadableFile>,
    /// Where the claim's money is; none where the item has no claim or the person may not see claims.
    pub(super) money: Option<ClaimMoney>,
    /// The latest of the claim's timeline.
    pub(super) timeline: Vec<ClaimEventRow>,
    /// The patient's latest questions: by which way, what about, the row.
    pub(super) contacts: Vec<(String, String, ContactRow)>,
    /// The last step of its history that this page shows: what comes after it, a colleague did meanwhile.
    pub(super) seen: i64,
    /// What colleagues did since the person began to type.
    pub(super) meanwhile: Vec<WorkEventRow>,
    /// When the words in the forms were kept, where they are a draft.
    pub(super) kept_at: Option<Timestamp>,
    /// The person's last step may be taken back.
    pub(super) may_undo: bool,
}

/// Where a claim's money is, from the books.
pub(super) struct ClaimMoney {
    pub(super) steps: Vec<Step>,
    pub(super) open: Money,
    pub(super) with_payer: Money,
    pub(super) with_patient: Money,
}

/// What is read for an item in one snapshot.
pub(super) struct Found {
    pub(super) view: WorkItemView,
    case: CaseView,
    colleagues: Vec<Colleague>,
    context: WorkContext,
    claim: Option<ClaimView>,
    waiting: Money,
    payment: Option<ClaimPaymentId>,
    readable: Option<ReadableFile>,
    contacts: Vec<ContactRow>,
    draft: Option<(BTreeMap<String, String>, Timestamp)>,
    now: Timestamp,
}

/// What one reader may be shown.
pub(super) struct Reader {
    pub(super) actor: Actor,
    pub(super) masked: bool,
    pub(super) sees_claims: bool,
}

/// Reads an item with everything beside it.
pub(super) fn find(db: &Db, practice: PracticeId, reader: &Reader, id: WorkItemId) -> Result<Found, app::Error> {
    let actor = &reader.actor;
    let mut view = app::worklist::show(db, actor, practice, id)?;
    let mut case = app::cases::show(db, actor, practice, id)?;
    db.read(actor, practice, |read| {
        let context = store::views::work::context(read, &view.item)?;
        let claim = match context.claim.as_ref().map(|claim| claim.id).filter(|_| reader.sees_claims) {
            Some(claim) => store::views::claim::get(read, claim)?,
            None => None,
        };
        let contacts = match &context.patient {
            Some(head) => store::views::patients::contacts(read, head.id)?,
            None => Vec::new(),
        };
        if reader.masked {
            let identity = match &context.patient {
                Some(head) => Identity::of_patient(read, head.id)?,
                None => Identity::default(),
            };
            let action = app::worklist::action_for(view.item.desk);
            mask(&mut view, &identity, authorize(actor, action, &ResourceState::default()).is_ok());
            mask_case(&mut case);
        }
        Ok(Found {
            waiting: unapplied_cash::waiting(read, id)?,
            payment: unapplied_cash::payment_of(read, id)?,
            readable: app::inbound::of_item(read, &view.item)?,
            view: view.clone(),
            draft: app::drafts::of_item(read, actor, id)?,
            now: read.now(),
            case: case.clone(),
            colleagues: people::of_desk(read, practice, view.item.desk)?,
            context,
            claim,
            contacts,
        })
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

/// What colleagues typed about the case may name anybody: a masked reader sees that something was said.
fn mask_case(case: &mut CaseView) {
    let hidden = || masking::TYPED_NOT_SHOWN.to_owned();
    case.file.waiting.iter_mut().for_each(|waiting| waiting.what = hidden());
    case.merged.iter_mut().for_each(|(_, words)| *words = hidden());
    case.transfers.iter_mut().for_each(|row| row.words = hidden());
    case.returns.iter_mut().for_each(|row| row.words = hidden());
    for row in &mut case.consults {
        row.question = hidden();
        row.answer = row.answer.as_ref().map(|_| hidden());
    }
    for (_, place) in &mut case.data {
        if let OnFile::Written(words) = place {
            *words = hidden();
        }
    }
}

/// Whether the item is about what stands in its own claim: a finding, a rejection, a denial.
fn is_about(item: &WorkItem, claim: &ClaimView) -> bool {
    item.links.claim_id == Some(claim.head.id) && (is_mending(item.reason) || item.reason.is_denial())
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

/// What the page shows of it to this person.
pub(super) fn pane(
    who: &SignedIn,
    found: Found,
    mut typed: Typed,
    problem: Option<(String, String)>,
    since: Option<i64>,
) -> Pane {
    let Found { view, case, colleagues, context, claim, waiting, payment, readable, contacts, draft, now } = found;
    let kept_at = draft.filter(|_| typed == Typed::default()).map(|(words, at)| {
        typed.fill(words);
        at
    });
    let meanwhile = since.map(|since| meanwhile(&view, &who.actor, since)).unwrap_or_default();
    let seen = view.events.last().map_or(0, |event| event.sequence);
    let may_undo = app::worklist::undo::may_undo(&who.actor, &view.events, now);
    let told = claim.as_ref().filter(|claim| is_about(&view.item, claim));
    let action = app::worklist::action_for(view.item.desk);
    let why_not = who.why_not(action, &ResourceState::default());
    let above = view.item.desk.above().filter(|_| who.may(Action::EscalateWork)).map(WorkDesk::label);
    let is_taken = view.item.state == WorkState::Taken;
    let is_colleagues = is_taken && view.item.owner.is_some_and(|owner| owner != who.actor.user);
    let gives_work = app::worklist::gives_work(&who.actor);
    let is_open = why_not.is_none() && view.item.state != WorkState::Resolved;
    let readable = readable.filter(|file| is_open && file.needs.iter().all(|action| who.may(*action)));
    Pane {
        drafted: app::cases::draft_handover(&case, &view),
        expected: app::cases::expected(view.item.money_at_stake, case.chance.0),
        case,
        colleagues,
        user: who.actor.user,
        gives_work,
        may_open_again: why_not.is_none() && view.item.state == WorkState::Resolved,
        mends: told.map(|claim| mends(who, (view.item.reason, &view.item.summary), claim)).unwrap_or_default(),
        denials: told.filter(|_| view.item.reason.is_denial()).map(mending::denials_of).unwrap_or_default(),
        money: claim.as_ref().map(money),
        timeline: claim.map(timeline).unwrap_or_default(),
        contacts: contacts.into_iter().take(CONTACTS_SHOWN).map(contact).collect(),
        waiting,
        payment: payment.filter(|_| who.may(Action::ViewDeposits)),
        may_apply: who.may(Action::ApplyUnappliedCash),
        state: chips::work(view.item.state),
        reason: chips::reason(view.item.reason),
        mine: view.item.owner == Some(who.actor.user),
        may_work: is_open && (gives_work || !is_colleagues),
        sees_problems: who.may(Action::ViewProblems),
        is_colleagues,
        may_free: is_colleagues && gives_work,
        why_not,
        above,
        may_return: view.item.escalations > 0 && who.may(Action::ReturnWork),
        may_reopen: view.item.reason == WorkReason::FileRejected && who.may(Action::MendOtherRejection),
        readable,
        hand: Hand::of_item(who, &view.item),
        masked: who.is_masked(Action::ViewPatient),
        seen,
        meanwhile,
        kept_at,
        may_undo,
        view,
        context,
        typed,
        problem,
    }
}

/// What colleagues did to the item after a step of its history.
pub(super) fn meanwhile(view: &WorkItemView, reader: &Actor, since: i64) -> Vec<WorkEventRow> {
    view.events.iter().filter(|event| event.sequence > since && event.actor != reader.login).cloned().collect()
}

fn money(claim: &ClaimView) -> ClaimMoney {
    let (steps, _, with_payer, with_patient) = claims::steps(&claim.postings, &claim.head.body.0.payer.name);
    ClaimMoney { steps, open: with_payer + with_patient, with_payer, with_patient }
}

fn timeline(claim: ClaimView) -> Vec<ClaimEventRow> {
    claim.events.into_iter().take(STEPS_SHOWN).collect()
}

fn contact(row: ContactRow) -> (String, String, ContactRow) {
    let channel = Channel::parse(&row.channel).map_or(String::new(), |channel| channel.label().to_owned());
    let reason = InquiryReason::parse(&row.reason).map_or(String::new(), |reason| reason.label().to_owned());
    (channel, reason, row)
}
