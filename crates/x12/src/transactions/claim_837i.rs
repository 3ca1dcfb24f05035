//! 837I (005010X223, A1 to A3): institutional claims.
//!
//! The levels, the claim and its lines are those that all claims share; the admission, the codes of the stay and the
//! revenue service are its own. No flag of a claim has a default here: what is not in the data is not in the file.

use super::claim_837::{self, CODES_PER_HI, ClaimPart, ServicePart};
use super::fields::Reader;
use super::out::Out;
use super::service::{Procedure, When};
use super::text::Text;
use crate::ids;
use crate::{Amount, Problem, TransactionSet};

pub use super::claim_837::write;

/// The guides of institutional claims begin so.
const GUIDE: &str = "005010X223";

/// One 837I transaction set.
pub type ClaimFile<'a> = claim_837::ClaimFile<'a, Claim<'a>>;
/// Loop 2000A of an institutional claim file.
pub type BillingProvider<'a> = claim_837::BillingProvider<'a, Claim<'a>>;
/// Loop 2000B of an institutional claim file.
pub type Subscriber<'a> = claim_837::Subscriber<'a, Claim<'a>>;
/// Loop 2000C of an institutional claim file.
pub type Dependent<'a> = claim_837::Dependent<'a, Claim<'a>>;
/// Loop 2300 of an institutional claim file: a stay or a visit.
pub type Claim<'a> = claim_837::Claim<'a, Institutional<'a>, Service<'a>>;
/// Loop 2400 of an institutional claim file.
pub type ServiceLine<'a> = claim_837::ServiceLine<'a, Service<'a>>;
/// The institutional claims of a file as they are read from it.
pub type Claims<R> = claim_837::Claims<R, Institutional<'static>, Service<'static>>;

/// The claims, borrowed from the set, and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (ClaimFile<'a>, Vec<Problem>) {
    claim_837::read_file(Reader::new(set))
}

/// The claims, owned, and what could not be read of them.
pub fn read_owned(set: &TransactionSet<'_>) -> (ClaimFile<'static>, Vec<Problem>) {
    claim_837::read_file(Reader::copying(set))
}

/// Every institutional claim of a file of any size, owned, one after the other.
pub fn stream<R: std::io::Read>(reader: R) -> Claims<R> {
    Claims::new(reader, GUIDE)
}

/// What only an institutional claim has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Institutional<'a> {
    /// CL101: how urgent the admission was.
    pub admission_type: Text<'a>,
    /// CL102: where the patient came from.
    pub admission_source: Text<'a>,
    /// CL103: where the patient was at the end of the statement.
    pub patient_status: Text<'a>,
    /// HI: every code with its kind, the principal diagnosis (`ABK`) first; a run of one kind shares a segment.
    pub codes: Vec<ClaimCode<'a>>,
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

    fn read(r: &Reader<'_, 'a>, n: usize) -> Self {
        let [kind, code, form, when, amount, _, _, _, present_on_admission] = r.first_components(n);
        let when = (!form.is_empty()).then(|| When::from_texts(form, when));
        ClaimCode { kind, code, when, amount, present_on_admission }
    }

    fn components(&self) -> [Text<'a>; 9] {
        let (form, when) = self.when.as_ref().map(When::elements).unwrap_or_default();
        let [none, nothing, no_text] = [Text::EMPTY; 3];
        let poa = self.present_on_admission.clone();
        [self.kind.clone(), self.code.clone(), form, when, self.amount.clone(), none, nothing, no_text, poa]
    }
}

impl<'a> Claim<'a> {
    /// The codes of one kind, in order.
    pub fn codes_of<'m>(&'m self, kind: &'m str) -> impl Iterator<Item = &'m ClaimCode<'a>> {
        self.own.codes.iter().filter(move |code| code.kind == kind)
    }
}

impl<'a> ClaimPart<'a> for Institutional<'a> {
    fn read(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            ids::CL1 => {
                self.admission_type = r.text(1);
                self.admission_source = r.text(2);
                self.patient_status = r.text(3);
            }
            ids::HI => self.codes.extend((1..=r.len()).map(|n| ClaimCode::read(r, n))),
            _ => {}
        }
    }

    fn write_after_dates(&self, out: &mut Out<'_>) {
        out.begin("CL1").text(&self.admission_type).text(&self.admission_source).text(&self.patient_status).end();
    }

    fn write_codes(&self, out: &mut Out<'_>) {
        for run in self.codes.chunk_by(|one, next| one.kind == next.kind) {
            for chunk in run.chunks(CODES_PER_HI) {
                let mut segment = out.begin("HI");
                for code in chunk {
                    segment = segment.composite(code.components());
                }
                segment.end();
            }
        }
    }
}

/// SV2: a revenue line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service<'a> {
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
}

impl<'a> ServicePart<'a> for Service<'a> {
    fn read(&mut self, r: &mut Reader<'_, 'a>) {
        if r.id() != ids::SV2 {
            return;
        }
        *self = Service {
            revenue_code: r.text(1),
            procedure: Procedure::read_optional(r, 2),
            charge_amount: r.amount(3),
            unit: r.text(4),
            units: r.text(5),
            non_covered_amount: r.optional_amount(7),
        };
    }

    fn write(&self, out: &mut Out<'_>) {
        out.begin("SV2")
            .text(&self.revenue_code)
            .composite(self.procedure.as_ref().map(Procedure::components).unwrap_or_default())
            .amount(self.charge_amount)
            .text(&self.unit)
            .text(&self.units)
            .skip(1)
            .optional_amount(self.non_covered_amount)
            .end();
    }
}
