//! The desk of payments that no claim took: the list, one with what the payer said and the claims it may be about, and the
//! forms that move it. And the requests about it that two people decide. Names no patient: accounts by number.

use app::cash_request::{self, Asking};
use app::suspense::{self, Settlement};
use app::unapplied_cash::Part;
use app::unmatched::{self, Shown, Waiting};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::{Action, Actor, Limits};
use billing::cash_request::{CashRequestKind, CashRequestState};
use billing::work::WorkReason;
use billing::{CashRequestId, ClaimPaymentId, Money, PracticeId};
use serde::Deserialize;
use store::Db;
use store::cash_request::CashRequestLine;
use store::reports::Cell;

use super::approvals::{self, Asked, May, Stage, Steps, Why};
use super::chips::{self, Chip};
use super::fault::{self, Segment};
use super::masking;
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// Where the list stands.
const DESK: &str = "/remittances/unmatched";
/// Where the requests stand.
const REQUESTS: &str = "/remittances/requests";

#[derive(Template)]
#[template(path = "unmatched/index.html")]
struct DeskPage {
    shell: Shell,
    rows: Vec<(Chip, Waiting)>,
    total: Money,
}

#[derive(Template)]
#[template(path = "unmatched/show.html")]
struct PaymentPage {
    shell: Shell,
    chip: Chip,
    shown: Shown,
    /// Its segments, without people for a role that may not see them; those that do not add up are marked.
    raw: Vec<Segment>,
    /// A key that makes a second click the same request.
    key: String,
    may_move: bool,
    may_ask_release: bool,
    may_ask_return: bool,
    may_claims: bool,
}

impl PaymentPage {
    /// Whether its equation may be left to two people.
    fn may_stand_in_suspense(&self) -> bool {
        self.may_ask_release && self.shown.facts.state == "set_aside" && !self.shown.facts.difference_cents.is_zero()
    }
}

/// A request with what this person may do about it.
struct Line {
    row: CashRequestLine,
    number: String,
    may: May,
}

#[derive(Template)]
#[template(path = "unmatched/requests.html")]
struct RequestsPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    lines: Vec<Line>,
}

/// What waits.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let actor = who.actor.clone();
    let rows = desk.blocking(move |db, practice| unmatched::list(db, &actor, practice)).await?;
    if let Some(format) = wanted {
        return tables::file("unmatched-payments", &[list_sheet(&rows)], format);
    }
    let chip = |row: &Waiting| chips::claim_payment(&row.payment.state, "", false);
    render(&DeskPage {
        shell: Shell::new(&desk, &who, "/remittances").after(asked.done.as_deref()),
        total: rows.iter().map(|row| row.open).sum(),
        rows: rows.into_iter().map(|row| (chip(&row), row)).collect(),
    })
}

fn list_sheet(rows: &[Waiting]) -> Sheet {
    let row = |row: &Waiting| {
        let payment = &row.payment;
        vec![
            text(payment.paid_on),
            text(&payment.payer_name),
            text(&payment.trace),
            text(&payment.control_number),
            text(row.reason.title()),
            Cell::Money(payment.paid_cents),
            Cell::Money(row.open),
            Cell::Money(payment.difference_cents),
            maybe(payment.problem.as_ref()),
            text(row.due_on),
            text(payment.id),
        ]
    };
    Sheet {
        name: "Unmatched payments",
        columns: &[
            "Paid",
            "Payer",
            "Trace",
            "Their number",
            "Why",
            "Amount",
            "Waits",
            "Difference",
            "Problem",
            "Due",
            "Id",
        ],
        rows: rows.iter().map(row).collect(),
    }
}

/// One payment.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ClaimPaymentId>,
    Query(asked): Query<Asked>,
) -> Page {
    let actor = who.actor.clone();
    let mut shown = desk.blocking(move |db, practice| unmatched::show(db, &actor, practice, id)).await?;
    let said = shown.said().clone();
    let raw = &said.raw;
    let fault = billing::remittance::balance::claim(&said).filter(|_| shown.facts.state == "set_aside");
    let masked = who.is_masked(Action::ViewPatient);
    if masked && shown.facts.state == "posted" && !who.may(Action::ApplyUnappliedCash) {
        shown.facts.problem = shown.facts.problem.take().map(|_| masking::TYPED_NOT_SHOWN.to_owned());
    }
    render(&PaymentPage {
        shell: Shell::new(&desk, &who, "/remittances").after(asked.done.as_deref()),
        chip: chips::claim_payment(&shown.facts.state, &said.status_code, false),
        raw: fault::mark(&if masked { masking::without_people(raw) } else { raw.clone() }, fault.as_ref()),
        key: desk.new_id().to_string(),
        may_move: who.may(Action::ApplyUnappliedCash),
        may_ask_release: who.may(Action::ReleaseQuarantine),
        may_ask_return: who.may(Action::RequestRefund),
        may_claims: who.may(Action::ViewClaim),
        shown,
    })
}

