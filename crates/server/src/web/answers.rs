//! One of the eight answers for a caller whose identity was checked: to read aloud in either language, the figures behind
//! it, to print as a letter, or to tell by e-mail that there is one.

use app::answers::{self, Answer, Wording};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use billing::InquiryId;
use billing::explain::Language;
use billing::question::Question;
use billing::work::inquiry::Channel;
use serde::Deserialize;
use uuid::Uuid;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::SignedIn;
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
    language: Option<String>,
}

/// How an answer was sent.
#[derive(Deserialize)]
pub struct Sent {
    #[serde(default)]
    channel: String,
}

#[derive(Template)]
#[template(path = "inquiries/answer.html")]
struct AnswerPage {
    shell: Shell,
    inquiry: InquiryId,
    question: Question,
    answer: Answer,
    mails: [(Language, String); 2],
    problem: Option<String>,
}

impl AnswerPage {
    fn questions() -> &'static [Question] {
        Question::ALL
    }

    fn wordings(&self) -> [(Language, &Wording); 2] {
        let first = self.answer.letters;
        let second = if first == Language::English { Language::Spanish } else { Language::English };
        [first, second].map(|language| (language, self.answer.wording(language)))
    }

    fn named(language: &Language) -> &'static str {
        match language {
            Language::English => "English",
            Language::Spanish => "Español",
        }
    }

    fn is_asked(&self, question: &Question) -> bool {
        self.question == *question
    }
}

fn place((id, question): (Uuid, String)) -> Result<(InquiryId, Question), Refusal> {
    Ok((InquiryId(id), Question::parse(&question).ok_or(Refusal::Absent)?))
}

/// The answer.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Path(path): Path<(Uuid, String)>,
    Query(asked): Query<Asked>,
) -> Page {
    page(&desk, &who, place(path)?, (asked.done, None)).await
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    (id, question): (InquiryId, Question),
    (done, problem): (Option<String>, Option<String>),
) -> Page {
    let actor = who.actor.clone();
    let (answer, phone) = desk
        .blocking(move |db, practice| {
            let (_, _, answer) = answers::answer_to(db, &actor, practice, id, question)?;
            let house = db.read::<_, app::Error>(&actor, practice, |read| Ok(store::registration::practice(read)?))?;
            Ok((answer, house.map(|house| house.contact.phone).unwrap_or_default()))
        })
        .await?;
    let mails = Language::ALL.map(|language| (language, answers::mail(&phone, language)));
    let shell = Shell::new(desk, who, "/inquiries").after(done.as_deref());
    render(&AnswerPage { shell, inquiry: id, question, answer, mails, problem })
}

/// The answer as a letter.
pub async fn pdf(
    State(desk): State<Desk>,
    who: SignedIn,
    Path(path): Path<(Uuid, String)>,
    Query(asked): Query<Asked>,
) -> Page {
    let (id, question) = place(path)?;
    let (actor, language) = (who.actor.clone(), Language::of_tag(asked.language.as_deref().unwrap_or("en")));
    let bytes =
        desk.blocking(move |db, practice| answers::letter(db, &actor, practice, id, (question, language))).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// Notes that the answer went out.
pub async fn send(
    State(desk): State<Desk>,
    who: SignedIn,
    Path(path): Path<(Uuid, String)>,
    Form(sent): Form<Sent>,
) -> Page {
    let (id, question) = place(path)?;
    let Some(channel) = Channel::parse(&sent.channel) else {
        return page(&desk, &who, (id, question), (None, Some("Choose how it went out.".to_owned()))).await;
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| answers::sent(db, &actor, practice, id, (question, channel))).await;
    match done.map_err(Refusal::for_form) {
        Ok(_) => go(&format!("/inquiries/{id}/answers/{}", question.as_str()), "answer-sent"),
        Err(problem) => page(&desk, &who, (id, question), (None, Some(problem?.1))).await,
    }
}
