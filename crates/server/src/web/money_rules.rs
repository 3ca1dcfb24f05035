//! Rules about patients' money: how a payment is spread and the fee for a returned check, with everything that was set; and the
//! way to waive such a fee. Decides nothing itself.

use app::money_rules::{self, Standing};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::Action;
use billing::allocation::AllocationOrder;
use billing::money_rule::{MoneyRule, MoneyRuleKind};
use billing::{EncounterId, Money};
use jiff::civil::Date;
use serde::Deserialize;

use super::approvals::{self, Why};
use super::page::{Page, Shell, go, show as render};
use super::session::{Id, SignedIn};
use super::settings::{Asked, Problems, field, problems};
use super::{Desk, filters};

/// What the form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    kind: String,
    order: String,
    fee: String,
    from: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "settings/money_rules.html")]
struct RulesPage {
    shell: Shell,
    typed: Typed,
    problems: Problems,
    standing: Standing,
    today: Date,
    may_change: bool,
}

impl RulesPage {
    fn orders() -> &'static [AllocationOrder] {
        AllocationOrder::ALL
    }
}

/// The rules.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, (Typed::default(), Problems::default()), asked.done()).await
}

async fn page(desk: &Desk, who: &SignedIn, (typed, problems): (Typed, Problems), done: Option<&str>) -> Page {
    let actor = who.actor.clone();
    let (standing, today) =
        desk.blocking(move |db, practice| Ok((money_rules::list(db, &actor, practice)?, db.today(practice)?))).await?;
    render(&RulesPage {
        shell: Shell::new(desk, who, "/settings").after(done),
        typed,
        problems,
        standing,
        today,
        may_change: who.may(Action::ChangeMoneyRules),
    })
}

/// Sets a rule.
pub async fn change(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let (rule, from) = match read(&typed) {
        Ok(read) => read,
        Err((name, words)) => return page(&desk, &who, (typed, field(name, words)), None).await,
    };
    let (actor, why) = (who.actor.clone(), typed.reason.clone());
    let done = desk.blocking(move |db, practice| money_rules::set(db, &actor, practice, (rule, from), &why)).await;
    match done.map_err(problems) {
        Ok(()) => go("/settings/money-rules", "money-rule-set"),
        Err(problems) => page(&desk, &who, (typed, problems?), None).await,
    }
}

fn read(typed: &Typed) -> Result<(MoneyRule, Date), (&'static str, &'static str)> {
    let from = typed.from.trim().parse().map_err(|_| ("from", "Choose the first day of the rule."))?;
    let rule = match MoneyRuleKind::parse(&typed.kind) {
        Some(MoneyRuleKind::AllocationOrder) => {
            MoneyRule::Order(AllocationOrder::parse(&typed.order).ok_or(("order", "Choose an order."))?)
        }
        Some(MoneyRuleKind::ReturnedCheckFee) => {
            let wrong = ("fee", "Write dollars and cents, such as 25.00; 0.00 for no fee.");
            MoneyRule::CheckFee(Money::parse(&typed.fee).map_err(|_| wrong)?)
        }
        None => return Err(("kind", "Choose what the rule is about.")),
    };
    Ok((rule, from))
}

/// Takes a fee for a returned check back.
pub async fn waive(State(desk): State<Desk>, who: SignedIn, Id(id): Id<EncounterId>, Form(typed): Form<Why>) -> Page {
    let actor = who.actor.clone();
    let patient = desk
        .read(&actor, move |read| {
            Ok(store::charge::encounter(read, id)?.ok_or(app::Error::NotFound("fee"))?.patient_id)
        })
        .await?;
    let waive =
        move |db: &store::Db, actor: &_, practice| app::charge_capture::fee::waive(db, actor, practice, id, &typed.why);
    approvals::decide(&desk, &who, waive, (&format!("/patients/{patient}"), "fee-waived")).await
}
