//! The books defend themselves: each attack, tried on both engines, is refused by the engine and changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used)] // what sets a test up must stop it where it cannot

use billing::access::Actor;
use ledger::{Account, AccountKind, BalancedEntry, DraftEntry, EntrySource, Money};
use store::StoreError;
use store::ledger as books;
use store::testing::{OTHER_PRACTICE, PRACTICE, TestDb, TestEngine, for_each_engine};
use uuid::Uuid;

const DAY: jiff::civil::Date = jiff::civil::date(2026, 3, 2);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn entry(source: u128, cents: i64) -> BalancedEntry {
    let charge = id(source);
    DraftEntry::new(DAY, "a visit", EntrySource { kind: "charge".into(), id: id(source) })
        .debit(Account::PayerReceivable { charge, payer: id(2) }, Money::from_cents(cents), "charge")
        .credit(Account::Revenue { charge }, Money::from_cents(cents), "charge")
        .balance()
        .unwrap()
}

fn unapplied(source: u128, cents: i64) -> BalancedEntry {
    DraftEntry::new(DAY, "cash", EntrySource { kind: "cash".into(), id: id(source) })
        .debit(Account::Bank, Money::from_cents(cents), "paid")
        .credit(Account::UnappliedPatient { patient: id(3) }, Money::from_cents(cents), "paid")
        .balance()
        .unwrap()
}

/// Everything in the books as one text.
fn contents(db: &TestDb) -> String {
    db.read(&db.system(), PRACTICE, |r| {
        let entries = r.query(&books::ENTRIES_AFTER, store::params![0_i64, 1_000_000_i64])?;
        let ids: Vec<Uuid> = entries.iter().map(|e| e.id).collect();
        let mut postings = r.query_in(&books::POSTINGS_OF_ENTRIES, store::params![], &ids)?;
        postings.sort_by_key(|p| (p.entry_id, p.ordinal));
        for entry in &entries {
            let own: Vec<_> = postings.iter().filter(|p| p.entry_id == entry.id).cloned().collect();
            assert_eq!(entry.hash, entry.computed_hash());
            assert_eq!(entry.content_hash, entry.computed_content_hash(&own));
        }
        let held = r.query(&books::HELD_ALL, store::params![])?;
        assert_eq!(held, r.query(&books::HELD_BY_FOLD, store::params![])?);
        Ok::<_, StoreError>(format!("{entries:?}{postings:?}{held:?}"))
    })
    .unwrap()
}

/// Runs SQL that no registered statement would say. It must be refused, at once or at the commit, and change nothing.
fn refused(db: &TestDb, what: &str, sql: &[&str]) {
    let before = contents(db);
    let outcome = db.write(&db.system(), PRACTICE, |tx| {
        for sql in sql {
            let sql = match db.engine {
                TestEngine::Sqlite => sqlite_literals(sql),
                TestEngine::Postgres => (*sql).to_owned(),
            };
            tx.execute_unregistered(&sql, &[])?;
        }
        Ok::<_, StoreError>(())
    });
    let error = outcome.expect_err(what);
    assert!(error.is_constraint(), "{:?}: {what}: {error}", db.engine);
    assert_eq!(contents(db), before, "{what}");
}

/// The few words of the attacks that the embedded engine spells otherwise.
fn sqlite_literals(sql: &str) -> String {
    sql.replace("DATE '", "'").replace("now()", "0")
}

struct Words {
    practice: String,
    entry: String,
    hash: String,
}

impl Words {
    fn uuid(engine: TestEngine, id: Uuid) -> String {
        match engine {
            TestEngine::Sqlite => format!("x'{}'", id.simple()),
            TestEngine::Postgres => format!("'{id}'::uuid"),
        }
    }

    fn bytes(engine: TestEngine, byte: u8) -> String {
        let hex = format!("{byte:02x}").repeat(32);
        match engine {
            TestEngine::Sqlite => format!("x'{hex}'"),
            TestEngine::Postgres => format!("'\\x{hex}'::bytea"),
        }
    }

    fn posting(&self, ordinal: u32, cents: i64) -> String {
        format!(
            "INSERT INTO ledger_posting (practice_id, entry_id, ordinal, account, cents, reason)
             VALUES ({}, {}, {ordinal}, 'bank', {cents}, 'x')",
            self.practice, self.entry
        )
    }

    fn entry(&self, sequence: i64, count: i64, key: &str, prev: &str) -> String {
        format!(
            "INSERT INTO ledger_entry (practice_id, id, sequence, occurred_on, recorded_at, reason, source_kind,
                source_id, idempotency_key, posting_count, content_hash, prev_hash, hash)
             VALUES ({}, {}, {sequence}, DATE '2026-03-02', now(), 'x', 'x', {}, '{key}', {count}, {}, {prev}, {})",
            self.practice, self.entry, self.entry, self.hash, self.hash
        )
    }
}

