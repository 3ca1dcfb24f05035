//! Stories about paper: where words land, what repeats, and that the same input gives the same bytes.

use documents::block::{Block, Column, Frame, RowKind, Sheet, Table};
use documents::flow::{Item, Layout, MAX_PAGES};
use documents::style::{BODY, FIGURE, LABEL, MARGIN_BOTTOM, MARGIN_SIDE, PAGE_HEIGHT, PAGE_WIDTH, SPOKEN};
use documents::{lay_out, write_pdf};

fn ledger(rows: usize) -> Sheet {
    let mut table = Table::new(
        "Charges and payments by visit",
        vec![
            Column::fixed("Date", 60.0),
            Column::words("What happened", 1.0),
            Column::figures("Amount", 62.0),
            Column::figures("Remains", 62.0),
        ],
    );
    for row in 0..rows {
        table.push(RowKind::Plain, ["27 Aug 2026", &format!("Office visit {row}"), "412.00", "412.00"]);
        table.push(RowKind::Detail, ["", "above the plan’s price: owed by nobody", "(176.50)", "235.50"]);
    }
    table.push(RowKind::Total, ["", "You owe", "", "92.66"]);
    Sheet {
        title: "Statement".to_string(),
        language: "en-US",
        frame: Frame {
            running_head: "Alder Ridge Medical Group".to_string(),
            footer: "Questions? Call 555-0100".to_string(),
            slip: vec![Block::text("Return this part", LABEL), Block::text("$92.66", FIGURE)],
        },
        blocks: vec![
            Block::Heading { level: 1, text: "Statement".to_string() },
            Block::Gap(8.0),
            Block::Boxed(vec![Block::text("You owe $92.66 by 20 December 2026.", SPOKEN)]),
            Block::Gap(12.0),
            Block::Heading { level: 2, text: "Your visits".to_string() },
            Block::Table(table),
        ],
    }
}

fn texts(layout: &Layout) -> Vec<(usize, f32, f32, String)> {
    let mut all = Vec::new();
    for (page, content) in layout.pages.iter().enumerate() {
        for item in &content.items {
            match item {
                Item::Text { x, baseline, text, .. } => all.push((page, *x, *baseline, text.clone())),
                Item::Rule { .. } | Item::Ground { .. } => {}
            }
        }
    }
    all
}

#[test]
fn a_long_statement_keeps_every_row_once_and_repeats_the_head_on_each_page() {
    let layout = lay_out(&ledger(200)).unwrap();
    let all = texts(&layout);
    for row in 0..200 {
        assert_eq!(all.iter().filter(|(_, _, _, text)| *text == format!("Office visit {row}")).count(), 1, "row {row}");
    }
    let pages = layout.pages.len();
    assert!(pages > 8, "{pages}");
    for page in 0..pages {
        let text = layout.pages[page].text();
        assert_eq!(text.matches("What happened").count(), 1, "page {page}");
        assert!(text.contains(&format!("Page {} of {pages}", page + 1)), "page {page}");
    }
    assert!(
        all.iter().all(|(_, x, y, _)| *x >= MARGIN_SIDE - 0.1 && *x < PAGE_WIDTH - MARGIN_SIDE && *y < PAGE_HEIGHT)
    );
    let flow_bottom = PAGE_HEIGHT - MARGIN_BOTTOM;
    assert!(all.iter().filter(|(_, _, _, t)| t.starts_with("Office")).all(|(_, _, y, _)| *y <= flow_bottom));
}

#[test]
fn a_detail_never_starts_a_page_apart_from_its_row() {
    let layout = lay_out(&ledger(200)).unwrap();
    for page in &layout.pages {
        let text = page.text();
        let visits = text.matches("Office visit").count();
        assert_eq!(visits, text.matches("owed by nobody").count());
    }
}

#[test]
fn the_slip_stands_on_page_one_only_and_the_flow_keeps_clear_of_it() {
    let layout = lay_out(&ledger(60)).unwrap();
    let cuts: Vec<(usize, f32)> = layout
        .pages
        .iter()
        .enumerate()
        .flat_map(|(page, content)| content.items.iter().map(move |item| (page, item)))
        .filter_map(|(page, item)| match item {
            Item::Rule { y, dashed: true, .. } => Some((page, *y)),
            Item::Rule { .. } | Item::Text { .. } | Item::Ground { .. } => None,
        })
        .collect();
    assert_eq!(cuts.len(), 1);
    assert_eq!(cuts[0].0, 0);
    let lowest = texts(&layout).into_iter().filter(|(p, _, _, t)| *p == 0 && t.starts_with("Office"));
    assert!(lowest.map(|(_, _, y, _)| y).fold(0.0, f32::max) < cuts[0].1);
}

#[test]
fn the_bracket_of_a_negative_hangs_outside_so_that_decimals_stand_in_one_column() {
    let layout = lay_out(&ledger(1)).unwrap();
    let all = texts(&layout);
    let x = |wanted: &str| all.iter().find(|(_, _, _, t)| t == wanted).map(|(_, x, _, _)| *x).unwrap();
    // "176.50" inside "(176.50" starts one bracket later; both end on the same edge.
    let bracket = x("412.00") - x("(176.50)");
    assert!(bracket > 0.0 && bracket < 6.0, "{bracket}");
}

#[test]
fn the_same_document_gives_the_same_bytes_tagged_and_titled() {
    let first = write_pdf(&lay_out(&ledger(30)).unwrap()).unwrap();
    let second = write_pdf(&lay_out(&ledger(30)).unwrap()).unwrap();
    assert_eq!(first, second);
    assert!(first.starts_with(b"%PDF-1.7"));
    let text = String::from_utf8_lossy(&first);
    for mark in ["/StructTreeRoot", "/Marked true", "pdfuaid:part", "en-US", "/Outlines"] {
        assert!(text.contains(mark), "{mark}");
    }
    assert!(!text.contains("CreationDate"));
    if let Ok(folder) = std::env::var("TIERLINE_SHOW_DOCUMENTS") {
        std::fs::write(format!("{folder}/ledger.pdf"), &first).unwrap();
    }
}

#[test]
fn a_document_without_end_is_refused_and_not_attempted() {
    let mut sheet = ledger(0);
    sheet.blocks = (0..=MAX_PAGES).map(|_| Block::text("x", BODY.sized(300.0))).collect();
    let error = lay_out(&sheet).unwrap_err();
    assert!(error.to_string().contains("narrow its dates"));
}

#[test]
fn names_in_other_scripts_and_hostile_text_still_print() {
    let mut sheet = ledger(1);
    sheet.blocks.push(Block::text("黎 Нина \u{0}\u{202e}\u{feff} ffi \t end\u{10ffff}", BODY));
    sheet.blocks.push(Block::text("x".repeat(5_000), BODY));
    let layout = lay_out(&sheet).unwrap();
    write_pdf(&layout).unwrap();
}
