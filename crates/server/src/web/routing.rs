//! The rules of routing: the practice's own before the program's, a form for one, and what it would have done with last
//! month's work before it stands.

use app::routing::{self, DryRun, OwnRule, Rules};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::Action;
use jiff::civil::Date;
use serde::Deserialize;

use super::Desk;
use super::page::{Page, Shell, go, show as render};
use super::session::SignedIn;
use super::settings::{Asked, Problems, field, problems};

/// What the form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    key: String,
    place: String,
    name: String,
    when: String,
    then: String,
    from_on: String,
    reason: String,
    /// "try" looks at last month; "save" sets the rule.
    what: String,
}

#[derive(Template)]
#[template(path = "routing/index.html")]
struct RoutingPage {
    shell: Shell,
    typed: Typed,
    problems: Problems,
    rules: Rules,
    run: Option<DryRun>,
    may_change: bool,
}

/// The rules.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, (Typed::default(), Problems::default(), None), asked.done()).await
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    (typed, problems, run): (Typed, Problems, Option<DryRun>),
    done: Option<&str>,
) -> Page {
    let actor = who.actor.clone();
    let rules = desk.blocking(move |db, practice| routing::rules(db, &actor, practice)).await?;
    render(&RoutingPage {
        shell: Shell::new(desk, who, "/settings").after(done),
        typed,
        problems,
        rules,
        run,
        may_change: who.may(Action::ArrangeWork),
    })
}

/// Looks at what a rule would have done, or sets it.
pub async fn change(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let Ok(place) = typed.place.trim().parse() else {
        return page(&desk, &who, (typed, field("place", "Write a number, such as 10."), None), None).await;
    };
    let rule = OwnRule {
        place,
        name: typed.name.trim().to_owned(),
        when: typed.when.trim().to_owned(),
        then: typed.then.trim().to_owned(),
        is_withdrawn: false,
    };
    let (actor, key, why) = (who.actor.clone(), typed.key.trim().to_owned(), typed.reason.clone());
    if typed.what != "save" {
        let run = desk.blocking(move |db, practice| routing::dry_run(db, &actor, practice, (&key, Some(&rule)))).await;
        return match run.map_err(problems) {
            Ok(run) => page(&desk, &who, (typed, Problems::default(), Some(run)), None).await,
            Err(problems) => page(&desk, &who, (typed, problems?, None), None).await,
        };
    }
    let from_on = match typed.from_on.trim() {
        "" => desk.read(&who.actor, |read| Ok(read.today())).await?,
        day => match day.parse::<Date>() {
            Ok(day) => day,
            Err(_) => {
                return page(&desk, &who, (typed, field("from_on", "Give a day, or none for today."), None), None)
                    .await;
            }
        },
    };
    let done =
        desk.blocking(move |db, practice| routing::set_rule(db, &actor, practice, (&key, &rule, from_on), &why)).await;
    match done.map_err(problems) {
        Ok(()) => go("/settings/routing", "rule-set"),
        Err(problems) => page(&desk, &who, (typed, problems?, None), None).await,
    }
}

/// A rule no longer counts.
pub async fn withdraw(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let (actor, key, why) = (who.actor.clone(), typed.key.clone(), typed.reason.clone());
    let done = desk.blocking(move |db, practice| routing::withdraw_rule(db, &actor, practice, &key, &why)).await;
    match done.map_err(problems) {
        Ok(()) => go("/settings/routing", "rule-off"),
        Err(problems) => page(&desk, &who, (typed, problems?, None), None).await,
    }
}
