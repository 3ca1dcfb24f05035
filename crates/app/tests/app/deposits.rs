//! From the drawer to the bank: a day's cash and checks are counted by one person, what is missing is approved by another, the
//! slip meets the bank's line, and the month is signed by a third. Told as days of an office, on both databases.

use app::deposit::{self, SlipRequest};
use app::drawer::{self, Count};
use app::patient_payment::take;
use app::reconciliation::{self, Period};
use app::{Error, bank, day_sheet, refund};
use billing::access::{Actor, Role};
use billing::bank::{BankLineState, Deposit};
use billing::deposit::{DrawerState, SlipState, WithdrawalState};
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::refund::{Payee, RefundMethod};
use billing::{BankLineId, DepositSlipId, Money, PatientPaymentId};
use jiff::SignedDuration;
use jiff::ToSpan;
use jiff::civil::Date;
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::patient_books::{PATIENT, cents, open};
use crate::payer_files::{Clp, Payment, file};
use crate::remittance::{all_invariants_hold, balance};
use crate::staff::person;

/// Who takes money at the desk.
pub fn desk() -> Actor {
    person(1, Role::Tier1)
}

/// Who counts slips and takes statements in.
pub fn poster() -> Actor {
    person(6, Role::Poster)
}

/// Who approves and signs.
pub fn manager() -> Actor {
    person(7, Role::Manager)
}

/// A payment at the desk.
pub fn pay(db: &TestDb, amount: i64, method: PaymentMethod, key: &str) -> PatientPaymentId {
    let request = PaymentRequest {
        patient_id: PATIENT,
        amount: cents(amount),
        method,
        note: String::new(),
        idempotency_key: key.into(),
    };
    take(db, &desk(), PRACTICE, &request).unwrap().id
}

fn check(number: &str) -> PaymentMethod {
    PaymentMethod::Check { number: number.into() }
}

/// Everything that is ready, counted at an amount.
pub fn slip(db: &TestDb, counted: i64, reason: &str, key: &str) -> Result<DepositSlipId, Error> {
    let ready = deposit::ready(db, &poster(), PRACTICE).unwrap();
    let request = SlipRequest {
        payments: ready.payments.iter().map(|row| row.id).collect(),
        checks: ready.checks.iter().map(|row| row.id).collect(),
        counted: cents(counted),
        reason: reason.into(),
        idempotency_key: key.into(),
    };
    deposit::count(db, &poster(), PRACTICE, &request)
}

/// A line of the bank.
pub fn line(on: Date, amount: i64, words: &str) -> Deposit {
    Deposit { booked_on: on, amount: cents(amount), trace: String::new(), words: words.into() }
}

fn state(db: &TestDb, id: DepositSlipId) -> SlipState {
    deposit::show(db, &poster(), PRACTICE, id).unwrap().slip.state
}

fn today(db: &TestDb) -> Date {
    db.today(PRACTICE).unwrap()
}

fn on_the_way(db: &TestDb) -> [Money; 4] {
    [AccountKind::Undeposited, AccountKind::DepositInTransit, AccountKind::Bank, AccountKind::CashOverShort]
        .map(|kind| balance(db, kind))
}

fn waiting_line(db: &TestDb) -> BankLineId {
    bank::overview(db, &poster(), PRACTICE, BankLineState::Waiting).unwrap().lines[0].id
}

