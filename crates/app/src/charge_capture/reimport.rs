//! A visit that an import brings again: lines that were not there are charged, or become work where the claim is on its way;
//! whatever else differs is told and nothing is changed. Never drops a difference, never charges a line twice.

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::charge::Charge;
use billing::encounter::imported::{ImportedLine, ImportedVisit, differences};
use billing::encounter::{Encounter, EncounterStatus};
use billing::work::{WorkLinks, WorkReason};
use billing::{EncounterId, Money};
use store::charge as rows;
use store::{Db, Tx};

use super::{Captured, NewService, NewVisit, already_there, capture_in, change, charges};
use crate::access::allow;
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, claim_scrub};

/// Something in which a visit differs from what was imported before, and was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The place of the service in the visit, from 0; none for the visit as a whole.
    pub service: Option<usize>,
    /// What differs; names codes and amounts, no people.
    pub problem: String,
    /// What to do next.
    pub remedy: String,
}

/// What an import made of one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedAgain {
    /// The visit, new or known.
    pub captured: Captured,
    /// Lines of a known visit that were charged now.
    pub added: usize,
    /// What differs and was not taken.
    pub differences: Vec<Difference>,
}

/// Stores many visits of an import in one transaction: all of them or none. Visits that were there are compared with what
/// was imported before.
///
/// # Errors
/// As for capturing a visit; the first visit that fails stops all.
pub fn import_visits(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    visits: &[NewVisit],
) -> Result<Vec<ImportedAgain>, Error> {
    allow(actor, Action::ImportCharges, &ResourceState::default())?;
    db.write(actor, practice, |tx| visits.iter().map(|visit| import_in(tx, visit)).collect())
}

fn import_in(tx: &mut Tx, visit: &NewVisit) -> Result<ImportedAgain, Error> {
    match already_there(tx, visit)? {
        Some(known) => again(tx, known, visit),
        None => Ok(ImportedAgain { captured: capture_in(tx, visit)?, added: 0, differences: Vec::new() }),
    }
}

/// The visit as the import brings it; prices as they were charged, where the charges are given.
pub(super) fn as_imported(visit: &NewVisit, charges: &[Charge]) -> ImportedVisit {
    let price = |place: usize, service: &NewService| charges.get(place).map(|charge| charge.amount).or(service.amount);
    let lines = visit.services.iter().enumerate().map(|(place, service)| ImportedLine {
        procedure: super::upper(&service.procedure),
        units: service.units,
        diagnosis_pointers: service.diagnosis_pointers.clone(),
        amount: price(place, service),
    });
    ImportedVisit {
        diagnoses: visit.diagnoses.iter().map(|code| codes::icd10cm::normalized(code)).collect(),
        prior_authorization: visit.prior_authorization.clone(),
        lines: lines.collect(),
    }
}

/// A visit whose import was not kept: what stands now is what was imported.
fn as_it_stands(encounter: &Encounter, charges: &[Charge]) -> ImportedVisit {
    let line = |charge: &Charge| ImportedLine {
        procedure: charge.procedure.clone(),
        units: charge.units,
        diagnosis_pointers: charge.diagnosis_pointers.clone(),
        amount: Some(charge.amount),
    };
    ImportedVisit {
        diagnoses: encounter.diagnoses.clone(),
        prior_authorization: encounter.prior_authorization.clone(),
        lines: charges.iter().map(line).collect(),
    }
}

fn again(tx: &mut Tx, captured: Captured, visit: &NewVisit) -> Result<ImportedAgain, Error> {
    let id = captured.encounter_id;
    let encounter = rows::encounter(tx, id)?.ok_or(Error::NotFound("visit"))?;
    let before = match &encounter.imported {
        Some(imported) => imported.clone(),
        None => as_it_stands(&encounter, &rows::charges(tx, id)?),
    };
    let now = as_imported(visit, &[]);
    let found = differences(&before, &now);
    let mut told = Vec::new();
    for (place, known) in &found.changed {
        if let (Some(now), Some(before)) = (now.lines.get(*place), before.lines.get(*known)) {
            told.push(changed_line(*place, before, now));
        }
    }
    for known in &found.gone {
        if let Some(before) = before.lines.get(*known) {
            told.push(of_visit(
                format!("{} was imported before and is not in the file any more", before.procedure.code),
                "It stays charged; take the line back on the codes page of the visit if it was not done",
            ));
        }
    }
    if found.diagnoses {
        told.push(of_visit(
            "the diagnoses differ from those imported before".to_owned(),
            "Nothing was changed; a coder changes them on the codes page of the visit",
        ));
    }
    if found.prior_authorization {
        told.push(of_visit(
            "the prior authorization differs from the one imported before".to_owned(),
            "Nothing was changed; change it on the page of the visit",
        ));
    }
    let mut added = 0;
    if !found.added.is_empty() {
        let services = found.added.iter().filter_map(|place| visit.services.get(*place).cloned()).collect();
        let late = NewVisit { services, ..visit.clone() };
        let mut imported = before;
        imported.lines.extend(found.added.iter().filter_map(|place| now.lines.get(*place).cloned()));
        if add(tx, encounter, &late, imported)? {
            added = found.added.len();
        } else {
            told.extend(found.added.iter().map(|place| Difference {
                service: Some(*place),
                problem: "the line is new, and the visit is with the payer, decided, or not billed".to_owned(),
                remedy: "It was not charged; Tier 2 has work to decide about it".to_owned(),
            }));
        }
    }
    Ok(ImportedAgain { captured, added, differences: told })
}

