//! Hot statements find their rows by an index that says more than the practice. With tenant-leading keys a planner
//! without statistics may pick the practice alone, which was measured as 250 times slower.

use store::registered;
use store::testing::{PRACTICE, TestDb, TestEngine};

use crate::clinic::open_practice;
use crate::payer_files::accepted_claims;

/// What runs on every page, for every message and for every posting.
const HOT: &[&str] = &[
    "ledger::ENTRIES_BY_KEY",
    "ledger::CHARGE_BALANCES",
    "ledger::POSTINGS_OF_CHARGE",
    "ledger::POSTINGS_OF_ENTRIES",
    "ledger::HELD",
    "remittance::CLAIM_FACTS_BY_NUMBER",
    "remittance::CLAIM_FACTS_BY_ID",
    "remittance::LINE_FACTS",
    "remittance::CLAIMS_OF_LINE_NUMBERS",
    "remittance::KNOWN_WITH_TRACE",
    "remittance::LAST_EVENTS",
    "claim::CLAIM",
    "claim::CLAIM_BY_CONTROL_NUMBER",
    "worklist::OPEN_ITEM_BY_SUBJECT",
    "worklist::OPEN_SUBJECTS",
    "worklist::DESK_QUEUE",
    "patient_account::CHARGES_OF_PATIENT",
    "patient_account::MOVEMENTS_OF_PATIENT",
    "reports::conflicts::DEEDS_BEFORE",
    "views::access_log::LOOKS",
    "views::access_log::LOOKS_OF_USER",
    "views::access_log::LOOKS_AT_PATIENT",
    "views::access_log::LOOKS_OF_USER_AT_PATIENT",
    "views::access_log::DEEDS",
    "views::access_log::DEEDS_OF_USER",
    "views::access_log::DEEDS_TO",
    "views::access_log::LOGIN_EVENTS",
    "views::access_log::LOOK_BEFORE",
    "views::access_log::LOOK_FROM",
    "views::access_log::DEED_FROM",
];

#[test]
fn hot_statements_use_an_index_that_says_more_than_the_practice() {
    let db = TestDb::new(TestEngine::Sqlite);
    open_practice(&db);
    accepted_claims(&db, PRACTICE, 400);
    db.analyze().unwrap();
    let mut found = 0;
    for statement in registered() {
        let Some(name) = HOT.iter().find(|name| statement.name == format!("store::{name}")) else { continue };
        found += 1;
        let plan = db.read(&db.system(), PRACTICE, |r| r.query_plan(statement.sql)).unwrap();
        for step in &plan {
            let by_practice_alone = step.contains("(practice_id=?)") && !step.contains("SEARCH practice ");
            assert!(
                !step.starts_with("SCAN ") || step.contains("CONSTANT ROW"),
                "{name} reads a whole table: {plan:#?}"
            );
            assert!(!by_practice_alone, "{name} reads the whole practice: {plan:#?}");
        }
    }
    assert_eq!(found, HOT.len(), "a hot statement is no longer registered under its name");
}