#[test]
fn a_day_goes_from_the_drawer_over_the_slip_and_the_bank_to_a_signed_month() {
    for_each_engine(|db| {
        open(db);
        let (cash, checks) = (pay(db, 4_000, PaymentMethod::Cash, "a"), pay(db, 2_500, check("1042"), "b"));
        let card = PaymentMethod::Card { token: "tok_1".into(), brand: "Visa".into(), last_four: "4410".into() };
        pay(db, 9_000, card, "c");

        // The drawer: what was taken against what was counted, with a second person for the difference.
        let expected = drawer::expected(db, &desk(), PRACTICE).unwrap();
        assert_eq!((expected.cash, expected.checks), (cents(4_000), cents(2_500)));
        let short = Count { cash: cents(3_900), checks: cents(2_500), reason: String::new() };
        assert!(matches!(drawer::close(db, &desk(), PRACTICE, &short), Err(Error::Invalid { .. })));
        let told = Count { reason: "Gave a dollar too much change.".into(), ..short };
        let closed = drawer::close(db, &desk(), PRACTICE, &told).unwrap();
        assert!(drawer::accept(db, &desk(), PRACTICE, closed).is_err(), "nobody accepts their own");
        drawer::accept(db, &manager(), PRACTICE, closed).unwrap();
        assert!(drawer::accept(db, &manager(), PRACTICE, closed).is_err(), "once");
        let again = drawer::close(
            db,
            &desk(),
            PRACTICE,
            &Count { cash: Money::ZERO, checks: Money::ZERO, reason: String::new() },
        );
        again.unwrap();
        let drawers = drawer::of_day(db, &manager(), PRACTICE, today(db)).unwrap();
        assert_eq!(
            drawers.iter().map(|row| (row.round, row.state)).collect::<Vec<_>>(),
            [(1, DrawerState::Accepted), (2, DrawerState::Closed)]
        );

        // The slip: cards do not go to the bank in it; a dollar is short and waits for a second person.
        assert_eq!(deposit::ready(db, &poster(), PRACTICE).unwrap().total, cents(6_500));
        assert!(matches!(slip(db, 6_400, "", "form"), Err(Error::Invalid { .. })), "a difference needs its reason");
        let id = slip(db, 6_400, "The drawer was a dollar short.", "form").unwrap();
        assert_eq!(slip(db, 6_400, "", "form").ok(), None, "nothing is ready any more");
        assert_eq!((state(db, id), on_the_way(db)[0]), (SlipState::Differs, cents(15_500)), "nothing moved");
        assert!(matches!(deposit::approve(db, &desk(), PRACTICE, id), Err(Error::Denied(_))));
        assert!(matches!(deposit::approve(db, &poster(), PRACTICE, id), Err(Error::Denied(_))));
        deposit::approve(db, &manager(), PRACTICE, id).unwrap();
        assert_eq!(on_the_way(db), [cents(9_000), cents(6_400), Money::ZERO, cents(100)]);
        let view = deposit::show(db, &poster(), PRACTICE, id).unwrap();
        assert_eq!(
            view.items.iter().map(|item| item.patient_payment_id).collect::<Vec<_>>(),
            [Some(cash), Some(checks)]
        );
        assert!(deposit::slip_pdf(db, &poster(), PRACTICE, id).unwrap().starts_with(b"%PDF"));
        all_invariants_hold(db);

        // The day sheet ties to the books.
        let sheet = day_sheet::show(db, &manager(), PRACTICE, today(db)).unwrap();
        assert!(sheet.ties(), "{:?}", sheet.ties);
        assert_eq!((sheet.from_patients(), sheet.open_drawers.len()), (cents(15_500), 0));
        let undeposited = day_sheet::entries(db, &manager(), PRACTICE, today(db), AccountKind::Undeposited).unwrap();
        assert_eq!(undeposited.iter().map(|row| row.cents).sum::<Money>(), sheet.net(AccountKind::Undeposited));

        // The bank books the deposit two days later, and a refund's check leaves.
        let booked = today(db).saturating_add(2.days());
        let request = refund::RefundRequest {
            patient_id: PATIENT,
            payee: Payee::Patient,
            amount: cents(1_000),
            reason: "Paid ahead and moved away.".into(),
            idempotency_key: "back".into(),
        };
        let back = refund::ask(db, &person(2, Role::Tier2), PRACTICE, &request).unwrap();
        refund::approve(db, &manager(), PRACTICE, back).unwrap();
        refund::send(db, &manager(), PRACTICE, back, RefundMethod::Check, "2001").unwrap();
        db.env.advance(SignedDuration::from_hours(24 * 5));
        let taken =
            bank::take(db, &poster(), PRACTICE, &[line(booked, 6_400, "BRANCH DEPOSIT"), line(booked, 77, "INTEREST")]);
        assert_eq!(taken.unwrap().matched, 1);
        assert_eq!((state(db, id), on_the_way(db)[1]), (SlipState::InBank, Money::ZERO));

        // The month: what is not in the books and what is not in the bank stand on their sides, and it comes out.
        let period = Period {
            from: booked.saturating_sub(5.days()),
            until: booked,
            opening: cents(50_000),
            closing: cents(50_000 + 6_400 + 77),
        };
        let compared = reconciliation::compare(db, &manager(), PRACTICE, &period).unwrap();
        assert!(compared.comes_out(), "{compared:?}");
        assert_eq!((compared.body.only_bank(), compared.body.only_books()), (cents(77), cents(-1_000)));
        assert_eq!((compared.books, compared.before), (cents(5_400), cents(50_000)));
        let off = Period { closing: cents(56_476), ..period };
        let refused = reconciliation::sign(db, &manager(), PRACTICE, &off);
        assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("-0.01")));
        assert!(matches!(reconciliation::sign(db, &poster(), PRACTICE, &period), Err(Error::Denied(_))));
        let cashier = person(1, Role::Manager);
        let refused = reconciliation::sign(db, &cashier, PRACTICE, &period);
        assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("took cash")), "whatever the role");
        let signed = reconciliation::sign(db, &manager(), PRACTICE, &period).unwrap();

        // The next month opens where this one closed; the refund is cashed, and the bank's fee is nothing of claims.
        let late = bank::take(db, &poster(), PRACTICE, &[line(booked, 1, "FORGOTTEN")]);
        assert!(matches!(late, Err(Error::Refused(why)) if why.contains("signed as reconciled")));
        let next = booked.saturating_add(1.days());
        assert_eq!(reconciliation::next(db, &manager(), PRACTICE).unwrap(), Some((next, cents(56_477))));
        let out = [line(next, 1_000, "CHECK 2001"), line(next, 15, "SERVICE FEE")];
        assert_eq!(reconciliation::take(db, &poster(), PRACTICE, &out).unwrap(), 2);
        assert_eq!(reconciliation::take(db, &poster(), PRACTICE, &out).unwrap(), 0, "once");
        let fees = reconciliation::list(db, &manager(), PRACTICE, WithdrawalState::Waiting).unwrap();
        assert_eq!(fees.len(), 1, "the check met its refund by number and amount");
        reconciliation::is_other(db, &manager(), PRACTICE, fees[0].line.id, "The bank's fee.").unwrap();
        let second = Period { from: next, until: next, opening: cents(56_477), closing: cents(55_462) };
        let compared = reconciliation::compare(db, &manager(), PRACTICE, &second).unwrap();
        assert!(compared.comes_out(), "{compared:?}");
        assert_eq!((compared.body.only_bank(), compared.body.only_books()), (cents(77 - 15), Money::ZERO));
        reconciliation::sign(db, &manager(), PRACTICE, &second).unwrap();
        let kept = reconciliation::show(db, &manager(), PRACTICE, signed).unwrap();
        assert_eq!((kept.closing_cents, kept.body.0.not_in_bank.len()), (cents(56_477), 1), "as it was signed");
        all_invariants_hold(db);
    });
}

