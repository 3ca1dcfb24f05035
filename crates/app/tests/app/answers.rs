//! The eight answers agree with the books to the cent, in both languages, and offer what the person may do.

use app::answers::{Answer, for_patient};
use app::patient_payment::take;
use billing::Money;
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::explain::{Language, dollar_words};
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::question::Question;
use jiff::civil::date;
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::patient_books::*;
use crate::payer_files::{Clp, Payment, Svc, file};
use crate::remittance::balance;

fn answers(db: &TestDb, role: Role) -> Vec<(Question, Answer)> {
    Question::ALL
        .iter()
        .map(|question| (*question, for_patient(db, &person(role), PRACTICE, PATIENT, Some(*question)).unwrap()))
        .collect()
}

fn pay(db: &TestDb, amount: i64, key: &str) {
    let request = PaymentRequest {
        patient_id: PATIENT,
        amount: cents(amount),
        method: PaymentMethod::Cash,
        note: String::new(),
        idempotency_key: key.into(),
    };
    take(db, &person(Role::Tier1), PRACTICE, &request).unwrap();
}

fn receive(
    db: &TestDb,
    trace: &str,
    number: u128,
    charge: i64,
    paid: i64,
    why: Vec<(&'static str, &'static str, i64)>,
) {
    let line = Svc { number: format!("AR{number:06}L1"), code: "99213", charge, paid, adjustments: why };
    let text = file(&Payment::new(trace, vec![Clp::new(format!("AR{number:06}"), "1", vec![line])]));
    app::remittance_import::import(db, &db.system(), PRACTICE, "payer.835", text.as_bytes()).unwrap();
}

fn is_a_sum(question: Question) -> bool {
    question != Question::InsuranceActive
}

/// What every answer keeps, whatever the account: one sum in both languages, and it is said where it is owed.
fn agree(db: &TestDb, story: &str) {
    let owed_in_books = balance(db, AccountKind::PatientReceivable);
    let payments = db.read(&db.system(), PRACTICE, |read| {
        read.query(&store::patient_account::PAYMENTS_OF_PATIENT, store::params![PATIENT])
    });
    let received: Money = payments.unwrap().iter().map(|payment| payment.amount_cents).sum();
    for (question, answer) in answers(db, Role::Tier1) {
        let name = format!("{story}: {}", question.as_str());
        assert!(!answer.english.say.is_empty() && !answer.spanish.say.is_empty(), "{name}");
        assert_ne!(answer.english.say, answer.spanish.say, "{name}");
        let amounts = |language| answer.wording(language).lines.iter().map(|line| line.amount).collect::<Vec<_>>();
        assert_eq!(amounts(Language::English), amounts(Language::Spanish), "{name}");
        for language in Language::ALL {
            let wording = answer.wording(language);
            assert_eq!(wording.total.is_some(), is_a_sum(question), "{name}");
            let Some((_, total)) = &wording.total else { continue };
            assert_eq!(wording.lines.iter().map(|line| line.amount).sum::<Money>(), *total, "{name} {language:?}");
            let said = wording.say.join(" ");
            match question {
                Question::WhyBill | Question::Balance | Question::BilledWrongly => {
                    assert_eq!(*total, owed_in_books, "{name}");
                    let owes = dollar_words(*total, language);
                    assert_eq!(said.contains(&owes), !total.is_zero(), "{name}: {said}");
                }
                Question::GotPayment => assert_eq!(*total, received, "{name}"),
                Question::WhyDenied => assert_eq!(said.contains("$"), !total.is_zero(), "{name}: {said}"),
                Question::Resubmit | Question::NeverGotIt | Question::InsuranceActive => {}
            }
        }
    }
}

