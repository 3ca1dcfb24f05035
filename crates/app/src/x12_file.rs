//! The tools for X12 files that anybody may use on their own files: check one, show one. They touch no database and
//! need no permission.

pub use edi::check::{CheckedFile, FileProblem};

/// The verdict of a file that is no X12, or cannot be opened.
pub const UNREADABLE: &str = "unreadable";

/// What a receiver would say of a file.
pub fn check(bytes: &[u8]) -> CheckedFile {
    edi::check::check(bytes)
}

/// What a receiver would say of a file that is read from disk, in memory that does not grow with it.
///
/// # Errors
///
/// Those of opening and reading it.
pub fn check_file(path: &std::path::Path) -> std::io::Result<CheckedFile> {
    edi::check::check_reader(std::fs::File::open(path)?)
}

/// The segments of a file, each with how deep it stands.
pub fn segments(bytes: &[u8]) -> Vec<(usize, String)> {
    edi::check::segments(bytes)
}
