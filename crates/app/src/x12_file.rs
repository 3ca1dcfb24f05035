//! The tools for X12 files that anybody may use on their own files: check one, show one. They touch no database and
//! need no permission.

pub use edi::check::{CheckedFile, FileProblem};

/// The verdict of a file that is no X12, or cannot be opened.
pub const UNREADABLE: &str = "unreadable";

/// What a receiver would say of a file.
pub fn check(bytes: &[u8]) -> CheckedFile {
    edi::check::check(bytes)
}

/// The segments of a file, each with how deep it stands.
pub fn segments(bytes: &[u8]) -> Vec<(usize, String)> {
    edi::check::segments(bytes)
}
