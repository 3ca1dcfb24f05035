//! Compiles rules against a guide: facts get bits, values that are compared get slots, positions get places.
//!
//! Refuses a rule that names what the guide lacks, that can never be broken, or that says what another says.

use std::collections::BTreeMap;

use super::gather::{leak, share_places, triggers, values, variants, words};
use super::outline::{Outline, Use};
use super::resolve::{Place, element, entry_at, home, name, packed, places, ranges};
use super::tables::{
    Against, Cause, Cover, EntryTable, Kept, LoopTable, NONE, Observe, Order, Point, Scope, Situation, Tables, Test,
    Words,
};
use super::text::{Ask, Atom, Path, RuleFile, RuleText};

/// The most loops of a guide: one bit for each.
const MAX_LOOPS: usize = 128;
/// The longest code that is compared as an integer.
const PACKED_CODE: usize = 8;

/// Compiled rules and what they cover.
pub struct Compiled {
    pub tables: Tables,
    #[allow(dead_code)] // Read when the crate is built.
    pub covers: Vec<Cover>,
}

/// Whose a bit or slot is: forgotten when a loop opens, or with each segment of some entries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Loop(usize),
    Entries(Vec<u16>),
}

/// Compiles a rule file against its guide.
pub fn compile(file_name: &str, file: &RuleFile, outline: &Outline) -> Result<Compiled, String> {
    if outline.loops.len() > MAX_LOOPS {
        return Err(format!("{file_name}: the guide has more than {MAX_LOOPS} loops"));
    }
    let entries = outline.loops.iter().map(|found| found.entries.len()).sum();
    let mut compiler = Compiler {
        outline,
        facts: BTreeMap::new(),
        owners: Vec::new(),
        commonness: Vec::new(),
        slots: Vec::new(),
        known_slots: BTreeMap::new(),
        places: BTreeMap::new(),
        observes: vec![Vec::new(); entries],
        rules: BTreeMap::new(),
        covers: Vec::new(),
    };
    for (index, rule) in file.rules.iter().enumerate() {
        let at = format!("{file_name}:{}: {}", rule.line, rule.id);
        if file.rules[..index].iter().any(|other| other.id == rule.id) {
            return Err(format!("{at}: another rule has this id"));
        }
        for loop_id in &rule.loops {
            compiler.rule(rule, loop_id, &at)?;
        }
    }
    for written in &file.written {
        let at = format!("{file_name}:{}: {}", written.line, written.id);
        for path in &written.covers {
            let found = places(outline, 0, path, &at)?;
            compiler.cover(&written.id, true, path, &found);
        }
    }
    for free in &file.free {
        let at = format!("{file_name}:{}", free.line);
        for text in &free.paths {
            compiler.free(&free.reason, text, &at)?;
        }
    }
    Ok(compiler.finish(file))
}

struct Compiler<'o> {
    outline: &'o Outline,
    facts: BTreeMap<String, u16>,
    owners: Vec<Owner>,
    /// How often a fact is likely to hold, by what is asked; a guess that only speed depends on.
    commonness: Vec<u8>,
    slots: Vec<Owner>,
    known_slots: BTreeMap<String, u16>,
    /// The place kept for a fact.
    places: BTreeMap<u16, u16>,
    observes: Vec<Vec<Observe>>,
    rules: BTreeMap<Owner, Vec<Situation>>,
    covers: Vec<Cover>,
}

/// Where a rule is judged.
struct Seat {
    scope: usize,
    /// The entries of its segment; empty when it is judged at the loop's end.
    entries: Vec<u16>,
    segment: Option<Path>,
}

/// The facts of a rule: those that must hold, those that must not, and the one to point to with its loop.
#[derive(Default)]
struct Facts {
    all: Vec<u16>,
    none: Vec<u16>,
    nearest: Option<(u16, usize)>,
}

/// What a rule has read so far.
#[derive(Default)]
struct Reads {
    loops: u128,
    inside: bool,
}

