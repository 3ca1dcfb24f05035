//! 277CA (005010X214): what a clearinghouse or a payer says of claims before adjudication.
//!
//! Only a payer's acceptance (category A2) proves timely filing; who speaks is in [`ClaimAcknowledgments::source`].

use super::fields::{Reader, Source};
use super::out::{Child, Out};
use super::party::{Name, Reference, write_references};
use super::service::{DatePeriod, Procedure, QualifiedAmount, QualifiedQuantity, write_amounts, write_dates};
use super::status::{StatusInformation, Trace, write_statuses};
use super::text::Text;
use crate::ids;
use crate::{Amount, Problem, TransactionSet, Writer};
use jiff::civil::Date;

/// One 277CA transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimAcknowledgments<'a> {
    /// ST02.
    pub control_number: Text<'a>,
    /// ST03: the guide.
    pub implementation: Text<'a>,
    /// BHT03.
    pub reference: Text<'a>,
    /// BHT04.
    pub created_on: Option<Date>,
    /// BHT05, HHMM.
    pub created_at: Text<'a>,
    /// BHT06: `TH`.
    pub kind: Text<'a>,
    /// Loop 2100A: NM1*PR a payer, NM1*AY a clearinghouse.
    pub source: Name<'a>,
    /// Loop 2200A: the source's own number, and when it received and worked the file.
    pub source_trace: Option<Trace<'a>>,
    /// DTP*050 and DTP*009.
    pub source_dates: Vec<DatePeriod<'a>>,
    /// Loops 2000B.
    pub receivers: Vec<ReceiverAcknowledgment<'a>>,
}

impl<'a> ClaimAcknowledgments<'a> {
    /// Every claim of the file with the submission it was in.
    pub fn claims(&self) -> impl Iterator<Item = (&ReceiverAcknowledgment<'a>, &ClaimAcknowledgment<'a>)> {
        self.receivers.iter().flat_map(|receiver| {
            receiver
                .providers
                .iter()
                .flat_map(move |provider| provider.claims.iter().map(move |claim| (receiver, claim)))
        })
    }

    /// The payer itself speaks, not a clearinghouse.
    pub fn is_from_payer(&self) -> bool {
        self.source.role == "PR"
    }
}

/// Loop 2000B with 2100B and 2200B: one submission of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiverAcknowledgment<'a> {
    /// NM1*41.
    pub name: Name<'a>,
    /// TRN*2: BHT03 of the 837 that it answers.
    pub trace: Option<Trace<'a>>,
    /// STC of the whole submission.
    pub statuses: Vec<StatusInformation<'a>>,
    /// QTY: `90` accepted, `AA` rejected.
    pub quantities: Vec<QualifiedQuantity<'a>>,
    /// AMT: `YU` accepted, `YY` rejected.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// Loops 2000C.
    pub providers: Vec<ProviderAcknowledgment<'a>>,
}

/// Loop 2000C with 2100C and 2200C: one billing provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderAcknowledgment<'a> {
    /// NM1*85.
    pub name: Name<'a>,
    /// TRN*1 of loop 2200C, which is situational.
    pub trace: Option<Trace<'a>>,
    /// STC of the provider.
    pub statuses: Vec<StatusInformation<'a>>,
    /// REF of the provider.
    pub references: Vec<Reference<'a>>,
    /// QTY: `QA` accepted, `QC` rejected.
    pub quantities: Vec<QualifiedQuantity<'a>>,
    /// AMT.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// Loops 2000D.
    pub claims: Vec<ClaimAcknowledgment<'a>>,
}

/// Loop 2000D with 2100D and 2200D: one claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimAcknowledgment<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// NM1*QC.
    pub patient: Name<'a>,
    /// TRN*2: CLM01 of the claim.
    pub trace: Option<Trace<'a>>,
    /// STC.
    pub statuses: Vec<StatusInformation<'a>>,
    /// REF: `1K` the payer's number, `D9` the clearinghouse's, `BLT` type of bill.
    pub references: Vec<Reference<'a>>,
    /// DTP*472.
    pub dates: Vec<DatePeriod<'a>>,
    /// Loops 2220D.
    pub lines: Vec<LineAcknowledgment<'a>>,
}

impl ClaimAcknowledgment<'_> {
    /// CLM01 of the claim it answers; empty when the file names none.
    pub fn patient_control_number(&self) -> &str {
        self.trace.as_ref().map_or("", |trace| &trace.number)
    }

    /// REF*1K.
    pub fn payer_claim_control_number(&self) -> Option<&str> {
        super::party::reference(&self.references, "1K")
    }
}

