//! Files of public projects, where a checkout of them lies beside the project: every one gets a verdict, none panics,
//! and docs/reference/x12-corpus.md says what it is beside the label of its source and the verdicts of other engines.
//!
//! The files stay where they are; only verdicts are kept here. `X12_CORPUS_PAGE=write` writes the page anew, and
//! `corpus/engines.py` what other engines say.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use x12::{Checked, Severity, ShapeOnly, Verdict, check};

/// Rules by which files are rejected that their projects call valid, and why the rule is right.
const REASONS: &[(&str, &str)] = &[
    ("npi", "samples carry made-up identifiers whose check digit is wrong"),
    ("billing-zip", "the guide wants nine digits for the billing provider; the samples were written for 4010"),
    ("claim-balance", "the lines of the claim do not make up its charge"),
    ("gs08", "version 4010 is out of use since 2012"),
    ("isa-structure", "padding was lost when the sample was pasted"),
    ("interchange-content", "a comment mark stands before each segment"),
    ("ge02", "GE02 is not GS06"),
    ("se01", "SE01 does not count the segments"),
    ("se02", "SE02 is not ST02"),
    ("st01", "GS01 is HC or another kind around a set that is none of it"),
    ("element-required", "BPR16 or N103 or NM108, which their guides require, is empty"),
    ("element-not-used", "CLM06 of an institutional claim, which only the other claims use"),
    ("element-date", "a day that does not exist, 20002316 or 20230229"),
    ("element-code", "a code of another loop or of 4010: a submitter, a dependent with QC in a 271, BHT01 of a 278"),
    ("element-too-long", "components parted by > under an ISA16 of :"),
    ("code-set", "a product number of ten digits under the qualifier of procedures"),
    ("segment-missing", "a set cut down to its first segments, or an 835 without the payer's PER*BL"),
];

/// Where we accept and a label or another engine does not: what they object to, by the beginning of the file's name.
const OBJECTIONS: &[(&str, &str)] = &[
    ("cosyte/ack__ta1-reject", "the TA1 in it reports a mismatch in the file it answers; it is itself in order"),
    ("cosyte/ack__ta1", "an interchange that holds only a TA1 is legal; x12sdk stops with an error of its own"),
    ("cosyte/golden__ta1", "an interchange that holds only a TA1 is legal; x12sdk stops with an error of its own"),
    ("linuxforhealth/src__tests__resources__834", "no guide for the 834 here: its envelope is in order"),
    ("cosyte/enrollment__834", "no guide for the 834 here: its envelope is in order"),
    ("cosyte/golden__834", "no guide for the 834 here: its envelope is in order"),
    ("cosyte/golden__820", "no guide for the 820 here: its envelope is in order"),
    ("cosyte/premium__820", "no guide for the 820 here: its envelope is in order"),
    ("mjkubba/edi820", "no guide for the 820 here: its envelope is in order"),
    ("mjkubba/edi834", "no guide for the 834 here: its envelope is in order"),
    ("pyx12/834", "no guide for the 834 here: its envelope is in order"),
    ("pyx12/testdata__834", "no guide for the 834 here: its envelope is in order"),
    ("x12-types/test_834", "no guide for the 834 here: its envelope is in order"),
    ("x12-types/test_835", "x12sdk wants a last name in NM103 of loop 2100, which the guide leaves open"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/x12/corpus")
}

/// A row of the manifest, our verdict, and the engines'.
struct Row {
    file: String,
    kind: String,
    label: String,
    checked: Checked,
    engines: [String; 3],
}

fn rows() -> Option<Vec<Row>> {
    let manifest = std::fs::read_to_string(folder().join("MANIFEST.tsv")).ok()?;
    let engines = include_str!("corpus/engines.tsv");
    let engines: BTreeMap<&str, Vec<&str>> = engines
        .lines()
        .map(|line| line.split('\t').collect())
        .map(|row: Vec<&str>| (row[0], row[1..].to_vec()))
        .collect();
    let mut rows = Vec::new();
    for line in manifest.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let Ok(bytes) = std::fs::read(folder().join(columns[0])) else { continue };
        let said = engines.get(columns[0]).cloned().unwrap_or_default();
        rows.push(Row {
            file: columns[0].to_owned(),
            kind: format!("{} {}", columns[3], columns[4]),
            label: columns[8].to_owned(),
            checked: check(&bytes, &ShapeOnly),
            engines: [0, 1, 2].map(|n| said.get(n).copied().unwrap_or("not run").to_owned()),
        });
    }
    Some(rows)
}

impl Row {
    fn is_accepted(&self) -> bool {
        self.checked.verdict == Verdict::Accepted
    }

    fn errors(&self) -> Vec<&x12::Problem> {
        self.checked.problems.kept().iter().filter(|problem| problem.severity == Severity::Error).collect()
    }

