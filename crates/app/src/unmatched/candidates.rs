//! The claims that a payment without one may be about: looked up by each fact that a payer repeats, and scored by the domain.
//! Looks up; judges nothing itself.

use std::collections::{BTreeSet, HashMap};

use billing::claim::{ClaimBody, ClaimStatus};
use billing::remittance::candidate::{Profile, Reason, days, score, slips};
use billing::remittance::matching::{ClaimFacts, LineFacts};
use billing::{ClaimId, Money, PatientId};
use jiff::civil::Date;
use store::claim::BODIES_OF_CLAIMS;
use store::inquiry::name_key;
use store::remittance::{CLAIM_FACTS_BY_ID, CLAIMS_OF_LINE_NUMBERS, ClaimPaymentFacts, LINE_FACTS};
use store::views::unmatched::{
    CLAIMS_LOOKED_AT, CLAIMS_NUMBERED, CLAIMS_OF_DAY, CLAIMS_OF_MEMBER, CLAIMS_OF_NAME, CLAIMS_OF_PAYER_NUMBER,
    PROFILES, ProfileRow,
};
use store::{Conn, Json, params};

use crate::Error;

/// Claims proposed for one payment: a person compares a handful.
const PROPOSED: usize = 8;

/// A claim that a payment may be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The claim.
    pub claim_id: ClaimId,
    /// Our number of it.
    pub control_number: String,
    /// Whose.
    pub patient_id: PatientId,
    /// The account's number.
    pub account_number: String,
    /// First day of the care.
    pub date_of_service: Date,
    /// What was charged.
    pub total: Money,
    /// Where it is.
    pub status: ClaimStatus,
    /// How much speaks for it, of a hundred.
    pub score: u32,
    /// What speaks for it, the strongest first.
    pub reasons: Vec<Reason>,
    /// Whether each line of the payment finds its line, so that it can be matched whole.
    pub has_lines: bool,
}

/// The claims that a payment may be about, the likeliest first.
pub(super) fn of(conn: &Conn, facts: &ClaimPaymentFacts) -> Result<Vec<Candidate>, Error> {
    let ids = looked_up(conn, facts)?;
    let rows = conn.query_in(&PROFILES, params![], &ids)?;
    let bodies: HashMap<ClaimId, ClaimBody> =
        conn.query_in(&BODIES_OF_CLAIMS, params![], &ids)?.into_iter().map(|(id, Json(body))| (id, body)).collect();
    let claims = facts_of(conn, &ids, &bodies)?;
    let payment = &facts.body.0;
    let mut found: Vec<Candidate> = rows
        .into_iter()
        .filter_map(|row| {
            let profile = profile(&row, claims.get(&row.id)?.clone(), bodies.get(&row.id));
            let scored = score(payment, &profile, facts.payer_id, name_key)?;
            Some(Candidate {
                claim_id: row.id,
                control_number: row.control_number,
                patient_id: row.patient_id,
                account_number: row.account_number,
                date_of_service: row.date_of_service,
                total: row.total_cents,
                status: row.status,
                score: scored.score,
                reasons: scored.reasons,
                has_lines: scored.has_lines,
            })
        })
        .collect();
    found.sort_by(|one, other| (other.score, &one.control_number).cmp(&(one.score, &other.control_number)));
    found.truncate(PROPOSED);
    Ok(found)
}

