//! What the lists of refunds and of write-offs share: what two people decide, which buttons this one gets, and words that
//! colleagues typed, for roles to whom patients are masked. Decides nothing itself.

use std::collections::BTreeMap;

use billing::access::{Action, Actor, Limits, ResourceState};
use billing::{Money, PatientId, PracticeId, UserId};
use serde::Deserialize;
use store::{Db, StoreError};

use super::Desk;
use super::masking::{Identity, TYPED_NOT_SHOWN};
use super::page::{Page, go};
use super::refusal::Refusal;
use super::session::SignedIn;

/// What stands in the address of a list.
#[derive(Deserialize)]
pub struct Asked {
    pub(super) state: Option<String>,
    pub(super) done: Option<String>,
}

/// Why something is refused, withdrawn or undone.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Why {
    pub(super) why: String,
}

/// Where a request is, as far as buttons go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Waits for a second person.
    Waits,
    /// Approved; a further step may follow.
    Approved,
    /// Nothing follows.
    Ended,
}

/// What may be done about a request, each with the amount that counts for the person's limit.
pub struct Steps {
    pub(super) ask: Action,
    pub(super) approve: (Action, Money),
    pub(super) further: (Action, Money),
    /// What roles decide alone in this practice.
    pub(super) limits: Limits,
}

/// The buttons that this person gets, and why there are none.
pub struct May {
    pub(super) decide: bool,
    pub(super) withdraw: bool,
    pub(super) further: bool,
    pub(super) why_not: Option<String>,
}

impl May {
    /// Each only where the use case would let it through. Nobody decides what they asked for.
    pub fn of(who: &SignedIn, asked_by: UserId, stage: Stage, steps: &Steps) -> May {
        let is_own = asked_by == who.actor.user;
        let why_not = |(action, amount): (Action, Money)| {
            who.why_not(action, &ResourceState::made_by(asked_by, amount).within(steps.limits))
        };
        let (no_approval, no_further) = (why_not(steps.approve), why_not(steps.further));
        let (waits, approved) = (stage == Stage::Waits, stage == Stage::Approved);
        May {
            decide: waits && !is_own && no_approval.is_none(),
            withdraw: waits && is_own && who.may(steps.ask),
            further: approved && !is_own && no_further.is_none(),
            why_not: match stage {
                Stage::Waits => no_approval.filter(|_| !is_own),
                Stage::Approved => no_further,
                Stage::Ended => None,
            },
        }
    }
}

/// Carries a decision out and goes on to a list, with the word for what was done.
pub async fn decide(
    desk: &Desk,
    who: &SignedIn,
    decision: impl FnOnce(&Db, &Actor, PracticeId) -> Result<(), app::Error> + Send + 'static,
    (to, done): (&str, &str),
) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| decision(db, &actor, practice)).await?;
    go(to, done)
}

/// A form's amount.
pub fn dollars(typed: &str) -> Result<Money, Refusal> {
    Money::parse(typed).map_err(|_| Refusal::Invalid {
        field: "amount".into(),
        problem: "Write dollars and cents, for example 92.66.".into(),
    })
}

/// What colleagues typed about patients: for a role to whom patients are masked, without the patient for who acts on it, and
/// not at all for everybody else.
pub async fn mask<'a>(
    desk: &Desk,
    who: &SignedIn,
    acts: &[Action],
    typed: impl Iterator<Item = (PatientId, &'a mut String)>,
) -> Result<(), Refusal> {
    if !who.is_masked(Action::ViewPatient) {
        return Ok(());
    }
    let typed: Vec<(PatientId, &mut String)> = typed.filter(|(_, words)| !words.is_empty()).collect();
    if !acts.iter().any(|action| who.may(*action)) {
        typed.into_iter().for_each(|(_, words)| *words = TYPED_NOT_SHOWN.to_owned());
        return Ok(());
    }
    let mut about: Vec<PatientId> = typed.iter().map(|(patient, _)| *patient).collect();
    about.sort();
    about.dedup();
    let identities = desk
        .read(&who.actor, move |read| {
            let of = |patient| Ok((patient, Identity::of_patient(read, patient)?));
            Ok(about.iter().copied().map(of).collect::<Result<BTreeMap<_, _>, StoreError>>()?)
        })
        .await?;
    for (patient, words) in typed {
        *words = identities.get(&patient).map_or(TYPED_NOT_SHOWN.to_owned(), |identity| identity.leave_out(words));
    }
    Ok(())
}
