//! Rows of an account into the facts that `billing::explain` takes, visit by visit.

use std::collections::{BTreeMap, BTreeSet};

use billing::balance::{Movement, Source};
use billing::claim::ClaimStatus;
use billing::encounter::{Encounter, EncounterStatus};
use billing::explain::{ChargeFacts, Denial, Language, VisitFacts};
use billing::money_rule::fee_words;
use billing::patient::{Guarantor, Patient};
use billing::{ChargeId, EncounterId, Money, PatientId, PatientPaymentId, PayerId, ProviderId, RemittanceId};
use jiff::civil::Date;
use ledger::AccountKind;
use store::estate::ESTATE_OF_PATIENT;
use store::patient_account::{
    ACCOUNT_HEAD, AccountChargeRow, CHARGES_OF_PATIENT, CLAIMS_OF_PATIENT, DENIALS_OF_PATIENT, HELD_OF_PATIENT,
    MOVEMENTS_OF_PATIENT, PAYER_NAMES, PAYMENTS_OF_PATIENT, REMITTANCES_OF_PATIENT, STATEMENTS_OF_PATIENT,
};
use store::patient_statement::{STATEMENT_HOLD, StatementHoldRow};
use store::refund::PAYERS_PART_UNDER_WAY;
use store::{Conn, StoreError, params};
use uuid::Uuid;

use super::{ClaimLine, PaymentLine, StatementLine, WrittenIn};

/// All rows of one account.
pub(crate) struct Loaded {
    pub(crate) patient: Patient,
    pub(crate) guarantor: Guarantor,
    pub(crate) statement_hold: Option<String>,
    pub(crate) held_by_hand: Option<StatementHoldRow>,
    pub(crate) died_on: Option<Date>,
    pub(crate) unapplied: Money,
    pub(crate) we_owe: Money,
    pub(crate) payments: Vec<PaymentLine>,
    pub(crate) statements: Vec<StatementLine>,
    charges: Vec<AccountChargeRow>,
    movements: Vec<Movement>,
    denials: Vec<(EncounterId, Denial)>,
    claims: Vec<(EncounterId, ClaimLine)>,
    payers: BTreeMap<PayerId, String>,
    /// Claim payments and remittances by id: the remittance, its trace and day.
    remittances: BTreeMap<Uuid, (RemittanceId, String, Date)>,
}

/// The hold as the account and a refused statement tell it.
fn hold_in_words(hold: &StatementHoldRow) -> String {
    format!("{}, until {}, by {}", hold.reason.trim_end_matches('.'), hold.until_on, hold.held_by_login)
}

/// One visit's facts.
pub(crate) struct Visit {
    pub(crate) facts: VisitFacts,
    pub(crate) rendering_id: ProviderId,
    pub(crate) is_fee: bool,
    pub(crate) claims: Vec<ClaimLine>,
}

impl Visit {
    /// Whether a payer owes something that no living claim asks it for.
    pub(crate) fn has_due_without_claim(&self) -> bool {
        let mut owed: BTreeMap<PayerId, Money> = BTreeMap::new();
        for movement in self.facts.movements.iter().filter(|one| one.account == AccountKind::PayerReceivable) {
            if let Some(payer) = movement.payer_id {
                *owed.entry(payer).or_default() += movement.amount;
            }
        }
        let is_asked =
            |payer: &PayerId| self.claims.iter().any(|c| c.payer_id == *payer && c.status != ClaimStatus::Closed);
        owed.iter().any(|(payer, amount)| amount.is_positive() && !is_asked(payer))
    }
}

