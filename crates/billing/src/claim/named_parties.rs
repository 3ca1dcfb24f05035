//! Whom a question or an answer names by number: the payer and the provider. An answer that names somebody else is not
//! one to us. Says what differs; decides nothing. What an answer leaves out is not held against it.

use serde::{Deserialize, Serialize};

/// Payer and provider as a message names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedParties {
    /// NM109 of the payer where NM108 is PI: its electronic id. Empty where it is known by another number, such as its
    /// tax id, or where a clearinghouse speaks.
    pub payer_identifier: String,
    /// NM109 of the provider where NM108 is XX: its NPI; empty where it is known by another number.
    pub provider_npi: String,
}

/// What an answer says otherwise than what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartyDifference {
    /// Another payer.
    Payer,
    /// Another provider.
    Provider,
}

impl NamedParties {
    /// Whether an answer names somebody else than was asked. `other_identifiers` are further ids of the asked payer.
    pub fn differs(&self, answer: &NamedParties, other_identifiers: &[String]) -> Option<PartyDifference> {
        let is_payer = |id: &str| same(id, &answer.payer_identifier);
        if !is_payer(&self.payer_identifier) && !other_identifiers.iter().any(|id| is_payer(id)) {
            return Some(PartyDifference::Payer);
        }
        (!same(&self.provider_npi, &answer.provider_npi)).then_some(PartyDifference::Provider)
    }
}

/// A number that one of them does not tell is no difference; case and blanks are dress.
fn same(asked: &str, answered: &str) -> bool {
    let (asked, answered) = (asked.trim(), answered.trim());
    asked.is_empty() || answered.is_empty() || asked.eq_ignore_ascii_case(answered)
}

impl PartyDifference {
    /// Where it stands and what it means, as a clause without data. The places are those of the 277 and the 277CA.
    pub fn in_words(self) -> &'static str {
        match self {
            PartyDifference::Payer => "it comes from another payer than the claim's (NM109 of loop 2100A, NM1*PR)",
            PartyDifference::Provider => {
                "it answers another billing provider than the claim's (NM109 of loop 2100C, NM1*85 or NM1*1P)"
            }
        }
    }

    /// What to do about it, one sentence.
    pub fn remedy(self) -> &'static str {
        match self {
            PartyDifference::Payer => {
                "If that is another id of the same payer, add it to the payer's other payer ids (remits_as in \
                 practice.toml) and read the file again; else give it back to its sender."
            }
            PartyDifference::Provider => "Give the file back to its sender: it is another provider's.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_must_name_whom_we_asked_where_it_names_anybody() {
        let parties =
            |payer: &str, npi: &str| NamedParties { payer_identifier: payer.into(), provider_npi: npi.into() };
        let asked = parties("ULT01", "2044188300");
        let also = ["ULTAX".to_owned()];
        for (answer, expected) in [
            (parties("ULT01", "2044188300"), None),
            (parties("", ""), None),
            (parties("ult01 ", ""), None),
            (parties("ULTAX", "2044188300"), None),
            (parties("TMA01", "2044188300"), Some(PartyDifference::Payer)),
            (parties("ULT01", "1234567893"), Some(PartyDifference::Provider)),
        ] {
            assert_eq!(asked.differs(&answer, &also), expected, "{answer:?}");
        }
    }
}
