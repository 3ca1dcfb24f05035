//! The provider-level ledger as rows: the items of payers as the books have them, and where each amount outside any claim
//! stands. An item is its postings; only what the books cannot carry is a row of its own. Decides nothing.

use billing::id::{ClaimId, PayerId, RemittanceId};
use billing::remittance::provider_level::reference::FoundBy;
use jiff::civil::Date;
use ledger::Money;
use uuid::Uuid;

use crate::{record, statements};

crate::col_texts!(FoundBy: |one| one.as_str(), |text| FoundBy::parse(text););

record! {
    /// Where one amount outside any claim stands.
    pub struct AdjustmentPlaceRow in "provider_adjustment_place" {
        /// Its payment.
        pub remittance_id: RemittanceId,
        /// Its place among the payment's, from 1.
        pub ordinal: i64,
        /// Whose item; none where the payer is none of ours.
        pub payer_id: Option<PayerId>,
        /// The reference without its dress.
        pub bare_reference: String,
        /// The item; empty where it was settled at once.
        pub item: String,
        /// The claim of ours that its reference names.
        pub claim_id: Option<ClaimId>,
        /// How it found its item.
        pub found_by: FoundBy,
    }

    /// A claim under one of its numbers.
    pub struct NumberedClaim {
        /// The claim.
        pub id: ClaimId,
        /// Our number.
        pub control_number: String,
        /// Who was asked.
        pub payer_id: PayerId,
        /// The number it was asked for by.
        pub number: String,
    }

    /// One posting on an item.
    pub struct ItemMovementRow {
        /// The item.
        pub reference: String,
        /// Place of its entry in the chain of the books.
        pub sequence: i64,
        /// Its civil day.
        pub occurred_on: Date,
        /// What it was made from: 'remittance' or 'provider_item' …
        pub source_kind: String,
        /// … and the record.
        pub source_id: Uuid,
        /// The stored reason: "PLB-WO", "applied".
        pub reason: String,
        /// Positive lowered a payment.
        pub cents: Money,
    }

    /// An amount outside any claim with its payment and its place.
    pub struct PlacedAdjustmentRow {
        /// Its payment.
        pub remittance_id: RemittanceId,
        /// Its place among the payment's, from 1.
        pub ordinal: i64,
        /// The payment's number.
        pub trace: String,
        /// The payment's day.
        pub paid_on: Date,
        /// PLB03-1.
        pub reason: String,
        /// PLB03-2 as it stands in the file.
        pub reference: String,
        /// Positive lowered the payment.
        pub amount_cents: Money,
        /// The item; empty where it was settled at once.
        pub item: String,
        /// The claim of ours that its reference names.
        pub claim_id: Option<ClaimId>,
        /// Our number of that claim.
        pub control_number: Option<String>,
        /// How it found its item.
        pub found_by: FoundBy,
        /// The payment's set as it stands in the file.
        pub raw: Vec<u8>,
    }

    /// What a payer settled at once by one reason.
    pub struct SettledAtOnceRow {
        /// The payer's name in its files.
        pub payer_name: String,
        /// PLB03-1.
        pub reason: String,
        /// How often.
        pub count: i64,
        /// Positive lowered payments.
        pub cents: Money,
        /// The last payment with it.
        pub last_on: Date,
    }
}

