//! Money from a patient: how it came, what it pays for, and the entry that says so. Card numbers never enter.
//!
//! Pure: open balances come in, an allocation and a balanced entry go out. No card processor, no clock, no storage.

use jiff::civil::Date;
use ledger::{Account, BalancedEntry, DraftEntry, EntrySource, Unbalanced};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::explain::Language;
use crate::{ChargeId, EncounterId, Money, PatientId, PatientPaymentId};

/// Largest payment taken in one piece: above it a typing error is likelier than a payment.
pub const LARGEST_PAYMENT: Money = Money::from_cents(10_000_000);
/// Longest text of any field: a check number, a processor's token, a note.
pub const LONGEST_TEXT: usize = 200;
/// Fewest digits of a payment card's number (ISO/IEC 7812).
const FEWEST_CARD_DIGITS: usize = 13;
/// Most digits of a payment card's number (ISO/IEC 7812).
const MOST_CARD_DIGITS: usize = 19;

/// How a payment came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "method")]
pub enum PaymentMethod {
    /// Notes and coins.
    Cash,
    /// A paper check.
    Check {
        /// The number printed on it.
        number: String,
    },
    /// A card, charged by the processor; we hold what it gave us instead of the number.
    Card {
        /// The processor's token for the charge.
        token: String,
        /// Brand as the processor names it.
        brand: String,
        /// Last four digits, for the person to recognise.
        last_four: String,
    },
}

impl std::fmt::Debug for PaymentMethod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key())
    }
}

impl PaymentMethod {
    /// The stored word.
    pub fn key(&self) -> &'static str {
        match self {
            PaymentMethod::Cash => "cash",
            PaymentMethod::Check { .. } => "check",
            PaymentMethod::Card { .. } => "card",
        }
    }

    /// What a receipt and a page say: "Cash", "Check 1042", "Visa ending 4410".
    pub fn words(&self, language: Language) -> String {
        let [cash, check, card, ending] = match language {
            Language::English => ["Cash", "Check", "Card", "ending"],
            Language::Spanish => ["Efectivo", "Cheque", "Tarjeta", "terminada en"],
        };
        match self {
            PaymentMethod::Cash => cash.to_owned(),
            PaymentMethod::Check { number } => format!("{check} {number}"),
            PaymentMethod::Card { brand, last_four, .. } if brand.is_empty() => format!("{card} {ending} {last_four}"),
            PaymentMethod::Card { brand, last_four, .. } => format!("{brand} {ending} {last_four}"),
        }
    }

    /// The stored reference: check number, or the processor's token.
    pub fn reference(&self) -> &str {
        match self {
            PaymentMethod::Cash => "",
            PaymentMethod::Check { number } => number,
            PaymentMethod::Card { token, .. } => token,
        }
    }
}

/// A payment as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequest {
    /// Whose account.
    pub patient_id: PatientId,
    /// How much.
    pub amount: Money,
    /// How.
    pub method: PaymentMethod,
    /// A word for colleagues; may be empty.
    pub note: String,
    /// Made by the form or program that asks: the same key a second time is the same payment.
    pub idempotency_key: String,
}

/// What is wrong with a payment as offered: the field and how to put it right. Never repeats what was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Unacceptable {
    /// The field, as the form names it.
    pub field: &'static str,
    /// What is wrong and what would be right.
    pub problem: &'static str,
}

/// The sentence about card numbers.
const CARD_NUMBER: &str = "This looks like a card number. Nothing was kept. Charge the card on the processor's terminal \
    and enter its token and the last four digits only.";

