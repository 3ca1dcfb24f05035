//! Billing the next payer: what the payers before it decided becomes part of the claim to it. The claim goes the way of
//! every claim from there: scrubbed, sealed, answered, decided. Decides no amount: what a payer is asked for was left to it
//! by the decision before it, and the books say so already.

use billing::access::{Action, Actor, ResourceState};
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::coordination_of_benefits::{PriorPayer, facts_of, prior_payer};
use billing::coverage::{Coverage, CoverageRank, in_force};
use billing::remittance::classification::{Classes, Decider, RuleBook};
use billing::remittance::matching::ClaimFacts;
use billing::remittance::{ClaimPayment, reversal};
use billing::work::WorkReason;
use billing::{ClaimId, EncounterId, PracticeId, RemittanceId};
use jiff::civil::Date;
use store::claim::{self as rows, DECIDED_CLAIMS_BEFORE, Evidence};
use store::hands::{DUES_WITHOUT_CLAIM, VISITS_FOR_THE_NEXT_PAYER};
use store::remittance::{PAYMENTS_OF_CLAIMS, PaymentOfClaim};
use store::{Conn, Db, Tx, params, registration};

use crate::access::allow;
use crate::claim_creation::{
    MOST_A_RUN, RUN_CHUNK, create_after_others, create_in, happen, may_make_claims, refreeze_from_sources,
};
use crate::claim_scrub::{Scrubbed, scrub_in};
use crate::remittance_posting::classes_of;
use crate::{Error, charge_capture, corrected_claim, worklist};

/// Makes the claim of a visit to the payer that an earlier one left something to, and scrubs it at once.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where nothing is left to a next payer, its coverage was not in force, or it decided the
/// visit already.
pub fn bill_next_payer(db: &Db, actor: &Actor, practice: PracticeId, visit: EncounterId) -> Result<Scrubbed, Error> {
    allow(actor, Action::SubmitInitialClaim, &ResourceState::default())?;
    db.write(actor, practice, |tx| match next(tx, visit)? {
        Next::After(coverage) => bill(tx, visit, &coverage),
        Next::Anew => {
            let made = create_in(tx, visit)?;
            asked(tx, visit, made.id)
        }
    })
}

/// What becomes of what a payer owes and no claim asks it for.
enum Next {
    /// A payer before this coverage's decided; it is asked for what that one left.
    After(Box<Coverage>),
    /// The claim was voided, so the visit is billed anew, to who pays first now.
    Anew,
}

/// Makes and scrubs the claims to next payers that may be billed by themselves: every payer before has said all it will,
/// and the next one's settings do not ask for a person. A daily job; says how many it made.
///
/// # Errors
/// `Denied`; of the store.
pub fn bill_next_payers(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    may_make_claims(actor)?;
    let visits =
        db.read(actor, practice, |read| Ok::<_, Error>(read.query(&VISITS_FOR_THE_NEXT_PAYER, params![MOST_A_RUN])?))?;
    let mut made = 0;
    for chunk in visits.chunks(RUN_CHUNK) {
        made += db.write(actor, practice, |tx| {
            let mut made = 0;
            for (visit,) in chunk {
                let coverage = match next(tx, *visit) {
                    Ok(Next::After(coverage)) => coverage,
                    // What a person must look at stays with the desk that has it.
                    Ok(Next::Anew) | Err(Error::Refused(_)) => continue,
                    Err(error) => return Err(error),
                };
                let settings = registration::payer(tx, coverage.payer_id)?.map(|payer| payer.settings);
                if settings.is_some_and(|settings| settings.bills_after_others) {
                    bill(tx, *visit, &coverage)?;
                    made += 1;
                }
            }
            Ok::<_, Error>(made)
        })?;
    }
    Ok(made)
}

