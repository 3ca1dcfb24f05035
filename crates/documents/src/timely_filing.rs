//! Proof of timely filing, to go with an appeal: the arithmetic of the limit, every file that the claim left in with its
//! control numbers, and every stored answer with its time and hash. States facts; argues nothing.

use billing::Money;
use billing::explain::{Language, day_words};
use billing::statement::StatementPractice;
use jiff::civil::Date;

use crate::block::{Block, Column, Frame, RowKind, Sheet, Table};
use crate::statement::{address, phone, plain};
use crate::style::{BODY, Ink, LABEL, SECTION, TEXT_WIDTH};
use crate::{DocumentError, lay_out, write_pdf};

/// A file that the claim left in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// When its bytes were stored, in the practice's time.
    pub sealed_at: String,
    /// When it was delivered; none where we only know that it was stored.
    pub sent_at: Option<String>,
    /// Its name.
    pub file_name: String,
    /// ISA13, GS06 and ST02.
    pub numbers: (i64, i64, i64),
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// An answer that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// When it came in, in the practice's time.
    pub received_at: String,
    /// "277CA".
    pub kind: String,
    /// What it said.
    pub sentence: String,
    /// The segments as they stand in the file; empty where none were kept.
    pub raw: String,
    /// The file's name.
    pub file_name: String,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

/// What the proof says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelyFiling {
    /// Who asks.
    pub practice: StatementPractice,
    /// The payer.
    pub payer: String,
    /// The patient.
    pub patient: String,
    /// The member id that the claim gave.
    pub member_id: String,
    /// Our number of the claim, CLM01.
    pub control_number: String,
    /// The payer's number, where it gave one.
    pub payer_number: Option<String>,
    /// What was asked.
    pub amount: Money,
    /// Day 0.
    pub date_of_service: Date,
    /// The day that the limit counts from, where that is not the date of service.
    pub counted_from: Date,
    /// "90 days, payer's contract".
    pub limit: String,
    /// The last day.
    pub last_day: Date,
    /// Days that were not counted, each with why.
    pub excluded: Vec<(Date, String)>,
    /// The first day on which the file left.
    pub first_sent_on: Option<Date>,
    /// The day of the payer's acceptance.
    pub accepted_on: Option<Date>,
    /// Every file, the first one first.
    pub sent: Vec<Sent>,
    /// Every answer, the first one first.
    pub answers: Vec<Answer>,
    /// When this was printed, and by whom.
    pub printed: String,
}

/// The proof as PDF.
///
/// # Errors
/// As [`DocumentError`].
pub fn timely_filing(proof: &TimelyFiling) -> Result<Vec<u8>, DocumentError> {
    write_pdf(&lay_out(&sheet(proof))?)
}

fn day(day: Date) -> String {
    plain(&day_words(day, Language::English))
}

