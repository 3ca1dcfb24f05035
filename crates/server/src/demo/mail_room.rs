//! The mail of the story: files leave in the evening and come in the morning, through the submission and inbound use cases.

use app::jobs::{self, Outcome};
use app::remittance_import::{self, Seen, WaitingPosted, preview};
use app::{claim_submission, inbound};
use billing::access::Actor;

use super::stage::{Stage, in_scene};

/// Collects what the payers sent, as the mailbox job does: acknowledgments and payments come together.
pub fn collect(stage: &Stage) -> anyhow::Result<()> {
    let job = Actor::system(stage.practice);
    let receipts = inbound::collect(&stage.db, &job, stage.practice, &stage.clearinghouse);
    for receipt in in_scene("the mail is collected", receipts)? {
        if receipt.outcome == inbound::Outcome::Unreadable || receipt.outcome == inbound::Outcome::Quarantined {
            anyhow::bail!("{} could not be used: {}", receipt.file_name, receipt.note);
        }
    }
    Ok(())
}

/// The poster looks at each payment that did not post by itself, and posts just what was shown.
pub fn post_what_waits(stage: &Stage) -> anyhow::Result<()> {
    let (db, poster, practice) = (&stage.db, &stage.staff.poster, stage.practice);
    for id in in_scene("the waiting payments are listed", remittance_import::waiting(db, poster, practice))? {
        let seen = in_scene("a waiting payment is looked at", preview::of_waiting(db, poster, practice, id))?;
        let post = remittance_import::post_waiting(db, poster, practice, id, Seen::Preview(&seen.fingerprint));
        if in_scene("a waiting payment is posted", post)? == WaitingPosted::Moved {
            anyhow::bail!("payment {} came to something else than its preview said", seen.trace);
        }
    }
    Ok(())
}

/// Seals what is ready and delivers it.
pub fn send(stage: &Stage) -> anyhow::Result<()> {
    let sealed = claim_submission::seal(&stage.db, &stage.staff.tier1, stage.practice);
    in_scene("claims are sealed", sealed)?;
    let corrected = claim_submission::seal(&stage.db, &stage.staff.tier2, stage.practice);
    in_scene("corrected claims are sealed", corrected)?;
    deliver(stage)
}

/// Delivers what is sealed.
pub fn deliver(stage: &Stage) -> anyhow::Result<()> {
    let delivered = claim_submission::deliver(&stage.db, &stage.staff.tier1, stage.practice, &stage.clearinghouse);
    in_scene("files are delivered", delivered)?;
    Ok(())
}

/// The night's jobs: follow-ups, missing acknowledgments.
pub fn night(stage: &Stage) -> anyhow::Result<()> {
    let ran = in_scene("the night's jobs run", jobs::run_due(&stage.db, stage.practice))?;
    for job in ran {
        if let Outcome::Failed(words) = job.outcome {
            anyhow::bail!("the night's job {}: {words}", job.key);
        }
    }
    Ok(())
}
