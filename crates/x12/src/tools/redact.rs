//! Replaces what names or reaches a person, so that a file can be shown to those who may not see it.
//!
//! Keeps lengths, kinds of characters, check digits and whatever the checks look at: the redacted file gets the same
//! verdict. The same value becomes the same replacement everywhere in the file, so claims and payments still match.
//! Dates of service, codes and amounts stay: a redacted file is for tests and questions, not anonymous in every sense.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};

use jiff::ToSpan;

use crate::codes::is_npi;
use crate::date::{format_d8, parse_d8};
use crate::document::{Document, Passing, Piece};
use crate::segment::nth;

/// How a file is redacted.
#[derive(Debug, Clone, Copy, Default)]
pub struct RedactOptions<'a> {
    /// Decides the replacements: the same seed and file give the same result. Keep it secret, or use one once.
    pub seed: &'a str,
    /// Leaves names, addresses and ids of payers, providers that are organizations, and trading partners.
    pub keep_organizations: bool,
}

/// What kind of personal data an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Personal {
    /// Names and free text.
    Words,
    /// A street, whose post office box stays one.
    Street,
    /// Numbers of people, accounts, claims; NPIs stay NPIs.
    Id,
    /// ZIP codes and telephone numbers.
    Digits,
    /// A date of birth or death.
    Day,
    /// A bank's routing number with its check digit.
    Bank,
    /// Attached documents.
    Data,
}

use Personal::{Bank, Data, Day, Digits, Id, Street, Words};

/// Segment, element, component (0 for the whole element), kind.
const PERSONAL: &[(&[u8], &[(usize, usize, Personal)])] = &[
    (b"ISA", &[(2, 0, Words), (4, 0, Words), (6, 0, Id), (8, 0, Id)]),
    (b"GS", &[(2, 0, Id), (3, 0, Id)]),
    (b"BHT", &[(3, 0, Id)]),
    (b"NM1", &[(3, 0, Words), (4, 0, Words), (5, 0, Words), (6, 0, Words), (7, 0, Words), (9, 0, Id), (12, 0, Words)]),
    (b"N1", &[(2, 0, Words), (4, 0, Id)]),
    (b"N2", &[(1, 0, Words), (2, 0, Words)]),
    (b"N3", &[(1, 0, Street), (2, 0, Street)]),
    (b"N4", &[(1, 0, Words), (3, 0, Digits)]),
    (b"DMG", &[(2, 0, Day)]),
    (b"INS", &[(12, 0, Day)]),
    (b"PAT", &[(6, 0, Day)]),
    (b"PER", &[(2, 0, Words), (4, 0, Digits), (6, 0, Digits), (8, 0, Digits), (9, 0, Words)]),
    (b"REF", &[(2, 0, Id), (3, 0, Words), (4, 2, Id), (4, 4, Id), (4, 6, Id)]),
    (b"SBR", &[(3, 0, Id), (4, 0, Words)]),
    (b"CLM", &[(1, 0, Id)]),
    (b"CLP", &[(1, 0, Id), (7, 0, Id)]),
    (b"TRN", &[(2, 0, Id), (3, 0, Id), (4, 0, Id)]),
    (b"BPR", &[(7, 0, Bank), (9, 0, Id), (10, 0, Id), (11, 0, Id), (13, 0, Bank), (15, 0, Id)]),
    (b"PLB", &[(1, 0, Id), (3, 2, Id), (5, 2, Id), (7, 2, Id), (9, 2, Id), (11, 2, Id), (13, 2, Id)]),
    (b"TS2", &[]),
    (b"TS3", &[(1, 0, Id)]),
    (b"SVD", &[(1, 0, Id), (3, 7, Words)]),
    (b"SVC", &[(1, 7, Words), (6, 7, Words)]),
    (b"SV1", &[(1, 7, Words)]),
    (b"SV2", &[(2, 7, Words)]),
    (b"SV3", &[(1, 7, Words)]),
    (b"CN1", &[(4, 0, Id)]),
    (b"PS1", &[(1, 0, Id)]),
    (b"PWK", &[(6, 0, Id), (7, 0, Words)]),
    (b"HCP", &[(4, 0, Id), (5, 0, Id)]),
    (b"NTE", &[(2, 0, Words)]),
    (b"MSG", &[(1, 0, Words)]),
    (b"K3", &[(1, 0, Words)]),
    (b"III", &[(4, 0, Words)]),
    (b"CR1", &[(7, 0, Street), (8, 0, Street), (9, 0, Words), (10, 0, Words)]),
    (b"CR2", &[(10, 0, Words), (11, 0, Words)]),
    (b"CR3", &[(5, 0, Words)]),
    (b"FRM", &[(3, 0, Words)]),
    (b"STC", &[(12, 0, Words)]),
    (b"HCR", &[(2, 0, Id)]),
    (b"RDM", &[(2, 0, Words), (3, 0, Digits)]),
    (b"IK4", &[(4, 0, Words)]),
    (b"CTX", &[(1, 2, Id)]),
    (b"LQ", &[]),
    (b"BIN", &[(2, 0, Data)]),
    (b"BDS", &[(3, 0, Data)]),
];

