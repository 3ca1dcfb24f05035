//! Write-offs: the practice stops asking for a part of what is owed, with a reason, asked for by one person and approved by
//! another within that person's limits. The money moves with the approval, and an approved write-off can be undone by a
//! further entry. Nobody approves their own request, the file's owner included.

use std::collections::BTreeMap;

use billing::access::{Action, Actor, LimitKind, ResourceState, Role};
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::work::{WorkLinks, WorkReason};
use billing::write_off::{Debtor, WriteOffPart, WriteOffReason, WriteOffState, entry, standing, take};
use billing::{ChargeId, ClaimId, EncounterId, Money, PatientId, PayerId, PracticeId, WriteOffId};
use ledger::BalancedEntry;
use serde_json::json;
use store::claim::{DECIDED_CLAIMS_OF, Evidence, LIVE_CLAIMS_OF_ENCOUNTER, PLACES_OF_CLAIMS_OF_ENCOUNTER, load};
use store::ledger::ENTRY_IDS_OF_SOURCE;
use store::write_off::{
    APPROVED_THAT_DAY, ASKED_OF_VISIT, DECIDE_WRITE_OFF, FOR_REASON_OF_VISIT, OWED_FOR_VISIT, WRITE_OFF,
    WRITE_OFF_BY_KEY, WRITE_OFFS_ASKED, WRITE_OFFS_IN_STATE, WRITE_OFFS_OF_PATIENT, WriteOffLine, WriteOffRow,
};
use store::{Conn, Db, Json, Tx, params};

use crate::access::allow;
use crate::approval::{Request, SAY_WHY};
use crate::charge_capture::dues;
use crate::claim_creation::happen;
use crate::patient_account::account_in;
use crate::worklist::{self, NewWork};
use crate::{Error, corrected_claim, limits, reason};

mod lapse;
pub mod sweep;

pub(crate) use lapse::{follow_debt, forgiven, lapse_debts};

/// The counter of write-offs.
const WRITE_OFFS: &str = "write_off";
/// Write-offs shown of one state.
const WRITE_OFFS_SHOWN: i64 = 200;

/// A write-off as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOffRequest {
    /// Of which visit.
    pub encounter_id: EncounterId,
    /// Whose debt.
    pub debtor: Debtor,
    /// How much, above zero and at most what the debtor owes for the visit.
    pub amount: Money,
    /// Why.
    pub reason: WriteOffReason,
    /// The words of who asks; names no patient.
    pub note: String,
    /// Made by the form or program that asks: the same key a second time is the same write-off.
    pub idempotency_key: String,
}

/// Asks for a write-off; nothing moves until a second person approved it.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` names the field; `Refused` while the payer has the claim, or where the key was used for
/// another write-off.
pub fn ask(db: &Db, actor: &Actor, practice: PracticeId, request: &WriteOffRequest) -> Result<WriteOffId, Error> {
    allow(actor, Action::RequestWriteOff, &ResourceState::amount(request.amount))?;
    reason::given(&request.note, "Say in a sentence why it is not asked for; who approves it reads it.")?;
    if !request.reason.is_for(request.debtor) {
        let problem = "This reason is for the other side's debt: choose one that is for who owes it.";
        return Err(Error::invalid("reason", problem));
    }
    db.write(actor, practice, |tx| ask_in(tx, request))
}

