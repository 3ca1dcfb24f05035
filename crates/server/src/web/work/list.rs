//! The page of the desk: the queue as it is asked for, and the item that is open in it. Everything that narrows the queue
//! stands in the address, so a link keeps its place; nothing that anybody typed about a patient does.

use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use billing::access::Action;
use billing::work::cause::{STAGES, Stage};
use billing::work::{Calendar, Desk as WorkDesk, ReturnCode, WaitingOn, WorkReason, WorkState};
use billing::{PayerId, UserId, WorkItemId};
use jiff::civil::Date;
use ledger::Money;
use store::worklist::{QueueCursor, QueueRow, WORKLIST_PAGE};

use super::pane::{self, Pane, Reader};
use super::queue::{Group, Tab, groups, own_desks, tabs};
use super::{Typed, filters};
use crate::web::Desk;
use crate::web::page::{Page, Shell, show_told};
use crate::web::refusal::Refusal;
use crate::web::refusal::Told;
use crate::web::session::SignedIn;
use app::worklist::filter::{Due, Filter, Owner};
use store::saved_view::SavedViewRow;
use store::work_case::WorkStepRow;

/// What stands in the address of the desk.
pub struct Asked {
    pub(super) filter: Filter,
    pub(super) done: Option<String>,
    after: Option<QueueCursor>,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked, Refusal> {
        Ok(Asked::read(parts.uri.query().unwrap_or_default()))
    }
}

impl Asked {
    pub(in crate::web) fn read(query: &str) -> Asked {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.to_string());
        Asked {
            filter: Filter::read(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))),
            done: value("done"),
            after: value("after").as_deref().and_then(cursor),
        }
    }

    /// The address's part after the path, with its mark; empty where nothing narrows.
    fn tail(&self) -> String {
        tail(&self.filter)
    }

    /// The list that the person came from.
    pub(super) fn list(&self) -> String {
        format!("/work{}", self.tail())
    }

    /// An item in that list.
    pub(super) fn item(&self, id: WorkItemId) -> String {
        format!("/work/{id}{}", self.tail())
    }
}

pub(super) fn tail(filter: &Filter) -> String {
    let query = filter.query();
    if query.is_empty() { query } else { format!("?{query}") }
}

/// The place where the page before ended: its last row's due date and key.
fn cursor(text: &str) -> Option<QueueCursor> {
    let (day, id) = text.split_once('.')?;
    Some(QueueCursor { due_on: day.parse().ok()?, id: id.parse().ok()? })
}

/// A view that the person has.
struct View {
    row: SavedViewRow,
    href: String,
    may_remove: bool,
}

/// What the list can be narrowed by, as this person may see it.
struct Choices {
    desks: Vec<WorkDesk>,
    payers: Vec<(PayerId, String)>,
    people: Vec<(UserId, String)>,
}

#[derive(Template)]
#[template(path = "work/index.html")]
struct WorkPage {
    shell: Shell,
    tabs: Vec<Tab>,
    title: &'static str,
    items: usize,
    /// Where the list goes on.
    more: Option<String>,
    groups: Vec<Group>,
    stake: Money,
    today: Date,
    open: Option<WorkItemId>,
    pane: Option<Pane>,
    stages: &'static [Stage],
    filter: Filter,
    /// What an item's address carries to stand in this queue; nothing where it is its own desk's.
    tail: String,
    /// What the address of this queue carries.
    here: String,
    choices: Choices,
    views: Vec<View>,
    may_assign: bool,
    may_log: bool,
    /// The desk whose next item this person may take from here.
    next_from: Option<WorkDesk>,
}

impl WorkPage {
    fn parties() -> &'static [WaitingOn] {
        WaitingOn::ALL
    }

    fn desks() -> [WorkDesk; 5] {
        WorkDesk::ALL
    }

    fn return_codes() -> &'static [ReturnCode] {
        ReturnCode::ALL
    }

    fn is_done(row: &Option<WorkStepRow>) -> bool {
        row.as_ref().is_some_and(|row| row.is_done == 1)
    }

    fn is_open(&self, id: &WorkItemId) -> bool {
        self.open.as_ref() == Some(id)
    }

    fn states() -> [(WorkState, &'static str); 2] {
        [WorkState::Open, WorkState::Taken].map(|state| (state, crate::web::chips::work(state).words))
    }

    fn reasons(&self) -> Vec<WorkReason> {
        let is_here = |reason: &&WorkReason| self.choices.desks.contains(&reason.desk());
        let mut reasons: Vec<WorkReason> = WorkReason::ALL.iter().filter(is_here).copied().collect();
        reasons.sort_by_key(|reason| reason.title());
        reasons
    }

    fn dues() -> [Due; 3] {
        Due::ALL
    }

    fn is_mine(&self) -> bool {
        self.filter.owners.contains(&Owner::Me)
    }

    fn is_nobodys(&self) -> bool {
        self.filter.owners.contains(&Owner::Nobody)
    }

    fn owns(&self, person: &UserId) -> bool {
        self.filter.owners.contains(&Owner::Person(*person))
    }
}

