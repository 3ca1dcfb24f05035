//! JSON turned back into the file it told, while it is read.
//!
//! Reads it twice and holds no segment: first to see that all of it can be turned back, so that nothing is written of
//! what cannot, then to write. Fields may stand in any order, as other programs put them.

use std::fmt;
use std::io::{self, Read, Write};

use super::scanner::{Scanner, Stop};
use crate::delimiters::Delimiters;
use crate::document::LONGEST_PIECE;

/// Interchanges whose separators stand behind their content are held by their separators; more of them are refused.
const MOST_LATE: usize = 10_000;
/// Why JSON was not turned into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromJsonError {
    /// What was expected, a sentence.
    pub message: &'static str,
    /// The byte of the JSON text where the reader stood.
    pub at: usize,
}

impl fmt::Display for FromJsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {}); give the JSON that this program wrote", self.message, self.at)
    }
}

impl std::error::Error for FromJsonError {}

/// Why JSON was not turned into a file, or not to its end.
#[derive(Debug)]
pub enum NotFromJson {
    /// It tells no file; nothing was written.
    Refused(FromJsonError),
    /// It cannot be read.
    File(io::Error),
    /// The output takes no more.
    Output(io::Error),
}

impl fmt::Display for NotFromJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::File(error) | Self::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotFromJson {}

impl From<Stop> for NotFromJson {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Wrong(message, at) => {
                Self::Refused(FromJsonError { message, at: usize::try_from(at).unwrap_or(usize::MAX) })
            }
            Stop::File(error) => Self::File(error),
            Stop::Output(error) => Self::Output(error),
        }
    }
}

/// Opens the JSON at a byte.
type OpenAt<'o> = dyn Fn(u64) -> io::Result<Box<dyn Read + 'o>> + 'o;

/// The bytes of the file that [`to_json`](super::to_json) told.
pub fn from_json(text: &str) -> Result<Vec<u8>, FromJsonError> {
    let open = |byte: u64| -> io::Result<Box<dyn Read + '_>> {
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
        Ok(Box::new(&text.as_bytes()[from..]))
    };
    let mut out = Vec::new();
    match write_from_json(&open, &mut out) {
        Ok(()) => Ok(out),
        Err(NotFromJson::Refused(error)) => Err(error),
        // Memory gives all bytes and takes them.
        Err(NotFromJson::File(_) | NotFromJson::Output(_)) => {
            Err(FromJsonError { message: "the text cannot be read", at: 0 })
        }
    }
}

/// Writes what [`from_json`] gives of a text that is opened as often as is asked; memory is one buffer.
///
/// # Errors
///
/// A text that tells no file: then nothing was written; those of the text, and of the output.
pub fn write_from_json<'o>(open: &'o OpenAt<'o>, out: &mut dyn Write) -> Result<(), NotFromJson> {
    let again = || open(0).map(Scanner::new).map_err(NotFromJson::File);
    let mut look = Look::default();
    Reading { scanner: again()?, out: &mut io::sink(), look: &mut look, writes: Writes::Nothing }.file()?;
    let steps: &[Writes] = if look.has_late_lead { &[Writes::Lead, Writes::Content] } else { &[Writes::All] };
    for writes in steps {
        Reading { scanner: again()?, out, look: &mut look, writes: *writes }.file()?;
    }
    Ok(())
}

/// What this reading of the text writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writes {
    /// The first looks only.
    Nothing,
    Lead,
    Content,
    All,
}

/// What the first reading saw.
#[derive(Default)]
struct Look {
    /// The lead stands behind the content.
    has_late_lead: bool,
    /// Interchanges whose separators stand behind their content: which, counted from 0.
    late: Vec<(usize, Separators)>,
}

/// How the segments of an interchange are written.
#[derive(Clone, Default)]
struct Separators {
    element: Option<u8>,
    component: Option<u8>,
    segment: Option<u8>,
    repetition: Option<u8>,
    end: Option<Vec<u8>>,
}

