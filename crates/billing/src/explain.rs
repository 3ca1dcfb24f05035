//! Why is this owed? Every cent of a visit, from ledger postings and payers' decisions, in steps and plain sentences.
//!
//! The steps are a ledger: each changes what remains, and the last remainder is what payers and patient still owe.
//! The sentences say the same in words that may be read aloud. Neither can disagree with the books: both are folds
//! over the same postings. Never decides anything, never writes "you owe" for what a payer has still to decide.

mod english;
pub mod reason;
mod spanish;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::balance::{Movement, Source, Standing, standing};
use crate::{ChargeId, EncounterId, Money, PayerId};

pub use reason::{PatientShare, carc_of, denial_words};
use steps::{causes, is_transfer, steps};

/// The stored kind of the source of entries by which a difference leaves suspense.
pub const SUSPENSE: &str = "suspense";

/// A language that patients are written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// American English.
    #[default]
    English,
    /// Spanish as spoken in the United States.
    Spanish,
}

impl Language {
    /// Every language that has words.
    pub const ALL: [Language; 2] = [Language::English, Language::Spanish];

    /// The language of a BCP 47 tag, as a patient's record ("es") and a stored letter ("es-US") name it; English for one
    /// without words yet.
    pub fn of_tag(tag: &str) -> Language {
        let primary = tag.split('-').next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("es") { Language::Spanish } else { Language::English }
    }

    /// BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en-US",
            Language::Spanish => "es-US",
        }
    }
}

/// A charge as it is told: what was done and its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeFacts {
    /// The charge.
    pub charge_id: ChargeId,
    /// Procedure code with modifiers, as billed.
    pub code: String,
    /// Our own words for it; the code where there are none.
    pub words: String,
    /// What was charged.
    pub amount: Money,
}

/// A payer decided and left an amount unpaid without making it the patient's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// The charge; none where the payer spoke of the claim as a whole.
    pub charge_id: Option<ChargeId>,
    /// Who decided.
    pub payer_id: PayerId,
    /// When.
    pub on: Date,
    /// What was not paid.
    pub amount: Money,
    /// Group and reason: "CO-197".
    pub reason: String,
}

/// Everything that is known of one visit's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitFacts {
    /// The visit.
    pub encounter_id: EncounterId,
    /// When.
    pub date_of_service: Date,
    /// Its charges in order.
    pub charges: Vec<ChargeFacts>,
    /// Its postings in ledger order.
    pub movements: Vec<Movement>,
    /// What payers refused.
    pub denials: Vec<Denial>,
    /// Names of the payers.
    pub payers: BTreeMap<PayerId, String>,
    /// The payers that a claim of the visit was sent to; the others were never asked.
    pub asked: BTreeSet<PayerId>,
    /// The payers all of whose claims of the visit are closed: what such a one still owes (its claim was voided) no claim asks for.
    pub closed: BTreeSet<PayerId>,
    /// No claim was made and no coverage is known: what stands with the patient is asked of nobody yet.
    pub awaits_coverage: bool,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Charged.
    Charged,
    /// Above the payer's price: owed by nobody.
    AbovePlanPrice,
    /// The payer's price stands and it pays less of it, by law or agreement: owed by nobody.
    WithheldByPlan,
    /// Cash from a payer.
    PaidByPlan,
    /// A payer took cash back.
    TakenBackByPlan,
    /// The payer assigned it to the patient.
    MovedToPatient(PatientShare),
    /// It is due from the next payer.
    MovedToNextPlan,
    /// Before any decision: a plan is asked first, not who owed it until then.
    NowWithPlan,
    /// No plan is asked for it: it is the patient's.
    BilledToPatient,
    /// Cash from the patient's side.
    PaidByPatient,
    /// Cash went back to the patient's side.
    ReturnedToPatient,
    /// The patient's payment was taken off the charge and is kept for them.
    KeptForPatient,
    /// The patient's check or card payment came back unpaid.
    CameBackUnpaid,
    /// We stopped asking.
    WrittenOff,
    /// The payer gave a part back to what is owed: a decision taken back.
    DecisionTakenBack,
    /// The payer's amounts do not add up: the difference stands in suspense, or leaves it.
    SetApart,
}