fn ask_in(tx: &mut Tx, request: &WriteOffRequest) -> Result<WriteOffId, Error> {
    if let Some(known) = tx.query_opt(&WRITE_OFF_BY_KEY, params![request.idempotency_key])? {
        return same_write_off(&known, request);
    }
    let visit = store::charge::encounter(tx, request.encounter_id)?.ok_or(Error::NotFound("visit"))?;
    let payer = payer_of(request.debtor);
    refuse_while_payer_decides(tx, visit.id, payer)?;
    let open: Money = open_of(tx, visit.id, payer)?.iter().map(|(_, cents)| *cents).sum();
    let asked = tx.query(&ASKED_OF_VISIT, params![visit.id])?;
    let asked: Money = asked.iter().filter(|(of, _)| *of == payer).map(|(_, cents)| *cents).sum();
    if !request.amount.is_positive() || request.amount > open - asked {
        let most = (open - asked).max(Money::ZERO);
        let problem = format!("Give an amount above zero and at most the {most} that is owed and not asked for yet.");
        return Err(Error::invalid("amount", problem));
    }
    refuse_over_policy(tx, visit.patient_id, request, open)?;
    refuse_untrue_reason(tx, visit.patient_id, request)?;
    let row = asked_row(tx, visit.patient_id, request)?;
    tx.insert(&row)?;
    let detail = json!({ "cents": row.amount_cents, "number": row.write_off_number, "reason": row.reason.as_str() });
    tx.audit("write_off.ask", "write_off", row.id, detail);
    Ok(row.id)
}

/// A discount is what the practice's policy says, and no more by asking twice.
fn refuse_over_policy(tx: &Tx, patient: PatientId, request: &WriteOffRequest, open: Money) -> Result<(), Error> {
    let Some(kind) = request.reason.policy() else { return Ok(()) };
    let percent = limits::in_force(tx)?.get(kind);
    let (asked, approved) =
        tx.query_one(&FOR_REASON_OF_VISIT, params![patient, request.encounter_id, request.reason])?;
    let owed = i128::from((open + approved).cents());
    let most = owed * i128::from(percent) / 100 - i128::from((asked + approved).cents());
    if i128::from(request.amount.cents()) > most {
        let most = Money::from_cents(i64::try_from(most.max(0)).unwrap_or(i64::MAX));
        let problem = format!(
            "The practice's policy takes {percent}% off for this reason: at most {most} more of this visit. Ask for less; the \
             owner sets the policy under Settings, Limits."
        );
        return Err(Error::invalid("amount", problem));
    }
    Ok(())
}

/// A reason that the facts speak against: a small balance is all that an account owes, and who pays without a plan has none
/// that decided the visit.
fn refuse_untrue_reason(tx: &Tx, patient: PatientId, request: &WriteOffRequest) -> Result<(), Error> {
    match request.reason {
        WriteOffReason::SmallBalance => {
            let limit = store::registration::practice(tx)?.ok_or(Error::NotFound("practice"))?.small_balance;
            let owes = account_in(tx, patient)?.owes_now;
            if owes <= limit {
                return Ok(());
            }
            Err(Error::invalid(
                "reason",
                format!(
                    "The account owes {owes}, and a small balance is at most {limit} in all. Choose the reason that is true; \
                     the practice's data set what is small."
                ),
            ))
        }
        WriteOffReason::SelfPayDiscount => {
            let places = tx.query(&PLACES_OF_CLAIMS_OF_ENCOUNTER, params![request.encounter_id])?;
            for (payer, _, decided_on) in places {
                if decided_on.is_some() && !corrected_claim::is_voided(tx, request.encounter_id, payer)? {
                    return Err(Error::invalid(
                        "reason",
                        "A plan decided this visit, so it is not paid without one. Choose the reason that is true.",
                    ));
                }
            }
            Ok(())
        }
        WriteOffReason::FinancialAssistance
        | WriteOffReason::PromptPayDiscount
        | WriteOffReason::Bankruptcy
        | WriteOffReason::Deceased
        | WriteOffReason::Uncollectable
        | WriteOffReason::TimelyFiling
        | WriteOffReason::NoAuthorization
        | WriteOffReason::DenialAccepted
        | WriteOffReason::OwnMistake => Ok(()),
    }
}

/// What one side owes for a visit and nobody asked to write off yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebtLine {
    /// Who owes it.
    pub debtor: Debtor,
    /// The payer's name; none for the patient.
    pub payer_name: Option<String>,
    /// How much, above zero.
    pub amount: Money,
}

