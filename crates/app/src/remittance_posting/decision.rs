//! What each claim of a payment comes to: posted, set aside, unmatched, or an estimate. Judges each with what stands at
//! that point, whether that was said before, in the same payment, or earlier and set aside. Saves nothing.

use std::collections::HashMap;

use billing::claim::status::{Refused, next};
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::remittance::classification::{Classes, Decider};
use billing::remittance::matching::{ClaimFacts, other_charge};
use billing::remittance::posting::{self, NotPosted};
use billing::remittance::reversal::NoOriginal;
use billing::remittance::{ClaimPayment, LinePayment, balance, reversal, settled};
use billing::{ClaimId, ClaimPaymentId, Money, RemittanceId};
use edi::remittance_835::ReadRemittance;
use jiff::civil::Date;
use ledger::Posting;
use store::Tx;
use uuid::Uuid;

use super::history::{EARLIER_VERSION, Original, Waiting, WaitsFor, before_its_turn, second_decision};
use super::known::Known;
use super::{Arrival, Decided, Outcome, Sender};

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

/// Decides every claim of a payment in its order; a reversal that stands before what it takes back, and a decision that
/// stands before the reversal of another, are decided after it. What was set aside before and finds its place by this
/// payment comes last.
pub(super) fn decide_all<'a>(
    tx: &Tx,
    id: RemittanceId,
    set: &'a ReadRemittance,
    known: &'a Known,
    sender: Sender<'a>,
) -> Vec<Decided<'a>> {
    let unreadable: HashMap<usize, &str> =
        set.problems.iter().filter_map(|p| p.claim.map(|claim| (claim, p.sentence.as_str()))).collect();
    let paid_on = set.remittance.paid_on;
    // A reversal takes back nothing that was decided after it.
    let mut desk = Deciding::new(known, set.remittance.claims.len(), |waiting| match waiting.waits_for {
        WaitsFor::Original => waiting.paid_on >= paid_on,
        WaitsFor::Version | WaitsFor::Reversal => true,
        // It is none of this claim's: it is placed after the posting that passes the claim on.
        WaitsFor::Crossover => false,
    });
    for ((place, payment), ordinal) in set.remittance.claims.iter().enumerate().zip(1_i64..) {
        let one = Pending {
            id: ClaimPaymentId(Uuid::nil()),
            remittance: id,
            trace: &set.remittance.trace,
            payment,
            paid_on,
            arrival: Arrival::Now(ordinal),
            sender,
            waits_for: WaitsFor::Original,
            by_hand: None,
            in_suspense: false,
        };
        let outcome = match unreadable.get(&place) {
            Some(sentence) => Outcome::SetAside {
                claim: known.index.find(payment).map(|claim| claim.id),
                problem: (*sentence).to_owned(),
                difference: Money::ZERO,
                waits_for: None,
            },
            None => desk.decide(&one, false),
        };
        match &outcome {
            Outcome::SetAside { waits_for: Some(waits_for @ (WaitsFor::Original | WaitsFor::Reversal)), .. } => {
                desk.pending.push(Pending { waits_for: *waits_for, ..one });
            }
            Outcome::SetAside { .. }
            | Outcome::Posted { .. }
            | Outcome::Unmatched { .. }
            | Outcome::Estimate { .. } => desk.take(one.decided(outcome)),
        }
    }
    let mut decided = desk.end();
    // Keys grow in the order of the decisions: a history that is read again has it.
    for one in decided.iter_mut().filter(|one| matches!(one.arrival, Arrival::Now(_))) {
        one.id = ClaimPaymentId(tx.new_id());
    }
    decided
}

/// What one claim payment comes to that a person gives its place, and what else finds its place by it.
///
/// # Errors
/// Why it is not posted, in words that follow "it is not posted: ".
pub(super) fn by_hand<'a>(known: &'a Known, one: Pending<'a>) -> Result<Vec<Decided<'a>>, String> {
    let mut desk = Deciding::new(known, 1, |waiting| waiting.id != one.id && waiting.waits_for != WaitsFor::Crossover);
    match desk.decide(&one, false) {
        outcome @ Outcome::Posted { .. } => desk.take(one.decided(outcome)),
        Outcome::SetAside { problem, .. } | Outcome::Unmatched { problem } => return Err(problem),
        Outcome::Estimate { .. } => return Err("it is an estimate (CLP02 25), which moves no money".to_owned()),
    }
    Ok(desk.end())
}

