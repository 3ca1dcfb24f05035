//! What a person of the story does with an item: the hand of each desk decides by what the case really shows, which the
//! simulator's side and the story know, and every item that was taken ends, waits for somebody until a day, or goes to
//! another desk. None is left where it stood.

pub mod claim_desk;
pub mod denials;
pub mod lead;
pub mod question;
pub mod specialists;

use app::cases;
use app::worklist;
use billing::access::Actor;
use billing::work::case::WaitingOn;
use billing::work::{Desk, Handover, Resolution, ResolutionCode, ReturnCode, Side, WorkItem, WorkReason, WorkState};
use jiff::ToSpan;
use jiff::civil::Date;

use super::shift::{Scene, item};
use super::stage::{Stage, in_scene};

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It ended.
    Ended,
    /// It waits for somebody until a day.
    Waits,
    /// The desk above has it.
    HandedUp,
    /// It went back to the desk that handed it up.
    Returned,
    /// A colleague was asked; it waits for the answer.
    Asked,
    /// It goes on in another item.
    Merged,
}

/// Works an item that the person took.
pub fn act(stage: &mut Stage, scene: &Scene, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Deed> {
    let looks = stage.looks.entry(taken.id).or_default();
    *looks += 1;
    let looks = *looks;
    let deed = if taken.links.inquiry_id.is_some() {
        question::act(stage, scene, actor, taken)?
    } else {
        match taken.desk {
            Desk::Tier1 => claim_desk::act(stage, scene, actor, (taken, looks))?,
            Desk::Tier2 => denials::act(stage, scene, actor, (taken, looks))?,
            Desk::Tier3 => lead::act(stage, actor, taken)?,
            Desk::Coder => specialists::code(stage, scene, actor, (taken, looks))?,
            Desk::Poster => specialists::place_cash(stage, scene, actor, (taken, looks))?,
        }
    };
    match deed {
        Some(deed) => Ok(deed),
        None => otherwise(stage, scene, actor, (taken, looks)),
    }
}

/// What no hand has a way for: asked of the other side and waited for; then handed up; at the top ended by its first end.
fn otherwise(stage: &Stage, scene: &Scene, actor: &Actor, (taken, looks): (&WorkItem, u32)) -> anyhow::Result<Deed> {
    let on = match taken.reason.spec().side {
        Side::Patient => WaitingOn::Patient,
        Side::Payer | Side::Regulator => WaitingOn::Payer,
        Side::Practice => WaitingOn::Client,
        Side::Agency => WaitingOn::Agency,
    };
    if looks == 1 && wait(stage, scene, actor, taken, (on, "Asked for what is missing; they look for it.", 5))? {
        return Ok(Deed::Waits);
    }
    let code = taken.reason.spec().resolutions.first().copied();
    if let (Some(code), false) = (code, looks == 1)
        && end(stage, actor, taken, (code, "Settled with the other side by telephone.", ("payer", "other")))?
    {
        return Ok(Deed::Ended);
    }
    if taken.desk != Desk::Tier3 {
        hand_up(stage, actor, taken, "How this is settled")?;
        return Ok(Deed::HandedUp);
    }
    if wait(stage, scene, actor, taken, (on, "Written to the other side; an answer is due.", 20))? {
        return Ok(Deed::Waits);
    }
    anyhow::bail!("{} on {} can neither end nor wait: {}", taken.reason.as_str(), scene.today, taken.summary)
}

/// Whether an item ended meanwhile: what was done ended it.
pub fn has_ended(stage: &Stage, actor: &Actor, taken: &WorkItem) -> anyhow::Result<bool> {
    Ok(item(stage, actor, taken.id)?.state == WorkState::Resolved)
}

/// Lets an item wait some days, or until the day before its last one; back in its queue, for whoever comes then. False where
/// there is no day left to wait for.
pub fn wait(
    stage: &Stage,
    scene: &Scene,
    actor: &Actor,
    taken: &WorkItem,
    (on, what, days): (WaitingOn, &str, i64),
) -> anyhow::Result<bool> {
    let now = item(stage, actor, taken.id)?;
    let mut until = scene.today.saturating_add(days.days());
    if let Some(deadline) = now.deadline_on {
        until = until.min(business_day_before(deadline));
    }
    if until <= scene.today {
        return Ok(false);
    }
    let (db, practice) = (&stage.db, stage.practice);
    in_scene("an item waits", cases::wait(db, actor, practice, taken.id, (on, what, until)))?;
    in_scene("an item goes back", worklist::put_back(db, actor, practice, taken.id))?;
    Ok(true)
}

/// The last day before another on which a desk is open.
fn business_day_before(day: Date) -> Date {
    let calendar = billing::work::Calendar::default();
    let mut before = day.saturating_sub(1.day());
    while !calendar.is_open(before) {
        before = before.saturating_sub(1.day());
    }
    before
}

/// Ends an item with a coded end of its reason's list and a cause; false where it may not end so.
pub fn end(
    stage: &Stage,
    actor: &Actor,
    taken: &WorkItem,
    (code, outcome, (root, cause)): (ResolutionCode, &str, (&str, &str)),
) -> anyhow::Result<bool> {
    let resolution = Resolution {
        outcome: outcome.to_owned(),
        root_cause: root.to_owned(),
        cause: cause.to_owned(),
        code: Some(code),
    };
    match worklist::resolve(&stage.db, actor, stage.practice, taken.id, resolution) {
        Ok(()) => Ok(true),
        Err(app::Error::Refused(_)) => Ok(false),
        Err(error) => in_scene("an item ends", Err(error)),
    }
}

/// Hands an item to the desk above.
pub fn hand_up(stage: &Stage, actor: &Actor, taken: &WorkItem, to_decide: &str) -> anyhow::Result<()> {
    let handover = Handover {
        problem: taken.summary.clone(),
        tried: "Read the history, asked the other side twice, followed the playbook of the reason.".to_owned(),
        evidence: "What was answered stands in the history of the item and of its claim.".to_owned(),
        promised: String::new(),
        to_decide: to_decide.to_owned(),
    };
    let (db, practice) = (&stage.db, stage.practice);
    in_scene("an item is handed up", worklist::escalate(db, actor, practice, taken.id, handover))
}

/// Gives an item back to the desk that handed it up.
pub fn give_back(stage: &Stage, actor: &Actor, taken: &WorkItem, code: ReturnCode, why: &str) -> anyhow::Result<()> {
    let (db, practice) = (&stage.db, stage.practice);
    in_scene("an item is returned", worklist::return_item(db, actor, practice, taken.id, (code, why)))
}

/// Whether a reason is one that a claim's own side mends.
pub fn is_data(reason: WorkReason) -> bool {
    [WorkReason::RejectedForData, WorkReason::HeldForData].contains(&reason)
}
