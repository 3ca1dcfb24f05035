//! What every outbound file needs: fresh control numbers, who sends to whom, and the row that seals its bytes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use billing::claim::submission::{ControlNumbers, SubmissionStatus};
use billing::payer::PayerSettings;
use billing::practice::Practice;
use billing::{Money, PayerId, SubmissionId};
use edi::Envelope;
use jiff::SignedDuration;
use jiff::civil::Date;
use store::clock::business_days_after;
use store::submission::{SUBMISSION_SEALED_AT, SUBMISSION_STATUS, SubmissionRow};
use store::{StoreError, Tx, params};

use crate::Error;
use crate::digest::{hex, sha256};
use crate::verify::records::SEALED;

/// The number of the one set in each of our groups (ST02).
pub(crate) const OUR_SET: i64 = 1;

/// How long the answer to a question may take: payers answer what comes in files by the next morning (the batch rules
/// of CAQH CORE). Until then a second question would only be answered twice.
const ANSWER_MAY_TAKE_HOURS: i64 = 24;

/// Refuses to repeat a question that a sealed file asks, while its answer may still come. A refused file asks nothing.
pub(crate) fn answer_not_awaited(tx: &mut Tx, file: SubmissionId) -> Result<(), Error> {
    if tx.query_one(&SUBMISSION_STATUS, params![file])?.0 == SubmissionStatus::Rejected {
        return Ok(());
    }
    let (asked_at,) = tx.query_one(&SUBMISSION_SEALED_AT, params![file])?;
    let again_at = asked_at.saturating_add(SignedDuration::from_hours(ANSWER_MAY_TAKE_HOURS)).unwrap_or(asked_at);
    if tx.now() >= again_at {
        return Ok(());
    }
    let local = |at: jiff::Timestamp| at.to_zoned(tx.zone()).strftime("%H:%M on %-d %b %Y").to_string();
    Err(Error::refused(format!(
        "The payer was asked at {}, and its answer is awaited. Ask again after {}, or call the payer.",
        local(asked_at),
        local(again_at)
    )))
}

/// Payers' settings, each read once.
#[derive(Default)]
pub(crate) struct PayerHabits {
    known: HashMap<PayerId, PayerSettings>,
}

impl PayerHabits {
    /// The settings of a payer; the usual ones where the payer is gone.
    pub(crate) fn of(&mut self, tx: &mut Tx, payer: PayerId) -> Result<&PayerSettings, StoreError> {
        match self.known.entry(payer) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let found = store::registration::payer(tx, payer)?;
                Ok(unknown.insert(found.map(|payer| payer.settings).unwrap_or_default()))
            }
        }
    }

    pub(crate) fn file_due_on(&mut self, tx: &mut Tx, payer: PayerId) -> Result<Date, StoreError> {
        let today = tx.today();
        let days = self.of(tx, payer)?.acknowledgment_due_days;
        business_days_after(tx, today, u32::try_from(days).unwrap_or(0))
    }
}

/// Fresh control numbers, and who sends to whom.
pub(crate) fn envelope(tx: &mut Tx, house: &Practice, route: &str) -> Result<Envelope, Error> {
    let control_numbers =
        ControlNumbers { interchange: tx.next_number("interchange")?, group: tx.next_number("group")?, set: OUR_SET };
    let zone = jiff::tz::TimeZone::get(&house.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Ok(Envelope {
        submitter_name: house.name.clone(),
        submitter_id: house.submitter_id.clone(),
        contact_phone: house.contact.phone.clone(),
        contact_email: house.contact.email.clone(),
        receiver_id: route.to_owned(),
        control_numbers,
        sealed_at: tx.now().to_zoned(zone).datetime(),
        is_test: false,
    })
}

/// What [`submission`] needs to know of a file.
pub(crate) struct FileToSeal<'a> {
    pub(crate) kind: &'static str,
    pub(crate) envelope: &'a Envelope,
    pub(crate) bytes: Vec<u8>,
    pub(crate) due_on: Date,
    pub(crate) total: Money,
    pub(crate) claims: usize,
}

/// The row of a sealed file.
pub(crate) fn submission(tx: &Tx, id: SubmissionId, file: FileToSeal<'_>) -> SubmissionRow {
    let numbers = file.envelope.control_numbers;
    let sender: String = file.envelope.submitter_id.chars().filter(char::is_ascii_alphanumeric).collect();
    let hash = sha256(&file.bytes);
    tx.audit(SEALED, "submission", id, serde_json::json!({ "sha256": hex(&hash), "kind": file.kind }));
    SubmissionRow {
        id,
        kind: file.kind.to_owned(),
        route: file.envelope.receiver_id.clone(),
        file_name: format!("{sender}-{}-{:09}.x12", file.kind, numbers.interchange),
        interchange_number: numbers.interchange,
        group_number: numbers.group,
        set_number: numbers.set,
        status: SubmissionStatus::Sealed,
        sealed_at: tx.now(),
        sent_at: None,
        attempts: 0,
        acknowledgment_due_on: file.due_on,
        claim_count: i64::try_from(file.claims).unwrap_or(i64::MAX),
        total_cents: file.total,
        sha256: hash,
        bytes: file.bytes,
    }
}
