//! What a checkpoint proves: the past stands, or it is named; and the second ledger that replays the journal.

use app::checkpoint::{self, Checkpoint};
use app::verify::verify;
use billing::access::Role;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::earlier_versions::sent_claim;
use crate::explanations::decide;
use crate::sealed_records::{broken, run, unguard};
use crate::staff::person;

fn failing(db: &TestDb, checkpoint: &Checkpoint) -> Vec<&'static str> {
    let checks = checkpoint::compare(db, &db.system(), PRACTICE, checkpoint).unwrap();
    checks.into_iter().filter(|check| !check.holds).map(|check| check.name).collect()
}

#[test]
fn a_checkpoint_holds_while_the_books_go_on_and_names_a_past_that_was_written_anew() {
    for_each_engine(|db| {
        let (_, _, number) = sent_claim(db);
        let made = checkpoint::make(db, &db.system(), PRACTICE).unwrap();
        assert!(made.ledger_sequence > 0 && made.audit_sequence > 0);
        assert_eq!(made.trial_balance_cents.values().sum::<i64>(), 0);
        assert_eq!(Checkpoint::from_text(&made.to_text()).unwrap(), made);
        assert_eq!(failing(db, &made), Vec::<&str>::new());
        // Life goes on: what stood then still stands.
        decide(db, &number);
        assert_eq!(failing(db, &made), Vec::<&str>::new());
        // Another past: as if the books had been written anew from the first entry on.
        let forged = Checkpoint { ledger_root: "0".repeat(64), ..made.clone() };
        assert_eq!(failing(db, &forged), ["books-at-checkpoint"]);
        let longer = Checkpoint { audit_sequence: made.audit_sequence + 1_000, ..made };
        assert_eq!(failing(db, &longer), ["audit-at-checkpoint"]);
    });
}

#[test]
fn only_the_key_signs_and_any_change_of_the_text_shows() {
    let (private, public) = checkpoint::new_keys([7; 32]).unwrap();
    let (_, other) = checkpoint::new_keys([8; 32]).unwrap();
    let text = "{\"ledger_sequence\": 12}\n";
    let signature = checkpoint::sign(text, &private).unwrap();
    assert_eq!(signature.len(), 64);
    assert!(checkpoint::is_signed_by(text, &signature, &public).unwrap());
    assert!(!checkpoint::is_signed_by(&text.replace("12", "13"), &signature, &public).unwrap());
    assert!(!checkpoint::is_signed_by(text, &signature, &other).unwrap());
    assert!(!checkpoint::is_signed_by(text, &signature[1..], &public).unwrap());
    assert!(checkpoint::sign(text, &public).is_err() && checkpoint::is_signed_by(text, &signature, &private).is_err());
}

#[test]
fn who_may_not_verify_makes_no_checkpoint_and_broken_books_make_none() {
    for_each_engine(|db| {
        sent_claim(db);
        assert!(checkpoint::make(db, &person(5, Role::Tier1), PRACTICE).is_err());
        unguard(db, "ledger_posting");
        run(db, &["UPDATE ledger_posting SET cents = cents + 1 WHERE account = 'payer_receivable'"]).unwrap();
        let refused = checkpoint::make(db, &db.system(), PRACTICE).unwrap_err().to_string();
        assert!(refused.contains("tierline verify"), "{refused}");
    });
}

#[test]
fn the_second_ledger_names_held_money_that_no_posting_made() {
    for_each_engine(|db| {
        sent_claim(db);
        let replayed = |db: &TestDb| {
            let checks = verify(db, &db.system(), PRACTICE).unwrap().checks;
            checks.into_iter().find(|check| check.name == "books-replayed").unwrap()
        };
        assert!(replayed(db).holds && replayed(db).detail.ends_with("postings"), "{:?}", replayed(db));
        let sql = "INSERT INTO ledger_balance (practice_id, account, owner_id, held_cents) \
                   SELECT practice_id, 'credit_balance', id, 500 FROM patient";
        run(db, &[sql]).unwrap();
        assert!(!replayed(db).holds);
        assert!(broken(db).contains(&"books-replayed"));
    });
}
