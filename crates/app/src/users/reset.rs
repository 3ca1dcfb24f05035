//! A lost password or device, or a log-in that begins: one person asks, a second one approves, and the person it is for
//! redeems the code with a password of their own. The code has two halves, one shown to each of the two, so that neither
//! of them can redeem it alone. It never lets anybody choose a password for somebody else.

use billing::access::{Action, Actor, ResourceState, UserState, authorize, password_problem};
use billing::id::{PracticeId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::users::{
    APPROVE_RESET, FORGET_DEVICE, FORGET_RECOVERY_CODES, FORGET_RESET, LoginResetRow, RESET_OF_USER, RESETS,
    USER_BY_LOGIN, UserRow,
};
use store::{Conn, Db, Tx, params};

use super::{find, set_password};
use crate::Error;
use crate::access::log_in::count_attempt;
use crate::access::{allow_plain, password, second_factor};

/// How long a reset waits for its approval: over a weekend.
const APPROVED_WITHIN: SignedDuration = SignedDuration::from_hours(72);
/// How long the code lives once it was approved: the person stands at the desk or comes tomorrow.
const REDEEMED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// How long a start code waits for the approval of its person, and lives after it: they may begin next week.
const STARTED_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What who asks is shown, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The first half of the code.
    pub first: String,
    /// The second half, where nobody else has to approve: for the owner of the database.
    pub second: Option<String>,
}

/// A reset that was asked for and not redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Whose log-in.
    pub user: UserId,
    /// Who asked: never who approves.
    pub asked_by: UserId,
    /// Whether a second person approved it.
    pub approved: bool,
}

/// What the person types to redeem a reset.
pub struct Redeeming<'a> {
    /// The log-in name.
    pub login: &'a str,
    /// The half from who asked.
    pub first: &'a str,
    /// The half from who approved.
    pub second: &'a str,
    /// The password that the person chose.
    pub password: &'a str,
    /// Where it comes from, for the limit of attempts.
    pub network: &'a str,
}

/// What came of redeeming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The password holds; a device is enrolled at the log-in.
    Done,
    /// It did not match; what of it is not told.
    Refused,
    /// Too many attempts; wait.
    TooMany,
}

/// Asks for the reset of a person's log-in. Asking again replaces what was asked before. Where the asker's right needs
/// a checker nothing changes for the person until a second one approved it.
///
/// # Errors
/// `Denied`; a refusal for oneself and for a person who may not sign in.
pub fn ask(tx: &mut Tx, id: UserId) -> Result<Asked, Error> {
    let allowed = allow_plain(tx, Action::ManageUsers)?;
    let user = resettable(tx, id)?;
    let first = begin(tx, id, APPROVED_WITHIN)?;
    tx.audit("reset_asked", "user", id, json!({}));
    let second = if allowed.needs_checker() { None } else { Some(release(tx, &user, REDEEMED_WITHIN)?) };
    Ok(Asked { first, second })
}

/// Gives a person who was just added a start code.
pub(super) fn start(tx: &mut Tx, id: UserId, needs_checker: bool) -> Result<Asked, Error> {
    let first = begin(tx, id, STARTED_WITHIN)?;
    let user = find(tx, id)?;
    let second = if needs_checker { None } else { Some(release(tx, &user, STARTED_WITHIN)?) };
    Ok(Asked { first, second })
}

/// The second half of a waiting person's start code, for who approves them; none where they have a password already, or
/// the code ended.
pub(super) fn approve_start(tx: &mut Tx, user: &UserRow) -> Result<Option<String>, Error> {
    if user.password_hash != password::NOT_CHOSEN {
        return Ok(None);
    }
    let waits = tx.query_opt(&RESET_OF_USER, params![user.id])?.filter(|reset| waits(reset, tx.now()));
    let Some(start) = waits else { return Ok(None) };
    // Whoever has the first half gets no second one, although another gave the roles since.
    let state = ResourceState::made_by(start.asked_by, ledger::Money::ZERO);
    authorize(tx.actor(), Action::ApproveUsers, &state)?;
    Ok(Some(release(tx, user, STARTED_WITHIN)?))
}

fn waits(reset: &LoginResetRow, now: Timestamp) -> bool {
    reset.approved_at.is_none() && reset.expires_at > now
}

fn begin(tx: &mut Tx, id: UserId, within: SignedDuration) -> Result<String, Error> {
    let first = half(tx);
    let now = tx.now();
    tx.execute(&FORGET_RESET, params![id])?;
    tx.insert(&LoginResetRow {
        user_id: id,
        asked_at: now,
        asked_by: tx.actor().user,
        first_sha256: second_factor::recovery_hash(&first),
        approved_at: None,
        approved_by: None,
        second_sha256: None,
        expires_at: now + within,
    })?;
    Ok(first)
}

