//! A question from outside: who asked, how, what about, and who they proved to be. Nothing of an account is shown
//! before two identifiers matched.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reason::WorkReason;
use crate::{InquiryId, PatientId};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $word:literal $label:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl $name {
            /// Every value, in the order of the form.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $($name::$variant => $word),* } }
            /// What a page says.
            pub fn label(self) -> &'static str { match self { $($name::$variant => $label),* } }
            /// Reads the stored word.
            pub fn parse(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.as_str() == word) }
        }
    };
}

words! {
    /// How it came in.
    Channel {
        /// By telephone.
        Phone "phone" "Telephone",
        /// By e-mail.
        Email "email" "E-mail",
        /// By post.
        Letter "letter" "Letter",
        /// By the patient portal.
        Portal "portal" "Portal",
    }
}

words! {
    /// What it is about.
    InquiryReason {
        /// P01
        BillExplanation "bill_explanation" "Why did I get this bill?",
        /// P01
        Balance "balance" "What is my balance?",
        /// P15
        PaymentReceived "payment_received" "Did you get my payment?",
        /// P04
        InsuranceActive "insurance_active" "Is my insurance active?",
        /// P05
        ClaimDenied "claim_denied" "Why was my claim denied?",
        /// P07
        BilledWrongly "billed_wrongly" "Was I billed wrongly?",
        /// Y01
        Resubmit "resubmit" "Can you send it again?",
        /// Y01
        PayerNeverGotIt "payer_never_got_it" "My insurer says they never got it",
        /// P08
        CodingDispute "coding_dispute" "The code is wrong",
        /// P26
        Complaint "complaint" "Complaint",
        /// Anything else.
        Other "other" "Something else",
    }
}

impl InquiryReason {
    /// Whether an answer must speak of somebody's account; it is given only to who proved to be that person.
    pub fn is_about_an_account(self) -> bool {
        match self {
            InquiryReason::BillExplanation
            | InquiryReason::Balance
            | InquiryReason::PaymentReceived
            | InquiryReason::InsuranceActive
            | InquiryReason::ClaimDenied
            | InquiryReason::BilledWrongly
            | InquiryReason::Resubmit
            | InquiryReason::PayerNeverGotIt
            | InquiryReason::CodingDispute => true,
            InquiryReason::Complaint | InquiryReason::Other => false,
        }
    }

    /// The work it opens: a dispute or complaint goes to Tier 2 at once.
    pub fn work_reason(self) -> WorkReason {
        match self {
            InquiryReason::BillExplanation
            | InquiryReason::Balance
            | InquiryReason::PaymentReceived
            | InquiryReason::InsuranceActive
            | InquiryReason::ClaimDenied
            | InquiryReason::BilledWrongly
            | InquiryReason::Resubmit
            | InquiryReason::PayerNeverGotIt
            | InquiryReason::Other => WorkReason::Inquiry,
            InquiryReason::CodingDispute | InquiryReason::Complaint => WorkReason::Complaint,
        }
    }
}

/// What a caller can prove to be who they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    /// Full name.
    Name,
    /// Birth date.
    BirthDate,
    /// Account number on the statement.
    AccountNumber,
    /// Telephone number on file.
    Phone,
    /// Five digits of the ZIP on file.
    Zip,
    /// Last four characters of the member id.
    MemberIdEnding,
}

/// Identifiers that must match before anything of an account is shown (HIPAA 164.514(h)).
pub const IDENTIFIERS_NEEDED: usize = 2;

/// Checks of one inquiry in which something said did not match: a person who misremembers needs two tries and a third in
/// doubt; whoever goes on is guessing. After them a manager allows more, or the person calls again.
pub const MOST_FAILED_CHECKS: u32 = 3;

/// A question from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    /// Key.
    pub id: InquiryId,
    /// How it came in.
    pub channel: Channel,
    /// What it is about.
    pub reason: InquiryReason,
    /// Whose account, once found.
    pub patient_id: Option<PatientId>,
    /// Which identifiers matched.
    pub verified: Vec<Identifier>,
    /// Checks in which something that was said did not match, since the last that a manager allowed.
    #[serde(default)]
    pub failed_checks: u32,
    /// When it came in.
    pub received_on: Date,
    /// What was asked, in the desk's words.
    pub question: String,
    /// What was answered; empty while it is open.
    pub answer: String,
}

impl Inquiry {
    /// Whether enough matched to speak about the account.
    pub fn is_verified(&self) -> bool {
        let mut distinct = self.verified.clone();
        distinct.sort();
        distinct.dedup();
        distinct.len() >= IDENTIFIERS_NEEDED
    }

    /// How many checks may still fail.
    pub fn checks_left(&self) -> u32 {
        MOST_FAILED_CHECKS.saturating_sub(self.failed_checks)
    }

    /// Whether too much was guessed: no further check before a manager allows it.
    pub fn is_blocked(&self) -> bool {
        !self.is_verified() && self.checks_left() == 0
    }
}
