//! Sealing and sending claims. Sealing stores the bytes, their hash and their control numbers before anything leaves;
//! delivery may fail or be uncertain, and then the very same bytes go again. A mended claim never goes into an old
//! file: it is a new version in a new interchange with new control numbers.

mod outbound_file;

use std::collections::HashMap;

use billing::access::{Action, Actor, ResourceState};
use billing::claim::submission::{MOST_CLAIMS_IN_A_FILE, SubmissionStatus, batches};
use billing::claim::{Claim, ClaimEvent, ClaimFrequency, ClaimStatus, CleanClaim};
use billing::counting::counted;
use billing::practice::Practice;
use billing::work::{WorkLinks, WorkReason};
use billing::{ClaimId, Money, PracticeId, SubmissionId};
use edi::claim_837;
use jiff::civil::Date;
use store::claim::{CLAIM_ROW, CLAIMS_IN_STATUS, Evidence};
use store::clock::business_days_after;
use store::submission::{
    BEGIN_DELIVERY, CLAIMS_OF_SUBMISSION, DELIVERED, LATEST_SUBMISSIONS, NOT_DELIVERED, POSTPONE_ANSWER, SEND_AGAIN,
    SUBMISSION, SUBMISSIONS_OF_CLAIM, SubmissionClaimRow, SubmissionHead, SubmissionRow, UNANSWERED, UNSENT,
};
use store::{Db, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::claim_scrub::{self, Scrubbed};
use crate::clearinghouse::{Clearinghouse, Delivery};
use crate::digest::sha256;
use crate::quality::training;
use crate::worklist::{self, NewWork};

pub(crate) use outbound_file::{FileToSeal, OUR_SET, PayerHabits, answer_not_awaited, envelope, submission};

/// Most claims that one sealing takes up: two full files. The next run goes on.
const MOST_CLAIMS_A_RUN: i64 = 10_000;
/// Most files that one delivery takes up; the next run goes on.
const MOST_FILES_A_RUN: i64 = 200;
/// Business days that a claim's own acknowledgment (277CA) may come after the file's (999): payers answer files in
/// one day and claims in two.
const CLAIM_ANSWER_AFTER_FILE_DAYS: u32 = 1;
/// Files shown in a list.
const FILES_SHOWN: i64 = 200;

/// What a sealing did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sealed {
    /// The files, in the order of their control numbers.
    pub files: Vec<SubmissionId>,
    /// Claims in them.
    pub claims: usize,
    /// Claims that our own check of the file refused; each is held and is work for a desk.
    pub held: usize,
    /// Replacement and void claims that this person may not send; they stay ready.
    pub left: usize,
}