/// What is owed for a visit by side, as the books have it: its payers, then the patient. What a payer may still pay is not
/// given up, so it is not here.
///
/// # Errors
/// `Denied`; `NotFound` for another practice's visit.
pub fn debts(db: &Db, actor: &Actor, practice: PracticeId, visit: EncounterId) -> Result<Vec<DebtLine>, Error> {
    allow(actor, Action::ViewPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        store::charge::encounter(read, visit)?.ok_or(Error::NotFound("visit"))?;
        let mut sides: BTreeMap<Debtor, Money> = BTreeMap::new();
        for (_, payer, cents) in read.query(&OWED_FOR_VISIT, params![visit])?.iter().filter(|row| row.2.is_positive()) {
            *sides.entry(debtor_of(*payer)).or_default() += *cents;
        }
        for (payer, asked) in read.query(&ASKED_OF_VISIT, params![visit])? {
            *sides.entry(debtor_of(payer)).or_default() -= asked;
        }
        let mut lines = Vec::new();
        for (debtor, amount) in sides.into_iter().filter(|(_, amount)| amount.is_positive()) {
            let payer_name = match debtor {
                Debtor::Patient => None,
                Debtor::Payer(payer) => store::registration::payer(read, payer)?.map(|payer| payer.name),
            };
            if undecided(read, visit, payer_of(debtor))?.is_none() {
                lines.push(DebtLine { debtor, payer_name, amount });
            }
        }
        lines.sort_by_key(|line| line.debtor == Debtor::Patient);
        Ok(lines)
    })
}

fn asked_row(tx: &mut Tx, patient_id: PatientId, request: &WriteOffRequest) -> Result<WriteOffRow, Error> {
    Ok(WriteOffRow {
        id: WriteOffId(tx.new_id()),
        write_off_number: format!("WO-{:05}", tx.next_number(WRITE_OFFS)?),
        patient_id,
        encounter_id: request.encounter_id,
        payer_id: payer_of(request.debtor),
        amount_cents: request.amount,
        reason: request.reason,
        note: request.note.trim().to_owned(),
        state: WriteOffState::Asked,
        asked_on: tx.today(),
        asked_by: tx.actor().user,
        asked_by_login: tx.actor().login.clone(),
        decided_on: None,
        decided_by: None,
        decided_by_login: None,
        decision: String::new(),
        idempotency_key: request.idempotency_key.clone(),
        parts: Json(Vec::new()),
    })
}

fn payer_of(debtor: Debtor) -> Option<PayerId> {
    match debtor {
        Debtor::Patient => None,
        Debtor::Payer(payer) => Some(payer),
    }
}

fn debtor_of(payer: Option<PayerId>) -> Debtor {
    payer.map_or(Debtor::Patient, Debtor::Payer)
}

fn same_write_off(known: &WriteOffRow, request: &WriteOffRequest) -> Result<WriteOffId, Error> {
    let is_same = known.encounter_id == request.encounter_id
        && debtor_of(known.payer_id) == request.debtor
        && known.amount_cents == request.amount
        && known.reason == request.reason;
    if is_same {
        return Ok(known.id);
    }
    Err(request_of(known).used_key())
}

/// What one side owes for a visit, charge by charge, above zero.
fn open_of(conn: &Conn, visit: EncounterId, payer: Option<PayerId>) -> Result<Vec<(ChargeId, Money)>, Error> {
    let owed = conn.query(&OWED_FOR_VISIT, params![visit])?;
    let of_side = owed.into_iter().filter(|(_, of, cents)| *of == payer && cents.is_positive());
    Ok(of_side.map(|(charge, _, cents)| (charge, cents)).collect())
}

