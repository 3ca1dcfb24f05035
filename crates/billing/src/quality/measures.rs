//! What work came to, reason by reason: how much ended at the first contact, which touches changed something, minutes, ends,
//! cash, promises, returns and missed days. The measures of one person or of all together; never one person beside another,
//! and never one number for a person.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use ledger::Money;

use crate::work::{ReturnCode, WorkReason};
use crate::{EncounterId, UserId, WorkItemId};

/// Days after a touch in which cash is counted for it: the field's own figure.
pub const CASH_WITHIN_DAYS: i64 = 45;
/// Longest touch whose minutes are believed, in seconds: beyond two hours somebody left the item open and went away.
pub const LONGEST_TOUCH_SECONDS: i64 = 2 * 60 * 60;
/// Steps of an item's history that change something: its place, its state, or what is known of it by somebody's answer.
/// Taking an item, putting it back and a note alone do not.
pub const CHANGING_STEPS: &[&str] =
    &["escalated", "returned", "resolved", "waits", "merged", "acknowledged", "answered", "accepted", "reopened"];

/// A step of a person at an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// At which item.
    pub item: WorkItemId,
    /// Who, by log-in name.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// On which day at the practice.
    pub on: Date,
    /// Whether it ended the item.
    pub ends: bool,
    /// Whether it changed something.
    pub changes: bool,
    /// Seconds of a call that was timed; none for a step.
    pub call_seconds: Option<i64>,
}

/// What is known of an item that somebody touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedItem {
    /// Why it was there.
    pub reason: WorkReason,
    /// When it ended; none while it is open.
    pub resolved_on: Option<Date>,
    /// When a person first did something.
    pub first_action_on: Option<Date>,
    /// Whether it ever went up, or was opened again.
    pub came_round: bool,
    /// The visit whose money it is about.
    pub encounter: Option<EncounterId>,
}

/// An item that went back to the desk below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnFact {
    /// Which.
    pub item: WorkItemId,
    /// Its reason.
    pub reason: WorkReason,
    /// Why it went back.
    pub code: ReturnCode,
    /// Who had handed it up.
    pub handed_by: String,
    /// Who gave it back.
    pub returned_by: String,
}

/// A promise of ours that was due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseFact {
    /// The item it belongs to; none where it was made about none.
    pub item: Option<(WorkItemId, WorkReason)>,
    /// Who saw to it.
    pub owner: String,
    /// Whether it was kept. One that is still open past its day was not.
    pub is_kept: bool,
}

/// An item whose legal or contract day went by before it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedDay {
    /// Which.
    pub item: WorkItemId,
    /// Its reason.
    pub reason: WorkReason,
    /// Who had it.
    pub owner: Option<UserId>,
}

/// Cash that a visit brought on a day, after what was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashFact {
    /// The visit.
    pub encounter: EncounterId,
    /// The day by the books.
    pub on: Date,
    /// What came in; negative where it went out again.
    pub cash: Money,
}

/// Everything that the measures of a time are made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Steps and timed calls, in the order of items and time.
    pub steps: Vec<Step>,
    /// What they were made at.
    pub items: BTreeMap<WorkItemId, TouchedItem>,
    /// Returns.
    pub returns: Vec<ReturnFact>,
    /// Promises of ours that were due.
    pub promises: Vec<PromiseFact>,
    /// Missed days.
    pub missed: Vec<MissedDay>,
    /// Cash of the visits that were touched.
    pub cash: Vec<CashFact>,
}

/// A part of a whole, with the items of each: a number that opens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Share {
    /// What counts.
    pub part: Vec<WorkItemId>,
    /// Of what.
    pub whole: Vec<WorkItemId>,
}

impl Share {
    fn add(&mut self, item: WorkItemId, counts: bool) {
        self.whole.push(item);
        if counts {
            self.part.push(item);
        }
    }
}

/// The measures of one reason; none stands for promises that are about no item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReasonMeasures {
    /// Which reason.
    pub reason: Option<WorkReason>,
    /// Ended at the first contact, of what was ended: first touched on that day, never handed up, never opened again.
    pub first_contact: Share,
    /// Touches that changed something, of all touches: one person at one item on one day.
    pub touches: Share,
    /// Touches of which we know how long they took …
    pub timed: Vec<WorkItemId>,
    /// … and their seconds.
    pub seconds: i64,
    /// Items that ended, of those that were touched.
    pub resolved: Share,
    /// Cash of the visits touched, within 45 days of the first touch; each visit once a reason.
    pub cash: Money,
    /// The items whose visits brought it.
    pub cash_items: Vec<WorkItemId>,
    /// Promises of ours kept, of those due.
    pub promises_kept: i64,
    /// Promises of ours due.
    pub promises_due: i64,
    /// The items of promises that were not kept.
    pub promises_broken: Vec<WorkItemId>,
    /// Items that came back because of the handover, by code.
    pub returns_caused: BTreeMap<ReturnCode, Vec<WorkItemId>>,
    /// Items that were given back, by code.
    pub returns_made: BTreeMap<ReturnCode, Vec<WorkItemId>>,
    /// Items whose day of law or contract went by. Must be none.
    pub missed: Vec<WorkItemId>,
}