/// Segments that hold codes, amounts, counts and dates only.
const PUBLIC: &[&[u8]] = &[
    b"ST", b"SE", b"GE", b"IEA", b"TA1", b"AAA", b"AK1", b"AK2", b"AK9", b"AMT", b"CAS", b"CAT", b"CL1", b"CRC",
    b"CTP", b"CUR", b"DN1", b"DN2", b"DTM", b"DTP", b"EB", b"EFI", b"EQ", b"HI", b"HL", b"HSD", b"IK3", b"IK5", b"LE",
    b"LIN", b"LS", b"LX", b"MEA", b"MIA", b"MOA", b"MPI", b"OI", b"OOI", b"PRV", b"QTY", b"SV5", b"TOO", b"UM", b"CR4",
    b"CR5", b"CR6", b"CR7", b"CR8",
];

/// References whose value is a code and not a number of somebody.
const CODED_REFERENCES: &[&[u8]] = &[b"4N", b"F5", b"BLT", b"PXC", b"T4", b"APC", b"CE", b"0K", b"BB0"];
/// References whose letters are part of their form, such as the D in a CLIA number.
const FORMED_REFERENCES: &[&[u8]] = &[b"X4", b"F4", b"EW"];
/// Segments that belong to the party named before them.
const OF_PARTY: &[&[u8]] = &[b"N2", b"N3", b"N4", b"PER", b"REF", b"PRV", b"DMG", b"RDM"];
/// Letters that Medicare's ids may hold (it leaves out S, L, O, I, B and Z), so that they stay such ids.
const LETTERS: &[u8] = b"ACDEFGHJKMNPQRTUVWXY";
/// How often another replacement is tried where one is taken already; short values have few.
const TRIES: u32 = 64;

/// Different values that are remembered so that no two become the same: some 30 MB. Beyond them a value still becomes the
/// same everywhere, but two may become one.
const MOST_REMEMBERED: usize = 100_000;
/// Longer values are not remembered, for the same reason; two of them hardly ever become one.
const LONGEST_REMEMBERED: usize = 100;

/// Redacts a file in place.
pub fn redact(document: &mut Document<'_>, options: RedactOptions<'_>) {
    let mut redactor = Redactor::new(options);
    for piece in document.pieces_mut() {
        redactor.piece(piece);
    }
    document.redact_filling(hidden);
}

