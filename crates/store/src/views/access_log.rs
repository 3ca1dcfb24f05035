//! Who saw and did what: the two chains of the audit, the latest first, filtered by person, record and days, a page at a
//! time. Reads only; who may see which part is the page's to decide.

use billing::access::ActorKind;
use billing::id::{PatientId, UserId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use uuid::Uuid;

use crate::{Conn, Statement, StoreError, Val, params, record, statements};

/// Rows on one page: what three screens hold.
pub const PAGE: i64 = 100;
/// A chain is in the order of commits and a record carries the moment its transaction began; none lasts this long. So
/// rows older than a day by more stand before all of the day's, and the day is found by its place in the chain.
const LONGEST_TRANSACTION: SignedDuration = SignedDuration::from_hours(1);

record! {
    /// A look at a patient's record.
    pub struct LookRow {
        /// Its place in the chain of looks.
        pub sequence: i64,
        /// When.
        pub recorded_at: Timestamp,
        /// Person, job or file owner.
        pub actor_kind: ActorKind,
        /// Who.
        pub actor_login: String,
        /// What was shown.
        pub what: String,
        /// Whose record.
        pub patient_id: PatientId,
        /// The account number, which names nobody.
        pub account_number: String,
    }

    /// A change, or an event of signing in.
    pub struct DeedRow {
        /// Its place in the audit.
        pub sequence: i64,
        /// When.
        pub recorded_at: Timestamp,
        /// Person, job or file owner.
        pub actor_kind: ActorKind,
        /// Who.
        pub actor_login: String,
        /// What was done.
        pub action: String,
        /// To what.
        pub subject_kind: String,
        /// Which.
        pub subject_id: Uuid,
        /// The log-in name, account number or claim number of it; empty for other things.
        pub subject: String,
        /// Numbers, ids and codes.
        pub detail: String,
    }

    /// Somebody whose looks and deeds may be asked for.
    pub struct PersonRow {
        /// The id.
        pub id: UserId,
        /// The log-in name.
        pub login: String,
        /// The name that others read.
        pub display_name: String,
    }
}

/// The looks between two places of the chain and two moments, with one more condition; six parameters and its own.
macro_rules! looks {
    ($also:literal) => {
        concat!(
            "SELECT r.sequence AS sequence, r.recorded_at AS recorded_at, r.actor_kind AS actor_kind, \
             r.actor_login AS actor_login, r.what AS what, r.patient_id AS patient_id, COALESCE((SELECT p.account_number \
             FROM patient p WHERE p.practice_id = r.practice_id AND p.id = r.patient_id), '') AS account_number \
             FROM audit_read r WHERE r.practice_id = $1 AND r.sequence > $2 AND r.sequence < $3 \
             AND r.recorded_at >= $4 AND r.recorded_at < $5",
            $also,
            " ORDER BY r.sequence DESC LIMIT $6"
        )
    };
}

/// As `looks!`, of the audit of changes.
macro_rules! deeds {
    ($also:literal) => {
        concat!(
            "SELECT sequence, recorded_at, actor_kind, actor_login, action, subject_kind, subject_id, \
             COALESCE((SELECT u.login FROM app_user u WHERE u.practice_id = $1 AND u.id = subject_id), \
             (SELECT p.account_number FROM patient p WHERE p.practice_id = $1 AND p.id = subject_id), \
             (SELECT c.control_number FROM claim c WHERE c.practice_id = $1 AND c.id = subject_id), '') AS subject, detail \
             FROM audit_record WHERE practice_id = $1 AND sequence > $2 AND sequence < $3 \
             AND recorded_at >= $4 AND recorded_at < $5",
            $also,
            " ORDER BY sequence DESC LIMIT $6"
        )
    };
}

statements! {
    /// Looks of everybody at every record.
    pub const LOOKS: LookRow = looks!("");
    /// Looks of one person.
    pub const LOOKS_OF_USER: LookRow = looks!(" AND r.actor_user_id = $7");
    /// Looks at one record.
    pub const LOOKS_AT_PATIENT: LookRow = looks!(" AND r.patient_id = $7");
    /// Looks of one person at one record.
    pub const LOOKS_OF_USER_AT_PATIENT: LookRow = looks!(" AND r.patient_id = $7 AND r.actor_user_id = $8");
    /// Changes by everybody to everything.
    pub const DEEDS: DeedRow = deeds!("");
    /// Changes by one person.
    pub const DEEDS_OF_USER: DeedRow = deeds!(" AND actor_user_id = $7");
    /// Changes to one thing, or the events of signing in as one person.
    pub const DEEDS_TO: DeedRow = deeds!(" AND subject_id = $7");
    /// Changes by one person to one thing.
    pub const DEEDS_OF_USER_TO: DeedRow = deeds!(" AND subject_id = $7 AND actor_user_id = $8");
    /// Events of signing in and of people's rights.
    pub const LOGIN_EVENTS: DeedRow = deeds!(" AND subject_kind = 'user'");
    /// Events of people's rights by one person.
    pub const LOGIN_EVENTS_OF_USER: DeedRow = deeds!(" AND subject_kind = 'user' AND actor_user_id = $7");
    /// The last look before a moment.
    pub const LOOK_BEFORE: (i64,) = "SELECT sequence FROM audit_read WHERE practice_id = $1 AND recorded_at < $2 ORDER BY recorded_at DESC, sequence DESC LIMIT 1";
    /// The first look from a moment on.
    pub const LOOK_FROM: (i64,) = "SELECT sequence FROM audit_read WHERE practice_id = $1 AND recorded_at >= $2 ORDER BY recorded_at, sequence LIMIT 1";
    /// The last change before a moment.
    pub const DEED_BEFORE: (i64,) = "SELECT sequence FROM audit_record WHERE practice_id = $1 AND recorded_at < $2 ORDER BY recorded_at DESC, sequence DESC LIMIT 1";
    /// The first change from a moment on.
    pub const DEED_FROM: (i64,) = "SELECT sequence FROM audit_record WHERE practice_id = $1 AND recorded_at >= $2 ORDER BY recorded_at, sequence LIMIT 1";
    /// Everybody who has or had a log-in.
    pub const PEOPLE: PersonRow = "SELECT id, login, display_name FROM app_user WHERE practice_id = $1 ORDER BY login";
    /// The record of an account number.
    pub const PATIENT_OF_ACCOUNT: (PatientId,) = "SELECT id FROM patient WHERE practice_id = $1 AND account_number = $2";
    /// The account number of a record.
    pub const ACCOUNT_OF_PATIENT: (String,) = "SELECT account_number FROM patient WHERE practice_id = $1 AND id = $2";
}

/// What is asked of the log. Everything left out asks for everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// By this person; nil for jobs and the owner of the file.
    pub user: Option<UserId>,
    /// About this record.
    pub patient: Option<PatientId>,
    /// On this civil day of the practice or later.
    pub from: Option<Date>,
    /// On this civil day of the practice or earlier.
    pub until: Option<Date>,
    /// Only what stands before this place of the chain: the next page.
    pub before: Option<i64>,
}

