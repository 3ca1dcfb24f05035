//! Prints the pages of docs/reference from the code, so that they cannot say what the program does not do.

use std::fmt::Write;

use billing::access::{Action, Matrix, Role};
use billing::clock::state_rules::rules_of;
use billing::clock::{ClockKind, Source};
use billing::remittance::classification::{AdjustmentClass, Guard, base_rows};
use billing::work::{Family, WorkReason};
use clap::{Args, ValueEnum};

use super::output::line;
use super::{Done, Failure, command_tree};

/// Which page.
#[derive(Debug, Args)]
pub struct Arguments {
    page: Page,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Page {
    /// Every scrub rule.
    ScrubRules,
    /// Who may do what.
    Permissions,
    /// Why there is work.
    WorkReasons,
    /// The situational rules of the X12 guides and what they cover.
    Situations,
    /// What adjustments mean.
    Adjustments,
    /// Every kind of clock.
    Clocks,
    /// Every command with its options.
    Commands,
}

/// Prints the page.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let page = match arguments.page {
        Page::ScrubRules => app::reference::scrub_rules(),
        Page::Permissions => permissions(),
        Page::WorkReasons => work_reasons(),
        Page::Situations => situations(),
        Page::Adjustments => adjustments(),
        Page::Clocks => clocks(),
        Page::Commands => commands(),
    };
    line(page.trim_end());
    Ok(Done::Clean)
}

const GENERATED: &str = "<!-- Written by `cargo xtask codegen` from the code. Change the code, not this page. -->\n\n";

fn permissions() -> String {
    let mut page = format!(
        "# Permissions\n\n{GENERATED}One matrix decides, documents and is tested against every route. **Y** yes, \
         **L** up to a limit, **M** as maker: another person checks, **C** as checker: never one's own, **m** masked, \
         **S** own record only, **-** no. Beyond the matrix the state of a thing counts: the first adjudicating \
         remittance moves a claim out of Tier 1's hands.\n\n| To |"
    );
    for role in Role::ALL {
        let _ = write!(page, " {} |", role.title());
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(Role::ALL.len()));
    page.push('\n');
    let matrix = Matrix::get();
    for action in Action::ALL {
        let _ = write!(page, "| {} |", cell(matrix.says(*action)));
        for role in Role::ALL {
            let _ = write!(page, " {} |", matrix.cell(*action, role).letter());
        }
        page.push('\n');
    }
    page
}

fn adjustments() -> String {
    let mut page = format!(
        "# What adjustments mean\n\n{GENERATED}A payer names each amount that it took off by group (CAS01), reason (CARC) \
         and remark (RARC). Together they say who owes it. The base below ships with the program; a practice puts dated rows \
         of its own over it (`tierline adjustments add`, Settings), and of the rows that fit the most specific one decides. A \
         row decides what is posted from its day on; what was posted keeps its meaning.\n\n## Classes\n\n\
         | Class | Word | What it does |\n|---|---|---|\n"
    );
    for class in AdjustmentClass::ALL {
        let _ = writeln!(page, "| {} | `{}` | {} |", class.label(), class.as_str(), class.effect().words());
    }
    page.push_str("\n## What no row may break\n\n");
    for guard in Guard::ALL {
        let _ = writeln!(page, "- {}", guard.words());
    }
    page.push_str(
        "- In a claim that its payer refused (CLP02 4 or 23), or of which it allows nothing, nothing is written down.\n\
         - A payer that pays after another can leave the patient no more than it was asked for: shares are never added up.\n",
    );
    page.push_str("\n## The base\n\n| Group | Reason | Remark | Means | From | Why |\n|---|---|---|---|---|---|\n");
    for row in base_rows() {
        let (group, class) = (row.group.code(), row.class.label());
        let _ = writeln!(page, "| {group} | {} | {} | {class} | {} | {} |", row.reason, row.remark, row.from, row.why);
    }
    page.push_str("\n`@` names a kind of reason as the table of reasons sorts it; `*` is any.\n");
    page
}

