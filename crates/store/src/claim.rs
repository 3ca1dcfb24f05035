//! Claims as rows: where each one is, every version of what it said, its lines, and every event of its life.
//!
//! Decides nothing: a caller moves the claim with `Claim::apply` and saves the result here with its event.

use billing::claim::finding::Waiver;
use billing::claim::{Claim, ClaimBody, ClaimEvent, ClaimStatus, Finding, Hand, Severity};
use billing::coverage::CoverageRank;
use billing::identifier::PatientControlNumber;
use billing::{
    ChargeId, ClaimId, CoverageId, EncounterId, InboundFileId, Money, PatientId, PayerId, RemittanceId, SubmissionId,
};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{Conn, StoreError, Tx, params, record, statements};

record! {
    /// A claim's keys and place.
    pub struct ClaimRow in "claim" {
        /// Key.
        pub id: ClaimId,
        /// Who got care.
        pub patient_id: PatientId,
        /// The visit.
        pub encounter_id: EncounterId,
        /// Who is asked to pay.
        pub payer_id: PayerId,
        /// The enrollment.
        pub coverage_id: CoverageId,
        /// Its version.
        pub coverage_version: i32,
        /// Our number.
        pub control_number: String,
        /// The body's version.
        pub version: i32,
        /// Where it is.
        pub status: ClaimStatus,
        /// How often it was rejected.
        pub rejections: i64,
        /// What is asked.
        pub total_cents: Money,
        /// First date of service.
        pub date_of_service: Date,
        /// Last day to file.
        pub filing_limit_on: Date,
        /// When somebody looks again.
        pub follow_up_on: Option<Date>,
        /// The day of the payer's acceptance.
        pub accepted_on: Option<Date>,
        /// The day of the first decision.
        pub adjudicated_on: Option<Date>,
        /// The payer's number.
        pub payer_claim_control_number: Option<String>,
        /// Where its file goes.
        pub route: String,
        /// When it was made.
        pub created_on: Date,
    }

    /// One version of a claim's body.
    pub struct ClaimVersionRow in "claim_version" {
        /// The claim.
        pub claim_id: ClaimId,
        /// From 1.
        pub version: i32,
        /// When it was frozen.
        pub recorded_at: Timestamp,
        /// What the 837 says.
        pub body: Json<ClaimBody>,
    }

    /// One line of the latest version.
    pub struct ClaimLineRow in "claim_line" {
        /// The claim.
        pub claim_id: ClaimId,
        /// From 1.
        pub line_number: i32,
        /// The charge it asks payment for.
        pub charge_id: ChargeId,
        /// Our number of the line.
        pub line_control_number: String,
        /// What was done.
        pub procedure_code: String,
        /// What is asked.
        pub amount_cents: Money,
    }

    /// One event of a claim's life.
    pub struct ClaimEventRow in "claim_event" {
        /// The claim.
        pub claim_id: ClaimId,
        /// From 1.
        pub sequence: i64,
        /// When.
        pub occurred_at: Timestamp,
        /// Who.
        pub actor: String,
        /// What, in one word.
        pub kind: String,
        /// Where the claim was then.
        pub status_after: ClaimStatus,
        /// One plain sentence; names no patient.
        pub sentence: String,
        /// The message that caused it.
        pub raw: Option<String>,
        /// The file it left in.
        pub submission_id: Option<SubmissionId>,
        /// The file it came with.
        pub inbound_file_id: Option<InboundFileId>,
        /// The remittance that decided it.
        pub remittance_id: Option<RemittanceId>,
        /// The event itself.
        pub body: Json<ClaimEvent>,
    }

    /// What a rule found in a version of a claim.
    pub struct ClaimFindingRow in "claim_finding" {
        /// The claim.
        pub claim_id: ClaimId,
        /// The version that was scrubbed.
        pub claim_version: i32,
        /// From 1.
        pub ordinal: i32,
        /// The rule.
        pub rule: String,
        /// 'warning' or 'error'.
        pub severity: Severity,
        /// 'front_desk' or 'coder'.
        pub hand: Hand,
        /// The field to mend.
        pub field: String,
        /// What is wrong.
        pub problem: String,
        /// What to do.
        pub remedy: String,
    }