impl StepKind {
    /// A move between owers: what remains stays the same.
    pub fn moves_only(self) -> bool {
        match self {
            StepKind::MovedToPatient(_)
            | StepKind::MovedToNextPlan
            | StepKind::NowWithPlan
            | StepKind::BilledToPatient => true,
            StepKind::Charged
            | StepKind::AbovePlanPrice
            | StepKind::WithheldByPlan
            | StepKind::PaidByPlan
            | StepKind::TakenBackByPlan
            | StepKind::PaidByPatient
            | StepKind::ReturnedToPatient
            | StepKind::KeptForPatient
            | StepKind::CameBackUnpaid
            | StepKind::WrittenOff
            | StepKind::DecisionTakenBack
            | StepKind::SetApart => false,
        }
    }
}

impl StepKind {
    /// Where a step stands within its decision: price, payment, then what remains and whose it is.
    fn place_in_decision(self) -> u8 {
        match self {
            StepKind::Charged => 0,
            StepKind::AbovePlanPrice | StepKind::DecisionTakenBack => 1,
            StepKind::WrittenOff => 2,
            StepKind::WithheldByPlan => 3,
            StepKind::PaidByPlan | StepKind::TakenBackByPlan => 4,
            StepKind::SetApart
            | StepKind::PaidByPatient
            | StepKind::ReturnedToPatient
            | StepKind::KeptForPatient
            | StepKind::CameBackUnpaid => 5,
            StepKind::MovedToNextPlan | StepKind::NowWithPlan => 6,
            StepKind::MovedToPatient(_) | StepKind::BilledToPatient => 7,
        }
    }
}

/// One line of "the numbers behind it".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What happened.
    pub kind: StepKind,
    /// When.
    pub on: Date,
    /// Who decided, where a payer did.
    pub payer_id: Option<PayerId>,
    /// The stored reason: "CO-45".
    pub reason: String,
    /// Change of what remains, negative lowers it; for a move the amount moved, positive towards patient or next payer.
    pub amount: Money,
    /// What payers and patient owe together after it.
    pub remains: Money,
    /// Where it is written: a remittance, a payment.
    pub source: Source,
}

/// One sentence as data; `words` says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "says")]
#[allow(missing_docs)] // the fields are what the variant's sentence names: an amount, a plan, a day
pub enum Sentence {
    /// What was charged and when.
    Charged { amount: Money, on: Date },
    /// A payer's price and payment. `allowed` = paid + withheld + what it assigned to the patient or the next payer.
    PlanDecided { plan: String, first: bool, allowed: Money, of: Money, paid: Money },
    /// Above the price: owed by nobody.
    NobodyOwes { amount: Money },
    /// Taken off a payer's own payment by law or agreement: owed by nobody.
    Withheld { plan: String, amount: Money },
    /// No amount of the payer's tells it, or, below zero, amounts tell it twice: it stands in suspense.
    SetApart { plan: String, amount: Money },
    /// Assigned to the patient.
    Share { share: PatientShare, amount: Money },
    /// Not paid and not the patient's: we work on it.
    Denied { plan: String, amount: Money, reason: String },
    /// Asked and not decided.
    WithPlan { plan: String, amount: Money },
    /// Owed by a payer that no claim was sent to.
    DueFromPlan { plan: String, amount: Money },
    /// Owed by a payer whose claim was voided: nobody is asked for it until it is billed anew.
    AskedOfNobody { plan: String, amount: Money },
    /// Nobody knows yet who pays: it is asked of nobody.
    AwaitsCoverage { amount: Money },
    /// A payer paid more than is left to owe.
    PlanOverpaid { plan: String, amount: Money },
    /// No payer involved: all of it is the patient's.
    NoPlan { amount: Money },
    /// Paid by the patient's side.
    PatientPaid { amount: Money },
    /// We stopped asking.
    WrittenOff { amount: Money },
    /// What the patient owes now; more than zero.
    PatientOwes { amount: Money },
    /// The patient owes nothing.
    NothingOwed,
    /// The patient's side paid too much.
    PatientOverpaid { amount: Money },
}

impl Sentence {
    /// The sentence in a language. Amounts are held to their words by no-break spaces.
    pub fn words(&self, language: Language) -> String {
        match language {
            Language::English => english::words(self),
            Language::Spanish => spanish::words(self),
        }
    }
}

