//! Clocks: they start and stop with what happens, warn before their last day, and never expire but by a person's word. On
//! both databases.

use app::clocks::terms::{self, Hours, NewTerm};
use app::clocks::{self, NewClock, NewDecision};
use app::inquiry::{self, NewInquiry};
use app::verify::verify;
use app::{Error, jobs, worklist};
use billing::access::{Actor, Role};
use billing::claim::ClaimStatus;
use billing::clock::{ClockDecision, ClockKind, ClockState, Length};
use billing::work::{Channel, Desk, InquiryReason, Resolution, ResolutionCode, WorkReason};
use billing::{ClaimId, ClockId};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use store::clock::{CLOCKS_OF_SUBJECT, ClockFilter, ClockLine, ClockRow};
use store::params;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;

use crate::carrier::claim_answers;
use crate::claims_on_their_way::*;

fn clocks_of(db: &TestDb, claim: ClaimId) -> Vec<ClockRow> {
    db.read(&db.system(), PRACTICE, |read| read.query(&CLOCKS_OF_SUBJECT, params![claim])).unwrap()
}

/// The kinds that run for a claim, with their last days.
fn running(db: &TestDb, claim: ClaimId) -> Vec<(ClockKind, Date)> {
    let all = clocks_of(db, claim).into_iter().filter(|clock| clock.state == ClockState::Running);
    all.map(|clock| (clock.kind, clock.due_on)).collect()
}

fn all_running(db: &TestDb) -> Vec<ClockLine> {
    let filter = ClockFilter {
        state: ClockState::Running,
        kind: None,
        payer: None,
        until: date(2100, 1, 1),
        after: None,
        limit: 100,
    };
    clocks::list(db, &manager(), PRACTICE, &filter).unwrap()
}

fn manager() -> Actor {
    person(71, Role::Manager)
}

fn tier2() -> Actor {
    person(72, Role::Tier2)
}

fn days(db: &TestDb, days: i64) {
    db.env.advance(SignedDuration::from_hours(24 * days));
}

/// Runs the daily look at clocks alone; says how many were told.
fn look(db: &TestDb) -> usize {
    let job = jobs::JOBS.iter().find(|job| job.key == "clocks").unwrap();
    let ran = jobs::run_due_of(db, PRACTICE, std::slice::from_ref(&jobs::Job { ..*job })).unwrap();
    match &ran[0].outcome {
        jobs::Outcome::Done(told) => *told,
        other => panic!("{other:?}"),
    }
}

fn holds(db: &TestDb, name: &str) -> bool {
    let checks = verify(db, &db.system(), PRACTICE).unwrap().checks;
    checks.iter().find(|check| check.name == name).unwrap().holds
}

fn say(decision: ClockDecision, words: &str) -> NewDecision {
    NewDecision { decision, until: None, words: words.into() }
}

fn only(db: &TestDb, claim: ClaimId) -> ClockId {
    let mut all: Vec<ClockRow> =
        clocks_of(db, claim).into_iter().filter(|clock| clock.state == ClockState::Running).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0).id
}

#[test]
fn a_filing_limit_warns_goes_to_the_lead_on_its_day_and_is_missed_only_by_name() {
    for_each_engine(|db| {
        open(db);
        // Saturday, 30 May: ninety days after Sunday, 1 March.
        let claim = ready_claim(db, 1, "CLEARING");
        assert_eq!(running(db, claim), [(ClockKind::TimelyFiling, date(2026, 5, 30))]);
        let clock = only(db, claim);
        assert_eq!(look(db), 0, "it is far off");
        days(db, 70);
        assert_eq!(look(db), 1, "twenty business days left, and Memorial Day is none");
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::ClockWarning)]);
        days(db, 1);
        assert_eq!(look(db), 0, "told once");
        let item = item(db, Desk::Tier2);
        let words = Resolution {
            outcome: "Somebody will send it.".into(),
            root_cause: "claim build".into(),
            code: Some(ResolutionCode::NoActionNeeded),
            ..Resolution::default()
        };
        let refused = worklist::resolve(db, &tier2(), PRACTICE, item, words);
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        let missed = clocks::decide(db, &manager(), PRACTICE, clock, &say(ClockDecision::Expired, "Nobody sent it."));
        assert!(matches!(missed, Err(Error::Refused(_))), "it is not missed yet: {missed:?}");

        // Monday, 1 June: past its day, and nobody decided.
        days(db, 20);
        assert!(look(db) > 0);
        assert_eq!(open_work(db), [(Desk::Tier3, WorkReason::ClockOverdue)], "the lead's, and nobody else's");
        assert!(holds(db, "overdue-clocks-in-a-hand"));
        days(db, 3);
        assert_eq!(look(db), 0);
        assert_eq!(running(db, claim).len(), 1, "overdue and undecided, for as long as nobody decides");
        let queue = worklist::queue(db, &db.system(), PRACTICE, Desk::Tier3, QueueCursor::START).unwrap();
        assert_eq!(queue[0].deadline_on, Some(date(2026, 5, 30)));

        let why = "The visit was coded too late.";
        let denied = clocks::decide(db, &tier2(), PRACTICE, clock, &say(ClockDecision::Expired, why));
        assert!(matches!(denied, Err(Error::Denied(_))), "a lead decides: {denied:?}");
        let wordless = clocks::decide(db, &manager(), PRACTICE, clock, &say(ClockDecision::Expired, " "));
        assert!(matches!(wordless, Err(Error::Invalid { .. })), "{wordless:?}");
        clocks::decide(db, &manager(), PRACTICE, clock, &say(ClockDecision::Expired, why)).unwrap();
        let shown = clocks::show(db, &manager(), PRACTICE, clock).unwrap();
        assert_eq!((shown.clock.state, shown.clock.words.as_str()), (ClockState::Expired, why));
        assert_eq!(shown.clock.ended_by_login.as_deref(), Some("person-71"));
        let kinds: Vec<&str> = shown.events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["warned", "overdue", "expired"]);
        assert_eq!(open_work(db), []);
        days(db, 1);
        look(db);
        assert_eq!(running(db, claim), [], "what somebody decided does not start again");
        assert!(holds(db, "clocks-end-with-words") && holds(db, "overdue-clocks-in-a-hand"));
    });
}

