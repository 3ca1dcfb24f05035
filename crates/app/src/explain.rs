//! Why is this owed, for programs and auditors: the chain of what happened to a charge, each link with its entry of the
//! books and the segment of the payer's file that it stands on. The same numbers and words as the account page; reads only.

pub mod outside;

use std::collections::{BTreeMap, BTreeSet};

use billing::access::{Action, Actor, ResourceState};
use billing::explain::{ChargeExplained, Language, Step, step_words};
use billing::remittance::source::segment_behind;
use billing::{ChargeId, ClaimId, ClaimPaymentId, EncounterId, Money, PatientId, PayerId, PracticeId, RemittanceId};
use jiff::civil::Date;
use serde::Serialize;
use store::ledger::ENTRIES_OF_SOURCES;
use store::patient_account::PAYER_NAMES;
use store::registration::PATIENT_BY_ACCOUNT;
use store::views::claims::by_number;
use store::views::explain::{
    ANSWERS_OF_REMITTANCE, CHARGES_OF_CLAIM, CITED_ANSWERS, CITED_LINES, CITED_RULES, CitedAnswerRow, CitedRuleRow,
    PATIENT_OF_VISIT, PAYMENT_OF_RECEIPT, VISIT_OF_CLAIM,
};
use store::{Conn, Db, StoreError, params};
use uuid::Uuid;

use crate::Error;
use crate::access::allow;
use crate::patient_account::{self, PatientAccount, VisitAccount};

/// What is asked about, as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Everything of a patient, by account number.
    Patient(String),
    /// One visit.
    Visit(EncounterId),
    /// The visit of a claim, by our control number or the payer's.
    Claim(String),
    /// One line of a claim, from 1.
    Line(String, usize),
    /// What one payment of a payer did, by its trace number.
    Payment(String),
    /// What one payment of a patient did, by its receipt.
    Receipt(String),
}

/// A visit with its chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The account.
    pub account_number: String,
    /// The day of the visit.
    pub date_of_service: Date,
    /// The visit in sentences; none where only a part of it was asked about.
    pub sentences: Vec<String>,
    /// The links, charge by charge in the order of the books.
    pub links: Vec<Link>,
    /// What the patient owes for the whole visit, in cents.
    pub patient_owes_cents: Money,
    /// What payers owe for it, in cents.
    pub with_payers_cents: Money,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Procedure code with modifiers.
    pub charge: String,
    /// When.
    pub on: Date,
    /// In words.
    pub words: String,
    /// The stored reason, such as CO-45.
    pub reason: String,
    /// Change of what remains of the charge, or the amount that changed hands; in cents.
    pub amount_cents: Money,
    /// What payers and patient owe of the charge afterwards, in cents.
    pub remains_cents: Money,
    /// The entries of the books, by their place in the chain.
    pub entries: Vec<i64>,
    /// The payer's payment, where one decided it: its trace number.
    pub trace: Option<String>,
    /// The segment of the payer's file that it stands on.
    pub segment: Option<String>,
    /// The row of the table of adjustments that decided what the reason means, with its first day.
    pub rule: Option<String>,
    /// The day that it concerns, where the books date it later: its month was closed, or lies before the books.
    pub concerns_on: Option<Date>,
}

/// Explains.
///
/// # Errors
/// `NotFound` for what is not this practice's; `Denied` without the right to see patients, and about a payer's payment
/// without the right to see remittances. Who may not see those is told no payer's segment.
pub fn explain(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    about: &About,
    language: Language,
) -> Result<Vec<Told>, Error> {
    allow(actor, Action::ViewPatient, &ResourceState::default())?;
    let payments = allow(actor, Action::ViewRemittance, &ResourceState::default());
    if let (About::Payment(_), Err(denied)) = (about, &payments) {
        return Err(denied.clone().into());
    }
    db.read(actor, practice, |read| {
        let scope = scope(read, about)?;
        let mut told = Vec::new();
        for patient in &scope.patients {
            let account = patient_account::account_in(read, *patient)?;
            read.saw("explanation", *patient);
            let cited = Cited::load(read, &account)?;
            let visits = account
                .visits
                .iter()
                .filter(|visit| scope.visits.as_ref().is_none_or(|of| of.contains(&visit.encounter_id)));
            told.extend(visits.map(|visit| tell(&account, visit, &scope, &cited, language)));
        }
        told.retain(|visit| !visit.links.is_empty());
        if payments.is_err() {
            told.iter_mut()
                .flat_map(|visit| &mut visit.links)
                .for_each(|link| (link.trace, link.segment) = (None, None));
        }
        Ok(told)
    })
}

