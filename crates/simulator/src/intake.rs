//! What happens to claims between the 999 and adjudication: the clearinghouse looks for the payer, the payer looks at its roster.
//! Decides acceptance and rejection and what the 277CAs will say; never decides money.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::behaviour::{PayerBehaviour, RejectionHabit, RejectionTrigger};
use crate::chance::Chance;
use crate::message::{CLEARINGHOUSE_ID, CLEARINGHOUSE_NAME};
use crate::read_837;
use crate::segments::TransactionSet;
use crate::simulator::claim_number;
use crate::state::{Rejection, State};
use crate::submitted::{Frequency, SubmittedClaim};
use crate::write_277ca::{BatchReport, ClaimReport};

/// Claim status 116: sent to the wrong payer.
const WRONG_PAYER: (&str, &str, &str) = ("A3", "116", "PR");

/// A claim that goes on to adjudication, or vanishes on the way.
#[derive(Debug, Clone)]
pub struct TakenIn {
    /// The payer.
    pub payer_id: String,
    /// The claim.
    pub claim: SubmittedClaim,
    /// The number the payer gave it.
    pub payer_claim_number: String,
    /// Whether the payer loses it: no report, no decision.
    pub lost: bool,
}

/// The claims of a set, sorted.
#[derive(Debug, Clone, Default)]
pub struct Sorted {
    /// All claims, for their billing providers.
    pub claims: Vec<SubmittedClaim>,
    /// The clearinghouse's own reports.
    pub clearinghouse: Vec<BatchReport>,
    /// The payers' reports, by payer id.
    pub payers: BTreeMap<String, BatchReport>,
    /// What goes on.
    pub taken: Vec<TakenIn>,
}

/// Sorts the claims of an accepted 837 set.
pub fn sort(set: &TransactionSet, payers: &[PayerBehaviour], chance: &Chance, state: &mut State, on: Date) -> Sorted {
    let mut sorted = Sorted::default();
    let batch = Batch { reference: read_837::batch_reference(set), submitter: read_837::submitter(set), on };
    let mut front = Vec::new();
    for claim in read_837::claims(set) {
        sorted.claims.push(claim.clone());
        let Some(payer) = payers.iter().find(|payer| payer.id == claim.payer_id) else {
            reject(state, &claim, &WRONG_PAYER, on);
            front.push(report_of(&claim, WRONG_PAYER, None));
            continue;
        };
        if payer.quirks.clearinghouse_report {
            front.push(report_of(&claim, ("A0", "16", "PR"), None));
        }
        let tries =
            state.books.entry(payer.id.clone()).or_default().tries.entry(claim.control_number.clone()).or_insert(0);
        *tries += 1;
        let attempt = *tries;
        if chance.hits(payer.quirks.loses_claim_bp, &["lost", &payer.id, &claim.control_number, &attempt.to_string()]) {
            let payer_claim_number =
                claim_number(chance, payer, state.books.get(&payer.id), &claim.control_number, "lost");
            sorted.taken.push(TakenIn { payer_id: payer.id.clone(), claim, payer_claim_number, lost: true });
            continue;
        }
        let report =
            sorted.payers.entry(payer.id.clone()).or_insert_with(|| batch.report("PR", &payer.name, &payer.id));
        match rejection(payer, &claim, chance, state, attempt) {
            Some(habit) => {
                let status = (habit.category.as_str(), habit.status.as_str(), habit.entity.as_str());
                reject(state, &claim, &status, on);
                report.claims.push(report_of(&claim, status, None));
            }
            None => {
                let payer_claim_number =
                    claim_number(chance, payer, state.books.get(&payer.id), &claim.control_number, "taken");
                report.claims.push(report_of(&claim, ("A2", "20", "PR"), Some(payer_claim_number.clone())));
                sorted.taken.push(TakenIn { payer_id: payer.id.clone(), claim, payer_claim_number, lost: false });
            }
        }
    }
    if !front.is_empty() {
        let mut report = batch.report("AY", CLEARINGHOUSE_NAME, CLEARINGHOUSE_ID);
        report.claims = front;
        sorted.clearinghouse.push(report);
    }
    sorted
}

