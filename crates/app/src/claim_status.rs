//! Asking a payer where a claim is (276) and noting what it answers (277). The answer informs the claim's timeline and
//! whoever works on it; it moves nothing.

use billing::access::{Action, Actor, ResourceState};
use billing::claim::status_answer::ClaimStatusAnswer;
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::counting::counted;
use billing::work::calendar::add_business_days;
use billing::{ClaimId, InboundFileId, Money, PracticeId, SubmissionId};
use store::claim::Evidence;
use store::worklist::OPEN_ITEMS_OF_CLAIM;
use store::{Db, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::claim_submission::{FileToSeal, envelope, submission};

/// Asks the payer where a claim is. The question is sealed and leaves with the next delivery; our number of the
/// claim is its trace, so that the answer finds it.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where the payer cannot have the claim yet.
pub fn ask(db: &Db, actor: &Actor, practice: PracticeId, claim: ClaimId) -> Result<(), Error> {
    allow(actor, Action::VerifyInsurance, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let house = store::registration::practice(tx)?.ok_or(Error::NotFound("practice"))?;
        let mut claim = store::claim::load(tx, claim)?.ok_or(Error::NotFound("claim"))?;
        match claim.status {
            ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready => {
                return Err(Error::refused("The claim was not sent yet, so its payer cannot say where it is."));
            }
            ClaimStatus::Submitted
            | ClaimStatus::Accepted
            | ClaimStatus::Rejected
            | ClaimStatus::Adjudicated
            | ClaimStatus::Closed => {}
        }
        let envelope = envelope(tx, &house, &claim.body.payer.route)?;
        let trace = claim.control_number.as_str().to_owned();
        let bytes =
            edi::claim_status::write(&claim, &trace, &envelope).map_err(|why| Error::refused(why.to_string()))?;
        let file = FileToSeal {
            kind: "276",
            envelope: &envelope,
            bytes,
            due_on: add_business_days(tx.today(), 1, &[]),
            total: Money::ZERO,
            claims: 0,
        };
        let row = submission(tx, SubmissionId(tx.new_id()), file);
        tx.insert(&row)?;
        let sentence = "Asked the payer where the claim is (276)";
        let event = ClaimEvent::Noted { what: sentence.to_owned() };
        claim.apply(&event)?;
        let evidence = Evidence { submission_id: Some(row.id), ..Evidence::words(sentence) };
        Ok(store::claim::save_event(tx, &claim, &event, evidence)?)
    })
}

/// Notes the answers of a 277 on their claims; a sentence says how many there were.
pub(crate) fn take_answers(tx: &mut Tx, file: InboundFileId, bytes: &[u8]) -> Result<String, Error> {
    let (mut noted, mut unknown) = (0, 0);
    for answer in edi::claim_status::read(bytes) {
        let Some(mut claim) = store::claim::load_by_control_number(tx, &answer.trace)? else {
            unknown += 1;
            continue;
        };
        let sentence = in_words(&answer);
        let event = ClaimEvent::Noted { what: sentence.clone() };
        claim.apply(&event)?;
        let evidence =
            Evidence { raw: Some(answer.raw), inbound_file_id: Some(file), ..Evidence::words(sentence.as_str()) };
        store::claim::save_event(tx, &claim, &event, evidence)?;
        for item in tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim.id])? {
            store::worklist::append_event(tx, item.id, "noted", &sentence)?;
        }
        noted += 1;
    }
    if noted == 0 && unknown > 0 {
        return Err(Error::refused(
            "The claim status answers name no claim of this practice (TRN02). Check whose mailbox the file came from.",
        ));
    }
    Ok(format!("Claim status: {} noted, {unknown} not ours.", counted(noted, "answer")))
}

fn in_words(answer: &ClaimStatusAnswer) -> String {
    let codes: Vec<String> = answer.statuses.iter().map(|code| code.in_words()).collect();
    let mut words = format!("The payer answers (277): {}", codes.join("; "));
    if let (Some(paid), Some(day)) = (answer.paid_amount, answer.paid_on) {
        words.push_str(&format!("; paid ${paid} on {day}"));
        if !answer.payment_number.is_empty() {
            words.push_str(&format!(" by payment {}", answer.payment_number));
        }
    }
    words
}
