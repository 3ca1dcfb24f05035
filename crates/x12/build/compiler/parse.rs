//! Reads the dictionary and the guides. The notation is explained at the head of `005010X222A1.guide`.
//!
//! Judges only the notation; [`super::prove`] judges what is said in it.

use std::collections::BTreeMap;

/// Segments whose first element says what they are about, so that it tells their uses apart without a `!`.
const TOLD_BY_FIRST_ELEMENT: [&str; 10] = ["NM1", "N1", "REF", "DTP", "DTM", "AMT", "QTY", "PRV", "NTE", "CRC"];

/// A data element of the standard.
#[derive(Debug, Clone)]
pub struct DataElement {
    pub kind: String,
    pub min: u16,
    pub max: u16,
    /// Our own short name; empty for none.
    pub label: String,
}

/// One place in a segment or composite: which element, in which form, how often.
#[derive(Debug, Clone)]
pub struct Place {
    /// An element number or a composite's name.
    pub of: String,
    /// The place whose value names the form of this date; 0 for none.
    pub form_at: u8,
    pub repeats: u16,
}

/// A segment of the standard.
#[derive(Debug, Clone, Default)]
pub struct SegmentDefinition {
    pub places: Vec<Place>,
    /// Kind and places, such as ('P', [8, 9]).
    pub relations: Vec<(char, Vec<u8>)>,
}

/// The shared dictionary.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    pub elements: BTreeMap<String, DataElement>,
    pub composites: BTreeMap<String, Vec<Place>>,
    pub segments: BTreeMap<String, SegmentDefinition>,
    pub codes: BTreeMap<String, Vec<String>>,
}

/// What a guide says of an element or component.
#[derive(Debug, Clone, Default)]
pub struct Item {
    pub position: u8,
    /// 0 for the element itself.
    pub component: u8,
    pub situational: bool,
    pub qualifies: bool,
    pub takes_unknown: bool,
    pub codes: Option<Vec<String>>,
    pub outside: Option<Outside>,
}

/// A reference to an outside code list, perhaps only where a neighbour has one of these codes.
#[derive(Debug, Clone)]
pub struct Outside {
    pub list: String,
    pub only_if: Option<(u8, Vec<String>)>,
}

/// A segment in a loop.
#[derive(Debug, Clone)]
pub struct SegmentUse {
    pub line: usize,
    pub segment: String,
    pub required: bool,
    pub max: u16,
    pub tag: Option<String>,
    pub items: Vec<Item>,
}

/// What stands in a loop after its first segment, in order.
#[derive(Debug, Clone)]
pub enum Entry {
    Segment(SegmentUse),
    /// A nested loop, by its index in the guide, and how it is used here.
    Loop(usize, Usage),
}

/// How a guide uses a loop in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    Situational,
    Required,
    /// Required where no level stands below: HL04 of the enclosing level is 0.
    RequiredInLeaf,
}

/// A loop.
#[derive(Debug, Clone)]
pub struct Loop {
    pub id: String,
    pub label: String,
    pub max: u16,
    /// The segment that opens the loop; the set itself has none.
    pub trigger: Option<SegmentUse>,
    pub entries: Vec<Entry>,
    /// Entries before which `--` ends a run of neighbours that may come in any order.
    pub breaks: Vec<usize>,
}

/// A guide.
#[derive(Debug, Clone)]
pub struct Guide {
    pub name: String,
    pub set_id: String,
    pub versions: Vec<String>,
    pub functional_id: String,
    pub label: String,
    /// What BHT02 says in this message, where another guide has the same set and version.
    pub heading: Vec<String>,
    pub codes: BTreeMap<String, Vec<String>>,
    /// Loop 0 is the set.
    pub loops: Vec<Loop>,
}

fn number<T: std::str::FromStr>(text: &str, place: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{place}: \"{text}\" is no number"))
}

/// Reads the dictionary.
pub fn dictionary(text: &str) -> Result<Dictionary, String> {
    let mut found = Dictionary::default();
    for (at, line) in text.lines().enumerate() {
        let place = format!("dictionary.txt:{}", at + 1);
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            ["element", id, kind, min, max, label @ ..] => {
                let element = DataElement {
                    kind: (*kind).to_owned(),
                    min: number(min, &place)?,
                    max: number(max, &place)?,
                    label: label.join(" "),
                };
                found.elements.insert((*id).to_owned(), element);
            }
            ["composite", id, rest @ ..] => {
                let places = rest.iter().map(|word| place_of(word, &place)).collect::<Result<_, _>>()?;
                found.composites.insert((*id).to_owned(), places);
            }
            ["segment", id, rest @ ..] => {
                let bar = rest.iter().position(|word| *word == "|").unwrap_or(rest.len());
                let places = rest[..bar].iter().map(|word| place_of(word, &place)).collect::<Result<_, _>>()?;
                let relations =
                    rest[bar..].iter().skip(1).map(|word| relation(word, &place)).collect::<Result<_, _>>()?;
                found.segments.insert((*id).to_owned(), SegmentDefinition { places, relations });
            }
            ["codes", id, rest @ ..] => {
                found.codes.insert((*id).to_owned(), rest.iter().map(|word| (*word).to_owned()).collect());
            }
            _ => return Err(format!("{place}: not understood")),
        }
    }
    Ok(found)
}

