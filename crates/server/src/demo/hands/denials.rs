//! Tier 2's hand in the story: what was our mistake is corrected and sent again, what the payer denied against us is argued
//! once and waited for, and what stays denied is given up with a second person's word. No money moves by words alone.

use app::cases;
use app::charge_capture::bill_patient;
use app::clocks::{self, NewDecision};
use app::corrected_claim::{self, Correction};
use app::write_off::{self, WriteOffRequest};
use app::{claim_scrub, worklist};
use billing::access::Actor;
use billing::claim::{Claim, ClaimFrequency, ClaimStatus};
use billing::clock::{ClockDecision, ClockKind};
use billing::work::case::WaitingOn;
use billing::work::{Desk, ResolutionCode, ReturnCode, WorkItem, WorkLinks, WorkReason};
use billing::write_off::{Debtor, WriteOffReason};
use billing::{ClaimId, ClockId, EncounterId, Money};
use jiff::ToSpan;
use jiff::civil::Date;
use store::claim::LIVE_CLAIMS_OF_ENCOUNTER;
use store::clock::RUNNING_CLOCKS_OF_ITEM;
use store::params;
use store::worklist::OPEN_ITEMS_OF_CLAIM;

use super::claim_desk::{ask_payer, correct_once};
use super::{Deed, end, give_back, hand_up, has_ended, wait};
use crate::demo::shift::Scene;
use crate::demo::stage::{Stage, in_scene};

/// Of 10,000 denials that no slip of ours explains: those that Tier 2 answers with a replacement claim.
const CORRECTED_BP: u32 = 2_500;
/// Of 10,000 others: those that are argued before they are accepted.
const APPEALED_BP: u32 = 7_500;
/// Days that a payer takes for an appeal in the story.
const DAYS_OF_AN_APPEAL: i64 = 28;
/// Days until the payer writes that it has the appeal.
const DAYS_OF_A_RECEIPT: i64 = 9;
/// Days until the other person has decided a request.
const DAYS_OF_A_REQUEST: i64 = 2;
/// Days that a payer is given which cannot find a claim, or says nothing.
const DAYS_TO_PRESS: i64 = 12;

/// Works an item of Tier 2; none where there is no way of its own for it.
pub fn act(
    stage: &mut Stage,
    scene: &Scene,
    actor: &Actor,
    (taken, looks): (&WorkItem, u32),
) -> anyhow::Result<Option<Deed>> {
    if taken.reason.is_denial() {
        return denied(stage, scene, actor, (taken, looks)).map(Some);
    }
    match taken.reason {
        WorkReason::Rejected | WorkReason::RejectedForData | WorkReason::HeldForData | WorkReason::HeldForCoding => {
            take_up(stage, scene, actor, taken).map(Some)
        }
        WorkReason::CorrectedClaim => {
            let Some(claim) = taken.links.claim_id else { return Ok(None) };
            in_scene("a correction is sent", corrected_claim::send(&stage.db, actor, stage.practice, claim))?;
            Ok(Some(Deed::Ended))
        }
        WorkReason::AppealStatus => receipt(stage, actor, taken),
        WorkReason::BillNextPayer => correct_next(stage, scene, actor, taken),
        WorkReason::ClockWarning => clock(stage, scene, actor, taken),
        WorkReason::AcknowledgmentMissing | WorkReason::RemittanceMissing | WorkReason::ClaimNotOnFile => {
            if let Some(claim) = taken.links.claim_id {
                ask_payer(stage, actor, claim)?;
            }
            let what = "Pressed the payer's representative; the claim is looked for.";
            let waits = wait(stage, scene, actor, taken, (WaitingOn::Payer, what, DAYS_TO_PRESS))?;
            if waits {
                return Ok(Some(Deed::Waits));
            }
            hand_up(stage, actor, taken, "Whether the filing limit is let go; the payer has no answer")?;
            Ok(Some(Deed::HandedUp))
        }
        _ => Ok(None),
    }
}

fn load(stage: &Stage, actor: &Actor, id: ClaimId) -> anyhow::Result<Option<Claim>> {
    let found = stage.db.read(actor, stage.practice, |read| Ok::<_, app::Error>(store::claim::load(read, id)?));
    in_scene("a claim is looked at", found)
}

