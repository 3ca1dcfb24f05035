//! 837P (005010X222A1 and A2): professional claims.
//!
//! The patient of a claim is the subscriber (loop 2000B) or a dependent (loop 2000C); callers need
//! not know: [`ClaimFile::claims`](claim_837::ClaimFile::claims) yields every claim with the people it is about. No flag
//! of a claim has a default here: what is not in the data is not in the file.

use super::claim_837::{self, ClaimPart, ServicePart, read_codes, write_codes};
use super::fields::Reader;
use super::out::Out;
use super::service::Procedure;
use super::text::Text;
use crate::ids;
use crate::{Amount, Problem, TransactionSet};

pub use super::claim_837::{
    ClaimNote, Drug, OtherPayer, OtherPayerLine, PatientInformation, StreamedClaim, SubscriberInformation, write,
};

/// The guides of professional claims begin so.
const GUIDE: &str = "005010X222";

/// One 837P transaction set.
pub type ClaimFile<'a> = claim_837::ClaimFile<'a, Claim<'a>>;
/// Loop 2000A of a professional claim file.
pub type BillingProvider<'a> = claim_837::BillingProvider<'a, Claim<'a>>;
/// Loop 2000B of a professional claim file.
pub type Subscriber<'a> = claim_837::Subscriber<'a, Claim<'a>>;
/// Loop 2000C of a professional claim file.
pub type Dependent<'a> = claim_837::Dependent<'a, Claim<'a>>;
/// Loop 2300 of a professional claim file.
pub type Claim<'a> = claim_837::Claim<'a, Professional<'a>, Service<'a>>;
/// Loop 2400 of a professional claim file.
pub type ServiceLine<'a> = claim_837::ServiceLine<'a, Service<'a>>;
/// The professional claims of a file as they are read from it.
pub type Claims<R> = claim_837::Claims<R, Professional<'static>, Service<'static>>;

/// The claims, borrowed from the set, and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (ClaimFile<'a>, Vec<Problem>) {
    claim_837::read_file(Reader::new(set))
}

/// The claims, owned, and what could not be read of them.
pub fn read_owned(set: &TransactionSet<'_>) -> (ClaimFile<'static>, Vec<Problem>) {
    claim_837::read_file(Reader::copying(set))
}

/// Every professional claim of a file of any size, owned, one after the other.
pub fn stream<R: std::io::Read>(reader: R) -> Claims<R> {
    Claims::new(reader, GUIDE)
}

/// What only a professional claim has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Professional<'a> {
    /// HI: (qualifier, code), the principal (`ABK`) first, at most twelve.
    pub diagnoses: Vec<(Text<'a>, Text<'a>)>,
    /// HI*BP anaesthesia related and HI*BG condition codes: (qualifier, code).
    pub other_codes: Vec<(Text<'a>, Text<'a>)>,
}

impl<'a> ClaimPart<'a> for Professional<'a> {
    fn read(&mut self, r: &mut Reader<'_, 'a>) {
        if r.id() != ids::HI {
            return;
        }
        for (qualifier, code) in read_codes(r) {
            match qualifier.as_str() {
                "ABK" | "ABF" | "BK" | "BF" => self.diagnoses.push((qualifier, code)),
                _ => self.other_codes.push((qualifier, code)),
            }
        }
    }

    fn write_after_dates(&self, _: &mut Out<'_>) {}

    fn write_codes(&self, out: &mut Out<'_>) {
        write_codes(&self.diagnoses, out);
        // Anaesthesia procedures, condition codes and others stand in HI segments of their own, a kind each; BO goes
        // on where BP began.
        let kind_of = |qualifier: &'_ Text<'_>| if qualifier == "BO" { "BP".to_owned() } else { qualifier.to_string() };
        let mut kinds: Vec<String> = Vec::new();
        for (qualifier, _) in &self.other_codes {
            let kind = kind_of(qualifier);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        for kind in kinds {
            write_codes(self.other_codes.iter().filter(|(qualifier, _)| kind_of(qualifier) == kind), out);
        }
    }
}

/// SV1: a professional service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service<'a> {
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
}

impl<'a> ServicePart<'a> for Service<'a> {
    fn read(&mut self, r: &mut Reader<'_, 'a>) {
        if r.id() != ids::SV1 {
            return;
        }
        *self = Service {
            procedure: Procedure::read(r, 1),
            charge_amount: r.amount(2),
            unit: r.text(3),
            units: r.text(4),
            place_of_service: r.text(5),
            diagnosis_pointers: r.components(7),
            emergency: r.text(9),
            epsdt: r.text(11),
            family_planning: r.text(12),
            copay_exempt: r.text(15),
        };
    }

    fn write(&self, out: &mut Out<'_>) {
        out.begin("SV1")
            .composite(self.procedure.components())
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
    }
}
