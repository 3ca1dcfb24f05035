//! The access log: who looked at whose record. Written in batches by a thread of its own and chained beside the audit
//! of changes, so that looking never waits for a posting.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use billing::access::{Actor, ActorKind};
use billing::id::{PatientId, PracticeId, UserId};
use jiff::Timestamp;

use crate::audit::{ChainHash, Seen};
use crate::conn::Conn;
use crate::db::Core;
use crate::error::StoreError;
use crate::{params, record, statements};

/// A batch is written when it has this many looks …
const BATCH: usize = 500;
/// … or its first look is this old: what a crash may lose of the access log.
const BATCH_AGE: Duration = Duration::from_millis(200);
/// How often a batch is tried again before it is given up with a message; about a minute.
const TRIES: u32 = 30;
/// The wait between tries.
const TRY_WAIT: Duration = Duration::from_secs(2);

record! {
    /// A look as stored.
    pub struct ReadRow in "audit_read" {
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
        /// What was shown.
        pub what: String,
        /// Whose record.
        pub patient_id: PatientId,
        /// Hash of the look before.
        pub prev_hash: [u8; 32],
        /// SHA-256 over the look and the hash before.
        pub hash: [u8; 32],
    }

    /// The head of the chain of looks.
    pub struct ReadHeadRow in "audit_read_head" {
        /// Sequence of the last look.
        pub sequence: i64,
        /// Its hash.
        pub hash: [u8; 32],
    }
}

statements! {
    /// The head of the chain of looks.
    pub const READ_HEAD: ReadHeadRow = "SELECT sequence, hash FROM audit_read_head WHERE practice_id = $1";
    /// Moves the head.
    pub const SAVE_READ_HEAD: () = "UPDATE audit_read_head SET sequence = $2, hash = $3 WHERE practice_id = $1";
    /// A stretch of the chain, in order.
    pub const READS_AFTER: ReadRow =
        "SELECT sequence, recorded_at, actor_kind, actor_user_id, actor_login, what, patient_id, prev_hash, hash
         FROM audit_read WHERE practice_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    /// Who looked at one patient's record, latest first.
    pub const READS_OF_PATIENT: ReadRow =
        "SELECT sequence, recorded_at, actor_kind, actor_user_id, actor_login, what, patient_id, prev_hash, hash
         FROM audit_read WHERE practice_id = $1 AND patient_id = $2 ORDER BY sequence DESC LIMIT $3";
    /// Whose records one person looked at, latest first.
    pub const READS_OF_ACTOR: ReadRow =
        "SELECT sequence, recorded_at, actor_kind, actor_user_id, actor_login, what, patient_id, prev_hash, hash
         FROM audit_read WHERE practice_id = $1 AND actor_user_id = $2 ORDER BY sequence DESC LIMIT $3";
}

impl ReadRow {
    /// The hash this look must carry.
    pub fn computed_hash(&self) -> [u8; 32] {
        let mut chain = ChainHash::after(self.prev_hash);
        chain.number(self.sequence);
        chain.number(self.recorded_at.as_microsecond());
        chain.text(self.actor_kind.key());
        chain.bytes(self.actor_user_id.0.as_bytes());
        chain.text(&self.actor_login);
        chain.text(&self.what);
        chain.bytes(self.patient_id.0.as_bytes());
        chain.finish()
    }
}

enum Message {
    Looks(Vec<Seen>),
    Flush(Sender<()>),
}

/// The hand-over to the writing thread, which begins with the first look.
pub(crate) struct Recorder {
    core: Arc<Core>,
    thread: Mutex<Option<(Sender<Message>, JoinHandle<()>)>>,
}

impl Recorder {
    pub(crate) fn new(core: Arc<Core>) -> Recorder {
        Recorder { core, thread: Mutex::new(None) }
    }

    pub(crate) fn record(&self, looks: Vec<Seen>) {
        if looks.is_empty() {
            return;
        }
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let (sender, _) = thread.get_or_insert_with(|| {
            let (sender, receiver) = channel();
            let core = Arc::clone(&self.core);
            (sender, std::thread::spawn(move || write_batches(&core, &receiver)))
        });
        // The receiver lives as long as its thread, which ends only when this sender is gone.
        let _ = sender.send(Message::Looks(looks));
    }

    pub(crate) fn flush(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((sender, _)) = thread.as_ref() {
            let (done, wait) = channel();
            if sender.send(Message::Flush(done)).is_ok() {
                let _ = wait.recv();
            }
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let taken = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((sender, handle)) = taken {
            drop(sender);
            let _ = handle.join();
        }
    }
}

fn write_batches(core: &Core, receiver: &Receiver<Message>) {
    while let Ok(first) = receiver.recv() {
        let until = Instant::now() + BATCH_AGE;
        let mut looks = Vec::new();
        let mut flushes = Vec::new();
        let mut message = Some(first);
        loop {
            match message.take() {
                Some(Message::Looks(more)) => looks.extend(more),
                Some(Message::Flush(done)) => flushes.push(done),
                None => {}
            }
            if looks.len() >= BATCH || !flushes.is_empty() {
                break;
            }
            match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(next) => message = Some(next),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        write_patiently(core, looks);
        for done in flushes {
            let _ = done.send(());
        }
    }
}

fn write_patiently(core: &Core, looks: Vec<Seen>) {
    let mut by_practice: BTreeMap<PracticeId, Vec<Seen>> = BTreeMap::new();
    for look in looks {
        by_practice.entry(look.practice).or_default().push(look);
    }
    for (practice, looks) in by_practice {
        let mut tries = 0;
        while let Err(error) = append(core, practice, &looks) {
            tries += 1;
            if tries == TRIES {
                eprintln!("tierline: {} looks could not be written to the access log: {error}", looks.len());
                break;
            }
            std::thread::sleep(TRY_WAIT);
        }
    }
}

fn append(core: &Core, practice: PracticeId, looks: &[Seen]) -> Result<(), StoreError> {
    core.unchained(&Actor::system(practice), practice, |conn| {
        let mut head = lock_head(conn)?;
        let mut rows = Vec::with_capacity(looks.len());
        for look in looks {
            let mut row = ReadRow {
                sequence: head.sequence + 1,
                recorded_at: look.at,
                actor_kind: look.actor_kind,
                actor_user_id: look.actor_user,
                actor_login: look.actor_login.clone(),
                what: look.what.to_owned(),
                patient_id: look.patient,
                prev_hash: head.hash,
                hash: [0; 32],
            };
            row.hash = row.computed_hash();
            head = ReadHeadRow { sequence: row.sequence, hash: row.hash };
            rows.push(row);
        }
        conn.insert_many(&rows)?;
        conn.execute(&SAVE_READ_HEAD, params![head.sequence, head.hash])?;
        Ok(())
    })
}

fn lock_head(conn: &Conn) -> Result<ReadHeadRow, StoreError> {
    conn.insert_new(&ReadHeadRow { sequence: 0, hash: [0; 32] })?;
    let lock = if conn.is_postgres() { " FOR UPDATE" } else { "" };
    let mut rows: Vec<ReadHeadRow> = conn.query_dynamic(READ_HEAD.name, &format!("{}{lock}", READ_HEAD.sql), &[])?;
    rows.pop().ok_or(StoreError::RowCount { statement: READ_HEAD.name.to_owned(), found: 0 })
}
