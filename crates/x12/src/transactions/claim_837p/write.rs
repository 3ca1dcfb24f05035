//! Writes an 837P transaction set; HL numbers and child flags are counted, never given.

use super::read::read_claim;
use super::service_line::write_attachments;
use super::*;
use crate::Writer;
use crate::transactions::fields::{Child, Out, Reader, Text};
use crate::transactions::party::write_references;
use crate::transactions::service::{write_amounts, write_dates};

/// HI carries at most this many codes.
const CODES_PER_HI: usize = 12;

/// Writes ST to SE.
pub fn write(file: &ClaimFile<'_>, writer: &mut Writer) {
    write_file(file, writer);
}

/// The same for each of the three claims.
pub(crate) fn write_file<'a, C: ClaimLoop<'a>>(file: &ClaimFile<'a, C>, writer: &mut Writer) {
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

fn billing_provider<'a, C: ClaimLoop<'a>>(provider: &BillingProvider<'a, C>, out: &mut Out<'_>) {
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

fn subscriber<'a, C: ClaimLoop<'a>>(subscriber: &Subscriber<'a, C>, parent: u32, out: &mut Out<'_>) {
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

impl<'a> ClaimLoop<'a> for Claim<'a> {
    fn read(r: &mut Reader<'_, 'a>) -> Self {
        read_claim(r)
    }

    fn write(&self, out: &mut Out<'_>) {
        claim(self, out);
    }
}

fn claim(claim: &Claim<'_>, out: &mut Out<'_>) {
    claim_header(claim, out);
    write_dates(&claim.dates, out);
    write_attachments(&claim.attachments, out);
    write_amounts(&claim.amounts, out);
    write_references(&claim.references, out);
    for note in &claim.notes {
        out.begin("NTE").text(&note.code).text(&note.text).end();
    }
    codes(&claim.diagnoses, out);
    // Anaesthesia procedures, condition codes and others stand in HI segments of their own, a kind each.
    let mut kinds: Vec<&str> = Vec::new();
    for (qualifier, _) in &claim.other_codes {
        // BO goes on where BP began.
        let kind = if qualifier == "BO" { "BP" } else { qualifier };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    for kind in kinds {
        let is_of_kind = |qualifier: &str| qualifier == kind || (kind == "BP" && qualifier == "BO");
        let of_kind: Vec<_> = claim.other_codes.iter().filter(|code| is_of_kind(&code.0)).cloned().collect();
        codes(&of_kind, out);
    }
    claim.providers.iter().for_each(|provider| provider.write(out));
    claim.other_payers.iter().for_each(|other| other.write(out));
    claim.lines.iter().for_each(|line| line.write(out));
}

fn claim_header(claim: &Claim<'_>, out: &mut Out<'_>) {
    let place = [claim.place_of_service.clone(), claim.place_of_service_qualifier.clone(), claim.frequency.clone()];
    let mut causes: Vec<Text<'_>> = claim.related_causes.iter().take(3).cloned().collect();
    if !(claim.accident_place.0.is_empty() && claim.accident_place.1.is_empty()) {
        causes.resize(3, Text::default());
        causes.extend([claim.accident_place.0.clone(), claim.accident_place.1.clone()]);
    }
    out.begin("CLM")
        .text(&claim.patient_control_number)
        .amount(claim.charge_amount)
        .skip(2)
        .composite(&place)
        .text(&claim.provider_signature)
        .text(&claim.assignment)
        .text(&claim.benefits_assigned)
        .text(&claim.release_of_information)
        .text(&claim.patient_signature_source)
        .composite(&causes)
        .text(&claim.special_program)
        .skip(7)
        .text(&claim.delay_reason)
        .end();
}

fn codes(codes: &[(Text<'_>, Text<'_>)], out: &mut Out<'_>) {
    for chunk in codes.chunks(CODES_PER_HI) {
        let mut segment = out.begin("HI");
        for (qualifier, code) in chunk {
            segment = segment.composite(&[qualifier.clone(), code.clone()]);
        }
        segment.end();
    }
}
