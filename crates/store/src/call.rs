//! What waits for a call to a payer, the cards of payers' telephones and the practice's own days after an outcome. Ranks
//! nothing.

use billing::work::{Desk, WorkReason, WorkState};
use billing::{CallRuleId, ClaimId, Money, PatientId, PayerId, PhoneCardId, UserId, WorkItemId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{record, statements};

record! {
    /// How a payer's telephone is walked through.
    pub struct PhoneCardRow in "phone_card" {
        /// Key; keys grow with time.
        pub id: PhoneCardId,
        /// Whose.
        pub payer_id: PayerId,
        /// The number for providers.
        pub phone: String,
        /// What to press and say, step by step.
        pub path: String,
        /// When somebody answers.
        pub hours: String,
        /// What they ask for before they speak.
        pub has_ready: String,
        /// What we say.
        pub script: String,
        /// When it was written down.
        pub recorded_at: Timestamp,
        /// By whom.
        pub recorded_by_login: String,
    }

    /// Own days after an outcome.
    pub struct CallRuleRow in "call_rule" {
        /// Key; keys grow with time.
        pub id: CallRuleId,
        /// The outcome's word.
        pub outcome: String,
        /// After how many days somebody looks again.
        pub days: i64,
        /// Why.
        pub why: String,
        /// When it was set.
        pub recorded_at: Timestamp,
        /// By whom.
        pub recorded_by_login: String,
    }

    /// A claim that waits for a call.
    pub struct ToCallRow {
        /// The work item.
        pub item_id: WorkItemId,
        /// Why.
        pub reason: WorkReason,
        /// Whose queue.
        pub desk: Desk,
        /// Where it stands.
        pub state: WorkState,
        /// Who has it.
        pub owner_id: Option<UserId>,
        /// What depends on it.
        pub stake_cents: Money,
        /// By when.
        pub due_on: Date,
        /// A legal or contract date.
        pub deadline_on: Option<Date>,
        /// The claim.
        pub claim_id: ClaimId,
        /// Our number.
        pub control_number: String,
        /// Last day to file.
        pub filing_limit_on: Date,
        /// When the payer took it.
        pub accepted_on: Option<Date>,
        /// Whose account.
        pub patient_id: PatientId,
        /// Who is called.
        pub payer_id: PayerId,
        /// The payer's name.
        pub payer_name: String,
        /// The patient: family name …
        pub last_name: String,
        /// … and given name, as searched.
        pub first_name: String,
    }

    /// The last thing that happened to a claim.
    pub struct LastEventRow {
        /// The claim.
        pub claim_id: ClaimId,
        /// When.
        pub occurred_at: Timestamp,
    }

    /// A claim that nobody touched.
    pub struct UntouchedRow {
        /// The claim.
        pub id: ClaimId,
        /// Our number.
        pub control_number: String,
        /// Whose account.
        pub patient_id: PatientId,
        /// Who has it.
        pub payer_id: PayerId,
        /// What was asked.
        pub total_cents: Money,
        /// Last day to file.
        pub filing_limit_on: Date,
    }
}

statements! {
    /// The cards of a payer, the latest first.
    pub const PHONE_CARDS: PhoneCardRow = "SELECT id, payer_id, phone, path, hours, has_ready, script, recorded_at, \
        recorded_by_login FROM phone_card WHERE practice_id = $1 AND payer_id = $2 ORDER BY id DESC LIMIT $3";
    /// Own days, in the order in which they were set.
    pub const CALL_RULES: CallRuleRow = "SELECT id, outcome, days, why, recorded_at, recorded_by_login \
        FROM call_rule WHERE practice_id = $1 ORDER BY id";
    /// Claims of the reasons `{keys}` that wait for a call, the most urgent first.
    pub const TO_CALL: ToCallRow = "SELECT w.id AS item_id, w.reason, w.desk, w.state, w.owner_id, w.stake_cents, w.due_on, \
        w.deadline_on, c.id AS claim_id, c.control_number, c.filing_limit_on, c.accepted_on, c.patient_id, c.payer_id, \
        p.name AS payer_name, t.last_name_key AS last_name, t.first_name_key AS first_name \
        FROM work_item w JOIN claim c ON c.practice_id = w.practice_id AND c.id = w.claim_id \
        JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id \
        JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id \
        WHERE w.practice_id = $1 AND w.state <> 'resolved' AND w.desk IN ('tier1', 'tier2') \
        AND w.reason IN ({keys}) ORDER BY w.due_on, w.id LIMIT $2";
    /// When something last happened to each of many claims.
    pub const LAST_EVENTS: LastEventRow = "SELECT claim_id, MAX(occurred_at) AS occurred_at FROM claim_event \
        WHERE practice_id = $1 AND claim_id IN ({keys}) GROUP BY claim_id";
    /// Claims that are open, of which nothing was written since an instant, and on whose items nobody worked since then.
    pub const UNTOUCHED: UntouchedRow = "SELECT c.id, c.control_number, c.patient_id, c.payer_id, c.total_cents, c.filing_limit_on \
        FROM claim c WHERE c.practice_id = $1 AND (c.status IN ('submitted', 'accepted') OR c.status = 'adjudicated' \
        AND EXISTS (SELECT 1 FROM work_item o WHERE o.practice_id = c.practice_id AND o.claim_id = c.id \
        AND o.state <> 'resolved')) \
        AND (c.follow_up_on IS NULL OR c.follow_up_on < $3) \
        AND NOT EXISTS (SELECT 1 FROM claim_event e WHERE e.practice_id = c.practice_id AND e.claim_id = c.id \
        AND e.occurred_at >= $2) \
        AND NOT EXISTS (SELECT 1 FROM work_item w JOIN work_event v ON v.practice_id = w.practice_id \
        AND v.work_item_id = w.id WHERE w.practice_id = c.practice_id AND w.claim_id = c.id AND v.occurred_at >= $2) \
        ORDER BY c.filing_limit_on, c.id LIMIT $4";
}