/// The payer before passed the claim on: the claim to the next payer stands as one that this payer has. False where a claim
/// of ours asks it already, or it decided the visit. One that stands so already is told anew what was decided.
pub(crate) fn cross_over(
    tx: &mut Tx,
    decided: &ClaimFacts,
    coverage: &Coverage,
    (remittance, follow_up_on): (RemittanceId, Date),
) -> Result<bool, Error> {
    let visit = decided.encounter_id;
    let places = tx.query(&rows::PLACES_OF_CLAIMS_OF_ENCOUNTER, params![visit])?;
    if places.iter().any(|(payer, _, decided_on)| *payer == coverage.payer_id && decided_on.is_some()) {
        return Ok(false);
    }
    let made = create_after_others(tx, visit, coverage)?;
    let mut claim = rows::load(tx, made.id)?.ok_or(Error::NotFound("claim"))?;
    let mut is_changed = made.is_new;
    if made.is_new {
        claim.version += 1;
    } else {
        if !claim.body.crossed_over || claim.status != ClaimStatus::Accepted {
            return Ok(false);
        }
        if let Some(fresh) = refreeze_from_sources(tx, &claim)? {
            (claim, is_changed) = (fresh, true);
        }
    }
    if is_changed {
        claim.body.crossed_over = true;
        rows::save_version(tx, &claim)?;
    }
    let sentence = format!(
        "Passed on by the payer of claim {}: nobody bills this one before {follow_up_on}",
        decided.control_number
    );
    let evidence = Evidence { remittance_id: Some(remittance), ..Evidence::words(sentence) };
    happen(tx, &mut claim, &ClaimEvent::CrossedOver { follow_up_on }, evidence)?;
    Ok(true)
}

/// This payer was passed nothing, or says nothing of it: it is billed from here, with what the one before decided.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where no payer passed the claim on, or this one decided it.
pub fn end_crossover(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimId) -> Result<Scrubbed, Error> {
    may_make_claims(actor)?;
    db.write(actor, practice, |tx| {
        let mut claim = rows::load(tx, id)?.ok_or(Error::NotFound("claim"))?;
        if !claim.body.crossed_over || claim.status != ClaimStatus::Accepted {
            return Err(Error::refused("No payer passed this claim on, or its payer decided it. Nothing was changed."));
        }
        claim.body.crossed_over = false;
        claim.version += 1;
        rows::save_version(tx, &claim)?;
        let sentence = "The payer was passed nothing: it is billed from here";
        happen(tx, &mut claim, &ClaimEvent::CrossoverEnded, Evidence::words(sentence))?;
        let outcome = "The payer is billed from here.";
        worklist::resolve_for_claim(tx, id, &[WorkReason::RemittanceMissing], outcome, "submission")?;
        scrub_in(tx, claim)
    })
}

fn bill(tx: &mut Tx, visit: EncounterId, coverage: &Coverage) -> Result<Scrubbed, Error> {
    let made = create_after_others(tx, visit, coverage)?;
    asked(tx, visit, made.id)
}

/// A claim asks for it now: the work ends, and the claim is scrubbed.
fn asked(tx: &mut Tx, visit: EncounterId, id: ClaimId) -> Result<Scrubbed, Error> {
    let claim = rows::load(tx, id)?.ok_or(Error::NotFound("claim"))?;
    charge_capture::dues_are_asked(tx, visit, &format!("Claim {} asks the next payer.", claim.control_number))?;
    scrub_in(tx, claim)
}

