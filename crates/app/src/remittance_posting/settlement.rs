//! What a posted payment means for the claims: each decided claim moves to where the decision that stands puts it, and its
//! timeline says what was said. Whose work follows from it stands beside (`desks`).

use std::collections::HashMap;

use billing::claim::status::next;
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::remittance::ClaimPayment;
use billing::remittance::advice::share_differs;
use billing::remittance::posting::ClaimPosting;
use billing::{ClaimId, Money, PayerId, RemittanceId};
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use store::claim::{ClaimEventRow, Evidence};
use store::remittance::{ClaimFactsRow, LAST_EVENTS, SETTLE_CLAIMS};
use store::{Json, Tx, params};

use super::decision::event_of;
use super::history::WaitsFor;
use super::known::Known;
use super::standing::{self, Standing};
use super::{Arrival, Decided, Outcome, desks, distinct};
use crate::{Error, claim_acknowledgment, corrected_claim};

/// A claim as this posting moves it.
struct Moving {
    status: ClaimStatus,
    follow_up_on: Option<Date>,
    sequence: i64,
}

/// Moves the claims, writes their timelines, opens and ends work.
pub(super) fn settle(tx: &mut Tx, payer: Option<PayerId>, decided: &[Decided<'_>], known: &Known) -> Result<(), Error> {
    let claims = distinct(decided.iter().filter_map(Decided::posted_claim));
    let standing = standing::of_claims(tx, known, decided, &claims)?;
    let mut desk = Settlement {
        known,
        moving: HashMap::with_capacity(claims.len()),
        events: Vec::with_capacity(decided.len() * 2),
        refused_before: Vec::new(),
    };
    for (claim, sequence) in tx.query_in(&LAST_EVENTS, params![], &claims)? {
        if let Some(row) = known.rows.get(&claim) {
            let (status, follow_up_on) = (row.status, row.follow_up_on);
            desk.moving.insert(claim, Moving { status, follow_up_on, sequence });
        }
    }
    for one in decided {
        desk.said(tx, one)?;
    }
    let undecided: Vec<ClaimId> =
        standing.values().filter(|one| one.latest.is_none()).map(|one| one.facts.id).collect();
    let voided = corrected_claim::void_among(tx, &undecided)?;
    for claim in &claims {
        if let Some(standing) = standing.get(claim) {
            desk.stands(tx, standing, voided.contains(claim))?;
        }
    }
    desk.save(tx, &claims, &standing)?;
    desks::of_payments(tx, payer, decided, known)?;
    desks::of_claims(tx, known, &claims, &standing)?;
    for standing in claims.iter().filter(|claim| voided.contains(claim)).filter_map(|claim| standing.get(claim)) {
        desks::of_voided(tx, standing)?;
    }
    desk.beside(tx, decided)
}

struct Settlement<'a> {
    known: &'a Known,
    moving: HashMap<ClaimId, Moving>,
    events: Vec<ClaimEventRow>,
    /// Claims that stood refused until now, with what decided them.
    refused_before: Vec<(ClaimId, RemittanceId)>,
}

