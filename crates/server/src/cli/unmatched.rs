//! Commands about payments that no claim took, and about what two people decide of them. A payment is named by its key, as the
//! list shows it.

use app::cash_request::{self, Asking};
use app::suspense::{self, Settlement};
use app::unapplied_cash::Part;
use app::unmatched::{self, Shown, Waiting};
use billing::cash_request::{CashRequestKind, CashRequestState};
use billing::{CashRequestId, ClaimPaymentId, Money};
use clap::{Args, Subcommand};
use serde_json::json;
use store::cash_request::{CASH_REQUEST_BY_NUMBER, CashRequestLine};

use super::approval::{Because, Number, dollars, new_key, said};
use super::output::{self, Align, line};
use super::{Done, Failure, Session};

/// Commands about payments that no claim took.
#[derive(Debug, Subcommand)]
pub enum Unmatched {
    /// List what waits
    List(Form),
    /// Show one payment with the claims that it may be about
    Show(One),
    /// Post one to a claim of ours, as the import would have
    Match(ToClaim),
    /// Undo what was done by hand with one: its cash waits again
    Unmatch(Words),
    /// Split its cash over lines of claims
    Split(Splitting),
    /// Move one from its claim to another
    Reassign(ToClaim),
    /// Ask to give its cash back to the payer, or to hand it to another practice
    Return(Returning),
    /// Say that it is for a claim of another system
    Legacy(ToLegacy),
}

/// Commands about differences in suspense and other requests that two people decide.
#[derive(Debug, Subcommand)]
pub enum Suspense {
    /// List requests of a state
    List(Requests),
    /// Ask to post a payment that does not add up, with its difference in suspense
    Ask(Words),
    /// Approve what somebody else asked for
    Approve(Number),
    /// Decline what somebody else asked for
    Decline(Because),
    /// Withdraw one's own request
    Withdraw(Because),
    /// Say that the cash of an approved request left
    Send(Sent),
    /// Move a difference to what the payer owes for a line of the claim
    Settle(Settling),
}

