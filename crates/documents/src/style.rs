//! The tokens of paper: inks, sizes and distances. The same calm as the desk's pages, in points instead of rem.
//!
//! No other file of this crate names a raw colour or type size.

use crate::font::Face;

/// Letter paper, upright: what US practices and window envelopes use.
pub const PAGE_WIDTH: f32 = 612.0;
/// Height of letter paper in points.
pub const PAGE_HEIGHT: f32 = 792.0;
/// Left and right margin: three quarters of an inch, safe for any office printer.
pub const MARGIN_SIDE: f32 = 54.0;
/// Top margin.
pub const MARGIN_TOP: f32 = 50.0;
/// Bottom margin; the page footer stands in it.
pub const MARGIN_BOTTOM: f32 = 58.0;
/// Width of the text area.
pub const TEXT_WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN_SIDE;

/// A colour by its purpose. All inks are 4.5:1 or better on white, so a grey print stays readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ink {
    /// What is read first.
    Strong,
    /// Supporting words.
    Soft,
    /// Labels and hints.
    Faint,
    /// Pen-blue: what to act on.
    Accent,
    /// A hairline between rows.
    Hairline,
    /// The rule above a total, the edge of a box.
    Rule,
    /// The ground of a box that holds the figures to act on.
    Wash,
}

impl Ink {
    /// Red, green, blue.
    pub const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Ink::Strong => (0x16, 0x1a, 0x18),
            Ink::Soft => (0x45, 0x4d, 0x49),
            Ink::Faint => (0x5f, 0x68, 0x63),
            Ink::Accent => (0x1d, 0x4b, 0x94),
            Ink::Hairline => (0xd9, 0xde, 0xd6),
            Ink::Rule => (0x45, 0x4d, 0x49),
            Ink::Wash => (0xf4, 0xf6, 0xf2),
        }
    }
}

/// How a run of text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Which typeface.
    pub face: Face,
    /// Size in points.
    pub size: f32,
    /// Distance from baseline to baseline in points.
    pub leading: f32,
    /// Colour.
    pub ink: Ink,
}

impl Style {
    const fn new(face: Face, size: f32, leading: f32, ink: Ink) -> Self {
        Self { face, size, leading, ink }
    }
    /// The same style in another ink.
    pub const fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }
    /// The same style in the heavier face of its voice.
    pub const fn strong(self) -> Self {
        Self { face: Face::SansStrong, ..self }
    }
    /// The same style at another size, leading kept in proportion.
    pub fn sized(self, size: f32) -> Self {
        Self { size, leading: self.leading * size / self.size, ..self }
    }
}

/// Running text and tables.
pub const BODY: Style = Style::new(Face::Sans, 9.0, 13.0, Ink::Strong);
/// Column heads, labels, page footers.
pub const LABEL: Style = Style::new(Face::Sans, 7.5, 10.5, Ink::Faint);
/// The name of the document.
pub const TITLE: Style = Style::new(Face::SansStrong, 17.0, 21.0, Ink::Strong);
/// A section of the document.
pub const SECTION: Style = Style::new(Face::SansStrong, 10.5, 14.0, Ink::Strong);
/// The one figure of a page.
pub const FIGURE: Style = Style::new(Face::SansStrong, 20.0, 25.0, Ink::Strong);
/// Words that may be read aloud to a patient.
pub const SPOKEN: Style = Style::new(Face::Serif, 10.5, 14.5, Ink::Strong);
