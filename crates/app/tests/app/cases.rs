//! The life of a work item: it waits and comes back, ends with a code and is opened again, goes on in another item, is
//! asked about, offered, given and sent back; and it is worked as the practice itself says.

use app::cases::{self, OnFile, asking, oversight, own_reasons};
use app::users::{self, NewPerson};
use app::worklist::{self, NewWork};
use app::{Error, inquiry, jobs};
use billing::access::{Actor, Role, UserState};
use billing::work::inquiry::{Channel, InquiryReason};
use billing::work::own_reason::OwnReason;
use billing::work::{
    Desk, Handover, RequiredData, Resolution, ResolutionCode, ReturnCode, WaitingOn, WorkReason, WorkState,
};
use billing::{UserId, WorkItemId};
use jiff::{SignedDuration, ToSpan};
use ledger::Money;
use store::params;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::users::CHANGE_STATE;
use store::worklist::QueueCursor;

use crate::payer_files::{Clp, Payment, file};
use crate::remittance::{all_invariants_hold, clinic, take};
use crate::staff::person;

fn tier2() -> Actor {
    person(2, Role::Tier2)
}

/// A claim of which the payer denied a line for want of an authorization: one item of Tier 2.
fn denied(db: &TestDb) -> WorkItemId {
    clinic(db, 1);
    take(db, &file(&Payment::new("EFT1", vec![Clp::partly_denied(1)])));
    only(db, Desk::Tier2)
}

fn only(db: &TestDb, desk: Desk) -> WorkItemId {
    let rows = worklist::queue(db, &person(9, Role::Manager), PRACTICE, desk, QueueCursor::START).unwrap();
    assert_eq!(rows.len(), 1, "{desk:?}");
    rows[0].id
}

fn ended(code: ResolutionCode) -> Resolution {
    Resolution {
        outcome: "The payer authorized it after the fact.".into(),
        root_cause: "authorization".into(),
        cause: "not asked for".into(),
        code: Some(code),
    }
}

fn days(db: &TestDb, days: i64) {
    db.env().advance(SignedDuration::from_hours(24 * days));
}

