//! An 835 payment into the ledger: everything about our claims is asked for in few statements, decided in memory, and
//! written in few statements, in the transaction of the import. What is not ours or does not add up is set aside with
//! its cash, and each such claim opens work. A reversal undoes the very postings of the payment it takes back.

mod by_hand;
mod crossover;
mod decision;
mod desks;
mod entries;
mod foresight;
mod history;
mod known;
mod outside;
mod prior_told;
mod refunded;
mod rows;
mod second;
mod settlement;
mod standing;

use billing::remittance::ClaimPayment;
use billing::remittance::auto_posting::Prospect;
use billing::remittance::matching::ClaimFacts;
use billing::remittance::posting::ClaimPosting;
use billing::{ClaimId, ClaimPaymentId, Money, PayerId, RemittanceId};
use edi::remittance_835::ReadRemittance;
use jiff::civil::Date;
use ledger::Account;
use store::remittance::PAYERS_BY_ID;
use store::{Json, Tx, params};

use self::history::{Original, WaitsFor};
use self::known::Known;
use crate::Error;
use crate::patient_payment::apply_unapplied_of;
use crate::remittance_import::first_day_of_books;

pub(crate) use self::by_hand::{Placing, place, take_off};
pub(crate) use self::foresight::ForeseenClaim;
pub use self::foresight::ForeseenState;
pub use self::history::classes_of;
pub(crate) use self::outside::item_words;
pub(crate) use self::refunded::refuse_while_owed_twice;
pub(crate) use self::second::decided_twice;

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

impl Counts {
    /// What was set aside with an earlier payment is counted there.
    fn of(decided: &[Decided<'_>]) -> Counts {
        let mut counts = Counts::default();
        for one in decided.iter().filter(|one| matches!(one.arrival, Arrival::Now(_))) {
            match &one.outcome {
                Outcome::Posted { posting, .. } => {
                    let is_reversal = one.payment.is_reversal();
                    counts.posted += 1;
                    counts.reversed += usize::from(is_reversal);
                    counts.denied += usize::from(!is_reversal && posting.denied.is_positive());
                }
                Outcome::SetAside { .. } => counts.set_aside += 1,
                Outcome::Unmatched { .. } => counts.unmatched += 1,
                Outcome::Estimate { .. } => counts.estimates += 1,
            }
        }
        counts
    }
}

/// What was decided about one claim of a payment.
struct Decided<'a> {
    id: ClaimPaymentId,
    remittance: RemittanceId,
    /// Its check or EFT number.
    trace: &'a str,
    payment: &'a ClaimPayment,
    /// Day of its remittance.
    paid_on: Date,
    arrival: Arrival,
    outcome: Outcome<'a>,
    /// What a person says who gave it its place, or took it off a claim.
    by_hand: Option<&'a str>,
}

impl Decided<'_> {
    /// The claim that it is posted to.
    fn posted_claim(&self) -> Option<ClaimId> {
        match &self.outcome {
            Outcome::Posted { claim, .. } => Some(claim.id),
            Outcome::SetAside { .. } | Outcome::Unmatched { .. } | Outcome::Estimate { .. } => None,
        }
    }
}

/// With what a claim payment came.
enum Arrival {
    /// The payment being posted, at this place, from 1.
    Now(i64),
    /// An earlier payment, and was set aside; its cash waits on this account, where it has any.
    Before(Option<Account>),
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
        /// What would give it its place; none where only a person can.
        waits_for: Option<WaitsFor>,
    },
    Unmatched {
        problem: String,
    },
    /// What the payer would pay (CLP02 25): noted on the claim, and nothing more.
    Estimate {
        claim: ClaimId,
    },
}

/// Who gives leave to post a payment that balances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// The payer's setting: the file came by itself.
    Setting,
    /// A person, or a program that acts for one.
    Person,
    /// Nobody yet: it is to be looked at first.
    Nobody,
}

/// What a person reads where a payment was uploaded to be looked at.
const LOOK_FIRST: &str = "It was uploaded to be looked at before it is posted.";

/// A payment to post; the caller has stored its row.
#[derive(Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) id: RemittanceId,
    /// The payer of ours that it names.
    pub(crate) payer: Option<PayerId>,
    pub(crate) set: &'a ReadRemittance,
    pub(crate) leave: Leave,
}

/// What became of a payment to post.
pub(crate) enum Verdict {
    /// It is in the books.
    Posted(Counts),
    /// It is not, and nothing was written: why.
    Waits(Vec<String>),
}

/// Posts a balanced payment where there is leave to. Who asks what would be posted gives `told`: the claims are told to it
/// as well, and the transaction must be discarded.
pub(crate) fn post(tx: &mut Tx, order: Order<'_>, told: Option<&mut Vec<ForeseenClaim>>) -> Result<Verdict, Error> {
    let Order { payer, set, .. } = order;
    let claims = &set.remittance.claims;
    tx.date_from(first_day_of_books(tx, set.remittance.paid_on)?);
    let sender = Sender {
        payer,
        identifier: &set.remittance.payer_identifier,
        name: &set.remittance.payer_name,
        is_vouched: false,
    };
    let known = Known::load(tx, claims)?;
    if let Some(asked) = crossover::as_asked(tx, sender, set, &known)? {
        let known = Known::load(tx, &asked.remittance.claims)?;
        return post_known(tx, Order { set: &asked, ..order }, sender, &known, told);
    }
    post_known(tx, order, sender, &known, told)
}

