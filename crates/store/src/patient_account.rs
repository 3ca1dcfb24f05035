//! The patient account as rows: charges, postings, payers' refusals, claims, payments, statements.
//!
//! Each query begins at the patient and follows an index, so that the page costs the same in a small practice and in
//! one with a hundred thousand claims. Nothing is summed here but what one index range gives.
//!
//! Joins are written CROSS JOIN with their conditions below: the embedded engine then keeps the order of the text even
//! where it has no statistics yet (it would start at all postings of the practice: 100 ms instead of 0.2 with 15,000
//! claims), and PostgreSQL reads an inner join.

use billing::charge::Charge;
use billing::claim::ClaimStatus;
use billing::encounter::{Encounter, EncounterStatus};
use billing::id::{
    ChargeId, ClaimId, ClaimPaymentId, EncounterId, PatientPaymentId, PayerId, RemittanceId, StatementId,
};
use billing::patient::{Guarantor, Patient};
use jiff::civil::Date;
use ledger::{AccountKind, Money};
use uuid::Uuid;

use crate::patient_payment::PaymentBody;
use crate::value::Json;
use crate::{record, statements};

record! {
    /// A patient with the guarantor.
    pub struct AccountHeadRow {
        /// The patient.
        pub patient_body: Json<Patient>,
        /// Who pays the patient's share.
        pub guarantor_body: Json<Guarantor>,
        /// Why no statements go out.
        pub statement_hold: Option<String>,
    }

    /// A charge of the patient.
    pub struct AccountChargeRow {
        /// The charge.
        pub body: Json<Charge>,
        /// Its visit.
        pub encounter_body: Json<Encounter>,
    }

    /// One posting on an account that names a charge.
    pub struct MovementRow {
        /// The charge.
        pub charge_id: ChargeId,
        /// The day it belongs to.
        pub occurred_on: Date,
        /// Which account.
        pub account: AccountKind,
        /// The payer.
        pub payer_id: Option<PayerId>,
        /// Debit positive.
        pub cents: Money,
        /// Why.
        pub reason: String,
        /// What the entry was made from.
        pub source_kind: String,
        /// Which one.
        pub source_id: Uuid,
    }

    /// What a payer refused of a visit.
    pub struct DenialRow {
        /// The visit.
        pub encounter_id: EncounterId,
        /// The charge; none where the payer spoke of the claim as a whole.
        pub charge_id: Option<ChargeId>,
        /// Who refused.
        pub payer_id: PayerId,
        /// When.
        pub paid_on: Date,
        /// CO, PR, OA, PI.
        pub adjustment_group: String,
        /// Reason code.
        pub reason: String,
        /// How much; negative takes an earlier refusal back.
        pub amount_cents: Money,
    }

    /// A remittance that speaks of the patient's claims.
    pub struct AccountRemittanceRow {
        /// What it says of one claim.
        pub claim_payment_id: ClaimPaymentId,
        /// The remittance.
        pub remittance_id: RemittanceId,
        /// Check or EFT number.
        pub trace: String,
        /// Day of the payment.
        pub paid_on: Date,
    }

    /// A claim of the patient.
    pub struct AccountClaimRow {
        /// The claim.
        pub id: ClaimId,
        /// Its visit.
        pub encounter_id: EncounterId,
        /// Who is asked.
        pub payer_id: PayerId,
        /// Our number.
        pub control_number: String,
        /// Where it is.
        pub status: ClaimStatus,
        /// What was charged.
        pub total_cents: Money,
        /// When somebody looks again.
        pub follow_up_on: Option<Date>,
    }

    /// A payment of the patient.
    pub struct AccountPaymentRow {
        /// The payment.
        pub id: PatientPaymentId,
        /// Its receipt.
        pub receipt_number: String,
        /// How much.
        pub amount_cents: Money,
        /// When.
        pub received_on: Date,
        /// Who took it.
        pub taken_by: String,
        /// How, with the words a receipt shows.
        pub body: Json<PaymentBody>,
    }

