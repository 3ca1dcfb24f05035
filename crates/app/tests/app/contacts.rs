//! People are contacted only where the governor lets them be; calls to payers set the next look at each claim; promises are
//! kept or broken; and a claim that nobody touches surfaces by itself.

use std::collections::BTreeMap;

use app::calls::{self, Call, ClaimCall, NewCard};
use app::contact::{self, NewFlag};
use app::inquiry::{self, Claimed, NewInquiry};
use app::interaction::{self, NewInteraction, NewPromise};
use app::patient_statement::{issue, run};
use app::{Error, jobs};
use billing::ClaimId;
use billing::access::Role;
use billing::call_list::Block;
use billing::claim::ClaimStatus;
use billing::contact::{ContactFlag, MayContact, Purpose};
use billing::interaction::{Direction, PromiseState, PromisedBy};
use billing::work::Desk;
use billing::work::inquiry::{Channel, InquiryReason};
use jiff::SignedDuration;
use jiff::civil::date;
use store::claim::CLAIM_EVENTS;
use store::follow_up::CLAIM_PLACE;
use store::params;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::claims_on_their_way as way;
use crate::patient_books as books;

fn days(db: &TestDb, days: i64) {
    db.env.advance(SignedDuration::from_hours(24 * days));
}

fn flag(flag: ContactFlag, begins: bool) -> NewFlag {
    NewFlag { flag, begins, detail: String::new(), from_on: None, why: "Her letter of March 2nd.".into() }
}