impl Loaded {
    /// Loads an account; none for a patient who is not there.
    pub(crate) fn load(conn: &Conn, patient: PatientId) -> Result<Option<Loaded>, StoreError> {
        let of = params![patient];
        let Some(head) = conn.query_opt(&ACCOUNT_HEAD, of)? else { return Ok(None) };
        let language = Language::of_tag(&head.patient_body.0.language);
        let claims = conn.query(&CLAIMS_OF_PATIENT, of)?;
        let movements = movements(conn, patient)?;
        let mut payers: Vec<PayerId> = claims.iter().map(|claim| claim.payer_id).collect();
        payers.extend(movements.iter().filter_map(|movement| movement.payer_id));
        payers.sort_unstable();
        payers.dedup();
        let payers: BTreeMap<PayerId, String> =
            conn.query_in(&PAYER_NAMES, &[], &payers)?.into_iter().map(|payer| (payer.id, payer.name)).collect();
        let claims = claims
            .into_iter()
            .map(|claim| {
                let line = ClaimLine {
                    id: claim.id,
                    control_number: claim.control_number,
                    payer_id: claim.payer_id,
                    payer_name: payers.get(&claim.payer_id).cloned().unwrap_or_default(),
                    status: claim.status,
                    total: claim.total_cents,
                    follow_up_on: claim.follow_up_on,
                };
                (claim.encounter_id, line)
            })
            .collect();
        let (unapplied, we_owe) = held(conn, patient)?;
        let held_by_hand = conn.query_opt(&STATEMENT_HOLD, params![patient, conn.today()])?;
        Ok(Some(Loaded {
            patient: head.patient_body.0,
            guarantor: head.guarantor_body.0,
            // A coverage that is missing holds everything; a person's hold stands beside it.
            statement_hold: match head.statement_hold {
                Some(hold) => Some(hold),
                None => crate::contact::stops_statements(conn, patient)?.or(held_by_hand.as_ref().map(hold_in_words)),
            },
            held_by_hand,
            died_on: conn.query_opt(&ESTATE_OF_PATIENT, of)?.map(|estate| estate.died_on),
            unapplied,
            we_owe,
            payments: payments(conn, patient, language)?,
            statements: statements(conn, patient)?,
            charges: conn.query(&CHARGES_OF_PATIENT, of)?,
            movements,
            denials: denials(conn, patient)?,
            claims,
            payers,
            remittances: remittances(conn, patient)?,
        }))
    }

    /// The language of the patient's letters.
    pub(crate) fn language(&self) -> Language {
        Language::of_tag(&self.patient.language)
    }

    /// The visits in the order of their dates.
    pub(crate) fn visits(&self) -> Vec<Visit> {
        let mut order: Vec<EncounterId> = Vec::new();
        let mut visits: BTreeMap<EncounterId, Visit> = BTreeMap::new();
        let mut visit_of: BTreeMap<ChargeId, EncounterId> = BTreeMap::new();
        for row in &self.charges {
            let (charge, encounter) = (&row.body.0, &row.encounter_body.0);
            visit_of.insert(charge.id, encounter.id);
            let visit = visits.entry(encounter.id).or_insert_with(|| {
                order.push(encounter.id);
                self.visit(encounter)
            });
            visit.facts.charges.push(charge_facts(charge));
        }
        for movement in &self.movements {
            if let Some(visit) = visit_of.get(&movement.charge_id).and_then(|id| visits.get_mut(id)) {
                visit.facts.movements.push(movement.clone());
            }
        }
        for (encounter, denial) in &self.denials {
            if let Some(visit) = visits.get_mut(encounter) {
                visit.facts.denials.push(denial.clone());
            }
        }
        order.into_iter().filter_map(|id| visits.remove(&id)).collect()
    }

    fn visit(&self, visit: &Encounter) -> Visit {
        let of_visit = self.claims.iter().filter(|(encounter, _)| *encounter == visit.id);
        let claims: Vec<ClaimLine> = of_visit.map(|(_, claim)| claim.clone()).collect();
        Visit {
            facts: VisitFacts {
                encounter_id: visit.id,
                date_of_service: visit.date_of_service,
                charges: Vec::new(),
                movements: Vec::new(),
                denials: Vec::new(),
                payers: self.payers.clone(),
                asked: claims.iter().filter(|claim| was_sent(claim.status)).map(|claim| claim.payer_id).collect(),
                closed: all_closed(&claims),
                awaits_coverage: visit.status == EncounterStatus::Open,
            },
            rendering_id: visit.rendering_id,
            is_fee: crate::charge_capture::fee::is_fee(visit),
            claims,
        }
    }

    /// The record a step comes from, and its words.
    pub(crate) fn written_in(&self, source: &Source) -> (Option<WrittenIn>, String) {
        if let Some((id, trace, paid_on)) = self.remittances.get(&source.id) {
            return (Some(WrittenIn::Remittance(*id)), format!("Remittance {trace}, {paid_on}"));
        }
        let id = PatientPaymentId(source.id);
        match self.payments.iter().find(|payment| payment.id == id) {
            Some(payment) => {
                (Some(WrittenIn::Payment(id)), format!("{}, receipt {}", payment.words, payment.receipt_number))
            }
            None if source.kind == "unapplied_patient" => (None, "From money already received".to_owned()),
            None => (None, source.kind.replace('_', " ")),
        }
    }
}

/// Whether a claim has been with its payer.
fn was_sent(status: ClaimStatus) -> bool {
    match status {
        ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => true,
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready | ClaimStatus::Rejected => false,
    }
}

fn charge_facts(charge: &billing::charge::Charge) -> ChargeFacts {
    let mut code = charge.procedure.code.clone();
    for modifier in &charge.procedure.modifiers {
        code.push('-');
        code.push_str(modifier);
    }
    ChargeFacts {
        charge_id: charge.id,
        words: fee_words(&code, Language::English)
            .or_else(|| codes::procedure::words(&charge.procedure.code))
            .map_or_else(|| code.clone(), str::to_owned),
        code,
        amount: charge.amount,
    }
}

