//! Questions from outside: log, find the account, check two identifiers before anything of it shows, answer from one
//! screen, or escalate with a handover.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect};
use billing::access::{Action, ResourceState};
use billing::counting::counted;
use billing::question::Question;
use billing::work::Handover;
use billing::work::inquiry::{Channel, Identifier, Inquiry, InquiryReason};
use billing::{InquiryId, PatientId};
use serde::Deserialize;
use store::inquiry::FoundPatient;
use store::views::inquiries::InquiryListRow;
use store::views::patients::EligibilityViewRow;

use super::chips::{self, Chip};
use super::page::{Page, Shell, go, show as render, show_told};
use super::refusal::{Refusal, Told};
use super::session::{Id, SignedIn};
use super::work::{Typed, handover};
use super::{Desk, filters};
use app::answers::Answer;
use app::inquiry::{Claimed, Hand, NewInquiry};
use app::patient_account::PatientAccount;

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// What was typed to find the account. Often a name, so it never stands in an address.
#[derive(Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

/// What the forms of an inquiry hold; each form sends its own fields.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Said {
    channel: String,
    reason: String,
    question: String,
    patient_id: Option<PatientId>,
    name: String,
    birth_date: String,
    account_number: String,
    phone: String,
    zip: String,
    member_id_ending: String,
    answer: String,
}

#[derive(Template)]
#[template(path = "inquiries/index.html")]
struct InquiriesPage {
    shell: Shell,
    rows: Vec<InquiryListRow>,
    may_allow_checks: bool,
}

#[derive(Template)]
#[template(path = "inquiries/new.html")]
struct NewPage {
    shell: Shell,
    said: Said,
    problem: Option<(String, String)>,
}

/// What may be shown after two identifiers matched.
struct Known {
    account: PatientAccount,
    eligibility: Vec<(Chip, EligibilityViewRow)>,
    suggestion: String,
    /// The answer to the question, in both languages, with its figures and next steps.
    answer: Answer,
}

/// What the handover form reads: what was typed, or else what is known already.
struct Pane {
    typed: Typed,
    drafted: Handover,
}

#[derive(Template)]
#[template(path = "inquiries/show.html")]
struct InquiryPage {
    shell: Shell,
    inquiry: Inquiry,
    state: String,
    typed_search: String,
    found: Vec<FoundPatient>,
    chosen: Option<PatientId>,
    matched: Vec<&'static str>,
    known: Option<Known>,
    said: Said,
    pane: Pane,
    problem: Option<(String, String)>,
    above: Option<String>,
    /// In whose hand it is, while it is not answered.
    hand: Option<Hand>,
    is_mine: bool,
    /// The desk that has it is one this person may look at.
    may_see_item: bool,
}

/// The list.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let rows = desk.read(&who.actor, |read| Ok(store::views::inquiries::list(read)?)).await?;
    let may_allow_checks = who.may(Action::AllowIdentityChecks);
    let shell = Shell::new(&desk, &who, "/inquiries").after(asked.done.as_deref());
    render(&InquiriesPage { shell, rows, may_allow_checks })
}

/// The form of a new inquiry.
pub async fn new(State(desk): State<Desk>, who: SignedIn) -> Page {
    let shell = Shell::new(&desk, &who, "/inquiries");
    render(&NewPage { shell, said: Said { channel: "phone".into(), ..Said::default() }, problem: None })
}

/// Logs an inquiry.
pub async fn create(State(desk): State<Desk>, who: SignedIn, Form(said): Form<Said>) -> Page {
    let (Some(channel), Some(reason)) = (Channel::parse(&said.channel), InquiryReason::parse(&said.reason)) else {
        let problem = Some(("reason".to_owned(), "Choose what it is about.".to_owned()));
        return show_told(Told::of(&problem), &NewPage { shell: Shell::new(&desk, &who, "/inquiries"), said, problem });
    };
    let actor = who.actor.clone();
    let new = NewInquiry { channel, reason, patient_id: None, question: said.question.clone() };
    match desk.blocking(move |db, practice| app::inquiry::log(db, &actor, practice, new)).await {
        Ok(id) if who.may(Action::AnswerInquiry) => go(&format!("/inquiries/{id}"), "logged"),
        // Whoever logs without answering goes on where they may.
        Ok(_) => go("/inquiries", "logged"),
        Err(refusal) => {
            let problem = Some(refusal.for_form()?);
            show_told(Told::of(&problem), &NewPage { shell: Shell::new(&desk, &who, "/inquiries"), said, problem })
        }
    }
}