fn owes(db: &TestDb) {
    books::open(db);
    let charge = books::visit(db, books::PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
    books::decide(db, books::PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
}

#[test]
fn what_the_law_forbids_stops_statements_and_only_tier_two_ends_it() {
    for_each_engine(|db| {
        owes(db);
        let (tier1, tier2, manager) =
            (books::person(Role::Tier1), way::person(72, Role::Tier2), books::person(Role::Manager));
        for stop in [ContactFlag::Cease, ContactFlag::Deceased, ContactFlag::Disputed, ContactFlag::MailReturned] {
            contact::record(db, &tier1, PRACTICE, books::PATIENT, &flag(stop, true)).unwrap();
            let refused = issue(db, &tier1, PRACTICE, books::PATIENT).unwrap_err().to_string();
            assert!(refused.contains(&stop.label().to_lowercase()), "{refused}");
            assert!(run(db, &manager, PRACTICE).unwrap().issued.is_empty());
            let again = contact::record(db, &tier1, PRACTICE, books::PATIENT, &flag(stop, true));
            assert!(matches!(again, Err(Error::Refused(_))), "{again:?}");
            let ended = contact::record(db, &tier1, PRACTICE, books::PATIENT, &flag(stop, false));
            assert_eq!(ended.is_ok(), stop == ContactFlag::MailReturned, "{stop:?} {ended:?}");
            if ended.is_err() {
                contact::record(db, &tier2, PRACTICE, books::PATIENT, &flag(stop, false)).unwrap();
            }
        }
        assert_eq!(run(db, &manager, PRACTICE).unwrap().issued.len(), 1);
        let view = contact::show(db, &tier1, PRACTICE, books::PATIENT).unwrap();
        assert_eq!((view.stands.len(), view.history.len()), (0, 8), "the history keeps what was");
        let poster = contact::show(db, &books::person(Role::Poster), PRACTICE, books::PATIENT);
        assert!(matches!(poster, Err(Error::Denied(_))), "{poster:?}");
    });
}

#[test]
fn a_contact_that_goes_out_asks_the_governor_and_says_why_where_it_was_made_all_the_same() {
    for_each_engine(|db| {
        owes(db);
        // The middle of the day, wherever in Illinois or Texas she is.
        db.env.advance(SignedDuration::from_hours(4));
        let tier1 = books::person(Role::Tier1);
        let mail = |although: &str| NewInteraction {
            patient_id: Some(books::PATIENT),
            note: "Sent the link to her answer.".into(),
            although: although.into(),
            ..NewInteraction::with_patient(Channel::Email, Direction::Out)
        };
        let refused = interaction::log(db, &tier1, PRACTICE, &mail("")).unwrap_err().to_string();
        assert!(refused.contains("has not agreed to e-mail"), "{refused}");
        interaction::log(db, &tier1, PRACTICE, &mail("She asked for it at the counter.")).unwrap();
        contact::record(db, &tier1, PRACTICE, books::PATIENT, &flag(ContactFlag::EmailConsent, true)).unwrap();
        interaction::log(db, &tier1, PRACTICE, &mail("")).unwrap();
        contact::record(db, &tier1, PRACTICE, books::PATIENT, &flag(ContactFlag::EmailConsent, false)).unwrap();
        assert!(interaction::log(db, &tier1, PRACTICE, &mail("")).is_err(), "consent was taken back");
        // Three calls in a week are the practice's most; what she begins herself is always written down.
        let call = |direction| NewInteraction {
            patient_id: Some(books::PATIENT),
            note: "Spoke about the visit of February.".into(),
            purpose: Purpose::AskForMoney,
            ..NewInteraction::with_patient(Channel::Phone, direction)
        };
        for _ in 0..3 {
            interaction::log(db, &tier1, PRACTICE, &call(Direction::Out)).unwrap();
        }
        let refused = interaction::log(db, &tier1, PRACTICE, &call(Direction::Out)).unwrap_err().to_string();
        assert!(refused.contains("3 calls within seven days") && refused.contains("2026-03-09 08:00"), "{refused}");
        interaction::log(db, &tier1, PRACTICE, &call(Direction::In)).unwrap();
        let view = contact::show(db, &tier1, PRACTICE, books::PATIENT).unwrap();
        assert_eq!(view.interactions.len(), 6);
        let phone = view.channels.iter().find(|(channel, ..)| *channel == Channel::Phone).unwrap();
        assert!(matches!(phone.1, MayContact::No { .. }));
        for (field, bad) in [("note", "ok"), ("note", "Card 4111 1111 1111 1111 of hers.")] {
            let told =
                interaction::log(db, &tier1, PRACTICE, &NewInteraction { note: bad.into(), ..call(Direction::In) });
            assert!(matches!(&told, Err(Error::Invalid { field: at, .. }) if at == field), "{told:?}");
        }
        // The claims of these stories begin in the middle of their life; the rows are what is looked at.
        let checks = app::verify::verify(db, &db.system(), PRACTICE).unwrap().checks;
        assert!(checks.iter().find(|check| check.name == "rows-as-recorded").unwrap().holds, "{checks:?}");
    });
}

#[test]
fn what_somebody_tells_us_of_how_to_be_contacted_counts_at_once() {
    for_each_engine(|db| {
        owes(db);
        let tier1 = books::person(Role::Tier1);
        contact::record(db, &tier1, PRACTICE, books::PATIENT, &flag(ContactFlag::TextConsent, true)).unwrap();
        let ask = |reason: InquiryReason, claimed: Claimed| {
            let question = "What she said on the telephone.".to_owned();
            let new = NewInquiry { channel: Channel::Phone, reason, patient_id: None, question };
            let id = inquiry::log(db, &tier1, PRACTICE, new).unwrap();
            inquiry::verify_identity(db, &tier1, PRACTICE, id, books::PATIENT, &claimed).unwrap();
        };
        let hers = db
            .read(&db.system(), PRACTICE, |read| store::registration::patient(read, books::PATIENT))
            .unwrap()
            .unwrap();
        let proved = || Claimed {
            name: hers.name.full(),
            account_number: hers.account_number.clone(),
            birth_date: hers.birth_date.reveal().to_string(),
            ..Claimed::default()
        };
        let stands = || -> Vec<ContactFlag> {
            let view = contact::show(db, &tier1, PRACTICE, books::PATIENT).unwrap();
            view.stands.into_iter().map(|(flag, ..)| flag).collect()
        };
        ask(InquiryReason::DebtDispute, Claimed { name: "Somebody Else".into(), ..Claimed::default() });
        assert_eq!(stands(), [ContactFlag::TextConsent], "nobody proved to be her");
        ask(InquiryReason::ConsentWithdrawn, proved());
        assert!(stands().is_empty());
        ask(InquiryReason::DebtDispute, proved());
        ask(InquiryReason::DebtDispute, proved());
        assert_eq!(stands(), [ContactFlag::Disputed]);
        assert!(issue(db, &tier1, PRACTICE, books::PATIENT).is_err());
    });
}

#[test]
fn a_person_of_a_frequent_name_is_found_by_the_given_name_too() {
    for_each_engine(|db| {
        way::open(db);
        db.write(&db.system(), PRACTICE, |tx| {
            for number in 0..30u8 {
                let mut person = way::patient();
                person.id = billing::PatientId(tx.new_id());
                person.account_number = format!("F-{number}");
                let first = if number == 29 { "María José" } else { "Ada" };
                person.name = way::name(first, "De la Cruz");
                store::registration::insert_patient(tx, &person, None)?;
            }
            Ok::<_, store::StoreError>(())
        })
        .unwrap();
        let tier1 = way::person(1, Role::Tier1);
        let find = |search: &str| {
            let found = inquiry::find(db, &tier1, PRACTICE, search).unwrap();
            found.iter().map(|person| person.account_number.clone()).collect::<Vec<_>>()
        };
        for search in
            ["de la cruz, maria", "DE LA CRUZ, María José", "maria jose de la cruz", "Maria de la", "de l, mar"]
        {
            assert_eq!(find(search), ["F-29"], "{search}");
        }
        assert_eq!(find("de la cruz").len(), 20);
        assert!(find("cruz, maria").is_empty());
    });
}

#[test]
fn a_promise_is_kept_by_its_day_or_broken() {
    for_each_engine(|db| {
        owes(db);
        let tier1 = books::person(Role::Tier1);
        for what in ["Call her back with the plan's answer.", "Send the itemized bill to her."] {
            let promise =
                NewPromise { by: PromisedBy::Us, what: what.into(), due_on: date(2026, 3, 4), claim_id: None };
            let new = NewInteraction {
                patient_id: Some(books::PATIENT),
                note: "She asked what the plan says.".into(),
                promise: Some(promise),
                ..NewInteraction::with_patient(Channel::Phone, Direction::In)
            };
            interaction::log(db, &tier1, PRACTICE, &new).unwrap();
        }
        assert!(interaction::promises_due(db, &tier1, PRACTICE, 10).unwrap().is_empty(), "not due yet");
        days(db, 2);
        let due = interaction::promises_due(db, &tier1, PRACTICE, 10).unwrap();
        assert_eq!(due.len(), 2);
        interaction::end_promise(db, &tier1, PRACTICE, due[0].id, true).unwrap();
        assert!(interaction::end_promise(db, &tier1, PRACTICE, due[0].id, false).is_err(), "it ended");
        let states = |db: &TestDb| {
            let mut states: Vec<PromiseState> = contact::show(db, &tier1, PRACTICE, books::PATIENT)
                .unwrap()
                .promises
                .iter()
                .map(|promise| promise.state)
                .collect();
            states.sort();
            states
        };
        days(db, 1);
        jobs::run_due(db, PRACTICE).unwrap();
        assert_eq!(states(db), [PromiseState::Open, PromiseState::Kept], "a day of grace");
        days(db, 1);
        jobs::run_due(db, PRACTICE).unwrap();
        assert_eq!(states(db), [PromiseState::Kept, PromiseState::Broken]);
        // What was promised about a question is kept by answering it.
        let new = NewInquiry {
            channel: Channel::Phone,
            reason: InquiryReason::Other,
            patient_id: None,
            question: "When do you open on Friday?".into(),
        };
        let question = inquiry::log(db, &tier1, PRACTICE, new).unwrap();
        let hers = db
            .read(&db.system(), PRACTICE, |read| store::registration::patient(read, books::PATIENT))
            .unwrap()
            .unwrap();
        let claimed =
            Claimed { name: hers.name.full(), account_number: hers.account_number.clone(), ..Claimed::default() };
        inquiry::verify_identity(db, &tier1, PRACTICE, question, books::PATIENT, &claimed).unwrap();
        let promise = NewPromise {
            by: PromisedBy::Us,
            what: "Call her back about Friday.".into(),
            due_on: date(2026, 3, 20),
            claim_id: None,
        };
        let new = NewInteraction {
            patient_id: Some(books::PATIENT),
            inquiry_id: Some(question),
            note: "She asked about Friday.".into(),
            promise: Some(promise),
            ..NewInteraction::with_patient(Channel::Phone, Direction::In)
        };
        interaction::log(db, &tier1, PRACTICE, &new).unwrap();
        assert_eq!(states(db)[0], PromiseState::Open);
        inquiry::answer(db, &tier1, PRACTICE, question, "Told her: from eight to five.").unwrap();
        assert_eq!(states(db), [PromiseState::Kept, PromiseState::Kept, PromiseState::Broken]);
    });
}

/// Claims that the payer accepted and did not decide by their day.
fn silent_payer(db: &TestDb, count: u128) -> Vec<ClaimId> {
    way::open(db);
    let carrier = crate::carrier::Carrier::new();
    let claims: Vec<ClaimId> = (1..=count).map(|number| way::ready_claim(db, number, "CLEARING")).collect();
    way::send(db, &carrier);
    let sent = way::latest_file(db, claims[0]).interchange_number;
    let numbers: Vec<String> = (1..=count).map(way::control_number).collect();
    let answers: Vec<(&str, &str)> = numbers.iter().map(|number| (number.as_str(), "A2:20:PR")).collect();
    way::take(db, "277ca.x12", &crate::carrier::claim_answers("PR", sent, &answers));
    days(db, 60);
    jobs::run_due(db, PRACTICE).unwrap();
    claims
}

fn said(claim: ClaimId, outcome: &str, answers: &[(&str, &str)]) -> ClaimCall {
    let answers: BTreeMap<String, String> =
        answers.iter().map(|(key, answer)| ((*key).to_owned(), (*answer).to_owned())).collect();
    ClaimCall { claim_id: claim, outcome: outcome.into(), answers }
}

fn call(claims: Vec<ClaimCall>) -> Call {
    Call {
        payer_id: way::PAYER,
        started_at: None,
        representative: "Jo P.".into(),
        reference_number: "I-4471".into(),
        phone_path: String::new(),
        claims,
        promised: None,
    }
}

#[test]
fn the_machine_asks_before_a_person_calls_and_only_what_it_could_not_end_is_called_about() {
    for_each_engine(|db| {
        way::open(db);
        let carrier = crate::carrier::Carrier::new();
        let claims: Vec<ClaimId> = (1..=4).map(|number| way::ready_claim(db, number, "CLEARING")).collect();
        way::send(db, &carrier);
        let sent = way::latest_file(db, claims[0]).interchange_number;
        let numbers: Vec<String> = (1..=4).map(way::control_number).collect();
        let answers: Vec<(&str, &str)> = numbers.iter().map(|number| (number.as_str(), "A2:20:PR")).collect();
        way::take(db, "277ca.x12", &crate::carrier::claim_answers("PR", sent, &answers));
        let asked = |db: &TestDb| {
            let of = |claim: &ClaimId| {
                db.read(&db.system(), PRACTICE, |read| read.query(&CLAIM_EVENTS, params![*claim])).unwrap()
            };
            claims.iter().flat_map(of).filter(|event| event.sentence.starts_with("Asked the payer")).count()
        };
        days(db, 20);
        jobs::run_due(db, PRACTICE).unwrap();
        assert_eq!(asked(db), 0, "ten days are left");
        days(db, 7);
        for _ in 0..2 {
            jobs::run_due(db, PRACTICE).unwrap();
            assert_eq!(asked(db), 4, "each once");
            days(db, 1);
        }
        for (number, status) in [("AR000001", "P1:20"), ("AR000002", "A4:35"), ("AR000003", "R4:294")] {
            way::take(db, &format!("{number}.277"), &crate::carrier::status_answer(number, status));
        }
        let place = |claim: ClaimId| {
            db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_PLACE, params![claim])).unwrap().follow_up_on
        };
        let places = claims.iter().map(|claim| place(*claim)).collect::<Vec<_>>();
        assert_eq!(places, [Some(date(2026, 4, 15)), None, None, Some(date(2026, 4, 1))]);
        let tier1 = way::person(1, Role::Tier1);
        let listed = |db: &TestDb| -> Vec<ClaimId> {
            let day = calls::day(db, &tier1, PRACTICE).unwrap();
            let mut listed: Vec<ClaimId> =
                day.payers.iter().flat_map(|payer| &payer.lines).map(|line| line.row.claim_id).collect();
            listed.sort();
            listed
        };
        assert_eq!(listed(db), [claims[1]], "what is not on file; what waits for our papers needs no call");
        days(db, 5);
        jobs::run_due(db, PRACTICE).unwrap();
        assert_eq!(listed(db), [claims[1], claims[3]], "and what was never answered");
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure(), None);
    });
}

