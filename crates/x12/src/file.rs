//! A file taken apart into interchanges, groups and transaction sets, borrowed from its bytes.
//!
//! Never fails and never judges: a file cut anywhere gives what is there. The checker tells what is wrong.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::check::binary::{self, Extent};
use crate::delimiters::Delimiters;
use crate::ids;
use crate::index::{EACH, zero_bytes};
use crate::segment::Segment;

/// The bytes an ISA takes up to and including its terminator.
pub(crate) const ISA_LENGTH: usize = 106;

/// A file and what was found in it.
#[derive(Debug, Clone, Default)]
pub struct File<'a> {
    /// The interchanges, in order. Empty when no ISA was found.
    pub interchanges: Vec<Interchange<'a>>,
}

/// From an ISA to its IEA.
#[derive(Debug, Clone)]
pub struct Interchange<'a> {
    /// The separators it declares.
    pub delimiters: Delimiters,
    /// The header.
    pub isa: Segment<'a>,
    /// TA1 segments, which stand outside groups.
    pub acknowledgments: Vec<Segment<'a>>,
    /// The functional groups.
    pub groups: Vec<Group<'a>>,
    /// The trailer, where it is present.
    pub iea: Option<Segment<'a>>,
    /// From the first byte of the ISA to the last that belongs to it.
    pub span: Range<usize>,
}

/// From a GS to its GE.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// The header.
    pub gs: Segment<'a>,
    /// The transaction sets.
    pub sets: Vec<TransactionSet<'a>>,
    /// The trailer, where it is present.
    pub ge: Option<Segment<'a>>,
}

/// From an ST to its SE: the bytes, in which segments are found when they are asked for.
#[derive(Clone)]
pub struct TransactionSet<'a> {
    st: Segment<'a>,
    /// From the first byte of the ST on.
    bytes: &'a [u8],
    /// How many segments there are, ST and SE counted.
    count: usize,
    /// Whether the SE is there.
    pub is_closed: bool,
    /// GS08 of the group, which stands for ST03 in the 835.
    pub group_version: Cow<'a, str>,
}

/// Shows the ST and how much there is, never what: segments carry names and diagnoses.
impl fmt::Debug for TransactionSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransactionSet({:?}, {} segments)", self.st, self.count)
    }
}

impl<'a> Interchange<'a> {
    /// ISA13 as it stands.
    pub fn control_number(&self) -> Cow<'a, str> {
        self.isa.trimmed(13)
    }
    /// ISA06 without padding.
    pub fn sender(&self) -> Cow<'a, str> {
        self.isa.trimmed(6)
    }
    /// ISA08 without padding.
    pub fn receiver(&self) -> Cow<'a, str> {
        self.isa.trimmed(8)
    }
}

impl<'a> Group<'a> {
    /// GS01.
    pub fn functional_id(&self) -> Cow<'a, str> {
        self.gs.text(1)
    }
    /// GS06 as it stands.
    pub fn control_number(&self) -> Cow<'a, str> {
        self.gs.trimmed(6)
    }
    /// GS08.
    pub fn version(&self) -> Cow<'a, str> {
        self.gs.trimmed(8)
    }
}

impl<'a> TransactionSet<'a> {
    /// The ST segment.
    pub fn st(&self) -> Segment<'a> {
        self.st
    }
    /// How many segments there are, ST and SE counted; those without any byte are not.
    pub fn segment_count(&self) -> usize {
        self.count
    }
    /// Every segment, ST first, SE last where it is present.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'a>> + use<'a> {
        let mut walk = Walk {
            bytes: self.bytes,
            at: 0,
            start: self.st.span().start,
            ordinal: self.st.ordinal,
            delimiters: self.st.delimiters(),
        };
        std::iter::from_fn(move || walk.next_segment()).filter(|segment| !segment.raw().is_empty())
    }
    /// The SE, where it is present.
    pub fn se(&self) -> Option<Segment<'a>> {
        self.is_closed.then(|| self.segments().last()).flatten()
    }
    /// From the ST to the end of the last segment, as it stands in the file.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
    /// ST01, such as `837`.
    pub fn id(&self) -> Cow<'a, str> {
        self.st().text(1)
    }
    /// ST02 as it stands.
    pub fn control_number(&self) -> Cow<'a, str> {
        self.st().trimmed(2)
    }
    /// ST03, or GS08 where ST03 is not used.
    pub fn version(&self) -> Cow<'a, str> {
        match self.st().trimmed(3) {
            own if own.is_empty() => self.group_version.clone(),
            own => own,
        }
    }
    /// The segments between ST and SE.
    pub fn body(&self) -> impl Iterator<Item = Segment<'a>> + use<'a> {
        self.segments().skip(1).take(self.count - 1 - usize::from(self.is_closed))
    }
    /// From the first byte of the ST to the last before the terminator of the SE.
    pub fn span(&self) -> Range<usize> {
        let start = self.st.span().start;
        start..start + self.bytes.len()
    }
}

