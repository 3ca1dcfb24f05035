//! 276 (005010X212): what became of this claim?

use super::claim_status::{self, ClaimStatuses};
use crate::{Problem, TransactionSet, Writer};

/// The questions and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (ClaimStatuses<'a>, Vec<Problem>) {
    claim_status::read(set)
}

/// Writes ST to SE.
pub fn write(questions: &ClaimStatuses<'_>, writer: &mut Writer) {
    claim_status::write(questions, "276", writer);
}
