//! The code tables that the tools for X12 files are lent. Those tools touch no database and need no permission: anybody
//! may use them on their own files.

pub use edi::check::OurTables;
