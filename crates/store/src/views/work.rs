//! What stands beside a work item: whose it is, the claim and the patient it concerns.

use billing::id::UserId;
use billing::work::WorkItem;

use super::claims::{CLAIM_IN_LIST, CLAIMS_IN_FILE, ClaimListRow};
use super::patients::{self, PatientHeadRow};
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
    /// The claim it is about.
    pub claim: Option<ClaimListRow>,
    /// The patient it is about.
    pub patient: Option<PatientHeadRow>,
    /// The claims of the file it is about, the first of them.
    pub file_claims: Vec<ClaimListRow>,
}

/// Claims of a file that stand beside its item: a screen of them; the rest are found by their status.
const CLAIMS_SHOWN: i64 = 200;

/// The context of an item; a look at the patient is noted in the audit.
pub fn context(read: &mut Read, item: &WorkItem) -> Result<WorkContext, StoreError> {
    let owner = item.owner.map(|owner| display_name(read, owner)).transpose()?.flatten();
    let claim = match item.links.claim_id {
        Some(claim) => read.query_opt(&CLAIM_IN_LIST, params![claim])?,
        None => None,
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
    Ok(WorkContext { owner, claim, patient, file_claims })
}

/// The name that others read.
pub fn display_name(read: &Read, user: UserId) -> Result<Option<String>, StoreError> {
    Ok(read.query_opt(&DISPLAY_NAME, params![user])?.map(|row| row.0))
}
