//! The sweep of small balances: accounts that owe less than asking costs, after a statement asked in vain. Shown first, then
//! asked for by one person and approved by another like any write-off; each visit is a write-off of its own.

use billing::access::{Action, Actor, ResourceState};
use billing::practice::Practice;
use billing::write_off::{Debtor, SWEPT_AFTER_DAYS, WriteOffReason, WriteOffState};
use billing::{EncounterId, Money, PatientId, PracticeId, WriteOffId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::patient_statement::OWING_PATIENTS;
use store::write_off::{ASKED_OF_VISIT, WRITE_OFF};
use store::{Conn, Db, params};

use super::{WriteOffRequest, approve, ask_in};
use crate::Error;
use crate::access::allow;
use crate::patient_account::account_in;

/// Accounts of one sweep: as many as a person can look over before they approve them.
const MOST_ACCOUNTS: usize = 200;

/// An account that may be swept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweptAccount {
    /// The account.
    pub patient_id: PatientId,
    /// Its number.
    pub account_number: String,
    /// The last statement that asked for it.
    pub asked_on: Date,
    /// The visits with what each owes.
    pub visits: Vec<(EncounterId, Date, Money)>,
    /// All of it.
    pub amount: Money,
}

/// What a sweep would write off today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// What an account may owe at most; zero where the practice sweeps none.
    pub limit: Money,
    /// The accounts, up to a number that can be looked over.
    pub accounts: Vec<SweptAccount>,
}

impl Sweep {
    /// All of it.
    pub fn total(&self) -> Money {
        self.accounts.iter().map(|account| account.amount).sum()
    }
}

/// What came of approving many at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approved {
    /// How many.
    pub count: usize,
    /// How much.
    pub amount: Money,
    /// Why another one was not, the first reason.
    pub stopped_by: Option<String>,
}

/// What a sweep would write off today. Nothing moves.
///
/// # Errors
/// `Denied`; `NotFound` where there is no practice.
pub fn preview(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Sweep, Error> {
    allow(actor, Action::RequestWriteOff, &ResourceState::default())?;
    db.read(actor, practice, |read| sweep_in(read))
}

/// Asks for all of a sweep, as it was seen; answers how many write-offs that is.
///
/// # Errors
/// `Denied`; `Refused` where the practice sweeps none, or the accounts owe something else by now.
pub fn ask(db: &Db, actor: &Actor, practice: PracticeId, seen: Money) -> Result<usize, Error> {
    allow(actor, Action::RequestWriteOff, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let sweep = sweep_in(tx)?;
        if !seen.is_positive() || sweep.total() != seen {
            return Err(Error::refused(format!(
                "The small balances are {} in all by now. Look at them again, then ask.",
                sweep.total()
            )));
        }
        let mut count = 0;
        for account in &sweep.accounts {
            for (visit, _, amount) in &account.visits {
                let request = WriteOffRequest {
                    encounter_id: *visit,
                    debtor: Debtor::Patient,
                    amount: *amount,
                    reason: WriteOffReason::SmallBalance,
                    note: format!("Swept: at most {}, asked for by a statement on {}.", sweep.limit, account.asked_on),
                    idempotency_key: tx.new_id().to_string(),
                };
                ask_in(tx, &request)?;
                count += 1;
            }
        }
        Ok(count)
    })
}

/// Approves small balances that others asked for, one after another, until the person's limit of the day.
///
/// # Errors
/// `Denied` without the right to approve; `Refused` for anything that is no small balance. What was approved before stays.
pub fn approve_all(db: &Db, actor: &Actor, practice: PracticeId, ids: &[WriteOffId]) -> Result<Approved, Error> {
    allow(actor, Action::ApproveWriteOff, &ResourceState::default())?;
    let mut done = Approved::default();
    for id in ids {
        let row = db.read(actor, practice, |read| Ok::<_, Error>(read.query_opt(&WRITE_OFF, params![*id])?))?;
        let row = row.ok_or(Error::NotFound("write-off"))?;
        if row.reason != WriteOffReason::SmallBalance {
            return Err(Error::refused("Only small balances are approved together. Approve the others one by one."));
        }
        if row.state != WriteOffState::Asked {
            continue;
        }
        match approve(db, actor, practice, *id) {
            Ok(()) => {
                done.count += 1;
                done.amount += row.amount_cents;
            }
            Err(Error::Refused(why)) => done.stopped_by = done.stopped_by.or(Some(why)),
            Err(Error::Denied(denied)) => done.stopped_by = done.stopped_by.or(Some(denied.to_string())),
            Err(other) => return Err(other),
        }
    }
    Ok(done)
}

fn sweep_in(conn: &Conn) -> Result<Sweep, Error> {
    let practice: Practice = store::registration::practice(conn)?.ok_or(Error::NotFound("practice"))?;
    let limit = practice.small_balance;
    let before = conn.today().saturating_sub(SWEPT_AFTER_DAYS.days());
    let mut accounts = Vec::new();
    for row in conn.query(&OWING_PATIENTS, params![])? {
        if row.owes_cents > limit || accounts.len() >= MOST_ACCOUNTS {
            continue;
        }
        accounts.extend(account(conn, row.patient_id, before)?.filter(|account| account.amount <= limit));
    }
    Ok(Sweep { limit, accounts })
}

/// What of an account may be swept: all that is owed now, once a statement has had its days, and nothing while any of it is
/// asked for already.
fn account(conn: &Conn, patient: PatientId, before: Date) -> Result<Option<SweptAccount>, Error> {
    let account = account_in(conn, patient)?;
    let Some(statement) = account.statements.first().filter(|one| one.issued_on <= before) else { return Ok(None) };
    if account.held_by_hand.is_some() || account.unapplied.is_positive() {
        return Ok(None);
    }
    let mut visits = Vec::new();
    for visit in account.visits.iter().filter(|one| one.decided && one.standing.patient_owes.is_positive()) {
        if !conn.query(&ASKED_OF_VISIT, params![visit.encounter_id])?.is_empty() {
            return Ok(None);
        }
        visits.push((visit.encounter_id, visit.date_of_service, visit.standing.patient_owes));
    }
    let amount: Money = visits.iter().map(|(_, _, amount)| *amount).sum();
    Ok((!visits.is_empty()).then(|| SweptAccount {
        patient_id: patient,
        account_number: account.patient.account_number.clone(),
        asked_on: statement.issued_on,
        visits,
        amount,
    }))
}
