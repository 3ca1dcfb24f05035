//! Questions reach the desk of the story: each is logged, who asks is identified, and what is promised is written down. Whoever
//! calls is answered at once; the rest stands in its queue for whoever takes the next best item.

use app::inquiry::{self, Claimed, NewInquiry};
use app::interaction::{self, NewInteraction, NewPromise};
use billing::access::Actor;
use billing::interaction::{Direction, PromisedBy};
use billing::work::Desk;
use billing::work::inquiry::Channel;
use billing::{InquiryId, PatientId};
use jiff::ToSpan;

use super::hands;
use super::questions::QuestionStory;
use super::shift::Scene;
use super::stage::{Stage, in_scene};

/// Days until the person who asked is called back.
const DAYS_TO_CALL_BACK: i64 = 14;
/// What Tier 2 and Tier 3 answer.
pub const DECIDED: &str = "Looked at the note with the provider and told the patient the outcome in writing.";

/// A question comes in. Patients who are not on file yet do not ask.
pub fn ask(stage: &mut Stage, scene: &Scene, story: &QuestionStory) -> anyhow::Result<()> {
    let Some(patient_id) = stage.on_file.get(&story.patient).copied() else { return Ok(()) };
    let tier1 = stage.staff.tier1.clone();
    let new = NewInquiry {
        channel: story.channel,
        reason: story.reason,
        patient_id: Some(patient_id),
        question: story.question.to_owned(),
    };
    let id = in_scene("a question is logged", inquiry::log(&stage.db, &tier1, stage.practice, new))?;
    stage.questions.insert(id, story.clone());
    if story.waits {
        return Ok(());
    }
    identify(stage, &tier1, id, story)?;
    contact(stage, story, patient_id, id)?;
    let hand = in_scene("a question is in a hand", inquiry::hand(&stage.db, &tier1, stage.practice, id))?;
    // What is Tier 2's from the start stands in its queue already: complaints, disputes of coding, second contacts.
    let Some(item) = hand.map(|hand| hand.item) else { return Ok(()) };
    if story.channel == Channel::Phone && item.desk == Desk::Tier1 {
        let minutes = i64::from(item.reason.minutes_at(item.desk));
        let deed = hands::act(stage, scene, &tier1, &item)?;
        stage.tally.touched(&tier1.login, &item, minutes, deed);
        stage.tally.owes(&tier1.login, minutes);
    }
    Ok(())
}

/// Two identifiers are checked, where nobody did before.
pub fn identify(stage: &Stage, actor: &Actor, id: InquiryId, story: &QuestionStory) -> anyhow::Result<()> {
    let (known, _) = in_scene("a question is looked at", inquiry::show(&stage.db, actor, stage.practice, id))?;
    let (Some(patient_id), false) = (known.patient_id, known.is_verified()) else { return Ok(()) };
    let patient = &stage.patients[story.patient];
    let claimed = Claimed {
        name: format!("{} {}", patient.person.first, patient.person.last),
        zip: patient.home.zip.clone(),
        phone: patient.home.phone.clone(),
        ..Claimed::default()
    };
    let check = inquiry::verify_identity(&stage.db, actor, stage.practice, id, patient_id, &claimed);
    in_scene("a caller is identified", check)?;
    Ok(())
}

/// The contact of a question, with what was promised where somebody else decides it.
fn contact(stage: &Stage, story: &QuestionStory, patient: PatientId, inquiry: InquiryId) -> anyhow::Result<()> {
    let promise = story.is_hard().then(|| NewPromise {
        by: PromisedBy::Us,
        what: "Call back with what was decided.".to_owned(),
        due_on: story.on.checked_add(DAYS_TO_CALL_BACK.days()).unwrap_or(story.on),
        claim_id: None,
    });
    let new = NewInteraction {
        patient_id: Some(patient),
        inquiry_id: Some(inquiry),
        note: story.question.to_owned(),
        promise,
        ..NewInteraction::with_patient(story.channel, Direction::In)
    };
    in_scene("a contact is written down", interaction::log(&stage.db, &stage.staff.tier1, stage.practice, &new))?;
    Ok(())
}
