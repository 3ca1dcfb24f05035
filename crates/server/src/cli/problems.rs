//! Commands about problems of Tier 3: list, show, act, decide about a rule, close, and how many cases make one. Lists name no
//! patient.

use app::problems::rules::{self, read, read_run};
use app::problems::rules::{ClaimField, Demand, OwnRule, Subject};
use app::problems::{self, End, Line, ProblemView, dispute, settings, training};
use billing::claim::Severity;
use billing::problem::{GatheringKind, ProblemState};
use billing::{OwnScrubRuleId, ProblemId};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::approval::said;
use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// Commands about problems.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List problems, the latest first; exits with 1 where one has no plan in time
    List(List),
    /// Show one problem with its cases, what was done and what came of it
    Show(Show),
    /// Do something about a problem: plan, note, payer-setting, training or dispute
    Act(Act),
    /// Try a scrub rule on the claims of the last ninety days, or ask for it
    Rule(Rule),
    /// Switch a scrub rule on, refuse it, or switch it off; never one's own
    Decide(Decide),
    /// Close a problem with where it began and what went wrong there
    Close(Close),
    /// Set how many cases of a kind make a problem; without arguments, list what stands
    Gather(Gather),
}

/// Which problems.
#[derive(Debug, Args)]
pub struct List {
    /// Closed ones
    #[arg(long)]
    closed: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which problem.
#[derive(Debug, Args)]
pub struct Show {
    /// Its number, such as PB-00001
    number: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is done.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Deed {
    /// Write the plan
    Plan,
    /// Note something
    Note,
    /// A payer's setting was changed
    PayerSetting,
    /// Tell named people how to do it
    Training,
    /// Write a contract dispute to the payer
    Dispute,
}

/// What is done about a problem.
#[derive(Debug, Args)]
pub struct Act {
    /// Its number, such as PB-00001
    number: String,
    /// What
    deed: Deed,
    /// In words, without a patient
    #[arg(long)]
    words: String,
    /// Log-in names of who shall read it, or of who answers for the plan
    #[arg(long, value_delimiter = ',')]
    to: Vec<String>,
}

/// A scrub rule.
#[derive(Debug, Args)]
pub struct Rule {
    /// The problem's number, such as PB-00001
    number: String,
    /// What it asks, as the desk reads it
    #[arg(long)]
    name: String,
    /// Procedures, such as 99213 or 9921*, separated by commas
    #[arg(long, default_value = "")]
    procedure: String,
    /// What must be there: modifier=25, diagnosis=M54*, authorization, field=referring
    #[arg(long, conflicts_with = "forbids", required_unless_present = "forbids")]
    needs: Option<String>,
    /// What must not be there, in the same words
    #[arg(long)]
    forbids: Option<String>,
    /// For claims to every payer, not only the problem's
    #[arg(long)]
    every_payer: bool,
    /// Warn only; a reason lets the claim pass
    #[arg(long)]
    warn: bool,
    /// What whoever mends the claim shall do
    #[arg(long)]
    remedy: String,
    /// Ask for it; without this it is only tried
    #[arg(long)]
    ask: bool,
}

/// What is decided about a scrub rule.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Verdict {
    /// Switch it on
    On,
    /// Refuse it
    Refuse,
    /// Switch it off
    Off,
}

/// A decision about a scrub rule.
#[derive(Debug, Args)]
pub struct Decide {
    /// The problem's number, such as PB-00001
    number: String,
    /// The rule's number, such as OR-00001
    rule: String,
    /// What is decided
    verdict: Verdict,
    /// Why it is refused or switched off
    #[arg(long, default_value = "")]
    because: String,
}

/// How a problem ends.
#[derive(Debug, Args)]
pub struct Close {
    /// Its number, such as PB-00001
    number: String,
    /// Where it began, such as authorization
    #[arg(long)]
    stage: String,
    /// What went wrong there, such as "not asked for"
    #[arg(long)]
    cause: String,
    /// What came of it, in one sentence
    #[arg(long)]
    outcome: String,
    /// Log-in name of who answers for it; who planned it where left out
    #[arg(long, default_value = "")]
    owner: String,
}

/// How many make a problem.
#[derive(Debug, Args)]
pub struct Gather {
    /// Of what, such as denial_code
    #[arg(requires = "cases")]
    kind: Option<String>,
    /// How many cases; 0 gathers nothing
    #[arg(requires = "because")]
    cases: Option<u32>,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: Option<String>,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    match command {
        Command::List(arguments) => list(&session, arguments),
        Command::Show(arguments) => show(&session, arguments),
        Command::Act(arguments) => act(&session, arguments),
        Command::Rule(arguments) => rule(&session, arguments),
        Command::Decide(arguments) => decide(&session, arguments),
        Command::Close(arguments) => close(&session, arguments),
        Command::Gather(arguments) => gather(&session, arguments),
    }
}

fn find(session: &Session, number: &str) -> Result<ProblemId, Failure> {
    Ok(problems::by_number(&session.db, &session.actor, session.practice, number)?)
}

fn view(session: &Session, number: &str) -> Result<ProblemView, Failure> {
    let id = find(session, number)?;
    Ok(problems::show(&session.db, &session.actor, session.practice, id)?)
}

fn told(line: &Line) -> serde_json::Value {
    let (row, sum) = (&line.row, line.sum.as_ref());
    json!({
        "id": row.id, "number": row.problem_number, "title": row.title, "state": row.state.as_str(),
        "pattern": row.body.0, "formed_on": row.formed_on.to_string(), "opened_on": row.opened_on.to_string(),
        "plan_due_on": row.plan_due_on.to_string(), "planned_on": row.planned_on.map(|day| day.to_string()),
        "is_late": line.is_late, "owner": row.owner_login, "reopened": row.reopened,
        "cases": sum.map_or(0, |sum| sum.cases), "open_cases": sum.map_or(0, |sum| sum.open_cases),
        "stake_cents": sum.map_or(0, |sum| sum.stake_cents.cents()),
        "open_cents": sum.map_or(0, |sum| sum.open_cents.cents()),
        "last_seen_on": sum.map(|sum| sum.last_seen_on.to_string()),
        "stage": row.stage, "cause": row.cause, "outcome": row.outcome,
    })
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let state = if arguments.closed { ProblemState::Closed } else { ProblemState::Open };
    let lines = problems::list(&session.db, &session.actor, session.practice, state)?;
    let late = lines.iter().any(|line| line.is_late);
    if arguments.json {
        output::json(&lines.iter().map(told).collect::<Vec<_>>())?;
    } else {
        let head = [
            ("PROBLEM", Align::Left),
            ("WHAT", Align::Left),
            ("CASES", Align::Right),
            ("OPEN", Align::Right),
            ("AT STAKE", Align::Right),
            ("PLAN DUE", Align::Left),
            ("OWNER", Align::Left),
        ];
        let cells = |line: &Line| {
            let (row, sum) = (&line.row, line.sum.as_ref());
            vec![
                row.problem_number.clone(),
                row.title.clone(),
                sum.map_or(0, |sum| sum.cases).to_string(),
                sum.map_or(0, |sum| sum.open_cases).to_string(),
                sum.map(|sum| sum.open_cents.to_string()).unwrap_or_default(),
                row.planned_on.map_or(row.plan_due_on.to_string(), |_| "written".to_owned()),
                row.owner_login.clone(),
            ]
        };
        output::table(&head, &lines.iter().map(cells).collect::<Vec<_>>(), "No problem is so.")?;
    }
    Ok(if late { Done::WithFindings } else { Done::Clean })
}

fn show(session: &Session, arguments: &Show) -> Result<Done, Failure> {
    let view = view(session, &arguments.number)?;
    let effect = view.effect.map(|effect| effect.words(view.pattern().of_what()));
    if arguments.json {
        let mut all = told(&view.line);
        let cases: Vec<_> = view
            .cases
            .iter()
            .map(|case| {
                json!({
                    "id": case.id, "summary": case.summary, "claim": case.control_number, "state": case.state.as_str(),
                    "seen_on": case.seen_on.to_string(), "stake_cents": case.stake_cents.cents(),
                })
            })
            .collect();
        let trend: Vec<_> = view
            .trend
            .iter()
            .map(|week| json!({ "week": week.from_on.to_string(), "cases": week.cases, "stake_cents": week.stake.cents() }))
            .collect();
        let actions: Vec<_> = view
            .actions
            .iter()
            .map(|action| {
                json!({
                    "id": action.id, "kind": action.kind.as_str(), "words": action.words,
                    "on": action.taken_on.to_string(), "by": action.recorded_by_login,
                })
            })
            .collect();
        let rules: Vec<_> = view
            .rules
            .iter()
            .map(|rule| {
                json!({
                    "id": rule.id, "number": rule.rule_number, "state": rule.state.as_str(), "rule": rule.body.0,
                    "dry_run": rule.dry_run.0, "asked_by": rule.asked_by_login, "decided_by": rule.decided_by_login,
                })
            })
            .collect();
        let effect = view.effect.map(|one| {
            json!({
                "acted_on": one.acted_on.to_string(), "before": [one.before.with, one.before.of],
                "after": [one.after.with, one.after.of], "days_after": one.days_after, "is_enough": one.is_enough(),
                "words": effect,
            })
        });
        if let Some(fields) = all.as_object_mut() {
            fields.extend([
                ("plan".to_owned(), json!(view.line.row.plan)),
                ("case_list".to_owned(), json!(cases)),
                ("trend".to_owned(), json!(trend)),
                ("actions".to_owned(), json!(actions)),
                ("rules".to_owned(), json!(rules)),
                ("effect".to_owned(), json!(effect)),
            ]);
        }
        return output::json(&all);
    }
    let row = &view.line.row;
    line(&format!("{}  {}  {}", row.problem_number, row.state.label(), row.title));
    if let Some(sum) = &view.line.sum {
        line(&format!(
            "{} cases, {} open; {} at stake, {} open",
            sum.cases, sum.open_cases, sum.stake_cents, sum.open_cents
        ));
    }
    if let Some(effect) = effect {
        line(&effect);
    }
    for rule in &view.rules {
        let name = read(&rule.body.0).map(|rule| rule.name).unwrap_or_default();
        line(&format!("{}  {}  {name}", rule.rule_number, rule.state.label()));
        if let Some(run) = read_run(&rule.dry_run.0) {
            line(&run.words());
        }
    }
    for event in &view.events {
        line(&format!("{}  {}  {}", event.occurred_at, event.actor, event.sentence));
    }
    Ok(Done::Clean)
}

fn act(session: &Session, arguments: &Act) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let (id, words) = (find(session, &arguments.number)?, arguments.words.as_str());
    match arguments.deed {
        Deed::Plan => {
            let owner = arguments.to.first().cloned().unwrap_or_default();
            problems::plan(db, actor, practice, id, (words, &owner))?;
        }
        Deed::Note => problems::note(db, actor, practice, id, words)?,
        Deed::PayerSetting => problems::payer_setting(db, actor, practice, id, words)?,
        Deed::Training => {
            let people = training::people(db, actor, practice)?;
            let mut named = Vec::with_capacity(arguments.to.len());
            for login in &arguments.to {
                let person = people.iter().find(|person| person.login == *login);
                let person = person.ok_or_else(|| Failure::Unreadable(format!("--to: nobody is called {login}.")))?;
                named.push(person.id);
            }
            training::tell(db, actor, practice, id, (words, &named))?;
        }
        Deed::Dispute => {
            dispute::write(db, actor, practice, id, words)?;
        }
    }
    said("Kept. See it with `tierline problems show`.")
}

