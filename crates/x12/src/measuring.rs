//! What the bench and the fuzz targets look at apart from the whole: the structural index alone. No part of the
//! public interface.

use crate::check::{Checked, Sizes, Terms, on_threads};
use crate::codes::ShapeOnly;
use crate::delimiters::Delimiters;
use crate::problem::Snip;

/// The path that the index takes on this machine.
pub fn index_path() -> &'static str {
    crate::index::path_name()
}

/// Indexes a file block after block, as a check does, and gives how many separators were found.
pub fn index(bytes: &[u8], delimiters: &Delimiters, block: usize) -> usize {
    crate::index::count_separators(bytes, delimiters, block)
}

/// Panics where two paths of the index disagree on these bytes.
pub fn index_paths_agree(bytes: &[u8]) {
    crate::index::paths_agree(bytes);
}

/// Checks a file on two threads as [`check_reader_on`](crate::check_reader_on) does, in chunks of another size, so that
/// small files too are cut into many; tells also how many spans of sets were checked aside.
pub fn check_in_chunks(bytes: &[u8], chunk: usize) -> (Checked, usize) {
    let sizes = Sizes { chunk, longest: 4 * chunk, held: 12 * chunk };
    let terms = Terms { codes: &ShapeOnly, loaded: &[], up_to: Snip::Partner };
    // Memory gives no errors.
    on_threads(bytes, terms, 2, sizes).unwrap_or_else(|_| (crate::check::check(b"", &ShapeOnly), 0))
}
