//! Making claims from visits: the coverage version is pinned, what the 837 will say is frozen, and from then on the
//! claim moves only by events.
//!
//! A visit has at most one living claim to a payer. Nothing here judges the claim: that is the scrub's.

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::charge::Charge;
use billing::claim::create::{ClaimSource, create, refreeze};
use billing::claim::{Claim, ClaimEvent, ClaimFrequency};
use billing::coordination_of_benefits::PriorPayer;
use billing::coverage::{Coverage, CoverageRank, in_force};
use billing::encounter::{Encounter, EncounterStatus};
use billing::identifier::PatientControlNumber;
use billing::patient::Patient;
use billing::payer::Payer;
use billing::practice::Practice;
use billing::provider::{Facility, Provider};
use billing::work::WorkReason;
use billing::{ClaimId, CoverageId, EncounterId, ProviderId};
use store::claim::Evidence;
use store::{Conn, Db, Tx, params};
use store::{charge as visits, claim as rows, registration};

use crate::Error;
use crate::access::allow;
use crate::clocks::terms::InForce;
use crate::{charge_capture, corrected_claim, next_payer, worklist};

/// Visits that one run takes up in one transaction: small enough that other writers need not wait long.
pub(crate) const RUN_CHUNK: usize = 100;

/// Visits or claims that one run takes up at most; the next run goes on. A busy day of a large group stays below it.
pub(crate) const MOST_A_RUN: i64 = 20_000;

/// Letters and digits that nobody mistakes for one another on the telephone.
const PLAIN_LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKLMNPQRSTUVWXY";

/// What making a claim from a visit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreatedClaim {
    /// The claim.
    pub id: ClaimId,
    /// False where the visit had a living claim to this payer.
    pub is_new: bool,
}

/// Makes a claim from a visit to the payer that pays first on the date of service.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where no coverage was in force, or the visit has no charges.
pub fn create_claim(db: &Db, actor: &Actor, practice: PracticeId, visit: EncounterId) -> Result<CreatedClaim, Error> {
    may_make_claims(actor)?;
    db.write(actor, practice, |tx| create_in(tx, visit))
}

