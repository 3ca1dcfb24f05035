//! The provider-level ledger from files to books on both databases: whatever a payer does outside any claim opens an item,
//! walks it to zero over several remittances, or is somebody's work.

use app::provider_ledger::{Ledger, Which, list, show};
use app::unapplied_cash::{Application, apply};
use app::{Error, jobs, worklist};
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::remittance::provider_level::Concern;
use billing::remittance::provider_level::reference::FoundBy;
use billing::work::{Desk, Resolution, WorkReason};
use billing::{Money, WorkItemId};
use jiff::SignedDuration;
use jiff::civil::date;
use ledger::{Account, AccountKind, DraftEntry, EntrySource};
use store::params;
use store::testing::{PRACTICE, TestDb, facts, for_each_engine};
use store::worklist::{QueueCursor, WORK_ITEM};

use crate::claims_on_their_way::person;
use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, places, take, work};

fn ledger(db: &TestDb, which: Which) -> Ledger {
    list(db, &db.system(), PRACTICE, which).unwrap()
}

/// Every open item: its number, what is open, and what makes it work.
fn open(db: &TestDb) -> Vec<(String, Money, Option<Concern>)> {
    let items = ledger(db, Which::Open).payers.into_iter().flat_map(|payer| payer.items);
    items.map(|item| (item.words(), item.standing.balance, item.standing.concern())).collect()
}

/// A payment of `paid` claims with money outside them.
fn payment(trace: &str, paid: &[usize], outside: &[(&'static str, &'static str, i64)]) -> Payment {
    let claims = paid.iter().map(|n| Clp::paid(*n)).collect();
    outside.iter().fold(Payment::new(trace, claims), |payment, (reason, reference, cents)| {
        payment.with_plb(reason, reference, *cents)
    })
}

fn post(db: &TestDb, payment: &Payment) {
    let report = take(db, &file(payment));
    assert_eq!(report.payments[0].problem, None);
    all_invariants_hold(db);
}

fn item_of_work(db: &TestDb, reason: WorkReason) -> WorkItemId {
    let queue = worklist::queue(db, &db.system(), PRACTICE, Desk::Poster, QueueCursor::START).unwrap();
    queue.iter().find(|row| row.reason == reason).expect("open work").id
}

fn to_line(db: &TestDb, item: WorkItemId, n: usize, line: i32, amount: i64) -> Application {
    let row = db.read(&db.system(), PRACTICE, |r| r.query_one(&WORK_ITEM, params![item]));
    Application {
        claim: control_number(n),
        line,
        amount: cents(amount),
        reason: "The payer's letter names this visit.".into(),
        revision: row.unwrap().revision,
    }
}

#[test]
fn a_reversal_whose_money_is_carried_is_taken_over_three_payments_and_ends_at_zero() {
    for_each_engine(|db| {
        clinic(db, 6);
        post(db, &payment("EFT1", &[1], &[]));
        // The decision is taken back; its 102.00 are shown now and not taken.
        let back = Payment::new("EFT2", vec![Clp::paid(1).reversed()]).with_plb("WO", "PC000001", -10_200);
        post(db, &back);
        assert_eq!(open(db), [("C000001".to_owned(), cents(-10_200), None)]);
        let glance = &ledger(db, Which::Open).payers[0];
        assert_eq!((glance.owed_to_payer, glance.owed_by_payer), (cents(10_200), Money::ZERO));
        // The payer owes the claim again, and takes the money in parts, each time written otherwise.
        post(db, &payment("EFT3", &[2], &[("WO", "20260210 PC000001", 4_000)]));
        post(db, &payment("EFT4", &[3], &[("WO", "PC000001-01", 6_000)]));
        assert_eq!(open(db), [("C000001".to_owned(), cents(-200), None)]);
        post(db, &payment("EFT5", &[4], &[("WO", "C000001", 200)]));
        assert_eq!(open(db), []);
        assert_eq!(balance(db, AccountKind::Recoupment), Money::ZERO);
        assert_eq!(work(db).iter().filter(|(reason, _)| *reason == WorkReason::PayerRecoupment).count(), 0);

        let closed = ledger(db, Which::Closed);
        let walk = show(db, &db.system(), PRACTICE, closed.payers[0].items[0].id).unwrap();
        let steps: Vec<(&str, Option<&str>, i64, i64)> = walk
            .steps
            .iter()
            .map(|step| {
                let said = step.said.as_ref().unwrap();
                (said.trace.as_str(), said.segment.as_deref(), step.amount.cents(), step.open.cents())
            })
            .collect();
        assert_eq!(
            steps,
            [
                ("EFT2", Some("PLB*2044188300*20261231*WO:PC000001*-102"), -10_200, -10_200),
                ("EFT3", Some("PLB*2044188300*20261231*WO:20260210 PC000001*40"), 4_000, -6_200),
                ("EFT4", Some("PLB*2044188300*20261231*WO:PC000001-01*60"), 6_000, -200),
                ("EFT5", Some("PLB*2044188300*20261231*WO:C000001*2"), 200, 0),
            ]
        );
        assert_eq!(walk.claims, [(claim_id(1), "C000001".to_owned())]);
        assert!(walk.steps.iter().all(|step| step.said.as_ref().unwrap().found_by == FoundBy::Claim));
    });
}

