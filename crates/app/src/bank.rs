//! The bank: its statements are taken in, a payer's transfer meets the remittance that announced it, and whatever does not
//! meet is work. A line is matched by itself only where number and amount both agree; anything else is a person's word.

use std::collections::{HashMap, HashSet};

use billing::access::{Action, Actor, ResourceState};
use billing::bank::{BankLineState, DAYS_APART, Deposit, Origin, entry};
use billing::work::{WorkItem, WorkLinks, WorkReason};
use billing::{BankLineId, Money, PracticeId, RemittanceId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::bank::{
    BANK_LINE, BANK_LINES_IN_STATE, BANK_LINES_OF_KEYS, BOOKED_DAYS, BankLineRow, DECIDE_BANK_LINE, FIRST_TAKEN,
    IN_TRANSIT, IN_TRANSIT_IN_ALL, IN_TRANSIT_OF, IN_TRANSIT_OF_AMOUNTS, InTransitRow, POSTED_AT, POSTED_OF_TRACE,
    TRACE_OF_REMITTANCE, UNDEPOSITED, WAITING_OF_TRACE,
};
use store::clock::business_days_after;
use store::ledger::ENTRY_IDS_OF_SOURCE;
use store::reconciliation::WithdrawalRow;
use store::worklist::OPEN_ITEM_BY_SUBJECT;
use store::{Db, Tx, params};

use crate::access::allow;
use crate::digest::{hex, sha256};
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, deposit, reason, reconciliation};

/// Most lines of one statement: a year of a large practice.
pub const MOST_LINES: usize = 100_000;
/// Longest words of a line that are kept: the addenda of a CCD+ entry, and room.
pub const LONGEST_WORDS: usize = 500;
/// What stands for a bank's words.
const NOT_SHOWN: &str = "Not shown to your role: it may name people.";
/// Most rows of a list.
const MOST_SHOWN: i64 = 500;
/// Most remittances that one run of the job looks at.
const MOST_LOOKED_AT: i64 = 5_000;

/// What became of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Taken {
    /// Lines that met their remittance at once.
    pub matched: usize,
    /// Lines that wait for a person or for their remittance.
    pub waiting: usize,
    /// Lines that were there already.
    pub known: usize,
}

/// Takes a statement's lines in, once each, and matches what can be matched, in one transaction.
///
/// # Errors
/// `Denied`; `Refused` for more than [`MOST_LINES`], an amount that is not above zero, or words that are too long: nothing
/// is taken then.
pub fn take(db: &Db, actor: &Actor, practice: PracticeId, lines: &[Deposit]) -> Result<Taken, Error> {
    allow(actor, Action::WorkDeposits, &ResourceState::default())?;
    for (place, line) in lines.iter().enumerate() {
        if place >= MOST_LINES || !line.amount.is_positive() || line.words.chars().count() > LONGEST_WORDS {
            return Err(Error::refused(format!(
                "Line {}: a statement has at most {MOST_LINES} lines, each with an amount above zero and at most \
                 {LONGEST_WORDS} characters of words. Nothing was taken in.",
                place + 1
            )));
        }
    }
    db.write(actor, practice, |tx| {
        let keyed = with_keys(lines);
        let keys: Vec<String> = keyed.iter().map(|(key, _)| key.clone()).collect();
        let known: HashSet<String> =
            tx.query_in(&BANK_LINES_OF_KEYS, params![], &keys)?.into_iter().map(|(key,)| key).collect();
        let mut taken =
            Taken { known: keyed.iter().filter(|(key, _)| known.contains(key)).count(), ..Taken::default() };
        let signed_until = reconciliation::signed_until(tx)?;
        for (line_key, line) in keyed.into_iter().filter(|(key, _)| !known.contains(key)) {
            refuse_signed(signed_until, line.booked_on)?;
            let row = BankLineRow {
                id: BankLineId(tx.new_id()),
                line_key,
                booked_on: line.booked_on,
                amount_cents: line.amount,
                trace: line.payer_trace().to_owned(),
                words: line.words.trim().to_owned(),
                state: BankLineState::Waiting,
                remittance_id: None,
                decided_on: None,
                decided_by_login: None,
                decision: String::new(),
                recorded_on: tx.today(),
            };
            tx.insert(&row)?;
            if meet(tx, &row)? {
                taken.matched += 1;
            } else {
                taken.waiting += 1;
            }
        }
        let detail = json!({ "matched": taken.matched, "waiting": taken.waiting, "known": taken.known });
        tx.audit("bank.take", "practice", practice.0, detail);
        Ok(taken)
    })
}

