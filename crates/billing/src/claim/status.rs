//! Where a claim is, and the one function that moves it. Rejected is before adjudication; denied is not a place but a
//! decision, found in the remittance. Each event is stored with actor and time, so history is not an extra feature.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Claim;

/// Where the claim is. Not who must act (a work item) and not who owes (the ledger).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClaimStatus {
    /// Made, not scrubbed.
    Draft,
    /// Kept back by a finding, or because its payer has an earlier version; a desk has it.
    Held,
    /// Clean, waiting for the next batch.
    Ready,
    /// In a sealed file on its way.
    Submitted,
    /// The payer took it into adjudication (277CA A2): proof of timely filing.
    Accepted,
    /// Refused before adjudication; a desk has it.
    Rejected,
    /// The payer decided.
    Adjudicated,
    /// Nothing is left to ask of this payer.
    Closed,
}

impl ClaimStatus {
    /// Every status, in the order of a claim's life.
    pub const ALL: [ClaimStatus; 8] = [
        ClaimStatus::Draft,
        ClaimStatus::Held,
        ClaimStatus::Ready,
        ClaimStatus::Submitted,
        ClaimStatus::Accepted,
        ClaimStatus::Rejected,
        ClaimStatus::Adjudicated,
        ClaimStatus::Closed,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaimStatus::Draft => "draft",
            ClaimStatus::Held => "held",
            ClaimStatus::Ready => "ready",
            ClaimStatus::Submitted => "submitted",
            ClaimStatus::Accepted => "accepted",
            ClaimStatus::Rejected => "rejected",
            ClaimStatus::Adjudicated => "adjudicated",
            ClaimStatus::Closed => "closed",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// What can happen to a claim. `at`, actor and the raw segment stand beside it in the event row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ClaimEvent {
    /// Made from an encounter's charges.
    Created,
    /// A finding keeps it back, or its payer has an earlier version.
    Held,
    /// The scrub let it through.
    Released,
    /// Sealed into an outbound file.
    Submitted {
        /// Day when a missing acknowledgment becomes work.
        acknowledgment_due_on: Date,
    },
    /// A message said it was received or passed on; it moves nothing but tells the timeline.
    Noted {
        /// Short plain words.
        what: String,
    },
    /// The payer took it into adjudication (277CA A2).
    Accepted {
        /// Day to look again.
        follow_up_on: Date,
        /// The payer's number, where it gave one.
        payer_claim_control_number: Option<String>,
    },
    /// Its own answer (277CA) refused it.
    Rejected {
        /// The refusal in plain words.
        why: String,
    },
    /// TA1 or 999 refused the whole file that it was in.
    FileRefused {
        /// The refusal in plain words.
        why: String,
    },
    /// The refusal of its file is void: the payer has claims of that file, so it was read.
    RefusalVoided {
        /// Day when a missing acknowledgment becomes work.
        acknowledgment_due_on: Date,
    },
    /// The body was mended (a new version); it must be scrubbed again.
    Mended,
    /// A remittance decided it.
    Adjudicated,
    /// A remittance took its decision back (CLP02 22).
    Reversed {
        /// Day to look for the correction.
        follow_up_on: Date,
    },
    /// Nothing is left to ask of this payer.
    Closed,
    /// The payer before this one passed it on: this payer has it without a file of ours.
    CrossedOver {
        /// Day until which nobody bills this payer.
        follow_up_on: Date,
    },
    /// This payer was passed nothing after all; it is billed from here.
    CrossoverEnded,
    /// Somebody makes a replacement or a void of what the payer decided.
    Corrected {
        /// The version that the payer decided.
        from_version: i32,
    },
    /// The replacement or void does not leave: what the payer decided stands.
    CorrectionDropped,
}

impl ClaimEvent {
    /// The stored word of the event's kind.
    pub fn kind(&self) -> &'static str {
        match self {
            ClaimEvent::Created => "created",
            ClaimEvent::Held => "held",
            ClaimEvent::Released => "released",
            ClaimEvent::Submitted { .. } => "submitted",
            ClaimEvent::Noted { .. } => "noted",
            ClaimEvent::Accepted { .. } => "accepted",
            ClaimEvent::Rejected { .. } => "rejected",
            ClaimEvent::FileRefused { .. } => "file_refused",
            ClaimEvent::RefusalVoided { .. } => "refusal_voided",
            ClaimEvent::Mended => "mended",
            ClaimEvent::Adjudicated => "adjudicated",
            ClaimEvent::Reversed { .. } => "reversed",
            ClaimEvent::Closed => "closed",
            ClaimEvent::CrossedOver { .. } => "crossed_over",
            ClaimEvent::CrossoverEnded => "crossover_ended",
            ClaimEvent::Corrected { .. } => "corrected",
            ClaimEvent::CorrectionDropped => "correction_dropped",
        }
    }
}

