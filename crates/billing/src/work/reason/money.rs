//! Reasons that posting, the bank and the books raise by themselves.
//! Words and numbers are the program’s; a practice sets its own over them.

use crate::clock::ClockKind;

use super::spec::{Family, ReasonSpec, RequiredData as Data, Side, Skill};
use super::{Desk, ResolutionCode as Code};

pub(super) const REMITTANCE_QUARANTINED: ReasonSpec = ReasonSpec {
    title: "Payment not posted",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Poster,
    side: Side::Payer,
    first_action: 1,
    resolve: 1,
    clock: None,
    chance: 950,
    checklist: &["Read why", "Ask for a corrected file, or mend our data", "Read it again"],
    required: &[Data::Summary],
    resolutions: &[Code::Posted, Code::RemittanceRetrieved, Code::NoActionNeeded],
    playbook: "Read why: an equation that fails and by how much, another payee, a day far ahead. Ask the payer for a corrected file; nothing is posted until it balances. Where our own data kept it out, mend them and read it again here.",
};

pub(super) const REMITTANCE_WAITS: ReasonSpec = ReasonSpec {
    title: "Payment waits to be posted",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Poster,
    side: Side::Payer,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 1000,
    checklist: &["Open the remittance", "Look at each entry", "Post it"],
    required: &[Data::Summary],
    resolutions: &[Code::Posted],
    playbook: "Open the remittance: its page shows each entry that posting would make, and why it did not post by itself. Mend what can be mended first; then post it there with one click. It ends when the payment is posted.",
};

pub(super) const CLAIM_SET_ASIDE: ReasonSpec = ReasonSpec {
    title: "Claim set aside",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Poster,
    side: Side::Payer,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 900,
    checklist: &["Read which equation fails", "Ask the payer", "Apply the cash"],
    required: &[Data::Summary],
    resolutions: &[Code::Posted, Code::Transferred, Code::Refunded],
    playbook: "Read why: an equation and the segment at fault, an earlier version of the claim, a payment that is missing. Its cash waits in unapplied; ask the payer, or apply it to the claim's lines. It ends when no cash of it waits, and by itself where what it waits for comes.",
};

pub(super) const UNMATCHED_CASH: ReasonSpec = ReasonSpec {
    title: "Payment without a claim of ours",
    catalogue: Some("Y21"),
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Poster,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: None,
    chance: 850,
    checklist: &["Search by name, day and amount", "Apply it", "Else ask the payer to take it back"],
    required: &[Data::PaymentTrace],
    resolutions: &[Code::Posted, Code::Transferred, Code::Refunded],
    playbook: "Search by name, date and amount. Apply it to the line it pays, or ask the payer to take it back. It ends when no cash of it waits.",
};

pub(super) const SUSPENSE_DIFFERENCE: ReasonSpec = ReasonSpec {
    title: "Difference in suspense",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Poster,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: None,
    chance: 700,
    checklist: &["Ask for a reversal and a right decision", "Move it to its line where the payer says what it is"],
    required: &[Data::Summary],
    resolutions: &[Code::Posted, Code::Reprocessed, Code::Transferred],
    playbook: "Ask the payer for a reversal and a right decision; when they come, it empties by itself. Where the payer says what it is, move it to the line it is owed for: Tier 2 then asks for it, or has it written off by two people. It ends when none of it is in suspense.",
};

pub(super) const BANK_LINE_UNPLACED: ReasonSpec = ReasonSpec {
    title: "Money in the bank without its remittance",
    catalogue: Some("Y21"),
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Poster,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: None,
    chance: 950,
    checklist: &["Look for its remittance", "Retrieve it", "Say where it belongs"],
    required: &[Data::PaymentTrace],
    resolutions: &[Code::Posted, Code::RemittanceRetrieved, Code::Transferred],
    playbook: "Open the bank's page. Import the remittance that is missing and the two meet by themselves; or say which remittance it is, or that patients paid it at the desk. Where the amounts differ, ask the payer. It ends when the line has its place.",
};

pub(super) const TRANSFER_MISSING: ReasonSpec = ReasonSpec {
    title: "Announced money is not in the bank",
    catalogue: Some("Y21"),
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Poster,
    side: Side::Payer,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 900,
    checklist: &["Compare number, amount and day with the bank", "Ask for a trace"],
    required: &[Data::PaymentTrace],
    resolutions: &[Code::PaymentTraced, Code::Reissued, Code::Posted],
    playbook: "Compare number, amount and day with the bank. Ask the payer to trace the transfer or the check; a check may have gone to an old address. It ends when the money is in the bank.",
};

pub(super) const PAYER_RECOUPMENT: ReasonSpec = ReasonSpec {
    title: "Payer's ledger: item to clear",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Poster,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::RecoupmentRebuttal),
    chance: 500,
    checklist: &["Which remittance and segment", "Find the claim", "Valid or not", "Apply it or rebut"],
    required: &[Data::Summary],
    resolutions: &[Code::AgreedToRepay, Code::Rebutted, Code::Posted],
    playbook: "Open the item in the payers' ledger: each movement names its remittance and segment. Money taken that no reversal announced: find the claim. Valid: wait for its reversal, or apply it to the claim's line, which is owed again. Not valid: rebut within the payer's window. A refund that is acknowledged: apply it to the line it was for. Open for long: ask the payer which payment ends it.",
};

