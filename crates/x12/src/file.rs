//! A file taken apart into interchanges, groups and transaction sets, borrowed from its bytes.
//!
//! Never fails and never judges: a file cut anywhere gives what is there. The checker tells what is wrong.

use std::borrow::Cow;
use std::ops::Range;

use crate::check::binary::{self, Extent};
use crate::delimiters::Delimiters;
use crate::segment::Segment;

/// The bytes an ISA takes up to and including its terminator.
const ISA_LENGTH: usize = 106;

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

/// From an ST to its SE.
#[derive(Debug, Clone)]
pub struct TransactionSet<'a> {
    /// Every segment, ST first, SE last where it is present.
    pub segments: Vec<Segment<'a>>,
    /// Whether the SE is there.
    pub is_closed: bool,
    /// GS08 of the group, which stands for ST03 in the 835.
    pub group_version: Cow<'a, str>,
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
        self.segments[0]
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
    pub fn body(&self) -> &[Segment<'a>] {
        &self.segments[1..self.segments.len() - usize::from(self.is_closed)]
    }
    /// From the first byte of the ST to the last before the terminator of the SE.
    pub fn span(&self) -> Range<usize> {
        let last = self.segments.last().map_or(0, |segment| segment.span().end);
        self.st().span().start..last
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
        let delimiters = isa_delimiters(bytes, start);
        at = read_interchange(bytes, start, delimiters, &mut ordinal, &mut file);
    }
    file
}

/// Where the next ISA stands at the beginning of the file, or of what follows an interchange.
fn next_isa(bytes: &[u8], from: usize) -> Option<usize> {
    let is_padding = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1a | 0xef | 0xbb | 0xbf);
    let skipped = bytes.get(from..)?.iter().take_while(|byte| is_padding(byte)).count();
    let at = from + skipped;
    (bytes.len() >= at + ISA_LENGTH && bytes[at..].starts_with(b"ISA") && !bytes[at + 3].is_ascii_alphanumeric())
        .then_some(at)
}

fn isa_delimiters(bytes: &[u8], start: usize) -> Delimiters {
    let repetition = bytes[start + 82];
    Delimiters {
        element: bytes[start + 3],
        component: bytes[start + 104],
        repetition: (!repetition.is_ascii_alphanumeric() && repetition != b' ').then_some(repetition),
        segment: bytes[start + 105],
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
    let mut take = |raw: &'a [u8], at: usize| {
        let segment = Segment::new(raw, at, *ordinal, delimiters);
        *ordinal += 1;
        segment
    };
    let isa = take(&bytes[start..start + ISA_LENGTH - 1], start);
    let mut interchange = Interchange {
        delimiters,
        isa,
        acknowledgments: Vec::new(),
        groups: Vec::new(),
        iea: None,
        span: start..start + ISA_LENGTH,
    };
    let mut at = start + ISA_LENGTH;
    loop {
        at +=
            bytes[at..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n') && **byte != delimiters.segment).count();
        if at >= bytes.len() || (bytes[at..].starts_with(b"ISA") && bytes.get(at + 3) == Some(&delimiters.element)) {
            break;
        }
        let length = segment_length(&bytes[at..], &delimiters);
        let raw = &bytes[at..at + length.unwrap_or(bytes.len() - at)];
        let segment = take(raw, at);
        at += raw.len() + usize::from(length.is_some());
        interchange.span.end = at;
        if segment.is("IEA") {
            interchange.iea = Some(segment);
            break;
        }
        place(segment, &mut interchange);
    }
    file.interchanges.push(interchange);
    at
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
    bytes.iter().position(|byte| *byte == delimiters.segment)
}

/// Puts a segment where it belongs; one that belongs nowhere is left to the checker.
fn place<'a>(segment: Segment<'a>, interchange: &mut Interchange<'a>) {
    if segment.is("GS") {
        interchange.groups.push(Group { gs: segment, sets: Vec::new(), ge: None });
        return;
    }
    let Some(group) = interchange.groups.last_mut().filter(|group| group.ge.is_none()) else {
        if segment.is("TA1") {
            interchange.acknowledgments.push(segment);
        }
        return;
    };
    if segment.is("GE") {
        group.ge = Some(segment);
    } else if segment.is("ST") {
        let group_version = group.gs.trimmed(8);
        group.sets.push(TransactionSet { segments: vec![segment], is_closed: false, group_version });
    } else if let Some(set) = group.sets.last_mut().filter(|set| !set.is_closed)
        && !segment.raw().is_empty()
    {
        set.is_closed = segment.is("SE");
        set.segments.push(segment);
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
        let raw: Vec<_> = set.segments.iter().map(|segment| String::from_utf8_lossy(segment.raw())).collect();
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
            assert!(file.sets().all(|(_, _, set)| set.body().len() <= 2), "cut at {end}");
        }
    }

    #[test]
    fn a_header_that_does_not_fit_is_refused_by_its_element() {
        let writer = Writer::new(InterchangeHeader { sender: "A NAME TOO LONG FOR IT".into(), ..header() });
        assert_eq!(writer.finish(), Err(WriteError::BadHeader("ISA06")));
    }

    use crate::{Value, WriteError};
}
