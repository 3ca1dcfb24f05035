//! Files that come in: stored first, then read.
