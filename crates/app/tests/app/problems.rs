//! Problems of Tier 3: denials of one kind form one problem by themselves, a rule made for it is tried, switched on by a second
//! person and stops the next such claim, and the effect is told with both counts. Each story on both databases.

use app::charge_capture::{NewVisit, capture};
use app::claim_scrub::{claim_visit, findings};
use app::problems::{self, ProblemView, rules, settings, training};
use app::{Error, cases, jobs, verify, worklist};
use billing::access::{Actor, Role, UserState};
use billing::claim::{ClaimEvent, ClaimStatus, Severity};
use billing::id::EncounterId;
use billing::problem::{ActionKind, GatheringKind, OwnRuleState, ProblemState};
use billing::work::{Desk, WorkReason};
use billing::{ClaimId, Money, ProblemId, UserId, WorkItemId};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};
use scrub::own::{Demand, OwnRule, Subject};
use store::claim::Evidence;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::users::{UserRoleRow, UserRow};
use store::worklist::QueueCursor;
use uuid::Uuid;

use crate::payer_files::{Clp, Payment, Svc, file};
use crate::remittance::take;
use crate::staff::{self, Practice, tier1, visit};

/// The first day of a visit; one visit a day, so that none is another's duplicate.
const FIRST: Date = date(2026, 1, 5);

/// A person with a log-in.
fn hire(db: &TestDb, number: u128, role: Role) -> Actor {
    let actor = Actor::user(UserId(Uuid::from_u128(number)), format!("person-{number}"), vec![role], PRACTICE);
    db.write(&db.system(), PRACTICE, |tx| {
        let (id, now, by) = (actor.user, tx.now(), tx.actor().user);
        tx.insert(&UserRow {
            id,
            login: actor.login.clone(),
            display_name: actor.login.clone(),
            password_hash: "none".into(),
            totp_secret: None,
            totp_last_step: 0,
            state: UserState::Active,
            created_at: now,
            created_by: by,
            approved_by: None,
            disabled_at: None,
        })?;
        tx.insert(&UserRoleRow { user_id: id, role, given_at: now, given_by: by })
    })
    .unwrap();
    actor
}

fn on_day(practice: &Practice, number: i64, authorization: Option<&str>) -> NewVisit {
    NewVisit {
        date_of_service: FIRST.saturating_add(number.days()),
        prior_authorization: authorization.map(str::to_owned),
        ..visit(practice)
    }
}

/// A visit of its own day whose claim the payer has.
fn sent(db: &TestDb, practice: &Practice, number: i64, authorization: Option<&str>) -> String {
    let visit: EncounterId =
        capture(db, &tier1(), PRACTICE, &on_day(practice, number, authorization)).unwrap().encounter_id;
    let scrubbed = claim_visit(db, &tier1(), PRACTICE, visit).unwrap();
    assert_eq!(scrubbed.status, ClaimStatus::Ready, "{:?}", scrubbed.open);
    db.write(&db.system(), PRACTICE, |tx| {
        let mut claim = store::claim::load(tx, scrubbed.claim_id)?.unwrap();
        let event = ClaimEvent::Submitted { acknowledgment_due_on: tx.today() };
        claim.apply(&event).unwrap();
        store::claim::save_event(tx, &claim, &event, Evidence::words("told by the test"))?;
        Ok::<_, store::StoreError>(claim.control_number.as_str().to_owned())
    })
    .unwrap()
}

/// The payer's answer: the office visit is paid, the blood draw too or denied for lack of an authorization.
fn answer(number: &str, is_denied: bool) -> Clp {
    let line = |place: i32, code, charge, paid, adjustments| Svc {
        number: format!("{number}L{place}"),
        code,
        charge,
        paid,
        adjustments,
    };
    let draw = if is_denied {
        line(2, "36415", 1_500, 0, vec![("CO", "197", 1_500)])
    } else {
        line(2, "36415", 1_500, 1_500, vec![])
    };
    Clp::new(number.to_owned(), "1", vec![line(1, "99213", 14_000, 14_000, vec![]), draw])
}

/// The payer pays, or denies the draws of, the claims of these visits.
fn decided(
    db: &TestDb,
    practice: &Practice,
    trace: &str,
    on: &'static str,
    visits: std::ops::Range<i64>,
    denied: bool,
) {
    let authorization = (!denied).then_some("A-77");
    let claims: Vec<Clp> = visits.map(|number| answer(&sent(db, practice, number, authorization), denied)).collect();
    let report = take(db, &file(&Payment { on, ..Payment::new(trace, claims) }));
    assert_eq!(report.payments[0].counts.set_aside + report.payments[0].counts.unmatched, 0, "{report:?}");
}