/// Looks, the latest first; one more row than a page says that there are more. Looks still on their way are not among
/// them: flush first.
pub fn looks(conn: &Conn, asked: &Asked) -> Result<Vec<LookRow>, StoreError> {
    let stretch = stretch(conn, asked, &LOOK_BEFORE, &LOOK_FROM)?;
    match (asked.patient, asked.user) {
        (None, None) => conn.query(&LOOKS, &stretch),
        (None, Some(user)) => conn.query(&LOOKS_OF_USER, &with(&stretch, params![user])),
        (Some(patient), None) => conn.query(&LOOKS_AT_PATIENT, &with(&stretch, params![patient])),
        (Some(patient), Some(user)) => conn.query(&LOOKS_OF_USER_AT_PATIENT, &with(&stretch, params![patient, user])),
    }
}

/// Changes and log-ins, the latest first, as [`looks`]. Of a person: what they did, and what was done to their log-in.
pub fn deeds(conn: &Conn, asked: &Asked) -> Result<Vec<DeedRow>, StoreError> {
    let stretch = stretch(conn, asked, &DEED_BEFORE, &DEED_FROM)?;
    match (asked.patient, asked.user) {
        (None, None) => conn.query(&DEEDS, &stretch),
        (Some(patient), None) => conn.query(&DEEDS_TO, &with(&stretch, params![patient])),
        (Some(patient), Some(user)) => conn.query(&DEEDS_OF_USER_TO, &with(&stretch, params![patient, user])),
        (None, Some(user)) => by_and_to(conn, &DEEDS_OF_USER, &with(&stretch, params![user])),
    }
}

