//! A day at the desks: an inquiry is logged, escalated with a handover, returned, and resolved; nobody works a desk
//! that is not theirs, and two people never have the same item.

use app::Error;
use app::inquiry::{self, NewInquiry};
use app::worklist;
use billing::UserId;
use billing::access::{Actor, Role};
use billing::work::inquiry::{Channel, InquiryReason};
use billing::work::{Desk, Handover, Resolution, ReturnCode, WorkState};
use store::testing::{OTHER_PRACTICE, PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;
use uuid::Uuid;

fn person(number: u128, role: Role) -> Actor {
    Actor::user(UserId(Uuid::from_u128(number)), format!("person-{number}"), vec![role], PRACTICE)
}

fn logged(db: &TestDb, by: &Actor, reason: InquiryReason) -> billing::WorkItemId {
    let new = NewInquiry {
        channel: Channel::Letter,
        reason,
        patient_id: None,
        question: "Why did I get this bill for March?".into(),
    };
    inquiry::log(db, by, PRACTICE, new).unwrap();
    let overseer = person(9, Role::Manager);
    let desk = if reason == InquiryReason::Complaint { Desk::Tier2 } else { Desk::Tier1 };
    worklist::queue(db, &overseer, PRACTICE, desk, QueueCursor::START).unwrap().last().unwrap().id
}

fn handover() -> Handover {
    Handover {
        problem: "She says the visit was covered in full.".into(),
        tried: "Read the remittance to her line by line.".into(),
        evidence: "Letter of her plan, dated 2 March.".into(),
        promised: "A call back by Friday.".into(),
        to_decide: "Ask the payer to reprocess, or explain again?".into(),
    }
}

fn resolution(words: &str) -> Resolution {
    Resolution { outcome: words.into(), root_cause: "payer".into(), ..Resolution::default() }
}

#[test]
fn an_inquiry_goes_up_with_a_handover_comes_back_and_ends_with_words() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (first, second) = (person(1, Role::Tier1), person(2, Role::Tier2));
        let item = logged(db, &first, InquiryReason::BillExplanation);
        worklist::take(db, &first, PRACTICE, item).unwrap();
        let silent = Handover { to_decide: String::new(), ..handover() };
        assert!(matches!(worklist::escalate(db, &first, PRACTICE, item, silent), Err(Error::Refused(_))));
        worklist::escalate(db, &first, PRACTICE, item, handover()).unwrap();

        let hidden = worklist::show(db, &first, PRACTICE, item);
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        let seen = worklist::show(db, &second, PRACTICE, item).unwrap();
        assert_eq!(seen.item.desk, Desk::Tier2);
        assert_eq!(seen.item.handover, Some(handover()));
        worklist::take(db, &second, PRACTICE, item).unwrap();
        worklist::return_item(
            db,
            &second,
            PRACTICE,
            item,
            (ReturnCode::EvidenceMissing, "The letter is not attached."),
        )
        .unwrap();

        worklist::take(db, &first, PRACTICE, item).unwrap();
        assert!(worklist::resolve(db, &first, PRACTICE, item, resolution("ok")).is_err());
        worklist::resolve(db, &first, PRACTICE, item, resolution("Letter attached; she agrees with the bill."))
            .unwrap();
        let kinds: Vec<String> =
            worklist::show(db, &first, PRACTICE, item).unwrap().events.into_iter().map(|e| e.kind).collect();
        assert_eq!(kinds, ["opened", "taken", "escalated", "taken", "returned", "taken", "resolved"]);
    });
}

#[test]
fn a_desk_that_is_not_ones_own_looks_like_absence() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (first, second) = (person(1, Role::Tier1), person(2, Role::Tier2));
        let item = logged(db, &first, InquiryReason::Complaint);
        for result in [
            worklist::take(db, &first, PRACTICE, item),
            worklist::resolve(db, &first, PRACTICE, item, resolution("I settled it myself.")),
            worklist::note(db, &first, PRACTICE, item, "a note"),
            worklist::show(db, &first, PRACTICE, item).map(|_| ()),
            worklist::queue(db, &first, PRACTICE, Desk::Tier2, QueueCursor::START).map(|_| ()),
        ] {
            assert!(matches!(result, Err(Error::NotFound(_))), "{result:?}");
        }
        let elsewhere = Actor { practice: OTHER_PRACTICE, ..second.clone() };
        assert!(worklist::take(db, &elsewhere, OTHER_PRACTICE, item).is_err());
        worklist::take(db, &second, PRACTICE, item).unwrap();
    });
}

#[test]
fn two_people_who_pull_get_two_items() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (ada, ben) = (person(1, Role::Tier1), person(3, Role::Tier1));
        logged(db, &ada, InquiryReason::Balance);
        logged(db, &ada, InquiryReason::Other);
        let one = worklist::take_next(db, &ada, PRACTICE, Desk::Tier1).unwrap().unwrap();
        let other = worklist::take_next(db, &ben, PRACTICE, Desk::Tier1).unwrap().unwrap();
        assert_ne!(one, other);
        assert!(matches!(worklist::take(db, &ben, PRACTICE, one), Err(Error::Refused(_))));
        assert_eq!(worklist::take_next(db, &ben, PRACTICE, Desk::Tier1).unwrap(), None);
        assert_eq!(worklist::mine(db, &ben, PRACTICE).unwrap().len(), 1);
        worklist::put_back(db, &ada, PRACTICE, one).unwrap();
        assert_eq!(worklist::show(db, &ben, PRACTICE, one).unwrap().item.state, WorkState::Open);
    });
}

