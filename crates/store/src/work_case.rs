//! The case around a work item, as rows: waiting, steps, questions to colleagues, transfers, returns, and what a practice
//! says of a reason. Decides nothing.

use billing::id::{OwnReasonId, WorkConsultId, WorkReturnId, WorkStepId, WorkTransferId};
use billing::work::case::{CaseFile, ReturnCode, Waiting, WaitingOn};
use billing::work::own_reason::OwnReason;
use billing::work::{Desk, WorkReason, WorkState};
use billing::{Money, ProblemId, UserId, WorkItemId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{Conn, StoreError, Tx, params, record, statements};

record! {
    /// What is known about an item beyond the item; none until somebody did something.
    pub struct WorkCaseRow in "work_case" {
        /// The item.
        pub work_item_id: WorkItemId,
        /// When a person first did something.
        pub first_action_on: Option<Date>,
        /// Who.
        pub first_action_by: Option<UserId>,
        /// Who must act before it goes on.
        pub waiting_on: Option<WaitingOn>,
        /// What is awaited.
        pub waiting_for: Option<String>,
        /// Since when.
        pub waiting_since: Option<Date>,
        /// When it comes back.
        pub waiting_until: Option<Date>,
        /// Business days that were left.
        pub waiting_days_left: Option<i64>,
        /// When a complaint was acknowledged.
        pub acknowledged_on: Option<Date>,
        /// How often it was opened again.
        pub reopened: i32,
        /// In which item it goes on.
        pub merged_into: Option<WorkItemId>,
        /// Which problem it belongs to.
        pub problem_id: Option<ProblemId>,
    }

    /// A step that was ticked or taken back, or something that was written down.
    pub struct WorkStepRow in "work_step" {
        /// Key; keys grow with time.
        pub id: WorkStepId,
        /// The item.
        pub work_item_id: WorkItemId,
        /// 'step' or 'data'.
        pub kind: String,
        /// The words of the step, or the word of the data.
        pub name: String,
        /// 1 where it is done or there, 0 where that was taken back.
        pub is_done: i64,
        /// What was written; empty for a tick.
        pub words: String,
        /// When.
        pub recorded_at: Timestamp,
        /// Who …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
    }

    /// A question to a colleague or a desk; the item stays where it is.
    pub struct WorkConsultRow in "work_consult" {
        /// Key.
        pub id: WorkConsultId,
        /// The item.
        pub work_item_id: WorkItemId,
        /// The desk that is asked.
        pub desk: Desk,
        /// The person who is asked; anybody of the desk where none is named.
        pub user_id: Option<UserId>,
        /// What is asked.
        pub question: String,
        /// When.
        pub asked_at: Timestamp,
        /// By whom …
        pub asked_by: UserId,
        /// … with the log-in name.
        pub asked_by_login: String,
        /// What was answered.
        pub answer: Option<String>,
        /// When.
        pub answered_at: Option<Timestamp>,
        /// By whom …
        pub answered_by: Option<UserId>,
        /// … with the log-in name.
        pub answered_by_login: Option<String>,
    }

    /// An item that is offered to a named person.
    pub struct WorkTransferRow in "work_transfer" {
        /// Key.
        pub id: WorkTransferId,
        /// The item.
        pub work_item_id: WorkItemId,
        /// To whom.
        pub to_user: UserId,
        /// What that person must know.
        pub words: String,
        /// When.
        pub offered_at: Timestamp,
        /// By whom …
        pub offered_by: UserId,
        /// … with the log-in name.
        pub offered_by_login: String,
        /// 'offered', 'accepted', 'declined' or 'withdrawn'.
        pub state: String,
        /// When it was decided.
        pub decided_at: Option<Timestamp>,
    }

    /// An item that went back to the desk below.
    pub struct WorkReturnRow in "work_return" {
        /// Key.
        pub id: WorkReturnId,
        /// The item.
        pub work_item_id: WorkItemId,
        /// Why, coded.
        pub code: ReturnCode,
        /// Why, in words.
        pub words: String,
        /// Who had handed it up.
        pub handed_by_login: String,
        /// When.
        pub returned_at: Timestamp,
        /// By whom …
        pub returned_by: UserId,
        /// … with the log-in name.
        pub returned_by_login: String,
    }

    /// What a practice says of a reason from a day on.
    pub struct OwnReasonRow in "own_reason" {
        /// Key; keys grow with time.
        pub id: OwnReasonId,
        /// Which reason.
        pub reason: WorkReason,
        /// From which day on.
        pub valid_from: Date,
        /// Words, days, steps.
        pub body: Json<OwnReason>,
        /// Why it was set.
        pub why: String,
        /// When.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
    }

    /// An item for the eyes of who oversees the desks.
    pub struct OverseenRow {
        /// Key.
        pub id: WorkItemId,
        /// Why.
        pub reason: WorkReason,
        /// Whose queue.
        pub desk: Desk,
        /// Where it stands.
        pub state: WorkState,
        /// One sentence.
        pub summary: String,
        /// Cents that depend on it.
        pub stake_cents: Money,
        /// By when.
        pub due_on: Date,
        /// A legal or contract date.
        pub deadline_on: Option<Date>,
        /// How often it went up.
        pub escalations: i32,
        /// Who has it.
        pub owner_name: Option<String>,
        /// Whom it waits for.
        pub waiting_on: Option<WaitingOn>,
        /// Until when.
        pub waiting_until: Option<Date>,
    }
}

statements! {
    /// The case of an item.
    pub const WORK_CASE: WorkCaseRow = "SELECT work_item_id, first_action_on, first_action_by, waiting_on, waiting_for, \
        waiting_since, waiting_until, waiting_days_left, acknowledged_on, reopened, merged_into, problem_id \
        FROM work_case WHERE practice_id = $1 AND work_item_id = $2";
    /// Saves a case.
    pub const SAVE_WORK_CASE: () = "UPDATE work_case SET first_action_on = $3, first_action_by = $4, waiting_on = $5, \
        waiting_for = $6, waiting_since = $7, waiting_until = $8, waiting_days_left = $9, acknowledged_on = $10, \
        reopened = $11, merged_into = $12, problem_id = $13 WHERE practice_id = $1 AND work_item_id = $2";
    /// Items whose wait ends by a day `$2`, at most `$3`.
    pub const WAITS_ENDED: (WorkItemId,) = "SELECT work_item_id FROM work_case WHERE practice_id = $1 \
        AND waiting_on IS NOT NULL AND waiting_until <= $2 ORDER BY waiting_until, work_item_id LIMIT $3";
    /// Items about claims that wait for a party `$2`.
    pub const WAITS_OF_CLAIMS: (WorkItemId,) = "SELECT c.work_item_id FROM work_item w \
        JOIN work_case c ON c.practice_id = w.practice_id AND c.work_item_id = w.id \
        WHERE w.practice_id = $1 AND w.claim_id IN ({keys}) AND w.state <> 'resolved' AND c.waiting_on = $2";
    /// Items about a patient that wait for a party `$3`.
    pub const WAITS_OF_PATIENT: (WorkItemId,) = "SELECT c.work_item_id FROM work_item w \
        JOIN work_case c ON c.practice_id = w.practice_id AND c.work_item_id = w.id \
        WHERE w.practice_id = $1 AND w.patient_id = $2 AND w.state <> 'resolved' AND c.waiting_on = $3 \
        ORDER BY c.work_item_id";
    /// Items that go on in another.
    pub const MERGED_INTO: (WorkItemId,) = "SELECT work_item_id FROM work_case WHERE practice_id = $1 \
        AND merged_into = $2 ORDER BY work_item_id";
    /// Steps and data of an item, oldest first.
    pub const WORK_STEPS: WorkStepRow = "SELECT id, work_item_id, kind, name, is_done, words, recorded_at, recorded_by, \
        recorded_by_login FROM work_step WHERE practice_id = $1 AND work_item_id = $2 ORDER BY id";
    /// Questions about an item, oldest first.
    pub const CONSULTS_OF_ITEM: WorkConsultRow = "SELECT id, work_item_id, desk, user_id, question, asked_at, asked_by, \
        asked_by_login, answer, answered_at, answered_by, answered_by_login FROM work_consult \
        WHERE practice_id = $1 AND work_item_id = $2 ORDER BY id";
    /// Questions that nobody answered, oldest first.
    pub const OPEN_CONSULTS: WorkConsultRow = "SELECT id, work_item_id, desk, user_id, question, asked_at, asked_by, \
        asked_by_login, answer, answered_at, answered_by, answered_by_login FROM work_consult \
        WHERE practice_id = $1 AND answered_at IS NULL ORDER BY id LIMIT $2";
    /// One question.
    pub const CONSULT: WorkConsultRow = "SELECT id, work_item_id, desk, user_id, question, asked_at, asked_by, \
        asked_by_login, answer, answered_at, answered_by, answered_by_login FROM work_consult \
        WHERE practice_id = $1 AND id = $2";
    /// Answers a question, once.
    pub const ANSWER_CONSULT: (WorkConsultId,) = "UPDATE work_consult SET answer = $3, answered_at = $4, \
        answered_by = $5, answered_by_login = $6 WHERE practice_id = $1 AND id = $2 AND answered_at IS NULL RETURNING id";
    /// Offers of an item, oldest first.
    pub const TRANSFERS_OF_ITEM: WorkTransferRow = "SELECT id, work_item_id, to_user, words, offered_at, offered_by, \
        offered_by_login, state, decided_at FROM work_transfer WHERE practice_id = $1 AND work_item_id = $2 ORDER BY id";
    /// What is offered to a person.
    pub const OFFERED_TO: WorkTransferRow = "SELECT id, work_item_id, to_user, words, offered_at, offered_by, \
        offered_by_login, state, decided_at FROM work_transfer WHERE practice_id = $1 AND to_user = $2 \
        AND state = 'offered' ORDER BY id";
    /// Decides an offer, once.
    pub const DECIDE_TRANSFER: (WorkTransferId,) = "UPDATE work_transfer SET state = $3, decided_at = $4 \
        WHERE practice_id = $1 AND id = $2 AND state = 'offered' RETURNING id";
    /// Returns of an item, oldest first.
    pub const RETURNS_OF_ITEM: WorkReturnRow = "SELECT id, work_item_id, code, words, handed_by_login, returned_at, \
        returned_by, returned_by_login FROM work_return WHERE practice_id = $1 AND work_item_id = $2 ORDER BY id";
    /// What a practice said of a reason, in the order in which it was said.
    pub const OWN_REASON: OwnReasonRow = "SELECT id, reason, valid_from, body, why, recorded_at, recorded_by, \
        recorded_by_login FROM own_reason WHERE practice_id = $1 AND reason = $2 ORDER BY id";
    /// What a practice said of all reasons, in the order in which it was said.
    pub const OWN_REASONS: OwnReasonRow = "SELECT id, reason, valid_from, body, why, recorded_at, recorded_by, \
        recorded_by_login FROM own_reason WHERE practice_id = $1 ORDER BY id";
    /// What went up and is open, most urgent first.
    pub const ESCALATED: OverseenRow = "SELECT w.id, w.reason, w.desk, w.state, w.summary, w.stake_cents, w.due_on, \
        w.deadline_on, w.escalations, u.display_name AS owner_name, c.waiting_on, c.waiting_until FROM work_item w \
        LEFT JOIN app_user u ON u.practice_id = w.practice_id AND u.id = w.owner_id \
        LEFT JOIN work_case c ON c.practice_id = w.practice_id AND c.work_item_id = w.id \
        WHERE w.practice_id = $1 AND w.state <> 'resolved' AND w.escalations > 0 ORDER BY w.due_on, w.id LIMIT $2";
    /// What waits, next to come back first.
    pub const WAITING: OverseenRow = "SELECT w.id, w.reason, w.desk, w.state, w.summary, w.stake_cents, w.due_on, \
        w.deadline_on, w.escalations, u.display_name AS owner_name, c.waiting_on, c.waiting_until FROM work_case c \
        JOIN work_item w ON w.practice_id = c.practice_id AND w.id = c.work_item_id \
        LEFT JOIN app_user u ON u.practice_id = w.practice_id AND u.id = w.owner_id \
        WHERE c.practice_id = $1 AND c.waiting_on IS NOT NULL AND w.state <> 'resolved' \
        ORDER BY c.waiting_until, w.id LIMIT $2";
    /// Complaints that nobody acknowledged, oldest first.
    pub const UNACKNOWLEDGED: OverseenRow = "SELECT w.id, w.reason, w.desk, w.state, w.summary, w.stake_cents, w.due_on, \
        w.deadline_on, w.escalations, u.display_name AS owner_name, c.waiting_on, c.waiting_until FROM work_item w \
        LEFT JOIN app_user u ON u.practice_id = w.practice_id AND u.id = w.owner_id \
        LEFT JOIN work_case c ON c.practice_id = w.practice_id AND c.work_item_id = w.id \
        WHERE w.practice_id = $1 AND w.state <> 'resolved' AND w.reason = 'complaint' AND c.acknowledged_on IS NULL \
        ORDER BY w.opened_on, w.id LIMIT $2";
    /// Waits of items that have ended, and waits whose day is not within their bounds: none may be.
    pub const WAITS_WITHOUT_END: (WorkItemId,) = "SELECT c.work_item_id FROM work_case c \
        JOIN work_item w ON w.practice_id = c.practice_id AND w.id = c.work_item_id WHERE c.practice_id = $1 \
        AND c.waiting_on IS NOT NULL AND (w.state = 'resolved' OR c.waiting_until IS NULL OR c.waiting_for IS NULL \
        OR w.deadline_on < c.waiting_until AND w.deadline_on > c.waiting_since) LIMIT 5";
    /// Items that somebody has who is not there, and merged items whose survivor does not exist: none may be.
    pub const ITEMS_WITHOUT_OWNER: (WorkItemId,) = "SELECT w.id FROM work_item w WHERE w.practice_id = $1 AND ( \
        (w.state = 'taken') <> (w.state <> 'resolved' AND w.owner_id IS NOT NULL) OR EXISTS ( \
            SELECT 1 FROM work_case c WHERE c.practice_id = w.practice_id AND c.work_item_id = w.id \
            AND c.merged_into IS NOT NULL AND (w.state <> 'resolved' OR NOT EXISTS ( \
                SELECT 1 FROM work_item s WHERE s.practice_id = w.practice_id AND s.id = c.merged_into)))) LIMIT 5";
    /// Whether a patient has a coverage, an answer about eligibility and a statement: how many of each.
    pub const ON_FILE_OF_PATIENT: (i64, i64, i64) = "SELECT \
        (SELECT COUNT(*) FROM coverage c WHERE c.practice_id = p.practice_id AND c.patient_id = p.id), \
        (SELECT COUNT(*) FROM eligibility e WHERE e.practice_id = p.practice_id AND e.patient_id = p.id \
            AND e.answered_at IS NOT NULL), \
        (SELECT COUNT(*) FROM statement s WHERE s.practice_id = p.practice_id AND s.patient_id = p.id) \
        FROM patient p WHERE p.practice_id = $1 AND p.id = $2";
    /// How denials of a payer and a reason ended since a day `$4`: how many, and after how many the claim was paid more.
    pub const WON_AND_LOST: (i64, i64) = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN EXISTS ( \
        SELECT 1 FROM claim_payment p JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id \
        WHERE p.practice_id = w.practice_id AND p.claim_id = w.claim_id AND p.paid_cents > 0 \
        AND r.paid_on > w.opened_on) THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM work_item w WHERE w.practice_id = $1 AND w.payer_id = $2 AND w.reason = $3 AND w.state = 'resolved' \
        AND w.resolved_on >= $4 AND w.claim_id IS NOT NULL";
}

crate::col_texts!(
    WaitingOn: |on| on.as_str(), |text| WaitingOn::parse(text);
    ReturnCode: |code| code.as_str(), |text| ReturnCode::parse(text);
);

/// The case of an item; an empty one where nobody did anything yet.
pub fn case_of(read: &Conn, item: WorkItemId) -> Result<CaseFile, StoreError> {
    Ok(read.query_opt(&WORK_CASE, params![item])?.map(CaseFile::from).unwrap_or_default())
}

/// Saves the case of an item.
pub fn save_case(tx: &mut Tx, item: WorkItemId, case: &CaseFile) -> Result<(), StoreError> {
    if tx.query_opt(&WORK_CASE, params![item])?.is_none() {
        return tx.insert(&row(item, case));
    }
    let row = row(item, case);
    tx.execute(
        &SAVE_WORK_CASE,
        params![
            item,
            row.first_action_on,
            row.first_action_by,
            row.waiting_on,
            row.waiting_for,
            row.waiting_since,
            row.waiting_until,
            row.waiting_days_left,
            row.acknowledged_on,
            row.reopened,
            row.merged_into,
            row.problem_id
        ],
    )?;
    Ok(())
}

/// Items belong to a problem.
pub fn belong(tx: &mut Tx, items: &[WorkItemId], problem: ProblemId) -> Result<(), StoreError> {
    let known: Vec<WorkItemId> =
        tx.query_in(&crate::problem::CASES_KNOWN, params![], items)?.into_iter().map(|(item,)| item).collect();
    for item in &known {
        let case = CaseFile { problem: Some(problem), ..case_of(tx, *item)? };
        save_case(tx, *item, &case)?;
    }
    let case = CaseFile { problem: Some(problem), ..CaseFile::default() };
    let new: Vec<WorkCaseRow> =
        items.iter().filter(|item| !known.contains(item)).map(|item| row(*item, &case)).collect();
    tx.insert_many(&new)
}

fn row(item: WorkItemId, case: &CaseFile) -> WorkCaseRow {
    let waiting = case.waiting.as_ref();
    WorkCaseRow {
        work_item_id: item,
        first_action_on: case.first_action_on,
        first_action_by: case.first_action_by,
        waiting_on: waiting.map(|waiting| waiting.on),
        waiting_for: waiting.map(|waiting| waiting.what.clone()),
        waiting_since: waiting.map(|waiting| waiting.since),
        waiting_until: waiting.map(|waiting| waiting.until),
        waiting_days_left: waiting.map(|waiting| i64::from(waiting.days_left)),
        acknowledged_on: case.acknowledged_on,
        reopened: case.reopened,
        merged_into: case.merged_into,
        problem_id: case.problem,
    }
}

impl From<WorkCaseRow> for CaseFile {
    fn from(row: WorkCaseRow) -> Self {
        let waiting = match (row.waiting_on, row.waiting_since, row.waiting_until) {
            (Some(on), Some(since), Some(until)) => Some(Waiting {
                on,
                what: row.waiting_for.unwrap_or_default(),
                since,
                until,
                days_left: row.waiting_days_left.and_then(|days| u32::try_from(days).ok()).unwrap_or(0),
            }),
            _ => None,
        };
        CaseFile {
            first_action_on: row.first_action_on,
            first_action_by: row.first_action_by,
            waiting,
            acknowledged_on: row.acknowledged_on,
            reopened: row.reopened,
            merged_into: row.merged_into,
            problem: row.problem_id,
        }
    }
}
