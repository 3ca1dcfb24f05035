//! Pay links, as a billing office and a patient meet them: a statement prints a link, two identifiers open it, the card
//! processor's signed notice posts the payment once; wrong guesses close it, and money for nobody waits for a person. On both
//! databases.

use app::Error;
use app::patient_account::account;
use app::patient_statement::{issue, statement, statement_pdf};
use app::pay_link::notice::{self, Worked, receive};
use app::pay_link::visitor::{Answer, Claimed, Due, choose, front, identify};
use app::pay_link::{NewSetting, make, of_patient, revoke, set};
use billing::Money;
use billing::access::{Action, Actor, Role};
use billing::claim::ClaimStatus;
use billing::pay_link::{LinkState, MOST_FAILED_CHECKS, Notice, NoticeEvent, PAY_LINK_DAYS};
use billing::work::WorkReason;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::patient_books::{OTHER_PATIENT, PATIENT, cents, decide, open, person, visit};
use crate::remittance::{balance, work};

const PAGE: &str = "https://pay.processor.example/p?ref={reference}&amount={amount}";

/// A visit of which the patient owes 20.00, and links that are on; gives the secret for notices.
fn office(db: &TestDb) -> Vec<u8> {
    open(db);
    let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
    decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
    bytes(&turn_on(db, false).unwrap())
}

fn texts(db: &TestDb, table: &'static str, column: &'static str) -> Vec<String> {
    db.read(&db.system(), PRACTICE, |r| store::testing::facts::texts(r, table, column)).unwrap()
}

