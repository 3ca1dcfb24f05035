//! The notation of rules, one text for data, pages and the command line: `reason=denied stake>=500.00 deadline<=10`, and
//! `desk=tier2 team=appeals skill=clinical first=yes`. Reads and writes; decides nothing.

use std::fmt::{self, Display};
use std::str::FromStr;

use super::super::Skill;
use super::super::reason::{Desk, Family, WorkReason};
use super::trigger::TriggerKind;
use super::{Condition, Outcome};
use crate::{Money, PayerId};

/// Why a text is no condition or outcome: a sentence for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// Most characters of a condition: more is a mistake of pasting.
const LONGEST: usize = 2_000;
/// Most business days that a condition may look ahead: a year.
const MOST_DAYS: u32 = 260;

fn unreadable<T>(part: &str, right: &str) -> Result<T, Unreadable> {
    Err(Unreadable(format!("\"{part}\": {right}")))
}

fn parts(text: &str) -> Result<Vec<(&str, &str, &str)>, Unreadable> {
    if text.len() > LONGEST {
        return Err(Unreadable(format!("Write at most {LONGEST} characters.")));
    }
    let split = |part| -> Result<(&str, &str, &str), Unreadable> {
        for sign in [">=", "<=", "="] {
            if let Some((name, value)) = str::split_once(part, sign)
                && !value.is_empty()
            {
                return Ok((part, name, value));
            }
        }
        unreadable(part, "write a name, a sign and a value, such as reason=denied.")
    };
    text.split_whitespace().map(split).collect()
}

fn list<T>(part: &str, value: &str, read: impl Fn(&str) -> Option<T>, right: &str) -> Result<Vec<T>, Unreadable> {
    let one = |word| read(word).map_or_else(|| unreadable(part, &format!("{right} \"{word}\" is none.")), Ok);
    value.split(',').filter(|word| !word.is_empty()).map(one).collect()
}

fn yes(part: &str, value: &str) -> Result<bool, Unreadable> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => unreadable(part, "write yes or no."),
    }
}

fn money(part: &str, value: &str) -> Result<Option<Money>, Unreadable> {
    match Money::parse(value) {
        Ok(amount) if !amount.is_negative() => Ok(Some(amount)),
        Ok(_) | Err(_) => unreadable(part, "write dollars and cents, such as 500.00."),
    }
}

impl FromStr for Condition {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Condition, Unreadable> {
        let mut condition = Condition::default();
        let own = |word: &str| Some(word.to_owned());
        for (part, name, value) in parts(text)? {
            let sign = &part[name.len()..part.len() - value.len()];
            match (name, sign) {
                ("reason", "=") => {
                    condition.reasons = list(part, value, WorkReason::parse, "write words of the page of reasons.")?;
                }
                ("family", "=") => {
                    let known = Family::ALL.iter().map(|family| family.as_str()).collect::<Vec<_>>().join(", ");
                    condition.families = list(part, value, Family::parse, &format!("write some of {known}."))?;
                }
                ("desk", "=") => condition.desks = list(part, value, Desk::parse, DESKS)?,
                ("stake", ">=") => condition.stake_from = money(part, value)?,
                ("stake", "<=") => condition.stake_to = money(part, value)?,
                ("deadline", "<=") => match value.parse() {
                    Ok(days) if days <= MOST_DAYS => condition.deadline_within = Some(days),
                    Ok(_) | Err(_) => return unreadable(part, "write business days, from 0 to 260."),
                },
                ("payer", "=") => {
                    let right = "write the ids of payers, as the address of a payer's page has them.";
                    condition.payers = list(part, value, |id| id.parse::<PayerId>().ok(), right)?;
                }
                ("specialty", "=") => condition.specialties = list(part, value, own, "")?,
                ("language", "=") => condition.languages = list(part, value, own, "")?,
                ("asked", "=") => condition.asked = Some(yes(part, value)?),
                ("repeat", "=") => condition.repeat = Some(yes(part, value)?),
                ("words", "=") if value == "any" => condition.kinds = Some(Vec::new()),
                ("words", "=") => {
                    let known = TriggerKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
                    let right = format!("write any, or some of {known}.");
                    condition.kinds = Some(list(part, value, TriggerKind::parse, &right)?);
                }
                ("said", "=") => condition.said = list(part, value, |word| Some(word.replace('_', " ")), "")?,
                ("carc", "=") => condition.carcs = list(part, value, own, "")?,
                _ => return unreadable(part, CONDITIONS),
            }
        }
        Ok(condition)
    }
}

/// The desks, as a sentence.
const DESKS: &str = "write tier1, tier2, tier3, coder or poster.";
/// What a condition may name, as a sentence.
const CONDITIONS: &str = "a rule asks for reason=, family=, desk=, stake>=, stake<=, deadline<=, payer=, specialty=, language=, \
    asked=, repeat=, words=, said= and carc=.";
