//! The chart of accounts. It never grows a free-form account: every cent stands in one of these.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An account with its dimensions. A *charge* is the durable unit of what is owed: claims come and go
/// (primary, corrected, secondary), the charge stays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What the practice earned by a charge.
    Revenue {
        /// The charge that earned it.
        charge: Uuid,
    },
    /// What a payer owes for a charge.
    PayerReceivable {
        /// The charge.
        charge: Uuid,
        /// The payer whose turn it is.
        payer: Uuid,
    },
    /// What the patient's guarantor owes for a charge.
    PatientReceivable {
        /// The charge.
        charge: Uuid,
        /// The patient who got the care.
        patient: Uuid,
    },
    /// The part of a charge above the contract's allowance, owed by nobody.
    Contractual {
        /// The charge it reduces.
        charge: Uuid,
    },
    /// A part of a charge the practice stopped asking for, with a reason on the posting.
    WriteOff {
        /// The charge it reduces.
        charge: Uuid,
    },
    /// Patient debt given up after collection.
    BadDebt {
        /// The charge it reduces.
        charge: Uuid,
    },
    /// The clearing account of one remittance: filled by its payment, emptied by its claims, zero when posted.
    EraClearing {
        /// The remittance.
        remittance: Uuid,
    },
    /// A payer's payment announced and not yet in the bank.
    InTransit {
        /// The remittance.
        remittance: Uuid,
    },
    /// Cash, checks and card payments taken and not yet deposited.
    Undeposited,
    /// Cash and checks of a deposit slip, on their way to the bank.
    DepositInTransit {
        /// The slip's number.
        slip: String,
    },
    /// Money in the bank.
    Bank,
    /// What was counted or credited differently from what was taken; every cent in it was approved by a second person.
    CashOverShort,
    /// A card payment that the card's bank took back while nobody has decided whose it is.
    Disputed {
        /// The patient whose payment it was.
        patient: Uuid,
    },
    /// A payer's money not yet matched to a charge.
    UnappliedPayer {
        /// The payer it came from.
        payer: Uuid,
    },
    /// A patient's money not yet matched to a charge.
    UnappliedPatient {
        /// The patient it was paid for.
        patient: Uuid,
    },
    /// A payer's money for a claim that another system of this practice made. It is the practice's; the debt that it pays
    /// stands in that system's books, so here it is neither owed to anybody nor revenue.
    LegacyReceipts {
        /// The payer it came from; none for one that we do not know.
        payer: Option<Uuid>,
        /// That system's number of the claim.
        reference: String,
    },
    /// A payer's money that is not the practice's: to go back, or to the practice it was meant for, until it left the bank.
    PayerPayable {
        /// The payer it came from; none for one that we do not know.
        payer: Option<Uuid>,
        /// The number of the request that sends it.
        reference: String,
    },
    /// Money we owe back because a charge is overpaid.
    CreditBalance {
        /// The patient on whose account the credit stands.
        patient: Uuid,
    },
    /// Money whose refund is approved and not yet sent.
    RefundPayable {
        /// The patient on whose account the refund stands.
        patient: Uuid,
    },
    /// Money a payer takes back through a later payment.
    Recoupment {
        /// The payer.
        payer: Uuid,
        /// The payer's reference: its claim control number, or what PLB03 carries.
        reference: String,
    },
    /// A payer's adjustment outside any claim.
    ProviderAdjustment {
        /// The PLB reason code.
        code: String,
    },
    /// Interest paid by payers.
    Interest,
    /// Money whose place is not known yet, or the difference of a claim payment that two people posted although it does not
    /// add up; every cent in it has open work.
    Suspense {
        /// The claim payment that it came with: each is walked to zero by itself. Nil where an earlier build told none.
        item: Uuid,
    },
}

