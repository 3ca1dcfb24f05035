//! Values that travel to and from both engines, and the types that may stand in a column.
//!
//! `Val` is the common ground: what SQLite keeps as BLOB, TEXT or INTEGER and PostgreSQL as uuid, date, timestamptz …
//! A Rust type takes part by implementing [`Col`]; floats never do.

use billing::access::ActorKind;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{AccountKind, Money};
use uuid::Uuid;

/// One value of a parameter or a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Val {
    /// No value.
    Null,
    /// BOOLEAN; 0 or 1 on SQLite.
    Bool(bool),
    /// SMALLINT, INTEGER or BIGINT; money in cents, counts, numbers.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BYTEA; BLOB on SQLite.
    Bytes(Vec<u8>),
    /// UUID; a 16-byte BLOB on SQLite.
    Uuid(Uuid),
    /// DATE; ISO text on SQLite.
    Date(Date),
    /// TIMESTAMPTZ; microseconds since 1970 on SQLite.
    Timestamp(Timestamp),
    /// JSONB; text on SQLite.
    Json(String),
    /// A list of keys as one parameter; PostgreSQL's, which SQLite refuses. Never in a column.
    Many(Vec<Val>),
}

/// The type a column must have for a [`Col`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// BOOLEAN.
    Bool,
    /// SMALLINT, INTEGER, BIGINT.
    Int,
    /// TEXT.
    Text,
    /// BYTEA.
    Bytes,
    /// UUID.
    Uuid,
    /// DATE.
    Date,
    /// TIMESTAMPTZ.
    Timestamp,
    /// JSONB.
    Json,
}

impl Kind {
    /// The word for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Bool => "a yes or no",
            Kind::Int => "an integer",
            Kind::Text => "a text",
            Kind::Bytes => "bytes",
            Kind::Uuid => "an id",
            Kind::Date => "a date",
            Kind::Timestamp => "an instant",
            Kind::Json => "JSON",
        }
    }
}

impl Kind {
    /// PostgreSQL's word for the type.
    pub(crate) const fn postgres_word(self) -> &'static str {
        match self {
            Kind::Bool => "boolean",
            Kind::Int => "bigint",
            Kind::Text => "text",
            Kind::Bytes => "bytea",
            Kind::Uuid => "uuid",
            Kind::Date => "date",
            Kind::Timestamp => "timestamptz",
            Kind::Json => "jsonb",
        }
    }
}

/// A Rust type that may stand in a column.
pub trait Col: Sized {
    /// The column's type.
    const KIND: Kind;
    /// Whether NULL is a value of the type.
    const NULLABLE: bool = false;
    /// From a stored value; `None` where it is not of this type.
    fn from_val(val: Val) -> Option<Self>;
    /// To a stored value.
    fn to_val(&self) -> Val;
}

macro_rules! plain {
    ($($type:ty => $kind:ident),* $(,)?) => {$(
        impl Col for $type {
            const KIND: Kind = Kind::$kind;
            fn from_val(val: Val) -> Option<Self> {
                match val { Val::$kind(value) => Some(value), _ => None }
            }
            fn to_val(&self) -> Val { Val::$kind(self.clone()) }
        }
    )*};
}

plain!(bool => Bool, i64 => Int, String => Text, Vec<u8> => Bytes, Uuid => Uuid, Date => Date, Timestamp => Timestamp);

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Col for $type {
            const KIND: Kind = Kind::Int;
            fn from_val(val: Val) -> Option<Self> {
                match val { Val::Int(value) => value.try_into().ok(), _ => None }
            }
            fn to_val(&self) -> Val { Val::Int(i64::from(*self)) }
        }
    )*};
}

integers!(i32, i16, u32, u16, u8);

impl Col for &str {
    const KIND: Kind = Kind::Text;
    fn from_val(_: Val) -> Option<Self> {
        None
    }
    fn to_val(&self) -> Val {
        Val::Text((*self).to_owned())
    }
}

