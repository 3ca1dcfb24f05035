//! Remittances: the list, and one with its balances, its claims, its entries and what stands outside any claim.

use billing::id::{ClaimId, ClaimPaymentId, PatientId, PayerId, RemittanceId};
use billing::patient::Patient;
use billing::remittance::ClaimPayment;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;

use crate::{Conn, Json, Read, StoreError, params, record, statements};

/// Remittances on one page of the list.
pub const PAGE: i64 = 50;

record! {
    /// A remittance in the list.
    pub struct RemittanceListRow {
        /// Its id.
        pub id: RemittanceId,
        /// Who paid.
        pub payer_name: String,
        /// The number of the check or transfer.
        pub trace: String,
        /// The day of payment.
        pub paid_on: Date,
        /// How much.
        pub amount: Money,
        /// Posted, quarantined, waiting or duplicate.
        pub state: String,
        /// The failing equation.
        pub problem: Option<String>,
        /// By how much it fails.
        pub difference: Money,
        /// Claims in it.
        pub claim_count: i64,
        /// Claims in it that were set aside or match nothing.
        pub set_aside: i64,
        /// Claims in it of which it says only what the payer would pay (CLP02 25).
        pub estimates: i64,
    }

    /// The remittances of one state.
    pub struct RemittanceTotalRow {
        /// Posted, quarantined, waiting or duplicate.
        pub state: String,
        /// How many.
        pub remittances: i64,
        /// What they pay.
        pub amount: Money,
    }

    /// A remittance.
    pub struct RemittanceHeadRow {
        /// Its id.
        pub id: RemittanceId,
        /// Who paid.
        pub payer_name: String,
        /// The number of the check or transfer.
        pub trace: String,
        /// ACH, CHK, NON.
        pub method: String,
        /// The day of payment.
        pub paid_on: Date,
        /// How much.
        pub amount: Money,
        /// Posted, quarantined, waiting or duplicate.
        pub state: String,
        /// The failing equation.
        pub problem: Option<String>,
        /// By how much it fails.
        pub difference: Money,
        /// When it came.
        pub imported_at: Timestamp,
        /// When it was posted.
        pub posted_at: Option<Timestamp>,
        /// The file it came in.
        pub file_name: String,
        /// The day on which the books have it; none where it is in none.
        pub booked_on: Option<Date>,
    }

    /// A claim in a remittance.
    pub struct RemittanceClaimRow {
        /// Key of what it says.
        pub id: ClaimPaymentId,
        /// Ours; none when it matches nothing.
        pub claim_id: Option<ClaimId>,
        /// The number it came back with.
        pub control_number: String,
        /// CLP02.
        pub status_code: String,
        /// What was charged.
        pub charge: Money,
        /// What was paid.
        pub paid: Money,
        /// What the patient owes by it.
        pub patient_share: Money,
        /// Posted, set aside, an estimate, unmatched, duplicate.
        pub state: String,
        /// The failing equation.
        pub problem: Option<String>,
        /// By how much it fails.
        pub difference: Money,
        /// What was denied.
        pub denied: Money,
        /// As it was read.
        pub body: Json<ClaimPayment>,
        /// Whose.
        pub patient_id: Option<PatientId>,
        /// The patient.
        pub patient: Option<Json<Patient>>,
        /// The remittance whose decision it takes back.
        pub takes_back: Option<RemittanceId>,
        /// Its number.
        pub takes_back_trace: Option<String>,
        /// It stood in the file; what is made here when a payment is taken off its claim stands after those.
        pub is_received: bool,
    }

    /// Money outside any claim.
    pub struct OutsideRow {
        /// The reason code.
        pub reason: String,
        /// The payer's reference.
        pub reference: String,
        /// Taken from the payment where positive.
        pub amount: Money,
        /// Whose item it opened or moved.
        pub payer_id: Option<PayerId>,
        /// The item; none where it was settled at once.
        pub item: Option<String>,
    }

    /// The remittance's entries, one line an account and reason.
    pub struct EntryLineRow {
        /// Which account.
        pub account: String,
        /// Debits.
        pub debit: Money,
        /// Credits, as a positive amount.
        pub credit: Money,
    }
}

