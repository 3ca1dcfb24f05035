//! The case around an item: who it waits for, whether somebody has begun, what it belongs to. A pause stops the days that
//! the practice gave itself and never a day of law or contract.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::item::{SHORTEST_SENTENCE, WorkItem, WorkRefused, WorkState, refused};
use crate::{ProblemId, UserId, WorkItemId};

words! {
    /// Who must act before the item can go on.
    WaitingOn {
        /// A patient, or who pays for one.
        Patient "patient" "the patient",
        /// A payer or its clearinghouse.
        Payer "payer" "the payer",
        /// A provider of the practice.
        Provider "provider" "the provider",
        /// The practice that is billed for.
        Client "client" "the practice",
        /// A collection agency.
        Agency "agency" "the agency",
        /// A bank or card processor.
        Bank "bank" "the bank",
    }
}

words! {
    /// Why a higher desk gave an item back: counted for quality.
    ReturnCode {
        /// What was to be shown is not there.
        EvidenceMissing "evidence_missing" "Evidence is missing",
        /// The first desk's own steps were not done.
        StepsNotDone "steps_not_done" "First desk's steps are not done",
        /// The first desk may decide it.
        MayBeEndedThere "may_be_ended_there" "First desk may end it",
        /// Another desk's.
        WrongDesk "wrong_desk" "Belongs to another desk",
        /// Nobody can tell what is to be decided.
        Unclear "unclear" "Question is unclear",
        /// It was decided; the first desk carries it out.
        Decided "decided" "Decided: carry it out",
    }
}

impl ReturnCode {
    /// Whether it tells against the handover. A decision that comes back to be carried out does not.
    pub fn counts_against(self) -> bool {
        match self {
            ReturnCode::EvidenceMissing
            | ReturnCode::StepsNotDone
            | ReturnCode::MayBeEndedThere
            | ReturnCode::WrongDesk
            | ReturnCode::Unclear => true,
            ReturnCode::Decided => false,
        }
    }
}

/// Whom an item waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Who must act.
    pub on: WaitingOn,
    /// What is awaited, in one sentence.
    pub what: String,
    /// Since when.
    pub since: Date,
    /// When it comes back by itself.
    pub until: Date,
    /// Business days that were left when it began to wait; 0 where it was late already.
    pub days_left: u32,
}

/// The longest wait, in days: claims are looked at every 30 to 45 days, whoever is asked (a rule of the field).
pub const LONGEST_WAIT_DAYS: i64 = 45;

/// What is known about an item beyond the item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CaseFile {
    /// When a person first did something about it.
    pub first_action_on: Option<Date>,
    /// Who.
    pub first_action_by: Option<UserId>,
    /// Whom it waits for.
    pub waiting: Option<Waiting>,
    /// When a complaint was acknowledged to who made it.
    pub acknowledged_on: Option<Date>,
    /// How often it was opened again.
    pub reopened: i32,
    /// The item in which it goes on.
    pub merged_into: Option<WorkItemId>,
    /// The problem of Tier 3 that it belongs to.
    pub problem: Option<ProblemId>,
}

impl CaseFile {
    /// A person did something: the first time counts.
    pub fn touched(&mut self, by: UserId, today: Date) -> bool {
        if self.first_action_on.is_some() {
            return false;
        }
        (self.first_action_on, self.first_action_by) = (Some(today), Some(by));
        true
    }
}

/// Lets an item wait. Its days stop; its day of law or contract does not, and it comes back before that.
///
/// # Errors
/// A sentence: what is missing, or that the day is too late.
pub fn wait(
    item: &mut WorkItem,
    case: &mut CaseFile,
    (on, what, until): (WaitingOn, &str, Date),
    today: Date,
    calendar: &Calendar,
) -> Result<(), WorkRefused> {
    if item.state == WorkState::Resolved {
        return refused("This item is resolved; reopen it to work on it again.");
    }
    if what.trim().chars().count() < SHORTEST_SENTENCE {
        return refused("Say in a sentence what it waits for, so that the next person knows the answer when it comes.");
    }
    if until <= today {
        return refused("Choose a day after today on which it comes back.");
    }
    if i64::from((until - today).get_days()) > LONGEST_WAIT_DAYS {
        return Err(WorkRefused(format!(
            "Nothing waits longer than {LONGEST_WAIT_DAYS} days without a look: choose an earlier day."
        )));
    }
    if let Some(deadline) = item.deadline_on.filter(|deadline| until >= *deadline) {
        return Err(WorkRefused(format!(
            "Its legal or contract date is {deadline}, and that does not wait: choose a day before it."
        )));
    }
    let days_left = match &case.waiting {
        // Another wait begins before the last one ended: what was left then is left now.
        Some(before) => before.days_left,
        None => u32::try_from(calendar.business_days_between(today, item.due_on)).unwrap_or(0),
    };
    item.due_on = by_the_deadline(item, calendar.add_business_days(until, days_left), today);
    case.waiting = Some(Waiting { on, what: what.trim().to_owned(), since: today, until, days_left });
    item.revision += 1;
    Ok(())
}

