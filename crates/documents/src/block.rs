//! What a document is made of, before anything has a place: headings, paragraphs, tables, columns, space.

use crate::style::{BODY, Style};
use crate::text::Run;

/// A part of a document, from top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading; level 1 is the document's name, 2 a section.
    Heading {
        /// 1 or 2.
        level: u8,
        /// The words.
        text: String,
    },
    /// Text that breaks into lines, left-aligned.
    Paragraph(Vec<Run>),
    /// A table; its head repeats on each page it continues on.
    Table(Table),
    /// Blocks side by side, each with its width in points; never broken over pages.
    Columns(Vec<(f32, Vec<Block>)>),
    /// Blocks on a ground of wash with a hairline edge; never broken over pages.
    Boxed(Vec<Block>),
    /// Space that vanishes at the top of a page.
    Gap(f32),
    /// A hairline over the whole width.
    Hairline,
    /// Blocks that stay on one page if one page can hold them.
    Together(Vec<Block>),
}

impl Block {
    /// A paragraph in one style.
    pub fn text(text: impl Into<String>, style: Style) -> Self {
        Block::Paragraph(vec![Run::new(text, style)])
    }
}

/// Which edge the text of a column stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures: the closing bracket of a negative hangs outside, so that decimals stand in one column.
    Right,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name in the head.
    pub title: String,
    /// Its share of the width that fixed columns leave; 0 for a fixed one.
    pub share: f32,
    /// Its width in points if it is fixed.
    pub points: f32,
    /// Words or figures.
    pub align: Align,
}

impl Column {
    /// A column of words taking `share` parts of the free width.
    pub fn words(title: &str, share: f32) -> Self {
        Self { title: title.to_string(), share, points: 0.0, align: Align::Left }
    }
    /// A column of words of a fixed width.
    pub fn fixed(title: &str, points: f32) -> Self {
        Self { title: title.to_string(), share: 0.0, points, align: Align::Left }
    }
    /// A column of figures of a fixed width.
    pub fn figures(title: &str, points: f32) -> Self {
        Self { title: title.to_string(), share: 0.0, points, align: Align::Right }
    }
}

/// What a row of a table is for; decides its rules and weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// One fact.
    Plain,
    /// Part of the row above: indented, softer, no rule between.
    Detail,
    /// Names the rows that follow; stays with the first of them.
    Group,
    /// A sum of the rows above: one rule over its figures.
    Subtotal,
    /// The sum that was checked: one rule above, two below its figure.
    Total,
}

/// A row: one text per column, shorter rows leave the rest empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it is for.
    pub kind: RowKind,
    /// The cells.
    pub cells: Vec<String>,
}

impl Row {
    /// A row of `kind` with these cells.
    pub fn new<S: Into<String>>(kind: RowKind, cells: impl IntoIterator<Item = S>) -> Self {
        Self { kind, cells: cells.into_iter().map(Into::into).collect() }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it shows, for who cannot see it.
    pub summary: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Style of plain cells.
    pub style: Style,
}

impl Table {
    /// An empty table with these columns.
    pub fn new(summary: &str, columns: Vec<Column>) -> Self {
        Self { summary: summary.to_string(), columns, rows: Vec::new(), style: BODY }
    }
    /// Adds a row.
    pub fn push<S: Into<String>>(&mut self, kind: RowKind, cells: impl IntoIterator<Item = S>) {
        self.rows.push(Row::new(kind, cells));
    }
}

/// What stands on every page around the flow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    /// Words at the top of every page but the first, for example the practice and the statement number.
    pub running_head: String,
    /// Words at the left of every footer; the right says "Page 2 of 5".
    pub footer: String,
    /// Blocks pinned to the bottom of page 1 under a dashed cut line: the slip that comes back with a payment.
    pub slip: Vec<Block>,
}

/// A whole document before layout.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Name of the document, shown by the reader's window. No patient data: titles are listed by file managers.
    pub title: String,
    /// Language of the words as a BCP 47 tag.
    pub language: &'static str,
    /// Around the flow.
    pub frame: Frame,
    /// The flow.
    pub blocks: Vec<Block>,
}
