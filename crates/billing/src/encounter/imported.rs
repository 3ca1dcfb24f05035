//! What an import said of a visit, kept so that a second import shows what changed in the file, whatever the desk changed
//! since. Compares only; decides nothing about what becomes of a difference.

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::charge::{Procedure, Units};

/// A visit as an import brought it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedVisit {
    /// ICD-10-CM codes without dots, the principal first.
    pub diagnoses: Vec<String>,
    /// Permission number.
    pub prior_authorization: Option<String>,
    /// What was done.
    pub lines: Vec<ImportedLine>,
}

/// One service as an import brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedLine {
    /// Code and modifiers.
    pub procedure: Procedure,
    /// How often.
    pub units: Units,
    /// Which diagnoses, from 1.
    pub diagnosis_pointers: Vec<u8>,
    /// Price of all units; none where the file left it to the fee schedule.
    pub amount: Option<Money>,
}

impl ImportedLine {
    /// A price that one of the two left to the fee schedule says nothing against the other.
    fn is_same(&self, other: &ImportedLine) -> bool {
        let same_price = match (self.amount, other.amount) {
            (Some(one), Some(other)) => one == other,
            (None, _) | (_, None) => true,
        };
        same_price
            && self.procedure == other.procedure
            && self.units == other.units
            && self.diagnosis_pointers == other.diagnosis_pointers
    }
}

/// How a visit differs from what an earlier import brought; lines by their place, from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Lines that were not there: their place now.
    pub added: Vec<usize>,
    /// Lines of a service that was there otherwise: their place now, and before.
    pub changed: Vec<(usize, usize)>,
    /// Lines that are no more: their place before.
    pub gone: Vec<usize>,
    /// Other diagnoses, or in another order.
    pub diagnoses: bool,
    /// Another permission number.
    pub prior_authorization: bool,
}

/// Compares what an import brings with what one brought before. Each line is paired once: first with one that is the same,
/// then with one of the same code.
pub fn differences(before: &ImportedVisit, now: &ImportedVisit) -> Differences {
    let mut left: Vec<usize> = (0..before.lines.len()).collect();
    let mut take = |fits: &dyn Fn(&ImportedLine) -> bool| {
        let place = left.iter().position(|place| before.lines.get(*place).is_some_and(fits))?;
        Some(left.remove(place))
    };
    let mut unlike = Vec::new();
    for (place, line) in now.lines.iter().enumerate() {
        if take(&|known| known.is_same(line)).is_none() {
            unlike.push((place, line));
        }
    }
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for (place, line) in unlike {
        match take(&|known| known.procedure.code == line.procedure.code) {
            Some(known) => changed.push((place, known)),
            None => added.push(place),
        }
    }
    Differences {
        added,
        changed,
        gone: left,
        diagnoses: before.diagnoses != now.diagnoses,
        prior_authorization: before.prior_authorization != now.prior_authorization,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(code: &str, units: i64, amount: Option<i64>) -> ImportedLine {
        ImportedLine {
            procedure: Procedure { code: code.into(), modifiers: vec![] },
            units: Units::whole(units),
            diagnosis_pointers: vec![1],
            amount: amount.map(Money::from_cents),
        }
    }

    fn visit(lines: Vec<ImportedLine>) -> ImportedVisit {
        ImportedVisit { diagnoses: vec!["I10".into()], prior_authorization: None, lines }
    }

    #[test]
    fn every_line_is_paired_once_and_what_is_left_is_new_changed_or_gone() {
        let before = visit(vec![line("99213", 1, Some(14_000)), line("36415", 1, Some(1_500)), line("20610", 1, None)]);
        assert_eq!(differences(&before, &before), Differences::default());
        let cases = [
            (
                vec![line("36415", 1, None), line("99213", 1, None), line("20610", 1, Some(18_000))],
                (vec![], vec![], vec![]),
            ),
            (
                vec![line("99213", 1, None), line("36415", 1, None), line("20610", 1, None), line("36415", 1, None)],
                (vec![3], vec![], vec![]),
            ),
            (
                vec![line("99213", 2, None), line("36415", 1, Some(1_600)), line("20610", 1, None)],
                (vec![], vec![(0, 0), (1, 1)], vec![]),
            ),
            (vec![line("99213", 1, None), line("90471", 1, None)], (vec![1], vec![], vec![1, 2])),
        ];
        for (lines, (added, changed, gone)) in cases {
            let found = differences(&before, &visit(lines.clone()));
            assert_eq!((found.added, found.changed, found.gone), (added, changed, gone), "{lines:?}");
        }
        let other =
            ImportedVisit { diagnoses: vec!["E119".into()], prior_authorization: Some("A1".into()), ..before.clone() };
        let found = differences(&before, &other);
        assert!(found.diagnoses && found.prior_authorization && found.added.is_empty());
    }
}
