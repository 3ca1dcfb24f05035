//! One thing a person must do, from opening to resolution. Taking, escalating, returning and resolving are the only
//! ways it moves; each refuses with a sentence that says what is missing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::cause::is_cause;
use super::reason::{Desk, WorkReason};
use super::resolution::ResolutionCode;
use crate::{
    ChargeId, ClaimId, EncounterId, InquiryId, Money, PatientId, PayerId, RemittanceId, SubmissionId, UserId,
    WorkItemId,
};

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WorkState {
    /// In the desk's queue, nobody has it.
    Open,
    /// Somebody has it.
    Taken,
    /// Ended.
    Resolved,
}

impl WorkState {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            WorkState::Open => "open",
            WorkState::Taken => "taken",
            WorkState::Resolved => "resolved",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [WorkState::Open, WorkState::Taken, WorkState::Resolved].into_iter().find(|s| s.as_str() == word)
    }
}

/// What an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WorkLinks {
    /// Whose account.
    pub patient_id: Option<PatientId>,
    /// Which visit.
    pub encounter_id: Option<EncounterId>,
    /// Which claim.
    pub claim_id: Option<ClaimId>,
    /// Which service.
    pub charge_id: Option<ChargeId>,
    /// Which payer.
    pub payer_id: Option<PayerId>,
    /// Which payment.
    pub remittance_id: Option<RemittanceId>,
    /// Which outbound file.
    pub submission_id: Option<SubmissionId>,
    /// Which question.
    pub inquiry_id: Option<InquiryId>,
}

/// What the next desk needs; an escalation without one is refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handover {
    /// The problem in one sentence.
    pub problem: String,
    /// What was tried.
    pub tried: String,
    /// Letters, calls, remittances that show it.
    pub evidence: String,
    /// What was promised to whom; may be empty.
    pub promised: String,
    /// What the next desk must decide.
    pub to_decide: String,
}

/// How an item ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Resolution {
    /// What was done, in one sentence.
    pub outcome: String,
    /// What caused the work, for Tier 3: one of [`ROOT_CAUSES`].
    pub root_cause: String,
    /// What went wrong there: a cause of that stage; empty where nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cause: String,
    /// How it ended, from the list of its reason; none for what ended before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ResolutionCode>,
}