/// Which account, without its dimensions. The text form is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // each is documented on the variant of `Account` with the same name
pub enum AccountKind {
    Revenue,
    PayerReceivable,
    PatientReceivable,
    Contractual,
    WriteOff,
    BadDebt,
    EraClearing,
    InTransit,
    Undeposited,
    DepositInTransit,
    Bank,
    CashOverShort,
    Disputed,
    UnappliedPayer,
    UnappliedPatient,
    LegacyReceipts,
    PayerPayable,
    CreditBalance,
    RefundPayable,
    Recoupment,
    ProviderAdjustment,
    Interest,
    Suspense,
}

/// The dimensions of an account in columns, as a store keeps them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dimensions {
    /// The charge, where the account is per charge.
    pub charge: Option<Uuid>,
    /// The payer, where the account is per payer.
    pub payer: Option<Uuid>,
    /// The patient, where the account is per patient.
    pub patient: Option<Uuid>,
    /// The remittance, where the account is per remittance.
    pub remittance: Option<Uuid>,
    /// The reference or code, where the account has one.
    pub reference: Option<String>,
}

impl AccountKind {
    /// Every kind, in the order of the chart.
    pub const ALL: [AccountKind; 23] = [
        AccountKind::Revenue,
        AccountKind::PayerReceivable,
        AccountKind::PatientReceivable,
        AccountKind::Contractual,
        AccountKind::WriteOff,
        AccountKind::BadDebt,
        AccountKind::EraClearing,
        AccountKind::InTransit,
        AccountKind::Undeposited,
        AccountKind::DepositInTransit,
        AccountKind::Bank,
        AccountKind::CashOverShort,
        AccountKind::Disputed,
        AccountKind::UnappliedPayer,
        AccountKind::UnappliedPatient,
        AccountKind::LegacyReceipts,
        AccountKind::PayerPayable,
        AccountKind::CreditBalance,
        AccountKind::RefundPayable,
        AccountKind::Recoupment,
        AccountKind::ProviderAdjustment,
        AccountKind::Interest,
        AccountKind::Suspense,
    ];

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            AccountKind::Revenue => "revenue",
            AccountKind::PayerReceivable => "payer_receivable",
            AccountKind::PatientReceivable => "patient_receivable",
            AccountKind::Contractual => "contractual",
            AccountKind::WriteOff => "write_off",
            AccountKind::BadDebt => "bad_debt",
            AccountKind::EraClearing => "era_clearing",
            AccountKind::InTransit => "in_transit",
            AccountKind::Undeposited => "undeposited",
            AccountKind::DepositInTransit => "deposit_in_transit",
            AccountKind::Bank => "bank",
            AccountKind::CashOverShort => "cash_over_short",
            AccountKind::Disputed => "disputed",
            AccountKind::UnappliedPayer => "unapplied_payer",
            AccountKind::UnappliedPatient => "unapplied_patient",
            AccountKind::LegacyReceipts => "legacy_receipts",
            AccountKind::PayerPayable => "payer_payable",
            AccountKind::CreditBalance => "credit_balance",
            AccountKind::RefundPayable => "refund_payable",
            AccountKind::Recoupment => "recoupment",
            AccountKind::ProviderAdjustment => "provider_adjustment",
            AccountKind::Interest => "interest",
            AccountKind::Suspense => "suspense",
        }
    }

    /// Accounts that hold other people's money: their credit balance may never fall below zero.
    pub const fn has_floor(self) -> bool {
        match self {
            AccountKind::UnappliedPayer
            | AccountKind::UnappliedPatient
            | AccountKind::CreditBalance
            | AccountKind::RefundPayable => true,
            AccountKind::Revenue
            | AccountKind::PayerReceivable
            | AccountKind::PatientReceivable
            | AccountKind::Contractual
            | AccountKind::WriteOff
            | AccountKind::BadDebt
            | AccountKind::EraClearing
            | AccountKind::InTransit
            | AccountKind::Undeposited
            | AccountKind::DepositInTransit
            | AccountKind::Bank
            | AccountKind::LegacyReceipts
            | AccountKind::PayerPayable
            | AccountKind::CashOverShort
            | AccountKind::Disputed
            | AccountKind::Recoupment
            | AccountKind::ProviderAdjustment
            | AccountKind::Interest
            | AccountKind::Suspense => false,
        }
    }
}