/// One inquiry.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(id): Id<InquiryId>, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, id, Filled { done: asked.done, ..Filled::default() }).await
}

/// Finds the account that it is about.
pub async fn search(State(desk): State<Desk>, who: SignedIn, Id(id): Id<InquiryId>, Form(typed): Form<Search>) -> Page {
    page(&desk, &who, id, Filled { search: typed.q, ..Filled::default() }).await
}

/// Compares what the caller says with the account.
pub async fn verify(State(desk): State<Desk>, who: SignedIn, Id(id): Id<InquiryId>, Form(said): Form<Said>) -> Page {
    let actor = who.actor.clone();
    let patient = said.patient_id.ok_or(Refusal::Absent)?;
    let claimed = Claimed {
        name: said.name.clone(),
        birth_date: said.birth_date.clone(),
        account_number: said.account_number.clone(),
        phone: said.phone.clone(),
        zip: said.zip.clone(),
        member_id_ending: said.member_id_ending.clone(),
    };
    let check = desk
        .blocking(move |db, practice| app::inquiry::verify_identity(db, &actor, practice, id, patient, &claimed))
        .await;
    let check = match check.map_err(Refusal::for_form) {
        Ok(check) => check,
        Err(problem) => {
            return page(&desk, &who, id, Filled { said, problem: Some(problem?), ..Filled::default() }).await;
        }
    };
    if check.verified {
        return go(&format!("/inquiries/{id}"), "verified");
    }
    let problem = match check.left {
        0 => return page(&desk, &who, id, Filled::default()).await,
        left => format!(
            "{} of 2 identifiers match. Ask for another one; say nothing about the account before two match. {} more \
             may fail.",
            check.matched.len(),
            counted(left, "check")
        ),
    };
    page(&desk, &who, id, Filled { said, problem: Some((String::new(), problem)), ..Filled::default() }).await
}

/// Allows further checks of an inquiry in which too many failed.
pub async fn allow_checks(State(desk): State<Desk>, who: SignedIn, Id(id): Id<InquiryId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::inquiry::allow_checks(db, &actor, practice, id)).await?;
    go("/inquiries", "checks-allowed")
}

/// Writes down the answer.
pub async fn answer(State(desk): State<Desk>, who: SignedIn, Id(id): Id<InquiryId>, Form(said): Form<Said>) -> Page {
    let (actor, words) = (who.actor.clone(), said.answer.clone());
    let done = desk.blocking(move |db, practice| app::inquiry::answer(db, &actor, practice, id, &words)).await;
    match done.map_err(Refusal::for_form) {
        Ok(()) => go("/inquiries", "answered"),
        Err(problem) => page(&desk, &who, id, Filled { said, problem: Some(problem?), ..Filled::default() }).await,
    }
}

/// Passes it up with a handover.
pub async fn escalate(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<InquiryId>,
    Form(typed): Form<Typed>,
) -> Page {
    let (actor, handover) = (who.actor.clone(), handover(&typed));
    let done = desk.blocking(move |db, practice| app::inquiry::escalate(db, &actor, practice, id, handover)).await;
    match done.map(|_| ()).map_err(Refusal::for_form) {
        Ok(()) => Ok(Redirect::to("/inquiries?done=escalated").into_response()),
        Err(problem) => page(&desk, &who, id, Filled { typed, problem: Some(problem?), ..Filled::default() }).await,
    }
}