/// Writes a file as [`redact`] leaves it while it is read; memory is the longest segment, and the values of the file up
/// to a limit. False, and nothing is written, where there is no interchange.
///
/// # Errors
///
/// Those of the reader and of the writer; a segment longer than [`LONGEST_PIECE`](crate::tools::LONGEST_PIECE).
pub fn write_redacted(reader: impl Read, options: RedactOptions<'_>, out: &mut dyn Write) -> io::Result<bool> {
    let Some(mut passing) = Passing::begin(reader)? else { return Ok(false) };
    let mut redactor = Redactor::new(options);
    let mut lead = Document::from_pieces(Cow::Borrowed(passing.lead()), vec![Piece::default()]);
    lead.redact_filling(hidden);
    out.write_all(lead.lead())?;
    while let Some(passed) = passing.next()? {
        let mut piece = passed.piece;
        redactor.piece(&mut piece);
        piece.redact_filling(hidden);
        out.write_all(&piece.raw)?;
        out.write_all(&piece.tail)?;
    }
    Ok(true)
}

/// What stands around segments is of no use to anybody else, but its length may be.
fn hidden(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() || byte >= 0x80 { b'X' } else { byte }
}

struct Redactor<'o> {
    options: RedactOptions<'o>,
    /// The party named last is an organization.
    is_organization: bool,
    known: HashMap<(Personal, Vec<u8>), Vec<u8>>,
    taken: HashSet<(Personal, Vec<u8>)>,
}

impl<'o> Redactor<'o> {
    fn new(options: RedactOptions<'o>) -> Self {
        Self { options, is_organization: false, known: HashMap::new(), taken: HashSet::new() }
    }

    fn piece(&mut self, piece: &mut Piece<'_>) {
        let id = nth(&piece.raw, piece.delimiters.element, 0).to_vec();
        match id.as_slice() {
            b"NM1" => self.is_organization = nth(&piece.raw, piece.delimiters.element, 2) == b"2",
            b"N1" => self.is_organization = true,
            other => self.is_organization &= OF_PARTY.contains(&other),
        }
        let is_kept = self.options.keep_organizations
            && (self.is_organization
                || matches!(id.as_slice(), b"ISA" | b"GS" | b"BPR" | b"TRN" | b"PLB" | b"SVD" | b"TS3"));
        let keeps_secrets = id == b"ISA";
        if !is_kept || keeps_secrets {
            self.segment(piece, &id, is_kept);
        }
    }

    fn segment(&mut self, piece: &mut Piece<'_>, id: &[u8], only_secrets: bool) {
        let separator = piece.delimiters.element;
        let places = PERSONAL.iter().find(|(known, _)| *known == id).map(|(_, places)| *places);
        if places.is_none() && PUBLIC.contains(&id) {
            return;
        }
        if places.is_some_and(|places| places.iter().any(|(.., kind)| *kind == Data)) {
            return data(piece, if id == b"BIN" { 2 } else { 3 });
        }
        let qualifier = nth(&piece.raw, separator, 1).to_vec();
        let contact_kinds = [3, 5, 7].map(|n| nth(&piece.raw, separator, n).to_vec());
        let raw = std::mem::take(&mut piece.raw);
        let mut out = Vec::with_capacity(raw.len());
        for (n, element) in raw.split(|byte| *byte == separator).enumerate() {
            if n > 0 {
                out.push(separator);
            }
            let mut kinds: Vec<(usize, Personal)> = match places {
                Some(places) => places.iter().filter(|place| place.0 == n).map(|place| (place.1, place.2)).collect(),
                // A segment that nobody knows may hold anything.
                None if n > 0 => vec![(0, Words)],
                None => Vec::new(),
            };
            if only_secrets {
                kinds.retain(|(_, kind)| *kind == Words);
            }
            if id == b"REF" && n == 2 && CODED_REFERENCES.contains(&qualifier.as_slice()) {
                kinds.clear();
            }
            if id == b"REF" && n == 2 && FORMED_REFERENCES.contains(&qualifier.as_slice()) {
                kinds = vec![(0, Digits)];
            }
            let is_written =
                |at: usize| contact_kinds.get(at).is_some_and(|kind| matches!(kind.as_slice(), b"EM" | b"UR"));
            if id == b"PER" && matches!(n, 4 | 6 | 8) && is_written(n / 2 - 2) {
                kinds = vec![(0, Words)];
            }
            self.element(element, &kinds, piece, &mut out);
        }
        piece.raw = Cow::Owned(out);
    }

