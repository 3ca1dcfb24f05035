//! Every kind of clock: one variant a legal or contract clock. The compiler asks for its length, its source, its warnings
//! and its words; `docs/reference/clocks.md` is printed from here. A figure of law carries the day on which somebody held
//! it against its source, or none; a practice or a payer's contract may always say otherwise, in data.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::Length::{BusinessDays, Days, Months};
use super::Nature::{Duty, Right, Watch};
use super::Source::{Contract, Given, Law, Practice, State};
use super::{ClockFacts, Source};
use crate::Money;

/// What a bill must be over its good-faith estimate, for one provider, before a patient may dispute it federally.
/// Source: 45 CFR 149.620(a)(2).
pub const DISPUTE_OVER: Money = Money::from_cents(40_000);

/// The day on which figures were held against the official texts, or pages that quote them.
const CHECKED: Option<Date> = Some(date(2026, 11, 22));

/// A law that was held against its source.
const fn checked(citation: &'static str) -> Source {
    Law { citation, checked: CHECKED }
}

/// A law whose figure nobody held against its text yet.
const fn unchecked(citation: &'static str) -> Source {
    Law { citation, checked: None }
}

macro_rules! clocks {
    ($($(#[$doc:meta])* $variant:ident $word:literal $title:literal $nature:ident $length:expr, $source:expr,
       medicare $medicare:expr, extends $extends:literal, warns $warns:expr,
       $starts:literal => $ends:literal;)*) => {
        /// A kind of clock.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ClockKind { $($(#[$doc])* $variant),* }

        impl ClockKind {
            /// Every kind, in the order of the reference page.
            pub const ALL: &'static [ClockKind] = &[$(ClockKind::$variant),*];

            /// The stored word.
            pub fn as_str(self) -> &'static str { match self { $(ClockKind::$variant => $word),* } }

            /// What is the same for every clock of this kind.
            pub fn facts(self) -> &'static ClockFacts {
                match self {
                    $(ClockKind::$variant => {
                        const FACTS: ClockFacts = ClockFacts {
                            title: $title,
                            nature: $nature,
                            length: $length,
                            source: $source,
                            medicare: $medicare,
                            extends: $extends,
                            warns: $warns,
                            starts: $starts,
                            ends: $ends,
                        };
                        &FACTS
                    }),*
                }
            }
        }
    };
}

impl ClockKind {
    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<ClockKind> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// What a page says, short.
    pub fn title(self) -> &'static str {
        self.facts().title
    }
}

/// Warnings of a clock of months: time to find the cause, to mend, and to send.
const LONG: &[u32] = &[20, 10, 3];
/// Warnings of a clock of weeks.
const SHORT: &[u32] = &[10, 3, 1];
/// Warnings of a clock of days.
const DAYS: &[u32] = &[1, 0];
/// What another must do is looked at when its day is here.
const ON_THE_DAY: &[u32] = &[0];

