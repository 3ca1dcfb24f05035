//! Reads the Excludes1 notes of the ICD-10-CM tabular list: free text with codes in brackets, such as `(A05.-)`,
//! `(A18.32)` or `(O80-O82)`. A note whose text names no code is left out and counted.

use super::{Loaded, csv_cells};
use crate::packed::pack;

/// The CSV `level,node,note_type,text`, one row a note.
pub fn from_notes_csv(text: &str) -> Loaded {
    let mut rows = Vec::new();
    let mut without_code = 0usize;
    for line in text.lines().skip(1) {
        let cells = csv_cells(line);
        let cell = |at: usize| cells.get(at).map_or("", String::as_str);
        if cell(2) != "excludes1" || cell(0) == "chapter" {
            continue;
        }
        let Some((owner_from, owner_to)) = span(cell(1)) else {
            continue;
        };
        let spans = bracketed(cell(3));
        without_code += usize::from(spans.is_empty());
        for (from, to) in spans {
            rows.push(format!("{owner_from}\t{owner_to}\t{from}\t{to}"));
        }
    }
    let problems = vec![format!("{without_code} notes name no code and were left out")];
    Loaded { rows: rows.len(), packed: pack(rows), problems }
}

/// Every code or span inside brackets.
fn bracketed(text: &str) -> Vec<(String, String)> {
    let mut spans = Vec::new();
    for part in text.split('(').skip(1) {
        let Some((inside, _)) = part.split_once(')') else {
            continue;
        };
        spans.extend(inside.split([',', ';']).filter_map(|piece| span(piece.trim())));
    }
    spans
}

/// `A05.-` → (A05, A05); `A04.0-A04.4` → (A040, A044); `O80-O82` → (O80, O82); anything else → none.
fn span(text: &str) -> Option<(String, String)> {
    let text = text.trim_end_matches('-').trim_end_matches('.');
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (code(from.trim_end_matches('.'))?, code(to.trim_end_matches('.'))?);
    (from <= to).then_some((from, to))
}

fn code(text: &str) -> Option<String> {
    let code = crate::icd10cm::normalized(text);
    let bytes = code.as_bytes();
    let fits = (3..=7).contains(&bytes.len())
        && bytes.first().is_some_and(u8::is_ascii_uppercase)
        && bytes.get(1).is_some_and(u8::is_ascii_digit)
        && bytes.iter().all(u8::is_ascii_alphanumeric);
    fits.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_spans_are_read_from_brackets() {
        assert_eq!(span("A05.-"), Some(("A05".into(), "A05".into())));
        assert_eq!(span("A04.0-A04.4"), Some(("A040".into(), "A044".into())));
        assert_eq!(span("A04.7-"), Some(("A047".into(), "A047".into())));
        assert_eq!(bracketed("made up (J09.X3, J10.2) and (O80-O82)").len(), 3);
        assert!(bracketed("see chapters").is_empty());
        assert!(bracketed("any type in (see note)").is_empty());
    }
}
