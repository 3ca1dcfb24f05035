//! Asking a payer where a claim is (276) and noting what it answers (277). The answer informs the claim's timeline and
//! whoever works on it, and sets when somebody looks again; it moves no claim, and it is one only where we asked, and whom
//! we asked. A question is not
//! repeated while its answer may still come.

use billing::access::{Action, Actor, ResourceState};
use billing::call_outcome::{self, Then};
use billing::claim::status_answer::ClaimStatusAnswer;
use billing::claim::{Claim, ClaimEvent, ClaimStatus};
use billing::counting::counted;
use billing::work::{WaitingOn, WorkLinks, WorkReason};
use billing::{ClaimId, InboundFileId, Money, PracticeId, SubmissionId};
use jiff::Timestamp;
use store::claim::{CLAIM_EVENTS, ClaimEventRow, Evidence};
use store::clock::business_days_after;
use store::follow_up::{CLEAR_FOLLOW_UP, SET_FOLLOW_UP};
use store::submission::{SUBMISSION, SUBMISSION_KIND};
use store::worklist::OPEN_ITEMS_OF_CLAIM;
use store::{Conn, Db, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::cases;
use crate::claim_acknowledgment::other_names;
use crate::claim_submission::{FileToSeal, answer_not_awaited, envelope, submission};
use crate::inbound::Taken;
use crate::worklist::{self, NewWork};

/// How the sentence of an answer begins.
const ANSWERED: &str = "The payer answers (277):";

/// What a file is that asks.
const KIND: &str = "276";

/// Asks the payer where a claim is. The question is sealed and leaves with the next delivery; our number of the
/// claim is its trace, so that the answer finds it.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where the payer cannot have the claim yet, or was asked and may still answer.
pub fn ask(db: &Db, actor: &Actor, practice: PracticeId, claim: ClaimId) -> Result<(), Error> {
    allow(actor, Action::VerifyInsurance, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let house = store::registration::practice(tx)?.ok_or(Error::NotFound("practice"))?;
        let mut claim = store::claim::load(tx, claim)?.ok_or(Error::NotFound("claim"))?;
        match claim.status {
            ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready => {
                return Err(Error::refused("The claim was not sent yet, so its payer cannot say where it is."));
            }
            ClaimStatus::Submitted
            | ClaimStatus::Accepted
            | ClaimStatus::Rejected
            | ClaimStatus::Adjudicated
            | ClaimStatus::Closed => {}
        }
        if let Some(asked) = question(tx, claim.id)?.filter(|asked| !asked.is_answered) {
            answer_not_awaited(tx, asked.file)?;
        }
        let envelope = envelope(tx, &house, &claim.body.payer.route)?;
        let trace = claim.control_number.as_str().to_owned();
        let bytes =
            edi::claim_status::write(&claim, &trace, &envelope).map_err(|why| Error::refused(why.to_string()))?;
        let file = FileToSeal {
            kind: KIND,
            envelope: &envelope,
            bytes,
            due_on: business_days_after(tx, tx.today(), 1)?,
            total: Money::ZERO,
            claims: 0,
        };
        let row = submission(tx, SubmissionId(tx.new_id()), file);
        tx.insert(&row)?;
        let sentence = "Asked the payer where the claim is (276)";
        let event = ClaimEvent::Noted { what: sentence.to_owned() };
        claim.apply(&event)?;
        let evidence = Evidence { submission_id: Some(row.id), ..Evidence::words(sentence) };
        Ok(store::claim::save_event(tx, &claim, &event, evidence)?)
    })
}

/// The latest question about a claim.
struct Question {
    /// The sealed file that asks.
    file: SubmissionId,
    is_answered: bool,
}

