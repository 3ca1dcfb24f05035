//! Cash of payers that waits for a place: what the books say of it, by the claim payment it came with. Debit positive,
//! so cash that was received is below zero here.

use ledger::{AccountKind, Money};
use uuid::Uuid;

use crate::statements;

statements! {
    /// What of one claim payment waits, with the account it waits on. Its suspense is found by its name, `$3`: a decision that
    /// is taken back empties the suspense of another claim payment.
    pub const CASH_WAITING_OF: (AccountKind, Option<Uuid>, Money) =
        "SELECT t.account, t.payer_id, CAST(SUM(t.cents) AS BIGINT) FROM (
            SELECT p.account, p.payer_id, p.cents FROM ledger_entry e
            JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id
            WHERE e.practice_id = $1 AND e.source_id = $2 AND p.account = 'unapplied_payer'
            UNION ALL SELECT p.account, p.payer_id, p.cents FROM ledger_posting p
            WHERE p.practice_id = $1 AND p.account = 'suspense' AND p.reference = $3) t
         GROUP BY t.account, t.payer_id HAVING SUM(t.cents) <> 0 ORDER BY t.account DESC";
    /// Every source of which cash waits unapplied, with how much.
    pub const CASH_WAITING: (Uuid, Money) =
        "SELECT e.source_id, CAST(SUM(p.cents) AS BIGINT) FROM ledger_posting p
         JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id
         WHERE p.practice_id = $1 AND p.account = 'unapplied_payer'
         GROUP BY e.source_id, p.payer_id HAVING SUM(p.cents) <> 0 ORDER BY e.source_id";
    /// Everything that stands in suspense, by the claim payment that it came with.
    pub const SUSPENSE: (Option<String>, Money) =
        "SELECT reference, CAST(SUM(cents) AS BIGINT) FROM ledger_posting WHERE practice_id = $1 AND account = 'suspense'
         GROUP BY reference HAVING SUM(cents) <> 0 ORDER BY reference";
    /// What stands in the suspense of one claim payment, debit positive.
    pub const SUSPENSE_OF: (Money,) =
        "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ledger_posting
         WHERE practice_id = $1 AND account = 'suspense' AND reference = $2";
    /// Entries that applied waiting cash of a claim payment by hand and were not taken back, the latest first.
    pub const HAND_MOVES: (Uuid, String) =
        "SELECT e.id, e.reason FROM ledger_entry e WHERE e.practice_id = $1 AND e.source_id = $2
         AND e.source_kind = 'unapplied_cash' AND e.corrects IS NULL AND NOT EXISTS (
            SELECT 1 FROM ledger_entry c WHERE c.practice_id = e.practice_id AND c.source_id = e.source_id
            AND c.corrects = e.id) ORDER BY e.sequence DESC";
}
