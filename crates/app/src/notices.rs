//! What people are told at the desk: who, of what kind, about which item. A notice is told in the transaction of what it
//! tells of. By letter go counts only, never what an item is about.

use billing::access::{Action, Actor, ResourceState, Role, UserState};
use billing::clock::Nature;
use billing::id::NoticeId;
use billing::work::NoticeKind;
use billing::{PracticeId, UserId, WorkItemId};
use jiff::ToSpan;
use store::clock::CLOCK_COUNTS;
use store::notice::{
    DEADLINES_NEAR, DIGEST_COUNT, LATEST_UNREAD, LETTER_SENT, LETTERS_DUE, NOTICE_SETTING, NOTICES_OF_USER, NoticeRow,
    NoticeSettingRow, NoticeView, READ_NOTICES, READ_NOTICES_OF_ITEM, SET_ADDRESS, TOLD_BEFORE, UNREAD_NOTICES,
};
use store::users::{ROLES, USER_BY_ID, USER_BY_LOGIN, USERS};
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::clearinghouse::CarrierError;
use crate::jobs::Outcome;
use crate::{Error, jobs};

/// Notices that a page shows: some weeks of a busy person.
const MOST_SHOWN: i64 = 100;
/// Unread notices are counted up to here; more are "99+".
pub const MOST_COUNTED: i64 = 100;
/// Days before a day of law or contract on which the item's owner is told, weekends included.
const NEAR_DAYS: i64 = 4;
/// Longest address of a letter: RFC 5321 allows no longer path.
const LONGEST_ADDRESS: usize = 254;

/// Tells a person something about an item, in the transaction of what happened. Nobody is told of what they did.
pub(crate) fn tell(tx: &mut Tx, person: UserId, kind: NoticeKind, item: WorkItemId) -> Result<(), Error> {
    if tx.actor().user == person {
        return Ok(());
    }
    let row = NoticeRow {
        id: NoticeId(tx.new_id()),
        user_id: person,
        kind,
        work_item_id: item,
        told_at: tx.now(),
        read_at: None,
    };
    Ok(tx.insert(&row)?)
}

/// Tells the person of a log-in name, where there is one.
pub(crate) fn tell_login(tx: &mut Tx, login: &str, kind: NoticeKind, item: WorkItemId) -> Result<(), Error> {
    match tx.query_opt(&USER_BY_LOGIN, params![login])? {
        Some(user) => tell(tx, user.id, kind, item),
        None => Ok(()),
    }
}

/// Tells everybody of a role who may sign in.
pub(crate) fn tell_role(tx: &mut Tx, role: Role, kind: NoticeKind, item: WorkItemId) -> Result<(), Error> {
    let of_role: Vec<UserId> =
        tx.query(&ROLES, params![])?.into_iter().filter(|row| row.role == role).map(|row| row.user_id).collect();
    for user in tx.query(&USERS, params![])? {
        if user.state == UserState::Active && of_role.contains(&user.id) {
            tell(tx, user.id, kind, item)?;
        }
    }
    Ok(())
}

/// The person's own notices, the latest first.
///
/// # Errors
/// `Denied` without the right to see a worklist.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<NoticeView>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&NOTICES_OF_USER, params![actor.user, MOST_SHOWN])?))
}

/// How many the person has not read, up to [`MOST_COUNTED`], and the latest of them.
///
/// # Errors
/// Of the database.
pub fn unread(conn: &Conn, person: UserId) -> Result<(i64, Option<NoticeView>), Error> {
    let (count,) = conn.query_one(&UNREAD_NOTICES, params![person, MOST_COUNTED])?;
    let latest = if count == 0 { None } else { conn.query_opt(&LATEST_UNREAD, params![person])? };
    Ok((count, latest))
}

/// The person read everything until a notice.
///
/// # Errors
/// `Denied` without the right to see a worklist.
pub fn read_until(db: &Db, actor: &Actor, practice: PracticeId, last: NoticeId) -> Result<(), Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let now = tx.now();
        tx.execute(&READ_NOTICES, params![actor.user, now, last])?;
        Ok(())
    })
}

/// The person looked at an item: what was told about it is read. Writes only where something was unread.
///
/// # Errors
/// Of the database.
pub fn looked_at(db: &Db, actor: &Actor, practice: PracticeId, item: WorkItemId) -> Result<(), Error> {
    let (unread, _) = db.read(actor, practice, |read| unread(read, actor.user))?;
    if unread == 0 {
        return Ok(());
    }
    db.write(actor, practice, |tx| {
        let now = tx.now();
        tx.execute(&READ_NOTICES_OF_ITEM, params![actor.user, now, item])?;
        Ok(())
    })
}

/// The daily job: tells each owner once of a day of law or contract that is near. Answers how many were told.
///
/// # Errors
/// Of the database.
pub fn tell_of_deadlines(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let near = tx.today().saturating_add(NEAR_DAYS.days());
        let mut told = 0;
        for (item, owner) in tx.query(&DEADLINES_NEAR, params![near])? {
            let kind = NoticeKind::DeadlineNear;
            let (before,) = tx.query_one(&TOLD_BEFORE, params![item, kind, owner])?;
            if before == 0 {
                tell(tx, owner, kind, item)?;
                told += 1;
            }
        }
        Ok(told)
    })
}

/// Where the person's daily letter goes; none where they want none.
///
/// # Errors
/// Of the database.
pub fn address(conn: &Conn, person: UserId) -> Result<Option<String>, Error> {
    Ok(conn.query_opt(&NOTICE_SETTING, params![person])?.and_then(|row| row.address))
}

