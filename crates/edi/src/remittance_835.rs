//! An 835 file to the domain's remittances. Judges no balance: the domain does; what cannot be read is named.

use billing::charge::{Procedure, Units};
use billing::remittance::{
    About, Adjustment, AdjustmentGroup, ClaimPayment, LinePayment, ProviderAdjustment, Remittance,
};
use ledger::Money;
use x12::transactions::{Adjustments, Source, remittance_835};

use crate::amount::to_money;

/// One payment of the file, with what could not be read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRemittance {
    /// ST02.
    pub set_control_number: String,
    /// Where the set stands in the file, ST to SE.
    pub span: std::ops::Range<usize>,
    /// The payee's tax id (N104 with FI, else REF TJ), its digits only; empty when the file has none. Not part of the
    /// facts, by which a payment is known again.
    pub payee_tax_id: String,
    /// BPR01, what the payment order is for: `I`, `C`, `D`, `U` or `X` where money moves, `H` or `P` where it only tells.
    /// Not part of the facts either, as BPR03.
    pub handling: String,
    /// BPR03: `C` where the practice's account is credited, `D` where it is debited.
    pub credit_or_debit: String,
    /// The facts.
    pub remittance: Remittance,
    /// What could not be read or does not belong: a sentence each, without patient data.
    pub problems: Vec<RemittanceProblem>,
}

/// Something in a payment that could not be taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemittanceProblem {
    /// The place in [`Remittance::claims`] that it is about; none when it concerns the payment as a whole.
    pub claim: Option<usize>,
    /// Where and what, such as "CLP03: the amount is no number of dollars and cents".
    pub sentence: String,
}

impl ReadRemittance {
    /// Whether the payment as a whole cannot be trusted: nothing of it may be posted.
    pub fn is_unusable(&self) -> bool {
        self.problems.iter().any(|problem| problem.claim.is_none())
    }
}

/// Every payment of a file, in order. A file without an 835 gives none.
pub fn read(bytes: &[u8]) -> Vec<ReadRemittance> {
    let file = x12::read(bytes);
    file.sets().filter(|(_, _, set)| set.id() == "835").map(|(_, _, set)| read_set(bytes, set)).collect()
}

/// What is wrong with the file as a whole: a header without its trailer, counts or control numbers that differ, a file
/// that was cut off. None where every interchange, group and set is closed and counted right; the place stands in the
/// sentence. Nothing of a file with such a problem may be posted.
pub fn envelope_problem(bytes: &[u8]) -> Option<String> {
    let file = x12::read(bytes);
    if file.interchanges.is_empty() {
        return Some("ISA: this is no X12 file; look at what was sent, and ask for the file again".to_owned());
    }
    for interchange in &file.interchanges {
        let number = interchange.control_number();
        let place = format!("interchange {number}");
        let Some(iea) = &interchange.iea else {
            return Some(cut_off(&place, "IEA"));
        };
        // A trailer without its terminator may be a cut number.
        if bytes.get(iea.span().end) != Some(&interchange.delimiters.segment) {
            return Some(cut_off(&place, "the end of IEA"));
        }
        if !counts(&iea.text(1), interchange.groups.len()) || iea.trimmed(2) != number {
            return Some(differs(&place, "IEA", "GS groups"));
        }
        for group in &interchange.groups {
            let place = format!("{place}, group {}", group.control_number());
            let Some(ge) = &group.ge else {
                return Some(cut_off(&place, "GE"));
            };
            if !counts(&ge.text(1), group.sets.len()) || ge.trimmed(2) != group.control_number() {
                return Some(differs(&place, "GE", "ST sets"));
            }
            for set in &group.sets {
                let place = format!("{place}, set {}", set.control_number());
                let Some(se) = set.se() else {
                    return Some(cut_off(&place, "SE"));
                };
                if !counts(&se.text(1), set.segment_count()) || se.trimmed(2) != set.control_number() {
                    return Some(differs(&place, "SE", "segments"));
                }
            }
        }
    }
    None
}

fn counts(stated: &str, found: usize) -> bool {
    stated.trim().parse() == Ok(found)
}

fn cut_off(place: &str, what: &str) -> String {
    format!("{place}: {what} is missing, so the file was cut off; ask for it again")
}

fn differs(place: &str, trailer: &str, what: &str) -> String {
    format!("{place}: {trailer} does not agree with the {what} or the control number of the file; ask for it again")
}