/// Seals every ready claim into files, one route a file. Nothing leaves yet: see [`deliver`].
///
/// # Errors
/// `Denied` without the right to submit claims.
pub fn seal(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Sealed, Error> {
    allow(actor, Action::SubmitInitialClaim, &ResourceState::default())?;
    let may_correct = allow(actor, Action::SendCorrectedClaim, &ResourceState::default()).is_ok();
    db.write(actor, practice, |tx| seal_ready(tx, may_correct))
}

fn seal_ready(tx: &mut Tx, may_correct: bool) -> Result<Sealed, Error> {
    let house = store::registration::practice(tx)?.ok_or(Error::NotFound("practice"))?;
    let ids: Vec<ClaimId> = tx
        .query(&CLAIMS_IN_STATUS, params![ClaimStatus::Ready, MOST_CLAIMS_A_RUN])?
        .into_iter()
        .map(|(id,)| id)
        .collect();
    let (mine, left): (Vec<Claim>, Vec<Claim>) = store::claim::load_many(tx, &ids)?
        .into_iter()
        .partition(|claim| may_correct || claim.body.frequency == ClaimFrequency::Original);
    let mut sealed = Sealed { left: left.len(), ..Sealed::default() };
    let ready: Vec<CleanClaim> = mine.into_iter().filter_map(Claim::released_earlier).collect();
    let routes: Vec<String> = ready.iter().map(|clean| clean.claim().body.payer.route.clone()).collect();
    let mut payers = PayerHabits::default();
    let mut ready: Vec<Option<CleanClaim>> = ready.into_iter().map(Some).collect();
    for batch in batches(routes.iter().map(String::as_str), MOST_CLAIMS_IN_A_FILE) {
        let claims: Vec<CleanClaim> = batch.places.iter().filter_map(|place| ready[*place].take()).collect();
        seal_batch(tx, &house, &batch.route, claims, &mut payers, &mut sealed)?;
    }
    Ok(sealed)
}

/// Seals one file; claims that our own check refuses are held one by one, and the rest goes.
fn seal_batch(
    tx: &mut Tx,
    house: &Practice,
    route: &str,
    claims: Vec<CleanClaim>,
    payers: &mut PayerHabits,
    sealed: &mut Sealed,
) -> Result<(), Error> {
    let envelope = envelope(tx, house, route)?;
    let (claims, bytes) = match claim_837::write(&claims, &envelope) {
        Ok(bytes) => (claims, bytes),
        Err(_) => {
            let mut fit = Vec::with_capacity(claims.len());
            for clean in claims {
                match claim_837::write(std::slice::from_ref(&clean), &envelope) {
                    Ok(_) => fit.push(clean),
                    Err(refusal) => {
                        hold(tx, clean.into_claim(), &refusal.to_string())?;
                        sealed.held += 1;
                    }
                }
            }
            if fit.is_empty() {
                return Ok(());
            }
            let bytes = claim_837::write(&fit, &envelope).map_err(|refusal| Error::refused(refusal.to_string()))?;
            (fit, bytes)
        }
    };
    let id = SubmissionId(tx.new_id());
    let mut due_on = None;
    let mut total = Money::ZERO;
    let mut contents = Vec::with_capacity(claims.len());
    let mut moved = Vec::with_capacity(claims.len());
    for clean in claims {
        let mut claim = clean.into_claim();
        let file_due_on = payers.file_due_on(tx, claim.payer_id)?;
        let acknowledgment_due_on = business_days_after(tx, file_due_on, CLAIM_ANSWER_AFTER_FILE_DAYS)?;
        due_on = Some(due_on.map_or(file_due_on, |due: Date| due.min(file_due_on)));
        total += claim.body.total_charge();
        contents.push(SubmissionClaimRow { submission_id: id, claim_id: claim.id, claim_version: claim.version });
        let event = ClaimEvent::Submitted { acknowledgment_due_on };
        claim.apply(&event)?;
        moved.push((claim, event));
    }
    let due_on = due_on.unwrap_or_else(|| tx.today());
    let row = submission(
        tx,
        id,
        FileToSeal { kind: "837P", envelope: &envelope, bytes, due_on, total, claims: contents.len() },
    );
    tx.insert(&row)?;
    tx.insert_many(&contents)?;
    let sentence = format!("Sealed into file {} for {route}", row.file_name);
    for (claim, event) in moved {
        let evidence = Evidence { submission_id: Some(id), ..Evidence::words(sentence.as_str()) };
        store::claim::save_event(tx, &claim, &event, evidence)?;
        resolve_refusals(tx, claim.id)?;
    }
    tx.audit(
        "seal_claims",
        "submission",
        id.0,
        serde_json::json!({ "claims": row.claim_count, "file": row.file_name }),
    );
    sealed.claims += contents.len();
    sealed.files.push(id);
    Ok(())
}

/// The refusals of an earlier sending are answered by sending the mended claim.
fn resolve_refusals(tx: &mut Tx, claim: ClaimId) -> Result<(), Error> {
    let reasons = [WorkReason::RejectedForData, WorkReason::Rejected, WorkReason::AcknowledgmentMissing];
    worklist::resolve_for_claim(tx, claim, &reasons, "Mended and sent again in a new file.", "submission")
}

/// A claim that our own check of the file refuses goes back into the hands of the front desk with the place at fault.
fn hold(tx: &mut Tx, mut claim: Claim, why: &str) -> Result<(), Error> {
    claim.apply(&ClaimEvent::Held)?;
    let summary = format!("Claim {}: our own check of the file refuses it. {why}", claim.control_number);
    store::claim::save_event(tx, &claim, &ClaimEvent::Held, Evidence::words(summary.as_str()))?;
    let work = NewWork::on_claim(WorkReason::HeldForData, claim.id, summary, links(&claim), claim.body.total_charge())
        .with_deadline(Some(claim.filing_limit_on));
    worklist::open(tx, work)?;
    Ok(())
}

/// What a work item about a claim is about.
pub(crate) fn links(claim: &Claim) -> WorkLinks {
    WorkLinks {
        patient_id: Some(claim.patient_id),
        encounter_id: Some(claim.encounter_id),
        claim_id: Some(claim.id),
        payer_id: Some(claim.payer_id),
        ..WorkLinks::default()
    }
}

/// What a delivery did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Files that surely arrived.
    pub sent: usize,
    /// Files of which nobody knows; the same bytes go again with the next delivery.
    pub uncertain: usize,
    /// Files whose stored bytes are not what was sealed: each stays here and is work; the others leave.
    pub damaged: usize,
    /// Why not all went, in a sentence: the carrier took no more, or a file is damaged; none where all went.
    pub stopped: Option<String>,
}

