//! Clean claims to an 837P (005010X222A1). Takes [`CleanClaim`] only: an unscrubbed claim cannot be sent.

mod other_payer;
mod party;

use billing::claim::{Claim, ClaimBody, CleanClaim, ServiceLine};
use billing::coverage::Relationship;
use billing::encounter::AccidentCause;
use billing::practice::BillingProvider;
use x12::transactions::claim_837p::{
    self, BillingProvider as BillingLoop, ClaimFile, ClaimNote, Dependent, Drug, PatientInformation, Professional,
    Service, ServiceLine as Line, Subscriber, SubscriberInformation,
};
use x12::transactions::{Contact, DatePeriod, Demographics, Name, Party, Procedure, Reference, Specialty};

use crate::amount::to_amount;
use crate::envelope::{Envelope, NotWritten, accepted_by_our_check};
use crate::text::plain;
pub(crate) use party::person_name;
use party::{address, billing_party, facility, provider};

/// The guide that these claims keep.
pub const GUIDE: &str = "005010X222A1";

/// One file with these claims in their order, read back and found to say what was meant.
///
/// Refused when there is no claim, when a header does not fit, or when our own check finds any error in the file.
pub fn write(claims: &[CleanClaim], envelope: &Envelope) -> Result<Vec<u8>, NotWritten> {
    if claims.is_empty() {
        return Err(NotWritten::because("There is no claim to send."));
    }
    let file = claim_file(claims, envelope);
    let mut writer = envelope.open("HC", GUIDE)?;
    claim_837p::write(&file, &mut writer);
    let bytes = writer.finish()?;
    read_back(&bytes, claims)?;
    Ok(bytes)
}

/// Reads the file as its receiver will, and compares.
fn read_back(bytes: &[u8], claims: &[CleanClaim]) -> Result<(), NotWritten> {
    accepted_by_our_check(bytes)?;
    let file = x12::read(bytes);
    let mut said = Vec::new();
    for (_, _, set) in file.sets() {
        let (read, problems) = claim_837p::read(set);
        if !problems.is_empty() {
            return Err(NotWritten::because("The file could not be read back; report this defect."));
        }
        said.extend(read.claims().map(|one| {
            let lines: Vec<_> = one.claim.lines.iter().map(|line| line.service.charge_amount).collect();
            let paid: Vec<_> =
                one.claim.other_payers.iter().flat_map(|other| &other.amounts).map(|paid| paid.amount).collect();
            (one.claim.patient_control_number.to_string(), one.claim.charge_amount, lines, paid)
        }));
    }
    let mut meant: Vec<_> = claims
        .iter()
        .map(|clean| {
            let claim = clean.claim();
            let lines: Vec<_> = claim.body.lines.iter().map(|line| to_amount(line.charge_amount)).collect();
            let paid: Vec<_> = claim.body.prior_payers.iter().map(|prior| to_amount(prior.paid_amount)).collect();
            (claim.control_number.as_str().to_owned(), to_amount(claim.body.total_charge()), lines, paid)
        })
        .collect();
    said.sort();
    meant.sort();
    if said == meant {
        Ok(())
    } else {
        Err(NotWritten::because("The file read back does not hold the claims that were meant; report this defect."))
    }
}

fn claim_file<'a>(claims: &'a [CleanClaim], envelope: &'a Envelope) -> ClaimFile<'a> {
    let mut billing_providers: Vec<(&BillingProvider, BillingLoop<'a>)> = Vec::new();
    for clean in claims {
        let body = &clean.claim().body;
        let subscriber = subscriber(clean.claim());
        let same = |(billing, open): &&mut (&BillingProvider, BillingLoop<'a>)| {
            **billing == body.billing
                && open.pay_to.as_ref().map(|p| &p.address) == pay_to(body).as_ref().map(|p| &p.address)
        };
        match billing_providers.iter_mut().find(same) {
            Some((_, open)) => open.subscribers.push(subscriber),
            None => {
                let mut open = billing_loop(body);
                open.subscribers.push(subscriber);
                billing_providers.push((&body.billing, open));
            }
        }
    }
    ClaimFile {
        implementation: GUIDE.into(),
        purpose: "00".into(),
        reference: envelope.reference().into(),
        created_on: Some(envelope.sealed_at.date()),
        created_at: envelope.time().into(),
        kind: "CH".into(),
        submitter: Name::organization("41", plain(&envelope.submitter_name), "46", envelope.submitter_id.as_str()),
        submitter_contacts: vec![contact(envelope)],
        receiver: Name::organization("40", envelope.receiver_id.as_str(), "46", envelope.receiver_id.as_str()),
        billing_providers: billing_providers.into_iter().map(|(_, open)| open).collect(),
        ..ClaimFile::default()
    }
}

fn contact(envelope: &Envelope) -> Contact<'_> {
    let mut numbers = Vec::new();
    if !envelope.contact_phone.is_empty() {
        numbers.push(("TE".into(), envelope.contact_phone.as_str().into()));
    }
    if !envelope.contact_email.is_empty() {
        numbers.push(("EM".into(), envelope.contact_email.as_str().into()));
    }
    Contact { function: "IC".into(), name: plain(&envelope.submitter_name).into(), numbers }
}