/// A claim, and why.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Matched {
    claim: String,
    why: String,
}

/// Matches a payment to a claim; one that has a place is moved.
pub async fn match_to(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ClaimPaymentId>,
    Form(typed): Form<Matched>,
) -> Page {
    let act = move |db: &Db, actor: &Actor, practice: PracticeId| {
        let shown = unmatched::show(db, actor, practice, id)?;
        let has_place = shown.facts.state == "posted" || shown.moves > 0;
        if has_place {
            return unmatched::reassign(db, actor, practice, id, &typed.claim, &typed.why).map(|_| ());
        }
        unmatched::match_to(db, actor, practice, id, &typed.claim, &typed.why)
    };
    approvals::decide(&desk, &who, act, (DESK, "payment-matched")).await
}

/// Undoes what was done by hand with a payment.
pub async fn unmatch(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ClaimPaymentId>,
    Form(typed): Form<Why>,
) -> Page {
    let actor = who.actor.clone();
    let waits = desk.blocking(move |db, practice| unmatched::unmatch(db, &actor, practice, id, &typed.why)).await?;
    go(&format!("{DESK}/{waits}"), "payment-unmatched")
}

/// Parts as they are typed: one a line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Parts {
    parts: String,
    why: String,
}

/// Splits the cash of a payment over lines of claims.
pub async fn split(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ClaimPaymentId>,
    Form(typed): Form<Parts>,
) -> Page {
    let parts = parts(&typed.parts)?;
    let act = move |db: &Db, actor: &Actor, practice: PracticeId| {
        unmatched::split(db, actor, practice, id, &parts, &typed.why).map(|_| ())
    };
    approvals::decide(&desk, &who, act, (DESK, "payment-split")).await
}

/// "C000012 1 72.00": claim, line and amount.
fn parts(typed: &str) -> Result<Vec<Part>, Refusal> {
    let wrong = || Refusal::Invalid {
        field: "parts".into(),
        problem: "Write one part a line: claim number, line and amount, such as C000012 1 72.00.".into(),
    };
    let part = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [claim, line, amount] = words[..] else { return Err(wrong()) };
        let line = line.parse().map_err(|_| wrong())?;
        Ok(Part { claim: claim.to_owned(), line, amount: Money::parse(amount).map_err(|_| wrong())? })
    };
    typed.lines().filter(|line| !line.trim().is_empty()).map(part).collect()
}

/// Another system's number, and why.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Legacy {
    reference: String,
    why: String,
}

/// Says that a payment is for a claim of another system.
pub async fn legacy(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ClaimPaymentId>,
    Form(typed): Form<Legacy>,
) -> Page {
    let act = move |db: &Db, actor: &Actor, practice: PracticeId| {
        unmatched::to_legacy(db, actor, practice, id, &typed.reference, &typed.why)
    };
    approvals::decide(&desk, &who, act, (DESK, "payment-legacy")).await
}

/// What two people are to decide.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedRequest {
    kind: String,
    payee: String,
    why: String,
    key: String,
}

/// Asks for what two people decide.
pub async fn ask(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ClaimPaymentId>,
    Form(typed): Form<TypedRequest>,
) -> Page {
    let wrong = || Refusal::Invalid { field: "kind".into(), problem: "Choose what is to be done.".into() };
    let kind = CashRequestKind::parse(&typed.kind).ok_or_else(wrong)?;
    let (payee, reason, idempotency_key) = (typed.payee, typed.why, typed.key);
    let asking = Asking { claim_payment: id, kind, payee, reason, idempotency_key };
    let act =
        move |db: &Db, actor: &Actor, practice: PracticeId| cash_request::ask(db, actor, practice, &asking).map(|_| ());
    approvals::decide(&desk, &who, act, (DESK, "cash-request-asked")).await
}

/// Where a difference goes.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedSettlement {
    line: String,
    amount: String,
    why: String,
    revision: i32,
}

