//! What a practice says of clocks: its closed days, its own lengths, and those of payers' contracts from a day on. Rows are
//! only ever added: what was counted under an earlier word stays counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use billing::access::{Action, Actor, ResourceState};
use billing::clock::at_payer::{due_at, is_state_regulated};
use billing::clock::{Agreed, ClockKind, Length, Source, Terms, terms};
use billing::payer::{Payer, is_medicare};
use billing::work::Calendar;
use billing::{ClockTermId, PayerId, PracticeDayId, PracticeId};
use jiff::civil::Date;
use serde_json::json;
use store::clock::{CLOCK_TERMS, ClockTermRow, PRACTICE_DAYS, PracticeDayRow, TermRows};
use store::{Conn, Db, params, registration};

use crate::access::allow;
use crate::{Error, reason};

/// What stands, with everything that was said.
#[derive(Debug, Clone)]
pub struct Said {
    /// The practice's closed and open days that are not as the rule says, in order; the name of each.
    pub days: Vec<(Date, bool, String)>,
    /// Everything said of days, the latest first.
    pub day_history: Vec<PracticeDayRow>,
    /// Everything said of lengths, the latest first.
    pub terms: Vec<ClockTermRow>,
    /// The payers, by their keys.
    pub payers: BTreeMap<PayerId, Payer>,
    /// The practice's state, whose law counts where a state's does.
    pub state: Option<String>,
}

/// What stands, and what was said.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Said, Error> {
    allow(actor, Action::ViewSettings, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut day_history = read.query(&PRACTICE_DAYS, params![])?;
        let mut days: BTreeMap<Date, (bool, String)> = BTreeMap::new();
        for row in &day_history {
            match row.hours.as_str() {
                "open" => days.insert(row.day, (true, row.name.clone())),
                "closed" => days.insert(row.day, (false, row.name.clone())),
                _ => days.remove(&row.day),
            };
        }
        day_history.reverse();
        let mut terms = read.query(&CLOCK_TERMS, params![])?;
        terms.reverse();
        let payers = read.query(&registration::PAYERS, params![])?;
        let payers = payers.into_iter().map(|(payer,)| (payer.0.id, payer.0)).collect();
        let state = registration::practice(read)?.map(|practice| practice.billing.address.state);
        let days = days.into_iter().map(|(day, (open, name))| (day, open, name)).collect();
        Ok(Said { days, day_history, terms, payers, state })
    })
}

/// How the desks are on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    /// Nobody works.
    Closed,
    /// Somebody works, though it is a holiday or a weekend.
    Open,
    /// As the week and the federal holidays say.
    AsUsual,
}

impl Hours {
    /// Every word.
    pub const ALL: [Hours; 3] = [Hours::Closed, Hours::Open, Hours::AsUsual];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Hours::Closed => "closed",
            Hours::Open => "open",
            Hours::AsUsual => "as_usual",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            Hours::Closed => "Closed",
            Hours::Open => "Open, though it is a holiday",
            Hours::AsUsual => "As usual",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Hours> {
        Hours::ALL.into_iter().find(|hours| hours.as_str() == word)
    }
}

/// Says how the desks are on a day.
///
/// # Errors
/// `Denied`; `Invalid` without a name.
pub fn set_day(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (day, hours): (Date, Hours),
    name: &str,
) -> Result<(), Error> {
    allow(actor, Action::ChangePractice, &ResourceState::default())?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid("name", "Say in a few words what day it is, such as: Day after Thanksgiving."));
    }
    db.write(actor, practice, |tx| {
        let row = PracticeDayRow {
            id: PracticeDayId(tx.new_id()),
            day,
            hours: hours.as_str().to_owned(),
            name: name.to_owned(),
            recorded_at: tx.now(),
            recorded_by: tx.actor().user,
            recorded_by_login: tx.actor().login.clone(),
        };
        tx.insert(&row)?;
        tx.audit("practice_day.set", "practice_day", row.id, json!({ "day": day.to_string(), "hours": row.hours }));
        Ok(())
    })
}

/// Longest name of a day: a line of a table.
const LONGEST_NAME: usize = 80;

/// A length to set.
#[derive(Debug, Clone)]
pub struct NewTerm {
    /// Of which kind.
    pub kind: ClockKind,
    /// In whose contract; none for the practice's own rule.
    pub payer: Option<PayerId>,
    /// How long, such as "120 days".
    pub length: Length,
    /// For clocks that start on this day or later.
    pub from_on: Date,
    /// Why: which contract, which letter.
    pub why: String,
}

