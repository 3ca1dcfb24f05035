//! What a check found, for machines (JSON) and for people: in the terminal, as HTML, and the file itself readably.
//!
//! JSON holds no data of the file, HTML and terminal only where they are asked for it.

mod excerpt;
mod html;
pub(crate) mod json;
pub(crate) mod meanings;
mod people;
mod show;
mod tree;

pub use excerpt::{BytesAt, in_memory};
pub use html::check_html;
pub use json::{Detail, check_json, unreadable_json};
pub use people::{TextOptions, check_text};
pub use show::{ShowOptions, show, write_show};
pub use tree::{tree, write_tree};

use crate::segment::decode;

/// Bytes as text in which no control character can move the cursor.
pub(crate) fn printable(bytes: &[u8]) -> String {
    decode(bytes).chars().map(|character| if character.is_control() { '·' } else { character }).collect()
}
