//! From the front desk to a claim that may leave: registration, charges, claim, scrub, mending. Each story on both
//! databases.

use app::charge_capture::{
    VisitChange, VisitCodes, bill_patient, capture, change_codes, change_visit, not_billable, show_visit,
};
use app::claim_creation::{create_claim, create_open_claims};
use app::claim_scrub::{claim_visit, findings, pass_warning, scrub_claim, scrub_drafts};
use app::registration::{
    NewGuarantor, PatientData, add_coverage, change_coverage, change_patient, coverage_history, register_patient,
    register_payer, register_provider, show_patient,
};
use app::{Error, worklist};
use billing::access::Role;
use billing::claim::finding::Waiver;
use billing::claim::{Claim, ClaimEvent, ClaimStatus};
use billing::coverage::{CoverageRank, Relationship};
use billing::person::Gender;
use billing::work::{Desk, WorkReason};
use billing::{ClaimId, Money};
use jiff::civil::date;
use ledger::AccountKind;
use store::claim::Evidence;
use store::testing::{OTHER_PRACTICE, PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;

use crate::staff::{self, coder, coverage_data, open, patient_data, payer_data, person, service, tier1, visit};

fn balance(db: &TestDb, kind: AccountKind) -> i64 {
    let trial = db.read(&db.system(), PRACTICE, |read| store::ledger::trial_balance(read)).unwrap();
    assert_eq!(trial.iter().map(|(_, cents)| cents.cents()).sum::<i64>(), 0, "the books balance");
    trial.into_iter().find(|(account, _)| *account == kind).map_or(0, |(_, cents)| cents.cents())
}

fn load(db: &TestDb, id: ClaimId) -> Claim {
    db.read(&db.system(), PRACTICE, |read| store::claim::load(read, id)).unwrap().unwrap()
}

/// Reasons of the open work, desk by desk.
fn open_work(db: &TestDb) -> Vec<(Desk, WorkReason)> {
    let queue = |desk| worklist::queue(db, &db.system(), PRACTICE, desk, QueueCursor::START).unwrap();
    Desk::ALL.into_iter().flat_map(|desk| queue(desk).into_iter().map(move |row| (desk, row.reason))).collect()
}

fn move_to(db: &TestDb, id: ClaimId, events: &[ClaimEvent]) {
    db.write(&db.system(), PRACTICE, |tx| {
        let mut claim = store::claim::load(tx, id)?.unwrap();
        for event in events {
            claim.apply(event).unwrap();
            store::claim::save_event(tx, &claim, event, Evidence::words("told by the test"))?;
        }
        Ok::<_, store::StoreError>(())
    })
    .unwrap();
}

fn submitted() -> ClaimEvent {
    ClaimEvent::Submitted { acknowledgment_due_on: date(2026, 3, 4) }
}

#[test]
fn a_visit_becomes_charges_in_the_books_and_a_ready_claim() {
    for_each_engine(|db| {
        let practice = open(db);
        let captured = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        assert_eq!((captured.charges.len(), captured.payer_id), (2, Some(practice.payer)));
        assert_eq!(balance(db, AccountKind::PayerReceivable), 15_500);
        assert_eq!(balance(db, AccountKind::Revenue), -15_500);

        let scrubbed = claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        assert_eq!((scrubbed.status, scrubbed.open.len()), (ClaimStatus::Ready, 0));
        let claim = load(db, scrubbed.claim_id);
        assert_eq!(claim.body.total_charge(), Money::from_cents(15_500));
        assert_eq!((claim.coverage_id, claim.coverage_version), (practice.coverage, 1));
        assert_eq!(claim.filing_limit_on, date(2026, 5, 31));
        assert_eq!(claim.body.lines[1].control_number, claim.control_number.line(2));
        assert_eq!(claim.body.subscriber.address.zip, "787010002");
        // A second making finds the first claim.
        let again = create_claim(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        assert_eq!((again.id, again.is_new), (claim.id, false));
        assert_eq!(open_work(db), []);
    });
}

#[test]
fn a_claim_on_its_way_keeps_the_coverage_it_was_made_from_and_a_waiting_one_follows() {
    for_each_engine(|db| {
        let practice = open(db);
        let first = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        let sent = claim_visit(db, &tier1(), PRACTICE, first.encounter_id).unwrap().claim_id;
        move_to(db, sent, &[submitted()]);
        let mut later = visit(&practice);
        later.date_of_service = date(2026, 2, 27);
        let second = capture(db, &tier1(), PRACTICE, &later).unwrap();
        let waiting = claim_visit(db, &tier1(), PRACTICE, second.encounter_id).unwrap().claim_id;

        let mut data = coverage_data(practice.payer);
        data.group_number = "G200".into();
        change_coverage(db, &tier1(), PRACTICE, practice.coverage, &data).unwrap();

        assert_eq!((load(db, sent).coverage_version, load(db, sent).body.group_number.as_str()), (1, "G100"));
        let followed = load(db, waiting);
        assert_eq!((followed.coverage_version, followed.body.group_number.as_str()), (2, "G200"));
        assert_eq!((followed.version, followed.status), (2, ClaimStatus::Ready));
        assert_eq!(coverage_history(db, &tier1(), PRACTICE, practice.coverage).unwrap().len(), 2);
    });
}

#[test]
fn data_that_is_missing_goes_to_tier_one_and_the_claim_leaves_by_itself_when_it_is_mended() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut data = patient_data();
        data.address.city.clear();
        change_patient(db, &tier1(), PRACTICE, practice.patient, &data).unwrap();
        let captured = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        let held = claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        assert_eq!(held.status, ClaimStatus::Held);
        assert_eq!(held.open[0].field, "subscriber.address.city");
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::HeldForData)]);

        change_patient(db, &tier1(), PRACTICE, practice.patient, &patient_data()).unwrap();
        let claim = load(db, held.claim_id);
        assert_eq!((claim.status, claim.version), (ClaimStatus::Ready, 2));
        assert_eq!(open_work(db), []);
        assert!(findings(db, &tier1(), PRACTICE, held.claim_id).unwrap().findings.is_empty());
    });
}

