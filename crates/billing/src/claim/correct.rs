//! Asking a payer for a new decision with a replacement (frequency 7), or taking a decided claim back (frequency 8).
//!
//! Sources: 005010X222A1, CLM05-3 and REF F8. Medicare part B takes neither: it corrects by a clerical-error reopening, or
//! decides again on appeal. Payers give their own days for it, from the remittance: a third clock beside filing and appeal.

use jiff::civil::Date;

use super::{Claim, ClaimFrequency, ClaimStatus};
use crate::payer::Payer;

/// The claim filing indicator of Medicare part B.
const MEDICARE_PART_B: &str = "MB";

/// Why a decided claim is not corrected by a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCorrection {
    /// A first request is no correction.
    NotACorrection,
    /// The payer has not decided it.
    Undecided,
    /// Medicare part B.
    MedicarePartB,
    /// The payer takes no such claims.
    NotTaken,
    /// The payer's number of the claim is not known.
    NumberMissing,
    /// It was voided already.
    Voided,
}

impl std::fmt::Display for NoCorrection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NoCorrection::NotACorrection => "Say whether the claim is replaced or voided.",
            NoCorrection::Undecided => {
                "The payer has not decided this claim, so there is nothing to correct. One that was rejected is mended and \
                 sent again as a first request; of another, wait for the decision."
            }
            NoCorrection::MedicarePartB => {
                "Medicare part B takes no replacement or void claims. A slip of the pen is corrected by a reopening: ask \
                 its contractor on the telephone, on its portal or in writing, within one year of the remittance. Where \
                 its judgment is wrong, appeal within 120 days (redetermination)."
            }
            NoCorrection::NotTaken => {
                "This payer takes no replacement or void claims. Ask it for a reopening or a corrected decision, or \
                 appeal; what it takes stands with its settings."
            }
            NoCorrection::NumberMissing => {
                "The payer's number of this claim is not known, and without it the payer sees a duplicate. Ask the payer \
                 where the claim is, or copy the number from its remittance."
            }
            NoCorrection::Voided => "The claim was voided. Make a new one from the visit.",
        })
    }
}

/// Whether a claim may be replaced or voided; `number` is the payer's number of the decision that stands.
///
/// # Errors
/// [`NoCorrection`], with what to do instead.
pub fn may_correct(
    claim: &Claim,
    payer: &Payer,
    frequency: ClaimFrequency,
    number: Option<&str>,
) -> Result<(), NoCorrection> {
    if frequency == ClaimFrequency::Original {
        return Err(NoCorrection::NotACorrection);
    }
    match claim.status {
        ClaimStatus::Adjudicated | ClaimStatus::Closed => {}
        ClaimStatus::Draft
        | ClaimStatus::Held
        | ClaimStatus::Ready
        | ClaimStatus::Submitted
        | ClaimStatus::Accepted
        | ClaimStatus::Rejected => return Err(NoCorrection::Undecided),
    }
    if claim.body.frequency == ClaimFrequency::Void {
        return Err(NoCorrection::Voided);
    }
    if payer.filing_indicator == MEDICARE_PART_B {
        return Err(NoCorrection::MedicarePartB);
    }
    if !payer.settings.takes_replacements {
        return Err(NoCorrection::NotTaken);
    }
    if number.is_none_or(|number| number.trim().is_empty()) {
        return Err(NoCorrection::NumberMissing);
    }
    Ok(())
}

/// The last day on which the payer takes a correction: its days from the remittance, else what is left of the first limit.
pub fn correct_by(claim: &Claim, payer: &Payer, decided_on: Date) -> Date {
    match payer.settings.corrected_claim_days {
        Some(days) => decided_on.saturating_add(jiff::Span::new().days(days)),
        None => claim.filing_limit_on,
    }
}
