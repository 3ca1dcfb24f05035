//! What a payer owes for a visit that no living claim asks it for: the share that a first payer left to the next one. It is
//! open work until a claim asks for it, the patient is billed, or its coverage turns out not to be in force. Also what
//! keeps such work, and the question for a coverage, from ending by words while nobody has the money.

use std::collections::BTreeMap;

use billing::charge::{Charge, TRANSFER};
use billing::claim::{ClaimFrequency, ClaimStatus};
use billing::coverage::{Coverage, CoverageRank, in_force};
use billing::encounter::{Encounter, EncounterStatus};
use billing::work::{WorkItem, WorkLinks, WorkReason};
use billing::write_off::Debtor;
use billing::{ChargeId, EncounterId, Money, PatientId, PayerId};
use ledger::{Account, DraftEntry};
use store::charge as rows;
use store::claim::LIVE_CLAIMS_OF_ENCOUNTER;
use store::hands::{DUES_WITHOUT_CLAIM, OVERPAID_BY_PAYERS, VISITS_DUE_WITHOUT_CLAIM, VISITS_WITH_CLAIMS_AFTER_OTHERS};
use store::remittance::NEVER_THE_PATIENTS;
use store::worklist::OPEN_ITEMS_OF_VISIT;
use store::{Conn, Tx, params};

use super::{post, receivable, source};
use crate::Error;
use crate::worklist::{self, NewWork};
use crate::{claim_creation, claim_scrub, write_off};

/// A payer's open share of a charge that no living claim asks for.
type Due = (ChargeId, PayerId, Money);

/// The dues of a visit, by charge.
pub(super) fn of_visit(conn: &Conn, visit: EncounterId) -> Result<Vec<Due>, Error> {
    Ok(conn.query(&DUES_WITHOUT_CLAIM, params![visit])?)
}

/// Of the dues what may become the patient's: all but what a payer said is never asked from the patient, which stays with
/// the payer that it was left to until somebody bills that one or gives it up.
fn that_may_be_the_patients(conn: &Conn, visit: EncounterId, dues: &[Due]) -> Result<Vec<Due>, Error> {
    let mut kept: BTreeMap<Option<ChargeId>, Money> =
        conn.query(&NEVER_THE_PATIENTS, params![visit])?.into_iter().collect();
    let mut free = Vec::with_capacity(dues.len());
    for (charge, payer, due) in dues {
        let mut left = *due;
        for of in [Some(*charge), None] {
            let Some(protected) = kept.get_mut(&of) else { continue };
            let taken = left.min((*protected).max(Money::ZERO));
            (left, *protected) = (left - taken, *protected - taken);
        }
        free.push((*charge, *payer, left));
    }
    free.retain(|(_, _, left)| left.is_positive());
    Ok(free)
}

/// Makes dues the patient's, or another payer's. What the law forbids to ask from the patient stays where it is.
pub(super) fn move_to(tx: &mut Tx, encounter: &Encounter, dues: &[Due], payer: Option<PayerId>) -> Result<(), Error> {
    let charges = rows::charges(tx, encounter.id)?;
    let free = match payer {
        None => that_may_be_the_patients(tx, encounter.id, dues)?,
        Some(_) => dues.to_vec(),
    };
    if free.is_empty() {
        return Ok(());
    }
    let mut entry = DraftEntry::new(tx.today(), "Another owes these charges now", source(encounter.id));
    for (charge, from, amount) in &free {
        let to = |charge: &Charge| receivable(charge, payer);
        let Some(to) = charges.iter().find(|one| one.id == *charge).map(to) else { continue };
        let from = Account::PayerReceivable { charge: charge.0, payer: from.0 };
        entry = entry.debit(to, *amount, TRANSFER).credit(from, *amount, TRANSFER);
    }
    let stamp = tx.new_id();
    post(tx, entry, &format!("transfer:{}:dues:{stamp}", encounter.id))
}

