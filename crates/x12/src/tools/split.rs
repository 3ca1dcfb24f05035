//! Cuts a file into smaller ones by transaction sets or by claims, each an interchange of its own.
//!
//! Claims keep their billing provider, subscriber and patient; levels are numbered anew and counts are right, so that
//! every part keeps its guide if the file did. Only an 837 can be cut by claims: the sums of other sets span them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::document::{Document, Piece};
use crate::tools::envelopes::{Envelope, GroupOf, NotWhole, envelopes};

/// The highest control number: nine digits.
const MOST: u64 = 999_999_999;

/// Where a file is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitBy {
    /// At most so many transaction sets in a part.
    Transactions(usize),
    /// At most so many claims of one 837 in a part.
    Claims(usize),
}

/// Why a file was not cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SplitError {
    /// The count is 0.
    NothingAPart,
    /// The envelopes are not whole; the segment, counted from 1, where that shows.
    NotWhole(usize),
    /// A set holds no claims of an 837; its ST01.
    NotClaims(String),
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingAPart => f.write_str("a part must hold at least one; give a count of 1 or more"),
            Self::NotWhole(segment) => write!(
                f,
                "the envelopes of the file are not whole (segment {segment}); check the file and mend it first"
            ),
            Self::NotClaims(set) => {
                write!(f, "a set {set} has no claims to cut at; cut this file by transactions")
            }
        }
    }
}

impl std::error::Error for SplitError {}

/// The parts in order. Control numbers of interchange and group count on from those of the file.
pub fn split(document: &Document<'_>, by: SplitBy) -> Result<Vec<Vec<u8>>, SplitError> {
    let (SplitBy::Transactions(count) | SplitBy::Claims(count)) = by;
    if count == 0 {
        return Err(SplitError::NothingAPart);
    }
    let mut parts = Parts { document, out: Vec::new() };
    for envelope in envelopes(document).map_err(|NotWhole(at)| SplitError::NotWhole(at + 1))? {
        if envelope.groups.is_empty() {
            parts.push(&envelope, None, Vec::new());
        }
        for group in &envelope.groups {
            match by {
                SplitBy::Transactions(count) => {
                    for sets in group.sets.chunks(count) {
                        let pieces = sets.iter().flat_map(|set| document.pieces()[set.clone()].iter().cloned());
                        parts.push(&envelope, Some(group), pieces.collect());
                    }
                }
                SplitBy::Claims(count) => {
                    for set in &group.sets {
                        let claims = Claims::of(document, set)?;
                        for chunk in claims.places.chunks(count) {
                            parts.push(&envelope, Some(group), claims.pieces(document, set, chunk));
                        }
                    }
                }
            }
        }
    }
    Ok(parts.out)
}

struct Parts<'d, 'a> {
    document: &'d Document<'a>,
    out: Vec<Vec<u8>>,
}

impl<'a> Parts<'_, 'a> {
    fn push(&mut self, envelope: &Envelope, group: Option<&GroupOf>, sets: Vec<Piece<'a>>) {
        let piece = |index: usize| self.document.pieces()[index].clone();
        let nth = self.out.len() as u64;
        let mut pieces = vec![counted_on(piece(envelope.isa), 13, 9, nth)];
        // Acknowledgments go with the first part of their interchange.
        if group.is_none_or(|group| envelope.groups.first().is_some_and(|first| first.gs == group.gs))
            && !self.told(envelope)
        {
            pieces.extend(envelope.acknowledgments.iter().map(|index| piece(*index)));
        }
        if let Some(group) = group {
            pieces.push(counted_on(piece(group.gs), 6, 0, nth));
            pieces.extend(sets);
            pieces.push(counted_on(piece(group.ge), 2, 0, nth));
        }
        pieces.push(counted_on(piece(envelope.iea), 2, 9, nth));
        if let Some(last) = pieces.last_mut() {
            // What followed in the file belongs to none of the parts.
            last.tail = Cow::Owned(last.ending());
        }
        let mut part = Document::from_pieces(Cow::Borrowed(b""), pieces);
        part.recount();
        self.out.push(part.to_bytes());
    }

    /// Whether a part with the acknowledgments of this interchange was made already.
    fn told(&self, envelope: &Envelope) -> bool {
        let Some(first) = envelope.acknowledgments.first() else { return true };
        let raw = &self.document.pieces()[*first].raw;
        self.out.last().is_some_and(|part| part.windows(raw.len()).any(|window| window == &raw[..]))
    }
}