/// Ends a wait: the days that were left begin today. Whether it waited.
pub fn resume(item: &mut WorkItem, case: &mut CaseFile, today: Date, calendar: &Calendar) -> bool {
    let Some(waiting) = case.waiting.take() else { return false };
    if item.state != WorkState::Resolved {
        item.due_on = by_the_deadline(item, calendar.add_business_days(today, waiting.days_left), today);
    }
    item.revision += 1;
    true
}

/// Opens a resolved item again at the desk where it ended. Its history stays.
///
/// # Errors
/// A sentence where it is open, or why is not said.
pub fn reopen(item: &mut WorkItem, case: &mut CaseFile, why: &str, due_on: Date) -> Result<(), WorkRefused> {
    if item.state != WorkState::Resolved {
        return refused("This item is open; there is nothing to reopen.");
    }
    if why.trim().chars().count() < SHORTEST_SENTENCE {
        return refused("Say in a sentence why it is not over.");
    }
    item.state = WorkState::Open;
    item.owner = None;
    item.resolution = None;
    item.due_on = due_on;
    case.reopened += 1;
    case.merged_into = None;
    item.revision += 1;
    Ok(())
}

fn by_the_deadline(item: &WorkItem, due_on: Date, today: Date) -> Date {
    item.deadline_on.map_or(due_on, |deadline| due_on.min(deadline.max(today)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Money;
    use crate::work::{Resolution, WorkLinks, WorkReason};
    use jiff::civil::date;
    use uuid::Uuid;

    /// Friday 20 November 2026, due in three business days: Wednesday the 25th. Thursday the 26th is a holiday.
    fn denied() -> WorkItem {
        let (id, friday) = (WorkItemId(Uuid::nil()), date(2026, 11, 20));
        WorkItem::open(
            id,
            WorkReason::Denied,
            "s".into(),
            WorkLinks::default(),
            Money::ZERO,
            friday,
            &Calendar::default(),
        )
    }

    const FOR: &str = "The payer looks for the note.";

    #[test]
    fn the_days_that_are_left_wait_and_the_legal_date_does_not() {
        let calendar = Calendar::default();
        let monday = date(2026, 11, 23);
        for (story, deadline, until, due) in [
            // Two business days are left on Monday.
            ("no deadline", None, date(2026, 12, 1), date(2026, 12, 3)),
            ("a far one", Some(date(2027, 1, 15)), date(2026, 12, 1), date(2026, 12, 3)),
            ("a near one", Some(date(2026, 12, 2)), date(2026, 12, 1), date(2026, 12, 2)),
        ] {
            let (mut item, mut case) = (denied().with_deadline(deadline), CaseFile::default());
            wait(&mut item, &mut case, (WaitingOn::Payer, FOR, until), monday, &calendar).unwrap();
            assert_eq!((item.due_on, item.deadline_on), (due, deadline), "{story}");
            assert!(resume(&mut item, &mut case, date(2026, 11, 24), &calendar));
            assert_eq!((item.due_on, case.waiting), (date(2026, 11, 27), None), "{story}: the answer came on Tuesday");
        }
    }

    #[test]
    fn what_is_late_is_due_on_the_day_it_comes_back() {
        let (mut item, mut case) = (denied(), CaseFile::default());
        let (calendar, today) = (Calendar::default(), date(2026, 12, 7));
        wait(&mut item, &mut case, (WaitingOn::Patient, FOR, date(2026, 12, 10)), today, &calendar).unwrap();
        assert_eq!(item.due_on, date(2026, 12, 10));
        wait(&mut item, &mut case, (WaitingOn::Patient, FOR, date(2026, 12, 14)), today, &calendar).unwrap();
        assert_eq!(item.due_on, date(2026, 12, 14), "a second wait gives no days back");
    }

    #[test]
    fn a_wait_needs_words_a_day_and_the_time_before_the_law() {
        let today = date(2026, 11, 23);
        for (story, what, until, says) in [
            ("no words", "", date(2026, 12, 1), "what it waits for"),
            ("today", FOR, today, "after today"),
            ("for ever", FOR, date(2027, 3, 1), "45 days"),
            ("on the last day", FOR, date(2026, 12, 4), "before it"),
        ] {
            let (mut item, mut case) = (denied().with_deadline(Some(date(2026, 12, 4))), CaseFile::default());
            let asked = (WaitingOn::Payer, what, until);
            let error = wait(&mut item, &mut case, asked, today, &Calendar::default()).unwrap_err();
            assert!(error.0.contains(says), "{story}: {error}");
            assert_eq!(case, CaseFile::default(), "{story}");
        }
    }

    #[test]
    fn only_what_ended_opens_again_and_says_why() {
        let (mut item, mut case) = (denied(), CaseFile::default());
        let due = date(2026, 12, 1);
        assert!(reopen(&mut item, &mut case, "The check bounced.", due).is_err());
        let words =
            Resolution { outcome: "Paid by check.".into(), root_cause: "payer".into(), ..Resolution::default() };
        item.resolve(words).unwrap();
        assert!(reopen(&mut item, &mut case, " ", due).is_err());
        reopen(&mut item, &mut case, "The check bounced.", due).unwrap();
        assert_eq!((item.state, item.due_on, case.reopened), (WorkState::Open, due, 1));
    }
}
