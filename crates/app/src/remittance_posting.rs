//! An 835 payment into the ledger: everything about our claims is asked for in few statements, decided in memory, and
//! written in few statements, in the transaction of the import. What is not ours or does not add up is set aside with
//! its cash, and each such claim opens work. A reversal undoes the very postings of the payment it takes back.

mod history;
mod settlement;

use std::collections::{HashMap, HashSet};

use billing::coverage::CoverageRank;
use billing::payer::Payer;
use billing::remittance::matching::{ClaimFacts, ClaimIndex, LineFacts};
use billing::remittance::posting::{self, ClaimPosting, NotPosted};
use billing::remittance::reversal;
use billing::remittance::{ClaimPayment, balance};
use billing::{ClaimId, ClaimPaymentId, Money, PatientId, PayerId, RemittanceId};
use edi::remittance_835::ReadRemittance;
use ledger::{BalancedEntry, DraftEntry, EntrySource, Posting};
use store::remittance::{
    ClaimFactsRow, ClaimPaymentRow, LATER_COVERAGES, LaterCoverageRow, LineAdjustmentRow, LinePaymentRow, PAYERS_BY_ID,
    ProviderAdjustmentRow, claims_named,
};
use store::{Json, Tx, params};
use uuid::Uuid;

use self::history::{Earlier, Original};
use crate::Error;
use crate::digest::{hex, sha256};
use crate::patient_payment::apply_unapplied_of;

/// What became of the claims of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// Claims posted.
    pub posted: usize,
    /// Claims that do not add up; their cash waits.
    pub set_aside: usize,
    /// Claims that match nothing of ours; their cash waits.
    pub unmatched: usize,
    /// Claims with something denied.
    pub denied: usize,
    /// Claims taken back.
    pub reversed: usize,
    /// Claims of which it says only what it would pay.
    pub estimates: usize,
}

/// What was decided about one claim of the payment.
struct Decided<'a> {
    id: ClaimPaymentId,
    payment: &'a ClaimPayment,
    outcome: Outcome<'a>,
}

enum Outcome<'a> {
    Posted {
        claim: &'a ClaimFacts,
        posting: ClaimPosting,
        takes_back: Option<Original>,
    },
    SetAside {
        claim: Option<ClaimId>,
        problem: String,
        difference: Money,
    },
    Unmatched {
        problem: String,
    },
    /// What the payer would pay (CLP02 25): noted on the claim, and nothing more.
    Estimate {
        claim: ClaimId,
    },
}

/// Posts a balanced payment; the caller has stored its row.
pub(crate) fn post(
    tx: &mut Tx,
    id: RemittanceId,
    payer: Option<PayerId>,
    set: &ReadRemittance,
) -> Result<Counts, Error> {
    let claims = &set.remittance.claims;
    let sender = Sender { payer, identifier: &set.remittance.payer_identifier, name: &set.remittance.payer_name };
    let known = Known::load(tx, claims)?;
    let payer = payer.or_else(|| claims.iter().find_map(|claim| known.index.find(claim)).map(|claim| claim.payer_id));
    let decided = decide_all(tx, id, set, &known, sender);
    insert_rows(tx, id, set, &decided)?;
    post_entries(tx, id, payer, set, &decided, &known)?;
    let counts = settlement::settle(tx, id, payer, set, &decided, &known)?;
    // What became the patient's is paid first from what the patient has paid ahead (a copay at the visit).
    let patients = distinct(known.rows.values().map(|row| row.patient_id));
    apply_unapplied_of(tx, &patients)?;
    Ok(counts)
}

/// Who sent the payment.
#[derive(Clone, Copy)]
struct Sender<'a> {
    /// The payer of ours that the file names; none where it names one that we do not know.
    payer: Option<PayerId>,
    identifier: &'a str,
    name: &'a str,
}

impl Sender<'_> {
    /// Why it may not decide a claim: another payer that we know was asked, and it does not pay under this one's id.
    fn objection(self, claim: &ClaimFacts, known: &Known) -> Option<String> {
        if self.payer.is_none_or(|sender| sender == claim.payer_id) {
            return None;
        }
        let asked = known.payers.get(&claim.payer_id);
        if asked.is_some_and(|payer| payer.settings.remits_as.iter().any(|id| id == self.identifier)) {
            return None;
        }
        let asked = asked.map_or("another payer", |payer| payer.name.as_str());
        Some(format!(
            "{} decides it, and {asked} was billed; ask which of the two pays, and where one pays for the other, add \
             its payer id to the billed payer's page (remits as)",
            self.name
        ))
    }
}

/// What is known of the claims that a payment names.
struct Known {
    index: ClaimIndex,
    /// Who was billed.
    payers: HashMap<PayerId, Payer>,
    rows: HashMap<ClaimId, ClaimFactsRow>,
    /// What was posted before for the claims that are taken back.
    earlier: Earlier,
}