/// The claim of a visit that a payer may still pay.
fn undecided(conn: &Conn, visit: EncounterId, payer: Option<PayerId>) -> Result<Option<(ClaimId, ClaimStatus)>, Error> {
    let may_be_paid = |status: ClaimStatus| match status {
        ClaimStatus::Adjudicated | ClaimStatus::Rejected | ClaimStatus::Closed => false,
        ClaimStatus::Draft
        | ClaimStatus::Held
        | ClaimStatus::Ready
        | ClaimStatus::Submitted
        | ClaimStatus::Accepted => true,
    };
    let claims = conn.query(&LIVE_CLAIMS_OF_ENCOUNTER, params![visit])?;
    let found = claims.into_iter().find(|(_, of, status)| Some(*of) == payer && may_be_paid(*status));
    Ok(found.map(|(claim, _, status)| (claim, status)))
}

/// While a payer may still pay, nothing of what it owes is given up.
fn refuse_while_payer_decides(conn: &Conn, visit: EncounterId, payer: Option<PayerId>) -> Result<(), Error> {
    let Some((claim, status)) = undecided(conn, visit, payer)? else { return Ok(()) };
    let number = load(conn, claim)?.map_or_else(String::new, |claim| claim.control_number.to_string());
    Err(Error::refused(format!(
        "Claim {number} is {} and may still be paid. Wait for the payer's decision, or say on the visit that it is not \
         billed.",
        status.as_str()
    )))
}

/// A second person approves it, and it is written off.
///
/// # Errors
/// `Denied` for who asked and over the person's limit, which sums what the person approved that day; `NotFound`; `Refused`
/// where it does not wait, or less is owed by now.
pub fn approve(db: &Db, actor: &Actor, practice: PracticeId, id: WriteOffId) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        let (of_patient, of_day) = tx.query_one(&APPROVED_THAT_DAY, params![actor.user, tx.today(), row.patient_id])?;
        let sum = row.amount_cents + of_patient;
        let limits = limits::in_force(tx)?;
        allow(actor, Action::ApproveWriteOff, &ResourceState::made_by(row.asked_by, sum).within(limits))?;
        request_of(&row).must_be_anothers(actor)?;
        refuse_over_day(actor, row.amount_cents + of_day, limits.money(LimitKind::ManagerWriteOffDay))?;
        refuse_while_payer_decides(tx, row.encounter_id, row.payer_id)?;
        let open = open_of(tx, row.encounter_id, row.payer_id)?;
        let parts = take(row.amount_cents, &open).ok_or_else(|| {
            let owed: Money = open.iter().map(|(_, cents)| *cents).sum();
            Error::refused(format!("Only {owed} is owed by now. Refuse this request, and ask for a smaller one."))
        })?;
        decide(tx, &row, WriteOffState::Approved, "", &parts)?;
        post(tx, &row, &parts)?;
        follow(tx, &row)
    })
}

/// A second person refuses it.
///
/// # Errors
/// As [`approve`]; `Invalid` without words.
pub fn refuse(db: &Db, actor: &Actor, practice: PracticeId, id: WriteOffId, why: &str) -> Result<(), Error> {
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        allow(actor, Action::ApproveWriteOff, &ResourceState::made_by(row.asked_by, Money::ZERO))?;
        request_of(&row).must_be_anothers(actor)?;
        decide(tx, &row, WriteOffState::Refused, why, &[])
    })
}

/// Who asked takes the request back.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` for another person's request, or one that was decided.
pub fn withdraw(db: &Db, actor: &Actor, practice: PracticeId, id: WriteOffId, why: &str) -> Result<(), Error> {
    allow(actor, Action::RequestWriteOff, &ResourceState::default())?;
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        request_of(&row).must_be_own(actor)?;
        decide(tx, &row, WriteOffState::Withdrawn, why, &[])
    })
}

