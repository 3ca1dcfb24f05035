//! Sessions of the browser and tokens of the command line and of programs: random, stored as hashes, short-lived, ended at once with
//! the person's right to sign in.

use billing::access::{Action, Actor, ResourceState, Role, Standing, TOKEN_DAYS, UserState, authorize, session_lives};
use billing::id::{PracticeId, UserId};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use store::access::{END_SESSION, SEE_SESSION, SESSION_BY_HASH, SESSIONS_OF_USER, SessionRow};
use store::users::{ApiTokenRow, ROLES_OF_USER, TOKEN_BY_HASH, USER_BY_ID, UserRow};
use store::{Conn, Db, Tx, params};

use crate::Error;

/// Bytes of a session id or token: 256 bits, so that guessing is hopeless and a fast hash is enough.
const SECRET_BYTES: usize = 32;
/// A session is marked as seen at most once in this time, to keep reading pages from writing.
const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(30);
/// How much of a browser's name is kept.
const DEVICE_CHARS: usize = 120;
/// What every token begins with, so that a leaked one is recognised by scanners.
const TOKEN_PREFIX: &str = "tierline_";

/// A living session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who, in which roles.
    pub actor: Actor,
    /// The name that others read.
    pub display_name: String,
    /// What the session may do.
    pub standing: Standing,
    /// The practice as it is called now.
    pub practice_name: String,
}

/// The actor of a person, with the roles held now.
///
/// # Errors
/// Where the database refuses.
pub fn actor_of(conn: &Conn, user: &UserRow) -> Result<Actor, Error> {
    let roles: Vec<Role> = conn.query(&ROLES_OF_USER, params![user.id])?.into_iter().map(|row| row.role).collect();
    Ok(Actor::user(user.id, user.login.clone(), roles, conn.practice()))
}

/// Begins a session; the secret goes into the cookie and is never stored.
pub(super) fn begin(tx: &mut Tx, user: UserId, standing: Standing, device: &str) -> Result<String, Error> {
    let secret = new_secret(tx);
    let now = tx.now();
    tx.insert(&SessionRow {
        id_sha256: hash(&secret),
        user_id: user,
        standing,
        begun_at: now,
        last_seen_at: now,
        ended_at: None,
        device: device.chars().take(DEVICE_CHARS).collect(),
    })?;
    Ok(secret)
}

/// The session of a cookie, if it lives and its person may sign in; it is seen from now on.
///
/// # Errors
/// Where the database refuses.
pub fn find(db: &Db, practice: PracticeId, secret: &str) -> Result<Option<Session>, Error> {
    let Some((session, stale)) = look_up(db, practice, secret)? else { return Ok(None) };
    if stale {
        let id = hash(secret);
        db.write(&Actor::system(practice), practice, |tx| -> Result<_, Error> {
            let now = tx.now();
            Ok(tx.execute(&SEE_SESSION, params![id, now])?)
        })?;
    }
    Ok(Some(session))
}

/// As [`find`], for what goes on without its person: the session is not seen by it, and ends in its time.
///
/// # Errors
/// Where the database refuses.
pub fn peek(db: &Db, practice: PracticeId, secret: &str) -> Result<Option<Session>, Error> {
    Ok(look_up(db, practice, secret)?.map(|(session, _)| session))
}

/// The session, and whether it was seen long enough ago to be marked again.
fn look_up(db: &Db, practice: PracticeId, secret: &str) -> Result<Option<(Session, bool)>, Error> {
    let id = hash(secret);
    db.read(&Actor::system(practice), practice, |read| -> Result<_, Error> {
        let Some(row) = read.query_opt(&SESSION_BY_HASH, params![id])? else { return Ok(None) };
        if row.ended_at.is_some() || !session_lives(row.begun_at, row.last_seen_at, read.now()) {
            return Ok(None);
        }
        let Some(user) = read.query_opt(&USER_BY_ID, params![row.user_id])? else { return Ok(None) };
        if user.state != UserState::Active {
            return Ok(None);
        }
        let actor = actor_of(read, &user)?;
        let stale = read.now().duration_since(row.last_seen_at) > SEEN_EVERY;
        let practice_name = store::views::practice::name(read)?;
        let session = Session { actor, display_name: user.display_name, standing: row.standing, practice_name };
        Ok(Some((session, stale)))
    })
}

