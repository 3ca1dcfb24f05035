//! The payers' decisions on the simulator's clock: the first one, the second thought, the practice's replacement or void.
//! Keeps deductibles and seen lines; the arithmetic itself is `adjudication`'s.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::Simulator;
use crate::adjudication::{self, History};
use crate::behaviour::PayerBehaviour;
use crate::chance::{CERTAIN_BP, Chance};
use crate::decision::{ClaimDecision, DecisionKind};
use crate::state::{ClaimRecord, PayerBook, Standing, Task};
use crate::submitted::Frequency;

/// Letters and digits that are told apart on paper: no I, L, O or U.
const NUMBER_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a payer's claim number after its prefix.
const CLAIM_NUMBER_LENGTH: usize = 9;

impl Simulator {
    /// Decides a claim that is due.
    pub(super) fn adjudicate(&mut self, payer_id: &str, number: &str, at: Timestamp) {
        let Some(payer) = self.payer(payer_id).cloned() else { return };
        let Some(record) = self.state.books.get(payer_id).and_then(|book| book.claims.get(number)).cloned() else {
            return;
        };
        if let Some(original) =
            record.claim.original_number.clone().filter(|_| record.claim.frequency != Frequency::Original)
        {
            for standing in self.decided_as(payer_id, &original, number) {
                self.take_back(payer_id, &standing, at);
            }
        }
        if record.claim.frequency == Frequency::Void {
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

    /// The number that a replacement names, and the numbers under which the payer thought again of that claim since: what
    /// stands of any of them is taken back, so that no claim is paid twice.
    fn decided_as(&self, payer_id: &str, original: &str, replacement: &str) -> Vec<String> {
        let mut numbers = vec![original.to_owned()];
        let Some(book) = self.state.books.get(payer_id) else { return numbers };
        let Some(record) = book.claims.get(original) else { return numbers };
        let is_decided = |number: &String| book.claims.get(number).is_some_and(|record| record.decision.is_some());
        let others = book.numbers.get(&record.claim.control_number).into_iter().flatten();
        numbers.extend(
            others.filter(|number| *number != original && *number != replacement && is_decided(number)).cloned(),
        );
        numbers
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
                Frequency::Original => "1",
                Frequency::Replacement => "7",
                Frequency::Void => "8",
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
    pub(super) fn think_again(&mut self, payer_id: &str, number: &str, at: Timestamp) {
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
