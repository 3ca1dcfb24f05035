//! What a page answers when it does not do what was asked. One place maps a use case's error to HTTP: what is denied
//! looks like what is absent, a refusal says what to do next, and a broken world says a number to report.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// Why there is no page.
#[derive(Debug)]
pub enum Refusal {
    /// Not there, or not for this person.
    Absent,
    /// Not now, and why; shown to the person.
    Conflict(String),
    /// A field is wrong; pages with a form catch this and show it beside the field.
    Invalid {
        /// The field's name.
        field: String,
        /// What would be right.
        problem: String,
    },
    /// Something broke; the text goes to the log, not to the person.
    Broken(String),
}

impl From<app::Error> for Refusal {
    fn from(error: app::Error) -> Refusal {
        match error {
            app::Error::Denied(_) | app::Error::NotFound(_) => Refusal::Absent,
            app::Error::Invalid { field, problem } => Refusal::Invalid { field, problem },
            app::Error::Refused(_) | app::Error::Changed => Refusal::Conflict(error.to_string()),
            app::Error::Store(source) => Refusal::Broken(source.to_string()),
        }
    }
}

impl Refusal {
    /// The sentence for a form, where the refusal is the person's to mend.
    pub fn for_form(self) -> Result<(String, String), Refusal> {
        match self {
            Refusal::Invalid { field, problem } => Ok((field, problem)),
            Refusal::Conflict(sentence) => Ok((String::new(), sentence)),
            Refusal::Absent | Refusal::Broken(_) => Err(self),
        }
    }
}

/// What a refusal said, kept beside its page for who answers in JSON.
#[derive(Debug, Clone)]
pub struct Told {
    /// The field that is wrong, where one is.
    pub field: Option<String>,
    /// The sentence.
    pub sentence: String,
}

impl Told {
    /// What stands above a form or beside one of its fields: the field, empty where it is none, and the sentence.
    pub fn of(problem: &Option<(String, String)>) -> Option<Told> {
        problem.as_ref().map(|(field, sentence)| Told {
            field: Some(field.clone()).filter(|field| !field.is_empty()),
            sentence: sentence.clone(),
        })
    }
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    head: &'a str,
    sentence: &'a str,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, head, field, sentence) = match self {
            Refusal::Absent => (
                StatusCode::NOT_FOUND,
                "Nothing here for you",
                None,
                "There is no such page, or it is another role’s. Go back, or ask a colleague who has the role."
                    .to_owned(),
            ),
            Refusal::Conflict(sentence) => (StatusCode::CONFLICT, "Not now", None, sentence),
            Refusal::Invalid { field, problem } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "Something is missing", Some(field), problem)
            }
            Refusal::Broken(what) => {
                eprintln!("tierline: {what}");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something broke",
                    None,
                    "Nothing was changed. Try again; if it stays so, tell whoever keeps Tierline to look at its log."
                        .to_owned(),
                )
            }
        };
        let shown = field.as_ref().map_or_else(|| sentence.clone(), |field| format!("{field}: {sentence}"));
        let page = RefusalPage { head, sentence: &shown };
        let mut response = match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(_) => (status, shown).into_response(),
        };
        response.extensions_mut().insert(Told { field, sentence });
        response
    }
}
