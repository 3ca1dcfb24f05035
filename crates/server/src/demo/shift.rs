//! A person's day at a desk in the story: limited minutes, what came back and what colleagues ask first, then the next best
//! item again and again. Nobody chooses; only in the last days, which are for whoever looks at the demo, a person does no
//! more than what is due. Holidays, weekends and absences are days without a shift.

use std::collections::BTreeSet;

use app::cases::asking;
use app::{next_best, teams, worklist};
use billing::WorkItemId;
use billing::access::Actor;
use billing::work::{Calendar, Desk, WorkItem};
use jiff::civil::Date;
use simulator::Chance;
use store::worklist::{QueueCursor, QueueRow};

use super::front_desk::House;
use super::hands;
use super::stage::{Stage, in_scene};
use super::visits::VisitStory;

/// Working days at the end of the story in which people do only what is due: whoever looks finds fresh work on every desk.
const QUIET_DAYS: usize = 6;
/// Minutes that an answer to a colleague takes.
const MINUTES_OF_AN_ANSWER: i64 = 5;

/// What every hand needs beside the stage.
pub struct Scene<'a> {
    /// The house.
    pub house: &'a House,
    /// The visits of the story: what really happened.
    pub visits: &'a [VisitStory],
    /// What chance decides.
    pub chance: &'a Chance,
    /// Today.
    pub today: Date,
    /// Whether only what is due is done.
    pub is_quiet: bool,
}

impl<'a> Scene<'a> {
    /// The scene of a day; so many working days of the story are still to come.
    pub fn new(
        house: &'a House,
        visits: &'a [VisitStory],
        chance: &'a Chance,
        (today, days_left): (Date, usize),
    ) -> Scene<'a> {
        Scene { house, visits, chance, today, is_quiet: days_left < QUIET_DAYS }
    }
}

/// One round of all desks.
pub fn work(stage: &mut Stage, scene: &Scene) -> anyhow::Result<()> {
    if !Calendar::default().is_open(scene.today) {
        return Ok(());
    }
    let staff = stage.staff.clone();
    // Tier 3 comes last: what Tier 2 ends on a last day needs no decision.
    let people: [(&Actor, &[Desk]); 5] = [
        (&staff.tier1, &[Desk::Tier1]),
        (&staff.coder, &[Desk::Coder]),
        (&staff.poster, &[Desk::Poster]),
        (&staff.tier2, &[Desk::Tier2]),
        (&staff.tier3, &[Desk::Tier3]),
    ];
    for (actor, desks) in people {
        shift(stage, scene, actor, desks)?;
    }
    hands::lead::decide_requests(stage)
}

/// The day of one person.
fn shift(stage: &mut Stage, scene: &Scene, actor: &Actor, desks: &[Desk]) -> anyhow::Result<()> {
    let staffing = stage.db.read(actor, stage.practice, |read| teams::staffing(read, scene.today));
    let staffing = in_scene("who is there is looked at", staffing)?;
    if staffing.is_away(actor.user, scene.today) {
        stage.tally.was_away(&actor.login);
        return Ok(());
    }
    // Who takes the place of an absent colleague works that desk too, where their own rights reach.
    let mut desks = desks.to_vec();
    if staffing.stands_in_for(actor.user, scene.today).contains(&stage.staff.tier1.user) {
        desks.push(Desk::Tier1);
    }
    let minutes = i64::from(staffing.minutes_a_day(actor.user));
    let mut left = minutes - stage.tally.begin_day(&actor.login);
    left -= answer_colleagues(stage, actor)?;
    let mut seen = BTreeSet::new();
    for desk in desks {
        while left > 0 {
            let Some(item) = take(stage, scene, actor, desk)? else { break };
            if !seen.insert(item.id) {
                anyhow::bail!("{} took {} twice on a day: {}", actor.login, item.reason.as_str(), item.summary);
            }
            let spent = i64::from(item.reason.minutes_at(item.desk));
            left -= spent;
            let deed = hands::act(stage, scene, actor, &item)?;
            stage.tally.touched(&actor.login, &item, spent, deed);
        }
    }
    stage.tally.end_day(&actor.login, left);
    Ok(())
}

/// The next best item; in the last days of the story only one that is due.
fn take(stage: &Stage, scene: &Scene, actor: &Actor, desk: Desk) -> anyhow::Result<Option<WorkItem>> {
    let (db, practice) = (&stage.db, stage.practice);
    if !scene.is_quiet {
        let next = in_scene("the next best item is taken", next_best::take(db, actor, practice, Some(desk)))?;
        return Ok(next.map(|next| next.item));
    }
    let queue = in_scene("a queue is looked at", worklist::queue(db, actor, practice, desk, QueueCursor::START))?;
    let is_free = |row: &QueueRow| row.owner_id.is_none_or(|owner| owner == actor.user);
    let due = queue.into_iter().find(|row| row.due_on <= scene.today && is_free(row));
    let Some(row) = due else { return Ok(None) };
    in_scene("what is due is taken", worklist::take(db, actor, practice, row.id))?;
    item(stage, actor, row.id).map(Some)
}

/// An item as it stands.
pub fn item(stage: &Stage, actor: &Actor, id: WorkItemId) -> anyhow::Result<WorkItem> {
    Ok(in_scene("an item is looked at", worklist::show(&stage.db, actor, stage.practice, id))?.item)
}

/// What colleagues asked is answered before anything else. Minutes that it took.
fn answer_colleagues(stage: &mut Stage, actor: &Actor) -> anyhow::Result<i64> {
    let asked = in_scene("questions are looked at", asking::asked_of(&stage.db, actor, stage.practice))?;
    let mut minutes = 0;
    for (question, _) in asked {
        let words = "Read the note: it supports what was charged; the code stands as it is.";
        in_scene("a colleague is answered", asking::answer(&stage.db, actor, stage.practice, question.id, words))?;
        minutes += MINUTES_OF_AN_ANSWER;
    }
    Ok(minutes)
}
