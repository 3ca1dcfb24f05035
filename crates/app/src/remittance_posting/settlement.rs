//! What a posted payment means for the claims and the desks: each decided claim moves, what stays owed becomes Tier 2's
//! work, what another payer or nobody owes becomes work too.

use std::collections::HashMap;

use billing::claim::status::{Refused, next};
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::payer::{Payer, PayerSettings};
use billing::remittance::posting::{ClaimPosting, takes_back};
use billing::remittance::{ClaimPayment, Remittance};
use billing::work::{WorkLinks, WorkReason};
use billing::{ClaimId, Money, PayerId, RemittanceId};
use edi::remittance_835::ReadRemittance;
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use ledger::AccountKind;
use store::claim::{ClaimEventRow, Evidence};
use store::remittance::{LAST_EVENTS, SETTLE_CLAIMS};
use store::worklist::OPEN_REASONS_OF_CLAIMS;
use store::{Json, Tx, params};

use super::{Counts, Decided, Known, Outcome, distinct};
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, claim_acknowledgment};

/// Work on a claim that any decision of its payer ends.
const ENDED_BY_A_DECISION: [WorkReason; 5] = [
    WorkReason::RemittanceMissing,
    WorkReason::AcknowledgmentMissing,
    WorkReason::Rejected,
    WorkReason::RejectedForData,
    WorkReason::Reversed,
];

/// What a claim payment makes of a claim in a place; refused where the claim cannot have been decided.
pub(super) fn event_of(
    payment: &ClaimPayment,
    status: ClaimStatus,
    follow_up_on: Option<Date>,
) -> Result<ClaimEvent, Refused> {
    let event = if payment.is_reversal() {
        ClaimEvent::Reversed { follow_up_on: follow_up_on.unwrap_or(Date::MAX) }
    } else {
        ClaimEvent::Adjudicated
    };
    next(status, &event).map(|_| event)
}

/// A claim as this payment moves it.
struct Moving {
    status: ClaimStatus,
    follow_up_on: Option<Date>,
    sequence: i64,
    /// Something of it was denied or not decided.
    is_open: bool,
}

/// Moves the claims, writes their timelines, opens and ends work.
pub(super) fn settle(
    tx: &mut Tx,
    id: RemittanceId,
    payer: Option<PayerId>,
    set: &ReadRemittance,
    decided: &[Decided<'_>],
    known: &Known,
) -> Result<Counts, Error> {
    let claims = distinct(decided.iter().filter_map(|one| match &one.outcome {
        Outcome::Posted { claim, .. } => Some(claim.id),
        Outcome::SetAside { .. } | Outcome::Unmatched { .. } | Outcome::Estimate { .. } => None,
    }));
    let open = receivables(tx, known, &claims)?;
    let mut desk = Settlement {
        id,
        payer,
        remittance: &set.remittance,
        payers: &known.payers,
        open,
        moving: HashMap::with_capacity(claims.len()),
        numbers: Vec::new(),
        events: Vec::with_capacity(decided.len() * 2),
        work: Vec::new(),
        taken_back: Vec::new(),
        refused_before: Vec::new(),
        estimates: Vec::new(),
        counts: Counts::default(),
    };
    for (claim, sequence) in tx.query_in(&LAST_EVENTS, params![], &claims)? {
        if let Some(row) = known.rows.get(&claim) {
            let (status, follow_up_on) = (row.status, row.follow_up_on);
            desk.moving.insert(claim, Moving { status, follow_up_on, sequence, is_open: false });
        }
    }
    for one in decided {
        desk.take(tx, one, known)?;
    }
    desk.outside_claims();
    desk.save(tx, &claims)
}

/// What is owed after the posting: by the claim's own payer, and the lowest balance of any side (below zero is a credit).
#[derive(Default, Clone, Copy)]
struct Owed {
    by_payer: Money,
    lowest: Money,
}

fn receivables(tx: &mut Tx, known: &Known, claims: &[ClaimId]) -> Result<HashMap<ClaimId, Owed>, Error> {
    let mut claim_of = HashMap::new();
    let mut payer_of = HashMap::new();
    for claim in known.index.claims().iter().filter(|claim| claims.binary_search(&claim.id).is_ok()) {
        payer_of.insert(claim.id, claim.payer_id);
        for line in &claim.lines {
            claim_of.insert(line.charge_id.0, claim.id);
        }
    }
    let charges = distinct(claim_of.keys().copied());
    let mut owed: HashMap<ClaimId, Owed> = HashMap::new();
    for balance in store::ledger::charge_balances(tx, &charges)? {
        let Some(claim) = claim_of.get(&balance.charge_id) else { continue };
        let entry = owed.entry(*claim).or_default();
        let is_payers = balance.account == AccountKind::PayerReceivable;
        if is_payers && balance.payer_id == payer_of.get(claim).map(|payer| payer.0) {
            entry.by_payer += balance.cents;
        }
        if is_payers || balance.account == AccountKind::PatientReceivable {
            entry.lowest = entry.lowest.min(balance.cents);
        }
    }
    Ok(owed)
}

struct Settlement<'a> {
    id: RemittanceId,
    payer: Option<PayerId>,
    remittance: &'a Remittance,
    payers: &'a HashMap<PayerId, Payer>,
    open: HashMap<ClaimId, Owed>,
    moving: HashMap<ClaimId, Moving>,
    /// The payers' numbers of claims, where they are new.
    numbers: Vec<(ClaimId, String)>,
    events: Vec<ClaimEventRow>,
    work: Vec<NewWork>,
    /// Claims whose decision was taken back: what it left for the next payer is void; a new decision says it anew.
    taken_back: Vec<ClaimId>,
    /// Claims that stood refused until now.
    refused_before: Vec<ClaimId>,
    /// Claims of which the payer said what it would pay, with its words.
    estimates: Vec<(ClaimId, ClaimStatus, String)>,
    counts: Counts,
}

