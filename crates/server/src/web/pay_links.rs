//! Pay links as staff see them: made and revoked on the account, payments by link in a list with those that no account was
//! found for, and the card processor's page under the settings. Decides nothing itself.

use app::pay_link::{self, NewSetting, Setting, notice};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use billing::access::Action;
use billing::id::{PayLinkId, PayNoticeId};
use billing::{Money, PatientId};
use serde::Deserialize;
use store::pay_link::PayNoticeLine;
use store::reports::Cell;
use uuid::Uuid;

use super::approvals::{self, Asked};
use super::page::{Page, Shell, show as render, show_told};
use super::session::{Id, SignedIn};
use super::settings::{self, Problems, problems};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// The states of the list: word and what a tab says.
const STATES: [(&str, &str); 3] =
    [("unplaced", "Without an account"), ("posted", "Posted"), ("failed", "Card not charged")];

#[derive(Template)]
#[template(path = "payments/by_link.html")]
struct NoticesPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    rows: Vec<PayNoticeLine>,
    total: Money,
    may_place: bool,
}

#[derive(Template)]
#[template(path = "settings/pay_links.html")]
struct SettingPage {
    shell: Shell,
    setting: Option<Setting>,
    typed: NewSetting,
    problems: Problems,
    /// The secret for the processor, right after it was made.
    secret: Option<String>,
    may_change: bool,
}

/// What the form of the settings holds.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    link_address: String,
    page_url: String,
    new_secrets: String,
    reason: String,
}

/// An account for a payment that named none.
#[derive(Deserialize)]
pub struct Placed {
    account: String,
}

/// Payments by link of one state.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let named = asked.state.as_deref();
    let (state, _) = STATES.into_iter().find(|(word, _)| Some(*word) == named).unwrap_or(STATES[0]);
    let actor = who.actor.clone();
    let rows = desk.blocking(move |db, practice| notice::list(db, &actor, practice, state)).await?;
    if let Some(format) = wanted {
        return tables::file("payments-by-link", &[sheet(&rows)], format);
    }
    render(&NoticesPage {
        shell: Shell::new(&desk, &who, "/pay-links").after(asked.done.as_deref()),
        state,
        tabs: STATES.map(|(word, label)| (word, label, word == state)).to_vec(),
        total: rows.iter().map(|row| row.amount_cents).sum(),
        rows,
        may_place: who.may(Action::PostManualPayment),
    })
}

fn sheet(rows: &[PayNoticeLine]) -> Sheet {
    let row = |row: &PayNoticeLine| {
        vec![
            text(row.received_at),
            text(&row.processor_reference),
            text(&row.brand),
            text(&row.last_four),
            maybe(row.receipt_number.as_ref()),
            maybe(row.account_number.as_ref()),
            maybe(row.placed_by_login.as_ref()),
            Cell::Money(row.amount_cents),
            text(row.id),
        ]
    };
    let columns =
        &["Came", "Processor’s reference", "Brand", "Last four", "Receipt", "Account", "Placed by", "Amount", "Id"];
    Sheet { name: "Payments by link", columns, rows: rows.iter().map(row).collect() }
}

/// Gives a payment its account.
pub async fn place(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PayNoticeId>,
    Form(typed): Form<Placed>,
) -> Page {
    let place = move |db: &store::Db, actor: &_, practice| notice::place(db, actor, practice, id, &typed.account);
    approvals::decide(&desk, &who, place, ("/pay-links", "pay-notice-placed")).await
}

/// Makes a link for an account, or finds the one that opens.
pub async fn make(State(desk): State<Desk>, who: SignedIn, Id(patient): Id<PatientId>) -> Page {
    let make = move |db: &store::Db, actor: &_, practice| pay_link::make(db, actor, practice, patient).map(|_| ());
    approvals::decide(&desk, &who, make, (&format!("/patients/{patient}"), "pay-link-made")).await
}

/// Closes a link.
pub async fn revoke(State(desk): State<Desk>, who: SignedIn, Path((patient, link)): Path<(Uuid, Uuid)>) -> Page {
    let (patient, link) = (PatientId(patient), PayLinkId(link));
    let revoke = move |db: &store::Db, actor: &_, practice| pay_link::revoke(db, actor, practice, patient, link);
    approvals::decide(&desk, &who, revoke, (&format!("/patients/{patient}"), "pay-link-revoked")).await
}

/// What stands about the card processor.
pub async fn setting(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<settings::Asked>) -> Page {
    setting_page(&desk, &who, None, (Problems::default(), None), asked.done()).await
}

async fn setting_page(
    desk: &Desk,
    who: &SignedIn,
    typed: Option<NewSetting>,
    (problems, secret): (Problems, Option<String>),
    done: Option<&str>,
) -> Page {
    let actor = who.actor.clone();
    let setting = desk.blocking(move |db, practice| pay_link::setting(db, &actor, practice)).await?;
    let stands = || {
        setting.as_ref().map_or_else(NewSetting::default, |one| NewSetting {
            link_address: one.link_address.clone(),
            page_url: one.page_url.clone(),
            ..NewSetting::default()
        })
    };
    show_told(
        problems.told(),
        &SettingPage {
            shell: Shell::new(desk, who, "/settings").after(done),
            typed: typed.unwrap_or_else(stands),
            setting,
            problems,
            secret,
            may_change: who.may(Action::ChangePaymentPage),
        },
    )
}

/// Sets it. A new secret is shown on the page that answers, and never again.
pub async fn set(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let new = NewSetting {
        link_address: typed.link_address,
        page_url: typed.page_url,
        new_secrets: typed.new_secrets == "yes",
        why: typed.reason,
    };
    let (actor, asked) = (who.actor.clone(), new.clone());
    let done = desk.blocking(move |db, practice| pay_link::set(db, &actor, practice, &asked)).await;
    match done.map_err(problems) {
        Ok(secret) => setting_page(&desk, &who, None, (Problems::default(), secret), Some("pay-page-set")).await,
        Err(problems) => setting_page(&desk, &who, Some(new), (problems?, None), None).await,
    }
}
