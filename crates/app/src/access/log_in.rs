//! Signing in: a password and, for staff, a code of a device. Every refusal reads the same, takes as long, and is
//! counted against the log-in and the network, so that guessing is slow and says nothing.

use billing::access::{Actor, Role, Standing, UserState};
use billing::id::{PracticeId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::access::{FILL_LOGIN_BUCKET, LOGIN_BUCKET, LoginBucketRow};
use store::users::{DEMO_LOGINS, USE_RECOVERY_CODE, USE_STEP, USER_BY_ID, USER_BY_LOGIN, UserRow};
use store::{Db, Tx, params};
use uuid::Uuid;

use super::{password, second_factor, session};
use crate::Error;

/// Attempts in a row for one log-in name; a person mistypes, a machine guesses.
const ATTEMPTS_PER_LOGIN: i64 = 10;
/// Attempts in a row from one network: a whole front desk may share one.
const ATTEMPTS_PER_NETWORK: i64 = 100;
/// Time after which one attempt comes back.
const REFILL_EVERY: SignedDuration = SignedDuration::from_secs(30);
/// Longer input is not hashed.
const LONGEST_INPUT: usize = 256;
/// How much of a mistyped log-in name is written down: it may be a password by mistake.
const LONGEST_LOGIN_LOGGED: usize = 20;

/// What a person typed.
pub struct Attempt<'a> {
    /// The log-in name.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The device's code or a recovery code; empty before enrolment.
    pub code: &'a str,
    /// Where it comes from, for the limit.
    pub network: &'a str,
    /// What the browser calls itself.
    pub device: &'a str,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// In: the secret for the cookie, and what the session may do.
    In {
        /// The cookie's value.
        secret: String,
        /// Full, or only to enrol a device.
        standing: Standing,
    },
    /// Not in; the reason is not told.
    Refused,
    /// Too many attempts; wait.
    TooMany,
}

/// A log-in of a demonstration database.
#[derive(Debug, Clone)]
pub struct DemoLogin {
    /// The log-in name.
    pub login: String,
    /// The name.
    pub display_name: String,
    /// The roles in words.
    pub roles: String,
    /// The password.
    pub password: String,
    /// The code of this moment.
    pub code: String,
}

/// Signs a person in.
///
/// # Errors
/// Where the database refuses.
pub fn log_in(db: &Db, practice: PracticeId, attempt: &Attempt) -> Result<Answer, Error> {
    let system = Actor::system(practice);
    let login = attempt.login.trim().to_lowercase();
    // The attempt is counted before anything is compared, in its own transaction, so that it counts whatever follows.
    if !count_attempt(db, practice, &login, Some(attempt.network))? {
        return Ok(Answer::TooMany);
    }
    let user = db.read(&system, practice, |read| Ok::<_, Error>(read.query_opt(&USER_BY_LOGIN, params![login])?))?;
    // Hashing takes tens of milliseconds: never inside a transaction.
    let chosen = user.as_ref().map(|user| user.password_hash.as_str()).filter(|hash| *hash != password::NOT_CHOSEN);
    let stored = chosen.unwrap_or_else(|| password::of_nobody());
    let matches = attempt.password.len() <= LONGEST_INPUT && password::matches(attempt.password, stored);
    let user = user.filter(|user| matches && user.state == UserState::Active);
    db.write(&system, practice, |tx| match &user {
        Some(user) => second_step(tx, user, attempt, &login),
        None => {
            refuse(tx, None, &login);
            Ok(Answer::Refused)
        }
    })
}

/// Counts an attempt to prove oneself, whatever comes of it; false where none is left.
///
/// # Errors
/// Where the database refuses.
pub fn count_attempt(db: &Db, practice: PracticeId, login: &str, network: Option<&str>) -> Result<bool, Error> {
    db.write(&Actor::system(practice), practice, |tx| {
        let by_network = match network {
            Some(network) => take_attempt(tx, &format!("network {network}"), ATTEMPTS_PER_NETWORK)?,
            None => true,
        };
        Ok(take_attempt(tx, &format!("login {login}"), ATTEMPTS_PER_LOGIN)? && by_network)
    })
}

