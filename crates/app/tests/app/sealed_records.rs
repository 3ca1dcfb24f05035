//! What was sent, what came in, what happened to a claim and what patients were told: the database refuses to change or
//! delete it, and where somebody takes the guard away, `verify` says what is not as it was recorded.

use app::clearinghouse::exchange;
use app::registration::set_price;
use app::verify::{Check, verify};
use app::{claim_submission, eligibility, patient_payment, patient_statement};
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::fee_schedule::FeeScheduleItem;
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::work::{Desk, WorkReason};
use billing::{ClaimId, Money};
use jiff::civil::date;
use store::testing::{PRACTICE, TestDb, TestEngine, for_each_engine};
use store::{Db, StoreError, params};

use crate::carrier::{Carrier, claim_answers, eligibility_answer};
use crate::claims_on_their_way::{
    COVERAGE, PATIENT, latest_file, open, open_work, person, ready_claim, send, status, take,
};
use crate::patient_books;
use crate::staff;

fn practice_with_records(db: &TestDb) {
    open(db);
    let carrier = Carrier::new();
    let claim = ready_claim(db, 1, "CLEARING");
    send(db, &carrier);
    take(db, "277ca", &claim_answers("PR", latest_file(db, claim).interchange_number, &[("AR000001", "A2:20:PR")]));
    assert_eq!(broken(db), Vec::<&str>::new());
}

fn failed(db: &TestDb) -> Vec<Check> {
    let checks = verify(db, &db.system(), PRACTICE).unwrap().checks;
    checks.into_iter().filter(|check| !check.holds).collect()
}

pub fn broken(db: &TestDb) -> Vec<&'static str> {
    failed(db).iter().map(|check| check.name).collect()
}

pub fn run(db: &Db, sql: &[&str]) -> Result<(), StoreError> {
    db.write(&billing::access::Actor::system(PRACTICE), PRACTICE, |tx| {
        sql.iter().try_for_each(|sql| tx.execute_unregistered(sql, &[]).map(|_| ()))
    })
}

