//! The simulator behind the clearinghouse port: what the practice delivers goes in at the clock's instant, what falls due comes out.
//! Never decides anything; keeps files on offer until the practice says it has stored them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::clearinghouse::{CarrierError, Clearinghouse, Delivery, InboundFile};
use simulator::{OutboundFile, Simulator, Truth};
use store::Env;

/// A clearinghouse in memory, on the same clock as the practice. Clones share it.
#[derive(Clone)]
pub struct SimulatedClearinghouse(Arc<Shared>);

struct Shared {
    env: Env,
    state: Mutex<State>,
}

struct State {
    simulator: Simulator,
    /// The very files delivered, so that a repeated delivery is recognised as the same.
    delivered: Vec<(String, Vec<u8>)>,
    offered: Vec<OutboundFile>,
}

impl SimulatedClearinghouse {
    /// A clearinghouse with this simulator behind it.
    pub fn new(env: Env, simulator: Simulator) -> Self {
        Self(Arc::new(Shared {
            env,
            state: Mutex::new(State { simulator, delivered: Vec::new(), offered: Vec::new() }),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole between calls, so a panic elsewhere does not spoil it.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the simulator decided so far.
    pub fn truth(&self) -> Truth {
        self.state().simulator.truth()
    }

    /// The simulator's memory as JSON, so that the desk can go on with the same payers after the demo.
    pub fn save(&self) -> Result<String, serde_json::Error> {
        self.state().simulator.save()
    }

    /// The answers that nobody fetched yet, in order of time.
    pub fn not_fetched(&self) -> Vec<OutboundFile> {
        self.state().offered.clone()
    }
}

impl Clearinghouse for SimulatedClearinghouse {
    fn deliver(&self, name: &str, bytes: &[u8]) -> Result<Delivery, CarrierError> {
        let now = self.0.env.now();
        let mut state = self.state();
        if state.delivered.iter().any(|(known, file)| known == name && file == bytes) {
            return Ok(Delivery::Delivered);
        }
        // What fell due before this instant was said before it.
        let due = state.simulator.advance_to(now);
        state.offered.extend(due);
        let answers = state.simulator.receive(bytes, now);
        state.offered.extend(answers);
        state.delivered.push((name.to_owned(), bytes.to_vec()));
        Ok(Delivery::Delivered)
    }

    fn waiting(&self) -> Result<Vec<InboundFile>, CarrierError> {
        let now = self.0.env.now();
        let mut state = self.state();
        let due = state.simulator.advance_to(now);
        state.offered.extend(due);
        Ok(state
            .offered
            .iter()
            .map(|file| InboundFile { name: file.name.clone(), bytes: file.bytes.clone() })
            .collect())
    }

    fn taken(&self, name: &str) -> Result<(), CarrierError> {
        self.state().offered.retain(|file| file.name != name);
        Ok(())
    }
}
