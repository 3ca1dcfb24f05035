//! Loop 2400 of a dental claim: one procedure with its teeth and surfaces.

use crate::Amount;
use crate::transactions::claim_837p::OtherPayerLine;
use crate::transactions::fields::{Out, Reader, Source, Text};
use crate::transactions::party::{Party, Reference, reference, write_references};
use crate::transactions::service::{DatePeriod, Procedure, QualifiedAmount, When, date_of, write_amounts, write_dates};

/// One dental procedure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceLine<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// LX01, counted from 1 in each claim.
    pub number: Text<'a>,
    /// SV301: qualifier `AD`.
    pub procedure: Procedure<'a>,
    /// SV302.
    pub charge_amount: Amount,
    /// SV303, where it differs from the claim's.
    pub place_of_service: Text<'a>,
    /// SV304: areas of the mouth, one to five.
    pub oral_cavities: Vec<Text<'a>>,
    /// SV305: prosthesis, `I` initial or `R` replacement.
    pub prosthesis: Text<'a>,
    /// SV306: how often.
    pub units: Text<'a>,
    /// SV311: one to four numbers of diagnoses of the claim, counted from 1.
    pub diagnosis_pointers: Vec<Text<'a>>,
    /// TOO: the teeth it was done on.
    pub teeth: Vec<Tooth<'a>>,
    /// DTP: `472` service, `441` prior placement, `452` appliance, `446` replacement …
    pub dates: Vec<DatePeriod<'a>>,
    /// CN1, element by element.
    pub contract: Vec<Text<'a>>,
    /// REF: `6R` our line control number …
    pub references: Vec<Reference<'a>>,
    /// AMT*T tax.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// K3.
    pub fixed_formats: Vec<Text<'a>>,
    /// HCP, element by element.
    pub repricing: Vec<Text<'a>>,
    /// Loops 2420: `82` rendering, `DD` assistant surgeon, `DQ` supervising, `77` facility.
    pub providers: Vec<Party<'a>>,
    /// Loops 2430.
    pub other_payers: Vec<OtherPayerLine<'a>>,
}

/// TOO: a tooth and the surfaces of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tooth<'a> {
    /// TOO02, by the universal numbering.
    pub number: Text<'a>,
    /// TOO03: `M`, `O`, `D`, `B`, `L`, `F`, `I`.
    pub surfaces: Vec<Text<'a>>,
}

impl<'a> ServiceLine<'a> {
    /// REF*6R: our own number of the line, which the 835 brings back.
    pub fn line_control_number(&self) -> Option<&str> {
        reference(&self.references, "6R")
    }

    /// DTP*472, where the claim does not say it for all lines.
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
            "SV3" => {
                self.procedure = Procedure::read(r, 1);
                self.charge_amount = r.amount(2);
                self.place_of_service = r.text(3);
                self.oral_cavities = r.components(4);
                self.prosthesis = r.text(5);
                self.units = r.text(6);
                self.diagnosis_pointers = r.components(11);
            }
            "TOO" => self.teeth.push(Tooth { number: r.text(2), surfaces: r.components(3) }),
            "DTP" => self.dates.push(DatePeriod::read(r)),
            "CN1" => self.contract = r.texts(),
            "REF" => self.references.push(Reference::read(r)),
            "AMT" => self.amounts.push(QualifiedAmount::read(r)),
            "K3" => self.fixed_formats.push(r.text(1)),
            "HCP" => self.repricing = r.texts(),
            _ => {}
        }
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        out.begin("LX").text(&self.number).end();
        out.begin("SV3")
            .composite(&self.procedure.components())
            .amount(self.charge_amount)
            .text(&self.place_of_service)
            .composite(&self.oral_cavities)
            .text(&self.prosthesis)
            .text(&self.units)
            .skip(4)
            .composite(&self.diagnosis_pointers)
            .end();
        for tooth in &self.teeth {
            out.begin("TOO").text("JP").text(&tooth.number).composite(&tooth.surfaces).end();
        }
        write_dates(&self.dates, out);
        out.texts("CN1", &self.contract);
        write_references(&self.references, out);
        write_amounts(&self.amounts, out);
        for format in &self.fixed_formats {
            out.begin("K3").text(format).end();
        }
        out.texts("HCP", &self.repricing);
        self.providers.iter().for_each(|provider| provider.write(out));
        self.other_payers.iter().for_each(|other| other.write(out));
    }
}
