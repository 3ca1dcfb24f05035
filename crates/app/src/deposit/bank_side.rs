//! A slip and the bank's line: they meet by themselves where exactly one slip on its way has the line's amount in time. Another
//! amount is named by one person and approved by another.

use super::*;
use billing::bank::DAYS_APART;
use billing::bank::Origin;
use billing::deposit::DAYS_TO_BANK;
use billing::work::{WorkLinks, WorkReason};
use store::bank::BOOKED_DAYS;
use store::deposit::{PLACE_SLIP, SLIP_OF_LINE, SLIPS_ON_THE_WAY, SLIPS_OVERDUE};
use store::worklist::OPEN_ITEM_BY_SUBJECT;

use crate::worklist::{self, NewWork, subject_key};

/// The slip that a line of the bank must be: the only one of its amount that left within [`DAYS_TO_BANK`] days before.
pub(crate) fn meet(tx: &mut Tx, line: &BankLineRow) -> Result<Option<Origin>, Error> {
    let since = line.booked_on.saturating_sub(DAYS_TO_BANK.days());
    let found = tx.query(&SLIPS_ON_THE_WAY, params![line.amount_cents, since, line.booked_on])?;
    let [slip] = found.as_slice() else { return Ok(None) };
    save(tx, slip, SlipState::InBank, Some(line.id), "")?;
    Ok(Some(origin(slip)))
}

/// A slip that has just left may be in the bank already, where somebody takes the statement in first.
pub(super) fn look_for_line(tx: &mut Tx, slip: &SlipRow) -> Result<(), Error> {
    let until = slip.counted_on.saturating_add(DAYS_TO_BANK.days());
    let lines = tx.query(&store::bank::WAITING_OF_AMOUNT, params![slip.counted_cents, slip.counted_on, until])?;
    if let [line] = lines.as_slice() {
        crate::bank::meet(tx, line)?;
    }
    Ok(())
}

/// A person says which slip a waiting line is. Where the amounts differ a second person must approve.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words where the amounts differ; `Refused` where line or slip does not wait.
pub fn match_line(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    line: BankLineId,
    slip: DepositSlipId,
    why: &str,
) -> Result<(), Error> {
    allow(actor, Action::WorkDeposits, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let line = crate::bank::waiting(tx, line)?;
        let slip = in_state(tx, slip, SlipState::OnTheWay)?;
        if let Some(other) = tx.query_opt(&SLIP_OF_LINE, params![line.id])? {
            return Err(Error::refused(format!("The line is named for slip {} already.", other.slip_number)));
        }
        if line.amount_cents == slip.counted_cents {
            save(tx, &slip, SlipState::InBank, Some(line.id), "")?;
            return crate::bank::place(tx, &line, BankLineState::Patients, Some(origin(&slip)), "");
        }
        let ask = "The bank has another amount than the slip. Say in a sentence why; a second person reads it.";
        let why = reason::given(why, ask)?;
        save(tx, &slip, SlipState::BankDiffers, Some(line.id), why)
    })
}

/// A second person approves that the bank has another amount: the difference is short, or over.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` for who named the line, counted the slip or took money of it.
pub fn approve_bank(db: &Db, actor: &Actor, practice: PracticeId, id: DepositSlipId) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let slip = in_state(tx, id, SlipState::BankDiffers)?;
        let line = slip.bank_line_id.ok_or(Error::NotFound("bank line"))?;
        let line = crate::bank::waiting(tx, line)?;
        let difference = (slip.counted_cents - line.amount_cents).abs();
        let maker = slip.matched_by.unwrap_or(slip.counted_by);
        allow(actor, Action::ApproveDepositDifference, &ResourceState::made_by(maker, difference))?;
        must_be_anothers(tx, actor, &slip)?;
        if actor.user == maker {
            return Err(Error::refused("Who named the line does not approve its difference. Ask another person."));
        }
        let (today, user, login) = (tx.today(), tx.actor().user, tx.actor().login.clone());
        tx.execute(
            &PLACE_SLIP,
            params![
                id,
                SlipState::InBank,
                slip.bank_line_id,
                slip.bank_reason,
                slip.matched_by,
                slip.matched_by_login,
                Some(user),
                Some(login),
                Some(today)
            ],
        )?;
        tx.audit("deposit.approve_bank", "deposit_slip", id, json!({ "difference_cents": difference }));
        crate::bank::place(tx, &line, BankLineState::Patients, Some(origin(&slip)), &slip.bank_reason)
    })
}

