//! Why a person must act. One variant a reason; the compiler asks for its desk, its due date, its words and its
//! playbook. The reference page is generated from here.

use serde::{Deserialize, Serialize};

/// The level of the desk, not a payer's network tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// First contact, registration, clean submission, explaining, payments.
    One,
    /// Denials, rejections that are not front-desk data, disputes, appeals, complaints.
    Two,
    /// Root causes, compliance, oversight.
    Three,
}

impl Tier {
    /// 1, 2 or 3.
    pub fn number(self) -> i32 {
        match self {
            Tier::One => 1,
            Tier::Two => 2,
            Tier::Three => 3,
        }
    }

    /// The tier above; none above the third.
    pub fn above(self) -> Option<Tier> {
        match self {
            Tier::One => Some(Tier::Two),
            Tier::Two => Some(Tier::Three),
            Tier::Three => None,
        }
    }
}

/// Whose queue an item stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Desk {
    /// Tier 1.
    Tier1,
    /// Tier 2.
    Tier2,
    /// Tier 3.
    Tier3,
    /// Certified coders: a code must change or be confirmed.
    Coder,
    /// Payment posters: money that does not add up or has no claim.
    Poster,
}

impl Desk {
    /// Every desk.
    pub const ALL: [Desk; 5] = [Desk::Tier1, Desk::Tier2, Desk::Tier3, Desk::Coder, Desk::Poster];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Desk::Tier1 => "tier1",
            Desk::Tier2 => "tier2",
            Desk::Tier3 => "tier3",
            Desk::Coder => "coder",
            Desk::Poster => "poster",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|desk| desk.as_str() == word)
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            Desk::Tier1 => "Tier 1",
            Desk::Tier2 => "Tier 2",
            Desk::Tier3 => "Tier 3",
            Desk::Coder => "Coder",
            Desk::Poster => "Poster",
        }
    }

    /// The tier of the desk, for reports: coders and posters are specialists beside Tier 2.
    pub fn tier(self) -> Tier {
        match self {
            Desk::Tier1 => Tier::One,
            Desk::Tier2 | Desk::Coder | Desk::Poster => Tier::Two,
            Desk::Tier3 => Tier::Three,
        }
    }

    /// Where an item goes when this desk cannot end it.
    pub fn above(self) -> Option<Desk> {
        match self {
            Desk::Tier1 | Desk::Coder | Desk::Poster => Some(Desk::Tier2),
            Desk::Tier2 => Some(Desk::Tier3),
            Desk::Tier3 => None,
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident $word:literal $desk:ident $days:literal $title:literal => $playbook:literal;)*) => {
        /// Why a person must act.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum WorkReason { $($(#[$doc])* $variant),* }

        impl WorkReason {
            /// Every reason, in the order of the reference page.
            pub const ALL: &'static [WorkReason] = &[$(WorkReason::$variant),*];

            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $(WorkReason::$variant => $word),* } }

            /// The first desk: who acts when nothing was escalated.
            pub fn desk(self) -> Desk { match self { $(WorkReason::$variant => Desk::$desk),* } }

            /// Business days until it should be resolved.
            pub fn due_in_business_days(self) -> u32 { match self { $(WorkReason::$variant => $days),* } }

            /// What a worklist says.
            pub fn title(self) -> &'static str { match self { $(WorkReason::$variant => $title),* } }

            /// What to do, in a few sentences.
            pub fn playbook(self) -> &'static str { match self { $(WorkReason::$variant => $playbook),* } }
        }
    };
}

