//! People who sign in: added by one person and approved by another, given roles within the separation of duties,
//! disabled with every session and token at once. Passwords are hashed and compared outside transactions.

use billing::access::{
    Action, Actor, Conflict, ResourceState, Role, UserState, authorize, conflicts, password_problem,
};
use billing::id::{PracticeId, UserId};
use serde_json::json;
use store::access::END_SESSIONS;
use store::users::{
    CHANGE_PASSWORD, CHANGE_STATE, DemoLoginRow, END_TOKENS, ENROL_DEVICE, FORGET_DEMO_LOGIN, FORGET_RECOVERY_CODES,
    FORGET_RESET, RECOVERY_CODES_LEFT, ROLES, ROLES_OF_USER, RecoveryCodeRow, TAKE_ROLES, USER_BY_ID, USER_BY_LOGIN,
    USERS, UserRoleRow, UserRow,
};
use store::{Conn, Db, Tx, params};

pub mod reset;

use crate::Error;
use crate::access::{allow_plain, log_in, password, second_factor};

/// The longest log-in name.
const LOGIN_CHARS: usize = 60;

/// A person as lists show them.
#[derive(Debug, Clone)]
pub struct Person {
    /// The id.
    pub id: UserId,
    /// The log-in name.
    pub login: String,
    /// The name that others read.
    pub display_name: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// Waiting, active or disabled.
    pub state: UserState,
    /// Whether a device is enrolled.
    pub has_device: bool,
    /// The conflicts that the roles hold together, if the practice allows them.
    pub conflicts: Vec<Conflict>,
    /// Who gave the roles: must not be who approves them.
    pub given_by: UserId,
}

/// A person to add.
pub struct NewPerson<'a> {
    /// The log-in name.
    pub login: &'a str,
    /// The name that others read.
    pub display_name: &'a str,
    /// The roles.
    pub roles: &'a [Role],
    /// Conflicting roles may stand together, reported to the owner daily: the practice's own setting.
    pub solo_practice: bool,
}

/// A person who was added.
#[derive(Debug, Clone)]
pub struct Added {
    /// The id.
    pub id: UserId,
    /// The start code, with which the person chooses a password: its first half, and the second where nobody approves.
    pub code: reset::Asked,
}

/// Adds a person. Where the maker's right needs a checker, the person waits for a second one's approval. Nobody chooses
/// a password for them: they do, with a start code of two halves.
///
/// # Errors
/// `Denied`; a field that is wrong; roles that conflict.
pub fn add(tx: &mut Tx, person: &NewPerson) -> Result<Added, Error> {
    let allowed = allow_plain(tx, Action::ManageUsers)?;
    let login = checked(person.login, person.display_name, person.roles, person.solo_practice)?;
    if tx.query_opt(&USER_BY_LOGIN, params![login])?.is_some() {
        return Err(Error::invalid("login", "somebody has this log-in name already; choose another"));
    }
    let state = if allowed.needs_checker() { UserState::Waiting } else { UserState::Active };
    let id = UserId(tx.new_id());
    tx.insert(&UserRow {
        id,
        login,
        display_name: person.display_name.trim().to_owned(),
        password_hash: password::NOT_CHOSEN.to_owned(),
        totp_secret: None,
        totp_last_step: 0,
        state,
        created_at: tx.now(),
        created_by: tx.actor().user,
        approved_by: None,
        disabled_at: None,
    })?;
    give_roles(tx, id, person.roles)?;
    tx.audit("user_added", "user", id, json!({}));
    let code = reset::start(tx, id, allowed.needs_checker())?;
    Ok(Added { id, code })
}

/// Judges a person to add without adding anybody; answers the log-in name as it is stored.
///
/// # Errors
/// A field that is wrong; roles that conflict.
pub fn checked(login: &str, display_name: &str, roles: &[Role], solo_practice: bool) -> Result<String, Error> {
    let login = checked_login(login)?;
    if display_name.trim().is_empty() {
        return Err(Error::invalid("name", "write the name that colleagues will read"));
    }
    check_duties(roles, solo_practice)?;
    Ok(login)
}

/// Approves a waiting person; never by who added them or changed their roles. Answers the second half of the start code,
/// shown once, where the person has not chosen a password yet.
///
/// # Errors
/// `Denied`; a refusal where nobody waits.
pub fn approve(tx: &mut Tx, id: UserId) -> Result<Option<String>, Error> {
    let user = find(tx, id)?;
    let roles = tx.query(&ROLES_OF_USER, params![id])?;
    let state = ResourceState::made_by(giver(&user, &roles), ledger::Money::ZERO);
    authorize(tx.actor(), Action::ApproveUsers, &state)?;
    if user.state != UserState::Waiting {
        return Err(Error::refused("This person does not wait for approval."));
    }
    let second = reset::approve_start(tx, &user)?;
    let approved_by = Some(tx.actor().user);
    tx.execute(&CHANGE_STATE, params![id, UserState::Active, approved_by, user.disabled_at])?;
    tx.audit("user_approved", "user", id, json!({}));
    Ok(second)
}