#[test]
fn a_code_that_must_change_goes_to_the_coder_and_nobody_else_may_change_it() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut cut_short = visit(&practice);
        cut_short.diagnoses[0] = "E11".into();
        cut_short.services.push(service("36415", &[1]));
        let captured = capture(db, &tier1(), PRACTICE, &cut_short).unwrap();
        let held = claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        assert_eq!(held.status, ClaimStatus::Held);
        assert_eq!(open_work(db), [(Desk::Coder, WorkReason::HeldForCoding)]);
        assert_eq!(balance(db, AccountKind::Revenue), -17_000);

        let (encounter, charges) = show_visit(db, &coder(), PRACTICE, captured.encounter_id).unwrap();
        let mut codes = VisitCodes::of(&encounter, &charges);
        codes.diagnoses[0] = "E11.9".into();
        codes.lines.pop();
        let refused = change_codes(db, &tier1(), PRACTICE, captured.encounter_id, &codes);
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        change_codes(db, &coder(), PRACTICE, captured.encounter_id, &codes).unwrap();

        let claim = load(db, held.claim_id);
        assert_eq!((claim.status, claim.body.lines.len()), (ClaimStatus::Ready, 2));
        assert_eq!(balance(db, AccountKind::Revenue), -15_500);
        assert_eq!(balance(db, AccountKind::PayerReceivable), 15_500);
        assert_eq!(open_work(db), []);
    });
}

