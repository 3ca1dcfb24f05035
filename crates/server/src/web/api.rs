//! The desk for programs: the same addresses, the same rights, the same use cases as the pages. A program shows a token of
//! a person's, sends the fields of a page's form as a JSON object, and gets JSON back: lists as they are exported, what an
//! action did, or why it did not. There is no second set of routes, so none can be forgotten in the matrix.

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::layers::BODY_BYTES;
use super::page;
use super::refusal::{Refusal, Told};
use super::session::SignedIn;

/// A program's token that stands for nobody.
pub fn unknown_token() -> Response {
    let sentence = "The token is none, or has ended. Make a new one on the page My log-in.";
    (StatusCode::UNAUTHORIZED, Json(json!({ "error": sentence }))).into_response()
}

/// Turns a program's JSON into a form, and the page's answer into JSON. A person in a browser is left alone.
pub async fn speak(mut request: Request, next: Next) -> Response {
    let by_token = request.extensions().get::<SignedIn>().is_some_and(|who| who.by_token);
    if !by_token {
        return next.run(request).await;
    }
    if !request.headers().contains_key(header::ACCEPT) || accepts_anything(&request) {
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    if request.method() == Method::POST && is_json(&request) {
        match as_form(request).await {
            Ok(form) => request = form,
            Err(refusal) => return answer(refusal.into_response()).await,
        }
    }
    answer(next.run(request).await).await
}

fn accepts_anything(request: &Request) -> bool {
    request.headers().get(header::ACCEPT).is_some_and(|accepts| accepts.as_bytes() == b"*/*")
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

/// The fields of a JSON object as a browser would send them.
async fn as_form(request: Request) -> Result<Request, Refusal> {
    let wrong = |problem: &str| Refusal::Invalid { field: "body".into(), problem: problem.into() };
    let (mut parts, body) = request.into_parts();
    let bytes: Bytes =
        to_bytes(body, BODY_BYTES).await.map_err(|_| wrong("It did not come whole, or is too large."))?;
    let fields: Map<String, Value> =
        serde_json::from_slice(&bytes).map_err(|_| wrong("Send one JSON object: the fields of the page's form."))?;
    let pairs: Vec<(String, String)> = fields
        .into_iter()
        .flat_map(|(name, value)| match value {
            // A field that a page's form repeats: one for each thing that was ticked.
            Value::Array(many) => many.into_iter().map(|one| (name.clone(), one)).collect(),
            one => vec![(name, one)],
        })
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            Value::Number(number) => Ok((name, number.to_string())),
            Value::Bool(yes) => Ok((name, yes.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                Err(Refusal::Invalid { field: name, problem: "Send text, a number, true or false.".into() })
            }
        })
        .collect::<Result<_, _>>()?;
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Request::from_parts(parts, Body::from(form)))
}

/// A page's answer as a program reads it; a list or file is one already.
async fn answer(response: Response) -> Response {
    // A form that is shown to a person again says to a program that nothing was done.
    let status = match response.status() {
        StatusCode::OK => StatusCode::UNPROCESSABLE_ENTITY,
        other => other,
    };
    if let Some(told) = response.extensions().get::<Told>().cloned() {
        let error = match told.field {
            Some(field) => json!({ "error": told.sentence, "field": field }),
            None => json!({ "error": told.sentence }),
        };
        return (status, Json(error)).into_response();
    }
    let status = response.status();
    if status.is_client_error() && is_plain(&response) {
        return plain(response).await;
    }
    if !status.is_redirection() {
        return response;
    }
    let next = response.headers().get(header::LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default();
    let (path, query) = next.split_once('?').unwrap_or((next, ""));
    let word = query.split('&').find_map(|pair| pair.strip_prefix("done="));
    let body = json!({ "done": word, "says": word.and_then(page::done), "see": path });
    Json(body).into_response()
}

fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

/// What was refused before a page saw it, such as a form without one of its fields.
async fn plain(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, BODY_BYTES).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&bytes).trim().to_owned();
    let absent = parts.status.canonical_reason().unwrap_or("It was refused").to_owned();
    let mut answered = Json(json!({ "error": if said.is_empty() { absent } else { said } })).into_response();
    *answered.status_mut() = parts.status;
    if let Some(allowed) = parts.headers.get(header::ALLOW) {
        answered.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    answered
}
