//! The questions that tell who pays before Medicare: asked at the front desk, kept with the day and who asked, and held
//! against the coverages on file. Changes no coverage by itself: the answer says what to change.

use billing::access::{Action, Actor, ResourceState};
use billing::coverage::{Coverage, CoverageRank, in_force};
use billing::medicare_questions::{ASK_AGAIN_DAYS, Answers};
use billing::payer::is_medicare;
use billing::{CoverageId, MedicareQuestionsId, PatientId, PayerId, PracticeId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::medicare_questions::{LATEST_MEDICARE_QUESTIONS, MedicareQuestionsRow};
use store::registration as rows;
use store::{Conn, Db, Json, params};

use crate::Error;
use crate::access::allow;

/// What a patient answered last, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The answers.
    pub answers: Answers,
    /// When.
    pub on: Date,
    /// Who asked; the log-in name.
    pub by: String,
    /// So long ago that they are asked again.
    pub is_old: bool,
}

/// Who pays before Medicare for a patient, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MedicareOrder {
    /// What was answered; nothing where nobody asked yet.
    pub answered: Option<Answered>,
    /// The Medicare coverage in force, where there is one.
    pub medicare: Option<CoverageId>,
    /// Where the coverages on file do not agree with the answers: what to change.
    pub to_mend: Option<String>,
}

/// Keeps what a patient answered.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for answers from which nothing can be decided.
pub fn answer(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    answers: &Answers,
) -> Result<(), Error> {
    allow(actor, Action::EditCoverage, &ResourceState::default())?;
    answers.checked().map_err(|(field, problem)| Error::invalid(field, problem))?;
    db.write(actor, practice, |tx| {
        rows::patient(tx, patient)?.ok_or(Error::NotFound("patient"))?;
        let row = MedicareQuestionsRow {
            id: MedicareQuestionsId(tx.new_id()),
            patient_id: patient,
            answered_on: tx.today(),
            asked_by: tx.actor().user,
            asked_by_login: tx.actor().login.clone(),
            body: Json(answers.clone()),
        };
        tx.insert(&row)?;
        tx.audit("ask who pays before Medicare", "patient", patient, serde_json::json!({}));
        Ok(())
    })
}

/// What is known of who pays before Medicare.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn order(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<MedicareOrder, Error> {
    allow(actor, Action::EditCoverage, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        rows::patient(read, patient)?.ok_or(Error::NotFound("patient"))?;
        read.saw("medicare questions", patient);
        order_in(read, patient)
    })
}

fn order_in(conn: &Conn, patient: PatientId) -> Result<MedicareOrder, Error> {
    let today = conn.today();
    let row = conn.query_opt(&LATEST_MEDICARE_QUESTIONS, params![patient])?;
    let coverages = rows::coverages(conn, patient)?;
    let in_force = in_force(&coverages, today);
    let mut medicare = None;
    for coverage in &in_force {
        if is_of_medicare(conn, coverage.payer_id)? {
            medicare = Some(*coverage);
            break;
        }
    }
    let answered = row.map(|row| Answered {
        is_old: row.answered_on.saturating_add(ASK_AGAIN_DAYS.days()) < today,
        answers: row.body.0,
        on: row.answered_on,
        by: row.asked_by_login,
    });
    let to_mend =
        answered.as_ref().zip(medicare).and_then(|(said, medicare)| to_mend(&said.answers, medicare, &in_force));
    Ok(MedicareOrder { answered, medicare: medicare.map(|coverage| coverage.id), to_mend })
}

fn is_of_medicare(conn: &Conn, payer: PayerId) -> Result<bool, Error> {
    Ok(rows::payer(conn, payer)?.is_some_and(|payer| is_medicare(&payer.filing_indicator)))
}

/// What on file does not go with the answers.
fn to_mend(answers: &Answers, medicare: &Coverage, in_force: &[&Coverage]) -> Option<String> {
    let before = answers.before_medicare();
    let Some(first) = before.first() else {
        return (medicare.rank != CoverageRank::Primary || medicare.medicare_secondary.is_some()).then(|| {
            "By these answers Medicare pays first, and on file it does not. Let it pay first, and take the reason off its \
             coverage."
                .to_owned()
        });
    };
    if in_force.len() <= before.len() {
        return Some(format!(
            "By these answers {} goes before Medicare, and no coverage on file says so. Enter that coverage and let it \
             pay first.",
            first.words()
        ));
    }
    if medicare.rank == CoverageRank::Primary {
        return Some("By these answers another pays before Medicare. Let that coverage pay first.".to_owned());
    }
    // The reason on the claim is that of the payer right before.
    let said = medicare.medicare_secondary;
    (!before.iter().any(|kind| Some(*kind) == said)).then(|| {
        format!("The coverage does not say why Medicare pays later: choose {} ({}).", first.words(), first.code())
    })
}
