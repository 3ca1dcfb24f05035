//! What a rule would have done with the work that was opened last month: which items would have gone elsewhere, counted
//! and listed. Changes nothing.

use billing::access::{Action, Actor, ResourceState};
use billing::work::routing::{Routed, Rule, asks, route};
use billing::work::{Desk, Skill};
use billing::{Money, PracticeId, WorkItemId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::routing::{OPENED_BETWEEN, OpenedRow};
use store::{Conn, Db, params};

use super::{OwnRule, checked, facts, own_rules};
use crate::access::allow;
use crate::{Error, teams};

/// Days that a dry run looks back: a month.
pub const LOOK_BACK_DAYS: i64 = 30;
/// Items of a piece.
const PIECE: i64 = 1_000;
/// Items that are listed: a screen of them; the counts are of all.
const MOST_LISTED: usize = 200;

/// What a rule would have done.
#[derive(Debug, Clone, PartialEq)]
pub struct DryRun {
    /// First day of the look.
    pub from_on: Date,
    /// Last day.
    pub to_on: Date,
    /// Items that were opened in the time.
    pub opened: usize,
    /// Items that the rule would have decided.
    pub matched: usize,
    /// Items that would have gone elsewhere.
    pub elsewhere: usize,
    /// Cents that depend on those.
    pub stake: Money,
    /// From where to where, and how many.
    pub moves: Vec<(String, String, usize)>,
    /// The first of those items.
    pub listed: Vec<Elsewhere>,
}

/// An item that would have gone elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Elsewhere {
    /// Which.
    pub id: WorkItemId,
    /// When it was opened.
    pub opened_on: Date,
    /// What it is about.
    pub summary: String,
    /// Cents that depend on it.
    pub stake: Money,
    /// Where it goes by today's rules.
    pub from: String,
    /// Where it would have gone.
    pub to: String,
}

/// What a rule would have done with what was opened in the last thirty days; with none, what taking the rule of this key
/// away would do.
///
/// # Errors
/// `Denied`; `Invalid` where the rule could not stand.
pub fn dry_run(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (key, rule): (&str, Option<&OwnRule>),
) -> Result<DryRun, Error> {
    allow(actor, Action::ViewAllWork, &ResourceState::default())?;
    db.read(actor, practice, |conn| {
        let to_on = conn.today();
        let from_on = to_on.saturating_sub(LOOK_BACK_DAYS.days());
        let today = own_rules(conn, to_on)?;
        let then = with(conn, &today, (key, rule))?;
        let names = teams::teams(conn, to_on)?;
        let mut run = DryRun {
            from_on,
            to_on,
            opened: 0,
            matched: 0,
            elsewhere: 0,
            stake: Money::ZERO,
            moves: Vec::new(),
            listed: Vec::new(),
        };
        let mut after = (from_on, WorkItemId(uuid::Uuid::nil()));
        loop {
            let rows = conn.query(&OPENED_BETWEEN, params![from_on, to_on, after.0, after.1, PIECE])?;
            let subjects: Vec<facts::Subject> = rows.iter().map(facts::Subject::opened).collect();
            let all = facts::of(conn, &subjects, asks(today.iter().chain(&then)))?;
            for (row, facts) in rows.iter().zip(&all) {
                let name = |routed: Routed| {
                    let team = names.owner(routed.desk, routed.team.as_deref());
                    words(&names.name_of(&team), routed.desk, routed.skill, routed.is_first)
                };
                let (now, tried) = (route(&today, facts), route(&then, facts));
                run.count(row, tried.rule.as_deref() == Some(key), (name(now), name(tried)));
            }
            let Some(last) = rows.last() else { break };
            after = (last.opened_on, last.id);
        }
        Ok(run)
    })
}

/// The rules as they would be.
fn with(conn: &Conn, today: &[Rule], (key, rule): (&str, Option<&OwnRule>)) -> Result<Vec<Rule>, Error> {
    let others = today.iter().filter(|own| own.key != key).cloned();
    let Some(tried) = rule else { return Ok(others.collect()) };
    let tried_rule = checked(conn, key, tried)?;
    let rows = store::desk_setting::of_kind(conn, store::desk_setting::SettingKind::Rule, conn.today())?;
    let mut places = std::collections::HashMap::new();
    for row in &rows {
        places.insert(row.subject.clone(), teams::read::<OwnRule>(row)?.place);
    }
    let mut all: Vec<(u32, Rule)> =
        others.map(|own| (places.get(&own.key).copied().unwrap_or_default(), own)).collect();
    all.push((tried.place, tried_rule));
    all.sort_by(|(a_place, a), (b_place, b)| (a_place, &a.key).cmp(&(b_place, &b.key)));
    Ok(all.into_iter().map(|(_, rule)| rule).collect())
}

/// Where an item goes, in words.
fn words(team: &str, desk: Desk, skill: Skill, is_first: bool) -> String {
    let at = if team == desk.label() { team.to_owned() } else { format!("{team} ({})", desk.label()) };
    let first = if is_first { ", first" } else { "" };
    format!("{at}: {}{first}", skill.label())
}

impl DryRun {
    fn count(&mut self, row: &OpenedRow, is_matched: bool, (from, to): (String, String)) {
        self.opened += 1;
        self.matched += usize::from(is_matched);
        if from == to {
            return;
        }
        self.elsewhere += 1;
        self.stake = self.stake.checked_add(row.stake_cents).unwrap_or(self.stake);
        match self.moves.iter_mut().find(|(a, b, _)| *a == from && *b == to) {
            Some((_, _, count)) => *count += 1,
            None => self.moves.push((from.clone(), to.clone(), 1)),
        }
        if self.listed.len() < MOST_LISTED {
            self.listed.push(Elsewhere {
                id: row.id,
                opened_on: row.opened_on,
                summary: row.summary.clone(),
                stake: row.stake_cents,
                from,
                to,
            });
        }
    }
}
