//! Lines by which money left the bank: each is a refund that was sent, a payment that came back, or nothing of claims. The entry
//! was made when the refund was sent or the payment came back; a line only shows that the bank has it too.

use std::collections::HashSet;

use billing::access::{Action, Actor, ResourceState};
use billing::bank::Deposit;
use billing::deposit::WithdrawalState;
use billing::{BankWithdrawalId, PracticeId};
use serde_json::json;
use store::reconciliation::{
    DECIDE_WITHDRAWAL, UNCASHED, UncashedRow, WITHDRAWAL, WITHDRAWALS_IN_STATE, WITHDRAWALS_OF_KEYS, WithdrawalRow,
};
use store::{Db, Tx, params};
use uuid::Uuid;

use crate::access::allow;
use crate::bank::{LONGEST_WORDS, MOST_LINES, with_keys};
use crate::{Error, reason};

/// Most rows of a list.
const MOST_SHOWN: i64 = 500;

/// What could have left by a line.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// What was sent or came back with the same amount and no line shows.
    pub sent: Vec<UncashedRow>,
}

/// A line with what it could be.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The line.
    pub line: WithdrawalRow,
    /// What it could be, where it waits.
    pub candidates: Candidates,
}

/// Takes in lines by which money left, once each; a refund of the same amount and number meets its line by itself. Says how many
/// were new.
///
/// # Errors
/// `Denied`; `Refused` as [`crate::bank::take`].
pub fn take(db: &Db, actor: &Actor, practice: PracticeId, lines: &[Deposit]) -> Result<usize, Error> {
    allow(actor, Action::WorkDeposits, &ResourceState::default())?;
    let is_wrong = |line: &Deposit| !line.amount.is_positive() || line.words.chars().count() > LONGEST_WORDS;
    if lines.len() > MOST_LINES || lines.iter().any(is_wrong) {
        return Err(Error::refused(
            "A line that went out has an amount above zero and at most 500 characters of words.",
        ));
    }
    db.write(actor, practice, |tx| {
        let keyed = with_keys(lines);
        let keys: Vec<String> = keyed.iter().map(|(key, _)| key.clone()).collect();
        let known: HashSet<String> =
            tx.query_in(&WITHDRAWALS_OF_KEYS, params![], &keys)?.into_iter().map(|(key,)| key).collect();
        let signed_until = super::signed_until(tx)?;
        let mut new = 0;
        for (line_key, line) in keyed.into_iter().filter(|(key, _)| !known.contains(key)) {
            crate::bank::refuse_signed(signed_until, line.booked_on)?;
            let row = WithdrawalRow {
                id: BankWithdrawalId(tx.new_id()),
                line_key,
                booked_on: line.booked_on,
                amount_cents: line.amount,
                trace: line.trace.trim().to_owned(),
                words: line.words.trim().to_owned(),
                state: WithdrawalState::Waiting,
                source_id: None,
                decided_on: None,
                decided_by_login: None,
                decision: String::new(),
                recorded_on: tx.today(),
            };
            tx.insert(&row)?;
            new += 1;
            let sent = tx.query(&UNCASHED, params![row.booked_on])?;
            let is_it = |refund: &&UncashedRow| {
                refund.amount_cents == row.amount_cents
                    && (refund.reference == row.trace
                        || row.words.split_whitespace().any(|word| word == refund.reference))
            };
            if let Some(refund) = sent.iter().find(is_it) {
                decide(tx, &row, kind(refund), Some(refund.id), "")?;
            }
        }
        tx.audit("bank.take_withdrawals", "practice", practice.0, json!({ "new": new, "known": known.len() }));
        Ok(new)
    })
}

/// What a line is that shows this.
fn kind(sent: &UncashedRow) -> WithdrawalState {
    if sent.number.starts_with("RP-") { WithdrawalState::PaymentReturn } else { WithdrawalState::Refund }
}

fn decide(
    tx: &mut Tx,
    row: &WithdrawalRow,
    state: WithdrawalState,
    source: Option<Uuid>,
    why: &str,
) -> Result<(), Error> {
    let (today, login) = (tx.today(), tx.actor().login.clone());
    tx.execute(&DECIDE_WITHDRAWAL, params![row.id, state, source, Some(today), Some(login), why])?;
    tx.audit(
        "bank.place_withdrawal",
        "bank_withdrawal",
        row.id,
        json!({ "cents": row.amount_cents, "state": state.as_str() }),
    );
    Ok(())
}

fn waiting(tx: &Tx, id: BankWithdrawalId) -> Result<WithdrawalRow, Error> {
    let row = tx.query_opt(&WITHDRAWAL, params![id])?.ok_or(Error::NotFound("bank line"))?;
    if row.state == WithdrawalState::Waiting {
        return Ok(row);
    }
    Err(Error::refused(format!("Somebody has said already what this line is: {}.", row.state.label())))
}

/// A person says that a line is money that was sent, or a payment that came back: the amounts must agree.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where the line does not wait, or nothing sent of its amount lacks its line.
pub fn is_sent(db: &Db, actor: &Actor, practice: PracticeId, id: BankWithdrawalId, sent: Uuid) -> Result<(), Error> {
    allow(actor, Action::WorkDeposits, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        let all = tx.query(&UNCASHED, params![row.booked_on])?;
        let Some(found) = all.iter().find(|one| one.id == sent && one.amount_cents == row.amount_cents) else {
            return Err(Error::refused("That was not sent by that day, has another amount, or has its line already."));
        };
        decide(tx, &row, kind(found), Some(found.id), "")
    })
}

/// A manager says that a line is nothing of claims, and what it is.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` where the line does not wait.
pub fn is_other(db: &Db, actor: &Actor, practice: PracticeId, id: BankWithdrawalId, why: &str) -> Result<(), Error> {
    allow(actor, Action::ReconcileBank, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence what this money was for.")?;
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        decide(tx, &row, WithdrawalState::Other, None, why)
    })
}

/// A manager takes back what was said of a line.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` where the line waits already.
pub fn take_back(db: &Db, actor: &Actor, practice: PracticeId, id: BankWithdrawalId, why: &str) -> Result<(), Error> {
    allow(actor, Action::ReconcileBank, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence why this was wrong.")?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&WITHDRAWAL, params![id])?.ok_or(Error::NotFound("bank line"))?;
        if row.state == WithdrawalState::Waiting {
            return Err(Error::refused("The line waits already."));
        }
        decide(tx, &row, WithdrawalState::Waiting, None, why)
    })
}

/// Lines of a state, the latest first, each with what it could be.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, state: WithdrawalState) -> Result<Vec<Listed>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut lines = read.query(&WITHDRAWALS_IN_STATE, params![state, MOST_SHOWN])?;
        if !crate::bank::may_read_words(actor) {
            lines.iter_mut().for_each(crate::bank::hide_words);
        }
        let sent = match state {
            WithdrawalState::Waiting => read.query(&UNCASHED, params![read.today()])?,
            WithdrawalState::Refund | WithdrawalState::PaymentReturn | WithdrawalState::Other => Vec::new(),
        };
        let could_be = |line: &WithdrawalRow| Candidates {
            sent: sent.iter().filter(|one| one.amount_cents == line.amount_cents).cloned().collect(),
        };
        Ok(lines.into_iter().map(|line| Listed { candidates: could_be(&line), line }).collect())
    })
}
