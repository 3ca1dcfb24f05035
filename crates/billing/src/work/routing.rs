//! Which desk, team and skill an item is for: rules as data, the first that matches decides and is named. A practice's own
//! rules stand before the program's (`data/routing_rules.tsv`). A rule lifts an item above its reason's desk and never puts
//! it below; where an item goes after an escalation is the item's matter, not a rule's.

mod notation;
mod trigger;

use std::sync::LazyLock;

pub use notation::Unreadable;
pub use trigger::{TriggerKind, fold, holds};

use super::Skill;
use super::reason::{Desk, Family, WorkReason};
use crate::{Money, PayerId};

/// The program's own rules.
const RULES: &str = include_str!("../../data/routing_rules.tsv");

/// Days within which a second contact on the same reason is a repeated one.
pub const REPEAT_DAYS: i64 = 30;

/// What rules ask about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Why a person must act.
    pub reason: WorkReason,
    /// Where the item stands without a rule.
    pub desk: Desk,
    /// Cents that depend on it.
    pub stake: Money,
    /// Business days until the day of law or contract, by the practice's calendar; 0 or less once it has come.
    pub days_left: Option<i64>,
    /// The payer it is about.
    pub payer: Option<PayerId>,
    /// Taxonomy code of who gave the care.
    pub specialty: Option<String>,
    /// The patient's language, such as "es".
    pub language: Option<String>,
    /// Whether a person asked: a call, a letter.
    pub is_asked: bool,
    /// Whether the same was asked within [`REPEAT_DAYS`].
    pub is_repeated: bool,
    /// What was said or written, as it stands.
    pub words: String,
    /// Claim adjustment reason codes of what the payer did not pay.
    pub carcs: Vec<String>,
}

/// When a rule matches: everything that it names must hold; of a list, one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// One of these reasons.
    pub reasons: Vec<WorkReason>,
    /// Of one of these kinds.
    pub families: Vec<Family>,
    /// At one of these desks.
    pub desks: Vec<Desk>,
    /// At least so much at stake; the sign does not count.
    pub stake_from: Option<Money>,
    /// At most so much at stake.
    pub stake_to: Option<Money>,
    /// The day of law or contract is at most so many business days away.
    pub deadline_within: Option<u32>,
    /// One of these payers.
    pub payers: Vec<PayerId>,
    /// A taxonomy code that begins so.
    pub specialties: Vec<String>,
    /// One of these languages.
    pub languages: Vec<String>,
    /// Whether a person asked.
    pub asked: Option<bool>,
    /// Whether it is a repeated contact.
    pub repeat: Option<bool>,
    /// Words of the program's list of one of these kinds; of any kind where the list is empty.
    pub kinds: Option<Vec<TriggerKind>>,
    /// One of these words, with a star where it only begins so.
    pub said: Vec<String>,
    /// One of these claim adjustment reason codes.
    pub carcs: Vec<String>,
}

/// What a rule decides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The desk.
    pub desk: Option<Desk>,
    /// Key of the team.
    pub team: Option<String>,
    /// The skill.
    pub skill: Option<Skill>,
    /// Whether it goes first, whatever it brings.
    pub is_first: bool,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its key, which an item names.
    pub key: String,
    /// What people read.
    pub name: String,
    /// When it matches.
    pub condition: Condition,
    /// What it decides.
    pub outcome: Outcome,
}

/// Where an item goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// The desk.
    pub desk: Desk,
    /// Key of the team that a rule named.
    pub team: Option<String>,
    /// The skill.
    pub skill: Skill,
    /// Whether it goes first.
    pub is_first: bool,
    /// Key of the rule that decided; none where the reason alone did.
    pub rule: Option<String>,
}

/// What of an item must be looked up before its rules are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asks {
    /// The specialty of who gave the care.
    pub specialty: bool,
    /// The patient's language.
    pub language: bool,
    /// Of every patient, not of those alone who asked.
    pub language_of_all: bool,
    /// What was said, and whether it was said before.
    pub words: bool,
    /// Adjustment codes.
    pub carcs: bool,
}

