//! Compares two files by what they mean: segments are aligned within their loops, elements by value.
//!
//! Delimiters, line breaks, padding, trailing empty elements, level numbers and counts never matter: they follow from the
//! rest. Shows data of both files: it is for eyes that may see them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::amount::Amount;
use crate::document::Document;
use crate::guide::Kind;
use crate::outline::{Placed, outline};
use crate::render::json::push_string;
use crate::render::printable;
use crate::segment::Segment;

/// Beyond so many pairs two lists are aligned by what is unique in both, which takes less time.
const MOST_PAIRS: usize = 4_000_000;

/// What is left out of account.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiffOptions {
    /// Control numbers and the dates and times of envelopes.
    pub ignore_control_numbers: bool,
}

/// What happened between the first file and the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A segment is only in the second file.
    Added,
    /// A segment is only in the first.
    Removed,
    /// An element has another value.
    Changed,
}

impl Change {
    /// `added`, `removed` or `changed`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// One difference. Holds data of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What happened.
    pub change: Change,
    /// The loops down to it, outermost first: `set 837 0001 / 2300 claim A1`.
    pub place: String,
    /// The segment's id.
    pub segment: String,
    /// The element, counted from 1; 0 where a whole segment was added or removed.
    pub element: usize,
    /// Our name of the element; empty where it has none.
    pub label: &'static str,
    /// What the first file has there.
    pub before: String,
    /// What the second file has there.
    pub after: String,
}

impl Difference {
    /// One line: `~ place / SV1 02 amount: 100 → 110`.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = match self.change {
            Change::Added => write!(out, "+ {} / {}", self.place, self.after),
            Change::Removed => write!(out, "- {} / {}", self.place, self.before),
            Change::Changed => write!(
                out,
                "~ {} / {} {:02} {}: {} → {}",
                self.place, self.segment, self.element, self.label, self.before, self.after
            ),
        };
        out
    }

    /// A JSON object on one line.
    pub fn to_json(&self) -> String {
        let mut out = format!("{{\"change\":\"{}\"", self.change.word());
        for (name, value) in [
            ("place", self.place.as_str()),
            ("segment", &self.segment),
            ("label", self.label),
            ("before", &self.before),
            ("after", &self.after),
        ] {
            let _ = write!(out, ",\"{name}\":");
            push_string(&mut out, value);
        }
        let _ = write!(out, ",\"element\":{}}}", self.element);
        out
    }
}

/// Every difference in the order of the first file; none where both say the same.
pub fn diff(before: &Document<'_>, after: &Document<'_>, options: DiffOptions) -> Vec<Difference> {
    let (before, after) = (nodes(before, options), nodes(after, options));
    let mut found = Vec::new();
    compare(&before, &after, "", &mut found);
    found
}

/// A segment, or a loop with what is in it.
struct Node {
    /// What it is: the segment's id, or the loop's.
    kind: String,
    /// What tells it from its like: the qualifier, or the claim's number.
    identity: String,
    /// Everything in it.
    content: u64,
    line: Option<Line>,
    inner: Vec<Node>,
    depth: u16,
}

