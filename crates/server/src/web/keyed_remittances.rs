//! Paper remittances: the head of a paper, its lines as they are keyed with what does not add up, its scan, and posting. Nothing is
//! added up here; the use case says what differs.

use app::keyed_remittance::{self, Head, Keyed, KeyedLine, KeyedView};
use askama::Template;
use axum::extract::{Form, Multipart, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use billing::remittance::Adjustment;
use billing::{KeyedRemittanceId, KeyedScanId, Money, PayerId};
use jiff::civil::Date;
use serde::Deserialize;
use store::keyed_remittance::KeyedRow;
use store::params;
use store::registration::PAYERS;

use super::approvals::{self, Asked, Why, dollars};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::{Desk, filters};

#[derive(Template)]
#[template(path = "keyed/index.html")]
struct KeyedListPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    rows: Vec<KeyedRow>,
    payers: Vec<(PayerId, String)>,
    today: Date,
}

#[derive(Template)]
#[template(path = "keyed/show.html")]
struct KeyedPage {
    shell: Shell,
    view: KeyedView,
}

impl KeyedPage {
    fn words(adjustments: &[Adjustment]) -> String {
        let words = adjustments.iter().map(|one| format!("{}{} {}", one.group.code(), one.reason, one.amount));
        words.collect::<Vec<_>>().join(" ").replace(',', "")
    }

    fn outside(&self) -> String {
        let parts = self.view.row.body.0.provider_adjustments.iter().map(|one| {
            let reference = if one.reference.is_empty() { "-" } else { &one.reference };
            format!("{} {reference} {}", one.reason, one.amount).replace(',', "")
        });
        parts.collect::<Vec<_>>().join("; ")
    }

    fn off(&self, number: &str) -> Option<String> {
        self.view.claims_off.iter().find(|(claim, _)| claim == number).map(|(_, off)| off.to_string())
    }
}

const STATES: [(&str, &str); 3] = [("draft", "Drafts"), ("posted", "Posted"), ("dropped", "Given up")];

/// The papers of one state, and the form for another.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let wanted = asked.state.clone().unwrap_or_default();
    let state = STATES.iter().find(|(key, _)| *key == wanted).map_or("draft", |(key, _)| *key);
    let actor = who.actor.clone();
    let (rows, payers, today) = desk
        .blocking(move |db, practice| {
            let rows = keyed_remittance::list(db, &actor, practice, state)?;
            let payers = db.read(&actor, practice, |read| read.query(&PAYERS, params![]))?;
            Ok((rows, payers, db.today(practice)?))
        })
        .await?;
    render(&KeyedListPage {
        shell: Shell::new(&desk, &who, "/keyed").after(asked.done.as_deref()),
        state,
        tabs: STATES.iter().map(|(key, label)| (*key, *label, *key == state)).collect(),
        rows,
        payers: payers.into_iter().map(|(payer,)| (payer.0.id, payer.0.name)).collect(),
        today,
    })
}

/// The head as typed.
#[derive(Deserialize)]
pub struct Typed {
    payer: PayerId,
    trace: String,
    paid_on: Date,
    amount: String,
    claims: String,
}

/// Begins a draft.
pub async fn begin(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let head = Head {
        payer: typed.payer,
        trace: typed.trace,
        paid_on: typed.paid_on,
        amount: dollars(&typed.amount)?,
        claims: typed.claims.split([' ', ',', '\n', '\r']).filter(|one| !one.is_empty()).map(str::to_owned).collect(),
    };
    let actor = who.actor.clone();
    let id = desk.blocking(move |db, practice| keyed_remittance::begin(db, &actor, practice, &head)).await?;
    go(&format!("/keyed/{id}"), "keyed-begun")
}

/// One paper with what does not add up.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<KeyedRemittanceId>,
    Query(asked): Query<Asked>,
) -> Page {
    let actor = who.actor.clone();
    let view = desk.blocking(move |db, practice| keyed_remittance::show(db, &actor, practice, id)).await?;
    render(&KeyedPage { shell: Shell::new(&desk, &who, "/keyed").after(asked.done.as_deref()), view })
}

/// Keeps what was keyed. Fields are named by claim and line: `paid-0-1`, `cas-0-1`, `number-0`, `status-0`.
pub async fn save(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<KeyedRemittanceId>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Page {
    let value = |name: &str| typed.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let revision: i64 = value("revision").parse().map_err(|_| Refusal::Absent)?;
    let mut lines = Vec::new();
    for (name, paid) in &typed {
        let Some((claim, line)) = name.strip_prefix("paid-").and_then(|place| place.split_once('-')) else { continue };
        let (Ok(claim), Ok(line)) = (claim.parse(), line.parse()) else { return Err(Refusal::Absent) };
        let paid = if paid.trim().is_empty() { Money::ZERO } else { dollars(paid)? };
        let adjustments = value(&format!("cas-{claim}-{line}")).to_owned();
        lines.push(KeyedLine { claim, line, paid, adjustments });
    }
    let of_claims = |prefix: &str| {
        let named =
            typed.iter().filter(|(key, _)| key.strip_prefix(prefix).is_some_and(|rest| rest.parse::<usize>().is_ok()));
        named.map(|(_, value)| value.trim().to_owned()).collect::<Vec<_>>()
    };
    let keyed = Keyed {
        lines,
        payer_numbers: of_claims("number-"),
        statuses: of_claims("status-"),
        outside: value("outside").to_owned(),
    };
    let actor = who.actor.clone();
    let view =
        desk.blocking(move |db, practice| keyed_remittance::save(db, &actor, practice, id, revision, &keyed)).await?;
    go(&format!("/keyed/{id}"), if view.balances() { "keyed-balances" } else { "keyed-saved" })
}

/// Posts a draft that balances.
pub async fn post(State(desk): State<Desk>, who: SignedIn, Id(id): Id<KeyedRemittanceId>) -> Page {
    let actor = who.actor.clone();
    let report = desk.blocking(move |db, practice| keyed_remittance::post(db, &actor, practice, id)).await?;
    go(&format!("/remittances/{}", report.remittance_id), "keyed-posted")
}

/// Gives a draft up.
pub async fn drop_it(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<KeyedRemittanceId>,
    Form(typed): Form<Why>,
) -> Page {
    let decide =
        move |db: &store::Db, actor: &_, practice| keyed_remittance::drop_it(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, decide, ("/keyed", "keyed-dropped")).await
}

/// Attaches a scan.
pub async fn attach(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<KeyedRemittanceId>,
    mut form: Multipart,
) -> Page {
    let wrong = || Refusal::Invalid { field: "scan".into(), problem: "Choose the scan: PDF, PNG or JPEG.".into() };
    let mut bytes = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| wrong())? {
        if field.name() == Some("scan") {
            bytes = field.bytes().await.map_err(|_| wrong())?.to_vec();
        }
    }
    let to = format!("/keyed/{id}");
    let attach = move |db: &store::Db, actor: &_, practice| {
        keyed_remittance::attach(db, actor, practice, id, &bytes).map(|_| ())
    };
    approvals::decide(&desk, &who, attach, (&to, "keyed-attached")).await
}

/// A scan as a file: never shown inside a page.
pub async fn scan(State(desk): State<Desk>, who: SignedIn, Id(id): Id<KeyedScanId>) -> Page {
    let actor = who.actor.clone();
    let scan = desk.blocking(move |db, practice| keyed_remittance::show_scan(db, &actor, practice, id)).await?;
    let name = format!("attachment; filename=\"scan-{id}.{}\"", scan.kind);
    let head = [(header::CONTENT_TYPE, scan.media_type.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((head, scan.bytes).into_response())
}
