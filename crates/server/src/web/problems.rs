//! Problems of Tier 3: the list with its figures, one problem with its cases, its trend, what was done and what came of it.
//! The words that colleagues typed are left out for roles to whom patients are masked.

mod acts;
mod settings;
mod training;

pub use acts::{
    close, decide_rule, dispute, dispute_pdf, note, payer_setting, plan, refuse_rule, rule, switch_rule_off, tell,
};
pub use settings::{change as change_setting, index as setting_index};
pub use training::{index as training_index, read as read_training};

use app::cases::people::Colleague;
use app::problems::rules::{ClaimField, Demand, Subject};
use app::problems::rules::{DryRun, read, read_run};
use app::problems::{self, Line, ProblemView, Week, monday_of, training as notes};
use askama::Template;
use axum::extract::{Query, State};
use billing::access::{Action, ResourceState};
use billing::problem::{ActionKind, OwnRuleState, Pattern, ProblemState};
use billing::work::WorkState;
use billing::work::cause::{STAGES, Stage};
use billing::{Money, ProblemId};
use jiff::civil::Date;
use serde::Deserialize;
use store::problem::{CaseOfProblem, OwnScrubRuleRow, ProblemActionRow, TrainingReceiptRow};
use store::reports::Cell;

use self::acts::TypedRule;
use super::chart::{self, Bar, Chart, Series, Tone};
use super::masking::TYPED_NOT_SHOWN;
use super::page::{Page, Shell, show as render};
use super::session::{Id, SignedIn};
use super::settings::Problems as Wrong;
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// What stands in the address of the list.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    state: Option<String>,
    kind: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "problems/index.html")]
struct ProblemsPage {
    shell: Shell,
    state: ProblemState,
    kind: String,
    lines: Vec<Line>,
    without_plan: usize,
    open_cents: Money,
    cases: i64,
    may_set: bool,
}

impl ProblemsPage {
    fn kinds() -> [(&'static str, &'static str); 4] {
        [("", "All"), ("denial", "Denials"), ("front_desk", "Front desk"), ("scrub", "Scrub rules")]
    }

    fn filters(&self) -> String {
        format!("?state={}&kind={}&", self.state.as_str(), self.kind)
    }
}

/// The word of the filter that a pattern falls under.
fn kind_of(pattern: &Pattern) -> &'static str {
    match pattern {
        Pattern::Denial { .. } => "denial",
        Pattern::Cause { .. } | Pattern::Field { .. } => "front_desk",
        Pattern::Scrub { .. } => "scrub",
    }
}

/// The problems.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let state = asked.state.as_deref().and_then(ProblemState::parse).unwrap_or(ProblemState::Open);
    let kind = ProblemsPage::kinds().into_iter().find(|(word, _)| asked.kind.as_deref() == Some(*word));
    let kind = kind.map_or("", |(word, _)| word);
    let actor = who.actor.clone();
    let mut lines = desk.blocking(move |db, practice| problems::list(db, &actor, practice, state)).await?;
    lines.retain(|line| kind.is_empty() || kind_of(&line.row.body.0) == kind);
    if who.is_masked(Action::ViewPatient) {
        lines.iter_mut().for_each(|line| hide(&mut line.row.outcome));
    }
    if let Some(format) = wanted {
        return tables::file("problems", &[sheet(&lines)], format);
    }
    let sums = || lines.iter().filter_map(|line| line.sum.as_ref());
    render(&ProblemsPage {
        shell: Shell::new(&desk, &who, "/problems").after(asked.done.as_deref()),
        state,
        kind: kind.to_owned(),
        without_plan: lines.iter().filter(|line| line.row.planned_on.is_none()).count(),
        open_cents: sums().map(|sum| sum.open_cents).sum(),
        cases: sums().map(|sum| sum.cases).sum(),
        may_set: who.may(Action::ViewProblems),
        lines,
    })
}