/// What was set aside and finds its place now.
pub(super) fn take_up(known: &Known) -> Vec<Decided<'_>> {
    Deciding::new(known, 0, |waiting| waiting.waits_for != WaitsFor::Crossover).end()
}

/// A claim payment that may find its place by what is decided after it.
pub(super) struct Pending<'a> {
    pub(super) id: ClaimPaymentId,
    pub(super) remittance: RemittanceId,
    pub(super) trace: &'a str,
    pub(super) payment: &'a ClaimPayment,
    pub(super) paid_on: Date,
    pub(super) arrival: Arrival,
    pub(super) sender: Sender<'a>,
    pub(super) waits_for: WaitsFor,
    /// What a person says who gives it its place.
    pub(super) by_hand: Option<&'a str>,
    /// Two people post it although it does not add up.
    pub(super) in_suspense: bool,
}

impl<'a> Pending<'a> {
    fn before(waiting: &'a Waiting, known: &'a Known) -> Pending<'a> {
        let payer = waiting.payer.and_then(|payer| known.payers.get(&payer));
        let sender = Sender {
            payer: waiting.payer,
            identifier: payer.map_or("", |payer| &payer.payer_identifier),
            name: payer.map_or("another payer", |payer| &payer.name),
            is_vouched: true,
        };
        Pending {
            id: waiting.id,
            remittance: waiting.remittance,
            trace: &waiting.trace,
            payment: &waiting.payment,
            paid_on: waiting.paid_on,
            arrival: Arrival::Before(waiting.account.clone()),
            sender,
            waits_for: waiting.waits_for,
            by_hand: None,
            in_suspense: false,
        }
    }

    fn is_new(&self) -> bool {
        matches!(self.arrival, Arrival::Now(_))
    }

    fn decided(self, outcome: Outcome<'a>) -> Decided<'a> {
        let Pending { id, remittance, trace, payment, paid_on, arrival, by_hand, .. } = self;
        Decided { id, remittance, trace, payment, paid_on, arrival, outcome, by_hand }
    }
}

/// Decisions being taken, one after the other.
struct Deciding<'a> {
    known: &'a Known,
    decided: Vec<Decided<'a>>,
    /// Where claims are that were decided so far.
    statuses: HashMap<ClaimId, ClaimStatus>,
    /// Places among the decided, by the claim they are posted to.
    places: HashMap<ClaimId, Vec<usize>>,
    /// What waits, of this payment or set aside before.
    pending: Vec<Pending<'a>>,
}

impl<'a> Deciding<'a> {
    fn new(known: &'a Known, claims: usize, may: impl Fn(&Waiting) -> bool) -> Self {
        let waiting = known.earlier.waiting.iter().filter(|waiting| may(waiting));
        Deciding {
            known,
            decided: Vec::with_capacity(claims),
            statuses: HashMap::new(),
            places: HashMap::new(),
            pending: waiting.map(|waiting| Pending::before(waiting, known)).collect(),
        }
    }

    fn status(&self, claim: &ClaimFacts) -> ClaimStatus {
        self.statuses.get(&claim.id).copied().unwrap_or(claim.status)
    }

    fn take(&mut self, one: Decided<'a>) {
        if let Outcome::Posted { claim, .. } = &one.outcome {
            let status = self.status(claim);
            let moved = event_of(one.payment, status, None).and_then(|event| next(status, &event));
            self.statuses.insert(claim.id, moved.unwrap_or(status));
            self.places.entry(claim.id).or_default().push(self.decided.len());
        }
        self.decided.push(one);
    }

