//! A practice of one person: rights that conflict may stand together there, and the owner reads every day what was
//! done with them; on both databases.

use app::remittance_import::import;
use app::users::{NewPerson, add, disable};
use billing::access::{Action, Actor, Role};
use jiff::SignedDuration;
use store::reports::{Cell, conflicts::CONFLICTS};
use store::testing::{OTHER_PRACTICE, PRACTICE, TestDb, for_each_engine};

use crate::clinic::{open_practice, practice};
use crate::payer_files::{Clp, Payment, accepted_claims, file};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn hire(db: &TestDb, login: &str, roles: &[Role]) -> Result<Actor, app::Error> {
    db.write(&db.system(), PRACTICE, |tx| {
        let solo_practice = store::views::practice::is_solo(tx)?;
        let id = add(tx, &NewPerson { login, display_name: login, roles, solo_practice })?.id;
        Ok(Actor::user(id, login, roles.to_vec(), PRACTICE))
    })
}

/// The report, a line a row.
fn report(db: &TestDb) -> Vec<String> {
    let said = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Money(money) => money.to_string(),
        Cell::Count(count) => count.to_string(),
    };
    let rows = db.read(&db.system(), PRACTICE, CONFLICTS.run).unwrap();
    rows.iter().map(|row| row.iter().map(said).collect::<Vec<_>>().join(" | ")).collect()
}

fn pay(db: &TestDb, actor: &Actor, trace: &str, claim: usize) {
    let text = file(&Payment::new(trace, vec![Clp::paid(claim)]));
    import(db, actor, PRACTICE, &format!("{trace}.835"), text.as_bytes()).unwrap();
}

#[test]
fn the_owner_reads_what_one_person_with_conflicting_rights_did_today() {
    for_each_engine(|db| {
        let solo = billing::practice::Practice { solo: true, ..practice() };
        db.write(&db.system(), PRACTICE, |tx| store::registration::insert_practice(tx, &solo, false)).unwrap();
        accepted_claims(db, PRACTICE, 4);
        hire(db, "plain", &[Role::Poster]).unwrap();
        assert_eq!(report(db), [""; 0], "{:?}", db.engine);

        let sole = hire(db, "sole", &[Role::Poster, Role::Manager]).unwrap();
        let gone = hire(db, "gone", &[Role::Poster, Role::Manager]).unwrap();
        let poster = hire(db, "other", &[Role::Poster]).unwrap();
        pay(db, &sole, "EFT1", 1);
        db.env.advance(DAY);
        assert_eq!(
            report(db),
            ["gone | Manager, Poster | nothing today | 0", "sole | Manager, Poster | nothing today | 0"],
            "yesterday's deeds stood in yesterday's report"
        );
        db.write(&db.system(), PRACTICE, |tx| disable(tx, gone.user)).unwrap();
        pay(db, &sole, "EFT2", 2);
        pay(db, &sole, "EFT3", 3);
        pay(db, &poster, "EFT4", 4);
        assert_eq!(
            report(db),
            ["sole | Manager, Poster | receive file | 2", "sole | Manager, Poster | remittance.post | 2"],
            "{:?}",
            db.engine
        );

        let other = Actor::system(OTHER_PRACTICE);
        assert!(db.read(&other, OTHER_PRACTICE, CONFLICTS.run).unwrap().is_empty(), "each practice has its own");
    });
}

#[test]
fn without_solo_mode_nobody_is_given_conflicting_rights_and_the_report_says_so() {
    for_each_engine(|db| {
        open_practice(db);
        let refused = hire(db, "sole", &[Role::Poster, Role::Manager]).unwrap_err().to_string();
        assert!(refused.contains("reports it to the owner daily"), "{refused}");
        hire(db, "pia", &[Role::Poster]).unwrap();
        hire(db, "max", &[Role::Manager]).unwrap();
        assert!(report(db).is_empty(), "{:?}", db.engine);
    });
    assert_eq!(CONFLICTS.when_empty, "Nobody holds conflicting rights.");
    assert_eq!(CONFLICTS.action, Action::ViewOwnerReport);
}
