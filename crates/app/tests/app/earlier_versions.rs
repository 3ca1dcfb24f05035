//! A payer decides a version of a claim that the office has mended since. The mended one never leaves as a second original,
//! and the decision finds its place as soon as somebody says that the payer goes on with what it has. Told as a biller's
//! days, on both databases.

use app::charge_capture::capture;
use app::claim_scrub::{claim_visit, scrub_claim};
use app::registration::{PayerData, change_payer};
use app::{Error, claim_submission, worklist};
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::work::{Desk, Resolution, WorkReason};
use billing::{ClaimId, WorkItemId};
use ledger::{AccountKind, Money};
use store::claim::CLAIM_ROW;
use store::params;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;

use crate::carrier::{Carrier, claim_answers, group_answer};
use crate::claims_on_their_way::{latest_file, send, status, take as answer};
use crate::payer_files::{Clp, Payment, Svc, file};
use crate::remittance::{all_invariants_hold, balance, cents, take};
use crate::staff::{self, payer_data, person, service, tier1, visit};

/// The practice, its post, and a claim of one office visit of 140.00 that left with the first file.
pub fn sent_claim(db: &TestDb) -> (Carrier, ClaimId, String) {
    let practice = staff::open(db);
    let data = payer_data("HARB1");
    // The payers of the answers made by hand.
    let remits_as = vec!["ULT01".into(), "NFM01".into()];
    let settings = billing::payer::PayerSettings { route: "CLEARING".into(), remits_as, ..data.settings };
    change_payer(db, &db.system(), PRACTICE, practice.payer, &PayerData { settings, ..data }, None).unwrap();
    let mut visit = visit(&practice);
    visit.services = vec![service("99213", &[1])];
    let visit = capture(db, &tier1(), PRACTICE, &visit).unwrap().encounter_id;
    let scrubbed = claim_visit(db, &tier1(), PRACTICE, visit).unwrap();
    assert_eq!(scrubbed.status, ClaimStatus::Ready, "{:?}", scrubbed.open);
    let carrier = Carrier::new();
    send(db, &carrier);
    let row = db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![scrubbed.claim_id])).unwrap();
    (carrier, scrubbed.claim_id, row.control_number)
}

/// The claim is refused with its file, mended and ready to leave again.
fn refused_and_mended(db: &TestDb, claim: ClaimId) {
    let sent = latest_file(db, claim);
    answer(db, "999.x12", &group_answer(sent.group_number, "R"));
    claim_submission::reopen_refused_file(db, &tier2(), PRACTICE, sent.id).unwrap();
    assert_eq!(status(db, claim), ClaimStatus::Ready);
}

fn tier2() -> billing::access::Actor {
    person(2, Role::Tier2)
}

fn decision(number: &str) -> Clp {
    let adjustments = vec![("CO", "45", 3_144), ("PR", "3", 2_000)];
    let line = Svc { number: format!("{number}L1"), code: "99213", charge: 14_000, paid: 8_856, adjustments };
    Clp::new(number.to_owned(), "1", vec![line])
}

fn items(db: &TestDb, desk: Desk) -> Vec<(WorkItemId, WorkReason)> {
    let queue = worklist::queue(db, &db.system(), PRACTICE, desk, QueueCursor::START).unwrap();
    queue.into_iter().map(|row| (row.id, row.reason)).collect()
}

fn reasons(db: &TestDb) -> Vec<WorkReason> {
    Desk::ALL.into_iter().flat_map(|desk| items(db, desk)).map(|one| one.1).collect()
}

/// Tier 2 looks at it and leaves the claim with the payer.
fn leave_with_payer(db: &TestDb) {
    let item = items(db, Desk::Tier2).into_iter().find(|one| one.1 == WorkReason::EarlierVersionAccepted).unwrap().0;
    let outcome = "The payer goes on with the version it has.".to_owned();
    worklist::resolve(
        db,
        &tier2(),
        PRACTICE,
        item,
        Resolution { outcome, root_cause: "submission".into(), ..Resolution::default() },
    )
    .unwrap();
}

const HELD: [WorkReason; 2] = [WorkReason::EarlierVersionAccepted, WorkReason::ClaimSetAside];

