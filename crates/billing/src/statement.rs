//! Patient statements: who is due for one, and the frozen account of what a guarantor owes.
//!
//! A statement is never recomputed: it is stored as it was sent. Nothing here reads the books or the clock: balances
//! and days come in, a decision or a snapshot goes out.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::balance::Standing;
use crate::person::{Address, PersonName};
use crate::{Money, PatientId, PayLinkId, StatementId};

/// Days between two statements for the same account: one billing cycle, so that nobody is asked twice a month.
pub const DAYS_BETWEEN_STATEMENTS: i64 = 30;
/// Days a guarantor has to pay or to ask. Long enough for the post both ways; shorter terms annoy and bring no cash.
pub const DAYS_TO_PAY: i64 = 30;
/// Below this a statement costs more than it asks for (print and postage); it waits for the next visit.
pub const SMALLEST_STATEMENT: Money = Money::from_cents(100);

/// What decides whether an account is due for a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The patient.
    pub patient_id: PatientId,
    /// What the patient owes on decided visits, less money of theirs not yet applied.
    pub owes: Money,
    /// What the patient would owe on visits where a payer has still to decide: never asked for.
    pub undecided: Money,
    /// When the patient died, where they did: only the estate may be asked.
    pub died_on: Option<Date>,
    /// Why no statement may go out, where somebody set a hold.
    pub hold: Option<String>,
    /// When the last statement was issued.
    pub last_issued_on: Option<Date>,
}

/// Why no statement goes out now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDue {
    /// Nothing is owed by the patient.
    NothingOwed,
    /// All that could be owed waits for a payer.
    WithPayer,
    /// Less than [`SMALLEST_STATEMENT`].
    TooSmall,
    /// The patient died on this day.
    Died(Date),
    /// Held, with the reason.
    OnHold(String),
    /// Told within the last [`DAYS_BETWEEN_STATEMENTS`] days; due again on this day.
    ToldRecently(Date),
}

impl std::fmt::Display for NotDue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotDue::NothingOwed => f.write_str("Nothing is owed by the patient, so there is nothing to state."),
            NotDue::WithPayer => f.write_str(
                "A payer has still to decide, or it is asked which one pays; no statement may go out before.",
            ),
            NotDue::TooSmall => write!(f, "Less than ${SMALLEST_STATEMENT} is owed; it waits for the next visit."),
            NotDue::Died(on) => write!(
                f,
                "The patient died on {on}, so no statement goes out: only the estate may be asked. Claim from it on the page of the estate."
            ),
            NotDue::OnHold(reason) => write!(f, "Statements are on hold: {reason}. Lift the hold first."),
            NotDue::ToldRecently(next) => write!(
                f,
                "A statement went out less than {DAYS_BETWEEN_STATEMENTS} days ago; the next is due on {next}."
            ),
        }
    }
}

/// Whether an account is due for a statement today.
pub fn due(candidate: &Candidate, today: Date) -> Result<(), NotDue> {
    if let Some(on) = candidate.died_on {
        return Err(NotDue::Died(on));
    }
    if let Some(reason) = &candidate.hold {
        return Err(NotDue::OnHold(reason.clone()));
    }
    if !candidate.owes.is_positive() {
        return Err(if candidate.undecided.is_positive() { NotDue::WithPayer } else { NotDue::NothingOwed });
    }
    if candidate.owes < SMALLEST_STATEMENT {
        return Err(NotDue::TooSmall);
    }
    if let Some(last) = candidate.last_issued_on {
        let next = later(last, DAYS_BETWEEN_STATEMENTS);
        if today < next {
            return Err(NotDue::ToldRecently(next));
        }
    }
    Ok(())
}

/// The day by which a statement of `issued_on` is to be paid.
pub fn due_on(issued_on: Date) -> Date {
    later(issued_on, DAYS_TO_PAY)
}

fn later(day: Date, days: i64) -> Date {
    // Only the last month of the year 9999 has no such day.
    day.checked_add(days.days()).unwrap_or(Date::MAX)
}

/// A line of a statement's visit: what happened and what it did to the sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    /// The words, in the statement's language.
    pub words: String,
    /// The change; none for a line that only explains the one above.
    pub change: Option<Money>,
    /// The part a line explains, where it changes nothing.
    pub of_which: Option<Money>,
    /// What remains of the visit after it, payers' and patient's together.
    pub remains: Money,
}

/// One visit on a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementVisit {
    /// When.
    pub date_of_service: Date,
    /// Who was seen by, where known: "Dr. Lin".
    pub seen_by: String,
    /// The services: our words and price of each.
    pub services: Vec<(String, Money)>,
    /// From charge to remainder.
    pub lines: Vec<StatementLine>,
    /// Where its cents stand: what the patient owes is part of the amount due, what is with payers is not.
    pub standing: Standing,
    /// The same in words that may be read aloud.
    pub say: Vec<String>,
}

