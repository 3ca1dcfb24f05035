//! Writes a layout as a tagged PDF/UA-1 file with krilla.
//!
//! Never writes a date, an id that differs between runs, or anything about a patient into the metadata.

use std::collections::HashMap;
use std::num::NonZeroU16;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};

use crate::DocumentError;
use crate::flow::{Item, Layout, Owner};
use crate::font::{Fonts, fonts};
use crate::style::{Ink, PAGE_HEIGHT, PAGE_WIDTH};
use crate::tree::{NodeId, Role, Tree};

/// The bytes of the PDF. The same layout gives the same bytes.
pub fn write_pdf(layout: &Layout) -> Result<Vec<u8>, DocumentError> {
    let fonts = fonts()?;
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| DocumentError::Pdf(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut leaves = HashMap::new();
    for (index, page) in layout.pages.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT)
            .ok_or_else(|| DocumentError::Pdf("the page size is not positive".to_string()))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for (place, item) in page.items.iter().enumerate() {
            if let Some(leaf) = draw(&mut surface, fonts, item) {
                leaves.insert((index, place), leaf);
            }
        }
        surface.finish();
        sheet.finish();
    }
    document.set_tag_tree(tag_tree(layout, &leaves));
    document.set_outline(outline(layout));
    document.set_metadata(
        Metadata::new()
            .title(layout.title.clone())
            .language(layout.language.to_string())
            .creator("Tierline".to_string()),
    );
    document.finish().map_err(|error| DocumentError::Pdf(format!("{error:?}")))
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn colour(ink: Ink) -> rgb::Color {
    let (red, green, blue) = ink.rgb();
    rgb::Color::new(red, green, blue)
}

/// Draws one item; text of the document returns what the tag tree refers to it by.
fn draw(surface: &mut Surface, fonts: &Fonts, item: &Item) -> Option<Identifier> {
    match item {
        Item::Text { x, baseline, text, face, size, ink, owner } => {
            let loaded = fonts.face(*face);
            let shaped = loaded.shape(text);
            let tag = match owner {
                Owner::Node(_) => ContentTag::Span(SpanTag::empty()),
                Owner::Artifact => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
            };
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*ink)));
            let leaf = surface.start_tagged(tag);
            let start = Point::from_xy(*x, *baseline);
            surface.draw_glyphs(start, &shaped.glyphs, loaded.krilla.clone(), &shaped.text, *size, false);
            surface.end_tagged();
            match owner {
                Owner::Node(_) => Some(leaf),
                Owner::Artifact => None,
            }
        }
        Item::Rule { x, y, length, weight, ink, dashed } => {
            let mut path = PathBuilder::new();
            path.move_to(*x, *y);
            path.line_to(x + length, *y);
            let dash = dashed.then(|| StrokeDash { array: vec![4.0, 4.0], offset: 0.0 });
            surface.set_fill(None);
            surface.set_stroke(Some(stroke(*ink, *weight, dash)));
            decorate(surface, path);
            None
        }
        Item::Ground { x, y, width, height } => {
            let mut path = PathBuilder::new();
            path.push_rect(Rect::from_xywh(*x, *y, *width, *height)?);
            surface.set_fill(Some(fill(Ink::Wash)));
            surface.set_stroke(Some(stroke(Ink::Hairline, 0.6, None)));
            decorate(surface, path);
            None
        }
    }
}

fn stroke(ink: Ink, weight: f32, dash: Option<StrokeDash>) -> Stroke {
    Stroke { paint: colour(ink).into(), width: weight, dash, ..Stroke::default() }
}

fn decorate(surface: &mut Surface, path: PathBuilder) {
    if let Some(path) = path.finish() {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        surface.draw_path(&path);
        surface.end_tagged();
    }
}

fn tag_tree(layout: &Layout, leaves: &HashMap<(usize, usize), Identifier>) -> TagTree {
    let mut tree = TagTree::new();
    let Some(root) = layout.tree.node(Tree::ROOT) else {
        return tree;
    };
    for child in &root.children {
        if let Some(group) = group(layout, *child, leaves) {
            tree.push(group);
        }
    }
    tree
}

fn group(layout: &Layout, id: NodeId, leaves: &HashMap<(usize, usize), Identifier>) -> Option<TagGroup> {
    let node = layout.tree.node(id)?;
    let mut group = TagGroup::new(kind(node.role, layout, id));
    for place in &node.content {
        if let Some(leaf) = leaves.get(place) {
            group.push(*leaf);
        }
    }
    for child in &node.children {
        if let Some(child) = self::group(layout, *child, leaves) {
            group.push(child);
        }
    }
    Some(group)
}

fn kind(role: Role, layout: &Layout, id: NodeId) -> TagKind {
    match role {
        Role::Document | Role::Group => Tag::Div.into(),
        Role::Heading(level) => {
            let level = NonZeroU16::new(u16::from(level)).unwrap_or(NonZeroU16::MIN);
            Tag::Hn(level, Some(words(layout, id))).into()
        }
        Role::Paragraph => Tag::P.into(),
        Role::Table => Tag::Table.into(),
        Role::TableHead => Tag::THead.into(),
        Role::TableBody => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::ColumnHeader => Tag::TH(TableHeaderScope::Column).into(),
        Role::RowHeader => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell => Tag::TD.into(),
    }
}

fn words(layout: &Layout, id: NodeId) -> String {
    let places = layout.tree.node(id).map_or(&[][..], |node| &node.content);
    let mut all = String::new();
    for (page, place) in places {
        match layout.pages.get(*page).and_then(|page| page.items.get(*place)) {
            Some(Item::Text { text, .. }) => all.push_str(text),
            Some(Item::Rule { .. } | Item::Ground { .. }) | None => {}
        }
    }
    all
}

/// The reader's side bar: level 2 headings hang under the last level 1.
fn outline(layout: &Layout) -> Outline {
    let mut outline = Outline::new();
    let mut current: Option<OutlineNode> = None;
    for (level, text, page, y) in &layout.outline {
        let node = OutlineNode::new(text.clone(), XyzDestination::new(*page, Point::from_xy(0.0, *y)));
        match (&mut current, *level) {
            (Some(parent), 2..) => parent.push_child(node),
            (open, _) => {
                if let Some(done) = open.replace(node) {
                    outline.push_child(done);
                }
            }
        }
    }
    if let Some(done) = current {
        outline.push_child(done);
    }
    outline
}
