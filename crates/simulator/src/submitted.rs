//! A claim as the payer sees it after reading an 837: plain owned facts. Never the practice's own types, so that a mistake there shows here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Why a claim was sent (CLM05-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frequency {
    /// 1: a first claim.
    Original,
    /// 7: replaces an adjudicated one.
    Replacement,
    /// 8: takes an adjudicated one back.
    Void,
}

/// A name as NM1 carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// Last name or organisation.
    pub last: String,
    /// First name; empty for an organisation.
    pub first: String,
    /// Middle name or initial.
    pub middle: String,
}

/// One professional claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedClaim {
    /// CLM01, the practice's number, echoed in CLP01.
    pub control_number: String,
    /// CLM05-3.
    pub frequency: Frequency,
    /// REF F8: the payer's number of the claim to replace or void.
    pub original_number: Option<String>,
    /// CLM02.
    pub charge_cents: i64,
    /// CLM05-1.
    pub place_of_service: String,
    /// REF G1.
    pub prior_authorization: Option<String>,
    /// NM109 of 2010BB.
    pub payer_id: String,
    /// NM103 of 2010BB.
    pub payer_name: String,
    /// SBR01: P, S or T.
    pub payer_sequence: String,
    /// NM109 of 2010BA.
    pub member_id: String,
    /// 2010BA.
    pub subscriber: PersonName,
    /// The person treated: the subscriber or, under a 2000C loop, a dependent.
    pub patient: PersonName,
    /// The patient's date of birth, if the claim carries it.
    pub patient_birth_date: Option<Date>,
    /// Whether the patient is the subscriber.
    pub patient_is_subscriber: bool,
    /// 2010AA.
    pub billing: BillingProvider,
    /// 2310B, else the billing provider.
    pub rendering_npi: String,
    /// Diagnosis codes, as sent, without a point.
    pub diagnoses: Vec<String>,
    /// 2400 loops in order.
    pub lines: Vec<SubmittedLine>,
    /// What payers before this one did (2320), in order.
    pub prior_payers: Vec<PriorPayer>,
}

/// Who asks to be paid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingProvider {
    /// NM103.
    pub name: String,
    /// NM109.
    pub npi: String,
    /// REF EI or SY.
    pub tax_id: String,
    /// N301.
    pub street: String,
    /// N401.
    pub city: String,
    /// N402.
    pub state: String,
    /// N403.
    pub zip: String,
}

/// One service line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedLine {
    /// SV101-1, normally HC.
    pub qualifier: String,
    /// SV101-2.
    pub procedure: String,
    /// SV101-3 to 6.
    pub modifiers: Vec<String>,
    /// SV102.
    pub charge_cents: i64,
    /// SV104, whole units; a fraction counts as the next whole unit.
    pub units: i64,
    /// DTP 472, its first day.
    pub date: Option<Date>,
    /// REF 6R.
    pub line_control_number: Option<String>,
    /// REF G1 of the line.
    pub prior_authorization: Option<String>,
    /// 2430 loops: what earlier payers paid and left to the patient on this line.
    pub prior: Vec<PriorLine>,
}

/// An earlier payer's decision on the claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorPayer {
    /// AMT D.
    pub paid_cents: i64,
    /// Claim-level CAS of 2320: group, reason, cents.
    pub adjustments: Vec<(String, String, i64)>,
}

/// An earlier payer's decision on a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorLine {
    /// SVD02.
    pub paid_cents: i64,
    /// CAS: group, reason, cents.
    pub adjustments: Vec<(String, String, i64)>,
}

impl SubmittedClaim {
    /// The first date of service of the claim.
    pub fn first_date(&self) -> Option<Date> {
        self.lines.iter().filter_map(|line| line.date).min()
    }

    /// The last date of service of the claim.
    pub fn last_date(&self) -> Option<Date> {
        self.lines.iter().filter_map(|line| line.date).max()
    }

    /// Whether another payer has decided before.
    pub fn is_secondary(&self) -> bool {
        self.payer_sequence != "P"
            && (!self.prior_payers.is_empty() || self.lines.iter().any(|line| !line.prior.is_empty()))
    }
}

impl SubmittedLine {
    /// What the last earlier payer left to the patient on this line, in cents.
    pub fn left_to_patient_cents(&self) -> Option<i64> {
        let last = self.prior.last()?;
        Some(last.adjustments.iter().filter(|(group, _, _)| group == "PR").map(|(_, _, cents)| cents).sum())
    }

    /// The line as the payer recognises it again: the mark of a duplicate.
    pub fn fingerprint(&self, member_id: &str, patient: &PersonName) -> String {
        let date = self.date.map(|d| d.to_string()).unwrap_or_default();
        format!(
            "{member_id}|{}|{date}|{}|{}|{}",
            patient.first,
            self.procedure,
            self.modifiers.join(":"),
            self.charge_cents
        )
    }
}
