//! Lends our code tables to the X12 checker, and tells what it found in values that need no X12 to be read. Decides
//! nothing itself: the guides and the checker do.

use std::io::{self, Read};

use codes::{carc, claim_status, hcpcs, icd10cm, place_of_service, procedure, rarc, taxonomy};
use jiff::civil::Date;
use x12::{CodeList, CodeSets, Standing};

/// The code tables that ship with the program. A procedure of a licensed set is judged by its shape alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct OurTables;

impl CodeSets for OurTables {
    fn standing(&self, list: CodeList, code: &str, on: Option<Date>) -> Standing {
        match list {
            CodeList::Icd10cm => diagnosis(code, on),
            CodeList::PlaceOfService => listed(place_of_service::find(code).is_some()),
            CodeList::Carc => listed(carc::exists(code)),
            CodeList::Rarc => listed(rarc::exists(code)),
            CodeList::StatusCategory => listed(claim_status::category_exists(code)),
            CodeList::StatusCode => listed(claim_status::status_exists(code)),
            CodeList::Taxonomy => listed(taxonomy::has_shape(code)),
            CodeList::Procedure => service(code, on),
            // Licensed, or judged whole by their shape.
            CodeList::Npi
            | CodeList::ClaimFrequency
            | CodeList::Modifier
            | CodeList::State
            | CodeList::Ndc
            | CodeList::Icd10pcs
            | CodeList::Revenue
            | CodeList::BillType
            | CodeList::BillFrequency
            | CodeList::Condition
            | CodeList::Occurrence
            | CodeList::ValueCode
            | CodeList::AdmissionType
            | CodeList::AdmissionSource
            | CodeList::PatientStatus
            | CodeList::Drg
            | CodeList::DentalProcedure
            | CodeList::Tooth => Standing::NotChecked,
        }
    }
}

fn listed(is_listed: bool) -> Standing {
    if is_listed { Standing::Valid } else { Standing::Unknown }
}

fn diagnosis(code: &str, on: Option<Date>) -> Standing {
    let Some(on) = on else { return listed(icd10cm::exists(code)) };
    match icd10cm::lookup(code, on) {
        Some(diagnosis) if diagnosis.billable => Standing::Valid,
        Some(_) => Standing::NotOnDate,
        None => Standing::Unknown,
    }
}

fn service(code: &str, on: Option<Date>) -> Standing {
    match procedure::system(code) {
        None => Standing::Unknown,
        Some(procedure::CodeSystem::HcpcsLevelTwo) => match (hcpcs::find(code), on) {
            (None, _) => Standing::Unknown,
            (Some(entry), Some(on)) if !entry.in_force(on) => Standing::NotOnDate,
            (Some(_), _) => Standing::Valid,
        },
        Some(
            procedure::CodeSystem::CptCategoryOne
            | procedure::CodeSystem::CptCategoryTwo
            | procedure::CodeSystem::CptCategoryThree
            | procedure::CodeSystem::CptOther
            | procedure::CodeSystem::Cdt,
        ) => Standing::NotChecked,
    }
}

/// Sets of a kind without a guide that are told one by one; more of them say the same thing again.
const MOST_UNGUIDED: usize = 100;

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// `accepted`, `rejected` or `unreadable`.
    pub verdict: &'static str,
    /// Nothing rejects it.
    pub is_accepted: bool,
    /// What is wrong, in the order of the file; the first thousand.
    pub problems: Vec<FileProblem>,
    /// How many more there were.
    pub further_problems: u64,
    /// How many segments were read.
    pub segments: u64,
}

/// One problem of a file; holds no data of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The code an acknowledgment gives it, such as `IK403=7`.
    pub code: String,
    /// WEDI SNIP type of the test, 1 to 5.
    pub snip: u8,
    /// The segment, counted from 1.
    pub segment: u64,
    /// The loop by the guide's name; empty in the envelope.
    pub loop_id: &'static str,
    /// Where, as billers say it: `CLM05-3`.
    pub place: String,
    /// The first byte meant, and how many.
    pub span: (u64, u32),
    /// The rule, a stable id.
    pub rule: &'static str,
    /// What is wrong.
    pub message: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// Checks a file against envelope, guides and our code tables. A set of a kind without a guide gets a warning that says
/// how little was checked; it rejects nothing.
pub fn check(bytes: &[u8]) -> CheckedFile {
    told(&x12::check(bytes, &OurTables))
}

/// Checks a file as [`check`] does while it is read, in memory that does not grow with it.
///
/// # Errors
///
/// Those of the reader.
pub fn check_reader(reader: impl Read) -> io::Result<CheckedFile> {
    Ok(told(&x12::check_reader(reader, &OurTables)?))
}

