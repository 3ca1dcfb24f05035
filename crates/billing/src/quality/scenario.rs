//! What people train with: scenarios that the simulator plays, each with its known right answer (`data/training_scenarios.tsv`),
//! and how a person's answer compares. It never sees a real claim.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::work::{Desk, ResolutionCode, Skill, WorkReason};

/// The scenarios as the program ships them.
const SCENARIOS_TEXT: &str = include_str!("../../data/training_scenarios.tsv");

/// What naming the reason is worth, of 100: everything else follows from it.
pub const REASON_POINTS: i64 = 30;
/// What naming the desk is worth.
pub const DESK_POINTS: i64 = 20;
/// What the right end is worth.
pub const END_POINTS: i64 = 30;
/// What naming the stage where it began is worth …
pub const STAGE_POINTS: i64 = 10;
/// … and what went wrong there.
pub const CAUSE_POINTS: i64 = 10;

crate::work::words! {
    /// What makes the simulated payer refuse.
    Trigger {
        /// The coverage was over.
        CoverageNotInForce "coverage_not_in_force" "The coverage was over",
        /// No permission on the claim.
        NoPriorAuthorization "no_prior_authorization" "No authorization on the claim",
        /// It came after the limit.
        LateFiling "late_filing" "The claim came after the limit",
        /// Another payer goes first.
        OtherPayerFirst "other_payer_first" "Another payer goes first",
        /// One line is part of another.
        Bundle "bundle" "One line is part of another",
        /// The member is unknown.
        MemberId "member_id" "The member is not known",
        /// The payer just does.
        Chance "chance" "The payer’s own judgement",
    }
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The stored word.
    pub key: &'static str,
    /// What the simulator does.
    pub trigger: Trigger,
    /// The adjustment's group; "-" for what no payer decided.
    pub group: &'static str,
    /// The reason code of the adjustment; "-" likewise.
    pub carc: &'static str,
    /// Remark codes.
    pub rarc: Vec<&'static str>,
    /// The right reason; its desk and skill are right too.
    pub reason: WorkReason,
    /// The right ends, the best first.
    pub ends: Vec<ResolutionCode>,
    /// Where it began …
    pub stage: &'static str,
    /// … and what went wrong there.
    pub cause: &'static str,
    /// What the person is shown beside the claim.
    pub facts: Vec<&'static str>,
    /// Why the answer is right.
    pub explanation: &'static str,
}

/// Every scenario. A line that cannot be read is left out, and the test below then fails.
pub static SCENARIOS: LazyLock<Vec<Scenario>> = LazyLock::new(|| lines().filter_map(read).collect());

/// The scenario of a key.
pub fn scenario(key: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|one| one.key == key)
}

fn lines() -> impl Iterator<Item = &'static str> {
    SCENARIOS_TEXT.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn read(line: &'static str) -> Option<Scenario> {
    let fields: Vec<&'static str> = line.split('\t').collect();
    let [key, trigger, group, carc, rarc, reason, ends, stage, cause, facts, explanation] = fields.as_slice() else {
        return None;
    };
    Some(Scenario {
        key,
        trigger: Trigger::parse(trigger)?,
        group,
        carc,
        rarc: rarc.split(',').filter(|code| !code.is_empty()).collect(),
        reason: WorkReason::parse(reason)?,
        ends: ends.split(',').map(ResolutionCode::parse).collect::<Option<_>>()?,
        stage,
        cause,
        facts: facts.split('|').map(str::trim).collect(),
        explanation,
    })
}

/// What a person answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingAnswer {
    /// Why there is work.
    pub reason: WorkReason,
    /// Whose it is.
    pub desk: Desk,
    /// How it ends.
    pub end: ResolutionCode,
    /// Where it began …
    pub stage: String,
    /// … and what went wrong there.
    pub cause: String,
}

/// One point of an answer beside what is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What was asked.
    pub asked: &'static str,
    /// What the person said.
    pub said: String,
    /// What is right.
    pub right: String,
    /// Whether it was right.
    pub is_right: bool,
    /// What it was worth.
    pub points: i64,
}

