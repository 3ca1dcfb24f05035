//! What the refusal of a whole file means for its claims, and when it is void: a file of which a payer has claims was
//! read, so its refusal moves nothing, whether it came before the payer's word or after. Never undoes a claim's own
//! refusal.

use billing::claim::{ClaimEvent, ClaimStatus};
use billing::counting::counted;
use billing::work::{WorkLinks, WorkReason};
use billing::{ClaimId, SubmissionId};
use store::claim::{CLAIM_EVENTS, Evidence};
use store::submission::{CLAIMS_OF_SUBMISSION, SUBMISSION_STATUS, SURELY_READ, SubmissionClaimRow, SubmissionHead};
use store::{Tx, params};

use billing::claim::submission::SubmissionStatus;

use crate::Error;
use crate::claim_submission::PayerHabits;
use crate::worklist::{self, NewWork};

/// A payer took claims of a file, or decided them: the file is read, work that says otherwise ends, and claims that were
/// refused with the file are on their way again. `heard` names the message that proves it.
pub(super) fn void(tx: &mut Tx, file: SubmissionId, heard: &Evidence, payers: &mut PayerHabits) -> Result<(), Error> {
    let (status,) = tx.query_one(&SUBMISSION_STATUS, params![file])?;
    if status == SubmissionStatus::Acknowledged {
        return Ok(());
    }
    tx.execute(&SURELY_READ, params![file])?;
    for reason in [WorkReason::AcknowledgmentMissing, WorkReason::FileRejected] {
        let key = worklist::subject_key(reason, file);
        worklist::resolve_subject(tx, &key, "The payer has claims of the file, so it was read.", "payer")?;
    }
    if status != SubmissionStatus::Rejected {
        return Ok(());
    }
    for row in tx.query(&CLAIMS_OF_SUBMISSION, params![file])? {
        let Some(mut claim) = store::claim::load(tx, row.claim_id)? else { continue };
        let is_refused = claim.status == ClaimStatus::Rejected && claim.version == row.claim_version;
        if is_refused && rejected_with(tx, claim.id, file)? {
            let event = ClaimEvent::RefusalVoided { acknowledgment_due_on: payers.file_due_on(tx, claim.payer_id)? };
            claim.apply(&event)?;
            let evidence = Evidence {
                sentence: "The payer has claims of this file, so the file's refusal is void".to_owned(),
                submission_id: Some(file),
                ..heard.clone()
            };
            store::claim::save_event(tx, &claim, &event, evidence)?;
        } else if claim.version != row.claim_version && was_refused_with(tx, claim.id, file)? {
            // Mended after a refusal that is void: the payer may have the version of this file.
            let heard = Evidence { submission_id: Some(file), ..heard.clone() };
            super::acceptance::hold_unsent(tx, &mut claim, row.claim_version, &heard)?;
        }
    }
    Ok(())
}

/// Whether what rejected a claim last is the refusal of this file, not an answer of its own.
pub(super) fn rejected_with(tx: &mut Tx, claim: ClaimId, file: SubmissionId) -> Result<bool, Error> {
    let events = tx.query(&CLAIM_EVENTS, params![claim])?;
    let refusal = events.iter().rev().find(|one| one.status_after == ClaimStatus::Rejected && is_refusal(&one.body.0));
    Ok(refusal
        .is_some_and(|one| one.submission_id == Some(file) && matches!(one.body.0, ClaimEvent::FileRefused { .. })))
}

/// Whether the refusal of this file ever rejected a claim.
fn was_refused_with(tx: &mut Tx, claim: ClaimId, file: SubmissionId) -> Result<bool, Error> {
    let events = tx.query(&CLAIM_EVENTS, params![claim])?;
    Ok(events.iter().any(|one| {
        one.submission_id == Some(file)
            && one.status_after == ClaimStatus::Rejected
            && matches!(one.body.0, ClaimEvent::FileRefused { .. })
    }))
}

/// How often a claim was refused before this sending of it: once for each other sending that its own answer refused, or
/// that was refused with its file and was not read after all. The second refusal of a claim is Tier 2's, whoever refused
/// it the first time.
pub(super) fn refusals_before(tx: &mut Tx, claim: ClaimId, sending: SubmissionId) -> Result<usize, Error> {
    let mut refused: Vec<SubmissionId> = Vec::new();
    for one in tx.query(&CLAIM_EVENTS, params![claim])? {
        let Some(file) = one.submission_id.filter(|file| *file != sending && !refused.contains(file)) else { continue };
        let stands = match one.body.0 {
            ClaimEvent::Rejected { .. } => one.status_after == ClaimStatus::Rejected,
            ClaimEvent::FileRefused { .. } => {
                let (status,) = tx.query_one(&SUBMISSION_STATUS, params![file])?;
                one.status_after == ClaimStatus::Rejected && status == SubmissionStatus::Rejected
            }
            ClaimEvent::Created
            | ClaimEvent::Held
            | ClaimEvent::Released
            | ClaimEvent::Submitted { .. }
            | ClaimEvent::Noted { .. }
            | ClaimEvent::Accepted { .. }
            | ClaimEvent::RefusalVoided { .. }
            | ClaimEvent::Mended
            | ClaimEvent::Adjudicated
            | ClaimEvent::Reversed { .. }
            | ClaimEvent::CrossedOver { .. }
            | ClaimEvent::CrossoverEnded
            | ClaimEvent::Corrected { .. }
            | ClaimEvent::CorrectionDropped
            | ClaimEvent::Closed => false,
        };
        if stands {
            refused.push(file);
        }
    }
    Ok(refused.len())
}

fn is_refusal(event: &ClaimEvent) -> bool {
    matches!(event, ClaimEvent::FileRefused { .. } | ClaimEvent::Rejected { .. })
}

/// Whether a payer took claims of this sending in, or has decided them: then the file was read, whatever is said later.
pub(super) fn payer_has_claims(
    tx: &mut Tx,
    file: SubmissionId,
    contents: &[SubmissionClaimRow],
) -> Result<bool, Error> {
    for row in contents {
        let Some(claim) = store::claim::load(tx, row.claim_id)? else { continue };
        let is_with_payer = match claim.status {
            ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => true,
            ClaimStatus::Draft
            | ClaimStatus::Held
            | ClaimStatus::Ready
            | ClaimStatus::Submitted
            | ClaimStatus::Rejected => false,
        };
        if is_with_payer && row.claim_version == claim.version {
            return Ok(true);
        }
        let events = tx.query(&CLAIM_EVENTS, params![claim.id])?;
        if events.iter().any(|one| one.submission_id == Some(file) && matches!(one.body.0, ClaimEvent::Accepted { .. }))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Work of a file whose claims were refused with it.
pub(super) fn open(tx: &mut Tx, head: &SubmissionHead, sentence: &str) -> Result<(), Error> {
    let work = NewWork {
        reason: WorkReason::FileRejected,
        subject_key: worklist::subject_key(WorkReason::FileRejected, head.id),
        summary: format!("File {} with {}: {sentence}.", head.file_name, counted(head.claim_count, "claim")),
        links: WorkLinks { submission_id: Some(head.id), ..WorkLinks::default() },
        money_at_stake: head.total_cents,
        deadline_on: None,
    };
    worklist::open(tx, work)?;
    Ok(())
}
