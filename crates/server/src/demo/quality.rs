//! The demo's quality: a sample of last month's work of Tess and of Theo is drawn, Max reviews some of it, Theo answers; and Tess
//! trains for Tier 2 with invented cases.

use app::Error;
use app::quality::{answer, draw_sample, drawn, fill_in, training};
use billing::quality::form::Answer;
use billing::quality::scenario::{SCENARIOS, TrainingAnswer};
use billing::quality::{FORM, Given, draw};
use billing::work::{Desk, Skill};
use billing::{QualityDrawId, UserId};
use jiff::ToSpan;

use super::stage::{Stage, in_scene};

/// Items of each draw that Max has reviewed when somebody looks; the others wait.
const REVIEWED: usize = 3;
/// Training cases that Tess has answered when somebody looks.
const ANSWERED: usize = 4;

/// Draws last month and reviews part of it. Who ended nothing in it is not drawn: a story of days has no last month.
pub fn review_last_month(stage: &Stage) -> anyhow::Result<()> {
    let (db, lead, practice) = (&stage.db, &stage.staff.manager, stage.practice);
    let today = db.today(practice)?;
    let month = today.first_of_month().saturating_sub(1.month());
    for person in [&stage.staff.tier1, &stage.staff.tier2] {
        let wish: (UserId, _) = (person.user, month);
        match draw_sample(db, lead, practice, wish, draw::FEWEST) {
            Ok(id) => in_scene("a sample is reviewed", review(stage, id, person.has(billing::access::Role::Tier2)))?,
            Err(Error::Refused(_)) => {}
            Err(other) => in_scene("a sample is drawn", Err(other))?,
        }
    }
    Ok(())
}

/// Opens practice mode; Tess answers a few cases, most of them well.
pub fn train(stage: &Stage) -> anyhow::Result<()> {
    let (db, practice, tess) = (&stage.db, stage.practice, &stage.staff.tier1);
    crate::training::open(db, &stage.staff.manager, practice, 1)?;
    for place in 0..ANSWERED {
        let next = in_scene("a case is taken", training::next_case(db, tess, practice, Skill::Denials))?;
        let Some(id) = next else { return Ok(()) };
        let shown = in_scene("a case is looked at", training::case(db, tess, practice, id))?;
        let scenario = SCENARIOS.iter().find(|one| shown.shown.facts.iter().any(|(_, words)| words == one.facts[0]));
        let Some(scenario) = scenario else { continue };
        let answer = TrainingAnswer {
            reason: scenario.reason,
            desk: if place == 1 { Desk::Tier1 } else { scenario.reason.desk() },
            end: scenario.ends[0],
            stage: scenario.stage.to_owned(),
            cause: scenario.cause.to_owned(),
        };
        in_scene("a case is answered", training::attempt(db, tess, practice, id, &answer))?;
    }
    Ok(())
}

fn review(stage: &Stage, id: QualityDrawId, is_answered: bool) -> Result<(), Error> {
    let (db, lead, practice) = (&stage.db, &stage.staff.manager, stage.practice);
    let draw = drawn(db, lead, practice, id)?;
    for (place, one) in draw.reviews.iter().take(REVIEWED).enumerate() {
        let (missing, comment) = match place {
            0 => (None, "As it should be. The next person could go on from the note alone."),
            1 => (Some("note"), "The note does not say who spoke. Write the name and the number of the call."),
            _ => (Some("cause"), "It ended well. It began earlier than it was coded: look at the visit’s first entry."),
        };
        let given: Vec<Given> = FORM
            .iter()
            .map(|point| Given {
                key: point.key.to_owned(),
                answer: if missing == Some(point.key) { Answer::NotMet } else { Answer::Met },
            })
            .collect();
        fill_in(db, lead, practice, one.id, (&given, comment))?;
        if is_answered && place == 1 {
            let words = "The line broke off before a name was said. I shall write that down next time.";
            answer(db, &stage.staff.tier2, practice, one.id, words)?;
        }
    }
    Ok(())
}