/// A denial: corrected where it was ours, argued where it was not, accepted where that is over.
fn denied(stage: &mut Stage, scene: &Scene, actor: &Actor, (taken, looks): (&WorkItem, u32)) -> anyhow::Result<Deed> {
    let Some(claim) = taken.links.claim_id else {
        anyhow::bail!("a denial of no claim: {}", taken.summary);
    };
    let name = taken.summary.clone();
    if looks == 1 {
        let was_ours = match taken.links.patient_id {
            Some(patient) => correct_once(stage, scene.house, patient)?,
            None => false,
        };
        let is_corrected = was_ours || scene.chance.hits(CORRECTED_BP, &["corrected", &name]);
        if is_corrected && replace(stage, actor, claim)? {
            return Ok(Deed::Ended);
        }
        if taken.reason == WorkReason::DeniedCoding && ask_coder(stage, scene, actor, taken)? {
            return Ok(Deed::Asked);
        }
    }
    let argued = !stage.appealed.contains(&claim) && scene.chance.hits(APPEALED_BP, &["argued", &name]);
    if argued && appeal(stage, scene, actor, (taken, claim))? {
        return Ok(Deed::Waits);
    }
    accept(stage, scene, actor, (taken, claim))
}

/// A replacement of a claim that was denied, once; what the payer asked for is told with it.
fn replace(stage: &Stage, actor: &Actor, id: ClaimId) -> anyhow::Result<bool> {
    if load(stage, actor, id)?.is_none_or(|claim| claim.body.frequency != ClaimFrequency::Original) {
        return Ok(false);
    }
    let correction = Correction {
        frequency: ClaimFrequency::Replacement,
        reason: "The payer missed information that the note of the visit has.".to_owned(),
    };
    match corrected_claim::begin(&stage.db, actor, stage.practice, id, &correction) {
        Ok(()) => {}
        Err(app::Error::Refused(_)) => return Ok(false),
        Err(error) => return in_scene("a correction is begun", Err(error)),
    }
    in_scene("a correction is sent", corrected_claim::send(&stage.db, actor, stage.practice, id))?;
    Ok(true)
}

/// The coder is asked before anything of a code is argued.
fn ask_coder(stage: &Stage, scene: &Scene, actor: &Actor, taken: &WorkItem) -> anyhow::Result<bool> {
    let question = "Does the note support the code with this modifier, or is the payer right?";
    let asked = cases::asking::ask(&stage.db, actor, stage.practice, taken.id, (Desk::Coder, None, question));
    in_scene("a coder is asked", asked)?;
    wait(stage, scene, actor, taken, (WaitingOn::Provider, "The coder reads the note.", 2))
}

/// An appeal leaves: its clock is kept by it, and the payer has its time. False where no day is left to wait for.
fn appeal(
    stage: &mut Stage,
    scene: &Scene,
    actor: &Actor,
    (taken, claim): (&WorkItem, ClaimId),
) -> anyhow::Result<bool> {
    let sent = "Appealed on the payer's portal with the note of the visit.";
    let running = stage.db.read(actor, stage.practice, |read| clocks::of_claim(read, claim));
    for clock in in_scene("clocks of a claim are looked at", running)? {
        if clock.kind == ClockKind::AppealFirst {
            say(stage, actor, clock.id, ClockDecision::Done, sent)?;
        }
    }
    let waits = wait(stage, scene, actor, taken, (WaitingOn::Payer, sent, DAYS_OF_AN_APPEAL))?;
    if waits {
        stage.appealed.insert(claim);
        stage.letters.push((scene.today.saturating_add(DAYS_OF_A_RECEIPT.days()), claim));
    }
    Ok(waits)
}

pub(super) fn say(
    stage: &Stage,
    actor: &Actor,
    clock: ClockId,
    decision: ClockDecision,
    words: &str,
) -> anyhow::Result<()> {
    let new = NewDecision { decision, until: None, words: words.to_owned() };
    in_scene("a clock is decided", clocks::decide(&stage.db, actor, stage.practice, clock, &new))
}

