//! Whose hand a visit goes into where no claim has it: the patient's, or nobody's because it is not billed. The same
//! buttons stand on the work item, the visit and the account. Decides nothing: the use cases refuse what may not be.

use axum::extract::{Form, State};
use billing::EncounterId;
use billing::access::Action;
use billing::work::{WorkItem, WorkReason};
use serde::Deserialize;

use super::Desk;
use super::page::{Page, go};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use app::patient_account::VisitAccount;

/// The buttons of a visit that this person may use; without any the fragment shows nothing.
#[derive(Clone, Copy)]
pub struct Hand {
    /// The visit.
    pub visit: EncounterId,
    /// "Bill the patient".
    pub may_bill: bool,
    /// "Bill the plan".
    pub may_bill_plan: bool,
    /// "Bill the next payer".
    pub may_bill_next: bool,
    /// "Not billable, because …".
    pub may_dismiss: bool,
    /// A link to the visit's data: not on the page of the visit itself.
    pub may_change: bool,
}

/// What the visit itself allows, whoever asks.
#[derive(Clone, Copy, Default)]
struct May {
    bill: bool,
    plan: bool,
    next: bool,
    dismiss: bool,
}

impl Hand {
    fn new(who: &SignedIn, visit: EncounterId, may: May) -> Option<Hand> {
        let moves = who.may(Action::EditCoverage);
        let (may_bill, may_bill_plan) = (may.bill && moves, may.plan && moves);
        let may_bill_next = may.next && who.may(Action::SubmitInitialClaim);
        let dismiss = may.dismiss;
        let may_dismiss = dismiss && who.may(Action::EnterCharges);
        let hand = Hand { visit, may_bill, may_bill_plan, may_bill_next, may_dismiss, may_change: may_dismiss };
        (may_bill || may_bill_plan || may_bill_next || may_dismiss).then_some(hand)
    }

    /// Of the visit that an item is about, where a button can end it.
    pub fn of_item(who: &SignedIn, item: &WorkItem) -> Option<Hand> {
        let visit = item.links.encounter_id?;
        let is_question = item.reason == WorkReason::CoverageMissing;
        let next = item.reason == WorkReason::BillNextPayer;
        Hand::new(who, visit, May { bill: is_question || next, next, dismiss: is_question, ..May::default() })
    }

    /// Of a visit on its account.
    pub fn of_account(who: &SignedIn, visit: &VisitAccount) -> Option<Hand> {
        let may = May {
            bill: visit.may_bill_patient,
            plan: visit.may_bill_plan,
            next: visit.may_bill_next,
            dismiss: visit.may_dismiss,
        };
        Hand::new(who, visit.encounter_id, may)
    }

    /// On the page of the visit itself.
    pub fn of_visit(who: &SignedIn, visit: EncounterId, is_open: bool) -> Option<Hand> {
        Hand::new(who, visit, May { bill: is_open, dismiss: true, ..May::default() })
            .map(|hand| Hand { may_change: false, ..hand })
    }
}

/// Why nothing is billed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    because: String,
}

/// The patient owes what no plan is asked for.
pub async fn bill_patient(State(desk): State<Desk>, who: SignedIn, Id(id): Id<EncounterId>) -> Page {
    let actor = who.actor.clone();
    let done = desk
        .blocking(move |db, practice| {
            app::charge_capture::bill_patient(db, &actor, practice, id)?;
            Ok(app::charge_capture::show_visit(db, &actor, practice, id)?.0.patient_id)
        })
        .await;
    after(done, id, "billed")
}

/// A plan found after the patient was billed is billed instead.
pub async fn bill_plan(State(desk): State<Desk>, who: SignedIn, Id(id): Id<EncounterId>) -> Page {
    let actor = who.actor.clone();
    let done = desk
        .blocking(move |db, practice| {
            app::charge_capture::bill_plan(db, &actor, practice, id)?;
            Ok(app::charge_capture::show_visit(db, &actor, practice, id)?.0.patient_id)
        })
        .await;
    after(done, id, "plan-billed")
}

/// The next payer is asked for what the one before it left. Goes to the claim that was made.
pub async fn bill_next(State(desk): State<Desk>, who: SignedIn, Id(id): Id<EncounterId>) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| app::next_payer::bill_next_payer(db, &actor, practice, id)).await;
    match done.map_err(Refusal::for_form) {
        Ok(scrubbed) => go(&format!("/claims/{}", scrubbed.claim_id), "next-billed"),
        Err(problem) => Err(Refusal::Conflict(problem?.1)),
    }
}

/// Nobody owes anything for the visit.
pub async fn dismiss(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<EncounterId>,
    Form(typed): Form<Typed>,
) -> Page {
    let actor = who.actor.clone();
    let done = desk
        .blocking(move |db, practice| {
            app::charge_capture::not_billable(db, &actor, practice, id, &typed.because)?;
            Ok(app::charge_capture::show_visit(db, &actor, practice, id)?.0.patient_id)
        })
        .await;
    after(done, id, "not-billed")
}

fn after(done: Result<billing::PatientId, Refusal>, visit: EncounterId, word: &str) -> Page {
    match done.map_err(Refusal::for_form) {
        Ok(patient) => go(&format!("/patients/{patient}?visit={visit}"), word),
        Err(problem) => Err(Refusal::Conflict(problem?.1)),
    }
}