impl fmt::Display for AccountKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for AccountKind {
    type Err = String;

    fn from_str(text: &str) -> Result<AccountKind, String> {
        AccountKind::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| format!("there is no account {text:?}: the stored data comes from another version"))
    }
}

impl Account {
    /// Which account this is, without its dimensions.
    pub const fn kind(&self) -> AccountKind {
        match self {
            Account::Revenue { .. } => AccountKind::Revenue,
            Account::PayerReceivable { .. } => AccountKind::PayerReceivable,
            Account::PatientReceivable { .. } => AccountKind::PatientReceivable,
            Account::Contractual { .. } => AccountKind::Contractual,
            Account::WriteOff { .. } => AccountKind::WriteOff,
            Account::BadDebt { .. } => AccountKind::BadDebt,
            Account::EraClearing { .. } => AccountKind::EraClearing,
            Account::InTransit { .. } => AccountKind::InTransit,
            Account::Undeposited => AccountKind::Undeposited,
            Account::DepositInTransit { .. } => AccountKind::DepositInTransit,
            Account::Bank => AccountKind::Bank,
            Account::CashOverShort => AccountKind::CashOverShort,
            Account::Disputed { .. } => AccountKind::Disputed,
            Account::UnappliedPayer { .. } => AccountKind::UnappliedPayer,
            Account::UnappliedPatient { .. } => AccountKind::UnappliedPatient,
            Account::LegacyReceipts { .. } => AccountKind::LegacyReceipts,
            Account::PayerPayable { .. } => AccountKind::PayerPayable,
            Account::CreditBalance { .. } => AccountKind::CreditBalance,
            Account::RefundPayable { .. } => AccountKind::RefundPayable,
            Account::Recoupment { .. } => AccountKind::Recoupment,
            Account::ProviderAdjustment { .. } => AccountKind::ProviderAdjustment,
            Account::Interest => AccountKind::Interest,
            Account::Suspense { .. } => AccountKind::Suspense,
        }
    }

    /// The dimensions of this account in columns.
    pub fn dimensions(&self) -> Dimensions {
        let none = Dimensions::default();
        match self {
            Account::Revenue { charge }
            | Account::Contractual { charge }
            | Account::WriteOff { charge }
            | Account::BadDebt { charge } => Dimensions { charge: Some(*charge), ..none },
            Account::PayerReceivable { charge, payer } => {
                Dimensions { charge: Some(*charge), payer: Some(*payer), ..none }
            }
            Account::PatientReceivable { charge, patient } => {
                Dimensions { charge: Some(*charge), patient: Some(*patient), ..none }
            }
            Account::EraClearing { remittance } | Account::InTransit { remittance } => {
                Dimensions { remittance: Some(*remittance), ..none }
            }
            Account::UnappliedPayer { payer } => Dimensions { payer: Some(*payer), ..none },
            Account::UnappliedPatient { patient }
            | Account::Disputed { patient }
            | Account::CreditBalance { patient }
            | Account::RefundPayable { patient } => Dimensions { patient: Some(*patient), ..none },
            Account::Recoupment { payer, reference } => {
                Dimensions { payer: Some(*payer), reference: Some(reference.clone()), ..none }
            }
            Account::LegacyReceipts { payer, reference } | Account::PayerPayable { payer, reference } => {
                Dimensions { payer: *payer, reference: Some(reference.clone()), ..none }
            }
            Account::DepositInTransit { slip } => Dimensions { reference: Some(slip.clone()), ..none },
            Account::ProviderAdjustment { code } => Dimensions { reference: Some(code.clone()), ..none },
            Account::Suspense { item } => Dimensions { reference: (!item.is_nil()).then(|| item.to_string()), ..none },
            Account::Undeposited | Account::Bank | Account::CashOverShort | Account::Interest => none,
        }
    }

