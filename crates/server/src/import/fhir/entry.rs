//! Enters an import plan through the use cases, as a front desk would: providers, facilities, payers, patients with
//! their coverages, then all visits in one transaction. Every step finds what an earlier import entered, so a second
//! import changes nothing, and one that was interrupted is completed.

use std::collections::HashMap;

use app::Error;
use app::charge_capture::{NewService, NewVisit, capture_all};
use app::registration::{
    self, CoverageData, FacilityData, NewGuarantor, PatientData, PayerData, ProviderData, Registered,
};
use billing::access::Actor;
use billing::charge::{Procedure, Units};
use billing::coverage::{CoverageRank, Relationship};
use billing::fee_schedule::{FeeScheduleItem, price_on};
use billing::payer::PayerSettings;
use billing::{FacilityId, PatientId, PayerId, Phi, PracticeId, ProviderId};
use store::Db;

use super::profile::Profile;
use super::visits::{ImportPlan, PlannedCharge, PlannedPatient, PlannedVisit};

/// How much an import entered, and how much was there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entered {
    /// Patients: new, known.
    pub patients: (usize, usize),
    /// Coverages: new, known.
    pub coverages: (usize, usize),
    /// Providers: new, known.
    pub providers: (usize, usize),
    /// Facilities: new, known.
    pub facilities: (usize, usize),
    /// Payers: new, known.
    pub payers: (usize, usize),
    /// Visits: new, known.
    pub visits: (usize, usize),
}

/// Enters the plan.
///
/// # Errors
/// `Denied`; a price that neither the fee schedule nor the profile has; whatever a use case refuses.
pub fn enter(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    plan: &ImportPlan,
    profile: Profile,
) -> Result<Entered, Error> {
    let desk = Desk { db, actor, practice };
    let prices = registration::fee_schedule(db, actor, practice)?;
    // Before anything is entered: a visit without a price would stop the import half-way.
    refuse_without_price(plan, profile, &prices)?;
    let mut entered = Entered::default();
    let providers = desk.providers(plan, &mut entered)?;
    let facilities = desk.facilities(plan, &mut entered)?;
    let mut patients = HashMap::new();
    for patient in &plan.patients {
        patients.insert(patient.source_key.as_str(), desk.patient(patient, &mut entered)?);
    }
    let mut visits = Vec::with_capacity(plan.visits.len());
    for visit in &plan.visits {
        let known = (patients.get(visit.patient_key.as_str()), providers.get(visit.practitioner_key.as_str()));
        let (Some(patient_id), Some(rendering_id)) = known else {
            return Err(Error::refused("A visit of this import belongs to nobody in it. Import the files together."));
        };
        let facility_id = visit.facility_key.as_deref().and_then(|key| facilities.get(key)).copied();
        visits.push(new_visit(visit, *patient_id, *rendering_id, facility_id, profile, &prices));
    }
    for captured in capture_all(db, actor, practice, &visits)? {
        count(&mut entered.visits, captured.is_new);
    }
    Ok(entered)
}

fn refuse_without_price(plan: &ImportPlan, profile: Profile, prices: &[FeeScheduleItem]) -> Result<(), Error> {
    let mut missing: Vec<&str> = plan
        .visits
        .iter()
        .flat_map(|visit| visit.charges.iter().map(move |charge| (visit, charge)))
        .filter(|(visit, charge)| {
            let listed = price_on(prices, &charge.procedure, &charge.modifiers, visit.date_of_service);
            listed.or_else(|| profile.price(&charge.procedure)).is_none()
        })
        .map(|(_, charge)| charge.procedure.as_str())
        .collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    let words = format!("The fee schedule has no price for {}. Add it, then import again.", missing.join(", "));
    Err(Error::refused(words))
}

/// Who enters what, where.
struct Desk<'a> {
    db: &'a Db,
    actor: &'a Actor,
    practice: PracticeId,
}