    fn element(&mut self, element: &[u8], kinds: &[(usize, Personal)], piece: &Piece<'_>, out: &mut Vec<u8>) {
        if kinds.is_empty() {
            return out.extend_from_slice(element);
        }
        let separator = piece.delimiters.component;
        for (k, part) in element.split(|byte| *byte == separator).enumerate() {
            if k > 0 {
                out.push(separator);
            }
            let kind = kinds.iter().find(|(place, _)| *place == 0 || *place == k + 1).map(|(_, kind)| *kind);
            match (kind, piece.delimiters.repetition) {
                (None, _) => out.extend_from_slice(part),
                (Some(kind), Some(repeat)) if part.contains(&repeat) => {
                    let parts: Vec<Vec<u8>> =
                        part.split(|byte| *byte == repeat).map(|one| self.value(kind, one)).collect();
                    out.extend_from_slice(&parts.join(&repeat));
                }
                (Some(kind), _) => out.extend_from_slice(&self.value(kind, part)),
            }
        }
    }

    /// The replacement of a value; blanks around it and line breaks inside it stay where they are.
    fn value(&mut self, kind: Personal, value: &[u8]) -> Vec<u8> {
        let is_moved = |byte: &u8| !matches!(byte, b'\r' | b'\n');
        let whole: Vec<u8> = value.iter().copied().filter(is_moved).collect();
        let plain = whole.trim_ascii();
        if plain.is_empty() {
            return value.to_vec();
        }
        let blanks = whole.len() - whole.trim_ascii_start().len();
        let mut replaced = whole.clone();
        replaced[blanks..blanks + plain.len()].copy_from_slice(&self.replacement(kind, plain));
        let mut next = replaced.into_iter();
        value.iter().map(|byte| if is_moved(byte) { next.next().unwrap_or(b'X') } else { *byte }).collect()
    }

    fn replacement(&mut self, kind: Personal, value: &[u8]) -> Vec<u8> {
        let key = (kind, value.to_vec());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let mut made = value.to_vec();
        let is_remembered = self.known.len() < MOST_REMEMBERED && value.len() <= LONGEST_REMEMBERED;
        for attempt in 0..TRIES {
            made = replaced(kind, value, Dice::new(self.options.seed, kind, value, attempt));
            // What is not remembered must come out the same each time, whatever came before it.
            let is_free = !is_remembered || !self.taken.contains(&(kind, made.clone()));
            if made != value && is_free {
                break;
            }
        }
        if is_remembered {
            self.taken.insert((kind, made.clone()));
            self.known.insert(key, made.clone());
        }
        made
    }
}

/// The bytes of a document are replaced one by one; its length is stated beside it and stays true.
fn data(piece: &mut Piece<'_>, element: usize) {
    let separator = piece.delimiters.element;
    let raw = piece.raw.to_mut();
    let header = raw.iter().enumerate().filter(|(_, byte)| **byte == separator).map(|(at, _)| at + 1).nth(element - 1);
    let from = header.unwrap_or(raw.len());
    raw[from..].fill(b'X');
}

/// Numbers drawn from seed and value: no two machines differ.
struct Dice(u64);

impl Dice {
    fn new(seed: &str, kind: Personal, value: &[u8], attempt: u32) -> Self {
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        let parts = [seed.as_bytes(), &[kind as u8], value, &attempt.to_le_bytes()];
        for byte in parts.into_iter().flatten() {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(state)
    }

    /// The next number below `bound` (splitmix64).
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed % bound as u64) as usize
    }
}

