//! Claims for which two decisions of their payer stand side by side: there must be none. Reads again what was posted and
//! folds it as a posting does. Mends nothing.

use std::collections::{BTreeSet, HashMap};

use billing::remittance::{ClaimPayment, reversal, settled};
use billing::{ClaimId, ClaimPaymentId};
use ledger::Posting;
use store::remittance::PAYMENTS_OF_CLAIMS;
use store::verify::CLAIMS_POSTED_TWICE;
use store::{Conn, Json, params};
use uuid::Uuid;

use super::history::entries_of;
use crate::Error;

/// Claims read at a time: their payments fit in memory.
const CLAIMS_AT_A_TIME: usize = 500;

/// Our numbers of claims of which a charge is settled by more than one decision that stands.
///
/// # Errors
/// Of the database only.
pub(crate) fn decided_twice(conn: &Conn) -> Result<Vec<String>, Error> {
    let claims: Vec<(ClaimId, String)> = conn.query(&CLAIMS_POSTED_TWICE, params![])?;
    let mut found = Vec::new();
    for piece in claims.chunks(CLAIMS_AT_A_TIME) {
        let ids: Vec<ClaimId> = piece.iter().map(|(id, _)| *id).collect();
        let mut rows = conn.query_in(&PAYMENTS_OF_CLAIMS, params![], &ids)?;
        rows.retain(|row| row.state == "posted");
        // Keys grow with time.
        rows.sort_unstable_by_key(|row| row.id);
        let mut postings = HashMap::new();
        for (id, (_, all)) in entries_of(conn, &rows)? {
            postings.insert(id, all);
        }
        let mut of_claim: HashMap<ClaimId, Vec<(ClaimPaymentId, ClaimPayment)>> = HashMap::new();
        for row in rows {
            let Json(payment) = row.body;
            of_claim.entry(row.claim_id).or_default().push((row.id, payment));
        }
        let is_twice = |id: &ClaimId| of_claim.get(id).is_some_and(|all| stands_twice(all, &postings));
        found.extend(piece.iter().filter(|(id, _)| is_twice(id)).map(|(_, number)| number.clone()));
    }
    Ok(found)
}

fn stands_twice(all: &[(ClaimPaymentId, ClaimPayment)], postings: &HashMap<Uuid, Vec<Posting>>) -> bool {
    let history: Vec<(ClaimPaymentId, &ClaimPayment)> = all.iter().map(|(id, payment)| (*id, payment)).collect();
    let mut charges = BTreeSet::new();
    let of = |id: &ClaimPaymentId| settled::settled(postings.get(&id.0).map_or(&[], Vec::as_slice));
    reversal::standing(&history).iter().flat_map(of).any(|charge| !charges.insert(charge))
}
