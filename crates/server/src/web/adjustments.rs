//! What adjustments mean: the practice's rows over the base, a form that tries a row on what was posted before it is added,
//! and the way to take one back.

use app::adjustment_rules::{self, Line, NewRule, Replay, Standing};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::PayerId;
use billing::access::Action;
use billing::id::AdjustmentRuleId;
use billing::payer::Payer;
use billing::remittance::AdjustmentGroup;
use billing::remittance::classification::{AdjustmentClass, BaseRow, Pattern};
use jiff::civil::Date;
use serde::Deserialize;

use super::approvals::Why;
use super::page::{Page, Shell, go, show_told};
use super::session::{Id, SignedIn};
use super::settings::{Asked, Problems, field, problems};
use super::{Desk, filters};

/// Months that a dry run looks back where none are named.
const MONTHS: &str = "12";

/// What the form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    payer: String,
    group: String,
    reason_code: String,
    remark: String,
    class: String,
    from: String,
    reason: String,
    months: String,
    step: String,
}

#[derive(Template)]
#[template(path = "adjustments/index.html")]
struct AdjustmentsPage {
    shell: Shell,
    typed: Typed,
    problems: Problems,
    payers: Vec<Payer>,
    lines: Vec<Line>,
    base: &'static [BaseRow],
    may_change: bool,
    replay: Option<Replay>,
}

impl AdjustmentsPage {
    fn groups() -> [AdjustmentGroup; 5] {
        AdjustmentGroup::ALL
    }

    fn classes() -> &'static [AdjustmentClass] {
        AdjustmentClass::ALL
    }

    fn is_in_force(line: &Line) -> bool {
        matches!(line.standing, Standing::InForce | Standing::Later) && line.row.class.is_some()
    }

    /// How a row of the base names its reasons.
    fn reasons(row: &BaseRow) -> String {
        let remark = if row.remark == "*" { String::new() } else { format!(" with {}", row.remark) };
        match (row.reason.strip_prefix('@'), row.reason) {
            (Some(kind), _) => format!("reasons of the kind {kind}{remark}"),
            (None, "*") => format!("any other reason{remark}"),
            (None, reason) => format!("{reason}{remark}"),
        }
    }
}

/// The table.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let typed = Typed { months: MONTHS.to_owned(), ..Typed::default() };
    page(&desk, &who, (typed, Problems::default()), None, asked.done()).await
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    (typed, problems): (Typed, Problems),
    replay: Option<Replay>,
    done: Option<&str>,
) -> Page {
    let payers = desk.read(&who.actor, |read| app::registration::payers_in(read)).await?;
    let actor = who.actor.clone();
    let table = desk.blocking(move |db, practice| adjustment_rules::list(db, &actor, practice)).await?;
    show_told(
        problems.told(),
        &AdjustmentsPage {
            shell: Shell::new(desk, who, "/settings").after(done),
            typed,
            problems,
            payers,
            lines: table.practice,
            base: table.base,
            may_change: who.may(Action::ChangeAdjustmentRules),
            replay,
        },
    )
}

/// Tries a row on what was posted, or adds it.
pub async fn change(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let read = match new_rule(&typed) {
        Ok(read) => read,
        Err((name, words)) => return again(&desk, &who, typed, field(name, words)).await,
    };
    let (actor, (new, class, months)) = (who.actor.clone(), read);
    if typed.step == "add" {
        let added = desk.blocking(move |db, practice| adjustment_rules::add(db, &actor, practice, &new)).await;
        return match added.map_err(problems) {
            Ok(_) => go("/settings/adjustments", "adjustment-rule"),
            Err(problems) => again(&desk, &who, typed, problems?).await,
        };
    }
    let told = desk
        .blocking(move |db, practice| adjustment_rules::replay(db, &actor, practice, (&new.pattern, class), months))
        .await;
    match told.map_err(problems) {
        Ok(replay) => page(&desk, &who, (typed, Problems::default()), Some(replay), None).await,
        Err(problems) => again(&desk, &who, typed, problems?).await,
    }
}

async fn again(desk: &Desk, who: &SignedIn, typed: Typed, problems: Problems) -> Page {
    page(desk, who, (typed, problems), None, None).await
}

/// Reads the form; else the field that is wrong, and what would be right.
fn new_rule(typed: &Typed) -> Result<(NewRule, AdjustmentClass, i32), (&'static str, &'static str)> {
    let code = |text: &str| Some(text.trim().to_ascii_uppercase()).filter(|code| !code.is_empty());
    let payer = match typed.payer.trim() {
        "" => None,
        id => Some(id.parse::<PayerId>().map_err(|_| ("payer", "Choose a payer of the list."))?),
    };
    let group = match typed.group.trim() {
        "" => None,
        group => Some(AdjustmentGroup::from_code(group).ok_or(("group", "Choose a group of the list."))?),
    };
    let effective_on = match typed.from.trim() {
        "" => None,
        day => Some(day.parse::<Date>().map_err(|_| ("from", "Write the day as 2026-03-01."))?),
    };
    let class = AdjustmentClass::parse(&typed.class).ok_or(("class", "Choose what it means."))?;
    let months = typed.months.trim().parse().map_err(|_| ("months", "Write a number of months, such as 12."))?;
    let pattern = Pattern { payer, group, reason: code(&typed.reason_code), remark: code(&typed.remark) };
    Ok((NewRule { pattern, class: Some(class), effective_on, why: typed.reason.clone() }, class, months))
}

/// Takes a row of the practice back: the base decides from today.
pub async fn retire(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<AdjustmentRuleId>,
    Form(typed): Form<Why>,
) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| {
        let table = adjustment_rules::list(db, &actor, practice)?;
        let line = table.practice.into_iter().find(|line| line.row.id == id);
        let row = line.ok_or(app::Error::NotFound("row"))?.row;
        let day = row.effective_on.max(db.today(practice)?);
        let new = NewRule { pattern: row.pattern(), class: None, effective_on: Some(day), why: typed.why.clone() };
        adjustment_rules::add(db, &actor, practice, &new)
    })
    .await?;
    go("/settings/adjustments", "adjustment-rule-back")
}
