//! The sentences in American English: short, spoken, no jargon without its meaning.

use crate::Money;
use crate::explain::{Language, PatientShare, SUSPENSE, Sentence, Step, StepKind, carc_of, denial_words};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "$1,234.56"; the only place besides letters where a currency sign stands.
pub(super) fn dollars(amount: Money) -> String {
    if amount.is_negative() { format!("-${}", amount.abs()) } else { format!("${amount}") }
}

/// "August 27, 2026", held together by no-break spaces.
pub(super) fn day(on: jiff::civil::Date) -> String {
    let month = usize::try_from(on.month()).ok().and_then(|month| MONTHS.get(month - 1)).copied().unwrap_or("");
    format!("{month}\u{a0}{}, {}", on.day(), on.year())
}

fn plan_or(plan: &str, first: bool) -> String {
    match (plan.is_empty(), first) {
        (true, true) => "Your plan".to_owned(),
        (true, false) => "Your next plan".to_owned(),
        (false, true) => format!("Your plan, {plan},"),
        (false, false) => format!("Your next plan, {plan},"),
    }
}

/// The sentence.
pub(super) fn words(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Charged { amount, on } => {
            format!("We charged {} for your visit on {}.", dollars(*amount), day(*on))
        }
        Sentence::PlanDecided { plan, first, allowed, of, paid } => decided(plan, *first, *allowed, *of, *paid),
        Sentence::NobodyOwes { amount } if amount.is_negative() => {
            format!("{} was added back to the plan’s price.", dollars(amount.abs()))
        }
        Sentence::NobodyOwes { amount } => {
            format!("Nobody owes the {} above the plan’s price.", dollars(*amount))
        }
        Sentence::Withheld { plan, amount } => {
            let plan = if plan.is_empty() { "your plan" } else { plan };
            let words = if amount.is_negative() { "was added to" } else { "was taken off" };
            format!(
                "{} {words} what {plan} pays, by law or by its contract with us; nobody owes it.",
                dollars(amount.abs())
            )
        }
        Sentence::SetApart { plan, amount } => {
            let plan = if plan.is_empty() { "your plan" } else { plan };
            let told = if amount.is_negative() {
                format!("The amounts of {plan} tell {} twice", dollars(amount.abs()))
            } else {
                format!("No amount of {plan} tells {} of the charge", dollars(*amount))
            };
            format!("{told}; we set that apart and ask the plan about it. It is not billed to you.")
        }
        Sentence::Share { share, amount } => share_words(*share, *amount),
        Sentence::Denied { plan, amount, reason } => {
            let plan = if plan.is_empty() { "your plan" } else { plan };
            let why = match denial_words(carc_of(reason), Language::English) {
                Some(words) => format!("because {words}"),
                None => format!("(its reason code is {reason})"),
            };
            format!(
                "So far {plan} has not paid {} {why}. We are taking this up with the plan; it is not billed to you.",
                dollars(*amount)
            )
        }
        Sentence::WithPlan { plan, amount } => {
            let plan = if plan.is_empty() { "your plan" } else { plan };
            format!("{} is with {plan}, which has not decided yet; it is not billed to you.", dollars(*amount))
        }
        Sentence::DueFromPlan { plan, amount } => {
            let plan = if plan.is_empty() { "your plan" } else { plan };
            format!(
                "{} is due from {plan}; no claim was sent to it yet, and it is not billed to you.",
                dollars(*amount)
            )
        }
        Sentence::AskedOfNobody { plan, amount } => {
            let plan = if plan.is_empty() { "your plan" } else { plan };
            format!(
                "The claim to {plan} was taken back, and nobody is asked for {} until we bill it anew; it is not billed to you.",
                dollars(*amount)
            )
        }
        Sentence::AwaitsCoverage { amount } => format!(
            "We do not know yet who pays the {}: tell us your plan of that day, or that there is none. Until then it is \
             not billed to you.",
            dollars(*amount)
        ),
        Sentence::PlanOverpaid { plan, amount } => {
            let plan = if plan.is_empty() { "Your plan" } else { plan };
            format!(
                "{plan} has paid {} more than it owed; we settle that with the plan, not with you.",
                dollars(*amount)
            )
        }
        Sentence::NoPlan { amount } => {
            format!("No plan was billed for this visit, so the {} is yours to pay.", dollars(*amount))
        }
        Sentence::PatientPaid { amount } if amount.is_negative() => {
            format!("We returned {} to you.", dollars(amount.abs()))
        }
        Sentence::PatientPaid { amount } => format!("You have paid {}.", dollars(*amount)),
        Sentence::WrittenOff { amount } if amount.is_negative() => {
            format!("{} we had taken off was put back.", dollars(amount.abs()))
        }
        Sentence::WrittenOff { amount } => format!("We took {} off your bill.", dollars(*amount)),
        Sentence::PatientOwes { amount } => format!("That leaves {} for you to pay.", dollars(*amount)),
        Sentence::NothingOwed => "You owe nothing for this visit.".to_owned(),
        Sentence::PatientOverpaid { amount } => {
            format!("You have paid {} too much; it is yours, and we hold it for you.", dollars(*amount))
        }
    }
}

