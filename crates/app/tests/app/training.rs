//! Practice mode and skills: a person answers invented cases and is told what is right, a lead gives a skill of Tier 2 on that
//! evidence, routing honours it from the next item on; and nothing of the training practice is in the real one or leaves.

use app::access::allow;
use app::quality::skills::{demote, limit, of_person, promote};
use app::quality::training::{Shown, attempt, case, is_training, join, keep_case, next_case, results};
use app::{Error, next_best, teams};
use billing::access::{Action, Actor, ResourceState, Role};
use billing::practice::Practice;
use billing::quality::scenario::{SCENARIOS, Scenario, TrainingAnswer};
use billing::work::{Desk, Skill, WorkItem, WorkLinks, WorkReason};
use billing::{Money, PracticeId, TrainingCaseId, WorkItemId};
use store::testing::{PRACTICE, TestDb, for_each_engine};
use uuid::Uuid;

use crate::clinic;
use crate::remittance::all_invariants_hold;
use crate::routing::{hire, put};

const TRAINING: PracticeId = PracticeId(Uuid::from_u128(0x7000_0000_0000_4000_8000_0000_0000_0001));
const WHY: &str = "The cases and the reviews of March speak for it.";

fn refused<T: std::fmt::Debug>(done: Result<T, Error>, says: &str) {
    let error = done.unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

/// A training practice with a case of each scenario, as the simulator would leave them.
fn rehearse(db: &TestDb, lead: &Actor) {
    let system = Actor::system(TRAINING);
    let own = Practice { id: TRAINING, name: "Training for Alder Ridge".into(), ..clinic::practice() };
    db.write(&system, TRAINING, |tx| store::registration::insert_practice(tx, &own, true)).unwrap();
    join(db, lead, PRACTICE, TRAINING).unwrap();
    for one in SCENARIOS.iter() {
        kept(db, one, one.reason).unwrap();
    }
}

fn kept(db: &TestDb, scenario: &Scenario, reason: WorkReason) -> Result<TrainingCaseId, Error> {
    let item = db.write(&Actor::system(TRAINING), TRAINING, |tx| {
        let (id, today) = (WorkItemId(tx.new_id()), tx.today());
        let item = WorkItem::open(
            id,
            reason,
            "Invented.".into(),
            WorkLinks::default(),
            Money::ZERO,
            today,
            &billing::work::Calendar::default(),
        );
        store::worklist::insert_item(tx, &item, &format!("training:{id}"))?;
        Ok::<_, Error>(id)
    });
    let shown = Shown { facts: vec![("Payer says".into(), scenario.carc.into())] };
    keep_case(db, TRAINING, (scenario, item.unwrap()), &shown)
}

fn right(scenario: &Scenario) -> TrainingAnswer {
    TrainingAnswer {
        reason: scenario.reason,
        desk: scenario.reason.desk(),
        end: scenario.ends[0],
        stage: scenario.stage.into(),
        cause: scenario.cause.into(),
    }
}

/// Answers the cases of a skill rightly, so many of them.
fn train(db: &TestDb, who: &Actor, skill: Skill, cases: usize) {
    for _ in 0..cases {
        let id = next_case(db, who, PRACTICE, skill).unwrap().expect("a case is left");
        let scenario = SCENARIOS.iter().filter(|one| one.reason.skill() == skill);
        // Which scenario it is stays hidden: whoever answers finds out by the facts.
        let shown = case(db, who, PRACTICE, id).unwrap();
        assert!(shown.answered.is_none());
        let row = db
            .read(&Actor::system(TRAINING), TRAINING, |read| {
                Ok::<_, Error>(read.query_one(&store::quality::TRAINING_CASE, store::params![id])?)
            })
            .unwrap();
        let scenario = scenario.into_iter().find(|one| one.key == row.scenario).unwrap();
        assert_eq!(attempt(db, who, PRACTICE, id, &right(scenario)).unwrap(), 100);
    }
}

#[test]
fn an_answer_is_compared_and_explained_once_and_results_stand_by_skill() {
    for_each_engine(|db| {
        clinic::open_practice(db);
        let (tess, max) = (hire(db, 1, Role::Tier1), hire(db, 2, Role::Manager));
        assert_eq!(next_case(db, &tess, PRACTICE, Skill::Denials).unwrap(), None, "nothing is open yet");
        refused(join(db, &tess, PRACTICE, TRAINING), "may not open the training practice");
        rehearse(db, &max);
        refused(join(db, &max, PRACTICE, TRAINING), "already");
        let first = &SCENARIOS[0];
        refused(kept(db, first, WorkReason::Denied), "opened denied");

        let id = next_case(db, &tess, PRACTICE, Skill::Denials).unwrap().unwrap();
        let wrong = TrainingAnswer { desk: Desk::Tier1, ..right(first) };
        assert_eq!(attempt(db, &tess, PRACTICE, id, &wrong).unwrap(), 80);
        refused(attempt(db, &tess, PRACTICE, id, &right(first)), "its right answer was shown");
        let answered = case(db, &tess, PRACTICE, id).unwrap().answered.unwrap();
        assert_eq!((answered.score, answered.explanation), (80, first.explanation));
        assert_eq!(answered.compared.iter().filter(|one| !one.is_right).count(), 1);
        assert!(case(db, &max, PRACTICE, id).unwrap().answered.is_none(), "each answers for themselves");
        let own = results(db, &tess, PRACTICE).unwrap();
        let denials = own.iter().find(|one| one.skill == Skill::Denials).unwrap();
        assert_eq!((denials.answered, denials.mean), (1, Some(80)));
        let auditor = hire(db, 9, Role::Auditor);
        refused(results(db, &auditor, PRACTICE), "may not train");
        all_invariants_hold(db);
    });
}

#[test]
fn the_training_practice_is_apart_from_the_real_one() {
    for_each_engine(|db| {
        clinic::open_practice(db);
        let max = hire(db, 2, Role::Manager);
        rehearse(db, &max);
        let totals = app::worklist::totals(db, &max, PRACTICE).unwrap();
        assert!(totals.is_empty(), "no item of it is work: {totals:?}");
        for report in store::reports::REPORTS {
            let rows = db.read(&Actor::system(PRACTICE), PRACTICE, |read| (report.run)(read)).unwrap();
            let said = format!("{rows:?}");
            assert!(!said.contains("Invented") && !said.contains("Training"), "{}: {said}", report.key);
        }
        let trains = |of| db.read(&Actor::system(of), of, |read| is_training(read)).unwrap();
        assert_eq!((trains(TRAINING), trains(PRACTICE)), (true, false));
        let listed = store::practices::list(db).unwrap();
        let training: Vec<bool> = listed.iter().map(|one| one.is_training).collect();
        assert_eq!(training.iter().filter(|is| **is).count(), 1);
        let carrier = crate::carrier::Carrier::new();
        let sent = app::claim_submission::deliver(db, &Actor::system(TRAINING), TRAINING, &carrier);
        refused(sent, "nothing of it leaves");
        assert!(app::claim_submission::deliver(db, &Actor::system(PRACTICE), PRACTICE, &carrier).is_ok());
    });
}

#[test]
fn a_skill_is_given_on_evidence_and_routing_honours_it_at_once() {
    for_each_engine(|db| {
        clinic::open_practice(db);
        let (theo, max) = (hire(db, 1, Role::Tier2), hire(db, 2, Role::Manager));
        rehearse(db, &max);
        let (denial, clinical) = (
            put(db, WorkReason::DeniedEligibility, 400, None, None),
            put(db, WorkReason::DeniedMedicalNecessity, 900, None, None),
        );
        let next = || next_best::take(db, &theo, PRACTICE, Some(Desk::Tier2)).unwrap().map(|next| next.item.id);
        let skill = (theo.user, Skill::Denials);
        refused(promote(db, &max, PRACTICE, skill, WHY), "works every skill");
        refused(limit(db, &theo, PRACTICE, theo.user, WHY), "may not give somebody a skill");
        refused(limit(db, &max, PRACTICE, max.user, WHY), "Nobody gives skills to themselves");
        refused(limit(db, &max, PRACTICE, theo.user, "so"), "why");
        limit(db, &max, PRACTICE, theo.user, WHY).unwrap();
        assert_eq!(next(), None, "nothing of Tier 2 until a skill is given");
        refused(promote(db, &max, PRACTICE, skill, WHY), "3 more training cases");
        train(db, &theo, Skill::Denials, 3);
        refused(promote(db, &max, PRACTICE, (theo.user, Skill::Spanish), WHY), "does not ask for this skill");
        promote(db, &max, PRACTICE, skill, WHY).unwrap();
        refused(promote(db, &max, PRACTICE, skill, WHY), "has this skill already");
        assert_eq!(next(), Some(denial), "the skill that was given, although the other has more money");
        assert_eq!(next(), None);
        demote(db, &max, PRACTICE, skill, "Two denials came back from the payer as before.").unwrap();
        refused(demote(db, &max, PRACTICE, skill, WHY), "does not have this skill");
        let another = put(db, WorkReason::DeniedEligibility, 400, None, None);
        assert_eq!(next(), None, "taken back at once");

        let stands = of_person(db, &max, PRACTICE, theo.user).unwrap();
        assert_eq!(stands.earned, Some(vec![]));
        let kinds: Vec<&str> = stands.history.iter().map(|row| row.kind.as_str()).collect();
        assert_eq!(kinds, ["demoted", "promoted", "limited"], "with who, when and why");
        let promoted = &stands.history[1];
        assert_eq!((promoted.recorded_by_login.as_str(), promoted.why.as_str()), (max.login.as_str(), WHY));
        assert_eq!(promoted.evidence.0["cases"], 3);
        let staffing = db.read(&max, PRACTICE, |read| teams::staffing(read, read.today())).unwrap();
        assert_eq!(staffing.earned, [(theo.user, vec![])]);
        assert!(allow(&theo, Action::WorkTierTwo, &ResourceState::default()).is_ok(), "the right is the role's");
        assert_ne!(another, clinical);
        all_invariants_hold(db);
    });
}
