//! A small practice to play a day in: everything invented.

use billing::identifier::{Npi, TaxId, TaxIdKind, Taxonomy};
use billing::person::{Address, Contact};
use billing::practice::{BillingProvider, Practice};
use store::testing::{PRACTICE, TestDb};

/// Alder Ridge, with its billing data.
pub fn practice() -> Practice {
    Practice {
        id: PRACTICE,
        name: "Alder Ridge Medical Group".into(),
        billing: BillingProvider {
            name: "Alder Ridge Medical Group".into(),
            npi: Npi::parse("2044188300").or_else(|_| Npi::parse("1234567893")).unwrap(),
            taxonomy: Taxonomy::parse("207Q00000X").unwrap(),
            tax_id: TaxId::parse(TaxIdKind::Ein, "12-3456789").unwrap(),
            address: Address {
                line1: "12 Alder Ridge Road".into(),
                line2: String::new(),
                city: "Austin".into(),
                state: "TX".into(),
                zip: "787010001".into(),
            },
        },
        pay_to: None,
        time_zone: "America/Chicago".into(),
        solo: false,
        submitter_id: "ALDERRIDGE".into(),
        contact: Contact { phone: "5125550100".into(), email: String::new() },
        small_balance: billing::Money::from_cents(1_000),
    }
}

/// Puts the practice into the database.
pub fn open_practice(db: &TestDb) {
    db.write(&db.system(), PRACTICE, |tx| store::registration::insert_practice(tx, &practice(), false)).unwrap();
}
