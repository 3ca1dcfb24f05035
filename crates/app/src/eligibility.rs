//! Asking a payer whether coverage is active (270) and keeping what it answers (271). The question leaves with the
//! next delivery of files; the answer comes in like every other file.

use billing::access::{Action, Actor, ResourceState};
use billing::eligibility::EligibilityStatus;
use billing::work::calendar::add_business_days;
use billing::work::{WorkLinks, WorkReason};
use billing::{CoverageId, EligibilityId, Money, PatientId, PracticeId, SubmissionId};
use edi::eligibility::EligibilityQuestion;
use jiff::civil::Date;
use store::eligibility::{ANSWER_ELIGIBILITY, ELIGIBILITY_BY_TRACE, ELIGIBILITY_OF_PATIENT, EligibilityRow};
use store::{Db, Json, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::claim_submission::{FileToSeal, envelope, submission};
use crate::worklist::{self, NewWork};

/// Answers shown of one patient.
const ANSWERS_SHOWN: i64 = 20;

/// Asks the payer of a coverage whether it is active on a day. The question is sealed and leaves with the next
/// delivery.
///
/// # Errors
/// `Denied`; `NotFound` for the patient or the coverage; `Refused` where the question cannot be written.
pub fn ask(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    coverage: CoverageId,
    asked_for: Date,
) -> Result<EligibilityId, Error> {
    allow(actor, Action::VerifyInsurance, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let house = store::registration::practice(tx)?.ok_or(Error::NotFound("practice"))?;
        let who = store::registration::patient(tx, patient)?.ok_or(Error::NotFound("patient"))?;
        let coverage = store::registration::coverage(tx, coverage)?
            .filter(|coverage| coverage.patient_id == patient)
            .ok_or(Error::NotFound("coverage"))?;
        let payer = store::registration::payer(tx, coverage.payer_id)?.ok_or(Error::NotFound("payer"))?;
        let trace = format!("E{:09}", tx.next_number("eligibility")?);
        let envelope = envelope(tx, &house, &payer.settings.route)?;
        let question = EligibilityQuestion {
            billing: &house.billing,
            payer_name: &payer.name,
            payer_identifier: &payer.payer_identifier,
            coverage: &coverage,
            patient: &who,
            asked_for,
            trace: &trace,
        };
        let bytes = edi::eligibility::write(&question, &envelope).map_err(|why| Error::refused(why.to_string()))?;
        let file = FileToSeal {
            kind: "270",
            envelope: &envelope,
            bytes,
            due_on: add_business_days(tx.today(), 1, &[]),
            total: Money::ZERO,
            claims: 0,
        };
        let row = submission(tx, SubmissionId(tx.new_id()), file);
        tx.insert(&row)?;
        let id = EligibilityId(tx.new_id());
        tx.insert(&EligibilityRow {
            id,
            patient_id: patient,
            coverage_id: coverage.id,
            coverage_version: coverage.version,
            asked_for,
            asked_at: tx.now(),
            trace: trace.clone(),
            answered_at: None,
            status: "asked".to_owned(),
            body: None,
            raw: None,
        })?;
        tx.audit("ask_eligibility", "patient", patient.0, serde_json::json!({ "trace": trace }));
        Ok(id)
    })
}

/// What is known of a patient's coverages, the latest question first.
///
/// # Errors
/// `Denied` without the right to see the patient.
pub fn of_patient(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
) -> Result<Vec<EligibilityRow>, Error> {
    allow(actor, Action::ViewPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        read.saw("eligibility", patient);
        Ok(read.query(&ELIGIBILITY_OF_PATIENT, params![patient, ANSWERS_SHOWN])?)
    })
}

/// Stores the answers of a 271; a sentence says what they were.
pub(crate) fn take_answers(tx: &mut Tx, bytes: &[u8]) -> Result<String, Error> {
    let (mut stored, mut unknown) = (0, 0);
    for mut read in edi::eligibility::read(bytes) {
        let Some(row) = tx.query_opt(&ELIGIBILITY_BY_TRACE, params![read.answer.trace])? else {
            unknown += 1;
            continue;
        };
        read.answer.asked_for = row.asked_for;
        let status = read.answer.status;
        let body = Some(Json(read.answer));
        let changed =
            tx.execute(&ANSWER_ELIGIBILITY, params![row.id, Some(tx.now()), status.as_str(), body, Some(read.raw)])?;
        stored += changed;
        match status {
            EligibilityStatus::Inactive if changed > 0 => {
                worklist::open(tx, inactive(&row))?;
            }
            EligibilityStatus::Active | EligibilityStatus::Inactive | EligibilityStatus::Unknown => {}
        }
    }
    if stored == 0 && unknown > 0 {
        return Err(Error::refused(
            "The eligibility answers name no question of this practice (TRN02). Check whose mailbox the file came from.",
        ));
    }
    Ok(format!("Eligibility: {stored} answers stored, {unknown} not ours."))
}

fn inactive(row: &EligibilityRow) -> NewWork {
    NewWork {
        reason: WorkReason::EligibilityInactive,
        subject_key: worklist::subject_key(WorkReason::EligibilityInactive, row.coverage_id),
        summary: format!("The payer says the coverage is not active on {}.", row.asked_for),
        links: WorkLinks { patient_id: Some(row.patient_id), ..WorkLinks::default() },
        money_at_stake: Money::ZERO,
        deadline_on: None,
    }
}
