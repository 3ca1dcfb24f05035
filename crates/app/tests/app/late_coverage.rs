//! Whose a visit is, from the front desk to the last cent: coverages that come late, go, or follow another, patients who
//! pay before it is known what they owe, visits that nobody would have. Each story on both databases, and every invariant
//! holds after each of its steps.

use app::charge_capture::{bill_patient, bill_plan, capture, not_billable};
use app::claim_scrub::claim_visit;
use app::patient_account::{PatientAccount, VisitAccount, WrittenIn, account};
use app::patient_payment::{receipt, take};
use app::patient_statement::{issue, run};
use app::registration::{add_coverage, change_coverage, register_payer};
use app::{Error, worklist};
use billing::access::Role;
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::coverage::CoverageRank;
use billing::explain::StepKind;
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::work::{Desk, Resolution, WorkReason};
use billing::{EncounterId, Money, PatientId, PayerId, WorkItemId};
use jiff::civil::date;
use ledger::{Account, AccountKind, DraftEntry, EntrySource};
use store::claim::Evidence;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;

use crate::payer_files::{Clp, Payment, Svc, file};
use crate::staff::{Practice, coverage_data, open, payer_data, person, service, tier1, visit};

pub fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

pub fn books_hold(db: &TestDb) {
    let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
    assert_eq!(verification.first_failure(), None, "{:?}", db.engine);
}

fn broken(db: &TestDb) -> Option<&'static str> {
    let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
    verification.first_failure().map(|check| check.name)
}

pub fn look(db: &TestDb, patient: PatientId) -> PatientAccount {
    books_hold(db);
    account(db, &tier1(), PRACTICE, patient).unwrap()
}

pub fn only(account: &PatientAccount) -> &VisitAccount {
    assert_eq!(account.visits.len(), 1);
    assert_eq!(account.visits[0].standing.unexplained(), Money::ZERO);
    &account.visits[0]
}

pub fn work(db: &TestDb, desk: Desk) -> Vec<(WorkItemId, WorkReason)> {
    let queue = worklist::queue(db, &db.system(), PRACTICE, desk, QueueCursor::START).unwrap();
    queue.into_iter().map(|row| (row.id, row.reason)).collect()
}

pub fn words() -> Resolution {
    Resolution {
        outcome: "Nothing more to be done about it.".into(),
        root_cause: "registration".into(),
        ..Resolution::default()
    }
}

pub fn pay(db: &TestDb, patient: PatientId, amount: i64, key: &str) -> billing::PatientPaymentId {
    let request = PaymentRequest {
        patient_id: patient,
        amount: cents(amount),
        method: PaymentMethod::Cash,
        note: String::new(),
        idempotency_key: key.into(),
    };
    take(db, &tier1(), PRACTICE, &request).unwrap().id
}

/// One office visit of 140.00 on a day before the coverage begins.
pub fn without_coverage(db: &TestDb, practice: &Practice) -> EncounterId {
    let mut early = visit(practice);
    early.date_of_service = date(2025, 12, 30);
    early.services = vec![service("99213", &[1])];
    early.services[0].amount = Some(cents(14_000));
    capture(db, &tier1(), PRACTICE, &early).unwrap().encounter_id
}

pub fn last_year(db: &TestDb, practice: &Practice, payer: PayerId, rank: CoverageRank) -> billing::CoverageId {
    let mut data = coverage_data(payer);
    (data.effective_on, data.ends_on, data.rank) = (date(2025, 1, 1), Some(date(2025, 12, 31)), rank);
    add_coverage(db, &tier1(), PRACTICE, practice.patient, &data).unwrap().id
}