fn place_of(word: &str, at: &str) -> Result<Place, String> {
    let (word, repeats) = match word.split_once('^') {
        Some((word, repeats)) => (word, number(repeats, at)?),
        None => (word, 1),
    };
    let (of, form_at) = match word.split_once('@') {
        Some((of, form_at)) => (of, number(form_at, at)?),
        None => (word, 0),
    };
    Ok(Place { of: of.to_owned(), form_at, repeats })
}

fn relation(word: &str, at: &str) -> Result<(char, Vec<u8>), String> {
    let (kind, places) = word.split_at(1);
    let kind =
        kind.chars().next().filter(|kind| "PRECL".contains(*kind)).ok_or(format!("{at}: no relation \"{word}\""))?;
    let places = places
        .as_bytes()
        .chunks(2)
        .map(|pair| number(&String::from_utf8_lossy(pair), at))
        .collect::<Result<Vec<u8>, _>>()?;
    Ok((kind, places))
}

/// Reads a guide.
pub fn guide(name: &str, lines: &[(usize, String)], dictionary: &Dictionary) -> Result<Guide, String> {
    let mut guide = Guide {
        name: name.to_owned(),
        set_id: String::new(),
        versions: Vec::new(),
        functional_id: String::new(),
        label: String::new(),
        heading: Vec::new(),
        codes: dictionary.codes.clone(),
        loops: Vec::new(),
    };
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut uses: Vec<(usize, usize, String, usize)> = Vec::new();
    for (at, line) in lines {
        let at = *at;
        let place = format!("{name}:{at}");
        let indent = line.len() - line.trim_start().len();
        let words: Vec<&str> = line.split_whitespace().collect();
        while open.last().is_some_and(|(depth, _)| *depth >= indent) && !words.is_empty() {
            open.pop();
        }
        match words.as_slice() {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            ["guide", set_id, rest @ ..] => header(&mut guide, set_id, rest, &place)?,
            ["codes", id, rest @ ..] => {
                guide.codes.insert((*id).to_owned(), rest.iter().map(|word| (*word).to_owned()).collect());
            }
            ["heading", codes @ ..] => {
                guide.heading = codes.iter().map(|code| (*code).to_owned()).collect();
            }
            ["--"] => {
                let parent = open.last().ok_or(format!("{place}: `--` outside a loop"))?.1;
                let parent = &mut guide.loops[parent];
                parent.breaks.push(parent.entries.len());
            }
            ["set"] => {
                guide.loops.push(Loop {
                    id: String::new(),
                    label: guide.label.clone(),
                    max: 1,
                    trigger: None,
                    entries: Vec::new(),
                    breaks: Vec::new(),
                });
                open.push((indent, 0));
            }
            ["loop", id, required, max, label @ ..] => {
                let index = guide.loops.len();
                guide.loops.push(Loop {
                    id: (*id).to_owned(),
                    label: label.join(" "),
                    max: times(max, &place)?,
                    trigger: None,
                    entries: Vec::new(),
                    breaks: Vec::new(),
                });
                if let Some((_, parent)) = open.last() {
                    guide.loops[*parent].entries.push(Entry::Loop(index, loop_usage(required, &place)?));
                }
                open.push((indent, index));
            }
            ["use", id, usage] => {
                let parent = open.last().ok_or(format!("{place}: `use` outside a loop"))?.1;
                guide.loops[parent].entries.push(Entry::Loop(usize::MAX, loop_usage(usage, &place)?));
                let slot = guide.loops[parent].entries.len() - 1;
                uses.push((parent, slot, (*id).to_owned(), at));
            }
            [segment, required, max, rest @ ..] => {
                let parent = open.last().ok_or(format!("{place}: a segment outside a loop"))?.1;
                let found = segment_use(at, segment, required, max, rest, &guide.codes, &place)?;
                let parent = &mut guide.loops[parent];
                if parent.trigger.is_none() && !parent.id.is_empty() {
                    parent.trigger = Some(found);
                } else {
                    parent.entries.push(Entry::Segment(found));
                }
            }
            _ => return Err(format!("{place}: not understood")),
        }
    }
    for (parent, slot, id, line) in uses {
        let target = guide.loops.iter().position(|candidate| candidate.id == id);
        let target = target.ok_or(format!("{name}:{line}: no loop {id}"))?;
        if let Entry::Loop(index, _) = &mut guide.loops[parent].entries[slot] {
            *index = target;
        }
    }
    Ok(guide)
}

