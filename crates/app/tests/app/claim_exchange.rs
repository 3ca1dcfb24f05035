//! Claims on their way: sealed before they leave, sent once or byte for byte again, and moved by exactly the
//! acknowledgments that speak of them, in whatever order those come.

use app::clearinghouse::InboundFile;
use app::inbound::{self, Outcome, take_in};
use app::{Error, claim_status, claim_submission, eligibility, jobs};
use billing::UserId;
use billing::access::{Actor, Role};
use billing::claim::submission::SubmissionStatus;
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::work::{Desk, WorkReason};
use jiff::SignedDuration;
use jiff::civil::date;
use store::claim::{CLAIM_EVENTS, CLAIM_ROW, Evidence};
use store::params;
use store::testing::{OTHER_PRACTICE, PRACTICE, for_each_engine};
use uuid::Uuid;

use crate::carrier::{Carrier, Mood, claim_answers, eligibility_answer, group_answer, status_answer, ta1};
use crate::claims_on_their_way::{
    COVERAGE, PATIENT, change_payer, control_number, file, latest_file, mend, open, open_work, person, ready_claim,
    send, sent_claim, status, take,
};

#[test]
fn a_file_is_stored_before_it_leaves_and_goes_again_byte_for_byte() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let claim = ready_claim(db, 1, "CLEARING");
        let sealed = claim_submission::seal(db, &person(1, Role::Tier1), PRACTICE).unwrap();
        assert_eq!((sealed.files.len(), sealed.claims, sealed.held), (1, 1, 0));
        let stored = file(db, sealed.files[0]);
        assert_eq!(stored.status, SubmissionStatus::Sealed);
        assert_eq!(status(db, claim), ClaimStatus::Submitted);

        carrier.mood.set(Mood::Closed);
        let delivered = claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert!(delivered.sent == 0 && delivered.stopped.is_some());
        assert_eq!(file(db, stored.id).status, SubmissionStatus::Sealed);

        carrier.mood.set(Mood::Uncertain);
        assert_eq!(claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap().uncertain, 1);
        assert_eq!(file(db, stored.id).status, SubmissionStatus::Ambiguous);

        carrier.mood.set(Mood::Takes);
        assert_eq!(claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap().sent, 1);
        assert_eq!(file(db, stored.id).status, SubmissionStatus::Sent);
        assert_eq!(claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap().sent, 0);

        claim_submission::resend(db, &db.system(), PRACTICE, stored.id).unwrap();
        claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
        let given = carrier.given.borrow();
        assert_eq!(given.len(), 3);
        assert!(given.iter().all(|one| *one == (stored.file_name.clone(), stored.bytes.clone())));
    });
}

#[test]
fn one_file_a_route_and_a_claim_that_no_receiver_could_take_is_held() {
    for_each_engine(|db| {
        open(db);
        let north = [ready_claim(db, 1, "NORTH"), ready_claim(db, 2, "NORTH")];
        let south = ready_claim(db, 3, "SOUTH");
        let bad = ready_claim(db, 4, "A ROUTE THAT IS TOO LONG");
        let sealed = claim_submission::seal(db, &db.system(), PRACTICE).unwrap();
        assert_eq!((sealed.files.len(), sealed.claims, sealed.held), (2, 3, 1));
        let files: Vec<_> = sealed.files.iter().map(|id| file(db, *id)).map(|f| (f.route, f.claim_count)).collect();
        assert_eq!(files, [("NORTH".into(), 2), ("SOUTH".into(), 1)]);
        assert!(north.iter().chain([&south]).all(|id| status(db, *id) == ClaimStatus::Submitted));
        assert_eq!(status(db, bad), ClaimStatus::Held);
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::HeldForData)]);
    });
}

