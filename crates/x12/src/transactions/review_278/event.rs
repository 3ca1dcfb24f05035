//! Loops 2000E and 2000F of a 278: the event that is reviewed and its services.

use crate::Amount;
use crate::ids;
use crate::transactions::attachment::{read_attachment, write_attachments};
use crate::transactions::detail::{Detail, write_details};
use crate::transactions::eligibility::Rejection;
use crate::transactions::fields::{Reader, Source};
use crate::transactions::out::{Child, Out};
use crate::transactions::party::{Name, Party, Reference, write_references};
use crate::transactions::service::{DatePeriod, Procedure, write_dates};
use crate::transactions::status::Trace;
use crate::transactions::text::Text;

/// Loop 2000E: one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// TRN.
    pub traces: Vec<Trace<'a>>,
    /// AAA.
    pub rejections: Vec<Rejection<'a>>,
    /// UM, element by element; a composite is its components joined by `:`.
    pub review: Vec<Vec<Text<'a>>>,
    /// HCR, in a response.
    pub decision: Option<Decision<'a>>,
    /// REF: `BB` earlier authorization, `NT` administrative number.
    pub references: Vec<Reference<'a>>,
    /// DTP: `AAH` event, `435` admission, `096` discharge, `007` certified for …
    pub dates: Vec<DatePeriod<'a>>,
    /// HI: (qualifier, code).
    pub diagnoses: Vec<(Text<'a>, Text<'a>)>,
    /// HSD, CRC, CL1, CR1, CR2, CR5 and CR6: (segment, element by element).
    pub details: Vec<Detail<'a>>,
    /// PWK: report type, transmission, control number (PWK06).
    pub attachments: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// MSG.
    pub message: Text<'a>,
    /// Loops 2010E: providers, places, contacts.
    pub parties: Vec<ReviewParty<'a>>,
    /// Loops 2000F.
    pub services: Vec<Service<'a>>,
}

/// NM1 with what follows it, and why nothing could be done with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewParty<'a> {
    /// NM1, REF, N3, N4, PER, PRV, DMG.
    pub party: Party<'a>,
    /// AAA.
    pub rejections: Vec<Rejection<'a>>,
}

/// HCR: what was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision<'a> {
    /// HCR01: `A1` certified, `A2` partly, `A3` not, `A4` pended, `A6` modified …
    pub action: Text<'a>,
    /// HCR02: the certification's number.
    pub number: Text<'a>,
    /// HCR03: why.
    pub reason: Text<'a>,
    /// HCR04: `Y` where a second surgical opinion is wanted.
    pub second_opinion: Text<'a>,
}

/// Loop 2000F: one service of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// TRN.
    pub traces: Vec<Trace<'a>>,
    /// AAA.
    pub rejections: Vec<Rejection<'a>>,
    /// UM, element by element; a composite is its components.
    pub review: Vec<Vec<Text<'a>>>,
    /// HCR, in a response.
    pub decision: Option<Decision<'a>>,
    /// REF.
    pub references: Vec<Reference<'a>>,
    /// DTP*472 …
    pub dates: Vec<DatePeriod<'a>>,
    /// SV1, SV2 or SV3.
    pub detail: Option<ServiceDetail<'a>>,
    /// TOO: tooth and surfaces.
    pub teeth: Vec<(Text<'a>, Vec<Text<'a>>)>,
    /// HSD, element by element.
    pub delivery: Vec<Text<'a>>,
    /// PWK: report type, transmission, control number (PWK06).
    pub attachments: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// MSG.
    pub message: Text<'a>,
    /// Loops 2010F.
    pub parties: Vec<ReviewParty<'a>>,
}

/// SV1, SV2 or SV3: what is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceDetail<'a> {
    /// SV1: a professional service.
    Professional {
        /// SV101.
        procedure: Procedure<'a>,
        /// SV102.
        charge_amount: Option<Amount>,
        /// SV103.
        unit: Text<'a>,
        /// SV104.
        units: Text<'a>,
        /// SV107: numbers of diagnoses of the event, counted from 1.
        diagnosis_pointers: Vec<Text<'a>>,
        /// SV111: EPSDT, `Y`.
        epsdt: Text<'a>,
        /// SV120: nursing home level of care.
        level_of_care: Text<'a>,
    },
    /// SV2: an institutional service.
    Institutional {
        /// SV201.
        revenue_code: Text<'a>,
        /// SV202.
        procedure: Option<Procedure<'a>>,
        /// SV203.
        charge_amount: Option<Amount>,
        /// SV204.
        unit: Text<'a>,
        /// SV205.
        units: Text<'a>,
        /// SV206.
        rate: Text<'a>,
        /// SV209: status of a nursing home resident.
        residence: Text<'a>,
        /// SV210: nursing home level of care.
        level_of_care: Text<'a>,
    },
    /// SV3: a dental service.
    Dental {
        /// SV301.
        procedure: Procedure<'a>,
        /// SV302.
        charge_amount: Option<Amount>,
        /// SV304.
        oral_cavities: Vec<Text<'a>>,
        /// SV305: prosthesis, `I` initial or `R` replacement.
        prosthesis: Text<'a>,
        /// SV306.
        units: Text<'a>,
        /// SV307.
        description: Text<'a>,
    },
}

