//! Writes payments as an 835 (005010X221A1): one ST each. Never decides anything; refuses what does not balance.

use x12::{Value, Writer};

use crate::behaviour::PayerBehaviour;
use crate::cents::x12 as amount;
use crate::decision::{ClaimDecision, DecisionKind, LineDecision};
use crate::message::Group;
use crate::payment::Payment;
use crate::segments::d8;

/// The 835's group.
pub const GROUP: Group = Group { functional_id: "HP", version: "005010X221A1" };
/// CAS carries a group and up to six triples.
const TRIPLES_IN_CAS: usize = 6;
/// PLB carries a provider, a period and up to six pairs.
const PAIRS_IN_PLB: usize = 6;
/// Routing numbers of no bank, with right check digits; account numbers of nobody.
const PAYER_BANK: (&str, &str) = ("999999992", "123456");
const PAYEE_BANK: (&str, &str) = ("999988880", "98765");

/// Writes one payment as a transaction set into an open group.
pub fn write(writer: &mut Writer, payer: &PayerBehaviour, payment: &Payment) -> Result<(), String> {
    payment.check_balance()?;
    writer.begin_set("835", None);
    money(writer, payer, payment);
    parties(writer, payer, payment);
    writer.segment("LX", ["1"]);
    for claim in &payment.claims {
        claim_payment(writer, payer, claim);
    }
    provider_adjustments(writer, payment);
    writer.end_set();
    Ok(())
}

fn money(writer: &mut Writer, payer: &PayerBehaviour, payment: &Payment) {
    let on = d8(payment.on);
    let paid = amount(payment.paid_cents);
    if payment.paid_cents == 0 {
        let mut elements = vec!["H", "0", "C", "NON"];
        elements.extend([""; 11]);
        elements.push(&on);
        writer.segment("BPR", elements);
    } else {
        let elements: [&str; 16] = [
            "I",
            &paid,
            "C",
            "ACH",
            "CCP",
            "01",
            PAYER_BANK.0,
            "DA",
            PAYER_BANK.1,
            &payer.originator_id,
            "",
            "01",
            PAYEE_BANK.0,
            "DA",
            PAYEE_BANK.1,
            &on,
        ];
        writer.segment("BPR", elements);
    }
    writer.segment("TRN", ["1", &payment.trace, &payer.originator_id]);
    writer.segment("DTM", ["405", &on]);
}

fn parties(writer: &mut Writer, payer: &PayerBehaviour, payment: &Payment) {
    writer.segment("N1", ["PR", payer.name.as_str()]);
    writer.segment("N3", [payer.address.street.as_str()]);
    writer.segment("N4", [&payer.address.city, &payer.address.state, &payer.address.zip]);
    writer.segment("REF", ["2U", &payer.id]);
    writer.segment("PER", ["BL", "PROVIDER SERVICES", "TE", "8005550100"]);
    writer.segment("N1", ["PE", &payment.payee.name, "XX", &payment.payee.npi]);
    writer.segment("REF", ["TJ", &payment.payee.tax_id]);
}

fn claim_payment(writer: &mut Writer, payer: &PayerBehaviour, claim: &ClaimDecision) {
    let reversal = claim.kind == DecisionKind::Reversal;
    // CLP05 is the sum of PR, left out at zero and in a reversal (X12 RFI 396, 1147).
    let patient = if reversal || claim.patient_cents() == 0 { String::new() } else { amount(claim.patient_cents()) };
    writer.segment(
        "CLP",
        [
            claim.control_number.as_str(),
            &claim.status,
            &amount(claim.charge_cents()),
            &amount(claim.paid_cents()),
            &patient,
            &payer.claim_filing,
            &claim.payer_claim_number,
            &claim.place_of_service,
            &claim.frequency,
        ],
    );
    let patient = &claim.patient;
    writer.segment("NM1", ["QC", "1", &patient.last, &patient.first, &patient.middle, "", "", "MI", &claim.member_id]);
    if let Some(subscriber) = &claim.subscriber {
        writer.segment(
            "NM1",
            ["IL", "1", &subscriber.last, &subscriber.first, &subscriber.middle, "", "", "MI", &claim.member_id],
        );
    }
    if !claim.rendering_npi.is_empty() && claim.rendering_npi != claim.billing.npi {
        writer.segment("NM1", ["82", "1", "", "", "", "", "", "XX", &claim.rendering_npi]);
    }
    writer.segment("DTM", ["050", &d8(claim.received_on)]);
    for line in &claim.lines {
        line_payment(writer, payer, line);
    }
}

fn line_payment(writer: &mut Writer, payer: &PayerBehaviour, line: &LineDecision) {
    let mut procedure = vec![line.qualifier.as_str(), line.procedure.as_str()];
    procedure.extend(line.modifiers.iter().map(String::as_str));
    writer.segment(
        "SVC",
        [
            Value::composite(procedure),
            Value::from(amount(line.charge_cents)),
            Value::from(amount(line.paid_cents)),
            Value::EMPTY,
            Value::from(line.units.to_string()),
        ],
    );
    if let Some(date) = line.date {
        writer.segment("DTM", ["472", &d8(date)]);
    }
    for group in ["CO", "PR", "OA", "PI"] {
        let of_group: Vec<_> = line.adjustments.iter().filter(|a| a.group == group).collect();
        for some in of_group.chunks(TRIPLES_IN_CAS) {
            let mut elements = vec![group.to_owned()];
            for adjustment in some {
                elements.extend([adjustment.carc.clone(), amount(adjustment.cents), String::new()]);
            }
            writer.segment("CAS", elements);
        }
    }
    if let Some(number) = line.line_control_number.as_ref().filter(|_| !payer.quirks.drops_line_control_number) {
        writer.segment("REF", ["6R", number]);
    }
    if line.allowed_cents > 0 {
        writer.segment("AMT", ["B6", &amount(line.allowed_cents)]);
    }
    for remark in &line.remarks {
        writer.segment("LQ", ["HE", remark]);
    }
}

fn provider_adjustments(writer: &mut Writer, payment: &Payment) {
    let period_end = format!("{:04}1231", payment.on.year());
    for some in payment.provider_adjustments.chunks(PAIRS_IN_PLB) {
        let mut elements: Vec<Value<'_>> =
            vec![Value::from(payment.payee.npi.as_str()), Value::from(period_end.as_str())];
        for adjustment in some {
            elements.push(Value::composite([adjustment.code.as_str(), adjustment.reference.as_str()]));
            elements.push(Value::from(amount(adjustment.cents)));
        }
        writer.segment("PLB", elements);
    }
}
