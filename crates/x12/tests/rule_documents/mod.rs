//! The documents that rules are tried on, made from `tests/rules/GUIDE/RULE.case`: one keeps the rule, one breaks it.
//!
//! A case names a clean document and the edits that make both. Checks nothing.

use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

fn base(name: &str) -> Vec<String> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12");
    let own = folder().join(format!("base/{name}.x12"));
    let clean = shared.join(format!("clean/{name}.x12"));
    let path = match name.contains('.') {
        _ if own.exists() => own,
        _ if clean.exists() => clean,
        true => shared.join("stories").join(name),
        false => shared.join(format!("cases/ok-{name}.x12")),
    };
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.split('~').map(|segment| segment.trim().to_owned()).filter(|segment| !segment.is_empty()).collect()
}

/// The segment that begins with `NM1*IL`, or the second such for `NM1*IL#2`.
fn position(segments: &[String], name: &str, line: &str) -> usize {
    let (prefix, nth) = name.split_once('#').map_or((name, 1), |(prefix, nth)| (prefix, nth.parse().unwrap()));
    let fits = |segment: &&(usize, &String)| {
        segment.1.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['*', ':']))
    };
    let found = segments.iter().enumerate().collect::<Vec<_>>();
    let found = found.iter().filter(fits).nth(nth - 1);
    found.unwrap_or_else(|| panic!("no segment {name} for: {line}")).0
}

/// `set CLM 11 AA`, `add REF*F8*1 after CLM`, `add … before …`, `drop DMG`.
fn edit(segments: &mut Vec<String>, line: &str) {
    let (verb, rest) = line.split_once(' ').unwrap();
    match verb {
        "set" => {
            let mut words = rest.splitn(3, ' ');
            let (name, element, value) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or(""));
            let at = position(segments, name, line);
            let element: usize = element.parse().unwrap();
            let mut elements: Vec<&str> = segments[at].split('*').collect();
            elements.resize(elements.len().max(element + 1), "");
            elements[element] = value;
            segments[at] = elements.join("*").trim_end_matches('*').to_owned();
        }
        "add" => {
            let (new, name, offset) = match rest.rsplit_once(" after ") {
                Some((new, name)) => (new, name, 1),
                None => {
                    let (new, name) = rest.rsplit_once(" before ").unwrap();
                    (new, name, 0)
                }
            };
            let at = position(segments, name, line) + offset;
            for (index, segment) in new.split('~').enumerate() {
                segments.insert(at + index, segment.to_owned());
            }
        }
        "drop" => {
            let at = position(segments, rest, line);
            segments.remove(at);
        }
        _ => panic!("not understood: {line}"),
    }
}

/// The document with SE01 counted anew.
fn written(segments: &[String]) -> String {
    let mut count = 0;
    let mut text = String::new();
    for segment in segments {
        count = if segment.starts_with("ST*") { 1 } else { count + 1 };
        match segment.strip_prefix("SE*") {
            Some(rest) => text.push_str(&format!("SE*{count}*{}", rest.split('*').nth(1).unwrap())),
            None => text.push_str(segment),
        }
        text.push('~');
    }
    text
}

/// The document that keeps the rule and the one that breaks it.
pub fn documents(case: &str) -> (String, String) {
    let mut both: Option<Vec<String>> = None;
    let (mut kept, mut broken) = (Vec::new(), Vec::new());
    for line in case.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap();
        match word {
            "base" => both = Some(base(rest)),
            "both" => edit(both.as_mut().unwrap(), rest),
            "keep" => kept.push(rest),
            "break" => broken.push(rest),
            _ => panic!("not understood: {line}"),
        }
    }
    let both = both.unwrap();
    let made = |edits: &[&str]| {
        let mut segments = both.clone();
        edits.iter().for_each(|line| edit(&mut segments, line));
        written(&segments)
    };
    (made(&kept), made(&broken))
}

pub fn case_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for guide in std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let files = std::fs::read_dir(guide).unwrap().map(|entry| entry.unwrap().path());
        found.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "case")));
    }
    found.sort();
    found
}
