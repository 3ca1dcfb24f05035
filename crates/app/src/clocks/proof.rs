//! The proof packet of timely filing: what the books of messages say of one claim, ready to go with an appeal.

use billing::access::{Action, Actor, ResourceState};
use billing::clock::{ClockKind, Length, Terms, reckon};
use billing::{ClaimId, PracticeId};
use documents::timely_filing::{Answer, Sent, TimelyFiling, timely_filing};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::claim::CLAIM_ROW;
use store::clock::CLOCKS_OF_SUBJECT;
use store::patient_statement::PRACTICE_BODY;
use store::views::timely_filing::evidence;
use store::{Db, params};

use crate::access::allow;
use crate::patient_payment::letterhead;
use crate::{Error, digest};

/// Most characters of a segment that the paper shows: the whole of it is in the stored file.
const MOST_RAW: usize = 400;

/// What the proof says of a claim.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn packet(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimId) -> Result<TimelyFiling, Error> {
    allow(actor, Action::ViewClaim, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let row = read.query_opt(&CLAIM_ROW, params![id])?.ok_or(Error::NotFound("claim"))?;
        let claim = store::claim::load(read, id)?.ok_or(Error::NotFound("claim"))?;
        read.saw("proof of timely filing", row.patient_id);
        let (sent, answers) = evidence(read, id)?;
        let zone = read.zone();
        let at = |instant: Timestamp| instant.to_zoned(zone.clone()).strftime("%-d %b %Y %H:%M").to_string();
        let clocks = read.query(&CLOCKS_OF_SUBJECT, params![id])?;
        let filing = clocks.iter().rev().find(|clock| {
            matches!(clock.kind, ClockKind::TimelyFiling | ClockKind::SecondaryFiling | ClockKind::CorrectedClaim)
        });
        let started_on = filing.map_or(row.date_of_service, |clock| clock.started_on);
        let calendar = store::clock::calendar(read)?;
        let length = filing.and_then(|clock| Length::parse(&clock.term)).unwrap_or_else(|| days(started_on, &row));
        let source = filing.map_or("payer's contract", |clock| clock.term_source.as_str());
        let terms = Terms { length, source: billing::clock::Source::Contract };
        let excluded = reckon(started_on, terms, &calendar).excluded;
        let patient = store::registration::patient(read, row.patient_id)?.ok_or(Error::NotFound("patient"))?;
        let first = sent.iter().map(|file| file.sent_at.unwrap_or(file.sealed_at)).min();
        Ok(TimelyFiling {
            practice: letterhead(&read.query_one(&PRACTICE_BODY, params![])?.body.0),
            payer: claim.body.payer.name.clone(),
            patient: patient.name.full(),
            member_id: claim.body.subscriber.member_id.reveal().to_owned(),
            control_number: row.control_number.clone(),
            payer_number: row.payer_claim_control_number.clone(),
            amount: row.total_cents,
            date_of_service: row.date_of_service,
            counted_from: started_on,
            limit: format!("{length}, {source}"),
            last_day: filing.map_or(row.filing_limit_on, |clock| clock.due_on),
            excluded: excluded.into_iter().map(|(day, why)| (day, why.to_owned())).collect(),
            first_sent_on: first.map(|instant| day_of(instant, &zone)),
            accepted_on: row.accepted_on,
            sent: sent
                .iter()
                .map(|file| Sent {
                    sealed_at: at(file.sealed_at),
                    sent_at: file.sent_at.map(at),
                    file_name: file.file_name.clone(),
                    numbers: (file.interchange_number, file.group_number, file.set_number),
                    sha256: digest::hex(&file.sha256),
                })
                .collect(),
            answers: answers
                .iter()
                .map(|answer| Answer {
                    received_at: at(answer.received_at),
                    kind: answer.file_kind.clone(),
                    sentence: answer.sentence.clone(),
                    raw: answer.raw.as_deref().unwrap_or_default().chars().take(MOST_RAW).collect(),
                    file_name: answer.file_name.clone(),
                    sha256: digest::hex(&answer.sha256),
                })
                .collect(),
            printed: format!("Printed on {} by {}", at(read.now()), actor.login),
        })
    })
}

fn day_of(instant: Timestamp, zone: &TimeZone) -> jiff::civil::Date {
    instant.to_zoned(zone.clone()).date()
}

/// The days that a claim without a clock was given.
fn days(started_on: jiff::civil::Date, row: &store::claim::ClaimRow) -> Length {
    Length::Days((row.filing_limit_on - started_on).get_days())
}

/// The proof as PDF.
///
/// # Errors
/// As [`packet`].
pub fn pdf(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimId) -> Result<Vec<u8>, Error> {
    let proof = packet(db, actor, practice, id)?;
    timely_filing(&proof).map_err(|error| Error::refused(format!("{error}.")))
}
