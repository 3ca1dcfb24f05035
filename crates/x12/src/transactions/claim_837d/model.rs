//! Loop 2300 of a dental claim: the visit or the treatment plan, teeth, and everyone who took part.

use super::ServiceLine;
use crate::Amount;
use crate::transactions::claim_837p::{ClaimLoop, ClaimNote, OtherPayer, read_attachment, write_attachments};
use crate::transactions::fields::{Out, Reader, Source, Text};
use crate::transactions::party::{Party, Reference, reference, write_references};
use crate::transactions::service::{DatePeriod, QualifiedAmount, When, date_of, write_amounts, write_dates};

/// One dental claim, or with CLM19 a request what would be paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// CLM01.
    pub patient_control_number: Text<'a>,
    /// CLM02.
    pub charge_amount: Amount,
    /// CLM05-1.
    pub place_of_service: Text<'a>,
    /// CLM05-2: `B`.
    pub place_of_service_qualifier: Text<'a>,
    /// CLM05-3: `1` original, `7` replacement, `8` void.
    pub frequency: Text<'a>,
    /// CLM06: provider's signature on file.
    pub provider_signature: Text<'a>,
    /// CLM07.
    pub assignment: Text<'a>,
    /// CLM08: benefits assigned to the provider.
    pub benefits_assigned: Text<'a>,
    /// CLM09: `Y` or `I`.
    pub release_of_information: Text<'a>,
    /// CLM11-1 and 2: `AA` auto, `EM` employment, `OA` other accident.
    pub related_causes: Vec<Text<'a>>,
    /// CLM11-4 and 5: state and country of an auto accident.
    pub accident_place: (Text<'a>, Text<'a>),
    /// CLM12.
    pub special_program: Text<'a>,
    /// CLM19: `PB` asks what would be paid.
    pub predetermination: Text<'a>,
    /// CLM20.
    pub delay_reason: Text<'a>,
    /// DTP: `472` service, `439` accident, `452` appliance.
    pub dates: Vec<DatePeriod<'a>>,
    /// DN1.
    pub orthodontics: Option<Orthodontics<'a>>,
    /// DN2: teeth that are missing or to be extracted.
    pub tooth_statuses: Vec<ToothStatus<'a>>,
    /// PWK: report type, transmission, control number (PWK06).
    pub attachments: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// CN1, element by element.
    pub contract: Vec<Text<'a>>,
    /// AMT*F5 patient paid.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// REF: `G3` predetermination, `G1` prior authorization, `F8` payer's claim number …
    pub references: Vec<Reference<'a>>,
    /// K3: fixed formats that a payer was allowed to ask for.
    pub fixed_formats: Vec<Text<'a>>,
    /// NTE.
    pub notes: Vec<ClaimNote<'a>>,
    /// HI: (qualifier, code), the principal first, at most four.
    pub diagnoses: Vec<(Text<'a>, Text<'a>)>,
    /// HCP, element by element.
    pub repricing: Vec<Text<'a>>,
    /// Loops 2310: `DN` referring, `82` rendering, `77` facility, `DD` assistant surgeon, `DQ` supervising.
    pub providers: Vec<Party<'a>>,
    /// Loops 2320: the other payers.
    pub other_payers: Vec<OtherPayer<'a>>,
    /// Loops 2400.
    pub lines: Vec<ServiceLine<'a>>,
}

/// DN1: months of orthodontic treatment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orthodontics<'a> {
    /// DN101: months in all.
    pub months: Text<'a>,
    /// DN102: months that remain.
    pub months_remaining: Text<'a>,
    /// DN103: `Y` where services are for orthodontic purposes.
    pub is_orthodontic: Text<'a>,
    /// DN104.
    pub description: Text<'a>,
}

/// DN2: a tooth that is missing (`M`) or to be extracted (`E`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToothStatus<'a> {
    /// DN201, by the universal numbering.
    pub tooth: Text<'a>,
    /// DN202.
    pub status: Text<'a>,
}

impl<'a> Claim<'a> {
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