/// Makes the claim of a visit and lets the payer have it.
pub fn sent(db: &TestDb, visit: EncounterId) -> String {
    let scrubbed = claim_visit(db, &tier1(), PRACTICE, visit).unwrap();
    assert_eq!(scrubbed.status, ClaimStatus::Ready, "{:?}", scrubbed.open);
    db.write(&db.system(), PRACTICE, |tx| {
        let mut claim = store::claim::load(tx, scrubbed.claim_id)?.unwrap();
        let accepted = [
            ClaimEvent::Submitted { acknowledgment_due_on: date(2026, 3, 4) },
            ClaimEvent::Accepted { payer_claim_control_number: None, follow_up_on: date(2026, 4, 1) },
        ];
        for event in &accepted {
            claim.apply(event).unwrap();
            store::claim::save_event(tx, &claim, event, Evidence::words("told by the test"))?;
        }
        Ok::<_, store::StoreError>(claim.control_number.as_str().to_owned())
    })
    .unwrap()
}

/// What the payer answers to a claim of one line of 140.00.
pub fn answer(number: &str, paid: i64, adjustments: Vec<(&'static str, &'static str, i64)>) -> Clp {
    let line = Svc { number: format!("{number}L1"), code: "99213", charge: 14_000, paid, adjustments };
    Clp::new(number.to_owned(), "1", vec![line])
}

pub fn receive(db: &TestDb, trace: &str, claim: Clp) {
    let text = file(&Payment::new(trace, vec![claim]));
    let report = app::remittance_import::import(db, &db.system(), PRACTICE, "payer.835", text.as_bytes()).unwrap();
    assert_eq!(report.payments[0].counts.posted, 1, "{report:?}");
    books_hold(db);
}

pub fn second_payer(db: &TestDb) -> PayerId {
    register_payer(db, &db.system(), PRACTICE, &payer_data("ELMS1")).unwrap().id
}

#[test]
fn what_the_patient_paid_before_the_coverage_came_is_kept_and_pays_the_share_when_it_is_known() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = without_coverage(db, &practice);
        let paid = pay(db, practice.patient, 5_000, "at the visit");
        let seen = look(db, practice.patient);
        assert_eq!((seen.owes_now, seen.waiting_for_payer, seen.unapplied), (Money::ZERO, cents(9_000), Money::ZERO));

        last_year(db, &practice, practice.payer, CoverageRank::Primary);
        let seen = look(db, practice.patient);
        assert_eq!((seen.with_payers, seen.unapplied, seen.owes_now), (cents(14_000), cents(5_000), Money::ZERO));
        let kept = only(&seen).rows.iter().find(|row| row.kind == StepKind::KeptForPatient).unwrap();
        assert_eq!((kept.amount, kept.written_in), (cents(5_000), Some(WrittenIn::Payment(paid))));
        // The receipt says what was true when it was given.
        assert_eq!(
            receipt(db, &tier1(), PRACTICE, practice.patient, paid).unwrap().applied,
            [(date(2025, 12, 30), cents(5_000))]
        );

        let number = sent(db, id);
        receive(db, "EFT1", answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "3", 2_000)]));
        let seen = look(db, practice.patient);
        assert_eq!((seen.owes_now, seen.with_payers, seen.unapplied), (Money::ZERO, Money::ZERO, cents(3_000)));
        let say = only(&seen).say.join(" ").replace('\u{a0}', " ");
        assert!(say.contains("it paid $88.56.") && say.contains("$20.00 is your copay"), "{say}");
        assert!(say.ends_with("You have paid $20.00. You owe nothing for this visit."), "{say}");
        // Nothing is open, so the 30.00 are somebody's work, and no statement asks for anything.
        assert_eq!(work(db, Desk::Tier2).iter().map(|item| item.1).collect::<Vec<_>>(), [WorkReason::CreditBalance]);
        assert!(issue(db, &tier1(), PRACTICE, practice.patient).is_err());

        // Another visit of 140.00: it is asked for less what is kept, and the work ends.
        let mut cash = visit(&practice);
        cash.self_pay = true;
        cash.services.truncate(1);
        capture(db, &tier1(), PRACTICE, &cash).unwrap();
        assert_eq!(issue(db, &tier1(), PRACTICE, practice.patient).unwrap().amount_due, cents(11_000));
        assert_eq!(work(db, Desk::Tier2), []);
        books_hold(db);
    });
}

