//! While the demo is served: what is asked at the desk is answered, and what is sent is acknowledged, without a person.
#![allow(clippy::expect_used, clippy::unwrap_used)] // In a test a panic is the report.

use app::eligibility;
use billing::access::Actor;
use billing::{CoverageId, PatientId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use server::demo::folder_payers::{FolderPayers, put_away};
use server::demo::play::{Desks, Options, play};
use server::exchanging::Exchanging;
use store::{Db, Env};

#[test]
fn a_question_about_coverage_is_answered_by_the_next_round() {
    let folder = std::env::temp_dir().join(format!("tierline-exchanging-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("tierline.sqlite").display().to_string();
    let until = jiff::civil::date(2026, 11, 20);
    let options =
        Options { seed: 7, months: 1, patients: 6, visits: 12, until, database: file.clone(), desks: Desks::default() };
    let played = play(&options, |_, _, _| {}).unwrap();
    assert!(!played.not_fetched.is_empty(), "the last evening's mail was answered at once");
    let exchange = folder.join("exchange");
    put_away(&exchange, played.ended_at, &played.simulator, &played.not_fetched).unwrap();

    // The desk is served three weeks later: whatever the payers owe has fallen due.
    let now: Timestamp = "2026-12-11T15:00:00Z".parse().unwrap();
    let env = Env::simulated_in(11, now, TimeZone::get("America/Chicago").unwrap());
    let db = Db::open(&file, env.clone()).unwrap();
    let system = Actor::system(played.practice);
    let payers = FolderPayers::open(&exchange, env.clone(), 7).unwrap();
    let mut exchanging = Exchanging::new(db.clone(), played.practice, Box::new(payers));
    let first = exchanging.round().unwrap();
    assert!(first.received.len() > played.not_fetched.len(), "{:?}", first.received);
    let books = db.read(&system, played.practice, |read| store::views::claim_money::books(read)).unwrap();
    let truth = server::demo::folder_payers::truth(&exchange).unwrap();
    assert_eq!(server::demo::comparison::differences(&truth, &books), []);

    let (patient, coverage) = somebody_covered(&db, &system, env.today());
    eligibility::ask(&db, &system, played.practice, patient, coverage, env.today()).unwrap();
    let latest = || eligibility::of_patient(&db, &system, played.practice, patient).unwrap().remove(0).status;
    assert_eq!(latest(), "asked");
    env.advance(SignedDuration::from_secs(3));
    let round = exchanging.round().unwrap();
    assert_eq!((round.delivered.sent, round.delivered.stopped), (1, None));
    assert!(["active", "inactive"].contains(&latest().as_str()), "{}", latest());

    // Nothing happened since: nothing is said twice.
    env.advance(SignedDuration::from_secs(3));
    let idle = exchanging.round().unwrap();
    assert_eq!((idle.delivered.sent, idle.received), (0, vec![]));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A patient of a claim with a coverage in force.
fn somebody_covered(db: &Db, system: &Actor, today: Date) -> (PatientId, CoverageId) {
    db.read(system, system.practice, |read| {
        let claims = store::views::claims::list(read, None, 0)?;
        for claim in claims {
            let view = store::views::patients::get(read, claim.patient.0.id)?.expect("the patient of a claim");
            let in_force = view.coverages.iter().map(|row| &row.coverage.0).find(|coverage| coverage.covers(today));
            if let Some(coverage) = in_force {
                return Ok::<_, store::StoreError>((coverage.patient_id, coverage.id));
            }
        }
        panic!("nobody of the demonstration is covered")
    })
    .unwrap()
}