/// Segments of an event that are kept element by element, in the guide's order.
const DETAILS: [&str; 7] = ["HSD", "CRC", "CL1", "CR1", "CR2", "CR5", "CR6"];

impl<'a> ReviewParty<'a> {
    pub(super) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let mut found = ReviewParty { party: Party::named(Name::read(r)), rejections: Vec::new() };
        r.advance();
        loop {
            if r.id() == ids::AAA {
                found.rejections.push(Rejection::read(r));
            } else if !found.party.read_more(r) {
                return found;
            }
            r.advance();
        }
    }

    /// References, address, contacts, rejections and specialty stand in this order in a 278.
    pub(super) fn write(&self, out: &mut Out<'_>) {
        let party = &self.party;
        party.name.write(out);
        write_references(&party.references, out);
        if let Some(address) = &party.address {
            address.write(out);
        }
        party.contacts.iter().for_each(|contact| contact.write(out));
        self.rejections.iter().for_each(|rejection| rejection.write(out));
        if let Some(specialty) = &party.specialty {
            specialty.write(out);
        }
        if let Some(demographics) = &party.demographics {
            demographics.write(out);
        }
    }
}

impl<'a> Decision<'a> {
    fn read(r: &Reader<'_, 'a>) -> Self {
        Decision { action: r.text(1), number: r.text(2), reason: r.text(3), second_opinion: r.text(4) }
    }

    fn write(&self, out: &mut Out<'_>) {
        out.begin("HCR").text(&self.action).text(&self.number).text(&self.reason).text(&self.second_opinion).end();
    }
}

impl<'a> Event<'a> {
    pub(super) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let start = r.position();
        let mut event = Event::default();
        r.advance();
        while !r.at_end() {
            match r.id() {
                ids::HL if r.is(3, "SS") => {
                    event.services.push(Service::read(r));
                    continue;
                }
                ids::HL => break,
                ids::NM1 => {
                    event.parties.push(ReviewParty::read(r));
                    continue;
                }
                _ => event.read_segment(r),
            }
            r.advance();
        }
        event.source = r.source_since(start);
        event
    }

    fn read_segment(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            ids::TRN => self.traces.push(Trace::read(r)),
            ids::AAA => self.rejections.push(Rejection::read(r)),
            ids::UM => self.review = r.composites(),
            ids::HCR => self.decision = Some(Decision::read(r)),
            ids::REF => self.references.push(Reference::read(r)),
            ids::DTP => self.dates.push(DatePeriod::read(r)),
            ids::HI => self.diagnoses.extend((1..=r.len()).map(|n| (r.component(n, 1), r.component(n, 2)))),
            ids::PWK => self.attachments.push(read_attachment(r)),
            ids::MSG => self.message = r.text(1),
            _ => self.details.extend(Detail::read(r, &DETAILS)),
        }
    }

    pub(super) fn write(&self, parent: Option<u32>, out: &mut Out<'_>) {
        let own = out.hierarchy(parent, "EV", Child::from(!self.services.is_empty()));
        self.traces.iter().for_each(|trace| trace.write(out));
        self.rejections.iter().for_each(|rejection| rejection.write(out));
        out.composites("UM", &self.review);
        if let Some(decision) = &self.decision {
            decision.write(out);
        }
        write_references(&self.references, out);
        write_dates(&self.dates, out);
        let mut segment = out.begin("HI");
        for (qualifier, code) in &self.diagnoses {
            segment = segment.composite([qualifier, code]);
        }
        segment.end();
        write_details(&self.details, &DETAILS, out);
        write_attachments(&self.attachments, out);
        out.begin("MSG").text(&self.message).end();
        self.parties.iter().for_each(|party| party.write(out));
        self.services.iter().for_each(|service| service.write(own, out));
    }
}

