//! What kind of file came in, whether it is whole and right, and whether two files say the same. Applies nothing.

use std::ops::RangeInclusive;

use x12::{Code, Problem, Severity, Snip};

use crate::check::OurTables;
use crate::remittance_835;

/// IK403: a code that is not on its list.
const CODE_NOT_LISTED: u8 = 7;

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

/// Why nothing of a file may be used: it was cut off, its counts or control numbers do not agree, or its structure is not
/// the guide's, so that something of it would be missed or misread; the place stands in the sentence, and what to do. A
/// code that our lists do not know keeps nothing out, unless it is what decides. Of a remittance only the envelope counts
/// here: what its claims say is judged one by one when they are posted. None where all of it may be read.
pub fn defect(bytes: &[u8]) -> Option<String> {
    if let Some(problem) = remittance_835::envelope_problem(bytes) {
        return Some(problem);
    }
    let Ok(checked) = x12::check_reader_up_to(bytes, &OurTables, Snip::Balance) else {
        return Some("the file cannot be read. Nothing of it was used: ask its sender for it again".to_owned());
    };
    let remittances: Vec<RangeInclusive<u64>> = checked
        .sets()
        .filter(|(_, _, set)| set.id == "835")
        .map(|(_, _, set)| set.ordinals.0..=set.ordinals.1)
        .collect();
    let counts = |ordinal: u64| !remittances.iter().any(|set| set.contains(&ordinal));
    let words = match checked.problems.kept().iter().find(|one| is_damage(one) && counts(one.ordinal)) {
        Some(problem) => problem.text(),
        // Past a thousand problems the rest is only counted, codes and all.
        None if checked.problems.dropped() > 0 => {
            let (_, _, set) = checked.sets().find(|(_, _, set)| set.id != "835" && !set.is_accepted())?;
            format!("set {}: it has errors", set.control_number)
        }
        None => return None,
    };
    Some(format!("{}. Nothing of the file was used: ask its sender for a corrected one", words.trim_end_matches('.')))
}

/// Whether a problem means that something of the file would be missed or misread.
fn is_damage(problem: &Problem) -> bool {
    let segment = problem.segment.to_string();
    let is_about_us = match problem.code {
        // A claim is refused or taken, a level opened and a speaker known by these codes, so they must be ones we know.
        Code::Element(_, CODE_NOT_LISTED) => matches!(
            (segment.as_str(), problem.element),
            ("ST" | "BHT" | "HL" | "TA1" | "AK1" | "AK2" | "IK5" | "AK9", _) | ("NM1" | "TRN", 1)
        ),
        // The counts of a 999 say whether all of it is there; totals of money elsewhere are its sender's own sums.
        Code::Situation | Code::Balance => segment == "AK9",
        Code::CodeSet => false,
        Code::NotX12
        | Code::Interchange(_)
        | Code::Group(_)
        | Code::Set(..)
        | Code::Segment(..)
        | Code::Element(..)
        | Code::Hierarchy => true,
    };
    problem.severity == Severity::Error && is_about_us
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
            set.body().for_each(|segment| put(&segment));
        }
    }
    out
}
