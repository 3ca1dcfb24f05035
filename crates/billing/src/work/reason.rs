//! Why a person must act. One variant a reason, one [`ReasonSpec`] each in the file of its kind: the compiler asks for
//! its desk, skill, dates, checklist, data, ends and words. The reference page is generated from here.

mod claim;
mod denial;
mod denied;
mod money;
mod patient;
mod payer;
mod person;
mod spec;

pub use denied::{Unpaid, denial_reason};
pub use spec::{Family, ReasonSpec, RequiredData, Side, Skill};

pub use super::desk::{Desk, Tier};
pub use super::resolution::ResolutionCode;

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident $word:literal $file:ident :: $spec:ident;)*) => {
        /// Why a person must act.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum WorkReason { $($(#[$doc])* $variant),* }

        impl WorkReason {
            /// Every reason, in the order of the reference page.
            pub const ALL: &'static [WorkReason] = &[$(WorkReason::$variant),*];

            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $(WorkReason::$variant => $word),* } }

            /// All that is said about it, as the program ships it.
            pub fn spec(self) -> &'static ReasonSpec { match self { $(WorkReason::$variant => &$file::$spec),* } }
        }
    };
}

reasons! {
    /// The scrub found registration or charge data to mend.
    HeldForData "held_for_data" claim::HELD_FOR_DATA;
    /// The scrub found a code that must change or be confirmed.
    HeldForCoding "held_for_coding" claim::HELD_FOR_CODING;
    /// A charge has no coverage that was in force.
    CoverageMissing "coverage_missing" claim::COVERAGE_MISSING;
    /// The payer says the coverage is not active.
    EligibilityInactive "eligibility_inactive" claim::ELIGIBILITY_INACTIVE;
    /// The payer refused the claim for front-desk data before adjudication.
    RejectedForData "rejected_for_data" claim::REJECTED_FOR_DATA;
    /// The payer refused the claim for another cause, or a second time.
    Rejected "rejected" claim::REJECTED;
    /// TA1 or 999 refused a whole file.
    FileRejected "file_rejected" claim::FILE_REJECTED;
    /// A file came in that could not be used.
    FileSetApart "file_set_apart" claim::FILE_SET_APART;
    /// A sealed file is not what was sealed, so it does not leave.
    OutboundFileDamaged "outbound_file_damaged" claim::OUTBOUND_FILE_DAMAGED;
    /// The payer has an earlier version of a claim that was mended and not sent.
    EarlierVersionAccepted "earlier_version_accepted" claim::EARLIER_VERSION_ACCEPTED;
    /// The order of payers was corrected after a payer had decided.
    PayerOrder "payer_order" claim::PAYER_ORDER;
    /// A payer decided anew what a sent claim tells the next payer.
    PriorDecisionChanged "prior_decision_changed" claim::PRIOR_DECISION_CHANGED;
    /// A replacement or void of a decided claim is being made.
    CorrectedClaim "corrected_claim" claim::CORRECTED_CLAIM;
    /// No acknowledgment came in time.
    AcknowledgmentMissing "acknowledgment_missing" claim::ACKNOWLEDGMENT_MISSING;
    /// No remittance came by the follow-up date.
    RemittanceMissing "remittance_missing" claim::REMITTANCE_MISSING;
    /// A service of a visit came after its claim went out.
    LateCharge "late_charge" claim::LATE_CHARGE;
    /// The payer decided and paid nothing, or not all lines.
    Denied "denied" denial::DENIED;
    /// A payer took its decision back and no new one came.
    Reversed "reversed" claim::REVERSED;
    /// Another payer is next.
    BillNextPayer "bill_next_payer" claim::BILL_NEXT_PAYER;
    /// Nothing of a payment was posted: it does not add up, is made out to another payee, or cannot be true.
    RemittanceQuarantined "remittance_quarantined" money::REMITTANCE_QUARANTINED;
    /// A payment balances and its payer's setting leaves it to a person to post it.
    RemittanceWaits "remittance_waits" money::REMITTANCE_WAITS;
    /// A claim inside a remittance does not add up, or is none that may be posted yet; its cash waits.
    ClaimSetAside "claim_set_aside" money::CLAIM_SET_ASIDE;
    /// Paid for a claim that is not ours, or not found.
    UnmatchedCash "unmatched_cash" money::UNMATCHED_CASH;
    /// Two people posted a claim payment that does not add up; its difference is in suspense.
    SuspenseDifference "suspense_difference" money::SUSPENSE_DIFFERENCE;
    /// Money came into the bank that no posted remittance announced.
    BankLineUnplaced "bank_line_unplaced" money::BANK_LINE_UNPLACED;
    /// A remittance announced money that the bank does not have.
    TransferMissing "transfer_missing" money::TRANSFER_MISSING;
    /// An item of a payer's ledger went the wrong way, says not what it is for, or stays open.
    PayerRecoupment "payer_recoupment" money::PAYER_RECOUPMENT;
    /// A payer kept money for taxes, a creditor, a fee or itself.
    PayerKeeps "payer_keeps" money::PAYER_KEEPS;
    /// A payment came as a virtual card, which costs a fee.
    VirtualCard "virtual_card" money::VIRTUAL_CARD;
    /// A payer took back money of a charge of which a refund was given or asked for.
    RefundTakenBack "refund_taken_back" money::REFUND_TAKEN_BACK;
    /// A patient's check came back unpaid.
    PaymentReturned "payment_returned" money::PAYMENT_RETURNED;
    /// A card's bank took a payment back and wants an answer.
    PaymentDisputed "payment_disputed" money::PAYMENT_DISPUTED;
    /// A deposit slip left and the bank does not have it.
    DepositMissing "deposit_missing" money::DEPOSIT_MISSING;
    /// A refund's check was not cashed.
    RefundUncashed "refund_uncashed" money::REFUND_UNCASHED;
    /// A card was charged at the processor's page for nobody that we know.
    PayNoticeUnplaced "pay_notice_unplaced" money::PAY_NOTICE_UNPLACED;
    /// A clock runs out and nobody works on what it waits for.
    ClockWarning "clock_warning" claim::CLOCK_WARNING;
    /// The last day of a clock is here and nobody decided.
    ClockOverdue "clock_overdue" claim::CLOCK_OVERDUE;
    /// Cases of one kind came together; Tier 3 plans what is done about their cause.
    Problem "problem" claim::PROBLEM;
    /// More was received than owed.
    CreditBalance "credit_balance" money::CREDIT_BALANCE;
    /// Somebody asked; Tier 1 answers.
    Inquiry "inquiry" person::INQUIRY;
    /// Somebody disputes, complains or threatens; Tier 2 answers.
    Complaint "complaint" person::COMPLAINT;
    /// Denied: not covered that day.
    DeniedEligibility "denied_eligibility" denial::DENIED_ELIGIBILITY;
    /// Denied: another plan is first.
    DeniedOtherPayer "denied_other_payer" denial::DENIED_OTHER_PAYER;
    /// Denied: authorization.
    DeniedAuthorization "denied_authorization" denial::DENIED_AUTHORIZATION;
    /// Denied: medical necessity.
    DeniedMedicalNecessity "denied_medical_necessity" denial::DENIED_MEDICAL_NECESSITY;
    /// Denied: counted into another service.
    DeniedBundled "denied_bundled" denial::DENIED_BUNDLED;
    /// Denied: code, modifier or diagnosis.
    DeniedCoding "denied_coding" denial::DENIED_CODING;
    /// Denied: duplicate.
    DeniedDuplicate "denied_duplicate" denial::DENIED_DUPLICATE;
    /// Denied: filed too late.
    DeniedTimelyFiling "denied_timely_filing" denial::DENIED_TIMELY_FILING;
    /// Denied: not covered, or benefit used up.
    DeniedNotCovered "denied_not_covered" denial::DENIED_NOT_COVERED;
    /// Denied: information or papers missing.
    DeniedInformation "denied_information" denial::DENIED_INFORMATION;
    /// Denied: provider not enrolled.
    DeniedProvider "denied_provider" denial::DENIED_PROVIDER;
    /// Paid less than agreed.
    DeniedFee "denied_fee" denial::DENIED_FEE;
    /// Why do I owe this?.
    BillQuestion "bill_question" patient::BILL_QUESTION;
    /// Pay now, or a card was declined.
    PayNow "pay_now" patient::PAY_NOW;
    /// Payment plan asked for.
    PaymentPlan "payment_plan" patient::PAYMENT_PLAN;
    /// Wrong or new insurance.
    InsuranceChange "insurance_change" patient::INSURANCE_CHANGE;
    /// The plan should have paid.
    CoverageDispute "coverage_dispute" patient::COVERAGE_DISPUTE;
    /// Bill and explanation of benefits do not match.
    StatementMismatch "statement_mismatch" patient::STATEMENT_MISMATCH;
    /// Charge is not mine, or was not received.
    ChargeNotMine "charge_not_mine" patient::CHARGE_NOT_MINE;
    /// The code is wrong.
    CodingDispute "coding_dispute" patient::CODING_DISPUTE;
    /// Prior authorization problem.
    AuthorizationQuestion "authorization_question" patient::AUTHORIZATION_QUESTION;
    /// Estimate or price asked for.
    EstimateRequest "estimate_request" patient::ESTIMATE_REQUEST;
    /// Bill is $400 or more above the estimate.
    BillOverEstimate "bill_over_estimate" patient::BILL_OVER_ESTIMATE;
    /// Surprise or out-of-network bill.
    SurpriseBill "surprise_bill" patient::SURPRISE_BILL;
    /// Financial assistance.
    FinancialAssistance "financial_assistance" patient::FINANCIAL_ASSISTANCE;
    /// Credit or refund asked for.
    RefundRequest "refund_request" patient::REFUND_REQUEST;
    /// Payment to find: paid twice, or not on the account.
    PaymentToFind "payment_to_find" patient::PAYMENT_TO_FIND;
    /// Address, e-mail, language or paperless.
    ContactChange "contact_change" person::CONTACT_CHANGE;
    /// Account at the agency.
    AccountAtAgency "account_at_agency" person::ACCOUNT_AT_AGENCY;
    /// Validation, dispute or cease contact.
    DebtDispute "debt_dispute" person::DEBT_DISPUTE;
    /// Records or itemized bill asked for.
    RecordsRequest "records_request" person::RECORDS_REQUEST;
    /// Representative, power of attorney, minor or divorce.
    Representative "representative" person::REPRESENTATIVE;
    /// Patient died.
    Deceased "deceased" person::DECEASED;
    /// Bankruptcy.
    Bankruptcy "bankruptcy" person::BANKRUPTCY;
    /// Work, auto or other liability.
    OtherLiability "other_liability" person::OTHER_LIABILITY;
    /// Medicare, Medicaid or QMB: must not be billed.
    ProtectedFromBilling "protected_from_billing" person::PROTECTED_FROM_BILLING;
    /// Discrimination, breach, threat or legal.
    LegalOrPrivacy "legal_or_privacy" person::LEGAL_OR_PRIVACY;
    /// Returned mail.
    ReturnedMail "returned_mail" person::RETURNED_MAIL;
    /// Consent for card or texts withdrawn.
    ConsentWithdrawn "consent_withdrawn" person::CONSENT_WITHDRAWN;
    /// Interpreter or accessibility.
    AccessNeed "access_need" person::ACCESS_NEED;
    /// Payer has no such claim.
    ClaimNotOnFile "claim_not_on_file" payer::CLAIM_NOT_ON_FILE;
    /// In process beyond prompt pay.
    ClaimPended "claim_pended" payer::CLAIM_PENDED;
    /// Set to pay, money not here.
    PaymentNotReceived "payment_not_received" payer::PAYMENT_NOT_RECEIVED;
    /// Paid to the patient or another payee.
    PaidToWrongPayee "paid_to_wrong_payee" payer::PAID_TO_WRONG_PAYEE;
    /// Another plan may be first.
    CoverageOrder "coverage_order" payer::COVERAGE_ORDER;
    /// Looks like a duplicate.
    DuplicateClaim "duplicate_claim" payer::DUPLICATE_CLAIM;
    /// Payer asks for papers or data.
    InformationWanted "information_wanted" payer::INFORMATION_WANTED;
    /// Down-coding, review before payment, or audit.
    PayerAudit "payer_audit" payer::PAYER_AUDIT;
    /// Payer demands money back.
    RefundDemanded "refund_demanded" payer::REFUND_DEMANDED;
    /// Appeal: status or next level.
    AppealStatus "appeal_status" payer::APPEAL_STATUS;
    /// Complaint about a payer to its regulator.
    RegulatorComplaint "regulator_complaint" payer::REGULATOR_COMPLAINT;
    /// Question to the provider.
    ProviderQuery "provider_query" payer::PROVIDER_QUERY;
    /// Question of the practice.
    ClientQuestion "client_question" payer::CLIENT_QUESTION;
    /// Enrollment for claims, remittances or transfers.
    Enrollment "enrollment" payer::ENROLLMENT;
    /// System or interface failed.
    SystemFailure "system_failure" payer::SYSTEM_FAILURE;
    /// Suspected fraud, identity theft or subpoena.
    SuspectedFraud "suspected_fraud" payer::SUSPECTED_FRAUD;
}

