//! Every action that needs a permission: one row of the matrix each.
//!
//! Add an action: one variant here and one row in `data/permissions.tsv`; a test fails while either is missing.

use crate::work::Desk;

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $key:literal,)*) => {
        /// Something a person asks to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$doc])* $variant,)*
        }

        impl Action {
            /// Every action, in the order of the matrix rows.
            pub const ALL: &'static [Action] = &[$(Action::$variant,)*];

            /// The word used in the matrix, the access log and the reference page.
            pub fn key(self) -> &'static str {
                match self { $(Action::$variant => $key,)* }
            }
        }
    };
}

actions! {
    /// May the person see today's work and money?
    ViewHome = "view_home",
    /// May the person find a patient?
    FindPatient = "find_patient",
    /// May the person see a patient's record and balance?
    ViewPatient = "view_patient",
    /// May the person see a claim and its messages?
    ViewClaim = "view_claim",
    /// May the person see a remittance?
    ViewRemittance = "view_remittance",
    /// May the person register a patient?
    RegisterPatient = "register_patient",
    /// May the person change a patient's demographics?
    EditDemographics = "edit_demographics",
    /// May the person register or change a coverage?
    EditCoverage = "edit_coverage",
    /// May the person ask a payer whether coverage is active?
    VerifyInsurance = "verify_insurance",
    /// May the person enter charges?
    EnterCharges = "enter_charges",
    /// May the person import charges from a file?
    ImportCharges = "import_charges",
    /// May the person assign or change codes?
    ChangeCodes = "change_codes",
    /// May the person raise a coding query?
    RaiseCodingQuery = "raise_coding_query",
    /// May the person give a coding opinion?
    GiveCodingOpinion = "give_coding_opinion",
    /// May the person pass a scrub warning with a reason?
    PassScrubWarning = "pass_scrub_warning",
    /// May the person submit an initial claim?
    SubmitInitialClaim = "submit_initial_claim",
    /// May the person import acknowledgments?
    ImportAcknowledgment = "import_acknowledgment",
    /// May the person mend front-desk data that a payer rejected?
    MendFrontDeskRejection = "mend_front_desk_rejection",
    /// May the person mend any other rejection, or a second one?
    MendOtherRejection = "mend_other_rejection",
    /// May the person work a denial?
    WorkDenial = "work_denial",
    /// May the person send an appeal?
    SendAppeal = "send_appeal",
    /// May the person send a replacement or void claim?
    SendCorrectedClaim = "send_corrected_claim",
    /// May the person resolve a coding dispute?
    ResolveCodingDispute = "resolve_coding_dispute",
    /// May the person negotiate with a payer or dispute an underpayment?
    NegotiateWithPayer = "negotiate_with_payer",
    /// May the person change a contract, fee schedule or scrub rule?
    ChangeContract = "change_contract",
    /// May the person approve a contract, fee schedule or scrub rule?
    ApproveContract = "approve_contract",
    /// May the person see reports?
    ViewReports = "view_reports",
    /// May the person see denial and payment analytics?
    ViewAnalytics = "view_analytics",
    /// May the person log an inquiry?
    LogInquiry = "log_inquiry",
    /// May the person answer an inquiry?
    AnswerInquiry = "answer_inquiry",
    /// May the person allow further identity checks after too many failed?
    AllowIdentityChecks = "allow_identity_checks",
    /// May the person see the worklist?
    ViewWorklist = "view_worklist",
    /// May the person see the work of every desk?
    ViewAllWork = "view_all_work",
    /// May the person work Tier 1 items?
    WorkTierOne = "work_tier_one",
    /// May the person work Tier 2 items?
    WorkTierTwo = "work_tier_two",
    /// May the person work Tier 3 problems?
    WorkTierThree = "work_tier_three",
    /// May the person see the problems of Tier 3 with what was done about them?
    ViewProblems = "view_problems",
    /// May the person read what a training note tells, and say that it was read?
    ReadTraining = "read_training",
    /// May the person work coding items?
    WorkCoding = "work_coding",
    /// May the person work posting items?
    WorkPosting = "work_posting",
    /// May the person escalate work with a handover?
    EscalateWork = "escalate_work",
    /// May the person return work with a reason?
    ReturnWork = "return_work",
    /// May the person start a clock by hand, and say that what it waits for was done or extended?
    KeepClocks = "keep_clocks",
    /// May the person decide that a clock is let go, or was missed?
    DecideClock = "decide_clock",
    /// May the person give work to a person?
    AssignWork = "assign_work",
    /// May the person arrange teams, skills, absences and the rules of routing?
    ArrangeWork = "arrange_work",
    /// May the person see their own reviews and measures?
    ViewOwnQuality = "view_own_quality",
    /// May the person see reviews and measures of the team?
    ViewQuality = "view_quality",
    /// May the person draw the sample of somebody's work that is reviewed?
    DrawReviews = "draw_reviews",
    /// May the person review somebody's work?
    ReviewWork = "review_work",
    /// May the person answer a review of their own work?
    AnswerReview = "answer_review",
    /// May the person train with invented cases?
    TrainWithCases = "train_with_cases",
    /// May the person open the training practice and have cases made?
    PrepareTraining = "prepare_training",
    /// May the person give somebody a skill of Tier 2, or take one back?
    PromoteSkill = "promote_skill",
    /// May the person import a remittance?
    ImportRemittance = "import_remittance",
    /// May the person post a remittance?
    PostRemittance = "post_remittance",
    /// May the person post a manual payment?
    PostManualPayment = "post_manual_payment",
    /// May the person ask to release a quarantined remittance?
    ReleaseQuarantine = "release_quarantine",
    /// May the person approve the release of a quarantined remittance?
    ApproveQuarantineRelease = "approve_quarantine_release",
    /// May the person see deposits and unmatched cash?
    ViewDeposits = "view_deposits",
    /// May the person prepare deposits?
    WorkDeposits = "work_deposits",
    /// May the person record a payment that came back?
    ReturnPayment = "return_payment",
    /// May the person count and close their own drawer?
    CloseDrawer = "close_drawer",
    /// May the person approve what a drawer, a slip or the bank has differently?
    ApproveDepositDifference = "approve_deposit_difference",
    /// May the person apply unapplied cash?
    ApplyUnappliedCash = "apply_unapplied_cash",
    /// May the person approve an application of unapplied cash over the limit?
    ApproveCashApplication = "approve_cash_application",
    /// May the person see write-offs?
    ViewWriteOffs = "view_write_offs",
    /// May the person ask for a write-off?
    RequestWriteOff = "request_write_off",
    /// May the person approve a write-off?
    ApproveWriteOff = "approve_write_off",
    /// May the person see refunds?
    ViewRefunds = "view_refunds",
    /// May the person ask for a refund?
    RequestRefund = "request_refund",
    /// May the person approve a refund?
    ApproveRefund = "approve_refund",
    /// May the person send an approved refund?
    SendRefund = "send_refund",
    /// May the person take a card payment?
    TakeCardPayment = "take_card_payment",
    /// May the person take a cash payment?
    TakeCashPayment = "take_cash_payment",
    /// May the person take a check payment?
    TakeCheckPayment = "take_check_payment",
    /// May the person make, revoke and resend a patient's pay link?
    ManagePayLinks = "manage_pay_links",
    /// May whoever opens a pay link see what is owed and go on to the card processor?
    PayByLink = "pay_by_link",
    /// May the person see a statement?
    ViewStatement = "view_statement",
    /// May the person send a statement?
    SendStatement = "send_statement",
    /// May the person run statements for all who are due?
    RunStatements = "run_statements",
    /// May the person reconcile the bank?
    ReconcileBank = "reconcile_bank",
    /// May the person close or reopen a period?
    ClosePeriod = "close_period",
    /// May the person approve closing or reopening a period?
    ApprovePeriod = "approve_period",
    /// May the person ask for a bulk export of patient data?
    RequestBulkExport = "request_bulk_export",
    /// May the person approve a bulk export of patient data?
    ApproveBulkExport = "approve_bulk_export",
    /// May the person export one's own record?
    ExportOwnRecord = "export_own_record",
    /// May the person see who saw and did what?
    ViewAuditLog = "view_audit_log",
    /// May the person see log-ins and account events?
    ViewAccessEvents = "view_access_events",
    /// May the person see the register of disclosures?
    ViewDisclosures = "view_disclosures",
    /// May the person record a disclosure?
    RecordDisclosure = "record_disclosure",
    /// May the person open a record in an emergency?
    BreakGlass = "break_glass",
    /// May the person review an emergency access?
    ReviewBreakGlass = "review_break_glass",
    /// May the person see the people and their roles?
    ViewUsers = "view_users",
    /// May the person add people and change their roles?
    ManageUsers = "manage_users",
    /// May the person approve a person or a change of roles?
    ApproveUsers = "approve_users",
    /// May the person disable a person?
    DisableUser = "disable_user",
    /// May the person change settings, connections and tokens?
    Configure = "configure",
    /// May the person approve a change of settings?
    ApproveConfiguration = "approve_configuration",
    /// May the person see the practice's own data, its providers and payers?
    ViewSettings = "view_settings",
    /// May the person change the practice's own data: address, NPI, tax number?
    ChangePractice = "change_practice",
    /// May the person add or change a provider of the practice?
    EditProvider = "edit_provider",
    /// May the person change a payer and its habits?
    EditPayer = "edit_payer",
    /// May the person say what adjustments of payers mean?
    ChangeAdjustmentRules = "change_adjustment_rules",
    /// May the person set what roles decide alone, and the policy of discounts?
    ChangeLimits = "change_limits",
    /// May the person set how patients' payments are spread, and the fee for a returned check?
    ChangeMoneyRules = "change_money_rules",
    /// May the person set the card processor's page and its secret?
    ChangePaymentPage = "change_payment_page",
    /// May the person run the daily jobs now, and see how they ended?
    RunJobs = "run_jobs",
    /// May the person back up?
    BackUp = "back_up",
    /// May the person ask to restore a backup?
    Restore = "restore",
    /// May the person approve a restore?
    ApproveRestore = "approve_restore",
    /// May the person verify the books and the seals?
    VerifyBooks = "verify_books",
    /// May the person see the daily report of conflicting rights?
    ViewOwnerReport = "view_owner_report",
    /// May the person change one's own password and devices?
    ManageOwnLogin = "manage_own_login",
}

