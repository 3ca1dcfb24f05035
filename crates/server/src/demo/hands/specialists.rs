//! The coder's and the poster's hands in the story: codes are completed as the note has them, and cash of no claim of ours
//! goes back to who sent it.

use app::cash_request::{self, Asking};
use app::charge_capture::{CodedLine, VisitCodes, change_codes};
use app::unapplied_cash;
use billing::access::Actor;
use billing::cash_request::CashRequestKind;
use billing::charge::Units;
use billing::work::case::WaitingOn;
use billing::work::{WorkItem, WorkReason};

use super::{Deed, hand_up, has_ended, wait};
use crate::demo::clinic;
use crate::demo::shift::Scene;
use crate::demo::stage::{Stage, in_scene};
use crate::demo::visits::VisitStory;

/// The coder completes the codes of the visit whose claim waits for it; once, then it is Tier 2's.
pub fn code(
    stage: &mut Stage,
    scene: &Scene,
    actor: &Actor,
    (taken, _): (&WorkItem, u32),
) -> anyhow::Result<Option<Deed>> {
    let claim = taken.links.claim_id;
    let number = stage.claims.iter().find(|(_, made)| Some(**made) == claim).map(|(number, _)| *number);
    let visit = scene.visits.iter().find(|visit| Some(visit.number) == number);
    if let Some(visit) = visit
        && let Some(encounter) = stage.encounters.get(&visit.number).copied()
        && stage.coded.insert(visit.number)
    {
        let changed = change_codes(&stage.db, actor, stage.practice, encounter, &codes(visit));
        in_scene("codes are completed", changed)?;
    }
    if has_ended(stage, actor, taken)? {
        return Ok(Some(Deed::Ended));
    }
    hand_up(stage, actor, taken, "What the claim still lacks; its codes are as the note has them")?;
    Ok(Some(Deed::HandedUp))
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

/// Cash for a claim that is none of ours is asked to go back; what the bank has to say is waited for.
pub fn place_cash(
    stage: &mut Stage,
    scene: &Scene,
    actor: &Actor,
    (taken, _): (&WorkItem, u32),
) -> anyhow::Result<Option<Deed>> {
    if taken.reason == WorkReason::UnmatchedCash {
        let payment = stage.db.read(actor, stage.practice, |read| unapplied_cash::payment_of(read, taken.id));
        if let Some(claim_payment) = in_scene("a payment is looked at", payment)? {
            let asking = Asking {
                claim_payment,
                kind: CashRequestKind::Return,
                payee: String::new(),
                reason: "The claim is another practice's; the payer has the number wrong.".to_owned(),
                idempotency_key: format!("demo {}", taken.id),
            };
            in_scene("cash is asked to go back", cash_request::ask(&stage.db, actor, stage.practice, &asking))?;
        }
        return Ok(has_ended(stage, actor, taken)?.then_some(Deed::Ended));
    }
    if taken.reason == WorkReason::BankLineUnplaced || taken.reason == WorkReason::TransferMissing {
        let what = "Asked the bank what the line is, and waits for the payer's remittance.";
        return Ok(wait(stage, scene, actor, taken, (WaitingOn::Bank, what, 2))?.then_some(Deed::Waits));
    }
    Ok(None)
}
