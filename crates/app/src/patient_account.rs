//! What a patient owes and why: the account page of every tier, from the books and the payers' decisions.
//!
//! Reads only. Every figure is a fold over ledger postings; every sentence comes from `billing::explain`. What a payer
//! has still to decide is never shown as owed.

mod facts;

use billing::access::{Action, Actor, ResourceState};
use billing::balance::Standing;
use billing::claim::ClaimStatus;
use billing::explain::{Explanation, Language, StepKind, explain, step_words};
use billing::patient::{Guarantor, Patient};
use billing::person::{Address, Contact, PersonName};
use billing::statement::{Candidate, NotDue, due};
use billing::{
    ClaimId, EncounterId, Money, PatientId, PatientPaymentId, PayerId, PracticeId, ProviderId, RemittanceId,
    StatementId,
};
use jiff::civil::Date;
use store::patient_statement::StatementHoldRow;
use store::{Conn, Db};

use crate::Error;
use crate::access::allow;

use facts::Loaded;

/// A patient's account as every tier sees it.
#[derive(Debug, Clone)]
pub struct PatientAccount {
    /// Who got care; masked where the viewer may see money but not people.
    pub patient: Patient,
    /// Who pays the patient's share.
    pub guarantor: Guarantor,
    /// Names and birth date are left out.
    pub masked: bool,
    /// What the patient owes now, on visits every payer has decided.
    pub owes_now: Money,
    /// How many visits that is.
    pub visits_owed: usize,
    /// The patient's part of visits where a payer has still to decide: not asked for.
    pub waiting_for_payer: Money,
    /// With payers: undecided, or refused and worked on. May not be billed.
    pub with_payers: Money,
    /// The patient's money that pays for nothing yet.
    pub unapplied: Money,
    /// What we owe the patient: credit balances and refunds under way.
    pub we_owe: Money,
    /// Visits, newest first.
    pub visits: Vec<VisitAccount>,
    /// Payments, newest first.
    pub payments: Vec<PaymentLine>,
    /// Statements, newest first.
    pub statements: Vec<StatementLine>,
    /// When the patient died: only the estate is asked then.
    pub died_on: Option<Date>,
    /// Why no statements go out, where somebody set a hold.
    pub statement_hold: Option<String>,
    /// The hold that a person set and may lift.
    pub held_by_hand: Option<StatementHoldRow>,
    /// Whether a statement is due today, or why not.
    pub statement_due: Result<(), NotDue>,
}

impl PatientAccount {
    /// The language of the patient's letters.
    pub fn language(&self) -> Language {
        Language::of_tag(&self.patient.language)
    }
}

/// One visit of an account.
#[derive(Debug, Clone)]
pub struct VisitAccount {
    /// The visit.
    pub encounter_id: EncounterId,
    /// When.
    pub date_of_service: Date,
    /// Who gave the care.
    pub rendering_id: ProviderId,
    /// Every payer asked has decided, and it is known who is to be asked.
    pub decided: bool,
    /// Something of it is asked of nobody: no coverage is known, or no claim asks a payer that owes it. It may be billed
    /// to the patient.
    pub may_bill_patient: bool,
    /// It is no visit: it stands for the fee of a returned check.
    pub is_fee: bool,
    /// Whether the patient was billed for it without any claim: a plan found later may still be.
    pub may_bill_plan: bool,
    /// Whether a payer owes something that an earlier one left and no claim asks it for.
    pub may_bill_next: bool,
    /// No payer has it or decided it, so it may still turn out not to be billed.
    pub may_dismiss: bool,
    /// Where its cents stand.
    pub standing: Standing,
    /// Words that may be read aloud, a sentence each.
    pub say: Vec<String>,
    /// The same in the language of the patient's letters.
    pub say_in_letters: Vec<String>,
    /// The numbers behind it, to the same total.
    pub rows: Vec<AccountRow>,
    /// Its claims.
    pub claims: Vec<ClaimLine>,
    /// Everything about it, charge by charge.
    pub explanation: Explanation,
}

