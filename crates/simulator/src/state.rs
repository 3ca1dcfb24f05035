//! What the simulator remembers between messages, kept as JSON so that it can be put away and taken up again. Never any behaviour.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::decision::ClaimDecision;
use crate::message::{OutboundFile, Partner};
use crate::payment::{Payment, ProviderAdjustment};
use crate::submitted::SubmittedClaim;
use crate::write_277ca::BatchReport;

/// A member as the payer's enrollment file knows them. Members nobody enrolled are taken at their word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The payer.
    pub payer_id: String,
    /// The id on the card.
    pub member_id: String,
    /// Last name of the person.
    pub last: String,
    /// First name of the person.
    pub first: String,
    /// Date of birth.
    pub birth_date: Date,
    /// First day of coverage.
    pub effective_on: Date,
    /// Last day of coverage, if it ended.
    pub ended_on: Option<Date>,
    /// Whether the payer knows of another payer that goes first.
    pub other_payer_first: bool,
}

/// Everything remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The last control number used for an interchange of ours.
    pub control_number: u32,
    /// The last payment number used.
    pub payment_number: u32,
    /// The last number given to a task, so that tasks due at one instant keep their order.
    pub task_number: u64,
    /// Sender and ISA13 of every interchange taken in.
    pub interchanges: BTreeSet<String>,
    /// What is still to be done.
    pub tasks: Vec<Due>,
    /// The practice's envelopes, by billing provider's NPI.
    pub partners: BTreeMap<String, Partner>,
    /// Members, by payer id and member id; several persons may share an id.
    pub roster: BTreeMap<String, Vec<Member>>,
    /// Each payer's own books, by payer id.
    pub books: BTreeMap<String, PayerBook>,
    /// Claims refused before adjudication, in order.
    pub rejections: Vec<Rejection>,
    /// Control numbers of claims of other practices that were paid here by mistake.
    pub misdirected: BTreeSet<String>,
    /// Payments made, in order.
    pub payments: Vec<PaidOut>,
}

/// A claim that a 277CA refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// CLM01.
    pub control_number: String,
    /// NM109 of 2010BB.
    pub payer_id: String,
    /// STC01, joined by colons.
    pub status: String,
    /// When the claim came.
    pub on: Date,
}

/// A payment and the file that carried it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidOut {
    /// The payer.
    pub payer_id: String,
    /// The file's name.
    pub file: String,
    /// What was in it.
    pub payment: Payment,
}

/// Something to do at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// Order among tasks of one instant.
    pub number: u64,
    /// What.
    pub task: Task,
}

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Send a 277CA.
    Report {
        /// To whom.
        partner: Partner,
        /// What.
        report: Box<BatchReport>,
    },
    /// Decide a claim.
    Adjudicate {
        /// The payer.
        payer_id: String,
        /// Its number.
        payer_claim_number: String,
    },
    /// Take a decision back and decide again.
    Reverse {
        /// The payer.
        payer_id: String,
        /// Its number.
        payer_claim_number: String,
    },
    /// Pay what was decided.
    Pay {
        /// The payer.
        payer_id: String,
    },
    /// Send a file a second time.
    Repeat {
        /// The very file, under another name.
        file: OutboundFile,
    },
}

/// One payer's books.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerBook {
    /// Deductible met, by member, person and year.
    pub deductible_met: BTreeMap<String, i64>,
    /// Lines adjudicated, as fingerprints.
    pub seen_lines: BTreeSet<String>,
    /// Claims taken in, by the payer's number.
    pub claims: BTreeMap<String, ClaimRecord>,
    /// The payer's numbers, by the practice's.
    pub numbers: BTreeMap<String, Vec<String>>,
    /// How many times a control number has come, rejected tries included.
    pub tries: BTreeMap<String, u32>,
    /// Decisions that wait for the payment date.
    pub waiting: Vec<ClaimDecision>,
    /// To be taken from the next payment, by the payee's NPI.
    pub carried: BTreeMap<String, Vec<ProviderAdjustment>>,
    /// The date of the payment run already planned.
    pub payment_planned_on: Option<Date>,
}

/// Where a claim stands at the payer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Taken in, not decided.
    InProcess,
    /// Vanished: the payer will say it never had it.
    Lost,
    /// Decided, not yet in a payment.
    Decided,
    /// In a payment.
    Paid,
    /// Taken back at the practice's wish.
    Voided,
}

/// One claim at the payer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRecord {
    /// As it came.
    pub claim: SubmittedClaim,
    /// How many times this control number was accepted, this time included.
    pub version: u32,
    /// When it came.
    pub received_on: Date,
    /// Where it stands.
    pub standing: Standing,
    /// The decision in force.
    pub decision: Option<ClaimDecision>,
    /// The deductible the decision used.
    pub deductible_used_cents: i64,
    /// Trace and date of the payment that carried the decision in force.
    pub paid_by: Option<(String, Date)>,
}

impl PayerBook {
    /// The key of one person's deductible in one year.
    pub fn deductible_key(claim: &SubmittedClaim) -> String {
        let year = claim.first_date().map(|date| date.year()).unwrap_or_default();
        format!("{}|{}|{year}", claim.member_id, claim.patient.first)
    }
}

impl State {
    /// The key of a member in the roster.
    pub fn member_key(payer_id: &str, member_id: &str) -> String {
        format!("{payer_id}|{member_id}")
    }

    /// The members of an id.
    pub fn members(&self, payer_id: &str, member_id: &str) -> &[Member] {
        self.roster.get(&Self::member_key(payer_id, member_id)).map_or(&[], Vec::as_slice)
    }

    /// Plans a task.
    pub fn plan(&mut self, at: Timestamp, task: Task) {
        self.task_number += 1;
        self.tasks.push(Due { at, number: self.task_number, task });
    }

    /// Takes out the next task due by this instant.
    pub fn next_due(&mut self, until: Timestamp) -> Option<Due> {
        let index = self
            .tasks
            .iter()
            .enumerate()
            .filter(|(_, due)| due.at <= until)
            .min_by_key(|(_, due)| (due.at, due.number))
            .map(|(index, _)| index)?;
        Some(self.tasks.swap_remove(index))
    }

    /// The next control number of an interchange of ours.
    pub fn next_control_number(&mut self) -> u32 {
        self.control_number += 1;
        self.control_number
    }
}
