//! Who owes a visit's charges before any payer decided: the payer of its claim, else the one whose coverage is in force on
//! the day, else the patient. And what a change leaves overpaid. Moves only what is still open.

use billing::charge::Charge;
use billing::coverage::in_force;
use billing::encounter::{Encounter, EncounterStatus};
use billing::work::{WorkLinks, WorkReason};
use billing::{ChargeId, ClaimId, Money, PayerId};
use ledger::AccountKind;
use store::charge::ENCOUNTERS_OF_CHARGES;
use store::claim::{LIVE_CLAIMS_OF_ENCOUNTER, load};
use store::{Conn, Tx, params, registration};

use super::{ask_for_coverage, owed_by};
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, write_off};

/// Who owes the visit's charges: its living claim's payer, or whose coverage is in force on its day. None is the patient,
/// who owes a visit that was billed without a claim whatever coverage there is.
pub(super) fn payer_of(conn: &Conn, encounter: &Encounter) -> Result<Option<PayerId>, Error> {
    if let Some((_, payer, _)) = conn.query(&LIVE_CLAIMS_OF_ENCOUNTER, params![encounter.id])?.first() {
        return Ok(Some(*payer));
    }
    match encounter.status {
        EncounterStatus::Billed | EncounterStatus::NotBillable => Ok(None),
        EncounterStatus::Open => {
            let coverages = registration::coverages(conn, encounter.patient_id)?;
            Ok(in_force(&coverages, encounter.date_of_service).first().map(|coverage| coverage.payer_id))
        }
    }
}

/// A visit moves to another day (`encounter` has the new one): its charges are owed by whose coverage is in force then.
///
/// # Errors
/// `Refused` where a claim of the visit is pinned to a coverage that does not pay on that day.
pub(super) fn follow_date(tx: &mut Tx, encounter: &Encounter, charges: &[Charge]) -> Result<(), Error> {
    let living = tx.query(&LIVE_CLAIMS_OF_ENCOUNTER, params![encounter.id])?;
    for (claim, _, _) in &living {
        refuse_if_pinned(tx, *claim, encounter)?;
    }
    if !living.is_empty() || encounter.status != EncounterStatus::Open {
        return Ok(());
    }
    let payer = payer_of(tx, encounter)?;
    owed_by(tx, encounter, charges, payer, "another date of service")?;
    let missing = subject_key(WorkReason::CoverageMissing, encounter.id);
    if payer.is_some() {
        return worklist::resolve_subject(tx, &missing, "A coverage is in force on the new day.", "registration");
    }
    ask_for_coverage(tx, encounter, charges)
}

fn refuse_if_pinned(tx: &mut Tx, claim: ClaimId, encounter: &Encounter) -> Result<(), Error> {
    let claim = load(tx, claim)?.ok_or(Error::NotFound("claim"))?;
    let coverages = registration::coverages(tx, encounter.patient_id)?;
    let paying = in_force(&coverages, encounter.date_of_service);
    let of_rank = paying.iter().find(|coverage| coverage.rank == claim.body.rank);
    if of_rank.is_some_and(|coverage| coverage.id == claim.coverage_id) {
        return Ok(());
    }
    Err(Error::refused(format!(
        "Claim {} was made from a coverage that does not pay on {}. Correct the dates of the coverage first; or say that \
         the visit is not billed, and enter it anew on the right day.",
        claim.control_number, encounter.date_of_service
    )))
}

/// As [`mind_credit`] for the visits of charges from which money was moved.
pub(crate) fn follow_credit(tx: &mut Tx, charges: &[ChargeId]) -> Result<(), Error> {
    let mut visits: Vec<_> = tx.query_in(&ENCOUNTERS_OF_CHARGES, params![], charges)?;
    visits.sort_unstable();
    for (visit,) in visits {
        let encounter = store::charge::encounter(tx, visit)?.ok_or(Error::NotFound("visit"))?;
        let charges = store::charge::charges(tx, visit)?;
        mind_credit(tx, &encounter, &charges)?;
    }
    Ok(())
}

/// Work for what a change left overpaid: the patient, or a payer, has paid for what is charged no more. It ends where
/// nothing is overpaid any more. What was forgiven and is owed no more is no credit.
pub(super) fn mind_credit(tx: &mut Tx, encounter: &Encounter, charges: &[Charge]) -> Result<(), Error> {
    let of: Vec<ChargeId> = charges.iter().map(|charge| charge.id).collect();
    write_off::follow_debt(tx, &of)?;
    let ids: Vec<uuid::Uuid> = charges.iter().map(|charge| charge.id.0).collect();
    let is_owed = |account| matches!(account, AccountKind::PatientReceivable | AccountKind::PayerReceivable);
    let balances = store::ledger::charge_balances(tx, &ids)?;
    let overpaid = balances.iter().filter(|one| is_owed(one.account) && one.cents.is_negative());
    let credit: Money = overpaid.map(|one| -one.cents).sum();
    let subject_key = subject_key(WorkReason::CreditBalance, encounter.id);
    if credit.is_zero() {
        return worklist::resolve_subject(tx, &subject_key, "Nothing is overpaid any more.", "charge");
    }
    let work = NewWork {
        reason: WorkReason::CreditBalance,
        subject_key,
        summary: format!(
            "The visit of {} was corrected: {credit} was paid for what is charged no more.",
            encounter.date_of_service
        ),
        links: WorkLinks {
            patient_id: Some(encounter.patient_id),
            encounter_id: Some(encounter.id),
            ..WorkLinks::default()
        },
        money_at_stake: credit,
        deadline_on: None,
    };
    worklist::open(tx, work)?;
    Ok(())
}
