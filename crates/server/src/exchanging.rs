//! The exchange with the clearinghouse while the desk is served: every few seconds what is ready is sealed, what is sealed
//! leaves, and what waits comes in. Never decides anything: each round runs the same use cases as the command line.

use std::time::Duration;

use app::clearinghouse::{Clearinghouse, Exchanged, exchange};
use billing::PracticeId;
use billing::access::Actor;
use store::Db;

use crate::background::Running;

/// Time between two rounds: somebody who asked a payer looks at the page that long before it is loaded again.
pub const BETWEEN_ROUNDS: Duration = Duration::from_secs(3);

/// Rounds of exchange for one practice, on its database's clock.
pub struct Exchanging {
    db: Db,
    practice: PracticeId,
    carrier: Box<dyn Clearinghouse + Send>,
}

impl Exchanging {
    /// An exchange through a carrier.
    pub fn new(db: Db, practice: PracticeId, carrier: Box<dyn Clearinghouse + Send>) -> Exchanging {
        Exchanging { db, practice, carrier }
    }

    /// One round: out and in.
    ///
    /// # Errors
    /// Of the exchange. What was done stays done; the next round goes on.
    pub fn round(&mut self) -> Result<Exchanged, app::Error> {
        exchange(&self.db, &Actor::system(self.practice), self.practice, self.carrier.as_ref())
    }

    /// Goes round in a thread of its own until the answer is dropped.
    pub fn start(mut self) -> Running {
        // Errors name files and places, never people.
        Running::start("Exchange", BETWEEN_ROUNDS, move || match self.round() {
            Ok(exchanged) => exchanged.trouble,
            Err(error) => Some(error.to_string()),
        })
    }
}
