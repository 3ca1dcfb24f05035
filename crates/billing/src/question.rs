//! The eight questions that end at the first desk, in both languages. Answers none.

use crate::explain::Language;
use crate::work::inquiry::InquiryReason;
use crate::work::words;

words! {
    /// A question of the field.
    Question {
        /// Why did I get this bill?
        WhyBill "why_bill" "Why did I get this bill?",
        /// What is my balance?
        Balance "balance" "What is my balance?",
        /// Did you get my payment?
        GotPayment "got_payment" "Did you get my payment?",
        /// Is my insurance active?
        InsuranceActive "insurance_active" "Is my insurance active?",
        /// Why was my claim denied?
        WhyDenied "why_denied" "Why was my claim denied?",
        /// Was I billed wrongly?
        BilledWrongly "billed_wrongly" "Was I billed wrongly?",
        /// Can you send it again?
        Resubmit "resubmit" "Can you send it again?",
        /// My insurer says they never got it.
        NeverGotIt "never_got_it" "My insurer says they never got it",
    }
}

impl Question {
    /// The question in a language.
    pub fn words(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::English, _) => self.label(),
            (Language::Spanish, Question::WhyBill) => "¿Por qué recibí esta cuenta?",
            (Language::Spanish, Question::Balance) => "¿Cuál es mi saldo?",
            (Language::Spanish, Question::GotPayment) => "¿Recibieron mi pago?",
            (Language::Spanish, Question::InsuranceActive) => "¿Está activo mi seguro?",
            (Language::Spanish, Question::WhyDenied) => "¿Por qué se negó mi reclamo?",
            (Language::Spanish, Question::BilledWrongly) => "¿Me cobraron por error?",
            (Language::Spanish, Question::Resubmit) => "¿Pueden enviarlo de nuevo?",
            (Language::Spanish, Question::NeverGotIt) => "Mi seguro dice que nunca lo recibió",
        }
    }

    /// The question of an inquiry; none where it asks for a decision.
    pub fn of(reason: InquiryReason) -> Option<Question> {
        match reason {
            InquiryReason::BillExplanation => Some(Question::WhyBill),
            InquiryReason::Balance => Some(Question::Balance),
            InquiryReason::PaymentReceived => Some(Question::GotPayment),
            InquiryReason::InsuranceActive => Some(Question::InsuranceActive),
            InquiryReason::ClaimDenied => Some(Question::WhyDenied),
            InquiryReason::BilledWrongly => Some(Question::BilledWrongly),
            InquiryReason::Resubmit => Some(Question::Resubmit),
            InquiryReason::PayerNeverGotIt => Some(Question::NeverGotIt),
            InquiryReason::PayNow
            | InquiryReason::PaymentPlan
            | InquiryReason::NewInsurance
            | InquiryReason::ChargeNotMine
            | InquiryReason::CodingDispute
            | InquiryReason::Authorization
            | InquiryReason::Estimate
            | InquiryReason::BillOverEstimate
            | InquiryReason::SurpriseBill
            | InquiryReason::Assistance
            | InquiryReason::Refund
            | InquiryReason::ReturnedPayment
            | InquiryReason::Contact
            | InquiryReason::AtAgency
            | InquiryReason::DebtDispute
            | InquiryReason::Records
            | InquiryReason::Representative
            | InquiryReason::Deceased
            | InquiryReason::Bankruptcy
            | InquiryReason::Accident
            | InquiryReason::NotBillable
            | InquiryReason::Complaint
            | InquiryReason::Legal
            | InquiryReason::ReturnedMail
            | InquiryReason::ConsentWithdrawn
            | InquiryReason::Access
            | InquiryReason::Other => None,
        }
    }
}