#[test]
fn a_payment_below_zero_is_carried_forward_from_one_to_the_next_until_the_cash_suffices() {
    for_each_engine(|db| {
        clinic(db, 6);
        post(db, &payment("EFT1", &[1, 2], &[]));
        let both = || vec![Clp::paid(1).reversed(), Clp::paid(2).reversed()];
        post(db, &Payment::new("EFT2", both()).with_plb("FB", "EFT2", -20_400).by("NON"));
        assert_eq!(open(db), [("EFT2".to_owned(), cents(-20_400), None)]);
        // The next payment is too small as well: the old balance comes in, the rest goes on under its own number.
        post(db, &payment("EFT3", &[3], &[("FB", "EFT2", 20_400), ("FB", "EFT3", -10_200)]).by("NON"));
        assert_eq!(open(db), [("EFT3".to_owned(), cents(-10_200), None)]);
        // This payer then writes its own new number for what it brings in: only one item has that amount.
        post(db, &payment("EFT4", &[4, 5], &[("FB", "EFT4", 10_200)]));
        assert_eq!(open(db), []);
        assert_eq!(balance(db, AccountKind::Recoupment), Money::ZERO);
        let closed = ledger(db, Which::Closed).payers.remove(0);
        assert_eq!(closed.items.len(), 2);
    });
}

#[test]
fn more_taken_than_was_announced_is_told_and_stays_work_until_it_has_a_place() {
    for_each_engine(|db| {
        clinic(db, 4);
        post(db, &payment("EFT1", &[1], &[]));
        post(db, &Payment::new("EFT2", vec![Clp::paid(1).reversed()]).with_plb("WO", "PC000001", -10_200));
        post(db, &payment("EFT3", &[2, 3], &[("WO", "PC000001", 13_000)]));
        assert_eq!(open(db), [("C000001".to_owned(), cents(2_800), Some(Concern::TakenBeyond))]);
        let of_ledger: Vec<(WorkReason, Money)> =
            work(db).into_iter().filter(|(reason, _)| *reason == WorkReason::PayerRecoupment).collect();
        assert_eq!(of_ledger, [(WorkReason::PayerRecoupment, cents(2_800))]);
        // Words do not end it; the payer's correction does.
        let item = item_of_work(db, WorkReason::PayerRecoupment);
        let words = Resolution {
            outcome: "Looked at it; it seems fine.".into(),
            root_cause: "payer".into(),
            ..Resolution::default()
        };
        let refused = worklist::resolve(db, &person(21, Role::Poster), PRACTICE, item, words);
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("28.00")), "{refused:?}");
        post(db, &Payment::new("EFT4", Vec::new()).with_plb("WO", "PC000001", -2_800));
        assert_eq!(open(db), []);
        assert!(work(db).iter().all(|(reason, _)| *reason != WorkReason::PayerRecoupment));
    });
}

#[test]
fn money_taken_without_a_reversal_is_applied_to_the_line_it_is_for_which_is_owed_again() {
    for_each_engine(|db| {
        clinic(db, 3);
        post(db, &payment("EFT1", &[1], &[]));
        post(db, &payment("EFT2", &[2], &[("WO", "LETTER 4711", 7_200)]));
        assert_eq!(open(db), [("LETTER4711".to_owned(), cents(7_200), Some(Concern::TakenBeyond))]);
        let poster = person(21, Role::Poster);
        let item = item_of_work(db, WorkReason::PayerRecoupment);
        let refused = apply(db, &poster, PRACTICE, item, &to_line(db, item, 1, 1, 7_300));
        assert!(refused.is_err(), "no more than was taken");
        let left = apply(db, &poster, PRACTICE, item, &to_line(db, item, 1, 1, 7_200)).unwrap();
        assert_eq!((left, open(db)), (Money::ZERO, Vec::new()));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(18_000 + 7_200), "a third claim, and this line");
        assert_eq!(places(db)[0].1, ClaimStatus::Accepted, "the payer has it again");
        assert!(work(db).iter().all(|(reason, _)| *reason != WorkReason::PayerRecoupment));
        all_invariants_hold(db);
        let closed = ledger(db, Which::Closed).payers.remove(0).items.remove(0);
        let walk = show(db, &db.system(), PRACTICE, closed.id).unwrap();
        assert!(walk.steps[1].said.is_none() && walk.steps[1].open.is_zero());
    });
}

