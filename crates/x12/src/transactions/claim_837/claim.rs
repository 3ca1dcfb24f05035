//! Loop 2300: one claim, and the part of it that only one of the three claims has.

use super::{OtherPayer, ServiceLine, ServicePart};
use crate::Amount;
use crate::ids;
use crate::transactions::attachment::{read_attachment, write_attachments};
use crate::transactions::detail::{Detail, write_details};
use crate::transactions::fields::{Reader, Source, push_one};
use crate::transactions::out::Out;
use crate::transactions::party::{Party, Reference, reference, write_references};
use crate::transactions::service::{DatePeriod, QualifiedAmount, When, date_of, write_amounts, write_dates};
use crate::transactions::text::Text;

/// Segments that stand between attachments and amounts, after the references, after the notes and after the codes.
const CONTRACT: [&str; 1] = ["CN1"];
const FIXED_FORMATS: [&str; 1] = ["K3"];
const CONDITIONS: [&str; 3] = ["CR1", "CR2", "CRC"];
const REPRICING: [&str; 1] = ["HCP"];
/// All of them.
const DETAILS: [&str; 6] = ["CN1", "K3", "CR1", "CR2", "CRC", "HCP"];

/// One claim: `P` is what only its kind has, `S` its service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim<'a, P, S> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// CLM01.
    pub patient_control_number: Text<'a>,
    /// CLM02.
    pub charge_amount: Amount,
    /// CLM05-1: place of service; of an institutional claim the first two positions of the type of bill.
    pub place_of_service: Text<'a>,
    /// CLM05-2: `B` for a place of service, `A` for a type of bill.
    pub place_of_service_qualifier: Text<'a>,
    /// CLM05-3: `1` original, `7` replacement, `8` void; the third position of the type of bill.
    pub frequency: Text<'a>,
    /// CLM06: provider's signature on file; not institutional.
    pub provider_signature: Text<'a>,
    /// CLM07: `A` assigned, `B` lab only, `C` not assigned.
    pub assignment: Text<'a>,
    /// CLM08: benefits assigned to the provider.
    pub benefits_assigned: Text<'a>,
    /// CLM09: `Y` or `I`.
    pub release_of_information: Text<'a>,
    /// CLM10: `P` where the provider signed for the patient; professional only.
    pub patient_signature_source: Text<'a>,
    /// CLM11-1 to 3: `AA` auto, `EM` employment, `OA` other accident; not institutional.
    pub related_causes: Vec<Text<'a>>,
    /// CLM11-4 and 5: state and country of an auto accident.
    pub accident_place: (Text<'a>, Text<'a>),
    /// CLM12; not institutional.
    pub special_program: Text<'a>,
    /// CLM19, dental only: `PB` asks what would be paid.
    pub predetermination: Text<'a>,
    /// CLM20.
    pub delay_reason: Text<'a>,
    /// DTP: `431` onset, `439` accident, `435` admission, `434` statement, `472` service of a dental claim …
    pub dates: Vec<DatePeriod<'a>>,
    /// PWK: report type, transmission, control number (PWK06).
    pub attachments: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// AMT: `F5` patient paid, `F3` patient's estimated share.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// REF: `G1` prior authorization, `9F` referral, `F8` payer's claim number, `X4` CLIA, `D9`, `EA` …
    pub references: Vec<Reference<'a>>,
    /// NTE.
    pub notes: Vec<ClaimNote<'a>>,
    /// `CN1`, `K3`, `CR1`, `CR2`, `CRC`, `HCP`, each kind in its order.
    pub details: Vec<Detail<'a>>,
    /// What only this kind of claim has, its codes among it.
    pub own: P,
    /// Loops 2310: `DN` referring, `82` rendering, `77` facility, `DQ` supervising, `71` attending …
    pub providers: Vec<Party<'a>>,
    /// Loops 2320: the other payers.
    pub other_payers: Vec<OtherPayer<'a>>,
    /// Loops 2400.
    pub lines: Vec<ServiceLine<'a, S>>,
}

/// NTE: a note to the payer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimNote<'a> {
    /// NTE01: `ADD`, `CER`, `DCP`, `DGN`, `TPO`.
    pub code: Text<'a>,
    /// NTE02: up to 80 characters.
    pub text: Text<'a>,
}

impl<'a> ClaimNote<'a> {
    pub(super) fn read(r: &Reader<'_, 'a>) -> Self {
        ClaimNote { code: r.text(1), text: r.text(2) }
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        out.begin("NTE").text(&self.code).text(&self.text).end();
    }
}

/// The segments of loop 2300 that only one kind of claim has.
pub trait ClaimPart<'a>: Default {
    /// Takes the current segment where it is one of these.
    fn read(&mut self, r: &mut Reader<'_, 'a>);
    /// Writes what stands behind the dates.
    fn write_after_dates(&self, out: &mut Out<'_>);
    /// Writes the HI segments.
    fn write_codes(&self, out: &mut Out<'_>);
}

impl<'a, P, S> Claim<'a, P, S> {
    /// The party in this role, if the claim names one.
    pub fn provider(&self, role: &str) -> Option<&Party<'a>> {
        self.providers.iter().find(|provider| provider.name.role == role)
    }

    /// The number of this qualifier among the claim's references.
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        reference(&self.references, qualifier)
    }

    /// The date of this meaning.
    pub fn date(&self, qualifier: &str) -> Option<&When<'a>> {
        date_of(&self.dates, qualifier)
    }
}

