//! Words typed into a form of a work item and not sent yet: kept for their writer, gone when they are sent. They may name
//! a patient, so they are kept where the records are, shown to nobody else, and never in an address or a log.

use std::collections::BTreeMap;

use billing::access::Actor;
use billing::{PracticeId, WorkItemId};
use jiff::{SignedDuration, Timestamp};
use store::form_draft::{FORGET_DRAFT, FORGET_OLD_DRAFTS, FORM_DRAFTS, FormDraftRow, KEEP_DRAFT};
use store::{Conn, Db, Json, params};

use crate::{Error, worklist};

/// Longest draft in bytes: some pages of text, the longest handover by far.
pub const LONGEST_DRAFT: usize = 16_384;
/// Nobody comes back to words of four weeks ago; the item's own history tells what happened since.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 28);

/// A form of a work item, by the last word of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemForm {
    /// Escalate.
    Escalations,
    /// Return.
    Returns,
    /// Resolve.
    Resolutions,
    /// Note.
    Notes,
}

impl ItemForm {
    /// Every form.
    pub const ALL: [ItemForm; 4] = [ItemForm::Escalations, ItemForm::Returns, ItemForm::Resolutions, ItemForm::Notes];

    /// The last word of its address.
    pub fn as_str(self) -> &'static str {
        match self {
            ItemForm::Escalations => "escalations",
            ItemForm::Returns => "returns",
            ItemForm::Resolutions => "resolutions",
            ItemForm::Notes => "notes",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }

    /// The fields whose words are kept.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            ItemForm::Escalations => &["problem", "tried", "evidence", "promised", "to_decide"],
            ItemForm::Returns => &["why"],
            ItemForm::Resolutions => &["outcome", "root_cause"],
            ItemForm::Notes => &["note"],
        }
    }
}

fn key(item: WorkItemId, form: ItemForm) -> String {
    format!("work/{item}/{}", form.as_str())
}

/// Keeps the words of a form, in the place of what was kept of it before; empty words are forgotten.
///
/// # Errors
/// `NotFound` where the person may not see the item; `Invalid` for more words than a form takes.
pub fn keep(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (item, form): (WorkItemId, ItemForm),
    words: &BTreeMap<String, String>,
) -> Result<(), Error> {
    worklist::show(db, actor, practice, item)?;
    let body: BTreeMap<String, String> = words
        .iter()
        .filter(|(field, text)| form.fields().contains(&field.as_str()) && !text.trim().is_empty())
        .map(|(field, text)| (field.clone(), text.clone()))
        .collect();
    if body.values().map(String::len).sum::<usize>() > LONGEST_DRAFT {
        return Err(Error::invalid("draft", "Shorten it: this is more than a form keeps."));
    }
    // A choice alone says nothing.
    if body.keys().all(|field| field == "root_cause") {
        return forget(db, actor, practice, item, form);
    }
    db.write(actor, practice, |tx| {
        let now = tx.now();
        if tx.execute(&KEEP_DRAFT, params![actor.user, key(item, form), now, Json(body.clone())])? == 0 {
            let form = key(item, form);
            tx.insert(&FormDraftRow { user_id: actor.user, form, kept_at: now, body: Json(body.clone()) })?;
        }
        Ok(())
    })
}

/// The person's words on an item, of all its forms, and when the latest were kept.
///
/// # Errors
/// Of the database.
pub fn of_item(
    conn: &Conn,
    actor: &Actor,
    item: WorkItemId,
) -> Result<Option<(BTreeMap<String, String>, Timestamp)>, Error> {
    let from = format!("work/{item}/");
    let rows = conn.query(&FORM_DRAFTS, params![actor.user, from, format!("{from}\u{10ffff}")])?;
    let latest = rows.iter().map(|row| row.kept_at).max();
    Ok(latest.map(|latest| (rows.into_iter().flat_map(|row| row.body.0).collect(), latest)))
}

/// Forgets the words of a form, because they were sent or thrown away.
///
/// # Errors
/// Of the database.
pub fn forget(db: &Db, actor: &Actor, practice: PracticeId, item: WorkItemId, form: ItemForm) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        tx.execute(&FORGET_DRAFT, params![actor.user, key(item, form)])?;
        Ok(())
    })
}

/// The daily job: forgets what nobody came back to. Answers how many.
///
/// # Errors
/// Of the database.
pub fn forget_old(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let before = tx.now().checked_sub(KEPT_FOR).unwrap_or(Timestamp::MIN);
        Ok(usize::try_from(tx.execute(&FORGET_OLD_DRAFTS, params![before])?).unwrap_or(usize::MAX))
    })
}
