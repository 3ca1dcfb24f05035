//! What TA1, 999 and 277CA move: a TA1 the claims of an interchange, a 999 those of a group and set, a 277CA the
//! claims it names. Only the payer's own acceptance makes a claim Accepted. Messages may come in any order, late or
//! twice: each says something of one sending, and a refusal of it outweighs what else was said of that sending, except
//! that a payer has claims of it: then the file was read, and its refusal, before or after, moves nothing. An answer
//! counts only where it goes back the way our file went, and names the payer and the provider of the claim.

mod acceptance;
mod file_refusal;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use billing::access::Actor;
use billing::claim::acknowledgment::{
    Acknowledgment, ClaimAcknowledgment, ClaimAnswer, ClaimsAcknowledgment, GroupAcknowledgment,
    InterchangeAcknowledgment, InterchangeEnds,
};
use billing::claim::named_parties::{NamedParties, PartyDifference};
use billing::claim::{Claim, ClaimEvent, ClaimStatus};
use billing::payer::PayerSettings;
use billing::work::WorkReason;
use billing::{ClaimId, InboundFileId, PracticeId, RemittanceId, SubmissionId};
use edi::acknowledgment::SealedHeader;
use jiff::ToSpan;
use store::claim::{CLAIM_BODY, CLAIM_EVENTS, CLAIM_ROW, Evidence};
use store::clock::business_days_after;
use store::follow_up::{CLEAR_FOLLOW_UP, SET_FOLLOW_UP};
use store::registration::PAYERS;
use store::submission::{
    ACKNOWLEDGED, CLAIMS_OF_SUBMISSION, LATE_CLAIMS, REFUSED, SEALED_HEADER, SUBMISSION, SUBMISSION_BY_GROUP,
    SUBMISSION_BY_INTERCHANGE, SUBMISSIONS_OF_CLAIM, SubmissionHead,
};
use store::{Db, Json, Tx, params};

use billing::claim::submission::SubmissionStatus;

use crate::Error;
use crate::claim_submission::{OUR_SET, PayerHabits, links};
use crate::inbound::Taken;
use crate::worklist::{self, NewWork};

/// Most claims that one run of the daily job takes up; the next run goes on.
const MOST_CLAIMS_A_RUN: i64 = 5_000;

/// Work that waits for an answer of the payer: a refusal is one.
const WAITING: [WorkReason; 2] = [WorkReason::AcknowledgmentMissing, WorkReason::RemittanceMissing];

/// What the acknowledgments of one file did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Claims that a payer took into adjudication.
    pub accepted: usize,
    /// Claims that were refused.
    pub rejected: usize,
    /// Claims about which something was noted.
    pub noted: usize,
    /// Files and claims that are not ours, or that we never sent.
    pub unknown: usize,
}