/// Which part of whose account was asked about; a part that is none is not narrowed.
#[derive(Default)]
struct Scope {
    patients: BTreeSet<PatientId>,
    visits: Option<BTreeSet<EncounterId>>,
    charges: Option<BTreeSet<ChargeId>>,
    sources: Option<BTreeSet<Uuid>>,
}

fn scope(conn: &Conn, about: &About) -> Result<Scope, Error> {
    match about {
        About::Patient(account) => {
            let (patient,) =
                conn.query_opt(&PATIENT_BY_ACCOUNT, params![account.as_str()])?.ok_or(Error::NotFound("account"))?;
            Ok(Scope { patients: [patient].into(), ..Scope::default() })
        }
        About::Visit(visit) => {
            let (patient,) = conn.query_opt(&PATIENT_OF_VISIT, params![*visit])?.ok_or(Error::NotFound("visit"))?;
            Ok(Scope { patients: [patient].into(), visits: Some([*visit].into()), ..Scope::default() })
        }
        About::Claim(number) => Ok(claim(conn, number)?.1),
        About::Line(number, line) => {
            let (id, scope) = claim(conn, number)?;
            let charges = conn.query(&CHARGES_OF_CLAIM, params![id])?;
            let (charge,) = line.checked_sub(1).and_then(|place| charges.get(place)).ok_or(Error::NotFound("line"))?;
            Ok(Scope { charges: Some([*charge].into()), ..scope })
        }
        About::Payment(trace) => {
            let id: RemittanceId =
                store::views::remittances::by_trace(conn, trace)?.ok_or(Error::NotFound("payment"))?;
            let answers = conn.query(&ANSWERS_OF_REMITTANCE, params![id])?;
            Ok(Scope {
                patients: answers.iter().map(|(patient, _)| *patient).collect(),
                sources: Some(answers.iter().map(|(_, answer)| answer.0).chain([id.0]).collect()),
                ..Scope::default()
            })
        }
        About::Receipt(number) => {
            let paid = conn.query_opt(&PAYMENT_OF_RECEIPT, params![number.as_str()])?;
            let (patient, payment) = paid.ok_or(Error::NotFound("receipt"))?;
            Ok(Scope { patients: [patient].into(), sources: Some([payment.0].into()), ..Scope::default() })
        }
    }
}

fn claim(conn: &Conn, number: &str) -> Result<(ClaimId, Scope), Error> {
    let id = by_number(conn, number)?.ok_or(Error::NotFound("claim"))?;
    let (patient, visit) = conn.query_one(&VISIT_OF_CLAIM, params![id])?;
    Ok((id, Scope { patients: [patient].into(), visits: Some([visit].into()), ..Scope::default() }))
}

/// What the links of an account cite.
struct Cited {
    entries: BTreeMap<Uuid, Vec<i64>>,
    /// By answer and charge, the row of the table behind each reason.
    rules: BTreeMap<(ClaimPaymentId, Option<ChargeId>, String), String>,
    /// By what was posted and its day in the books, the day that it concerns.
    concerns: BTreeMap<(Uuid, Date), Date>,
    answers: BTreeMap<Uuid, CitedAnswerRow>,
    lines: BTreeMap<(ClaimPaymentId, ChargeId), usize>,
    payers: BTreeMap<PayerId, String>,
}

