//! The envelope: interchange, group and set open and close, counts and control numbers agree, versions match.
//!
//! Hands what stands inside a set to its guide; knows nothing of guides itself but their names.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::check::aside::{Found, Once, Told};
use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::isa;
use crate::check::numbers::{Numbers, significant};
use crate::check::report::{Checked, Coverage, GroupReport, InterchangeReport, SetReport, Verdict};
use crate::check::scout::Context;
use crate::check::set::OpenSet;
use crate::check::sets::Sets;
use crate::check::sink::{Rule, Sink};
use crate::codes::CodeSets;
use crate::date::{parse_d8, parse_tm};
use crate::delimiters::Delimiters;
use crate::guide;
use crate::problem::{Code, Problems, Snip};
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
    OTHER_GUIDE = "gs08-set", Guide, Code::Set(true, 6), "the guide that GS08 names is not one for this kind of set", "Write the guide of the set into GS08.";
    NO_GUIDE = "no-guide", Guide, Code::Set(false, 1), "no guide for this kind of set is at hand: only its envelope was checked", "Nothing, if the envelope is all that matters.";
    NUMBER_TEXT = "control-number-zeros", Syntax, Code::Set(false, 3), "the control numbers of header and trailer differ in leading zeros", "Write them alike.";
    DECISION = "ta105", Situation, Code::Situation, "the note does not go with the decision on the interchange", "Write 000 where the interchange is accepted, and what is wrong where it is not.";
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
/// The families of guides that are recognised though only their envelope is checked: reporting of claims, requests for
/// more information, pending claims, inquiries into and notices of reviews.
const ENVELOPE_ONLY: [&str; 3] = ["005010X298", "005010X299", "005010X300"];
/// The same, which are told of; also those of sets that have no guide here, which a group of another kind may hold.
const WITHOUT_GUIDE: [&str; 13] = [
    "005010X186",
    "005010X213",
    "005010X215",
    "005010X216",
    "005010X218",
    "005010X220",
    "005010X228",
    "005010X230",
    "005010X290",
    "005010X291",
    "005010X292",
    "005010X306",
    "005010X364",
];

/// Interchanges beyond this many are checked and counted, but no report of them is kept: a file of nothing but
/// headers must not fill the memory. Who has to answer each of them takes them one by one.
pub const MAX_KEPT_INTERCHANGES: usize = 4096;
/// The same for the groups of a file.
const MAX_KEPT_GROUPS: usize = 4096;
/// The longest element of a header that is kept; the standard allows 15 characters.
const MAX_HEADER_TEXT: usize = 40;

pub(super) const ISA: SegmentId = SegmentId::new(b"ISA");
pub(super) const IEA: SegmentId = SegmentId::new(b"IEA");
const TA1: SegmentId = SegmentId::new(b"TA1");
pub(super) const GS: SegmentId = SegmentId::new(b"GS");
pub(super) const GE: SegmentId = SegmentId::new(b"GE");
pub(super) const ST: SegmentId = SegmentId::new(b"ST");
pub(super) const SE: SegmentId = SegmentId::new(b"SE");

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

/// Takes an interchange that has ended, with its problems.
pub(super) type Each<'c> = &'c mut dyn FnMut(&Checked) -> io::Result<()>;

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
    /// Who takes each interchange as it ends; then none is kept.
    pub each: Option<Each<'c>>,
    /// Why it takes no more.
    failure: Option<io::Error>,
    /// Problems of interchanges that were taken.
    told: Problems,
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

/// What is wrong with a GS, and with which element of it, 0 for the whole.
fn group_fault(cells: &Cells<'_>, version: &str) -> Option<(&'static Rule, usize)> {
    let in_form = parse_d8(cells.get(4)).is_some()
        && parse_tm(cells.get(5)).is_some()
        && !cells.get(2).is_empty()
        && !cells.get(3).is_empty()
        && matches!(cells.get(7), b"X" | b"T")
        && !version.is_empty();
    if !in_form {
        return Some((&GS_CONTENT, 0));
    }
    if count(cells.get(6)).is_none() {
        return Some((&GROUP_NUMBER, 6));
    }
    if !KINDS.iter().any(|(kind, _)| *kind == cells.get(1)) {
        return Some((&GROUP_KIND, 1));
    }
    if version.starts_with("004") || version.starts_with("003") {
        return Some(match cells.get(1) {
            b"HC" => (&OLD_CLAIM, 8),
            b"HP" => (&OLD_REMITTANCE, 8),
            _ => (&OLD_VERSION, 8),
        });
    }
    let is_known = ["005", "006", "007", "008"].iter().any(|release| version.starts_with(release));
    (!is_known || is_guide_of_nothing(cells.get(1), version)).then_some((&GROUP_VERSION, 8))
}

