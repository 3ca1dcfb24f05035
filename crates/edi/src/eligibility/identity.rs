//! Whose question, about whom: what a 271 must return unchanged, so that another practice's answer, or another person's,
//! is never taken for ours. Says what differs; decides nothing.

use jiff::civil::Date;
use x12::transactions::eligibility_270::{self, DependentInquiry};
use x12::transactions::{EligibilityParty, EligibilityPerson, Name};

use crate::acknowledgment::payer_identifier;

/// By whom and about whom a question is. What an answer leaves out is not held against it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The electronic id of the payer (NM109 of loop 2100A, where NM108 is PI); empty where it has another number.
    pub payer: String,
    /// TRN03: who gave the trace its number.
    pub originator: String,
    /// Who asks (NM109 of the information receiver).
    pub asked_by: String,
    /// The subscriber's member id.
    pub member_id: String,
    /// Family name of the person asked about.
    pub last_name: String,
    /// Given name.
    pub first_name: String,
    /// Birth date.
    pub birth_date: Option<Date>,
}

impl Identity {
    pub(super) fn of(
        originator: &str,
        payer: &Name<'_>,
        provider: Option<&EligibilityParty<'_>>,
        subscriber: &EligibilityPerson<'_>,
        person: &EligibilityPerson<'_>,
    ) -> Identity {
        Identity {
            payer: payer_identifier(payer),
            originator: originator.trim().to_owned(),
            asked_by: provider.map(|party| party.name.id.trim().to_owned()).unwrap_or_default(),
            member_id: subscriber.name.id.to_string(),
            last_name: person.name.last_or_organization.to_string(),
            first_name: person.name.first.to_string(),
            birth_date: person.demographics.as_ref().and_then(|facts| facts.birth_date),
        }
    }

    /// What an answer says otherwise than the question, with its place; none where it can be the answer to it.
    /// `other_payer_ids` are further ids of the asked payer.
    pub fn differs(&self, answer: &Identity, other_payer_ids: &[String]) -> Option<&'static str> {
        let (asked_birth, birth) = (self.birth_date, answer.birth_date);
        if answer.originator != self.originator {
            return Some("the trace is another company's (TRN03)");
        }
        if !agree(&self.payer, &answer.payer) && !other_payer_ids.iter().any(|id| agree(id, &answer.payer)) {
            return Some(
                "it comes from another payer (NM109 of loop 2100A); if that is another id of the same payer, add it to \
                 the payer's other payer ids and read the file again",
            );
        }
        if !agree(&self.asked_by, &answer.asked_by) {
            return Some("it answers another provider (NM109 of loop 2100B)");
        }
        if !agree(&self.member_id, &answer.member_id) {
            return Some("its member id is another (NM109 of loop 2100C)");
        }
        if !agree(&self.last_name, &answer.last_name) || !begins_alike(&self.first_name, &answer.first_name) {
            return Some("the person's name is another (NM1)");
        }
        if asked_birth.zip(birth).is_some_and(|(asked, answered)| asked != answered) {
            return Some("the person's birth date is another (DMG02)");
        }
        None
    }
}

/// Letters and digits only, in capitals: payers drop hyphens, spaces and accents' marks.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn agree(asked: &str, answered: &str) -> bool {
    let (asked, answered) = (plain(asked), plain(answered));
    asked.is_empty() || answered.is_empty() || asked == answered
}

/// A given name may come shortened or with a second one.
fn begins_alike(asked: &str, answered: &str) -> bool {
    let (asked, answered) = (plain(asked), plain(answered));
    asked.starts_with(&answered) || answered.starts_with(&asked)
}

/// The identity in a sealed question of ours, under its trace; none where the file asks nothing under it.
pub fn asked(bytes: &[u8], trace: &str) -> Option<Identity> {
    let file = x12::read(bytes);
    for (_, _, set) in file.sets().filter(|(_, _, set)| set.id() == "270") {
        let (inquiries, _) = eligibility_270::read(set);
        for (payer, subscriber, dependent) in inquiries.persons() {
            let person = dependent.map_or(&subscriber.person, |dependent: &DependentInquiry<'_>| &dependent.person);
            if let Some(found) = person.traces.iter().find(|one| one.number == trace) {
                return Some(Identity::of(
                    &found.originator,
                    &payer.payer.name,
                    Some(&payer.provider),
                    &subscriber.person,
                    person,
                ));
            }
        }
    }
    None
}