fn refused<T: std::fmt::Debug>(done: Result<T, Error>, says: &str) {
    let error = done.unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn a_denial_names_what_it_is_about_and_ends_with_a_code_and_two_causes() {
    for_each_engine(|db| {
        let id = denied(db);
        let item = worklist::show(db, &tier2(), PRACTICE, id).unwrap().item;
        assert_eq!((item.reason, item.desk), (WorkReason::DeniedAuthorization, Desk::Tier2), "CARC 197");
        let case = cases::show(db, &tier2(), PRACTICE, id).unwrap();
        let place = |what| case.data.iter().find(|(known, _)| *known == what).map(|(_, place)| place.clone());
        assert_eq!(place(RequiredData::Decision), Some(OnFile::Known));
        assert_eq!(place(RequiredData::Authorization), Some(OnFile::Missing));
        assert_eq!(case.chance, (400, 0), "no history of this payer yet: the program's own figure");

        let step = case.steps[0].0.clone();
        cases::tick(db, &tier2(), PRACTICE, id, (&step, true)).unwrap();
        cases::write_down(db, &tier2(), PRACTICE, id, (RequiredData::Authorization, "A-1, 4 visits")).unwrap();
        refused(cases::tick(db, &tier2(), PRACTICE, id, ("Buy a cake", true)), "no such step");
        refused(cases::write_down(db, &tier2(), PRACTICE, id, (RequiredData::DeathDate, "today")), "does not ask");
        let case = cases::show(db, &tier2(), PRACTICE, id).unwrap();
        assert!(case.steps[0].1.as_ref().is_some_and(|row| row.is_done == 1 && row.recorded_by == tier2().user));
        assert!(case.data.contains(&(RequiredData::Authorization, OnFile::Written("A-1, 4 visits".into()))));
        assert_eq!(case.file.first_action_by, Some(tier2().user));
        let draft = cases::draft_handover(&case, &worklist::show(db, &tier2(), PRACTICE, id).unwrap());
        assert!(draft.tried.contains(&step) && draft.evidence.contains("A-1, 4 visits"), "{draft:?}");

        let vague =
            Resolution { outcome: "It is done now.".into(), root_cause: "payer".into(), ..Resolution::default() };
        refused(worklist::resolve(db, &tier2(), PRACTICE, id, vague), "Choose how it ended");
        let wrong = ended(ResolutionCode::PlanMade);
        refused(worklist::resolve(db, &tier2(), PRACTICE, id, wrong), "Choose how it ended");
        worklist::resolve(db, &tier2(), PRACTICE, id, ended(ResolutionCode::RetroAuthorized)).unwrap();

        refused(cases::reopen(db, &tier2(), PRACTICE, id, ""), "why");
        cases::reopen(db, &tier2(), PRACTICE, id, "The payer took it back.").unwrap();
        let view = worklist::show(db, &tier2(), PRACTICE, id).unwrap();
        assert_eq!((view.item.state, view.item.resolution), (WorkState::Open, None));
        let told: Vec<&str> = view.events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(told, ["opened", "resolved", "reopened"], "nothing of its history is lost");
        all_invariants_hold(db);
    });
}

#[test]
fn a_wait_stops_the_days_and_ends_on_its_day_or_with_the_answer() {
    for_each_engine(|db| {
        let id = denied(db);
        let item = || worklist::show(db, &tier2(), PRACTICE, id).unwrap().item;
        let (due, deadline) = (item().due_on, item().deadline_on);
        let until = db.today(PRACTICE).unwrap().saturating_add(10.days());
        let words = "The payer looks for the note.";
        cases::wait(db, &tier2(), PRACTICE, id, (WaitingOn::Payer, words, until)).unwrap();
        assert!(item().due_on > due.saturating_add(7.days()), "its own days wait");
        assert_eq!(item().deadline_on, deadline, "the payer's limit does not");
        assert_eq!(worklist::take_next(db, &tier2(), PRACTICE, Desk::Tier2).unwrap(), None, "nobody is given it");
        all_invariants_hold(db);
        days(db, 5);
        assert_eq!(cases::end_waits(db, &db.system(), PRACTICE).unwrap(), 0);
        days(db, 6);
        assert!(jobs::run_due(db, PRACTICE).unwrap().iter().any(|ran| ran.key == "waits"));
        assert_eq!(cases::show(db, &tier2(), PRACTICE, id).unwrap().file.waiting, None);
        assert_eq!(worklist::take_next(db, &tier2(), PRACTICE, Desk::Tier2).unwrap(), Some(id));

        let until = db.today(PRACTICE).unwrap().saturating_add(10.days());
        cases::wait(db, &tier2(), PRACTICE, id, (WaitingOn::Payer, words, until)).unwrap();
        take(db, &file(&Payment::new("EFT2", vec![Clp::partly_denied(1).reversed(), Clp::partly_denied(1)])));
        assert_eq!(cases::show(db, &tier2(), PRACTICE, id).unwrap().file.waiting, None, "the payer answered");
        assert_eq!(item().reason, WorkReason::DeniedAuthorization);
        all_invariants_hold(db);
    });
}

fn note_about(db: &TestDb, id: WorkItemId) -> WorkItemId {
    let item = worklist::show(db, &tier2(), PRACTICE, id).unwrap().item;
    let links = item.links;
    db.write(&db.system(), PRACTICE, |tx| {
        let new = NewWork {
            reason: WorkReason::CoverageOrder,
            subject_key: "coverage-order:test".into(),
            summary: "Another plan may be first.".into(),
            links: billing::work::WorkLinks { claim_id: None, remittance_id: None, ..links },
            money_at_stake: Money::ZERO,
            deadline_on: None,
        };
        worklist::open_by_hand(tx, new)
    })
    .unwrap()
}

#[test]
fn two_items_of_one_matter_go_on_as_one_and_part_again() {
    for_each_engine(|db| {
        let denied = denied(db);
        let other = note_about(db, denied);
        let both = Actor { roles: vec![Role::Tier1, Role::Tier2], ..tier2() };
        refused(cases::merge(db, &both, PRACTICE, denied, other), "holds its claim");
        refused(cases::merge(db, &both, PRACTICE, other, other), "another open item");
        cases::merge(db, &both, PRACTICE, other, denied).unwrap();
        let merged = worklist::show(db, &both, PRACTICE, other).unwrap().item;
        assert_eq!(merged.state, WorkState::Resolved);
        assert_eq!(merged.resolution.unwrap().code, Some(ResolutionCode::Merged));
        let survivor = cases::show(db, &both, PRACTICE, denied).unwrap();
        assert_eq!(survivor.merged, [(other, "Another plan may be first.".to_owned())]);
        all_invariants_hold(db);
        cases::part(db, &both, PRACTICE, other, "They are two matters after all.").unwrap();
        assert_eq!(worklist::show(db, &both, PRACTICE, other).unwrap().item.state, WorkState::Open);
        assert!(cases::show(db, &both, PRACTICE, denied).unwrap().merged.is_empty());
        refused(cases::part(db, &both, PRACTICE, other, "Once more, to be sure."), "not merged");
        all_invariants_hold(db);
    });
}

fn hired(db: &TestDb, login: &str, role: Role) -> Actor {
    let new = NewPerson { login, display_name: login, roles: &[role], solo_practice: false };
    let added = db.write(&db.system(), PRACTICE, |tx| {
        let added = users::add(tx, &new)?;
        let (nobody, never) = (None::<UserId>, None::<jiff::Timestamp>);
        tx.execute(&CHANGE_STATE, params![added.id, UserState::Active, nobody, never])?;
        Ok::<_, Error>(added)
    });
    let id = added.unwrap().id;
    Actor::user(id, login, vec![role], PRACTICE)
}

fn handover() -> Handover {
    Handover {
        problem: "She says the visit was covered in full.".into(),
        tried: "Read the remittance to her line by line.".into(),
        evidence: "Letter of her plan, dated 2 March.".into(),
        promised: String::new(),
        to_decide: "Ask the payer to decide again?".into(),
    }
}

fn asked(db: &TestDb, by: &Actor, reason: InquiryReason) -> WorkItemId {
    let question = "Why did I get this bill for March?".to_owned();
    let new = inquiry::NewInquiry { channel: Channel::Letter, reason, patient_id: None, question };
    inquiry::log(db, by, PRACTICE, new).unwrap();
    only(db, reason.work_reason().desk())
}

#[test]
fn nothing_goes_into_the_void_and_a_return_is_counted() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let tess = hired(db, "tess", Role::Tier1);
        let item = asked(db, &tess, InquiryReason::BillExplanation);
        refused(worklist::escalate(db, &tess, PRACTICE, item, handover()), "Nobody works Tier 2");
        assert_eq!(only(db, Desk::Tier1), item, "it stays in a hand");
        let theo = hired(db, "theo", Role::Tier3);
        worklist::escalate(db, &tess, PRACTICE, item, handover()).unwrap();
        let view = worklist::show(db, &theo, PRACTICE, item).unwrap();
        assert_eq!(view.item.desk, Desk::Tier3, "the next desk that somebody works");
        assert!(view.events.last().unwrap().sentence.contains("nobody works Tier 2"));
        let seen = oversight::overview(db, &person(9, Role::Manager), PRACTICE).unwrap();
        assert_eq!(seen.escalated.iter().map(|row| row.id).collect::<Vec<_>>(), [item]);
        worklist::return_item(db, &theo, PRACTICE, item, (ReturnCode::EvidenceMissing, "The letter is not here."))
            .unwrap();
        let returns = cases::show(db, &tess, PRACTICE, item).unwrap().returns;
        assert_eq!((returns[0].code, returns[0].handed_by_login.as_str()), (ReturnCode::EvidenceMissing, "tess"));
        all_invariants_hold(db);
    });
}