#[test]
fn the_payers_acceptance_meets_the_filing_limit_and_its_state_says_when_it_must_pay() {
    for_each_engine(|db| {
        let (_, claim, sent) = sent_claim(db);
        assert_eq!(running(db, claim).len(), 1, "a file on its way proves nothing yet");
        days(db, 2);
        take(db, "277CA.x12", &claim_answers("PR", sent.interchange_number, &[(&control_number(1), "A2:20")]));
        assert_eq!(status(db, claim), ClaimStatus::Accepted);
        let all = clocks_of(db, claim);
        let filing = all.iter().find(|clock| clock.kind == ClockKind::TimelyFiling).unwrap();
        assert_eq!((filing.state, filing.words.as_str()), (ClockState::Met, "The payer accepted the claim."));
        // Texas: thirty days for an electronic claim, from the day that the answer names.
        assert_eq!(running(db, claim), [(ClockKind::PromptPay, date(2026, 4, 2))]);
        let pay = all.iter().find(|clock| clock.kind == ClockKind::PromptPay).unwrap();
        assert!(pay.term_source.contains("Texas Insurance Code"), "{}", pay.term_source);
        days(db, 30);
        assert_eq!(look(db), 1);
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::ClockWarning)], "the payer is late: somebody asks it");

        let proof = clocks::proof::packet(db, &tier2(), PRACTICE, claim).unwrap();
        assert_eq!((proof.date_of_service, proof.last_day), (date(2026, 3, 1), date(2026, 5, 30)));
        assert_eq!((proof.limit.as_str(), proof.accepted_on), ("90 days, payer's contract", Some(date(2026, 3, 3))));
        assert_eq!(proof.sent.len(), 1);
        assert_eq!(proof.sent[0].numbers, (sent.interchange_number, sent.group_number, sent.set_number));
        assert_eq!(proof.sent[0].sha256, sent.sha256.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let kinds: Vec<&str> = proof.answers.iter().map(|answer| answer.kind.as_str()).collect();
        assert_eq!(kinds, ["277CA"]);
        assert!(proof.answers[0].raw.contains("STC*A2"), "{:?}", proof.answers[0]);
        assert!(clocks::proof::pdf(db, &tier2(), PRACTICE, claim).unwrap().starts_with(b"%PDF-"));
    });
}

#[test]
fn a_rejected_claim_is_ours_again_and_its_limit_runs_on_from_the_date_of_service() {
    for_each_engine(|db| {
        let (_, claim, sent) = sent_claim(db);
        take(db, "277CA.x12", &claim_answers("PR", sent.interchange_number, &[(&control_number(1), "A3:21")]));
        assert_eq!(status(db, claim), ClaimStatus::Rejected);
        assert_eq!(running(db, claim), [(ClockKind::TimelyFiling, date(2026, 5, 30))], "the same clock");
        days(db, 70);
        assert_eq!(look(db), 1);
        let work = open_work(db);
        assert_eq!(work.len(), 1, "who has the rejection hears of it; no second item: {work:?}");
        assert_ne!(work[0].1, WorkReason::ClockWarning);
        let queue = worklist::queue(db, &db.system(), PRACTICE, work[0].0, QueueCursor::START).unwrap();
        let told = worklist::show(db, &db.system(), PRACTICE, queue[0].id).unwrap();
        assert_eq!(told.item.deadline_on, Some(date(2026, 5, 30)));
        assert!(told.events.iter().any(|event| event.sentence.contains("filing limit")), "{:?}", told.events);
    });
}

