//! Tier 1's hand in the story: front-desk data are mended by the card, payers are asked where claims are, next payers billed.
//! What Tier 1 may not decide goes up.

use app::charge_capture::bill_patient;
use app::registration::{change_coverage, change_patient, show_patient};
use app::{claim_scrub, claim_status, claim_submission, next_payer};
use billing::access::Actor;
use billing::coverage::CoverageRank;
use billing::work::case::WaitingOn;
use billing::work::{ResolutionCode, WorkItem, WorkReason};
use billing::{ClaimId, PatientId};

use super::{Deed, end, hand_up, has_ended, is_data, wait};
use crate::demo::front_desk::{self, House};
use crate::demo::population::{PatientStory, Slip};
use crate::demo::shift::Scene;
use crate::demo::stage::{Stage, in_scene};

/// Days that a payer looks for a claim or an acknowledgment.
const DAYS_TO_FIND: i64 = 5;
/// Days that a claim in process is left with its payer.
const DAYS_IN_PROCESS: i64 = 15;

/// Works an item of Tier 1; none where there is no way of its own for it.
pub fn act(
    stage: &mut Stage,
    scene: &Scene,
    actor: &Actor,
    (taken, looks): (&WorkItem, u32),
) -> anyhow::Result<Option<Deed>> {
    if is_data(taken.reason) {
        return mend(stage, scene.house, actor, taken);
    }
    match taken.reason {
        WorkReason::AcknowledgmentMissing => look_for(stage, scene, actor, (taken, looks)).map(Some),
        WorkReason::RemittanceMissing
        | WorkReason::ClaimPended
        | WorkReason::PaymentNotReceived
        | WorkReason::ClaimNotOnFile => ask_again(stage, scene, actor, (taken, looks)).map(Some),
        WorkReason::BillNextPayer => bill_next(stage, actor, taken).map(Some),
        WorkReason::CoverageMissing if looks > 1 => {
            if let Some(visit) = taken.links.encounter_id {
                let billed = bill_patient(&stage.db, actor, stage.practice, visit);
                in_scene("a patient is billed", billed)?;
            }
            Ok(has_ended(stage, actor, taken)?.then_some(Deed::Ended))
        }
        WorkReason::EligibilityInactive if looks > 1 => {
            let said = "The patient brought the new card; the coverage is entered and asked for.";
            let ended =
                end(stage, actor, taken, (ResolutionCode::CoverageUpdated, said, ("eligibility", "coverage ended")))?;
            Ok(ended.then_some(Deed::Ended))
        }
        _ => Ok(None),
    }
}

