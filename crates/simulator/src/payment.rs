//! One payment to one provider: its claims, what happens outside any claim (PLB), and the amount. Balanced by construction,
//! and checked again by the three balances of the 835 before anything is written.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::behaviour::{PayerBehaviour, TakesBack};
use crate::decision::{ClaimDecision, DecisionKind};
use crate::submitted::BillingProvider;

/// Days of a year for interest, the usual banker's count of such payers.
const DAYS_OF_INTEREST_YEAR: i64 = 365;

/// One PLB amount. Positive lowers the payment, negative raises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderAdjustment {
    /// PLB03-1: WO, FB or L6.
    pub code: String,
    /// PLB03-2: what it refers to.
    pub reference: String,
    /// The amount.
    pub cents: i64,
}

/// One payment: one ST of an 835.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// TRN02.
    pub trace: String,
    /// BPR16.
    pub on: Date,
    /// BPR02, never negative.
    pub paid_cents: i64,
    /// Who gets it.
    pub payee: BillingProvider,
    /// The claims, in order.
    pub claims: Vec<ClaimDecision>,
    /// What happens outside any claim.
    pub provider_adjustments: Vec<ProviderAdjustment>,
}

/// Makes a payment of decided claims and of what was carried over from earlier payments.
/// Gives the payment and what is to be carried to the next one (positive amounts, to be taken then).
pub fn assemble(
    payer: &PayerBehaviour,
    payee: BillingProvider,
    trace: String,
    on: Date,
    claims: Vec<ClaimDecision>,
    carried: Vec<ProviderAdjustment>,
) -> (Payment, Vec<ProviderAdjustment>) {
    let mut adjustments = carried;
    let mut forward = Vec::new();
    for item in recoupments_to_delay(payer, &claims) {
        adjustments.push(ProviderAdjustment { cents: -item.cents, ..item.clone() });
        forward.push(item);
    }
    adjustments.extend(interest(payer, on, &claims));
    let total: i64 = claims.iter().map(ClaimDecision::paid_cents).sum();
    let taken: i64 = adjustments.iter().map(|a| a.cents).sum();
    let mut paid_cents = total - taken;
    if paid_cents < 0 {
        // BPR02 is never negative: what is missing moves to the next payment (X12 RFI 1604).
        adjustments.push(ProviderAdjustment { code: "FB".into(), reference: trace.clone(), cents: paid_cents });
        forward.push(ProviderAdjustment { code: "FB".into(), reference: trace.clone(), cents: -paid_cents });
        paid_cents = 0;
    }
    (Payment { trace, on, paid_cents, payee, claims, provider_adjustments: adjustments }, forward)
}

/// For each claim taken back in this payment whose money is to be taken from the next one: how much.
fn recoupments_to_delay(payer: &PayerBehaviour, claims: &[ClaimDecision]) -> Vec<ProviderAdjustment> {
    if payer.reversal.as_ref().is_none_or(|habit| habit.takes_back == TakesBack::AtOnce) {
        return Vec::new();
    }
    claims
        .iter()
        .filter(|claim| claim.kind == DecisionKind::Reversal)
        .filter_map(|reversal| {
            let same_claim = |other: &&ClaimDecision| {
                other.kind == DecisionKind::Correction
                    && other.control_number == reversal.control_number
                    && other.version == reversal.version
            };
            let corrected: i64 = claims.iter().filter(same_claim).map(ClaimDecision::paid_cents).sum();
            let owed = -reversal.paid_cents() - corrected;
            (owed > 0).then(|| ProviderAdjustment {
                code: "WO".into(),
                reference: reversal.payer_claim_number.clone(),
                cents: owed,
            })
        })
        .collect()
}

/// Interest on claims decided late: simple, by day, rounded half up, one PLB L6 for each claim.
fn interest(payer: &PayerBehaviour, on: Date, claims: &[ClaimDecision]) -> Vec<ProviderAdjustment> {
    let Some(habit) = &payer.pend else { return Vec::new() };
    claims
        .iter()
        .filter(|claim| claim.kind == DecisionKind::Original)
        .filter_map(|claim| {
            let days = claim.received_on.duration_until(on).as_hours() / 24 - habit.interest_after_days;
            let yearly = crate::cents::share(claim.paid_cents(), habit.interest_bp);
            let owed = (yearly * days.max(0) + DAYS_OF_INTEREST_YEAR / 2) / DAYS_OF_INTEREST_YEAR;
            (owed > 0).then(|| ProviderAdjustment {
                code: "L6".into(),
                reference: claim.payer_claim_number.clone(),
                cents: -owed,
            })
        })
        .collect()
}