/// Takes the guards of a table away, as somebody with the database file in hand can.
pub fn unguard(db: &TestDb, table: &str) {
    match db.engine {
        TestEngine::Sqlite => {
            let triggers: Vec<(String,)> = db
                .read(&db.system(), PRACTICE, |conn| {
                    let sql = format!(
                        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}' AND $1 IS NOT NULL"
                    );
                    conn.query_dynamic("triggers", &sql, &[])
                })
                .unwrap();
            let sql: Vec<String> = triggers.iter().map(|(name,)| format!("DROP TRIGGER {name}")).collect();
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
        practice_with_history(db);
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
            "UPDATE patient_payment SET received_on = '2020-01-01'",
            "DELETE FROM patient_payment",
            "UPDATE work_event SET sentence = 'other'",
            "DELETE FROM work_event",
            "UPDATE claim_version SET version = 7",
            "DELETE FROM claim",
            "DELETE FROM encounter",
            "UPDATE coverage SET member_id = 'other'",
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
            vec!["rows-as-recorded", "files-as-received", "nothing-gone"],
        ),
        ("inbound_file", "DELETE FROM inbound_file", vec!["rows-as-recorded", "nothing-gone"]),
        ("claim", "UPDATE claim SET total_cents = 1", vec!["rows-as-recorded", "claims-are-their-lines"]),
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

/// A practice with one of everything that somebody might want to have happened otherwise: a claim that was accepted, an
/// answer about a coverage with the work that it opened, and a payment of a patient.
fn practice_with_history(db: &TestDb) -> ClaimId {
    open(db);
    let carrier = Carrier::new();
    let claim = ready_claim(db, 1, "CLEARING");
    send(db, &carrier);
    take(db, "277ca", &claim_answers("PR", latest_file(db, claim).interchange_number, &[("AR000001", "A2:20:PR")]));
    let desk = person(1, Role::Tier1);
    eligibility::ask(db, &desk, PRACTICE, PATIENT, COVERAGE, date(2026, 3, 2)).unwrap();
    let trace = eligibility::of_patient(db, &desk, PRACTICE, PATIENT).unwrap()[0].trace.clone();
    take(db, "271", &eligibility_answer(&trace, &["EB*6*IND*30"]));
    let cash = PaymentRequest {
        patient_id: PATIENT,
        amount: Money::from_cents(2_000),
        method: PaymentMethod::Cash,
        note: String::new(),
        idempotency_key: "one".into(),
    };
    patient_payment::take(db, &desk, PRACTICE, &cash).unwrap();
    assert_eq!(failed(db), Vec::new());
    claim
}

#[test]
fn a_price_and_what_became_of_a_file_are_watched() {
    for (table, sql) in [
        ("fee_schedule_item", "UPDATE fee_schedule_item SET unit_price_cents = 1 WHERE procedure_code = '99213'"),
        ("fee_schedule_item", "DELETE FROM fee_schedule_item WHERE procedure_code = '99213'"),
        ("inbound_file", "UPDATE inbound_file SET note = 'nothing came of it'"),
        ("inbound_file", "UPDATE inbound_file SET outcome = 'unreadable'"),
    ] {
        for_each_engine(|db| {
            staff::open(db);
            let mut price = FeeScheduleItem {
                procedure: "99213".into(),
                modifier: String::new(),
                effective_on: date(2026, 3, 1),
                unit_price: Money::from_cents(14_500),
            };
            set_price(db, &db.system(), PRACTICE, &price).unwrap();
            price.unit_price = Money::from_cents(14_700);
            set_price(db, &db.system(), PRACTICE, &price).unwrap();
            let carrier = Carrier::new();
            carrier.put("271", &eligibility_answer("unknown", &["EB*1*IND*30"]));
            exchange(db, &db.system(), PRACTICE, &carrier).unwrap();
            assert_eq!(broken(db), Vec::<&str>::new(), "{:?}", db.engine);
            unguard(db, table);
            run(db, &[sql]).unwrap();
            assert_eq!(broken(db), ["rows-as-recorded"], "{:?}: {sql}", db.engine);
        });
    }
}

#[test]
fn verify_names_each_row_that_was_changed_added_or_taken_away_past_the_program() {
    let changed = "is not as it was recorded";
    for_each_engine(|db| {
        let claim = practice_with_history(db);
        let user = match db.engine {
            TestEngine::Sqlite => "x'00000000000000000000000000000009'",
            TestEngine::Postgres => "'00000000-0000-0000-0000-000000000009'",
        };
        let role = format!(
            "INSERT INTO app_user (practice_id, id, login, display_name, password_hash, state, created_at, created_by) \
             SELECT practice_id, {user}, 'mallory', 'M', 'x', 'active', occurred_at, claim_id FROM claim_event LIMIT 1"
        );
        let tampered = [
            ("patient_payment", "UPDATE patient_payment SET received_on = '2020-01-01'", changed),
            ("claim", "UPDATE claim SET accepted_on = NULL", changed),
            ("claim_event", "UPDATE claim_event SET sentence = 'other' WHERE sequence = 1", changed),
            ("claim_event", "UPDATE claim_event SET raw = NULL WHERE raw IS NOT NULL", changed),
            ("encounter", "UPDATE encounter SET date_of_service = '2020-01-01'", changed),
            ("eligibility", "UPDATE eligibility SET status = 'active'", changed),
            ("submission_claim", "DELETE FROM submission_claim", "is gone"),
            ("work_event", "DELETE FROM work_event", "is gone"),
            ("work_item", "UPDATE work_item SET state = 'resolved'", changed),
            ("coverage", "UPDATE coverage SET member_id = 'OTHER'", changed),
            ("app_user", role.as_str(), "was never recorded"),
        ];
        for (table, sql, word) in tampered {
            unguard(db, table);
            run(db, &[sql]).unwrap();
            let checks = failed(db);
            let check = checks.iter().find(|check| check.name == "rows-as-recorded").unwrap();
            let named =
                check.detail.split("; ").any(|row| row.starts_with(&format!("{table} ")) && row.ends_with(word));
            assert!(named, "{:?}: {sql}: {}", db.engine, check.detail);
        }
        let checks = failed(db);
        let detail = &checks.iter().find(|check| check.name == "rows-as-recorded").unwrap().detail;
        assert!(detail.contains(&format!("claim {} {changed}", claim.0)), "{detail}");
        assert_eq!(detail.matches(&format!("claim_event {}/", claim.0)).count(), 2, "{detail}");
    });
}

#[test]
fn each_column_that_proves_something_of_a_claim_is_watched() {
    for sql in [
        "UPDATE claim SET accepted_on = '2020-01-01'",
        "UPDATE claim SET payer_claim_control_number = 'OTHER'",
        "UPDATE claim SET rejections = 1",
        "UPDATE claim SET filing_limit_on = '2030-01-01'",
        "UPDATE claim_event SET occurred_at = created_at_of",
    ] {
        for_each_engine(|db| {
            practice_with_history(db);
            let earlier = match db.engine {
                TestEngine::Sqlite => "occurred_at - 1",
                TestEngine::Postgres => "occurred_at - interval '1 microsecond'",
            };
            unguard(db, "claim_event");
            run(db, &[&sql.replace("created_at_of", earlier)]).unwrap();
            assert_eq!(broken(db), ["rows-as-recorded"], "{:?}: {sql}", db.engine);
        });
    }
}

#[test]
fn what_cannot_be_read_is_a_broken_invariant_and_no_error() {
    for_each_engine(|db| {
        patient_books::open(db);
        let charge =
            patient_books::visit(db, patient_books::PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
        patient_books::decide(db, patient_books::PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
        let made = patient_statement::run(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(made.issued.len(), 1);
        assert!(!broken(db).contains(&"statements-add-up"));
        unguard(db, "statement");
        run(db, &[r#"UPDATE statement SET body = '{"number": 7}'"#]).unwrap();
        let checks = failed(db);
        let of = |name: &str| checks.iter().find(|check| check.name == name).unwrap().detail.clone();
        assert_eq!(of("statements-add-up"), "statement S-00001 cannot be read");
        assert!(of("rows-as-recorded").contains(&format!("statement {} is not", made.issued[0].id.0)));
    });
    for (table, sql, name) in [
        ("submission", "UPDATE submission SET sha256 = bytes", "files-as-sealed"),
        ("inbound_file", "UPDATE inbound_file SET sha256 = bytes", "files-as-received"),
        ("claim_event", r#"UPDATE claim_event SET body = '{"event": "blessed"}'"#, "events-fold"),
    ] {
        for_each_engine(|db| {
            practice_with_history(db);
            unguard(db, table);
            run(db, &[sql]).unwrap();
            assert!(broken(db).contains(&"rows-as-recorded") && broken(db).contains(&name), "{:?}: {sql}", db.engine);
        });
    }
}