#[test]
fn a_colleague_is_asked_the_item_stays_and_is_offered_given_and_sent_back() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (tess, tom) = (hired(db, "tess", Role::Tier1), hired(db, "tom", Role::Tier1));
        let item = asked(db, &tess, InquiryReason::Refund);
        worklist::take(db, &tess, PRACTICE, item).unwrap();
        let question = (Desk::Poster, None, "Is a payment of 40.00 in unapplied cash?");
        refused(asking::ask(db, &tess, PRACTICE, item, question), "Nobody of Poster");
        let pia = hired(db, "pia", Role::Poster);
        let consult = asking::ask(db, &tess, PRACTICE, item, question).unwrap();
        assert_eq!(asking::asked_of(db, &pia, PRACTICE).unwrap().len(), 1);
        assert!(asking::asked_of(db, &tom, PRACTICE).unwrap().is_empty());
        assert!(asking::answer(db, &tom, PRACTICE, consult, "I do not know.").is_err(), "not his desk");
        asking::answer(db, &pia, PRACTICE, consult, "Yes, it came yesterday.").unwrap();
        refused(asking::answer(db, &pia, PRACTICE, consult, "Yes, it came twice."), "already");
        let view = worklist::show(db, &tess, PRACTICE, item).unwrap();
        assert_eq!(view.item.owner, Some(tess.user), "asking gives nothing away");
        assert!(view.events.last().unwrap().sentence.contains("Yes, it came yesterday."));

        let words = "She calls again at four.";
        refused(asking::offer(db, &tess, PRACTICE, item, (pia.user, words)), "who works Tier 1");
        asking::offer(db, &tess, PRACTICE, item, (tom.user, words)).unwrap();
        assert_eq!(asking::offered_to(db, &tom, PRACTICE).unwrap().len(), 1);
        assert!(asking::decide(db, &pia, PRACTICE, item, true).is_err(), "it was offered to tom");
        asking::decide(db, &tom, PRACTICE, item, true).unwrap();
        assert_eq!(worklist::show(db, &tom, PRACTICE, item).unwrap().item.owner, Some(tom.user));

        let manager = person(9, Role::Manager);
        assert!(oversight::assign(db, &tess, PRACTICE, item, tess.user).is_err(), "no right to give work");
        refused(oversight::assign(db, &manager, PRACTICE, item, pia.user), "who works Tier 1");
        oversight::assign(db, &manager, PRACTICE, item, tess.user).unwrap();
        assert_eq!(worklist::show(db, &tess, PRACTICE, item).unwrap().item.owner, Some(tess.user));
        hired(db, "theo", Role::Tier2);
        worklist::escalate(db, &tess, PRACTICE, item, handover()).unwrap();
        oversight::de_escalate(db, &manager, PRACTICE, item, "Tier 1 may end it.").unwrap();
        assert_eq!(worklist::show(db, &tess, PRACTICE, item).unwrap().item.desk, Desk::Tier1);
        all_invariants_hold(db);
    });
}