fn question(tx: &mut Tx, claim: ClaimId) -> Result<Option<Question>, Error> {
    let events = tx.query(&CLAIM_EVENTS, params![claim])?;
    let of_files = events.iter().rev().filter_map(|event| Some((event, event.submission_id?)));
    for (event, file) in of_files {
        // What asked is our own word of a file that asks; what came in names the file it came in.
        if event.inbound_file_id.is_none() && tx.query_one(&SUBMISSION_KIND, params![file])?.0 == KIND {
            let is_answer = |one: &ClaimEventRow| one.submission_id == Some(file) && one.inbound_file_id.is_some();
            return Ok(Some(Question { file, is_answered: events.iter().any(is_answer) }));
        }
    }
    Ok(None)
}

/// Whether a claim was asked about since an instant.
pub(crate) fn was_asked_since(conn: &Conn, claim: ClaimId, since: Timestamp) -> Result<bool, Error> {
    for event in conn.query(&CLAIM_EVENTS, params![claim])?.iter().filter(|event| event.occurred_at >= since) {
        let ours = event.submission_id.filter(|_| event.inbound_file_id.is_none());
        if let Some(file) = ours
            && conn.query_one(&SUBMISSION_KIND, params![file])?.0 == KIND
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Answers of a payer that a claim is in process after which a person calls all the same: a claim that stays in process
/// for a month and a half has another reason.
const MOST_SPARED_CALLS: usize = 2;

/// An answer spares a call where it says something: in process or to be paid, somebody looks again after the days that a
/// call with the same outcome would set; not on file, it is work at once. A claim that a desk has keeps its hand.
fn follow_answer(
    tx: &mut Tx,
    claim: &Claim,
    answer: &ClaimStatusAnswer,
    before: &[ClaimEventRow],
) -> Result<(), Error> {
    let category = answer.statuses.first().map_or("", |status| status.category.as_str());
    let Some(outcome) = call_outcome::of_status_category(category) else { return Ok(()) };
    let in_a_hand = !tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim.id])?.is_empty();
    if in_a_hand || claim.status != ClaimStatus::Accepted {
        return Ok(());
    }
    let spared = before.iter().filter(|event| event.sentence.starts_with(ANSWERED)).count();
    if outcome.leaves_with_payer() && spared < MOST_SPARED_CALLS {
        if let Some(day) = outcome.next_touch(outcome.days, tx.today(), &*store::clock::calendar(tx)?) {
            tx.execute(&SET_FOLLOW_UP, params![claim.id, day])?;
        }
        return Ok(());
    }
    let number = claim.control_number.as_str();
    let (reason, summary) = match outcome.then {
        Then::Resubmit => {
            (WorkReason::ClaimNotOnFile, format!("Claim {number}: its payer has no such claim on file (277)."))
        }
        Then::Work => {
            (WorkReason::InformationWanted, format!("Claim {number}: its payer waits for information (277)."))
        }
        Then::Wait | Then::Trace | Then::Retry => return Ok(()),
    };
    let links =
        WorkLinks { patient_id: Some(claim.patient_id), payer_id: Some(claim.payer_id), ..WorkLinks::default() };
    let work = NewWork::on_claim(reason, claim.id, summary, links, claim.body.total_charge());
    worklist::open(tx, work.with_deadline(Some(claim.filing_limit_on)))?;
    tx.execute(&CLEAR_FOLLOW_UP, params![claim.id])?;
    Ok(())
}

