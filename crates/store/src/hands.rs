//! In whose hand a charge is: what payers owe that no claim asks for, and visits that nobody has. Finds and names; decides
//! and mends nothing.

use billing::{ChargeId, EncounterId, Money, PatientId, PayerId};

use crate::statements;

statements! {
    /// What payers owe for a visit that no living claim asks them for, charge by charge.
    pub const DUES_WITHOUT_CLAIM: (ChargeId, PayerId, Money) =
        "SELECT c.id, l.payer_id, CAST(SUM(l.cents) AS BIGINT) FROM charge c CROSS JOIN ledger_posting l
         WHERE c.practice_id = $1 AND c.encounter_id = $2
         AND l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         AND l.account = 'payer_receivable' AND NOT EXISTS (
            SELECT 1 FROM claim k WHERE k.practice_id = c.practice_id AND k.encounter_id = c.encounter_id
            AND k.payer_id = l.payer_id AND k.status <> 'closed')
         GROUP BY c.id, c.line_number, l.payer_id HAVING SUM(l.cents) > 0 ORDER BY c.line_number, l.payer_id";
    /// What payers owe for visits that no living claim asks them for, by visit and payer.
    pub const DUES_OF_VISITS: (EncounterId, PayerId, Money) =
        "SELECT c.encounter_id, l.payer_id, CAST(SUM(l.cents) AS BIGINT) FROM charge c
         CROSS JOIN ledger_posting l WHERE c.practice_id = $1 AND c.encounter_id IN ({keys})
         AND l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         AND l.account = 'payer_receivable' AND NOT EXISTS (
            SELECT 1 FROM claim k WHERE k.practice_id = c.practice_id AND k.encounter_id = c.encounter_id
            AND k.payer_id = l.payer_id AND k.status <> 'closed')
         GROUP BY c.encounter_id, l.payer_id HAVING SUM(l.cents) > 0";
    /// A patient's visits whose claims were made, with something a payer owes that no living claim asks for.
    pub const VISITS_DUE_WITHOUT_CLAIM: (EncounterId,) =
        "SELECT v.id FROM encounter v CROSS JOIN charge c CROSS JOIN ledger_posting l
         WHERE v.practice_id = $1 AND v.patient_id = $2 AND v.status = 'billed'
         AND c.practice_id = v.practice_id AND c.encounter_id = v.id
         AND l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         AND l.account = 'payer_receivable' AND NOT EXISTS (
            SELECT 1 FROM claim k WHERE k.practice_id = v.practice_id AND k.encounter_id = v.id
            AND k.payer_id = l.payer_id AND k.status <> 'closed')
         GROUP BY v.id, v.date_of_service, l.payer_id HAVING SUM(l.cents) > 0 ORDER BY v.date_of_service, v.id";
    /// A patient's visits with a claim to a payer after the first that is not on its way.
    pub const VISITS_WITH_CLAIMS_AFTER_OTHERS: (EncounterId,) = "SELECT DISTINCT c.encounter_id FROM claim c
         JOIN coverage v ON v.practice_id = c.practice_id AND v.id = c.coverage_id AND v.version = c.coverage_version
         WHERE c.practice_id = $1 AND c.patient_id = $2 AND c.status IN ('draft', 'held', 'ready', 'rejected')
         AND v.rank <> 'P' ORDER BY c.encounter_id";
    /// Visits for whose next payer work is open at the first desk, of which no claim lives: the payers before it have said
    /// all, and it may be billed.
    pub const VISITS_FOR_THE_NEXT_PAYER: (EncounterId,) = "SELECT DISTINCT w.encounter_id FROM work_item w
         WHERE w.practice_id = $1 AND w.desk = 'tier1' AND w.state <> 'resolved' AND w.reason = 'bill_next_payer'
         AND w.encounter_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM claim k WHERE k.practice_id = w.practice_id AND k.encounter_id = w.encounter_id
            AND k.status <> 'closed')
         ORDER BY w.encounter_id LIMIT $2";
    /// What payers have of a visit's charges beyond what they owed, below zero, charge by charge.
    pub const OVERPAID_BY_PAYERS: (ChargeId, PayerId, Money) =
        "SELECT c.id, l.payer_id, CAST(SUM(l.cents) AS BIGINT) FROM charge c CROSS JOIN ledger_posting l
         WHERE c.practice_id = $1 AND c.encounter_id = $2
         AND l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         AND l.account = 'payer_receivable'
         GROUP BY c.id, c.line_number, l.payer_id HAVING SUM(l.cents) < 0 ORDER BY c.line_number, l.payer_id";
    /// What a payer owes for a charge below zero or above the charge, without open work about a credit or a
    /// refund that was taken back as well.
    pub const RECEIVABLES_OUT_OF_RANGE: (ChargeId, Money) =
        "SELECT o.charge_id, o.cents FROM (
            SELECT l.charge_id, l.payer_id, CAST(SUM(l.cents) AS BIGINT) AS cents FROM ledger_posting l
            WHERE l.practice_id = $1 AND l.account = 'payer_receivable' GROUP BY l.charge_id, l.payer_id) o
         JOIN charge c ON c.practice_id = $1 AND c.id = o.charge_id
         WHERE (o.cents < 0 OR o.cents > c.amount_cents) AND NOT EXISTS (
            SELECT 1 FROM work_item w WHERE w.practice_id = c.practice_id AND w.patient_id = c.patient_id
            AND w.encounter_id = c.encounter_id AND w.reason IN ('credit_balance', 'refund_taken_back')
            AND w.state <> 'resolved') LIMIT 5";
    /// Visits without a claim that nobody has: no coverage on their day and no question for one.
    pub const OPEN_VISITS_IN_NO_HAND: (EncounterId, PatientId) =
        "SELECT v.id, v.patient_id FROM encounter v WHERE v.practice_id = $1 AND v.status = 'open'
         AND EXISTS (SELECT 1 FROM charge c WHERE c.practice_id = v.practice_id AND c.encounter_id = v.id
            AND c.is_void = FALSE)
         AND NOT EXISTS (SELECT 1 FROM coverage g WHERE g.practice_id = v.practice_id AND g.patient_id = v.patient_id
            AND g.is_latest = TRUE AND g.effective_on <= v.date_of_service
            AND (g.ends_on IS NULL OR g.ends_on >= v.date_of_service))
         AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.practice_id = v.practice_id
            AND w.patient_id = v.patient_id AND w.encounter_id = v.id AND w.reason = 'coverage_missing'
            AND w.state <> 'resolved') LIMIT 5";
    /// Visits past their first claim with something a payer owes that no living claim asks for and nobody works on.
    pub const DUES_IN_NO_HAND: (EncounterId, Money) =
        "SELECT o.encounter_id, o.cents FROM (
            SELECT c.encounter_id, c.patient_id, l.payer_id, CAST(SUM(l.cents) AS BIGINT) AS cents FROM ledger_posting l
            JOIN charge c ON c.practice_id = l.practice_id AND c.id = l.charge_id
            WHERE l.practice_id = $1 AND l.account = 'payer_receivable'
            GROUP BY c.encounter_id, c.patient_id, l.payer_id) o
         JOIN encounter v ON v.practice_id = $1 AND v.id = o.encounter_id
         WHERE o.cents > 0 AND v.status <> 'open' AND NOT EXISTS (
            SELECT 1 FROM claim k WHERE k.practice_id = v.practice_id AND k.encounter_id = v.id
            AND k.payer_id = o.payer_id AND k.status <> 'closed') AND NOT EXISTS (
            SELECT 1 FROM work_item w WHERE w.practice_id = v.practice_id AND w.patient_id = o.patient_id
            AND w.encounter_id = v.id AND w.reason = 'bill_next_payer' AND w.state <> 'resolved') LIMIT 5";
    /// Visits that are not billed and still owed by somebody.
    pub const NOT_BILLABLE_YET_OWED: (EncounterId, Money) =
        "SELECT v.id, CAST(SUM(l.cents) AS BIGINT) FROM encounter v
         JOIN charge c ON c.practice_id = v.practice_id AND c.encounter_id = v.id
         JOIN ledger_posting l ON l.practice_id = c.practice_id AND l.charge_id = c.id
         WHERE v.practice_id = $1 AND v.status = 'not_billable'
         AND l.account IN ('payer_receivable', 'patient_receivable')
         GROUP BY v.id HAVING SUM(l.cents) <> 0 LIMIT 5";
    /// Visits that are a claim's or the patient's, while somebody is asked for their coverage.
    pub const VISITS_IN_TWO_HANDS: (EncounterId,) =
        "SELECT v.id FROM encounter v JOIN work_item w ON w.practice_id = v.practice_id AND w.patient_id = v.patient_id
            AND w.encounter_id = v.id AND w.reason = 'coverage_missing' AND w.state <> 'resolved'
         WHERE v.practice_id = $1 AND v.status <> 'open' LIMIT 5";
}