fn all(db: &TestDb, by: &Actor) -> Vec<problems::Line> {
    let mut found = problems::list(db, by, PRACTICE, ProblemState::Open).unwrap();
    found.extend(problems::list(db, by, PRACTICE, ProblemState::Closed).unwrap());
    found
}

fn show(db: &TestDb, by: &Actor, id: ProblemId) -> ProblemView {
    problems::show(db, by, PRACTICE, id).unwrap()
}

fn tier_three_work(db: &TestDb) -> Vec<(WorkItemId, WorkReason)> {
    let queue = worklist::queue(db, &db.system(), PRACTICE, Desk::Tier3, QueueCursor::START).unwrap();
    queue.into_iter().map(|row| (row.id, row.reason)).collect()
}

fn needs_authorization(practice: &Practice) -> OwnRule {
    OwnRule {
        name: "Harbor wants an authorization for blood draws".into(),
        payer: Some(practice.payer),
        procedure: "36415".into(),
        demand: Demand::Needs,
        subject: Subject::Authorization,
        value: String::new(),
        severity: Severity::Error,
        remedy: "Ask the plan for a number and write it on the visit.".into(),
    }
}

fn status(db: &TestDb, id: ClaimId) -> ClaimStatus {
    db.read(&db.system(), PRACTICE, |read| store::claim::load(read, id)).unwrap().unwrap().status
}

fn all_holds(db: &TestDb) {
    assert_eq!(verify::verify(db, &db.system(), PRACTICE).unwrap().first_failure(), None, "{:?}", db.engine);
}

#[test]
fn eleven_denials_form_one_problem_its_rule_stops_the_twelfth_claim_and_the_effect_is_told() {
    for_each_engine(|db| {
        let practice = staff::open(db);
        let (lead, manager) = (hire(db, 31, Role::Tier3), hire(db, 32, Role::Manager));
        // Nine are paid and four denied: too few of one kind for anybody to see.
        decided(db, &practice, "EFT1", "20260302", 0..9, false);
        decided(db, &practice, "EFT2", "20260302", 9..13, true);
        assert!(all(db, &lead).is_empty());
        // The fifth within fourteen days forms it, in the transaction that posts the denial; six more join.
        db.env.advance(SignedDuration::from_hours(24 * 5));
        decided(db, &practice, "EFT3", "20260307", 13..14, true);
        let formed = all(db, &lead);
        assert_eq!((formed.len(), formed[0].row.problem_number.as_str()), (1, "PB-00001"));
        assert_eq!(formed[0].row.title, "Harbor Health HARB1 denies 36415 with reason 197");
        assert_eq!(formed[0].row.plan_due_on, date(2026, 3, 20), "ten business days");
        let id = formed[0].row.id;
        assert_eq!(tier_three_work(db).iter().map(|(_, reason)| *reason).collect::<Vec<_>>(), [WorkReason::Problem]);
        decided(db, &practice, "EFT4", "20260307", 14..20, true);
        let view = show(db, &lead, id);
        assert_eq!((all(db, &lead).len(), view.cases.len()), (1, 11));
        let sum = view.line.sum.clone().unwrap();
        assert_eq!((sum.cases, sum.open_cases, sum.stake_cents), (11, 11, Money::from_cents(16_500)));
        assert_eq!(view.trend.iter().map(|week| week.cases).collect::<Vec<_>>()[10..], [0, 4 + 7]);
        assert_eq!(view.effect, None);
        let case = cases::show(db, &hire(db, 33, Role::Tier2), PRACTICE, view.cases[0].id).unwrap();
        assert_eq!(case.file.problem, Some(id), "the item says to which problem it belongs");

        db.env.advance(SignedDuration::from_hours(24 * 2));
        problems::plan(db, &lead, PRACTICE, id, ("Ask for authorizations before the draw.", "")).unwrap();
        assert!(tier_three_work(db).is_empty(), "the plan ends the work that asked for it");

        // Tried first: it finds all eleven and nothing that was paid.
        let rule = needs_authorization(&practice);
        let told = rules::dry_run(db, &lead, PRACTICE, id, &rule).unwrap();
        assert_eq!((told.claims, told.found, told.cases, told.paid), (20, 11, 11, 0));
        let waiting = capture(db, &tier1(), PRACTICE, &on_day(&practice, 40, None)).unwrap().encounter_id;
        let waiting = claim_visit(db, &tier1(), PRACTICE, waiting).unwrap();
        assert_eq!(waiting.status, ClaimStatus::Ready, "nothing scrubs by a rule that is only asked for");
        let asked = rules::ask(db, &lead, PRACTICE, id, &rule).unwrap();
        assert!(matches!(rules::decide(db, &lead, PRACTICE, asked, (true, "")), Err(Error::Denied(_))));
        rules::decide(db, &manager, PRACTICE, asked, (true, "")).unwrap();
        assert_eq!(show(db, &lead, id).rules[0].state, OwnRuleState::On);
        assert_eq!(status(db, waiting.claim_id), ClaimStatus::Held, "what waited for the batch is held as well");

        let twelfth = capture(db, &tier1(), PRACTICE, &on_day(&practice, 41, None)).unwrap().encounter_id;
        let twelfth = claim_visit(db, &tier1(), PRACTICE, twelfth).unwrap();
        assert_eq!(twelfth.status, ClaimStatus::Held);
        let found = findings(db, &tier1(), PRACTICE, twelfth.claim_id).unwrap().findings;
        assert_eq!((found[0].rule.as_str(), found[0].field.as_str()), ("own-OR-00001", "prior_authorization"));
        assert!(found[0].problem.contains("made for problem PB-00001"), "{}", found[0].problem);

        // With the number they are paid; the rate falls, and both counts are told.
        decided(db, &practice, "EFT5", "20260309", 20..39, false);
        let words = |view: &ProblemView| view.effect.unwrap().words(view.pattern().of_what());
        assert_eq!(
            words(&show(db, &lead, id)),
            "Too few to tell: before 11 of 20 decided lines, after 0 of 19. A rate needs 20 on both sides."
        );
        db.env.advance(SignedDuration::from_hours(24));
        decided(db, &practice, "EFT6", "20260310", 42..44, false);
        assert_eq!(
            words(&show(db, &lead, id)),
            "Fewer: 55.0% before, 0.0% after (before 11 of 20 decided lines, after 0 of 21). Day 2 of 28 so far."
        );
        all_holds(db);
    });
}

