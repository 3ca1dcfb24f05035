//! Loop 2300 of an institutional claim: the stay or visit, its codes, and everyone who took part.

use super::ServiceLine;
use crate::Amount;
use crate::transactions::claim_837p::{ClaimLoop, ClaimNote, OtherPayer, read_attachment, write_attachments};
use crate::transactions::fields::{Out, Reader, Source, Text};
use crate::transactions::party::{Party, Reference, reference, write_references};
use crate::transactions::service::{DatePeriod, QualifiedAmount, When, date_of, write_amounts, write_dates};

/// HI carries at most this many codes.
const CODES_PER_HI: usize = 12;

/// One institutional claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// CLM01.
    pub patient_control_number: Text<'a>,
    /// CLM02.
    pub charge_amount: Amount,
    /// CLM05-1: the first two positions of the type of bill.
    pub bill_type: Text<'a>,
    /// CLM05-2: `A`.
    pub bill_type_qualifier: Text<'a>,
    /// CLM05-3: the third position of the type of bill.
    pub frequency: Text<'a>,
    /// CLM07: `A` assigned, `B` lab only, `C` not assigned.
    pub assignment: Text<'a>,
    /// CLM08: benefits assigned to the provider.
    pub benefits_assigned: Text<'a>,
    /// CLM09: `Y` or `I`.
    pub release_of_information: Text<'a>,
    /// CLM20.
    pub delay_reason: Text<'a>,
    /// DTP: `434` statement, `435` admission, `096` discharge hour, `050` repricer.
    pub dates: Vec<DatePeriod<'a>>,
    /// CL101: how urgent the admission was.
    pub admission_type: Text<'a>,
    /// CL102: where the patient came from.
    pub admission_source: Text<'a>,
    /// CL103: where the patient was at the end of the statement.
    pub patient_status: Text<'a>,
    /// PWK: report type, transmission, control number (PWK06).
    pub attachments: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// CN1, element by element.
    pub contract: Vec<Text<'a>>,
    /// AMT*F3 patient's estimated share.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// REF: `G1` prior authorization, `F8` payer's claim number, `EA` medical record, `D9` …
    pub references: Vec<Reference<'a>>,
    /// K3: fixed formats that a payer was allowed to ask for.
    pub fixed_formats: Vec<Text<'a>>,
    /// NTE.
    pub notes: Vec<ClaimNote<'a>>,
    /// CRC, element by element.
    pub conditions: Vec<Vec<Text<'a>>>,
    /// HI: every code with its kind, the principal diagnosis (`ABK`) first; a run of one kind shares a segment.
    pub codes: Vec<ClaimCode<'a>>,
    /// HCP, element by element.
    pub repricing: Vec<Text<'a>>,
    /// Loops 2310: `71` attending, `72` operating, `ZZ` other operating, `82` rendering, `77` facility, `DN` referring.
    pub providers: Vec<Party<'a>>,
    /// Loops 2320: the other payers.
    pub other_payers: Vec<OtherPayer<'a>>,
    /// Loops 2400.
    pub lines: Vec<ServiceLine<'a>>,
}

/// A code of the claim, one composite of HI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimCode<'a> {
    /// Component 1: `ABK` principal diagnosis, `ABF` another, `BBR` procedure, `BH` occurrence, `BE` value …
    pub kind: Text<'a>,
    /// Component 2.
    pub code: Text<'a>,
    /// Components 3 and 4: when, for procedures and occurrences.
    pub when: Option<When<'a>>,
    /// Component 5: the amount of a value code, which need not be money.
    pub amount: Text<'a>,
    /// Component 9: whether the diagnosis was there at admission.
    pub present_on_admission: Text<'a>,
}

impl<'a> ClaimCode<'a> {
    /// A code without date or amount.
    pub fn new(kind: impl Into<Text<'a>>, code: impl Into<Text<'a>>) -> Self {
        ClaimCode { kind: kind.into(), code: code.into(), ..ClaimCode::default() }
    }

    fn read(r: &mut Reader<'_, 'a>, n: usize) -> Self {
        let form = r.component(n, 3);
        ClaimCode {
            kind: r.component(n, 1),
            code: r.component(n, 2),
            when: (!form.is_empty()).then(|| When::from_texts(form, r.component(n, 4))),
            amount: r.component(n, 5),
            present_on_admission: r.component(n, 9),
        }
    }

    fn components(&self) -> Vec<Text<'a>> {
        let (form, when) = self.when.as_ref().map(When::elements).unwrap_or_default();
        let mut parts = vec![self.kind.clone(), self.code.clone(), form, when, self.amount.clone()];
        if !self.present_on_admission.is_empty() {
            parts.resize(8, Text::default());
            parts.push(self.present_on_admission.clone());
        }
        parts
    }
}

impl<'a> Claim<'a> {
    /// The codes of one kind, in order.
    pub fn codes_of<'m>(&'m self, kind: &'m str) -> impl Iterator<Item = &'m ClaimCode<'a>> {
        self.codes.iter().filter(move |code| code.kind == kind)
    }

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
            bill_type: r.component(5, 1),
            bill_type_qualifier: r.component(5, 2),
            frequency: r.component(5, 3),
            assignment: r.text(7),
            benefits_assigned: r.text(8),
            release_of_information: r.text(9),
            delay_reason: r.text(20),
            ..Claim::default()
        }
    }

    fn read_segment(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            "DTP" => self.dates.push(DatePeriod::read(r)),
            "CL1" => {
                self.admission_type = r.text(1);
                self.admission_source = r.text(2);
                self.patient_status = r.text(3);
            }
            "PWK" => self.attachments.push(read_attachment(r)),
            "CN1" => self.contract = r.texts(),
            "AMT" => self.amounts.push(QualifiedAmount::read(r)),
            "REF" => self.references.push(Reference::read(r)),
            "K3" => self.fixed_formats.push(r.text(1)),
            "NTE" => self.notes.push(ClaimNote { code: r.text(1), text: r.text(2) }),
            "CRC" => self.conditions.push(r.texts()),
            "HI" => {
                for n in 1..=r.len() {
                    let code = ClaimCode::read(r, n);
                    self.codes.push(code);
                }
            }
            "HCP" => self.repricing = r.texts(),
            _ => {}
        }
    }

    fn write_codes(&self, out: &mut Out<'_>) {
        for run in self.codes.chunk_by(|one, next| one.kind == next.kind) {
            for chunk in run.chunks(CODES_PER_HI) {
                let mut segment = out.begin("HI");
                for code in chunk {
                    segment = segment.composite(&code.components());
                }
                segment.end();
            }
        }
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
        out.begin("CLM")
            .text(&self.patient_control_number)
            .amount(self.charge_amount)
            .skip(2)
            .composite(&[self.bill_type.clone(), self.bill_type_qualifier.clone(), self.frequency.clone()])
            .skip(1)
            .text(&self.assignment)
            .text(&self.benefits_assigned)
            .text(&self.release_of_information)
            .skip(10)
            .text(&self.delay_reason)
            .end();
        write_dates(&self.dates, out);
        out.begin("CL1").text(&self.admission_type).text(&self.admission_source).text(&self.patient_status).end();
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
        self.conditions.iter().for_each(|condition| out.texts("CRC", condition));
        self.write_codes(out);
        out.texts("HCP", &self.repricing);
        self.providers.iter().for_each(|provider| provider.write(out));
        self.other_payers.iter().for_each(|other| other.write(out));
        self.lines.iter().for_each(|line| line.write(out));
    }
}