#[test]
fn one_call_settles_several_claims_and_each_outcome_sets_the_next_look() {
    for_each_engine(|db| {
        let claims = silent_payer(db, 4);
        let (tier1, owner) = (way::person(1, Role::Tier1), way::person(9, Role::Owner));
        let day = calls::day(db, &tier1, PRACTICE).unwrap();
        assert_eq!((day.payers.len(), day.payers[0].lines.len(), day.later), (1, 4, 0));
        assert!(day.payers[0].lines.iter().all(|line| line.rank.untouched), "{:?}", day.payers[0].lines[0].rank);
        let listed: usize = day.blocks.iter().map(|(_, count, _)| count).sum();
        assert_eq!(listed, 4);
        calls::set_days(db, &owner, PRACTICE, ("in_process", 20), "This payer takes three weeks.").unwrap();
        let bad = [
            call(vec![said(claims[0], "in_process", &[])]),
            call(vec![said(claims[0], "lost", &[])]),
            Call {
                representative: String::new(),
                ..call(vec![said(claims[0], "in_process", &[("received_on", "2026-03-03")])])
            },
            call(Vec::new()),
        ];
        for wrong in bad {
            let refused = calls::log(db, &tier1, PRACTICE, &wrong);
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
        }
        let paid = [("paid_on", "2026-04-20"), ("amount", "72.00"), ("number", "EFT 881")];
        let made = call(vec![
            said(claims[0], "in_process", &[("received_on", "2026-03-03")]),
            said(claims[1], "paid_cashed", &paid),
            said(claims[2], "pended_information", &[("needs", "the note"), ("from", "us")]),
            said(claims[3], "no_answer", &[("why", "cut off")]),
        ]);
        let settled = calls::log(db, &tier1, PRACTICE, &made).unwrap();
        let next: Vec<_> = settled.iter().map(|one| one.next_touch_on).collect();
        // From Friday, May 1st: twenty days on, five days on, now, the next business day.
        assert_eq!(next, [Some(date(2026, 5, 21)), Some(date(2026, 5, 6)), None, Some(date(2026, 5, 4))]);
        let place = |claim: ClaimId| {
            db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_PLACE, params![claim])).unwrap().follow_up_on
        };
        assert_eq!((place(claims[0]), place(claims[1])), (next[0], next[1]));
        assert_eq!((place(claims[2]), place(claims[3])), (None, None), "a desk has them");
        let events = db.read(&db.system(), PRACTICE, |read| read.query(&CLAIM_EVENTS, params![claims[1]])).unwrap();
        assert!(events.iter().any(|event| event.sentence.contains("number EFT 881. Jo P., reference I-4471.")));
        let mine: Vec<_> = app::worklist::mine(db, &tier1, PRACTICE).unwrap().iter().map(|row| row.claim_id).collect();
        assert_eq!(mine, [Some(claims[2])], "what is worked on now is with who called");
        let day = calls::day(db, &tier1, PRACTICE).unwrap();
        let left: Vec<ClaimId> = day.payers[0].lines.iter().map(|line| line.row.claim_id).collect();
        assert_eq!((left, day.later), (vec![claims[2]], 1), "the one to call again waits for Monday");
        days(db, 20);
        jobs::run_due(db, PRACTICE).unwrap();
        assert_eq!(calls::day(db, &tier1, PRACTICE).unwrap().payers[0].lines.len(), 3, "the day of the trace came");
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure(), None);
    });
}

