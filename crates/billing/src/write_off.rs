//! A part of what is owed that the practice stops asking for: asked for with a reason by one person, approved by another.
//! Pure: what is open comes in, the parts and the entry go out. Contractual adjustments are no write-offs: a payer's decision
//! makes them.

use jiff::civil::Date;
use ledger::{Account, BalancedEntry, DraftEntry, EntrySource, Unbalanced};
use serde::{Deserialize, Serialize};

use crate::access::LimitKind;
use crate::{ChargeId, Money, PatientId, PayerId, WriteOffId};

/// The stored kind of the source of a write-off's entries.
pub const SOURCE: &str = "write_off";

/// Most that a practice may call a small balance: what is more than a letter and the hands for it cost is asked for.
pub const LARGEST_SMALL_BALANCE: Money = Money::from_cents(2_500);
/// Days that a statement must have had before what it asks for is swept: who is never asked owes by nobody's choice, and
/// federal programs take a share that is waived as a habit for an inducement (42 U.S.C. 1320a-7a(i)(6)(A)).
pub const SWEPT_AFTER_DAYS: i32 = 30;

/// Who would otherwise be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Debtor {
    /// The patient's side.
    Patient,
    /// A payer.
    Payer(PayerId),
}

/// Which side a reason is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What the patient owes.
    Patient,
    /// What a payer owes.
    Payer,
    /// Either.
    Either,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident $word:literal $side:ident $label:literal;)*) => {
        /// Why it is not asked for any more.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum WriteOffReason { $($(#[$doc])* $variant),* }

        impl WriteOffReason {
            /// Every reason, in the order of the form.
            pub const ALL: &'static [WriteOffReason] = &[$(WriteOffReason::$variant),*];

            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $(WriteOffReason::$variant => $word),* } }

            /// What a page says.
            pub fn label(self) -> &'static str { match self { $(WriteOffReason::$variant => $label),* } }

            /// Whose debt it is for.
            pub fn side(self) -> Side { match self { $(WriteOffReason::$variant => Side::$side),* } }

            /// Reads the stored word.
            pub fn parse(word: &str) -> Option<WriteOffReason> {
                WriteOffReason::ALL.iter().copied().find(|reason| reason.as_str() == word)
            }
        }
    };
}

reasons! {
    /// Asking for it costs more than it is.
    SmallBalance "small_balance" Patient "Small balance";
    /// The practice's policy of help for those who cannot pay.
    FinancialAssistance "financial_assistance" Patient "Financial assistance";
    /// Agreed for paying at once.
    PromptPayDiscount "prompt_pay_discount" Patient "Discount for paying at once";
    /// The practice's discount for who pays without a plan.
    SelfPayDiscount "self_pay_discount" Patient "Discount for paying without a plan";
    /// A bankruptcy court discharged it.
    Bankruptcy "bankruptcy" Patient "Bankruptcy";
    /// The patient died and there is no estate.
    Deceased "deceased" Patient "Deceased, no estate";
    /// Collection did not bring it in.
    Uncollectable "uncollectable" Patient "Not collectable";
    /// The payer's limit for filing passed by our fault.
    TimelyFiling "timely_filing" Payer "Filed too late";
    /// There was no prior authorization, and the patient may not be asked.
    NoAuthorization "no_authorization" Payer "No prior authorization";
    /// The payer denied it, and appeals are used up or not worth their cost.
    DenialAccepted "denial_accepted" Payer "Denial accepted";
    /// A mistake of ours for which nobody else pays.
    OwnMistake "own_mistake" Either "Our own mistake";
}

impl WriteOffReason {
    /// The figure of the practice's policy that bounds it, where it is a discount.
    pub fn policy(self) -> Option<LimitKind> {
        match self {
            WriteOffReason::PromptPayDiscount => Some(LimitKind::PromptPayPercent),
            WriteOffReason::SelfPayDiscount => Some(LimitKind::SelfPayPercent),
            WriteOffReason::FinancialAssistance => Some(LimitKind::AssistancePercent),
            WriteOffReason::SmallBalance
            | WriteOffReason::Bankruptcy
            | WriteOffReason::Deceased
            | WriteOffReason::Uncollectable
            | WriteOffReason::TimelyFiling
            | WriteOffReason::NoAuthorization
            | WriteOffReason::DenialAccepted
            | WriteOffReason::OwnMistake => None,
        }
    }

