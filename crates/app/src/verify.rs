//! Every invariant, recomputed from what is stored: books, chains, remittances, claims. Finds and names; mends nothing.

pub(crate) mod records;
mod replay;

use std::collections::HashSet;

use billing::access::{Action, Actor, ResourceState};
use billing::claim::status::next;
use billing::clock::{ClockKind, Nature};
use billing::counting::counted;
use billing::work::{Desk, WorkReason};
use billing::{ClaimPaymentId, PracticeId};
use ledger::Money;
use store::bank;
use store::cash_request;
use store::clock::{ENDED_WITHOUT_WORDS, OVERDUE_IN_NO_HAND};
use store::deposit;
use store::hands;
use store::ledger::{CLEARING_BALANCES, HELD_ALL, HELD_BY_FOLD, trial_balance};
use store::payment_return;
use store::period::ENTRIES_OUT_OF_PERIOD;
use store::provider_level::ITEMS_OFF_THEIR_PAYMENTS;
use store::refund;
use store::routing::TEAMS_OF_WORK;
use store::unapplied_cash::CASH_WAITING;
use store::verify::{self, Chain};
use store::worklist::OPEN_SUBJECTS;
use store::write_off;
use store::{Db, Read, Record, Statement, StoreError, params};

use crate::access::allow;
use crate::{Error, period, provider_ledger, remittance_posting, suspense, unapplied_cash, worklist};

/// Places that a failing invariant names.
const SHOWN: usize = 5;

/// One invariant and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// Its name, such as "entries-balance".
    pub name: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// Where it fails, or how much was checked.
    pub detail: String,
}

/// All invariants of a practice.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verification {
    /// Each invariant, in order.
    pub checks: Vec<Check>,
    /// Place in the chain of the books up to which they were checked.
    pub ledger_sequence: i64,
    /// Hash of the last entry, in hex: equal books have equal roots.
    pub ledger_root: String,
    /// Place in the chain of the audit.
    pub audit_sequence: i64,
    /// Hash of its last record, in hex.
    pub audit_root: String,
    /// The balance of each kind of account, debit positive, in cents.
    pub trial_balance: Vec<(String, Money)>,
}

impl Verification {
    /// Whether every invariant holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }

    /// The first that fails.
    pub fn first_failure(&self) -> Option<&Check> {
        self.checks.iter().find(|check| !check.holds)
    }
}

/// Recomputes every invariant of a practice in one consistent snapshot.
///
/// # Errors
/// `Denied` without the right to verify; `Store` where the data cannot be read.
pub fn verify(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Verification, Error> {
    allow(actor, Action::VerifyBooks, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut checks = Vec::new();
        let (books, second) = proven(read)?;
        checks.push(chain("books-chain", "every entry follows the one before and is as it was recorded", &books));
        let replayed = second.compare(read)?;
        checks.push(check(
            "books-replayed",
            "a second ledger that replays the journal holds the same",
            replayed.is_ok(),
            replayed.map_or_else(|fault| fault, |postings| counted(postings, "posting")),
        ));
        let mut told = records::Told::default();
        let audit = readable_chain(verify::audit_chain(read, |row| told.take(row)))?;
        checks.push(chain("audit-chain", "every audit record follows the one before", &audit));
        checks.push(chain(
            "access-chain",
            "every look follows the one before",
            &readable_chain(verify::reads_chain(read))?,
        ));
        books_checks(read, &mut checks)?;
        remittance_checks(read, &mut checks)?;
        provider_item_checks(read, &mut checks)?;
        claim_checks(read, &mut checks)?;
        records::checks(read, told, &mut checks)?;
        hand_checks(read, &mut checks)?;
        clock_checks(read, &mut checks)?;
        approval_checks(read, &mut checks)?;
        bank_checks(read, &mut checks)?;
        let (ledger_sequence, root) = books.unwrap_or((0, [0; 32]));
        let (audit_sequence, audit_root) = audit.unwrap_or((0, [0; 32]));
        let trial = trial_balance(read)?;
        Ok(Verification {
            checks,
            audit_sequence,
            audit_root: crate::digest::hex(&audit_root),
            ledger_sequence,
            ledger_root: crate::digest::hex(&root),
            trial_balance: trial.into_iter().map(|(kind, cents)| (kind.name().to_owned(), cents)).collect(),
        })
    })
}

