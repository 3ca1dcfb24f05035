//! A file is cut while it is read as one that is held, into the same bytes, and little of it is held.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

mod dribble;
mod seeds;

use std::cell::Cell;
use std::io::{self, Read};
use std::path::Path;

use dribble::Dribble;
use x12::tools::{NotSplit, Parts, SplitBy, SplitError, split, write_split};
use x12::{Document, ShapeOnly, Verdict, check};

#[derive(Default)]
struct Kept {
    parts: Vec<Vec<u8>>,
    ended: usize,
    of: usize,
}

impl Parts for Kept {
    fn begin(&mut self, index: usize, of: usize) -> io::Result<()> {
        assert_eq!((index, index), (self.parts.len(), self.ended), "one part after the other");
        self.of = of;
        self.parts.push(Vec::new());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.parts.last_mut().unwrap().extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.ended += 1;
        Ok(())
    }
}

fn case(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn files() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("../../testdata/x12/cases")).unwrap() {
        let path = entry.unwrap().path();
        found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    found.extend(seeds::seeds());
    found.sort();
    found
}

#[test]
fn a_file_that_passes_by_is_cut_into_the_same_parts() {
    let mut cut = 0;
    for (name, original) in files() {
        let noise = [&original, &b"\r\n between "[..], &original].concat();
        for bytes in [original.clone(), original[..original.len() / 2].to_vec(), noise] {
            for by in [SplitBy::Transactions(1), SplitBy::Transactions(2), SplitBy::Claims(1), SplitBy::Claims(2)] {
                let whole = split(&Document::read(&bytes), by);
                let again = |byte: u64| -> io::Result<Box<dyn Read + '_>> {
                    Ok(Box::new(Dribble::new(&bytes[byte as usize..], 997)))
                };
                let mut kept = Kept::default();
                match (write_split(&again, by, &mut kept), whole) {
                    (Ok(()), Ok(parts)) => {
                        assert!(kept.parts == parts && kept.ended == parts.len() && kept.of == parts.len(), "{name}");
                        cut += parts.len();
                    }
                    (Err(NotSplit::Refused(error)), Err(expected)) => {
                        assert_eq!((error, kept.parts.len()), (expected, 0), "{name}");
                    }
                    (written, whole) => panic!("{name}: {written:?} {}", whole.is_ok()),
                }
            }
        }
    }
    assert!(cut > 1000, "{cut}");
}

#[test]
fn each_acknowledgment_goes_with_the_first_part_of_its_interchange_and_none_is_lost() {
    let text = case("ok-835-two-sets.x12");
    let at = text.find("GS*").unwrap();
    let ta1 = "TA1*000000009*260901*1253*A*000~";
    let before = format!("{}{ta1}{}", &text[..at], &text[at..]);
    let behind = text.replacen("IEA*", &format!("{ta1}IEA*"), 1);
    for file in [before.clone(), behind, before.replace("IEA*1*000000001", "IEA*1*1")] {
        let doubled = format!("{file}{}", file.replacen("*000000001*", "*000000002*", 1));
        let parts = split(&Document::read(doubled.as_bytes()), SplitBy::Transactions(1)).unwrap();
        let counts: Vec<usize> =
            parts.iter().map(|part| String::from_utf8_lossy(part).matches("TA1*").count()).collect();
        assert_eq!(counts, [1, 0, 1, 0]);
    }
    // A group without sets makes no part; its interchange's acknowledgment stays one.
    let (gs, st) = (before.find("GS*").unwrap(), before.find("ST*").unwrap());
    let bare = format!("{}GE*0*1~{}", &before[..st], &before[before.find("IEA*").unwrap()..]);
    assert!(gs < st);
    let parts = split(&Document::read(bare.as_bytes()), SplitBy::Transactions(1)).unwrap();
    assert_eq!(parts.len(), 1);
    assert!(String::from_utf8_lossy(&parts[0]).contains("~TA1*000000009*260901*1253*A*000~IEA*0*"));
}

