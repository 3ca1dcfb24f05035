//! One claim: what it says, where its money went, and one timeline of every message about it.

use std::collections::BTreeMap;

use billing::claim::ClaimBody;
use billing::id::{ChargeId, ClaimId, CoverageId, EncounterId, PatientId, RemittanceId, WorkItemId};
use billing::patient::Patient;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;

use crate::{Json, Read, StoreError, params, record, statements};

record! {
    /// The claim's head.
    pub struct ClaimHeadRow {
        /// Its id.
        pub id: ClaimId,
        /// Our number.
        pub control_number: String,
        /// Which version is in force.
        pub version: i64,
        /// Where it is.
        pub status: String,
        /// How often it was rejected.
        pub rejections: i64,
        /// What was charged.
        pub total: Money,
        /// The first day of service.
        pub date_of_service: Date,
        /// The last day the payer accepts it.
        pub filing_limit_on: Date,
        /// When to look again.
        pub follow_up_on: Option<Date>,
        /// The payer's acceptance: proof of filing in time.
        pub accepted_on: Option<Date>,
        /// The first remittance that decided it.
        pub adjudicated_on: Option<Date>,
        /// The payer's number.
        pub payer_claim_control_number: Option<String>,
        /// Whose.
        pub patient_id: PatientId,
        /// The visit it was made from.
        pub encounter_id: EncounterId,
        /// The coverage it was made from.
        pub coverage_id: CoverageId,
        /// The patient.
        pub patient: Json<Patient>,
        /// What the version in force says.
        pub body: Json<ClaimBody>,
    }

    /// One event of its life.
    pub struct ClaimEventRow {
        /// When.
        pub occurred_at: Timestamp,
        /// Who or what did it.
        pub actor: String,
        /// What kind.
        pub kind: String,
        /// One plain sentence.
        pub sentence: String,
        /// The message behind it.
        pub raw: Option<String>,
        /// The remittance it came with.
        pub remittance_id: Option<RemittanceId>,
    }

    /// What the scrub found.
    pub struct FindingRow {
        /// The rule.
        pub rule: String,
        /// Warning or error.
        pub severity: String,
        /// Who mends it.
        pub hand: String,
        /// Where.
        pub field: String,
        /// What is wrong.
        pub problem: String,
        /// What to do.
        pub remedy: String,
    }

    /// What remittances said of one charge, by class of adjustment.
    pub struct AdjustmentRow {
        /// Which charge.
        pub charge_id: Option<ChargeId>,
        /// CO, PR, OA, PI.
        pub adjustment_group: String,
        /// The reason code.
        pub reason: String,
        /// How much.
        pub amount: Money,
        /// Contractual, patient, denial …
        pub class: String,
    }

    /// What posted remittances paid of one charge.
    pub struct LinePaidRow {
        /// Which charge.
        pub charge_id: Option<ChargeId>,
        /// How much.
        pub paid: Money,
    }

    /// A posting about one of the claim's charges.
    pub struct ClaimPostingRow {
        /// Which charge.
        pub charge_id: Option<ChargeId>,
        /// Which account.
        pub account: String,
        /// Debit positive, credit negative.
        pub amount: Money,
        /// Why.
        pub reason: String,
        /// The day of the fact.
        pub occurred_on: Date,
        /// What it came from: remittance, patient payment, encounter.
        pub source_kind: String,
        /// The payer whose account it is, by name; none where it is no payer's.
        pub payer: Option<String>,
    }

    /// Work about the claim.
    pub struct ClaimWorkRow {
        /// Its id.
        pub id: WorkItemId,
        /// Why.
        pub reason: String,
        /// Whose.
        pub desk: String,
        /// Open, taken or resolved.
        pub state: String,
        /// By when.
        pub due_on: Date,
        /// The money it concerns.
        pub stake: Money,
    }
}