fn denials(db: &TestDb, practice: &Practice, trace: &str, on: &'static str, visits: std::ops::Range<i64>) {
    decided(db, practice, trace, on, visits, true);
}

#[test]
fn a_closed_problem_opens_again_when_its_pattern_returns() {
    for_each_engine(|db| {
        let practice = staff::open(db);
        let lead = hire(db, 31, Role::Tier3);
        denials(db, &practice, "EFT1", "20260302", 0..5);
        let id = all(db, &lead)[0].row.id;
        let end = problems::End {
            stage: "authorization".into(),
            cause: "not asked for".into(),
            outcome: "The desk asks for numbers now.".into(),
            owner: "person-31".into(),
        };
        assert!(matches!(problems::close(db, &lead, PRACTICE, id, &end), Err(Error::Refused(_))), "no plan yet");
        problems::plan(db, &lead, PRACTICE, id, ("Teach the desk to ask first.", "person-31")).unwrap();
        let odd = problems::End { cause: "member id".into(), ..end.clone() };
        assert!(matches!(problems::close(db, &lead, PRACTICE, id, &odd), Err(Error::Invalid { .. })));
        problems::close(db, &lead, PRACTICE, id, &end).unwrap();
        let row = show(db, &lead, id).line.row;
        assert_eq!(
            (row.state, row.owner_login.as_str(), row.cause.as_str()),
            (ProblemState::Closed, "person-31", "not asked for")
        );
        assert!(matches!(problems::note(db, &lead, PRACTICE, id, "One more thing."), Err(Error::Refused(_))));
        // Four more do not open it; the fifth does, with its history.
        denials(db, &practice, "EFT2", "20260302", 5..9);
        assert_eq!(show(db, &lead, id).line.row.state, ProblemState::Closed);
        denials(db, &practice, "EFT3", "20260302", 9..10);
        let view = show(db, &lead, id);
        assert_eq!((view.line.row.state, view.line.row.reopened, view.cases.len()), (ProblemState::Open, 1, 10));
        assert!(view.events.iter().any(|event| event.kind == "closed"));
        assert_eq!(tier_three_work(db).len(), 1, "it is planned anew");
        all_holds(db);
    });
}

