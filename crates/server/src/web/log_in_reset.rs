//! A reset or a start code redeemed by the person it is for: two halves of a code and a password of their own. What did
//! not match is never told.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::Desk;
use super::page::{Page, show as render};
use super::refusal::Refusal;
use super::session::Network;
use app::users::reset::{Answer, Redeeming, redeem as redeem_reset};

/// What the form holds.
#[derive(Deserialize)]
pub struct Typed {
    login: String,
    first: String,
    second: String,
    password: String,
}

#[derive(Template)]
#[template(path = "log_in/reset.html")]
struct ResetPage {
    login: String,
    problem: Option<String>,
}

/// The form.
pub async fn show() -> Page {
    render(&ResetPage { login: String::new(), problem: None })
}

/// Redeems the code.
pub async fn redeem(State(desk): State<Desk>, Network(network): Network, Form(typed): Form<Typed>) -> Page {
    let login = typed.login.clone();
    let answer = desk
        .hashing(move |db, practice| {
            let Typed { login, first, second, password } = &typed;
            redeem_reset(db, practice, &Redeeming { login, first, second, password, network: &network })
        })
        .await;
    let problem = match answer.map_err(Refusal::for_form) {
        Ok(Answer::Done) => return Ok(Redirect::to("/log-in").into_response()),
        Ok(Answer::Refused) => {
            "That did not match, or the code has ended. Check the name and both halves, or ask for a new one."
                .to_owned()
        }
        Ok(Answer::TooMany) => "Too many attempts. Wait a minute, then try again.".to_owned(),
        Err(problem) => {
            let (field, problem) = problem?;
            format!("{field}: {problem}")
        }
    };
    render(&ResetPage { login, problem: Some(problem) })
}
