//! The questions we send, 270 and 276, in the eyes of our own check and of an engine that is not ours.
#![allow(clippy::unwrap_used, clippy::expect_used)] // what sets a test up must stop it where it cannot

use billing::charge::{Procedure, Units};
use billing::claim::submission::ControlNumbers;
use billing::claim::{Claim, ClaimBody, ClaimFrequency, ClaimStatus, DependentOnClaim, PayerOnClaim, ServiceLine};
use billing::coverage::{Coverage, CoverageRank, Relationship, Subscriber};
use billing::identifier::{MemberId, Npi, PatientControlNumber, TaxId, TaxIdKind, Taxonomy};
use billing::patient::Patient;
use billing::person::{Address, Contact, Gender, PersonName};
use billing::practice::BillingProvider;
use billing::{Money, Phi};
use edi::eligibility::EligibilityQuestion;
use edi::{Envelope, claim_status, eligibility};
use jiff::civil::date;
use uuid::Uuid;

fn name(first: &str, last: &str) -> PersonName {
    PersonName { last: last.into(), first: first.into(), ..PersonName::default() }
}

fn address() -> Address {
    Address {
        line1: "1 Main St".into(),
        line2: String::new(),
        city: "Austin".into(),
        state: "TX".into(),
        zip: "787010001".into(),
    }
}

fn billing() -> BillingProvider {
    BillingProvider {
        name: "Sunrise Clinic".into(),
        npi: Npi::parse("2000000002").unwrap(),
        taxonomy: Taxonomy::parse("207Q00000X").unwrap(),
        tax_id: TaxId::parse(TaxIdKind::Ein, "123456789").unwrap(),
        address: address(),
    }
}

fn subscriber() -> Subscriber {
    Subscriber {
        name: name("Ada", "Quintero~SE"),
        member_id: MemberId::parse("W123456789").unwrap(),
        birth_date: Phi::new(date(1980, 1, 1)),
        gender: Gender::Female,
        address: address(),
    }
}

fn envelope() -> Envelope {
    Envelope {
        submitter_name: "Sunrise Billing".into(),
        submitter_id: "SUB001".into(),
        contact_phone: "5125550100".into(),
        contact_email: String::new(),
        receiver_id: "CLEARING".into(),
        control_numbers: ControlNumbers { interchange: 41, group: 41, set: 1 },
        sealed_at: date(2026, 9, 1).at(12, 53, 0, 0),
        is_test: true,
    }
}

fn eligibility_question(relationship: Relationship) -> Vec<u8> {
    let coverage = Coverage {
        id: Uuid::nil().into(),
        version: 1,
        patient_id: Uuid::nil().into(),
        payer_id: Uuid::nil().into(),
        plan_name: "Gold Plan".into(),
        group_number: String::new(),
        rank: CoverageRank::Primary,
        relationship,
        subscriber: subscriber(),
        effective_on: date(2026, 1, 1),
        ends_on: None,
        invented: false,
        medicare_secondary: None,
    };
    let patient = Patient {
        id: Uuid::nil().into(),
        account_number: "A1".into(),
        name: name("Amy", "Quintero"),
        birth_date: Phi::new(date(2015, 1, 1)),
        gender: Gender::Female,
        address: address(),
        contact: Contact::default(),
        guarantor_id: Uuid::nil().into(),
        language: "en".into(),
        invented: true,
    };
    let question = EligibilityQuestion {
        billing: &billing(),
        payer_name: "Acme Health",
        payer_identifier: "60054",
        coverage: &coverage,
        patient: &patient,
        asked_for: date(2026, 9, 1),
        trace: "E000000001",
    };
    eligibility::write(&question, &envelope()).unwrap()
}

