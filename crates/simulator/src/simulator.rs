//! The simulator itself: files in, files out, on a clock that is handed in. One clearinghouse and any number of payers.
//! Never reads a real clock, never rolls dice of its own, never touches a file system.

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::acknowledgment::{self, Verdict};
use crate::behaviour::PayerBehaviour;
use crate::chance::Chance;
use crate::message::{self, CLEARINGHOUSE_ID, MessageKind, OutboundFile, Partner};
use crate::segments::{Interchange, TransactionSet, split};
use crate::state::{ClaimRecord, Due, Member, Standing, State, Task};
use crate::submitted::SubmittedClaim;
use crate::truth::{self, Truth};
use crate::write_277ca::BatchReport;
use crate::{claim_status, eligibility, intake, write_277ca};

mod decision_desk;
mod payment_run;

pub(crate) use decision_desk::claim_number;

/// A file larger than this is refused with a TA1: no practice sends so much at once, and everything is held in memory here.
pub const MAX_FILE_BYTES: usize = 256 * 1024 * 1024;

/// A payer and clearinghouse. Same seed, same payers, same files at the same instants: same answers, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulator {
    chance: Chance,
    payers: Vec<PayerBehaviour>,
    state: State,
}

impl Simulator {
    /// A simulator with empty books.
    pub fn new(seed: u64, payers: Vec<PayerBehaviour>) -> Self {
        Self { chance: Chance::new(seed), payers, state: State::default() }
    }

    /// The payers behind this clearinghouse.
    pub fn payers(&self) -> &[PayerBehaviour] {
        &self.payers
    }

    /// Enters a person into a payer's enrollment file. A payer with an empty file takes members at their word.
    pub fn enroll(&mut self, member: Member) {
        let key = State::member_key(&member.payer_id, &member.member_id);
        let members = self.state.roster.entry(key).or_default();
        members.retain(|known| known.first != member.first || known.birth_date != member.birth_date);
        members.push(member);
    }

