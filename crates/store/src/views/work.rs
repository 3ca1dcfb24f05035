//! What stands beside a work item: whose it is, the claim and the patient it concerns.

use billing::id::UserId;
use billing::work::WorkItem;

use super::claims::{CLAIM_IN_LIST, CLAIMS_IN_FILE, CLAIMS_OF_VISIT, ClaimListRow};
use super::patients::{self, PatientHeadRow};
use super::remittances::{REMITTANCE_HEAD, RemittanceHeadRow};
use crate::{Read, StoreError, params, statements};

statements! {
    /// The name of a person.
    pub const DISPLAY_NAME: (String,) = "SELECT display_name FROM app_user WHERE practice_id = $1 AND id = $2";
}

/// What stands beside an item.
#[derive(Debug, Clone)]
pub struct WorkContext {
    /// Who has taken it.
    pub owner: Option<String>,
    /// The claim it is about; of an item about a visit, the visit's claim that it names, else the latest.
    pub claim: Option<ClaimListRow>,
    /// The patient it is about.
    pub patient: Option<PatientHeadRow>,
    /// The claims of the file it is about, the first of them.
    pub file_claims: Vec<ClaimListRow>,
    /// The payment it is about.
    pub remittance: Option<RemittanceHeadRow>,
}

/// Claims of a file that stand beside its item: a screen of them; the rest are found by their status.
const CLAIMS_SHOWN: i64 = 200;

/// The context of an item; a look at the patient is noted in the audit.
pub fn context(read: &mut Read, item: &WorkItem) -> Result<WorkContext, StoreError> {
    let owner = item.owner.map(|owner| display_name(read, owner)).transpose()?.flatten();
    let claim = match item.links.claim_id {
        Some(claim) => read.query_opt(&CLAIM_IN_LIST, params![claim])?,
        None => of_visit(read, item)?,
    };
    let patient = item.links.patient_id.or(claim.as_ref().map(|claim| claim.patient_id));
    let patient = match patient {
        Some(patient) => patients::head(read, patient)?,
        None => None,
    };
    let file_claims = match item.links.submission_id {
        Some(file) => read.query(&CLAIMS_IN_FILE, params![file, CLAIMS_SHOWN])?,
        None => Vec::new(),
    };
    let remittance = match item.links.remittance_id {
        Some(remittance) => read.query_opt(&REMITTANCE_HEAD, params![remittance])?,
        None => None,
    };
    Ok(WorkContext { owner, claim, patient, file_claims, remittance })
}

/// The claim of the item's visit.
fn of_visit(read: &Read, item: &WorkItem) -> Result<Option<ClaimListRow>, StoreError> {
    let Some(visit) = item.links.encounter_id else { return Ok(None) };
    let mut claims = read.query(&CLAIMS_OF_VISIT, params![visit])?;
    let named = claims.iter().position(|claim| item.summary.contains(&claim.control_number));
    Ok((!claims.is_empty()).then(|| claims.swap_remove(named.unwrap_or(0))))
}

/// The name that others read.
pub fn display_name(read: &Read, user: UserId) -> Result<Option<String>, StoreError> {
    Ok(read.query_opt(&DISPLAY_NAME, params![user])?.map(|row| row.0))
}
