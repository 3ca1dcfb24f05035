//! Paper remittances as they are keyed in, and their scans, as rows. Nothing of a draft is money.

use billing::id::{KeyedRemittanceId, KeyedScanId, PayerId, RemittanceId, UserId};
use billing::remittance::{ClaimPayment, ProviderAdjustment};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;
use serde::{Deserialize, Serialize};

use crate::value::Json;
use crate::{record, statements};

/// What the paper says, claim by claim.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeyedBody {
    /// Each claim.
    pub claims: Vec<ClaimPayment>,
    /// Money outside any claim.
    pub provider_adjustments: Vec<ProviderAdjustment>,
}

record! {
    /// A keyed remittance as stored.
    pub struct KeyedRow in "keyed_remittance" {
        /// Key.
        pub id: KeyedRemittanceId,
        /// 'draft', 'posted', 'dropped'.
        pub state: String,
        /// Who pays.
        pub payer_id: PayerId,
        /// The check's number.
        pub trace: String,
        /// The day on it.
        pub paid_on: Date,
        /// What it pays in all; cents.
        pub amount_cents: Money,
        /// Rises with each change: an old form is refused.
        pub revision: i64,
        /// The number of its file.
        pub file_number: i64,
        /// When it was begun …
        pub keyed_at: Timestamp,
        /// … by whom …
        pub keyed_by: UserId,
        /// … with the log-in name.
        pub keyed_by_login: String,
        /// What it says.
        pub body: Json<KeyedBody>,
        /// The remittance that it became.
        pub remittance_id: Option<RemittanceId>,
        /// When it was posted or dropped.
        pub ended_on: Option<Date>,
    }

    /// A scan as stored.
    pub struct ScanRow in "keyed_scan" {
        /// Key.
        pub id: KeyedScanId,
        /// Of which paper.
        pub keyed_remittance_id: KeyedRemittanceId,
        /// 'pdf', 'png', 'jpeg'.
        pub kind: String,
        /// How large.
        pub size_bytes: i64,
        /// SHA-256 of the bytes.
        pub sha256: [u8; 32],
        /// When …
        pub attached_at: Timestamp,
        /// … by whom.
        pub attached_by_login: String,
        /// The picture.
        pub bytes: Vec<u8>,
    }

    /// A scan without its bytes.
    pub struct ScanHead {
        /// Key.
        pub id: KeyedScanId,
        /// 'pdf', 'png', 'jpeg'.
        pub kind: String,
        /// How large.
        pub size_bytes: i64,
        /// When …
        pub attached_at: Timestamp,
        /// … by whom.
        pub attached_by_login: String,
    }
}

macro_rules! keyed {
    ($rest:literal) => {
        concat!(
            "SELECT id, state, payer_id, trace, paid_on, amount_cents, revision, file_number, keyed_at, keyed_by, \
             keyed_by_login, body, remittance_id, ended_on FROM keyed_remittance WHERE practice_id = $1 ",
            $rest
        )
    };
}

statements! {
    /// One keyed remittance.
    pub const KEYED: KeyedRow = keyed!("AND id = $2");
    /// Those of a state, the latest first.
    pub const KEYED_IN_STATE: KeyedRow = keyed!("AND state = $2 ORDER BY keyed_at DESC, id DESC LIMIT $3");
    /// Those of a check's number that were posted.
    pub const KEYED_OF_TRACE: KeyedRow = keyed!("AND trace = $2 AND state = 'posted'");
    /// What a remittance was keyed from.
    pub const KEYED_OF_REMITTANCE: KeyedRow = keyed!("AND remittance_id = $2");
    /// Changes a draft.
    pub const SAVE_KEYED: () = "UPDATE keyed_remittance SET revision = $3, body = $4, amount_cents = $5 \
        WHERE practice_id = $1 AND id = $2";
    /// Ends a draft.
    pub const END_KEYED: () = "UPDATE keyed_remittance SET state = $3, remittance_id = $4, ended_on = $5 \
        WHERE practice_id = $1 AND id = $2";
    /// The scans of a keyed remittance.
    pub const SCANS_OF_KEYED: ScanHead = "SELECT id, kind, size_bytes, attached_at, attached_by_login FROM keyed_scan \
        WHERE practice_id = $1 AND keyed_remittance_id = $2 ORDER BY attached_at, id";
    /// One scan.
    pub const SCAN: ScanRow = "SELECT id, keyed_remittance_id, kind, size_bytes, sha256, attached_at, attached_by_login, \
        bytes FROM keyed_scan WHERE practice_id = $1 AND id = $2";
    /// Posted remittances of a payer and number.
    pub const POSTED_OF_PAYER: (RemittanceId, Money) = "SELECT id, amount_cents FROM remittance \
        WHERE practice_id = $1 AND trace = $2 AND payer_id = $3 AND state = 'posted'";
}
