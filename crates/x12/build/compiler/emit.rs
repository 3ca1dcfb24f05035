//! Writes the tables of proven guides as Rust. The types they fill are in `src/guide.rs`.
//!
//! Equal lists and equal element tables are written once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::parse::{DataElement, Dictionary, Entry, Guide, Item, Outside, Place, SegmentUse, Usage};
use super::prove::{groups, qualifier};

/// Writes everything.
pub fn rust(dictionary: &Dictionary, guides: &[Guide]) -> Result<String, String> {
    let mut out = Emitter { dictionary, statics: String::new(), known: BTreeMap::new(), tags: BTreeSet::new() };
    let mut list = String::new();
    for (index, guide) in guides.iter().enumerate() {
        list.push_str(&out.guide(index, guide)?);
    }
    let mut code = String::from("// Made from guides/ by the guide compiler; do not edit.\n");
    code.push_str(
        "/// Segments that rules speak of, by the guides' @ names.\n#[derive(Debug, Clone, Copy, PartialEq, Eq)]\n",
    );
    code.push_str("pub(crate) enum Tag {\n    None,\n");
    for tag in &out.tags {
        writeln!(code, "    {tag},").map_err(|error| error.to_string())?;
    }
    code.push_str("}\n");
    code.push_str(&out.statics);
    let known: Vec<String> = dictionary
        .segments
        .keys()
        .map(|id| format!("{}", packed_id(id)))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut labels: Vec<(u16, &str)> = dictionary
        .elements
        .iter()
        .filter_map(|(number, element)| Some((number.parse().ok()?, element.label.as_str())))
        .filter(|(_, label)| !label.is_empty())
        .collect();
    labels.sort_unstable();
    writeln!(code, "pub(crate) static LABELS: [(u16, &str); {}] = {labels:?};", labels.len())
        .map_err(|error| error.to_string())?;
    write!(
        code,
        "pub(crate) static GUIDES: [Guide; {}] = [{list}];\npub(crate) static KNOWN_SEGMENTS: [u32; {}] = [{}];\n",
        guides.len(),
        known.len(),
        known.join(", ")
    )
    .map_err(|error| error.to_string())?;
    Ok(code)
}

struct Emitter<'a> {
    dictionary: &'a Dictionary,
    statics: String,
    known: BTreeMap<String, String>,
    tags: BTreeSet<String>,
}

/// `claim_payment` as `ClaimPayment`.
fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let (first, rest) = word.split_at(1.min(word.len()));
            first.to_uppercase() + rest
        })
        .collect()
}

fn packed_id(id: &str) -> u32 {
    id.bytes().enumerate().fold(0, |packed, (at, byte)| packed | u32::from(byte) << (16 - 8 * at))
}

fn packed_code(code: &str) -> u64 {
    code.bytes().enumerate().fold(0, |packed, (at, byte)| packed | u64::from(byte) << (56 - 8 * at))
}

