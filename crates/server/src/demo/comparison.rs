//! Compares what the simulator decided with what the ledger says, claim by claim, reason by reason and payment by payment, to
//! the cent. Self-consistency alone is no proof: the two sides share no code and no data but the files between them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use simulator::{ClaimTruth, Truth};
use store::views::claim_money::{Books, ClaimMoneyRow};

/// Something on which the two sides differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// CLM01, or TRN02 of a payment.
    pub claim: String,
    /// The payer's electronic id; empty for a payment.
    pub payer: String,
    /// What differs: paid, contractual, patient, denied, a reason such as CO-45, payment, or outside claims.
    pub what: String,
    /// The simulator's cents.
    pub simulator_cents: i64,
    /// The ledger's cents.
    pub ledger_cents: i64,
}

/// Every difference, in order of claims, then of payments. What only one side knows differs by all of it.
pub fn differences(truth: &Truth, books: &Books) -> Vec<Difference> {
    let told = truth.claims.iter().filter(|claim| !claim.told.is_empty() && !claim.misdirected);
    let mut told: BTreeMap<(&str, &str), &ClaimTruth> =
        told.map(|claim| ((claim.control_number.as_str(), claim.payer_id.as_str()), claim)).collect();
    let mut reasons: BTreeMap<(&str, &str), BTreeMap<&str, i64>> = BTreeMap::new();
    for row in books.reasons.iter().filter(|row| row.settled.cents() != 0) {
        let key = (row.control_number.as_str(), row.payer_identifier.as_str());
        reasons.entry(key).or_default().insert(&row.reason, row.settled.cents());
    }
    let mut found = Found(Vec::new());
    for row in &books.claims {
        let key = (row.control_number.as_str(), row.payer_identifier.as_str());
        let claim = told.remove(&key);
        found.compare_sums(row, claim);
        found.compare_reasons(key, claim, &reasons.remove(&key).unwrap_or_default());
    }
    for (key, claim) in told {
        found.note(key, "unknown claim", claim.sum().paid_cents, 0);
    }
    found.compare_payments(truth, books);
    found.0
}

struct Found(Vec<Difference>);

impl Found {
    fn note(&mut self, (claim, payer): (&str, &str), what: &str, simulator_cents: i64, ledger_cents: i64) {
        if simulator_cents != ledger_cents {
            let (claim, payer, what) = (claim.to_owned(), payer.to_owned(), what.to_owned());
            self.0.push(Difference { claim, payer, what, simulator_cents, ledger_cents });
        }
    }

    fn compare_sums(&mut self, row: &ClaimMoneyRow, claim: Option<&ClaimTruth>) {
        let key = (row.control_number.as_str(), row.payer_identifier.as_str());
        let sum = claim.map(ClaimTruth::sum).unwrap_or_default();
        self.note(key, "paid", sum.paid_cents, row.paid_cents());
        self.note(key, "contractual", sum.contractual_cents, row.contractual.cents());
        self.note(key, "patient", sum.patient_cents, row.patient.cents());
        if claim.is_some() {
            // What the payer refused stays owed by it: after a decision, all that remittances did not settle.
            let refused = row.charged.cents() - sum.paid_cents - sum.contractual_cents - sum.patient_cents;
            self.note(key, "denied", refused, row.charged.cents() - row.settled.cents());
        }
    }

    fn compare_reasons(&mut self, key: (&str, &str), claim: Option<&ClaimTruth>, ledger: &BTreeMap<&str, i64>) {
        let told = claim.map(ClaimTruth::settled).unwrap_or_default();
        let all: BTreeSet<&str> = told.keys().map(String::as_str).chain(ledger.keys().copied()).collect();
        for reason in all {
            let payer = told.get(reason).copied().unwrap_or(0);
            self.note(key, reason, payer, ledger.get(reason).copied().unwrap_or(0));
        }
    }

