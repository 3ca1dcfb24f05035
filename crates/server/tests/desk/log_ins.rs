//! Nobody takes over a log-in alone: a reset needs two people and the person, and a device is replaced only by who has
//! the password and a code of the old one.

use app::users::{NewPerson, add_demo_person};
use billing::access::Role;
use billing::id::UserId;
use jiff::SignedDuration;
use store::params;

use crate::practice::Practice;
use crate::visitor::{Visitor, words};

/// What opened the log-in before.
const FIRST: &str = "quiet orange lamp posts";
/// What the person chooses.
const CHOSEN: &str = "tall green river stones";

fn id_of(practice: &Practice, login: &str) -> UserId {
    practice.db.read(&practice.system(), practice.id, |read| app::users::by_login(read, login)).unwrap().id
}

/// An owner, who holds rights that no administrator has.
fn with_owner(practice: &Practice) -> UserId {
    let owner = NewPerson { login: "olive", display_name: "Olive Okafor", roles: &[Role::Owner], solo_practice: false };
    add_demo_person(&practice.db, practice.id, &owner, FIRST, 9).unwrap()
}

fn secret_of(page: &str) -> String {
    page.split("class=\"secret\">").nth(1).expect("a secret").split('<').next().unwrap().to_owned()
}

fn redeem(visitor: &mut Visitor, first: &str, second: &str, password: &str) -> crate::visitor::Seen {
    let form = [("login", "olive"), ("first", first), ("second", second), ("password", password)];
    visitor.post("/log-in/reset", &form)
}

#[test]
fn a_reset_needs_a_second_person_and_only_the_one_it_is_for_chooses_the_password() {
    let practice = Practice::new();
    let address = practice.serve();
    let olive = with_owner(&practice);
    let mut owner = Visitor::signed_in(&practice, address, "olive");
    let mut ada = Visitor::signed_in(&practice, address, "ada");
    let mut max = Visitor::signed_in(&practice, address, "max");
    let mut stranger = Visitor::new(address);

    assert_eq!(max.post(&format!("/users/{olive}/reset"), &[]).status, 404, "asking is the administrator's");
    assert_eq!(max.post(&format!("/users/{olive}/reset/approval"), &[]).status, 409, "nothing waits yet");
    let own = id_of(&practice, "ada");
    assert_eq!(ada.post(&format!("/users/{own}/reset"), &[]).status, 409, "nobody resets themselves");

    let asked = ada.post(&format!("/users/{olive}/reset"), &[("password", CHOSEN)]);
    assert_eq!(asked.status, 200, "{}", words(&asked.page));
    let first = secret_of(&asked.page);
    assert_eq!(owner.get("/reports").status, 200, "asking alone changes nothing for the person");
    assert_eq!(ada.post(&format!("/users/{olive}/reset/approval"), &[]).status, 404, "never by who asked");
    for second in ["", first.as_str(), "2222-2222-2222-2222-2222"] {
        assert!(words(&redeem(&mut stranger, &first, second, CHOSEN).page).contains("did not match"), "{second}");
    }
    assert!(words(&max.open("/users")).contains("Reset waits for a second person"));
    assert!(stranger.open("/log-in").contains(FIRST), "the demonstration shows how its people sign in");

    let approved = max.post(&format!("/users/{olive}/reset/approval"), &[]);
    assert_eq!(approved.status, 200, "{}", words(&approved.page));
    let second = secret_of(&approved.page);
    assert!(!approved.page.contains(&first), "each of the two sees one half");
    assert!(owner.get("/reports").location.starts_with("/log-in"), "every session ended");
    assert!(!stranger.open("/log-in").contains(FIRST), "a password that opens nothing is not shown");
    assert_eq!(max.post(&format!("/users/{olive}/reset/approval"), &[]).status, 409, "once");

    assert!(words(&redeem(&mut stranger, &second, &first, CHOSEN).page).contains("did not match"));
    assert!(words(&redeem(&mut stranger, &first, &second, "short").page).contains("15 characters"));
    assert_eq!(redeem(&mut stranger, &first, &second, CHOSEN).location, "/log-in");
    practice.env.advance(SignedDuration::from_mins(5));
    assert!(words(&redeem(&mut stranger, &first, &second, CHOSEN).page).contains("did not match"), "a code opens once");
    let seen = stranger.post("/log-in", &[("login", "olive"), ("password", CHOSEN), ("code", "")]);
    assert_eq!((seen.status, seen.location.as_str()), (303, "/me"), "the old device is forgotten");
    assert!(words(&stranger.open("/me")).contains("None yet"));

    let events = practice
        .db
        .read(&practice.system(), practice.id, |read| read.query(&store::AUDIT_OF_SUBJECT, params![olive, 50_i64]))
        .unwrap();
    for action in ["reset_asked", "reset_approved", "reset_refused", "reset_redeemed"] {
        assert!(events.iter().any(|event| event.action == action), "{action}");
    }
    assert!(events.iter().all(|event| !event.detail.contains(&first) && !event.detail.contains(&second)));
}

