//! Practice mode: invented cases with a known right answer, what a person's answers came to, and the skills of Tier 2 that a lead
//! gives one by one. Every page carries the banner; nothing here is real money.

use std::collections::HashMap;

use app::cases::people::Colleague;
use app::quality;
use app::quality::skills::{self, PersonSkills};
use app::quality::training::{self, CaseView, SkillResult};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::{Action, ResourceState};
use billing::quality::scenario::{SCENARIOS, TrainingAnswer};
use billing::quality::skills::{Evidence, SkillStep};
use billing::work::cause::STAGES;
use billing::work::{Desk as DeskKind, ResolutionCode, Skill, WorkReason};
use billing::{Money, TrainingCaseId, UserId};
use store::quality::SkillEventRow;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::settings::{Asked, Problems, field, problems};
use super::{Desk, filters};

/// What a form holds.
pub type Typed = HashMap<String, String>;

fn said<'t>(typed: &'t Typed, name: &str) -> &'t str {
    typed.get(name).map_or("", |words| words.trim())
}

#[derive(Template)]
#[template(path = "training/index.html")]
struct TrainingPage {
    shell: Shell,
    results: Vec<SkillResult>,
    skills: PersonSkills,
    is_open: bool,
    may_open: bool,
}

impl TrainingPage {
    fn is_given(&self, skill: &Skill) -> bool {
        self.skills.has(*skill)
    }
}

/// One's own results, and where to go on.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let (results, skills, is_open) = desk
        .blocking(move |db, practice| {
            let results = training::results(db, &actor, practice)?;
            let skills = skills::of_person(db, &actor, practice, actor.user)?;
            Ok((results, skills, training::training_practice(db, practice)?.is_some()))
        })
        .await?;
    render(&TrainingPage {
        shell: Shell::new(&desk, &who, "/practice-mode").in_training().after(asked.done()),
        results,
        skills,
        is_open,
        may_open: who.may(Action::PrepareTraining),
    })
}

/// Makes the training practice with its cases.
pub async fn open(State(desk): State<Desk>, who: SignedIn) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| {
        crate::training::open(db, &actor, practice, crate::training::CASES_A_SCENARIO).map(|_| ()).map_err(|error| {
            match error.downcast::<app::Error>() {
                Ok(error) => error,
                Err(other) => app::Error::refused(format!("The training practice could not be made: {other}.")),
            }
        })
    })
    .await?;
    go("/practice-mode", "training-open")
}

/// The next case of a skill.
pub async fn next(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let skill = Skill::parse(said(&typed, "skill")).ok_or(Refusal::Absent)?;
    let actor = who.actor.clone();
    let case = desk.blocking(move |db, practice| training::next_case(db, &actor, practice, skill)).await?;
    match case {
        Some(id) => go(&format!("/practice-mode/cases/{id}"), "case-taken"),
        None => go("/practice-mode", "cases-all"),
    }
}

#[derive(Template)]
#[template(path = "training/case.html")]
struct CasePage {
    shell: Shell,
    problems: Problems,
    typed: Typed,
    case: CaseView,
}

impl CasePage {
    /// The reasons that scenarios are about, in the catalogue's order, beside each other as the desk would see them.
    fn reasons() -> Vec<WorkReason> {
        let mut all: Vec<WorkReason> = SCENARIOS.iter().map(|one| one.reason).collect();
        all.extend([WorkReason::Denied, WorkReason::Rejected, WorkReason::DeniedFee]);
        all.sort();
        all.dedup();
        all
    }

    /// The ends that those reasons allow.
    fn ends() -> Vec<ResolutionCode> {
        let mut all: Vec<ResolutionCode> =
            Self::reasons().iter().flat_map(|reason| reason.spec().resolutions.iter().copied()).collect();
        all.sort();
        all.dedup();
        all
    }

    fn desks() -> [DeskKind; 5] {
        DeskKind::ALL
    }

    /// Stage and cause in one choice, as the form of an item has it.
    fn causes() -> Vec<(String, String)> {
        let each = STAGES.iter().flat_map(|stage| {
            stage
                .causes
                .iter()
                .map(move |cause| (format!("{}:{cause}", stage.stage), format!("{}: {cause}", stage.stage)))
        });
        each.collect()
    }

    fn is_said(&self, name: &str, value: &str) -> bool {
        said(&self.typed, name) == value
    }
}

/// A case: its form, or the answer beside the right one.
pub async fn show_case(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<TrainingCaseId>,
    Query(asked): Query<Asked>,
) -> Page {
    case(&desk, &who, id, (Typed::new(), Problems::default()), asked.done()).await
}

async fn case(
    desk: &Desk,
    who: &SignedIn,
    id: TrainingCaseId,
    (typed, problems): (Typed, Problems),
    done: Option<&str>,
) -> Page {
    let actor = who.actor.clone();
    let case = desk.blocking(move |db, practice| training::case(db, &actor, practice, id)).await?;
    render(&CasePage {
        shell: Shell::new(desk, who, "/practice-mode").in_training().after(done),
        problems,
        typed,
        case,
    })
}

