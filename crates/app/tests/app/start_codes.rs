//! How a log-in begins: two people each hold half of a code, and the person it is for chooses the password.

use app::Error;
use app::users::reset::{Answer, Redeeming, redeem};
use app::users::{NewPerson, add, approve, change_roles};
use billing::UserId;
use billing::access::{Actor, Role, UserState};
use jiff::SignedDuration;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use uuid::Uuid;

const CHOSEN: &str = "tall green river stones";
const NINA: NewPerson<'static> =
    NewPerson { login: "nina", display_name: "Nina Castellan", roles: &[Role::Tier1], solo_practice: false };

/// Somebody of a small practice, who keeps the people and approves them.
fn keeper(number: u128) -> Actor {
    let roles = vec![Role::Administrator, Role::Manager];
    Actor::user(UserId(Uuid::from_u128(number)), format!("keeper{number}"), roles, PRACTICE)
}

fn choose(db: &TestDb, first: &str, second: &str) -> Answer {
    redeem(db, PRACTICE, &Redeeming { login: "nina", first, second, password: CHOSEN, network: "127.0.0.1" }).unwrap()
}

#[test]
fn whoever_added_a_person_gets_no_second_half_although_another_gave_the_roles_since() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (one, other, third) = (keeper(1), keeper(2), keeper(3));
        let added = db.write(&one, PRACTICE, |tx| add(tx, &NINA)).unwrap();
        assert!(added.code.second.is_none(), "a second person approves");
        db.write(&other, PRACTICE, |tx| change_roles(tx, added.id, &[Role::Tier2], false)).unwrap();
        for hand in [&one, &other] {
            let refused = db.write(hand, PRACTICE, |tx| approve(tx, added.id));
            assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        }
        let second = db.write(&third, PRACTICE, |tx| approve(tx, added.id)).unwrap().expect("a second half");
        assert_eq!(choose(db, &second, &added.code.first), Answer::Refused);
        assert_eq!(choose(db, &added.code.first, &second), Answer::Done);
        assert_eq!(choose(db, &added.code.first, &second), Answer::Refused, "once");
    });
}

#[test]
fn a_start_code_ends_after_two_weeks() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let added = db.write(&keeper(1), PRACTICE, |tx| add(tx, &NINA)).unwrap();
        let second = db.write(&keeper(2), PRACTICE, |tx| approve(tx, added.id)).unwrap().unwrap();
        db.env.advance(SignedDuration::from_hours(15 * 24));
        assert_eq!(choose(db, &added.code.first, &second), Answer::Refused);
    });
}

#[test]
fn the_owner_of_the_database_needs_nobody() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        assert!(db.is_owner().unwrap(), "who made the tables owns them");
        let owner = Actor::database_owner(PRACTICE);
        let added = db.write(&owner, PRACTICE, |tx| add(tx, &NINA)).unwrap();
        assert_eq!(choose(db, &added.code.first, &added.code.second.unwrap()), Answer::Done);
        let found = db.read(&owner, PRACTICE, |read| app::users::by_login(read, "nina")).unwrap();
        assert_eq!(found.state, UserState::Active);
    });
}