#[test]
fn money_taken_before_its_reversal_meets_it_in_a_later_payment() {
    for_each_engine(|db| {
        clinic(db, 3);
        post(db, &payment("EFT1", &[1], &[]));
        post(db, &payment("EFT2", &[2], &[("WO", "PC000001", 10_200)]));
        assert_eq!(open(db), [("C000001".to_owned(), cents(10_200), Some(Concern::TakenBeyond))]);
        post(db, &Payment::new("EFT3", vec![Clp::paid(1).reversed()]).with_plb("WO", "PC000001", -10_200));
        assert_eq!(open(db), []);
        assert!(work(db).iter().all(|(reason, _)| *reason != WorkReason::PayerRecoupment));
    });
}

#[test]
fn an_acknowledged_refund_waits_for_its_line_and_one_that_offsets_a_recovery_is_closed_with_it() {
    for_each_engine(|db| {
        clinic(db, 3);
        post(db, &payment("EFT1", &[1], &[]));
        // The payer has our check: the reversal costs nothing.
        post(db, &Payment::new("EFT2", vec![Clp::paid(1).reversed()]).with_plb("72", "PC000001", -10_200));
        assert_eq!(open(db), [("C000001".to_owned(), cents(-10_200), Some(Concern::Acknowledged))]);
        let item = item_of_work(db, WorkReason::PayerRecoupment);
        let poster = person(21, Role::Poster);
        apply(db, &poster, PRACTICE, item, &to_line(db, item, 1, 1, 7_200)).unwrap();
        apply(db, &poster, PRACTICE, item, &to_line(db, item, 1, 2, 3_000)).unwrap();
        assert_eq!(open(db), []);
        all_invariants_hold(db);
        // Both in one payment, the recovery and its offset, in either order.
        post(db, &payment("EFT3", &[2], &[("72", "PC000002", -500), ("WO", "PC000002", 500)]));
        assert_eq!(open(db), []);
    });
}

#[test]
fn what_is_withheld_advanced_or_unexplained_has_an_item_and_what_is_kept_is_work_once() {
    for_each_engine(|db| {
        clinic(db, 4);
        let outside = [
            ("E3", "", 500),
            ("AP", "ADV-2026-1", -3_000),
            ("CS", "0815", 700),
            ("L6", "PC000001", -45),
            ("IR", "", 900),
            ("LE", "COURT 12", 800),
            ("J1", "", 100),
            ("IP", "", -250),
            ("QQ", "NOBODY KNOWS", -60),
        ];
        post(db, &payment("EFT1", &[1, 2], &outside));
        let items = [
            ("ADV20261", -3_000, None),
            ("E3 without a reference", 500, None),
            ("0815", 700, Some(Concern::Unexplained)),
            ("NOBODYKNOWS", -60, Some(Concern::Unexplained)),
        ];
        let mut found = open(db);
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let mut expected: Vec<_> =
            items.iter().map(|(item, amount, concern)| ((*item).to_owned(), cents(*amount), *concern)).collect();
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(found, expected);
        assert_eq!(balance(db, AccountKind::Interest), cents(-45));
        assert_eq!(balance(db, AccountKind::ProviderAdjustment), cents(900 + 800 + 100 - 250));
        let kept = |db: &TestDb| work(db).iter().filter(|(reason, _)| *reason == WorkReason::PayerKeeps).count();
        assert_eq!(kept(db), 3);
        // The next week the same again: no second work of a kind, and the advance and the withheld money come back.
        let outside = [("E3", "", -500), ("AP", "ADV 2026 1", 3_000), ("CS", "0815", -700), ("IR", "", 900)];
        post(db, &payment("EFT2", &[3], &outside));
        assert_eq!(open(db), [("NOBODYKNOWS".to_owned(), cents(-60), Some(Concern::Unexplained))]);
        assert_eq!(kept(db), 3);
        let settled = ledger(db, Which::Open).settled;
        let told: Vec<(&str, i64, i64)> =
            settled.iter().map(|row| (row.reason.as_str(), row.count, row.cents.cents())).collect();
        assert_eq!(told, [("IP", 1, -250), ("IR", 2, 1_800), ("J1", 1, 100), ("L6", 1, -45), ("LE", 1, 800)]);
    });
}