pub(super) const PAYER_KEEPS: ReasonSpec = ReasonSpec {
    title: "Payer kept money outside any claim",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Tier3,
    skill: Skill::Compliance,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: None,
    chance: 400,
    checklist: &["Read the reason", "Send the tax form, ask who holds the levy, or look into the contract"],
    required: &[Data::Summary],
    resolutions: &[Code::ResponseSent, Code::Accepted, Code::ContractDisputed],
    playbook: "Read the reason. Taxes: the payer does not have our tax id right; send a W-9, and keep the amount for the tax return. A levy: ask who holds it, and tell the owner today. A fee or a penalty: look into the contract, and ask for it back where it does not stand there.",
};

pub(super) const VIRTUAL_CARD: ReasonSpec = ReasonSpec {
    title: "Paid by virtual card, with a fee",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Payments,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: None,
    chance: 950,
    checklist: &["Charge the card before it ends", "Book the fee", "Opt out and ask for transfers"],
    required: &[Data::Summary],
    resolutions: &[Code::Posted, Code::EnrollmentOn],
    playbook: "Charge the card before it expires and book the fee. Then opt out at the payer or its card company: nobody must take cards, and a plan must pay by standard EFT when asked (45 CFR 162.925, 162.1602). Ask for EFT with an ERA on the same day.",
};

pub(super) const REFUND_TAKEN_BACK: ReasonSpec = ReasonSpec {
    title: "Taken back although refunded",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Tier2,
    skill: Skill::PayerRelations,
    side: Side::Payer,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 700,
    checklist: &["Compare refund and recoupment", "Withdraw it, or send its proof"],
    required: &[Data::Summary],
    resolutions: &[Code::ProofSent, Code::Reissued, Code::Cancelled],
    playbook: "Compare the refund with what the payer took. Not sent yet: withdraw it. Sent to the payer: send it the proof and ask for the money back, or for an acknowledgment (72). Sent to the patient: wait for the new decision; the patient owes again only what it says.",
};

pub(super) const PAYMENT_RETURNED: ReasonSpec = ReasonSpec {
    title: "Returned check",
    catalogue: Some("P16"),
    family: Family::Money,
    desk: Desk::Tier1,
    skill: Skill::Payments,
    side: Side::Patient,
    first_action: 1,
    resolve: 3,
    clock: None,
    chance: 600,
    checklist: &["Read the bank's notice", "Call the patient", "Note what was agreed"],
    required: &[Data::Account, Data::BankNotice],
    resolutions: &[Code::PaymentReplaced, Code::PlanMade, Code::FlagSet],
    playbook: "The visits it paid are owed again. Call the patient before the next statement: ask for cash or a card, and note what was agreed. Never present the check a second time without the bank's word.",
};

pub(super) const PAYMENT_DISPUTED: ReasonSpec = ReasonSpec {
    title: "Card payment in dispute",
    catalogue: Some("P16"),
    family: Family::Money,
    desk: Desk::Tier2,
    skill: Skill::Payments,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: Some(ClockKind::ChargebackAnswer),
    chance: 500,
    checklist: &["Gather receipt, statement and consent", "Answer the processor before its day", "Book how it ended"],
    required: &[Data::Account, Data::BankNotice],
    resolutions: &[Code::DisputeAnswered, Code::Accepted, Code::PaymentReplaced],
    playbook: "Answer the processor before the last day, with the receipt, the statement and the consent on file, and nothing clinical. The poster says on the page of returned payments how it ended; the item then ends by itself.",
};

pub(super) const REFUND_UNCASHED: ReasonSpec = ReasonSpec {
    title: "Refund check not cashed",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Tier2,
    skill: Skill::Payments,
    side: Side::Patient,
    first_action: 2,
    resolve: 10,
    clock: None,
    chance: 800,
    checklist: &["Compare address and bank", "Ask the payee whether it came", "After 180 days have it stopped"],
    required: &[Data::Account, Data::CheckData],
    resolutions: &[Code::PaymentTraced, Code::Reissued, Code::Refunded],
    playbook: "Ask the payee whether the check came, and whether the address is right. After 180 days a manager has the bank stop it and says so on the page of checks nobody cashed: the money is then owed to its owner again, and a new refund is asked for. Where nobody is found, hold it for the state's unclaimed property; it is never the practice's.",
};

pub(super) const PAY_NOTICE_UNPLACED: ReasonSpec = ReasonSpec {
    title: "Card payment by link without an account",
    catalogue: None,
    family: Family::Money,
    desk: Desk::Poster,
    skill: Skill::Poster,
    side: Side::Patient,
    first_action: 1,
    resolve: 1,
    clock: None,
    chance: 900,
    checklist: &["Ask the processor who paid", "Give the payment its account"],
    required: &[Data::PaymentTrace],
    resolutions: &[Code::Posted, Code::Refunded],
    playbook: "Ask the processor who paid: it has our reference and the card's name. On the page of payments by link give the payment its account; it is then posted under the processor's reference, once. Where nobody is found, have the processor give it back.",
};

pub(super) const CREDIT_BALANCE: ReasonSpec = ReasonSpec {
    title: "Credit balance",
    catalogue: Some("Y20"),
    family: Family::Money,
    desk: Desk::Tier2,
    skill: Skill::Payments,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::OverpaymentReturn),
    chance: 900,
    checklist: &["Whose money is it", "Are there others of the same cause", "Apply it or ask for the refund"],
    required: &[Data::Ledger],
    resolutions: &[Code::Refunded, Code::Transferred, Code::Posted, Code::AgreedToRepay],
    playbook: "Find whose money it is. Apply it to another open balance of the same person, or ask for a refund on the account; the 60-day clock runs for payers.",
};
