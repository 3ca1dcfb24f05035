//! News for an open page, as server-sent events: how many notices are unread, what the latest says, and that something was
//! written. Nothing in it names a patient. A stream ends with its session, with the desk, or after a while; the browser
//! asks again by itself.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use billing::access::Actor;
use futures_util::stream;
use serde_json::json;

use super::Desk;
use super::refusal::Refusal;
use super::session::{self, SignedIn};

/// Time between two looks: a person sees a wall that is two seconds old as live.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
/// A stream ends after this and is asked for anew: what a proxy cuts off silently is noticed.
const LIVES: Duration = Duration::from_secs(120);
/// What the browser waits before it asks anew.
const ASK_ANEW_AFTER: Duration = Duration::from_secs(3);

/// What a stream knows between two looks.
struct Listener {
    desk: Desk,
    actor: Actor,
    /// The cookie's secret; a program's token is asked for again with the next stream.
    secret: Option<String>,
    began: Instant,
    told: Option<(i64, i64)>,
}

/// The news of a person.
pub async fn stream(State(desk): State<Desk>, who: SignedIn, headers: HeaderMap) -> Result<Response, Refusal> {
    let secret = session::secret_of(&headers, desk.secure_cookies());
    let listener = Listener { desk, actor: who.actor, secret, began: Instant::now(), told: None };
    let news = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Ok(Sse::new(news).keep_alive(KeepAlive::default()).into_response())
}

impl Listener {
    /// The next news; none when the stream ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.told.is_some() {
                tokio::select! {
                    () = tokio::time::sleep(BETWEEN_LOOKS) => {}
                    () = self.desk.closes() => return None,
                }
            }
            if self.began.elapsed() > LIVES || !self.is_signed_in().await {
                return None;
            }
            let actor = self.actor.clone();
            let look = move |db: &store::Db, practice| {
                db.read(&actor, practice, |read| {
                    let (unread, latest) = app::notices::unread(read, actor.user)?;
                    Ok::<_, app::Error>((unread, latest, store::views::wall::mark(read)?))
                })
            };
            let (unread, latest, mark) = self.desk.blocking(look).await.ok()?;
            if self.told == Some((unread, mark)) {
                continue;
            }
            let changed = self.told.is_some_and(|(_, before)| before != mark);
            self.told = Some((unread, mark));
            let words = latest.as_ref().map(|news| format!("{}: {}", news.kind.words(), news.reason.title()));
            let href = latest.map(|news| format!("/work/{}", news.work_item_id));
            let data = json!({ "unread": unread, "words": words, "href": href, "changed": changed });
            return Some(Event::default().event("news").retry(ASK_ANEW_AFTER).data(data.to_string()));
        }
    }

    /// Whether the session of the cookie still lives. Listening is not working: it keeps no session alive.
    async fn is_signed_in(&self) -> bool {
        let Some(secret) = self.secret.clone() else { return true };
        let found = self.desk.blocking(move |db, practice| app::access::session::peek(db, practice, &secret)).await;
        found.is_ok_and(|session| session.is_some())
    }
}