struct Batch {
    reference: String,
    submitter: (String, String),
    on: Date,
}

impl Batch {
    fn report(&self, entity: &str, name: &str, id: &str) -> BatchReport {
        BatchReport {
            speaker_entity: entity.to_owned(),
            speaker_name: name.to_owned(),
            speaker_id: id.to_owned(),
            submitter: self.submitter.clone(),
            batch_reference: self.reference.clone(),
            received_on: self.on,
            claims: Vec::new(),
        }
    }
}

fn report_of(claim: &SubmittedClaim, status: (&str, &str, &str), payer_claim_number: Option<String>) -> ClaimReport {
    ClaimReport {
        control_number: claim.control_number.clone(),
        patient: claim.patient.clone(),
        member_id: claim.member_id.clone(),
        billing: claim.billing.clone(),
        charge_cents: claim.charge_cents,
        dates: claim.first_date().zip(claim.last_date()),
        category: status.0.to_owned(),
        status: status.1.to_owned(),
        entity: status.2.to_owned(),
        payer_claim_number,
    }
}

fn reject(state: &mut State, claim: &SubmittedClaim, status: &(&str, &str, &str), on: Date) {
    let joined = [status.0, status.1, status.2].join(":");
    state.rejections.push(Rejection {
        control_number: claim.control_number.clone(),
        payer_id: claim.payer_id.clone(),
        status: joined.trim_end_matches(':').to_owned(),
        on,
    });
}

/// The first rejection habit that applies.
fn rejection<'p>(
    payer: &'p PayerBehaviour,
    claim: &SubmittedClaim,
    chance: &Chance,
    state: &State,
    attempt: u32,
) -> Option<&'p RejectionHabit> {
    let members = state.members(&payer.id, &claim.member_id);
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    payer.rejection.iter().enumerate().find_map(|(number, habit)| {
        let applies = match habit.when {
            RejectionTrigger::Chance => true,
            // A payer whose enrollment file is empty takes members at their word; so does one for people it never heard of
            // under a well-formed id, which is how claims of an imported practice get through.
            RejectionTrigger::MemberId => !payer.is_member_id(&claim.member_id),
            RejectionTrigger::BirthDate => {
                !members.is_empty()
                    && claim
                        .patient_birth_date
                        .is_some_and(|born| members.iter().all(|member| member.birth_date != born))
            }
            RejectionTrigger::LastName => {
                !members.is_empty()
                    && members.iter().all(|member| {
                        !same(&member.last, &claim.subscriber.last) && !same(&member.last, &claim.patient.last)
                    })
            }
            RejectionTrigger::OriginalUnknown => {
                claim.frequency != Frequency::Original && !knows_original(payer, claim, state)
            }
            RejectionTrigger::Diagnosis => !diagnoses_are_billable(claim),
            RejectionTrigger::BillingZip => claim.billing.zip.len() < 9,
        };
        let name = ["rejection", &payer.id, &claim.control_number, &attempt.to_string(), &number.to_string()];
        (applies && chance.hits(habit.chance_bp, &name)).then_some(habit)
    })
}

fn diagnoses_are_billable(claim: &SubmittedClaim) -> bool {
    let Some(served) = claim.first_date() else { return true };
    claim.diagnoses.iter().all(|code| codes::icd10cm::lookup(code, served).is_some_and(|found| found.billable))
}

fn knows_original(payer: &PayerBehaviour, claim: &SubmittedClaim, state: &State) -> bool {
    let known = |number: &String| state.books.get(&payer.id).is_some_and(|book| book.claims.contains_key(number));
    claim.original_number.as_ref().is_some_and(known)
}
