//! Reads FHIR bundle files into resources keyed by what other resources call them. Refuses a file that is not a bundle,
//! an entry that cannot be read, and a reference that leads nowhere; counts the resources a bill has no use for.

use std::collections::{BTreeMap, HashMap};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::resources::{
    Condition, Coverage, Encounter, Immunization, InsuranceClaim, Organization, Patient, Practitioner, Procedure,
    Reference,
};
use crate::import::{InputProblem, Unreadable};

/// A file as the user named it, with its bytes.
pub struct SourceFile {
    /// For messages.
    pub name: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// A patient's whole history is a few hundred kilobytes; a file past this is not one patient's bundle, and reading it
/// whole into memory would be a way to stop the server.
const LARGEST_FILE_BYTES: usize = 64 * 1024 * 1024;

/// One resource with where it came from.
#[derive(Debug)]
pub struct Located<T> {
    /// What other resources call it: the entry's `fullUrl`, or `Type/id`.
    pub key: String,
    /// The file it stands in.
    pub file: String,
    /// "entry 12 (Encounter)".
    pub place: String,
    /// The resource.
    pub resource: T,
}

/// All that was read from all files.
#[derive(Debug, Default)]
pub struct Bundles {
    /// Patients in file order.
    pub patients: Vec<Located<Patient>>,
    /// Practitioners in file order.
    pub practitioners: Vec<Located<Practitioner>>,
    /// Organizations in file order.
    pub organizations: Vec<Located<Organization>>,
    /// Encounters in file order.
    pub encounters: Vec<Located<Encounter>>,
    /// Conditions in file order.
    pub conditions: Vec<Located<Condition>>,
    /// Procedures in file order.
    pub procedures: Vec<Located<Procedure>>,
    /// Immunizations in file order.
    pub immunizations: Vec<Located<Immunization>>,
    /// Claims in file order.
    pub claims: Vec<Located<InsuranceClaim>>,
    /// Explanations of benefits in file order.
    pub explanations: Vec<Located<InsuranceClaim>>,
    /// Coverages that stand by themselves.
    pub coverages: Vec<Located<Coverage>>,
    /// Resources that no bill is made of, by type.
    pub unused: BTreeMap<String, usize>,
    /// Every name by which a resource can be referred to, with its key.
    names: HashMap<String, String>,
}

impl Bundles {
    /// The key of the resource a reference leads to.
    pub fn resolve(&self, reference: Option<&Reference>) -> Option<&str> {
        let name = reference?.reference.as_deref()?;
        self.names.get(name).map(String::as_str)
    }
}

/// Reads all files, then checks every reference that a bill depends on, over all files together.
pub fn read_files(files: &[SourceFile]) -> Result<Bundles, Unreadable> {
    let mut bundles = Bundles::default();
    let mut problems = Vec::new();
    if files.is_empty() {
        problems.push(InputProblem {
            file: "import".to_owned(),
            place: "command line".to_owned(),
            problem: "no file was named".to_owned(),
            remedy: "Name one or more FHIR R4 bundle files".to_owned(),
        });
    }
    for file in files {
        read_file(file, &mut bundles, &mut problems);
    }
    if problems.is_empty() {
        check_references(&bundles, &mut problems);
    }
    if problems.is_empty() { Ok(bundles) } else { Err(Unreadable(problems)) }
}

fn read_file(file: &SourceFile, bundles: &mut Bundles, problems: &mut Vec<InputProblem>) {
    let mut refuse = |place: String, problem: String, remedy: &str| {
        problems.push(InputProblem { file: file.name.clone(), place, problem, remedy: remedy.to_owned() });
    };
    let export_again = "Export the file again as a FHIR R4 bundle in JSON";
    if file.bytes.len() > LARGEST_FILE_BYTES {
        let problem = format!("the file has more than {} MiB", LARGEST_FILE_BYTES / 1024 / 1024);
        return refuse("whole file".to_owned(), problem, "Split it into bundles of one patient each");
    }
    if file.bytes.is_empty() {
        return refuse("whole file".to_owned(), "the file is empty".to_owned(), export_again);
    }
    let text = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    let root: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            let problem = match error.classify() {
                serde_json::error::Category::Eof => "the JSON ends in the middle: the file is truncated",
                serde_json::error::Category::Io
                | serde_json::error::Category::Syntax
                | serde_json::error::Category::Data => "this is not JSON",
            };
            return refuse(place, problem.to_owned(), export_again);
        }
    };
    let kind = root["resourceType"].as_str().unwrap_or("nothing that names its resourceType");
    if kind != "Bundle" {
        let problem = format!("the file holds {kind}, not a Bundle");
        return refuse("resourceType".to_owned(), problem, export_again);
    }
    let entries = root["entry"].as_array().map_or(&[][..], Vec::as_slice);
    for (index, entry) in entries.iter().enumerate() {
        if let Err((place, problem)) = read_entry(&file.name, index, entry, bundles) {
            refuse(place, problem, "Correct the resource in the sending system and export again");
        }
    }
}

