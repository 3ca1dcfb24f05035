//! Reads an 837P transaction set. Never fails: what cannot be read becomes a problem.
//!
//! A claim in the wrong place still is a claim: where a level is missing an empty one is made, so
//! that no claim is lost silently.

use super::*;
use crate::transactions::fields::{Reader, last_or_new};
use crate::transactions::party::{Contact, Name, Party, Reference, Specialty};
use crate::transactions::service::{DatePeriod, QualifiedAmount};
use crate::{Problem, TransactionSet};

/// The claims and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (ClaimFile<'a>, Vec<Problem>) {
    read_file(set)
}

/// The same for each of the three claims.
pub(crate) fn read_file<'a, C: ClaimLoop<'a>>(set: &TransactionSet<'a>) -> (ClaimFile<'a, C>, Vec<Problem>) {
    let mut r = Reader::new(set);
    let mut file = ClaimFile { control_number: r.text(2), implementation: r.text(3), ..ClaimFile::default() };
    r.advance();
    let mut level = Level::Header;
    while !r.at_end() {
        match r.id() {
            "BHT" => read_beginning(&mut file, &mut r),
            "HL" => level = open_level(&mut file, &r),
            "CLM" => {
                let claim = C::read(&mut r);
                place_claim(&mut file, level, claim);
                continue;
            }
            "NM1" => {
                read_party(&mut file, level, &mut r);
                continue;
            }
            "PRV" => last_provider(&mut file).specialty = Some(Specialty::read(&r)),
            "CUR" => last_provider(&mut file).currency = r.text(2),
            "SBR" => last_subscriber(&mut file).information = SubscriberInformation::read(&r),
            "PAT" => read_patient(&mut file, level, &mut r),
            _ => {}
        }
        r.advance();
    }
    (file, r.into_problems())
}

/// Which HL we are under.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Header,
    Provider,
    Subscriber,
    Dependent,
}

fn read_beginning<'a, C>(file: &mut ClaimFile<'a, C>, r: &mut Reader<'_, 'a>) {
    file.purpose = r.text(2);
    file.reference = r.text(3);
    file.created_on = r.date(4);
    file.created_at = r.text(5);
    file.kind = r.text(6);
}

fn open_level<'a, C: ClaimLoop<'a>>(file: &mut ClaimFile<'a, C>, r: &Reader<'_, 'a>) -> Level {
    match &*r.text(3) {
        "22" => {
            last_provider(file).subscribers.push(Subscriber::default());
            Level::Subscriber
        }
        "23" => {
            last_subscriber(file).dependents.push(Dependent::default());
            Level::Dependent
        }
        _ => {
            file.billing_providers.push(BillingProvider::default());
            Level::Provider
        }
    }
}

fn last_provider<'m, 'a, C: ClaimLoop<'a>>(file: &'m mut ClaimFile<'a, C>) -> &'m mut BillingProvider<'a, C> {
    last_or_new(&mut file.billing_providers)
}

fn last_subscriber<'m, 'a, C: ClaimLoop<'a>>(file: &'m mut ClaimFile<'a, C>) -> &'m mut Subscriber<'a, C> {
    last_or_new(&mut last_provider(file).subscribers)
}

fn last_dependent<'m, 'a, C: ClaimLoop<'a>>(file: &'m mut ClaimFile<'a, C>) -> &'m mut Dependent<'a, C> {
    last_or_new(&mut last_subscriber(file).dependents)
}

fn place_claim<'a, C: ClaimLoop<'a>>(file: &mut ClaimFile<'a, C>, level: Level, claim: C) {
    match level {
        Level::Dependent => last_dependent(file).claims.push(claim),
        Level::Header | Level::Provider | Level::Subscriber => last_subscriber(file).claims.push(claim),
    }
}