    /// A warning that somebody let pass.
    pub struct ClaimWaiverRow in "claim_waiver" {
        /// The claim.
        pub claim_id: ClaimId,
        /// The rule.
        pub rule: String,
        /// The field.
        pub field: String,
        /// Why.
        pub reason: String,
        /// Who.
        pub actor: String,
        /// When.
        pub recorded_at: Timestamp,
    }

    /// A whole claim as it is loaded.
    pub struct WholeClaim {
        /// Key.
        pub id: ClaimId,
        /// Who got care.
        pub patient_id: PatientId,
        /// The visit.
        pub encounter_id: EncounterId,
        /// Who is asked to pay.
        pub payer_id: PayerId,
        /// The enrollment.
        pub coverage_id: CoverageId,
        /// Its version.
        pub coverage_version: i32,
        /// Our number.
        pub control_number: String,
        /// The body's version.
        pub version: i32,
        /// Where it is.
        pub status: ClaimStatus,
        /// Last day to file.
        pub filing_limit_on: Date,
        /// When somebody looks again.
        pub follow_up_on: Option<Date>,
        /// The payer's number, where it gave one after the body was frozen.
        pub payer_claim_control_number: Option<String>,
        /// What the 837 says.
        pub body: Json<ClaimBody>,
    }

    /// A service that stands on another claim.
    pub struct BilledLineRow {
        /// Procedure code.
        pub procedure_code: String,
        /// First date of service of the claim.
        pub date_of_service: Date,
    }
}

