//! Everything that a posting needs to know of our claims, asked for in few statements however many claims it names; only
//! of the rare ones, mended since or set aside before, each is asked for by itself. Decides nothing.

use std::collections::{HashMap, HashSet};

use billing::claim::{ClaimBody, ClaimStatus};
use billing::coverage::CoverageRank;
use billing::payer::{MEDICAID, Payer};
use billing::remittance::ClaimPayment;
use billing::remittance::classification::RuleBook;
use billing::remittance::matching::{ClaimFacts, ClaimIndex, LineFacts};
use billing::{ClaimId, PatientId, PayerId};
use store::claim::BODIES_OF_CLAIMS;
use store::remittance::{
    CLAIM_FACTS_BY_ID, ClaimFactsRow, LATER_COVERAGES, LINE_FACTS, LaterCoverageRow, LineFactsRow, PAYERS_BY_ID,
    claims_named,
};
use store::submission::SUBMISSIONS_OF_CLAIM;
use store::{Json, Tx, params};

use super::distinct;
use super::history::Earlier;
use crate::clocks::terms::InForce;
use crate::{Error, adjustment_rules};

/// What is known of the claims that a payment names.
pub(super) struct Known {
    pub(super) index: ClaimIndex,
    /// Who was billed, and who sent what is set aside.
    pub(super) payers: HashMap<PayerId, Payer>,
    pub(super) rows: HashMap<ClaimId, ClaimFactsRow>,
    /// What remittances said of the claims before.
    pub(super) earlier: Earlier,
    /// Claims that were mended after a sending and not sent again.
    pub(super) mended: HashSet<ClaimId>,
    /// What adjustments mean today.
    pub(super) rules: RuleBook,
}

impl Known {
    /// Of the claims that a payment names.
    pub(super) fn load(tx: &mut Tx, claims: &[ClaimPayment]) -> Result<Known, Error> {
        let numbers = distinct(claims.iter().map(|claim| claim.control_number.clone()));
        // Lines are asked for by number only where the claim's own number says nothing to us.
        let (rows, lines) = claims_named(tx, &numbers, |found| {
            let known: HashSet<&str> = found.iter().map(|claim| claim.control_number.as_str()).collect();
            let strangers = claims.iter().filter(|claim| !known.contains(claim.control_number.as_str()));
            let lines = strangers.flat_map(|claim| &claim.lines).map(|line| line.line_control_number.clone());
            distinct(lines.filter(|number| !number.is_empty()))
        })?;
        // Our numbers of the lines decide; only without them what was done does, and then its modifiers count.
        let by_code = claims.iter().flat_map(|claim| &claim.lines).any(|line| line.line_control_number.is_empty());
        Known::of(tx, rows, lines, by_code)
    }

    /// Of one claim.
    pub(super) fn of_claim(tx: &mut Tx, claim: ClaimId) -> Result<Known, Error> {
        let rows = tx.query_in(&CLAIM_FACTS_BY_ID, params![], &[claim])?;
        let mut lines = tx.query_in(&LINE_FACTS, params![], &[claim])?;
        lines.sort_by_key(|line| line.line_number);
        Known::of(tx, rows, lines, true)
    }