    /// Whether the reason is for this debtor.
    pub fn is_for(self, debtor: Debtor) -> bool {
        match (self.side(), debtor) {
            (Side::Either, _) | (Side::Patient, Debtor::Patient) | (Side::Payer, Debtor::Payer(_)) => true,
            (Side::Patient, Debtor::Payer(_)) | (Side::Payer, Debtor::Patient) => false,
        }
    }

    /// Whether it goes to bad debt: it was owed, asked for, and did not come.
    pub fn is_bad_debt(self) -> bool {
        matches!(self.account(ChargeId(uuid::Uuid::nil())), Account::BadDebt { .. })
    }

    /// Debt of a patient that was owed and never came is bad debt; what is not asked for by decision is a write-off.
    fn account(self, charge: ChargeId) -> Account {
        match self {
            WriteOffReason::Bankruptcy | WriteOffReason::Deceased | WriteOffReason::Uncollectable => {
                Account::BadDebt { charge: charge.0 }
            }
            WriteOffReason::SmallBalance
            | WriteOffReason::FinancialAssistance
            | WriteOffReason::PromptPayDiscount
            | WriteOffReason::SelfPayDiscount
            | WriteOffReason::TimelyFiling
            | WriteOffReason::NoAuthorization
            | WriteOffReason::DenialAccepted
            | WriteOffReason::OwnMistake => Account::WriteOff { charge: charge.0 },
        }
    }
}

/// Where a write-off is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteOffState {
    /// Asked for; nothing moved, a second person decides.
    Asked,
    /// Approved and in the books.
    Approved,
    /// The second person said no.
    Refused,
    /// Who asked took it back.
    Withdrawn,
    /// It was approved, and what it took away is owed again.
    Undone,
}

