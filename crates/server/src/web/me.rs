//! One's own log-in: the password, the device, recovery codes, sessions and a token for the command line. Where the
//! session may only enrol, this is the only page.

use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::{Actor, Standing};
use billing::id::PracticeId;
use serde::Deserialize;
use store::Db;
use store::access::SessionRow;

use super::page::{Page, Shell, show as render, show_told};
use super::refusal::{Refusal, Told};
use super::session::SignedIn;
use super::{Desk, filters};
use app::access::log_in::count_attempt;
use app::access::second_factor;
use app::users::Enrolment;

/// Days a token made on this page lives.
const TOKEN_DAYS: i64 = 30;

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// What the forms hold; each sends its own fields.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    present: String,
    password: String,
    secret: String,
    code: String,
    present_code: String,
    label: String,
}

#[derive(Template)]
#[template(path = "me/show.html")]
struct MePage {
    shell: Shell,
    login: String,
    enrolling: bool,
    has_device: bool,
    codes_left: i64,
    sessions: Vec<SessionRow>,
    /// A fresh device secret as hexadecimal, and as the device is given it.
    secret: String,
    secret_text: String,
    device_address: String,
    problem: Option<(String, String)>,
    token: Option<String>,
}

#[derive(Template)]
#[template(path = "me/codes.html")]
struct CodesPage {
    codes: Vec<String>,
}

/// The page.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, asked.done.as_deref(), None, None).await
}

/// Changes the password. Every session ends; the person signs in with the new one.
pub async fn change_password(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let actor = who.actor.clone();
    let done = desk
        .hashing(move |db, practice| {
            count(db, practice, &actor)?;
            app::users::change_own_password(db, &actor, practice, &typed.present, &typed.password)
        })
        .await;
    match done.map_err(Refusal::for_form) {
        Ok(()) => Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to("/log-in"))),
        Err(problem) => page(&desk, &who, None, Some(problem?), None).await,
    }
}

/// Enrols a device and shows the recovery codes, once.
pub async fn enrol(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let secret = from_hex(&typed.secret).ok_or(Refusal::Absent)?;
    let actor = who.actor.clone();
    let done = desk
        .hashing(move |db, practice| {
            count(db, practice, &actor)?;
            let Typed { code, password, present_code, .. } = &typed;
            let enrolment = Enrolment { secret: &secret, code, password, present_code };
            app::users::enrol_device(db, &actor, practice, &enrolment)
        })
        .await;
    match done.map_err(Refusal::for_form) {
        Ok(codes) => render(&CodesPage { codes }),
        Err(problem) => page(&desk, &who, None, Some(problem?), None).await,
    }
}

/// Counts an attempt to prove oneself in an open session, as at the log-in: a session left open is no place to guess.
fn count(db: &Db, practice: PracticeId, actor: &Actor) -> Result<(), app::Error> {
    if count_attempt(db, practice, &actor.login, None)? {
        return Ok(());
    }
    Err(app::Error::refused("Too many attempts. Wait a minute, then try again."))
}

/// Makes a token, shown once.
pub async fn make_token(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let made = desk.write(&who.actor, move |tx| app::access::session::make_token(tx, &typed.label, TOKEN_DAYS)).await;
    match made.map_err(Refusal::for_form) {
        Ok(token) => page(&desk, &who, None, None, Some(token)).await,
        Err(problem) => page(&desk, &who, None, Some(problem?), None).await,
    }
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    done: Option<&str>,
    problem: Option<(String, String)>,
    token: Option<String>,
) -> Page {
    let user = who.actor.user;
    let (own, sessions, codes_left) = desk
        .read(&who.actor, move |read| {
            let own = app::users::own(read, user)?;
            Ok((own, app::access::session::list(read, user)?, app::users::recovery_codes_left(read, user)?))
        })
        .await?;
    let secret = desk.write(&who.actor, |tx| Ok(app::users::new_device_secret(tx))).await?;
    let (secret_text, device_address) = second_factor::for_device(&secret, &who.actor.login)?;
    show_told(
        Told::of(&problem),
        &MePage {
            shell: Shell::new(desk, who, "/me").after(done),
            login: who.actor.login.clone(),
            enrolling: who.standing == Standing::Enrolling,
            has_device: own.has_device,
            codes_left,
            sessions,
            secret: secret.iter().map(|byte| format!("{byte:02x}")).collect(),
            secret_text,
            device_address,
            problem,
            token,
        },
    )
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let right = text.len() == 2 * second_factor::SECRET_BYTES && text.is_ascii();
    right.then(|| (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect())?
}