#[test]
fn acknowledgments_reach_the_same_end_in_any_order_and_any_number() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let orders = permutations(4);
        for (round, order) in orders.iter().enumerate() {
            let number = 100 + round as u128;
            let claim = ready_claim(db, number, "CLEARING");
            send(db, &carrier);
            let sent = latest_file(db, claim);
            let named = control_number(number);
            let messages = [
                ta1(sent.interchange_number, "A", "000"),
                group_answer(sent.group_number, "A"),
                claim_answers("AY", sent.interchange_number, &[(&named, "A1:19:PR")]),
                claim_answers("PR", sent.interchange_number, &[(&named, "A2:20:PR")]),
            ];
            for (step, place) in order.iter().enumerate() {
                take(db, &format!("{round}-{step}.x12"), &messages[*place]);
                // The same again, and the same in another dress.
                take(db, &format!("{round}-{step}-again.x12"), &messages[*place]);
                let dressed = String::from_utf8(messages[*place].clone()).unwrap().replace('~', "~\n");
                let again = take(db, &format!("{round}-{step}-dressed.x12"), dressed.as_bytes());
                assert_eq!(again.outcome, Outcome::Duplicate);
            }
            assert_eq!(status(db, claim), ClaimStatus::Accepted, "order {order:?}");
            let events = db.read(&db.system(), PRACTICE, |read| read.query(&CLAIM_EVENTS, params![claim])).unwrap();
            assert_eq!(events.iter().filter(|event| event.kind == "accepted").count(), 1, "order {order:?}");
            assert_eq!(events.iter().filter(|event| event.kind == "noted").count(), 3, "order {order:?}");
            assert_eq!(file(db, sent.id).status, SubmissionStatus::Acknowledged);
        }
        assert!(open_work(db).is_empty(), "{:?}", open_work(db));
    });
}

fn permutations(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![Vec::new()];
    }
    permutations(of - 1)
        .into_iter()
        .flat_map(|shorter| {
            (0..of).map(move |at| {
                let mut longer = shorter.clone();
                longer.insert(at, of - 1);
                longer
            })
        })
        .collect()
}

#[test]
fn a_refused_file_of_which_the_payer_has_a_claim_was_read_in_any_order() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        for (round, order) in permutations(4).iter().enumerate() {
            let number = 100 + 2 * round as u128;
            let (accepted, silent) = (ready_claim(db, number, "CLEARING"), ready_claim(db, number + 1, "CLEARING"));
            send(db, &carrier);
            let sent = latest_file(db, accepted);
            let named = control_number(number);
            let messages = [
                ta1(sent.interchange_number, "R", "025"),
                group_answer(sent.group_number, "R"),
                group_answer(sent.group_number, "A"),
                claim_answers("PR", sent.interchange_number, &[(&named, "A2:20:PR")]),
            ];
            for (step, place) in order.iter().enumerate() {
                take(db, &format!("{round}-{step}.x12"), &messages[*place]);
                // The same words in another file, as senders do that repeat themselves.
                let dressed =
                    String::from_utf8(messages[*place].clone()).unwrap().replace("*260303*0800*", "*260304*0900*");
                take(db, &format!("{round}-{step}-again.x12"), dressed.as_bytes());
            }
            assert_eq!(status(db, accepted), ClaimStatus::Accepted, "order {order:?}");
            assert_eq!(status(db, silent), ClaimStatus::Submitted, "order {order:?}");
            assert_eq!(file(db, sent.id).status, SubmissionStatus::Acknowledged, "order {order:?}");
            let rows = [accepted, silent]
                .map(|id| db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![id])).unwrap());
            assert!(rows.iter().all(|row| row.rejections == 0 && row.follow_up_on.is_some()), "order {order:?}");
            assert!(open_work(db).is_empty(), "order {order:?}: {:?}", open_work(db));
        }
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure(), None);
    });
}

