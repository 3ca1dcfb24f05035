//! The questions that `verify` asks of the stored data: each finds what breaks an invariant, so true data gives no row.
//! Decides nothing and mends nothing.

use billing::claim::{ClaimEvent, ClaimStatus};
use billing::id::{ClaimId, RemittanceId};
use ledger::Money;
use uuid::Uuid;

use crate::audit::{AUDIT_AFTER, AuditRow};
use crate::audit_read::{READ_HEAD, READS_AFTER, ReadRow};
use crate::head::{HEAD, HeadRow};
use crate::ledger::{ENTRIES_AFTER, EntryRow, POSTINGS_OF_ENTRIES, PostingRow};
use crate::value::{Json, JsonText};
use crate::{Conn, StoreError, params, record, statements};

/// Rows of a chain that are read at once: some megabytes.
const PAGE: i64 = 2_000;
/// Audit records that are read at once: one that posted a large remittance notes some megabytes of rows.
const AUDIT_PAGE: i64 = 200;

record! {
    /// A claim event as the fold needs it.
    pub struct EventFold {
        /// The claim.
        pub claim_id: ClaimId,
        /// Its place.
        pub sequence: i64,
        /// Where the claim was then.
        pub status_after: ClaimStatus,
        /// What happened.
        pub body: Json<ClaimEvent>,
    }
}

