//! Who saw and did what: the two chains of the audit, the latest first.

use billing::access::ActorKind;
use billing::id::{PatientId, UserId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Conn, Db, StoreError, params, record, statements};

record! {
    /// A look at a patient's record.
    pub struct LookRow {
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
        /// Numbers, ids and codes.
        pub detail: String,
    }
}

statements! {
    /// The latest looks.
    pub const LOOKS: LookRow = "SELECT r.recorded_at AS recorded_at, r.actor_kind AS actor_kind, r.actor_login AS actor_login, r.what AS what, r.patient_id AS patient_id, p.account_number AS account_number FROM audit_read r JOIN patient p ON p.practice_id = r.practice_id AND p.id = r.patient_id WHERE r.practice_id = $1 ORDER BY r.sequence DESC LIMIT 200";
    /// The latest looks of one person.
    pub const LOOKS_OF_USER: LookRow = "SELECT r.recorded_at AS recorded_at, r.actor_kind AS actor_kind, r.actor_login AS actor_login, r.what AS what, r.patient_id AS patient_id, p.account_number AS account_number FROM audit_read r JOIN patient p ON p.practice_id = r.practice_id AND p.id = r.patient_id WHERE r.practice_id = $1 AND r.actor_user_id = $2 ORDER BY r.sequence DESC LIMIT 200";
    /// The latest looks at one record.
    pub const LOOKS_AT_PATIENT: LookRow = "SELECT r.recorded_at AS recorded_at, r.actor_kind AS actor_kind, r.actor_login AS actor_login, r.what AS what, r.patient_id AS patient_id, p.account_number AS account_number FROM audit_read r JOIN patient p ON p.practice_id = r.practice_id AND p.id = r.patient_id WHERE r.practice_id = $1 AND r.patient_id = $2 ORDER BY r.sequence DESC LIMIT 200";
    /// The latest changes.
    pub const DEEDS: DeedRow = "SELECT recorded_at, actor_kind, actor_login, action, subject_kind, subject_id, detail FROM audit_record WHERE practice_id = $1 ORDER BY sequence DESC LIMIT 200";
    /// The latest changes of one person, and the events of signing in with that name.
    pub const DEEDS_OF_USER: DeedRow = "SELECT recorded_at, actor_kind, actor_login, action, subject_kind, subject_id, detail FROM audit_record WHERE practice_id = $1 AND (actor_user_id = $2 OR subject_id = $2) ORDER BY sequence DESC LIMIT 200";
    /// The latest events of signing in and of people's rights.
    pub const LOGIN_EVENTS: DeedRow = "SELECT recorded_at, actor_kind, actor_login, action, subject_kind, subject_id, detail FROM audit_record WHERE practice_id = $1 AND subject_kind = 'user' ORDER BY sequence DESC LIMIT 200";
}

/// Which part of the log is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Everything.
    All,
    /// One person's.
    User(UserId),
    /// One patient's record: looks only.
    Patient(PatientId),
    /// Signing in and rights only.
    LogIns,
}

/// Looks and changes, the latest first. Looks still on their way are written first.
pub fn get(db: &Db, conn: &Conn, part: Part) -> Result<(Vec<LookRow>, Vec<DeedRow>), StoreError> {
    db.flush_reads();
    Ok(match part {
        Part::All => (conn.query(&LOOKS, params![])?, conn.query(&DEEDS, params![])?),
        Part::User(user) => (conn.query(&LOOKS_OF_USER, params![user])?, conn.query(&DEEDS_OF_USER, params![user])?),
        Part::Patient(patient) => (conn.query(&LOOKS_AT_PATIENT, params![patient])?, Vec::new()),
        Part::LogIns => (Vec::new(), conn.query(&LOGIN_EVENTS, params![])?),
    })
}