fn sheet(lines: &[Line]) -> Sheet {
    let row = |line: &Line| {
        let (row, sum) = (&line.row, line.sum.as_ref());
        vec![
            text(&row.problem_number),
            text(&row.title),
            text(row.state.label()),
            text(row.opened_on),
            text(row.plan_due_on),
            maybe(row.planned_on),
            text(&row.owner_login),
            text(sum.map_or(0, |sum| sum.cases)),
            text(sum.map_or(0, |sum| sum.open_cases)),
            Cell::Money(sum.map_or(Money::ZERO, |sum| sum.stake_cents)),
            Cell::Money(sum.map_or(Money::ZERO, |sum| sum.open_cents)),
            maybe(sum.map(|sum| sum.last_seen_on)),
            maybe(row.acted_on),
            text(row.reopened),
            text(&row.stage),
            text(&row.cause),
            text(&row.outcome),
            text(row.id),
        ]
    };
    Sheet {
        name: "Problems",
        columns: &[
            "Problem",
            "What",
            "State",
            "Formed",
            "Plan due",
            "Planned",
            "Owner",
            "Cases",
            "Open cases",
            "At stake",
            "Open",
            "Last seen",
            "First action",
            "Opened again",
            "Stage",
            "Cause",
            "Outcome",
            "Id",
        ],
        rows: lines.iter().map(row).collect(),
    }
}

/// What stands in the address of a problem: which of its cases are shown.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct CasesAsked {
    week: Option<Date>,
    cases: Option<String>,
    done: Option<String>,
}

/// A scrub rule in the page.
struct RuleLine {
    row: OwnScrubRuleRow,
    words: String,
    run: Option<DryRun>,
    may_decide: bool,
    may_switch_off: bool,
}

/// Something that was done, with who read it.
struct ActionLine {
    row: ProblemActionRow,
    receipts: Vec<(String, TrainingReceiptRow)>,
}

#[derive(Template)]
#[template(path = "problems/show.html")]
struct ProblemPage {
    shell: Shell,
    view: ProblemView,
    payer_name: String,
    effect: Option<String>,
    chart: String,
    weeks: Vec<Week>,
    shown: Vec<CaseOfProblem>,
    is_part: bool,
    rules: Vec<RuleLine>,
    actions: Vec<ActionLine>,
    people: Vec<Colleague>,
    typed: TypedRule,
    wrong: Wrong,
    run: Option<DryRun>,
    may_work: bool,
    may_rule: bool,
    may_payer: bool,
}

impl ProblemPage {
    fn stages() -> &'static [Stage] {
        &STAGES
    }

    fn demands() -> &'static [Demand] {
        Demand::ALL
    }

    fn subjects() -> &'static [Subject] {
        Subject::ALL
    }

    fn fields() -> &'static [ClaimField] {
        ClaimField::ALL
    }

    fn is_dispute(kind: &ActionKind) -> bool {
        *kind == ActionKind::Dispute
    }

    fn is_open(&self) -> bool {
        self.view.line.row.state == ProblemState::Open
    }
}