impl ReasonMeasures {
    /// Minutes and seconds a touch, where any was timed.
    pub fn seconds_a_touch(&self) -> Option<i64> {
        let touches = i64::try_from(self.timed.len()).ok().filter(|touches| *touches > 0)?;
        Some(self.seconds / touches)
    }
}

/// Whose work is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    Team,
    /// One person's.
    Person(UserId, String),
}

impl Whose {
    fn is(&self, login: &str) -> bool {
        match self {
            Whose::Team => true,
            Whose::Person(_, own) => own == login,
        }
    }

    fn owns(&self, owner: Option<UserId>) -> bool {
        match self {
            Whose::Team => true,
            Whose::Person(user, _) => owner == Some(*user),
        }
    }
}

/// The measures, reason by reason in the catalogue's order: no figure decides the order.
pub fn measure(facts: &Facts, whose: &Whose) -> Vec<ReasonMeasures> {
    let mut all: BTreeMap<Option<WorkReason>, ReasonMeasures> = BTreeMap::new();
    let touches = touches(facts, whose);
    let mut touched: BTreeMap<WorkItemId, Date> = BTreeMap::new();
    for touch in &touches {
        let Some(item) = facts.items.get(&touch.item) else { continue };
        let of = of(&mut all, Some(item.reason));
        of.touches.add(touch.item, touch.changes);
        if (1..=LONGEST_TOUCH_SECONDS).contains(&touch.seconds) {
            of.timed.push(touch.item);
            of.seconds += touch.seconds;
        }
        if touch.ends && item.resolved_on == Some(touch.on) {
            let is_first = !item.came_round && item.first_action_on.is_none_or(|first| first == touch.on);
            of.first_contact.add(touch.item, is_first);
        }
        let first = touched.entry(touch.item).or_insert(touch.on);
        *first = touch.on.min(*first);
    }
    for id in touched.keys() {
        if let Some(item) = facts.items.get(id) {
            of(&mut all, Some(item.reason)).resolved.add(*id, item.resolved_on.is_some());
        }
    }
    add_cash(facts, &touched, &mut all);
    add_beside(facts, whose, &mut all);
    all.into_values().collect()
}

fn of(all: &mut BTreeMap<Option<WorkReason>, ReasonMeasures>, reason: Option<WorkReason>) -> &mut ReasonMeasures {
    all.entry(reason).or_insert_with(|| ReasonMeasures { reason, ..ReasonMeasures::default() })
}

/// One person at one item on one day.
struct Touch {
    item: WorkItemId,
    on: Date,
    ends: bool,
    changes: bool,
    seconds: i64,
}

fn touches(facts: &Facts, whose: &Whose) -> Vec<Touch> {
    let mut days: BTreeMap<(WorkItemId, &str, Date), Vec<&Step>> = BTreeMap::new();
    for step in facts.steps.iter().filter(|step| whose.is(&step.by)) {
        days.entry((step.item, &step.by, step.on)).or_default().push(step);
    }
    let touch = |((item, _, on), steps): ((WorkItemId, &str, Date), Vec<&Step>)| {
        let at = || steps.iter().map(|step| step.at);
        let stretch = at().max().zip(at().min()).map_or(0, |(last, first)| last.as_second() - first.as_second());
        // A timed call stands within the stretch, or is all there is.
        let called: i64 = steps.iter().filter_map(|step| step.call_seconds).sum();
        Touch {
            item,
            on,
            ends: steps.iter().any(|step| step.ends),
            changes: steps.iter().any(|step| step.changes),
            seconds: stretch.max(called),
        }
    };
    days.into_iter().map(touch).collect()
}