    /// A statement of the patient.
    pub struct AccountStatementRow {
        /// The statement.
        pub id: StatementId,
        /// Its number.
        pub statement_number: String,
        /// When it was made.
        pub issued_on: Date,
        /// When it was to be paid.
        pub due_on: Date,
        /// What it asked for.
        pub amount_due_cents: Money,
    }

    /// Money of the patient's that we hold.
    pub struct HeldRow {
        /// 'unapplied_patient', 'credit_balance', 'refund_payable'.
        pub account: AccountKind,
        /// How much.
        pub held_cents: Money,
    }

    /// A payer's name.
    pub struct PayerNameRow {
        /// The payer.
        pub id: PayerId,
        /// As on the card.
        pub name: String,
    }

    /// A charge with something the patient owes.
    pub struct OpenChargeRow {
        /// The charge.
        pub charge_id: ChargeId,
        /// Its visit.
        pub encounter_id: EncounterId,
        /// When.
        pub date_of_service: Date,
        /// What the patient owes.
        pub owes_cents: Money,
        /// Where the visit stands: an open one waits for a coverage.
        pub status: EncounterStatus,
    }


    /// What proves that a claim reached its payer.
    pub struct ClaimProofRow {
        /// The claim.
        pub id: ClaimId,
        /// The day of the payer's acceptance.
        pub accepted_on: Option<Date>,
        /// The payer's number.
        pub payer_claim_control_number: Option<String>,
        /// Last day to file.
        pub filing_limit_on: Date,
    }
}