/// Whether a version names a guide that is none, though we know the guides of this kind of group.
fn is_guide_of_nothing(functional_id: &[u8], version: &str) -> bool {
    let sets = KINDS.iter().find(|(kind, _)| *kind == functional_id).map_or(&[][..], |(_, sets)| sets);
    let names_guide =
        version.starts_with("005010X") && guide::GUIDES.iter().any(|guide| sets.contains(&guide.set_id.as_bytes()));
    let family = family(version);
    let is_recognised = ENVELOPE_ONLY.contains(&family) || WITHOUT_GUIDE.contains(&family);
    names_guide && !is_recognised && !is_version_of_ours(version)
}

fn is_version_of_ours(version: &str) -> bool {
    guide::GUIDES.iter().any(|guide| guide.versions.contains(&version))
}

/// What the sets of a group depend on, by its GS.
pub(super) fn context(cells: &Cells<'_>) -> Context {
    let version = text(cells.get(8));
    Context {
        delimiters: *cells.delimiters,
        functional_id: text(cells.get(1)),
        is_known: group_fault(cells, &version).is_none(),
        version,
    }
}

impl<'c> Envelope<'c> {
    pub fn new(codes: &'c dyn CodeSets) -> Self {
        Self {
            sink: Sink::new(codes),
            each: None,
            failure: None,
            told: Problems::default(),
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
        problems.count_told(&self.told);
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

    /// Stands in the group of a context, at the first set of a span; what is told once, was told or not.
    pub fn enter(&mut self, context: &Context, ordinal: u64, [extended, empty]: [bool; 2]) {
        let report = GroupReport {
            functional_id: context.functional_id.clone(),
            sender: String::new(),
            receiver: String::new(),
            control_number: String::new(),
            version: context.version.clone(),
            stated_sets: None,
            codes: Vec::new(),
            sets: Sets::new(ordinal),
        };
        let (at, numbers, is_known) = (At::default(), Numbers::default(), context.is_known);
        self.group = Some(OpenGroup { report, at, numbers, is_known });
        self.sink.told_extended = extended;
        self.told_empty = empty;
    }

    /// What was found since [`enter`](Self::enter). None where a set is still open, or something stood between sets.
    pub fn leave(self, context: Arc<Context>, ordinal: u64, segments: u64, told: [bool; 2]) -> Option<Found> {
        let is_whole = self.set.is_none() && !self.told_stray;
        let group = self.group.filter(|_| is_whole)?;
        Some(Found {
            context,
            ordinal,
            segments,
            problems: self.sink.problems,
            sets: group.report.sets,
            numbers: group.numbers,
            note: self.sink.note,
            group_codes: self.sink.group_codes,
            extended: Once { before: told[0], after: self.sink.told_extended },
            empty: Once { before: told[1], after: self.told_empty },
        })
    }

    /// Adds what was found in sets that stand here. False, and nothing is added, where they depend on something that
    /// is not as it was assumed.
    pub fn adopt(&mut self, found: Found, delimiters: Delimiters, ordinal: u64) -> bool {
        let Some(group) = self.group.as_mut().filter(|_| self.set.is_none()) else { return false };
        let holds = found.ordinal == ordinal
            && found.context.delimiters == delimiters
            && found.context.functional_id == group.report.functional_id
            && found.context.version == group.report.version
            && found.context.is_known == group.is_known
            && found.extended.holds(self.sink.told_extended)
            && found.empty.holds(self.told_empty)
            && group.numbers.is_followed_by(&found.numbers);
        if !holds || !group.report.sets.append(&found.sets) {
            return false;
        }
        group.numbers.append(&found.numbers);
        self.sink.told_extended |= found.extended.after;
        self.told_empty |= found.empty.after;
        self.sink.problems.append(found.problems);
        self.sink.note = if self.sink.note == 0 { found.note } else { self.sink.note };
        for code in found.group_codes {
            if !self.sink.group_codes.contains(&code) {
                self.sink.group_codes.push(code);
            }
        }
        self.sink.errors_in_set = 0;
        self.sink.kept_in_set = 0;
        self.sink.set_codes.clear();
        self.sink.loop_id = "";
        true
    }

    /// Tells checks aside what was told already.
    pub fn tell(&self, told: &Told) {
        told.extended.store(self.sink.told_extended, Ordering::Relaxed);
        told.empty.store(self.told_empty, Ordering::Relaxed);
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
            start: header.span().start as u64,
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
    pub fn abandon(&mut self, ordinal: u64) {
        self.set = None;
        self.group = None;
        self.end_interchange(ordinal);
    }

    /// The file ended inside the interchange. The one problem: what it breaks inside follows from it.
    pub fn cut_off(&mut self, ordinal: u64, end: u64) {
        self.sink.error(&TRAILER_IEA, At { segment: IEA, ordinal, span: (end, 0), ..At::default() });
        self.leave_set(ordinal);
        self.leave_group();
        self.end_interchange(ordinal);
    }

    /// Ends the interchange before the segment of this ordinal.
    fn end_interchange(&mut self, ordinal: u64) {
        let Some(mut interchange) = self.interchange.take() else { return };
        interchange.note = self.sink.note;
        if let Some(each) = &mut self.each {
            let mut problems = std::mem::take(&mut self.sink.problems);
            self.told.count_told(&problems);
            self.groups_kept = 0;
            problems.sort_by_place();
            let verdict = if problems.errors() > 0 { Verdict::Rejected } else { Verdict::Accepted };
            let segments = ordinal - interchange.ordinal;
            let not_kept = std::mem::take(&mut self.not_kept);
            let ended = Checked { verdict, problems, interchanges: vec![interchange], not_kept, segments };
            if self.failure.is_none() {
                self.failure = each(&ended).err();
            }
        } else if self.finished.len() < MAX_KEPT_INTERCHANGES {
            self.finished.push(interchange);
        } else {
            self.not_kept += 1;
        }
    }

    /// Why whoever takes the interchanges takes no more.
    pub fn failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    /// Takes a segment that is none of the envelope's.
    #[inline(always)]
    pub fn take_inside(&mut self, cells: &Cells<'_>) -> Flow {
        match &mut self.set {
            Some(set) => {
                set.take(cells, &mut self.sink);
                Flow::Go
            }
            None => self.take_own(cells),
        }
    }

    /// Takes a segment.
    #[inline(never)]
    pub fn take(&mut self, cells: &Cells<'_>) -> Flow {
        match &mut self.set {
            Some(set) if !matches!(cells.id, SE | ST | GE | GS | IEA | ISA | SegmentId(0)) => {
                set.take(cells, &mut self.sink);
                Flow::Go
            }
            _ => self.take_own(cells),
        }
    }

    /// Takes a segment of the envelope, or one that stands in no set.
    #[inline(never)]
    fn take_own(&mut self, cells: &Cells<'_>) -> Flow {
        if self.set.is_some() && cells.id.0 == 0 {
            return self.empty(cells);
        }
        self.sink.loop_id = "";
        match cells.id {
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
            let is_clean = crate::check::element::check(cells, entry.rules, &mut self.sink).clean;
            if is_clean && (cells.get(4) == b"A") != (cells.get(5) == b"000") {
                self.sink.error(&DECISION, cells.at_element(5));
            }
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
        self.end_interchange(cells.ordinal + 1);
        Flow::End
    }

    fn begin_group(&mut self, cells: &Cells<'_>) {
        self.close_set_without_trailer(cells);
        self.close_group_without_trailer(cells);
        self.sink.group_codes.clear();
        let Context { functional_id, version, is_known, .. } = context(cells);
        let is_number = count(cells.get(6)).is_some();
        if let Some((rule, element)) = group_fault(cells, &version) {
            let at = if element == 0 { cells.at() } else { cells.at_element(element) };
            self.sink.error(rule, at);
        }
        if is_number && !self.group_numbers.insert(cells.get(6), std::iter::empty()) {
            self.sink.error(&DUPLICATE_GROUP, cells.at_element(6));
        }
        let report = GroupReport {
            functional_id,
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
        if guide.is_none() && is_known && is_version_of_ours(&group.report.version) {
            self.sink.error(&OTHER_GUIDE, cells.at_element(1));
            is_known = false;
        } else if guide.is_none() && is_known && !ENVELOPE_ONLY.contains(&family(&group.report.version)) {
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
            start: cells.at().span.0,
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
