//! A visit that comes with a later import again, changed: nothing is lost silently and nothing is charged twice. Each
//! story on both databases.

use app::charge_capture::{ImportedAgain, NewVisit, VisitCodes, change_codes, import_visits, show_visit};
use app::claim_scrub::claim_visit;
use billing::Money;
use billing::charge::Units;
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::work::WorkReason;
use jiff::civil::date;
use store::claim::Evidence;
use store::testing::{PRACTICE, TestDb, facts, for_each_engine};

use crate::staff::{coder, open, service, tier1, visit};

fn bring(db: &TestDb, visit: &NewVisit) -> ImportedAgain {
    let brought = import_visits(db, &tier1(), PRACTICE, std::slice::from_ref(visit)).unwrap().remove(0);
    assert_eq!(app::verify::verify(db, &db.system(), PRACTICE).unwrap().first_failure(), None);
    brought
}

fn charged(db: &TestDb, visit: &ImportedAgain) -> Vec<(i32, String, i64)> {
    let (_, charges) = show_visit(db, &tier1(), PRACTICE, visit.captured.encounter_id).unwrap();
    charges.into_iter().map(|one| (one.line_number, one.procedure.code, one.amount.cents())).collect()
}

fn work(db: &TestDb) -> Vec<(WorkReason, Money)> {
    db.read(&db.system(), PRACTICE, |read| facts::open_work(read)).unwrap()
}

#[test]
fn a_line_that_comes_later_is_charged_once_while_the_claim_is_here() {
    for_each_engine(|db| {
        let practice = open(db);
        let file = NewVisit { source_key: Some("csv 1".into()), ..visit(&practice) };
        let first = bring(db, &file);
        let claim = claim_visit(db, &tier1(), PRACTICE, first.captured.encounter_id).unwrap();
        assert_eq!((first.captured.is_new, claim.status), (true, ClaimStatus::Ready));
        assert_eq!(
            bring(db, &file),
            ImportedAgain { captured: bring(db, &file).captured, added: 0, differences: vec![] }
        );

        let mut later = file.clone();
        later.services.push(service("20610", &[1]));
        let again = bring(db, &later);
        assert_eq!((again.captured.is_new, again.added, again.differences.len()), (false, 1, 0));
        let lines = [(1, "99213".to_owned(), 14_000), (2, "36415".to_owned(), 1_500), (3, "20610".to_owned(), 18_000)];
        assert_eq!(charged(db, &again), lines);
        let body = db.read(&db.system(), PRACTICE, |read| store::claim::load(read, claim.claim_id)).unwrap().unwrap();
        assert_eq!(body.body.total_charge(), Money::from_cents(33_500));
        // The same file once more changes nothing, nor does it after a coder took a line back and coded another anew.
        assert_eq!((bring(db, &later).added, charged(db, &again).len()), (0, 3));
        let (encounter, charges) = show_visit(db, &coder(), PRACTICE, again.captured.encounter_id).unwrap();
        let mut codes = VisitCodes::of(&encounter, &charges);
        codes.lines[0].procedure.code = "99214".into();
        codes.lines.remove(1);
        change_codes(db, &coder(), PRACTICE, again.captured.encounter_id, &codes).unwrap();
        let same = bring(db, &later);
        assert_eq!((same.added, same.differences.as_slice()), (0, &[][..]));
        assert_eq!(charged(db, &again).len(), 2);
    });
}

#[test]
fn what_changed_in_the_file_is_told_and_not_taken() {
    for_each_engine(|db| {
        let practice = open(db);
        let file = NewVisit { source_key: Some("csv 1".into()), ..visit(&practice) };
        let first = bring(db, &file);
        let before = charged(db, &first);
        let mut other = file.clone();
        other.services[0].units = Units::whole(2);
        other.services[0].amount = Some(Money::from_cents(28_000));
        other.services.pop();
        other.diagnoses = vec!["I10".into()];
        other.prior_authorization = Some("A77".into());
        for _ in 0..2 {
            let again = bring(db, &other);
            let told: Vec<(Option<usize>, &str)> =
                again.differences.iter().map(|one| (one.service, one.problem.as_str())).collect();
            assert_eq!(
                told,
                [
                    (
                        Some(0),
                        "99213 differs from what was imported before (units 1 before, 2 now, amount 140.00 before, 280.00 now)"
                    ),
                    (None, "36415 was imported before and is not in the file any more"),
                    (None, "the diagnoses differ from those imported before"),
                    (None, "the prior authorization differs from the one imported before"),
                ]
            );
            assert!(again.differences.iter().all(|one| one.remedy.len() > 20));
            assert_eq!((again.added, charged(db, &first)), (0, before.clone()));
        }
    });
}

#[test]
fn a_line_that_comes_after_the_claim_went_out_is_work() {
    for_each_engine(|db| {
        let practice = open(db);
        let file = NewVisit { source_key: Some("csv 1".into()), ..visit(&practice) };
        let first = bring(db, &file);
        let claim = claim_visit(db, &tier1(), PRACTICE, first.captured.encounter_id).unwrap().claim_id;
        db.write(&db.system(), PRACTICE, |tx| {
            let mut claim = store::claim::load(tx, claim)?.unwrap();
            let event = ClaimEvent::Submitted { acknowledgment_due_on: date(2026, 3, 4) };
            claim.apply(&event).unwrap();
            store::claim::save_event(tx, &claim, &event, Evidence::words("told by the test"))
        })
        .unwrap();
        let mut later = file.clone();
        later.services.push(service("20610", &[1]));
        let again = bring(db, &later);
        assert_eq!((again.added, again.differences.len(), again.differences[0].service), (0, 1, Some(2)));
        assert_eq!(charged(db, &again).len(), 2);
        assert_eq!(work(db), [(WorkReason::LateCharge, Money::from_cents(18_000))]);
        // It is asked about once.
        assert_eq!(bring(db, &later).differences, []);
        assert_eq!(work(db).len(), 1);
    });
}
