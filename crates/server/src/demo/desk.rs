//! The desk in the story: questions are logged, identity is checked, Tier 1 answers or hands up, Tier 2 ends what was handed up.

use app::inquiry::{self, Claimed, NewInquiry};
use app::interaction::{self, NewInteraction, NewPromise};
use billing::interaction::{Direction, PromisedBy};
use billing::work::Handover;
use billing::{InquiryId, PatientId};
use jiff::ToSpan;
use jiff::civil::Date;

use super::questions::{Fate, QuestionStory};
use super::stage::{Stage, in_scene};

/// Days until the person who asked is called back.
const DAYS_TO_CALL_BACK: i64 = 7;
/// Days until Tier 2 has decided what was handed up.
const DAYS_TO_DECIDE: i64 = 4;

/// A question comes in. Patients who are not on file yet do not ask.
pub fn ask(stage: &mut Stage, story: &QuestionStory) -> anyhow::Result<()> {
    let Some(patient_id) = stage.on_file.get(&story.patient).copied() else { return Ok(()) };
    let tier1 = stage.staff.tier1.clone();
    let new = NewInquiry {
        channel: story.channel,
        reason: story.reason,
        patient_id: Some(patient_id),
        question: story.question.to_owned(),
    };
    let id = in_scene("a question is logged", inquiry::log(&stage.db, &tier1, stage.practice, new))?;
    if story.fate == Fate::Waiting {
        return Ok(());
    }
    let patient = &stage.patients[story.patient];
    let claimed = Claimed {
        name: format!("{} {}", patient.person.first, patient.person.last),
        zip: patient.home.zip.clone(),
        phone: patient.home.phone.clone(),
        ..Claimed::default()
    };
    let check = inquiry::verify_identity(&stage.db, &tier1, stage.practice, id, patient_id, &claimed);
    in_scene("a caller is identified", check)?;
    contact(stage, story, patient_id, id)?;
    // What is Tier 2's from the start stands in Tier 2's queue already: complaints, disputes of coding, second contacts.
    let hand = in_scene("a question is in a hand", inquiry::hand(&stage.db, &tier1, stage.practice, id))?;
    let born_at_tier2 = hand.is_some_and(|hand| hand.item.desk != billing::work::Desk::Tier1);
    let answers = if born_at_tier2 { stage.staff.tier2.clone() } else { tier1.clone() };
    match story.fate {
        Fate::Answered => {
            in_scene("a question is answered", inquiry::answer(&stage.db, &answers, stage.practice, id, story.answer))?
        }
        Fate::EscalatedAndResolved | Fate::Escalated => {
            if !born_at_tier2 {
                let handed = inquiry::escalate(&stage.db, &tier1, stage.practice, id, handover(story));
                in_scene("a question is handed up", handed)?;
            }
            if story.fate == Fate::EscalatedAndResolved {
                let due = story.on.checked_add(DAYS_TO_DECIDE.days()).unwrap_or(story.on);
                stage.handed_up.push((
                    due,
                    id,
                    "Looked at the note with the provider and told the patient the outcome in writing.",
                ));
            }
        }
        Fate::Waiting => {}
    }
    Ok(())
}

/// The contact of a question, with what was promised where it is handed up.
fn contact(stage: &Stage, story: &QuestionStory, patient: PatientId, inquiry: InquiryId) -> anyhow::Result<()> {
    let promise = match story.fate {
        Fate::Escalated | Fate::EscalatedAndResolved => Some(NewPromise {
            by: PromisedBy::Us,
            what: "Call back with what Tier 2 decided.".to_owned(),
            due_on: story.on.checked_add(DAYS_TO_CALL_BACK.days()).unwrap_or(story.on),
            claim_id: None,
        }),
        Fate::Answered | Fate::Waiting => None,
    };
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

fn handover(story: &QuestionStory) -> Handover {
    Handover {
        problem: story.answer.to_owned(),
        tried: "Identified the caller, read the account and the payer's decision, explained what is known.".to_owned(),
        evidence: "Account page of the patient and the remittance of the visit.".to_owned(),
        promised: "A call back within five business days.".to_owned(),
        to_decide: "Whether the claim is corrected, sent again or stands as it is.".to_owned(),
    }
}

/// Tier 2 ends what is due by this day.
pub fn decide(stage: &mut Stage, today: Date) -> anyhow::Result<()> {
    let tier2 = stage.staff.tier2.clone();
    let (due, later): (Vec<_>, Vec<_>) =
        std::mem::take(&mut stage.handed_up).into_iter().partition(|(on, _, _)| *on <= today);
    stage.handed_up = later;
    for (_, id, words) in due {
        in_scene("a question handed up is decided", inquiry::answer(&stage.db, &tier2, stage.practice, id, words))?;
    }
    Ok(())
}
