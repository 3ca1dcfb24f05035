//! The envelope: interchange, group and set open and close, counts and control numbers agree, versions match.
//!
//! Hands what stands inside a set to its guide; knows nothing of guides itself but their names.

use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::isa;
use crate::check::numbers::{Numbers, significant};
use crate::check::report::{Checked, Coverage, GroupReport, InterchangeReport, SetReport, Verdict};
use crate::check::set::OpenSet;
use crate::check::sets::Sets;
use crate::check::sink::{Rule, Sink};
use crate::codes::CodeSets;
use crate::date::{parse_d8, parse_tm};
use crate::guide;
use crate::problem::{Code, Snip};
use crate::segment::{Segment, SegmentId, decode};

rules! {
    TRAILER_IEA = "iea-missing", Syntax, Code::Interchange(23), "the interchange ends without its IEA: the file is cut off", "Ask the sender for the whole file.";
    IEA_CONTROL = "iea02", Syntax, Code::Interchange(1), "the control numbers of ISA and IEA differ", "Write the same number in ISA13 and IEA02.";
    IEA_COUNT = "iea01", Syntax, Code::Interchange(21), "IEA01 does not count the groups of the interchange", "Write the number of GS segments.";
    CONTENT = "interchange-content", Syntax, Code::Interchange(24), "a segment stands where the envelope has no place for it", "Put it inside ISA, GS and ST with their trailers.";
    GS_CONTENT = "gs-content", Syntax, Code::Interchange(24), "a required element of the GS is empty or out of form", "Fill in GS01 to GS08.";
    DUPLICATE_INTERCHANGE = "isa13-unique", Syntax, Code::Interchange(25), "an interchange of this file has the same control number", "Number interchanges without repetition.";
    GROUP_KIND = "gs01", Syntax, Code::Group(1), "the functional group is of no kind that is known here", "Write the functional identifier of the message, such as HC or HP.";
    OLD_VERSION = "gs08", Guide, Code::Group(2), "this version is no longer in use: messages of version 4010 were replaced by 5010 in 2012", "Ask the sender for version 005010.";
    OLD_CLAIM = "gs08", Guide, Code::Group(2), "claims of version 4010 are no longer taken: 5010 replaced it in 2012", "Have the claim written anew as 005010X222A2 (professional), 005010X223A3 (institutional) or 005010X224A3 (dental).";
    OLD_REMITTANCE = "gs08", Guide, Code::Group(2), "remittances of version 4010 are no longer sent: 5010 replaced it in 2012", "Ask the payer for the remittance as 005010X221A1.";
    GROUP_VERSION = "gs08", Guide, Code::Group(2), "the version is unknown", "Write the guide's name, such as 005010X222A1.";
    TRAILER_GE = "ge-missing", Syntax, Code::Group(3), "the functional group ends without its GE", "Close each GS with a GE.";
    GE_CONTROL = "ge02", Syntax, Code::Group(4), "the control numbers of GS and GE differ", "Write the same number in GS06 and GE02.";
    GE_COUNT = "ge01", Syntax, Code::Group(5), "GE01 does not count the transaction sets of the group", "Write the number of ST segments.";
    GROUP_NUMBER = "gs06", Syntax, Code::Group(6), "the group control number is not one to nine digits", "Write a number.";
    DUPLICATE_GROUP = "gs06-unique", Syntax, Code::Group(19), "a group of this interchange has the same control number", "Number groups without repetition.";
    TRAILER_SE = "se-missing", Syntax, Code::Set(false, 2), "the transaction set ends without its SE", "Close each ST with an SE.";
    SE_CONTROL = "se02", Syntax, Code::Set(false, 3), "the control numbers of ST and SE differ", "Write the same number in ST02 and SE02.";
    SE_COUNT = "se01", Syntax, Code::Set(false, 4), "SE01 does not count the segments of the set", "Count all segments from ST to SE, both included.";
    SET_ID = "st01", Syntax, Code::Set(false, 6), "the transaction set does not belong into a group of this kind", "Write the functional identifier of the set into GS01.";
    SET_NUMBER = "st02", Syntax, Code::Set(false, 7), "the set control number is not four to nine characters", "Write a control number.";
    DUPLICATE_SET = "st02-unique", Syntax, Code::Set(false, 23), "a set of this group has the same control number", "Number sets without repetition.";
    SET_VERSION = "st03", Guide, Code::Set(true, 6), "the guides named by ST03 and GS08 differ", "Write the same guide in ST03 and GS08.";
    NO_GUIDE = "no-guide", Guide, Code::Set(false, 1), "no guide for this kind of set is at hand: only its envelope was checked", "Nothing, if the envelope is all that matters.";
    NUMBER_TEXT = "control-number-zeros", Syntax, Code::Set(false, 3), "the control numbers of header and trailer differ in leading zeros", "Write them alike.";
    EMPTY_SEGMENT = "empty-segment", Syntax, Code::Segment(false, 1), "an empty segment: the terminator is doubled", "Write one terminator.";
}

