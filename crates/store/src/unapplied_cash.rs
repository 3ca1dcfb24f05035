//! Cash of payers that waits for a place: what the books say of it, by the claim payment it came with. Debit positive,
//! so cash that was received is below zero here.

use ledger::{AccountKind, Money};
use uuid::Uuid;

use crate::statements;

statements! {
    /// What of one claim payment waits, with the account it waits on.
    pub const CASH_WAITING_OF: (AccountKind, Option<Uuid>, Money) =
        "SELECT p.account, p.payer_id, CAST(SUM(p.cents) AS BIGINT) FROM ledger_entry e
         JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id
         WHERE e.practice_id = $1 AND e.source_id = $2 AND p.account IN ('unapplied_payer', 'suspense')
         GROUP BY p.account, p.payer_id HAVING SUM(p.cents) <> 0 ORDER BY p.account";
    /// Every source of which cash waits, with how much.
    pub const CASH_WAITING: (Uuid, Money) =
        "SELECT e.source_id, CAST(SUM(p.cents) AS BIGINT) FROM ledger_posting p
         JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id
         WHERE p.practice_id = $1 AND p.account IN ('unapplied_payer', 'suspense')
         GROUP BY e.source_id, p.account, p.payer_id HAVING SUM(p.cents) <> 0 ORDER BY e.source_id";
}
