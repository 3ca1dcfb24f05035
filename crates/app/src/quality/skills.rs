//! Skills of Tier 2, given to people one by one: what a person's training and reviews say of each, who gave or took it, when and
//! why. Routing honours it from the next item on. It gives no right: roles do.

use billing::access::{Action, Actor, ResourceState};
use billing::quality::skills::{Evidence, SkillStep, earned, tier2_skills};
use billing::work::Skill;
use billing::{Money, PracticeId, SkillEventId, UserId};
use serde_json::json;
use store::quality::{ATTEMPTS_OF_PERSON, SKILL_EVENTS, SKILLS_SAID, SkillEventRow};
use store::users::USER_BY_ID;
use store::{Conn, Db, Json, Tx, params};

use super::reviewed;
use crate::access::allow;
use crate::{Error, reason};

/// What stands of a person's skills.
#[derive(Debug, Clone)]
pub struct PersonSkills {
    /// Who.
    pub user: UserId,
    /// The name that others read.
    pub name: String,
    /// The skills that were given one by one; none where nobody limited the person.
    pub earned: Option<Vec<Skill>>,
    /// Every skill of Tier 2 with what speaks for it.
    pub evidence: Vec<(Skill, Evidence)>,
    /// What was said, the latest first.
    pub history: Vec<SkillEventRow>,
}

impl PersonSkills {
    /// Whether Tier 2 gives the person items of the skill, where their role lets them work it.
    pub fn has(&self, skill: Skill) -> bool {
        self.earned.as_ref().is_none_or(|earned| earned.contains(&skill))
    }
}

/// Everybody of whom something was said, with what stands.
pub(crate) fn earned_by_all(conn: &Conn) -> Result<Vec<(UserId, Vec<Skill>)>, Error> {
    let mut people: Vec<(UserId, Vec<(SkillStep, Option<Skill>)>)> = Vec::new();
    for (user, kind, skill) in conn.query(&SKILLS_SAID, params![])? {
        let Some(step) = SkillStep::parse(&kind) else { continue };
        let said = (step, Skill::parse(&skill));
        match people.iter_mut().find(|(who, _)| *who == user) {
            Some((_, steps)) => steps.push(said),
            None => people.push((user, vec![said])),
        }
    }
    Ok(people.into_iter().filter_map(|(user, said)| Some((user, earned(said)?))).collect())
}

/// A person's skills with what speaks for each: their own, or anybody's for who gives skills or sees the team's quality.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn of_person(db: &Db, actor: &Actor, practice: PracticeId, user: UserId) -> Result<PersonSkills, Error> {
    let action = if user == actor.user { Action::ViewOwnQuality } else { Action::ViewQuality };
    allow(actor, action, &ResourceState::default())?;
    db.read(actor, practice, |read| person(read, user))
}

fn person(read: &Conn, user: UserId) -> Result<PersonSkills, Error> {
    let row = read.query_opt(&USER_BY_ID, params![user])?.ok_or(Error::NotFound("person"))?;
    let evidence = tier2_skills().into_iter().map(|skill| Ok((skill, evidence(read, user, skill)?)));
    Ok(PersonSkills {
        user,
        name: row.display_name,
        earned: stands(read, user)?,
        evidence: evidence.collect::<Result<_, Error>>()?,
        history: read.query(&SKILL_EVENTS, params![user])?,
    })
}

fn stands(read: &Conn, user: UserId) -> Result<Option<Vec<Skill>>, Error> {
    Ok(earned_by_all(read)?.into_iter().find(|(who, _)| *who == user).map(|(_, earned)| earned))
}

/// What training and reviews say of one skill of a person.
fn evidence(read: &Conn, user: UserId, skill: Skill) -> Result<Evidence, Error> {
    let attempts = read.query(&ATTEMPTS_OF_PERSON, params![user])?;
    let cases: Vec<i64> = attempts.iter().filter(|one| one.skill == skill).map(|one| one.score).collect();
    let reviews = reviewed(read, user)?;
    let of_skill = reviews.iter().filter(|row| row.reason.skill() == skill);
    let scores: Vec<(i64, bool)> =
        of_skill.filter_map(|row| Some((row.score?, row.is_failed.unwrap_or(false)))).collect();
    Ok(Evidence::of(&cases, &scores))
}

