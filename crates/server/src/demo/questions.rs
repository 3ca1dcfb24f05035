//! The questions that reach the demo's desk: who asks, how, what, and what becomes of it. The same seed gives the same questions.
//! Pure: knows no clock, no database, no use case.

use billing::work::inquiry::{Channel, InquiryReason};
use jiff::civil::Date;
use simulator::Chance;

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
    /// Nobody has looked at it yet when it comes in: who looks at the demo finds it.
    pub waits: bool,
}

impl QuestionStory {
    /// Whether Tier 1 may not decide it.
    pub fn is_hard(&self) -> bool {
        matches!(
            self.reason,
            InquiryReason::BilledWrongly
                | InquiryReason::Resubmit
                | InquiryReason::CodingDispute
                | InquiryReason::Authorization
                | InquiryReason::AtAgency
                | InquiryReason::Accident
        )
    }
}

/// Of 10,000 working days: that a question comes, and that a second one does.
const ASKED_BP: u64 = 6_500;
const TWICE_BP: u64 = 2_500;
/// Questions of the last days wait, so that a newcomer finds some.
const WAITING_DAYS: usize = 6;

/// The eight questions of the field, and the dispute that follows them: most of what is asked.
const USUAL: [(InquiryReason, &str, &str); 9] = [
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

/// Of 10,000 questions: those of the rest of the catalogue.
const RARE_BP: u64 = 3_000;

/// The rest of the catalogue, each as it is asked and as the first desk that may answers it or hands it up.
const RARE: [(InquiryReason, &str, &str); 22] = [
    (
        InquiryReason::PayNow,
        "Wants to pay by card, the last try was declined.",
        "Confirmed the balance and took the new card on the processor's page.",
    ),
    (
        InquiryReason::PaymentPlan,
        "Asks to pay in four parts.",
        "Agreed on four parts within the practice's least payment.",
    ),
    (
        InquiryReason::NewInsurance,
        "Has a new card since the first of the month.",
        "Entered the card with its days; the payer is asked for each visit.",
    ),
    (
        InquiryReason::ChargeNotMine,
        "Says the second service on the bill was never done.",
        "Says a service was not received; the note has to be read.",
    ),
    (
        InquiryReason::Authorization,
        "The plan says there was no permission for the scan.",
        "The plan says there was no permission; it may be asked for after the fact.",
    ),
    (
        InquiryReason::Estimate,
        "Wants to know what the yearly check costs without a plan.",
        "Sent a good-faith estimate in writing.",
    ),
    (
        InquiryReason::BillOverEstimate,
        "The bill is far above the estimate.",
        "The bill is above the estimate; both have to be compared.",
    ),
    (
        InquiryReason::SurpriseBill,
        "Was told everybody is in the network, and one was not.",
        "Asks whether the law on surprise bills protects the visit.",
    ),
    (
        InquiryReason::Assistance,
        "Lost the job and cannot pay at all.",
        "Sent policy and application in plain words; collection waits.",
    ),
    (
        InquiryReason::Refund,
        "Paid twice and wants one payment back.",
        "Looked at open claims and balances; the refund is asked for.",
    ),
    (
        InquiryReason::ReturnedPayment,
        "The bank sent the check back.",
        "Agreed on a card payment; the fee is as the practice's policy says.",
    ),
    (InquiryReason::Contact, "Moved last week.", "Entered the new address; the next statement goes there."),
    (
        InquiryReason::AtAgency,
        "An agency wrote about a bill that the plan is still working on.",
        "The plan is still deciding; the account has to come back from the agency.",
    ),
    (
        InquiryReason::DebtDispute,
        "Disputes the debt in writing and wants no more calls.",
        "Disputes the debt; contact has stopped until it is answered.",
    ),
    (InquiryReason::Records, "Asks for a copy of the records.", "Sent what was asked for, and noted to whom."),
    (
        InquiryReason::Representative,
        "A daughter calls and has the power of attorney.",
        "The paper is on file with its scope.",
    ),
    (
        InquiryReason::Accident,
        "The visit was after a car accident.",
        "Another insurer may be first; its claim number has to be entered.",
    ),
    (
        InquiryReason::NotBillable,
        "Has Medicaid and says nobody may send a bill.",
        "Says the program forbids a bill; the day's coverage has to be asked for.",
    ),
    (
        InquiryReason::Complaint,
        "Is upset about how the last call went.",
        "Complains about a call; wants an answer in writing.",
    ),
    (InquiryReason::Legal, "An attorney asks for the file.", "An attorney wrote; only compliance answers."),
    (
        InquiryReason::ConsentWithdrawn,
        "Wants no more text messages.",
        "Revoked the consent while the person was on the line.",
    ),
    (
        InquiryReason::Access,
        "Needs an interpreter for the next call.",
        "Noted the language on the account; the next call begins with an interpreter.",
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
    let is_rare = chance.below(10_000, &["question", name, "rare"]) < RARE_BP;
    let (reason, question, answer) =
        if is_rare { RARE[dice(RARE.len(), "which")] } else { USUAL[dice(USUAL.len(), "reason")] };
    let waits = recent && dice(3, "waits") < 2;
    let channel = [Channel::Phone, Channel::Phone, Channel::Phone, Channel::Email, Channel::Letter, Channel::Portal]
        [dice(6, "channel")];
    QuestionStory { on, patient: dice(patients, "patient"), channel, reason, question, answer, waits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_year_of_questions_asks_most_of_the_catalogue_and_repeats_with_its_seed() {
        let days = crate::demo::visits::working_days(jiff::civil::date(2026, 3, 2), jiff::civil::date(2026, 8, 31));
        let all = questions(&Chance::new(7), 60, &days);
        assert_eq!(all, questions(&Chance::new(7), 60, &days));
        let asked: std::collections::BTreeSet<_> = all.iter().map(|question| question.reason.as_str()).collect();
        assert!(asked.len() * 3 > InquiryReason::ALL.len() * 2, "{asked:?}");
        assert!(all.iter().any(|question| question.waits) && all.iter().any(QuestionStory::is_hard));
    }
}
