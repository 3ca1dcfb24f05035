//! The ways in: transactions, tenants, retries, ids, audit; each story on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used)] // what sets a test up must stop it where it cannot

use billing::access::{Actor, Role};
use billing::id::{PatientId, UserId};
use store::testing::{OTHER_PRACTICE, PRACTICE, for_each_engine};
use store::{Db, StoreError, params, record, statements};
use uuid::Uuid;

record! {
    struct Payer in "payer" {
        id: billing::id::PayerId,
        name: String,
        payer_identifier: String,
        body: store::Json<serde_json::Value>,
    }
}

statements! {
    const PAYERS: Payer = "SELECT id, name, payer_identifier, body FROM payer WHERE practice_id = $1 ORDER BY payer_identifier";
    const PAYERS_IN: Payer =
        "SELECT id, name, payer_identifier, body FROM payer WHERE practice_id = $1 AND payer_identifier IN ({keys})";
    const RENAME: () = "UPDATE payer SET name = $3 WHERE practice_id = $1 AND payer_identifier = $2";
    const RENAME_AND_TELL: (String,) =
        "UPDATE payer SET name = $3 WHERE practice_id = $1 AND payer_identifier = $2 RETURNING name";
    const ADD_PRACTICE: () = "INSERT INTO practice (practice_id, name, body) VALUES ($1, $2, $3)";
}

fn with_practices(db: &Db) {
    for practice in [PRACTICE, OTHER_PRACTICE] {
        db.write(&Actor::system(practice), practice, |tx| {
            tx.execute(&ADD_PRACTICE, params!["A practice", store::Json(serde_json::json!({}))])
        })
        .unwrap();
    }
    assert!(STATEMENTS.len() == 5);
}

fn payer(id: Uuid, key: &str) -> Payer {
    Payer {
        id: id.into(),
        name: format!("Payer {key}"),
        payer_identifier: key.to_owned(),
        body: store::Json(serde_json::json!({ "quote": "it's 5 > 3", "n": 7 })),
    }
}

#[test]
fn what_is_written_is_read_back_and_a_failed_closure_leaves_nothing() {
    for_each_engine(|db| {
        with_practices(db);
        let actor = db.system();
        let rows: Vec<Payer> = db
            .write(&actor, PRACTICE, |tx| {
                let rows: Vec<Payer> = (0..1_203).map(|n| payer(tx.new_id(), &format!("{n:05}"))).collect();
                tx.insert_many(&rows)?;
                Ok::<_, StoreError>(rows)
            })
            .unwrap();
        let read = db.read(&actor, PRACTICE, |r| r.query(&PAYERS, params![])).unwrap();
        assert_eq!(read, rows);
        let keys: Vec<String> = (0..777).map(|n| format!("{n:05}")).chain(["absent".into()]).collect();
        let found = db.read(&actor, PRACTICE, |r| r.query_in(&PAYERS_IN, params![], &keys)).unwrap();
        assert_eq!(found.len(), 777);

        let refused: Result<(), StoreError> = db.write(&actor, PRACTICE, |tx| {
            tx.execute(&RENAME, params!["00000", "changed"])?;
            Err(StoreError::Domain("no".into()))
        });
        assert!(refused.is_err());
        let swallowed: Result<(), StoreError> = db.write(&actor, PRACTICE, |tx| {
            tx.execute(&RENAME, params!["00001", "changed"])?;
            assert!(tx.insert(&payer(tx.new_id(), "00000")).unwrap_err().is_unique());
            Ok(())
        });
        assert!(swallowed.is_err(), "a transaction with a refused statement is never committed");
        assert_eq!(db.read(&actor, PRACTICE, |r| r.query(&PAYERS, params![])).unwrap(), rows);
    });
}

#[test]
fn rows_of_another_practice_are_out_of_reach() {
    for_each_engine(|db| {
        with_practices(db);
        db.write(&Actor::system(OTHER_PRACTICE), OTHER_PRACTICE, |tx| tx.insert(&payer(tx.new_id(), "1"))).unwrap();
        let mine = db.read(&db.system(), PRACTICE, |r| r.query(&PAYERS, params![])).unwrap();
        assert!(mine.is_empty());
        let person = Actor::user(UserId(Uuid::from_u128(5)), "ann", vec![Role::ALL[0]], PRACTICE);
        let refused = db.read(&person, OTHER_PRACTICE, |r| r.query(&PAYERS, params![]));
        assert!(matches!(refused, Err(StoreError::OtherPractice)));
        // Row-level security: even a statement that forgets the practice sees only its own rows.
        let all: Vec<(i64,)> = db
            .read(&db.system(), PRACTICE, |r| {
                r.query_dynamic("count", "SELECT count(*) FROM payer WHERE practice_id = $1 OR name <> ''", &[])
            })
            .unwrap();
        assert_eq!(all[0].0, i64::from(db.file().is_some()), "{:?}", db.engine);
    });
}

