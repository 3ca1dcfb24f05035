//! What is said about a reason: whose it is, how fast, by which steps, with which data, and how it may end.

use super::{Desk, ResolutionCode};
use crate::clock::ClockKind;

words! {
    /// The kind of thing a reason is.
    Family {
        /// A question, dispute or message of a patient, or about one.
        Question "question" "Question",
        /// Something between us and a payer, an agency or a provider, before or beside a decision.
        Payer "payer" "Payer",
        /// A claim was refused before anybody decided it.
        Rejection "rejection" "Rejection",
        /// A decision left something unpaid.
        Denial "denial" "Denial",
        /// A claim, a file or a visit stands still.
        Claim "claim" "Claim",
        /// Money that has no place yet.
        Money "money" "Money",
    }
}

words! {
    /// Who is on the other side.
    Side {
        /// A patient, or who pays for one.
        Patient "patient" "Patient",
        /// A payer or its clearinghouse.
        Payer "payer" "Payer",
        /// The practice itself.
        Practice "practice" "Practice",
        /// A collection agency.
        Agency "agency" "Agency",
        /// A public office.
        Regulator "regulator" "Regulator",
    }
}

words! {
    /// What a person must be able to do.
    Skill {
        /// Registration, coverage, explaining.
        FrontDesk "front_desk" "Front desk",
        /// Taking, finding and giving back patients' money.
        Payments "payments" "Payments",
        /// Rejections, denials and appeals.
        Denials "denials" "Denials",
        /// Reading a note with a clinical eye.
        Clinical "clinical" "Clinical",
        /// Certified coding.
        Coder "coder" "Coding",
        /// Contracts, fees and enrollments.
        PayerRelations "payer_relations" "Payer relations",
        /// Privacy, law and conduct.
        Compliance "compliance" "Compliance",
        /// Posting payments.
        Poster "poster" "Posting",
        /// Files, connections, the program itself.
        Technical "technical" "Technical",
        /// Speaking Spanish with patients.
        Spanish "spanish" "Spanish",
    }
}

words! {
    /// What a person needs at hand before the work can end. What the system has is shown; the rest is asked for.
    RequiredData {
        /// Whose account it is.
        Account "account" "Account",
        /// The statement that was sent.
        Statement "statement" "Statement",
        /// What is owed now.
        Balance "balance" "Balance",
        /// Each movement of the account.
        Ledger "ledger" "Ledger of the account",
        /// How the person wants to pay; never a card number.
        PaymentMethod "payment_method" "Way of paying",
        /// Day, amount and way of a payment.
        PaymentTrace "payment_trace" "Day, amount and trace of the payment",
        /// What the bank wrote.
        BankNotice "bank_notice" "Bank's notice",
        /// The insurance card.
        InsuranceCard "insurance_card" "Insurance card",
        /// From when to when coverage runs.
        EffectiveDates "effective_dates" "Days of coverage",
        /// The coverages on file.
        Coverage "coverage" "Coverages in order",
        /// What the payer answered about eligibility.
        EligibilityAnswer "eligibility_answer" "Payer's answer about eligibility",
        /// The plan's explanation of benefits.
        Eob "eob" "Explanation of benefits",
        /// The visit.
        Encounter "encounter" "Visit",
        /// The note of the visit.
        Note "note" "Note of the visit",
        /// Codes and lines.
        Codes "codes" "Codes of the visit",
        /// An authorization or referral.
        Authorization "authorization" "Authorization: number, units, days",
        /// The good-faith estimate.
        Estimate "estimate" "Good-faith estimate",
        /// In or out of network, notice and consent.
        NetworkStatus "network_status" "Network, notice and consent",
        /// An application for aid.
        Application "application" "Application for assistance",
        /// Address, telephone, e-mail, language.
        Contact "contact" "Address, telephone, e-mail",
        /// The agency's number.
        AgencyNumber "agency_number" "Agency's number",
        /// What was written.
        WrittenNotice "written_notice" "Written notice",
        /// A signed request.
        RequestForm "request_form" "Signed request",
        /// What gives somebody authority.
        AuthorityDocument "authority_document" "Document of authority",
        /// Day, county and representative.
        DeathDate "death_date" "Day, county and representative",
        /// Case, chapter, court, day.
        BankruptcyCase "bankruptcy_case" "Case, chapter and court",
        /// Number, adjuster and day of an accident.
        AccidentClaim "accident_claim" "Number, adjuster and day of the accident",
        /// The envelope that came back.
        ReturnedItem "returned_item" "Returned envelope",
        /// Consents given and withdrawn.
        ConsentLog "consent_log" "Consents",
        /// Which help is needed.
        Need "need" "Language or help that is needed",
        /// The matter in short.
        Summary "summary" "The matter in short",
        /// The claim.
        Claim "claim" "Claim",
        /// The first claim of the same service.
        OriginalClaim "original_claim" "First claim of the service",
        /// What answered that the claim arrived.
        Acknowledgment "acknowledgment" "Acknowledgment",
        /// Until when it may be filed.
        FilingLimit "filing_limit" "Filing limit",
        /// The payer's number of the claim.
        PayerClaimNumber "payer_claim_number" "Payer's number of the claim",
        /// When the payer received it.
        ReceivedDate "received_date" "Day the payer received it",
        /// When the payer says it pays.
        PayDate "pay_date" "Day of payment",
        /// Number, amount, address, cashed or not.
        CheckData "check_data" "Check or transfer: number, amount, address",
        /// What the payer decided.
        Decision "decision" "Payer's decision",
        /// Codes of an answer.
        StatusCodes "status_codes" "Codes of the answer",
        /// What the payer asked for in writing.
        RequestLetter "request_letter" "Payer's letter",
        /// What the payer demands back.
        DemandLetter "demand_letter" "Letter that demands money",
        /// Which level of appeal, and when.
        AppealLevel "appeal_level" "Level and day of the appeal",
        /// What was agreed.
        Contract "contract" "Contract and fee schedule",
        /// The provider's number at the payer.
        ProviderNumber "provider_number" "Provider's number and day of enrollment",
        /// The payer's form.
        EnrollmentForm "enrollment_form" "Payer's enrollment form",
    }
}

/// All that the program says about a reason. A practice may set texts and days of its own over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReasonSpec {
    /// What a worklist says.
    pub title: &'static str,
    /// Its number in the catalogue of reasons.
    pub catalogue: Option<&'static str>,
    /// The kind of thing.
    pub family: Family,
    /// Who acts when nothing was escalated.
    pub desk: Desk,
    /// What that person must be able to do.
    pub skill: Skill,
    /// Minutes that an item usually takes at its own desk, calls and notes included. Fifty to sixty follow-ups or technical
    /// denials of a person's day are eight minutes each, twenty-five to thirty clinical denials sixteen (HFMA, content
    /// 17761); the rest is our judgement, and a practice sets its own as its pace.
    pub minutes: u32,
    /// Who is on the other side.
    pub side: Side,
    /// Business days until somebody has begun.
    pub first_action: u32,
    /// Business days until it should be resolved.
    pub resolve: u32,
    /// Which clock of law or contract usually runs with it.
    pub clock: Option<ClockKind>,
    /// How likely money at stake comes in, per mille, before the practice has a history of its own.
    pub chance: u16,
    /// The steps, in order.
    pub checklist: &'static [&'static str],
    /// What must be at hand.
    pub required: &'static [RequiredData],
    /// How it may end.
    pub resolutions: &'static [ResolutionCode],
    /// What to do, in a few sentences.
    pub playbook: &'static str,
}
