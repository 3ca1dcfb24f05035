//! Commands about teams: list, set a team, say what a person does, absences, and how much of a day one payer may fill.

use app::teams;
use billing::UserId;
use billing::id::DeskSettingId;
use billing::work::priority::PayerShare;
use billing::work::team::{Absence, Assignment, Team, USUAL_MINUTES_A_DAY, Worker};
use billing::work::{Desk, Skill};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::approval::said;
use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about teams.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List people, teams, absences and open work
    List(List),
    /// Add a team, or change one
    Set(Set),
    /// Say what a person does
    Person(Person),
    /// A person is away
    Away(Away),
    /// An absence does not happen, or ends early
    Back(Back),
    /// How much of a person's day one payer may fill
    Share(Share),
}

/// The list.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A team.
#[derive(Debug, Args)]
pub struct Set {
    /// A short word, such as appeals-east
    key: String,
    /// What people read
    #[arg(long)]
    name: String,
    /// tier1, tier2, tier3, coder or poster
    #[arg(long, value_parser = read_desk)]
    desk: Desk,
    /// Give its items out in the morning
    #[arg(long)]
    push: bool,
    /// Close it; its open items go to its desk's own team
    #[arg(long)]
    close: bool,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// What a person does.
#[derive(Debug, Args)]
pub struct Person {
    /// The person's log-in
    login: String,
    /// Key of a team beside the desk's own; may be said again
    #[arg(long = "team", value_name = "KEY")]
    teams: Vec<String>,
    /// What the person can do; may be said again; all that their desks ask where none is said
    #[arg(long = "skill", value_name = "SKILL", value_parser = read_skill)]
    skills: Vec<Skill>,
    /// Minutes of a day for items
    #[arg(long, default_value_t = USUAL_MINUTES_A_DAY)]
    minutes: u32,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// An absence.
#[derive(Debug, Args)]
pub struct Away {
    /// The person's log-in
    login: String,
    /// First day, such as 2026-12-21
    #[arg(long)]
    from: Date,
    /// Last day
    #[arg(long)]
    to: Date,
    /// Log-in of who stands in
    #[arg(long, value_name = "LOGIN")]
    substitute: Option<String>,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Which absence.
#[derive(Debug, Args)]
pub struct Back {
    /// The absence's id, as the list shows it
    absence: DeskSettingId,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// The share of one payer.
#[derive(Debug, Args)]
pub struct Share {
    /// At most so much, in percent
    percent: u32,
    /// Of so many items one after another
    #[arg(long, default_value_t = PayerShare::USUAL.of_next)]
    of: u32,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

fn read_desk(word: &str) -> Result<Desk, String> {
    Desk::parse(word).ok_or_else(|| format!("the desks are {}", Desk::ALL.map(Desk::as_str).join(", ")))
}

fn read_skill(word: &str) -> Result<Skill, String> {
    let known = || Skill::ALL.iter().map(|skill| skill.as_str()).collect::<Vec<_>>().join(", ");
    Skill::parse(word).ok_or_else(|| format!("the skills are {}", known()))
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let person = |login: &str| -> Result<UserId, Failure> {
        Ok(db.read(actor, practice, |read| app::users::by_login(read, login))?.id)
    };
    match command {
        Command::List(arguments) => list(&session, arguments),
        Command::Set(Set { key, name, desk, push, close, because }) => {
            let assignment = if *push { Assignment::Push } else { Assignment::Pull };
            let team = Team { name: name.clone(), desk: *desk, assignment, is_open: !close };
            teams::set_team(db, actor, practice, (key, &team), because)?;
            said("Saved. New items find it from now on.")
        }
        Command::Person(Person { login, teams: keys, skills, minutes, because }) => {
            let worker = Worker { teams: keys.clone(), skills: skills.clone(), minutes_a_day: *minutes };
            teams::set_worker(db, actor, practice, (person(login)?, &worker), because)?;
            said("Saved. It counts from the next item on.")
        }
        Command::Away(Away { login, from, to, substitute, because }) => {
            let substitute = substitute.as_deref().map(person).transpose()?;
            let user = person(login)?;
            let absence = Absence { user, from_on: *from, to_on: *to, substitute, is_called_off: false };
            let id = teams::set_absence(db, actor, practice, &absence, because)?;
            said(&format!("Saved as {id}. What the person has moves on the first day."))
        }
        Command::Back(Back { absence, because }) => {
            teams::call_off_absence(db, actor, practice, *absence, because)?;
            said("Called off. The person is given items again.")
        }
        Command::Share(Share { percent, of, because }) => {
            teams::set_share(db, actor, practice, PayerShare { of_next: *of, percent: *percent }, because)?;
            said("Set. It counts from the next item on.")
        }
    }
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let stands = teams::arrangement(&session.db, &session.actor, session.practice)?;
    let staffing = &stands.staffing;
    if arguments.json {
        let people = stands.colleagues.iter().map(|person| {
            json!({
                "login": person.login, "name": person.name,
                "desks": person.desks.iter().map(|desk| desk.as_str()).collect::<Vec<_>>(),
                "teams": person.worker.as_ref().map(|worker| &worker.teams),
                "skills": person.worker.as_ref().map(|worker| &worker.skills),
                "minutes_a_day": staffing.minutes_a_day(person.user),
            })
        });
        let own = staffing.teams.iter().map(|(key, team)| {
            json!({
                "key": key, "name": team.name, "desk": team.desk.as_str(),
                "assignment": team.assignment.as_str(), "is_open": team.is_open,
            })
        });
        let absences = stands.absences.iter().map(|(id, absence)| {
            json!({
                "id": id, "person": absence.user, "from": absence.from_on.to_string(),
                "to": absence.to_on.to_string(), "substitute": absence.substitute,
            })
        });
        let lanes = stands.lanes.iter().map(|lane| {
            json!({
                "team": lane.team, "skill": lane.skill.as_str(), "items": lane.items,
                "stake_cents": lane.stake_cents.cents(),
            })
        });
        let unmanned = stands
            .unmanned
            .iter()
            .map(|lane| json!({ "team": lane.team, "skill": lane.skill.as_str(), "items": lane.items }));
        return output::json(&json!({
            "people": people.collect::<Vec<_>>(), "teams": own.collect::<Vec<_>>(),
            "absences": absences.collect::<Vec<_>>(), "open": lanes.collect::<Vec<_>>(),
            "nobody_today": unmanned.collect::<Vec<_>>(),
            "payer_share": { "percent": stands.share.percent, "of_next": stands.share.of_next },
        }));
    }
    let head = [("TEAM", Align::Left), ("ASKS FOR", Align::Left), ("OPEN", Align::Right), ("AT STAKE", Align::Right)];
    let line = |lane: &store::routing::LaneTotal| {
        let (items, stake) = (lane.items.to_string(), lane.stake_cents.to_string());
        vec![staffing.name_of(&lane.team), lane.skill.label().to_owned(), items, stake]
    };
    output::table(&head, &stands.lanes.iter().map(line).collect::<Vec<_>>(), "Nothing is open.")
}
