//! The cookie and whom it stands for. The cookie holds a random id and nothing else.

use std::net::SocketAddr;

use app::access::session::Session;
use axum::extract::{ConnectInfo, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use billing::access::{Actor, SESSION_HOURS, Standing};

use uuid::Uuid;

use super::refusal::Refusal;
use super::{Desk, api};

/// Whoever is signed in, put into every request by `load`.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who, in which roles.
    pub actor: Actor,
    /// The name that others read.
    pub display_name: String,
    /// What the session may do.
    pub standing: Standing,
    /// The practice as it is called now.
    pub practice_name: String,
    /// A program speaks with a token of the person's: answers are JSON, and the log-in itself is out of its reach.
    pub by_token: bool,
}

impl SignedIn {
    fn of(session: Session, by_token: bool) -> SignedIn {
        let Session { actor, display_name, standing, practice_name } = session;
        SignedIn { actor, display_name, standing, practice_name, by_token }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<SignedIn, Refusal> {
        parts.extensions.get::<SignedIn>().cloned().ok_or(Refusal::Absent)
    }
}

/// An id in the path. What is no id looks like what is not there.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: From<Uuid>> FromRequestParts<S> for Id<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id<T>, Refusal> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Refusal::Absent)?;
        text.parse::<Uuid>().map(|id| Id(T::from(id))).map_err(|_| Refusal::Absent)
    }
}

/// Where a request comes from: the peer, or behind an HTTPS proxy what the proxy says last.
pub struct Network(pub String);

impl FromRequestParts<Desk> for Network {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Network, Refusal> {
        let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
        // Only the last hop was written by our own proxy; what stands before it anybody may have written.
        let last_hop = forwarded.and_then(|hops| hops.rsplit(',').next()).map(|hop| hop.trim().to_owned());
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_string());
        let network = if desk.secure_cookies() { last_hop.or(peer) } else { peer };
        Ok(Network(network.unwrap_or_else(|| "unknown".to_owned())))
    }
}

/// Finds the session of the request's cookie, or whom its token stands for. A token that is none is said at once: a
/// program shall not be led to the log-in page.
pub async fn load(State(desk): State<Desk>, mut request: Request, next: Next) -> Result<Response, Refusal> {
    if let Some(token) = token_of(request.headers()) {
        let found =
            desk.blocking(move |db, practice| app::access::session::find_by_token(db, practice, &token)).await?;
        let Some(session) = found else { return Ok(api::unknown_token()) };
        request.extensions_mut().insert(SignedIn::of(session, true));
    } else if let Some(secret) = secret_of(request.headers(), desk.secure_cookies()) {
        // Listening for news is not working: a page that is only open keeps no session alive.
        let is_listening = request.uri().path() == "/events";
        let found = desk
            .blocking(move |db, practice| match is_listening {
                true => app::access::session::peek(db, practice, &secret),
                false => app::access::session::find(db, practice, &secret),
            })
            .await?;
        if let Some(session) = found {
            request.extensions_mut().insert(SignedIn::of(session, false));
        }
    }
    Ok(next.run(request).await)
}

/// The token that a program sends: `Authorization: Bearer …`.
fn token_of(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// `__Host-` binds a cookie to this host and HTTPS; browsers refuse it on plain HTTP, so loopback has the bare name.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// The session id in the request's cookie, if one is there.
pub fn secret_of(headers: &HeaderMap, secure: bool) -> Option<String> {
    let name = cookie_name(secure);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && value.len() == 64 && value.chars().all(|c| c.is_ascii_hexdigit()))
        .map(|(_, value)| value.to_owned())
}

/// The header that gives the browser its session.
pub fn cookie(secret: &str, secure: bool) -> String {
    let bound = if secure { "; Secure" } else { "" };
    let seconds = SESSION_HOURS * 3600;
    format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{bound}", cookie_name(secure))
}

/// The header that takes it away.
pub fn no_cookie(secure: bool) -> String {
    let bound = if secure { "; Secure" } else { "" };
    format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{bound}", cookie_name(secure))
}
