//! Pay links: the practice sets its card processor's hosted page, staff make, show and revoke links, a statement prints one.
//!
//! What stands in a link's address is random to everybody without the practice's key; of it only the hash is kept. It shows
//! nothing by itself: who opens it proves who they are (`visitor`), pays at the processor, and the processor's signed notice
//! posts the payment (`notice`). No card number ever comes here.

use billing::access::{Action, Actor, ResourceState};
use billing::id::{PayLinkId, PaymentPageId};
use billing::pay_link::{LinkState, PAY_LINK_DAYS, link_address_problem, page_problem};
use billing::{PatientId, PracticeId};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use store::pay_link::{
    PAY_LINK, PAY_LINKS_OF_PATIENT, PAYMENT_PAGE, PAYMENT_PAGES, PayLinkRow, PaymentPageRow, REVOKE_PAY_LINK,
};
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::digest::{hex, sha256};
use crate::{Error, reason};

pub mod notice;
pub mod signature;
pub mod visitor;

/// Bytes of a key or secret: 256 bits.
const SECRET_BYTES: usize = 32;
/// Bytes of what stands in a link's address: 160 bits, beyond any search, and forty letters on paper.
const TOKEN_BYTES: usize = 20;
/// Days that a link must still open to be printed again: a statement's own thirty.
const PRINTED_DAYS: i64 = 30;
/// Links of one account that a page shows.
const LINKS_SHOWN: i64 = 20;

/// What stands about the card processor; the keys stay inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Under which address patients reach this desk.
    pub link_address: String,
    /// The processor's page; empty where links are off.
    pub page_url: String,
    /// Since when …
    pub set_on: Date,
    /// … by whom …
    pub set_by: String,
    /// … and why.
    pub why: String,
}

/// What a practice sets about its card processor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSetting {
    /// Under which address patients reach this desk: `https://pay.example.org`.
    pub link_address: String,
    /// The processor's page with `{reference}` and `{amount}` or `{cents}`; empty turns links off.
    pub page_url: String,
    /// Makes a new secret for notices, and a new key: every link so far is dead then.
    pub new_secrets: bool,
    /// Why.
    pub why: String,
}

/// A link as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Key.
    pub id: PayLinkId,
    /// Whether it opens.
    pub state: LinkState,
    /// The whole address, where it opens: to be sent again.
    pub address: Option<String>,
    /// The path on this desk.
    pub path: Option<String>,
    /// When it was made …
    pub made_on: Date,
    /// … and by whom.
    pub made_by: String,
    /// Its last day.
    pub expires_on: Date,
    /// Who revoked it.
    pub revoked_by: Option<String>,
}

/// What stands about the card processor; none where nothing was set.
///
/// # Errors
/// `Denied`.
pub fn setting(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Option<Setting>, Error> {
    allow(actor, Action::ViewSettings, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let zone = read.zone();
        Ok(latest(read)?.map(|row| Setting {
            link_address: row.link_address,
            page_url: row.page_url,
            set_on: row.recorded_at.to_zoned(zone).date(),
            set_by: row.recorded_by_login,
            why: row.why,
        }))
    })
}

/// Sets the card processor's page. Gives the secret for notices where a new one was made: it is shown this once, to be
/// entered at the processor.
///
/// # Errors
/// `Denied`; `Invalid` names the field.
pub fn set(db: &Db, actor: &Actor, practice: PracticeId, new: &NewSetting) -> Result<Option<String>, Error> {
    allow(actor, Action::ChangePaymentPage, &ResourceState::default())?;
    let why = reason::given(&new.why, "Say in a sentence why; the auditor reads it.")?;
    let (link_address, page_url) = (new.link_address.trim().trim_end_matches('/'), new.page_url.trim());
    if !page_url.is_empty() {
        if let Some(problem) = link_address_problem(link_address) {
            return Err(Error::invalid("link_address", problem));
        }
        if let Some(problem) = page_problem(page_url) {
            return Err(Error::invalid("page_url", problem));
        }
    }
    db.write(actor, practice, |tx| {
        let before = latest(tx)?.filter(|_| !new.new_secrets);
        let is_new = before.is_none();
        let (link_key, notice_secret) = match before {
            Some(row) => (row.link_key, row.notice_secret),
            None => (random(tx), random(tx)),
        };
        let told = is_new.then(|| hex(&notice_secret));
        let row = PaymentPageRow {
            id: PaymentPageId(tx.new_id()),
            link_address: link_address.to_owned(),
            page_url: page_url.to_owned(),
            link_key,
            notice_secret,
            recorded_at: tx.now(),
            recorded_by: tx.actor().user,
            recorded_by_login: tx.actor().login.clone(),
            why: why.to_owned(),
        };
        tx.insert(&row)?;
        let detail = json!({ "page": page_url, "new_secrets": is_new });
        tx.audit("payment_page.set", "payment_page", row.id, detail);
        Ok(told)
    })
}

fn random(tx: &Tx) -> Vec<u8> {
    let mut bytes = vec![0; SECRET_BYTES];
    tx.fill_random(&mut bytes);
    bytes
}

fn latest(conn: &Conn) -> Result<Option<PaymentPageRow>, Error> {
    Ok(conn.query(&PAYMENT_PAGES, params![1])?.into_iter().next())
}

/// The setting under which links are made now; none where they are off.
fn in_force(conn: &Conn) -> Result<Option<PaymentPageRow>, Error> {
    Ok(latest(conn)?.filter(|row| !row.page_url.is_empty()))
}

/// What stands in a link's address: from the practice's key, so that it can be printed again and is kept nowhere.
fn token_of(page: &PaymentPageRow, link: PayLinkId) -> String {
    let mut code = signature::code(&page.link_key, link.0.as_bytes());
    code.truncate(TOKEN_BYTES);
    hex(&code)
}

