//! A practice that can work: people, a provider, payers, prices, and a patient with a coverage. Everything invented,
//! and put there by the use cases themselves.

use app::charge_capture::{NewService, NewVisit};
use app::registration::{
    CoverageData, NewGuarantor, PatientData, PayerData, ProviderData, add_coverage, register_patient, register_payer,
    register_provider, set_price,
};
use billing::access::{Actor, Role};
use billing::charge::{Procedure, Units};
use billing::coverage::{CoverageRank, Relationship};
use billing::fee_schedule::FeeScheduleItem;
use billing::identifier::{MemberId, Npi, Taxonomy};
use billing::payer::PayerSettings;
use billing::person::{Address, Contact, Gender, PersonName};
use billing::{CoverageId, Money, PatientId, PayerId, ProviderId, UserId};
use jiff::civil::{Date, date};
use store::testing::{PRACTICE, TestDb};
use uuid::Uuid;

use crate::clinic;

/// The day of the tests' visit; the simulated clock stands on it.
pub const VISIT_ON: Date = date(2026, 3, 2);

/// What a test needs to know of the practice.
pub struct Practice {
    /// Who treats.
    pub provider: ProviderId,
    /// Who pays.
    pub payer: PayerId,
    /// Who comes.
    pub patient: PatientId,
    /// Their coverage.
    pub coverage: CoverageId,
}

/// A person with one role.
pub fn person(number: u128, role: Role) -> Actor {
    Actor::user(UserId(Uuid::from_u128(number)), format!("person{number}"), vec![role], PRACTICE)
}

/// Tier 1.
pub fn tier1() -> Actor {
    person(1, Role::Tier1)
}

/// A coder.
pub fn coder() -> Actor {
    person(4, Role::Coder)
}

/// Opens the practice with one patient whose coverage is in force.
pub fn open(db: &TestDb) -> Practice {
    clinic::open_practice(db);
    let system = db.system();
    let provider = register_provider(db, &system, PRACTICE, &provider_data(2)).unwrap().id;
    let payer = register_payer(db, &system, PRACTICE, &payer_data("HARB1")).unwrap().id;
    for (code, cents) in [("99213", 14_000), ("99214", 20_000), ("36415", 1_500), ("20610", 18_000)] {
        let item = FeeScheduleItem {
            procedure: code.into(),
            modifier: String::new(),
            unit_price: Money::from_cents(cents),
            effective_on: date(2026, 1, 1),
        };
        set_price(db, &system, PRACTICE, &item).unwrap();
    }
    let patient = register_patient(db, &tier1(), PRACTICE, &patient_data(), &NewGuarantor::Patient).unwrap().id;
    let coverage = add_coverage(db, &tier1(), PRACTICE, patient, &coverage_data(payer)).unwrap().id;
    Practice { provider, payer, patient, coverage }
}

/// An invented provider of the practice.
pub fn provider_data(number: u32) -> ProviderData {
    ProviderData {
        name: PersonName { last: "Lin".into(), first: "Wei".into(), ..PersonName::default() },
        npi: Npi::parse(&codes::npi::invented(number)).unwrap(),
        taxonomy: Taxonomy::parse("207Q00000X").unwrap(),
        in_practice: true,
        invented: false,
        source_key: None,
    }
}

/// An invented payer; the payers' files of the tests come under the number NFM01.
pub fn payer_data(payer_identifier: &str) -> PayerData {
    PayerData {
        name: format!("Harbor Health {payer_identifier}"),
        payer_identifier: payer_identifier.into(),
        filing_indicator: "CI".into(),
        settings: PayerSettings { remits_as: vec!["NFM01".into()], ..PayerSettings::default() },
    }
}

/// An invented patient.
pub fn patient_data() -> PatientData {
    PatientData {
        name: PersonName { last: "Quintero".into(), first: "Ada".into(), ..PersonName::default() },
        birth_date: date(1980, 6, 15).into(),
        gender: Gender::Female,
        address: Address {
            line1: "7 Elm Road".into(),
            line2: String::new(),
            city: "Austin".into(),
            state: "TX".into(),
            zip: "78701-0002".into(),
        },
        contact: Contact { phone: "(512) 555-0101".into(), email: String::new() },
        language: "en".into(),
        invented: false,
        source_key: None,
    }
}

/// The patient's own coverage, in force since the year began.
pub fn coverage_data(payer: PayerId) -> CoverageData {
    CoverageData {
        payer_id: payer,
        plan_name: "Harbor Choice".into(),
        group_number: "G100".into(),
        rank: CoverageRank::Primary,
        relationship: Relationship::SelfSubscriber,
        member_id: MemberId::parse("HH1234567").unwrap(),
        subscriber: None,
        effective_on: date(2026, 1, 1),
        ends_on: None,
        invented: false,
        medicare_secondary: None,
        source_key: None,
    }
}

/// A visit with an office visit and a blood draw.
pub fn visit(practice: &Practice) -> NewVisit {
    NewVisit {
        patient_id: practice.patient,
        date_of_service: VISIT_ON,
        original_date: None,
        place_of_service: "11".into(),
        facility_id: None,
        rendering_id: practice.provider,
        referring_id: None,
        supervising_id: None,
        ordering_id: None,
        diagnoses: vec!["E11.9".into(), "I10".into()],
        prior_authorization: None,
        referral_number: None,
        accident: None,
        onset_on: None,
        self_pay: false,
        source_key: None,
        services: vec![service("99213", &[1, 2]), service("36415", &[1])],
    }
}

/// One unit of a service at its list price.
pub fn service(code: &str, pointers: &[u8]) -> NewService {
    NewService {
        procedure: Procedure { code: code.into(), modifiers: Vec::new() },
        units: Units::ONE,
        diagnosis_pointers: pointers.to_vec(),
        amount: None,
        drug: None,
    }
}