fn billing_loop(body: &ClaimBody) -> BillingLoop<'_> {
    BillingLoop {
        specialty: Some(Specialty::taxonomy("BI", body.billing.taxonomy.as_str())),
        party: billing_party(&body.billing),
        pay_to: pay_to(body),
        ..BillingLoop::default()
    }
}

/// Loop 2010AB carries an address and no name.
fn pay_to(body: &ClaimBody) -> Option<Party<'_>> {
    body.pay_to.as_ref().map(|to| {
        let mut party = Party::named(Name { role: "87".into(), ..Name::default() });
        party.address = Some(address(to));
        party
    })
}

fn subscriber(claim: &Claim) -> Subscriber<'_> {
    let body = &claim.body;
    let is_patient = body.relationship == Relationship::SelfSubscriber;
    let member_id = body.subscriber.member_id.reveal();
    let mut person = Party::named(person_name("IL", &body.subscriber.name, "MI", member_id));
    // Address and birth date are sent of the patient only; of another subscriber the guide does not want them.
    if is_patient {
        person.address = Some(address(&body.subscriber.address));
        person.demographics = Some(Demographics {
            birth_date: Some(*body.subscriber.birth_date.reveal()),
            sex: body.subscriber.gender.code().into(),
        });
    }
    let payer = &body.payer;
    let payer = Party::named(Name::organization("PR", plain(&payer.name), "PI", payer.payer_identifier.as_str()));
    let mut subscriber = Subscriber { information: coverage(body, is_patient), person, payer, ..Subscriber::default() };
    match &body.dependent {
        Some(dependent) if !is_patient => {
            let mut person = Party::named(person_name("QC", &dependent.name, "", ""));
            person.address = Some(address(&dependent.address));
            person.demographics = Some(Demographics {
                birth_date: Some(*dependent.birth_date.reveal()),
                sex: dependent.gender.code().into(),
            });
            subscriber.dependents.push(Dependent {
                information: PatientInformation {
                    relationship: body.relationship.code().into(),
                    ..PatientInformation::default()
                },
                person,
                claims: vec![claim_loop(claim)],
            });
        }
        Some(_) | None => subscriber.claims.push(claim_loop(claim)),
    }
    subscriber
}

fn coverage(body: &ClaimBody, is_patient: bool) -> SubscriberInformation<'_> {
    let group_name = if body.group_number.is_empty() { plain(&body.plan_name) } else { String::new() };
    SubscriberInformation {
        rank: body.rank.code().into(),
        relationship: if is_patient { "18".into() } else { "".into() },
        group_number: body.group_number.as_str().into(),
        group_name: group_name.into(),
        insurance_type: body.medicare_secondary.map_or("", |kind| kind.code()).into(),
        filing_indicator: body.payer.filing_indicator.as_str().into(),
    }
}

