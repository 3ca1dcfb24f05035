//! The questions that reach the demo's desk: who asks, how, what, and what becomes of it. The same seed gives the same questions.
//! Pure: knows no clock, no database, no use case.

use billing::work::inquiry::{Channel, InquiryReason};
use jiff::civil::Date;
use simulator::Chance;

/// What becomes of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Tier 1 answers it the same day.
    Answered,
    /// Tier 1 hands it up; Tier 2 ends it some days later.
    EscalatedAndResolved,
    /// Tier 1 hands it up; it is still open.
    Escalated,
    /// Nobody has taken it yet.
    Waiting,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionStory {
    /// The day it came.
    pub on: Date,
    /// Which patient, by place in their list.
    pub patient: usize,
    /// How it came.
    pub channel: Channel,
    /// What about.
    pub reason: InquiryReason,
    /// In the desk's words.
    pub question: &'static str,
    /// What was answered, or why it was handed up.
    pub answer: &'static str,
    /// What became of it.
    pub fate: Fate,
}

/// Of 10,000 working days: that a question comes, and that a second one does.
const ASKED_BP: u64 = 6_500;
const TWICE_BP: u64 = 2_500;
/// Questions of the last days wait, so that a newcomer finds some.
const WAITING_DAYS: usize = 6;

const WORDS: [(InquiryReason, &str, &str); 9] = [
    (
        InquiryReason::BillExplanation,
        "Asks why the statement shows an amount although the plan was billed.",
        "Read the visit aloud line by line: what the plan allowed, what it paid, what is copay and deductible. Caller agrees.",
    ),
    (
        InquiryReason::Balance,
        "Wants to know what is still open in all.",
        "Gave the balance by visit and the date of the next statement.",
    ),
    (
        InquiryReason::PaymentReceived,
        "Sent a check last week and asks whether it came.",
        "Checked the payments on the account, gave date and amount of what is posted.",
    ),
    (
        InquiryReason::InsuranceActive,
        "Changed jobs and asks whether the insurance on file is still active.",
        "Read the payer's last answer: active or not, with copay and what is left of the deductible.",
    ),
    (
        InquiryReason::ClaimDenied,
        "Received a letter of the plan saying a service was denied, asks what that means.",
        "Explained the payer's reason in plain words and that the practice is working on it; nothing is due for it now.",
    ),
    (
        InquiryReason::BilledWrongly,
        "Says the visit took five minutes and the level charged is too high.",
        "Disputes the level of the visit; needs a look at the note before anybody answers.",
    ),
    (
        InquiryReason::Resubmit,
        "The plan told the patient to have the claim sent again with the permission number.",
        "The plan wants the claim again with its permission number; a corrected claim is for Tier 2 to decide.",
    ),
    (
        InquiryReason::PayerNeverGotIt,
        "The plan says it has no claim for the visit.",
        "Found the payer's acceptance with its claim number and date, read both to the caller.",
    ),
    (
        InquiryReason::CodingDispute,
        "Says the yearly check should be free and was billed as an office visit.",
        "Says a preventive visit was coded as an office visit; a coder has to look at the note.",
    ),
];

/// Makes the questions of a period.
pub fn questions(chance: &Chance, patients: usize, days: &[Date]) -> Vec<QuestionStory> {
    let mut all = Vec::new();
    if patients == 0 {
        return all;
    }
    for (index, day) in days.iter().enumerate() {
        let name = index.to_string();
        let dice = |below: u64, what: &str| chance.below(below, &["question", &name, what]);
        let mut count = usize::from(dice(10_000, "asked") < ASKED_BP);
        count += usize::from(count == 1 && dice(10_000, "twice") < TWICE_BP);
        for n in 0..count {
            all.push(one(chance, patients, *day, &format!("{name}.{n}"), index + WAITING_DAYS >= days.len()));
        }
    }
    all
}

fn one(chance: &Chance, patients: usize, on: Date, name: &str, recent: bool) -> QuestionStory {
    let dice =
        |below: usize, what: &str| usize::try_from(chance.below(below as u64, &["question", name, what])).unwrap_or(0);
    let (reason, question, answer) = WORDS[dice(WORDS.len(), "reason")];
    let hard = matches!(reason, InquiryReason::BilledWrongly | InquiryReason::Resubmit | InquiryReason::CodingDispute);
    let fate = match (hard, recent, dice(3, "fate")) {
        (_, true, 0 | 1) => Fate::Waiting,
        (true, false, 0 | 1) => Fate::EscalatedAndResolved,
        (true, _, _) => Fate::Escalated,
        (false, _, _) => Fate::Answered,
    };
    let channel = [Channel::Phone, Channel::Phone, Channel::Phone, Channel::Email, Channel::Letter, Channel::Portal]
        [dice(6, "channel")];
    QuestionStory { on, patient: dice(patients, "patient"), channel, reason, question, answer, fate }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_season_of_questions_has_every_fate_and_repeats_with_its_seed() {
        let days = crate::demo::visits::working_days(jiff::civil::date(2026, 3, 2), jiff::civil::date(2026, 5, 29));
        let all = questions(&Chance::new(7), 60, &days);
        assert_eq!(all, questions(&Chance::new(7), 60, &days));
        for fate in [Fate::Answered, Fate::EscalatedAndResolved, Fate::Escalated, Fate::Waiting] {
            assert!(all.iter().any(|question| question.fate == fate), "{fate:?}");
        }
    }
}