impl Moved {
    fn sentence(&self) -> String {
        let mut parts = Vec::new();
        for (count, what) in [(self.accepted, "accepted"), (self.rejected, "rejected"), (self.noted, "noted")] {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        let mut sentence = if parts.is_empty() {
            "Acknowledgments: nothing new.".to_owned()
        } else {
            format!("Acknowledgments: claims {}.", parts.join(", "))
        };
        if self.unknown > 0 {
            sentence
                .push_str(&format!(" Files and claims named in it that are not ours were left out: {}.", self.unknown));
        }
        sentence
    }
}

/// Applies the acknowledgments of a stored file.
pub(crate) fn take(
    tx: &mut Tx,
    file: InboundFileId,
    file_name: &str,
    answers: &[Acknowledgment],
) -> Result<Taken, Error> {
    let mut desk = Desk {
        file,
        file_name,
        payers: PayerHabits::default(),
        moved: Moved::default(),
        headers: HashMap::new(),
        surely_read: HashSet::new(),
        other_names: None,
        strangers: None,
        misfits: Vec::new(),
        known: 0,
    };
    for answer in answers {
        match answer {
            Acknowledgment::Interchange(ta1) => desk.interchange(tx, ta1)?,
            Acknowledgment::Group(group) => desk.group(tx, group)?,
            Acknowledgment::Claims(claims) => desk.claims(tx, claims)?,
        }
    }
    let (moved, left_out) = (desk.moved, desk.left_out());
    let news = moved.accepted + moved.rejected + moved.noted;
    if let (0, Some(left_out)) = (news + desk.known, &left_out) {
        return Err(Error::refused(left_out.as_str()));
    }
    if moved.unknown > 0 && news + desk.known == 0 {
        let of_whom = desk.strangers.map(|ends| format!(" {}", from_to(&ends))).unwrap_or_default();
        return Err(Error::refused(format!(
            "{file_name}: it answers no file of ours{of_whom} and no claim of this practice (ISA06, ISA08, TA101 to \
             TA103, AK102 or TRN02). Check whose mailbox it came from; if your clearinghouse signs its answers so, add \
             that sender to its payers: on the payer's page, or as answers_from in practice.toml."
        )));
    }
    let strangers = desk.strangers.map(|ends| format!(" Some of it answers no file of ours {}.", from_to(&ends)));
    Ok(Taken { note: moved.sentence() + &strangers.unwrap_or_default(), news, left_out })
}

/// Every route with the other names under which its receiver answers.
pub(crate) fn other_names(tx: &mut Tx) -> Result<Vec<(String, String)>, Error> {
    let payers = tx.query(&PAYERS, params![])?;
    let of_payer = |settings: PayerSettings| {
        let route = settings.route;
        settings.answers_from.into_iter().map(move |name| (route.clone(), name))
    };
    Ok(payers.into_iter().flat_map(|(Json(payer),)| of_payer(payer.settings)).collect())
}

/// Whether a 999 speaks of one set, as each of our groups holds. Accepted sets may be left unmentioned; of a refused
/// group the sender's own counts may be what is wrong.
fn speaks_of_one_set(group: &GroupAcknowledgment) -> bool {
    let mut counts = [group.sets_included, group.sets_received].into_iter();
    let is_counted = if group.accepted { counts.all(|count| count == 1) } else { counts.any(|count| count == 1) };
    is_counted && group.sets.len() <= 1 && group.sets.iter().all(|set| set.set == OUR_SET)
}

/// Between whom a file went, in the words of a note.
fn from_to(ends: &InterchangeEnds) -> String {
    format!("(from {} to {})", ends.sender, ends.receiver)
}

/// One file being applied.
struct Desk<'f> {
    file: InboundFileId,
    file_name: &'f str,
    payers: PayerHabits,
    moved: Moved,
    /// Of our own files that are spoken of; none where the stored bytes begin with no interchange.
    headers: HashMap<SubmissionId, Option<SealedHeader>>,
    /// Files of ours of which a payer took claims.
    surely_read: HashSet<SubmissionId>,
    /// Under which other names the receivers of routes answer; read when the first answer comes under another name.
    other_names: Option<Vec<(String, String)>>,
    /// Between whom the first answer went that is not for us.
    strangers: Option<InterchangeEnds>,
    /// Our numbers of claims whose answers name another payer or provider.
    misfits: Vec<(String, PartyDifference)>,
    /// Answers that were heard in the same words before.
    known: usize,
}

/// What is said of a whole file.
struct FileAnswer<'a> {
    accepted: bool,
    sentence: String,
    raw: &'a str,
}

