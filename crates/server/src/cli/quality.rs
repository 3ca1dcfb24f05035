//! Commands about the quality of work: what was drawn, a new draw, what was said of one's own work. Measures by reason are the
//! report `quality`.

use app::quality;
use billing::quality::skills::{Evidence, tier2_skills};
use billing::work::Skill;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::approval::said;
use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about the quality of work.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List draws of reviews, the latest first
    Draws(Draws),
    /// Draw a sample of what a person ended in a month that is over
    Draw(Draw),
    /// List what was said of your own work
    Mine(Mine),
    /// Make the practice in which people train, with its cases
    OpenTraining,
    /// What training and reviews say of a person's skills of Tier 2
    Skills(Skills),
    /// Give a person a skill of Tier 2
    Promote(Decide),
    /// Take a skill of Tier 2 back
    Demote(Decide),
}

/// The list.
#[derive(Debug, Args)]
pub struct Draws {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A draw.
#[derive(Debug, Args)]
pub struct Draw {
    /// The person's log-in
    login: String,
    /// A day of the month, such as 2026-10-01
    #[arg(long)]
    month: Date,
    /// How many items, from 5 to 10
    #[arg(long, default_value_t = billing::quality::draw::FEWEST)]
    items: usize,
}

/// One's own reviews.
#[derive(Debug, Args)]
pub struct Mine {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Whose skills.
#[derive(Debug, Args)]
pub struct Skills {
    /// The person's log-in
    login: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A decision about a skill.
#[derive(Debug, Args)]
pub struct Decide {
    /// The person's log-in
    login: String,
    /// The skill, such as denials
    #[arg(value_parser = read_skill)]
    skill: Skill,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

fn read_skill(word: &str) -> Result<Skill, String> {
    let known = || tier2_skills().iter().map(|skill| skill.as_str()).collect::<Vec<_>>().join(", ");
    Skill::parse(word).ok_or_else(|| format!("the skills of Tier 2 are {}", known()))
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    match command {
        Command::Draws(arguments) => draws(&session, arguments),
        Command::Draw(Draw { login, month, items }) => {
            let (db, actor, practice) = (&session.db, &session.actor, session.practice);
            let person = session.read(|read| app::users::by_login(read, login))?;
            let id = quality::draw_sample(db, actor, practice, (person.id, *month), *items)?;
            said(&format!("Drawn as {id}. Its items wait for their reviews on the page Quality."))
        }
        Command::Mine(arguments) => mine(&session, arguments),
        Command::OpenTraining => {
            let (db, actor, practice) = (&session.db, &session.actor, session.practice);
            let made = crate::training::open(db, actor, practice, crate::training::CASES_A_SCENARIO);
            let cases = made.map_err(|error| match error.downcast::<app::Error>() {
                Ok(error) => Failure::from(error),
                Err(other) => Failure::Refused(format!("The training practice could not be made: {other}.")),
            })?;
            said(&format!("Open, with {cases} cases. People train under Practice mode."))
        }
        Command::Skills(arguments) => show_skills(&session, arguments),
        Command::Promote(Decide { login, skill, because }) => {
            let person = session.read(|read| app::users::by_login(read, login))?;
            let wish = (person.id, *skill);
            quality::skills::promote(&session.db, &session.actor, session.practice, wish, because)?;
            said("Given. Routing honours it from the next item on.")
        }
        Command::Demote(Decide { login, skill, because }) => {
            let person = session.read(|read| app::users::by_login(read, login))?;
            let wish = (person.id, *skill);
            quality::skills::demote(&session.db, &session.actor, session.practice, wish, because)?;
            said("Taken back. Routing honours it from the next item on.")
        }
    }
}

fn draws(session: &Session, arguments: &Draws) -> Result<Done, Failure> {
    let draws = quality::draws(&session.db, &session.actor, session.practice)?;
    if arguments.json {
        let rows = draws.iter().map(|draw| {
            json!({
                "id": draw.row.id, "login": draw.row.login, "month": draw.row.month.to_string(),
                "number": draw.row.number, "drawn_from": draw.row.body.0.candidates.len(),
                "is_what_the_number_gives": draw.is_same,
                "reviews": draw.reviews.iter().map(|review| json!({
                    "id": review.id, "work_item_id": review.work_item_id, "reason": review.reason.as_str(),
                    "state": review.state,
                })).collect::<Vec<_>>(),
            })
        });
        return output::json(&rows.collect::<Vec<_>>());
    }
    let head = [("LOG-IN", Align::Left), ("MONTH", Align::Left), ("DRAWN", Align::Right), ("TO REVIEW", Align::Right)];
    let line = |draw: &quality::DrawView| {
        let (drawn, open) = (draw.reviews.len().to_string(), draw.open().to_string());
        vec![draw.row.login.clone(), draw.row.month.to_string(), drawn, open]
    };
    output::table(&head, &draws.iter().map(line).collect::<Vec<_>>(), "Nothing was drawn yet.")
}

fn show_skills(session: &Session, arguments: &Skills) -> Result<Done, Failure> {
    let person = session.read(|read| app::users::by_login(read, &arguments.login))?;
    let stands = quality::skills::of_person(&session.db, &session.actor, session.practice, person.id)?;
    if arguments.json {
        let rows = stands.evidence.iter().map(|(skill, evidence)| {
            json!({ "skill": skill.as_str(), "is_given": stands.has(*skill), "evidence": evidence })
        });
        let one_by_one = stands.earned.is_some();
        return output::json(&json!({ "one_by_one": one_by_one, "skills": rows.collect::<Vec<_>>() }));
    }
    let head = [("SKILL", Align::Left), ("GIVEN", Align::Left), ("CASES", Align::Right), ("REVIEWS", Align::Right)];
    let line = |(skill, evidence): &(Skill, Evidence)| {
        let given = if stands.has(*skill) { "yes" } else { "no" };
        let (cases, reviews) = (evidence.cases.to_string(), evidence.reviews.to_string());
        vec![skill.label().to_owned(), given.to_owned(), cases, reviews]
    };
    output::table(&head, &stands.evidence.iter().map(line).collect::<Vec<_>>(), "Tier 2 asks for no skill.")
}

fn mine(session: &Session, arguments: &Mine) -> Result<Done, Failure> {
    let reviews = quality::own_reviews(&session.db, &session.actor, session.practice)?;
    if arguments.json {
        let rows = reviews.iter().map(|row| {
            json!({
                "id": row.id, "reason": row.reason.as_str(), "score": row.score, "is_failed": row.is_failed,
                "comment": row.comment, "answer": row.answer,
            })
        });
        return output::json(&rows.collect::<Vec<_>>());
    }
    let head = [("REASON", Align::Left), ("SCORE", Align::Right), ("COMMENT", Align::Left)];
    let line = |row: &store::quality::QualityReviewRow| {
        let score = row.score.map(|score| format!("{score} %")).unwrap_or_default();
        vec![row.reason.title().to_owned(), score, row.comment.clone().unwrap_or_default()]
    };
    output::table(&head, &reviews.iter().map(line).collect::<Vec<_>>(), "Nothing of your work was reviewed yet.")
}
