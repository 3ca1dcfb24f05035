//! The patient statement: one figure to act on, then why, visit by visit, to the same total; a slip to send back.
//!
//! Prints a frozen [`Statement`]; adds up nothing by itself and decides nothing.

use billing::Money;
use billing::explain::{Language, day_words, dollar_words};
use billing::person::Address;
use billing::statement::{Statement, StatementLine, StatementVisit};

use crate::block::{Block, Column, Frame, RowKind, Sheet, Table};
use crate::money::{figure, lowering};
use crate::style::{BODY, FIGURE, Ink, LABEL, SECTION, SPOKEN, TEXT_WIDTH};
use crate::text::Run;
use crate::wording::{Words, words};
use crate::{DocumentError, lay_out, write_pdf};

/// Width of the labels beside a statement's own facts: the longest is "Estado de cuenta".
const FACT_LABEL: f32 = 76.0;
/// Width of the right column of the head: the figure to act on.
const ASIDE: f32 = 204.0;
/// Width of a column of money.
const MONEY: f32 = 62.0;
/// Visits with more lines than this may be broken over pages; shorter ones stay whole.
const LINES_KEPT_TOGETHER: usize = 24;

/// The statement as PDF.
pub fn statement(statement: &Statement) -> Result<Vec<u8>, DocumentError> {
    write_pdf(&lay_out(&sheet(statement))?)
}

/// The statement as blocks, for layout.
pub fn sheet(statement: &Statement) -> Sheet {
    let language = Language::of_tag(&statement.language);
    let words = words(language);
    let mut blocks = head(statement, words, language);
    blocks.push(Block::Gap(20.0));
    blocks.push(Block::Heading { level: 1, text: words.why.to_owned() });
    blocks.push(Block::Gap(8.0));
    // With several visits page 1 says how much, whom to ask, and holds the slip; the visits follow one by one.
    let several = statement.visits.len() > 1;
    if several {
        blocks.extend(glance(statement, words, language));
        blocks.extend(sum(statement, words));
        blocks.push(questions(statement, words));
    }
    for visit in &statement.visits {
        blocks.extend(self::visit(visit, words, language));
    }
    blocks.extend(payments(statement, words, language));
    if !several {
        blocks.extend(sum(statement, words));
        blocks.push(questions(statement, words));
    }
    let name = format!("{} {}", words.statement, statement.number);
    Sheet {
        title: name.clone(),
        language: language.tag(),
        frame: Frame {
            running_head: format!(
                "{} · {name} · {}",
                statement.practice.name,
                plain(&day_words(statement.issued_on, language))
            ),
            footer: format!(
                "{} · {name} · {} {}",
                statement.practice.name,
                words.call,
                phone(&statement.practice.phone)
            ),
            slip: slip(statement, words, language),
        },
        blocks,
    }
}

fn questions(statement: &Statement, words: &Words) -> Block {
    Block::Together(vec![
        Block::Gap(18.0),
        Block::Heading { level: 2, text: words.questions.to_owned() },
        Block::text(words.questions_text, BODY.ink(Ink::Soft)),
        Block::text(format!("{} {}", words.call, phone(&statement.practice.phone)), BODY.strong()),
        Block::Gap(8.0),
    ])
}

/// Who asks whom for how much: the address stands where a window envelope shows it.
fn head(statement: &Statement, words: &Words, language: Language) -> Vec<Block> {
    let practice = &statement.practice;
    let mut left = vec![Block::text(&practice.name, SECTION)];
    left.extend(address(&practice.address, true));
    left.push(Block::text(phone(&practice.phone), BODY.ink(Ink::Soft)));
    left.push(Block::Gap(34.0));
    left.push(Block::text(statement.guarantor.full(), BODY));
    left.extend(address(&statement.guarantor_address, false));
    let facts = |label: &str, value: String| {
        Block::Columns(vec![
            (FACT_LABEL, vec![Block::text(label, LABEL)]),
            (ASIDE - FACT_LABEL, vec![Block::text(value, BODY.sized(8.5))]),
        ])
    };
    let due = if statement.amount_due.is_positive() {
        vec![
            Block::text(words.please_pay, LABEL),
            Block::text(dollar_words(statement.amount_due, language), FIGURE),
            Block::text(format!("{} {}", words.by, day_words(statement.due_on, language)), BODY),
        ]
    } else {
        vec![Block::text(words.nothing_to_pay, FIGURE)]
    };
    let right = vec![
        facts(words.statement, statement.number.clone()),
        facts(words.issued, day_words(statement.issued_on, language)),
        facts(words.account, statement.account_number.clone()),
        facts(words.patient, statement.patient.full()),
        Block::Gap(10.0),
        boxed_in(ASIDE, due),
    ];
    vec![Block::Columns(vec![(TEXT_WIDTH - ASIDE, left), (ASIDE, right)])]
}

