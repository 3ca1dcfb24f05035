//! The owner's daily report: who holds rights that no one person should hold together, and what they did today.
//!
//! "Solo practice" mode allows such people only because this report exists, so nothing switches it off and it leaves
//! nobody out: it asks the rules of `billing::access` about the roles people hold now, not about the mode.

use std::collections::BTreeMap;

use billing::access::{Action, Role, UserState, conflicts};
use billing::id::UserId;
use jiff::{SignedDuration, Timestamp};

use super::{Cell, Report};
use crate::users::{ROLES, USERS};
use crate::{Read, StoreError, params, record, statements};

/// Rows of a person's audit that are read at once, from the latest back to midnight.
const PAGE: i64 = 1_000;
/// The audit is in the order of commits, and a record carries the moment its transaction began: none lasts this long,
/// so a record older than midnight by more ends the day.
const LONGEST_TRANSACTION: SignedDuration = SignedDuration::from_hours(1);

/// Who holds conflicting rights, and what they did.
pub static CONFLICTS: Report = Report {
    key: "conflicts",
    title: "Conflicting rights",
    answers: "Who holds rights that one person should not hold together, and what did they do today?",
    action: Action::ViewOwnerReport,
    when_empty: "Nobody holds conflicting rights.",
    columns: &["Log-in", "Roles", "Action", "Count"],
    run,
};

record! {
    /// What a person did.
    pub struct DeedRow {
        /// Its place in the chain.
        pub sequence: i64,
        /// When.
        pub recorded_at: Timestamp,
        /// What.
        pub action: String,
    }
}

statements! {
    /// What one person did before a record of the chain, latest first; by the index on the actor.
    pub const DEEDS_BEFORE: DeedRow = "SELECT sequence, recorded_at, action FROM audit_record \
        WHERE practice_id = $1 AND actor_user_id = $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4";
}

fn run(read: &mut Read) -> Result<Vec<Vec<Cell>>, StoreError> {
    let mut roles: BTreeMap<UserId, Vec<Role>> = BTreeMap::new();
    for row in read.query(&ROLES, params![])? {
        roles.entry(row.user_id).or_default().push(row.role);
    }
    let mut rows = Vec::new();
    for user in read.query(&USERS, params![])? {
        let held = roles.remove(&user.id).unwrap_or_default();
        if user.state != UserState::Active || conflicts(&held).is_empty() {
            continue;
        }
        let in_words = held.iter().map(|role| role.title()).collect::<Vec<_>>().join(", ");
        let row = |action: String, count: i64| {
            vec![Cell::Text(user.login.clone()), Cell::Text(in_words.clone()), Cell::Text(action), Cell::Count(count)]
        };
        let done = done_today(read, user.id)?;
        if done.is_empty() {
            rows.push(row("nothing today".to_owned(), 0));
        }
        rows.extend(done.into_iter().map(|(action, count)| row(action.replace('_', " "), count)));
    }
    Ok(rows)
}

/// How often a person did what, since midnight in the practice's time zone.
fn done_today(read: &Read, user: UserId) -> Result<BTreeMap<String, i64>, StoreError> {
    let began = read.today_began();
    let certainly_before = began - LONGEST_TRANSACTION;
    let mut done = BTreeMap::new();
    let mut before = i64::MAX;
    loop {
        let page = read.query(&DEEDS_BEFORE, params![user, before, PAGE])?;
        let Some(last) = page.last() else { return Ok(done) };
        before = last.sequence;
        let reaches_yesterday = last.recorded_at < certainly_before;
        for deed in page.into_iter().filter(|deed| deed.recorded_at >= began) {
            *done.entry(deed.action).or_insert(0) += 1;
        }
        if reaches_yesterday {
            return Ok(done);
        }
    }
}
