//! What a file holds, counted. Names no one.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{self, Read};

use crate::amount::Amount;
use crate::document::{Document, Passing};
use crate::outline::{Placed, outline};
use crate::render::json::push_string;
use crate::render::meanings::dollars;
use crate::segment::Segment;

/// Names of segments or sets that are told apart: a file of nonsense must not fill the memory.
const MOST_NAMES: usize = 2000;
/// A name is cut there, for the same reason.
const LONGEST_NAME: usize = 60;
/// What names beyond the limit are counted as.
const OTHERS: &str = "others";

/// Counts of one file, or of many added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many files.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
    /// How many segments, envelopes included.
    pub segments: u64,
    /// How many interchanges.
    pub interchanges: u64,
    /// How many functional groups.
    pub groups: u64,
    /// How many transaction sets, by what they are.
    pub sets: BTreeMap<String, u64>,
    /// Claims sent: CLM segments.
    pub claims: u64,
    /// What they charge, CLM02. An amount that cannot be read counts nothing.
    pub charged: Amount,
    /// Claims paid or denied: CLP segments.
    pub claim_payments: u64,
    /// What was paid for them, CLP04.
    pub paid: Amount,
    /// Service lines, sent (SV1, SV2, SV3) or paid (SVC).
    pub lines: u64,
    /// Segments by id.
    pub by_segment: BTreeMap<String, u64>,
}

/// One more of a name.
fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    let name: String = name.chars().take(LONGEST_NAME).collect();
    let is_told_apart = counts.len() < MOST_NAMES || counts.contains_key(&name);
    *counts.entry(if is_told_apart { name } else { OTHERS.to_owned() }).or_default() += 1;
}

impl Counts {
    /// Counts a file.
    pub fn of(document: &Document<'_>, bytes: u64) -> Self {
        let mut counts = Self { files: 1, bytes, ..Self::default() };
        for (segment, placed) in document.segments().zip(outline(document)) {
            counts.segment(&segment, &placed);
        }
        counts
    }

    /// Counts a file while it is read; memory is the longest segment. None where there is no interchange.
    ///
    /// # Errors
    ///
    /// Those of the reader; a segment longer than [`LONGEST_PIECE`](crate::tools::LONGEST_PIECE).
    pub fn read(reader: impl Read) -> io::Result<Option<Self>> {
        let Some(mut passing) = Passing::begin(reader)? else { return Ok(None) };
        let mut counts = Self { files: 1, ..Self::default() };
        counts.bytes = passing.lead().len() as u64;
        while let Some(passed) = passing.next()? {
            counts.bytes += (passed.piece.raw.len() + passed.piece.tail.len()) as u64;
            counts.segment(&passed.segment(), &passed.placed);
        }
        Ok(Some(counts))
    }

    fn segment(&mut self, segment: &Segment<'_>, placed: &Placed) {
        self.segments += 1;
        let amount = |n: usize| Amount::parse(segment.element(n)).unwrap_or(Amount::ZERO);
        match segment.id() {
            "ISA" => self.interchanges += 1,
            "GS" => self.groups += 1,
            "ST" => {
                let name = format!("{} {}", crate::render::printable(segment.element(1)), placed.set_label);
                count(&mut self.sets, name.trim_end());
            }
            "CLM" => {
                self.claims += 1;
                self.charged = self.charged.checked_add(amount(2)).unwrap_or(self.charged);
            }
            "CLP" => {
                self.claim_payments += 1;
                self.paid = self.paid.checked_add(amount(4)).unwrap_or(self.paid);
            }
            "SV1" | "SV2" | "SV3" | "SVC" => self.lines += 1,
            _ => {}
        }
        count(&mut self.by_segment, &crate::render::printable(segment.element(0)));
    }

    /// Adds the counts of other files.
    pub fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.segments += other.segments;
        self.interchanges += other.interchanges;
        self.groups += other.groups;
        self.claims += other.claims;
        self.charged = self.charged.checked_add(other.charged).unwrap_or(self.charged);
        self.claim_payments += other.claim_payments;
        self.paid = self.paid.checked_add(other.paid).unwrap_or(self.paid);
        self.lines += other.lines;
        for (into, from) in [(&mut self.sets, &other.sets), (&mut self.by_segment, &other.by_segment)] {
            for (name, count) in from {
                *into.entry(name.clone()).or_default() += count;
            }
        }
    }

    /// As lines for people.
    pub fn to_text(&self) -> String {
        let mut out = format!(
            "{} files, {} bytes, {} segments\n{} interchanges, {} groups\n",
            self.files, self.bytes, self.segments, self.interchanges, self.groups
        );
        // Writing to a String cannot fail.
        for (name, count) in &self.sets {
            let _ = writeln!(out, "{count:>10} × set {name}");
        }
        let _ = writeln!(out, "{:>10} claims charging {}", self.claims, dollars(self.charged));
        let _ = writeln!(out, "{:>10} claim payments of {}", self.claim_payments, dollars(self.paid));
        let _ = writeln!(out, "{:>10} service lines", self.lines);
        for (id, count) in &self.by_segment {
            let _ = writeln!(out, "{count:>10} {id}");
        }
        out
    }

    /// As a JSON object on one line; amounts in cents.
    pub fn to_json(&self, name: &str) -> String {
        let mut out = String::from("{\"file\":");
        push_string(&mut out, name);
        for (field, value) in [
            ("files", self.files),
            ("bytes", self.bytes),
            ("segments", self.segments),
            ("interchanges", self.interchanges),
            ("groups", self.groups),
            ("claims", self.claims),
            ("claim_payments", self.claim_payments),
            ("lines", self.lines),
        ] {
            let _ = write!(out, ",\"{field}\":{value}");
        }
        let _ = write!(out, ",\"charged_cents\":{},\"paid_cents\":{}", self.charged.cents(), self.paid.cents());
        for (field, counts) in [("sets", &self.sets), ("by_segment", &self.by_segment)] {
            let _ = write!(out, ",\"{field}\":{{");
            for (at, (name, count)) in counts.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                push_string(&mut out, name);
                let _ = write!(out, ":{count}");
            }
            out.push('}');
        }
        out.push('}');
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_and_lines_are_counted_and_added_up() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        let mut total = Counts::default();
        for name in ["ok-837P.x12", "ok-835.x12"] {
            let bytes = std::fs::read(folder.join(name)).unwrap();
            total.add(&Counts::of(&Document::read(&bytes), bytes.len() as u64));
        }
        assert_eq!((total.files, total.interchanges, total.claims, total.charged.cents()), (2, 2, 1, 15_000));
        assert_eq!((total.claim_payments, total.lines, total.sets.len()), (2, 5, 2));
        assert!(total.to_text().contains(" 1 claims charging $150.00\n"), "{}", total.to_text());
        assert!(total.to_json("a").starts_with("{\"file\":\"a\",\"files\":2,"), "{}", total.to_json("a"));
    }
}