/// Charges late lines while the claim is here; else opens work about them. Says whether they were charged.
fn add(tx: &mut Tx, encounter: Encounter, late: &NewVisit, imported: ImportedVisit) -> Result<bool, Error> {
    let id = encounter.id;
    let first = rows::next_line_number(tx, id)?;
    let mut lines = charges(tx, id, late)?;
    for (charge, number) in lines.iter_mut().zip(first..) {
        charge.line_number = number;
        // The desk may have moved the visit to another day since.
        charge.date_of_service = encounter.date_of_service;
    }
    let is_here = match change::changeable(tx, id) {
        Ok(encounter) => encounter.status != EncounterStatus::NotBillable,
        Err(Error::Refused(_)) => false,
        Err(other) => return Err(other),
    };
    let known = imported.lines.len();
    let encounter = Encounter { imported: Some(imported), ..encounter };
    rows::save_encounter(tx, &encounter)?;
    if is_here {
        let before = rows::charges(tx, id)?;
        let after: Vec<Charge> = before.iter().chain(&lines).cloned().collect();
        change::save_charges(tx, &encounter, &before, &after)?;
        tx.audit("charge late lines", "encounter", id, serde_json::json!({ "lines": lines.len() }));
        claim_scrub::rescrub_held(tx, encounter.patient_id)?;
    } else {
        ask_about(tx, &encounter, &lines, known)?;
    }
    Ok(is_here)
}

fn ask_about(tx: &mut Tx, encounter: &Encounter, lines: &[Charge], known: usize) -> Result<(), Error> {
    let codes: Vec<&str> = lines.iter().map(|charge| charge.procedure.code.as_str()).collect();
    let money_at_stake: Money = lines.iter().map(|charge| charge.amount).sum();
    let visit: EncounterId = encounter.id;
    let work = NewWork {
        reason: WorkReason::LateCharge,
        // Each time that lines come late is a question of its own.
        subject_key: format!("{}:{known}", subject_key(WorkReason::LateCharge, visit)),
        summary: format!(
            "{} of {} came with a later import and is not charged: the visit was with the payer, decided, or not billed.",
            codes.join(", "),
            encounter.date_of_service
        ),
        links: WorkLinks { patient_id: Some(encounter.patient_id), encounter_id: Some(visit), ..WorkLinks::default() },
        money_at_stake,
        deadline_on: None,
    };
    worklist::open(tx, work)?;
    Ok(())
}

fn of_visit(problem: String, remedy: &str) -> Difference {
    Difference { service: None, problem, remedy: remedy.to_owned() }
}

fn changed_line(place: usize, before: &ImportedLine, now: &ImportedLine) -> Difference {
    let mut what = Vec::new();
    if before.procedure.modifiers != now.procedure.modifiers {
        what.push("modifiers".to_owned());
    }
    if before.units != now.units {
        what.push(format!("units {} before, {} now", before.units, now.units));
    }
    if before.diagnosis_pointers != now.diagnosis_pointers {
        what.push("diagnosis pointers".to_owned());
    }
    if let (Some(before), Some(now)) = (before.amount, now.amount)
        && before != now
    {
        what.push(format!("amount {before} before, {now} now"));
    }
    Difference {
        service: Some(place),
        problem: format!("{} differs from what was imported before ({})", now.procedure.code, what.join(", ")),
        remedy: "Nothing was changed; change it on the page of the visit, or by a corrected claim where it went out"
            .to_owned(),
    }
}
