//! The table: base rows that ship with the program, and a practice's own rows over them. Of the rows that fit an adjustment
//! the most specific one decides; a row that would leave it open which of two decides is refused when it is added.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use codes::{carc, rarc};
use jiff::civil::{Date, date};

use super::guard::guarded;
use super::{AdjustmentClass, Decider, Guard};
use crate::PayerId;
use crate::remittance::{Adjustment, AdjustmentGroup};

/// First day of the oldest row of the base.
pub const BASE_SINCE: Date = date(2026, 1, 1);

/// Which adjustments a practice's row is for; what is none is any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pattern {
    /// Who decided.
    pub payer: Option<PayerId>,
    /// CAS01.
    pub group: Option<AdjustmentGroup>,
    /// CARC.
    pub reason: Option<String>,
    /// RARC of the line, or of its claim.
    pub remark: Option<String>,
}

impl Pattern {
    /// What is wrong with it as a row, in a sentence; none where it may be one.
    pub fn problem(&self) -> Option<String> {
        match (&self.reason, &self.remark) {
            (None, None) => {
                return Some(
                    "Name a reason (CARC) or a remark (RARC): a row for everything would decide what nobody has read."
                        .to_owned(),
                );
            }
            (Some(reason), _) if !carc::exists(reason) => {
                return Some(format!("{reason} is no reason code (CARC) on the list."));
            }
            (_, Some(remark)) if !rarc::exists(remark) => {
                return Some(format!("{remark} is no remark code (RARC) on the list."));
            }
            (Some(_) | None, Some(_) | None) => {}
        }
        None
    }

    /// Why the class would stand for none of the adjustments that the row is for.
    pub fn never_stands(&self, class: AdjustmentClass) -> Option<Guard> {
        let decider = Decider { payer: PayerId(uuid::Uuid::nil()), is_primary: false, is_medicaid: false };
        let remarks: Vec<String> = self.remark.iter().cloned().collect();
        let mut first = None;
        for group in AdjustmentGroup::ALL.into_iter().filter(|group| self.group.is_none_or(|own| own == *group)) {
            let reason = self.reason.clone().unwrap_or_default();
            let one = Adjustment { group, reason, amount: crate::Money::ZERO };
            match guarded(class, decider, &one, [&remarks, &[]]) {
                (stands, _) if stands == class => return None,
                (_, guard) => first = first.or(guard),
            }
        }
        first
    }

    fn fits(&self, decider: Decider, adjustment: &Adjustment, remarks: [&[String]; 2]) -> bool {
        self.payer.is_none_or(|payer| payer == decider.payer)
            && self.group.is_none_or(|group| group == adjustment.group)
            && self.reason.as_ref().is_none_or(|reason| *reason == adjustment.reason)
            && self.remark.as_ref().is_none_or(|remark| remarks.into_iter().flatten().any(|code| code == remark))
    }

    /// How much it says. The columns break ties, so that the order never depends on anything else.
    fn weight(&self) -> (usize, bool, bool, bool, bool, &Pattern) {
        let columns = [self.payer.is_some(), self.remark.is_some(), self.reason.is_some(), self.group.is_some()];
        let [payer, remark, reason, group] = columns;
        (columns.into_iter().filter(|is_said| *is_said).count(), payer, remark, reason, group, self)
    }

    /// Says everything that the other says.
    fn says_all_of(&self, other: &Pattern) -> bool {
        (other.payer.is_none() || other.payer == self.payer)
            && (other.group.is_none() || other.group == self.group)
            && (other.reason.is_none() || other.reason == self.reason)
            && (other.remark.is_none() || other.remark == self.remark)
    }

    /// One adjustment may fit both; a line may hold any two remarks.
    fn may_meet(&self, other: &Pattern) -> bool {
        fn open<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        open(&self.payer, &other.payer) && open(&self.group, &other.group) && open(&self.reason, &other.reason)
    }

    /// "CO-45 with N130"; the payer is named by who knows its name.
    pub fn words(&self) -> String {
        let group = self.group.map_or("any group", AdjustmentGroup::code);
        let mut words = match &self.reason {
            Some(reason) => format!("{group}-{reason}"),
            None => format!("{group}, any reason"),
        };
        if let Some(remark) = &self.remark {
            words.push_str(&format!(" with {remark}"));
        }
        words
    }
}

/// Two rows that fit one adjustment, neither of which is the more specific one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguous {
    /// The row that stands.
    pub other: Pattern,
    /// Its class.
    pub class: AdjustmentClass,
}

/// Which row decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuledBy<'r> {
    /// A row of the practice.
    Practice(&'r Pattern),
    /// A row of the base.
    Base(&'static BaseRow),
    /// None: the group is not in the table.
    Nothing,
}

/// What an adjustment means, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling<'r> {
    /// What stands.
    pub class: AdjustmentClass,
    /// The row.
    pub by: RuledBy<'r>,
    /// What the row could not break.
    pub guard: Option<Guard>,
}

/// The rows in force on a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleBook {
    /// The practice's, the most specific first.
    practice: Vec<(Pattern, AdjustmentClass)>,
    /// The first day of each of them, where it is known.
    since: BTreeMap<Pattern, Date>,
}

impl RuleBook {
    /// The practice's rows over the base; of two rows for the same adjustments the later in the list stands.
    pub fn new(rows: impl IntoIterator<Item = (Pattern, AdjustmentClass)>) -> RuleBook {
        let mut book = RuleBook::default();
        for (pattern, class) in rows {
            book.put(pattern, class);
        }
        book
    }

    /// With one row more, in place of one for the same adjustments.
    pub fn put(&mut self, pattern: Pattern, class: AdjustmentClass) {
        self.take_out(&pattern);
        self.practice.push((pattern, class));
        self.practice.sort_by(|(one, _), (other, _)| other.weight().cmp(&one.weight()));
    }

