//! What runs every day by itself: each job is one function and one line in [`JOBS`]. A job carries out what a person or
//! a rule already decided; it acts as the system and is audited as such.
//!
//! A job of a day is claimed by a row before it runs, so that two processes on one database do not both run it. One that
//! fails does not stop the others: its words stand in the row, for the manager to read, and it is tried again later.

use std::panic::{AssertUnwindSafe, catch_unwind};

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::job_run::{BEGIN_JOB_AGAIN, END_JOB, JOB_RUNS_OF_DAY, JobRunRow, LATEST_JOB_RUNS, TAKE_JOB_AGAIN};
use store::{Db, params};

use crate::Error;
use crate::access::allow;

/// A job: what it is called, and what it does for one practice. It answers how many things it did.
pub struct Job {
    /// The word in the log and on the command line.
    pub key: &'static str,
    /// What it does, in a sentence.
    pub does: &'static str,
    /// Runs it.
    pub run: fn(&Db, &Actor, PracticeId) -> Result<usize, Error>,
}

/// Every daily job, in the order in which they run.
pub const JOBS: &[Job] = &[
    Job {
        key: "claims",
        does: "Makes and scrubs the claims of visits that have a coverage and no claim yet.",
        run: crate::claim_scrub::prepare_open_visits,
    },
    Job {
        key: "next-payers",
        does: "Makes and scrubs the claims to the next payer where the payers before it have said all they will.",
        run: crate::next_payer::bill_next_payers,
    },
    Job {
        key: "ask-payers",
        does: "Asks payers where the claims are whose follow-up date comes within days (276), before a person calls.",
        run: crate::follow_up::ask_payers,
    },
    Job {
        key: "waits",
        does: "Brings back every work item whose day of waiting has come.",
        run: crate::cases::end_waits,
    },
    Job {
        key: "follow-up",
        does: "Opens work for every claim that a payer has and did not decide by its follow-up date.",
        run: crate::follow_up::open_undecided_claims,
    },
    Job {
        key: "unanswered-files",
        does: "Opens work for every claim file that nobody answered by its day.",
        run: crate::claim_submission::open_unanswered_files,
    },
    Job {
        key: "missing-transfers",
        does: "Opens work for every payment that was announced and is not in the bank after three business days.",
        run: crate::bank::open_missing_transfers,
    },
    Job {
        key: "late-acknowledgments",
        does: "Opens work for every claim whose payer did not acknowledge it by its day.",
        run: crate::claim_acknowledgment::open_late_claims,
    },
    Job {
        key: "payers-ledger",
        does: "Opens work for every item of a payer’s ledger that stays open longer than its reason’s days.",
        run: crate::provider_ledger::open_stale_items,
    },
    Job {
        key: "promises",
        does: "Counts promises as broken whose day passed and that nobody marked as kept.",
        run: crate::interaction::break_late_promises,
    },
    Job {
        key: "untouched",
        does: "Opens work for every claim that nobody touched for the practice’s days.",
        run: crate::follow_up::open_untouched_claims,
    },
    Job {
        key: "missing-deposits",
        does: "Opens work for every deposit slip that the bank does not have after three business days.",
        run: crate::deposit::open_missing,
    },
    Job {
        key: "uncashed-checks",
        does: "Opens work for every refund check that nobody cashed in 90 days, and again after 180.",
        run: crate::refund::uncashed::open_uncashed,
    },
    Job {
        key: "problems",
        does: "Gathers cases that have the same in common into problems of Tier 3, and asks for their plans.",
        run: crate::problems::gather::find,
    },
    Job {
        key: "work-order",
        does: "Writes down anew where all open work stands, for days pass and clocks come near.",
        run: crate::routing::rank_all,
    },
    Job {
        key: "work-day",
        does: "Moves what absent people have to who stands in, and gives out the work of teams that want it so.",
        run: crate::next_best::begin_day,
    },
    Job {
        key: "credits",
        does: "Finds what we hold of payers’ and patients’ money, and by when it must be back.",
        run: crate::credit::find,
    },
    Job {
        key: "deadline-notices",
        does: "Tells the owner of an item once that the day of law or contract is near.",
        run: crate::notices::tell_of_deadlines,
    },
    Job {
        key: "drafts",
        does: "Forgets words that were typed four weeks ago and never sent.",
        run: crate::drafts::forget_old,
    },
    Job {
        key: "clocks",
        does: "Warns of every clock that runs out, and hands those whose last day is here to the lead.",
        run: crate::clocks::look,
    },
];

