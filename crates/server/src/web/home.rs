//! Today: the work that waits and the money that came, each number a link to what it is made of.

use askama::Template;
use axum::extract::{Query, State};
use billing::PracticeId;
use billing::access::{Action, Actor};
use billing::refund::RefundState;
use billing::work::Desk as WorkDesk;
use serde::Deserialize;
use store::Db;
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

/// What others asked for and this person may approve or send, and what must go back soon.
struct Approval {
    href: &'static str,
    words: String,
    amount: ledger::Money,
}

#[derive(Template)]
#[template(path = "home/index.html")]
struct HomePage {
    shell: Shell,
    home: Home,
    desks: Vec<DeskLine>,
    statuses: Vec<StatusLine>,
    mine: Vec<QueueRow>,
    approvals: Vec<Approval>,
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
    let may = May { approve: who.may(Action::ApproveRefund), send: who.may(Action::SendRefund) };
    let may_write_off = who.may(Action::ApproveWriteOff);
    let may_give_back = who.may(Action::RequestRefund);
    let may_release = who.may(Action::ApproveQuarantineRelease);
    let (home, mut mine, approvals, troubled_jobs) = desk
        .blocking(move |db, practice| {
            let home = db.read(&actor, practice, |read| Ok::<_, app::Error>(store::views::home::get(read)?))?;
            let mine = if may_work { app::worklist::mine(db, &actor, practice)? } else { Vec::new() };
            let troubled = if may_jobs { app::jobs::in_trouble(db, &actor, practice)?.len() } else { 0 };
            let mut waiting = refunds(db, &actor, practice, &may)?;
            if may_write_off {
                waiting.extend(write_offs(app::write_off::asked(db, &actor, practice)?));
            }
            if may_release {
                waiting.extend(cash_requests(app::cash_request::asked(db, &actor, practice)?));
            }
            if may_give_back {
                waiting.extend(urgent_credits(app::credit::urgent(db, &actor, practice)?));
            }
            Ok((home, mine, waiting, troubled))
        })
        .await?;
    mine.truncate(OWN_ROWS);
    let desks = desk_lines(&who, &home);
    let statuses = status_lines(&home);
    let shell = Shell::new(&desk, &who, "/").after(asked.done.as_deref());
    let (may_remittances, may_claims) = (who.may(Action::ViewRemittance), who.may(Action::ViewClaim));
    render(&HomePage { shell, home, desks, statuses, mine, approvals, may_remittances, may_claims, troubled_jobs })
}

/// What of refunds the person may do.
struct May {
    approve: bool,
    send: bool,
}

fn refunds(db: &Db, actor: &Actor, practice: PracticeId, may: &May) -> Result<Vec<Approval>, app::Error> {
    if !may.approve && !may.send {
        return Ok(Vec::new());
    }
    let under_way = app::refund::under_way(db, actor, practice)?;
    let line = |(state, count, amount): (RefundState, i64, ledger::Money)| {
        let (href, end) = match state {
            RefundState::Asked if may.approve => ("/refunds", "for approval"),
            RefundState::Approved if may.send => ("/refunds?state=approved", "to be sent"),
            RefundState::Asked
            | RefundState::Approved
            | RefundState::Refused
            | RefundState::Withdrawn
            | RefundState::Sent => return None,
        };
        Some(Approval { href, words: waits(count, "refund", end), amount })
    };
    Ok(under_way.into_iter().filter_map(line).collect())
}

fn write_offs((count, amount): (i64, ledger::Money)) -> Option<Approval> {
    (count > 0).then(|| Approval { href: "/write-offs", words: waits(count, "write-off", "for approval"), amount })
}

fn cash_requests((count, amount): (i64, ledger::Money)) -> Option<Approval> {
    let words = waits(count, "request about payments", "for approval");
    (count > 0).then_some(Approval { href: "/remittances/requests", words, amount })
}

fn urgent_credits((count, amount): (i64, ledger::Money)) -> Option<Approval> {
    let words = || format!("{} to give back soon", billing::counting::counted(count, "credit balance"));
    (count > 0).then(|| Approval { href: "/credits", words: words(), amount })
}

/// "2 refunds wait for approval".
fn waits(count: i64, thing: &str, end: &str) -> String {
    let verb = if count == 1 { "waits" } else { "wait" };
    format!("{} {verb} {end}", billing::counting::counted(count, thing))
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