statements! {
    /// Entries whose postings do not sum to zero or are not as many as they say.
    pub const UNBALANCED_ENTRIES: (Uuid, Money) =
        "SELECT e.id, CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM ledger_entry e
         LEFT JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id
         WHERE e.practice_id = $1 GROUP BY e.id, e.posting_count
         HAVING COALESCE(SUM(p.cents), 0) <> 0 OR COUNT(p.ordinal) <> e.posting_count OR COUNT(p.ordinal) < 2 LIMIT 5";
    /// Postings without an entry.
    pub const ORPHAN_POSTINGS: (Uuid,) =
        "SELECT p.entry_id FROM ledger_posting p WHERE p.practice_id = $1 AND NOT EXISTS (
            SELECT 1 FROM ledger_entry e WHERE e.practice_id = p.practice_id AND e.id = p.entry_id) LIMIT 5";
    /// Charges whose revenue is not what they cost.
    pub const CHARGES_NOT_RECOGNISED: (Uuid, Money) =
        "SELECT c.id, CAST(SUM(p.cents) AS BIGINT) FROM charge c
         JOIN ledger_posting p ON p.practice_id = c.practice_id AND p.charge_id = c.id AND p.account = 'revenue'
         WHERE c.practice_id = $1 GROUP BY c.id, c.amount_cents HAVING -SUM(p.cents) <> c.amount_cents LIMIT 5";
    /// Corrections that name an entry recorded after them.
    pub const CORRECTIONS_OF_LATER: (Uuid,) =
        "SELECT e.id FROM ledger_entry e JOIN ledger_entry o ON o.practice_id = e.practice_id AND o.id = e.corrects
         WHERE e.practice_id = $1 AND o.sequence >= e.sequence LIMIT 5";
    /// Payments posted more than once.
    pub const PAYMENTS_POSTED_TWICE: (String, i64) =
        "SELECT trace, COUNT(*) FROM remittance WHERE practice_id = $1 AND state = 'posted'
         GROUP BY payer_trace_id, payee_npi, trace HAVING COUNT(*) > 1 LIMIT 5";
    /// Claims to which more than one claim payment was posted, with our numbers.
    pub const CLAIMS_POSTED_TWICE: (ClaimId, String) =
        "SELECT c.id, c.control_number FROM claim c
         JOIN claim_payment p ON p.practice_id = c.practice_id AND p.claim_id = c.id AND p.state = 'posted'
         WHERE c.practice_id = $1 GROUP BY c.id, c.control_number HAVING COUNT(*) > 1 ORDER BY c.control_number";
    /// Posted payments whose claims less adjustments are not what was paid.
    pub const PAYMENTS_OUT_OF_BALANCE: (RemittanceId, Money) =
        "SELECT r.id, CAST(r.amount_cents
            - COALESCE((SELECT SUM(c.paid_cents) FROM claim_payment c
                        WHERE c.practice_id = r.practice_id AND c.remittance_id = r.id), 0)
            + COALESCE((SELECT SUM(a.amount_cents) FROM provider_adjustment a
                        WHERE a.practice_id = r.practice_id AND a.remittance_id = r.id), 0) AS BIGINT)
         FROM remittance r WHERE r.practice_id = $1 AND r.state = 'posted'
         AND r.amount_cents
            - COALESCE((SELECT SUM(c.paid_cents) FROM claim_payment c
                        WHERE c.practice_id = r.practice_id AND c.remittance_id = r.id), 0)
            + COALESCE((SELECT SUM(a.amount_cents) FROM provider_adjustment a
                        WHERE a.practice_id = r.practice_id AND a.remittance_id = r.id), 0) <> 0 LIMIT 5";
    /// Payments whose announced money in the books is not what was paid: posted ones in full, others none.
    pub const PAYMENTS_NOT_IN_BOOKS: (RemittanceId, Money) =
        "SELECT r.id, CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM remittance r
         LEFT JOIN ledger_entry e ON e.practice_id = r.practice_id AND e.source_id = r.id AND e.source_kind = 'remittance'
         LEFT JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id AND p.account = 'in_transit'
         WHERE r.practice_id = $1 GROUP BY r.id, r.state, r.amount_cents
         HAVING COALESCE(SUM(p.cents), 0) <> CASE r.state WHEN 'posted' THEN r.amount_cents ELSE 0 END LIMIT 5";
    /// Files that were sent, after a key, with their hash.
    pub const FILES_OUT: (Uuid, Vec<u8>, Vec<u8>) = "SELECT id, sha256, bytes FROM submission \
        WHERE practice_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// Files that came in, after a key, with their hash.
    pub const FILES_IN: (Uuid, Vec<u8>, Vec<u8>) = "SELECT id, sha256, bytes FROM inbound_file \
        WHERE practice_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// Scans of paper, after a key, with their hash.
    pub const SCANS: (Uuid, Vec<u8>, Vec<u8>) = "SELECT id, sha256, bytes FROM keyed_scan \
        WHERE practice_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// Statements after a key: what each asks for, and what it says.
    pub const STATEMENTS_AFTER: (Uuid, String, Money, JsonText) = "SELECT id, statement_number, amount_due_cents, body \
        FROM statement WHERE practice_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// Claims whose total is not what their lines add up to.
    pub const CLAIMS_OFF_THEIR_LINES: (ClaimId, String, Money) = "SELECT c.id, c.control_number, \
        CAST(c.total_cents - COALESCE(SUM(l.amount_cents), 0) AS BIGINT) FROM claim c \
        LEFT JOIN claim_line l ON l.practice_id = c.practice_id AND l.claim_id = c.id WHERE c.practice_id = $1 \
        GROUP BY c.id, c.control_number, c.total_cents HAVING c.total_cents <> COALESCE(SUM(l.amount_cents), 0) LIMIT 5";
    /// Lines of open claims that ask for another amount than their charge costs.
    pub const LINES_OFF_THEIR_CHARGES: (ClaimId, String) = "SELECT l.claim_id, l.line_control_number FROM claim_line l \
        JOIN claim c ON c.practice_id = l.practice_id AND c.id = l.claim_id \
        JOIN charge h ON h.practice_id = l.practice_id AND h.id = l.charge_id \
        WHERE l.practice_id = $1 AND c.status <> 'closed' AND l.amount_cents <> h.amount_cents LIMIT 5";
    /// Claim versions sealed as an original more than once.
    pub const SEALED_TWICE: (ClaimId, i64) =
        "SELECT claim_id, COUNT(*) FROM submission_claim WHERE practice_id = $1
         GROUP BY claim_id, claim_version HAVING COUNT(*) > 1 LIMIT 5";
    /// Outbound files without an acknowledgment after its day `$2`, and without open work.
    pub const FILES_WITHOUT_ANSWER: (Uuid,) =
        "SELECT s.id FROM submission s WHERE s.practice_id = $1 AND s.kind = '837P'
         AND s.status IN ('sealed', 'sent', 'ambiguous') AND s.acknowledgment_due_on < $2 AND NOT EXISTS (
            SELECT 1 FROM work_item w WHERE w.practice_id = s.practice_id AND w.submission_id = s.id
            AND w.state <> 'resolved') LIMIT 5";
    /// Open claims that nobody has: no date at the payer and no open work.
    pub const CLAIMS_IN_NO_HAND: (ClaimId, String) =
        "SELECT c.id, c.control_number FROM claim c WHERE c.practice_id = $1
         AND c.status IN ('held', 'submitted', 'accepted', 'rejected', 'adjudicated')
         AND (c.follow_up_on IS NULL OR c.status IN ('held', 'rejected')) AND NOT EXISTS (
            SELECT 1 FROM work_item w WHERE w.practice_id = c.practice_id AND w.claim_id = c.id
            AND w.state <> 'resolved') AND NOT EXISTS (
            -- The item of a refused file stands for all its claims.
            SELECT 1 FROM submission_claim m JOIN work_item f ON f.practice_id = m.practice_id
            AND f.submission_id = m.submission_id AND f.reason = 'file_rejected' AND f.state <> 'resolved'
            WHERE m.practice_id = c.practice_id AND m.claim_id = c.id AND m.claim_version = c.version
            AND c.status = 'rejected') LIMIT 5";
    /// Open claims that a payer and a desk have at once. Questions from outside are about a claim, not its hand.
    pub const CLAIMS_IN_TWO_HANDS: (ClaimId, String) =
        "SELECT c.id, c.control_number FROM claim c WHERE c.practice_id = $1
         AND c.status IN ('submitted', 'accepted', 'adjudicated') AND c.follow_up_on IS NOT NULL AND EXISTS (
            SELECT 1 FROM work_item w WHERE w.practice_id = c.practice_id AND w.claim_id = c.id
            AND w.state <> 'resolved' AND w.inquiry_id IS NULL
            AND (w.reason LIKE 'denied%' OR w.reason IN ('rejected_for_data', 'rejected', 'acknowledgment_missing',
                             'remittance_missing', 'held_for_data', 'held_for_coding'))) LIMIT 5";
    /// Claims whose status is not that of their last event.
    pub const CLAIMS_OFF_THEIR_EVENTS: (ClaimId, String) =
        "SELECT c.id, c.control_number FROM claim c WHERE c.practice_id = $1 AND NOT EXISTS (
            SELECT 1 FROM claim_event e WHERE e.practice_id = c.practice_id AND e.claim_id = c.id
            AND e.status_after = c.status AND e.sequence = (
                SELECT MAX(l.sequence) FROM claim_event l WHERE l.practice_id = c.practice_id AND l.claim_id = c.id))
         LIMIT 5";
    /// Events of claims, in the order of claims and events, after a place.
    pub const EVENTS_AFTER: EventFold =
        "SELECT claim_id, sequence, status_after, body FROM claim_event
         WHERE practice_id = $1 AND (claim_id, sequence) > ($2, $3) ORDER BY claim_id, sequence LIMIT $4";
    /// The hash of an entry of the books by its place.
    pub const BOOKS_HASH_AT: ([u8; 32],) = "SELECT hash FROM ledger_entry WHERE practice_id = $1 AND sequence = $2";
    /// The hash of a record of the audit by its place.
    pub const AUDIT_HASH_AT: ([u8; 32],) = "SELECT hash FROM audit_record WHERE practice_id = $1 AND sequence = $2";
    /// Patient payments that are not in the books in full.
    pub const PATIENT_PAYMENTS_NOT_IN_BOOKS: (Uuid, Money) =
        "SELECT m.id, CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM patient_payment m
         LEFT JOIN ledger_entry e ON e.practice_id = m.practice_id AND e.source_id = m.id
         LEFT JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id AND p.account = 'undeposited'
         WHERE m.practice_id = $1 GROUP BY m.id, m.amount_cents
         HAVING COALESCE(SUM(p.cents), 0) <> m.amount_cents LIMIT 5";
}

