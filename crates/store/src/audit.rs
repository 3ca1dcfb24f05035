//! The audit of changes: one chained record for each thing done, in the transaction that did it.

use billing::access::ActorKind;
use billing::id::{PatientId, UserId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StoreError;
use crate::head::HeadRow;
use crate::{record, statements};

record! {
    /// A record as stored.
    pub struct AuditRow in "audit_record" {
        /// Gapless within the practice.
        pub sequence: i64,
        /// When.
        pub recorded_at: Timestamp,
        /// Person, job or file owner.
        pub actor_kind: ActorKind,
        /// The person; nil for others.
        pub actor_user_id: UserId,
        /// The log-in name.
        pub actor_login: String,
        /// What was done.
        pub action: String,
        /// To what kind of thing.
        pub subject_kind: String,
        /// To which.
        pub subject_id: Uuid,
        /// Numbers, ids and codes as JSON text.
        pub detail: String,
        /// The rows that the transaction wrote, each with its digest; on the transaction's first record.
        pub seals: Option<String>,
        /// Hash of the record before.
        pub prev_hash: [u8; 32],
        /// SHA-256 over the record and the hash before.
        pub hash: [u8; 32],
    }
}

statements! {
    /// A stretch of the chain, in order.
    pub const AUDIT_AFTER: AuditRow =
        "SELECT sequence, recorded_at, actor_kind, actor_user_id, actor_login, action, subject_kind, subject_id, detail,
                seals, prev_hash, hash
         FROM audit_record WHERE practice_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    /// What was done to one thing, latest first.
    pub const AUDIT_OF_SUBJECT: AuditRow =
        "SELECT sequence, recorded_at, actor_kind, actor_user_id, actor_login, action, subject_kind, subject_id, detail,
                seals, prev_hash, hash
         FROM audit_record WHERE practice_id = $1 AND subject_id = $2 ORDER BY sequence DESC LIMIT $3";
    /// The latest records, latest first.
    pub const AUDIT_LATEST: AuditRow =
        "SELECT sequence, recorded_at, actor_kind, actor_user_id, actor_login, action, subject_kind, subject_id, detail,
                seals, prev_hash, hash
         FROM audit_record WHERE practice_id = $1 ORDER BY sequence DESC LIMIT $2";
}

/// What one call of `tx.audit` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Audit {
    pub(crate) action: &'static str,
    pub(crate) subject_kind: &'static str,
    pub(crate) subject: Uuid,
    pub(crate) detail: String,
}

/// What one call of `read.saw` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) practice: billing::id::PracticeId,
    pub(crate) at: Timestamp,
    pub(crate) actor_kind: ActorKind,
    pub(crate) actor_user: UserId,
    pub(crate) actor_login: String,
    pub(crate) what: &'static str,
    pub(crate) patient: PatientId,
}

impl Seen {
    pub(crate) fn new(conn: &Conn, what: &'static str, patient: PatientId) -> Seen {
        let actor = conn.actor();
        Seen {
            practice: conn.practice(),
            at: conn.now(),
            actor_kind: actor.kind,
            actor_user: actor.user,
            actor_login: actor.login.clone(),
            what,
            patient,
        }
    }
}

/// Adds the records after the head and moves it.
pub(crate) fn append(conn: &Conn, head: &mut HeadRow, audits: &[Audit]) -> Result<(), StoreError> {
    let actor = conn.actor();
    let mut seals = conn.seals()?;
    let mut rows = Vec::with_capacity(audits.len());
    for audit in audits {
        let mut row = AuditRow {
            sequence: head.audit_sequence + 1,
            recorded_at: conn.now(),
            actor_kind: actor.kind,
            actor_user_id: actor.user,
            actor_login: actor.login.clone(),
            action: audit.action.to_owned(),
            subject_kind: audit.subject_kind.to_owned(),
            subject_id: audit.subject,
            detail: audit.detail.clone(),
            seals: seals.take(),
            prev_hash: head.audit_hash,
            hash: [0; 32],
        };
        row.hash = row.computed_hash();
        head.audit_sequence = row.sequence;
        head.audit_hash = row.hash;
        rows.push(row);
    }
    conn.insert_many(&rows)
}

impl AuditRow {
    /// The hash this record must carry.
    pub fn computed_hash(&self) -> [u8; 32] {
        let mut chain = ChainHash::after(self.prev_hash);
        chain.number(self.sequence);
        chain.number(self.recorded_at.as_microsecond());
        chain.text(self.actor_kind.key());
        chain.bytes(self.actor_user_id.0.as_bytes());
        chain.text(&self.actor_login);
        chain.text(&self.action);
        chain.text(&self.subject_kind);
        chain.bytes(self.subject_id.as_bytes());
        chain.text(&self.detail);
        if let Some(seals) = &self.seals {
            chain.text(seals);
        }
        chain.finish()
    }
}

/// SHA-256 over fields with their lengths, so that no two different records share a text.
pub(crate) struct ChainHash(Sha256);

impl ChainHash {
    pub(crate) fn after(prev: [u8; 32]) -> ChainHash {
        ChainHash(Sha256::new().chain_update(prev))
    }

    pub(crate) fn number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// An optional id, whose absence differs from every presence.
    pub(crate) fn optional(&mut self, id: Option<Uuid>) {
        match id {
            Some(id) => self.bytes(id.as_bytes()),
            None => self.bytes(&[]),
        }
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
