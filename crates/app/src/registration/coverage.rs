//! Coverages: effective-dated, versioned, ranked. A change is a new version; what claims were made from stays.

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::coverage::{Coverage, CoverageRank, MedicareSecondaryType, Relationship, Subscriber};
use billing::identifier::MemberId;
use billing::patient::Patient;
use billing::work::{WorkLinks, WorkReason};
use billing::{CoverageId, PatientId, PayerId};
use jiff::Timestamp;
use jiff::civil::Date;
use store::claim::DECIDED_CLAIMS_OF_PATIENT;
use store::hands::VISITS_WITH_CLAIMS_AFTER_OTHERS;
use store::registration as rows;
use store::{Db, Tx, params};

use super::Registered;
use crate::Error;
use crate::access::allow;
use crate::worklist::{self, NewWork};
use crate::{charge_capture, claim_scrub, corrected_claim};

/// A coverage as entered from the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageData {
    /// Who adjudicates.
    pub payer_id: PayerId,
    /// Plan name on the card.
    pub plan_name: String,
    /// Group number; empty when none.
    pub group_number: String,
    /// Who pays first.
    pub rank: CoverageRank,
    /// What the patient is to the member.
    pub relationship: Relationship,
    /// Number on the card.
    pub member_id: MemberId,
    /// The member, where it is not the patient.
    pub subscriber: Option<Subscriber>,
    /// First covered day.
    pub effective_on: Date,
    /// Last covered day; open when none.
    pub ends_on: Option<Date>,
    /// The member id was filled in by an import.
    pub invented: bool,
    /// Why Medicare pays after another, where this is Medicare and it does.
    pub medicare_secondary: Option<MedicareSecondaryType>,
    /// Key in the system it was imported from.
    pub source_key: Option<String>,
}

/// Adds a coverage to a patient, or finds the one of the same source key. Visits that waited for a coverage are billed
/// to it, and claims held for data are scrubbed again.
///
/// # Errors
/// `Denied`; `NotFound` for patient or payer; `Invalid` for dates the wrong way round, a member that is missing, or a
/// second coverage of the same rank on the same days.
pub fn add_coverage(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient_id: PatientId,
    data: &CoverageData,
) -> Result<Registered<CoverageId>, Error> {
    allow(actor, Action::EditCoverage, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        if let Some(key) = &data.source_key
            && let Some((id,)) = tx.query_opt(&rows::COVERAGE_BY_SOURCE, params![patient_id, key.as_str()])?
        {
            return Ok(Registered::known(id));
        }
        let patient = rows::patient(tx, patient_id)?.ok_or(Error::NotFound("patient"))?;
        let id = CoverageId(tx.new_id());
        let coverage = coverage(id, 1, &patient, data)?;
        store_version(tx, &coverage, data)?;
        Ok(Registered::new(id))
    })
}

/// Changes a coverage: the next version. Claims that are not on their way yet are made from it; the others keep theirs.
///
/// # Errors
/// As [`add_coverage`].
pub fn change_coverage(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: CoverageId,
    data: &CoverageData,
) -> Result<(), Error> {
    allow(actor, Action::EditCoverage, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let before = rows::coverage(tx, id)?.ok_or(Error::NotFound("coverage"))?;
        let patient = rows::patient(tx, before.patient_id)?.ok_or(Error::NotFound("patient"))?;
        let mut next = coverage(id, before.version + 1, &patient, data)?;
        // The mark belongs to the member id: it goes when another is copied from the card.
        next.invented |= before.invented && next.subscriber.member_id == before.subscriber.member_id;
        if (Coverage { version: before.version, ..next.clone() }) == before {
            return Ok(());
        }
        store_version(tx, &next, data)
    })
}

/// Lets a coverage pay first: those before it that are in force on some of its days move back by one. Visits and claims
/// that no payer has follow the new order; of each that a payer decided, Tier 2 is told.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where it pays first already.
pub fn pay_first(db: &Db, actor: &Actor, practice: PracticeId, id: CoverageId) -> Result<PatientId, Error> {
    allow(actor, Action::EditCoverage, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let first = rows::coverage(tx, id)?.ok_or(Error::NotFound("coverage"))?;
        if first.rank == CoverageRank::Primary {
            return Err(Error::refused("This coverage pays first already; nothing was changed."));
        }
        let mut others = rows::coverages(tx, first.patient_id)?;
        others.retain(|other| other.id != id && meets(&first, other) && other.rank < first.rank);
        let (patient, days) = (first.patient_id, (first.effective_on, first.ends_on));
        let (mut moved, mut payers) = (Vec::new(), Vec::new());
        let moves = others.into_iter().map(|other| {
            let behind = match other.rank {
                CoverageRank::Primary => CoverageRank::Secondary,
                CoverageRank::Secondary | CoverageRank::Tertiary => CoverageRank::Tertiary,
            };
            (other, behind)
        });
        for (coverage, rank) in std::iter::once((first, CoverageRank::Primary)).chain(moves) {
            let next = Coverage { version: coverage.version + 1, rank, ..coverage };
            rows::insert_coverage(tx, &next, None)?;
            moved.push(next.id);
            payers.push(next.payer_id);
        }
        for id in &moved {
            let coverage = rows::coverage(tx, *id)?.ok_or(Error::NotFound("coverage"))?;
            refuse_overlap(tx, &coverage)?;
        }
        tx.audit("reorder coverages", "patient", patient, serde_json::json!({ "first": id }));
        // A claim after others says what those left in the old order.
        for (visit,) in tx.query(&VISITS_WITH_CLAIMS_AFTER_OTHERS, params![patient])? {
            let is_moved = |payer: PayerId| payers.contains(&payer);
            charge_capture::withdraw_after_others(tx, visit, is_moved, "the order of payers changed")?;
        }
        charge_capture::follow_coverages(tx, patient)?;
        claim_scrub::rescrub_held(tx, patient)?;
        tell_of_decided(tx, patient, &moved, days)?;
        Ok(patient)
    })
}