/// Ends the work for the next payer of a visit.
pub(super) fn end_work(tx: &mut Tx, encounter: &Encounter, outcome: &str) -> Result<(), Error> {
    for row in tx.query(&OPEN_ITEMS_OF_VISIT, params![encounter.patient_id, encounter.id])? {
        if row.reason == WorkReason::BillNextPayer {
            worklist::resolve_subject(tx, &row.subject_key, outcome, "eligibility")?;
        }
    }
    Ok(())
}

/// The work for the next payer of a visit after part of its share went or came back: it tells what is due now, ends where
/// nothing is, and opens where something is and nobody works on it.
pub(crate) fn follow(tx: &mut Tx, links: WorkLinks, visit: EncounterId, sentence: &str) -> Result<(), Error> {
    let encounter = rows::encounter(tx, visit)?.ok_or(Error::NotFound("visit"))?;
    let due: Money = of_visit(tx, visit)?.iter().map(|(_, _, amount)| *amount).sum();
    if due.is_zero() {
        return end_work(tx, &encounter, sentence);
    }
    let reason = WorkReason::BillNextPayer;
    let items = tx.query(&OPEN_ITEMS_OF_VISIT, params![encounter.patient_id, visit])?;
    let mut known = items.into_iter().filter(|item| item.reason == reason);
    let subject_key = match (known.next(), known.next()) {
        (None, _) => worklist::subject_key(reason, visit),
        (Some(item), None) => item.subject_key,
        // Each tells what one claim left to the next payer.
        (Some(_), Some(_)) => return Ok(()),
    };
    let links = WorkLinks { encounter_id: Some(visit), ..links };
    let summary = sentence.to_owned();
    let work = NewWork { reason, subject_key, summary, links, money_at_stake: due, deadline_on: None };
    worklist::open_or_restate(tx, vec![work])
}

/// A claim asks the next payer now: what waited for it ends, unless another payer owes something that nobody asks.
pub(crate) fn dues_are_asked(tx: &mut Tx, visit: EncounterId, outcome: &str) -> Result<(), Error> {
    if !of_visit(tx, visit)?.is_empty() {
        return Ok(());
    }
    let encounter = rows::encounter(tx, visit)?.ok_or(Error::NotFound("visit"))?;
    for row in tx.query(&OPEN_ITEMS_OF_VISIT, params![encounter.patient_id, visit])? {
        if row.reason == WorkReason::BillNextPayer {
            worklist::resolve_subject(tx, &row.subject_key, outcome, "submission")?;
        }
    }
    Ok(())
}

/// Withdraws the claims of a visit to payers after the first that never left, or were refused before anybody judged them,
/// where `is_gone` says that their payer is not to be asked. What they asked for is somebody's work again.
pub(crate) fn withdraw_after_others(
    tx: &mut Tx,
    visit: EncounterId,
    is_gone: impl Fn(PayerId) -> bool,
    why: &str,
) -> Result<(), Error> {
    for (id, payer, status) in tx.query(&LIVE_CLAIMS_OF_ENCOUNTER, params![visit])? {
        let is_here = match status {
            ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready | ClaimStatus::Rejected => true,
            ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => false,
        };
        if !is_here || !is_gone(payer) || claim_scrub::payer_has_it(tx, id, status)? {
            continue;
        }
        let claim = store::claim::load(tx, id)?.ok_or(Error::NotFound("claim"))?;
        // A replacement speaks of a decision; it is Tier 2's alone.
        if claim.body.rank == CoverageRank::Primary || claim.body.frequency != ClaimFrequency::Original {
            continue;
        }
        claim_creation::withdraw(tx, id, why)?;
        let links =
            WorkLinks { patient_id: Some(claim.patient_id), payer_id: Some(claim.payer_id), ..WorkLinks::default() };
        follow(tx, links, visit, &format!("Claim {} was withdrawn: the next payer's turn", claim.control_number))?;
    }
    Ok(())
}

