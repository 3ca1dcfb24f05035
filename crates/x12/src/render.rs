//! What a check found, for machines (JSON) and for people (the segment shown, the element underlined).
//!
//! JSON holds no data of the file. The text for people shows the faulty segment, and only that one.

mod json;
mod people;
mod show;

pub use json::check_json;
pub use people::check_text;
pub use show::show;
