//! Money that we hold and that is another's: a payer's overpayment, a patient's credit. Found by a daily look at the books,
//! with the day by which it must be back and whose work it is. Gives nothing back: a refund does that.

use std::collections::{BTreeMap, HashMap};

use billing::access::{Action, Actor, ResourceState};
use billing::credit::{CreditState, Investigation, URGENT_DAYS, begin_by, is_federal, return_by};
use billing::unclaimed::{dormant_on, rule_of};
use billing::work::{WorkLinks, WorkReason};
use billing::{CreditId, EncounterId, Money, PatientId, PayerId, PracticeId};
use jiff::ToSpan;
use jiff::civil::Date;
use ledger::AccountKind;
use serde_json::json;
use store::credit::{
    CREDIT, CREDITS_DUE_BY, CREDITS_IN_STATE, CreditLine, CreditRow, LAST_MOVED_OF_VISIT, LAST_MOVED_UNAPPLIED,
    OPEN_CREDITS_OF_PATIENT, PATIENTS_WITH_CREDIT, SAVE_CREDIT, UNSENT_REFUNDS_OF_PATIENT, VISITS_OF_CHARGES,
};
use store::refund::OVERPAID_OF_PATIENT;
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::patient_payment::mind_kept_money;
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, reason, write_off};

/// Accounts that one transaction of the daily look takes up: others' work goes on between two of them.
const ACCOUNTS_AT_ONCE: usize = 100;
/// Credits shown of one state.
const CREDITS_SHOWN: i64 = 500;

/// Of which visit, and whose: what one credit is about.
type Thing = (Option<EncounterId>, Option<PayerId>);

/// What stands of one thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Standing {
    amount: Money,
    in_refund: Money,
}

/// When a state wants money of a patient that nobody claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclaimed {
    /// From this day, by the rule of this source.
    On(Date, &'static str),
    /// The state's years are not known to us.
    NotKnown,
}

/// A credit with what its days mean today.
#[derive(Debug, Clone)]
pub struct CreditView {
    /// The credit.
    pub row: CreditLine,
    /// The law itself sets the day: the payer is a federal program.
    pub is_federal: bool,
    /// Days until it must be back; below zero where the day has passed.
    pub days_left: Option<i32>,
    /// Whether little time is left.
    pub is_urgent: bool,
    /// Whether an investigation may still begin.
    pub may_investigate: bool,
    /// Of a patient's: when it is unclaimed property.
    pub unclaimed: Option<Unclaimed>,
    /// It is, and no refund has it: it may be paid to the state.
    pub may_go_to_state: bool,
}

/// The daily look: everything on any account that is another's. Answers how many credits are new.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn find(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    let found = db.read(actor, practice, |read| Ok::<_, Error>(read.query(&PATIENTS_WITH_CREDIT, params![])?))?;
    let mut new = 0;
    for accounts in found.chunks(ACCOUNTS_AT_ONCE) {
        new += db.write(actor, practice, |tx| {
            let mut new = 0;
            for (patient,) in accounts {
                new += look(tx, *patient)?;
                mind_work(tx, *patient)?;
            }
            Ok::<_, Error>(new)
        })?;
    }
    Ok(new)
}

/// Looks at one account: what is known follows the books, and what is new is known from today. Answers how many are new.
pub(crate) fn look(tx: &mut Tx, patient: PatientId) -> Result<usize, Error> {
    let overpaid = tx.query(&OVERPAID_OF_PATIENT, params![patient])?;
    let charges: Vec<_> = overpaid.iter().map(|row| row.charge_id).collect();
    write_off::follow_debt(tx, &charges)?;
    let mut standing = standing(tx, patient)?;
    for row in tx.query(&OPEN_CREDITS_OF_PATIENT, params![patient])? {
        match standing.remove(&(row.encounter_id, row.payer_id)) {
            Some(now) if (now.amount, now.in_refund) == (row.amount_cents, row.in_refund_cents) => {}
            Some(now) => save(tx, &CreditRow { amount_cents: now.amount, in_refund_cents: now.in_refund, ..row })?,
            None => {
                let gone = CreditRow { state: CreditState::Ended, ended_on: Some(tx.today()), ..row };
                save(tx, &CreditRow { amount_cents: Money::ZERO, in_refund_cents: Money::ZERO, ..gone })?;
            }
        }
    }
    let new = standing.len();
    for (thing, standing) in standing {
        add(tx, patient, thing, standing)?;
    }
    Ok(new)
}

