//! How the demo's practice arranges its work: a team for appeals with a rule that feeds it, what its people do, and an
//! absence next week. Invented.

use app::routing::{OwnRule, set_rule};
use app::teams::{set_absence, set_team, set_worker};
use billing::PracticeId;
use billing::work::team::{Absence, Assignment, Team, Worker};
use billing::work::{Desk, Skill};
use jiff::ToSpan;
use jiff::civil::Date;
use store::Db;

use super::staff::Staff;

/// Days from the last one until Theo is away, and for how long.
const AWAY_IN_DAYS: i64 = 7;
const AWAY_FOR_DAYS: i64 = 4;

/// Minutes of a day that the desks have for items.
#[derive(Debug, Clone, Copy)]
pub struct Minutes {
    /// Tess.
    pub tier1: u32,
    /// Theo.
    pub tier2: u32,
}

/// Adds the team, its rule and what each person does.
pub fn set_up(db: &Db, practice: PracticeId, staff: &Staff, minutes: Minutes) -> Result<(), app::Error> {
    let lead = &staff.manager;
    let appeals = Team { name: "Appeals".into(), desk: Desk::Tier2, assignment: Assignment::Pull, is_open: true };
    set_team(
        db,
        lead,
        practice,
        ("appeals", &appeals),
        "Denials of some size are argued by people who do nothing else.",
    )?;
    let rule = OwnRule {
        place: 10,
        name: "Denials from 150.00 on are argued by Appeals".into(),
        when: "family=denial stake>=150.00".into(),
        then: "team=appeals".into(),
        is_withdrawn: false,
    };
    let today = db.read(lead, practice, |read| Ok::<_, app::Error>(read.today()))?;
    let why = "Small denials took the time of those who write appeals.";
    set_rule(db, lead, practice, ("denials-of-size", &rule, today), why)?;
    let theo = Worker {
        teams: vec!["appeals".into()],
        skills: Skill::ALL.iter().copied().filter(|skill| *skill != Skill::Spanish).collect(),
        minutes_a_day: minutes.tier2,
    };
    set_worker(db, lead, practice, (staff.tier2.user, &theo), "Theo writes the appeals and speaks no Spanish.")?;
    for (person, minutes_a_day) in
        [(&staff.tier1, minutes.tier1), (&staff.coder, 45), (&staff.poster, 30), (&staff.tier3, 60)]
    {
        let worker = Worker { teams: Vec::new(), skills: Skill::ALL.to_vec(), minutes_a_day };
        set_worker(db, lead, practice, (person.user, &worker), "Beside the front desk, the mail and the telephone.")?;
    }
    Ok(())
}

/// Theo and Tess are away for some days in the middle of the story; who stands in for whom is as it will be next week.
pub fn plan_absences(db: &Db, practice: PracticeId, staff: &Staff, days: &[Date]) -> Result<(), app::Error> {
    let at = |part: usize| days.get(days.len() * part / 10).copied();
    let absences = [
        (at(4), &staff.tier2, &staff.tier1, "A week by the sea."),
        (at(6), &staff.tier1, &staff.tier2, "Moves house."),
    ];
    for (from_on, user, substitute, why) in absences {
        let Some(from_on) = from_on else { continue };
        let absence = Absence {
            user: user.user,
            from_on,
            to_on: from_on.saturating_add(AWAY_FOR_DAYS.days()),
            substitute: Some(substitute.user),
            is_called_off: false,
        };
        set_absence(db, &staff.manager, practice, &absence, why)?;
    }
    Ok(())
}

/// Theo is away next week; Tess, who works Tier 1 alone, stands in for what she may.
pub fn plan_absence(db: &Db, practice: PracticeId, staff: &Staff) -> Result<(), app::Error> {
    let today = db.read(&staff.manager, practice, |read| Ok::<_, app::Error>(read.today()))?;
    let from_on = today.saturating_add(AWAY_IN_DAYS.days());
    let absence = Absence {
        user: staff.tier2.user,
        from_on,
        to_on: from_on.saturating_add(AWAY_FOR_DAYS.days()),
        substitute: Some(staff.tier1.user),
        is_called_off: false,
    };
    set_absence(db, &staff.manager, practice, &absence, "A week by the sea, asked for in spring.").map(|_| ())
}
