//! What remittances said before of the claims that one names: what was posted, with the very postings, so that a
//! reversal undoes them and nothing else, and what was set aside and waits. Decides nothing: which payment a reversal
//! means, and which decisions stand, is asked of `billing::remittance::reversal`.

use std::collections::HashMap;

use billing::remittance::ClaimPayment;
use billing::remittance::classification::{AdjustmentClass, Classes, Decider, RuleBook};
use billing::remittance::matching::ClaimFacts;
use billing::remittance::reversal::NoOriginal;
use billing::work::WorkReason;
use billing::{ClaimId, ClaimPaymentId, Money, PayerId, RemittanceId};
use jiff::civil::Date;
use ledger::{Account, AccountKind, Posting};
use store::ledger::{ENTRIES_OF_SOURCES, POSTINGS_OF_ENTRIES};
use store::remittance::{CLASSES_OF_PAYMENTS, PAYMENTS_OF_CLAIMS, PaymentOfClaim};
use store::unapplied_cash::CASH_WAITING_OF;
use store::worklist::OPEN_ITEM_BY_SUBJECT;
use store::{Conn, Json, Tx, params};
use uuid::Uuid;

use super::{Decided, Outcome};
use crate::worklist::subject_key;
use crate::{Error, suspense};

/// A payment of a claim, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Original {
    /// Among the payments posted by earlier remittances.
    Earlier(usize),
    /// Among the claims being posted.
    Here(usize),
}

/// A payment posted by an earlier remittance.
struct Posted {
    id: ClaimPaymentId,
    payment: ClaimPayment,
    remittance: RemittanceId,
    trace: String,
    paid_on: Date,
    /// Its last entry; none where it moved no money.
    entry: Option<Uuid>,
    postings: Vec<Posting>,
    /// What its adjustments meant when it was posted.
    classes: Option<Classes>,
}

/// What a payment that was set aside waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaitsFor {
    /// A reversal: for the payment that it takes back.
    Original,
    /// A decision on an earlier version: for somebody to leave the claim with its payer.
    Version,
    /// A second decision: for the payer to take back the one that stands.
    Reversal,
    /// The answer of the patient's next payer: for the payer before it to pass the claim on.
    Crossover,
}

/// The words that the sentence of an answer before its turn begins with; a stored one is known again by them.
const BEFORE_ITS_TURN: &str = "it comes before its turn:";

/// What is said of a next payer's answer to a claim that was not passed on yet.
pub(super) fn before_its_turn(next: &str, first: &str) -> String {
    format!(
        "{BEFORE_ITS_TURN} {next} is the patient’s next payer after {first}, which has not decided the claim here; when \
         the remittance of {first} is posted, this one is posted by itself"
    )
}

/// The words that tell of a decision which waits for somebody to leave the claim with its payer.
pub(super) const EARLIER_VERSION: &str = "it decides a version of the claim that was sent, and the claim was mended \
     since and is held; it is posted as soon as Tier 2 leaves the claim with the payer";

/// The words that the sentence of a second decision begins with; a stored one is known again by them.
const SECOND_DECISION: &str = "decided already by payment";

/// What is said of a decision that comes on top of one that stands.
pub(super) fn second_decision(trace: &str, paid_on: Date) -> String {
    format!(
        "{SECOND_DECISION} {trace} of {paid_on}; the payer must reverse that decision first (CLP02 22), and this one is \
         then posted by itself; or it is a supplemental payment: apply the cash to its line"
    )
}

impl WaitsFor {
    /// Known again by the stored words: what was set aside for another cause is a person's alone.
    fn of(problem: &str) -> Option<WaitsFor> {
        let is_early = |no_original: NoOriginal| no_original.may_come() && problem.starts_with(no_original.lead());
        if problem == EARLIER_VERSION {
            return Some(WaitsFor::Version);
        }
        if problem.starts_with(SECOND_DECISION) {
            return Some(WaitsFor::Reversal);
        }
        if problem.starts_with(BEFORE_ITS_TURN) {
            return Some(WaitsFor::Crossover);
        }
        let all = [NoOriginal::NeverPosted, NoOriginal::OtherAmounts, NoOriginal::TakenBackBefore];
        all.into_iter().any(is_early).then_some(WaitsFor::Original)
    }
}

