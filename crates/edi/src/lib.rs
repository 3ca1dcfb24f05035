//! The `edi` crate; its first real code arrives with the next commits.
