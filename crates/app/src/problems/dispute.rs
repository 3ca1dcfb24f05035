//! A contract dispute: a letter to the payer with the figures of the open cases, kept as it was written, and entered among the
//! contacts with that payer. Names claims by their numbers, never a patient.

use billing::access::{Action, Actor, ResourceState};
use billing::interaction::Direction;
use billing::problem::ActionKind;
use billing::work::{Channel, WorkState};
use billing::{Money, PracticeId, ProblemActionId, ProblemId};
use documents::contract_dispute::{ContractDispute, DisputedClaim, contract_dispute};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::patient_statement::PRACTICE_BODY;
use store::problem::{CASES_OF_PROBLEM, PROBLEM, PROBLEM_ACTION};
use store::{Db, params};

use super::{acted, open_problem};
use crate::access::allow;
use crate::interaction::{NewInteraction, log_in};
use crate::patient_payment::letterhead;
use crate::{Error, reason};

/// Most claims of one letter: some pages that a person at the payer goes through.
const MOST_CLAIMS: i64 = 500;

/// What a letter said, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Letter {
    payer: String,
    asks: String,
    written_on: Date,
    claims: Vec<Claim>,
}

/// A claim in a letter: our number, the payer's, when its denial was seen, what depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Claim {
    number: String,
    payers_number: String,
    seen_on: Date,
    stake: Money,
}

/// Writes the letter of the cases that are not resolved.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where the problem is closed, about no payer, or has no open case with a claim; `Invalid`
/// without words.
pub fn write(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ProblemId,
    asks: &str,
) -> Result<ProblemActionId, Error> {
    allow(actor, Action::WorkTierThree, &ResourceState::default())?;
    let asks = reason::given(asks, "Say which term of the contract is not kept, and what the payer shall do.")?;
    db.write(actor, practice, |tx| {
        let row = open_problem(tx, id)?;
        let payer_id = row.payer_id.ok_or_else(|| Error::refused("This problem is about no single payer."))?;
        let payer = store::registration::payer(tx, payer_id)?.ok_or(Error::NotFound("payer"))?;
        let claims: Vec<Claim> = tx
            .query(&CASES_OF_PROBLEM, params![id, MOST_CLAIMS])?
            .into_iter()
            .filter(|case| case.state != WorkState::Resolved)
            .filter_map(|case| {
                let payers_number = case.payer_claim_control_number.unwrap_or_default();
                let (seen_on, stake) = (case.seen_on, case.stake_cents);
                Some(Claim { number: case.control_number?, payers_number, seen_on, stake })
            })
            .collect();
        if claims.is_empty() {
            return Err(Error::refused("No case of this problem is open: there is nothing to dispute."));
        }
        let sum: Money = claims.iter().map(|claim| claim.stake).sum();
        let told = format!("Contract dispute of {} claims over {sum}: {asks}", claims.len());
        let letter = Letter { payer: payer.name, asks: asks.to_owned(), written_on: tx.today(), claims };
        let action = acted(tx, id, ActionKind::Dispute, (&told, json!(letter)))?;
        let contact = NewInteraction {
            channel: Channel::Letter,
            direction: Direction::Out,
            reference_number: row.problem_number.clone(),
            note: format!("Contract dispute of problem {}: {} claims, {sum}", row.problem_number, letter.claims.len()),
            ..NewInteraction::call_to_payer(payer_id)
        };
        log_in(tx, &contact)?;
        Ok(action)
    })
}

/// The letter as PDF, as it was written.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn pdf(db: &Db, actor: &Actor, practice: PracticeId, action: ProblemActionId) -> Result<Vec<u8>, Error> {
    allow(actor, Action::ViewProblems, &ResourceState::default())?;
    let dispute = db.read(actor, practice, |read| {
        let action = read.query_opt(&PROBLEM_ACTION, params![action])?;
        let action = action.filter(|action| action.kind == ActionKind::Dispute).ok_or(Error::NotFound("dispute"))?;
        let problem = read.query_opt(&PROBLEM, params![action.problem_id])?.ok_or(Error::NotFound("problem"))?;
        let letter: Letter = serde_json::from_value(action.body.0)
            .map_err(|_| Error::refused("This build cannot read the letter as it was kept. Write it anew."))?;
        let claim = |claim: Claim| DisputedClaim {
            number: claim.number,
            payers_number: claim.payers_number,
            denied_on: claim.seen_on,
            amount: claim.stake,
        };
        Ok::<_, Error>(ContractDispute {
            practice: letterhead(&read.query_one(&PRACTICE_BODY, params![])?.body.0),
            payer: letter.payer,
            reference: problem.problem_number,
            subject: problem.title,
            asks: letter.asks,
            written_on: letter.written_on,
            claims: letter.claims.into_iter().map(claim).collect(),
        })
    })?;
    contract_dispute(&dispute).map_err(|error| Error::refused(format!("{error}.")))
}
