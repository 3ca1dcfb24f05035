//! A question's way through the story: Tier 1 answers what it may, hands up what needs a decision, brings what was missing
//! when it comes back; Tier 2 and Tier 3 decide. What was promised is kept by the answer.

use app::inquiry;
use billing::access::Actor;
use billing::work::case::WaitingOn;
use billing::work::{Desk, Handover, WorkItem, WorkReason};

use super::denials::return_unproved;
use super::{Deed, wait};
use crate::demo::desk;
use crate::demo::questions::QuestionStory;
use crate::demo::shift::Scene;
use crate::demo::stage::{Stage, in_scene};

/// What Tier 1 writes where it has no letter yet; Tier 2 gives such an item back.
const NO_EVIDENCE: &str = "None yet; the patient looks for the letter.";
/// Of 10,000 handovers: those without their evidence.
const FORGOTTEN_BP: u32 = 1_500;

/// Works the item of a question.
pub fn act(stage: &mut Stage, scene: &Scene, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Option<Deed>> {
    let Some(id) = taken.links.inquiry_id else { return Ok(None) };
    let Some(story) = stage.questions.get(&id).cloned() else { return Ok(None) };
    desk::identify(stage, actor, id, &story)?;
    match taken.desk {
        Desk::Tier1 if story.is_hard() => {
            hand_up(stage, scene, actor, (taken, &story))?;
            return Ok(Some(Deed::HandedUp));
        }
        Desk::Tier2 => {
            let is_unproved = taken.handover.as_ref().is_some_and(|handover| handover.evidence == NO_EVIDENCE);
            if taken.escalations > 0 && is_unproved {
                return return_unproved(stage, actor, taken).map(Some);
            }
            let is_first = stage.looks.get(&taken.id).copied().unwrap_or(0) <= 1;
            if taken.reason == WorkReason::CodingDispute && is_first {
                let question = "Does the note support the level that was charged?";
                let (db, practice) = (&stage.db, stage.practice);
                let asked = app::cases::asking::ask(db, actor, practice, taken.id, (Desk::Coder, None, question));
                in_scene("a coder is asked", asked)?;
                if wait(stage, scene, actor, taken, (WaitingOn::Provider, "The coder reads the note.", 2))? {
                    return Ok(Some(Deed::Asked));
                }
            }
        }
        Desk::Tier1 | Desk::Tier3 | Desk::Coder | Desk::Poster => {}
    }
    let words = if taken.desk == Desk::Tier1 { story.answer } else { desk::DECIDED };
    in_scene("a question is answered", inquiry::answer(&stage.db, actor, stage.practice, id, words))?;
    Ok(Some(Deed::Ended))
}

/// Hands a question up; sometimes without what Tier 2 needs, which then comes back once.
fn hand_up(
    stage: &Stage,
    scene: &Scene,
    actor: &Actor,
    (taken, story): (&WorkItem, &QuestionStory),
) -> anyhow::Result<()> {
    let number = stage.looks.get(&taken.id).copied().unwrap_or(0);
    let name = format!("{} {}", story.on, story.patient);
    let forgets = number <= 1 && scene.chance.hits(FORGOTTEN_BP, &["forgets the letter", &name]);
    let evidence = if forgets { NO_EVIDENCE } else { "Account page of the patient and the remittance of the visit." };
    let handover = Handover {
        problem: story.answer.to_owned(),
        tried: "Identified the caller, read the account and the payer's decision, explained what is known.".to_owned(),
        evidence: evidence.to_owned(),
        promised: "A call back within five business days.".to_owned(),
        to_decide: "Whether the claim is corrected, sent again or stands as it is.".to_owned(),
    };
    let (db, practice) = (&stage.db, stage.practice);
    in_scene("a question is handed up", app::worklist::escalate(db, actor, practice, taken.id, handover))
}
