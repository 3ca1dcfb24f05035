//! The deposit slip as the teller gets it: cash, each check with its number, how many, the total, and who counted.
//!
//! Names no patient: a check is known by its number.

use billing::Money;
use billing::explain::{Language, day_words};
use billing::statement::StatementPractice;
use jiff::civil::Date;

use crate::block::{Block, Column, Frame, RowKind, Sheet, Table};
use crate::money::figure;
use crate::statement::{address, phone, plain};
use crate::style::{BODY, FIGURE, Ink, LABEL, SECTION, TEXT_WIDTH};
use crate::{DocumentError, lay_out, write_pdf};

/// What a slip says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositSlip {
    /// Its number.
    pub number: String,
    /// Who deposits.
    pub practice: StatementPractice,
    /// When it was counted …
    pub counted_on: Date,
    /// … and by whom.
    pub counted_by: String,
    /// Notes and coins, as its items say.
    pub cash: Money,
    /// Checks: what kind, the number, how much.
    pub checks: Vec<(&'static str, String, Money)>,
    /// How many items, cash payments each counted as one.
    pub items: usize,
    /// What the items say.
    pub expected: Money,
    /// What was counted: the total of the deposit.
    pub counted: Money,
}

/// The slip as PDF.
pub fn deposit_slip(slip: &DepositSlip) -> Result<Vec<u8>, DocumentError> {
    write_pdf(&lay_out(&sheet(slip))?)
}

/// The slip as blocks, for layout.
pub fn sheet(slip: &DepositSlip) -> Sheet {
    let mut left = vec![Block::text(&slip.practice.name, SECTION)];
    left.extend(address(&slip.practice.address, true));
    left.push(Block::text(phone(&slip.practice.phone), BODY.ink(Ink::Soft)));
    let day = plain(&day_words(slip.counted_on, Language::English));
    let right = vec![
        Block::text("Total of the deposit", LABEL),
        Block::text(format!("${}", slip.counted), FIGURE),
        Block::text(format!("{} checks, {} items", slip.checks.len(), slip.items), BODY),
        Block::text(format!("Counted on {day} by {}", slip.counted_by), BODY.ink(Ink::Soft)),
    ];
    let columns = vec![Column::words("Item", 1.0), Column::fixed("Number", 160.0), Column::figures("Amount", 84.0)];
    let mut table = Table::new("What is deposited", columns);
    if !slip.cash.is_zero() {
        table.push(RowKind::Plain, ["Cash".to_owned(), String::new(), figure(slip.cash)]);
    }
    for (kind, number, amount) in &slip.checks {
        table.push(RowKind::Plain, [(*kind).to_owned(), number.clone(), figure(*amount)]);
    }
    if slip.counted != slip.expected {
        let difference = slip.counted - slip.expected;
        let word = if difference.is_negative() { "Counted short" } else { "Counted over" };
        table.push(RowKind::Plain, [word.to_owned(), String::new(), figure(difference)]);
    }
    table.push(RowKind::Total, ["Total of the deposit".to_owned(), String::new(), figure(slip.counted)]);
    let name = format!("Deposit slip {}", slip.number);
    Sheet {
        title: name.clone(),
        language: Language::English.tag(),
        frame: Frame {
            running_head: format!("{} · {name}", slip.practice.name),
            footer: format!("{} · {name}", slip.practice.name),
            slip: Vec::new(),
        },
        blocks: vec![
            Block::Columns(vec![(TEXT_WIDTH / 2.0, left), (TEXT_WIDTH / 2.0, right)]),
            Block::Gap(28.0),
            Block::Heading { level: 1, text: name },
            Block::Gap(8.0),
            Block::Table(table),
            Block::Gap(28.0),
            Block::text("Received by the bank: ______________________    Date: ____________", BODY),
        ],
    }
}

#[cfg(test)]
mod tests {
    use billing::person::Address;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_slip_that_was_counted_short_says_so_and_totals_what_was_counted() {
        let cents = Money::from_cents;
        let slip = DepositSlip {
            number: "DS-00007".into(),
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
            counted_on: date(2026, 3, 6),
            counted_by: "nadia".into(),
            cash: cents(4_000),
            checks: vec![("Check", "1042".into(), cents(2_500)), ("Payer’s check", "77120".into(), cents(9_000))],
            items: 4,
            expected: cents(15_500),
            counted: cents(15_000),
        };
        let told = format!("{:?}", sheet(&slip).blocks);
        for words in ["DS-00007", "1042", "77120", "Counted short", "$150.00", "2 checks, 4 items"] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert!(deposit_slip(&slip).unwrap().starts_with(b"%PDF-"));
    }
}