/// The proof as blocks, for layout.
pub fn sheet(proof: &TimelyFiling) -> Sheet {
    let mut left = vec![Block::text(&proof.practice.name, SECTION)];
    left.extend(address(&proof.practice.address, true));
    left.push(Block::text(phone(&proof.practice.phone), BODY.ink(Ink::Soft)));
    let fact = |label: &str, value: String| {
        Block::Columns(vec![
            (88.0, vec![Block::text(label, LABEL)]),
            (TEXT_WIDTH / 2.0 - 88.0, vec![Block::text(value, BODY)]),
        ])
    };
    let mut right = vec![
        fact("Payer", proof.payer.clone()),
        fact("Patient", proof.patient.clone()),
        fact("Member id", proof.member_id.clone()),
        fact("Our claim", proof.control_number.clone()),
    ];
    if let Some(number) = &proof.payer_number {
        right.push(fact("Your claim", number.clone()));
    }
    right.push(fact("Charged", format!("${}", proof.amount)));
    // The title names no patient: file managers list it.
    let name = format!("Proof of timely filing, claim {}", proof.control_number);
    let mut blocks = vec![
        Block::Columns(vec![(TEXT_WIDTH / 2.0, left), (TEXT_WIDTH / 2.0, right)]),
        Block::Gap(24.0),
        Block::Heading { level: 1, text: name.clone() },
        Block::Gap(6.0),
        Block::text(verdict(proof), BODY.strong()),
        Block::Gap(14.0),
        Block::Heading { level: 2, text: "The limit".to_owned() },
        Block::Table(arithmetic(proof)),
        Block::Gap(14.0),
        Block::Heading { level: 2, text: "Every file that the claim left in".to_owned() },
    ];
    blocks.push(if proof.sent.is_empty() {
        Block::text("None: the claim has not left.", BODY)
    } else {
        Block::Table(files(proof))
    });
    blocks.push(Block::Gap(14.0));
    blocks.push(Block::Heading { level: 2, text: "Every answer that is stored".to_owned() });
    blocks.push(if proof.answers.is_empty() {
        Block::text("None has come.", BODY)
    } else {
        Block::Table(answers(proof))
    });
    blocks.push(Block::Gap(12.0));
    blocks.push(Block::text(
        "The files are kept byte for byte. Each SHA-256 is of the whole file as it left or came in; the same file gives the \
         same figure anywhere.",
        BODY.ink(Ink::Soft),
    ));
    Sheet {
        title: name.clone(),
        language: Language::English.tag(),
        frame: Frame {
            running_head: format!("{} · {name}", proof.practice.name),
            footer: proof.printed.clone(),
            slip: Vec::new(),
        },
        blocks,
    }
}

/// What the dates say, in one sentence.
fn verdict(proof: &TimelyFiling) -> String {
    let last = day(proof.last_day);
    let before = |on: Date| {
        let days = (proof.last_day - on).get_days();
        match days {
            0 => "on the last day".to_owned(),
            1 => "1 day before the last day".to_owned(),
            days if days > 0 => format!("{days} days before the last day"),
            days => format!("{} days after the last day", days.unsigned_abs()),
        }
    };
    match (proof.accepted_on, proof.first_sent_on) {
        (Some(on), _) => format!("The payer accepted the claim on {}, {}, {last}.", day(on), before(on)),
        (None, Some(on)) => format!("The claim was first sent on {}, {}, {last}.", day(on), before(on)),
        (None, None) => format!("The claim has not left. The last day is {last}."),
    }
}

fn arithmetic(proof: &TimelyFiling) -> Table {
    let columns = vec![Column::words("What", 1.0), Column::words("Day", 1.0)];
    let mut table = Table::new("How the last day is counted", columns);
    table.push(RowKind::Plain, ["Date of service".to_owned(), day(proof.date_of_service)]);
    if proof.counted_from != proof.date_of_service {
        table.push(RowKind::Plain, ["Counted from".to_owned(), day(proof.counted_from)]);
    }
    table.push(RowKind::Plain, ["Limit".to_owned(), proof.limit.clone()]);
    for (on, why) in &proof.excluded {
        table.push(RowKind::Detail, [format!("not counted: {why}"), day(*on)]);
    }
    table.push(RowKind::Plain, ["Last day".to_owned(), day(proof.last_day)]);
    if let Some(on) = proof.first_sent_on {
        table.push(RowKind::Plain, ["First sent".to_owned(), day(on)]);
    }
    if let Some(on) = proof.accepted_on {
        table.push(RowKind::Plain, ["Accepted by the payer (277CA)".to_owned(), day(on)]);
    }
    table
}

fn files(proof: &TimelyFiling) -> Table {
    let columns =
        vec![Column::fixed("Left", 120.0), Column::words("File", 1.0), Column::fixed("ISA13, GS06, ST02", 130.0)];
    let mut table = Table::new("Every file that the claim left in", columns);
    for sent in &proof.sent {
        let (interchange, group, set) = sent.numbers;
        let when = sent.sent_at.clone().unwrap_or_else(|| format!("{} (stored)", sent.sealed_at));
        table.push(RowKind::Plain, [when, sent.file_name.clone(), format!("{interchange}, {group}, {set:04}")]);
        table.push(RowKind::Detail, [String::new(), format!("SHA-256 {}", sent.sha256)]);
    }
    table
}