fn read_entry(file: &str, index: usize, entry: &Value, bundles: &mut Bundles) -> Result<(), (String, String)> {
    let resource = &entry["resource"];
    let place = |kind: &str| format!("entry {} ({kind})", index + 1);
    let Some(kind) = resource["resourceType"].as_str() else {
        return Err((place("no resource"), "the entry has no resource with a resourceType".to_owned()));
    };
    let id = resource["id"].as_str();
    let local_name = id.map(|id| format!("{kind}/{id}"));
    let full_url = entry["fullUrl"].as_str().map(str::to_owned);
    let Some(key) = full_url.clone().or_else(|| local_name.clone()) else {
        return Err((place(kind), "the resource has neither fullUrl nor id".to_owned()));
    };
    for name in [full_url, local_name].into_iter().flatten() {
        bundles.names.insert(name, key.clone());
    }
    let at = Position { key, file: file.to_owned(), place: place(kind) };
    match kind {
        "Patient" => push(resource, at, &mut bundles.patients),
        "Practitioner" => push(resource, at, &mut bundles.practitioners),
        "Organization" => push(resource, at, &mut bundles.organizations),
        "Encounter" => push(resource, at, &mut bundles.encounters),
        "Condition" => push(resource, at, &mut bundles.conditions),
        "Procedure" => push(resource, at, &mut bundles.procedures),
        "Immunization" => push(resource, at, &mut bundles.immunizations),
        "Claim" => push(resource, at, &mut bundles.claims),
        "ExplanationOfBenefit" => push(resource, at, &mut bundles.explanations),
        "Coverage" => push(resource, at, &mut bundles.coverages),
        other => {
            *bundles.unused.entry(other.to_owned()).or_default() += 1;
            Ok(())
        }
    }
}

struct Position {
    key: String,
    file: String,
    place: String,
}

/// serde's message names types and fields, never a value, except for a misplaced text: only its kind is kept.
fn push<T: DeserializeOwned>(
    resource: &Value,
    at: Position,
    into: &mut Vec<Located<T>>,
) -> Result<(), (String, String)> {
    match T::deserialize(resource) {
        Ok(read) => {
            into.push(Located { key: at.key, file: at.file, place: at.place, resource: read });
            Ok(())
        }
        Err(error) => {
            let words = error.to_string();
            let expected = words.split_once("expected ").map_or("another shape", |(_, rest)| rest);
            Err((at.place, format!("a field does not have the shape FHIR R4 gives it: expected {expected}")))
        }
    }
}

fn check_references(bundles: &Bundles, problems: &mut Vec<InputProblem>) {
    let mut check = |file: &str, place: &str, field: &str, reference: Option<&Reference>, required: bool| {
        let name = reference.and_then(|reference| reference.reference.as_deref());
        let problem = match name {
            None if required => format!("{field} is missing"),
            None => return,
            Some(name) if name.starts_with('#') || bundles.names.contains_key(name) => return,
            Some(name) => format!("{field} refers to {name}, which no file of this import holds"),
        };
        problems.push(InputProblem {
            file: file.to_owned(),
            place: place.to_owned(),
            problem,
            remedy: "Import it together with the file that holds the resource, or export again with all references"
                .to_owned(),
        });
    };
    for encounter in &bundles.encounters {
        let (file, place, it) = (&encounter.file, &encounter.place, &encounter.resource);
        check(file, place, "subject", it.subject.as_ref(), true);
        check(file, place, "serviceProvider", it.service_provider.as_ref(), false);
        for participant in &it.participant {
            check(file, place, "participant.individual", participant.individual.as_ref(), false);
        }
    }
    for condition in &bundles.conditions {
        check(&condition.file, &condition.place, "subject", condition.resource.subject.as_ref(), true);
        check(&condition.file, &condition.place, "encounter", condition.resource.encounter.as_ref(), false);
    }
    for procedure in &bundles.procedures {
        check(&procedure.file, &procedure.place, "subject", procedure.resource.subject.as_ref(), true);
        check(&procedure.file, &procedure.place, "encounter", procedure.resource.encounter.as_ref(), false);
    }
    for shot in &bundles.immunizations {
        check(&shot.file, &shot.place, "patient", shot.resource.patient.as_ref(), true);
        check(&shot.file, &shot.place, "encounter", shot.resource.encounter.as_ref(), false);
    }
    for claim in bundles.claims.iter().chain(&bundles.explanations) {
        check(&claim.file, &claim.place, "patient", claim.resource.patient.as_ref(), true);
        for item in &claim.resource.item {
            for encounter in &item.encounter {
                check(&claim.file, &claim.place, "item.encounter", Some(encounter), false);
            }
        }
        for insurance in &claim.resource.insurance {
            check(&claim.file, &claim.place, "insurance.coverage", Some(&insurance.coverage), false);
        }
    }
}