/// The chain of the books, and a second ledger that replayed them. One pass says that all holds, or nothing; then each entry
/// is read with care, so that the first that does not hold is named.
fn proven(read: &Read) -> Result<(Chain, replay::Replay), Error> {
    let second = std::cell::RefCell::new(replay::Replay::default());
    let end = store::books::hold(
        read,
        |posting| second.borrow_mut().posting(posting),
        |id, sequence| second.borrow_mut().entry(id, sequence),
    );
    if let Some(end) = end {
        return Ok((verify::books_end(read, end)?, second.into_inner()));
    }
    let mut second = replay::Replay::default();
    let books = readable_chain(verify::books_chain(read, |entry, postings| second.whole(entry, postings)))?;
    Ok((books, second))
}

/// Whether the books are as they were recorded and a second ledger holds the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BooksProof {
    /// Everything holds.
    pub holds: bool,
    /// Where it does not; empty otherwise.
    pub detail: String,
    /// Postings that were read.
    pub postings: usize,
}

/// Proves the books alone: their chain, recomputed from facts and postings, and a second ledger that replays them.
///
/// # Errors
/// As [`verify`].
pub fn books(db: &Db, actor: &Actor, practice: PracticeId) -> Result<BooksProof, Error> {
    allow(actor, Action::VerifyBooks, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let (books, second) = proven(read)?;
        let (postings, fault) = match second.compare(read)? {
            Ok(postings) => (postings, None),
            Err(fault) => (0, Some(fault)),
        };
        let detail = books.err().or(fault);
        Ok(BooksProof { holds: detail.is_none(), detail: detail.unwrap_or_default(), postings })
    })
}

fn books_checks(read: &mut Read, checks: &mut Vec<Check>) -> Result<(), Error> {
    checks.push(none(
        read,
        "entries-balance",
        "every entry sums to zero and has at least two postings",
        &verify::UNBALANCED_ENTRIES,
        |(id, cents)| format!("entry {id} is off by {cents}"),
    )?);
    checks.push(none(
        read,
        "postings-have-entries",
        "every posting belongs to an entry",
        &verify::ORPHAN_POSTINGS,
        |(id,)| format!("entry {id} does not exist"),
    )?);
    checks.push(none(
        read,
        "charges-recognised",
        "the revenue of every charge is what it costs",
        &verify::CHARGES_NOT_RECOGNISED,
        |(id, cents)| format!("charge {id} has revenue {}", -*cents),
    )?);
    checks.push(none(
        read,
        "corrections-follow",
        "a correction comes after what it corrects",
        &verify::CORRECTIONS_OF_LATER,
        |(id,)| format!("entry {id}"),
    )?);
    checks.push(none(
        read,
        "patient-payments-posted",
        "every payment of a patient is in the books in full, once",
        &verify::PATIENT_PAYMENTS_NOT_IN_BOOKS,
        |(id, cents)| format!("payment {id} is in the books with {cents}"),
    )?);
    let changed = period::changed_since(read)?;
    let says = "the books of a closed month are what they were when it was closed";
    checks.push(check("closed-months-stand", says, changed.is_empty(), changed.join("; ")));
    checks.push(none(
        read,
        "late-entries-dated",
        "an entry that concerns a closed month is dated after the day it concerns",
        &ENTRIES_OUT_OF_PERIOD,
        |(sequence,)| format!("entry {sequence}"),
    )?);
    let sum: Money = trial_balance(read)?.into_iter().map(|(_, cents)| cents).sum();
    checks.push(check("trial-balance", "all accounts together are zero", sum.is_zero(), format!("sum {sum}")));
    let (held, folded) = (read.query(&HELD_ALL, params![])?, read.query(&HELD_BY_FOLD, params![])?);
    let detail = format!("{} with others' money", counted(held.len(), "account"));
    checks.push(check("held-equals-fold", "what is held equals the sum of its postings", held == folded, detail));
    let overdrawn = folded.iter().filter(|row| row.held_cents.is_negative()).count();
    let detail = format!("{} below zero", counted(overdrawn, "account"));
    checks.push(check("nothing-overdrawn", "others' money is never below zero", overdrawn == 0, detail));
    Ok(())
}

