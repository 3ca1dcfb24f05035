//! Commands of the desk: see a queue, take an item, pass it up with a handover, finish it.

mod item;

use app::unapplied_cash::{self, Application};
use app::{charge_capture, next_best, worklist};
use billing::access::ActorKind;
use billing::counting::counted;
use billing::work::{Desk, Handover, Resolution, ResolutionCode, ReturnCode, WorkReason};
use billing::{EncounterId, WorkItemId};
use clap::{Args, Subcommand};
use ledger::Money;
use store::worklist::{QueueCursor, QueueRow};

use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// Commands of the desk.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List a desk's open work, the most urgent first
    List(List),
    /// Show an item with its team, its place and why it stands there
    Show(One),
    /// Take the best open item that you may work; nothing where none is open
    Next(Next),
    /// Take an item
    Take(One),
    /// Give an open item to a person
    Give(Give),
    /// Pass an item to the desk above, with a handover
    Escalate(Escalate),
    /// Return an escalated item to the first desk, saying what is missing
    Return(Return),
    /// Finish an item with its outcome
    Resolve(Resolve),
    /// Apply waiting cash of an item to a line of a claim
    Apply(Apply),
    /// Take up the claims of a refused file again; clean ones wait for a new file
    Reopen(Item),
    /// Read the stored file of an item again, once what kept it out is mended
    ReadAgain(Item),
    /// Bill the patient for the visit of an item: there is no coverage, or no further plan pays
    BillPatient(Item),
    /// Say why the visit of an item is not billed; its charges are taken back
    NotBillable(NotBillable),
}