impl Emitter<'_> {
    /// Puts a slice into a static of its own, once, and gives its name.
    fn intern(&mut self, kind: &str, of: &str, items: &[String]) -> String {
        if items.is_empty() {
            return "&[]".to_owned();
        }
        let body = items.join(", ");
        let key = format!("{kind}{body}");
        if let Some(name) = self.known.get(&key) {
            return format!("&{name}");
        }
        let name = format!("{kind}_{}", self.known.len());
        self.statics.push_str(&format!("static {name}: [{of}; {}] = [{body}];\n", items.len()));
        self.known.insert(key, name.clone());
        format!("&{name}")
    }

    fn codes(&mut self, codes: &[String]) -> String {
        let mut packed: Vec<u64> = codes.iter().map(|code| packed_code(code)).collect();
        packed.sort_unstable();
        packed.dedup();
        let items: Vec<String> = packed.iter().map(|code| format!("{code:#x}")).collect();
        self.intern("CODES", "u64", &items)
    }

    fn guide(&mut self, index: usize, guide: &Guide) -> Result<String, String> {
        let mut loops = Vec::new();
        for at in 0..guide.loops.len() {
            loops.push(self.loop_table(guide, at)?);
        }
        let name = format!("LOOPS_OF_{index}");
        self.statics.push_str(&format!("static {name}: [Loop; {}] = [{}];\n", loops.len(), loops.join(", ")));
        let versions: Vec<String> = guide.versions.iter().map(|version| format!("{version:?}")).collect();
        let heading = self.codes(&guide.heading);
        Ok(format!(
            "Guide {{ set_id: {:?}, versions: &[{}], label: {:?}, heading: {heading}, loops: &{name} }}, ",
            guide.set_id,
            versions.join(", "),
            guide.label
        ))
    }

    fn loop_table(&mut self, guide: &Guide, index: usize) -> Result<String, String> {
        let found = &guide.loops[index];
        let groups = groups(guide, index);
        let first_entry: usize = guide.loops[..index].iter().map(|before| before.entries.len()).sum();
        let mut entries = Vec::new();
        let (mut required, mut in_leaf): (u64, u64) = (0, 0);
        let mut lookup: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        for (at, (entry, group)) in found.entries.iter().zip(&groups).enumerate() {
            let (segment, child, usage, max) = match entry {
                Entry::Segment(segment) if segment.required => (segment, u16::MAX, Usage::Required, segment.max),
                Entry::Segment(segment) => (segment, u16::MAX, Usage::Situational, segment.max),
                Entry::Loop(child, usage) => {
                    let nested = &guide.loops[*child];
                    let trigger = nested.trigger.as_ref().ok_or("a loop without a first segment")?;
                    (trigger, *child as u16, *usage, nested.max)
                }
            };
            required |= u64::from(usage == Usage::Required) << at;
            in_leaf |= u64::from(usage == Usage::RequiredInLeaf) << at;
            lookup.entry(packed_id(&segment.segment)).or_default().push(at as u8);
            let first = groups.iter().position(|other| other == group).unwrap_or(at);
            entries.push(format!(
                "Entry {{ number: {}, bit: {:#x}, {}",
                first_entry + at,
                1_u64 << at,
                self.entry(segment, child, max, *group, first)?
            ));
        }
        let entries = self.intern("ENTRIES", "Entry", &entries);
        let ids: Vec<String> = lookup.keys().map(u32::to_string).collect();
        let ids = self.intern("IDS", "u32", &ids);
        let mut rows = Vec::new();
        for places in lookup.values() {
            let places: Vec<String> = places.iter().map(u8::to_string).collect();
            rows.push(self.intern("PLACES", "u8", &places));
        }
        let places = self.intern("LOOKUP", "&[u8]", &rows);
        Ok(format!(
            "Loop {{ number: {index}, id: {:?}, label: {:?}, entries: {entries}, ids: {ids}, places: {places}, required: {required:#x}, required_in_leaf: {in_leaf:#x} }}",
            found.id, found.label
        ))
    }

    fn entry(
        &mut self,
        segment: &SegmentUse,
        child: u16,
        max: u16,
        group: usize,
        first: usize,
    ) -> Result<String, String> {
        let (place, component, codes) = match qualifier(segment) {
            Some((place, component, codes)) => (place, component, self.codes(&codes.into_iter().collect::<Vec<_>>())),
            None => (0, 0, "&[]".to_owned()),
        };
        // Its qualifiers are the codes of that element.
        let mut of_first = segment.items.iter().filter(|item| item.position == 1);
        let is_told =
            (place, component) == (1, 0) && of_first.all(|item| item.component == 0 && item.outside.is_none());
        let takes_unknown = segment.items.iter().any(|item| item.takes_unknown);
        let rules = self.use_table(segment)?;
        Ok(format!(
            "segment: {}, group: {group}, before: {:#x}, max: {max}, takes_unknown: {takes_unknown}, \
             qualifier_at: ({place}, {component}), qualifiers: {codes}, is_told: {is_told}, rules: {rules}, child: {child} }}",
            packed_id(&segment.segment),
            (1_u64 << first) - 1
        ))
    }

    fn use_table(&mut self, segment: &SegmentUse) -> Result<String, String> {
        let definition = self.dictionary.segments.get(&segment.segment).ok_or("unknown segment")?.clone();
        let last = segment.items.iter().map(|item| usize::from(item.position)).max().unwrap_or(0);
        let mut elements = Vec::new();
        let (mut required, mut not_used): (u32, u32) = (0, 0);
        for position in 1..=last {
            let place = &definition.places[position - 1];
            let items: Vec<&Item> =
                segment.items.iter().filter(|item| usize::from(item.position) == position).collect();
            required |= u32::from(usage(&items) == "Required") << position;
            not_used |= u32::from(usage(&items) == "NotUsed") << position;
            elements.push(self.element(place, &items)?);
        }
        let elements = self.intern("ELEMENTS", "Element", &elements);
        let relations: Vec<String> = definition
            .relations
            .iter()
            .map(|(kind, places)| {
                let mask = places.iter().fold(0_u32, |mask, place| mask | 1 << place);
                format!(
                    "Relation {{ kind: RelationKind::{}, first: {}, places: {mask:#x} }}",
                    relation(*kind),
                    places[0]
                )
            })
            .collect();
        let relations = self.intern("RELATIONS", "Relation", &relations);
        // Data that is missing is told without an error of its own in the segment.
        let is_binary = |at: usize| {
            self.dictionary.elements.get(&definition.places[at - 1].of).is_some_and(|element| element.kind == "B")
        };
        let is_there = |place: &u8| required >> place & 1 == 1 && !is_binary(usize::from(*place));
        let related = |is_there: &dyn Fn(&u8) -> bool| {
            definition.relations.iter().fold(0_u32, |mask, (kind, places)| {
                let never_breaks = match kind {
                    'R' => places.iter().any(is_there),
                    'P' => places.iter().all(is_there),
                    'C' => places[1..].iter().all(is_there),
                    'L' => places[1..].iter().any(is_there),
                    _ => false,
                };
                mask | match kind {
                    _ if never_breaks => 0,
                    'R' => 1,
                    'C' | 'L' => 1 << places[0],
                    _ => places.iter().fold(0, |mask, place| mask | 1 << place),
                }
            })
        };
        // What is required and missing is told as that, and then no relation is asked.
        let (related, related_in_guide) = (related(&|_| false), related(&is_there));
        let tag = segment.tag.as_deref().map_or("None".to_owned(), camel);
        if tag != "None" {
            self.tags.insert(tag.clone());
        }
        let body = format!(
            "Rules {{ tag: Tag::{tag}, standard_length: {}, required: {required:#x}, not_used: {not_used:#x}, elements: {elements}, relations: {relations}, related: {related:#x}, related_in_guide: {related_in_guide:#x} }}",
            definition.places.len()
        );
        Ok(self.intern("RULES", "Rules", &[body]) + "[0]")
    }

    fn element(&mut self, place: &Place, items: &[&Item]) -> Result<String, String> {
        let whole = items.iter().find(|item| item.component == 0);
        let usage = usage(items);
        let Some(components) = self.dictionary.composites.get(&place.of).cloned() else {
            return self.simple(place, usage, whole.copied());
        };
        let last = items.iter().map(|item| usize::from(item.component)).max().unwrap_or(0);
        let (mut tables, mut least) = (Vec::new(), 0);
        for (at, component) in components.iter().enumerate() {
            let item = items.iter().find(|item| usize::from(item.component) == at + 1).copied();
            let usage = match item {
                Some(item) if item.situational => "Situational",
                Some(_) => "Required",
                // A composite whose parts a guide does not list may hold any.
                None if last == 0 && usage != "NotUsed" => "Situational",
                None => "NotUsed",
            };
            if usage == "Required" {
                least = at + 1;
            }
            tables.push(self.simple(component, usage, item)?);
        }
        let components = self.intern("COMPONENTS", "Element", &tables);
        Ok(format!(
            "Element {{ number: 0, usage: Usage::{usage}, kind: Kind::Composite, quick: Quick::Composite, min: 0, max: 0, form_at: 0, repeats: {}, \
             codes: &[], outside: None, components: {components}, least_components: {least} }}",
            place.repeats
        ))
    }

    fn simple(&mut self, place: &Place, usage: &str, item: Option<&Item>) -> Result<String, String> {
        let element: &DataElement =
            self.dictionary.elements.get(&place.of).ok_or(format!("element {} is unknown", place.of))?;
        let kind = match (element.kind.as_str(), place.form_at) {
            (_, form_at) if form_at > 0 => "Dated",
            ("AN", _) => "Text",
            ("ID", _) => "Code",
            ("N0", _) => "Whole",
            ("R", _) => "Decimal",
            ("DT", _) => "Date",
            ("TM", _) => "Time",
            ("B", _) => "Binary",
            (other, _) => return Err(format!("element {}: no type {other}", place.of)),
        };
        let listed = item.and_then(|item| item.codes.clone()).unwrap_or_default();
        let quick = match (quick(kind, listed.len(), element.max), item.and_then(|item| item.outside.as_ref())) {
            (quick, None) => quick,
            ("Length", Some(_)) => "Listed",
            // A list outside the guide beside one of its own, or of numbers: there is none so far.
            (_, Some(_)) => "No",
        };
        let codes = if listed.is_empty() { "&[]".to_owned() } else { self.codes(&listed) };
        let outside = match item.and_then(|item| item.outside.clone()) {
            None => "None".to_owned(),
            Some(outside) => self.outside(&outside),
        };
        Ok(format!(
            "Element {{ number: {}, usage: Usage::{usage}, kind: Kind::{kind}, quick: Quick::{quick}, min: {}, max: {}, form_at: {}, repeats: {}, \
             codes: {codes}, outside: {outside}, components: &[], least_components: 0 }}",
            place.of.parse::<u16>().unwrap_or(0),
            element.min,
            element.max,
            place.form_at,
            place.repeats
        ))
    }

    fn outside(&mut self, outside: &Outside) -> String {
        let list = camel(&outside.list);
        let (at, codes) = match &outside.only_if {
            Some((at, codes)) => (*at, self.codes(codes)),
            None => (0, "&[]".to_owned()),
        };
        format!("Some(&Outside {{ list: CodeList::{list}, only_if_at: {at}, only_if: {codes} }})")
    }
}

/// The most codes that are compared one after the other.
const FEW_CODES: usize = 8;

/// How a value of this kind is found to be in form at once.
fn quick(kind: &str, codes: usize, max: u16) -> &'static str {
    match (codes, kind) {
        (1, _) => "OneCode",
        (2.., _) if codes <= FEW_CODES => "FewCodes",
        (2.., _) => "ManyCodes",
        (0, "Text" | "Code") => "Length",
        (0, "Whole") => "Whole",
        (0, "Decimal") => "Decimal",
        (0, "Date") if max == 8 => "Day",
        (0, "Dated") => "Dated",
        (0, _) => "No",
    }
}

/// How a guide uses an element, from what it says of the element and of its components.
fn usage(items: &[&Item]) -> &'static str {
    match items.iter().find(|item| item.component == 0) {
        Some(item) if item.situational => "Situational",
        Some(_) => "Required",
        None if items.is_empty() => "NotUsed",
        None => "Required",
    }
}

fn relation(kind: char) -> &'static str {
    match kind {
        'P' => "Paired",
        'R' => "AtLeastOne",
        'E' => "AtMostOne",
        'C' => "Conditional",
        _ => "ListConditional",
    }
}
