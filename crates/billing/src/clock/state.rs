//! Where a clock is, and what a person may decide about it. A clock past its last day stays running, overdue and
//! undecided, until somebody with a name says what that means.

use serde::{Deserialize, Serialize};

use super::{ClockKind, Nature};

/// Where a clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// It runs; past its last day it is overdue and undecided.
    Running,
    /// What it waited for happened.
    Met,
    /// What it was about is gone: the claim was withdrawn, the hold was lifted.
    Moot,
    /// A person decided, before its last day, not to use it.
    LetGo,
    /// A person decided, after its last day, that it was missed.
    Expired,
}

impl ClockState {
    /// Every state.
    pub const ALL: [ClockState; 5] =
        [ClockState::Running, ClockState::Met, ClockState::Moot, ClockState::LetGo, ClockState::Expired];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            ClockState::Running => "running",
            ClockState::Met => "met",
            ClockState::Moot => "moot",
            ClockState::LetGo => "let_go",
            ClockState::Expired => "expired",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<ClockState> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            ClockState::Running => "Running",
            ClockState::Met => "Met",
            ClockState::Moot => "No longer needed",
            ClockState::LetGo => "Let go",
            ClockState::Expired => "Missed",
        }
    }
}

/// What a person may say about a running clock. Each needs words: who reads them later knows why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockDecision {
    /// It was done, where the program could not see it: by letter, by fax, at the payer's site.
    Done,
    /// More time was granted, to a later day.
    Extended,
    /// It is not used, and its last day is still to come.
    LetGo,
    /// It was missed, and its last day has passed.
    Expired,
}

impl ClockDecision {
    /// Every decision.
    pub const ALL: [ClockDecision; 4] =
        [ClockDecision::Done, ClockDecision::Extended, ClockDecision::LetGo, ClockDecision::Expired];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            ClockDecision::Done => "done",
            ClockDecision::Extended => "extended",
            ClockDecision::LetGo => "let_go",
            ClockDecision::Expired => "expired",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<ClockDecision> {
        Self::ALL.into_iter().find(|decision| decision.as_str() == word)
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            ClockDecision::Done => "It was done",
            ClockDecision::Extended => "More time was granted",
            ClockDecision::LetGo => "We let it go",
            ClockDecision::Expired => "It was missed",
        }
    }

    /// Whether a right or a duty ends unused by it: a lead's to say.
    pub fn gives_up(self) -> bool {
        match self {
            ClockDecision::LetGo | ClockDecision::Expired => true,
            ClockDecision::Done | ClockDecision::Extended => false,
        }
    }
}

impl ClockKind {
    /// What may be decided about a clock of this kind: nobody lets a duty go, and only what somebody can extend is.
    pub fn decisions(self, overdue: bool) -> Vec<ClockDecision> {
        let facts = self.facts();
        ClockDecision::ALL
            .into_iter()
            .filter(|decision| match decision {
                ClockDecision::Done => true,
                ClockDecision::Extended => facts.extends,
                ClockDecision::LetGo => !overdue && facts.nature != Nature::Duty,
                ClockDecision::Expired => overdue,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_lets_a_duty_go_and_nothing_is_missed_before_its_day() {
        use ClockDecision::{Done, Expired, Extended, LetGo};
        for (kind, overdue, may) in [
            (ClockKind::TimelyFiling, false, vec![Done, LetGo]),
            (ClockKind::TimelyFiling, true, vec![Done, Expired]),
            (ClockKind::RecordsRequest, false, vec![Done, Extended]),
            (ClockKind::RecordsRequest, true, vec![Done, Extended, Expired]),
            (ClockKind::OverpaymentReturn, false, vec![Done]),
        ] {
            assert_eq!(kind.decisions(overdue), may, "{kind:?}, overdue {overdue}");
        }
    }

    #[test]
    fn words_read_back() {
        for state in ClockState::ALL {
            assert_eq!(ClockState::parse(state.as_str()), Some(state));
        }
        for decision in ClockDecision::ALL {
            assert_eq!(ClockDecision::parse(decision.as_str()), Some(decision));
        }
    }
}
