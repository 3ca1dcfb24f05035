//! Writes claim acknowledgments (277CA, 005010X214): what becomes of each claim before adjudication. Never decides it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use x12::{Value, Writer};

use crate::cents::x12 as amount;
use crate::message::Group;
use crate::segments::d8;
use crate::submitted::{BillingProvider, PersonName};

/// The 277CA's group.
pub const GROUP: Group = Group { functional_id: "HN", version: "005010X214" };

/// One claim's fate before adjudication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimReport {
    /// CLM01.
    pub control_number: String,
    /// The patient.
    pub patient: PersonName,
    /// The member id, as sent.
    pub member_id: String,
    /// The billing provider, level 19.
    pub billing: BillingProvider,
    /// CLM02.
    pub charge_cents: i64,
    /// First and last date of service.
    pub dates: Option<(Date, Date)>,
    /// STC01-1, such as A2 or A7.
    pub category: String,
    /// STC01-2.
    pub status: String,
    /// STC01-3, or empty.
    pub entity: String,
    /// REF 1K: the payer's number, when it took the claim in.
    pub payer_claim_number: Option<String>,
}

impl ClaimReport {
    /// Whether the claim goes on: A0, A1 or A2.
    pub fn is_accepted(&self) -> bool {
        matches!(self.category.as_str(), "A0" | "A1" | "A2")
    }
}

/// What one speaker says of the claims of one batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchReport {
    /// PR for a payer, AY for the clearinghouse.
    pub speaker_entity: String,
    /// Who speaks.
    pub speaker_name: String,
    /// Its id.
    pub speaker_id: String,
    /// The submitter: name and id of loop 1000A.
    pub submitter: (String, String),
    /// BHT03 of the batch.
    pub batch_reference: String,
    /// When the batch came.
    pub received_on: Date,
    /// The claims.
    pub claims: Vec<ClaimReport>,
}

/// Writes one report as a transaction set into an open group.
pub fn write(writer: &mut Writer, report: &BatchReport, on: Date, clock: &str, control_number: u32) {
    writer.begin_set("277", Some(GROUP.version));
    let own_reference = format!("CA{control_number:09}");
    let (today, received) = (d8(on), d8(report.received_on));
    writer.segment("BHT", ["0085", "08", &own_reference, &today, clock, "TH"]);
    writer.segment("HL", ["1", "", "20", "1"]);
    writer.segment(
        "NM1",
        [&report.speaker_entity, "2", &report.speaker_name, "", "", "", "", id_qualifier(report), &report.speaker_id],
    );
    writer.segment("TRN", ["1", &own_reference]);
    writer.segment("DTP", ["050", "D8", &received]);
    writer.segment("DTP", ["009", "D8", &today]);
    batch_totals(writer, report, &today);
    let mut level = 2;
    let mut provider: Option<(&str, i32)> = None;
    for claim in &report.claims {
        let parent = match provider {
            Some((npi, level)) if npi == claim.billing.npi => level,
            _ => {
                level += 1;
                let number = level.to_string();
                writer.segment("HL", [number.as_str(), "2", "19", "1"]);
                writer.segment("NM1", ["85", "2", &claim.billing.name, "", "", "", "", "XX", &claim.billing.npi]);
                provider = Some((&claim.billing.npi, level));
                level
            }
        };
        level += 1;
        claim_status(writer, claim, level, parent, &today);
    }
    writer.end_set();
}

fn id_qualifier(report: &BatchReport) -> &str {
    if report.speaker_entity == "PR" { "PI" } else { "46" }
}

fn batch_totals(writer: &mut Writer, report: &BatchReport, today: &str) {
    let sum = |accepted: bool| {
        let some = report.claims.iter().filter(|claim| claim.is_accepted() == accepted);
        some.fold((0_usize, 0_i64), |(count, cents), claim| (count + 1, cents + claim.charge_cents))
    };
    let ((accepted, accepted_cents), (rejected, rejected_cents)) = (sum(true), sum(false));
    writer.segment("HL", ["2", "1", "21", "1"]);
    writer.segment("NM1", ["41", "2", &report.submitter.0, "", "", "", "", "46", &report.submitter.1]);
    writer.segment("TRN", ["2", &report.batch_reference]);
    let total = amount(accepted_cents + rejected_cents);
    let status = Value::composite(["A1", "19", &report.speaker_entity]);
    writer.segment("STC", [status, Value::from(today), Value::from("WQ"), Value::from(total)]);
    if accepted > 0 {
        writer.segment("QTY", ["90", &accepted.to_string()]);
    }
    if rejected > 0 {
        writer.segment("QTY", ["AA", &rejected.to_string()]);
    }
    if accepted > 0 {
        writer.segment("AMT", ["YU", &amount(accepted_cents)]);
    }
    if rejected > 0 {
        writer.segment("AMT", ["YY", &amount(rejected_cents)]);
    }
}

fn claim_status(writer: &mut Writer, claim: &ClaimReport, level: i32, parent: i32, today: &str) {
    writer.segment("HL", [level.to_string(), parent.to_string(), "PT".to_owned()]);
    writer.segment(
        "NM1",
        ["QC", "1", &claim.patient.last, &claim.patient.first, &claim.patient.middle, "", "", "MI", &claim.member_id],
    );
    writer.segment("TRN", ["2", &claim.control_number]);
    let action = if claim.is_accepted() { "WQ" } else { "U" };
    let status = Value::composite([claim.category.as_str(), &claim.status, &claim.entity]);
    writer.segment("STC", [status, Value::from(today), Value::from(action), Value::from(amount(claim.charge_cents))]);
    if let Some(number) = &claim.payer_claim_number {
        writer.segment("REF", ["1K", number]);
    }
    if let Some((first, last)) = claim.dates {
        if first == last {
            writer.segment("DTP", ["472", "D8", &d8(first)]);
        } else {
            writer.segment("DTP", ["472", "RD8", &format!("{}-{}", d8(first), d8(last))]);
        }
    }
}