impl PaymentRequest {
    /// Looks at every field.
    ///
    /// # Errors
    /// The first field that cannot be accepted.
    pub fn check(&self) -> Result<(), Unacceptable> {
        let wrong = |field, problem| Err(Unacceptable { field, problem });
        for (field, text) in self.texts() {
            if holds_card_number(text) {
                return wrong(field, CARD_NUMBER);
            }
            if text.chars().count() > LONGEST_TEXT {
                return wrong(field, "At most 200 characters.");
            }
            if text.chars().any(char::is_control) {
                return wrong(field, "Write it on one line, without control characters.");
            }
        }
        if !self.amount.is_positive() {
            return wrong("amount", "Enter an amount above zero; money goes back by a refund.");
        }
        if self.amount > LARGEST_PAYMENT {
            return wrong("amount", "At most 100,000.00 in one payment. Check the amount, or take it in parts.");
        }
        if self.idempotency_key.is_empty() {
            return wrong("idempotency_key", "A payment needs a key, so that sending it twice does not take it twice.");
        }
        match &self.method {
            PaymentMethod::Cash => Ok(()),
            PaymentMethod::Check { number } if number.trim().is_empty() => {
                wrong("check_number", "Enter the number printed on the check.")
            }
            PaymentMethod::Check { .. } => Ok(()),
            PaymentMethod::Card { token, .. } if token.trim().is_empty() => {
                wrong("card_token", "Enter the token the card processor gave for this charge.")
            }
            PaymentMethod::Card { last_four, .. }
                if last_four.len() != 4 || !last_four.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                wrong("card_last_four", "Enter the last four digits of the card, and only those.")
            }
            PaymentMethod::Card { .. } => Ok(()),
        }
    }

    fn texts(&self) -> Vec<(&'static str, &str)> {
        let mut texts = vec![("note", self.note.as_str()), ("idempotency_key", self.idempotency_key.as_str())];
        match &self.method {
            PaymentMethod::Cash => {}
            PaymentMethod::Check { number } => texts.push(("check_number", number)),
            PaymentMethod::Card { token, brand, last_four } => {
                texts.extend([("card_token", token.as_str()), ("card_brand", brand), ("card_last_four", last_four)]);
            }
        }
        // A key that is an id has digits by chance; it is made by a program and never typed.
        texts.retain(|(field, text)| *field != "idempotency_key" || !text.bytes().any(|b| b.is_ascii_alphabetic()));
        texts
    }
}

/// Whether a text holds 13 to 19 digits that pass the card check (Luhn), with or without spaces and hyphens between
/// them. Starts at every group of digits, so that a number followed by its expiry date is found too.
pub fn holds_card_number(text: &str) -> bool {
    let mut run: Vec<(u8, bool)> = Vec::new();
    let mut fresh = true;
    for c in text.chars().chain(std::iter::once('\n')) {
        match c.to_digit(10).and_then(|digit| u8::try_from(digit).ok()) {
            Some(digit) => {
                run.push((digit, fresh));
                fresh = false;
            }
            None if matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\u{2013}' | '\t') => fresh = true,
            None => {
                if run_holds_card_number(&run) {
                    return true;
                }
                run.clear();
                fresh = true;
            }
        }
    }
    false
}

fn run_holds_card_number(run: &[(u8, bool)]) -> bool {
    let starts = run.iter().enumerate().filter(|(_, (_, first))| *first).map(|(place, _)| place);
    for start in starts {
        for length in FEWEST_CARD_DIGITS..=MOST_CARD_DIGITS {
            if let Some(window) = run.get(start..start + length)
                && passes_luhn(window)
            {
                return true;
            }
        }
    }
    false
}

fn passes_luhn(digits: &[(u8, bool)]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, (digit, _))| {
            let digit = u32::from(*digit);
            match (place % 2 == 1, digit * 2) {
                (true, double) if double > 9 => double - 9,
                (true, double) => double,
                (false, _) => digit,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The stored reason of the patient's money on a charge.
pub const PAYMENT: &str = "payment";
/// The stored reason of the patient's money that a charge gives back to the patient's unapplied money, because another
/// owes the charge now.
pub const PAYMENT_KEPT: &str = "payment-kept";

/// The stored reason of the patient's money that a charge loses because the payment came back unpaid.
pub const PAYMENT_RETURNED: &str = "payment-returned";

/// A charge with something the patient owes, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenBalance {
    /// The charge.
    pub charge_id: ChargeId,
    /// Its visit.
    pub encounter_id: EncounterId,
    /// When the service happened.
    pub date_of_service: Date,
    /// What the patient owes for it.
    pub owes: Money,
    /// Nobody asks the patient for it yet: the visit waits for a coverage, or for a word that there is none.
    pub waits: bool,
}

/// What a payment pays for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// By charge, in the order given.
    pub charges: Vec<(OpenBalance, Money)>,
    /// The rest: the patient's money, not yet applied.
    pub unapplied: Money,
}

