//! Skills of Tier 2 given to a person one by one: what stands after everything that was said, and what a promotion must stand
//! on. It gives no right: whether a person may work a desk is asked of the matrix.

use serde::{Deserialize, Serialize};

use super::form::GOOD_SCORE;
use crate::work::{Desk, Skill, WorkReason};

/// Fewest training cases of a skill before somebody is promoted to it: one could be luck. A judgement.
pub const ENOUGH_CASES: i64 = 3;

crate::work::words! {
    /// What is said of a person's skills.
    SkillStep {
        /// From now on Tier 2 gives the person only the skills that were given one by one.
        Limited "limited" "Skills are given one by one",
        /// A skill was given.
        Promoted "promoted" "Given",
        /// A skill was taken back.
        Demoted "demoted" "Taken back",
    }
}

/// What a decision about a skill stood on, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// Training cases of the skill that the person answered.
    pub cases: i64,
    /// Their mean, of 100, rounded down; none without a case.
    pub cases_mean: Option<i64>,
    /// Reviews of the person's work of the skill.
    pub reviews: i64,
    /// Their mean, of 100, rounded down; none without a review.
    pub reviews_mean: Option<i64>,
    /// Reviews in which a critical point was not met.
    pub reviews_failed: i64,
}

impl Evidence {
    /// Adds up the scores of cases and of reviews (with whether they failed).
    pub fn of(cases: &[i64], reviews: &[(i64, bool)]) -> Evidence {
        let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let mean = |sum: i64, length: usize| (length > 0).then(|| sum / count(length));
        Evidence {
            cases: count(cases.len()),
            cases_mean: mean(cases.iter().sum(), cases.len()),
            reviews: count(reviews.len()),
            reviews_mean: mean(reviews.iter().map(|(score, _)| score).sum(), reviews.len()),
            reviews_failed: count(reviews.iter().filter(|(_, is_failed)| *is_failed).count()),
        }
    }

    /// Whether a promotion may stand on it.
    ///
    /// # Errors
    /// A sentence: what is missing.
    pub fn speaks_for(&self) -> Result<(), String> {
        if self.cases < ENOUGH_CASES {
            let left = ENOUGH_CASES - self.cases;
            return Err(format!("There is too little to go by: {left} more training cases of this skill first."));
        }
        if self.cases_mean.is_none_or(|mean| mean < GOOD_SCORE) {
            return Err(format!(
                "The training cases of this skill come to less than {GOOD_SCORE} of 100. Train on, then look again."
            ));
        }
        if self.reviews_failed > 0 || self.reviews_mean.is_some_and(|mean| mean < GOOD_SCORE) {
            return Err(format!(
                "Reviews of this skill come to less than {GOOD_SCORE} of 100, or a critical point was not met. Speak about them first."
            ));
        }
        Ok(())
    }
}

/// The skills that Tier 2's work asks for.
pub fn tier2_skills() -> Vec<Skill> {
    let at_two = WorkReason::ALL.iter().filter(|reason| reason.desk() == Desk::Tier2);
    let mut all: Vec<Skill> = at_two.map(|reason| reason.skill()).collect();
    all.sort();
    all.dedup();
    all
}

/// What stands after everything that was said, oldest first: none where nobody limited the person, and Tier 2 gives them all.
pub fn earned(said: impl IntoIterator<Item = (SkillStep, Option<Skill>)>) -> Option<Vec<Skill>> {
    let mut stands: Option<Vec<Skill>> = None;
    for (step, skill) in said {
        stands = match (step, skill, stands) {
            (SkillStep::Limited, _, _) => Some(Vec::new()),
            (SkillStep::Promoted, Some(skill), before) => {
                let mut now = before.unwrap_or_default();
                now.push(skill);
                now.sort();
                now.dedup();
                Some(now)
            }
            (SkillStep::Demoted, Some(skill), before) => {
                let mut now = before.unwrap_or_else(tier2_skills);
                now.retain(|one| *one != skill);
                Some(now)
            }
            (SkillStep::Promoted | SkillStep::Demoted, None, before) => before,
        };
    }
    stands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skills_are_given_and_taken_back_one_by_one() {
        let said = |steps: &[(SkillStep, Option<Skill>)]| earned(steps.iter().copied());
        let (given, back, limited) = (SkillStep::Promoted, SkillStep::Demoted, SkillStep::Limited);
        let (denials, clinical) = (Some(Skill::Denials), Some(Skill::Clinical));
        assert_eq!(said(&[]), None);
        assert_eq!(said(&[(limited, None)]), Some(vec![]));
        assert_eq!(said(&[(given, clinical), (given, denials)]), Some(vec![Skill::Denials, Skill::Clinical]));
        assert_eq!(said(&[(given, clinical), (given, denials), (back, clinical)]), Some(vec![Skill::Denials]));
        let without = said(&[(back, denials)]).unwrap();
        assert!(!without.contains(&Skill::Denials) && without.len() + 1 == tier2_skills().len());
    }

    #[test]
    fn a_promotion_stands_on_enough_good_cases_and_no_bad_review() {
        let ok = |cases: &[i64], reviews: &[(i64, bool)]| Evidence::of(cases, reviews).speaks_for();
        assert!(ok(&[100, 90], &[]).unwrap_err().contains("1 more"));
        assert!(ok(&[100, 60, 70], &[]).unwrap_err().contains("Train on"));
        assert_eq!(ok(&[100, 70, 80], &[]), Ok(()));
        assert_eq!(ok(&[100, 70, 80], &[(80, false)]), Ok(()));
        assert!(ok(&[100, 100, 100], &[(70, false)]).is_err());
        assert!(ok(&[100, 100, 100], &[(90, true), (100, false)]).unwrap_err().contains("critical"));
    }
}
