//! A patient's money from the visit to the receipt: explained, stated, paid, applied; on both databases.
//!
//! Postings stand for what charge capture and remittances put in the books, so that each story is a few lines.

use app::Error;
use app::patient_account::{PatientAccount, WrittenIn, account};
use app::patient_payment::{TakenPayment, receipt, receipt_pdf, take};
use app::patient_statement::{Issued, hold, issue, latest, lift_hold, run, statement, statement_pdf};
use billing::access::{Actor, Role};
use billing::claim::ClaimStatus;
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::statement::NotDue;
use billing::{ClaimId, Money, PatientId, UserId};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use ledger::{Account, Posting};
use store::params;
use store::remittance::SETTLE_CLAIMS;
use store::testing::{OTHER_PRACTICE, PRACTICE, TestDb, for_each_engine};
use uuid::Uuid;

use crate::patient_books::*;
use crate::payer_files::{Clp, Payment, Svc, file};

fn cash(amount: i64, key: &str) -> PaymentRequest {
    PaymentRequest {
        patient_id: PATIENT,
        amount: cents(amount),
        method: PaymentMethod::Cash,
        note: String::new(),
        idempotency_key: key.into(),
    }
}

fn look(db: &TestDb, patient: PatientId) -> PatientAccount {
    account(db, &person(Role::Tier1), PRACTICE, patient).unwrap()
}

fn later(db: &TestDb, days: i64) {
    db.env.advance(SignedDuration::from_hours(24 * days));
}

#[test]
fn a_visit_is_explained_stated_paid_and_receipted() {
    for_each_engine(|db| {
        open(db);
        let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
        decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);

        let seen = look(db, PATIENT);
        assert_eq!((seen.owes_now, seen.with_payers, seen.visits_owed), (cents(2_000), Money::ZERO, 1));
        let visit = &seen.visits[0];
        assert_eq!(visit.standing.unexplained(), Money::ZERO);
        let say = visit.say.join(" ");
        assert!(
            say.contains("Your plan, Union Lake Trust, allowed $92.00 of the $140.00 charge; it paid $72.00."),
            "{say}"
        );
        assert!(say.contains("$20.00 is your copay") && say.ends_with("That leaves $20.00 for you to pay."));
        assert_eq!(visit.rows.last().unwrap().words, "of what remains: your copay");
        assert_eq!(visit.rows.iter().filter_map(|row| row.remains).next_back(), Some(cents(2_000)));
        assert_eq!(visit.rows[1].decided_by, "Union Lake Trust, CO-45");
        assert_eq!(seen.statement_due, Ok(()));

        let manager = person(Role::Manager);
        let ran = run(db, &manager, PRACTICE).unwrap();
        assert_eq!(ran.total(), cents(2_000));
        let Issued { id, number, .. } = ran.issued[0].clone();
        let sent = statement(db, &person(Role::Tier1), PRACTICE, PATIENT, id).unwrap();
        assert_eq!((sent.number.as_str(), sent.amount_due, sent.due_on), ("S-00001", cents(2_000), date(2026, 4, 1)));
        assert_eq!(sent.visits[0].seen_by, "Mira Lin");
        assert_eq!(sent.visits[0].services[0].1, cents(14_000));
        assert!(statement_pdf(db, &manager, PRACTICE, PATIENT, id).unwrap().starts_with(b"%PDF-1.7"));
        assert_eq!(latest(db, &manager, PRACTICE).unwrap()[0].statement_number, number);

        let paid = take(db, &person(Role::Tier1), PRACTICE, &cash(2_000, "first")).unwrap();
        assert_eq!((paid.applied, paid.unapplied, paid.left_to_pay), (cents(2_000), Money::ZERO, Money::ZERO));
        let seen = look(db, PATIENT);
        assert_eq!(seen.owes_now, Money::ZERO);
        assert!(seen.visits[0].say.join(" ").ends_with("You have paid $20.00. You owe nothing for this visit."));
        let row = seen.visits[0].rows.last().unwrap();
        assert_eq!(
            (row.written_in, row.decided_by.as_str()),
            (Some(WrittenIn::Payment(paid.id)), "Cash, receipt R-00001")
        );

        let paper = receipt(db, &person(Role::Tier1), PRACTICE, PATIENT, paid.id).unwrap();
        assert_eq!(paper.applied, vec![(date(2026, 2, 3), cents(2_000))]);
        assert!(receipt_pdf(db, &person(Role::Tier1), PRACTICE, PATIENT, paid.id).unwrap().starts_with(b"%PDF"));
        // Neither stands under another patient's name.
        let tier1 = person(Role::Tier1);
        let elsewhere = receipt(db, &tier1, PRACTICE, OTHER_PATIENT, paid.id);
        assert!(matches!(elsewhere, Err(Error::NotFound("payment"))), "{elsewhere:?}");
        let elsewhere = statement_pdf(db, &tier1, PRACTICE, OTHER_PATIENT, id);
        assert!(matches!(elsewhere, Err(Error::NotFound("statement"))), "{elsewhere:?}");
        // What was sent stays as it was sent.
        assert_eq!(statement(db, &person(Role::Tier1), PRACTICE, PATIENT, id).unwrap(), sent);
    });
}

