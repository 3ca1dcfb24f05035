//! `remit preview` and `remit post`: what posting would do, entry by entry, and doing it; of a file, or of a payment that
//! waits. Decides nothing itself.

use std::path::{Path, PathBuf};

use app::remittance_import::preview::{self, Preview, PreviewEntry};
use app::remittance_import::{PaymentState, Seen, WaitingPosted, post_waiting};
use billing::RemittanceId;
use billing::counting::counted;
use serde_json::json;
use store::views;
use uuid::Uuid;

use super::super::import::files::{judge_all, source_files};
use super::super::output::{self, line};
use super::super::{Done, Failure, Session};
use super::post_files;

/// Shows what posting would do.
pub fn show(session: &Session, what: &Path, as_json: bool) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let previews = if what.exists() {
        let files = source_files(&[what.to_path_buf()])?;
        judge_all(&files, |file| app::remittance_import::judge(actor, &file.name, &file.bytes))?;
        let mut previews = Vec::new();
        for file in &files {
            previews.extend(preview::of_file(db, actor, practice, &file.name, &file.bytes)?);
        }
        previews
    } else {
        vec![preview::of_waiting(db, actor, practice, stored(session, what)?)?]
    };
    let waits = |one: &Preview| {
        one.state == PaymentState::Quarantined
            || !one.waits_because.is_empty()
            || one.counts.set_aside + one.counts.unmatched > 0
    };
    let done = if previews.iter().any(waits) { Done::WithFindings } else { Done::Clean };
    if as_json {
        output::json(&previews)?;
    } else {
        previews.iter().for_each(print);
    }
    Ok(done)
}

/// Posts files, or payments that wait where what is named is no file.
pub fn post(session: &Session, what: &[PathBuf], dry_run: bool, as_json: bool) -> Result<Done, Failure> {
    let (files, ids): (Vec<PathBuf>, Vec<PathBuf>) = what.iter().cloned().partition(|path| path.exists());
    if ids.is_empty() || ids.iter().any(|id| id.components().count() > 1) {
        return post_files(session, what, dry_run, as_json);
    }
    let ids = ids.iter().map(|id| stored(session, id)).collect::<Result<Vec<RemittanceId>, Failure>>()?;
    if dry_run {
        let (db, actor, practice) = (&session.db, &session.actor, session.practice);
        for id in ids {
            print(&preview::of_waiting(db, actor, practice, id)?);
        }
    } else {
        let mut has_findings = false;
        for id in ids {
            has_findings |= post_one(session, id, as_json)?;
        }
        if files.is_empty() && has_findings {
            return Ok(Done::WithFindings);
        }
    }
    if files.is_empty() { Ok(Done::Clean) } else { post_files(session, &files, dry_run, as_json) }
}

/// Posts one payment that waits; says whether something of it waits for a person still.
fn post_one(session: &Session, id: RemittanceId, as_json: bool) -> Result<bool, Failure> {
    let posted = post_waiting(&session.db, &session.actor, session.practice, id, Seen::Nothing)?;
    let (state, report) = match posted {
        WaitingPosted::Settled(report) => (report.state.as_str(), Some(report)),
        WaitingPosted::Before => (PaymentState::Duplicate.as_str(), None),
        WaitingPosted::Moved => ("waiting", None),
    };
    let counts = report.as_ref().map(|report| report.counts).unwrap_or_default();
    if as_json {
        let trace = report.as_ref().map(|report| report.trace.as_str());
        let problem = report.as_ref().and_then(|report| report.problem.as_deref());
        line(&json!({ "id": id, "trace": trace, "state": state, "counts": counts, "reason": problem }).to_string());
    } else {
        line(&match &report {
            None => format!("{id}: was posted before; nothing changed."),
            Some(report) => format!(
                "Payment {} of {}: {state}; {} posted, {} set aside, {} unmatched",
                report.trace,
                report.amount,
                counted(counts.posted, "claim"),
                counts.set_aside,
                counts.unmatched
            ),
        });
        if let Some(problem) = report.as_ref().and_then(|report| report.problem.as_deref()) {
            line(&format!("  {problem}"));
        }
    }
    Ok(counts.set_aside + counts.unmatched > 0 || state == PaymentState::Quarantined.as_str())
}

/// The payment that a word names: its id, or its number.
fn stored(session: &Session, word: &Path) -> Result<RemittanceId, Failure> {
    let word = word.to_string_lossy();
    if let Ok(id) = Uuid::parse_str(&word) {
        return Ok(RemittanceId(id));
    }
    let found = session.read(|read| Ok(views::remittances::by_trace(read, &word)?))?;
    found.ok_or_else(|| {
        Failure::Unreadable(format!(
            "{word}: no file of this name, and no payment of this number. Nothing was imported."
        ))
    })
}

fn print(preview: &Preview) {
    let would = match preview.state {
        PaymentState::Posted => "would be posted",
        PaymentState::Quarantined => "would be quarantined",
        PaymentState::Duplicate => "came before",
        PaymentState::Waiting => "waits",
    };
    line(&format!("Payment {} of {} from {}: {would}", preview.trace, preview.amount_cents, preview.payer_name));
    if let Some(problem) = &preview.problem {
        line(&format!("  {problem} (off by {})", preview.difference_cents));
    }
    for because in &preview.waits_because {
        line(&format!("  does not post by itself: {because}"));
    }
    for entry in &preview.payment {
        print_entry(entry);
    }
    for claim in &preview.claims {
        let problem = claim.problem.as_deref().map(|problem| format!(": {problem}")).unwrap_or_default();
        let state = match claim.state {
            preview::ForeseenState::Posted => "posted",
            preview::ForeseenState::TakesBack => "takes a decision back",
            preview::ForeseenState::SetAside => "set aside",
            preview::ForeseenState::Unmatched => "matches nothing of ours",
            preview::ForeseenState::Estimate => "an estimate",
        };
        line(&format!(
            "Claim {}, paid {} of {}: {state}{problem}",
            claim.control_number, claim.paid_cents, claim.charged_cents
        ));
        if let Some(advice) = &claim.advice {
            line(&format!("  note: {advice}"));
        }
        claim.entries.iter().for_each(print_entry);
    }
    preview.beside.iter().for_each(print_entry);
    line("Sums");
    for total in &preview.totals {
        let (debit, credit) = (total.debit_cents.to_string(), total.credit_cents.to_string());
        line(&format!("  {:<32} {debit:>14} {credit:>14}", total.account_words));
    }
    line(&format!("  left on clearing: {}", preview.clearing_cents));
    for work in &preview.work {
        line(&format!("Work: {} ({})", work.summary, work.stake_cents));
    }
}

fn print_entry(entry: &PreviewEntry) {
    let late = entry.concerns_on.map(|day| format!(" (concerns {day}, in a closed month)")).unwrap_or_default();
    line(&format!("  {}, {}{late}", entry.reason, entry.on));
    for posting in &entry.postings {
        let procedure = posting.procedure.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
        let (account, amount) = (format!("{}{procedure}", posting.account_words), posting.amount_cents.to_string());
        line(&format!("    {account:<40} {amount:>14}  {}", posting.why));
    }
}
