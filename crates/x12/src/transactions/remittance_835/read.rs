//! Reads an 835 transaction set. Never fails: what cannot be read becomes a problem.

use super::*;
use crate::ids;
use crate::transactions::fields::{Reader, last_or_new, push_one};
use crate::{Problem, TransactionSet};

/// The payment, borrowed from the set, and what could not be read of it.
pub fn read<'a>(set: &TransactionSet<'a>) -> (Remittance<'a>, Vec<Problem>) {
    read_from(Reader::new(set))
}

/// The payment, owned, and what could not be read of it.
pub fn read_owned(set: &TransactionSet<'_>) -> (Remittance<'static>, Vec<Problem>) {
    read_from(Reader::copying(set))
}

fn read_from<'a>(mut r: Reader<'_, 'a>) -> (Remittance<'a>, Vec<Problem>) {
    let mut remittance = open_remittance(&r);
    r.advance();
    while !r.at_end() {
        match r.id() {
            ids::LX => remittance.groups.push(open_group(&r)),
            ids::TS3 => last_or_new(&mut remittance.groups).provider_summary = r.texts(),
            ids::TS2 => last_or_new(&mut remittance.groups).inpatient_summary = r.texts(),
            ids::CLP => {
                let claim = claim_payment(&mut r);
                last_or_new(&mut remittance.groups).claims.push(claim);
                continue;
            }
            ids::PLB => remittance.provider_adjustments.push(provider_adjustments(&mut r)),
            _ => {
                read_header(&mut remittance, &mut r);
                continue;
            }
        }
        r.advance();
    }
    (remittance, r.into_problems())
}

/// What the ST says.
pub(super) fn open_remittance<'a>(st: &Reader<'_, 'a>) -> Remittance<'a> {
    Remittance { control_number: st.text(2), ..Remittance::default() }
}

/// What an LX says.
pub(super) fn open_group<'a>(lx: &Reader<'_, 'a>) -> ClaimPayments<'a> {
    ClaimPayments { number: lx.text(1), ..ClaimPayments::default() }
}

/// Reads one segment, or one loop of a party, that stands above the claims.
pub(super) fn read_header<'a>(remittance: &mut Remittance<'a>, r: &mut Reader<'_, 'a>) {
    match r.id() {
        ids::BPR => remittance.payment = payment(r),
        ids::TRN => {
            remittance.trace_number = r.text(2);
            remittance.trace_originator = r.text(3);
            remittance.trace_supplemental = r.text(4);
        }
        ids::CUR => remittance.currency = r.texts(),
        ids::REF => remittance.references.push(Reference::read(r)),
        ids::DTM if r.is(1, "405") => remittance.production_date = r.date(2),
        ids::N1 if r.is(1, "PE") => {
            remittance.payee = party(r);
            return;
        }
        ids::N1 => {
            remittance.payer = party(r);
            return;
        }
        _ => {}
    }
    r.advance();
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
            ids::N3 => party.address.get_or_insert_default().read_street(r),
            ids::N4 => party.address.get_or_insert_default().read_city(r),
            ids::REF => party.references.push(Reference::read(r)),
            ids::PER => party.contacts.push(Contact::read(r)),
            ids::RDM => party.delivery = r.texts(),
            _ => return party,
        }
        r.advance();
    }
}

pub(super) fn claim_payment<'a>(r: &mut Reader<'_, 'a>) -> ClaimPayment<'a> {
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
            ids::CAS => claim.adjustments.push(Adjustments::read(r)),
            ids::NM1 => claim.names.push(Name::read(r)),
            ids::MIA => claim.inpatient_adjudication = r.texts(),
            ids::MOA => claim.outpatient_adjudication = Some(OutpatientAdjudication::read(r)),
            ids::REF => claim.references.push(Reference::read(r)),
            ids::DTM => push_one(&mut claim.dates, RemittanceDate::read(r)),
            ids::PER => claim.contacts.push(Contact::read(r)),
            ids::AMT => claim.amounts.push(QualifiedAmount::read(r)),
            ids::QUANTITY => claim.quantities.push(QualifiedQuantity::read(r)),
            ids::SVC => {
                claim.lines.push(line_payment(r));
                continue;
            }
            ids::CLP | ids::LX | ids::PLB | ids::END => break,
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
            ids::DTM => push_one(&mut line.dates, RemittanceDate::read(r)),
            ids::CAS => line.adjustments.push(Adjustments::read(r)),
            ids::REF => line.references.push(Reference::read(r)),
            ids::AMT => line.amounts.push(QualifiedAmount::read(r)),
            ids::QUANTITY => line.quantities.push(QualifiedQuantity::read(r)),
            ids::LQ => line.remarks.push((r.text(1), r.text(2))),
            ids::SVC | ids::CLP | ids::LX | ids::PLB | ids::END => break,
            _ => {}
        }
        r.advance();
    }
    line.source = r.source_since(start);
    line
}

pub(super) fn provider_adjustments<'a>(r: &mut Reader<'_, 'a>) -> ProviderAdjustments<'a> {
    let start = r.position();
    let mut items = Vec::new();
    for at in (3..=13).step_by(2) {
        if r.bytes(at).is_empty() && r.bytes(at + 1).is_empty() {
            continue;
        }
        let [reason_code, reference] = r.first_components(at);
        items.push(ProviderAdjustment { reason_code, reference, amount: r.amount(at + 1) });
    }
    ProviderAdjustments {
        provider_id: r.text(1),
        fiscal_period_end: r.date(2),
        items,
        source: r.source_since_with_current(start),
    }
}
