//! Where open items stand: their team, their skill, their place among the others; and the first of a lane. The places are
//! written when an item is opened or moved and by the daily job; nothing is sorted when a person asks for the next.

use billing::encounter::Encounter;
use billing::id::{UserId, WorkItemId};
use billing::patient::Patient;
use billing::work::inquiry::Inquiry;
use billing::work::{Desk, Skill, WorkReason, WorkState};
use billing::{ClaimId, InquiryId, Money, PatientId, PayerId};
use jiff::civil::Date;

use crate::value::Json;
use crate::{Conn, StoreError, Tx, params, record, statements};

/// Rows of a lane among which another payer's item is looked for before the share of a payer gives way.
pub const LOOK_AHEAD: i64 = 300;

record! {
    /// Where an item stands.
    pub struct PlaceRow {
        /// Key of the team.
        pub team: String,
        /// What it asks of who works it.
        pub skill: Skill,
        /// Its number among the others; the greater comes first.
        pub priority: i64,
        /// Whether a rule put it first.
        pub is_raised: bool,
        /// Key of the rule that decided; empty where the reason alone did.
        pub routed_by: String,
    }

    /// Where one of many items stands.
    pub struct PlacedRow {
        /// Key.
        pub id: WorkItemId,
        /// Key of the team.
        pub team: String,
        /// What it asks of who works it.
        pub skill: Skill,
        /// Its number among the others.
        pub priority: i64,
        /// Whether a rule put it first.
        pub is_raised: bool,
        /// Key of the rule that decided.
        pub routed_by: String,
    }

    /// An open item with its place.
    pub struct RankedRow {
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
        /// Cents that depend on it.
        pub stake_cents: Money,
        /// By when it should be resolved.
        pub due_on: Date,
        /// A legal or contract date.
        pub deadline_on: Option<Date>,
        /// Key of the team.
        pub team: String,
        /// What it asks of who works it.
        pub skill: Skill,
        /// Its number among the others.
        pub priority: i64,
        /// Whether a rule put it first.
        pub is_raised: bool,
    }

    /// An item as it was opened, for the dry run of a rule.
    pub struct OpenedRow {
        /// Key.
        pub id: WorkItemId,
        /// Why.
        pub reason: WorkReason,
        /// When it was opened.
        pub opened_on: Date,
        /// One sentence.
        pub summary: String,
        /// Cents that depend on it.
        pub stake_cents: Money,
        /// A legal or contract date.
        pub deadline_on: Option<Date>,
        /// Whose account.
        pub patient_id: Option<PatientId>,
        /// Which claim.
        pub claim_id: Option<ClaimId>,
        /// Which payer.
        pub payer_id: Option<PayerId>,
        /// Which question.
        pub inquiry_id: Option<InquiryId>,
    }

    /// How much stands open in one lane.
    pub struct LaneTotal {
        /// Key of the team.
        pub team: String,
        /// What it asks of who works it.
        pub skill: Skill,
        /// Open items.
        pub items: i64,
        /// Cents that depend on them.
        pub stake_cents: Money,
    }
}