impl Resolution {
    /// Whether a person may end an item of a reason so: a code of the reason's list, and for a denial, a rejection or a
    /// complaint also where it began, in both levels.
    ///
    /// # Errors
    /// A sentence that names what is missing.
    pub fn check(&self, reason: WorkReason) -> Result<(), WorkRefused> {
        let allowed = reason.spec().resolutions;
        if self.code.is_some_and(|code| !allowed.contains(&code)) || (self.code.is_none() && reason.needs_cause()) {
            let names: Vec<&str> = allowed.iter().map(|code| code.label()).collect();
            return Err(WorkRefused(format!("Choose how it ended: {}.", names.join("; "))));
        }
        let is_told = is_cause(&self.root_cause, &self.cause);
        if (reason.needs_cause() || !self.cause.is_empty()) && !is_told {
            return Err(WorkRefused(
                "Choose where it began and what went wrong there, such as eligibility: not asked. Tier 3 counts it."
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

/// Where work can begin: the first level of every root cause.
pub const ROOT_CAUSES: [&str; 10] = [
    "registration",
    "eligibility",
    "authorization",
    "charge",
    "coding",
    "claim build",
    "submission",
    "payer",
    "posting",
    "patient",
];

/// One thing a person must do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItem {
    /// Key.
    pub id: WorkItemId,
    /// Why.
    pub reason: WorkReason,
    /// Whose queue it stands in: the reason's desk, moved by escalations.
    pub desk: Desk,
    /// Where it stands.
    pub state: WorkState,
    /// Who has it.
    pub owner: Option<UserId>,
    /// One sentence; names no patient.
    pub summary: String,
    /// What it is about.
    pub links: WorkLinks,
    /// Cents that depend on it.
    pub money_at_stake: Money,
    /// When it was opened.
    pub opened_on: Date,
    /// By when it should be resolved.
    pub due_on: Date,
    /// A legal or contract date that never pauses.
    pub deadline_on: Option<Date>,
    /// How often it went up.
    pub escalations: i32,
    /// What the last desk handed over.
    pub handover: Option<Handover>,
    /// How it ended.
    pub resolution: Option<Resolution>,
    /// Changes so far; two people cannot move the same item at once.
    pub revision: i32,
}

/// Why an item cannot move: a sentence for the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WorkRefused(pub String);

pub(super) fn refused<T>(why: &str) -> Result<T, WorkRefused> {
    Err(WorkRefused(why.to_owned()))
}

/// Fewest characters of a handover's or a resolution's sentence: shorter ones say nothing.
pub const SHORTEST_SENTENCE: usize = 8;

impl WorkItem {
    /// Opens an item at its reason's desk with its reason's due date.
    pub fn open(
        id: WorkItemId,
        reason: WorkReason,
        summary: String,
        links: WorkLinks,
        stake: Money,
        today: Date,
        calendar: &Calendar,
    ) -> Self {
        WorkItem {
            id,
            reason,
            desk: reason.desk(),
            state: WorkState::Open,
            owner: None,
            summary,
            links,
            money_at_stake: stake,
            opened_on: today,
            due_on: calendar.add_business_days(today, reason.due_in_business_days()),
            deadline_on: None,
            escalations: 0,
            handover: None,
            resolution: None,
            revision: 0,
        }
    }

    /// The same, due by the days that the practice set for its reason.
    pub fn due_after(mut self, due_on: Date) -> Self {
        self.due_on = due_on;
        self
    }

    /// The same with a legal or contract date; the item is due by it at the latest.
    pub fn with_deadline(mut self, deadline_on: Option<Date>) -> Self {
        self.deadline_on = deadline_on;
        if let Some(deadline) = deadline_on {
            self.due_on = self.due_on.min(deadline.max(self.opened_on));
        }
        self
    }

    /// A person takes it. Whether that person may work this desk was decided by `authorize`.
    pub fn take(&mut self, user: UserId) -> Result<(), WorkRefused> {
        match self.state {
            WorkState::Resolved => refused("This item is resolved; reopen it to work on it again."),
            WorkState::Taken if self.owner != Some(user) => {
                refused("A colleague has this item. Ask for it, or take the next one.")
            }
            WorkState::Open | WorkState::Taken => {
                self.state = WorkState::Taken;
                self.owner = Some(user);
                self.revision += 1;
                Ok(())
            }
        }
    }

    /// Puts it back into its desk's queue.
    pub fn put_back(&mut self) -> Result<(), WorkRefused> {
        if self.state != WorkState::Taken {
            return refused("Nobody has this item; there is nothing to put back.");
        }
        self.state = WorkState::Open;
        self.owner = None;
        self.revision += 1;
        Ok(())
    }

    /// Passes it to the desk above with a handover.
    pub fn escalate(&mut self, handover: Handover, today: Date, calendar: &Calendar) -> Result<(), WorkRefused> {
        if self.state == WorkState::Resolved {
            return refused("This item is resolved; reopen it to escalate it.");
        }
        let Some(above) = self.desk.above() else {
            return refused("There is no desk above Tier 3; resolve it or return it with a reason.");
        };
        for (words, name) in [
            (&handover.problem, "the problem in one sentence"),
            (&handover.tried, "what was tried"),
            (&handover.evidence, "the evidence"),
            (&handover.to_decide, "what the next desk must decide"),
        ] {
            if words.trim().chars().count() < SHORTEST_SENTENCE {
                return refused(&format!("The handover needs {name}: write a sentence."));
            }
        }
        self.desk = above;
        self.escalations += 1;
        self.state = WorkState::Open;
        self.owner = None;
        self.handover = Some(handover);
        self.due_on = calendar.add_business_days(today, self.reason.due_in_business_days());
        if let Some(deadline) = self.deadline_on {
            self.due_on = self.due_on.min(deadline.max(today));
        }
        self.revision += 1;
        Ok(())
    }

    /// Returns an escalated item to its reason's desk, saying why.
    pub fn return_down(&mut self, why: &str, today: Date, calendar: &Calendar) -> Result<(), WorkRefused> {
        if self.escalations == 0 || self.desk == self.reason.desk() {
            return refused("This item was not escalated; there is no desk to return it to.");
        }
        if why.trim().chars().count() < SHORTEST_SENTENCE {
            return refused("Say in a sentence what is missing, so that the first desk can bring it.");
        }
        self.desk = self.reason.desk();
        self.state = WorkState::Open;
        self.owner = None;
        self.due_on = calendar.add_business_days(today, 1);
        self.revision += 1;
        Ok(())
    }

    /// Ends it, saying what was done.
    pub fn resolve(&mut self, resolution: Resolution) -> Result<(), WorkRefused> {
        if self.state == WorkState::Resolved {
            return refused("This item is already resolved.");
        }
        if resolution.outcome.trim().chars().count() < SHORTEST_SENTENCE {
            return refused("Say in a sentence what was done; the next person reads it.");
        }
        if !ROOT_CAUSES.contains(&resolution.root_cause.as_str()) {
            return Err(WorkRefused(format!("Say where it began, with one of: {}.", ROOT_CAUSES.join(", "))));
        }
        self.state = WorkState::Resolved;
        self.resolution = Some(resolution);
        self.revision += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    fn item(reason: WorkReason) -> WorkItem {
        let today = date(2026, 11, 20);
        WorkItem::open(
            WorkItemId(Uuid::nil()),
            reason,
            "s".into(),
            WorkLinks::default(),
            Money::ZERO,
            today,
            &Calendar::default(),
        )
    }

    fn handover() -> Handover {
        Handover {
            problem: "Payer says no authorization was given.".into(),
            tried: "Called the payer twice.".into(),
            evidence: "Call reference 5520-7781.".into(),
            promised: String::new(),
            to_decide: "Retro authorization or appeal?".into(),
        }
    }

    #[test]
    fn a_cause_that_no_report_counts_is_refused() {
        let mut item = item(WorkReason::ALL[0]);
        let banana = Resolution {
            outcome: "Sent again with the number.".into(),
            root_cause: "banana".into(),
            ..Resolution::default()
        };
        assert!(item.resolve(banana.clone()).is_err_and(|why| why.0.contains("registration")));
        assert_eq!(item.resolution, None);
        item.resolve(Resolution { root_cause: "payer".into(), ..banana }).unwrap();
    }

    #[test]
    fn a_person_ends_a_denial_with_a_code_of_its_list_and_a_cause_in_two_levels() {
        let said = |code, root_cause: &str, cause: &str| Resolution {
            outcome: "Appealed with the note.".into(),
            root_cause: root_cause.into(),
            cause: cause.into(),
            code,
        };
        let appealed = Some(ResolutionCode::Appealed);
        let whole = said(appealed, "payer", "policy or benefit");
        for (story, reason, resolution, holds) in [
            ("whole", WorkReason::DeniedMedicalNecessity, whole.clone(), true),
            ("no code", WorkReason::DeniedMedicalNecessity, said(None, "payer", "policy or benefit"), false),
            (
                "another's code",
                WorkReason::DeniedMedicalNecessity,
                said(Some(ResolutionCode::PlanMade), "payer", "other"),
                false,
            ),
            ("one level", WorkReason::DeniedMedicalNecessity, said(appealed, "payer", ""), false),
            (
                "another stage's cause",
                WorkReason::Rejected,
                said(Some(ResolutionCode::Corrected), "payer", "member id"),
                false,
            ),
            ("a question needs neither", WorkReason::BillQuestion, said(None, "patient", ""), true),
            ("a complaint does", WorkReason::Complaint, said(None, "patient", ""), false),
            ("what is said must be right", WorkReason::BillQuestion, whole, false),
        ] {
            assert_eq!(resolution.check(reason).is_ok(), holds, "{story}");
        }
    }

    #[test]
    fn an_escalation_goes_up_one_desk_and_needs_words() {
        let mut inquiry = item(WorkReason::Inquiry);
        let empty = Handover { tried: " ".into(), ..handover() };
        let error = inquiry.escalate(empty, date(2026, 11, 23), &Calendar::default()).unwrap_err();
        assert!(error.to_string().contains("what was tried"));
        inquiry.escalate(handover(), date(2026, 11, 23), &Calendar::default()).unwrap();
        assert_eq!((inquiry.desk, inquiry.state, inquiry.escalations), (Desk::Tier2, WorkState::Open, 1));
        inquiry.return_down("The letter is not attached.", date(2026, 11, 24), &Calendar::default()).unwrap();
        assert_eq!(inquiry.desk, Desk::Tier1);
    }

    #[test]
    fn two_people_do_not_have_the_same_item() {
        let (ada, ben) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let mut denied = item(WorkReason::Denied);
        denied.take(ada).unwrap();
        assert!(denied.take(ben).is_err());
        denied.put_back().unwrap();
        denied.take(ben).unwrap();
    }

    #[test]
    fn a_contract_date_pulls_the_due_date_forward() {
        let denied = item(WorkReason::Denied).with_deadline(Some(date(2026, 11, 23)));
        assert_eq!(denied.due_on, date(2026, 11, 23));
        let late = item(WorkReason::Denied).with_deadline(Some(date(2026, 11, 1)));
        assert_eq!(late.due_on, date(2026, 11, 20));
    }

    #[test]
    fn resolving_twice_or_without_words_is_refused() {
        let mut denied = item(WorkReason::Denied);
        let say =
            |outcome: &str| Resolution { outcome: outcome.into(), root_cause: "payer".into(), ..Resolution::default() };
        assert!(denied.resolve(say("ok")).is_err());
        denied.resolve(say("Appeal sent with the letter.")).unwrap();
        assert!(denied.resolve(say("Appeal sent with the letter.")).is_err());
    }
}