fn rule(session: &Session, arguments: &Rule) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let view = view(session, &arguments.number)?;
    let (demand, what) = match (&arguments.needs, &arguments.forbids) {
        (Some(what), _) => (Demand::Needs, what),
        (None, Some(what)) => (Demand::Forbids, what),
        (None, None) => return Err(Failure::Unreadable("Say --needs or --forbids.".to_owned())),
    };
    let (word, value) = what.split_once('=').unwrap_or((what, ""));
    let subject = Subject::parse(word).ok_or_else(|| {
        let known: Vec<&str> = ClaimField::ALL.iter().map(|field| field.as_str()).collect();
        Failure::Unreadable(format!(
            "Say modifier=25, diagnosis=M54*, authorization, or field= with one of {}.",
            known.join(", ")
        ))
    })?;
    let rule = OwnRule {
        name: arguments.name.clone(),
        payer: view.line.row.payer_id.filter(|_| !arguments.every_payer),
        procedure: arguments.procedure.to_uppercase(),
        demand,
        subject,
        value: value.to_owned(),
        severity: if arguments.warn { Severity::Warning } else { Severity::Error },
        remedy: arguments.remedy.clone(),
    };
    let id = view.line.row.id;
    if arguments.ask {
        rules::ask(db, actor, practice, id, &rule)?;
        return said("Asked for. It scrubs nothing until a second person switches it on.");
    }
    let told = rules::dry_run(db, actor, practice, id, &rule)?;
    line(&told.words());
    Ok(if told.paid > 0 { Done::WithFindings } else { Done::Clean })
}

