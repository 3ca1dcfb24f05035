//! Where time and chance come from: the system's, or a simulation's. Nothing else in the program reads a clock or rolls dice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use billing::id::PracticeId;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Clock, time zone and random source. Clones share them.
#[derive(Clone)]
pub struct Env(Arc<Inner>);

struct Inner {
    source: Source,
    zone: TimeZone,
    /// Where each practice that was met lives.
    zones: Mutex<HashMap<PracticeId, TimeZone>>,
    state: Mutex<State>,
}

enum Source {
    System,
    Simulated,
}

struct State {
    /// The simulated instant; unused by the system source.
    now: Timestamp,
    seed: [u8; 32],
    counter: u64,
    pool: Vec<u8>,
    last_id: u128,
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0.source {
            Source::System => "Env(system)",
            Source::Simulated => "Env(simulated)",
        })
    }
}

impl Env {
    /// The system's clock, time zone and random source.
    pub fn system() -> Env {
        Env::system_in(TimeZone::system())
    }

    /// The system's clock and random source, with the practice's own time zone for "today".
    pub fn system_in(zone: TimeZone) -> Env {
        Env::make(Source::System, zone, Timestamp::UNIX_EPOCH, [0; 32])
    }

    /// A clock that stands still until it is told to advance, and a random source that repeats with its seed.
    pub fn simulated(seed: u64, start: Timestamp) -> Env {
        Env::simulated_in(seed, start, TimeZone::UTC)
    }

    /// As [`Env::simulated`], with a time zone for "today".
    pub fn simulated_in(seed: u64, start: Timestamp, zone: TimeZone) -> Env {
        let seed = Sha256::digest(seed.to_be_bytes()).into();
        Env::make(Source::Simulated, zone, start, seed)
    }

    fn make(source: Source, zone: TimeZone, now: Timestamp, seed: [u8; 32]) -> Env {
        let state = State { now, seed, counter: 0, pool: Vec::new(), last_id: 0 };
        Env(Arc::new(Inner { source, zone, zones: Mutex::default(), state: Mutex::new(state) }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole between calls, so a panic elsewhere does not spoil it.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The current instant, whole microseconds (what both engines keep).
    pub fn now(&self) -> Timestamp {
        match self.0.source {
            Source::System => whole_micros(Timestamp::now()),
            Source::Simulated => self.state().now,
        }
    }

    /// The civil day where no practice is known yet; a practice's own is [`crate::Db::today`].
    pub fn today(&self) -> Date {
        self.now().to_zoned(self.0.zone.clone()).date()
    }

    /// The time zone of a practice once it was learned, else this environment's own.
    pub fn zone_of(&self, practice: PracticeId) -> TimeZone {
        self.learned_zone(practice).unwrap_or_else(|| self.0.zone.clone())
    }

    /// The time zone of a practice, where it was learned.
    pub(crate) fn learned_zone(&self, practice: PracticeId) -> Option<TimeZone> {
        self.0.zones.lock().unwrap_or_else(PoisonError::into_inner).get(&practice).cloned()
    }

    /// Remembers where a practice lives: its civil days begin at midnight there, wherever the server stands.
    pub fn learn_zone(&self, practice: PracticeId, zone: TimeZone) {
        self.0.zones.lock().unwrap_or_else(PoisonError::into_inner).insert(practice, zone);
    }

    /// Moves a simulated clock forward; a system clock is left alone, and no clock goes back.
    pub fn advance(&self, by: SignedDuration) {
        let now = self.now();
        if let Ok(then) = now.checked_add(by) {
            self.advance_to(then);
        }
    }

    /// Moves a simulated clock forward to an instant; a system clock is left alone, and no clock goes back.
    pub fn advance_to(&self, then: Timestamp) {
        match self.0.source {
            Source::System => {}
            Source::Simulated => {
                let mut state = self.state();
                state.now = state.now.max(whole_micros(then));
            }
        }
    }

    /// Fills a buffer with random bytes: the system's cryptographic source, or the seed's stream.
    ///
    /// Stops the program where the system has no random source: ids and secrets must never be guessable.
    pub fn fill(&self, bytes: &mut [u8]) {
        match self.0.source {
            Source::System => fill_from_system(bytes),
            Source::Simulated => fill_from_seed(&mut self.state(), bytes),
        }
    }

    /// A random number.
    pub fn random_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    /// A new time-ordered id (UUID version 7). Ids of one `Env` always rise, so that rows made together lie together.
    pub fn new_id(&self) -> Uuid {
        let millis = u128::try_from(self.now().as_millisecond().max(0)).unwrap_or(0);
        let mut random = [0; 10];
        self.fill(&mut random);
        let mut wide = [0; 16];
        wide[6..].copy_from_slice(&random);
        const RANDOM_BITS: u128 = (1 << 74) - 1;
        let random = u128::from_be_bytes(wide) & RANDOM_BITS;
        let mut state = self.state();
        let fresh = (millis << 74) | random;
        // Within one millisecond: a random step up, which may carry into the next millisecond and does no harm.
        let id = if fresh > state.last_id { fresh } else { state.last_id + 1 + (random & 0xffff_ffff) };
        state.last_id = id;
        drop(state);
        from_ordered_bits(id)
    }
}

fn whole_micros(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

/// 48 bits of milliseconds and 74 random bits into the layout of RFC 9562 version 7.
fn from_ordered_bits(bits: u128) -> Uuid {
    let millis = (bits >> 74) & 0xffff_ffff_ffff;
    let rand_a = (bits >> 62) & 0xfff;
    let rand_b = bits & ((1 << 62) - 1);
    Uuid::from_u128((millis << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b)
}

fn fill_from_system(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        panic!("the system gives no random bytes: stopping, because ids and secrets must not be guessable");
    }
}

fn fill_from_seed(state: &mut State, bytes: &mut [u8]) {
    for byte in bytes {
        if state.pool.is_empty() {
            let block = Sha256::new().chain_update(state.seed).chain_update(state.counter.to_be_bytes()).finalize();
            state.counter += 1;
            state.pool.extend_from_slice(&block);
        }
        *byte = state.pool.pop().unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_they_rise() {
        let start: Timestamp = "2026-03-02T14:00:00Z".parse().unwrap();
        let (a, b) = (Env::simulated(7, start), Env::simulated(7, start));
        let mut last = Uuid::nil();
        for step in 0..2_000 {
            if step % 100 == 0 {
                a.advance(SignedDuration::from_millis(3));
                b.advance(SignedDuration::from_millis(3));
            }
            let id = a.new_id();
            assert_eq!(id, b.new_id());
            assert!(id > last);
            assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
            last = id;
        }
        assert_ne!(Env::simulated(8, start).new_id(), Env::simulated(7, start).new_id());
    }

    #[test]
    fn a_simulated_clock_never_goes_back() {
        let start: Timestamp = "2026-03-02T14:00:00Z".parse().unwrap();
        let env = Env::simulated(1, start);
        env.advance_to("2020-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(env.now(), start);
        assert_eq!(env.today(), jiff::civil::date(2026, 3, 2));
    }
}
