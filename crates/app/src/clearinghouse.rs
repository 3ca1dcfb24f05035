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
}

/// One round: seals what is ready, delivers what is sealed, takes in what waits.
///
/// # Errors
/// Of sealing, delivering and collecting.
pub fn exchange(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    clearinghouse: &dyn Clearinghouse,
) -> Result<Exchanged, Error> {
    let sealed = claim_submission::seal(db, actor, practice)?;
    let delivered = claim_submission::deliver(db, actor, practice, clearinghouse)?;
    let received = inbound::collect(db, actor, practice, clearinghouse)?;
    Ok(Exchanged { sealed, delivered, received })
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
}
