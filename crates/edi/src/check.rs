//! Lends our code tables to the X12 checker, with the words that may be shown. Decides nothing itself: the guides and
//! the checker do.

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

    fn words(&self, list: CodeList, code: &str) -> Option<String> {
        let words = match list {
            // The text of a code hardly ever changes; the day only picks among its lives.
            CodeList::Icd10cm => icd10cm::lookup(code, Date::MAX)?.description,
            CodeList::PlaceOfService => place_of_service::find(code)?.name,
            CodeList::Carc => carc::find(code)?.words,
            CodeList::Rarc => rarc::find(code)?.words,
            CodeList::Procedure => hcpcs::find(code)?.short,
            CodeList::StatusCategory => claim_status::category(code)?.words,
            CodeList::StatusCode => claim_status::status(code)?.words,
            CodeList::Taxonomy
            | CodeList::Npi
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
            | CodeList::Tooth => return None,
        };
        (!words.is_empty()).then(|| words.to_owned())
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
            let checked = x12::check(&std::fs::read(&path).unwrap(), &OurTables);
            assert!(checked.verdict == x12::Verdict::Accepted, "{name}: {:?}", checked.problems);
            seen += 1;
        }
        assert!(seen >= 14, "{seen} clean documents");
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