#[test]
fn a_claims_own_refusal_stands_when_its_files_refusal_is_void() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        for (round, order) in permutations(3).iter().enumerate() {
            let number = 100 + 2 * round as u128;
            let (accepted, refused) = (ready_claim(db, number, "CLEARING"), ready_claim(db, number + 1, "CLEARING"));
            send(db, &carrier);
            let sent = latest_file(db, accepted);
            let messages = [
                group_answer(sent.group_number, "R"),
                claim_answers("PR", sent.interchange_number, &[(&control_number(number), "A2:20:PR")]),
                claim_answers("PR", sent.interchange_number, &[(&control_number(number + 1), "A7:164:IL")]),
            ];
            for (step, place) in order.iter().enumerate() {
                take(db, &format!("{round}-{step}.x12"), &messages[*place]);
            }
            assert_eq!(status(db, accepted), ClaimStatus::Accepted, "order {order:?}");
            assert_eq!(status(db, refused), ClaimStatus::Rejected, "order {order:?}");
            let row = db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![refused])).unwrap();
            assert_eq!(row.rejections, 1, "order {order:?}");
            assert_eq!(open_work(db).len(), round + 1, "order {order:?}");
        }
        let own = (Desk::Tier1, WorkReason::RejectedForData);
        assert!(open_work(db).iter().all(|work| *work == own), "{:?}", open_work(db));
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure(), None);
    });
}

#[test]
fn only_the_payers_own_acceptance_counts() {
    for_each_engine(|db| {
        let (_, claim, sent) = sent_claim(db);
        let number = sent.interchange_number;
        take(db, "house.x12", &claim_answers("AY", number, &[("AR000001", "A2:20:PR")]));
        assert_eq!(status(db, claim), ClaimStatus::Submitted);
        take(db, "payer.x12", &claim_answers("PR", number, &[("AR000001", "A2:20:PR")]));
        assert_eq!(status(db, claim), ClaimStatus::Accepted);
        let row = db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![claim])).unwrap();
        assert_eq!(row.accepted_on, Some(date(2026, 3, 2)));
        assert_eq!(row.payer_claim_control_number.as_deref(), Some("ICNAR000001"));
        assert_eq!(row.follow_up_on, Some(date(2026, 4, 1)));
    });
}

#[test]
fn a_refusal_and_an_acceptance_of_one_sending_end_refused_in_either_order() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        for (number, order) in [(1_u128, ["A2:20:PR", "A7:164:IL"]), (2, ["A7:164:IL", "A2:20:PR"])] {
            let claim = ready_claim(db, number, "CLEARING");
            send(db, &carrier);
            let sent = latest_file(db, claim).interchange_number;
            for (step, answer) in order.iter().enumerate() {
                let named = control_number(number);
                take(db, &format!("{number}-{step}.x12"), &claim_answers("PR", sent, &[(&named, answer)]));
            }
            assert_eq!(status(db, claim), ClaimStatus::Rejected, "{order:?}");
        }
        assert_eq!(open_work(db).len(), 2);
    });
}

#[test]
fn front_desk_data_is_tier_ones_once_and_everything_else_tier_twos() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let (member, diagnosis) = (ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "CLEARING"));
        send(db, &carrier);
        let first = latest_file(db, member);
        let refusals = [("AR000001", "A7:164:IL"), ("AR000002", "A7:255")];
        let refusal = claim_answers("PR", first.interchange_number, &refusals);
        let receipt = take(db, "refusal.x12", &refusal);
        assert!(receipt.note.contains("2 rejected"), "{}", receipt.note);
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::RejectedForData), (Desk::Tier2, WorkReason::Rejected)]);

        // Mended, it goes in a new interchange, and a late word about the old one moves nothing.
        mend(db, member);
        send(db, &carrier);
        let second = latest_file(db, member);
        assert!(second.interchange_number > first.interchange_number && second.group_number > first.group_number);
        assert_ne!(second.sha256, first.sha256);
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::Rejected)]);
        let late = String::from_utf8(refusal).unwrap().replace("B0001", "B0002");
        take(db, "late.x12", late.as_bytes());
        assert_eq!(status(db, member), ClaimStatus::Submitted);

        // The same cause a second time is Tier 2's.
        take(db, "second.x12", &claim_answers("PR", second.interchange_number, &[("AR000001", "A7:164:IL")]));
        assert_eq!(status(db, member), ClaimStatus::Rejected);
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::Rejected), (Desk::Tier2, WorkReason::Rejected)]);
        assert_eq!(status(db, diagnosis), ClaimStatus::Rejected);
    });
}