    fn read_header(r: &mut Reader<'_, 'a>) -> Self {
        Claim {
            patient_control_number: r.text(1),
            charge_amount: r.amount(2),
            place_of_service: r.component(5, 1),
            place_of_service_qualifier: r.component(5, 2),
            frequency: r.component(5, 3),
            provider_signature: r.text(6),
            assignment: r.text(7),
            benefits_assigned: r.text(8),
            release_of_information: r.text(9),
            related_causes: (1..=2).map(|n| r.component(11, n)).filter(|cause| !cause.is_empty()).collect(),
            accident_place: (r.component(11, 4), r.component(11, 5)),
            special_program: r.text(12),
            predetermination: r.text(19),
            delay_reason: r.text(20),
            ..Claim::default()
        }
    }

    fn read_segment(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            "DTP" => self.dates.push(DatePeriod::read(r)),
            "DN1" => {
                self.orthodontics = Some(Orthodontics {
                    months: r.text(1),
                    months_remaining: r.text(2),
                    is_orthodontic: r.text(3),
                    description: r.text(4),
                });
            }
            "DN2" => self.tooth_statuses.push(ToothStatus { tooth: r.text(1), status: r.text(2) }),
            "PWK" => self.attachments.push(read_attachment(r)),
            "CN1" => self.contract = r.texts(),
            "AMT" => self.amounts.push(QualifiedAmount::read(r)),
            "REF" => self.references.push(Reference::read(r)),
            "K3" => self.fixed_formats.push(r.text(1)),
            "NTE" => self.notes.push(ClaimNote { code: r.text(1), text: r.text(2) }),
            "HI" => {
                let codes = (1..=r.len()).map(|n| (r.component(n, 1), r.component(n, 2)));
                self.diagnoses.extend(codes);
            }
            "HCP" => self.repricing = r.texts(),
            _ => {}
        }
    }

    fn write_header(&self, out: &mut Out<'_>) {
        let mut causes = self.related_causes.clone();
        if !(self.accident_place.0.is_empty() && self.accident_place.1.is_empty()) {
            causes.resize(3, Text::default());
            causes.extend([self.accident_place.0.clone(), self.accident_place.1.clone()]);
        }
        let place = [self.place_of_service.clone(), self.place_of_service_qualifier.clone(), self.frequency.clone()];
        out.begin("CLM")
            .text(&self.patient_control_number)
            .amount(self.charge_amount)
            .skip(2)
            .composite(&place)
            .text(&self.provider_signature)
            .text(&self.assignment)
            .text(&self.benefits_assigned)
            .text(&self.release_of_information)
            .skip(1)
            .composite(&causes)
            .text(&self.special_program)
            .skip(6)
            .text(&self.predetermination)
            .text(&self.delay_reason)
            .end();
    }
}

impl<'a> ClaimLoop<'a> for Claim<'a> {
    fn read(r: &mut Reader<'_, 'a>) -> Self {
        let start = r.position();
        let mut claim = Claim::read_header(r);
        r.advance();
        loop {
            match r.id() {
                "NM1" => claim.providers.push(Party::read(r)),
                "SBR" => claim.other_payers.push(OtherPayer::read(r)),
                "LX" => claim.lines.push(ServiceLine::read(r)),
                "CLM" | "HL" | "SE" | "" => break,
                _ => {
                    claim.read_segment(r);
                    r.advance();
                }
            }
        }
        claim.source = r.source_since(start);
        claim
    }

    fn write(&self, out: &mut Out<'_>) {
        self.write_header(out);
        write_dates(&self.dates, out);
        if let Some(plan) = &self.orthodontics {
            out.begin("DN1")
                .text(&plan.months)
                .text(&plan.months_remaining)
                .text(&plan.is_orthodontic)
                .text(&plan.description)
                .end();
        }
        for tooth in &self.tooth_statuses {
            out.begin("DN2").text(&tooth.tooth).text(&tooth.status).skip(3).text("JP").end();
        }
        write_attachments(&self.attachments, out);
        out.texts("CN1", &self.contract);
        write_amounts(&self.amounts, out);
        write_references(&self.references, out);
        for format in &self.fixed_formats {
            out.begin("K3").text(format).end();
        }
        for note in &self.notes {
            out.begin("NTE").text(&note.code).text(&note.text).end();
        }
        let mut segment = out.begin("HI");
        for (qualifier, code) in &self.diagnoses {
            segment = segment.composite(&[qualifier.clone(), code.clone()]);
        }
        segment.end();
        out.texts("HCP", &self.repricing);
        self.providers.iter().for_each(|provider| provider.write(out));
        self.other_payers.iter().for_each(|other| other.write(out));
        self.lines.iter().for_each(|line| line.write(out));
    }
}