/// A payment that was set aside, whose cash waits in full and whose work is open: it may find its place by itself.
pub(super) struct Waiting {
    pub(super) id: ClaimPaymentId,
    pub(super) payment: ClaimPayment,
    pub(super) remittance: RemittanceId,
    pub(super) trace: String,
    pub(super) paid_on: Date,
    /// Who sent it.
    pub(super) payer: Option<PayerId>,
    pub(super) waits_for: WaitsFor,
    /// Where its cash waits; none where it has none.
    pub(super) account: Option<Account>,
}

/// Everything said before of the claims.
#[derive(Default)]
pub(super) struct Earlier {
    payments: Vec<Posted>,
    /// Places among the payments, oldest first.
    of_claim: HashMap<ClaimId, Vec<usize>>,
    /// What was set aside and may find its place, oldest first.
    pub(super) waiting: Vec<Waiting>,
}

impl Earlier {
    /// Loads it, in few statements, and two more for each payment that waits.
    pub(super) fn load(tx: &mut Tx, claims: &[ClaimId]) -> Result<Earlier, Error> {
        let mut rows = tx.query_in(&PAYMENTS_OF_CLAIMS, params![], claims)?;
        // Keys grow with time.
        rows.sort_unstable_by_key(|row| row.id);
        let (posted, set_aside): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.state == "posted");
        let mut books = entries_of(tx, &posted)?;
        let mut meant = classes_of(tx, &posted.iter().map(|row| row.id).collect::<Vec<_>>())?;
        let mut earlier = Earlier::default();
        for row in posted {
            let (entry, postings) = books.remove(&row.id.0).map_or((None, Vec::new()), |(id, all)| (Some(id), all));
            earlier.of_claim.entry(row.claim_id).or_default().push(earlier.payments.len());
            let (id, remittance, trace, paid_on) = (row.id, row.remittance_id, row.trace, row.paid_on);
            let Json(payment) = row.body;
            let classes = meant.remove(&id).and_then(|rows| Classes::stored(&payment, rows.into_iter()));
            earlier.payments.push(Posted { id, payment, remittance, trace, paid_on, entry, postings, classes });
        }
        for row in set_aside {
            if let Some(waiting) = waiting(tx, row)? {
                earlier.waiting.push(waiting);
            }
        }
        Ok(earlier)
    }

    /// What was posted for a claim, oldest first: by earlier remittances, then here.
    pub(super) fn history<'a>(
        &'a self,
        claim: ClaimId,
        here: &'a [Decided<'_>],
        places: impl Iterator<Item = usize>,
    ) -> Vec<(Original, &'a ClaimPayment)> {
        let earlier = self.of_claim.get(&claim).map_or(&[][..], Vec::as_slice);
        let earlier = earlier.iter().map(|place| (Original::Earlier(*place), &self.payments[*place].payment));
        let here = places.filter_map(|place| here.get(place).map(|one| (place, one)));
        let here = here.filter(|(_, one)| one.posted_claim() == Some(claim));
        earlier.chain(here.map(|(place, one)| (Original::Here(place), one.payment))).collect()
    }

    /// Whether anything was posted for the claim before.
    pub(super) fn knows(&self, claim: ClaimId) -> bool {
        self.of_claim.contains_key(&claim)
    }

    /// The payment itself.
    pub(super) fn payment<'a>(&'a self, original: Original, here: &'a [Decided<'_>]) -> Option<&'a ClaimPayment> {
        match original {
            Original::Earlier(place) => self.payments.get(place).map(|posted| &posted.payment),
            Original::Here(place) => here.get(place).map(|one| one.payment),
        }
    }

    /// The day and the remittance of a payment.
    pub(super) fn origin(&self, original: Original, here: &[Decided<'_>]) -> Option<(Date, RemittanceId)> {
        match original {
            Original::Earlier(place) => self.payments.get(place).map(|posted| (posted.paid_on, posted.remittance)),
            Original::Here(place) => here.get(place).map(|one| (one.paid_on, one.remittance)),
        }
    }

    /// The check or EFT number of a payment, and its day.
    pub(super) fn trace<'a>(&'a self, original: Original, here: &'a [Decided<'_>]) -> Option<(&'a str, Date)> {
        match original {
            Original::Earlier(place) => self.payments.get(place).map(|posted| (posted.trace.as_str(), posted.paid_on)),
            Original::Here(place) => here.get(place).map(|one| (one.trace, one.paid_on)),
        }
    }

    /// What was posted for it.
    pub(super) fn postings<'a>(&'a self, original: Original, here: &'a [Decided<'_>]) -> &'a [Posting] {
        match original {
            Original::Earlier(place) => self.payments.get(place).map_or(&[], |posted| &posted.postings),
            Original::Here(place) => match here.get(place).map(|one| &one.outcome) {
                Some(Outcome::Posted { posting, .. }) => &posting.postings,
                Some(Outcome::SetAside { .. } | Outcome::Unmatched { .. } | Outcome::Estimate { .. }) | None => &[],
            },
        }
    }

    /// What the adjustments of a payment of a claim meant when it was posted.
    pub(super) fn classes(
        &self,
        original: Original,
        here: &[Decided<'_>],
        claim: &ClaimFacts,
        rules: &RuleBook,
    ) -> Classes {
        let stored = match original {
            Original::Earlier(place) => self.payments.get(place).and_then(|posted| posted.classes.clone()),
            Original::Here(place) => here.get(place).and_then(|one| match &one.outcome {
                Outcome::Posted { posting, .. } => {
                    Classes::stored(one.payment, posting.adjustments.iter().map(|of| (of.line, of.class)))
                }
                Outcome::SetAside { .. } | Outcome::Unmatched { .. } | Outcome::Estimate { .. } => None,
            }),
        };
        let anew = || Some(Classes::of(self.payment(original, here)?, Decider::of(claim), rules));
        stored.or_else(anew).unwrap_or_default()
    }

    /// The place of a claim payment that was posted before.
    pub(super) fn place_of(&self, id: ClaimPaymentId) -> Option<usize> {
        self.payments.iter().position(|posted| posted.id == id)
    }

    /// The claim payment at a place.
    pub(super) fn id(&self, place: usize) -> Option<ClaimPaymentId> {
        self.payments.get(place).map(|posted| posted.id)
    }

    /// The entry of a payment of an earlier remittance; none where it moved no money.
    pub(super) fn entry(&self, place: usize) -> Option<Uuid> {
        self.payments.get(place).and_then(|posted| posted.entry)
    }
}