/// Events of signing in and of people's rights, as [`deeds`]; a record is not asked for.
pub fn login_events(conn: &Conn, asked: &Asked) -> Result<Vec<DeedRow>, StoreError> {
    let stretch = stretch(conn, asked, &DEED_BEFORE, &DEED_FROM)?;
    match asked.user {
        None => conn.query(&LOGIN_EVENTS, &stretch),
        Some(user) => by_and_to(conn, &LOGIN_EVENTS_OF_USER, &with(&stretch, params![user])),
    }
}

/// What a person did and what was done to them: two walks along an index each, put in order.
fn by_and_to(conn: &Conn, by: &Statement<DeedRow>, params: &[Val]) -> Result<Vec<DeedRow>, StoreError> {
    let mut rows = conn.query(by, params)?;
    rows.extend(conn.query(&DEEDS_TO, params)?);
    rows.sort_by_key(|row| std::cmp::Reverse(row.sequence));
    rows.dedup_by_key(|row| row.sequence);
    rows.truncate(usize::try_from(PAGE + 1).unwrap_or(usize::MAX));
    Ok(rows)
}

/// The five bounds that every statement begins with: two places, two moments, and how many.
fn stretch(
    conn: &Conn,
    asked: &Asked,
    last_before: &Statement<(i64,)>,
    first_from: &Statement<(i64,)>,
) -> Result<Vec<Val>, StoreError> {
    // Only a date at the end of the calendar has no midnight; the end of time is then meant.
    let midnight = |day: Date| day.to_zoned(conn.zone()).map_or(Timestamp::MAX, |midnight| midnight.timestamp());
    let from = asked.from.map_or(Timestamp::UNIX_EPOCH, midnight);
    let until = asked.until.map_or(Timestamp::MAX, |day| day.checked_add(1.day()).map_or(Timestamp::MAX, midnight));
    let mut after = 0;
    if let Ok(certainly_before) = from.checked_sub(LONGEST_TRANSACTION).map(|at| at.max(Timestamp::UNIX_EPOCH)) {
        after = conn.query_opt(last_before, params![certainly_before])?.map_or(0, |row| row.0);
    }
    let mut before = asked.before.unwrap_or(i64::MAX);
    if let Ok(certainly_after) = until.checked_add(LONGEST_TRANSACTION) {
        before = conn.query_opt(first_from, params![certainly_after])?.map_or(before, |row| before.min(row.0));
    }
    Ok(params![after, before, from, until, PAGE + 1].to_vec())
}

fn with(stretch: &[Val], more: &[Val]) -> Vec<Val> {
    [stretch, more].concat()
}

/// Everybody whose looks may be asked for.
pub fn people(conn: &Conn) -> Result<Vec<PersonRow>, StoreError> {
    conn.query(&PEOPLE, params![])
}

/// The record of an account number, as it is typed.
pub fn patient_of_account(conn: &Conn, account_number: &str) -> Result<Option<PatientId>, StoreError> {
    Ok(conn.query_opt(&PATIENT_OF_ACCOUNT, params![account_number.trim()])?.map(|row| row.0))
}

/// The account number of a record.
pub fn account_of_patient(conn: &Conn, patient: PatientId) -> Result<Option<String>, StoreError> {
    Ok(conn.query_opt(&ACCOUNT_OF_PATIENT, params![patient])?.map(|row| row.0))
}