/// Dues of a payer whose coverage is not in force on the day of the visit go to the next one in force that was not asked,
/// else to the patient.
pub(super) fn follow_coverages(tx: &mut Tx, patient: PatientId, coverages: &[Coverage]) -> Result<(), Error> {
    for (visit,) in tx.query(&VISITS_WITH_CLAIMS_AFTER_OTHERS, params![patient])? {
        let encounter = rows::encounter(tx, visit)?.ok_or(Error::NotFound("visit"))?;
        let paying = in_force(coverages, encounter.date_of_service);
        let is_gone = |payer: PayerId| paying.iter().all(|coverage| coverage.payer_id != payer);
        withdraw_after_others(tx, visit, is_gone, "its coverage was not in force")?;
    }
    for (visit,) in tx.query(&VISITS_DUE_WITHOUT_CLAIM, params![patient])? {
        let encounter = rows::encounter(tx, visit)?.ok_or(Error::NotFound("visit"))?;
        let paying = in_force(coverages, encounter.date_of_service);
        let is_paying = |payer: PayerId| paying.iter().any(|coverage| coverage.payer_id == payer);
        let mut gone = of_visit(tx, visit)?;
        gone.retain(|(_, payer, _)| !is_paying(*payer));
        if gone.is_empty() {
            continue;
        }
        let asked = tx.query(&store::claim::PLACES_OF_CLAIMS_OF_ENCOUNTER, params![visit])?;
        let was_asked = |payer: PayerId| asked.iter().any(|(known, _, _)| *known == payer);
        let next = paying.iter().map(|coverage| coverage.payer_id).find(|payer| !was_asked(*payer));
        if next.is_some() {
            let of: Vec<ChargeId> = gone.iter().map(|(charge, _, _)| *charge).collect();
            let whose = |debtor| matches!(debtor, Debtor::Payer(payer) if !is_paying(payer));
            write_off::lapse_debts(tx, &of, whose)?;
            gone = of_visit(tx, visit)?;
            gone.retain(|(_, payer, _)| !is_paying(*payer));
        }
        move_to(tx, &encounter, &gone, next)?;
        if of_visit(tx, visit)?.is_empty() {
            end_work(tx, &encounter, "The coverage of the next payer is not in force; the patient pays.")?;
        }
    }
    Ok(())
}

/// Refuses to end by words the work that alone has a visit or its money in hand.
pub(crate) fn refuse_while_in_hand(conn: &Conn, item: &WorkItem) -> Result<(), Error> {
    let Some(visit) = item.links.encounter_id else { return Ok(()) };
    if item.reason == WorkReason::CoverageMissing {
        let encounter = rows::encounter(conn, visit)?;
        if encounter.is_some_and(|encounter| encounter.status == EncounterStatus::Open) {
            return Err(Error::refused(
                "Nobody has this visit yet. Enter the coverage of that day, bill the patient, or say why it is not \
                 billed; this item then ends by itself.",
            ));
        }
    }
    if item.reason == WorkReason::BillNextPayer {
        let due: Money = of_visit(conn, visit)?.iter().map(|(_, _, amount)| *amount).sum();
        if !due.is_zero() {
            return Err(Error::refused(format!(
                "{due} is due from the next payer, and no claim asks for it. Bill the next payer, correct the coverages, \
                 or bill the patient where no plan pays; this item then ends by itself.",
            )));
        }
    }
    if item.reason == WorkReason::CreditBalance {
        let over: Money = conn.query(&OVERPAID_BY_PAYERS, params![visit])?.iter().map(|row| -row.2).sum();
        if !over.is_zero() {
            return Err(Error::refused(format!(
                "A payer has paid {over} more than it owed, and the books still hold it. The item can end when the \
                 payer has taken it back. Until then leave it open with a note.",
            )));
        }
    }
    Ok(())
}
