//! The port to whoever carries our X12: a folder drop, later SFTP and HTTPS; in demos and tests the simulator.

use billing::PracticeId;
use billing::access::Actor;
use store::Db;

use crate::Error;
use crate::claim_submission::{self, Delivered, Sealed};
use crate::inbound::{self, Receipt};

/// What one round of exchange did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// What was sealed.
    pub sealed: Sealed,
    /// What left.
    pub delivered: Delivered,
    /// What came in.
    pub received: Vec<Receipt>,
    /// Why sealing or delivering did not go on, in a sentence; what waited was taken in all the same.
    pub trouble: Option<String>,
}

/// One round: seals what is ready, delivers what is sealed, takes in what waits. Trouble on the way out never keeps an
/// answer out.
///
/// # Errors
/// `Denied`; the database's own; those of collecting.
pub fn exchange(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    clearinghouse: &dyn Clearinghouse,
) -> Result<Exchanged, Error> {
    let (sealed, not_sealed) = unless_refused(claim_submission::seal(db, actor, practice))?;
    let (delivered, not_delivered) = unless_refused(claim_submission::deliver(db, actor, practice, clearinghouse))?;
    let received = inbound::collect(db, actor, practice, clearinghouse)?;
    let trouble = not_sealed.or(not_delivered).or_else(|| delivered.stopped.clone());
    Ok(Exchanged { sealed, delivered, received, trouble })
}

/// What was done; or nothing, with the refusal as a sentence. A broken world stays an error.
fn unless_refused<T: Default>(done: Result<T, Error>) -> Result<(T, Option<String>), Error> {
    match done {
        Ok(done) => Ok((done, None)),
        Err(refusal @ (Error::Refused(_) | Error::Invalid { .. } | Error::NotFound(_) | Error::Changed)) => {
            Ok((T::default(), Some(refusal.to_string())))
        }
        Err(broken @ (Error::Denied(_) | Error::Store(_))) => Err(broken),
    }
}

/// What is known after an attempt to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It arrived whole.
    Delivered,
    /// Nobody knows; the same bytes may go again.
    Uncertain,
}

/// A file that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundFile {
    /// Its name at the clearinghouse; unique there.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a file did not go or could not be fetched; a sentence with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CarrierError(pub String);

/// Carries our X12.
pub trait Clearinghouse {
    /// Delivers a file. Must be safe to repeat with the same name and bytes.
    fn deliver(&self, name: &str, bytes: &[u8]) -> Result<Delivery, CarrierError>;
    /// What waits for us, oldest first.
    fn waiting(&self) -> Result<Vec<InboundFile>, CarrierError>;
    /// Says that a file is stored with us and need not be offered again.
    fn taken(&self, name: &str) -> Result<(), CarrierError>;
    /// Whether what it is given leaves the house. The simulator beside a training practice says no.
    fn is_outside(&self) -> bool {
        true
    }
}