/// A segment's values, comparable, and how to tell them.
struct Line {
    raw: String,
    values: Vec<(String, String, &'static str)>,
}

fn nodes(document: &Document<'_>, options: DiffOptions) -> Vec<Node> {
    let mut roots =
        Node { kind: String::new(), identity: String::new(), content: 0, line: None, inner: Vec::new(), depth: 0 };
    let mut open: Vec<Node> = Vec::new();
    for (segment, placed) in document.segments().zip(outline(document)) {
        let opens = matches!(segment.id(), "ISA" | "GS" | "ST") || placed.opens_loop;
        let close_from = placed.depth + u16::from(!opens);
        while open.last().is_some_and(|node| node.depth >= close_from) {
            close(&mut open, &mut roots);
        }
        if opens {
            open.push(opened(&segment, &placed));
        }
        let node = leaf(&segment, &placed, options);
        open.last_mut().unwrap_or(&mut roots).inner.push(node);
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots.inner
}

fn close(open: &mut Vec<Node>, roots: &mut Node) {
    let Some(mut node) = open.pop() else { return };
    let mut hasher = DefaultHasher::new();
    node.kind.hash(&mut hasher);
    node.inner.iter().for_each(|inner| inner.content.hash(&mut hasher));
    node.content = hasher.finish();
    // A level is known by whom it names.
    if node.inner.first().is_some_and(|first| first.kind == "HL")
        && let Some(named) = node.inner.iter().find_map(|inner| inner.inner.first())
    {
        node.identity = named.line.as_ref().map(|line| line.raw.clone()).unwrap_or_default();
    }
    open.last_mut().unwrap_or(roots).inner.push(node);
}

fn opened(segment: &Segment<'_>, placed: &Placed) -> Node {
    let text = |n: usize| printable(segment.element(n).trim_ascii());
    let (kind, identity) = match segment.id() {
        "ISA" => ("interchange".to_owned(), String::new()),
        "GS" => (format!("group {}", text(1)), text(8)),
        "ST" => (format!("set {}", text(1)), text(2)),
        _ => {
            let names_itself = matches!(segment.id(), "CLM" | "CLP" | "LX" | "TRN" | "NM1" | "N1");
            let n = if segment.id() == "TRN" { 2 } else { 1 };
            let identity = if names_itself { text(n) } else { String::new() };
            (format!("{} {}", placed.loop_id, placed.loop_label), identity)
        }
    };
    Node { kind, identity, content: 0, line: None, inner: Vec::new(), depth: placed.depth }
}

fn leaf(segment: &Segment<'_>, placed: &Placed, options: DiffOptions) -> Node {
    let mut values: Vec<(String, String, &'static str)> = Vec::new();
    for (at, element) in segment.elements().enumerate() {
        let n = at + 1;
        let shown = printable(element.trim_ascii());
        let compared = if follows(segment.id(), n) || (options.ignore_control_numbers && is_control(segment.id(), n)) {
            String::new()
        } else {
            compared(segment, placed, n, element)
        };
        values.push((compared, shown, placed.element_label(n, 0)));
    }
    while values.last().is_some_and(|(compared, ..)| compared.is_empty()) {
        values.pop();
    }
    let kind = printable(segment.element(0));
    let mut hasher = DefaultHasher::new();
    kind.hash(&mut hasher);
    values.iter().for_each(|(compared, ..)| compared.hash(&mut hasher));
    let identity = values.first().map(|(compared, ..)| compared.clone()).unwrap_or_default();
    let line = Some(Line { raw: printable(segment.raw()), values });
    Node { kind, identity, content: hasher.finish(), line, inner: Vec::new(), depth: placed.depth }
}

/// Separators, level numbers and counts say nothing of their own.
fn follows(id: &str, n: usize) -> bool {
    matches!((id, n), ("ISA", 11 | 16) | ("HL", 1 | 2) | ("SE" | "GE" | "IEA", 1))
}

fn is_control(id: &str, n: usize) -> bool {
    matches!((id, n), ("ISA", 9 | 10 | 13) | ("GS", 4..=6) | ("ST" | "SE" | "GE" | "IEA", 2) | ("BHT", 3..=5))
}

/// A value without what does not matter: separators as one kind, numbers by their worth.
fn compared(segment: &Segment<'_>, placed: &Placed, n: usize, element: &[u8]) -> String {
    let delimiters = segment.delimiters();
    if segment.is("ISA") {
        return printable(element.trim_ascii());
    }
    let is_repetition = |byte: &u8| Some(*byte) == delimiters.repetition;
    let repetitions = element.split(is_repetition).map(|repetition| {
        let mut parts: Vec<String> = repetition
            .split(|byte| *byte == delimiters.component)
            .enumerate()
            .map(|(at, part)| {
                let element = placed.element(n, at + 1);
                let is_number = element.is_some_and(|element| matches!(element.kind, Kind::Decimal | Kind::Whole));
                let worth = Amount::parse(part).ok().filter(|_| is_number);
                worth.map_or_else(|| printable(part.trim_ascii()), |worth| format!("{}", worth.cents()))
            })
            .collect();
        while parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
        parts.join("\u{1f}")
    });
    repetitions.collect::<Vec<_>>().join("\u{1e}")
}

fn compare(before: &[Node], after: &[Node], place: &str, found: &mut Vec<Difference>) {
    let pairs = align(before, after);
    let paired: HashSet<usize> = pairs.iter().flatten().copied().collect();
    let mut next = 0;
    for (at, node) in before.iter().enumerate() {
        match pairs[at] {
            None => whole(node, Change::Removed, place, found),
            Some(other) => {
                // Additions are told where they stand, in the order of the second file.
                for index in (next..other).filter(|index| !paired.contains(index)) {
                    whole(&after[index], Change::Added, place, found);
                }
                next = next.max(other + 1);
                if node.content != after[other].content {
                    pair(node, &after[other], place, found);
                }
            }
        }
    }
    for index in (next..after.len()).filter(|index| !paired.contains(index)) {
        whole(&after[index], Change::Added, place, found);
    }
}

fn inside(place: &str, node: &Node) -> String {
    let identity = if node.identity.contains(['*', '\u{1f}']) { "" } else { &node.identity };
    let name = format!("{} {identity}", node.kind);
    if place.is_empty() { name.trim_end().to_owned() } else { format!("{place} / {}", name.trim_end()) }
}

fn pair(before: &Node, after: &Node, place: &str, found: &mut Vec<Difference>) {
    let (Some(old), Some(new)) = (&before.line, &after.line) else {
        return compare(&before.inner, &after.inner, &inside(place, before), found);
    };
    for n in 0..old.values.len().max(new.values.len()) {
        let value = |line: &Line| line.values.get(n).map_or((String::new(), String::new(), ""), Clone::clone);
        let ((old_value, old_shown, label), (new_value, new_shown, new_label)) = (value(old), value(new));
        if old_value != new_value {
            found.push(Difference {
                change: Change::Changed,
                place: place.to_owned(),
                segment: before.kind.clone(),
                element: n + 1,
                label: if label.is_empty() { new_label } else { label },
                before: old_shown,
                after: new_shown,
            });
        }
    }
}

fn whole(node: &Node, change: Change, place: &str, found: &mut Vec<Difference>) {
    match &node.line {
        Some(line) => found.push(Difference {
            change,
            place: place.to_owned(),
            segment: node.kind.clone(),
            element: 0,
            label: "",
            before: if change == Change::Removed { line.raw.clone() } else { String::new() },
            after: if change == Change::Added { line.raw.clone() } else { String::new() },
        }),
        None => node.inner.iter().for_each(|inner| whole(inner, change, &inside(place, node), found)),
    }
}

/// For each node of the first list its partner in the second: equal ones in order first, then, between these, those of
/// one identity, then those of one kind.
fn align(before: &[Node], after: &[Node]) -> Vec<Option<usize>> {
    let mut pairs = vec![None; before.len()];
    let anchors = anchors(before, after);
    let mut from = (0, 0);
    for (old, new) in anchors.into_iter().chain([(before.len(), after.len())]) {
        gap(before, after, (from.0..old, from.1..new), &mut pairs);
        if old < before.len() {
            pairs[old] = Some(new);
        }
        from = (old + 1, new + 1);
    }
    pairs
}

type Gap = (std::ops::Range<usize>, std::ops::Range<usize>);

fn gap<'n>(before: &'n [Node], after: &'n [Node], (old, new): Gap, pairs: &mut [Option<usize>]) {
    let mut taken = HashSet::new();
    for by_identity in [true, false] {
        let mut waiting: HashMap<(&str, &str), VecDeque<usize>> = HashMap::new();
        let key = |node: &'n Node| (node.kind.as_str(), if by_identity { node.identity.as_str() } else { "" });
        for index in new.clone().filter(|index| !taken.contains(index)) {
            waiting.entry(key(&after[index])).or_default().push_back(index);
        }
        for index in old.clone() {
            if pairs[index].is_some() {
                continue;
            }
            let found = waiting.get_mut(&key(&before[index])).and_then(VecDeque::pop_front);
            if let Some(found) = found {
                pairs[index] = Some(found);
                taken.insert(found);
            }
        }
    }
}

/// Pairs of equal nodes, in order in both lists.
fn anchors(before: &[Node], after: &[Node]) -> Vec<(usize, usize)> {
    let same = |(old, new): &(&Node, &Node)| old.content == new.content;
    let head = before.iter().zip(after).take_while(same).count();
    let tail = before[head..].iter().rev().zip(after[head..].iter().rev()).take_while(same).count();
    let (old, new) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    let middle = if old.len().saturating_mul(new.len()) <= MOST_PAIRS { longest(old, new) } else { unique(old, new) };
    let mut found: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    found.extend(middle.into_iter().map(|(old, new)| (old + head, new + head)));
    found.extend((0..tail).rev().map(|back| (before.len() - 1 - back, after.len() - 1 - back)));
    found
}

/// The longest common subsequence.
fn longest(old: &[Node], new: &[Node]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    let mut lengths = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = if old[i].content == new[j].content {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut found = Vec::new();
    while i < old.len() && j < new.len() {
        if old[i].content == new[j].content {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// Those that occur once in both lists, as far as their order agrees.
fn unique(old: &[Node], new: &[Node]) -> Vec<(usize, usize)> {
    let once = |nodes: &[Node]| {
        let mut places: HashMap<u64, Option<usize>> = HashMap::new();
        for (at, node) in nodes.iter().enumerate() {
            places.entry(node.content).and_modify(|place| *place = None).or_insert(Some(at));
        }
        places
    };
    let (in_old, in_new) = (once(old), once(new));
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, node) in old.iter().enumerate() {
        let is_once = in_old.get(&node.content).is_some_and(Option::is_some);
        if let Some(Some(other)) = in_new.get(&node.content).filter(|_| is_once)
            && found.last().is_none_or(|(_, last)| last < other)
        {
            found.push((at, *other));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(name: &str) -> Vec<u8> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        std::fs::read(folder.join(name)).unwrap()
    }

    fn told(before: &[u8], after: &[u8], ignore_control_numbers: bool) -> Vec<String> {
        let options = DiffOptions { ignore_control_numbers };
        let found = diff(&Document::read(before), &Document::read(after), options);
        found.iter().map(Difference::to_text).collect()
    }

    #[test]
    fn separators_line_breaks_and_written_forms_of_numbers_do_not_matter() {
        let plain = case("ok-837P.x12");
        for name in ["fmt-837P-crlf.x12", "fmt-837P-lf-terminator.x12", "fmt-837P-control-chars.x12"] {
            assert_eq!(told(&plain, &case(name), false), [""; 0], "{name}");
        }
        let text = String::from_utf8(plain.clone()).unwrap();
        assert_eq!(told(&plain, text.replace("*150*", "*150.00*").as_bytes(), false), [""; 0]);
        let renumbered = text.replace("*000000001*", "*000000009*").replace("IEA*1*000000001", "IEA*1*000000009");
        assert_eq!(told(&plain, renumbered.as_bytes(), true), [""; 0]);
        assert_eq!(told(&plain, renumbered.as_bytes(), false).len(), 2);
    }

    #[test]
    fn changes_are_told_in_their_loops() {
        let text = String::from_utf8(case("ok-837P.x12")).unwrap();
        let changed = text
            .replace("SV1*HC:99213:25*100*", "SV1*HC:99213:25*110*")
            .replace("REF*6R*L2~", "")
            .replace("HI*ABK", "NTE*ADD*CALLED~HI*ABK");
        let claim = "interchange / group HC 005010X222A1 / set 837 0001 / 2000A billing provider level / 2000B subscriber level / 2300 claim A1";
        assert_eq!(
            told(text.as_bytes(), changed.as_bytes(), false),
            [
                format!("+ {claim} / NTE*ADD*CALLED"),
                format!("~ {claim} / 2400 service line 1 / SV1 02 amount: 100 → 110"),
                format!("- {claim} / 2400 service line 2 / REF*6R*L2"),
            ]
        );
    }

    #[test]
    fn a_claim_in_between_does_not_disturb_its_neighbours() {
        let text = String::from_utf8(case("ok-835.x12")).unwrap();
        let from = text.find("CLP*A2").unwrap();
        let to = from + text[from..].find("PLB").unwrap_or(text[from..].find("SE*").unwrap());
        let without = format!("{}{}", &text[..from], &text[to..]);
        let found = told(without.as_bytes(), text.as_bytes(), false);
        assert!(
            !found.is_empty()
                && found.iter().all(|line| line.starts_with("+ ") && line.contains("2100 claim payment A2")),
            "{found:#?}"
        );
    }

    #[test]
    fn many_segments_are_compared_in_time_that_grows_with_them() {
        let text = String::from_utf8(case("ok-837P.x12")).unwrap();
        let notes: String = (0..5000).map(|n| format!("NTE*ADD*{n}~")).collect();
        let other: String = (0..5000).map(|n| format!("NTE*ADD*{}~", n * 2)).collect();
        let with = |notes: &str| text.replace("HI*ABK", &format!("{notes}HI*ABK"));
        assert!(!told(with(&notes).as_bytes(), with(&other).as_bytes(), false).is_empty());
    }
}