fn decide(session: &Session, arguments: &Decide) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let view = view(session, &arguments.number)?;
    let rule = view.rules.iter().find(|rule| rule.rule_number.eq_ignore_ascii_case(&arguments.rule));
    let id: OwnScrubRuleId = rule.map(|rule| rule.id).ok_or(app::Error::NotFound("scrub rule"))?;
    match arguments.verdict {
        Verdict::On => rules::decide(db, actor, practice, id, (true, ""))?,
        Verdict::Refuse => rules::decide(db, actor, practice, id, (false, &arguments.because))?,
        Verdict::Off => rules::switch_off(db, actor, practice, id, &arguments.because)?,
    }
    said("Decided. It is kept with your name.")
}

fn close(session: &Session, arguments: &Close) -> Result<Done, Failure> {
    let end = End {
        stage: arguments.stage.clone(),
        cause: arguments.cause.clone(),
        outcome: arguments.outcome.clone(),
        owner: arguments.owner.clone(),
    };
    problems::close(&session.db, &session.actor, session.practice, find(session, &arguments.number)?, &end)?;
    said("Closed. It opens again by itself when its pattern returns.")
}

fn gather(session: &Session, arguments: &Gather) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let (Some(kind), Some(cases), Some(because)) = (&arguments.kind, arguments.cases, &arguments.because) else {
        let (rules, _) = settings::list(db, actor, practice)?;
        let head = [("OF WHAT", Align::Left), ("CASES", Align::Right), ("DAYS", Align::Right), ("MEANS", Align::Left)];
        let cells = |rule: &billing::problem::GatheringRule| {
            vec![rule.kind.as_str().to_owned(), rule.cases.to_string(), rule.days.to_string(), rule.says.clone()]
        };
        return output::table(&head, &rules.iter().map(cells).collect::<Vec<_>>(), "Nothing gathers.");
    };
    let kind = GatheringKind::parse(kind).ok_or_else(|| {
        let known: Vec<&str> = GatheringKind::ALL.iter().map(|kind| kind.as_str()).collect();
        Failure::Unreadable(format!("Say one of {}.", known.join(", ")))
    })?;
    let today = db.today(practice).map_err(app::Error::from)?;
    settings::set(db, actor, practice, (kind, cases, today), because)?;
    said("Set. What gathered before stays.")
}