fn status_question(relationship: Relationship) -> Vec<u8> {
    let is_self = relationship == Relationship::SelfSubscriber;
    let control_number = PatientControlNumber::parse("C1").unwrap();
    let line = ServiceLine {
        number: 1,
        charge_id: Uuid::nil().into(),
        control_number: control_number.line(1),
        procedure: Procedure { code: "99213".into(), modifiers: Vec::new() },
        charge_amount: Money::from_cents(15_000),
        units: Units::ONE,
        place_of_service: None,
        diagnosis_pointers: vec![1],
        date_of_service: date(2026, 8, 15),
        drug: None,
    };
    let body = ClaimBody {
        billing: billing(),
        pay_to: None,
        payer: PayerOnClaim {
            name: "Acme Health".into(),
            payer_identifier: "60054".into(),
            filing_indicator: "CI".into(),
            route: "CLEARING".into(),
            takes_replacements: true,
            needs_referral: false,
        },
        rank: CoverageRank::Primary,
        group_number: String::new(),
        plan_name: String::new(),
        subscriber: subscriber(),
        relationship,
        dependent: (!is_self).then(|| DependentOnClaim {
            name: name("Amy", "Quintero"),
            birth_date: Phi::new(date(2015, 1, 1)),
            gender: Gender::Female,
            address: address(),
            contact: Contact::default(),
        }),
        coverage_effective_on: date(2026, 1, 1),
        coverage_ends_on: None,
        frequency: ClaimFrequency::Original,
        payer_claim_control_number: Some("ICN001".into()),
        place_of_service: "11".into(),
        provider_signature_on_file: true,
        assignment: "A".into(),
        benefits_assigned: "Y".into(),
        release_of_information: "Y".into(),
        accident: None,
        onset_on: None,
        prior_authorization: None,
        referral_number: None,
        clia_number: None,
        diagnoses: vec!["E119".into()],
        rendering: None,
        referring: None,
        supervising: None,
        ordering: None,
        facility: None,
        note: String::new(),
        medicare_secondary: None,
        prior_payers: Vec::new(),
        crossed_over: false,
        lines: vec![line],
    };
    let claim = Claim {
        id: Uuid::nil().into(),
        practice_id: Uuid::nil().into(),
        patient_id: Uuid::nil().into(),
        encounter_id: Uuid::nil().into(),
        payer_id: Uuid::nil().into(),
        coverage_id: Uuid::nil().into(),
        coverage_version: 1,
        control_number,
        version: 1,
        status: ClaimStatus::Accepted,
        filing_limit_on: date(2026, 11, 15),
        follow_up_on: None,
        body,
    };
    claim_status::write(&claim, "C1", &envelope()).unwrap()
}

/// Every question, by the name its file gets.
fn questions() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("subscriber.270", eligibility_question(Relationship::SelfSubscriber)),
        ("dependent.270", eligibility_question(Relationship::Child)),
        ("subscriber.276", status_question(Relationship::SelfSubscriber)),
        ("dependent.276", status_question(Relationship::Child)),
    ]
}

#[test]
fn every_question_keeps_its_guide() {
    for (name, bytes) in questions() {
        let checked = x12::check(&bytes, &edi::check::OurTables);
        assert!(
            checked.verdict == x12::Verdict::Accepted && checked.problems.kept().is_empty(),
            "{name}: {:?}",
            checked.problems
        );
    }
}

#[test]
fn an_engine_that_is_not_ours_accepts_our_questions() {
    let Ok(python) = std::env::var("TIERLINE_TEST_PYTHON") else {
        println!(
            "SKIPPED an_engine_that_is_not_ours_accepts_our_questions (no Python with x12sdk; run cargo xtask test)"
        );
        return;
    };
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::temp_dir().join(format!("tierline-questions-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let files: Vec<_> = questions()
        .into_iter()
        .map(|(name, bytes)| {
            let path = folder.join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        })
        .collect();
    let output = std::process::Command::new(python)
        .arg(root.join("testdata/other-engines/check.py"))
        .args(&files)
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    // pyx12 has no guides of 270 and 276, so only the other engine is asked about these.
    let answers: Vec<&str> = said.lines().filter(|line| line.contains("\"x12sdk\"")).collect();
    assert_eq!(answers.len(), files.len(), "{said}");
    assert!(answers.iter().all(|line| line.contains("\"accepted\": true")), "{answers:#?}");
}