/// Gives a person other roles. Every session and token ends, so that the new rights hold at once; the person waits for a
/// second one's approval where the maker's right needs it.
///
/// # Errors
/// `Denied`; roles that conflict; one's own roles.
pub fn change_roles(tx: &mut Tx, id: UserId, roles: &[Role], solo_practice: bool) -> Result<(), Error> {
    let allowed = allow_plain(tx, Action::ManageUsers)?;
    let user = find(tx, id)?;
    if id == tx.actor().user {
        return Err(Error::refused("Nobody changes their own roles. Ask another administrator."));
    }
    check_duties(roles, solo_practice)?;
    let keys = |mut roles: Vec<Role>| {
        roles.sort();
        roles.dedup();
        roles.into_iter().map(Role::key).collect::<Vec<_>>()
    };
    let before = keys(tx.query(&ROLES_OF_USER, params![id])?.into_iter().map(|row| row.role).collect());
    let after = keys(roles.to_vec());
    if before == after {
        return Err(Error::invalid("roles", "the person holds these already; nothing was changed"));
    }
    tx.execute(&TAKE_ROLES, params![id])?;
    give_roles(tx, id, roles)?;
    end_everything(tx, id)?;
    if allowed.needs_checker() && user.state == UserState::Active {
        tx.execute(&CHANGE_STATE, params![id, UserState::Waiting, None::<UserId>, user.disabled_at])?;
    }
    tx.audit("roles_changed", "user", id, json!({ "before": before, "after": after }));
    Ok(())
}

/// Disables a person: every session and token ends in the same moment.
///
/// # Errors
/// `Denied`; a refusal for oneself.
pub fn disable(tx: &mut Tx, id: UserId) -> Result<(), Error> {
    allow_plain(tx, Action::DisableUser)?;
    let user = find(tx, id)?;
    if id == tx.actor().user {
        return Err(Error::refused("Nobody disables themselves: somebody must be left to let people in."));
    }
    let now = Some(tx.now());
    tx.execute(&CHANGE_STATE, params![id, UserState::Disabled, user.approved_by, now])?;
    end_everything(tx, id)?;
    tx.audit("user_disabled", "user", id, json!({}));
    Ok(())
}

/// Changes one's own password; every other session ends with it.
///
/// # Errors
/// A refusal where the present password is wrong; a password that is too weak or the same.
pub fn change_own_password(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    present: &str,
    new_password: &str,
) -> Result<(), Error> {
    let user = db.read(actor, practice, |read| find(read, actor.user))?;
    if !password::matches(present, &user.password_hash) {
        return Err(Error::invalid("present", "that is not the present password"));
    }
    if present == new_password {
        return Err(Error::invalid("password", "choose one that differs from the present one"));
    }
    if let Some(problem) = password_problem(new_password, &user.login) {
        return Err(Error::invalid("password", problem));
    }
    let hash = password::new_hash(db.env(), new_password)?;
    db.write(actor, practice, |tx| {
        unchanged(tx, &user)?;
        set_password(tx, user.id, &hash)?;
        tx.audit("password_changed", "user", user.id, json!({}));
        Ok(())
    })
}

/// The password that was compared outside the transaction is the one that stands.
fn unchanged(tx: &Tx, user: &UserRow) -> Result<(), Error> {
    if find(tx, user.id)?.password_hash == user.password_hash { Ok(()) } else { Err(Error::Changed) }
}

/// Another password, of which a demonstration's page knows nothing; every session and token ends.
fn set_password(tx: &mut Tx, id: UserId, hash: &str) -> Result<(), Error> {
    tx.execute(&CHANGE_PASSWORD, params![id, hash])?;
    tx.execute(&FORGET_DEMO_LOGIN, params![id])?;
    end_everything(tx, id)
}

/// A fresh device secret to enrol; nothing is stored until its first code is confirmed.
pub fn new_device_secret(conn: &Tx) -> Vec<u8> {
    let mut secret = vec![0; second_factor::SECRET_BYTES];
    conn.fill_random(&mut secret);
    secret
}

