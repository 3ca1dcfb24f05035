//! Finds lines by the beginnings of words, for the search boxes of the charge form.
//!
//! Built once per table on the first search. Knows nothing of what a line means.

use std::collections::BTreeMap;

/// Words shorter than this are not kept: they match nearly everything.
const SHORTEST_WORD: usize = 2;

/// Which lines hold which words.
pub(crate) struct WordIndex {
    lines_by_word: BTreeMap<String, Vec<u32>>,
}

impl WordIndex {
    /// Reads the words of each line, given in order.
    pub(crate) fn build<'a>(texts: impl Iterator<Item = &'a str>) -> WordIndex {
        let mut lines_by_word: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (line, text) in texts.enumerate() {
            let line = line as u32;
            for word in words(text) {
                let lines = lines_by_word.entry(word).or_default();
                if lines.last() != Some(&line) {
                    lines.push(line);
                }
            }
        }
        WordIndex { lines_by_word }
    }

    /// Lines in which each word of the query begins some word, in table order.
    pub(crate) fn search(&self, query: &str) -> Vec<u32> {
        let mut found: Option<Vec<u32>> = None;
        for word in words(query) {
            let mut lines: Vec<u32> = self
                .lines_by_word
                .range(word.clone()..)
                .take_while(|entry| entry.0.starts_with(&word))
                .flat_map(|entry| entry.1.iter().copied())
                .collect();
            lines.sort_unstable();
            lines.dedup();
            found = Some(match found {
                None => lines,
                Some(earlier) => earlier.into_iter().filter(|line| lines.binary_search(line).is_ok()).collect(),
            });
        }
        found.unwrap_or_default()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.len() >= SHORTEST_WORD)
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_query_must_begin_a_word_of_the_line() {
        let index = WordIndex::build(["Type 2 diabetes, no complications", "Diabetes insipidus", "Type 1"].into_iter());
        assert_eq!(index.search("diab"), vec![0, 1]);
        assert_eq!(index.search("type DIAB"), vec![0]);
        assert_eq!(index.search("betes"), Vec::<u32>::new());
        assert_eq!(index.search(""), Vec::<u32>::new());
    }
}