clocks! {
    /// The first claim to the first payer.
    TimelyFiling "timely_filing" "Filing limit" Right Some(Days(90)), Contract,
        medicare Some((Months(12), checked("42 CFR 424.44"))), extends false, warns LONG,
        "The date of service of a claim" => "The payer accepts the claim (277CA), or decides it";
    /// A claim to a payer after another one.
    SecondaryFiling "secondary_filing" "Filing limit after another payer" Right Some(Days(90)), Contract,
        medicare Some((Months(12), checked("42 CFR 424.44"))), extends false, warns LONG,
        "The decision of the payer before; the date of service where its contract or Medicare counts from there"
        => "The payer accepts the claim (277CA), or decides it";
    /// A replacement or void of a decided claim.
    CorrectedClaim "corrected_claim" "Limit for a corrected claim" Right Some(Days(180)), Contract,
        medicare None, extends false, warns LONG,
        "The remittance that decided the claim; the first limit goes on where the contract says nothing"
        => "The payer accepts the correction, or it is dropped";
    /// First level of appeal; of Medicare, the redetermination.
    AppealFirst "appeal_first" "Appeal, level 1" Right Some(Days(180)), Contract,
        medicare Some((Days(120), checked("42 CFR 405.942"))), extends true, warns LONG,
        "The remittance that denied" => "The appeal is sent, the claim is paid, or the denial is accepted";
    /// Second level; of Medicare, the reconsideration.
    AppealSecond "appeal_second" "Appeal, level 2" Right Some(Days(60)), Contract,
        medicare Some((Days(180), checked("42 CFR 405.962"))), extends true, warns LONG,
        "The decision of level 1" => "The appeal of level 2 is sent, or the decision is accepted";
    /// Third level; of Medicare, the hearing before an administrative law judge.
    AppealThird "appeal_third" "Appeal, level 3" Right Some(Days(60)), Contract,
        medicare Some((Days(60), checked("42 CFR 405.1014"))), extends true, warns LONG,
        "The decision of level 2" => "The hearing is asked for, or the decision is accepted";
    /// Fourth level; of Medicare, the Appeals Council.
    AppealFourth "appeal_fourth" "Appeal, level 4" Right Some(Days(60)), Contract,
        medicare Some((Days(60), checked("42 CFR 405.1102"))), extends true, warns LONG,
        "The decision of level 3" => "The review is asked for, or the decision is accepted";
    /// Fifth level; of Medicare, a federal court.
    AppealFifth "appeal_fifth" "Appeal, level 5" Right Some(Days(60)), Contract,
        medicare Some((Days(60), checked("42 CFR 405.1136"))), extends true, warns LONG,
        "The decision of level 4" => "The action is filed, or the decision is accepted";
    /// A reviewer outside the plan.
    ExternalReview "external_review" "External review" Right Some(Months(4)), unchecked("45 CFR 147.136(d)"),
        medicare None, extends false, warns LONG,
        "The plan's last decision on an appeal" => "The review is asked for, or the decision is accepted";
    /// Medicare's contractor looks again, for any reason.
    Reopening "reopening" "Reopening" Right Some(Months(12)), unchecked("42 CFR 405.980"),
        medicare None, extends false, warns LONG,
        "Medicare's first decision" => "The reopening is asked for, or not wanted";
    /// The same for good cause.
    ReopeningForCause "reopening_for_cause" "Reopening for good cause" Right Some(Months(48)), unchecked("42 CFR 405.980"),
        medicare None, extends false, warns LONG,
        "Medicare's first decision" => "The reopening is asked for, or not wanted";
    /// A payer must decide and pay a clean claim.
    PromptPay "prompt_pay" "Prompt pay" Watch None, State,
        medicare Some((Days(30), unchecked("Social Security Act 1842(c)(2)"))), extends false, warns ON_THE_DAY,
        "The payer accepts a claim" => "The payer decides the claim";
    /// A payer must decide a prior authorization.
    AuthorizationDecision "authorization_decision" "Decision on a prior authorization" Watch Some(Days(7)),
        unchecked("42 CFR 422.568(b), 438.210(d), 440.230(e)"),
        medicare None, extends true, warns ON_THE_DAY,
        "The request for the authorization" => "The payer decides";
    /// The same where waiting would harm the patient: 72 hours.
    AuthorizationUrgent "authorization_urgent" "Urgent decision on a prior authorization" Watch Some(Days(3)),
        unchecked("42 CFR 422.572(a), 438.210(d), 440.230(e)"),
        medicare None, extends true, warns ON_THE_DAY,
        "The expedited request" => "The payer decides";
    /// A prior authorization ends, or its units do.
    AuthorizationExpiry "authorization_expiry" "End of a prior authorization" Right None, Given,
        medicare None, extends true, warns SHORT,
        "The authorization, with its last day" => "The service is done, or the authorization is renewed";
    /// How long the next payer is left to get a claim that was passed on.
    Crossover "crossover" "Crossover wait" Watch Some(Days(30)), Practice,
        medicare None, extends false, warns ON_THE_DAY,
        "A remittance says that the claim was passed on" => "The next payer decides, or is billed by us";
    /// Money of a payer must go back.
    OverpaymentReturn "overpayment_return" "Overpayment to give back" Duty Some(Days(60)), checked("42 CFR 401.305(b)"),
        medicare None, extends false, warns SHORT,
        "The day on which the overpayment was found; it stands still during an investigation" => "Nothing of it stands there any more";
    /// A search for related overpayments must end.
    OverpaymentInvestigation "overpayment_investigation" "Investigation of overpayments" Duty Some(Days(180)),
        checked("42 CFR 401.305(b)(3)"), medicare None, extends false, warns LONG,
        "The day on which the overpayment was found" => "The investigation is concluded";
    /// Money of a patient must go back.
    RefundDue "refund_due" "Refund to a patient" Duty Some(Days(30)), Practice,
        medicare None, extends false, warns SHORT,
        "The day on which the credit was found" => "Nothing of it stands there any more";
    /// A credit nobody claims goes to the state.
    UnclaimedProperty "unclaimed_property" "Unclaimed property" Duty None, State,
        medicare None, extends false, warns LONG,
        "The last sign of its owner" => "It is given back, or reported to the state";
    /// A payer may not take money back for ever.
    RecoupmentLookBack "recoupment_look_back" "Payer's look-back for taking money back" Watch Some(Months(12)), Contract,
        medicare None, extends false, warns ON_THE_DAY,
        "The payment" => "The payer can take it back no more";
    /// A statement against money being taken back.
    RecoupmentRebuttal "recoupment_rebuttal" "Rebuttal of a recoupment" Right Some(Days(15)), checked("42 CFR 405.374"),
        medicare None, extends true, warns SHORT,
        "The payer's demand letter" => "The statement is sent, or the demand is accepted";
    /// An appeal early enough that nothing is taken while it is open.
    RecoupmentStop "recoupment_stop" "Appeal that stops a recoupment" Right Some(Days(30)), checked("42 CFR 405.379"),
        medicare None, extends false, warns SHORT,
        "The payer's demand letter" => "The redetermination is asked for, or the demand is accepted";
    /// An estimate for a visit that is three to nine business days away.
    EstimateSoon "estimate_soon" "Good-faith estimate, visit soon" Duty Some(BusinessDays(1)), checked("45 CFR 149.610(b)(1)(vi)"),
        medicare None, extends false, warns DAYS,
        "A visit is scheduled, three to nine business days ahead, for somebody without insurance or who does not use it"
        => "The estimate is given";
    /// An estimate for a later visit, or that was asked for.
    EstimateAsked "estimate_asked" "Good-faith estimate" Duty Some(BusinessDays(3)), checked("45 CFR 149.610(b)(1)(vi)"),
        medicare None, extends false, warns DAYS,
        "Somebody asks, or a visit is scheduled ten business days ahead or more" => "The estimate is given";
    /// A patient may dispute a bill of $400 or more over its estimate; nothing of it may be collected meanwhile.
    EstimateDispute "estimate_dispute" "Patient's dispute of a bill over its estimate" Watch Some(Days(120)),
        checked("45 CFR 149.620(c)"), medicare None, extends false, warns ON_THE_DAY,
        "The first bill that is $400 or more over its estimate" => "The dispute is decided, or its time is over";
    /// A patient's right to see and have a copy.
    RecordsRequest "records_request" "Records requested by a patient" Duty Some(Days(30)), checked("45 CFR 164.524(b)(2)"),
        medicare None, extends true, warns SHORT,
        "The request" => "The records are given, or the refusal is written";
    /// A bill line by line, as a state or the practice's policy promises it.
    ItemizedBill "itemized_bill" "Itemized bill" Duty Some(Days(30)), Practice,
        medicare None, extends false, warns SHORT,
        "The request" => "The bill is given";
    /// Statements stand still while insurance is asked or a dispute is open.
    StatementHold "statement_hold" "Statement hold" Watch Some(Days(45)), Practice,
        medicare None, extends true, warns ON_THE_DAY,
        "Statements of an account are held" => "The hold is lifted";
    /// Somebody complained and must hear that we know.
    ComplaintAcknowledgment "complaint_acknowledgment" "Complaint to acknowledge" Duty Some(BusinessDays(1)), Practice,
        medicare None, extends false, warns DAYS,
        "A complaint is logged" => "Somebody answers it";
    /// A letter came back.
    ReturnedMail "returned_mail" "Returned mail" Duty Some(BusinessDays(10)), Practice,
        medicare None, extends true, warns DAYS,
        "A letter comes back" => "A new address is entered, or the account is marked";
    /// What a patient or a payer was asked for is asked for again.
    GatheringRetry "gathering_retry" "Ask again" Duty Some(BusinessDays(3)), Practice,
        medicare None, extends true, warns ON_THE_DAY,
        "Somebody is asked for something" => "It comes, or is asked for again";
    /// A card's bank took a payment back and wants an answer.
    ChargebackAnswer "chargeback_answer" "Answer to a card dispute" Right Some(Days(20)), Contract,
        medicare None, extends false, warns SHORT,
        "The card's bank opens a dispute" => "The answer is sent, or the dispute is accepted";
    /// What a dead patient owes is claimed from the estate.
    EstateClaim "estate_claim" "Claim against an estate" Right None, State,
        medicare None, extends true, warns SHORT,
        "The letters or the notice that the state's law counts from" => "The claim is filed, or the debt is given up";
    /// What a bankrupt patient owes is claimed from the court.
    BankruptcyClaim "bankruptcy_claim" "Proof of claim in a bankruptcy" Right Some(Days(70)), checked("Federal Rule of Bankruptcy Procedure 3002(c)"),
        medicare None, extends true, warns SHORT,
        "The order for relief, chapters 7, 12 and 13" => "The proof of claim is filed, or the debt is given up";
    /// The same for a practice that is part of a government.
    BankruptcyClaimPublic "bankruptcy_claim_public" "Proof of claim of a public practice" Right Some(Days(180)),
        checked("Federal Rule of Bankruptcy Procedure 3002(c)(1)"), medicare None, extends true, warns LONG,
        "The order for relief" => "The proof of claim is filed, or the debt is given up";
    /// A payer wants documents.
    AttachmentAnswer "attachment_answer" "Documents that a payer asked for" Right Some(Days(45)), Contract,
        medicare Some((Days(45), unchecked("CMS Publication 100-08, chapter 3, 3.2.3.2"))), extends true, warns SHORT,
        "The payer's request" => "The documents are sent, or the denial is accepted";
    /// Talks about an out-of-network payment must be asked for.
    OpenNegotiation "open_negotiation" "Open negotiation to begin" Right Some(BusinessDays(30)), checked("45 CFR 149.510(b)(1)"),
        medicare None, extends false, warns SHORT,
        "The first payment or denial of an out-of-network service" => "The notice is sent, or the payment is accepted";
    /// Talks about an out-of-network payment end.
    NegotiationPeriod "negotiation_period" "Open negotiation" Watch Some(BusinessDays(30)), checked("45 CFR 149.510(b)(1)"),
        medicare None, extends true, warns ON_THE_DAY,
        "The notice that opened it" => "Both agree, or the period is over";
    /// Independent dispute resolution must be asked for.
    DisputeResolution "dispute_resolution" "Independent dispute resolution to begin" Right Some(BusinessDays(4)),
        checked("45 CFR 149.510(b)(2)"), medicare None, extends false, warns &[3, 1, 0],
        "The last day of the open negotiation" => "It is asked for, or the payment is accepted";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_from_its_word_and_says_what_it_is() {
        for kind in ClockKind::ALL {
            assert_eq!(ClockKind::parse(kind.as_str()), Some(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str(), "stored and serialized alike");
            let facts = kind.facts();
            assert!(!facts.starts.is_empty() && !facts.ends.is_empty(), "{kind:?}");
            assert!(facts.warns.windows(2).all(|pair| pair[0] > pair[1]), "{kind:?}: warnings come nearer");
            assert!(!facts.warns.is_empty(), "{kind:?}: nobody would be told");
            // What has no length of its own must get it from a table or from the thing.
            assert!(facts.length.is_some() || matches!(facts.source, State | Given), "{kind:?}");
        }
    }

    #[test]
    fn a_law_names_where_it_stands() {
        let laws = ClockKind::ALL.iter().flat_map(|kind| {
            let facts = kind.facts();
            [Some(facts.source), facts.medicare.map(|(_, source)| source)].into_iter().flatten()
        });
        for source in laws {
            if let Law { citation, .. } = source {
                assert!(citation.contains(char::is_numeric), "{citation}");
            }
        }
    }
}