#[test]
fn held_claims_gather_by_night_and_a_practice_sets_its_own_numbers() {
    for_each_engine(|db| {
        let practice = staff::open(db);
        let (lead, manager) = (hire(db, 31, Role::Tier3), hire(db, 32, Role::Manager));
        let today = db.today(PRACTICE).unwrap();
        let set = |kind, cases| settings::set(db, &manager, PRACTICE, (kind, cases, today), "We are a small practice.");
        assert!(matches!(set(GatheringKind::ScrubRule, 1), Err(Error::Invalid { .. })));
        set(GatheringKind::ScrubRule, 3).unwrap();
        set(GatheringKind::RegistrationField, 0).unwrap();
        for number in 0..3 {
            // A code that no list has: the scrub holds it for the coder.
            let mut odd = on_day(&practice, number, None);
            odd.diagnoses = vec!["E11".into()];
            odd.services = vec![staff::service("99213", &[1])];
            let visit = capture(db, &tier1(), PRACTICE, &odd).unwrap().encounter_id;
            assert_eq!(claim_visit(db, &tier1(), PRACTICE, visit).unwrap().status, ClaimStatus::Held);
        }
        assert!(all(db, &lead).is_empty(), "by night");
        jobs::run_due(db, PRACTICE).unwrap();
        let formed = all(db, &lead);
        assert_eq!(formed.len(), 1, "{formed:?}");
        assert!(
            formed[0].row.title.starts_with("Claims are held by the scrub rule diagnosis-"),
            "{}",
            formed[0].row.title
        );
        let (standing, history) = settings::list(db, &lead, PRACTICE).unwrap();
        let of = |kind| standing.iter().find(|rule| rule.kind == kind).unwrap().cases;
        assert_eq!((of(GatheringKind::ScrubRule), of(GatheringKind::RegistrationField), history.len()), (3, 0, 2));
        all_holds(db);
    });
}

#[test]
fn a_note_is_read_by_whom_it_names_and_a_dispute_lists_the_open_cases() {
    for_each_engine(|db| {
        let practice = staff::open(db);
        let (lead, desk) = (hire(db, 31, Role::Tier3), hire(db, 34, Role::Tier1));
        denials(db, &practice, "EFT1", "20260302", 0..5);
        let id = all(db, &lead)[0].row.id;
        training::tell(db, &lead, PRACTICE, id, ("Ask Harbor for a number before a draw.", &[desk.user])).unwrap();
        let own = training::own(db, &desk, PRACTICE).unwrap();
        assert_eq!((own.len(), own[0].read_at), (1, None));
        assert!(training::own(db, &lead, PRACTICE).unwrap().is_empty(), "only who is named");
        assert!(training::read(db, &lead, PRACTICE, own[0].id).is_err(), "nobody reads for another");
        training::read(db, &desk, PRACTICE, own[0].id).unwrap();
        assert!(show(db, &lead, id).receipts[0].read_at.is_some());
        let asks = "The contract asks for no authorization of draws; decide the claims again.";
        let action = problems::dispute::write(db, &lead, PRACTICE, id, asks).unwrap();
        let view = show(db, &lead, id);
        let dispute = view.actions.iter().find(|action| action.kind == ActionKind::Dispute).unwrap();
        assert!(dispute.words.starts_with("Contract dispute of 5 claims over 75.00"), "{}", dispute.words);
        let pdf = problems::dispute::pdf(db, &lead, PRACTICE, action).unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        assert!(view.effect.is_some_and(|effect| effect.before.of == 0 && !effect.is_enough()));
        all_holds(db);
    });
}

#[test]
fn who_may_not_is_told_so_and_nothing_changes() {
    for_each_engine(|db| {
        let practice = staff::open(db);
        let (lead, second) = (hire(db, 31, Role::Tier3), hire(db, 33, Role::Tier2));
        denials(db, &practice, "EFT1", "20260302", 0..5);
        let id = all(db, &second)[0].row.id;
        let before = show(db, &lead, id).events.len();
        let rule = needs_authorization(&practice);
        let end = problems::End {
            stage: "payer".into(),
            cause: "other".into(),
            outcome: "Done with it.".into(),
            owner: String::new(),
        };
        let words = "Words that say something.";
        let refused = [
            problems::plan(db, &second, PRACTICE, id, (words, "")).map(|_| ()),
            problems::note(db, &second, PRACTICE, id, words),
            problems::close(db, &second, PRACTICE, id, &end),
            training::tell(db, &second, PRACTICE, id, (words, &[lead.user])),
            problems::dispute::write(db, &second, PRACTICE, id, words).map(|_| ()),
            rules::ask(db, &second, PRACTICE, id, &rule).map(|_| ()),
            rules::dry_run(db, &second, PRACTICE, id, &rule).map(|_| ()),
            settings::set(db, &lead, PRACTICE, (GatheringKind::DenialCode, 3, date(2026, 3, 2)), words),
        ];
        for (place, answer) in refused.into_iter().enumerate() {
            assert!(matches!(answer, Err(Error::Denied(_))), "{place}: {answer:?}");
        }
        assert!(matches!(problems::list(db, &tier1(), PRACTICE, ProblemState::Open), Err(Error::Denied(_))));
        let refused = problems::payer_setting(db, &lead, PRACTICE, id, words);
        assert!(matches!(refused, Err(Error::Refused(_))), "no setting was changed: {refused:?}");
        assert_eq!(show(db, &lead, id).events.len(), before);
    });
}