#[test]
fn a_decision_on_the_version_before_holds_the_mended_one_and_is_posted_when_the_claim_is_left_with_the_payer() {
    for_each_engine(|db| {
        let (carrier, claim, number) = sent_claim(db);
        refused_and_mended(db, claim);
        // The file was read after all: the payer decides the claim.
        let report = take(db, &file(&Payment::new("EFT1", vec![decision(&number)])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.set_aside), (0, 1));
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Held, HELD.to_vec()));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-8_856));
        all_invariants_hold(db);
        // Neither the evening's file nor a scrub lets it leave.
        assert_eq!(send(db, &carrier).claims, 0);
        assert!(matches!(scrub_claim(db, &tier2(), PRACTICE, claim), Err(Error::Refused(_))));

        leave_with_payer(db);
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Closed, vec![]));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO);
        assert_eq!(balance(db, AccountKind::PayerReceivable), Money::ZERO);
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        all_invariants_hold(db);

        // What was posted late is taken back like any other decision.
        let back = decision(&number).reversed();
        let kept = back.paid;
        take(db, &file(&Payment::new("EFT2", vec![back]).with_plb("FB", "F", kept)));
        assert_eq!(status(db, claim), ClaimStatus::Accepted);
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(14_000));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO);
        assert_eq!(send(db, &carrier).claims, 0);
        all_invariants_hold(db);
    });
}

#[test]
fn a_decision_and_its_reversal_that_came_while_the_claim_was_held_find_their_places_together() {
    for_each_engine(|db| {
        let (carrier, claim, number) = sent_claim(db);
        refused_and_mended(db, claim);
        let sent = db
            .read(&db.system(), PRACTICE, |read| read.query(&store::submission::SUBMISSIONS_OF_CLAIM, params![claim]))
            .unwrap();
        // The payer's acceptance holds it first; then come the reversal, the decision and another decision.
        answer(db, "277ca.x12", &claim_answers("PR", sent[0].2, &[(&number, "A2:20:PR")]));
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Held, vec![WorkReason::EarlierVersionAccepted]));
        let (first, mut second) = (decision(&number), decision(&number));
        second.lines[0].adjustments[0].1 = "253";
        let back = first.reversed();
        let kept = back.paid;
        take(db, &file(&Payment::new("EFT1", vec![back]).with_plb("FB", "F", kept)));
        take(db, &file(&Payment::new("EFT2", vec![first])));
        take(db, &file(&Payment::new("EFT3", vec![second])));
        assert_eq!(reasons(db).len(), 4);
        all_invariants_hold(db);
        assert_eq!(send(db, &carrier).claims, 0);

        leave_with_payer(db);
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Closed, vec![]));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        assert_eq!(balance(db, AccountKind::Suspense), Money::ZERO);
        all_invariants_hold(db);
    });
}

#[test]
fn of_two_decisions_that_came_while_the_claim_was_held_one_stands_and_the_other_says_what_it_waits_for() {
    for_each_engine(|db| {
        let (_carrier, claim, number) = sent_claim(db);
        refused_and_mended(db, claim);
        let mut second = decision(&number);
        second.lines[0].adjustments[0].1 = "253";
        take(db, &file(&Payment::new("EFT1", vec![decision(&number)])));
        take(db, &file(&Payment::new("EFT2", vec![second])));
        leave_with_payer(db);
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Closed, vec![WorkReason::ClaimSetAside]));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-8_856));
        let queue = worklist::queue(db, &db.system(), PRACTICE, Desk::Poster, QueueCursor::START).unwrap();
        assert!(queue[0].summary.contains("decided already by payment EFT1"), "{}", queue[0].summary);
        all_invariants_hold(db);
        // The reversal of the first lets it through.
        let back = decision(&number).reversed();
        let kept = back.paid;
        take(db, &file(&Payment::new("EFT3", vec![back]).with_plb("FB", "F", kept)));
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Closed, vec![]));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        all_invariants_hold(db);
    });
}

