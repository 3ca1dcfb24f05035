//! The exchange with the clearinghouse while the desk is served: every few seconds what is ready is sealed, what is sealed
//! leaves, and what waits comes in. Never decides anything: each round runs the same use cases as the command line.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use app::clearinghouse::{Clearinghouse, Exchanged, exchange};
use billing::PracticeId;
use billing::access::Actor;
use jiff::civil::Date;
use store::Db;

/// Time between two rounds: somebody who asked a payer looks at the page that long before it is loaded again.
pub const BETWEEN_ROUNDS: Duration = Duration::from_secs(3);

/// Rounds of exchange for one practice, on its database's clock.
pub struct Exchanging {
    db: Db,
    practice: PracticeId,
    carrier: Box<dyn Clearinghouse + Send>,
    has_daily_jobs: bool,
    /// The day whose jobs ran.
    jobs_ran_on: Option<Date>,
    /// The last thing that was logged: what goes on failing is said once.
    said: Option<String>,
}

impl Exchanging {
    /// An exchange through a carrier.
    pub fn new(db: Db, practice: PracticeId, carrier: Box<dyn Clearinghouse + Send>) -> Exchanging {
        Exchanging { db, practice, carrier, has_daily_jobs: false, jobs_ran_on: None, said: None }
    }

    /// Runs the daily jobs too, once on every civil day of the practice.
    #[must_use]
    pub fn with_daily_jobs(self) -> Exchanging {
        Exchanging { has_daily_jobs: true, ..self }
    }

    /// One round: the day's jobs where they did not run yet, then out and in.
    ///
    /// # Errors
    /// Of the jobs and of the exchange. What was done stays done; the next round goes on.
    pub fn round(&mut self) -> Result<Exchanged, app::Error> {
        let today = self.db.env().today();
        if self.has_daily_jobs && self.jobs_ran_on != Some(today) {
            // Marked first: a job that fails is tried again tomorrow, and does not keep today's mail waiting.
            self.jobs_ran_on = Some(today);
            app::jobs::daily(&self.db, self.practice)?;
        }
        exchange(&self.db, &Actor::system(self.practice), self.practice, self.carrier.as_ref())
    }

    /// Goes round in a thread of its own until the answer is dropped.
    pub fn start(mut self) -> Running {
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::spawn(move || {
            loop {
                let outcome = self.round();
                if let Some(trouble) = self.news(outcome) {
                    eprintln!("Exchange: {trouble}");
                }
                match stopped.recv_timeout(BETWEEN_ROUNDS) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        });
        Running { stop: Some(stop), thread: Some(thread) }
    }

    /// What the log must say of a round. Errors name files and places, never people.
    fn news(&mut self, outcome: Result<Exchanged, app::Error>) -> Option<String> {
        let trouble = match outcome {
            Ok(exchanged) => exchanged.delivered.stopped,
            Err(error) => Some(error.to_string()),
        };
        let is_new = trouble != self.said;
        self.said = trouble;
        self.said.clone().filter(|_| is_new)
    }
}

/// An exchange that goes on; it ends, after the round under way, when this is dropped.
pub struct Running {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Hanging up ends the wait of the thread.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}
