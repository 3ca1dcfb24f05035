//! What two people decide about a payer's waiting cash, as rows. The money itself is in the ledger.

use billing::cash_request::{CashRequestKind, CashRequestState};
use billing::id::{CashRequestId, ClaimPaymentId, PayerId, RemittanceId, UserId};
use jiff::civil::Date;
use ledger::Money;

use crate::{record, statements};

record! {
    /// A request as stored.
    pub struct CashRequestRow in "cash_request" {
        /// Key.
        pub id: CashRequestId,
        /// What people call it: "CR-00001".
        pub request_number: String,
        /// What is asked for.
        pub kind: CashRequestKind,
        /// About which claim payment.
        pub claim_payment_id: ClaimPaymentId,
        /// The payer whose cash it is; none for one that we do not know.
        pub payer_id: Option<PayerId>,
        /// What was paid with it, or what goes back.
        pub amount_cents: Money,
        /// What its equation is off by; zero for cash that goes back.
        pub difference_cents: Money,
        /// Who gets it where it is handed over; empty otherwise.
        pub payee: String,
        /// Why, in the words of who asked.
        pub reason: String,
        /// Where it is.
        pub state: CashRequestState,
        /// When it was asked for.
        pub asked_on: Date,
        /// By whom …
        pub asked_by: UserId,
        /// … with the log-in name.
        pub asked_by_login: String,
        /// When it was decided.
        pub decided_on: Option<Date>,
        /// By whom …
        pub decided_by: Option<UserId>,
        /// … with the log-in name.
        pub decided_by_login: Option<String>,
        /// Why it was refused or withdrawn; empty for an approval.
        pub decision: String,
        /// When the cash left.
        pub sent_on: Option<Date>,
        /// Who said so.
        pub sent_by_login: Option<String>,
        /// Number of the check or transfer that took it out.
        pub reference: String,
        /// The same key a second time is the same request.
        pub idempotency_key: String,
    }

    /// A request in a list.
    pub struct CashRequestLine {
        /// The request.
        pub id: CashRequestId,
        /// Its number.
        pub request_number: String,
        /// What is asked for.
        pub kind: CashRequestKind,
        /// About which claim payment.
        pub claim_payment_id: ClaimPaymentId,
        /// In which payment.
        pub remittance_id: RemittanceId,
        /// Its check or EFT number.
        pub trace: String,
        /// Who sent it.
        pub payer_name: String,
        /// The number that the claim came back with.
        pub control_number: String,
        /// What was paid with it, or what goes back.
        pub amount_cents: Money,
        /// What its equation is off by.
        pub difference_cents: Money,
        /// Who gets it where it is handed over.
        pub payee: String,
        /// Why.
        pub reason: String,
        /// Where it is.
        pub state: CashRequestState,
        /// When it was asked for.
        pub asked_on: Date,
        /// By whom.
        pub asked_by: UserId,
        /// The log-in name.
        pub asked_by_login: String,
        /// Who decided.
        pub decided_by_login: Option<String>,
        /// Why it was refused or withdrawn.
        pub decision: String,
        /// Number of the check or transfer that took it out.
        pub reference: String,
    }
}

statements! {
    /// One request.
    pub const CASH_REQUEST: CashRequestRow =
        "SELECT id, request_number, kind, claim_payment_id, payer_id, amount_cents, difference_cents, payee, reason, state,
                asked_on, asked_by, asked_by_login, decided_on, decided_by, decided_by_login, decision, sent_on,
                sent_by_login, reference, idempotency_key
         FROM cash_request WHERE practice_id = $1 AND id = $2";
    /// The request that was made with a key.
    pub const CASH_REQUEST_BY_KEY: CashRequestRow =
        "SELECT id, request_number, kind, claim_payment_id, payer_id, amount_cents, difference_cents, payee, reason, state,
                asked_on, asked_by, asked_by_login, decided_on, decided_by, decided_by_login, decision, sent_on,
                sent_by_login, reference, idempotency_key
         FROM cash_request WHERE practice_id = $1 AND idempotency_key = $2";
    /// The request about a claim payment that waits for a second person.
    pub const CASH_REQUEST_ASKED: (CashRequestId, String) =
        "SELECT id, request_number FROM cash_request WHERE practice_id = $1 AND claim_payment_id = $2 AND state = 'asked'";
    /// The request of a number.
    pub const CASH_REQUEST_BY_NUMBER: (CashRequestId,) =
        "SELECT id FROM cash_request WHERE practice_id = $1 AND request_number = $2";
    /// Requests of a state, the latest first.
    pub const CASH_REQUESTS_IN_STATE: CashRequestLine =
        "SELECT q.id, q.request_number, q.kind, q.claim_payment_id, p.remittance_id, r.trace, r.payer_name,
                p.control_number, q.amount_cents, q.difference_cents, q.payee, q.reason, q.state, q.asked_on, q.asked_by,
                q.asked_by_login, q.decided_by_login, q.decision, q.reference
         FROM cash_request q JOIN claim_payment p ON p.practice_id = q.practice_id AND p.id = q.claim_payment_id
         JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id
         WHERE q.practice_id = $1 AND q.state = $2 ORDER BY q.asked_on DESC, q.request_number DESC LIMIT $3";
    /// What is payable that no request says, or says and is not payable: the request's number, and by how much.
    pub const PAYABLE_WITHOUT_REQUEST: (String, Money) =
        "SELECT t.number, CAST(SUM(t.cents) AS BIGINT) FROM (
            SELECT reference AS number, cents FROM ledger_posting WHERE practice_id = $1 AND account = 'payer_payable'
            UNION ALL SELECT request_number AS number, amount_cents AS cents FROM cash_request
            WHERE practice_id = $1 AND kind <> 'suspense' AND state IN ('asked', 'approved')) t
         GROUP BY t.number HAVING SUM(t.cents) <> 0 ORDER BY t.number LIMIT 5";
    /// How many requests that others made wait for approval, with their sum.
    pub const CASH_REQUESTS_ASKED: (i64, Money) =
        "SELECT count(*), CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) FROM cash_request
         WHERE practice_id = $1 AND asked_by <> $2 AND state = 'asked'";
    /// Decides a request.
    pub const DECIDE_CASH_REQUEST: () =
        "UPDATE cash_request SET state = $3, decided_on = $4, decided_by = $5, decided_by_login = $6, decision = $7
         WHERE practice_id = $1 AND id = $2";
    /// Says that the cash of a request left.
    pub const SEND_CASH_REQUEST: () =
        "UPDATE cash_request SET state = 'sent', sent_on = $3, sent_by_login = $4, reference = $5
         WHERE practice_id = $1 AND id = $2";
}
