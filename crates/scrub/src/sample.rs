//! A clean invented claim for the rules' tests, and the two questions each test asks of it.

use billing::charge::{Procedure, Units};
use billing::claim::{Claim, ClaimBody, ClaimFrequency, ClaimStatus, DependentOnClaim, PayerOnClaim, ServiceLine};
use billing::coordination_of_benefits::{LeftOver, PriorLine, PriorPayer};
use billing::coverage::{CoverageRank, Relationship, Subscriber};
use billing::identifier::{MemberId, Npi, PatientControlNumber, TaxId, TaxIdKind, Taxonomy};
use billing::person::{Address, Contact, Gender, PersonName};
use billing::practice::BillingProvider;
use billing::provider::{Facility, ProviderOnClaim};
use billing::remittance::{Adjustment, AdjustmentGroup};
use billing::*;
use jiff::civil::{Date, date};

use crate::{Rule, ScrubInput};

/// The day on which the tests scrub.
pub const TODAY: Date = date(2026, 3, 10);

/// A visit of 2026-03-02 by the subscriber herself, in the office, two diagnoses, two lines.
pub fn clean() -> Claim {
    let id = |number: u128| uuid::Uuid::from_u128(number);
    Claim {
        id: ClaimId(id(1)),
        practice_id: PracticeId(id(2)),
        patient_id: PatientId(id(3)),
        encounter_id: EncounterId(id(4)),
        payer_id: PayerId(id(5)),
        coverage_id: CoverageId(id(6)),
        coverage_version: 1,
        control_number: PatientControlNumber::parse("C1").unwrap(),
        version: 1,
        status: ClaimStatus::Draft,
        filing_limit_on: date(2026, 5, 31),
        follow_up_on: None,
        body: body(),
    }
}

fn body() -> ClaimBody {
    ClaimBody {
        billing: BillingProvider {
            name: "Maple Street Family Practice".into(),
            npi: npi(1),
            taxonomy: Taxonomy::parse("261QP2300X").unwrap(),
            tax_id: TaxId::parse(TaxIdKind::Ein, "12-3456789").unwrap(),
            address: address("100 Maple Street", "021391234"),
        },
        pay_to: None,
        payer: PayerOnClaim {
            name: "Harbor Health Plan".into(),
            payer_identifier: "HARB1".into(),
            filing_indicator: "CI".into(),
            route: "CLEARING".into(),
            takes_replacements: true,
            needs_referral: false,
        },
        rank: CoverageRank::Primary,
        group_number: "G100".into(),
        plan_name: "Harbor Choice".into(),
        subscriber: Subscriber {
            name: name("Quintero", "Ada"),
            member_id: MemberId::parse("HH1234567").unwrap(),
            birth_date: date(1980, 6, 15).into(),
            gender: Gender::Female,
            address: address("7 Elm Road", "02139"),
        },
        relationship: Relationship::SelfSubscriber,
        dependent: None,
        coverage_effective_on: date(2026, 1, 1),
        coverage_ends_on: None,
        frequency: ClaimFrequency::Original,
        payer_claim_control_number: None,
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
        diagnoses: vec!["E119".into(), "I10".into()],
        rendering: Some(provider(2)),
        referring: None,
        supervising: None,
        ordering: None,
        facility: None,
        note: String::new(),
        medicare_secondary: None,
        prior_payers: Vec::new(),
        crossed_over: false,
        lines: vec![line(1, "99213", 14_000), line(2, "36415", 1_500)],
    }
}