#[test]
fn the_home_page_counts_what_stands_at_each_desk() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let first = person(1, Role::Tier1);
        logged(db, &first, InquiryReason::Balance);
        logged(db, &first, InquiryReason::Complaint);
        let totals = worklist::totals(db, &first, PRACTICE).unwrap();
        let counts: Vec<(Desk, i64)> = totals.into_iter().map(|total| (total.desk, total.items)).collect();
        assert_eq!(counts, [(Desk::Tier1, 1), (Desk::Tier2, 1)]);
    });
}

#[test]
fn nobody_speaks_of_an_account_to_somebody_who_was_not_found() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let first = person(1, Role::Tier1);
        let new = |reason| NewInquiry {
            channel: Channel::Phone,
            reason,
            patient_id: None,
            question: "How much do I owe you?".into(),
        };
        let words = "You owe 20.00 for the visit of March.";
        for reason in InquiryReason::ALL.iter().filter(|reason| reason.is_about_an_account()) {
            let id = inquiry::log(db, &first, PRACTICE, new(*reason)).unwrap();
            let refused = inquiry::answer(db, &first, PRACTICE, id, words);
            assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("Find it")), "{reason:?} {refused:?}");
        }
        let id = inquiry::log(db, &first, PRACTICE, new(InquiryReason::Other)).unwrap();
        inquiry::answer(db, &first, PRACTICE, id, "We are open from eight to five.").unwrap();
    });
}

#[test]
fn a_question_that_tier_two_ends_is_answered_for_tier_one() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (first, second) = (person(1, Role::Tier1), person(2, Role::Tier2));
        let new = NewInquiry {
            channel: Channel::Letter,
            reason: InquiryReason::BilledWrongly,
            patient_id: None,
            question: "I was not there on that day.".into(),
        };
        let inquiry = inquiry::log(db, &first, PRACTICE, new).unwrap();
        let item = inquiry::escalate(db, &first, PRACTICE, inquiry, handover()).unwrap();
        assert_eq!(inquiry::show(db, &first, PRACTICE, inquiry).unwrap().1, "escalated");
        worklist::take(db, &second, PRACTICE, item).unwrap();
        let words = "The visit was another patient's; it was moved and a letter is sent.";
        worklist::resolve(db, &second, PRACTICE, item, resolution(words)).unwrap();
        let (ended, state) = inquiry::show(db, &first, PRACTICE, inquiry).unwrap();
        assert_eq!((ended.answer.as_str(), state.as_str()), (words, "answered"));
    });
}

#[test]
fn a_call_is_taken_by_who_picks_up_and_no_colleague_moves_it() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (ada, ben, boss) = (person(1, Role::Tier1), person(3, Role::Tier1), person(9, Role::Manager));
        let call = |reason| NewInquiry {
            channel: Channel::Phone,
            reason,
            patient_id: None,
            question: "What is my balance today?".into(),
        };
        let inquiry = inquiry::log(db, &ada, PRACTICE, call(InquiryReason::Other)).unwrap();
        let item = worklist::mine(db, &ada, PRACTICE).unwrap().remove(0).id;
        for refused in [
            worklist::put_back(db, &ben, PRACTICE, item),
            worklist::resolve(db, &ben, PRACTICE, item, resolution("I told her the balance.")),
            worklist::escalate(db, &ben, PRACTICE, item, handover()),
            inquiry::answer(db, &ben, PRACTICE, inquiry, "Your balance is ten dollars."),
        ] {
            assert!(matches!(refused, Err(Error::Refused(ref why)) if why.contains("colleague")), "{refused:?}");
        }
        assert!(!inquiry::hand(db, &ben, PRACTICE, inquiry).unwrap().unwrap().may_work);
        worklist::put_back(db, &boss, PRACTICE, item).unwrap();
        inquiry::answer(db, &ben, PRACTICE, inquiry, "Your balance is ten dollars.").unwrap();
        // A complaint is Tier 2's from the start: Tier 1 logs it and does not have it.
        inquiry::log(db, &ada, PRACTICE, call(InquiryReason::Complaint)).unwrap();
        assert!(worklist::mine(db, &ada, PRACTICE).unwrap().is_empty());
    });
}

#[test]
fn a_question_stands_where_its_work_stands() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (first, second) = (person(1, Role::Tier1), person(2, Role::Tier2));
        let item = logged(db, &first, InquiryReason::BilledWrongly);
        let inquiry = worklist::show(db, &first, PRACTICE, item).unwrap().item.links.inquiry_id.unwrap();
        let state = || inquiry::show(db, &first, PRACTICE, inquiry).unwrap().1;
        assert_eq!(state(), "open");
        worklist::escalate(db, &first, PRACTICE, item, handover()).unwrap();
        assert_eq!(state(), "escalated", "escalated from the worklist");
        let above = inquiry::hand(db, &first, PRACTICE, inquiry).unwrap().unwrap();
        assert!(!above.may_work && above.item.handover.is_none(), "another desk's words");
        let below = inquiry::hand(db, &second, PRACTICE, inquiry).unwrap().unwrap();
        assert!(below.may_work && below.item.handover == Some(handover()));
        worklist::take(db, &second, PRACTICE, item).unwrap();
        assert_eq!(state(), "escalated");
        worklist::return_item(
            db,
            &second,
            PRACTICE,
            item,
            (ReturnCode::EvidenceMissing, "The letter is not attached."),
        )
        .unwrap();
        assert_eq!(state(), "open", "it came back");
        let back = inquiry::hand(db, &first, PRACTICE, inquiry).unwrap().unwrap();
        assert!(back.may_work && back.returned.is_some_and(|why| why.contains("letter is not attached")));
        inquiry::escalate(db, &first, PRACTICE, inquiry, handover()).unwrap();
        assert_eq!(state(), "escalated", "and goes up again");
    });
}
