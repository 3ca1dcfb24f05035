//! Work: a thing a person must do, why, by when, and how it ends. A tier is a property of the reason and of the
//! escalations so far, never a free field.

/// An enum of words: stored as one, shown as another; every value listed in its order.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $word:literal $label:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl $name {
            /// Every value, in the order of the form.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $($name::$variant => $word),* } }
            /// What a page says.
            pub fn label(self) -> &'static str { match self { $($name::$variant => $label),* } }
            /// Reads the stored word.
            pub fn parse(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.as_str() == word) }
        }
    };
}
pub(crate) use words;

pub mod calendar;
pub mod case;
pub mod cause;
pub mod desk;
pub mod inquiry;
pub mod item;
pub mod notice;
pub mod own_reason;
pub mod priority;
pub mod reason;
pub mod resolution;
pub mod routing;
pub mod team;

pub use calendar::Calendar;
pub use case::{CaseFile, ReturnCode, Waiting, WaitingOn};
pub use desk::{Desk, Tier};
pub use inquiry::{Channel, Inquiry, InquiryReason};
pub use item::{Handover, ROOT_CAUSES, Resolution, WorkItem, WorkLinks, WorkRefused, WorkState};
pub use notice::NoticeKind;
pub use reason::{Family, RequiredData, Side, Skill, WorkReason};
pub use resolution::ResolutionCode;
