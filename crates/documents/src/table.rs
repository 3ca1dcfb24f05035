//! Tables as a printed ledger: right-aligned tabular figures, hairlines, one rule above a sum and two below a total.
//!
//! The head is a strip of its own that the pager draws again on each page.

use crate::DocumentError;
use crate::block::{Align, Row, RowKind, Table};
use crate::flow::{Builder, Item, Owner, Strip, baseline, hairline, line_items, text_item};
use crate::style::{Ink, LABEL, Style};
use crate::text::{Line, Run, break_lines, width};
use crate::tree::{NodeId, Role};

/// Space between two columns.
const GUTTER: f32 = 12.0;
/// Space above and below the words of a row.
const ROW_PADDING: f32 = 3.2;
/// Indent of a detail row.
const INDENT: f32 = 12.0;
/// Most lines in one cell; a longer text belongs in a paragraph, and a row must fit a page.
const MAX_CELL_LINES: usize = 12;

struct Shape<'a> {
    table: &'a Table,
    /// Left edge and width of each column.
    columns: Vec<(f32, f32)>,
    width: f32,
}

/// Appends the strips of `table` to `builder`.
pub(crate) fn lay_table(builder: &mut Builder, table: &Table, limit: f32, parent: NodeId) -> Result<(), DocumentError> {
    let shape = Shape { table, columns: columns(table, limit), width: limit };
    let node = builder.tree.add(parent, Role::Table);
    let titled = table.columns.iter().any(|column| !column.title.is_empty());
    let head = if titled {
        let head_node = builder.tree.add(node, Role::TableHead);
        let row = builder.tree.add(head_node, Role::Row);
        let mut first = head_strip(builder, &shape, Some(row))?;
        let again = head_strip(builder, &shape, None)?;
        builder.heads.push(again);
        first.with_next = true;
        builder.strips.push(first);
        Some(builder.heads.len() - 1)
    } else {
        None
    };
    let body = builder.tree.add(node, Role::TableBody);
    for (index, row) in table.rows.iter().enumerate() {
        let next = table.rows.get(index + 1).map(|row| row.kind);
        let mut strip = row_strip(builder, &shape, row, next, body)?;
        strip.head = head;
        strip.with_next = stays_with(row.kind, next);
        builder.strips.push(strip);
    }
    Ok(())
}

/// A group's name stays with its first row, and a sum with the last row it sums.
fn stays_with(kind: RowKind, next: Option<RowKind>) -> bool {
    match (kind, next) {
        (_, None) => false,
        (RowKind::Group, Some(_)) => true,
        (RowKind::Plain | RowKind::Detail | RowKind::Subtotal | RowKind::Total, Some(next)) => match next {
            RowKind::Subtotal | RowKind::Total | RowKind::Detail => true,
            RowKind::Plain | RowKind::Group => false,
        },
    }
}

fn columns(table: &Table, limit: f32) -> Vec<(f32, f32)> {
    let gutters = GUTTER * table.columns.len().saturating_sub(1) as f32;
    let fixed: f32 = table.columns.iter().map(|column| column.points).sum();
    let shares: f32 = table.columns.iter().map(|column| column.share).sum();
    let free = (limit - gutters - fixed).max(0.0);
    let mut x = 0.0;
    let mut places = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let width = column.points + if shares > 0.0 { free * column.share / shares } else { 0.0 };
        places.push((x, width));
        x += width + GUTTER;
    }
    places
}

fn head_strip(builder: &mut Builder, shape: &Shape, row: Option<NodeId>) -> Result<Strip, DocumentError> {
    let mut items = Vec::new();
    let height = LABEL.leading + ROW_PADDING * 2.0;
    for (column, (x, points)) in shape.table.columns.iter().zip(&shape.columns) {
        let owner = match row {
            Some(row) => Owner::Node(builder.tree.add(row, Role::ColumnHeader)),
            None => Owner::Artifact,
        };
        let at = match column.align {
            Align::Left => *x,
            Align::Right => x + points - width(&column.title, LABEL)?,
        };
        let line = ROW_PADDING + baseline(LABEL.leading, LABEL.size);
        items.push(text_item(at, line, &column.title, LABEL, owner));
    }
    items.push(Item::Rule { x: 0.0, y: height, length: shape.width, weight: 0.6, ink: Ink::Faint, dashed: false });
    Ok(Strip { items, height: height + 1.0, ..Strip::default() })
}

fn style_of(kind: RowKind, style: Style, align: Align) -> Style {
    match (kind, align) {
        (RowKind::Plain | RowKind::Subtotal, _) => style,
        (RowKind::Detail, _) => style.ink(Ink::Faint),
        (RowKind::Group | RowKind::Total, _) => style.strong(),
    }
}