impl Payment {
    /// The three balances of the 835: each line, each claim, the payment. The error names the first that fails.
    pub fn check_balance(&self) -> Result<(), String> {
        for claim in &self.claims {
            if let Some(at) = claim.lines.iter().position(|line| !line.balances()) {
                return Err(format!("line {} of claim {} does not balance", at + 1, claim.control_number));
            }
            let adjusted: i64 = claim.lines.iter().flat_map(|line| &line.adjustments).map(|a| a.cents).sum();
            if claim.charge_cents() - adjusted != claim.paid_cents() {
                return Err(format!("claim {} does not balance", claim.control_number));
            }
        }
        let total: i64 = self.claims.iter().map(ClaimDecision::paid_cents).sum();
        let taken: i64 = self.provider_adjustments.iter().map(|a| a.cents).sum();
        if self.paid_cents < 0 || total - taken != self.paid_cents {
            return Err(format!(
                "payment {} is {} cents, its claims less adjustments are {}",
                self.trace,
                self.paid_cents,
                total - taken
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::builtin_payers;
    use crate::decision::LineDecision;
    use crate::submitted::PersonName;
    use jiff::civil::date;

    fn decided(control_number: &str, kind: DecisionKind, paid_cents: i64) -> ClaimDecision {
        let line = LineDecision {
            qualifier: "HC".into(),
            procedure: "99213".into(),
            modifiers: Vec::new(),
            units: 1,
            date: Some(date(2026, 3, 2)),
            line_control_number: None,
            charge_cents: paid_cents,
            allowed_cents: paid_cents,
            paid_cents,
            adjustments: Vec::new(),
            remarks: Vec::new(),
        };
        ClaimDecision {
            control_number: control_number.into(),
            version: 1,
            kind,
            payer_claim_number: format!("N{control_number}"),
            status: "1".into(),
            place_of_service: "11".into(),
            frequency: "1".into(),
            member_id: String::new(),
            patient: PersonName::default(),
            subscriber: None,
            billing: BillingProvider::default(),
            rendering_npi: String::new(),
            received_on: date(2026, 3, 3),
            decided_at: jiff::Timestamp::UNIX_EPOCH,
            lines: vec![line],
        }
    }

    fn paid_by(
        payer: &str,
        on: Date,
        claims: Vec<ClaimDecision>,
        carried: Vec<ProviderAdjustment>,
    ) -> (Payment, Vec<ProviderAdjustment>) {
        let payer = builtin_payers().into_iter().find(|known| known.id == payer).unwrap();
        let (payment, forward) = assemble(&payer, BillingProvider::default(), "T1".into(), on, claims, carried);
        payment.check_balance().unwrap();
        (payment, forward)
    }

    fn told(adjustments: &[ProviderAdjustment]) -> Vec<(&str, &str, i64)> {
        adjustments.iter().map(|a| (a.code.as_str(), a.reference.as_str(), a.cents)).collect()
    }

    #[test]
    fn a_payment_below_zero_becomes_zero_and_its_lack_is_carried_forward() {
        let soon = date(2026, 3, 20);
        let claims = vec![decided("A", DecisionKind::Reversal, -9_000), decided("B", DecisionKind::Original, 2_000)];
        let (payment, forward) = paid_by("BWH01", soon, claims, Vec::new());
        assert_eq!((payment.paid_cents, told(&payment.provider_adjustments)), (0, vec![("FB", "T1", -7_000)]));
        assert_eq!(told(&forward), [("FB", "T1", 7_000)]);
        let (next, left) = paid_by("BWH01", soon, vec![decided("C", DecisionKind::Original, 10_000)], forward);
        assert_eq!((next.paid_cents, told(&next.provider_adjustments)), (3_000, vec![("FB", "T1", 7_000)]));
        assert!(left.is_empty());
    }

    #[test]
    fn money_to_be_taken_back_later_is_shown_now_and_taken_then() {
        let soon = date(2026, 3, 20);
        let claims = vec![decided("A", DecisionKind::Reversal, -9_000), decided("A", DecisionKind::Correction, 7_000)];
        let (payment, forward) = paid_by("NFM01", soon, claims, Vec::new());
        assert_eq!((payment.paid_cents, told(&payment.provider_adjustments)), (0, vec![("WO", "NA", -2_000)]));
        let (next, _) = paid_by("NFM01", soon, vec![decided("B", DecisionKind::Original, 5_000)], forward);
        assert_eq!((next.paid_cents, told(&next.provider_adjustments)), (3_000, vec![("WO", "NA", 2_000)]));
    }

    #[test]
    fn interest_is_owed_by_the_day_after_thirty_days() {
        let claim = || vec![decided("A", DecisionKind::Original, 100_000)];
        let (in_time, _) = paid_by("HBL01", date(2026, 4, 2), claim(), Vec::new());
        assert!(in_time.provider_adjustments.is_empty());
        // 1,000.00 at 12 percent for 10 days of 365.
        let (late, _) = paid_by("HBL01", date(2026, 4, 12), claim(), Vec::new());
        assert_eq!((late.paid_cents, told(&late.provider_adjustments)), (100_329, vec![("L6", "NA", -329)]));
    }
}