/// The program's own rules, in order.
pub fn program_rules() -> &'static [Rule] {
    static PARSED: LazyLock<Vec<Rule>> = LazyLock::new(|| RULES.lines().filter_map(parse_line).collect());
    &PARSED
}

fn parse_line(line: &str) -> Option<Rule> {
    let mut cells = line.split('\t');
    let (key, name, when, then) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    if line.starts_with('#') || key == "key" {
        return None;
    }
    let (condition, outcome) = (when.parse().ok()?, then.parse().ok()?);
    Some(Rule { key: key.to_owned(), name: name.to_owned(), condition, outcome })
}

/// Where an item goes by the first rule that matches, a practice's own before the program's.
pub fn route<'r>(own: impl IntoIterator<Item = &'r Rule>, facts: &Facts) -> Routed {
    let rule = first(own, facts);
    let lifted = rule.and_then(|rule| rule.outcome.desk).filter(|desk| lifts(facts.reason.desk(), *desk));
    decided(rule, facts, lifted.unwrap_or(facts.desk))
}

/// Where an item goes that stands at a desk already: the rules choose its team and skill, not its desk.
pub fn route_at<'r>(own: impl IntoIterator<Item = &'r Rule>, facts: &Facts, desk: Desk) -> Routed {
    decided(first(own, facts), facts, desk)
}

fn first<'r>(own: impl IntoIterator<Item = &'r Rule>, facts: &Facts) -> Option<&'r Rule> {
    own.into_iter().chain(program_rules()).find(|rule| rule.condition.matches(facts))
}

fn decided(rule: Option<&Rule>, facts: &Facts, desk: Desk) -> Routed {
    let outcome = rule.map(|rule| &rule.outcome);
    Routed {
        desk,
        team: outcome.and_then(|outcome| outcome.team.clone()),
        skill: outcome.and_then(|outcome| outcome.skill).unwrap_or_else(|| skill_at(facts.reason, desk)),
        is_first: outcome.is_some_and(|outcome| outcome.is_first),
        rule: rule.map(|rule| rule.key.clone()),
    }
}

/// What work of a reason asks of who works it at a desk: its own skill at its own desk, and above it where it takes an
/// expert wherever it is; else what the desk does.
pub fn skill_at(reason: WorkReason, desk: Desk) -> Skill {
    let own = reason.skill();
    if desk == reason.desk() {
        return own;
    }
    match own {
        Skill::Clinical
        | Skill::PayerRelations
        | Skill::Compliance
        | Skill::Coder
        | Skill::Technical
        | Skill::Spanish => own,
        Skill::FrontDesk | Skill::Payments | Skill::Denials | Skill::Poster => match desk {
            Desk::Tier1 => Skill::FrontDesk,
            Desk::Tier2 => Skill::Denials,
            Desk::Tier3 => Skill::Compliance,
            Desk::Coder => Skill::Coder,
            Desk::Poster => Skill::Poster,
        },
    }
}

/// Whether a rule may put work of one desk to another: never below, for a tier is a matter of the reason.
pub fn lifts(from: Desk, to: Desk) -> bool {
    from == to || to.tier() > from.tier()
}

/// What of an item the rules ask that is not on the item itself.
pub fn asks<'r>(own: impl IntoIterator<Item = &'r Rule>) -> Asks {
    own.into_iter().chain(program_rules()).fold(Asks::default(), |asks, rule| {
        let condition = &rule.condition;
        Asks {
            specialty: asks.specialty || !condition.specialties.is_empty(),
            language: asks.language || !condition.languages.is_empty(),
            language_of_all: asks.language_of_all || (!condition.languages.is_empty() && condition.asked != Some(true)),
            words: asks.words || condition.kinds.is_some() || !condition.said.is_empty() || condition.repeat.is_some(),
            carcs: asks.carcs || !condition.carcs.is_empty(),
        }
    })
}

