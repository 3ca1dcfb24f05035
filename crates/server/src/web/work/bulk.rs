//! One step for the chosen rows of the queue: first what would happen to each and why some are left out, then the step.

use askama::Template;
use axum::extract::{Form, State};
use billing::work::{ROOT_CAUSES, Resolution};
use billing::{UserId, WorkItemId};

use super::filters;
use super::list::{Asked, tail};
use crate::web::Desk;
use crate::web::page::{Page, Shell, show as render};
use crate::web::refusal::Refusal;
use crate::web::session::SignedIn;
use app::worklist::bulk::{self, Line, Step};

/// What the person wrote for the step; each step reads its own fields.
#[derive(Default)]
struct Typed {
    person: String,
    note: String,
    outcome: String,
    root_cause: String,
}

#[derive(Template)]
#[template(path = "work/bulk.html")]
struct BulkPage {
    shell: Shell,
    title: &'static str,
    step: String,
    lines: Vec<Line>,
    doing: usize,
    left_out: usize,
    is_done: bool,
    typed: Typed,
    people: Vec<(UserId, String)>,
    stages: &'static [&'static str],
    problem: Option<(String, String)>,
    back: String,
    tail: String,
}

/// The form: the step, its words, the chosen items.
struct Chosen {
    step: String,
    items: Vec<WorkItemId>,
    typed: Typed,
}

fn chosen(fields: Vec<(String, String)>) -> Chosen {
    let mut chosen = Chosen { step: String::new(), items: Vec::new(), typed: Typed::default() };
    for (name, value) in fields {
        match name.as_str() {
            "step" => chosen.step = value,
            "item" => chosen.items.extend(value.parse::<WorkItemId>()),
            "person" => chosen.typed.person = value,
            "note" => chosen.typed.note = value,
            "outcome" => chosen.typed.outcome = value,
            "root_cause" => chosen.typed.root_cause = value,
            _ => {}
        }
    }
    chosen
}

/// Says what would happen.
pub async fn look(
    State(desk): State<Desk>,
    who: SignedIn,
    asked: Asked,
    Form(fields): Form<Vec<(String, String)>>,
) -> Page {
    let chosen = chosen(fields);
    let people = people(&desk, &who).await?;
    let step = step(&chosen, &people, true)?;
    let (actor, items) = (who.actor.clone(), chosen.items.clone());
    let lines = desk.blocking(move |db, practice| bulk::rehearse(db, &actor, practice, &step, &items)).await?;
    page(&desk, &who, &asked, chosen, lines, people, (false, None))
}

/// Does it. Where the words of the step are missing nothing is done and the page asks for them.
pub async fn carry_out(
    State(desk): State<Desk>,
    who: SignedIn,
    asked: Asked,
    Form(fields): Form<Vec<(String, String)>>,
) -> Page {
    let chosen = chosen(fields);
    let people = people(&desk, &who).await?;
    let step = step(&chosen, &people, false)?;
    let (actor, items) = (who.actor.clone(), chosen.items.clone());
    let lines = desk.blocking(move |db, practice| bulk::carry_out(db, &actor, practice, &step, &items)).await?;
    // Where every one was refused, the words are asked for again with what is wrong.
    let all_refused = lines.iter().find_map(|line| line.outcome.as_ref().err()).cloned();
    let problem = all_refused.filter(|_| lines.iter().all(|line| line.outcome.is_err()));
    let is_done = problem.is_none();
    page(&desk, &who, &asked, chosen, lines, people, (is_done, problem.map(|words| (String::new(), words))))
}

/// Who may be given work: whoever works some desk; whether it is the right one is said of each item.
async fn people(desk: &Desk, who: &SignedIn) -> Result<Vec<(UserId, String)>, Refusal> {
    desk.read(&who.actor, |read| app::worklist::bulk::workers(read)).await
}

/// The step of the form. A rehearsal before any word is written stands in with words, for what is asked is the item.
fn step(chosen: &Chosen, people: &[(UserId, String)], is_rehearsal: bool) -> Result<Step, Refusal> {
    const STAND_IN: &str = "The words are written on the next page.";
    let words = |typed: &str| match typed.trim().is_empty() && is_rehearsal {
        true => STAND_IN.to_owned(),
        false => typed.to_owned(),
    };
    Ok(match chosen.step.as_str() {
        "take" => Step::Take,
        "put_back" => Step::PutBack,
        "assign" => {
            let first = people.first().map(|(id, _)| *id).filter(|_| is_rehearsal);
            Step::Assign(chosen.typed.person.parse().ok().or(first).ok_or(Refusal::Absent)?)
        }
        "note" => Step::Note(words(&chosen.typed.note)),
        "resolve" => Step::Resolve(Resolution {
            outcome: words(&chosen.typed.outcome),
            root_cause: if chosen.typed.root_cause.is_empty() {
                ROOT_CAUSES[0].to_owned()
            } else {
                chosen.typed.root_cause.clone()
            },
            ..Resolution::default()
        }),
        _ => return Err(Refusal::Absent),
    })
}

fn page(
    desk: &Desk,
    who: &SignedIn,
    asked: &Asked,
    chosen: Chosen,
    lines: Vec<Line>,
    people: Vec<(UserId, String)>,
    (is_done, problem): (bool, Option<(String, String)>),
) -> Page {
    let title = match chosen.step.as_str() {
        "take" => "Take them",
        "put_back" => "Put them back",
        "assign" => "Give them to somebody",
        "note" => "Note on each",
        _ => "Resolve them",
    };
    let doing = lines.iter().filter(|line| line.outcome.is_ok()).count();
    render(&BulkPage {
        shell: Shell::new(desk, who, "/work"),
        title,
        left_out: lines.len() - doing,
        doing,
        step: chosen.step,
        lines,
        is_done,
        typed: chosen.typed,
        people,
        stages: &ROOT_CAUSES,
        problem,
        back: asked.list(),
        tail: tail(&asked.filter),
    })
}
