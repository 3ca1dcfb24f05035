//! What an adjustment means for the money. A table says it (`rules`): the base that ships with the program, and the rows
//! that a practice puts over it. What no row may break is said in code (`guard`). What is not known is a denial to be looked
//! at, never a write-off.

mod guard;
mod rules;

pub use guard::Guard;
pub use rules::{Ambiguous, BASE_SINCE, BaseRow, Pattern, RuleBook, RuledBy, Ruling, base_rows};

use super::matching::ClaimFacts;
use super::{Adjustment, ClaimPayment};
use crate::PayerId;
use crate::coverage::CoverageRank;

macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident $word:literal $effect:ident $label:literal;)*) => {
        /// What an adjustment means for the money.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AdjustmentClass { $($(#[$doc])* $variant),* }

        impl AdjustmentClass {
            /// Every class.
            pub const ALL: &'static [AdjustmentClass] = &[$(AdjustmentClass::$variant),*];

            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $(AdjustmentClass::$variant => $word),* } }

            /// What a page says.
            pub fn label(self) -> &'static str { match self { $(AdjustmentClass::$variant => $label),* } }

            /// What it does to what is owed.
            pub fn effect(self) -> Effect { match self { $(AdjustmentClass::$variant => Effect::$effect),* } }

            /// Reads the stored word.
            pub fn parse(word: &str) -> Option<Self> {
                AdjustmentClass::ALL.iter().copied().find(|class| class.as_str() == word)
            }
        }
    };
}

classes! {
    /// Above the contract's allowance: written down, owed by nobody.
    Contractual "contractual" WrittenDown "Contractual";
    /// The reduction of federal payments by law: written down, owed by nobody.
    Sequestration "sequestration" WrittenDown "Sequestration";
    /// Falls to the next payer, or to the patient where there is none.
    Patient "patient" LeftToNext "Patient";
    /// Falls to the next payer, and is never asked from the patient, whoever else there is.
    NeverPatient "never_patient" LeftToNextPayer "Never the patient's";
    /// What an earlier payer paid or wrote down: this payer never owed it, so nothing moves.
    PriorPayer "prior_payer" NotThisPayers "Prior payer";
    /// Interest inside a claim; negative amounts add to the payment.
    Interest "interest" Interest "Interest";
    /// Kept by the payer for a debt of another claim: stays owed by the payer until somebody says for which.
    Recoupment "recoupment" StaysOwed "Recoupment";
    /// Paid by the payer to somebody else: stays owed until somebody says by whom.
    PaidElsewhere "paid_elsewhere" StaysOwed "Paid to another";
    /// Not decided yet: stays owed by the payer.
    Pending "pending" StaysOwed "Pending";
    /// Paid with another line of the claim, or paid on that line for this one: moves between the two.
    Bundled "bundled" WithinClaim "Paid with another line";
    /// Says something about the amount and decides nothing of it: stays owed by the payer.
    Informational "informational" StaysOwed "Informational";
    /// Not paid and to be worked: stays owed by the payer.
    Denial "denial" StaysOwed "Denial";
}

/// What a class does to what is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Owed by nobody any more.
    WrittenDown,
    /// Owed by the next payer, else by the patient.
    LeftToNext,
    /// Owed by the next payer; where there is none, by this one still.
    LeftToNextPayer,
    /// This payer never owed it.
    NotThisPayers,
    /// On the account of interest.
    Interest,
    /// Owed by this payer still, for the line of the claim with which it was paid.
    WithinClaim,
    /// Owed by this payer still, and somebody works it.
    StaysOwed,
}

impl Effect {
    /// What it does, for who reads the table.
    pub fn words(self) -> &'static str {
        match self {
            Effect::WrittenDown => "written down: owed by nobody",
            Effect::LeftToNext => "owed by the next payer, else by the patient",
            Effect::LeftToNextPayer => "owed by the next payer; without one it stays owed by this payer and is worked",
            Effect::NotThisPayers => "nothing moves: this payer never owed it",
            Effect::Interest => "stands on the account of interest",
            Effect::WithinClaim => "moves to the line of the claim that it was paid with",
            Effect::StaysOwed => "stays owed by this payer and is worked",
        }
    }
}

/// Who decided a claim, as far as the meaning of its adjustments goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decider {
    /// The payer.
    pub payer: PayerId,
    /// It pays first, so no payer can have paid before it.
    pub is_primary: bool,
    /// It is a Medicaid program, whose payment is payment in full but for its own cost shares (42 CFR 447.15).
    pub is_medicaid: bool,
}

impl Decider {
    /// Of a claim.
    pub fn of(claim: &ClaimFacts) -> Decider {
        Decider {
            payer: claim.payer_id,
            is_primary: claim.rank == CoverageRank::Primary,
            is_medicaid: claim.is_medicaid,
        }
    }
}

/// CARC of what is included in the payment of another line.
const INCLUDED: &str = "97";
/// CARC of what is paid beyond a line's own charge, for others with it.
const PAID_WITH_THIS: &str = "94";

/// What each adjustment of a claim payment means, in the order in which they stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classes {
    /// Of the claim as a whole.
    pub of_claim: Vec<AdjustmentClass>,
    /// Of each line.
    pub of_lines: Vec<Vec<AdjustmentClass>>,
}

impl Classes {
    /// As the rules have it. In a claim that its payer refused, or of which it allows nothing, no price was agreed, so
    /// nothing is written down: it is owed still.
    pub fn of(payment: &ClaimPayment, decider: Decider, rules: &RuleBook) -> Classes {
        let said = Classes::said(payment, decider, rules).bundled(payment);
        if payment.is_refused() || said.allows_nothing(payment) { said.refused() } else { said }
    }