/// The first word of every stored reason that a decision opened, for lists kept in the database.
const DENIED: &str = "denied";

/// Minutes that a desk takes at least for what another desk handed up: it reads the handover and what was tried first. A
/// clinical case takes as long; a matter of Tier 3 is an hour (our judgement).
fn handed_minutes(desk: Desk) -> u32 {
    match desk {
        Desk::Tier1 | Desk::Poster => 8,
        Desk::Coder => 12,
        Desk::Tier2 => 16,
        Desk::Tier3 => 60,
    }
}

impl WorkReason {
    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == word)
    }

    /// The first desk: who acts when nothing was escalated.
    pub fn desk(self) -> Desk {
        self.spec().desk
    }

    /// What a person must be able to do to work it.
    pub fn skill(self) -> Skill {
        self.spec().skill
    }

    /// Business days until it should be resolved.
    pub fn due_in_business_days(self) -> u32 {
        self.spec().resolve
    }

    /// Minutes that an item of it usually takes at a desk: its own, or one that it was handed up to, where nothing is
    /// quicker than what that desk is there for.
    pub fn minutes_at(self, desk: Desk) -> u32 {
        let own = self.spec().minutes;
        if desk == self.desk() { own } else { own.max(handed_minutes(desk)) }
    }

    /// What a worklist says.
    pub fn title(self) -> &'static str {
        self.spec().title
    }

    /// What to do, in a few sentences.
    pub fn playbook(self) -> &'static str {
        self.spec().playbook
    }

    /// The kind of thing that it is.
    pub fn family(self) -> Family {
        self.spec().family
    }

    /// Its number in the catalogue of reasons, such as "P05" or "Y13"; none for what has no line there.
    pub fn catalogue_code(self) -> Option<&'static str> {
        self.spec().catalogue
    }

    /// Whether a decision opened it: its payer left unpaid what it was asked for. A claim has one such item, whatever
    /// the codes of its decision say.
    pub fn is_denial(self) -> bool {
        self.family() == Family::Denial
    }

    /// What stands before the thing in the key of the one open item: denials are one of a claim.
    pub fn subject_word(self) -> &'static str {
        if self.is_denial() { DENIED } else { self.as_str() }
    }

    /// Whether its end must name stage and cause: what Tier 3 learns from.
    pub fn needs_cause(self) -> bool {
        match self.family() {
            Family::Denial | Family::Rejection => true,
            Family::Question => self == WorkReason::Complaint,
            Family::Payer | Family::Claim | Family::Money => false,
        }
    }

    /// The reason that a person opens for a claim: once a remittance has decided the claim, what would be the first
    /// desk's is Tier 2's; so is a second refusal of the same claim, whatever the field.
    pub fn on_claim(self, is_decided: bool, refusals_before: usize) -> WorkReason {
        match (is_decided, self) {
            (true, WorkReason::EligibilityInactive) => WorkReason::DeniedEligibility,
            (true, WorkReason::CoverageOrder) => WorkReason::DeniedOtherPayer,
            (true, WorkReason::DuplicateClaim) => WorkReason::DeniedDuplicate,
            (true, WorkReason::InformationWanted) => WorkReason::DeniedInformation,
            (_, WorkReason::RejectedForData) if is_decided || refusals_before > 0 => WorkReason::Rejected,
            (_, other) => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_reads_back_and_tells_what_to_do() {
        for reason in WorkReason::ALL {
            assert_eq!(WorkReason::parse(reason.as_str()), Some(*reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str(), "one word for both");
            let spec = reason.spec();
            assert!(spec.playbook.len() > 40 && !spec.title.is_empty());
            assert!(
                !spec.checklist.is_empty() && !spec.required.is_empty() && !spec.resolutions.is_empty(),
                "{reason:?}"
            );
            assert!(spec.first_action <= spec.resolve, "{reason:?} begins before it ends");
            assert!(spec.chance <= 1_000, "{reason:?}: per mille");
            assert!((5..=60).contains(&spec.minutes), "{reason:?}: minutes of a person's day");
            assert!(Desk::ALL.into_iter().all(|desk| reason.minutes_at(desk) >= spec.minutes), "{reason:?}");
            assert_eq!(reason.is_denial(), reason.as_str().starts_with(DENIED), "{reason:?}: lists in the database");
        }
    }

    #[test]
    fn the_catalogue_is_whole() {
        let told: BTreeSet<String> =
            WorkReason::ALL.iter().filter_map(|reason| reason.catalogue_code()).map(str::to_owned).collect();
        let patient = (1..=30).map(|number| format!("P{number:02}"));
        let payer = (1..=28).map(|number| format!("Y{number:02}"));
        assert_eq!(told, patient.chain(payer).collect());
    }

    #[test]
    fn what_a_remittance_denied_is_tier_twos_whatever_its_code() {
        for (story, reason, is_decided, refused, desk) in [
            ("eligibility before a decision", WorkReason::EligibilityInactive, false, 0, Desk::Tier1),
            ("eligibility, decided", WorkReason::EligibilityInactive, true, 0, Desk::Tier2),
            ("another plan before a decision", WorkReason::CoverageOrder, false, 0, Desk::Tier1),
            ("another plan, decided", WorkReason::CoverageOrder, true, 0, Desk::Tier2),
            ("a duplicate before a decision", WorkReason::DuplicateClaim, false, 0, Desk::Tier1),
            ("a duplicate, decided", WorkReason::DuplicateClaim, true, 0, Desk::Tier2),
            ("papers before a decision", WorkReason::InformationWanted, false, 0, Desk::Tier1),
            ("papers, decided", WorkReason::InformationWanted, true, 0, Desk::Tier2),
            ("front-desk data refused", WorkReason::RejectedForData, false, 0, Desk::Tier1),
            ("refused a second time", WorkReason::RejectedForData, false, 1, Desk::Tier2),
            ("refused for another cause", WorkReason::Rejected, false, 0, Desk::Tier2),
            ("why was it denied", WorkReason::CoverageDispute, true, 0, Desk::Tier1),
        ] {
            assert_eq!(reason.on_claim(is_decided, refused).desk(), desk, "{story}");
        }
        for reason in WorkReason::ALL.iter().filter(|reason| reason.is_denial()) {
            assert_eq!(reason.desk(), Desk::Tier2, "{reason:?}");
        }
    }
}
