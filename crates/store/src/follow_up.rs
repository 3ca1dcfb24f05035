//! Claims that a payer has for too long.

use billing::claim::ClaimStatus;
use billing::{ClaimId, Money, PatientId, PayerId};
use jiff::civil::Date;

use crate::{record, statements};

record! {
    /// Where a claim is, and when somebody looks again.
    pub struct ClaimPlace {
        /// Where.
        pub status: ClaimStatus,
        /// When somebody looks again.
        pub follow_up_on: Option<Date>,
    }

    /// A claim whose payer did not decide in time.
    pub struct DueClaim {
        /// Key.
        pub id: ClaimId,
        /// Our number.
        pub control_number: String,
        /// Where it is.
        pub status: ClaimStatus,
        /// Who got care.
        pub patient_id: PatientId,
        /// Who has it.
        pub payer_id: PayerId,
        /// What was asked.
        pub total_cents: Money,
        /// Last day to file.
        pub filing_limit_on: Date,
    }
}

statements! {
    /// Claims that a payer has, undecided or under appeal, whose follow-up date is before `$2`.
    pub const DUE_FOR_FOLLOW_UP: DueClaim = "SELECT id, control_number, status, patient_id, payer_id, total_cents, \
        filing_limit_on FROM claim WHERE practice_id = $1 AND status IN ('accepted', 'adjudicated') \
        AND follow_up_on < $2 ORDER BY follow_up_on, id LIMIT $3";
    /// Claims that a payer took and did not decide, whose follow-up date is from `$2` to `$3`: it is asked before.
    pub const TO_ASK_ABOUT: (ClaimId,) = "SELECT id FROM claim WHERE practice_id = $1 AND status = 'accepted' \
        AND follow_up_on >= $2 AND follow_up_on <= $3 ORDER BY follow_up_on, id LIMIT $4";
    /// The desk has it now: the payer's date is done.
    pub const CLEAR_FOLLOW_UP: () = "UPDATE claim SET follow_up_on = NULL WHERE practice_id = $1 AND id = $2";
    /// Where a claim is.
    pub const CLAIM_PLACE: ClaimPlace = "SELECT status, follow_up_on FROM claim WHERE practice_id = $1 AND id = $2";
    /// The payer has it again until `$3`.
    pub const SET_FOLLOW_UP: () = "UPDATE claim SET follow_up_on = $3 WHERE practice_id = $1 AND id = $2";
}