/// Functional identifiers and the sets they carry.
const KINDS: [(&[u8], &[&[u8]]); 15] = [
    (b"HC", &[b"837"]),
    (b"HP", &[b"835"]),
    (b"FA", &[b"999", b"997"]),
    (b"HN", &[b"277"]),
    (b"HR", &[b"276"]),
    (b"HS", &[b"270"]),
    (b"HB", &[b"271"]),
    (b"HI", &[b"278"]),
    (b"PI", &[b"275"]),
    (b"BE", &[b"834"]),
    (b"RA", &[b"820"]),
    (b"AG", &[b"824"]),
    (b"HU", &[b"837"]),
    (b"HX", &[b"837"]),
    (b"TA", &[b"TA1"]),
];
/// The families of guides that are recognised though only their envelope is checked.
const ENVELOPE_ONLY: [&str; 3] = ["005010X298", "005010X299", "005010X300"];

/// Interchanges beyond this many are checked and counted, but no report of them is kept: a file of nothing but
/// headers must not fill the memory. Who has to answer each of them takes them one by one.
pub const MAX_KEPT_INTERCHANGES: usize = 4096;
/// The same for the groups of a file.
const MAX_KEPT_GROUPS: usize = 4096;
/// The longest element of a header that is kept; the standard allows 15 characters.
const MAX_HEADER_TEXT: usize = 40;

const ISA: SegmentId = SegmentId::new(b"ISA");
const IEA: SegmentId = SegmentId::new(b"IEA");
const TA1: SegmentId = SegmentId::new(b"TA1");
const GS: SegmentId = SegmentId::new(b"GS");
const GE: SegmentId = SegmentId::new(b"GE");
const ST: SegmentId = SegmentId::new(b"ST");
const SE: SegmentId = SegmentId::new(b"SE");

/// What the reader does next.
pub(super) enum Flow {
    /// On to the next segment.
    Go,
    /// The same, but this one did not count.
    Skip,
    /// The interchange ended with this segment.
    End,
    /// A new interchange begins at this segment.
    Anew,
}

struct OpenGroup {
    report: GroupReport,
    at: At,
    numbers: Numbers,
    /// Whether GS01 and GS08 can be relied on for what is inside.
    is_known: bool,
}

/// The open interchange, group and set of a file.
pub(super) struct Envelope<'c> {
    pub sink: Sink<'c>,
    finished: Vec<InterchangeReport>,
    interchange: Option<InterchangeReport>,
    group: Option<OpenGroup>,
    set: Option<OpenSet>,
    interchange_numbers: Numbers,
    group_numbers: Numbers,
    groups_kept: usize,
    /// How many groups the open interchange has.
    groups: u64,
    not_kept: u64,
    /// A stray segment was told; more of the same are its followers.
    told_stray: bool,
    told_empty: bool,
    ended_well: bool,
    /// The data of the last binary segment that was too long to be held.
    pub last_binary: At,
}

fn count(bytes: &[u8]) -> Option<u32> {
    let digits = significant(bytes);
    let is_number = !bytes.trim_ascii().is_empty() && digits.len() <= 9 && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| digits.iter().fold(0, |number, byte| number * 10 + u32::from(byte - b'0')))
}

fn text(bytes: &[u8]) -> String {
    let bytes = bytes.trim_ascii();
    decode(&bytes[..bytes.len().min(MAX_HEADER_TEXT)]).into_owned()
}

impl<'c> Envelope<'c> {
    pub fn new(codes: &'c dyn CodeSets) -> Self {
        Self {
            sink: Sink::new(codes),
            finished: Vec::new(),
            interchange: None,
            group: None,
            set: None,
            interchange_numbers: Numbers::keeping(),
            group_numbers: Numbers::keeping(),
            groups_kept: 0,
            groups: 0,
            not_kept: 0,
            told_stray: false,
            told_empty: false,
            ended_well: true,
            last_binary: At::default(),
        }
    }

