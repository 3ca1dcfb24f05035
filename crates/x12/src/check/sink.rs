//! Where the parts of the checker put what they find, and what they need to know of each other.
//!
//! Makes the records; decides nothing.

use crate::check::cells::At;
use crate::check::decimals::Decimals;
use crate::check::memo::Memo;
use crate::codes::CodeSets;
use crate::problem::{Code, Problem, Problems, Severity, Snip};
use crate::rules::language::tables::Tables;

/// Problems of one transaction set beyond this many are counted, not kept, so that one faulty set leaves room for
/// those of the others.
pub const MAX_KEPT_IN_SET: usize = 500;

/// A rule that can be broken: its stable id, its test, its code, its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    pub id: &'static str,
    pub snip: Snip,
    pub code: Code,
    pub message: &'static str,
    pub remedy: &'static str,
}

/// Collects problems while a file is read.
pub(crate) struct Sink<'c> {
    pub problems: Problems,
    pub codes: &'c dyn CodeSets,
    /// Rules that the caller loaded.
    pub loaded: &'c [&'static Tables],
    /// The loop the current segment stands in.
    pub loop_id: &'static str,
    /// Errors in the open transaction set.
    pub errors_in_set: u64,
    /// Problems of later types than this are not told.
    pub up_to: Snip,
    /// Where segments went before, in all sets of the file.
    pub memo: Memo,
    /// Amounts of the segment at hand.
    pub decimals: Decimals,
    /// Problems kept of the open transaction set.
    pub kept_in_set: usize,
    /// Letters beyond ASCII were told once.
    pub told_extended: bool,
    /// The first TA105 note of the open interchange; 0 for none.
    pub note: u8,
    /// AK905 codes of the open group.
    pub group_codes: Vec<u8>,
    /// IK502 codes of the open set.
    pub set_codes: Vec<(bool, u8)>,
}

impl<'c> Sink<'c> {
    pub fn new(codes: &'c dyn CodeSets) -> Self {
        Self {
            problems: Problems::default(),
            codes,
            loaded: &[],
            loop_id: "",
            errors_in_set: 0,
            up_to: Snip::Partner,
            memo: Memo::default(),
            decimals: Decimals::default(),
            kept_in_set: 0,
            told_extended: false,
            note: 0,
            group_codes: Vec::new(),
            set_codes: Vec::new(),
        }
    }

    pub fn error(&mut self, rule: &Rule, at: At) {
        self.push(rule, at, Severity::Error, self.loop_id, 0);
    }

    pub fn error_in(&mut self, rule: &Rule, at: At, loop_id: &'static str) {
        self.push(rule, at, Severity::Error, loop_id, 0);
    }

    pub fn error_at_repetition(&mut self, rule: &Rule, at: At, repetition: u16) {
        self.push(rule, at, Severity::Error, self.loop_id, repetition);
    }

    pub fn warning(&mut self, rule: &Rule, at: At) {
        self.push(rule, at, Severity::Warning, self.loop_id, 0);
    }

    /// Takes over a problem that was found aside.
    pub fn adopt(&mut self, problem: Problem) {
        if problem.severity == Severity::Error {
            self.errors_in_set += 1;
            self.keep_code(problem.code);
        }
        self.problems.push(problem);
    }

    pub fn warning_in(&mut self, rule: &Rule, at: At, loop_id: &'static str) {
        self.push(rule, at, Severity::Warning, loop_id, 0);
    }

    fn push(&mut self, rule: &Rule, at: At, severity: Severity, loop_id: &'static str, repetition: u16) {
        if rule.snip > self.up_to {
            return;
        }
        if severity == Severity::Error {
            self.errors_in_set += 1;
            self.keep_code(rule.code);
        }
        self.kept_in_set += 1;
        if self.kept_in_set > MAX_KEPT_IN_SET {
            self.problems.count(severity);
            return;
        }
        self.problems.push(Problem {
            snip: rule.snip,
            severity,
            code: rule.code,
            segment: at.segment,
            ordinal: at.ordinal,
            loop_id,
            element: at.element,
            component: at.component,
            repetition,
            span: at.span,
            rule: rule.id,
            message: rule.message,
            remedy: rule.remedy,
        });
    }

    fn keep_code(&mut self, code: Code) {
        match code {
            Code::Interchange(note) if self.note == 0 => self.note = note,
            Code::Group(code) if !self.group_codes.contains(&code) => self.group_codes.push(code),
            Code::Set(own, code) if !self.set_codes.contains(&(own, code)) => self.set_codes.push((own, code)),
            Code::Interchange(_)
            | Code::Group(_)
            | Code::Set(..)
            | Code::NotX12
            | Code::Segment(..)
            | Code::Element(..)
            | Code::Hierarchy
            | Code::Balance
            | Code::Situation
            | Code::CodeSet => {}
        }
    }
}