/// What makes a line itself: its day, amount, number and words, and which it is of several alike on the day. Two exports
/// that overlap tell the same line with the same key.
pub(crate) fn with_keys(lines: &[Deposit]) -> Vec<(String, &Deposit)> {
    let mut alike: HashMap<String, usize> = HashMap::new();
    let key = |line: &Deposit, place: usize| {
        let text =
            format!("{}|{}|{}|{}|{place}", line.booked_on, line.amount.cents(), line.trace.trim(), line.words.trim());
        hex(&sha256(text.as_bytes())[..16])
    };
    lines
        .iter()
        .map(|line| {
            let place = alike.entry(key(line, 0)).or_default();
            *place += 1;
            (key(line, *place), line)
        })
        .collect()
}

/// Matches a waiting line where a posted remittance has its number and exactly its amount on the way; else it is work that
/// says what is different.
pub(crate) fn meet(tx: &mut Tx, line: &BankLineRow) -> Result<bool, Error> {
    let mut sums = Vec::new();
    if !line.trace.is_empty() {
        for (remittance,) in tx.query(&POSTED_OF_TRACE, params![line.trace])? {
            let (on_the_way,) = tx.query_one(&IN_TRANSIT_OF, params![remittance])?;
            if on_the_way == line.amount_cents {
                place(tx, line, BankLineState::Payer, Some(Origin::Remittance(remittance)), "")?;
                return Ok(true);
            }
            sums.push(on_the_way);
        }
    }
    if let Some(origin) = deposit::meet(tx, line)? {
        place(tx, line, BankLineState::Patients, Some(origin), "")?;
        return Ok(true);
    }
    let amount = line.amount_cents;
    let why = match sums.first() {
        None if line.trace.is_empty() => "the bank gives no number".to_owned(),
        None => format!("no remittance of number {} is posted", line.trace),
        Some(sum) if sum.is_zero() => format!("what remittance {} announced is in the bank already", line.trace),
        Some(sum) => format!("remittance {} announces {sum}, so {} is different", line.trace, amount - *sum),
    };
    let summary = format!("{amount} came into the bank on {}: {why}.", line.booked_on);
    let reason = WorkReason::BankLineUnplaced;
    let deadline_on = Some(business_days_after(tx, line.booked_on, DAYS_APART)?);
    let work = NewWork {
        reason,
        subject_key: subject_key(reason, line.id),
        summary,
        links: WorkLinks::default(),
        money_at_stake: amount,
        deadline_on,
    };
    worklist::open_or_restate(tx, vec![work])?;
    Ok(false)
}

/// A remittance was posted: transfers that waited for it meet it.
pub(crate) fn posted(tx: &mut Tx, remittance: RemittanceId) -> Result<(), Error> {
    let Some((trace,)) = tx.query_opt(&TRACE_OF_REMITTANCE, params![remittance])? else { return Ok(()) };
    for line in tx.query(&WAITING_OF_TRACE, params![trace])? {
        meet(tx, &line)?;
    }
    Ok(())
}

