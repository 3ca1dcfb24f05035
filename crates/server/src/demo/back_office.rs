//! The desks' own work in the story: Tier 1 mends what the scrub or a payer found in front-desk data, the coder completes codes,
//! Tier 2 works denials and other rejections. Each leaves the newest of its queue for the people who look at the demo.

use app::charge_capture::{CodedLine, VisitCodes, change_codes};
use app::corrected_claim::{self, Correction};
use app::registration::{change_coverage, change_patient, show_patient};
use app::{claim_scrub, claim_status, worklist};
use billing::charge::Units;
use billing::claim::ClaimFrequency;
use billing::coverage::CoverageRank;
use billing::work::{Desk, Resolution, ResolutionCode, WorkReason};
use billing::{PatientId, WorkItemId};
use jiff::civil::Date;
use simulator::Chance;
use store::worklist::{QueueCursor, QueueRow};

use super::clinic;
use super::front_desk::{self, House};
use super::population::{PatientStory, Slip};
use super::stage::{Stage, in_scene};
use super::visits::{CodingSlip, VisitStory};

/// Days an item rests before somebody of the story takes it.
const RESTS_DAYS: i32 = 1;
/// Of 10,000 denials: those that Tier 2 has worked by the time it is looked at.
const DENIALS_WORKED_BP: u32 = 6_000;

/// Of 10,000 denials: those that Tier 2 answers with a replacement claim.
const DENIALS_CORRECTED_BP: u32 = 2_500;

/// Working days at the end of the story in which the coder is away, so that whoever looks finds codes to complete.
const CODER_AWAY_DAYS: usize = 6;

/// Working days at the end in which Tier 1 answers the telephone and mends nothing.
const TIER1_BUSY_DAYS: usize = 5;

/// One round of all desks; `days_left` working days of the story are still to come.
pub fn work(
    stage: &mut Stage,
    house: &House,
    visits: &[VisitStory],
    chance: &Chance,
    (today, days_left): (Date, usize),
) -> anyhow::Result<()> {
    if days_left >= CODER_AWAY_DAYS {
        code(stage, visits, today)?;
    }
    if days_left >= TIER1_BUSY_DAYS {
        front_desk_round(stage, house, today)?;
    }
    tier2_round(stage, chance, today)
}

fn queue(stage: &Stage, desk: Desk) -> anyhow::Result<Vec<QueueRow>> {
    let actor = match desk {
        Desk::Tier1 => &stage.staff.tier1,
        Desk::Coder => &stage.staff.coder,
        Desk::Poster => &stage.staff.poster,
        Desk::Tier2 | Desk::Tier3 => &stage.staff.tier2,
    };
    in_scene("a queue is looked at", worklist::queue(&stage.db, actor, stage.practice, desk, QueueCursor::START))
}

/// Whether an item has rested: the story's people do not jump at what came this minute.
fn has_rested(row: &QueueRow, today: Date) -> bool {
    // The due day is some business days after opening, so what is due today or soon has stood for a while.
    let days_left = (row.due_on - today).get_days();
    days_left <= i32::try_from(row.reason.due_in_business_days()).unwrap_or(0).saturating_sub(RESTS_DAYS)
}

/// The coder completes the codes of visits whose claims wait for it.
fn code(stage: &mut Stage, visits: &[VisitStory], today: Date) -> anyhow::Result<()> {
    let waiting = queue(stage, Desk::Coder)?;
    if !waiting.iter().any(|row| has_rested(row, today)) {
        return Ok(());
    }
    let slipped = visits.iter().filter(|visit| {
        matches!(
            visit.slip,
            Some(CodingSlip::DiagnosisCutShort | CodingSlip::LineTwice | CodingSlip::ModifierForgotten)
        )
    });
    for visit in slipped {
        let Some(encounter) = stage.encounters.get(&visit.number).copied() else { continue };
        let claim = stage.claims.get(&visit.number).copied();
        let waits = waiting.iter().any(|row| claim.is_some() && row.claim_id == claim && has_rested(row, today));
        if !waits || stage.coded.contains(&visit.number) {
            continue;
        }
        let changed = change_codes(&stage.db, &stage.staff.coder, stage.practice, encounter, &codes(visit));
        in_scene("codes are completed", changed)?;
        stage.coded.insert(visit.number);
    }
    Ok(())
}

/// The codes as they should be.
fn codes(visit: &VisitStory) -> VisitCodes {
    VisitCodes {
        diagnoses: visit.diagnoses.iter().map(|code| (*code).to_owned()).collect(),
        lines: (1_i32..)
            .zip(&visit.services)
            .map(|(number, service)| CodedLine {
                line_number: Some(number),
                procedure: clinic::procedure(service),
                units: Units::whole(service.units),
                diagnosis_pointers: service.pointers.clone(),
            })
            .collect(),
    }
}