    /// Decides what waits until nothing more of it can be posted, and gives everything that was decided. What came with
    /// this payment goes first and is set aside in the end; what was set aside before stays so, and says why in the words
    /// that are true now.
    fn end(mut self) -> Vec<Decided<'a>> {
        self.pending.sort_by_key(|one| !one.is_new());
        loop {
            let mut is_moved = self.take_pairs();
            for one in std::mem::take(&mut self.pending) {
                match self.decide(&one, false) {
                    outcome @ Outcome::Posted { .. } => {
                        self.take(one.decided(outcome));
                        is_moved = true;
                    }
                    Outcome::SetAside { waits_for, .. } => {
                        let waits_for = waits_for.unwrap_or(one.waits_for);
                        self.pending.push(Pending { waits_for, ..one });
                    }
                    Outcome::Unmatched { .. } | Outcome::Estimate { .. } => self.pending.push(one),
                }
            }
            if !is_moved {
                break;
            }
        }
        for one in std::mem::take(&mut self.pending) {
            let outcome = self.decide(&one, false);
            if one.is_new() || is_told_anew(&one, &outcome, self.known) {
                self.take(one.decided(outcome));
            }
        }
        self.decided
    }

    /// Posts each decision that waits for a reversal together with the reversal of it that waits too: neither can be
    /// posted before the other. Says whether there were any.
    fn take_pairs(&mut self) -> bool {
        let mut decisions: HashMap<ClaimId, Vec<usize>> = HashMap::new();
        let claim_of = |one: &Pending<'_>| self.known.index.find(one.payment).map(|claim| claim.id);
        let waiting =
            |for_what: WaitsFor| self.pending.iter().enumerate().filter(move |(_, one)| one.waits_for == for_what);
        for (place, one) in waiting(WaitsFor::Reversal) {
            if let Some(claim) = claim_of(one) {
                decisions.entry(claim).or_default().push(place);
            }
        }
        if decisions.is_empty() {
            return false;
        }
        let mut pairs = Vec::new();
        for (place, reversal) in waiting(WaitsFor::Original).filter(|(_, one)| one.payment.is_reversal()) {
            let Some(own) = claim_of(reversal).and_then(|claim| decisions.get_mut(&claim)) else { continue };
            let is_of = |place: &usize| reversal::mirrors(self.pending[*place].payment, reversal.payment);
            let by_number = |place: &usize| is_numbered_as(self.pending[*place].payment, reversal.payment);
            let found = own.iter().position(|one| is_of(one) && by_number(one));
            if let Some(found) = found.or_else(|| own.iter().position(is_of)) {
                pairs.push((own.remove(found), place));
            }
        }
        let mut pending: Vec<Option<Pending<'a>>> = std::mem::take(&mut self.pending).into_iter().map(Some).collect();
        let mut is_moved = false;
        for (decision, reversal) in pairs {
            let (Some(one), Some(back)) = (pending[decision].take(), pending[reversal].take()) else { continue };
            match self.take_pair(one, back) {
                None => is_moved = true,
                Some((one, back)) => (pending[decision], pending[reversal]) = (Some(one), Some(back)),
            }
        }
        self.pending = pending.into_iter().flatten().collect();
        is_moved
    }

    /// A decision and its reversal, or neither: gives them back where one cannot be posted.
    fn take_pair(&mut self, one: Pending<'a>, back: Pending<'a>) -> Option<(Pending<'a>, Pending<'a>)> {
        let outcome = self.decide(&one, true);
        let Outcome::Posted { claim, .. } = &outcome else { return Some((one, back)) };
        let (claim, status, sender) = (*claim, self.status(claim), one.sender);
        self.take(one.decided(outcome));
        match self.decide(&back, false) {
            outcome @ Outcome::Posted { .. } => {
                self.take(back.decided(outcome));
                None
            }
            Outcome::SetAside { .. } | Outcome::Unmatched { .. } | Outcome::Estimate { .. } => {
                self.statuses.insert(claim.id, status);
                self.places.entry(claim.id).or_default().pop();
                let Decided { id, remittance, trace, payment, paid_on, arrival, by_hand, .. } = self.decided.pop()?;
                let (waits_for, in_suspense) = (WaitsFor::Reversal, false);
                let one = Pending {
                    id,
                    remittance,
                    trace,
                    payment,
                    paid_on,
                    arrival,
                    sender,
                    waits_for,
                    by_hand,
                    in_suspense,
                };
                Some((one, back))
            }
        }
    }

    /// What was posted for a claim so far.
    fn history(&self, claim: ClaimId) -> Vec<(Original, &ClaimPayment)> {
        let places = self.places.get(&claim).map_or(&[][..], Vec::as_slice);
        self.known.earlier.history(claim, &self.decided, places.iter().copied())
    }

    /// The payment that a reversal takes back. A second decision that waits under the very number that the reversal names
    /// goes before one of the same amounts under another number.
    fn original(&self, claim: ClaimId, reversal: &ClaimPayment) -> Result<Original, NoOriginal> {
        let original = reversal::original(&self.history(claim), reversal);
        let found = original.ok().and_then(|original| self.known.earlier.payment(original, &self.decided));
        let is_meant = |one: &Pending<'_>| {
            one.waits_for == WaitsFor::Reversal
                && is_numbered_as(one.payment, reversal)
                && reversal::mirrors(one.payment, reversal)
                && self.known.index.find(one.payment).is_some_and(|of| of.id == claim)
        };
        if !found.is_some_and(|found| is_numbered_as(found, reversal)) && self.pending.iter().any(is_meant) {
            return Err(NoOriginal::OtherAmounts);
        }
        original
    }

    /// Whether the sender is the patient's next payer and the claim's own has decided nothing: then the name of that one.
    fn is_before_its_turn(&self, sender: Sender<'_>, claim: &ClaimFacts) -> Option<&'a str> {
        let is_next = sender.payer.is_some() && sender.payer == claim.next_payer;
        let stands = !reversal::standing(&self.history(claim.id)).is_empty();
        (is_next && !stands).then(|| self.known.payers.get(&claim.payer_id).map_or("the payer before", |of| &of.name))
    }

    /// Whether a reversal turns every amount of a payment that is posted. Such a one repeats what did not add up either, where
    /// two people posted it with its difference in suspense.
    fn turns_what_is_posted(&self, claim: ClaimId, payment: &ClaimPayment) -> bool {
        payment.is_reversal() && reversal::original(&self.history(claim), payment).is_ok()
    }

    /// Why a decision would come on top of one that stands.
    fn second(&self, claim: &ClaimFacts, postings: &[Posting]) -> Option<String> {
        let history = self.history(claim.id);
        let earlier = &self.known.earlier;
        let standing = reversal::standing(&history);
        let on_top_of = standing
            .iter()
            .rev()
            .find(|one| settled::is_on_top(claim, earlier.postings(**one, &self.decided), postings))?;
        let (trace, paid_on) = earlier.trace(*on_top_of, &self.decided)?;
        Some(second_decision(trace, paid_on))
    }

    /// What a claim payment comes to at this point; `is_paired` where its reversal is posted right after it.
    fn decide(&self, one: &Pending<'a>, is_paired: bool) -> Outcome<'a> {
        let (known, payment, sender, id) = (self.known, one.payment, one.sender, one.remittance);
        let claim = known.index.find(payment);
        let set_aside = |problem: String, difference: Money, waits_for: Option<WaitsFor>| Outcome::SetAside {
            claim: claim.map(|claim| claim.id),
            problem,
            difference,
            waits_for,
        };
        if let Some(imbalance) = balance::claim(payment)
            && !one.in_suspense
            && !claim.is_some_and(|claim| self.turns_what_is_posted(claim.id, payment))
        {
            return set_aside(imbalance.to_string(), imbalance.difference, None);
        }
        let Some(claim) = claim else {
            return Outcome::Unmatched { problem: "its numbers name no claim of ours, or more than one".to_owned() };
        };
        if one.by_hand.is_none() && is_about_another(payment, claim, known) {
            return Outcome::Unmatched {
                problem: "it has our number of a claim, and names another patient and another day of care".to_owned(),
            };
        }
        if let Some(problem) = not_a_decision(payment) {
            return set_aside(problem, Money::ZERO, None);
        }
        if let Some(problem) = sender.objection(claim, known) {
            let Some(first) = self.is_before_its_turn(sender, claim) else {
                return set_aside(problem, Money::ZERO, None);
            };
            return set_aside(before_its_turn(sender.name, first), Money::ZERO, Some(WaitsFor::Crossover));
        }
        if payment.is_estimate() {
            return Outcome::Estimate { claim: claim.id };
        }
        let takes_back = match payment.is_reversal().then(|| self.original(claim.id, payment)) {
            None => None,
            Some(Ok(original)) => Some(original),
            Some(Err(no_original)) => {
                let waits_for = no_original.may_come().then_some(WaitsFor::Original);
                return set_aside(no_original.to_string(), Money::ZERO, waits_for);
            }
        };
        if event_of(payment, self.status(claim), None).is_err() {
            return if known.mended.contains(&claim.id) {
                set_aside(EARLIER_VERSION.to_owned(), Money::ZERO, Some(WaitsFor::Version))
            } else {
                set_aside("it decides a claim that was never sent".to_owned(), Money::ZERO, None)
            };
        }
        // What does not add up by itself and two people post is kept within the charge by its suspense.
        if takes_back.is_none()
            && balance::claim(payment).is_none()
            && let Some(other) = other_charge(payment, claim)
        {
            return set_aside(other.to_string(), Money::ZERO, None);
        }
        let mut classes = Classes::of(payment, Decider::of(claim), &known.rules);
        if let Some(original) = takes_back
            && let Some(decision) = known.earlier.payment(original, &self.decided)
        {
            let before = known.earlier.classes(original, &self.decided, claim, &known.rules);
            classes = classes.mirrored(payment, decision, &before);
        }
        let posting = if one.in_suspense {
            posting::decide_in_suspense(payment, claim, id, &classes, one.id).map(|(posting, _)| posting)
        } else {
            posting::decide_as(payment, claim, id, &classes)
        };
        match posting {
            Ok(mut posting) => {
                if takes_back.is_none()
                    && !is_paired
                    && let Some(problem) = self.second(claim, &posting.postings)
                {
                    return set_aside(problem, Money::ZERO, Some(WaitsFor::Reversal));
                }
                if let Some(original) = takes_back {
                    posting.postings = reversal::undo(known.earlier.postings(original, &self.decided), id);
                }
                Outcome::Posted { claim, posting, takes_back }
            }
            Err(NotPosted::LineUnmatched) => {
                Outcome::Unmatched { problem: "a line of it matches no line of the claim".to_owned() }
            }
            Err(NotPosted::ShareOutOfRange { left, most }) => {
                let problem = format!(
                    "it leaves {left} of a charge to the patient or the next payer, where 0.00 to {most} can be left \
                     (CAS PR); ask the payer for a reversal and a right decision"
                );
                set_aside(problem, Money::ZERO, None)
            }
            Err(NotPosted::TooLarge) => set_aside("an amount is too large".to_owned(), Money::ZERO, None),
        }
    }
}

/// Whether a payment found the claim by the claim's number alone, and says another patient and another day of care: the number
/// is of another system then, or of another practice. One of the two differs more often by a slip.
fn is_about_another(payment: &ClaimPayment, claim: &ClaimFacts, known: &Known) -> bool {
    let has_our_line =
        |line: &LinePayment| claim.lines.iter().any(|ours| ours.control_number == line.line_control_number);
    if payment.lines.iter().any(has_our_line) {
        return false;
    }
    let Some(row) = known.rows.get(&claim.id) else { return false };
    let name = store::name_key(&payment.about.last_name);
    let first = payment.about.first_day;
    let days: Vec<Date> =
        first.into_iter().chain(payment.lines.iter().filter_map(|line| line.date_of_service)).collect();
    !name.is_empty() && name != row.last_name_key && !days.is_empty() && !days.contains(&row.date_of_service)
}

/// Whether two payments carry the same number of the payer.
fn is_numbered_as(one: &ClaimPayment, other: &ClaimPayment) -> bool {
    one.payer_claim_control_number == other.payer_claim_control_number
}

/// What was set aside for a version of its claim, and would be a second decision now that its payer has the claim.
fn is_told_anew(one: &Pending<'_>, outcome: &Outcome<'_>, known: &Known) -> bool {
    let before = known.earlier.waiting.iter().find(|waiting| waiting.id == one.id).map(|waiting| waiting.waits_for);
    before == Some(WaitsFor::Version)
        && matches!(outcome, Outcome::SetAside { waits_for: Some(WaitsFor::Reversal), .. })
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
