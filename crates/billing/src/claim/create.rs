//! Making a claim from a visit: pins the coverage version and freezes what the 837 will say.

use jiff::civil::Date;

use super::{Claim, ClaimBody, ClaimFrequency, ClaimStatus, DependentOnClaim, PayerOnClaim, ServiceLine};
use crate::ClaimId;
use crate::charge::Charge;
use crate::coordination_of_benefits::PriorPayer;
use crate::coverage::{Coverage, CoverageRank, Relationship};
use crate::encounter::Encounter;
use crate::identifier::PatientControlNumber;
use crate::patient::Patient;
use crate::payer::Payer;
use crate::practice::Practice;
use crate::provider::{Facility, Provider, ProviderOnClaim};

/// What a claim is made from.
#[derive(Debug, Clone, Copy)]
pub struct ClaimSource<'a> {
    /// Who bills.
    pub practice: &'a Practice,
    /// Who got care.
    pub patient: &'a Patient,
    /// The visit.
    pub encounter: &'a Encounter,
    /// Its charges, in order.
    pub charges: &'a [Charge],
    /// The coverage version that pays.
    pub coverage: &'a Coverage,
    /// Who is asked.
    pub payer: &'a Payer,
    /// Who did the service.
    pub rendering: Option<&'a Provider>,
    /// Who sent the patient.
    pub referring: Option<&'a Provider>,
    /// Who supervised.
    pub supervising: Option<&'a Provider>,
    /// Who ordered.
    pub ordering: Option<&'a Provider>,
    /// Where, when not at the billing address.
    pub facility: Option<&'a Facility>,
    /// What the payers before this one decided, in the order in which they pay.
    pub prior_payers: &'a [PriorPayer],
}

/// Freezes a draft claim. The caller gives id and control number.
pub fn create(id: ClaimId, control_number: PatientControlNumber, source: &ClaimSource<'_>) -> Claim {
    let body = body(&control_number, source);
    Claim {
        id,
        practice_id: source.practice.id,
        patient_id: source.patient.id,
        encounter_id: source.encounter.id,
        payer_id: source.payer.id,
        coverage_id: source.coverage.id,
        coverage_version: source.coverage.version,
        filing_limit_on: filing_limit_on(source),
        control_number,
        version: 1,
        status: ClaimStatus::Draft,
        follow_up_on: None,
        body,
    }
}

/// Freezes the body again after data was mended; the claim keeps its numbers and gets the next version.
pub fn refreeze(claim: &mut Claim, source: &ClaimSource<'_>) {
    let kept =
        (claim.body.frequency, claim.body.payer_claim_control_number.take(), std::mem::take(&mut claim.body.note));
    let crossed_over = claim.body.crossed_over;
    claim.body = body(&claim.control_number, source);
    (claim.body.frequency, claim.body.payer_claim_control_number, claim.body.note) = kept;
    claim.body.crossed_over = crossed_over;
    let correct_by = (claim.body.frequency != ClaimFrequency::Original).then_some(claim.filing_limit_on);
    claim.version += 1;
    claim.coverage_id = source.coverage.id;
    claim.coverage_version = source.coverage.version;
    claim.payer_id = source.payer.id;
    claim.filing_limit_on = correct_by.unwrap_or_else(|| filing_limit_on(source));
}

/// Last day the payer accepts a first claim: the date of service plus the contract's days. A payer that pays after another
/// may count from the earlier payer's decision instead.
fn filing_limit_on(source: &ClaimSource<'_>) -> Date {
    let settings = &source.payer.settings;
    let after = |day: Date, days: i32| day.saturating_add(jiff::Span::new().days(days));
    match (source.prior_payers.last(), settings.secondary_filing_days) {
        (Some(prior), Some(days)) => after(prior.decided_on, days),
        (Some(_) | None, _) => after(source.encounter.date_of_service, settings.filing_limit_days),
    }
}

fn body(control_number: &PatientControlNumber, source: &ClaimSource<'_>) -> ClaimBody {
    let ClaimSource { practice, patient, encounter, coverage, payer, .. } = *source;
    let dependent = (coverage.relationship != Relationship::SelfSubscriber).then(|| DependentOnClaim {
        name: patient.name.clone(),
        birth_date: patient.birth_date,
        gender: patient.gender,
        address: patient.address.clone(),
        contact: patient.contact.clone(),
    });
    ClaimBody {
        billing: practice.billing.clone(),
        pay_to: practice.pay_to.clone(),
        payer: PayerOnClaim {
            name: payer.name.clone(),
            payer_identifier: payer.payer_identifier.clone(),
            filing_indicator: payer.filing_indicator.clone(),
            route: payer.settings.route.clone(),
            takes_replacements: payer.settings.takes_replacements,
            needs_referral: payer.settings.needs_referral,
        },
        rank: coverage.rank,
        group_number: coverage.group_number.clone(),
        plan_name: coverage.plan_name.clone(),
        subscriber: coverage.subscriber.clone(),
        relationship: coverage.relationship,
        dependent,
        coverage_effective_on: coverage.effective_on,
        coverage_ends_on: coverage.ends_on,
        frequency: ClaimFrequency::Original,
        payer_claim_control_number: None,
        place_of_service: encounter.place_of_service.clone(),
        provider_signature_on_file: true,
        assignment: "A".to_owned(),
        benefits_assigned: "Y".to_owned(),
        release_of_information: "Y".to_owned(),
        accident: encounter.accident.clone(),
        onset_on: encounter.onset_on,
        prior_authorization: encounter.prior_authorization.clone(),
        referral_number: encounter.referral_number.clone(),
        clia_number: source.facility.and_then(|facility| facility.clia_number.clone()),
        diagnoses: encounter.diagnoses.clone(),
        rendering: source.rendering.map(ProviderOnClaim::from),
        referring: source.referring.map(ProviderOnClaim::from),
        supervising: source.supervising.map(ProviderOnClaim::from),
        ordering: source.ordering.map(ProviderOnClaim::from),
        facility: source.facility.cloned(),
        note: String::new(),
        medicare_secondary: coverage.medicare_secondary.filter(|_| coverage.rank != CoverageRank::Primary),
        crossed_over: false,
        prior_payers: source.prior_payers.to_vec(),
        lines: source.charges.iter().enumerate().map(|(index, charge)| line(control_number, index, charge)).collect(),
    }
}

fn line(control_number: &PatientControlNumber, index: usize, charge: &Charge) -> ServiceLine {
    ServiceLine {
        number: i32::try_from(index + 1).unwrap_or(i32::MAX),
        charge_id: charge.id,
        control_number: control_number.line(index + 1),
        procedure: charge.procedure.clone(),
        charge_amount: charge.amount,
        units: charge.units,
        place_of_service: None,
        diagnosis_pointers: charge.diagnosis_pointers.clone(),
        date_of_service: charge.date_of_service,
        drug: charge.drug.clone(),
    }
}