#[test]
fn the_file_of_a_claim_that_the_payer_answered_does_not_go_again() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let (refused, taken, silent) =
            (ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "CLEARING"), ready_claim(db, 3, "SOUTH"));
        send(db, &carrier);
        let sent = latest_file(db, refused);
        // Only the payer spoke; no 999 said that the file was read, so it stands as sent.
        let answers = [("AR000001", "A7:255"), ("AR000002", "A2:20:PR")];
        take(db, "answers.x12", &claim_answers("PR", sent.interchange_number, &answers));
        assert_eq!((status(db, refused), status(db, taken)), (ClaimStatus::Rejected, ClaimStatus::Accepted));
        let given = carrier.given.borrow().len();
        let tier_one = person(1, Role::Tier1);
        for (claim, words) in [(refused, "refused this claim"), (taken, "has this claim")] {
            let again = claim_submission::resend_claim(db, &tier_one, PRACTICE, claim);
            assert!(matches!(&again, Err(Error::Refused(why)) if why.contains(words)), "{again:?}");
        }
        claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert_eq!(carrier.given.borrow().len(), given, "nothing went");

        claim_submission::resend_claim(db, &tier_one, PRACTICE, silent).unwrap();
        claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert_eq!(carrier.given.borrow().len(), given + 1);
    });
}

#[test]
fn a_refused_file_moves_its_own_claims_and_no_others() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let of_first = [ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "CLEARING")];
        send(db, &carrier);
        let of_second = ready_claim(db, 3, "CLEARING");
        send(db, &carrier);
        let first = latest_file(db, of_first[0]);
        take(db, "ta1.x12", &ta1(first.interchange_number, "R", "025"));
        take(db, "999.x12", &group_answer(latest_file(db, of_second).group_number, "A"));
        assert!(of_first.iter().all(|id| status(db, *id) == ClaimStatus::Rejected));
        assert_eq!(status(db, of_second), ClaimStatus::Submitted);
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::FileRejected)]);
        assert!(matches!(claim_submission::resend(db, &db.system(), PRACTICE, first.id), Err(Error::Refused(_))));

        let tier_one = person(1, Role::Tier1);
        let denied = claim_submission::reopen_refused_file(db, &tier_one, PRACTICE, first.id);
        assert!(matches!(denied, Err(Error::Denied(_))));
        let reopened = claim_submission::reopen_refused_file(db, &person(2, Role::Tier2), PRACTICE, first.id).unwrap();
        let places: Vec<ClaimStatus> = reopened.iter().map(|one| one.status).collect();
        assert_eq!(places, [ClaimStatus::Ready, ClaimStatus::Ready], "{reopened:?}");
        assert!(open_work(db).is_empty());
        send(db, &carrier);
        let again = latest_file(db, of_first[0]);
        assert!(again.interchange_number > first.interchange_number);
        take(db, "999-2.x12", &group_answer(again.group_number, "R"));
        assert!(of_first.iter().all(|id| status(db, *id) == ClaimStatus::Rejected));
    });
}

#[test]
fn silence_becomes_work_and_an_answer_ends_it() {
    for_each_engine(|db| {
        let (_, claim, _) = sent_claim(db);
        jobs::run_now(db, &db.system(), PRACTICE).unwrap();
        assert!(open_work(db).is_empty());

        db.env.advance(SignedDuration::from_hours(24 * 4));
        jobs::run_now(db, &db.system(), PRACTICE).unwrap();
        jobs::run_now(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::AcknowledgmentMissing)]);

        // The file is answered, the claim itself is not: now the claim is the work.
        let sent = latest_file(db, claim);
        take(db, "999.x12", &group_answer(sent.group_number, "A"));
        assert!(open_work(db).is_empty());
        db.env.advance(SignedDuration::from_hours(24 * 4));
        jobs::run_now(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::AcknowledgmentMissing)]);
        take(db, "277ca.x12", &claim_answers("PR", sent.interchange_number, &[("AR000001", "A2:20:PR")]));
        assert!(open_work(db).is_empty());
        assert_eq!(status(db, claim), ClaimStatus::Accepted);
    });
}