/// One of "the numbers behind it".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// What happened.
    pub kind: StepKind,
    /// The words.
    pub words: String,
    /// The same in the language of the patient's letters.
    pub words_in_letters: String,
    /// When.
    pub on: Date,
    /// Who decided, with the reason code where a payer did.
    pub decided_by: String,
    /// Where it is written.
    pub written_in: Option<WrittenIn>,
    /// Change of what remains; for a move the amount moved.
    pub amount: Money,
    /// What remains after it; none for a move, which changes nothing.
    pub remains: Option<Money>,
}

/// The record a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenIn {
    /// A remittance of a payer.
    Remittance(RemittanceId),
    /// A payment of the patient.
    Payment(PatientPaymentId),
}

/// A claim of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimLine {
    /// The claim.
    pub id: ClaimId,
    /// Our number.
    pub control_number: String,
    /// Who is asked.
    pub payer_id: PayerId,
    /// The payer's name.
    pub payer_name: String,
    /// Where it is.
    pub status: ClaimStatus,
    /// What was charged.
    pub total: Money,
    /// When somebody looks again.
    pub follow_up_on: Option<Date>,
}

/// A payment of the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLine {
    /// The payment.
    pub id: PatientPaymentId,
    /// Its receipt.
    pub receipt_number: String,
    /// When.
    pub received_on: Date,
    /// "Check 1042".
    pub words: String,
    /// The same in the language of the patient's letters.
    pub words_in_letters: String,
    /// The same in Spanish.
    pub words_in_spanish: String,
    /// How much.
    pub amount: Money,
    /// Who took it.
    pub taken_by: String,
}

/// A statement of the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The statement.
    pub id: StatementId,
    /// Its number.
    pub number: String,
    /// When it was made.
    pub issued_on: Date,
    /// When it was to be paid.
    pub due_on: Date,
    /// What it asked for.
    pub amount_due: Money,
}

/// The account of a patient.
///
/// # Errors
/// `Denied` without the right to see patients; `NotFound` for a patient who is not this practice's.
pub fn account(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<PatientAccount, Error> {
    let allowed = allow(actor, Action::ViewPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut account = account_in(read, patient)?;
        read.saw("account", patient);
        if allowed.masked() {
            mask(&mut account);
        }
        Ok(account)
    })
}

/// The account inside an open transaction, for use cases that asked for their own right already.
pub(crate) fn account_in(conn: &Conn, patient: PatientId) -> Result<PatientAccount, Error> {
    let loaded = Loaded::load(conn, patient)?.ok_or(Error::NotFound("patient"))?;
    Ok(assemble(loaded, conn.today()))
}

fn assemble(loaded: Loaded, today: Date) -> PatientAccount {
    let visits: Vec<VisitAccount> = loaded.visits().into_iter().rev().map(|visit| visit.account(&loaded)).collect();
    let mut owes_now = Money::ZERO;
    let mut waiting_for_payer = Money::ZERO;
    let mut with_payers = Money::ZERO;
    for visit in &visits {
        with_payers += visit.standing.with_payers;
        if visit.decided {
            owes_now += visit.standing.patient_owes;
        } else {
            waiting_for_payer += visit.standing.patient_owes;
        }
    }
    let candidate = Candidate {
        patient_id: loaded.patient.id,
        owes: owes_now - loaded.unapplied,
        undecided: waiting_for_payer,
        died_on: loaded.died_on,
        hold: loaded.statement_hold.clone(),
        last_issued_on: loaded.statements.first().map(|statement| statement.issued_on),
    };
    PatientAccount {
        masked: false,
        owes_now,
        visits_owed: visits.iter().filter(|visit| visit.decided && visit.standing.patient_owes.is_positive()).count(),
        waiting_for_payer,
        with_payers,
        unapplied: loaded.unapplied,
        we_owe: loaded.we_owe,
        statement_due: due(&candidate, today),
        visits,
        payments: loaded.payments,
        statements: loaded.statements,
        died_on: loaded.died_on,
        statement_hold: loaded.statement_hold,
        held_by_hand: loaded.held_by_hand,
        patient: loaded.patient,
        guarantor: loaded.guarantor,
    }
}