/// Every claim that shares one fact with the payment.
fn looked_up(conn: &Conn, facts: &ClaimPaymentFacts) -> Result<Vec<ClaimId>, Error> {
    let payment = &facts.body.0;
    let about = &payment.about;
    let mut ids: BTreeSet<ClaimId> = facts.claim_id.into_iter().collect();
    let mut numbers = slips(&payment.control_number);
    numbers.push(payment.control_number.clone());
    ids.extend(conn.query_in(&CLAIMS_NUMBERED, params![], &numbers)?.into_iter().map(|(id,)| id));
    let lines: Vec<String> = payment.lines.iter().map(|line| line.line_control_number.clone()).collect();
    ids.extend(conn.query_in(&CLAIMS_OF_LINE_NUMBERS, params![], &lines)?.into_iter().map(|(id,)| id));
    if !payment.payer_claim_control_number.is_empty() {
        let number = payment.payer_claim_control_number.as_str();
        ids.extend(conn.query(&CLAIMS_OF_PAYER_NUMBER, params![number, CLAIMS_LOOKED_AT])?.into_iter().map(|(id,)| id));
    }
    if !about.member_id.is_empty() {
        let found = conn.query(&CLAIMS_OF_MEMBER, params![about.member_id.as_str(), CLAIMS_LOOKED_AT])?;
        ids.extend(found.into_iter().map(|(id,)| id));
    }
    if !about.last_name.is_empty() {
        let found = conn.query(&CLAIMS_OF_NAME, params![name_key(&about.last_name), CLAIMS_LOOKED_AT])?;
        ids.extend(found.into_iter().map(|(id,)| id));
    }
    let of_days: BTreeSet<Date> = days(payment).collect();
    for day in of_days {
        let found = conn.query(&CLAIMS_OF_DAY, params![day, payment.charge_amount.abs(), CLAIMS_LOOKED_AT])?;
        ids.extend(found.into_iter().map(|(id,)| id));
    }
    Ok(ids.into_iter().collect())
}

fn facts_of(
    conn: &Conn,
    ids: &[ClaimId],
    bodies: &HashMap<ClaimId, ClaimBody>,
) -> Result<HashMap<ClaimId, ClaimFacts>, Error> {
    let mut lines = conn.query_in(&LINE_FACTS, params![], ids)?;
    lines.sort_by_key(|line| (line.claim_id, line.line_number));
    let mut of_claim: HashMap<ClaimId, Vec<LineFacts>> = HashMap::new();
    for line in lines {
        let body = bodies.get(&line.claim_id);
        let said = body.and_then(|body| body.lines.iter().find(|said| said.charge_id == line.charge_id));
        of_claim.entry(line.claim_id).or_default().push(LineFacts {
            modifiers: said.map(|said| said.procedure.modifiers.clone()),
            control_number: line.line_control_number,
            charge_id: line.charge_id,
            procedure_code: line.procedure_code,
            amount: line.amount_cents,
            asked: None,
        });
    }
    let rows = conn.query_in(&CLAIM_FACTS_BY_ID, params![], ids)?;
    let facts = rows.into_iter().map(|row| ClaimFacts {
        lines: of_claim.remove(&row.id).unwrap_or_default(),
        id: row.id,
        control_number: row.control_number,
        patient_id: row.patient_id,
        encounter_id: row.encounter_id,
        payer_id: row.payer_id,
        rank: row.rank,
        next_payer: None,
        // Lines are compared here; nothing is decided by it.
        is_medicaid: false,
        status: row.status,
    });
    Ok(facts.map(|facts| (facts.id, facts)).collect())
}

fn profile(row: &ProfileRow, facts: ClaimFacts, body: Option<&ClaimBody>) -> Profile {
    let rendering = body.and_then(|body| body.rendering.as_ref());
    let units = facts
        .lines
        .iter()
        .map(|line| body.and_then(|body| body.lines.iter().find(|said| said.charge_id == line.charge_id)))
        .map(|said| said.map(|said| said.units));
    Profile {
        units: units.collect(),
        facts,
        last_name: row.last_name_key.clone(),
        first_name: row.first_name_key.clone(),
        member_id: row.member_id.clone(),
        date_of_service: row.date_of_service,
        total: row.total_cents,
        payer_claim_control_number: row.payer_claim_control_number.clone(),
        rendering_npi: rendering.map(|rendering| rendering.npi.as_str().to_owned()),
    }
}