/// What adjustments meant when their payments were posted: by claim payment the place of the line and the class, in the
/// order of the file.
///
/// # Errors
/// Of the store.
pub fn classes_of(
    conn: &Conn,
    payments: &[ClaimPaymentId],
) -> Result<HashMap<ClaimPaymentId, Vec<(usize, AdjustmentClass)>>, Error> {
    let mut rows = conn.query_in(&CLASSES_OF_PAYMENTS, params![], payments)?;
    rows.sort_unstable_by_key(|row| (row.0, row.2));
    let mut found: HashMap<ClaimPaymentId, Vec<(usize, AdjustmentClass)>> = HashMap::with_capacity(payments.len());
    for (payment, line, _, class) in rows {
        found.entry(payment).or_default().push((usize::try_from(line).unwrap_or_default(), class));
    }
    Ok(found)
}

/// By claim payment, its last entry and what it posted. One that was set aside first has two entries: between them its
/// cash waited, and of that nothing is left. What was done with its difference in suspense is part of it.
pub(super) fn entries_of(conn: &Conn, posted: &[PaymentOfClaim]) -> Result<HashMap<Uuid, (Uuid, Vec<Posting>)>, Error> {
    let sources: Vec<ClaimPaymentId> = posted.iter().map(|row| row.id).collect();
    let mut entries = conn.query_in(&ENTRIES_OF_SOURCES, params![], &sources)?;
    entries.retain(|entry| entry.source_kind == "claim_payment" || entry.source_kind == suspense::SOURCE);
    entries.sort_unstable_by_key(|entry| entry.sequence);
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let mut rows = conn.query_in(&POSTINGS_OF_ENTRIES, params![], &ids)?;
    rows.sort_unstable_by_key(|posting| posting.ordinal);
    let mut of_entry: HashMap<Uuid, Vec<Posting>> = HashMap::new();
    for row in rows {
        let account = row.account().ok_or_else(|| {
            Error::refused(format!("Entry {} stands on no account; run `tierline verify`.", row.entry_id))
        })?;
        let posting = Posting { account, amount: row.cents, reason: row.reason.into() };
        of_entry.entry(row.entry_id).or_default().push(posting);
    }
    let mut found: HashMap<Uuid, (Uuid, Vec<Posting>)> = HashMap::new();
    for entry in entries {
        let postings = of_entry.remove(&entry.id).unwrap_or_default();
        match found.get_mut(&entry.source_id) {
            None => {
                found.insert(entry.source_id, (entry.id, postings));
            }
            Some((last, all)) => {
                if entry.source_kind != suspense::SOURCE {
                    *last = entry.id;
                }
                all.extend(postings);
            }
        }
    }
    found.values_mut().for_each(|(_, all)| leave_out_where_it_waited(all));
    Ok(found)
}

