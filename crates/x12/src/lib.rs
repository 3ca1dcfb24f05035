//! The `x12` crate; its first real code arrives with the next commits.
