//! Enters the visits of a CSV file through charge capture, all in one transaction. People it names must be on file: a
//! typing mistake in an account number would otherwise become somebody else's bill.

use std::collections::HashMap;

use app::Error;
use app::charge_capture::{Difference, NewService, NewVisit, import_visits};
use app::registration;
use billing::PracticeId;
use billing::access::Actor;
use billing::charge::Procedure;
use store::Db;

use super::CsvVisit;
use crate::import::{InputProblem, Unreadable};

/// What an import entered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CsvEntered {
    /// Visits that were not there before.
    pub new_visits: usize,
    /// Visits that an earlier import entered.
    pub known_visits: usize,
    /// Charges of the new visits, and lines that a later file added to known ones.
    pub charges: usize,
    /// What differs from an earlier import and was not taken, row by row.
    pub findings: Vec<InputProblem>,
}

/// Enters the visits. The inner error names rows whose patient or provider is not on file; nothing is entered then.
///
/// # Errors
/// `Denied`; a service without a price.
pub fn enter(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file: &str,
    visits: &[CsvVisit],
) -> Result<Result<CsvEntered, Unreadable>, Error> {
    let providers: HashMap<String, _> = registration::providers(db, actor, practice)?
        .into_iter()
        .map(|provider| (provider.npi.as_str().to_owned(), provider.id))
        .collect();
    let mut problems = Vec::new();
    let mut ready = Vec::with_capacity(visits.len());
    for visit in visits {
        let mut unknown = |column: &str, what: &str, remedy: &str| {
            problems.push(InputProblem {
                file: file.to_owned(),
                place: format!("row {}, column {column}", visit.row),
                problem: format!("no {what} of this practice has this number"),
                remedy: remedy.to_owned(),
            });
        };
        let patient = match registration::patient_by_account(db, actor, practice, &visit.patient_account) {
            Ok(id) => Some(id),
            Err(Error::NotFound(_)) => {
                unknown("patient_account", "patient", "Register the patient first, or correct the number");
                None
            }
            Err(other) => return Err(other),
        };
        let provider = providers.get(visit.rendering_npi.as_str()).copied();
        if provider.is_none() {
            unknown("rendering_npi", "provider", "Enter the provider first, or correct the number");
        }
        if let (Some(patient_id), Some(rendering_id)) = (patient, provider) {
            ready.push(new_visit(visit, patient_id, rendering_id));
        }
    }
    if !problems.is_empty() {
        return Ok(Err(Unreadable(problems)));
    }
    let mut entered = CsvEntered::default();
    for (visit, imported) in visits.iter().zip(import_visits(db, actor, practice, &ready)?) {
        if imported.captured.is_new {
            entered.new_visits += 1;
            entered.charges += imported.captured.charges.len();
        } else {
            entered.known_visits += 1;
            entered.charges += imported.added;
        }
        entered.findings.extend(imported.differences.into_iter().map(|one| finding(file, visit, one)));
    }
    Ok(Ok(entered))
}

/// A difference at the row of its service, or where its visit begins.
fn finding(file: &str, visit: &CsvVisit, difference: Difference) -> InputProblem {
    let service = difference.service.and_then(|place| visit.charges.get(place));
    let row = service.map_or(visit.row, |charge| charge.row);
    InputProblem {
        file: file.to_owned(),
        place: format!("row {row}"),
        problem: difference.problem,
        remedy: difference.remedy,
    }
}

fn new_visit(visit: &CsvVisit, patient_id: billing::PatientId, rendering_id: billing::ProviderId) -> NewVisit {
    let services = visit
        .charges
        .iter()
        .map(|charge| NewService {
            procedure: Procedure { code: charge.procedure.clone(), modifiers: charge.modifiers.clone() },
            units: charge.units,
            diagnosis_pointers: charge.diagnosis_pointers.clone(),
            amount: charge.amount,
            drug: None,
        })
        .collect();
    NewVisit {
        patient_id,
        date_of_service: visit.date_of_service,
        original_date: None,
        place_of_service: visit.place_of_service.clone(),
        facility_id: None,
        rendering_id,
        referring_id: None,
        supervising_id: None,
        ordering_id: None,
        diagnoses: visit.diagnoses.clone(),
        prior_authorization: visit.prior_authorization.clone(),
        referral_number: None,
        accident: None,
        onset_on: None,
        self_pay: false,
        source_key: Some(visit.source_key.clone()),
        services,
    }
}
