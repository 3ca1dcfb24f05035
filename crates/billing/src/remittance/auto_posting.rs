//! When a payer's payment is posted by itself, and why one is not. Judges what a posting would do before it is made;
//! posts nothing and never lets a payment through that does not balance, because such a one never comes here.

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::counting::counted;

/// A payer's setting: "post by itself".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "snake_case")]
pub enum AutoPosting {
    /// A person posts every payment.
    Never,
    /// Where every claim of it is ours and adds up, so that no cash of it would wait.
    #[default]
    WhenGreen,
    /// Where nothing of it is beyond what is set here.
    Within(Thresholds),
}

/// What a payment may hold to be posted by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Thresholds {
    /// Its amount, at most; none where any amount may be.
    #[serde(default)]
    pub most_amount: Option<Money>,
    /// Its claims, at most.
    #[serde(default)]
    pub most_claims: Option<i32>,
    /// Of a hundred claims so many may have something denied.
    #[serde(default)]
    pub most_denied_percent: Option<i32>,
    /// No decision of it may be a reversal.
    #[serde(default)]
    pub no_reversals: bool,
    /// Nothing of it may stand outside its claims (PLB).
    #[serde(default)]
    pub no_provider_adjustments: bool,
    /// No cash of it may wait: every claim is ours and adds up.
    #[serde(default)]
    pub no_waiting: bool,
}

/// What a posting would come to, as far as the setting asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prospect {
    /// What is paid.
    pub amount: Money,
    /// Claims in it.
    pub claims: usize,
    /// Claims that would be set aside.
    pub set_aside: usize,
    /// Claims that match nothing of ours.
    pub unmatched: usize,
    /// Claims with something denied.
    pub denied: usize,
    /// Claims taken back.
    pub reversed: usize,
    /// Amounts outside any claim.
    pub provider_adjustments: usize,
}

impl AutoPosting {
    /// Why a payment is not posted by itself, each reason as a sentence; none where it is.
    pub fn reasons(&self, prospect: &Prospect) -> Vec<String> {
        match self {
            AutoPosting::Never => vec!["This payer's payments are posted by a person (payer setting).".to_owned()],
            AutoPosting::WhenGreen => waiting(prospect),
            AutoPosting::Within(thresholds) => thresholds.reasons(prospect),
        }
    }
}

fn waiting(prospect: &Prospect) -> Vec<String> {
    let mut reasons = Vec::new();
    if prospect.set_aside > 0 {
        reasons.push(format!("{} of it would be set aside.", counted(prospect.set_aside, "claim")));
    }
    if prospect.unmatched > 0 {
        let (verb, claims) = (if prospect.unmatched == 1 { "matches" } else { "match" }, prospect.unmatched);
        reasons.push(format!("{} of it {verb} nothing of ours.", counted(claims, "claim")));
    }
    reasons
}

impl Thresholds {
    fn reasons(&self, prospect: &Prospect) -> Vec<String> {
        let mut reasons = if self.no_waiting { waiting(prospect) } else { Vec::new() };
        if let Some(most) = self.most_amount.filter(|most| prospect.amount > *most) {
            reasons.push(format!("Its amount of {} is above {most} (payer setting).", prospect.amount));
        }
        if let Some(most) = self.most_claims.filter(|most| is_above(prospect.claims, *most)) {
            reasons.push(format!("Its {} are more than {most} (payer setting).", counted(prospect.claims, "claim")));
        }
        if let Some(most) = self.most_denied_percent
            && is_above(prospect.denied.saturating_mul(100), most.saturating_mul(as_count(prospect.claims)))
        {
            let claims = counted(prospect.claims, "claim");
            reasons.push(format!(
                "{} of {claims} are denied, above {most} in a hundred (payer setting).",
                prospect.denied
            ));
        }
        if self.no_reversals && prospect.reversed > 0 {
            reasons.push(format!("It takes {} back (payer setting).", counted(prospect.reversed, "decision")));
        }
        if self.no_provider_adjustments && prospect.provider_adjustments > 0 {
            let count = counted(prospect.provider_adjustments, "amount");
            reasons.push(format!("{count} of it stand outside its claims (PLB; payer setting)."));
        }
        reasons
    }
}

fn as_count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn is_above(count: usize, most: i32) -> bool {
    usize::try_from(most).is_ok_and(|most| count > most) || most < 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Prospect {
        Prospect { amount: Money::from_cents(100_000), claims: 10, denied: 1, ..Prospect::default() }
    }

    #[test]
    fn each_setting_tells_why_a_payment_waits() {
        let within = |change: fn(&mut Thresholds)| {
            let mut thresholds = Thresholds::default();
            change(&mut thresholds);
            AutoPosting::Within(thresholds)
        };
        let cases: [(AutoPosting, Prospect, &[&str]); 10] = [
            (AutoPosting::WhenGreen, usual(), &[]),
            (AutoPosting::Never, usual(), &["This payer's payments are posted by a person (payer setting)."]),
            (
                AutoPosting::WhenGreen,
                Prospect { set_aside: 1, unmatched: 2, ..usual() },
                &["1 claim of it would be set aside.", "2 claims of it match nothing of ours."],
            ),
            (within(|_| {}), Prospect { set_aside: 1, ..usual() }, &[]),
            (
                within(|all| all.no_waiting = true),
                Prospect { unmatched: 1, ..usual() },
                &["1 claim of it matches nothing of ours."],
            ),
            (
                within(|all| all.most_amount = Some(Money::from_cents(99_999))),
                usual(),
                &["Its amount of 1,000.00 is above 999.99 (payer setting)."],
            ),
            (within(|all| all.most_claims = Some(9)), usual(), &["Its 10 claims are more than 9 (payer setting)."]),
            (within(|all| all.most_denied_percent = Some(10)), usual(), &[]),
            (
                within(|all| all.most_denied_percent = Some(9)),
                usual(),
                &["1 of 10 claims are denied, above 9 in a hundred (payer setting)."],
            ),
            (
                within(|all| (all.no_reversals, all.no_provider_adjustments) = (true, true)),
                Prospect { reversed: 1, provider_adjustments: 2, ..usual() },
                &[
                    "It takes 1 decision back (payer setting).",
                    "2 amounts of it stand outside its claims (PLB; payer setting).",
                ],
            ),
        ];
        for (setting, prospect, expected) in cases {
            assert_eq!(setting.reasons(&prospect), expected, "{setting:?}");
        }
    }
}
