//! A dry run of a row on what was posted: which adjustments it would have decided, and otherwise than they were. Reads only:
//! a change of the table never rewrites what was posted.

use std::collections::BTreeMap;

use billing::access::{Action, Actor, ResourceState};
use billing::coverage::CoverageRank;
use billing::payer::MEDICAID;
use billing::remittance::classification::{AdjustmentClass, Classes, Decider, Pattern, RuleBook};
use billing::{ClaimId, ClaimPaymentId, Money, PracticeId, RemittanceId};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::adjustment_rule::{POSTED_DECISIONS, PostedDecision};
use store::{Conn, Db, params};
use uuid::Uuid;

use super::{in_force, must_be_a_row};
use crate::Error;
use crate::access::allow;
use crate::remittance_posting::classes_of;

/// Most months that are looked back: the years for which payers may take money back (42 CFR 401.305).
pub const MOST_MONTHS: i32 = 72;
/// Most adjustments that are shown one by one; the sums are of all.
const MOST_SHOWN: usize = 200;
/// Decisions read at a time: they fit in memory.
const AT_A_TIME: i64 = 1_000;

/// Adjustments that would mean something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The payer's name.
    pub payer: String,
    /// "CO-45".
    pub adjustment: String,
    /// What they meant when they were posted.
    pub posted_as: AdjustmentClass,
    /// What they would mean.
    pub would_be: AdjustmentClass,
    /// How many.
    pub count: usize,
    /// Their sum, with the signs of the file.
    pub amount: Money,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Our number of the claim …
    pub control_number: String,
    /// … and its key.
    pub claim_id: ClaimId,
    /// Its remittance …
    pub remittance_id: RemittanceId,
    /// … with its number …
    pub trace: String,
    /// … and its day.
    pub paid_on: Date,
    /// "CO-45".
    pub adjustment: String,
    /// With the sign of the file.
    pub amount: Money,
    /// What it meant.
    pub posted_as: AdjustmentClass,
    /// What it would mean.
    pub would_be: AdjustmentClass,
}

/// What a row would have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The first day that was looked at.
    pub since: Date,
    /// Decisions that were looked at.
    pub decisions: usize,
    /// What would mean something else, the most money first.
    pub groups: Vec<Group>,
    /// The first of them one by one.
    pub differences: Vec<Difference>,
    /// How many there are.
    pub count: usize,
}

impl Replay {
    /// The sum of everything that would mean something else, with the signs of the file.
    pub fn amount(&self) -> Money {
        self.groups.iter().map(|group| group.amount).sum()
    }
}

/// Which adjustments posted in the last months a row would have decided otherwise than they were.
///
/// # Errors
/// `Denied`; `Invalid` for a row that could not be added; `Refused` for one that could decide nothing.
pub fn replay(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (pattern, class): (&Pattern, AdjustmentClass),
    months: i32,
) -> Result<Replay, Error> {
    allow(actor, Action::ChangeAdjustmentRules, &ResourceState::default())?;
    must_be_a_row(pattern, class)?;
    if !(1..=MOST_MONTHS).contains(&months) {
        return Err(Error::invalid("months", format!("Give a number of months from 1 to {MOST_MONTHS}.")));
    }
    let today = db.today(practice)?;
    db.read(actor, practice, |read| {
        let without = in_force(read, today)?;
        let mut with = without.clone();
        with.put(pattern.clone(), class);
        let since = today.saturating_sub(months.months());
        let mut run = Run { without, with, sums: BTreeMap::new(), differences: Vec::new(), decisions: 0, count: 0 };
        run.all(read, since, pattern.reason.as_deref().unwrap_or_default())?;
        Ok(run.end(since))
    })
}

type Key = (String, String, AdjustmentClass, AdjustmentClass);

struct Run {
    without: RuleBook,
    with: RuleBook,
    sums: BTreeMap<Key, (usize, Money)>,
    differences: Vec<Difference>,
    decisions: usize,
    count: usize,
}

impl Run {
    fn all(&mut self, conn: &Conn, since: Date, reason: &str) -> Result<(), Error> {
        // The moment is only where the reading begins; a day more or less of another zone is the same history.
        let Ok(begin) = since.to_zoned(TimeZone::UTC) else { return Ok(()) };
        let mut after = ClaimPaymentId(Uuid::nil());
        loop {
            let page = conn.query(&POSTED_DECISIONS, params![after, begin.timestamp(), reason, AT_A_TIME])?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            let ids: Vec<ClaimPaymentId> = page.iter().map(|row| row.id).collect();
            let mut stored = classes_of(conn, &ids)?;
            for row in &page {
                if let Some(posted) = stored.remove(&row.id) {
                    self.judge(row, posted);
                }
            }
        }
    }

    fn judge(&mut self, row: &PostedDecision, posted: Vec<(usize, AdjustmentClass)>) {
        let (payer, payment) = (&row.payer.0, &row.body.0);
        let Some(posted) = Classes::stored(payment, posted.into_iter()) else { return };
        self.decisions += 1;
        let is_medicaid = payer.filing_indicator == MEDICAID;
        let decider = Decider { payer: payer.id, is_primary: row.rank == CoverageRank::Primary, is_medicaid };
        let (before, after) = (Classes::of(payment, decider, &self.without), Classes::of(payment, decider, &self.with));
        let all = posted.with(payment).zip(before.with(payment)).zip(after.with(payment));
        for (((one, posted_as), (_, without)), (_, would_be)) in all {
            if would_be == posted_as || would_be == without || one.amount.is_zero() {
                continue;
            }
            let adjustment = billing::remittance::posting::reason(one);
            let sum = self.sums.entry((payer.name.clone(), adjustment.clone(), posted_as, would_be)).or_default();
            (sum.0, sum.1) = (sum.0 + 1, sum.1 + one.amount);
            self.count += 1;
            if self.differences.len() < MOST_SHOWN {
                self.differences.push(Difference {
                    control_number: row.control_number.clone(),
                    claim_id: row.claim_id,
                    remittance_id: row.remittance_id,
                    trace: row.trace.clone(),
                    paid_on: row.paid_on,
                    adjustment,
                    amount: one.amount,
                    posted_as,
                    would_be,
                });
            }
        }
    }

    fn end(self, since: Date) -> Replay {
        let group = |((payer, adjustment, posted_as, would_be), (count, amount)): (Key, (usize, Money))| Group {
            payer,
            adjustment,
            posted_as,
            would_be,
            count,
            amount,
        };
        let mut groups: Vec<Group> = self.sums.into_iter().map(group).collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.amount.abs()));
        Replay { since, decisions: self.decisions, groups, differences: self.differences, count: self.count }
    }
}
