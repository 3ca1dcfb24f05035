//! Loop 2400 of an institutional claim: one revenue line, with its drug (2410) and physicians (2420).

use crate::Amount;
use crate::transactions::claim_837p::{ClaimNote, Drug, OtherPayerLine, read_attachment, write_attachments};
use crate::transactions::fields::{Out, Reader, Source, Text};
use crate::transactions::party::{Party, Reference, reference, write_references};
use crate::transactions::service::{DatePeriod, Procedure, QualifiedAmount, When, date_of, write_amounts, write_dates};

/// One revenue line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceLine<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// LX01, counted from 1 in each claim.
    pub number: Text<'a>,
    /// SV201.
    pub revenue_code: Text<'a>,
    /// SV202, where the revenue code needs one.
    pub procedure: Option<Procedure<'a>>,
    /// SV203.
    pub charge_amount: Amount,
    /// SV204: `UN` units, `DA` days.
    pub unit: Text<'a>,
    /// SV205: a decimal number.
    pub units: Text<'a>,
    /// SV207: what of the charge is not covered.
    pub non_covered_amount: Option<Amount>,
    /// PWK: report type, transmission, control number (PWK06).
    pub attachments: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// DTP*472.
    pub dates: Vec<DatePeriod<'a>>,
    /// REF: `6R` our line control number …
    pub references: Vec<Reference<'a>>,
    /// AMT: `GT` service tax, `N8` facility tax.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// NTE*TPO.
    pub notes: Vec<ClaimNote<'a>>,
    /// HCP, element by element.
    pub repricing: Vec<Text<'a>>,
    /// Loop 2410.
    pub drug: Option<Drug<'a>>,
    /// Loops 2420: `72` operating, `ZZ` other operating, `82` rendering, `DN` referring.
    pub providers: Vec<Party<'a>>,
    /// Loops 2430.
    pub other_payers: Vec<OtherPayerLine<'a>>,
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

    pub(super) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let start = r.position();
        let mut line = ServiceLine { number: r.text(1), ..ServiceLine::default() };
        r.advance();
        loop {
            match r.id() {
                "NM1" => line.providers.push(Party::read(r)),
                "SVD" => line.other_payers.push(OtherPayerLine::read(r)),
                "LX" | "CLM" | "HL" | "SE" | "" => break,
                _ => {
                    line.read_segment(r);
                    r.advance();
                }
            }
        }
        line.source = r.source_since(start);
        line
    }

    fn read_segment(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            "SV2" => {
                self.revenue_code = r.text(1);
                self.procedure = Procedure::read_optional(r, 2);
                self.charge_amount = r.amount(3);
                self.unit = r.text(4);
                self.units = r.text(5);
                self.non_covered_amount = r.optional_amount(7);
            }
            "PWK" => self.attachments.push(read_attachment(r)),
            "DTP" => self.dates.push(DatePeriod::read(r)),
            "REF" => match &mut self.drug {
                Some(drug) => drug.references.push(Reference::read(r)),
                None => self.references.push(Reference::read(r)),
            },
            "AMT" => self.amounts.push(QualifiedAmount::read(r)),
            "NTE" => self.notes.push(ClaimNote { code: r.text(1), text: r.text(2) }),
            "HCP" => self.repricing = r.texts(),
            "LIN" => self.drug.get_or_insert_default().read_code(r),
            "CTP" => self.drug.get_or_insert_default().read_quantity(r),
            _ => {}
        }
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        out.begin("LX").text(&self.number).end();
        let procedure = self.procedure.as_ref().map(Procedure::components).unwrap_or_default();
        out.begin("SV2")
            .text(&self.revenue_code)
            .composite(&procedure)
            .amount(self.charge_amount)
            .text(&self.unit)
            .text(&self.units)
            .skip(1)
            .optional_amount(self.non_covered_amount)
            .end();
        write_attachments(&self.attachments, out);
        write_dates(&self.dates, out);
        write_references(&self.references, out);
        write_amounts(&self.amounts, out);
        for note in &self.notes {
            out.begin("NTE").text(&note.code).text(&note.text).end();
        }
        out.texts("HCP", &self.repricing);
        if let Some(drug) = &self.drug {
            drug.write(out);
        }
        self.providers.iter().for_each(|provider| provider.write(out));
        self.other_payers.iter().for_each(|other| other.write(out));
    }
}