impl Known {
    fn load(tx: &mut Tx, claims: &[ClaimPayment]) -> Result<Known, Error> {
        let numbers = distinct(claims.iter().map(|claim| claim.control_number.clone()));
        // Lines are asked for by number only where the claim's own number says nothing to us.
        let (rows, lines) = claims_named(tx, &numbers, |found| {
            let known: HashSet<&str> = found.iter().map(|claim| claim.control_number.as_str()).collect();
            let strangers = claims.iter().filter(|claim| !known.contains(claim.control_number.as_str()));
            let lines = strangers.flat_map(|claim| &claim.lines).map(|line| line.line_control_number.clone());
            distinct(lines.filter(|number| !number.is_empty()))
        })?;
        let patients = distinct(rows.iter().map(|row| row.patient_id));
        let mut later: HashMap<PatientId, Vec<LaterCoverageRow>> = HashMap::new();
        for coverage in tx.query_in(&LATER_COVERAGES, params![], &patients)? {
            later.entry(coverage.patient_id).or_default().push(coverage);
        }
        let mut of_claim: HashMap<ClaimId, Vec<LineFacts>> = HashMap::new();
        for line in lines {
            of_claim.entry(line.claim_id).or_default().push(LineFacts {
                control_number: line.line_control_number,
                charge_id: line.charge_id,
                procedure_code: line.procedure_code,
                amount: line.amount_cents,
            });
        }
        let facts = rows.iter().map(|row| ClaimFacts {
            id: row.id,
            control_number: row.control_number.clone(),
            patient_id: row.patient_id,
            encounter_id: row.encounter_id,
            payer_id: row.payer_id,
            rank: row.rank,
            next_payer: next_payer(row, later.get(&row.patient_id).map_or(&[], Vec::as_slice)),
            status: row.status,
            lines: of_claim.remove(&row.id).unwrap_or_default(),
        });
        let index = ClaimIndex::new(facts.collect());
        let earlier = Earlier::load(tx, claims, &index)?;
        let billed = distinct(rows.iter().map(|row| row.payer_id));
        let payers = tx.query_in(&PAYERS_BY_ID, params![], &billed)?;
        let payers = payers.into_iter().map(|(id, Json(payer))| (id, payer)).collect();
        Ok(Known { index, payers, rows: rows.into_iter().map(|row| (row.id, row)).collect(), earlier })
    }
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Who pays after the claim's payer, on the day of service.
fn next_payer(claim: &ClaimFactsRow, later: &[LaterCoverageRow]) -> Option<PayerId> {
    let day = claim.date_of_service;
    let rank_of = |coverage: &&LaterCoverageRow| -> CoverageRank { coverage.rank };
    later
        .iter()
        .filter(|coverage| coverage.rank > claim.rank && coverage.payer_id != claim.payer_id)
        .filter(|coverage| coverage.effective_on <= day && coverage.ends_on.is_none_or(|end| day <= end))
        .min_by_key(rank_of)
        .map(|coverage| coverage.payer_id)
}

fn decide_all<'a>(
    tx: &Tx,
    id: RemittanceId,
    set: &'a ReadRemittance,
    known: &'a Known,
    sender: Sender<'_>,
) -> Vec<Decided<'a>> {
    let unreadable: HashMap<usize, &str> =
        set.problems.iter().filter_map(|p| p.claim.map(|claim| (claim, p.sentence.as_str()))).collect();
    let mut decided: Vec<Decided<'a>> = Vec::with_capacity(set.remittance.claims.len());
    for (place, payment) in set.remittance.claims.iter().enumerate() {
        let outcome = match unreadable.get(&place) {
            Some(sentence) => Outcome::SetAside {
                claim: known.index.find(payment).map(|claim| claim.id),
                problem: (*sentence).to_owned(),
                difference: Money::ZERO,
            },
            None => decide(payment, id, known, &decided, sender),
        };
        decided.push(Decided { id: ClaimPaymentId(tx.new_id()), payment, outcome });
    }
    decided
}

