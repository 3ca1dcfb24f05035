//! "Where is this claim?" as a 276, and the payer's 277 as the domain's answer (005010X212).

use billing::claim::Claim;
use billing::claim::acknowledgment::InterchangeEnds;
use billing::claim::named_parties::NamedParties;
use billing::claim::status_answer::ClaimStatusAnswer;
use billing::coverage::Relationship;
use x12::transactions::{
    ClaimStatusItem, ClaimStatuses, DatePeriod, Demographics, Name, PersonStatuses, ProviderStatuses, QualifiedAmount,
    Reference, SubscriberStatuses, Trace, When, claim_status_276, claim_status_277,
};

use crate::acknowledgment::{ends, parties, status_codes};
use crate::amount::{to_amount, to_money};
use crate::claim_837::person_name;
use crate::envelope::{Envelope, NotWritten, accepted_by_our_check};
use crate::remittance_835::raw;
use crate::text::plain;

/// The guide of question and answer.
pub const GUIDE: &str = "005010X212";

/// One 276 file with one question. `trace` is our number, which comes back in the answer.
pub fn write(claim: &Claim, trace: &str, envelope: &Envelope) -> Result<Vec<u8>, NotWritten> {
    let body = &claim.body;
    let questions = ClaimStatuses {
        implementation: GUIDE.into(),
        purpose: "13".into(),
        reference: envelope.reference().into(),
        created_on: Some(envelope.sealed_at.date()),
        created_at: envelope.time().into(),
        providers: vec![ProviderStatuses {
            payer: Name::organization("PR", plain(&body.payer.name), "PI", body.payer.payer_identifier.as_str()),
            receiver: Name::organization("41", plain(&envelope.submitter_name), "46", envelope.submitter_id.as_str()),
            provider: Name::organization("1P", plain(&body.billing.name), "XX", body.billing.npi.as_str()),
            subscribers: vec![subscriber(claim, trace)],
            ..ProviderStatuses::default()
        }],
        ..ClaimStatuses::default()
    };
    let mut writer = envelope.open("HR", GUIDE)?;
    claim_status_276::write(&questions, &mut writer);
    let bytes = writer.finish()?;
    accepted_by_our_check(&bytes)?;
    Ok(bytes)
}

fn subscriber<'a>(claim: &'a Claim, trace: &'a str) -> SubscriberStatuses<'a> {
    let body = &claim.body;
    let holder = &body.subscriber;
    let name = person_name("IL", &holder.name, "MI", holder.member_id.reveal());
    let asked = vec![question(claim, trace)];
    match &body.dependent {
        Some(dependent) if body.relationship != Relationship::SelfSubscriber => SubscriberStatuses {
            person: PersonStatuses { name, ..PersonStatuses::default() },
            dependents: vec![PersonStatuses {
                demographics: Some(Demographics {
                    birth_date: Some(*dependent.birth_date.reveal()),
                    sex: dependent.gender.code().into(),
                }),
                name: person_name("QC", &dependent.name, "", ""),
                claims: asked,
            }],
        },
        Some(_) | None => SubscriberStatuses {
            person: PersonStatuses {
                demographics: Some(Demographics {
                    birth_date: Some(*holder.birth_date.reveal()),
                    sex: holder.gender.code().into(),
                }),
                name,
                claims: asked,
            },
            dependents: Vec::new(),
        },
    }
}

fn question<'a>(claim: &'a Claim, trace: &'a str) -> ClaimStatusItem<'a> {
    let body = &claim.body;
    let payer_number = body.payer_claim_control_number.as_deref().map(|number| Reference::new("1K", number));
    let own_number = Reference::new("EJ", claim.control_number.as_str());
    let days = body.lines.iter().map(|line| line.date_of_service);
    let service = days
        .clone()
        .min()
        .zip(days.max())
        .map(|(first, last)| DatePeriod { qualifier: "472".into(), when: When::between(first, last) });
    ClaimStatusItem {
        trace: Trace::new("1", trace),
        references: payer_number.into_iter().chain([own_number]).collect(),
        amounts: vec![QualifiedAmount::new("T3", to_amount(body.total_charge()))],
        dates: service.into_iter().collect(),
        ..ClaimStatusItem::default()
    }
}

/// Every answer of a file, in order.
pub fn read(bytes: &[u8]) -> Vec<ClaimStatusAnswer> {
    let file = x12::read(bytes);
    let mut all = Vec::new();
    let answers = file.sets().filter(|(_, _, set)| set.id() == "277" && !set.version().starts_with("005010X214"));
    for (interchange, _, set) in answers {
        let (statuses, _) = claim_status_277::read(set);
        let ends = ends(&interchange.isa);
        all.extend(
            statuses
                .claims()
                .map(|(above, _, item)| answer(bytes, (ends.clone(), parties(&above.payer, &above.provider)), item)),
        );
    }
    all
}

/// Whom a sealed question of ours asks, and for whom, under its trace; none where the file asks nothing under it.
pub fn asked(bytes: &[u8], trace: &str) -> Option<NamedParties> {
    let file = x12::read(bytes);
    file.sets().filter(|(_, _, set)| set.id() == "276").find_map(|(_, _, set)| {
        let (questions, _) = claim_status_276::read(set);
        let named = questions.claims().find(|(_, _, item)| item.trace.number == trace);
        named.map(|(above, _, _)| parties(&above.payer, &above.provider))
    })
}

fn answer(
    bytes: &[u8],
    (ends, parties): (InterchangeEnds, NamedParties),
    item: &ClaimStatusItem<'_>,
) -> ClaimStatusAnswer {
    let first = item.statuses.first();
    ClaimStatusAnswer {
        ends,
        parties,
        trace: item.trace.number.to_string(),
        statuses: item.statuses.iter().flat_map(status_codes).collect(),
        status_on: first.and_then(|one| one.status_on),
        charge_amount: first.and_then(|one| one.charge_amount).map(to_money),
        paid_amount: first.and_then(|one| one.paid_amount).map(to_money),
        paid_on: first.and_then(|one| one.paid_on),
        payment_number: first.map(|one| one.payment_number.to_string()).unwrap_or_default(),
        payer_claim_control_number: item.reference("1K").map(str::to_owned),
        message: first.map(|one| one.message.to_string()).unwrap_or_default(),
        raw: raw(bytes, &item.source),
    }
}
