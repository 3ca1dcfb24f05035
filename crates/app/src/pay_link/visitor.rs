//! Whoever opens a pay link: nothing is shown before two identifiers matched, wrong guesses are counted and close the link
//! for good, and then only what is owed is shown, with the way to the card processor's page. Never a name, a visit or a
//! service; what was typed is never kept.

use billing::access::{Action, Actor, ResourceState};
use billing::explain::Language;
use billing::id::PayCheckoutId;
use billing::pay_link::{LinkState, MOST_FAILED_CHECKS, handover, host};
use billing::{Money, PracticeId};
use jiff::SignedDuration;
use serde_json::json;
use store::patient_statement::PRACTICE_BODY;
use store::pay_link::{
    COUNT_FAILED_CHECK, PAY_CHECKOUT, PAY_LINK_BY_TOKEN, PAYMENT_PAGE, PayCheckoutRow, PayLinkRow, PaymentPageRow,
};
use store::{Conn, Db, Tx, params};

use super::{is_dead, state_of};
use crate::Error;
use crate::access::allow;
use crate::access::log_in::count_attempt;
use crate::digest::{hex, sha256};
use crate::inquiry::read_date;
use crate::patient_account::account_in;

/// Bytes of our reference at the processor: 160 bits, for who knows one may choose what it pays.
const REFERENCE_BYTES: usize = 20;
/// How long the way to the processor stays open after the check of identity.
const HANDOVER_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// Who sends the bill: what anybody may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// The practice.
    pub practice: String,
    /// Whom to call; digits.
    pub phone: String,
    /// Whether the link opens.
    pub is_open: bool,
}

/// What a visitor types to prove who they are.
#[derive(Debug, Clone, Default)]
pub struct Claimed {
    /// The account number on the statement.
    pub account_number: String,
    /// The patient's birth date.
    pub birth_date: String,
}

/// What is owed, and where to pay it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What is owed now.
    pub owes: Money,
    /// What is to be paid: all of it, or a part.
    pub amount: Money,
    /// Our reference at the processor.
    pub reference: String,
    /// The processor's page for it.
    pub address: String,
    /// Its host, for the person to recognise.
    pub host: String,
    /// The patient's language.
    pub language: Language,
}

/// What came of opening a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// They are who they say.
    Known(Due),
    /// They are, and owe nothing now.
    NothingOwed(Language),
    /// Something did not match; which is not told.
    Wrong,
    /// There is no such link, or it opens no more.
    Closed,
    /// Too many tries in a row from there.
    TooMany,
}

/// What stands before the check of identity: the practice, and whether the link opens.
///
/// # Errors
/// Of the store.
pub fn front(db: &Db, practice: PracticeId, token: &str) -> Result<Front, Error> {
    db.read(&Actor::visitor(practice), practice, |read| {
        let body = read.query_one(&PRACTICE_BODY, params![])?.body.0;
        Ok(Front { practice: body.name, phone: body.contact.phone, is_open: open_link(read, token)?.is_some() })
    })
}

/// The link of a token, where it opens.
fn open_link(conn: &Conn, token: &str) -> Result<Option<(PayLinkRow, PaymentPageRow)>, Error> {
    let hash = sha256(token.as_bytes()).to_vec();
    let Some(row) = conn.query_opt(&PAY_LINK_BY_TOKEN, params![hash])? else { return Ok(None) };
    let Some(page) = conn.query_opt(&PAYMENT_PAGE, params![row.payment_page_id])? else { return Ok(None) };
    let opens = state_of(&row, conn.today()) == LinkState::Open && !is_dead(conn, &page)?;
    Ok(opens.then_some((row, page)))
}