statements! {
    /// One claim whole.
    pub const CLAIM: WholeClaim = "SELECT c.id, c.patient_id, c.encounter_id, c.payer_id, c.coverage_id, \
        c.coverage_version, c.control_number, c.version, c.status, c.filing_limit_on, c.follow_up_on, \
        c.payer_claim_control_number, v.body FROM claim c JOIN claim_version v ON v.practice_id = c.practice_id \
        AND v.claim_id = c.id AND v.version = c.version WHERE c.practice_id = $1 AND c.id = $2";
    /// One claim whole, by our number.
    pub const CLAIM_BY_CONTROL_NUMBER: WholeClaim = "SELECT c.id, c.patient_id, c.encounter_id, c.payer_id, \
        c.coverage_id, c.coverage_version, c.control_number, c.version, c.status, c.filing_limit_on, c.follow_up_on, \
        c.payer_claim_control_number, v.body FROM claim c JOIN claim_version v ON v.practice_id = c.practice_id \
        AND v.claim_id = c.id AND v.version = c.version WHERE c.practice_id = $1 AND c.control_number = $2";
    /// What a version of a claim said.
    pub const CLAIM_BODY: (Json<ClaimBody>,) = "SELECT body FROM claim_version \
        WHERE practice_id = $1 AND claim_id = $2 AND version = $3";
    /// Claims with a line for charges.
    pub const CLAIMS_OF_CHARGES: (ClaimId,) =
        "SELECT claim_id FROM claim_line WHERE practice_id = $1 AND charge_id IN ({keys})";
    /// What claims say in their present version.
    pub const BODIES_OF_CLAIMS: (ClaimId, Json<ClaimBody>) = "SELECT c.id, v.body FROM claim c \
        JOIN claim_version v ON v.practice_id = c.practice_id AND v.claim_id = c.id AND v.version = c.version \
        WHERE c.practice_id = $1 AND c.id IN ({keys})";
    /// A visit's claims that a payer decided, with the payer's place in the order of that claim's coverage.
    pub const DECIDED_CLAIMS_BEFORE: (ClaimId, CoverageRank) = "SELECT c.id, v.rank FROM claim c \
        JOIN coverage v ON v.practice_id = c.practice_id AND v.id = c.coverage_id AND v.version = c.coverage_version \
        WHERE c.practice_id = $1 AND c.encounter_id = $2 AND c.adjudicated_on IS NOT NULL ORDER BY c.control_number";
    /// Many claims whole.
    pub const CLAIMS_BY_ID: WholeClaim = "SELECT c.id, c.patient_id, c.encounter_id, c.payer_id, c.coverage_id, \
        c.coverage_version, c.control_number, c.version, c.status, c.filing_limit_on, c.follow_up_on, \
        c.payer_claim_control_number, v.body FROM claim c JOIN claim_version v ON v.practice_id = c.practice_id \
        AND v.claim_id = c.id AND v.version = c.version WHERE c.practice_id = $1 AND c.id IN ({keys})";
    /// Claims in a place, oldest first.
    pub const CLAIMS_IN_STATUS: (ClaimId,) =
        "SELECT id FROM claim WHERE practice_id = $1 AND status = $2 ORDER BY created_on, control_number LIMIT $3";
    /// A patient's claims in a place.
    pub const CLAIMS_OF_PATIENT_IN_STATUS: (ClaimId,) =
        "SELECT id FROM claim WHERE practice_id = $1 AND patient_id = $2 AND status = $3 ORDER BY control_number";
    /// A visit's claims that are not closed, with where they are.
    pub const LIVE_CLAIMS_OF_ENCOUNTER: (ClaimId, PayerId, ClaimStatus) =
        "SELECT id, payer_id, status FROM claim WHERE practice_id = $1 AND encounter_id = $2 AND status <> 'closed' \
         ORDER BY control_number";
    /// A visit's claims, closed ones too: the payer, where it is, and the day it was decided.
    pub const PLACES_OF_CLAIMS_OF_ENCOUNTER: (PayerId, ClaimStatus, Option<Date>) =
        "SELECT payer_id, status, adjudicated_on FROM claim WHERE practice_id = $1 AND encounter_id = $2 \
         ORDER BY control_number";
    /// A visit's claims that a payer decided, closed ones too, the last one first.
    pub const DECIDED_CLAIMS_OF: (ClaimId,) =
        "SELECT id FROM claim WHERE practice_id = $1 AND encounter_id = $2 AND payer_id = $3 \
         AND adjudicated_on IS NOT NULL ORDER BY control_number DESC";
    /// A patient's claims that a payer decided, of days of service from `$3` to `$4`.
    pub const DECIDED_CLAIMS_OF_PATIENT: ClaimRow = "SELECT id, patient_id, encounter_id, payer_id, coverage_id, \
        coverage_version, control_number, version, status, rejections, total_cents, date_of_service, filing_limit_on, \
        follow_up_on, accepted_on, adjudicated_on, payer_claim_control_number, route, created_on FROM claim \
        WHERE practice_id = $1 AND patient_id = $2 AND adjudicated_on IS NOT NULL AND date_of_service BETWEEN $3 AND $4";
    /// The claims of visits: visit, key, our number, payer and place.
    pub const CLAIMS_OF_ENCOUNTERS: (EncounterId, ClaimId, String, PayerId, ClaimStatus) =
        "SELECT encounter_id, id, control_number, payer_id, status FROM claim \
         WHERE practice_id = $1 AND encounter_id IN ({keys})";
    /// Keys and place of a claim.
    pub const CLAIM_ROW: ClaimRow = "SELECT id, patient_id, encounter_id, payer_id, coverage_id, coverage_version, \
        control_number, version, status, rejections, total_cents, date_of_service, filing_limit_on, follow_up_on, \
        accepted_on, adjudicated_on, payer_claim_control_number, route, created_on FROM claim \
        WHERE practice_id = $1 AND id = $2";
    /// Saves where a claim is.
    pub const SAVE_CLAIM_PLACE: () = "UPDATE claim SET status = $3, follow_up_on = $4, \
        payer_claim_control_number = $5, rejections = rejections + $6, accepted_on = COALESCE(accepted_on, $7), \
        adjudicated_on = COALESCE(adjudicated_on, $8) WHERE practice_id = $1 AND id = $2";
    /// Saves what a claim's new version changed of its keys.
    pub const SAVE_CLAIM_VERSION: () = "UPDATE claim SET version = $3, payer_id = $4, coverage_id = $5, \
        coverage_version = $6, total_cents = $7, date_of_service = $8, filing_limit_on = $9, route = $10 \
        WHERE practice_id = $1 AND id = $2";
    /// The payer's own day of acceptance, the earliest that was told: proof of timely filing, whatever comes later.
    pub const PROVE_ACCEPTANCE: () = "UPDATE claim SET accepted_on = $3 \
        WHERE practice_id = $1 AND id = $2 AND (accepted_on IS NULL OR accepted_on > $3)";
    /// Removes the lines of the earlier version; the body of that version keeps them.
    pub const DROP_CLAIM_LINES: () = "DELETE FROM claim_line WHERE practice_id = $1 AND claim_id = $2";
    /// The number of a claim's last event.
    pub const LAST_CLAIM_EVENT: (i64,) =
        "SELECT COALESCE(MAX(sequence), 0) FROM claim_event WHERE practice_id = $1 AND claim_id = $2";
    /// A claim's life, oldest first.
    pub const CLAIM_EVENTS: ClaimEventRow = "SELECT claim_id, sequence, occurred_at, actor, kind, status_after, \
        sentence, raw, submission_id, inbound_file_id, remittance_id, body FROM claim_event \
        WHERE practice_id = $1 AND claim_id = $2 ORDER BY sequence";
    /// Removes the findings of a version, before a new scrub of it.
    pub const DROP_FINDINGS: () =
        "DELETE FROM claim_finding WHERE practice_id = $1 AND claim_id = $2 AND claim_version = $3";
    /// What the last scrub found in a version.
    pub const FINDINGS: ClaimFindingRow = "SELECT claim_id, claim_version, ordinal, rule, severity, hand, field, \
        problem, remedy FROM claim_finding WHERE practice_id = $1 AND claim_id = $2 AND claim_version = $3 \
        ORDER BY ordinal";
    /// Warnings that somebody let pass.
    pub const WAIVERS: ClaimWaiverRow = "SELECT claim_id, rule, field, reason, actor, recorded_at FROM claim_waiver \
        WHERE practice_id = $1 AND claim_id = $2 ORDER BY rule, field";
    /// Services on the patient's other claims to a payer in a span of days.
    pub const BILLED_LINES: BilledLineRow = "SELECT l.procedure_code, c.date_of_service FROM claim c \
        JOIN claim_line l ON l.practice_id = c.practice_id AND l.claim_id = c.id \
        WHERE c.practice_id = $1 AND c.patient_id = $2 AND c.payer_id = $3 AND c.id <> $4 AND c.status <> 'closed' \
        AND c.date_of_service BETWEEN $5 AND $6";
}