impl Desk<'_> {
    fn interchange(&mut self, tx: &mut Tx, ta1: &InterchangeAcknowledgment) -> Result<(), Error> {
        let found = tx.query_opt(&SUBMISSION_BY_INTERCHANGE, params![ta1.interchange])?;
        let header = found.as_ref().map(|head| self.answered_header(tx, head.id, &ta1.ends)).transpose()?.flatten();
        let same_moment = header.is_some_and(|header| header.sent_on == ta1.sent_on && header.sent_at == ta1.sent_at);
        let Some(head) = found.filter(|_| same_moment) else {
            self.stranger(&ta1.ends);
            return Ok(());
        };
        let sentence = if ta1.accepted {
            "The clearinghouse could read the file (TA1)".to_owned()
        } else {
            format!("The clearinghouse refused the file (TA1): {}", ta1.in_words())
        };
        self.whole_file(tx, &head, &FileAnswer { accepted: ta1.accepted, sentence, raw: &ta1.raw })
    }

    fn group(&mut self, tx: &mut Tx, group: &GroupAcknowledgment) -> Result<(), Error> {
        let head = tx
            .query_opt(&SUBMISSION_BY_GROUP, params![group.group])?
            .filter(|head| functional_id(&head.kind) == group.functional_id);
        let ours = match head {
            Some(head) => self.answered_header(tx, head.id, &group.ends)?.map(|_| head),
            None => None,
        };
        let Some(head) = ours else {
            self.stranger(&group.ends);
            return Ok(());
        };
        if !speaks_of_one_set(group) {
            return Err(Error::refused(format!(
                "{}: its 999 does not fit group {} of ours, which holds one set (AK2, AK902, AK903). Nothing of the file \
                 was used: ask its sender for a corrected one.",
                self.file_name, group.group
            )));
        }
        // Our groups hold one set. What is said of it decides; where nothing is, what is said of the group.
        let set = group.sets.first();
        let accepted = set.map_or(group.accepted, |set| set.accepted && group.accepted);
        let sentence = if accepted {
            "The clearinghouse took the file's claims apart without error (999)".to_owned()
        } else {
            let errors = set.map(|set| set.errors.join("; ")).filter(|errors| !errors.is_empty());
            format!("The clearinghouse refused the file (999): {}", errors.unwrap_or_else(|| "no reason given".into()))
        };
        let raw = set.map_or(group.raw.as_str(), |set| set.raw.as_str());
        self.whole_file(tx, &head, &FileAnswer { accepted, sentence, raw })
    }

    fn whole_file(&mut self, tx: &mut Tx, head: &SubmissionHead, answer: &FileAnswer<'_>) -> Result<(), Error> {
        let contents = tx.query(&CLAIMS_OF_SUBMISSION, params![head.id])?;
        let is_refused = !answer.accepted && !file_refusal::payer_has_claims(tx, head.id, &contents)?;
        if is_refused {
            tx.execute(&REFUSED, params![head.id])?;
        } else if answer.accepted {
            tx.execute(&ACKNOWLEDGED, params![head.id])?;
        }
        let missing = worklist::subject_key(WorkReason::AcknowledgmentMissing, head.id);
        worklist::resolve_subject(tx, &missing, "The file was answered.", "submission")?;
        let refused_before = self.moved.rejected;
        for row in contents {
            let Some(mut claim) = store::claim::load(tx, row.claim_id)? else { continue };
            let speaks_of_this_version = row.claim_version == claim.version;
            let waits = claim.status == ClaimStatus::Submitted;
            let event = if is_refused && speaks_of_this_version && waits {
                ClaimEvent::FileRefused { why: answer.sentence.clone() }
            } else {
                ClaimEvent::Noted { what: answer.sentence.clone() }
            };
            self.record(tx, &mut claim, &event, head.id, &answer.sentence, answer.raw)?;
            if is_refused && claim.status == ClaimStatus::Rejected && speaks_of_this_version {
                worklist::resolve_for_claim(tx, claim.id, &WAITING, "The claim's file was refused.", "submission")?;
            }
        }
        if !is_refused {
            self.moved.noted += usize::from(head.claim_count == 0);
            return Ok(());
        }
        self.moved.rejected += usize::from(head.claim_count == 0);
        // Claims that went on in a newer file, or were refused one by one, have work of their own or need none.
        if self.moved.rejected > refused_before {
            file_refusal::open(tx, head, &answer.sentence)?;
        }
        Ok(())
    }

    /// The header of a file of ours, where an answer between these ends can be one to it.
    fn answered_header(
        &mut self,
        tx: &mut Tx,
        id: SubmissionId,
        ends: &InterchangeEnds,
    ) -> Result<Option<&SealedHeader>, Error> {
        let header = match self.headers.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let (bytes,) = tx.query_one(&SEALED_HEADER, params![id])?;
                unknown.insert(edi::acknowledgment::sealed_header(&bytes))
            }
        };
        let Some(header) = header.as_ref() else { return Ok(None) };
        if ends.answers(&header.ends, []) {
            return Ok(Some(header));
        }
        let names = match &mut self.other_names {
            Some(names) => names,
            None => self.other_names.insert(other_names(tx)?),
        };
        let of_route = names.iter().filter(|(route, _)| *route == header.ends.receiver).map(|(_, name)| name.as_str());
        Ok(Some(header).filter(|header| ends.answers(&header.ends, of_route)))
    }

    /// Counts an answer that is not for us.
    fn stranger(&mut self, ends: &InterchangeEnds) {
        self.moved.unknown += 1;
        self.strangers.get_or_insert_with(|| ends.clone());
    }

    /// What was left out although it names claims of ours: how many, the first of them, why, and what to do.
    fn left_out(&self) -> Option<String> {
        let (number, difference) = self.misfits.first()?;
        Some(format!(
            "{}: the answer about claim {number} was not used: {}.{} {}",
            self.file_name,
            difference.in_words(),
            match self.misfits.len() {
                1 => String::new(),
                more => format!(" So it is with {more} claims of the file."),
            },
            difference.remedy()
        ))
    }

    /// What an answer about a sent version of a claim says otherwise than that version.
    fn difference(
        &mut self,
        tx: &mut Tx,
        (claim, version): (&Claim, i32),
        named: &NamedParties,
    ) -> Result<Option<PartyDifference>, Error> {
        let sent = if version == claim.version {
            claim.body.parties()
        } else {
            tx.query_opt(&CLAIM_BODY, params![claim.id, version])?.map(|(body,)| body.0.parties()).unwrap_or_default()
        };
        Ok(sent.differs(named, &self.payers.of(tx, claim.payer_id)?.remits_as))
    }

    fn claims(&mut self, tx: &mut Tx, answer: &ClaimsAcknowledgment) -> Result<(), Error> {
        let named: Option<i64> = answer.submission_reference.trim().parse().ok();
        for one in &answer.claims {
            let claim = match one.control_number.is_empty() {
                true => None,
                false => store::claim::load_by_control_number(tx, &one.control_number)?,
            };
            let Some(mut claim) = claim else {
                self.moved.unknown += 1;
                continue;
            };
            let sendings = tx.query(&SUBMISSIONS_OF_CLAIM, params![claim.id])?;
            // The sending it names, else the latest: some payers return no reference of the file.
            let sending =
                sendings.iter().find(|(_, _, interchange)| Some(*interchange) == named).or_else(|| sendings.first());
            let Some((submission, version, _)) = sending else {
                self.moved.unknown += 1;
                continue;
            };
            if self.answered_header(tx, *submission, &answer.ends)?.is_none() {
                self.stranger(&answer.ends);
                continue;
            }
            if let Some(difference) = self.difference(tx, (&claim, *version), &one.parties)? {
                self.moved.unknown += 1;
                self.misfits.push((one.control_number.clone(), difference));
                continue;
            }
            let speaks_of_this_version = *version == claim.version;
            self.claim(tx, &mut claim, *submission, speaks_of_this_version, answer, one)?;
            if !speaks_of_this_version && answer.from_payer && one.answer() == ClaimAnswer::Accepted {
                let heard = Evidence {
                    raw: Some(one.raw.clone()),
                    submission_id: Some(*submission),
                    inbound_file_id: Some(self.file),
                    ..Evidence::default()
                };
                acceptance::hold_unsent(tx, &mut claim, *version, &heard)?;
            }
        }
        Ok(())
    }

    fn claim(
        &mut self,
        tx: &mut Tx,
        claim: &mut Claim,
        submission: SubmissionId,
        speaks_of_this_version: bool,
        answer: &ClaimsAcknowledgment,
        one: &ClaimAcknowledgment,
    ) -> Result<(), Error> {
        if answer.from_payer && one.answer() == ClaimAnswer::Accepted && self.surely_read.insert(submission) {
            let heard = Evidence { inbound_file_id: Some(self.file), ..Evidence::default() };
            file_refusal::void(tx, submission, &heard, &mut self.payers)?;
            *claim = store::claim::load(tx, claim.id)?.ok_or(Error::NotFound("claim"))?;
        }
        let who = if answer.from_payer { "The payer" } else { "The clearinghouse" };
        let sentence = format!("{who} answers (277CA): {}", one.in_words());
        let noted = ClaimEvent::Noted { what: sentence.clone() };
        let event = match one.answer() {
            ClaimAnswer::Accepted if answer.from_payer && speaks_of_this_version => {
                self.acceptance(tx, claim, one)?.unwrap_or(noted)
            }
            ClaimAnswer::Rejected if speaks_of_this_version => match claim.status {
                ClaimStatus::Submitted | ClaimStatus::Accepted => ClaimEvent::Rejected { why: sentence.clone() },
                // Refused with its file so far; its own answer stays true when the file's refusal proves void.
                ClaimStatus::Rejected if file_refusal::rejected_with(tx, claim.id, submission)? => {
                    ClaimEvent::Rejected { why: sentence.clone() }
                }
                ClaimStatus::Draft
                | ClaimStatus::Held
                | ClaimStatus::Ready
                | ClaimStatus::Rejected
                | ClaimStatus::Adjudicated
                | ClaimStatus::Closed => noted,
            },
            ClaimAnswer::Accepted | ClaimAnswer::Received | ClaimAnswer::Rejected | ClaimAnswer::Unclear => noted,
        };
        let refusals_before = file_refusal::refusals_before(tx, claim.id, submission)?;
        if answer.from_payer && one.answer() == ClaimAnswer::Accepted {
            // The payer's number names what it has, whatever became of the claim meanwhile.
            if let Some(number) = &one.payer_claim_control_number {
                claim.body.payer_claim_control_number.get_or_insert_with(|| number.clone());
            }
            acceptance::prove(tx, claim, submission, one)?;
        }
        if !self.record(tx, claim, &event, submission, &sentence, &one.raw)? {
            return Ok(());
        }
        match event {
            ClaimEvent::Accepted { .. } => {
                let late = [WorkReason::AcknowledgmentMissing];
                worklist::resolve_for_claim(tx, claim.id, &late, "The payer accepted the claim.", "payer")
            }
            ClaimEvent::Rejected { .. } => {
                worklist::resolve_for_claim(tx, claim.id, &WAITING, "The claim was answered: rejected.", "payer")?;
                let reason = one.work_reason(refusals_before);
                let summary = format!("Claim {}: {}.", claim.control_number, sentence);
                let work = NewWork::on_claim(reason, claim.id, summary, links(claim), claim.body.total_charge())
                    .with_deadline(Some(claim.filing_limit_on));
                worklist::open(tx, work)?;
                Ok(())
            }
            ClaimEvent::Created
            | ClaimEvent::Held
            | ClaimEvent::Released
            | ClaimEvent::Submitted { .. }
            | ClaimEvent::Noted { .. }
            | ClaimEvent::FileRefused { .. }
            | ClaimEvent::RefusalVoided { .. }
            | ClaimEvent::Mended
            | ClaimEvent::Adjudicated
            | ClaimEvent::Reversed { .. }
            | ClaimEvent::CrossedOver { .. }
            | ClaimEvent::CrossoverEnded
            | ClaimEvent::Corrected { .. }
            | ClaimEvent::CorrectionDropped
            | ClaimEvent::Closed => Ok(()),
        }
    }

    /// The payer's acceptance, where it says something new: of a claim on its way, or of one decided before.
    fn acceptance(
        &mut self,
        tx: &mut Tx,
        claim: &Claim,
        one: &ClaimAcknowledgment,
    ) -> Result<Option<ClaimEvent>, Error> {
        let is_news = match claim.status {
            ClaimStatus::Submitted => true,
            // Its remittance overtook it; the day of acceptance is still proof of timely filing.
            ClaimStatus::Adjudicated | ClaimStatus::Closed => {
                tx.query_one(&CLAIM_ROW, params![claim.id])?.accepted_on.is_none()
            }
            ClaimStatus::Draft
            | ClaimStatus::Held
            | ClaimStatus::Ready
            | ClaimStatus::Accepted
            | ClaimStatus::Rejected => false,
        };
        if !is_news {
            return Ok(None);
        }
        let days = self.payers.of(tx, claim.payer_id)?.follow_up_days;
        let follow_up_on = tx.today().saturating_add(days.days());
        let payer_claim_control_number = one.payer_claim_control_number.clone();
        Ok(Some(ClaimEvent::Accepted { follow_up_on, payer_claim_control_number }))
    }

    /// Moves the claim and writes its history, unless the very same was recorded before; says whether it was news.
    fn record(
        &mut self,
        tx: &mut Tx,
        claim: &mut Claim,
        event: &ClaimEvent,
        submission: SubmissionId,
        sentence: &str,
        raw: &str,
    ) -> Result<bool, Error> {
        let known = tx.query(&CLAIM_EVENTS, params![claim.id])?;
        let is_known = |before: &store::claim::ClaimEventRow| {
            before.submission_id == Some(submission)
                && before.sentence == sentence
                && before.raw.as_deref() == Some(raw)
        };
        if known.iter().any(is_known) {
            self.known += 1;
            return Ok(false);
        }
        claim.apply(event)?;
        let evidence = Evidence {
            sentence: sentence.to_owned(),
            raw: Some(raw.to_owned()),
            submission_id: Some(submission),
            inbound_file_id: Some(self.file),
            remittance_id: None,
        };
        store::claim::save_event(tx, claim, event, evidence)?;
        match event {
            ClaimEvent::Accepted { .. } => self.moved.accepted += 1,
            ClaimEvent::Rejected { .. } | ClaimEvent::FileRefused { .. } => self.moved.rejected += 1,
            ClaimEvent::Created
            | ClaimEvent::Held
            | ClaimEvent::Released
            | ClaimEvent::Submitted { .. }
            | ClaimEvent::Noted { .. }
            | ClaimEvent::RefusalVoided { .. }
            | ClaimEvent::Mended
            | ClaimEvent::Adjudicated
            | ClaimEvent::Reversed { .. }
            | ClaimEvent::CrossedOver { .. }
            | ClaimEvent::CrossoverEnded
            | ClaimEvent::Corrected { .. }
            | ClaimEvent::CorrectionDropped
            | ClaimEvent::Closed => self.moved.noted += 1,
        }
        Ok(true)
    }
}

