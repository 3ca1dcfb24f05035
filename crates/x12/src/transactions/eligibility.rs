//! What 270 and 271 share: payer, provider, and the persons asked about, each with traces and dates.
//!
//! A person is asked about at subscriber or dependent level; both have the same shape.

use super::detail::{Detail, write_details};
use super::fields::Reader;
use super::out::Out;
use super::party::{Address, Contact, Demographics, Name, Reference, Specialty, write_references};
use super::service::{DatePeriod, write_dates};
use super::status::Trace;
use super::text::Text;
use crate::ids;

/// Segments of a person that are kept as they stand.
const DETAILS: [&str; 2] = ["HI", "MPI"];

/// AAA: why something could not be answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rejection<'a> {
    /// AAA01: `Y` the request was valid, `N` it was not.
    pub valid: Text<'a>,
    /// AAA03: the reason, code list 901.
    pub reason: Text<'a>,
    /// AAA04: what to do, such as `C` correct and send again.
    pub follow_up: Text<'a>,
}

impl<'a> Rejection<'a> {
    pub(super) fn read(r: &Reader<'_, 'a>) -> Self {
        Rejection { valid: r.text(1), reason: r.text(3), follow_up: r.text(4) }
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        out.begin("AAA").text(&self.valid).skip(1).text(&self.reason).text(&self.follow_up).end();
    }
}

/// The payer (2100A) or the provider (2100B).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EligibilityParty<'a> {
    /// NM1: `PR` or `2B` for payers, `1P` for providers.
    pub name: Name<'a>,
    /// REF.
    pub references: Vec<Reference<'a>>,
    /// N3 and N4.
    pub address: Option<Address<'a>>,
    /// PER.
    pub contacts: Vec<Contact<'a>>,
    /// AAA.
    pub rejections: Vec<Rejection<'a>>,
    /// PRV.
    pub specialty: Option<Specialty<'a>>,
}

impl<'a> EligibilityParty<'a> {
    /// A party of which only the name is known.
    pub fn named(name: Name<'a>) -> Self {
        EligibilityParty { name, ..EligibilityParty::default() }
    }

    pub(super) fn read_more(&mut self, r: &Reader<'_, 'a>) {
        match r.id() {
            ids::NM1 => self.name = Name::read(r),
            ids::REF => self.references.push(Reference::read(r)),
            ids::N3 => self.address.get_or_insert_default().read_street(r),
            ids::N4 => self.address.get_or_insert_default().read_city(r),
            ids::PER => self.contacts.push(Contact::read(r)),
            ids::AAA => self.rejections.push(Rejection::read(r)),
            ids::PRV => self.specialty = Some(Specialty::read(r)),
            _ => {}
        }
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        self.name.write(out);
        write_references(&self.references, out);
        if let Some(address) = &self.address {
            address.write(out);
        }
        self.contacts.iter().for_each(|contact| contact.write(out));
        self.rejections.iter().for_each(|rejection| rejection.write(out));
        if let Some(specialty) = &self.specialty {
            specialty.write(out);
        }
    }
}

/// Loop 2000C or 2000D with its 2100 loop, without the questions and answers of 2110.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EligibilityPerson<'a> {
    /// TRN.
    pub traces: Vec<Trace<'a>>,
    /// NM1: `IL` subscriber, `03` dependent.
    pub name: Name<'a>,
    /// REF: `SY`, `6P` group number, `18` plan number …
    pub references: Vec<Reference<'a>>,
    /// N3 and N4.
    pub address: Option<Address<'a>>,
    /// AAA.
    pub rejections: Vec<Rejection<'a>>,
    /// PRV.
    pub specialty: Option<Specialty<'a>>,
    /// DMG.
    pub demographics: Option<Demographics<'a>>,
    /// INS02: the relationship to the subscriber; empty without an INS segment.
    pub relationship: Text<'a>,
    /// INS03 and INS04: `001` and `25` where the payer changed what was asked with.
    pub change: (Text<'a>, Text<'a>),
    /// INS17: the place among those born together.
    pub birth_sequence: Text<'a>,
    /// `HI` diagnoses, and `MPI` military service, in a 271.
    pub details: Vec<Detail<'a>>,
    /// DTP: `291` plan, `307` eligibility, `346` plan begin …
    pub dates: Vec<DatePeriod<'a>>,
}

impl<'a> EligibilityPerson<'a> {
    pub(super) fn read_more(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            ids::TRN => self.traces.push(Trace::read(r)),
            ids::NM1 => self.name = Name::read(r),
            ids::REF => self.references.push(Reference::read(r)),
            ids::N3 => self.address.get_or_insert_default().read_street(r),
            ids::N4 => self.address.get_or_insert_default().read_city(r),
            ids::AAA => self.rejections.push(Rejection::read(r)),
            ids::PRV => self.specialty = Some(Specialty::read(r)),
            ids::DMG => self.demographics = Some(Demographics::read(r)),
            ids::INS => {
                self.relationship = r.text(2);
                self.change = (r.text(3), r.text(4));
                self.birth_sequence = r.text(17);
            }
            ids::HI | ids::MPI => self.details.extend(Detail::read(r, &DETAILS)),
            ids::DTP => self.dates.push(DatePeriod::read(r)),
            _ => {}
        }
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        self.traces.iter().for_each(|trace| trace.write(out));
        self.name.write(out);
        write_references(&self.references, out);
        if let Some(address) = &self.address {
            address.write(out);
        }
        self.rejections.iter().for_each(|rejection| rejection.write(out));
        if let Some(specialty) = &self.specialty {
            specialty.write(out);
        }
        if let Some(demographics) = &self.demographics {
            demographics.write(out);
        }
        if !self.relationship.is_empty() {
            let is_subscriber = if self.relationship == "18" { "Y" } else { "N" };
            out.begin("INS")
                .text(is_subscriber)
                .text(&self.relationship)
                .text(&self.change.0)
                .text(&self.change.1)
                .skip(12)
                .text(&self.birth_sequence)
                .end();
        }
        write_details(&self.details, &["HI"], out);
        write_dates(&self.dates, out);
        write_details(&self.details, &["MPI"], out);
    }
}

/// BHT of 270 and 271.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EligibilityHeader<'a> {
    /// ST02.
    pub control_number: Text<'a>,
    /// ST03: the guide.
    pub implementation: Text<'a>,
    /// BHT02: `13` request, `11` response.
    pub purpose: Text<'a>,
    /// BHT03.
    pub reference: Text<'a>,
    /// BHT04.
    pub created_on: Option<jiff::civil::Date>,
    /// BHT05, HHMM.
    pub created_at: Text<'a>,
    /// BHT06: `RT` where a 270 asks about a spend down.
    pub kind: Text<'a>,
}

impl<'a> EligibilityHeader<'a> {
    pub(super) fn read_set(r: &Reader<'_, 'a>) -> Self {
        EligibilityHeader { control_number: r.text(2), implementation: r.text(3), ..EligibilityHeader::default() }
    }

    pub(super) fn read_beginning(&mut self, r: &mut Reader<'_, 'a>) {
        self.purpose = r.text(2);
        self.reference = r.text(3);
        self.created_on = r.date(4);
        self.created_at = r.text(5);
        self.kind = r.text(6);
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        out.begin("BHT")
            .text("0022")
            .text(&self.purpose)
            .text(&self.reference)
            .date(self.created_on)
            .text(&self.created_at)
            .text(&self.kind)
            .end();
    }
}