/// A device to enrol, with the proof that its person asks.
pub struct Enrolment<'a> {
    /// The device's shared secret.
    pub secret: &'a [u8],
    /// The code that it shows.
    pub code: &'a str,
    /// The person's password; asked where a device is enrolled already.
    pub password: &'a str,
    /// A code of the present device, or a recovery code; asked as the password is.
    pub present_code: &'a str,
}

/// Enrols a device after its first code was typed, and gives new recovery codes, shown once. Sessions end: the person
/// signs in again with the device. A device that is there is replaced only with the password and a code of its own:
/// a session left open is not enough.
///
/// # Errors
/// A field error where a code or the password does not fit.
pub fn enrol_device(db: &Db, actor: &Actor, practice: PracticeId, enrolment: &Enrolment) -> Result<Vec<String>, Error> {
    let user = db.read(actor, practice, |read| find(read, actor.user))?;
    let replaces = user.totp_secret.is_some();
    if replaces && !password::matches(enrolment.password, &user.password_hash) {
        return Err(Error::invalid("password", "that is not your password; it is asked before a device is replaced"));
    }
    db.write(actor, practice, |tx| {
        unchanged(tx, &user)?;
        let present = find(tx, user.id)?;
        if present.totp_secret.is_some() && !replaces {
            return Err(Error::Changed);
        }
        enrol(tx, &present, enrolment)
    })
}

fn enrol(tx: &mut Tx, user: &UserRow, enrolment: &Enrolment) -> Result<Vec<String>, Error> {
    let Enrolment { secret, code, present_code, .. } = *enrolment;
    if let Some(present) = &user.totp_secret
        && !log_in::code_holds(tx, user, present, present_code)?
    {
        return Err(Error::invalid(
            "present code",
            "type a fresh code of the device you have, or one of your recovery codes; without either, ask for a reset",
        ));
    }
    let Some(step) = second_factor::step_of(secret, &user.login, code, tx.now(), 0)? else {
        return Err(Error::invalid(
            "code",
            "that is not the code of this device now; wait for the next one and type it",
        ));
    };
    tx.execute(&ENROL_DEVICE, params![user.id, secret.to_vec(), step])?;
    tx.execute(&FORGET_RECOVERY_CODES, params![user.id])?;
    let mut codes = Vec::new();
    for _ in 0..second_factor::RECOVERY_CODES {
        let mut random = [0; second_factor::RECOVERY_BYTES];
        tx.fill_random(&mut random);
        let code = second_factor::recovery_code(random);
        let code_sha256 = second_factor::recovery_hash(&code);
        tx.insert(&RecoveryCodeRow { user_id: user.id, code_sha256, used_at: None })?;
        codes.push(code);
    }
    end_everything(tx, user.id)?;
    tx.audit("device_enrolled", "user", user.id, json!({}));
    Ok(codes)
}

/// How many recovery codes the person has left.
///
/// # Errors
/// Where the database refuses.
pub fn recovery_codes_left(conn: &Conn, user: UserId) -> Result<i64, Error> {
    Ok(conn.query_one(&RECOVERY_CODES_LEFT, params![user])?.0)
}

/// What a person's own page shows of the log-in.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    /// A device is enrolled.
    pub has_device: bool,
}

/// One's own log-in.
///
/// # Errors
/// Not found; where the database refuses.
pub fn own(conn: &Conn, user: UserId) -> Result<Own, Error> {
    let user = find(conn, user)?;
    Ok(Own { has_device: user.totp_secret.is_some() })
}

/// Everybody with a log-in.
///
/// # Errors
/// `Denied`.
pub fn list(conn: &Conn) -> Result<Vec<Person>, Error> {
    allow_plain(conn, Action::ViewUsers)?;
    let roles = conn.query(&ROLES, params![])?;
    let of = |id: UserId| roles.iter().filter(|row| row.user_id == id).cloned().collect::<Vec<_>>();
    Ok(conn.query(&USERS, params![])?.into_iter().map(|user| person(&user, &of(user.id))).collect())
}

/// One person by log-in name, for the command line.
///
/// # Errors
/// Not found.
pub fn by_login(conn: &Conn, login: &str) -> Result<Person, Error> {
    let user = conn.query_opt(&USER_BY_LOGIN, params![login])?.ok_or(Error::NotFound("log-in"))?;
    Ok(person(&user, &conn.query(&ROLES_OF_USER, params![user.id])?))
}

/// One person, for a page about them.
///
/// # Errors
/// `Denied`; not found.
pub fn by_id(conn: &Conn, id: UserId) -> Result<Person, Error> {
    allow_plain(conn, Action::ViewUsers)?;
    let user = find(conn, id)?;
    Ok(person(&user, &conn.query(&ROLES_OF_USER, params![id])?))
}