/// Delivers every sealed file, oldest first, and again those of which nobody knows whether they arrived. Stops at
/// the first that the carrier surely did not take. A file that is not what was sealed stays, and the next one goes.
///
/// # Errors
/// `Denied` without the right to submit claims.
pub fn deliver(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    clearinghouse: &dyn Clearinghouse,
) -> Result<Delivered, Error> {
    allow(actor, Action::SubmitInitialClaim, &ResourceState::default())?;
    let unsent = db.read(actor, practice, |read| {
        if clearinghouse.is_outside() && training::is_training(read)? {
            return Err(Error::refused(
                "This is a practice to train in: nothing of it leaves. Its claims are decided by the simulator.",
            ));
        }
        Ok::<_, Error>(read.query(&UNSENT, params![MOST_FILES_A_RUN])?)
    })?;
    let mut delivered = Delivered::default();
    for (id,) in unsent {
        // From here until the outcome is stored nobody knows whether the file arrived: a crash leaves it so.
        let file = db.write(actor, practice, |tx| {
            let file = tx.query_one(&SUBMISSION, params![id])?;
            if let Some(why) = damage(&file) {
                open_damaged(tx, &file, &why)?;
                return Ok::<_, Error>(Err(why));
            }
            tx.execute(&BEGIN_DELIVERY, params![id])?;
            Ok(Ok(file))
        })?;
        let file = match file {
            Ok(file) => file,
            Err(why) => {
                delivered.damaged += 1;
                delivered.stopped.get_or_insert(why);
                continue;
            }
        };
        match clearinghouse.deliver(&file.file_name, &file.bytes) {
            Ok(Delivery::Delivered) => {
                db.write(actor, practice, |tx| {
                    tx.execute(&DELIVERED, params![id, tx.now()])?;
                    let key = worklist::subject_key(WorkReason::OutboundFileDamaged, id);
                    worklist::resolve_subject(tx, &key, "The file is whole again, and it left.", "submission")
                })?;
                delivered.sent += 1;
            }
            Ok(Delivery::Uncertain) => delivered.uncertain += 1,
            Err(refusal) => {
                db.write(actor, practice, |tx| Ok::<_, Error>(tx.execute(&NOT_DELIVERED, params![id])?))?;
                delivered.stopped = Some(refusal.to_string());
                break;
            }
        }
    }
    Ok(delivered)
}

/// Why a stored file may not leave: its bytes are not what was sealed.
fn damage(file: &SubmissionRow) -> Option<String> {
    (sha256(&file.bytes) != file.sha256).then(|| {
        format!(
            "The stored bytes of file {} do not match their hash, so it was not sent. Run verify, then restore a backup.",
            file.file_name
        )
    })
}

fn open_damaged(tx: &mut Tx, file: &SubmissionRow, why: &str) -> Result<(), Error> {
    let work = NewWork {
        reason: WorkReason::OutboundFileDamaged,
        subject_key: worklist::subject_key(WorkReason::OutboundFileDamaged, file.id),
        summary: why.to_owned(),
        links: WorkLinks { submission_id: Some(file.id), ..WorkLinks::default() },
        money_at_stake: file.total_cents,
        deadline_on: None,
    };
    worklist::open(tx, work)?;
    Ok(())
}

/// Sends the very same bytes of a file again with the next delivery, because it seems never to have arrived.
///
/// # Errors
/// `Refused` where the file was answered; `NotFound`.
pub fn resend(db: &Db, actor: &Actor, practice: PracticeId, id: SubmissionId) -> Result<(), Error> {
    allow(actor, Action::SubmitInitialClaim, &ResourceState::default())?;
    db.write(actor, practice, |tx| send_again(tx, id))
}

fn send_again(tx: &mut Tx, id: SubmissionId) -> Result<(), Error> {
    let file = tx.query_opt(&SUBMISSION, params![id])?.ok_or(Error::NotFound("file"))?;
    match file.status {
        SubmissionStatus::Acknowledged => {
            return Err(Error::refused("The clearinghouse has read this file. Ask for the claims' status instead."));
        }
        SubmissionStatus::Rejected => {
            return Err(Error::refused("This file was refused. Mend its claims; they go into a new file."));
        }
        SubmissionStatus::Sealed | SubmissionStatus::Sent | SubmissionStatus::Ambiguous => {}
    }
    let due_on = business_days_after(tx, tx.today(), 1)?;
    tx.execute(&SEND_AGAIN, params![id, due_on])?;
    tx.audit("resend_file", "submission", id.0, serde_json::json!({ "file": file.file_name }));
    Ok(())
}

