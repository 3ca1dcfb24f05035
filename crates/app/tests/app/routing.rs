//! Whose work is and what comes next: rules route it, a practice's own before the program's; people pull the best item that
//! they may work, and never the same one; who is away passes on what they have.

use std::collections::HashSet;
use std::sync::Mutex;

use app::inquiry::{self, NewInquiry};
use app::routing::{OwnRule, dry_run, rules, set_rule, withdraw_rule};
use app::{Error, jobs, next_best, teams, verify};
use billing::access::{Actor, Role, UserState};
use billing::work::inquiry::{Channel, InquiryReason};
use billing::work::priority::{PayerShare, Rankable};
use billing::work::team::{Absence, Assignment, Team, Worker};
use billing::work::{Calendar, Desk, Skill, WorkItem, WorkLinks, WorkReason, WorkState};
use billing::{Money, PayerId, UserId, WorkItemId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::routing::PlaceRow;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::users::{UserRoleRow, UserRow};
use uuid::Uuid;

const WHY: &str = "So that the right person has it.";

/// A person with a log-in.
pub fn hire(db: &TestDb, number: u128, role: Role) -> Actor {
    let actor = Actor::user(UserId(Uuid::from_u128(number)), format!("person-{number}"), vec![role], PRACTICE);
    db.write(&db.system(), PRACTICE, |tx| {
        let (id, now, by) = (actor.user, tx.now(), tx.actor().user);
        tx.insert(&UserRow {
            id,
            login: actor.login.clone(),
            display_name: actor.login.clone(),
            password_hash: "none".into(),
            totp_secret: None,
            totp_last_step: 0,
            state: UserState::Active,
            created_at: now,
            created_by: by,
            approved_by: None,
            disabled_at: None,
        })?;
        tx.insert(&UserRoleRow { user_id: id, role, given_at: now, given_by: by })
    })
    .unwrap();
    actor
}

fn today(db: &TestDb) -> Date {
    db.read(&db.system(), PRACTICE, |read| Ok::<_, Error>(read.today())).unwrap()
}

/// Open work as a job would find it, in its desk's own team.
pub fn put(
    db: &TestDb,
    reason: WorkReason,
    dollars: i32,
    deadline_in: Option<i64>,
    payer: Option<PayerId>,
) -> WorkItemId {
    let links = WorkLinks { payer_id: payer, ..WorkLinks::default() };
    db.write(&db.system(), PRACTICE, |tx| {
        let (id, today) = (WorkItemId(tx.new_id()), tx.today());
        let deadline = deadline_in.map(|days| today.saturating_add(days.days()));
        let item = WorkItem::open(
            id,
            reason,
            "Work of a test.".into(),
            links,
            Money::from_dollars(dollars),
            today,
            &Calendar::default(),
        )
        .with_deadline(deadline);
        store::worklist::insert_item(tx, &item, &format!("test:{id}"))?;
        let place = PlaceRow {
            team: item.desk.as_str().into(),
            skill: reason.skill(),
            priority: 0,
            is_raised: false,
            routed_by: String::new(),
        };
        let number = billing::work::priority::Priority::of(&Rankable::of_item(&item, false), today).stored();
        store::routing::place(tx, &place, &[(id, number)])?;
        Ok::<_, Error>(id)
    })
    .unwrap()
}

fn ask(db: &TestDb, by: &Actor, words: &str) -> WorkItemId {
    let new = NewInquiry {
        channel: Channel::Letter,
        reason: InquiryReason::BillExplanation,
        patient_id: None,
        question: words.into(),
    };
    let id = inquiry::log(db, by, PRACTICE, new).unwrap();
    inquiry::hand(db, by, PRACTICE, id).unwrap().unwrap().item.id
}

fn told(db: &TestDb, by: &Actor, id: WorkItemId) -> next_best::Next {
    next_best::show(db, by, PRACTICE, id).unwrap()
}

fn team(name: &str, desk: Desk, assignment: Assignment) -> Team {
    Team { name: name.into(), desk, assignment, is_open: true }
}

fn rule(when: &str, then: &str) -> OwnRule {
    OwnRule { place: 10, name: "A rule of ours".into(), when: when.into(), then: then.into(), is_withdrawn: false }
}

#[test]
fn a_threat_goes_to_tier_two_at_once_and_is_the_first_that_is_given_out() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (first, second) = (hire(db, 1, Role::Tier1), hire(db, 2, Role::Tier2));
        let rich = put(db, WorkReason::Denied, 90_000, None, None);
        let plain = ask(db, &first, "Why did I get this bill for March?");
        let threat = ask(db, &first, "Corrija esto o llamo a mi abogado.");
        let (plain, threat) = (told(db, &second, plain), told(db, &second, threat));
        assert_eq!((plain.item.desk, plain.team.as_str(), plain.routed_by.as_str()), (Desk::Tier1, "tier1", ""));
        assert_eq!((threat.item.desk, threat.team.as_str()), (Desk::Tier2, "tier2"));
        assert_eq!(threat.routed_by, "trigger-words");
        assert!(threat.why.starts_with("Put first by a rule"), "{}", threat.why);
        let next = next_best::take(db, &second, PRACTICE, Some(Desk::Tier2)).unwrap().unwrap();
        assert_eq!((next.item.id, next.owner.as_deref()), (threat.item.id, Some("person-2")));
        let next = next_best::peek(db, &second, PRACTICE, None).unwrap().unwrap();
        assert_eq!(next.item.id, rich);
        assert_eq!(next_best::take(db, &second, PRACTICE, None).unwrap().unwrap().item.id, rich);
        // Tier 2 works Tier 1's desk too.
        assert_eq!(next_best::take(db, &second, PRACTICE, None).unwrap().unwrap().item.id, plain.item.id);
        assert_eq!(next_best::take(db, &second, PRACTICE, None).unwrap(), None);
        assert!(matches!(next_best::take(db, &first, PRACTICE, Some(Desk::Tier2)), Err(Error::Denied(_))));
    });
}