#[test]
fn the_same_key_is_the_same_payment_and_another_one_is_refused() {
    for_each_engine(|db| {
        open(db);
        let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
        decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
        let desk = person(Role::Tier1);
        let first = take(db, &desk, PRACTICE, &cash(2_000, "form-1")).unwrap();
        let again = take(db, &desk, PRACTICE, &cash(2_000, "form-1")).unwrap();
        assert_eq!(again, TakenPayment { is_new: false, ..first });
        let other = take(db, &desk, PRACTICE, &cash(2_100, "form-1"));
        assert!(matches!(&other, Err(Error::Refused(words)) if words.contains("R-00001")), "{other:?}");
        assert_eq!(look(db, PATIENT).payments.len(), 1);
    });
}

#[test]
fn money_paid_ahead_waits_and_is_applied_before_anybody_is_asked() {
    for_each_engine(|db| {
        open(db);
        let desk = person(Role::Tier1);
        // A copay at the front desk, before the payer has decided.
        let charge = visit(db, PATIENT, 1, date(2026, 3, 2), 14_000, ClaimStatus::Accepted);
        let paid = take(db, &desk, PRACTICE, &cash(2_500, "copay")).unwrap();
        assert_eq!((paid.applied, paid.unapplied), (Money::ZERO, cents(2_500)));
        assert_eq!(look(db, PATIENT).unapplied, cents(2_500));

        decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
        settle(db, 1);
        let ran = run(db, &person(Role::Manager), PRACTICE).unwrap();
        assert_eq!(ran.issued, vec![]);
        assert_eq!(ran.not_due, vec![(PATIENT, NotDue::NothingOwed)]);
        // A later, larger share is stated less what we hold.
        let second = visit(db, PATIENT, 2, date(2026, 3, 3), 14_000, ClaimStatus::Adjudicated);
        decide(db, PATIENT, second, 7_200, 4_800, &[("PR-1", 2_000)]);
        let ran = run(db, &person(Role::Manager), PRACTICE).unwrap();
        assert_eq!(ran.total(), cents(1_500));
        let seen = look(db, PATIENT);
        assert_eq!((seen.unapplied, seen.owes_now), (Money::ZERO, cents(1_500)));
        assert!(seen.visits.iter().all(|visit| visit.standing.unexplained().is_zero()));
    });
}

/// Moves a claim of a story to Adjudicated, as the remittance does.
fn settle(db: &TestDb, number: u128) {
    let claims = [ClaimId(Uuid::from_u128(0x7000 + number))];
    db.write(&db.system(), PRACTICE, |tx| {
        let place = params![ClaimStatus::Adjudicated, None::<Date>, tx.today()];
        tx.execute_in(&SETTLE_CLAIMS, place, &claims).map(|_| ())
    })
    .unwrap();
}