fn told(checked: &x12::Checked) -> CheckedFile {
    let mut problems: Vec<FileProblem> = checked
        .problems
        .kept()
        .iter()
        .map(|problem| FileProblem {
            severity: problem.severity.word(),
            code: problem.code.to_string(),
            snip: problem.snip.number(),
            segment: problem.ordinal + 1,
            loop_id: problem.loop_id,
            place: problem.place(),
            span: problem.span,
            rule: problem.rule,
            message: problem.message,
            remedy: problem.remedy,
        })
        .collect();
    let unguided = checked.sets().filter(|(_, _, set)| set.coverage == x12::Coverage::EnvelopeOnly);
    problems.extend(unguided.take(MOST_UNGUIDED).map(|(_, _, set)| without_guide(set.ordinals.0 + 1)));
    // Stable: at one segment the file's own problems stay first.
    problems.sort_by_key(|problem| problem.segment);
    CheckedFile {
        verdict: checked.verdict.word(),
        is_accepted: checked.verdict == x12::Verdict::Accepted,
        problems,
        further_problems: checked.problems.dropped(),
        segments: checked.segments,
    }
}

/// What is said of a set whose kind has no guide here.
fn without_guide(segment: u64) -> FileProblem {
    FileProblem {
        severity: x12::Severity::Warning.word(),
        code: "ENVELOPE".to_owned(),
        snip: 1,
        segment,
        loop_id: "",
        place: "ST01".to_owned(),
        span: (0, 0),
        rule: "envelope-only",
        message: "Only the envelope was checked: there is no guide for this kind of transaction yet.",
        remedy: "Have its content checked by its receiver before you rely on it.",
    }
}

/// The segments of a file as text, each with how deep it stands: 0 interchange, 1 group, 2 set, 3 inside a set.
pub fn segments(bytes: &[u8]) -> Vec<(usize, String)> {
    let file = x12::read(bytes);
    let mut lines = Vec::new();
    let text = |segment: &x12::Segment<'_>| String::from_utf8_lossy(segment.raw()).trim().to_owned();
    for interchange in &file.interchanges {
        lines.push((0, text(&interchange.isa)));
        lines.extend(interchange.acknowledgments.iter().map(|segment| (1, text(segment))));
        for group in &interchange.groups {
            lines.push((1, text(&group.gs)));
            for set in &group.sets {
                lines.extend(
                    set.segments.iter().map(|one| (if one.is("ST") || one.is("SE") { 2 } else { 3 }, text(one))),
                );
            }
            lines.extend(group.ge.iter().map(|segment| (1, text(segment))));
        }
        lines.extend(interchange.iea.iter().map(|segment| (0, text(segment))));
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The conformance cases of the kinds this step knows, with the code tables lent.
    #[test]
    fn clean_documents_stay_clean_with_our_tables() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_known =
                ["ok-837P", "ok-835", "ok-999", "ok-277CA", "ok-TA1", "ok-27"].iter().any(|k| name.starts_with(k));
            if !is_known || name.starts_with("ok-278") {
                continue;
            }
            let checked = check(&std::fs::read(&path).unwrap());
            assert!(checked.is_accepted, "{name}: {:?}", checked.problems);
            seen += 1;
        }
        assert!(seen >= 14, "{seen} clean documents");
    }

    #[test]
    fn a_set_without_a_guide_is_accepted_and_says_that_only_its_envelope_was_checked() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        for (kind, expected) in [("ok-837I", 1), ("ok-837D", 1), ("ok-278", 1), ("ok-837P", 0)] {
            let path = std::fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(kind))
                .unwrap();
            let checked = check(&std::fs::read(&path).unwrap());
            let told = checked.problems.iter().filter(|problem| problem.rule == "envelope-only").count();
            assert!(checked.is_accepted, "{kind}: {:?}", checked.problems);
            assert_eq!(told.min(1), expected, "{kind}");
        }
    }

    #[test]
    fn a_diagnosis_is_judged_on_its_day() {
        let on = Some(jiff::civil::date(2026, 8, 15));
        assert_eq!(OurTables.standing(CodeList::Icd10cm, "E119", on), Standing::Valid);
        assert_eq!(OurTables.standing(CodeList::Icd10cm, "E11", on), Standing::NotOnDate);
        assert_eq!(OurTables.standing(CodeList::Icd10cm, "Z9999", on), Standing::Unknown);
        assert_eq!(OurTables.standing(CodeList::Procedure, "99213", on), Standing::NotChecked);
    }
}