/// Looks at the card again and mends what the story got wrong; then the claim is scrubbed and leaves in the evening.
fn mend(stage: &mut Stage, house: &House, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Option<Deed>> {
    let (Some(patient), Some(claim)) = (taken.links.patient_id, taken.links.claim_id) else { return Ok(None) };
    correct_once(stage, house, patient)?;
    let scrubbed = claim_scrub::scrub_claim(&stage.db, actor, stage.practice, claim);
    in_scene("a mended claim is scrubbed", scrubbed)?;
    if has_ended(stage, actor, taken)? {
        return Ok(Some(Deed::Ended));
    }
    hand_up(stage, actor, taken, "What else is wrong with the claim; the card is as entered")?;
    Ok(Some(Deed::HandedUp))
}

/// Mends the slips of a patient's registration, once; says whether there was anything to mend.
pub fn correct_once(stage: &mut Stage, house: &House, patient: PatientId) -> anyhow::Result<bool> {
    let Some((index, story)) = story_of(stage, patient) else { return Ok(false) };
    if !stage.mended.insert(index) {
        return Ok(false);
    }
    correct(stage, house, patient, &story)?;
    Ok(story.cards.iter().any(|card| card.slip.is_some()))
}

fn story_of(stage: &Stage, patient: PatientId) -> Option<(usize, PatientStory)> {
    let (index, _) = stage.on_file.iter().find(|(_, id)| **id == patient)?;
    Some((*index, stage.patients[*index].clone()))
}

fn correct(stage: &Stage, house: &House, patient: PatientId, story: &PatientStory) -> anyhow::Result<()> {
    let tier1 = &stage.staff.tier1;
    let slips: Vec<Slip> = story.cards.iter().filter_map(|card| card.slip).collect();
    if slips.contains(&Slip::BirthYear) {
        let data = front_desk::patient_data(story, story.person.birth_date);
        in_scene("a birth date is mended", change_patient(&stage.db, tier1, stage.practice, patient, &data))?;
    }
    if slips.contains(&Slip::MemberIdShort) {
        let record = in_scene("a record is opened", show_patient(&stage.db, tier1, stage.practice, patient))?;
        for (place, card) in story.cards.iter().enumerate() {
            let rank = [CoverageRank::Primary, CoverageRank::Secondary, CoverageRank::Tertiary][place.min(2)];
            let Some(coverage) = record.coverages.iter().find(|coverage| coverage.rank == rank) else { continue };
            let payer = (house.payers[card.payer], &stage.payers[card.payer]);
            let data = front_desk::coverage_data(story, card, rank, payer, &card.member_id)?;
            let changed = change_coverage(&stage.db, tier1, stage.practice, coverage.id, &data);
            in_scene("a member id is mended", changed)?;
        }
    }
    Ok(())
}

/// Nobody acknowledged a claim: the same bytes go again where nobody read them, else the payer is asked. What it cannot find
/// is Tier 2's.
fn look_for(stage: &Stage, scene: &Scene, actor: &Actor, (taken, looks): (&WorkItem, u32)) -> anyhow::Result<Deed> {
    let Some(claim) = taken.links.claim_id else { return give_up(stage, actor, taken) };
    let sent = claim_submission::resend_claim(&stage.db, actor, stage.practice, claim).is_ok();
    if !sent {
        ask_payer(stage, actor, claim)?;
    }
    let words = if sent { "The same file went again." } else { "Asked the payer where the claim is (276)." };
    if looks <= 2 && wait(stage, scene, actor, taken, (WaitingOn::Payer, words, DAYS_TO_FIND))? {
        return Ok(Deed::Waits);
    }
    give_up(stage, actor, taken)
}

fn give_up(stage: &Stage, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Deed> {
    hand_up(stage, actor, taken, "How the claim reaches its payer before the filing limit")?;
    Ok(Deed::HandedUp)
}

/// Asks the payer where a claim is, unless it was asked and may still answer.
pub fn ask_payer(stage: &Stage, actor: &Actor, claim: ClaimId) -> anyhow::Result<()> {
    match claim_status::ask(&stage.db, actor, stage.practice, claim) {
        Ok(()) | Err(app::Error::Refused(_)) => Ok(()),
        Err(error) => in_scene("a payer is asked for a claim", Err(error)),
    }
}

/// A payer has a claim and says nothing: it is asked, and given time; the third time it is Tier 2's.
fn ask_again(stage: &Stage, scene: &Scene, actor: &Actor, (taken, looks): (&WorkItem, u32)) -> anyhow::Result<Deed> {
    if let Some(claim) = taken.links.claim_id {
        ask_payer(stage, actor, claim)?;
    }
    let what = "In process by the payer's word; asked again (276).";
    if looks <= 2 && wait(stage, scene, actor, taken, (WaitingOn::Payer, what, DAYS_IN_PROCESS))? {
        return Ok(Deed::Waits);
    }
    hand_up(stage, actor, taken, "Whether the payer is pressed for its decision, and how")?;
    Ok(Deed::HandedUp)
}

/// The next payer is asked; where a decision before it was decided anew, Tier 2 corrects its claim.
fn bill_next(stage: &Stage, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Deed> {
    if let Some(visit) = taken.links.encounter_id
        && next_payer::bill_next_payer(&stage.db, actor, stage.practice, visit).is_ok()
        && has_ended(stage, actor, taken)?
    {
        return Ok(Deed::Ended);
    }
    hand_up(stage, actor, taken, "Whether this payer gets a corrected claim; one before it decided anew")?;
    Ok(Deed::HandedUp)
}