/// Loop 2220D: one line of a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineAcknowledgment<'a> {
    /// SVC01.
    pub procedure: Procedure<'a>,
    /// SVC02.
    pub charge_amount: Amount,
    /// SVC04.
    pub revenue_code: Text<'a>,
    /// SVC07.
    pub units: Text<'a>,
    /// STC.
    pub statuses: Vec<StatusInformation<'a>>,
    /// REF: `FJ` our line control number.
    pub references: Vec<Reference<'a>>,
    /// DTP*472.
    pub dates: Vec<DatePeriod<'a>>,
}

/// Which loop a segment belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Source,
    Receiver,
    Provider,
    Claim,
}

/// The acknowledgments, borrowed from the set, and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (ClaimAcknowledgments<'a>, Vec<Problem>) {
    read_from(Reader::new(set))
}

/// The acknowledgments, owned, and what could not be read of them.
pub fn read_owned(set: &TransactionSet<'_>) -> (ClaimAcknowledgments<'static>, Vec<Problem>) {
    read_from(Reader::copying(set))
}

fn read_from<'a>(mut r: Reader<'_, 'a>) -> (ClaimAcknowledgments<'a>, Vec<Problem>) {
    let mut answer = ClaimAcknowledgments {
        control_number: r.text(2),
        implementation: r.text(3),
        ..ClaimAcknowledgments::default()
    };
    r.advance();
    let mut level = Level::Source;
    while !r.at_end() {
        match r.id() {
            ids::BHT => {
                answer.reference = r.text(3);
                answer.created_on = r.date(4);
                answer.created_at = r.text(5);
                answer.kind = r.text(6);
            }
            // Some senders number the claim's level as the 277 does: a claim must not be lost for that.
            ids::HL if r.is(3, "PT") || r.is(3, "22") || r.is(3, "23") => {
                let claim = read_claim(&mut r);
                last_provider(&mut answer).claims.push(claim);
                level = Level::Claim;
                continue;
            }
            ids::HL => level = open_level(&mut answer, &r),
            _ => match level {
                Level::Source => read_source(&mut answer, &mut r),
                Level::Receiver => read_receiver(last_receiver(&mut answer), &mut r),
                Level::Provider => read_provider(last_provider(&mut answer), &mut r),
                Level::Claim => {}
            },
        }
        r.advance();
    }
    (answer, r.into_problems())
}

fn open_level(answer: &mut ClaimAcknowledgments<'_>, r: &Reader<'_, '_>) -> Level {
    match &*r.text(3) {
        "21" => {
            answer.receivers.push(ReceiverAcknowledgment::default());
            Level::Receiver
        }
        "19" => {
            last_receiver(answer).providers.push(ProviderAcknowledgment::default());
            Level::Provider
        }
        _ => Level::Source,
    }
}

fn last_receiver<'m, 'a>(answer: &'m mut ClaimAcknowledgments<'a>) -> &'m mut ReceiverAcknowledgment<'a> {
    super::fields::last_or_new(&mut answer.receivers)
}

fn last_provider<'m, 'a>(answer: &'m mut ClaimAcknowledgments<'a>) -> &'m mut ProviderAcknowledgment<'a> {
    super::fields::last_or_new(&mut last_receiver(answer).providers)
}

fn read_source<'a>(answer: &mut ClaimAcknowledgments<'a>, r: &mut Reader<'_, 'a>) {
    match r.id() {
        ids::NM1 => answer.source = Name::read(r),
        ids::TRN => answer.source_trace = Some(Trace::read(r)),
        ids::DTP => answer.source_dates.push(DatePeriod::read(r)),
        _ => {}
    }
}

fn read_receiver<'a>(receiver: &mut ReceiverAcknowledgment<'a>, r: &mut Reader<'_, 'a>) {
    match r.id() {
        ids::NM1 => receiver.name = Name::read(r),
        ids::TRN => receiver.trace = Some(Trace::read(r)),
        ids::STC => receiver.statuses.push(StatusInformation::read(r)),
        ids::QUANTITY => receiver.quantities.push(QualifiedQuantity::read(r)),
        ids::AMT => receiver.amounts.push(QualifiedAmount::read(r)),
        _ => {}
    }
}

fn read_provider<'a>(provider: &mut ProviderAcknowledgment<'a>, r: &mut Reader<'_, 'a>) {
    match r.id() {
        ids::NM1 => provider.name = Name::read(r),
        ids::TRN => provider.trace = Some(Trace::read(r)),
        ids::STC => provider.statuses.push(StatusInformation::read(r)),
        ids::REF => provider.references.push(Reference::read(r)),
        ids::QUANTITY => provider.quantities.push(QualifiedQuantity::read(r)),
        ids::AMT => provider.amounts.push(QualifiedAmount::read(r)),
        _ => {}
    }
}