#[test]
fn a_rule_of_the_practice_is_tried_on_last_month_then_stands_and_can_be_withdrawn() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (first, lead) = (hire(db, 1, Role::Tier1), hire(db, 2, Role::Manager));
        let bills = team("Bills", Desk::Tier1, Assignment::Pull);
        teams::set_team(db, &lead, PRACTICE, ("bills", &bills), WHY).unwrap();
        let before = ask(db, &first, "My statement says March twice.");
        let ours = rule("asked=yes said=statement*", "team=bills skill=payments");
        let run = dry_run(db, &lead, PRACTICE, ("bills-rule", Some(&ours))).unwrap();
        assert_eq!((run.opened, run.matched, run.elsewhere), (1, 1, 1));
        assert_eq!(run.listed[0].id, before);
        assert_eq!(run.listed[0].to, "Bills (Tier 1): Payments");
        assert!(rules(db, &lead, PRACTICE).unwrap().own.is_empty(), "a dry run changes nothing");

        let day = today(db);
        for (key, wrong, field) in [
            ("bills-rule", rule("", "team=bills"), "when"),
            ("bills-rule", rule("asked=yes", ""), "then"),
            ("bills-rule", rule("asked=yes", "team=nobody"), "then"),
            ("bills-rule", rule("reason=denied", "desk=tier1"), "then"),
            ("bills-rule", rule("colour=red", "first=yes"), "when"),
            ("trigger-words", ours.clone(), "key"),
        ] {
            let refused = set_rule(db, &lead, PRACTICE, (key, &wrong, day), WHY);
            assert!(matches!(&refused, Err(Error::Invalid { field: at, .. }) if at == field), "{wrong:?}: {refused:?}");
        }
        let yesterday = day.saturating_sub(1.day());
        assert!(set_rule(db, &lead, PRACTICE, ("bills-rule", &ours, yesterday), WHY).is_err());
        assert!(matches!(set_rule(db, &first, PRACTICE, ("bills-rule", &ours, day), WHY), Err(Error::Denied(_))));

        set_rule(db, &lead, PRACTICE, ("bills-rule", &ours, day), WHY).unwrap();
        let ruled = told(db, &first, ask(db, &first, "Two STATEMENTS came."));
        assert_eq!(
            (ruled.team.as_str(), ruled.skill, ruled.routed_by.as_str()),
            ("bills", Skill::Payments, "bills-rule")
        );
        assert_eq!(told(db, &first, before).team, "tier1", "what was open stays where it was");
        let without = dry_run(db, &lead, PRACTICE, ("bills-rule", None)).unwrap();
        assert_eq!((without.opened, without.elsewhere), (2, 2));

        withdraw_rule(db, &lead, PRACTICE, "bills-rule", WHY).unwrap();
        assert_eq!(told(db, &first, ask(db, &first, "A third statement came.")).team, "tier1");
        assert!(matches!(withdraw_rule(db, &lead, PRACTICE, "bills-rule", WHY), Err(Error::NotFound(_))));
        // A team that is closed owns nothing any more.
        let closed = Team { is_open: false, ..bills };
        teams::set_team(db, &lead, PRACTICE, ("bills", &closed), WHY).unwrap();
        assert_eq!(told(db, &first, ruled.item.id).team, "tier1");
        assert!(verify::verify(db, &db.system(), PRACTICE).unwrap().holds());
    });
}

