//! The parts of an entry in plain words, for who looks at a posting before it is made: what the account is, and why this
//! part of it moves. Words only; moves nothing.

use ledger::AccountKind;

use super::outside::reason_words;
use super::posting::PAID;
use crate::Money;
use crate::explain::{Language, denial_words};

/// An account in words.
pub fn account_words(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Revenue => "Revenue",
        AccountKind::PayerReceivable => "Receivable from the payer",
        AccountKind::PatientReceivable => "Receivable from patients",
        AccountKind::Contractual => "Contractual adjustments",
        AccountKind::WriteOff => "Written off",
        AccountKind::BadDebt => "Bad debt",
        AccountKind::EraClearing => "Clearing of this remittance",
        AccountKind::InTransit => "Money on its way to the bank",
        AccountKind::Undeposited => "Taken and not deposited",
        AccountKind::Bank => "Bank",
        AccountKind::UnappliedPayer => "Unapplied cash of the payer",
        AccountKind::UnappliedPatient => "Unapplied cash of patients",
        AccountKind::CreditBalance => "Credit balances",
        AccountKind::RefundPayable => "Refunds to be sent",
        AccountKind::Recoupment => "Payers’ ledger",
        AccountKind::ProviderAdjustment => "Provider adjustments",
        AccountKind::Interest => "Interest income",
        AccountKind::Suspense => "Suspense",
        AccountKind::LegacyReceipts => "Receipts for another system",
        AccountKind::PayerPayable => "Payable to payers",
        AccountKind::DepositInTransit => "Deposits on their way to the bank",
        AccountKind::CashOverShort => "Cash over and short",
        AccountKind::Disputed => "Disputed card payments",
    }
}

/// Why a part of an entry moves, in plain words: `reason` as it is stored, such as "CO-45"; the amount debit positive.
pub fn posting_words(kind: AccountKind, reason: &str, amount: Money) -> String {
    let is_credit = amount.is_negative();
    let words = match (kind, is_credit) {
        (AccountKind::EraClearing, false) => "taken out of this payment",
        (AccountKind::EraClearing, true) => "comes in with this payment",
        (AccountKind::InTransit, false) => "announced, and not in the bank yet",
        (AccountKind::InTransit, true) => "not on its way any more",
        (AccountKind::Bank, false) => "arrived in the bank",
        (AccountKind::Bank, true) => "left the bank",
        (AccountKind::PayerReceivable, true) if reason == PAID => "the payer paid it",
        (AccountKind::PayerReceivable, true) => "the payer does not owe it",
        (AccountKind::PayerReceivable, false) if reason == PAID => "the payer took its payment back and owes it again",
        (AccountKind::PayerReceivable, false) => "a payer owes it",
        (AccountKind::PatientReceivable, false) => "the patient owes it",
        (AccountKind::PatientReceivable, true) => "the patient does not owe it any more",
        (AccountKind::Contractual, false) => "above the agreed price; nobody owes it",
        (AccountKind::Contractual, true) => "the price reduction is taken back",
        (AccountKind::WriteOff | AccountKind::BadDebt, false) => "given up",
        (AccountKind::WriteOff | AccountKind::BadDebt, true) => "what was given up stands again",
        (AccountKind::UnappliedPayer | AccountKind::Suspense, true) => "waits until a person says where it belongs",
        (AccountKind::UnappliedPayer | AccountKind::Suspense, false) => "does not wait any more",
        (AccountKind::UnappliedPatient, true) => "kept for the patient",
        (AccountKind::UnappliedPatient, false) => "the patient's own money pays",
        (AccountKind::CreditBalance, true) => "owed back",
        (AccountKind::CreditBalance, false) => "not owed back any more",
        (AccountKind::RefundPayable, true) => "to be sent back",
        (AccountKind::RefundPayable, false) => "not to be sent back any more",
        (AccountKind::Recoupment, false) => "the payer keeps it back against an earlier payment",
        (AccountKind::Recoupment, true) => "what was kept back comes again",
        (AccountKind::ProviderAdjustment, false) => "the payer took it outside any claim",
        (AccountKind::ProviderAdjustment, true) => "the payer paid it outside any claim",
        (AccountKind::Interest, true) => "interest that the payer paid",
        (AccountKind::Interest, false) => "interest that the payer took back",
        (AccountKind::Revenue, true) => "earned",
        (AccountKind::Revenue, false) => "not earned any more",
        (AccountKind::LegacyReceipts, true) => "received for claims of another system",
        (AccountKind::LegacyReceipts, false) => "not the other system's any more",
        (AccountKind::PayerPayable, true) => "to be sent back to the payer",
        (AccountKind::PayerPayable, false) => "not to be sent back to the payer any more",
        (AccountKind::DepositInTransit, false) => "on its way to the bank by a deposit slip",
        (AccountKind::DepositInTransit, true) => "arrived by its deposit slip",
        (AccountKind::CashOverShort, false) => "counted short",
        (AccountKind::CashOverShort, true) => "counted over",
        (AccountKind::Disputed, false) => "disputed by the card's bank",
        (AccountKind::Disputed, true) => "the dispute is decided",
        (AccountKind::Undeposited, false) => "taken at the desk",
        (AccountKind::Undeposited, true) => "left the desk",
    };
    match cause(reason) {
        Some(cause) => format!("{words}: {cause}"),
        None => words.to_owned(),
    }
}

/// What a stored reason says; none where it says nothing beyond that cash moved.
fn cause(reason: &str) -> Option<String> {
    if reason == PAID || reason.is_empty() {
        return None;
    }
    let share = match reason {
        "PR-1" => Some("deductible"),
        "PR-2" => Some("coinsurance"),
        "PR-3" => Some("copay"),
        "CO-45" => Some("price agreed with the payer"),
        "CO-253" => Some("reduction of federal payments"),
        _ => None,
    };
    let outside = reason.strip_prefix("PLB-").and_then(reason_words);
    let denial = reason.split_once('-').and_then(|(_, carc)| denial_words(carc, Language::English));
    let known = share.or(outside).or(denial);
    Some(known.map_or_else(|| reason.to_owned(), |words| format!("{words} ({reason})")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_entry_says_why_it_moves() {
        let cents = Money::from_cents;
        let cases = [
            (AccountKind::PayerReceivable, PAID, -9_000, "the payer paid it"),
            (AccountKind::EraClearing, PAID, 9_000, "taken out of this payment"),
            (
                AccountKind::Contractual,
                "CO-45",
                3_000,
                "above the agreed price; nobody owes it: price agreed with the payer (CO-45)",
            ),
            (AccountKind::PatientReceivable, "PR-3", 2_000, "the patient owes it: copay (PR-3)"),
            (
                AccountKind::Recoupment,
                "PLB-WO",
                500,
                "the payer keeps it back against an earlier payment: Overpayment taken back (PLB-WO)",
            ),
            (AccountKind::ProviderAdjustment, "PLB-ZZ", 1, "the payer took it outside any claim: PLB-ZZ"),
        ];
        for (kind, reason, amount, words) in cases {
            assert_eq!(posting_words(kind, reason, cents(amount)), words);
        }
        for kind in AccountKind::ALL {
            assert!(!account_words(kind).is_empty());
        }
    }
}
