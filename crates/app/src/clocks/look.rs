//! The daily look at clocks: it warns as they run out, and hands those whose last day is here to the lead as critical work.
//! It ends none that could still be decided.

use billing::access::{Actor, Role};
use billing::clock::{ClockKind, ClockState, Nature, left_words, warnings_due};
use billing::work::{Calendar, NoticeKind, WorkLinks, WorkReason, WorkState};
use billing::{ClaimId, ClockId, CreditId, PaymentReturnId, PracticeId, WorkItemId};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::clock::{
    CREDITS_WITHOUT_CLOCK, ClockRow, DISPUTES_WITHOUT_CLOCK, END_CLOCKS, HOLDS_THAT_ENDED, ITEMS_OF_ENDED_CLOCKS,
    RUNNING_CLOCKS_BY, WARN_CLOCK, append_event,
};
use store::clock_follow::{CLAIMS_WITHOUT_CLOCK, follow_beside, follow_claims};
use store::worklist::{OPEN_ITEM_BY_SUBJECT, OPEN_ITEMS_OF_CLAIM, OPEN_ITEMS_OF_VISIT, WORK_ITEM, WorkItemRow};
use store::{Db, Tx, params};
use uuid::Uuid;

use super::{overdue_key, warning_key};
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, notices};

/// Clocks that one transaction takes up: others' work goes on between two of them.
const CLOCKS_AT_ONCE: i64 = 200;
/// Calendar days ahead that the look reads: more than the first warning of any kind, twenty business days, can lie ahead.
const DAYS_AHEAD: i64 = 45;
/// Rounds of one run at most; the next run goes on.
const MOST_ROUNDS: usize = 5_000;

/// The daily look. Answers how many warnings were given and clocks handed to the lead.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn look(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    start_missing(db, actor, practice)?;
    db.write(actor, practice, |tx| {
        end_holds(tx)?;
        end_stale_items(tx)
    })?;
    let mut after = (date(1900, 1, 1), ClockId(Uuid::nil()));
    let mut told = 0;
    for _ in 0..MOST_ROUNDS {
        let (count, last) = db.write(actor, practice, |tx| {
            let until = tx.today().saturating_add(DAYS_AHEAD.days());
            let clocks = tx.query(&RUNNING_CLOCKS_BY, params![until, after.0, after.1, CLOCKS_AT_ONCE])?;
            let calendar = store::clock::calendar(tx)?;
            let mut count = 0;
            for clock in &clocks {
                count += usize::from(mind(tx, clock, &calendar)?);
            }
            let last = clocks.last().map(|clock| (clock.due_on, clock.id));
            Ok::<_, Error>((count, last))
        })?;
        told += count;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    Ok(told)
}

/// What is older than clocks gets its clock.
fn start_missing(db: &Db, actor: &Actor, practice: PracticeId) -> Result<(), Error> {
    let mut after = ClaimId(Uuid::nil());
    for _ in 0..MOST_ROUNDS {
        let last = db.write(actor, practice, |tx| {
            let claims: Vec<ClaimId> = tx
                .query(&CLAIMS_WITHOUT_CLOCK, params![after, CLOCKS_AT_ONCE])?
                .into_iter()
                .map(|(claim,)| claim)
                .collect();
            follow_claims(tx, &claims)?;
            Ok::<_, Error>(claims.last().copied())
        })?;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    db.write(actor, practice, |tx| {
        let credits: Vec<CreditId> =
            tx.query(&CREDITS_WITHOUT_CLOCK, params![CLOCKS_AT_ONCE])?.into_iter().map(|(id,)| id).collect();
        let disputes: Vec<PaymentReturnId> =
            tx.query(&DISPUTES_WITHOUT_CLOCK, params![CLOCKS_AT_ONCE])?.into_iter().map(|(id,)| id).collect();
        Ok(follow_beside(tx, &credits, &disputes)?)
    })
}

/// Statements go out again by themselves from the day of a hold on: there is nothing to decide.
fn end_holds(tx: &mut Tx) -> Result<(), Error> {
    let ended: Vec<ClockId> = tx.query(&HOLDS_THAT_ENDED, params![tx.today()])?.into_iter().map(|(id,)| id).collect();
    let words = "The hold ended on its day; statements go out again.";
    tx.execute_in(&END_CLOCKS, params![ClockState::Met, tx.today(), tx.actor().login, words], &ended)?;
    Ok(())
}

/// What happened ended a clock: nobody needs to be told of it any more.
fn end_stale_items(tx: &mut Tx) -> Result<(), Error> {
    for (key, words) in tx.query(&ITEMS_OF_ENDED_CLOCKS, params![])? {
        worklist::resolve_subject(tx, &key, &words, "payer")?;
    }
    Ok(())
}

/// Warns of a clock, or hands it to the lead, where that is due and was not done; says whether it did.
pub(super) fn mind(tx: &mut Tx, clock: &ClockRow, calendar: &Calendar) -> Result<bool, Error> {
    let today = tx.today();
    let due = i64::try_from(warnings_due(clock.kind, clock.due_on, today, calendar)).unwrap_or(i64::MAX);
    let is_here = clock.due_on <= today;
    match clock.kind.facts().nature {
        Nature::Right | Nature::Duty if is_here => hand_to_lead(tx, clock, due, calendar),
        Nature::Right | Nature::Duty | Nature::Watch if due > clock.warned => warn(tx, clock, due, calendar),
        Nature::Right | Nature::Duty | Nature::Watch => Ok(false),
    }
}

/// The last day is here and nobody decided: critical work of the lead, for as long as it is undecided.
fn hand_to_lead(tx: &mut Tx, clock: &ClockRow, due: i64, calendar: &Calendar) -> Result<bool, Error> {
    let key = overdue_key(clock.id);
    if tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![key])?.is_some() {
        return Ok(false);
    }
    let said = left_words(clock.kind, clock.due_on, &clock.term_source, tx.today(), calendar);
    let work = NewWork {
        reason: WorkReason::ClockOverdue,
        subject_key: key,
        summary: said.clone(),
        links: links(clock),
        money_at_stake: clock.stake_cents,
        deadline_on: Some(clock.due_on),
    };
    let item = worklist::open(tx, work)?;
    worklist::resolve_subject(tx, &warning_key(clock.id), "Its last day is here: the lead decides.", "payer")?;
    for role in [Role::Manager, Role::Tier3] {
        notices::tell_role(tx, role, NoticeKind::ClockHere, item)?;
    }
    tx.execute(&WARN_CLOCK, params![clock.id, due, Some(item)])?;
    append_event(tx, clock.id, "overdue", &format!("Handed to the lead: {said}"))?;
    Ok(true)
}