#[test]
fn what_cannot_be_used_changes_nothing_and_says_why() {
    for_each_engine(|db| {
        let (carrier, claim, _) = sent_claim(db);
        let good = claim_answers("PR", latest_file(db, claim).interchange_number, &[("AR000001", "A2:20:PR")]);
        let foreign = claim_answers("PR", 77, &[("ZZ999999", "A2:20:PR")]);
        let own_claims = carrier.given.borrow()[0].1.clone();
        let cases: [(&str, &[u8]); 7] = [
            ("empty.x12", b""),
            ("binary.x12", &[0, 159, 146, 150, 0, 255]),
            ("text.x12", b"Dear Sir or Madam"),
            ("cut.x12", &good[..90]),
            ("wrong-kind.x12", &own_claims),
            ("foreign-claim.x12", &foreign),
            ("foreign-file.x12", &ta1(424_242, "R", "025")),
        ];
        for (name, bytes) in cases {
            let refused = take_in(db, &db.system(), PRACTICE, name, bytes);
            assert!(matches!(&refused, Err(Error::Refused(why)) if why.starts_with(name)), "{name}: {refused:?}");
        }
        assert!(inbound::files(db, &db.system(), PRACTICE).unwrap().is_empty());
        assert_eq!(status(db, claim), ClaimStatus::Submitted);

        // What comes through the mailbox is kept apart, and the next file is still read.
        carrier.put("a-cut.x12", &good[..90]);
        carrier.put("b-foreign.x12", &foreign);
        carrier.put("c-good.x12", &good);
        let receipts = inbound::collect(db, &db.system(), PRACTICE, &carrier).unwrap();
        let outcomes: Vec<_> = receipts.iter().map(|receipt| receipt.outcome).collect();
        assert_eq!(outcomes, [Outcome::Unreadable, Outcome::Quarantined, Outcome::Applied]);
        assert_eq!(status(db, claim), ClaimStatus::Accepted);
        let set_apart = (Desk::Tier2, WorkReason::FileSetApart);
        assert_eq!(open_work(db), [set_apart, set_apart]);
        assert!(carrier.inbox.borrow().is_empty());
        let again = InboundFile { name: "c-good-again.x12".into(), bytes: good };
        assert_eq!(take(db, &again.name, &again.bytes).outcome, Outcome::Duplicate);
        assert_eq!(inbound::files(db, &db.system(), PRACTICE).unwrap().len(), 3);
    });
}

#[test]
fn an_acceptance_that_comes_after_the_decision_still_proves_timely_filing() {
    for_each_engine(|db| {
        let (_, claim, sent) = sent_claim(db);
        let sent = sent.interchange_number;
        db.write(&db.system(), PRACTICE, |tx| {
            let mut claim = store::claim::load(tx, claim)?.unwrap();
            claim.apply(&ClaimEvent::Adjudicated).unwrap();
            store::claim::save_event(tx, &claim, &ClaimEvent::Adjudicated, Evidence::words("Decided"))
        })
        .unwrap();
        take(db, "late.x12", &claim_answers("PR", sent, &[("AR000001", "A2:20:PR")]));
        take(db, "later.x12", &ta1(sent, "R", "025"));
        assert_eq!(status(db, claim), ClaimStatus::Adjudicated);
        assert_ne!(latest_file(db, claim).status, SubmissionStatus::Rejected);
        assert!(open_work(db).is_empty(), "{:?}", open_work(db));
        let row = db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![claim])).unwrap();
        assert_eq!((row.accepted_on, row.rejections), (Some(date(2026, 3, 2)), 0));
    });
}

