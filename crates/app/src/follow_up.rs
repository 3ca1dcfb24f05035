//! Looking again at claims that a payer has: the payer is asked before the follow-up date (276), and one whose date came
//! without a decision becomes a desk's work. Moves no claim.

use std::collections::HashSet;

use billing::ClaimId;
use billing::PracticeId;
use billing::access::Actor;
use billing::access::LimitKind;
use billing::claim::ClaimStatus;
use billing::work::{WorkLinks, WorkReason};
use jiff::SignedDuration;
use store::call::UNTOUCHED;
use store::claim::BODIES_OF_CLAIMS;
use store::follow_up::{CLEAR_FOLLOW_UP, DUE_FOR_FOLLOW_UP, TO_ASK_ABOUT};
use store::worklist::OPEN_ITEMS_OF_CLAIM;
use store::{Db, params};

use crate::worklist::{self, NewWork};
use crate::{Error, claim_status, limits};

/// Most claims that one run of a job takes up; the next run goes on.
const MOST_CLAIMS_A_RUN: i64 = 5_000;

/// Business days before the follow-up date from which a payer is asked: its answer is there when the date comes.
const ASK_BEFORE_BUSINESS_DAYS: u32 = 3;
/// Days in which a claim is asked about once: an answer that set a new date asks again before that one.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24 * 10);
/// Most questions of one run: each is a file of its own, and the next day goes on.
const MOST_QUESTIONS_A_RUN: i64 = 500;

/// Asks payers where the claims are whose follow-up date is near: the machine asks before a person calls. What cannot be
/// asked waits for its date. Answers for how many questions went out.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn ask_payers(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    let claims = db.read::<_, Error>(actor, practice, |read| {
        let today = read.today();
        let until = store::clock::calendar(read)?.add_business_days(today, ASK_BEFORE_BUSINESS_DAYS);
        let since = read.now().checked_sub(ASK_AGAIN_AFTER).unwrap_or(read.now());
        let mut claims = Vec::new();
        for (claim,) in read.query(&TO_ASK_ABOUT, params![today, until, MOST_QUESTIONS_A_RUN])? {
            if !claim_status::was_asked_since(read, claim, since)? {
                claims.push(claim);
            }
        }
        Ok(claims)
    })?;
    let mut asked = 0;
    for claim in claims {
        match claim_status::ask(db, actor, practice, claim) {
            Ok(()) => asked += 1,
            Err(Error::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(asked)
}

/// Opens work for claims that a payer has and did not decide by their follow-up date. Answers for how many.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn open_undecided_claims(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let due = tx.query(&DUE_FOR_FOLLOW_UP, params![tx.today(), MOST_CLAIMS_A_RUN])?;
        let ids: Vec<ClaimId> = due.iter().map(|claim| claim.id).collect();
        let bodies = tx.query_in(&BODIES_OF_CLAIMS, params![], &ids)?;
        let crossed: HashSet<ClaimId> =
            bodies.into_iter().filter(|(_, body)| body.0.crossed_over).map(|(id, _)| id).collect();
        for claim in &due {
            let (reason, state) = match claim.status {
                ClaimStatus::Adjudicated => (WorkReason::Denied, "is disputed and has no new decision"),
                ClaimStatus::Accepted if crossed.contains(&claim.id) => (
                    WorkReason::RemittanceMissing,
                    "was passed on by the payer before it, and this one has no decision",
                ),
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
                .with_deadline((claim.status != ClaimStatus::Adjudicated).then_some(claim.filing_limit_on));
            worklist::open(tx, work)?;
            tx.execute(&CLEAR_FOLLOW_UP, params![claim.id])?;
        }
        Ok(due.len())
    })
}

/// Opens work for claims that are in nobody's queue and that nothing happened to for the practice's days; an item that
/// nobody worked on for as long says so in its history, so that it surfaces in its queue. Answers for how many.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn open_untouched_claims(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let days = limits::in_force(tx)?.get(LimitKind::UntouchedDays);
        let since = tx.now().checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(tx.now());
        let untouched = tx.query(&UNTOUCHED, params![since, tx.today(), MOST_CLAIMS_A_RUN])?;
        for claim in &untouched {
            let items = tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim.id])?;
            for item in &items {
                let sentence =
                    format!("Nobody touched the claim for {days} days: call its payer, or say what it waits for.");
                store::worklist::append_event(tx, item.id, "noted", &sentence)?;
            }
            if items.is_empty() {
                let summary = format!("Claim {}: nothing happened for {days} days.", claim.control_number);
                let links = WorkLinks {
                    patient_id: Some(claim.patient_id),
                    payer_id: Some(claim.payer_id),
                    ..WorkLinks::default()
                };
                let work =
                    NewWork::on_claim(WorkReason::RemittanceMissing, claim.id, summary, links, claim.total_cents)
                        .with_deadline(Some(claim.filing_limit_on));
                worklist::open(tx, work)?;
                tx.execute(&CLEAR_FOLLOW_UP, params![claim.id])?;
            }
        }
        Ok(untouched.len())
    })
}
