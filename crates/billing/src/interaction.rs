//! A contact that was: who spoke with whom, by which channel, what was said and what was promised. Written down once and
//! never changed; a promise alone has an end.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::work::inquiry::Identifier;
use crate::work::words;

words! {
    /// Who began.
    Direction {
        /// They came to us.
        In "in" "They contacted us",
        /// We went to them.
        Out "out" "We contacted them",
    }
}

words! {
    /// With whom.
    Party {
        /// The patient, or who speaks for them.
        Patient "patient" "Patient",
        /// A payer.
        Payer "payer" "Payer",
        /// A provider or the practice's own people.
        Provider "provider" "Provider",
        /// A collection agency.
        Agency "agency" "Agency",
        /// A regulator, an attorney, anybody else.
        Other "other" "Somebody else",
    }
}

words! {
    /// Who may read it.
    Audience {
        /// The desk alone.
        Internal "internal" "Internal",
        /// It may be shown to the patient.
        Patient "patient" "May be shown to the patient",
    }
}

words! {
    /// Whether somebody was reached.
    Reached {
        /// Spoke with the person, or the message arrived.
        Yes "yes" "Reached",
        /// Nobody answered, or it came back.
        No "no" "Not reached",
    }
}

words! {
    /// Who promised.
    PromisedBy {
        /// We did.
        Us "us" "We promised",
        /// The other side did.
        Them "them" "They promised",
    }
}

words! {
    /// Where a promise stands.
    PromiseState {
        /// Not done yet.
        Open "open" "Open",
        /// Done.
        Kept "kept" "Kept",
        /// Not done by its day.
        Broken "broken" "Broken",
    }
}

/// What stands beside the columns of an interaction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InteractionBody {
    /// The way through the payer's telephone menu, as it was this time.
    pub phone_path: String,
    /// Which identifiers the other side proved.
    pub verified: Vec<Identifier>,
    /// Where the scan or recording is kept; empty when none.
    pub scan: String,
    /// Why it was made although the governor said no; empty where it said yes.
    pub against_governor: String,
}

/// What a call said of one claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAnswers {
    /// By the question's word.
    pub answers: BTreeMap<String, String>,
}