/// What is read for the queue in one go.
struct Read {
    rows: Vec<QueueRow>,
    today: Date,
    calendar: Arc<Calendar>,
    payers: Vec<(PayerId, String)>,
    people: Vec<(UserId, String)>,
    views: Vec<SavedViewRow>,
}

async fn read(desk: &Desk, who: &SignedIn, filter: &Filter, after: QueueCursor) -> Result<Read, Refusal> {
    let (actor, filter) = (who.actor.clone(), filter.clone());
    desk.blocking(move |db, practice| {
        let rows = app::worklist::filter::list(db, &actor, practice, &filter, after)?;
        let views = app::saved_views::list(db, &actor, practice)?;
        db.read(&actor, practice, |read| {
            let payers = app::registration::payers_in(read)?;
            Ok(Read {
                rows: rows.clone(),
                today: read.today(),
                calendar: store::clock::calendar(read)?,
                payers: payers.into_iter().map(|payer| (payer.id, payer.name)).collect(),
                people: app::worklist::bulk::workers(read)?,
                views: views.clone(),
            })
        })
    })
    .await
}

/// What is asked for, or what the person would look at first: the open item's desk, their highest desk, what they have.
fn chosen(who: &SignedIn, asked: &Filter, open: Option<WorkDesk>) -> Filter {
    if *asked != Filter::default() {
        return asked.clone();
    }
    open.or_else(|| own_desks(who).first().copied()).map_or_else(Filter::mine, Filter::desk)
}

fn title(filter: &Filter) -> &'static str {
    match filter.only_desk().filter(|desk| *filter == Filter::desk(*desk)) {
        Some(desk) => desk.label(),
        None if filter.is_mine() => "My work",
        None => "Filtered work",
    }
}

/// The page; with what was typed and what is wrong with it, or with what a colleague did meanwhile.
pub(super) async fn page(
    desk: &Desk,
    who: &SignedIn,
    asked: &Asked,
    open: Option<WorkItemId>,
    (typed, problem): (Typed, Option<(String, String)>),
) -> Page {
    let masked = who.is_masked(Action::ViewPatient);
    let reader = Reader { actor: who.actor.clone(), masked, sees_claims: who.may(Action::ViewClaim) };
    let found = match open {
        Some(id) => Some(desk.blocking(move |db, practice| pane::find(db, practice, &reader, id)).await?),
        None => None,
    };
    let filter = chosen(who, &asked.filter, found.as_ref().map(|found| found.view.item.desk));
    let Read { mut rows, today, calendar, payers, people, views } =
        read(desk, who, &filter, asked.after.unwrap_or(QueueCursor::START)).await?;
    let is_more = rows.len() > WORKLIST_PAGE;
    rows.truncate(WORKLIST_PAGE);
    // A row without a name says what it is about instead.
    if masked {
        rows.iter_mut().for_each(|row| row.last_name = None);
    }
    let last = rows.last().filter(|_| is_more);
    let more = last.map(|last| format!("/work?{}&after={}.{}", filter.query(), last.due_on, last.id));
    let may_assign = app::worklist::gives_work(&who.actor);
    let since = typed.seen;
    let mut shell = Shell::new(desk, who, "/work").after(asked.done.as_deref());
    let told = Told::of(&problem);
    let pane = found.map(|found| pane::pane(who, found, typed, problem, since));
    if let Some(pane) = pane.as_ref().filter(|pane| pane.may_undo && asked.done.is_some()) {
        shell.undo = Some(format!("/work/{}/undo{}", pane.view.item.id, tail(&asked.filter)));
    }
    let mut desks = own_desks(who);
    desks.sort();
    let is_own_desk = filter.only_desk().is_some_and(|desk| filter == Filter::desk(desk));
    let may_remove = |row: &SavedViewRow| row.owner_id == who.actor.user || may_assign;
    show_told(
        told,
        &WorkPage {
            shell,
            tabs: tabs(who, &filter),
            title: title(&filter),
            items: rows.len(),
            more,
            stake: rows.iter().map(|row| row.stake_cents).sum(),
            groups: groups(rows, today, &calendar),
            today,
            open,
            pane,
            stages: &STAGES,
            tail: if is_own_desk { String::new() } else { tail(&filter) },
            here: tail(&filter),
            next_from: filter.only_desk().filter(|desk| who.may(app::worklist::action_for(*desk))),
            choices: Choices { desks, payers, people },
            views: views
                .into_iter()
                .map(|row| View { href: format!("/work?{}", row.filter), may_remove: may_remove(&row), row })
                .collect(),
            filter,
            may_assign,
            may_log: who.may(Action::LogInquiry),
        },
    )
}
