//! Teams, what people can do, who is away, and how much of a day one payer may fill: what stands, what nobody can take
//! today, and the forms of who arranges the work.

use std::collections::HashMap;

use app::teams::{self, Arrangement, Colleague};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::UserId;
use billing::access::Action;
use billing::id::DeskSettingId;
use billing::work::priority::PayerShare;
use billing::work::team::{Absence, Assignment, Team, Worker};
use billing::work::{Desk as DeskKind, Skill};
use jiff::civil::Date;
use store::desk_setting::DeskSettingRow;

use super::page::{Page, Shell, go, show as render};
use super::session::{Id, SignedIn};
use super::settings::{Asked, Problems, field, problems};
use super::{Desk, filters};

/// What a form holds: which fields it has depends on the skills and teams there are.
pub type Typed = HashMap<String, String>;

#[derive(Template)]
#[template(path = "teams/index.html")]
struct TeamsPage {
    shell: Shell,
    typed: Typed,
    problems: Problems,
    stands: Arrangement,
    today: Date,
    may_change: bool,
}

impl TeamsPage {
    fn said(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn desks() -> [DeskKind; 5] {
        DeskKind::ALL
    }

    fn skills() -> &'static [Skill] {
        Skill::ALL
    }

    fn ways() -> [Assignment; 2] {
        Assignment::ALL
    }

    fn name_of(&self, user: &UserId) -> String {
        let known = self.stands.colleagues.iter().find(|person| person.user == *user);
        known.map_or_else(|| "a person who left".to_owned(), |person| person.name.clone())
    }

    fn skills_of(person: &Colleague) -> String {
        match &person.worker {
            Some(worker) if !worker.skills.is_empty() => {
                worker.skills.iter().map(|skill| skill.label()).collect::<Vec<_>>().join(", ")
            }
            Some(_) | None => "All that their desks ask".to_owned(),
        }
    }

    fn teams_of(&self, person: &Colleague) -> String {
        let own = person.worker.iter().flat_map(|worker| &worker.teams).map(|key| self.stands.staffing.name_of(key));
        person.desks.iter().map(|desk| desk.label().to_owned()).chain(own).collect::<Vec<_>>().join(", ")
    }

    fn minutes_of(&self, person: &Colleague) -> u32 {
        self.stands.staffing.minutes_a_day(person.user)
    }

    fn is_away(&self, person: &Colleague) -> bool {
        self.stands.staffing.is_away(person.user, self.today)
    }

    fn what(row: &DeskSettingRow) -> String {
        row.kind.as_str().replace('_', " ")
    }
}

/// What stands.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, (Typed::new(), Problems::default()), asked.done()).await
}

async fn page(desk: &Desk, who: &SignedIn, (typed, problems): (Typed, Problems), done: Option<&str>) -> Page {
    let actor = who.actor.clone();
    let stands = desk.blocking(move |db, practice| teams::arrangement(db, &actor, practice)).await?;
    let today = desk.read(&who.actor, |read| Ok(read.today())).await?;
    render(&TeamsPage {
        shell: Shell::new(desk, who, "/settings").after(done),
        typed,
        problems,
        stands,
        today,
        may_change: who.may(Action::ArrangeWork),
    })
}

fn said<'t>(typed: &'t Typed, name: &str) -> &'t str {
    typed.get(name).map_or("", |words| words.trim())
}

/// Adds a team, or changes one.
pub async fn change_team(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let Some(at) = DeskKind::parse(said(&typed, "desk")) else {
        return page(&desk, &who, (typed, field("desk", "Choose the desk whose items it owns.")), None).await;
    };
    let team = Team {
        name: said(&typed, "name").to_owned(),
        desk: at,
        assignment: Assignment::parse(said(&typed, "assignment")).unwrap_or(Assignment::Pull),
        is_open: said(&typed, "closed") != "yes",
    };
    let (actor, key, why) = (who.actor.clone(), said(&typed, "key").to_owned(), said(&typed, "reason").to_owned());
    let done = desk.blocking(move |db, practice| teams::set_team(db, &actor, practice, (&key, &team), &why)).await;
    match done.map_err(problems) {
        Ok(()) => go("/settings/teams", "team-set"),
        Err(problems) => page(&desk, &who, (typed, problems?), None).await,
    }
}

