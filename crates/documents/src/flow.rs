//! From blocks to pages: everything becomes strips of a known height, and strips are dealt onto pages.
//!
//! A strip is never cut. Strips that must stay with the next one travel together; a table's head is placed again
//! on each page its rows reach. Reads no clock and measures with embedded fonts only: one input, one layout.

use billing::explain::Language;

use crate::DocumentError;
use crate::block::{Block, Sheet};
use crate::font::Face;
use crate::style::{
    BODY, Ink, LABEL, MARGIN_BOTTOM, MARGIN_SIDE, MARGIN_TOP, PAGE_HEIGHT, PAGE_WIDTH, SECTION, Style, TEXT_WIDTH,
    TITLE,
};
use crate::table::lay_table;
use crate::text::{Line, Run, break_lines, width};
use crate::tree::{NodeId, Role, Tree};
use crate::wording::words;

/// Most pages in one document: a statement of some 20,000 lines. Beyond it something is wrong with the selection.
pub const MAX_PAGES: usize = 500;
/// Fewest lines of a paragraph left alone at the foot or head of a page.
const FEWEST_LINES_APART: usize = 2;
/// Padding inside a box.
const BOX_PADDING: f32 = 12.0;
/// Space between the flow and the cut line above the slip.
const SLIP_GAP: f32 = 14.0;

/// Who reads a text item: a node of the tree, or nobody because it only repeats (page numbers, repeated heads).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Part of the document.
    Node(NodeId),
    /// Around the document.
    Artifact,
}

/// Something with a place; x from the left, y from the top, in points.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A line of text or a part of one.
    Text {
        /// Left end.
        x: f32,
        /// Baseline.
        baseline: f32,
        /// The words.
        text: String,
        /// Typeface.
        face: Face,
        /// Size in points.
        size: f32,
        /// Colour.
        ink: Ink,
        /// Who reads it.
        owner: Owner,
    },
    /// A horizontal rule.
    Rule {
        /// Left end.
        x: f32,
        /// Height on the page.
        y: f32,
        /// Length.
        length: f32,
        /// Thickness.
        weight: f32,
        /// Colour.
        ink: Ink,
        /// Dashed: a cut line.
        dashed: bool,
    },
    /// A filled rectangle with a hairline edge.
    Ground {
        /// Left edge.
        x: f32,
        /// Top edge.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
    },
}

impl Item {
    fn shift(&mut self, dx: f32, dy: f32) {
        match self {
            Item::Text { x, baseline, .. } => (*x, *baseline) = (*x + dx, *baseline + dy),
            Item::Rule { x, y, .. } | Item::Ground { x, y, .. } => (*x, *y) = (*x + dx, *y + dy),
        }
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// What stands on it, in drawing order.
    pub items: Vec<Item>,
}

impl Page {
    /// The words of this page in drawing order, one item a line: for tests and for search.
    pub fn text(&self) -> String {
        let mut all = String::new();
        for item in &self.items {
            match item {
                Item::Text { text, .. } => {
                    all.push_str(text.trim_end());
                    all.push('\n');
                }
                Item::Rule { .. } | Item::Ground { .. } => {}
            }
        }
        all
    }
}

/// A document with every word in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Name of the document.
    pub title: String,
    /// BCP 47 tag.
    pub language: &'static str,
    /// The pages.
    pub pages: Vec<Page>,
    /// Reading order.
    pub tree: Tree,
    /// Headings for the reader's side bar: level, words, page, height on the page.
    pub outline: Vec<(u8, String, usize, f32)>,
}

/// A piece of the flow that is never cut; its items stand relative to its own top left.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strip {
    pub items: Vec<Item>,
    pub height: f32,
    /// Stays on the page of the next strip.
    pub with_next: bool,
    /// Vanishes at the top of a page.
    pub gap: bool,
    /// Index into the repeated heads of tables: drawn again when this strip starts a page.
    pub head: Option<usize>,
    /// A heading that starts here.
    pub heading: Option<(u8, String)>,
}

