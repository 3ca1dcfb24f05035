//! Reads rule files. Judges only the notation; [`super::compile`] judges what is said in it.

/// A rule file.
#[derive(Debug, Clone, Default)]
pub struct RuleFile {
    /// The guide's version, such as `005010X222A1`, and the set where versions are shared.
    pub guide: String,
    pub set_id: String,
    /// BHT02 of the guide that is meant, where several have the set and version; else empty.
    pub heading: String,
    /// Put before each rule's id.
    pub prefix: String,
    pub rules: Vec<RuleText>,
    /// Rules written in Rust: what they decide on.
    pub written: Vec<Written>,
    /// Situational things without a rule, and why.
    pub free: Vec<Free>,
}

/// A rule as it is written.
#[derive(Debug, Clone, Default)]
pub struct RuleText {
    pub line: usize,
    pub id: String,
    pub snip: u8,
    pub is_warning: bool,
    /// Where it is judged; it is the same rule in each.
    pub loops: Vec<String>,
    /// The segment it is judged at; none when it is judged where its loop closes.
    pub segment: Option<Path>,
    pub when: Vec<Condition>,
    /// What must be there, or must not.
    pub target: Vec<Atom>,
    pub forbids: bool,
    pub message: String,
    pub remedy: String,
}

/// A rule that is a Rust function.
#[derive(Debug, Clone)]
pub struct Written {
    pub line: usize,
    pub id: String,
    #[allow(dead_code)] // Read when the crate is built.
    pub snip: u8,
    pub covers: Vec<Path>,
}

/// A reason why things have no rule.
#[derive(Debug, Clone)]
pub struct Free {
    pub line: usize,
    pub reason: String,
    pub paths: Vec<String>,
}

/// Alternatives, perhaps denied.
#[derive(Debug, Clone)]
pub struct Condition {
    pub denied: bool,
    pub atoms: Vec<Atom>,
}

/// Something that is so or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atom {
    pub path: Path,
    pub ask: Ask,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Present,
    Codes(Vec<String>),
    NotCodes(Vec<String>),
    /// `<`, `<=`, `>`, `>=` and a decimal or an element of the same segment.
    Number(String, String),
    /// before, after: an eight-digit day.
    Day(String, String),
    /// before, after, same, differs, over, under: another place.
    Kept(String, Path),
    Shape(Vec<String>),
    NotShape(Vec<String>),
    MoreThan(u16),
}

/// A place: `2310B/NM109`, `DTP(435)03`, `2400`, `HI02..12-2`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    pub loop_id: Option<String>,
    /// A loop directly in the loop named before it.
    pub child_loop: Option<String>,
    pub segment: Option<String>,
    pub qualifiers: Vec<String>,
    /// First, last, step; first 0 for the segment as a whole.
    pub elements: (u8, u8, u8),
    pub component: u8,
    /// Of a range of days, its end.
    pub end: bool,
}

/// Reads a rule file.
pub fn read(name: &str, text: &str) -> Result<RuleFile, String> {
    let mut file = RuleFile::default();
    let mut scope: Vec<Condition> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", at + 1);
        let line = line.trim();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        let no_rule = format!("{place}: \"{word}\" outside a rule");
        match word {
            "" | "#" => {}
            "rules" => header(&mut file, rest, &place)?,
            "scope" if rest == "all" => scope.clear(),
            "scope" => scope = conditions(rest.strip_prefix("when ").unwrap_or(rest), &place)?,
            "rule" => {
                let mut rule = rule(rest, at + 1, &file.prefix, &place)?;
                rule.when.clone_from(&scope);
                file.rules.push(rule);
            }
            "when" | "and" => {
                let rule = file.rules.last_mut().ok_or(no_rule)?;
                rule.when.extend(conditions(rest, &place)?);
            }
            "require" | "forbid" => {
                let rule = file.rules.last_mut().ok_or(no_rule)?;
                if !rule.target.is_empty() {
                    return Err(format!("{place}: a rule requires or forbids once"));
                }
                rule.forbids = word == "forbid";
                rule.target = atoms(rest, &place)?;
            }
            "says" => rest.clone_into(&mut file.rules.last_mut().ok_or(no_rule)?.message),
            "remedy" => rest.clone_into(&mut file.rules.last_mut().ok_or(no_rule)?.remedy),
            "written" => file.written.push(written(rest, at + 1, &place)?),
            "free" => {
                let (reason, paths) = rest.split_once(':').ok_or(format!("{place}: a reason, a colon, places"))?;
                file.free.push(Free {
                    line: at + 1,
                    reason: reason.trim().to_owned(),
                    paths: paths.split_whitespace().map(str::to_owned).collect(),
                });
            }
            _ if line.starts_with('#') => {}
            _ => return Err(format!("{place}: \"{word}\" is not understood")),
        }
    }
    for rule in &file.rules {
        let place = format!("{name}:{}: {}", rule.line, rule.id);
        if rule.target.is_empty() {
            return Err(format!("{place} requires and forbids nothing"));
        }
        if rule.message.is_empty() || !rule.remedy.ends_with('.') {
            return Err(format!("{place} needs a line `says` and a line `remedy` that is a sentence"));
        }
    }
    Ok(file)
}

