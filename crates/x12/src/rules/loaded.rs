//! Rules that a user brings: files in the language of `guides/rules/`, compiled when they are loaded (SNIP types 6 and 7
//! mostly: what a payer or a kind of service demands). Never opens a file itself.

use crate::guide::{self, Element, GUIDES, Guide, Usage};
use crate::rules::language::tables::Tables;
use crate::rules::language::{compile, outline, text};

/// The longest rule file. What is loaded lives as long as the program, for problems point into it.
const LONGEST_FILE: usize = 1024 * 1024;

/// Loaded rules, to be handed to [`crate::check_with`].
#[derive(Debug, Clone, Default)]
pub struct Rules {
    tables: Vec<&'static Tables>,
    count: usize,
}

impl Rules {
    /// Adds the rules of a file, given by its name (for errors) and its text. What was added stays in memory until
    /// the program ends.
    ///
    /// # Errors
    /// A sentence with the line of a rule that is not understood, names what its guide lacks, or can never be broken.
    pub fn load(&mut self, name: &str, text: &str) -> Result<(), String> {
        if text.len() > LONGEST_FILE {
            return Err(format!("{name}: longer than {LONGEST_FILE} bytes; split it"));
        }
        let file = text::read(name, text)?;
        let guide = guide::find_headed(&file.set_id, &file.guide, &file.heading).ok_or_else(|| {
            let known: Vec<_> = GUIDES.iter().map(name_of).collect();
            format!("{name}: no guide {} {}; name one of {}", file.set_id, file.guide, known.join(", "))
        })?;
        let file = text::RuleFile { guide: guide.versions[0].to_owned(), ..file };
        let compiled = compile::compile(name, &file, &outline_of(guide))?;
        self.count += file.rules.len();
        self.tables.push(Box::leak(Box::new(compiled.tables)));
        Ok(())
    }

    /// How many rules were loaded.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether none was loaded.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn tables(&self) -> &[&'static Tables] {
        &self.tables
    }
}

/// A guide as the first line of a rule file names it.
fn name_of(guide: &Guide) -> String {
    let heading = guide.heading.first().map_or(String::new(), |code| format!(" {}", unpacked(*code)));
    format!("{} {}{heading}", guide.set_id, guide.versions[0])
}

fn outline_of(guide: &'static Guide) -> outline::Outline {
    let loops = guide.loops.iter().map(|found| {
        let entries = found.entries.iter().enumerate().map(|(at, entry)| outline::Entry {
            segment: crate::segment::SegmentId(entry.segment).to_string(),
            qualifier_at: entry.qualifier_at,
            qualifiers: entry.qualifiers.iter().copied().map(unpacked).collect(),
            is_required: found.required >> at & 1 == 1,
            child: (entry.child != u16::MAX).then_some(usize::from(entry.child)),
            elements: entry.rules.elements.iter().map(outline_element).collect(),
        });
        outline::Loop { id: found.id.to_owned(), entries: entries.collect() }
    });
    outline::Outline { loops: loops.collect() }
}

fn outline_element(element: &Element) -> outline::Element {
    let usage = match element.usage {
        Usage::NotUsed => outline::Use::NotUsed,
        Usage::Situational => outline::Use::Situational,
        Usage::Required => outline::Use::Required,
    };
    outline::Element {
        usage,
        codes: element.codes.iter().copied().map(unpacked).collect(),
        components: element.components.iter().map(outline_element).collect(),
    }
}

/// A packed code as text.
fn unpacked(code: u64) -> String {
    code.to_be_bytes().iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
}
