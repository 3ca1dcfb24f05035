//! A letter to a payer that disputes decisions against its contract: what is asked, and every claim with its numbers and what
//! is at stake. Names no patient; argues in the words that a person wrote.

use billing::Money;
use billing::explain::{Language, day_words};
use billing::statement::StatementPractice;
use jiff::civil::Date;

use crate::block::{Block, Column, Frame, RowKind, Sheet, Table};
use crate::money::figure;
use crate::statement::{address, phone, plain};
use crate::style::{BODY, Ink, SECTION};
use crate::{DocumentError, lay_out, write_pdf};

/// A claim of the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputedClaim {
    /// Our number.
    pub number: String,
    /// The payer's number; may be empty.
    pub payers_number: String,
    /// When we saw the decision.
    pub denied_on: Date,
    /// What depends on it.
    pub amount: Money,
}

/// What the letter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractDispute {
    /// Who writes.
    pub practice: StatementPractice,
    /// To whom.
    pub payer: String,
    /// Our reference.
    pub reference: String,
    /// What the decisions have in common.
    pub subject: String,
    /// Which term is not kept, and what is asked.
    pub asks: String,
    /// When.
    pub written_on: Date,
    /// Every claim.
    pub claims: Vec<DisputedClaim>,
}

/// The letter as PDF.
///
/// # Errors
/// As [`DocumentError`].
pub fn contract_dispute(dispute: &ContractDispute) -> Result<Vec<u8>, DocumentError> {
    write_pdf(&lay_out(&sheet(dispute))?)
}

/// The letter as blocks, for layout.
pub fn sheet(dispute: &ContractDispute) -> Sheet {
    let day = |day: Date| plain(&day_words(day, Language::English));
    let title = format!("Contract dispute {}", dispute.reference);
    let mut blocks = vec![Block::text(&dispute.practice.name, SECTION)];
    blocks.extend(address(&dispute.practice.address, true));
    blocks.push(Block::text(phone(&dispute.practice.phone), BODY.ink(Ink::Soft)));
    blocks.push(Block::Gap(24.0));
    blocks.push(Block::text(plain(&dispute.payer), BODY));
    blocks.push(Block::text("Provider relations", BODY));
    blocks.push(Block::Gap(16.0));
    blocks.push(Block::text(
        format!("{} · our reference {}", day(dispute.written_on), dispute.reference),
        BODY.ink(Ink::Soft),
    ));
    blocks.push(Block::Gap(12.0));
    blocks.push(Block::Heading { level: 1, text: title.clone() });
    blocks.push(Block::Gap(8.0));
    blocks.push(Block::text(plain(&dispute.subject), BODY.strong()));
    blocks.push(Block::Gap(6.0));
    blocks.push(Block::text(plain(&dispute.asks), BODY));
    blocks.push(Block::Gap(6.0));
    let sum: Money = dispute.claims.iter().map(|claim| claim.amount).sum();
    blocks.push(Block::text(
        format!(
            "It concerns the {} claims below, with ${sum} in all. Please answer in writing with our reference.",
            dispute.claims.len()
        ),
        BODY,
    ));
    blocks.push(Block::Gap(12.0));
    let columns = vec![
        Column::words("Our claim", 1.0),
        Column::words("Your claim", 1.2),
        Column::words("Decision seen on", 1.0),
        Column::figures("At stake", 84.0),
    ];
    let mut table = Table::new("Claims", columns);
    for claim in &dispute.claims {
        let cells = [claim.number.clone(), claim.payers_number.clone(), day(claim.denied_on), figure(claim.amount)];
        table.push(RowKind::Plain, cells);
    }
    table.push(RowKind::Total, ["In all".to_owned(), String::new(), String::new(), figure(sum)]);
    blocks.push(Block::Table(table));
    Sheet {
        title,
        language: Language::English.tag(),
        frame: Frame {
            running_head: format!("{} · {}", dispute.practice.name, dispute.reference),
            footer: format!("{} · {}", dispute.practice.name, phone(&dispute.practice.phone)),
            slip: Vec::new(),
        },
        blocks,
    }
}

#[cfg(test)]
mod tests {
    use billing::person::Address;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_letter_adds_up_its_claims_and_is_a_pdf() {
        let claim = |number: &str, cents| DisputedClaim {
            number: number.into(),
            payers_number: "PC-1".into(),
            denied_on: date(2026, 3, 2),
            amount: Money::from_cents(cents),
        };
        let dispute = ContractDispute {
            practice: StatementPractice {
                name: "Oak Clinic".into(),
                address: Address::default(),
                phone: "2175550100".into(),
            },
            payer: "Harbor Health Plan".into(),
            reference: "PB-00001".into(),
            subject: "Harbor Health Plan denies 99213 with reason 197".into(),
            asks: "The contract asks for no authorization of office visits. Please decide the claims again.".into(),
            written_on: date(2026, 3, 9),
            claims: vec![claim("C1", 14_000), claim("C2", 1_500)],
        };
        let said = format!("{:?}", sheet(&dispute).blocks);
        assert!(said.contains("2 claims below, with $155.00 in all") && said.contains("In all"), "{said}");
        assert!(contract_dispute(&dispute).unwrap().starts_with(b"%PDF-"));
    }
}
