//! Work: a thing a person must do, why, by when, and how it ends. A tier is a property of the reason and of the
//! escalations so far, never a free field.

pub mod calendar;
pub mod inquiry;
pub mod item;
pub mod reason;

pub use calendar::Calendar;
pub use inquiry::{Channel, Inquiry, InquiryReason};
pub use item::{Handover, ROOT_CAUSES, Resolution, WorkItem, WorkLinks, WorkRefused, WorkState};
pub use reason::{Desk, Tier, WorkReason};