statements! {
    /// The claim with its version in force.
    pub const CLAIM_HEAD: ClaimHeadRow = "SELECT c.id AS id, c.control_number AS control_number, c.version AS version, c.status AS status, c.rejections AS rejections, c.total_cents AS total, c.date_of_service AS date_of_service, c.filing_limit_on AS filing_limit_on, c.follow_up_on AS follow_up_on, c.accepted_on AS accepted_on, c.adjudicated_on AS adjudicated_on, c.payer_claim_control_number AS payer_claim_control_number, c.patient_id AS patient_id, c.encounter_id AS encounter_id, c.coverage_id AS coverage_id, t.body AS patient, v.body AS body FROM claim c JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id JOIN claim_version v ON v.practice_id = c.practice_id AND v.claim_id = c.id AND v.version = c.version WHERE c.practice_id = $1 AND c.id = $2";
    /// Its events, the latest first.
    pub const CLAIM_EVENTS: ClaimEventRow = "SELECT occurred_at, actor, kind, sentence, raw, remittance_id FROM claim_event WHERE practice_id = $1 AND claim_id = $2 ORDER BY sequence DESC";
    /// The findings of the version in force.
    pub const CLAIM_FINDINGS: FindingRow = "SELECT f.rule AS rule, f.severity AS severity, f.hand AS hand, f.field AS field, f.problem AS problem, f.remedy AS remedy FROM claim_finding f JOIN claim c ON c.practice_id = f.practice_id AND c.id = f.claim_id AND c.version = f.claim_version WHERE f.practice_id = $1 AND f.claim_id = $2 ORDER BY f.ordinal";
    /// What posted remittances said of it.
    pub const CLAIM_ADJUSTMENTS: AdjustmentRow = "SELECT a.charge_id AS charge_id, a.adjustment_group AS adjustment_group, a.reason AS reason, a.amount_cents AS amount, a.class AS class FROM line_adjustment a JOIN claim_payment p ON p.practice_id = a.practice_id AND p.id = a.claim_payment_id WHERE p.practice_id = $1 AND p.claim_id = $2 AND p.state = 'posted' ORDER BY p.ordinal, a.line_ordinal, a.ordinal";
    /// What posted remittances paid of it, by line.
    pub const CLAIM_LINES_PAID: LinePaidRow = "SELECT l.charge_id AS charge_id, l.paid_cents AS paid FROM line_payment l JOIN claim_payment p ON p.practice_id = l.practice_id AND p.id = l.claim_payment_id WHERE p.practice_id = $1 AND p.claim_id = $2 AND p.state = 'posted'";
    /// The postings about its charges, in the order of the books.
    pub const CLAIM_POSTINGS: ClaimPostingRow = "SELECT p.charge_id AS charge_id, p.account AS account, p.cents AS amount, p.reason AS reason, e.occurred_on AS occurred_on, e.source_kind AS source_kind, y.name AS payer FROM claim_line l JOIN ledger_posting p ON p.practice_id = l.practice_id AND p.charge_id = l.charge_id JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id LEFT JOIN payer y ON y.practice_id = p.practice_id AND y.id = p.payer_id WHERE l.practice_id = $1 AND l.claim_id = $2 ORDER BY e.sequence, p.ordinal";
    /// The work about it.
    pub const CLAIM_WORK: ClaimWorkRow = "SELECT id, reason, desk, state, due_on, stake_cents AS stake FROM work_item WHERE practice_id = $1 AND claim_id = $2 ORDER BY opened_on DESC, id DESC";
}

/// What the books and remittances say of one service line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineMoney {
    /// Owed by nobody, by contract.
    pub by_contract: Money,
    /// Denied by the payer, with its reason codes.
    pub denied: Money,
    /// The reason codes of the denial.
    pub denial_codes: String,
    /// The patient's share.
    pub patient_share: Money,
    /// Paid by payers.
    pub payer_paid: Money,
}

/// One claim as its page shows it.
#[derive(Debug, Clone)]
pub struct ClaimView {
    /// The head and the body in force.
    pub head: ClaimHeadRow,
    /// The events, the latest first.
    pub events: Vec<ClaimEventRow>,
    /// The findings of the version in force.
    pub findings: Vec<FindingRow>,
    /// The money by charge.
    pub lines: BTreeMap<ChargeId, LineMoney>,
    /// The postings about its charges, in the order of the books.
    pub postings: Vec<ClaimPostingRow>,
    /// The work about it.
    pub work: Vec<ClaimWorkRow>,
    /// Today.
    pub today: Date,
}

/// The claim, and a note in the audit that its patient's record was seen.
pub fn get(read: &mut Read, id: ClaimId) -> Result<Option<ClaimView>, StoreError> {
    let Some(head) = read.query_opt(&CLAIM_HEAD, params![id])? else { return Ok(None) };
    read.saw("claim", head.patient_id);
    let postings = read.query(&CLAIM_POSTINGS, params![id])?;
    let paid = read.query(&CLAIM_LINES_PAID, params![id])?;
    let adjustments = read.query(&CLAIM_ADJUSTMENTS, params![id])?;
    Ok(Some(ClaimView {
        lines: line_money(&paid, &adjustments),
        events: read.query(&CLAIM_EVENTS, params![id])?,
        findings: read.query(&CLAIM_FINDINGS, params![id])?,
        work: read.query(&CLAIM_WORK, params![id])?,
        today: read.today(),
        postings,
        head,
    }))
}

fn line_money(paid: &[LinePaidRow], adjustments: &[AdjustmentRow]) -> BTreeMap<ChargeId, LineMoney> {
    let mut lines: BTreeMap<ChargeId, LineMoney> = BTreeMap::new();
    for row in paid {
        let Some(charge) = row.charge_id else { continue };
        lines.entry(charge).or_default().payer_paid += row.paid;
    }
    for adjustment in adjustments {
        let Some(charge) = adjustment.charge_id else { continue };
        let line = lines.entry(charge).or_default();
        if adjustment.adjustment_group == "PR" {
            line.patient_share += adjustment.amount;
        } else if adjustment.class == "contractual" {
            line.by_contract += adjustment.amount;
        } else {
            line.denied += adjustment.amount;
            let code = format!("{}-{}", adjustment.adjustment_group, adjustment.reason);
            if !line.denial_codes.contains(&code) {
                let comma = if line.denial_codes.is_empty() { "" } else { ", " };
                line.denial_codes = format!("{}{comma}{code}", line.denial_codes);
            }
        }
    }
    lines
}