impl<'a> Service<'a> {
    fn read(r: &mut Reader<'_, 'a>) -> Self {
        let start = r.position();
        let mut service = Service::default();
        r.advance();
        while !r.at_end() && r.id() != ids::HL {
            match r.id() {
                ids::NM1 => {
                    service.parties.push(ReviewParty::read(r));
                    continue;
                }
                _ => service.read_segment(r),
            }
            r.advance();
        }
        service.source = r.source_since(start);
        service
    }

    fn read_segment(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            ids::TRN => self.traces.push(Trace::read(r)),
            ids::AAA => self.rejections.push(Rejection::read(r)),
            ids::UM => self.review = r.composites(),
            ids::HCR => self.decision = Some(Decision::read(r)),
            ids::REF => self.references.push(Reference::read(r)),
            ids::DTP => self.dates.push(DatePeriod::read(r)),
            ids::SV1 | ids::SV2 | ids::SV3 => self.detail = Some(ServiceDetail::read(r)),
            ids::TOO => self.teeth.push((r.text(2), r.components(3))),
            ids::HSD => self.delivery = r.texts(),
            ids::PWK => self.attachments.push(read_attachment(r)),
            ids::MSG => self.message = r.text(1),
            _ => {}
        }
    }

    fn write(&self, parent: u32, out: &mut Out<'_>) {
        out.hierarchy(Some(parent), "SS", Child::None);
        self.traces.iter().for_each(|trace| trace.write(out));
        self.rejections.iter().for_each(|rejection| rejection.write(out));
        out.composites("UM", &self.review);
        if let Some(decision) = &self.decision {
            decision.write(out);
        }
        write_references(&self.references, out);
        write_dates(&self.dates, out);
        if let Some(detail) = &self.detail {
            detail.write(out);
        }
        for (tooth, surfaces) in &self.teeth {
            out.begin("TOO").text("JP").text(tooth).composite(surfaces).end();
        }
        out.texts("HSD", &self.delivery);
        write_attachments(&self.attachments, out);
        out.begin("MSG").text(&self.message).end();
        self.parties.iter().for_each(|party| party.write(out));
    }
}

impl<'a> ServiceDetail<'a> {
    fn read(r: &mut Reader<'_, 'a>) -> Self {
        match r.id() {
            ids::SV2 => Self::Institutional {
                revenue_code: r.text(1),
                procedure: Procedure::read_optional(r, 2),
                charge_amount: r.optional_amount(3),
                unit: r.text(4),
                units: r.text(5),
                rate: r.text(6),
                residence: r.text(9),
                level_of_care: r.text(10),
            },
            ids::SV3 => Self::Dental {
                procedure: Procedure::read(r, 1),
                charge_amount: r.optional_amount(2),
                oral_cavities: r.components(4),
                prosthesis: r.text(5),
                units: r.text(6),
                description: r.text(7),
            },
            _ => Self::Professional {
                procedure: Procedure::read(r, 1),
                charge_amount: r.optional_amount(2),
                unit: r.text(3),
                units: r.text(4),
                diagnosis_pointers: r.components(7),
                epsdt: r.text(11),
                level_of_care: r.text(20),
            },
        }
    }

    fn write(&self, out: &mut Out<'_>) {
        match self {
            Self::Professional { procedure, charge_amount, unit, units, diagnosis_pointers, epsdt, level_of_care } => {
                out.begin("SV1")
                    .composite(procedure.components())
                    .optional_amount(*charge_amount)
                    .text(unit)
                    .text(units)
                    .skip(2)
                    .composite(diagnosis_pointers)
                    .skip(3)
                    .text(epsdt)
                    .skip(8)
                    .text(level_of_care)
                    .end()
            }
            Self::Institutional {
                revenue_code,
                procedure,
                charge_amount,
                unit,
                units,
                rate,
                residence,
                level_of_care,
            } => out
                .begin("SV2")
                .text(revenue_code)
                .composite(procedure.as_ref().map(Procedure::components).unwrap_or_default())
                .optional_amount(*charge_amount)
                .text(unit)
                .text(units)
                .text(rate)
                .skip(2)
                .text(residence)
                .text(level_of_care)
                .end(),
            Self::Dental { procedure, charge_amount, oral_cavities, prosthesis, units, description } => out
                .begin("SV3")
                .composite(procedure.components())
                .optional_amount(*charge_amount)
                .skip(1)
                .composite(oral_cavities)
                .text(prosthesis)
                .text(units)
                .text(description)
                .end(),
        }
    }
}
