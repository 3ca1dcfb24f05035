//! What the demo prints at its end: the practice in numbers, the books proved, and every claim on which the payers' word and the
//! ledger differ. One shape for people and for `--json`.

use std::collections::BTreeMap;

use billing::counting::counted;
use serde::Serialize;

use super::comparison::Difference;
use super::report::DeskReport;
use super::staff::LogIn;

/// The summary, as `--json` prints it. All money in cents.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// The seed.
    pub seed: u64,
    /// First and last day of the story.
    pub days: (String, String),
    /// Patients on file.
    pub patients: i64,
    /// Visits.
    pub visits: i64,
    /// Claims by status word.
    pub claims_by_status: BTreeMap<String, i64>,
    /// Claims sent at least once.
    pub submitted: i64,
    /// Claims a payer accepted into adjudication.
    pub accepted: i64,
    /// Claims rejected at least once.
    pub rejected: i64,
    /// Claims of which something was denied.
    pub denied: i64,
    /// Charged.
    pub charged_cents: i64,
    /// Paid by payers.
    pub paid_cents: i64,
    /// Owed by patients after all.
    pub patient_cents: i64,
    /// Paid by patients.
    pub patient_paid_cents: i64,
    /// Owed by payers.
    pub payer_owes_cents: i64,
    /// Remittances posted and in quarantine.
    pub remittances: i64,
    /// Remittances that did not balance.
    pub quarantined: i64,
    /// Statements sent.
    pub statements: i64,
    /// Open work by desk.
    pub open_work: BTreeMap<String, i64>,
    /// The sum of all postings: zero.
    pub ledger_trial_balance: i64,
    /// Entries in the books.
    pub ledger_entries: i64,
    /// Invariants recomputed.
    pub invariants: Invariants,
    /// How the desks fared.
    pub desks: DeskReport,
    /// Claims on which the simulator's truth and the ledger differ: none.
    pub claims_that_differ: Vec<Difference>,
    /// How long it took.
    pub seconds: f64,
    /// Where the database is.
    pub database: String,
    /// The log-ins.
    pub log_ins: Vec<LogIn>,
}

/// The outcome of `verify`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Invariants {
    /// How many hold.
    pub passed: usize,
    /// How many do not.
    pub failed: usize,
    /// The names of those that do not, with where they fail.
    pub failures: Vec<String>,
    /// Hash of the last entry of the books: equal books have equal roots.
    pub ledger_root: String,
}

fn dollars(cents: i64) -> String {
    ledger::Money::from_cents(cents).to_string()
}

impl Summary {
    /// Whether the books hold and agree with the payers.
    pub fn is_sound(&self) -> bool {
        self.invariants.failed == 0 && self.claims_that_differ.is_empty() && self.ledger_trial_balance == 0
    }

    /// The summary for people.
    pub fn in_words(&self) -> String {
        let count = |map: &BTreeMap<String, i64>| {
            map.iter().map(|(word, count)| format!("{word} {count}")).collect::<Vec<_>>().join(", ")
        };
        let mut text = format!(
            "{}, {} from {} to {} (seed {}).\n",
            counted(self.patients, "patient"),
            counted(self.visits, "visit"),
            self.days.0,
            self.days.1,
            self.seed
        );
        text += &format!(
            "Claims: {}. Sent {}, accepted {}, rejected {}, with a denial {}.\n",
            count(&self.claims_by_status),
            self.submitted,
            self.accepted,
            self.rejected,
            self.denied
        );
        text += &format!(
            "Charged ${}; payers paid ${} and owe ${}; patients paid ${} and owe ${}.\n",
            dollars(self.charged_cents),
            dollars(self.paid_cents),
            dollars(self.payer_owes_cents),
            dollars(self.patient_paid_cents),
            dollars(self.patient_cents)
        );
        text += &format!("Open work: {}.\n", count(&self.open_work));
        text += &self.desks.in_words();
        text += &format!(
            "Books: {}, trial balance {}; invariants: {} hold, {} fail; {} otherwise than their payer decided.\n",
            counted(self.ledger_entries, "entry"),
            dollars(self.ledger_trial_balance),
            self.invariants.passed,
            self.invariants.failed,
            counted(self.claims_that_differ.len(), "claim")
        );
        for failure in &self.invariants.failures {
            text += &format!("  fails: {failure}\n");
        }
        for one in &self.claims_that_differ {
            let (payer, ledger) = (dollars(one.simulator_cents), dollars(one.ledger_cents));
            text += &format!(
                "  {} at {}: {} is {payer} to the payer and {ledger} in the ledger\n",
                one.claim, one.payer, one.what
            );
        }
        text += &format!("Made in {:.1} s in {}.\n", self.seconds, self.database);
        text
    }
}
