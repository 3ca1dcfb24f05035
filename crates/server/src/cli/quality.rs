//! Commands about the quality of work: what was drawn, a new draw, what was said of one's own work. Measures by reason are the
//! report `quality`.

use app::quality;
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
