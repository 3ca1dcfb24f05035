//! Statements: a run for all who are due, one on request, the stored snapshot as page and as PDF, and holds.
//!
//! A statement is built from the account at one instant and stored as it was sent. Each account is its own
//! transaction: one account that cannot be stated stops no other, and a run that was cut off goes on where it was.

use billing::access::{Action, Actor, ResourceState};
use billing::explain::{ChargeFacts, Language, StepKind};
use billing::money_rule::fee_words;
use billing::provider::Provider;
use billing::statement::{
    NotDue, Statement, StatementLine, StatementPayment, StatementPractice, StatementVisit, due_on,
};
use billing::work::item::SHORTEST_SENTENCE;
use billing::{Money, PatientId, PracticeId, ProviderId, StatementId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::patient_statement::{
    LATEST_STATEMENTS, LIFT_STATEMENT_HOLD, OWING_PATIENTS, PRACTICE_BODY, PROVIDER_BODIES, STATEMENT,
    StatementHoldRow, StatementListRow, StatementRow,
};
use store::{Conn, Db, Json, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::patient_account::{PatientAccount, VisitAccount, account_in};
use crate::patient_payment::{apply_unapplied, letterhead, mind_kept_money};
use crate::pay_link;
use crate::verify::records::ISSUED;

/// The counter of statements.
const STATEMENTS: &str = "statement";
/// Most statements a list shows; older ones stand on the patient's account.
const MOST_LISTED: i64 = 200;
/// Longest reason of a hold.
const LONGEST_HOLD: usize = 200;
/// Most days of one hold: a question that is open longer is looked at again.
const LONGEST_HOLD_DAYS: i64 = 180;

/// A statement that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The statement.
    pub id: StatementId,
    /// Its number.
    pub number: String,
    /// Whose account.
    pub patient_id: PatientId,
    /// What it asks for.
    pub amount_due: Money,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementRun {
    /// Issued now.
    pub issued: Vec<Issued>,
    /// Not due, with the reason, account by account.
    pub not_due: Vec<(PatientId, NotDue)>,
}

impl StatementRun {
    /// The sum asked for.
    pub fn total(&self) -> Money {
        self.issued.iter().map(|issued| issued.amount_due).sum()
    }
}

/// Issues statements for everybody who is due today.
///
/// # Errors
/// `Denied` without the right to run statements; the store's. Statements issued before an error stay issued.
pub fn run(db: &Db, actor: &Actor, practice: PracticeId) -> Result<StatementRun, Error> {
    allow(actor, Action::RunStatements, &ResourceState::default())?;
    let owing = db.read(actor, practice, |read| Ok::<_, Error>(read.query(&OWING_PATIENTS, params![])?))?;
    let mut run = StatementRun::default();
    for row in owing {
        match db.write(actor, practice, |tx| issue_in(tx, row.patient_id, Asked::ByRun))? {
            Ok(issued) => run.issued.push(issued),
            Err(not_due) => run.not_due.push((row.patient_id, not_due)),
        }
    }
    Ok(run)
}

/// Issues a statement for one account because somebody asked for it: also within the days between two statements.
///
/// # Errors
/// `Refused` with the reason where none may go out, or where one of today asks for the same; `NotFound`; `Denied` without the right to send statements.
pub fn issue(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<Issued, Error> {
    allow(actor, Action::SendStatement, &ResourceState::default())?;
    db.write(actor, practice, |tx| issue_in(tx, patient, Asked::ByPerson))?
        .map_err(|not_due| Error::refused(not_due.to_string()))
}

/// Who asks for a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    ByRun,
    ByPerson,
}

fn issue_in(tx: &mut Tx, patient: PatientId, asked: Asked) -> Result<Result<Issued, NotDue>, Error> {
    let before = account_in(tx, patient)?;
    if let Err(not_due) = may_go_out(&before, asked) {
        return Ok(Err(not_due));
    }
    // Nobody is asked for money that we already hold for them.
    let applied = apply_unapplied(tx, patient)?;
    mind_kept_money(tx, patient)?;
    let account = if applied.is_zero() { before } else { account_in(tx, patient)? };
    if let Err(not_due) = may_go_out(&account, asked) {
        return Ok(Err(not_due));
    }
    if let (Asked::ByPerson, Some(last)) = (asked, account.statements.first()) {
        let statement_asks = amount_asked(&account);
        if last.issued_on == tx.today() && last.amount_due == statement_asks {
            return Err(Error::refused(format!(
                "{} was made today and asks for the same {statement_asks}: nothing has changed since. Print that one, or \
                 make another when something has.",
                last.number
            )));
        }
    }
    let number = format!("S-{:05}", tx.next_number(STATEMENTS)?);
    let practice = letterhead(&tx.query_one(&PRACTICE_BODY, params![])?.body.0);
    let mut statement = build(tx, &account, practice, number)?;
    if statement.total() != Some(statement.amount_due) {
        return Err(Error::refused(
            "The visits of this account do not add up to the amount due, so no statement was made. Run `tierline verify`.",
        ));
    }
    if statement.amount_due.is_positive() {
        statement.pay_link = pay_link::make_in(tx, patient)?;
    }
    let issued = Issued {
        id: statement.id,
        number: statement.number.clone(),
        patient_id: patient,
        amount_due: statement.amount_due,
    };
    let detail = serde_json::json!({ "number": issued.number, "cents": issued.amount_due.cents() });
    tx.insert(&StatementRow {
        id: statement.id,
        patient_id: patient,
        guarantor_id: account.guarantor.id,
        statement_number: statement.number.clone(),
        issued_on: statement.issued_on,
        due_on: statement.due_on,
        amount_due_cents: statement.amount_due,
        body: Json(statement),
    })?;
    tx.audit(ISSUED, "statement", issued.id.0, detail);
    Ok(Ok(issued))
}

/// The visits that a statement tells of, the oldest first. A visit that was paid too much lowers what is asked for the
/// others.
fn told(account: &PatientAccount) -> impl Iterator<Item = &VisitAccount> {
    account.visits.iter().rev().filter(|visit| visit.decided && !visit.standing.patient_owes.is_zero())
}

/// What a statement made now asks for.
fn amount_asked(account: &PatientAccount) -> Money {
    told(account).map(|visit| visit.standing.patient_owes).sum::<Money>() - account.unapplied
}

fn may_go_out(account: &PatientAccount, asked: Asked) -> Result<(), NotDue> {
    match (&account.statement_due, asked) {
        (Err(NotDue::ToldRecently(_) | NotDue::TooSmall), Asked::ByPerson) => Ok(()),
        (answer, Asked::ByRun | Asked::ByPerson) => answer.clone(),
    }
}

fn build(tx: &Tx, account: &PatientAccount, practice: StatementPractice, number: String) -> Result<Statement, Error> {
    let today = tx.today();
    let language = account.language();
    let owed: Vec<&VisitAccount> = told(account).collect();
    let seen: Vec<ProviderId> = owed.iter().map(|visit| visit.rendering_id).collect();
    let providers = providers(tx, &seen)?;
    let seen_by =
        |id: ProviderId| providers.iter().find(|provider| provider.id == id).map(|provider| provider.name.full());
    let visits: Vec<StatementVisit> = owed
        .iter()
        .map(|visit| {
            // A fee was done by nobody.
            let seen_by = seen_by(visit.rendering_id).filter(|_| !visit.is_fee).unwrap_or_default();
            statement_visit(visit, seen_by, language)
        })
        .collect();
    let last = account.statements.first().map_or(Date::MIN, |statement| statement.issued_on);
    Ok(Statement {
        id: StatementId(tx.new_id()),
        number,
        issued_on: today,
        due_on: due_on(today),
        language: language.tag().to_owned(),
        practice,
        guarantor: account.guarantor.name.clone(),
        guarantor_address: account.guarantor.address.clone(),
        patient: account.patient.name.clone(),
        account_number: account.patient.account_number.clone(),
        ordinal: i32::try_from(account.statements.len()).unwrap_or(i32::MAX).saturating_add(1),
        visits,
        payments: payments_since(account, last, language),
        unapplied: account.unapplied,
        amount_due: amount_asked(account),
        with_payers: account.with_payers,
        pay_link: None,
        pay_address: None,
    })
}

fn providers(conn: &Conn, ids: &[ProviderId]) -> Result<Vec<Provider>, Error> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    Ok(conn.query_in(&PROVIDER_BODIES, &[], &ids)?.into_iter().map(|row| row.body.0).collect())
}

fn payments_since(account: &PatientAccount, last: Date, language: Language) -> Vec<StatementPayment> {
    let receipt = match language {
        Language::English => "receipt",
        Language::Spanish => "recibo",
    };
    let since = account.payments.iter().rev().filter(|payment| payment.received_on >= last);
    since
        .map(|payment| StatementPayment {
            received_on: payment.received_on,
            words: format!("{}, {receipt} {}", payment.words_in_letters, payment.receipt_number),
            amount: payment.amount,
        })
        .collect()
}

/// A service in the language of the letter, where there are words of ours for it.
fn service(charge: &ChargeFacts, language: Language) -> String {
    let code = charge.code.split('-').next().unwrap_or_default();
    if let Some(words) = fee_words(code, language) {
        return words.to_owned();
    }
    let translated = match language {
        Language::English => None,
        Language::Spanish => codes::procedure::words_es(code),
    };
    translated.map_or_else(|| charge.words.clone(), str::to_owned)
}

fn statement_visit(visit: &VisitAccount, seen_by: String, language: Language) -> StatementVisit {
    // Each service at what the books charge for it, so that a corrected or withdrawn charge is not asked for.
    let services: Vec<(String, Money)> = visit
        .explanation
        .charges
        .iter()
        .filter(|charge| !charge.standing.charged.is_zero())
        .map(|charge| (service(&charge.charge, language), charge.standing.charged))
        .collect();
    let mut remains: Money = services.iter().map(|(_, charged)| *charged).sum();
    let mut lines = Vec::with_capacity(visit.rows.len());
    for row in visit.rows.iter().filter(|row| row.kind != StepKind::Charged) {
        let moves_only = row.kind.moves_only();
        if !moves_only {
            remains += row.amount;
        }
        lines.push(StatementLine {
            words: row.words_in_letters.clone(),
            change: (!moves_only).then_some(row.amount),
            of_which: moves_only.then_some(row.amount),
            remains,
        });
    }
    StatementVisit {
        date_of_service: visit.date_of_service,
        seen_by,
        services,
        lines,
        standing: visit.standing,
        say: visit.say_in_letters.clone(),
    }
}

/// A statement of a patient as it was sent, for the page.
///
/// # Errors
/// `NotFound`, also for another patient's; `Denied` without the right to see statements; `Refused` for who may not see names.
pub fn statement(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    id: StatementId,
) -> Result<Statement, Error> {
    let allowed = allow(actor, Action::ViewStatement, &ResourceState::default())?;
    if allowed.masked() {
        return Err(Error::refused("A statement names the patient. Ask Tier 1 or Tier 2 to show it."));
    }
    db.read(actor, practice, |read| {
        let row = read.query_opt(&STATEMENT, params![id])?.filter(|row| row.patient_id == patient);
        let row = row.ok_or(Error::NotFound("statement"))?;
        read.saw("statement", row.patient_id);
        let mut statement = row.body.0;
        if let Some(link) = statement.pay_link {
            statement.pay_address = pay_link::address_of(read, link)?;
        }
        Ok(statement)
    })
}

/// A statement as it was sent, as PDF: the same bytes each time.
///
/// # Errors
/// As [`statement`].
pub fn statement_pdf(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    id: StatementId,
) -> Result<Vec<u8>, Error> {
    documents::statement(&statement(db, actor, practice, patient, id)?)
        .map_err(|error| Error::refused(format!("{error}.")))
}

/// The latest statements, newest first; they name accounts, not people.
///
/// # Errors
/// `Denied` without the right to see statements.
pub fn latest(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<StatementListRow>, Error> {
    allow(actor, Action::ViewStatement, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&LATEST_STATEMENTS, params![MOST_LISTED])?))
}