fn decided(plan: &str, first: bool, allowed: Money, of: Money, paid: Money) -> String {
    let who = plan_or(plan, first);
    if !first {
        return if paid.is_zero() { format!("{who} paid nothing.") } else { format!("{who} paid {}.", dollars(paid)) };
    }
    if allowed.is_zero() {
        return format!("{who} allowed nothing of the {} charge.", dollars(of));
    }
    let price = if allowed == of {
        format!("{who} allowed the whole {} charge", dollars(of))
    } else {
        format!("{who} allowed {} of the {} charge", dollars(allowed), dollars(of))
    };
    if paid.is_zero() { format!("{price}; it paid nothing.") } else { format!("{price}; it paid {}.", dollars(paid)) }
}

fn share_words(share: PatientShare, amount: Money) -> String {
    let amount = dollars(amount);
    match share {
        PatientShare::Deductible => format!("{amount} is your deductible, the part you pay before your plan pays."),
        PatientShare::Coinsurance => format!("{amount} is your coinsurance, your share of the plan’s price."),
        PatientShare::Copay => format!("{amount} is your copay, a fixed part of each visit."),
        PatientShare::Other => format!("{amount} is assigned to you by your plan."),
    }
}

/// The words of a row in "the numbers behind it".
pub(super) fn step(step: &Step, plan: Option<&str>) -> String {
    let plan = plan.filter(|name| !name.is_empty()).unwrap_or("the plan");
    match step.kind {
        StepKind::Charged if step.amount.is_negative() => "Charge corrected".to_owned(),
        StepKind::Charged => "Charged".to_owned(),
        StepKind::WithheldByPlan => format!("Kept back by {plan}, by law or contract: owed by nobody"),
        StepKind::AbovePlanPrice => "Above the plan’s price: owed by nobody".to_owned(),
        StepKind::PaidByPlan => format!("Paid by {plan}"),
        StepKind::TakenBackByPlan => format!("Taken back by {plan}"),
        StepKind::MovedToPatient(PatientShare::Deductible) => "of what remains: your deductible".to_owned(),
        StepKind::MovedToPatient(PatientShare::Coinsurance) => "of what remains: your coinsurance".to_owned(),
        StepKind::MovedToPatient(PatientShare::Copay) => "of what remains: your copay".to_owned(),
        StepKind::MovedToPatient(PatientShare::Other) => "of what remains: yours, by the plan’s decision".to_owned(),
        StepKind::MovedToNextPlan => "of what remains: due from the next plan".to_owned(),
        StepKind::NowWithPlan => format!("of what remains: asked of {plan} first"),
        StepKind::BilledToPatient => "of what remains: yours, no plan is asked for it".to_owned(),
        StepKind::PaidByPatient => "Paid by you".to_owned(),
        StepKind::ReturnedToPatient => "Returned to you".to_owned(),
        StepKind::CameBackUnpaid => "Your payment came back unpaid".to_owned(),
        StepKind::KeptForPatient => "Your payment, kept for you until it is known what you owe".to_owned(),
        StepKind::WrittenOff => "Taken off your bill".to_owned(),
        StepKind::DecisionTakenBack => format!("Decision taken back by {plan}"),
        StepKind::SetApart if step.source.kind == SUSPENSE => format!("No longer set apart: asked of {plan}"),
        StepKind::SetApart if step.amount.is_positive() => format!("Told twice by {plan}: set apart, nobody paid it"),
        StepKind::SetApart => format!("Told by no amount of {plan}: set apart, nobody paid it"),
    }
}