fn read_set(bytes: &[u8], set: &x12::TransactionSet<'_>) -> ReadRemittance {
    let (read, unreadable) = remittance_835::read(set);
    let mut problems = Vec::new();
    let places: Vec<&Source> = read.claims().map(|claim| &claim.source).collect();
    for problem in &unreadable {
        let claim = places.iter().position(|source| source.segments.contains(&problem.ordinal));
        problems.push(RemittanceProblem { claim, sentence: problem.text() });
    }
    if !set.is_closed {
        problems.push(whole("SE is missing: the file was cut off; ask for it again"));
    }
    let claims: Vec<ClaimPayment> = read
        .claims()
        .enumerate()
        .map(|(place, claim)| {
            let (payment, odd) = claim_payment(bytes, claim);
            problems.extend(odd.into_iter().map(|sentence| RemittanceProblem { claim: Some(place), sentence }));
            payment
        })
        .collect();
    let paid_on = read.payment.date.or(read.production_date);
    if paid_on.is_none() {
        problems.push(whole("BPR16: the payment has no date; ask the payer for a corrected file"));
    }
    // Blanks around a number are the dress of its file: they make no second payment of it.
    let (trace, originator) = (read.trace_number.trim(), read.trace_originator.trim());
    if trace.is_empty() {
        problems.push(whole("TRN02: the payment has no check or EFT number; ask the payer for a corrected file"));
    }
    let remittance = Remittance {
        payer_name: read.payer.name.to_string(),
        payer_trace_id: originator.to_owned(),
        payer_identifier: payer_identifier(&read.payer),
        payee_npi: if read.payee.id_qualifier == "XX" { read.payee.id.to_string() } else { String::new() },
        trace: trace.to_owned(),
        method: read.payment.method.trim().to_owned(),
        paid_on: paid_on.unwrap_or(jiff::civil::Date::ZERO),
        amount: to_money(read.payment.amount),
        claims,
        provider_adjustments: provider_adjustments(&read),
    };
    ReadRemittance {
        set_control_number: read.control_number.to_string(),
        span: set.span(),
        payee_tax_id: payee_tax_id(&read.payee),
        handling: read.payment.handling.trim().to_owned(),
        credit_or_debit: read.payment.credit_or_debit.trim().to_owned(),
        remittance,
        problems,
    }
}

fn whole(sentence: &str) -> RemittanceProblem {
    RemittanceProblem { claim: None, sentence: sentence.to_owned() }
}

/// N104 where it is the payer's own id, else REF*2U.
fn payer_identifier(payer: &remittance_835::RemittanceParty<'_>) -> String {
    if payer.id.is_empty() {
        x12::transactions::reference(&payer.references, "2U").unwrap_or("").to_owned()
    } else {
        payer.id.to_string()
    }
}

fn payee_tax_id(payee: &remittance_835::RemittanceParty<'_>) -> String {
    let text = match &*payee.id_qualifier {
        "FI" => &*payee.id,
        _ => x12::transactions::reference(&payee.references, "TJ").unwrap_or(""),
    };
    text.chars().filter(char::is_ascii_digit).collect()
}

fn provider_adjustments(read: &remittance_835::Remittance<'_>) -> Vec<ProviderAdjustment> {
    let items = read.provider_adjustments.iter().flat_map(|of_provider| &of_provider.items);
    items
        .map(|item| ProviderAdjustment {
            reason: item.reason_code.to_string(),
            reference: item.reference.to_string(),
            amount: to_money(item.amount),
        })
        .collect()
}

fn claim_payment(bytes: &[u8], claim: &remittance_835::ClaimPayment<'_>) -> (ClaimPayment, Vec<String>) {
    let mut odd = Vec::new();
    let adjustments = adjustments("2100", &claim.adjustments, &mut odd);
    let lines = claim.lines.iter().map(|line| line_payment(bytes, line, &mut odd)).collect();
    let mut remarks: Vec<String> = Vec::new();
    if let Some(outpatient) = &claim.outpatient_adjudication {
        remarks.extend(outpatient.remark_codes.iter().map(ToString::to_string));
    }
    // MIA05 and MIA20 to MIA23 hold the remark codes of an institutional claim.
    for element in [5, 20, 21, 22, 23] {
        remarks.extend(claim.inpatient_adjudication.get(element - 1).map(ToString::to_string));
    }
    remarks.retain(|code| !code.is_empty());
    let payment = ClaimPayment {
        control_number: claim.patient_control_number.to_string(),
        status_code: claim.status_code.to_string(),
        charge_amount: to_money(claim.charge_amount),
        paid_amount: to_money(claim.paid_amount),
        patient_responsibility: claim.patient_responsibility.map_or(Money::ZERO, to_money),
        payer_claim_control_number: claim.payer_claim_control_number.to_string(),
        adjustments,
        remarks,
        lines,
        about: about(claim),
        raw: raw(bytes, &claim.source),
    };
    (payment, odd)
}

