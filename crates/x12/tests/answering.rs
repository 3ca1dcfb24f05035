//! A file is answered while it is read as one that is held: the same TA1 and 999, in bounded memory.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

mod seeds;

use std::io::{self, Read};
use std::path::Path;

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
        let file = AcknowledgedFile { bytes, copies_data: true };
        out.extend(write_999_with(checked, interchange, header(), Some(file)).ok().flatten().unwrap_or_default());
    }
    out
}

/// Every answer to a file while it is read, and the check of the whole.
fn passing(bytes: &[u8], threads: usize) -> (Vec<u8>, Checked) {
    let mut out = Vec::new();
    let checked = check_each(bytes, &ShapeOnly, &Rules::default(), threads, &mut |ended| {
        let interchange = &ended.interchanges[0];
        out.extend(write_ta1(interchange, header()).unwrap_or_default());
        let file = AcknowledgedFile { bytes, copies_data: true };
        // One that cannot be addressed is not answered.
        let _ = write_999_to(ended, interchange, header(), Some(file), &mut out);
        Ok(())
    });
    (out, checked.unwrap())
}

#[test]
fn every_file_gets_the_answers_that_it_gets_when_it_is_held() {
    for (name, original) in files() {
        for bytes in [original.clone(), original.repeat(2), original[..original.len() * 3 / 4].to_vec()] {
            let whole = check(&bytes, &ShapeOnly);
            let (answers, checked) = passing(&bytes, 2);
            assert!(answers == held(&bytes, &whole), "{name}");
            assert_eq!(checked.verdict, whole.verdict, "{name}");
            assert_eq!(checked.segments, whole.segments, "{name}");
            assert_eq!(checked.problems.errors(), whole.problems.errors(), "{name}");
            assert_eq!(checked.problems.warnings(), whole.problems.warnings(), "{name}");
        }
    }
}

#[test]
fn interchanges_beyond_those_that_a_report_keeps_are_answered_too() {
    let text = case("ok-837P.x12");
    let mut file = String::new();
    for number in 1..=6000 {
        file.push_str(&text.replace("*000000001", &format!("*{number:09}")));
    }
    let (answers, checked) = passing(file.as_bytes(), 1);
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