/// What runs every day beside [`JOBS`], because it needs a carrier to the outside: the word, and what it does. It runs only
/// where the desk is served with that carrier.
pub const CARRIED: &[(&str, &str)] =
    &[(crate::notices::LETTERS_JOB, "Sends each person who wants one the daily letter of counts; it names nobody.")];

/// After this time a job that failed is tried again, and one that did not end is taken for stopped: the longest job of a
/// large practice ends in minutes, and whatever was in the way may have passed.
pub const TAKEN_OVER_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// Most runs that a page shows: a month of every job.
const MOST_RUNS_SHOWN: i64 = 150;

/// How a job of today ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It did so many things.
    Done(usize),
    /// It failed; the words carry no patient's data.
    Failed(String),
    /// It is under way in another process since this instant.
    UnderWay(Timestamp),
}

/// A job with how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The job's word.
    pub key: &'static str,
    /// How it ended.
    pub outcome: Outcome,
}

/// Runs the jobs of today that did not run yet, as the system; answers those that it ran. A job that fails is among them
/// and does not stop the next.
///
/// # Errors
/// Where the database takes no claim to run; nothing else.
pub fn run_due(db: &Db, practice: PracticeId) -> Result<Vec<Ran>, Error> {
    run_due_of(db, practice, JOBS)
}

/// As [`run_due`], of a list of one's own.
///
/// # Errors
/// As [`run_due`].
pub fn run_due_of(db: &Db, practice: PracticeId, jobs: &[Job]) -> Result<Vec<Ran>, Error> {
    let (today, now) = (db.env().today(), db.env().now());
    let system = Actor::system(practice);
    let of_day = db.read(&system, practice, |read| Ok::<_, Error>(read.query(&JOB_RUNS_OF_DAY, params![today])?))?;
    let is_due = |job: &Job| {
        of_day.iter().find(|run| run.job == job.key).is_none_or(|run| run.done.is_none() && is_stale(run, now))
    };
    run_each(db, practice, today, jobs, |job| {
        if !is_due(job) {
            return Ok(Claimed::NotNow);
        }
        claim(db, practice, (today, job.key), &TAKE_JOB_AGAIN)
    })
}

/// Runs every job now, whatever ran today; leaves out one that is under way in another process.
///
/// # Errors
/// `Denied` without the right to run jobs; where the database takes no claim to run.
pub fn run_now(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Ran>, Error> {
    allow(actor, Action::RunJobs, &ResourceState::default())?;
    let today = db.env().today();
    run_each(db, practice, today, JOBS, |job| claim(db, practice, (today, job.key), &BEGIN_JOB_AGAIN))
}

/// The latest runs, newest day first.
///
/// # Errors
/// `Denied` without the right to run jobs.
pub fn latest(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<JobRunRow>, Error> {
    allow(actor, Action::RunJobs, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&LATEST_JOB_RUNS, params![MOST_RUNS_SHOWN])?))
}

