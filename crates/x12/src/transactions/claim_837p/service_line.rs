//! Loop 2400: one service line of a professional claim, with its drug (2410) and providers (2420).

use super::{ClaimNote, OtherPayerLine};
use crate::Amount;
use crate::transactions::fields::{Out, Reader, Source, Text};
use crate::transactions::party::{Party, Reference, reference, write_references};
use crate::transactions::service::{
    DatePeriod, Procedure, QualifiedAmount, QualifiedQuantity, When, date_of, write_amounts, write_dates,
};

/// One service line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceLine<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// LX01, counted from 1 in each claim.
    pub number: Text<'a>,
    /// SV101.
    pub procedure: Procedure<'a>,
    /// SV102.
    pub charge_amount: Amount,
    /// SV103: `UN` units, `MJ` minutes.
    pub unit: Text<'a>,
    /// SV104: a decimal number.
    pub units: Text<'a>,
    /// SV105, where it differs from the claim's.
    pub place_of_service: Text<'a>,
    /// SV107: one to four numbers of diagnoses of the claim, counted from 1.
    pub diagnosis_pointers: Vec<Text<'a>>,
    /// SV109: emergency, `Y`.
    pub emergency: Text<'a>,
    /// SV111: EPSDT, `Y`.
    pub epsdt: Text<'a>,
    /// SV112: family planning, `Y`.
    pub family_planning: Text<'a>,
    /// SV115: copay exempt, `0`.
    pub copay_exempt: Text<'a>,
    /// PWK: report type, transmission, control number (PWK06).
    pub attachments: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// DTP: `472` service, `304` last seen …
    pub dates: Vec<DatePeriod<'a>>,
    /// QTY: `PT` patients transported, `FL` obstetric units.
    pub quantities: Vec<QualifiedQuantity<'a>>,
    /// REF: `6R` our line control number, `G1`, `9F`, `X4`, `F4` …
    pub references: Vec<Reference<'a>>,
    /// AMT: `T` tax, `F4` postage.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// NTE.
    pub notes: Vec<ClaimNote<'a>>,
    /// Loop 2410.
    pub drug: Option<Drug<'a>>,
    /// Loops 2420: `82` rendering, `DK` ordering, `DN` referring, `DQ` supervising, `77` facility …
    pub providers: Vec<Party<'a>>,
    /// Loops 2430.
    pub other_payers: Vec<OtherPayerLine<'a>>,
}

/// Loop 2410: the drug given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drug<'a> {
    /// LIN02: `N4` for an NDC.
    pub qualifier: Text<'a>,
    /// LIN03: 11 digits.
    pub code: Text<'a>,
    /// CTP04: a decimal number.
    pub quantity: Text<'a>,
    /// CTP05: `ML`, `GR`, `UN`, `F2`, `ME`.
    pub unit: Text<'a>,
    /// REF: `XZ` prescription number, `VY` link.
    pub references: Vec<Reference<'a>>,
}

impl<'a> ServiceLine<'a> {
    /// REF*6R: our own number of the line, which the 835 brings back.
    pub fn line_control_number(&self) -> Option<&str> {
        reference(&self.references, "6R")
    }

    /// DTP*472.
    pub fn date_of_service(&self) -> Option<&When<'a>> {
        date_of(&self.dates, "472")
    }

    /// The party in this role, if the line names one.
    pub fn provider(&self, role: &str) -> Option<&Party<'a>> {
        self.providers.iter().find(|provider| provider.name.role == role)
    }

    pub(super) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let start = r.position();
        let mut line = ServiceLine { number: r.text(1), ..ServiceLine::default() };
        r.advance();
        loop {
            match r.id() {
                "SV1" => line.read_service(r),
                "PWK" => line.attachments.push(read_attachment(r)),
                "DTP" => line.dates.push(DatePeriod::read(r)),
                "QTY" => line.quantities.push(QualifiedQuantity::read(r)),
                "REF" => match &mut line.drug {
                    Some(drug) => drug.references.push(Reference::read(r)),
                    None => line.references.push(Reference::read(r)),
                },
                "AMT" => line.amounts.push(QualifiedAmount::read(r)),
                "NTE" => line.notes.push(ClaimNote { code: r.text(1), text: r.text(2) }),
                "LIN" => line.drug.get_or_insert_default().read_code(r),
                "CTP" => line.drug.get_or_insert_default().read_quantity(r),
                "NM1" => {
                    line.providers.push(Party::read(r));
                    continue;
                }
                "SVD" => {
                    line.other_payers.push(OtherPayerLine::read(r));
                    continue;
                }
                "LX" | "CLM" | "HL" | "SE" | "" => break,
                _ => {}
            }
            r.advance();
        }
        line.source = r.source_since(start);
        line
    }

    fn read_service(&mut self, r: &mut Reader<'_, 'a>) {
        self.procedure = Procedure::read(r, 1);
        self.charge_amount = r.amount(2);
        self.unit = r.text(3);
        self.units = r.text(4);
        self.place_of_service = r.text(5);
        self.diagnosis_pointers = r.components(7);
        self.emergency = r.text(9);
        self.epsdt = r.text(11);
        self.family_planning = r.text(12);
        self.copay_exempt = r.text(15);
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        out.begin("LX").text(&self.number).end();
        out.begin("SV1")
            .composite(&self.procedure.components())
            .amount(self.charge_amount)
            .text(&self.unit)
            .text(&self.units)
            .text(&self.place_of_service)
            .skip(1)
            .composite(&self.diagnosis_pointers)
            .skip(1)
            .text(&self.emergency)
            .skip(1)
            .text(&self.epsdt)
            .text(&self.family_planning)
            .skip(2)
            .text(&self.copay_exempt)
            .end();
        write_attachments(&self.attachments, out);
        write_dates(&self.dates, out);
        self.quantities.iter().for_each(|quantity| quantity.write(out));
        write_references(&self.references, out);
        write_amounts(&self.amounts, out);
        for note in &self.notes {
            out.begin("NTE").text(&note.code).text(&note.text).end();
        }
        if let Some(drug) = &self.drug {
            drug.write(out);
        }
        self.providers.iter().for_each(|provider| provider.write(out));
        self.other_payers.iter().for_each(|other| other.write(out));
    }
}

impl<'a> Drug<'a> {
    pub(crate) fn read_code(&mut self, r: &Reader<'_, 'a>) {
        self.qualifier = r.text(2);
        self.code = r.text(3);
    }

    pub(crate) fn read_quantity(&mut self, r: &Reader<'_, 'a>) {
        self.quantity = r.text(4);
        self.unit = r.component(5, 1);
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        out.begin("LIN").skip(1).text(&self.qualifier).text(&self.code).end();
        if !self.quantity.is_empty() {
            out.begin("CTP").skip(3).text(&self.quantity).text(&self.unit).end();
        }
        write_references(&self.references, out);
    }
}

/// PWK: report type, transmission, control number.
pub(crate) fn read_attachment<'a>(r: &Reader<'_, 'a>) -> (Text<'a>, Text<'a>, Text<'a>) {
    (r.text(1), r.text(2), r.text(6))
}

pub(crate) fn write_attachments(attachments: &[(Text<'_>, Text<'_>, Text<'_>)], out: &mut Out<'_>) {
    for (report, transmission, control_number) in attachments {
        let qualifier = if control_number.is_empty() { "" } else { "AC" };
        out.begin("PWK").text(report).text(transmission).skip(2).text(qualifier).text(control_number).end();
    }
}