/// Moves a difference out of suspense to what the payer owes for a line.
pub async fn settle(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ClaimPaymentId>,
    Form(typed): Form<TypedSettlement>,
) -> Page {
    let amount = approvals::dollars(&typed.amount)?;
    let wrong = |_| Refusal::Invalid { field: "line".into(), problem: "Give the number of the line, from 1.".into() };
    let line = typed.line.trim().parse().map_err(wrong)?;
    let settlement = Settlement { line, amount, reason: typed.why, revision: typed.revision };
    let act = move |db: &Db, actor: &Actor, practice: PracticeId| {
        suspense::settle(db, actor, practice, id, &settlement).map(|_| ())
    };
    approvals::decide(&desk, &who, act, (DESK, "difference-settled")).await
}

/// The requests of one state.
pub async fn requests(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let state = asked.state.as_deref().and_then(CashRequestState::parse).unwrap_or(CashRequestState::Asked);
    let actor = who.actor.clone();
    let (mut rows, limits) = desk
        .blocking(move |db, practice| {
            let rows = cash_request::list(db, &actor, practice, state)?;
            Ok((rows, db.read(&actor, practice, |read| app::limits::in_force(read))?))
        })
        .await?;
    let acts = [Action::ReleaseQuarantine, Action::ApproveQuarantineRelease];
    if who.is_masked(Action::ViewPatient) && !acts.iter().any(|action| who.may(*action)) {
        let words = rows.iter_mut().flat_map(|row| [&mut row.reason, &mut row.decision]);
        words.filter(|words| !words.is_empty()).for_each(|words| *words = masking::TYPED_NOT_SHOWN.to_owned());
    }
    render(&RequestsPage {
        shell: Shell::new(&desk, &who, "/remittances").after(asked.done.as_deref()),
        state: state.as_str(),
        tabs: CashRequestState::ALL.iter().map(|of| (of.as_str(), of.label(), *of == state)).collect(),
        lines: rows.into_iter().map(|row| line(&who, row, limits)).collect(),
    })
}

fn line(who: &SignedIn, row: CashRequestLine, limits: Limits) -> Line {
    let stage = match row.state {
        CashRequestState::Asked => Stage::Waits,
        CashRequestState::Approved if row.kind.is_sent() => Stage::Approved,
        CashRequestState::Approved
        | CashRequestState::Refused
        | CashRequestState::Withdrawn
        | CashRequestState::Sent => Stage::Ended,
    };
    let amount = if row.difference_cents.is_zero() { row.amount_cents } else { row.difference_cents }.abs();
    let (ask, approve) = match row.kind {
        CashRequestKind::Suspense => (Action::ReleaseQuarantine, Action::ApproveQuarantineRelease),
        CashRequestKind::Return | CashRequestKind::HandOver => (Action::RequestRefund, Action::ApproveRefund),
    };
    let steps = Steps { ask, approve: (approve, amount), further: (Action::SendRefund, amount), limits };
    Line { may: May::of(who, row.asked_by, stage, &steps), number: row.request_number.clone(), row }
}

/// Approves a request.
pub async fn approve(State(desk): State<Desk>, who: SignedIn, Id(id): Id<CashRequestId>) -> Page {
    let act = move |db: &Db, actor: &Actor, practice: PracticeId| cash_request::approve(db, actor, practice, id);
    approvals::decide(&desk, &who, act, (REQUESTS, "cash-request-approved")).await
}

/// Refuses a request.
pub async fn refuse(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<CashRequestId>,
    Form(typed): Form<Why>,
) -> Page {
    let act =
        move |db: &Db, actor: &Actor, practice: PracticeId| cash_request::refuse(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, act, (REQUESTS, "cash-request-given-up")).await
}

/// Withdraws one's own request.
pub async fn withdraw(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<CashRequestId>,
    Form(typed): Form<Why>,
) -> Page {
    let act =
        move |db: &Db, actor: &Actor, practice: PracticeId| cash_request::withdraw(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, act, (REQUESTS, "cash-request-given-up")).await
}

/// How cash left.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Sending {
    reference: String,
}

/// Says that the cash of a request left.
pub async fn send(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<CashRequestId>,
    Form(typed): Form<Sending>,
) -> Page {
    let act = move |db: &Db, actor: &Actor, practice: PracticeId| {
        cash_request::send(db, actor, practice, id, &typed.reference)
    };
    approvals::decide(&desk, &who, act, (REQUESTS, "refund-sent")).await
}