impl Separators {
    /// None as long as some were not named. The end has its own words.
    fn usable(&self) -> Option<(Delimiters, &[u8])> {
        let delimiters = Delimiters {
            element: self.element?,
            component: self.component?,
            segment: self.segment?,
            repetition: self.repetition,
        };
        Some((delimiters, self.end.as_deref()?))
    }
}

/// Separators that stand for any while the first reading only looks.
const ANY: Delimiters = Delimiters { element: b'*', component: b':', segment: b'~', repetition: Some(b'^') };

/// One reading of the text.
struct Reading<'r, R> {
    scanner: Scanner<R>,
    out: &'r mut dyn Write,
    look: &'r mut Look,
    writes: Writes,
}

impl<R: Read> Reading<'_, R> {
    fn file(mut self) -> Result<(), Stop> {
        let (mut is_ours, mut has_lead, mut has_content) = (false, false, false);
        if self.scanner.peek()? == Some(b'{') {
            self.scanner.open()?;
            let mut is_first = true;
            while let Some(name) = self.scanner.field(&mut is_first)? {
                match name.as_str() {
                    "x12" => {
                        is_ours = true;
                        self.scanner.skip()?;
                    }
                    "lead" if !has_lead => {
                        has_lead = true;
                        self.look.has_late_lead |= has_content;
                        let writes = matches!(self.writes, Writes::Lead | Writes::All);
                        let mut nowhere = io::sink();
                        simple(&mut self.scanner, if writes { &mut *self.out } else { &mut nowhere })?;
                    }
                    "content" if !has_content => {
                        has_content = true;
                        self.interchanges()?;
                    }
                    "lead" | "content" => return Err(self.scanner.wrong("a field stands twice")),
                    _ => self.scanner.skip()?,
                }
            }
        } else {
            self.scanner.skip()?;
        }
        if self.scanner.peek()?.is_some() {
            return Err(self.scanner.wrong("something follows the object"));
        }
        if !is_ours {
            return Err(self.scanner.wrong("this is JSON, but no X12 file: the field x12 is missing"));
        }
        if has_lead { Ok(()) } else { Err(self.scanner.wrong("a text is missing where one must stand")) }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        if self.writes_content() {
            self.out.write_all(bytes).map_err(Stop::Output)?;
        }
        Ok(())
    }

    fn list(&mut self) -> Result<(), Stop> {
        match self.scanner.peek()? {
            Some(b'[') => self.scanner.open(),
            Some(_) | None => Err(self.scanner.wrong("a list was expected")),
        }
    }

    fn interchanges(&mut self) -> Result<(), Stop> {
        self.list()?;
        let (mut is_first, mut nth) = (true, 0);
        while self.scanner.goes_on(b']', &mut is_first)? {
            self.interchange(nth)?;
            nth += 1;
        }
        Ok(())
    }

    fn interchange(&mut self, nth: usize) -> Result<(), Stop> {
        if self.scanner.peek()? != Some(b'{') {
            return Err(self.scanner.wrong("an interchange is not an object"));
        }
        self.scanner.open()?;
        let (mut is_first, mut has_content, mut is_late) = (true, false, false);
        let mut named = Separators::default();
        while let Some(name) = self.scanner.field(&mut is_first)? {
            match name.as_str() {
                "element" => named.element = self.byte()?,
                "component" => named.component = self.byte()?,
                "segment" => named.segment = self.byte()?,
                "repetition" => named.repetition = self.byte()?,
                "end" => named.end = Some(held(&mut self.scanner)?),
                "content" if has_content => return Err(self.scanner.wrong("a field stands twice")),
                "content" => {
                    has_content = true;
                    let known = self.look.late.binary_search_by_key(&nth, |(nth, _)| *nth);
                    let all = known.map_or_else(|_| named.clone(), |at| self.look.late[at].1.clone());
                    // A repetition separator may stand behind the others.
                    is_late = self.writes == Writes::Nothing && (all.usable().is_none() || all.repetition.is_none());
                    let (delimiters, end) = if is_late { (ANY, &[][..]) } else { all.usable().unwrap_or((ANY, &[])) };
                    self.items(&delimiters, end)?;
                }
                _ => self.scanner.skip()?,
            }
        }
        if named.element.and(named.component).and(named.segment).is_none() {
            return Err(self
                .scanner
                .wrong("an interchange does not name its element, component and segment separators"));
        }
        if named.end.is_none() {
            return Err(self.scanner.wrong("a text is missing where one must stand"));
        }
        if is_late {
            if self.look.late.len() == MOST_LATE {
                return Err(self.scanner.wrong("the separators of too many interchanges stand behind their content"));
            }
            self.look.late.push((nth, named));
        }
        Ok(())
    }

    /// The content of an interchange or of a loop.
    fn items(&mut self, delimiters: &Delimiters, end: &[u8]) -> Result<(), Stop> {
        self.list()?;
        let mut is_first = true;
        while self.scanner.goes_on(b']', &mut is_first)? {
            match self.scanner.peek()? {
                Some(b'[') => {
                    self.segment(delimiters)?;
                    self.put(end)?;
                }
                Some(b'{') => self.item(delimiters, end)?,
                Some(_) | None => return Err(self.scanner.wrong("a segment is not an array")),
            }
        }
        Ok(())
    }

    /// A loop, or a segment with an end of its own.
    fn item(&mut self, delimiters: &Delimiters, end: &[u8]) -> Result<(), Stop> {
        self.scanner.open()?;
        let (mut is_first, mut is_loop, mut is_segment) = (true, false, false);
        let mut own_end = None;
        while let Some(name) = self.scanner.field(&mut is_first)? {
            match name.as_str() {
                "content" | "segment" if is_loop || is_segment => {
                    return Err(self.scanner.wrong("an object is more than one loop or segment"));
                }
                // How deep this goes is bounded by the scanner.
                "content" => {
                    is_loop = true;
                    self.items(delimiters, end)?;
                }
                "segment" => {
                    is_segment = true;
                    self.segment(delimiters)?;
                }
                // Behind its segment it need not be held.
                "end" if is_segment && own_end.is_none() => {
                    own_end = Some(Vec::new());
                    self.simple()?;
                }
                "end" => own_end = Some(held(&mut self.scanner)?),
                _ => self.scanner.skip()?,
            }
        }
        match (is_loop, is_segment) {
            (true, _) => Ok(()),
            (false, true) => self.put(own_end.as_deref().unwrap_or(end)),
            (false, false) => Err(self.scanner.wrong("an object is neither loop nor segment")),
        }
    }

    fn segment(&mut self, delimiters: &Delimiters) -> Result<(), Stop> {
        self.list()?;
        let (mut is_first, mut at) = (true, 0);
        while self.scanner.goes_on(b']', &mut is_first)? {
            if at > 0 {
                self.put(&[delimiters.element])?;
            }
            at += 1;
            self.element(delimiters, true)?;
        }
        Ok(())
    }

    fn element(&mut self, delimiters: &Delimiters, may_repeat: bool) -> Result<(), Stop> {
        match self.scanner.peek()? {
            Some(b'[') => self.composite(delimiters),
            Some(b'{') if may_repeat => self.object(delimiters),
            Some(_) | None => self.simple(),
        }
    }

    fn composite(&mut self, delimiters: &Delimiters) -> Result<(), Stop> {
        self.scanner.open()?;
        let (mut is_first, mut at) = (true, 0);
        while self.scanner.goes_on(b']', &mut is_first)? {
            if at > 0 {
                self.put(&[delimiters.component])?;
            }
            at += 1;
            self.simple()?;
        }
        Ok(())
    }

    /// An element that repeats, or bytes as Latin-1.
    fn object(&mut self, delimiters: &Delimiters) -> Result<(), Stop> {
        self.scanner.open()?;
        let (mut is_first, mut has_value) = (true, false);
        while let Some(name) = self.scanner.field(&mut is_first)? {
            match name.as_str() {
                "latin1" | "repeat" if has_value => return Err(self.scanner.wrong("a field stands twice")),
                "repeat" => self.repetitions(delimiters)?,
                "latin1" => {
                    let (writes, mut nowhere) = (self.writes_content(), io::sink());
                    latin1(&mut self.scanner, if writes { &mut *self.out } else { &mut nowhere })?;
                }
                _ => {
                    self.scanner.skip()?;
                    continue;
                }
            }
            has_value = true;
        }
        if has_value { Ok(()) } else { Err(self.scanner.wrong(NOT_LATIN1)) }
    }

    fn writes_content(&self) -> bool {
        matches!(self.writes, Writes::Content | Writes::All)
    }

    fn simple(&mut self) -> Result<(), Stop> {
        let (writes, mut nowhere) = (self.writes_content(), io::sink());
        simple(&mut self.scanner, if writes { &mut *self.out } else { &mut nowhere })
    }

    fn repetitions(&mut self, delimiters: &Delimiters) -> Result<(), Stop> {
        let separator = delimiters.repetition;
        let separator = separator.ok_or(self.scanner.wrong("an element repeats without a repetition separator"))?;
        self.list()?;
        let (mut is_first, mut at) = (true, 0);
        while self.scanner.goes_on(b']', &mut is_first)? {
            if at > 0 {
                self.put(&[separator])?;
            }
            at += 1;
            self.element(delimiters, false)?;
        }
        Ok(())
    }

    /// One character, as a separator; none where something else stands.
    fn byte(&mut self) -> Result<Option<u8>, Stop> {
        if !self.scanner.takes(b'"')? {
            self.scanner.skip()?;
            return Ok(None);
        }
        let mut found: Vec<char> = Vec::new();
        self.scanner.text(&mut |text| {
            found.extend(text.chars().take(2));
            Ok(())
        })?;
        Ok(match found[..] {
            [one] => u8::try_from(one).ok(),
            _ => None,
        })
    }
}

