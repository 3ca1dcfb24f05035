//! Signing in and out. Every refusal reads the same.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use billing::access::{Actor, Standing};
use serde::Deserialize;
use store::views::practice::name;

use super::Desk;
use super::page::{Page, show as render};
use super::session::{self, Network};
use app::access::log_in::{Answer, Attempt, DemoLogin, demo_logins, log_in};

/// Where to go after the log-in; only a path of our own.
#[derive(Deserialize)]
pub struct To {
    to: Option<String>,
}

/// What the form holds.
#[derive(Deserialize)]
pub struct Typed {
    login: String,
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "log_in/show.html")]
struct LogInPage {
    practice: String,
    login: String,
    to: String,
    problem: Option<&'static str>,
    demo: Vec<DemoLogin>,
}

/// The form.
pub async fn show(State(desk): State<Desk>, Query(to): Query<To>) -> Page {
    page(&desk, String::new(), own_path(to.to.as_deref().unwrap_or("/")), None).await
}

/// Signs in.
pub async fn create(
    State(desk): State<Desk>,
    Network(network): Network,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Page {
    let to = own_path(&typed.to);
    let device = header_text(&headers, header::USER_AGENT);
    let login = typed.login.clone();
    let answer = desk
        .hashing(move |db, practice| {
            let attempt = Attempt {
                login: &typed.login,
                password: &typed.password,
                code: &typed.code,
                network: &network,
                device: &device,
            };
            log_in(db, practice, &attempt)
        })
        .await?;
    match answer {
        Answer::In { secret, standing } => {
            let to = if standing == Standing::Enrolling { "/me".to_owned() } else { to };
            let cookie = session::cookie(&secret, desk.secure_cookies());
            Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&to)).into_response())
        }
        Answer::Refused => {
            page(
                &desk,
                login,
                to,
                Some("That did not match. Check the name, the password and the code of your device."),
            )
            .await
        }
        Answer::TooMany => page(&desk, login, to, Some("Too many attempts. Wait a minute, then try again.")).await,
    }
}

/// Signs out.
pub async fn delete(State(desk): State<Desk>, headers: HeaderMap) -> Page {
    if let Some(secret) = session::secret_of(&headers, desk.secure_cookies()) {
        desk.blocking(move |db, practice| app::access::session::end(db, practice, &secret)).await?;
    }
    let cookie = session::no_cookie(desk.secure_cookies());
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/log-in")).into_response())
}

async fn page(desk: &Desk, login: String, to: String, problem: Option<&'static str>) -> Page {
    let (demo, practice) = desk
        .blocking(|db, practice| {
            let name = db.read(&Actor::system(practice), practice, |read| Ok::<_, app::Error>(name(read)?))?;
            Ok((demo_logins(db, practice)?, name))
        })
        .await?;
    render(&LogInPage { practice, login, to, problem, demo })
}

/// A path of ours, so that a log-in link cannot send a person to another server.
fn own_path(to: &str) -> String {
    // Browsers drop tabs and line breaks before they read an address.
    let is_plain = to.chars().all(|one| one.is_ascii_graphic() && one != '\\' && one != ':');
    let ours = is_plain && to.starts_with('/') && !to.starts_with("//");
    if ours { to.to_owned() } else { "/".to_owned() }
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn a_log_in_link_leads_nowhere_else() {
        for (to, expected) in [
            ("/claims", "/claims"),
            ("//evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("", "/"),
        ] {
            assert_eq!(own_path(to), expected);
        }
    }
}