/// Which queue.
#[derive(Debug, Args)]
pub struct List {
    /// tier1, tier2, tier3, coder or poster; all that you may see where none is named
    #[arg(long, value_name = "DESK", value_parser = read_desk)]
    desk: Option<Desk>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which item.
#[derive(Debug, Args)]
pub struct Item {
    /// The item's id
    item: WorkItemId,
}

/// Which item, and how it is printed.
#[derive(Debug, Args)]
pub struct One {
    /// The item's id
    item: WorkItemId,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The next item.
#[derive(Debug, Args)]
pub struct Next {
    /// Of one desk only: tier1, tier2, tier3, coder or poster
    #[arg(long, value_name = "DESK", value_parser = read_desk)]
    desk: Option<Desk>,
    /// Only look at it
    #[arg(long)]
    peek: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Who gets an item.
#[derive(Debug, Args)]
pub struct Give {
    /// The item's id
    item: WorkItemId,
    /// Log-in of the person
    #[arg(long, value_name = "LOGIN")]
    to: String,
}

/// Why an item goes back.
#[derive(Debug, Args)]
pub struct Return {
    /// The item's id
    item: WorkItemId,
    /// What is missing, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
    /// Why, as quality counts it: evidence_missing, steps_not_done, may_be_ended_there, wrong_desk, unclear or decided
    #[arg(long, value_name = "CODE", default_value = "evidence_missing")]
    code: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What the next desk needs.
#[derive(Debug, Args)]
pub struct Escalate {
    /// The item's id
    item: WorkItemId,
    /// The problem in one sentence
    #[arg(long)]
    problem: String,
    /// What was tried
    #[arg(long)]
    tried: String,
    /// Letters, calls, remittances that show it
    #[arg(long)]
    evidence: String,
    /// What was promised to whom
    #[arg(long, default_value = "")]
    promised: String,
    /// What the next desk must decide
    #[arg(long)]
    to_decide: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How an item ended.
#[derive(Debug, Args)]
pub struct Resolve {
    /// The item's id
    item: WorkItemId,
    /// What was done, in one sentence
    #[arg(long)]
    outcome: String,
    /// Where it began: registration, eligibility, authorization, charge, coding, claim build, submission, payer,
    /// posting, patient
    #[arg(long)]
    root_cause: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// What went wrong there, such as "not asked"; needed for denials, rejections and complaints
    #[arg(long, default_value = "")]
    cause: String,
    /// How it ended: a code of its reason, such as appealed; needed for denials, rejections and complaints
    #[arg(long, value_name = "CODE")]
    ended_as: Option<String>,
}

/// Where waiting cash is to go.
#[derive(Debug, Args)]
pub struct Apply {
    /// The item's id
    item: WorkItemId,
    /// Our number of the claim
    #[arg(long)]
    claim: String,
    /// The claim's line, from 1
    #[arg(long)]
    line: i32,
    /// How much, such as 72.00
    #[arg(long)]
    amount: String,
    /// Why it belongs there; without the patient's name
    #[arg(long)]
    reason: String,
}

/// Why nothing is billed.
#[derive(Debug, Args)]
pub struct NotBillable {
    /// The item's id
    item: WorkItemId,
    /// Why, in one sentence that an auditor reads
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => list(&session, arguments),
        Command::Show(arguments) => {
            let next = next_best::show(db, actor, practice, arguments.item)?;
            item::print(&session, &next, arguments.json)
        }
        Command::Next(arguments) => next(&session, arguments),
        Command::Take(arguments) => {
            only_a_person(&session)?;
            worklist::take(db, actor, practice, arguments.item)?;
            item::after(&session, arguments.item, arguments.json, "Taken.")
        }
        Command::Give(arguments) => {
            let to = db.read(actor, practice, |read| app::users::by_login(read, &arguments.to))?;
            next_best::assign(db, actor, practice, arguments.item, to.id)?;
            said("Given.")
        }
        Command::Return(arguments) => {
            let code = ReturnCode::parse(&arguments.code).ok_or_else(|| {
                let known: Vec<&str> = ReturnCode::ALL.iter().map(|code| code.as_str()).collect();
                Failure::Refused(format!(
                    "There is no such reason to return work. Choose one of: {}.",
                    known.join(", ")
                ))
            })?;
            worklist::return_item(db, actor, practice, arguments.item, (code, &arguments.because))?;
            item::after(&session, arguments.item, arguments.json, "Returned to the first desk.")
        }
        Command::Escalate(arguments) => {
            let handover = Handover {
                problem: arguments.problem.clone(),
                tried: arguments.tried.clone(),
                evidence: arguments.evidence.clone(),
                promised: arguments.promised.clone(),
                to_decide: arguments.to_decide.clone(),
            };
            worklist::escalate(db, actor, practice, arguments.item, handover)?;
            item::after(&session, arguments.item, arguments.json, "Passed to the desk above.")
        }
        Command::Resolve(arguments) => {
            let code = match arguments.ended_as.as_deref() {
                Some(word) => Some(ResolutionCode::parse(word).ok_or_else(|| {
                    Failure::Refused(format!("There is no end of that name: {word}. The page of the item lists them."))
                })?),
                None => None,
            };
            let resolution = Resolution {
                outcome: arguments.outcome.clone(),
                root_cause: arguments.root_cause.clone(),
                cause: arguments.cause.clone(),
                code,
            };
            worklist::resolve(db, actor, practice, arguments.item, resolution)?;
            item::after(&session, arguments.item, arguments.json, "Resolved.")
        }
        Command::Apply(arguments) => apply(&session, arguments),
        Command::Reopen(arguments) => {
            let item = worklist::show(db, actor, practice, arguments.item)?.item;
            let Some(file) = item.links.submission_id else {
                return Err(Failure::Refused("The item is about no file that we sent.".to_owned()));
            };
            let reopened = app::claim_submission::reopen_refused_file(db, actor, practice, file)?;
            let ready = reopened.iter().filter(|one| one.status == billing::claim::ClaimStatus::Ready).count();
            let claims = counted(reopened.len(), "claim");
            said(&format!("{claims} taken up again, {ready} of them ready for a new file."))
        }
        Command::ReadAgain(arguments) => {
            let receipt = app::inbound::read_again(db, actor, practice, arguments.item)?;
            said(&format!("{}: {}: {}", receipt.file_name, receipt.outcome.as_str(), receipt.note))
        }
        Command::BillPatient(arguments) => {
            let visit = visit_of(&session, arguments.item)?;
            charge_capture::bill_patient(db, actor, practice, visit)?;
            said("The patient owes it now.")
        }
        Command::NotBillable(arguments) => {
            let visit = visit_of(&session, arguments.item)?;
            charge_capture::not_billable(db, actor, practice, visit, &arguments.because)?;
            said("Nobody owes anything for the visit.")
        }
    }
}

fn only_a_person(session: &Session) -> Result<(), Failure> {
    if session.actor.kind == ActorKind::User {
        return Ok(());
    }
    let words = "Only a person can hold an item. Say --as LOGIN, with a token of that person in TIERLINE_TOKEN.";
    Err(Failure::Refused(words.to_owned()))
}

fn next(session: &Session, arguments: &Next) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    only_a_person(session)?;
    let next = match arguments.peek {
        true => next_best::peek(db, actor, practice, arguments.desk)?,
        false => next_best::take(db, actor, practice, arguments.desk)?,
    };
    match next {
        Some(next) => item::print(session, &next, arguments.json),
        None if arguments.json => output::json(&serde_json::Value::Null),
        None => said("Nothing is open that you may work."),
    }
}

/// The visit that an item is about.
fn visit_of(session: &Session, item: WorkItemId) -> Result<EncounterId, Failure> {
    let view = worklist::show(&session.db, &session.actor, session.practice, item)?;
    let of_visit = matches!(view.item.reason, WorkReason::CoverageMissing | WorkReason::BillNextPayer);
    view.item.links.encounter_id.filter(|_| of_visit).ok_or_else(|| {
        Failure::Refused(
            "This item is not about a visit that nobody has. `tierline work list` shows which are.".to_owned(),
        )
    })
}

fn apply(session: &Session, arguments: &Apply) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let amount = Money::parse(&arguments.amount)
        .map_err(|_| Failure::Refused("--amount: write dollars and cents such as 72.00.".to_owned()))?;
    let application = Application {
        claim: arguments.claim.clone(),
        line: arguments.line,
        amount,
        reason: arguments.reason.clone(),
        revision: worklist::show(db, actor, practice, arguments.item)?.item.revision,
    };
    let left = unapplied_cash::apply(db, actor, practice, arguments.item, &application)?;
    if left.is_zero() {
        return said("Applied. Nothing waits any more, so the item has ended.");
    }
    said(&format!("Applied. {} still waits.", left.abs()))
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let desks: Vec<Desk> = match arguments.desk {
        Some(desk) => vec![desk],
        None => Desk::ALL.into_iter().filter(|desk| worklist::may_see(&session.actor, *desk)).collect(),
    };
    let mut rows = Vec::new();
    for desk in desks {
        rows.extend(whole_queue(session, desk)?);
    }
    if arguments.json {
        return item::print_rows(session, &rows);
    }
    let head = [
        ("Desk", Align::Left),
        ("Due", Align::Left),
        ("At stake", Align::Right),
        ("Reason", Align::Left),
        ("Claim", Align::Left),
        ("State", Align::Left),
        ("Item", Align::Left),
    ];
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| {
            vec![
                row.desk.label().to_owned(),
                row.due_on.to_string(),
                row.stake_cents.to_string(),
                row.reason.title().to_owned(),
                row.control_number.unwrap_or_default(),
                row.state.as_str().to_owned(),
                row.id.to_string(),
            ]
        })
        .collect();
    output::table(&head, &rows, "No open work.")
}

/// Every page of a queue.
fn whole_queue(session: &Session, desk: Desk) -> Result<Vec<QueueRow>, Failure> {
    let mut rows: Vec<QueueRow> = Vec::new();
    let mut after = QueueCursor::START;
    loop {
        let page = worklist::queue(&session.db, &session.actor, session.practice, desk, after)?;
        let is_last = page.len() < store::worklist::WORKLIST_PAGE;
        if let Some(last) = page.last() {
            after = QueueCursor { due_on: last.due_on, id: last.id };
        }
        rows.extend(page);
        if is_last {
            return Ok(rows);
        }
    }
}

fn said(words: &str) -> Result<Done, Failure> {
    line(words);
    Ok(Done::Clean)
}

fn read_desk(word: &str) -> Result<Desk, String> {
    let known = || Desk::ALL.map(Desk::as_str).join(", ");
    Desk::parse(word).ok_or_else(|| format!("the desks are {}", known()))
}
