//! Answers to what we sent. A TA1 speaks of an interchange, a 999 of groups and sets, a 277CA of claims; each moves
//! exactly the claims it covers.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::named_parties::NamedParties;
use crate::Money;
use crate::work::WorkReason;

/// One answer, as plain facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acknowledgment {
    /// TA1: of one interchange of ours.
    Interchange(InterchangeAcknowledgment),
    /// 999: of one group of ours.
    Group(GroupAcknowledgment),
    /// 277CA: of claims.
    Claims(ClaimsAcknowledgment),
}

/// Who sent a file to whom, trimmed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterchangeEnds {
    /// ISA06.
    pub sender: String,
    /// ISA08.
    pub receiver: String,
}

impl InterchangeEnds {
    /// Whether a file between these ends can answer one that was sent between those. The receiver of ours signs with the
    /// name we know it by, or with another of its own.
    pub fn answers<'n>(&self, sent: &InterchangeEnds, other_names: impl IntoIterator<Item = &'n str>) -> bool {
        let is_receiver = self.sender == sent.receiver || other_names.into_iter().any(|name| name == self.sender);
        !self.sender.is_empty() && is_receiver && self.receiver == sent.sender
    }
}

/// TA1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterchangeAcknowledgment {
    /// Who sent the answer to whom.
    pub ends: InterchangeEnds,
    /// ISA13 of the file it answers.
    pub interchange: i64,
    /// ISA09 of the file it answers (TA102), YYMMDD as it stands.
    pub sent_on: String,
    /// ISA10 of the file it answers (TA103), HHMM as it stands.
    pub sent_at: String,
    /// A accepted, E accepted with errors, R rejected.
    pub accepted: bool,
    /// TA105.
    pub note_code: String,
    /// The segment as it stands in the file.
    pub raw: String,
}

/// 999: of one group with its sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAcknowledgment {
    /// Who sent the answer to whom.
    pub ends: InterchangeEnds,
    /// GS06 of the group it answers (AK102).
    pub group: i64,
    /// GS01 of the group it answers (AK101): HC claims, HS eligibility …
    pub functional_id: String,
    /// AK901 is A, E or P.
    pub accepted: bool,
    /// AK902: sets that the group should hold by its own count.
    pub sets_included: i64,
    /// AK903: sets that came.
    pub sets_received: i64,
    /// Each set it names.
    pub sets: Vec<SetAcknowledgment>,
    /// AK9 as it stands in the file.
    pub raw: String,
}

/// 999: of one transaction set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAcknowledgment {
    /// ST02 of the set (AK202).
    pub set: i64,
    /// IK501 is A or E.
    pub accepted: bool,
    /// Errors in words: segment, element, code.
    pub errors: Vec<String>,
    /// AK2 to IK5 as they stand in the file.
    pub raw: String,
}

/// 277CA: from whom, and what of each claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsAcknowledgment {
    /// Who sent the answer to whom.
    pub ends: InterchangeEnds,
    /// The sender is the payer itself (NM101 PR), not a clearinghouse (AY): only a payer's acceptance is one.
    pub from_payer: bool,
    /// Its name.
    pub sender_name: String,
    /// Which file of ours it speaks of (TRN02 of loop 2200B, the BHT03 we sent); empty when it does not say.
    pub submission_reference: String,
    /// Each claim.
    pub claims: Vec<ClaimAcknowledgment>,
}

/// 277CA: of one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAcknowledgment {
    /// Our number (TRN02 of the claim).
    pub control_number: String,
    /// Who speaks, where it is a payer, and of whose claim (NM1*PR and NM1*85 above the claim).
    pub parties: NamedParties,
    /// What it says: the first STC's composites first.
    pub statuses: Vec<StatusCode>,
    /// STC02.
    pub status_on: Option<Date>,
    /// STC04, where given.
    pub charge_amount: Option<Money>,
    /// REF 1K.
    pub payer_claim_control_number: Option<String>,
    /// Payer's own words (STC12); empty when none.
    pub message: String,
    /// The claim's segments as they stand in the file.
    pub raw: String,
}

/// One category with its status (STC01, STC10, STC11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCode {
    /// A0 to A8 in a 277CA (code list 507).
    pub category: String,
    /// Code list 508.
    pub status: String,
    /// Entity (code list 98); empty when none.
    pub entity: String,
}

/// What a claim acknowledgment says, all its codes taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimAnswer {
    /// A2: taken into adjudication.
    Accepted,
    /// A0, A1: passed on or received; says nothing yet.
    Received,
    /// A3 to A8: not in the payer's system; mend and send again as an original.
    Rejected,
    /// A category that does not belong into a 277CA; noted, moves nothing.
    Unclear,
}

impl ClaimAcknowledgment {
    /// Reads the codes: one refusal is a refusal, else an acceptance is one.
    pub fn answer(&self) -> ClaimAnswer {
        let has = |wanted: &[&str]| self.statuses.iter().any(|code| wanted.contains(&code.category.as_str()));
        if has(&["A3", "A4", "A6", "A7", "A8"]) {
            ClaimAnswer::Rejected
        } else if has(&["A2"]) {
            ClaimAnswer::Accepted
        } else if has(&["A0", "A1"]) {
            ClaimAnswer::Received
        } else {
            ClaimAnswer::Unclear
        }
    }
}

