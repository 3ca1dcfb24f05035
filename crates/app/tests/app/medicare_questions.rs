//! The front desk asks who pays before Medicare, and is told what on file does not go with the answers, until it does.
//! On both databases.

use app::Error;
use app::medicare_questions::{answer, order};
use app::registration::{CoverageData, PayerData, add_coverage, change_coverage, pay_first, register_payer};
use billing::access::Role;
use billing::coverage::{CoverageRank, MedicareSecondaryType};
use billing::identifier::MemberId;
use billing::medicare_questions::{Answers, EmployerPlan, Entitlement, PlanOf};
use store::testing::{PRACTICE, for_each_engine};

use crate::staff::{coverage_data, open, payer_data, person, tier1};

#[test]
fn the_front_desk_learns_that_the_employers_plan_goes_before_medicare() {
    for_each_engine(|db| {
        let practice = open(db);
        let who = tier1();
        let ask = || order(db, &who, PRACTICE, practice.patient).unwrap();
        assert_eq!((ask().answered, ask().medicare), (None, None));
        let medicare = PayerData { filing_indicator: "MB".into(), ..payer_data("MEDIC") };
        let medicare = register_payer(db, &db.system(), PRACTICE, &medicare).unwrap().id;
        let second = CoverageData {
            rank: CoverageRank::Secondary,
            member_id: MemberId::parse("1EG4TE5MK73").unwrap(),
            medicare_secondary: Some(MedicareSecondaryType::Disabled),
            ..coverage_data(medicare)
        };
        let medicare = add_coverage(db, &who, PRACTICE, practice.patient, &second).unwrap().id;
        let works = Answers {
            employer_plan: Some(EmployerPlan { of: PlanOf::Spouse, works_now: true, employees: 45 }),
            ..Answers::default()
        };
        answer(db, &who, PRACTICE, practice.patient, &works).unwrap();
        assert_eq!(ask().medicare, Some(medicare));
        let told = ask().to_mend.expect("the reason is another");
        assert!(told.contains("65 or older, with a plan of an employer (12)"), "{told}");
        let right = CoverageData { medicare_secondary: Some(MedicareSecondaryType::WorkingAged), ..second.clone() };
        change_coverage(db, &who, PRACTICE, medicare, &right).unwrap();
        assert_eq!(ask().to_mend, None);
        // A retiree's plan: Medicare goes first, and on file it does not.
        let retired = Answers {
            employer_plan: Some(EmployerPlan { of: PlanOf::Spouse, works_now: false, employees: 45 }),
            ..Answers::default()
        };
        answer(db, &who, PRACTICE, practice.patient, &retired).unwrap();
        assert!(ask().to_mend.expect("the order is wrong").contains("Medicare pays first"));
        pay_first(db, &who, PRACTICE, medicare).unwrap();
        change_coverage(
            db,
            &who,
            PRACTICE,
            medicare,
            &CoverageData { rank: CoverageRank::Primary, medicare_secondary: None, ..second.clone() },
        )
        .unwrap();
        assert_eq!(ask().to_mend, None);
        // Two go before it, and one coverage is missing.
        let hurt_at_work = Answers { from_work: true, ..works };
        answer(db, &who, PRACTICE, practice.patient, &hurt_at_work).unwrap();
        assert!(ask().to_mend.expect("a coverage is missing").contains("workers' compensation goes before Medicare"));
        assert_eq!(ask().answered.unwrap().by, "person1");
    });
}

#[test]
fn what_cannot_be_decided_is_refused_and_only_who_keeps_coverages_asks() {
    for_each_engine(|db| {
        let practice = open(db);
        let kidney = Answers {
            entitlement: Entitlement::KidneyDisease,
            employer_plan: Some(EmployerPlan { of: PlanOf::Patient, works_now: true, employees: 5 }),
            ..Answers::default()
        };
        let refused = answer(db, &tier1(), PRACTICE, practice.patient, &kidney).unwrap_err();
        assert!(matches!(refused, Error::Invalid { field, .. } if field == "kidney_months"));
        assert!(matches!(order(db, &person(3, Role::Poster), PRACTICE, practice.patient), Err(Error::Denied(_))));
        assert_eq!(order(db, &tier1(), PRACTICE, practice.patient).unwrap().answered, None);
    });
}
