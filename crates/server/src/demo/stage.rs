//! The stage on which the story is played: database, clock, people, payers, and what was made so far. Never decides anything.

use std::collections::{BTreeMap, BTreeSet};

use app::Error;
use billing::{ClaimId, EncounterId, InquiryId, PatientId, PracticeId, WorkItemId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Time};
use simulator::PayerBehaviour;
use store::{Db, Env};

use super::clearinghouse::SimulatedClearinghouse;
use super::money_office::Promise;
use super::population::PatientStory;
use super::questions::QuestionStory;
use super::staff::Staff;
use super::tally::Tally;

/// The demo's time zone, as an IANA name: the middle of the country.
pub const TIME_ZONE: &str = "America/Chicago";

/// What every scene needs.
pub struct Stage {
    /// The database.
    pub db: Db,
    /// Its clock.
    pub env: Env,
    /// The practice.
    pub practice: PracticeId,
    /// Who works there.
    pub staff: Staff,
    /// The payers' end of the line.
    pub clearinghouse: SimulatedClearinghouse,
    /// The payers, in the order in which cards name them.
    pub payers: Vec<PayerBehaviour>,
    /// The patients' stories.
    pub patients: Vec<PatientStory>,
    /// The patients on file, by place in their list; those who have not come yet are missing.
    pub on_file: BTreeMap<usize, PatientId>,
    /// The visits on file, by number in the story.
    pub encounters: BTreeMap<usize, EncounterId>,
    /// The claims made of them, by number in the story.
    pub claims: BTreeMap<usize, ClaimId>,
    /// Questions that were logged.
    pub questions: BTreeMap<InquiryId, QuestionStory>,
    /// Visits whose codes were completed, by number in the story.
    pub coded: BTreeSet<usize>,
    /// Patients whose slips were mended, by place in their list.
    pub mended: BTreeSet<usize>,
    /// Claims whose denials were appealed.
    pub appealed: BTreeSet<ClaimId>,
    /// Letters of payers that are on their way, each with its day and its claim.
    pub letters: Vec<(Date, ClaimId)>,
    /// How often each item was looked at.
    pub looks: BTreeMap<WorkItemId, u32>,
    /// What is counted.
    pub tally: Tally,
    /// Payments that patients will bring.
    pub promises: Vec<Promise>,
}

impl Stage {
    /// Moves the clock to a time of a day at the practice.
    pub fn at(&self, day: Date, hour: i8, minute: i8) {
        if let Some(then) = instant(day, hour, minute) {
            self.env.advance_to(then);
        }
    }
}

/// An instant by the practice's clock.
pub fn instant(day: Date, hour: i8, minute: i8) -> Option<Timestamp> {
    let zone = TimeZone::get(TIME_ZONE).ok()?;
    let time = Time::new(hour, minute, 0, 0).ok()?;
    day.to_datetime(time).to_zoned(zone).ok().map(|zoned| zoned.timestamp())
}

/// An error of a scene, with the scene's name in front.
pub fn in_scene<T>(scene: &str, result: Result<T, Error>) -> anyhow::Result<T> {
    result.map_err(|error| anyhow::anyhow!("{scene}: {error}"))
}