/// What the open credits say, and the money at stake.
fn credits(db: &TestDb) -> Vec<(String, Money)> {
    let open = work(db, Desk::Tier2).into_iter().filter(|(_, reason)| *reason == WorkReason::CreditBalance);
    open.map(|(id, _)| {
        let item = worklist::show(db, &person(2, Role::Tier2), PRACTICE, id).unwrap().item;
        (item.summary, item.money_at_stake)
    })
    .collect()
}

fn kept(amount: i64) -> (String, Money) {
    let amount = cents(amount);
    (format!("{amount} of the patient's money pays for nothing: every visit is decided and paid."), amount)
}

#[test]
fn what_is_paid_too_much_at_the_desk_is_work_until_something_is_open_again() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut cash = visit(&practice);
        cash.self_pay = true;
        cash.services = vec![service("99213", &[1])];
        cash.services[0].amount = Some(cents(14_000));
        pay(db, practice.patient, 1_000, "before any visit");
        assert_eq!(credits(db), [], "it waits for the first visit");
        capture(db, &tier1(), PRACTICE, &cash).unwrap();
        assert_eq!(credits(db), []);
        assert_eq!(look(db, practice.patient).owes_now, cents(13_000), "what was paid ahead pays for it");
        pay(db, practice.patient, 13_000, "the visit");
        assert_eq!(credits(db), []);
        pay(db, practice.patient, 95_050, "a slip");
        assert_eq!(credits(db), [kept(95_050)]);
        // The same form twice is one payment; another payment is told by the same item.
        pay(db, practice.patient, 95_050, "a slip");
        pay(db, practice.patient, 100, "one more");
        assert_eq!(credits(db), [kept(95_150)]);
        // Another visit of the patient's is paid from it, and what is left is told anew.
        capture(db, &tier1(), PRACTICE, &cash).unwrap();
        let seen = look(db, practice.patient);
        assert_eq!((seen.owes_now, seen.unapplied), (Money::ZERO, cents(81_150)));
        assert_eq!(credits(db), [kept(81_150)]);
        // One that a payer must decide first: the money waits for it.
        capture(db, &tier1(), PRACTICE, &visit(&practice)).unwrap();
        assert_eq!(credits(db), []);
        assert_eq!(look(db, practice.patient).unapplied, cents(81_150));
    });
}

#[test]
fn kept_money_is_told_anew_when_the_payer_takes_back_its_decision_and_decides_otherwise() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = without_coverage(db, &practice);
        last_year(db, &practice, practice.payer, CoverageRank::Primary);
        pay(db, practice.patient, 5_000, "at the visit");
        assert_eq!(credits(db), [], "the payer has the visit");
        let number = sent(db, id);
        let first = answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "3", 2_000)]);
        receive(db, "EFT1", first.clone());
        assert_eq!(credits(db), [kept(3_000)]);
        let stale = work(db, Desk::Tier2)[0].0;

        let back = Payment::new("EFT2", vec![first.reversed()]).with_plb("FB", "LATER", -8_856);
        app::remittance_import::import(db, &db.system(), PRACTICE, "back.835", file(&back).as_bytes()).unwrap();
        assert_eq!(credits(db), [], "the claim is undecided again");
        let events = worklist::show(db, &person(2, Role::Tier2), PRACTICE, stale).unwrap().events;
        assert!(events.iter().any(|event| event.sentence.contains("Something is open again")), "{events:?}");

        receive(db, "EFT3", answer(&number, 10_856, vec![("CO", "45", 3_144)]));
        let seen = look(db, practice.patient);
        assert_eq!((seen.owes_now, seen.with_payers), (Money::ZERO, Money::ZERO));
        assert_eq!(credits(db).iter().map(|credit| credit.1).sum::<Money>(), cents(5_000), "{:?}", credits(db));
        books_hold(db);
    });
}