impl Desk<'_> {
    fn providers<'p>(
        &self,
        plan: &'p ImportPlan,
        entered: &mut Entered,
    ) -> Result<HashMap<&'p str, ProviderId>, Error> {
        // The bundles name no specialty; the practice's own is the nearest that is true of its people.
        let taxonomy = registration::practice_of(self.db, self.actor, self.practice)?.billing.taxonomy;
        let mut ids = HashMap::new();
        for practitioner in &plan.practitioners {
            let data = ProviderData {
                name: practitioner.name.clone(),
                npi: practitioner.npi.clone(),
                taxonomy: taxonomy.clone(),
                in_practice: true,
                invented: practitioner.invented,
                source_key: Some(practitioner.source_key.clone()),
            };
            let registered = registration::register_provider(self.db, self.actor, self.practice, &data)?;
            ids.insert(practitioner.source_key.as_str(), counted(&mut entered.providers, registered));
        }
        Ok(ids)
    }

    fn facilities<'p>(
        &self,
        plan: &'p ImportPlan,
        entered: &mut Entered,
    ) -> Result<HashMap<&'p str, FacilityId>, Error> {
        let mut ids = HashMap::new();
        for facility in &plan.facilities {
            let data = FacilityData {
                name: facility.name.clone(),
                npi: facility.npi.clone(),
                address: facility.address.clone(),
                clia_number: None,
                source_key: Some(facility.source_key.clone()),
            };
            let registered = registration::register_facility(self.db, self.actor, self.practice, &data)?;
            ids.insert(facility.source_key.as_str(), counted(&mut entered.facilities, registered));
        }
        Ok(ids)
    }

    fn patient(&self, patient: &PlannedPatient, entered: &mut Entered) -> Result<PatientId, Error> {
        let data = PatientData {
            name: patient.name.clone(),
            birth_date: Phi::new(patient.birth_date),
            gender: patient.gender,
            address: patient.address.clone(),
            contact: patient.contact.clone(),
            language: patient.language.clone(),
            invented: patient.invented,
            source_key: Some(patient.source_key.clone()),
        };
        let guarantor = NewGuarantor::Patient;
        let registered = registration::register_patient(self.db, self.actor, self.practice, &data, &guarantor)?;
        let id = counted(&mut entered.patients, registered);
        for coverage in &patient.coverages {
            let payer = PayerData {
                name: coverage.payer_name.clone(),
                payer_identifier: coverage.payer_identifier.clone(),
                filing_indicator: coverage.filing_indicator.clone(),
                settings: PayerSettings { filing_limit_days: coverage.filing_limit_days, ..PayerSettings::default() },
            };
            let registered = registration::register_payer(self.db, self.actor, self.practice, &payer)?;
            let payer_id: PayerId = counted(&mut entered.payers, registered);
            let data = CoverageData {
                payer_id,
                plan_name: coverage.plan_name.clone(),
                group_number: String::new(),
                rank: CoverageRank::Primary,
                relationship: Relationship::SelfSubscriber,
                member_id: coverage.member_id.clone(),
                subscriber: None,
                effective_on: coverage.effective_on,
                ends_on: coverage.ends_on,
                // Bundles say who pays and never the number on the card; only a profile that invents one plans coverages.
                invented: true,
                medicare_secondary: None,
                source_key: Some(coverage.source_key.clone()),
            };
            let registered = registration::add_coverage(self.db, self.actor, self.practice, id, &data)?;
            counted(&mut entered.coverages, registered);
        }
        Ok(id)
    }
}

fn new_visit(
    visit: &PlannedVisit,
    patient_id: PatientId,
    rendering_id: ProviderId,
    facility_id: Option<FacilityId>,
    profile: Profile,
    prices: &[FeeScheduleItem],
) -> NewVisit {
    let service = |charge: &PlannedCharge| {
        let listed = price_on(prices, &charge.procedure, &charge.modifiers, visit.date_of_service);
        NewService {
            procedure: Procedure { code: charge.procedure.clone(), modifiers: charge.modifiers.clone() },
            units: Units::ONE,
            diagnosis_pointers: charge.diagnosis_pointers.clone(),
            amount: if listed.is_some() { None } else { profile.price(&charge.procedure) },
            drug: None,
        }
    };
    NewVisit {
        patient_id,
        date_of_service: visit.date_of_service,
        original_date: visit.original_date,
        place_of_service: visit.place_of_service.clone(),
        facility_id,
        rendering_id,
        referring_id: None,
        supervising_id: None,
        ordering_id: None,
        diagnoses: visit.diagnoses.clone(),
        prior_authorization: None,
        referral_number: None,
        accident: None,
        onset_on: None,
        self_pay: visit.self_pay,
        source_key: Some(visit.source_key.clone()),
        services: visit.charges.iter().map(service).collect(),
    }
}

fn counted<T>(counter: &mut (usize, usize), registered: Registered<T>) -> T {
    count(counter, registered.is_new);
    registered.id
}

fn count(counter: &mut (usize, usize), is_new: bool) {
    if is_new { counter.0 += 1 } else { counter.1 += 1 }
}
