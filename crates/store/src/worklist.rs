//! Work items and their history, as rows. A worklist is one query, ordered by what is due and what is at stake.

use billing::work::{Desk, Handover, Resolution, WorkItem, WorkLinks, WorkReason, WorkState};
use billing::{
    ChargeId, ClaimId, EncounterId, InquiryId, Money, PatientId, PayerId, RemittanceId, SubmissionId, UserId,
    WorkItemId,
};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{Read, StoreError, Tx, params, record, statements};

/// Rows of one page of a worklist.
pub const WORKLIST_PAGE: usize = 100;

record! {
    /// A work item as stored.
    pub struct WorkItemRow in "work_item" {
        /// Key.
        pub id: WorkItemId,
        /// Why.
        pub reason: WorkReason,
        /// Whose queue.
        pub desk: Desk,
        /// Where it stands.
        pub state: WorkState,
        /// Who has it.
        pub owner_id: Option<UserId>,
        /// One sentence.
        pub summary: String,
        /// Whose account.
        pub patient_id: Option<PatientId>,
        /// Which visit.
        pub encounter_id: Option<EncounterId>,
        /// Which claim.
        pub claim_id: Option<ClaimId>,
        /// Which service.
        pub charge_id: Option<ChargeId>,
        /// Which payer.
        pub payer_id: Option<PayerId>,
        /// Which payment.
        pub remittance_id: Option<RemittanceId>,
        /// Which outbound file.
        pub submission_id: Option<SubmissionId>,
        /// Which question.
        pub inquiry_id: Option<InquiryId>,
        /// Cents that depend on it.
        pub stake_cents: Money,
        /// When it was opened.
        pub opened_on: Date,
        /// By when it should be resolved.
        pub due_on: Date,
        /// A legal or contract date.
        pub deadline_on: Option<Date>,
        /// How often it went up.
        pub escalations: i32,
        /// Changes so far.
        pub revision: i32,
        /// What the last desk handed over.
        pub handover: Option<Json<Handover>>,
        /// How it ended.
        pub resolution: Option<Json<Resolution>>,
        /// When it ended.
        pub resolved_on: Option<Date>,
        /// One open item of a reason for one thing.
        pub subject_key: String,
    }

    /// One step of an item's history.
    pub struct WorkEventRow in "work_event" {
        /// The item.
        pub work_item_id: WorkItemId,
        /// From 1.
        pub sequence: i64,
        /// When.
        pub occurred_at: Timestamp,
        /// Who.
        pub actor: String,
        /// 'opened', 'taken', 'put_back', 'escalated', 'returned', 'resolved', 'noted'.
        pub kind: String,
        /// One sentence.
        pub sentence: String,
    }

    /// An item in a worklist, with the words a queue shows.
    pub struct QueueRow {
        /// Key.
        pub id: WorkItemId,
        /// Why.
        pub reason: WorkReason,
        /// Whose queue.
        pub desk: Desk,
        /// Where it stands.
        pub state: WorkState,
        /// Who has it.
        pub owner_id: Option<UserId>,
        /// One sentence.
        pub summary: String,
        /// Cents that depend on it.
        pub stake_cents: Money,
        /// By when it should be resolved.
        pub due_on: Date,
        /// A legal or contract date.
        pub deadline_on: Option<Date>,
        /// How often it went up.
        pub escalations: i32,
        /// Whose account.
        pub patient_id: Option<PatientId>,
        /// Which claim.
        pub claim_id: Option<ClaimId>,
        /// Our number of the claim.
        pub control_number: Option<String>,
        /// Who is asked to pay.
        pub payer_name: Option<String>,
        /// Who got care: family name, then given name, as searched.
        pub last_name: Option<String>,
        /// Given name, as searched.
        pub first_name: Option<String>,
    }

    /// How much stands in one queue.
    pub struct QueueTotal {
        /// Whose queue.
        pub desk: Desk,
        /// Open and taken items.
        pub items: i64,
        /// Cents that depend on them.
        pub stake_cents: Money,
        /// Items past their due date.
        pub late: i64,
    }
}

