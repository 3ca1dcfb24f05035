//! The bank: what payers announced and the bank does not have, what was taken at the desk, and the lines of the bank's
//! statements, each with what it is. Offers each button only to who may press it.

use app::bank::{self, Overview};
use askama::Template;
use axum::extract::{Form, Multipart, Query, State};
use billing::access::Action;
use billing::bank::BankLineState;
use billing::deposit::SlipState;
use billing::{BankLineId, RemittanceId};
use serde::Deserialize;
use store::bank::{BankLineRow, InTransitRow};
use store::deposit::SlipRow;
use store::reports::Cell;

use super::approvals::{self, Asked, Why};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::import::fhir::SourceFile;
use crate::table_file::Sheet;

/// The name of the form's field with the statement.
const STATEMENT: &str = "statement";

#[derive(Template)]
#[template(path = "bank/index.html")]
struct BankPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    found: Overview,
    /// Slips on their way, which a line may be.
    slips: Vec<SlipRow>,
    may_work: bool,
    may_reconcile: bool,
}

impl BankPage {
    /// What could have announced a line: the same amount.
    fn candidates(&self, line: &BankLineRow) -> Vec<&InTransitRow> {
        self.found.candidates.iter().filter(|row| row.amount_cents == line.amount_cents).collect()
    }
}

/// The bank with the lines of one state.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let state = asked.state.as_deref().and_then(BankLineState::parse).unwrap_or(BankLineState::Waiting);
    let actor = who.actor.clone();
    let (found, slips) = desk
        .blocking(move |db, practice| {
            let slips = app::deposit::list(db, &actor, practice, SlipState::OnTheWay)?;
            Ok((bank::overview(db, &actor, practice, state)?, slips))
        })
        .await?;
    if let Some(format) = wanted {
        return tables::file("bank", &[lines_sheet(&found.lines), on_the_way_sheet(&found.in_transit)], format);
    }
    render(&BankPage {
        shell: Shell::new(&desk, &who, "/bank").after(asked.done.as_deref()),
        state: state.as_str(),
        tabs: BankLineState::ALL.iter().map(|of| (of.as_str(), of.label(), *of == state)).collect(),
        found,
        slips,
        may_work: who.may(Action::WorkDeposits),
        may_reconcile: who.may(Action::ReconcileBank),
    })
}

fn lines_sheet(lines: &[BankLineRow]) -> Sheet {
    let row = |line: &BankLineRow| {
        vec![
            text(line.booked_on),
            text(&line.trace),
            text(&line.words),
            Cell::Money(line.amount_cents),
            text(line.state.as_str()),
            maybe(line.remittance_id),
            text(&line.decision),
            maybe(line.decided_by_login.as_ref()),
            text(line.id),
        ]
    };
    Sheet {
        name: "Lines",
        columns: &["Booked", "Number", "Words", "Amount", "State", "Remittance", "Decision", "Decided by", "Id"],
        rows: lines.iter().map(row).collect(),
    }
}

fn on_the_way_sheet(rows: &[InTransitRow]) -> Sheet {
    let row = |row: &InTransitRow| {
        vec![
            text(row.paid_on),
            text(&row.payer_name),
            text(&row.trace),
            Cell::Money(row.amount_cents),
            text(row.remittance_id),
        ]
    };
    Sheet {
        name: "On the way",
        columns: &["Paid", "Payer", "Trace", "Amount", "Remittance"],
        rows: rows.iter().map(row).collect(),
    }
}

/// Takes in a statement that the bank gave as a file.
pub async fn take(State(desk): State<Desk>, who: SignedIn, mut form: Multipart) -> Page {
    let wrong = |problem: &str| Refusal::Invalid { field: STATEMENT.into(), problem: problem.into() };
    let not_whole = "The file did not come whole. Choose it again; a very long one is taken in on the command line.";
    let mut file = None;
    while let Some(field) = form.next_field().await.map_err(|_| wrong(not_whole))? {
        if field.name() == Some(STATEMENT) {
            let name = field.file_name().unwrap_or(STATEMENT).to_owned();
            let bytes = field.bytes().await.map_err(|_| wrong(not_whole))?.to_vec();
            file = Some(SourceFile { name, bytes });
        }
    }
    let file = file.filter(|file| !file.bytes.is_empty()).ok_or_else(|| wrong("Choose the bank's file first."))?;
    let actor = who.actor.clone();
    let is_whole = desk
        .blocking(move |db, practice| {
            let statement = crate::import::bank::read(&file, db.today(practice)?)
                .map_err(|unreadable| app::Error::invalid(STATEMENT, unreadable.to_string()))?;
            bank::take(db, &actor, practice, &statement.deposits)?;
            app::reconciliation::take(db, &actor, practice, &statement.withdrawals)?;
            Ok(statement.not_yet == 0)
        })
        .await?;
    go("/bank", if is_whole { "bank-taken" } else { "bank-not-yet" })
}

/// Which remittance announced a line.
#[derive(Deserialize)]
pub struct Match {
    remittance: RemittanceId,
}

/// Says which remittance announced a line.
pub async fn match_to(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<BankLineId>,
    Form(typed): Form<Match>,
) -> Page {
    let decide = move |db: &store::Db, actor: &_, practice| bank::match_to(db, actor, practice, id, typed.remittance);
    approvals::decide(&desk, &who, decide, ("/bank", "bank-placed")).await
}

/// Says that a line is what patients paid at the desk.
pub async fn is_from_desk(State(desk): State<Desk>, who: SignedIn, Id(id): Id<BankLineId>) -> Page {
    let decide = move |db: &store::Db, actor: &_, practice| bank::is_from_desk(db, actor, practice, id);
    approvals::decide(&desk, &who, decide, ("/bank", "bank-placed")).await
}

/// Says that a line is no money of claims or patients.
pub async fn is_other(State(desk): State<Desk>, who: SignedIn, Id(id): Id<BankLineId>, Form(typed): Form<Why>) -> Page {
    let decide = move |db: &store::Db, actor: &_, practice| bank::is_other(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, decide, ("/bank", "bank-placed")).await
}

/// Takes back what was said of a line.
pub async fn take_back(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<BankLineId>,
    Form(typed): Form<Why>,
) -> Page {
    let decide = move |db: &store::Db, actor: &_, practice| bank::take_back(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, decide, ("/bank", "bank-taken-back")).await
}
