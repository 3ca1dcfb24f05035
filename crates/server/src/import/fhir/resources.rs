//! The dozen FHIR R4 resources that a bill is made of, as tolerant structs: unknown fields are passed over, missing ones
//! are `None`, and what is required is decided where it is needed.

use serde::Deserialize;

/// A reference to another resource.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Reference {
    /// `urn:uuid:…` of the bundle's entry, `Type/id`, or `#id` of a contained resource.
    pub reference: Option<String>,
    /// Words in place of a reference.
    pub display: Option<String>,
}

/// One code of one system.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Coding {
    /// Address of the code system.
    pub system: Option<String>,
    /// The code.
    pub code: Option<String>,
}

/// A concept by one or several codes.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Concept {
    /// Its codes.
    #[serde(default)]
    pub coding: Vec<Coding>,
    /// Words for it.
    pub text: Option<String>,
}

impl Concept {
    /// The code in a system, where the concept has one.
    pub fn code_in(&self, system: &str) -> Option<&str> {
        self.coding
            .iter()
            .find(|coding| coding.system.as_deref() == Some(system))
            .and_then(|coding| coding.code.as_deref())
    }

    /// The first code of any system.
    pub fn first_code(&self) -> Option<&str> {
        self.coding.iter().find_map(|coding| coding.code.as_deref())
    }
}

/// An identifier in a system's numbering.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Identifier {
    /// Whose numbering.
    pub system: Option<String>,
    /// The number.
    pub value: Option<String>,
}

/// A name of a person.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct HumanName {
    /// official, usual, maiden …
    #[serde(rename = "use")]
    pub name_use: Option<String>,
    /// Family name.
    pub family: Option<String>,
    /// Given names in order.
    #[serde(default)]
    pub given: Vec<String>,
    /// Jr, III …
    #[serde(default)]
    pub suffix: Vec<String>,
}

/// A postal address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PostalAddress {
    /// Street lines.
    #[serde(default)]
    pub line: Vec<String>,
    /// City.
    pub city: Option<String>,
    /// State, as two letters or spelled out.
    pub state: Option<String>,
    /// ZIP code with or without the hyphen.
    #[serde(rename = "postalCode")]
    pub postal_code: Option<String>,
}

/// A telephone number or e-mail address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ContactPoint {
    /// phone, email …
    pub system: Option<String>,
    /// The number or address.
    pub value: Option<String>,
}

/// From when to when.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Period {
    /// Beginning, a date or an instant with its offset.
    pub start: Option<String>,
}

/// FHIR Patient.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Patient {
    /// Id within the sending server.
    pub id: Option<String>,
    /// Numbers in several systems.
    #[serde(default)]
    pub identifier: Vec<Identifier>,
    /// Names.
    #[serde(default)]
    pub name: Vec<HumanName>,
    /// Telephone and e-mail.
    #[serde(default)]
    pub telecom: Vec<ContactPoint>,
    /// male, female, other, unknown.
    pub gender: Option<String>,
    /// Birth date.
    pub birth_date: Option<String>,
    /// When the person died.
    pub deceased_date_time: Option<String>,
    /// Addresses.
    #[serde(default)]
    pub address: Vec<PostalAddress>,
    /// Languages spoken.
    #[serde(default)]
    pub communication: Vec<Communication>,
}

/// A language of a patient.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Communication {
    /// Its code.
    #[serde(default)]
    pub language: Concept,
}

/// FHIR Practitioner.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Practitioner {
    /// Id within the sending server.
    pub id: Option<String>,
    /// Numbers; one may be an NPI.
    #[serde(default)]
    pub identifier: Vec<Identifier>,
    /// Names.
    #[serde(default)]
    pub name: Vec<HumanName>,
}

/// FHIR Organization.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Organization {
    /// Id within the sending server.
    pub id: Option<String>,
    /// Numbers in several systems.
    #[serde(default)]
    pub identifier: Vec<Identifier>,
    /// Name.
    pub name: Option<String>,
    /// Addresses.
    #[serde(default)]
    pub address: Vec<PostalAddress>,
}

/// FHIR Encounter.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Encounter {
    /// Id within the sending server.
    pub id: Option<String>,
    /// finished, cancelled, entered-in-error …
    pub status: Option<String>,
    /// AMB, EMER, IMP …
    #[serde(default)]
    pub class: Coding,
    /// What kind of visit.
    #[serde(default, rename = "type")]
    pub kind: Vec<Concept>,
    /// The patient.
    pub subject: Option<Reference>,
    /// Who took part.
    #[serde(default)]
    pub participant: Vec<Participant>,
    /// When.
    #[serde(default)]
    pub period: Period,
    /// Why the patient came.
    #[serde(default)]
    pub reason_code: Vec<Concept>,
    /// Where.
    pub service_provider: Option<Reference>,
}

/// Somebody who took part in an encounter.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Participant {
    /// The practitioner.
    pub individual: Option<Reference>,
}

/// FHIR Condition.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// confirmed, provisional, refuted, entered-in-error …
    pub verification_status: Option<Concept>,
    /// What it is.
    #[serde(default)]
    pub code: Concept,
    /// The patient.
    pub subject: Option<Reference>,
    /// The visit where it was found.
    pub encounter: Option<Reference>,
}

/// FHIR Procedure.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Procedure {
    /// completed, not-done, stopped, entered-in-error …
    pub status: Option<String>,
    /// What was done.
    #[serde(default)]
    pub code: Concept,
    /// The patient.
    pub subject: Option<Reference>,
    /// The visit where it was done.
    pub encounter: Option<Reference>,
}

/// FHIR Immunization.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Immunization {
    /// completed, not-done, entered-in-error.
    pub status: Option<String>,
    /// The vaccine.
    #[serde(default)]
    pub vaccine_code: Concept,
    /// The patient.
    pub patient: Option<Reference>,
    /// The visit where it was given.
    pub encounter: Option<Reference>,
}

/// FHIR Claim and ExplanationOfBenefit: of both only the kind, the patient, the visit and who insures are of use.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct InsuranceClaim {
    /// professional, institutional, pharmacy …
    #[serde(default, rename = "type")]
    pub kind: Concept,
    /// The patient.
    pub patient: Option<Reference>,
    /// Who insures.
    #[serde(default)]
    pub insurance: Vec<Insurance>,
    /// The lines, which name the visit.
    #[serde(default)]
    pub item: Vec<ClaimItem>,
}

/// One insurance of a claim.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Insurance {
    /// The coverage, by reference or in words.
    #[serde(default)]
    pub coverage: Reference,
}

/// One line of a claim.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ClaimItem {
    /// The visits it is for.
    #[serde(default)]
    pub encounter: Vec<Reference>,
}

/// FHIR Coverage.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Id within the sending server.
    pub id: Option<String>,
    /// Number on the card.
    pub subscriber_id: Option<String>,
    /// Who is covered.
    pub beneficiary: Option<Reference>,
    /// The payers, by reference or in words (FHIR's own spelling).
    #[serde(default, rename = "payor")]
    pub payers: Vec<Reference>,
}