    /// What was found in the whole file.
    pub fn finish(self, verdict: Option<Verdict>, segments: u64) -> Checked {
        let mut problems = self.sink.problems;
        problems.sort_by_place();
        let verdict = match verdict {
            Some(verdict) => verdict,
            None if problems.errors() > 0 => Verdict::Rejected,
            None => Verdict::Accepted,
        };
        Checked { verdict, problems, interchanges: self.finished, not_kept: self.not_kept, segments }
    }

    /// Whether the last interchange was closed by its IEA.
    pub fn ended_well(&self) -> bool {
        self.ended_well
    }

    /// Opens an interchange. False when what follows cannot be read.
    pub fn begin(&mut self, header: &Segment<'_>, is_sound: bool, broken: &Rule) -> bool {
        self.sink.note = 0;
        self.sink.loop_id = "";
        self.group_numbers.clear();
        self.groups = 0;
        self.told_stray = false;
        self.told_empty = false;
        self.ended_well = false;
        self.interchange = Some(InterchangeReport {
            delimiters: header.delimiters(),
            sender_qualifier: header.trimmed(5).into_owned(),
            sender: header.trimmed(6).into_owned(),
            receiver_qualifier: header.trimmed(7).into_owned(),
            receiver: header.trimmed(8).into_owned(),
            sent: (header.trimmed(9).into_owned(), header.trimmed(10).into_owned()),
            control_number: header.trimmed(13).into_owned(),
            wants_acknowledgment: header.element(14) == b"1",
            is_test: header.element(15) == b"T",
            note: 0,
            acknowledgments: 0,
            groups: Vec::new(),
            ordinal: header.ordinal,
        });
        let span = header.span();
        let at =
            At { segment: ISA, ordinal: header.ordinal, span: (span.start as u64, span.len() as u32), ..At::default() };
        if !is_sound {
            self.sink.error(broken, at);
            return false;
        }
        if !isa::check(header, &mut self.sink) {
            return false;
        }
        if !self.interchange_numbers.insert(header.element(13), std::iter::empty()) {
            self.sink.error(&DUPLICATE_INTERCHANGE, At { element: 13, ..at });
        }
        true
    }

    /// Gives up the open interchange, which was rejected at its ISA.
    pub fn abandon(&mut self) {
        self.set = None;
        self.group = None;
        self.end_interchange();
    }

    /// The file ended inside the interchange. The one problem: what it breaks inside follows from it.
    pub fn cut_off(&mut self, ordinal: u64, end: u64) {
        self.sink.error(&TRAILER_IEA, At { segment: IEA, ordinal, span: (end, 0), ..At::default() });
        self.leave_set(ordinal);
        self.leave_group();
        self.end_interchange();
    }

    fn end_interchange(&mut self) {
        if let Some(mut interchange) = self.interchange.take() {
            interchange.note = self.sink.note;
            if self.finished.len() < MAX_KEPT_INTERCHANGES {
                self.finished.push(interchange);
            } else {
                self.not_kept += 1;
            }
        }
    }

    /// Takes a segment.
    pub fn take(&mut self, cells: &Cells<'_>) -> Flow {
        let id = cells.id;
        if let Some(set) = &mut self.set
            && !matches!(id, SE | ST | GE | GS | IEA | ISA)
        {
            if id.0 == 0 {
                return self.empty(cells);
            }
            set.take(cells, &mut self.sink);
            return Flow::Go;
        }
        self.sink.loop_id = "";
        match id {
            SE => self.end_set(cells),
            ST => self.begin_set(cells),
            GE => self.end_group(cells),
            GS => self.begin_group(cells),
            TA1 if self.group.is_none() => self.acknowledgment(cells),
            IEA => return self.end(cells),
            ISA => {
                self.cut_off(cells.ordinal, cells.base + u64::from(cells.start));
                return Flow::Anew;
            }
            SegmentId(0) => return self.empty(cells),
            _ => self.stray(cells),
        }
        Flow::Go
    }

    fn empty(&mut self, cells: &Cells<'_>) -> Flow {
        if !self.told_empty {
            self.sink.warning(&EMPTY_SEGMENT, cells.at());
            self.told_empty = true;
        }
        Flow::Skip
    }

