//! Every route × every role × own and other practice, asked about things that exist: who is refused changes nothing and
//! is told nothing. `access` asks the same routes about things that do not exist.

use std::collections::BTreeMap;

use app::users::{NewPerson, add_demo_person};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use billing::access::{Action, Actor, Cell, Matrix, Role};
use billing::id::PracticeId;
use server::web::{Desk, Policy, Route, router, table};
use store::testing::OTHER_PRACTICE;
use store::testing::facts;
use tower::ServiceExt;

use crate::practice::Practice;

const PASSWORD: &str = "nine quiet paper boats";
/// The largest page that is read.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Tables with what addresses name, by the first word of the address.
const NAMED: &[(&str, &str)] = &[
    ("bank", "bank_line"),
    ("claims", "claim"),
    ("clocks", "clock"),
    ("deposits", "deposit_slip"),
    ("encounters", "encounter"),
    ("guarantors", "guarantor"),
    ("inquiries", "inquiry"),
    ("patients", "patient"),
    ("payers", "payer"),
    ("payments", "patient_payment"),
    ("problems", "problem"),
    ("disputes", "problem_action"),
    ("scrub-rules", "own_scrub_rule"),
    ("training", "training_receipt"),
    ("providers", "provider"),
    ("refunds", "refund"),
    ("remittances", "remittance"),
    ("statements", "statement"),
    ("unmatched", "claim_payment"),
    ("users", "app_user"),
    ("visits", "encounter"),
    ("work", "work_item"),
    ("write-offs", "write_off"),
];

/// What signing in, looking and being refused leave behind, whoever it is: a refusal is noted in the audit.
const TRACES: &[&str] =
    &["session", "audit_read", "audit_read_head", "audit_record", "practice_head", "login_bucket", "demo_login"];

/// Words that forms ask for: enough for most of them to be taken where the person may.
const FORM: &str = "problem=The+payer+denied+it.&tried=Read+the+remittance.&evidence=The+remittance.\
    &to_decide=Appeal+or+not%3F&outcome=Done+by+a+stranger.&root_cause=payer&note=A+stranger+was+here.\
    &why=Something+is+missing.&reason=other&amount=1.00&words=A+stranger+was+here.&answer=A+stranger+was+here.\
    &revision=0&version=1&on=2026-11-20&question=A+stranger+was+here.&channel=phone&key=stranger";

/// A person at a desk without a socket.
struct Seat {
    router: Router,
    runtime: tokio::runtime::Runtime,
    cookie: Option<String>,
}

impl Seat {
    fn stranger(practice: &Practice, id: PracticeId) -> Seat {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Seat { router: router(Desk::new(practice.db.clone(), id, false)), runtime, cookie: None }
    }

    fn of(practice: &Practice, id: PracticeId, role: Role) -> Seat {
        let login = format!("seat.{}", role.key().replace('_', "."));
        let person = NewPerson { login: &login, display_name: &login, roles: &[role], solo_practice: false };
        add_demo_person(&practice.db, id, &person, PASSWORD, 99).unwrap();
        practice.env.advance(jiff::SignedDuration::from_secs(30));
        let logins = app::access::log_in::demo_logins(&practice.db, id).unwrap();
        let own = logins.into_iter().find(|one| one.login == login).unwrap();
        let attempt = app::access::log_in::Attempt {
            login: &login,
            password: &own.password,
            code: &own.code,
            network: "test",
            device: "",
        };
        match app::access::log_in::log_in(&practice.db, id, &attempt).unwrap() {
            app::access::log_in::Answer::In { secret, .. } => {
                Seat { cookie: Some(format!("session={secret}")), ..Seat::stranger(practice, id) }
            }
            other => panic!("{login}: {other:?}"),
        }
    }

    fn ask(&self, route: &Route, path: &str) -> (StatusCode, String) {
        let mut request = Request::builder().method(route.method).uri(path).header("sec-fetch-site", "same-origin");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let body = if route.method == "GET" {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            Body::from(FORM)
        };
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
            let status = response.status();
            let page = to_bytes(response.into_body(), PAGE_BYTES).await.unwrap_or_default();
            (status, String::from_utf8_lossy(&page).into_owned())
        })
    }
}

