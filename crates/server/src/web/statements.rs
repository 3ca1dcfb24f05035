//! Statements: the latest, one as it was sent, and the run for all who are due.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use billing::access::{Action, ResourceState};
use billing::statement::Statement;
use billing::{PatientId, StatementId};
use serde::Deserialize;
use store::patient_statement::StatementListRow;
use uuid::Uuid;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "statements/index.html")]
struct StatementsPage {
    shell: Shell,
    rows: Vec<StatementListRow>,
    why_not: Option<String>,
}

#[derive(Template)]
#[template(path = "statements/show.html")]
struct StatementPage {
    shell: Shell,
    patient: PatientId,
    statement: Statement,
}

/// The latest statements.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let rows = desk.blocking(move |db, practice| app::patient_statement::latest(db, &actor, practice)).await?;
    let why_not = who.why_not(Action::RunStatements, &ResourceState::default());
    render(&StatementsPage {
        shell: Shell::new(&desk, &who, "/statements").after(asked.done.as_deref()),
        rows,
        why_not,
    })
}

/// Makes statements for all who are due.
pub async fn run(State(desk): State<Desk>, who: SignedIn) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::patient_statement::run(db, &actor, practice)).await?;
    go("/statements", "statements")
}

/// Makes one statement because somebody asked for it.
pub async fn issue(State(desk): State<Desk>, who: SignedIn, Id(patient): Id<PatientId>) -> Page {
    let actor = who.actor.clone();
    let issued = desk
        .blocking(move |db, practice| app::patient_statement::issue(db, &actor, practice, patient))
        .await
        .map_err(Refusal::for_form);
    match issued {
        Ok(issued) => go(&format!("/patients/{patient}/statements/{}", issued.id), "statements"),
        Err(problem) => Err(Refusal::Conflict(problem?.1)),
    }
}

/// What the form of a hold holds.
#[derive(Deserialize)]
pub struct Hold {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    until: String,
}

/// Holds an account's statements until a day.
pub async fn hold(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Form(typed): Form<Hold>,
) -> Page {
    let actor = who.actor.clone();
    let until = typed.until.trim().parse().map_err(|_| Refusal::Invalid {
        field: "until".into(),
        problem: "choose the day from which statements go out again".into(),
    })?;
    desk.blocking(move |db, practice| {
        app::patient_statement::hold(db, &actor, practice, patient, &typed.reason, until)
    })
    .await?;
    go(&format!("/patients/{patient}"), "held")
}

/// Lifts the hold of an account's statements.
pub async fn lift_hold(State(desk): State<Desk>, who: SignedIn, Id(patient): Id<PatientId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::patient_statement::lift_hold(db, &actor, practice, patient)).await?;
    go(&format!("/patients/{patient}"), "hold-lifted")
}

/// One statement as it was sent.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Path((patient, id)): Path<(Uuid, Uuid)>) -> Page {
    let (actor, patient) = (who.actor.clone(), PatientId(patient));
    let statement = desk
        .blocking(move |db, practice| app::patient_statement::statement(db, &actor, practice, patient, StatementId(id)))
        .await?;
    render(&StatementPage { shell: Shell::new(&desk, &who, "/statements"), patient, statement })
}

/// One statement as PDF.
pub async fn pdf(State(desk): State<Desk>, who: SignedIn, Path((patient, id)): Path<(Uuid, Uuid)>) -> Page {
    let (actor, patient) = (who.actor.clone(), PatientId(patient));
    let bytes = desk
        .blocking(move |db, practice| {
            app::patient_statement::statement_pdf(db, &actor, practice, patient, StatementId(id))
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}