fn state_of(row: &PayLinkRow, today: Date) -> LinkState {
    LinkState::of(row.expires_on, row.revoked_on.is_some(), row.failed_checks, today)
}

/// A link's address as it is printed; none where its setting is gone.
pub(crate) fn address_of(conn: &Conn, id: PayLinkId) -> Result<Option<String>, Error> {
    let Some(row) = conn.query_opt(&PAY_LINK, params![id])? else { return Ok(None) };
    let Some(page) = conn.query_opt(&PAYMENT_PAGE, params![row.payment_page_id])? else { return Ok(None) };
    Ok(Some(format!("{}/pay/{}", page.link_address, token_of(&page, id))))
}

/// Whether the practice has links at all.
///
/// # Errors
/// `Denied`.
pub fn is_on(db: &Db, actor: &Actor, practice: PracticeId) -> Result<bool, Error> {
    allow(actor, Action::ViewPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(in_force(read)?.is_some()))
}

/// The links of an account, the latest first.
///
/// # Errors
/// `Denied`; `NotFound` for another practice's patient.
pub fn of_patient(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<Vec<Link>, Error> {
    allow(actor, Action::ManagePayLinks, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        store::registration::patient(read, patient)?.ok_or(Error::NotFound("patient"))?;
        let rows = read.query(&PAY_LINKS_OF_PATIENT, params![patient, LINKS_SHOWN])?;
        rows.into_iter().map(|row| link(read, row)).collect()
    })
}

fn link(conn: &Conn, row: PayLinkRow) -> Result<Link, Error> {
    let page = conn.query_opt(&PAYMENT_PAGE, params![row.payment_page_id])?;
    let state = match &page {
        Some(page) if is_dead(conn, page)? => LinkState::Revoked,
        Some(_) | None => state_of(&row, conn.today()),
    };
    let path =
        page.as_ref().filter(|_| state == LinkState::Open).map(|page| format!("/pay/{}", token_of(page, row.id)));
    let address = page.zip(path.as_ref()).map(|(page, path)| format!("{}{path}", page.link_address));
    Ok(Link {
        id: row.id,
        state,
        address,
        path,
        made_on: row.made_on,
        made_by: row.made_by_login,
        expires_on: row.expires_on,
        revoked_by: row.revoked_by_login,
    })
}

/// Whether the links of a setting are dead: links are off now, or the key was changed since.
fn is_dead(conn: &Conn, page: &PaymentPageRow) -> Result<bool, Error> {
    Ok(in_force(conn)?.is_none_or(|now| now.link_key != page.link_key))
}

/// Makes a link for an account, or gives the one that opens long enough already: the same link is sent again.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where the practice has set no page of a card processor.
pub fn make(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<Link, Error> {
    allow(actor, Action::ManagePayLinks, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        store::registration::patient(tx, patient)?.ok_or(Error::NotFound("patient"))?;
        if let Some(estate) = crate::estate::of(tx, patient)? {
            return Err(Error::refused(format!(
                "The patient died on {}: only the estate may be asked. Claim from it on the page of the estate.",
                estate.died_on
            )));
        }
        let id = make_in(tx, patient)?.ok_or_else(|| {
            Error::refused(
                "No card processor's page is set, so there is no link. The owner sets it under Settings, Pay links.",
            )
        })?;
        let row = tx.query_one(&PAY_LINK, params![id])?;
        link(tx, row)
    })
}

/// As [`make`], inside a statement's own transaction; none where links are off.
pub(crate) fn make_in(tx: &mut Tx, patient: PatientId) -> Result<Option<PayLinkId>, Error> {
    let Some(page) = in_force(tx)? else { return Ok(None) };
    let today = tx.today();
    let long_enough = today.saturating_add(PRINTED_DAYS.days());
    for row in tx.query(&PAY_LINKS_OF_PATIENT, params![patient, LINKS_SHOWN])? {
        let is_printed_alike = row.payment_page_id == page.id;
        if is_printed_alike && state_of(&row, today) == LinkState::Open && row.expires_on >= long_enough {
            return Ok(Some(row.id));
        }
    }
    let id = PayLinkId(tx.new_id());
    let row = PayLinkRow {
        id,
        patient_id: patient,
        payment_page_id: page.id,
        token_sha256: sha256(token_of(&page, id).as_bytes()).to_vec(),
        made_on: today,
        made_by_login: tx.actor().login.clone(),
        expires_on: today.saturating_add(PAY_LINK_DAYS.days()),
        revoked_on: None,
        revoked_by_login: None,
        failed_checks: 0,
    };
    tx.insert(&row)?;
    tx.audit("pay_link.make", "pay_link", id, json!({ "patient": patient, "expires": row.expires_on.to_string() }));
    Ok(Some(id))
}

/// Closes a link at once. A payment that was begun by it is still taken: the card was charged.
///
/// # Errors
/// `Denied`; `NotFound`, also for another account's; `Refused` where it is closed already.
pub fn revoke(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId, id: PayLinkId) -> Result<(), Error> {
    allow(actor, Action::ManagePayLinks, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&PAY_LINK, params![id])?.filter(|row| row.patient_id == patient);
        row.ok_or(Error::NotFound("pay link"))?;
        let (today, login) = (tx.today(), tx.actor().login.clone());
        if tx.execute(&REVOKE_PAY_LINK, params![id, Some(today), Some(login)])? == 0 {
            return Err(Error::refused("This link is revoked already. Nothing was changed."));
        }
        tx.audit("pay_link.revoke", "pay_link", id, json!({ "patient": patient }));
        Ok(())
    })
}
