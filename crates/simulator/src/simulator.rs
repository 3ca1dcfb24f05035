//! The simulator itself: files in, files out, on a clock that is handed in. One clearinghouse and any number of payers.
//! Never reads a real clock, never rolls dice of its own, never touches a file system.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::acknowledgment::{self, Verdict};
use crate::adjudication::{self, History};
use crate::behaviour::{PayerBehaviour, TakesBack};
use crate::chance::{CERTAIN_BP, Chance};
use crate::decision::{ClaimDecision, DecisionKind};
use crate::intake;
use crate::message::{self, CLEARINGHOUSE_ID, MessageKind, OutboundFile, Partner};
use crate::payment;
use crate::segments::{Interchange, TransactionSet, split};
use crate::state::{ClaimRecord, Due, Member, PaidOut, PayerBook, Standing, State, Task};
use crate::submitted::{PersonName, SubmittedClaim};
use crate::truth::{self, Truth};
use crate::write_277ca::BatchReport;
use crate::{claim_status, eligibility, write_277ca, write_835};

/// A file larger than this is refused with a TA1: no practice sends so much at once, and everything is held in memory here.
pub const MAX_FILE_BYTES: usize = 256 * 1024 * 1024;
/// Letters and digits that are told apart on paper: no I, L, O or U.
const NUMBER_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a payer's claim number after its prefix.
const CLAIM_NUMBER_LENGTH: usize = 9;
/// The hour of the payers' payment run, universal time.
const PAYMENT_HOUR: i8 = 6;

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
            if let Some(bytes) = acknowledgment::write_999(verdict, &partner, at, control_number) {
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

    fn adjudicate(&mut self, payer_id: &str, number: &str, at: Timestamp) {
        let Some(payer) = self.payer(payer_id).cloned() else { return };
        let Some(record) = self.state.books.get(payer_id).and_then(|book| book.claims.get(number)).cloned() else {
            return;
        };
        if let Some(original) = record
            .claim
            .original_number
            .clone()
            .filter(|_| record.claim.frequency != crate::submitted::Frequency::Original)
        {
            self.take_back(payer_id, &original, at);
        }
        if record.claim.frequency == crate::submitted::Frequency::Void {
            self.set_standing(payer_id, number, Standing::Voided);
            self.plan_payment(&payer, at);
            return;
        }
        let decision = self.decide(&payer, &record, number.to_owned(), DecisionKind::Original, CERTAIN_BP, at);
        if let Some(habit) = &payer.reversal {
            let name = ["reversal", payer_id, &record.claim.control_number];
            if decision.paid_cents() > 0 && self.chance.hits(habit.chance_bp, &name) {
                let due = at + SignedDuration::from_hours(24 * habit.after_days);
                self.state
                    .plan(due, Task::Reverse { payer_id: payer_id.to_owned(), payer_claim_number: number.to_owned() });
            }
        }
        self.keep(payer_id, number, decision);
        self.plan_payment(&payer, at);
    }

    /// Works out a decision and writes the deductible and the seen lines into the payer's book.
    fn decide(
        &mut self,
        payer: &PayerBehaviour,
        record: &ClaimRecord,
        number: String,
        kind: DecisionKind,
        allowed_bp: u32,
        at: Timestamp,
    ) -> ClaimDecision {
        let claim = &record.claim;
        let served = claim.first_date();
        let members = self.state.members(&payer.id, &claim.member_id);
        let in_force = |date: Date| {
            members.is_empty()
                || members.iter().any(|m| date >= m.effective_on && m.ended_on.is_none_or(|ended| date <= ended))
        };
        let (coverage_in_force, other_payer_first) =
            (served.is_none_or(in_force), members.iter().any(|member| member.other_payer_first));
        let book = self.state.books.entry(payer.id.clone()).or_default();
        let key = PayerBook::deductible_key(claim);
        let history = History {
            received_on: record.received_on,
            deductible_met_cents: book.deductible_met.get(&key).copied().unwrap_or(0),
            coverage_in_force,
            other_payer_first,
            seen_lines: &book.seen_lines,
        };
        let adjudicated = adjudication::adjudicate(payer, claim, &history, &self.chance, allowed_bp);
        *book.deductible_met.entry(key).or_insert(0) += adjudicated.deductible_used_cents;
        for line in &claim.lines {
            book.seen_lines.insert(line.fingerprint(&claim.member_id, &claim.patient));
        }
        if let Some(record) = book.claims.get_mut(&number) {
            record.deductible_used_cents = adjudicated.deductible_used_cents;
        }
        let mut decision = ClaimDecision {
            control_number: claim.control_number.clone(),
            version: record.version,
            kind,
            payer_claim_number: number,
            status: match claim.payer_sequence.as_str() {
                "S" => "2",
                "T" => "3",
                _ => "1",
            }
            .to_owned(),
            place_of_service: claim.place_of_service.clone(),
            frequency: match claim.frequency {
                crate::submitted::Frequency::Original => "1",
                crate::submitted::Frequency::Replacement => "7",
                crate::submitted::Frequency::Void => "8",
            }
            .to_owned(),
            member_id: claim.member_id.clone(),
            patient: claim.patient.clone(),
            subscriber: (!claim.patient_is_subscriber).then(|| claim.subscriber.clone()),
            billing: claim.billing.clone(),
            rendering_npi: claim.rendering_npi.clone(),
            received_on: record.received_on,
            decided_at: at,
            lines: adjudicated.lines,
        };
        if payer.quirks.status_four_for_denials && decision.is_denied_in_full() {
            decision.status = "4".to_owned();
        }
        decision
    }

    fn keep(&mut self, payer_id: &str, number: &str, decision: ClaimDecision) {
        let book = self.state.books.entry(payer_id.to_owned()).or_default();
        if let Some(record) = book.claims.get_mut(number) {
            record.standing = Standing::Decided;
            record.decision = Some(decision.clone());
        }
        book.waiting.push(decision);
    }

    fn set_standing(&mut self, payer_id: &str, number: &str, standing: Standing) {
        if let Some(record) = self.state.books.get_mut(payer_id).and_then(|book| book.claims.get_mut(number)) {
            record.standing = standing;
        }
    }

    /// Turns the decision in force round and gives the deductible back. Nothing if there is none.
    fn take_back(&mut self, payer_id: &str, number: &str, at: Timestamp) -> bool {
        let Some(book) = self.state.books.get_mut(payer_id) else { return false };
        let Some(record) = book.claims.get_mut(number) else { return false };
        let Some(decision) = record.decision.take() else {
            record.standing = Standing::Voided;
            return false;
        };
        let key = PayerBook::deductible_key(&record.claim);
        let used = std::mem::take(&mut record.deductible_used_cents);
        record.standing = Standing::Voided;
        record.paid_by = None;
        if let Some(met) = book.deductible_met.get_mut(&key) {
            *met -= used;
        }
        book.waiting.push(decision.reversed(at));
        true
    }

    /// The payer's second thought: the old decision turned round and a new one, under a new number.
    fn think_again(&mut self, payer_id: &str, number: &str, at: Timestamp) {
        let Some(payer) = self.payer(payer_id).cloned() else { return };
        let Some(habit) = payer.reversal.clone() else { return };
        let Some(record) = self.state.books.get(payer_id).and_then(|book| book.claims.get(number)).cloned() else {
            return;
        };
        if record.standing == Standing::Voided || !self.take_back(payer_id, number, at) {
            return;
        }
        let new_number = self.claim_number(&payer, &record.claim.control_number, "correction");
        let book = self.state.books.entry(payer_id.to_owned()).or_default();
        book.numbers.entry(record.claim.control_number.clone()).or_default().push(new_number.clone());
        book.claims.insert(new_number.clone(), ClaimRecord { decision: None, paid_by: None, ..record.clone() });
        let decision =
            self.decide(&payer, &record, new_number.clone(), DecisionKind::Correction, habit.new_allowed_bp, at);
        self.keep(payer_id, &new_number, decision);
        self.plan_payment(&payer, at);
    }

    fn claim_number(&self, payer: &PayerBehaviour, control_number: &str, salt: &str) -> String {
        claim_number(&self.chance, payer, self.state.books.get(&payer.id), control_number, salt)
    }

    /// Plans the payment run of the next payment weekday, unless one is planned.
    fn plan_payment(&mut self, payer: &PayerBehaviour, at: Timestamp) {
        let weekday = payer.timing.payment_weekday.civil();
        let mut day = date_of(at);
        let run_at = |day: Date| day.at(PAYMENT_HOUR, 0, 0, 0).to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
        for _ in 0..8 {
            if day.weekday() == weekday
                && let Ok(run) = run_at(day)
                && run > at
            {
                let book = self.state.books.entry(payer.id.clone()).or_default();
                if book.payment_planned_on.is_none() {
                    book.payment_planned_on = Some(day);
                    self.state.plan(run, Task::Pay { payer_id: payer.id.clone() });
                }
                return;
            }
            let Ok(next) = day.checked_add(1.day()) else { return };
            day = next;
        }
    }

    /// One 835 file for each payee with decisions waiting.
    fn pay(&mut self, payer_id: &str, at: Timestamp) -> Vec<OutboundFile> {
        let Some(payer) = self.payer(payer_id).cloned() else { return Vec::new() };
        let book = self.state.books.entry(payer_id.to_owned()).or_default();
        book.payment_planned_on = None;
        let mut by_payee = std::collections::BTreeMap::<String, Vec<ClaimDecision>>::new();
        for decision in std::mem::take(&mut book.waiting) {
            by_payee.entry(decision.billing.npi.clone()).or_default().push(decision);
        }
        let mut out = Vec::new();
        for (npi, claims) in by_payee {
            out.extend(self.pay_one(&payer, &npi, claims, at));
        }
        out
    }

    fn pay_one(
        &mut self,
        payer: &PayerBehaviour,
        npi: &str,
        claims: Vec<ClaimDecision>,
        at: Timestamp,
    ) -> Option<OutboundFile> {
        let partner = self.state.partners.get(npi)?.clone();
        let payee = claims.first()?.billing.clone();
        self.state.payment_number += 1;
        let on = date_of(at);
        // At most 16 characters, which is all that STC09 of a 277 takes.
        let trace = format!(
            "{:.5}{:02}{:02}{:02}{:05}",
            payer.id,
            on.year() % 100,
            on.month(),
            on.day(),
            self.state.payment_number
        );
        let carried = self.state.books.get_mut(&payer.id).and_then(|book| book.carried.remove(npi)).unwrap_or_default();
        let mut claims = claims;
        claims.extend(self.misdirected(payer, &trace, claims.first(), at));
        let (payment, forward) = payment::assemble(payer, payee, trace.clone(), on, claims, carried);
        let control_number = self.state.next_control_number();
        let mut writer = message::open(&partner, at, control_number, &write_835::GROUP);
        write_835::write(&mut writer, payer, &payment).ok()?;
        let bytes = writer.finish().ok()?;
        let file = self.file(MessageKind::Remittance, control_number, at, Some(&payer.id), bytes);
        self.book_payment(payer, npi, &payment, forward, &file);
        if self.chance.hits(payer.quirks.repeats_remittance_bp, &["repeat", &payer.id, &trace]) {
            let again = OutboundFile { name: format!("again-{}", file.name), ..file.clone() };
            self.state.plan(at + SignedDuration::from_hours(24), Task::Repeat { file: again });
        }
        Some(file)
    }

    /// A claim of a practice that is not here, paid to this payee by mistake: made after one of its own, under a strange number.
    fn misdirected(
        &mut self,
        payer: &PayerBehaviour,
        trace: &str,
        like: Option<&ClaimDecision>,
        at: Timestamp,
    ) -> Option<ClaimDecision> {
        let name = ["misdirected", &payer.id, trace];
        let like = like.filter(|_| self.chance.hits(payer.quirks.misdirects_claim_bp, &name))?;
        let control_number = format!("ZX{:08}", self.chance.below(100_000_000, &name));
        let paid = 2_500 + i64::try_from(self.chance.below(9_000, &["misdirected amount", trace])).unwrap_or(0);
        let mut stranger = ClaimDecision {
            payer_claim_number: claim_number(
                &self.chance,
                payer,
                self.state.books.get(&payer.id),
                &control_number,
                "misdirected",
            ),
            control_number: control_number.clone(),
            version: 1,
            kind: DecisionKind::Original,
            status: "1".to_owned(),
            frequency: "1".to_owned(),
            member_id: format!("{}{:0width$}", payer.member_id_prefix, 0, width = payer.member_id_digits),
            patient: PersonName { last: "STRANGER".to_owned(), first: "PAT".to_owned(), middle: String::new() },
            subscriber: None,
            decided_at: at,
            ..like.clone()
        };
        stranger.lines.truncate(1);
        for line in &mut stranger.lines {
            line.line_control_number = Some(format!("{control_number}L1"));
            (line.charge_cents, line.allowed_cents, line.paid_cents) = (paid, paid, paid);
            line.adjustments.clear();
            line.remarks.clear();
        }
        self.state.misdirected.insert(control_number);
        Some(stranger)
    }

    fn book_payment(
        &mut self,
        payer: &PayerBehaviour,
        npi: &str,
        payment: &payment::Payment,
        forward: Vec<payment::ProviderAdjustment>,
        file: &OutboundFile,
    ) {
        let book = self.state.books.entry(payer.id.clone()).or_default();
        if !forward.is_empty() {
            book.carried.insert(npi.to_owned(), forward);
        }
        for claim in payment.claims.iter().filter(|claim| claim.kind != DecisionKind::Reversal) {
            if let Some(record) = book.claims.get_mut(&claim.payer_claim_number)
                && record.standing == Standing::Decided
            {
                record.standing = Standing::Paid;
                record.paid_by = Some((payment.trace.clone(), payment.on));
            }
        }
        self.state.payments.push(PaidOut {
            payer_id: payer.id.clone(),
            file: file.name.clone(),
            payment: payment.clone(),
        });
    }

    /// Whether this payer takes reversed money from the next payment.
    pub fn takes_back_later(&self, payer_id: &str) -> bool {
        self.payer(payer_id)
            .and_then(|payer| payer.reversal.as_ref())
            .is_some_and(|habit| habit.takes_back == TakesBack::NextPayment)
    }
}

/// A payer's claim number: a prefix and letters that follow from the seed and the practice's number, never one given before.
pub(crate) fn claim_number(
    chance: &Chance,
    payer: &PayerBehaviour,
    book: Option<&PayerBook>,
    control_number: &str,
    salt: &str,
) -> String {
    let tries = book.and_then(|book| book.numbers.get(control_number)).map_or(0, Vec::len);
    let mut nonce = 0_u32;
    loop {
        let mut bits =
            chance.number(&["claim number", &payer.id, control_number, salt, &tries.to_string(), &nonce.to_string()]);
        let mut number = payer.member_id_prefix.clone();
        for _ in 0..CLAIM_NUMBER_LENGTH {
            number.push(char::from(NUMBER_ALPHABET[usize::try_from(bits % 32).unwrap_or(0)]));
            bits /= 32;
        }
        if book.is_none_or(|book| !book.claims.contains_key(&number)) {
            return number;
        }
        nonce += 1;
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