statements! {
    /// Gives items their team and skill.
    pub const PLACE_ITEMS: () = "UPDATE work_item SET team = $2, skill = $3, is_raised = $4, routed_by = $5 \
        WHERE practice_id = $1 AND id IN ({keys})";
    /// Gives one item its place.
    pub const RANK_ITEM: () = "UPDATE work_item SET priority = $3 WHERE practice_id = $1 AND id = $2";
    /// Where an item stands.
    pub const PLACE_OF_ITEM: PlaceRow = "SELECT team, skill, priority, is_raised, routed_by FROM work_item \
        WHERE practice_id = $1 AND id = $2";
    /// Where many items stand.
    pub const PLACES_OF_ITEMS: PlacedRow = "SELECT id, team, skill, priority, is_raised, routed_by FROM work_item \
        WHERE practice_id = $1 AND id IN ({keys})";
    /// The first open item of a lane that waits for nobody.
    pub const NEXT_IN_LANE: (WorkItemId, i64) = "SELECT id, priority FROM work_item WHERE practice_id = $1 AND team = $2 \
        AND skill = $3 AND state = 'open' \
        AND NOT EXISTS (SELECT 1 FROM work_case c WHERE c.practice_id = work_item.practice_id \
        AND c.work_item_id = work_item.id AND c.waiting_on IS NOT NULL) ORDER BY priority DESC, id LIMIT 1";
    /// The first open item of a lane that is of no payer among the keys, or goes first (from `$5`), among the first `$4`.
    pub const NEXT_OF_OTHER_PAYERS: (WorkItemId, i64) = "SELECT id, priority FROM (SELECT id, priority, payer_id \
        FROM work_item WHERE practice_id = $1 AND team = $2 AND skill = $3 AND state = 'open' \
        AND NOT EXISTS (SELECT 1 FROM work_case c WHERE c.practice_id = work_item.practice_id \
        AND c.work_item_id = work_item.id AND c.waiting_on IS NOT NULL) \
        ORDER BY priority DESC, id LIMIT $4) AS best WHERE payer_id IS NULL OR priority >= $5 \
        OR NOT (payer_id IN ({keys})) ORDER BY priority DESC, id LIMIT 1";
    /// The open work of a team that is closed goes to its desk's own team.
    pub const REHOME_TEAM: () = "UPDATE work_item SET team = $3 WHERE practice_id = $1 AND team = $2 AND state <> 'resolved'";
    /// A piece of a desk's work that is not resolved, for the daily job; `$3` and `$4` are where the last piece ended.
    pub const RANKED: RankedRow = "SELECT id, reason, desk, state, owner_id, stake_cents, due_on, deadline_on, team, \
        skill, priority, is_raised FROM work_item WHERE practice_id = $1 AND desk = $2 AND state <> 'resolved' \
        AND (due_on, id) > ($3, $4) ORDER BY due_on, id LIMIT $5";
    /// The first open items of a lane, for who gives them out.
    pub const FIRST_OF_LANE: RankedRow = "SELECT id, reason, desk, state, owner_id, stake_cents, due_on, deadline_on, \
        team, skill, priority, is_raised FROM work_item WHERE practice_id = $1 AND team = $2 AND skill = $3 \
        AND state = 'open' \
        AND NOT EXISTS (SELECT 1 FROM work_case c WHERE c.practice_id = work_item.practice_id \
        AND c.work_item_id = work_item.id AND c.waiting_on IS NOT NULL) ORDER BY priority DESC, id LIMIT $4";
    /// What one person has.
    pub const TAKEN_BY: (WorkItemId, Desk, WorkReason) = "SELECT id, desk, reason FROM work_item WHERE practice_id = $1 AND owner_id = $2 \
        AND state = 'taken' ORDER BY id LIMIT $3";
    /// What was opened from `$2` to `$3`, a piece after the item `$5` of the day `$4`.
    pub const OPENED_BETWEEN: OpenedRow = "SELECT id, reason, opened_on, summary, stake_cents, deadline_on, patient_id, \
        claim_id, payer_id, inquiry_id FROM work_item WHERE practice_id = $1 AND opened_on >= $2 AND opened_on <= $3 \
        AND (opened_on, id) > ($4, $5) ORDER BY opened_on, id LIMIT $6";
    /// What stands open in every lane.
    pub const LANE_TOTALS: LaneTotal = "SELECT team, skill, COUNT(*) AS items, \
        CAST(SUM(stake_cents) AS BIGINT) AS stake_cents FROM work_item WHERE practice_id = $1 AND state = 'open' \
        GROUP BY team, skill ORDER BY team, skill";
    /// The teams of work that is not resolved, with the desks where it stands.
    pub const TEAMS_OF_WORK: (String, Desk, i64) = "SELECT team, desk, COUNT(*) FROM work_item WHERE practice_id = $1 \
        AND state <> 'resolved' GROUP BY team, desk ORDER BY team, desk";
    /// Codes with which payers did not pay lines of claims.
    pub const CODES_OF_CLAIMS: (ClaimId, String) = "SELECT DISTINCT p.claim_id, a.reason FROM claim_payment p \
        JOIN line_adjustment a ON a.practice_id = p.practice_id AND a.claim_payment_id = p.id AND a.class = 'denial' \
        WHERE p.practice_id = $1 AND p.claim_id IN ({keys})";
    /// What was asked.
    pub const QUESTIONS: (InquiryId, Json<Inquiry>) = "SELECT id, body FROM inquiry WHERE practice_id = $1 AND id IN ({keys})";
    /// People as registered, for their language.
    pub const LANGUAGES_OF_PATIENTS: (PatientId, Json<Patient>) = "SELECT id, body FROM patient         WHERE practice_id = $1 AND id IN ({keys})";
    /// The visits of claims, for who gave the care.
    pub const VISITS_OF_CLAIMS: (ClaimId, Json<Encounter>) = "SELECT c.id, e.body FROM claim c         JOIN encounter e ON e.practice_id = c.practice_id AND e.id = c.encounter_id         WHERE c.practice_id = $1 AND c.id IN ({keys})";
    /// How often the patient of the question `$2` asked about the same before it, from the day `$3` on.
    pub const ASKED_BEFORE: (i64,) = "SELECT COUNT(*) FROM inquiry q, inquiry o WHERE q.practice_id = $1 AND q.id = $2 \
        AND o.practice_id = q.practice_id AND o.patient_id = q.patient_id AND o.reason = q.reason AND o.id <> q.id \
        AND o.received_on >= $3 AND o.received_on <= q.received_on";
}

/// Gives items of one lane their team, skill and places.
pub fn place(tx: &mut Tx, place: &PlaceRow, items: &[(WorkItemId, i64)]) -> Result<(), StoreError> {
    let ids: Vec<WorkItemId> = items.iter().map(|(id, _)| *id).collect();
    tx.execute_in(&PLACE_ITEMS, params![place.team, place.skill, place.is_raised, place.routed_by], &ids)?;
    rank(tx, items)
}

/// Gives items their places.
pub fn rank(tx: &mut Tx, items: &[(WorkItemId, i64)]) -> Result<(), StoreError> {
    match items {
        [] => Ok(()),
        [(id, priority)] => tx.execute(&RANK_ITEM, params![*id, *priority]).map(|_| ()),
        many => tx.set_each("work_item", "priority", many).map(|_| ()),
    }
}

/// The first open item of a lane, with its number; of other payers than these where there are any.
pub fn next_in_lane(
    conn: &Conn,
    (team, skill): (&str, Skill),
    but: &[PayerId],
    first_from: i64,
) -> Result<Option<(WorkItemId, i64)>, StoreError> {
    if but.is_empty() {
        return conn.query_opt(&NEXT_IN_LANE, params![team, skill]);
    }
    Ok(conn.query_in(&NEXT_OF_OTHER_PAYERS, params![team, skill, LOOK_AHEAD, first_from], but)?.pop())
}
