//! 837D (005010X224, A1 to A3): dental claims.
//!
//! Billing provider, subscriber and patient are those of the professional claim; only the claim and its lines are its
//! own. No flag of a claim has a default here: what is not in the data is not in the file.

mod model;
mod service_line;

pub use model::{Claim, Orthodontics, ToothStatus};
pub use service_line::{ServiceLine, Tooth};

use super::claim_837p;
use crate::{Problem, TransactionSet, Writer};

/// One 837D transaction set.
pub type ClaimFile<'a> = claim_837p::ClaimFile<'a, Claim<'a>>;
/// Loop 2000A of a dental claim file.
pub type BillingProvider<'a> = claim_837p::BillingProvider<'a, Claim<'a>>;
/// Loop 2000B of a dental claim file.
pub type Subscriber<'a> = claim_837p::Subscriber<'a, Claim<'a>>;
/// Loop 2000C of a dental claim file.
pub type Dependent<'a> = claim_837p::Dependent<'a, Claim<'a>>;

/// The claims and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (ClaimFile<'a>, Vec<Problem>) {
    claim_837p::read_file(set)
}

/// Writes ST to SE.
pub fn write(file: &ClaimFile<'_>, writer: &mut Writer) {
    claim_837p::write_file(file, writer);
}