/// What the page's forms hold when it is shown again.
#[derive(Default)]
struct Filled {
    done: Option<String>,
    search: String,
    said: Said,
    typed: Typed,
    problem: Option<(String, String)>,
}

async fn page(desk: &Desk, who: &SignedIn, id: InquiryId, filled: Filled) -> Page {
    let Filled { done, search: typed_search, said, typed, problem } = filled;
    let (actor, search) = (who.actor.clone(), typed_search.clone());
    let (inquiry, state, hand, found, known) = desk
        .blocking(move |db, practice| {
            let (inquiry, state) = app::inquiry::show(db, &actor, practice, id)?;
            let hand = app::inquiry::hand(db, &actor, practice, id)?;
            let found = match search.trim() {
                "" => Vec::new(),
                search => app::inquiry::find(db, &actor, practice, search)?,
            };
            let known = match inquiry.patient_id.filter(|_| inquiry.is_verified()) {
                Some(patient) => {
                    let account = app::patient_account::account(db, &actor, practice, patient)?;
                    let beside = db.read(&actor, practice, |read| {
                        store::views::patients::get(read, patient)?.ok_or(app::Error::NotFound("patient"))
                    })?;
                    let answer =
                        app::answers::for_patient(db, &actor, practice, patient, Question::of(inquiry.reason))?;
                    Some((account, beside.eligibility, answer))
                }
                None => None,
            };
            Ok((inquiry, state, hand, found, known))
        })
        .await?;
    let known = known.map(|(account, eligibility, answer)| Known {
        suggestion: answer.english.say.join(" "),
        answer,
        eligibility: eligibility.into_iter().map(|row| (chips::coverage(&row.status), row)).collect(),
        account,
    });
    let escalation = who.why_not(Action::EscalateWork, &ResourceState::default());
    show_told(
        Told::of(&problem),
        &InquiryPage {
            shell: Shell::new(desk, who, "/inquiries").after(done.as_deref()),
            matched: inquiry.verified.iter().map(|identifier| identifier_words(*identifier)).collect(),
            chosen: said.patient_id.or(inquiry.patient_id),
            above: escalation,
            is_mine: hand.as_ref().is_some_and(|hand| hand.item.owner == Some(who.actor.user)),
            may_see_item: hand.as_ref().is_some_and(|hand| app::worklist::may_see(&who.actor, hand.item.desk)),
            hand,
            typed_search,
            pane: Pane { typed, drafted: drafted(&inquiry, known.as_ref()) },
            inquiry,
            state,
            found,
            known,
            said,
            problem,
        },
    )
}

/// The handover as far as the inquiry shows it: the question, who was identified how, what the books say.
fn drafted(inquiry: &Inquiry, known: Option<&Known>) -> Handover {
    let matched: Vec<&str> = inquiry.verified.iter().map(|identifier| identifier_words(*identifier)).collect();
    let Some(known) = known else { return Handover { problem: inquiry.question.clone(), ..Handover::default() } };
    Handover {
        problem: inquiry.question.clone(),
        tried: format!("Identity checked with {}; read out what the books say.", matched.join(" and ")),
        evidence: known.suggestion.clone(),
        ..Handover::default()
    }
}

fn identifier_words(identifier: Identifier) -> &'static str {
    match identifier {
        Identifier::Name => "name",
        Identifier::BirthDate => "date of birth",
        Identifier::AccountNumber => "account number",
        Identifier::Phone => "telephone",
        Identifier::Zip => "ZIP code",
        Identifier::MemberIdEnding => "end of the member id",
    }
}

impl InquiryPage {
    /// Whether the answer is this person's to give.
    fn may_answer(&self) -> bool {
        self.hand.as_ref().is_none_or(|hand| hand.may_work)
    }
}

impl InquiryPage {
    fn questions() -> &'static [Question] {
        Question::ALL
    }
}

impl NewPage {
    fn channels() -> &'static [Channel] {
        Channel::ALL
    }

    fn reasons() -> &'static [InquiryReason] {
        InquiryReason::ALL
    }
}