/// Builds strips and the tree together.
pub(crate) struct Builder {
    pub tree: Tree,
    pub strips: Vec<Strip>,
    /// Repeated table heads.
    pub heads: Vec<Strip>,
}

/// Gives every word of `sheet` its place.
pub fn lay_out(sheet: &Sheet) -> Result<Layout, DocumentError> {
    let mut builder = Builder { tree: Tree::default(), strips: Vec::new(), heads: Vec::new() };
    builder.blocks(&sheet.blocks, TEXT_WIDTH, Tree::ROOT)?;
    let strips = std::mem::take(&mut builder.strips);
    // The slip is built after the flow, so that it is read last.
    let mut slip = Strip::default();
    if !sheet.frame.slip.is_empty() {
        let group = builder.tree.add(Tree::ROOT, Role::Group);
        slip = builder.fragment(&sheet.frame.slip, TEXT_WIDTH, group)?;
    }
    let mut pager = Pager {
        heads: builder.heads,
        slip_height: if slip.height > 0.0 { slip.height + SLIP_GAP * 2.0 } else { 0.0 },
        layout: Layout {
            title: sheet.title.clone(),
            language: sheet.language,
            pages: vec![Page::default()],
            tree: builder.tree,
            outline: Vec::new(),
        },
        y: MARGIN_TOP,
        fresh: true,
    };
    pager.deal(strips)?;
    pager.place_slip(slip);
    pager.frame(&sheet.frame.running_head, &sheet.frame.footer)?;
    Ok(pager.layout)
}

impl Builder {
    /// Appends the strips of `blocks`, `limit` points wide, as children of `parent`.
    pub(crate) fn blocks(&mut self, blocks: &[Block], limit: f32, parent: NodeId) -> Result<(), DocumentError> {
        for block in blocks {
            match block {
                Block::Heading { level, text } => self.heading(*level, text, limit, parent)?,
                Block::Paragraph(runs) => self.paragraph(runs, limit, parent)?,
                Block::Table(table) => lay_table(self, table, limit, parent)?,
                Block::Columns(columns) => self.columns(columns, parent)?,
                Block::Boxed(inside) => self.boxed(inside, limit, parent)?,
                Block::Gap(height) => self.strips.push(Strip { height: *height, gap: true, ..Strip::default() }),
                Block::Hairline => {
                    self.strips.push(Strip { items: vec![hairline(0.0, 0.0, limit)], height: 1.0, ..Strip::default() })
                }
                Block::Together(inside) => {
                    let first = self.strips.len();
                    self.blocks(inside, limit, parent)?;
                    let last = self.strips.len().saturating_sub(1);
                    self.strips.iter_mut().take(last).skip(first).for_each(|strip| strip.with_next = true);
                }
            }
        }
        Ok(())
    }

    /// Lays `blocks` out as one strip.
    pub(crate) fn fragment(&mut self, blocks: &[Block], limit: f32, parent: NodeId) -> Result<Strip, DocumentError> {
        let outer = std::mem::take(&mut self.strips);
        let result = self.blocks(blocks, limit, parent);
        let inner = std::mem::replace(&mut self.strips, outer);
        result?;
        let mut whole = Strip::default();
        for strip in inner {
            let top = whole.height;
            whole.items.extend(strip.items.into_iter().map(|mut item| {
                item.shift(0.0, top);
                item
            }));
            whole.height += strip.height;
            whole.heading = whole.heading.or(strip.heading);
        }
        Ok(whole)
    }

    fn heading(&mut self, level: u8, text: &str, limit: f32, parent: NodeId) -> Result<(), DocumentError> {
        let style = if level == 1 { TITLE } else { SECTION };
        let node = self.tree.add(parent, Role::Heading(level));
        let lines = break_lines(&[Run::new(text, style)], limit)?;
        let mut heading = Some((level, text.to_string()));
        for line in &lines {
            let strip = Strip { with_next: true, heading: heading.take(), ..line_strip(line, Owner::Node(node)) };
            self.strips.push(strip);
        }
        Ok(())
    }