#[test]
fn nobody_is_asked_while_a_payer_decides_nor_twice_a_month_nor_on_hold() {
    for_each_engine(|db| {
        open(db);
        let (manager, desk) = (person(Role::Manager), person(Role::Tier1));
        let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Accepted);
        decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
        let seen = look(db, PATIENT);
        assert_eq!((seen.owes_now, seen.waiting_for_payer), (Money::ZERO, cents(2_000)));
        assert_eq!(run(db, &manager, PRACTICE).unwrap().not_due, vec![(PATIENT, NotDue::WithPayer)]);

        settle(db, 1);
        hold(db, &desk, PRACTICE, PATIENT, "insurance pending", date(2026, 3, 12)).unwrap();
        let held = NotDue::OnHold("insurance pending, until 2026-03-12, by tier1".into());
        assert_eq!(run(db, &manager, PRACTICE).unwrap().not_due[0].1, held);
        assert!(
            matches!(issue(db, &desk, PRACTICE, PATIENT), Err(Error::Refused(words)) if words.contains("Lift the hold"))
        );
        lift_hold(db, &desk, PRACTICE, PATIENT).unwrap();
        assert!(matches!(lift_hold(db, &desk, PRACTICE, PATIENT), Err(Error::Refused(_))), "nothing is held");

        assert_eq!(run(db, &manager, PRACTICE).unwrap().issued.len(), 1);
        assert_eq!(run(db, &manager, PRACTICE).unwrap().not_due[0].1, NotDue::ToldRecently(date(2026, 4, 1)));
        // On request it goes out again, not twice a day with the same; a run waits its month.
        assert!(matches!(issue(db, &desk, PRACTICE, PATIENT), Err(Error::Refused(words)) if words.contains("S-00001")));
        later(db, 1);
        assert_eq!(issue(db, &desk, PRACTICE, PATIENT).unwrap().number, "S-00002");
        later(db, 29);
        assert_eq!(run(db, &manager, PRACTICE).unwrap().issued.len(), 0);
        later(db, 1);
        assert_eq!(run(db, &manager, PRACTICE).unwrap().issued.len(), 1);
        assert_eq!(look(db, PATIENT).statements.len(), 3);
    });
}

#[test]
fn a_hold_ends_by_itself_on_its_day_and_says_who_and_why() {
    for_each_engine(|db| {
        open(db);
        let (manager, desk) = (person(Role::Manager), person(Role::Tier1));
        let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
        decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
        for (reason, until) in [
            ("ok", date(2026, 3, 12)),
            ("She disputes the visit.", date(2026, 3, 2)),
            ("She disputes the visit.", date(2027, 3, 2)),
        ] {
            let refused = hold(db, &desk, PRACTICE, PATIENT, reason, until);
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{reason} {until}: {refused:?}");
        }
        let coder = hold(db, &person(Role::Coder), PRACTICE, PATIENT, "She disputes it.", date(2026, 3, 12));
        assert!(matches!(coder, Err(Error::Denied(_))), "{coder:?}");
        hold(db, &desk, PRACTICE, PATIENT, "She disputes the visit.", date(2026, 3, 12)).unwrap();
        let seen = look(db, PATIENT);
        let held = seen.held_by_hand.unwrap();
        assert_eq!(
            (held.reason.as_str(), held.until_on, held.held_by),
            ("She disputes the visit.", date(2026, 3, 12), desk.user)
        );
        later(db, 9);
        assert_eq!(run(db, &manager, PRACTICE).unwrap().issued.len(), 0);
        later(db, 1);
        assert_eq!(look(db, PATIENT).statement_hold, None, "its day came");
        assert_eq!(run(db, &manager, PRACTICE).unwrap().issued.len(), 1);
    });
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    for_each_engine(|db| {
        open(db);
        let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
        decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
        let desk = person(Role::Tier1);
        let number = "4111 1111 1111 1111";
        let card = PaymentMethod::Card { token: number.into(), brand: "Visa".into(), last_four: "1111".into() };
        for request in [
            PaymentRequest { note: number.into(), ..cash(2_000, "a") },
            PaymentRequest { method: card, ..cash(2_000, "b") },
            PaymentRequest { method: PaymentMethod::Check { number: number.into() }, ..cash(2_000, "c") },
            cash(0, "d"),
            cash(-500, "e"),
        ] {
            let refused = take(db, &desk, PRACTICE, &request).unwrap_err();
            assert!(matches!(&refused, Error::Invalid { .. }), "{refused:?}");
            assert!(!refused.to_string().contains("4111"));
        }
        let coder = take(db, &person(Role::Coder), PRACTICE, &cash(2_000, "f"));
        assert!(matches!(coder, Err(Error::Denied(_))));
        let stranger = PaymentRequest { patient_id: PatientId(Uuid::from_u128(0x999)), ..cash(2_000, "g") };
        assert!(matches!(take(db, &desk, PRACTICE, &stranger), Err(Error::NotFound("patient"))));
        assert!(matches!(run(db, &desk, PRACTICE), Err(Error::Denied(_))));
        let seen = look(db, PATIENT);
        assert_eq!((seen.payments.len(), seen.statements.len(), seen.owes_now), (0, 0, cents(2_000)));
    });
}