/// A box as wide as its column.
fn boxed_in(width: f32, blocks: Vec<Block>) -> Block {
    Block::Columns(vec![(width, vec![Block::Boxed(blocks)])])
}

/// All visits in one ledger.
fn glance(statement: &Statement, words: &Words, language: Language) -> Vec<Block> {
    let mut table = Table::new(
        words.at_a_glance,
        vec![
            Column::words(words.visit, 1.0),
            Column::figures(words.charged, 58.0),
            Column::figures(words.nobody_owes, 58.0),
            Column::figures(words.plans_paid, 58.0),
            Column::figures(words.you_paid, 54.0),
            Column::figures(words.with_plans, 54.0),
            Column::figures(words.you_owe, 58.0),
        ],
    );
    let mut total = billing::balance::Standing::default();
    let cells = |first: String, standing: &billing::balance::Standing| {
        [
            first,
            figure(standing.charged),
            lowering(standing.adjusted + standing.written_off),
            lowering(standing.paid_by_payers),
            lowering(standing.paid_by_patient),
            // What the plan's amounts do not tell is asked of the plan too.
            lowering(standing.with_payers + standing.in_suspense),
            figure(standing.patient_owes),
        ]
    };
    for visit in &statement.visits {
        total = total.plus(visit.standing);
        table.push(RowKind::Plain, cells(plain(&day_words(visit.date_of_service, language)), &visit.standing));
    }
    table.push(RowKind::Total, cells(words.all_visits.to_owned(), &total));
    vec![Block::Table(table), Block::Gap(12.0)]
}

/// One visit: said, then counted.
fn visit(visit: &StatementVisit, words: &Words, language: Language) -> Vec<Block> {
    let day = plain(&day_words(visit.date_of_service, language));
    let mut heading = format!("{} {day}", words.visit_on);
    if !visit.seen_by.is_empty() {
        heading.push_str(&format!(", {} {}", words.seen_by, visit.seen_by));
    }
    let mut table = Table::new(
        &heading,
        vec![
            Column::words(words.what_happened, 1.0),
            Column::figures(words.amount, MONEY),
            Column::figures(words.remains, MONEY),
        ],
    );
    let mut charged = Money::ZERO;
    for (service, price) in &visit.services {
        charged += *price;
        table.push(RowKind::Plain, [service.clone(), figure(*price), figure(charged)]);
    }
    for line in &visit.lines {
        push_line(&mut table, line);
    }
    if !visit.standing.with_payers.is_zero() {
        let left = figure(visit.standing.patient_owes);
        table.push(RowKind::Plain, [words.still_with_plan.to_owned(), figure(-visit.standing.with_payers), left]);
    }
    let owes = figure(visit.standing.patient_owes);
    table.push(RowKind::Total, [words.you_owe_for_visit.to_owned(), String::new(), owes]);
    let rows = table.rows.len();
    let blocks = vec![
        Block::Gap(12.0),
        Block::Heading { level: 2, text: heading },
        Block::Gap(2.0),
        Block::Paragraph(vec![Run::new(visit.say.join(" "), SPOKEN)]),
        Block::Gap(6.0),
        Block::Table(table),
    ];
    if rows <= LINES_KEPT_TOGETHER { vec![Block::Together(blocks)] } else { blocks }
}

fn push_line(table: &mut Table, line: &StatementLine) {
    match (line.change, line.of_which) {
        (Some(change), _) => table.push(RowKind::Plain, [line.words.clone(), figure(change), figure(line.remains)]),
        (None, Some(part)) => table.push(RowKind::Detail, [line.words.clone(), figure(part), String::new()]),
        (None, None) => table.push(RowKind::Detail, [line.words.clone(), String::new(), String::new()]),
    }
}