fn leak_text(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

impl Compiler<'_> {
    fn rule(&mut self, rule: &RuleText, loop_id: &str, at: &str) -> Result<(), String> {
        let scope = self.outline.loop_named(loop_id).ok_or(format!("{at}: no loop {loop_id}"))?;
        let entries = match &rule.segment {
            Some(path) => places(self.outline, scope, path, at)?.iter().map(|place| place.entry).collect(),
            None => Vec::new(),
        };
        let seat = Seat { scope, entries, segment: rule.segment.clone() };
        let mut reads = Reads { loops: 1 << scope, inside: false };
        let mut facts = self.conditions(rule, &seat, &mut reads, at)?;
        self.refuse_needless(rule, &seat, at)?;
        let causes = self.causes(rule, &seat, at)?;
        let points = self.target(rule, &seat, &mut facts, &mut reads, at)?;
        if facts.all.iter().any(|fact| facts.none.contains(fact)) {
            return Err(format!("{at}: can never be broken: it wants and denies the same"));
        }
        for atom in &rule.target {
            let found = places(self.outline, scope, &atom.path, at)?;
            self.cover(&rule.id, true, &atom.path, &found);
        }
        let rarest = facts.all.iter().copied().min_by_key(|fact| self.commonness[usize::from(*fact)]);
        let situation = Situation {
            id: leak_text(&rule.id),
            snip: rule.snip,
            is_warning: rule.is_warning,
            message: leak_text(&rule.message),
            remedy: leak_text(&rule.remedy),
            lead: rarest.ok_or(format!("{at}: nothing sets the rule off"))?,
            all: words(facts.all.into_iter()),
            none: words(facts.none.into_iter()),
            points: leak(points),
            reads: reads.loops,
            reads_inside: if reads.inside { scope as u16 } else { NONE },
            causes: leak(causes),
        };
        let owner = if seat.entries.is_empty() { Owner::Loop(scope) } else { Owner::Entries(seat.entries) };
        let others = self.rules.values().flatten();
        for other in others {
            if (other.all, other.none) == (situation.all, situation.none) {
                return Err(format!("{at}: {} says the same", other.id));
            }
        }
        self.rules.entry(owner).or_default().push(situation);
        Ok(())
    }

    /// What sets a rule off: its first condition, which says most of why.
    fn causes(&self, rule: &RuleText, seat: &Seat, at: &str) -> Result<Vec<Cause>, String> {
        let Some(condition) = rule.when.iter().find(|condition| !condition.denied) else { return Ok(Vec::new()) };
        let mut causes = Vec::new();
        for atom in &condition.atoms {
            let own = seat.segment.as_ref().filter(|own| {
                atom.path.loop_id.is_none() && atom.path.segment == own.segment && atom.path.qualifiers.is_empty()
            });
            let qualifiers = own.map_or(&atom.path.qualifiers, |own| &own.qualifiers).clone();
            let path = Path { qualifiers, ..atom.path.clone() };
            let codes = if let Ask::Codes(codes) = &atom.ask { ranges(codes) } else { Vec::new() };
            let codes: &'static [(u64, u64)] = leak(codes);
            let (first, last, step) = path.elements;
            for place in places(self.outline, seat.scope, &path, at)? {
                let guard = (place.guard.0, place.guard.1, leak(place.guard.2));
                let component = path.component;
                causes.push(Cause { entry: place.entry, guard, first, last, step, component, codes });
            }
        }
        Ok(causes)
    }

    /// The facts of a rule's conditions, and the one to point to: the nearest, for those of enclosing loops hold for many.
    fn conditions(&mut self, rule: &RuleText, seat: &Seat, reads: &mut Reads, at: &str) -> Result<Facts, String> {
        let mut facts = Facts::default();
        for condition in &rule.when {
            let fact = self.fact(&condition.atoms, seat, reads, at)?;
            if condition.denied {
                facts.none.push(fact);
                continue;
            }
            facts.all.push(fact);
            let home = home(self.outline, seat.scope, &condition.atoms[0].path, at)?;
            if facts.nearest.is_none_or(|(_, old)| old != seat.scope && home == seat.scope) {
                facts.nearest = Some((fact, home));
            }
        }
        Ok(facts)
    }

    /// Adds what the rule requires or forbids, and gives the places to point to when it is broken.
    fn target(
        &mut self,
        rule: &RuleText,
        seat: &Seat,
        facts: &mut Facts,
        reads: &mut Reads,
        at: &str,
    ) -> Result<Vec<Point>, String> {
        let target = self.fact(&rule.target, seat, reads, at)?;
        if rule.forbids {
            facts.all.push(target);
            let home = home(self.outline, seat.scope, &rule.target[0].path, at)?;
            return Ok(vec![self.point(target, home)]);
        }
        facts.none.push(target);
        let mut points: Vec<Point> = self.element_point(&rule.target[0], seat, at)?.into_iter().collect();
        let (nearest, home) =
            facts.nearest.ok_or(format!("{at}: nothing sets the rule off: add a `when` that is no denial"))?;
        points.push(self.point(nearest, home));
        Ok(points)
    }

    /// Refuses to require what the guide requires anyway.
    fn refuse_needless(&self, rule: &RuleText, seat: &Seat, at: &str) -> Result<(), String> {
        let [only] = rule.target.as_slice() else { return Ok(()) };
        if rule.forbids || only.ask != Ask::Present {
            return Ok(());
        }
        let found = places(self.outline, seat.scope, &only.path, at)?;
        let is_required = found.iter().all(|place| {
            let entry = entry_at(self.outline, place.entry);
            let (first, last, _) = only.path.elements;
            if first == 0 {
                let is_loop_here =
                    || entry.child == Some(place.home) && self.outline.parents(place.home).all(|up| up == seat.scope);
                let is_here = place.home == seat.scope || is_loop_here();
                let is_certain = entry.is_required || entry.child == Some(seat.scope);
                is_here && is_certain && place.guard.0 == 0
            } else {
                let found = element(entry, first, only.path.component);
                first == last && !seat.entries.is_empty() && found.is_some_and(|found| found.usage == Use::Required)
            }
        });
        if is_required {
            return Err(format!("{at}: can never be broken: the guide requires {} anyway", name(&only.path)));
        }
        Ok(())
    }

    /// Points to the empty element that is required, where its segment is there.
    fn element_point(&mut self, target: &Atom, seat: &Seat, at: &str) -> Result<Option<Point>, String> {
        if target.path.elements.0 == 0 {
            return Ok(None);
        }
        let segment = Path { elements: (0, 0, 1), component: 0, end: false, ..target.path.clone() };
        let present = Atom { path: segment, ask: Ask::Present };
        let fact = self.fact(&[present], seat, &mut Reads::default(), at)?;
        let home = home(self.outline, seat.scope, &target.path, at)?;
        let (element, component) = (target.path.elements.0, target.path.component);
        Ok(Some(Point { element, component, ..self.point(fact, home) }))
    }

    /// Where a fact was seen.
    fn point(&mut self, fact: u16, home: usize) -> Point {
        let next = self.places.len() as u16;
        let place = *self.places.entry(fact).or_insert(next);
        for observe in self.observes.iter_mut().flatten().filter(|observe| observe.fact == fact) {
            if !matches!(observe.test, Test::Keep(..)) {
                observe.place = place;
            }
        }
        Point { fact, place, element: 0, component: 0, loop_id: leak_text(&self.outline.loops[home].id) }
    }

    fn owner(&self, home: usize, seat: &Seat, at: &str) -> Result<usize, String> {
        if self.outline.inside(seat.scope) >> home & 1 == 1 {
            return Ok(seat.scope);
        }
        self.outline.owner(home, seat.scope).ok_or(format!("{at}: no loop holds both places"))
    }

    /// The bit of some alternatives.
    fn fact(&mut self, atoms: &[Atom], seat: &Seat, reads: &mut Reads, at: &str) -> Result<u16, String> {
        let mut owner: Option<Owner> = None;
        let mut parts = Vec::new();
        for atom in atoms {
            let (mine, found) = self.seen_from(&atom.path, seat, reads, at)?;
            self.refuse_impossible(atom, &found, at)?;
            if let Ask::Kept(_, other) = &atom.ask {
                // A fault in what it is compared with leaves the rule unasked as well.
                self.seen_from(other, seat, reads, at)?;
            }
            if owner.as_ref().is_some_and(|owner| *owner != mine) {
                return Err(format!("{at}: alternatives must stand in one loop"));
            }
            owner = Some(mine);
            parts.push((atom, found));
        }
        let owner = owner.ok_or(format!("{at}: says nothing"))?;
        let key = format!("{owner:?} {:?}", parts.iter().map(|(atom, found)| (atom, found)).collect::<Vec<_>>());
        if let Some(fact) = self.facts.get(&key) {
            return Ok(*fact);
        }
        let fact = self.owners.len() as u16;
        self.owners.push(owner.clone());
        self.commonness.push(atoms.iter().map(|atom| commonness(&atom.ask)).max().unwrap_or_default());
        self.facts.insert(key, fact);
        for (atom, found) in parts {
            self.observe(atom, &found, fact, &owner, seat, at)?;
        }
        Ok(fact)
    }

    /// The places of a path with the owner of what is seen there.
    fn seen_from(&self, path: &Path, seat: &Seat, reads: &mut Reads, at: &str) -> Result<(Owner, Vec<Place>), String> {
        let is_own = seat.segment.as_ref().is_some_and(|own| {
            path.loop_id.is_none()
                && path.segment == own.segment
                && (path.qualifiers.is_empty() || path.qualifiers == own.qualifiers)
        });
        let own = seat.segment.as_ref().filter(|_| is_own);
        let path = own.map_or_else(|| path.clone(), |own| Path { qualifiers: own.qualifiers.clone(), ..path.clone() });
        let found = places(self.outline, seat.scope, &path, at)?;
        if is_own {
            return Ok((Owner::Entries(seat.entries.clone()), found));
        }
        let home = home(self.outline, seat.scope, &path, at)?;
        let owner = self.owner(home, seat, at)?;
        reads.loops |= 1 << owner;
        if owner == seat.scope && home != seat.scope {
            reads.inside = true;
        } else {
            reads.loops |= 1 << home;
        }
        Ok((Owner::Loop(owner), found))
    }

    /// Refuses codes that the guide does not allow there.
    fn refuse_impossible(&self, atom: &Atom, found: &[Place], at: &str) -> Result<(), String> {
        let (Ask::Codes(codes) | Ask::NotCodes(codes)) = &atom.ask else { return Ok(()) };
        for code in codes {
            let [(low, high)] = ranges(std::slice::from_ref(code))[..] else { continue };
            let is_possible = found.iter().any(|place| {
                let entry = entry_at(self.outline, place.entry);
                element(entry, atom.path.elements.0, atom.path.component).is_some_and(|element| {
                    element.codes.is_empty() || element.codes.iter().any(|code| (low..=high).contains(&packed(code)))
                })
            });
            if !is_possible && code.len() <= PACKED_CODE {
                return Err(format!("{at}: the guide never has {code} in {}", name(&atom.path)));
            }
        }
        Ok(())
    }

    fn observe(
        &mut self,
        atom: &Atom,
        found: &[Place],
        fact: u16,
        owner: &Owner,
        seat: &Seat,
        at: &str,
    ) -> Result<(), String> {
        let test = match &atom.ask {
            Ask::Present => Test::Present,
            Ask::Codes(codes) if codes.iter().any(|code| code.len() > PACKED_CODE && !code.contains("..")) => {
                Test::Text(leak(codes.iter().map(|code| leak_text(code)).collect()))
            }
            Ask::Codes(codes) => Test::In(leak(ranges(codes))),
            Ask::NotCodes(codes) => Test::NotIn(leak(ranges(codes))),
            Ask::Number(order, number) => number_test(order, number, at)?,
            Ask::Day(how, day) => Test::Day(against(how), packed(day)),
            Ask::Shape(shapes) => Test::Shape(leak(shapes.iter().map(|shape| leak_text(shape)).collect())),
            Ask::NotShape(shapes) => Test::NoShape(leak(shapes.iter().map(|shape| leak_text(shape)).collect())),
            Ask::MoreThan(count) => {
                self.slots.push(owner.clone());
                Test::MoreThan(*count, self.slots.len() as u16 - 1)
            }
            Ask::Kept(how, other) => return self.compare(atom, how, other, found, fact, seat, at),
        };
        self.look(&atom.path, found, test, fact);
        Ok(())
    }

    /// Two values are compared when the later of them is seen, whichever that is.
    #[allow(clippy::too_many_arguments)] // One call: what is compared, with what, from where.
    fn compare(
        &mut self,
        atom: &Atom,
        how: &str,
        other: &Path,
        found: &[Place],
        fact: u16,
        seat: &Seat,
        at: &str,
    ) -> Result<(), String> {
        let (other_owner, other_found) = self.seen_from(other, seat, &mut Reads::default(), at)?;
        let (own_owner, _) = self.seen_from(&atom.path, seat, &mut Reads::default(), at)?;
        if found
            .iter()
            .any(|place| other_found.iter().any(|other| other.entry == place.entry && other.guard == place.guard))
        {
            return Err(format!("{at}: a value is compared with one of another segment"));
        }
        let how = against(how);
        let (kept, turned) = match how {
            Against::Before => (Kept::Day, Against::After),
            Against::After => (Kept::Day, Against::Before),
            Against::Over => (Kept::Number, Against::Under),
            Against::Under => (Kept::Number, Against::Over),
            Against::Same | Against::Differs => (Kept::Whole, how),
        };
        let other_slot = self.slot(other, &other_found, other_owner, kept);
        let own_slot = self.slot(&atom.path, found, own_owner, kept);
        self.look(&atom.path, found, Test::Kept(how, other_slot), fact);
        self.look(other, &other_found, Test::Kept(turned, own_slot), fact);
        Ok(())
    }

    fn slot(&mut self, path: &Path, found: &[Place], owner: Owner, kept: Kept) -> u16 {
        let key = format!("{found:?} {:?} {} {} {owner:?} {kept:?}", path.elements, path.component, path.end);
        if let Some(slot) = self.known_slots.get(&key) {
            return *slot;
        }
        let slot = self.slots.len() as u16;
        self.slots.push(owner);
        self.known_slots.insert(key, slot);
        self.look(path, found, Test::Keep(slot, kept), NONE);
        slot
    }

    fn look(&mut self, path: &Path, found: &[Place], test: Test, fact: u16) {
        let (first, last, step) = path.elements;
        for place in found {
            let guard = (place.guard.0, place.guard.1, leak(place.guard.2.clone()));
            let kept = self.places.get(&fact).copied().unwrap_or(NONE);
            let observe =
                Observe { first, last, step, component: path.component, end: path.end, test, guard, fact, place: kept };
            self.observes[usize::from(place.entry)].push(observe);
        }
    }

    fn cover(&mut self, by: &str, is_rule: bool, path: &Path, found: &[Place]) {
        let by = leak_text(by);
        let (first, last, step) = path.elements;
        for place in found {
            let cover = Cover { by, is_rule, entry: place.entry, first, last, step, component: path.component };
            if !self.covers.contains(&cover) {
                self.covers.push(cover);
            }
        }
    }

    /// `NM104` in every loop, or a place with its loop.
    fn free(&mut self, reason: &str, text: &str, at: &str) -> Result<(), String> {
        let path = super::text::path(text, at)?;
        if path.loop_id.is_some() {
            let found = places(self.outline, 0, &path, at)?;
            self.cover(reason, false, &path, &found);
            return Ok(());
        }
        let mut is_known = false;
        for scope in 0..self.outline.loops.len() {
            if let Ok(found) = places(self.outline, scope, &path, at) {
                self.cover(reason, false, &path, &found);
                is_known = true;
            }
        }
        if is_known { Ok(()) } else { Err(format!("{at}: the guide has no such place: {text}")) }
    }

    fn words(&self, is_meant: impl Fn(&Owner) -> bool) -> Words {
        let facts = (0..self.owners.len()).filter(|fact| is_meant(&self.owners[*fact]));
        words(facts.map(|fact| fact as u16))
    }

    fn finish(mut self, file: &RuleFile) -> Compiled {
        share_places(&mut self.observes, self.rules.values_mut().flatten());
        let values = values(&self.observes);
        let entries = (0..self.observes.len()).map(|number| self.entry_table(number, &values)).collect();
        let loops = (0..self.outline.loops.len()).map(|number| self.loop_table(number)).collect();
        let tables = Tables {
            set_id: leak_text(&file.set_id),
            version: leak_text(&file.guide),
            heading: leak_text(&file.heading),
            slots: self.slots.len(),
            places: self.places.len(),
            entries: leak(entries),
            loops: leak(loops),
        };
        Compiled { tables, covers: self.covers }
    }

    fn entry_table(&self, number: usize, values: &BTreeMap<u16, u16>) -> EntryTable {
        let is_mine = |owner: &Owner| matches!(owner, Owner::Entries(entries) if entries.contains(&(number as u16)));
        let mine = self.rules.iter().filter(|(owner, _)| is_mine(owner));
        let scope = scope(mine.flat_map(|(_, rules)| rules.clone()).collect());
        let (clear, observes) = (self.words(is_mine), &self.observes[number]);
        let is_idle = clear.is_empty() && observes.is_empty() && scope.rules.is_empty();
        EntryTable { is_idle, clear, variants: variants(observes, values), scope }
    }

    fn loop_table(&self, number: usize) -> LoopTable {
        let inside = self.outline.inside(number);
        let is_inside = |owner: &Owner| matches!(owner, Owner::Loop(index) if inside >> index & 1 == 1);
        let slots = (0..self.slots.len()).filter(|slot| is_inside(&self.slots[*slot]));
        LoopTable {
            clear: self.words(is_inside),
            clear_slots: words(slots.map(|slot| slot as u16)),
            inside,
            scope: scope(self.rules.get(&Owner::Loop(number)).cloned().unwrap_or_default()),
        }
    }
}