#[test]
fn entries_are_posted_once_and_read_back_balanced() {
    for_each_engine(|db| {
        let actor = db.system();
        let entries: Vec<(BalancedEntry, String)> =
            (0..1_100).map(|n| (entry(1_000 + n, 100 + n as i64), format!("charge:{n}"))).collect();
        let first = db.write(&actor, PRACTICE, |tx| tx.post_all(&entries)).unwrap();
        let again = db.write(&actor, PRACTICE, |tx| tx.post_all(&entries)).unwrap();
        assert!(first.iter().all(|p| p.is_new) && again.iter().all(|p| !p.is_new));
        assert_eq!(first.iter().map(|p| p.id).collect::<Vec<_>>(), again.iter().map(|p| p.id).collect::<Vec<_>>());
        let trial = db.read(&actor, PRACTICE, |r| books::trial_balance(r)).unwrap();
        assert_eq!(trial.iter().map(|(_, cents)| *cents).sum::<Money>(), Money::ZERO);
        assert_eq!(trial[0].0, AccountKind::PayerReceivable);
        let head =
            db.read(&actor, PRACTICE, |r| r.query(&books::ENTRIES_AFTER, store::params![1_099_i64, 5_i64])).unwrap();
        assert_eq!(head.len(), 1, "the sequence is gapless");
        contents(db);
    });
}

#[test]
fn the_same_key_with_other_content_is_refused() {
    for_each_engine(|db| {
        db.write(&db.system(), PRACTICE, |tx| tx.post(&entry(1, 100), "k")).unwrap();
        let before = contents(db);
        let refused = db.write(&db.system(), PRACTICE, |tx| tx.post(&entry(1, 101), "k"));
        assert!(matches!(refused, Err(StoreError::KeyReused { .. })));
        assert_eq!(contents(db), before);
        // Another practice has keys and a chain of its own.
        let other = Actor::system(OTHER_PRACTICE);
        assert!(db.write(&other, OTHER_PRACTICE, |tx| tx.post(&entry(1, 101), "k")).unwrap().is_new);
    });
}

#[test]
fn others_money_is_never_overdrawn_not_even_by_two_at_once() {
    for_each_engine(|db| {
        let actor = db.system();
        db.write(&actor, PRACTICE, |tx| tx.post(&unapplied(1, 10_000), "in")).unwrap();
        let take = |n: u128| {
            let draft = DraftEntry::new(DAY, "applied", EntrySource { kind: "cash".into(), id: id(n) })
                .debit(Account::UnappliedPatient { patient: id(3) }, Money::from_cents(6_000), "applied")
                .credit(Account::PatientReceivable { charge: id(1), patient: id(3) }, Money::from_cents(6_000), "paid");
            let entry = draft.balance().unwrap();
            db.write(&actor, PRACTICE, |tx| tx.post(&entry, &format!("out:{n}")))
        };
        let won = std::thread::scope(|scope| {
            let threads: Vec<_> = (10..14).map(|n| scope.spawn(move || take(n).is_ok())).collect();
            threads.into_iter().map(|t| t.join().unwrap()).filter(|ok| *ok).count()
        });
        assert_eq!(won, 1);
        assert!(matches!(take(20), Err(StoreError::Overdrawn { account: "unapplied_patient" })));
        let left = db.read(&actor, PRACTICE, |r| books::held(r, AccountKind::UnappliedPatient, id(3))).unwrap();
        assert_eq!(left, Money::from_cents(4_000));
        contents(db);
    });
}