#[test]
fn a_new_code_posts_the_difference_of_the_prices() {
    for_each_engine(|db| {
        let practice = open(db);
        let captured = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        let id = claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap().claim_id;
        let (encounter, charges) = show_visit(db, &coder(), PRACTICE, captured.encounter_id).unwrap();
        let mut codes = VisitCodes::of(&encounter, &charges);
        codes.lines[0].procedure.code = "99214".into();
        change_codes(db, &coder(), PRACTICE, captured.encounter_id, &codes).unwrap();
        assert_eq!(balance(db, AccountKind::PayerReceivable), 21_500);
        assert_eq!(load(db, id).body.total_charge(), Money::from_cents(21_500));

        let mut twice = codes.clone();
        twice.lines.push(codes.lines[0].clone());
        let refused = change_codes(db, &coder(), PRACTICE, captured.encounter_id, &twice);
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");

        for steps in [&[submitted()][..], &[ClaimEvent::Adjudicated, ClaimEvent::Closed]] {
            move_to(db, id, steps);
            let late = change_codes(db, &coder(), PRACTICE, captured.encounter_id, &codes);
            assert!(matches!(late, Err(Error::Refused(_))), "{late:?}");
            let late = not_billable(db, &tier1(), PRACTICE, captured.encounter_id, "It was entered twice.");
            assert!(matches!(late, Err(Error::Refused(_))), "{late:?}");
        }
        let again = create_claim(db, &tier1(), PRACTICE, captured.encounter_id);
        assert!(matches!(again, Err(Error::Refused(_))), "{again:?}");
        assert_eq!(balance(db, AccountKind::PayerReceivable), 21_500);
    });
}

#[test]
fn data_comes_before_codes_so_that_a_claim_is_in_one_hand() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut data = patient_data();
        data.address.city.clear();
        change_patient(db, &tier1(), PRACTICE, practice.patient, &data).unwrap();
        let mut both = visit(&practice);
        both.diagnoses[0] = "E11".into();
        let captured = capture(db, &tier1(), PRACTICE, &both).unwrap();
        claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::HeldForData)]);
        change_patient(db, &tier1(), PRACTICE, practice.patient, &patient_data()).unwrap();
        assert_eq!(open_work(db), [(Desk::Coder, WorkReason::HeldForCoding)]);
    });
}

#[test]
fn a_warning_passes_with_a_reason_and_an_error_does_not() {
    for_each_engine(|db| {
        let practice = open(db);
        let data = PatientData { gender: Gender::Unknown, ..patient_data() };
        change_patient(db, &tier1(), PRACTICE, practice.patient, &data).unwrap();
        let captured = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        let held = claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        assert_eq!(held.status, ClaimStatus::Held);
        let mut waiver = Waiver { rule: "gender".into(), field: "subscriber.gender".into(), reason: "ok".into() };
        let short = pass_warning(db, &tier1(), PRACTICE, held.claim_id, &waiver);
        assert!(matches!(short, Err(Error::Invalid { .. })), "{short:?}");
        waiver.reason = "The patient prefers it so; the payer was asked.".into();
        let passed = pass_warning(db, &tier1(), PRACTICE, held.claim_id, &waiver).unwrap();
        assert_eq!((passed.status, passed.findings.len(), passed.open.len()), (ClaimStatus::Ready, 1, 0));
        assert_eq!(open_work(db), []);

        let mut cut_short = visit(&practice);
        cut_short.date_of_service = date(2026, 2, 26);
        cut_short.diagnoses[0] = "E11".into();
        let captured = capture(db, &tier1(), PRACTICE, &cut_short).unwrap();
        let held = claim_visit(db, &coder(), PRACTICE, captured.encounter_id).unwrap();
        let error = Waiver { rule: "diagnosis-detail".into(), field: "diagnoses[1]".into(), ..waiver };
        let refused = pass_warning(db, &coder(), PRACTICE, held.claim_id, &error);
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    });
}