/// The line is what it is: its money is in the bank, and the work about it ends.
pub(crate) fn place(
    tx: &mut Tx,
    line: &BankLineRow,
    state: BankLineState,
    origin: Option<Origin>,
    why: &str,
) -> Result<(), Error> {
    let (today, login) = (tx.today(), tx.actor().login.clone());
    let remittance = match &origin {
        Some(Origin::Remittance(remittance)) => Some(*remittance),
        Some(Origin::Desk | Origin::Slip { .. }) | None => None,
    };
    tx.execute(&DECIDE_BANK_LINE, params![line.id, state, remittance, today, login, why])?;
    if let Some(origin) = origin {
        let made = entry(line.id, &as_deposit(line), origin).map_err(|why| Error::refused(format!("{why}.")))?;
        let times = tx.query(&ENTRY_IDS_OF_SOURCE, params![line.id.0])?.len();
        tx.post(&made, &format!("bank_line:{}:{times}", line.id))?;
    }
    tx.audit("bank.place", "bank_line", line.id, json!({ "cents": line.amount_cents, "state": state.as_str() }));
    let outcome = format!("{}.", state.label());
    worklist::resolve_subject(tx, &subject_key(WorkReason::BankLineUnplaced, line.id), &outcome, "posting")?;
    if let Some(remittance) = remittance {
        let missing = subject_key(WorkReason::TransferMissing, remittance);
        worklist::resolve_subject(tx, &missing, "The money is in the bank.", "payer")?;
    }
    Ok(())
}

fn as_deposit(line: &BankLineRow) -> Deposit {
    Deposit {
        booked_on: line.booked_on,
        amount: line.amount_cents,
        trace: line.trace.clone(),
        words: line.words.clone(),
    }
}

/// A person says which remittance announced a waiting line: the amounts must agree.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where the line does not wait or the amounts differ: nothing moves then.
pub fn match_to(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: BankLineId,
    remittance: RemittanceId,
) -> Result<(), Error> {
    allow(actor, Action::WorkDeposits, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let line = waiting(tx, id)?;
        tx.query_opt(&TRACE_OF_REMITTANCE, params![remittance])?.ok_or(Error::NotFound("remittance"))?;
        let (on_the_way,) = tx.query_one(&IN_TRANSIT_OF, params![remittance])?;
        if on_the_way != line.amount_cents {
            return Err(Error::refused(format!(
                "The bank has {} and the remittance announces {on_the_way}: they differ by {}. Ask the payer or the bank; \
                 nothing was moved.",
                line.amount_cents,
                line.amount_cents - on_the_way
            )));
        }
        place(tx, &line, BankLineState::Payer, Some(Origin::Remittance(remittance)), "")
    })
}

/// A person says that a waiting line is what patients paid at the desk.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where the line does not wait, or more came than was taken at the desk.
pub fn is_from_desk(db: &Db, actor: &Actor, practice: PracticeId, id: BankLineId) -> Result<(), Error> {
    allow(actor, Action::WorkDeposits, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let line = waiting(tx, id)?;
        let (taken,) = tx.query_one(&UNDEPOSITED, params![])?;
        if line.amount_cents > taken {
            return Err(Error::refused(format!(
                "Only {taken} was taken at the desk and is not in the bank; this line is {}. Enter the payments first.",
                line.amount_cents
            )));
        }
        place(tx, &line, BankLineState::Patients, Some(Origin::Desk), "")
    })
}

