//! What rules ask about items, looked up for many at once, and only what some rule asks. Reads; decides nothing.

use std::collections::{HashMap, HashSet};

use billing::work::routing::{Asks, Facts, REPEAT_DAYS};
use billing::work::{WorkItem, WorkReason};
use billing::{ClaimId, InquiryId, Money, PatientId, PayerId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::Conn;
use store::params;
use store::registration::PROVIDERS;
use store::routing::{ASKED_BEFORE, CODES_OF_CLAIMS, LANGUAGES_OF_PATIENTS, OpenedRow, QUESTIONS, VISITS_OF_CLAIMS};

use crate::Error;

/// What of an item is looked up.
pub(super) struct Subject {
    reason: WorkReason,
    stake: Money,
    deadline_on: Option<Date>,
    on: Date,
    patient: Option<PatientId>,
    claim: Option<ClaimId>,
    payer: Option<PayerId>,
    inquiry: Option<InquiryId>,
}

impl Subject {
    /// An item as it is.
    pub(super) fn of(item: &WorkItem, today: Date) -> Subject {
        Subject {
            reason: item.reason,
            stake: item.money_at_stake,
            deadline_on: item.deadline_on,
            on: today,
            patient: item.links.patient_id,
            claim: item.links.claim_id,
            payer: item.links.payer_id,
            inquiry: item.links.inquiry_id,
        }
    }

    /// An item as it was opened.
    pub(super) fn opened(row: &OpenedRow) -> Subject {
        Subject {
            reason: row.reason,
            stake: row.stake_cents,
            deadline_on: row.deadline_on,
            on: row.opened_on,
            patient: row.patient_id,
            claim: row.claim_id,
            payer: row.payer_id,
            inquiry: row.inquiry_id,
        }
    }
}

/// What rules ask about items, in the order of the items.
pub(super) fn of(conn: &Conn, subjects: &[Subject], asks: Asks) -> Result<Vec<Facts>, Error> {
    let found = Found::look_up(conn, subjects, asks)?;
    subjects.iter().map(|subject| found.facts(conn, subject, asks)).collect()
}

/// What was looked up for all of them.
#[derive(Default)]
struct Found {
    questions: HashMap<InquiryId, String>,
    languages: HashMap<PatientId, String>,
    specialties: HashMap<ClaimId, String>,
    codes: HashMap<ClaimId, Vec<String>>,
}

impl Found {
    fn look_up(conn: &Conn, subjects: &[Subject], asks: Asks) -> Result<Found, Error> {
        let mut found = Found::default();
        let claims: Vec<ClaimId> = distinct(subjects.iter().filter_map(|subject| subject.claim));
        if asks.words {
            let ids: Vec<InquiryId> = distinct(subjects.iter().filter_map(|subject| subject.inquiry));
            let rows = conn.query_in(&QUESTIONS, params![], &ids)?;
            found.questions = rows.into_iter().map(|(id, body)| (id, body.0.question)).collect();
        }
        if asks.language {
            let whose = subjects.iter().filter(|subject| asks.language_of_all || subject.inquiry.is_some());
            let ids: Vec<PatientId> = distinct(whose.filter_map(|subject| subject.patient));
            let rows = conn.query_in(&LANGUAGES_OF_PATIENTS, params![], &ids)?;
            found.languages = rows.into_iter().map(|(id, body)| (id, body.0.language)).collect();
        }
        if asks.specialty && !claims.is_empty() {
            let providers: HashMap<_, _> =
                conn.query(&PROVIDERS, params![])?.into_iter().map(|(body,)| (body.0.id, body.0.taxonomy)).collect();
            for (claim, visit) in conn.query_in(&VISITS_OF_CLAIMS, params![], &claims)? {
                if let Some(taxonomy) = providers.get(&visit.0.rendering_id) {
                    found.specialties.insert(claim, taxonomy.as_str().to_owned());
                }
            }
        }
        if asks.carcs && !claims.is_empty() {
            for (claim, code) in conn.query_in(&CODES_OF_CLAIMS, params![], &claims)? {
                found.codes.entry(claim).or_default().push(code);
            }
        }
        Ok(found)
    }

    fn facts(&self, conn: &Conn, subject: &Subject, asks: Asks) -> Result<Facts, Error> {
        let of_claim = |claim: Option<ClaimId>| claim.and_then(|claim| self.codes.get(&claim)).cloned();
        let is_repeated = match subject.inquiry.filter(|_| asks.words && subject.patient.is_some()) {
            Some(inquiry) => {
                let since = subject.on.saturating_sub(REPEAT_DAYS.days());
                conn.query_one(&ASKED_BEFORE, params![inquiry, since])?.0 > 0
            }
            None => false,
        };
        let calendar = store::clock::calendar(conn)?;
        Ok(Facts {
            reason: subject.reason,
            desk: subject.reason.desk(),
            stake: subject.stake,
            days_left: subject.deadline_on.map(|day| calendar.business_days_between(subject.on, day)),
            payer: subject.payer,
            specialty: subject.claim.and_then(|claim| self.specialties.get(&claim)).cloned(),
            language: subject.patient.and_then(|patient| self.languages.get(&patient)).cloned(),
            is_asked: subject.inquiry.is_some(),
            is_repeated,
            words: subject.inquiry.and_then(|inquiry| self.questions.get(&inquiry)).cloned().unwrap_or_default(),
            carcs: of_claim(subject.claim).unwrap_or_default(),
        })
    }
}

fn distinct<T: Copy + Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut known = HashSet::new();
    all.filter(|one| known.insert(*one)).collect()
}