/// Holds an account's statements with a reason until a day: from that day on they go out again by themselves. A hold
/// that stands already is replaced.
///
/// # Errors
/// `Invalid` for a reason that says nothing and for a day that is past or too far away; `NotFound`; `Denied` without
/// the right to send statements.
pub fn hold(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    reason: &str,
    until_on: Date,
) -> Result<(), Error> {
    allow(actor, Action::SendStatement, &ResourceState::default())?;
    let reason = reason.trim().to_owned();
    if !(SHORTEST_SENTENCE..=LONGEST_HOLD).contains(&reason.chars().count()) {
        return Err(Error::invalid("reason", "Say in a short sentence why no statement may go out."));
    }
    db.write(actor, practice, |tx| {
        let (today, latest) = (tx.today(), tx.today().saturating_add(LONGEST_HOLD_DAYS.days()));
        if until_on <= today || until_on > latest {
            return Err(Error::invalid("until", format!("Choose a day after today, at the latest {latest}.")));
        }
        store::registration::patient(tx, patient)?.ok_or(Error::NotFound("patient"))?;
        tx.execute(&LIFT_STATEMENT_HOLD, params![patient])?;
        let held_by = tx.actor().user;
        let held_by_login = tx.actor().login.clone();
        tx.insert(&StatementHoldRow {
            patient_id: patient,
            reason: reason.clone(),
            held_on: today,
            until_on,
            held_by,
            held_by_login,
        })?;
        tx.audit("hold_statements", "patient", patient.0, serde_json::json!({ "until": until_on.to_string() }));
        Ok(())
    })
}

/// Lifts a person's hold of an account's statements before its day.
///
/// # Errors
/// `Refused` where nobody holds them; `Denied` without the right to send statements.
pub fn lift_hold(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<(), Error> {
    allow(actor, Action::SendStatement, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        if tx.execute(&LIFT_STATEMENT_HOLD, params![patient])? == 0 {
            return Err(Error::refused(
                "Nobody holds the statements of this account. One held for want of a coverage goes out again when the \
                 coverage is entered.",
            ));
        }
        tx.audit("lift_statement_hold", "patient", patient.0, serde_json::json!({}));
        Ok(())
    })
}