#[test]
fn a_visit_goes_from_payer_to_patient_and_back_with_every_cent() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = without_coverage(db, &practice);
        let coverage = last_year(db, &practice, practice.payer, CoverageRank::Primary);
        assert_eq!(look(db, practice.patient).with_payers, cents(14_000));
        // The coverage turns out to have ended before the visit: somebody must ask for one again.
        let mut gone = coverage_data(practice.payer);
        (gone.effective_on, gone.ends_on) = (date(2025, 1, 1), Some(date(2025, 6, 30)));
        change_coverage(db, &tier1(), PRACTICE, coverage, &gone).unwrap();
        let seen = look(db, practice.patient);
        assert_eq!(
            (seen.with_payers, seen.waiting_for_payer, seen.owes_now),
            (Money::ZERO, cents(14_000), Money::ZERO)
        );
        assert_eq!(work(db, Desk::Tier1)[0].1, WorkReason::CoverageMissing);

        bill_patient(db, &tier1(), PRACTICE, id).unwrap();
        assert_eq!(look(db, practice.patient).owes_now, cents(14_000));
        pay(db, practice.patient, 6_000, "first");
        pay(db, practice.patient, 8_000, "second");
        assert_eq!(look(db, practice.patient).owes_now, Money::ZERO);
        // It did pay after all: the patient's two payments are kept, each by its own entry.
        gone.ends_on = Some(date(2025, 12, 31));
        change_coverage(db, &tier1(), PRACTICE, coverage, &gone).unwrap();
        let number = sent(db, id);
        let seen = look(db, practice.patient);
        assert_eq!((seen.with_payers, seen.unapplied), (cents(14_000), cents(14_000)));
        receive(db, "EFT1", answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "3", 2_000)]));
        let seen = look(db, practice.patient);
        assert_eq!((seen.owes_now, seen.with_payers, seen.unapplied), (Money::ZERO, Money::ZERO, cents(12_000)));
    });
}

#[test]
fn a_visit_billed_to_the_patient_finds_its_way_back_to_the_plan() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = without_coverage(db, &practice);
        bill_patient(db, &tier1(), PRACTICE, id).unwrap();
        pay(db, practice.patient, 5_000, "by card");
        let refused = bill_plan(db, &tier1(), PRACTICE, id);
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("No coverage is in force")), "{refused:?}");

        last_year(db, &practice, practice.payer, CoverageRank::Primary);
        // Never by itself: the patient may have paid so that the plan is not told.
        assert_eq!(look(db, practice.patient).owes_now, cents(9_000));
        assert!(only(&look(db, practice.patient)).may_bill_plan);
        bill_plan(db, &tier1(), PRACTICE, id).unwrap();
        let seen = look(db, practice.patient);
        assert_eq!((seen.with_payers, seen.unapplied, seen.owes_now), (cents(14_000), cents(5_000), Money::ZERO));

        app::claim_scrub::prepare_open_visits(db, &db.system(), PRACTICE).unwrap();
        assert!(!only(&look(db, practice.patient)).may_bill_plan);
        assert!(matches!(bill_plan(db, &tier1(), PRACTICE, id), Err(Error::Refused(_))), "a claim has it");
        let number = sent(db, id);
        receive(db, "EFT1", answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "3", 2_000)]));
        let seen = look(db, practice.patient);
        assert_eq!((seen.owes_now, seen.unapplied), (Money::ZERO, cents(3_000)));
        assert!(matches!(bill_plan(db, &tier1(), PRACTICE, id), Err(Error::Refused(_))), "its payer decided");
    });
}

