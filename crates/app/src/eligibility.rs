//! Asking a payer whether coverage is active (270) and keeping what it answers (271). The question leaves with the
//! next delivery of files; the answer comes in like every other file.

use billing::access::{Action, Actor, ResourceState};
use billing::counting::counted;
use billing::eligibility::EligibilityStatus;
use billing::work::{WorkLinks, WorkReason};
use billing::{CoverageId, EligibilityId, Money, PatientId, PracticeId, SubmissionId};
use edi::eligibility::{EligibilityQuestion, Identity, ReadEligibility};
use jiff::civil::Date;
use store::clock::business_days_after;
use store::eligibility::{
    ANSWER_ELIGIBILITY, ELIGIBILITY_BY_TRACE, ELIGIBILITY_OF_PATIENT, EligibilityRow, UNANSWERED_ELIGIBILITY,
};
use store::registration::COVERAGE_VERSION;
use store::submission::SUBMISSION;
use store::{Db, Json, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::claim_acknowledgment::other_names;
use crate::claim_creation::three_letters;
use crate::claim_submission::{FileToSeal, answer_not_awaited, envelope, submission};
use crate::inbound::Taken;
use crate::worklist::{self, NewWork};

/// Answers shown of one patient.
const ANSWERS_SHOWN: i64 = 20;

/// Asks the payer of a coverage whether it is active on a day. The question is sealed and leaves with the next
/// delivery.
///
/// # Errors
/// `Denied`; `NotFound` for the patient or the coverage; `Refused` where the question cannot be written, or was asked in
/// the same words and may still be answered.
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
        let trace = format!("E{:09}{}", tx.next_number("eligibility")?, three_letters(tx));
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
        refuse_repetition(tx, (coverage.id, asked_for), edi::eligibility::asked(&bytes, &trace))?;
        let file = FileToSeal {
            kind: "270",
            envelope: &envelope,
            bytes,
            due_on: business_days_after(tx, tx.today(), 1)?,
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
            submission_id: Some(row.id),
        })?;
        tx.audit("ask_eligibility", "patient", patient.0, serde_json::json!({ "trace": trace }));
        Ok(id)
    })
}

/// Refuses a question that was asked in the same words and may still be answered. Other words are another question: the
/// card was read again.
fn refuse_repetition(
    tx: &mut Tx,
    (coverage, asked_for): (CoverageId, Date),
    says: Option<Identity>,
) -> Result<(), Error> {
    for row in tx.query(&UNANSWERED_ELIGIBILITY, params![coverage, asked_for])? {
        let Some(file) = row.submission_id else { continue };
        let sealed = tx.query_one(&SUBMISSION, params![file])?.bytes;
        if edi::eligibility::asked(&sealed, &row.trace) == says {
            answer_not_awaited(tx, file)?;
        }
    }
    Ok(())
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
pub(crate) fn take_answers(tx: &mut Tx, bytes: &[u8]) -> Result<Taken, Error> {
    let (mut stored, mut known, mut unknown, mut foreign) = (0, 0, 0, Vec::new());
    let answers = edi::eligibility::read(bytes);
    if answers.is_empty() {
        return Err(Error::refused(
            "The eligibility file answers no question (TRN). The payer refused it as a whole: read its reasons (AAA), then \
             ask again or call it.",
        ));
    }
    for mut read in answers {
        let Some(row) = tx.query_opt(&ELIGIBILITY_BY_TRACE, params![read.answer.trace])? else {
            unknown += 1;
            continue;
        };
        if let Some(difference) = difference(tx, &row, &read)? {
            foreign.push((row, difference));
            continue;
        }
        read.answer.asked_for = row.asked_for;
        let status = read.answer.status;
        let body = Some(Json(read.answer));
        let changed =
            tx.execute(&ANSWER_ELIGIBILITY, params![row.id, Some(tx.now()), status.as_str(), body, Some(read.raw)])?;
        stored += changed;
        known += usize::from(changed == 0);
        match status {
            EligibilityStatus::Inactive if changed > 0 => {
                worklist::open(tx, inactive(&row))?;
            }
            EligibilityStatus::Active | EligibilityStatus::Inactive | EligibilityStatus::Unknown => {}
        }
    }
    if let (true, Some((_, difference))) = (stored == 0 && known == 0, foreign.first()) {
        return Err(Error::refused(format!(
            "The eligibility answer is not one to our question: {difference}. Nothing of it was stored: compare it with \
             the card, ask again, or give the file back where it is another practice's."
        )));
    }
    let set_apart = foreign.len();
    for (row, difference) in foreign {
        worklist::open(tx, not_ours(&row, difference))?;
    }
    if stored == 0 && known == 0 && unknown > 0 {
        return Err(Error::refused(
            "The eligibility answers name no question of this practice (TRN02). Check whose mailbox the file came from.",
        ));
    }
    let apart = if set_apart > 0 {
        format!(" {set_apart} set apart: they do not match their questions.")
    } else {
        String::new()
    };
    let note = format!("Eligibility: {} stored, {unknown} not ours.{apart}", counted(stored, "answer"));
    Ok(Taken { note, news: usize::try_from(stored).unwrap_or(usize::MAX), left_out: None })
}

/// What an answer says otherwise than the sealed question whose trace it names: between whom it went, who asked, about
/// whom. None where it is the answer to it.
fn difference(tx: &mut Tx, row: &EligibilityRow, read: &ReadEligibility) -> Result<Option<&'static str>, Error> {
    let Some(submission) = row.submission_id else {
        return Ok(Some("the file that asked is not on record"));
    };
    let sealed = tx.query_one(&SUBMISSION, params![submission])?.bytes;
    let header = edi::acknowledgment::sealed_header(&sealed);
    let (Some(header), Some(asked)) = (header, edi::eligibility::asked(&sealed, &row.trace)) else {
        return Ok(Some("the file that asked cannot be read"));
    };
    let names = other_names(tx)?;
    let of_route = names.iter().filter(|(route, _)| *route == header.ends.receiver).map(|(_, name)| name.as_str());
    if !read.ends.answers(&header.ends, of_route) {
        return Ok(Some("it goes another way than our question (ISA06 and ISA08)"));
    }
    let (coverage,) = tx.query_one(&COVERAGE_VERSION, params![row.coverage_id, row.coverage_version])?;
    let payer = store::registration::payer(tx, coverage.0.payer_id)?;
    let other_ids = payer.map(|payer| payer.settings.remits_as).unwrap_or_default();
    Ok(asked.differs(&read.identity, &other_ids))
}

fn not_ours(row: &EligibilityRow, difference: &str) -> NewWork {
    NewWork {
        reason: WorkReason::FileSetApart,
        subject_key: worklist::subject_key(WorkReason::FileSetApart, row.id),
        summary: format!("An answer about coverage on {} was not stored: {difference}.", row.asked_for),
        links: WorkLinks { patient_id: Some(row.patient_id), ..WorkLinks::default() },
        money_at_stake: Money::ZERO,
        deadline_on: None,
    }
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
