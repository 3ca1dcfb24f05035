//! Who pays before Medicare, from what the patient answers at the front desk. Decides only who goes first and why;
//! saves nothing and changes no coverage. The law asks the provider to find this out (42 CFR 489.20(g)); the order is that
//! of 42 CFR part 411, subparts B to H.

use serde::{Deserialize, Serialize};

use crate::coverage::MedicareSecondaryType;

/// From so many employees on a plan of an employer pays before Medicare for who is 65 or older (42 CFR 411.170).
pub const WORKING_AGED_EMPLOYEES: u32 = 20;
/// From so many for who is below 65 and disabled (42 CFR 411.201).
pub const DISABLED_EMPLOYEES: u32 = 100;
/// Months from the first month of Medicare for kidney disease in which any plan of an employer pays first
/// (42 CFR 411.162).
pub const KIDNEY_MONTHS: u32 = 30;
/// Days after which what was answered is asked again: a practice's habit, the law asks at every start of care.
pub const ASK_AGAIN_DAYS: i32 = 365;

/// Why the patient has Medicare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entitlement {
    /// 65 or older.
    Age,
    /// Below 65 and disabled.
    Disability,
    /// Kidney disease.
    KidneyDisease,
}

impl Entitlement {
    /// Every reason.
    pub const ALL: [Entitlement; 3] = [Entitlement::Age, Entitlement::Disability, Entitlement::KidneyDisease];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Entitlement::Age => "age",
            Entitlement::Disability => "disability",
            Entitlement::KidneyDisease => "kidney_disease",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Entitlement> {
        Entitlement::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// What a form says.
    pub fn words(self) -> &'static str {
        match self {
            Entitlement::Age => "65 or older",
            Entitlement::Disability => "Below 65, disabled",
            Entitlement::KidneyDisease => "Kidney disease",
        }
    }
}

/// Whose work an employer's plan comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanOf {
    /// The patient's.
    Patient,
    /// The spouse's.
    Spouse,
    /// A parent's, child's or partner's.
    Family,
}

impl PlanOf {
    /// Everybody.
    pub const ALL: [PlanOf; 3] = [PlanOf::Patient, PlanOf::Spouse, PlanOf::Family];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            PlanOf::Patient => "patient",
            PlanOf::Spouse => "spouse",
            PlanOf::Family => "family",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<PlanOf> {
        PlanOf::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// What a form says.
    pub fn words(self) -> &'static str {
        match self {
            PlanOf::Patient => "The patient's own work",
            PlanOf::Spouse => "The spouse's work",
            PlanOf::Family => "Another relative's work",
        }
    }
}

/// A plan that comes with somebody's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmployerPlan {
    /// Whose work.
    pub of: PlanOf,
    /// They work there now; a retiree's plan pays after Medicare.
    pub works_now: bool,
    /// How many the employer employs; of several employers together, the largest.
    pub employees: u32,
}

/// What the patient answered. The default is: nothing but Medicare, by age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// The black lung program pays for what the visit is about.
    pub black_lung: bool,
    /// Another federal program pays for it, such as a research grant.
    pub federal_program: bool,
    /// The Veterans Administration authorised the care.
    pub veterans: bool,
    /// It comes from the patient's work.
    pub from_work: bool,
    /// It comes from an accident for which an auto or other no-fault insurer pays.
    pub no_fault: bool,
    /// It comes from something that another answers for.
    pub liability: bool,
    /// Why the patient has Medicare.
    pub entitlement: Entitlement,
    /// A plan of an employer, where there is one.
    pub employer_plan: Option<EmployerPlan>,
    /// Full months since Medicare began for kidney disease; nothing where that is not the reason.
    pub kidney_months: Option<u32>,
    /// Medicare paid first, rightly, before the kidney disease: it stays so (42 CFR 411.163(b)(4)).
    pub medicare_was_first: bool,
}

impl Default for Answers {
    fn default() -> Answers {
        Answers {
            black_lung: false,
            federal_program: false,
            veterans: false,
            from_work: false,
            no_fault: false,
            liability: false,
            entitlement: Entitlement::Age,
            employer_plan: None,
            kidney_months: None,
            medicare_was_first: false,
        }
    }
}

/// What stands against answers: the field, and what is asked for.
pub type Unclear = (&'static str, &'static str);

impl Answers {
    /// What cannot be decided from them.
    ///
    /// # Errors
    /// The field that is missing or does not go with another.
    pub fn checked(&self) -> Result<(), Unclear> {
        let by_kidney = self.entitlement == Entitlement::KidneyDisease;
        if by_kidney && self.employer_plan.is_some() && self.kidney_months.is_none() {
            return Err(("kidney_months", "Say for how many full months Medicare has been there for kidney disease."));
        }
        if !by_kidney && self.kidney_months.is_some() {
            return Err(("kidney_months", "Only for Medicare by kidney disease: leave it empty."));
        }
        Ok(())
    }

