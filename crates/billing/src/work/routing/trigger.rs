//! Words that call for the lead at once, in English and Spanish: data (`data/trigger_words.tsv`), heard without regard to
//! capitals and accents. It hears words, not meanings, and is wrong on the careful side.

use std::sync::LazyLock;

/// The program's own words.
const WORDS: &str = include_str!("../../../data/trigger_words.tsv");

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $word:literal),* $(,)?) => {
        /// What a word speaks of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TriggerKind { $($(#[$doc])* $variant),* }

        impl TriggerKind {
            /// Every kind.
            pub const ALL: &'static [TriggerKind] = &[$(TriggerKind::$variant),*];

            /// The word of the notation.
            pub fn as_str(self) -> &'static str { match self { $(TriggerKind::$variant => $word),* } }
        }
    };
}

kinds! {
    /// A lawyer or a court.
    Lawyer "lawyer",
    /// An authority.
    Regulator "regulator",
    /// Unequal treatment.
    Discrimination "discrimination",
    /// Privacy or a stolen identity.
    Breach "breach",
    /// The press.
    Media "media",
    /// Harm to somebody.
    Threat "threat",
    /// A complaint that is called one.
    Complaint "complaint",
    /// Fraud.
    Fraud "fraud",
}

impl TriggerKind {
    /// Reads the word of the notation.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

struct Trigger {
    kind: TriggerKind,
    phrase: String,
}

fn triggers() -> &'static [Trigger] {
    static PARSED: LazyLock<Vec<Trigger>> = LazyLock::new(|| WORDS.lines().filter_map(parse_line).collect());
    &PARSED
}

fn parse_line(line: &str) -> Option<Trigger> {
    let mut cells = line.split('\t');
    let (kind, _language, phrase) = (TriggerKind::parse(cells.next()?)?, cells.next()?, cells.next()?);
    Some(Trigger { kind, phrase: phrase.to_owned() })
}

/// Whether words of one of the kinds stand in a folded text; of any kind where none is named.
pub(super) fn hears(folded: &str, kinds: &[TriggerKind]) -> bool {
    let wanted = |trigger: &&Trigger| kinds.is_empty() || kinds.contains(&trigger.kind);
    triggers().iter().filter(wanted).any(|trigger| holds(folded, &trigger.phrase))
}

/// Small letters without accents, with one space between words: what phrases are looked for in.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(' ');
    for c in text.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'á' | 'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ñ' => 'n',
            '\'' | '’' => continue,
            c if c.is_alphanumeric() => c,
            _ => ' ',
        };
        if plain != ' ' || !out.ends_with(' ') {
            out.push(plain);
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Whether a folded text holds a phrase as whole words; with a star at its end, the last word may go on.
pub fn holds(folded: &str, phrase: &str) -> bool {
    let (phrase, goes_on) = phrase.strip_suffix('*').map_or((phrase, false), |phrase| (phrase, true));
    let mut wanted = fold(phrase);
    if goes_on {
        wanted.pop();
    }
    wanted.trim().len() > 1 && folded.contains(&wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_every_kind_has_words_in_both_languages() {
        let lines = WORDS.lines().filter(|line| !line.starts_with('#') && !line.starts_with("kind\t")).count();
        assert_eq!(triggers().len(), lines);
        for kind in TriggerKind::ALL {
            for language in ["en", "es"] {
                let begins = format!("{}\t{language}\t", kind.as_str());
                assert!(WORDS.lines().any(|line| line.starts_with(&begins)), "{begins}");
            }
        }
    }

    #[test]
    fn words_are_heard_with_capitals_accents_and_in_a_sentence() {
        for (text, kind) in [
            ("I'll call my attorney.", TriggerKind::Lawyer),
            ("You will hear from the Attorney-General!", TriggerKind::Regulator),
            ("Es una DISCRIMINACIÓN", TriggerKind::Discrimination),
            ("this is someone else’s bill", TriggerKind::Breach),
            ("Voy a llamar al periodico", TriggerKind::Media),
            ("le amenazó", TriggerKind::Threat),
        ] {
            assert!(hears(&fold(text), &[kind]), "{text}");
            assert!(hears(&fold(text), &[]), "{text}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_not_heard() {
        for text in ["My skills are good", "I issued a check", "What do I owe?", "", "Killeen, Texas", "threads"] {
            assert!(!hears(&fold(text), &[]), "{text}");
        }
    }
}