#[test]
fn a_practice_works_a_reason_by_its_own_words_and_days_from_a_day_on() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (manager, tier1) = (person(9, Role::Manager), person(1, Role::Tier1));
        let own = OwnReason { resolve: Some(9), title: Some("Bill explained".into()), ..OwnReason::default() };
        let today = db.today(PRACTICE).unwrap();
        let (of, soon) = (WorkReason::BillQuestion, today.saturating_add(3.days()));
        assert!(own_reasons::set(db, &tier1, PRACTICE, (of, own.clone(), today), "We are few this month.").is_err());
        let mad = OwnReason { resolve: Some(900), ..own.clone() };
        refused(own_reasons::set(db, &manager, PRACTICE, (of, mad, today), "We are few this month."), "business days");
        let yesterday = today.saturating_sub(1.day());
        refused(own_reasons::set(db, &manager, PRACTICE, (of, own.clone(), yesterday), "We are few."), "later day");
        own_reasons::set(db, &manager, PRACTICE, (of, own, soon), "We are few this month.").unwrap();
        let due = |db: &TestDb, item| {
            let item = worklist::show(db, &tier1, PRACTICE, item).unwrap().item;
            (item.due_on - item.opened_on).get_days()
        };
        let before = asked(db, &tier1, InquiryReason::BillExplanation);
        assert!(due(db, before) <= 4, "two business days");
        days(db, 4);
        let question = "What is my balance, please?".to_owned();
        let reason = InquiryReason::Balance;
        let new = inquiry::NewInquiry { channel: Channel::Letter, reason, patient_id: None, question };
        inquiry::log(db, &tier1, PRACTICE, new).unwrap();
        let rows = worklist::queue(db, &manager, PRACTICE, Desk::Tier1, QueueCursor::START).unwrap();
        let after = rows.iter().map(|row| row.id).find(|id| *id != before).unwrap();
        assert!(due(db, after) >= 11, "nine business days");
        let view = cases::show(db, &tier1, PRACTICE, after).unwrap();
        assert_eq!((view.reason.title.as_str(), view.reason.resolve), ("Bill explained", 9));
        let listed = own_reasons::list(db, &manager, PRACTICE).unwrap();
        let one = listed.iter().find(|view| view.in_force.reason == of).unwrap();
        assert_eq!((one.history.len(), one.history[0].why.as_str()), (1, "We are few this month."));
        all_invariants_hold(db);
    });
}

#[test]
fn a_wait_past_its_legal_date_or_an_item_without_a_person_is_found() {
    for_each_engine(|db| {
        let id = denied(db);
        let until = db.today(PRACTICE).unwrap().saturating_add(10.days());
        cases::wait(db, &tier2(), PRACTICE, id, (WaitingOn::Payer, "The payer looks.", until)).unwrap();
        let item = worklist::show(db, &tier2(), PRACTICE, id).unwrap().item;
        // What a faulty program would write: the item ends beside its wait, and without a person who had it.
        db.write(&db.system(), PRACTICE, |tx| {
            let mut broken = item.clone();
            (broken.state, broken.owner) = (WorkState::Taken, None);
            broken.deadline_on = Some(until.saturating_sub(1.day()));
            broken.revision += 1;
            store::worklist::save_item(tx, &broken, item.revision)?;
            store::worklist::append_event(tx, id, "noted", "A fault.").map_err(Error::from)
        })
        .unwrap();
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        let broken: Vec<&str> =
            verification.checks.iter().filter(|check| !check.holds).map(|check| check.name).collect();
        let details: Vec<&str> = verification.checks.iter().map(|check| check.detail.as_str()).collect();
        assert_eq!(broken, ["waits-have-an-end", "work-has-an-owner"], "{details:?}");
    });
}