statements! {
    /// Which subjects have an open item.
    pub const OPEN_SUBJECTS: (String,) = "SELECT subject_key FROM work_item WHERE practice_id = $1 \
        AND state <> 'resolved' AND subject_key IN ({keys})";
    /// The reasons of the open items of many claims.
    pub const OPEN_REASONS_OF_CLAIMS: (ClaimId, WorkReason) = "SELECT claim_id, reason FROM work_item \
        WHERE practice_id = $1 AND state <> 'resolved' AND claim_id IN ({keys})";
    /// One item.
    pub const WORK_ITEM: WorkItemRow = "SELECT id, reason, desk, state, owner_id, summary, patient_id, encounter_id, \
        claim_id, charge_id, payer_id, remittance_id, submission_id, inquiry_id, stake_cents, opened_on, due_on, \
        deadline_on, escalations, revision, handover, resolution, resolved_on, subject_key \
        FROM work_item WHERE practice_id = $1 AND id = $2";
    /// Many items.
    pub const WORK_ITEMS: WorkItemRow = "SELECT id, reason, desk, state, owner_id, summary, patient_id, encounter_id, \
        claim_id, charge_id, payer_id, remittance_id, submission_id, inquiry_id, stake_cents, opened_on, due_on, \
        deadline_on, escalations, revision, handover, resolution, resolved_on, subject_key \
        FROM work_item WHERE practice_id = $1 AND id IN ({keys})";
    /// The open item of a subject.
    pub const OPEN_ITEM_BY_SUBJECT: WorkItemRow = "SELECT id, reason, desk, state, owner_id, summary, patient_id, \
        encounter_id, claim_id, charge_id, payer_id, remittance_id, submission_id, inquiry_id, stake_cents, opened_on, \
        due_on, deadline_on, escalations, revision, handover, resolution, resolved_on, subject_key \
        FROM work_item WHERE practice_id = $1 AND subject_key = $2 AND state <> 'resolved'";
    /// The open items of many subjects.
    pub const OPEN_ITEMS_BY_SUBJECTS: WorkItemRow = "SELECT id, reason, desk, state, owner_id, summary, patient_id, \
        encounter_id, claim_id, charge_id, payer_id, remittance_id, submission_id, inquiry_id, stake_cents, opened_on, \
        due_on, deadline_on, escalations, revision, handover, resolution, resolved_on, subject_key \
        FROM work_item WHERE practice_id = $1 AND state <> 'resolved' AND subject_key IN ({keys})";
    /// Every item that is not resolved for a claim.
    pub const OPEN_ITEMS_OF_CLAIM: WorkItemRow = "SELECT id, reason, desk, state, owner_id, summary, patient_id, \
        encounter_id, claim_id, charge_id, payer_id, remittance_id, submission_id, inquiry_id, stake_cents, opened_on, \
        due_on, deadline_on, escalations, revision, handover, resolution, resolved_on, subject_key \
        FROM work_item WHERE practice_id = $1 AND claim_id = $2 AND state <> 'resolved' ORDER BY opened_on, id";
    /// Every item that is not resolved for a visit of a patient.
    pub const OPEN_ITEMS_OF_VISIT: WorkItemRow = "SELECT id, reason, desk, state, owner_id, summary, patient_id, \
        encounter_id, claim_id, charge_id, payer_id, remittance_id, submission_id, inquiry_id, stake_cents, opened_on, \
        due_on, deadline_on, escalations, revision, handover, resolution, resolved_on, subject_key \
        FROM work_item WHERE practice_id = $1 AND patient_id = $2 AND encounter_id = $3 AND state <> 'resolved' \
        ORDER BY opened_on, id";
    /// Saves a moved item; no row means that somebody else moved it first.
    pub const SAVE_WORK_ITEM: (WorkItemId,) = "UPDATE work_item SET desk = $3, state = $4, owner_id = $5, due_on = $6, \
        escalations = $7, revision = $8, handover = $9, resolution = $10, resolved_on = $11, stake_cents = $12, \
        summary = $13, deadline_on = $15, reason = $16 WHERE practice_id = $1 AND id = $2 AND revision = $14 RETURNING id";
    /// The number of an item's last step.
    pub const LAST_WORK_EVENT: (i64,) = "SELECT COALESCE(MAX(sequence), 0) FROM work_event \
        WHERE practice_id = $1 AND work_item_id = $2";
    /// An item's history.
    pub const WORK_EVENTS: WorkEventRow = "SELECT work_item_id, sequence, occurred_at, actor, kind, sentence \
        FROM work_event WHERE practice_id = $1 AND work_item_id = $2 ORDER BY sequence";
    /// One page of a desk's queue: most urgent first, then most money. `$3` to `$5` is where the last page ended.
    pub const DESK_QUEUE: QueueRow = "SELECT w.id, w.reason, w.desk, w.state, w.owner_id, w.summary, w.stake_cents, \
        w.due_on, w.deadline_on, w.escalations, w.patient_id, w.claim_id, c.control_number, p.name AS payer_name, \
        t.last_name_key AS last_name, t.first_name_key AS first_name \
        FROM work_item w \
        LEFT JOIN claim c ON c.practice_id = w.practice_id AND c.id = w.claim_id \
        LEFT JOIN payer p ON p.practice_id = w.practice_id AND p.id = w.payer_id \
        LEFT JOIN patient t ON t.practice_id = w.practice_id AND t.id = w.patient_id \
        WHERE w.practice_id = $1 AND w.desk = $2 AND w.state <> 'resolved' \
        AND (w.due_on, w.id) > ($3, $4) ORDER BY w.due_on, w.id LIMIT $5";
    /// What one person has taken.
    pub const OWN_QUEUE: QueueRow = "SELECT w.id, w.reason, w.desk, w.state, w.owner_id, w.summary, w.stake_cents, \
        w.due_on, w.deadline_on, w.escalations, w.patient_id, w.claim_id, c.control_number, p.name AS payer_name, \
        t.last_name_key AS last_name, t.first_name_key AS first_name \
        FROM work_item w \
        LEFT JOIN claim c ON c.practice_id = w.practice_id AND c.id = w.claim_id \
        LEFT JOIN payer p ON p.practice_id = w.practice_id AND p.id = w.payer_id \
        LEFT JOIN patient t ON t.practice_id = w.practice_id AND t.id = w.patient_id \
        WHERE w.practice_id = $1 AND w.owner_id = $2 AND w.state = 'taken' \
        ORDER BY w.due_on, w.stake_cents DESC, w.id LIMIT $3";
    /// What stands in every queue; `$2` is today.
    pub const QUEUE_TOTALS: QueueTotal = "SELECT desk, COUNT(*) AS items, CAST(SUM(stake_cents) AS BIGINT) AS stake_cents, \
        CAST(SUM(CASE WHEN due_on < $2 THEN 1 ELSE 0 END) AS BIGINT) AS late \
        FROM work_item WHERE practice_id = $1 AND state <> 'resolved' GROUP BY desk ORDER BY desk";
}