#[test]
fn is_my_insurance_active_is_asked_and_answered() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let desk = person(1, Role::Tier1);
        let day = date(2026, 3, 2);
        eligibility::ask(db, &desk, PRACTICE, PATIENT, COVERAGE, day).unwrap();
        claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
        let asked = carrier.given.borrow()[0].clone();
        assert!(asked.0.contains("-270-") && String::from_utf8_lossy(&asked.1).contains("EQ*30"));
        let row = &eligibility::of_patient(db, &desk, PRACTICE, PATIENT).unwrap()[0];
        assert_eq!(row.status, "asked");

        let trace = row.trace.clone();
        let benefits =
            ["EB*1*IND*30**UNION LAKE PLUS", "EB*B*IND*98****25", "EB*C*IND*30***23*1500", "EB*C*IND*30***29*350.5"];
        take(db, "271.x12", &eligibility_answer(&trace, &benefits));
        let answered = &eligibility::of_patient(db, &desk, PRACTICE, PATIENT).unwrap()[0];
        let words = answered.body.as_ref().unwrap().0.in_words();
        assert_eq!(answered.status, "active");
        assert!(
            words.contains("Active on 2026-03-02") && words.contains("$25.00") && words.contains("$350.50"),
            "{words}"
        );

        eligibility::ask(db, &desk, PRACTICE, PATIENT, COVERAGE, day).unwrap();
        let second = eligibility::of_patient(db, &desk, PRACTICE, PATIENT).unwrap()[0].trace.clone();
        take(db, "271-2.x12", &eligibility_answer(&second, &["EB*6*IND*30"]));
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::EligibilityInactive)]);
        let foreign = take_in(db, &db.system(), PRACTICE, "271-3.x12", &eligibility_answer("E999", &["EB*1"]));
        assert!(matches!(foreign, Err(Error::Refused(_))));
    });
}

#[test]
fn where_is_my_claim_is_asked_and_noted() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let claim = ready_claim(db, 1, "CLEARING");
        let desk = person(1, Role::Tier1);
        assert!(matches!(claim_status::ask(db, &desk, PRACTICE, claim), Err(Error::Refused(_))));
        send(db, &carrier);
        claim_status::ask(db, &desk, PRACTICE, claim).unwrap();
        claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert!(carrier.given.borrow().last().unwrap().0.contains("-276-"));
        take(db, "277.x12", &status_answer("AR000001", "P1:20"));
        assert_eq!(status(db, claim), ClaimStatus::Submitted);
        let events = db.read(&db.system(), PRACTICE, |read| read.query(&CLAIM_EVENTS, params![claim])).unwrap();
        assert!(events.last().unwrap().sentence.starts_with("The payer answers (277)"), "{:?}", events.last());
    });
}

#[test]
fn another_practice_cannot_send_or_move_our_claims() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let claim = ready_claim(db, 1, "CLEARING");
        let stranger = Actor::user(UserId(Uuid::from_u128(9)), "stranger", vec![Role::Tier2], OTHER_PRACTICE);
        assert!(claim_submission::seal(db, &stranger, PRACTICE).is_err());
        send(db, &carrier);
        let answer = claim_answers("PR", latest_file(db, claim).interchange_number, &[("AR000001", "A7:164:IL")]);
        assert!(take_in(db, &stranger, OTHER_PRACTICE, "x.x12", &answer).is_err());
        assert_eq!(status(db, claim), ClaimStatus::Submitted);
    });
}

#[test]
fn an_answer_to_somebody_elses_file_of_the_same_number_moves_nothing() {
    for_each_engine(|db| {
        let (carrier, claim, sent) = sent_claim(db);
        let refusal = String::from_utf8(ta1(sent.interchange_number, "R", "025")).unwrap();
        let of_group = String::from_utf8(group_answer(sent.group_number, "R")).unwrap();
        let of_claim = claim_answers("PR", sent.interchange_number, &[("AR000001", "A7:164:IL")]);
        let of_claim = String::from_utf8(of_claim).unwrap();
        let from_others = ("*ZZ*CLEARING       *", "*ZZ*OTHERHOUSE     *", "(from OTHERHOUSE to ALDERRIDGE)");
        let to_others = ("*ZZ*ALDERRIDGE     *", "*ZZ*ELMSTREET      *", "(from CLEARING to ELMSTREET)");
        let of_another_day = ("*260302*0800*R", "*250302*0800*R", "(from CLEARING to ALDERRIDGE)");
        let of_another_hour = ("*260302*0800*R", "*260302*0801*R", "(from CLEARING to ALDERRIDGE)");
        let cases = [
            (&refusal, from_others),
            (&refusal, to_others),
            (&refusal, of_another_day),
            (&refusal, of_another_hour),
            (&of_group, from_others),
            (&of_group, to_others),
            (&of_claim, from_others),
            (&of_claim, to_others),
        ];
        for (place, (ours, (what, instead, whose))) in cases.into_iter().enumerate() {
            let foreign = ours.replacen(what, instead, 1);
            assert_ne!(foreign, *ours, "case {place} changes nothing");
            let name = format!("foreign-{place}.x12");
            let refused = take_in(db, &db.system(), PRACTICE, &name, foreign.as_bytes());
            let why = format!("it answers no file of ours {whose}");
            assert!(matches!(&refused, Err(Error::Refused(text)) if text.contains(&why)), "{place}: {refused:?}");
            assert_eq!(status(db, claim), ClaimStatus::Submitted, "case {place}");
            assert_eq!(file(db, sent.id).status, SubmissionStatus::Sent, "case {place}");
        }
        carrier.put("foreign.x12", refusal.replacen(from_others.0, from_others.1, 1).as_bytes());
        let receipts = inbound::collect(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert_eq!(receipts[0].outcome, Outcome::Quarantined);
        assert!(receipts[0].note.contains("answers no file of ours (from OTHERHOUSE"), "{}", receipts[0].note);
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::FileSetApart)]);
        assert_eq!(status(db, claim), ClaimStatus::Submitted);

        take(db, "ours.x12", refusal.as_bytes());
        assert_eq!(status(db, claim), ClaimStatus::Rejected);
        assert_eq!(file(db, sent.id).status, SubmissionStatus::Rejected);
    });
}

