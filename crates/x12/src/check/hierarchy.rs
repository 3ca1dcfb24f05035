//! The HL tree of a transaction set: numbers from 1 in order, parents that exist, child flags that are true.
//!
//! Keeps the open levels only, never the tree.

use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::sink::{Rule, Sink};
use crate::problem::{Code, Snip};

rules! {
    NUMBER = "hl-number", Guide, Code::Hierarchy, "HL01 does not count on from the HL before it", "Number the HL segments 1, 2, 3 … within the set.";
    PARENT = "hl-parent", Guide, Code::Hierarchy, "HL02 does not name the level that this one stands in", "Write the HL01 of the enclosing level.";
    NO_CHILD = "hl-child-flag", Situation, Code::Situation, "HL04 announces a level below, but none follows", "Write 0 or add the level.";
    CHILD = "hl-child-flag", Situation, Code::Situation, "HL04 says that no level follows below, but one does", "Write 1.";
}

/// An open level.
#[derive(Debug)]
struct Level {
    depth: usize,
    number: Number,
    /// HL04: says 1 or 0, or nothing.
    announces_child: Option<bool>,
    has_child: bool,
    at: At,
    loop_id: &'static str,
}

/// What a level's number is and what it should be: after a slip, both are taken from those that build on it.
#[derive(Debug, Clone, Copy, Default)]
struct Number {
    written: u32,
    due: u32,
}

impl Number {
    fn is(self, number: Option<u32>) -> bool {
        number == Some(self.written) || number == Some(self.due)
    }
}

/// The levels of the open set.
#[derive(Debug, Default)]
pub(crate) struct Hierarchy {
    last: Number,
    open: Vec<Level>,
}

impl Hierarchy {
    /// Takes an HL that opened a loop at a depth; `clean` when its elements are in order.
    #[inline(never)]
    pub fn take(&mut self, cells: &Cells<'_>, depth: usize, clean: bool, sink: &mut Sink<'_>) {
        self.close_from(depth, sink);
        let number = parse(cells.get(1));
        let next = Number { written: self.last.written + 1, due: self.last.due + 1 };
        if clean && !next.is(number) {
            sink.error(&NUMBER, cells.at_element(1));
        }
        self.last = Number { written: number.unwrap_or(next.due), due: next.due };
        if let Some(parent) = self.open.last_mut() {
            let says = parse(cells.get(2));
            if clean && !parent.number.is(says) {
                sink.error(&PARENT, cells.at_element(2));
            } else if clean && parent.announces_child == Some(false) && !parent.has_child {
                sink.error_in(&CHILD, parent.at, parent.loop_id);
            }
            parent.has_child = true;
        }
        let announces_child = match cells.get(4) {
            b"1" => Some(true),
            b"0" => Some(false),
            _ => None,
        };
        let level = Level {
            depth,
            number: self.last,
            announces_child: announces_child.filter(|_| clean),
            has_child: false,
            at: cells.at_element(4),
            loop_id: sink.loop_id,
        };
        self.open.push(level);
    }

    /// Forgets what the levels announce: the structure around them is faulty.
    pub fn doubt(&mut self) {
        for level in &mut self.open {
            level.announces_child = None;
        }
    }

    /// Closes the levels at a depth and below; 0 closes all.
    pub fn close_from(&mut self, depth: usize, sink: &mut Sink<'_>) {
        while let Some(level) = self.open.pop_if(|level| level.depth >= depth) {
            if level.announces_child == Some(true) && !level.has_child {
                sink.error_in(&NO_CHILD, level.at, level.loop_id);
            }
        }
    }
}

fn parse(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 9 {
        return None;
    }
    bytes.iter().try_fold(0_u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}
