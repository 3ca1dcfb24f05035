//! What the payers before this one decided, as loops 2320, 2330A, 2330B and 2430. Writes amounts as they were decided;
//! computes none.

use billing::claim::{ClaimBody, ServiceLine};
use billing::coordination_of_benefits::{PriorLine, PriorPayer};
use billing::coverage::Relationship;
use billing::remittance::Adjustment;
use x12::transactions::claim_837p::{OtherPayer, OtherPayerLine, SubscriberInformation};
use x12::transactions::{
    Adjustments, DatePeriod, Name, OutpatientAdjudication, Party, Procedure, QualifiedAmount, Reference,
};

use super::party::{address, person_name};
use crate::amount::to_amount;
use crate::text::plain;

/// Reasons that one CAS has room for.
const REASONS_IN_A_CAS: usize = 6;
/// Remark codes that one MOA has room for.
const REMARKS_IN_AN_MOA: usize = 5;

/// Loops 2320 of a claim, in the order in which the payers pay.
pub(super) fn other_payers(body: &ClaimBody) -> Vec<OtherPayer<'_>> {
    body.prior_payers.iter().map(|prior| other_payer(prior, body)).collect()
}

fn other_payer<'a>(prior: &'a PriorPayer, body: &'a ClaimBody) -> OtherPayer<'a> {
    OtherPayer {
        information: information(prior),
        adjustments: adjustments(&prior.adjustments),
        amounts: vec![QualifiedAmount::new("D", to_amount(prior.paid_amount))],
        benefits_assigned: body.benefits_assigned.as_str().into(),
        release_of_information: body.release_of_information.as_str().into(),
        outpatient_adjudication: remarks(prior),
        subscriber: subscriber(prior),
        payer: payer(prior),
        // The day stands at the lines where there are any, and never twice.
        adjudicated: if prior.lines.is_empty() { vec![DatePeriod::day("573", prior.decided_on)] } else { Vec::new() },
        ..OtherPayer::default()
    }
}

fn information(prior: &PriorPayer) -> SubscriberInformation<'_> {
    let group_name = if prior.group_number.is_empty() { plain(&prior.plan_name) } else { String::new() };
    SubscriberInformation {
        rank: prior.rank.code().into(),
        relationship: prior.relationship.code().into(),
        group_number: prior.group_number.as_str().into(),
        group_name: group_name.into(),
        insurance_type: prior.medicare_secondary.map_or("", |kind| kind.code()).into(),
        filing_indicator: prior.payer.filing_indicator.as_str().into(),
    }
}

fn remarks(prior: &PriorPayer) -> Option<OutpatientAdjudication<'_>> {
    let remark_codes = prior.remarks.iter().take(REMARKS_IN_AN_MOA).map(|code| code.as_str().into()).collect();
    (!prior.remarks.is_empty()).then(|| OutpatientAdjudication { remark_codes, ..OutpatientAdjudication::default() })
}

fn subscriber(prior: &PriorPayer) -> Party<'_> {
    let member = &prior.subscriber;
    let mut person = Party::named(person_name("IL", &member.name, "MI", member.member_id.reveal()));
    // Another subscriber's address is told where it is known to be the patient's own; of others the guide does not ask.
    if prior.relationship == Relationship::SelfSubscriber {
        person.address = Some(address(&member.address));
    }
    person
}

fn payer(prior: &PriorPayer) -> Party<'_> {
    let name = Name::organization("PR", plain(&prior.payer.name), "PI", prior.payer.payer_identifier.as_str());
    let mut party = Party::named(name);
    if !prior.payer_claim_control_number.is_empty() {
        party.references.push(Reference::new("F8", prior.payer_claim_control_number.as_str()));
    }
    party
}

/// Loops 2430 of a line, in the order of the payers.
pub(super) fn decisions<'a>(line: &ServiceLine, body: &'a ClaimBody) -> Vec<OtherPayerLine<'a>> {
    let said = body.prior_payers.iter().filter_map(|prior| Some((prior, prior.line(line.charge_id)?)));
    said.map(|(prior, said)| decision(prior, said)).collect()
}

fn decision<'a>(prior: &'a PriorPayer, said: &'a PriorLine) -> OtherPayerLine<'a> {
    let modifiers = said.procedure.modifiers.iter().map(|modifier| modifier.as_str().into()).collect();
    OtherPayerLine {
        payer_id: prior.payer.payer_identifier.as_str().into(),
        paid_amount: to_amount(said.paid_amount),
        procedure: Procedure::hcpcs(said.procedure.code.as_str(), modifiers),
        paid_units: said.units.to_string().into(),
        adjustments: adjustments(&said.adjustments),
        adjudicated: vec![DatePeriod::day("573", prior.decided_on)],
        ..OtherPayerLine::default()
    }
}

/// One CAS a group, and another where one has no room. The adjustments come group by group.
fn adjustments(all: &[Adjustment]) -> Vec<Adjustments<'_>> {
    let groups = all.chunk_by(|one, next| one.group == next.group);
    let segments = groups.flat_map(|group| group.chunks(REASONS_IN_A_CAS));
    segments
        .map(|reasons| Adjustments {
            group_code: reasons.first().map_or("", |one| one.group.code()).into(),
            reasons: reasons
                .iter()
                .map(|one| x12::transactions::Adjustment {
                    reason_code: one.reason.as_str().into(),
                    amount: to_amount(one.amount),
                    quantity: x12::transactions::Text::default(),
                })
                .collect(),
        })
        .collect()
}
