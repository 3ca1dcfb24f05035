//! How many cases make a problem: the program's numbers, and a practice's own over them from a day on with a reason. Never
//! changes what gathered before.

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::id::GatheringSettingId;
use billing::problem::gathering::{self, GatheringKind, GatheringRule, MOST_CASES};
use jiff::civil::Date;
use serde_json::json;
use store::problem::{GATHERING_SETTINGS, GatheringSettingRow};
use store::{Conn, Db, params};

use crate::access::allow;
use crate::{Error, reason};

/// The rules that stand on a day.
pub(crate) fn in_force(conn: &Conn, day: Date) -> Result<Vec<GatheringRule>, Error> {
    let rows = conn.query(&GATHERING_SETTINGS, params![])?;
    let set: Vec<(GatheringKind, u32, Date)> =
        rows.iter().map(|row| (row.kind, u32::try_from(row.cases).unwrap_or(MOST_CASES), row.from_on)).collect();
    Ok(gathering::in_force(&set, day))
}

/// The rules that stand today, and what was set, the latest first.
///
/// # Errors
/// `Denied` without the right to see problems.
pub fn list(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
) -> Result<(Vec<GatheringRule>, Vec<GatheringSettingRow>), Error> {
    allow(actor, Action::ViewProblems, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut rows = read.query(&GATHERING_SETTINGS, params![])?;
        rows.reverse();
        Ok((in_force(read, read.today())?, rows))
    })
}

/// Sets how many cases of a kind make a problem from a day on; 0 gathers nothing.
///
/// # Errors
/// `Denied`; `Invalid` for a number that never gathers, a day that is past, or without a reason.
pub fn set(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (kind, cases, from_on): (GatheringKind, u32, Date),
    why: &str,
) -> Result<(), Error> {
    allow(actor, Action::ArrangeWork, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence why; who wonders about a problem reads it.")?;
    if cases == 1 || cases > MOST_CASES {
        return Err(Error::invalid("cases", format!("Say from 2 to {MOST_CASES} cases, or 0 to gather nothing.")));
    }
    db.write(actor, practice, |tx| {
        if from_on < tx.today() {
            return Err(Error::invalid("from", "Choose today or a later day: what gathered before stays."));
        }
        let row = GatheringSettingRow {
            id: GatheringSettingId(tx.new_id()),
            kind,
            cases: i64::from(cases),
            from_on,
            recorded_at: tx.now(),
            recorded_by: tx.actor().user,
            recorded_by_login: tx.actor().login.clone(),
            why: why.to_owned(),
        };
        tx.insert(&row)?;
        let detail = json!({ "kind": kind.as_str(), "cases": cases, "from": from_on.to_string() });
        tx.audit("gathering.set", "gathering_setting", row.id, detail);
        Ok(())
    })
}