/// Cash counts once a reason and visit, from the first touch on.
fn add_cash(
    facts: &Facts,
    touched: &BTreeMap<WorkItemId, Date>,
    all: &mut BTreeMap<Option<WorkReason>, ReasonMeasures>,
) {
    let mut visits: BTreeMap<(WorkReason, EncounterId), (Date, WorkItemId)> = BTreeMap::new();
    for (id, on) in touched {
        let Some(item) = facts.items.get(id) else { continue };
        let Some(encounter) = item.encounter else { continue };
        let first = visits.entry((item.reason, encounter)).or_insert((*on, *id));
        *first = (*on, *id).min(*first);
    }
    for ((reason, encounter), (from, item)) in visits {
        let until = from.saturating_add(CASH_WITHIN_DAYS.days());
        let counts = |fact: &&CashFact| fact.encounter == encounter && from <= fact.on && fact.on <= until;
        let cash: Money = facts.cash.iter().filter(counts).map(|fact| fact.cash).sum();
        if !cash.is_zero() {
            let of = of(all, Some(reason));
            of.cash += cash;
            of.cash_items.push(item);
        }
    }
}

/// Promises, returns, missed days.
fn add_beside(facts: &Facts, whose: &Whose, all: &mut BTreeMap<Option<WorkReason>, ReasonMeasures>) {
    for promise in facts.promises.iter().filter(|promise| whose.is(&promise.owner)) {
        let of = of(all, promise.item.map(|(_, reason)| reason));
        of.promises_due += 1;
        of.promises_kept += i64::from(promise.is_kept);
        if let Some((item, _)) = promise.item.filter(|_| !promise.is_kept) {
            of.promises_broken.push(item);
        }
    }
    for back in &facts.returns {
        if whose.is(&back.handed_by) {
            of(all, Some(back.reason)).returns_caused.entry(back.code).or_default().push(back.item);
        }
        if whose.is(&back.returned_by) {
            of(all, Some(back.reason)).returns_made.entry(back.code).or_default().push(back.item);
        }
    }
    let mut seen = BTreeSet::new();
    for missed in facts.missed.iter().filter(|missed| whose.owns(missed.owner) && seen.insert(missed.item)) {
        of(all, Some(missed.reason)).missed.push(missed.item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    const MONDAY: Date = date(2026, 11, 16);

    fn item(number: u128) -> WorkItemId {
        WorkItemId(Uuid::from_u128(number))
    }

    fn visit(number: u128) -> EncounterId {
        EncounterId(Uuid::from_u128(number))
    }

    fn step(at: u128, by: &str, day: i64, minute: i64, kind: &str) -> Step {
        let on = MONDAY.saturating_add(day.days());
        Step {
            item: item(at),
            by: by.to_owned(),
            at: Timestamp::from_second(1_800_000_000 + day * 86_400 + minute * 60).unwrap(),
            on,
            ends: kind == "resolved",
            changes: CHANGING_STEPS.contains(&kind),
            call_seconds: None,
        }
    }

    fn touched(reason: WorkReason, resolved_on: Option<Date>, first_action_on: Date, came_round: bool) -> TouchedItem {
        TouchedItem { reason, resolved_on, first_action_on: Some(first_action_on), came_round, encounter: None }
    }

    fn only(all: &[ReasonMeasures], reason: WorkReason) -> &ReasonMeasures {
        all.iter().find(|one| one.reason == Some(reason)).unwrap()
    }

    #[test]
    fn what_ends_on_the_day_of_its_first_touch_ended_at_the_first_contact() {
        let tuesday = MONDAY.tomorrow().unwrap();
        let facts = Facts {
            steps: vec![
                step(1, "tess", 0, 0, "taken"),
                step(1, "tess", 0, 12, "resolved"),
                step(2, "tess", 0, 20, "noted"),
                step(2, "tess", 1, 0, "resolved"),
                step(3, "tess", 0, 30, "resolved"),
            ],
            items: BTreeMap::from([
                (item(1), touched(WorkReason::BillQuestion, Some(MONDAY), MONDAY, false)),
                (item(2), touched(WorkReason::BillQuestion, Some(tuesday), MONDAY, false)),
                (item(3), touched(WorkReason::BillQuestion, Some(MONDAY), MONDAY, true)),
            ]),
            ..Facts::default()
        };
        let all = measure(&facts, &Whose::Team);
        let of = only(&all, WorkReason::BillQuestion);
        assert_eq!((of.first_contact.part.clone(), of.first_contact.whole.len()), (vec![item(1)], 3));
        assert_eq!((of.touches.part.len(), of.touches.whole.len()), (3, 4), "a note alone changes nothing");
        assert_eq!(
            (of.timed.clone(), of.seconds_a_touch()),
            (vec![item(1)], Some(12 * 60)),
            "single steps are not timed"
        );
        assert_eq!((of.resolved.part.len(), of.resolved.whole.len()), (3, 3));
    }

    #[test]
    fn a_person_is_measured_by_their_own_touches_and_never_beside_another() {
        let facts = Facts {
            steps: vec![step(1, "tess", 0, 0, "escalated"), step(1, "theo", 1, 0, "resolved")],
            items: BTreeMap::from([(item(1), touched(WorkReason::Denied, MONDAY.tomorrow().ok(), MONDAY, true))]),
            returns: vec![ReturnFact {
                item: item(1),
                reason: WorkReason::Denied,
                code: ReturnCode::EvidenceMissing,
                handed_by: "tess".into(),
                returned_by: "theo".into(),
            }],
            missed: vec![MissedDay {
                item: item(9),
                reason: WorkReason::Denied,
                owner: Some(UserId(Uuid::from_u128(2))),
            }],
            ..Facts::default()
        };
        let tess = measure(&facts, &Whose::Person(UserId(Uuid::from_u128(1)), "tess".into()));
        let of = only(&tess, WorkReason::Denied);
        assert!(of.first_contact.whole.is_empty(), "who did not end it");
        assert_eq!((of.returns_caused.len(), of.returns_made.len(), of.missed.len()), (1, 0, 0));
        let theo = measure(&facts, &Whose::Person(UserId(Uuid::from_u128(2)), "theo".into()));
        let of = only(&theo, WorkReason::Denied);
        assert_eq!((of.returns_caused.len(), of.returns_made.len(), of.missed.clone()), (0, 1, vec![item(9)]));
    }

    #[test]
    fn cash_counts_for_45_days_from_the_first_touch_once_a_visit() {
        let about = |encounter| TouchedItem {
            encounter: Some(visit(encounter)),
            ..touched(WorkReason::Denied, None, MONDAY, false)
        };
        let cash = |encounter, day: i64, cents| CashFact {
            encounter: visit(encounter),
            on: MONDAY.saturating_add(day.days()),
            cash: Money::from_cents(cents),
        };
        let facts = Facts {
            steps: vec![step(1, "theo", 2, 0, "waits"), step(2, "theo", 0, 0, "waits")],
            items: BTreeMap::from([(item(1), about(1)), (item(2), about(1))]),
            cash: vec![cash(1, -1, 700), cash(1, 0, 5_000), cash(1, 45, 100), cash(1, 46, 900), cash(2, 3, 4_000)],
            ..Facts::default()
        };
        let all = measure(&facts, &Whose::Team);
        let of = only(&all, WorkReason::Denied);
        assert_eq!((of.cash, of.cash_items.clone()), (Money::from_cents(5_100), vec![item(2)]));
    }

    #[test]
    fn the_catalogue_orders_the_reasons_and_no_figure_does() {
        let reasons = [WorkReason::Complaint, WorkReason::HeldForData, WorkReason::Denied];
        let one = |reason, kept| PromiseFact { item: Some((item(1), reason)), owner: "tess".into(), is_kept: kept };
        for turn in 0..3 {
            let mut promises: Vec<PromiseFact> = Vec::new();
            for (place, reason) in reasons.iter().enumerate() {
                promises.extend((0..=(place + turn) % 3).map(|kept| one(*reason, kept == 0)));
            }
            promises.push(PromiseFact { item: None, owner: "tess".into(), is_kept: false });
            let all = measure(&Facts { promises, ..Facts::default() }, &Whose::Team);
            let order: Vec<_> = all.iter().map(|one| one.reason).collect();
            let mut sorted = reasons.map(Some).to_vec();
            sorted.sort();
            assert_eq!(order, [vec![None], sorted].concat());
            assert!(all.iter().all(|one| one.promises_kept < one.promises_due || one.promises_due == 1));
        }
    }

    #[test]
    fn a_stretch_of_hours_is_not_believed_and_a_timed_call_is() {
        let mut call = step(2, "tess", 0, 5, "noted");
        call.call_seconds = Some(240);
        let facts = Facts {
            steps: vec![step(1, "tess", 0, 0, "taken"), step(1, "tess", 0, 300, "resolved"), call],
            items: BTreeMap::from([
                (item(1), touched(WorkReason::Denied, Some(MONDAY), MONDAY, false)),
                (item(2), touched(WorkReason::Denied, None, MONDAY, false)),
            ]),
            ..Facts::default()
        };
        let all = measure(&facts, &Whose::Team);
        assert_eq!((all[0].timed.clone(), all[0].seconds), (vec![item(2)], 240));
    }
}
