//! Reference pages of crates that the front doors do not name.

/// Every scrub rule with what it finds and why, as a Markdown page.
pub fn scrub_rules() -> String {
    scrub::reference()
}
