//! A file is answered while it is read as one that is held: the same TA1 and 999, in bounded memory.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

mod dribble;
mod seeds;

use std::io::{self, Read};
use std::path::Path;

use dribble::Dribble;
use x12::{
    AcknowledgedFile, AcknowledgmentHeader, Checked, Rules, ShapeOnly, Verdict, check, check_each, write_999_to,
    write_999_with, write_ta1,
};

fn header() -> AcknowledgmentHeader {
    AcknowledgmentHeader { made_at: jiff::civil::date(2026, 9, 2).at(1, 2, 0, 0), control_number: 77 }
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

fn case(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// Every answer to a file that is held.
fn held(bytes: &[u8], checked: &Checked) -> Vec<u8> {
    let mut out = Vec::new();
    for interchange in &checked.interchanges {
        out.extend(write_ta1(interchange, header()).unwrap_or_default());
        let file = AcknowledgedFile::held(bytes).copying_data();
        out.extend(write_999_with(checked, interchange, header(), Some(file)).ok().flatten().unwrap_or_default());
    }
    out
}

/// Every answer to a file while it is read, and the check of the whole. The file comes in pieces, both times.
fn passing(bytes: &[u8], threads: usize, most: usize) -> (Vec<u8>, Checked) {
    let mut out = Vec::new();
    let dribble = |bytes| Dribble::new(bytes, most);
    let again = |byte: u64| -> io::Result<Box<dyn Read + '_>> { Ok(Box::new(dribble(&bytes[byte as usize..]))) };
    let checked = check_each(dribble(bytes), &ShapeOnly, &Rules::default(), threads, &mut |ended| {
        let interchange = &ended.interchanges[0];
        out.extend(write_ta1(interchange, header()).unwrap_or_default());
        let file = AcknowledgedFile::opened(&again).copying_data();
        // One that cannot be addressed is not answered.
        let _ = write_999_to(ended, interchange, header(), Some(file), &mut out);
        Ok(())
    });
    (out, checked.unwrap())
}

/// A file and ways to spoil it: twice in a row, cut off, bytes changed to separators and others, letters changed.
fn spoilt(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut changed, mut letters) = (bytes.to_vec(), bytes.to_vec());
    for at in (7..changed.len()).step_by(41) {
        changed[at] = b"\xff\x00\"\\~*:^\xc3"[at % 9];
    }
    for at in (150..letters.len()).step_by(97).filter(|at| bytes[*at].is_ascii_alphanumeric()) {
        letters[at] = b'Q';
    }
    vec![bytes.to_vec(), bytes.repeat(2), bytes[..bytes.len() * 3 / 4].to_vec(), changed, letters]
}

#[test]
fn every_file_gets_the_answers_that_it_gets_when_it_is_held() {
    let mut contexts = 0;
    for (name, original) in files() {
        for (nth, bytes) in spoilt(&original).into_iter().enumerate() {
            let whole = check(&bytes, &ShapeOnly);
            let (answers, checked) = passing(&bytes, 1 + nth % 2, [1, 7, 997][nth % 3]);
            assert!(answers == held(&bytes, &whole), "{name}");
            contexts += String::from_utf8_lossy(&answers).matches("~CTX*").count();
            assert_eq!(checked.verdict, whole.verdict, "{name}");
            assert_eq!(checked.segments, whole.segments, "{name}");
            assert_eq!(checked.problems.errors(), whole.problems.errors(), "{name}");
            assert_eq!(checked.problems.warnings(), whole.problems.warnings(), "{name}");
        }
    }
    assert!(contexts > 2000, "{contexts}");
}

/// A claim file of one set with so many claims; of the first and the last one the charge is not the sum of its lines.
fn long_set(claims: usize) -> String {
    let text = case("ok-837P.x12");
    let (from, to) = (text.find("CLM*").unwrap(), text.find("SE*").unwrap());
    let mut file = text[..from].to_owned();
    for number in 1..=claims {
        let charge = if number == 1 || number == claims { "151" } else { "150" };
        file.push_str(&text[from..to].replacen("CLM*A1*150*", &format!("CLM*A{number}*{charge}*"), 1));
    }
    let segments = file.matches('~').count() - 2 + 1;
    format!("{file}SE*{segments}*0001~{}", &text[text.find("GE*1*").unwrap()..])
}

#[test]
fn a_long_set_is_answered_with_context_from_little_of_it() {
    let text = long_set(40_000);
    let (answers, checked) = passing(text.as_bytes(), 1, 64 * 1024);
    let answers = String::from_utf8(answers).unwrap();
    // Also one subscriber has more claims than a guide allows.
    assert_eq!(checked.problems.errors(), 3, "{answers}");
    assert!(answers.contains("~CTX*CLM01:A1~") && answers.contains("~CTX*CLM01:A40000~"), "{answers}");
}

#[test]
fn context_goes_on_behind_binary_data_that_no_memory_holds() {
    let isa = &case("ok-835.x12")[..106];
    let data = "PDF~S*1*1~*:^\n".repeat(250_000);
    let file = format!(
        "{isa}GS*PI*SENDER*RECEIVER*20260901*1253*905*X*006020X314~ST*275*0001*006020X314~BGN*02*1*20260901~\
         BDS*ASC*{}*{data}~REF*EJ~SE*5*0001~GE*1*905~IEA*1*000000001~",
        data.len()
    );
    let whole = check(file.as_bytes(), &ShapeOnly);
    let (answers, _) = passing(file.as_bytes(), 1, 64 * 1024);
    let told = String::from_utf8_lossy(&answers).into_owned();
    assert!(answers == held(file.as_bytes(), &whole));
    assert!(told.contains("IK3*REF*4*"), "{told}");
}

#[test]
fn interchanges_beyond_those_that_a_report_keeps_are_answered_too() {
    let text = case("ok-837P.x12");
    let mut file = String::new();
    for number in 1..=6000 {
        file.push_str(&text.replace("*000000001", &format!("*{number:09}")));
    }
    let (answers, checked) = passing(file.as_bytes(), 1, 64 * 1024);
    assert_eq!(checked.verdict, Verdict::Accepted);
    let text = String::from_utf8(answers).unwrap();
    assert_eq!((text.matches("~TA1*").count(), text.matches("~AK1*HC*").count()), (6000, 6000));
}

#[test]
fn an_answer_that_cannot_be_written_stops_the_reading() {
    let text = case("ok-837P.x12").repeat(3);
    let mut calls = 0;
    let stopped = check_each(text.as_bytes(), &ShapeOnly, &Rules::default(), 2, &mut |_| {
        calls += 1;
        Err(io::Error::other("the disk is full"))
    });
    assert_eq!((stopped.unwrap_err().to_string().as_str(), calls), ("the disk is full", 1));
}

/// Gives a file that was never in memory: a head, a middle over and over with its number, a tail.
struct Endless {
    head: String,
    middle: String,
    times: usize,
    tail: String,
    given: usize,
    at: Vec<u8>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at.is_empty() && self.given <= self.times + 1 {
            self.at = match self.given {
                0 => self.head.clone(),
                given if given <= self.times => self.middle.replace("*0001", &format!("*{given:09}")),
                _ => self.tail.clone(),
            }
            .into_bytes();
            self.given += 1;
        }
        let length = self.at.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.at[..length]);
        self.at.drain(..length);
        Ok(length)
    }
}

/// Takes bytes and remembers how many came at once.
#[derive(Default)]
struct Gone {
    all: usize,
    most: usize,
}

impl io::Write for Gone {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.all += bytes.len();
        self.most = self.most.max(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_999_of_a_hundred_thousand_sets_is_never_held() {
    let text = case("ok-TA1-accept.x12");
    let head = format!("{}GS*HC*A1*B1*20260901*1253*905*X*005010X222A1~", &text[..106]);
    // Sets without content are rejected; each gets its answer.
    let times = 100_000;
    let tail = format!("GE*{times}*905~IEA*1*{}~", head.split('*').nth(13).unwrap());
    let file =
        Endless { head, middle: "ST*837*0001*005010X222A1~SE*2*0001~".into(), times, tail, given: 0, at: Vec::new() };
    let mut gone = Gone::default();
    let checked = check_each(file, &ShapeOnly, &Rules::default(), 2, &mut |ended| {
        write_999_to(ended, &ended.interchanges[0], header(), None, &mut gone).map_err(io::Error::other)?;
        Ok(())
    });
    assert_eq!(checked.unwrap().verdict, Verdict::Rejected);
    assert!(gone.all > 3_000_000 && gone.most < 300_000, "{} at most {}", gone.all, gone.most);
}
