//! Tier 3's hand in the story, and the manager's: clocks whose last day came are decided by name, what was handed up is decided
//! and goes back, and what two people must agree to gets its second person.

use app::cash_request;
use app::clocks;
use app::{refund, write_off};
use billing::access::Actor;
use billing::cash_request::CashRequestState;
use billing::clock::ClockDecision;
use billing::refund::RefundState;
use billing::work::{ReturnCode, WorkItem, WorkReason};
use billing::write_off::WriteOffState;
use store::clock::RUNNING_CLOCKS_OF_ITEM;
use store::params;

use super::denials::say;
use super::{Deed, end, give_back, has_ended};
use crate::demo::stage::{Stage, in_scene};
use crate::demo::tally::Lost;

/// Works an item of Tier 3; none where there is no way of its own for it.
pub fn act(stage: &mut Stage, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Option<Deed>> {
    if [WorkReason::ClockOverdue, WorkReason::ClockWarning].contains(&taken.reason) {
        decide_clocks(stage, actor, taken)?;
        // Where somebody did it this morning the clock has ended already, and the item with it.
        if has_ended(stage, actor, taken)? {
            return Ok(Some(Deed::Ended));
        }
        let code = taken.reason.spec().resolutions.first().copied();
        if let Some(code) = code
            && end(stage, actor, taken, (code, "It was done on its last day.", ("payer", "other")))?
        {
            return Ok(Some(Deed::Ended));
        }
    }
    if taken.escalations > 0 && taken.desk != taken.reason.desk() {
        let why = "Decided: carry on with the payer until its limit, then give it up in writing.";
        give_back(stage, actor, taken, ReturnCode::Decided, why)?;
        return Ok(Some(Deed::Returned));
    }
    Ok(None)
}

/// Each clock that an item was opened of gets a named person's word.
fn decide_clocks(stage: &mut Stage, actor: &Actor, taken: &WorkItem) -> anyhow::Result<()> {
    let running = stage.db.read(actor, stage.practice, |read| {
        Ok::<_, app::Error>(read.query(&RUNNING_CLOCKS_OF_ITEM, params![taken.id])?)
    });
    for (id,) in in_scene("the clocks of an item are looked at", running)? {
        let view = in_scene("a clock is looked at", clocks::show(&stage.db, actor, stage.practice, id))?;
        let was_sent = view.clock.claim_id.is_some_and(|claim| stage.appealed.contains(&claim));
        let order = if was_sent {
            [ClockDecision::Done, ClockDecision::Expired, ClockDecision::LetGo]
        } else {
            [ClockDecision::Expired, ClockDecision::LetGo, ClockDecision::Done]
        };
        let Some(decision) = order.into_iter().find(|one| view.decisions.contains(one)) else { continue };
        let words = match decision {
            ClockDecision::Done if was_sent => "It left in time; the payer's portal has the day.",
            ClockDecision::Done => "Done by the lead on its last day, by telephone.",
            ClockDecision::LetGo => "Nobody gets to it today, and it is not worth more than the others.",
            ClockDecision::Expired | ClockDecision::Extended => "Missed for want of people; the books follow.",
        };
        say(stage, actor, id, decision, words)?;
        if decision != ClockDecision::Done {
            let clock = &view.clock;
            let lost = Lost { started_on: clock.started_on, due_on: clock.due_on, stake: clock.stake_cents };
            stage.tally.lost(id, lost);
        }
    }
    Ok(())
}

/// The manager decides what others asked for: write-offs, refunds, cash that goes back.
pub fn decide_requests(stage: &Stage) -> anyhow::Result<()> {
    let (db, max, practice) = (&stage.db, &stage.staff.manager, stage.practice);
    for line in in_scene("write-offs are looked at", write_off::list(db, max, practice, WriteOffState::Asked))? {
        match write_off::approve(db, max, practice, line.id) {
            Ok(()) => {}
            Err(app::Error::Refused(why)) => {
                in_scene("a write-off is refused", write_off::refuse(db, max, practice, line.id, &why))?;
            }
            // Over the day's limit: tomorrow is another day.
            Err(app::Error::Denied(_)) => break,
            Err(error) => return in_scene("a write-off is approved", Err(error)),
        }
    }
    for line in in_scene("requests are looked at", cash_request::list(db, max, practice, CashRequestState::Asked))? {
        in_scene("a request is approved", cash_request::approve(db, max, practice, line.id))?;
        let sent = cash_request::send(db, max, practice, line.id, &format!("CHK {}", line.request_number));
        in_scene("cash goes back", sent)?;
    }
    for line in in_scene("refunds are looked at", refund::list(db, max, practice, RefundState::Asked))? {
        in_scene("a refund is approved", refund::approve(db, max, practice, line.id))?;
    }
    Ok(())
}