#[test]
fn an_item_that_stays_open_is_work_after_its_days_and_after_a_look_not_before_as_many_again() {
    for_each_engine(|db| {
        clinic(db, 3);
        post(db, &payment("EFT1", &[1], &[]));
        post(db, &Payment::new("EFT2", vec![Clp::paid(1).reversed()]).with_plb("WO", "PC000001", -10_200));
        let stale = |db: &TestDb| {
            jobs::run_due(db, PRACTICE).unwrap();
            all_invariants_hold(db);
            work(db).iter().filter(|(reason, _)| *reason == WorkReason::PayerRecoupment).count()
        };
        let wait = |days: i64| db.env.advance(SignedDuration::from_hours(24 * days));
        for (days, count) in [(60, 0), (1, 1), (1, 1)] {
            wait(days);
            assert_eq!(stale(db), count, "after {days} more days");
        }
        let words = Resolution {
            outcome: "The payer takes it in June.".into(),
            root_cause: "payer".into(),
            ..Resolution::default()
        };
        let item = item_of_work(db, WorkReason::PayerRecoupment);
        worklist::resolve(db, &person(21, Role::Poster), PRACTICE, item, words).unwrap();
        for (days, count) in [(1, 0), (59, 0), (1, 1)] {
            wait(days);
            assert_eq!(stale(db), count, "after {days} more days");
        }
    });
}

#[test]
fn payers_that_are_not_registered_leave_work_for_every_amount() {
    for_each_engine(|db| {
        clinic(db, 1);
        let text = file(&payment("EFT1", &[], &[("FB", "X", -500), ("WO", "Y", 500)])).replace("XV*NFM01", "XV*WHO01");
        take(db, &text);
        assert_eq!(open(db), []);
        let found = work(db);
        assert_eq!(found, [(WorkReason::PayerRecoupment, cents(500)), (WorkReason::PayerRecoupment, cents(500))]);
        all_invariants_hold(db);
    });
}

#[test]
fn a_virtual_card_is_work_with_its_fee_and_other_payments_are_none() {
    for_each_engine(|db| {
        clinic(db, 4);
        post(db, &payment("EFT1", &[1], &[]));
        post(db, &payment("CARD1", &[2], &[]).by("VCC"));
        post(db, &payment("CARD2", &[3], &[("AH", "", 250)]).by("VCC"));
        let of_cards = work(db).into_iter().filter(|(reason, _)| *reason == WorkReason::VirtualCard);
        let mut cards: Vec<Money> = of_cards.map(|(_, fee)| fee).collect();
        cards.sort_unstable();
        // What the payment itself keeps, and about three percent of 102.00.
        assert_eq!(cards, [cents(250), cents(306)]);
    });
}

#[test]
fn the_fee_of_a_card_is_cost_and_what_is_left_of_the_payment_meets_the_bank() {
    for_each_engine(|db| {
        clinic(db, 4);
        post(db, &payment("EFT1", &[1], &[]));
        post(db, &payment("CARD1", &[2], &[]).by("VCC"));
        let poster = crate::staff::person(6, billing::access::Role::Poster);
        let of = |trace: &str| {
            let found = db.read(&poster, PRACTICE, |read| store::views::remittances::by_trace(read, trace));
            found.unwrap().unwrap()
        };
        let fee = |trace: &str, amount: i64| app::card_fee::post(db, &poster, PRACTICE, of(trace), cents(amount));
        assert!(matches!(fee("EFT1", 306), Err(app::Error::Refused(_))), "no card");
        for wrong in [0, -306, 1_021, 10_201] {
            assert!(matches!(fee("CARD1", wrong), Err(app::Error::Invalid { field, .. }) if field == "fee"), "{wrong}");
        }
        let clerk = crate::staff::person(1, billing::access::Role::Tier1);
        let denied = app::card_fee::post(db, &clerk, PRACTICE, of("CARD1"), cents(306));
        assert!(matches!(denied, Err(app::Error::Denied(_))));
        fee("CARD1", 306).unwrap();
        fee("CARD1", 306).unwrap();
        assert!(matches!(fee("CARD1", 307), Err(app::Error::Refused(_))), "one fee");
        assert_eq!(balance(db, AccountKind::ProviderAdjustment), cents(306));
        assert_eq!(balance(db, AccountKind::InTransit), cents(20_400 - 306));
        let line = billing::bank::Deposit {
            booked_on: db.today(PRACTICE).unwrap(),
            amount: cents(9_894),
            trace: "CARD1".into(),
            words: "CARD SETTLEMENT".into(),
        };
        let taken = app::bank::take(db, &poster, PRACTICE, &[line]).unwrap();
        assert_eq!((taken.matched, balance(db, AccountKind::InTransit)), (1, cents(10_200)));
        all_invariants_hold(db);
    });
}