/// How far a chain holds: its length and last hash, or the first place where it breaks.
pub type Chain = Result<(i64, [u8; 32]), String>;

/// Recomputes the chain of the books, entry by entry, from their facts and postings, up to the stored head, and hands over
/// each entry with its postings in their order.
pub fn books_chain(conn: &Conn, mut each: impl FnMut(&EntryRow, &[PostingRow])) -> Result<Chain, StoreError> {
    let (mut sequence, mut hash) = (0, [0; 32]);
    loop {
        let entries: Vec<EntryRow> = conn.query(&ENTRIES_AFTER, params![sequence, PAGE])?;
        if entries.is_empty() {
            break;
        }
        let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
        let mut postings: Vec<PostingRow> = conn.query_in(&POSTINGS_OF_ENTRIES, params![], &ids)?;
        postings.sort_by_key(|posting| (posting.entry_id, posting.ordinal));
        for entry in &entries {
            let from = postings.partition_point(|posting| posting.entry_id < entry.id);
            let to = postings.partition_point(|posting| posting.entry_id <= entry.id);
            let own = postings.get(from..to).unwrap_or_default();
            let holds = entry.sequence == sequence + 1
                && entry.prev_hash == hash
                && entry.hash == entry.computed_hash()
                && entry.content_hash == entry.computed_content_hash(own)
                && own.iter().all(|posting| posting.account().is_some());
            if !holds {
                return Ok(Err(format!("entry {} (place {})", entry.id, entry.sequence)));
            }
            (sequence, hash) = (entry.sequence, entry.hash);
            each(entry, own);
        }
    }
    books_end(conn, (sequence, hash))
}