/// The entry of a payment: debit undeposited; credit each charge's patient receivable and the rest to unapplied.
///
/// # Errors
/// [`Unbalanced`] where the allocation does not add up to a payment above zero.
pub fn payment_entry(
    payment: PatientPaymentId,
    patient: PatientId,
    received_on: Date,
    allocation: &Allocation,
) -> Result<BalancedEntry, Unbalanced> {
    let source = EntrySource { kind: "patient_payment".into(), id: payment.0 };
    let total: Money = allocation.charges.iter().map(|(_, part)| *part).sum::<Money>() + allocation.unapplied;
    let mut entry = DraftEntry::new(received_on, "payment from the patient", source)
        .debit(Account::Undeposited, total, "payment")
        .credit(Account::UnappliedPatient { patient: patient.0 }, allocation.unapplied, "unapplied");
    for (balance, part) in &allocation.charges {
        let account = Account::PatientReceivable { charge: balance.charge_id.0, patient: patient.0 };
        entry = entry.credit(account, *part, PAYMENT);
    }
    entry.balance()
}

/// The entry that applies money already held: debit unapplied; credit the charges.
///
/// # Errors
/// [`Unbalanced`] where nothing is applied.
pub fn application_entry(
    patient: PatientId,
    applied_on: Date,
    allocation: &Allocation,
) -> Result<BalancedEntry, Unbalanced> {
    let source = EntrySource { kind: "unapplied_patient".into(), id: patient.0 };
    let applied: Money = allocation.charges.iter().map(|(_, part)| *part).sum();
    let mut entry = DraftEntry::new(applied_on, "the patient's unapplied money pays open charges", source).debit(
        Account::UnappliedPatient { patient: patient.0 },
        applied,
        "applied",
    );
    for (balance, part) in &allocation.charges {
        let account = Account::PatientReceivable { charge: balance.charge_id.0, patient: patient.0 };
        entry = entry.credit(account, *part, PAYMENT);
    }
    entry.balance()
}

/// A patient's payment as it stands on a charge: the entry that put it there, what that entry was made from, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentOnCharge {
    /// The entry.
    pub entry: Uuid,
    /// What it was made from, so that the account leads to the same receipt.
    pub source: EntrySource,
    /// Above zero.
    pub amount: Money,
}

