//! Today: the work that waits and the money that came, each number a link to what it is made of.

use askama::Template;
use axum::extract::{Query, State};
use billing::access::Action;
use billing::work::Desk as WorkDesk;
use serde::Deserialize;
use store::views::home::Home;
use store::worklist::QueueRow;

use super::chips::{self, Chip};
use super::page::{Page, Shell, show as render};
use super::session::SignedIn;
use super::{Desk, filters};

/// Rows of one's own work on the page; the desk has all.
const OWN_ROWS: usize = 6;

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// A desk's open work.
struct DeskLine {
    word: &'static str,
    label: &'static str,
    items: i64,
    due: i64,
    stake: ledger::Money,
}

/// Claims of a status.
struct StatusLine {
    word: String,
    chip: Chip,
    claims: i64,
    total: ledger::Money,
}

#[derive(Template)]
#[template(path = "home/index.html")]
struct HomePage {
    shell: Shell,
    home: Home,
    desks: Vec<DeskLine>,
    statuses: Vec<StatusLine>,
    mine: Vec<QueueRow>,
    may_remittances: bool,
    may_claims: bool,
    /// Daily jobs that failed or were stopped, for who may run them.
    troubled_jobs: usize,
}

/// Today.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let may_work = who.may(Action::ViewWorklist);
    let may_jobs = who.may(Action::RunJobs);
    let (home, mut mine, troubled_jobs) = desk
        .blocking(move |db, practice| {
            let home = db.read(&actor, practice, |read| Ok::<_, app::Error>(store::views::home::get(read)?))?;
            let mine = if may_work { app::worklist::mine(db, &actor, practice)? } else { Vec::new() };
            let troubled = if may_jobs { app::jobs::in_trouble(db, &actor, practice)?.len() } else { 0 };
            Ok((home, mine, troubled))
        })
        .await?;
    mine.truncate(OWN_ROWS);
    let desks = desk_lines(&who, &home);
    let statuses = status_lines(&home);
    let shell = Shell::new(&desk, &who, "/").after(asked.done.as_deref());
    let (may_remittances, may_claims) = (who.may(Action::ViewRemittance), who.may(Action::ViewClaim));
    render(&HomePage { shell, home, desks, statuses, mine, may_remittances, may_claims, troubled_jobs })
}

fn desk_lines(who: &SignedIn, home: &Home) -> Vec<DeskLine> {
    home.desks
        .iter()
        .filter_map(|row| WorkDesk::parse(&row.desk).map(|desk| (desk, row)))
        .filter(|(desk, _)| app::worklist::may_see(&who.actor, *desk))
        .map(|(desk, row)| DeskLine {
            word: desk.as_str(),
            label: desk.label(),
            items: row.items,
            due: row.due,
            stake: row.stake,
        })
        .collect()
}

fn status_lines(home: &Home) -> Vec<StatusLine> {
    billing::claim::ClaimStatus::ALL
        .iter()
        .filter_map(|status| home.statuses.iter().find(|row| row.status == status.as_str()))
        .map(|row| StatusLine {
            word: row.status.clone(),
            chip: chips::claim(&row.status),
            claims: row.claims,
            total: row.total,
        })
        .collect()
}
