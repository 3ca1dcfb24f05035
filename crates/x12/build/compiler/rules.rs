//! Compiles the rule files beside the guides and writes their tables as Rust. The language is in `src/rules/language`.
//!
//! Sees a guide by its outline only.

use super::language::outline::{Element, Entry as OutlineEntry, Loop, Outline, Use};
use super::language::tables::{
    Comparison, Cover, EntryTable, Group, Guard, Keeping, Look, LoopTable, Marks, Observe, Questions, Scope, Situation,
    Tables, Test, Variant,
};
use super::language::{compile, text};
use super::parse::{Dictionary, Entry, Guide, Item, SegmentUse, Usage};
use super::prove::qualifier;

/// Compiles rule files, given as (name, text), against the guides.
pub fn rust(dictionary: &Dictionary, guides: &[Guide], files: &[(String, String)]) -> Result<String, String> {
    let (mut tables, mut covers, mut written) = (String::new(), String::new(), String::new());
    for (name, text) in files {
        let file = text::read(name, text)?;
        let guide = guides
            .iter()
            .find(|guide| {
                guide.set_id == file.set_id
                    && guide.versions.contains(&file.guide)
                    && (guide.heading.is_empty() == file.heading.is_empty())
                    && (file.heading.is_empty() || guide.heading.contains(&file.heading))
            })
            .ok_or(format!("{name}: no guide {} {}", file.set_id, file.guide))?;
        let compiled = compile::compile(name, &file, &outline(guide, dictionary)?)?;
        tables.push_str(&tables_text(&compiled.tables));
        tables.push_str(",\n");
        covers.push_str(&format!("({:?}, {:?}, {:?}, &[", file.set_id, file.guide, file.heading));
        for cover in &compiled.covers {
            covers.push_str(&cover_text(cover));
        }
        covers.push_str("]),\n");
        for rule in &file.written {
            written.push_str(&format!("({:?}, {:?}, {:?}, {}),", file.set_id, file.guide, rule.id, rule.snip));
        }
    }
    Ok(format!(
        "// Made from guides/rules/ by the rule compiler; do not edit.\n\
         pub(crate) static RULES: &[Tables] = &[{tables}];\n\
         pub(crate) static COVERS: &[(&str, &str, &str, &[Cover])] = &[{covers}];\n\
         /// Rules that are Rust functions: set, version, id, SNIP type.\n\
         pub(crate) static WRITTEN: &[(&str, &str, &str, u8)] = &[{written}];\n"
    ))
}

/// A guide as the rule compiler sees it.
pub fn outline(guide: &Guide, dictionary: &Dictionary) -> Result<Outline, String> {
    let mut loops = Vec::new();
    for found in &guide.loops {
        let mut entries = Vec::new();
        for entry in &found.entries {
            let (segment, child, is_required) = match entry {
                Entry::Segment(segment) => (segment, None, segment.required),
                Entry::Loop(child, usage) => {
                    let trigger = guide.loops[*child].trigger.as_ref().ok_or("a loop without a first segment")?;
                    (trigger, Some(*child), *usage == Usage::Required)
                }
            };
            entries.push(outline_entry(segment, child, is_required, dictionary)?);
        }
        loops.push(Loop { id: found.id.clone(), entries });
    }
    Ok(Outline { loops })
}

fn outline_entry(
    segment: &SegmentUse,
    child: Option<usize>,
    is_required: bool,
    dictionary: &Dictionary,
) -> Result<OutlineEntry, String> {
    let definition = dictionary.segments.get(&segment.segment).ok_or("unknown segment")?;
    let last = segment.items.iter().map(|item| item.position).max().unwrap_or(0);
    let mut elements = Vec::new();
    for position in 1..=last {
        let items: Vec<&Item> = segment.items.iter().filter(|item| item.position == position).collect();
        let parts = dictionary.composites.get(&definition.places[usize::from(position) - 1].of);
        elements.push(outline_element(&items, parts.map_or(0, Vec::len)));
    }
    let (qualifier_at, qualifiers) = match qualifier(segment) {
        Some((place, component, codes)) => ((place, component), codes.into_iter().collect()),
        None => ((0, 0), Vec::new()),
    };
    Ok(OutlineEntry { segment: segment.segment.clone(), qualifier_at, qualifiers, is_required, child, elements })
}

