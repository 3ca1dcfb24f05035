//! What a practice says that adjustments mean, as rows that are only ever added; and what was posted, to judge it by other
//! rows. Decides nothing and changes nothing that was posted.

use billing::coverage::CoverageRank;
use billing::id::AdjustmentRuleId;
use billing::payer::Payer;
use billing::remittance::classification::{AdjustmentClass, Pattern};
use billing::remittance::{AdjustmentGroup, ClaimPayment};
use billing::{ClaimId, ClaimPaymentId, PayerId, RemittanceId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{record, statements};

record! {
    /// A row of the practice.
    pub struct AdjustmentRuleRow in "adjustment_rule" {
        /// Key; keys grow with time.
        pub id: AdjustmentRuleId,
        /// Who decided; none is any.
        pub payer_id: Option<PayerId>,
        /// CAS01; none is any.
        pub adjustment_group: Option<AdjustmentGroup>,
        /// CARC; none is any.
        pub reason: Option<String>,
        /// RARC; none is any.
        pub remark: Option<String>,
        /// What it means; none where the practice takes its word back.
        pub class: Option<AdjustmentClass>,
        /// First day on which it decides what is posted.
        pub effective_on: Date,
        /// When it was added.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
        /// Why.
        pub why: String,
    }

    /// A posted payment of a claim, to judge its adjustments again.
    pub struct PostedDecision {
        /// Key; keys grow with time.
        pub id: ClaimPaymentId,
        /// Its payment.
        pub remittance_id: RemittanceId,
        /// Its check or EFT number.
        pub trace: String,
        /// Day of the payment.
        pub paid_on: Date,
        /// The claim of ours.
        pub claim_id: ClaimId,
        /// Our number.
        pub control_number: String,
        /// Who was asked to pay.
        pub payer: Json<Payer>,
        /// Which payer in the order.
        pub rank: CoverageRank,
        /// As it was read.
        pub body: Json<ClaimPayment>,
    }
}

impl AdjustmentRuleRow {
    /// Which adjustments it is for.
    pub fn pattern(&self) -> Pattern {
        Pattern {
            payer: self.payer_id,
            group: self.adjustment_group,
            reason: self.reason.clone(),
            remark: self.remark.clone(),
        }
    }
}

statements! {
    /// Every row, in the order in which they were added.
    pub const ADJUSTMENT_RULES: AdjustmentRuleRow = "SELECT id, payer_id, adjustment_group, reason, remark, class, \
        effective_on, recorded_at, recorded_by, recorded_by_login, why FROM adjustment_rule \
        WHERE practice_id = $1 ORDER BY id";
    /// Posted decisions since a moment, with an adjustment for a reason where one is named, after a key.
    pub const POSTED_DECISIONS: PostedDecision = "SELECT p.id, p.remittance_id, r.trace, r.paid_on, p.claim_id, \
        c.control_number, y.body AS payer, v.rank, p.body FROM claim_payment p \
        JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id \
        JOIN claim c ON c.practice_id = p.practice_id AND c.id = p.claim_id \
        JOIN payer y ON y.practice_id = c.practice_id AND y.id = c.payer_id \
        JOIN coverage v ON v.practice_id = c.practice_id AND v.id = c.coverage_id AND v.version = c.coverage_version \
        WHERE p.practice_id = $1 AND p.id > $2 AND p.state = 'posted' AND r.posted_at >= $3 \
        AND ($4 = '' OR EXISTS (SELECT 1 FROM line_adjustment a WHERE a.practice_id = p.practice_id \
            AND a.claim_payment_id = p.id AND a.reason = $4)) \
        ORDER BY p.id LIMIT $5";
}

crate::col_texts!(AdjustmentGroup: |group| group.code(), |text| AdjustmentGroup::from_code(text););