fn replaced(kind: Personal, value: &[u8], mut dice: Dice) -> Vec<u8> {
    match kind {
        Words => scrambled(value, &mut dice, true),
        Street => street(value, &mut dice),
        Digits => {
            value.iter().map(|byte| if byte.is_ascii_digit() { digit(*byte, &mut dice) } else { *byte }).collect()
        }
        Id if is_npi(value) => npi(&mut dice),
        Id => id(value, &mut dice),
        Day => day(value, &mut dice),
        Bank => bank(value, &mut dice),
        Data => vec![b'X'; value.len()],
    }
}

/// A digit for a digit; zero stays, so that what looks like a number of some length still does.
fn digit(byte: u8, dice: &mut Dice) -> u8 {
    if byte == b'0' { byte } else { b'1' + dice.below(9) as u8 }
}

/// A letter for a letter, a digit for a digit; what is neither stays. Letters beyond ASCII become É of the same length.
fn scrambled(value: &[u8], dice: &mut Dice, with_letters: bool) -> Vec<u8> {
    let is_utf8 = std::str::from_utf8(value).is_ok();
    let mut out = Vec::with_capacity(value.len());
    for byte in value {
        out.push(match byte {
            b'0'..=b'9' => digit(*byte, dice),
            b'A'..=b'Z' if with_letters => LETTERS[dice.below(LETTERS.len())],
            b'a'..=b'z' if with_letters => LETTERS[dice.below(LETTERS.len())].to_ascii_lowercase(),
            0xc3..=0xdf if is_utf8 => 0xc3,
            0x80..=0xbf if is_utf8 && out.last() == Some(&0xc3) => 0x89,
            0xc0..=0xff if !is_utf8 => 0xc9,
            other => *other,
        });
    }
    out
}

/// A street that names a post office box still names one: guides forbid it in places.
fn street(value: &[u8], dice: &mut Dice) -> Vec<u8> {
    const BOX_WORDS: [&[u8]; 8] = [b"PO", b"P", b"O", b"P.O.", b"P.O", b"BOX", b"POST", b"OFFICE"];
    let words: Vec<Vec<u8>> = value
        .split(|byte| *byte == b' ')
        .map(|word| {
            let is_kept = BOX_WORDS.iter().any(|kept| word.eq_ignore_ascii_case(kept))
                || word.len() >= 5 && word.eq_ignore_ascii_case(b"POBOX");
            if is_kept { word.to_vec() } else { scrambled(word, dice, true) }
        })
        .collect();
    words.join(&b' ')
}

/// The first digit of a number often says what kind it is; it stays. No number becomes an NPI by chance.
fn id(value: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut made = scrambled(value, dice, true);
    if value.iter().all(u8::is_ascii_digit) && value.len() > 4 {
        made[0] = value[0];
    }
    if is_npi(&made)
        && let Some(last) = made.last_mut()
    {
        *last = if *last == b'9' { b'8' } else { *last + 1 };
    }
    made
}

/// An NPI that begins with 2, as no real one of a person or organization does so far.
fn npi(dice: &mut Dice) -> Vec<u8> {
    let mut made = vec![b'2'];
    made.extend((0..8).map(|_| b'0' + dice.below(10) as u8));
    made.push(b'0');
    while !is_npi(&made) && made[9] < b'9' {
        made[9] += 1;
    }
    made
}

/// An earlier day within a year, so that none lies in the future; what is no day stays none.
fn day(value: &[u8], dice: &mut Dice) -> Vec<u8> {
    let moved = parse_d8(value).and_then(|day| day.checked_sub((1 + dice.below(360) as i64).days()).ok());
    match moved {
        Some(day) => format_d8(day).into_bytes(),
        None if value.len() == 8 && value.iter().all(u8::is_ascii_digit) => b"19001399".to_vec(),
        None => scrambled(value, dice, true),
    }
}

