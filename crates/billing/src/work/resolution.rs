//! How work ends: a coded end from the list of its reason, a sentence, and where it began in two levels.

words! {
    /// The coded end of an item. A reason allows some of them.
    ResolutionCode {
        /// What it asked for happened without a person.
        HappenedByItself "happened_by_itself" "What it asked for has happened",
        /// Another item of the same matter goes on.
        Merged "merged" "Goes on in another item",
        /// Told in words that were understood.
        Explained "explained" "Explained",
        /// The itemized bill went out.
        ItemizedSent "itemized_sent" "Itemized bill sent",
        /// A question was answered.
        QuestionAnswered "question_answered" "Answered",
        /// Somebody else was named who can help.
        ReferredOn "referred_on" "Referred to who can help",
        /// Money was taken.
        PaymentTaken "payment_taken" "Payment taken",
        /// A returned payment was made good.
        PaymentReplaced "payment_replaced" "Payment made good",
        /// A plan was agreed.
        PlanMade "plan_made" "Payment plan made",
        /// The person was told how to ask for aid.
        ReferredToAid "referred_to_aid" "Financial assistance offered",
        /// Aid was granted.
        AidGranted "aid_granted" "Assistance granted",
        /// Aid was denied, with its reason.
        AidDenied "aid_denied" "Assistance denied, with the reason",
        /// A coverage was entered or mended.
        CoverageUpdated "coverage_updated" "Coverage mended",
        /// The visit was billed anew.
        Rebilled "rebilled" "Billed again",
        /// The same claim went out again.
        Resubmitted "resubmitted" "Sent again",
        /// A corrected claim went out.
        Corrected "corrected" "Corrected",
        /// A claim or charge was taken back.
        Voided "voided" "Voided",
        /// A code was changed, as the note says.
        Recoded "recoded" "Code changed, as the note supports",
        /// What was done stands.
        Upheld "upheld" "Upheld, with the reason",
        /// The payer decided it again.
        Reprocessed "reprocessed" "Decided again by the payer",
        /// An appeal left.
        Appealed "appealed" "Appealed",
        /// The next level was asked.
        NextLevelFiled "next_level_filed" "Next level filed",
        /// An appeal was won.
        Won "won" "Won",
        /// What the payer decided stands.
        Accepted "accepted" "Accepted",
        /// An authorization after the fact.
        RetroAuthorized "retro_authorized" "Authorized after the fact",
        /// Papers or data went out.
        InformationSent "information_sent" "Papers or data sent",
        /// Proof went out.
        ProofSent "proof_sent" "Proof sent",
        /// The acknowledgment was found.
        AcknowledgmentFound "acknowledgment_found" "Acknowledgment found",
        /// The payer has it, with a day to look again.
        NextDateSet "next_date_set" "Payer has it; day to look again set",
        /// The earlier version stays with the payer.
        LeftWithPayer "left_with_payer" "Left with the payer",
        /// Interest was asked for.
        InterestClaimed "interest_claimed" "Interest claimed",
        /// A payment was traced.
        PaymentTraced "payment_traced" "Payment traced",
        /// A payment was issued again.
        Reissued "reissued" "Payment issued again",
        /// A remittance came.
        RemittanceRetrieved "remittance_retrieved" "Remittance retrieved",
        /// Money found its place.
        Posted "posted" "Posted",
        /// Money went to another open balance.
        Transferred "transferred" "Applied elsewhere",
        /// Money was given back.
        Refunded "refunded" "Refunded",
        /// The payer may take its money back.
        AgreedToRepay "agreed_to_repay" "Repayment agreed",
        /// A demand was objected to.
        Rebutted "rebutted" "Rebutted",
        /// A contract was held against the payer.
        ContractDisputed "contract_disputed" "Contract dispute opened",
        /// The patient was billed.
        PatientBilled "patient_billed" "Patient billed",
        /// The next or another payer was billed.
        OtherPayerBilled "other_payer_billed" "Other payer billed",
        /// Insurance was billed for somebody who died.
        InsuranceBilled "insurance_billed" "Insurance billed",
        /// Nobody is billed.
        NotBilled "not_billed" "Not billed, with the reason",
        /// A statement waits.
        StatementHeld "statement_held" "Statement held",
        /// A balance was lowered.
        Adjusted "adjusted" "Adjusted",
        /// The share was computed anew.
        CostShareRecomputed "cost_share_recomputed" "Share computed again",
        /// A balance that may not be asked for.
        BalanceCancelled "balance_cancelled" "Balance cancelled",
        /// A request was withdrawn.
        Cancelled "cancelled" "Withdrawn",
        /// Two people wrote it off.
        WrittenOff "written_off" "Written off",
        /// One of two is enough.
        ClosedAsDuplicate "closed_as_duplicate" "Closed: duplicate",
        /// An estimate was given.
        EstimateGiven "estimate_given" "Estimate given",
        /// A dispute was answered.
        DisputeAnswered "dispute_answered" "Dispute answered",
        /// A complaint was answered in writing.
        ResponseSent "response_sent" "Answered in writing",
        /// A regulator was asked.
        ComplaintFiled "complaint_filed" "Complaint filed",
        /// Contact data were mended.
        ContactUpdated "contact_updated" "Contact data mended",
        /// The account says it now.
        FlagSet "flag_set" "Noted on the account",
        /// A consent was revoked.
        ConsentRevoked "consent_revoked" "Consent revoked",
        /// The agency gave it back.
        RecalledFromAgency "recalled_from_agency" "Recalled from the agency",
        /// It stays at the agency.
        LeftAtAgency "left_at_agency" "Left at the agency",
        /// Records left.
        RecordsDelivered "records_delivered" "Records delivered",
        /// Records were refused in writing.
        RecordsRefused "records_refused" "Records refused, in writing",
        /// Authority is on file.
        AuthorityRecorded "authority_recorded" "Authority recorded",
        /// Authority was not shown.
        AuthorityRefused "authority_refused" "Authority not shown",
        /// A claim against the estate.
        EstateClaimed "estate_claimed" "Claim against the estate filed",
        /// A proof of claim.
        ProofOfClaimFiled "proof_of_claim_filed" "Proof of claim filed",
        /// A lien or a letter of protection.
        LienFiled "lien_filed" "Lien or letter of protection",
        /// Compliance has it.
        IncidentOpened "incident_opened" "Incident opened",
        /// Compliance found none.
        NoIncident "no_incident" "No incident, with the reason",
        /// The provider answered in the record.
        AddendumReceived "addendum_received" "Addendum received",
        /// A client was credited.
        CreditGiven "credit_given" "Invoice credited",
        /// An enrollment runs.
        EnrollmentOn "enrollment_on" "Enrollment switched on",
        /// It works again.
        Fixed "fixed" "Fixed",
        /// Nothing had to be done.
        NoActionNeeded "no_action_needed" "Nothing to do, with the reason",
    }
}