/// A control number `nth` further on; one that is no number stays.
fn counted_on(piece: Piece<'_>, element: usize, width: usize, nth: u64) -> Piece<'_> {
    let number = piece.segment(0).trimmed(element).parse::<u64>();
    let Some(number) = number.ok().filter(|_| nth > 0) else { return piece };
    let next = (number + nth - 1) % MOST + 1;
    let mut document = Document::from_pieces(Cow::Borrowed(b""), vec![piece.clone()]);
    match document.replace_element(0, element, format!("{next:0width$}")) {
        Ok(()) => document.into_pieces().pop().unwrap_or(piece),
        Err(_) => piece,
    }
}

/// The claims of an 837 with the levels they stand in, by indexes of segments.
struct Claims {
    /// ST and what stands before the first level.
    head: Range<usize>,
    places: Vec<ClaimPlace>,
}

#[derive(Clone)]
struct ClaimPlace {
    /// The level's own segments: billing provider, subscriber, and the patient who is none.
    provider: Range<usize>,
    subscriber: Range<usize>,
    patient: Option<Range<usize>>,
    claim: Range<usize>,
}

impl Claims {
    fn of(document: &Document<'_>, set: &Range<usize>) -> Result<Self, SplitError> {
        let segment = |index: usize| document.pieces()[index].segment(index);
        let refused = || SplitError::NotClaims(segment(set.start).text(1).into_owned());
        if segment(set.start).element(1) != b"837" {
            return Err(refused());
        }
        let body = set.start + 1..set.end - 1;
        let starts: Vec<usize> =
            body.clone().filter(|index| segment(*index).is("HL") || segment(*index).is("CLM")).collect();
        let first = *starts.first().ok_or_else(refused)?;
        let (mut provider, mut subscriber, mut patient) = (None, None, None);
        let mut places = Vec::new();
        for (nth, start) in starts.iter().enumerate() {
            let range = *start..starts.get(nth + 1).copied().unwrap_or(body.end);
            match (segment(*start).id(), segment(*start).element(3)) {
                ("HL", b"20") => (provider, subscriber, patient) = (Some(range), None, None),
                ("HL", b"22") => (subscriber, patient) = (Some(range), None),
                ("HL", b"23") => patient = Some(range),
                ("CLM", _) => places.push(ClaimPlace {
                    provider: provider.clone().ok_or_else(refused)?,
                    subscriber: subscriber.clone().ok_or_else(refused)?,
                    patient: patient.clone(),
                    claim: range,
                }),
                _ => return Err(refused()),
            }
        }
        if places.is_empty() { Err(refused()) } else { Ok(Self { head: set.start..first, places }) }
    }

    /// The set with these claims only.
    fn pieces<'a>(&self, document: &Document<'a>, set: &Range<usize>, chunk: &[ClaimPlace]) -> Vec<Piece<'a>> {
        let all = document.pieces();
        let mut out: Vec<Piece<'a>> = all[self.head.clone()].to_vec();
        let mut levels = 0_usize;
        let mut level = |range: &Range<usize>, parent: Option<usize>, has_child: bool, out: &mut Vec<Piece<'a>>| {
            levels += 1;
            out.push(hl(&all[range.start], levels, parent, has_child));
            out.extend_from_slice(&all[range.start + 1..range.end]);
            levels
        };
        let (mut provider, mut subscriber, mut patient) = ((0, 0), (0, 0), 0);
        for place in chunk {
            if provider.0 != place.provider.start {
                provider = (place.provider.start, level(&place.provider, None, true, &mut out));
                subscriber.0 = 0;
            }
            if subscriber.0 != place.subscriber.start {
                let is_same = |other: &&ClaimPlace| other.subscriber.start == place.subscriber.start;
                let has_patients = chunk.iter().filter(is_same).any(|other| other.patient.is_some());
                subscriber =
                    (place.subscriber.start, level(&place.subscriber, Some(provider.1), has_patients, &mut out));
                patient = 0;
            }
            if let Some(range) = place.patient.as_ref().filter(|range| range.start != patient) {
                level(range, Some(subscriber.1), false, &mut out);
                patient = range.start;
            }
            out.extend_from_slice(&all[place.claim.clone()]);
        }
        out.push(all[set.end - 1].clone());
        out
    }
}