/// One charge with its own standing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeExplained {
    /// The charge.
    pub charge: ChargeFacts,
    /// Where its cents stand.
    pub standing: Standing,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A visit explained to the cent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The visit.
    pub encounter_id: EncounterId,
    /// When.
    pub date_of_service: Date,
    /// Where its cents stand.
    pub standing: Standing,
    /// Its steps over all charges.
    pub steps: Vec<Step>,
    /// Charge by charge, to the same total.
    pub charges: Vec<ChargeExplained>,
    /// The same in words.
    pub sentences: Vec<Sentence>,
}

impl Explanation {
    /// All sentences in a language, each ending with a full stop.
    pub fn say(&self, language: Language) -> Vec<String> {
        self.sentences.iter().map(|sentence| sentence.words(language)).collect()
    }
}

/// The words of one step for a table row.
pub fn step_words(step: &Step, plan: Option<&str>, language: Language) -> String {
    match language {
        Language::English => english::step(step, plan),
        Language::Spanish => spanish::step(step, plan),
    }
}

/// A day as a patient reads it: "August 27, 2026", held together by no-break spaces where a line must not break.
pub fn day_words(on: Date, language: Language) -> String {
    match language {
        Language::English => english::day(on),
        Language::Spanish => spanish::day(on),
    }
}

/// An amount as it is said to a patient, in this country the same in both languages: "$1,234.56".
pub fn dollar_words(amount: Money, language: Language) -> String {
    match language {
        Language::English | Language::Spanish => english::dollars(amount),
    }
}

/// Explains a visit.
pub fn explain(facts: &VisitFacts) -> Explanation {
    let told = steps(&facts.movements);
    let charges = facts
        .charges
        .iter()
        .map(|charge| {
            let own: Vec<Movement> =
                facts.movements.iter().filter(|movement| movement.charge_id == charge.charge_id).cloned().collect();
            ChargeExplained { charge: charge.clone(), standing: standing(&own), steps: steps(&own) }
        })
        .collect();
    let standing = standing(&facts.movements);
    let sentences = sentences(facts, &standing, &told);
    Explanation {
        encounter_id: facts.encounter_id,
        date_of_service: facts.date_of_service,
        standing,
        steps: told,
        charges,
        sentences,
    }
}

/// One payer's part in a visit.
#[derive(Default)]
struct PlanPart {
    paid: Money,
    withheld: Money,
    set_apart: Money,
    to_patient: Money,
    to_next: Money,
    open: Money,
    decided: bool,
}

fn plan_parts(facts: &VisitFacts) -> Vec<(PayerId, PlanPart)> {
    let mut order: Vec<PayerId> = Vec::new();
    let mut parts: BTreeMap<PayerId, PlanPart> = BTreeMap::new();
    for (_, source, reason, effect) in causes(&facts.movements) {
        let set_apart = effect.in_suspense(&reason);
        let cash = if effect.cash_is_patients(&source) { Money::ZERO } else { effect.cash() - set_apart };
        let only_moves = effect.charged.is_zero() && effect.adjusted.is_zero() && effect.written_off.is_zero();
        let giver = effect.payers.iter().find(|(_, amount)| amount.is_negative()).map(|(payer, _)| *payer);
        let is_transfer = is_transfer(&source, &reason);
        for (payer, amount) in &effect.payers {
            if !order.contains(payer) {
                order.push(*payer);
            }
            let part = parts.entry(*payer).or_default();
            part.open += *amount;
            if is_transfer {
                continue;
            }
            let acts = effect.payers.len() == 1 || giver == Some(*payer);
            if !acts || !effect.charged.is_zero() {
                continue;
            }
            part.decided = true;
            part.paid += cash;
            part.set_apart += set_apart;
            if reason::is_withheld(&reason) {
                part.withheld += effect.adjusted;
            }
            if only_moves && effect.cash().is_zero() {
                part.to_patient += effect.patient;
                let others: Money =
                    effect.payers.iter().filter(|(other, _)| *other != payer).map(|(_, amount)| *amount).sum();
                part.to_next += others;
            }
        }
    }
    for denial in &facts.denials {
        if let Some(part) = parts.get_mut(&denial.payer_id) {
            part.decided = true;
        }
    }
    // Who only held it for a while and neither decided nor owes has no part in the story.
    let told = |part: &PlanPart| part.decided || !part.open.is_zero();
    order
        .into_iter()
        .filter_map(|payer| parts.remove(&payer).map(|part| (payer, part)))
        .filter(|(_, part)| told(part))
        .collect()
}

