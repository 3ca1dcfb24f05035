//! Taking back one's own last step on an item, while it is fresh and nothing came after it: a take, a put back, a note.
//! Nothing is erased: what was taken back stands in the history with the step that took it back.

use billing::access::Actor;
use billing::{PracticeId, WorkItemId};
use jiff::SignedDuration;
use store::worklist::{WORK_EVENTS, WorkEventRow};
use store::{Db, params};

use super::{change, movable, workable};
use crate::Error;

/// How long a step can be taken back: long enough for a slip of the hand, too short for others to have built on it.
pub const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// Whether the person may take the last of these steps back at `now`: their own, fresh, and of a kind that can be.
pub fn may_undo(actor: &Actor, events: &[WorkEventRow], now: jiff::Timestamp) -> bool {
    events.last().is_some_and(|last| {
        last.actor == actor.login
            && matches!(last.kind.as_str(), "taken" | "put_back" | "noted")
            && now.duration_since(last.occurred_at) <= FRESH
    })
}

/// Takes the person's last step on an item back.
///
/// # Errors
/// `Refused` where there is nothing fresh of one's own to take back; `NotFound` where the item is not theirs to work.
pub fn undo(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let item = workable(tx, actor, id)?;
        let events = tx.query(&WORK_EVENTS, params![id])?;
        let now = tx.now();
        let Some(last) = events.last().filter(|_| may_undo(actor, &events, now)) else {
            return Err(Error::refused(
                "There is nothing to take back: only your own last step, within ten minutes, and before anybody else’s.",
            ));
        };
        match last.kind.as_str() {
            "taken" => change(tx, item, "undone", "Taken by mistake; back in the queue", |item, _| Ok(item.put_back()?)),
            "put_back" => {
                let item = movable(tx, actor, item.id)?;
                let sentence = format!("Put back by mistake; {} has it again", actor.login);
                change(tx, item, "undone", &sentence, |item, _| Ok(item.take(actor.user)?))
            }
            _ => Ok(store::worklist::append_event(tx, item.id, "undone", "The last note is taken back by its writer")?),
        }
    })
}
