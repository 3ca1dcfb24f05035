//! A practice's word on what adjustments mean, over the base that ships with the program: listed, asked, added and taken
//! back. Rows are only ever added, each from a day that is not past; what was posted keeps the meaning that it had.

mod replay;

use std::collections::BTreeMap;

use billing::access::{Action, Actor, ResourceState};
use billing::id::AdjustmentRuleId;
use billing::payer::MEDICAID;
use billing::remittance::classification::{AdjustmentClass, BaseRow, Decider, Pattern, RuleBook, RuledBy, base_rows};
use billing::remittance::{Adjustment, AdjustmentGroup};
use billing::{Money, PayerId, PracticeId};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use store::adjustment_rule::{ADJUSTMENT_RULES, AdjustmentRuleRow};
use store::{Conn, Db, Tx, params, registration};
use uuid::Uuid;

pub use self::replay::{Difference, Group, MOST_MONTHS, Replay, replay};
use crate::access::allow;
use crate::{Error, reason};

/// Most days ahead that a row may begin: what is further off is not known yet.
const MOST_DAYS_AHEAD: i32 = 366;

/// Where a row of a practice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It decides what is posted today.
    InForce,
    /// It will, from its day on.
    Later,
    /// A later row took its place.
    Superseded,
    /// It takes the practice's word back: the base decides.
    TakenBack,
}

impl Standing {
    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            Standing::InForce => "In force",
            Standing::Later => "Later",
            Standing::Superseded => "Superseded",
            Standing::TakenBack => "Taken back",
        }
    }
}

/// A row with where it is and the name of its payer.
#[derive(Debug, Clone)]
pub struct Line {
    /// The row.
    pub row: AdjustmentRuleRow,
    /// Its payer; none for any.
    pub payer: Option<String>,
    /// Where it is.
    pub standing: Standing,
}

impl Line {
    /// Which adjustments it is for: "CO-45 with N130, Harbor Health".
    pub fn words(&self) -> String {
        let words = self.row.pattern().words();
        self.payer.as_ref().map_or_else(|| words.clone(), |payer| format!("{words}, {payer}"))
    }
}

/// Everything that decides what adjustments mean.
#[derive(Debug, Clone)]
pub struct Table {
    /// The practice's rows, the latest first.
    pub practice: Vec<Line>,
    /// The base.
    pub base: &'static [BaseRow],
}

/// The rows of a practice, the latest first, over the base.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Table, Error> {
    allow(actor, Action::ViewSettings, &ResourceState::default())?;
    let today = db.today(practice)?;
    db.read(actor, practice, |read| {
        let rows = read.query(&ADJUSTMENT_RULES, params![])?;
        let names = payer_names(read)?;
        let standing = standings(&rows, today);
        let lines = rows.into_iter().zip(standing).map(|(row, standing)| {
            let payer = row.payer_id.map(|payer| names.get(&payer).cloned().unwrap_or_default());
            Line { row, payer, standing }
        });
        let mut lines: Vec<Line> = lines.collect();
        lines.reverse();
        Ok(Table { practice: lines, base: base_rows() })
    })
}

fn payer_names(conn: &Conn) -> Result<BTreeMap<PayerId, String>, Error> {
    let payers = crate::registration::payers_in(conn)?;
    Ok(payers.into_iter().map(|payer| (payer.id, payer.name)).collect())
}

fn standings(rows: &[AdjustmentRuleRow], today: Date) -> Vec<Standing> {
    let later = |row: &AdjustmentRuleRow, other: &AdjustmentRuleRow| {
        other.pattern() == row.pattern()
            && other.effective_on <= today
            && (other.effective_on, other.id) > (row.effective_on, row.id)
    };
    let standing = |row: &AdjustmentRuleRow| match row.class {
        _ if row.effective_on > today => Standing::Later,
        _ if rows.iter().any(|other| later(row, other)) => Standing::Superseded,
        Some(_) => Standing::InForce,
        None => Standing::TakenBack,
    };
    rows.iter().map(standing).collect()
}

/// What decides what is posted on a day.
pub(crate) fn in_force(conn: &Conn, on: Date) -> Result<RuleBook, Error> {
    Ok(book_of(&conn.query(&ADJUSTMENT_RULES, params![])?, on))
}

fn book_of(rows: &[AdjustmentRuleRow], on: Date) -> RuleBook {
    let mut begun: Vec<&AdjustmentRuleRow> = rows.iter().filter(|row| row.effective_on <= on).collect();
    begun.sort_by_key(|row| (row.effective_on, row.id));
    let mut book = RuleBook::default();
    for row in begun {
        match row.class {
            Some(class) => book.put_since(row.pattern(), class, row.effective_on),
            None => {
                book.take_out(&row.pattern());
            }
        }
    }
    book
}

/// An adjustment that somebody asks about.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who decided; none for a payer without rows of its own.
    pub payer: Option<PayerId>,
    /// CAS01.
    pub group: AdjustmentGroup,
    /// CARC.
    pub reason: String,
    /// RARCs of the line and its claim.
    pub remarks: Vec<String>,
    /// The payer pays after another.
    pub after_another: bool,
}

/// What an adjustment means today, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it means.
    pub class: AdjustmentClass,
    /// Which row says so.
    pub by: String,
    /// What that row could not break.
    pub guard: Option<&'static str>,
}