impl Settlement<'_> {
    /// A claim of ours was decided, or a decision of it taken back.
    fn said(&mut self, tx: &Tx, one: &Decided<'_>) -> Result<(), Error> {
        let Outcome::Posted { claim, posting, .. } = &one.outcome else { return Ok(()) };
        let Some(row) = self.known.rows.get(&claim.id) else { return Ok(()) };
        // Its money was posted, so its place must move too, or neither is kept.
        let moving = self.moving.get(&row.id).ok_or_else(|| {
            Error::refused(format!("Claim {} has no history to add to; run `tierline verify`.", row.control_number))
        })?;
        let event = event_of(one.payment, moving.status, Some(self.look_again_on(tx, row)))?;
        if !one.payment.is_reversal() && row.status == ClaimStatus::Rejected {
            self.refused_before.push((row.id, one.remittance));
        }
        let late = match one.arrival {
            Arrival::Now(_) => "",
            Arrival::Before(_) => "; this was set aside until now",
        };
        let words = match one.by_hand {
            Some(said) => format!("{}; {said}", words(one.payment, posting, "")),
            None => words(one.payment, posting, late),
        };
        self.step(tx, row.id, one.remittance, event, words, Some(one.payment.raw.clone()))
    }

    /// The claim goes where the decision that stands puts it, whatever was said last.
    fn stands(&mut self, tx: &Tx, standing: &Standing<'_>, is_voided: bool) -> Result<(), Error> {
        let claim = standing.facts.id;
        let Some(row) = self.known.rows.get(&claim) else { return Ok(()) };
        let Some(latest) = &standing.latest else {
            if is_voided {
                if let Some(moving) = self.moving.get_mut(&claim) {
                    moving.follow_up_on = None;
                }
                let words = "The payer took the voided claim back; nothing of it is with this payer".to_owned();
                return self.step(tx, claim, standing.told_by, ClaimEvent::Closed, words, None);
            }
            let follow_up_on = self.look_again_on(tx, row);
            if let Some(moving) = self.moving.get_mut(&claim) {
                moving.follow_up_on = Some(follow_up_on);
            }
            return Ok(());
        };
        if self.moving.get(&claim).is_some_and(|moving| moving.status != ClaimStatus::Adjudicated) {
            let (day, paid) = (latest.paid_on, latest.payment.paid_amount);
            let words = format!("The decision of {day} stands: paid {paid}");
            self.step(tx, claim, latest.remittance, ClaimEvent::Adjudicated, words, None)?;
        }
        if let Some(moving) = self.moving.get_mut(&claim) {
            moving.follow_up_on = None;
        }
        if standing.is_open() {
            return Ok(());
        }
        let words = "Nothing is left to ask of this payer".to_owned();
        self.step(tx, claim, latest.remittance, ClaimEvent::Closed, words, None)
    }

    /// The day on which somebody looks for a new decision.
    fn look_again_on(&self, tx: &Tx, row: &ClaimFactsRow) -> Date {
        let settings = self.known.payers.get(&row.payer_id).map(|payer| payer.settings.clone()).unwrap_or_default();
        days_after(tx.today(), settings.follow_up_days)
    }

    fn step(
        &mut self,
        tx: &Tx,
        claim: ClaimId,
        remittance: RemittanceId,
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
            remittance_id: Some(remittance),
            body: Json(event),
        });
        Ok(())
    }

    fn save(&self, tx: &mut Tx, claims: &[ClaimId], standing: &HashMap<ClaimId, Standing<'_>>) -> Result<(), Error> {
        let mut places: HashMap<(ClaimStatus, Option<Date>), Vec<ClaimId>> = HashMap::new();
        for claim in claims {
            if let Some(moving) = self.moving.get(claim) {
                places.entry((moving.status, moving.follow_up_on)).or_default().push(*claim);
            }
        }
        for ((status, follow_up_on), claims) in places {
            tx.execute_in(&SETTLE_CLAIMS, params![status, follow_up_on, tx.today()], &claims)?;
        }
        // A corrected claim names the number of the decision that stands.
        let number = |claim: &ClaimId| {
            let number = standing.get(claim)?.latest.as_ref()?.payment.payer_claim_control_number.clone();
            let before = self.known.rows.get(claim)?.payer_claim_control_number.as_ref();
            (!number.is_empty() && before != Some(&number)).then_some((*claim, number))
        };
        let numbers: Vec<(ClaimId, String)> = claims.iter().filter_map(number).collect();
        tx.set_each("claim", "payer_claim_control_number", &numbers)?;
        Ok(tx.insert_many(&self.events)?)
    }

    /// What the payments say of claims that they did not move, and of the files that claims were in.
    fn beside(&self, tx: &mut Tx, decided: &[Decided<'_>]) -> Result<(), Error> {
        for (claim, remittance) in &self.refused_before {
            claim_acknowledgment::decided_although_refused(tx, *claim, *remittance)?;
        }
        for one in decided {
            match &one.outcome {
                Outcome::SetAside { claim: Some(claim), waits_for: Some(WaitsFor::Version), .. } => {
                    claim_acknowledgment::decided_although_mended(tx, *claim, one.remittance)?;
                }
                Outcome::Estimate { claim } => self.estimate(tx, *claim, one)?,
                Outcome::Posted { .. } | Outcome::SetAside { .. } | Outcome::Unmatched { .. } => {}
            }
        }
        Ok(())
    }

    fn estimate(&self, tx: &mut Tx, claim: ClaimId, one: &Decided<'_>) -> Result<(), Error> {
        // One that was decided in the same payment is where the decision put it.
        let moved = self.moving.get(&claim).map(|moving| moving.status);
        let Some(status) = moved.or_else(|| self.known.rows.get(&claim).map(|row| row.status)) else { return Ok(()) };
        let sentence = "The payer says what it would pay (CLP02 25): an estimate, no decision";
        let event = ClaimEvent::Noted { what: sentence.to_owned() };
        let raw = Some(one.payment.raw.clone());
        let evidence = Evidence { raw, remittance_id: Some(one.remittance), ..Evidence::words(sentence) };
        Ok(store::claim::append_event(tx, claim, status, &event, evidence)?)
    }
}

fn words(payment: &ClaimPayment, posting: &ClaimPosting, late: &str) -> String {
    let (paid, share): (Money, Money) = (payment.paid_amount, payment.patient_responsibility);
    if payment.is_reversal() {
        return format!("The payer took its decision back: {paid}{late}");
    }
    let denied = posting.denied;
    let advice = share_differs(payment).map(|found| format!("; {found}")).unwrap_or_default();
    format!(
        "The payer decided: paid {paid}, denied {denied}, information of the payer on the patient's share \
         {share}{advice}{late}"
    )
}

pub(super) fn days_after(day: Date, days: i32) -> Date {
    let span: Span = days.days();
    day.saturating_add(span)
}