fn decide<'a>(
    payment: &ClaimPayment,
    id: RemittanceId,
    known: &'a Known,
    before: &[Decided<'a>],
    sender: Sender<'_>,
) -> Outcome<'a> {
    let claim = known.index.find(payment);
    let set_aside = |problem: String, difference: Money| Outcome::SetAside {
        claim: claim.map(|claim| claim.id),
        problem,
        difference,
    };
    if let Some(imbalance) = balance::claim(payment) {
        return set_aside(imbalance.to_string(), imbalance.difference);
    }
    let Some(claim) = claim else {
        return Outcome::Unmatched { problem: "its numbers name no claim of ours, or more than one".to_owned() };
    };
    if let Some(problem) = not_a_decision(payment).or_else(|| sender.objection(claim, known)) {
        return set_aside(problem, Money::ZERO);
    }
    if payment.is_estimate() {
        return Outcome::Estimate { claim: claim.id };
    }
    if settlement::event_of(payment, claim.status, None).is_err() {
        return set_aside("it decides a claim that was never sent".to_owned(), Money::ZERO);
    }
    let takes_back = match payment.is_reversal().then(|| known.earlier.original(claim.id, payment, before)) {
        None => None,
        Some(Ok(original)) => Some(original),
        Some(Err(no_original)) => return set_aside(no_original.to_string(), Money::ZERO),
    };
    let is_refused = takes_back
        .and_then(|original| known.earlier.payment(original, before))
        .map_or(payment.is_refused(), ClaimPayment::is_refused);
    match posting::decide_as(payment, claim, id, is_refused) {
        Ok(mut posting) => {
            if let Some(original) = takes_back {
                posting.postings = reversal::undo(known.earlier.postings(original, before), id);
            }
            Outcome::Posted { claim, posting, takes_back }
        }
        Err(NotPosted::LineUnmatched) => {
            Outcome::Unmatched { problem: "a line of it matches no line of the claim".to_owned() }
        }
        Err(NotPosted::TooLarge) => set_aside("an amount is too large".to_owned(), Money::ZERO),
    }
}

/// Amounts that no decision has, whatever adds up.
fn not_a_decision(payment: &ClaimPayment) -> Option<String> {
    let paid = payment.paid_amount;
    if payment.is_estimate() && !paid.is_zero() {
        return Some(format!(
            "an estimate (CLP02 25) pays nothing, and this one says {paid}; ask the payer what it is for"
        ));
    }
    (paid.is_negative() && !payment.is_reversal()).then(|| {
        format!(
            "it pays {paid} without being a reversal (CLP02 22); ask the payer for a reversal of the earlier payment and \
             a new decision"
        )
    })
}