fn movements(conn: &Conn, patient: PatientId) -> Result<Vec<Movement>, StoreError> {
    let rows = conn.query(&MOVEMENTS_OF_PATIENT, params![patient])?;
    let movement = |row: store::patient_account::MovementRow| Movement {
        charge_id: row.charge_id,
        on: row.occurred_on,
        account: row.account,
        payer_id: row.payer_id,
        amount: row.cents,
        reason: row.reason,
        source: Source { kind: row.source_kind, id: row.source_id },
    };
    Ok(rows.into_iter().map(movement).collect())
}

/// What payers refused, visit by visit and reason by reason, less what they took back.
fn denials(conn: &Conn, patient: PatientId) -> Result<Vec<(EncounterId, Denial)>, StoreError> {
    let mut denials: Vec<(EncounterId, Denial)> = Vec::new();
    for row in conn.query(&DENIALS_OF_PATIENT, params![patient])? {
        let reason = format!("{}-{}", row.adjustment_group, row.reason);
        let same = |(visit, denial): &&mut (EncounterId, Denial)| {
            *visit == row.encounter_id
                && denial.charge_id == row.charge_id
                && denial.payer_id == row.payer_id
                && denial.reason == reason
        };
        if let Some((_, known)) = denials.iter_mut().find(same) {
            known.amount += row.amount_cents;
            known.on = row.paid_on;
            continue;
        }
        let denial = Denial {
            charge_id: row.charge_id,
            payer_id: row.payer_id,
            on: row.paid_on,
            amount: row.amount_cents,
            reason,
        };
        denials.push((row.encounter_id, denial));
    }
    denials.retain(|(_, denial)| denial.amount.is_positive());
    Ok(denials)
}

fn held(conn: &Conn, patient: PatientId) -> Result<(Money, Money), StoreError> {
    let (mut unapplied, mut we_owe) = (Money::ZERO, Money::ZERO);
    for row in conn.query(&HELD_OF_PATIENT, params![patient])? {
        if row.account == AccountKind::UnappliedPatient {
            unapplied += row.held_cents;
        } else {
            we_owe += row.held_cents;
        }
    }
    // The same accounts hold what goes back to payers; none of it is the patient's.
    we_owe -= conn.query_one(&PAYERS_PART_UNDER_WAY, params![patient])?.0;
    Ok((unapplied, we_owe))
}

fn payments(conn: &Conn, patient: PatientId, language: Language) -> Result<Vec<PaymentLine>, StoreError> {
    let rows = conn.query(&PAYMENTS_OF_PATIENT, params![patient])?;
    let line = |row: store::patient_account::AccountPaymentRow| PaymentLine {
        id: row.id,
        receipt_number: row.receipt_number,
        received_on: row.received_on,
        words_in_letters: row.body.0.method.words(language),
        words_in_spanish: row.body.0.method.words(Language::Spanish),
        words: row.body.0.words,
        amount: row.amount_cents,
        taken_by: row.taken_by,
    };
    Ok(rows.into_iter().map(line).collect())
}

fn statements(conn: &Conn, patient: PatientId) -> Result<Vec<StatementLine>, StoreError> {
    let rows = conn.query(&STATEMENTS_OF_PATIENT, params![patient])?;
    let line = |row: store::patient_account::AccountStatementRow| StatementLine {
        id: row.id,
        number: row.statement_number,
        issued_on: row.issued_on,
        due_on: row.due_on,
        amount_due: row.amount_due_cents,
    };
    Ok(rows.into_iter().map(line).collect())
}

fn remittances(conn: &Conn, patient: PatientId) -> Result<BTreeMap<Uuid, (RemittanceId, String, Date)>, StoreError> {
    let mut known = BTreeMap::new();
    for row in conn.query(&REMITTANCES_OF_PATIENT, params![patient])? {
        for id in [row.claim_payment_id.0, row.remittance_id.0] {
            known.insert(id, (row.remittance_id, row.trace.clone(), row.paid_on));
        }
    }
    Ok(known)
}

/// The payers all of whose claims are closed.
fn all_closed(claims: &[ClaimLine]) -> BTreeSet<PayerId> {
    let closed = claims.iter().filter(|claim| claim.status == ClaimStatus::Closed).map(|claim| claim.payer_id);
    let mut closed: BTreeSet<PayerId> = closed.collect();
    claims.iter().filter(|claim| claim.status != ClaimStatus::Closed).for_each(|claim| {
        closed.remove(&claim.payer_id);
    });
    closed
}