    fn paragraph(&mut self, runs: &[Run], limit: f32, parent: NodeId) -> Result<(), DocumentError> {
        let lines = break_lines(runs, limit)?;
        if lines.is_empty() {
            return Ok(());
        }
        let node = self.tree.add(parent, Role::Paragraph);
        let count = lines.len();
        for (index, line) in lines.iter().enumerate() {
            let near_start = index + 1 < FEWEST_LINES_APART;
            let near_end = index + FEWEST_LINES_APART == count;
            let with_next = (near_start || near_end) && index + 1 < count;
            self.strips.push(Strip { with_next, ..line_strip(line, Owner::Node(node)) });
        }
        Ok(())
    }

    fn columns(&mut self, columns: &[(f32, Vec<Block>)], parent: NodeId) -> Result<(), DocumentError> {
        let mut whole = Strip::default();
        let mut x = 0.0;
        for (width, blocks) in columns {
            if !blocks.is_empty() {
                let group = self.tree.add(parent, Role::Group);
                let column = self.fragment(blocks, *width, group)?;
                whole.height = whole.height.max(column.height);
                whole.heading = whole.heading.or(column.heading);
                whole.items.extend(column.items.into_iter().map(|mut item| {
                    item.shift(x, 0.0);
                    item
                }));
            }
            x += width;
        }
        self.strips.push(whole);
        Ok(())
    }

    fn boxed(&mut self, blocks: &[Block], limit: f32, parent: NodeId) -> Result<(), DocumentError> {
        let group = self.tree.add(parent, Role::Group);
        let inside = self.fragment(blocks, limit - 2.0 * BOX_PADDING, group)?;
        let height = inside.height + 2.0 * BOX_PADDING;
        let mut items = vec![Item::Ground { x: 0.0, y: 0.0, width: limit, height }];
        items.extend(inside.items.into_iter().map(|mut item| {
            item.shift(BOX_PADDING, BOX_PADDING);
            item
        }));
        self.strips.push(Strip { items, height, heading: inside.heading, ..Strip::default() });
        Ok(())
    }
}

/// A hairline.
pub(crate) fn hairline(x: f32, y: f32, length: f32) -> Item {
    Item::Rule { x, y, length, weight: 0.6, ink: Ink::Hairline, dashed: false }
}

/// Where the baseline stands in a line of `leading` for type of `size`: the letters sit in its middle.
pub(crate) fn baseline(leading: f32, size: f32) -> f32 {
    leading / 2.0 + size * 0.36
}

/// The items of a broken line at the top left of a strip.
pub(crate) fn line_items(line: &Line, owner: Owner) -> Vec<Item> {
    let tallest = line.segments.iter().map(|segment| segment.style.size).fold(0.0, f32::max);
    let baseline = baseline(line.leading, tallest);
    line.segments.iter().map(|segment| text_item(segment.x, baseline, &segment.text, segment.style, owner)).collect()
}

/// A text item in a style.
pub(crate) fn text_item(x: f32, baseline: f32, text: &str, style: Style, owner: Owner) -> Item {
    Item::Text { x, baseline, text: text.to_string(), face: style.face, size: style.size, ink: style.ink, owner }
}

fn line_strip(line: &Line, owner: Owner) -> Strip {
    Strip { items: line_items(line, owner), height: line.leading, ..Strip::default() }
}

/// Deals strips onto pages.
struct Pager {
    heads: Vec<Strip>,
    slip_height: f32,
    layout: Layout,
    y: f32,
    fresh: bool,
}

impl Pager {
    fn bottom(&self) -> f32 {
        let slip = if self.layout.pages.len() == 1 { self.slip_height } else { 0.0 };
        PAGE_HEIGHT - MARGIN_BOTTOM - slip
    }

