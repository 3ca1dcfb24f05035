//! Finds what a rule names in its guide; what is not there is refused with the line.
//!
//! Gives entries by number, never a guess: a name that fits nothing is an error.

use super::gather::MAX_POSITION;
use super::outline::{Element, Entry, Outline, Use};
use super::text::Path;

/// Codes as packed ranges, ends included.
pub type Ranges = Vec<(u64, u64)>;

/// A place that a path names.
#[derive(Debug, Clone)]
pub struct Place {
    /// The entry's number in the guide.
    pub entry: u16,
    /// The loop it stands in, or that it opens.
    pub home: usize,
    /// Only where this element and component has one of these codes.
    pub guard: (u8, u8, Ranges),
}

/// The first eight bytes of a code as an integer that sorts as they do.
pub fn packed(code: &str) -> u64 {
    code.bytes().take(8).enumerate().fold(0, |packed, (at, byte)| packed | u64::from(byte) << (56 - 8 * at))
}

/// Codes, `LOW..HIGH` and `PREFIX*` as ranges.
pub fn ranges(codes: &[String]) -> Ranges {
    let mut found: Ranges = codes
        .iter()
        .map(|code| match (code.split_once(".."), code.strip_suffix('*')) {
            (Some((low, high)), _) => (packed(low), packed(high)),
            (None, Some(prefix)) => {
                (packed(prefix), packed(prefix) | u64::MAX.checked_shr(8 * prefix.len() as u32).unwrap_or(0))
            }
            (None, None) => (packed(code), packed(code)),
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The loop a path speaks of.
pub fn home(outline: &Outline, scope: usize, path: &Path, at: &str) -> Result<usize, String> {
    let named = |id: &String| outline.loop_named(id).ok_or(format!("{at}: the guide has no loop {id}"));
    match (&path.child_loop, &path.loop_id) {
        (Some(id), _) | (None, Some(id)) => named(id),
        (None, None) => Ok(scope),
    }
}

/// The places a path names, seen from a loop.
pub fn places(outline: &Outline, scope: usize, path: &Path, at: &str) -> Result<Vec<Place>, String> {
    let home = home(outline, scope, path, at)?;
    let only_in = match (&path.child_loop, &path.loop_id) {
        (Some(_), Some(id)) => Some(outline.loop_named(id).ok_or(format!("{at}: the guide has no loop {id}"))?),
        _ => None,
    };
    let mut found = Vec::new();
    for (index, table) in outline.loops.iter().enumerate() {
        let first = outline.first_entry(index);
        for (offset, entry) in table.entries.iter().enumerate() {
            let opens_home = entry.child == Some(home) && only_in.is_none_or(|only| only == index);
            // What stands inside a shared loop cannot be told apart by where the loop is used.
            let is_told = only_in.is_none_or(|only| outline.parents(home).all(|parent| parent == only));
            let is_inside = entry.child.is_none() && index == home && is_told;
            let fits = match &path.segment {
                None => opens_home,
                Some(id) => *id == entry.segment && (opens_home || is_inside),
            };
            if let Some(guard) = fits.then(|| guard(entry, &path.qualifiers)).flatten() {
                found.push(Place { entry: (first + offset) as u16, home, guard });
            }
        }
    }
    if found.is_empty() {
        return Err(format!("{at}: the guide has no such place: {}", name(path)));
    }
    let mut usable = 0;
    for place in &found {
        usable += usize::from(has_element(entry_at(outline, place.entry), path));
    }
    if usable == 0 {
        return Err(format!("{at}: the guide has no use for {}", name(path)));
    }
    Ok(found)
}

/// The entry with a number.
pub fn entry_at(outline: &Outline, number: u16) -> &Entry {
    let mut left = usize::from(number);
    for table in &outline.loops {
        if left < table.entries.len() {
            return &table.entries[left];
        }
        left -= table.entries.len();
    }
    &outline.loops[0].entries[0]
}

/// What an entry must hold to be meant, or none where it never is.
fn guard(entry: &Entry, qualifiers: &[String]) -> Option<(u8, u8, Ranges)> {
    let always = (0, 0, Vec::new());
    if qualifiers.is_empty() {
        return Some(always);
    }
    if entry.qualifier_at.0 > 0 {
        if !entry.qualifiers.iter().any(|code| qualifiers.contains(code)) {
            return None;
        }
        let is_all = entry.qualifiers.iter().all(|code| qualifiers.contains(code));
        return Some(if is_all { always } else { (entry.qualifier_at.0, entry.qualifier_at.1, ranges(qualifiers)) });
    }
    let first = entry.elements.first()?;
    let (component, codes) = match first.components.first() {
        Some(component) => (1, &component.codes),
        None => (0, &first.codes),
    };
    let is_known = codes.is_empty() || qualifiers.iter().all(|code| codes.contains(code));
    is_known.then(|| (1, component, ranges(qualifiers)))
}

/// The element that a path names in an entry.
pub fn element(entry: &Entry, number: u8, component: u8) -> Option<&Element> {
    let found = entry.elements.get(usize::from(number).checked_sub(1)?)?;
    if component == 0 { Some(found) } else { found.components.get(usize::from(component) - 1) }
}

fn has_element(entry: &Entry, path: &Path) -> bool {
    let (first, last, step) = path.elements;
    if first == 0 {
        return path.component == 0;
    }
    let is_used = |number: u8| element(entry, number, path.component).is_some_and(|found| found.usage != Use::NotUsed);
    step > 0 && last >= first && last <= MAX_POSITION && is_used(first) && is_used(last)
}

/// A path as people write it.
pub fn name(path: &Path) -> String {
    let mut text = String::new();
    for id in [&path.loop_id, &path.child_loop].into_iter().flatten() {
        text.push_str(id);
        text.push(' ');
    }
    text.push_str(path.segment.as_deref().unwrap_or(""));
    if !path.qualifiers.is_empty() {
        text.push_str(&format!("({})", path.qualifiers.join(",")));
    }
    if path.elements.0 > 0 {
        text.push_str(&format!("{:02}", path.elements.0));
    }
    if path.component > 0 {
        text.push_str(&format!("-{}", path.component));
    }
    text.trim_end().to_owned()
}
