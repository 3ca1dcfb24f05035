//! A backup made while the practice works, restored into an empty place on either engine, and verified there.

use std::path::PathBuf;

use app::backup::{backup, restore};
use app::remittance_import::import;
use app::verify::verify;
use store::testing::{PRACTICE, TestDb, TestEngine, engines, for_each_engine};

use crate::clinic::open_practice;
use crate::payer_files::{Clp, Payment, accepted_claims, file};

fn place(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tierline_backup_{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let random = store::Env::system().random_u64();
    folder.join(format!("{name}-{random:x}.db"))
}

fn post(db: &TestDb, n: usize) {
    let text = file(&Payment::new(&format!("EFT{n}"), vec![Clp::partly_denied(n)]));
    import(db, &db.system(), PRACTICE, "payer.835", text.as_bytes()).unwrap();
}

/// Everything in the books that must be the same after a restore.
fn books(db: &store::Db) -> (i64, String, Vec<(String, ledger::Money)>) {
    let found = verify(db, &billing::access::Actor::system(PRACTICE), PRACTICE).unwrap();
    assert_eq!(found.first_failure(), None);
    (found.ledger_sequence, found.ledger_root, found.trial_balance)
}

#[test]
fn a_backup_restores_into_an_empty_place_on_either_engine_and_verifies_there() {
    for_each_engine(|db| {
        open_practice(db);
        accepted_claims(db, PRACTICE, 30);
        (1..=10).for_each(|n| post(db, n));
        db.read(&db.system(), PRACTICE, |r| {
            r.saw("account", crate::payer_files::patient_id(1));
            Ok::<_, store::StoreError>(())
        })
        .unwrap();
        let file = place("at-rest");
        backup(db, &db.system(), PRACTICE, &file).unwrap();
        assert!(backup(db, &db.system(), PRACTICE, &file).is_err(), "a backup is never overwritten");
        let original = books(db);
        for engine in engines() {
            let empty = TestDb::empty(engine, db.env.clone());
            let restored = restore(&file, &empty.url, db.env.clone()).unwrap();
            assert_eq!(books(&restored), original, "{:?} into {engine:?}", db.engine);
            assert!(restore(&file, &empty.url, db.env.clone()).is_err(), "a practice is never overwritten");
            drop(restored);
        }
        std::fs::remove_file(file).unwrap();
    });
}

#[test]
fn a_backup_made_while_money_is_posted_is_whole_as_of_one_instant() {
    for_each_engine(|db| {
        open_practice(db);
        accepted_claims(db, PRACTICE, 60);
        post(db, 1);
        let before = books(db).0;
        let files: Vec<PathBuf> = (0..3).map(|n| place(&format!("busy{n}"))).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| (2..=60).for_each(|n| post(db, n)));
            for file in &files {
                backup(db, &db.system(), PRACTICE, file).unwrap();
            }
        });
        for file in &files {
            let copy = TestDb::empty(TestEngine::Sqlite, db.env.clone());
            let restored = restore(file, &copy.url, db.env.clone()).unwrap();
            let (sequence, ..) = books(&restored);
            assert!(sequence >= before);
            std::fs::remove_file(file).unwrap();
        }
        assert!(books(db).0 > before);
    });
}

#[test]
fn what_is_no_backup_is_refused_and_leaves_nothing() {
    let env = store::Env::system();
    let empty = TestDb::empty(TestEngine::Sqlite, env.clone());
    let file = place("broken");
    assert!(restore(&file, &empty.url, env.clone()).is_err());
    std::fs::write(&file, b"not a database at all, but long enough to look at").unwrap();
    assert!(restore(&file, &empty.url, env).is_err());
    assert!(!std::path::Path::new(&empty.url).exists());
    std::fs::remove_file(file).unwrap();
}
