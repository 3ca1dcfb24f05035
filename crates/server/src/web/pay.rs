//! The page behind a pay link, for people without a log-in, and the door for the card processor's notices. What a visitor sees
//! is what is owed and the way to the processor: no name, no visit, no card field. Decides nothing itself.

use app::pay_link::notice::{self, LARGEST_NOTICE, Worked};
use app::pay_link::signature::HEADER;
use app::pay_link::visitor::{self, Answer, Claimed, Due, Front};
use askama::Template;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use billing::Money;
use billing::explain::Language;
use serde::Deserialize;
use serde_json::json;

use super::page::Page;
use super::refusal::Refusal;
use super::session::Network;
use super::{Desk, filters};

/// What a visitor proves themselves with.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    account_number: String,
    birth_date: String,
}

/// Another amount, with the reference that proves the visitor was let in.
#[derive(Deserialize)]
pub struct Chosen {
    reference: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "pay/ask.html")]
struct AskPage {
    front: Front,
    token: String,
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "pay/due.html")]
struct DuePage {
    front: Front,
    token: String,
    due: Due,
    spanish: bool,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "pay/nothing.html")]
struct NothingPage {
    front: Front,
    spanish: bool,
}

/// Never kept by the browser, never told to the next server.
fn answer(status: StatusCode, page: &impl Template) -> Page {
    let html = page.render().map_err(|error| Refusal::Broken(error.to_string()))?;
    let never_tell = AppendHeaders([(header::REFERRER_POLICY, "no-referrer")]);
    Ok((status, never_tell, Html(html)).into_response())
}

async fn front(desk: &Desk, token: &str) -> Result<Front, Refusal> {
    let token = token.to_owned();
    desk.blocking(move |db, practice| visitor::front(db, practice, &token)).await
}

/// Asks for two identifiers.
pub async fn show(State(desk): State<Desk>, Path(token): Path<String>) -> Page {
    let front = front(&desk, &token).await?;
    let status = if front.is_open { StatusCode::OK } else { StatusCode::NOT_FOUND };
    answer(status, &AskPage { front, token, problem: None })
}

/// Checks them, and shows what is owed.
pub async fn identify(
    State(desk): State<Desk>,
    Path(token): Path<String>,
    Network(network): Network,
    Form(typed): Form<Typed>,
) -> Page {
    let claimed = Claimed { account_number: typed.account_number, birth_date: typed.birth_date };
    let asked = token.clone();
    let came = desk.blocking(move |db, practice| visitor::identify(db, practice, &asked, &claimed, &network)).await?;
    told(&desk, token, came).await
}

/// Another amount than all of it.
pub async fn choose(State(desk): State<Desk>, Path(token): Path<String>, Form(typed): Form<Chosen>) -> Page {
    let Ok(amount) = Money::parse(&typed.amount) else {
        return Err(Refusal::Invalid {
            field: "amount".into(),
            problem: "Write dollars and cents, for example 92.66. Go back and try again.".into(),
        });
    };
    let asked = token.clone();
    let came =
        desk.blocking(move |db, practice| visitor::choose(db, practice, &asked, &typed.reference, amount)).await?;
    told(&desk, token, came).await
}

async fn told(desk: &Desk, token: String, came: Answer) -> Page {
    let front = front(desk, &token).await?;
    let ask = |status, problem| (status, Some(problem));
    let (status, problem) = match came {
        Answer::Known(due) => {
            let spanish = due.language == Language::Spanish;
            return answer(StatusCode::OK, &DuePage { front, token, due, spanish, problem: None });
        }
        Answer::NothingOwed(language) => {
            return answer(StatusCode::OK, &NothingPage { front, spanish: language == Language::Spanish });
        }
        Answer::Wrong => ask(
            StatusCode::UNPROCESSABLE_ENTITY,
            "That did not match. Take the account number from the statement. · No coincide. Tome el número de cuenta del \
             estado de cuenta.",
        ),
        Answer::TooMany => ask(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many tries. Wait a minute, then try again. · Demasiados intentos. Espere un minuto.",
        ),
        Answer::Closed => (StatusCode::NOT_FOUND, None),
    };
    answer(status, &AskPage { front, token, problem })
}

/// Works the card processor's notice. Answers in JSON: it is a program that asks.
pub async fn receive(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    if body.len() > LARGEST_NOTICE {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "A notice has at most 16 KB.");
    }
    let signature = headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let worked = desk.blocking(move |db, practice| notice::receive(db, practice, &signature, &body)).await;
    match worked {
        Ok(Worked::NotSigned) => refused(
            StatusCode::UNAUTHORIZED,
            "The signature does not hold: sign `<seconds>.<body>` with the practice's secret, within five minutes.",
        ),
        Ok(worked @ (Worked::Posted | Worked::Known | Worked::Failed | Worked::Unplaced)) => {
            Json(json!({ "state": worked.as_str() })).into_response()
        }
        Err(Refusal::Invalid { problem, .. }) => refused(StatusCode::UNPROCESSABLE_ENTITY, &problem),
        Err(Refusal::Conflict(sentence)) => refused(StatusCode::CONFLICT, &sentence),
        Err(Refusal::Absent) => refused(StatusCode::NOT_FOUND, "Nothing here."),
        Err(broken @ Refusal::Broken(_)) => broken.into_response(),
    }
}

fn refused(status: StatusCode, sentence: &str) -> Response {
    (status, Json(json!({ "error": sentence }))).into_response()
}
