//! What a rule sees: the claim, the day, and what else the patient was billed for.

use billing::claim::{Claim, ClaimBody, ServiceLine};
use billing::person::Address;
use jiff::civil::Date;

use crate::own::StandingRule;

/// A service that stands on another claim of the same patient to the same payer, alive or paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BilledService {
    /// Procedure code.
    pub procedure: String,
    /// When.
    pub date_of_service: Date,
}

/// What a rule sees.
#[derive(Debug, Clone, Copy)]
pub struct ScrubInput<'a> {
    /// The claim as it would be sent.
    pub claim: &'a Claim,
    /// The practice's day.
    pub today: Date,
    /// Services on the patient's other claims to this payer.
    pub already_billed: &'a [BilledService],
    /// The practice's own rules that stand.
    pub own_rules: &'a [StandingRule],
}

impl<'a> ScrubInput<'a> {
    /// What the 837 would say.
    pub fn body(&self) -> &'a ClaimBody {
        &self.claim.body
    }

    /// The service lines.
    pub fn lines(&self) -> impl Iterator<Item = &'a ServiceLine> + use<'a> {
        self.claim.body.lines.iter()
    }

    /// The patient's birth date: the dependent's where there is one.
    pub fn patient_birth_date(&self) -> Date {
        match &self.body().dependent {
            Some(dependent) => *dependent.birth_date.reveal(),
            None => *self.body().subscriber.birth_date.reveal(),
        }
    }

    /// The setting of a line: its own, else the claim's.
    pub fn place<'l>(&self, line: &'l ServiceLine) -> &'l str
    where
        'a: 'l,
    {
        line.place_of_service.as_deref().unwrap_or(&self.claim.body.place_of_service)
    }

    /// The path of the field where a line's setting is mended.
    pub fn place_field(&self, line: &ServiceLine) -> String {
        match line.place_of_service {
            Some(_) => line_field(line, "place_of_service"),
            None => "place_of_service".to_owned(),
        }
    }

    /// Medicare part B, whose rules differ in a few places (claim filing indicator MB).
    pub fn is_medicare(&self) -> bool {
        self.body().payer.filing_indicator == "MB"
    }
}

/// The path of a line's field: `lines[2].units`, the number being the line's own, from 1.
pub fn line_field(line: &ServiceLine, field: &str) -> String {
    format!("lines[{}].{field}", line.number)
}

/// The path of a diagnosis: `diagnoses[1]`, from 1 as pointers count.
pub fn diagnosis_field(index: usize) -> String {
    format!("diagnoses[{}]", index + 1)
}

/// The field of the first diagnosis when its code has a trait on the claim's first date.
pub fn first_diagnosis(input: &ScrubInput<'_>, has: fn(codes::icd10cm::Traits) -> bool) -> Option<String> {
    let on = input.body().first_date_of_service()?;
    let first = codes::icd10cm::lookup(input.body().diagnoses.first()?, on)?;
    has(first.traits).then(|| diagnosis_field(0))
}

/// The parts of an address that are missing or malformed: the field's last word and what to call it.
pub fn missing_parts(address: &Address) -> Vec<(&'static str, &'static str)> {
    let zip = codes::postal::zip_digits(&address.zip);
    let zip_holds = codes::postal::is_zip5(&zip) || codes::postal::is_zip9(&zip);
    let parts = [
        ("line1", "street", !address.line1.trim().is_empty()),
        ("city", "city", !address.city.trim().is_empty()),
        ("state", "state", codes::postal::state_name(&address.state).is_some()),
        ("zip", "ZIP", zip_holds),
    ];
    parts.into_iter().filter(|(_, _, holds)| !holds).map(|(part, what, _)| (part, what)).collect()
}