statements! {
    /// What of a payer's items is open; positive where the payer took it.
    pub const OPEN_ITEMS_OF_PAYER: (String, Money) =
        "SELECT reference, CAST(SUM(cents) AS BIGINT) FROM ledger_posting
         WHERE practice_id = $1 AND account = 'recoupment' AND payer_id = $2 AND reference IS NOT NULL
         GROUP BY reference HAVING SUM(cents) <> 0 ORDER BY reference";
    /// Every open item of every payer.
    pub const OPEN_ITEMS: (PayerId, String, Money) =
        "SELECT payer_id, reference, CAST(SUM(cents) AS BIGINT) FROM ledger_posting
         WHERE practice_id = $1 AND account = 'recoupment' AND payer_id IS NOT NULL AND reference IS NOT NULL
         GROUP BY payer_id, reference HAVING SUM(cents) <> 0 ORDER BY payer_id, reference";
    /// Items that walked to zero, the latest first.
    pub const CLOSED_ITEMS: (PayerId, String, i64) =
        "SELECT p.payer_id, p.reference, MAX(e.sequence) FROM ledger_posting p
         JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id
         WHERE p.practice_id = $1 AND p.account = 'recoupment' AND p.payer_id IS NOT NULL AND p.reference IS NOT NULL
         GROUP BY p.payer_id, p.reference HAVING SUM(p.cents) = 0 ORDER BY MAX(e.sequence) DESC LIMIT $2";
    /// The postings on items of a payer, in no order.
    pub const MOVEMENTS_OF_ITEMS: ItemMovementRow =
        "SELECT p.reference, e.sequence, e.occurred_on, e.source_kind, e.source_id, p.reason, p.cents
         FROM ledger_posting p JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id
         WHERE p.practice_id = $1 AND p.account = 'recoupment' AND p.payer_id = $2 AND p.reference IN ({keys})";
    /// Items of references that were written before.
    pub const ITEMS_OF_REFERENCES: (String, String, Option<ClaimId>) =
        "SELECT DISTINCT bare_reference, item, claim_id FROM provider_adjustment_place
         WHERE practice_id = $1 AND payer_id = $2 AND item <> '' AND bare_reference IN ({keys})";
    /// Claims by our numbers.
    pub const CLAIMS_OF_OUR_NUMBERS: NumberedClaim =
        "SELECT id, control_number, payer_id, control_number AS number FROM claim
         WHERE practice_id = $1 AND control_number IN ({keys})";
    /// Claims by numbers that payers gave in their answers, also in earlier ones.
    pub const CLAIMS_OF_PAYERS_NUMBERS: NumberedClaim =
        "SELECT DISTINCT c.id, c.control_number, c.payer_id, p.payer_claim_control_number AS number
         FROM claim_payment p JOIN claim c ON c.practice_id = p.practice_id AND c.id = p.claim_id
         WHERE p.practice_id = $1 AND p.payer_claim_control_number IN ({keys})";
    /// The amounts of one item, in the order of the payments.
    pub const PLACED_ON_ITEM: PlacedAdjustmentRow =
        "SELECT l.remittance_id, l.ordinal, r.trace, r.paid_on, a.reason, a.reference, a.amount_cents, l.item, l.claim_id,
                c.control_number, l.found_by, r.raw
         FROM provider_adjustment_place l
         JOIN provider_adjustment a ON a.practice_id = l.practice_id AND a.remittance_id = l.remittance_id
              AND a.ordinal = l.ordinal
         JOIN remittance r ON r.practice_id = l.practice_id AND r.id = l.remittance_id
         LEFT JOIN claim c ON c.practice_id = l.practice_id AND c.id = l.claim_id
         WHERE l.practice_id = $1 AND l.payer_id = $2 AND l.item = $3 ORDER BY r.imported_at, r.id, l.ordinal";
    /// The claims of ours that the references of items name.
    pub const CLAIMS_OF_ITEMS: (String, ClaimId, String) =
        "SELECT DISTINCT l.item, c.id, c.control_number FROM provider_adjustment_place l
         JOIN claim c ON c.practice_id = l.practice_id AND c.id = l.claim_id
         WHERE l.practice_id = $1 AND l.payer_id = $2 AND l.item IN ({keys})";
    /// The amounts outside any claim of one payment, in its order.
    pub const PLACED_IN_PAYMENT: PlacedAdjustmentRow =
        "SELECT l.remittance_id, l.ordinal, r.trace, r.paid_on, a.reason, a.reference, a.amount_cents, l.item, l.claim_id,
                c.control_number, l.found_by, r.raw
         FROM provider_adjustment_place l
         JOIN provider_adjustment a ON a.practice_id = l.practice_id AND a.remittance_id = l.remittance_id
              AND a.ordinal = l.ordinal
         JOIN remittance r ON r.practice_id = l.practice_id AND r.id = l.remittance_id
         LEFT JOIN claim c ON c.practice_id = l.practice_id AND c.id = l.claim_id
         WHERE l.practice_id = $1 AND l.remittance_id = $2 ORDER BY l.ordinal";
    /// What was settled at once since a day, by payer and reason.
    pub const SETTLED_AT_ONCE: SettledAtOnceRow =
        "SELECT r.payer_name, a.reason, COUNT(*) AS count, CAST(SUM(a.amount_cents) AS BIGINT) AS cents,
                MAX(r.paid_on) AS last_on
         FROM provider_adjustment_place l
         JOIN provider_adjustment a ON a.practice_id = l.practice_id AND a.remittance_id = l.remittance_id
              AND a.ordinal = l.ordinal
         JOIN remittance r ON r.practice_id = l.practice_id AND r.id = l.remittance_id
         WHERE l.practice_id = $1 AND l.item = '' AND r.paid_on >= $2
         GROUP BY r.payer_name, a.reason ORDER BY r.payer_name, a.reason";
    /// When work about things ended last.
    pub const LAST_RESOLVED: (String, Date) =
        "SELECT subject_key, MAX(resolved_on) FROM work_item
         WHERE practice_id = $1 AND state = 'resolved' AND resolved_on IS NOT NULL AND subject_key IN ({keys})
         GROUP BY subject_key";
    /// Items of which the books say something else than the payments that were placed on them.
    pub const ITEMS_OFF_THEIR_PAYMENTS: (PayerId, String, Money) =
        "SELECT x.payer_id, x.item, CAST(SUM(x.cents) AS BIGINT) FROM (
            SELECT l.payer_id AS payer_id, l.item AS item, a.amount_cents AS cents FROM provider_adjustment_place l
            JOIN provider_adjustment a ON a.practice_id = l.practice_id AND a.remittance_id = l.remittance_id
                 AND a.ordinal = l.ordinal
            WHERE l.practice_id = $1 AND l.item <> '' AND l.payer_id IS NOT NULL
            UNION ALL
            SELECT p.payer_id AS payer_id, p.reference AS item, -p.cents AS cents FROM ledger_posting p
            JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id
            WHERE p.practice_id = $1 AND p.account = 'recoupment' AND e.source_kind = 'remittance' AND EXISTS (
                SELECT 1 FROM provider_adjustment_place w
                WHERE w.practice_id = p.practice_id AND w.remittance_id = e.source_id)) x
         GROUP BY x.payer_id, x.item HAVING SUM(x.cents) <> 0 ORDER BY x.item LIMIT 5";
}