/// The jobs whose last run failed or was stopped: what the manager must know.
///
/// # Errors
/// As [`latest`].
pub fn in_trouble(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<JobRunRow>, Error> {
    let runs = latest(db, actor, practice)?;
    let now = db.env().now();
    let keys = JOBS.iter().map(|job| job.key).chain(CARRIED.iter().map(|(key, _)| *key));
    let last = keys.filter_map(|key| runs.iter().find(|run| run.job == key));
    Ok(last.filter(|run| run.failure.is_some() || (run.done.is_none() && is_stale(run, now))).cloned().collect())
}

fn is_stale(run: &JobRunRow, now: Timestamp) -> bool {
    run.begun_at.checked_add(TAKEN_OVER_AFTER).is_ok_and(|then| then <= now)
}

/// What came of asking for a job.
enum Claimed {
    /// It is ours, begun at this instant.
    Ours(Timestamp),
    /// It ran, or waits to be tried again.
    NotNow,
    /// Somebody else runs it since this instant.
    UnderWay(Timestamp),
}

fn claim(
    db: &Db,
    practice: PracticeId,
    (day, key): (Date, &'static str),
    again: &'static store::Statement<()>,
) -> Result<Claimed, Error> {
    db.write(&Actor::system(practice), practice, |tx| {
        let begun_at = tx.now();
        let fresh = JobRunRow { day, job: key.to_owned(), begun_at, finished_at: None, done: None, failure: None };
        if tx.insert_new(&fresh)? {
            return Ok(Claimed::Ours(begun_at));
        }
        let stale_before = begun_at.checked_sub(TAKEN_OVER_AFTER).unwrap_or(begun_at);
        if tx.execute(again, params![day, key, begun_at, stale_before])? > 0 {
            return Ok(Claimed::Ours(begun_at));
        }
        let runs = tx.query(&JOB_RUNS_OF_DAY, params![day])?;
        let running = runs.iter().find(|run| run.job == key && run.finished_at.is_none());
        Ok::<_, Error>(running.map_or(Claimed::NotNow, |run| Claimed::UnderWay(run.begun_at)))
    })
}

/// Runs something that is no job of the list once today, as the system: what needs a carrier to the outside. Whichever
/// process comes first does it; one that failed is tried again later. None where it ran today.
///
/// # Errors
/// As [`run_due`].
pub fn once_today(
    db: &Db,
    practice: PracticeId,
    key: &'static str,
    run: impl FnOnce() -> Result<usize, Error>,
) -> Result<Option<Outcome>, Error> {
    let today = db.env().today();
    let begun_at = match claim(db, practice, (today, key), &TAKE_JOB_AGAIN)? {
        Claimed::Ours(begun_at) => begun_at,
        Claimed::NotNow | Claimed::UnderWay(_) => return Ok(None),
    };
    finish(db, practice, (today, key, begun_at), catch_unwind(AssertUnwindSafe(run))).map(Some)
}

/// Runs what can be claimed, one after another, and writes down how each ended.
fn run_each(
    db: &Db,
    practice: PracticeId,
    day: Date,
    jobs: &[Job],
    claim: impl Fn(&Job) -> Result<Claimed, Error>,
) -> Result<Vec<Ran>, Error> {
    let system = Actor::system(practice);
    let mut all = Vec::new();
    for job in jobs {
        let begun_at = match claim(job)? {
            Claimed::Ours(begun_at) => begun_at,
            Claimed::NotNow => continue,
            Claimed::UnderWay(since) => {
                all.push(Ran { key: job.key, outcome: Outcome::UnderWay(since) });
                continue;
            }
        };
        let ran = catch_unwind(AssertUnwindSafe(|| (job.run)(db, &system, practice)));
        let outcome = finish(db, practice, (day, job.key, begun_at), ran)?;
        all.push(Ran { key: job.key, outcome });
    }
    Ok(all)
}

/// Writes down how a job ended.
fn finish(
    db: &Db,
    practice: PracticeId,
    (day, key, begun_at): (Date, &str, Timestamp),
    ran: std::thread::Result<Result<usize, Error>>,
) -> Result<Outcome, Error> {
    let outcome = outcome_of(ran);
    let (done, failure) = match &outcome {
        Outcome::Done(count) => (Some(i64::try_from(*count).unwrap_or(i64::MAX)), None),
        Outcome::Failed(words) => (None, Some(words.clone())),
        Outcome::UnderWay(_) => (None, None),
    };
    db.write(&Actor::system(practice), practice, |tx| {
        let finished_at = tx.now();
        tx.execute(&END_JOB, params![day, key, begun_at, finished_at, done, failure])?;
        Ok::<_, Error>(())
    })?;
    Ok(outcome)
}

/// Errors of use cases and of the store carry no patient's data; what a panic says might, and stays out.
fn outcome_of(result: std::thread::Result<Result<usize, Error>>) -> Outcome {
    match result {
        Ok(Ok(count)) => Outcome::Done(count),
        Ok(Err(error)) => Outcome::Failed(error.to_string()),
        Err(_) => Outcome::Failed("It stopped in the middle of its work. Tell whoever keeps Tierline.".to_owned()),
    }
}
