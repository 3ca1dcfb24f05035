//! A guide as the rule compiler sees it: loops, entries, elements and codes by name.
//!
//! Made from the guide text when the crate is built and from the tables at run time; both give the same numbers.

/// How a guide uses an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    NotUsed,
    Situational,
    Required,
}

/// An element or component.
#[derive(Debug, Clone)]
pub struct Element {
    pub usage: Use,
    /// Empty for any.
    pub codes: Vec<String>,
    pub components: Vec<Element>,
}

/// A place in a loop: a segment, or a nested loop by its first segment.
#[derive(Debug, Clone)]
pub struct Entry {
    pub segment: String,
    /// Element and component that tell it from others; element 0 for none.
    pub qualifier_at: (u8, u8),
    pub qualifiers: Vec<String>,
    pub is_required: bool,
    pub child: Option<usize>,
    pub elements: Vec<Element>,
}

/// A loop; the first is the set.
#[derive(Debug, Clone)]
pub struct Loop {
    pub id: String,
    pub entries: Vec<Entry>,
}

/// A guide. Entries are numbered through all loops in order.
#[derive(Debug, Clone)]
pub struct Outline {
    pub loops: Vec<Loop>,
}

impl Outline {
    /// The number of a loop's first entry.
    pub fn first_entry(&self, index: usize) -> usize {
        self.loops[..index].iter().map(|found| found.entries.len()).sum()
    }

    /// The loop with an id; `set` for the set.
    pub fn loop_named(&self, id: &str) -> Option<usize> {
        let id = if id == "set" { "" } else { id };
        self.loops.iter().position(|found| found.id == id)
    }

    /// The loops that a loop may stand in, directly.
    pub fn parents(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        self.loops
            .iter()
            .enumerate()
            .filter(move |(_, found)| found.entries.iter().any(|entry| entry.child == Some(index)))
            .map(|(at, _)| at)
    }

    /// A loop and all that may stand inside it, as bits.
    pub fn inside(&self, index: usize) -> u128 {
        let mut found = 1_u128 << index;
        for child in self.loops[index].entries.iter().filter_map(|entry| entry.child) {
            found |= self.inside(child);
        }
        found
    }

    /// The nearest loop around `of` (itself included) that `scope` is or may stand in.
    pub fn owner(&self, of: usize, scope: usize) -> Option<usize> {
        let mut level = vec![of];
        while !level.is_empty() {
            if let Some(found) = level.iter().find(|found| self.inside(**found) >> scope & 1 == 1) {
                return Some(*found);
            }
            level = level.iter().flat_map(|found| self.parents(*found)).collect();
        }
        None
    }
}
