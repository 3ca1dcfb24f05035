//! What the payer decided about a claim, line by line, balanced by construction: charge − adjustments = paid.
//! Never X12: the writers of the 835 and the 277 turn these facts into segments.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::submitted::{BillingProvider, PersonName};

/// Why money was not paid, so that the truth can be compared with a ledger without knowing its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Meaning {
    /// The contract's price is lower than the charge; nobody owes it.
    Contractual,
    /// The patient or the next payer owes it.
    PatientShare,
    /// Refused: the practice may fight for it.
    Denied,
    /// An earlier payer has dealt with it.
    PriorPayer,
}

/// One CAS amount. Positive lowers the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// CO, PR, OA or PI.
    pub group: String,
    /// Claim adjustment reason code.
    pub carc: String,
    /// The amount.
    pub cents: i64,
    /// What the payer means by it.
    pub meaning: Meaning,
}

/// The decision about one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDecision {
    /// SV101-1 as submitted.
    pub qualifier: String,
    /// The procedure.
    pub procedure: String,
    /// Its modifiers.
    pub modifiers: Vec<String>,
    /// Units of service.
    pub units: i64,
    /// Date of service.
    pub date: Option<Date>,
    /// The practice's line number, given back as REF 6R.
    pub line_control_number: Option<String>,
    /// As charged.
    pub charge_cents: i64,
    /// What the plan recognises (AMT B6); 0 for a refused line.
    pub allowed_cents: i64,
    /// What is paid.
    pub paid_cents: i64,
    /// Why the rest is not.
    pub adjustments: Vec<Adjustment>,
    /// Remark codes.
    pub remarks: Vec<String>,
}

/// Which of a claim's decisions this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecisionKind {
    /// The first.
    Original,
    /// The first one taken back: every amount turned round (CLP02 = 22).
    Reversal,
    /// What replaces it.
    Correction,
}

/// The decision about one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDecision {
    /// CLP01.
    pub control_number: String,
    /// How many times the payer has accepted this control number: 1 for the first.
    pub version: u32,
    /// First decision, reversal or correction.
    pub kind: DecisionKind,
    /// CLP07.
    pub payer_claim_number: String,
    /// CLP02.
    pub status: String,
    /// CLP08.
    pub place_of_service: String,
    /// CLM05-3 as submitted, CLP09.
    pub frequency: String,
    /// The member's id, for NM1*QC.
    pub member_id: String,
    /// The patient.
    pub patient: PersonName,
    /// The subscriber, if another person.
    pub subscriber: Option<PersonName>,
    /// Who is paid.
    pub billing: BillingProvider,
    /// Who did it.
    pub rendering_npi: String,
    /// When the claim reached the payer.
    pub received_on: Date,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// The lines.
    pub lines: Vec<LineDecision>,
}

impl LineDecision {
    /// Σ of the adjustments with this meaning.
    pub fn cents_of(&self, meaning: Meaning) -> i64 {
        self.adjustments.iter().filter(|a| a.meaning == meaning).map(|a| a.cents).sum()
    }

    /// charge − Σ adjustments = paid, and no adjustment of zero.
    pub fn balances(&self) -> bool {
        self.charge_cents - self.adjustments.iter().map(|a| a.cents).sum::<i64>() == self.paid_cents
            && self.adjustments.iter().all(|a| a.cents != 0)
    }
}

impl ClaimDecision {
    /// CLP03.
    pub fn charge_cents(&self) -> i64 {
        self.lines.iter().map(|line| line.charge_cents).sum()
    }

    /// CLP04.
    pub fn paid_cents(&self) -> i64 {
        self.lines.iter().map(|line| line.paid_cents).sum()
    }

    /// Σ of the adjustments with this meaning over all lines.
    pub fn cents_of(&self, meaning: Meaning) -> i64 {
        self.lines.iter().map(|line| line.cents_of(meaning)).sum()
    }

    /// CLP05: Σ of group PR.
    pub fn patient_cents(&self) -> i64 {
        self.lines.iter().flat_map(|line| &line.adjustments).filter(|a| a.group == "PR").map(|a| a.cents).sum()
    }

    /// Whether nothing was recognised at all.
    pub fn is_denied_in_full(&self) -> bool {
        self.lines.iter().all(|line| line.allowed_cents == 0 && line.paid_cents == 0)
    }

    /// This decision taken back: every amount turned round, the groups and reasons kept (X12 RFI 1147, 429).
    pub fn reversed(&self, at: Timestamp) -> Self {
        let mut back = self.clone();
        back.kind = DecisionKind::Reversal;
        back.status = "22".into();
        back.decided_at = at;
        for line in &mut back.lines {
            line.charge_cents = -line.charge_cents;
            line.paid_cents = -line.paid_cents;
            line.allowed_cents = -line.allowed_cents;
            line.remarks.clear();
            for adjustment in &mut line.adjustments {
                adjustment.cents = -adjustment.cents;
            }
        }
        back
    }
}