/// Where a page of a queue ended; the first page begins at [`QueueCursor::START`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueCursor {
    /// Due date of the last row.
    pub due_on: Date,
    /// Key of the last row.
    pub id: WorkItemId,
}

impl QueueCursor {
    /// Before the first row: earlier than any due date, and within what both engines keep.
    pub const START: QueueCursor =
        QueueCursor { due_on: jiff::civil::date(1900, 1, 1), id: WorkItemId(uuid::Uuid::nil()) };
}

/// One page of a desk's queue.
pub fn desk_queue(read: &mut Read, desk: Desk, after: QueueCursor) -> Result<Vec<QueueRow>, StoreError> {
    let page = i64::try_from(WORKLIST_PAGE).unwrap_or(i64::MAX);
    read.query(&DESK_QUEUE, params![desk, after.due_on, after.id, page])
}

/// Stores a new item with its first event; the subject's open item stays the only one.
pub fn insert_item(tx: &mut Tx, item: &WorkItem, subject_key: &str) -> Result<(), StoreError> {
    tx.insert(&row(item, subject_key, None))?;
    append_event(tx, item.id, "opened", &item.summary)
}

/// Stores many new items with their first events.
pub fn insert_items(tx: &mut Tx, items: &[(WorkItem, String)]) -> Result<(), StoreError> {
    let rows: Vec<WorkItemRow> = items.iter().map(|(item, subject_key)| row(item, subject_key, None)).collect();
    let events: Vec<WorkEventRow> = items
        .iter()
        .map(|(item, _)| WorkEventRow {
            work_item_id: item.id,
            sequence: 1,
            occurred_at: tx.now(),
            actor: tx.actor().login.clone(),
            kind: "opened".to_owned(),
            sentence: item.summary.clone(),
        })
        .collect();
    tx.insert_many(&rows)?;
    tx.insert_many(&events)
}