/// Says what a person does.
pub async fn change_worker(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let Ok(user) = said(&typed, "person").parse::<UserId>() else {
        return page(&desk, &who, (typed, field("person", "Choose who.")), None).await;
    };
    let Ok(minutes_a_day) = said(&typed, "minutes_a_day").parse() else {
        return page(&desk, &who, (typed, field("minutes_a_day", "Write whole minutes, such as 390.")), None).await;
    };
    let ticked = |prefix: &str| -> Vec<String> {
        let names = typed.iter().filter(|(_, value)| *value == "yes");
        names.filter_map(|(name, _)| name.strip_prefix(prefix)).map(str::to_owned).collect()
    };
    let mut teams_of = ticked("team-");
    teams_of.sort();
    let wanted = ticked("skill-");
    let skills = Skill::ALL.iter().copied().filter(|skill| wanted.iter().any(|word| word == skill.as_str())).collect();
    let worker = Worker { teams: teams_of, skills, minutes_a_day };
    let (actor, why) = (who.actor.clone(), said(&typed, "worker_reason").to_owned());
    let done = desk.blocking(move |db, practice| teams::set_worker(db, &actor, practice, (user, &worker), &why)).await;
    match done.map_err(|error| renamed(problems(error), "reason", "worker_reason")) {
        Ok(()) => go("/settings/teams", "worker-set"),
        Err(problems) => page(&desk, &who, (typed, problems?), None).await,
    }
}

/// A person is away.
pub async fn add_absence(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let Ok(user) = said(&typed, "absent").parse::<UserId>() else {
        return page(&desk, &who, (typed, field("absent", "Choose who is away.")), None).await;
    };
    let days = (said(&typed, "from_on").parse::<Date>(), said(&typed, "to_on").parse::<Date>());
    let (Ok(from_on), Ok(to_on)) = days else {
        return page(&desk, &who, (typed, field("to_on", "Give the first day and the last.")), None).await;
    };
    let substitute = said(&typed, "substitute").parse::<UserId>().ok();
    let absence = Absence { user, from_on, to_on, substitute, is_called_off: false };
    let (actor, why) = (who.actor.clone(), said(&typed, "absence_reason").to_owned());
    let done = desk.blocking(move |db, practice| teams::set_absence(db, &actor, practice, &absence, &why)).await;
    match done.map_err(|error| renamed(problems(error), "reason", "absence_reason")) {
        Ok(_) => go("/settings/teams", "absence-set"),
        Err(problems) => page(&desk, &who, (typed, problems?), None).await,
    }
}

/// An absence does not happen, or ends early.
pub async fn call_off(State(desk): State<Desk>, who: SignedIn, Id(id): Id<DeskSettingId>) -> Page {
    let actor = who.actor.clone();
    let why = "The person is there after all.";
    let done = desk.blocking(move |db, practice| teams::call_off_absence(db, &actor, practice, id, why)).await;
    match done.map_err(problems) {
        Ok(()) => go("/settings/teams", "absence-off"),
        Err(problems) => page(&desk, &who, (Typed::new(), problems?), None).await,
    }
}

/// How much of a person's day one payer may fill.
pub async fn change_share(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let figures = (said(&typed, "percent").trim_end_matches('%').parse(), said(&typed, "of_next").parse());
    let (Ok(percent), Ok(of_next)) = figures else {
        return page(&desk, &who, (typed, field("percent", "Write whole percent and a number of items.")), None).await;
    };
    let (actor, why) = (who.actor.clone(), said(&typed, "share_reason").to_owned());
    let share = PayerShare { of_next, percent };
    let done = desk.blocking(move |db, practice| teams::set_share(db, &actor, practice, share, &why)).await;
    match done.map_err(|error| renamed(problems(error), "reason", "share_reason")) {
        Ok(()) => go("/settings/teams", "share-set"),
        Err(problems) => page(&desk, &who, (typed, problems?), None).await,
    }
}

/// A page of several forms names the same field differently in each.
fn renamed(
    problems: Result<Problems, super::refusal::Refusal>,
    from: &str,
    to: &str,
) -> Result<Problems, super::refusal::Refusal> {
    let mut problems = problems?;
    for one in problems.0.iter_mut().filter(|one| one.field == from) {
        one.field = to.to_owned();
    }
    Ok(problems)
}
