//! The queue on the left: whose work it is, and its rows in groups by how soon they are due. It reads; it moves nothing.

use billing::work::Calendar;
use billing::work::Desk as WorkDesk;
use jiff::civil::Date;
use store::worklist::QueueRow;

use app::worklist::filter::Filter;

use crate::web::session::SignedIn;

/// Business days that are soon: what is due within two working weeks stands apart from what comes later.
const SOON_BUSINESS_DAYS: u32 = 10;

/// Rows that are due about the same time.
pub(super) struct Group {
    pub(super) title: &'static str,
    /// Left out on a narrow screen.
    pub(super) is_later: bool,
    pub(super) rows: Vec<QueueRow>,
}

/// The rows of a queue, which come in the order of their due dates, in groups; none is empty.
pub(super) fn groups(rows: Vec<QueueRow>, today: Date, calendar: &Calendar) -> Vec<Group> {
    let soon = calendar.add_business_days(today, SOON_BUSINESS_DAYS);
    let titles = ["Late", "Due today", "Within ten business days", "Later"];
    let mut groups: Vec<Group> =
        titles.into_iter().map(|title| Group { title, is_later: title == "Later", rows: Vec::new() }).collect();
    for row in rows {
        let place = match row.due_on {
            due if due < today => 0,
            due if due == today => 1,
            due if due <= soon => 2,
            _ => 3,
        };
        groups[place].rows.push(row);
    }
    groups.retain(|group| !group.rows.is_empty());
    groups
}

/// A queue one may look at.
pub(super) struct Tab {
    pub(super) href: String,
    pub(super) label: &'static str,
    pub(super) current: bool,
}

/// The desks the person works, then those the person oversees.
pub(super) fn own_desks(who: &SignedIn) -> Vec<WorkDesk> {
    let (own, seen): (Vec<_>, Vec<_>) = WorkDesk::ALL
        .into_iter()
        .filter(|desk| app::worklist::may_see(&who.actor, *desk))
        .partition(|desk| who.may(app::worklist::action_for(*desk)));
    // Whoever works several desks begins at the highest: nobody else may.
    own.into_iter().rev().chain(seen).collect()
}

/// What one has, and the queues of the desks one sees.
pub(super) fn tabs(who: &SignedIn, filter: &Filter) -> Vec<Tab> {
    let mut desks = own_desks(who);
    desks.sort();
    let mut tabs = vec![Tab { href: "/work?desk=mine".into(), label: "Mine", current: filter.is_mine() }];
    tabs.extend(desks.into_iter().map(|desk| Tab {
        href: format!("/work?desk={}", desk.as_str()),
        label: desk.label(),
        current: filter.only_desk() == Some(desk),
    }));
    tabs
}