fn turn_on(db: &TestDb, new_secrets: bool) -> Option<String> {
    let new = NewSetting {
        link_address: "https://pay.alder-ridge.example/".into(),
        page_url: PAGE.into(),
        new_secrets,
        why: "Patients ask to pay by card at home.".into(),
    };
    set(db, &person(Role::Owner), PRACTICE, &new).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn desk() -> Actor {
    person(Role::Tier1)
}

/// What stands in the address of the account's link.
fn link(db: &TestDb) -> String {
    let made = make(db, &desk(), PRACTICE, PATIENT).unwrap();
    made.path.unwrap().trim_start_matches("/pay/").to_owned()
}

fn says(account_number: &str, birth_date: &str) -> Claimed {
    Claimed { account_number: account_number.into(), birth_date: birth_date.into() }
}

fn odette() -> Claimed {
    says("a-10270", "1971-05-03")
}

fn due(db: &TestDb, token: &str) -> Due {
    match identify(db, PRACTICE, token, &odette(), "198.51.100.7").unwrap() {
        Answer::Known(due) => due,
        other => panic!("{other:?}"),
    }
}

fn charged(reference: &str, payment: &str, amount: i64) -> Notice {
    Notice {
        event: NoticeEvent::Succeeded,
        reference: reference.into(),
        payment: payment.into(),
        amount_cents: amount,
        currency: "USD".into(),
        brand: "Visa".into(),
        last_four: "4410".into(),
    }
}

/// The processor sends it, signed.
fn tell(db: &TestDb, secret: &[u8], notice: &Notice) -> Result<Worked, Error> {
    let body = serde_json::to_vec(notice).unwrap();
    let header = app::pay_link::signature::sign(secret, db.env.now(), &body);
    receive(db, PRACTICE, &header, &body)
}

fn owes(db: &TestDb) -> Money {
    account(db, &desk(), PRACTICE, PATIENT).unwrap().owes_now
}

fn later(db: &TestDb, days: i64) {
    db.env.advance(SignedDuration::from_hours(24 * days));
}

/// Everything but where the claims are: these visits are made of postings alone.
fn all_invariants_hold(db: &TestDb) {
    let verified = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
    let apart = ["claims-in-a-hand", "events-fold"];
    let broken: Vec<_> = verified.checks.iter().filter(|one| !one.holds && !apart.contains(&one.name)).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn a_statement_prints_a_link_and_the_patient_pays_by_it() {
    for_each_engine(|db| {
        let secret = office(db);
        let sent = issue(db, &desk(), PRACTICE, PATIENT).unwrap();
        let paper = statement(db, &desk(), PRACTICE, PATIENT, sent.id).unwrap();
        let address = paper.pay_address.clone().unwrap();
        let token = address.strip_prefix("https://pay.alder-ridge.example/pay/").unwrap();
        assert_eq!((token.len(), token.contains("10270")), (40, false), "random, and nothing of the patient: {token}");
        let pdf = statement_pdf(db, &desk(), PRACTICE, PATIENT, sent.id).unwrap();
        assert!(pdf.starts_with(b"%PDF"));
        // What is stored names the link and not its address.
        let kept = texts(db, "statement", "body").concat() + &texts(db, "audit_record", "detail").concat();
        assert!(kept.contains("S-00001") && !kept.contains(token), "the address stands in the database");
        // Staff send the same link again.
        assert_eq!(make(db, &desk(), PRACTICE, PATIENT).unwrap().address.as_deref(), Some(address.as_str()));

        let seen = front(db, PRACTICE, token).unwrap();
        assert_eq!((seen.practice.as_str(), seen.is_open), ("Alder Ridge Medical Group", true));
        let due = due(db, token);
        assert_eq!((due.owes, due.amount, due.host.as_str()), (cents(2_000), cents(2_000), "pay.processor.example"));
        assert_eq!(due.address, format!("https://pay.processor.example/p?ref={}&amount=20.00", due.reference));

        assert_eq!(tell(db, &secret, &charged(&due.reference, "py_1", 2_000)).unwrap(), Worked::Posted);
        assert_eq!(owes(db), Money::ZERO);
        let paid = account(db, &desk(), PRACTICE, PATIENT).unwrap().payments.remove(0);
        assert_eq!((paid.taken_by.as_str(), paid.words.as_str()), ("pay link", "Visa ending 4410"));
        assert!(matches!(identify(db, PRACTICE, token, &odette(), "198.51.100.7").unwrap(), Answer::NothingOwed(_)));
        all_invariants_hold(db);
    });
}

#[test]
fn the_same_notice_counts_once_however_often_it_comes() {
    for_each_engine(|db| {
        let secret = office(db);
        let due = due(db, &link(db));
        let told = charged(&due.reference, "py_1", 2_000);
        assert_eq!(tell(db, &secret, &told).unwrap(), Worked::Posted);
        for _ in 0..3 {
            db.env.advance(SignedDuration::from_mins(7));
            assert_eq!(tell(db, &secret, &told).unwrap(), Worked::Known);
        }
        // The same payment with another amount is no second payment and no correction.
        let other = tell(db, &secret, &charged(&due.reference, "py_1", 2_100));
        assert!(matches!(&other, Err(Error::Refused(words)) if words.contains("another amount")), "{other:?}");
        assert_eq!(account(db, &desk(), PRACTICE, PATIENT).unwrap().payments.len(), 1);
        // A second charge under the same hand-over is money too: it is kept for the patient.
        assert_eq!(tell(db, &secret, &charged(&due.reference, "py_2", 500)).unwrap(), Worked::Posted);
        assert_eq!(balance(db, AccountKind::UnappliedPatient), cents(-500));
        all_invariants_hold(db);
    });
}

#[test]
fn two_servers_that_get_the_same_notice_post_it_once() {
    for_each_engine(|db| {
        let secret = office(db);
        let due = due(db, &link(db));
        let told = charged(&due.reference, "py_1", 2_000);
        let came: Vec<Worked> = std::thread::scope(|scope| {
            let both: Vec<_> = (0..4).map(|_| scope.spawn(|| tell(db, &secret, &told).unwrap())).collect();
            both.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(came.iter().filter(|one| **one == Worked::Posted).count(), 1, "{came:?}");
        assert_eq!(account(db, &desk(), PRACTICE, PATIENT).unwrap().payments.len(), 1);
    });
}

#[test]
fn a_notice_that_is_not_signed_old_or_odd_posts_nothing() {
    for_each_engine(|db| {
        let secret = office(db);
        let due = due(db, &link(db));
        let told = charged(&due.reference, "py_1", 2_000);
        let body = serde_json::to_vec(&told).unwrap();
        let now: Timestamp = db.env.now();
        let header = app::pay_link::signature::sign(&secret, now, &body);
        let more = String::from_utf8(body.clone()).unwrap().replace("2000", "9000");
        assert_eq!(receive(db, PRACTICE, &header, more.as_bytes()).unwrap(), Worked::NotSigned);
        assert_eq!(receive(db, PRACTICE, "", &body).unwrap(), Worked::NotSigned);
        assert_eq!(tell(db, b"another secret", &told).unwrap(), Worked::NotSigned);
        db.env.advance(SignedDuration::from_mins(6));
        assert_eq!(receive(db, PRACTICE, &header, &body).unwrap(), Worked::NotSigned, "kept by somebody, sent later");

        for odd in [b"{}".as_slice(), b"not json", br#"{"event":"payment.succeeded","card":"4111"}"#] {
            let header = app::pay_link::signature::sign(&secret, db.env.now(), odd);
            assert!(matches!(receive(db, PRACTICE, &header, odd), Err(Error::Invalid { .. })));
        }
        let card = tell(db, &secret, &Notice { payment: "4111 1111 1111 1111".into(), ..told.clone() });
        assert!(matches!(&card, Err(Error::Invalid { problem, .. }) if problem.contains("card number")), "{card:?}");
        assert_eq!(texts(db, "pay_notice", "processor_reference"), Vec::<String>::new());
        assert_eq!(owes(db), cents(2_000));

        let failed = Notice { event: NoticeEvent::Failed, last_four: String::new(), ..told.clone() };
        assert_eq!(tell(db, &secret, &failed).unwrap(), Worked::Failed);
        assert_eq!(owes(db), cents(2_000));
        assert_eq!(
            tell(db, &secret, &told).unwrap(),
            Worked::Posted,
            "the second try of the same payment went through"
        );
        all_invariants_hold(db);
    });
}

#[test]
fn a_link_shows_nothing_to_who_is_not_the_patient_and_guesses_close_it() {
    for_each_engine(|db| {
        office(db);
        let token = link(db);
        for wrong in [says("A-10270", "1971-05-04"), says("A-10271", "1971-05-03"), says("", ""), says("A-10270", "x")]
        {
            assert_eq!(identify(db, PRACTICE, &token, &wrong, "203.0.113.9").unwrap(), Answer::Wrong);
        }
        assert!(matches!(identify(db, PRACTICE, &token, &odette(), "203.0.113.9").unwrap(), Answer::Known(_)));
        for guess in 5..=MOST_FAILED_CHECKS + 1 {
            db.env.advance(SignedDuration::from_mins(5));
            let came = identify(db, PRACTICE, &token, &says("A-10270", "1980-01-01"), "203.0.113.9").unwrap();
            let expected = if guess <= MOST_FAILED_CHECKS { Answer::Wrong } else { Answer::Closed };
            assert_eq!(came, expected, "guess {guess}");
        }
        assert_eq!(identify(db, PRACTICE, &token, &odette(), "198.51.100.7").unwrap(), Answer::Closed);
        assert!(!front(db, PRACTICE, &token).unwrap().is_open);
        assert_eq!(of_patient(db, &desk(), PRACTICE, PATIENT).unwrap()[0].state, LinkState::Locked);
        // A new one is made for who asks on the telephone.
        let another = link(db);
        assert_ne!(another, token);
        assert!(matches!(identify(db, PRACTICE, &another, &odette(), "198.51.100.7").unwrap(), Answer::Known(_)));
        assert_eq!(identify(db, PRACTICE, "no such token", &odette(), "n").unwrap(), Answer::Closed);
    });
}

#[test]
fn many_tries_at_once_are_slowed_down_before_anything_is_compared() {
    for_each_engine(|db| {
        office(db);
        let token = link(db);
        let guess = says("A-10270", "1980-01-01");
        let came: Vec<Answer> =
            (0..12).map(|_| identify(db, PRACTICE, &token, &guess, "203.0.113.9").unwrap()).collect();
        assert!(came.iter().all(|one| matches!(one, Answer::Wrong | Answer::TooMany | Answer::Closed)));
        assert!(came[10..].iter().all(|one| *one == Answer::Closed || *one == Answer::TooMany), "{came:?}");
    });
}

#[test]
fn a_link_expires_is_revoked_and_dies_with_its_key() {
    for_each_engine(|db| {
        let secret = office(db);
        let token = link(db);
        let due_before = due(db, &token);
        let id = of_patient(db, &desk(), PRACTICE, PATIENT).unwrap()[0].id;
        assert!(matches!(revoke(db, &desk(), PRACTICE, OTHER_PATIENT, id), Err(Error::NotFound(_))));
        assert!(matches!(revoke(db, &person(Role::Poster), PRACTICE, PATIENT, id), Err(Error::Denied(_))));
        revoke(db, &desk(), PRACTICE, PATIENT, id).unwrap();
        assert!(matches!(revoke(db, &desk(), PRACTICE, PATIENT, id), Err(Error::Refused(_))));
        assert_eq!(identify(db, PRACTICE, &token, &odette(), "n").unwrap(), Answer::Closed);
        // The card was charged meanwhile: the money is taken.
        assert_eq!(tell(db, &secret, &charged(&due_before.reference, "py_1", 500)).unwrap(), Worked::Posted);

        let second = link(db);
        later(db, PAY_LINK_DAYS);
        assert!(matches!(identify(db, PRACTICE, &second, &odette(), "n").unwrap(), Answer::Known(_)), "its last day");
        later(db, 1);
        assert_eq!(identify(db, PRACTICE, &second, &odette(), "n").unwrap(), Answer::Closed);

        let third = link(db);
        let fresh = bytes(&turn_on(db, true).unwrap());
        assert_eq!(identify(db, PRACTICE, &third, &odette(), "n").unwrap(), Answer::Closed);
        assert_ne!(fresh, secret);
        // What is on its way is signed with the secret that was replaced, for three days.
        assert_eq!(tell(db, &secret, &charged(&due_before.reference, "py_2", 100)).unwrap(), Worked::Posted);
        assert_eq!(tell(db, &fresh, &charged(&due_before.reference, "py_3", 100)).unwrap(), Worked::Posted);
        later(db, 4);
        assert_eq!(tell(db, &secret, &charged(&due_before.reference, "py_4", 100)).unwrap(), Worked::NotSigned);
        assert_eq!(tell(db, &fresh, &charged(&due_before.reference, "py_5", 100)).unwrap(), Worked::Posted);
        all_invariants_hold(db);
    });
}

#[test]
fn part_may_be_paid_and_no_more_than_is_owed_is_asked_for() {
    for_each_engine(|db| {
        office(db);
        let token = link(db);
        let whole = due(db, &token);
        let part = choose(db, PRACTICE, &token, &whole.reference, cents(750)).unwrap();
        let Answer::Known(part) = part else { panic!("{part:?}") };
        assert!(part.address.ends_with("&amount=7.50") && part.reference != whole.reference, "{}", part.address);
        for wrong in [0, -1, 2_001] {
            assert!(matches!(choose(db, PRACTICE, &token, &whole.reference, cents(wrong)), Err(Error::Invalid { .. })));
        }
        assert_eq!(choose(db, PRACTICE, &token, "guessed", cents(750)).unwrap(), Answer::Wrong);
        db.env.advance(SignedDuration::from_mins(31));
        assert_eq!(choose(db, PRACTICE, &token, &whole.reference, cents(750)).unwrap(), Answer::Wrong, "half an hour");
    });
}

#[test]
fn money_for_a_reference_that_is_none_of_ours_is_work_until_it_has_an_account() {
    for_each_engine(|db| {
        let secret = office(db);
        assert_eq!(tell(db, &secret, &charged("typed by hand", "py_9", 2_000)).unwrap(), Worked::Unplaced);
        assert!(work(db).contains(&(WorkReason::PayNoticeUnplaced, cents(2_000))));
        assert_eq!(owes(db), cents(2_000));
        let poster = person(Role::Poster);
        let waits = notice::list(db, &poster, PRACTICE, "unplaced").unwrap();
        assert!(matches!(notice::place(db, &desk(), PRACTICE, waits[0].id, "A-10270"), Err(Error::Denied(_))));
        assert!(matches!(notice::place(db, &poster, PRACTICE, waits[0].id, "A-1"), Err(Error::Invalid { .. })));
        notice::place(db, &poster, PRACTICE, waits[0].id, "A-10270").unwrap();
        assert!(matches!(notice::place(db, &poster, PRACTICE, waits[0].id, "A-10270"), Err(Error::Refused(_))));
        assert_eq!(owes(db), Money::ZERO);
        assert!(!work(db).iter().any(|(reason, _)| *reason == WorkReason::PayNoticeUnplaced));
        let posted = notice::list(db, &poster, PRACTICE, "posted").unwrap();
        assert_eq!(posted[0].account_number.as_deref(), Some("A-10270"));
        assert_eq!(tell(db, &secret, &charged("typed by hand", "py_9", 2_000)).unwrap(), Worked::Known);
        all_invariants_hold(db);
    });
}

#[test]
fn nobody_but_the_owner_says_where_patients_type_their_cards() {
    for_each_engine(|db| {
        open(db);
        let refused = make(db, &desk(), PRACTICE, PATIENT);
        assert!(matches!(&refused, Err(Error::Refused(words)) if words.contains("owner")), "{refused:?}");
        let new = NewSetting {
            link_address: "https://pay.alder-ridge.example".into(),
            page_url: PAGE.into(),
            new_secrets: false,
            why: "We begin with links.".into(),
        };
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
            assert!(matches!(set(db, &person(role), PRACTICE, &new), Err(Error::Denied(_))), "{role}");
        }
        let plain = NewSetting { page_url: "http://pay.processor.example/{reference}/{amount}".into(), ..new.clone() };
        assert!(matches!(
            set(db, &person(Role::Owner), PRACTICE, &plain),
            Err(Error::Invalid { field, .. }) if field == "page_url"
        ));
        assert!(set(db, &person(Role::Owner), PRACTICE, &new).unwrap().is_some());
        assert!(set(db, &person(Role::Owner), PRACTICE, &new).unwrap().is_none(), "the secret stays, and is not shown");
        // A visitor may do this one thing.
        let visitor = Actor::visitor(PRACTICE);
        let seen = account(db, &visitor, PRACTICE, PATIENT);
        assert!(matches!(&seen, Err(Error::Denied(denied)) if denied.action() == Action::ViewPatient), "{seen:?}");
    });
}
