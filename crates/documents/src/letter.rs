//! A letter that answers a patient's question: the question, the answer in plain sentences, and the figures behind it.
//!
//! Says what it is given and adds nothing; the sum under the figures is checked by who makes the letter.

use billing::Money;
use billing::explain::{Language, day_words};
use billing::person::{Address, PersonName};
use billing::statement::StatementPractice;
use jiff::civil::Date;

use crate::block::{Block, Column, Frame, RowKind, Sheet, Table};
use crate::money::figure;
use crate::statement::{address, phone, plain};
use crate::style::{BODY, Ink, SECTION};
use crate::wording::words;
use crate::{DocumentError, lay_out, write_pdf};

/// What a letter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Language of the words.
    pub language: Language,
    /// Who writes.
    pub practice: StatementPractice,
    /// To whom.
    pub addressee: PersonName,
    /// Where it goes.
    pub address: Address,
    /// The patient's account number.
    pub account_number: String,
    /// When.
    pub written_on: Date,
    /// The question.
    pub title: String,
    /// The answer, a sentence each.
    pub paragraphs: Vec<String>,
    /// The figures behind it.
    pub lines: Vec<(String, Money)>,
    /// What they add up to, with its words.
    pub total: Option<(String, Money)>,
}

/// The letter as PDF.
pub fn letter(letter: &Letter) -> Result<Vec<u8>, DocumentError> {
    write_pdf(&lay_out(&sheet(letter))?)
}

/// The letter as blocks, for layout.
pub fn sheet(letter: &Letter) -> Sheet {
    let words = words(letter.language);
    let mut blocks = vec![Block::text(&letter.practice.name, SECTION)];
    blocks.extend(address(&letter.practice.address, true));
    blocks.push(Block::text(phone(&letter.practice.phone), BODY.ink(Ink::Soft)));
    blocks.push(Block::Gap(24.0));
    blocks.push(Block::text(letter.addressee.full(), BODY));
    blocks.extend(address(&letter.address, false));
    blocks.push(Block::Gap(16.0));
    let day = plain(&day_words(letter.written_on, letter.language));
    blocks.push(Block::text(format!("{day} · {} {}", words.account, letter.account_number), BODY.ink(Ink::Soft)));
    blocks.push(Block::Gap(12.0));
    blocks.push(Block::Heading { level: 1, text: letter.title.clone() });
    blocks.push(Block::Gap(8.0));
    for paragraph in &letter.paragraphs {
        blocks.push(Block::text(plain(paragraph), BODY));
        blocks.push(Block::Gap(4.0));
    }
    if !letter.lines.is_empty() {
        blocks.push(Block::Gap(12.0));
        blocks.push(Block::Table(table(letter)));
    }
    let footer = format!("{} · {} {}", letter.practice.name, words.call, phone(&letter.practice.phone));
    Sheet {
        title: letter.title.clone(),
        language: letter.language.tag(),
        frame: Frame { running_head: letter.practice.name.clone(), footer, slip: Vec::new() },
        blocks,
    }
}

fn table(letter: &Letter) -> Table {
    let words = words(letter.language);
    let columns = vec![Column::words(words.what_happened, 1.0), Column::figures(words.amount, 84.0)];
    let mut table = Table::new(words.what_happened, columns);
    for (label, amount) in &letter.lines {
        table.push(RowKind::Plain, [plain(label), figure(*amount)]);
    }
    if let Some((label, amount)) = &letter.total {
        table.push(RowKind::Total, [label.clone(), figure(*amount)]);
    }
    table
}

#[cfg(test)]
mod tests {
    use billing::explain::dollar_words;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_letter_of_either_language_is_a_pdf_and_its_title_names_nobody() {
        for (language, title) in [(Language::English, "What is my balance?"), (Language::Spanish, "¿Cuál es mi saldo?")]
        {
            let sum = Money::from_cents(14_000);
            let home = Address {
                line1: "9 Elm".into(),
                city: "Austin".into(),
                state: "TX".into(),
                zip: "78701".into(),
                ..Address::default()
            };
            let letter = Letter {
                language,
                practice: StatementPractice {
                    name: "Oak Clinic".into(),
                    address: home.clone(),
                    phone: "2175550100".into(),
                },
                addressee: PersonName { first: "Odette".into(), last: "Fairbanks".into(), ..PersonName::default() },
                address: home,
                account_number: "A-10277".into(),
                written_on: date(2026, 3, 2),
                title: title.into(),
                paragraphs: vec![format!("{} …", dollar_words(sum, language))],
                lines: vec![("Visit".into(), sum)],
                total: Some(("All".into(), sum)),
            };
            let made = sheet(&letter);
            assert_eq!((made.title.as_str(), made.language), (title, language.tag()));
            assert!(!made.title.contains("Fairbanks"));
            assert!(super::letter(&letter).unwrap().starts_with(b"%PDF-"));
        }
    }
}