#[test]
fn a_visit_without_coverage_asks_for_it_and_is_asked_of_nobody_until_it_comes() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut early = visit(&practice);
        early.date_of_service = date(2025, 12, 30);
        early.services.iter_mut().for_each(|one| one.amount = Some(Money::from_cents(5_000)));
        let captured = capture(db, &tier1(), PRACTICE, &early).unwrap();
        assert_eq!(captured.payer_id, None);
        assert_eq!(balance(db, AccountKind::PatientReceivable), 10_000);
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::CoverageMissing)]);
        let account = app::patient_account::account(db, &tier1(), PRACTICE, practice.patient).unwrap();
        assert_eq!((account.owes_now, account.waiting_for_payer), (Money::ZERO, Money::from_cents(10_000)));
        assert_eq!(account.statement_due, Err(billing::statement::NotDue::WithPayer));
        let refused = create_claim(db, &tier1(), PRACTICE, captured.encounter_id);
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        assert_eq!(create_open_claims(db, &tier1(), PRACTICE).unwrap(), []);

        let mut last_year = coverage_data(practice.payer);
        (last_year.effective_on, last_year.ends_on) = (date(2025, 1, 1), Some(date(2025, 12, 31)));
        add_coverage(db, &tier1(), PRACTICE, practice.patient, &last_year).unwrap();
        assert_eq!(balance(db, AccountKind::PatientReceivable), 0);
        assert_eq!(balance(db, AccountKind::PayerReceivable), 10_000);
        assert_eq!(open_work(db), []);
        assert_eq!(create_open_claims(db, &tier1(), PRACTICE).unwrap().len(), 1);
        assert_eq!(scrub_drafts(db, &tier1(), PRACTICE).unwrap()[0].status, ClaimStatus::Ready);
    });
}

#[test]
fn the_patient_owes_a_self_pay_visit_and_no_claim_is_made() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut cash = visit(&practice);
        cash.self_pay = true;
        capture(db, &tier1(), PRACTICE, &cash).unwrap();
        assert_eq!(balance(db, AccountKind::PatientReceivable), 15_500);
        assert_eq!(create_open_claims(db, &tier1(), PRACTICE).unwrap(), []);
        assert_eq!(open_work(db), []);
    });
}

#[test]
fn a_second_import_of_the_same_keys_changes_nothing() {
    for_each_engine(|db| {
        let practice = open(db);
        let system = db.system();
        let data = PatientData { source_key: Some("urn:1".into()), ..patient_data() };
        let mut imported = visit(&practice);
        imported.source_key = Some("urn:visit:1".into());
        let first = register_patient(db, &system, PRACTICE, &data, &NewGuarantor::Patient).unwrap();
        let captured = capture(db, &system, PRACTICE, &imported).unwrap();
        let again = register_patient(db, &system, PRACTICE, &data, &NewGuarantor::Patient).unwrap();
        let same = capture(db, &system, PRACTICE, &imported).unwrap();
        assert_eq!((first.id, first.is_new, again.is_new), (again.id, true, false));
        assert_eq!((captured.encounter_id, captured.charges), (same.encounter_id, same.charges));
        assert!(!same.is_new);
        assert_eq!(balance(db, AccountKind::Revenue), -15_500);
        let mut covered = coverage_data(practice.payer);
        covered.source_key = Some("urn:coverage:1".into());
        let coverage = add_coverage(db, &system, PRACTICE, first.id, &covered).unwrap();
        // Somebody moved house meanwhile: the coverage has a second version, the import still finds it.
        let mut moved = data.clone();
        moved.address.line1 = "9 Oak Road".into();
        change_patient(db, &tier1(), PRACTICE, first.id, &moved).unwrap();
        let found = add_coverage(db, &system, PRACTICE, first.id, &covered).unwrap();
        assert_eq!((found.id, found.is_new), (coverage.id, false));
        let provider = register_provider(db, &system, PRACTICE, &staff::provider_data(2)).unwrap();
        let payer = register_payer(db, &system, PRACTICE, &payer_data("HARB1")).unwrap();
        assert_eq!((provider.id, provider.is_new), (practice.provider, false));
        assert_eq!((payer.id, payer.is_new), (practice.payer, false));
    });
}