fn remittance_checks(read: &mut Read, checks: &mut Vec<Check>) -> Result<(), Error> {
    checks.push(none(
        read,
        "clearing-is-zero",
        "the clearing account of every remittance is zero",
        &CLEARING_BALANCES,
        |(id, cents)| format!("remittance {id} holds {cents}"),
    )?);
    checks.push(none(
        read,
        "payments-once",
        "a payment is posted at most once",
        &verify::PAYMENTS_POSTED_TWICE,
        |(_, count)| format!("one is posted {count} times"),
    )?);
    checks.push(none(
        read,
        "payments-balance",
        "the claims of a posted payment less its provider adjustments are what was paid",
        &verify::PAYMENTS_OUT_OF_BALANCE,
        |(id, cents)| format!("remittance {id} is off by {cents}"),
    )?);
    checks.push(none(
        read,
        "payments-in-books",
        "a posted payment is in the books in full, any other not at all",
        &verify::PAYMENTS_NOT_IN_BOOKS,
        |(id, cents)| format!("remittance {id} is in the books with {cents}"),
    )?);
    let says = "of one payer one decision about a charge stands at a time";
    let judged = remittance_posting::decided_twice(read).map(|twice| {
        let told = twice.iter().take(SHOWN).map(|number| format!("claim {number}")).collect::<Vec<_>>().join("; ");
        check("decisions-stand-once", says, twice.is_empty(), told)
    });
    checks.push(readable("decisions-stand-once", says, judged)?);
    let waiting = read.query(&CASH_WAITING, params![])?;
    let keys: Vec<String> =
        waiting.iter().flat_map(|(source, _)| unapplied_cash::owners_of(ClaimPaymentId(*source))).collect();
    let open: HashSet<String> =
        read.query_in(&OPEN_SUBJECTS, params![], &keys)?.into_iter().map(|(key,)| key).collect();
    let is_owned =
        |source: uuid::Uuid| unapplied_cash::owners_of(ClaimPaymentId(source)).iter().any(|key| open.contains(key));
    let lost: Vec<String> = waiting
        .iter()
        .filter(|(source, _)| !is_owned(*source))
        .map(|(source, cents)| format!("{} of {source} waits and is nobody's work", -*cents))
        .collect();
    let says = "every cent that waits in unapplied cash of payers is somebody's open work";
    checks.push(check("waiting-cash-owned", says, lost.is_empty(), lost.join("; ")));
    let says = "what stands in the suspense of a claim payment is exactly what open work is about";
    let judged = suspense::not_in_a_hand(read).map(|lost| {
        check(
            "suspense-in-a-hand",
            says,
            lost.is_empty(),
            lost.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; "),
        )
    });
    checks.push(readable("suspense-in-a-hand", says, judged)?);
    Ok(())
}

/// Every item of a payer's ledger is its payments, and is at zero, on its way there, or somebody's work (I8).
fn provider_item_checks(read: &mut Read, checks: &mut Vec<Check>) -> Result<(), Error> {
    checks.push(none(
        read,
        "payers-items-are-payments",
        "every item of a payer's ledger is what its payments say outside any claim",
        &ITEMS_OFF_THEIR_PAYMENTS,
        |(payer, item, cents)| format!("item {} is off by {cents}", provider_ledger::id_of(*payer, item)),
    )?);
    let (lost, open) = provider_ledger::in_no_hand(read)?;
    let says = "every item of a payer's ledger is at zero, open as announced, or somebody's open work";
    let detail = if lost.is_empty() { format!("{} open", counted(open, "item")) } else { lost.join("; ") };
    checks.push(check("payers-items-in-a-hand", says, lost.is_empty(), detail));
    Ok(())
}