#[test]
fn people_are_given_what_they_can_do_and_one_payer_does_not_fill_the_day() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (theo, lead) = (hire(db, 1, Role::Tier2), hire(db, 2, Role::Manager));
        let [blue, green] = [1, 2].map(|n| Some(PayerId(Uuid::from_u128(n))));
        let of_blue: Vec<_> = (0..4).map(|n| put(db, WorkReason::Denied, 900 - n, None, blue)).collect();
        let of_green = put(db, WorkReason::Denied, 10, None, green);
        let clinical = put(db, WorkReason::DeniedMedicalNecessity, 5_000, None, None);
        let ending = put(db, WorkReason::Denied, 0, Some(2), blue);
        let denials = Worker { teams: vec![], skills: vec![Skill::Denials], minutes_a_day: 300 };
        teams::set_worker(db, &lead, PRACTICE, (theo.user, &denials), WHY).unwrap();
        teams::set_share(db, &lead, PRACTICE, PayerShare { of_next: 4, percent: 50 }, WHY).unwrap();
        let mut taken = Vec::new();
        while let Some(next) = next_best::take(db, &theo, PRACTICE, Some(Desk::Tier2)).unwrap() {
            taken.push(next.item.id);
        }
        // The clock first, whatever its payer; two of four are blue's; then blue again, for nothing else is left.
        assert_eq!(taken, [ending, of_blue[0], of_green, of_blue[1], of_blue[2], of_blue[3]]);
        assert!(!taken.contains(&clinical), "it asks for a skill that nobody gave Theo");
        let stands = teams::arrangement(db, &lead, PRACTICE).unwrap();
        let nobody: Vec<_> = stands.unmanned.iter().map(|lane| (lane.team.as_str(), lane.skill, lane.items)).collect();
        assert_eq!(nobody, [("Tier 2", Skill::Clinical, 1)]);
    });
}

#[test]
fn fifty_people_who_pull_at_once_never_get_the_same_item_and_none_is_left() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let items: HashSet<WorkItemId> =
            (0..120).map(|n| put(db, WorkReason::Denied, 100 + n, (n % 7 == 0).then_some(3), None)).collect();
        let people: Vec<Actor> = (1..=50).map(|n| hire(db, n, Role::Tier2)).collect();
        let given = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for person in &people {
                scope.spawn(|| {
                    while let Some(next) = next_best::take(db, person, PRACTICE, None).unwrap() {
                        assert_eq!(next.owner.as_deref(), Some(person.login.as_str()));
                        given.lock().unwrap().push(next.item.id);
                    }
                });
            }
        });
        let given = given.into_inner().unwrap();
        assert_eq!(given.len(), items.len(), "an item was given twice, or left");
        assert_eq!(given.into_iter().collect::<HashSet<_>>(), items);
    });
}