/// The person answers.
pub async fn attempt(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<TrainingCaseId>,
    Form(typed): Form<Typed>,
) -> Page {
    let Some(answer) = answer_of(&typed) else {
        let problem = field("reason", "Answer all four: why, whose, how it ends, where it began.");
        return case(&desk, &who, id, (typed, problem), None).await;
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| training::attempt(db, &actor, practice, id, &answer)).await;
    match done.map_err(problems) {
        Ok(_) => go(&format!("/practice-mode/cases/{id}"), "case-answered"),
        Err(problems) => case(&desk, &who, id, (typed, problems?), None).await,
    }
}

fn answer_of(typed: &Typed) -> Option<TrainingAnswer> {
    let (stage, cause) = said(typed, "cause").split_once(':')?;
    Some(TrainingAnswer {
        reason: WorkReason::parse(said(typed, "reason"))?,
        desk: DeskKind::parse(said(typed, "desk"))?,
        end: ResolutionCode::parse(said(typed, "end"))?,
        stage: stage.to_owned(),
        cause: cause.to_owned(),
    })
}

#[derive(Template)]
#[template(path = "training/people.html")]
struct PeoplePage {
    shell: Shell,
    people: Vec<Colleague>,
}

/// Whose skills may be looked at, by name: no number stands beside them.
pub async fn people(State(desk): State<Desk>, who: SignedIn) -> Page {
    let actor = who.actor.clone();
    let people = desk.blocking(move |db, practice| quality::people(db, &actor, practice)).await?;
    render(&PeoplePage { shell: Shell::new(&desk, &who, "/quality"), people })
}

#[derive(Template)]
#[template(path = "training/person.html")]
struct PersonPage {
    shell: Shell,
    problems: Problems,
    typed: Typed,
    person: PersonSkills,
    why_not: Option<String>,
}

impl PersonPage {
    fn reviews(evidence: &Evidence) -> String {
        match evidence.reviews_mean {
            Some(mean) => format!("{} reviews, mean {mean} %", evidence.reviews),
            None => "None".to_owned(),
        }
    }

    fn cases(evidence: &Evidence) -> String {
        match evidence.cases_mean {
            Some(mean) => format!("{} cases, mean {mean} of 100", evidence.cases),
            None => "None".to_owned(),
        }
    }

    fn step(row: &SkillEventRow) -> &'static str {
        SkillStep::parse(&row.kind).map_or("", SkillStep::label)
    }

    fn skill(row: &SkillEventRow) -> &'static str {
        Skill::parse(&row.skill).map_or("all of Tier 2", Skill::label)
    }

    fn is_given(&self, skill: &Skill) -> bool {
        self.person.has(*skill)
    }

    fn typed_why(&self) -> &str {
        said(&self.typed, "why")
    }
}

/// One person's skills: what speaks for each, what was said, and the forms of who gives them.
pub async fn person(State(desk): State<Desk>, who: SignedIn, Id(user): Id<UserId>, Query(asked): Query<Asked>) -> Page {
    show_person(&desk, &who, user, (Typed::new(), Problems::default()), asked.done()).await
}

async fn show_person(
    desk: &Desk,
    who: &SignedIn,
    user: UserId,
    (typed, problems): (Typed, Problems),
    done: Option<&str>,
) -> Page {
    let actor = who.actor.clone();
    let person = desk.blocking(move |db, practice| skills::of_person(db, &actor, practice, user)).await?;
    let about = ResourceState::made_by(user, Money::ZERO);
    render(&PersonPage {
        shell: Shell::new(desk, who, "/quality").after(done),
        problems,
        typed,
        person,
        why_not: who.why_not(Action::PromoteSkill, &about),
    })
}

/// Gives a skill, takes one back, or begins to give them one by one.
pub async fn decide(State(desk): State<Desk>, who: SignedIn, Id(user): Id<UserId>, Form(typed): Form<Typed>) -> Page {
    let Some(step) = SkillStep::parse(said(&typed, "step")) else {
        return show_person(&desk, &who, user, (typed, field("step", "Choose what is to be said.")), None).await;
    };
    let skill = Skill::parse(said(&typed, "skill"));
    let (actor, why) = (who.actor.clone(), said(&typed, "why").to_owned());
    let done = desk
        .blocking(move |db, practice| match (step, skill) {
            (SkillStep::Limited, _) => skills::limit(db, &actor, practice, user, &why),
            (SkillStep::Promoted, Some(skill)) => skills::promote(db, &actor, practice, (user, skill), &why),
            (SkillStep::Demoted, Some(skill)) => skills::demote(db, &actor, practice, (user, skill), &why),
            (SkillStep::Promoted | SkillStep::Demoted, None) => {
                Err(app::Error::invalid("skill", "Choose which skill."))
            }
        })
        .await;
    match done.map_err(problems) {
        Ok(()) => go(&format!("/practice-mode/people/{user}"), "skill-decided"),
        Err(problems) => show_person(&desk, &who, user, (typed, problems?), None).await,
    }
}
