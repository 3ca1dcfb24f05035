//! A file that was kept out is read again from where it is stored, once what kept it out is mended: by the mailbox that
//! brings the same bytes, or by the person who works its item. Nothing is applied or posted twice.

use app::inbound::{self, Outcome};
use app::remittance_import::PaymentState;
use app::{Error, worklist};
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::identifier::Npi;
use billing::work::{Desk, WorkReason, WorkState};
use ledger::{AccountKind, Money};
use store::registration::SAVE_PRACTICE;
use store::testing::{PRACTICE, TestDb, facts, for_each_engine};
use store::{Json, StoreError, params};

use crate::carrier::{Carrier, claim_answers};
use crate::claims_on_their_way::{
    change_payer, item, latest_file, open, open_work, person, ready_claim, send, sent_claim, status,
};
use crate::payer_files::{Clp, Payment, file_of};
use crate::remittance::{all_invariants_hold, balance, cents, clinic, places, take, work};

#[test]
fn a_file_set_apart_for_its_senders_name_is_read_when_the_name_is_known() {
    for_each_engine(|db| {
        for by_person in [false, true] {
            let fresh = TestDb::new(db.engine);
            named_later(&fresh, by_person);
        }
    });
}

fn named_later(db: &TestDb, by_person: bool) {
    open(db);
    let carrier = Carrier::new();
    let claim = ready_claim(db, 1, "CLEARING");
    send(db, &carrier);
    let answer = claim_answers("PR", latest_file(db, claim).interchange_number, &[("AR000001", "A2:20:PR")]);
    let answer = String::from_utf8(answer).unwrap().replacen("*ZZ*CLEARING       *", "*ZZ*CLEARINGEAST   *", 1);
    let collect = || {
        carrier.put("east.277ca", answer.as_bytes());
        inbound::collect(db, &db.system(), PRACTICE, &carrier).unwrap().remove(0)
    };
    assert_eq!(collect().outcome, Outcome::Quarantined);
    assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::FileSetApart)]);
    let (work, tier_two) = (item(db, Desk::Tier2), person(2, Role::Tier2));
    // Nothing was mended: nothing changes, and the desk is told why.
    assert_eq!(collect().outcome, Outcome::Duplicate);
    let still = inbound::read_again(db, &tier_two, PRACTICE, work);
    assert!(matches!(&still, Err(Error::Refused(why)) if why.contains("from CLEARINGEAST")), "{still:?}");
    assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::FileSetApart)]);
    assert_eq!(status(db, claim), ClaimStatus::Submitted);

    change_payer(db, |settings| settings.answers_from = vec!["CLEARINGEAST".into()]);
    let denied = inbound::read_again(db, &person(1, Role::Tier1), PRACTICE, work);
    assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    let receipt = match by_person {
        true => inbound::read_again(db, &tier_two, PRACTICE, work).unwrap(),
        false => collect(),
    };
    assert_eq!(receipt.outcome, Outcome::Applied, "{receipt:?}");
    assert_eq!(status(db, claim), ClaimStatus::Accepted);
    assert_eq!(worklist::show(db, &tier_two, PRACTICE, work).unwrap().item.state, WorkState::Resolved);
    let files = inbound::files(db, &db.system(), PRACTICE).unwrap();
    assert_eq!((files.len(), files[0].outcome.as_str()), (1, "applied"));
    assert_eq!(collect().outcome, Outcome::Duplicate);
    assert_eq!(app::verify::verify(db, &db.system(), PRACTICE).unwrap().first_failure(), None);
}

/// The practice under another NPI.
fn under_npi(db: &TestDb, npi: &str) {
    let mut practice = crate::clinic::practice();
    practice.billing.npi = Npi::parse(npi).unwrap();
    let saved = |tx: &mut store::Tx| {
        tx.execute(&SAVE_PRACTICE, params![practice.name.clone(), Json(practice.clone())])?;
        Ok::<_, StoreError>(())
    };
    db.write(&db.system(), PRACTICE, saved).unwrap();
}

fn states(db: &TestDb) -> [i64; 2] {
    ["posted", "quarantined"].map(|state| {
        let counted = |r: &mut store::Read| facts::count_where(r, "remittance", state_is(state));
        db.read(&db.system(), PRACTICE, counted).unwrap()
    })
}

fn state_is(state: &str) -> &'static str {
    if state == "posted" { "state = 'posted'" } else { "state = 'quarantined'" }
}

