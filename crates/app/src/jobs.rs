//! What runs every day by itself: each job is one function and one line in [`JOBS`]. A job carries out what a person or
//! a rule already decided; it acts as the system and is audited as such.

use billing::PracticeId;
use billing::access::Actor;
use billing::claim::ClaimStatus;
use billing::work::{WorkLinks, WorkReason};
use store::{Db, params};

use crate::Error;
use crate::worklist::{self, NewWork};

/// A job: what it is called, and what it does for one practice. It answers how many things it did.
pub struct Job {
    /// The word in the log and on the command line.
    pub key: &'static str,
    /// What it does, in a sentence.
    pub does: &'static str,
    /// Runs it.
    pub run: fn(&Db, &Actor, PracticeId) -> Result<usize, Error>,
}

/// Every daily job, in the order in which they run.
pub const JOBS: &[Job] = &[
    Job {
        key: "claims",
        does: "Makes and scrubs the claims of visits that have a coverage and no claim yet.",
        run: crate::claim_scrub::prepare_open_visits,
    },
    Job {
        key: "follow-up",
        does: "Opens work for every claim that a payer has and did not decide by its follow-up date.",
        run: follow_up,
    },
    Job {
        key: "unanswered-files",
        does: "Opens work for every claim file that nobody answered by its day.",
        run: crate::claim_submission::open_unanswered_files,
    },
    Job {
        key: "late-acknowledgments",
        does: "Opens work for every claim whose payer did not acknowledge it by its day.",
        run: crate::claim_acknowledgment::open_late_claims,
    },
];

/// Runs every job for a practice; answers how many things each did.
///
/// # Errors
/// The first job's that fails; the jobs before it stay done.
pub fn daily(db: &Db, practice: PracticeId) -> Result<Vec<(&'static str, usize)>, Error> {
    let actor = Actor::system(practice);
    JOBS.iter().map(|job| Ok((job.key, (job.run)(db, &actor, practice)?))).collect()
}

/// Most claims that one run of a job takes up; the next run goes on.
const MOST_CLAIMS_A_RUN: i64 = 5_000;

/// Opens work for accepted claims without a decision by their follow-up date.
fn follow_up(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let due = tx.query(&store::follow_up::DUE_FOR_FOLLOW_UP, params![tx.today(), MOST_CLAIMS_A_RUN])?;
        for claim in &due {
            let (reason, state) = match claim.status {
                ClaimStatus::Adjudicated => (WorkReason::Denied, "is disputed and has no new decision"),
                ClaimStatus::Draft
                | ClaimStatus::Held
                | ClaimStatus::Ready
                | ClaimStatus::Submitted
                | ClaimStatus::Accepted
                | ClaimStatus::Rejected
                | ClaimStatus::Closed => (WorkReason::RemittanceMissing, "was accepted and has no decision"),
            };
            let summary = format!("Claim {} {state} yet.", claim.control_number);
            let links = WorkLinks {
                patient_id: Some(claim.patient_id),
                payer_id: Some(claim.payer_id),
                ..WorkLinks::default()
            };
            let work = NewWork::on_claim(reason, claim.id, summary, links, claim.total_cents)
                .with_deadline(Some(claim.filing_limit_on));
            worklist::open(tx, work)?;
            tx.execute(&store::follow_up::CLEAR_FOLLOW_UP, params![claim.id])?;
        }
        Ok(due.len())
    })
}
