//! The payer's own small reader of X12 segments, apart from the engine's on purpose: a second pair of eyes.
//! It splits and looks up; whether a file is valid is asked of the engine (`x12::check`), never decided here.

use jiff::civil::Date;

/// One segment: its id and elements as text. Element numbers are those of the standard: 1 is the first after the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    elements: Vec<String>,
    component_separator: char,
}

impl Segment {
    /// The segment id, such as `CLM`.
    pub fn id(&self) -> &str {
        self.element(0)
    }

    /// Element `n`, or an empty text.
    pub fn element(&self, n: usize) -> &str {
        self.elements.get(n).map_or("", String::as_str)
    }

    /// Component `k` (from 1) of element `n`, or an empty text.
    pub fn component(&self, n: usize, k: usize) -> &str {
        self.element(n).split(self.component_separator).nth(k.saturating_sub(1)).unwrap_or("")
    }

    /// How many elements follow the id.
    pub fn len(&self) -> usize {
        self.elements.len().saturating_sub(1)
    }

    /// Whether the id is this one and the first element that one: `is("REF", "G1")`.
    pub fn is(&self, id: &str, qualifier: &str) -> bool {
        self.id() == id && self.element(1) == qualifier
    }
}

/// One transaction set with the envelope it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionSet {
    /// ST01.
    pub kind: String,
    /// ST02.
    pub control_number: String,
    /// GS01, GS06 and GS08 of its group.
    pub group: (String, String, String),
    /// From ST to SE, both included.
    pub segments: Vec<Segment>,
}

/// One interchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interchange {
    /// ISA05 and ISA06, trimmed.
    pub sender: (String, String),
    /// ISA07 and ISA08, trimmed.
    pub receiver: (String, String),
    /// ISA09 and ISA10.
    pub sent_at: (String, String),
    /// ISA13.
    pub control_number: String,
    /// How many groups there are.
    pub groups: usize,
    /// IEA01 and IEA02, if there is an IEA.
    pub trailer: Option<(String, String)>,
    /// ISA15: T or P.
    pub usage: String,
    /// GS02, the application sender of the first group.
    pub application_sender: String,
    /// GS03.
    pub application_receiver: String,
    /// Every transaction set.
    pub sets: Vec<TransactionSet>,
}

/// Splits a file into its interchanges. Bytes that are not X12 give none; what is broken further in gives what could be read.
pub fn split(bytes: &[u8]) -> Vec<Interchange> {
    let text = String::from_utf8_lossy(bytes);
    let mut interchanges = Vec::new();
    let mut rest = text.as_ref();
    while let Some(start) = rest.find("ISA") {
        rest = &rest[start..];
        let Some((interchange, after)) = split_one(rest) else { break };
        interchanges.push(interchange);
        rest = after;
    }
    interchanges
}

/// Where ISA keeps its delimiters: the fourth character, then component separator and terminator at the end of 16 elements.
fn split_one(text: &str) -> Option<(Interchange, &str)> {
    let element_separator = text.chars().nth(3)?;
    let isa16 = text.match_indices(element_separator).nth(15)?.0 + element_separator.len_utf8();
    let mut tail = text.get(isa16..)?.chars();
    let component_separator = tail.next()?;
    let terminator = tail.next()?;
    let mut segments = Vec::new();
    let mut after = text;
    while let Some((raw, next)) = after.split_once(terminator) {
        after = next;
        let raw = raw.trim_matches(['\r', '\n', ' ']);
        let elements: Vec<String> = raw.split(element_separator).map(str::to_owned).collect();
        let last = elements.first().is_some_and(|id| id == "IEA");
        segments.push(Segment { elements, component_separator });
        if last {
            break;
        }
    }
    Some((gather(&segments)?, after))
}

fn gather(segments: &[Segment]) -> Option<Interchange> {
    let isa = segments.first()?;
    let pair = |a: usize| (isa.element(a).trim().to_owned(), isa.element(a + 1).trim().to_owned());
    let gs = segments.iter().find(|segment| segment.id() == "GS");
    let mut sets = Vec::new();
    let mut open: Option<TransactionSet> = None;
    let mut group = (String::new(), String::new(), String::new());
    for segment in segments {
        if segment.id() == "GS" {
            group = (segment.element(1).to_owned(), segment.element(6).to_owned(), segment.element(8).to_owned());
        }
        if segment.id() == "ST" {
            open = Some(TransactionSet {
                kind: segment.element(1).to_owned(),
                control_number: segment.element(2).to_owned(),
                group: group.clone(),
                segments: Vec::new(),
            });
        }
        if let Some(set) = &mut open {
            set.segments.push(segment.clone());
        }
        if segment.id() == "SE" {
            sets.extend(open.take());
        }
    }
    Some(Interchange {
        sender: pair(5),
        receiver: pair(7),
        sent_at: pair(9),
        control_number: isa.element(13).to_owned(),
        groups: segments.iter().filter(|segment| segment.id() == "GS").count(),
        trailer: segments
            .iter()
            .find(|s| s.id() == "IEA")
            .map(|iea| (iea.element(1).to_owned(), iea.element(2).to_owned())),
        usage: isa.element(15).to_owned(),
        application_sender: gs.map_or("", |gs| gs.element(2)).trim().to_owned(),
        application_receiver: gs.map_or("", |gs| gs.element(3)).trim().to_owned(),
        sets,
    })
}

/// Reads a D8 date, or the first day of an RD8 range.
pub fn date(text: &str) -> Option<Date> {
    let digits = text.get(0..8)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Date::new(digits[0..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..8].parse().ok()?).ok()
}

/// Writes a D8 date.
pub fn d8(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_come_from_the_isa_and_line_breaks_do_not_matter() {
        let file = "ISA|00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |260901|1253|^|00501|000000007|0|T|>!\r\n\
            GS|HC|APP|RCV|20260901|1253|1|X|005010X222A1!\nST|837|0001!\nCLM|A1|150|||11>B>1!\nSE|3|0001!\nGE|1|1!\nIEA|1|000000007!";
        let read = split(file.as_bytes());
        assert_eq!(read.len(), 1);
        let one = &read[0];
        assert_eq!(
            (one.sender.1.as_str(), one.control_number.as_str(), one.application_sender.as_str()),
            ("SENDER", "000000007", "APP")
        );
        let clm = &one.sets[0].segments[1];
        assert_eq!((clm.id(), clm.element(1), clm.component(5, 2), clm.component(5, 9)), ("CLM", "A1", "B", ""));
        assert!(split(b"garbage").is_empty() && split(b"").is_empty() && split(b"ISA*00").is_empty());
    }

    #[test]
    fn dates_of_both_forms_are_read() {
        assert_eq!(date("20260901"), Date::new(2026, 9, 1).ok());
        assert_eq!(date("20260901-20260903"), Date::new(2026, 9, 1).ok());
        assert_eq!(date("20260231"), None);
        assert_eq!(date("2026"), None);
    }
}