/// The person wants a daily letter of counts at an address, or none.
///
/// # Errors
/// `Invalid` for what is no address.
pub fn set_address(db: &Db, actor: &Actor, practice: PracticeId, address: &str) -> Result<(), Error> {
    allow(actor, Action::ManageOwnLogin, &ResourceState::default())?;
    let address = address.trim();
    let (name, host) = address.split_once('@').unwrap_or_default();
    let is_plain = address.chars().all(|letter| letter.is_ascii_graphic() && !"<>,;:\"()".contains(letter));
    if !address.is_empty()
        && (name.is_empty()
            || !host.contains('.')
            || host.contains('@')
            || !is_plain
            || address.len() > LONGEST_ADDRESS)
    {
        return Err(Error::invalid("address", "Write one address such as rosa@example.org, or nothing for no letter."));
    }
    let address = Some(address.to_owned()).filter(|address| !address.is_empty());
    db.write(actor, practice, |tx| {
        if tx.execute(&SET_ADDRESS, params![actor.user, address])? == 0 {
            tx.insert(&NoticeSettingRow { user_id: actor.user, address: address.clone(), last_sent_on: None })?;
        }
        tx.audit("notice_setting.set", "user", actor.user, serde_json::json!({ "letter": address.is_some() }));
        Ok(())
    })
}

/// A letter of counts: nothing in it says about whom or what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Where it goes.
    pub to: String,
    /// The head.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// Carries letters: a folder from which a mail program sends, later SMTP.
pub trait Mail {
    /// Hands a letter over. Must be safe to repeat under the same name.
    ///
    /// # Errors
    /// A sentence with what to do, where it could not be handed over.
    fn post(&self, name: &str, letter: &Letter) -> Result<(), CarrierError>;
}

/// The word of the daily letters among the daily jobs.
pub const LETTERS_JOB: &str = "letters";

/// Sends today's letters once a day, whichever process comes first, and writes down how it ended with the daily jobs.
///
/// # Errors
/// Where the database refuses; what the carrier says is among the jobs.
pub fn send_letters_once(db: &Db, practice: PracticeId, mail: &dyn Mail) -> Result<Option<Outcome>, Error> {
    jobs::once_today(db, practice, LETTERS_JOB, || send_letters(db, practice, mail))
}

/// Sends today's letters to who wants one and has something to read. Answers how many went.
///
/// # Errors
/// `Refused` where the carrier takes none; what went until then stays sent.
pub fn send_letters(db: &Db, practice: PracticeId, mail: &dyn Mail) -> Result<usize, Error> {
    let system = Actor::system(practice);
    let (due, today) = db.read(&system, practice, |read| {
        let today = read.today();
        Ok::<_, Error>((read.query(&LETTERS_DUE, params![today])?, today))
    })?;
    let mut sent = 0;
    for setting in due {
        let Some(to) = setting.address else { continue };
        let written = db.read(&system, practice, |read| letter(read, setting.user_id, to.clone()))?;
        if let Some(letter) = written {
            mail.post(&format!("{today}-{}", setting.user_id), &letter).map_err(|trouble| Error::refused(trouble.0))?;
            sent += 1;
        }
        db.write(&system, practice, |tx| {
            tx.execute(&LETTER_SENT, params![setting.user_id, today])?;
            Ok::<_, Error>(())
        })?;
    }
    Ok(sent)
}

/// Clocks of the practice that are ours to keep, for who may decide them: past their last day, and ending within a week.
fn clocks_to_decide(conn: &Conn, person: UserId) -> Result<(i64, i64), Error> {
    let roles = conn.query(&ROLES, params![])?.into_iter().filter(|row| row.user_id == person).map(|row| row.role);
    let actor = Actor::user(person, String::new(), roles.collect(), conn.practice());
    if allow(&actor, Action::DecideClock, &ResourceState::default()).is_err() {
        return Ok((0, 0));
    }
    let (today, week) = (conn.today(), conn.today().saturating_add(7.days()));
    let counts = conn.query(&CLOCK_COUNTS, params![today, week])?;
    let ours = counts.iter().filter(|count| count.kind.facts().nature != Nature::Watch);
    Ok(ours.fold((0, 0), |(overdue, soon), count| (overdue + count.overdue, soon + count.within_week)))
}

/// The letter of a person; none where there is nothing to say or they may not sign in.
fn letter(conn: &Conn, person: UserId, to: String) -> Result<Option<Letter>, Error> {
    let user = conn.query_opt(&USER_BY_ID, params![person])?.filter(|user| user.state == UserState::Active);
    if user.is_none() {
        return Ok(None);
    }
    let (unread, _) = unread(conn, person)?;
    let near = conn.today().saturating_add(NEAR_DAYS.days());
    let count = conn.query_one(&DIGEST_COUNT, params![person, conn.today(), near])?;
    let clocks = clocks_to_decide(conn, person)?;
    if unread == 0 && count.due == 0 && count.near == 0 && clocks == (0, 0) {
        return Ok(None);
    }
    let counted = billing::counting::counted;
    let mut body = format!(
        "{} unread.\n{} with you, {} of them due today or late; of {} the day of law or contract is near.\n",
        counted(unread, "notice"),
        counted(count.items, "item"),
        count.due,
        count.near
    );
    if clocks != (0, 0) {
        let (overdue, soon) = clocks;
        body.push_str(&format!(
            "{} past the last day and undecided; {} within a week.\n",
            counted(overdue, "clock"),
            counted(soon, "clock")
        ));
    }
    body.push_str("\nOpen Tierline to read them. This letter names nobody; you end it under My log-in.\n");
    let subject = format!("Tierline: {} unread, {} due", counted(unread, "notice"), counted(count.due, "item"));
    Ok(Some(Letter { to, subject, body }))
}
