//! The list of inquiries: what people asked, the latest first. No account is shown in it.

use billing::id::InquiryId;
use billing::work::inquiry::Inquiry;
use billing::work::{Channel, InquiryReason};
use jiff::civil::Date;

use crate::{Conn, Json, StoreError, params, record, statements};

record! {
    /// An inquiry in the list.
    pub struct InquiryListRow {
        /// Its id.
        pub id: InquiryId,
        /// By telephone, e-mail …
        pub channel: Channel,
        /// What about.
        pub reason: InquiryReason,
        /// When.
        pub received_on: Date,
        /// Open, answered, escalated.
        pub state: String,
        /// How many identifiers matched.
        pub verified_identifiers: i64,
        /// The whole inquiry, for whether further checks are taken.
        pub body: Json<Inquiry>,
    }
}

statements! {
    /// The latest inquiries that are not answered, then those that are.
    pub const INQUIRIES: InquiryListRow = "SELECT id, channel, reason, received_on, state, verified_identifiers, body FROM inquiry WHERE practice_id = $1 ORDER BY CASE WHEN state = 'answered' THEN 1 ELSE 0 END, received_on DESC, id DESC LIMIT 100";
}

/// The list.
pub fn list(conn: &Conn) -> Result<Vec<InquiryListRow>, StoreError> {
    conn.query(&INQUIRIES, params![])
}
