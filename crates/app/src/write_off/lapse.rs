//! A write-off forgives a debt; where the debt itself goes, what forgave it lapses: a payer takes its decision back, a charge
//! falls, a visit is taken back, or a payer is asked for what the patient was forgiven. Each lapse is an entry that takes
//! the part out of what is written off, so that nobody's credit is ever made of it. Asks nobody, and forgives nothing anew.

use std::collections::HashMap;

use billing::write_off::{Debtor, WriteOffPart};
use billing::{ChargeId, Money, WriteOffId};
use ledger::AccountKind;
use serde_json::json;
use store::write_off::{APPROVED_OF_CHARGES, LAPSE_WRITE_OFF, WRITE_OFF, WriteOffRow};
use store::{Conn, Json, Tx, params};

use super::{debtor_of, post_back};
use crate::Error;

/// Whose debt of which charge.
type Debt = (ChargeId, Debtor);

/// After what is owed for charges changed: what was forgiven of them and is owed no more lapses, the latest write-off first.
pub(crate) fn follow_debt(tx: &mut Tx, charges: &[ChargeId]) -> Result<(), Error> {
    let rows = approved(tx, charges)?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut short = below_zero(tx, charges)?;
    lapse(tx, &rows, |debt, stands| {
        let left = short.entry(debt).or_default();
        let lapsed = stands.min(*left);
        *left -= lapsed;
        lapsed
    })
}

/// Before debts of charges go to another hand: what was forgiven of them is owed again, and goes along.
pub(crate) fn lapse_debts(tx: &mut Tx, charges: &[ChargeId], whose: impl Fn(Debtor) -> bool) -> Result<(), Error> {
    let rows = approved(tx, charges)?;
    let of = |debt: Debt| charges.contains(&debt.0) && whose(debt.1);
    lapse(tx, &rows, |debt, stands| if of(debt) { stands } else { Money::ZERO })
}

/// What stands forgiven of charges, by whose debt it was: no credit of theirs is made of it.
pub(crate) fn forgiven(conn: &Conn, charges: &[ChargeId]) -> Result<HashMap<Debt, Money>, Error> {
    let mut found: HashMap<Debt, Money> = HashMap::new();
    for row in approved(conn, charges)? {
        for part in &row.parts.0 {
            *found.entry((part.charge_id, debtor_of(row.payer_id))).or_default() += part.stands();
        }
    }
    Ok(found)
}

/// The approved write-offs of the charges' visits, the latest first.
fn approved(conn: &Conn, charges: &[ChargeId]) -> Result<Vec<WriteOffRow>, Error> {
    let mut found: Vec<(WriteOffId, String)> = conn.query_in(&APPROVED_OF_CHARGES, params![], charges)?;
    found.sort_unstable_by(|one, other| (other.1.len(), &other.1).cmp(&(one.1.len(), &one.1)));
    found.dedup();
    let mut rows = Vec::with_capacity(found.len());
    for (id, _) in found {
        rows.extend(conn.query_opt(&WRITE_OFF, params![id])?);
    }
    Ok(rows)
}

/// What the books have below zero of what charges are owed, above zero here.
fn below_zero(conn: &Conn, charges: &[ChargeId]) -> Result<HashMap<Debt, Money>, Error> {
    let ids: Vec<uuid::Uuid> = charges.iter().map(|charge| charge.0).collect();
    let is_owed = |account| matches!(account, AccountKind::PatientReceivable | AccountKind::PayerReceivable);
    let mut short: HashMap<Debt, Money> = HashMap::new();
    for one in store::ledger::charge_balances(conn, &ids)? {
        if is_owed(one.account) && one.cents.is_negative() {
            let debtor = debtor_of(one.payer_id.map(billing::PayerId));
            *short.entry((ChargeId(one.charge_id), debtor)).or_default() -= one.cents;
        }
    }
    Ok(short)
}

/// Lets of each part what is answered lapse; at most what stands.
fn lapse(tx: &mut Tx, rows: &[WriteOffRow], mut how_much: impl FnMut(Debt, Money) -> Money) -> Result<(), Error> {
    for row in rows {
        let mut parts = row.parts.0.clone();
        let mut gone = Vec::new();
        for part in &mut parts {
            let lapsed = how_much((part.charge_id, debtor_of(row.payer_id)), part.stands());
            if lapsed.is_positive() {
                part.lapsed += lapsed;
                gone.push(WriteOffPart::new(part.charge_id, lapsed));
            }
        }
        if gone.is_empty() {
            continue;
        }
        let cents: Money = gone.iter().map(|part| part.amount).sum();
        let step = format!("lapsed:{}", tx.new_id());
        post_back(tx, row, &gone, &step, "What was written off is owed no more")?;
        tx.execute(&LAPSE_WRITE_OFF, params![row.id, Json(parts)])?;
        tx.audit("write_off.lapse", "write_off", row.id, json!({ "cents": cents, "number": row.write_off_number }));
    }
    Ok(())
}
