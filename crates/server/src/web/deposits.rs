//! Deposit slips: what is ready for the bank, each slip with its items and its difference, and the drawer that each person
//! closes. Every figure comes from the use case; buttons are offered only to who may press them.

use app::deposit::{self, Ready, SlipRequest, SlipView};
use app::drawer::{self, Count, Expected};
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use billing::access::Action;
use billing::deposit::{ItemKind, SlipState};
use billing::{BankLineId, DepositSlipId, DrawerCloseId, Money};
use jiff::civil::Date;
use serde::Deserialize;
use store::deposit::SlipRow;
use store::reports::Cell;

use super::approvals::{self, Asked, Why, dollars};
use super::masking::TYPED_NOT_SHOWN;
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

#[derive(Template)]
#[template(path = "deposits/index.html")]
struct DepositsPage {
    shell: Shell,
    /// Key, words, how many, whether it is the one shown.
    tabs: Vec<(&'static str, String, bool)>,
    slips: Vec<SlipRow>,
    total: Money,
    ready: Option<Ready>,
    key: String,
}

#[derive(Template)]
#[template(path = "deposits/show.html")]
struct SlipPage {
    shell: Shell,
    view: SlipView,
    may_work: bool,
    /// Why this person does not decide, where they otherwise could.
    may_approve: bool,
}

impl SlipPage {
    fn difference(&self) -> Money {
        self.view.slip.counted_cents - self.view.slip.expected_cents
    }

    fn sum(&self, kind: ItemKind) -> Money {
        self.view.items.iter().filter(|item| item.kind == kind).map(|item| item.amount_cents).sum()
    }
}

#[derive(Template)]
#[template(path = "deposits/drawer.html")]
struct DrawerPage {
    shell: Shell,
    expected: Expected,
}

/// Slips as a table in a file.
pub(super) fn sheet(slips: &[SlipRow]) -> Sheet {
    let row = |slip: &SlipRow| {
        vec![
            text(&slip.slip_number),
            text(slip.state.as_str()),
            text(slip.counted_on),
            text(&slip.counted_by_login),
            Cell::Count(slip.item_count),
            Cell::Money(slip.expected_cents),
            Cell::Money(slip.counted_cents),
            text(&slip.difference_reason),
            text(slip.id),
        ]
    };
    Sheet {
        name: "Deposit slips",
        columns: &["Slip", "State", "Counted", "By", "Items", "Items say", "Amount", "Why it differs", "Id"],
        rows: slips.iter().map(row).collect(),
    }
}

/// The slips of one state; for who makes them, what is ready.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let state = asked.state.as_deref().and_then(SlipState::parse).unwrap_or(SlipState::OnTheWay);
    let (actor, may_work) = (who.actor.clone(), who.may(Action::WorkDeposits));
    let (mut slips, totals, ready) = desk
        .blocking(move |db, practice| {
            let ready = may_work.then(|| deposit::ready(db, &actor, practice)).transpose()?;
            let totals = deposit::totals(db, &actor, practice)?;
            Ok((deposit::list(db, &actor, practice, state)?, totals, ready))
        })
        .await?;
    slips.iter_mut().for_each(|slip| hide_words(&who, slip));
    if let Some(format) = wanted {
        return tables::file("deposits", &[sheet(&slips)], format);
    }
    let tab = |of: SlipState| {
        let count = totals.iter().find(|(state, ..)| *state == of).map_or(0, |(_, count, _)| *count);
        (of.as_str(), format!("{} {count}", of.label()), of == state)
    };
    render(&DepositsPage {
        shell: Shell::new(&desk, &who, "/deposits").after(asked.done.as_deref()),
        tabs: SlipState::ALL.into_iter().map(tab).collect(),
        total: slips.iter().map(|slip| slip.counted_cents).sum(),
        slips,
        ready,
        key: desk.new_id().to_string(),
    })
}

/// What colleagues typed is for who works or decides deposits; for others it may name people.
fn hide_words(who: &SignedIn, slip: &mut SlipRow) {
    let reads = who.may(Action::WorkDeposits) || who.may(Action::ApproveDepositDifference);
    if reads || !who.is_masked(Action::ViewPatient) {
        return;
    }
    for words in [&mut slip.difference_reason, &mut slip.bank_reason, &mut slip.decision] {
        if !words.is_empty() {
            *words = TYPED_NOT_SHOWN.to_owned();
        }
    }
}

/// Counts a slip.
pub async fn count(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Vec<(String, String)>>) -> Page {
    let value = |name: &str| typed.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let request = SlipRequest {
        payments: ids(&typed, "payment")?,
        checks: ids(&typed, "check")?,
        counted: dollars(value("counted"))?,
        reason: value("reason").trim().to_owned(),
        idempotency_key: value("key").to_owned(),
    };
    let actor = who.actor.clone();
    let id = desk.blocking(move |db, practice| deposit::count(db, &actor, practice, &request)).await?;
    go(&format!("/deposits/{id}"), "deposit-counted")
}