impl Condition {
    /// Whether an item is one of the rule's.
    pub fn matches(&self, facts: &Facts) -> bool {
        let one_of = |list: &[String], value: Option<&String>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|one| one.eq_ignore_ascii_case(value)))
        };
        (self.reasons.is_empty() || self.reasons.contains(&facts.reason))
            && (self.families.is_empty() || self.families.contains(&facts.reason.family()))
            && (self.desks.is_empty() || self.desks.contains(&facts.desk))
            && self.stake_from.is_none_or(|least| facts.stake.abs() >= least)
            && self.stake_to.is_none_or(|most| facts.stake.abs() <= most)
            && self.deadline_within.is_none_or(|days| facts.days_left.is_some_and(|left| left <= i64::from(days)))
            && (self.payers.is_empty() || facts.payer.is_some_and(|payer| self.payers.contains(&payer)))
            && self.fits_specialty(facts.specialty.as_deref())
            && one_of(&self.languages, facts.language.as_ref())
            && self.asked.is_none_or(|asked| asked == facts.is_asked)
            && self.repeat.is_none_or(|repeat| repeat == facts.is_repeated)
            && (self.carcs.is_empty() || facts.carcs.iter().any(|code| one_of(&self.carcs, Some(code))))
            && self.hears(&facts.words)
    }

    fn fits_specialty(&self, code: Option<&str>) -> bool {
        let begins = |wanted: &String| code.is_some_and(|code| code.starts_with(wanted.as_str()));
        self.specialties.is_empty() || self.specialties.iter().any(begins)
    }

    fn hears(&self, words: &str) -> bool {
        if self.kinds.is_none() && self.said.is_empty() {
            return true;
        }
        let folded = fold(words);
        let by_kind = self.kinds.as_ref().is_some_and(|kinds| trigger::hears(&folded, kinds));
        by_kind || self.said.iter().any(|phrase| holds(&folded, phrase))
    }

    /// Whether it matches everything: such a rule would leave none to those behind it.
    pub fn is_empty(&self) -> bool {
        *self == Condition::default()
    }
}

