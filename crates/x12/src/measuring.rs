//! What the bench and the fuzz targets look at apart from the whole: the structural index alone. No part of the
//! public interface.

use crate::delimiters::Delimiters;

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