    fn stray(&mut self, cells: &Cells<'_>) {
        if !self.told_stray {
            self.sink.error(&CONTENT, cells.at());
            self.told_stray = true;
        }
    }

    fn acknowledgment(&mut self, cells: &Cells<'_>) {
        if let Some(interchange) = &mut self.interchange {
            interchange.acknowledgments += 1;
        }
        if let Some(entry) = guide::find("TA1", "00501").and_then(|guide| guide.loops[0].entries.first()) {
            crate::check::element::check(cells, entry.rules, &mut self.sink);
        }
    }

    fn end(&mut self, cells: &Cells<'_>) -> Flow {
        self.close_set_without_trailer(cells);
        self.close_group_without_trailer(cells);
        let control_number = match &self.interchange {
            Some(interchange) => interchange.control_number.clone(),
            None => return Flow::End,
        };
        // A header number that is none is told already.
        let is_number = control_number.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && significant(control_number.as_bytes()) != significant(cells.get(2)) {
            self.sink.error(&IEA_CONTROL, cells.at_element(2));
        }
        if !self.told_stray && count(cells.get(1)).map(u64::from) != Some(self.groups) {
            self.sink.error(&IEA_COUNT, cells.at_element(1));
        }
        self.ended_well = true;
        self.end_interchange();
        Flow::End
    }

    fn begin_group(&mut self, cells: &Cells<'_>) {
        self.close_set_without_trailer(cells);
        self.close_group_without_trailer(cells);
        self.sink.group_codes.clear();
        let version = text(cells.get(8));
        let kind = KINDS.iter().find(|(kind, _)| *kind == cells.get(1));
        let in_form = parse_d8(cells.get(4)).is_some()
            && parse_tm(cells.get(5)).is_some()
            && !cells.get(2).is_empty()
            && !cells.get(3).is_empty()
            && matches!(cells.get(7), b"X" | b"T")
            && !version.is_empty();
        let is_number = count(cells.get(6)).is_some();
        let mut is_known = false;
        if !in_form {
            self.sink.error(&GS_CONTENT, cells.at());
        } else if !is_number {
            self.sink.error(&GROUP_NUMBER, cells.at_element(6));
        } else if kind.is_none() {
            self.sink.error(&GROUP_KIND, cells.at_element(1));
        } else if version.starts_with("004") || version.starts_with("003") {
            let rule = match cells.get(1) {
                b"HC" => &OLD_CLAIM,
                b"HP" => &OLD_REMITTANCE,
                _ => &OLD_VERSION,
            };
            self.sink.error(rule, cells.at_element(8));
        } else if !["005", "006", "007", "008"].iter().any(|release| version.starts_with(release)) {
            self.sink.error(&GROUP_VERSION, cells.at_element(8));
        } else {
            is_known = true;
        }
        if is_number && !self.group_numbers.insert(cells.get(6), std::iter::empty()) {
            self.sink.error(&DUPLICATE_GROUP, cells.at_element(6));
        }
        let report = GroupReport {
            functional_id: text(cells.get(1)),
            sender: text(cells.get(2)),
            receiver: text(cells.get(3)),
            control_number: text(cells.get(6)),
            version,
            stated_sets: None,
            codes: Vec::new(),
            sets: Sets::new(cells.ordinal),
        };
        self.groups += 1;
        self.group = Some(OpenGroup { report, at: cells.at(), numbers: Numbers::default(), is_known });
    }

    fn end_group(&mut self, cells: &Cells<'_>) {
        self.close_set_without_trailer(cells);
        let Some(group) = &mut self.group else {
            self.stray(cells);
            return;
        };
        group.report.stated_sets = count(cells.get(1));
        let is_number = count(group.report.control_number.as_bytes()).is_some();
        if is_number && significant(group.report.control_number.as_bytes()) != significant(cells.get(2)) {
            self.sink.error(&GE_CONTROL, cells.at_element(2));
        }
        if !self.told_stray && group.report.stated_sets != Some(group.report.sets.len() as u32) {
            self.sink.error(&GE_COUNT, cells.at_element(1));
        }
        self.leave_group();
    }

    fn close_group_without_trailer(&mut self, cells: &Cells<'_>) {
        if let Some(group) = &self.group {
            let at = At { segment: GE, ordinal: cells.ordinal, ..group.at };
            self.sink.error(&TRAILER_GE, at);
            self.leave_group();
        }
    }