#[test]
fn a_claim_that_is_not_on_file_goes_out_again_only_while_its_filing_limit_allows_it() {
    for_each_engine(|db| {
        let claims = silent_payer(db, 2);
        let tier1 = way::person(1, Role::Tier1);
        let ask = |claim: ClaimId| {
            let answers = [("searched_by", "member id"), ("eligible", "yes")];
            calls::log(db, &tier1, PRACTICE, &call(vec![said(claim, "not_on_file", &answers)])).unwrap()[0].next.clone()
        };
        assert!(ask(claims[0]).starts_with("Send it again today"));
        days(db, 28);
        assert!(ask(claims[1]).starts_with("Its filing limit is days away"));
        let foreign = Call {
            payer_id: billing::PayerId(uuid::Uuid::from_u128(9)),
            ..call(vec![said(claims[0], "no_answer", &[("why", "cut off")])])
        };
        assert!(matches!(calls::log(db, &tier1, PRACTICE, &foreign), Err(Error::NotFound(_))));
    });
}

#[test]
fn a_payers_card_is_kept_with_the_ones_before_it() {
    for_each_engine(|db| {
        way::open(db);
        let tier1 = way::person(1, Role::Tier1);
        let card = |path: &str| NewCard { phone: "800 555 0100".into(), path: path.into(), ..NewCard::default() };
        calls::keep_card(db, &tier1, PRACTICE, way::PAYER, &card("2, then 4")).unwrap();
        calls::keep_card(db, &tier1, PRACTICE, way::PAYER, &card("3, then say agent")).unwrap();
        let none = calls::keep_card(db, &tier1, PRACTICE, way::PAYER, &NewCard::default());
        assert!(matches!(none, Err(Error::Invalid { .. })), "{none:?}");
        let page = calls::payer(db, &tier1, PRACTICE, way::PAYER).unwrap();
        let paths: Vec<&str> = page.cards.iter().map(|card| card.path.as_str()).collect();
        assert_eq!(paths, ["3, then say agent", "2, then 4"]);
    });
}

#[test]
fn a_claim_that_nobody_touched_surfaces_by_itself_and_once() {
    for_each_engine(|db| {
        let claims = silent_payer(db, 1);
        let item = way::item(db, Desk::Tier1);
        let notes = |db: &TestDb| {
            let seen = app::worklist::show(db, &db.system(), PRACTICE, item).unwrap();
            seen.events.iter().filter(|event| event.sentence.contains("Nobody touched")).count()
        };
        days(db, 29);
        jobs::run_due(db, PRACTICE).unwrap();
        assert_eq!(notes(db), 0);
        days(db, 2);
        jobs::run_due(db, PRACTICE).unwrap();
        days(db, 1);
        jobs::run_due(db, PRACTICE).unwrap();
        assert_eq!(notes(db), 1, "it is said once, and again after as many days");
        let line = calls::day(db, &way::person(1, Role::Tier1), PRACTICE).unwrap().payers[0].lines[0].clone();
        assert_eq!((line.row.claim_id, line.rank.block), (claims[0], Block::PayerBatch));
    });
}