impl facts::Visit {
    fn account(self, loaded: &Loaded) -> VisitAccount {
        let explanation = explain(&self.facts);
        let rows = explanation.steps.iter().map(|step| row(step, &self.facts.payers, loaded)).collect();
        let open = |claim: &ClaimLine| match claim.status {
            ClaimStatus::Draft
            | ClaimStatus::Held
            | ClaimStatus::Ready
            | ClaimStatus::Submitted
            | ClaimStatus::Accepted
            | ClaimStatus::Rejected => true,
            ClaimStatus::Adjudicated | ClaimStatus::Closed => false,
        };
        VisitAccount {
            encounter_id: self.facts.encounter_id,
            date_of_service: self.facts.date_of_service,
            rendering_id: self.rendering_id,
            decided: !self.facts.awaits_coverage && !self.claims.iter().any(open),
            may_bill_patient: self.facts.awaits_coverage || self.has_due_without_claim(),
            may_bill_next: !self.facts.awaits_coverage && self.has_due_without_claim(),
            is_fee: self.is_fee,
            may_bill_plan: !self.is_fee
                && !self.facts.awaits_coverage
                && self.claims.is_empty()
                && !explanation.standing.charged.is_zero(),
            may_dismiss: !self.is_fee && !explanation.standing.charged.is_zero() && self.claims.iter().all(is_at_home),
            standing: explanation.standing,
            say: explanation.say(Language::English),
            say_in_letters: explanation.say(loaded.language()),
            rows,
            claims: self.claims,
            explanation,
        }
    }
}

/// Whether no payer has a claim or decided it.
fn is_at_home(claim: &ClaimLine) -> bool {
    match claim.status {
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready | ClaimStatus::Rejected => true,
        ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => false,
    }
}

fn row(
    step: &billing::explain::Step,
    payers: &std::collections::BTreeMap<PayerId, String>,
    loaded: &Loaded,
) -> AccountRow {
    let payer = step.payer_id.and_then(|id| payers.get(&id)).map(String::as_str);
    let (written_in, document) = loaded.written_in(&step.source);
    let decided_by = match step.kind {
        StepKind::Charged => "Our fee schedule".to_owned(),
        StepKind::AbovePlanPrice
        | StepKind::WithheldByPlan
        | StepKind::MovedToPatient(_)
        | StepKind::MovedToNextPlan => {
            [payer.unwrap_or_default(), step.reason.as_str()].join(", ").trim_matches([',', ' ']).to_owned()
        }
        StepKind::NowWithPlan | StepKind::BilledToPatient => "Our front desk".to_owned(),
        StepKind::WrittenOff => step.reason.clone(),
        StepKind::PaidByPlan
        | StepKind::TakenBackByPlan
        | StepKind::DecisionTakenBack
        | StepKind::PaidByPatient
        | StepKind::KeptForPatient
        | StepKind::CameBackUnpaid
        | StepKind::ReturnedToPatient
        | StepKind::SetApart => document,
    };
    AccountRow {
        kind: step.kind,
        words: step_words(step, payer, Language::English),
        words_in_letters: step_words(step, payer, loaded.language()),
        on: step.on,
        decided_by,
        written_in,
        amount: step.amount,
        remains: (!step.kind.moves_only()).then_some(step.remains),
    }
}

/// Leaves the money and takes the people away, for who may reconcile but not look up patients.
fn mask(account: &mut PatientAccount) {
    account.masked = true;
    // A reason in a person's words may name people.
    account.statement_hold = account.statement_hold.take().map(|_| "ask the front desk".to_owned());
    account.held_by_hand = None;
    let hidden = || PersonName { last: "Hidden".to_owned(), ..PersonName::default() };
    account.patient.name = hidden();
    account.patient.address = Address::default();
    account.patient.contact = Contact::default();
    account.patient.birth_date = Date::ZERO.into();
    account.guarantor.name = hidden();
    account.guarantor.address = Address::default();
    account.guarantor.contact = Contact::default();
}