#[test]
fn a_complaint_is_acknowledged_within_a_business_day_of_the_practices_own() {
    for_each_engine(|db| {
        open(db);
        // Monday, 2 March 2026. The practice is closed on Tuesday.
        let closed = (date(2026, 3, 3), Hours::Closed);
        terms::set_day(db, &manager(), PRACTICE, closed, "Roof repair").unwrap();
        let denied = terms::set_day(db, &tier2(), PRACTICE, closed, "Roof repair");
        assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
        let new = NewInquiry {
            channel: Channel::Letter,
            reason: InquiryReason::Complaint,
            patient_id: None,
            question: "The same bill came three times.".into(),
        };
        inquiry::log(db, &person(73, Role::Tier1), PRACTICE, new).unwrap();
        let clocks = all_running(db);
        let found: Vec<_> = clocks.iter().map(|clock| (clock.kind, clock.due_on)).collect();
        assert_eq!(found, [(ClockKind::ComplaintAcknowledgment, date(2026, 3, 4))]);
        let id = clocks[0].id;
        let refused = clocks::decide(db, &manager(), PRACTICE, id, &say(ClockDecision::LetGo, "Nobody has the time."));
        assert!(matches!(refused, Err(Error::Refused(_))), "nobody lets a duty go: {refused:?}");
        let done = say(ClockDecision::Done, "Called back and said that we look into it.");
        clocks::decide(db, &tier2(), PRACTICE, id, &done).unwrap();
        assert!(all_running(db).is_empty(), "the complaint goes on, its acknowledgment is done");
        assert!(open_work(db).iter().any(|(_, reason)| *reason == WorkReason::Complaint));
    });
}

#[test]
fn a_contract_changes_from_a_day_on_and_what_was_counted_before_stays() {
    for_each_engine(|db| {
        open(db);
        let before = ready_claim(db, 1, "CLEARING");
        let term = |length: &str, kind| NewTerm {
            kind,
            payer: Some(PAYER),
            length: Length::parse(length).unwrap(),
            from_on: date(2026, 3, 1),
            why: "Amendment 4 of the contract.".into(),
        };
        terms::set_term(db, &tier2(), PRACTICE, &term("180 days", ClockKind::TimelyFiling)).unwrap();
        let longer = terms::set_term(db, &tier2(), PRACTICE, &term("45 days", ClockKind::RecordsRequest));
        assert!(matches!(longer, Err(Error::Refused(_))), "the law is shorter: {longer:?}");
        assert_eq!(running(db, before), [(ClockKind::TimelyFiling, date(2026, 5, 30))]);
        let said = terms::list(db, &manager(), PRACTICE).unwrap();
        assert_eq!(said.terms.iter().map(|row| row.term.as_str()).collect::<Vec<_>>(), ["180 days"]);
    });
}

#[test]
fn a_clock_that_a_letter_starts_is_counted_and_extended_by_who_granted_it() {
    for_each_engine(|db| {
        open(db);
        let claim = ready_claim(db, 1, "CLEARING");
        let new = NewClock {
            kind: ClockKind::AttachmentAnswer,
            claim: Some(claim),
            patient: None,
            started_on: date(2026, 3, 2),
            due_on: None,
            words: "Letter of the payer asks for the note.".into(),
        };
        let nobody = clocks::start(db, &person(74, Role::Auditor), PRACTICE, &new);
        assert!(matches!(nobody, Err(Error::Denied(_))), "{nobody:?}");
        let id = clocks::start(db, &tier2(), PRACTICE, &new).unwrap();
        assert_eq!(clocks::show(db, &tier2(), PRACTICE, id).unwrap().clock.due_on, date(2026, 4, 16));
        assert!(matches!(clocks::start(db, &tier2(), PRACTICE, &new), Err(Error::Refused(_))), "one of a kind");
        let more = |until| NewDecision {
            decision: ClockDecision::Extended,
            until,
            words: "The payer gave two weeks more, call 4471.".into(),
        };
        for until in [None, Some(date(2026, 4, 1)), Some(date(2030, 1, 1))] {
            let refused = clocks::decide(db, &tier2(), PRACTICE, id, &more(until));
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{until:?}: {refused:?}");
        }
        clocks::decide(db, &tier2(), PRACTICE, id, &more(Some(date(2026, 4, 30)))).unwrap();
        let shown = clocks::show(db, &tier2(), PRACTICE, id).unwrap();
        assert_eq!(shown.clock.due_on, date(2026, 4, 30));
        assert!(shown.words.contains("more time was granted"), "{}", shown.words);
        let of_claim = clocks::running_of(db, &tier2(), PRACTICE, Some(claim), None).unwrap();
        assert_eq!(of_claim.len(), 2, "the filing limit runs beside it");
    });
}
