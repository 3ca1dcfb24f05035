//! Views of the worklist that people keep under a name, for themselves or for everybody at a desk. A view is a filter and
//! gives no right: whoever opens it sees what their own rights show.

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::id::SavedViewId;
use billing::work::Desk;
use store::saved_view::{FORGET_SAVED_VIEW, SAVED_VIEW, SAVED_VIEWS, SavedViewRow};
use store::{Db, params};

use crate::Error;
use crate::access::allow;
use crate::worklist::filter::Filter;
use crate::worklist::may_see;

/// Longest name: what fits a line of the queue.
const LONGEST_NAME: usize = 40;
/// Views of one person: more than that nobody finds again.
const MOST_VIEWS: usize = 30;

/// The views that the person has: their own, and those of the desks they see.
///
/// # Errors
/// `Denied` without the right to see a worklist.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<SavedViewRow>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    let mut views = db.read(actor, practice, |read| Ok::<_, Error>(read.query(&SAVED_VIEWS, params![])?))?;
    views.retain(|view| view.owner_id == actor.user || view.shared_desk.is_some_and(|desk| may_see(actor, desk)));
    Ok(views)
}

/// Keeps a view.
///
/// # Errors
/// `Invalid` without a name, for a name that the person uses already, for a filter that narrows nothing; `NotFound` for a
/// desk that is not theirs; `Refused` where they keep too many.
pub fn save(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    name: &str,
    shared_desk: Option<Desk>,
    filter: &Filter,
) -> Result<SavedViewId, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid("name", format!("Give it a name of 1 to {LONGEST_NAME} letters.")));
    }
    if *filter == Filter::default() {
        return Err(Error::invalid("name", "Choose a desk or narrow the list first; then there is something to keep."));
    }
    if shared_desk.is_some_and(|desk| !may_see(actor, desk)) {
        return Err(Error::NotFound("desk"));
    }
    let own: Vec<SavedViewRow> =
        list(db, actor, practice)?.into_iter().filter(|view| view.owner_id == actor.user).collect();
    if own.iter().any(|view| view.name == name) {
        return Err(Error::invalid("name", "You have a view of this name. Choose another, or remove that one first."));
    }
    if own.len() >= MOST_VIEWS {
        return Err(Error::refused(format!("You keep {MOST_VIEWS} views. Remove one that you no longer open.")));
    }
    db.write(actor, practice, |tx| {
        let id = SavedViewId(tx.new_id());
        tx.insert(&SavedViewRow {
            id,
            owner_id: actor.user,
            name: name.to_owned(),
            shared_desk,
            filter: filter.query(),
            saved_at: tx.now(),
        })?;
        Ok(id)
    })
}

/// Forgets a view of one's own; who gives work to people may clear away anybody's.
///
/// # Errors
/// `NotFound` for one that is not theirs to remove.
pub fn remove(db: &Db, actor: &Actor, practice: PracticeId, id: SavedViewId) -> Result<(), Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let view = tx.query_opt(&SAVED_VIEW, params![id])?.ok_or(Error::NotFound("view"))?;
        if view.owner_id != actor.user && !(view.shared_desk.is_some() && crate::worklist::gives_work(actor)) {
            return Err(Error::NotFound("view"));
        }
        tx.execute(&FORGET_SAVED_VIEW, params![id])?;
        Ok(())
    })
}
