//! Money of a patient that nobody claimed for the years of the state's law goes to the state: a refund of the whole credit, asked
//! for by one person and approved by another, that leaves the bank like every other. Reports nothing to the state by itself.

use billing::access::{Action, Actor, ResourceState};
use billing::credit::CreditState;
use billing::refund::Payee;
use billing::unclaimed::{dormant_on, rule_of};
use billing::{CreditId, PracticeId, RefundId};
use store::credit::CREDIT;
use store::state_refund::StateRefundRow;
use store::{Db, params};

use super::{RefundRequest, ask_in};
use crate::Error;
use crate::access::allow;

/// Asks that a credit is paid to the state in which its owner was last known to live. The same key a second time is the same
/// request.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` for a payer's money, for one that a refund has already, before the state's day, or where the
/// state's years are not known to us.
pub fn ask(db: &Db, actor: &Actor, practice: PracticeId, credit: CreditId, key: &str) -> Result<RefundId, Error> {
    allow(actor, Action::RequestRefund, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&CREDIT, params![credit])?.ok_or(Error::NotFound("credit"))?;
        if row.payer_id.is_some() {
            return Err(Error::refused("This is a payer's money. It goes back to that payer."));
        }
        let left = row.amount_cents - row.in_refund_cents;
        if row.state == CreditState::Ended || !left.is_positive() {
            return Err(Error::refused("Nothing of this credit is left: a refund has it, or it was given back."));
        }
        let patient = store::registration::patient(tx, row.patient_id)?.ok_or(Error::NotFound("patient"))?;
        let state = patient.address.state;
        let due = rule_of(&state).and_then(|rule| Some((rule, dormant_on(row.since_on, rule)?)));
        let Some((rule, unclaimed_on)) = due else {
            return Err(Error::refused(format!(
                "After how many years {state} wants it is not known here. Ask the state, and give the money back or hold it \
                 until then."
            )));
        };
        if unclaimed_on > tx.today() {
            return Err(Error::refused(format!(
                "It is the owner's until {unclaimed_on} ({}). Look for the owner; nothing goes to the state before.",
                rule.source
            )));
        }
        let request = RefundRequest {
            patient_id: row.patient_id,
            payee: Payee::Patient,
            amount: left,
            reason: format!("Unclaimed property of {state} since {unclaimed_on}: the owner was not found."),
            idempotency_key: key.to_owned(),
        };
        allow(actor, Action::RequestRefund, &ResourceState::amount(left))?;
        let to_state = |refund_id| StateRefundRow { refund_id, state, unclaimed_on, rule: rule.source.to_owned() };
        ask_in(tx, &request, Some(to_state))
    })
}