/// Work for each claim that its payer decided in another place of the order than it has now.
fn tell_of_decided(
    tx: &mut Tx,
    patient: PatientId,
    moved: &[CoverageId],
    (from, to): (Date, Option<Date>),
) -> Result<(), Error> {
    for row in tx.query(&DECIDED_CLAIMS_OF_PATIENT, params![patient, from, to.unwrap_or(Date::MAX)])? {
        if !moved.contains(&row.coverage_id) || corrected_claim::is_voided(tx, row.encounter_id, row.payer_id)? {
            continue;
        }
        let reason = WorkReason::PayerOrder;
        let work = NewWork {
            reason,
            subject_key: worklist::subject_key(reason, row.id),
            summary: format!("Claim {} was decided in another order of payers than now", row.control_number),
            links: WorkLinks {
                patient_id: Some(patient),
                encounter_id: Some(row.encounter_id),
                payer_id: Some(row.payer_id),
                ..WorkLinks::default()
            },
            money_at_stake: row.total_cents,
            deadline_on: None,
        };
        worklist::open(tx, work)?;
    }
    Ok(())
}

/// Every version of a coverage with the instant it was entered, oldest first.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn coverage_history(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: CoverageId,
) -> Result<Vec<(Coverage, Timestamp)>, Error> {
    allow(actor, Action::ViewPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let versions = read.query(&rows::COVERAGE_HISTORY, params![id])?;
        let latest = versions.last().ok_or(Error::NotFound("coverage"))?;
        read.saw("coverage", latest.0.0.patient_id);
        Ok(versions.into_iter().map(|(coverage, at)| (coverage.0, at)).collect())
    })
}

fn store_version(tx: &mut Tx, coverage: &Coverage, data: &CoverageData) -> Result<(), Error> {
    rows::payer(tx, coverage.payer_id)?.ok_or(Error::NotFound("payer"))?;
    refuse_overlap(tx, coverage)?;
    rows::insert_coverage(tx, coverage, data.source_key.as_deref())?;
    let detail = serde_json::json!({ "version": coverage.version, "payer": coverage.payer_id });
    tx.audit("save coverage", "patient", coverage.patient_id, detail);
    charge_capture::follow_coverages(tx, coverage.patient_id)?;
    claim_scrub::rescrub_held(tx, coverage.patient_id)
}

fn coverage(id: CoverageId, version: i32, patient: &Patient, data: &CoverageData) -> Result<Coverage, Error> {
    if data.ends_on.is_some_and(|end| end < data.effective_on) {
        return Err(Error::invalid(
            "last covered day",
            "The coverage ends before it begins; correct one of the dates.",
        ));
    }
    let subscriber = match (data.relationship, &data.subscriber) {
        (Relationship::SelfSubscriber, None) => Subscriber {
            name: patient.name.clone(),
            member_id: data.member_id.clone(),
            birth_date: patient.birth_date,
            gender: patient.gender,
            address: patient.address.clone(),
        },
        // A card may spell the patient's own name otherwise.
        (
            Relationship::SelfSubscriber | Relationship::Spouse | Relationship::Child | Relationship::Other,
            Some(member),
        ) => Subscriber { member_id: data.member_id.clone(), ..member.clone() },
        (Relationship::Spouse | Relationship::Child | Relationship::Other, None) => {
            return Err(Error::invalid("member", "Enter the member: the patient is said to be a family member."));
        }
    };
    Ok(Coverage {
        id,
        version,
        patient_id: patient.id,
        payer_id: data.payer_id,
        plan_name: data.plan_name.trim().to_owned(),
        group_number: data.group_number.trim().to_owned(),
        rank: data.rank,
        relationship: data.relationship,
        subscriber,
        effective_on: data.effective_on,
        ends_on: data.ends_on,
        invented: data.invented,
        medicare_secondary: data.medicare_secondary,
    })
}

/// Whether two coverages are in force on the same day.
fn meets(one: &Coverage, other: &Coverage) -> bool {
    one.ends_on.is_none_or(|end| other.effective_on <= end) && other.ends_on.is_none_or(|end| one.effective_on <= end)
}

/// Two coverages of one rank on one day leave open who pays first.
fn refuse_overlap(tx: &mut Tx, coverage: &Coverage) -> Result<(), Error> {
    let others = rows::coverages(tx, coverage.patient_id)?;
    if others.iter().any(|other| other.id != coverage.id && other.rank == coverage.rank && meets(coverage, other)) {
        return Err(Error::invalid(
            "rank",
            "Another coverage of this rank is in force on some of these days. End that one first, or choose another rank.",
        ));
    }
    Ok(())
}