#[test]
fn what_cannot_be_charged_is_refused_and_leaves_no_trace() {
    for_each_engine(|db| {
        let practice = open(db);
        let good = visit(&practice);
        let mut tomorrow = good.clone();
        tomorrow.date_of_service = date(2026, 3, 3);
        let mut nothing = good.clone();
        nothing.services.clear();
        let mut no_price = good.clone();
        no_price.services[1].procedure.code = "93000".into();
        let mut nobody = good.clone();
        nobody.patient_id = billing::PatientId(uuid::Uuid::from_u128(99));
        for (wrong, words) in [
            (&tomorrow, "after it took place"),
            (&nothing, "at least one service"),
            (&no_price, "no price"),
            (&nobody, "no such patient"),
        ] {
            let error = capture(db, &tier1(), PRACTICE, wrong).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        assert_eq!(balance(db, AccountKind::Revenue), 0);
        assert_eq!(create_open_claims(db, &tier1(), PRACTICE).unwrap(), []);
    });
}

#[test]
fn coverages_that_contradict_each_other_are_refused() {
    for_each_engine(|db| {
        let practice = open(db);
        let second = coverage_data(practice.payer);
        let overlap = add_coverage(db, &tier1(), PRACTICE, practice.patient, &second).unwrap_err().to_string();
        assert!(overlap.contains("in force on some of these days"), "{overlap}");
        let mut backwards = coverage_data(practice.payer);
        backwards.rank = CoverageRank::Secondary;
        backwards.ends_on = Some(date(2025, 12, 1));
        let error = add_coverage(db, &tier1(), PRACTICE, practice.patient, &backwards).unwrap_err().to_string();
        assert!(error.contains("ends before it begins"), "{error}");
        let mut child = coverage_data(practice.payer);
        (child.rank, child.relationship) = (CoverageRank::Secondary, Relationship::Child);
        let error = add_coverage(db, &tier1(), PRACTICE, practice.patient, &child).unwrap_err().to_string();
        assert!(error.contains("family member"), "{error}");
    });
}

#[test]
fn a_rejected_claim_is_taken_up_as_a_new_version_by_the_desk_whose_work_it_is() {
    for_each_engine(|db| {
        let practice = open(db);
        let captured = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        let id = claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap().claim_id;
        assert!(matches!(scrub_claim(db, &tier1(), PRACTICE, id), Ok(again) if again.version == 1));
        move_to(db, id, &[submitted()]);
        assert!(matches!(scrub_claim(db, &tier1(), PRACTICE, id), Err(Error::Refused(_))));
        move_to(db, id, &[ClaimEvent::Rejected { why: "member not found".into() }]);
        // Nobody said that data of the front desk is at fault: it is Tier 2's.
        assert!(matches!(scrub_claim(db, &tier1(), PRACTICE, id), Err(Error::Denied(_))));
        let again = scrub_claim(db, &person(2, Role::Tier2), PRACTICE, id).unwrap();
        assert_eq!((again.status, again.version), (ClaimStatus::Ready, 2));
        // A coder may code, and may not take up a rejection.
        move_to(db, id, &[submitted(), ClaimEvent::Rejected { why: "again".into() }]);
        assert!(matches!(scrub_claim(db, &coder(), PRACTICE, id), Err(Error::Denied(_))));
        assert!(scrub_claim(db, &person(2, Role::Tier2), PRACTICE, id).is_ok());
    });
}

#[test]
fn nobody_reaches_into_another_practice() {
    for_each_engine(|db| {
        let practice = open(db);
        let captured = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        assert!(create_claim(db, &tier1(), OTHER_PRACTICE, captured.encounter_id).is_err());
        let elsewhere = create_claim(db, &db.system(), OTHER_PRACTICE, captured.encounter_id);
        assert!(matches!(elsewhere, Err(Error::NotFound(_))), "{elsewhere:?}");
    });
}

#[test]
fn a_visit_entered_by_mistake_is_taken_back_with_its_claim_and_its_money() {
    for_each_engine(|db| {
        let practice = open(db);
        let captured = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        // Entered twice: the second is held for it.
        let copy = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        let held = claim_visit(db, &tier1(), PRACTICE, copy.encounter_id).unwrap();
        assert!(held.open.iter().all(|finding| finding.rule == "already-billed"));
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::HeldForData)]);

        not_billable(db, &tier1(), PRACTICE, copy.encounter_id, "Entered twice by two people.").unwrap();
        assert_eq!(load(db, held.claim_id).status, ClaimStatus::Closed);
        assert_eq!((balance(db, AccountKind::Revenue), balance(db, AccountKind::PayerReceivable)), (-15_500, 15_500));
        assert_eq!(open_work(db), []);
    });
}