fn header(file: &mut RuleFile, rest: &str, place: &str) -> Result<(), String> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let ([prefix, set_id, guide], heading) = match words.as_slice() {
        [prefix, set_id, guide] => ([prefix, set_id, guide], ""),
        [prefix, set_id, guide, heading] => ([prefix, set_id, guide], *heading),
        _ => return Err(format!("{place}: `rules PREFIX SET VERSION [BHT02]`, such as `rules 837p 837 005010X222A1`")),
    };
    (file.prefix, file.set_id, file.guide) = ((*prefix).to_owned(), (*set_id).to_owned(), (*guide).to_owned());
    heading.clone_into(&mut file.heading);
    Ok(())
}

/// `accident-date 4 warn in 2300 CLM`.
fn rule(rest: &str, line: usize, prefix: &str, place: &str) -> Result<RuleText, String> {
    let mut words = rest.split_whitespace();
    let usage = || format!("{place}: `rule ID SNIP [warn] in LOOP[,LOOP] [SEGMENT]`");
    let id = words.next().ok_or_else(usage)?;
    let snip: u8 = words.next().and_then(|word| word.parse().ok()).ok_or_else(usage)?;
    if !(1..=7).contains(&snip) {
        return Err(format!("{place}: SNIP types are 1 to 7"));
    }
    let mut word = words.next().ok_or_else(usage)?;
    let is_warning = word == "warn";
    if is_warning {
        word = words.next().ok_or_else(usage)?;
    }
    if word != "in" {
        return Err(usage());
    }
    let loops = words.next().ok_or_else(usage)?.split(',').map(str::to_owned).collect();
    let segment = words.next().map(|word| path(word, place)).transpose()?;
    if words.next().is_some() || prefix.is_empty() {
        return Err(usage());
    }
    Ok(RuleText { line, id: format!("{prefix}-{id}"), snip, is_warning, loops, segment, ..RuleText::default() })
}

fn written(rest: &str, line: usize, place: &str) -> Result<Written, String> {
    let mut words = rest.split_whitespace();
    let usage = || format!("{place}: `written ID SNIP covers PLACE …`");
    let id = words.next().ok_or_else(usage)?.to_owned();
    let snip = words.next().and_then(|word| word.parse().ok()).ok_or_else(usage)?;
    let covers = match words.next() {
        None => Vec::new(),
        Some("covers") => words.map(|word| path(word, place)).collect::<Result<_, _>>()?,
        Some(_) => return Err(usage()),
    };
    Ok(Written { line, id, snip, covers })
}

fn conditions(text: &str, place: &str) -> Result<Vec<Condition>, String> {
    text.split(" and ")
        .map(|part| {
            let part = part.trim();
            let (denied, part) = part.strip_prefix("no ").map_or((false, part), |rest| (true, rest));
            Ok(Condition { denied, atoms: atoms(part, place)? })
        })
        .collect()
}

fn atoms(text: &str, place: &str) -> Result<Vec<Atom>, String> {
    text.split(" or ").map(|part| atom(part.trim(), place)).collect()
}

