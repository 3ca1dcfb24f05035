//! What the clearinghouse says of a file before it looks at any claim: a TA1 for the interchange, a 999 for its groups and sets.
//! The counts and control numbers are checked here by eyes of its own, everything else is asked of the engine, whose
//! writers also write the 999 with segment and element of each error.

use std::collections::BTreeSet;

use jiff::Timestamp;
use x12::transactions::acknowledgment_999::{self, GroupAcknowledgment, SetAcknowledgment};
use x12::{AcknowledgmentHeader, Checked, InterchangeReport, Writer};

use crate::message::{self, Group, Partner};
use crate::segments::{Interchange, TransactionSet};
use crate::submitted::SubmittedClaim;

/// The 999's group.
const GROUP: Group = Group { functional_id: "FA", version: "005010X231A1" };
/// TA105: no error.
const NO_ERROR: &str = "000";
/// TA105: this control number came before.
const DUPLICATE: &str = "025";
/// TA105: the control numbers of ISA and IEA differ.
const CONTROL_NUMBERS_DIFFER: &str = "001";
/// TA105: the interchange ends too early.
const TRAILER_MISSING: &str = "023";
/// TA105: the group count of IEA is wrong.
const GROUP_COUNT: &str = "021";
/// TA105: the control number is not one.
const CONTROL_NUMBER: &str = "018";
/// IK502: the control numbers of ST and SE differ.
const SET_CONTROL_NUMBERS_DIFFER: &str = "3";
/// IK502: the segment count of SE is wrong.
const SET_SEGMENT_COUNT: &str = "4";
/// IK502: one or more segments in error.
const SET_SEGMENTS_IN_ERROR: &str = "5";

/// What was found about an interchange.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Whether TA104 is A.
    pub interchange_accepted: bool,
    /// TA105.
    pub note: String,
    groups: Vec<GroupVerdict>,
    /// What the engine found; none where nobody asked it.
    checked: Option<Checked>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct GroupVerdict {
    functional_id: String,
    control_number: String,
    version: String,
    sets: Vec<SetVerdict>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SetVerdict {
    kind: String,
    control_number: String,
    version: String,
    /// IK502, if the set is refused.
    error: Option<&'static str>,
}

impl Verdict {
    /// The verdict on an interchange that came before.
    pub fn duplicate() -> Self {
        Self::refused(DUPLICATE)
    }

    fn refused(note: &str) -> Self {
        Self { interchange_accepted: false, note: note.to_owned(), groups: Vec::new(), checked: None }
    }

    /// Whether the set with this control number goes on to the payers.
    pub fn accepts(&self, set_control_number: &str) -> bool {
        let mut sets = self.groups.iter().flat_map(|group| group.sets.iter());
        self.interchange_accepted && sets.any(|set| set.control_number == set_control_number && set.error.is_none())
    }
}

/// Judges an interchange: its envelope by counting, its sets by counting and by the engine's errors.
pub fn verdict(bytes: &[u8], interchange: &Interchange) -> Verdict {
    if interchange.control_number.len() != 9 || !interchange.control_number.bytes().all(|b| b.is_ascii_digit()) {
        return Verdict::refused(CONTROL_NUMBER);
    }
    match &interchange.trailer {
        None => return Verdict::refused(TRAILER_MISSING),
        Some((_, control)) if *control != interchange.control_number => {
            return Verdict::refused(CONTROL_NUMBERS_DIFFER);
        }
        Some((count, _)) if count.parse() != Ok(interchange.groups) => return Verdict::refused(GROUP_COUNT),
        Some(_) => {}
    }
    let checked = x12::check(bytes, &x12::ShapeOnly);
    let in_error = sets_in_error(&checked, interchange);
    let mut groups: Vec<GroupVerdict> = Vec::new();
    for (index, set) in interchange.sets.iter().enumerate() {
        let verdict = SetVerdict {
            kind: set.kind.clone(),
            control_number: set.control_number.clone(),
            version: set.segments.first().map_or("", |st| st.element(3)).to_owned(),
            error: counting_error(set).or_else(|| in_error.contains(&index).then_some(SET_SEGMENTS_IN_ERROR)),
        };
        let (functional_id, control_number, version) = &set.group;
        match groups.last_mut() {
            Some(group) if group.control_number == *control_number => group.sets.push(verdict),
            _ => groups.push(GroupVerdict {
                functional_id: functional_id.clone(),
                control_number: control_number.clone(),
                version: version.clone(),
                sets: vec![verdict],
            }),
        }
    }
    Verdict { interchange_accepted: true, note: NO_ERROR.to_owned(), groups, checked: Some(checked) }
}

fn counting_error(set: &TransactionSet) -> Option<&'static str> {
    let se = set.segments.last().filter(|segment| segment.id() == "SE")?;
    if se.element(2) != set.control_number {
        Some(SET_CONTROL_NUMBERS_DIFFER)
    } else if se.element(1).parse() != Ok(set.segments.len()) {
        Some(SET_SEGMENT_COUNT)
    } else {
        None
    }
}

