//! Commands about what adjustments mean: list the table, ask it, add a row, take one back, try one on what was posted.

use app::adjustment_rules::{self, Asked, Line, NewRule, Replay};
use billing::PayerId;
use billing::remittance::AdjustmentGroup;
use billing::remittance::classification::{AdjustmentClass, BaseRow, Pattern};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::approval::said;
use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about what adjustments mean.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the practice's rows and the base
    List(List),
    /// Tell what an adjustment would mean if it were posted today
    Classify(Classify),
    /// Add a row to the practice's own; what was posted keeps its meaning
    Add(Add),
    /// Take a row of the practice back: the base decides again
    Retire(Retire),
    /// Try a row on what was posted: which adjustments it would have decided otherwise
    Replay(Try),
}

/// The table.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An adjustment.
#[derive(Debug, Args)]
pub struct Classify {
    /// Group and reason, such as CO-45
    adjustment: String,
    /// A remark (RARC) of the line or its claim; may be given again
    #[arg(long)]
    remark: Vec<String>,
    /// The payer, by its electronic id
    #[arg(long)]
    payer: Option<String>,
    /// The payer pays after another
    #[arg(long)]
    after_another: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which adjustments a row is for.
#[derive(Debug, Args)]
pub struct For {
    /// CO, PR, OA, PI or CR; any where none is given
    #[arg(long, value_parser = read_group)]
    group: Option<AdjustmentGroup>,
    /// Reason (CARC)
    #[arg(long)]
    reason: Option<String>,
    /// Remark (RARC)
    #[arg(long)]
    remark: Option<String>,
    /// One payer only, by its electronic id
    #[arg(long)]
    payer: Option<String>,
}

/// A new row.
#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    row: For,
    /// What it means: contractual, sequestration, patient, never_patient, prior_payer, interest, recoupment,
    /// paid_elsewhere, pending, informational or denial
    #[arg(long, value_parser = read_class)]
    class: AdjustmentClass,
    /// First day; today where none is given
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// A row that goes.
#[derive(Debug, Args)]
pub struct Retire {
    #[command(flatten)]
    row: For,
    /// First day without it; today where none is given
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// A row to try.
#[derive(Debug, Args)]
pub struct Try {
    #[command(flatten)]
    row: For,
    /// What it would mean
    #[arg(long, value_parser = read_class)]
    class: AdjustmentClass,
    /// How many months back
    #[arg(long, default_value_t = 12)]
    months: i32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn read_group(word: &str) -> Result<AdjustmentGroup, String> {
    AdjustmentGroup::from_code(&word.to_ascii_uppercase()).ok_or_else(|| "say CO, PR, OA, PI or CR".to_owned())
}

fn read_class(word: &str) -> Result<AdjustmentClass, String> {
    AdjustmentClass::parse(word).ok_or_else(|| {
        let known: Vec<&str> = AdjustmentClass::ALL.iter().map(|class| class.as_str()).collect();
        format!("say one of {}", known.join(", "))
    })
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => list(&session, arguments.json),
        Command::Classify(arguments) => classify(&session, arguments),
        Command::Add(Add { row, class, from, because }) => {
            let new = NewRule {
                pattern: pattern(&session, row)?,
                class: Some(*class),
                effective_on: *from,
                why: because.clone(),
            };
            adjustment_rules::add(db, actor, practice, &new)?;
            said("Added. It decides what is posted from its day on; what was posted keeps its meaning.")
        }
        Command::Retire(Retire { row, from, because }) => {
            let new =
                NewRule { pattern: pattern(&session, row)?, class: None, effective_on: *from, why: because.clone() };
            adjustment_rules::add(db, actor, practice, &new)?;
            said("Taken back. The base decides from that day on.")
        }
        Command::Replay(arguments) => {
            let row = pattern(&session, &arguments.row)?;
            let told = adjustment_rules::replay(db, actor, practice, (&row, arguments.class), arguments.months)?;
            if arguments.json { output::json(&replay_told(&told)) } else { replay_table(&told) }
        }
    }
}

fn pattern(session: &Session, row: &For) -> Result<Pattern, Failure> {
    Ok(Pattern {
        payer: payer(session, row.payer.as_deref())?,
        group: row.group,
        reason: row.reason.as_ref().map(|code| code.to_ascii_uppercase()),
        remark: row.remark.as_ref().map(|code| code.to_ascii_uppercase()),
    })
}

fn payer(session: &Session, identifier: Option<&str>) -> Result<Option<PayerId>, Failure> {
    let Some(identifier) = identifier else { return Ok(None) };
    let found = session.read(|read| Ok(store::registration::payer_by_identifier(read, identifier)?))?;
    match found {
        Some(payer) => Ok(Some(payer.id)),
        None => Err(Failure::Refused(format!("This practice has no payer with the id {identifier}."))),
    }
}

fn list(session: &Session, as_json: bool) -> Result<Done, Failure> {
    let table = adjustment_rules::list(&session.db, &session.actor, session.practice)?;
    if as_json {
        let practice: Vec<serde_json::Value> = table.practice.iter().map(line_told).collect();
        let base: Vec<serde_json::Value> = table.base.iter().map(base_told).collect();
        return output::json(&json!({ "practice": practice, "base": base }));
    }
    let head = [
        ("FOR", Align::Left),
        ("MEANS", Align::Left),
        ("FROM", Align::Left),
        ("WHERE", Align::Left),
        ("BY", Align::Left),
        ("WHY", Align::Left),
    ];
    let own = table.practice.iter().map(|line| {
        let class = line.row.class.map_or("as the base says", AdjustmentClass::as_str);
        let by = line.row.recorded_by_login.clone();
        [
            line.words(),
            class.into(),
            line.row.effective_on.to_string(),
            line.standing.label().into(),
            by,
            line.row.why.clone(),
        ]
    });
    let base = table.base.iter().map(|row| {
        let words = format!("{}-{}{}", row.group.code(), row.reason, if row.remark == "*" { "" } else { row.remark });
        [words, row.class.as_str().into(), row.from.to_string(), "Base".into(), String::new(), row.why.into()]
    });
    let rows: Vec<Vec<String>> = own.chain(base).map(Vec::from).collect();
    output::table(&head, &rows, "The table is empty.")
}

fn line_told(line: &Line) -> serde_json::Value {
    let row = &line.row;
    json!({
        "id": row.id, "payer": line.payer, "group": row.adjustment_group.map(AdjustmentGroup::code),
        "reason": row.reason, "remark": row.remark, "class": row.class.map(AdjustmentClass::as_str),
        "from": row.effective_on, "standing": line.standing.label(), "by": row.recorded_by_login,
        "at": row.recorded_at, "why": row.why,
    })
}

fn base_told(row: &BaseRow) -> serde_json::Value {
    json!({
        "group": row.group.code(), "reason": row.reason, "remark": row.remark, "class": row.class.as_str(),
        "from": row.from, "why": row.why,
    })
}

fn classify(session: &Session, arguments: &Classify) -> Result<Done, Failure> {
    let unreadable = || Failure::Unreadable("Write group and reason, for example CO-45.".to_owned());
    let (group, reason) = arguments.adjustment.split_once('-').ok_or_else(unreadable)?;
    let asked = Asked {
        payer: payer(session, arguments.payer.as_deref())?,
        group: AdjustmentGroup::from_code(&group.to_ascii_uppercase()).ok_or_else(unreadable)?,
        reason: reason.to_ascii_uppercase(),
        remarks: arguments.remark.iter().map(|code| code.to_ascii_uppercase()).collect(),
        after_another: arguments.after_another,
    };
    let told = adjustment_rules::classify(&session.db, &session.actor, session.practice, &asked)?;
    if arguments.json {
        return output::json(&json!({
            "class": told.class.as_str(), "effect": told.class.effect().words(), "by": told.by, "guard": told.guard,
        }));
    }
    let guard = told.guard.map_or_else(String::new, |guard| format!("\n{guard}"));
    said(&format!("{}: {}\nBy {}{guard}", told.class.as_str(), told.class.effect().words(), told.by))
}

fn replay_told(told: &Replay) -> serde_json::Value {
    let groups = told.groups.iter().map(|group| {
        json!({
            "payer": group.payer, "adjustment": group.adjustment, "posted_as": group.posted_as.as_str(),
            "would_be": group.would_be.as_str(), "count": group.count, "amount_cents": group.amount.cents(),
        })
    });
    let differences = told.differences.iter().map(|one| {
        json!({
            "claim": one.control_number, "trace": one.trace, "paid_on": one.paid_on, "adjustment": one.adjustment,
            "amount_cents": one.amount.cents(), "posted_as": one.posted_as.as_str(), "would_be": one.would_be.as_str(),
        })
    });
    json!({
        "since": told.since, "decisions": told.decisions, "count": told.count, "amount_cents": told.amount().cents(),
        "groups": groups.collect::<Vec<_>>(), "differences": differences.collect::<Vec<_>>(),
    })
}

fn replay_table(told: &Replay) -> Result<Done, Failure> {
    let head = [
        ("PAYER", Align::Left),
        ("ADJUSTMENT", Align::Left),
        ("POSTED AS", Align::Left),
        ("WOULD BE", Align::Left),
        ("HOW MANY", Align::Right),
        ("AMOUNT", Align::Right),
    ];
    let cells = told.groups.iter().map(|group| {
        let (posted_as, would_be) = (group.posted_as.as_str().to_owned(), group.would_be.as_str().to_owned());
        let (payer, adjustment) = (group.payer.clone(), group.adjustment.clone());
        vec![payer, adjustment, posted_as, would_be, group.count.to_string(), group.amount.to_string()]
    });
    output::table(&head, &cells.collect::<Vec<_>>(), "Nothing that was posted would mean anything else.")?;
    said(&format!(
        "{} decisions since {} were looked at: {} adjustments, {} in all. Nothing was changed.",
        told.decisions,
        told.since,
        told.count,
        told.amount()
    ))
}
