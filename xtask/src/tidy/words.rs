//! Rule: the table "Banned in identifiers" of GLOSSARY.md holds in every Rust identifier and file name.
//! One word per idea in every layer; the glossary says which.

use super::{SourceFile, rust_files};
use crate::workspace::Workspace;

const GLOSSARY: &str = "GLOSSARY.md";
const HEADING: &str = "## Banned in identifiers";

/// Names of files that exclude nothing and so collect everything (STYLE.md, rule 6).
const BANNED_FILES: [&str; 6] = ["util", "utils", "helper", "helpers", "common", "manager"];

/// Compares every identifier, split into its words, and every file name with the table.
pub fn check(_workspace: &Workspace, sources: &[SourceFile]) -> Vec<String> {
    let Some(glossary) = sources.iter().find(|source| source.name == GLOSSARY) else {
        return vec![format!("{GLOSSARY} is missing: it says what things are called")];
    };
    let banned = read_table(&glossary.text);
    if banned.is_empty() {
        return vec![format!("{GLOSSARY} has no table under \"{HEADING}\"")];
    }
    let mut problems = Vec::new();
    for source in rust_files(sources) {
        let file = source.name.rsplit('/').next().unwrap_or_default();
        let stem = file.trim_end_matches(".rs");
        if BANNED_FILES.contains(&stem) {
            problems.push(format!("{}: name the file after what it is about", source.name));
        }
        let file_words = split_words(stem);
        if let Some((word, instead)) = first_banned(&banned, &file_words) {
            problems.push(format!("{}: a file named {word}; {instead}", source.name));
        }
        for (number, line) in source.text.lines().enumerate() {
            for identifier in identifiers(line) {
                if let Some((word, instead)) = first_banned(&banned, &split_words(&identifier)) {
                    let place = format!("{}:{}", source.name, number + 1);
                    problems.push(format!("{place}: {identifier} says \"{word}\"; {instead}"));
                }
            }
        }
    }
    problems
}

/// Rows `| word | say instead |` below the heading, until the next heading.
fn read_table(glossary: &str) -> Vec<(String, String)> {
    glossary
        .lines()
        .skip_while(|line| *line != HEADING)
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| {
            let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
            let word = cells.next()?.trim_matches('`');
            let instead = cells.next()?;
            let is_row = !word.starts_with('-') && word != "Word" && !word.is_empty();
            is_row.then(|| (word.to_lowercase(), instead.to_owned()))
        })
        .collect()
}

/// A banned entry of several words, as `insurance_id`, is found as a run of words.
fn first_banned<'a>(banned: &'a [(String, String)], words: &[String]) -> Option<&'a (String, String)> {
    banned.iter().find(|(entry, _)| {
        let run: Vec<&str> = entry.split('_').collect();
        words.windows(run.len()).any(|window| window.iter().zip(&run).all(|(have, want)| have == want))
    })
}

/// Identifiers of a line of code; comments and the insides of plain strings are prose, not names.
fn identifiers(line: &str) -> Vec<String> {
    let line = line.replace("\\\"", "");
    let code = line.split("//").next().unwrap_or_default();
    code.split('"')
        .step_by(2)
        .flat_map(|part| part.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
        .filter(|word| word.starts_with(|first: char| first.is_alphabetic()))
        .map(str::to_owned)
        .collect()
}

/// `DateOfService`, `date_of_service` → date, of, service.
fn split_words(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut previous_is_lower = false;
    for letter in identifier.chars() {
        let starts_word = letter == '_' || (letter.is_uppercase() && previous_is_lower);
        if starts_word {
            words.push(String::new());
        }
        if letter != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        previous_is_lower = letter.is_lowercase() || letter.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(split_words("DateOfService"), ["date", "of", "service"]);
        assert_eq!(split_words("paid_cents"), ["paid", "cents"]);
    }

    #[test]
    fn a_banned_run_is_found_inside_a_name_but_not_in_a_comment_or_string() {
        let banned = vec![("insurance_id".to_owned(), "MemberId".to_owned())];
        let found =
            |line: &str| identifiers(line).iter().any(|name| first_banned(&banned, &split_words(name)).is_some());
        assert!(found("let the_insurance_id = 1;"));
        assert!(found("struct InsuranceId;"));
        assert!(!found("// insurance_id"));
        assert!(!found("let text = \"insurance_id\";"));
    }

    #[test]
    fn the_table_stands_below_its_heading() {
        let rows = read_table(
            "## Banned in identifiers\n\n| Word | Say |\n|---|---|\n| `qty` | units |\n## Next\n| `x` | y |",
        );
        assert_eq!(rows, [("qty".to_owned(), "units".to_owned())]);
    }
}