/// What an answer says otherwise than the sealed question whose trace it names: between whom it went, who answers, for
/// whom. None where it is the answer to it.
fn difference(tx: &mut Tx, claim: &Claim, answer: &ClaimStatusAnswer) -> Result<Result<SubmissionId, String>, Error> {
    let Some(question) = question(tx, claim.id)? else {
        return Ok(Err("nobody asked where that claim is (TRN02)".to_owned()));
    };
    let sealed = tx.query_one(&SUBMISSION, params![question.file])?.bytes;
    let header = edi::acknowledgment::sealed_header(&sealed);
    let (Some(header), Some(asked)) = (header, edi::claim_status::asked(&sealed, &answer.trace)) else {
        return Ok(Err("the file that asked cannot be read".to_owned()));
    };
    let names = other_names(tx)?;
    let of_route = names.iter().filter(|(route, _)| *route == header.ends.receiver).map(|(_, name)| name.as_str());
    if !answer.ends.answers(&header.ends, of_route) {
        return Ok(Err("it goes another way than our question (ISA06 and ISA08)".to_owned()));
    }
    let payer = store::registration::payer(tx, claim.payer_id)?.map(|payer| payer.settings).unwrap_or_default();
    Ok(match asked.differs(&answer.parties, &payer.remits_as) {
        Some(difference) => Err(format!("{}. {}", difference.in_words(), difference.remedy().trim_end_matches('.'))),
        None => Ok(question.file),
    })
}

/// Notes the answers of a 277 on their claims; a sentence says how many there were, and why others were left out.
pub(crate) fn take_answers(tx: &mut Tx, file: InboundFileId, bytes: &[u8]) -> Result<Taken, Error> {
    let (mut total, mut noted, mut known, mut unknown, mut misfit) = (0, 0, 0, 0, None);
    for answer in edi::claim_status::read(bytes) {
        total += 1;
        let Some(mut claim) = store::claim::load_by_control_number(tx, &answer.trace)? else {
            unknown += 1;
            continue;
        };
        let question = match difference(tx, &claim, &answer)? {
            Ok(question) => question,
            Err(why) => {
                unknown += 1;
                misfit.get_or_insert_with(|| format!("The answer about claim {} was not noted: {why}", answer.trace));
                continue;
            }
        };
        let sentence = in_words(&answer);
        let event = ClaimEvent::Noted { what: sentence.clone() };
        let is_known = |event: &ClaimEventRow| {
            event.inbound_file_id == Some(file) && event.raw.as_deref() == Some(answer.raw.as_str())
        };
        let before = tx.query(&CLAIM_EVENTS, params![claim.id])?;
        if before.iter().any(is_known) {
            known += 1;
            continue;
        }
        claim.apply(&event)?;
        let evidence = Evidence {
            raw: Some(answer.raw.clone()),
            inbound_file_id: Some(file),
            submission_id: Some(question),
            ..Evidence::words(sentence.as_str())
        };
        store::claim::save_event(tx, &claim, &event, evidence)?;
        for item in tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim.id])? {
            store::worklist::append_event(tx, item.id, "noted", &sentence)?;
        }
        follow_answer(tx, &claim, &answer, &before)?;
        cases::answer_about(tx, &[claim.id], WaitingOn::Payer, &sentence)?;
        noted += 1;
    }
    if let (0, Some(misfit)) = (noted + known, &misfit) {
        return Err(Error::refused(format!("{misfit}. Nothing was noted.")));
    }
    if total == 0 {
        return Err(Error::refused(
            "The claim status file answers about no claim (TRN). The payer refused the question as a whole: read its codes \
             (STC), then ask again or call it.",
        ));
    }
    if noted + known == 0 && unknown > 0 {
        return Err(Error::refused(
            "The claim status answers name no claim of this practice (TRN02). Check whose mailbox the file came from.",
        ));
    }
    let note = format!("Claim status: {} noted, {unknown} not ours.", counted(noted, "answer"));
    Ok(Taken { note, news: noted, left_out: misfit.map(|misfit| format!("{misfit}.")) })
}

fn in_words(answer: &ClaimStatusAnswer) -> String {
    let codes: Vec<String> = answer.statuses.iter().map(|code| code.in_words()).collect();
    let mut words = format!("{ANSWERED} {}", codes.join("; "));
    if let (Some(paid), Some(day)) = (answer.paid_amount, answer.paid_on) {
        words.push_str(&format!("; paid ${paid} on {day}"));
        if !answer.payment_number.is_empty() {
            words.push_str(&format!(" by payment {}", answer.payment_number));
        }
    }
    words
}
