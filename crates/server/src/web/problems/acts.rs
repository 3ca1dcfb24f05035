//! What a person does about a problem from its page: plan, rule with its trial, payer setting, training, dispute, note, end.

use app::problems::rules::{Demand, OwnRule, Subject};
use app::problems::{self, ProblemView, dispute as disputes, rules, training};
use axum::extract::{Form, State};
use axum::http::header;
use axum::response::IntoResponse;
use billing::claim::Severity;
use billing::problem::Pattern;
use billing::{OwnScrubRuleId, PayerId, ProblemActionId, ProblemId, UserId};
use serde::Deserialize;

use super::super::Desk;
use super::super::approvals::Why;
use super::super::masking::TYPED_NOT_SHOWN;
use super::super::page::{Page, go};
use super::super::refusal::Refusal;
use super::super::session::{Id, SignedIn};
use super::super::settings::{Problems as Wrong, problems as wrong};
use super::{CasesAsked, page};

/// A form of words.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Words {
    words: String,
    owner: String,
}

/// The form of a scrub rule.
#[derive(Deserialize, Default, Clone, PartialEq, Eq)]
#[serde(default)]
pub struct TypedRule {
    pub(super) name: String,
    pub(super) payer: String,
    pub(super) procedure: String,
    pub(super) demand: String,
    pub(super) subject: String,
    pub(super) value: String,
    pub(super) field: String,
    pub(super) severity: String,
    pub(super) remedy: String,
    /// "try" looks at the last ninety days; "save" asks for it.
    what: String,
}

impl TypedRule {
    /// What the pattern suggests.
    pub(super) fn of(view: &ProblemView, payer_name: &str) -> TypedRule {
        let procedure = match view.pattern() {
            Pattern::Denial { procedure, .. } => procedure.clone().unwrap_or_default(),
            Pattern::Cause { .. } | Pattern::Field { .. } | Pattern::Scrub { .. } => String::new(),
        };
        let name = match (payer_name, procedure.as_str()) {
            ("", _) | (_, "") => String::new(),
            (payer, code) => format!("{payer} wants more for {code}"),
        };
        let payer = view.line.row.payer_id.map(|payer| payer.to_string()).unwrap_or_default();
        TypedRule { name, payer, procedure, ..TypedRule::default() }
    }

    fn read(&self) -> Result<OwnRule, Refusal> {
        let invalid =
            |field: &str, problem: &str| Refusal::Invalid { field: field.to_owned(), problem: problem.to_owned() };
        let subject =
            Subject::parse(&self.subject).ok_or_else(|| invalid("subject", "Choose what the rule asks for."))?;
        let payer = match self.payer.trim() {
            "" => None,
            id => Some(id.parse::<PayerId>().map_err(|_| invalid("payer", "Choose the payer."))?),
        };
        Ok(OwnRule {
            name: self.name.trim().to_owned(),
            payer,
            procedure: self.procedure.trim().to_uppercase(),
            demand: Demand::parse(&self.demand).ok_or_else(|| invalid("demand", "Say needs or must not have."))?,
            subject,
            value: match subject {
                Subject::Field => self.field.clone(),
                Subject::Authorization => String::new(),
                Subject::Modifier | Subject::Diagnosis => self.value.trim().to_uppercase(),
            },
            severity: if self.severity == "warn" { Severity::Warning } else { Severity::Error },
            remedy: self.remedy.trim().to_owned(),
        })
    }
}

fn back(id: ProblemId) -> String {
    format!("/problems/{id}")
}

/// Writes the plan.
pub async fn plan(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ProblemId>, Form(typed): Form<Words>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| problems::plan(db, &actor, practice, id, (&typed.words, &typed.owner))).await?;
    go(&back(id), "problem-planned")
}

/// Notes something.
pub async fn note(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ProblemId>, Form(typed): Form<Words>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| problems::note(db, &actor, practice, id, &typed.words)).await?;
    go(&back(id), "noted")
}