/// From now on Tier 2 gives the person only what is given one by one: what training for Tier 2 begins with.
///
/// # Errors
/// `Denied`, of oneself too; `Invalid` without a reason; `Refused` where it is so already; `NotFound`.
pub fn limit(db: &Db, actor: &Actor, practice: PracticeId, user: UserId, why: &str) -> Result<(), Error> {
    decide(db, actor, practice, user, why, |read| match stands(read, user)? {
        Some(_) => Err(Error::refused("This person’s skills are given one by one already.")),
        None => Ok((SkillStep::Limited, None, Evidence::default())),
    })
}

/// Gives a person a skill of Tier 2, on the evidence of training and reviews, which is kept with it.
///
/// # Errors
/// `Denied`, of oneself too; `Invalid` without a reason or for a skill that Tier 2 does not ask for; `Refused` where the
/// evidence does not speak for it or the person has it; `NotFound`.
pub fn promote(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (user, skill): (UserId, Skill),
    why: &str,
) -> Result<(), Error> {
    decide(db, actor, practice, user, why, |read| {
        of_tier2(skill)?;
        let works_two = crate::cases::people::who_may(read, practice, Action::WorkTierTwo)?;
        match stands(read, user)? {
            Some(earned) if earned.contains(&skill) => {
                return Err(Error::refused("This person has this skill already."));
            }
            None if works_two.iter().any(|one| one.id == user) => {
                return Err(Error::refused(
                    "This person works every skill of Tier 2. Begin to give skills one by one first, or take one back.",
                ));
            }
            Some(_) | None => {}
        }
        let evidence = evidence(read, user, skill)?;
        evidence.speaks_for().map_err(Error::Refused)?;
        Ok((SkillStep::Promoted, Some(skill), evidence))
    })
}

/// Takes a skill of Tier 2 back; what the person has taken stays theirs.
///
/// # Errors
/// `Denied`, of oneself too; `Invalid` without a reason or for a skill that Tier 2 does not ask for; `Refused` where the
/// person does not have it; `NotFound`.
pub fn demote(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (user, skill): (UserId, Skill),
    why: &str,
) -> Result<(), Error> {
    decide(db, actor, practice, user, why, |read| {
        of_tier2(skill)?;
        if stands(read, user)?.is_some_and(|earned| !earned.contains(&skill)) {
            return Err(Error::refused("This person does not have this skill."));
        }
        Ok((SkillStep::Demoted, Some(skill), evidence(read, user, skill)?))
    })
}

fn of_tier2(skill: Skill) -> Result<(), Error> {
    if tier2_skills().contains(&skill) {
        return Ok(());
    }
    Err(Error::invalid("skill", "Tier 2 does not ask for this skill. Choose one of the list."))
}

fn decide(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    user: UserId,
    why: &str,
    decision: impl Fn(&Tx) -> Result<(SkillStep, Option<Skill>, Evidence), Error>,
) -> Result<(), Error> {
    allow(actor, Action::PromoteSkill, &ResourceState::made_by(user, Money::ZERO))?;
    let why = reason::given(why, "Say in a sentence why; the person and the auditor read it.")?;
    db.write(actor, practice, |tx| {
        tx.query_opt(&USER_BY_ID, params![user])?.ok_or(Error::NotFound("person"))?;
        let (step, skill, evidence) = decision(tx)?;
        let words = skill.map_or("", Skill::as_str);
        let row = SkillEventRow {
            id: SkillEventId(tx.new_id()),
            user_id: user,
            kind: step.as_str().to_owned(),
            skill: words.to_owned(),
            why: why.to_owned(),
            evidence: Json(json!(evidence)),
            recorded_at: tx.now(),
            recorded_by: actor.user,
            recorded_by_login: actor.login.clone(),
        };
        tx.insert(&row)?;
        tx.audit("skill.decide", "app_user", user, json!({ "step": step.as_str(), "skill": words }));
        Ok(())
    })
}
