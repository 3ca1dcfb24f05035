//! Claim adjustment reason codes (CARC): what an adjustment in a remittance is about, and whose money it is.
//!
//! The values are X12's list; the words and the class are ours, as data in `data/carc.tsv`. The class is a default that
//! reads the reason alone: the group code (CO, PR, OA, PI) and remark codes refine it in `billing`. A value that is not
//! in the table, or has no class, is unclassified: the caller must treat it as a denial to be looked at, never as a
//! write-off.

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::table::{Table, cell, date_cell, in_window};

/// One reason code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carc {
    /// The value as it stands in CAS02.
    pub code: &'static str,
    /// Our sentence for it; empty where we have none yet.
    pub words: &'static str,
    /// For a patient, completing "The plan did not pay it because …"; empty where the words of its kind are enough.
    pub patient_words: &'static str,
    /// The same in Spanish.
    pub patient_words_es: &'static str,
    /// What the reason means for the money; `None` where we have not classified it.
    pub class: Option<CarcClass>,
    /// First day of use, where known.
    pub first: Option<Date>,
    /// Last day of use, where known.
    pub last: Option<Date>,
}

impl Carc {
    /// In use on a day, as far as we know.
    pub fn in_force(&self, on: Date) -> bool {
        in_window(self.first, self.last, on)
    }
}

/// What a reason means for the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarcClass {
    /// Agreed or set by law: written down, owed by nobody.
    Contractual,
    /// The allowance stands and the payer pays less of it, by law or agreement: written down, owed by nobody.
    Withheld,
    /// Owed by the patient, or by the next payer if there is one.
    Patient(PatientShare),
    /// The effect of an earlier payer's decision.
    PriorPayer,
    /// Not paid and to be worked.
    Denial(DenialKind),
    /// The payer paid somebody else (patient, spending account, attorney).
    PaidElsewhere,
    /// Undecided yet.
    Pending,
    /// Interest or penalty.
    Interest,
    /// A bonus or amount held for performance.
    Incentive,
    /// Money taken back.
    Recoupment,
    /// May not be asked from the patient, by law (Medicare savings programs).
    DoNotBillPatient,
    /// Says something, moves nothing by itself.
    Informational,
}

impl CarcClass {
    /// The kind in one word, as tables over reasons name it: every denial is "denial", every share "patient".
    pub fn kind(self) -> &'static str {
        match self {
            CarcClass::Contractual => "contractual",
            CarcClass::Withheld => "withheld",
            CarcClass::Patient(_) => "patient",
            CarcClass::PriorPayer => "prior-payer",
            CarcClass::Denial(_) => "denial",
            CarcClass::PaidElsewhere => "paid-elsewhere",
            CarcClass::Pending => "pending",
            CarcClass::Interest => "interest",
            CarcClass::Incentive => "incentive",
            CarcClass::Recoupment => "recoupment",
            CarcClass::DoNotBillPatient => "do-not-bill-patient",
            CarcClass::Informational => "informational",
        }
    }
}

/// Which part of the patient's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatientShare {
    /// The yearly amount before the plan pays.
    Deductible,
    /// A percentage.
    Coinsurance,
    /// A fixed amount for a visit.
    Copay,
    /// Any other share (spend-down, set-aside).
    Other,
}

/// Why something was not paid: the first sorting of denial work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenialKind {
    /// The patient's coverage: not found, ended, not a dependent.
    Eligibility,
    /// Authorization or referral absent, exceeded or late.
    Authorization,
    /// The claim or line was sent before.
    Duplicate,
    /// Too late.
    FilingLimit,
    /// A code, modifier or combination.
    Coding,
    /// Counted into another service.
    Bundling,
    /// The payer sees no medical need.
    MedicalNecessity,
    /// The plan does not pay for it.
    NotCovered,
    /// A number of visits, units or dollars is used up.
    BenefitLimit,
    /// Something on the claim is absent or wrong.
    Information,
    /// Papers are absent.
    Documentation,
    /// Another insurance should pay first.
    OtherCoverage,
    /// Sent to the wrong payer.
    WrongPayer,
    /// The provider's enrollment, type or network.
    Provider,
}