/// The password was right: now the device, or enrolment where there is none yet.
fn second_step(tx: &mut Tx, user: &UserRow, attempt: &Attempt, login: &str) -> Result<Answer, Error> {
    let actor = session::actor_of(tx, user)?;
    let is_staff = actor.roles.iter().any(|role: &Role| role.is_staff());
    let standing = match &user.totp_secret {
        Some(secret) if !code_holds(tx, user, secret, attempt.code)? => {
            refuse(tx, Some(user), login);
            return Ok(Answer::Refused);
        }
        None if is_staff => Standing::Enrolling,
        Some(_) | None => Standing::Full,
    };
    fill(tx, &format!("login {login}"), ATTEMPTS_PER_LOGIN)?;
    let secret = session::begin(tx, user.id, standing, attempt.device)?;
    tx.audit("log_in", "user", user.id, json!({"login": user.login}));
    Ok(Answer::In { secret, standing })
}

pub(crate) fn code_holds(tx: &mut Tx, user: &UserRow, secret: &[u8], code: &str) -> Result<bool, Error> {
    let now = tx.now();
    if let Some(step) = second_factor::step_of(secret, &user.login, code, now, user.totp_last_step)? {
        return Ok(tx.execute(&USE_STEP, params![user.id, step])? == 1);
    }
    let hash = second_factor::recovery_hash(code);
    let used = tx.execute(&USE_RECOVERY_CODE, params![user.id, hash, now])? == 1;
    if used {
        tx.audit("recovery_code_used", "user", user.id, json!({"login": user.login}));
    }
    Ok(used)
}

fn refuse(tx: &mut Tx, user: Option<&UserRow>, login: &str) {
    let subject = user.map_or(UserId(Uuid::nil()), |user| user.id);
    let login: String = login.chars().take(LONGEST_LOGIN_LOGGED).collect();
    tx.audit("log_in_refused", "user", subject, json!({"login": login}));
}

/// Takes one attempt from a bucket; false where none is left.
fn take_attempt(tx: &mut Tx, bucket: &str, most: i64) -> Result<bool, Error> {
    let now = tx.now();
    let Some(row) = tx.query_opt(&LOGIN_BUCKET, params![bucket])? else {
        tx.insert(&LoginBucketRow { bucket: bucket.to_owned(), attempts_left: most - 1, refilled_at: now })?;
        return Ok(true);
    };
    let left = refilled(&row, most, now);
    if left == 0 {
        return Ok(false);
    }
    // The clock of the bucket moves only when it was refilled, so that frequent attempts do not hold it still.
    let refilled_at = if left > row.attempts_left { now } else { row.refilled_at };
    tx.execute(&FILL_LOGIN_BUCKET, params![bucket, left - 1, refilled_at])?;
    Ok(true)
}

fn refilled(row: &LoginBucketRow, most: i64, now: Timestamp) -> i64 {
    let back = now.duration_since(row.refilled_at).as_secs() / REFILL_EVERY.as_secs();
    (row.attempts_left + back).clamp(0, most)
}

fn fill(tx: &mut Tx, bucket: &str, most: i64) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(&FILL_LOGIN_BUCKET, params![bucket, most, now])?;
    Ok(())
}

/// The log-ins that a demonstration database shows on its log-in page; none in a real practice.
///
/// # Errors
/// Where the database refuses.
pub fn demo_logins(db: &Db, practice: PracticeId) -> Result<Vec<DemoLogin>, Error> {
    db.read(&Actor::system(practice), practice, |read| {
        let mut logins = Vec::new();
        for row in read.query(&DEMO_LOGINS, params![])? {
            let Some(user) = read.query_opt(&USER_BY_ID, params![row.user_id])? else { continue };
            if user.state != UserState::Active {
                continue;
            }
            let roles = session::actor_of(read, &user)?.roles_in_words();
            let Some(secret) = user.totp_secret else { continue };
            let code = second_factor::code_now(&secret, &user.login, unused_step(read.now(), user.totp_last_step))?;
            logins.push(DemoLogin {
                login: user.login,
                display_name: user.display_name,
                roles,
                password: row.password,
                code,
            });
        }
        Ok(logins)
    })
}

/// The moment whose code was not used yet: now, or the next step where this one was. The next step's code is accepted
/// already, because clocks differ by a step.
fn unused_step(now: Timestamp, last_step: i64) -> Timestamp {
    let step = now.as_second() / 30;
    let next = (step.max(last_step + 1)).min(step + 1);
    Timestamp::from_second(next * 30).unwrap_or(now)
}