#[test]
fn a_clearinghouse_may_answer_under_another_name_that_its_route_knows() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let (claim, elsewhere) = (ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "SOUTH"));
        send(db, &carrier);
        let under = |answer: Vec<u8>, name: &str| {
            String::from_utf8(answer).unwrap().replacen("*ZZ*CLEARING       *", &format!("*ZZ*{name:<15}*"), 1)
        };
        let number = |claim| latest_file(db, claim).interchange_number;
        let accepted = |claim, named: &str| claim_answers("PR", number(claim), &[(named, "A2:20:PR")]);
        let answer = under(accepted(claim, "AR000001"), "CLEARINGEAST");
        let refused = take_in(db, &db.system(), PRACTICE, "east.x12", answer.as_bytes());
        let names_remedy = |text: &str| text.contains("from CLEARINGEAST") && text.contains("answers_from");
        assert!(matches!(&refused, Err(Error::Refused(text)) if names_remedy(text)), "{refused:?}");

        change_payer(db, |settings| settings.answers_from = vec!["CLEARINGEAST".into()]);
        take(db, "east.x12", answer.as_bytes());
        assert_eq!(status(db, claim), ClaimStatus::Accepted);
        // The name is the route's, not everybody's.
        let of_south = under(accepted(elsewhere, "AR000002"), "CLEARINGEAST");
        assert!(take_in(db, &db.system(), PRACTICE, "south.x12", of_south.as_bytes()).is_err());
        assert_eq!(status(db, elsewhere), ClaimStatus::Submitted);
    });
}

#[test]
fn a_refusal_of_a_file_whose_claims_the_payer_has_is_noted_and_moves_nothing() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let (accepted, waiting) = (ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "CLEARING"));
        send(db, &carrier);
        let sent = latest_file(db, accepted);
        take(db, "999.x12", &group_answer(sent.group_number, "A"));
        take(db, "277ca.x12", &claim_answers("PR", sent.interchange_number, &[("AR000001", "A2:20:PR")]));
        take(db, "late-ta1.x12", &ta1(sent.interchange_number, "R", "025"));
        take(db, "late-999.x12", &group_answer(sent.group_number, "R"));
        assert_eq!(status(db, accepted), ClaimStatus::Accepted);
        assert_eq!(status(db, waiting), ClaimStatus::Submitted);
        assert_eq!(file(db, sent.id).status, SubmissionStatus::Acknowledged);
        assert!(open_work(db).is_empty(), "{:?}", open_work(db));
        let events = db.read(&db.system(), PRACTICE, |read| read.query(&CLAIM_EVENTS, params![accepted])).unwrap();
        assert_eq!(events.iter().filter(|event| event.sentence.contains("refused the file")).count(), 2);
    });
}
