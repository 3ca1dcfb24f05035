//! Runs of styled text and the breaking of them into lines that fit a width.
//!
//! Breaks at plain spaces only: a no-break space (U+00A0) holds an amount to its words. A word wider than the
//! line is broken by letters, so nothing leaves the page.

use crate::DocumentError;
use crate::font::{Fonts, fonts};
use crate::style::Style;

/// A stretch of text in one style.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The words.
    pub text: String,
    /// How they look.
    pub style: Style,
}

impl Run {
    /// A run of `text` in `style`.
    pub fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

/// A part of a line in one style, `x` points from the line's start.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Segment {
    pub x: f32,
    pub text: String,
    pub style: Style,
}

/// One broken line.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Line {
    pub segments: Vec<Segment>,
    pub width: f32,
    pub leading: f32,
}

/// Width of `text` in `style`, in points.
pub(crate) fn width(text: &str, style: Style) -> Result<f32, DocumentError> {
    Ok(fonts()?.face(style.face).width(text, style.size))
}

/// Breaks `runs` into lines of at most `limit` points. Empty text gives no lines.
pub(crate) fn break_lines(runs: &[Run], limit: f32) -> Result<Vec<Line>, DocumentError> {
    let mut breaker = Breaker { fonts: fonts()?, limit, lines: Vec::new(), line: Line::default() };
    for run in runs {
        for (index, word) in run.text.split(' ').enumerate() {
            if index > 0 {
                breaker.space(run.style);
            }
            breaker.word(word, run.style);
        }
    }
    breaker.end_line();
    Ok(breaker.lines)
}

struct Breaker {
    fonts: &'static Fonts,
    limit: f32,
    lines: Vec<Line>,
    line: Line,
}

impl Breaker {
    fn measure(&self, text: &str, style: Style) -> f32 {
        self.fonts.face(style.face).width(text, style.size)
    }

    fn space(&mut self, style: Style) {
        if !self.line.segments.is_empty() {
            let width = self.measure(" ", style);
            self.append(" ", style, width);
        }
    }

    fn word(&mut self, word: &str, style: Style) {
        if word.is_empty() {
            return;
        }
        let width = self.measure(word, style);
        // Words joined without a space across a change of style ("$20.00" strong, then ".") stay together.
        if self.line.width + width > self.limit && self.ends_in_space() {
            self.end_line();
        }
        if width <= self.limit {
            self.append(word, style, width);
            return;
        }
        for letter in word.chars() {
            let letter = letter.to_string();
            let width = self.measure(&letter, style);
            if self.line.width + width > self.limit {
                self.end_line();
            }
            self.append(&letter, style, width);
        }
    }

    fn ends_in_space(&self) -> bool {
        self.line.segments.last().is_some_and(|segment| segment.text.ends_with(' '))
    }

    fn append(&mut self, text: &str, style: Style, width: f32) {
        let line = &mut self.line;
        line.leading = line.leading.max(style.leading);
        match line.segments.last_mut() {
            Some(last) if last.style == style => last.text.push_str(text),
            Some(_) | None => line.segments.push(Segment { x: line.width, text: text.to_string(), style }),
        }
        line.width += width;
    }

    fn end_line(&mut self) {
        if !self.line.segments.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::{BODY, SPOKEN};

    fn words(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|l| l.segments.iter().map(|s| s.text.as_str()).collect::<String>()).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_never_exceed_the_width() {
        let text = "Your plan allowed $92.00 of the $140.00 charge and paid $72.00 of it in the month of May";
        for limit in [40.0, 90.0, 200.0, 1000.0] {
            let lines = break_lines(&[Run::new(text, BODY)], limit).unwrap();
            assert_eq!(words(&lines).concat(), text);
            for line in &lines {
                let text: String = line.segments.iter().map(|s| s.text.as_str()).collect();
                assert!(width(text.trim_end(), BODY).unwrap() <= limit + 0.01, "{limit} {text}");
            }
        }
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken_by_letters() {
        let lines = break_lines(&[Run::new("Wolfeschlegelsteinhausenbergerdorff", BODY)], 50.0).unwrap();
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|l| l.width <= 50.01));
    }

    #[test]
    fn a_full_stop_after_an_emphasised_amount_does_not_start_a_line() {
        let runs = [Run::new("That leaves ", SPOKEN), Run::new("$92.66", SPOKEN.strong()), Run::new(".", SPOKEN)];
        let whole: f32 = runs.iter().map(|r| width(&r.text, r.style).unwrap()).sum();
        for limit in (60..whole as i32 + 10).map(|w| w as f32) {
            let lines = words(&break_lines(&runs, limit).unwrap());
            assert!(lines.iter().all(|l| !l.starts_with('.')), "{limit} {lines:?}");
        }
    }
}
