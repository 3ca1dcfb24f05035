//! What kind of file came in, whether it is whole and right, and whether two files say the same. Applies nothing.

use std::ops::RangeInclusive;

use x12::Severity;

use crate::check::OurTables;
use crate::remittance_835;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Only TA1 segments.
    InterchangeAcknowledgment,
    /// 999.
    GroupAcknowledgment,
    /// 277CA.
    ClaimAcknowledgment,
    /// 835.
    Remittance,
    /// 271.
    Eligibility,
    /// 277 as the answer to a 276.
    ClaimStatus,
    /// Several of these.
    Mixed,
    /// X12 of another kind, such as a claim file: not for us.
    Other,
    /// No X12.
    Unreadable,
}

impl FileKind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            FileKind::InterchangeAcknowledgment => "TA1",
            FileKind::GroupAcknowledgment => "999",
            FileKind::ClaimAcknowledgment => "277CA",
            FileKind::Remittance => "835",
            FileKind::Eligibility => "271",
            FileKind::ClaimStatus => "277",
            FileKind::Mixed => "mixed",
            FileKind::Other => "other",
            FileKind::Unreadable => "unreadable",
        }
    }
}

/// The kinds in a file, each once, in the order in which they first stand.
pub fn kinds(bytes: &[u8]) -> Vec<FileKind> {
    let file = x12::read(bytes);
    let mut kinds = Vec::new();
    for interchange in &file.interchanges {
        if !interchange.acknowledgments.is_empty() {
            kinds.push(FileKind::InterchangeAcknowledgment);
        }
        let sets = interchange.groups.iter().flat_map(|group| &group.sets);
        kinds.extend(sets.map(|set| match (&*set.id(), &*set.version()) {
            ("999", _) => FileKind::GroupAcknowledgment,
            ("277", version) if version.starts_with("005010X214") => FileKind::ClaimAcknowledgment,
            ("277", _) => FileKind::ClaimStatus,
            ("835", _) => FileKind::Remittance,
            ("271", _) => FileKind::Eligibility,
            _ => FileKind::Other,
        }));
    }
    let mut distinct = Vec::new();
    for kind in kinds {
        if !distinct.contains(&kind) {
            distinct.push(kind);
        }
    }
    distinct
}

/// The one word for a file of these kinds.
pub fn kind(kinds: &[FileKind]) -> FileKind {
    match kinds {
        [] => FileKind::Unreadable,
        [one] => *one,
        [_, _, ..] => FileKind::Mixed,
    }
}

/// Why nothing of a file may be used: it was cut off, its counts or control numbers do not agree, or our own check finds
/// an error in it; the place stands in the sentence, and what to do. Of a remittance only the envelope counts here: what
/// its claims say is judged one by one when they are posted. None where all of it may be read.
pub fn defect(bytes: &[u8]) -> Option<String> {
    if let Some(problem) = remittance_835::envelope_problem(bytes) {
        return Some(problem);
    }
    let checked = x12::check(bytes, &OurTables);
    let remittances: Vec<RangeInclusive<u64>> = checked
        .sets()
        .filter(|(_, _, set)| set.id == "835")
        .map(|(_, _, set)| set.ordinals.0..=set.ordinals.1)
        .collect();
    let counts = |ordinal: u64| !remittances.iter().any(|set| set.contains(&ordinal));
    let mut errors = checked.problems.kept().iter().filter(|one| one.severity == Severity::Error);
    let words = match errors.find(|one| counts(one.ordinal)) {
        Some(problem) => problem.text(),
        // Past a thousand problems the rest is only counted.
        None if checked.problems.dropped() > 0 => {
            let (_, _, set) = checked.sets().find(|(_, _, set)| set.id != "835" && !set.is_accepted())?;
            format!("set {}: it has errors", set.control_number)
        }
        None => return None,
    };
    Some(format!("{}. Nothing of the file was used: ask its sender for a corrected one", words.trim_end_matches('.')))
}

/// The content of a file without its envelope, delimiters and line breaks: equal for two files that say the same.
/// The caller hashes it.
pub fn canonical(bytes: &[u8]) -> Vec<u8> {
    /// Separators that stand in no data.
    const SEGMENT: u8 = 0x1c;
    const ELEMENT: u8 = 0x1d;
    const COMPONENT: u8 = 0x1e;
    const REPETITION: u8 = 0x1f;
    let file = x12::read(bytes);
    let mut out = Vec::with_capacity(bytes.len());
    let mut put = |segment: &x12::Segment<'_>| {
        let delimiters = segment.delimiters();
        let from = out.len();
        out.extend(segment.raw().iter().map(|byte| match *byte {
            byte if byte == delimiters.element => ELEMENT,
            byte if byte == delimiters.component => COMPONENT,
            byte if Some(byte) == delimiters.repetition => REPETITION,
            byte => byte,
        }));
        while out.len() > from && out.last().is_some_and(|byte| matches!(*byte, ELEMENT | COMPONENT | REPETITION)) {
            out.pop();
        }
        out.push(SEGMENT);
    };
    for interchange in &file.interchanges {
        interchange.acknowledgments.iter().for_each(&mut put);
        for set in interchange.groups.iter().flat_map(|group| &group.sets) {
            set.body().iter().for_each(&mut put);
        }
    }
    out
}