#[test]
fn a_visit_without_any_coverage_is_billed_to_the_patient() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut early = visit(&practice);
        early.date_of_service = date(2025, 12, 30);
        early.services.iter_mut().for_each(|one| one.amount = Some(Money::from_cents(5_000)));
        let captured = capture(db, &tier1(), PRACTICE, &early).unwrap();
        bill_patient(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        assert_eq!(open_work(db), []);
        assert_eq!(balance(db, AccountKind::PatientReceivable), 10_000);
        assert_eq!(show_patient(db, &tier1(), PRACTICE, practice.patient).unwrap().statement_hold, None);
    });
}

#[test]
fn the_front_desk_mends_the_visit_and_the_price_follows_the_units() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut inpatient = visit(&practice);
        inpatient.place_of_service = "21".into();
        inpatient.services[1].units = billing::charge::Units::whole(0);
        let captured = capture(db, &tier1(), PRACTICE, &inpatient).unwrap();
        let held = claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        let fields: Vec<&str> = held.open.iter().map(|finding| finding.field.as_str()).collect();
        assert_eq!(fields, ["facility", "lines[2].units", "lines[2].charge_amount"]);
        let (encounter, _) = show_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        let mut change = VisitChange::from(&encounter);
        change.place_of_service = "11".into();
        change.lines = vec![(2, billing::charge::Units::whole(2), None)];
        change_visit(db, &tier1(), PRACTICE, captured.encounter_id, &change).unwrap();
        assert_eq!(load(db, held.claim_id).status, ClaimStatus::Ready);
        assert_eq!(balance(db, AccountKind::Revenue), -17_000);
    });
}

/// What stands on a visit's charges, by account and payer, without what was earned.
fn owed(db: &TestDb, visit: billing::EncounterId) -> Vec<(AccountKind, Option<billing::PayerId>, i64)> {
    let (_, charges) = show_visit(db, &tier1(), PRACTICE, visit).unwrap();
    let ids: Vec<uuid::Uuid> = charges.iter().map(|charge| charge.id.0).collect();
    let balances = db.read(&db.system(), PRACTICE, |read| store::ledger::charge_balances(read, &ids)).unwrap();
    let mut sums = std::collections::BTreeMap::new();
    for one in balances.iter().filter(|one| one.account != AccountKind::Revenue) {
        *sums.entry((one.account, one.payer_id.map(billing::PayerId))).or_insert(0) += one.cents.cents();
    }
    sums.into_iter().filter(|(_, cents)| *cents != 0).map(|((account, payer), cents)| (account, payer, cents)).collect()
}