/// One problem.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ProblemId>,
    Query(asked): Query<CasesAsked>,
) -> Page {
    page(&desk, &who, id, (TypedRule::default(), Wrong::default(), None), asked).await
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    id: ProblemId,
    (typed, wrong, run): (TypedRule, Wrong, Option<DryRun>),
    asked: CasesAsked,
) -> Page {
    let actor = who.actor.clone();
    let (mut view, people, payer_name) = desk
        .blocking(move |db, practice| {
            let view = problems::show(db, &actor, practice, id)?;
            let people = notes::people(db, &actor, practice)?;
            let payer = view.line.row.payer_id;
            let name = db.read(&actor, practice, |read| match payer {
                Some(payer) => Ok(store::registration::payer(read, payer)?.map(|payer| payer.name)),
                None => Ok::<_, app::Error>(None),
            })?;
            Ok((view, people, name.unwrap_or_default()))
        })
        .await?;
    if who.is_masked(Action::ViewPatient) {
        mask(&mut view);
    }
    let is_open_only = asked.cases.as_deref() == Some("open");
    let is_shown = |case: &&CaseOfProblem| {
        asked.week.is_none_or(|week| monday_of(case.seen_on) == week)
            && (!is_open_only || case.state != WorkState::Resolved)
    };
    let shown: Vec<CaseOfProblem> = view.cases.iter().filter(is_shown).cloned().collect();
    let typed = if typed == TypedRule::default() { TypedRule::of(&view, &payer_name) } else { typed };
    render(&ProblemPage {
        shell: Shell::new(desk, who, "/problems").after(asked.done.as_deref()),
        effect: view.effect.map(|effect| effect.words(view.pattern().of_what())),
        chart: chart::columns(&trend(&view.trend)),
        weeks: view.trend.iter().filter(|week| week.cases > 0).rev().cloned().collect(),
        is_part: asked.week.is_some() || is_open_only,
        shown,
        rules: rule_lines(who, &view, &payer_name),
        actions: action_lines(&view, &people),
        people,
        typed,
        wrong,
        run,
        may_work: who.may(Action::WorkTierThree),
        may_rule: who.may(Action::ChangeContract),
        may_payer: who.may(Action::EditPayer) && view.line.row.payer_id.is_some(),
        payer_name,
        view,
    })
}

fn hide(words: &mut String) {
    if !words.is_empty() {
        *words = TYPED_NOT_SHOWN.to_owned();
    }
}

/// Leaves out what colleagues typed.
fn mask(view: &mut ProblemView) {
    let row = &mut view.line.row;
    [&mut row.plan, &mut row.outcome].into_iter().for_each(hide);
    view.events.iter_mut().for_each(|event| hide(&mut event.sentence));
    view.actions.iter_mut().for_each(|action| hide(&mut action.words));
    view.rules.iter_mut().for_each(|rule| hide(&mut rule.decision));
    view.cases.iter_mut().for_each(|case| hide(&mut case.summary));
}

fn rule_lines(who: &SignedIn, view: &ProblemView, payer_name: &str) -> Vec<RuleLine> {
    let line = |row: &OwnScrubRuleRow| RuleLine {
        words: read(&row.body.0).map(|rule| rule.words(payer_name)).unwrap_or_default(),
        run: read_run(&row.dry_run.0),
        may_decide: row.state == OwnRuleState::Asked
            && row.asked_by != who.actor.user
            && who.why_not(Action::ApproveContract, &ResourceState::made_by(row.asked_by, Money::ZERO)).is_none(),
        may_switch_off: row.state == OwnRuleState::On && who.may(Action::ApproveContract),
        row: row.clone(),
    };
    view.rules.iter().map(line).collect()
}

fn action_lines(view: &ProblemView, people: &[Colleague]) -> Vec<ActionLine> {
    let name = |receipt: &TrainingReceiptRow| {
        let person = people.iter().find(|person| person.id == receipt.user_id);
        person.map_or_else(|| "Somebody who left".to_owned(), |person| person.name.clone())
    };
    let line = |row: &ProblemActionRow| ActionLine {
        receipts: view
            .receipts
            .iter()
            .filter(|receipt| receipt.problem_action_id == row.id)
            .map(|receipt| (name(receipt), receipt.clone()))
            .collect(),
        row: row.clone(),
    };
    view.actions.iter().map(line).collect()
}

/// Money by week, as columns.
fn trend(weeks: &[Week]) -> Chart {
    let cases: i64 = weeks.iter().map(|week| week.cases).sum();
    let bar = |week: &Week| Bar {
        label: week.from_on.strftime("%b %-d").to_string(),
        note: billing::counting::counted(week.cases, "case"),
        parts: vec![week.stake],
    };
    Chart {
        id: "trend",
        title: "At stake by week".to_owned(),
        description: format!(
            "{} in the last {} weeks, by the week in which each was seen.",
            billing::counting::counted(cases, "case"),
            weeks.len()
        ),
        label_head: "Week of",
        series: vec![Series { name: "At stake".to_owned(), tone: Tone::Open }],
        bars: weeks.iter().map(bar).collect(),
    }
}