impl ClaimAcknowledgment {
    /// The refusal, receipt or acceptance in plain words; names no patient. Codes that we have no words for stay codes.
    pub fn in_words(&self) -> String {
        let mut sentences: Vec<String> = Vec::new();
        for code in &self.statuses {
            let sentence = code.in_words();
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        if sentences.is_empty() {
            return "It says nothing that we could read".to_owned();
        }
        sentences.join("; ")
    }

    /// Whose work a refusal is: front-desk data that is missing or mistyped is Tier 1's the first time; every other
    /// cause, and every second refusal of the same claim, is Tier 2's, whether the first was an answer of its own or one to
    /// its whole file (TA1, 999). One cause that is not front-desk data decides.
    pub fn work_reason(&self, refusals_before: usize) -> WorkReason {
        let mut refusals = self.statuses.iter().filter(|code| code.is_refusal()).peekable();
        let all_front_desk = refusals.peek().is_some() && refusals.all(StatusCode::is_front_desk);
        if refusals_before == 0 && all_front_desk { WorkReason::RejectedForData } else { WorkReason::Rejected }
    }
}

impl InterchangeAcknowledgment {
    /// The note (TA105) in plain words.
    pub fn in_words(&self) -> String {
        match self.note_code.as_str() {
            "000" => "no error".into(),
            "001" => "the control number at the end differs from the one at the beginning (IEA02)".into(),
            "003" | "006" => "the sender's id is not known to the receiver (ISA06)".into(),
            "007" | "008" => "the receiver's id is not right (ISA08)".into(),
            "014" => "the date of the interchange is not valid (ISA09)".into(),
            "018" => "the control number is not valid (ISA13)".into(),
            "021" => "the number of groups is not right (IEA01)".into(),
            "022" => "the control structure is not valid".into(),
            "023" => "the file ends too early".into(),
            "024" => "the content of the interchange is not valid".into(),
            "025" => "the control number was used before (ISA13)".into(),
            other => format!("note {other} of the interchange acknowledgment"),
        }
    }
}

impl StatusCode {
    /// A3 to A8 without A5: not in the payer's system.
    pub fn is_refusal(&self) -> bool {
        matches!(self.category.as_str(), "A3" | "A4" | "A6" | "A7" | "A8")
    }

    /// Whether the status means front-desk data that is missing or mistyped; which do is a table of `codes`.
    pub fn is_front_desk(&self) -> bool {
        let entity = (!self.entity.is_empty()).then_some(self.entity.as_str());
        codes::claim_status::status(&self.status).is_some_and(|status| status.is_front_desk(entity))
    }

    /// "Rejected, a value is not valid: the member id (subscriber)".
    pub fn in_words(&self) -> String {
        let category = codes::claim_status::category(&self.category)
            .map_or_else(|| format!("Category {}", self.category), |found| found.words.to_owned());
        let status = codes::claim_status::status(&self.status)
            .filter(|found| !found.words.is_empty())
            .map_or_else(|| format!("status {} of list 508", self.status), |found| found.words.to_owned());
        let about = match self.entity.as_str() {
            "" => String::new(),
            code => format!(" ({})", entity_words(code)),
        };
        format!("{}: {}{about}", category.trim_end_matches('.'), status.trim_end_matches('.'))
    }
}

/// Of whom a status speaks, in the words of the desk.
fn entity_words(code: &str) -> String {
    match code {
        "IL" => "subscriber".into(),
        "QC" => "patient".into(),
        "03" => "dependent".into(),
        "85" => "billing provider".into(),
        "82" => "rendering provider".into(),
        "DN" => "referring provider".into(),
        "DQ" => "supervising provider".into(),
        "DK" => "ordering provider".into(),
        "77" => "service facility".into(),
        "87" => "pay-to address".into(),
        "PR" => "payer".into(),
        "40" | "AY" => "clearinghouse".into(),
        "41" => "submitter".into(),
        other => format!("entity {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(codes: &[(&str, &str, &str)]) -> ClaimAcknowledgment {
        ClaimAcknowledgment {
            control_number: "C1".into(),
            parties: NamedParties::default(),
            statuses: codes
                .iter()
                .map(|(category, status, entity)| StatusCode {
                    category: (*category).into(),
                    status: (*status).into(),
                    entity: (*entity).into(),
                })
                .collect(),
            status_on: None,
            charge_amount: None,
            payer_claim_control_number: None,
            message: String::new(),
            raw: String::new(),
        }
    }

    #[test]
    fn front_desk_data_is_tier_ones_the_first_time_only() {
        let member_id = refusal(&[("A7", "164", "IL")]);
        assert_eq!(member_id.work_reason(0), WorkReason::RejectedForData);
        assert_eq!(member_id.work_reason(1), WorkReason::Rejected);
        let diagnosis = refusal(&[("A7", "255", "")]);
        assert_eq!(diagnosis.work_reason(0), WorkReason::Rejected);
        let both = refusal(&[("A7", "164", "IL"), ("A7", "255", "")]);
        assert_eq!(both.work_reason(0), WorkReason::Rejected);
    }

    #[test]
    fn one_refusal_outweighs_an_acceptance() {
        assert_eq!(refusal(&[("A2", "20", "PR")]).answer(), ClaimAnswer::Accepted);
        assert_eq!(refusal(&[("A2", "20", "PR"), ("A7", "164", "IL")]).answer(), ClaimAnswer::Rejected);
        assert_eq!(refusal(&[("A1", "19", "PR")]).answer(), ClaimAnswer::Received);
        assert_eq!(refusal(&[("F1", "65", "")]).answer(), ClaimAnswer::Unclear);
    }

    #[test]
    fn a_refusal_is_said_in_words_once() {
        let words = refusal(&[("A7", "164", "IL"), ("A7", "164", "IL")]).in_words();
        assert!(!words.contains("164") && !words.contains(';'), "{words}");
        assert!(refusal(&[("A3", "9999", "")]).in_words().contains("9999"));
    }
}