/// Nine digits with the weights 3, 7, 1 of the American Bankers Association; the first two name a district and stay.
fn bank(value: &[u8], dice: &mut Dice) -> Vec<u8> {
    let sum = |digits: &[u8]| -> u32 {
        digits.iter().zip([3, 7, 1].iter().cycle()).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum()
    };
    let is_routing = value.len() == 9 && value.iter().all(u8::is_ascii_digit) && sum(value) % 10 == 0;
    let mut made = scrambled(value, dice, true);
    if is_routing {
        made[..2].copy_from_slice(&value[..2]);
        made[8] = b'0';
        made[8] += ((10 - sum(&made) % 10) % 10) as u8;
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ShapeOnly, check};

    fn redacted(bytes: &[u8], options: RedactOptions<'_>) -> Vec<u8> {
        let mut document = Document::read(bytes);
        redact(&mut document, options);
        document.to_bytes()
    }

    fn verdict(bytes: &[u8]) -> (String, Vec<String>) {
        let checked = check(bytes, &ShapeOnly);
        let codes = checked.problems.kept().iter().map(|one| format!("{} {} {}", one.code, one.ordinal, one.rule));
        (checked.verdict.word().to_owned(), codes.collect())
    }

    #[test]
    fn every_case_keeps_its_length_and_its_verdict() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            for keep_organizations in [false, true] {
                let out = redacted(&bytes, RedactOptions { seed: "a", keep_organizations });
                assert_eq!(out.len(), bytes.len(), "{path:?}");
                assert_eq!(verdict(&out), verdict(&bytes), "{path:?} {}", String::from_utf8_lossy(&out));
            }
            seen += 1;
        }
        assert!(seen > 90);
    }

    #[test]
    fn nothing_personal_is_left_and_the_same_stays_the_same() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        for name in ["ok-837P-dependent.x12", "ok-835.x12", "ok-271.x12", "ok-277CA.x12", "ok-837I.x12"] {
            let bytes = std::fs::read(folder.join(name)).unwrap();
            let options = RedactOptions { seed: "a", keep_organizations: false };
            let text = String::from_utf8(redacted(&bytes, options)).unwrap();
            for word in
                ["DOE", "JOHN", "JANE", "SUNRISE", "ACME", "OAK", "W123456789", "1234567893", "123456789", "19800101"]
            {
                assert!(!text.contains(&format!("*{word}")), "{name}: {word} in {text}");
            }
            assert_eq!(redacted(&bytes, options), text.as_bytes());
            assert_ne!(redacted(&bytes, RedactOptions { seed: "b", ..options }), text.as_bytes());
        }
        let remittance = std::fs::read_to_string(folder.join("ok-835.x12")).unwrap();
        let options = RedactOptions { seed: "a", keep_organizations: false };
        let text = String::from_utf8(redacted(remittance.as_bytes(), options)).unwrap();
        let value = |id: &str, n: usize| {
            let at = text.split('~').find(|segment| segment.starts_with(id)).unwrap();
            at.split('*').nth(n).unwrap().to_owned()
        };
        assert_eq!(value("N1*PE", 4), value("PLB", 1));
        assert_eq!(value("TRN", 3), value("BPR", 10));
        assert!(is_npi(value("PLB", 1).as_bytes()));
    }

    #[test]
    fn organizations_stay_where_that_is_asked_for() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/ok-837P.x12");
        let bytes = std::fs::read(path).unwrap();
        let options = RedactOptions { seed: "a", keep_organizations: true };
        let text = String::from_utf8(redacted(&bytes, options)).unwrap();
        assert!(text.contains("NM1*85*2*SUNRISE CLINIC*****XX*1234567893~N3*1 MAIN ST~"), "{text}");
        assert!(!text.contains("DOE*JOHN") && !text.contains("OAK AVE") && !text.contains("CLM*A1*"), "{text}");
    }
}
