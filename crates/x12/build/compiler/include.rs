//! Parts that several guides share, written once in `guides/*.shared` and put where a guide says `include NAME`.
//!
//! Works on lines and indentation only; what the lines mean is judged where they stand.

use std::collections::BTreeMap;

/// The deepest nesting of parts in parts; deeper means that a part includes itself.
const MAX_DEPTH: usize = 8;

/// The parts of the shared files by name, each line with its indentation below the part's head.
#[derive(Debug, Clone, Default)]
pub struct Parts(BTreeMap<String, Vec<String>>);

/// Reads shared files, given as (name, text).
pub fn parts(files: &[(String, String)]) -> Result<Parts, String> {
    let mut found = Parts::default();
    for (name, text) in files {
        let mut open: Option<(String, Vec<String>)> = None;
        for (at, line) in text.lines().enumerate() {
            let place = format!("{name}:{}", at + 1);
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["part", id] => {
                    found.keep(open.take(), &place)?;
                    open = Some(((*id).to_owned(), Vec::new()));
                }
                _ => {
                    let (_, lines) = open.as_mut().ok_or(format!("{place}: a line outside a part"))?;
                    let inside = line.strip_prefix("  ").ok_or(format!("{place}: a part's lines are indented"))?;
                    lines.push(inside.to_owned());
                }
            }
        }
        found.keep(open.take(), name)?;
    }
    Ok(found)
}

impl Parts {
    fn keep(&mut self, part: Option<(String, Vec<String>)>, place: &str) -> Result<(), String> {
        let Some((id, lines)) = part else { return Ok(()) };
        match self.0.insert(id.clone(), lines) {
            None => Ok(()),
            Some(_) => Err(format!("{place}: part {id} is written twice")),
        }
    }

    /// The lines of a guide with its parts in place, each with the number of the guide's own line.
    pub fn expand(&self, name: &str, text: &str) -> Result<Vec<(usize, String)>, String> {
        let mut out = Vec::new();
        for (at, line) in text.lines().enumerate() {
            self.expand_line(name, at + 1, line, 0, &mut out)?;
        }
        Ok(out)
    }

    fn expand_line(
        &self,
        name: &str,
        number: usize,
        line: &str,
        depth: usize,
        out: &mut Vec<(usize, String)>,
    ) -> Result<(), String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["include", id] = words.as_slice() else {
            out.push((number, line.to_owned()));
            return Ok(());
        };
        if depth >= MAX_DEPTH {
            return Err(format!("{name}:{number}: part {id} includes itself"));
        }
        let lines = self.0.get(*id).ok_or(format!("{name}:{number}: no part {id}"))?;
        let indent = " ".repeat(line.len() - line.trim_start().len());
        for inner in lines {
            self.expand_line(name, number, &format!("{indent}{inner}"), depth + 1, out)?;
        }
        Ok(())
    }
}
