//! What was sent, what came in, what happened to a claim and what patients were told: the database refuses to change or
//! delete it, and where somebody takes the guard away, `verify` says what is not as it was recorded.

use app::clearinghouse::exchange;
use app::verify::verify;
use app::{claim_submission, patient_statement};
use billing::claim::ClaimStatus;
use billing::work::{Desk, WorkReason};
use store::testing::{PRACTICE, TestDb, TestEngine, for_each_engine};
use store::{Db, StoreError, params};

use crate::carrier::{Carrier, claim_answers};
use crate::claims_on_their_way::{latest_file, open, open_work, ready_claim, send, status, take};

fn practice_with_records(db: &TestDb) {
    open(db);
    let carrier = Carrier::new();
    let claim = ready_claim(db, 1, "CLEARING");
    send(db, &carrier);
    take(db, "277ca", &claim_answers("PR", latest_file(db, claim).interchange_number, &[("AR000001", "A2:20:PR")]));
    assert_eq!(broken(db), Vec::<&str>::new());
}

fn broken(db: &TestDb) -> Vec<&'static str> {
    let checks = verify(db, &db.system(), PRACTICE).unwrap().checks;
    checks.iter().filter(|check| !check.holds).map(|check| check.name).collect()
}

fn run(db: &Db, sql: &[&str]) -> Result<(), StoreError> {
    db.write(&billing::access::Actor::system(PRACTICE), PRACTICE, |tx| {
        sql.iter().try_for_each(|sql| tx.execute_unregistered(sql, &[]).map(|_| ()))
    })
}

/// Takes the guards of a table away, as somebody with the database file in hand can.
fn unguard(db: &TestDb, table: &str) {
    let triggers: &[&str] = match table {
        "submission" => &["submission_sealed", "submission_no_delete"],
        "inbound_file" => &["inbound_file_sealed", "inbound_file_no_delete"],
        _ => &[],
    };
    match db.engine {
        TestEngine::Sqlite => {
            let sql: Vec<String> = triggers.iter().map(|name| format!("DROP TRIGGER {name}")).collect();
            run(db, &sql.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        }
        TestEngine::Postgres => run(db, &[&format!("ALTER TABLE {table} DISABLE TRIGGER USER")]).unwrap(),
    }
}

#[test]
fn a_damaged_file_stays_is_work_and_keeps_no_answer_out() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let answered = ready_claim(db, 1, "CLEARING");
        send(db, &carrier);
        let damaged = ready_claim(db, 2, "CLEARING");
        claim_submission::seal(db, &db.system(), PRACTICE).unwrap();
        let whole = latest_file(db, damaged);
        unguard(db, "submission");
        let number = whole.interchange_number;
        run(db, &[&format!("UPDATE submission SET bytes = sha256 WHERE interchange_number = {number}")]).unwrap();
        let later = ready_claim(db, 3, "CLEARING");
        let earlier = latest_file(db, answered).interchange_number;
        carrier.put("277ca", &claim_answers("PR", earlier, &[("AR000001", "A2:20:PR")]));

        let round = exchange(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert_eq!((round.delivered.sent, round.delivered.damaged, round.received.len()), (1, 1, 1));
        let trouble = round.trouble.unwrap();
        assert!(trouble.contains(&whole.file_name) && trouble.contains("Run verify"), "{trouble}");
        assert_eq!((status(db, answered), status(db, later)), (ClaimStatus::Accepted, ClaimStatus::Submitted));
        assert_eq!(open_work(db), [(Desk::Tier3, WorkReason::OutboundFileDamaged)]);
        exchange(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert_eq!(open_work(db).len(), 1);
        assert_eq!(carrier.given.borrow().iter().filter(|(name, _)| *name == whole.file_name).count(), 0);

        // Whole again, it leaves and the work ends.
        db.write(&db.system(), PRACTICE, |tx| {
            let sql = "UPDATE submission SET bytes = $2 WHERE id = $1";
            tx.execute_unregistered(sql, params![whole.id, whole.bytes.clone()])
        })
        .unwrap();
        assert_eq!(exchange(db, &db.system(), PRACTICE, &carrier).unwrap().delivered.sent, 1);
        assert!(open_work(db).is_empty(), "{:?}", open_work(db));
    });
}

#[test]
fn the_database_refuses_to_change_or_delete_what_was_recorded() {
    for_each_engine(|db| {
        practice_with_records(db);
        let _ = patient_statement::run(db, &db.system(), PRACTICE);
        for sql in [
            "UPDATE submission SET bytes = sha256",
            "UPDATE submission SET sha256 = bytes",
            "UPDATE submission SET total_cents = 1",
            "UPDATE submission SET interchange_number = 77",
            "DELETE FROM submission",
            "DELETE FROM submission_claim",
            "UPDATE inbound_file SET bytes = sha256",
            "UPDATE inbound_file SET file_name = 'other'",
            "DELETE FROM inbound_file",
            "UPDATE claim_event SET raw = NULL",
            "UPDATE claim_event SET sentence = 'other'",
            "DELETE FROM claim_event",
        ] {
            let refused = run(db, &[sql]);
            assert!(refused.is_err(), "{:?}: {sql}", db.engine);
        }
        assert_eq!(broken(db), Vec::<&str>::new());
        run(db, &["UPDATE submission SET status = 'acknowledged'", "UPDATE inbound_file SET note = 'read again'"])
            .unwrap();
    });
}

#[test]
fn verify_names_what_was_changed_or_taken_away_behind_the_guards() {
    for (table, sql, names) in [
        ("submission", "UPDATE submission SET bytes = sha256", vec!["files-as-sealed"]),
        ("inbound_file", "UPDATE inbound_file SET bytes = sha256", vec!["files-as-received"]),
        (
            "inbound_file",
            "UPDATE inbound_file SET sha256 = canonical_sha256",
            vec!["files-as-received", "nothing-gone"],
        ),
        ("inbound_file", "DELETE FROM inbound_file", vec!["nothing-gone"]),
        ("claim", "UPDATE claim SET total_cents = 1", vec!["claims-are-their-lines"]),
        (
            "claim_line",
            "UPDATE claim_line SET amount_cents = 1",
            vec!["claims-are-their-lines", "lines-are-their-charges"],
        ),
    ] {
        for_each_engine(|db| {
            practice_with_records(db);
            unguard(db, table);
            run(db, &[sql]).unwrap();
            assert_eq!(broken(db), names, "{:?}: {sql}", db.engine);
        });
    }
}