#[test]
fn the_bank_has_another_amount_and_a_second_person_says_so() {
    for_each_engine(|db| {
        open(db);
        pay(db, 8_000, PaymentMethod::Cash, "a");
        let id = slip(db, 8_000, "", "form").unwrap();
        assert_eq!(on_the_way(db), [Money::ZERO, cents(8_000), Money::ZERO, Money::ZERO]);
        bank::take(db, &poster(), PRACTICE, &[line(today(db), 7_980, "BRANCH DEPOSIT")]).unwrap();
        let of = waiting_line(db);
        assert!(matches!(deposit::match_line(db, &poster(), PRACTICE, of, id, ""), Err(Error::Invalid { .. })));
        deposit::match_line(db, &poster(), PRACTICE, of, id, "A twenty was torn.").unwrap();
        assert_eq!(state(db, id), SlipState::BankDiffers);
        assert!(deposit::take_apart(db, &poster(), PRACTICE, id, "Wrong.").is_err(), "the bank has it");
        all_invariants_hold(db);
        assert!(deposit::approve_bank(db, &poster(), PRACTICE, id).is_err());
        deposit::refuse_bank(db, &manager(), PRACTICE, id).unwrap();
        assert_eq!(state(db, id), SlipState::OnTheWay);
        deposit::match_line(db, &poster(), PRACTICE, of, id, "A twenty was torn.").unwrap();
        deposit::approve_bank(db, &manager(), PRACTICE, id).unwrap();
        assert_eq!(on_the_way(db), [Money::ZERO, Money::ZERO, cents(7_980), cents(20)]);
        all_invariants_hold(db);
        // Taken back, the slip is on its way again with all that was counted.
        bank::take_back(db, &manager(), PRACTICE, of, "It was another deposit.").unwrap();
        assert_eq!(
            (state(db, id), on_the_way(db)),
            (SlipState::OnTheWay, [Money::ZERO, cents(8_000), Money::ZERO, Money::ZERO])
        );
        all_invariants_hold(db);
        deposit::take_apart(db, &poster(), PRACTICE, id, "A check was forgotten.").unwrap();
        assert_eq!(on_the_way(db), [cents(8_000), Money::ZERO, Money::ZERO, Money::ZERO]);
        let second = slip(db, 8_000, "", "form-2").unwrap();
        assert_eq!(state(db, second), SlipState::OnTheWay, "its items were free again");
        all_invariants_hold(db);
    });
}