/// How to print.
#[derive(Debug, Args)]
pub struct Form {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which payment.
#[derive(Debug, Args)]
pub struct One {
    /// Its key, as the list shows it
    payment: ClaimPaymentId,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which payment, and why.
#[derive(Debug, Args)]
pub struct Words {
    /// Its key, as the list shows it
    payment: ClaimPaymentId,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Which payment, and to which claim.
#[derive(Debug, Args)]
pub struct ToClaim {
    /// Its key, as the list shows it
    payment: ClaimPaymentId,
    /// Our number of the claim
    claim: String,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Which payment, and its parts.
#[derive(Debug, Args)]
pub struct Splitting {
    /// Its key, as the list shows it
    payment: ClaimPaymentId,
    /// Claim, line and amount, such as C000012:1:72.00
    #[arg(required = true, value_parser = read_part, value_name = "CLAIM:LINE:AMOUNT")]
    parts: Vec<Part>,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Which payment, and to whom.
#[derive(Debug, Args)]
pub struct Returning {
    /// Its key, as the list shows it
    payment: ClaimPaymentId,
    /// The other practice that it was meant for; else it goes back to the payer
    #[arg(long, value_name = "PRACTICE")]
    hand_over_to: Option<String>,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Which payment, and the other system's number.
#[derive(Debug, Args)]
pub struct ToLegacy {
    /// Its key, as the list shows it
    payment: ClaimPaymentId,
    /// That system's number of the claim
    #[arg(long)]
    reference: String,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Which requests.
#[derive(Debug, Args)]
pub struct Requests {
    /// asked, approved, refused, withdrawn or sent
    #[arg(long, default_value = "asked", value_parser = read_state)]
    state: CashRequestState,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which request, and how its cash left.
#[derive(Debug, Args)]
pub struct Sent {
    /// Its number, such as CR-00001
    number: String,
    /// Number of the check or transfer
    #[arg(long)]
    reference: String,
}

/// Which difference, and where it goes.
#[derive(Debug, Args)]
pub struct Settling {
    /// The payment's key, as the list shows it
    payment: ClaimPaymentId,
    /// The line of the claim, from 1
    #[arg(long)]
    line: i32,
    /// How much, such as 5.00
    #[arg(long)]
    amount: String,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

fn read_state(word: &str) -> Result<CashRequestState, String> {
    CashRequestState::parse(word).ok_or_else(|| "say asked, approved, refused, withdrawn or sent".to_owned())
}

fn read_part(words: &str) -> Result<Part, String> {
    let wrong = || "write claim, line and amount, such as C000012:1:72.00".to_owned();
    let parts: Vec<&str> = words.split(':').collect();
    let [claim, line, amount] = parts[..] else { return Err(wrong()) };
    let line = line.parse().map_err(|_| wrong())?;
    Ok(Part { claim: claim.to_owned(), line, amount: Money::parse(amount).map_err(|_| wrong())? })
}

/// Runs a command about what waits.
pub fn run(command: &Unmatched, session: &Session) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Unmatched::List(form) => list(&unmatched::list(db, actor, practice)?, form.json),
        Unmatched::Show(one) => show(&unmatched::show(db, actor, practice, one.payment)?, one.json),
        Unmatched::Match(to) => {
            unmatched::match_to(db, actor, practice, to.payment, &to.claim, &to.because)?;
            said("Posted to the claim, as the import would have.")
        }
        Unmatched::Unmatch(words) => {
            let waits = unmatched::unmatch(db, actor, practice, words.payment, &words.because)?;
            said(&format!("Taken back. It waits as {waits}."))
        }
        Unmatched::Split(parts) => {
            let left = unmatched::split(db, actor, practice, parts.payment, &parts.parts, &parts.because)?;
            said(&format!("Split. {left} of it waits."))
        }
        Unmatched::Reassign(to) => {
            unmatched::reassign(db, actor, practice, to.payment, &to.claim, &to.because)?;
            said("Moved to the claim.")
        }
        Unmatched::Return(returning) => {
            let payee = returning.hand_over_to.clone().unwrap_or_default();
            let kind = if payee.is_empty() { CashRequestKind::Return } else { CashRequestKind::HandOver };
            ask(session, returning.payment, kind, payee, &returning.because)
        }
        Unmatched::Legacy(to) => {
            unmatched::to_legacy(db, actor, practice, to.payment, &to.reference, &to.because)?;
            said("Its cash stands with the receipts of the other system.")
        }
    }
}

/// Runs a command about what two people decide.
pub fn run_suspense(command: &Suspense, session: &Session) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Suspense::List(arguments) => {
            let rows = cash_request::list(db, actor, practice, arguments.state)?;
            requests(&rows, arguments.json)
        }
        Suspense::Ask(words) => ask(session, words.payment, CashRequestKind::Suspense, String::new(), &words.because),
        Suspense::Approve(Number { number }) => {
            cash_request::approve(db, actor, practice, id_of(session, number)?)?;
            said("Approved.")
        }
        Suspense::Decline(Because { number, because }) => {
            cash_request::refuse(db, actor, practice, id_of(session, number)?, because)?;
            said("Declined. The payment waits as before.")
        }
        Suspense::Withdraw(Because { number, because }) => {
            cash_request::withdraw(db, actor, practice, id_of(session, number)?, because)?;
            said("Withdrawn. The payment waits as before.")
        }
        Suspense::Send(sent) => {
            cash_request::send(db, actor, practice, id_of(session, &sent.number)?, &sent.reference)?;
            said("The books say that it left.")
        }
        Suspense::Settle(settling) => {
            let work = unmatched::show(db, actor, practice, settling.payment)?.work;
            let settlement = Settlement {
                line: settling.line,
                amount: dollars(&settling.amount)?,
                reason: settling.because.clone(),
                revision: work.map_or(0, |work| work.revision),
            };
            let left = suspense::settle(db, actor, practice, settling.payment, &settlement)?;
            said(&format!("Moved. {left} of it is in suspense."))
        }
    }
}

fn ask(
    session: &Session,
    claim_payment: ClaimPaymentId,
    kind: CashRequestKind,
    payee: String,
    because: &str,
) -> Result<Done, Failure> {
    let idempotency_key = new_key(session)?;
    let asking = Asking { claim_payment, kind, payee, reason: because.to_owned(), idempotency_key };
    cash_request::ask(&session.db, &session.actor, session.practice, &asking)?;
    said("Asked for. A second person decides.")
}

fn id_of(session: &Session, number: &str) -> Result<CashRequestId, Failure> {
    session.read(|read| {
        let found = read.query_opt(&CASH_REQUEST_BY_NUMBER, store::params![number])?;
        found.map(|(id,)| id).ok_or(app::Error::NotFound("request"))
    })
}

fn list(rows: &[Waiting], as_json: bool) -> Result<Done, Failure> {
    if as_json {
        let told = rows.iter().map(|row| {
            let payment = &row.payment;
            json!({
                "payment": payment.id, "trace": payment.trace, "payer": payment.payer_name,
                "paid_on": payment.paid_on, "control_number": payment.control_number,
                "paid_cents": payment.paid_cents.cents(), "waits_cents": row.open.cents(),
                "state": payment.state, "work": row.reason.as_str(), "problem": payment.problem,
                "difference_cents": payment.difference_cents.cents(), "due_on": row.due_on,
            })
        });
        return output::json(&told.collect::<Vec<_>>());
    }
    let head = [
        ("PAYMENT", Align::Left),
        ("THEIR NUMBER", Align::Left),
        ("PAYER", Align::Left),
        ("TRACE", Align::Left),
        ("WHY", Align::Left),
        ("WAITS", Align::Right),
    ];
    let table: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.payment.id.to_string(),
                row.payment.control_number.clone(),
                row.payment.payer_name.clone(),
                row.payment.trace.clone(),
                row.reason.title().to_owned(),
                row.open.to_string(),
            ]
        })
        .collect();
    output::table(&head, &table, "Nothing waits: every cent that payers paid has its place.")
}

fn show(shown: &Shown, as_json: bool) -> Result<Done, Failure> {
    let said = shown.said();
    if as_json {
        let candidates = shown.candidates.iter().map(|one| {
            json!({
                "claim": one.control_number, "account": one.account_number, "date_of_service": one.date_of_service,
                "charged_cents": one.total.cents(), "status": one.status.as_str(), "score": one.score,
                "reasons": one.reasons, "sentences": one.reasons.iter().map(|one| one.sentence()).collect::<Vec<_>>(),
                "lines_fit": one.has_lines,
            })
        });
        return output::json(&json!({
            "payment": shown.facts.id, "trace": shown.facts.trace, "payer": shown.facts.payer_name,
            "control_number": said.control_number, "state": shown.facts.state, "problem": shown.facts.problem,
            "charged_cents": said.charge_amount.cents(), "paid_cents": said.paid_amount.cents(),
            "waits_cents": shown.waits.cents(), "suspense_cents": shown.in_suspense.cents(), "claim": shown.claim,
            "moves": shown.moves, "request": shown.asked, "candidates": candidates.collect::<Vec<_>>(),
        }));
    }
    line(&format!(
        "{}: {} paid {} for {}; {} waits",
        shown.facts.payer_name, shown.facts.trace, said.paid_amount, said.control_number, shown.waits
    ));
    if let Some(problem) = &shown.facts.problem {
        line(problem);
    }
    if !shown.in_suspense.is_zero() {
        line(&format!("{} of it is in suspense", shown.in_suspense));
    }
    if let Some(number) = &shown.asked {
        line(&format!("Request {number} about it waits for a second person"));
    }
    for one in &shown.candidates {
        line(&format!(
            "{} of 100: claim {} of {}, {}, {}",
            one.score,
            one.control_number,
            one.date_of_service,
            one.total,
            one.status.as_str()
        ));
        one.reasons.iter().for_each(|reason| line(&format!("    {}", reason.sentence())));
        if !one.has_lines {
            line("    A line of it fits no line of this claim.");
        }
    }
    Ok(Done::Clean)
}

fn requests(rows: &[CashRequestLine], as_json: bool) -> Result<Done, Failure> {
    if as_json {
        let told = rows.iter().map(|row| {
            json!({
                "number": row.request_number, "kind": row.kind.as_str(), "payment": row.claim_payment_id,
                "trace": row.trace, "payer": row.payer_name, "control_number": row.control_number,
                "amount_cents": row.amount_cents.cents(), "difference_cents": row.difference_cents.cents(),
                "payee": row.payee, "reason": row.reason, "state": row.state.as_str(), "asked_on": row.asked_on,
                "asked_by": row.asked_by_login, "decided_by": row.decided_by_login, "decision": row.decision,
                "reference": row.reference,
            })
        });
        return output::json(&told.collect::<Vec<_>>());
    }
    let head = [
        ("REQUEST", Align::Left),
        ("WHAT", Align::Left),
        ("THEIR NUMBER", Align::Left),
        ("AMOUNT", Align::Right),
        ("OFF BY", Align::Right),
        ("BY", Align::Left),
    ];
    let table: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.request_number.clone(),
                row.kind.label().to_owned(),
                row.control_number.clone(),
                row.amount_cents.to_string(),
                row.difference_cents.to_string(),
                row.asked_by_login.clone(),
            ]
        })
        .collect();
    output::table(&head, &table, "No request of this state.")
}