/// A payer's setting was changed because of it.
pub async fn payer_setting(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ProblemId>,
    Form(typed): Form<Words>,
) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| problems::payer_setting(db, &actor, practice, id, &typed.words)).await?;
    go(&back(id), "problem-acted")
}

/// Tells named people.
pub async fn tell(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ProblemId>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Page {
    let people: Vec<UserId> =
        typed.iter().filter(|(name, _)| name == "person").filter_map(|(_, id)| id.parse().ok()).collect();
    let words = typed.into_iter().find(|(name, _)| name == "words").map(|(_, words)| words).unwrap_or_default();
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| training::tell(db, &actor, practice, id, (&words, &people))).await?;
    go(&back(id), "training-told")
}

/// Writes the letter of a contract dispute.
pub async fn dispute(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ProblemId>, Form(typed): Form<Words>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| disputes::write(db, &actor, practice, id, &typed.words)).await?;
    go(&back(id), "dispute-written")
}

/// The letter of a dispute, as PDF.
pub async fn dispute_pdf(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ProblemActionId>) -> Page {
    if who.is_masked(billing::access::Action::ViewPatient) {
        return Err(Refusal::Conflict(TYPED_NOT_SHOWN.to_owned()));
    }
    let actor = who.actor.clone();
    let bytes = desk.blocking(move |db, practice| disputes::pdf(db, &actor, practice, id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// Tries a rule on the last ninety days, or asks for it.
pub async fn rule(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ProblemId>,
    Form(typed): Form<TypedRule>,
) -> Page {
    let asked = CasesAsked::default();
    let rule = match typed.read().map_err(wrong) {
        Ok(rule) => rule,
        Err(problems) => return page(&desk, &who, id, (typed, problems?, None), asked).await,
    };
    let actor = who.actor.clone();
    if typed.what != "save" {
        let told = desk.blocking(move |db, practice| rules::dry_run(db, &actor, practice, id, &rule)).await;
        return match told.map_err(wrong) {
            Ok(told) => page(&desk, &who, id, (typed, Wrong::default(), Some(told)), asked).await,
            Err(problems) => page(&desk, &who, id, (typed, problems?, None), asked).await,
        };
    }
    let done = desk.blocking(move |db, practice| rules::ask(db, &actor, practice, id, &rule)).await;
    match done.map_err(wrong) {
        Ok(_) => go(&back(id), "scrub-rule-asked"),
        Err(problems) => page(&desk, &who, id, (typed, problems?, None), asked).await,
    }
}

/// Switches a rule on.
pub async fn decide_rule(State(desk): State<Desk>, who: SignedIn, Id(id): Id<OwnScrubRuleId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| rules::decide(db, &actor, practice, id, (true, ""))).await?;
    go("/problems", "scrub-rule-on")
}

/// Refuses a rule.
pub async fn refuse_rule(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<OwnScrubRuleId>,
    Form(typed): Form<Why>,
) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| rules::decide(db, &actor, practice, id, (false, &typed.why))).await?;
    go("/problems", "scrub-rule-refused")
}

/// Switches a rule off.
pub async fn switch_rule_off(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<OwnScrubRuleId>,
    Form(typed): Form<Why>,
) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| rules::switch_off(db, &actor, practice, id, &typed.why)).await?;
    go("/problems", "scrub-rule-off")
}

/// How a problem ends.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Ended {
    /// "stage: cause".
    cause: String,
    outcome: String,
    owner: String,
}

/// Closes it.
pub async fn close(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ProblemId>, Form(typed): Form<Ended>) -> Page {
    let (stage, cause) = typed.cause.split_once(": ").unwrap_or_default();
    let end = problems::End {
        stage: stage.to_owned(),
        cause: cause.to_owned(),
        outcome: typed.outcome.clone(),
        owner: typed.owner.clone(),
    };
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| problems::close(db, &actor, practice, id, &end)).await?;
    go(&back(id), "problem-closed")
}