/// What stands beside an event: the words of the timeline, and the message that caused it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// One plain sentence; names no patient.
    pub sentence: String,
    /// The message that caused it, as it stands in the file.
    pub raw: Option<String>,
    /// The file it left in.
    pub submission_id: Option<SubmissionId>,
    /// The file it came with.
    pub inbound_file_id: Option<InboundFileId>,
    /// The remittance that decided it.
    pub remittance_id: Option<RemittanceId>,
}

impl Evidence {
    /// Only words.
    pub fn words(sentence: impl Into<String>) -> Evidence {
        Evidence { sentence: sentence.into(), ..Evidence::default() }
    }
}

/// One claim by its key.
pub fn load(conn: &Conn, id: ClaimId) -> Result<Option<Claim>, StoreError> {
    conn.query_opt(&CLAIM, params![id])?.map(|row| whole(conn, row)).transpose()
}

/// One claim by our number.
pub fn load_by_control_number(conn: &Conn, control_number: &str) -> Result<Option<Claim>, StoreError> {
    conn.query_opt(&CLAIM_BY_CONTROL_NUMBER, params![control_number])?.map(|row| whole(conn, row)).transpose()
}

/// Many claims by key, in the order of their numbers.
pub fn load_many(conn: &Conn, ids: &[ClaimId]) -> Result<Vec<Claim>, StoreError> {
    let mut rows = conn.query_in(&CLAIMS_BY_ID, params![], ids)?;
    rows.sort_by(|one, other| one.control_number.cmp(&other.control_number));
    rows.dedup_by(|one, other| one.id == other.id);
    rows.into_iter().map(|row| whole(conn, row)).collect()
}