/// What an adjustment would mean if it were posted today.
///
/// # Errors
/// `Denied`; `NotFound` for another practice's payer.
pub fn classify(db: &Db, actor: &Actor, practice: PracticeId, asked: &Asked) -> Result<Told, Error> {
    allow(actor, Action::ViewSettings, &ResourceState::default())?;
    let today = db.today(practice)?;
    db.read(actor, practice, |read| {
        let book = in_force(read, today)?;
        let known = asked.payer.map(|id| registration::payer(read, id)?.ok_or(Error::NotFound("payer"))).transpose()?;
        let decider = Decider {
            payer: asked.payer.unwrap_or(PayerId(Uuid::nil())),
            is_primary: !asked.after_another,
            is_medicaid: known.is_some_and(|payer| payer.filing_indicator == MEDICAID),
        };
        let one = Adjustment { group: asked.group, reason: asked.reason.clone(), amount: Money::ZERO };
        let ruling = book.classify(decider, &one, [&asked.remarks, &[]]);
        let by = match ruling.by {
            RuledBy::Practice(pattern) => format!("the practice's row for {}", pattern.words()),
            RuledBy::Base(row) => format!("the base: {}", row.why),
            RuledBy::Nothing => "nothing: what is not known is looked at".to_owned(),
        };
        Ok(Told { class: ruling.class, by, guard: ruling.guard.map(|guard| guard.words()) })
    })
}

/// A row to be added.
#[derive(Debug, Clone)]
pub struct NewRule {
    /// Which adjustments it is for.
    pub pattern: Pattern,
    /// What they mean; none to take the practice's word back.
    pub class: Option<AdjustmentClass>,
    /// First day; today where none is said.
    pub effective_on: Option<Date>,
    /// Why, for who reads the table later.
    pub why: String,
}

/// Adds a row. What was posted keeps its meaning.
///
/// # Errors
/// `Denied`; `NotFound` for another practice's payer; `Invalid` for codes that do not exist, a day that is past or too far
/// off, or no reason; `Refused` where it would leave it open which of two rows decides, could decide nothing, or says what
/// stands already.
pub fn add(db: &Db, actor: &Actor, practice: PracticeId, new: &NewRule) -> Result<AdjustmentRuleId, Error> {
    allow(actor, Action::ChangeAdjustmentRules, &ResourceState::default())?;
    let why = reason::given(&new.why, "Say in a sentence why; who reads the table later wants to know.")?;
    db.write(actor, practice, |tx| {
        let today = tx.today();
        let from = new.effective_on.unwrap_or(today);
        if from < today || from > today.saturating_add(MOST_DAYS_AHEAD.days()) {
            return Err(Error::invalid(
                "from",
                "Give today or a day in the next year: what was posted keeps the meaning that it had.",
            ));
        }
        let rows = tx.query(&ADJUSTMENT_RULES, params![])?;
        judge(tx, &rows, &new.pattern, new.class, from)?;
        let Pattern { payer, group, reason, remark } = new.pattern.clone();
        let row = AdjustmentRuleRow {
            id: AdjustmentRuleId(tx.new_id()),
            payer_id: payer,
            adjustment_group: group,
            reason,
            remark,
            class: new.class,
            effective_on: from,
            recorded_at: tx.now(),
            recorded_by: tx.actor().user,
            recorded_by_login: tx.actor().login.clone(),
            why: why.to_owned(),
        };
        tx.insert(&row)?;
        let class = new.class.map_or("the base", AdjustmentClass::as_str);
        let detail = json!({ "row": new.pattern.words(), "class": class, "from": from.to_string() });
        tx.audit("adjustment_rule.add", "adjustment_rule", row.id, detail);
        Ok(row.id)
    })
}

/// Refuses what may not become a row, in this practice and with the rows that it has.
fn judge(
    tx: &Tx,
    rows: &[AdjustmentRuleRow],
    pattern: &Pattern,
    class: Option<AdjustmentClass>,
    from: Date,
) -> Result<(), Error> {
    if let Some(payer) = pattern.payer {
        registration::payer(tx, payer)?.ok_or(Error::NotFound("payer"))?;
    }
    if let Some(problem) = pattern.problem() {
        return Err(Error::invalid("reason_code", problem));
    }
    let known = book_of(rows, from).practice().iter().find(|(own, _)| own == pattern).map(|(_, class)| *class);
    let Some(class) = class else {
        return match known {
            Some(_) => Ok(()),
            None => Err(Error::refused(format!(
                "The practice has no row for {} on {from}: the base decides already. Nothing was changed.",
                pattern.words()
            ))),
        };
    };
    if known == Some(class) {
        return Err(Error::refused(format!(
            "The row for {} says {} already. Nothing was changed.",
            pattern.words(),
            class.label().to_lowercase()
        )));
    }
    if let Some(guard) = pattern.never_stands(class) {
        return Err(Error::refused(format!("{} Nothing was changed.", guard.words())));
    }
    // A row that begins later must be told apart as well.
    let days = rows.iter().map(|row| row.effective_on).filter(|day| *day > from);
    for day in std::iter::once(from).chain(days) {
        let mut others = book_of(rows, day);
        others.take_out(pattern);
        if let Err(unclear) = others.is_clear(pattern, class) {
            return Err(Error::refused(format!(
                "The row for {} says {}, and an adjustment may fit both rows: name more in this one (payer, group, reason \
                 or remark), or less. Nothing was changed.",
                unclear.other.words(),
                unclear.class.label().to_lowercase()
            )));
        }
    }
    Ok(())
}

/// What the row would be judged by, before a dry run.
pub(super) fn must_be_a_row(pattern: &Pattern, class: AdjustmentClass) -> Result<(), Error> {
    if let Some(problem) = pattern.problem() {
        return Err(Error::invalid("reason_code", problem));
    }
    match pattern.never_stands(class) {
        Some(guard) => Err(Error::refused(format!("{} Nothing was changed.", guard.words()))),
        None => Ok(()),
    }
}