statements! {
    /// A page of remittances, the latest first.
    pub const REMITTANCES: RemittanceListRow = "SELECT r.id AS id, r.payer_name AS payer_name, r.trace AS trace, r.paid_on AS paid_on, r.amount_cents AS amount, r.state AS state, r.problem AS problem, r.difference_cents AS difference, r.claim_count AS claim_count, (SELECT COUNT(*) FROM claim_payment c WHERE c.practice_id = r.practice_id AND c.remittance_id = r.id AND c.state IN ('set_aside', 'unmatched') AND (c.state <> 'set_aside' OR c.problem IS NOT NULL)) AS set_aside, (SELECT COUNT(*) FROM claim_payment c WHERE c.practice_id = r.practice_id AND c.remittance_id = r.id AND c.state = 'set_aside' AND c.problem IS NULL) AS estimates FROM remittance r WHERE r.practice_id = $1 ORDER BY r.imported_at DESC, r.id DESC LIMIT $2 OFFSET $3";
    /// A page of the remittances of one state, the latest first.
    pub const REMITTANCES_OF_STATE: RemittanceListRow = "SELECT r.id AS id, r.payer_name AS payer_name, r.trace AS trace, r.paid_on AS paid_on, r.amount_cents AS amount, r.state AS state, r.problem AS problem, r.difference_cents AS difference, r.claim_count AS claim_count, (SELECT COUNT(*) FROM claim_payment c WHERE c.practice_id = r.practice_id AND c.remittance_id = r.id AND c.state IN ('set_aside', 'unmatched') AND (c.state <> 'set_aside' OR c.problem IS NOT NULL)) AS set_aside, (SELECT COUNT(*) FROM claim_payment c WHERE c.practice_id = r.practice_id AND c.remittance_id = r.id AND c.state = 'set_aside' AND c.problem IS NULL) AS estimates FROM remittance r WHERE r.practice_id = $1 AND r.state = $4 ORDER BY r.imported_at DESC, r.id DESC LIMIT $2 OFFSET $3";
    /// How many remittances stand in each state, and their amounts.
    pub const REMITTANCE_TOTALS: RemittanceTotalRow = "SELECT state, COUNT(*) AS remittances, CAST(SUM(amount_cents) AS BIGINT) AS amount FROM remittance WHERE practice_id = $1 GROUP BY state ORDER BY state";
    /// One remittance.
    pub const REMITTANCE_HEAD: RemittanceHeadRow = "SELECT r.id AS id, r.payer_name AS payer_name, r.trace AS trace, r.method AS method, r.paid_on AS paid_on, r.amount_cents AS amount, r.state AS state, r.problem AS problem, r.difference_cents AS difference, r.imported_at AS imported_at, r.posted_at AS posted_at, f.file_name AS file_name, (SELECT MIN(e.occurred_on) FROM ledger_entry e WHERE e.practice_id = r.practice_id AND e.source_id = r.id) AS booked_on FROM remittance r JOIN inbound_file f ON f.practice_id = r.practice_id AND f.id = r.inbound_file_id WHERE r.practice_id = $1 AND r.id = $2";
    /// Its claims.
    pub const REMITTANCE_CLAIMS: RemittanceClaimRow = "SELECT p.id AS id, p.claim_id AS claim_id, p.control_number AS control_number, p.status_code AS status_code, p.charge_cents AS charge, p.paid_cents AS paid, p.patient_responsibility_cents AS patient_share, CASE WHEN p.state = 'set_aside' AND p.problem IS NULL THEN 'estimate' ELSE p.state END AS state, p.problem AS problem, p.difference_cents AS difference, p.denied_cents AS denied, p.body AS body, c.patient_id AS patient_id, t.body AS patient, (SELECT b.id FROM ledger_entry e JOIN ledger_entry o ON o.practice_id = e.practice_id AND o.id = e.corrects JOIN claim_payment q ON q.practice_id = o.practice_id AND q.id = o.source_id JOIN remittance b ON b.practice_id = q.practice_id AND b.id = q.remittance_id WHERE e.practice_id = p.practice_id AND e.source_id = p.id LIMIT 1) AS takes_back, (SELECT b.trace FROM ledger_entry e JOIN ledger_entry o ON o.practice_id = e.practice_id AND o.id = e.corrects JOIN claim_payment q ON q.practice_id = o.practice_id AND q.id = o.source_id JOIN remittance b ON b.practice_id = q.practice_id AND b.id = q.remittance_id WHERE e.practice_id = p.practice_id AND e.source_id = p.id LIMIT 1) AS takes_back_trace, (p.ordinal <= r.claim_count) AS is_received FROM claim_payment p JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id LEFT JOIN claim c ON c.practice_id = p.practice_id AND c.id = p.claim_id LEFT JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id WHERE p.practice_id = $1 AND p.remittance_id = $2 ORDER BY p.ordinal";
    /// What stands outside any claim.
    pub const REMITTANCE_OUTSIDE: OutsideRow = "SELECT a.reason AS reason, a.reference AS reference, a.amount_cents AS amount, l.payer_id AS payer_id, NULLIF(l.item, '') AS item FROM provider_adjustment a LEFT JOIN provider_adjustment_place l ON l.practice_id = a.practice_id AND l.remittance_id = a.remittance_id AND l.ordinal = a.ordinal WHERE a.practice_id = $1 AND a.remittance_id = $2 ORDER BY a.ordinal";
    /// Its entries, summed by account.
    pub const REMITTANCE_ENTRIES: EntryLineRow = "SELECT p.account AS account, CAST(SUM(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END) AS BIGINT) AS debit, CAST(SUM(CASE WHEN p.cents < 0 THEN -p.cents ELSE 0 END) AS BIGINT) AS credit FROM ledger_entry e JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id WHERE e.practice_id = $1 AND (e.source_id = $2 OR e.source_id IN (SELECT id FROM claim_payment WHERE practice_id = $1 AND remittance_id = $2)) GROUP BY p.account ORDER BY p.account";
    /// The remittance of a trace number.
    pub const REMITTANCE_BY_TRACE: (RemittanceId,) = "SELECT id FROM remittance WHERE practice_id = $1 AND trace = $2 ORDER BY imported_at DESC LIMIT 1";
}