/// An answer beside the right one, point by point.
pub fn compare(scenario: &Scenario, answer: &TrainingAnswer) -> Vec<Compared> {
    let ends: Vec<&str> = scenario.ends.iter().map(|end| end.label()).collect();
    let desk = scenario.reason.desk();
    let point = |asked, (said, right): (&str, &str), is_right, points| Compared {
        asked,
        said: said.to_owned(),
        right: right.to_owned(),
        is_right,
        points,
    };
    vec![
        point(
            "Why is there work?",
            (answer.reason.title(), scenario.reason.title()),
            answer.reason == scenario.reason,
            REASON_POINTS,
        ),
        point("Whose is it?", (answer.desk.label(), desk.label()), answer.desk == desk, DESK_POINTS),
        point(
            "How does it end?",
            (answer.end.label(), &ends.join(", or ")),
            scenario.ends.contains(&answer.end),
            END_POINTS,
        ),
        point("Where did it begin?", (&answer.stage, scenario.stage), answer.stage == scenario.stage, STAGE_POINTS),
        point(
            "What went wrong there?",
            (&answer.cause, scenario.cause),
            answer.stage == scenario.stage && answer.cause == scenario.cause,
            CAUSE_POINTS,
        ),
    ]
}

/// What an answer came to, of 100.
pub fn points(compared: &[Compared]) -> i64 {
    compared.iter().filter(|one| one.is_right).map(|one| one.points).sum()
}

/// The skills that there is a scenario for.
pub fn skills() -> Vec<Skill> {
    let mut all: Vec<Skill> = SCENARIOS.iter().map(|one| one.reason.skill()).collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::cause::is_cause;
    use crate::work::reason::{Unpaid, denial_reason};
    use ledger::Money;

    #[test]
    fn every_line_is_read_and_its_answer_is_one_that_the_desk_could_give() {
        assert_eq!(SCENARIOS.len(), lines().count());
        for one in SCENARIOS.iter() {
            assert!(is_cause(one.stage, one.cause), "{}", one.key);
            assert!(
                !one.ends.is_empty() && one.ends.iter().all(|end| one.reason.spec().resolutions.contains(end)),
                "{}",
                one.key
            );
            assert!(!one.facts.is_empty() && one.explanation.len() > 40, "{}", one.key);
            assert_eq!(SCENARIOS.iter().filter(|other| other.key == one.key).count(), 1, "{}", one.key);
        }
        for trigger in Trigger::ALL {
            assert!(SCENARIOS.iter().any(|one| one.trigger == *trigger), "{trigger:?} is played");
        }
    }

    #[test]
    fn what_the_payer_says_opens_the_reason_that_is_right() {
        for one in SCENARIOS.iter().filter(|one| one.carc != "-") {
            let remarks: Vec<String> = one.rarc.iter().map(|code| (*code).to_owned()).collect();
            let part = Unpaid { reason: one.carc, remarks: [&[], &remarks], amount: Money::from_cents(100) };
            assert_eq!(denial_reason([part].into_iter()), one.reason, "{}", one.key);
        }
    }

    #[test]
    fn an_answer_is_compared_point_by_point() {
        let one = scenario("no-authorization").unwrap();
        let right = TrainingAnswer {
            reason: one.reason,
            desk: one.reason.desk(),
            end: one.ends[1],
            stage: one.stage.into(),
            cause: one.cause.into(),
        };
        assert_eq!(points(&compare(one, &right)), 100, "the second best end counts");
        for (answer, left) in [
            (TrainingAnswer { reason: WorkReason::Denied, ..right.clone() }, 70),
            (TrainingAnswer { desk: Desk::Tier1, ..right.clone() }, 80),
            (TrainingAnswer { end: ResolutionCode::WrittenOff, ..right.clone() }, 70),
            (TrainingAnswer { stage: "payer".into(), ..right.clone() }, 80),
            (TrainingAnswer { cause: "referral missing".into(), ..right.clone() }, 90),
        ] {
            assert_eq!(points(&compare(one, &answer)), left, "{answer:?}");
        }
        assert_eq!(REASON_POINTS + DESK_POINTS + END_POINTS + STAGE_POINTS + CAUSE_POINTS, 100);
    }
}
