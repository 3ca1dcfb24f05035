//! Pay links as rows, once each that somebody was handed over to the card processor, and what the processor told. The money
//! itself is in the ledger.

use billing::id::{PatientId, PatientPaymentId, PayCheckoutId, PayLinkId, PayNoticeId, PaymentPageId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;

use crate::{record, statements};

record! {
    /// How patients reach the card processor's page.
    pub struct PaymentPageRow in "payment_page" {
        /// Key; keys grow with time.
        pub id: PaymentPageId,
        /// Under which address patients reach this desk.
        pub link_address: String,
        /// The processor's page; empty where links are off.
        pub page_url: String,
        /// What stands in a link's address comes from it and the link's id.
        pub link_key: Vec<u8>,
        /// The processor signs its notices with it.
        pub notice_secret: Vec<u8>,
        /// When it was set.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
        /// Why.
        pub why: String,
    }

    /// A link as stored.
    pub struct PayLinkRow in "pay_link" {
        /// Key.
        pub id: PayLinkId,
        /// Whose account.
        pub patient_id: PatientId,
        /// The setting it was made under.
        pub payment_page_id: PaymentPageId,
        /// Hash of what stands in its address.
        pub token_sha256: Vec<u8>,
        /// When it was made …
        pub made_on: Date,
        /// … and by whom; the log-in name.
        pub made_by_login: String,
        /// Its last day.
        pub expires_on: Date,
        /// When it was revoked …
        pub revoked_on: Option<Date>,
        /// … and by whom; the log-in name.
        pub revoked_by_login: Option<String>,
        /// Checks of identity that failed.
        pub failed_checks: i64,
    }

    /// Once that somebody was handed over.
    pub struct PayCheckoutRow in "pay_checkout" {
        /// Key.
        pub id: PayCheckoutId,
        /// By which link.
        pub pay_link_id: PayLinkId,
        /// Whose account.
        pub patient_id: PatientId,
        /// What the processor is given of ours.
        pub reference: String,
        /// What it was asked to charge; cents.
        pub amount_cents: Money,
        /// When.
        pub begun_at: Timestamp,
    }

    /// What the processor told.
    pub struct PayNoticeRow in "pay_notice" {
        /// Key.
        pub id: PayNoticeId,
        /// 'succeeded', 'failed'.
        pub event: String,
        /// The processor's reference of the payment: its token.
        pub processor_reference: String,
        /// Ours, as it came back.
        pub reference: String,
        /// What was charged; cents.
        pub amount_cents: Money,
        /// 'posted', 'unplaced', 'failed'.
        pub state: String,
        /// Brand of the card.
        pub brand: String,
        /// Last four digits.
        pub last_four: String,
        /// When it came.
        pub received_at: Timestamp,
        /// The payment that it became.
        pub patient_payment_id: Option<PatientPaymentId>,
        /// Who gave it an account, where the notice named none of ours.
        pub placed_by_login: Option<String>,
    }

    /// A notice with the receipt and the account that it became.
    pub struct PayNoticeLine {
        /// Key.
        pub id: PayNoticeId,
        /// The processor's reference of the payment.
        pub processor_reference: String,
        /// What was charged; cents.
        pub amount_cents: Money,
        /// 'posted', 'unplaced', 'failed'.
        pub state: String,
        /// Brand of the card.
        pub brand: String,
        /// Last four digits.
        pub last_four: String,
        /// When it came.
        pub received_at: Timestamp,
        /// Who gave it an account, where the notice named none of ours.
        pub placed_by_login: Option<String>,
        /// The payment that it became.
        pub patient_payment_id: Option<PatientPaymentId>,
        /// Its receipt.
        pub receipt_number: Option<String>,
        /// Whose account.
        pub patient_id: Option<PatientId>,
        /// The account's number.
        pub account_number: Option<String>,
    }
}

macro_rules! links {
    ($rest:literal) => {
        concat!(
            "SELECT id, patient_id, payment_page_id, token_sha256, made_on, made_by_login, expires_on, revoked_on, \
             revoked_by_login, failed_checks FROM pay_link WHERE practice_id = $1 ",
            $rest
        )
    };
}

macro_rules! pages {
    ($rest:literal) => {
        concat!(
            "SELECT id, link_address, page_url, link_key, notice_secret, recorded_at, recorded_by, recorded_by_login, why \
             FROM payment_page WHERE practice_id = $1 ",
            $rest
        )
    };
}

statements! {
    /// What a practice set about its card processor, the latest first.
    pub const PAYMENT_PAGES: PaymentPageRow = pages!("ORDER BY id DESC LIMIT $2");
    /// One setting, also one that no longer stands.
    pub const PAYMENT_PAGE: PaymentPageRow = pages!("AND id = $2");
    /// One link.
    pub const PAY_LINK: PayLinkRow = links!("AND id = $2");
    /// A link by the hash of what stands in its address.
    pub const PAY_LINK_BY_TOKEN: PayLinkRow = links!("AND token_sha256 = $2");
    /// A patient's links, the latest first.
    pub const PAY_LINKS_OF_PATIENT: PayLinkRow = links!("AND patient_id = $2 ORDER BY made_on DESC, id DESC LIMIT $3");
    /// Closes a link.
    pub const REVOKE_PAY_LINK: () = "UPDATE pay_link SET revoked_on = $3, revoked_by_login = $4 \
        WHERE practice_id = $1 AND id = $2 AND revoked_on IS NULL";
    /// Counts a check of identity that failed.
    pub const COUNT_FAILED_CHECK: () = "UPDATE pay_link SET failed_checks = failed_checks + 1 \
        WHERE practice_id = $1 AND id = $2";
    /// Where somebody was handed over, by our reference.
    pub const PAY_CHECKOUT: PayCheckoutRow = "SELECT id, pay_link_id, patient_id, reference, amount_cents, begun_at \
        FROM pay_checkout WHERE practice_id = $1 AND reference = $2";
    /// What the processor told of a payment.
    pub const PAY_NOTICE_OF_PAYMENT: PayNoticeRow = "SELECT id, event, processor_reference, reference, amount_cents, \
        state, brand, last_four, received_at, patient_payment_id, placed_by_login FROM pay_notice \
        WHERE practice_id = $1 AND processor_reference = $2 AND event = $3";
    /// One notice.
    pub const PAY_NOTICE: PayNoticeRow = "SELECT id, event, processor_reference, reference, amount_cents, \
        state, brand, last_four, received_at, patient_payment_id, placed_by_login FROM pay_notice \
        WHERE practice_id = $1 AND id = $2";
    /// Gives a notice its payment.
    pub const PLACE_PAY_NOTICE: () = "UPDATE pay_notice SET state = 'posted', patient_payment_id = $3, placed_by_login = $4 \
        WHERE practice_id = $1 AND id = $2 AND state = 'unplaced'";
    /// Notices of a state, the latest first.
    pub const PAY_NOTICES_IN_STATE: PayNoticeLine = "SELECT n.id, n.processor_reference, n.amount_cents, n.state, n.brand, \
        n.last_four, n.received_at, n.placed_by_login, n.patient_payment_id, m.receipt_number, m.patient_id, t.account_number \
        FROM pay_notice n \
        LEFT JOIN patient_payment m ON m.practice_id = n.practice_id AND m.id = n.patient_payment_id \
        LEFT JOIN patient t ON t.practice_id = m.practice_id AND t.id = m.patient_id \
        WHERE n.practice_id = $1 AND n.state = $2 ORDER BY n.received_at DESC, n.id DESC LIMIT $3";
    /// Notices whose payment is not the one of the processor's reference and amount.
    pub const NOTICES_OFF_THEIR_PAYMENTS: (PayNoticeId,) = "SELECT n.id FROM pay_notice n \
        JOIN patient_payment m ON m.practice_id = n.practice_id AND m.id = n.patient_payment_id \
        WHERE n.practice_id = $1 AND (m.amount_cents <> n.amount_cents OR m.reference <> n.processor_reference) LIMIT 5";
}
