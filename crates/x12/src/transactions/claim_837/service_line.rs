//! Loop 2400: one service line with its drug (2410), the parties of the line (2420), and what other payers decided on
//! it (2430).

use super::{ClaimNote, OtherPayerLine};
use crate::ids;
use crate::transactions::attachment::{read_attachment, write_attachments};
use crate::transactions::detail::{Detail, write_details};
use crate::transactions::fields::{Reader, Source, push_one};
use crate::transactions::out::Out;
use crate::transactions::party::{Party, Reference, reference, write_references};
use crate::transactions::service::{
    DatePeriod, QualifiedAmount, QualifiedQuantity, When, date_of, write_amounts, write_dates,
};
use crate::transactions::text::Text;

/// Segments that stand behind the service, the attachments, the quantities, the amounts, the notes, and at the end.
const EQUIPMENT: [&str; 1] = ["SV5"];
const CONDITIONS: [&str; 3] = ["CR1", "CR3", "CRC"];
const MEASUREMENTS: [&str; 2] = ["MEA", "CN1"];
const FIXED_FORMATS: [&str; 1] = ["K3"];
const REPRICING: [&str; 2] = ["PS1", "HCP"];
const FORMS: [&str; 2] = ["LQ", "FRM"];
/// All of them.
const DETAILS: [&str; 11] = ["SV5", "CR1", "CR3", "CRC", "MEA", "CN1", "K3", "PS1", "HCP", "LQ", "FRM"];

/// One service line of a claim whose service is `S`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceLine<'a, S> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// LX01, counted from 1 in each claim.
    pub number: Text<'a>,
    /// SV1, SV2 or SV3: what was done and what it costs.
    pub service: S,
    /// PWK: report type, transmission, control number (PWK06).
    pub attachments: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// DTP: `472` service, `304` last seen, `441` prior placement …
    pub dates: Vec<DatePeriod<'a>>,
    /// QTY: `PT` patients transported, `FL` obstetric units.
    pub quantities: Vec<QualifiedQuantity<'a>>,
    /// REF: `6R` our line control number, `G1`, `9F`, `X4`, `F4` …
    pub references: Vec<Reference<'a>>,
    /// AMT: `T` tax, `F4` postage, `GT` service tax, `N8` facility tax.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// NTE.
    pub notes: Vec<ClaimNote<'a>>,
    /// `SV5`, `CR1`, `CR3`, `CRC`, `MEA`, `CN1`, `K3`, `PS1`, `HCP`, and `LQ` with its `FRM`, each kind in its order.
    pub details: Vec<Detail<'a>>,
    /// Loop 2410.
    pub drug: Option<Drug<'a>>,
    /// Loops 2420: `82` rendering, `DK` ordering, `DN` referring, `DQ` supervising, `72` operating, `77` facility …
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

/// The segments of loop 2400 that only one kind of claim has: the service, and what belongs to it.
pub trait ServicePart<'a>: Default {
    /// Takes the current segment where it is one of these.
    fn read(&mut self, r: &mut Reader<'_, 'a>);
    /// Writes them.
    fn write(&self, out: &mut Out<'_>);
}

impl<'a, S> ServiceLine<'a, S> {
    /// REF*6R: our own number of the line, which the 835 brings back.
    pub fn line_control_number(&self) -> Option<&str> {
        reference(&self.references, "6R")
    }

    /// DTP*472; of a dental line where the claim does not say it for all lines.
    pub fn date_of_service(&self) -> Option<&When<'a>> {
        date_of(&self.dates, "472")
    }

    /// The party in this role, if the line names one.
    pub fn provider(&self, role: &str) -> Option<&Party<'a>> {
        self.providers.iter().find(|provider| provider.name.role == role)
    }
}

impl<'a, S: ServicePart<'a>> ServiceLine<'a, S> {
    /// Reads from LX to the segment that belongs to the line no more.
    pub(super) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let start = r.position();
        let mut line = ServiceLine { number: r.text(1), ..ServiceLine::default() };
        r.advance();
        loop {
            match r.id() {
                ids::NM1 => push_one(&mut line.providers, Party::read(r)),
                ids::SVD => push_one(&mut line.other_payers, OtherPayerLine::read(r)),
                ids::LX | ids::CLM | ids::HL | ids::END => break,
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
            ids::DTP => push_one(&mut self.dates, DatePeriod::read(r)),
            ids::REF => match &mut self.drug {
                Some(drug) => drug.references.push(Reference::read(r)),
                None => push_one(&mut self.references, Reference::read(r)),
            },
            ids::PWK => self.attachments.push(read_attachment(r)),
            ids::QUANTITY => self.quantities.push(QualifiedQuantity::read(r)),
            ids::AMT => self.amounts.push(QualifiedAmount::read(r)),
            ids::NTE => self.notes.push(ClaimNote::read(r)),
            ids::LIN => self.drug.get_or_insert_default().read_code(r),
            ids::CTP => self.drug.get_or_insert_default().read_quantity(r),
            ids::SV1 | ids::SV2 | ids::SV3 | ids::TOO => self.service.read(r),
            ids::SV5 | ids::CR1 | ids::CR3 | ids::CRC | ids::MEA | ids::CN1 => self.read_detail(r),
            ids::K3 | ids::PS1 | ids::HCP | ids::LQ | ids::FRM => self.read_detail(r),
            _ => {}
        }
    }

    fn read_detail(&mut self, r: &Reader<'_, 'a>) {
        self.details.extend(Detail::read(r, &DETAILS));
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        out.begin("LX").text(&self.number).end();
        self.service.write(out);
        write_details(&self.details, &EQUIPMENT, out);
        write_attachments(&self.attachments, out);
        write_details(&self.details, &CONDITIONS, out);
        write_dates(&self.dates, out);
        self.quantities.iter().for_each(|quantity| quantity.write(out));
        write_details(&self.details, &MEASUREMENTS, out);
        write_references(&self.references, out);
        write_amounts(&self.amounts, out);
        write_details(&self.details, &FIXED_FORMATS, out);
        self.notes.iter().for_each(|note| note.write(out));
        write_details(&self.details, &REPRICING, out);
        if let Some(drug) = &self.drug {
            drug.write(out);
        }
        self.providers.iter().for_each(|provider| provider.write(out));
        self.other_payers.iter().for_each(|other| other.write(out));
        write_details(&self.details, &FORMS, out);
    }
}

impl<'a> Drug<'a> {
    fn read_code(&mut self, r: &Reader<'_, 'a>) {
        self.qualifier = r.text(2);
        self.code = r.text(3);
    }

    fn read_quantity(&mut self, r: &Reader<'_, 'a>) {
        self.quantity = r.text(4);
        self.unit = r.component(5, 1);
    }

    fn write(&self, out: &mut Out<'_>) {
        out.begin("LIN").skip(1).text(&self.qualifier).text(&self.code).end();
        if !self.quantity.is_empty() {
            out.begin("CTP").skip(3).text(&self.quantity).text(&self.unit).end();
        }
        write_references(&self.references, out);
    }
}