/// A payment since the last statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementPayment {
    /// When.
    pub received_on: Date,
    /// "Check 1042", "Card ending 4410", "Cash", with the receipt number.
    pub words: String,
    /// How much.
    pub amount: Money,
}

/// What stands at the head of a statement and on its slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementPractice {
    /// Name of the practice.
    pub name: String,
    /// Where payment goes.
    pub address: Address,
    /// Whom to call.
    pub phone: String,
}

/// The frozen account of what a guarantor owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Key.
    pub id: StatementId,
    /// What people say on the telephone: "S-7741".
    pub number: String,
    /// When it was made.
    pub issued_on: Date,
    /// When it is to be paid.
    pub due_on: Date,
    /// BCP 47 tag of its words.
    pub language: String,
    /// Who asks.
    pub practice: StatementPractice,
    /// Who is asked.
    pub guarantor: PersonName,
    /// Where it goes.
    pub guarantor_address: Address,
    /// Who was seen.
    pub patient: PersonName,
    /// The patient's account number.
    pub account_number: String,
    /// Which statement in a row for this account, from 1.
    pub ordinal: i32,
    /// Visits with something owed, oldest first.
    pub visits: Vec<StatementVisit>,
    /// What the patient's side paid since the last statement.
    pub payments: Vec<StatementPayment>,
    /// Money of the patient's not yet applied to a visit; lowers the amount due.
    pub unapplied: Money,
    /// What is asked for.
    pub amount_due: Money,
    /// With payers; told so that nobody wonders, not asked for.
    pub with_payers: Money,
    /// The link by which it may be paid, where the practice has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_link: Option<PayLinkId>,
    /// The link's address as it is printed. Never stored: it is made anew from the link, so that no list of statements is
    /// a list of keys.
    #[serde(skip)]
    pub pay_address: Option<String>,
}

impl Statement {
    /// What the visits and the unapplied money add up to; a statement is issued only if it is the amount due.
    pub fn total(&self) -> Option<Money> {
        Money::checked_sum(self.visits.iter().map(|visit| visit.standing.patient_owes))?.checked_sub(self.unapplied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    fn candidate(owes: i64, undecided: i64, hold: Option<&str>, last: Option<Date>) -> Candidate {
        Candidate {
            patient_id: PatientId(Uuid::from_u128(1)),
            owes: Money::from_cents(owes),
            undecided: Money::from_cents(undecided),
            died_on: None,
            hold: hold.map(str::to_owned),
            last_issued_on: last,
        }
    }

    #[test]
    fn who_is_due_and_who_is_not() {
        let today = date(2026, 11, 22);
        let last = |days: i64| Some(today.checked_sub(days.days()).unwrap());
        for (case, candidate, expected) in [
            ("owes, never told", candidate(2_000, 0, None, None), Ok(())),
            ("owes nothing", candidate(0, 0, None, None), Err(NotDue::NothingOwed)),
            ("a credit", candidate(-500, 0, None, None), Err(NotDue::NothingOwed)),
            ("all with the payer", candidate(0, 9_000, None, None), Err(NotDue::WithPayer)),
            ("part with the payer, part owed", candidate(2_000, 9_000, None, None), Ok(())),
            ("99 cents", candidate(99, 0, None, None), Err(NotDue::TooSmall)),
            ("one dollar", candidate(100, 0, None, None), Ok(())),
            ("told 29 days ago", candidate(2_000, 0, None, last(29)), Err(NotDue::ToldRecently(date(2026, 11, 23)))),
            ("told 30 days ago", candidate(2_000, 0, None, last(30)), Ok(())),
            ("disputed", candidate(2_000, 0, Some("dispute"), None), Err(NotDue::OnHold("dispute".into()))),
        ] {
            assert_eq!(due(&candidate, today), expected, "{case}");
        }
    }

    #[test]
    fn nobody_is_told_to_pay_for_who_died() {
        let died = date(2026, 11, 1);
        let candidate = Candidate { died_on: Some(died), ..candidate(2_000, 0, Some("dispute"), None) };
        assert_eq!(due(&candidate, date(2026, 11, 22)), Err(NotDue::Died(died)));
        assert!(NotDue::Died(died).to_string().contains("estate"));
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let text = NotDue::OnHold("dispute open".into()).to_string();
        assert!(text.contains("dispute open") && text.contains("Lift the hold"));
        assert_eq!(due_on(date(2026, 11, 22)), date(2026, 12, 22));
    }
}