/// Goes through the segments of an interchange, one terminator after the other.
struct Walk<'a> {
    bytes: &'a [u8],
    /// Where the next segment begins in `bytes`, line breaks before it included.
    at: usize,
    /// Where `bytes` begin in the file.
    start: usize,
    /// The ordinal of the next segment.
    ordinal: u64,
    delimiters: Delimiters,
}

impl<'a> Walk<'a> {
    /// The next segment, which may be empty; None at the end of the bytes and where another ISA begins.
    fn next_segment(&mut self) -> Option<Segment<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let is_break = |byte: &&u8| matches!(**byte, b'\r' | b'\n') && **byte != self.delimiters.segment;
        let breaks = rest.iter().take_while(is_break).count();
        let rest = &rest[breaks..];
        let is_next = rest.starts_with(b"ISA") && rest.get(3) == Some(&self.delimiters.element);
        if rest.is_empty() || is_next {
            return None;
        }
        self.at += breaks;
        let length = segment_length(rest, &self.delimiters);
        let raw = &rest[..length.unwrap_or(rest.len())];
        let segment = Segment::new(raw, self.start + self.at, self.ordinal, self.delimiters);
        self.at += raw.len() + usize::from(length.is_some());
        self.ordinal += 1;
        Some(segment)
    }
}

impl<'a> File<'a> {
    /// Every transaction set of the file with its group and interchange.
    pub fn sets(&self) -> impl Iterator<Item = (&Interchange<'a>, &Group<'a>, &TransactionSet<'a>)> {
        self.interchanges.iter().flat_map(|interchange| {
            interchange.groups.iter().flat_map(move |group| group.sets.iter().map(move |set| (interchange, group, set)))
        })
    }
}

/// Takes a file apart. Bytes before the first ISA and between interchanges are passed over.
pub fn read(bytes: &[u8]) -> File<'_> {
    let mut file = File::default();
    let mut at = 0;
    let mut ordinal = 0;
    while let Some(start) = next_isa(bytes, at) {
        let delimiters = isa_delimiters(&bytes[start..]);
        at = read_interchange(bytes, start, delimiters, &mut ordinal, &mut file);
    }
    file
}

/// Bytes that may stand before an ISA.
pub(crate) fn is_padding(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1a | 0xef | 0xbb | 0xbf)
}

/// Whether bytes begin with an ISA that tells its separators.
pub(crate) fn is_isa(bytes: &[u8]) -> bool {
    bytes.len() >= ISA_LENGTH && bytes.starts_with(b"ISA") && !bytes[3].is_ascii_alphanumeric()
}

/// Where the next ISA stands at the beginning of the file, or of what follows an interchange.
fn next_isa(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let skipped = rest.iter().take_while(|byte| is_padding(**byte)).count();
    is_isa(&rest[skipped..]).then_some(from + skipped)
}

/// The separators of the ISA that these bytes begin with.
pub(crate) fn isa_delimiters(isa: &[u8]) -> Delimiters {
    let repetition = isa[82];
    Delimiters {
        element: isa[3],
        component: isa[104],
        repetition: (!repetition.is_ascii_alphanumeric() && repetition != b' ').then_some(repetition),
        segment: isa[105],
    }
}

/// Reads one interchange and returns where the next may begin.
fn read_interchange<'a>(
    bytes: &'a [u8],
    start: usize,
    delimiters: Delimiters,
    ordinal: &mut u64,
    file: &mut File<'a>,
) -> usize {
    let isa = Segment::new(&bytes[start..start + ISA_LENGTH - 1], start, *ordinal, delimiters);
    let mut interchange = Interchange {
        delimiters,
        isa,
        acknowledgments: Vec::new(),
        groups: Vec::new(),
        iea: None,
        span: start..start + ISA_LENGTH,
    };
    let mut walk = Walk { bytes, at: start + ISA_LENGTH, start: 0, ordinal: *ordinal + 1, delimiters };
    while let Some(segment) = walk.next_segment() {
        interchange.span.end = walk.at;
        if segment.segment_id() == ids::IEA {
            interchange.iea = Some(segment);
            break;
        }
        place(bytes, segment, &mut interchange);
    }
    *ordinal = walk.ordinal;
    file.interchanges.push(interchange);
    walk.at
}

/// How long the next segment is without its terminator; None where it has none. Binary data may hold terminators.
pub(crate) fn segment_length(bytes: &[u8], delimiters: &Delimiters) -> Option<usize> {
    if bytes.starts_with(b"BIN") || bytes.starts_with(b"BDS") {
        match binary::extent(bytes, delimiters, true, bytes.len()) {
            Extent::Counted(ends) | Extent::Uncounted(ends, _) => {
                return ends.last().map(|end| *end as usize).filter(|end| *end < bytes.len());
            }
            Extent::Needs(_) | Extent::Plain => {}
        }
    }
    position(bytes, delimiters.segment)
}

