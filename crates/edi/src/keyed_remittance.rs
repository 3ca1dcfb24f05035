//! A paper explanation of benefits in the form of an 835, so that what somebody keys in goes the one way that every remittance
//! goes: the same reader, the same balances, the same posting. Writes what it is given and adds nothing up.

use billing::remittance::{Adjustment, ClaimPayment, LinePayment, Remittance};
use x12::date::format_d8;
use x12::{Value, Writer};

use crate::amount::to_amount;
use crate::{Envelope, NotWritten};

/// The guide in whose form it is written.
const VERSION: &str = "005010X221A1";

/// The remittance as a file of one payment. Equal input gives equal bytes.
///
/// # Errors
/// A control number that does not fit, or text that X12 cannot carry.
pub fn write(remittance: &Remittance, envelope: &Envelope) -> Result<Vec<u8>, NotWritten> {
    let mut writer = envelope.open("HP", VERSION)?;
    writer.begin_set("835", None);
    let day = format_d8(remittance.paid_on);
    let handling = if remittance.amount.is_zero() { "H" } else { "I" };
    let amount = to_amount(remittance.amount).to_string();
    let mut payment = vec![handling, amount.as_str(), "C", remittance.method.as_str()];
    payment.resize(15, "");
    payment.push(day.as_str());
    writer.segment("BPR", payment);
    writer.segment("TRN", ["1", remittance.trace.as_str(), remittance.payer_trace_id.as_str()]);
    writer.segment("DTM", ["405", day.as_str()]);
    writer.segment("N1", ["PR", remittance.payer_name.as_str(), "XV", remittance.payer_identifier.as_str()]);
    writer.segment("N1", ["PE", envelope.submitter_name.as_str(), "XX", remittance.payee_npi.as_str()]);
    writer.segment("LX", ["1"]);
    for claim in &remittance.claims {
        write_claim(&mut writer, claim);
    }
    for outside in &remittance.provider_adjustments {
        let year_end = format!("{}1231", remittance.paid_on.year());
        let what = Value::composite([outside.reason.as_str(), outside.reference.as_str()]);
        let (npi, amount) = (remittance.payee_npi.as_str(), Value::from(to_amount(outside.amount)));
        writer.segment("PLB", [Value::from(npi), Value::from(year_end), what, amount]);
    }
    writer.end_set();
    writer.end_group();
    Ok(writer.finish()?)
}

fn write_claim(writer: &mut Writer, claim: &ClaimPayment) {
    let (charge, paid) = (to_amount(claim.charge_amount).to_string(), to_amount(claim.paid_amount).to_string());
    let patient = match claim.patient_responsibility.is_zero() {
        true => String::new(),
        false => to_amount(claim.patient_responsibility).to_string(),
    };
    let number = claim.payer_claim_control_number.as_str();
    let (ours, status) = (claim.control_number.as_str(), claim.status_code.as_str());
    writer.segment("CLP", [ours, status, charge.as_str(), paid.as_str(), patient.as_str(), "12", number]);
    write_adjustments(writer, &claim.adjustments);
    for line in &claim.lines {
        write_line(writer, line);
    }
}

fn write_line(writer: &mut Writer, line: &LinePayment) {
    let code = ["HC", line.procedure.code.as_str()].into_iter();
    let procedure = Value::composite(code.chain(line.procedure.modifiers.iter().map(String::as_str)));
    let (charge, paid) = (Value::from(to_amount(line.charge_amount)), Value::from(to_amount(line.paid_amount)));
    writer.segment("SVC", [procedure, charge, paid]);
    if let Some(on) = line.date_of_service {
        writer.segment("DTM", ["472", format_d8(on).as_str()]);
    }
    write_adjustments(writer, &line.adjustments);
    if !line.line_control_number.is_empty() {
        writer.segment("REF", ["6R", line.line_control_number.as_str()]);
    }
}

fn write_adjustments(writer: &mut Writer, adjustments: &[Adjustment]) {
    for one in adjustments {
        writer.segment("CAS", [one.group.code(), one.reason.as_str(), to_amount(one.amount).to_string().as_str()]);
    }
}