#[test]
fn a_payment_kept_out_by_our_own_data_is_posted_once_when_they_are_mended() {
    for_each_engine(|db| {
        clinic(db, 3);
        let whole = Payment::new("EFT1", vec![Clp::paid(1)]);
        let mut off = Payment::new("EFT2", vec![Clp::paid(2)]);
        off.amount += 100;
        let file = file_of(&[whole, off], 1);
        under_npi(db, "2000000010");
        let report = take(db, &file);
        assert!(report.payments.iter().all(|one| one.state == PaymentState::Quarantined), "{report:?}");
        assert_eq!(work(db).len(), 2);
        let poster = person(3, Role::Poster);
        let queue = worklist::queue(db, &poster, PRACTICE, Desk::Poster, store::worklist::QueueCursor::START).unwrap();
        let one = queue.iter().find(|row| row.stake_cents == cents(10_200)).unwrap().id;
        // Not yet mended: nothing changes.
        let still = inbound::read_again(db, &poster, PRACTICE, one);
        assert!(matches!(&still, Err(Error::Refused(why)) if why.contains("another payee")), "{still:?}");
        assert!(take(db, &file).is_known);
        assert_eq!((states(db), balance(db, AccountKind::InTransit)), ([0, 2], Money::ZERO));

        under_npi(db, "2044188300");
        let denied = inbound::read_again(db, &person(2, Role::Tier2), PRACTICE, one);
        assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
        let receipt = inbound::read_again(db, &poster, PRACTICE, one).unwrap();
        assert_eq!(receipt.outcome, Outcome::Applied, "{receipt:?}");
        // The whole one is in the books, the other one still does not add up, and says so now.
        assert_eq!((states(db), balance(db, AccountKind::InTransit)), ([1, 1], cents(10_200)));
        assert_eq!(places(db)[0].1, ClaimStatus::Closed);
        assert_eq!(work(db).iter().filter(|(reason, _)| *reason == WorkReason::RemittanceQuarantined).count(), 1);
        assert_eq!(worklist::show(db, &poster, PRACTICE, one).unwrap().item.state, WorkState::Resolved);
        let root = all_invariants_hold(db);

        // Never twice: by its item, by the same bytes, by another dress.
        assert!(inbound::read_again(db, &poster, PRACTICE, one).is_err());
        assert!(take(db, &file).is_known);
        let dressed = take(db, &file.replace('~', "~\n"));
        assert_eq!(dressed.payments[0].state, PaymentState::Duplicate);
        assert_eq!((states(db)[0], balance(db, AccountKind::InTransit)), (1, cents(10_200)));
        assert_eq!(all_invariants_hold(db), root);
    });
}

#[test]
fn answers_that_were_used_before_keep_no_payment_of_their_file_out() {
    for_each_engine(|db| {
        let (_, claim, sent) = sent_claim(db);
        let number = sent.interchange_number;
        // One claim of ours, one that is nobody's, and a payment.
        let mut file = claim_answers("PR", number, &[("AR000001", "A2:20:PR"), ("ZZ999999", "A2:20:PR")]);
        file.extend(file_of(&[Payment::new("EFT1", vec![Clp::paid(1)])], 1).bytes());
        let file = String::from_utf8(file).unwrap();
        under_npi(db, "2000000010");
        assert_eq!(take(db, &file).payments[0].state, PaymentState::Quarantined);
        assert_eq!((status(db, claim), states(db)), (ClaimStatus::Accepted, [0, 1]));
        under_npi(db, "2044188300");
        assert_eq!(take(db, &file).payments[0].state, PaymentState::Posted);
        assert_eq!((status(db, claim), states(db)), (ClaimStatus::Accepted, [1, 0]));
        assert!(take(db, &file).is_known);
        all_invariants_hold(db);
    });
}

#[test]
fn the_same_bytes_again_post_what_our_own_data_kept_out_and_a_twin_is_known() {
    for_each_engine(|db| {
        clinic(db, 2);
        let payment = Payment::new("EFT1", vec![Clp::paid(1)]);
        let (first, twin) = (file_of(std::slice::from_ref(&payment), 1), file_of(std::slice::from_ref(&payment), 1));
        let twin = twin.replace('~', "~\r\n");
        under_npi(db, "2000000010");
        take(db, &first);
        take(db, &twin);
        assert_eq!(states(db), [0, 2]);
        under_npi(db, "2044188300");
        let report = take(db, &first);
        assert!(!report.is_known && report.payments[0].state == PaymentState::Posted, "{report:?}");
        let report = take(db, &twin);
        assert_eq!(report.payments[0].state, PaymentState::Duplicate, "{report:?}");
        assert_eq!((states(db), balance(db, AccountKind::InTransit)), ([1, 0], cents(10_200)));
        assert!(work(db).iter().all(|(reason, _)| *reason != WorkReason::RemittanceQuarantined), "{:?}", work(db));
        all_invariants_hold(db);
    });
}