fn clocks() -> String {
    let mut page = format!(
        "# Clocks\n\n{GENERATED}Last days of law, contract and a practice's own rules. A payer's contract goes first; of \
         Medicare the shorter of contract and law; then the state's law; then the practice's own figure; then what stands \
         here. A figure of law says on which day it was held against its source, or that nobody did yet: then ask before \
         you rely on it, and set your own (`tierline clocks term`). The day a clock starts on is day 0. Nothing expires by \
         itself: past its last day a clock stays overdue until a person decides by name. Each is told so many business \
         days before its last day.\n\n| Clock | Word | It is | Length | Where it stands | Starts with | Ends with | Told |\n\
         |---|---|---|---|---|---|---|---|\n"
    );
    for kind in ClockKind::ALL {
        let facts = kind.facts();
        let length = facts.length.map_or_else(|| "given".to_owned(), |length| length.to_string());
        let mut stands = stands(facts.source);
        if let Some((length, source)) = facts.medicare {
            let _ = write!(stands, "; of Medicare {length} ({})", self::stands(source));
        }
        let told: Vec<String> = facts.warns.iter().map(u32::to_string).collect();
        let _ = writeln!(
            page,
            "| {} | `{}` | {} | {length} | {} | {} | {} | {} |",
            facts.title,
            kind.as_str(),
            facts.nature.label(),
            cell(&stands),
            cell(facts.starts),
            cell(facts.ends),
            told.join(", ")
        );
    }
    for kind in [ClockKind::PromptPay, ClockKind::EstateClaim, ClockKind::UnclaimedProperty] {
        let _ = write!(
            page,
            "\n## {} by state\n\nNot yet held against the texts. A state that is not listed is not \
            known to us.\n\n| State | Length | Where it stands |\n|---|---|---|\n",
            kind.title()
        );
        for rule in rules_of(kind) {
            let _ = writeln!(page, "| {} | {} | {} |", rule.state, rule.length, cell(rule.source));
        }
    }
    page
}

/// Where a length stands, with the day on which it was held against its source.
fn stands(source: Source) -> String {
    match source {
        Source::Law { citation, checked: Some(on) } => format!("{citation} (checked {on})"),
        Source::Law { citation, checked: None } => format!("{citation} (not checked)"),
        Source::Contract | Source::Practice | Source::State | Source::Given => source.words().to_owned(),
    }
}

fn work_reasons() -> String {
    let mut page = format!(
        "# Work reasons\n\n{GENERATED}Why a person must do something: whose desk it opens on, with which skill, within how \
         many business days somebody begins and ends it, by which steps, and how it may end. A tier is a property of the \
         reason and of the escalations so far, never a free field. A practice may set texts and days of its own over these.\n"
    );
    for family in Family::ALL {
        let _ = write!(
            page,
            "\n## {}\n\n| Reason | Code | Desk | Skill | Begin | End | Minutes | Likely | What to do |\n|---|---|---|---|---:|---:|---:|---:|---|\n",
            family.label()
        );
        for reason in WorkReason::ALL.iter().filter(|reason| reason.family() == *family) {
            let spec = reason.spec();
            let (title, code, desk) = (cell(spec.title), spec.catalogue.unwrap_or(""), spec.desk.label());
            let likely = u32::from(spec.chance) / 10;
            let _ = writeln!(
                page,
                "| {title} | {code} | {desk} | {} | {} | {} | {} | {likely} % | {} |",
                spec.skill.label(),
                spec.first_action,
                spec.resolve,
                spec.minutes,
                work_steps(*reason)
            );
        }
    }
    page
}

fn work_steps(reason: WorkReason) -> String {
    let spec = reason.spec();
    let required: Vec<&str> = spec.required.iter().map(|data| data.label()).collect();
    let ends: Vec<&str> = spec.resolutions.iter().map(|code| code.label()).collect();
    format!(
        "{} **Steps:** {}. **At hand:** {}. **Ends as:** {}.",
        cell(spec.playbook),
        cell(&spec.checklist.join("; ")),
        cell(&required.join("; ")),
        cell(&ends.join("; "))
    )
}

fn situations() -> String {
    format!("# Situational rules and what they cover\n\n{GENERATED}{}", x12::coverage_page())
}

fn commands() -> String {
    let mut tree = command_tree();
    // One width, so that the page does not depend on who prints it.
    tree = tree.term_width(100);
    tree.build();
    let mut page = format!("# Commands\n\n{GENERATED}```text\n{}\n```\n", help_of(&tree));
    write_commands(&tree, &mut page);
    page
}

fn write_commands(parent: &clap::Command, page: &mut String) {
    for command in parent.get_subcommands().filter(|command| !command.is_hide_set()) {
        if command.has_subcommands() {
            write_commands(command, page);
            continue;
        }
        let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
        let _ = write!(page, "\n## {name}\n\n```text\n{}\n```\n", help_of(command));
    }
}

fn help_of(command: &clap::Command) -> String {
    let text = command.clone().term_width(100).render_long_help().to_string();
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// A bar would end the cell, a line break the row.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