/// The payer's word stands: what it owes in the books is asked to be written off, and the item waits for the second person.
fn accept(stage: &Stage, scene: &Scene, actor: &Actor, (taken, claim): (&WorkItem, ClaimId)) -> anyhow::Result<Deed> {
    let Some(claim) = load(stage, actor, claim)? else { anyhow::bail!("no claim of {}", taken.summary) };
    let asked = give_up(stage, actor, claim.encounter_id, Debtor::Payer(claim.payer_id), taken)?;
    if asked
        && wait(
            stage,
            scene,
            actor,
            taken,
            (WaitingOn::Client, "A second person decides the write-off.", DAYS_OF_A_REQUEST),
        )?
    {
        return Ok(Deed::Waits);
    }
    let said = "The payer's decision stands after all that was argued.";
    for code in [ResolutionCode::WrittenOff, ResolutionCode::Accepted, ResolutionCode::PatientBilled] {
        let is_allowed = taken.reason.spec().resolutions.contains(&code);
        if is_allowed && end(stage, actor, taken, (code, said, ("payer", "policy or benefit")))? {
            return Ok(Deed::Ended);
        }
    }
    hand_up(stage, actor, taken, "What is done with a denial that can neither be argued nor written off")?;
    Ok(Deed::HandedUp)
}

/// Asks to write off what a payer owes for a visit; false where nothing is to be asked, or it may still pay.
fn give_up(stage: &Stage, actor: &Actor, visit: EncounterId, debtor: Debtor, taken: &WorkItem) -> anyhow::Result<bool> {
    let debts = in_scene("debts are looked at", write_off::debts(&stage.db, actor, stage.practice, visit))?;
    let Some(debt) = debts.into_iter().find(|debt| debt.debtor == debtor) else { return Ok(false) };
    let reason = match taken.reason {
        WorkReason::DeniedAuthorization => WriteOffReason::NoAuthorization,
        WorkReason::DeniedTimelyFiling => WriteOffReason::TimelyFiling,
        _ => WriteOffReason::DenialAccepted,
    };
    let request = WriteOffRequest {
        encounter_id: visit,
        debtor,
        amount: debt.amount,
        reason,
        note: "Argued as far as it is worth, and the payer stays with its decision.".to_owned(),
        idempotency_key: format!("demo {} {}", taken.id, taken.revision),
    };
    match write_off::ask(&stage.db, actor, stage.practice, &request) {
        Ok(_) => Ok(true),
        Err(app::Error::Refused(_) | app::Error::Invalid { .. }) => Ok(false),
        Err(error) => in_scene("a write-off is asked for", Err(error)),
    }
}

