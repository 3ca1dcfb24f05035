//! 277 (005010X212): what became of a claim, as the payer tells it.

use super::claim_status::{self, ClaimStatuses};
use super::fields::Reader;
use crate::{Problem, TransactionSet, Writer};

/// The answers, borrowed from the set, and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (ClaimStatuses<'a>, Vec<Problem>) {
    claim_status::read(Reader::new(set))
}

/// The answers, owned, and what could not be read of them.
pub fn read_owned(set: &TransactionSet<'_>) -> (ClaimStatuses<'static>, Vec<Problem>) {
    claim_status::read(Reader::copying(set))
}

/// Writes ST to SE.
pub fn write(answers: &ClaimStatuses<'_>, writer: &mut Writer) {
    claim_status::write(answers, "277", writer);
}
