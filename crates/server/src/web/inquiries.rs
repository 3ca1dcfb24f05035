//! Questions from outside: log, find the account, check two identifiers before anything of it shows, answer from one
//! screen, or escalate with a handover.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect};
use billing::access::{Action, ResourceState};
use billing::work::inquiry::{Channel, Identifier, Inquiry, InquiryReason};
use billing::{InquiryId, PatientId};
use serde::Deserialize;
use store::inquiry::FoundPatient;
use store::views::inquiries::InquiryListRow;
use store::views::patients::EligibilityViewRow;

use super::chips::{self, Chip};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::work::{Typed, handover};
use super::{Desk, filters};
use app::inquiry::{Claimed, NewInquiry};
use app::patient_account::PatientAccount;

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    done: Option<String>,
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
}

/// The handover form of the shared template reads `pane.typed`.
struct Pane {
    typed: Typed,
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
}

/// The list.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let rows = desk.read(&who.actor, |read| Ok(store::views::inquiries::list(read)?)).await?;
    render(&InquiriesPage { shell: Shell::new(&desk, &who, "/inquiries").after(asked.done.as_deref()), rows })
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
        return render(&NewPage { shell: Shell::new(&desk, &who, "/inquiries"), said, problem });
    };
    let actor = who.actor.clone();
    let new = NewInquiry { channel, reason, patient_id: None, question: said.question.clone() };
    match desk.blocking(move |db, practice| app::inquiry::log(db, &actor, practice, new)).await {
        Ok(id) => go(&format!("/inquiries/{id}"), "logged"),
        Err(refusal) => {
            let problem = Some(refusal.for_form()?);
            render(&NewPage { shell: Shell::new(&desk, &who, "/inquiries"), said, problem })
        }
    }
}

/// One inquiry.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(id): Id<InquiryId>, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, id, asked, Said::default(), Typed::default(), None).await
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
        .await?;
    if check.verified {
        return go(&format!("/inquiries/{id}"), "verified");
    }
    let problem = format!(
        "{} of 2 identifiers match. Ask for another one; say nothing about the account before two match.",
        check.matched.len()
    );
    let asked = Asked { q: String::new(), done: None };
    page(&desk, &who, id, asked, said, Typed::default(), Some((String::new(), problem))).await
}

/// Writes down the answer.
pub async fn answer(State(desk): State<Desk>, who: SignedIn, Id(id): Id<InquiryId>, Form(said): Form<Said>) -> Page {
    let (actor, words) = (who.actor.clone(), said.answer.clone());
    let done = desk.blocking(move |db, practice| app::inquiry::answer(db, &actor, practice, id, &words)).await;
    match done.map_err(Refusal::for_form) {
        Ok(()) => go("/inquiries", "answered"),
        Err(problem) => {
            let asked = Asked { q: String::new(), done: None };
            page(&desk, &who, id, asked, said, Typed::default(), Some(problem?)).await
        }
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
        Err(problem) => {
            let asked = Asked { q: String::new(), done: None };
            page(&desk, &who, id, asked, Said::default(), typed, Some(problem?)).await
        }
    }
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    id: InquiryId,
    asked: Asked,
    said: Said,
    typed: Typed,
    problem: Option<(String, String)>,
) -> Page {
    let (actor, search) = (who.actor.clone(), asked.q.clone());
    let (inquiry, state, found, known) = desk
        .blocking(move |db, practice| {
            let (inquiry, state) = app::inquiry::show(db, &actor, practice, id)?;
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
                    Some((account, beside.eligibility))
                }
                None => None,
            };
            Ok((inquiry, state, found, known))
        })
        .await?;
    let known = known.map(|(account, eligibility)| Known {
        suggestion: suggestion(inquiry.reason, &account, &eligibility),
        eligibility: eligibility.into_iter().map(|row| (chips::coverage(&row.status), row)).collect(),
        account,
    });
    let escalation = who.why_not(Action::EscalateWork, &ResourceState::default());
    render(&InquiryPage {
        shell: Shell::new(desk, who, "/inquiries").after(asked.done.as_deref()),
        matched: inquiry.verified.iter().map(|identifier| identifier_words(*identifier)).collect(),
        chosen: said.patient_id.or(inquiry.patient_id),
        above: escalation,
        typed_search: asked.q,
        pane: Pane { typed },
        inquiry,
        state,
        found,
        known,
        said,
        problem,
    })
}

/// Words to begin the answer with, from the account itself.
fn suggestion(reason: InquiryReason, account: &PatientAccount, eligibility: &[EligibilityViewRow]) -> String {
    let owed = || account.visits.iter().filter(|visit| visit.decided && visit.standing.patient_owes.is_positive());
    match reason {
        InquiryReason::BillExplanation | InquiryReason::BilledWrongly | InquiryReason::ClaimDenied => {
            let visits: Vec<String> = match owed().next() {
                Some(_) => owed().map(|visit| visit.say.join(" ")).collect(),
                None => account.visits.first().map(|visit| visit.say.join(" ")).into_iter().collect(),
            };
            visits.join(" ")
        }
        InquiryReason::Balance => format!(
            "You owe ${} now, for {} visit{}. ${} is still with your plan and is not asked of you.",
            account.owes_now,
            account.visits_owed,
            if account.visits_owed == 1 { "" } else { "s" },
            account.with_payers + account.waiting_for_payer,
        ),
        InquiryReason::PaymentReceived => match account.payments.first() {
            Some(payment) => format!(
                "We received ${} on {} ({}), receipt {}.",
                payment.amount,
                filters::in_words(payment.received_on),
                payment.words,
                payment.receipt_number
            ),
            None => "We have no payment from you yet.".to_owned(),
        },
        InquiryReason::InsuranceActive => match eligibility.first() {
            Some(answer) => format!(
                "Your insurer said on {} that your coverage is {}.",
                filters::in_words(answer.asked_for),
                answer.status
            ),
            None => "We have not asked your insurer yet.".to_owned(),
        },
        InquiryReason::Resubmit
        | InquiryReason::PayerNeverGotIt
        | InquiryReason::CodingDispute
        | InquiryReason::Complaint
        | InquiryReason::Other => String::new(),
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

impl NewPage {
    fn channels() -> &'static [Channel] {
        Channel::ALL
    }

    fn reasons() -> &'static [InquiryReason] {
        InquiryReason::ALL
    }
}
