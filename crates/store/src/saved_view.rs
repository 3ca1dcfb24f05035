//! Views of the worklist that people keep, as rows. Whether a view is shown to somebody is decided elsewhere.

use billing::UserId;
use billing::id::SavedViewId;
use billing::work::Desk;
use jiff::Timestamp;

use crate::{record, statements};

record! {
    /// A view as stored.
    pub struct SavedViewRow in "saved_view" {
        /// Key.
        pub id: SavedViewId,
        /// Who keeps it.
        pub owner_id: UserId,
        /// What it is called.
        pub name: String,
        /// The desk whose people have it too.
        pub shared_desk: Option<Desk>,
        /// As an address carries it.
        pub filter: String,
        /// Since when.
        pub saved_at: Timestamp,
    }
}

statements! {
    /// Every view of the practice, by name.
    pub const SAVED_VIEWS: SavedViewRow = "SELECT id, owner_id, name, shared_desk, filter, saved_at FROM saved_view \
        WHERE practice_id = $1 ORDER BY name, id";
    /// One view.
    pub const SAVED_VIEW: SavedViewRow = "SELECT id, owner_id, name, shared_desk, filter, saved_at FROM saved_view \
        WHERE practice_id = $1 AND id = $2";
    /// Forgets a view.
    pub const FORGET_SAVED_VIEW: () = "DELETE FROM saved_view WHERE practice_id = $1 AND id = $2";
}
