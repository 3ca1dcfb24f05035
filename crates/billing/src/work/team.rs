//! Teams of a practice, who is in them, what a person can do, who is away and who stands in. Every desk has a team of its
//! own by the program, of everybody who may work it; a practice adds teams beside it. It decides no right: whether a
//! person may work a desk is asked of the matrix.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Skill;
use super::reason::Desk;
use crate::UserId;

/// Most characters of a team's key.
const LONGEST_KEY: usize = 40;
/// Most minutes of a person's day: all of them.
pub const MOST_MINUTES_A_DAY: u32 = 24 * 60;
/// Minutes that a person works items on a day where nobody said otherwise: six hours and a half of eight.
pub const USUAL_MINUTES_A_DAY: u32 = 390;

/// How the items of a team come to its people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignment {
    /// A person takes the next best.
    Pull,
    /// The morning gives each person what their day holds; the rest is pulled.
    Push,
}

impl Assignment {
    /// Both, in the order of the form.
    pub const ALL: [Assignment; 2] = [Assignment::Pull, Assignment::Push];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Assignment::Pull => "pull",
            Assignment::Push => "push",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            Assignment::Pull => "Each takes the next best",
            Assignment::Push => "Given out in the morning",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == word)
    }
}

/// A team: the owner of open items of one desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// What people read.
    pub name: String,
    /// Whose items it owns.
    pub desk: Desk,
    /// How they come to its people.
    pub assignment: Assignment,
    /// Whether it takes new items; one that does not keeps its history.
    pub is_open: bool,
}

/// What a person does at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Worker {
    /// Keys of the practice's own teams that the person is in.
    pub teams: Vec<String>,
    /// What the person can do.
    pub skills: Vec<Skill>,
    /// Minutes of a day for items.
    pub minutes_a_day: u32,
}

/// A person is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Who.
    pub user: UserId,
    /// First day.
    pub from_on: Date,
    /// Last day.
    pub to_on: Date,
    /// Who takes what the person has.
    pub substitute: Option<UserId>,
    /// Whether it was called off.
    pub is_called_off: bool,
}

impl Absence {
    /// Whether the person is away that day.
    pub fn covers(&self, day: Date) -> bool {
        !self.is_called_off && self.from_on <= day && day <= self.to_on
    }
}

/// Who is there, and what they can do, on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staffing {
    /// The practice's own teams, by key.
    pub teams: Vec<(String, Team)>,
    /// What people do, for whom somebody wrote it down.
    pub workers: Vec<(UserId, Worker)>,
    /// Who is away, now and later.
    pub absences: Vec<Absence>,
    /// The skills of Tier 2 that people were given one by one; who does not stand here is given all of them.
    pub earned: Vec<(UserId, Vec<Skill>)>,
}

/// What an item asks of who works it, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// Key of the team.
    pub team: String,
    /// The skill.
    pub skill: Skill,
}

impl Staffing {
    /// A team of the practice's own that takes items.
    pub fn open_team(&self, key: &str) -> Option<&Team> {
        self.teams.iter().find(|(own, team)| own == key && team.is_open).map(|(_, team)| team)
    }

    /// The desk of a team, the program's own or the practice's; none for a key that names neither.
    pub fn desk_of(&self, key: &str) -> Option<Desk> {
        Desk::parse(key).or_else(|| self.teams.iter().find(|(own, _)| own == key).map(|(_, team)| team.desk))
    }

    /// What people read of a team.
    pub fn name_of(&self, key: &str) -> String {
        let own = self.teams.iter().find(|(own, _)| own == key).map(|(_, team)| team.name.clone());
        own.or_else(|| Desk::parse(key).map(|desk| desk.label().to_owned())).unwrap_or_else(|| key.to_owned())
    }

    /// The team that owns an item of a desk: the one that a rule named, if it takes items of that desk; else the desk's.
    pub fn owner(&self, desk: Desk, named: Option<&str>) -> String {
        let fits = |key: &&str| self.open_team(key).is_some_and(|team| team.desk == desk);
        named.filter(fits).unwrap_or(desk.as_str()).to_owned()
    }

    /// Whether a person is away that day.
    pub fn is_away(&self, user: UserId, day: Date) -> bool {
        self.absences.iter().any(|absence| absence.user == user && absence.covers(day))
    }

