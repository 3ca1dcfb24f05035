//! The receipt for a patient's payment: how much, how, for which visits, and what is left.
//!
//! Never shows a card number: the processor's token stays in the database, the last four digits are in the words.

use billing::Money;
use billing::explain::{Language, day_words, dollar_words};
use billing::person::PersonName;
use billing::statement::StatementPractice;
use jiff::civil::Date;

use crate::block::{Block, Column, Frame, RowKind, Sheet, Table};
use crate::money::figure;
use crate::statement::{address, phone, plain};
use crate::style::{BODY, FIGURE, Ink, LABEL, SECTION, TEXT_WIDTH};
use crate::wording::words;
use crate::{DocumentError, lay_out, write_pdf};

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Receipt number.
    pub number: String,
    /// Language of the words.
    pub language: Language,
    /// Who received.
    pub practice: StatementPractice,
    /// Who was seen.
    pub patient: PersonName,
    /// The patient's account number.
    pub account_number: String,
    /// When.
    pub received_on: Date,
    /// "Cash", "Check 1042", "Card ending 4410".
    pub method: String,
    /// Who took it.
    pub taken_by: String,
    /// How much.
    pub amount: Money,
    /// Visits it pays for, by date of service.
    pub applied: Vec<(Date, Money)>,
    /// The rest, kept for the next balance.
    pub unapplied: Money,
    /// What the patient owes afterwards.
    pub left_to_pay: Money,
}

/// The receipt as PDF.
pub fn receipt(receipt: &Receipt) -> Result<Vec<u8>, DocumentError> {
    write_pdf(&lay_out(&sheet(receipt))?)
}

/// The receipt as blocks, for layout.
pub fn sheet(receipt: &Receipt) -> Sheet {
    let words = words(receipt.language);
    let mut left = vec![Block::text(&receipt.practice.name, SECTION)];
    left.extend(address(&receipt.practice.address, true));
    left.push(Block::text(phone(&receipt.practice.phone), BODY.ink(Ink::Soft)));
    let fact = |label: &str, value: String| {
        Block::Columns(vec![
            (72.0, vec![Block::text(label, LABEL)]),
            (TEXT_WIDTH / 2.0 - 72.0, vec![Block::text(value, BODY)]),
        ])
    };
    let right = vec![
        fact(words.receipt, receipt.number.clone()),
        fact(words.account, receipt.account_number.clone()),
        fact(words.patient, receipt.patient.full()),
    ];
    let mut table =
        Table::new(words.applied_to, vec![Column::words(words.applied_to, 1.0), Column::figures(words.amount, 72.0)]);
    for (visit, amount) in &receipt.applied {
        let day = plain(&day_words(*visit, receipt.language));
        table.push(RowKind::Plain, [format!("{} {day}", words.applied_to_visit), figure(*amount)]);
    }
    if !receipt.unapplied.is_zero() {
        table.push(RowKind::Plain, [words.kept_for_you.to_owned(), figure(receipt.unapplied)]);
    }
    table.push(RowKind::Total, [words.received_with_thanks.to_owned(), figure(receipt.amount)]);
    let name = format!("{} {}", words.receipt, receipt.number);
    Sheet {
        title: name.clone(),
        language: receipt.language.tag(),
        frame: Frame {
            running_head: format!("{} · {name}", receipt.practice.name),
            footer: format!("{} · {} {}", receipt.practice.name, words.call, phone(&receipt.practice.phone)),
            slip: Vec::new(),
        },
        blocks: vec![
            Block::Columns(vec![(TEXT_WIDTH / 2.0, left), (TEXT_WIDTH / 2.0, right)]),
            Block::Gap(28.0),
            Block::Heading { level: 1, text: name },
            Block::Gap(8.0),
            Block::Boxed(vec![
                Block::text(words.received_with_thanks, LABEL),
                Block::text(dollar_words(receipt.amount, receipt.language), FIGURE),
                Block::text(plain(&day_words(receipt.received_on, receipt.language)), BODY),
                Block::text(format!("{}: {}", words.how, receipt.method), BODY.ink(Ink::Soft)),
                Block::text(format!("{}: {}", words.taken_by, receipt.taken_by), BODY.ink(Ink::Soft)),
            ]),
            Block::Gap(16.0),
            Block::Table(table),
            Block::Gap(12.0),
            Block::text(
                format!("{}: {}", words.left_to_pay, dollar_words(receipt.left_to_pay, receipt.language)),
                BODY.strong(),
            ),
            Block::text(words.keep, BODY.ink(Ink::Soft)),
        ],
    }
}