impl<'a, P: ClaimPart<'a>, S: ServicePart<'a>> Claim<'a, P, S> {
    /// Reads from CLM to the segment that belongs to the claim no more.
    pub(super) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let start = r.position();
        let mut claim = Self::read_header(r);
        r.advance();
        loop {
            match r.id() {
                ids::NM1 => push_one(&mut claim.providers, Party::read(r)),
                ids::SBR => push_one(&mut claim.other_payers, OtherPayer::read(r)),
                ids::LX => claim.lines.push(ServiceLine::read(r)),
                ids::CLM | ids::HL | ids::END => break,
                _ => {
                    claim.read_segment(r);
                    r.advance();
                }
            }
        }
        claim.source = r.source_since(start);
        claim
    }

    fn read_header(r: &mut Reader<'_, 'a>) -> Self {
        let mut claim = Claim {
            patient_control_number: r.text(1),
            charge_amount: r.amount(2),
            provider_signature: r.text(6),
            assignment: r.text(7),
            benefits_assigned: r.text(8),
            release_of_information: r.text(9),
            patient_signature_source: r.text(10),
            special_program: r.text(12),
            predetermination: r.text(19),
            delay_reason: r.text(20),
            ..Claim::default()
        };
        [claim.place_of_service, claim.place_of_service_qualifier, claim.frequency] = r.first_components(5);
        if !r.bytes(11).is_empty() {
            let [first, second, third, state, country] = r.first_components(11);
            claim.related_causes = [first, second, third].into_iter().filter(|cause| !cause.is_empty()).collect();
            claim.accident_place = (state, country);
        }
        claim
    }

    fn read_segment(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            ids::DTP => push_one(&mut self.dates, DatePeriod::read(r)),
            ids::PWK => self.attachments.push(read_attachment(r)),
            ids::AMT => self.amounts.push(QualifiedAmount::read(r)),
            ids::REF => self.references.push(Reference::read(r)),
            ids::NTE => self.notes.push(ClaimNote::read(r)),
            ids::CN1 | ids::K3 | ids::CR1 | ids::CR2 | ids::CRC | ids::HCP => {
                self.details.extend(Detail::read(r, &DETAILS));
            }
            _ => self.own.read(r),
        }
    }

    pub(super) fn write(&self, out: &mut Out<'_>) {
        self.write_header(out);
        write_dates(&self.dates, out);
        self.own.write_after_dates(out);
        write_attachments(&self.attachments, out);
        write_details(&self.details, &CONTRACT, out);
        write_amounts(&self.amounts, out);
        write_references(&self.references, out);
        write_details(&self.details, &FIXED_FORMATS, out);
        self.notes.iter().for_each(|note| note.write(out));
        write_details(&self.details, &CONDITIONS, out);
        self.own.write_codes(out);
        write_details(&self.details, &REPRICING, out);
        self.providers.iter().for_each(|provider| provider.write(out));
        self.other_payers.iter().for_each(|other| other.write(out));
        self.lines.iter().for_each(|line| line.write(out));
    }

    fn write_header(&self, out: &mut Out<'_>) {
        let mut causes: Vec<&str> = self.related_causes.iter().take(3).map(Text::as_str).collect();
        causes.resize(3, "");
        causes.extend([self.accident_place.0.as_str(), self.accident_place.1.as_str()]);
        out.begin("CLM")
            .text(&self.patient_control_number)
            .amount(self.charge_amount)
            .skip(2)
            .composite([&self.place_of_service, &self.place_of_service_qualifier, &self.frequency])
            .text(&self.provider_signature)
            .text(&self.assignment)
            .text(&self.benefits_assigned)
            .text(&self.release_of_information)
            .text(&self.patient_signature_source)
            .composite(causes)
            .text(&self.special_program)
            .skip(6)
            .text(&self.predetermination)
            .text(&self.delay_reason)
            .end();
    }
}

/// The codes of the current HI: (qualifier, code).
pub(crate) fn read_codes<'a>(r: &Reader<'_, 'a>) -> impl Iterator<Item = (Text<'a>, Text<'a>)> {
    (1..=r.len()).map(|n| {
        let [qualifier, code] = r.first_components(n);
        (qualifier, code)
    })
}

/// Writes an HI of these codes, and another where one cannot hold them.
pub(crate) fn write_codes<'m, 'a: 'm>(codes: impl IntoIterator<Item = &'m (Text<'a>, Text<'a>)>, out: &mut Out<'_>) {
    let codes: Vec<_> = codes.into_iter().collect();
    for chunk in codes.chunks(CODES_PER_HI) {
        let mut segment = out.begin("HI");
        for (qualifier, code) in chunk {
            segment = segment.composite([qualifier, code]);
        }
        segment.end();
    }
}

/// HI carries at most this many codes.
pub(crate) const CODES_PER_HI: usize = 12;