/// The address of a route about something of the practice that exists.
pub fn address(practice: &Practice, route: &Route) -> String {
    let first = route.path.split('/').nth(1).unwrap_or_default();
    let table = NAMED.iter().find(|(word, _)| *word == first).map_or("patient", |(_, table)| *table);
    let read = practice.db.read(&practice.system(), practice.id, |conn| facts::ids(conn, table));
    let id = read.unwrap().first().map_or_else(|| practice.id.0.to_string(), ToString::to_string);
    let part = |part: &str| if part.starts_with('{') { id.clone() } else { part.to_owned() };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// What every table holds of the practice, as text that differs where anything differs.
fn everything(practice: &Practice) -> BTreeMap<String, String> {
    let actor = Actor::system(practice.id);
    let read = |sql: &str| -> Vec<String> {
        let rows: Result<Vec<(String,)>, _> =
            practice.db.read(&actor, practice.id, |conn| conn.query_dynamic("everything", sql, &[]));
        rows.unwrap().into_iter().map(|(text,)| text).collect()
    };
    let tables = "SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND $1 IS NOT NULL
        AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'practice_id')";
    let kept = read(tables).into_iter().filter(|table| !TRACES.contains(&table.as_str()));
    kept.map(|table| {
        let columns = read(&format!("SELECT name FROM pragma_table_info('{table}') WHERE $1 IS NOT NULL"));
        let row = columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || '|' || ");
        let sql = format!("SELECT {row} AS line FROM {table} WHERE practice_id = $1 ORDER BY line");
        (table.clone(), read(&sql).join("\n"))
    })
    .collect()
}

/// Fails naming the tables that differ.
fn assert_unchanged(before: &BTreeMap<String, String>, practice: &Practice, who: &str) {
    let after = everything(practice);
    let changed: Vec<&String> = before.keys().filter(|table| before.get(*table) != after.get(*table)).collect();
    assert!(changed.is_empty(), "{who} changed {changed:?}");
}

fn is_granted(action: Action, role: Role) -> bool {
    !matches!(Matrix::get().cell(action, role), Cell::No | Cell::OwnRecord) || action == Action::ManageOwnLogin
}

#[test]
fn who_is_refused_changes_nothing_whatever_the_address_names() {
    let practice = Practice::new();
    let seats: Vec<(String, Option<Role>, Seat)> =
        std::iter::once(("nobody".to_owned(), None, Seat::stranger(&practice, practice.id)))
            .chain(Role::ALL.map(|role| (role.key().to_owned(), Some(role), Seat::of(&practice, practice.id, role))))
            .collect();
    let before = everything(&practice);
    let routes: Vec<(Route, String)> = table().into_iter().map(|route| (route, address(&practice, &route))).collect();
    let mut refused = 0;
    for (who, role, seat) in &seats {
        for (route, path) in &routes {
            let Policy::May(action) = route.policy else { continue };
            if role.is_some_and(|role| is_granted(action, role)) {
                continue;
            }
            let (status, _) = seat.ask(route, path);
            let expected = if role.is_some() { StatusCode::NOT_FOUND } else { StatusCode::SEE_OTHER };
            assert_eq!(status, expected, "{who} {} {path}", route.method);
            refused += 1;
        }
        assert_unchanged(&before, &practice, who);
    }
    assert!(refused > 1_000, "{refused}");
}

#[test]
fn nobody_of_another_practice_reads_or_changes_anything() {
    let practice = Practice::new();
    let other = PracticeId(OTHER_PRACTICE.0);
    let system = Actor::system(other);
    let own =
        practice.db.read(&practice.system(), practice.id, |conn| store::registration::practice(conn)).unwrap().unwrap();
    practice.db.write(&system, other, |tx| store::registration::insert_practice(tx, &own, true)).unwrap();
    let named: Vec<(String,)> = practice
        .db
        .read(&practice.system(), practice.id, |conn| {
            conn.query_dynamic("accounts", "SELECT account_number FROM patient WHERE practice_id = $1", &[])
        })
        .unwrap();
    assert!(!named.is_empty());
    let before = everything(&practice);
    let routes: Vec<(Route, String)> = table().into_iter().map(|route| (route, address(&practice, &route))).collect();
    for role in Role::ALL {
        let seat = Seat::of(&practice, other, role);
        for (route, path) in &routes {
            let Policy::May(action) = route.policy else { continue };
            // The stream of news has no end to read; `panes` tests what it tells.
            if !is_granted(action, role) || route.path == "/events" {
                continue;
            }
            let (status, page) = seat.ask(route, path);
            assert!(!status.is_server_error(), "{role} {} {path}: {status}", route.method);
            let told = named.iter().find(|(account,)| page.contains(account.as_str()));
            assert!(told.is_none(), "{role} reads an account of the other practice at {path}");
        }
        assert_unchanged(&before, &practice, role.key());
    }
}