#[test]
fn a_payment_of_nothing_tells_denials_and_corrections_and_moves_no_cash() {
    for_each_engine(|db| {
        clinic(db, 2);
        let mut denied = Clp::paid(1);
        for line in &mut denied.lines {
            line.paid = 0;
            line.adjustments = vec![("CO", "197", line.charge)];
        }
        denied.paid = 0;
        post(db, &Payment::new("ZERO1", vec![denied.clone()]).by("NON"));
        assert_eq!(balance(db, AccountKind::InTransit), Money::ZERO);
        assert_eq!(places(db)[0].1, ClaimStatus::Adjudicated);
        // Taken back and decided anew in a payment that is carried whole: nothing is paid now either.
        let again = Payment::new("ZERO2", vec![denied.reversed(), Clp::paid(1)]).with_plb("FB", "ZERO2", 10_200);
        post(db, &again.by("NON"));
        assert_eq!(balance(db, AccountKind::InTransit), Money::ZERO);
        assert_eq!(open(db), [("ZERO2".to_owned(), cents(10_200), Some(Concern::TakenBeyond))]);
    });
}

#[test]
fn a_payment_outside_any_claim_is_explained_in_both_languages() {
    for_each_engine(|db| {
        clinic(db, 2);
        post(db, &payment("EFT1", &[1], &[]));
        let outside = [("WO", "PC000001", -10_200), ("L6", "PC000001", -45), ("IR", "", 900)];
        let back =
            outside.iter().fold(Payment::new("EFT2", vec![Clp::paid(1).reversed(), Clp::paid(2)]), |all, one| {
                all.with_plb(one.0, one.1, one.2)
            });
        post(db, &back);
        let told = |language| app::explain::outside::of_payment(db, &db.system(), PRACTICE, "EFT2", language).unwrap();
        let english = told(billing::explain::Language::English);
        assert_eq!(
            english.iter().map(|one| one.words.as_str()).collect::<Vec<_>>(),
            [
                "$102.00 that the plan takes back is not taken yet: it comes out of a later payment (WO).",
                "The plan paid $0.45 of interest (L6).",
                "$9.00 was withheld for taxes on our account (IR)."
            ]
        );
        assert_eq!(english[0].item.as_deref(), Some("C000001"));
        assert_eq!(english[1].claim.as_deref(), Some("C000001"));
        assert_eq!(english[2].segment.as_deref(), Some("PLB*2044188300*20261231*IR:*9"));
        let spanish = told(billing::explain::Language::Spanish);
        assert_eq!(spanish[1].words, "El plan pagó $0.45 de intereses (L6).");
    });
}

/// Names of the invariants that do not hold.
fn broken(db: &TestDb) -> Vec<&'static str> {
    let checks = app::verify::verify(db, &db.system(), PRACTICE).unwrap().checks;
    checks.into_iter().filter(|check| !check.holds).map(|check| check.name).collect()
}

#[test]
fn verify_names_an_item_that_is_nobodys_work_and_one_that_is_not_what_its_payments_say() {
    for_each_engine(|db| {
        clinic(db, 1);
        post(db, &payment("EFT1", &[1], &[("E3", "", 500)]));
        let add = |kind: &'static str, source: uuid::Uuid, item: &str, amount: i64| {
            let account = Account::Recoupment { payer: PAYER.0, reference: item.into() };
            let source = EntrySource { kind: kind.into(), id: source };
            let entry = DraftEntry::new(date(2026, 3, 2), "Past the program", source)
                .debit(account, cents(amount), "PLB-WO")
                .credit(Account::Bank, cents(amount), "PLB-WO")
                .balance()
                .unwrap();
            db.write(&db.system(), PRACTICE, |tx| tx.post(&entry, &format!("{kind}:{item}:{amount}")).map(|_| ()))
                .unwrap();
        };
        let posted = db.read(&db.system(), PRACTICE, |r| facts::ids(r, "remittance")).unwrap()[0];
        add("provider_item", uuid::Uuid::from_u128(9), "X77", -100);
        assert_eq!(broken(db), Vec::<&str>::new(), "owed to the payer, as announced");
        add("provider_item", uuid::Uuid::from_u128(9), "X77", 300);
        assert_eq!(broken(db), ["payers-items-in-a-hand"]);
        add("remittance", posted, "(E3)", 300);
        assert_eq!(broken(db), ["payers-items-are-payments", "payers-items-in-a-hand"]);
    });
}
