//! What limits a refund and whoever asks for one: parts count together, no card number is kept, and only who may send a claim
//! bills the next payer.

use app::refund::{self, RefundRequest};
use app::{Error, next_payer};
use billing::access::Role;
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::refund::{Payee, RefundMethod};
use billing::{EncounterId, RefundId};
use store::testing::{PRACTICE, TestDb, for_each_engine};
use uuid::Uuid;

use crate::patient_books::{PATIENT, cents};
use crate::staff::person;

/// The patient's own money, paid ahead.
fn paid_ahead(db: &TestDb, amount: i64) {
    crate::patient_books::open(db);
    let request = PaymentRequest {
        patient_id: PATIENT,
        amount: cents(amount),
        method: PaymentMethod::Cash,
        note: String::new(),
        idempotency_key: "ahead".into(),
    };
    app::patient_payment::take(db, &person(1, Role::Tier1), PRACTICE, &request).unwrap();
}

fn ask(db: &TestDb, amount: i64, key: &str, why: &str) -> Result<RefundId, Error> {
    let request = RefundRequest {
        patient_id: PATIENT,
        payee: Payee::Patient,
        amount: cents(amount),
        reason: why.into(),
        idempotency_key: key.into(),
    };
    refund::ask(db, &person(2, Role::Tier2), PRACTICE, &request)
}

#[test]
fn the_parts_of_a_refund_count_together_for_the_limit_of_who_approves() {
    for_each_engine(|db| {
        paid_ahead(db, 300_000);
        let (manager, owner) = (person(7, Role::Manager), person(9, Role::Owner));
        let parts: Vec<RefundId> = ["one", "two", "three"]
            .iter()
            .map(|key| ask(db, 60_000, key, "Paid ahead and moved away.").unwrap())
            .collect();
        refund::approve(db, &manager, PRACTICE, parts[0]).unwrap();
        let second = refund::approve(db, &manager, PRACTICE, parts[1]);
        assert!(matches!(second, Err(Error::Denied(_))), "600.00 and 600.00 are more than the limit: {second:?}");
        refund::approve(db, &owner, PRACTICE, parts[1]).unwrap();
        refund::send(db, &manager, PRACTICE, parts[0], RefundMethod::Check, "1042").unwrap();
        let third = refund::approve(db, &manager, PRACTICE, parts[2]);
        assert!(matches!(third, Err(Error::Denied(_))), "what was sent counts too: {third:?}");
    });
}

#[test]
fn a_reason_holds_no_card_number_and_is_no_document() {
    for_each_engine(|db| {
        paid_ahead(db, 10_000);
        for why in ["card 4111 1111 1111 1111 again", &"paid twice ".repeat(60)] {
            let refused = ask(db, 1_000, "card", why);
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
        }
        ask(db, 1_000, "card", "The card ending 1111 was charged twice.").unwrap();
    });
}

#[test]
fn who_may_not_send_a_claim_does_not_bill_the_next_payer() {
    for_each_engine(|db| {
        let visit = EncounterId(Uuid::from_u128(1));
        for role in [Role::Coder, Role::Poster, Role::Manager] {
            let billed = next_payer::bill_next_payer(db, &person(4, role), PRACTICE, visit);
            assert!(matches!(billed, Err(Error::Denied(_))), "{role:?}");
        }
    });
}