    /// Who takes what an absent person has: the first substitute that is there, in a chain of substitutes.
    pub fn substitute_of(&self, user: UserId, day: Date) -> Option<UserId> {
        let mut asked = vec![user];
        let mut who = user;
        loop {
            let away = self.absences.iter().find(|absence| absence.user == who && absence.covers(day));
            let Some(absence) = away else { return (who != user).then_some(who) };
            let next = absence.substitute?;
            if asked.contains(&next) {
                return None;
            }
            asked.push(next);
            who = next;
        }
    }

    /// Everybody whose place a person takes that day.
    pub fn stands_in_for(&self, user: UserId, day: Date) -> Vec<UserId> {
        let away = self.absences.iter().filter(|absence| absence.covers(day)).map(|absence| absence.user);
        let mut people: Vec<UserId> = away.filter(|gone| self.substitute_of(*gone, day) == Some(user)).collect();
        people.sort();
        people.dedup();
        people
    }

    /// Minutes of a person's day for items.
    pub fn minutes_a_day(&self, user: UserId) -> u32 {
        self.worker(user).map_or(USUAL_MINUTES_A_DAY, |worker| worker.minutes_a_day)
    }

    fn worker(&self, user: UserId) -> Option<&Worker> {
        self.workers.iter().find(|(who, _)| *who == user).map(|(_, worker)| worker)
    }

    /// The lanes that a person works that day at the desks that they may work: their own, and those of whom they stand in
    /// for. A person of whom nobody wrote down what they can do is taken to be able to do what their desks ask.
    pub fn lanes(&self, user: UserId, desks: &[Desk], day: Date) -> Vec<Lane> {
        let mut lanes = Vec::new();
        for person in std::iter::once(user).chain(self.stands_in_for(user, day)) {
            let worker = self.worker(person);
            let skills = match worker {
                Some(worker) if !worker.skills.is_empty() => worker.skills.as_slice(),
                Some(_) | None => Skill::ALL,
            };
            let own = worker.map_or(&[][..], |worker| worker.teams.as_slice());
            let own = own.iter().filter(|key| self.open_team(key).is_some_and(|team| desks.contains(&team.desk)));
            let teams = desks.iter().map(|desk| desk.as_str().to_owned()).chain(own.cloned());
            lanes.extend(
                teams.flat_map(|team| skills.iter().map(move |skill| Lane { team: team.clone(), skill: *skill })),
            );
        }
        if let Some((_, earned)) = self.earned.iter().find(|(who, _)| *who == user) {
            // Whoever they stand in for: at Tier 2 a person works what they were given, and nothing else.
            lanes.retain(|lane| self.desk_of(&lane.team) != Some(Desk::Tier2) || earned.contains(&lane.skill));
        }
        lanes.sort();
        lanes.dedup();
        lanes
    }
}