/// Makes claims from every visit that has none and has a coverage; visits without one stay with the desk that was asked
/// for it.
///
/// # Errors
/// `Denied`; of the store.
pub fn create_open_claims(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<ClaimId>, Error> {
    may_make_claims(actor)?;
    let open =
        db.read(actor, practice, |read| Ok::<_, Error>(read.query(&visits::OPEN_ENCOUNTERS, params![MOST_A_RUN])?))?;
    let mut made = Vec::new();
    for chunk in open.chunks(RUN_CHUNK) {
        made.extend(db.write(actor, practice, |tx| {
            let mut made = Vec::new();
            for (visit,) in chunk {
                if has_coverage(tx, *visit)? {
                    made.push(create_in(tx, *visit)?.id);
                }
            }
            Ok::<_, Error>(made)
        })?);
    }
    Ok(made)
}

/// Whoever may send a claim or code it may make it.
pub(crate) fn may_make_claims(actor: &Actor) -> Result<(), Error> {
    let state = ResourceState::default();
    match allow(actor, Action::SubmitInitialClaim, &state) {
        Ok(_) => Ok(()),
        Err(denied) => allow(actor, Action::ChangeCodes, &state).map(|_| ()).map_err(|_| denied.into()),
    }
}

fn has_coverage(conn: &Conn, visit: EncounterId) -> Result<bool, Error> {
    let encounter = visits::encounter(conn, visit)?.ok_or(Error::NotFound("visit"))?;
    let coverages = registration::coverages(conn, encounter.patient_id)?;
    Ok(!in_force(&coverages, encounter.date_of_service).is_empty())
}

pub(crate) fn create_in(tx: &mut Tx, visit: EncounterId) -> Result<CreatedClaim, Error> {
    let sources = Sources::load(tx, visit, None)?;
    let made = create_from(tx, &sources)?;
    if !made.is_new {
        return Ok(made);
    }
    let number = rows::load(tx, made.id)?.ok_or(Error::NotFound("claim"))?.control_number;
    // The visit may have been charged before this payer was known.
    charge_capture::owed_by(tx, &sources.encounter, &sources.charges, Some(sources.payer.id), number.as_str())?;
    if sources.encounter.status != EncounterStatus::Billed {
        let billed = Encounter { status: EncounterStatus::Billed, ..sources.encounter };
        visits::save_encounter(tx, &billed)?;
    }
    Ok(made)
}

/// Makes the claim of a visit to a payer that pays after others, from what those decided. It moves no money: what it is
/// asked for was left to it by the decision before it.
pub(crate) fn create_after_others(tx: &mut Tx, visit: EncounterId, coverage: &Coverage) -> Result<CreatedClaim, Error> {
    let sources = Sources::load(tx, visit, Some(Pinned::Coverage(coverage.id)))?;
    if sources.prior_payers.is_empty() {
        return Err(Error::refused("No payer before this one has decided the visit. Bill the first payer first."));
    }
    create_from(tx, &sources)
}

fn create_from(tx: &mut Tx, sources: &Sources) -> Result<CreatedClaim, Error> {
    let visit = sources.encounter.id;
    let living = tx.query(&rows::LIVE_CLAIMS_OF_ENCOUNTER, params![visit])?;
    if let Some((id, _, _)) = living.iter().find(|(_, payer, _)| *payer == sources.payer.id) {
        return Ok(CreatedClaim { id: *id, is_new: false });
    }
    let places = tx.query(&rows::PLACES_OF_CLAIMS_OF_ENCOUNTER, params![visit])?;
    let was_decided = places.iter().any(|(payer, _, decided_on)| *payer == sources.payer.id && decided_on.is_some());
    if was_decided && !corrected_claim::is_voided(tx, visit, sources.payer.id)? {
        // A second original would ask the payer twice for one visit.
        return Err(Error::refused("This payer has decided the visit already. What is wrong with it is Tier 2's."));
    }
    if sources.charges.is_empty() {
        return Err(Error::refused("The visit has no charges, so there is nothing to claim. Enter them first."));
    }
    let control_number = next_control_number(tx)?;
    let claim = create(ClaimId(tx.new_id()), control_number, &sources.view());
    rows::insert(tx, &claim)?;
    let sentence = format!("Claim made to {}", sources.payer.name);
    rows::save_event(tx, &claim, &ClaimEvent::Created, Evidence::words(sentence))?;
    tx.audit("create", "claim", claim.id, serde_json::json!({ "control_number": claim.control_number.as_str() }));
    Ok(CreatedClaim { id: claim.id, is_new: true })
}

/// What tells our numbers from those that another practice counts.
pub(crate) fn three_letters(tx: &Tx) -> String {
    let mut random = [0_u8; 3];
    tx.fill_random(&mut random);
    let letters = random.iter().filter_map(|byte| PLAIN_LETTERS.get(usize::from(*byte) % PLAIN_LETTERS.len()));
    letters.map(|letter| char::from(*letter)).collect()
}

/// A number in order, and three random letters: a number of another practice, or a slip of the pen, meets none of ours.
fn next_control_number(tx: &mut Tx) -> Result<PatientControlNumber, Error> {
    let number = tx.next_number("claim")?;
    let letters = three_letters(tx);
    PatientControlNumber::parse(&format!("C{number:06}{letters}"))
        .map_err(|_| Error::refused("The claim numbers of this practice are used up. Ask for a new counter."))
}

/// Freezes a claim's body again from what is on file now; says whether anything changed. The caller stores it.
pub(crate) fn refreeze_from_sources(tx: &mut Tx, claim: &Claim) -> Result<Option<Claim>, Error> {
    let pinned = match claim.body.frequency {
        ClaimFrequency::Original => Pinned::Rank(claim.body.rank, claim.coverage_id),
        // It speaks to the payer that decided, whatever the order of payers is now.
        ClaimFrequency::Replacement => Pinned::Coverage(claim.coverage_id),
        // It takes back what was asked for, word for word.
        ClaimFrequency::Void => return Ok(None),
    };
    let sources = Sources::load(tx, claim.encounter_id, Some(pinned))?;
    let mut fresh = claim.clone();
    refreeze(&mut fresh, &sources.view());
    let same = fresh.body == claim.body
        && fresh.coverage_version == claim.coverage_version
        && fresh.coverage_id == claim.coverage_id
        && fresh.filing_limit_on == claim.filing_limit_on;
    if same {
        return Ok(None);
    }
    if fresh.payer_id != claim.payer_id && fresh.body.prior_payers.is_empty() {
        let payer = Some(fresh.payer_id);
        charge_capture::owed_by(tx, &sources.encounter, &sources.charges, payer, fresh.control_number.as_str())?;
    }
    Ok(Some(fresh))
}

/// Applies an event to a claim and stores it with its evidence: the one way in which claims move.
///
/// # Errors
/// `Refused` where the event cannot happen to the claim where it is.
pub(crate) fn happen(tx: &mut Tx, claim: &mut Claim, event: &ClaimEvent, evidence: Evidence) -> Result<(), Error> {
    claim.apply(event)?;
    Ok(rows::save_event(tx, claim, event, evidence)?)
}

/// Closes a claim that never left, and the work that waited for it.
pub(crate) fn withdraw(tx: &mut Tx, id: ClaimId, why: &str) -> Result<(), Error> {
    let mut claim = rows::load(tx, id)?.ok_or(Error::NotFound("claim"))?;
    happen(tx, &mut claim, &ClaimEvent::Closed, Evidence::words(format!("Withdrawn: {why}")))?;
    let reasons =
        [WorkReason::HeldForData, WorkReason::HeldForCoding, WorkReason::RejectedForData, WorkReason::Rejected];
    worklist::resolve_for_claim(tx, id, &reasons, "The claim was withdrawn.", "registration")
}

/// Which coverage a claim is made from.
#[derive(Clone, Copy)]
enum Pinned {
    /// The one of this rank that is in force on the day; this one where there is none.
    Rank(CoverageRank, CoverageId),
    /// This one.
    Coverage(CoverageId),
}

/// Everything a claim is frozen from, loaded.
struct Sources {
    practice: Practice,
    patient: Patient,
    encounter: Encounter,
    charges: Vec<Charge>,
    coverage: Coverage,
    payer: Payer,
    rendering: Option<Provider>,
    referring: Option<Provider>,
    supervising: Option<Provider>,
    ordering: Option<Provider>,
    facility: Option<Facility>,
    prior_payers: Vec<PriorPayer>,
}

impl Sources {
    /// Loads them for a visit, with what the payers before this one decided. A claim that exists keeps the rank of its coverage, and its coverage itself where none
    /// of that rank is in force: the scrub then says so.
    fn load(conn: &Conn, visit: EncounterId, pinned: Option<Pinned>) -> Result<Sources, Error> {
        let practice = registration::practice(conn)?.ok_or(Error::NotFound("practice"))?;
        let encounter = visits::encounter(conn, visit)?.ok_or(Error::NotFound("visit"))?;
        let patient = registration::patient(conn, encounter.patient_id)?.ok_or(Error::NotFound("patient"))?;
        let coverage = choose_coverage(conn, &encounter, pinned)?;
        let payer = registration::payer(conn, coverage.payer_id)?.ok_or(Error::NotFound("payer"))?;
        let payer = InForce::load(conn)?.payer(payer, encounter.date_of_service);
        let prior_payers = next_payer::prior_payers(conn, visit, coverage.rank)?;
        let person = |id: Option<ProviderId>| match id {
            Some(id) => Ok::<_, Error>(Some(registration::provider(conn, id)?.ok_or(Error::NotFound("provider"))?)),
            None => Ok(None),
        };
        Ok(Sources {
            practice,
            patient,
            charges: visits::charges(conn, visit)?,
            rendering: person(Some(encounter.rendering_id))?,
            referring: person(encounter.referring_id)?,
            supervising: person(encounter.supervising_id)?,
            ordering: person(encounter.ordering_id)?,
            facility: match encounter.facility_id {
                Some(id) => Some(registration::facility(conn, id)?.ok_or(Error::NotFound("facility"))?),
                None => None,
            },
            encounter,
            coverage,
            payer,
            prior_payers,
        })
    }

    fn view(&self) -> ClaimSource<'_> {
        ClaimSource {
            practice: &self.practice,
            patient: &self.patient,
            encounter: &self.encounter,
            charges: &self.charges,
            coverage: &self.coverage,
            payer: &self.payer,
            rendering: self.rendering.as_ref(),
            referring: self.referring.as_ref(),
            supervising: self.supervising.as_ref(),
            ordering: self.ordering.as_ref(),
            facility: self.facility.as_ref(),
            prior_payers: &self.prior_payers,
        }
    }
}

fn choose_coverage(conn: &Conn, encounter: &Encounter, pinned: Option<Pinned>) -> Result<Coverage, Error> {
    let coverages = registration::coverages(conn, encounter.patient_id)?;
    let paying = in_force(&coverages, encounter.date_of_service);
    let chosen = match pinned {
        None => paying.first().copied(),
        Some(Pinned::Coverage(id)) => coverages.iter().find(|coverage| coverage.id == id),
        Some(Pinned::Rank(rank, id)) => paying
            .iter()
            .find(|coverage| coverage.rank == rank)
            .copied()
            .or_else(|| coverages.iter().find(|coverage| coverage.id == id)),
    };
    chosen.cloned().ok_or_else(|| {
        Error::refused("No coverage was in force on the date of service. Enter it, or bill the patient as self-pay.")
    })
}