    /// Everything remembered, as JSON.
    pub fn save(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Takes up where [`save`](Self::save) left off.
    pub fn load(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// What was decided and told so far.
    pub fn truth(&self) -> Truth {
        truth::gather(&self.state)
    }

    /// Takes in a file and gives the answers a clearinghouse makes at once: a TA1 for each interchange, then a 999 for claims,
    /// a 271 for a 270, a 277 for a 276. An interchange that came before gets TA1 code 025 and nothing else.
    pub fn receive(&mut self, bytes: &[u8], at: Timestamp) -> Vec<OutboundFile> {
        let interchanges = if bytes.len() > MAX_FILE_BYTES { Vec::new() } else { split(bytes) };
        let mut out = Vec::new();
        for interchange in &interchanges {
            let again = format!("{}|{}", interchange.sender.1, interchange.control_number);
            let verdict = if self.state.interchanges.contains(&again) {
                Verdict::duplicate()
            } else {
                acknowledgment::verdict(bytes, interchange)
            };
            out.extend(self.interchange_acknowledgment(interchange, &verdict, at));
            if verdict.interchange_accepted {
                self.state.interchanges.insert(again);
                out.extend(self.take_in(interchange, &verdict, at));
            }
        }
        out
    }

    /// Does everything due up to and including this instant and gives the files it made, in order of time.
    pub fn advance_to(&mut self, at: Timestamp) -> Vec<OutboundFile> {
        let mut out = Vec::new();
        while let Some(due) = self.state.next_due(at) {
            out.extend(self.perform(due));
        }
        out
    }

    /// The instant of the next thing to do, so that a clock may jump to it.
    pub fn next_due_at(&self) -> Option<Timestamp> {
        self.state.tasks.iter().map(|due| due.at).min()
    }

    /// Answers a 270 without taking notice of its envelope: the bytes of a 271 interchange, or None if there is no 270 in the file.
    pub fn answer_eligibility(&mut self, bytes: &[u8], at: Timestamp) -> Option<Vec<u8>> {
        let interchange =
            split(bytes).into_iter().find(|interchange| interchange.sets.iter().any(|set| set.kind == "270"))?;
        self.answer(&interchange, "270", at).map(|file| file.bytes)
    }

    /// Answers a 276 without taking notice of its envelope: the bytes of a 277 interchange, or None if there is no 276 in the file.
    pub fn answer_claim_status(&mut self, bytes: &[u8], at: Timestamp) -> Option<Vec<u8>> {
        let interchange =
            split(bytes).into_iter().find(|interchange| interchange.sets.iter().any(|set| set.kind == "276"))?;
        self.answer(&interchange, "276", at).map(|file| file.bytes)
    }

    fn payer(&self, id: &str) -> Option<&PayerBehaviour> {
        self.payers.iter().find(|payer| payer.id == id)
    }

    fn file(
        &self,
        kind: MessageKind,
        control_number: u32,
        at: Timestamp,
        payer_id: Option<&str>,
        bytes: Vec<u8>,
    ) -> OutboundFile {
        let name = format!("{}-{control_number:09}.{}", date_of(at), kind.extension());
        OutboundFile { name, kind, at, payer_id: payer_id.map(str::to_owned), bytes }
    }

    fn interchange_acknowledgment(
        &mut self,
        interchange: &Interchange,
        verdict: &Verdict,
        at: Timestamp,
    ) -> Option<OutboundFile> {
        let control_number = self.state.next_control_number();
        let bytes = acknowledgment::write_ta1(interchange, verdict, &partner_of(interchange), at, control_number)?;
        Some(self.file(MessageKind::InterchangeAcknowledgment, control_number, at, None, bytes))
    }

    fn take_in(&mut self, interchange: &Interchange, verdict: &Verdict, at: Timestamp) -> Vec<OutboundFile> {
        let mut out = Vec::new();
        if interchange.sets.iter().any(|set| set.kind == "837") {
            let control_number = self.state.next_control_number();
            let partner = partner_of(interchange);
            if let Some(bytes) = acknowledgment::write_999(interchange, verdict, &partner, at, control_number) {
                out.push(self.file(MessageKind::ImplementationAcknowledgment, control_number, at, None, bytes));
            }
            for set in interchange.sets.iter().filter(|set| set.kind == "837" && verdict.accepts(&set.control_number)) {
                self.take_claims(set, &partner, at);
            }
        }
        out.extend(self.answer(interchange, "270", at));
        out.extend(self.answer(interchange, "276", at));
        out
    }

    fn answer(&mut self, interchange: &Interchange, kind: &str, at: Timestamp) -> Option<OutboundFile> {
        let sets: Vec<&TransactionSet> = interchange.sets.iter().filter(|set| set.kind == kind).collect();
        if sets.is_empty() {
            return None;
        }
        let control_number = self.state.next_control_number();
        let (message, group) = match kind {
            "270" => (MessageKind::Eligibility, &eligibility::GROUP),
            _ => (MessageKind::ClaimStatus, &claim_status::GROUP),
        };
        let mut writer = message::open(&partner_of(interchange), at, control_number, group);
        let (today, clock) = (date_of(at), clock_of(at));
        for set in sets {
            match message {
                MessageKind::Eligibility => {
                    eligibility::write_answer(&mut writer, set, &self.payers, &self.state, today, &clock)
                }
                _ => claim_status::write_answer(&mut writer, set, &self.payers, &self.state, today, &clock),
            }
        }
        let bytes = writer.finish().ok()?;
        Some(self.file(message, control_number, at, None, bytes))
    }

    /// Sorts the claims of a set by payer, decides which go on, and plans the reports and decisions.
    fn take_claims(&mut self, set: &TransactionSet, partner: &Partner, at: Timestamp) {
        let sorted = intake::sort(set, &self.payers, &self.chance, &mut self.state, date_of(at));
        for claim in &sorted.claims {
            self.state.partners.insert(claim.billing.npi.clone(), partner.clone());
        }
        for report in sorted.clearinghouse {
            let due = at + SignedDuration::from_hours(1);
            self.state.plan(due, Task::Report { partner: partner.clone(), report: Box::new(report) });
        }
        for (payer_id, report) in sorted.payers {
            let Some(days) = self.payer(&payer_id).map(|payer| payer.timing.claim_report_days) else { continue };
            let due = at + SignedDuration::from_hours(24 * days);
            self.state.plan(due, Task::Report { partner: partner.clone(), report: Box::new(report) });
        }
        for taken in sorted.taken {
            self.accept(taken.payer_id, taken.claim, taken.payer_claim_number, taken.lost, at);
        }
    }

    fn accept(
        &mut self,
        payer_id: String,
        claim: SubmittedClaim,
        payer_claim_number: String,
        lost: bool,
        at: Timestamp,
    ) {
        let Some(payer) = self.payers.iter().find(|payer| payer.id == payer_id) else { return };
        let name = ["pend", &payer.id, &claim.control_number];
        let pended = payer.pend.as_ref().filter(|habit| self.chance.hits(habit.chance_bp, &name));
        let days = payer.timing.adjudication_days + pended.map_or(0, |habit| habit.extra_days);
        let book = self.state.books.entry(payer_id.clone()).or_default();
        let numbers = book.numbers.entry(claim.control_number.clone()).or_default();
        numbers.push(payer_claim_number.clone());
        let record = ClaimRecord {
            version: u32::try_from(numbers.len()).unwrap_or(u32::MAX),
            received_on: date_of(at),
            standing: if lost { Standing::Lost } else { Standing::InProcess },
            decision: None,
            deductible_used_cents: 0,
            paid_by: None,
            claim,
        };
        book.claims.insert(payer_claim_number.clone(), record);
        if !lost {
            self.state
                .plan(at + SignedDuration::from_hours(24 * days), Task::Adjudicate { payer_id, payer_claim_number });
        }
    }

    fn perform(&mut self, due: Due) -> Vec<OutboundFile> {
        match due.task {
            Task::Report { partner, report } => self.report(&partner, &report, due.at).into_iter().collect(),
            Task::Adjudicate { payer_id, payer_claim_number } => {
                self.adjudicate(&payer_id, &payer_claim_number, due.at);
                Vec::new()
            }
            Task::Reverse { payer_id, payer_claim_number } => {
                self.think_again(&payer_id, &payer_claim_number, due.at);
                Vec::new()
            }
            Task::Pay { payer_id } => self.pay(&payer_id, due.at),
            Task::Repeat { file } => vec![OutboundFile { at: due.at, ..file }],
        }
    }

    fn report(&mut self, partner: &Partner, report: &BatchReport, at: Timestamp) -> Option<OutboundFile> {
        let control_number = self.state.next_control_number();
        let mut writer = message::open(partner, at, control_number, &write_277ca::GROUP);
        write_277ca::write(&mut writer, report, date_of(at), &clock_of(at), control_number);
        let bytes = writer.finish().ok()?;
        let payer_id = (report.speaker_entity == "PR").then_some(report.speaker_id.as_str());
        Some(self.file(MessageKind::ClaimAcknowledgment, control_number, at, payer_id, bytes))
    }
}

fn partner_of(interchange: &Interchange) -> Partner {
    let us =
        if interchange.receiver.1.is_empty() { CLEARINGHOUSE_ID.to_owned() } else { interchange.receiver.1.clone() };
    Partner {
        id: interchange.sender.clone(),
        application_id: interchange.application_sender.clone(),
        knows_us_as: (interchange.receiver.0.clone(), us),
        knows_our_application_as: interchange.application_receiver.clone(),
        test: interchange.usage == "T",
    }
}

fn date_of(at: Timestamp) -> Date {
    message::civil(at).date()
}

fn clock_of(at: Timestamp) -> String {
    let time = message::civil(at).time();
    format!("{:02}{:02}", time.hour(), time.minute())
}