const NOT_LATIN1: &str = "an element is an object without latin1";

/// A text, or bytes as Latin-1.
fn simple<R: Read>(scanner: &mut Scanner<R>, out: &mut dyn Write) -> Result<(), Stop> {
    match scanner.peek()? {
        Some(b'"') => {
            scanner.takes(b'"')?;
            scanner.text(&mut |text| out.write_all(text.as_bytes()).map_err(Stop::Output))
        }
        Some(b'{') => {
            scanner.open()?;
            let (mut is_first, mut has_value) = (true, false);
            while let Some(name) = scanner.field(&mut is_first)? {
                match (name.as_str(), has_value) {
                    ("latin1", true) => return Err(scanner.wrong("a field stands twice")),
                    ("latin1", false) => {
                        has_value = true;
                        latin1(scanner, out)?;
                    }
                    _ => scanner.skip()?,
                }
            }
            if has_value { Ok(()) } else { Err(scanner.wrong(NOT_LATIN1)) }
        }
        Some(_) | None => Err(scanner.wrong("a text is missing where one must stand")),
    }
}

fn latin1<R: Read>(scanner: &mut Scanner<R>, out: &mut dyn Write) -> Result<(), Stop> {
    if !scanner.takes(b'"')? {
        return Err(scanner.wrong(NOT_LATIN1));
    }
    let mut is_beyond = false;
    scanner.text(&mut |text| {
        let bytes: Vec<u8> = text.chars().filter_map(|one| u8::try_from(one).ok()).collect();
        is_beyond |= bytes.len() < text.chars().count();
        out.write_all(&bytes).map_err(Stop::Output)
    })?;
    if is_beyond { Err(scanner.wrong("a latin1 text holds a character beyond Latin-1")) } else { Ok(()) }
}

/// Bytes that are held: what ends a segment.
fn held<R: Read>(scanner: &mut Scanner<R>) -> Result<Vec<u8>, Stop> {
    let mut held = Held(Vec::new());
    match simple(scanner, &mut held) {
        Ok(()) => Ok(held.0),
        Err(Stop::Output(_)) => Err(scanner.wrong("what ends a segment is too long to be held")),
        Err(stop) => Err(stop),
    }
}

/// A little memory that takes bytes, up to what a segment with all that follows it may be long.
struct Held(Vec<u8>);

impl Write for Held {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST_PIECE {
            return Err(io::Error::from(io::ErrorKind::OutOfMemory));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
