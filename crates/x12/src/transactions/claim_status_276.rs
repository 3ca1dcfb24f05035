//! 276 (005010X212): what became of this claim?

use super::claim_status::{self, ClaimStatuses};
use super::fields::Reader;
use crate::{Problem, TransactionSet, Writer};

/// The questions, borrowed from the set, and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (ClaimStatuses<'a>, Vec<Problem>) {
    claim_status::read(Reader::new(set))
}

/// The questions, owned, and what could not be read of them.
pub fn read_owned(set: &TransactionSet<'_>) -> (ClaimStatuses<'static>, Vec<Problem>) {
    claim_status::read(Reader::copying(set))
}

/// Writes ST to SE.
pub fn write(questions: &ClaimStatuses<'_>, writer: &mut Writer) {
    claim_status::write(questions, "276", writer);
}
