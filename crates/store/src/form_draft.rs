//! Words that a person typed and did not send, as rows. They hold what the form holds, so they live where the records
//! live and nowhere else; nobody but their writer reads them.

use std::collections::BTreeMap;

use billing::UserId;
use jiff::Timestamp;

use crate::value::Json;
use crate::{record, statements};

record! {
    /// A draft as stored.
    pub struct FormDraftRow in "form_draft" {
        /// Whose words.
        pub user_id: UserId,
        /// Which form of which thing.
        pub form: String,
        /// When they were kept.
        pub kept_at: Timestamp,
        /// Field and text.
        pub body: Json<BTreeMap<String, String>>,
    }
}

statements! {
    /// One draft.
    pub const FORM_DRAFT: FormDraftRow = "SELECT user_id, form, kept_at, body FROM form_draft \
        WHERE practice_id = $1 AND user_id = $2 AND form = $3";
    /// A person's drafts of the forms between two names.
    pub const FORM_DRAFTS: FormDraftRow = "SELECT user_id, form, kept_at, body FROM form_draft \
        WHERE practice_id = $1 AND user_id = $2 AND form >= $3 AND form < $4 ORDER BY form";
    /// Keeps newer words.
    pub const KEEP_DRAFT: () = "UPDATE form_draft SET kept_at = $4, body = $5 \
        WHERE practice_id = $1 AND user_id = $2 AND form = $3";
    /// Forgets a draft.
    pub const FORGET_DRAFT: () = "DELETE FROM form_draft WHERE practice_id = $1 AND user_id = $2 AND form = $3";
    /// Forgets what nobody came back to.
    pub const FORGET_OLD_DRAFTS: () = "DELETE FROM form_draft WHERE practice_id = $1 AND kept_at < $2";
}
