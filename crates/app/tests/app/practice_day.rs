//! The practice's day begins at midnight where the practice is, wherever the server stands.

use app::patient_payment::{receipt, take};
use billing::access::Role;
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use jiff::Timestamp;
use jiff::civil::date;
use ledger::Money;
use store::testing::{PRACTICE, for_each_engine};

use crate::patient_books::{PATIENT, open, person};

#[test]
fn a_payment_late_in_the_evening_is_of_that_evening_though_the_server_is_in_tomorrow() {
    for_each_engine(|db| {
        open(db);
        // Austin is five or six hours behind the server's clock.
        let now: Timestamp = "2026-11-22T03:43:00Z".parse().unwrap();
        db.env.advance_to(now);
        assert_eq!(db.env.today(), date(2026, 11, 22));
        assert_eq!(db.today(PRACTICE).unwrap(), date(2026, 11, 21));
        let request = PaymentRequest {
            patient_id: PATIENT,
            amount: Money::from_cents(1_000),
            method: PaymentMethod::Cash,
            note: String::new(),
            idempotency_key: "evening".into(),
        };
        let taken = take(db, &person(Role::Tier1), PRACTICE, &request).unwrap();
        let receipt = receipt(db, &person(Role::Tier1), PRACTICE, PATIENT, taken.id).unwrap();
        assert_eq!(receipt.received_on, date(2026, 11, 21));
        let began = db.read(&db.system(), PRACTICE, |read| Ok::<_, store::StoreError>(read.today_began())).unwrap();
        assert_eq!(began, "2026-11-21T06:00:00Z".parse().unwrap());
    });
}
