//! Readers of what other systems hand over: FHIR R4 bundles, CSV files of charges, statements of the bank, and the
//! file a practice is set up from. A reader judges the whole input before
//! anything is saved; what it cannot read it names with file, place and remedy. It never writes to the database.

pub mod bank;
pub mod csv;
pub mod fhir;
pub mod practice;

use std::fmt;

/// Why an input cannot be taken: where it is wrong and what to do next. Never holds a value that identifies a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputProblem {
    /// The file as the user named it.
    pub file: String,
    /// Where in the file, in words a person can follow: "row 3, column date_of_service".
    pub place: String,
    /// What is wrong.
    pub problem: String,
    /// What to do next.
    pub remedy: String,
}

impl fmt::Display for InputProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}: {}. {}.", self.file, self.place, self.problem, self.remedy)
    }
}

/// More problems than this say the same thing again; the count of the rest is told instead.
const MOST_PROBLEMS_SHOWN: usize = 20;

/// An input of which nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub Vec<InputProblem>);

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.0.iter().take(MOST_PROBLEMS_SHOWN) {
            writeln!(out, "{problem}")?;
        }
        if self.0.len() > MOST_PROBLEMS_SHOWN {
            writeln!(out, "… and {} more.", self.0.len() - MOST_PROBLEMS_SHOWN)?;
        }
        write!(out, "Nothing was imported.")
    }
}

impl std::error::Error for Unreadable {}
