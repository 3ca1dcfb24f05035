//! FHIR bundles are read whole or not at all, and everything that has no place on a bill is counted.
#![allow(clippy::expect_used)] // In a test a panic is the report.

use std::path::Path;

use jiff::civil::{Date, date};
use server::import::Unreadable;
use server::import::fhir::{ImportPlan, Profile, SourceFile, plan, read_files};

const TODAY: Date = date(2026, 11, 22);

fn fixture() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/fhir/two-visits.json"))
        .expect("the project's own fixture")
}

fn file(text: impl Into<Vec<u8>>) -> SourceFile {
    SourceFile { name: "two-visits.json".to_owned(), bytes: text.into() }
}

fn planned(text: String, profile: Profile) -> Result<ImportPlan, Unreadable> {
    plan(&read_files(&[file(text)])?, profile, TODAY)
}

#[test]
fn two_visits_become_two_charges_with_their_diagnoses_and_coverages() {
    let plan = planned(fixture(), Profile::Synthea).expect("a good bundle");
    let [patient] = &plan.patients[..] else { panic!("one patient") };
    assert_eq!((patient.name.full().as_str(), patient.address.state.as_str()), ("Ada Bee Quintero", "MA"));
    assert!(patient.invented && patient.source_key.ends_with("https://example.org/charts 77"));
    let [first, second] = &plan.visits[..] else { panic!("two visits") };
    assert_eq!(first.original_date, Some(date(2012, 1, 2)));
    assert_eq!(second.original_date, Some(date(2015, 5, 6)), "the day of its own clock");
    assert!(first.date_of_service < second.date_of_service && second.date_of_service < TODAY);
    assert_eq!(first.diagnoses, ["Z0001", "I10", "Z23"]);
    assert_eq!(first.charges[0].procedure, "99396");
    assert_eq!(first.charges[0].modifiers, ["25"]);
    assert_eq!((first.charges[1].procedure.as_str(), &first.charges[1].diagnosis_pointers[..]), ("G0008", &[3][..]));
    assert_eq!(second.diagnoses, ["J0190"]);
    let [medicaid, private] = &patient.coverages[..] else { panic!("two coverages") };
    assert_eq!(medicaid.ends_on, second.date_of_service.yesterday().ok());
    assert_eq!((private.effective_on, private.ends_on), (second.date_of_service, None));
    assert!(plan.practitioners[0].npi.as_str().starts_with('2') && plan.practitioners[0].invented);
}

#[test]
fn what_has_no_place_on_a_bill_is_counted_by_reason() {
    let plan = planned(fixture(), Profile::Synthea).expect("a good bundle");
    let lines = plan.unmapped.lines();
    for expected in ["1 Observation", "1 Condition: SNOMED CT 1234567", "1 Claim: pharmacy", "1 Organization"] {
        assert!(lines.iter().any(|line| line.starts_with(expected)), "{expected} in {lines:?}");
    }
}

/// The fixture with entries put before its own.
fn with_entry(entries: &str) -> String {
    fixture().replacen("\"entry\": [", &format!("\"entry\": [{entries}"), 1)
}

/// The fixture's first visit with a status put into one of its resources.
fn with_status(resource: &str, status: &str) -> ImportPlan {
    let text = match resource {
        "Immunization" => fixture().replace("\"status\": \"completed\"", &format!("\"status\": \"{status}\"")),
        _ => fixture().replace(
            "\"id\": \"c1\",",
            &format!("\"id\": \"c1\", \"verificationStatus\": {{\"coding\": [{{\"code\": \"{status}\"}}]}},"),
        ),
    };
    planned(text, Profile::Synthea).expect("a good bundle")
}

#[test]
fn a_shot_that_was_not_given_is_not_billed_and_is_told() {
    for status in ["not-done", "entered-in-error"] {
        let plan = with_status("Immunization", status);
        let first = &plan.visits[0];
        assert_eq!(first.charges.len(), 1, "{status}: {:?}", first.charges);
        assert!(first.charges[0].modifiers.is_empty(), "no second service makes the visit a separate one");
        assert_eq!(first.diagnoses, ["Z0001", "I10"], "{status}");
        let line = format!("1 Immunization: its status is {status}, not completed");
        assert!(plan.unmapped.lines().contains(&line), "{line} in {:?}", plan.unmapped.lines());
    }
    assert_eq!(with_status("Immunization", "completed").visits[0].charges.len(), 2);
}

