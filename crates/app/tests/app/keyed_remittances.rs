//! A paper explanation of benefits is keyed in: a draft says what does not add up, and what adds up goes the way of every
//! remittance, once, whichever of paper and file comes first; on both databases.

use app::Error;
use app::keyed_remittance::{self, Head, Keyed, KeyedLine, LARGEST_SCAN_BYTES};
use app::remittance_import::PaymentState;
use billing::access::Role;
use billing::work::WorkReason;
use billing::{KeyedRemittanceId, Money};
use jiff::civil::date;
use ledger::AccountKind;
use store::params;
use store::remittance::CLAIM_FACTS_BY_NUMBER;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::deposits::{manager, poster};
use crate::payer_files::{Clp, Payment, control_number, file};
use crate::remittance::{all_invariants_hold, balance, cents, clinic, take, work};
use crate::sealed_records::{broken, run, unguard};
use crate::staff::person;

fn head(db: &TestDb, amount: i64) -> Head {
    let named = [control_number(1)];
    let claim = db
        .read(&db.system(), PRACTICE, |read| read.query_in(&CLAIM_FACTS_BY_NUMBER, params![], &named))
        .unwrap()
        .remove(0);
    Head {
        payer: claim.payer_id,
        trace: "77120".into(),
        paid_on: date(2026, 3, 2),
        amount: cents(amount),
        claims: vec![control_number(1)],
    }
}

/// The lines of the first claim as its payer's file of the other stories pays them.
fn lines(db: &TestDb, id: KeyedRemittanceId) -> Vec<KeyedLine> {
    let paper = Clp::paid(1);
    let view = keyed_remittance::show(db, &poster(), PRACTICE, id).unwrap();
    let ours = &view.row.body.0.claims[0].lines;
    ours.iter()
        .enumerate()
        .map(|(place, line)| {
            let paid = paper.lines.iter().find(|one| one.number == line.line_control_number).unwrap();
            let words: Vec<String> = paid
                .adjustments
                .iter()
                .map(|(group, reason, amount)| format!("{group}{reason} {}", cents(*amount)))
                .collect();
            KeyedLine { claim: 0, line: place, paid: cents(paid.paid), adjustments: words.join(" ") }
        })
        .collect()
}

fn keyed(lines: Vec<KeyedLine>) -> Keyed {
    Keyed { lines, payer_numbers: vec!["P-1".into()], statuses: vec!["1".into()], outside: String::new() }
}

#[test]
fn a_paper_is_a_draft_until_it_adds_up_and_then_posts_like_a_file() {
    for_each_engine(|db| {
        clinic(db, 1);
        let amount = Clp::paid(1).paid;
        assert!(matches!(keyed_remittance::begin(db, &manager(), PRACTICE, &head(db, amount)), Err(Error::Denied(_))));
        let unknown = Head { claims: vec!["NONE".into()], ..head(db, amount) };
        assert!(matches!(keyed_remittance::begin(db, &poster(), PRACTICE, &unknown), Err(Error::Invalid { .. })));
        let id = keyed_remittance::begin(db, &poster(), PRACTICE, &head(db, amount)).unwrap();
        let mut wrong = lines(db, id);
        wrong[0].paid -= cents(1);
        let view = keyed_remittance::save(db, &poster(), PRACTICE, id, 1, &keyed(wrong)).unwrap();
        assert_eq!(
            (view.claims_off[0].1.difference, view.payment_off.as_ref().unwrap().difference),
            (cents(1), cents(-1))
        );
        let refused = keyed_remittance::post(db, &poster(), PRACTICE, id);
        assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("0.01")));
        assert_eq!(balance(db, AccountKind::InTransit), Money::ZERO, "nothing of it is in the books");
        assert!(matches!(
            keyed_remittance::save(db, &poster(), PRACTICE, id, 1, &keyed(lines(db, id))),
            Err(Error::Changed)
        ));
        let mut unreadable = lines(db, id);
        unreadable[0].adjustments = "contractual 48".into();
        assert!(matches!(
            keyed_remittance::save(db, &poster(), PRACTICE, id, 2, &keyed(unreadable)),
            Err(Error::Invalid { .. })
        ));
        let view = keyed_remittance::save(db, &poster(), PRACTICE, id, 2, &keyed(lines(db, id))).unwrap();
        assert!(view.balances(), "{view:?}");
        let report = keyed_remittance::post(db, &poster(), PRACTICE, id).unwrap();
        assert_eq!((report.state, report.amount, report.waiting.len()), (PaymentState::Posted, cents(amount), 0));
        assert_eq!(balance(db, AccountKind::InTransit), cents(amount));
        assert!(matches!(keyed_remittance::post(db, &poster(), PRACTICE, id), Err(Error::Refused(_))), "once");
        all_invariants_hold(db);

        // The payer's file comes later under its own dress: the payment is known, and posts nothing.
        let again = take(db, &file(&Payment::new("77120", vec![Clp::paid(1)])));
        assert_eq!(again.payments[0].state, PaymentState::Duplicate, "{:?}", again.payments[0].problem);
        assert_eq!(balance(db, AccountKind::InTransit), cents(amount));
        // With another amount somebody must look.
        let other = take(db, &file(&Payment::new("77120", vec![Clp::paid(1)]).with_plb("L6", "I", -5)));
        assert_eq!((other.payments[0].state, other.payments[0].difference), (PaymentState::Quarantined, cents(5)));
        assert!(work(db).iter().any(|(reason, _)| *reason == WorkReason::RemittanceQuarantined), "{:?}", work(db));
        // The paper a second time is refused at its head.
        let twice = keyed_remittance::begin(db, &poster(), PRACTICE, &head(db, amount));
        assert!(matches!(twice, Err(Error::Refused(why)) if why.contains("in the books already")));
        all_invariants_hold(db);
    });
}