impl Settlement<'_> {
    fn take(&mut self, tx: &Tx, one: &Decided<'_>, known: &Known) -> Result<(), Error> {
        let payment = one.payment;
        match &one.outcome {
            Outcome::Posted { claim, posting, .. } => {
                self.counts.posted += 1;
                if let Some(row) = known.rows.get(&claim.id) {
                    let number = &payment.payer_claim_control_number;
                    if !number.is_empty() && row.payer_claim_control_number.as_ref() != Some(number) {
                        self.numbers.push((claim.id, number.clone()));
                    }
                    self.decided(tx, payment, posting, row)?;
                }
            }
            Outcome::SetAside { problem, .. } => {
                self.counts.set_aside += 1;
                let summary = format!("Claim {} is set aside: {problem}", payment.control_number);
                self.money_work(WorkReason::ClaimSetAside, one.id.0, summary, payment.paid_amount.abs());
            }
            Outcome::Estimate { claim } => {
                self.counts.estimates += 1;
                let status = known.rows.get(claim).map(|row| row.status);
                self.estimates.extend(status.map(|status| (*claim, status, payment.raw.clone())));
            }
            Outcome::Unmatched { problem } => {
                self.counts.unmatched += 1;
                let summary = format!("Payment for {}: {problem}", payment.control_number);
                self.money_work(WorkReason::UnmatchedCash, one.id.0, summary, payment.paid_amount.abs());
            }
        }
        Ok(())
    }

    /// A claim of ours was decided, or its decision taken back.
    fn decided(
        &mut self,
        tx: &Tx,
        payment: &ClaimPayment,
        posting: &ClaimPosting,
        row: &store::remittance::ClaimFactsRow,
    ) -> Result<(), Error> {
        let owed = self.open.get(&row.id).copied().unwrap_or_default();
        let settings = self.payers.get(&row.payer_id).map(|payer| payer.settings.clone()).unwrap_or_default();
        let follow_up_on = days_after(tx.today(), settings.follow_up_days);
        // Its money was posted, so its place must move too, or neither is kept.
        let moving = self.moving.get(&row.id).ok_or_else(|| {
            Error::refused(format!("Claim {} has no history to add to; run `tierline verify`.", row.control_number))
        })?;
        let event = event_of(payment, moving.status, Some(follow_up_on))?;
        if payment.is_reversal() {
            self.counts.reversed += 1;
            let words = format!("The payer took its decision back: {}", payment.paid_amount);
            self.step(tx, row.id, event, words, Some(payment.raw.clone()))?;
            if let Some(moving) = self.moving.get_mut(&row.id) {
                moving.follow_up_on = Some(follow_up_on);
            }
            self.taken_back.push(row.id);
            // What the patient paid meanwhile may now be more than is owed.
            self.beside(row, posting, owed);
            return Ok(());
        }
        if row.status == ClaimStatus::Rejected {
            self.refused_before.push(row.id);
        }
        let is_denied = posting.denied.is_positive();
        let is_open = owed.by_payer.is_positive();
        let words = format!(
            "The payer decided: paid {}, denied {}, information of the payer on the patient's share {}",
            payment.paid_amount, posting.denied, payment.patient_responsibility
        );
        self.step(tx, row.id, event, words, Some(payment.raw.clone()))?;
        if let Some(moving) = self.moving.get_mut(&row.id) {
            moving.follow_up_on = None;
            moving.is_open = is_open;
        }
        if is_denied {
            self.counts.denied += 1;
        }
        if is_open {
            self.still_owed(row, posting, owed, &settings);
        } else {
            self.step(tx, row.id, ClaimEvent::Closed, "Nothing is left to ask of this payer".to_owned(), None)?;
        }
        self.beside(row, posting, owed);
        Ok(())
    }

    /// What stays owed by the payer is Tier 2's, with the payer's limit for an appeal.
    fn still_owed(
        &mut self,
        row: &store::remittance::ClaimFactsRow,
        posting: &ClaimPosting,
        owed: Owed,
        settings: &PayerSettings,
    ) {
        let reasons: Vec<String> = posting
            .adjustments
            .iter()
            .filter(|a| a.class == billing::remittance::classification::AdjustmentClass::Denial)
            .map(|a| billing::remittance::posting::reason(&a.adjustment))
            .collect();
        let reasons = distinct(reasons.into_iter());
        let summary = if reasons.is_empty() {
            format!("Claim {}: the payer did not decide all of it", row.control_number)
        } else {
            format!("Claim {} denied: {}", row.control_number, reasons.join(", "))
        };
        let appeal_by = days_after(self.remittance.paid_on, settings.appeal_days);
        let work = NewWork::on_claim(WorkReason::Denied, row.id, summary, self.links(row), owed.by_payer);
        self.work.push(work.with_deadline(Some(appeal_by)));
    }

    /// What the decision left for others: the next payer's turn, and credits.
    fn beside(&mut self, row: &store::remittance::ClaimFactsRow, posting: &ClaimPosting, owed: Owed) {
        if posting.to_next_payer.is_positive() {
            let summary = format!("Claim {}: the next payer's turn", row.control_number);
            let links = WorkLinks { claim_id: None, encounter_id: Some(row.encounter_id), ..self.links(row) };
            let reason = WorkReason::BillNextPayer;
            let subject_key = subject_key(reason, row.id);
            let money_at_stake = posting.to_next_payer;
            self.work.push(NewWork { reason, subject_key, summary, links, money_at_stake, deadline_on: None });
        }
        if owed.lowest.is_negative() {
            let summary = format!("Claim {}: more was received than owed", row.control_number);
            let links = WorkLinks { claim_id: None, encounter_id: Some(row.encounter_id), ..self.links(row) };
            let reason = WorkReason::CreditBalance;
            let subject_key = subject_key(reason, row.id);
            let money_at_stake = -owed.lowest;
            self.work.push(NewWork { reason, subject_key, summary, links, money_at_stake, deadline_on: None });
        }
    }

    /// Money that a payer takes back outside any claim.
    fn outside_claims(&mut self) {
        let remittance = self.remittance;
        for (adjustment, ordinal) in remittance.provider_adjustments.iter().zip(1..) {
            if takes_back(adjustment) {
                let reason = WorkReason::PayerRecoupment;
                let subject_key = format!("{}:{}:{ordinal}", reason.as_str(), self.id.0);
                let summary = format!(
                    "{} kept back by adjustment {} of payment {}",
                    adjustment.amount, adjustment.reason, remittance.trace
                );
                let links = self.money_links();
                let money_at_stake = adjustment.amount;
                self.work.push(NewWork { reason, subject_key, summary, links, money_at_stake, deadline_on: None });
            }
        }
    }

    fn money_work(&mut self, reason: WorkReason, thing: uuid::Uuid, summary: String, money_at_stake: Money) {
        let (subject_key, links) = (subject_key(reason, thing), self.money_links());
        self.work.push(NewWork { reason, subject_key, summary, links, money_at_stake, deadline_on: None });
    }

    fn money_links(&self) -> WorkLinks {
        WorkLinks { remittance_id: Some(self.id), payer_id: self.payer, ..WorkLinks::default() }
    }

    fn links(&self, row: &store::remittance::ClaimFactsRow) -> WorkLinks {
        WorkLinks {
            patient_id: Some(row.patient_id),
            claim_id: Some(row.id),
            payer_id: Some(row.payer_id),
            remittance_id: Some(self.id),
            ..WorkLinks::default()
        }
    }

    fn step(
        &mut self,
        tx: &Tx,
        claim: ClaimId,
        event: ClaimEvent,
        sentence: String,
        raw: Option<String>,
    ) -> Result<(), Error> {
        let Some(moving) = self.moving.get_mut(&claim) else { return Ok(()) };
        moving.status = next(moving.status, &event)?;
        moving.sequence += 1;
        self.events.push(ClaimEventRow {
            claim_id: claim,
            sequence: moving.sequence,
            occurred_at: tx.now(),
            actor: tx.actor().login.clone(),
            kind: event.kind().to_owned(),
            status_after: moving.status,
            sentence,
            raw,
            submission_id: None,
            inbound_file_id: None,
            remittance_id: Some(self.id),
            body: Json(event),
        });
        Ok(())
    }

    fn save(self, tx: &mut Tx, claims: &[ClaimId]) -> Result<Counts, Error> {
        let mut places: HashMap<(ClaimStatus, Option<Date>), Vec<ClaimId>> = HashMap::new();
        for claim in claims {
            if let Some(moving) = self.moving.get(claim) {
                places.entry((moving.status, moving.follow_up_on)).or_default().push(*claim);
            }
        }
        for ((status, follow_up_on), claims) in places {
            tx.execute_in(&SETTLE_CLAIMS, params![status, follow_up_on, tx.today()], &claims)?;
        }
        tx.set_each("claim", "payer_claim_control_number", &self.numbers)?;
        tx.insert_many(&self.events)?;
        let open: Vec<(ClaimId, WorkReason)> = tx.query_in(&OPEN_REASONS_OF_CLAIMS, params![], claims)?;
        let outcome = "The payer decided the claim; see its remittance.";
        for claim in distinct(open.into_iter().filter(|(claim, reason)| self.ends(*claim, *reason)).map(|o| o.0)) {
            let mut reasons = ENDED_BY_A_DECISION.to_vec();
            if !self.moving.get(&claim).is_some_and(|moving| moving.is_open) {
                reasons.push(WorkReason::Denied);
            }
            worklist::resolve_for_claim(tx, claim, &reasons, outcome, "payer")?;
        }
        for claim in distinct(self.taken_back.iter().copied()) {
            let key = subject_key(WorkReason::BillNextPayer, claim);
            let outcome = "The payer took its decision back, so nothing of it is the next payer's.";
            worklist::resolve_subject(tx, &key, outcome, "payer")?;
        }
        for claim in distinct(self.refused_before.iter().copied()) {
            claim_acknowledgment::decided_although_refused(tx, claim, self.id)?;
        }
        for (claim, status, raw) in self.estimates {
            // One that was decided in the same payment is where the decision put it.
            let status = self.moving.get(&claim).map_or(status, |moving| moving.status);
            let sentence = "The payer says what it would pay (CLP02 25): an estimate, no decision";
            let event = ClaimEvent::Noted { what: sentence.to_owned() };
            let evidence = Evidence { raw: Some(raw), remittance_id: Some(self.id), ..Evidence::words(sentence) };
            store::claim::append_event(tx, claim, status, &event, evidence)?;
        }
        worklist::open_many(tx, self.work)?;
        Ok(self.counts)
    }

    /// Whether the decision ends open work of this reason.
    fn ends(&self, claim: ClaimId, reason: WorkReason) -> bool {
        let is_open = self.moving.get(&claim).is_some_and(|moving| moving.is_open);
        ENDED_BY_A_DECISION.contains(&reason) || (reason == WorkReason::Denied && !is_open)
    }
}

fn days_after(day: Date, days: i32) -> Date {
    let span: Span = days.days();
    day.saturating_add(span)
}