/// A manager says that a waiting line is no money of claims or patients, and why; nothing is posted.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` where the line does not wait.
pub fn is_other(db: &Db, actor: &Actor, practice: PracticeId, id: BankLineId, why: &str) -> Result<(), Error> {
    allow(actor, Action::ReconcileBank, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence what this money is.")?;
    db.write(actor, practice, |tx| {
        let line = waiting(tx, id)?;
        place(tx, &line, BankLineState::Other, None, why)
    })
}

/// A manager takes back what was said of a line: its money is on its way again, and the line waits.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` where the line waits already.
pub fn take_back(db: &Db, actor: &Actor, practice: PracticeId, id: BankLineId, why: &str) -> Result<(), Error> {
    allow(actor, Action::ReconcileBank, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence why this was wrong.")?;
    db.write(actor, practice, |tx| {
        let line = tx.query_opt(&BANK_LINE, params![id])?.ok_or(Error::NotFound("bank line"))?;
        let origin = match (line.state, line.remittance_id) {
            (BankLineState::Waiting, _) => return Err(Error::refused("The line waits already.")),
            (BankLineState::Payer, Some(remittance)) => Some(Origin::Remittance(remittance)),
            (BankLineState::Patients, _) => Some(deposit::origin_of(tx, id)?.unwrap_or(Origin::Desk)),
            (BankLineState::Payer, None) | (BankLineState::Other, _) => None,
        };
        let entries = tx.query(&ENTRY_IDS_OF_SOURCE, params![id.0])?;
        if let (Some(origin), Some((last,))) = (origin, entries.last()) {
            let made = entry(id, &as_deposit(&line), origin).map_err(|why| Error::refused(format!("{why}.")))?;
            let undone = made.reversed(*last, tx.today(), "Not in the bank after all");
            tx.post(&undone, &format!("bank_line:{id}:{}", entries.len()))?;
        }
        deposit::taken_back(tx, id)?;
        let (today, login) = (tx.today(), tx.actor().login.clone());
        let none: Option<RemittanceId> = None;
        tx.execute(&DECIDE_BANK_LINE, params![id, BankLineState::Waiting, none, today, login, why])?;
        tx.audit("bank.take_back", "bank_line", id, json!({ "cents": line.amount_cents, "was": line.state.as_str() }));
        let summary = format!("{} of {} waits again: {why}", line.amount_cents, line.booked_on);
        let reason = WorkReason::BankLineUnplaced;
        let (links, money_at_stake) = (WorkLinks::default(), line.amount_cents);
        let subject_key = subject_key(reason, id);
        worklist::open(tx, NewWork { reason, subject_key, summary, links, money_at_stake, deadline_on: None })?;
        Ok(())
    })
}

/// Refuses to end work about a line by words: only its place ends it.
pub(crate) fn refuse_while_waiting(item: &WorkItem) -> Result<(), Error> {
    if item.reason != WorkReason::BankLineUnplaced {
        return Ok(());
    }
    Err(Error::refused(
        "The money waits in the bank without a name. Say on the bank's page what the line is; the item then ends by itself.",
    ))
}

pub(crate) fn waiting(tx: &Tx, id: BankLineId) -> Result<BankLineRow, Error> {
    let line = tx.query_opt(&BANK_LINE, params![id])?.ok_or(Error::NotFound("bank line"))?;
    if line.state != BankLineState::Waiting {
        return Err(Error::refused(format!("Somebody has said already what this line is: {}.", line.state.label())));
    }
    Ok(line)
}

/// Opens work for every remittance whose money did not come within [`DAYS_APART`] business days, as far as the bank's
/// statements tell. After their last day nobody can know, and before their first neither; but a payment of such a day that was
/// posted when statements were taken in already is late, or misdated, and somebody looks. Answers for how many.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn open_missing_transfers(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let (Some(told_from), Some(told_until)) = tx.query_one(&BOOKED_DAYS, params![])? else { return Ok(0) };
        let on_the_way = tx.query(&IN_TRANSIT, params![MOST_LOOKED_AT])?;
        let late = posted_late(tx, &on_the_way, told_from)?;
        let mut opened = 0;
        for row in on_the_way {
            let is_before = row.paid_on < told_from;
            let counts_from = match (is_before, late.get(&row.remittance_id)) {
                (true, None) => continue,
                (true, Some(posted_on)) => *posted_on,
                (false, _) => row.paid_on,
            };
            if business_days_after(tx, counts_from, DAYS_APART)? >= told_until {
                continue;
            }
            let reason = WorkReason::TransferMissing;
            let words = match is_before {
                true => format!(
                    ", before the bank's statements begin ({told_from}): take in the statement of that time, or ask the \
                     payer"
                ),
                false => ", and the bank does not have it".to_owned(),
            };
            let summary = format!("{} announced {} for {}{words}.", row.payer_name, row.amount_cents, row.paid_on);
            let links = WorkLinks { remittance_id: Some(row.remittance_id), ..WorkLinks::default() };
            let (subject_key, money_at_stake) = (subject_key(reason, row.remittance_id), row.amount_cents);
            let work = NewWork { reason, subject_key, summary, links, money_at_stake, deadline_on: None };
            opened += usize::from(tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![work.subject_key])?.is_none());
            worklist::open(tx, work)?;
        }
        Ok(opened)
    })
}