fn read_claim<'a>(r: &mut Reader<'_, 'a>) -> ClaimAcknowledgment<'a> {
    let start = r.position();
    let mut claim = ClaimAcknowledgment::default();
    r.advance();
    loop {
        match r.id() {
            ids::NM1 => claim.patient = Name::read(r),
            ids::TRN => claim.trace = Some(Trace::read(r)),
            ids::STC => match claim.lines.last_mut() {
                Some(line) => line.statuses.push(StatusInformation::read(r)),
                None => claim.statuses.push(StatusInformation::read(r)),
            },
            ids::REF => match claim.lines.last_mut() {
                Some(line) => line.references.push(Reference::read(r)),
                None => claim.references.push(Reference::read(r)),
            },
            ids::DTP => match claim.lines.last_mut() {
                Some(line) => line.dates.push(DatePeriod::read(r)),
                None => claim.dates.push(DatePeriod::read(r)),
            },
            ids::SVC => claim.lines.push(LineAcknowledgment {
                procedure: Procedure::read(r, 1),
                charge_amount: r.amount(2),
                revenue_code: r.text(4),
                units: r.text(7),
                ..LineAcknowledgment::default()
            }),
            ids::HL | ids::END => break,
            _ => {}
        }
        r.advance();
    }
    claim.source = r.source_since(start);
    claim
}

/// Writes ST to SE.
pub fn write(answer: &ClaimAcknowledgments<'_>, writer: &mut Writer) {
    let out = &mut Out::open(writer, "277", &answer.implementation);
    let source = write_source(answer, !answer.receivers.is_empty(), out);
    for receiver in &answer.receivers {
        let own = write_receiver(receiver, source, !receiver.providers.is_empty(), out);
        for provider in &receiver.providers {
            let level = write_provider(provider, own, !provider.claims.is_empty(), out);
            provider.claims.iter().for_each(|claim| write_claim(claim, level, out));
        }
    }
    out.close();
}

/// Writes BHT and the source's level, for a set that is written piece by piece; gives the level's number.
pub(crate) fn write_source(answer: &ClaimAcknowledgments<'_>, has_receivers: bool, out: &mut Out<'_>) -> u32 {
    out.begin("BHT")
        .text("0085")
        .text("08")
        .text(&answer.reference)
        .date(answer.created_on)
        .text(&answer.created_at)
        .text(&answer.kind)
        .end();
    let level = out.hierarchy(None, "20", has_receivers.into());
    answer.source.write(out);
    if let Some(trace) = &answer.source_trace {
        trace.write(out);
    }
    write_dates(&answer.source_dates, out);
    level
}

/// Writes the receiver's level without its providers; gives its number.
pub(crate) fn write_receiver(
    receiver: &ReceiverAcknowledgment<'_>,
    parent: u32,
    has_providers: bool,
    out: &mut Out<'_>,
) -> u32 {
    let level = out.hierarchy(Some(parent), "21", has_providers.into());
    receiver.name.write(out);
    if let Some(trace) = &receiver.trace {
        trace.write(out);
    }
    write_statuses(&receiver.statuses, out);
    receiver.quantities.iter().for_each(|quantity| quantity.write(out));
    write_amounts(&receiver.amounts, out);
    level
}

/// Writes the provider's level without its claims; gives its number.
pub(crate) fn write_provider(
    provider: &ProviderAcknowledgment<'_>,
    parent: u32,
    has_claims: bool,
    out: &mut Out<'_>,
) -> u32 {
    let level = out.hierarchy(Some(parent), "19", has_claims.into());
    provider.name.write(out);
    if let Some(trace) = &provider.trace {
        trace.write(out);
    }
    write_statuses(&provider.statuses, out);
    write_references(&provider.references, out);
    provider.quantities.iter().for_each(|quantity| quantity.write(out));
    write_amounts(&provider.amounts, out);
    level
}

/// Writes the claim's level.
pub(crate) fn write_claim(claim: &ClaimAcknowledgment<'_>, parent: u32, out: &mut Out<'_>) {
    out.hierarchy(Some(parent), "PT", Child::Unsaid);
    claim.patient.write(out);
    if let Some(trace) = &claim.trace {
        trace.write(out);
    }
    write_statuses(&claim.statuses, out);
    write_references(&claim.references, out);
    write_dates(&claim.dates, out);
    for line in &claim.lines {
        out.begin("SVC")
            .composite(line.procedure.components())
            .amount(line.charge_amount)
            .skip(1)
            .text(&line.revenue_code)
            .skip(2)
            .text(&line.units)
            .end();
        write_statuses(&line.statuses, out);
        write_references(&line.references, out);
        write_dates(&line.dates, out);
    }
}