fn ids<T: From<uuid::Uuid>>(typed: &[(String, String)], name: &str) -> Result<Vec<T>, Refusal> {
    let named = typed.iter().filter(|(key, _)| key == name);
    named.map(|(_, value)| value.parse::<uuid::Uuid>().map(T::from).map_err(|_| Refusal::Absent)).collect()
}

/// One slip.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<DepositSlipId>,
    Query(asked): Query<Asked>,
) -> Page {
    let actor = who.actor.clone();
    let mut view = desk.blocking(move |db, practice| deposit::show(db, &actor, practice, id)).await?;
    hide_words(&who, &mut view.slip);
    render(&SlipPage {
        shell: Shell::new(&desk, &who, "/deposits").after(asked.done.as_deref()),
        may_work: who.may(Action::WorkDeposits),
        may_approve: who.may(Action::ApproveDepositDifference),
        view,
    })
}

/// The slip as PDF.
pub async fn pdf(State(desk): State<Desk>, who: SignedIn, Id(id): Id<DepositSlipId>) -> Page {
    let actor = who.actor.clone();
    let bytes = desk.blocking(move |db, practice| deposit::slip_pdf(db, &actor, practice, id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// Approves a count that differs.
pub async fn approve(State(desk): State<Desk>, who: SignedIn, Id(id): Id<DepositSlipId>) -> Page {
    let to = format!("/deposits/{id}");
    let decide = move |db: &store::Db, actor: &_, practice| deposit::approve(db, actor, practice, id);
    approvals::decide(&desk, &who, decide, (&to, "deposit-approved")).await
}

/// Approves that the bank has another amount.
pub async fn approve_bank(State(desk): State<Desk>, who: SignedIn, Id(id): Id<DepositSlipId>) -> Page {
    let to = format!("/deposits/{id}");
    let decide = move |db: &store::Db, actor: &_, practice| deposit::approve_bank(db, actor, practice, id);
    approvals::decide(&desk, &who, decide, (&to, "deposit-approved")).await
}

/// Says that the line is not this slip.
pub async fn refuse_bank(State(desk): State<Desk>, who: SignedIn, Id(id): Id<DepositSlipId>) -> Page {
    let to = format!("/deposits/{id}");
    let decide = move |db: &store::Db, actor: &_, practice| deposit::refuse_bank(db, actor, practice, id);
    approvals::decide(&desk, &who, decide, (&to, "deposit-on-its-way")).await
}

/// Takes a slip apart.
pub async fn take_apart(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<DepositSlipId>,
    Form(typed): Form<Why>,
) -> Page {
    let decide = move |db: &store::Db, actor: &_, practice| deposit::take_apart(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, decide, ("/deposits", "deposit-apart")).await
}

/// Which slip a line of the bank is.
#[derive(Deserialize)]
pub struct Match {
    slip: DepositSlipId,
    #[serde(default)]
    why: String,
}

/// Says which slip a line of the bank is.
pub async fn match_line(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<BankLineId>,
    Form(typed): Form<Match>,
) -> Page {
    let decide =
        move |db: &store::Db, actor: &_, practice| deposit::match_line(db, actor, practice, id, typed.slip, &typed.why);
    approvals::decide(&desk, &who, decide, (&format!("/deposits/{}", typed.slip), "bank-placed")).await
}

/// The person's own drawer.
pub async fn drawer(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let expected = desk.blocking(move |db, practice| drawer::expected(db, &actor, practice)).await?;
    render(&DrawerPage { shell: Shell::new(&desk, &who, "/drawer").after(asked.done.as_deref()), expected })
}

/// What the person counted.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Counted {
    cash: String,
    checks: String,
    reason: String,
}

/// Closes the person's own drawer.
pub async fn close_drawer(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Counted>) -> Page {
    let count =
        Count { cash: dollars(&typed.cash)?, checks: dollars(&typed.checks)?, reason: typed.reason.trim().to_owned() };
    let close = move |db: &store::Db, actor: &_, practice| drawer::close(db, actor, practice, &count).map(|_| ());
    approvals::decide(&desk, &who, close, ("/drawer", "drawer-closed")).await
}

/// The day whose sheet the acceptance returns to.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct OfDay {
    on: Option<Date>,
}

/// Accepts a drawer's difference.
pub async fn accept_drawer(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<DrawerCloseId>,
    Form(typed): Form<OfDay>,
) -> Page {
    let to = typed.on.map_or("/day-sheet".to_owned(), |on| format!("/day-sheet?on={on}"));
    let accept = move |db: &store::Db, actor: &_, practice| drawer::accept(db, actor, practice, id);
    approvals::decide(&desk, &who, accept, (&to, "drawer-accepted")).await
}
