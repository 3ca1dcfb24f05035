//! A stored file as our own check sees it: what is wrong with it, where, and what to do. Data of its segments only to roles
//! that see patients; to others letters and digits are masked.

use app::x12_file::OurTables;
use askama::Template;
use axum::extract::State;
use billing::access::Action;
use billing::{RemittanceId, WorkItemId};
use store::inbound_file::InboundFileRow;
use x12::render::{check_html, in_memory};

use super::page::{Page, Shell, show as render};
use super::session::{Id, SignedIn};
use super::{Desk, filters};

#[derive(Template)]
#[template(path = "files/show.html")]
struct FilePage {
    shell: Shell,
    /// Where the person came from.
    back: String,
    back_words: &'static str,
    file: InboundFileRow,
    masked: bool,
    /// A fragment in which everything that comes from the file is escaped.
    problems: String,
}

/// The file that a work item is about.
pub async fn of_work(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>) -> Page {
    let actor = who.actor.clone();
    let masked = who.is_masked(Action::ViewPatient);
    let found = desk
        .blocking(move |db, practice| {
            app::inbound::file_of_item(db, &actor, practice, id).map(|file| with_problems(file, masked))
        })
        .await?;
    page(&desk, &who, "/work", (format!("/work/{id}"), "Work item"), found)
}

/// The file that a remittance came in.
pub async fn of_remittance(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RemittanceId>) -> Page {
    let actor = who.actor.clone();
    let masked = who.is_masked(Action::ViewPatient);
    let found = desk
        .blocking(move |db, practice| {
            app::inbound::file_of_remittance(db, &actor, practice, id).map(|file| with_problems(file, masked))
        })
        .await?;
    page(&desk, &who, "/remittances", (format!("/remittances/{id}"), "Remittance"), found)
}

fn with_problems(file: InboundFileRow, masked: bool) -> (InboundFileRow, String) {
    let checked = x12::check(&file.bytes, &OurTables);
    let problems = check_html(&file.file_name, &in_memory(&file.bytes), &checked, !masked);
    (file, problems)
}

fn page(
    desk: &Desk,
    who: &SignedIn,
    section: &'static str,
    (back, back_words): (String, &'static str),
    (file, problems): (InboundFileRow, String),
) -> Page {
    let shell = Shell::new(desk, who, section);
    render(&FilePage { shell, back, back_words, file, masked: who.is_masked(Action::ViewPatient), problems })
}
