//! Reads an 835 transaction set. Never fails: what cannot be read becomes a problem.

use super::*;
use crate::transactions::fields::{Reader, last_or_new};
use crate::{Problem, TransactionSet};

/// The payment and what could not be read of it.
pub fn read<'a>(set: &TransactionSet<'a>) -> (Remittance<'a>, Vec<Problem>) {
    let mut r = Reader::new(set);
    let mut remittance = Remittance { control_number: r.text(2), ..Remittance::default() };
    r.advance();
    while !r.at_end() {
        match r.id() {
            "BPR" => remittance.payment = payment(&mut r),
            "TRN" => {
                remittance.trace_number = r.text(2);
                remittance.trace_originator = r.text(3);
                remittance.trace_supplemental = r.text(4);
            }
            "REF" => remittance.references.push(Reference::read(&r)),
            "DTM" if r.is(1, "405") => remittance.production_date = r.date(2),
            "N1" if r.is(1, "PE") => {
                remittance.payee = party(&mut r);
                continue;
            }
            "N1" => {
                remittance.payer = party(&mut r);
                continue;
            }
            "LX" => remittance.groups.push(ClaimPayments { number: r.text(1), ..ClaimPayments::default() }),
            "TS3" => last_group(&mut remittance).provider_summary = r.texts(),
            "CLP" => {
                let claim = claim_payment(&mut r);
                last_group(&mut remittance).claims.push(claim);
                continue;
            }
            "PLB" => remittance.provider_adjustments.push(provider_adjustments(&mut r)),
            _ => {}
        }
        r.advance();
    }
    (remittance, r.into_problems())
}

fn last_group<'m, 'a>(remittance: &'m mut Remittance<'a>) -> &'m mut ClaimPayments<'a> {
    last_or_new(&mut remittance.groups)
}

fn payment<'a>(r: &mut Reader<'_, 'a>) -> Payment<'a> {
    Payment {
        handling: r.text(1),
        amount: r.amount(2),
        credit_or_debit: r.text(3),
        method: r.text(4),
        format: r.text(5),
        from_account: bank_account(r, 6),
        originator: r.text(10),
        originator_supplemental: r.text(11),
        to_account: bank_account(r, 12),
        date: r.date(16),
    }
}

fn bank_account<'a>(r: &Reader<'_, 'a>, first: usize) -> BankAccount<'a> {
    BankAccount {
        bank_qualifier: r.text(first),
        bank: r.text(first + 1),
        account_qualifier: r.text(first + 2),
        account: r.text(first + 3),
    }
}

fn party<'a>(r: &mut Reader<'_, 'a>) -> RemittanceParty<'a> {
    let mut party =
        RemittanceParty { name: r.text(2), id_qualifier: r.text(3), id: r.text(4), ..RemittanceParty::default() };
    r.advance();
    loop {
        match r.id() {
            "N3" => party.address.get_or_insert_default().read_street(r),
            "N4" => party.address.get_or_insert_default().read_city(r),
            "REF" => party.references.push(Reference::read(r)),
            "PER" => party.contacts.push(Contact::read(r)),
            _ => return party,
        }
        r.advance();
    }
}

fn claim_payment<'a>(r: &mut Reader<'_, 'a>) -> ClaimPayment<'a> {
    let start = r.position();
    let mut claim = ClaimPayment {
        patient_control_number: r.text(1),
        status_code: r.text(2),
        charge_amount: r.amount(3),
        paid_amount: r.amount(4),
        patient_responsibility: r.optional_amount(5),
        filing_indicator: r.text(6),
        payer_claim_control_number: r.text(7),
        place_of_service: r.text(8),
        frequency: r.text(9),
        drg: r.text(11),
        drg_weight: r.text(12),
        discharge_fraction: r.text(13),
        ..ClaimPayment::default()
    };
    r.advance();
    loop {
        match r.id() {
            "CAS" => claim.adjustments.push(Adjustments::read(r)),
            "NM1" => claim.names.push(Name::read(r)),
            "MIA" => claim.inpatient_adjudication = r.texts(),
            "MOA" => claim.outpatient_adjudication = Some(OutpatientAdjudication::read(r)),
            "REF" => claim.references.push(Reference::read(r)),
            "DTM" => claim.dates.push(RemittanceDate::read(r)),
            "PER" => claim.contacts.push(Contact::read(r)),
            "AMT" => claim.amounts.push(QualifiedAmount::read(r)),
            "QTY" => claim.quantities.push(QualifiedQuantity::read(r)),
            "SVC" => {
                claim.lines.push(line_payment(r));
                continue;
            }
            "CLP" | "LX" | "PLB" | "SE" | "" => break,
            _ => {}
        }
        r.advance();
    }
    claim.source = r.source_since(start);
    claim
}

fn line_payment<'a>(r: &mut Reader<'_, 'a>) -> LinePayment<'a> {
    let start = r.position();
    let mut line = LinePayment {
        procedure: Procedure::read(r, 1),
        charge_amount: r.amount(2),
        paid_amount: r.amount(3),
        revenue_code: r.text(4),
        paid_units: r.text(5),
        submitted_procedure: Procedure::read_optional(r, 6),
        submitted_units: r.text(7),
        ..LinePayment::default()
    };
    r.advance();
    loop {
        match r.id() {
            "DTM" => line.dates.push(RemittanceDate::read(r)),
            "CAS" => line.adjustments.push(Adjustments::read(r)),
            "REF" => line.references.push(Reference::read(r)),
            "AMT" => line.amounts.push(QualifiedAmount::read(r)),
            "QTY" => line.quantities.push(QualifiedQuantity::read(r)),
            "LQ" => line.remarks.push((r.text(1), r.text(2))),
            "SVC" | "CLP" | "LX" | "PLB" | "SE" | "" => break,
            _ => {}
        }
        r.advance();
    }
    line.source = r.source_since(start);
    line
}

fn provider_adjustments<'a>(r: &mut Reader<'_, 'a>) -> ProviderAdjustments<'a> {
    let start = r.position();
    let items = (3..=13)
        .step_by(2)
        .filter(|at| !(r.text(*at).is_empty() && r.text(*at + 1).is_empty()))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|at| ProviderAdjustment {
            reason_code: r.component(at, 1),
            reference: r.component(at, 2),
            amount: r.amount(at + 1),
        })
        .collect();
    ProviderAdjustments {
        provider_id: r.text(1),
        fiscal_period_end: r.date(2),
        items,
        source: r.source_since_with_current(start),
    }
}