fn whole(conn: &Conn, row: WholeClaim) -> Result<Claim, StoreError> {
    let control_number = PatientControlNumber::parse(&row.control_number).map_err(|_| StoreError::Column {
        statement: "claim".to_owned(),
        column: "control_number".to_owned(),
        expected: "a control number",
    })?;
    let mut body = row.body.0;
    if body.payer_claim_control_number.is_none() {
        body.payer_claim_control_number = row.payer_claim_control_number;
    }
    Ok(Claim {
        id: row.id,
        practice_id: conn.practice(),
        patient_id: row.patient_id,
        encounter_id: row.encounter_id,
        payer_id: row.payer_id,
        coverage_id: row.coverage_id,
        coverage_version: row.coverage_version,
        control_number,
        version: row.version,
        status: row.status,
        filing_limit_on: row.filing_limit_on,
        follow_up_on: row.follow_up_on,
        body,
    })
}

/// Stores a new claim with its first version and lines.
pub fn insert(tx: &mut Tx, claim: &Claim) -> Result<(), StoreError> {
    tx.insert(&ClaimRow {
        id: claim.id,
        patient_id: claim.patient_id,
        encounter_id: claim.encounter_id,
        payer_id: claim.payer_id,
        coverage_id: claim.coverage_id,
        coverage_version: claim.coverage_version,
        control_number: claim.control_number.as_str().to_owned(),
        version: claim.version,
        status: claim.status,
        rejections: 0,
        total_cents: claim.body.total_charge(),
        date_of_service: date_of_service(tx, claim),
        filing_limit_on: claim.filing_limit_on,
        follow_up_on: claim.follow_up_on,
        accepted_on: None,
        adjudicated_on: None,
        payer_claim_control_number: claim.body.payer_claim_control_number.clone(),
        route: claim.body.payer.route.clone(),
        created_on: tx.today(),
    })?;
    insert_version(tx, claim)
}

/// Stores the next version of a claim's body and its lines; the caller has raised `claim.version`.
pub fn save_version(tx: &mut Tx, claim: &Claim) -> Result<(), StoreError> {
    tx.execute(
        &SAVE_CLAIM_VERSION,
        params![
            claim.id,
            claim.version,
            claim.payer_id,
            claim.coverage_id,
            claim.coverage_version,
            claim.body.total_charge(),
            date_of_service(tx, claim),
            claim.filing_limit_on,
            claim.body.payer.route
        ],
    )?;
    tx.execute(&DROP_CLAIM_LINES, params![claim.id])?;
    insert_version(tx, claim)
}

/// A claim without lines is dated by the day it was made; the scrub holds it.
fn date_of_service(conn: &Conn, claim: &Claim) -> Date {
    claim.body.first_date_of_service().unwrap_or_else(|| conn.today())
}

fn insert_version(tx: &mut Tx, claim: &Claim) -> Result<(), StoreError> {
    tx.insert(&ClaimVersionRow {
        claim_id: claim.id,
        version: claim.version,
        recorded_at: tx.now(),
        body: Json(claim.body.clone()),
    })?;
    let lines: Vec<ClaimLineRow> = claim
        .body
        .lines
        .iter()
        .map(|line| ClaimLineRow {
            claim_id: claim.id,
            line_number: line.number,
            charge_id: line.charge_id,
            line_control_number: line.control_number.clone(),
            procedure_code: line.procedure.code.clone(),
            amount_cents: line.charge_amount,
        })
        .collect();
    tx.insert_many(&lines)
}