#[test]
fn a_visit_on_another_day_is_owed_by_whose_coverage_is_in_force_then() {
    for_each_engine(|db| {
        let practice = open(db);
        // Until the end of January another payer paid first.
        let mut ends = coverage_data(practice.payer);
        ends.effective_on = date(2026, 2, 1);
        change_coverage(db, &tier1(), PRACTICE, practice.coverage, &ends).unwrap();
        let earlier = register_payer(db, &db.system(), PRACTICE, &payer_data("ELMS1")).unwrap().id;
        let mut before = coverage_data(earlier);
        before.ends_on = Some(date(2026, 1, 31));
        add_coverage(db, &tier1(), PRACTICE, practice.patient, &before).unwrap();
        let captured = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        let id = captured.encounter_id;
        assert_eq!(owed(db, id), [(AccountKind::PayerReceivable, Some(practice.payer), 15_500)]);

        let (encounter, _) = show_visit(db, &tier1(), PRACTICE, id).unwrap();
        let to = |day| VisitChange { date_of_service: day, ..VisitChange::from(&encounter) };
        change_visit(db, &tier1(), PRACTICE, id, &to(date(2026, 1, 20))).unwrap();
        assert_eq!(owed(db, id), [(AccountKind::PayerReceivable, Some(earlier), 15_500)]);
        change_visit(db, &tier1(), PRACTICE, id, &to(date(2025, 12, 30))).unwrap();
        assert_eq!(owed(db, id), [(AccountKind::PatientReceivable, None, 15_500)]);
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::CoverageMissing)]);
        change_visit(db, &tier1(), PRACTICE, id, &to(date(2026, 1, 20))).unwrap();
        assert_eq!(owed(db, id), [(AccountKind::PayerReceivable, Some(earlier), 15_500)]);
        assert_eq!(open_work(db), []);

        // A claim pins the coverage: another day of it is fine, a day that another coverage pays is not.
        let claim = claim_visit(db, &tier1(), PRACTICE, id).unwrap().claim_id;
        change_visit(db, &tier1(), PRACTICE, id, &to(date(2026, 1, 21))).unwrap();
        assert_eq!(load(db, claim).body.lines[0].date_of_service, date(2026, 1, 21));
        let refused = change_visit(db, &tier1(), PRACTICE, id, &to(date(2026, 3, 2)));
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("does not pay on")), "{refused:?}");
        assert_eq!(owed(db, id), [(AccountKind::PayerReceivable, Some(earlier), 15_500)]);
        assert_eq!(show_visit(db, &tier1(), PRACTICE, id).unwrap().0.date_of_service, date(2026, 1, 21));
    });
}

#[test]
fn a_paid_line_that_is_taken_back_leaves_a_credit_with_work() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut cash = visit(&practice);
        cash.self_pay = true;
        let id = capture(db, &tier1(), PRACTICE, &cash).unwrap().encounter_id;
        let paid = billing::patient_payment::PaymentRequest {
            patient_id: practice.patient,
            amount: Money::from_cents(15_500),
            method: billing::patient_payment::PaymentMethod::Cash,
            note: String::new(),
            idempotency_key: "at the visit".into(),
        };
        app::patient_payment::take(db, &tier1(), PRACTICE, &paid).unwrap();
        assert_eq!(owed(db, id), []);
        let (encounter, charges) = show_visit(db, &coder(), PRACTICE, id).unwrap();
        let mut codes = VisitCodes::of(&encounter, &charges);
        codes.lines.remove(1);
        change_codes(db, &coder(), PRACTICE, id, &codes).unwrap();
        let credit = db.read(&db.system(), PRACTICE, |read| store::testing::facts::open_work(read)).unwrap();
        assert_eq!(credit, [(WorkReason::CreditBalance, Money::from_cents(1_500))]);
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::CreditBalance)]);
        assert_eq!(app::verify::verify(db, &db.system(), PRACTICE).unwrap().first_failure(), None);
    });
}

#[test]
fn what_every_claim_waits_for_is_mended_once() {
    for_each_engine(|db| {
        let practice = open(db);
        let system = db.system();
        let mut data = app::registration::practice_of(db, &system, PRACTICE).unwrap();
        let good = data.clone();
        data.billing.address.zip = "78701".into();
        app::registration::save_practice(db, &system, &data, None).unwrap();
        let captured = capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        let held = claim_visit(db, &tier1(), PRACTICE, captured.encounter_id).unwrap();
        assert_eq!(held.open[0].rule, "billing-zip-plus-four");
        assert!(app::registration::save_practice(db, &tier1(), &good, None).is_err());
        app::registration::save_practice(db, &system, &good, None).unwrap();
        assert_eq!(load(db, held.claim_id).status, ClaimStatus::Ready);
        assert_eq!(open_work(db), []);
    });
}
