//! Owned and streamed models against borrowed ones, over every case, every clean document of a rule and generated files:
//! the same content whichever way it was read, and the same segments when it is written.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::io::{self, Read};
use std::path::Path;

use x12::transactions::{
    Text, acknowledgment_999, attachment_275, claim_837, claim_837d, claim_837i, claim_837p,
    claim_acknowledgment_277ca, claim_status_276, claim_status_277, eligibility_270, eligibility_271, remittance_835,
    review_278,
};
use x12::{
    Delimiters, GroupHeader, InterchangeHeader, ShapeOnly, TransactionSet, Usage, Value, Verdict, WriteError, Writer,
    check,
};

#[path = "../benches/speed/generator.rs"]
mod generator;
mod rule_documents;

/// Every file of ours that is X12, with its name.
fn files() -> Vec<(String, Vec<u8>)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders =
        ["../../testdata/x12/cases", "../../testdata/x12/clean", "../../testdata/x12/stories", "tests/rules/base"];
    let mut found: Vec<_> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(here.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    found.sort();
    for path in rule_documents::case_files() {
        let (kept, _) = rule_documents::documents(&std::fs::read_to_string(&path).unwrap());
        found.push((path.file_stem().unwrap().to_string_lossy().into_owned(), kept.into_bytes()));
    }
    found.push(("generated 837P".to_owned(), generator::claims(1, 50)));
    found.push(("generated 835".to_owned(), generator::remittances(1, 50)));
    assert!(found.len() > 400, "{}", found.len());
    found
}

fn header(delimiters: Delimiters) -> InterchangeHeader {
    InterchangeHeader {
        sender_qualifier: "ZZ".into(),
        sender: "SUBMITTER".into(),
        receiver_qualifier: "ZZ".into(),
        receiver: "RECEIVER".into(),
        sent_at: jiff::civil::date(2026, 9, 1).at(12, 53, 0, 0),
        control_number: 1,
        wants_acknowledgment: false,
        usage: Usage::Test,
        delimiters,
    }
}

/// The segments of a set without trailing empty elements and components; the envelope's own are left out.
fn content(set: &TransactionSet<'_>) -> Vec<String> {
    let Delimiters { element, component, .. } = set.st().delimiters();
    let trim = |bytes: &[u8], separator: u8| {
        let kept = bytes.iter().rposition(|byte| *byte != separator).map_or(0, |at| at + 1);
        bytes[..kept].to_vec()
    };
    let segments = set.body().map(|segment| {
        let elements: Vec<Vec<u8>> =
            segment.raw().split(|byte| *byte == element).map(|one| trim(one, component)).collect();
        String::from_utf8_lossy(&trim(&elements.join(&element), element)).into_owned()
    });
    segments.filter(|segment| segment.len() > 3).collect()
}

/// The file that `write` fills with one set.
fn written(set: &TransactionSet<'_>, write: &dyn Fn(&mut Writer)) -> Vec<u8> {
    let own = set.st().delimiters();
    let mut writer = Writer::new(header(if own.are_usable() && own.are_ascii() { own } else { Delimiters::default() }));
    let header = header(Delimiters::default());
    writer.begin_group(&GroupHeader {
        functional_id: "XX".into(),
        sender: header.sender,
        receiver: header.receiver,
        sent_at: header.sent_at,
        control_number: 1,
        version: set.group_version.to_string(),
    });
    write(&mut writer);
    writer.finish().unwrap()
}

/// Reads a set in both ways, compares, and gives it as its owned model writes it.
macro_rules! rewritten {
    ($kind:ident, $set:expr) => {{
        let (borrowed, problems) = $kind::read($set);
        let (owned, same_problems) = $kind::read_owned($set);
        assert_eq!((&borrowed, problems), (&owned, same_problems));
        written($set, &|writer| $kind::write(&owned, writer))
    }};
}

