//! The visits of the story: charges are entered in the evening, sometimes with a slip, and become claims that are scrubbed at once.

use app::charge_capture::{NewService, NewVisit, capture};
use app::claim_scrub::claim_visit;
use app::eligibility;
use app::registration::show_patient;
use billing::charge::{Drug, Procedure, Units};
use billing::encounter::{Accident, AccidentCause};
use jiff::ToSpan;

use super::front_desk::{self, House};
use super::stage::{Stage, in_scene};
use super::visits::{CodingSlip, ServiceStory, VisitStory};

/// Drugs of the story with invented product numbers (labeler 99999 is not assigned) and the unit of one billing unit.
const DRUGS: [(&str, &str, &str); 3] =
    [("J0696", "99999010101", "UN"), ("J0897", "99999010201", "ML"), ("J3301", "99999010301", "ML")];

/// Places in the population's list of providers.
const NURSE_PRACTITIONER: usize = 2;
const CARDIOLOGIST: usize = 3;

/// A patient arrives: registered if new, and the payer is asked whether coverage is active.
pub fn arrive(stage: &mut Stage, house: &House, visit: &VisitStory) -> anyhow::Result<()> {
    let is_new = !stage.on_file.contains_key(&visit.patient);
    let patient = front_desk::register(stage, house, visit.patient)?;
    if is_new {
        let tier1 = &stage.staff.tier1;
        let record = in_scene("a record is opened", show_patient(&stage.db, tier1, stage.practice, patient))?;
        for coverage in &record.coverages {
            let asked = eligibility::ask(&stage.db, tier1, stage.practice, patient, coverage.id, visit.on);
            in_scene("the payer is asked for eligibility", asked)?;
        }
    }
    Ok(())
}

/// The charges of a visit are entered and become a claim.
pub fn charge(stage: &mut Stage, house: &House, visit: &VisitStory) -> anyhow::Result<()> {
    let Some(patient_id) = stage.on_file.get(&visit.patient).copied() else { return Ok(()) };
    let self_pay = stage.patients[visit.patient].cards.is_empty();
    let new = NewVisit {
        patient_id,
        date_of_service: visit.on,
        original_date: None,
        place_of_service: visit.place_of_service.into(),
        facility_id: visit.has_laboratory().then_some(house.laboratory),
        rendering_id: house.providers[visit.provider],
        // Heart tracings come from the cardiologist; what the nurse practitioner does stands under a doctor's eyes.
        referring_id: sent_by_cardiologist(visit).then_some(house.providers[CARDIOLOGIST]),
        supervising_id: (visit.provider == NURSE_PRACTITIONER).then_some(house.providers[0]),
        ordering_id: visit.has_laboratory().then_some(house.providers[visit.provider]),
        diagnoses: diagnoses(visit),
        prior_authorization: visit.prior_authorization.clone(),
        referral_number: sent_by_cardiologist(visit).then(|| format!("RF{:06}", 1_000 + visit.number)),
        accident: visit.accident_days_before.map(|days| Accident {
            cause: AccidentCause::Auto,
            occurred_on: visit.on.saturating_sub(days.days()),
            state: Some(super::names::STATE.into()),
        }),
        onset_on: None,
        services: services(visit),
        self_pay,
        source_key: None,
    };
    let captured = capture(&stage.db, &stage.staff.tier1, stage.practice, &new);
    let captured = in_scene("charges are entered", captured)?;
    stage.encounters.insert(visit.number, captured.encounter_id);
    if captured.payer_id.is_some() {
        let scrubbed = claim_visit(&stage.db, &stage.staff.tier1, stage.practice, captured.encounter_id);
        stage.claims.insert(visit.number, in_scene("a claim is made", scrubbed)?.claim_id);
    }
    Ok(())
}

fn sent_by_cardiologist(visit: &VisitStory) -> bool {
    visit.services.iter().any(|service| service.procedure == "93000")
}

/// The diagnoses as entered.
fn diagnoses(visit: &VisitStory) -> Vec<String> {
    let mut codes: Vec<String> = visit.diagnoses.iter().map(|code| (*code).to_owned()).collect();
    if visit.slip == Some(CodingSlip::DiagnosisCutShort)
        && let Some(first) = codes.first_mut()
    {
        first.truncate(3);
    }
    codes
}

/// The services as entered.
fn services(visit: &VisitStory) -> Vec<NewService> {
    let mut all: Vec<NewService> = visit.services.iter().map(service).collect();
    match visit.slip {
        Some(CodingSlip::LineTwice) => all.extend(visit.services.first().map(service)),
        Some(CodingSlip::ModifierForgotten) => {
            for one in &mut all {
                one.procedure.modifiers.retain(|modifier| modifier != "25");
            }
        }
        Some(CodingSlip::DiagnosisCutShort | CodingSlip::NoPermission) | None => {}
    }
    all
}

fn service(story: &ServiceStory) -> NewService {
    let drug = DRUGS.iter().find(|(code, _, _)| *code == story.procedure).map(|(_, ndc, unit)| Drug {
        ndc: (*ndc).into(),
        quantity: Units::whole(1),
        unit: (*unit).into(),
    });
    NewService {
        procedure: procedure(story),
        units: Units::whole(story.units),
        diagnosis_pointers: story.pointers.clone(),
        amount: None,
        drug,
    }
}

/// A service's code and modifiers as they should be.
pub fn procedure(story: &ServiceStory) -> Procedure {
    Procedure {
        code: story.procedure.into(),
        modifiers: story.modifiers.iter().map(|modifier| (*modifier).to_owned()).collect(),
    }
}