fn scope(mut rules: Vec<Situation>) -> Scope {
    rules.sort_by_key(|rule| rule.lead);
    Scope { leads: words(rules.iter().map(|rule| rule.lead)), triggers: triggers(&rules), rules: leak(rules) }
}

/// How often what is asked is likely to be so: what is there at all more often than one of some codes.
fn commonness(ask: &Ask) -> u8 {
    match ask {
        Ask::Present => 3,
        Ask::NotCodes(_) | Ask::NotShape(_) => 2,
        Ask::Codes(_) | Ask::Shape(_) => 1,
        Ask::Number(..) | Ask::Day(..) | Ask::Kept(..) | Ask::MoreThan(_) => 0,
    }
}

fn against(word: &str) -> Against {
    match word {
        "before" => Against::Before,
        "after" => Against::After,
        "same" => Against::Same,
        "over" => Against::Over,
        "under" => Against::Under,
        _ => Against::Differs,
    }
}

fn number_test(order: &str, number: &str, at: &str) -> Result<Test, String> {
    let order = match order {
        "<" => Order::Less,
        "<=" => Order::LessOrEqual,
        ">" => Order::More,
        "==" => Order::Equal,
        _ => Order::MoreOrEqual,
    };
    if number.starts_with(|first: char| first.is_ascii_alphabetic()) {
        let other = super::text::path(number, at)?;
        return Ok(Test::NumberOf(order, other.elements.0));
    }
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let wrong = || format!("{at}: \"{number}\" is no number");
    let thousandths = format!("{decimals:0<3}");
    if thousandths.len() > 3 {
        return Err(wrong());
    }
    let value: i64 = whole.parse::<i64>().map_err(|_| wrong())? * 1000;
    let rest: i64 = thousandths.parse().map_err(|_| wrong())?;
    Ok(Test::Number(order, if number.starts_with('-') { value - rest } else { value + rest }))
}