    fn leave_group(&mut self) {
        if let (Some(mut group), Some(interchange)) = (self.group.take(), &mut self.interchange) {
            group.report.codes = std::mem::take(&mut self.sink.group_codes);
            if self.groups_kept < MAX_KEPT_GROUPS {
                self.groups_kept += 1;
                interchange.groups.push(group.report);
            } else {
                self.not_kept += 1;
            }
        }
    }

    fn begin_set(&mut self, cells: &Cells<'_>) {
        self.close_set_without_trailer(cells);
        let Some(group) = &mut self.group else {
            self.stray(cells);
            return;
        };
        self.sink.errors_in_set = 0;
        self.sink.kept_in_set = 0;
        self.sink.set_codes.clear();
        let mut is_known = group.is_known;
        let number = cells.get(2);
        if is_known {
            let kinds = KINDS.iter().find(|(kind, _)| *kind == group.report.functional_id.as_bytes());
            if kinds.is_some_and(|(_, sets)| !sets.contains(&cells.get(1))) {
                self.sink.error(&SET_ID, cells.at_element(1));
                is_known = false;
            } else if !(4..=9).contains(&number.len()) {
                self.sink.error(&SET_NUMBER, cells.at_element(2));
            } else if !group.numbers.insert(number, group.report.sets.numbers()) {
                self.sink.error(&DUPLICATE_SET, cells.at_element(2));
            }
        }
        let own_version = text(cells.get(3));
        // A GS08 of the bare standard (005010) leaves the guide to ST03.
        let is_same =
            family(&own_version) == family(&group.report.version) || own_version.starts_with(&group.report.version);
        if is_known && !own_version.is_empty() && !is_same {
            self.sink.error(&SET_VERSION, cells.at_element(3));
            is_known = false;
        }
        let id = text(cells.get(1));
        let guide =
            guide::find(&id, &group.report.version).or_else(|| guide::find(&id, &own_version)).filter(|_| is_known);
        if guide.is_none() && is_known && !ENVELOPE_ONLY.contains(&family(&group.report.version)) {
            self.sink.warning(&NO_GUIDE, cells.at());
        }
        let report = SetReport {
            id,
            control_number: text(number),
            version: own_version,
            coverage: match guide {
                Some(_) => Coverage::Guide,
                None if is_known => Coverage::EnvelopeOnly,
                None => Coverage::Refused,
            },
            ordinals: (cells.ordinal, cells.ordinal),
            errors: 0,
            codes: Vec::new(),
        };
        self.set = Some(OpenSet::new(report, cells, guide, self.sink.loaded, self.sink.up_to));
    }

    fn end_set(&mut self, cells: &Cells<'_>) {
        let Some(set) = &mut self.set else {
            self.stray(cells);
            return;
        };
        set.end(cells, &mut self.sink);
        self.sink.loop_id = "";
        let control_number = set.report.control_number.as_bytes();
        if significant(control_number) != significant(cells.get(2)) {
            self.sink.error(&SE_CONTROL, cells.at_element(2));
        } else if control_number != cells.get(2) {
            self.sink.warning(&NUMBER_TEXT, cells.at_element(2));
        }
        if count(cells.get(1)).map(u64::from) != Some(set.segments + 1) {
            self.sink.error(&SE_COUNT, cells.at_element(1));
        }
        self.leave_set(cells.ordinal);
    }

    fn close_set_without_trailer(&mut self, cells: &Cells<'_>) {
        if let Some(set) = &self.set {
            self.sink.error(&TRAILER_SE, At { segment: SE, ordinal: cells.ordinal, ..set.at });
            self.leave_set(cells.ordinal);
        }
    }

    fn leave_set(&mut self, last: u64) {
        if let (Some(mut set), Some(group)) = (self.set.take(), &mut self.group) {
            set.report.ordinals.1 = last;
            set.report.errors = self.sink.errors_in_set;
            set.report.codes = std::mem::take(&mut self.sink.set_codes);
            group.report.sets.push(set.report);
        }
        self.sink.errors_in_set = 0;
        self.sink.kept_in_set = 0;
    }
}

/// A guide's name without the addenda: X222A1 and X222A2 are one family.
fn family(version: &str) -> &str {
    match version.rsplit_once('A') {
        Some((family, addenda))
            if family.len() >= 10 && !addenda.is_empty() && addenda.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            family
        }
        _ => version,
    }
}