/// An event that cannot happen to a claim where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a claim that is {} cannot be {event}", status.as_str())]
pub struct Refused {
    /// Where the claim is.
    pub status: ClaimStatus,
    /// The kind of event.
    pub event: &'static str,
}

/// The status after an event. Acknowledgments may come late, twice and in any order: one that says less than what is
/// known leaves the status as it is.
pub fn next(status: ClaimStatus, event: &ClaimEvent) -> Result<ClaimStatus, Refused> {
    use ClaimStatus::*;
    let refused = || Refused { status, event: event.kind() };
    match event {
        ClaimEvent::Created => match status {
            Draft => Ok(Draft),
            Held | Ready | Submitted | Accepted | Rejected | Adjudicated | Closed => Err(refused()),
        },
        ClaimEvent::Held => match status {
            Draft | Held | Ready => Ok(Held),
            // Refused in its latest version, while the payer has an earlier one.
            Rejected => Ok(Held),
            Submitted | Accepted | Adjudicated | Closed => Err(refused()),
        },
        ClaimEvent::Released => match status {
            Draft | Held => Ok(Ready),
            Ready | Submitted | Accepted | Rejected | Adjudicated | Closed => Err(refused()),
        },
        ClaimEvent::Mended => match status {
            Draft | Held | Ready | Rejected => Ok(Draft),
            Submitted | Accepted | Adjudicated | Closed => Err(refused()),
        },
        ClaimEvent::Submitted { .. } => match status {
            Ready => Ok(Submitted),
            Draft | Held | Submitted | Accepted | Rejected | Adjudicated | Closed => Err(refused()),
        },
        ClaimEvent::Noted { .. } => Ok(status),
        ClaimEvent::Accepted { .. } => match status {
            Submitted | Accepted => Ok(Accepted),
            // A remittance may come before the acceptance that it proves.
            Adjudicated | Closed => Ok(status),
            // The payer has an earlier version, and the mended one stays unsent.
            Held => Ok(Accepted),
            Draft | Ready | Rejected => Err(refused()),
        },
        ClaimEvent::Rejected { .. } => match status {
            Submitted | Rejected | Accepted => Ok(Rejected),
            Adjudicated | Closed => Ok(status),
            Draft | Held | Ready => Err(refused()),
        },
        // Of a file that the payer read, no refusal is heard.
        ClaimEvent::FileRefused { .. } => match status {
            Submitted | Rejected => Ok(Rejected),
            Accepted | Adjudicated | Closed => Ok(status),
            Draft | Held | Ready => Err(refused()),
        },
        ClaimEvent::RefusalVoided { .. } => match status {
            // Held: it was mended meanwhile and is not to be sent a second time.
            Rejected | Held => Ok(Submitted),
            Draft | Ready | Submitted | Accepted | Adjudicated | Closed => Err(refused()),
        },
        ClaimEvent::Adjudicated => match status {
            Submitted | Accepted | Rejected | Adjudicated | Closed => Ok(Adjudicated),
            Draft | Held | Ready => Err(refused()),
        },
        ClaimEvent::Reversed { .. } => match status {
            Submitted | Accepted | Adjudicated | Closed => Ok(Accepted),
            Draft | Held | Ready | Rejected => Err(refused()),
        },
        ClaimEvent::Closed => match status {
            Draft | Held | Ready | Rejected | Accepted | Adjudicated | Closed => Ok(Closed),
            Submitted => Err(refused()),
        },
        ClaimEvent::CrossedOver { .. } => match status {
            Draft | Accepted => Ok(Accepted),
            Held | Ready | Submitted | Rejected | Adjudicated | Closed => Err(refused()),
        },
        ClaimEvent::CrossoverEnded => match status {
            Accepted => Ok(Draft),
            Draft | Held | Ready | Submitted | Rejected | Adjudicated | Closed => Err(refused()),
        },
        ClaimEvent::Corrected { .. } => match status {
            Adjudicated | Closed => Ok(Held),
            Draft | Held | Ready | Submitted | Accepted | Rejected => Err(refused()),
        },
        ClaimEvent::CorrectionDropped => match status {
            Held => Ok(Adjudicated),
            Draft | Ready | Submitted | Accepted | Rejected | Adjudicated | Closed => Err(refused()),
        },
    }
}