/// What the end of a chain that holds throughout says of its head.
pub fn books_end(conn: &Conn, found: (i64, [u8; 32])) -> Result<Chain, StoreError> {
    Ok(ends_at(found, head(conn)?.map(|head| (head.ledger_sequence, head.ledger_hash))))
}

/// Recomputes the chain of the audit of changes, and hands over each record, also past a break.
pub fn audit_chain(conn: &Conn, mut each: impl FnMut(&AuditRow)) -> Result<Chain, StoreError> {
    let (mut sequence, mut last, mut hash) = (0, 0, [0; 32]);
    let mut broken = None;
    loop {
        let rows: Vec<AuditRow> = conn.query(&AUDIT_AFTER, params![last, AUDIT_PAGE])?;
        let Some(end) = rows.last() else { break };
        last = end.sequence;
        for row in &rows {
            let follows = row.sequence == sequence + 1 && row.prev_hash == hash && row.hash == row.computed_hash();
            if !follows && broken.is_none() {
                broken = Some(format!("audit record {}", row.sequence));
            }
            (sequence, hash) = (row.sequence, row.hash);
            each(row);
        }
    }
    let head = head(conn)?;
    let ends = ends_at((sequence, hash), head.map(|head| (head.audit_sequence, head.audit_hash)));
    Ok(broken.map_or(ends, Err))
}

/// Hands over the notes of what every transaction wrote, in the order of the chain.
pub fn each_seals(conn: &Conn, each: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
    let mut last = 0;
    loop {
        let rows: Vec<AuditRow> = conn.query(&AUDIT_AFTER, params![last, AUDIT_PAGE])?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.sequence;
        rows.iter().filter_map(|row| row.seals.as_deref()).for_each(&mut *each);
    }
}

/// Recomputes the chain of the access log.
pub fn reads_chain(conn: &Conn) -> Result<Chain, StoreError> {
    let (mut sequence, mut hash) = (0, [0; 32]);
    loop {
        let rows: Vec<ReadRow> = conn.query(&READS_AFTER, params![sequence, PAGE])?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            if row.sequence != sequence + 1 || row.prev_hash != hash || row.hash != row.computed_hash() {
                return Ok(Err(format!("access record {}", row.sequence)));
            }
            (sequence, hash) = (row.sequence, row.hash);
        }
    }
    let head = conn.query_opt(&READ_HEAD, params![])?;
    Ok(ends_at((sequence, hash), head.map(|head| (head.sequence, head.hash))))
}

fn head(conn: &Conn) -> Result<Option<HeadRow>, StoreError> {
    conn.query_opt(&HEAD, params![])
}

fn ends_at(found: (i64, [u8; 32]), head: Option<(i64, [u8; 32])>) -> Chain {
    match head {
        Some(head) if head != found => Err(format!("the chain ends at place {}, its head at {}", found.0, head.0)),
        None if found.0 > 0 => Err("the chain has no head".to_owned()),
        Some(_) | None => Ok(found),
    }
}

/// Folds every claim's events again; the first claim whose stored places differ from the fold.
pub fn events_fold(
    conn: &Conn,
    next: impl Fn(ClaimStatus, &ClaimEvent) -> Option<ClaimStatus>,
) -> Result<Result<u64, ClaimId>, StoreError> {
    let mut at = (ClaimId(Uuid::nil()), 0_i64);
    let mut status = ClaimStatus::Draft;
    let mut events = 0;
    loop {
        let page: Vec<EventFold> = conn.query(&EVENTS_AFTER, params![at.0, at.1, PAGE])?;
        if page.is_empty() {
            return Ok(Ok(events));
        }
        for event in page {
            if event.claim_id != at.0 {
                (at, status) = ((event.claim_id, 0), ClaimStatus::Draft);
            }
            let after = next(status, &event.body.0);
            if event.sequence != at.1 + 1 || after != Some(event.status_after) {
                return Ok(Err(event.claim_id));
            }
            (at.1, status) = (event.sequence, event.status_after);
            events += 1;
        }
    }
}
