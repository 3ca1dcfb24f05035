//! Problems of Tier 3 as rows: what cases show, the problems, what was done, a practice's own scrub rules, read receipts and
//! numbers of gathering. Decides nothing.

use billing::id::{GatheringSettingId, OwnScrubRuleId, ProblemActionId, ProblemId, TrainingReceiptId};
use billing::problem::{ActionKind, GatheringKind, OwnRuleState, Pattern, ProblemState};
use billing::work::{Desk, Resolution, WorkReason, WorkState};
use billing::{ClaimId, Money, PayerId, UserId, WorkItemId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{StoreError, Tx, col_texts, params, record, statements};

col_texts!(ProblemState: |state| state.as_str(), |text| ProblemState::parse(text););
col_texts!(ActionKind: |kind| kind.as_str(), |text| ActionKind::parse(text););
col_texts!(OwnRuleState: |state| state.as_str(), |text| OwnRuleState::parse(text););
col_texts!(GatheringKind: |kind| kind.as_str(), |text| GatheringKind::parse(text););

record! {
    /// A problem as stored.
    pub struct ProblemRow in "problem" {
        /// Key.
        pub id: ProblemId,
        /// What people call it.
        pub problem_number: String,
        /// Key of its pattern.
        pub pattern: String,
        /// Its pattern.
        pub body: Json<Pattern>,
        /// What a list says.
        pub title: String,
        /// The payer it is about.
        pub payer_id: Option<PayerId>,
        /// Where it stands.
        pub state: ProblemState,
        /// When it first formed.
        pub formed_on: Date,
        /// When it last formed.
        pub opened_on: Date,
        /// By when it has a plan.
        pub plan_due_on: Date,
        /// The plan; empty until there is one.
        pub plan: String,
        /// When it was written.
        pub planned_on: Option<Date>,
        /// The first action since it opened.
        pub acted_on: Option<Date>,
        /// Who answers for it …
        pub owner_id: Option<UserId>,
        /// … with the log-in name; empty where nobody.
        pub owner_login: String,
        /// When it was closed.
        pub closed_on: Option<Date>,
        /// Where it began; empty until it was closed.
        pub stage: String,
        /// What went wrong there.
        pub cause: String,
        /// What came of it.
        pub outcome: String,
        /// How often it opened again.
        pub reopened: i32,
        /// Changes so far.
        pub revision: i32,
    }

    /// What a case shows.
    pub struct SignRow in "problem_sign" {
        /// Key of the pattern.
        pub pattern: String,
        /// The case.
        pub work_item_id: WorkItemId,
        /// Its claim.
        pub claim_id: Option<ClaimId>,
        /// When it was seen.
        pub seen_on: Date,
        /// The problem that gathered it.
        pub problem_id: Option<ProblemId>,
    }

    /// A step in the history of a problem.
    pub struct ProblemEventRow in "problem_event" {
        /// The problem.
        pub problem_id: ProblemId,
        /// Its number there.
        pub sequence: i64,
        /// When.
        pub occurred_at: Timestamp,
        /// Who.
        pub actor: String,
        /// A word for the kind of step.
        pub kind: String,
        /// What happened.
        pub sentence: String,
    }

    /// What was done about a problem.
    pub struct ProblemActionRow in "problem_action" {
        /// Key; keys grow with time.
        pub id: ProblemActionId,
        /// The problem.
        pub problem_id: ProblemId,
        /// What kind of thing.
        pub kind: ActionKind,
        /// In words.
        pub words: String,
        /// Figures of a letter; an empty object where none.
        pub body: Json<serde_json::Value>,
        /// The day it counts from.
        pub taken_on: Date,
        /// When.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
    }

    /// A scrub rule of the practice's own.
    pub struct OwnScrubRuleRow in "own_scrub_rule" {
        /// Key.
        pub id: OwnScrubRuleId,
        /// What people call it.
        pub rule_number: String,
        /// The problem it was made for.
        pub problem_id: ProblemId,
        /// What it says.
        pub body: Json<serde_json::Value>,
        /// What it would have done when it was asked for.
        pub dry_run: Json<serde_json::Value>,
        /// Where it stands.
        pub state: OwnRuleState,
        /// When it was asked for.
        pub asked_on: Date,
        /// By whom …
        pub asked_by: UserId,
        /// … with the log-in name.
        pub asked_by_login: String,
        /// When it was decided.
        pub decided_on: Option<Date>,
        /// By whom …
        pub decided_by: Option<UserId>,
        /// … with the log-in name; empty until then.
        pub decided_by_login: String,
        /// Why it was refused or switched off.
        pub decision: String,
    }

    /// That a person shall read, or read, a training note.
    pub struct TrainingReceiptRow in "training_receipt" {
        /// Key.
        pub id: TrainingReceiptId,
        /// The note.
        pub problem_action_id: ProblemActionId,
        /// Who.
        pub user_id: UserId,
        /// When it was sent.
        pub told_at: Timestamp,
        /// When it was read.
        pub read_at: Option<Timestamp>,
    }

    /// How many cases make a problem, as the practice set it.
    pub struct GatheringSettingRow in "gathering_setting" {
        /// Key; keys grow with time.
        pub id: GatheringSettingId,
        /// Of what.
        pub kind: GatheringKind,
        /// So many; 0 gathers nothing.
        pub cases: i64,
        /// From this day on.
        pub from_on: Date,
        /// When it was set.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
        /// Why.
        pub why: String,
    }

    /// A case without a problem that shows a pattern.
    pub struct LooseSign {
        /// The pattern.
        pub pattern: String,
        /// The case.
        pub work_item_id: WorkItemId,
        /// Its claim.
        pub claim_id: Option<ClaimId>,
        /// When it was seen.
        pub seen_on: Date,
    }

    /// What the cases of a problem come to.
    pub struct ProblemSum {
        /// The problem.
        pub problem_id: ProblemId,
        /// Cases.
        pub cases: i64,
        /// Of these, not resolved.
        pub open_cases: i64,
        /// Cents that depend, or depended, on them.
        pub stake_cents: Money,
        /// Of these, of cases that are not resolved.
        pub open_cents: Money,
        /// When the last was seen.
        pub last_seen_on: Date,
    }

    /// A case of a problem.
    pub struct CaseOfProblem {
        /// The item.
        pub id: WorkItemId,
        /// Why it is there.
        pub reason: WorkReason,
        /// Whose queue it stands in.
        pub desk: Desk,
        /// Where it stands.
        pub state: WorkState,
        /// What it is about.
        pub summary: String,
        /// Cents.
        pub stake_cents: Money,
        /// When it was seen.
        pub seen_on: Date,
        /// Its claim …
        pub claim_id: Option<ClaimId>,
        /// … with our number.
        pub control_number: Option<String>,
        /// The payer's number of the claim.
        pub payer_claim_control_number: Option<String>,
    }

    /// A training note as who shall read it sees it.
    pub struct TrainingRow {
        /// Key of the receipt.
        pub id: TrainingReceiptId,
        /// What it tells.
        pub words: String,
        /// Who wrote it.
        pub recorded_by_login: String,
        /// When it was sent.
        pub told_at: Timestamp,
        /// When it was read.
        pub read_at: Option<Timestamp>,
    }

    /// Work that ended with a cause.
    pub struct EndedItem {
        /// The item.
        pub id: WorkItemId,
        /// Its claim.
        pub claim_id: Option<ClaimId>,
        /// How it ended.
        pub resolution: Option<Json<Resolution>>,
        /// When.
        pub resolved_on: Option<Date>,
    }

    /// A claim, for a dry run.
    pub struct MadeClaim {
        /// Key.
        pub id: ClaimId,
        /// When it was made.
        pub created_on: Date,
        /// What was billed.
        pub total_cents: Money,
    }
}

statements! {
    /// A problem.
    pub const PROBLEM: ProblemRow = "SELECT id, problem_number, pattern, body, title, payer_id, state, formed_on, opened_on, \
        plan_due_on, plan, planned_on, acted_on, owner_id, owner_login, closed_on, stage, cause, outcome, reopened, revision \
        FROM problem WHERE practice_id = $1 AND id = $2";
    /// The problem of a number.
    pub const PROBLEM_BY_NUMBER: (ProblemId,) = "SELECT id FROM problem WHERE practice_id = $1 AND problem_number = $2";
    /// The problems of patterns.
    pub const PROBLEMS_OF_PATTERNS: ProblemRow = "SELECT id, problem_number, pattern, body, title, payer_id, state, \
        formed_on, opened_on, plan_due_on, plan, planned_on, acted_on, owner_id, owner_login, closed_on, stage, cause, \
        outcome, reopened, revision FROM problem WHERE practice_id = $1 AND pattern IN ({keys})";
    /// Problems of a state, the latest first.
    pub const PROBLEMS_IN_STATE: ProblemRow = "SELECT id, problem_number, pattern, body, title, payer_id, state, formed_on, \
        opened_on, plan_due_on, plan, planned_on, acted_on, owner_id, owner_login, closed_on, stage, cause, outcome, \
        reopened, revision FROM problem WHERE practice_id = $1 AND state = $2 ORDER BY opened_on DESC, id DESC LIMIT $3";
    /// Changes a problem, where nobody else did meanwhile.
    pub const SAVE_PROBLEM: (ProblemId,) = "UPDATE problem SET state = $3, opened_on = $4, plan_due_on = $5, plan = $6, \
        planned_on = $7, acted_on = $8, owner_id = $9, owner_login = $10, closed_on = $11, stage = $12, cause = $13, \
        outcome = $14, reopened = $15, revision = $16 WHERE practice_id = $1 AND id = $2 AND revision = $17 RETURNING id";
    /// What cases come to, of problems; a claim that was decided again counts once.
    pub const SUMS_OF_PROBLEMS: ProblemSum = "SELECT y.problem_id, COUNT(*) AS cases, \
        CAST(SUM(y.is_open) AS BIGINT) AS open_cases, CAST(SUM(y.stake) AS BIGINT) AS stake_cents, \
        CAST(SUM(y.open_stake) AS BIGINT) AS open_cents, MAX(y.seen_on) AS last_seen_on \
        FROM (SELECT s.problem_id, COALESCE(w.claim_id, w.id) AS thing, MAX(w.stake_cents) AS stake, \
        MAX(CASE WHEN w.state <> 'resolved' THEN 1 ELSE 0 END) AS is_open, \
        MAX(CASE WHEN w.state <> 'resolved' THEN w.stake_cents ELSE 0 END) AS open_stake, MAX(s.seen_on) AS seen_on \
        FROM problem_sign s JOIN work_item w ON w.practice_id = s.practice_id AND w.id = s.work_item_id \
        WHERE s.practice_id = $1 AND s.problem_id IN ({keys}) \
        GROUP BY s.problem_id, COALESCE(w.claim_id, w.id)) y GROUP BY y.problem_id";
    /// The cases of a problem, the latest first.
    pub const CASES_OF_PROBLEM: CaseOfProblem = "SELECT w.id, w.reason, w.desk, w.state, w.summary, w.stake_cents, \
        x.seen_on, w.claim_id, c.control_number, c.payer_claim_control_number \
        FROM (SELECT work_item_id, MIN(seen_on) AS seen_on FROM problem_sign \
        WHERE practice_id = $1 AND problem_id = $2 GROUP BY work_item_id) x \
        JOIN work_item w ON w.practice_id = $1 AND w.id = x.work_item_id \
        LEFT JOIN claim c ON c.practice_id = w.practice_id AND c.id = w.claim_id \
        ORDER BY x.seen_on DESC, w.id DESC LIMIT $3";
    /// What the cases show already.
    pub const SIGNS_OF_ITEMS: (String, WorkItemId, Option<ProblemId>) = "SELECT pattern, work_item_id, problem_id \
        FROM problem_sign WHERE practice_id = $1 AND work_item_id IN ({keys})";
    /// The open items of subjects, with their claims.
    pub const ITEMS_OF_SUBJECTS: (WorkItemId, Option<ClaimId>) = "SELECT id, claim_id FROM work_item \
        WHERE practice_id = $1 AND state <> 'resolved' AND subject_key IN ({keys})";
    /// The cases without a problem that show patterns since a day.
    pub const LOOSE_SIGNS: LooseSign = "SELECT pattern, work_item_id, claim_id, seen_on FROM problem_sign WHERE practice_id = $1 \
        AND problem_id IS NULL AND seen_on > $2 AND pattern IN ({keys}) ORDER BY pattern, work_item_id";
    /// Every pattern that cases without a problem show since a day, with how many.
    pub const LOOSE_PATTERNS: (String, i64) = "SELECT pattern, COUNT(*) FROM problem_sign WHERE practice_id = $1 \
        AND problem_id IS NULL AND seen_on > $2 GROUP BY pattern ORDER BY pattern";
    /// Cases belong to a problem.
    pub const GATHER: () = "UPDATE problem_sign SET problem_id = $2 WHERE practice_id = $1 AND problem_id IS NULL \
        AND work_item_id IN ({keys})";
    /// The cases that something is known of beyond the item.
    pub const CASES_KNOWN: (WorkItemId,) = "SELECT work_item_id FROM work_case WHERE practice_id = $1 \
        AND work_item_id IN ({keys})";
    /// How many cases show a pattern within a time.
    pub const SIGNS_BETWEEN: (i64,) = "SELECT COUNT(*) FROM problem_sign WHERE practice_id = $1 AND pattern = $2 \
        AND seen_on BETWEEN $3 AND $4";
    /// Lines that a payer decided within a time, and those denied for a reason; an empty procedure is any.
    pub const DECIDED_LINES: (i64, i64) = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN EXISTS \
        (SELECT 1 FROM line_adjustment a WHERE a.practice_id = l.practice_id AND a.claim_payment_id = l.claim_payment_id \
        AND a.line_ordinal IN (0, l.ordinal) AND a.reason = $5 AND a.class = 'denial') THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM remittance r \
        JOIN claim_payment m ON m.practice_id = r.practice_id AND m.remittance_id = r.id AND m.state = 'posted' \
        AND m.status_code <> '22' \
        JOIN claim c ON c.practice_id = m.practice_id AND c.id = m.claim_id AND c.payer_id = $4 \
        JOIN line_payment l ON l.practice_id = m.practice_id AND l.claim_payment_id = m.id \
        WHERE r.practice_id = $1 AND r.paid_on BETWEEN $2 AND $3 AND ($6 = '' OR l.procedure_code = $6)";
    /// Claims that were made within a time.
    pub const CLAIMS_MADE: (i64,) = "SELECT COUNT(*) FROM claim WHERE practice_id = $1 AND created_on >= '1900-01-01' AND created_on BETWEEN $2 AND $3";
    /// Items that ended within a time.
    pub const ITEMS_ENDED: (i64,) = "SELECT COUNT(*) FROM work_item WHERE practice_id = $1 AND state = 'resolved' \
        AND resolved_on BETWEEN $2 AND $3";
    /// Items that ended since a day, a piece after another.
    pub const ENDED_SINCE: EndedItem = "SELECT id, claim_id, resolution, resolved_on FROM work_item WHERE practice_id = $1 \
        AND state = 'resolved' AND (resolved_on, id) > ($2, $3) ORDER BY resolved_on, id LIMIT $4";
    /// Claims that were made since a day, a piece after another; of one payer.
    pub const CLAIMS_OF_PAYER_SINCE: MadeClaim = "SELECT id, created_on, total_cents FROM claim WHERE practice_id = $1 \
        AND created_on >= '1900-01-01' AND (created_on, id) > ($2, $3) AND payer_id = $4 ORDER BY created_on, id LIMIT $5";
    /// Claims that were made since a day, a piece after another.
    pub const CLAIMS_SINCE: MadeClaim = "SELECT id, created_on, total_cents FROM claim WHERE practice_id = $1 \
        AND created_on >= '1900-01-01' AND (created_on, id) > ($2, $3) ORDER BY created_on, id LIMIT $4";
    /// Of claims, those that belong to a problem.
    pub const CLAIMS_OF_PROBLEM: (ClaimId,) = "SELECT DISTINCT claim_id FROM problem_sign WHERE practice_id = $1 \
        AND problem_id = $2 AND claim_id IN ({keys})";
    /// Of claims, those that were paid and had nothing denied.
    pub const PAID_CLEAN: (ClaimId,) = "SELECT DISTINCT claim_id FROM claim_payment m WHERE m.practice_id = $1 \
        AND m.state = 'posted' AND m.paid_cents > 0 AND m.denied_cents = 0 AND m.claim_id IN ({keys})";
    /// The history of a problem.
    pub const PROBLEM_EVENTS: ProblemEventRow = "SELECT problem_id, sequence, occurred_at, actor, kind, sentence \
        FROM problem_event WHERE practice_id = $1 AND problem_id = $2 ORDER BY sequence";
    /// The number of a problem's last step.
    pub const LAST_PROBLEM_EVENT: (i64,) = "SELECT COALESCE(MAX(sequence), 0) FROM problem_event \
        WHERE practice_id = $1 AND problem_id = $2";
    /// What was done about a problem.
    pub const ACTIONS_OF_PROBLEM: ProblemActionRow = "SELECT id, problem_id, kind, words, body, taken_on, recorded_at, \
        recorded_by, recorded_by_login FROM problem_action WHERE practice_id = $1 AND problem_id = $2 ORDER BY id";
    /// One thing that was done.
    pub const PROBLEM_ACTION: ProblemActionRow = "SELECT id, problem_id, kind, words, body, taken_on, recorded_at, \
        recorded_by, recorded_by_login FROM problem_action WHERE practice_id = $1 AND id = $2";
    /// Scrub rules of a problem.
    pub const RULES_OF_PROBLEM: OwnScrubRuleRow = "SELECT id, rule_number, problem_id, body, dry_run, state, asked_on, \
        asked_by, asked_by_login, decided_on, decided_by, decided_by_login, decision FROM own_scrub_rule \
        WHERE practice_id = $1 AND problem_id = $2 ORDER BY id";
    /// One scrub rule.
    pub const OWN_SCRUB_RULE: OwnScrubRuleRow = "SELECT id, rule_number, problem_id, body, dry_run, state, asked_on, \
        asked_by, asked_by_login, decided_on, decided_by, decided_by_login, decision FROM own_scrub_rule \
        WHERE practice_id = $1 AND id = $2";
    /// Scrub rules in a state, with the number of their problem.
    pub const RULES_IN_STATE: (String, String, Json<serde_json::Value>) = "SELECT o.rule_number, p.problem_number, o.body \
        FROM own_scrub_rule o JOIN problem p ON p.practice_id = o.practice_id AND p.id = o.problem_id \
        WHERE o.practice_id = $1 AND o.state = $2 ORDER BY o.id";
    /// Decides about a scrub rule.
    pub const DECIDE_OWN_SCRUB_RULE: (OwnScrubRuleId,) = "UPDATE own_scrub_rule SET state = $3, decided_on = $4, \
        decided_by = $5, decided_by_login = $6, decision = $7 WHERE practice_id = $1 AND id = $2 AND state = $8 RETURNING id";
    /// Who shall read a note.
    pub const RECEIPTS_OF_ACTION: TrainingReceiptRow = "SELECT id, problem_action_id, user_id, told_at, read_at \
        FROM training_receipt WHERE practice_id = $1 AND problem_action_id IN ({keys}) ORDER BY id";
    /// The training notes of a person, the latest first.
    pub const TRAINING_OF_USER: TrainingRow = "SELECT t.id, a.words, a.recorded_by_login, t.told_at, t.read_at \
        FROM training_receipt t JOIN problem_action a ON a.practice_id = t.practice_id AND a.id = t.problem_action_id \
        WHERE t.practice_id = $1 AND t.user_id = $2 ORDER BY t.id DESC LIMIT $3";
    /// A person read a note.
    pub const READ_TRAINING: (TrainingReceiptId,) = "UPDATE training_receipt SET read_at = $4 \
        WHERE practice_id = $1 AND id = $2 AND user_id = $3 AND read_at IS NULL RETURNING id";
    /// What the practice set of gathering, in the order in which it was set.
    pub const GATHERING_SETTINGS: GatheringSettingRow = "SELECT id, kind, cases, from_on, recorded_at, recorded_by, \
        recorded_by_login, why FROM gathering_setting WHERE practice_id = $1 ORDER BY id";
}

/// Saves a problem that was changed from a revision; `false` where somebody else changed it meanwhile.
pub fn save(tx: &mut Tx, row: &ProblemRow, before: i32) -> Result<bool, StoreError> {
    let saved = tx.query_opt(
        &SAVE_PROBLEM,
        params![
            row.id,
            row.state,
            row.opened_on,
            row.plan_due_on,
            row.plan,
            row.planned_on,
            row.acted_on,
            row.owner_id,
            row.owner_login,
            row.closed_on,
            row.stage,
            row.cause,
            row.outcome,
            row.reopened,
            row.revision,
            before
        ],
    )?;
    Ok(saved.is_some())
}

/// Adds a step to the history of a problem.
pub fn append_event(tx: &mut Tx, problem: ProblemId, kind: &str, sentence: &str) -> Result<(), StoreError> {
    let (last,) = tx.query_one(&LAST_PROBLEM_EVENT, params![problem])?;
    let row = ProblemEventRow {
        problem_id: problem,
        sequence: last + 1,
        occurred_at: tx.now(),
        actor: tx.actor().login.clone(),
        kind: kind.to_owned(),
        sentence: sentence.to_owned(),
    };
    tx.insert(&row)
}