/// What was written off is owed again, by a further entry. The payer's part is Tier 2's work again.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` where it was not approved.
pub fn undo(db: &Db, actor: &Actor, practice: PracticeId, id: WriteOffId, why: &str) -> Result<(), Error> {
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&WRITE_OFF, params![id])?.ok_or(Error::NotFound("write-off"))?;
        allow(actor, Action::ApproveWriteOff, &ResourceState::made_by(row.asked_by, Money::ZERO))?;
        request_of(&row).must_be_anothers(actor)?;
        if row.state != WriteOffState::Approved {
            let label = row.state.label().to_lowercase();
            return Err(Error::refused(format!("Write-off {} is not in the books: {label}.", row.write_off_number)));
        }
        let parts = standing(&row.parts.0);
        if parts.is_empty() {
            return Err(Error::refused(format!(
                "Nothing of write-off {} stands any more: what it forgave is owed by nobody. Nothing was changed.",
                row.write_off_number
            )));
        }
        decide(tx, &row, WriteOffState::Undone, why, &row.parts.0)?;
        post_back(tx, &row, &parts, "undone", "A write-off was undone")?;
        row.payer_id.map_or(Ok(()), |payer| ask_payer_again(tx, &row, payer))
    })
}

/// Write-offs of a state, the latest first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, state: WriteOffState) -> Result<Vec<WriteOffLine>, Error> {
    allow(actor, Action::ViewWriteOffs, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&WRITE_OFFS_IN_STATE, params![state, WRITE_OFFS_SHOWN])?))
}

/// Write-offs of an account, the latest first.
///
/// # Errors
/// `Denied`.
pub fn of_patient(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
) -> Result<Vec<WriteOffLine>, Error> {
    allow(actor, Action::ViewPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&WRITE_OFFS_OF_PATIENT, params![patient])?))
}

/// How many that others asked for wait for approval, with their sum.
///
/// # Errors
/// `Denied`.
pub fn asked(db: &Db, actor: &Actor, practice: PracticeId) -> Result<(i64, Money), Error> {
    allow(actor, Action::ViewWriteOffs, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query_one(&WRITE_OFFS_ASKED, params![actor.user])?))
}

fn waiting(tx: &Tx, id: WriteOffId) -> Result<WriteOffRow, Error> {
    let row = tx.query_opt(&WRITE_OFF, params![id])?.ok_or(Error::NotFound("write-off"))?;
    request_of(&row).must_wait()?;
    Ok(row)
}

fn request_of(row: &WriteOffRow) -> Request<'_> {
    Request {
        thing: "write-off",
        number: &row.write_off_number,
        label: row.state.label(),
        waits: row.state == WriteOffState::Asked,
        asked_by: row.asked_by,
        asked_by_login: &row.asked_by_login,
    }
}

/// Many small approvals are one large one.
fn refuse_over_day(actor: &Actor, of_day: Money, limit: Money) -> Result<(), Error> {
    if of_day > limit && actor.has(Role::Manager) && !actor.has(Role::Owner) {
        return Err(Error::refused(format!(
            "With this one you would have approved {of_day} today, over the limit of {limit} a day for a \
             manager. The owner may approve it."
        )));
    }
    Ok(())
}

fn decide(
    tx: &mut Tx,
    row: &WriteOffRow,
    state: WriteOffState,
    why: &str,
    parts: &[WriteOffPart],
) -> Result<(), Error> {
    let (today, user, login) = (tx.today(), tx.actor().user, tx.actor().login.clone());
    let decided = params![row.id, state, today, user, login, why, Json(parts.to_vec())];
    tx.execute(&DECIDE_WRITE_OFF, decided)?;
    tx.audit("write_off.decide", "write_off", row.id, json!({ "cents": row.amount_cents, "state": state.as_str() }));
    Ok(())
}

fn post(tx: &mut Tx, row: &WriteOffRow, parts: &[WriteOffPart]) -> Result<(), Error> {
    let written = written(tx, row, parts)?;
    tx.post(&written, &format!("write_off:{}:approved", row.id))?;
    Ok(())
}

