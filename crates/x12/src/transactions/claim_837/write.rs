//! Writes an 837 transaction set; HL numbers and child flags are counted, never given.

use super::{
    BillingProvider, Claim, ClaimFile, ClaimPart, PatientInformation, ServicePart, Subscriber, SubscriberInformation,
};
use crate::Writer;
use crate::transactions::out::{Child, Out};

/// Writes the claims of one kind, ST to SE. Errors are told by the writer when it finishes.
pub fn write<'a, P, S>(file: &ClaimFile<'a, Claim<'a, P, S>>, writer: &mut Writer)
where
    P: ClaimPart<'a>,
    S: ServicePart<'a>,
{
    let out = &mut Out::open(writer, "837", &file.implementation);
    out.begin("BHT")
        .text("0019")
        .text(&file.purpose)
        .text(&file.reference)
        .date(file.created_on)
        .text(&file.created_at)
        .text(&file.kind)
        .end();
    file.submitter.write(out);
    file.submitter_contacts.iter().for_each(|contact| contact.write(out));
    file.receiver.write(out);
    for provider in &file.billing_providers {
        billing_provider(provider, out);
    }
    out.close();
}

fn billing_provider<'a, P, S>(provider: &BillingProvider<'a, Claim<'a, P, S>>, out: &mut Out<'_>)
where
    P: ClaimPart<'a>,
    S: ServicePart<'a>,
{
    let own_level = out.hierarchy(None, "20", (!provider.subscribers.is_empty()).into());
    if let Some(specialty) = &provider.specialty {
        specialty.write(out);
    }
    if !provider.currency.is_empty() {
        out.begin("CUR").text("85").text(&provider.currency).end();
    }
    provider.party.write(out);
    if let Some(pay_to) = &provider.pay_to {
        pay_to.write(out);
    }
    if let Some(plan) = &provider.pay_to_plan {
        plan.write(out);
    }
    for one in &provider.subscribers {
        subscriber(one, own_level, out);
    }
}

fn subscriber<'a, P, S>(subscriber: &Subscriber<'a, Claim<'a, P, S>>, parent: u32, out: &mut Out<'_>)
where
    P: ClaimPart<'a>,
    S: ServicePart<'a>,
{
    let own_level = out.hierarchy(Some(parent), "22", (!subscriber.dependents.is_empty()).into());
    subscriber.information.write(out);
    if let Some(information) = &subscriber.patient_information {
        patient_information(information, out);
    }
    subscriber.person.write(out);
    subscriber.payer.write(out);
    subscriber.claims.iter().for_each(|one| one.write(out));
    for dependent in &subscriber.dependents {
        out.hierarchy(Some(own_level), "23", Child::None);
        patient_information(&dependent.information, out);
        dependent.person.write(out);
        dependent.claims.iter().for_each(|one| one.write(out));
    }
}

impl SubscriberInformation<'_> {
    pub(super) fn write(&self, out: &mut Out<'_>) {
        out.begin("SBR")
            .text(&self.rank)
            .text(&self.relationship)
            .text(&self.group_number)
            .text(&self.group_name)
            .text(&self.insurance_type)
            .skip(3)
            .text(&self.filing_indicator)
            .end();
    }
}

fn patient_information(information: &PatientInformation<'_>, out: &mut Out<'_>) {
    out.begin("PAT")
        .text(&information.relationship)
        .skip(2)
        .text(&information.student_status)
        .text(if information.died_on.is_some() { "D8" } else { "" })
        .date(information.died_on)
        .text(if information.weight_pounds.is_empty() { "" } else { "01" })
        .text(&information.weight_pounds)
        .text(&information.pregnant)
        .end();
}