/// One remittance as its page shows it.
#[derive(Debug, Clone)]
pub struct RemittanceView {
    /// The payment.
    pub head: RemittanceHeadRow,
    /// Its claims.
    pub claims: Vec<RemittanceClaimRow>,
    /// What stands outside any claim.
    pub outside: Vec<OutsideRow>,
    /// Its entries by account.
    pub entries: Vec<EntryLineRow>,
}

/// A page of remittances, of one state where one is named; one more row than a page says that there are more.
pub fn list(conn: &Conn, state: Option<&str>, page: i64) -> Result<Vec<RemittanceListRow>, StoreError> {
    let (limit, offset) = (PAGE + 1, page.saturating_mul(PAGE));
    match state {
        None => conn.query(&REMITTANCES, params![limit, offset]),
        Some(state) => conn.query(&REMITTANCES_OF_STATE, params![limit, offset, state]),
    }
}

/// How many remittances stand in each state, and their amounts.
pub fn totals(conn: &Conn) -> Result<Vec<RemittanceTotalRow>, StoreError> {
    conn.query(&REMITTANCE_TOTALS, params![])
}

/// Every remittance of a state or of all, the latest first, for a file.
pub fn every(conn: &Conn, state: Option<&str>) -> Result<Vec<RemittanceListRow>, StoreError> {
    match state {
        None => conn.query(&REMITTANCES, params![i64::MAX, 0_i64]),
        Some(state) => conn.query(&REMITTANCES_OF_STATE, params![i64::MAX, 0_i64, state]),
    }
}

/// One remittance, and a note in the audit for every patient in it.
pub fn get(read: &mut Read, id: RemittanceId) -> Result<Option<RemittanceView>, StoreError> {
    let Some(head) = read.query_opt(&REMITTANCE_HEAD, params![id])? else { return Ok(None) };
    let claims = read.query(&REMITTANCE_CLAIMS, params![id])?;
    for patient in claims.iter().filter_map(|claim| claim.patient_id) {
        read.saw("remittance", patient);
    }
    Ok(Some(RemittanceView {
        outside: read.query(&REMITTANCE_OUTSIDE, params![id])?,
        entries: read.query(&REMITTANCE_ENTRIES, params![id])?,
        claims,
        head,
    }))
}

/// The remittance of a trace number typed into the search.
pub fn by_trace(conn: &Conn, trace: &str) -> Result<Option<RemittanceId>, StoreError> {
    Ok(conn.query(&REMITTANCE_BY_TRACE, params![trace.trim()])?.first().map(|row| row.0))
}
