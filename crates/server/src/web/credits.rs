//! Credit balances: what we hold of payers' and patients' money, by when it must be back, and the search for more of the
//! same cause. Giving back is asked for on the account.

use app::credit::{self, CreditView, Unclaimed};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::Action;
use billing::credit::CreditState;
use billing::{CreditId, Money};
use store::reports::Cell;

use super::approvals::{self, Asked, Why};
use super::page::{Page, Shell, show as render};
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

#[derive(Template)]
#[template(path = "credits/index.html")]
struct CreditsPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    lines: Vec<CreditView>,
    may_act: bool,
    of_payers: Money,
    of_patients: Money,
    urgent: Money,
}

impl CreditsPage {
    /// "59 days left", "Today", "3 days over".
    fn left(days: &i32) -> String {
        match days {
            0 => "Today".to_owned(),
            days if *days < 0 => format!("{} over", billing::counting::counted(days.unsigned_abs(), "day")),
            days => format!("{} left", billing::counting::counted(days.unsigned_abs(), "day")),
        }
    }

    fn total(&self) -> Money {
        self.of_payers + self.of_patients
    }

    fn is_over(&self) -> bool {
        self.state == CreditState::Ended.as_str()
    }
}

/// The credits of one state.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let state = asked.state.as_deref().and_then(CreditState::parse).unwrap_or(CreditState::Open);
    let actor = who.actor.clone();
    let mut lines = desk.blocking(move |db, practice| credit::list(db, &actor, practice, state)).await?;
    let typed = lines.iter_mut().flat_map(|line| {
        let patient = line.row.patient_id;
        [&mut line.row.investigated_because, &mut line.row.finding].map(|words| (patient, words))
    });
    approvals::mask(&desk, &who, &[Action::RequestRefund], typed).await?;
    if let Some(format) = wanted {
        return tables::file("credits", &[sheet(&lines)], format);
    }
    let sum =
        |of: &dyn Fn(&CreditView) -> bool| lines.iter().filter(|line| of(line)).map(|line| line.row.amount_cents).sum();
    render(&CreditsPage {
        shell: Shell::new(&desk, &who, "/credits").after(asked.done.as_deref()),
        state: state.as_str(),
        tabs: CreditState::ALL.iter().map(|of| (of.as_str(), of.label(), *of == state)).collect(),
        may_act: who.may(Action::RequestRefund),
        of_payers: sum(&|line| line.row.payer_name.is_some()),
        of_patients: sum(&|line| line.row.payer_name.is_none()),
        urgent: sum(&|line| line.is_urgent),
        lines,
    })
}

fn sheet(lines: &[CreditView]) -> Sheet {
    let row = |line: &CreditView| {
        let row = &line.row;
        vec![
            text(row.payer_name.as_deref().unwrap_or("The patient")),
            text(&row.account_number),
            maybe(row.date_of_service),
            text(row.since_on),
            text(row.found_on),
            Cell::Money(row.amount_cents),
            Cell::Money(row.in_refund_cents),
            maybe(row.return_by),
            maybe(row.ended_on),
            text(row.id),
        ]
    };
    Sheet {
        name: "Credits",
        columns: &["Whose", "Account", "Visit", "Since", "Found", "Amount", "In a refund", "Return by", "Ended", "Id"],
        rows: lines.iter().map(row).collect(),
    }
}

/// Begins an investigation.
pub async fn investigate(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<CreditId>,
    Form(typed): Form<Why>,
) -> Page {
    let on = ("/credits?state=investigating", "credit-investigated");
    let begin = move |db: &store::Db, actor: &_, practice| credit::investigate(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, begin, on).await
}

/// Ends an investigation with what it found.
pub async fn conclude(State(desk): State<Desk>, who: SignedIn, Id(id): Id<CreditId>, Form(typed): Form<Why>) -> Page {
    let on = ("/credits", "credit-concluded");
    let end = move |db: &store::Db, actor: &_, practice| credit::conclude(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, end, on).await
}

/// Asks that unclaimed money is paid to the state.
pub async fn to_state(State(desk): State<Desk>, who: SignedIn, Id(id): Id<CreditId>) -> Page {
    let on = ("/refunds", "state-asked");
    // One request a credit at a time: what a refund has is refused, so the key need not outlive the click.
    let ask = move |db: &store::Db, actor: &_, practice| {
        let key = db.write(actor, practice, |tx| Ok::<_, app::Error>(tx.new_id()))?.to_string();
        app::refund::to_state::ask(db, actor, practice, id, &key).map(|_| ())
    };
    approvals::decide(&desk, &who, ask, on).await
}
