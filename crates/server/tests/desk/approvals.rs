//! What waits for a second person stands on the home page of who may act on it, and of nobody else. On each engine.

use app::patient_payment::take;
use app::refund::{self, RefundRequest};
use app::write_off::{self, WriteOffRequest};
use billing::access::{Actor, Role};
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::refund::Payee;
use billing::write_off::WriteOffReason;
use billing::{Money, PatientId, UserId};
use store::testing::facts;
use uuid::Uuid;

use crate::practice::Practice;
use crate::visitor::{Visitor, links, words};

fn tier2(practice: &Practice) -> Actor {
    Actor::user(UserId(Uuid::from_u128(31)), "tier2", vec![Role::Tier2], practice.id)
}

pub fn patients(practice: &Practice) -> Vec<PatientId> {
    let ids = practice.db.read(&practice.system(), practice.id, |read| facts::ids(read, "patient")).unwrap();
    ids.into_iter().map(PatientId).collect()
}

/// Two refunds of 10.00 and 20.00 are asked for, and one write-off of a cent.
pub fn asked(practice: &Practice) -> billing::RefundId {
    let (db, who) = (&practice.db, tier2(practice));
    let mut ids = Vec::new();
    for (patient, amount) in patients(practice).into_iter().zip([1_000, 2_000]) {
        let account = app::patient_account::account(db, &practice.system(), practice.id, patient).unwrap();
        let front = Actor { roles: vec![Role::Tier1], ..who.clone() };
        let payment = PaymentRequest {
            patient_id: patient,
            amount: account.owes_now + Money::from_cents(amount),
            method: PaymentMethod::Cash,
            note: String::new(),
            idempotency_key: patient.to_string(),
        };
        take(db, &front, practice.id, &payment).unwrap();
        let request = RefundRequest {
            patient_id: patient,
            payee: Payee::Patient,
            amount: Money::from_cents(amount),
            reason: "Paid twice for one visit.".into(),
            idempotency_key: patient.to_string(),
        };
        ids.push(refund::ask(db, &who, practice.id, &request).unwrap());
    }
    let owed = patients(practice).into_iter().flat_map(|patient| {
        app::patient_account::account(db, &practice.system(), practice.id, patient).unwrap().visits
    });
    let visit = owed.into_iter().find(|visit| visit.decided && visit.standing.patient_owes.is_positive()).unwrap();
    let debt = write_off::debts(db, &who, practice.id, visit.encounter_id).unwrap().pop().unwrap();
    let request = WriteOffRequest {
        encounter_id: visit.encounter_id,
        debtor: debt.debtor,
        amount: Money::from_cents(1),
        reason: WriteOffReason::OwnMistake,
        note: "A cent was lost in rounding.".into(),
        idempotency_key: "cent".into(),
    };
    write_off::ask(db, &who, practice.id, &request).unwrap();
    ids[0]
}

#[test]
fn what_waits_for_a_second_person_stands_on_the_page_of_who_may_act_on_it() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let mut max = Visitor::signed_in(&practice, address, "max");
        assert!(!words(&max.open("/")).contains("Money to decide"));
        let first = asked(&practice);
        let home = max.open("/");
        let told = words(&home);
        assert!(told.contains("2 refunds wait for approval 30.00"), "{told}");
        assert!(told.contains("1 write-off waits for approval 0.01"), "{told}");
        assert_eq!(max.post(&format!("/refunds/{}/approval", first.0), &[]).status, 303);
        let home = max.open("/");
        let told = words(&home);
        assert!(told.contains("1 refund waits for approval 20.00"), "{told}");
        assert!(told.contains("1 refund waits to be sent 10.00"), "{told}");
        assert!(links(&home, "/refunds").contains(&"/refunds?state=approved".to_owned()));
        for other in ["tess", "pia", "theo"] {
            let told = words(&Visitor::signed_in(&practice, address, other).open("/"));
            assert!(!told.contains("Money to decide"), "{other}: {told}");
        }
    }
}

#[test]
fn small_balances_are_looked_at_asked_for_and_approved_together() {
    for practice in Practice::on_each_engine() {
        let (db, system) = (&practice.db, practice.system());
        let before = db.read(&system, practice.id, |read| store::registration::practice(read)).unwrap().unwrap();
        let generous = billing::practice::Practice { small_balance: Money::from_cents(50_000), ..before };
        app::registration::save_practice(db, &system, &generous, None).unwrap();
        practice.env.advance(jiff::SignedDuration::from_hours(24 * 31));
        let address = practice.serve();
        let mut theo = Visitor::signed_in(&practice, address, "theo");
        let page = theo.open("/write-offs/small-balances");
        let total =
            page.split("name=\"total\" value=\"").nth(1).expect("somebody owes little").split('"').next().unwrap();
        let told = words(&page);
        assert!(told.contains(&format!("Ask to write off all {total}")), "{told}");
        let stale = theo.post("/write-offs/small-balances", &[("total", "0.01")]);
        assert!(words(&stale.page).contains("Look at them again"), "{}", words(&stale.page));
        let asked = theo.post("/write-offs/small-balances", &[("total", total)]);
        assert_eq!(asked.location, "/write-offs?done=small-balances-asked", "{}", words(&asked.page));
        assert!(words(&theo.open("/write-offs/small-balances")).contains("None today"));
        let mut max = Visitor::signed_in(&practice, address, "max");
        let page = max.open("/write-offs");
        let ids = page.split("name=\"ids\" value=\"").nth(1).expect("several").split('"').next().unwrap();
        assert!(words(&page).contains(&format!("small balances, {total} in all")), "{}", words(&page));
        assert_eq!(theo.post("/write-offs/approvals", &[("ids", ids)]).status, 404, "who asked approves nothing");
        let done = max.post("/write-offs/approvals", &[("ids", ids)]);
        assert_eq!(done.location, "/write-offs?state=approved&done=small-balances-approved", "{}", words(&done.page));
        assert!(words(&max.open("/write-offs?state=approved")).contains("Small balance"));
        assert!(!words(&max.open("/write-offs")).contains("small balances,"), "none waits any more");
    }
}