/// What an outcome may name, as a sentence.
const OUTCOMES: &str = "a rule decides desk=, team=, skill= and first=.";

impl FromStr for Outcome {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Outcome, Unreadable> {
        let mut outcome = Outcome::default();
        for (part, name, value) in parts(text)? {
            match name {
                "desk" => {
                    let desk = Desk::parse(value);
                    outcome.desk = Some(desk.map_or_else(|| unreadable(part, DESKS), Ok)?);
                }
                "team" => outcome.team = Some(value.to_owned()),
                "skill" => {
                    let known = || Skill::ALL.iter().map(|skill| skill.as_str()).collect::<Vec<_>>().join(", ");
                    let skill = Skill::parse(value);
                    outcome.skill =
                        Some(skill.map_or_else(|| unreadable(part, &format!("write one of {}.", known())), Ok)?);
                }
                "first" => outcome.is_first = yes(part, value)?,
                _ => return unreadable(part, OUTCOMES),
            }
        }
        Ok(outcome)
    }
}

fn joined<T>(list: &[T], word: impl Fn(&T) -> String) -> String {
    list.iter().map(word).collect::<Vec<_>>().join(",")
}

impl Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |amount: Money| amount.to_string().replace(',', "");
        let yes = |is: bool| if is { "yes" } else { "no" };
        let mut parts = Vec::new();
        let mut named = |name: &str, value: String| {
            if !value.is_empty() {
                parts.push(format!("{name}{value}"));
            }
        };
        named("reason=", joined(&self.reasons, |reason| reason.as_str().to_owned()));
        named("family=", joined(&self.families, |family| family.as_str().to_owned()));
        named("desk=", joined(&self.desks, |desk| desk.as_str().to_owned()));
        named("stake>=", self.stake_from.map(plain).unwrap_or_default());
        named("stake<=", self.stake_to.map(plain).unwrap_or_default());
        named("deadline<=", self.deadline_within.map(|days| days.to_string()).unwrap_or_default());
        named("payer=", joined(&self.payers, ToString::to_string));
        named("specialty=", self.specialties.join(","));
        named("language=", self.languages.join(","));
        named("asked=", self.asked.map(yes).unwrap_or_default().to_owned());
        named("repeat=", self.repeat.map(yes).unwrap_or_default().to_owned());
        if let Some(kinds) = &self.kinds {
            let all = if kinds.is_empty() { "any".to_owned() } else { joined(kinds, |kind| kind.as_str().to_owned()) };
            named("words=", all);
        }
        named("said=", joined(&self.said, |words| words.replace(' ', "_")));
        named("carc=", self.carcs.join(","));
        f.write_str(&parts.join(" "))
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.desk.map(|desk| format!("desk={}", desk.as_str())));
        parts.extend(self.team.as_ref().map(|team| format!("team={team}")));
        parts.extend(self.skill.map(|skill| format!("skill={}", skill.as_str())));
        parts.extend(self.is_first.then(|| "first=yes".to_owned()));
        f.write_str(&parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        for text in [
            "",
            "reason=denied,rejected stake>=500.00 stake<=12000.00 deadline<=10",
            "family=denial,rejection desk=tier2 payer=00000000-0000-0000-0000-000000000007 specialty=207Q,208 language=es asked=yes repeat=no",
            "words=any said=my_uncle,refund* carc=50,B15",
            "words=lawyer,breach",
        ] {
            assert_eq!(text.parse::<Condition>().unwrap().to_string(), text);
        }
        for text in ["", "desk=tier2 team=appeals skill=clinical first=yes", "first=yes"] {
            assert_eq!(text.parse::<Outcome>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_is_right() {
        for (text, right) in [
            ("reason=banana", "\"banana\" is none"),
            ("reason", "such as reason=denied"),
            ("reason=", "such as reason=denied"),
            ("stake>=five", "500.00"),
            ("stake=5.00", "a rule asks for"),
            ("deadline<=-1", "from 0 to 260"),
            ("asked=maybe", "yes or no"),
            ("words=weather", "lawyer"),
            ("colour=red", "a rule asks for"),
        ] {
            let problem = text.parse::<Condition>().unwrap_err();
            assert!(problem.0.contains(right) && problem.0.contains(text.split('=').next().unwrap()), "{problem}");
        }
        for (text, right) in [("desk=four", "tier1"), ("skill=juggling", "denials"), ("colour=red", "a rule decides")] {
            assert!(text.parse::<Outcome>().unwrap_err().0.contains(right), "{text}");
        }
        assert!("a".repeat(LONGEST + 1).parse::<Condition>().is_err());
    }
}