reasons! {
    /// The scrub found registration or charge data to mend.
    HeldForData "held_for_data" Tier1 2 "Claim held: data to mend"
        => "Open the finding, mend the field at its source, scrub again. The claim leaves by itself when nothing is left.";
    /// The scrub found a code that must change or be confirmed.
    HeldForCoding "held_for_coding" Coder 2 "Claim held: code to review"
        => "Read the note of the visit. Change a code only if the note supports it; else send it back with a question to the provider.";
    /// A charge has no coverage that was in force.
    CoverageMissing "coverage_missing" Tier1 2 "No coverage on the date of service"
        => "Ask the patient for the card, check eligibility for the date of service, enter the coverage. Bill the patient only if there is none; say why where nothing is billed.";
    /// The payer says the coverage is not active.
    EligibilityInactive "eligibility_inactive" Tier1 2 "Payer says coverage is not active"
        => "Compare name, birth date and member id with the card, ask again, call the patient. Hold the statement until it is clear.";
    /// The payer refused the claim for front-desk data before adjudication.
    RejectedForData "rejected_for_data" Tier1 1 "Rejected: front-desk data"
        => "Read the payer's words, mend the field at its source, scrub again. It goes out as a new original; the filing clock still runs.";
    /// The payer refused the claim for another cause, or a second time.
    Rejected "rejected" Tier2 1 "Rejected before adjudication"
        => "Find the cause in the codes of the acknowledgment. Mend, or call the clearinghouse with the file's control number.";
    /// TA1 or 999 refused a whole file.
    FileRejected "file_rejected" Tier2 1 "File rejected: claims go out again"
        => "Read which segment was refused. Every claim of the file is back in hand; mend the cause once, then submit them again.";
    /// A file came in that could not be used.
    FileSetApart "file_set_apart" Tier2 1 "Inbound file could not be used"
        => "Read why it was set apart. Ask the clearinghouse for a corrected file, or give it back where it is another practice's; then import it. Where it was ours that was wrong, such as a payer's ids, mend that and read it again here.";
    /// A sealed file is not what was sealed, so it does not leave.
    OutboundFileDamaged "outbound_file_damaged" Tier3 1 "Sealed file damaged: not sent"
        => "Run verify: it names what was changed. Restore a backup in which the file is whole; it then leaves with the next delivery. Find out who touched the database.";
    /// The payer has an earlier version of a claim that was mended and not sent.
    EarlierVersionAccepted "earlier_version_accepted" Tier2 1 "Payer has an earlier version"
        => "Compare what was mended with what the payer has. Resolve to leave the claim with the payer: a decision that came meanwhile is posted by itself. After its decision send a corrected claim where it still matters.";
    /// The order of payers was corrected after a payer had decided.
    PayerOrder "payer_order" Tier2 3 "Order of payers changed after a decision"
        => "Ask both payers which of them goes first. Void the claim that was decided in the wrong place; when its payer has taken its decision back, bill the visit anew: the first payer is asked, and then the next with what it decided. Where the order was right for that day, end this with a word.";
    /// A replacement or void of a decided claim is being made.
    CorrectedClaim "corrected_claim" Tier2 5 "Corrected claim to send"
        => "Change the visit or its codes where they were wrong; the payer's number of the claim is filled in. Then send the correction from the claim's page, or drop it there: what the payer decided then stands. The deadline is the payer's for corrections.";
    /// No acknowledgment came in time.
    AcknowledgmentMissing "acknowledgment_missing" Tier1 1 "No acknowledgment from the payer"
        => "Look for the file in the clearinghouse's mailbox, ask for the claim's status, resend the same bytes if it never arrived.";
    /// No remittance came by the follow-up date.
    RemittanceMissing "remittance_missing" Tier1 3 "No decision from the payer"
        => "Ask the claim's status (276). In process: set the next date. Not on file: resubmit. Paid: find the remittance by its trace.";
    /// A service of a visit came after its claim went out.
    LateCharge "late_charge" Tier2 3 "Charge after the claim went out"
        => "Compare it with the note of the visit. If it was done, send a corrected claim with the line. Nothing of it is charged until then; if it was not done, say so.";
    /// The payer decided and paid nothing, or not all lines.
    Denied "denied" Tier2 3 "Denied by the payer"
        => "Read the reason and remark codes. Correct, appeal within the payer's limit, or accept with a reason. Never bill the patient for it.";
    /// A payer took its decision back and no new one came.
    Reversed "reversed" Tier2 5 "Payment taken back"
        => "Wait for the correction in the same or the next remittance; if none comes, call the payer with its claim number.";
    /// Another payer is next.
    BillNextPayer "bill_next_payer" Tier1 3 "Bill the next payer"
        => "Check the order of coverages and that the next one was in force; then bill it, with what the first one decided. Most leave by themselves in the night. Bill the patient where no further plan pays.";
    /// Nothing of a payment was posted: it does not add up, is made out to another payee, or cannot be true.
    RemittanceQuarantined "remittance_quarantined" Poster 1 "Payment not posted"
        => "Read why: an equation that fails and by how much, another payee, a day far ahead. Ask the payer for a corrected file; nothing is posted until it balances. Where our own data kept it out, mend them and read it again here.";
    /// A payment balances and its payer's setting leaves it to a person to post it.
    RemittanceWaits "remittance_waits" Poster 2 "Payment waits to be posted"
        => "Open the remittance: its page shows each entry that posting would make, and why it did not post by itself. Mend what can be mended first; then post it there with one click. It ends when the payment is posted.";
    /// A claim inside a remittance does not add up, or is none that may be posted yet; its cash waits.
    ClaimSetAside "claim_set_aside" Poster 2 "Claim set aside"
        => "Read why: an equation and the segment at fault, an earlier version of the claim, a payment that is missing. Its cash waits in unapplied; ask the payer, or apply it to the claim's lines. It ends when no cash of it waits, and by itself where what it waits for comes.";
    /// Paid for a claim that is not ours, or not found.
    UnmatchedCash "unmatched_cash" Poster 3 "Payment without a claim of ours"
        => "Search by name, date and amount. Apply it to the line it pays, or ask the payer to take it back. It ends when no cash of it waits.";
    /// Two people posted a claim payment that does not add up; its difference is in suspense.
    SuspenseDifference "suspense_difference" Poster 5 "Difference in suspense"
        => "Ask the payer for a reversal and a right decision; when they come, it empties by itself. Where the payer says what it is, move it to the line it is owed for: Tier 2 then asks for it, or has it written off by two people. It ends when none of it is in suspense.";
    /// Money came into the bank that no posted remittance announced.
    BankLineUnplaced "bank_line_unplaced" Poster 3 "Money in the bank without its remittance"
        => "Open the bank's page. Import the remittance that is missing and the two meet by themselves; or say which remittance it is, or that patients paid it at the desk. Where the amounts differ, ask the payer. It ends when the line has its place.";
    /// A remittance announced money that the bank does not have.
    TransferMissing "transfer_missing" Poster 2 "Announced money is not in the bank"
        => "Compare number, amount and day with the bank. Ask the payer to trace the transfer or the check; a check may have gone to an old address. It ends when the money is in the bank.";
    /// An item of a payer's ledger went the wrong way, says not what it is for, or stays open.
    PayerRecoupment "payer_recoupment" Poster 5 "Payer's ledger: item to clear"
        => "Open the item in the payers' ledger: each movement names its remittance and segment. Money taken that no reversal announced: find the claim. Valid: wait for its reversal, or apply it to the claim's line, which is owed again. Not valid: rebut within the payer's window. A refund that is acknowledged: apply it to the line it was for. Open for long: ask the payer which payment ends it.";
    /// A payer kept money for taxes, a creditor, a fee or itself.
    PayerKeeps "payer_keeps" Tier3 3 "Payer kept money outside any claim"
        => "Read the reason. Taxes: the payer does not have our tax id right; send a W-9, and keep the amount for the tax return. A levy: ask who holds it, and tell the owner today. A fee or a penalty: look into the contract, and ask for it back where it does not stand there.";
    /// A payment came as a virtual card, which costs a fee.
    VirtualCard "virtual_card" Poster 5 "Paid by virtual card, with a fee"
        => "Charge the card before it expires and book the fee. Then opt out at the payer or its card company: nobody must take cards, and a plan must pay by standard EFT when asked (45 CFR 162.925, 162.1602). Ask for EFT with an ERA on the same day.";
    /// A payer took back money of a charge of which a refund was given or asked for.
    RefundTakenBack "refund_taken_back" Tier2 2 "Taken back although refunded"
        => "Compare the refund with what the payer took. Not sent yet: withdraw it. Sent to the payer: send it the proof and ask for the money back, or for an acknowledgment (72). Sent to the patient: wait for the new decision; the patient owes again only what it says.";
    /// A patient's check came back unpaid.
    PaymentReturned "payment_returned" Tier1 3 "Returned check"
        => "The visits it paid are owed again. Call the patient before the next statement: ask for cash or a card, and note what was agreed. Never present the check a second time without the bank's word.";
    /// A card's bank took a payment back and wants an answer.
    PaymentDisputed "payment_disputed" Tier2 2 "Card payment in dispute"
        => "Answer the processor before the last day, with the receipt, the statement and the consent on file, and nothing clinical. The poster says on the page of returned payments how it ended; the item then ends by itself.";
    /// More was received than owed.
    CreditBalance "credit_balance" Tier2 5 "Credit balance"
        => "Find whose money it is. Apply it to another open balance of the same person, or ask for a refund on the account; the 60-day clock runs for payers.";
    /// Somebody asked; Tier 1 answers.
    Inquiry "inquiry" Tier1 2 "Inquiry"
        => "Verify two identifiers, answer from the account, write down what was said. Escalate with a handover if it needs a decision.";
    /// Somebody disputes, complains or threatens; Tier 2 answers.
    Complaint "complaint" Tier2 1 "Complaint or dispute"
        => "Acknowledge within one business day. Stop statements for what is disputed. Answer in writing, name the cause.";
}

impl WorkReason {
    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_reads_back_and_tells_what_to_do() {
        for reason in WorkReason::ALL {
            assert_eq!(WorkReason::parse(reason.as_str()), Some(*reason));
            assert!(reason.playbook().len() > 40 && !reason.title().is_empty());
        }
    }

    #[test]
    fn what_a_remittance_denied_is_never_tier_ones() {
        assert!(WorkReason::Denied.desk() > Desk::Tier1);
    }
}
