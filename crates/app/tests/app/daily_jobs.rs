//! What runs by itself every day: once a day whoever asks, on whatever machine; a failure is told and stops nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use app::Error;
use app::jobs::{self, Job, Outcome, TAKEN_OVER_AFTER};
use billing::PracticeId;
use billing::access::{Actor, Role};
use billing::id::UserId;
use jiff::SignedDuration;
use store::testing::{PRACTICE, for_each_engine};
use store::{Db, StoreError};

use crate::clinic::open_practice as open;

static RUNS: AtomicUsize = AtomicUsize::new(0);

fn counts(_: &Db, _: &Actor, _: PracticeId) -> Result<usize, Error> {
    RUNS.fetch_add(1, Ordering::SeqCst);
    // Long enough that the other process asks meanwhile.
    std::thread::sleep(std::time::Duration::from_millis(50));
    Ok(3)
}

fn fails(_: &Db, _: &Actor, _: PracticeId) -> Result<usize, Error> {
    Err(Error::refused("The table of the day is missing. Load it."))
}

fn panics(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    // In the middle of a transaction, which must not stay open.
    db.write(actor, practice, |_| -> Result<usize, StoreError> { panic!("the name of a patient") })?;
    Ok(0)
}

fn lasts(_: &Db, _: &Actor, _: PracticeId) -> Result<usize, Error> {
    Ok(1)
}

#[test]
fn two_processes_on_one_database_run_a_days_job_once() {
    for_each_engine(|db| {
        open(db);
        RUNS.store(0, Ordering::SeqCst);
        let job = || [Job { key: "counts", does: "Counts.", run: counts }];
        let other = Db::open(&db.url, db.env.clone()).unwrap();
        let (mine, theirs) = std::thread::scope(|scope| {
            let theirs = scope.spawn(|| jobs::run_due_of(&other, PRACTICE, &job()).unwrap());
            let mine = jobs::run_due_of(db, PRACTICE, &job()).unwrap();
            (mine, theirs.join().unwrap())
        });
        let done = mine.iter().chain(&theirs).filter(|ran| ran.outcome == Outcome::Done(3)).count();
        assert_eq!((RUNS.load(Ordering::SeqCst), done), (1, 1), "{mine:?} {theirs:?}");
        assert_eq!(jobs::run_due_of(&other, PRACTICE, &job()).unwrap(), [], "it ran today");
        db.env.advance(SignedDuration::from_hours(24));
        assert_eq!(jobs::run_due_of(db, PRACTICE, &job()).unwrap().len(), 1, "a new day");
        assert_eq!(RUNS.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn a_job_that_fails_is_told_stops_no_other_and_is_tried_again_later() {
    for_each_engine(|db| {
        open(db);
        let list = |follow_up: Job| {
            [
                Job { key: "claims", does: "", run: panics },
                follow_up,
                Job { key: "late-acknowledgments", does: "", run: lasts },
            ]
        };
        let broken = || list(Job { key: "follow-up", does: "", run: fails });
        let ran = jobs::run_due_of(db, PRACTICE, &broken()).unwrap();
        assert!(matches!(&ran[0].outcome, Outcome::Failed(words) if !words.contains("patient")), "{ran:?}");
        let words = "The table of the day is missing. Load it.";
        assert_eq!(ran[1].outcome, Outcome::Failed(words.to_owned()));
        assert_eq!(ran[2].outcome, Outcome::Done(1));

        let manager = Actor::user(UserId(db.env.new_id()), "max", vec![Role::Manager], PRACTICE);
        let trouble = jobs::in_trouble(db, &manager, PRACTICE).unwrap();
        let told: Vec<_> = trouble.iter().map(|run| (run.job.as_str(), run.failure.is_some())).collect();
        assert_eq!(told, [("claims", true), ("follow-up", true)]);
        let tier1 = Actor::user(UserId(db.env.new_id()), "tess", vec![Role::Tier1], PRACTICE);
        assert!(matches!(jobs::in_trouble(db, &tier1, PRACTICE), Err(Error::Denied(_))));
        assert!(matches!(jobs::run_now(db, &tier1, PRACTICE), Err(Error::Denied(_))));

        assert_eq!(jobs::run_due_of(db, PRACTICE, &broken()).unwrap(), [], "not at once");
        db.env.advance(TAKEN_OVER_AFTER);
        let mended = list(Job { key: "follow-up", does: "", run: lasts });
        let keys: Vec<_> = jobs::run_due_of(db, PRACTICE, &mended).unwrap().iter().map(|ran| ran.key).collect();
        assert_eq!(keys, ["claims", "follow-up"]);
        let trouble = jobs::in_trouble(db, &manager, PRACTICE).unwrap();
        assert_eq!(trouble.iter().map(|run| run.job.as_str()).collect::<Vec<_>>(), ["claims"]);
    });
}

#[test]
fn a_person_with_the_right_runs_todays_jobs_again() {
    for_each_engine(|db| {
        open(db);
        let all = jobs::JOBS.len();
        assert_eq!(jobs::run_due(db, PRACTICE).unwrap().len(), all);
        assert_eq!(jobs::run_due(db, PRACTICE).unwrap(), []);
        let manager = Actor::user(UserId(db.env.new_id()), "max", vec![Role::Manager], PRACTICE);
        let ran = jobs::run_now(db, &manager, PRACTICE).unwrap();
        assert!(ran.len() == all && ran.iter().all(|ran| matches!(ran.outcome, Outcome::Done(_))), "{ran:?}");
        assert_eq!(jobs::latest(db, &manager, PRACTICE).unwrap().len(), all);
    });
}
