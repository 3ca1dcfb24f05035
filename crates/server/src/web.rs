//! The desk in a browser: pages from the server, plain links and forms, everything with the keyboard.
//!
//! Pages ask `app` and read `store::views`; nothing here names X12, a scrub rule or SQL, and no page is reached
//! without a row in the permission matrix.

pub mod assets;
pub mod filters;