fn outline_element(items: &[&Item], parts: usize) -> Element {
    let used = |item: Option<&&Item>, or: Use| match item {
        Some(item) if item.situational => Use::Situational,
        Some(_) => Use::Required,
        None => or,
    };
    let codes = |item: Option<&&Item>| item.and_then(|item| item.codes.clone()).unwrap_or_default();
    let whole = items.iter().find(|item| item.component == 0);
    let usage = used(whole, if items.is_empty() { Use::NotUsed } else { Use::Required });
    let lists_none = items.iter().all(|item| item.component == 0);
    let unlisted = if lists_none && usage != Use::NotUsed { Use::Situational } else { Use::NotUsed };
    let components = (1..=parts).map(|part| {
        let item = items.iter().find(|item| usize::from(item.component) == part);
        Element { usage: used(item, unlisted), codes: codes(item), components: Vec::new() }
    });
    Element { usage, codes: codes(whole), components: components.collect() }
}

fn list<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    format!("&[{}]", items.iter().map(text).collect::<Vec<_>>().join(", "))
}

fn option<T>(item: Option<&T>, text: impl Fn(&T) -> String) -> String {
    item.map_or("None".to_owned(), |item| format!("Some(&{})", text(item)))
}

fn tables_text(tables: &Tables) -> String {
    format!(
        "Tables {{ set_id: {:?}, version: {:?}, heading: {:?}, slots: {}, places: {}, entries: {}, loops: {} }}",
        tables.set_id,
        tables.version,
        tables.heading,
        tables.slots,
        tables.places,
        list(tables.entries, entry_text),
        list(tables.loops, loop_text)
    )
}

fn entry_text(entry: &EntryTable) -> String {
    format!(
        "EntryTable {{ is_idle: {}, clear: &{:?}, variants: {}, scope: {} }}\n",
        entry.is_idle,
        entry.clear,
        list(entry.variants, variant_text),
        scope_text(&entry.scope)
    )
}

fn variant_text(variant: &Variant) -> String {
    let (groups, keeps) = (list(variant.groups, group_text), list(variant.keeps, keeping_text));
    format!("Variant {{ high: {:#x}, groups: {groups}, keeps: {keeps} }}", variant.high)
}

fn keeping_text(keeping: &Keeping) -> String {
    format!(
        "Keeping {{ guard: {}, there: {:#x}, component: {}, kept: Kept::{:?}, end: {}, value: {}, slots: &{:?} }}",
        guard_text(&keeping.guard),
        keeping.there,
        keeping.component,
        keeping.kept,
        keeping.end,
        keeping.value,
        keeping.slots
    )
}

fn marks_text(marks: &Marks) -> String {
    let Marks { bits, more, word } = marks;
    let more = option(*more, |more| format!("More {{ words: &{:?}, places: &{:?} }}", more.words, more.places));
    format!("Marks {{ bits: {bits:#x}, more: {more}, word: {word} }}")
}

fn guard_text(guard: &Guard) -> String {
    format!("({}, {}, &{:?})", guard.0, guard.1, guard.2)
}

fn group_text(group: &Group) -> String {
    let counts = list(group.counts, |count| {
        format!("Count {{ most: {}, slot: {}, marks: {} }}", count.most, count.slot, marks_text(&count.marks))
    });
    format!(
        "Group {{ guard: {}, present: {}, counts: {counts}, there: {:#x}, looks: {} }}",
        guard_text(&group.guard),
        marks_text(&group.present),
        group.there,
        list(group.looks, look_text)
    )
}

fn look_text(look: &Look) -> String {
    let codes = list(look.codes, |range| {
        format!("CodeRange {{ low: {}, high: {}, marks: {} }}", range.low, range.high, marks_text(&range.marks))
    });
    format!(
        "Look {{ first: {}, component: {}, there: {:#x}, way: Way::{:?}, further: {}, present: {}, \
         codes: {codes}, filter: {:#x}, more: {} }}",
        look.first,
        look.component,
        look.there,
        look.way,
        look.further,
        marks_text(&look.present),
        look.filter,
        option(look.more, questions_text)
    )
}