#[test]
fn every_attack_on_the_books_is_refused_by_the_engine() {
    for_each_engine(|db| {
        db.write(&db.system(), PRACTICE, |tx| tx.post(&entry(1, 100), "first")).unwrap();
        let last =
            db.read(&db.system(), PRACTICE, |r| r.query(&books::ENTRIES_AFTER, store::params![0_i64, 9_i64])).unwrap();
        let last = last.last().unwrap().clone();
        let engine = db.engine;
        let words = |entry: Uuid| Words {
            practice: Words::uuid(engine, PRACTICE.0),
            entry: Words::uuid(engine, entry),
            hash: Words::bytes(engine, 7),
        };
        let new = words(id(50));
        let sealed = words(last.id);
        let prev = match engine {
            TestEngine::Sqlite => format!("x'{}'", hex(&last.hash)),
            TestEngine::Postgres => format!("'\\x{}'::bytea", hex(&last.hash)),
        };
        let genesis = Words::bytes(engine, 0);
        refused(db, "unsealed", &[&new.posting(0, 5), &new.posting(1, -5)]);
        refused(db, "unbalanced", &[&new.posting(0, 5), &new.posting(1, -4), &new.entry(2, 2, "k", &prev)]);
        refused(db, "wrong count", &[&new.posting(0, 5), &new.posting(1, -5), &new.entry(2, 3, "k", &prev)]);
        refused(db, "no postings", &[&new.entry(2, 2, "k", &prev)]);
        refused(db, "late posting", &[&sealed.posting(7, 5)]);
        refused(db, "late pair", &[&sealed.posting(7, 5), &sealed.posting(8, -5)]);
        let right = [new.posting(0, 5), new.posting(1, -5)];
        refused(
            db,
            "late in the same transaction",
            &[&right[0], &right[1], &new.entry(2, 2, "k", &prev), &new.posting(2, 5), &new.posting(3, -5)],
        );
        refused(db, "key replay", &[&right[0], &right[1], &new.entry(2, 2, "first", &prev)]);
        refused(db, "chain fork", &[&right[0], &right[1], &new.entry(2, 2, "k", &genesis)]);
        refused(db, "sequence gap", &[&right[0], &right[1], &new.entry(3, 2, "k", &prev)]);
        refused(db, "sequence twice", &[&right[0], &right[1], &new.entry(1, 2, "k", &prev)]);
        refused(db, "no cents", &[&new.posting(0, 0), &new.posting(1, 0), &new.entry(2, 2, "k", &prev)]);
        refused(db, "update of an entry", &["UPDATE ledger_entry SET reason = 'other'"]);
        refused(db, "update of a posting", &["UPDATE ledger_posting SET cents = cents + 1"]);
        refused(db, "delete of an entry", &["DELETE FROM ledger_entry"]);
        refused(db, "delete of postings", &["DELETE FROM ledger_posting"]);
        refused(
            db,
            "overdraw",
            &[&format!("INSERT INTO ledger_balance VALUES ({}, 'credit_balance', {}, -1)", new.practice, new.entry)],
        );
        refused(db, "update of the audit", &["UPDATE audit_record SET action = 'other'"]);
        refused(db, "delete of the audit", &["DELETE FROM audit_record"]);
        match engine {
            TestEngine::Sqlite => {
                refused(db, "replace", &["INSERT OR REPLACE INTO ledger_posting SELECT practice_id, entry_id,
                    ordinal, account, charge_id, payer_id, patient_id, remittance_id, reference, cents + 1, reason FROM ledger_posting"]);
                refused(db, "cents as text", &[&new.posting(0, 5).replace(", 5,", ", 'five',")]);
                refused(db, "cents as a float", &[&new.posting(0, 5).replace(", 5,", ", 5.5,")]);
            }
            TestEngine::Postgres => {
                refused(db, "truncate", &["TRUNCATE ledger_entry CASCADE"]);
                let forged =
                    "INSERT INTO ledger_posting SELECT practice_id, entry_id, ordinal + 10, account, charge_id,
                    payer_id, patient_id, remittance_id, reference, cents, reason, xid FROM ledger_posting";
                refused(db, "forged transaction stamp", &[forged]);
            }
        }
        // A closed month takes nothing, said so by the engine; what concerns it is dated the first open day.
        let april = jiff::civil::date(2026, 4, 1);
        db.write(&db.system(), PRACTICE, |tx| tx.set_open_from(april)).unwrap();
        refused(db, "an entry of a closed month", &[&right[0], &right[1], &new.entry(2, 2, "k", &prev)]);
        let late = db.write(&db.system(), PRACTICE, |tx| {
            for sql in [&right[0], &right[1], &new.entry(2, 2, "k", &prev)] {
                tx.execute_unregistered(
                    &(if engine == TestEngine::Sqlite { sqlite_literals(sql) } else { sql.clone() }),
                    &[],
                )?;
            }
            Ok::<_, StoreError>(())
        });
        assert!(late.unwrap_err().to_string().contains("month of the entry is closed"));
        // The books still go on.
        db.write(&db.system(), PRACTICE, |tx| tx.post(&entry(2, 100), "second")).unwrap();
        let second = db.read(&db.system(), PRACTICE, |r| r.query(&books::ENTRIES_AFTER, store::params![1_i64, 9_i64]));
        let second = second.unwrap().pop().unwrap();
        assert_eq!((second.occurred_on, second.concerns_on), (april, Some(DAY)));
        assert_ne!(contents(db), "");
    });
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// An account of a kind, with the dimensions that it takes.
fn some_account(kind: AccountKind) -> Account {
    let full = [id(1), id(2), id(3), id(4)];
    let with = |bit: u32, which: u32, place: usize| (which & (1 << bit) != 0).then(|| full[place]);
    (0..32_u32)
        .find_map(|which| {
            let dimensions = ledger::Dimensions {
                charge: with(0, which, 0),
                payer: with(1, which, 1),
                patient: with(2, which, 2),
                remittance: with(3, which, 3),
                reference: (which & 16 != 0).then(|| id(5).to_string()),
            };
            Account::from_parts(kind, dimensions)
        })
        .expect("an account has some dimensions")
}

#[test]
fn every_account_of_the_chart_stands_in_the_books_of_each_engine() {
    for_each_engine(|db| {
        for (place, kind) in (1_u128..).zip(AccountKind::ALL) {
            let other = if kind == AccountKind::Bank { Account::Interest } else { Account::Bank };
            let entry = DraftEntry::new(DAY, "a try", EntrySource { kind: "try".into(), id: id(place) })
                .debit(other, Money::from_cents(5), "try")
                .credit(some_account(kind), Money::from_cents(5), "try")
                .balance()
                .unwrap();
            let posted = db.write(&db.system(), PRACTICE, |tx| tx.post(&entry, &format!("try {kind}")).map(|_| ()));
            assert!(posted.is_ok(), "{kind} is missing from the table's own list: {posted:?}");
        }
    });
}