#[test]
fn a_draft_of_a_day_that_no_check_has_is_refused_when_it_is_begun() {
    for_each_engine(|db| {
        clinic(db, 1);
        for day in [date(2030, 1, 1), date(1930, 11, 17)] {
            let dated = Head { paid_on: day, ..head(db, 100) };
            let begun = keyed_remittance::begin(db, &poster(), PRACTICE, &dated);
            assert!(
                matches!(&begun, Err(Error::Invalid { problem, .. }) if problem.contains("printed on the check")),
                "{begun:?}"
            );
        }
    });
}

#[test]
fn a_reason_that_no_list_has_is_refused_when_it_is_keyed() {
    for_each_engine(|db| {
        clinic(db, 1);
        let id = keyed_remittance::begin(db, &poster(), PRACTICE, &head(db, 100)).unwrap();
        let mut all = lines(db, id);
        all[0].adjustments = "CO9999 40.00".into();
        let saved = keyed_remittance::save(db, &poster(), PRACTICE, id, 1, &keyed(all));
        assert!(
            matches!(&saved, Err(Error::Invalid { problem, .. }) if problem.contains("9999 is no reason code")),
            "{saved:?}"
        );
    });
}

#[test]
fn a_scan_is_what_its_bytes_say_and_only_for_who_may_see_it() {
    for_each_engine(|db| {
        clinic(db, 1);
        let id = keyed_remittance::begin(db, &poster(), PRACTICE, &head(db, 100)).unwrap();
        let attach = |bytes: &[u8]| keyed_remittance::attach(db, &poster(), PRACTICE, id, bytes);
        for wrong in [&b""[..], b"MZ\x90", b"<svg onload=alert(1)>", &vec![b'%'; LARGEST_SCAN_BYTES + 1]] {
            assert!(matches!(attach(wrong), Err(Error::Invalid { .. })));
        }
        let pdf = attach(b"%PDF-1.7 a page").unwrap();
        attach(b"\x89PNG\r\n\x1a\n...").unwrap();
        assert_eq!(keyed_remittance::show(db, &poster(), PRACTICE, id).unwrap().scans.len(), 2);
        for (role, may) in [(Role::Poster, true), (Role::Tier1, true), (Role::Auditor, false), (Role::Coder, false)] {
            let seen = keyed_remittance::show_scan(db, &person(9, role), PRACTICE, pdf);
            assert_eq!(seen.as_ref().is_ok_and(|scan| scan.media_type == "application/pdf"), may, "{role:?}: {seen:?}");
        }
        keyed_remittance::drop_it(db, &poster(), PRACTICE, id, "The payer sent the file.").unwrap();
        assert!(keyed_remittance::post(db, &poster(), PRACTICE, id).is_err());
        all_invariants_hold(db);
        // Another picture put in its place past the program is named.
        unguard(db, "keyed_scan");
        run(db, &["UPDATE keyed_scan SET bytes = sha256"]).unwrap();
        assert_eq!(broken(db), ["scans-as-attached"], "{:?}", db.engine);
    });
}