/// Approves a reset and answers the second half of the code, shown once. From now on only the code opens the log-in:
/// the old password does not, and every session and token ends.
///
/// # Errors
/// `Denied`, also for who asked; a refusal where nothing waits or the person is oneself.
pub fn approve(tx: &mut Tx, id: UserId) -> Result<String, Error> {
    let reset = tx.query_opt(&RESET_OF_USER, params![id])?;
    let asked_by = reset.as_ref().map_or(id, |reset| reset.asked_by);
    authorize(tx.actor(), Action::ApproveUsers, &ResourceState::made_by(asked_by, ledger::Money::ZERO))?;
    if !reset.is_some_and(|reset| waits(&reset, tx.now())) {
        return Err(Error::refused("No reset of this log-in waits for approval. An administrator asks for one first."));
    }
    let user = resettable(tx, id)?;
    release(tx, &user, REDEEMED_WITHIN)
}

fn release(tx: &mut Tx, user: &UserRow, within: SignedDuration) -> Result<String, Error> {
    let second = half(tx);
    let now = tx.now();
    let (by, until) = (tx.actor().user, now + within);
    tx.execute(&APPROVE_RESET, params![user.id, now, by, second_factor::recovery_hash(&second), until])?;
    // No password opens the log-in until the person chose one.
    set_password(tx, user.id, password::NOT_CHOSEN)?;
    tx.audit("reset_approved", "user", user.id, json!({}));
    Ok(second)
}

/// The resets that wait: for approval or for their person.
///
/// # Errors
/// `Denied`.
pub fn pending(conn: &Conn) -> Result<Vec<Pending>, Error> {
    allow_plain(conn, Action::ViewUsers)?;
    let now: Timestamp = conn.now();
    let rows = conn.query(&RESETS, params![])?;
    Ok(rows
        .into_iter()
        .filter(|row| row.expires_at > now)
        .map(|row| Pending { user: row.user_id, asked_by: row.asked_by, approved: row.approved_at.is_some() })
        .collect())
}

/// The person redeems the two halves with a password of their own. The old device and its recovery codes are forgotten;
/// a new one is enrolled at the next log-in.
///
/// # Errors
/// A password that is too weak.
pub fn redeem(db: &Db, practice: PracticeId, typed: &Redeeming) -> Result<Answer, Error> {
    let login = typed.login.trim().to_lowercase();
    if let Some(problem) = password_problem(typed.password, &login) {
        return Err(Error::invalid("password", problem));
    }
    if !count_attempt(db, practice, &login, Some(typed.network))? {
        return Ok(Answer::TooMany);
    }
    let system = Actor::system(practice);
    let fits = db.read(&system, practice, |read| Ok::<_, Error>(fitting(read, &login, typed)?.is_some()))?;
    // Hashing takes tens of milliseconds: never inside a transaction, and only where the code fits.
    let hash = if fits { Some(password::new_hash(db.env(), typed.password)?) } else { None };
    db.write(&system, practice, |tx| {
        let user = fitting(tx, &login, typed)?;
        let (Some(user), Some(hash)) = (user, &hash) else {
            if let Some(user) = tx.query_opt(&USER_BY_LOGIN, params![login])? {
                tx.audit("reset_refused", "user", user.id, json!({}));
            }
            return Ok(Answer::Refused);
        };
        set_password(tx, user.id, hash)?;
        tx.execute(&FORGET_DEVICE, params![user.id])?;
        tx.execute(&FORGET_RECOVERY_CODES, params![user.id])?;
        tx.execute(&FORGET_RESET, params![user.id])?;
        tx.audit("reset_redeemed", "user", user.id, json!({}));
        Ok(Answer::Done)
    })
}

/// The person whose code it is, where both halves fit and it lives.
fn fitting(conn: &Conn, login: &str, typed: &Redeeming) -> Result<Option<UserRow>, Error> {
    let Some(user) = conn.query_opt(&USER_BY_LOGIN, params![login])? else { return Ok(None) };
    let fits = conn.query_opt(&RESET_OF_USER, params![user.id])?.is_some_and(|reset| {
        let second = second_factor::recovery_hash(typed.second);
        reset.expires_at > conn.now()
            && reset.first_sha256 == second_factor::recovery_hash(typed.first)
            && reset.second_sha256.is_some_and(|expected| expected == second)
    });
    Ok(Some(user).filter(|user| fits && user.state == UserState::Active))
}

/// A person whose log-in may be reset by the actor.
fn resettable(tx: &Tx, id: UserId) -> Result<UserRow, Error> {
    let user = find(tx, id)?;
    if id == tx.actor().user {
        return Err(Error::refused("Nobody resets their own log-in. Change your password or device on My log-in."));
    }
    match user.state {
        UserState::Active => Ok(user),
        UserState::Waiting => Err(Error::refused("This person waits for approval; approve them first.")),
        UserState::Disabled => Err(Error::refused("This person is disabled and has no log-in to reset.")),
    }
}

fn half(tx: &Tx) -> String {
    let mut random = [0; second_factor::RECOVERY_BYTES];
    tx.fill_random(&mut random);
    second_factor::recovery_code(random)
}