#[test]
fn a_payers_paper_check_goes_with_the_slip_and_a_line_that_came_first_meets_it() {
    for_each_engine(|db| {
        crate::remittance::clinic(db, 1);
        let paper = file(&Payment::new("77120", vec![Clp::paid(1)])).replace("*ACH*CCP*", "*CHK**");
        let posted = crate::remittance::take(db, &paper);
        let amount = posted.payments[0].amount;
        assert_eq!(posted.payments[0].state, app::remittance_import::PaymentState::Posted);
        let ready = deposit::ready(db, &poster(), PRACTICE).unwrap();
        assert_eq!(ready.checks.iter().map(|row| row.trace.as_str()).collect::<Vec<_>>(), ["77120"]);
        bank::take(db, &poster(), PRACTICE, &[line(today(db), amount.cents(), "BRANCH DEPOSIT")]).unwrap();
        assert_eq!(balance(db, AccountKind::Bank), Money::ZERO);
        let id = slip(db, amount.cents(), "", "form").unwrap();
        assert_eq!((state(db, id), balance(db, AccountKind::Bank)), (SlipState::InBank, amount));
        assert_eq!(balance(db, AccountKind::InTransit), Money::ZERO);
        all_invariants_hold(db);
    });
}

#[test]
fn a_slip_that_the_bank_does_not_have_after_three_business_days_is_work_until_it_comes() {
    for_each_engine(|db| {
        open(db);
        let monday = db.today(PRACTICE).unwrap();
        pay(db, 6_400, PaymentMethod::Cash, "a");
        let id = slip(db, 6_400, "", "form").unwrap();
        let missing = |db: &TestDb| {
            app::jobs::run_due(db, PRACTICE).unwrap();
            let open = crate::remittance::work(db);
            open.into_iter().filter(|(reason, _)| *reason == billing::work::WorkReason::DepositMissing).count()
        };
        bank::take(db, &poster(), PRACTICE, &[line(monday, 77, "INTEREST")]).unwrap();
        for (days, other, expected) in [(3, 78, 0), (1, 79, 1), (1, 80, 1)] {
            db.env.advance(SignedDuration::from_hours(24 * days));
            let today = db.today(PRACTICE).unwrap();
            bank::take(db, &poster(), PRACTICE, &[line(today, other, "INTEREST")]).unwrap();
            assert_eq!(missing(db), expected, "{today}");
        }
        // The bank books it late: the work ends by itself.
        let booked = monday.saturating_add(4.days());
        bank::take(db, &poster(), PRACTICE, &[line(booked, 6_400, "BRANCH DEPOSIT")]).unwrap();
        assert_eq!(state(db, id), SlipState::InBank);
        assert_eq!(missing(db), 0);
    });
}