impl Claim {
    /// The only way a claim moves. Sets the status and the follow-up date that the event carries.
    pub fn apply(&mut self, event: &ClaimEvent) -> Result<(), Refused> {
        let before = self.status;
        self.status = next(before, event)?;
        match event {
            ClaimEvent::Submitted { acknowledgment_due_on } | ClaimEvent::RefusalVoided { acknowledgment_due_on } => {
                self.follow_up_on = Some(*acknowledgment_due_on);
            }
            ClaimEvent::Accepted { follow_up_on, payer_claim_control_number } => {
                if self.status == ClaimStatus::Accepted {
                    self.follow_up_on = Some(*follow_up_on);
                }
                if let Some(number) = payer_claim_control_number {
                    self.body.payer_claim_control_number.get_or_insert_with(|| number.clone());
                }
            }
            ClaimEvent::Reversed { follow_up_on } | ClaimEvent::CrossedOver { follow_up_on } => {
                self.follow_up_on = Some(*follow_up_on);
            }
            ClaimEvent::CrossoverEnded | ClaimEvent::Corrected { .. } | ClaimEvent::CorrectionDropped => {
                self.follow_up_on = None;
            }
            ClaimEvent::FileRefused { .. } => {
                if self.status == ClaimStatus::Rejected {
                    self.follow_up_on = None;
                }
            }
            ClaimEvent::Rejected { .. } | ClaimEvent::Adjudicated | ClaimEvent::Closed | ClaimEvent::Mended => {
                if before != self.status || self.status != ClaimStatus::Adjudicated {
                    self.follow_up_on = None;
                }
            }
            ClaimEvent::Created | ClaimEvent::Held | ClaimEvent::Released | ClaimEvent::Noted { .. } => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn accepted() -> ClaimEvent {
        ClaimEvent::Accepted { follow_up_on: date(2026, 3, 1), payer_claim_control_number: None }
    }

    #[test]
    fn a_claim_lives_from_draft_to_closed() {
        let submitted = ClaimEvent::Submitted { acknowledgment_due_on: date(2026, 2, 1) };
        let path = [ClaimEvent::Released, submitted, accepted(), ClaimEvent::Adjudicated, ClaimEvent::Closed];
        let end = path.iter().try_fold(ClaimStatus::Draft, next);
        assert_eq!(end, Ok(ClaimStatus::Closed));
    }

    #[test]
    fn a_late_acceptance_does_not_undo_a_decision() {
        assert_eq!(next(ClaimStatus::Adjudicated, &accepted()), Ok(ClaimStatus::Adjudicated));
        assert_eq!(next(ClaimStatus::Closed, &accepted()), Ok(ClaimStatus::Closed));
    }

    #[test]
    fn an_unscrubbed_claim_is_not_submitted() {
        let submitted = ClaimEvent::Submitted { acknowledgment_due_on: date(2026, 2, 1) };
        for status in [ClaimStatus::Draft, ClaimStatus::Held, ClaimStatus::Rejected, ClaimStatus::Adjudicated] {
            assert!(next(status, &submitted).is_err(), "{status:?}");
        }
    }

    #[test]
    fn every_status_reads_back_from_its_word() {
        for status in ClaimStatus::ALL {
            assert_eq!(ClaimStatus::parse(status.as_str()), Some(status));
        }
    }
}