#[test]
fn a_procedure_that_was_not_done_is_told_as_that_and_never_as_a_service() {
    // At the first visit. Our table charges no procedure yet; one that was done is looked up in it, and the report says so.
    let told = |status: &str| {
        let entry = format!(
            r#"{{"fullUrl": "urn:uuid:r1", "resource": {{"resourceType": "Procedure", "id": "r1"{status},
            "code": {{"coding": [{{"system": "http://snomed.info/sct", "code": "428191000124101"}}]}},
            "subject": {{"reference": "urn:uuid:p1"}}, "encounter": {{"reference": "urn:uuid:e1"}}}}}},"#
        );
        let plan = planned(with_entry(&entry), Profile::Synthea).expect("a good bundle");
        let lines = plan.unmapped.lines();
        lines.into_iter().filter(|line| line.contains("Procedure")).collect::<Vec<_>>()
    };
    assert_eq!(told(r#", "status": "completed""#), ["1 Procedure: not billable: documentation is part of the visit"]);
    for status in ["preparation", "in-progress", "not-done", "on-hold", "stopped", "entered-in-error", "unknown"] {
        let line = format!("1 Procedure: its status is {status}, not completed");
        assert_eq!(told(&format!(r#", "status": "{status}""#)), [line]);
    }
    assert_eq!(told(""), ["1 Procedure: its status is unknown, not completed"], "what nobody calls done was not done");
}

#[test]
fn a_condition_that_is_not_confirmed_is_no_diagnosis_and_is_told() {
    for status in ["refuted", "entered-in-error", "unconfirmed", "provisional", "differential"] {
        let plan = with_status("Condition", status);
        assert!(!plan.visits[0].diagnoses.contains(&"I10".to_owned()), "{status}: {:?}", plan.visits[0].diagnoses);
        let line = format!("1 Condition: its verificationStatus is {status}, not confirmed");
        assert!(plan.unmapped.lines().contains(&line), "{line} in {:?}", plan.unmapped.lines());
    }
    assert_eq!(with_status("Condition", "confirmed").visits[0].diagnoses, ["Z0001", "I10", "Z23"]);
}

#[test]
fn a_refuted_condition_does_not_come_back_as_the_reason_of_a_visit() {
    // The second visit came for acute sinusitis, which it did not find.
    let condition = |id: &str, status: &str| {
        format!(
            r#"{{"fullUrl": "urn:uuid:{id}", "resource": {{"resourceType": "Condition", "id": "{id}",
            "verificationStatus": {{"coding": [{{"code": "{status}"}}]}},
            "code": {{"coding": [{{"system": "http://snomed.info/sct", "code": "444814009"}}]}},
            "subject": {{"reference": "urn:uuid:p1"}}, "encounter": {{"reference": "urn:uuid:e2"}}}}}},"#
        )
    };
    let plan_of = |entries: &str| planned(with_entry(entries), Profile::Synthea).expect("a good bundle");
    let plan = plan_of(&condition("c9", "refuted"));
    assert!(!plan.visits[1].diagnoses.contains(&"J0190".to_owned()), "{:?}", plan.visits[1].diagnoses);
    let lines = plan.unmapped.lines();
    assert!(lines.iter().any(|line| line.starts_with("1 Encounter.reasonCode: its condition")), "{lines:?}");
    let plan = plan_of(&(condition("c9", "refuted") + &condition("c10", "confirmed")));
    assert_eq!(plan.visits[1].diagnoses, ["J0190"], "another record confirms it");
}

#[test]
fn the_same_bundle_gives_the_same_plan() {
    let one = format!("{:?}", planned(fixture(), Profile::Synthea).expect("good").visits);
    let two = format!("{:?}", planned(fixture(), Profile::Synthea).expect("good").visits);
    assert_eq!(one, two);
}

#[test]
fn without_a_profile_nothing_is_invented() {
    let plan = planned(fixture(), Profile::AsSent).expect("a good bundle");
    assert!(plan.visits.is_empty(), "300 is no NPI, so nobody can have rendered the visits");
    assert!(plan.patients[0].coverages.is_empty() && !plan.patients[0].invented);
}

#[test]
fn a_bad_file_is_refused_with_file_place_and_remedy() {
    let cases: [(Vec<u8>, &str, &str); 7] = [
        (Vec::new(), "whole file", "empty"),
        (fixture().into_bytes()[..400].to_vec(), "line ", "truncated"),
        (b"\x00\x01\x02binary".to_vec(), "line 1", "not JSON"),
        (b"{\"resourceType\":\"Patient\"}".to_vec(), "resourceType", "not a Bundle"),
        (b"[1,2]".to_vec(), "resourceType", "not a Bundle"),
        (
            fixture().replace("urn:uuid:d1\"}}", "urn:uuid:gone\"}}").into_bytes(),
            "entry 4 (Encounter)",
            "urn:uuid:gone",
        ),
        (
            fixture().replace("\"birthDate\": \"1980-04-05\"", "\"birthDate\": \"April\"").into_bytes(),
            "birthDate",
            "must be a date",
        ),
    ];
    for (bytes, place, problem) in cases {
        let refused = read_files(&[file(bytes)])
            .and_then(|bundles| plan(&bundles, Profile::Synthea, TODAY))
            .expect_err("nothing of it may be taken");
        let text = refused.to_string();
        for part in ["two-visits.json", place, problem, "Nothing was imported"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("999-00-0001") && !text.contains("Quintero"), "no patient data in an error");
    }
}

#[test]
fn the_synthea_bundles_give_enough_visits() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/synthea_fhir_r4");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("SKIPPED the_synthea_bundles_give_enough_visits (../shared is not beside this clone)");
        return;
    };
    let files: Vec<SourceFile> = entries
        .flatten()
        .map(|entry| SourceFile {
            name: entry.file_name().to_string_lossy().into_owned(),
            bytes: std::fs::read(entry.path()).expect("a readable file"),
        })
        .collect();
    let plan = plan(&read_files(&files).expect("good bundles"), Profile::Synthea, TODAY).expect("a plan");
    assert_eq!(plan.patients.len(), 38);
    assert!(plan.visits.len() >= 260, "{} visits: {:#?}", plan.visits.len(), plan.unmapped.lines());
    let lines = plan.unmapped.lines();
    assert!(!lines.iter().any(|line| line.contains("Condition: SNOMED")), "every condition is mapped: {lines:#?}");
    for line in lines {
        println!("{line}");
    }
}