    /// The account of a kind and its dimensions; `None` where a dimension is missing or one too many.
    pub fn from_parts(kind: AccountKind, dimensions: Dimensions) -> Option<Account> {
        let Dimensions { charge, payer, patient, remittance, reference } = dimensions.clone();
        let account = match kind {
            AccountKind::Revenue => Account::Revenue { charge: charge? },
            AccountKind::PayerReceivable => Account::PayerReceivable { charge: charge?, payer: payer? },
            AccountKind::PatientReceivable => Account::PatientReceivable { charge: charge?, patient: patient? },
            AccountKind::Contractual => Account::Contractual { charge: charge? },
            AccountKind::WriteOff => Account::WriteOff { charge: charge? },
            AccountKind::BadDebt => Account::BadDebt { charge: charge? },
            AccountKind::EraClearing => Account::EraClearing { remittance: remittance? },
            AccountKind::InTransit => Account::InTransit { remittance: remittance? },
            AccountKind::Undeposited => Account::Undeposited,
            AccountKind::DepositInTransit => Account::DepositInTransit { slip: reference? },
            AccountKind::Bank => Account::Bank,
            AccountKind::CashOverShort => Account::CashOverShort,
            AccountKind::Disputed => Account::Disputed { patient: patient? },
            AccountKind::UnappliedPayer => Account::UnappliedPayer { payer: payer? },
            AccountKind::UnappliedPatient => Account::UnappliedPatient { patient: patient? },
            AccountKind::LegacyReceipts => Account::LegacyReceipts { payer, reference: reference? },
            AccountKind::PayerPayable => Account::PayerPayable { payer, reference: reference? },
            AccountKind::CreditBalance => Account::CreditBalance { patient: patient? },
            AccountKind::RefundPayable => Account::RefundPayable { patient: patient? },
            AccountKind::Recoupment => Account::Recoupment { payer: payer?, reference: reference? },
            AccountKind::ProviderAdjustment => Account::ProviderAdjustment { code: reference? },
            AccountKind::Interest => Account::Interest,
            AccountKind::Suspense => {
                Account::Suspense { item: reference.map_or(Some(Uuid::nil()), |item| item.parse().ok())? }
            }
        };
        (account.dimensions() == dimensions).then_some(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_survives_its_columns() {
        let id = |n: u128| Uuid::from_u128(n);
        let full = Dimensions {
            charge: Some(id(1)),
            payer: Some(id(2)),
            patient: Some(id(3)),
            remittance: Some(id(4)),
            reference: Some("WO".into()),
        };
        for kind in AccountKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            // A dimension too many is refused; the account's own dimensions give it back.
            assert_eq!(Account::from_parts(kind, full.clone()), None, "{kind}");
            let accounts = [
                Account::Revenue { charge: id(1) },
                Account::PayerReceivable { charge: id(1), payer: id(2) },
                Account::PatientReceivable { charge: id(1), patient: id(3) },
                Account::Contractual { charge: id(1) },
                Account::WriteOff { charge: id(1) },
                Account::BadDebt { charge: id(1) },
                Account::EraClearing { remittance: id(4) },
                Account::InTransit { remittance: id(4) },
                Account::Undeposited,
                Account::DepositInTransit { slip: "WO".into() },
                Account::Bank,
                Account::CashOverShort,
                Account::Disputed { patient: id(3) },
                Account::UnappliedPayer { payer: id(2) },
                Account::UnappliedPatient { patient: id(3) },
                Account::LegacyReceipts { payer: Some(id(2)), reference: "WO".into() },
                Account::PayerPayable { payer: None, reference: "WO".into() },
                Account::CreditBalance { patient: id(3) },
                Account::RefundPayable { patient: id(3) },
                Account::Recoupment { payer: id(2), reference: "WO".into() },
                Account::ProviderAdjustment { code: "WO".into() },
                Account::Interest,
                Account::Suspense { item: id(5) },
            ];
            let account = accounts.iter().find(|a| a.kind() == kind).unwrap();
            assert_eq!(Account::from_parts(kind, account.dimensions()).as_ref(), Some(account));
        }
    }
}
