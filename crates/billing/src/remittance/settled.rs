//! Which charges a decision settles, and whether two decisions of one payer settle the same. One decision about a charge
//! stands at a time: a second one is no second share of the patient's. Moves nothing.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Account, Posting};
use uuid::Uuid;

use super::matching::ClaimFacts;
use crate::Money;

/// The charges of which postings leave something other than before: paid, written down, or somebody else's. A decision
/// that denied everything settles none, and neither does one that pays interest alone.
pub fn settled(postings: &[Posting]) -> BTreeSet<Uuid> {
    let mut moved: BTreeMap<(Uuid, u8, Option<Uuid>), Money> = BTreeMap::new();
    for posting in postings {
        let (charge, kind, of) = match &posting.account {
            Account::PayerReceivable { charge, payer } => (*charge, 0, Some(*payer)),
            Account::PatientReceivable { charge, patient } => (*charge, 1, Some(*patient)),
            Account::Contractual { charge } => (*charge, 2, None),
            Account::Revenue { .. }
            | Account::WriteOff { .. }
            | Account::BadDebt { .. }
            | Account::EraClearing { .. }
            | Account::InTransit { .. }
            | Account::DepositInTransit { .. }
            | Account::CashOverShort
            | Account::Disputed { .. }
            | Account::Undeposited
            | Account::Bank
            | Account::UnappliedPayer { .. }
            | Account::UnappliedPatient { .. }
            | Account::LegacyReceipts { .. }
            | Account::PayerPayable { .. }
            | Account::CreditBalance { .. }
            | Account::RefundPayable { .. }
            | Account::Recoupment { .. }
            | Account::ProviderAdjustment { .. }
            | Account::Interest
            | Account::Suspense { .. } => continue,
        };
        let sum = moved.entry((charge, kind, of)).or_default();
        // What is posted was added up before it was; out of all measure it is no zero.
        *sum = sum.checked_add(posting.amount).unwrap_or(posting.amount);
    }
    moved.into_iter().filter(|(_, sum)| !sum.is_zero()).map(|((charge, ..), _)| charge).collect()
}

/// Whether a decision about a claim comes on top of one that stands: both settle a charge, or the one that stands settles
/// a charge that an earlier version of the claim asked for. A claim that its payer cut in parts is decided part by part.
pub fn is_on_top(claim: &ClaimFacts, standing: &[Posting], new: &[Posting]) -> bool {
    let (before, now) = (settled(standing), settled(new));
    let is_asked = |charge: &Uuid| claim.lines.iter().any(|line| line.charge_id.0 == *charge);
    !now.is_empty() && before.iter().any(|charge| now.contains(charge) || !is_asked(charge))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interest_alone_settles_no_charge_and_a_payment_or_a_write_down_does() {
        let (charge, payer, remittance) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let cents = Money::from_cents;
        let owed = || Account::PayerReceivable { charge, payer };
        let paid = [
            Posting::debit(Account::EraClearing { remittance }, cents(500), "paid"),
            Posting::credit(owed(), cents(500), "paid"),
        ];
        let interest =
            [Posting::debit(Account::Interest, cents(-500), "CO-225"), Posting::credit(owed(), cents(-500), "CO-225")];
        let down = [
            Posting::debit(Account::Contractual { charge }, cents(100), "CO-45"),
            Posting::credit(owed(), cents(100), "CO-45"),
        ];
        assert_eq!(settled(&[paid.clone(), interest].concat()), BTreeSet::new());
        assert_eq!(settled(&paid), BTreeSet::from([charge]));
        assert_eq!(settled(&down), BTreeSet::from([charge]));
        assert_eq!(settled(&[]), BTreeSet::new());
    }
}