fn claim_loop(claim: &Claim) -> claim_837p::Claim<'_> {
    let body = &claim.body;
    let mut loop_2300 = claim_837p::Claim {
        patient_control_number: claim.control_number.as_str().into(),
        charge_amount: to_amount(body.total_charge()),
        place_of_service: body.place_of_service.as_str().into(),
        place_of_service_qualifier: "B".into(),
        frequency: body.frequency.code().into(),
        provider_signature: if body.provider_signature_on_file { "Y".into() } else { "N".into() },
        assignment: body.assignment.as_str().into(),
        benefits_assigned: body.benefits_assigned.as_str().into(),
        release_of_information: body.release_of_information.as_str().into(),
        dates: dates(body),
        references: references(body),
        own: Professional { diagnoses: diagnoses(body), ..Professional::default() },
        providers: providers(body),
        other_payers: other_payer::other_payers(body),
        lines: body.lines.iter().map(|line| service_line(line, body)).collect(),
        ..claim_837p::Claim::default()
    };
    if let Some(accident) = &body.accident {
        let cause = match accident.cause {
            AccidentCause::Auto => "AA",
            AccidentCause::Employment => "EM",
            AccidentCause::Other => "OA",
        };
        loop_2300.related_causes.push(cause.into());
        // The state belongs to an auto accident only.
        if accident.cause == AccidentCause::Auto
            && let Some(state) = &accident.state
        {
            loop_2300.accident_place.0 = state.as_str().into();
        }
    }
    if !body.note.is_empty() {
        loop_2300.notes.push(ClaimNote { code: "ADD".into(), text: plain(&body.note).into() });
    }
    loop_2300
}

fn dates(body: &ClaimBody) -> Vec<DatePeriod<'_>> {
    let onset = body.onset_on.map(|day| DatePeriod::day("431", day));
    let accident = body.accident.as_ref().map(|accident| DatePeriod::day("439", accident.occurred_on));
    onset.into_iter().chain(accident).collect()
}

/// In the order of the guide.
fn references(body: &ClaimBody) -> Vec<Reference<'_>> {
    [
        ("9F", &body.referral_number),
        ("G1", &body.prior_authorization),
        ("F8", &body.payer_claim_control_number),
        ("X4", &body.clia_number),
    ]
    .into_iter()
    // A first request has no number of the payer's; a claim taken up again may know one.
    .filter(|(qualifier, _)| *qualifier != "F8" || body.frequency != billing::claim::ClaimFrequency::Original)
    .filter_map(|(qualifier, number)| {
        number.as_deref().filter(|number| !number.is_empty()).map(|number| Reference::new(qualifier, number))
    })
    .collect()
}

fn diagnoses(body: &ClaimBody) -> Vec<(x12::transactions::Text<'_>, x12::transactions::Text<'_>)> {
    let qualifiers = std::iter::once("ABK").chain(std::iter::repeat("ABF"));
    qualifiers.zip(&body.diagnoses).map(|(qualifier, code)| (qualifier.into(), code.as_str().into())).collect()
}

/// Loops 2310A to 2310D in their order; the ordering provider stands at the lines.
fn providers(body: &ClaimBody) -> Vec<Party<'_>> {
    let referring = body.referring.as_ref().map(|one| provider("DN", one, false));
    let rendering = body.rendering.as_ref().map(|one| provider("82", one, true));
    let place = body.facility.as_ref().map(facility);
    let supervising = body.supervising.as_ref().map(|one| provider("DQ", one, false));
    [referring, rendering, place, supervising].into_iter().flatten().collect()
}

fn service_line<'a>(line: &'a ServiceLine, body: &'a ClaimBody) -> Line<'a> {
    let modifiers = line.procedure.modifiers.iter().map(|modifier| modifier.as_str().into()).collect();
    Line {
        number: line.number.to_string().into(),
        service: Service {
            procedure: Procedure::hcpcs(line.procedure.code.as_str(), modifiers),
            charge_amount: to_amount(line.charge_amount),
            unit: "UN".into(),
            units: line.units.to_string().into(),
            place_of_service: line.place_of_service.as_deref().unwrap_or("").into(),
            diagnosis_pointers: line.diagnosis_pointers.iter().map(|pointer| pointer.to_string().into()).collect(),
            ..Service::default()
        },
        dates: vec![DatePeriod::day("472", line.date_of_service)],
        references: vec![Reference::new("6R", line.control_number.as_str())],
        drug: line.drug.as_ref().map(|drug| Drug {
            qualifier: "N4".into(),
            code: drug.ndc.as_str().into(),
            quantity: drug.quantity.to_string().into(),
            unit: drug.unit.as_str().into(),
            references: Vec::new(),
        }),
        providers: body.ordering.as_ref().map(|one| provider("DK", one, false)).into_iter().collect(),
        other_payers: other_payer::decisions(line, body),
        ..Line::default()
    }
}