fn read_party<'a, C: ClaimLoop<'a>>(file: &mut ClaimFile<'a, C>, level: Level, r: &mut Reader<'_, 'a>) {
    let role = r.text(1);
    if level == Level::Header && role == "41" {
        file.submitter = Name::read(r);
        r.advance();
        while r.id() == "PER" {
            file.submitter_contacts.push(Contact::read(r));
            r.advance();
        }
        return;
    }
    let party = Party::read(r);
    match (level, &*role) {
        (Level::Header, _) => file.receiver = party.name,
        (Level::Provider, "87") => last_provider(file).pay_to = Some(party),
        (Level::Provider, "PE") => last_provider(file).pay_to_plan = Some(party),
        (Level::Provider, _) => last_provider(file).party = party,
        (_, "PR") => last_subscriber(file).payer = party,
        (Level::Dependent, _) => last_dependent(file).person = party,
        (Level::Subscriber, _) => last_subscriber(file).person = party,
    }
}

fn read_patient<'a, C: ClaimLoop<'a>>(file: &mut ClaimFile<'a, C>, level: Level, r: &mut Reader<'_, 'a>) {
    let information = PatientInformation {
        relationship: r.text(1),
        student_status: r.text(4),
        died_on: r.date(6),
        weight_pounds: r.text(8),
        pregnant: r.text(9),
    };
    match level {
        Level::Dependent => last_dependent(file).information = information,
        Level::Header | Level::Provider | Level::Subscriber => {
            last_subscriber(file).patient_information = Some(information);
        }
    }
}

impl<'a> SubscriberInformation<'a> {
    pub(super) fn read(r: &Reader<'_, 'a>) -> Self {
        SubscriberInformation {
            rank: r.text(1),
            relationship: r.text(2),
            group_number: r.text(3),
            group_name: r.text(4),
            insurance_type: r.text(5),
            filing_indicator: r.text(9),
        }
    }
}

pub(super) fn read_claim<'a>(r: &mut Reader<'_, 'a>) -> Claim<'a> {
    let start = r.position();
    let mut claim = read_claim_header(r);
    r.advance();
    loop {
        match r.id() {
            "DTP" => claim.dates.push(DatePeriod::read(r)),
            "PWK" => claim.attachments.push((r.text(1), r.text(2), r.text(6))),
            "AMT" => claim.amounts.push(QualifiedAmount::read(r)),
            "REF" => claim.references.push(Reference::read(r)),
            "NTE" => claim.notes.push(ClaimNote { code: r.text(1), text: r.text(2) }),
            "HI" => read_codes(&mut claim, r),
            "NM1" => {
                claim.providers.push(Party::read(r));
                continue;
            }
            "SBR" => {
                claim.other_payers.push(OtherPayer::read(r));
                continue;
            }
            "LX" => {
                claim.lines.push(ServiceLine::read(r));
                continue;
            }
            "CLM" | "HL" | "SE" | "" => break,
            _ => {}
        }
        r.advance();
    }
    claim.source = r.source_since(start);
    claim
}

fn read_claim_header<'a>(r: &mut Reader<'_, 'a>) -> Claim<'a> {
    let causes = (1..=3).map(|n| r.component(11, n)).filter(|cause| !cause.is_empty()).collect();
    Claim {
        patient_control_number: r.text(1),
        charge_amount: r.amount(2),
        place_of_service: r.component(5, 1),
        place_of_service_qualifier: r.component(5, 2),
        frequency: r.component(5, 3),
        provider_signature: r.text(6),
        assignment: r.text(7),
        benefits_assigned: r.text(8),
        release_of_information: r.text(9),
        patient_signature_source: r.text(10),
        related_causes: causes,
        accident_place: (r.component(11, 4), r.component(11, 5)),
        special_program: r.text(12),
        delay_reason: r.text(20),
        ..Claim::default()
    }
}

fn read_codes<'a>(claim: &mut Claim<'a>, r: &Reader<'_, 'a>) {
    for n in 1..=r.len() {
        let (qualifier, code) = (r.component(n, 1), r.component(n, 2));
        match &*qualifier {
            "ABK" | "ABF" | "BK" | "BF" => claim.diagnoses.push((qualifier, code)),
            _ => claim.other_codes.push((qualifier, code)),
        }
    }
}