/// Saves a moved item if nobody else moved it since `revision_before`; says whether it was saved.
pub fn save_item(tx: &mut Tx, item: &WorkItem, revision_before: i32) -> Result<bool, StoreError> {
    let resolved_on = (item.state == WorkState::Resolved).then(|| tx.today());
    let saved = tx.query(
        &SAVE_WORK_ITEM,
        params![
            item.id,
            item.desk,
            item.state,
            item.owner,
            item.due_on,
            item.escalations,
            item.revision,
            item.handover.clone().map(Json),
            item.resolution.clone().map(Json),
            resolved_on,
            item.money_at_stake,
            item.summary,
            revision_before,
            item.deadline_on,
            item.reason
        ],
    )?;
    Ok(!saved.is_empty())
}

/// Adds a step to an item's history.
pub fn append_event(tx: &mut Tx, item: WorkItemId, kind: &str, sentence: &str) -> Result<(), StoreError> {
    let (last,) = tx.query_one(&LAST_WORK_EVENT, params![item])?;
    let event = WorkEventRow {
        work_item_id: item,
        sequence: last + 1,
        occurred_at: tx.now(),
        actor: tx.actor().login.clone(),
        kind: kind.to_owned(),
        sentence: sentence.to_owned(),
    };
    tx.insert(&event)
}

fn row(item: &WorkItem, subject_key: &str, resolved_on: Option<Date>) -> WorkItemRow {
    let links = item.links;
    WorkItemRow {
        id: item.id,
        reason: item.reason,
        desk: item.desk,
        state: item.state,
        owner_id: item.owner,
        summary: item.summary.clone(),
        patient_id: links.patient_id,
        encounter_id: links.encounter_id,
        claim_id: links.claim_id,
        charge_id: links.charge_id,
        payer_id: links.payer_id,
        remittance_id: links.remittance_id,
        submission_id: links.submission_id,
        inquiry_id: links.inquiry_id,
        stake_cents: item.money_at_stake,
        opened_on: item.opened_on,
        due_on: item.due_on,
        deadline_on: item.deadline_on,
        escalations: item.escalations,
        revision: item.revision,
        handover: item.handover.clone().map(Json),
        resolution: item.resolution.clone().map(Json),
        resolved_on,
        subject_key: subject_key.to_owned(),
    }
}

impl From<WorkItemRow> for WorkItem {
    fn from(row: WorkItemRow) -> Self {
        WorkItem {
            id: row.id,
            reason: row.reason,
            desk: row.desk,
            state: row.state,
            owner: row.owner_id,
            summary: row.summary,
            links: WorkLinks {
                patient_id: row.patient_id,
                encounter_id: row.encounter_id,
                claim_id: row.claim_id,
                charge_id: row.charge_id,
                payer_id: row.payer_id,
                remittance_id: row.remittance_id,
                submission_id: row.submission_id,
                inquiry_id: row.inquiry_id,
            },
            money_at_stake: row.stake_cents,
            opened_on: row.opened_on,
            due_on: row.due_on,
            deadline_on: row.deadline_on,
            escalations: row.escalations,
            handover: row.handover.map(|json| json.0),
            resolution: row.resolution.map(|json| json.0),
            revision: row.revision,
        }
    }
}
