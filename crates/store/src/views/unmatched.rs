//! The desk of payments that no claim took: what waits, and the claims that one of them may be about. Decides nothing.

use billing::claim::ClaimStatus;
use billing::id::{ClaimId, ClaimPaymentId, PatientId, WorkItemId};
use billing::work::{Desk, WorkReason};
use jiff::civil::Date;
use ledger::Money;

use crate::{record, statements};

/// Payments that the desk shows at once: more are found by working these.
pub const PAYMENTS_SHOWN: i64 = 300;
/// Claims looked at for one payment by one fact: more are no help to a person.
pub const CLAIMS_LOOKED_AT: i64 = 50;

record! {
    /// Open work about a payment that waits.
    pub struct WaitingWork {
        /// The item.
        pub id: WorkItemId,
        /// Why.
        pub reason: WorkReason,
        /// Its reason and the claim payment.
        pub subject_key: String,
        /// Whose queue it stands in.
        pub desk: Desk,
        /// Cents that wait.
        pub stake_cents: Money,
        /// Since when.
        pub opened_on: Date,
        /// By when.
        pub due_on: Date,
        /// Its revision.
        pub revision: i64,
    }

    /// A claim payment in the list.
    pub struct WaitingPayment {
        /// Key.
        pub id: ClaimPaymentId,
        /// Number of the check or transfer.
        pub trace: String,
        /// Who sent it.
        pub payer_name: String,
        /// Day of the payment.
        pub paid_on: Date,
        /// The number that the claim came back with.
        pub control_number: String,
        /// What was charged.
        pub charge_cents: Money,
        /// What was paid.
        pub paid_cents: Money,
        /// 'posted', 'set_aside', 'unmatched'.
        pub state: String,
        /// Why it waits.
        pub problem: Option<String>,
        /// By how much its equation fails.
        pub difference_cents: Money,
    }

    /// A claim with what a payer may repeat of it.
    pub struct ProfileRow {
        /// Key.
        pub id: ClaimId,
        /// Our number.
        pub control_number: String,
        /// Whose.
        pub patient_id: PatientId,
        /// The account's number.
        pub account_number: String,
        /// Family name, folded.
        pub last_name_key: String,
        /// Given name, folded.
        pub first_name_key: String,
        /// The member's id on the coverage that was billed.
        pub member_id: String,
        /// First day of the care.
        pub date_of_service: Date,
        /// What was charged in all.
        pub total_cents: Money,
        /// Where it is.
        pub status: ClaimStatus,
        /// The payer's number of it.
        pub payer_claim_control_number: Option<String>,
    }
}

statements! {
    /// Open work about payments that wait, the oldest first.
    pub const WAITING_WORK: WaitingWork =
        "SELECT id, reason, subject_key, desk, stake_cents, opened_on, due_on, revision FROM work_item
         WHERE practice_id = $1 AND reason IN ('unmatched_cash', 'claim_set_aside', 'suspense_difference')
         AND desk IN ('poster', 'tier2', 'tier3', 'tier1', 'coder') AND state <> 'resolved' ORDER BY due_on, id LIMIT $2";
    /// Claim payments in the list.
    pub const WAITING_PAYMENTS: WaitingPayment =
        "SELECT p.id, r.trace, r.payer_name, r.paid_on, p.control_number, p.charge_cents, p.paid_cents, p.state, p.problem,
                p.difference_cents FROM claim_payment p
         JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id
         WHERE p.practice_id = $1 AND p.id IN ({keys})";
    /// Claims that carry one of some numbers.
    pub const CLAIMS_NUMBERED: (ClaimId,) =
        "SELECT id FROM claim WHERE practice_id = $1 AND control_number IN ({keys})";
    /// Claims with a number of the payer.
    pub const CLAIMS_OF_PAYER_NUMBER: (ClaimId,) =
        "SELECT id FROM claim WHERE practice_id = $1 AND payer_claim_control_number = $2 ORDER BY id DESC LIMIT $3";
    /// Claims of a member, the latest first.
    pub const CLAIMS_OF_MEMBER: (ClaimId,) =
        "SELECT c.id FROM coverage v JOIN claim c ON c.practice_id = v.practice_id AND c.patient_id = v.patient_id
         WHERE v.practice_id = $1 AND v.member_id = $2 AND c.coverage_id = v.id AND c.coverage_version = v.version
         ORDER BY c.date_of_service DESC, c.id LIMIT $3";
    /// Claims of patients of a family name, the latest first.
    pub const CLAIMS_OF_NAME: (ClaimId,) =
        "SELECT c.id FROM patient t JOIN claim c ON c.practice_id = t.practice_id AND c.patient_id = t.id
         WHERE t.practice_id = $1 AND t.last_name_key = $2 ORDER BY c.date_of_service DESC, c.id LIMIT $3";
    /// Claims of a day and an amount.
    pub const CLAIMS_OF_DAY: (ClaimId,) =
        "SELECT id FROM claim WHERE practice_id = $1 AND date_of_service = $2 AND total_cents = $3 ORDER BY id LIMIT $4";
    /// Claims with what a payer may repeat of them.
    pub const PROFILES: ProfileRow =
        "SELECT c.id, c.control_number, c.patient_id, t.account_number, t.last_name_key, t.first_name_key, v.member_id,
                c.date_of_service, c.total_cents, c.status, c.payer_claim_control_number
         FROM claim c JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id
         JOIN coverage v ON v.practice_id = c.practice_id AND v.id = c.coverage_id AND v.version = c.coverage_version
         WHERE c.practice_id = $1 AND c.id IN ({keys})";
}
