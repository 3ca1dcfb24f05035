//! How an item of work is printed: one JSON object for programs, a few lines for people. Names no patient.

use app::next_best::{self, Next};
use serde_json::{Value, json};
use store::worklist::QueueRow;

use super::super::output::{self, line};
use super::super::{Done, Failure, Session};

fn body(next: &Next) -> Value {
    let item = &next.item;
    json!({
        "id": item.id, "reason": item.reason.as_str(), "desk": item.desk.as_str(),
        "tier": item.desk.tier().number(), "state": item.state.as_str(), "owner": next.owner,
        "team": next.team, "skill": next.skill.as_str(), "due_on": item.due_on.to_string(),
        "clocks": clocks(item.deadline_on), "money_cents": item.money_at_stake.cents(), "priority": next.priority,
        "why": next.why, "summary": item.summary, "routed_by": next.routed_by,
    })
}

/// The days of law or contract that an item must keep.
fn clocks(deadline_on: Option<jiff::civil::Date>) -> Vec<Value> {
    deadline_on.map(|day| json!({ "ends_on": day.to_string() })).into_iter().collect()
}

/// Prints one item.
pub fn print(session: &Session, next: &Next, is_json: bool) -> Result<Done, Failure> {
    if is_json {
        return output::json(&body(next));
    }
    let item = &next.item;
    line(&format!("{}  {}", item.id, item.reason.title()));
    line(&item.summary);
    line(&format!("{}. {}, due {}", next.why, next.team_name, item.due_on));
    let owner = match &next.owner {
        Some(login) if *login == session.actor.login => "You have it.".to_owned(),
        Some(login) => format!("{login} has it."),
        None => "Nobody has it.".to_owned(),
    };
    line(&owner);
    Ok(Done::Clean)
}

/// Prints an item after it moved; where it went out of the person's sight, its id and that it moved.
pub fn after(session: &Session, id: billing::WorkItemId, is_json: bool, words: &str) -> Result<Done, Failure> {
    if !is_json {
        line(words);
        return Ok(Done::Clean);
    }
    match next_best::show(&session.db, &session.actor, session.practice, id) {
        Ok(next) => output::json(&body(&next)),
        Err(app::Error::NotFound(_)) => {
            output::json(&json!({ "id": id, "state": "open", "owner": null, "why": words }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Prints the rows of a queue.
pub fn print_rows(session: &Session, rows: &[QueueRow]) -> Result<Done, Failure> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let all = next_best::show_many(&session.db, &session.actor, session.practice, &ids)?;
    let told = rows.iter().filter_map(|row| all.get(&row.id).map(|next| (row, next))).map(|(row, next)| {
        let mut object = body(next);
        object["stake_cents"] = json!(row.stake_cents.cents());
        object["deadline_on"] = json!(row.deadline_on.map(|day| day.to_string()));
        object["escalations"] = json!(row.escalations);
        object["claim"] = json!(row.control_number);
        object
    });
    output::json(&told.collect::<Vec<_>>())
}