/// The sets of an interchange in which the engine finds an error, and those whose claims no payer could read.
/// A file whose interchanges the engine counts otherwise than we do is judged by our own eyes only.
fn sets_in_error(checked: &Checked, interchange: &Interchange) -> BTreeSet<usize> {
    let unreadable = |set: &TransactionSet| {
        let claims = crate::read_837::claims(set);
        let incomplete = |claim: &SubmittedClaim| {
            claim.control_number.is_empty()
                || claim.lines.is_empty()
                || claim.lines.iter().any(|line| line.procedure.is_empty())
        };
        set.kind == "837" && (claims.is_empty() || claims.iter().any(incomplete))
    };
    let own = interchange.sets.iter().enumerate().filter(|(_, set)| unreadable(set)).map(|(index, _)| index);
    let same = checked.interchanges.iter().find(|report| report.control_number == interchange.control_number);
    let sets = same.into_iter().flat_map(|report| report.groups.iter().flat_map(|group| group.sets.iter()));
    let engine = sets.enumerate().filter(|(_, set)| !set.is_accepted()).map(|(index, _)| index);
    own.chain(engine).collect()
}

/// Writes the TA1 of an interchange.
pub fn write_ta1(
    interchange: &Interchange,
    verdict: &Verdict,
    partner: &Partner,
    at: Timestamp,
    control_number: u32,
) -> Option<Vec<u8>> {
    let mut writer = Writer::new(message::header(partner, at, control_number));
    let answer = if verdict.interchange_accepted { "A" } else { "R" };
    writer.interchange_acknowledgment([
        interchange.control_number.as_str(),
        &interchange.sent_at.0,
        &interchange.sent_at.1,
        answer,
        &verdict.note,
    ]);
    writer.finish().ok()
}

/// Writes the 999 of an accepted interchange: one transaction set for each group of it. Where the engine and our own eyes
/// agree on every set it is the engine's, with the place of each error; else it says what our eyes saw.
pub fn write_999(
    interchange: &Interchange,
    verdict: &Verdict,
    partner: &Partner,
    at: Timestamp,
    control_number: u32,
) -> Option<Vec<u8>> {
    let by_engine = verdict.checked.as_ref().and_then(|checked| {
        let of_this = |report: &&InterchangeReport| report.control_number == interchange.control_number;
        let report = checked.interchanges.iter().find(of_this).filter(|report| agree(report, verdict))?;
        let header = AcknowledgmentHeader { made_at: message::civil(at), control_number };
        x12::write_999(checked, report, header).ok().flatten()
    });
    if by_engine.is_some() {
        return by_engine;
    }
    let mut writer = message::open(partner, at, control_number, &GROUP);
    for group in &verdict.groups {
        acknowledgment_999::write(&group.acknowledgment(), &mut writer);
    }
    writer.finish().ok()
}

/// Whether the engine accepts and refuses the same sets as our own eyes.
fn agree(report: &InterchangeReport, verdict: &Verdict) -> bool {
    let engine = report.groups.iter().flat_map(|group| group.sets.iter()).map(|set| set.is_accepted());
    let own = verdict.groups.iter().flat_map(|group| &group.sets).map(|set| set.error.is_none());
    report.note == 0 && report.groups.iter().all(|group| group.codes.is_empty()) && engine.eq(own)
}

impl GroupVerdict {
    fn acknowledgment(&self) -> GroupAcknowledgment<'_> {
        let (all, accepted) = (self.sets.len(), self.sets.iter().filter(|set| set.error.is_none()).count());
        let code = match accepted {
            accepted if accepted == all => "A",
            0 => "R",
            _ => "P",
        };
        GroupAcknowledgment {
            implementation: GROUP.version.into(),
            functional_id: self.functional_id.as_str().into(),
            group_control_number: self.control_number.as_str().into(),
            version: self.version.as_str().into(),
            sets: self.sets.iter().map(SetVerdict::acknowledgment).collect(),
            code: code.into(),
            sets_included: all.to_string().into(),
            sets_received: all.to_string().into(),
            sets_accepted: accepted.to_string().into(),
            ..GroupAcknowledgment::default()
        }
    }
}

impl SetVerdict {
    fn acknowledgment(&self) -> SetAcknowledgment<'_> {
        SetAcknowledgment {
            set_id: self.kind.as_str().into(),
            control_number: self.control_number.as_str().into(),
            implementation: self.version.as_str().into(),
            code: if self.error.is_none() { "A" } else { "R" }.into(),
            errors: self.error.map(Into::into).into_iter().collect(),
            ..SetAcknowledgment::default()
        }
    }
}