/// What is wrong with a key of a team; keys stand in rules and on the command line.
pub fn key_problem(key: &str) -> Option<&'static str> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if key.is_empty() || key.len() > LONGEST_KEY || !key.chars().all(is_plain) {
        return Some("Write a short word of small letters, digits and hyphens, such as appeals-east.");
    }
    Desk::parse(key).map(|_| "This word is a desk's own team. Choose another one.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    const TODAY: Date = date(2026, 11, 20);

    fn people() -> [UserId; 4] {
        [1, 2, 3, 4].map(|n| UserId(Uuid::from_u128(n)))
    }

    fn away(user: UserId, substitute: Option<UserId>) -> Absence {
        let (from_on, to_on) = (date(2026, 11, 19), date(2026, 11, 23));
        Absence { user, from_on, to_on, substitute, is_called_off: false }
    }

    fn lane(team: &str, skill: Skill) -> Lane {
        Lane { team: team.to_owned(), skill }
    }

    #[test]
    fn a_person_of_whom_nothing_was_written_works_all_of_their_desks() {
        let staffing = Staffing::default();
        let lanes = staffing.lanes(people()[0], &[Desk::Tier1, Desk::Tier2], TODAY);
        assert_eq!(lanes.len(), 2 * Skill::ALL.len());
        assert!(lanes.contains(&lane("tier2", Skill::Clinical)));
    }

    #[test]
    fn skills_and_teams_bound_what_a_person_is_given_and_a_substitute_adds_theirs() {
        let [theo, tess, ada, _] = people();
        let team = Team { name: "Appeals".into(), desk: Desk::Tier2, assignment: Assignment::Pull, is_open: true };
        let worker = |teams: &[&str], skills: &[Skill]| Worker {
            teams: teams.iter().map(|key| (*key).to_owned()).collect(),
            skills: skills.to_vec(),
            minutes_a_day: 300,
        };
        let mut staffing = Staffing {
            teams: vec![("appeals".into(), team)],
            workers: vec![
                (theo, worker(&["appeals", "no-such"], &[Skill::Clinical])),
                (tess, worker(&[], &[Skill::Denials])),
            ],
            ..Staffing::default()
        };
        let at_two = [Desk::Tier2];
        assert_eq!(
            staffing.lanes(theo, &at_two, TODAY),
            [lane("appeals", Skill::Clinical), lane("tier2", Skill::Clinical)]
        );
        assert_eq!(staffing.lanes(theo, &[Desk::Tier1], TODAY), [lane("tier1", Skill::Clinical)]);
        staffing.absences.push(away(theo, Some(tess)));
        assert_eq!(
            staffing.lanes(tess, &at_two, TODAY),
            [lane("appeals", Skill::Clinical), lane("tier2", Skill::Denials), lane("tier2", Skill::Clinical)]
                .into_iter()
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
        );
        assert_eq!(staffing.lanes(ada, &at_two, TODAY).len(), Skill::ALL.len());
        assert_eq!((staffing.minutes_a_day(theo), staffing.minutes_a_day(ada)), (300, USUAL_MINUTES_A_DAY));
    }

    #[test]
    fn skills_given_one_by_one_bound_tier_two_alone_and_at_once() {
        let [tess, theo, ..] = people();
        let mut staffing = Staffing { earned: vec![(tess, vec![])], ..Staffing::default() };
        let at = |staffing: &Staffing, user, desk| staffing.lanes(user, &[desk], TODAY).len();
        assert_eq!((at(&staffing, tess, Desk::Tier2), at(&staffing, tess, Desk::Tier1)), (0, Skill::ALL.len()));
        assert_eq!(at(&staffing, theo, Desk::Tier2), Skill::ALL.len(), "nobody limited Theo");
        staffing.earned = vec![(tess, vec![Skill::Denials])];
        assert_eq!(staffing.lanes(tess, &[Desk::Tier2], TODAY), [lane("tier2", Skill::Denials)]);
        staffing.absences.push(away(theo, Some(tess)));
        assert_eq!(at(&staffing, tess, Desk::Tier2), 1, "standing in gives no skill");
    }

    #[test]
    fn substitutes_stand_in_for_substitutes_and_never_in_a_circle() {
        let [theo, tess, ada, ben] = people();
        let staffing =
            Staffing { absences: vec![away(theo, Some(tess)), away(tess, Some(ada))], ..Staffing::default() };
        assert_eq!(staffing.substitute_of(theo, TODAY), Some(ada));
        assert_eq!(staffing.stands_in_for(ada, TODAY), [theo, tess]);
        assert_eq!(staffing.substitute_of(theo, date(2026, 11, 24)), None);
        let circle = Staffing { absences: vec![away(theo, Some(tess)), away(tess, Some(theo))], ..Staffing::default() };
        assert_eq!(circle.substitute_of(theo, TODAY), None);
        let alone = Staffing { absences: vec![away(ben, None)], ..Staffing::default() };
        assert!(alone.is_away(ben, TODAY) && alone.substitute_of(ben, TODAY).is_none());
        let called_off = Absence { is_called_off: true, ..away(ben, None) };
        assert!(!called_off.covers(TODAY));
    }

    #[test]
    fn an_item_is_owned_by_a_team_of_its_desk_whatever_a_rule_names() {
        let team = |desk, is_open| Team { name: "N".into(), desk, assignment: Assignment::Push, is_open };
        let staffing = Staffing {
            teams: vec![("appeals".into(), team(Desk::Tier2, true)), ("old".into(), team(Desk::Tier2, false))],
            ..Staffing::default()
        };
        for (named, owner) in [(Some("appeals"), "appeals"), (Some("old"), "tier2"), (Some("nobody"), "tier2")] {
            assert_eq!(staffing.owner(Desk::Tier2, named), owner);
        }
        assert_eq!(staffing.owner(Desk::Tier1, Some("appeals")), "tier1");
        assert_eq!(staffing.desk_of("old"), Some(Desk::Tier2));
        assert_eq!((staffing.name_of("tier1"), staffing.name_of("old")), ("Tier 1".to_owned(), "N".to_owned()));
    }

    #[test]
    fn keys_are_words_that_fit_a_rule() {
        assert_eq!(key_problem("appeals-east"), None);
        for key in ["", "Appeals", "a b", "tier2", &"a".repeat(41)] {
            assert!(key_problem(key).is_some(), "{key}");
        }
    }
}