/// What stands on an account that is another's, with what of it a refund has that was not sent: until then it is not back.
fn standing(conn: &Conn, patient: PatientId) -> Result<BTreeMap<Thing, Standing>, Error> {
    let mut found: BTreeMap<Thing, Standing> = BTreeMap::new();
    let unapplied = store::ledger::held(conn, AccountKind::UnappliedPatient, patient.0)?;
    if unapplied.is_positive() {
        found.entry((None, None)).or_default().amount += unapplied;
    }
    for row in conn.query(&OVERPAID_OF_PATIENT, params![patient])? {
        found.entry((Some(row.encounter_id), row.payer_id)).or_default().amount += row.over_cents;
    }
    let refunds = conn.query(&UNSENT_REFUNDS_OF_PATIENT, params![patient])?;
    let charges: Vec<_> = refunds.iter().flat_map(|row| &row.parts.0).filter_map(|part| part.charge_id).collect();
    let visits: HashMap<_, _> = conn.query_in(&VISITS_OF_CHARGES, params![], &charges)?.into_iter().collect();
    for refund in &refunds {
        for part in &refund.parts.0 {
            let visit = part.charge_id.and_then(|charge| visits.get(&charge).copied());
            let standing = found.entry((visit, refund.payer_id)).or_default();
            standing.amount += part.amount;
            standing.in_refund += part.amount;
        }
    }
    Ok(found)
}

fn add(tx: &mut Tx, patient_id: PatientId, (encounter_id, payer_id): Thing, now: Standing) -> Result<(), Error> {
    let (today, id) = (tx.today(), CreditId(tx.new_id()));
    let moved = match encounter_id {
        Some(visit) => tx.query_one(&LAST_MOVED_OF_VISIT, params![visit])?,
        None => tx.query_one(&LAST_MOVED_UNAPPLIED, params![patient_id])?,
    };
    let of = encounter_id.map_or(patient_id.0, |visit| visit.0);
    // Another look at the same account may have been faster.
    let is_new = tx.insert_new(&CreditRow {
        id,
        patient_id,
        encounter_id,
        payer_id,
        subject: payer_id.map_or_else(|| of.to_string(), |payer| format!("{of}:{payer}")),
        amount_cents: now.amount,
        in_refund_cents: now.in_refund,
        since_on: moved.0.unwrap_or(today),
        found_on: today,
        state: CreditState::Open,
        investigation_begun_on: None,
        investigation_ended_on: None,
        investigated_because: String::new(),
        finding: String::new(),
        return_by: payer_id.map(|_| return_by(today, None)),
        ended_on: None,
    })?;
    if is_new {
        tx.audit("credit.find", "credit", id, json!({ "cents": now.amount }));
    }
    Ok(())
}

fn save(tx: &mut Tx, row: &CreditRow) -> Result<(), Error> {
    let places = params![
        row.id,
        row.amount_cents,
        row.in_refund_cents,
        row.state,
        row.investigation_begun_on,
        row.investigation_ended_on,
        row.investigated_because,
        row.finding,
        row.return_by,
        row.ended_on
    ];
    tx.execute(&SAVE_CREDIT, places)?;
    tx.audit("credit.follow", "credit", row.id, json!({ "cents": row.amount_cents, "state": row.state.as_str() }));
    Ok(())
}

/// Every credit that no refund has is somebody's work, due by its day.
fn mind_work(tx: &mut Tx, patient: PatientId) -> Result<(), Error> {
    mind_kept_money(tx, patient)?;
    let rows = tx.query(&OPEN_CREDITS_OF_PATIENT, params![patient])?;
    let left = rows.iter().filter(|row| row.amount_cents > row.in_refund_cents);
    for (row, visit) in left.filter_map(|row| row.encounter_id.map(|visit| (row, visit))) {
        let key = subject_key(WorkReason::CreditBalance, visit);
        let of_visit = rows.iter().filter(|other| other.encounter_id == Some(visit));
        let over: Money = of_visit.map(|other| other.amount_cents - other.in_refund_cents).sum();
        let links = WorkLinks {
            patient_id: Some(patient),
            encounter_id: Some(visit),
            payer_id: row.payer_id,
            ..WorkLinks::default()
        };
        worklist::open(
            tx,
            NewWork {
                reason: WorkReason::CreditBalance,
                subject_key: key.clone(),
                summary: format!("{over} was received for a visit beyond what was owed."),
                links,
                money_at_stake: over,
                deadline_on: row.return_by,
            },
        )?;
        let first = rows.iter().filter(|other| other.encounter_id == Some(visit)).filter_map(|one| one.return_by).min();
        if let Some(deadline) = first {
            worklist::bind(tx, &key, deadline)?;
        }
    }
    Ok(())
}