fn header(guide: &mut Guide, set_id: &str, rest: &[&str], place: &str) -> Result<(), String> {
    guide.set_id = set_id.to_owned();
    let versions = rest.iter().take_while(|word| word.len() > 2).count();
    guide.versions = rest[..versions].iter().map(|word| (*word).to_owned()).collect();
    let functional = rest.get(versions).ok_or(format!("{place}: no functional group code"))?;
    guide.functional_id = (*functional).to_owned();
    guide.label = rest[versions + 1..].join(" ");
    Ok(())
}

fn usage(word: &str, place: &str) -> Result<bool, String> {
    match word {
        "R" => Ok(true),
        "S" => Ok(false),
        _ => Err(format!("{place}: usage is R or S, not \"{word}\"")),
    }
}

fn loop_usage(word: &str, place: &str) -> Result<Usage, String> {
    match word {
        "R" => Ok(Usage::Required),
        "S" => Ok(Usage::Situational),
        "L" => Ok(Usage::RequiredInLeaf),
        _ => Err(format!("{place}: a loop's usage is R, S or L, not \"{word}\"")),
    }
}

fn times(word: &str, place: &str) -> Result<u16, String> {
    if word == ">" { Ok(u16::MAX) } else { number(word, place) }
}

fn segment_use(
    line: usize,
    segment: &str,
    required: &str,
    max: &str,
    rest: &[&str],
    codes: &BTreeMap<String, Vec<String>>,
    place: &str,
) -> Result<SegmentUse, String> {
    let (tag, rest) = match rest {
        [tag, rest @ ..] if tag.starts_with('@') => (Some(tag[1..].to_owned()), rest),
        rest => (None, rest),
    };
    let [":", words @ ..] = rest else { return Err(format!("{place}: a colon comes before the elements")) };
    let mut items = Vec::new();
    for word in words {
        items.extend(element_items(word, codes, place)?);
    }
    let tells_by_first = TOLD_BY_FIRST_ELEMENT.contains(&segment) && !items.iter().any(|item| item.qualifies);
    for item in items.iter_mut().filter(|item| tells_by_first && item.position == 1 && item.component == 0) {
        item.qualifies = item.codes.is_some();
    }
    Ok(SegmentUse {
        line,
        segment: segment.to_owned(),
        required: usage(required, place)?,
        max: times(max, place)?,
        tag,
        items,
    })
}

/// One word such as `2..12?-1!=ABF,BF`: an item for each position it covers.
fn element_items(word: &str, lists: &BTreeMap<String, Vec<String>>, place: &str) -> Result<Vec<Item>, String> {
    let (head, value) = match word.split_once('=') {
        Some((head, value)) => (head, Some(value)),
        None => (word, None),
    };
    let mut item = Item::default();
    let mut head = head;
    loop {
        if let Some(rest) = head.strip_suffix('*') {
            item.takes_unknown = true;
            head = rest;
        } else if let Some(rest) = head.strip_suffix('!') {
            item.qualifies = true;
            head = rest;
        } else if let Some(rest) = head.strip_suffix('?') {
            item.situational = true;
            head = rest;
        } else {
            break;
        }
    }
    let (positions, components) = match head.split_once('-') {
        Some((positions, components)) => (positions, range(components, place)?),
        None => (head, 0..=0),
    };
    match value {
        None => {}
        Some(value) if value.starts_with('#') => item.outside = Some(outside(&value[1..], place)?),
        Some(value) => {
            let mut codes = Vec::new();
            for part in value.split(',') {
                match part.strip_prefix('@') {
                    Some(list) => codes.extend(lists.get(list).ok_or(format!("{place}: no list @{list}"))?.clone()),
                    None => codes.push(part.to_owned()),
                }
            }
            item.codes = Some(codes);
        }
    }
    let positions = range(positions, place)?;
    let places = positions.flat_map(|position| components.clone().map(move |component| (position, component)));
    Ok(places.map(|(position, component)| Item { position, component, ..item.clone() }).collect())
}

/// `4` or `4..7`.
fn range(text: &str, place: &str) -> Result<std::ops::RangeInclusive<u8>, String> {
    match text.split_once("..") {
        Some((first, last)) => Ok(number(first, place)?..=number(last, place)?),
        None => number(text, place).map(|only| only..=only),
    }
}

fn outside(text: &str, place: &str) -> Result<Outside, String> {
    let Some((list, condition)) = text.split_once('/') else {
        return Ok(Outside { list: text.to_owned(), only_if: None });
    };
    let (position, codes) = condition.split_once(':').ok_or(format!("{place}: a condition is place:codes"))?;
    let codes = codes.split(',').map(str::to_owned).collect();
    Ok(Outside { list: list.to_owned(), only_if: Some((number(position, place)?, codes)) })
}