/// Compares what a visitor says with the link's account. A try counts against the link and the network before anything is
/// compared.
///
/// # Errors
/// Of the store; `Denied` never, for the link itself is the right.
pub fn identify(db: &Db, practice: PracticeId, token: &str, claimed: &Claimed, network: &str) -> Result<Answer, Error> {
    let visitor = Actor::visitor(practice);
    let Some((link, _)) = db.read(&visitor, practice, |read| open_link(read, token))? else {
        return Ok(Answer::Closed);
    };
    if !count_attempt(db, practice, &format!("pay link {}", link.id), Some(network))? {
        return Ok(Answer::TooMany);
    }
    db.write(&visitor, practice, |tx| {
        let Some((link, page)) = open_link(tx, token)? else { return Ok(Answer::Closed) };
        let patient = store::registration::patient(tx, link.patient_id)?.ok_or(Error::NotFound("patient"))?;
        let is_number = claimed.account_number.trim().eq_ignore_ascii_case(&patient.account_number);
        let is_born = read_date(claimed.birth_date.trim()) == Some(*patient.birth_date.reveal());
        if !(is_number && is_born) {
            tx.execute(&COUNT_FAILED_CHECK, params![link.id])?;
            let left = MOST_FAILED_CHECKS - link.failed_checks - 1;
            tx.audit("pay_link.refused", "pay_link", link.id, json!({ "patient": link.patient_id, "left": left }));
            return Ok(Answer::Wrong);
        }
        allow(tx.actor(), Action::PayByLink, &ResourceState::own_record(link.patient_id))?;
        tx.audit("pay_link.open", "pay_link", link.id, json!({ "patient": link.patient_id }));
        let account = account_in(tx, link.patient_id)?;
        if !account.owes_now.is_positive() {
            return Ok(Answer::NothingOwed(account.language()));
        }
        Ok(Answer::Known(begin(tx, &link, &page, (account.owes_now, account.owes_now), account.language())?))
    })
}

/// Chooses another amount, within half an hour of the check of identity; our reference proves it.
///
/// # Errors
/// `Invalid` for an amount that is not above zero or more than is owed; of the store.
pub fn choose(db: &Db, practice: PracticeId, token: &str, reference: &str, amount: Money) -> Result<Answer, Error> {
    db.write(&Actor::visitor(practice), practice, |tx| {
        let Some((link, page)) = open_link(tx, token)? else { return Ok(Answer::Closed) };
        let begun = tx
            .query_opt(&PAY_CHECKOUT, params![reference])?
            .filter(|begun| begun.pay_link_id == link.id && tx.now().duration_since(begun.begun_at) <= HANDOVER_WITHIN);
        if begun.is_none() {
            return Ok(Answer::Wrong);
        }
        allow(tx.actor(), Action::PayByLink, &ResourceState::own_record(link.patient_id))?;
        let account = account_in(tx, link.patient_id)?;
        if !amount.is_positive() || amount > account.owes_now {
            let most = account.owes_now;
            return Err(Error::invalid("amount", format!("Give an amount from 0.01 to the {most} that is owed.")));
        }
        Ok(Answer::Known(begin(tx, &link, &page, (account.owes_now, amount), account.language())?))
    })
}

fn begin(
    tx: &mut Tx,
    link: &PayLinkRow,
    page: &PaymentPageRow,
    (owes, amount): (Money, Money),
    language: Language,
) -> Result<Due, Error> {
    let mut bytes = [0; REFERENCE_BYTES];
    tx.fill_random(&mut bytes);
    let row = PayCheckoutRow {
        id: PayCheckoutId(tx.new_id()),
        pay_link_id: link.id,
        patient_id: link.patient_id,
        reference: hex(&bytes),
        amount_cents: amount,
        begun_at: tx.now(),
    };
    tx.insert(&row)?;
    tx.audit("pay_link.hand_over", "pay_link", link.id, json!({ "cents": amount.cents() }));
    // The page as it is set now: a processor may have moved it since the link was made.
    let url = super::in_force(tx)?.map_or_else(|| page.page_url.clone(), |now| now.page_url);
    Ok(Due {
        owes,
        amount,
        address: handover(&url, &row.reference, amount),
        host: host(&url).to_owned(),
        reference: row.reference,
        language,
    })
}
