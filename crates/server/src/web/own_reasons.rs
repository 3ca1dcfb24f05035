//! The reasons of work as the practice works them: a list, one reason with a form, and everything that was set.

use app::cases::own_reasons::{self, ReasonView};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use billing::access::Action;
use billing::work::WorkReason;
use billing::work::own_reason::OwnReason;
use jiff::civil::Date;
use ledger::Money;
use serde::Deserialize;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::SignedIn;
use super::settings::{Asked, Problems, field, problems};
use super::{Desk, filters};

/// What the form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    title: String,
    playbook: String,
    steps: String,
    first_action: String,
    resolve: String,
    large_from: String,
    from: String,
    why: String,
}

#[derive(Template)]
#[template(path = "own_reasons/index.html")]
struct ReasonsPage {
    shell: Shell,
    reasons: Vec<ReasonView>,
}

#[derive(Template)]
#[template(path = "own_reasons/show.html")]
struct ReasonPage {
    shell: Shell,
    view: ReasonView,
    typed: Typed,
    problems: Problems,
    may_change: bool,
}

/// Every reason.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let reasons = desk.blocking(move |db, practice| own_reasons::list(db, &actor, practice)).await?;
    render(&ReasonsPage { shell: Shell::new(&desk, &who, "/settings").after(asked.done()), reasons })
}

/// One reason.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Path(word): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    page(&desk, &who, &word, (None, Problems::default()), asked.done()).await
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    word: &str,
    (typed, problems): (Option<Typed>, Problems),
    done: Option<&str>,
) -> Page {
    let reason = WorkReason::parse(word).ok_or(Refusal::Absent)?;
    let actor = who.actor.clone();
    let (all, today) =
        desk.blocking(move |db, practice| Ok((own_reasons::list(db, &actor, practice)?, db.today(practice)?))).await?;
    let view = all.into_iter().find(|view| view.in_force.reason == reason).ok_or(Refusal::Absent)?;
    let stands = &view.in_force;
    let typed = typed.unwrap_or_else(|| Typed {
        title: stands.title.clone(),
        playbook: stands.playbook.clone(),
        steps: stands.checklist.join("\n"),
        first_action: stands.first_action.to_string(),
        resolve: stands.resolve.to_string(),
        large_from: stands.large_from.map(|amount| amount.to_string()).unwrap_or_default(),
        from: today.to_string(),
        why: String::new(),
    });
    let may_change = who.may(Action::AssignWork);
    render(&ReasonPage { shell: Shell::new(desk, who, "/settings").after(done), view, typed, problems, may_change })
}

/// Sets what the practice says of a reason.
pub async fn change(
    State(desk): State<Desk>,
    who: SignedIn,
    Path(word): Path<String>,
    Form(typed): Form<Typed>,
) -> Page {
    let reason = WorkReason::parse(&word).ok_or(Refusal::Absent)?;
    let (own, from) = match read(reason, &typed) {
        Ok(read) => read,
        Err(problem) => return page(&desk, &who, &word, (Some(typed), problem), None).await,
    };
    let (actor, why) = (who.actor.clone(), typed.why.clone());
    let done =
        desk.blocking(move |db, practice| own_reasons::set(db, &actor, practice, (reason, own, from), &why)).await;
    match done.map_err(problems) {
        Ok(()) => go(&format!("/settings/reasons/{}", reason.as_str()), "reason-set"),
        Err(problems) => page(&desk, &who, &word, (Some(typed), problems?), None).await,
    }
}

/// What was typed; what is as the program ships it is not set, so that it follows the program.
fn read(reason: WorkReason, typed: &Typed) -> Result<(OwnReason, Date), Problems> {
    let spec = reason.spec();
    let words = |typed: &str, shipped: &str| {
        let typed = typed.trim().replace("\r\n", "\n");
        (!typed.is_empty() && typed != shipped).then_some(typed)
    };
    let days = |name: &str, typed: &str, shipped: u32| match typed.trim() {
        "" => Ok(None),
        text => match text.parse::<u32>() {
            Ok(days) => Ok((days != shipped).then_some(days)),
            Err(_) => Err(field(name, "Write a whole number of business days.")),
        },
    };
    let steps: Vec<String> =
        typed.steps.lines().map(|step| step.trim().to_owned()).filter(|step| !step.is_empty()).collect();
    let large_from = match typed.large_from.trim() {
        "" => None,
        text => Some(Money::parse(text).map_err(|_| field("large_from", "Write dollars and cents, such as 500.00."))?),
    };
    let from = typed.from.trim().parse().map_err(|_| field("from", "Choose the day from which it counts."))?;
    let own = OwnReason {
        title: words(&typed.title, spec.title),
        playbook: words(&typed.playbook, spec.playbook),
        checklist: (!steps.is_empty() && steps != spec.checklist).then_some(steps),
        first_action: days("first_action", &typed.first_action, spec.first_action)?,
        resolve: days("resolve", &typed.resolve, spec.resolve)?,
        large_from,
    };
    Ok((own, from))
}
