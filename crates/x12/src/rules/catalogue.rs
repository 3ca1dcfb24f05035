//! Lists the rules by id, and tells which situational parts of each guide they cover. Decides nothing.

use std::fmt::Write;

use crate::guide::{self, COVERS, Guide, RULES, Usage, WRITTEN};
use crate::problem::Snip;
use crate::rules::Rules;
use crate::rules::language::tables::{Cover, Situation, Tables};
use crate::segment::SegmentId;

/// A rule as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its stable id.
    pub id: &'static str,
    /// Its test type.
    pub snip: Snip,
    /// ST01 of its guide.
    pub set_id: &'static str,
    /// The guide's version.
    pub version: &'static str,
    /// BHT02 of the guide, where several have its version; else empty.
    pub heading: &'static str,
    /// Whether it is a Rust function; otherwise it is data.
    pub is_written: bool,
    /// What is wrong when it is broken; empty for a written one.
    pub message: &'static str,
}

fn rules_of(tables: &'static Tables) -> impl Iterator<Item = &'static Situation> {
    let mut found: Vec<&Situation> = Vec::new();
    let scopes = tables.loops.iter().map(|table| &table.scope).chain(tables.entries.iter().map(|entry| &entry.scope));
    for rule in scopes.flat_map(|scope| scope.rules) {
        if !found.iter().any(|other| other.id == rule.id) {
            found.push(rule);
        }
    }
    found.sort_by_key(|rule| rule.id);
    found.into_iter()
}

fn listed(tables: &'static Tables) -> impl Iterator<Item = RuleInfo> {
    rules_of(tables).map(|rule| RuleInfo {
        id: rule.id,
        snip: Snip::of(rule.snip),
        set_id: tables.set_id,
        version: tables.version,
        heading: tables.heading,
        is_written: false,
        message: rule.message,
    })
}

/// Every situational rule of this crate that has a guide's rule file.
pub fn catalogue() -> impl Iterator<Item = RuleInfo> {
    let written = WRITTEN.iter().map(|(set_id, version, id, snip)| RuleInfo {
        id,
        snip: Snip::of(*snip),
        set_id,
        version,
        heading: "",
        is_written: true,
        message: "",
    });
    RULES.iter().flat_map(listed).chain(written)
}

impl Rules {
    /// The loaded rules.
    pub fn catalogue(&self) -> impl Iterator<Item = RuleInfo> + '_ {
        self.tables().iter().flat_map(|tables| listed(tables))
    }
}

/// A situational thing of a guide: a loop, a segment, an element or a component.
struct Thing {
    place: String,
    entry: u16,
    element: u8,
    component: u8,
    /// A condition between elements says when it must be there.
    is_related: bool,
}

fn things(guide: &Guide) -> Vec<Thing> {
    let mut found = Vec::new();
    for table in guide.loops {
        for (at, entry) in table.entries.iter().enumerate() {
            let home = if entry.child == u16::MAX { table.id } else { guide.loops[usize::from(entry.child)].id };
            let codes: Vec<String> = entry.qualifiers.iter().take(4).map(|code| text_of(*code)).collect();
            let more = if entry.qualifiers.len() > 4 { ",…" } else { "" };
            let codes = if codes.is_empty() { String::new() } else { format!("({}{more})", codes.join(",")) };
            let segment = format!("{home} {}{codes}", SegmentId(entry.segment)).trim().to_owned();
            let mut push = |place: String, element: usize, component: usize, is_related: bool| {
                let (element, component) = (element as u8, component as u8);
                found.push(Thing { place, entry: entry.number, element, component, is_related });
            };
            if (table.required | table.required_in_leaf) >> at & 1 == 0 {
                let place = if entry.child == u16::MAX {
                    segment.clone()
                } else {
                    format!("loop {home} in {}", name_of(table.id))
                };
                push(place, 0, 0, false);
            }
            for (index, element) in entry.rules.elements.iter().enumerate() {
                let n = index + 1;
                if element.usage == Usage::Situational {
                    let mask = 1_u32 << n;
                    let is_related = entry.rules.relations.iter().any(|relation| relation.places & mask != 0);
                    push(format!("{segment}{n:02}"), n, 0, is_related);
                }
                for (index, component) in element.components.iter().enumerate() {
                    if component.usage == Usage::Situational && component.number > 0 {
                        push(format!("{segment}{n:02}-{}", index + 1), n, index + 1, false);
                    }
                }
            }
        }
    }
    // A loop shared by two levels has one first segment, listed once.
    let mut seen: Vec<String> = Vec::new();
    found.retain(|thing| {
        let is_new = thing.place.starts_with("loop ") || !seen.contains(&thing.place);
        seen.push(thing.place.clone());
        is_new
    });
    found
}

