//! Compares what the simulator decided with what the ledger says, claim by claim, to the cent. Self-consistency alone is no
//! proof: the two sides share no code and no data but the files between them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use simulator::{Told, Truth};
use store::views::claim_money::ClaimMoneyRow;

/// A claim on which the two sides differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// CLM01.
    pub claim: String,
    /// The payer's electronic id.
    pub payer: String,
    /// What differs: paid, contractual, patient, denied, or unknown.
    pub what: &'static str,
    /// The simulator's cents.
    pub simulator_cents: i64,
    /// The ledger's cents.
    pub ledger_cents: i64,
}

/// Every difference, in order of claims. A claim that only one side knows money of differs by all of it.
pub fn differences(truth: &Truth, ledger: &[ClaimMoneyRow]) -> Vec<Difference> {
    let mut told: BTreeMap<(&str, &str), (Told, usize)> = BTreeMap::new();
    for claim in truth.claims.iter().filter(|claim| !claim.told.is_empty() && !claim.misdirected) {
        let versions: BTreeSet<u32> = claim.told.iter().map(|told| told.version).collect();
        told.insert((&claim.control_number, &claim.payer_id), (claim.sum(), versions.len()));
    }
    let mut found = Vec::new();
    for row in ledger {
        let key = (row.control_number.as_str(), row.payer_identifier.as_str());
        let (sum, decided) = told.remove(&key).unwrap_or_default();
        compare(&mut found, row, &sum, decided > 0);
    }
    for ((claim, payer), (sum, _)) in told {
        let simulator_cents = sum.paid_cents;
        found.push(Difference {
            claim: claim.into(),
            payer: payer.into(),
            what: "unknown",
            simulator_cents,
            ledger_cents: 0,
        });
    }
    found
}

fn compare(found: &mut Vec<Difference>, row: &ClaimMoneyRow, sum: &Told, decided: bool) {
    // What the payer refused stays owed by it: after a decision, all that remittances did not settle.
    let open = if decided { row.charged.cents() - row.settled.cents() } else { 0 };
    let refused =
        if decided { row.charged.cents() - sum.paid_cents - sum.contractual_cents - sum.patient_cents } else { 0 };
    let sides = [
        ("paid", sum.paid_cents, row.paid_cents()),
        ("contractual", sum.contractual_cents, row.contractual.cents()),
        ("patient", sum.patient_cents, row.patient.cents()),
        ("denied", refused, open),
    ];
    for (what, simulator_cents, ledger_cents) in sides {
        if simulator_cents != ledger_cents {
            found.push(Difference {
                claim: row.control_number.clone(),
                payer: row.payer_identifier.clone(),
                what,
                simulator_cents,
                ledger_cents,
            });
        }
    }
}