fn payments(statement: &Statement, words: &Words, language: Language) -> Vec<Block> {
    if statement.payments.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(
        words.payments,
        vec![
            Column::fixed(words.received, 108.0),
            Column::words(words.payment, 1.0),
            Column::figures(words.amount, MONEY),
        ],
    );
    let mut total = Money::ZERO;
    for payment in &statement.payments {
        total += payment.amount;
        let day = plain(&day_words(payment.received_on, language));
        table.push(RowKind::Plain, [day, payment.words.clone(), figure(payment.amount)]);
    }
    table.push(RowKind::Subtotal, [words.payments_total.to_owned(), String::new(), figure(total)]);
    vec![
        Block::Gap(16.0),
        Block::Heading { level: 2, text: words.payments.to_owned() },
        Block::Gap(2.0),
        Block::Table(table),
    ]
}

/// The sum, where money not yet applied makes it another one than the visits'.
fn sum(statement: &Statement, words: &Words) -> Vec<Block> {
    if statement.unapplied.is_zero() {
        return Vec::new();
    }
    let owed: Money = statement.visits.iter().map(|visit| visit.standing.patient_owes).sum();
    let mut table =
        Table::new(words.sum, vec![Column::words("", 1.0), Column::figures("", MONEY), Column::figures("", MONEY)]);
    table.push(RowKind::Plain, [words.owed_for_visits.to_owned(), String::new(), figure(owed)]);
    let less = figure(-statement.unapplied);
    table.push(RowKind::Plain, [words.unapplied.to_owned(), less, figure(statement.amount_due)]);
    table.push(RowKind::Total, [words.amount_due.to_owned(), String::new(), figure(statement.amount_due)]);
    vec![Block::Together(vec![
        Block::Gap(16.0),
        Block::Heading { level: 2, text: words.sum.to_owned() },
        Block::Gap(2.0),
        Block::Table(table),
    ])]
}

/// What comes back with a check: enough to find the account, nothing about care.
fn slip(statement: &Statement, words: &Words, language: Language) -> Vec<Block> {
    let practice = &statement.practice;
    let mut left = vec![
        Block::text(words.slip, SECTION),
        Block::Gap(4.0),
        Block::text(words.pay_to, LABEL),
        Block::text(&practice.name, BODY.strong()),
        Block::text(words.send_to, LABEL),
    ];
    left.extend(address(&practice.address, true));
    left.push(Block::Gap(4.0));
    left.push(Block::text(words.no_card_number, LABEL));
    if let Some(address) = &statement.pay_address {
        // Twenty random bytes make a long word; it stands on a line of its own under the host.
        let (host, path) = address.split_once("/pay/").unwrap_or((address, ""));
        left.push(Block::Gap(3.0));
        left.push(Block::text(words.pay_online, LABEL));
        left.push(Block::text(format!("{host}/pay/"), BODY.strong()));
        left.push(Block::text(path, BODY.strong()));
        left.push(Block::text(words.pay_online_needs, LABEL));
    }
    let mut table = Table::new(words.slip, vec![Column::words("", 1.0), Column::figures("", 96.0)]);
    table.push(RowKind::Plain, [words.account, statement.account_number.as_str()]);
    table.push(RowKind::Plain, [words.statement, statement.number.as_str()]);
    let due = plain(&day_words(statement.due_on, language));
    table.push(RowKind::Plain, [words.amount_due.to_owned(), figure(statement.amount_due)]);
    table.push(RowKind::Plain, [words.due_by.to_owned(), due]);
    table.push(RowKind::Plain, [words.amount_sent.to_owned(), "$ ______________".to_owned()]);
    vec![Block::Columns(vec![(TEXT_WIDTH - ASIDE, left), (ASIDE, vec![Block::Table(table)])])]
}

/// Address lines; the practice's are softer than the addressee's.
pub(crate) fn address(address: &Address, soft: bool) -> Vec<Block> {
    let style = if soft { BODY.ink(Ink::Soft) } else { BODY };
    let zip = match address.zip.len() {
        9 => format!("{}-{}", &address.zip.get(..5).unwrap_or(""), &address.zip.get(5..).unwrap_or("")),
        _ => address.zip.clone(),
    };
    [address.line1.clone(), address.line2.clone(), format!("{}, {} {zip}", address.city, address.state)]
        .into_iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| Block::text(line, style))
        .collect()
}

/// "555-010-0100" from ten digits; anything else as it is.
pub(crate) fn phone(digits: &str) -> String {
    match (digits.get(..3), digits.get(3..6), digits.get(6..)) {
        (Some(area), Some(office), Some(line)) if digits.len() == 10 => format!("{area}-{office}-{line}"),
        _ => digits.to_owned(),
    }
}

/// No-break spaces are for running text; in cells and headings plain ones do.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}