fn name_of(loop_id: &str) -> &str {
    if loop_id.is_empty() { "the set" } else { loop_id }
}

fn text_of(code: u64) -> String {
    code.to_be_bytes().iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
}

fn covers(cover: &Cover, thing: &Thing) -> bool {
    if cover.entry != thing.entry {
        return false;
    }
    if cover.first == 0 || thing.element == 0 {
        return cover.first == thing.element;
    }
    let is_in =
        (cover.first..=cover.last).contains(&thing.element) && (thing.element - cover.first).is_multiple_of(cover.step);
    is_in && (cover.component == thing.component || !cover.is_rule && cover.component == 0)
}

/// Numbers of one guide: situational things, covered by a rule, by a condition, for a reason, and left open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    things: u32,
    ruled: u32,
    related: u32,
    free: u32,
}

/// The page that lists, for each guide with rules, its situational parts with what covers them, as Markdown.
pub fn coverage_page() -> String {
    let mut page = String::from(
        "Each situational loop, segment, element and component of a guide is listed with the rules that demand or forbid\n\
         it, or with the reason why none can: what would have to be known that is not in the message. `relation` stands for\n\
         a condition between elements of the segment that says when; `open` means that nobody has judged it yet.\n\n\
         | guide | rules as data | rules in Rust | situational | by a rule | by a relation | for a reason | open |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let mut details = String::new();
    for (set_id, version, heading, covered) in COVERS {
        let Some(guide) = guide::find_headed(set_id, version, heading) else { continue };
        let is_mine = |rule: &RuleInfo| (rule.set_id, rule.version, rule.heading) == (*set_id, *version, *heading);
        let kind = if heading.is_empty() { String::new() } else { format!(" BHT02 {heading}") };
        let (rows, counts) = rows(guide, covered);
        let (mut data, mut written) = (0, 0);
        for rule in catalogue().filter(is_mine) {
            if rule.is_written { written += 1 } else { data += 1 }
        }
        let open = counts.things - counts.ruled - counts.related - counts.free;
        let _ = writeln!(
            page,
            "| {set_id} {version}{kind} | {data} | {written} | {} | {} | {} | {} | {open} |",
            counts.things, counts.ruled, counts.related, counts.free
        );
        let _ = write!(
            details,
            "\n## {set_id} {version}{kind}, {}\n\n### Rules\n\n| rule | SNIP | says |\n|---|---|---|\n",
            guide.label
        );
        for rule in catalogue().filter(is_mine) {
            let says = if rule.is_written { "(a Rust function)" } else { rule.message };
            let _ = writeln!(details, "| `{}` | {} | {says} |", rule.id, rule.snip.number());
        }
        let _ = write!(details, "\n### Situational parts\n\n| place | covered by |\n|---|---|\n{rows}");
    }
    page + &details
}

fn rows(guide: &Guide, covered: &[Cover]) -> (String, Counts) {
    let (mut rows, mut counts) = (String::new(), Counts::default());
    for thing in things(guide) {
        counts.things += 1;
        let mut rules: Vec<&str> =
            covered.iter().filter(|cover| cover.is_rule && covers(cover, &thing)).map(|cover| cover.by).collect();
        rules.dedup();
        let reason = covered.iter().find(|cover| !cover.is_rule && covers(cover, &thing)).map(|cover| cover.by);
        let by = if !rules.is_empty() {
            counts.ruled += 1;
            rules.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
        } else if thing.is_related {
            counts.related += 1;
            "relation".to_owned()
        } else if let Some(reason) = reason {
            counts.free += 1;
            reason.to_owned()
        } else {
            "open".to_owned()
        };
        let _ = writeln!(rows, "| {} | {by} |", thing.place);
    }
    (rows, counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_tells_every_situational_part_of_every_guide_with_rules() {
        let page = coverage_page();
        for (set_id, version, ..) in COVERS {
            assert!(page.contains(&format!("\n## {set_id} {version}")), "{set_id} {version}");
        }
        assert!(page.contains("| 2300 DTP(439) | `837p-accident-date`"), "{page}");
    }
}
