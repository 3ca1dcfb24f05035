//! Which payments a refund gives back: the latest ones of who paid, until they make its amount. Money goes back the way it
//! came: to a card only where a card paid. Reads; moves nothing.

use std::collections::BTreeMap;

use billing::access::{Action, Actor, ResourceState};
use billing::refund::RefundState;
use billing::{Money, PatientPaymentId, PracticeId, RefundId, RemittanceId};
use jiff::civil::Date;
use store::credit::VISITS_OF_CHARGES;
use store::refund::{
    PAYMENTS_OF_PATIENT_UNTIL, REFUND, REFUNDS_IN_STATE, REMITTANCES_OF_VISITS_UNTIL, RefundLine, RefundRow,
};
use store::{Conn, Db, params};

use super::REFUNDS_SHOWN;
use crate::Error;
use crate::access::allow;

/// Where an original payment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidBy {
    /// A receipt of the patient.
    Receipt(PatientPaymentId),
    /// A payer's remittance.
    Remittance(RemittanceId),
}

/// A payment of which something goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where it is written.
    pub paid_by: PaidBy,
    /// The receipt's number, or the payer's trace.
    pub number: String,
    /// 'cash', 'check', 'card'; "payer" for a remittance.
    pub method: String,
    /// When it was received.
    pub on: Date,
}

/// The original payments of the refunds of a state, by refund.
///
/// # Errors
/// `Denied`.
pub fn of_state(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    state: RefundState,
) -> Result<BTreeMap<RefundId, Vec<Origin>>, Error> {
    allow(actor, Action::ViewRefunds, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let rows: Vec<RefundLine> = read.query(&REFUNDS_IN_STATE, params![state, REFUNDS_SHOWN])?;
        let mut origins = BTreeMap::new();
        for line in rows {
            if let Some(row) = read.query_opt(&REFUND, params![line.id])? {
                origins.insert(row.id, of(read, &row)?);
            }
        }
        Ok(origins)
    })
}

/// The original payments of one refund, the latest first.
pub(super) fn of(conn: &Conn, row: &RefundRow) -> Result<Vec<Origin>, Error> {
    let (mut origins, mut left) = (Vec::new(), row.amount_cents);
    let mut take = |origin: Origin, amount: Money| {
        if left.is_positive() {
            left -= amount;
            origins.push(origin);
        }
    };
    let Some(payer) = row.payer_id else {
        for (id, number, method, on, amount) in
            conn.query(&PAYMENTS_OF_PATIENT_UNTIL, params![row.patient_id, row.asked_on])?
        {
            take(Origin { paid_by: PaidBy::Receipt(id), number, method, on }, amount);
        }
        return Ok(origins);
    };
    let charges: Vec<_> = row.parts.0.iter().filter_map(|part| part.charge_id).collect();
    let mut visits: Vec<_> =
        conn.query_in(&VISITS_OF_CHARGES, params![], &charges)?.into_iter().map(|(_, visit)| visit).collect();
    visits.sort_unstable();
    visits.dedup();
    for (id, number, on, amount) in
        conn.query_in(&REMITTANCES_OF_VISITS_UNTIL, params![payer, row.asked_on], &visits)?
    {
        take(Origin { paid_by: PaidBy::Remittance(id), number, method: "payer".to_owned(), on }, amount);
    }
    Ok(origins)
}
