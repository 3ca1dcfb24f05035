//! How many of a thing, in words: "1 claim", "2 claims". The one home for counting words, so that no page and no line of a
//! terminal says "1 claims". It never chooses the sentence around them.

use std::fmt::Display;

/// The words whose plural is more than an s.
const OTHER_PLURALS: [(&str, &str); 3] = [("entry", "entries"), ("inquiry", "inquiries"), ("person", "people")];

/// A count with its thing; `one` is the word for a single one. The last word takes the plural, which suits "daily job"
/// and not "letter of appeal".
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, one: &str) -> String {
    if count == N::from(1) { format!("{count} {one}") } else { format!("{count} {}", many(one)) }
}

/// The word for none or several.
fn many(one: &str) -> String {
    let (before, last) = one.rsplit_once(' ').map_or(("", one), |(before, last)| (before, last));
    let last = OTHER_PLURALS
        .iter()
        .find(|(single, _)| *single == last)
        .map_or_else(|| format!("{last}s"), |(_, plural)| (*plural).to_owned());
    if before.is_empty() { last } else { format!("{before} {last}") }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_thing_is_told_from_none_and_several() {
        for (count, one, words) in [
            (0, "claim", "0 claims"),
            (1, "claim", "1 claim"),
            (2, "claim", "2 claims"),
            (1, "daily job", "1 daily job"),
            (3, "daily job", "3 daily jobs"),
            (1, "entry", "1 entry"),
            (12, "entry", "12 entries"),
            (2, "inquiry", "2 inquiries"),
            (2, "person", "2 people"),
        ] {
            assert_eq!(counted(count, one), words);
        }
        assert_eq!(counted(1_i64, "file"), "1 file");
        assert_eq!(counted(1_usize, "file"), "1 file");
    }
}
