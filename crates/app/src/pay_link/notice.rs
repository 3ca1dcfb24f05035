//! What the card processor tells of a payment by link: signed with the practice's secret, worked once by the processor's own
//! reference however often it comes, and posted as a card payment by token. Money for nobody that we know is kept and told
//! to a person. Never takes what is not signed, and never a card's number.

use billing::access::{Action, Actor, ResourceState};
use billing::id::PayNoticeId;
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::pay_link::{Notice, NoticeEvent};
use billing::work::{WorkLinks, WorkReason};
use billing::{PatientId, PracticeId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::pay_link::{
    PAY_CHECKOUT, PAY_NOTICE, PAY_NOTICE_OF_PAYMENT, PAY_NOTICES_IN_STATE, PAYMENT_PAGES, PLACE_PAY_NOTICE,
    PayNoticeLine, PayNoticeRow,
};
use store::registration::PATIENT_BY_ACCOUNT;
use store::{Conn, Db, Tx, params};

use super::signature;
use crate::Error;
use crate::access::allow;
use crate::patient_payment::take_in;
use crate::worklist::{self, NewWork, subject_key};

/// Largest notice that is read: a handful of short fields.
pub const LARGEST_NOTICE: usize = 16 * 1024;
/// How long a secret that was replaced still holds, so that what is on its way while it is entered is not lost.
const EARLIER_SECRET_HOLDS: SignedDuration = SignedDuration::from_hours(72);
/// Settings that are looked at for a secret that still holds.
const SETTINGS_READ: i64 = 20;
/// Notices that a page shows.
const NOTICES_SHOWN: i64 = 200;

/// What came of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// Posted on the account.
    Posted,
    /// Worked before: nothing was added.
    Known,
    /// The card was not charged; written down.
    Failed,
    /// Charged for nobody that we know; a person is told.
    Unplaced,
    /// Not signed with the practice's secret, or too old.
    NotSigned,
}

impl Worked {
    /// The word in the answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Worked::Posted => "posted",
            Worked::Known => "known",
            Worked::Failed => "failed",
            Worked::Unplaced => "unplaced",
            Worked::NotSigned => "not signed",
        }
    }
}

/// Works a notice as it came: header and bytes.
///
/// # Errors
/// `Invalid` for one that cannot be read; `Refused` where the processor's reference was told with another amount.
pub fn receive(db: &Db, practice: PracticeId, header: &str, body: &[u8]) -> Result<Worked, Error> {
    let processor = Actor::card_processor(practice);
    let is_signed = db.read(&processor, practice, |read| {
        Ok::<_, Error>(secrets(read)?.iter().any(|secret| signature::holds(secret, read.now(), header, body)))
    })?;
    if !is_signed {
        return Ok(Worked::NotSigned);
    }
    if body.len() > LARGEST_NOTICE {
        return Err(Error::invalid("body", "A notice has at most 16 KB."));
    }
    let notice: Notice = serde_json::from_slice(body).map_err(|_| {
        Error::invalid(
            "body",
            "Send a JSON object of event (payment.succeeded or payment.failed), reference, payment, amount_cents, \
             currency, brand and last_four, and nothing else.",
        )
    })?;
    if let Some(problem) = notice.problem() {
        return Err(Error::invalid("body", problem));
    }
    db.write(&processor, practice, |tx| work(tx, &notice))
}

/// The secrets that hold now: the practice's own, and for some days the one it replaced.
fn secrets(conn: &Conn) -> Result<Vec<Vec<u8>>, Error> {
    let rows = conn.query(&PAYMENT_PAGES, params![SETTINGS_READ])?;
    let mut replaced_at: Option<Timestamp> = None;
    let mut holding: Vec<Vec<u8>> = Vec::new();
    for row in rows {
        let holds = replaced_at.is_none_or(|at| conn.now().duration_since(at) <= EARLIER_SECRET_HOLDS);
        replaced_at = Some(row.recorded_at);
        // A setting that kept the secret says no more about it than the one after it.
        if holds && !holding.contains(&row.notice_secret) {
            holding.push(row.notice_secret);
        }
    }
    Ok(holding)
}