/// Adds a person of a demonstration: active, with a password and an enrolled device, and shown on the log-in page with
/// the code of the moment.
///
/// # Errors
/// A refusal in a practice that is not a demonstration.
pub fn add_demo_person(
    db: &Db,
    practice: PracticeId,
    person: &NewPerson,
    password: &str,
    ordinal: i64,
) -> Result<UserId, Error> {
    let hash = password::new_hash(db.env(), password)?;
    db.write(&Actor::system(practice), practice, |tx| {
        if !store::views::practice::is_demo(tx)? {
            return Err(Error::refused("Demonstration log-ins are for demonstration databases only."));
        }
        let Added { id, .. } = add(tx, person)?;
        set_password(tx, id, &hash)?;
        tx.execute(&FORGET_RESET, params![id])?;
        let secret = new_device_secret(tx);
        tx.execute(&ENROL_DEVICE, params![id, secret, 0_i64])?;
        tx.execute(&CHANGE_STATE, params![id, UserState::Active, None::<UserId>, None::<jiff::Timestamp>])?;
        tx.insert(&DemoLoginRow { user_id: id, password: password.to_owned(), ordinal })?;
        Ok(id)
    })
}

fn person(user: &UserRow, rows: &[UserRoleRow]) -> Person {
    let roles: Vec<Role> = rows.iter().map(|row| row.role).collect();
    Person {
        id: user.id,
        login: user.login.clone(),
        display_name: user.display_name.clone(),
        conflicts: conflicts(&roles),
        roles,
        state: user.state,
        has_device: user.totp_secret.is_some(),
        given_by: giver(user, rows),
    }
}

/// Who gave the roles that are held; all of them are given together.
fn giver(user: &UserRow, roles: &[UserRoleRow]) -> UserId {
    roles.first().map_or(user.created_by, |row| row.given_by)
}

fn find(conn: &Conn, id: UserId) -> Result<UserRow, Error> {
    conn.query_opt(&USER_BY_ID, params![id])?.ok_or(Error::NotFound("person"))
}

fn give_roles(tx: &mut Tx, id: UserId, roles: &[Role]) -> Result<(), Error> {
    let (given_at, given_by) = (tx.now(), tx.actor().user);
    for (place, role) in roles.iter().enumerate() {
        if !roles[..place].contains(role) {
            tx.insert(&UserRoleRow { user_id: id, role: *role, given_at, given_by })?;
        }
    }
    Ok(())
}

fn end_everything(tx: &mut Tx, id: UserId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(&END_SESSIONS, params![id, now])?;
    tx.execute(&END_TOKENS, params![id, now])?;
    Ok(())
}

fn check_duties(roles: &[Role], solo_practice: bool) -> Result<(), Error> {
    if roles.is_empty() {
        return Err(Error::invalid("roles", "choose at least one role"));
    }
    match conflicts(roles).first() {
        Some(conflict) if !solo_practice => Err(Error::invalid(
            "roles",
            format!(
                "{conflict} Give them to two people, or set the practice to solo mode, which reports it to the owner daily."
            ),
        )),
        Some(_) | None => Ok(()),
    }
}

/// Refuses to end solo mode while somebody who is not disabled holds roles that conflict.
///
/// # Errors
/// `Invalid` at `solo` with who it is and what to do; of the store.
pub(crate) fn refuse_standing_conflicts(conn: &Conn) -> Result<(), Error> {
    let roles = conn.query(&ROLES, params![])?;
    let of = |id: UserId| roles.iter().filter(|row| row.user_id == id).map(|row| row.role).collect::<Vec<Role>>();
    let users = conn.query(&USERS, params![])?;
    let people = users.iter().filter(|user| user.state != UserState::Disabled);
    let holding: Vec<String> = people
        .filter_map(|user| conflicts(&of(user.id)).first().map(|found| (user, found.first, found.second)))
        .map(|(user, first, second)| format!("{} ({first} and {second})", user.display_name))
        .collect();
    match holding.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(
            "solo",
            format!(
                "Solo mode stays on while somebody holds roles that conflict: {}. Give the roles to two people or disable \
                 the log-in under People and roles, then switch it off.",
                holding.join(", ")
            ),
        )),
    }
}

fn checked_login(login: &str) -> Result<String, Error> {
    let login = login.trim().to_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    if login.is_empty() || login.len() > LOGIN_CHARS || !login.chars().all(plain) {
        return Err(Error::invalid("login", "use letters, digits, dots and hyphens, for example rosa.idowu"));
    }
    Ok(login)
}