    fn compare_payments(&mut self, truth: &Truth, books: &Books) {
        let mut posted: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for row in &books.payments {
            posted.insert(&row.trace, (row.amount.cents(), row.outside_claims.cents()));
        }
        for payment in &truth.payments {
            let outside: i64 = payment.provider_adjustments.iter().map(|a| a.cents).sum();
            let (amount, ledger_outside) = posted.remove(payment.trace.as_str()).unwrap_or_default();
            self.note((&payment.trace, &payment.payer_id), "payment", payment.paid_cents, amount);
            self.note((&payment.trace, &payment.payer_id), "outside claims", outside, ledger_outside);
        }
        for (trace, (amount, _)) in posted {
            self.note((trace, ""), "unknown payment", 0, amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::Money;
    use simulator::{DecisionKind, DecisionTruth, PaymentTruth};
    use store::views::claim_money::{ClaimReasonRow, PaymentMoneyRow};

    fn truth() -> Truth {
        let day = jiff::civil::date(2026, 3, 12);
        let told = DecisionTruth {
            version: 1,
            kind: DecisionKind::Original,
            payer_claim_number: "N1".into(),
            trace: "T1".into(),
            paid_on: day,
            charge_cents: 14_000,
            paid_cents: 7_200,
            adjustments: BTreeMap::from([("CO-45".into(), 4_800), ("PR-3".into(), 2_000)]),
            denied: BTreeMap::new(),
            prior_payer: BTreeMap::new(),
            contractual_cents: 4_800,
            denied_cents: 0,
            prior_payer_cents: 0,
            patient_cents: BTreeMap::from([("3".into(), 2_000)]),
        };
        let claim = ClaimTruth {
            payer_id: "P".into(),
            control_number: "A1".into(),
            told: vec![told],
            standing: None,
            rejections: Vec::new(),
            misdirected: false,
        };
        let payment = PaymentTruth {
            payer_id: "P".into(),
            trace: "T1".into(),
            on: day,
            paid_cents: 7_200,
            provider_adjustments: Vec::new(),
            claims: 1,
            payee_npi: "2000000010".into(),
        };
        Truth { claims: vec![claim], payments: vec![payment] }
    }

    fn books(paid: i64, copay: i64) -> Books {
        let cents = Money::from_cents;
        let reason = |reason: &str, settled: i64| ClaimReasonRow {
            control_number: "A1".into(),
            payer_identifier: "P".into(),
            reason: reason.into(),
            settled: cents(settled),
        };
        Books {
            claims: vec![ClaimMoneyRow {
                control_number: "A1".into(),
                payer_identifier: "P".into(),
                status: "closed".into(),
                date_of_service: jiff::civil::date(2026, 3, 2),
                charged: cents(14_000),
                settled: cents(paid + 4_800 + copay),
                contractual: cents(4_800),
                patient: cents(copay),
            }],
            reasons: vec![reason("paid", paid), reason("CO-45", 4_800), reason("PR-3", copay)],
            payments: vec![PaymentMoneyRow { trace: "T1".into(), amount: cents(paid), outside_claims: Money::ZERO }],
        }
    }

    #[test]
    fn equal_sides_differ_in_nothing_and_one_cent_shows_everywhere_it_should() {
        assert_eq!(differences(&truth(), &books(7_200, 2_000)), []);
        let what: Vec<String> = differences(&truth(), &books(7_200, 1_999)).into_iter().map(|one| one.what).collect();
        assert_eq!(what, ["patient", "denied", "PR-3"]);
        let what: Vec<String> = differences(&truth(), &books(7_199, 2_000)).into_iter().map(|one| one.what).collect();
        assert_eq!(what, ["paid", "denied", "paid", "payment"]);
    }

    #[test]
    fn what_only_one_side_knows_differs_by_all_of_it() {
        let nothing = Books { claims: Vec::new(), reasons: Vec::new(), payments: Vec::new() };
        let found: Vec<(String, i64)> =
            differences(&truth(), &nothing).into_iter().map(|one| (one.what, one.simulator_cents)).collect();
        assert_eq!(found, [("unknown claim".to_owned(), 7_200), ("payment".to_owned(), 7_200)]);
        let found: Vec<(String, i64)> = differences(&Truth::default(), &books(7_200, 2_000))
            .into_iter()
            .map(|one| (one.what, one.ledger_cents))
            .collect();
        assert!(found.contains(&("unknown payment".to_owned(), 7_200)) && found.contains(&("paid".to_owned(), 7_200)));
    }
}
