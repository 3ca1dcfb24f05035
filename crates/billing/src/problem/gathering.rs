//! When cases become a problem: a kind of pattern, so many within so many days. The numbers are data
//! (`data/gathering_rules.tsv`); a practice's own stand over them from a day on.

use std::sync::LazyLock;

use jiff::civil::Date;

use crate::work::words;

/// The program's own rules.
const RULES: &str = include_str!("../../data/gathering_rules.tsv");

/// Most cases that a practice may ask for: more would never gather.
pub const MOST_CASES: u32 = 500;

words! {
    /// What cases are gathered by; the most exact first.
    GatheringKind {
        /// Payer, reason and procedure of a denial.
        DenialProcedure "denial_procedure" "Denials: payer, reason and procedure",
        /// Payer, reason and remark of a denial.
        DenialRemark "denial_remark" "Denials: payer, reason and remark",
        /// Payer and reason of a denial.
        DenialCode "denial_code" "Denials: payer and reason",
        /// Stage and cause with which work ended.
        FrontDeskCause "front_desk_cause" "Ended work: stage and cause",
        /// The field of registration that held a claim.
        RegistrationField "registration_field" "Held claims: field of registration",
        /// The rule of the scrub that held a claim.
        ScrubRule "scrub_rule" "Held claims: scrub rule",
    }
}

/// How many make a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatheringRule {
    /// Of what.
    pub kind: GatheringKind,
    /// So many cases …
    pub cases: u32,
    /// … within so many days.
    pub days: i32,
    /// Of which stages, for causes; empty for every one.
    pub stages: Vec<String>,
    /// What it means, in words.
    pub says: String,
}

impl GatheringRule {
    /// Whether a count makes a problem; 0 cases gather nothing.
    pub fn is_reached(&self, count: i64) -> bool {
        self.cases > 0 && count >= i64::from(self.cases)
    }
}

/// The program's own rules, the most exact first.
pub fn program_rules() -> &'static [GatheringRule] {
    static PARSED: LazyLock<Vec<GatheringRule>> = LazyLock::new(|| RULES.lines().filter_map(parse).collect());
    &PARSED
}

fn parse(line: &str) -> Option<GatheringRule> {
    let mut cells = line.split('\t');
    let kind = GatheringKind::parse(cells.next()?)?;
    let (cases, days) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
    let stages = cells.next()?.split(',').filter(|stage| !stage.is_empty()).map(str::to_owned).collect();
    Some(GatheringRule { kind, cases, days, stages, says: cells.next()?.to_owned() })
}

/// The rules that stand on a day: of what the practice set, the word said last whose day has come, else the program's.
pub fn in_force(set: &[(GatheringKind, u32, Date)], day: Date) -> Vec<GatheringRule> {
    let own = |kind| set.iter().rev().find(|(of, _, from)| *of == kind && *from <= day).map(|(_, cases, _)| *cases);
    let standing = |rule: &GatheringRule| GatheringRule { cases: own(rule.kind).unwrap_or(rule.cases), ..rule.clone() };
    program_rules().iter().map(standing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::ROOT_CAUSES;
    use jiff::civil::date;

    #[test]
    fn every_kind_has_one_rule_in_its_order() {
        let kinds: Vec<GatheringKind> = program_rules().iter().map(|rule| rule.kind).collect();
        assert_eq!(kinds.iter().collect::<std::collections::BTreeSet<_>>().len(), GatheringKind::ALL.len());
        assert_eq!(kinds[..3], GatheringKind::ALL[..3]);
        for rule in program_rules() {
            assert!(rule.cases > 1 && rule.days > 0 && rule.says.len() > 10, "{rule:?}");
            assert!(rule.stages.iter().all(|stage| ROOT_CAUSES.contains(&stage.as_str())), "{rule:?}");
        }
    }

    #[test]
    fn a_practices_number_stands_from_its_day_and_none_gathers_nothing() {
        let kind = GatheringKind::DenialCode;
        let set = [(kind, 3, date(2026, 3, 1)), (kind, 0, date(2026, 4, 1))];
        let on = |day| in_force(&set, day).into_iter().find(|rule| rule.kind == kind).unwrap();
        assert_eq!(on(date(2026, 2, 28)).cases, 8);
        assert!(on(date(2026, 3, 1)).is_reached(3) && !on(date(2026, 3, 1)).is_reached(2));
        assert!(!on(date(2026, 4, 2)).is_reached(1_000));
    }
}