/// Takes parts out of what is written off: they are owed as before it.
fn post_back(
    tx: &mut Tx,
    row: &WriteOffRow,
    parts: &[WriteOffPart],
    step: &str,
    why: &'static str,
) -> Result<(), Error> {
    let written = written(tx, row, parts)?;
    let entries = tx.query(&ENTRY_IDS_OF_SOURCE, params![row.id])?;
    let first = entries.first().map(|(entry,)| *entry);
    let original = first.ok_or_else(|| Error::refused("The books hold no entry of it; run `tierline verify`."))?;
    tx.post(&written.reversed(original, tx.today(), why), &format!("write_off:{}:{step}", row.id))?;
    Ok(())
}

fn written(tx: &Tx, row: &WriteOffRow, parts: &[WriteOffPart]) -> Result<BalancedEntry, Error> {
    entry(row.id, row.reason, row.patient_id, debtor_of(row.payer_id), parts, tx.today())
        .map_err(|unbalanced| Error::refused(format!("{unbalanced}.")))
}

/// Where the payer owes nothing any more its claim closes, and the work about it ends; else the work tells what is left.
fn follow(tx: &mut Tx, row: &WriteOffRow) -> Result<(), Error> {
    let Some(payer) = row.payer_id else { return Ok(()) };
    let owed: Money = open_of(tx, row.encounter_id, Some(payer))?.iter().map(|(_, cents)| *cents).sum();
    let sentence = format!("{} of it is written off: {}", row.amount_cents, row.write_off_number);
    for (id, of, status) in tx.query(&LIVE_CLAIMS_OF_ENCOUNTER, params![row.encounter_id])? {
        if of != payer {
            continue;
        }
        if owed.is_positive() {
            if status == ClaimStatus::Adjudicated {
                still_owed(tx, row, id, owed, sentence.clone())?;
            }
            continue;
        }
        let mut claim = load(tx, id)?.ok_or(Error::NotFound("claim"))?;
        happen(tx, &mut claim, &ClaimEvent::Closed, Evidence::words(sentence.clone()))?;
        let ended = [WorkReason::Denied, WorkReason::Rejected, WorkReason::RejectedForData];
        worklist::resolve_for_claim(tx, id, &ended, &sentence, "payer")?;
    }
    dues::follow(tx, links(row), row.encounter_id, &sentence)
}

/// Tier 2 asks the payer of a decided claim again; without one the next payer's share is work again.
fn ask_payer_again(tx: &mut Tx, row: &WriteOffRow, payer: PayerId) -> Result<(), Error> {
    let owed: Money = open_of(tx, row.encounter_id, Some(payer))?.iter().map(|(_, cents)| *cents).sum();
    let again: Money = standing(&row.parts.0).iter().map(|part| part.amount).sum();
    let sentence = format!("Write-off {} was undone: {again} is owed again", row.write_off_number);
    if let Some((id,)) = tx.query(&DECIDED_CLAIMS_OF, params![row.encounter_id, payer])?.first().copied() {
        let mut claim = load(tx, id)?.ok_or(Error::NotFound("claim"))?;
        happen(tx, &mut claim, &ClaimEvent::Adjudicated, Evidence::words(sentence.clone()))?;
        return still_owed(tx, row, id, owed, sentence);
    }
    dues::follow(tx, links(row), row.encounter_id, &sentence)
}

/// The one item about what a payer still owes of a decided claim.
fn still_owed(tx: &mut Tx, row: &WriteOffRow, claim: ClaimId, owed: Money, sentence: String) -> Result<(), Error> {
    let work = NewWork::on_claim(WorkReason::Denied, claim, sentence, links(row), owed);
    worklist::open_or_restate(tx, vec![work])
}

fn links(row: &WriteOffRow) -> WorkLinks {
    WorkLinks { patient_id: Some(row.patient_id), payer_id: row.payer_id, ..WorkLinks::default() }
}