#[test]
fn a_visit_without_coverage_is_no_dead_end_and_blocks_nothing_else() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = without_coverage(db, &practice);
        let mut cash = visit(&practice);
        cash.self_pay = true;
        cash.services.truncate(1);
        capture(db, &tier1(), PRACTICE, &cash).unwrap();
        let [(item, WorkReason::CoverageMissing)] = work(db, Desk::Tier1)[..] else { panic!("one question") };
        let refused = worklist::resolve(db, &tier1(), PRACTICE, item, words());
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("Nobody has this visit")), "{refused:?}");

        // The self-pay visit is asked for; the one that waits is not.
        let seen = look(db, practice.patient);
        assert_eq!((seen.owes_now, seen.waiting_for_payer, seen.statement_hold), (cents(14_000), cents(14_000), None));
        let ran = run(db, &person(9, Role::Manager), PRACTICE).unwrap();
        assert_eq!(ran.total(), cents(14_000));
        // A payment pays what is asked for, though the visit that waits is older.
        let paid = pay(db, practice.patient, 14_000, "statement");
        assert_eq!(receipt(db, &tier1(), PRACTICE, practice.patient, paid).unwrap().left_to_pay, Money::ZERO);
        assert_eq!(look(db, practice.patient).owes_now, Money::ZERO);

        bill_patient(db, &tier1(), PRACTICE, id).unwrap();
        assert_eq!(look(db, practice.patient).owes_now, cents(14_000));
        assert_eq!(work(db, Desk::Tier1), []);
        assert!(matches!(bill_patient(db, &tier1(), PRACTICE, id), Err(Error::Refused(_))));
        // Entered by mistake, as it turns out: what was paid for it is kept.
        pay(db, practice.patient, 4_000, "a part");
        not_billable(db, &tier1(), PRACTICE, id, "Entered for the wrong patient.").unwrap();
        let seen = look(db, practice.patient);
        assert_eq!((seen.owes_now, seen.unapplied), (Money::ZERO, cents(4_000)));
        assert_eq!(work(db, Desk::Tier2)[0].1, WorkReason::CreditBalance);
    });
}

#[test]
fn what_the_next_payer_would_owe_is_work_until_somebody_has_it() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = without_coverage(db, &practice);
        last_year(db, &practice, practice.payer, CoverageRank::Primary);
        let second = second_payer(db);
        let number = sent(db, id);
        // A second coverage, entered while the first payer has the claim.
        let later = last_year(db, &practice, second, CoverageRank::Secondary);
        receive(db, "EFT1", answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "3", 2_000)]));
        let seen = look(db, practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (cents(2_000), Money::ZERO));
        let say = only(&seen).say.join(" ").replace('\u{a0}', " ");
        assert!(say.contains("$20.00 is due from Harbor Health ELMS1; no claim was sent to it yet"), "{say}");
        assert!(!say.contains("has not decided"), "{say}");
        assert!(only(&seen).rows.iter().any(|row| row.words == "of what remains: due from the next plan"));
        let [(item, WorkReason::BillNextPayer)] = work(db, Desk::Tier1)[..] else { panic!("the next payer's turn") };
        let refused = worklist::resolve(db, &tier1(), PRACTICE, item, words());
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("20.00")), "{refused:?}");

        // The second coverage had ended: the share is the patient's, and the work ends.
        let mut gone = coverage_data(second);
        (gone.effective_on, gone.ends_on, gone.rank) =
            (date(2025, 1, 1), Some(date(2025, 6, 30)), CoverageRank::Secondary);
        change_coverage(db, &tier1(), PRACTICE, later, &gone).unwrap();
        assert_eq!(look(db, practice.patient).owes_now, cents(2_000));
        assert_eq!(work(db, Desk::Tier1), []);
    });
}

#[test]
fn the_share_of_a_next_payer_that_does_not_pay_is_billed_to_the_patient_on_a_word() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = without_coverage(db, &practice);
        last_year(db, &practice, practice.payer, CoverageRank::Primary);
        last_year(db, &practice, second_payer(db), CoverageRank::Secondary);
        let number = sent(db, id);
        let refused = bill_patient(db, &tier1(), PRACTICE, id);
        assert!(matches!(refused, Err(Error::Refused(_))), "the payer decides first");
        receive(db, "EFT1", answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "3", 2_000)]));
        bill_patient(db, &tier1(), PRACTICE, id).unwrap();
        let seen = look(db, practice.patient);
        assert_eq!((seen.owes_now, seen.with_payers), (cents(2_000), Money::ZERO));
        assert!(only(&seen).rows.iter().any(|row| row.kind == StepKind::BilledToPatient));
        assert_eq!(work(db, Desk::Tier1), []);
    });
}