fn rewritten(set: &TransactionSet<'_>) -> Option<Vec<u8>> {
    let version = set.version();
    Some(match &*set.id() {
        "270" => rewritten!(eligibility_270, set),
        "271" => rewritten!(eligibility_271, set),
        "275" => rewritten!(attachment_275, set),
        "276" => rewritten!(claim_status_276, set),
        "277" if version.contains("X214") => rewritten!(claim_acknowledgment_277ca, set),
        "277" => rewritten!(claim_status_277, set),
        "278" => rewritten!(review_278, set),
        "835" => rewritten!(remittance_835, set),
        "837" if version.contains("X223") => rewritten!(claim_837i, set),
        "837" if version.contains("X224") => rewritten!(claim_837d, set),
        "837" => rewritten!(claim_837p, set),
        "999" => rewritten!(acknowledgment_999, set),
        _ => return None,
    })
}

#[test]
fn an_owned_model_says_what_the_file_says_and_writes_it_again() {
    let (mut accepted, mut lost) = (0, Vec::new());
    for (name, bytes) in files() {
        let file = x12::read(&bytes);
        let is_accepted = check(&bytes, &ShapeOnly).verdict == Verdict::Accepted;
        for (_, _, set) in file.sets() {
            let Some(again) = rewritten(set) else { continue };
            if is_accepted {
                let again = x12::read(&again);
                let (said, meant) = (content(again.sets().next().unwrap().2), content(set));
                lost.extend(
                    meant.iter().zip(&said).find(|(one, other)| one != other).map(|pair| format!("{name}: {pair:?}")),
                );
                lost.extend((meant.len() != said.len()).then(|| format!("{name}: {} for {}", said.len(), meant.len())));
                accepted += 1;
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(accepted > 350, "{accepted}");
}

/// Gives a file in pieces of this length.
struct Pieces<'b>(&'b [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(buffer.len()).min(self.0.len());
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

/// Each claim of the sets of this guide as a whole reading gives it and as the stream does.
macro_rules! compare_claims {
    ($kind:ident, $guide:literal, $name:expr, $bytes:expr) => {{
        let file = x12::read($bytes);
        let is_of_kind = |set: &&TransactionSet<'_>| set.id() == "837" && set.version().contains($guide);
        let sets = file.sets().map(|(_, _, set)| set).filter(is_of_kind);
        let whole: Vec<_> = sets.map(|set| $kind::read_owned(set).0).collect();
        let mut streamed = $kind::stream(Pieces($bytes, 1777))
            .map(Result::unwrap)
            .filter(|one| one.file.implementation.contains($guide));
        let mut count = 0;
        for file in &whole {
            for one in file.claims() {
                let found = streamed.next().unwrap();
                assert_eq!(&found.claim, one.claim, "{}", $name);
                assert_eq!((found.patient(), found.payer()), (one.patient(), one.payer()), "{}", $name);
                assert_eq!(found.billing_provider.party, one.billing_provider.party, "{}", $name);
                assert_eq!(found.subscriber.information, one.subscriber.information, "{}", $name);
                assert_eq!((&found.file.reference, &found.file.submitter), (&file.reference, &file.submitter));
                count += 1;
            }
        }
        assert!(streamed.next().is_none(), "{}", $name);
        count
    }};
}

#[test]
fn streamed_claims_are_those_of_the_whole_file() {
    let mut counts = [0; 3];
    for (name, bytes) in files() {
        counts[0] += compare_claims!(claim_837p, "X222", name, &bytes);
        counts[1] += compare_claims!(claim_837i, "X223", name, &bytes);
        counts[2] += compare_claims!(claim_837d, "X224", name, &bytes);
    }
    assert!(counts[0] > 1000 && counts[1] > 5 && counts[2] > 3, "{counts:?}");
}

#[test]
fn streamed_payments_are_those_of_the_whole_file() {
    let mut count = 0;
    for (name, bytes) in files() {
        let file = x12::read(&bytes);
        let mut streamed = remittance_835::stream(Pieces(&bytes, 1777)).map(Result::unwrap);
        for (_, _, set) in file.sets().filter(|(_, _, set)| set.id() == "835") {
            let (whole, _) = remittance_835::read_owned(set);
            for (group, claim) in whole.groups.iter().flat_map(|group| group.claims.iter().map(move |one| (group, one)))
            {
                let found = streamed.next().unwrap();
                assert_eq!(found.part, remittance_835::Part::Claim(Box::new(claim.clone())), "{name}");
                assert_eq!((&found.group.number, &found.remittance.payment), (&group.number, &whole.payment), "{name}");
                count += 1;
            }
            for adjustments in &whole.provider_adjustments {
                let found = streamed.next().unwrap();
                assert_eq!(found.part, remittance_835::Part::ProviderAdjustments(adjustments.clone()), "{name}");
            }
        }
        assert!(streamed.next().is_none(), "{name}");
    }
    assert!(count > 1000, "{count}");
}

#[test]
fn a_claim_goes_to_another_thread_when_its_file_is_gone() {
    let claim = {
        let bytes = generator::claims(1, 50);
        claim_837p::stream(bytes.as_slice()).next().unwrap().unwrap()
    };
    let number = std::thread::spawn(move || claim.claim.patient_control_number).join().unwrap();
    assert_eq!(number, "PT0000001");
}

#[test]
fn a_claim_without_end_is_an_error_and_not_all_of_memory() {
    let text = String::from_utf8(generator::claims(1, 50)).unwrap();
    let at = text.find("HI*ABK").unwrap();
    let endless = format!("{}{}", &text[..at], "NTE*ADD*X~".repeat(1_000_000));
    let mut streamed = claim_837p::stream(endless.as_bytes());
    let error = streamed.next().unwrap().unwrap_err();
    assert!(error.to_string().contains("is longer than 4 MB"), "{error}");
    assert!(streamed.next().is_none());
}

#[test]
fn what_cannot_be_read_comes_with_its_claim() {
    let text = String::from_utf8(generator::claims(1, 50)).unwrap();
    let (head, rest) = text.split_at(text.find("CLM*PT0000003*").unwrap());
    let broken = format!("{head}{}", rest.replacen("CLM*PT0000003*", "CLM*PT0000003*X", 1));
    let faulty: Vec<_> = claim_837p::stream(broken.as_bytes())
        .map(Result::unwrap)
        .filter(|one| !one.problems.is_empty())
        .map(|one| (one.claim.patient_control_number.to_string(), one.problems[0].place(), one.problems.len()))
        .collect();
    assert_eq!(faulty, [("PT0000003".to_owned(), "CLM02".to_owned(), 1)]);
}

#[test]
fn no_cut_and_no_wrong_byte_stops_a_stream() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
    for name in ["ok-837P-dependent.x12", "ok-835.x12"] {
        let whole = std::fs::read(here.join(name)).unwrap();
        for at in 0..whole.len() {
            for byte in [None, Some(b'~'), Some(b'*'), Some(b'\n'), Some(0xff)] {
                let mut bytes = whole.clone();
                match byte {
                    Some(byte) => bytes[at] = byte,
                    None => bytes.truncate(at),
                }
                claim_837p::stream(bytes.as_slice()).for_each(drop);
                remittance_835::stream(bytes.as_slice()).for_each(drop);
            }
        }
    }
}

#[test]
fn whoever_asks_for_a_part_finds_it_in_a_segment_that_is_kept_whole() {
    let detail = x12::transactions::Detail::of("CR1", ["LB", "180", "", "A"]);
    let claim = claim_837p::Claim { details: vec![detail], ..claim_837::Claim::default() };
    assert_eq!((claim.details[0].text(4), claim.details[0].text(9)), ("A", ""));
    assert_eq!(size_of::<Text<'_>>(), 24);
}

#[test]
fn a_separator_that_is_no_ascii_is_not_written_because_it_would_be_part_of_a_letter() {
    let usual = Delimiters::default();
    for delimiters in [
        Delimiters { component: 0xfa, ..usual },
        Delimiters { segment: 0x94, ..usual },
        Delimiters { repetition: Some(0xd7), ..usual },
    ] {
        assert!(delimiters.are_usable(), "somebody's file may have it");
        let mut writer = Writer::new(header(delimiters));
        writer.begin_set("835", None);
        writer.segment("BPR", vec![Value::from("I")]);
        assert!(matches!(writer.finish(), Err(WriteError::BadHeader("ISA16"))), "{delimiters:?}");
    }
}