/// The same visit as the second payer is asked for it: the first paid 72.00 of the office visit and left 20.00, and paid the
/// blood draw but for 5.00.
pub fn after_another() -> Claim {
    let mut claim = clean();
    let cas =
        |group, reason: &str, cents| Adjustment { group, reason: reason.into(), amount: Money::from_cents(cents) };
    let said = |number: usize, paid, adjustments: Vec<Adjustment>| PriorLine {
        charge_id: claim.body.lines[number].charge_id,
        procedure: claim.body.lines[number].procedure.clone(),
        units: Units::ONE,
        paid_amount: Money::from_cents(paid),
        adjustments,
    };
    let left = |number: usize, cents| LeftOver {
        charge_id: claim.body.lines[number].charge_id,
        amount: Money::from_cents(cents),
    };
    let (co, pr) = (AdjustmentGroup::CO, AdjustmentGroup::PR);
    let prior = PriorPayer {
        payer_id: PayerId(uuid::Uuid::from_u128(51)),
        payer: PayerOnClaim {
            name: "Granite Mutual".into(),
            payer_identifier: "GRAN1".into(),
            ..claim.body.payer.clone()
        },
        rank: CoverageRank::Primary,
        medicare_secondary: None,
        group_number: "G7".into(),
        plan_name: "Granite One".into(),
        subscriber: claim.body.subscriber.clone(),
        relationship: Relationship::SelfSubscriber,
        payer_claim_control_number: "GR0001".into(),
        decided_on: date(2026, 3, 9),
        paid_amount: Money::from_cents(8_200),
        adjustments: Vec::new(),
        remarks: vec!["MA01".into()],
        lines: vec![
            said(0, 7_200, vec![cas(co, "45", 4_800), cas(pr, "2", 2_000)]),
            said(1, 1_000, vec![cas(pr, "1", 500)]),
        ],
        left: vec![left(0, 2_000), left(1, 500)],
    };
    claim.body.rank = CoverageRank::Secondary;
    claim.body.prior_payers = vec![prior];
    claim
}

/// A line of the sample's visit, one unit, pointing at the first diagnosis.
pub fn line(number: i32, code: &str, cents: i64) -> ServiceLine {
    ServiceLine {
        number,
        charge_id: ChargeId(uuid::Uuid::from_u128(100 + u128::from(number.unsigned_abs()))),
        control_number: format!("C1L{number}"),
        procedure: Procedure { code: code.into(), modifiers: Vec::new() },
        charge_amount: Money::from_cents(cents),
        units: Units::ONE,
        place_of_service: None,
        diagnosis_pointers: vec![1],
        date_of_service: date(2026, 3, 2),
        drug: None,
    }
}

/// A family member's claim: the same visit by the subscriber's child.
pub fn clean_dependent() -> Claim {
    let mut claim = clean();
    claim.body.relationship = Relationship::Child;
    claim.body.dependent = Some(DependentOnClaim {
        name: name("Quintero", "Leo"),
        birth_date: date(2015, 2, 1).into(),
        gender: Gender::Male,
        address: address("7 Elm Road", "02139"),
        contact: Contact::default(),
    });
    claim
}

/// An invented provider.
pub fn provider(number: u32) -> ProviderOnClaim {
    ProviderOnClaim {
        provider_id: ProviderId(uuid::Uuid::from_u128(u128::from(number))),
        name: name("Lin", "Wei"),
        npi: npi(number),
        taxonomy: Some(Taxonomy::parse("207Q00000X").unwrap()),
    }
}

/// An invented hospital.
pub fn facility() -> Facility {
    Facility {
        id: FacilityId(uuid::Uuid::from_u128(9)),
        name: "Harbor Hospital".into(),
        npi: Some(npi(9)),
        address: address("1 Harbor Way", "021391111"),
        clia_number: None,
    }
}

/// An invented NPI.
pub fn npi(number: u32) -> Npi {
    Npi::parse(&codes::npi::invented(number)).unwrap()
}

/// An invented address in Massachusetts.
pub fn address(line1: &str, zip: &str) -> Address {
    Address { line1: line1.into(), line2: String::new(), city: "Cambridge".into(), state: "MA".into(), zip: zip.into() }
}

fn name(last: &str, first: &str) -> PersonName {
    PersonName { last: last.into(), first: first.into(), ..PersonName::default() }
}

/// The input of a scrub on the tests' day.
pub fn input(claim: &Claim) -> ScrubInput<'_> {
    ScrubInput { claim, today: TODAY, already_billed: &[], own_rules: &[] }
}

/// Fails the test when the rule finds anything.
#[track_caller]
pub fn passes(rule: &Rule, claim: &Claim) {
    assert_eq!((rule.check)(&input(claim)), Vec::new());
}

/// Fails the test unless the rule finds exactly these fields, in plain sentences.
#[track_caller]
pub fn finds(rule: &Rule, claim: &Claim, fields: &[&str]) {
    let findings = (rule.check)(&input(claim));
    assert_eq!(findings.iter().map(|finding| finding.field.as_str()).collect::<Vec<_>>(), fields);
    for finding in &findings {
        assert!(finding.problem.ends_with('.') && finding.remedy.ends_with('.'), "{finding:?}");
    }
}
