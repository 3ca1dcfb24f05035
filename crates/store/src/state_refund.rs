//! Refunds of patients' money that nobody claimed, which go to a state, as rows. The money itself is in the ledger. Decides
//! nothing.

use billing::id::RefundId;
use jiff::civil::Date;
use ledger::Money;

use crate::{record, statements};

record! {
    /// To which state a refund goes, and why.
    pub struct StateRefundRow in "state_refund" {
        /// The refund.
        pub refund_id: RefundId,
        /// The state's two letters.
        pub state: String,
        /// From which day the money is the state's.
        pub unclaimed_on: Date,
        /// Where the rule stands.
        pub rule: String,
    }

    /// Money that a state has.
    pub struct PaidToStateRow {
        /// The account's number.
        pub account_number: String,
        /// The state's two letters.
        pub state: String,
        /// From which day it was the state's.
        pub unclaimed_on: Date,
        /// Where the rule stands.
        pub rule: String,
        /// How much; cents.
        pub amount_cents: Money,
        /// What people call the refund.
        pub refund_number: String,
        /// When it was sent.
        pub sent_on: Date,
        /// The number of the check or transfer.
        pub reference: String,
    }
}

statements! {
    /// To which state a refund goes.
    pub const STATE_REFUND: StateRefundRow = "SELECT refund_id, state, unclaimed_on, rule FROM state_refund \
        WHERE practice_id = $1 AND refund_id = $2";
    /// What was paid to states, the latest first.
    pub const PAID_TO_STATES: PaidToStateRow = "SELECT p.account_number, s.state, s.unclaimed_on, s.rule, f.amount_cents, \
        f.refund_number, f.sent_on, f.reference FROM state_refund s \
        JOIN refund f ON f.practice_id = s.practice_id AND f.id = s.refund_id \
        JOIN patient p ON p.practice_id = f.practice_id AND p.id = f.patient_id \
        WHERE s.practice_id = $1 AND f.state = 'sent' AND f.sent_on IS NOT NULL \
        AND NOT EXISTS (SELECT 1 FROM refund_stop x WHERE x.practice_id = f.practice_id AND x.refund_id = f.id) \
        ORDER BY f.sent_on DESC, f.refund_number DESC";
}
