//! The form of a sampled review, which is data (`data/quality_form.tsv`), and what its answers add up to. It judges the work
//! on one item and never adds up reviews of several people.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The form as the program ships it.
const FORM_TEXT: &str = include_str!("../../data/quality_form.tsv");

/// A full score, in percent.
pub const FULL_SCORE: i64 = 100;
/// What a review must reach to speak for a person, in percent: the usual line of call quality. A judgement.
pub const GOOD_SCORE: i64 = 80;
/// Most characters of a reviewer's comment, and of the answer to it: a page.
pub const LONGEST_COMMENT: usize = 2_000;

/// One point of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The stored word.
    pub key: &'static str,
    /// Its part of the whole.
    pub weight: i64,
    /// Whether not meeting it fails the review.
    pub is_critical: bool,
    /// What the reviewer is asked.
    pub asks: &'static str,
    /// When it is met.
    pub met_means: &'static str,
}

/// Every point, in the order of the form. A line that cannot be read is left out, and the test below then fails.
pub static FORM: LazyLock<Vec<Point>> = LazyLock::new(|| lines().filter_map(read).collect());

fn lines() -> impl Iterator<Item = &'static str> {
    FORM_TEXT.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn read(line: &'static str) -> Option<Point> {
    let mut fields = line.split('\t');
    let (key, weight, critical) = (fields.next()?, fields.next()?.parse().ok()?, fields.next()?);
    let (asks, met_means) = (fields.next()?, fields.next()?);
    let is_critical = match critical {
        "yes" => true,
        "no" => false,
        _ => return None,
    };
    fields.next().is_none().then_some(Point { key, weight, is_critical, asks, met_means })
}

crate::work::words! {
    /// What the reviewer says of a point.
    Answer {
        /// As it should be.
        Met "met" "Met",
        /// Not as it should be.
        NotMet "not_met" "Not met",
        /// The case did not ask for it.
        DoesNotApply "does_not_apply" "Does not apply",
    }
}

/// A point with its answer, as a review keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The point.
    pub key: String,
    /// What was said of it.
    pub answer: Answer,
}

/// What a review came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// The weight of what was met, in whole percent of what applied, rounded down.
    pub percent: i64,
    /// Whether a critical point was not met.
    pub is_failed: bool,
}

/// What the answers add up to.
///
/// # Errors
/// A sentence: a point without an answer, one that is not on the form, or nothing that applies.
pub fn score(given: &[Given]) -> Result<Score, String> {
    if let Some(odd) = given.iter().find(|one| !FORM.iter().any(|point| point.key == one.key)) {
        return Err(format!("The form has no point {}. Load the page again.", odd.key));
    }
    let (mut met, mut applies, mut is_failed) = (0, 0, false);
    for point in FORM.iter() {
        let Some(one) = given.iter().find(|one| one.key == point.key) else {
            return Err(format!("Answer every point. This one is open: {}", point.asks));
        };
        match one.answer {
            Answer::Met => (met, applies) = (met + point.weight, applies + point.weight),
            Answer::NotMet => (applies, is_failed) = (applies + point.weight, is_failed || point.is_critical),
            Answer::DoesNotApply => {}
        }
    }
    if applies == 0 {
        return Err("Nothing applies? Then nothing was reviewed. Answer at least one point.".to_owned());
    }
    Ok(Score { percent: met * FULL_SCORE / applies, is_failed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(answer: Answer) -> Vec<Given> {
        FORM.iter().map(|point| Given { key: point.key.to_owned(), answer }).collect()
    }

    fn with(key: &str, answer: Answer, rest: Answer) -> Vec<Given> {
        let mut given = all(rest);
        given.iter_mut().filter(|one| one.key == key).for_each(|one| one.answer = answer);
        given
    }

    #[test]
    fn every_line_of_the_form_is_read_and_the_weights_are_a_whole() {
        assert_eq!(FORM.len(), lines().count());
        assert_eq!(FORM.iter().map(|point| point.weight).sum::<i64>(), FULL_SCORE);
        for asked in ["identity", "questions", "note", "next_action", "privacy"] {
            assert!(FORM.iter().any(|point| point.key == asked), "{asked}");
        }
        assert!(FORM.iter().any(|point| point.is_critical) && FORM.iter().all(|point| point.weight > 0));
    }

    #[test]
    fn a_score_counts_what_applies_and_a_critical_point_fails_it() {
        let scored = |given: &[Given]| score(given).map(|score| (score.percent, score.is_failed));
        assert_eq!(scored(&all(Answer::Met)), Ok((100, false)));
        assert_eq!(scored(&all(Answer::NotMet)), Ok((0, true)));
        assert_eq!(scored(&with("note", Answer::NotMet, Answer::Met)), Ok((80, false)));
        assert_eq!(scored(&with("privacy", Answer::NotMet, Answer::Met)), Ok((90, true)));
        assert_eq!(scored(&with("note", Answer::DoesNotApply, Answer::Met)), Ok((100, false)));
        assert_eq!(scored(&with("identity", Answer::Met, Answer::DoesNotApply)), Ok((100, false)));
    }

    #[test]
    fn a_form_with_an_open_an_odd_or_no_point_has_no_score() {
        assert!(score(&all(Answer::DoesNotApply)).unwrap_err().contains("at least one"));
        assert!(score(&all(Answer::Met)[1..]).unwrap_err().contains("every point"));
        let mut odd = all(Answer::Met);
        odd.push(Given { key: "speed".into(), answer: Answer::Met });
        assert!(score(&odd).unwrap_err().contains("speed"));
    }
}
