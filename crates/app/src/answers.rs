//! The eight questions of the field, each answered from data: words in English and Spanish that may be read aloud, sent or
//! printed, the figures behind them to the same total, and what may be done next. Nothing is answered before two
//! identifiers matched.

mod steps;
mod words;

use billing::access::{Action, Actor, ResourceState};
use billing::contact::Purpose;
use billing::explain::Language;
use billing::interaction::{Audience, Direction};
use billing::question::Question;
use billing::work::inquiry::{Channel, Inquiry};
use billing::{InquiryId, InteractionId, Money, PatientId, PracticeId};
use jiff::civil::Date;
use store::patient_account::CLAIM_PROOFS;
use store::patient_statement::PRACTICE_BODY;
use store::views::patients::{COVERAGES_VIEW, ELIGIBILITY_VIEW};
use store::{Db, params};

pub use steps::Step;
use words::{Facts, Words};

use crate::Error;
use crate::access::allow;
use crate::inquiry;
use crate::interaction::{self, NewInteraction};
use crate::patient_account::account_in;
use crate::patient_payment::letterhead;

/// An answer in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// Sentences that may be read aloud.
    pub say: Vec<String>,
    /// The figures behind the words, line by line.
    pub lines: Vec<Figure>,
    /// What the lines add up to, with its words; none where they are no sum.
    pub total: Option<(String, Money)>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question; none where it asks for a decision.
    pub question: Option<Question>,
    /// In English.
    pub english: Wording,
    /// In Spanish.
    pub spanish: Wording,
    /// The language of the patient's letters.
    pub letters: Language,
    /// What may be done next.
    pub steps: Vec<Step>,
}

impl Answer {
    /// The answer in a language.
    pub fn wording(&self, language: Language) -> &Wording {
        match language {
            Language::English => &self.english,
            Language::Spanish => &self.spanish,
        }
    }
}

/// A figure behind an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is.
    pub label: String,
    /// How much.
    pub amount: Money,
    /// The day it belongs to, where it has one.
    pub on: Option<Date>,
}

/// Answers an inquiry's own question from the caller's account.
///
/// # Errors
/// `Refused` before an account was chosen and two identifiers matched; `NotFound`; `Denied`.
pub fn answer(db: &Db, actor: &Actor, practice: PracticeId, id: InquiryId) -> Result<Answer, Error> {
    let (inquiry, _) = inquiry::show(db, actor, practice, id)?;
    let patient = verified_patient(&inquiry)?;
    for_patient(db, actor, practice, patient, Question::of(inquiry.reason))
}

/// Answers any of the eight questions for the caller of an inquiry.
///
/// # Errors
/// As [`answer`].
pub fn answer_to(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: InquiryId,
    question: Question,
) -> Result<(Inquiry, PatientId, Answer), Error> {
    let (inquiry, _) = inquiry::show(db, actor, practice, id)?;
    let patient = verified_patient(&inquiry)?;
    let answer = for_patient(db, actor, practice, patient, Some(question))?;
    Ok((inquiry, patient, answer))
}

fn verified_patient(inquiry: &Inquiry) -> Result<PatientId, Error> {
    match inquiry.patient_id {
        Some(patient) if inquiry.is_verified() => Ok(patient),
        Some(_) | None => Err(Error::refused(
            "Find the account and verify two identifiers first: ask for the birth date and the account number.",
        )),
    }
}

/// Answers one question for an account whose caller is known; none asks for a decision, which a colleague makes.
///
/// # Errors
/// `NotFound`; `Denied` without the right to answer inquiries.
pub fn for_patient(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    question: Option<Question>,
) -> Result<Answer, Error> {
    allow(actor, Action::AnswerInquiry, &ResourceState::default())?;
    let facts = db.read::<_, Error>(actor, practice, |read| {
        let account = account_in(read, patient)?;
        read.saw("account", patient);
        Ok(Facts {
            account,
            coverages: read.query(&COVERAGES_VIEW, params![patient])?,
            eligibility: read.query(&ELIGIBILITY_VIEW, params![patient])?,
            proofs: read.query(&CLAIM_PROOFS, params![patient])?,
        })
    })?;
    let in_words = |language| match question {
        Some(question) => Words(language).answer(question, &facts),
        None => Words(language).escalate(),
    };
    Ok(Answer {
        question,
        english: in_words(Language::English),
        spanish: in_words(Language::Spanish),
        letters: facts.account.language(),
        steps: question.map(|question| steps::after(question, actor, &facts.account)).unwrap_or_default(),
    })
}

/// An answer as a letter, in a language: the same words and figures as on the page.
///
/// # Errors
/// As [`answer`].
pub fn letter(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: InquiryId,
    (question, language): (Question, Language),
) -> Result<Vec<u8>, Error> {
    let (_, patient, answer) = answer_to(db, actor, practice, id, question)?;
    let wording = answer.wording(language);
    let letter = db.read::<_, Error>(actor, practice, |read| {
        let account = account_in(read, patient)?;
        Ok(documents::Letter {
            language,
            practice: letterhead(&read.query_one(&PRACTICE_BODY, params![])?.body.0),
            addressee: account.patient.name.clone(),
            address: account.patient.address.clone(),
            account_number: account.patient.account_number.clone(),
            written_on: read.today(),
            title: question.words(language).to_owned(),
            paragraphs: wording.say.clone(),
            lines: wording.lines.iter().map(|line| (line.label.clone(), line.amount)).collect(),
            total: wording.total.clone(),
        })
    })?;
    documents::letter(&letter).map_err(|error| Error::refused(format!("{error}.")))
}

/// Notes that an answer was sent: as a letter, or as an e-mail that says nothing but that there is an answer.
///
/// # Errors
/// As [`answer`]; `Refused` where the governor says no.
pub fn sent(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: InquiryId,
    (question, channel): (Question, Channel),
) -> Result<InteractionId, Error> {
    let (inquiry, patient, _) = answer_to(db, actor, practice, id, question)?;
    let by = channel.label().to_lowercase();
    let new = NewInteraction {
        patient_id: Some(patient),
        inquiry_id: Some(id),
        purpose: Purpose::Reply,
        audience: Audience::Patient,
        verified: inquiry.verified.clone(),
        note: format!("The answer to “{}” went out by {by}.", question.label()),
        ..NewInteraction::with_patient(channel, Direction::Out)
    };
    interaction::log(db, actor, practice, &new)
}

/// The e-mail that tells of an answer: nothing in it says who was treated, by whom, or for what.
pub fn mail(practice_phone: &str, language: Language) -> String {
    match language {
        Language::English => format!(
            "You asked us a question and we have an answer. Please call us at {practice_phone} or look in the portal. We send \
             nothing about you by e-mail."
        ),
        Language::Spanish => format!(
            "Usted nos hizo una pregunta y tenemos la respuesta. Llámenos al {practice_phone} o vea el portal. No enviamos \
             nada sobre usted por correo electrónico."
        ),
    }
}