fn sentences(facts: &VisitFacts, standing: &Standing, steps: &[Step]) -> Vec<Sentence> {
    let mut said = vec![Sentence::Charged { amount: standing.charged, on: facts.date_of_service }];
    let plan = |payer: &PayerId| facts.payers.get(payer).cloned().unwrap_or_default();
    let parts = plan_parts(facts);
    for (index, (payer, part)) in parts.iter().filter(|(_, part)| part.decided).enumerate() {
        said.push(Sentence::PlanDecided {
            plan: plan(payer),
            first: index == 0,
            allowed: part.paid + part.withheld + part.to_patient + part.to_next,
            of: standing.charged,
            paid: part.paid,
        });
    }
    let withheld: Money = parts.iter().map(|(_, part)| part.withheld).sum();
    if standing.adjusted != withheld {
        said.push(Sentence::NobodyOwes { amount: standing.adjusted - withheld });
    }
    said.extend(
        parts
            .iter()
            .filter(|(_, part)| !part.withheld.is_zero())
            .map(|(payer, part)| Sentence::Withheld { plan: plan(payer), amount: part.withheld }),
    );
    said.extend(
        parts
            .iter()
            .filter(|(_, part)| !part.set_apart.is_zero())
            .map(|(payer, part)| Sentence::SetApart { plan: plan(payer), amount: part.set_apart }),
    );
    let mut shares: BTreeMap<PatientShare, Money> = BTreeMap::new();
    for step in steps {
        if let StepKind::MovedToPatient(share) = step.kind {
            *shares.entry(share).or_default() += step.amount;
        }
    }
    said.extend(
        shares
            .into_iter()
            .filter(|(_, amount)| amount.is_positive())
            .map(|(share, amount)| Sentence::Share { share, amount }),
    );
    if parts.is_empty() && !standing.charged.is_zero() && !facts.awaits_coverage {
        said.push(Sentence::NoPlan { amount: standing.charged });
    }
    said.extend(open_with_plans(facts, &parts, plan));
    if !standing.paid_by_patient.is_zero() {
        said.push(Sentence::PatientPaid { amount: standing.paid_by_patient });
    }
    if !standing.written_off.is_zero() {
        said.push(Sentence::WrittenOff { amount: standing.written_off });
    }
    said.push(match standing.patient_owes {
        owes if owes.is_positive() && facts.awaits_coverage => Sentence::AwaitsCoverage { amount: owes },
        owes if owes.is_positive() => Sentence::PatientOwes { amount: owes },
        owes if owes.is_negative() => Sentence::PatientOverpaid { amount: owes.abs() },
        _ => Sentence::NothingOwed,
    });
    said
}

/// What payers still owe: denied and worked on, or not decided. Denials never count for more than is open.
fn open_with_plans(
    facts: &VisitFacts,
    parts: &[(PayerId, PlanPart)],
    plan: impl Fn(&PayerId) -> String,
) -> Vec<Sentence> {
    let mut said = Vec::new();
    for (payer, part) in parts {
        if part.open.is_negative() {
            said.push(Sentence::PlanOverpaid { plan: plan(payer), amount: part.open.abs() });
            continue;
        }
        let mut open = part.open;
        for denial in facts.denials.iter().filter(|denial| denial.payer_id == *payer) {
            let amount = denial.amount.min(open);
            if amount.is_positive() {
                said.push(Sentence::Denied { plan: plan(payer), amount, reason: denial.reason.clone() });
                open -= amount;
            }
        }
        if open.is_positive() && facts.closed.contains(payer) {
            said.push(Sentence::AskedOfNobody { plan: plan(payer), amount: open });
        } else if open.is_positive() && facts.asked.contains(payer) {
            said.push(Sentence::WithPlan { plan: plan(payer), amount: open });
        } else if open.is_positive() {
            said.push(Sentence::DueFromPlan { plan: plan(payer), amount: open });
        }
    }
    said
}

#[cfg(test)]
mod tests;