/// A level with its new number, parent and word on levels below.
fn hl<'a>(piece: &Piece<'a>, number: usize, parent: Option<usize>, has_child: bool) -> Piece<'a> {
    let old = piece.segment(0);
    let parent = parent.map(|parent| parent.to_string()).unwrap_or_default();
    let elements = [number.to_string(), parent, old.text(3).into_owned(), u8::from(has_child).to_string()];
    let separator = char::from(piece.delimiters.element);
    let mut raw = b"HL".to_vec();
    for element in elements {
        raw.push(piece.delimiters.element);
        raw.extend_from_slice(element.replace(separator, "").as_bytes());
    }
    Piece { raw: Cow::Owned(raw), ..piece.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ShapeOnly, Verdict, check};

    fn case(name: &str) -> Vec<u8> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        std::fs::read(folder.join(name)).unwrap()
    }

    /// A claim file of one provider: a subscriber with two claims, one with a claim and a dependent's.
    fn three_patients() -> String {
        let text = String::from_utf8(case("ok-837P.x12")).unwrap();
        let claim = &text[text.find("CLM*").unwrap()..text.find("SE*").unwrap()];
        let subscriber = &text[text.find("HL*2*").unwrap()..text.find("CLM*").unwrap()];
        let dependent = String::from_utf8(case("ok-837P-dependent.x12")).unwrap();
        let patients = &dependent[dependent.find("HL*2*").unwrap()..dependent.find("SE*").unwrap()];
        let patients = patients.replacen("HL*2*1*22", "HL*3*1*22", 1).replacen("HL*3*2*23", "HL*4*3*23", 1);
        let second = claim.replacen("CLM*A1*", "CLM*A2*", 1);
        let text = text.replacen(&format!("{subscriber}{claim}"), &format!("{subscriber}{claim}{second}{patients}"), 1);
        let mut document = Document::read(text.as_bytes());
        document.recount();
        String::from_utf8(document.to_bytes()).unwrap()
    }

    #[test]
    fn claims_keep_their_levels_and_every_part_keeps_its_guide() {
        let text = three_patients();
        assert_eq!(check(text.as_bytes(), &ShapeOnly).problems.kept(), []);
        for (count, expected) in [(1, vec![1, 1, 1]), (2, vec![2, 1]), (3, vec![3]), (50, vec![3])] {
            let parts = split(&Document::read(text.as_bytes()), SplitBy::Claims(count)).unwrap();
            let mut claims = Vec::new();
            let mut numbers = Vec::new();
            for part in &parts {
                let checked = check(part, &ShapeOnly);
                assert_eq!(checked.problems.kept(), [], "{}", String::from_utf8_lossy(part));
                claims.push(Document::read(part).segments().filter(|segment| segment.is("CLM")).count());
                numbers.push(checked.interchanges[0].control_number.clone());
            }
            assert_eq!(claims, expected);
            assert!(numbers.iter().enumerate().all(|(at, number)| *number == format!("{:09}", at + 1)), "{numbers:?}");
        }
    }

    #[test]
    fn sets_are_cut_into_interchanges_of_their_own() {
        let bytes = case("ok-835-two-sets.x12");
        let parts = split(&Document::read(&bytes), SplitBy::Transactions(1)).unwrap();
        assert_eq!(parts.len(), 2);
        for part in &parts {
            assert_eq!(check(part, &ShapeOnly).verdict, Verdict::Accepted, "{}", String::from_utf8_lossy(part));
        }
        let whole = split(&Document::read(&bytes), SplitBy::Transactions(9)).unwrap();
        assert_eq!(whole, [bytes]);
    }

    #[test]
    fn what_cannot_be_cut_is_refused_with_the_reason() {
        let remittance = case("ok-835.x12");
        let refusal = |bytes: &[u8], by| split(&Document::read(bytes), by).unwrap_err();
        assert_eq!(refusal(&remittance, SplitBy::Claims(1)), SplitError::NotClaims("835".to_owned()));
        assert_eq!(refusal(&remittance, SplitBy::Transactions(0)), SplitError::NothingAPart);
        assert!(matches!(refusal(&case("bad-env-no-ge.x12"), SplitBy::Transactions(1)), SplitError::NotWhole(_)));
        assert!(matches!(refusal(b"nothing", SplitBy::Transactions(1)), SplitError::NotWhole(1)));
    }
}