/// Who is asked for what a payer owes and no claim asks it for.
fn next(conn: &Conn, visit: EncounterId) -> Result<Next, Error> {
    let dues = conn.query(&DUES_WITHOUT_CLAIM, params![visit])?;
    let Some((_, payer, _)) = dues.first() else {
        return Err(Error::refused("Nothing of this visit was left to a next payer, or a claim asks it already."));
    };
    let places = conn.query(&rows::PLACES_OF_CLAIMS_OF_ENCOUNTER, params![visit])?;
    let was_decided = places.iter().any(|(asked, _, decided_on)| asked == payer && decided_on.is_some());
    let is_voided = was_decided && corrected_claim::is_voided(conn, visit, *payer)?;
    if was_decided && !is_voided {
        return Err(Error::refused(
            "This payer has decided the visit already, and a payer before it decided anew since. Tier 2 sends it a \
             corrected claim.",
        ));
    }
    let encounter = store::charge::encounter(conn, visit)?.ok_or(Error::NotFound("visit"))?;
    let coverages = registration::coverages(conn, encounter.patient_id)?;
    let found =
        in_force(&coverages, encounter.date_of_service).into_iter().find(|coverage| coverage.payer_id == *payer);
    match found {
        Some(coverage) if !prior_payers(conn, visit, coverage.rank)?.is_empty() => {
            Ok(Next::After(Box::new(coverage.clone())))
        }
        _ if is_voided => Ok(Next::Anew),
        Some(_) => Err(Error::refused("No payer before this one has decided the visit. Bill the first payer first.")),
        None => Err(Error::refused(
            "The coverage of the next payer was not in force on that day. Correct it, or bill the patient.",
        )),
    }
}

/// What the payers before a rank decided of a visit, in the order in which they pay.
pub(crate) fn prior_payers(conn: &Conn, visit: EncounterId, rank: CoverageRank) -> Result<Vec<PriorPayer>, Error> {
    if rank == CoverageRank::Primary {
        return Ok(Vec::new());
    }
    let before = conn.query(&DECIDED_CLAIMS_BEFORE, params![visit])?;
    let ids: Vec<ClaimId> = before.into_iter().filter(|(_, of)| *of < rank).map(|(id, _)| id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut payments = conn.query_in(&PAYMENTS_OF_CLAIMS, params![], &ids)?;
    payments.retain(|row| row.state == "posted");
    // Keys grow with time.
    payments.sort_unstable_by_key(|row| row.id);
    let mut meant = classes_of(conn, &payments.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let mut all: Vec<PriorPayer> = Vec::with_capacity(ids.len());
    for claim in rows::load_many(conn, &ids)? {
        let history: Vec<&PaymentOfClaim> = payments.iter().filter(|row| row.claim_id == claim.id).collect();
        let Some(row) = standing(&history) else { continue };
        let (facts, payment) = (facts_of(&claim), &row.body.0);
        let stored = meant.remove(&row.id).and_then(|rows| Classes::stored(payment, rows.into_iter()));
        let classes = stored.unwrap_or_else(|| Classes::of(payment, Decider::of(&facts), &RuleBook::default()));
        let decision = prior_payer(&claim.body, &facts, (payment, &classes), row.paid_on).map_err(|_| {
            Error::refused(format!(
                "A line of the decision on claim {} is no line of it any more, so it cannot be passed on. Look at its \
                 remittance.",
                claim.control_number
            ))
        })?;
        all.retain(|known| known.payer_id != decision.payer_id);
        all.push(decision);
    }
    all.sort_by_key(|prior| prior.rank);
    Ok(all)
}

/// The decision that stands for a claim, with its day; none where nothing was decided or all was taken back.
pub(crate) fn standing_decision(conn: &Conn, claim: ClaimId) -> Result<Option<(Date, ClaimPayment)>, Error> {
    let mut payments = conn.query_in(&PAYMENTS_OF_CLAIMS, params![], &[claim])?;
    payments.retain(|row| row.state == "posted");
    payments.sort_unstable_by_key(|row| row.id);
    let history: Vec<&PaymentOfClaim> = payments.iter().collect();
    Ok(standing(&history).map(|row| (row.paid_on, row.body.0.clone())))
}

/// The latest decision that no reversal took back.
fn standing<'p>(history: &[&'p PaymentOfClaim]) -> Option<&'p PaymentOfClaim> {
    let places: Vec<(usize, &ClaimPayment)> = history.iter().enumerate().map(|(n, row)| (n, &row.body.0)).collect();
    let standing = reversal::standing(&places).into_iter().filter_map(|place| history.get(place).copied());
    standing.max_by_key(|row| row.paid_on)
}
