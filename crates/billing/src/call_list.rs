//! Whom to call about which claim, in which order: the blocks of the day, the rank inside them, and the sentence that says
//! why. Takes plain facts; reads no clock and no database.

use jiff::civil::Date;
use ledger::Money;

use crate::access::{LimitKind, Limits};
use crate::work::WorkReason;

/// Reasons of work that a call to the payer can end, once the electronic question brought nothing useful.
pub const CALL_REASONS: &[WorkReason] = &[
    WorkReason::RemittanceMissing,
    WorkReason::AcknowledgmentMissing,
    WorkReason::TransferMissing,
    WorkReason::Reversed,
    WorkReason::ClaimNotOnFile,
    WorkReason::ClaimPended,
    WorkReason::PaymentNotReceived,
    WorkReason::PaidToWrongPayee,
];

/// Days before a deadline from which it counts as of today: with a weekend between, the day after is too late.
const DEADLINE_NOW_DAYS: i64 = 3;
/// Days before a deadline from which it is urgent.
const DEADLINE_SOON_DAYS: i64 = 10;

/// A part of the day, in the order in which it is worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// What ends within days.
    DeadlinesNow,
    /// Much money, for long.
    HighDollar,
    /// What somebody promised for today.
    Promised,
    /// Everything else, payer by payer: one call, several claims.
    PayerBatch,
}

impl Block {
    /// Every block, in the order of the day.
    pub const ALL: [Block; 4] = [Block::DeadlinesNow, Block::HighDollar, Block::Promised, Block::PayerBatch];

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            Block::DeadlinesNow => "Deadlines now",
            Block::HighDollar => "High value, waiting for long",
            Block::Promised => "Promised for today",
            Block::PayerBatch => "By payer",
        }
    }

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Block::DeadlinesNow => "deadlines_now",
            Block::HighDollar => "high_dollar",
            Block::Promised => "promised",
            Block::PayerBatch => "payer_batch",
        }
    }
}

/// What of the day is left after the calls: the last block, which is no list.
pub const LAST_BLOCK: &str = "Then write down what is left: letters, scans, notes of calls without an outcome.";

/// What is known of a claim that may need a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// What depends on it.
    pub amount: Money,
    /// The next day that ends something: filing, appeal.
    pub deadline_on: Option<Date>,
    /// When it was sent.
    pub sent_on: Option<Date>,
    /// When somebody last did something about it.
    pub touched_on: Option<Date>,
    /// A promise about it is due today or before.
    pub promise_due: bool,
}

/// Where a claim stands in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rank {
    /// Which part of the day.
    pub block: Block,
    /// Nobody touched it for the practice's days.
    pub untouched: bool,
    /// Cents weighted by urgency; more is first.
    pub score: i64,
    /// Why, in a sentence.
    pub why: String,
}

/// Weight of urgency in hundredths: a deadline within three days counts four times, within ten twice.
fn urgency(days_left: Option<i64>) -> i64 {
    match days_left {
        Some(days) if days <= DEADLINE_NOW_DAYS => 400,
        Some(days) if days <= DEADLINE_SOON_DAYS => 200,
        Some(_) | None => 100,
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// Ranks one claim on a day.
pub fn rank(waiting: &Waiting, limits: &Limits, today: Date) -> Rank {
    let days_left = waiting.deadline_on.map(|day| days_between(today, day));
    let age = waiting.sent_on.map(|day| days_between(day, today));
    let idle = waiting.touched_on.map(|day| days_between(day, today));
    let untouched = idle.is_none_or(|days| days >= limits.get(LimitKind::UntouchedDays));
    let is_high = waiting.amount >= limits.money(LimitKind::HighDollar)
        && age.is_some_and(|days| days >= limits.get(LimitKind::HighDollarDays));
    let block = match days_left {
        Some(days) if days <= DEADLINE_NOW_DAYS => Block::DeadlinesNow,
        Some(_) | None if is_high => Block::HighDollar,
        Some(_) | None if waiting.promise_due => Block::Promised,
        Some(_) | None => Block::PayerBatch,
    };
    let mut why = format!("${}", waiting.amount);
    match days_left {
        Some(days) if days < 0 => why.push_str(&format!(", its deadline passed {} ago", days_word(-days))),
        Some(0) => why.push_str(", its deadline is today"),
        Some(days) if days <= DEADLINE_SOON_DAYS => why.push_str(&format!(", its deadline is in {}", days_word(days))),
        Some(_) | None => {}
    }
    if let Some(days) = age {
        why.push_str(&format!(", sent {} ago", days_word(days)));
    }
    match idle {
        Some(days) if untouched => why.push_str(&format!(", untouched for {}", days_word(days))),
        None => why.push_str(", never touched"),
        Some(_) => {}
    }
    if waiting.promise_due {
        why.push_str(", a promise is due");
    }
    let score = waiting.amount.cents().saturating_mul(urgency(days_left)) / 100;
    Rank { block, untouched, score, why }
}

fn days_word(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_blocks_of_the_day_are_filled_in_order_and_each_claim_says_why() {
        let today = date(2026, 3, 31);
        let plain = Waiting {
            amount: Money::from_cents(41_200),
            deadline_on: Some(date(2026, 6, 30)),
            sent_on: Some(date(2026, 3, 1)),
            touched_on: Some(date(2026, 3, 20)),
            promise_due: false,
        };
        let cases = [
            (plain, Block::PayerBatch, 41_200, "$412.00, sent 30 days ago"),
            (
                Waiting { deadline_on: Some(date(2026, 4, 2)), ..plain },
                Block::DeadlinesNow,
                164_800,
                "$412.00, its deadline is in 2 days, sent 30 days ago",
            ),
            (
                Waiting { deadline_on: Some(date(2026, 4, 8)), ..plain },
                Block::PayerBatch,
                82_400,
                "$412.00, its deadline is in 8 days, sent 30 days ago",
            ),
            (
                Waiting { amount: Money::from_cents(250_000), sent_on: Some(date(2026, 2, 1)), ..plain },
                Block::HighDollar,
                250_000,
                "$2,500.00, sent 58 days ago",
            ),
            (
                Waiting { promise_due: true, touched_on: Some(date(2026, 3, 1)), ..plain },
                Block::Promised,
                41_200,
                "$412.00, sent 30 days ago, untouched for 30 days, a promise is due",
            ),
        ];
        for (waiting, block, score, why) in cases {
            let rank = rank(&waiting, &Limits::default(), today);
            assert_eq!((rank.block, rank.score, rank.why.as_str()), (block, score, why));
        }
    }
}
