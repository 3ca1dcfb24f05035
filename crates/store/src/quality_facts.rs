//! The facts of a time that measures of work are made of: one query each, put together for the pure reckoning. Counts and
//! judges nothing.

use std::collections::BTreeSet;

use billing::EncounterId;
use billing::interaction::PromiseState;
use billing::quality::measures::{
    CASH_WITHIN_DAYS, CHANGING_STEPS, CashFact, Facts, MissedDay, PromiseFact, ReturnFact, Step, TouchedItem,
};
use billing::work::WorkState;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::quality::{
    CASH_FACTS, CONTACT_FACTS, ENDED_LATE, OPEN_LATE, PROMISE_FACTS, RETURN_FACTS, STEP_FACTS, StepFactRow,
};
use crate::worklist::WORK_ITEMS;
use crate::{Conn, StoreError, params};

/// Everything that the measures from one day to another, both counted, are made of.
pub fn facts(conn: &Conn, from: Date, to: Date) -> Result<Facts, StoreError> {
    let (began, ended) = (midnight(conn, from), midnight(conn, to.saturating_add(1.day())));
    let mut facts = Facts::default();
    for row in conn.query(&STEP_FACTS, params![began, ended])? {
        facts.steps.push(step(conn, &row));
        facts.items.entry(row.work_item_id).or_insert_with(|| touched(&row));
    }
    add_contacts(conn, (began, ended), &mut facts)?;
    let returns = conn.query(&RETURN_FACTS, params![began, ended])?;
    facts.returns = returns
        .into_iter()
        .map(|row| ReturnFact {
            item: row.work_item_id,
            reason: row.reason,
            code: row.code,
            handed_by: row.handed_by_login,
            returned_by: row.returned_by_login,
        })
        .collect();
    let today = conn.today();
    let promises = conn.query(&PROMISE_FACTS, params![from, to, today])?;
    facts.promises = promises
        .into_iter()
        .map(|row| PromiseFact {
            item: row.work_item_id.zip(row.reason),
            owner: row.owner_login,
            is_kept: row.state == PromiseState::Kept,
        })
        .collect();
    let late = conn.query(&ENDED_LATE, params![from, to])?.into_iter();
    let late = late.chain(conn.query(&OPEN_LATE, params![from, to, today])?);
    facts.missed = late.map(|row| MissedDay { item: row.id, reason: row.reason, owner: row.owner_id }).collect();
    facts.cash = cash(conn, &facts, (from, to))?;
    Ok(facts)
}

/// The instant at which a day begins at the practice.
pub fn midnight(conn: &Conn, day: Date) -> Timestamp {
    // Only a day at the end of the calendar has no midnight.
    day.to_zoned(conn.zone()).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

fn day_of(conn: &Conn, at: Timestamp) -> Date {
    at.to_zoned(conn.zone()).date()
}

fn step(conn: &Conn, row: &StepFactRow) -> Step {
    Step {
        item: row.work_item_id,
        by: row.actor.clone(),
        at: row.occurred_at,
        on: day_of(conn, row.occurred_at),
        ends: row.kind == "resolved",
        changes: CHANGING_STEPS.contains(&row.kind.as_str()),
        call_seconds: None,
    }
}

fn touched(row: &StepFactRow) -> TouchedItem {
    TouchedItem {
        reason: row.reason,
        resolved_on: row.resolved_on.filter(|_| row.state == WorkState::Resolved),
        first_action_on: row.first_action_on,
        came_round: row.escalations > 0 || row.reopened.is_some_and(|times| times > 0),
        encounter: row.encounter_id.or(row.claim_encounter_id),
    }
}

/// Timed contacts are touches too, of items that may have no other step in the time.
fn add_contacts(conn: &Conn, (began, ended): (Timestamp, Timestamp), facts: &mut Facts) -> Result<(), StoreError> {
    let contacts = conn.query(&CONTACT_FACTS, params![began, ended])?;
    let unknown: Vec<_> = contacts.iter().map(|row| row.work_item_id).collect::<BTreeSet<_>>().into_iter().collect();
    let unknown: Vec<_> = unknown.into_iter().filter(|id| !facts.items.contains_key(id)).collect();
    for row in conn.query_in(&WORK_ITEMS, params![], &unknown)? {
        let item = TouchedItem {
            reason: row.reason,
            resolved_on: row.resolved_on,
            first_action_on: None,
            came_round: row.escalations > 0,
            encounter: row.encounter_id,
        };
        facts.items.insert(row.id, item);
    }
    facts.steps.extend(contacts.into_iter().map(|row| Step {
        item: row.work_item_id,
        by: row.by_login,
        at: row.started_at,
        on: day_of(conn, row.started_at),
        ends: false,
        changes: row.promises > 0,
        call_seconds: row.ended_at.map(|ended| ended.as_second() - row.started_at.as_second()),
    }));
    Ok(())
}

fn cash(conn: &Conn, facts: &Facts, (from, to): (Date, Date)) -> Result<Vec<CashFact>, StoreError> {
    let visits: BTreeSet<EncounterId> = facts.items.values().filter_map(|item| item.encounter).collect();
    let visits: Vec<EncounterId> = visits.into_iter().collect();
    let last = to.saturating_add(CASH_WITHIN_DAYS.days());
    let rows = conn.query_in(&CASH_FACTS, params![], &visits)?.into_iter();
    let rows = rows.filter(|row| from <= row.occurred_on && row.occurred_on <= last);
    Ok(rows.map(|row| CashFact { encounter: row.encounter_id, on: row.occurred_on, cash: row.cash }).collect())
}