#[test]
fn a_denial_of_the_version_before_becomes_tier_twos_work_when_the_claim_is_left_with_the_payer() {
    for_each_engine(|db| {
        let (_carrier, claim, number) = sent_claim(db);
        refused_and_mended(db, claim);
        let mut denied = Clp { status: "4", paid: 0, ..decision(&number) };
        (denied.lines[0].paid, denied.lines[0].adjustments) = (0, vec![("CO", "31", 14_000)]);
        take(db, &file(&Payment::new("EFT1", vec![denied])));
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Held, HELD.to_vec()));
        leave_with_payer(db);
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Adjudicated, vec![WorkReason::DeniedEligibility]));
        all_invariants_hold(db);
    });
}

#[test]
fn a_refused_newer_version_is_held_too_when_the_payer_took_the_one_before() {
    for_each_engine(|db| {
        let (carrier, claim, number) = sent_claim(db);
        let first = latest_file(db, claim);
        refused_and_mended(db, claim);
        send(db, &carrier);
        let second = latest_file(db, claim);
        assert_ne!(first.id, second.id);
        // The newer version is refused for the member id, and then the payer accepts the one before.
        let refusal = claim_answers("PR", second.interchange_number, &[(&number, "A7:164:IL")]);
        answer(db, "refused.x12", &refusal);
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Rejected, vec![WorkReason::Rejected]));
        answer(db, "accepted.x12", &claim_answers("PR", first.interchange_number, &[(&number, "A2:20:PR")]));
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Held, vec![WorkReason::EarlierVersionAccepted]));
        assert!(matches!(scrub_claim(db, &tier2(), PRACTICE, claim), Err(Error::Refused(_))));
        assert_eq!(send(db, &carrier).claims, 0);
        all_invariants_hold(db);
        leave_with_payer(db);
        assert_eq!(status(db, claim), ClaimStatus::Accepted);
        take(db, &file(&Payment::new("EFT1", vec![decision(&number)])));
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Closed, vec![]));
        all_invariants_hold(db);
    });
}

#[test]
fn a_rejected_claim_that_is_decided_taken_back_and_decided_again_in_one_payment_is_judged_step_by_step() {
    for_each_engine(|db| {
        let (_carrier, claim, number) = sent_claim(db);
        let sent = latest_file(db, claim);
        answer(db, "refused.x12", &claim_answers("PR", sent.interchange_number, &[(&number, "A7:164:IL")]));
        assert_eq!(status(db, claim), ClaimStatus::Rejected);
        let (first, mut second) = (decision(&number), decision(&number));
        second.lines[0].adjustments[0].1 = "253";
        let all = vec![first.clone(), first.reversed(), second];
        let report = take(db, &file(&Payment::new("EFT1", all)));
        let counts = report.payments[0].counts;
        assert_eq!((counts.posted, counts.reversed, counts.set_aside), (3, 1, 0));
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Closed, vec![]));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        all_invariants_hold(db);
    });
}

#[test]
fn money_that_the_patient_had_ahead_is_kept_when_the_decision_that_used_it_is_taken_back() {
    for_each_engine(|db| {
        let (_carrier, claim, number) = sent_claim(db);
        let patient =
            db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![claim])).unwrap().patient_id;
        let request = billing::patient_payment::PaymentRequest {
            patient_id: patient,
            amount: cents(5_000),
            method: billing::patient_payment::PaymentMethod::Cash,
            note: String::new(),
            idempotency_key: "at the visit".into(),
        };
        app::patient_payment::take(db, &tier1(), PRACTICE, &request).unwrap();
        let (first, mut second) = (decision(&number), decision(&number));
        second.lines[0].adjustments[0].1 = "253";
        let back = first.reversed();
        let kept = back.paid;
        take(db, &file(&Payment::new("EFT1", vec![first])));
        // The correction comes before the reversal: it waits, and the share is asked for once.
        take(db, &file(&Payment::new("EFT2", vec![second])));
        assert_eq!(balance(db, AccountKind::UnappliedPatient), cents(-3_000));
        take(db, &file(&Payment::new("EFT3", vec![back]).with_plb("FB", "F", kept)));
        assert_eq!(balance(db, AccountKind::UnappliedPatient), cents(-3_000));
        assert_eq!(balance(db, AccountKind::PatientReceivable), Money::ZERO);
        assert_eq!((status(db, claim), reasons(db)), (ClaimStatus::Closed, vec![WorkReason::CreditBalance]));
        all_invariants_hold(db);
    });
}