/// The entry that takes a patient's payment off a charge that another owes now, and keeps it for the patient.
///
/// # Errors
/// [`Unbalanced`] for a payment of nothing.
pub fn kept_entry(
    charge: ChargeId,
    patient: PatientId,
    kept_on: Date,
    payment: &PaymentOnCharge,
) -> Result<BalancedEntry, Unbalanced> {
    let reason = "the patient's payment is kept for them: another owes the charge now";
    DraftEntry::new(kept_on, reason, payment.source.clone())
        .correcting(payment.entry)
        .debit(Account::PatientReceivable { charge: charge.0, patient: patient.0 }, payment.amount, PAYMENT_KEPT)
        .credit(Account::UnappliedPatient { patient: patient.0 }, payment.amount, PAYMENT_KEPT)
        .balance()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::{Spread, spread};
    use jiff::civil::date;
    use uuid::Uuid;

    fn request(method: PaymentMethod, note: &str) -> PaymentRequest {
        PaymentRequest {
            patient_id: PatientId(Uuid::from_u128(1)),
            amount: Money::from_cents(5_000),
            method,
            note: note.into(),
            idempotency_key: "7b1d1bd1-0000-7000-8000-446655440000".into(),
        }
    }

    fn card(token: &str, last_four: &str) -> PaymentMethod {
        PaymentMethod::Card { token: token.into(), brand: "Visa".into(), last_four: last_four.into() }
    }

    #[test]
    fn a_card_number_is_found_however_it_is_written() {
        // Published test numbers of card processors; none can be charged.
        for text in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "card 378282246310005 thanks",
            "5555555555554444 12 27",
            "41111111111111111227",
            "tok 4111 1111 1111 1111",
            "6011000990139424.",
            "4222222222222",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
        ] {
            assert!(holds_card_number(text), "{text}");
        }
        for text in [
            "",
            "1042",
            "check 0001042",
            "4111111111111112",
            "tok_1a2b3c4d5e6f7a8b9c",
            "555-010-0200",
            "A-10277",
            "receipt R-00012, 2026-11-19",
            "411111111111",
        ] {
            assert!(!holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn no_field_takes_a_card_number_and_the_refusal_does_not_repeat_it() {
        let number = "4111 1111 1111 1111";
        for (field, request) in [
            ("note", request(PaymentMethod::Cash, number)),
            ("check_number", request(PaymentMethod::Check { number: number.into() }, "")),
            ("card_token", request(card(number, "1111"), "")),
            (
                "card_brand",
                request(PaymentMethod::Card { token: "t".into(), brand: number.into(), last_four: "1".into() }, ""),
            ),
            ("card_last_four", request(card("tok", number), "")),
            ("idempotency_key", PaymentRequest { idempotency_key: number.into(), ..request(PaymentMethod::Cash, "") }),
        ] {
            let refused = request.check().unwrap_err();
            assert_eq!(refused.field, field);
            assert!(!refused.to_string().contains("4111") && !format!("{request:?}").contains("tok"));
        }
    }

    #[test]
    fn fields_are_checked_with_a_remedy() {
        for (field, request) in [
            ("amount", PaymentRequest { amount: Money::ZERO, ..request(PaymentMethod::Cash, "") }),
            ("amount", PaymentRequest { amount: Money::from_cents(10_000_001), ..request(PaymentMethod::Cash, "") }),
            ("check_number", request(PaymentMethod::Check { number: " ".into() }, "")),
            ("card_token", request(card("", "4410"), "")),
            ("card_last_four", request(card("tok_x", "44100"), "")),
            ("note", request(PaymentMethod::Cash, "two\nlines")),
            ("idempotency_key", PaymentRequest { idempotency_key: String::new(), ..request(PaymentMethod::Cash, "") }),
        ] {
            assert_eq!(request.check().unwrap_err().field, field);
        }
        assert_eq!(request(card("tok_1N8Xb2", "4410"), "at the visit").check(), Ok(()));
        assert_eq!(card("tok", "4410").words(Language::English), "Visa ending 4410");
        assert_eq!(card("tok", "4410").words(Language::Spanish), "Visa terminada en 4410");
    }

    #[test]
    fn the_oldest_balance_is_paid_first_and_no_cent_is_lost() {
        let open: Vec<OpenBalance> = [2_000, 9_266, 500]
            .iter()
            .enumerate()
            .map(|(place, cents)| OpenBalance {
                charge_id: ChargeId(Uuid::from_u128(place as u128 + 10)),
                encounter_id: EncounterId(Uuid::from_u128(5)),
                date_of_service: date(2026, 8, 1 + place as i8),
                owes: Money::from_cents(*cents),
                waits: false,
            })
            .collect();
        for cents in [1, 1_999, 2_000, 2_001, 11_266, 11_766, 20_000] {
            let amount = Money::from_cents(cents);
            let allocation = spread(amount, &open, &Spread::default());
            let applied: Money = allocation.charges.iter().map(|(_, part)| *part).sum();
            assert_eq!(applied + allocation.unapplied, amount);
            // Only the last one paid may be paid in part.
            let whole = allocation.charges.iter().take(allocation.charges.len().saturating_sub(1));
            assert!(whole.into_iter().all(|(balance, part)| *part == balance.owes));
            assert!(allocation.unapplied.is_zero() || applied == Money::from_cents(11_766));
            let entry = payment_entry(
                PatientPaymentId(Uuid::from_u128(3)),
                PatientId(Uuid::from_u128(1)),
                date(2026, 11, 19),
                &allocation,
            );
            assert_eq!(entry.unwrap().postings()[0].amount, amount);
        }
    }
}