fn post_known(
    tx: &mut Tx,
    order: Order<'_>,
    sender: Sender<'_>,
    known: &Known,
    told: Option<&mut Vec<ForeseenClaim>>,
) -> Result<Verdict, Error> {
    let Order { id, set, .. } = order;
    let claims = &set.remittance.claims;
    let decides = |claim: &&ClaimFacts| sender.objection(claim, known).is_none();
    let decided_by = || claims.iter().filter_map(|claim| known.index.find(claim)).find(decides);
    let payer = sender.payer.or_else(|| decided_by().map(|claim| claim.payer_id));
    let decided = decision::decide_all(tx, id, set, known, sender);
    let counts = Counts::of(&decided);
    let reasons = why_not(tx, order, payer, counts)?;
    if !reasons.is_empty() {
        return Ok(Verdict::Waits(reasons));
    }
    if let Some(told) = told {
        told.extend(foresight::claims(&decided));
    }
    // Stored for who only asks too: what follows below reads it (a claim to the next payer is made of what was decided).
    rows::insert(tx, &decided, &known.rules)?;
    let placed = outside::place(tx, payer, &set.remittance, known)?;
    outside::insert(tx, id, payer, &placed)?;
    entries::post(tx, (id, payer), set, &placed, &decided, known)?;
    settlement::settle(tx, payer, &decided, known)?;
    crossover::take_up_early(tx, known)?;
    outside::work(tx, id, payer, &set.remittance, &placed)?;
    outside::card(tx, id, payer, &set.remittance)?;
    refunded::mind(tx, &decided)?;
    pay_from_what_is_held(tx, known)?;
    Ok(Verdict::Posted(counts))
}

/// Why a payment is not posted now; nothing where it is.
fn why_not(tx: &mut Tx, order: Order<'_>, payer: Option<PayerId>, counts: Counts) -> Result<Vec<String>, Error> {
    match order.leave {
        Leave::Person => Ok(Vec::new()),
        Leave::Nobody => Ok(vec![LOOK_FIRST.to_owned()]),
        Leave::Setting => {
            let rows = tx.query_in(&PAYERS_BY_ID, params![], &Vec::from_iter(payer))?;
            let setting = rows.into_iter().next().map(|(_, Json(payer))| payer.settings.auto_posting);
            let said = &order.set.remittance;
            Ok(setting.unwrap_or_default().reasons(&Prospect {
                amount: said.amount,
                claims: said.claims.len(),
                set_aside: counts.set_aside,
                unmatched: counts.unmatched,
                denied: counts.denied,
                reversed: counts.reversed,
                provider_adjustments: said.provider_adjustments.len(),
            }))
        }
    }
}

/// A claim is with its payer again: decisions of it that were set aside meanwhile find their place.
pub(crate) fn take_up(tx: &mut Tx, claim: ClaimId) -> Result<(), Error> {
    let known = Known::of_claim(tx, claim)?;
    let decided = decision::take_up(&known);
    if decided.is_empty() {
        return Ok(());
    }
    rows::insert(tx, &decided, &known.rules)?;
    entries::place(tx, &decided, &known)?;
    settlement::settle(tx, None, &decided, &known)?;
    refunded::mind(tx, &decided)?;
    pay_from_what_is_held(tx, &known)
}

/// What became the patient's is paid first from what the patient has paid ahead (a copay at the visit).
fn pay_from_what_is_held(tx: &mut Tx, known: &Known) -> Result<(), Error> {
    let patients = distinct(known.rows.values().map(|row| row.patient_id));
    apply_unapplied_of(tx, &patients)
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Who sent the payment.
#[derive(Clone, Copy)]
struct Sender<'a> {
    /// The payer of ours that the file names; none where it names one that we do not know.
    payer: Option<PayerId>,
    identifier: &'a str,
    name: &'a str,
    /// Where its number is of no payer of ours: a person says whose decision it is, or it was judged when it came.
    is_vouched: bool,
}

impl Sender<'_> {
    /// Why it may not decide a claim: another payer was asked, and this one has neither a number under which that one pays
    /// nor, where its own number is of no payer of ours, its name.
    fn objection(self, claim: &ClaimFacts, known: &Known) -> Option<String> {
        if self.payer == Some(claim.payer_id) {
            return None;
        }
        let asked = known.payers.get(&claim.payer_id);
        if self.payer.is_none() && (self.is_vouched || asked.is_some_and(|payer| is_same_name(&payer.name, self.name)))
        {
            return None;
        }
        if asked.is_some_and(|payer| payer.settings.remits_as.iter().any(|id| id == self.identifier)) {
            return None;
        }
        let asked = asked.map_or("another payer", |payer| payer.name.as_str());
        Some(format!(
            "{} decides it, and {asked} was billed; ask which of the two pays, and where one pays for the other, add \
             its payer id to the billed payer's other payer ids",
            self.name
        ))
    }
}

/// Whether two names are the same but for case, spaces and punctuation.
fn is_same_name(one: &str, other: &str) -> bool {
    let letters = |name: &str| -> String {
        name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
    };
    letters(one) == letters(other)
}