    fn of(
        tx: &mut Tx,
        rows: Vec<ClaimFactsRow>,
        lines: Vec<LineFactsRow>,
        with_modifiers: bool,
    ) -> Result<Known, Error> {
        let patients = distinct(rows.iter().map(|row| row.patient_id));
        let mut later: HashMap<PatientId, Vec<LaterCoverageRow>> = HashMap::new();
        for coverage in tx.query_in(&LATER_COVERAGES, params![], &patients)? {
            later.entry(coverage.patient_id).or_default().push(coverage);
        }
        let bodies = bodies(tx, &rows, with_modifiers)?;
        let mut of_claim: HashMap<ClaimId, Vec<LineFacts>> = HashMap::new();
        for line in lines {
            let body = bodies.get(&line.claim_id);
            let said = body.and_then(|body| body.lines.iter().find(|said| said.charge_id == line.charge_id));
            of_claim.entry(line.claim_id).or_default().push(LineFacts {
                control_number: line.line_control_number,
                charge_id: line.charge_id,
                procedure_code: line.procedure_code,
                amount: line.amount_cents,
                asked: body.and_then(|body| body.asked_of(line.charge_id)),
                modifiers: said.filter(|_| with_modifiers).map(|line| line.procedure.modifiers.clone()),
            });
        }
        let ids = distinct(rows.iter().map(|row| row.id));
        let earlier = Earlier::load(tx, &ids)?;
        let billed = rows.iter().map(|row| row.payer_id);
        let payers = distinct(billed.chain(earlier.waiting.iter().filter_map(|waiting| waiting.payer)));
        let payers = tx.query_in(&PAYERS_BY_ID, params![], &payers)?;
        let (contracts, today) = (InForce::load(tx)?, tx.today());
        let payers: HashMap<PayerId, Payer> =
            payers.into_iter().map(|(id, Json(payer))| (id, contracts.payer(payer, today))).collect();
        let facts = rows.iter().map(|row| ClaimFacts {
            id: row.id,
            control_number: row.control_number.clone(),
            patient_id: row.patient_id,
            encounter_id: row.encounter_id,
            payer_id: row.payer_id,
            rank: row.rank,
            is_medicaid: payers.get(&row.payer_id).is_some_and(|payer| payer.filing_indicator == MEDICAID),
            next_payer: next_payer(row, later.get(&row.patient_id).map_or(&[], Vec::as_slice)),
            status: row.status,
            lines: of_claim.remove(&row.id).unwrap_or_default(),
        });
        let index = ClaimIndex::new(facts.collect());
        let mended = mended(tx, &rows)?;
        let rules = adjustment_rules::in_force(tx, tx.today())?;
        let rows = rows.into_iter().map(|row| (row.id, row)).collect();
        Ok(Known { index, payers, rows, earlier, mended, rules })
    }
}

/// What the claims say that ask a payer after another: each asks it for what that one left. Of all claims where they are asked
/// for.
fn bodies(tx: &mut Tx, rows: &[ClaimFactsRow], of_all: bool) -> Result<HashMap<ClaimId, ClaimBody>, Error> {
    let later = rows.iter().filter(|row| of_all || row.rank != CoverageRank::Primary).map(|row| row.id);
    let bodies = tx.query_in(&BODIES_OF_CLAIMS, params![], &distinct(later))?;
    Ok(bodies.into_iter().map(|(id, Json(body))| (id, body)).collect())
}

/// Claims that wait to be sent although an earlier version of them was.
fn mended(tx: &mut Tx, rows: &[ClaimFactsRow]) -> Result<HashSet<ClaimId>, Error> {
    let mut mended = HashSet::new();
    for row in rows {
        let is_unsent = match row.status {
            ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready => true,
            ClaimStatus::Submitted
            | ClaimStatus::Accepted
            | ClaimStatus::Rejected
            | ClaimStatus::Adjudicated
            | ClaimStatus::Closed => false,
        };
        if is_unsent && !tx.query(&SUBMISSIONS_OF_CLAIM, params![row.id])?.is_empty() {
            mended.insert(row.id);
        }
    }
    Ok(mended)
}

/// Who pays after the claim's payer, on the day of service.
fn next_payer(claim: &ClaimFactsRow, later: &[LaterCoverageRow]) -> Option<PayerId> {
    let day = claim.date_of_service;
    let rank_of = |coverage: &&LaterCoverageRow| -> CoverageRank { coverage.rank };
    later
        .iter()
        .filter(|coverage| coverage.rank > claim.rank && coverage.payer_id != claim.payer_id)
        .filter(|coverage| coverage.effective_on <= day && coverage.ends_on.is_none_or(|end| day <= end))
        .min_by_key(rank_of)
        .map(|coverage| coverage.payer_id)
}