impl Outcome {
    /// Whether it decides nothing.
    pub fn is_empty(&self) -> bool {
        *self == Outcome::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn facts(reason: WorkReason) -> Facts {
        Facts {
            reason,
            desk: reason.desk(),
            stake: Money::from_cents(40_000),
            days_left: None,
            payer: Some(PayerId(Uuid::from_u128(7))),
            specialty: Some("207Q00000X".into()),
            language: None,
            is_asked: false,
            is_repeated: false,
            words: String::new(),
            carcs: Vec::new(),
        }
    }

    fn asked(words: &str) -> Facts {
        Facts { is_asked: true, words: words.into(), ..facts(WorkReason::BillQuestion) }
    }

    fn own(when: &str, then: &str) -> Rule {
        Rule { key: "own".into(), name: "Own".into(), condition: when.parse().unwrap(), outcome: then.parse().unwrap() }
    }

    #[test]
    fn the_programs_rules_are_all_read_and_send_nothing_down() {
        let lines = RULES.lines().filter(|line| !line.starts_with('#') && !line.starts_with("key\t")).count();
        assert_eq!(program_rules().len(), lines);
        for rule in program_rules() {
            assert!(!rule.condition.is_empty() && !rule.outcome.is_empty() && !rule.name.is_empty(), "{}", rule.key);
            assert!(rule.outcome.team.is_none(), "{} names a team that only one practice has", rule.key);
        }
    }

    #[test]
    fn calls_go_where_the_programs_rules_say() {
        let spanish = |words: &str| Facts { language: Some("es".into()), ..asked(words) };
        let again = Facts { is_repeated: true, ..asked("What do I owe?") };
        let complaint = WorkReason::ALL.iter().copied().find(|reason| *reason == WorkReason::Complaint).unwrap();
        for (facts, rule, desk, skill, is_first) in [
            (asked("What do I owe?"), None, Desk::Tier1, Skill::FrontDesk, false),
            (asked("My ATTORNEYS will call."), Some("trigger-words"), Desk::Tier2, Skill::Denials, true),
            (spanish("Voy a llamar a mi abogado"), Some("trigger-words"), Desk::Tier2, Skill::Denials, true),
            (spanish("¿Cuánto debo?"), Some("spanish"), Desk::Tier1, Skill::Spanish, false),
            (again, Some("repeat-contact"), Desk::Tier2, Skill::Denials, false),
            (facts(complaint), Some("complaint"), complaint.desk(), complaint.skill(), true),
            (facts(WorkReason::Denied), None, Desk::Tier2, WorkReason::Denied.skill(), false),
        ] {
            let routed = route([], &facts);
            assert_eq!(
                (routed.rule.as_deref(), routed.desk, routed.skill, routed.is_first),
                (rule, desk, skill, is_first)
            );
        }
    }

    #[test]
    fn a_practices_rule_stands_before_and_the_first_that_matches_decides() {
        let first = own("reason=denied stake>=300.00", "team=appeals skill=clinical");
        let second = own("reason=denied", "desk=tier3");
        let routed = route([&first, &second], &facts(WorkReason::Denied));
        assert_eq!(
            (routed.team.as_deref(), routed.skill, routed.desk),
            (Some("appeals"), Skill::Clinical, Desk::Tier2)
        );
        let small = Facts { stake: Money::from_cents(29_999), ..facts(WorkReason::Denied) };
        assert_eq!(route([&first, &second], &small).desk, Desk::Tier3);
        let credit = Facts { stake: Money::from_cents(-30_000), ..facts(WorkReason::Denied) };
        assert_eq!(route([&first], &credit).team.as_deref(), Some("appeals"));
    }

    #[test]
    fn no_rule_puts_work_below_the_desk_of_its_reason() {
        for (reason, then) in [
            (WorkReason::Denied, "desk=tier1 first=yes"),
            (WorkReason::Denied, "desk=coder first=yes"),
            (WorkReason::HeldForCoding, "desk=tier2 first=yes"),
        ] {
            let rule = own(&format!("reason={}", reason.as_str()), then);
            assert_eq!(route([&rule], &facts(reason)).desk, reason.desk(), "{then}");
        }
        assert!(
            lifts(Desk::Coder, Desk::Tier3) && lifts(Desk::Tier1, Desk::Poster) && !lifts(Desk::Tier3, Desk::Tier1)
        );
    }

    #[test]
    fn each_condition_holds_for_what_it_says_and_nothing_else() {
        let near = Facts { days_left: Some(9), ..facts(WorkReason::Denied) };
        let coded =
            Facts { carcs: vec!["97".into()], language: Some("es".into()), ..asked("I want my REFUND, señor") };
        for (when, facts, holds) in [
            ("deadline<=9", &near, true),
            ("deadline<=8", &near, false),
            ("deadline<=10", &coded, false),
            ("stake<=400.00", &near, true),
            ("stake<=399.99", &near, false),
            ("payer=00000000-0000-0000-0000-000000000007", &near, true),
            ("payer=00000000-0000-0000-0000-000000000008", &near, false),
            ("specialty=207Q", &near, true),
            ("specialty=208", &near, false),
            ("family=denial", &near, true),
            ("family=denial", &coded, false),
            ("carc=50,97", &coded, true),
            ("carc=50", &coded, false),
            ("language=ES", &coded, true),
            ("asked=no", &coded, false),
            ("asked=yes", &coded, true),
            ("said=refund*", &coded, true),
            ("said=fund", &coded, false),
            ("said=my_refund", &coded, true),
            ("said=senor", &coded, true),
            ("words=lawyer", &coded, false),
            ("repeat=no", &coded, true),
            ("desk=tier1", &coded, true),
            ("desk=tier2", &coded, false),
        ] {
            let condition: Condition = when.parse().unwrap();
            assert_eq!(condition.matches(facts), holds, "{when}");
        }
    }
}