/// Gives a file that was never in memory: a head, a middle over and over with its number, a tail.
struct Endless<'t> {
    texts: [&'t str; 3],
    times: usize,
    given: usize,
    at: Vec<u8>,
    read: &'t Cell<usize>,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at.is_empty() && self.given <= self.times + 1 {
            let text = self.texts[usize::from(self.given > 0) + usize::from(self.given > self.times)];
            self.at = text.replace("#", &format!("{:09}", self.given)).into_bytes();
            self.given += 1;
        }
        let length = self.at.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.at[..length]);
        self.at.drain(..length);
        self.read.set(self.read.get() + length);
        Ok(length)
    }
}

/// Takes parts and remembers how far the reader ran ahead of what was written.
struct Gone<'t> {
    read: &'t Cell<usize>,
    last: usize,
    farthest: usize,
    begun: usize,
}

impl Parts for Gone<'_> {
    fn begin(&mut self, _: usize, _: usize) -> io::Result<()> {
        // The first part begins behind the reading that only looks.
        self.last = if self.begun == 0 { self.read.get() } else { self.last };
        self.begun += 1;
        Ok(())
    }

    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        self.farthest = self.farthest.max(self.read.get() - self.last);
        self.last = self.read.get();
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_long_file_is_cut_as_it_is_read() {
    let text = case("ok-837P.x12");
    let places = |middle: &str, end: &str| {
        let (from, to) = (text.find(middle).unwrap(), text.find(end).unwrap());
        [text[..from].to_owned(), text[from..to].to_owned(), text[to..].to_owned()]
    };
    let mut sets = places("ST*", "GE*");
    sets[1] = sets[1].replace("*0001", "*#");
    let mut claims = places("CLM*", "SE*");
    claims[1] = claims[1].replace("CLM*A1*", "CLM*#*");
    for (texts, by, times) in [(sets, SplitBy::Transactions(100), 5000), (claims, SplitBy::Claims(500), 20_000)] {
        let read = Cell::new(0);
        let length = texts[0].len() + texts[1].replace("#", "123456789").len() * times + texts[2].len();
        let texts = [texts[0].as_str(), &texts[1], &texts[2]];
        let open = |byte: u64| -> io::Result<Box<dyn Read + '_>> {
            let (mut file, mut skipped) = (Endless { texts, times, given: 0, at: Vec::new(), read: &read }, byte);
            // Trailers stand at the end: what is before them is passed over, and was not read here.
            let before = read.get();
            while skipped > 0 {
                let mut gone = [0; 4096];
                let most = skipped.min(4096) as usize;
                skipped -= file.read(&mut gone[..most])? as u64;
            }
            read.set(before);
            Ok(Box::new(file))
        };
        let mut gone = Gone { read: &read, last: 0, farthest: 0, begun: 0 };
        write_split(&open, by, &mut gone).unwrap();
        assert!(length > 3_000_000, "{length}");
        assert_eq!(gone.begun, times / if matches!(by, SplitBy::Claims(_)) { 500 } else { 100 });
        assert!(gone.farthest <= 2 * 64 * 1024, "{by:?} held {} bytes", gone.farthest);
    }
}

#[test]
fn what_cannot_be_held_before_a_claim_is_refused_before_a_part_is_begun() {
    let text = case("ok-837P.x12");
    let long = text.replacen("SBR*P*18", &format!("{}SBR*P*18", "REF*SY*123456789~".repeat(70_000)), 1);
    let refused = split(&Document::read(long.as_bytes()), SplitBy::Claims(1)).unwrap_err();
    assert!(matches!(refused, SplitError::LongHead(_)), "{refused}");
    let parts = split(&Document::read(long.as_bytes()), SplitBy::Transactions(1)).unwrap();
    assert_eq!((parts.len(), check(&parts[0], &ShapeOnly).verdict), (1, Verdict::Rejected));
}