fn claim_checks(read: &mut Read, checks: &mut Vec<Check>) -> Result<(), Error> {
    checks.push(none(
        read,
        "claims-in-a-hand",
        "every open claim is in a hand",
        &verify::CLAIMS_IN_NO_HAND,
        |(_, number)| format!("claim {number} is in no hand"),
    )?);
    checks.push(none(
        read,
        "claims-in-one-hand",
        "no open claim is in two hands",
        &verify::CLAIMS_IN_TWO_HANDS,
        |(_, number)| format!("claim {number} is at the payer and at a desk"),
    )?);
    checks.push(none(
        read,
        "claims-are-their-events",
        "every claim is where its last event put it",
        &verify::CLAIMS_OFF_THEIR_EVENTS,
        |(_, number)| format!("claim {number}"),
    )?);
    checks.push(none(
        read,
        "waits-have-an-end",
        "every work item that waits is open, waits for somebody, and comes back before its legal date",
        &store::work_case::WAITS_WITHOUT_END,
        |(id,)| format!("work item {id}"),
    )?);
    checks.push(none(
        read,
        "work-has-an-owner",
        "every open work item stands at a desk, a taken one has a person, and a merged one its survivor",
        &store::work_case::ITEMS_WITHOUT_OWNER,
        |(id,)| format!("work item {id}"),
    )?);
    checks.push(events_fold(read)?);
    checks.push(none(
        read,
        "sealed-once",
        "a version of a claim is sealed at most once",
        &verify::SEALED_TWICE,
        |(id, count)| format!("claim {id} is sealed {count} times"),
    )?);
    let silent = read.query(&verify::FILES_WITHOUT_ANSWER, params![read.today()])?;
    let detail = silent.first().map_or(String::new(), |(id,)| format!("file {id} has neither answer nor work"));
    let says = "every file we sent is answered in time or is somebody's work";
    checks.push(check("files-answered", says, silent.is_empty(), detail));
    Ok(())
}

fn events_fold(read: &Read) -> Result<Check, Error> {
    let (name, says) = ("events-fold", "every claim's events lead to its places");
    let fold = verify::events_fold(read, |status, event| next(status, event).ok()).map_err(Error::from);
    let judged = fold.map(|fold| match fold {
        Ok(events) => check(name, says, true, format!("{events} events")),
        Err(claim) => check(name, says, false, format!("claim {claim}")),
    });
    readable(name, says, judged)
}

/// What the books say of refunds and write-offs is what their rows say.
fn approval_checks(read: &mut Read, checks: &mut Vec<Check>) -> Result<(), Error> {
    checks.push(none(
        read,
        "credits-are-asked-refunds",
        "a credit balance is what refunds that wait for approval say",
        &refund::CREDITS_WITHOUT_REFUND,
        |(id, cents)| format!("account {id} is off by {cents}"),
    )?);
    checks.push(none(
        read,
        "payables-are-approved-refunds",
        "what is payable is what approved refunds say",
        &refund::PAYABLE_WITHOUT_REFUND,
        |(id, cents)| format!("account {id} is off by {cents}"),
    )?);
    checks.push(none(
        read,
        "payer-payables-are-requests",
        "what of payers' cash is to leave is what requests say",
        &cash_request::PAYABLE_WITHOUT_REQUEST,
        |(number, cents)| format!("request {number} is off by {cents}"),
    )?);
    checks.push(write_offs_posted(read)?);
    checks.push(none(
        read,
        "write-offs-approved",
        "nothing is written off that no write-off says",
        &write_off::WRITTEN_OFF_WITHOUT_ROW,
        |(id, cents)| format!("entry {id} writes off {cents}"),
    )?);
    checks.push(none(
        read,
        "credits-are-money",
        "nobody is owed what was written off",
        &write_off::CREDITS_OF_WRITE_OFFS,
        |(id, cents)| format!("charge {id} stands at {cents}, and a debt of it was written off"),
    )?);
    Ok(())
}