impl Cited {
    fn load(conn: &Conn, account: &PatientAccount) -> Result<Cited, StoreError> {
        let steps =
            || account.visits.iter().flat_map(|visit| &visit.explanation.charges).flat_map(|charge| &charge.steps);
        let sources: BTreeSet<Uuid> = steps().map(|step| step.source.id).collect();
        let sources: Vec<Uuid> = sources.into_iter().collect();
        let payers: BTreeSet<PayerId> = steps().filter_map(|step| step.payer_id).collect();
        let payers: Vec<PayerId> = payers.into_iter().collect();
        let mut entries: BTreeMap<Uuid, Vec<i64>> = BTreeMap::new();
        let mut rows = conn.query_in(&ENTRIES_OF_SOURCES, &[], &sources)?;
        rows.sort_unstable_by_key(|entry| entry.sequence);
        let mut concerns = BTreeMap::new();
        for entry in rows {
            if let Some(day) = entry.concerns_on {
                concerns.insert((entry.source_id, entry.occurred_on), day);
            }
            entries.entry(entry.source_id).or_default().push(entry.sequence);
        }
        let line = |ordinal: i64| usize::try_from(ordinal).unwrap_or_default();
        let rule = |row: CitedRuleRow| {
            let reason = format!("{}-{}", row.adjustment_group, row.reason);
            ((row.claim_payment_id, row.charge_id, reason), row.ruled_by)
        };
        Ok(Cited {
            entries,
            rules: conn.query_in(&CITED_RULES, &[], &sources)?.into_iter().map(rule).collect(),
            concerns,
            answers: conn.query_in(&CITED_ANSWERS, &[], &sources)?.into_iter().map(|row| (row.id.0, row)).collect(),
            lines: conn
                .query_in(&CITED_LINES, &[], &sources)?
                .into_iter()
                .filter_map(|row| Some(((row.claim_payment_id, row.charge_id?), line(row.ordinal))))
                .collect(),
            payers: conn.query_in(&PAYER_NAMES, &[], &payers)?.into_iter().map(|row| (row.id, row.name)).collect(),
        })
    }
}

fn tell(account: &PatientAccount, visit: &VisitAccount, scope: &Scope, cited: &Cited, language: Language) -> Told {
    let of_scope =
        |charge: &&ChargeExplained| scope.charges.as_ref().is_none_or(|of| of.contains(&charge.charge.charge_id));
    let links = visit.explanation.charges.iter().filter(of_scope).flat_map(|charge| {
        let steps = charge.steps.iter();
        let steps = steps.filter(|step| scope.sources.as_ref().is_none_or(|of| of.contains(&step.source.id)));
        steps.map(|step| link(charge, step, cited, language))
    });
    let is_whole = scope.charges.is_none() && scope.sources.is_none();
    Told {
        account_number: account.patient.account_number.clone(),
        date_of_service: visit.date_of_service,
        sentences: if is_whole { visit.explanation.say(language) } else { Vec::new() },
        links: links.collect(),
        patient_owes_cents: visit.standing.patient_owes,
        with_payers_cents: visit.standing.with_payers,
    }
}

fn link(charge: &ChargeExplained, step: &Step, cited: &Cited, language: Language) -> Link {
    let payer = step.payer_id.and_then(|id| cited.payers.get(&id)).map(String::as_str);
    let answer = cited.answers.get(&step.source.id);
    let segment = answer.and_then(|row| {
        let line = cited.lines.get(&(row.id, charge.charge.charge_id)).copied();
        segment_behind(&row.body.0, line, &step.reason).map(str::to_owned)
    });
    let rule = |charge| cited.rules.get(&(ClaimPaymentId(step.source.id), charge, step.reason.clone())).cloned();
    Link {
        rule: rule(Some(charge.charge.charge_id)).or_else(|| rule(None)),
        concerns_on: cited.concerns.get(&(step.source.id, step.on)).copied(),
        charge: charge.charge.code.clone(),
        on: step.on,
        words: step_words(step, payer, language),
        reason: step.reason.clone(),
        amount_cents: step.amount,
        remains_cents: step.remains,
        entries: cited.entries.get(&step.source.id).cloned().unwrap_or_default(),
        trace: answer.map(|row| row.trace.clone()),
        segment,
    }
}