    /// As [`RuleBook::put`], with the first day of the row.
    pub fn put_since(&mut self, pattern: Pattern, class: AdjustmentClass, since: Date) {
        self.put(pattern.clone(), class);
        self.since.insert(pattern, since);
    }

    /// Which row a ruling is by, as it is kept beside the meaning: "base CO-45 since 2026-01-01".
    pub fn name_of(&self, ruling: &Ruling<'_>) -> String {
        let named = match ruling.by {
            RuledBy::Practice(pattern) => {
                let payer = if pattern.payer.is_some() { " of this payer" } else { "" };
                let since = self.since.get(pattern).map(|day| format!(" since {day}")).unwrap_or_default();
                format!("practice {}{payer}{since}", pattern.words())
            }
            RuledBy::Base(row) => row.words(),
            RuledBy::Nothing => "no row: to be looked at".to_owned(),
        };
        match ruling.guard {
            Some(_) => format!("{named}, within what no row may break"),
            None => named,
        }
    }

    /// Without the row for these adjustments. Says whether there was one.
    pub fn take_out(&mut self, pattern: &Pattern) -> bool {
        let before = self.practice.len();
        self.practice.retain(|(known, _)| known != pattern);
        self.since.remove(pattern);
        self.practice.len() < before
    }

    /// The practice's rows.
    pub fn practice(&self) -> &[(Pattern, AdjustmentClass)] {
        &self.practice
    }

    /// The row that would leave it open which of the two decides.
    ///
    /// # Errors
    /// [`Ambiguous`] with the first such row.
    pub fn is_clear(&self, pattern: &Pattern, class: AdjustmentClass) -> Result<(), Ambiguous> {
        let unclear = self.practice.iter().find(|(other, of)| {
            *of != class && other.may_meet(pattern) && !other.says_all_of(pattern) && !pattern.says_all_of(other)
        });
        unclear.map_or(Ok(()), |(other, class)| Err(Ambiguous { other: other.clone(), class: *class }))
    }

    /// What an adjustment means. `remarks`: of the claim, and of the line.
    pub fn classify(&self, decider: Decider, adjustment: &Adjustment, remarks: [&[String]; 2]) -> Ruling<'_> {
        let own = self.practice.iter().find(|(pattern, _)| pattern.fits(decider, adjustment, remarks));
        let (said, by) = match own {
            Some((pattern, class)) => (*class, RuledBy::Practice(pattern)),
            None => match of_base(adjustment, remarks) {
                Some(row) => (row.class, RuledBy::Base(row)),
                None => (AdjustmentClass::Denial, RuledBy::Nothing),
            },
        };
        let (class, guard) = guarded(said, decider, adjustment, remarks);
        Ruling { class, by, guard }
    }
}

/// A row of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseRow {
    /// Its first day here.
    pub from: Date,
    /// CAS01.
    pub group: AdjustmentGroup,
    /// A CARC, a kind of reason behind `@`, or `*`.
    pub reason: &'static str,
    /// A RARC, or `*`.
    pub remark: &'static str,
    /// What it says.
    pub class: AdjustmentClass,
    /// Why.
    pub why: &'static str,
}

impl BaseRow {
    /// "base CO-45 since 2026-01-01"; a kind of reasons by its word, a remark behind it.
    pub fn words(&self) -> String {
        let reason = match self.reason {
            "*" => "any reason",
            reason => reason.trim_start_matches('@'),
        };
        let remark = if self.remark == "*" { String::new() } else { format!(" with {}", self.remark) };
        format!("base {}-{reason}{remark} since {}", self.group.code(), self.from)
    }

    fn fits(&self, reason: &str, kind: Option<&str>, remarks: [&[String]; 2]) -> bool {
        let by_reason = match self.reason.strip_prefix('@') {
            Some(of_kind) => kind == Some(of_kind),
            None => self.reason == "*" || self.reason == reason,
        };
        by_reason && (self.remark == "*" || remarks.into_iter().flatten().any(|code| code == self.remark))
    }

    /// With a remark, then by how the reason is named.
    fn weight(&self) -> (bool, u8) {
        let reason = match self.reason {
            "*" => 0,
            kind if kind.starts_with('@') => 1,
            _ => 2,
        };
        (self.remark != "*", reason)
    }
}

/// Every row of the base, the most specific first within each group.
pub fn base_rows() -> &'static [BaseRow] {
    static ROWS: OnceLock<Vec<BaseRow>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut rows: Vec<BaseRow> =
            include_str!("../../../data/adjustment_rules.tsv").lines().flat_map(read).collect();
        rows.sort_by(|one, other| (one.group, other.weight()).cmp(&(other.group, one.weight())));
        rows
    })
}

/// The rows of a line of the file, one for each group; a test reads every line and counts them.
fn read(line: &'static str) -> Vec<BaseRow> {
    let cells: Vec<&'static str> = line.split('\t').collect();
    let [from, groups, reason, remark, class, why] = cells[..] else { return Vec::new() };
    let (Ok(from), Some(class)) = (from.parse(), AdjustmentClass::parse(class)) else { return Vec::new() };
    groups
        .split(' ')
        .filter_map(AdjustmentGroup::from_code)
        .map(|group| BaseRow { from, group, reason, remark, class, why })
        .collect()
}

fn of_base(adjustment: &Adjustment, remarks: [&[String]; 2]) -> Option<&'static BaseRow> {
    let kind = carc::find(&adjustment.reason).and_then(|carc| carc.class).map(carc::CarcClass::kind);
    let of_group = base_rows().iter().filter(|row| row.group == adjustment.group);
    of_group.into_iter().find(|row| row.fits(&adjustment.reason, kind, remarks))
}