impl Col for [u8; 32] {
    const KIND: Kind = Kind::Bytes;
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
    fn to_val(&self) -> Val {
        Val::Bytes(self.to_vec())
    }
}

impl Col for Money {
    const KIND: Kind = Kind::Int;
    fn from_val(val: Val) -> Option<Self> {
        i64::from_val(val).map(Money::from_cents)
    }
    fn to_val(&self) -> Val {
        Val::Int(self.cents())
    }
}

impl<T: Col> Col for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Null => Some(None),
            other => T::from_val(other).map(Some),
        }
    }
    fn to_val(&self) -> Val {
        self.as_ref().map_or(Val::Null, Col::to_val)
    }
}

impl<T: Col> Col for billing::Phi<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = T::NULLABLE;
    fn from_val(val: Val) -> Option<Self> {
        T::from_val(val).map(billing::Phi::new)
    }
    fn to_val(&self) -> Val {
        self.reveal().to_val()
    }
}

/// A serde type kept whole in a JSONB column (TEXT on SQLite).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: serde::Serialize + serde::de::DeserializeOwned> Col for Json<T> {
    const KIND: Kind = Kind::Json;
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Json(text) => serde_json::from_str(&text).ok().map(Json),
            _ => None,
        }
    }
    fn to_val(&self) -> Val {
        // Our own data types hold no maps with keys that are not text, the only thing serde_json refuses.
        serde_json::to_string(&self.0).map_or(Val::Null, Val::Json)
    }
}

/// A JSONB column as its text, for whom a value of the wrong shape is a finding and no error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonText(pub String);

impl Col for JsonText {
    const KIND: Kind = Kind::Json;
    fn from_val(val: Val) -> Option<Self> {
        match val {
            Val::Json(text) => Some(JsonText(text)),
            _ => None,
        }
    }
    fn to_val(&self) -> Val {
        Val::Json(self.0.clone())
    }
}

/// Makes newtypes over one `Col` field columns: `col_newtypes!(PatientId(Uuid), ClaimId(Uuid))`.
#[macro_export]
macro_rules! col_newtypes {
    ($($type:path { $inner:ty }),* $(,)?) => {$(
        impl $crate::Col for $type {
            const KIND: $crate::Kind = <$inner as $crate::Col>::KIND;
            fn from_val(val: $crate::Val) -> Option<Self> {
                <$inner as $crate::Col>::from_val(val).map($type)
            }
            fn to_val(&self) -> $crate::Val { $crate::Col::to_val(&self.0) }
        }
    )*};
}

/// Makes enums (or other types) columns of text, by a function to the stored word and one back:
/// `col_texts!(ClaimStatus: |s| s.key(), |text| ClaimStatus::from_key(text))`.
#[macro_export]
macro_rules! col_texts {
    ($($type:ty : $to:expr, $from:expr);* $(;)?) => {$(
        impl $crate::Col for $type {
            const KIND: $crate::Kind = $crate::Kind::Text;
            fn from_val(val: $crate::Val) -> Option<Self> {
                let from: fn(&str) -> Option<$type> = $from;
                match val { $crate::Val::Text(text) => from(&text), _ => None }
            }
            fn to_val(&self) -> $crate::Val {
                fn word<R: Into<String>>(value: &$type, to: fn(&$type) -> R) -> String { to(value).into() }
                $crate::Val::Text(word(self, $to))
            }
        }
    )*};
}

/// Makes serde enums without fields columns of text, stored as their serde name.
#[macro_export]
macro_rules! col_serde_texts {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::Col for $type {
            const KIND: $crate::Kind = $crate::Kind::Text;
            fn from_val(val: $crate::Val) -> Option<Self> {
                match val { $crate::Val::Text(text) => $crate::text_to_serde(&text), _ => None }
            }
            fn to_val(&self) -> $crate::Val { $crate::Val::Text($crate::serde_to_text(self)) }
        }
    )*};
}