/// Sets the length of a kind of clock at a payer, or the practice's own, from a day on.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without a reason; `Refused` for a length that the law alone sets.
pub fn set_term(db: &Db, actor: &Actor, practice: PracticeId, new: &NewTerm) -> Result<(), Error> {
    let right = if new.payer.is_some() { Action::EditPayer } else { Action::ChangePractice };
    allow(actor, right, &ResourceState::default())?;
    let why = reason::given(&new.why, "Say where it stands: which contract, which letter, which policy.")?;
    if let (Source::Law { .. }, Some(law)) = (new.kind.facts().source, new.kind.facts().length)
        && !is_shorter(new.length, law)
    {
        return Err(Error::refused(format!(
            "The law sets {} ({law}, {}); it may only be shorter.",
            new.kind.title(),
            new.kind.facts().source.words()
        )));
    }
    db.write(actor, practice, |tx| {
        if let Some(payer) = new.payer {
            registration::payer(tx, payer)?.ok_or(Error::NotFound("payer"))?;
        }
        let row = ClockTermRow {
            id: ClockTermId(tx.new_id()),
            kind: new.kind,
            payer_id: new.payer,
            term: new.length.to_string(),
            from_on: new.from_on,
            recorded_at: tx.now(),
            recorded_by: tx.actor().user,
            recorded_by_login: tx.actor().login.clone(),
            why: why.to_owned(),
        };
        tx.insert(&row)?;
        tx.audit("clock_term.set", "clock_term", row.id, json!({ "kind": row.kind.as_str(), "term": row.term }));
        Ok(())
    })
}

/// Whether a length ends sooner than another, counted from a day in the middle of a year.
fn is_shorter(one: Length, other: Length) -> bool {
    let (start, calendar) = (jiff::civil::date(2026, 6, 1), billing::work::Calendar::default());
    one.after(start, &calendar) <= other.after(start, &calendar)
}

/// The terms of a clock of a kind that starts on a day, at a payer where there is one.
pub(crate) fn terms_for(
    conn: &Conn,
    kind: ClockKind,
    payer: Option<PayerId>,
    start: Date,
) -> Result<Option<Terms>, Error> {
    let rows = TermRows::load(conn)?;
    let calendar = store::clock::calendar(conn)?;
    if let Some(length) = payer.and_then(|payer| rows.of(kind, Some(payer), start)) {
        return Ok(Some(Terms { length, source: Source::Contract }));
    }
    let payer = payer.map(|payer| registration::payer(conn, payer)).transpose()?.flatten();
    if let Some((_, terms)) = payer.as_ref().and_then(|payer| due_at(kind, payer, start, &calendar)) {
        return Ok(Some(terms));
    }
    let state = registration::practice(conn)?.map(|practice| practice.billing.address.state);
    let regulated = payer.as_ref().is_none_or(|payer| is_state_regulated(&payer.filing_indicator));
    Ok(terms(
        kind,
        &Agreed {
            payer: None,
            practice: rows.of(kind, None, start),
            medicare: payer.as_ref().is_some_and(|payer| is_medicare(&payer.filing_indicator)),
            state: state.as_deref().filter(|_| regulated),
        },
    ))
}

/// What is needed to say how a payer's contract stands on a day; read once for many.
pub(crate) struct InForce {
    rows: TermRows,
    calendar: Arc<Calendar>,
}

impl InForce {
    pub(crate) fn load(conn: &Conn) -> Result<InForce, Error> {
        Ok(InForce { rows: TermRows::load(conn)?, calendar: store::clock::calendar(conn)? })
    }

    /// A payer as its contract stands for clocks that start on a day: the dated rows over its settings. Where Medicare's law
    /// is shorter than the settings of a Medicare payer, the law stands.
    pub(crate) fn payer(&self, mut payer: Payer, day: Date) -> Payer {
        let counted = |length: Length| (length.after(day, &self.calendar) - day).get_days();
        let row = |kind: ClockKind| self.rows.of(kind, Some(payer.id), day).map(counted);
        let stands = |kind: ClockKind| {
            row(kind).or_else(|| due_at(kind, &payer, day, &self.calendar).map(|(due, _)| (due - day).get_days()))
        };
        let filing = stands(ClockKind::TimelyFiling).unwrap_or(payer.settings.filing_limit_days);
        let appeal = stands(ClockKind::AppealFirst).unwrap_or(payer.settings.appeal_days);
        let secondary = row(ClockKind::SecondaryFiling).or(payer.settings.secondary_filing_days);
        let corrected = row(ClockKind::CorrectedClaim).or(payer.settings.corrected_claim_days);
        payer.settings.filing_limit_days = filing;
        payer.settings.appeal_days = appeal;
        payer.settings.secondary_filing_days = secondary;
        payer.settings.corrected_claim_days = corrected;
        payer
    }
}