#[test]
fn a_payer_that_paid_too_much_stays_somebodys_work_until_it_has_it_back() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = without_coverage(db, &practice);
        last_year(db, &practice, practice.payer, CoverageRank::Primary);
        let number = sent(db, id);
        // 10.00 more than the charge, for a reason that is no price.
        let decided = answer(&number, 15_000, vec![("CO", "97", -1_000)]);
        receive(db, "EFT1", decided.clone());
        let [(item, WorkReason::CreditBalance)] = work(db, Desk::Tier2)[..] else { panic!("one credit") };
        let tier2 = person(2, Role::Tier2);
        let refused = worklist::resolve(db, &tier2, PRACTICE, item, words());
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("10.00")), "{refused:?}");
        // It takes the payment back, and keeps it from a later one.
        let back = Payment::new("EFT3", vec![decided.reversed()]).with_plb("FB", "LATER", -15_000);
        let report =
            app::remittance_import::import(db, &db.system(), PRACTICE, "b.835", file(&back).as_bytes()).unwrap();
        assert_eq!(report.payments[0].counts.reversed, 1, "{report:?}");
        assert_eq!(work(db, Desk::Tier2), [], "the item ends by itself");
        books_hold(db);
    });
}

#[test]
fn verify_names_what_is_in_no_hand_or_out_of_range() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = without_coverage(db, &practice);
        let encounter = db.read(&db.system(), PRACTICE, |read| store::charge::encounter(read, id)).unwrap().unwrap();
        let save = |status| {
            let saved = billing::encounter::Encounter { status, ..encounter.clone() };
            db.write(&db.system(), PRACTICE, |tx| store::charge::save_encounter(tx, &saved)).unwrap();
        };
        books_hold(db);
        save(billing::encounter::EncounterStatus::Billed);
        assert_eq!(broken(db), Some("visits-in-one-hand"));
        save(billing::encounter::EncounterStatus::NotBillable);
        assert_eq!(broken(db), Some("not-billed-not-owed"));
        save(billing::encounter::EncounterStatus::Open);

        let charge = db.read(&db.system(), PRACTICE, |read| store::charge::charges(read, id)).unwrap()[0].clone();
        let payer = Account::PayerReceivable { charge: charge.id.0, payer: practice.payer.0 };
        let patient = Account::PatientReceivable { charge: charge.id.0, patient: practice.patient.0 };
        let shift = |amount: i64, key: &str| {
            let source = EntrySource { kind: "encounter".into(), id: id.0 };
            let entry = DraftEntry::new(date(2026, 3, 2), "a slip", source)
                .debit(payer.clone(), cents(amount), "slip")
                .credit(patient.clone(), cents(amount), "slip");
            db.write(&db.system(), PRACTICE, |tx| tx.post(&entry.clone().balance().unwrap(), key).map(|_| ())).unwrap();
        };
        shift(-100, "below");
        assert_eq!(broken(db), Some("receivables-in-range"));
        shift(14_200, "above");
        assert_eq!(broken(db), Some("receivables-in-range"));
        shift(-100, "within");
        books_hold(db);
        let trial = db.read(&db.system(), PRACTICE, |read| store::ledger::trial_balance(read)).unwrap();
        assert!(trial.contains(&(AccountKind::PayerReceivable, cents(14_000))));
        bill_patient(db, &tier1(), PRACTICE, id).unwrap();
        books_hold(db);
        save(billing::encounter::EncounterStatus::Open);
        assert_eq!(broken(db), Some("visits-in-a-hand"));
        save(billing::encounter::EncounterStatus::Billed);
        shift(500, "dues");
        assert_eq!(broken(db), Some("dues-in-a-hand"));
    });
}
