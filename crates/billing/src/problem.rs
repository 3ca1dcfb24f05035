//! Problems of Tier 3: what keeps coming back, recognized by a pattern. Pure: which patterns a case shows, what a pattern is
//! called, how its rate before and after an action compares. Never reads a table and never opens anything.

pub mod effect;
pub mod gathering;

use serde::{Deserialize, Serialize};

pub use effect::{Counted, Effect};
pub use gathering::{GatheringKind, GatheringRule};

use crate::PayerId;
use crate::work::words;

/// Business days after its forming within which a problem has its action plan.
pub const PLAN_BUSINESS_DAYS: u32 = 10;

/// What cases have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Pattern {
    /// A payer denies for a reason (CARC), of one procedure or with one remark (RARC) where these are named.
    Denial {
        /// Who.
        payer: PayerId,
        /// Why.
        carc: String,
        /// Which procedure; any where none.
        procedure: Option<String>,
        /// Which remark; any where none.
        remark: Option<String>,
    },
    /// Work that ended with a cause.
    Cause {
        /// Where it began.
        stage: String,
        /// What went wrong there.
        cause: String,
    },
    /// Claims that are held for a field of registration.
    Field {
        /// Its path without numbers.
        field: String,
    },
    /// Claims that a rule of the scrub holds.
    Scrub {
        /// Which rule.
        rule: String,
    },
}

impl Pattern {
    /// Its stored key: equal for what is the same.
    pub fn key(&self) -> String {
        match self {
            Pattern::Denial { payer, carc, procedure, remark } => {
                let (procedure, remark) = (procedure.as_deref().unwrap_or(""), remark.as_deref().unwrap_or(""));
                format!("denial:{payer}:{carc}:{procedure}:{remark}")
            }
            Pattern::Cause { stage, cause } => format!("cause:{stage}:{cause}"),
            Pattern::Field { field } => format!("field:{field}"),
            Pattern::Scrub { rule } => format!("scrub:{rule}"),
        }
    }

    /// Reads the stored key.
    pub fn from_key(key: &str) -> Option<Pattern> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match key.split(':').collect::<Vec<_>>()[..] {
            ["denial", payer, carc, procedure, remark] => Some(Pattern::Denial {
                payer: payer.parse().ok()?,
                carc: carc.to_owned(),
                procedure: some(procedure),
                remark: some(remark),
            }),
            ["cause", stage, cause] => Some(Pattern::Cause { stage: stage.to_owned(), cause: cause.to_owned() }),
            ["field", field] => Some(Pattern::Field { field: field.to_owned() }),
            ["scrub", rule] => Some(Pattern::Scrub { rule: rule.to_owned() }),
            _ => None,
        }
    }

    /// The kind of gathering that looks for it.
    pub fn kind(&self) -> GatheringKind {
        match self {
            Pattern::Denial { procedure: Some(_), .. } => GatheringKind::DenialProcedure,
            Pattern::Denial { remark: Some(_), .. } => GatheringKind::DenialRemark,
            Pattern::Denial { .. } => GatheringKind::DenialCode,
            Pattern::Cause { .. } => GatheringKind::FrontDeskCause,
            Pattern::Field { .. } => GatheringKind::RegistrationField,
            Pattern::Scrub { .. } => GatheringKind::ScrubRule,
        }
    }

    /// The payer, where it is about one.
    pub fn payer(&self) -> Option<PayerId> {
        match self {
            Pattern::Denial { payer, .. } => Some(*payer),
            Pattern::Cause { .. } | Pattern::Field { .. } | Pattern::Scrub { .. } => None,
        }
    }

    /// What a list says; names no patient.
    pub fn title(&self, payer_name: &str) -> String {
        match self {
            Pattern::Denial { carc, procedure, remark, .. } => {
                let procedure = procedure.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
                let remark = remark.as_ref().map(|code| format!(" with remark {code}")).unwrap_or_default();
                format!("{payer_name} denies{procedure} with reason {carc}{remark}")
            }
            Pattern::Cause { stage, cause } => format!("Work ends with one cause: {stage}, {cause}"),
            Pattern::Field { field } => format!("Claims are held for one field: {}", field.replace(['.', '_'], " ")),
            Pattern::Scrub { rule } => format!("Claims are held by the scrub rule {rule}"),
        }
    }

    /// What is counted for its rate: what it is a part of.
    pub fn of_what(&self) -> &'static str {
        match self {
            Pattern::Denial { .. } => "decided lines",
            Pattern::Cause { .. } => "ended items",
            Pattern::Field { .. } | Pattern::Scrub { .. } => "claims made",
        }
    }
}

/// One part of a line that a payer denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedPart {
    /// Why (CARC).
    pub carc: String,
    /// Of which procedure; none where the claim as a whole was denied.
    pub procedure: Option<String>,
    /// Remarks beside it (RARC).
    pub remarks: Vec<String>,
}