    /// As the rules have each adjustment by itself, whatever became of the claim.
    pub fn said(payment: &ClaimPayment, decider: Decider, rules: &RuleBook) -> Classes {
        let class = |one: &Adjustment, remarks: [&[String]; 2]| rules.classify(decider, one, remarks).class;
        Classes {
            of_claim: payment.adjustments.iter().map(|one| class(one, [&payment.remarks, &[]])).collect(),
            of_lines: payment
                .lines
                .iter()
                .map(|line| line.adjustments.iter().map(|one| class(one, [&payment.remarks, &line.remarks])).collect())
                .collect(),
        }
    }

    /// As they were stored when the payment was posted: the place of the line (0 for the claim as a whole) and the class, in
    /// the order of the file. None where they do not fit the payment.
    pub fn stored(payment: &ClaimPayment, rows: impl Iterator<Item = (usize, AdjustmentClass)>) -> Option<Classes> {
        let mut found = Classes { of_claim: Vec::new(), of_lines: vec![Vec::new(); payment.lines.len()] };
        for (line, class) in rows {
            match line.checked_sub(1) {
                None => found.of_claim.push(class),
                Some(place) => found.of_lines.get_mut(place)?.push(class),
            }
        }
        let fits = found.of_claim.len() == payment.adjustments.len()
            && found.of_lines.iter().zip(&payment.lines).all(|(of, line)| of.len() == line.adjustments.len());
        fits.then_some(found)
    }

    /// A reversal's, each as it was in what is taken back, by group and reason; what stands in no such place is as here.
    pub fn mirrored(self, reversal: &ClaimPayment, original: &ClaimPayment, classes: &Classes) -> Classes {
        let before: Vec<(&Adjustment, AdjustmentClass)> = classes.with(original).collect();
        let find = |one: &Adjustment, own: AdjustmentClass| {
            let same = |(of, _): &&(&Adjustment, AdjustmentClass)| of.group == one.group && of.reason == one.reason;
            before.iter().find(same).map_or(own, |(_, class)| *class)
        };
        let each = |all: &[Adjustment], own: Vec<AdjustmentClass>| -> Vec<AdjustmentClass> {
            all.iter().zip(own).map(|(one, own)| find(one, own)).collect()
        };
        Classes {
            of_claim: each(&reversal.adjustments, self.of_claim),
            of_lines: reversal
                .lines
                .iter()
                .zip(self.of_lines)
                .map(|(line, own)| each(&line.adjustments, own))
                .collect(),
        }
    }

    /// Each adjustment with its class: of the claim as a whole, then line by line.
    pub fn with<'p>(&self, payment: &'p ClaimPayment) -> impl Iterator<Item = (&'p Adjustment, AdjustmentClass)> {
        let of_claim = payment.adjustments.iter().zip(&self.of_claim);
        let of_lines =
            payment.lines.iter().zip(&self.of_lines).flat_map(|(line, classes)| line.adjustments.iter().zip(classes));
        of_claim.chain(of_lines).map(|(one, class)| (one, *class))
    }

    /// A payer that pays lines together takes the others off whole as included (CO-97) and adds them, below zero, to the line
    /// that it pays them with (94). Where the two sums are the same, what is taken off one line is owed for the other.
    fn bundled(mut self, payment: &ClaimPayment) -> Classes {
        let is_added = |one: &Adjustment| one.reason == PAID_WITH_THIS && one.amount.is_negative();
        let is_included = |one: &Adjustment| one.reason == INCLUDED && one.amount.is_positive();
        let sum_of = |is_meant: &dyn Fn(&Adjustment) -> bool| {
            let of_lines = payment.lines.iter().flat_map(|line| &line.adjustments);
            crate::Money::checked_sum(of_lines.filter(|one| is_meant(one)).map(|one| one.amount))
        };
        let (added, included) = (sum_of(&is_added), sum_of(&is_included));
        let (Some(added), Some(included)) = (added, included) else { return self };
        if payment.is_reversal() || added.is_zero() || added.checked_add(included) != Some(crate::Money::ZERO) {
            return self;
        }
        for (line, classes) in payment.lines.iter().zip(&mut self.of_lines) {
            for (one, class) in line.adjustments.iter().zip(classes) {
                if is_added(one) || is_included(one) {
                    *class = AdjustmentClass::Bundled;
                }
            }
        }
        self
    }

    /// Whether a payer says that it processed the claim and yet allows nothing: it pays nothing, leaves nothing to the
    /// patient, names no payer before it, and takes the whole charge off by reasons that are each a price, a law or a denial.
    /// A contract has a price above nothing, so whatever the reasons are called, this is no write-down before somebody looked
    /// (a fee schedule without the code, a plan that another one replaced, a claim under a fixed fee). One line of several
    /// that is taken off whole beside others that are paid is as common as right, and stays a write-down.
    pub fn allows_nothing(&self, payment: &ClaimPayment) -> bool {
        payment.charge_amount.is_positive()
            && payment.paid_amount.is_zero()
            && payment.lines.iter().all(|line| line.paid_amount.is_zero())
            && self.with(payment).all(|(one, class)| {
                one.amount.is_zero() || matches!(class.effect(), Effect::WrittenDown | Effect::StaysOwed)
            })
    }

    /// Nothing of it is written down.
    fn refused(mut self) -> Classes {
        let all = self.of_claim.iter_mut().chain(self.of_lines.iter_mut().flatten());
        for class in all.filter(|class| class.effect() == Effect::WrittenDown) {
            *class = AdjustmentClass::Denial;
        }
        self
    }
}

#[cfg(test)]
mod tests;