/// Where a byte first stands, looked for eight bytes at a time.
fn position(bytes: &[u8], wanted: u8) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let found = zero_bytes(u64::from_le_bytes(*word) ^ (EACH * u64::from(wanted)));
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| *byte == wanted).map(|at| words.len() * 8 + at)
}

/// Puts a segment where it belongs; one that belongs nowhere is left to the checker.
fn place<'a>(bytes: &'a [u8], segment: Segment<'a>, interchange: &mut Interchange<'a>) {
    let id = segment.segment_id();
    if id == ids::GS {
        interchange.groups.push(Group { gs: segment, sets: Vec::new(), ge: None });
        return;
    }
    let Some(group) = interchange.groups.last_mut().filter(|group| group.ge.is_none()) else {
        if id == ids::TA1 {
            interchange.acknowledgments.push(segment);
        }
        return;
    };
    if id == ids::GE {
        group.ge = Some(segment);
    } else if id == ids::ST {
        let group_version = group.gs.trimmed(8);
        group.sets.push(TransactionSet {
            st: segment,
            bytes: segment.raw(),
            count: 1,
            is_closed: false,
            group_version,
        });
    } else if let Some(set) = group.sets.last_mut().filter(|set| !set.is_closed)
        && !segment.raw().is_empty()
    {
        set.is_closed = id == ids::SE;
        set.count += 1;
        set.bytes = &bytes[set.st.span().start..segment.span().end];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GroupHeader, InterchangeHeader, Usage, Writer, elements};

    fn header() -> InterchangeHeader {
        InterchangeHeader {
            sender_qualifier: "ZZ".into(),
            sender: "CLINIC".into(),
            receiver_qualifier: "ZZ".into(),
            receiver: "HOUSE".into(),
            sent_at: jiff::civil::date(2026, 9, 1).at(12, 53, 0, 0),
            control_number: 7,
            wants_acknowledgment: false,
            usage: Usage::Test,
            delimiters: Delimiters::default(),
        }
    }

    fn group() -> GroupHeader {
        GroupHeader {
            functional_id: "HC".into(),
            sender: "CLINIC".into(),
            receiver: "HOUSE".into(),
            sent_at: header().sent_at,
            control_number: 7,
            version: "005010X222A1".into(),
        }
    }

    #[test]
    fn what_the_writer_wrote_is_read_back_with_its_counts() {
        let mut writer = Writer::new(header());
        writer.begin_group(&group()).begin_set("837", Some("005010X222A1"));
        writer.segment("NM1", elements!["41", "2", "SUN~RISE", Option::<&str>::None, "", ""]);
        writer.segment("HI", [Value::composite(["ABK", "E119", "", ""]), Value::EMPTY]);
        writer.segment("N3", [""]);
        let replaced = writer.replaced().to_vec();
        let bytes = writer.finish().unwrap();
        assert_eq!(replaced, [("NM1".to_owned(), 3)]);
        let file = read(&bytes);
        let (interchange, group, set) = file.sets().next().unwrap();
        assert_eq!(interchange.control_number(), "000000007");
        assert_eq!(interchange.sender(), "CLINIC");
        assert_eq!((group.version(), set.version()), ("005010X222A1".into(), "005010X222A1".into()));
        let raw: Vec<_> = set.segments().map(|segment| String::from_utf8_lossy(segment.raw())).collect();
        assert_eq!(raw, ["ST*837*0001*005010X222A1", "NM1*41*2*SUN RISE", "HI*ABK:E119", "SE*4*0001"]);
        assert_eq!(group.ge.unwrap().raw(), b"GE*1*7");
        assert_eq!(interchange.iea.unwrap().raw(), b"IEA*1*000000007");
        assert_eq!(interchange.span, 0..bytes.len());
    }

    #[test]
    fn a_file_cut_anywhere_is_read_without_a_panic() {
        let mut writer = Writer::new(header());
        writer.begin_group(&group()).begin_set("837", None).segment("BHT", ["0019", "00"]);
        let bytes = writer.finish().unwrap();
        for end in 0..bytes.len() {
            let file = read(&bytes[..end]);
            assert_eq!(file.interchanges.len(), usize::from(end >= 106), "cut at {end}");
            assert!(file.sets().all(|(_, _, set)| set.body().count() <= 2), "cut at {end}");
        }
    }

    #[test]
    fn a_header_that_does_not_fit_is_refused_by_its_element() {
        let writer = Writer::new(InterchangeHeader { sender: "A NAME TOO LONG FOR IT".into(), ..header() });
        assert_eq!(writer.finish(), Err(WriteError::BadHeader("ISA06")));
    }

    use crate::{Value, WriteError};
}