/// Saves where a claim is after `event`, and the event with its evidence. The caller has applied the event.
pub fn save_event(tx: &mut Tx, claim: &Claim, event: &ClaimEvent, evidence: Evidence) -> Result<(), StoreError> {
    let is = |kind: &str| event.kind() == kind;
    let accepted_on = is("accepted").then(|| tx.today());
    let adjudicated_on = is("adjudicated").then(|| tx.today());
    let number = claim.body.payer_claim_control_number.clone();
    tx.execute(
        &SAVE_CLAIM_PLACE,
        params![
            claim.id,
            claim.status,
            claim.follow_up_on,
            number,
            i64::from(is("rejected")),
            accepted_on,
            adjudicated_on
        ],
    )?;
    append_event(tx, claim.id, claim.status, event, evidence)
}

/// Adds an event that moved a claim to a status, or left it there, to its life; the claim's own row is the caller's.
pub fn append_event(
    tx: &mut Tx,
    claim: ClaimId,
    status: ClaimStatus,
    event: &ClaimEvent,
    evidence: Evidence,
) -> Result<(), StoreError> {
    let (last,) = tx.query_one(&LAST_CLAIM_EVENT, params![claim])?;
    tx.insert(&ClaimEventRow {
        claim_id: claim,
        sequence: last + 1,
        occurred_at: tx.now(),
        actor: tx.actor().login.clone(),
        kind: event.kind().to_owned(),
        status_after: status,
        sentence: evidence.sentence,
        raw: evidence.raw,
        submission_id: evidence.submission_id,
        inbound_file_id: evidence.inbound_file_id,
        remittance_id: evidence.remittance_id,
        body: Json(event.clone()),
    })
}

/// Stores what the scrub found in the claim's present version, in place of what it found before.
pub fn save_findings(tx: &mut Tx, claim: &Claim, findings: &[Finding]) -> Result<(), StoreError> {
    tx.execute(&DROP_FINDINGS, params![claim.id, claim.version])?;
    let rows: Vec<ClaimFindingRow> = findings
        .iter()
        .zip(1..)
        .map(|(finding, ordinal)| ClaimFindingRow {
            claim_id: claim.id,
            claim_version: claim.version,
            ordinal,
            rule: finding.rule.clone(),
            severity: finding.severity,
            hand: finding.hand,
            field: finding.field.clone(),
            problem: finding.problem.clone(),
            remedy: finding.remedy.clone(),
        })
        .collect();
    tx.insert_many(&rows)
}

/// What the last scrub found in a version of a claim.
pub fn findings(conn: &Conn, claim: ClaimId, version: i32) -> Result<Vec<Finding>, StoreError> {
    let rows = conn.query(&FINDINGS, params![claim, version])?;
    Ok(rows
        .into_iter()
        .map(|row| Finding {
            rule: row.rule,
            severity: row.severity,
            hand: row.hand,
            field: row.field,
            problem: row.problem,
            remedy: row.remedy,
        })
        .collect())
}

/// The warnings of a claim that somebody let pass.
pub fn waivers(conn: &Conn, claim: ClaimId) -> Result<Vec<Waiver>, StoreError> {
    let rows = conn.query(&WAIVERS, params![claim])?;
    Ok(rows.into_iter().map(|row| Waiver { rule: row.rule, field: row.field, reason: row.reason }).collect())
}

/// Lets a warning pass; a second reason for the same one is kept out.
pub fn insert_waiver(tx: &mut Tx, claim: ClaimId, waiver: &Waiver) -> Result<bool, StoreError> {
    tx.insert_new(&ClaimWaiverRow {
        claim_id: claim,
        rule: waiver.rule.clone(),
        field: waiver.field.clone(),
        reason: waiver.reason.clone(),
        actor: tx.actor().login.clone(),
        recorded_at: tx.now(),
    })
}