/// Of payments that are dated before the bank's statements begin, those that were posted when statements were taken in
/// already, with the day.
fn posted_late(tx: &Tx, rows: &[InTransitRow], told_from: Date) -> Result<HashMap<RemittanceId, Date>, Error> {
    let before: Vec<RemittanceId> =
        rows.iter().filter(|row| row.paid_on < told_from).map(|row| row.remittance_id).collect();
    let Some(first_taken) = tx.query_one(&FIRST_TAKEN, params![])?.0 else { return Ok(HashMap::new()) };
    let zone = tx.zone();
    let posted = tx.query_in(&POSTED_AT, params![], &before)?;
    let day = |(id, at): (RemittanceId, Option<Timestamp>)| Some((id, at?.to_zoned(zone.clone()).date()));
    Ok(posted.into_iter().filter_map(day).filter(|(_, posted_on)| *posted_on > first_taken).collect())
}

/// What the page of the bank shows.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Announced by payers and not in the bank, the oldest first, up to a limit.
    pub in_transit: Vec<InTransitRow>,
    /// How many of those there are in all, and their sum.
    pub in_transit_in_all: (i64, Money),
    /// Of those what could have announced one of the lines that wait: the same amount.
    pub candidates: Vec<InTransitRow>,
    /// Taken at the desk and not in the bank.
    pub undeposited: Money,
    /// The last day that the bank's statements tell of.
    pub told_until: Option<jiff::civil::Date>,
    /// Lines of the chosen state.
    pub lines: Vec<BankLineRow>,
}

/// The bank as it stands, with the lines of a state.
///
/// # Errors
/// `Denied`.
pub fn overview(db: &Db, actor: &Actor, practice: PracticeId, state: BankLineState) -> Result<Overview, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut lines = read.query(&BANK_LINES_IN_STATE, params![state, MOST_SHOWN])?;
        let waiting = lines.iter().filter(|line| line.state == BankLineState::Waiting);
        let mut amounts: Vec<Money> = waiting.map(|line| line.amount_cents).collect();
        amounts.sort_unstable();
        amounts.dedup();
        if !may_read_words(actor) {
            for line in &mut lines {
                (line.words, line.decision) = (NOT_SHOWN.to_owned(), String::new());
            }
        }
        Ok(Overview {
            in_transit: read.query(&IN_TRANSIT, params![MOST_SHOWN])?,
            in_transit_in_all: read.query_one(&IN_TRANSIT_IN_ALL, params![])?,
            candidates: read.query_in(&IN_TRANSIT_OF_AMOUNTS, params![], &amounts)?,
            undeposited: read.query_one(&UNDEPOSITED, params![])?.0,
            told_until: read.query_one(&BOOKED_DAYS, params![])?.1,
            lines,
        })
    })
}

/// A bank's words may name who paid: for who works the lines, and for who may see patients.
pub(crate) fn may_read_words(actor: &Actor) -> bool {
    let may = |action: Action| allow(actor, action, &ResourceState::default());
    may(Action::WorkDeposits).is_ok()
        || may(Action::ReconcileBank).is_ok()
        || may(Action::ViewPatient).is_ok_and(|allowed| !allowed.masked())
}

/// What a masked role sees of a line that went out.
pub(crate) fn hide_words(line: &mut WithdrawalRow) {
    (line.words, line.decision) = (NOT_SHOWN.to_owned(), String::new());
}

/// A further line of a period that was signed would make its figures untrue.
pub(crate) fn refuse_signed(
    signed_until: Option<jiff::civil::Date>,
    booked_on: jiff::civil::Date,
) -> Result<(), Error> {
    match signed_until.filter(|until| booked_on <= *until) {
        None => Ok(()),
        Some(until) => Err(Error::refused(format!(
            "A line of {booked_on} is not among those that were signed as reconciled until {until}. Ask the bank which \
             statement is true; nothing was taken in."
        ))),
    }
}