/// Tier 1: mends front-desk data, asks payers where claims are.
fn front_desk_round(stage: &mut Stage, house: &House, today: Date) -> anyhow::Result<()> {
    for row in queue(stage, Desk::Tier1)? {
        if !has_rested(&row, today) {
            continue;
        }
        if [WorkReason::RejectedForData, WorkReason::HeldForData].contains(&row.reason) {
            mend(stage, house, &row)?;
        } else if [WorkReason::RemittanceMissing, WorkReason::AcknowledgmentMissing].contains(&row.reason) {
            ask_the_payer(stage, &row)?;
        } else if row.reason == WorkReason::EligibilityInactive {
            let words = "Called the patient, who will bring the new card to the next visit.";
            resolve(stage, Desk::Tier1, row.id, words, "eligibility")?;
        }
    }
    Ok(())
}

/// Looks at the card again and mends what the story got wrong; then the claim is scrubbed and leaves in the evening.
fn mend(stage: &mut Stage, house: &House, row: &QueueRow) -> anyhow::Result<()> {
    let (Some(patient), Some(claim)) = (row.patient_id, row.claim_id) else { return Ok(()) };
    let Some((index, story)) = story_of(stage, patient) else { return Ok(()) };
    if !stage.mended.contains(&index) {
        correct(stage, house, patient, &story)?;
        stage.mended.insert(index);
    }
    let scrubbed = claim_scrub::scrub_claim(&stage.db, &stage.staff.tier1, stage.practice, claim);
    in_scene("a mended claim is scrubbed", scrubbed)?;
    Ok(())
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

/// Asks where a claim is; the answer decides.
fn ask_the_payer(stage: &mut Stage, row: &QueueRow) -> anyhow::Result<()> {
    let Some(claim) = row.claim_id else { return Ok(()) };
    if stage.asked.insert(claim) {
        in_scene(
            "a payer is asked for a claim",
            claim_status::ask(&stage.db, &stage.staff.tier1, stage.practice, claim),
        )?;
    }
    Ok(())
}

/// Tier 2: denials and rejections that are not front-desk data.
fn tier2_round(stage: &mut Stage, chance: &Chance, today: Date) -> anyhow::Result<()> {
    for row in queue(stage, Desk::Tier2)? {
        if !has_rested(&row, today) {
            continue;
        }
        let corrected = ["corrected", row.control_number.as_deref().unwrap_or(""), row.reason.subject_word()];
        let name = ["denial", row.control_number.as_deref().unwrap_or(""), row.reason.subject_word()];
        if row.reason == WorkReason::Rejected {
            if let Some(claim) = row.claim_id {
                let scrubbed = claim_scrub::scrub_claim(&stage.db, &stage.staff.tier2, stage.practice, claim);
                in_scene("a rejected claim is taken up", scrubbed)?;
            }
        } else if row.reason.is_denial() {
            if chance.hits(DENIALS_CORRECTED_BP, &corrected) && replace(stage, &row)? {
                continue;
            }
            if chance.hits(DENIALS_WORKED_BP, &name) && stage.appealed.insert(row.id) {
                let words =
                    "Appealed on the payer's portal with the note of the visit; an answer is due in three weeks.";
                appealed(stage, row.id, words)?;
            }
        }
    }
    Ok(())
}

/// A replacement of a claim that was denied, once; what the payer asked for is told with it.
fn replace(stage: &Stage, row: &QueueRow) -> anyhow::Result<bool> {
    let Some(id) = row.claim_id else { return Ok(false) };
    let tier2 = &stage.staff.tier2;
    let claim = stage.db.read(tier2, stage.practice, |read| store::claim::load(read, id))?;
    if claim.is_none_or(|claim| claim.body.frequency != ClaimFrequency::Original) {
        return Ok(false);
    }
    let correction = Correction {
        frequency: ClaimFrequency::Replacement,
        reason: "The payer missed information that the note of the visit has.".to_owned(),
    };
    in_scene("a correction is begun", corrected_claim::begin(&stage.db, tier2, stage.practice, id, &correction))?;
    in_scene("a correction is sent", corrected_claim::send(&stage.db, tier2, stage.practice, id))?;
    Ok(true)
}

fn appealed(stage: &Stage, item: WorkItemId, outcome: &str) -> anyhow::Result<()> {
    let resolution = Resolution {
        outcome: outcome.to_owned(),
        root_cause: "payer".to_owned(),
        cause: "policy or benefit".to_owned(),
        code: Some(ResolutionCode::Appealed),
    };
    in_scene("a denial is appealed", worklist::resolve(&stage.db, &stage.staff.tier2, stage.practice, item, resolution))
}

fn resolve(stage: &Stage, desk: Desk, item: WorkItemId, outcome: &str, cause: &str) -> anyhow::Result<()> {
    let actor = if desk == Desk::Tier1 { &stage.staff.tier1 } else { &stage.staff.tier2 };
    let resolution = Resolution { outcome: outcome.to_owned(), root_cause: cause.to_owned(), ..Resolution::default() };
    in_scene("work is ended", worklist::resolve(&stage.db, actor, stage.practice, item, resolution))
}