pub(crate) use acceptance::{decided_although_mended, leave_with_payer};

/// A payer decided a claim that was refused with its file: the file was read.
pub(crate) fn decided_although_refused(tx: &mut Tx, claim: ClaimId, remittance: RemittanceId) -> Result<(), Error> {
    let Some((file, _, _)) = tx.query(&SUBMISSIONS_OF_CLAIM, params![claim])?.into_iter().next() else {
        return Ok(());
    };
    let heard = Evidence { remittance_id: Some(remittance), ..Evidence::default() };
    file_refusal::void(tx, file, &heard, &mut PayerHabits::default())
}

/// GS01 of our files.
fn functional_id(kind: &str) -> &'static str {
    match kind {
        "270" => "HS",
        "276" => "HR",
        _ => "HC",
    }
}

/// Opens work for every claim whose own acknowledgment is late. Where the whole file is unanswered, the file's item
/// stands for its claims, and they are looked at again later. A daily job.
///
/// # Errors
/// Of the database only.
pub(crate) fn open_late_claims(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let late = tx.query(&LATE_CLAIMS, params![tx.today(), MOST_CLAIMS_A_RUN])?;
        let mut opened = 0;
        for (id,) in late {
            let Some(claim) = store::claim::load(tx, id)? else { continue };
            let latest = tx.query(&SUBMISSIONS_OF_CLAIM, params![id])?.into_iter().next();
            let file_is_unanswered = match latest {
                Some((submission, _, _)) => match tx.query_one(&SUBMISSION, params![submission])?.status {
                    SubmissionStatus::Sealed | SubmissionStatus::Sent | SubmissionStatus::Ambiguous => true,
                    SubmissionStatus::Acknowledged | SubmissionStatus::Rejected => false,
                },
                None => false,
            };
            if file_is_unanswered {
                let days = WorkReason::AcknowledgmentMissing.due_in_business_days();
                tx.execute(&SET_FOLLOW_UP, params![id, business_days_after(tx, tx.today(), days)?])?;
                continue;
            }
            let summary = format!("Claim {} was sent and its payer has not acknowledged it.", claim.control_number);
            let stake = claim.body.total_charge();
            let work = NewWork::on_claim(WorkReason::AcknowledgmentMissing, id, summary, links(&claim), stake)
                .with_deadline(Some(claim.filing_limit_on));
            worklist::open(tx, work)?;
            tx.execute(&CLEAR_FOLLOW_UP, params![id])?;
            opened += 1;
        }
        Ok(opened)
    })
}