/// Somebody is told: who has work about the same thing, else a new item's desk.
fn warn(tx: &mut Tx, clock: &ClockRow, due: i64, calendar: &Calendar) -> Result<bool, Error> {
    let said = left_words(clock.kind, clock.due_on, &clock.term_source, tx.today(), calendar);
    let item = match about(tx, clock)? {
        Some(row) => tell(tx, clock, row, &said)?,
        None => worklist::open(
            tx,
            NewWork {
                reason: WorkReason::ClockWarning,
                subject_key: warning_key(clock.id),
                summary: said.clone(),
                links: links(clock),
                money_at_stake: clock.stake_cents,
                deadline_on: is_ours(clock).then_some(clock.due_on),
            },
        )?,
    };
    tx.execute(&WARN_CLOCK, params![clock.id, due, Some(item)])?;
    append_event(tx, clock.id, "warned", &said)?;
    Ok(true)
}

/// The open item of somebody who works on the same thing.
fn about(tx: &mut Tx, clock: &ClockRow) -> Result<Option<WorkItemRow>, Error> {
    if let Some(claim) = clock.claim_id {
        let items = tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim])?;
        return Ok(items.into_iter().find(|item| item.reason != WorkReason::ClockOverdue));
    }
    if let Some(inquiry) = clock.inquiry_id {
        return Ok(tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![format!("inquiry:{inquiry}")])?);
    }
    if clock.kind == ClockKind::ChargebackAnswer {
        let key = subject_key(WorkReason::PaymentDisputed, clock.subject_id);
        return Ok(tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![key])?);
    }
    if let (Some(patient), Some(visit)) = (clock.patient_id, clock.encounter_id) {
        let items = tx.query(&OPEN_ITEMS_OF_VISIT, params![patient, visit])?;
        return Ok(items.into_iter().find(|item| item.reason == WorkReason::CreditBalance));
    }
    // The clock of an item's reason.
    let item = tx.query_opt(&WORK_ITEM, params![WorkItemId(clock.subject_id)])?;
    Ok(item.filter(|item| item.state != WorkState::Resolved))
}

/// An open item hears of the clock: it is due by its last day at the latest.
fn tell(tx: &mut Tx, clock: &ClockRow, row: WorkItemRow, said: &str) -> Result<WorkItemId, Error> {
    let (item, key) = (row.id, row.subject_key.clone());
    if is_ours(clock) && row.deadline_on.is_none_or(|deadline: Date| deadline > clock.due_on) {
        worklist::bind(tx, &key, clock.due_on)?;
    }
    store::worklist::append_event(tx, item, "noted", said)?;
    Ok(item)
}

/// Whether its last day is ours to keep; of another's we only hear.
fn is_ours(clock: &ClockRow) -> bool {
    clock.kind.facts().nature != Nature::Watch
}

fn links(clock: &ClockRow) -> WorkLinks {
    WorkLinks {
        patient_id: clock.patient_id,
        encounter_id: clock.encounter_id,
        claim_id: clock.claim_id,
        payer_id: clock.payer_id,
        inquiry_id: None,
        ..WorkLinks::default()
    }
}