fn bank_checks(read: &mut Read, checks: &mut Vec<Check>) -> Result<(), Error> {
    checks.push(none(
        read,
        "bank-lines-in-books",
        "every placed line of the bank is in the books in full, and no other",
        &bank::LINES_NOT_IN_BOOKS,
        |(id, cents)| format!("line {id} is in the books with {cents}"),
    )?);
    checks.push(none(
        read,
        "deposit-slips-in-books",
        "of every slip on its way what was counted is in the books, of any other nothing",
        &deposit::SLIPS_NOT_IN_BOOKS,
        |(id, cents)| format!("slip {id} is on its way with {cents}"),
    )?);
    checks.push(none(
        read,
        "disputes-in-books",
        "of every open dispute the money is in the books as disputed",
        &payment_return::DISPUTES_NOT_IN_BOOKS,
        |(id, cents)| format!("dispute {id} is in the books with {cents}"),
    )?);
    checks.push(none(
        read,
        "disputed-is-told",
        "nothing is disputed in the books that no returned payment says",
        &payment_return::DISPUTED_WITHOUT_RETURN,
        |(id, cents)| format!("of patient {id} {cents} is disputed"),
    )?);
    checks.push(none(
        read,
        "deposit-slips-are-their-items",
        "every slip is the sum and the number of its items",
        &deposit::SLIPS_OFF_THEIR_ITEMS,
        |(id, cents)| format!("the items of slip {id} are {cents}"),
    )?);
    let waiting = read.query(&bank::LINES_WAITING, params![])?;
    let keys: Vec<String> =
        waiting.iter().map(|(line,)| worklist::subject_key(WorkReason::BankLineUnplaced, *line)).collect();
    let open = read.query_in(&OPEN_SUBJECTS, params![], &keys)?.len();
    let detail = format!("{} of {} in a hand", open, counted(keys.len(), "line"));
    let says = "every line of the bank that waits is somebody's work";
    checks.push(check("bank-lines-in-a-hand", says, open == keys.len(), detail));
    Ok(())
}

/// What lapsed of a write-off is out of the books again; the rest of it is in them.
fn write_offs_posted(read: &Read) -> Result<Check, Error> {
    let (name, says) =
        ("write-offs-posted", "what stands of every approved write-off is in the books once, and no other is");
    let judged = read.query(&write_off::WRITE_OFFS_NOT_IN_BOOKS, params![]).map_err(Error::from).map(|rows| {
        let wrong: Vec<String> = rows
            .iter()
            .filter(|row| !row.missing().is_zero())
            .map(|row| format!("write-off {} is off by {}", row.id, row.missing()))
            .collect();
        check(name, says, wrong.is_empty(), wrong.join("; "))
    });
    readable(name, says, judged)
}

/// Every charge is in exactly one hand: a claim's, the patient's, nobody's any more, or a desk's.
fn hand_checks(read: &mut Read, checks: &mut Vec<Check>) -> Result<(), Error> {
    checks.push(none(
        read,
        "receivables-in-range",
        "what a payer owes for a charge is between zero and the charge, or somebody's open work",
        &hands::RECEIVABLES_OUT_OF_RANGE,
        |(id, cents)| format!("charge {id} stands with a payer at {cents}"),
    )?);
    checks.push(none(
        read,
        "visits-in-a-hand",
        "every visit without a claim has a coverage or is somebody's open work",
        &hands::OPEN_VISITS_IN_NO_HAND,
        |(id, _)| format!("visit {id} is in no hand"),
    )?);
    checks.push(none(
        read,
        "dues-in-a-hand",
        "what a payer owes is asked for by a claim or is somebody's open work",
        &hands::DUES_IN_NO_HAND,
        |(id, cents)| format!("{cents} of visit {id} is in no hand"),
    )?);
    checks.push(none(
        read,
        "not-billed-not-owed",
        "nobody owes anything for a visit that is not billed",
        &hands::NOT_BILLABLE_YET_OWED,
        |(id, cents)| format!("visit {id} is owed with {cents}"),
    )?);
    checks.push(none(
        read,
        "visits-in-one-hand",
        "nobody is asked for the coverage of a visit that is billed",
        &hands::VISITS_IN_TWO_HANDS,
        |(id,)| format!("visit {id} is billed and its coverage asked for"),
    )?);
    checks.push(teams_check(read)?);
    Ok(())
}