#[test]
fn who_is_away_passes_on_what_they_have_and_their_substitute_works_their_lanes() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (theo, tess) = (hire(db, 1, Role::Tier2), hire(db, 2, Role::Tier2));
        let (ben, lead) = (hire(db, 3, Role::Tier1), hire(db, 4, Role::Manager));
        let skilled = |skill| Worker { teams: vec![], skills: vec![skill], minutes_a_day: 300 };
        teams::set_worker(db, &lead, PRACTICE, (theo.user, &skilled(Skill::Clinical)), WHY).unwrap();
        teams::set_worker(db, &lead, PRACTICE, (tess.user, &skilled(Skill::Denials)), WHY).unwrap();
        let (taken, waiting) = (
            put(db, WorkReason::DeniedMedicalNecessity, 500, None, None),
            put(db, WorkReason::DeniedMedicalNecessity, 400, None, None),
        );
        assert_eq!(next_best::take(db, &theo, PRACTICE, None).unwrap().unwrap().item.id, taken);
        assert_eq!(next_best::peek(db, &tess, PRACTICE, Some(Desk::Tier2)).unwrap(), None);
        let (from_on, to_on) = (today(db), today(db).saturating_add(4.days()));
        let absence = |user, substitute| Absence { user, from_on, to_on, substitute, is_called_off: false };
        let away = absence(theo.user, Some(tess.user));
        assert!(matches!(teams::set_absence(db, &theo, PRACTICE, &away, WHY), Err(Error::Denied(_))));
        assert!(teams::set_absence(db, &lead, PRACTICE, &absence(theo.user, Some(theo.user)), WHY).is_err());
        let id = teams::set_absence(db, &lead, PRACTICE, &away, WHY).unwrap();
        assert_eq!(told(db, &tess, taken).owner.as_deref(), Some("person-2"));
        assert!(matches!(next_best::assign(db, &lead, PRACTICE, waiting, theo.user), Err(Error::Refused(_))));
        assert_eq!(next_best::take(db, &tess, PRACTICE, Some(Desk::Tier2)).unwrap().unwrap().item.id, waiting);
        teams::call_off_absence(db, &lead, PRACTICE, id, WHY).unwrap();
        assert!(teams::arrangement(db, &lead, PRACTICE).unwrap().absences.is_empty());

        // Who stands in and may not work the desk gets nothing: it goes back into the queue.
        teams::set_absence(db, &lead, PRACTICE, &absence(tess.user, Some(ben.user)), WHY).unwrap();
        let back = told(db, &theo, taken);
        assert_eq!((back.item.state, back.owner), (WorkState::Open, None));
        assert!(matches!(next_best::assign(db, &lead, PRACTICE, taken, ben.user), Err(Error::Refused(_))));
        next_best::assign(db, &lead, PRACTICE, taken, theo.user).unwrap();
        assert_eq!(told(db, &theo, taken).owner.as_deref(), Some("person-1"));
    });
}

#[test]
fn a_team_that_gives_out_its_work_fills_each_day_and_no_more() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let (theo, lead) = (hire(db, 1, Role::Tier2), hire(db, 2, Role::Manager));
        let pushed = team("Appeals", Desk::Tier2, Assignment::Push);
        teams::set_team(db, &lead, PRACTICE, ("appeals", &pushed), WHY).unwrap();
        let minutes_a_day = WorkReason::Denied.minutes_at(Desk::Tier2) * 5 / 2;
        let in_appeals = Worker { teams: vec!["appeals".into()], skills: vec![], minutes_a_day };
        teams::set_worker(db, &lead, PRACTICE, (theo.user, &in_appeals), WHY).unwrap();
        let items: Vec<_> = (0..5).map(|n| put(db, WorkReason::Denied, 100 * (n + 1), None, None)).collect();
        db.write(&db.system(), PRACTICE, |tx| {
            let skill = WorkReason::Denied.skill();
            let place =
                PlaceRow { team: "appeals".into(), skill, priority: 0, is_raised: false, routed_by: String::new() };
            let all: Vec<_> = (1..).zip(&items).map(|(number, id)| (*id, number)).collect();
            store::routing::place(tx, &place, &all)
        })
        .unwrap();
        // The order is written anew first; the day has the minutes of two and a half.
        jobs::run_now(db, &lead, PRACTICE).unwrap();
        let has = |id: &WorkItemId| told(db, &theo, *id).owner.is_some();
        assert_eq!(items.iter().map(has).collect::<Vec<_>>(), [false, false, false, true, true]);
        jobs::run_now(db, &lead, PRACTICE).unwrap();
        assert_eq!(items.iter().filter(|id| has(id)).count(), 2, "the day is full");
        assert!(told(db, &theo, items[4]).priority > told(db, &theo, items[3]).priority);
    });
}

#[test]
fn work_whose_team_is_not_of_its_desk_fails_the_proof() {
    for_each_engine(|db| {
        crate::clinic::open_practice(db);
        let item = put(db, WorkReason::Denied, 100, None, None);
        assert!(verify::verify(db, &db.system(), PRACTICE).unwrap().holds());
        db.write(&db.system(), PRACTICE, |tx| {
            let (team, skill) = ("tier1".into(), Skill::Denials);
            let place = PlaceRow { team, skill, priority: 0, is_raised: false, routed_by: String::new() };
            store::routing::place(tx, &place, &[(item, 1)])
        })
        .unwrap();
        let found = verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(found.first_failure().map(|check| check.name), Some("work-has-a-team"));
    });
}