/// Sends the very same bytes of the latest file that holds a claim again, as [`resend`] does, while nobody answered to
/// the claim.
///
/// # Errors
/// As [`resend`]; `Refused` where the claim was never sent, was answered, or was mended since.
pub fn resend_claim(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimId) -> Result<(), Error> {
    allow(actor, Action::SubmitInitialClaim, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let claim = tx.query_opt(&CLAIM_ROW, params![id])?.ok_or(Error::NotFound("claim"))?;
        let latest = tx.query(&SUBMISSIONS_OF_CLAIM, params![id])?.into_iter().next();
        let of_this_version = latest.filter(|(_, version, _)| *version == claim.version).map(|(file, _, _)| file);
        let file = of_this_version.ok_or_else(|| {
            Error::refused("The claim as it stands was not sent yet; there is no file to send again.")
        })?;
        refuse_answered(claim.status)?;
        send_again(tx, file)
    })
}

/// An answer to the claim says that its file arrived, though no 999 may have said so.
fn refuse_answered(status: ClaimStatus) -> Result<(), Error> {
    match status {
        ClaimStatus::Submitted => Ok(()),
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready => {
            Err(Error::refused("The claim is not on its way: it waits here. Submit it; it goes into a new file."))
        }
        ClaimStatus::Rejected => {
            Err(Error::refused("The payer refused this claim, so its file arrived. Mend it; it goes into a new file."))
        }
        ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => {
            Err(Error::refused("The payer has this claim, so its file arrived. Ask for the claim's status instead."))
        }
    }
}

/// Takes up the claims of a refused file again: each becomes a new version of what is on file now, is scrubbed, and
/// waits for a new file where it is clean. Gives what the scrub said of each.
///
/// # Errors
/// `Denied` without the right to mend rejections that are not front-desk data; `NotFound`.
pub fn reopen_refused_file(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: SubmissionId,
) -> Result<Vec<Scrubbed>, Error> {
    allow(actor, Action::MendOtherRejection, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let contents = tx.query(&CLAIMS_OF_SUBMISSION, params![id])?;
        if contents.is_empty() {
            return Err(Error::NotFound("file"));
        }
        let versions: HashMap<ClaimId, i32> = contents.iter().map(|row| (row.claim_id, row.claim_version)).collect();
        let ids: Vec<ClaimId> = contents.iter().map(|row| row.claim_id).collect();
        let mut reopened = Vec::new();
        for claim in store::claim::load_many(tx, &ids)? {
            let is_of_this_file = versions.get(&claim.id) == Some(&claim.version);
            if claim.status == ClaimStatus::Rejected && is_of_this_file {
                reopened.push(claim_scrub::scrub_in(tx, claim)?);
            }
        }
        let key = worklist::subject_key(WorkReason::FileRejected, id);
        worklist::resolve_subject(tx, &key, "The claims were taken up again and go into a new file.", "submission")?;
        Ok(reopened)
    })
}

/// The latest outbound files, newest first.
///
/// # Errors
/// `Denied` without the right to see claims.
pub fn files(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<SubmissionHead>, Error> {
    allow(actor, Action::ViewClaim, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&LATEST_SUBMISSIONS, params![FILES_SHOWN])?))
}

/// Opens work for every claim file that nobody answered in time: one item a file. A daily job.
///
/// # Errors
/// Of the database only.
pub(crate) fn open_unanswered_files(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let late = tx.query(&UNANSWERED, params![tx.today(), MOST_FILES_A_RUN])?;
        for file in &late {
            let summary = format!(
                "File {} with {} was not answered by its day.",
                file.file_name,
                counted(file.claim_count, "claim")
            );
            let work = NewWork {
                reason: WorkReason::AcknowledgmentMissing,
                subject_key: worklist::subject_key(WorkReason::AcknowledgmentMissing, file.id),
                summary,
                links: WorkLinks { submission_id: Some(file.id), ..WorkLinks::default() },
                money_at_stake: file.total_cents,
                deadline_on: None,
            };
            worklist::open(tx, work)?;
            let next_look =
                business_days_after(tx, tx.today(), WorkReason::AcknowledgmentMissing.due_in_business_days())?;
            tx.execute(&POSTPONE_ANSWER, params![file.id, next_look])?;
        }
        Ok(late.len())
    })
}
