//! The three embedded typefaces and their measuring: sans works, serif is spoken, strong sans is looked up.
//!
//! Never fetches or asks the system for a font: the same text has the same width on every machine.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Feature, ShapePlan, UnicodeBuffer, script};

use crate::DocumentError;

/// A typeface. Licence and origin of the files: `fonts/OFL.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    /// Inter Regular: tables, labels, running text.
    Sans,
    /// Inter SemiBold: headings, totals, the one figure.
    SansStrong,
    /// Gentium Book Basic: words that may be read aloud.
    Serif,
}

/// Printed where no embedded face has a glyph, so that a name in another script never stops a statement.
const REPLACEMENT: char = '?';

/// One typeface ready to measure and to embed.
pub(crate) struct Loaded {
    shaper: rustybuzz::Face<'static>,
    plan: ShapePlan,
    per_em: f32,
    /// What the PDF writer embeds.
    pub(crate) krilla: Font,
}

/// All faces.
pub(crate) struct Fonts {
    sans: Loaded,
    strong: Loaded,
    serif: Loaded,
}

/// Text turned into glyphs, at size 1.
pub(crate) struct Shaped {
    /// The text after replacing what the face cannot show; glyph ranges point into it.
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// Width at size 1.
    pub(crate) width: f32,
}

static FONTS: LazyLock<Result<Fonts, DocumentError>> = LazyLock::new(|| {
    Ok(Fonts {
        sans: load("Inter-Regular.otf", include_bytes!("../fonts/Inter-Regular.otf"))?,
        strong: load("Inter-SemiBold.otf", include_bytes!("../fonts/Inter-SemiBold.otf"))?,
        serif: load("GentiumBookBasic-Regular.ttf", include_bytes!("../fonts/GentiumBookBasic-Regular.ttf"))?,
    })
});

/// The embedded faces, parsed once per process.
pub(crate) fn fonts() -> Result<&'static Fonts, DocumentError> {
    match &*FONTS {
        Ok(fonts) => Ok(fonts),
        Err(DocumentError::Font(name)) => Err(DocumentError::Font(name)),
        Err(other) => Err(DocumentError::Pdf(other.to_string())),
    }
}

fn load(name: &'static str, bytes: &'static [u8]) -> Result<Loaded, DocumentError> {
    let shaper = rustybuzz::Face::from_slice(bytes, 0).ok_or(DocumentError::Font(name))?;
    let krilla = Font::new(bytes.into(), 0).ok_or(DocumentError::Font(name))?;
    // Tabular figures: digits of one width, so that columns of money line up.
    let features = [Feature::new(Tag::from_bytes(b"tnum"), 1, ..)];
    let plan = ShapePlan::new(&shaper, Direction::LeftToRight, Some(script::LATIN), None, &features);
    let per_em = f32::from(shaper.units_per_em() as u16);
    Ok(Loaded { shaper, plan, per_em, krilla })
}

impl Fonts {
    /// The loaded face.
    pub(crate) fn face(&self, face: Face) -> &Loaded {
        match face {
            Face::Sans => &self.sans,
            Face::SansStrong => &self.strong,
            Face::Serif => &self.serif,
        }
    }
}

impl Loaded {
    /// Shapes one line of text. Characters without a glyph and control characters are replaced.
    pub(crate) fn shape(&self, text: &str) -> Shaped {
        let text: String = text.chars().map(|c| self.showable(c)).collect();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        let output = rustybuzz::shape_with_plan(&self.shaper, &self.plan, buffer);
        let (infos, positions) = (output.glyph_infos(), output.glyph_positions());
        let mut glyphs = Vec::with_capacity(infos.len());
        let mut width = 0.0;
        for (index, (info, position)) in infos.iter().zip(positions).enumerate() {
            let start = info.cluster as usize;
            let end = infos[index..]
                .iter()
                .map(|next| next.cluster as usize)
                .find(|cluster| *cluster > start)
                .unwrap_or(text.len());
            let advance = position.x_advance as f32 / self.per_em;
            width += advance;
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                advance,
                position.x_offset as f32 / self.per_em,
                position.y_offset as f32 / self.per_em,
                0.0,
                start..end,
                None,
            ));
        }
        Shaped { text, glyphs, width }
    }

    /// Width of `text` at `size` in points.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        self.shape(text).width * size
    }

    fn showable(&self, c: char) -> char {
        if c.is_control() {
            return ' ';
        }
        if self.shaper.glyph_index(c).is_some() { c } else { REPLACEMENT }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_digits_of_a_face_are_equally_wide() {
        let fonts = fonts().unwrap();
        for face in [Face::Sans, Face::SansStrong, Face::Serif] {
            let loaded = fonts.face(face);
            let widths: Vec<i64> = ('0'..='9').map(|d| (loaded.width(&d.to_string(), 1000.0)).round() as i64).collect();
            // One thousandth of the size is a rounding of the font file, far below a printed dot.
            assert!(widths.iter().all(|w| (w - widths[0]).abs() <= 1), "{face:?} {widths:?}");
        }
    }

    #[test]
    fn a_character_that_no_face_has_becomes_a_question_mark() {
        let shaped = fonts().unwrap().face(Face::Sans).shape("Li \u{9ece}\u{7}x");
        assert_eq!(shaped.text, "Li ? x");
        assert!(shaped.glyphs.iter().all(|g| g.glyph_id.to_u32() != 0));
    }
}