impl Action {
    /// The right to take, work and resolve the items of a desk.
    pub fn to_work(desk: Desk) -> Action {
        match desk {
            Desk::Tier1 => Action::WorkTierOne,
            Desk::Tier2 => Action::WorkTierTwo,
            Desk::Tier3 => Action::WorkTierThree,
            Desk::Coder => Action::WorkCoding,
            Desk::Poster => Action::WorkPosting,
        }
    }

    /// Whether the action changes anything; an auditor may hold no role that grants one of these.
    pub fn writes(self) -> bool {
        !(self.key().starts_with("view_")
            || matches!(self, Action::FindPatient | Action::VerifyBooks | Action::ManageOwnLogin))
    }

    /// Whether the action moves money or decides about it; a keeper of people may hold no role that grants one of these.
    pub fn concerns_money(self) -> bool {
        matches!(
            self,
            Action::PostRemittance
                | Action::PostManualPayment
                | Action::ImportRemittance
                | Action::ReleaseQuarantine
                | Action::ApproveQuarantineRelease
                | Action::WorkDeposits
                | Action::ApplyUnappliedCash
                | Action::ApproveCashApplication
                | Action::RequestWriteOff
                | Action::ApproveWriteOff
                | Action::RequestRefund
                | Action::ApproveRefund
                | Action::SendRefund
                | Action::ApproveDepositDifference
                | Action::ApprovePeriod
                | Action::TakeCardPayment
                | Action::TakeCashPayment
                | Action::TakeCheckPayment
                | Action::PayByLink
                | Action::ReconcileBank
                | Action::ClosePeriod
        )
    }
}