#[test]
fn writers_of_many_threads_lose_no_step() {
    for_each_engine(|db| {
        with_practices(db);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        db.write(&db.system(), PRACTICE, |tx| {
                            let number = tx.next_number("receipt")?;
                            tx.insert(&payer(tx.new_id(), &format!("{number:05}")))
                        })
                        .unwrap();
                    }
                });
            }
        });
        let rows = db.read(&db.system(), PRACTICE, |r| r.query(&PAYERS, params![])).unwrap();
        let numbers: Vec<String> = rows.into_iter().map(|p| p.payer_identifier).collect();
        let expected: Vec<String> = (1..=200).map(|n| format!("{n:05}")).collect();
        assert_eq!(numbers, expected);
    });
}

#[test]
fn every_change_is_chained_and_every_look_is_logged() {
    for_each_engine(|db| {
        with_practices(db);
        let actor = Actor::user(UserId(Uuid::from_u128(5)), "ann", vec![], PRACTICE);
        db.write(&actor, PRACTICE, |tx| {
            let id = tx.new_id();
            tx.audit("payer.add", "payer", id, serde_json::json!({ "n": 1 }));
            tx.insert(&payer(id, "1"))
        })
        .unwrap();
        db.write(&actor, PRACTICE, |tx| tx.execute(&RENAME, params!["1", "unnamed change"])).unwrap();
        let audit = db.read(&actor, PRACTICE, |r| r.query(&store::AUDIT_LATEST, params![10_i64])).unwrap();
        let actions: Vec<&str> = audit.iter().map(|a| a.action.as_str()).collect();
        assert_eq!(actions, ["change", "payer.add", "change"]);
        db.write(&actor, PRACTICE, |tx| tx.query_one(&RENAME_AND_TELL, params!["1", "a row that is changed and told"]))
            .unwrap();
        db.write(&actor, PRACTICE, |tx| tx.query_opt(&RENAME_AND_TELL, params!["absent", "nobody"])).unwrap();
        let audit = db.read(&actor, PRACTICE, |r| r.query(&store::AUDIT_LATEST, params![10_i64])).unwrap();
        assert_eq!(audit.len(), 4, "a change that comes back as rows leaves a trace too, one of nothing does not");
        assert!(audit.iter().all(|a| a.hash == a.computed_hash()));
        assert!(audit.windows(2).all(|w| w[0].prev_hash == w[1].hash));

        let patient = PatientId(Uuid::from_u128(77));
        for _ in 0..3 {
            db.read(&actor, PRACTICE, |r| {
                r.saw("account", patient);
                Ok::<_, StoreError>(())
            })
            .unwrap();
        }
        db.flush_reads();
        let looks = db.read(&actor, PRACTICE, |r| r.query(&store::READS_OF_PATIENT, params![patient, 10_i64])).unwrap();
        assert_eq!(looks.len(), 3);
        assert!(looks.iter().all(|l| l.actor_login == "ann" && l.hash == l.computed_hash()));
    });
}

#[test]
fn a_write_inside_a_write_is_refused_instead_of_waiting_for_itself() {
    for_each_engine(|db| {
        let outcome: Result<(), StoreError> =
            db.write(&db.system(), PRACTICE, |_| db.write(&db.system(), PRACTICE, |_| Ok(())));
        assert!(matches!(outcome, Err(StoreError::Domain(_))));
        db.write(&db.system(), PRACTICE, |_| Ok::<_, StoreError>(())).unwrap();
    });
}

#[test]
fn a_closure_that_panics_leaves_nothing_and_the_database_goes_on() {
    for_each_engine(|db| {
        with_practices(db);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _: Result<(), StoreError> = db.write(&db.system(), PRACTICE, |tx| {
                tx.insert(&payer(tx.new_id(), "1"))?;
                panic!("a defect");
            });
        }));
        assert!(panicked.is_err());
        db.write(&db.system(), PRACTICE, |tx| tx.insert(&payer(tx.new_id(), "2"))).unwrap();
        let rows = db.read(&db.system(), PRACTICE, |r| r.query(&PAYERS, params![])).unwrap();
        assert_eq!(rows.len(), 1);
    });
}

#[test]
fn a_discarded_transaction_ends_without_effect() {
    for_each_engine(|db| {
        with_practices(db);
        db.write(&db.system(), PRACTICE, |tx| {
            tx.discard();
            tx.insert(&payer(tx.new_id(), "1"))
        })
        .unwrap();
        assert!(db.read(&db.system(), PRACTICE, |r| r.query(&PAYERS, params![])).unwrap().is_empty());
        db.write(&db.system(), PRACTICE, |tx| tx.insert(&payer(tx.new_id(), "1"))).unwrap();
    });
}

#[test]
fn migrating_twice_changes_nothing() {
    for_each_engine(|db| {
        assert_eq!(db.migrate().unwrap(), 0);
        let again = Db::open(&db.url, db.env.clone()).unwrap();
        assert_eq!(again.migrate().unwrap(), 0);
    });
}

