//! The chain behind what is owed: every link with its entry and the payer's segment, to the cent, in two languages.

use app::Error;
use app::explain::{About, Told, explain};
use billing::Money;
use billing::access::Role;
use billing::explain::Language;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::earlier_versions::sent_claim;
use crate::patient_books::cents;
use crate::payer_files::{Clp, Payment, Svc, file};
use crate::remittance::take as take_file;
use crate::staff::person;

fn told(db: &TestDb, about: &About, language: Language) -> Vec<Told> {
    explain(db, &person(41, Role::Tier1), PRACTICE, about, language).unwrap()
}

/// A claim of 140.00 that its payer decided: 48.00 above its price, a copay of 20.00, 72.00 paid.
fn decided(db: &TestDb) -> String {
    let (_, _, number) = sent_claim(db);
    decide(db, &number);
    number
}

/// The payer's decision about it.
pub fn decide(db: &TestDb, number: &str) {
    let adjustments = vec![("CO", "45", 4_800), ("PR", "3", 2_000)];
    let line = Svc { number: format!("{number}L1"), code: "99213", charge: 14_000, paid: 7_200, adjustments };
    take_file(db, &file(&Payment::new("EFT1", vec![Clp::new(number.to_owned(), "1", vec![line])])));
}

#[test]
fn every_link_of_a_claim_stands_on_an_entry_and_on_the_payers_own_segment() {
    for_each_engine(|db| {
        let number = decided(db);
        let all = told(db, &About::Claim(number.clone()), Language::English);
        let [visit] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((visit.patient_owes_cents, visit.with_payers_cents), (cents(2_000), Money::ZERO));
        assert!(visit.sentences.iter().any(|said| said.contains("$20.00 is your copay")), "{:?}", visit.sentences);
        let links: Vec<(i64, i64, Option<&str>)> = visit
            .links
            .iter()
            .map(|link| (link.amount_cents.cents(), link.remains_cents.cents(), link.segment.as_deref()))
            .collect();
        let [charged, above, paid, copay] = links.as_slice() else { panic!("{links:?}") };
        assert_eq!(*charged, (14_000, 14_000, None));
        assert!(matches!(above, (-4_800, 9_200, Some(cas)) if cas.starts_with("CAS*CO*45*48")), "{above:?}");
        assert!(matches!(paid, (-7_200, 2_000, Some(svc)) if svc.starts_with("SVC*HC:99213*140*72")), "{paid:?}");
        assert!(matches!(copay, (2_000, 2_000, Some(cas)) if cas.contains("PR*3*20")), "{copay:?}");
        assert!(visit.links.iter().all(|link| !link.entries.is_empty()), "{:?}", visit.links);
        let rules: Vec<Option<&str>> = visit.links.iter().map(|link| link.rule.as_deref()).collect();
        let [None, Some(above), None, Some(copay)] = rules[..] else { panic!("{rules:?}") };
        assert!(above.starts_with("base CO-") && above.ends_with("since 2026-01-01"), "{above}");
        assert!(copay.starts_with("base PR-") && copay.ends_with("since 2026-01-01"), "{copay}");
        let spanish = told(db, &About::Claim(number), Language::Spanish);
        assert!(spanish[0].links.iter().zip(&visit.links).all(|(one, other)| one.words != other.words));
    });
}

#[test]
fn a_line_a_payment_and_an_account_are_parts_of_the_same_chain() {
    for_each_engine(|db| {
        let number = decided(db);
        let whole = told(db, &About::Claim(number.clone()), Language::English);
        let account = About::Patient(whole[0].account_number.clone());
        assert_eq!(told(db, &account, Language::English), whole);
        let line = told(db, &About::Line(number.clone(), 1), Language::English);
        assert_eq!(line[0].links, whole[0].links);
        let payment = told(db, &About::Payment("EFT1".into()), Language::English);
        assert_eq!(payment[0].links, whole[0].links[1..]);
        let tier1 = person(41, Role::Tier1);
        for (about, what) in [
            (About::Line(number, 2), "line"),
            (About::Claim("C9".into()), "claim"),
            (About::Payment("EFT9".into()), "payment"),
            (About::Receipt("R-9".into()), "receipt"),
            (About::Patient("9".into()), "account"),
        ] {
            let missing = explain(db, &tier1, PRACTICE, &about, Language::English);
            assert!(matches!(missing, Err(Error::NotFound(found)) if found == what), "{about:?}");
        }
        let administrator = person(42, Role::Administrator);
        assert!(matches!(explain(db, &administrator, PRACTICE, &account, Language::English), Err(Error::Denied(_))));
    });
}