/// The serde name of an enum value without fields.
pub fn serde_to_text<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// The enum value of a serde name.
pub fn text_to_serde<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

col_newtypes!(
    billing::id::PracticeId { Uuid },
    billing::id::UserId { Uuid },
    billing::id::PatientId { Uuid },
    billing::id::GuarantorId { Uuid },
    billing::id::PayerId { Uuid },
    billing::id::CoverageId { Uuid },
    billing::id::ProviderId { Uuid },
    billing::id::FacilityId { Uuid },
    billing::id::EncounterId { Uuid },
    billing::id::ChargeId { Uuid },
    billing::id::ClaimId { Uuid },
    billing::id::SubmissionId { Uuid },
    billing::id::InboundFileId { Uuid },
    billing::id::RemittanceId { Uuid },
    billing::id::ClaimPaymentId { Uuid },
    billing::id::EligibilityId { Uuid },
    billing::id::WorkItemId { Uuid },
    billing::id::WorkStepId { Uuid },
    billing::id::WorkConsultId { Uuid },
    billing::id::WorkTransferId { Uuid },
    billing::id::WorkReturnId { Uuid },
    billing::id::OwnReasonId { Uuid },
    billing::id::InquiryId { Uuid },
    billing::id::StatementId { Uuid },
    billing::id::PatientPaymentId { Uuid },
    billing::id::RefundId { Uuid },
    billing::id::WriteOffId { Uuid },
    billing::id::CashRequestId { Uuid },
    billing::id::CreditId { Uuid },
    billing::id::BankLineId { Uuid },
    billing::id::AdjustmentRuleId { Uuid },
    billing::id::DepositSlipId { Uuid },
    billing::id::PaymentReturnId { Uuid },
    billing::id::PaymentPageId { Uuid },
    billing::id::PayLinkId { Uuid },
    billing::id::PayCheckoutId { Uuid },
    billing::id::PayNoticeId { Uuid },
    billing::id::MoneyRuleId { Uuid },
    billing::id::EstateId { Uuid },
    billing::id::KeyedRemittanceId { Uuid },
    billing::id::KeyedScanId { Uuid },
    billing::id::DrawerCloseId { Uuid },
    billing::id::BankWithdrawalId { Uuid },
    billing::id::ReconciliationId { Uuid },
    billing::id::MedicareQuestionsId { Uuid },
    billing::id::ClockId { Uuid },
    billing::id::ClockTermId { Uuid },
    billing::id::PracticeDayId { Uuid },
    billing::id::WorkPaceId { Uuid },
    billing::id::QualityDrawId { Uuid },
    billing::id::QualityReviewId { Uuid },
    billing::id::TrainingCaseId { Uuid },
    billing::id::TrainingAttemptId { Uuid },
    billing::id::SkillEventId { Uuid },
    billing::id::ProblemId { Uuid },
    billing::id::ProblemActionId { Uuid },
    billing::id::OwnScrubRuleId { Uuid },
    billing::id::TrainingReceiptId { Uuid },
    billing::id::GatheringSettingId { Uuid },
    billing::id::PeriodEventId { Uuid },
    billing::id::PracticeLimitId { Uuid },
    billing::CallRuleId { Uuid },
    billing::ContactEventId { Uuid },
    billing::InteractionId { Uuid },
    billing::PhoneCardId { Uuid },
    billing::PromiseId { Uuid },
    billing::id::SavedViewId { Uuid },
    billing::id::NoticeId { Uuid },
    billing::id::DeskSettingId { Uuid },
    billing::id::WorkPullId { Uuid },
);

col_texts!(AccountKind: |kind| kind.name(), |text| text.parse().ok());
col_serde_texts!(ActorKind);

/// The parameters of a statement after `$1`, which is always the practice and is bound by the connection.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Col::to_val(&$value)),*] as &[$crate::Val] };
}