#[test]
fn every_answer_agrees_with_the_books_to_the_cent_in_both_languages() {
    for_each_engine(|db| {
        open(db);
        agree(db, "a new account");
        visit(db, PATIENT, 1, date(2026, 2, 10), 14_000, ClaimStatus::Accepted);
        agree(db, "a claim with its plan");
        receive(db, "EFT1", 1, 14_000, 7_200, vec![("CO", "45", 4_800), ("PR", "3", 2_000)]);
        agree(db, "decided, a copay is owed");
        visit(db, PATIENT, 2, date(2026, 2, 11), 9_037, ClaimStatus::Accepted);
        receive(db, "EFT2", 2, 9_037, 0, vec![("CO", "197", 9_037)]);
        agree(db, "and a denial");
        let denied = for_patient(db, &person(Role::Tier1), PRACTICE, PATIENT, Some(Question::WhyDenied)).unwrap();
        assert_eq!(denied.spanish.total.as_ref().unwrap().1, cents(9_037));
        visit(db, PATIENT, 3, date(2026, 2, 12), 5_511, ClaimStatus::Accepted);
        receive(db, "EFT3", 3, 5_511, 1_000, vec![("CO", "45", 1_500), ("PR", "1", 3_011)]);
        pay(db, 1_511, "first");
        agree(db, "two visits are owed, something is paid");
        pay(db, 5_000, "second");
        agree(db, "paid too much");
        let paid = for_patient(db, &person(Role::Tier1), PRACTICE, PATIENT, Some(Question::GotPayment)).unwrap();
        assert!(paid.english.say.join(" ").contains("pays for nothing yet"), "{:?}", paid.english.say);
        assert!(paid.spanish.lines.iter().all(|line| line.label.starts_with("Efectivo")), "{:?}", paid.spanish.lines);
    });
}

#[test]
fn each_step_is_offered_to_who_may_take_it_and_says_who_may_to_others() {
    for_each_engine(|db| {
        open(db);
        visit(db, PATIENT, 1, date(2026, 2, 10), 14_000, ClaimStatus::Accepted);
        receive(db, "EFT1", 1, 14_000, 0, vec![("CO", "197", 14_000)]);
        let step = |role, question: Question, label: &str| {
            let answer = for_patient(db, &person(role), PRACTICE, PATIENT, Some(question)).unwrap();
            let found = answer.steps.iter().find(|step| step.label.starts_with(label));
            found.unwrap_or_else(|| panic!("{label}: {:?}", answer.steps)).clone()
        };
        for (question, label) in [
            (Question::WhyDenied, "Send a corrected claim"),
            (Question::WhyDenied, "Appeal"),
            (Question::Resubmit, "Send a corrected"),
        ] {
            let refused = step(Role::Tier1, question, label).refused.unwrap();
            assert!(refused.contains("Tier 2"), "{refused}");
            assert_eq!(step(Role::Tier2, question, label).refused, None);
        }
        assert_eq!(step(Role::Tier1, Question::Balance, "Take a payment").refused, None);
        assert!(step(Role::Tier1, Question::Balance, "Ask for a refund").refused.is_some());
        let poster = for_patient(db, &person(Role::Poster), PRACTICE, PATIENT, Some(Question::Balance));
        assert!(matches!(poster, Err(app::Error::Denied(_))), "{poster:?}");
    });
}

#[test]
fn a_plan_that_says_it_never_got_a_claim_is_answered_with_its_own_receipt() {
    for_each_engine(|db| {
        use crate::claims_on_their_way as way;
        way::open(db);
        let carrier = crate::carrier::Carrier::new();
        let claim = way::ready_claim(db, 1, "CLEARING");
        let tier1 = way::person(1, Role::Tier1);
        let ask = |question| for_patient(db, &tier1, PRACTICE, way::PATIENT, Some(question)).unwrap();
        assert!(ask(Question::Resubmit).english.say.join(" ").contains("Your plan must have it by"));
        way::send(db, &carrier);
        assert!(ask(Question::NeverGotIt).english.say.join(" ").contains("no receipt of it yet"));
        let sent = way::latest_file(db, claim).interchange_number;
        way::take(db, "277ca.x12", &crate::carrier::claim_answers("PR", sent, &[("AR000001", "A2:20:PR")]));
        let answer = ask(Question::NeverGotIt);
        // Days hold together by spaces that do not break.
        let said = |say: &[String]| say.join(" ").replace('\u{a0}', " ");
        let (english, spanish) = (said(&answer.english.say), said(&answer.spanish.say));
        assert!(english.contains("accepted by Union Lake Trust on March 2, 2026: we have its receipt"), "{english}");
        assert!(spanish.contains("2 de marzo de 2026: tenemos su comprobante"), "{spanish}");
        let call = answer.steps.iter().find(|step| step.label == "Call Union Lake Trust").unwrap();
        assert_eq!((call.href.as_str(), &call.refused), (format!("/calls/{}", way::PAYER).as_str(), &None));
    });
}
