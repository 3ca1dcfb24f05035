//! What two people decide about a payer's cash that no claim took: to post a claim payment that does not add up with its
//! difference in suspense, to give its cash back, or to hand it to the practice it belongs to. Words and states; moves
//! nothing.

use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CashRequestKind {
    /// Post a claim payment as it is, its difference in suspense.
    Suspense,
    /// Give its cash back to the payer.
    Return,
    /// Hand its cash to the practice it was meant for.
    HandOver,
}

impl CashRequestKind {
    /// Every kind.
    pub const ALL: [CashRequestKind; 3] =
        [CashRequestKind::Suspense, CashRequestKind::Return, CashRequestKind::HandOver];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            CashRequestKind::Suspense => "suspense",
            CashRequestKind::Return => "return",
            CashRequestKind::HandOver => "hand_over",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            CashRequestKind::Suspense => "Post with its difference in suspense",
            CashRequestKind::Return => "Give back to the payer",
            CashRequestKind::HandOver => "Hand to another practice",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<CashRequestKind> {
        CashRequestKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether cash leaves the practice by it, so that a third step says how.
    pub fn is_sent(self) -> bool {
        match self {
            CashRequestKind::Suspense => false,
            CashRequestKind::Return | CashRequestKind::HandOver => true,
        }
    }
}

/// Where a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CashRequestState {
    /// Waits for a second person.
    Asked,
    /// The second person said yes.
    Approved,
    /// The second person said no; nothing moved.
    Refused,
    /// Who asked took it back; nothing moved.
    Withdrawn,
    /// The cash left.
    Sent,
}

impl CashRequestState {
    /// Every state, in the order of a request's life.
    pub const ALL: [CashRequestState; 5] = [
        CashRequestState::Asked,
        CashRequestState::Approved,
        CashRequestState::Refused,
        CashRequestState::Withdrawn,
        CashRequestState::Sent,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            CashRequestState::Asked => "asked",
            CashRequestState::Approved => "approved",
            CashRequestState::Refused => "refused",
            CashRequestState::Withdrawn => "withdrawn",
            CashRequestState::Sent => "sent",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            CashRequestState::Asked => "Waits for approval",
            CashRequestState::Approved => "Approved",
            CashRequestState::Refused => "Refused",
            CashRequestState::Withdrawn => "Withdrawn",
            CashRequestState::Sent => "Sent",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<CashRequestState> {
        CashRequestState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for kind in CashRequestKind::ALL {
            assert_eq!(CashRequestKind::parse(kind.as_str()), Some(kind));
        }
        for state in CashRequestState::ALL {
            assert_eq!(CashRequestState::parse(state.as_str()), Some(state));
        }
        assert_eq!((CashRequestKind::parse("x"), CashRequestState::parse("x")), (None, None));
    }
}
