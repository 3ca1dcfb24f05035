//! What the simulator decided, for comparison with a practice's ledger to the cent. Read only: truth follows from what was sent.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::decision::{ClaimDecision, DecisionKind, Meaning};
use crate::payment::ProviderAdjustment;
use crate::state::{Standing, State};

/// Everything decided, by payer and control number, and every payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// Claims in order of payer id and control number.
    pub claims: Vec<ClaimTruth>,
    /// Payments in the order they were made.
    pub payments: Vec<PaymentTruth>,
}

/// One control number at one payer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimTruth {
    /// NM109 of 2010BB.
    pub payer_id: String,
    /// CLM01.
    pub control_number: String,
    /// What was told in remittances, in order; each is final once told.
    pub told: Vec<DecisionTruth>,
    /// Where its last version stands; None if every try was rejected.
    pub standing: Option<Standing>,
    /// STC01 of each rejection, in order.
    pub rejections: Vec<String>,
    /// A claim of another practice, paid here by mistake: its money belongs to nobody here.
    pub misdirected: bool,
}

/// One CLP that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionTruth {
    /// How many times the payer had accepted the control number.
    pub version: u32,
    /// First decision, reversal or correction.
    pub kind: DecisionKind,
    /// CLP07.
    pub payer_claim_number: String,
    /// TRN02 of the payment.
    pub trace: String,
    /// Its date.
    pub paid_on: Date,
    /// CLP03.
    pub charge_cents: i64,
    /// CLP04.
    pub paid_cents: i64,
    /// Σ by group and reason, such as `CO-45`.
    pub adjustments: BTreeMap<String, i64>,
    /// Group and reason of what an earlier payer has dealt with.
    #[serde(default)]
    pub prior_payer: BTreeMap<String, i64>,
    /// Σ by group and reason of what was refused: part of `adjustments`.
    pub denied: BTreeMap<String, i64>,
    /// Σ of what nobody owes.
    pub contractual_cents: i64,
    /// Σ of what was refused and stays owed by the payer.
    pub denied_cents: i64,
    /// Σ of what an earlier payer dealt with.
    pub prior_payer_cents: i64,
    /// Σ by PR reason, such as `3`.
    pub patient_cents: BTreeMap<String, i64>,
}

/// One payment that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentTruth {
    /// The payer.
    pub payer_id: String,
    /// TRN02.
    pub trace: String,
    /// BPR16.
    pub on: Date,
    /// BPR02.
    pub paid_cents: i64,
    /// PLB amounts.
    pub provider_adjustments: Vec<ProviderAdjustment>,
    /// CLP segments in it.
    pub claims: usize,
    /// The payee's NPI.
    pub payee_npi: String,
}

/// What all the decisions told about one claim come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Σ CLP04.
    pub paid_cents: i64,
    /// Σ of what nobody owes.
    pub contractual_cents: i64,
    /// Σ of the patient's share.
    pub patient_cents: i64,
    /// Σ of what was refused.
    pub denied_cents: i64,
    /// Σ of what an earlier payer dealt with.
    pub prior_payer_cents: i64,
}

impl ClaimTruth {
    /// What was settled, by reason: `paid`, and group and reason of everything that was neither refused nor an earlier payer's. Reasons that cancel are left out.
    pub fn settled(&self) -> BTreeMap<String, i64> {
        let mut settled = BTreeMap::new();
        for told in &self.told {
            *settled.entry("paid".to_owned()).or_insert(0) += told.paid_cents;
            for (reason, cents) in &told.adjustments {
                *settled.entry(reason.clone()).or_insert(0) += cents
                    - told.denied.get(reason).copied().unwrap_or(0)
                    - told.prior_payer.get(reason).copied().unwrap_or(0);
            }
        }
        settled.retain(|_, cents| *cents != 0);
        settled
    }