    fn deal(&mut self, strips: Vec<Strip>) -> Result<(), DocumentError> {
        let mut group: Vec<Strip> = Vec::new();
        for strip in strips {
            let more = strip.with_next;
            group.push(strip);
            if !more {
                self.place_group(std::mem::take(&mut group))?;
            }
        }
        self.place_group(group)
    }

    /// Places strips that belong together; a group taller than a page is broken where it must be.
    fn place_group(&mut self, group: Vec<Strip>) -> Result<(), DocumentError> {
        let height: f32 = group.iter().map(|strip| strip.height).sum();
        if self.y + height > self.bottom() && !self.fresh {
            self.new_page()?;
        }
        for strip in group {
            if self.y + strip.height > self.bottom() && !self.fresh {
                self.new_page()?;
            }
            self.place(strip);
        }
        Ok(())
    }

    fn new_page(&mut self) -> Result<(), DocumentError> {
        if self.layout.pages.len() >= MAX_PAGES {
            return Err(DocumentError::TooLong(MAX_PAGES));
        }
        self.layout.pages.push(Page::default());
        self.y = MARGIN_TOP + LABEL.leading * 2.0;
        self.fresh = true;
        Ok(())
    }

    fn place(&mut self, mut strip: Strip) {
        if strip.gap && self.fresh {
            return;
        }
        let index = self.layout.pages.len() - 1;
        if self.fresh
            && index > 0
            && let Some(head) = strip.head.and_then(|head| self.heads.get(head)).cloned()
        {
            let height = head.height;
            self.put(index, head.items, self.y);
            self.y += height;
        }
        if let Some((level, text)) = strip.heading.take() {
            self.layout.outline.push((level, text, index, self.y));
        }
        self.fresh = false;
        self.put(index, strip.items, self.y);
        self.y += strip.height;
    }

    fn put(&mut self, page: usize, items: Vec<Item>, top: f32) {
        for mut item in items {
            item.shift(MARGIN_SIDE, top);
            let place = self.layout.pages[page].items.len();
            match &item {
                Item::Text { owner: Owner::Node(node), .. } => self.layout.tree.own(*node, page, place),
                Item::Text { owner: Owner::Artifact, .. } | Item::Rule { .. } | Item::Ground { .. } => {}
            }
            self.layout.pages[page].items.push(item);
        }
    }

    fn place_slip(&mut self, slip: Strip) {
        if slip.height == 0.0 {
            return;
        }
        let top = PAGE_HEIGHT - MARGIN_BOTTOM - slip.height;
        let cut = Item::Rule {
            x: -MARGIN_SIDE,
            y: top - SLIP_GAP,
            length: PAGE_WIDTH,
            weight: 0.7,
            ink: Ink::Faint,
            dashed: true,
        };
        self.put(0, vec![cut], 0.0);
        self.put(0, slip.items, top);
    }

    fn frame(&mut self, running_head: &str, footer: &str) -> Result<(), DocumentError> {
        let count = self.layout.pages.len();
        let [before, between] = words(Language::of_tag(self.layout.language)).page;
        for page in 0..count {
            let foot = PAGE_HEIGHT - MARGIN_BOTTOM + 18.0;
            let of = format!("{before} {} {between} {count}", page + 1);
            let right = TEXT_WIDTH - width(&of, LABEL)?;
            let mut items = vec![
                hairline(0.0, foot, TEXT_WIDTH),
                text_item(0.0, foot + 14.0, footer, LABEL, Owner::Artifact),
                text_item(right, foot + 14.0, &of, LABEL, Owner::Artifact),
            ];
            if page > 0 && !running_head.is_empty() {
                let style = BODY.sized(LABEL.size).ink(Ink::Soft);
                items.push(text_item(0.0, MARGIN_TOP, running_head, style, Owner::Artifact));
            }
            self.put(page, items, 0.0);
        }
        Ok(())
    }
}