statements! {
    /// What proves that the claims of a patient reached their payers.
    pub const CLAIM_PROOFS: ClaimProofRow = "SELECT id, accepted_on, payer_claim_control_number, filing_limit_on \
        FROM claim WHERE practice_id = $1 AND patient_id = $2";
    /// One patient with the guarantor.
    pub const ACCOUNT_HEAD: AccountHeadRow =
        "SELECT p.body AS patient_body, g.body AS guarantor_body, p.statement_hold
         FROM patient p JOIN guarantor g ON g.practice_id = p.practice_id AND g.id = p.guarantor_id
         WHERE p.practice_id = $1 AND p.id = $2";
    /// A patient's charges with their visits, oldest first.
    pub const CHARGES_OF_PATIENT: AccountChargeRow =
        "SELECT c.body, e.body AS encounter_body
         FROM charge c JOIN encounter e ON e.practice_id = c.practice_id AND e.id = c.encounter_id
         WHERE c.practice_id = $1 AND c.patient_id = $2
         ORDER BY c.date_of_service, c.encounter_id, c.line_number";
    /// Every posting on a patient's charges, in ledger order.
    pub const MOVEMENTS_OF_PATIENT: MovementRow =
        "SELECT c.id AS charge_id, e.occurred_on, l.account, l.payer_id, l.cents, l.reason, e.source_kind, e.source_id
         FROM charge c CROSS JOIN ledger_posting l CROSS JOIN ledger_entry e
         WHERE c.practice_id = $1 AND c.patient_id = $2
         AND l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         AND e.practice_id = l.practice_id AND e.id = l.entry_id
         ORDER BY e.sequence, l.ordinal";
    /// What payers refused of a patient's visits.
    pub const DENIALS_OF_PATIENT: DenialRow =
        "SELECT k.encounter_id, a.charge_id, k.payer_id, r.paid_on, a.adjustment_group, a.reason, a.amount_cents
         FROM claim k CROSS JOIN claim_payment m CROSS JOIN line_adjustment a CROSS JOIN remittance r
         WHERE k.practice_id = $1 AND k.patient_id = $2
         AND m.practice_id = k.practice_id AND m.claim_id = k.id AND m.state = 'posted'
         AND a.practice_id = m.practice_id AND a.claim_payment_id = m.id AND a.class IN ('denial', 'recoupment', 'paid_elsewhere', 'pending', 'informational')
         AND r.practice_id = m.practice_id AND r.id = m.remittance_id
         ORDER BY r.paid_on, m.id, a.line_ordinal, a.ordinal";
    /// The remittances that speak of a patient's claims.
    pub const REMITTANCES_OF_PATIENT: AccountRemittanceRow =
        "SELECT m.id AS claim_payment_id, m.remittance_id, r.trace, r.paid_on
         FROM claim k CROSS JOIN claim_payment m CROSS JOIN remittance r
         WHERE k.practice_id = $1 AND k.patient_id = $2
         AND m.practice_id = k.practice_id AND m.claim_id = k.id
         AND r.practice_id = m.practice_id AND r.id = m.remittance_id";
    /// A patient's claims.
    pub const CLAIMS_OF_PATIENT: AccountClaimRow =
        "SELECT id, encounter_id, payer_id, control_number, status, total_cents, follow_up_on
         FROM claim WHERE practice_id = $1 AND patient_id = $2 ORDER BY date_of_service, id";
    /// A patient's payments, newest first.
    pub const PAYMENTS_OF_PATIENT: AccountPaymentRow =
        "SELECT id, receipt_number, amount_cents, received_on, taken_by, body
         FROM patient_payment WHERE practice_id = $1 AND patient_id = $2 ORDER BY received_on DESC, id DESC";
    /// A patient's statements, newest first.
    pub const STATEMENTS_OF_PATIENT: AccountStatementRow =
        "SELECT id, statement_number, issued_on, due_on, amount_due_cents
         FROM statement WHERE practice_id = $1 AND patient_id = $2 ORDER BY issued_on DESC, id DESC";
    /// Money of a patient's that we hold.
    pub const HELD_OF_PATIENT: HeldRow =
        "SELECT account, held_cents FROM ledger_balance
         WHERE practice_id = $1 AND owner_id = $2
         AND account IN ('unapplied_patient', 'credit_balance', 'refund_payable')";
    /// Names of payers.
    pub const PAYER_NAMES: PayerNameRow = "SELECT id, name FROM payer WHERE practice_id = $1 AND id IN ({keys})";
    /// What a patient owes, charge by charge: what is asked for first, each oldest first.
    pub const OPEN_CHARGES_OF_PATIENT: OpenChargeRow =
        "SELECT c.id AS charge_id, c.encounter_id, c.date_of_service, CAST(SUM(l.cents) AS BIGINT) AS owes_cents,
                v.status
         FROM charge c CROSS JOIN ledger_posting l CROSS JOIN encounter v
         WHERE c.practice_id = $1 AND c.patient_id = $2
         AND v.practice_id = c.practice_id AND v.id = c.encounter_id
         AND l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         AND l.account = 'patient_receivable'
         GROUP BY c.practice_id, c.id, c.encounter_id, c.date_of_service, c.line_number, v.status
         HAVING SUM(l.cents) > 0
         ORDER BY CASE v.status WHEN 'open' THEN 1 ELSE 0 END, c.date_of_service, c.encounter_id, c.line_number";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{PRACTICE, TestDb, TestEngine};

    #[test]
    fn the_account_is_read_from_the_patient_along_indexes_even_without_statistics() {
        let db = TestDb::new(TestEngine::Sqlite);
        for statement in STATEMENTS.iter().filter(|statement| !statement.sql.contains("{keys}")) {
            let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
            let plan: Vec<(i64, i64, i64, String)> = db
                .core()
                .unchained(&db.system(), PRACTICE, |conn| {
                    conn.query_text(statement.name, &sql, crate::params![PRACTICE.0, uuid::Uuid::nil()])
                })
                .unwrap();
            assert!(!plan.is_empty(), "{}", statement.name);
            for (_, _, _, step) in plan.iter().filter(|(_, _, _, step)| !step.starts_with("USE TEMP")) {
                assert!(step.starts_with("SEARCH") && step.contains("=? AND"), "{}: {step}", statement.name);
            }
        }
    }
}