fn insert_rows(tx: &mut Tx, id: RemittanceId, set: &ReadRemittance, decided: &[Decided<'_>]) -> Result<(), Error> {
    let (mut claims, mut lines, mut adjustments) = (Vec::with_capacity(decided.len()), Vec::new(), Vec::new());
    for (place, one) in decided.iter().enumerate() {
        claims.push(claim_payment_row(id, place, one));
        if let Outcome::Posted { posting, .. } = &one.outcome {
            line_rows(one, posting, &mut lines, &mut adjustments);
        }
    }
    let outside: Vec<ProviderAdjustmentRow> = set
        .remittance
        .provider_adjustments
        .iter()
        .zip(1..)
        .map(|(adjustment, ordinal)| ProviderAdjustmentRow {
            remittance_id: id,
            ordinal,
            reason: adjustment.reason.clone(),
            reference: adjustment.reference.clone(),
            amount_cents: adjustment.amount,
        })
        .collect();
    tx.insert_many(&claims)?;
    tx.insert_many(&lines)?;
    tx.insert_many(&adjustments)?;
    Ok(tx.insert_many(&outside)?)
}

fn claim_payment_row(id: RemittanceId, place: usize, one: &Decided<'_>) -> ClaimPaymentRow {
    let (state, claim_id, problem, difference, denied) = match &one.outcome {
        Outcome::Posted { claim, posting, .. } => ("posted", Some(claim.id), None, Money::ZERO, posting.denied),
        Outcome::SetAside { claim, problem, difference } => {
            ("set_aside", *claim, Some(problem.clone()), *difference, Money::ZERO)
        }
        Outcome::Unmatched { problem } => ("unmatched", None, Some(problem.clone()), Money::ZERO, Money::ZERO),
        // Set aside without a problem: lists call it an estimate.
        Outcome::Estimate { claim } => ("set_aside", Some(*claim), None, Money::ZERO, Money::ZERO),
    };
    let payment = one.payment;
    ClaimPaymentRow {
        id: one.id,
        remittance_id: id,
        ordinal: place as i64 + 1,
        claim_id,
        control_number: payment.control_number.clone(),
        status_code: payment.status_code.clone(),
        charge_cents: payment.charge_amount,
        paid_cents: payment.paid_amount,
        patient_responsibility_cents: payment.patient_responsibility,
        payer_claim_control_number: payment.payer_claim_control_number.clone(),
        state: state.to_owned(),
        problem,
        difference_cents: difference,
        denied_cents: denied,
        body: Json(payment.clone()),
    }
}

fn line_rows(
    one: &Decided<'_>,
    posting: &ClaimPosting,
    lines: &mut Vec<LinePaymentRow>,
    adjustments: &mut Vec<LineAdjustmentRow>,
) {
    for ((line, (charge, by)), ordinal) in one.payment.lines.iter().zip(&posting.lines).zip(1..) {
        lines.push(LinePaymentRow {
            claim_payment_id: one.id,
            ordinal,
            charge_id: Some(*charge),
            procedure_code: line.procedure.code.clone(),
            charge_cents: line.charge_amount,
            paid_cents: line.paid_amount,
            matched_by: by.as_str().to_owned(),
        });
    }
    for (classified, ordinal) in posting.adjustments.iter().zip(1..) {
        adjustments.push(LineAdjustmentRow {
            claim_payment_id: one.id,
            line_ordinal: classified.line as i64,
            ordinal,
            charge_id: classified.charge_id,
            adjustment_group: classified.adjustment.group.code().to_owned(),
            reason: classified.adjustment.reason.clone(),
            amount_cents: classified.adjustment.amount,
            class: classified.class,
        });
    }
}

/// The payment and each of its claims as entries. Together they leave the clearing account at zero, because the payment
/// balances.
fn post_entries(
    tx: &mut Tx,
    id: RemittanceId,
    payer: Option<PayerId>,
    set: &ReadRemittance,
    decided: &[Decided<'_>],
    known: &Known,
) -> Result<(), Error> {
    let remittance = &set.remittance;
    let day = remittance.paid_on;
    // As `remittance_import` recognises a payment: one number may pay two payees.
    let named = format!("{}|{}|{}", remittance.payer_trace_id, remittance.trace, remittance.payee_npi);
    let key = hex(&sha256(named.as_bytes())[..16]);
    let mut books = Journal { entries: Vec::with_capacity(decided.len() + 1), posted: HashMap::new() };
    let source = EntrySource { kind: "remittance".into(), id: id.0 };
    let outside = &remittance.provider_adjustments;
    let draft = DraftEntry::new(day, "Payment of a payer", source);
    books.add(draft, posting::payment(remittance.amount, outside, payer, id), format!("remittance:{key}"))?;
    for (one, ordinal) in decided.iter().zip(1_u32..) {
        let payment = one.payment;
        let source = EntrySource { kind: "claim_payment".into(), id: one.id.0 };
        let (reason, postings, corrects) = match &one.outcome {
            Outcome::Posted { posting, takes_back: Some(original), .. } => {
                let corrects = match original {
                    Original::Earlier(place) => known.earlier.entry(*place),
                    Original::Here(place) => books.entry_of(tx, decided.get(*place).map(|before| before.id))?,
                };
                ("A payer took a decision back", posting.postings.clone(), corrects)
            }
            Outcome::Posted { posting, takes_back: None, .. } => {
                ("A payer decided a claim", posting.postings.clone(), None)
            }
            Outcome::SetAside { .. } => {
                ("Cash of a claim that is set aside", posting::set_aside(payment.paid_amount, payer, id), None)
            }
            Outcome::Estimate { .. } => ("An estimate", Vec::new(), None),
            Outcome::Unmatched { .. } => {
                ("Cash without a claim of ours", posting::set_aside(payment.paid_amount, payer, id), None)
            }
        };
        let draft = DraftEntry { corrects, ..DraftEntry::new(day, reason, source) };
        let claim_key = format!(
            "claim_payment:{key}:{}:{}:{}:{ordinal}",
            payment.control_number, payment.payer_claim_control_number, payment.status_code
        );
        books.add(draft, postings, claim_key)?;
    }
    books.write(tx)
}

/// Entries on their way into the books, in order. They are written in few statements; sooner only where an entry
/// corrects one of the same remittance, whose id the books give.
struct Journal {
    entries: Vec<(BalancedEntry, String)>,
    /// The entries written so far, by what they were made from.
    posted: HashMap<Uuid, Uuid>,
}

impl Journal {
    fn add(&mut self, draft: DraftEntry, postings: Vec<Posting>, key: String) -> Result<(), Error> {
        if postings.is_empty() {
            return Ok(());
        }
        let entry = DraftEntry { postings, ..draft }.balance().map_err(|e| Error::refused(e.to_string()))?;
        self.entries.push((entry, key));
        Ok(())
    }

    /// The entry of a claim payment of this remittance; none where it moved no money.
    fn entry_of(&mut self, tx: &mut Tx, source: Option<ClaimPaymentId>) -> Result<Option<Uuid>, Error> {
        self.write(tx)?;
        Ok(source.and_then(|source| self.posted.get(&source.0).copied()))
    }

    fn write(&mut self, tx: &mut Tx) -> Result<(), Error> {
        let written = tx.post_all(&self.entries)?;
        for ((entry, _), posted) in self.entries.drain(..).zip(written) {
            self.posted.insert(entry.source().id, posted.id);
        }
        Ok(())
    }
}
