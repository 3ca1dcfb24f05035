//! Training notes: words to named people about a problem, and that each of them read it. A note names no patient and changes
//! nothing but that.

use std::collections::BTreeSet;

use billing::access::{Action, Actor, ResourceState, UserState};
use billing::problem::ActionKind;
use billing::{PracticeId, ProblemId, TrainingReceiptId, UserId};
use serde_json::json;
use store::problem::{READ_TRAINING, TRAINING_OF_USER, TrainingReceiptRow, TrainingRow};
use store::users::USERS;
use store::{Db, params};

use super::acted;
use crate::access::allow;
use crate::cases::people::{Colleague, who_may};
use crate::{Error, reason};

/// Notes that a person's page shows.
const MOST_SHOWN: i64 = 200;

/// Who can be told: everybody who may read a note.
///
/// # Errors
/// `Denied` without the right to see problems.
pub fn people(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Colleague>, Error> {
    allow(actor, Action::ViewProblems, &ResourceState::default())?;
    db.read(actor, practice, |read| who_may(read, practice, Action::ReadTraining))
}

/// Tells named people how to do it from now on.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where the problem is closed; `Invalid` without words or people.
pub fn tell(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ProblemId,
    (words, people): (&str, &[UserId]),
) -> Result<(), Error> {
    allow(actor, Action::WorkTierThree, &ResourceState::default())?;
    let words = reason::given(words, "Say in some sentences what to do from now on, without a patient.")?;
    let people: BTreeSet<UserId> = people.iter().copied().collect();
    if people.is_empty() {
        return Err(Error::invalid("people", "Choose who shall read it."));
    }
    db.write(actor, practice, |tx| {
        let known: BTreeSet<UserId> = tx
            .query(&USERS, params![])?
            .into_iter()
            .filter(|user| user.state == UserState::Active)
            .map(|user| user.id)
            .collect();
        if !people.is_subset(&known) {
            return Err(Error::invalid("people", "One of them has no log-in any more. Choose again."));
        }
        let action = acted(tx, id, ActionKind::Training, (words, json!({ "people": people.len() })))?;
        let told_at = tx.now();
        let receipt = |user_id: UserId, id| TrainingReceiptRow {
            id: TrainingReceiptId(id),
            problem_action_id: action,
            user_id,
            told_at,
            read_at: None,
        };
        let rows: Vec<TrainingReceiptRow> = people.iter().map(|user| receipt(*user, tx.new_id())).collect();
        Ok(tx.insert_many(&rows)?)
    })
}

/// The person's own notes, the latest first.
///
/// # Errors
/// `Denied`.
pub fn own(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<TrainingRow>, Error> {
    allow(actor, Action::ReadTraining, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&TRAINING_OF_USER, params![actor.user, MOST_SHOWN])?))
}

/// The person read a note of theirs.
///
/// # Errors
/// `Denied`; `NotFound` for another's note, or one that was read.
pub fn read(db: &Db, actor: &Actor, practice: PracticeId, id: TrainingReceiptId) -> Result<(), Error> {
    allow(actor, Action::ReadTraining, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let now = tx.now();
        tx.query_opt(&READ_TRAINING, params![id, actor.user, now])?.ok_or(Error::NotFound("unread training note"))?;
        tx.audit("training.read", "training_receipt", id, json!({}));
        Ok(())
    })
}