/// Places where cash waited and of which nothing is left.
fn leave_out_where_it_waited(postings: &mut Vec<Posting>) {
    let mut waits: HashMap<Account, i128> = HashMap::new();
    for posting in postings.iter() {
        if matches!(posting.account.kind(), AccountKind::UnappliedPayer | AccountKind::Suspense) {
            *waits.entry(posting.account.clone()).or_default() += i128::from(posting.amount.cents());
        }
    }
    postings.retain(|posting| waits.get(&posting.account).is_none_or(|left| *left != 0));
}

/// Where all the cash of a claim payment waits: an account, or none where it has no cash. None of both where some of it has a
/// place already.
pub(super) fn where_all_waits(tx: &Tx, id: ClaimPaymentId, paid: Money) -> Result<Option<Option<Account>>, Error> {
    let cash = tx.query(&CASH_WAITING_OF, params![id, id.to_string()])?;
    Ok(match cash[..] {
        [] if paid.is_zero() => Some(None),
        [(AccountKind::UnappliedPayer, Some(payer), cents)] if -cents == paid => {
            Some(Some(Account::UnappliedPayer { payer }))
        }
        [(AccountKind::Suspense, None, cents)] if -cents == paid => Some(Some(Account::Suspense { item: id.0 })),
        _ => None,
    })
}

/// What was set aside, where it may find its place by itself: its cause may pass, nobody ended its work, and all of its
/// cash is still where it was put.
fn waiting(tx: &mut Tx, row: PaymentOfClaim) -> Result<Option<Waiting>, Error> {
    let Some(waits_for) = row.problem.as_deref().and_then(WaitsFor::of) else { return Ok(None) };
    let key = subject_key(WorkReason::ClaimSetAside, row.id.0);
    if tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![key])?.is_none() {
        return Ok(None);
    }
    let Json(payment) = row.body;
    let Some(account) = where_all_waits(tx, row.id, payment.paid_amount)? else { return Ok(None) };
    Ok(Some(Waiting {
        id: row.id,
        payment,
        remittance: row.remittance_id,
        trace: row.trace,
        paid_on: row.paid_on,
        payer: row.payer_id,
        waits_for,
        account,
    }))
}