/// The line is not this slip after all: the slip is on its way, the line waits.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where nobody named a line with another amount.
pub fn refuse_bank(db: &Db, actor: &Actor, practice: PracticeId, id: DepositSlipId) -> Result<(), Error> {
    allow(actor, Action::ApproveDepositDifference, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let slip = in_state(tx, id, SlipState::BankDiffers)?;
        save(tx, &slip, SlipState::OnTheWay, None, "")
    })
}

/// Where the money of a placed line stood before, if it was a slip.
pub(crate) fn origin_of(tx: &Tx, line: BankLineId) -> Result<Option<Origin>, Error> {
    Ok(tx.query_opt(&SLIP_OF_LINE, params![line])?.map(|slip| origin(&slip)))
}

/// What was said of a line is taken back: its slip is on its way again.
pub(crate) fn taken_back(tx: &mut Tx, line: BankLineId) -> Result<(), Error> {
    match tx.query_opt(&SLIP_OF_LINE, params![line])? {
        Some(slip) => save(tx, &slip, SlipState::OnTheWay, None, ""),
        None => Ok(()),
    }
}

/// A slip that the bank does not have three business days after it was counted is work: cash that does not arrive is missing.
/// Only where the bank's statements were taken in for that long. Says how many are new.
///
/// # Errors
/// Of the store.
pub(crate) fn open_missing(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let (Some(told_from), Some(told_until)) = tx.query_one(&BOOKED_DAYS, params![])? else { return Ok(0) };
        let calendar = store::clock::calendar(tx)?;
        let mut opened = 0;
        for slip in tx.query(&SLIPS_OVERDUE, params![told_from, told_until, MOST_SHOWN])? {
            if calendar.add_business_days(slip.counted_on, DAYS_APART) >= told_until {
                continue;
            }
            let reason = WorkReason::DepositMissing;
            let work = NewWork {
                reason,
                subject_key: subject_key(reason, slip.id),
                summary: format!(
                    "Slip {} over {}, counted on {}, is not in the bank.",
                    slip.slip_number, slip.counted_cents, slip.counted_on
                ),
                links: WorkLinks::default(),
                money_at_stake: slip.counted_cents,
                deadline_on: None,
            };
            opened += usize::from(tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![work.subject_key])?.is_none());
            worklist::open(tx, work)?;
        }
        Ok(opened)
    })
}

/// The work about a slip that was missing ends.
pub(super) fn end_missing(tx: &mut Tx, id: DepositSlipId, outcome: &str) -> Result<(), Error> {
    worklist::resolve_subject(tx, &subject_key(WorkReason::DepositMissing, id), outcome, "posting")
}

fn origin(slip: &SlipRow) -> Origin {
    Origin::Slip { number: slip.slip_number.clone(), counted: slip.counted_cents }
}

fn save(tx: &mut Tx, slip: &SlipRow, state: SlipState, line: Option<BankLineId>, why: &str) -> Result<(), Error> {
    let (today, user, login) = (tx.today(), tx.actor().user, tx.actor().login.clone());
    let matched = line.is_some().then_some((user, login));
    let ended = (state == SlipState::InBank).then_some(today);
    let (by, by_login) = matched.unzip();
    tx.execute(
        &PLACE_SLIP,
        params![slip.id, state, line, why, by, by_login, None::<billing::UserId>, None::<String>, ended],
    )?;
    tx.audit("deposit.place", "deposit_slip", slip.id, json!({ "state": state.as_str() }));
    if state == SlipState::OnTheWay {
        return Ok(());
    }
    end_missing(tx, slip.id, "The bank has it.")
}
