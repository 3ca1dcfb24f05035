//! Segments that are kept as they stand, element by element, because nobody asks for their parts: an ambulance's
//! miles, a contract, a form. What is read of them is written back.

use super::fields::Reader;
use super::out::Out;
use super::text::Text;
use crate::segment::SegmentId;

/// A segment of a loop, kept as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail<'a> {
    /// The segment id, such as `CR1`.
    pub id: &'static str,
    /// The elements after the id, each with its components; an empty element has none.
    pub elements: Vec<Vec<Text<'a>>>,
}

impl<'a> Detail<'a> {
    /// A segment of simple elements.
    pub fn of<T: Into<Text<'a>>>(id: &'static str, elements: impl IntoIterator<Item = T>) -> Self {
        Detail { id, elements: elements.into_iter().map(|text| vec![text.into()]).collect() }
    }

    /// Element `n`, counted from 1, or the first component of it; empty when absent.
    pub fn text(&self, n: usize) -> &str {
        n.checked_sub(1).and_then(|at| self.elements.get(at)?.first()).map_or("", Text::as_str)
    }

    /// Keeps the current segment where its id is one of these.
    pub(crate) fn read(r: &Reader<'_, 'a>, kept: &[&'static str]) -> Option<Self> {
        let id = kept.iter().find(|id| SegmentId::new(id.as_bytes()) == r.id())?;
        Some(Detail { id, elements: r.composites() })
    }
}

/// Writes the segments of these ids, in the order they stand in the list.
pub(crate) fn write_details(details: &[Detail<'_>], ids: &[&str], out: &mut Out<'_>) {
    for detail in details.iter().filter(|detail| ids.contains(&detail.id)) {
        out.composites(detail.id, &detail.elements);
    }
}