impl WriteOffState {
    /// Every state, in the order of a write-off's life.
    pub const ALL: [WriteOffState; 5] = [
        WriteOffState::Asked,
        WriteOffState::Approved,
        WriteOffState::Refused,
        WriteOffState::Withdrawn,
        WriteOffState::Undone,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            WriteOffState::Asked => "asked",
            WriteOffState::Approved => "approved",
            WriteOffState::Refused => "refused",
            WriteOffState::Withdrawn => "withdrawn",
            WriteOffState::Undone => "undone",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            WriteOffState::Asked => "Waits for approval",
            WriteOffState::Approved => "Written off",
            WriteOffState::Refused => "Refused",
            WriteOffState::Withdrawn => "Withdrawn",
            WriteOffState::Undone => "Undone",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<WriteOffState> {
        WriteOffState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// The part of a charge that is written off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOffPart {
    /// The charge.
    pub charge_id: ChargeId,
    /// How much, above zero.
    pub amount: Money,
    /// How much of it forgives nothing any more: the debt itself is gone.
    #[serde(default, skip_serializing_if = "is_none")]
    pub lapsed: Money,
}

/// A part without it is stored as before there was any.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
fn is_none(lapsed: &Money) -> bool {
    lapsed.is_zero()
}

impl WriteOffPart {
    /// A part of which all stands.
    pub fn new(charge_id: ChargeId, amount: Money) -> WriteOffPart {
        WriteOffPart { charge_id, amount, lapsed: Money::ZERO }
    }

    /// What of it still forgives a debt.
    pub fn stands(&self) -> Money {
        self.amount - self.lapsed
    }
}

/// What of a write-off still forgives a debt, part by part.
pub fn standing(parts: &[WriteOffPart]) -> Vec<WriteOffPart> {
    let left = parts.iter().filter(|part| part.stands().is_positive());
    left.map(|part| WriteOffPart::new(part.charge_id, part.stands())).collect()
}

/// Spreads an amount over what is open, in its order; none for zero or less, or for more than is open.
pub fn take(amount: Money, open: &[(ChargeId, Money)]) -> Option<Vec<WriteOffPart>> {
    let total: Money = open.iter().map(|(_, cents)| *cents).filter(|cents| cents.is_positive()).sum();
    if !amount.is_positive() || amount > total {
        return None;
    }
    let mut left = amount;
    let mut parts = Vec::new();
    for (charge_id, cents) in open {
        let taken = left.min(*cents);
        if taken.is_positive() {
            parts.push(WriteOffPart::new(*charge_id, taken));
            left -= taken;
        }
    }
    Some(parts)
}

/// The entry that takes the parts out of what is owed.
///
/// # Errors
/// An entry that moves nothing.
pub fn entry(
    id: WriteOffId,
    reason: WriteOffReason,
    patient: PatientId,
    debtor: Debtor,
    parts: &[WriteOffPart],
    on: Date,
) -> Result<BalancedEntry, Unbalanced> {
    let source = EntrySource { kind: SOURCE.into(), id: id.0 };
    let draft = DraftEntry::new(on, "Written off", source);
    parts
        .iter()
        .fold(draft, |draft, part| {
            let charge = part.charge_id.0;
            let owed = match debtor {
                Debtor::Patient => Account::PatientReceivable { charge, patient: patient.0 },
                Debtor::Payer(payer) => Account::PayerReceivable { charge, payer: payer.0 },
            };
            let word = reason.as_str();
            draft.debit(reason.account(part.charge_id), part.amount, word).credit(owed, part.amount, word)
        })
        .balance()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use ledger::AccountKind;
    use uuid::Uuid;

    use super::*;

    fn cents(cents: i64) -> Money {
        Money::from_cents(cents)
    }

    fn charge(n: u128) -> ChargeId {
        ChargeId(Uuid::from_u128(n))
    }

    #[test]
    fn an_amount_is_spread_in_order_and_never_beyond_what_is_open() {
        let open = [(charge(1), cents(700)), (charge(2), cents(-50)), (charge(3), cents(500))];
        let parts = take(cents(900), &open).unwrap();
        assert_eq!(parts.iter().map(|part| part.amount).collect::<Vec<_>>(), [cents(700), cents(200)]);
        for impossible in [1_201, 0, -5] {
            assert_eq!(take(cents(impossible), &open), None);
        }
    }

    #[test]
    fn what_lapsed_stands_no_more_and_a_whole_part_is_stored_as_ever() {
        let whole = WriteOffPart::new(charge(1), cents(500));
        assert!(!serde_json::to_string(&whole).unwrap().contains("lapsed"));
        let part = WriteOffPart { lapsed: cents(200), ..WriteOffPart::new(charge(2), cents(500)) };
        let told = serde_json::to_string(&part).unwrap();
        assert_eq!(serde_json::from_str::<WriteOffPart>(&told).unwrap(), part);
        let gone = WriteOffPart { lapsed: cents(500), ..WriteOffPart::new(charge(3), cents(500)) };
        let left = standing(&[whole, part, gone]);
        assert_eq!(left, [whole, WriteOffPart::new(charge(2), cents(300))]);
    }

    #[test]
    fn debt_that_never_came_is_bad_debt_and_the_rest_a_write_off() {
        let parts = [WriteOffPart::new(charge(1), cents(500))];
        for reason in WriteOffReason::ALL {
            let debtor = match reason.side() {
                Side::Patient | Side::Either => Debtor::Patient,
                Side::Payer => Debtor::Payer(PayerId(Uuid::from_u128(4))),
            };
            assert!(reason.is_for(debtor));
            let (id, patient) = (WriteOffId(Uuid::from_u128(2)), PatientId(Uuid::from_u128(3)));
            let entry = entry(id, *reason, patient, debtor, &parts, date(2026, 3, 2)).unwrap();
            let kind = entry.postings()[0].account.kind();
            let is_bad =
                matches!(reason, WriteOffReason::Bankruptcy | WriteOffReason::Deceased | WriteOffReason::Uncollectable);
            assert_eq!(kind, if is_bad { AccountKind::BadDebt } else { AccountKind::WriteOff }, "{reason:?}");
        }
        assert!(!WriteOffReason::SmallBalance.is_for(Debtor::Payer(PayerId(Uuid::from_u128(4)))));
        assert!(!WriteOffReason::TimelyFiling.is_for(Debtor::Patient));
    }
}
