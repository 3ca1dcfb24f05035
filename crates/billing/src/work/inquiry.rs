//! A question from outside: who asked, how, what about, and who they proved to be. Nothing of an account is shown
//! before two identifiers matched.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reason::WorkReason;
use crate::{InquiryId, PatientId};

words! {
    /// How it came in, or went out.
    Channel {
        /// By telephone.
        Phone "phone" "Telephone",
        /// By e-mail.
        Email "email" "E-mail",
        /// By post.
        Letter "letter" "Letter",
        /// By the patient portal.
        Portal "portal" "Portal",
        /// By fax.
        Fax "fax" "Fax",
        /// At the counter.
        InPerson "in_person" "In person",
        /// By text message.
        Text "text" "Text message",
    }
}

words! {
    /// What it is about, in the words of who asks. Several questions may be one reason of work.
    InquiryReason {
        /// Why did I get this bill?
        BillExplanation "bill_explanation" "Why did I get this bill?",
        /// What is my balance?
        Balance "balance" "What is my balance?",
        /// Did you get my payment?
        PaymentReceived "payment_received" "Did you get my payment?",
        /// Is my insurance active?
        InsuranceActive "insurance_active" "Is my insurance active?",
        /// Why was my claim denied?
        ClaimDenied "claim_denied" "Why was my claim denied?",
        /// Was I billed wrongly?
        BilledWrongly "billed_wrongly" "Was I billed wrongly?",
        /// Can you send it again?
        Resubmit "resubmit" "Can you send it again?",
        /// My insurer says they never got it
        PayerNeverGotIt "payer_never_got_it" "My insurer says they never got it",
        /// I want to pay, or my card was declined
        PayNow "pay_now" "I want to pay, or my card was declined",
        /// I need a payment plan
        PaymentPlan "payment_plan" "I need a payment plan",
        /// My insurance is wrong or new
        NewInsurance "new_insurance" "My insurance is wrong or new",
        /// I did not receive this
        ChargeNotMine "charge_not_mine" "I did not receive this",
        /// The code is wrong
        CodingDispute "coding_dispute" "The code is wrong",
        /// Prior authorization problem
        Authorization "authorization" "Prior authorization problem",
        /// What will it cost?
        Estimate "estimate" "What will it cost?",
        /// The bill is far above the estimate
        BillOverEstimate "bill_over_estimate" "The bill is far above the estimate",
        /// Surprise or out-of-network bill
        SurpriseBill "surprise_bill" "Surprise or out-of-network bill",
        /// I cannot pay: financial assistance
        Assistance "assistance" "I cannot pay: financial assistance",
        /// I want my credit or refund
        Refund "refund" "I want my credit or refund",
        /// My check or card payment came back
        ReturnedPayment "returned_payment" "My check or card payment came back",
        /// New address, e-mail, language or paperless
        Contact "contact" "New address, e-mail, language or paperless",
        /// The collection agency wrote to me
        AtAgency "at_agency" "The collection agency wrote to me",
        /// I dispute this debt, or do not contact me
        DebtDispute "debt_dispute" "I dispute this debt, or do not contact me",
        /// Records or an itemized bill
        Records "records" "Records or an itemized bill",
        /// I call for somebody else
        Representative "representative" "I call for somebody else",
        /// The patient died
        Deceased "deceased" "The patient died",
        /// I filed for bankruptcy
        Bankruptcy "bankruptcy" "I filed for bankruptcy",
        /// It was work, a car or another’s fault
        Accident "accident" "It was work, a car or another’s fault",
        /// I have Medicaid or QMB: I cannot be billed
        NotBillable "not_billable" "I have Medicaid or QMB: I cannot be billed",
        /// Complaint
        Complaint "complaint" "Complaint",
        /// Attorney, discrimination, privacy or a threat
        Legal "legal" "Attorney, discrimination, privacy or a threat",
        /// Mail came back
        ReturnedMail "returned_mail" "Mail came back",
        /// No texts any more, or remove my card
        ConsentWithdrawn "consent_withdrawn" "No texts any more, or remove my card",
        /// Interpreter or other help
        Access "access" "Interpreter or other help",
        /// Something else
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
            | InquiryReason::PayNow
            | InquiryReason::PaymentPlan
            | InquiryReason::NewInsurance
            | InquiryReason::ChargeNotMine
            | InquiryReason::CodingDispute
            | InquiryReason::Authorization
            | InquiryReason::BillOverEstimate
            | InquiryReason::SurpriseBill
            | InquiryReason::Assistance
            | InquiryReason::Refund
            | InquiryReason::ReturnedPayment
            | InquiryReason::Contact
            | InquiryReason::AtAgency
            | InquiryReason::DebtDispute
            | InquiryReason::Records
            | InquiryReason::Bankruptcy
            | InquiryReason::Accident
            | InquiryReason::NotBillable
            | InquiryReason::ConsentWithdrawn => true,
            InquiryReason::Estimate
            | InquiryReason::Representative
            | InquiryReason::Deceased
            | InquiryReason::Complaint
            | InquiryReason::Legal
            | InquiryReason::ReturnedMail
            | InquiryReason::Access
            | InquiryReason::Other => false,
        }
    }

    /// The work that it opens, at the desk of its reason: a dispute or a complaint goes to Tier 2 at once.
    pub fn work_reason(self) -> WorkReason {
        match self {
            InquiryReason::BillExplanation | InquiryReason::Balance => WorkReason::BillQuestion,
            InquiryReason::PaymentReceived => WorkReason::PaymentToFind,
            InquiryReason::InsuranceActive | InquiryReason::NewInsurance => WorkReason::InsuranceChange,
            InquiryReason::ClaimDenied => WorkReason::CoverageDispute,
            InquiryReason::BilledWrongly => WorkReason::StatementMismatch,
            InquiryReason::Resubmit | InquiryReason::PayerNeverGotIt => WorkReason::ClaimNotOnFile,
            InquiryReason::PayNow => WorkReason::PayNow,
            InquiryReason::PaymentPlan => WorkReason::PaymentPlan,
            InquiryReason::ChargeNotMine => WorkReason::ChargeNotMine,
            InquiryReason::CodingDispute => WorkReason::CodingDispute,
            InquiryReason::Authorization => WorkReason::AuthorizationQuestion,
            InquiryReason::Estimate => WorkReason::EstimateRequest,
            InquiryReason::BillOverEstimate => WorkReason::BillOverEstimate,
            InquiryReason::SurpriseBill => WorkReason::SurpriseBill,
            InquiryReason::Assistance => WorkReason::FinancialAssistance,
            InquiryReason::Refund => WorkReason::RefundRequest,
            InquiryReason::ReturnedPayment => WorkReason::PaymentReturned,
            InquiryReason::Contact => WorkReason::ContactChange,
            InquiryReason::AtAgency => WorkReason::AccountAtAgency,
            InquiryReason::DebtDispute => WorkReason::DebtDispute,
            InquiryReason::Records => WorkReason::RecordsRequest,
            InquiryReason::Representative => WorkReason::Representative,
            InquiryReason::Deceased => WorkReason::Deceased,
            InquiryReason::Bankruptcy => WorkReason::Bankruptcy,
            InquiryReason::Accident => WorkReason::OtherLiability,
            InquiryReason::NotBillable => WorkReason::ProtectedFromBilling,
            InquiryReason::Complaint => WorkReason::Complaint,
            InquiryReason::Legal => WorkReason::LegalOrPrivacy,
            InquiryReason::ReturnedMail => WorkReason::ReturnedMail,
            InquiryReason::ConsentWithdrawn => WorkReason::ConsentWithdrawn,
            InquiryReason::Access => WorkReason::AccessNeed,
            InquiryReason::Other => WorkReason::Inquiry,
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