    /// Who pays before Medicare, in the order in which they are asked; nobody where Medicare goes first.
    pub fn before_medicare(&self) -> Vec<MedicareSecondaryType> {
        let care = [
            (self.federal_program, MedicareSecondaryType::FederalAgency),
            (self.veterans, MedicareSecondaryType::Veterans),
            (self.black_lung, MedicareSecondaryType::BlackLung),
            (self.from_work, MedicareSecondaryType::WorkersCompensation),
            (self.no_fault, MedicareSecondaryType::NoFault),
            (self.liability, MedicareSecondaryType::Liability),
        ];
        care.into_iter().filter(|(answered, _)| *answered).map(|(_, kind)| kind).chain(self.employer_before()).collect()
    }

    /// Whether the employer's plan goes first, and why.
    fn employer_before(&self) -> Option<MedicareSecondaryType> {
        let plan = self.employer_plan?;
        match self.entitlement {
            // By age only one's own work or the spouse's counts, by disability that of anybody in the family.
            Entitlement::Age => {
                let counts = plan.of != PlanOf::Family && plan.works_now && plan.employees >= WORKING_AGED_EMPLOYEES;
                counts.then_some(MedicareSecondaryType::WorkingAged)
            }
            Entitlement::Disability => {
                let counts = plan.works_now && plan.employees >= DISABLED_EMPLOYEES;
                counts.then_some(MedicareSecondaryType::Disabled)
            }
            // Neither the size nor whether anybody works there counts.
            Entitlement::KidneyDisease => {
                let in_time = self.kidney_months.is_some_and(|months| months < KIDNEY_MONTHS);
                (in_time && !self.medicare_was_first).then_some(MedicareSecondaryType::KidneyDisease)
            }
        }
    }

    /// What the front desk tells the patient, in a sentence.
    pub fn sentence(&self) -> String {
        let before = self.before_medicare();
        match before.as_slice() {
            [] => "Medicare pays first.".to_owned(),
            [only] => format!("Medicare pays second: {} goes first ({}).", only.words(), only.code()),
            [first, rest @ ..] => {
                let rest: Vec<String> = rest.iter().map(|kind| format!("{} ({})", kind.words(), kind.code())).collect();
                format!("Medicare pays last: {} ({}), then {}.", first.words(), first.code(), rest.join(", then "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MedicareSecondaryType as T;

    fn with_plan(entitlement: Entitlement, of: PlanOf, works_now: bool, employees: u32) -> Answers {
        let employer_plan = Some(EmployerPlan { of, works_now, employees });
        Answers { entitlement, employer_plan, ..Answers::default() }
    }

    #[test]
    fn the_employers_plan_goes_first_by_age_work_and_size() {
        for (entitlement, of, works_now, employees, before) in [
            (Entitlement::Age, PlanOf::Patient, true, 20, Some(T::WorkingAged)),
            (Entitlement::Age, PlanOf::Spouse, true, 500, Some(T::WorkingAged)),
            (Entitlement::Age, PlanOf::Patient, true, 19, None),
            (Entitlement::Age, PlanOf::Patient, false, 500, None),
            (Entitlement::Age, PlanOf::Family, true, 500, None),
            (Entitlement::Disability, PlanOf::Family, true, 100, Some(T::Disabled)),
            (Entitlement::Disability, PlanOf::Patient, true, 99, None),
            (Entitlement::Disability, PlanOf::Spouse, false, 5_000, None),
        ] {
            let answers = with_plan(entitlement, of, works_now, employees);
            assert_eq!(
                answers.before_medicare(),
                Vec::from_iter(before),
                "{entitlement:?} {of:?} {works_now} {employees}"
            );
        }
    }

    #[test]
    fn kidney_disease_has_thirty_months_whatever_the_employer() {
        for (months, was_first, before) in [
            (0, false, Some(T::KidneyDisease)),
            (29, false, Some(T::KidneyDisease)),
            (30, false, None),
            (5, true, None),
        ] {
            let answers = Answers {
                kidney_months: Some(months),
                medicare_was_first: was_first,
                ..with_plan(Entitlement::KidneyDisease, PlanOf::Family, false, 3)
            };
            assert_eq!(answers.before_medicare(), Vec::from_iter(before), "{months} {was_first}");
        }
    }

    #[test]
    fn who_answers_for_the_cause_goes_before_the_employer() {
        let answers =
            Answers { from_work: true, liability: true, ..with_plan(Entitlement::Age, PlanOf::Patient, true, 80) };
        assert_eq!(answers.before_medicare(), [T::WorkersCompensation, T::Liability, T::WorkingAged]);
        assert_eq!(
            answers.sentence(),
            "Medicare pays last: workers' compensation (15), then another's liability (47), then 65 or older, with a \
             plan of an employer (12)."
        );
        assert_eq!(Answers::default().sentence(), "Medicare pays first.");
    }

    #[test]
    fn what_does_not_go_together_is_asked_again() {
        let kidney = with_plan(Entitlement::KidneyDisease, PlanOf::Patient, true, 50);
        assert_eq!(kidney.checked().unwrap_err().0, "kidney_months");
        let aged = Answers { kidney_months: Some(3), ..Answers::default() };
        assert_eq!(aged.checked().unwrap_err().0, "kidney_months");
        assert_eq!(Answers::default().checked(), Ok(()));
    }
}
