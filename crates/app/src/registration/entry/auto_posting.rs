//! When a payer's payments are posted by themselves, as typed: read into the setting, and back into the form.

use billing::Money;
use billing::remittance::auto_posting::{AutoPosting, Thresholds};

use super::{Judge, PayerEntry, ticked};

/// A person posts each payment.
pub const NEVER: &str = "never";
/// All claims of it are ours and add up.
pub const GREEN: &str = "green";
/// Nothing of it is beyond the thresholds.
pub const WITHIN: &str = "within";

pub(super) fn judged(judge: &mut Judge, typed: &PayerEntry) -> AutoPosting {
    match typed.post_when.as_str() {
        NEVER => AutoPosting::Never,
        "" | GREEN => AutoPosting::WhenGreen,
        WITHIN => AutoPosting::Within(Thresholds {
            most_amount: amount(judge, &typed.post_most_amount),
            most_claims: count(judge, "post_most_claims", &typed.post_most_claims, i32::MAX),
            most_denied_percent: count(judge, "post_most_denied", &typed.post_most_denied, 100),
            no_reversals: ticked(&typed.post_no_reversals),
            no_provider_adjustments: ticked(&typed.post_no_outside),
            no_waiting: ticked(&typed.post_no_waiting),
        }),
        _ => {
            judge.bad("post_when", "Choose never, when all is green, or within thresholds.");
            AutoPosting::Never
        }
    }
}

fn amount(judge: &mut Judge, text: &str) -> Option<Money> {
    if text.trim().is_empty() {
        return None;
    }
    let read = Money::parse(text).ok().filter(|amount| !amount.is_negative());
    if read.is_none() {
        judge.bad("post_most_amount", "Write dollars and cents, for example 5000.00, or leave it empty.");
    }
    read
}

fn count(judge: &mut Judge, field: &str, text: &str, most: i32) -> Option<i32> {
    if text.trim().is_empty() {
        return None;
    }
    let read = text.trim().parse().ok().filter(|count| (0..=most).contains(count));
    if read.is_none() {
        judge.bad(field, "Write a whole number, or leave it empty.");
    }
    read
}

impl PayerEntry {
    /// The form with a setting in it.
    #[must_use]
    pub fn with_auto_posting(self, setting: &AutoPosting) -> PayerEntry {
        let within = |all: &Thresholds| PayerEntry {
            post_most_amount: all.most_amount.map(|amount| amount.to_string()).unwrap_or_default(),
            post_most_claims: all.most_claims.map(|count| count.to_string()).unwrap_or_default(),
            post_most_denied: all.most_denied_percent.map(|count| count.to_string()).unwrap_or_default(),
            post_no_reversals: yes(all.no_reversals),
            post_no_outside: yes(all.no_provider_adjustments),
            post_no_waiting: yes(all.no_waiting),
            ..PayerEntry::default()
        };
        let (when, typed) = match setting {
            AutoPosting::Never => (NEVER, PayerEntry::default()),
            AutoPosting::WhenGreen => (GREEN, PayerEntry::default()),
            AutoPosting::Within(thresholds) => (WITHIN, within(thresholds)),
        };
        PayerEntry {
            post_when: when.to_owned(),
            post_most_amount: typed.post_most_amount,
            post_most_claims: typed.post_most_claims,
            post_most_denied: typed.post_most_denied,
            post_no_reversals: typed.post_no_reversals,
            post_no_outside: typed.post_no_outside,
            post_no_waiting: typed.post_no_waiting,
            ..self
        }
    }
}

fn yes(is_ticked: bool) -> String {
    if is_ticked { "yes".to_owned() } else { String::new() }
}