#[test]
fn a_new_person_chooses_their_own_password_with_a_code_of_two_people() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let mut ada = Visitor::signed_in(&practice, address, "ada");
        let mut max = Visitor::signed_in(&practice, address, "max");
        let mut nina = Visitor::new(address);
        let form = [("login", "nina"), ("name", "Nina Castellan"), ("role", "tier1"), ("password", FIRST)];
        let added = ada.post("/users", &form);
        assert_eq!(added.status, 200, "{}", words(&added.page));
        let first = secret_of(&added.page);
        let id = id_of(&practice, "nina");
        assert_eq!(ada.post(&format!("/users/{id}/approval"), &[]).status, 404, "never by who added them");
        assert_eq!(max.post(&format!("/users/{id}/reset/approval"), &[]).status, 409, "they wait with their person");
        let enter = |nina: &mut Visitor, password: &str| {
            nina.post("/log-in", &[("login", "nina"), ("password", password), ("code", "")])
        };
        assert!(words(&enter(&mut nina, FIRST).page).contains("did not match"), "nobody else chooses it");

        let approved = max.post(&format!("/users/{id}/approval"), &[]);
        assert_eq!(approved.status, 200, "{}", words(&approved.page));
        let second = secret_of(&approved.page);
        assert!(!approved.page.contains(&first));
        for nothing in ["", "not chosen yet", FIRST] {
            assert!(words(&enter(&mut nina, nothing).page).contains("did not match"), "{nothing}");
        }
        let choose = |nina: &mut Visitor, second: &str| {
            let form = [("login", "nina"), ("first", first.as_str()), ("second", second), ("password", CHOSEN)];
            nina.post("/log-in/reset", &form)
        };
        assert!(words(&choose(&mut nina, &first).page).contains("did not match"));
        assert_eq!(choose(&mut nina, &second).location, "/log-in");
        let seen = enter(&mut nina, CHOSEN);
        assert_eq!((seen.status, seen.location.as_str()), (303, "/me"), "a device is enrolled first");
        assert!(words(&nina.open("/me")).contains("enroll a device"));
    }
}

#[test]
fn a_code_that_lay_about_for_two_days_opens_nothing() {
    let practice = Practice::new();
    let address = practice.serve();
    let olive = with_owner(&practice);
    let first =
        secret_of(&Visitor::signed_in(&practice, address, "ada").post(&format!("/users/{olive}/reset"), &[]).page);
    let mut max = Visitor::signed_in(&practice, address, "max");
    let second = secret_of(&max.post(&format!("/users/{olive}/reset/approval"), &[]).page);
    practice.env.advance(SignedDuration::from_hours(48));
    assert!(words(&redeem(&mut Visitor::new(address), &first, &second, CHOSEN).page).contains("did not match"));
}

#[test]
fn a_device_is_replaced_only_with_the_password_and_a_code_of_the_old_one() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    let fresh = |tess: &mut Visitor| {
        let page = tess.open("/me");
        let hex = page.split("name=\"secret\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let secret: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let code = app::access::second_factor::code_now(&secret, "tess", practice.env.now()).unwrap();
        (hex, code)
    };
    let (password, present) = practice.log_in_of("tess");
    let (secret, code) = fresh(&mut tess);
    let send = |tess: &mut Visitor, password: &str, present: &str| {
        let form = [("secret", secret.as_str()), ("code", &code), ("password", password), ("present_code", present)];
        tess.post("/me/device", &form)
    };
    for (typed, present) in [("", ""), ("not the password at all", present.as_str()), (password.as_str(), "000000")] {
        let seen = send(&mut tess, typed, present);
        assert!(seen.page.contains("role=\"alert\"") && !seen.page.contains("Recovery codes"), "{}", words(&seen.page));
        assert_eq!(tess.get("/work").status, 200, "nothing was changed");
    }
    let seen = send(&mut tess, &password, &present);
    assert!(seen.page.contains("Recovery codes"), "{}", words(&seen.page));
    assert!(tess.get("/work").location.starts_with("/log-in"), "every session ended");
}

#[test]
fn guessing_the_old_code_in_an_open_session_runs_dry() {
    let practice = Practice::new();
    let mut tess = Visitor::signed_in(&practice, practice.serve(), "tess");
    let secret = "00".repeat(20);
    let form = [("secret", secret.as_str()), ("code", "1"), ("password", "guess"), ("present_code", "000000")];
    let last = (0..12).map(|_| tess.post("/me/device", &form).page).last().unwrap();
    assert!(last.contains("Too many attempts."), "{}", words(&last));
}