fn answers(proof: &TimelyFiling) -> Table {
    let columns =
        vec![Column::fixed("Came in", 120.0), Column::fixed("Kind", 52.0), Column::words("What it says", 1.0)];
    let mut table = Table::new("Every answer that is stored", columns);
    for answer in &proof.answers {
        table.push(RowKind::Plain, [answer.received_at.clone(), answer.kind.clone(), answer.sentence.clone()]);
        if !answer.raw.is_empty() {
            table.push(RowKind::Detail, [String::new(), String::new(), answer.raw.clone()]);
        }
        let file = format!("{}, SHA-256 {}", answer.file_name, answer.sha256);
        table.push(RowKind::Detail, [String::new(), String::new(), file]);
    }
    table
}

#[cfg(test)]
mod tests {
    use billing::person::Address;
    use jiff::civil::date;

    use super::*;

    fn proof() -> TimelyFiling {
        TimelyFiling {
            practice: StatementPractice {
                name: "Lakeview Clinic".into(),
                address: Address {
                    line1: "1 Pier Road".into(),
                    line2: String::new(),
                    city: "Madison".into(),
                    state: "WI".into(),
                    zip: "537030001".into(),
                },
                phone: "6085550100".into(),
            },
            payer: "Aster Health".into(),
            patient: "Rosa Imaginary".into(),
            member_id: "AH1002".into(),
            control_number: "C000123ABC".into(),
            payer_number: Some("20260402001".into()),
            amount: Money::from_cents(15_000),
            date_of_service: date(2026, 1, 10),
            counted_from: date(2026, 1, 10),
            limit: "90 days, payer's contract".into(),
            last_day: date(2026, 4, 10),
            excluded: Vec::new(),
            first_sent_on: Some(date(2026, 3, 30)),
            accepted_on: Some(date(2026, 4, 1)),
            sent: vec![Sent {
                sealed_at: "30 Mar 2026 09:00".into(),
                sent_at: Some("30 Mar 2026 09:01".into()),
                file_name: "000000007.837".into(),
                numbers: (7, 7, 1),
                sha256: "ab".repeat(32),
            }],
            answers: vec![Answer {
                received_at: "1 Apr 2026 06:12".into(),
                kind: "277CA".into(),
                sentence: "Accepted into adjudication".into(),
                raw: "STC*A2:20*20260401*WQ*150~".into(),
                file_name: "277CA_0401.x12".into(),
                sha256: "cd".repeat(32),
            }],
            printed: "Printed on 1 June 2026 by ada".into(),
        }
    }

    #[test]
    fn the_proof_says_the_arithmetic_the_numbers_and_the_hashes() {
        let told = format!("{:?}", sheet(&proof()).blocks);
        for words in [
            "accepted the claim on",
            "9 days before the last day",
            "90 days, payer's contract",
            "7, 7, 0001",
            &"ab".repeat(32),
            &"cd".repeat(32),
            "STC*A2:20",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert!(!sheet(&proof()).title.contains("Rosa"), "a title names no patient");
        assert!(timely_filing(&proof()).unwrap().starts_with(b"%PDF-"));
    }

    #[test]
    fn a_claim_that_was_late_or_never_left_is_not_made_to_look_better() {
        let late = TimelyFiling { accepted_on: Some(date(2026, 4, 13)), ..proof() };
        assert!(verdict(&late).contains("3 days after the last day"));
        let sent = TimelyFiling { accepted_on: None, ..proof() };
        assert!(verdict(&sent).contains("first sent on") && !verdict(&sent).contains("accepted"));
        let never = TimelyFiling { accepted_on: None, first_sent_on: None, sent: vec![], answers: vec![], ..proof() };
        assert!(verdict(&never).contains("has not left"));
        assert!(timely_filing(&never).is_ok());
    }
}
