//! Large tables that ship deflated: unpacked once, on first use, and searched in place.
//!
//! The file is a zlib stream of lines sorted by their first, tab-ended column. After unpacking only the starts of the
//! lines are kept beside the text, so a look-up is a binary search that copies nothing. Never writes to disk.

use miniz_oxide::{deflate::compress_to_vec_zlib, inflate::decompress_to_vec_zlib_with_limit};

/// More than three times the largest table of today (10 MB of text); a damaged stream cannot eat the memory.
const UNPACKED_LIMIT: usize = 32 * 1024 * 1024;

/// The strongest level of the packer: a table is packed once a year and unpacked at each start.
const PACK_LEVEL: u8 = 10;

/// Sorted lines in one piece of memory.
pub(crate) struct Packed {
    text: String,
    starts: Vec<u32>,
}

impl Packed {
    /// Unpacks a table that is compiled in.
    ///
    /// # Panics
    /// Only if the table inside the program is damaged: then no code could be checked and nothing may go on.
    pub(crate) fn unpack(name: &str, packed: &[u8]) -> Packed {
        let text = decompress_to_vec_zlib_with_limit(packed, UNPACKED_LIMIT)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        match text {
            Some(text) => Packed::from_text(text),
            None => {
                panic!("the {name} table inside this program is damaged; build the program again")
            }
        }
    }

    fn from_text(text: String) -> Packed {
        let mut starts = Vec::new();
        let mut at = 0usize;
        for line in text.split_inclusive('\n') {
            starts.push(at as u32);
            at += line.len();
        }
        Packed { text, starts }
    }

    /// Number of lines.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The line at a place, without its end.
    pub(crate) fn line(&self, at: usize) -> &str {
        let Some(start) = self.starts.get(at).copied() else {
            return "";
        };
        let end = self.starts.get(at + 1).map_or(self.text.len(), |next| *next as usize);
        self.text.get(start as usize..end).unwrap_or("").trim_end_matches('\n')
    }

    /// The place of the first line whose key is not before `key`.
    pub(crate) fn lower_bound(&self, key: &str) -> usize {
        let mut low = 0;
        let mut high = self.len();
        while low < high {
            let middle = low + (high - low) / 2;
            if self.key(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The place of the line with exactly this key.
    pub(crate) fn find(&self, key: &str) -> Option<usize> {
        let at = self.lower_bound(key);
        (at < self.len() && self.key(at) == key).then_some(at)
    }

    /// The first column of a line.
    pub(crate) fn key(&self, at: usize) -> &str {
        self.line(at).split('\t').next().unwrap_or("")
    }
}

/// Packs lines (sorted here) into the form that `Packed::unpack` reads.
pub(crate) fn pack(mut lines: Vec<String>) -> Vec<u8> {
    lines.sort();
    lines.dedup();
    let mut text = lines.join("\n");
    text.push('\n');
    compress_to_vec_zlib(text.as_bytes(), PACK_LEVEL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_found_again() {
        let packed = pack(vec!["B\tbee".into(), "A\tay".into(), "BA\tbaa".into()]);
        let table = Packed::unpack("test", &packed);
        assert_eq!(table.len(), 3);
        assert_eq!(table.find("BA").map(|at| table.line(at)), Some("BA\tbaa"));
        assert_eq!(table.find("AA"), None);
        assert_eq!(table.lower_bound("B"), 1);
    }

    #[test]
    #[should_panic(expected = "damaged")]
    fn a_damaged_table_stops_the_program() {
        Packed::unpack("test", &[1, 2, 3]);
    }
}