fn row_strip(
    builder: &mut Builder,
    shape: &Shape,
    row: &Row,
    next: Option<RowKind>,
    body: NodeId,
) -> Result<Strip, DocumentError> {
    let node = builder.tree.add(body, Role::Row);
    let mut items = Vec::new();
    let mut height: f32 = 0.0;
    let top = match row.kind {
        RowKind::Group => ROW_PADDING + 6.0,
        RowKind::Detail => 0.0,
        RowKind::Plain | RowKind::Subtotal | RowKind::Total => ROW_PADDING,
    };
    for (index, (column, (x, points))) in shape.table.columns.iter().zip(&shape.columns).enumerate() {
        let text = row.cells.get(index).map_or("", String::as_str);
        let role = if index == 0 { Role::RowHeader } else { Role::Cell };
        let owner = Owner::Node(builder.tree.add(node, role));
        let style = style_of(row.kind, shape.table.style, column.align);
        match column.align {
            Align::Right => {
                let at = x + points - width(text.trim_end_matches(')'), style)?;
                items.push(text_item(at, top + baseline(style.leading, style.size), text, style, owner));
                height = height.max(style.leading);
            }
            Align::Left => {
                let indent = if row.kind == RowKind::Detail && index == 0 { INDENT } else { 0.0 };
                let spare = words_room(shape, row, index, *x, *points);
                let lines = cell_lines(text, style, spare - indent)?;
                if lines.is_empty() {
                    items.push(text_item(*x, top + baseline(style.leading, style.size), "", style, owner));
                }
                let mut y = top;
                for line in &lines {
                    for mut item in line_items(line, owner) {
                        move_text(&mut item, x + indent, y);
                        items.push(item);
                    }
                    y += line.leading;
                }
                height = height.max(y - top);
            }
        }
    }
    let mut strip = Strip { items, height: top + height + ROW_PADDING, ..Strip::default() };
    rules(shape, row, next, &mut strip);
    Ok(strip)
}

/// A group's or total's first cell may run over the empty cells to its right.
fn words_room(shape: &Shape, row: &Row, index: usize, x: f32, points: f32) -> f32 {
    match row.kind {
        RowKind::Plain | RowKind::Detail => return points,
        RowKind::Group | RowKind::Subtotal | RowKind::Total => {}
    }
    let next =
        (index + 1..shape.columns.len()).find(|other| row.cells.get(*other).is_some_and(|cell| !cell.is_empty()));
    match next.and_then(|next| shape.columns.get(next)) {
        Some((edge, _)) => (edge - GUTTER - x).max(points),
        None => shape.width - x,
    }
}

fn cell_lines(text: &str, style: Style, limit: f32) -> Result<Vec<Line>, DocumentError> {
    let mut lines = break_lines(&[Run::new(text, style)], limit)?;
    if lines.len() > MAX_CELL_LINES {
        lines.truncate(MAX_CELL_LINES);
        if let Some(segment) = lines.last_mut().and_then(|line| line.segments.last_mut()) {
            segment.text = segment.text.trim_end().to_string() + "…";
        }
    }
    Ok(lines)
}

fn move_text(item: &mut Item, dx: f32, dy: f32) {
    match item {
        Item::Text { x, baseline, .. } => (*x, *baseline) = (*x + dx, *baseline + dy),
        Item::Rule { .. } | Item::Ground { .. } => {}
    }
}

fn rules(shape: &Shape, row: &Row, next: Option<RowKind>, strip: &mut Strip) {
    let bottom = strip.height;
    match row.kind {
        RowKind::Plain | RowKind::Detail | RowKind::Subtotal => {
            let continues = match next {
                Some(RowKind::Detail | RowKind::Group | RowKind::Subtotal | RowKind::Total) | None => true,
                Some(RowKind::Plain) => false,
            };
            if !continues {
                strip.items.push(hairline(0.0, bottom, shape.width));
            }
        }
        RowKind::Group => strip.items.push(hairline(0.0, bottom, shape.width)),
        RowKind::Total => {
            strip.items.push(Item::Rule {
                x: 0.0,
                y: 0.0,
                length: shape.width,
                weight: 0.8,
                ink: Ink::Rule,
                dashed: false,
            });
        }
    }
    for (index, (column, (x, points))) in shape.table.columns.iter().zip(&shape.columns).enumerate() {
        let filled = row.cells.get(index).is_some_and(|cell| !cell.is_empty());
        if column.align == Align::Left || !filled {
            continue;
        }
        let rule = |y| Item::Rule { x: *x, y, length: *points, weight: 0.6, ink: Ink::Rule, dashed: false };
        match row.kind {
            RowKind::Subtotal => strip.items.push(rule(0.0)),
            RowKind::Total => strip.items.extend([rule(bottom), rule(bottom + 2.0)]),
            RowKind::Plain | RowKind::Detail | RowKind::Group => {}
        }
    }
    if row.kind == RowKind::Total {
        strip.height += 3.0;
    }
}