/// The clock stands still while related overpayments are looked for.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` for a patient's money, or too late.
pub fn investigate(db: &Db, actor: &Actor, practice: PracticeId, id: CreditId, why: &str) -> Result<(), Error> {
    allow(actor, Action::RequestRefund, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence what else may be overpaid for the same cause.")?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&CREDIT, params![id])?.ok_or(Error::NotFound("credit"))?;
        let today = tx.today();
        if row.payer_id.is_none() {
            return Err(Error::refused("The patient's own money has no clock. Ask for a refund on the account."));
        }
        if row.state != CreditState::Open || row.investigation_begun_on.is_some() {
            return Err(Error::refused("It is investigated once. Give it back, or end the investigation first."));
        }
        if today > begin_by(row.found_on) {
            return Err(Error::refused(format!(
                "An investigation begins within the days in which the money must be back, by {}. Give it back now.",
                begin_by(row.found_on)
            )));
        }
        let investigation = Investigation { begun_on: today, ended_on: None };
        let changed = CreditRow {
            state: CreditState::Investigating,
            investigation_begun_on: Some(today),
            investigated_because: why.to_owned(),
            return_by: Some(return_by(row.found_on, Some(investigation))),
            ..row
        };
        save(tx, &changed)?;
        mind_work(tx, changed.patient_id)
    })
}

/// The investigation ends: the clock runs on from where it stood.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` where nothing is investigated.
pub fn conclude(db: &Db, actor: &Actor, practice: PracticeId, id: CreditId, finding: &str) -> Result<(), Error> {
    allow(actor, Action::RequestRefund, &ResourceState::default())?;
    let finding = reason::given(finding, "Say in a sentence what was found, and how much of it is overpaid.")?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&CREDIT, params![id])?.ok_or(Error::NotFound("credit"))?;
        let begun = row.investigation_begun_on.filter(|_| row.state == CreditState::Investigating);
        let begun_on = begun.ok_or_else(|| Error::refused("Nothing is investigated here."))?;
        let investigation = Investigation { begun_on, ended_on: Some(tx.today()) };
        let changed = CreditRow {
            state: CreditState::Open,
            investigation_ended_on: Some(tx.today()),
            finding: finding.to_owned(),
            return_by: Some(return_by(row.found_on, Some(investigation))),
            ..row
        };
        save(tx, &changed)?;
        mind_work(tx, changed.patient_id)
    })
}

/// Credits of a state: the nearest deadline first, then the oldest.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, state: CreditState) -> Result<Vec<CreditView>, Error> {
    allow(actor, Action::ViewRefunds, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let today = read.today();
        let rows = read.query(&CREDITS_IN_STATE, params![state, CREDITS_SHOWN])?;
        Ok(rows.into_iter().map(|row| view(row, today)).collect())
    })
}

fn view(row: CreditLine, today: Date) -> CreditView {
    let is_over = row.state == CreditState::Ended;
    let days_left = row.return_by.filter(|_| !is_over).map(|by| (by - today).get_days());
    let lived_in = rule_of(&row.patient.0.address.state);
    let is_patients = row.payer_name.is_none() && !is_over;
    let unclaimed = is_patients.then(|| match lived_in.map(|rule| (rule, dormant_on(row.since_on, rule))) {
        Some((rule, Some(on))) => Unclaimed::On(on, rule.source),
        Some((_, None)) | None => Unclaimed::NotKnown,
    });
    CreditView {
        is_federal: row.payer.as_ref().is_some_and(|payer| is_federal(&payer.0.filing_indicator)),
        is_urgent: days_left.is_some_and(|days| days <= URGENT_DAYS),
        may_investigate: row.state == CreditState::Open
            && row.return_by.is_some()
            && row.investigation_begun_on.is_none()
            && today <= begin_by(row.found_on),
        may_go_to_state: matches!(unclaimed, Some(Unclaimed::On(on, _)) if on <= today)
            && row.amount_cents > row.in_refund_cents,
        days_left,
        unclaimed,
        row,
    }
}

/// How many must be back soon, with their sum.
///
/// # Errors
/// `Denied`.
pub fn urgent(db: &Db, actor: &Actor, practice: PracticeId) -> Result<(i64, Money), Error> {
    allow(actor, Action::ViewRefunds, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let soon = read.today().saturating_add(URGENT_DAYS.days());
        Ok(read.query_one(&CREDITS_DUE_BY, params![soon])?)
    })
}
