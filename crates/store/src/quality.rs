//! Draws, reviews, and the facts that measures of work are made of; training cases and what people answered; skills given
//! one by one. Rows are added; a review is filled in once and answered once. Decides nothing.

use billing::interaction::PromiseState;
use billing::quality::{Draw, Given};
use billing::work::{ReturnCode, Skill, WorkReason, WorkState};
use billing::{
    EncounterId, PracticeId, QualityDrawId, QualityReviewId, SkillEventId, TrainingAttemptId, TrainingCaseId, UserId,
    WorkItemId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;

use crate::value::Json;
use crate::{record, statements};

record! {
    /// A sample of a person's month.
    pub struct QualityDrawRow in "quality_draw" {
        /// Key; keys grow with time.
        pub id: QualityDrawId,
        /// Whose work.
        pub user_id: UserId,
        /// The person's log-in name.
        pub login: String,
        /// The month's first day.
        pub month: Date,
        /// The number that decided, in hexadecimal.
        pub number: String,
        /// What it was drawn from, and what came out.
        pub body: Json<Draw>,
        /// When.
        pub drawn_at: Timestamp,
        /// By whom …
        pub drawn_by: UserId,
        /// … with the log-in name.
        pub drawn_by_login: String,
    }

    /// A review of one item.
    pub struct QualityReviewRow in "quality_review" {
        /// Key; keys grow with time.
        pub id: QualityReviewId,
        /// The draw it came out of.
        pub draw_id: QualityDrawId,
        /// The item.
        pub work_item_id: WorkItemId,
        /// Whose work.
        pub user_id: UserId,
        /// Why there was work.
        pub reason: WorkReason,
        /// 'drawn', 'reviewed' or 'answered'.
        pub state: String,
        /// Percent of what applied.
        pub score: Option<i64>,
        /// Whether a critical point was not met.
        pub is_failed: Option<bool>,
        /// The reviewer's words.
        pub comment: Option<String>,
        /// The form, filled in.
        pub given: Option<Json<Vec<Given>>>,
        /// When.
        pub reviewed_at: Option<Timestamp>,
        /// By whom …
        pub reviewed_by: Option<UserId>,
        /// … with the log-in name.
        pub reviewed_by_login: Option<String>,
        /// What the reviewed person says to it.
        pub answer: Option<String>,
        /// When.
        pub answered_at: Option<Timestamp>,
    }

    /// A real practice and the one in which its people train.
    pub struct TrainingLinkRow in "training_link" {
        /// 'trains_in' at the real one, 'trains_for' at the other.
        pub kind: String,
        /// The other one.
        pub other_id: PracticeId,
        /// When.
        pub linked_at: Timestamp,
    }

    /// A case to train with.
    pub struct TrainingCaseRow in "training_case" {
        /// Key; keys grow with time.
        pub id: TrainingCaseId,
        /// Which scenario it plays.
        pub scenario: String,
        /// What it trains.
        pub skill: Skill,
        /// The item that the program opened of it.
        pub work_item_id: WorkItemId,
        /// The known right answer.
        pub body: Json<serde_json::Value>,
        /// When it was made.
        pub made_at: Timestamp,
    }

    /// What a person answered.
    pub struct TrainingAttemptRow in "training_attempt" {
        /// Key; keys grow with time.
        pub id: TrainingAttemptId,
        /// Who.
        pub user_id: UserId,
        /// To which case.
        pub case_id: TrainingCaseId,
        /// Its scenario.
        pub scenario: String,
        /// What it trains.
        pub skill: Skill,
        /// Percent of what was asked.
        pub score: i64,
        /// The answers, point by point.
        pub body: Json<serde_json::Value>,
        /// When.
        pub answered_at: Timestamp,
    }

    /// A skill given or taken back.
    pub struct SkillEventRow in "skill_event" {
        /// Key; keys grow with time.
        pub id: SkillEventId,
        /// Whose.
        pub user_id: UserId,
        /// 'limited', 'promoted' or 'demoted'.
        pub kind: String,
        /// Which skill; empty where all were limited.
        pub skill: String,
        /// Why.
        pub why: String,
        /// What it stood on.
        pub evidence: Json<serde_json::Value>,
        /// When.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
    }

    /// A step of a person at an item, with what is known of the item.
    pub struct StepFactRow {
        /// The item.
        pub work_item_id: WorkItemId,
        /// Who.
        pub actor: String,
        /// When.
        pub occurred_at: Timestamp,
        /// What.
        pub kind: String,
        /// Why there is work.
        pub reason: WorkReason,
        /// Where it stands.
        pub state: WorkState,
        /// When it ended.
        pub resolved_on: Option<Date>,
        /// How often it went up.
        pub escalations: i32,
        /// When a person first did something.
        pub first_action_on: Option<Date>,
        /// How often it was opened again.
        pub reopened: Option<i32>,
        /// The visit that it names …
        pub encounter_id: Option<EncounterId>,
        /// … or its claim does.
        pub claim_encounter_id: Option<EncounterId>,
    }

    /// A timed contact about an item.
    pub struct ContactFactRow {
        /// The item.
        pub work_item_id: WorkItemId,
        /// Who.
        pub by_login: String,
        /// When it began.
        pub started_at: Timestamp,
        /// When it ended.
        pub ended_at: Option<Timestamp>,
        /// How many promises were given in it.
        pub promises: i64,
    }

    /// A return.
    pub struct ReturnFactRow {
        /// The item.
        pub work_item_id: WorkItemId,
        /// Why there is work.
        pub reason: WorkReason,
        /// Why it went back.
        pub code: ReturnCode,
        /// Who had handed it up.
        pub handed_by_login: String,
        /// Who gave it back.
        pub returned_by_login: String,
    }

    /// A promise of ours that was due.
    pub struct PromiseFactRow {
        /// The item of its contact.
        pub work_item_id: Option<WorkItemId>,
        /// Why there is work.
        pub reason: Option<WorkReason>,
        /// Who saw to it.
        pub owner_login: String,
        /// Where it stands.
        pub state: PromiseState,
    }

    /// A day of law or contract that went by.
    pub struct MissedDayRow {
        /// The item.
        pub id: WorkItemId,
        /// Why there is work.
        pub reason: WorkReason,
        /// Who had it.
        pub owner_id: Option<UserId>,
    }

    /// Cash of a visit on a day.
    pub struct CashFactRow {
        /// The visit.
        pub encounter_id: EncounterId,
        /// The day by the books.
        pub occurred_on: Date,
        /// What came in.
        pub cash: Money,
    }
}

statements! {
    /// What a person ended by their own hand between two moments, with who the item belongs to now.
    pub const ENDED_BY: (WorkItemId, WorkReason) = "SELECT e.work_item_id, w.reason FROM work_event e \
        JOIN work_item w ON w.practice_id = e.practice_id AND w.id = e.work_item_id \
        WHERE e.practice_id = $1 AND e.actor = $2 AND e.occurred_at >= $3 AND e.occurred_at < $4 AND e.kind <> 'opened' \
        AND e.kind = 'resolved' AND w.state = 'resolved' ORDER BY e.work_item_id";
    /// The draw of a person's month.
    pub const DRAW_OF_MONTH: QualityDrawRow = "SELECT id, user_id, login, month, number, body, drawn_at, drawn_by, \
        drawn_by_login FROM quality_draw WHERE practice_id = $1 AND user_id = $2 AND month = $3";
    /// One draw.
    pub const QUALITY_DRAW: QualityDrawRow = "SELECT id, user_id, login, month, number, body, drawn_at, drawn_by, \
        drawn_by_login FROM quality_draw WHERE practice_id = $1 AND id = $2";
    /// The last draws, the latest first, up to `$2`.
    pub const LATEST_DRAWS: QualityDrawRow = "SELECT id, user_id, login, month, number, body, drawn_at, drawn_by, \
        drawn_by_login FROM quality_draw WHERE practice_id = $1 ORDER BY id DESC LIMIT $2";
    /// Reviews of a draw, in its order.
    pub const REVIEWS_OF_DRAW: QualityReviewRow = "SELECT id, draw_id, work_item_id, user_id, reason, state, score, \
        is_failed, comment, given, reviewed_at, reviewed_by, reviewed_by_login, answer, answered_at FROM quality_review \
        WHERE practice_id = $1 AND draw_id = $2 ORDER BY id";
    /// Reviews of a person's work, the latest first, up to `$3`.
    pub const REVIEWS_OF_PERSON: QualityReviewRow = "SELECT id, draw_id, work_item_id, user_id, reason, state, score, \
        is_failed, comment, given, reviewed_at, reviewed_by, reviewed_by_login, answer, answered_at FROM quality_review \
        WHERE practice_id = $1 AND user_id = $2 ORDER BY id DESC LIMIT $3";
    /// One review.
    pub const QUALITY_REVIEW: QualityReviewRow = "SELECT id, draw_id, work_item_id, user_id, reason, state, score, \
        is_failed, comment, given, reviewed_at, reviewed_by, reviewed_by_login, answer, answered_at FROM quality_review \
        WHERE practice_id = $1 AND id = $2";
    /// Fills a review in, once.
    pub const SAVE_REVIEW: (QualityReviewId,) = "UPDATE quality_review SET state = 'reviewed', score = $3, is_failed = $4, \
        comment = $5, given = $6, reviewed_at = $7, reviewed_by = $8, reviewed_by_login = $9 \
        WHERE practice_id = $1 AND id = $2 AND state = 'drawn' RETURNING id";
    /// Answers a review, once.
    pub const ANSWER_REVIEW: (QualityReviewId,) = "UPDATE quality_review SET state = 'answered', answer = $3, \
        answered_at = $4 WHERE practice_id = $1 AND id = $2 AND state = 'reviewed' RETURNING id";

    /// Steps of people between two moments, in the order of items and time.
    pub const STEP_FACTS: StepFactRow = "SELECT e.work_item_id, e.actor, e.occurred_at, e.kind, w.reason, w.state, \
        w.resolved_on, w.escalations, c.first_action_on, c.reopened, w.encounter_id, k.encounter_id AS claim_encounter_id \
        FROM work_event e JOIN work_item w ON w.practice_id = e.practice_id AND w.id = e.work_item_id \
        LEFT JOIN work_case c ON c.practice_id = w.practice_id AND c.work_item_id = w.id \
        LEFT JOIN claim k ON k.practice_id = w.practice_id AND k.id = w.claim_id \
        WHERE e.practice_id = $1 AND e.occurred_at >= $2 AND e.occurred_at < $3 AND e.kind <> 'opened' \
        AND e.actor NOT IN ('system', 'file owner', 'visitor') ORDER BY e.work_item_id, e.occurred_at, e.sequence";
    /// Contacts about items between two moments.
    pub const CONTACT_FACTS: ContactFactRow = "SELECT i.work_item_id, i.by_login, i.started_at, i.ended_at, \
        (SELECT COUNT(*) FROM promise p WHERE p.practice_id = i.practice_id AND p.interaction_id = i.id) AS promises \
        FROM interaction i WHERE i.practice_id = $1 AND i.started_at >= $2 AND i.started_at < $3 \
        AND i.work_item_id IS NOT NULL ORDER BY i.work_item_id, i.started_at";
    /// Returns between two moments.
    pub const RETURN_FACTS: ReturnFactRow = "SELECT r.work_item_id, w.reason, r.code, r.handed_by_login, \
        r.returned_by_login FROM work_return r JOIN work_item w ON w.practice_id = r.practice_id AND w.id = r.work_item_id \
        WHERE r.practice_id = $1 AND r.returned_at >= $2 AND r.returned_at < $3 ORDER BY r.returned_at, r.id";
    /// Promises of ours that were due from the day `$2` to the day `$3`, and before today `$4` where they are open.
    pub const PROMISE_FACTS: PromiseFactRow = "SELECT i.work_item_id, w.reason, p.owner_login, p.state FROM promise p \
        JOIN interaction i ON i.practice_id = p.practice_id AND i.id = p.interaction_id \
        LEFT JOIN work_item w ON w.practice_id = i.practice_id AND w.id = i.work_item_id \
        WHERE p.practice_id = $1 AND p.state IN ('open', 'kept', 'broken') AND p.due_on >= $2 AND p.due_on <= $3 \
        AND p.promised_by = 'us' AND (p.state <> 'open' OR p.due_on < $4) ORDER BY p.due_on, p.id";
    /// Items that ended from the day `$2` to the day `$3`, after their day of law or contract.
    pub const ENDED_LATE: MissedDayRow = "SELECT id, reason, owner_id FROM work_item WHERE practice_id = $1 \
        AND state = 'resolved' AND resolved_on >= $2 AND resolved_on <= $3 AND deadline_on < resolved_on ORDER BY id";
    /// Open items whose day of law or contract was from `$2` to `$3`, and before today `$4`.
    pub const OPEN_LATE: MissedDayRow = "SELECT id, reason, owner_id FROM work_item WHERE practice_id = $1 \
        AND state <> 'resolved' AND deadline_on >= $2 AND deadline_on <= $3 AND deadline_on < $4 ORDER BY id";
    /// Cash of visits by day: what payers and patients paid, less what was taken back.
    pub const CASH_FACTS: CashFactRow = "SELECT c.encounter_id, e.occurred_on, CAST(-SUM(l.cents) AS BIGINT) AS cash \
        FROM charge c JOIN ledger_posting l ON l.practice_id = c.practice_id AND l.charge_id = c.id \
        AND l.account IN ('payer_receivable', 'patient_receivable') \
        AND l.reason IN ('paid', 'payment', 'payment-kept', 'payment-returned') \
        JOIN ledger_entry e ON e.practice_id = l.practice_id AND e.id = l.entry_id \
        WHERE c.practice_id = $1 AND c.encounter_id IN ({keys}) GROUP BY c.encounter_id, e.occurred_on \
        ORDER BY c.encounter_id, e.occurred_on";

    /// The practice in which this one's people train, or for whose people this one is.
    pub const TRAINING_LINK: TrainingLinkRow = "SELECT kind, other_id, linked_at FROM training_link WHERE practice_id = $1";
    /// Says that people train in this practice.
    pub const MARK_TRAINING: () = "UPDATE practice SET is_training = TRUE WHERE practice_id = $1";
    /// Cases of every skill, oldest first.
    pub const ALL_TRAINING_CASES: TrainingCaseRow = "SELECT id, scenario, skill, work_item_id, body, made_at \
        FROM training_case WHERE practice_id = $1 ORDER BY id";
    /// What was said of everybody's skills, oldest first.
    pub const SKILLS_SAID: (UserId, String, String) = "SELECT user_id, kind, skill FROM skill_event \
        WHERE practice_id = $1 ORDER BY id";
    /// Cases of a skill, oldest first.
    pub const TRAINING_CASES: TrainingCaseRow = "SELECT id, scenario, skill, work_item_id, body, made_at \
        FROM training_case WHERE practice_id = $1 AND skill = $2 ORDER BY id";
    /// One case.
    pub const TRAINING_CASE: TrainingCaseRow = "SELECT id, scenario, skill, work_item_id, body, made_at \
        FROM training_case WHERE practice_id = $1 AND id = $2";
    /// What a person answered, the latest first.
    pub const ATTEMPTS_OF_PERSON: TrainingAttemptRow = "SELECT id, user_id, case_id, scenario, skill, score, body, \
        answered_at FROM training_attempt WHERE practice_id = $1 AND user_id = $2 ORDER BY id DESC";
    /// A person's answer to a case.
    pub const ATTEMPT_AT_CASE: TrainingAttemptRow = "SELECT id, user_id, case_id, scenario, skill, score, body, answered_at \
        FROM training_attempt WHERE practice_id = $1 AND user_id = $2 AND case_id = $3";
    /// Skills of a person given and taken back, the latest first.
    pub const SKILL_EVENTS: SkillEventRow = "SELECT id, user_id, kind, skill, why, evidence, recorded_at, recorded_by, \
        recorded_by_login FROM skill_event WHERE practice_id = $1 AND user_id = $2 ORDER BY id DESC";
}