#[test]
fn another_practice_sees_nothing_and_a_poster_sees_money_without_names() {
    for_each_engine(|db| {
        open(db);
        visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Accepted);
        let elsewhere = Actor::user(UserId(Uuid::from_u128(77)), "elsewhere", vec![Role::Tier1], OTHER_PRACTICE);
        assert!(matches!(account(db, &elsewhere, OTHER_PRACTICE, PATIENT), Err(Error::NotFound("patient"))));
        let seen = account(db, &person(Role::Poster), PRACTICE, PATIENT).unwrap();
        assert!(seen.masked && seen.patient.name.full() == "Hidden" && seen.guarantor.name.full() == "Hidden");
        assert_eq!(seen.with_payers, cents(14_000));
        assert!(look(db, OTHER_PATIENT).visits.is_empty());
    });
}

/// What a payer's file says of a visit's one line.
fn answer(number: u128, charge: i64, paid: i64, adjustments: Vec<(&'static str, &'static str, i64)>) -> Clp {
    let line = Svc { number: format!("AR{number:06}L1"), code: "99213", charge, paid, adjustments };
    Clp::new(format!("AR{number:06}"), "1", vec![line])
}

fn receive(db: &TestDb, trace: &str, claims: Vec<Clp>) {
    let text = file(&Payment::new(trace, claims));
    let report = app::remittance_import::import(db, &db.system(), PRACTICE, "payer.835", text.as_bytes()).unwrap();
    assert_eq!(report.payments[0].state, app::remittance_import::PaymentState::Posted, "{report:?}");
    let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
    // The claims of these stories begin in the middle of their life, so their events are no whole life.
    let failed: Vec<_> =
        verification.checks.iter().filter(|check| !check.holds && check.name != "events-fold").collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn a_copay_paid_at_the_visit_pays_the_share_that_the_remittance_names() {
    for_each_engine(|db| {
        open(db);
        let charge = visit(db, PATIENT, 1, date(2026, 2, 10), 14_000, ClaimStatus::Accepted);
        take(db, &person(Role::Tier1), PRACTICE, &cash(2_000, "at the desk")).unwrap();
        assert_eq!(look(db, PATIENT).unapplied, cents(2_000));
        receive(db, "EFT1", vec![answer(1, 14_000, 7_200, vec![("CO", "45", 4_800), ("PR", "3", 2_000)])]);
        let seen = look(db, PATIENT);
        assert_eq!((seen.unapplied, seen.owes_now), (Money::ZERO, Money::ZERO));
        assert_eq!(seen.visits[0].explanation.charges[0].charge.charge_id, charge);
        let say = seen.visits[0].say.join(" ");
        assert!(say.ends_with("You have paid $20.00. You owe nothing for this visit."), "{say}");
        let row = seen.visits[0].rows.iter().find(|row| row.words == "Paid by Union Lake Trust").unwrap();
        assert_eq!(row.decided_by, "Remittance EFT1, 2026-03-02");
        assert!(matches!(row.written_in, Some(WrittenIn::Remittance(_))));
    });
}

#[test]
fn a_denial_is_named_and_never_billed_and_a_decision_taken_back_is_told() {
    for_each_engine(|db| {
        open(db);
        visit(db, PATIENT, 1, date(2026, 2, 10), 14_000, ClaimStatus::Accepted);
        receive(db, "EFT1", vec![answer(1, 14_000, 0, vec![("CO", "197", 14_000)])]);
        let seen = look(db, PATIENT);
        assert_eq!((seen.owes_now, seen.with_payers), (Money::ZERO, cents(14_000)));
        let say = seen.visits[0].say.join(" ");
        assert!(
            say.contains("So far Union Lake Trust has not paid $140.00 because it found no approval in advance."),
            "{say}"
        );
        assert!(matches!(issue(db, &person(Role::Tier1), PRACTICE, PATIENT), Err(Error::Refused(_))));

        visit(db, PATIENT, 2, date(2026, 2, 10), 9_000, ClaimStatus::Accepted);
        let paid = answer(2, 9_000, 5_000, vec![("CO", "45", 3_000), ("PR", "1", 1_000)]);
        receive(db, "EFT2", vec![paid.clone()]);
        assert_eq!(look(db, PATIENT).owes_now, cents(1_000));
        let corrected = answer(2, 9_000, 5_500, vec![("CO", "45", 3_000), ("PR", "1", 500)]);
        receive(db, "EFT3", vec![paid.reversed(), corrected]);
        let seen = look(db, PATIENT);
        assert_eq!(seen.owes_now, cents(500));
        let visit = seen.visits.iter().find(|visit| visit.standing.charged == cents(9_000)).unwrap();
        assert_eq!(visit.standing.paid_by_payers, cents(5_500));
        assert!(visit.rows.iter().any(|row| row.words == "Taken back by Union Lake Trust"));
        assert!(visit.say.join(" ").contains("$5.00 is your deductible"), "{:?}", visit.say);
    });
}

#[test]
fn a_charge_corrected_after_the_decision_is_stated_at_what_the_books_charge() {
    for_each_engine(|db| {
        open(db);
        let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
        decide(db, PATIENT, charge, 5_000, 4_000, &[("PR-3", 2_000)]);
        // One of two units was never given: the rest of the charge is taken back.
        db.write(&db.system(), PRACTICE, |tx| {
            let postings = vec![
                Posting::debit(Account::Revenue { charge: charge.0 }, cents(3_000), "charge"),
                Posting::credit(Account::PayerReceivable { charge: charge.0, payer: PAYER.0 }, cents(3_000), "charge"),
            ];
            post(tx, "charge_change", charge.0, tx.today(), postings)
        })
        .unwrap();
        let issued = issue(db, &person(Role::Tier1), PRACTICE, PATIENT).unwrap();
        let sent = statement(db, &person(Role::Tier1), PRACTICE, PATIENT, issued.id).unwrap();
        let stated = &sent.visits[0];
        assert_eq!(stated.services, vec![(stated.services[0].0.clone(), cents(11_000))]);
        let changes: Money = stated.lines.iter().filter_map(|line| line.change).sum();
        assert_eq!(cents(11_000) + changes - stated.standing.with_payers, cents(2_000));
        assert_eq!(stated.lines.last().unwrap().remains, cents(2_000));
        assert!(look(db, PATIENT).visits[0].rows.iter().any(|row| row.words == "Charge corrected"));
    });
}