/// The claim as it stands now is scrubbed and leaves again; what the scrub still finds waits for the provider.
fn take_up(stage: &mut Stage, scene: &Scene, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Deed> {
    if let Some(patient) = taken.links.patient_id {
        correct_once(stage, scene.house, patient)?;
    }
    if let Some(claim) = taken.links.claim_id {
        match claim_scrub::scrub_claim(&stage.db, actor, stage.practice, claim) {
            Ok(_) | Err(app::Error::Refused(_)) => {}
            Err(error) => return in_scene("a rejected claim is taken up", Err(error)),
        }
    }
    if has_ended(stage, actor, taken)? {
        return Ok(Deed::Ended);
    }
    if wait(stage, scene, actor, taken, (WaitingOn::Provider, "The provider looks at what the scrub names.", 3))? {
        return Ok(Deed::Waits);
    }
    hand_up(stage, actor, taken, "Whether the claim is given up; its limit is here")?;
    Ok(Deed::HandedUp)
}

/// The payer wrote that it has an appeal: that goes on in the denial where it is open.
fn receipt(stage: &Stage, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Option<Deed>> {
    let Some(claim) = taken.links.claim_id else { return Ok(None) };
    let open = stage
        .db
        .read(actor, stage.practice, |read| Ok::<_, app::Error>(read.query(&OPEN_ITEMS_OF_CLAIM, params![claim])?));
    let open = in_scene("the work on a claim is looked at", open)?;
    if let Some(denial) = open.iter().find(|row| row.reason.is_denial() && row.desk == Desk::Tier2) {
        let merged = cases::merge(&stage.db, actor, stage.practice, taken.id, denial.id);
        in_scene("a letter joins the denial", merged)?;
        return Ok(Some(Deed::Merged));
    }
    let words = "The payer has the appeal; nothing else is open.";
    for code in taken.reason.spec().resolutions {
        if end(stage, actor, taken, (*code, words, ("payer", "other")))? {
            return Ok(Some(Deed::Ended));
        }
    }
    Ok(None)
}

/// A payer before decided anew: this one gets a corrected claim; where it takes none, its share is given up or the patient's.
fn correct_next(stage: &Stage, scene: &Scene, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Option<Deed>> {
    let Some(visit) = taken.links.encounter_id else { return Ok(None) };
    let claims = stage.db.read(actor, stage.practice, |read| {
        Ok::<_, app::Error>(read.query(&LIVE_CLAIMS_OF_ENCOUNTER, params![visit])?)
    });
    for (claim, payer, status) in in_scene("the claims of a visit are looked at", claims)? {
        let is_asked = taken.links.payer_id.is_none_or(|asked| asked == payer);
        if is_asked
            && status == ClaimStatus::Adjudicated
            && replace(stage, actor, claim)?
            && has_ended(stage, actor, taken)?
        {
            return Ok(Some(Deed::Ended));
        }
    }
    if let Some(payer) = taken.links.payer_id
        && give_up(stage, actor, visit, Debtor::Payer(payer), taken)?
        && wait(
            stage,
            scene,
            actor,
            taken,
            (WaitingOn::Client, "A second person decides the write-off.", DAYS_OF_A_REQUEST),
        )?
    {
        return Ok(Some(Deed::Waits));
    }
    let _ = bill_patient(&stage.db, actor, stage.practice, visit);
    Ok(has_ended(stage, actor, taken)?.then_some(Deed::Ended))
}

/// A clock warns and nobody has the thing: it was done, or its payer is asked while there is time; else a lead decides.
fn clock(stage: &Stage, scene: &Scene, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Option<Deed>> {
    let running = stage.db.read(actor, stage.practice, |read| {
        Ok::<_, app::Error>(read.query(&RUNNING_CLOCKS_OF_ITEM, params![taken.id])?)
    });
    for (id,) in in_scene("the clocks of an item are looked at", running)? {
        let view = in_scene("a clock is looked at", clocks::show(&stage.db, actor, stage.practice, id))?;
        let was_sent = view.clock.claim_id.is_some_and(|claim| stage.appealed.contains(&claim));
        if view.clock.kind == ClockKind::AppealFirst && was_sent {
            say(stage, actor, id, ClockDecision::Done, "The appeal left some weeks ago, on the payer's portal.")?;
        }
    }
    if has_ended(stage, actor, taken)? {
        return Ok(Some(Deed::Ended));
    }
    if let Some(claim) = taken.links.claim_id {
        ask_payer(stage, actor, claim)?;
    }
    if wait(stage, scene, actor, taken, (WaitingOn::Payer, "Asked the payer before the last day.", 5))? {
        return Ok(Some(Deed::Waits));
    }
    hand_up(stage, actor, taken, "Whether this clock is let go; its last day is near")?;
    Ok(Some(Deed::HandedUp))
}

/// What Tier 1 handed up without its evidence goes back.
pub(super) fn return_unproved(stage: &Stage, actor: &Actor, taken: &WorkItem) -> anyhow::Result<Deed> {
    let why = "The plan's letter is not attached; bring it, then it is decided.";
    give_back(stage, actor, taken, ReturnCode::EvidenceMissing, why)?;
    Ok(Deed::Returned)
}

/// Letters of payers that came today: they have an appeal.
pub fn open_letters(stage: &mut Stage, today: Date) -> anyhow::Result<()> {
    let (due, later): (Vec<_>, Vec<_>) =
        std::mem::take(&mut stage.letters).into_iter().partition(|(on, _)| *on <= today);
    stage.letters = later;
    let actor = stage.staff.tier1.clone();
    for (_, claim) in due {
        let Some(found) = load(stage, &actor, claim)? else { continue };
        let opened = stage.db.write(&actor, stage.practice, |tx| {
            let links = WorkLinks {
                patient_id: Some(found.patient_id),
                payer_id: Some(found.payer_id),
                ..WorkLinks::default()
            };
            let summary = format!("Claim {}: the payer writes that it has the appeal.", found.control_number);
            let work = worklist::NewWork::on_claim(WorkReason::AppealStatus, claim, summary, links, Money::ZERO);
            worklist::open_by_hand(tx, work)
        });
        in_scene("a payer's letter is opened", opened)?;
    }
    Ok(())
}