fn questions_text(questions: &Questions) -> String {
    let compares = list(questions.compares, |compare| {
        format!("Compare {{ value: {}, comparisons: {} }}", compare.value, list(compare.comparisons, comparison_text))
    });
    format!(
        "Questions {{ wanted: &{:?}, compares: {compares}, observes: {} }}",
        questions.wanted,
        list(questions.observes, observe_text)
    )
}

fn comparison_text(comparison: &Comparison) -> String {
    format!(
        "Comparison {{ against: Against::{:?}, end: {}, marks: {} }}",
        comparison.against,
        comparison.end,
        marks_text(&comparison.marks)
    )
}

fn loop_text(table: &LoopTable) -> String {
    format!(
        "LoopTable {{ clear: &{:?}, clear_slots: &{:?}, inside: {:#x}, scope: {} }}\n",
        table.clear,
        table.clear_slots,
        table.inside,
        scope_text(&table.scope)
    )
}

fn scope_text(scope: &Scope) -> String {
    let triggers = list(scope.triggers, |trigger| format!("{trigger:?}"));
    format!("Scope {{ leads: &{:?}, triggers: {triggers}, rules: {} }}", scope.leads, list(scope.rules, rule_text))
}

fn rule_text(rule: &Situation) -> String {
    let points = list(rule.points, |point| {
        format!(
            "Point {{ fact: {}, place: {}, element: {}, component: {}, loop_id: {:?} }}",
            point.fact, point.place, point.element, point.component, point.loop_id
        )
    });
    let causes = list(rule.causes, |cause| {
        format!("{cause:?}").replace("[(", "&[(").replace(", []", ", &[]").replace(": []", ": &[]")
    });
    format!(
        "Situation {{ id: {:?}, snip: {}, is_warning: {}, message: {:?}, remedy: {:?}, lead: {}, all: &{:?}, none: &{:?}, \
         points: {points}, reads: {:#x}, reads_inside: {}, causes: {causes} }}",
        rule.id,
        rule.snip,
        rule.is_warning,
        rule.message,
        rule.remedy,
        rule.lead,
        rule.all,
        rule.none,
        rule.reads,
        rule.reads_inside
    )
}

fn observe_text(observe: &Observe) -> String {
    format!(
        "Observe {{ first: {}, last: {}, step: {}, component: {}, end: {}, test: {}, guard: {}, fact: {}, place: {} }}",
        observe.first,
        observe.last,
        observe.step,
        observe.component,
        observe.end,
        test_text(&observe.test),
        guard_text(&observe.guard),
        observe.fact,
        observe.place
    )
}

fn test_text(test: &Test) -> String {
    match test {
        Test::Present => "Test::Present".to_owned(),
        Test::In(ranges) => format!("Test::In(&{ranges:?})"),
        Test::NotIn(ranges) => format!("Test::NotIn(&{ranges:?})"),
        Test::Text(texts) => format!("Test::Text(&{texts:?})"),
        Test::Number(order, number) => format!("Test::Number(Order::{order:?}, {number})"),
        Test::NumberOf(order, other) => format!("Test::NumberOf(Order::{order:?}, {other})"),
        Test::Day(against, day) => format!("Test::Day(Against::{against:?}, {day})"),
        Test::Kept(against, slot) => format!("Test::Kept(Against::{against:?}, {slot})"),
        Test::Shape(shapes) => format!("Test::Shape(&{shapes:?})"),
        Test::NoShape(shapes) => format!("Test::NoShape(&{shapes:?})"),
        Test::MoreThan(count, slot) => format!("Test::MoreThan({count}, {slot})"),
        Test::Keep(slot, kept) => format!("Test::Keep({slot}, Kept::{kept:?})"),
    }
}

fn cover_text(cover: &Cover) -> String {
    format!(
        "Cover {{ by: {:?}, is_rule: {}, entry: {}, first: {}, last: {}, step: {}, component: {} }},",
        cover.by, cover.is_rule, cover.entry, cover.first, cover.last, cover.step, cover.component
    )
}
