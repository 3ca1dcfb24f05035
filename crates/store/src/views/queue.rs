//! A page of open work, narrowed by what it is asked by: desk, reason, payer, person, state, age, amount, due date. Most
//! urgent first. Whoever asks says along which index the rows are walked; nothing is decided here.

use billing::work::{Desk, WorkReason};
use billing::{Money, PayerId, UserId};
use jiff::civil::Date;

use crate::worklist::{QueueCursor, QueueRow};
use crate::{Conn, StoreError, params, statements};

/// Payers or people that one list is narrowed to: what a person can take in at a glance.
pub const MOST_CHOSEN: usize = 4;

/// What narrows a list. Words stand between commas and begin and end with one; an empty text narrows nothing.
#[derive(Debug, Clone)]
pub struct Narrowed {
    /// Desks.
    pub desks: String,
    /// Reasons.
    pub reasons: String,
    /// States.
    pub states: String,
    /// Whose items.
    pub owners: Owners,
    /// Whose payers; empty: anybody's.
    pub payers: Vec<PayerId>,
    /// Cents at stake, or more.
    pub stake_from: Money,
    /// Opened on this day or before.
    pub opened_to: Date,
    /// Due on this day or before.
    pub due_to: Date,
}

/// Whose items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owners {
    /// Anybody's.
    Any,
    /// Those of these people, and nobody's where it is asked for.
    Of {
        /// The people.
        people: Vec<UserId>,
        /// Also what nobody has.
        or_nobody: bool,
    },
}

/// Along what the rows are walked.
#[derive(Debug, Clone, Copy)]
pub enum Along {
    /// A desk's queue.
    Desk(Desk),
    /// The items of a reason.
    Reason(WorkReason),
    /// The items about a payer.
    Payer(PayerId),
    /// What a person has.
    Owner(UserId),
}

macro_rules! walk {
    ($along:literal) => {
        concat!(
            "SELECT w.id, w.reason, w.desk, w.state, w.owner_id, w.summary, w.stake_cents, w.due_on, w.deadline_on, \
             w.escalations, w.patient_id, w.claim_id, c.control_number, p.name AS payer_name, \
             t.last_name_key AS last_name, t.first_name_key AS first_name FROM (SELECT id FROM work_item \
             WHERE practice_id = $1 AND state <> 'resolved' AND ",
            $along,
            " AND (due_on, id) > ($19, $20) \
             AND ($3 = '' OR $3 LIKE '%,' || desk || ',%') AND ($4 = '' OR $4 LIKE '%,' || reason || ',%') \
             AND ($5 = '' OR $5 LIKE '%,' || state || ',%') \
             AND (CAST($6 AS BIGINT) = 0 OR owner_id IN ($7, $8, $9, $10) OR (CAST($6 AS BIGINT) = 2 AND owner_id IS NULL)) \
             AND (CAST($11 AS BIGINT) = 0 OR payer_id IN ($12, $13, $14, $15)) \
             AND stake_cents >= $16 AND opened_on <= $17 AND due_on <= $18 ORDER BY due_on, id LIMIT $21) k \
             JOIN work_item w ON w.practice_id = $1 AND w.id = k.id \
             LEFT JOIN claim c ON c.practice_id = w.practice_id AND c.id = w.claim_id \
             LEFT JOIN payer p ON p.practice_id = w.practice_id AND p.id = w.payer_id \
             LEFT JOIN patient t ON t.practice_id = w.practice_id AND t.id = w.patient_id ORDER BY w.due_on, w.id"
        )
    };
}

statements! {
    /// Along a desk's queue.
    pub const WALK_DESK: QueueRow = walk!("desk = $2");
    /// Along the items of a reason.
    pub const WALK_REASON: QueueRow = walk!("reason = $2");
    /// Along the items about a payer.
    pub const WALK_PAYER: QueueRow = walk!("payer_id = $2");
    /// Along what a person has.
    pub const WALK_OWNER: QueueRow = walk!("owner_id = $2");
}

/// So many rows after a place, the most urgent first.
///
/// # Errors
/// Of the engine.
pub fn walk(
    conn: &Conn,
    along: Along,
    narrowed: &Narrowed,
    after: QueueCursor,
    rows: usize,
) -> Result<Vec<QueueRow>, StoreError> {
    let (is_owned, people) = match &narrowed.owners {
        Owners::Any => (0_i64, Vec::new()),
        Owners::Of { people, or_nobody: false } => (1, people.clone()),
        Owners::Of { people, or_nobody: true } => (2, people.clone()),
    };
    let person = |place: usize| people.get(place).copied();
    let is_of_payer = i64::from(!narrowed.payers.is_empty());
    let payer = |place: usize| narrowed.payers.get(place).copied();
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    let rest = params![
        narrowed.desks,
        narrowed.reasons,
        narrowed.states,
        is_owned,
        person(0),
        person(1),
        person(2),
        person(3),
        is_of_payer,
        payer(0),
        payer(1),
        payer(2),
        payer(3),
        narrowed.stake_from,
        narrowed.opened_to,
        narrowed.due_to,
        after.due_on,
        after.id,
        rows
    ];
    let with = |key: &[crate::Val]| [key, rest].concat();
    match along {
        Along::Desk(desk) => conn.query(&WALK_DESK, &with(params![desk])),
        Along::Reason(reason) => conn.query(&WALK_REASON, &with(params![reason])),
        Along::Payer(payer) => conn.query(&WALK_PAYER, &with(params![payer])),
        Along::Owner(owner) => conn.query(&WALK_OWNER, &with(params![owner])),
    }
}