/// The entry of a value; `None` where the list has no such value.
pub fn find(code: &str) -> Option<Carc> {
    table().find(code).map(|(code, cells)| read(code, cells))
}

/// True when the value is on the list.
pub fn exists(code: &str) -> bool {
    table().find(code).is_some()
}

/// Every value of the list.
pub fn all() -> impl Iterator<Item = Carc> {
    table().rows().map(|(code, cells)| read(code, cells))
}

fn read(code: &'static str, cells: &[&'static str]) -> Carc {
    Carc {
        code,
        first: date_cell(cells, 0),
        last: date_cell(cells, 1),
        class: class(cell(cells, 2)),
        words: cell(cells, 3),
        patient_words: cell(cells, 4),
        patient_words_es: cell(cells, 5),
    }
}

fn class(text: &str) -> Option<CarcClass> {
    use CarcClass::{Contractual, Denial, Patient};
    Some(match text {
        "contractual" => Contractual,
        "withheld" => CarcClass::Withheld,
        "patient-deductible" => Patient(PatientShare::Deductible),
        "patient-coinsurance" => Patient(PatientShare::Coinsurance),
        "patient-copay" => Patient(PatientShare::Copay),
        "patient-other" => Patient(PatientShare::Other),
        "prior-payer" => CarcClass::PriorPayer,
        "paid-elsewhere" => CarcClass::PaidElsewhere,
        "pending" => CarcClass::Pending,
        "interest" => CarcClass::Interest,
        "incentive" => CarcClass::Incentive,
        "recoupment" => CarcClass::Recoupment,
        "do-not-bill-patient" => CarcClass::DoNotBillPatient,
        "informational" => CarcClass::Informational,
        "denial-eligibility" => Denial(DenialKind::Eligibility),
        "denial-authorization" => Denial(DenialKind::Authorization),
        "denial-duplicate" => Denial(DenialKind::Duplicate),
        "denial-filing-limit" => Denial(DenialKind::FilingLimit),
        "denial-coding" => Denial(DenialKind::Coding),
        "denial-bundling" => Denial(DenialKind::Bundling),
        "denial-medical-necessity" => Denial(DenialKind::MedicalNecessity),
        "denial-not-covered" => Denial(DenialKind::NotCovered),
        "denial-benefit-limit" => Denial(DenialKind::BenefitLimit),
        "denial-information" => Denial(DenialKind::Information),
        "denial-documentation" => Denial(DenialKind::Documentation),
        "denial-other-coverage" => Denial(DenialKind::OtherCoverage),
        "denial-wrong-payer" => Denial(DenialKind::WrongPayer),
        "denial-provider" => Denial(DenialKind::Provider),
        _ => return None,
    })
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/carc.tsv")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_reasons_are_classified() {
        let class = |code| find(code).and_then(|carc| carc.class);
        assert_eq!(class("45"), Some(CarcClass::Contractual));
        assert_eq!(class("1"), Some(CarcClass::Patient(PatientShare::Deductible)));
        assert_eq!(class("3"), Some(CarcClass::Patient(PatientShare::Copay)));
        assert_eq!(class("23"), Some(CarcClass::PriorPayer));
        assert_eq!(class("197"), Some(CarcClass::Denial(DenialKind::Authorization)));
        assert_eq!(class("209"), Some(CarcClass::DoNotBillPatient));
        assert_eq!(find("9999"), None);
    }

    #[test]
    fn every_class_in_the_table_is_known_and_has_words() {
        let mut described = 0;
        for (code, cells) in table().rows() {
            let carc = read(code, cells);
            assert_eq!(carc.class.is_some(), !cell(cells, 2).is_empty(), "class of {code}");
            assert_eq!(carc.class.is_some(), !carc.words.is_empty(), "words of {code}");
            assert!(code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()), "{code} is no value");
            described += usize::from(carc.class.is_some());
        }
        assert!(described >= 80);
    }
}