fn atom(text: &str, place: &str) -> Result<Atom, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [word] => asked(word, place),
        [word, "more", "than", count] => {
            let count = count.parse().map_err(|_| format!("{place}: \"{count}\" is no number"))?;
            Ok(Atom { path: path(word, place)?, ask: Ask::MoreThan(count) })
        }
        [word, how @ ("before" | "after" | "same" | "differs" | "over" | "under"), other] => {
            let is_day = other.len() == 8 && other.bytes().all(|byte| byte.is_ascii_digit());
            let ask = if is_day {
                Ask::Day((*how).to_owned(), (*other).to_owned())
            } else {
                Ask::Kept((*how).to_owned(), path(other, place)?)
            };
            Ok(Atom { path: path(word, place)?, ask })
        }
        _ => Err(format!("{place}: \"{text}\" is not understood")),
    }
}

/// `CLM05-3=7,8`, `CLM02<0`, `N403~999999999`, `DTP(435)`.
fn asked(word: &str, place: &str) -> Result<Atom, String> {
    let outside_brackets = word.rfind(')').map_or(0, |at| at + 1);
    let Some(at) = word[outside_brackets..].find(['=', '!', '<', '>', '~']).map(|at| at + outside_brackets) else {
        return Ok(Atom { path: path(word, place)?, ask: Ask::Present });
    };
    let (left, right) = word.split_at(at);
    let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    let ask = if let Some(codes) = right.strip_prefix("!=") {
        Ask::NotCodes(list(codes))
    } else if let Some(shapes) = right.strip_prefix("!~") {
        Ask::NotShape(list(shapes))
    } else if let Some(number) = right.strip_prefix("==") {
        Ask::Number("==".to_owned(), number.to_owned())
    } else if let Some(codes) = right.strip_prefix('=') {
        Ask::Codes(list(codes))
    } else if let Some(shapes) = right.strip_prefix('~') {
        Ask::Shape(list(shapes))
    } else {
        let length = if right[1..].starts_with('=') { 2 } else { 1 };
        let (order, number) = right.split_at(length);
        if !matches!(order, "<" | "<=" | ">" | ">=") {
            return Err(format!("{place}: \"{word}\" compares with <, <=, > or >="));
        }
        Ask::Number(order.to_owned(), number.to_owned())
    };
    Ok(Atom { path: path(left, place)?, ask })
}

/// A place.
pub fn path(word: &str, place: &str) -> Result<Path, String> {
    let wrong = || format!("{place}: \"{word}\" is no place");
    let mut found = Path { elements: (0, 0, 1), ..Path::default() };
    let mut rest = word;
    let (body, end) = rest.strip_suffix(":end").map_or((rest, false), |body| (body, true));
    found.end = end;
    rest = body;
    while let Some((first, after)) = rest.split_once('/') {
        if found.loop_id.is_none() {
            found.loop_id = Some(first.to_owned());
        } else {
            found.child_loop = Some(first.to_owned());
        }
        rest = after;
    }
    if rest.starts_with(|first: char| first.is_ascii_digit()) || rest == "set" {
        if found.loop_id.is_none() {
            found.loop_id = Some(rest.to_owned());
        } else {
            found.child_loop = Some(rest.to_owned());
        }
        return Ok(found);
    }
    let elements = if let Some((id, after)) = rest.split_once('(') {
        let (codes, after) = after.split_once(')').ok_or_else(wrong)?;
        found.segment = Some(id.to_owned());
        found.qualifiers = codes.split(',').map(str::to_owned).collect();
        after
    } else {
        let head = rest.find(['.', '-']).unwrap_or(rest.len());
        let is_element = head >= 4 && rest.as_bytes()[head - 2..head].iter().all(u8::is_ascii_digit);
        let split = if is_element { head - 2 } else { head };
        found.segment = Some(rest[..split].to_owned());
        &rest[split..]
    };
    if elements.is_empty() {
        return Ok(found);
    }
    let (elements, component) = match elements.split_once('-') {
        Some((elements, component)) => (elements, component.parse().map_err(|_| wrong())?),
        None => (elements, 0),
    };
    let (elements, step) = match elements.split_once('+') {
        Some((elements, step)) => (elements, step.parse().map_err(|_| wrong())?),
        None => (elements, 1),
    };
    let (first, last) = elements.split_once("..").unwrap_or((elements, elements));
    let number = |text: &str| text.parse::<u8>().map_err(|_| wrong());
    found.elements = (number(first)?, number(last)?, step);
    found.component = component;
    Ok(found)
}