fn work(tx: &mut Tx, notice: &Notice) -> Result<Worked, Error> {
    let known = tx.query_opt(&PAY_NOTICE_OF_PAYMENT, params![notice.payment, notice.event.as_str()])?;
    if let Some(known) = known {
        let is_same = known.amount_cents == notice.amount() && known.reference == notice.reference;
        if is_same {
            return Ok(Worked::Known);
        }
        return Err(Error::refused(
            "This payment was told before with another amount or reference. Nothing was changed; look into it at the \
             processor, and record a difference as a refund or a returned payment.",
        ));
    }
    let checkout = tx.query_opt(&PAY_CHECKOUT, params![notice.reference])?;
    let id = PayNoticeId(tx.new_id());
    let mut row = PayNoticeRow {
        id,
        event: notice.event.as_str().to_owned(),
        processor_reference: notice.payment.clone(),
        reference: notice.reference.clone(),
        amount_cents: notice.amount(),
        state: "failed".to_owned(),
        brand: notice.brand.clone(),
        last_four: notice.last_four.clone(),
        received_at: tx.now(),
        patient_payment_id: None,
        placed_by_login: None,
    };
    let worked = match (notice.event, checkout) {
        (NoticeEvent::Failed, _) => Worked::Failed,
        (NoticeEvent::Succeeded, Some(checkout)) => {
            let taken = take_in(tx, &request(&row, checkout.patient_id), None)?;
            (row.state, row.patient_payment_id) = ("posted".to_owned(), Some(taken.id));
            Worked::Posted
        }
        (NoticeEvent::Succeeded, None) => {
            row.state = "unplaced".to_owned();
            let reason = WorkReason::PayNoticeUnplaced;
            let work = NewWork {
                reason,
                subject_key: subject_key(reason, id),
                summary: format!(
                    "{} was charged on the card processor’s page under a reference that is none of ours.",
                    row.amount_cents
                ),
                links: WorkLinks::default(),
                money_at_stake: row.amount_cents,
                deadline_on: None,
            };
            worklist::open(tx, work)?;
            Worked::Unplaced
        }
    };
    tx.insert(&row)?;
    let detail = json!({ "cents": row.amount_cents.cents(), "state": row.state });
    tx.audit("pay_notice.receive", "pay_notice", id, detail);
    Ok(worked)
}

/// The payment that a notice is: the processor's reference is its token and, under our word, its key.
fn request(row: &PayNoticeRow, patient_id: PatientId) -> PaymentRequest {
    PaymentRequest {
        patient_id,
        amount: row.amount_cents,
        method: PaymentMethod::Card {
            token: row.processor_reference.clone(),
            brand: row.brand.clone(),
            last_four: row.last_four.clone(),
        },
        note: "Paid by link".to_owned(),
        idempotency_key: format!("pay_notice:{}", row.processor_reference),
    }
}

/// Gives a payment that named none of ours its account: it is posted there.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for an account that is none; `Refused` where it has its place.
pub fn place(db: &Db, actor: &Actor, practice: PracticeId, id: PayNoticeId, account: &str) -> Result<(), Error> {
    allow(actor, Action::PostManualPayment, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&PAY_NOTICE, params![id])?.ok_or(Error::NotFound("notice"))?;
        if row.state != "unplaced" {
            return Err(Error::refused("This payment has its place already, or was not made. Nothing was changed."));
        }
        let found = tx.query_opt(&PATIENT_BY_ACCOUNT, params![account.trim()])?;
        let (patient,) = found.ok_or_else(|| Error::invalid("account", "No account has that number."))?;
        let taken = take_in(tx, &request(&row, patient), None)?;
        let login = tx.actor().login.clone();
        tx.execute(&PLACE_PAY_NOTICE, params![id, Some(taken.id), Some(login)])?;
        tx.audit("pay_notice.place", "pay_notice", id, json!({ "patient": patient }));
        let subject = subject_key(WorkReason::PayNoticeUnplaced, id);
        worklist::resolve_subject(tx, &subject, "The payment has its account.", "posting")
    })
}

/// Notices of a state (`posted`, `unplaced`, `failed`), the latest first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, state: &str) -> Result<Vec<PayNoticeLine>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&PAY_NOTICES_IN_STATE, params![state, NOTICES_SHOWN])?))
}

/// Signs a notice as the processor would: for trying the way through, by who may set the secret.
///
/// # Errors
/// `Denied`; `Refused` where no page is set.
pub fn sign(db: &Db, actor: &Actor, practice: PracticeId, notice: &Notice) -> Result<(String, String), Error> {
    allow(actor, Action::ChangePaymentPage, &ResourceState::default())?;
    let body = serde_json::to_string(notice).map_err(|error| Error::refused(format!("{error}.")))?;
    db.read(actor, practice, |read| {
        let secret = secrets(read)?.into_iter().next();
        let secret = secret.ok_or_else(|| Error::refused("No card processor's page is set, so there is no secret."))?;
        Ok((signature::sign(&secret, read.now(), body.as_bytes()), body.clone()))
    })
}
