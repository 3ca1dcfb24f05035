//! 837D (005010X224, A1 to A3): dental claims.
//!
//! The levels, the claim and its lines are those that all claims share; teeth, orthodontics and the dental service are
//! its own. No flag of a claim has a default here: what is not in the data is not in the file.

use super::claim_837::{self, ClaimPart, ServicePart, read_codes, write_codes};
use super::fields::Reader;
use super::out::Out;
use super::service::Procedure;
use super::text::Text;
use crate::ids;
use crate::{Amount, Problem, TransactionSet};

pub use super::claim_837::write;

/// The guides of dental claims begin so.
const GUIDE: &str = "005010X224";

/// One 837D transaction set.
pub type ClaimFile<'a> = claim_837::ClaimFile<'a, Claim<'a>>;
/// Loop 2000A of a dental claim file.
pub type BillingProvider<'a> = claim_837::BillingProvider<'a, Claim<'a>>;
/// Loop 2000B of a dental claim file.
pub type Subscriber<'a> = claim_837::Subscriber<'a, Claim<'a>>;
/// Loop 2000C of a dental claim file.
pub type Dependent<'a> = claim_837::Dependent<'a, Claim<'a>>;
/// Loop 2300 of a dental claim file: a claim, or with CLM19 a request what would be paid.
pub type Claim<'a> = claim_837::Claim<'a, Dental<'a>, Service<'a>>;
/// Loop 2400 of a dental claim file.
pub type ServiceLine<'a> = claim_837::ServiceLine<'a, Service<'a>>;
/// The dental claims of a file as they are read from it.
pub type Claims<R> = claim_837::Claims<R, Dental<'static>, Service<'static>>;

/// The claims, borrowed from the set, and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (ClaimFile<'a>, Vec<Problem>) {
    claim_837::read_file(Reader::new(set))
}

/// The claims, owned, and what could not be read of them.
pub fn read_owned(set: &TransactionSet<'_>) -> (ClaimFile<'static>, Vec<Problem>) {
    claim_837::read_file(Reader::copying(set))
}

/// Every dental claim of a file of any size, owned, one after the other.
pub fn stream<R: std::io::Read>(reader: R) -> Claims<R> {
    Claims::new(reader, GUIDE)
}

/// What only a dental claim has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dental<'a> {
    /// DN1.
    pub orthodontics: Option<Orthodontics<'a>>,
    /// DN2: teeth that are missing or to be extracted.
    pub tooth_statuses: Vec<ToothStatus<'a>>,
    /// HI: (qualifier, code), the principal first, at most four.
    pub diagnoses: Vec<(Text<'a>, Text<'a>)>,
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

impl<'a> ClaimPart<'a> for Dental<'a> {
    fn read(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            ids::DN1 => {
                self.orthodontics = Some(Orthodontics {
                    months: r.text(1),
                    months_remaining: r.text(2),
                    is_orthodontic: r.text(3),
                    description: r.text(4),
                });
            }
            ids::DN2 => self.tooth_statuses.push(ToothStatus { tooth: r.text(1), status: r.text(2) }),
            ids::HI => self.diagnoses.extend(read_codes(r)),
            _ => {}
        }
    }

    fn write_after_dates(&self, out: &mut Out<'_>) {
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
    }

    fn write_codes(&self, out: &mut Out<'_>) {
        write_codes(&self.diagnoses, out);
    }
}

/// SV3 and TOO: a dental service with its teeth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service<'a> {
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
}

/// TOO: a tooth and the surfaces of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tooth<'a> {
    /// TOO02, by the universal numbering.
    pub number: Text<'a>,
    /// TOO03: `M`, `O`, `D`, `B`, `L`, `F`, `I`.
    pub surfaces: Vec<Text<'a>>,
}

impl<'a> ServicePart<'a> for Service<'a> {
    fn read(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            ids::SV3 => {
                self.procedure = Procedure::read(r, 1);
                self.charge_amount = r.amount(2);
                self.place_of_service = r.text(3);
                self.oral_cavities = r.components(4);
                self.prosthesis = r.text(5);
                self.units = r.text(6);
                self.diagnosis_pointers = r.components(11);
            }
            ids::TOO => self.teeth.push(Tooth { number: r.text(2), surfaces: r.components(3) }),
            _ => {}
        }
    }

    fn write(&self, out: &mut Out<'_>) {
        out.begin("SV3")
            .composite(self.procedure.components())
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
    }
}