    /// The sum of everything told: where decisions were taken back, they cancel.
    pub fn sum(&self) -> Told {
        self.told.iter().fold(Told::default(), |sum, told| Told {
            paid_cents: sum.paid_cents + told.paid_cents,
            contractual_cents: sum.contractual_cents + told.contractual_cents,
            patient_cents: sum.patient_cents + told.patient_cents.values().sum::<i64>(),
            denied_cents: sum.denied_cents + told.denied_cents,
            prior_payer_cents: sum.prior_payer_cents + told.prior_payer_cents,
        })
    }
}

fn told(decision: &ClaimDecision, trace: &str, paid_on: Date) -> DecisionTruth {
    let mut adjustments = BTreeMap::new();
    let mut patient_cents = BTreeMap::new();
    let mut denied = BTreeMap::new();
    let mut prior_payer = BTreeMap::new();
    for adjustment in decision.lines.iter().flat_map(|line| &line.adjustments) {
        *adjustments.entry(format!("{}-{}", adjustment.group, adjustment.carc)).or_insert(0) += adjustment.cents;
        if adjustment.meaning == Meaning::Denied {
            *denied.entry(format!("{}-{}", adjustment.group, adjustment.carc)).or_insert(0) += adjustment.cents;
        }
        if adjustment.meaning == Meaning::PriorPayer {
            *prior_payer.entry(format!("{}-{}", adjustment.group, adjustment.carc)).or_insert(0) += adjustment.cents;
        }
        if adjustment.meaning == Meaning::PatientShare {
            *patient_cents.entry(adjustment.carc.clone()).or_insert(0) += adjustment.cents;
        }
    }
    DecisionTruth {
        version: decision.version,
        kind: decision.kind,
        payer_claim_number: decision.payer_claim_number.clone(),
        trace: trace.to_owned(),
        paid_on,
        charge_cents: decision.charge_cents(),
        paid_cents: decision.paid_cents(),
        adjustments,
        denied,
        prior_payer,
        contractual_cents: decision.cents_of(Meaning::Contractual),
        denied_cents: decision.cents_of(Meaning::Denied),
        prior_payer_cents: decision.cents_of(Meaning::PriorPayer),
        patient_cents,
    }
}

/// Gathers the truth from what the simulator remembers.
pub fn gather(state: &State) -> Truth {
    let mut claims: BTreeMap<(String, String), ClaimTruth> = BTreeMap::new();
    let mut entry = |payer_id: &str, control_number: &str, change: &mut dyn FnMut(&mut ClaimTruth)| {
        let claim = claims.entry((payer_id.to_owned(), control_number.to_owned())).or_insert_with(|| ClaimTruth {
            payer_id: payer_id.to_owned(),
            control_number: control_number.to_owned(),
            told: Vec::new(),
            standing: None,
            rejections: Vec::new(),
            misdirected: state.misdirected.contains(control_number),
        });
        change(claim);
    };
    for (payer_id, book) in &state.books {
        for (control_number, numbers) in &book.numbers {
            let standing = numbers.last().and_then(|number| book.claims.get(number)).map(|record| record.standing);
            entry(payer_id, control_number, &mut |claim| claim.standing = standing);
        }
    }
    for rejection in &state.rejections {
        entry(&rejection.payer_id, &rejection.control_number, &mut |claim| {
            claim.rejections.push(rejection.status.clone())
        });
    }
    let mut payments = Vec::new();
    for paid in &state.payments {
        let payment = &paid.payment;
        for decision in &payment.claims {
            entry(&paid.payer_id, &decision.control_number, &mut |claim| {
                claim.told.push(told(decision, &payment.trace, payment.on));
            });
        }
        payments.push(PaymentTruth {
            payer_id: paid.payer_id.clone(),
            trace: payment.trace.clone(),
            on: payment.on,
            paid_cents: payment.paid_cents,
            provider_adjustments: payment.provider_adjustments.clone(),
            claims: payment.claims.len(),
            payee_npi: payment.payee.npi.clone(),
        });
    }
    Truth { claims: claims.into_values().collect(), payments }
}
