//! Writes an 835 transaction set, in the order the guide asks for.

use super::*;
use crate::Writer;
use crate::transactions::out::Out;
use crate::transactions::party::write_references;
use crate::transactions::service::{write_adjustments, write_amounts};

/// PLB carries at most this many pairs; more go into a further segment.
const PAIRS_PER_PLB: usize = 6;

/// Writes ST to SE.
pub fn write(remittance: &Remittance<'_>, writer: &mut Writer) {
    let out = &mut Out::open(writer, "835", "");
    payment(&remittance.payment, out);
    out.begin("TRN")
        .text("1")
        .text(&remittance.trace_number)
        .text(&remittance.trace_originator)
        .text(&remittance.trace_supplemental)
        .end();
    out.texts("CUR", &remittance.currency);
    write_references(&remittance.references, out);
    if remittance.production_date.is_some() {
        out.begin("DTM").text("405").date(remittance.production_date).end();
    }
    party("PR", &remittance.payer, out);
    party("PE", &remittance.payee, out);
    for group in &remittance.groups {
        if !group.number.is_empty() {
            out.begin("LX").text(&group.number).end();
        }
        out.texts("TS3", &group.provider_summary);
        out.texts("TS2", &group.inpatient_summary);
        group.claims.iter().for_each(|claim| claim_payment(claim, out));
    }
    for adjustments in &remittance.provider_adjustments {
        provider_adjustments(adjustments, out);
    }
    out.close();
}

fn payment(payment: &Payment<'_>, out: &mut Out<'_>) {
    let mut segment = out
        .begin("BPR")
        .text(&payment.handling)
        .amount(payment.amount)
        .text(&payment.credit_or_debit)
        .text(&payment.method)
        .text(&payment.format);
    let (from, to) = (&payment.from_account, &payment.to_account);
    segment = segment.text(&from.bank_qualifier).text(&from.bank).text(&from.account_qualifier).text(&from.account);
    segment = segment.text(&payment.originator).text(&payment.originator_supplemental);
    segment = segment.text(&to.bank_qualifier).text(&to.bank).text(&to.account_qualifier).text(&to.account);
    segment.date(payment.date).end();
}

fn party(role: &str, party: &RemittanceParty<'_>, out: &mut Out<'_>) {
    out.begin("N1").text(role).text(&party.name).text(&party.id_qualifier).text(&party.id).end();
    if let Some(address) = &party.address {
        address.write(out);
    }
    write_references(&party.references, out);
    party.contacts.iter().for_each(|contact| contact.write(out));
    out.texts("RDM", &party.delivery);
}

fn claim_payment(claim: &ClaimPayment<'_>, out: &mut Out<'_>) {
    out.begin("CLP")
        .text(&claim.patient_control_number)
        .text(&claim.status_code)
        .amount(claim.charge_amount)
        .amount(claim.paid_amount)
        .optional_amount(claim.patient_responsibility)
        .text(&claim.filing_indicator)
        .text(&claim.payer_claim_control_number)
        .text(&claim.place_of_service)
        .text(&claim.frequency)
        .skip(1)
        .text(&claim.drg)
        .text(&claim.drg_weight)
        .text(&claim.discharge_fraction)
        .end();
    write_adjustments(&claim.adjustments, out);
    claim.names.iter().for_each(|name| name.write(out));
    out.texts("MIA", &claim.inpatient_adjudication);
    if let Some(outpatient) = &claim.outpatient_adjudication {
        outpatient.write(out);
    }
    write_references(&claim.references, out);
    claim.dates.iter().for_each(|date| date.write(out));
    claim.contacts.iter().for_each(|contact| contact.write(out));
    write_amounts(&claim.amounts, out);
    claim.quantities.iter().for_each(|quantity| quantity.write(out));
    claim.lines.iter().for_each(|line| line_payment(line, out));
}

fn line_payment(line: &LinePayment<'_>, out: &mut Out<'_>) {
    let submitted = line.submitted_procedure.as_ref().map(Procedure::components).unwrap_or_default();
    out.begin("SVC")
        .composite(line.procedure.components())
        .amount(line.charge_amount)
        .amount(line.paid_amount)
        .text(&line.revenue_code)
        .text(&line.paid_units)
        .composite(&submitted)
        .text(&line.submitted_units)
        .end();
    line.dates.iter().for_each(|date| date.write(out));
    write_adjustments(&line.adjustments, out);
    write_references(&line.references, out);
    write_amounts(&line.amounts, out);
    line.quantities.iter().for_each(|quantity| quantity.write(out));
    for (list, code) in &line.remarks {
        out.begin("LQ").text(list).text(code).end();
    }
}

fn provider_adjustments(adjustments: &ProviderAdjustments<'_>, out: &mut Out<'_>) {
    for items in adjustments.items.chunks(PAIRS_PER_PLB) {
        let mut segment = out.begin("PLB").text(&adjustments.provider_id).date(adjustments.fiscal_period_end);
        for item in items {
            segment = segment.composite(&[item.reason_code.clone(), item.reference.clone()]).amount(item.amount);
        }
        segment.end();
    }
}