    /// Whether the label or an engine says otherwise than we do.
    fn is_disputed(&self) -> bool {
        let label = match self.label.split([' ', ':']).next() {
            Some("valid") => Some(true),
            Some("invalid") => Some(false),
            _ => None,
        };
        let said = self.engines.iter().filter_map(|said| match said.split(' ').next() {
            Some("accepted") => Some(true),
            Some("rejected" | "crash" | "nothing") => Some(false),
            _ => None,
        });
        label.into_iter().chain(said).any(|said| said != self.is_accepted())
    }

    fn why(&self) -> String {
        if !self.is_disputed() {
            return String::new();
        }
        match self.errors().first() {
            Some(first) => {
                let more = self.checked.problems.errors() - 1;
                let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
                format!("{}: {}{more}", first.code, first.text())
            }
            None => {
                let known = OBJECTIONS.iter().find(|(start, _)| self.file.starts_with(start));
                known.map(|(_, why)| (*why).to_owned()).unwrap_or_default()
            }
        }
    }
}

#[test]
fn files_of_other_projects_get_a_verdict() {
    let Some(rows) = rows() else {
        println!("SKIPPED files_of_other_projects_get_a_verdict: {} is not there", folder().display());
        return;
    };
    assert!(rows.len() > 200, "{}", rows.len());
    let mut unexplained: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.is_accepted() && row.label.starts_with("valid")) {
        let errors = row.errors();
        if !errors.iter().any(|problem| REASONS.iter().any(|(rule, _)| problem.rule.ends_with(rule))) {
            unexplained.entry(errors.first().map_or("", |problem| problem.rule)).or_default().push(&row.file);
        }
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    let silent: Vec<_> =
        rows.iter().filter(|row| row.is_disputed() && row.why().is_empty()).map(|row| &row.file).collect();
    assert!(silent.is_empty(), "disagreements without a reason: {silent:#?}");
}

fn page(rows: &[Row]) -> String {
    let mut out = String::from(
        "# X12 files of other projects: verdicts side by side\n\n\
         <!-- Written by the test `corpus` of the crate x12 (X12_CORPUS_PAGE=write). Change the code, not this page. -->\n\n\
         Samples that public projects ship, with what their source says of them, our verdict, and those of pyx12 4.0.0, \
         x12sdk 2.2.0 and oxedi 0.6.0 (835 only). The files stay with their projects; a label is a hint, not a proof: most \
         samples carry invented provider identifiers without a valid check digit, or five-digit ZIP codes. \"unsupported\" \
         means that the engine has no guide for the file, \"crash\" that it stopped with an error of its own. Where \
         anybody disagrees with us, the last column says why: what we found first, or what the others object to.\n\n",
    );
    let count = |test: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| test(row)).count();
    let _ = writeln!(out, "| | tierline | pyx12 | x12sdk | oxedi |\n|---|---|---|---|---|");
    for (name, start) in [
        ("accepted", "accepted"),
        ("rejected", "rejected"),
        ("crashed or read nothing", "crash"),
        ("unsupported", "unsupported"),
    ] {
        let engine = |n: usize| {
            count(&|row: &Row| {
                let said = row.engines[n].as_str();
                said.starts_with(start)
                    || start == "crash" && (said.starts_with("nothing") || said.starts_with("no answer"))
            })
        };
        let ours = match name {
            "accepted" => count(&|row: &Row| row.is_accepted()),
            "rejected" => count(&|row: &Row| !row.is_accepted()),
            _ => 0,
        };
        let _ = writeln!(out, "| {name} | {ours} | {} | {} | {} |", engine(0), engine(1), engine(2));
    }
    let disputed = count(&|row: &Row| row.is_disputed());
    let _ = writeln!(out, "\n{} files; on {disputed} of them somebody disagrees with us.\n", rows.len());
    out.push_str(
        "| file | kind | label | tierline | pyx12 | x12sdk | oxedi | why |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let cell = |text: &str| text.replace('|', "\\|");
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            cell(&row.file),
            cell(row.kind.trim()),
            cell(&row.label),
            row.checked.verdict.word(),
            row.engines[0],
            row.engines[1],
            row.engines[2],
            cell(&row.why())
        );
    }
    out
}

#[test]
fn the_page_of_verdicts_is_fresh() {
    let Some(rows) = rows() else {
        println!("SKIPPED the_page_of_verdicts_is_fresh: {} is not there", folder().display());
        return;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/x12-corpus.md");
    let text = page(&rows);
    if std::env::var_os("X12_CORPUS_PAGE").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        before == text,
        "docs/reference/x12-corpus.md is stale; run: X12_CORPUS_PAGE=write cargo test -p x12 --test corpus"
    );
}
