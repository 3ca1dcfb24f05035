//! The demo as a test: a season at a practice, and the payers' word against the ledger to the cent.
#![allow(clippy::unwrap_used, clippy::expect_used)] // what sets a test up must stop it where it cannot

use server::demo::play::{Desks, Options, Played, play};

fn played(seed: u64, name: &str) -> Played {
    played_by(seed, name, (2, 90), Desks::default())
}

fn played_by(seed: u64, name: &str, (months, visits): (u32, usize), desks: Desks) -> Played {
    let folder = std::env::temp_dir().join(format!("tierline-demo-test-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let options = Options {
        seed,
        months,
        patients: 24,
        visits,
        until: jiff::civil::date(2026, 6, 30),
        database: folder.join("tierline.sqlite").display().to_string(),
        desks,
    };
    let mut days = 0;
    let outcome = play(&options, |day, of, _| {
        days = day;
        assert!(day <= of);
    });
    std::fs::remove_dir_all(&folder).unwrap();
    let played = outcome.unwrap_or_else(|error| panic!("{error:#}"));
    assert!(days > 40, "{days} working days");
    played
}

#[test]
fn a_season_ends_with_sound_books_that_agree_with_every_payer() {
    let summary = played(7, "sound").summary;
    assert_eq!(summary.visits, 90);
    assert_eq!(summary.claims_that_differ, [], "the ledger and the payers differ");
    assert_eq!((summary.invariants.failed, summary.ledger_trial_balance), (0, 0), "{:?}", summary.invariants.failures);
    assert!(summary.invariants.passed >= 15, "{}", summary.invariants.passed);
    assert!(summary.is_sound());
    assert!(
        summary.submitted > 60 && summary.accepted > 50 && summary.denied > 0 && summary.rejected > 0,
        "{summary:?}"
    );
    assert!(summary.paid_cents > 0 && summary.patient_paid_cents > 0 && summary.statements > 0, "{summary:?}");
    for desk in ["tier1", "tier2"] {
        assert!(summary.open_work.get(desk).is_some_and(|items| *items > 0), "{desk} has nothing to do");
    }
    let desks = &summary.desks;
    assert_eq!(desks.without_a_hand, [] as [String; 0], "every open claim waits on somebody, or stands in a queue");
    assert_eq!((desks.clocks_undecided, desks.clocks_lost, desks.unmanned), (0, 0, 0));
    assert_eq!(desks.late, 0, "the people of the story keep up: {}", desks.in_words());
    let [tess, theo] = ["tess", "theo"].map(|login| &desks.people[login]);
    assert!(tess.handed_up > 0 && theo.waits > 0 && theo.merged > 0 && theo.ended > 0, "{}", desks.in_words());
    assert!(tess.away > 0 && theo.away > 0 && tess.idle > 0, "{}", desks.in_words());
}

#[test]
fn half_of_tier_two_lets_clocks_run_out_that_the_forecast_named_and_a_person_says_so_of_each() {
    let desks = |tier2_minutes| Desks { tier2_minutes, appeal_days: 40, ..Desks::default() };
    let whole = played_by(7, "whole", (4, 240), desks(WHOLE)).summary;
    assert_eq!(whole.desks.clocks_undecided, 0, "{}", whole.desks.in_words());
    let half = played_by(7, "half", (4, 240), desks(WHOLE / 2)).summary;
    let told = half.desks.in_words();
    assert!(
        half.desks.clocks_lost > 2 * whole.desks.clocks_lost + 2,
        "half of Tier 2 keeps up; this says nothing: {told}"
    );
    assert_eq!((half.desks.clocks_undecided, half.desks.without_a_hand.len()), (0, 0), "{told}");
    assert!(half.is_sound(), "the books hold whatever runs out: {:?}", half.invariants.failures);
    // Of what ran out for want of people, most was foretold weeks before, and most of what was foretold came.
    let (foretold, came, missed) =
        half.desks.forecasts.iter().fold((0, 0, 0), |(told, came, missed), said| {
            (told + said.foretold, came + said.came, missed + said.missed)
        });
    assert!(came > 0 && came * 2 > missed && came * 2 > foretold - came, "{told}");
}

/// Minutes of a day with which Tier 2 keeps the clocks of the story, and hardly more.
const WHOLE: u32 = 10;

#[test]
fn the_same_seed_makes_the_same_books_and_another_seed_others() {
    let root = |seed, name| played(seed, name).summary.invariants.ledger_root;
    let first = root(11, "first");
    assert_eq!(first, root(11, "again"));
    assert_ne!(first, root(12, "other"));
}

#[test]
fn two_demos_in_one_folder_leave_each_other_alone() {
    let folder = std::env::temp_dir().join(format!("tierline-demo-test-{}-two", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let demo = |database: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_tierline"))
            .args(["demo", "--headless", "--months", "1", "--patients", "4", "--visits", "6", "--database", database])
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    demo("one.sqlite");
    let memory = std::fs::read(folder.join("exchange/simulator.json")).unwrap();
    demo("two.sqlite");
    assert_eq!(std::fs::read(folder.join("exchange/simulator.json")).unwrap(), memory);
    assert!(folder.join("exchange-of-two/simulator.json").exists());
    std::fs::remove_dir_all(&folder).unwrap();
}