/// Every pattern that a denial shows, each once.
pub fn patterns_of_denial(payer: PayerId, parts: &[DeniedPart]) -> Vec<Pattern> {
    let mut found = Vec::new();
    for part in parts {
        let of = |procedure: Option<String>, remark: Option<String>| Pattern::Denial {
            payer,
            carc: part.carc.clone(),
            procedure,
            remark,
        };
        found.push(of(None, None));
        found.extend(part.procedure.clone().map(|code| of(Some(code), None)));
        found.extend(part.remarks.iter().map(|remark| of(None, Some(remark.clone()))));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A field's path without the numbers of lines and diagnoses, so that the same field of two claims is one.
pub fn field_of(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut is_inside = false;
    for letter in path.chars() {
        match letter {
            '[' => is_inside = true,
            ']' => is_inside = false,
            _ if !is_inside => out.push(letter),
            _ => {}
        }
    }
    out
}

words! {
    /// Where a problem stands.
    ProblemState {
        /// Somebody works on it, or shall.
        Open "open" "Open",
        /// Closed with its cause; opens again when its pattern returns.
        Closed "closed" "Closed",
    }
}

words! {
    /// What was done about a problem.
    ActionKind {
        /// A rule of the practice's own stops such claims before they leave.
        Rule "rule" "Scrub rule",
        /// A payer's setting was changed.
        PayerSetting "payer_setting" "Payer setting",
        /// People were told how to do it.
        Training "training" "Training note",
        /// The payer was asked in writing to keep its contract.
        Dispute "dispute" "Contract dispute",
        /// Words for who reads it.
        Note "note" "Note",
    }
}

impl ActionKind {
    /// Whether the rate is measured from it on: a note changes nothing.
    pub fn acts(self) -> bool {
        match self {
            ActionKind::Rule | ActionKind::PayerSetting | ActionKind::Training | ActionKind::Dispute => true,
            ActionKind::Note => false,
        }
    }
}

words! {
    /// Where a practice's own scrub rule stands.
    OwnRuleState {
        /// Waits for a second person.
        Asked "asked" "Waits for approval",
        /// Scrubs every claim.
        On "on" "Switched on",
        /// Not wanted.
        Refused "refused" "Refused",
        /// Scrubs no more.
        Off "off" "Switched off",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn part(carc: &str, procedure: Option<&str>, remarks: &[&str]) -> DeniedPart {
        DeniedPart {
            carc: carc.into(),
            procedure: procedure.map(str::to_owned),
            remarks: remarks.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    #[test]
    fn a_denial_shows_its_code_its_procedure_and_each_remark_once() {
        let payer = PayerId(Uuid::from_u128(7));
        let parts = [part("197", Some("99213"), &["N54"]), part("197", Some("99213"), &["N54"]), part("50", None, &[])];
        let kinds: Vec<GatheringKind> = patterns_of_denial(payer, &parts).iter().map(Pattern::kind).collect();
        let count = |kind| kinds.iter().filter(|one| **one == kind).count();
        assert_eq!(count(GatheringKind::DenialProcedure), 1);
        assert_eq!(count(GatheringKind::DenialRemark), 1);
        assert_eq!(count(GatheringKind::DenialCode), 2, "197 and 50");
    }

    #[test]
    fn keys_differ_where_patterns_do_and_titles_say_what_it_is() {
        let payer = PayerId(Uuid::from_u128(7));
        let denial = |procedure: Option<&str>, remark: Option<&str>| Pattern::Denial {
            payer,
            carc: "197".into(),
            procedure: procedure.map(str::to_owned),
            remark: remark.map(str::to_owned),
        };
        let all = [
            denial(None, None),
            denial(Some("99213"), None),
            denial(None, Some("99213")),
            Pattern::Cause { stage: "registration".into(), cause: "member id".into() },
            Pattern::Field { field: "subscriber.member_id".into() },
            Pattern::Scrub { rule: "taxonomy".into() },
        ];
        let keys: std::collections::BTreeSet<String> = all.iter().map(Pattern::key).collect();
        assert_eq!(keys.len(), all.len());
        for pattern in &all {
            assert_eq!(Pattern::from_key(&pattern.key()).as_ref(), Some(pattern));
        }
        assert_eq!(denial(Some("99213"), None).title("Harbor"), "Harbor denies 99213 with reason 197");
        let stored = serde_json::to_string(&all[1]).unwrap();
        assert_eq!(serde_json::from_str::<Pattern>(&stored).unwrap(), all[1]);
    }

    #[test]
    fn a_field_is_one_whatever_the_line() {
        for (path, field) in
            [("lines[2].units", "lines.units"), ("diagnoses[1]", "diagnoses"), ("patient.zip", "patient.zip")]
        {
            assert_eq!(field_of(path), field);
        }
    }
}