/// Whom and which visit the payer names. Blanks around a name are the dress of its file.
fn about(claim: &remittance_835::ClaimPayment<'_>) -> About {
    let id = |role: &str, qualifiers: &[&str]| {
        let named = claim.name(role).filter(|name| qualifiers.contains(&&*name.id_qualifier));
        named.map_or("", |name| name.id.trim()).to_owned()
    };
    let patient = claim.name("QC");
    let members = ["MI", "MR", "II", "HN"];
    About {
        last_name: patient.map_or("", |name| name.last_or_organization.trim()).to_owned(),
        first_name: patient.map_or("", |name| name.first.trim()).to_owned(),
        member_id: Some(id("QC", &members)).filter(|id| !id.is_empty()).unwrap_or_else(|| id("IL", &members)),
        rendering_npi: id("82", &["XX"]),
        passed_on_to: claim.name("TT").map_or("", |name| name.last_or_organization.trim()).to_owned(),
        first_day: claim.dates.iter().find(|date| date.qualifier == "232").and_then(|date| date.day),
    }
}

fn line_payment(bytes: &[u8], line: &remittance_835::LinePayment<'_>, odd: &mut Vec<String>) -> LinePayment {
    let service = |wanted: &str| line.dates.iter().find(|date| date.qualifier == wanted).and_then(|date| date.day);
    LinePayment {
        procedure: procedure(&line.procedure),
        submitted_procedure: line.submitted_procedure.as_ref().map(procedure),
        charge_amount: to_money(line.charge_amount),
        paid_amount: to_money(line.paid_amount),
        date_of_service: service("472").or_else(|| service("150")),
        line_control_number: line.line_control_number().unwrap_or("").to_owned(),
        adjustments: adjustments("2110", &line.adjustments, odd),
        remarks: line.remarks.iter().filter(|(list, _)| list == "HE").map(|(_, code)| code.to_string()).collect(),
        units: units(&line.submitted_units).or_else(|| units(&line.paid_units)),
        allowed_amount: line.allowed_amount().map(to_money),
        raw: raw(bytes, &line.source),
    }
}

/// "1.5" is one and a half units; what is no such number is none.
fn units(text: &str) -> Option<Units> {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || rest.len() > 3 || !is_number(whole) || !is_number(rest) {
        return None;
    }
    format!("{whole}{rest:0<3}").parse().ok().map(Units::from_thousandths)
}

fn procedure(procedure: &x12::transactions::Procedure<'_>) -> Procedure {
    Procedure {
        code: procedure.code.to_string(),
        modifiers: procedure.modifiers.iter().filter(|m| !m.is_empty()).map(ToString::to_string).collect(),
    }
}

/// An adjustment whose group we do not know is left out and named: the claim then does not balance and is set aside.
fn adjustments(loop_id: &str, groups: &[Adjustments<'_>], odd: &mut Vec<String>) -> Vec<Adjustment> {
    let mut all = Vec::new();
    for of_group in groups {
        let Some(group) = AdjustmentGroup::from_code(&of_group.group_code) else {
            odd.push(format!("{loop_id} CAS01: the adjustment group is none of CO, PR, OA, PI"));
            continue;
        };
        all.extend(of_group.reasons.iter().map(|reason| Adjustment {
            group,
            reason: reason.reason_code.to_string(),
            amount: to_money(reason.amount),
        }));
    }
    all
}

/// The segments of a loop as they stand in the file.
pub(crate) fn raw(bytes: &[u8], source: &Source) -> String {
    String::from_utf8_lossy(bytes.get(source.bytes.clone()).unwrap_or(&[])).into_owned()
}