/// Every clock that was past its last day when the daily look ended is critical work of somebody; none ended without words.
fn clock_checks(read: &mut Read, checks: &mut Vec<Check>) -> Result<(), Error> {
    let ours: Vec<ClockKind> =
        ClockKind::ALL.iter().copied().filter(|kind| kind.facts().nature != Nature::Watch).collect();
    let overdue = read.query_in(&OVERDUE_IN_NO_HAND, params![], &ours)?;
    let named: Vec<String> = overdue.iter().take(SHOWN).map(|(id, kind)| format!("{} {id}", kind.title())).collect();
    let says = "every clock past its last day is undecided in somebody's hand, or was decided by name";
    checks.push(check("overdue-clocks-in-a-hand", says, overdue.is_empty(), named.join("; ")));
    checks.push(none(
        read,
        "clocks-end-with-words",
        "every clock that ended says why, and none was let go or missed without a name",
        &ENDED_WITHOUT_WORDS,
        |(id,)| format!("clock {id}"),
    )?);
    Ok(())
}

/// An invariant that holds where a query finds nothing.
/// No work without an owner: every item that is not resolved has a team, of the desk where it stands.
fn teams_check(read: &Read) -> Result<Check, Error> {
    let says = "all work that is not resolved has a team that owns it, of the desk where it stands";
    let judged = crate::teams::staffing(read, read.today()).and_then(|staffing| {
        let rows = read.query(&TEAMS_OF_WORK, params![])?;
        let owns = |team: &str, desk| match Desk::parse(team) {
            Some(own) => own == desk,
            None => staffing.open_team(team).is_some_and(|team| team.desk == desk),
        };
        let lost = rows.iter().filter(|(team, desk, _)| !owns(team, *desk));
        let lost: Vec<String> = lost
            .map(|(team, desk, items)| format!("{} of {} with team \"{team}\"", counted(*items, "item"), desk.label()))
            .collect();
        Ok(check("work-has-a-team", says, lost.is_empty(), lost.join("; ")))
    });
    readable("work-has-a-team", says, judged)
}

fn none<R: Record>(
    read: &Read,
    name: &'static str,
    says: &'static str,
    statement: &Statement<R>,
    words: fn(&R) -> String,
) -> Result<Check, Error> {
    let judged = read.query(statement, params![]).map_err(Error::from).map(|broken| {
        let detail = broken.iter().map(words).collect::<Vec<_>>().join("; ");
        check(name, says, broken.is_empty(), detail)
    });
    readable(name, says, judged)
}

/// What is stored and cannot be read as what it is breaks the invariant that speaks of it; it is no reason to stop.
fn readable(name: &'static str, says: &'static str, judged: Result<Check, Error>) -> Result<Check, Error> {
    match judged {
        Err(Error::Store(StoreError::Column { statement, column, expected })) => {
            Ok(check(name, says, false, format!("column {column} of {statement} cannot be read as {expected}")))
        }
        judged => judged,
    }
}

/// As [`readable`], for a chain.
fn readable_chain(chain: Result<Chain, StoreError>) -> Result<Chain, Error> {
    match chain {
        Err(StoreError::Column { statement, column, expected }) => {
            Ok(Err(format!("column {column} of {statement} cannot be read as {expected}")))
        }
        chain => Ok(chain?),
    }
}

fn chain(name: &'static str, says: &'static str, chain: &Chain) -> Check {
    match chain {
        Ok((length, _)) => check(name, says, true, format!("{length} checked")),
        Err(place) => check(name, says, false, place.clone()),
    }
}

fn check(name: &'static str, says: &'static str, holds: bool, detail: String) -> Check {
    Check { name, says, holds, detail }
}