/// Whom a token stands for, as a session that may do what its person may; nobody where it has ended.
///
/// # Errors
/// Where the database refuses.
pub fn find_by_token(db: &Db, practice: PracticeId, token: &str) -> Result<Option<Session>, Error> {
    db.read(&Actor::system(practice), practice, |read| {
        let Some(user) = user_of_token(read, token)? else { return Ok(None) };
        let (actor, practice_name) = (actor_of(read, &user)?, store::views::practice::name(read)?);
        Ok(Some(Session { actor, display_name: user.display_name, standing: Standing::Full, practice_name }))
    })
}

/// Ends the session of a cookie. One that does not live is left as it is.
///
/// # Errors
/// Where the database refuses.
pub fn end(db: &Db, practice: PracticeId, secret: &str) -> Result<(), Error> {
    let id = hash(secret);
    db.write(&Actor::system(practice), practice, |tx| -> Result<(), Error> {
        let now = tx.now();
        let Some(row) = tx.query_opt(&SESSION_BY_HASH, params![id])? else { return Ok(()) };
        tx.execute(&END_SESSION, params![id, now])?;
        tx.audit("log_out", "user", row.user_id, serde_json::json!({}));
        Ok(())
    })
}

/// The person's living sessions, the latest first.
///
/// # Errors
/// Where the database refuses.
pub fn list(conn: &Conn, user: UserId) -> Result<Vec<SessionRow>, Error> {
    let now = conn.now();
    let rows = conn.query(&SESSIONS_OF_USER, params![user])?;
    Ok(rows.into_iter().filter(|row| session_lives(row.begun_at, row.last_seen_at, now)).collect())
}

/// Makes a token for the actor's own use on the command line; the secret is shown once.
///
/// # Errors
/// `Denied`, or a refusal where the days are out of range.
pub fn make_token(tx: &mut Tx, label: &str, days: i64) -> Result<String, Error> {
    authorize(tx.actor(), Action::ManageOwnLogin, &ResourceState::default())?;
    make_token_for(tx, tx.actor().user, label, days)
}

pub(crate) fn make_token_for(tx: &mut Tx, user: UserId, label: &str, days: i64) -> Result<String, Error> {
    if !(1..=TOKEN_DAYS).contains(&days) {
        return Err(Error::invalid("days", format!("a token lives 1 to {TOKEN_DAYS} days")));
    }
    let token = format!("{TOKEN_PREFIX}{}", new_secret(tx));
    let now = tx.now();
    let row = ApiTokenRow {
        id: tx.new_id(),
        token_sha256: hash(&token),
        user_id: user,
        label: label.to_owned(),
        created_at: now,
        expires_at: now + SignedDuration::from_hours(24 * days),
        ended_at: None,
    };
    tx.insert(&row)?;
    Ok(token)
}

/// The actor of a token, if the token lives and belongs to this log-in.
///
/// # Errors
/// A refusal where it does not; it does not say which of the two.
pub fn actor_by_token(conn: &Conn, login: &str, token: &str) -> Result<Actor, Error> {
    let refused = || {
        Error::refused(
            "That log-in and token do not belong together, or the token has ended. Make a new one on the page My log-in.",
        )
    };
    let user = user_of_token(conn, token)?.filter(|user| user.login == login).ok_or_else(refused)?;
    actor_of(conn, &user)
}

/// The person of a token that lives, where they may sign in.
fn user_of_token(conn: &Conn, token: &str) -> Result<Option<UserRow>, Error> {
    let Some(row) = conn.query_opt(&TOKEN_BY_HASH, params![hash(token), conn.now()])? else { return Ok(None) };
    Ok(conn.query_opt(&USER_BY_ID, params![row.user_id])?.filter(|user| user.state == UserState::Active))
}

fn new_secret(tx: &Tx) -> String {
    let mut bytes = [0; SECRET_BYTES];
    tx.fill_random(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
