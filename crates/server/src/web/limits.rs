//! What roles may decide alone, and the policy of discounts: the figures that stand, a form for one, and everything that was
//! set.

use app::limits;
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::{Action, LimitKind, LimitUnit, Limits};
use ledger::Money;
use serde::Deserialize;
use store::practice_limit::PracticeLimitRow;

use super::page::{Page, Shell, go, show_told};
use super::session::SignedIn;
use super::settings::{Asked, Problems, field, problems};
use super::{Desk, filters};

/// What the form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    kind: String,
    amount: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "limits/index.html")]
struct LimitsPage {
    shell: Shell,
    typed: Typed,
    problems: Problems,
    limits: Limits,
    history: Vec<PracticeLimitRow>,
    may_change: bool,
}

impl LimitsPage {
    fn kinds() -> &'static [LimitKind] {
        LimitKind::ALL
    }

    fn stands(limits: &Limits, kind: &LimitKind) -> String {
        LimitsPage::shown(kind, &limits.get(*kind))
    }

    fn own(kind: &LimitKind) -> String {
        LimitsPage::shown(kind, &kind.default_amount())
    }

    fn shown(kind: &LimitKind, amount: &i64) -> String {
        match kind.unit() {
            LimitUnit::Money => Money::from_cents(*amount).to_string(),
            LimitUnit::Percent => format!("{amount}%"),
            LimitUnit::Count => amount.to_string(),
        }
    }
}

/// The figures.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, (Typed::default(), Problems::default()), asked.done()).await
}

async fn page(desk: &Desk, who: &SignedIn, (typed, problems): (Typed, Problems), done: Option<&str>) -> Page {
    let actor = who.actor.clone();
    let (limits, history) = desk.blocking(move |db, practice| limits::list(db, &actor, practice)).await?;
    show_told(
        problems.told(),
        &LimitsPage {
            shell: Shell::new(desk, who, "/settings").after(done),
            typed,
            problems,
            limits,
            history,
            may_change: who.may(Action::ChangeLimits),
        },
    )
}

/// Sets a figure.
pub async fn change(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let Some(kind) = LimitKind::parse(&typed.kind) else {
        return page(&desk, &who, (typed, field("kind", "Choose which figure.")), None).await;
    };
    let read = match kind.unit() {
        LimitUnit::Money => Money::parse(&typed.amount).ok().map(Money::cents),
        LimitUnit::Percent => typed.amount.trim().trim_end_matches('%').parse().ok(),
        LimitUnit::Count => typed.amount.trim().parse().ok(),
    };
    let Some(amount) = read else {
        let problem = field("amount", "Write dollars and cents, such as 250.00, or a whole number, such as 20.");
        return page(&desk, &who, (typed, problem), None).await;
    };
    let (actor, why) = (who.actor.clone(), typed.reason.clone());
    let done = desk.blocking(move |db, practice| limits::set(db, &actor, practice, (kind, amount), &why)).await;
    match done.map_err(problems) {
        Ok(()) => go("/settings/limits", "limit-set"),
        Err(problems) => page(&desk, &who, (typed, problems?), None).await,
    }
}