record! {
    struct Everything in "everything" {
        id: Uuid,
        flag: bool,
        number: i64,
        small: i16,
        words: String,
        bytes: Vec<u8>,
        day: jiff::civil::Date,
        instant: jiff::Timestamp,
        document: store::Json<serde_json::Value>,
        maybe_words: Option<String>,
        maybe_day: Option<jiff::civil::Date>,
        money: ledger::Money,
    }
}

/// Values at the edges of what both engines hold, and random ones between.
fn everything(dice: &store::Env, n: usize) -> Everything {
    let pick = |of: usize| (dice.random_u64() % of as u64) as usize;
    let texts = ["", "a", "O'Brien; --", "$1 ?1 {keys}", "Zoë 😀 ñ", "line\nbreak\ttab", "\\x00"];
    let numbers = [0, 1, -1, i64::MAX, i64::MIN, dice.random_u64() as i64];
    let days = ["0001-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "2026-03-08", "9999-12-31"];
    let instants =
        ["1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2026-11-01T05:30:00.000001Z", "9999-12-30T22:00:00Z"];
    let day: jiff::civil::Date = days[pick(days.len())].parse().unwrap();
    Everything {
        id: dice.new_id(),
        flag: n.is_multiple_of(2),
        number: numbers[pick(numbers.len())],
        small: [0, i16::MIN, i16::MAX][pick(3)],
        words: texts[pick(texts.len())].into(),
        bytes: (0..pick(300)).map(|_| dice.random_u64() as u8).collect(),
        day,
        instant: instants[pick(instants.len())].parse().unwrap(),
        document: store::Json(serde_json::json!({ "k": texts[pick(texts.len())], "n": [1, null, true] })),
        maybe_words: n.is_multiple_of(3).then(|| texts[pick(texts.len())].into()),
        maybe_day: n.is_multiple_of(5).then_some(day),
        money: ledger::Money::from_cents(numbers[pick(numbers.len())]),
    }
}

#[test]
fn every_value_comes_back_as_it_was_on_both_engines() {
    for_each_engine(|db| {
        let words = match db.engine {
            store::testing::TestEngine::Sqlite => {
                "practice_id BLOB, id BLOB, flag INTEGER, number INTEGER, small INTEGER, words TEXT, bytes BLOB, day TEXT,
                 instant INTEGER, document TEXT, maybe_words TEXT, maybe_day TEXT, money INTEGER) STRICT"
            }
            store::testing::TestEngine::Postgres => {
                "practice_id UUID, id UUID, flag BOOLEAN, number BIGINT, small SMALLINT, words TEXT, bytes BYTEA, day DATE,
                 instant TIMESTAMPTZ, document JSONB, maybe_words TEXT, maybe_day DATE, money BIGINT)"
            }
        };
        let actor = db.system();
        db.write(&actor, PRACTICE, |tx| tx.execute_unregistered(&format!("CREATE TABLE everything ({words}"), &[]))
            .unwrap();
        let dice = store::Env::simulated(11, store::testing::START.parse().unwrap());
        let rows: Vec<Everything> = (0..1_234).map(|n| everything(&dice, n)).collect();
        db.write(&actor, PRACTICE, |tx| tx.insert_many(&rows)).unwrap();
        let sql = "SELECT id, flag, number, small, words, bytes, day, instant, document, maybe_words, maybe_day, money
                   FROM everything WHERE practice_id = $1 ORDER BY id";
        let read: Vec<Everything> = db.read(&actor, PRACTICE, |r| r.query_dynamic("everything", sql, &[])).unwrap();
        assert_eq!(read, rows);
    });
}

#[test]
fn a_connection_lost_before_the_commit_is_replaced_and_the_closure_run_again() {
    for_each_engine(|db| {
        if db.engine == store::testing::TestEngine::Sqlite {
            return;
        }
        with_practices(db);
        let mut runs = 0;
        db.write(&db.system(), PRACTICE, |tx| {
            runs += 1;
            tx.insert(&payer(tx.new_id(), "1"))?;
            if runs == 1 {
                tx.execute_unregistered("SELECT pg_terminate_backend(pg_backend_pid())", &[])?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
        assert_eq!(runs, 2);
        let rows = db.read(&db.system(), PRACTICE, |r| r.query(&PAYERS, params![])).unwrap();
        assert_eq!(rows.len(), 1);
    });
}

#[test]
fn two_openings_of_one_database_lose_no_step() {
    for_each_engine(|db| {
        with_practices(db);
        let second = Db::open(&db.url, db.env.clone()).unwrap();
        let step = |db: &Db| {
            for _ in 0..40 {
                db.write(&Actor::system(PRACTICE), PRACTICE, |tx| tx.next_number("receipt")).unwrap();
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| step(db));
            scope.spawn(|| step(&second));
        });
        assert_eq!(db.write(&db.system(), PRACTICE, |tx| tx.next_number("receipt")).unwrap(), 81);
    });
}
